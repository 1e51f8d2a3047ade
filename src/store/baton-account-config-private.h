/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-account-config.h"

G_BEGIN_DECLS

/** Returns: (transfer full): the account @id whose keys are in @settings */
BatonAccountConfig *baton_account_config_new (const char *id, GSettings *settings);
/** baton_account_config_forget: resets every key, so that nothing of a removed account stays */
void baton_account_config_forget (BatonAccountConfig *self);

G_END_DECLS
