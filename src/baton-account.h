/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-media.h"
#include "baton-registration.h"

G_BEGIN_DECLS

#define BATON_TYPE_ACCOUNT (baton_account_get_type ())
G_DECLARE_FINAL_TYPE (BatonAccount, baton_account, BATON, ACCOUNT, GObject)

/**
 * BatonAccount:
 * Who the user is at one server, its options and its registration. Owned by the engine.
 *
 * Properties: `id` (string, construct-only), `label`, `identity` (BatonSipIdentity, construct-only),
 * `incoming-transfers` (BatonReferPolicy for an in-dialog REFER that nobody took),
 * `codecs` (GStrv, nullable), `srtp` (BatonSrtpMode), `ice` (gboolean), `webrtc` (gboolean: our offers
 * are for browsers, with ICE and DTLS whatever `ice` and `srtp` say), `stun`, `turn`, `turn-user`,
 * `turn-password` (strings, nullable): of calls from now on; an engine sets its own options in an
 * account that it adds; `attended-to-aor` (gboolean: an attended transfer that says nothing else names
 * the target's address of record instead of its Contact); read-only: `registration-state`, `status`, `reason`, `expires`,
 * `needs-registration` (gboolean: has a registrar).
 */
BatonAccount *baton_account_new (BatonUa *ua, const char *id, const char *label, BatonSipIdentity *identity);
BatonReferPolicy baton_account_get_incoming_transfers (BatonAccount *self);
/** baton_account_fill_media_options: what the account says about sound; its strings stay the account's, until they change */
void baton_account_fill_media_options (BatonAccount *self, BatonMediaOptions *options);
const char *baton_account_get_id (BatonAccount *self);
const char *baton_account_get_label (BatonAccount *self);
BatonSipIdentity *baton_account_get_identity (BatonAccount *self);
BatonRegistrationState baton_account_get_registration_state (BatonAccount *self);
guint baton_account_get_status (BatonAccount *self);
const char *baton_account_get_reason (BatonAccount *self);
guint baton_account_get_expires (BatonAccount *self);
/** baton_account_register: does nothing without a registrar, but gives FALSE with @error */
gboolean baton_account_register (BatonAccount *self, GError **error);
gboolean baton_account_unregister (BatonAccount *self, GError **error);
/** Returns: (transfer full) (nullable): what the user typed as a SIP URI in this account's domain */
char *baton_account_complete_uri (BatonAccount *self, const char *typed, GError **error);

G_END_DECLS
