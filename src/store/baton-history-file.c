/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-history-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "baton-error.h"

#define SCHEMA_VERSION 1
#define BUSY_TIMEOUT_MS 500

struct _BatonHistoryFile
{
  char *path;
  sqlite3 *db; /* NULL: not open */
};

static const char schema[] =
  "CREATE TABLE calls ("
  " id INTEGER PRIMARY KEY AUTOINCREMENT," /* never reused, so that a late removal can't hit another call */
  " account TEXT, uri TEXT NOT NULL, name TEXT, chain TEXT,"
  " direction INTEGER NOT NULL, time INTEGER NOT NULL, duration INTEGER NOT NULL,"
  " status INTEGER NOT NULL, missed INTEGER NOT NULL);"
  "CREATE INDEX calls_by_time ON calls (time DESC, id DESC);"
  "PRAGMA user_version = " G_STRINGIFY (SCHEMA_VERSION) ";";

/* ---- rows ---- */

BatonHistoryRow *
baton_history_row_new (void)
{
  return g_atomic_rc_box_new0 (BatonHistoryRow);
}

BatonHistoryRow *
baton_history_row_ref (BatonHistoryRow *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
row_clear (gpointer data)
{
  BatonHistoryRow *self = data;

  g_free (self->account);
  g_free (self->uri);
  g_free (self->name);
  g_free (self->chain);
}

void
baton_history_row_unref (BatonHistoryRow *self)
{
  g_atomic_rc_box_release_full (self, row_clear);
}

char *
baton_history_text (const char *text)
{
  g_autofree char *valid = NULL;
  const char *end;

  if (text == NULL)
    return NULL;
  valid = g_utf8_make_valid (text, MIN (strlen (text), BATON_HISTORY_TEXT_MAX));
  if (strlen (valid) <= BATON_HISTORY_TEXT_MAX)
    return g_steal_pointer (&valid);
  end = g_utf8_find_prev_char (valid, valid + BATON_HISTORY_TEXT_MAX + 1);
  return g_strndup (valid, end - valid);
}

/* ---- the file ---- */

BatonHistoryFile *
baton_history_file_new (const char *path)
{
  BatonHistoryFile *self = g_new0 (BatonHistoryFile, 1);

  self->path = g_strdup (path);
  return self;
}

static void
close_db (BatonHistoryFile *self)
{
  sqlite3_close (g_steal_pointer (&self->db));
}

void
baton_history_file_free (BatonHistoryFile *self)
{
  close_db (self);
  g_free (self->path);
  g_free (self);
}

static void
set_write_error (BatonHistoryFile *self, GError **error)
{
  g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED,
               "The call history “%s” can’t be written (%s). New calls are kept until Baton ends. "
               "Free some space or correct the file’s permissions.", self->path, sqlite3_errmsg (self->db));
}

static gboolean
run (BatonHistoryFile *self, const char *sql)
{
  return sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static gboolean
query_int (BatonHistoryFile *self, const char *sql, gint64 *value)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok;

  ok = sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step (statement) == SQLITE_ROW;
  if (ok)
    *value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return ok;
}

static gboolean
query_is_ok (BatonHistoryFile *self)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok;

  ok = sqlite3_prepare_v2 (self->db, "PRAGMA quick_check(1)", -1, &statement, NULL) == SQLITE_OK &&
       sqlite3_step (statement) == SQLITE_ROW &&
       g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0;
  sqlite3_finalize (statement);
  return ok;
}

/* SQLite makes its files with the umask's mode; who called whom concerns nobody else on the machine. The log and
 * the shared memory file take the mode of the database. */
static gboolean
make_private_file (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return FALSE;
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
  if (fd < 0)
    return FALSE;
  if (fchmod (fd, 0600) != 0)
    g_debug ("mode of the history stays as it is: %s", g_strerror (errno));
  close (fd);
  return TRUE;
}

/* Returns: (nullable): where the damaged file is now */
static char *
move_aside (const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *kept = NULL;

  for (guint i = 0; i < 100; i++)
    {
      g_free (kept);
      kept = g_strdup_printf (i == 0 ? "%s.damaged-%s" : "%s.damaged-%s-%u", path, stamp, i);
      if (!g_file_test (kept, G_FILE_TEST_EXISTS))
        break;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (kept, suffixes[i], NULL);

      if (g_rename (from, to) != 0 && (i == 0 || errno != ENOENT))
        return NULL;
    }
  return g_steal_pointer (&kept);
}

static gboolean
is_damage (int code)
{
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

/* Returns: SQLITE_OK, the code of what is wrong, or SQLITE_MISMATCH for a sound file that isn't ours */
static int
open_and_check (BatonHistoryFile *self)
{
  gint64 version = 0, tables = 0;
  int code;

  code = sqlite3_open_v2 (self->path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK)
    return code;
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, BUSY_TIMEOUT_MS);
  if (!query_int (self, "PRAGMA user_version", &version) ||
      !query_int (self, "SELECT count(*) FROM sqlite_master", &tables))
    return sqlite3_errcode (self->db);
  if (version > SCHEMA_VERSION || (version == 0 && tables > 0))
    return SQLITE_MISMATCH;
  if (!query_is_ok (self))
    return SQLITE_CORRUPT;
  if (sqlite3_db_readonly (self->db, "main") == 1)
    return version == 0 ? SQLITE_READONLY : SQLITE_OK;
  run (self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"); /* not on every file system: then without */
  if (version == 0 && !(run (self, "BEGIN IMMEDIATE") && run (self, schema) && run (self, "COMMIT")))
    return sqlite3_errcode (self->db);
  return SQLITE_OK;
}

gboolean
baton_history_file_open (BatonHistoryFile *self, char **notice, GError **error)
{
  g_autofree char *kept = NULL;
  int code;

  close_db (self);
  if (!make_private_file (self->path))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED,
                   "The call history “%s” can’t be opened (%s). New calls are kept until Baton ends. "
                   "Correct the permissions of the file and its folder.", self->path, g_strerror (errno));
      return FALSE;
    }
  code = open_and_check (self);
  if (is_damage (code))
    {
      close_db (self);
      kept = move_aside (self->path);
      if (kept == NULL)
        {
          g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED,
                       "The call history “%s” is damaged and can’t be moved aside (%s). New calls are kept until Baton "
                       "ends. Move the file away yourself.", self->path, g_strerror (errno));
          return FALSE;
        }
      code = make_private_file (self->path) ? open_and_check (self) : SQLITE_CANTOPEN;
    }
  if (code == SQLITE_MISMATCH)
    g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED,
                 "The call history “%s” was written by another program or a newer Baton, and stays as it is. "
                 "New calls are kept until Baton ends. Update Baton, or move the file away.", self->path);
  else if (code != SQLITE_OK)
    g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED,
                 "The call history “%s” can’t be used (%s). New calls are kept until Baton ends. "
                 "Correct the permissions of the file and its folder.", self->path, sqlite3_errstr (code));
  if (code != SQLITE_OK)
    {
      close_db (self);
      return FALSE;
    }
  if (notice != NULL && kept != NULL)
    *notice = g_strdup_printf ("The call history was damaged. It was kept as “%s”, and a new history was begun.", kept);
  else if (notice != NULL && sqlite3_db_readonly (self->db, "main") == 1)
    *notice = g_strdup_printf ("The call history “%s” can only be read. New calls are kept until Baton ends. "
                               "Correct the permissions of the file and its folder.", self->path);
  return TRUE;
}

static char *
column_text (sqlite3_stmt *statement, int column)
{
  return baton_history_text ((const char *) sqlite3_column_text (statement, column));
}

GPtrArray *
baton_history_file_load (BatonHistoryFile *self, GError **error)
{
  static const char sql[] = "SELECT id, account, uri, name, chain, direction, time, duration, status, missed "
                            "FROM calls ORDER BY time DESC, id DESC LIMIT " G_STRINGIFY (BATON_HISTORY_ROWS_MAX);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) baton_history_row_unref);
  sqlite3_stmt *statement = NULL;
  int code;

  code = sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL);
  while (code == SQLITE_OK || code == SQLITE_ROW)
    {
      BatonHistoryRow *row;

      code = sqlite3_step (statement);
      if (code != SQLITE_ROW)
        break;
      row = baton_history_row_new ();
      row->id = sqlite3_column_int64 (statement, 0);
      row->account = column_text (statement, 1);
      row->uri = column_text (statement, 2);
      row->name = column_text (statement, 3);
      row->chain = column_text (statement, 4);
      row->direction = sqlite3_column_int (statement, 5) != 0;
      row->time = sqlite3_column_int64 (statement, 6);
      row->duration = CLAMP (sqlite3_column_int64 (statement, 7), 0, G_MAXUINT);
      row->status = CLAMP (sqlite3_column_int64 (statement, 8), 0, 999);
      row->missed = sqlite3_column_int (statement, 9) != 0;
      g_ptr_array_add (rows, row);
    }
  sqlite3_finalize (statement);
  if (code == SQLITE_DONE)
    return g_steal_pointer (&rows);
  g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED,
               "The call history “%s” can’t be read (%s). Older calls aren’t shown; new ones are kept.", self->path,
               sqlite3_errmsg (self->db));
  return NULL;
}

static void
bind_text (sqlite3_stmt *statement, int index, const char *text)
{
  sqlite3_bind_text (statement, index, text, -1, SQLITE_TRANSIENT);
}

gboolean
baton_history_file_insert (BatonHistoryFile *self, BatonHistoryRow *row, GError **error)
{
  static const char sql[] = "INSERT INTO calls (account, uri, name, chain, direction, time, duration, status, missed) "
                            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
  sqlite3_stmt *statement = NULL;
  int code;

  code = sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL);
  if (code == SQLITE_OK)
    {
      bind_text (statement, 1, row->account);
      bind_text (statement, 2, row->uri != NULL ? row->uri : "");
      bind_text (statement, 3, row->name);
      bind_text (statement, 4, row->chain);
      sqlite3_bind_int64 (statement, 5, row->direction);
      sqlite3_bind_int64 (statement, 6, row->time);
      sqlite3_bind_int64 (statement, 7, row->duration);
      sqlite3_bind_int64 (statement, 8, row->status);
      sqlite3_bind_int64 (statement, 9, row->missed);
      code = sqlite3_step (statement);
    }
  if (code == SQLITE_DONE)
    row->id = sqlite3_last_insert_rowid (self->db);
  else
    set_write_error (self, error);
  sqlite3_finalize (statement);
  return code == SQLITE_DONE;
}

gboolean
baton_history_file_delete (BatonHistoryFile *self, gint64 id, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code;

  code = sqlite3_prepare_v2 (self->db, "DELETE FROM calls WHERE id = ?", -1, &statement, NULL);
  if (code == SQLITE_OK)
    {
      sqlite3_bind_int64 (statement, 1, id);
      code = sqlite3_step (statement);
    }
  if (code != SQLITE_DONE)
    set_write_error (self, error);
  sqlite3_finalize (statement);
  return code == SQLITE_DONE;
}

/* What a person clears is gone from the disk too, not only from the index. */
gboolean
baton_history_file_clear (BatonHistoryFile *self, GError **error)
{
  if (run (self, "DELETE FROM calls"))
    {
      run (self, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
      return TRUE;
    }
  set_write_error (self, error);
  return FALSE;
}
