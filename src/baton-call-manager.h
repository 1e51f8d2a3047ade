/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-call.h"

G_BEGIN_DECLS

#define BATON_TYPE_CALL_MANAGER (baton_call_manager_get_type ())
G_DECLARE_FINAL_TYPE (BatonCallManager, baton_call_manager, BATON, CALL_MANAGER, GObject)

/**
 * BatonCallManager:
 * The calls, as a GListModel of BatonCall in the order they came; an ended one leaves it at once
 * (whoever shows it longer keeps a reference). Places and takes calls, keeps one in the foreground,
 * and knows which call an INVITE with Replaces takes over.
 *
 * Properties: `foreground` (BatonCall, nullable), `auto-hold` (gboolean: placing, answering or
 * resuming a call holds the one in the foreground; TRUE for the desktop, FALSE for baton-cli).
 * Signals: `call-added (BatonCall *)`, `call-ended (BatonCall *)`.
 */

/** baton_call_manager_place: Returns: (transfer none) (nullable): the new call. @consultation_for (nullable): held first, whatever `auto-hold` says. */
BatonCall *baton_call_manager_place (BatonCallManager *self, BatonAccount *account, const char *uri, BatonCall *consultation_for, GError **error);
/** Returns: (transfer none) (nullable) */
BatonCall *baton_call_manager_lookup (BatonCallManager *self, guint number);
BatonCall *baton_call_manager_get_foreground (BatonCallManager *self);
/** baton_call_manager_set_foreground: gives it microphone and speaker, after resuming it and holding the other as `auto-hold` says */
void baton_call_manager_set_foreground (BatonCallManager *self, BatonCall *call);

/**
 * baton_call_manager_merge: @call and @other, both ESTABLISHED, hear one another and us from now on: what each hears is
 * the others without itself. Who is on hold is resumed. A third joins by merging it with one of them.
 */
gboolean baton_call_manager_merge (BatonCallManager *self, BatonCall *call, BatonCall *other, GError **error);
/** baton_call_manager_split: takes @call out of the merged ones; it is put on hold where `auto-hold` is set */
gboolean baton_call_manager_split (BatonCallManager *self, BatonCall *call, GError **error);
/** Returns: (transfer none) (nullable): the one call that @call is merged with; NULL where it is none, or several */
BatonCall *baton_call_manager_get_merged_with (BatonCallManager *self, BatonCall *call);

G_END_DECLS
