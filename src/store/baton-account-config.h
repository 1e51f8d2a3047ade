/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "baton-enums.h"

G_BEGIN_DECLS

#define BATON_TYPE_ACCOUNT_CONFIG (baton_account_config_get_type ())
G_DECLARE_FINAL_TYPE (BatonAccountConfig, baton_account_config, BATON, ACCOUNT_CONFIG, GObject)

/**
 * BatonAccountConfig:
 * The settings of one account (ux.md §9), bound to its GSettings path; the password is not here.
 * Properties, read-write: `label`, `address`, `username`, `server`, `port` (guint), `transport`
 * ("auto", "udp", "tcp", "tls"), `proxy`, `display-name`, `expires` (guint), `incoming-transfers`
 * (BatonReferPolicy), `media-encryption` ("required", "preferred", "off"), `nat` ("auto", "ice", "stun", "off"),
 * `stun`, `turn`, `turn-user`, `webrtc` (gboolean: calls go to browsers), `codecs` (GStrv; empty: those of
 * all accounts), `ring-device` (empty: the usual one), `attended-to-aor`, `enabled` (gboolean); read-only: `id`.
 */
const char *baton_account_config_get_id (BatonAccountConfig *self);
/** Returns: (transfer full) (nullable): "sip:host:port;transport=x", NULL when there is no server */
char *baton_account_config_dup_registrar (BatonAccountConfig *self);

#define BATON_TYPE_ACCOUNT_STORE (baton_account_store_get_type ())
G_DECLARE_FINAL_TYPE (BatonAccountStore, baton_account_store, BATON, ACCOUNT_STORE, GObject)

/**
 * BatonAccountStore:
 * The configured accounts: a GListModel of BatonAccountConfig over GSettings.
 * Signal `problem (const char *message)`: the settings can't be written (they live on in memory).
 */
BatonAccountStore *baton_account_store_new (GSettings *settings);
BatonAccountConfig *baton_account_store_add (BatonAccountStore *self); /* (transfer none) */
void baton_account_store_remove (BatonAccountStore *self, BatonAccountConfig *config);

G_END_DECLS
