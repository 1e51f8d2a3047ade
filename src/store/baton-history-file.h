/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** BatonHistoryRow: one call as it is on disk. Reference-counted; @id is touched by the disk thread alone once it is queued. */
typedef struct
{
  gint64 id; /* 0 before it is stored */
  char *account, *uri, *name, *chain; /* (nullable) valid UTF-8, at most BATON_HISTORY_TEXT_MAX bytes */
  guint direction;
  gint64 time; /* µs of real time */
  guint duration, status;
  gboolean missed;
} BatonHistoryRow;

#define BATON_HISTORY_TEXT_MAX 1024
#define BATON_HISTORY_ROWS_MAX 5000 /* the newest ones that are read; the file keeps all */

BatonHistoryRow *baton_history_row_new (void);
BatonHistoryRow *baton_history_row_ref (BatonHistoryRow *self);
void baton_history_row_unref (BatonHistoryRow *self);

/** baton_history_text: Returns: (transfer full) (nullable): @text made valid UTF-8 and cut to BATON_HISTORY_TEXT_MAX bytes */
char *baton_history_text (const char *text);

/**
 * BatonHistoryFile:
 * The history's SQLite file: plain blocking calls, made in one thread. Every function that can fail
 * gives a sentence for a person in @error. Write-ahead log, mode 0600, schema version in user_version.
 */
typedef struct _BatonHistoryFile BatonHistoryFile;

BatonHistoryFile *baton_history_file_new (const char *path);
void baton_history_file_free (BatonHistoryFile *self);

/**
 * baton_history_file_open:
 * Opens or makes the file. A damaged one is moved aside, never overwritten, and a new one is begun:
 * then TRUE is returned and @notice says so. FALSE: nothing can be read or written.
 * @notice: (out) (optional): a sentence for a person although it worked; free with g_free()
 */
gboolean baton_history_file_open (BatonHistoryFile *self, char **notice, GError **error);
/** Returns: (element-type BatonHistoryRow) (transfer full): newest first; NULL with @error */
GPtrArray *baton_history_file_load (BatonHistoryFile *self, GError **error);
/** baton_history_file_insert: sets the row's id */
gboolean baton_history_file_insert (BatonHistoryFile *self, BatonHistoryRow *row, GError **error);
gboolean baton_history_file_delete (BatonHistoryFile *self, gint64 id, GError **error);
gboolean baton_history_file_clear (BatonHistoryFile *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonHistoryRow, baton_history_row_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonHistoryFile, baton_history_file_free)

G_END_DECLS
