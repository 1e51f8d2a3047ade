/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-history-file.h"
#include "baton-history.h"

G_BEGIN_DECLS

/** Returns: (transfer full): an entry that shows @row */
BatonHistoryEntry *baton_history_entry_new_from_row (BatonHistoryRow *row);
/** Returns: (transfer full): a row with the entry's values as they are now; the entry remembers it */
BatonHistoryRow *baton_history_entry_make_row (BatonHistoryEntry *self);
/** Returns: (transfer none) (nullable): the row it was made from or that was made of it */
BatonHistoryRow *baton_history_entry_get_row (BatonHistoryEntry *self);
gint64 baton_history_entry_get_time (BatonHistoryEntry *self);
void baton_history_entry_set_id (BatonHistoryEntry *self, gint64 id);

G_END_DECLS
