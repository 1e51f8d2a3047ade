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
/** Returns: (transfer full): Contact for requests to @remote_uri (nullable), which decides on address and transport */
char *baton_sip_address_dup_contact (const BatonSipListen *listen, BatonSipIdentity *identity, const char *remote_uri);
/** Returns: (transfer full): From with display name and @tag */
char *baton_sip_address_dup_from (BatonSipIdentity *identity, const char *tag);
/** Returns: (transfer full) (nullable): Route of a first request: outbound proxy, else registrar */
char *baton_sip_address_dup_route (BatonSipIdentity *identity);
/** Returns: (transfer full) (nullable): "127.0.0.1:40123" where the message of @event came from */
char *baton_sip_address_dup_source (const BatonSipEvent *event);
/** Returns: how it came, by its topmost Via: "udp", "tcp" or "tls" */
const char *baton_sip_address_get_transport (const BatonSipEvent *event);
/** Returns: whether @uri's host and port are ours */
gboolean baton_sip_address_is_own (const BatonSipListen *listen, const BatonSipUri *uri);

G_END_DECLS
