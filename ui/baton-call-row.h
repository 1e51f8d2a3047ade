/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-directory.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BATON_TYPE_CALL_ROW (baton_call_row_get_type ())
G_DECLARE_FINAL_TYPE (BatonCallRow, baton_call_row, BATON, CALL_ROW, GtkListBoxRow)

/**
 * BatonCallRow:
 * One call in the list: who, what is going on, and what can be done now. Each of its buttons is one
 * of the window's actions with the number of the call as parameter.
 */
GtkWidget *baton_call_row_new (BatonEngine *engine, BatonDirectory *directory, BatonCall *call);
BatonCall *baton_call_row_get_call (BatonCallRow *self);
/** baton_call_row_update: reads the call again; for the running seconds, and when a related call changed */
void baton_call_row_update (BatonCallRow *self);
/** baton_call_row_get_rank: the order in the list: ringing in, active, consulting, held, ended */
guint baton_call_row_get_rank (BatonCallRow *self);
/** baton_call_row_open_targets: the popover to transfer (or, @consult, to ask somebody about) this call */
void baton_call_row_open_targets (BatonCallRow *self, gboolean consult);

G_END_DECLS
