/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "baton-sip-uri.h"

G_BEGIN_DECLS

#define BATON_TYPE_TRUSTED_SOURCE (baton_trusted_source_get_type ())
G_DECLARE_FINAL_TYPE (BatonTrustedSource, baton_trusted_source, BATON, TRUSTED_SOURCE, GObject)

/**
 * BatonTrustedSource:
 * One who may, outside every call, have this phone call somebody; and how far.
 *
 * Properties, all read-write: `source` (an IP address "192.0.2.1", a domain "pbx.example.net", or an
 * address "sip:click@example.net"), `destinations` (string, nullable; see
 * baton_trusted_source_allows_destination()), `tls-only` (gboolean, TRUE), `needs-password`
 * (gboolean, FALSE: it has to prove the account's password by digest), `ask` (gboolean, TRUE: the
 * user is asked all the same).
 */
BatonTrustedSource *baton_trusted_source_new (const char *source);
const char *baton_trusted_source_get_source (BatonTrustedSource *self);
const char *baton_trusted_source_get_destinations (BatonTrustedSource *self);
gboolean baton_trusted_source_get_tls_only (BatonTrustedSource *self);
gboolean baton_trusted_source_get_needs_password (BatonTrustedSource *self);
gboolean baton_trusted_source_get_ask (BatonTrustedSource *self);

/** BatonSourceMatch: how a request is known to be from a source */
typedef enum
{
  BATON_SOURCE_MATCH_NONE,
  BATON_SOURCE_MATCH_NAME,    /* From says so: a claim */
  BATON_SOURCE_MATCH_ADDRESS, /* it came from that IP address */
} BatonSourceMatch;

/** baton_trusted_source_match: @from and @source_address ("192.0.2.1:5060", "[2001:db8::1]:5060") are nullable */
BatonSourceMatch baton_trusted_source_match (BatonTrustedSource *self, const char *from, const char *source_address);

/**
 * baton_trusted_source_allows_destination:
 * @own_domain: (nullable): what is allowed where `destinations` is empty
 *
 * `destinations` is a list, divided by commas or blanks, of "example.net" (everybody there), or
 * "user@host" with the wild cards * and ?. A target with `maddr`, which would send the call somewhere
 * else than its host says, matches nothing.
 */
gboolean baton_trusted_source_allows_destination (BatonTrustedSource *self, const BatonSipUri *target, const char *own_domain);

G_END_DECLS
