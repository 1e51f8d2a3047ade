/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-sip-identity.h"
#include "baton-sip-listen.h"
#include "baton-sip-target.h"
#include "baton-sip-uri.h"

G_BEGIN_DECLS

/* What stands in the headers that name us or show the way: values, made of an identity and of where we listen. */

/** Returns: (transfer full): @remote_uri with a numeric address in place of "localhost" */
char *baton_sip_address_dup_target (const BatonSipListen *listen, const char *remote_uri);
/** Returns: (transfer full) (nullable): where a first request to @remote_uri goes: outbound proxy, registrar, or itself */
BatonSipUri *baton_sip_address_parse_next_hop (const BatonSipListen *listen, BatonSipIdentity *identity,
                                               const char *remote_uri);
/** Returns: FALSE for a sips URI where we have no TLS: no server may be asked for it without (RFC 3261 §26.2.2) */
gboolean baton_sip_address_has_transport (const BatonSipListen *listen, const BatonSipUri *uri);
/**
 * baton_sip_address_dup_contact: Returns: (transfer full): Contact for requests to @remote_uri (nullable), which decides on
 *   address and transport; with @event (nullable) for the answer to the request in it: what came over TLS is to come so later
 */
char *baton_sip_address_dup_contact (const BatonSipListen *listen, BatonSipIdentity *identity, const BatonSipEvent *event,
                                     const char *remote_uri);
/** Returns: (transfer full): From with display name and @tag */
char *baton_sip_address_dup_from (BatonSipIdentity *identity, const char *tag);
/** Returns: (transfer full) (nullable): Route of a first request: outbound proxy, else registrar */
char *baton_sip_address_dup_route (BatonSipIdentity *identity);
/** Returns: (transfer full) (nullable): "127.0.0.1:40123" where the message of @event came from */
char *baton_sip_address_dup_source (const BatonSipEvent *event);
/** Returns: how it came, by its topmost Via: "udp", "tcp" or "tls" */
const char *baton_sip_address_get_transport (const BatonSipEvent *event);
/**
 * baton_sip_address_is_private: Returns: whether nobody but the ends and their servers could read this message and what
 *   follows it in its dialog: each hop that it names is TLS (all Via, Record-Route and Contact)
 */
gboolean baton_sip_address_is_private (const sip_t *sip);
/** Returns: whether @uri's host and port are ours, by TLS or without */
gboolean baton_sip_address_is_own (const BatonSipListen *listen, const BatonSipUri *uri);

G_END_DECLS
