/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-directory.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_HISTORY_PAGE (baton_history_page_get_type ())
G_DECLARE_FINAL_TYPE (BatonHistoryPage, baton_history_page, BATON, HISTORY_PAGE, AdwBin)

/**
 * BatonHistoryPage:
 * The calls that are over, newest first. Only the rows in sight exist (GtkListView), so its length
 * costs nothing. Signal `cleared (GPtrArray *entries)`: the history was emptied; for Undo.
 */
void baton_history_page_set_history (BatonHistoryPage *self, BatonHistory *history, BatonDirectory *directory);
void baton_history_page_focus_search (BatonHistoryPage *self);

G_END_DECLS
