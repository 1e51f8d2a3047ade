/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "baton-enums.h"

G_BEGIN_DECLS

#define BATON_TYPE_HISTORY_ENTRY (baton_history_entry_get_type ())
G_DECLARE_FINAL_TYPE (BatonHistoryEntry, baton_history_entry, BATON, HISTORY_ENTRY, GObject)

/**
 * BatonHistoryEntry: one call that is over.
 * Properties (construct, read-write): `id` (gint64, 0 before it is stored), `account` (label), `uri`,
 * `name` (nullable), `direction` (BatonDirection), `time` (gint64, µs of real time at the start),
 * `duration` (guint, s; 0: never established), `status` (guint), `missed` (gboolean),
 * `transfer-chain` (string, nullable: "→ Carol (busy) → you").
 * It is stored as it is when baton_history_add() is called. Text is cut to 1024 bytes.
 */

#define BATON_TYPE_HISTORY (baton_history_get_type ())
G_DECLARE_FINAL_TYPE (BatonHistory, baton_history, BATON, HISTORY, GObject)

/**
 * BatonHistory:
 * The call history: a GListModel of BatonHistoryEntry, newest first, kept in SQLite. All disk work
 * is done in a thread of its own; the model is of the main context. A file that can't be read or
 * written gives a `problem (const char *message)` signal, and the history goes on in memory. What
 * could not be written is tried again with the next change. A damaged file is kept aside under
 * another name, and a new one is begun. The model holds the newest 5000 calls of the file.
 */
BatonHistory *baton_history_new (const char *path); /* (nullable): in memory only */
void baton_history_add (BatonHistory *self, BatonHistoryEntry *entry);
void baton_history_remove (BatonHistory *self, BatonHistoryEntry *entry);
void baton_history_clear (BatonHistory *self);
/** baton_history_flush: blocks until all that was added is on disk; for the end of the program and for tests */
void baton_history_flush (BatonHistory *self);

G_END_DECLS
