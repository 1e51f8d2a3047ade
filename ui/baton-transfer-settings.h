/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-engine.h"

G_BEGIN_DECLS

/**
 * baton_transfer_settings_follow:
 * From now on the engine does what the settings say about transfers, as soon as they change.
 * Before the engine is started too: what it's started with is baton_transfer_settings_get_policy().
 * @transfer: the child “transfer”; kept by the caller as long as it is to be followed
 */
void baton_transfer_settings_follow (GSettings *transfer, BatonEngine *engine);

/**
 * baton_transfer_settings_get_policy:
 * Returns: what a request from outside a call gets: what is chosen, but REJECT where only trusted
 *   sources may ask and there is none (a settings file that was written by hand)
 */
BatonReferPolicy baton_transfer_settings_get_policy (GSettings *transfer);

G_END_DECLS
