/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-account-config.h"
#include "baton-engine.h"
#include "baton-secrets.h"

G_BEGIN_DECLS

#define BATON_TYPE_ACCOUNT_KEEPER (baton_account_keeper_get_type ())
G_DECLARE_FINAL_TYPE (BatonAccountKeeper, baton_account_keeper, BATON, ACCOUNT_KEEPER, GObject)

/**
 * BatonAccountKeeper:
 * Keeps the engine's accounts like the configured ones: a changed one is taken out and put in anew,
 * with its password from the keyring. Signal `problem (const char *message)`.
 */
BatonAccountKeeper *baton_account_keeper_new (BatonEngine *engine, BatonAccountStore *store, BatonSecrets *secrets);
/** baton_account_keeper_refresh: reads @config and its password again */
void baton_account_keeper_refresh (BatonAccountKeeper *self, BatonAccountConfig *config);
/** Returns: (nullable) (transfer none): the engine's account of that configuration */
BatonAccount *baton_account_keeper_lookup (BatonAccountKeeper *self, const char *id);
/** Returns: (transfer full): under which identifier the password for the account's TURN server is kept */
char *baton_account_keeper_dup_turn_id (BatonAccountConfig *config);

G_END_DECLS
