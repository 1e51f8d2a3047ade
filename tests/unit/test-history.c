/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "baton-history.h"
#include "baton-test-wait.h"

typedef struct
{
  char *folder, *path;
  GPtrArray *problems; /* of char * */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("baton-history-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "data", "history.db", NULL);
  fixture->problems = g_ptr_array_new_with_free_func (g_free);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_folder (fixture->folder);
  g_ptr_array_unref (fixture->problems);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
on_problem (BatonHistory *history, const char *message, Fixture *fixture)
{
  g_ptr_array_add (fixture->problems, g_strdup (message));
}

static BatonHistory *
open_history (Fixture *fixture, const char *path)
{
  BatonHistory *history = baton_history_new (path);

  g_signal_connect (history, "problem", G_CALLBACK (on_problem), fixture);
  return history;
}

static BatonHistoryEntry *
add_call (BatonHistory *history, const char *uri, gint64 time)
{
  g_autoptr (BatonHistoryEntry) entry = g_object_new (BATON_TYPE_HISTORY_ENTRY, "uri", uri, "time", time, NULL);

  baton_history_add (history, entry);
  return entry;
}

static char *
dup_uris (BatonHistory *history)
{
  g_autoptr (GString) uris = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (history)); i++)
    {
      g_autoptr (BatonHistoryEntry) entry = g_list_model_get_item (G_LIST_MODEL (history), i);
      g_autofree char *uri = NULL;

      g_object_get (entry, "uri", &uri, NULL);
      g_string_append_printf (uris, "%s%s", i > 0 ? " " : "", uri);
    }
  return g_string_free (g_steal_pointer (&uris), FALSE);
}

#define assert_uris(history, expected) \
  G_STMT_START { \
    g_autofree char *uris_ = dup_uris (history); \
    g_assert_cmpstr (uris_, ==, (expected)); \
  } G_STMT_END

static guint
n_items (BatonHistory *history)
{
  return g_list_model_get_n_items (G_LIST_MODEL (history));
}

static void
count_changes (GListModel *model, guint position, guint removed, guint added, guint *count)
{
  (*count)++;
}

static void
test_in_memory (void)
{
  BatonHistory *history = baton_history_new (NULL);
  BatonHistoryEntry *middle;
  guint changes = 0;

  g_signal_connect (history, "items-changed", G_CALLBACK (count_changes), &changes);
  add_call (history, "sip:a@x", 100);
  middle = add_call (history, "sip:b@x", 200);
  add_call (history, "sip:c@x", 300);
  add_call (history, "sip:late@x", 150);
  assert_uris (history, "sip:c@x sip:b@x sip:late@x sip:a@x");
  baton_history_remove (history, middle);
  assert_uris (history, "sip:c@x sip:late@x sip:a@x");
  baton_history_flush (history);
  baton_history_clear (history);
  g_assert_cmpuint (n_items (history), ==, 0);
  g_assert_cmpuint (changes, ==, 6);
  baton_history_clear (history);
  g_assert_cmpuint (changes, ==, 6);
  g_assert_finalize_object (history);
}

static void
test_kept (Fixture *fixture, gconstpointer data)
{
  BatonHistory *history = open_history (fixture, fixture->path);
  g_autoptr (BatonHistoryEntry) entry = NULL;
  g_autofree char *account = NULL;
  g_autofree char *name = NULL;
  g_autofree char *chain = NULL;
  gint64 id, time;
  guint duration, status;
  int direction;
  gboolean missed;

  entry = g_object_new (BATON_TYPE_HISTORY_ENTRY, "account", "Work", "uri", "sip:bob@example.net", "name", "Bob “x”",
                        "direction", BATON_DIRECTION_INCOMING, "time", G_GINT64_CONSTANT (1700000000123456),
                        "duration", 75u, "status", 200u, "missed", TRUE, "transfer-chain", "→ Carol (busy) → you", NULL);
  baton_history_add (history, entry);
  baton_history_flush (history);
  g_object_get (entry, "id", &id, NULL);
  baton_test_wait ((g_object_get (entry, "id", &id, NULL), id != 0), 5000);
  g_assert_finalize_object (history);
  g_clear_object (&entry);

  history = open_history (fixture, fixture->path);
  baton_test_wait (n_items (history) == 1, 5000);
  entry = g_list_model_get_item (G_LIST_MODEL (history), 0);
  g_object_get (entry, "account", &account, "name", &name, "direction", &direction, "time", &time,
                "duration", &duration, "status", &status, "missed", &missed, "transfer-chain", &chain, NULL);
  g_assert_cmpstr (account, ==, "Work");
  g_assert_cmpstr (name, ==, "Bob “x”");
  g_assert_cmpstr (chain, ==, "→ Carol (busy) → you");
  g_assert_cmpint (direction, ==, BATON_DIRECTION_INCOMING);
  g_assert_cmpint (time, ==, 1700000000123456);
  g_assert_cmpuint (duration, ==, 75);
  g_assert_cmpuint (status, ==, 200);
  g_assert_true (missed);
  g_assert_cmpuint (fixture->problems->len, ==, 0);
  g_assert_finalize_object (history);
}

static void
test_private_mode (Fixture *fixture, gconstpointer data)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  mode_t old = umask (0);
  BatonHistory *history = open_history (fixture, fixture->path);
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  GStatBuf info;

  add_call (history, "sip:a@x", 1);
  baton_history_flush (history);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, suffixes[i], NULL);

      g_assert_cmpint (g_stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
    }
  g_assert_cmpint (g_stat (folder, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  umask (old);
  g_assert_finalize_object (history);
}

/* Calls that end before the file has been read don't push the older ones away, nor the other way round. */
static void
test_add_before_load (Fixture *fixture, gconstpointer data)
{
  BatonHistory *history = open_history (fixture, fixture->path);

  add_call (history, "sip:a@x", 100);
  add_call (history, "sip:c@x", 300);
  g_assert_finalize_object (history); /* writes all that was queued */

  history = open_history (fixture, fixture->path);
  add_call (history, "sip:b@x", 200);
  add_call (history, "sip:d@x", 400);
  assert_uris (history, "sip:d@x sip:b@x");
  baton_test_wait (n_items (history) == 4, 5000);
  assert_uris (history, "sip:d@x sip:c@x sip:b@x sip:a@x");
  g_assert_finalize_object (history);
}

static void
test_remove_and_clear (Fixture *fixture, gconstpointer data)
{
  BatonHistory *history = open_history (fixture, fixture->path);
  BatonHistoryEntry *entry;

  add_call (history, "sip:a@x", 100);
  entry = add_call (history, "sip:b@x", 200);
  baton_history_remove (history, entry); /* before it has an id */
  add_call (history, "sip:c@x", 300);
  g_assert_finalize_object (history);

  history = open_history (fixture, fixture->path);
  baton_test_wait (n_items (history) == 2, 5000);
  assert_uris (history, "sip:c@x sip:a@x");
  entry = g_list_model_get_item (G_LIST_MODEL (history), 0);
  baton_history_remove (history, entry);
  g_object_unref (entry);
  baton_history_remove (history, entry = g_object_new (BATON_TYPE_HISTORY_ENTRY, NULL)); /* a stranger */
  g_object_unref (entry);
  g_assert_finalize_object (history);

  history = open_history (fixture, fixture->path);
  baton_history_clear (history); /* before it was read */
  add_call (history, "sip:d@x", 400);
  baton_history_flush (history);
  baton_test_drain ();
  assert_uris (history, "sip:d@x");
  g_assert_finalize_object (history);

  history = open_history (fixture, fixture->path);
  baton_test_wait (n_items (history) == 1, 5000);
  assert_uris (history, "sip:d@x");
  g_assert_cmpuint (fixture->problems->len, ==, 0);
  g_assert_finalize_object (history);
}

static char *
find_kept_file (Fixture *fixture)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "history.db.damaged-") && !g_str_has_suffix (name, "-wal") &&
        !g_str_has_suffix (name, "-shm"))
      return g_build_filename (folder, name, NULL);
  return NULL;
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_autofree char *garbage = g_strnfill (20000, 'x');
  g_autofree char *kept = NULL;
  g_autofree char *content = NULL;
  BatonHistory *history;

  g_mkdir (folder, 0700);
  g_assert_true (g_file_set_contents (fixture->path, garbage, -1, NULL));
  history = open_history (fixture, fixture->path);
  add_call (history, "sip:a@x", 100);
  baton_test_wait (fixture->problems->len == 1, 5000);
  kept = find_kept_file (fixture);
  g_assert_nonnull (kept);
  g_assert_nonnull (strstr (g_ptr_array_index (fixture->problems, 0), kept));
  g_assert_true (g_file_get_contents (kept, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, garbage);
  assert_uris (history, "sip:a@x");
  g_assert_finalize_object (history);

  history = open_history (fixture, fixture->path);
  baton_test_wait (n_items (history) == 1, 5000);
  g_assert_cmpuint (fixture->problems->len, ==, 1);
  g_assert_finalize_object (history);
}

/* A page in the middle is broken: the header alone would pass. */
static void
test_damaged_inside (Fixture *fixture, gconstpointer data)
{
  BatonHistory *history = open_history (fixture, fixture->path);
  g_autofree char *kept = NULL;
  g_autofree char *content = NULL;
  gsize length;

  for (guint i = 0; i < 200; i++)
    add_call (history, "sip:somebody-with-a-long-name-so-that-pages-are-filled@example.net", i);
  g_assert_finalize_object (history);
  g_assert_true (g_file_get_contents (fixture->path, &content, &length, NULL));
  g_assert_cmpuint (length, >, 5 * 4096);
  memset (content + 4096, 0xa5, length - 2 * 4096);
  g_assert_true (g_file_set_contents (fixture->path, content, length, NULL));

  history = open_history (fixture, fixture->path);
  baton_test_wait (fixture->problems->len == 1, 5000);
  kept = find_kept_file (fixture);
  g_assert_nonnull (kept);
  add_call (history, "sip:a@x", 1);
  assert_uris (history, "sip:a@x");
  g_assert_finalize_object (history);
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->folder, "file", NULL);
  g_autofree char *path = g_build_filename (file, "history.db", NULL);
  BatonHistory *history;

  g_assert_true (g_file_set_contents (file, "", -1, NULL));
  history = open_history (fixture, path);
  baton_test_wait (fixture->problems->len == 1, 5000);
  g_assert_nonnull (strstr (g_ptr_array_index (fixture->problems, 0), "can’t be opened"));
  add_call (history, "sip:a@x", 1);
  add_call (history, "sip:b@x", 2);
  baton_history_flush (history);
  baton_test_drain ();
  assert_uris (history, "sip:b@x sip:a@x");
  g_assert_cmpuint (fixture->problems->len, ==, 1);
  g_assert_finalize_object (history);
}

static void
exec_sql (Fixture *fixture, const char *sql)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  sqlite3 *db;

  g_mkdir_with_parents (folder, 0700);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* Somebody else's file, or one of a newer Baton, is left alone. */
static void
test_not_ours (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  BatonHistory *history;
  gsize length_before, length_after;

  exec_sql (fixture, data);
  g_assert_true (g_file_get_contents (fixture->path, &before, &length_before, NULL));
  history = open_history (fixture, fixture->path);
  add_call (history, "sip:a@x", 1);
  baton_test_wait (fixture->problems->len == 1, 5000);
  assert_uris (history, "sip:a@x");
  g_assert_finalize_object (history);
  g_assert_true (g_file_get_contents (fixture->path, &after, &length_after, NULL));
  g_assert_cmpmem (before, length_before, after, length_after);
}

/* The file refuses for a while; what came meanwhile is written afterwards, and one message is enough. */
static void
test_refused_for_a_while (Fixture *fixture, gconstpointer data)
{
  BatonHistory *history = open_history (fixture, fixture->path);
  sqlite3 *lock;

  baton_history_flush (history);
  g_assert_cmpint (sqlite3_open (fixture->path, &lock), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (lock, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  add_call (history, "sip:a@x", 1);
  baton_test_wait (fixture->problems->len == 1, 5000);
  add_call (history, "sip:b@x", 2);
  assert_uris (history, "sip:b@x sip:a@x");
  g_assert_cmpint (sqlite3_exec (lock, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (lock);
  add_call (history, "sip:c@x", 3);
  g_assert_finalize_object (history);
  baton_test_drain ();
  g_assert_cmpuint (fixture->problems->len, ==, 1);

  history = open_history (fixture, fixture->path);
  baton_test_wait (n_items (history) == 3, 5000);
  assert_uris (history, "sip:c@x sip:b@x sip:a@x");
  g_assert_finalize_object (history);
}

static void
test_text_is_limited (Fixture *fixture, gconstpointer data)
{
  BatonHistory *history = open_history (fixture, fixture->path);
  g_autofree char *name = NULL;
  g_autofree char *got = NULL;
  g_autoptr (GString) text = g_string_new ("ab\xff");
  g_autoptr (BatonHistoryEntry) entry = NULL;

  for (guint i = 0; i < 3000; i++)
    g_string_append (text, "é");
  entry = g_object_new (BATON_TYPE_HISTORY_ENTRY, "uri", "sip:a@x", "name", text->str, NULL);
  g_object_get (entry, "name", &name, NULL);
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_cmpuint (strlen (name), <=, 1024);
  baton_history_add (history, entry);
  g_assert_finalize_object (history);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/history/in-memory", test_in_memory);
#define ADD(name, data, func) g_test_add ("/history/" name, Fixture, data, set_up, func, tear_down)
  ADD ("kept", NULL, test_kept);
  ADD ("private-mode", NULL, test_private_mode);
  ADD ("add-before-load", NULL, test_add_before_load);
  ADD ("remove-and-clear", NULL, test_remove_and_clear);
  ADD ("damaged", NULL, test_damaged);
  ADD ("damaged-inside", NULL, test_damaged_inside);
  ADD ("no-folder", NULL, test_no_folder);
  ADD ("newer-schema", "CREATE TABLE calls (x); PRAGMA user_version = 2", test_not_ours);
  ADD ("other-program", "CREATE TABLE notes (x)", test_not_ours);
  ADD ("refused-for-a-while", NULL, test_refused_for_a_while);
  ADD ("text-is-limited", NULL, test_text_is_limited);
  return g_test_run ();
}
