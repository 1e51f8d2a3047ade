/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-call-row.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_CALL_LIST (baton_call_list_get_type ())
G_DECLARE_FINAL_TYPE (BatonCallList, baton_call_list, BATON, CALL_LIST, AdwBin)

/**
 * BatonCallList:
 * The rows of all calls. A call that ended stays 6 s to be read; one whose transfer nobody
 * confirmed stays until it is dismissed. Signal `selection-changed`.
 */
void baton_call_list_set_engine (BatonCallList *self, BatonEngine *engine, BatonDirectory *directory);
/** Returns: (nullable) (transfer none): the row of the call of that number, ended ones too */
BatonCallRow *baton_call_list_find (BatonCallList *self, guint number);
/** Returns: (nullable) (transfer none): the call of the highlighted row, an ended one too */
BatonCall *baton_call_list_get_current (BatonCallList *self);
/**
 * baton_call_list_get_target:
 * Returns: (nullable) (transfer none): the call that keys without a number act on: the highlighted one, but not one that
 * only rings, or is over, while the user is in another
 */
BatonCall *baton_call_list_get_target (BatonCallList *self);
void baton_call_list_select (BatonCallList *self, BatonCall *call);
/** baton_call_list_dismiss: takes the row of an ended call away */
void baton_call_list_dismiss (BatonCallList *self, BatonCall *call);
/** Returns: the first incoming call, (nullable) (transfer none) */
BatonCall *baton_call_list_get_ringing (BatonCallList *self);

G_END_DECLS
