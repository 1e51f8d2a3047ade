/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-sip-uri.h"

G_BEGIN_DECLS

#define BATON_TYPE_SIP_IDENTITY (baton_sip_identity_get_type ())
G_DECLARE_FINAL_TYPE (BatonSipIdentity, baton_sip_identity, BATON, SIP_IDENTITY, GObject)

/**
 * BatonSipIdentity:
 * Who we are towards one server: what goes into From, Contact and Referred-By, whom requests are
 * sent through, and the credentials that answer a challenge. A plain record; the account owns it,
 * and sessions, registrations and refers of that account keep a reference.
 *
 * Properties (all read-write strings, NULL when unset, unless said otherwise):
 * `address` (address of record, "sip:bob@example.net"), `display-name`, `auth-user`, `password`,
 * `registrar`, `outbound-proxy` (SIP URIs), `anonymous` (gboolean: no Referred-By, RFC 3323),
 * `expires` (guint, seconds, default 300). The password is never written to a log.
 */
BatonSipIdentity *baton_sip_identity_new (const char *address);

const char *baton_sip_identity_get_address (BatonSipIdentity *self);
/** Returns: (nullable) (transfer none): the address as a URI; NULL when there is none, or it can't be read */
const BatonSipUri *baton_sip_identity_get_uri (BatonSipIdentity *self);
const char *baton_sip_identity_get_display_name (BatonSipIdentity *self);
const char *baton_sip_identity_get_auth_user (BatonSipIdentity *self);
const char *baton_sip_identity_get_password (BatonSipIdentity *self);
const char *baton_sip_identity_get_registrar (BatonSipIdentity *self);
const char *baton_sip_identity_get_outbound_proxy (BatonSipIdentity *self);
gboolean baton_sip_identity_get_anonymous (BatonSipIdentity *self);
guint baton_sip_identity_get_expires (BatonSipIdentity *self);

G_END_DECLS
