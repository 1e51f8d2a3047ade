/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "baton-secrets.h"
#include "baton-test-wait.h"

static void
take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static char *
lookup (BatonSecrets *secrets, const char *account_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *password;

  baton_secrets_lookup_async (secrets, account_id, NULL, take_result, &result);
  baton_test_wait (result != NULL, 10000);
  password = baton_secrets_lookup_finish (secrets, result, &error);
  g_assert_no_error (error);
  return password;
}

static void
store (BatonSecrets *secrets, const char *account_id, const char *password)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  baton_secrets_store_async (secrets, account_id, "Work", password, NULL, take_result, &result);
  baton_test_wait (result != NULL, 10000);
  ok = baton_secrets_store_finish (secrets, result, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
assert_password (BatonSecrets *secrets, const char *account_id, const char *expected)
{
  char *password = lookup (secrets, account_id);

  g_assert_cmpstr (password, ==, expected);
  baton_secrets_free_password (password);
}

static gboolean
is_persistent (BatonSecrets *secrets)
{
  gboolean persistent;

  g_object_get (secrets, "persistent", &persistent, NULL);
  return persistent;
}

static void
store_and_look_up (BatonSecrets *secrets)
{
  assert_password (secrets, "one", NULL);
  store (secrets, "one", "geheim %s <b>");
  store (secrets, "two", "");
  assert_password (secrets, "one", "geheim %s <b>");
  assert_password (secrets, "two", "");
  store (secrets, "one", "other");
  assert_password (secrets, "one", "other");
  store (secrets, "one", NULL);
  assert_password (secrets, "one", NULL);
  store (secrets, "one", NULL);
}

static void
test_memory (void)
{
  BatonSecrets *secrets = baton_secrets_new_memory ();

  store_and_look_up (secrets);
  g_assert_false (is_persistent (secrets));
  baton_secrets_free_password (NULL);
  g_assert_finalize_object (secrets);
}

static void
count (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

/* A session bus without a keyring: passwords work until the end, and the property says so, once. */
static void
test_no_keyring (void)
{
  g_autofree char *daemon = NULL;

  if (g_test_subprocess ())
    {
      static GTestDBus *bus; /* never unreferenced: that waits for the connection, which libsecret keeps */
      BatonSecrets *secrets;
      guint notified = 0;

      bus = g_test_dbus_new (G_TEST_DBUS_NONE);
      g_test_dbus_up (bus);
      secrets = baton_secrets_new_keyring ();
      g_signal_connect (secrets, "notify::persistent", G_CALLBACK (count), &notified);
      g_assert_true (is_persistent (secrets));
      store_and_look_up (secrets);
      g_assert_false (is_persistent (secrets));
      g_assert_cmpuint (notified, ==, 1);
      g_assert_finalize_object (secrets);
      g_test_dbus_stop (bus);
      return;
    }
  daemon = g_find_program_in_path ("dbus-daemon");
  if (daemon == NULL)
    {
      g_test_skip ("dbus-daemon isn’t installed");
      return;
    }
  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
test_no_bus (void)
{
  if (g_test_subprocess ())
    {
      BatonSecrets *secrets;

      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
      secrets = baton_secrets_new_keyring ();
      store_and_look_up (secrets);
      g_assert_false (is_persistent (secrets));
      g_assert_finalize_object (secrets);
      return;
    }
  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* libsecret's own encrypted file stands in for a keyring: the next program finds the password. */
static void
test_keyring (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autofree char *content = NULL;
  gsize length;

  if (g_test_subprocess ())
    {
      BatonSecrets *secrets = baton_secrets_new_keyring ();

      if (g_getenv ("BATON_TEST_SECOND") == NULL)
        {
          store_and_look_up (secrets);
          store (secrets, "kept", "the-secret-itself");
        }
      else
        assert_password (secrets, "kept", "the-secret-itself");
      g_assert_true (is_persistent (secrets));
      g_assert_finalize_object (secrets);
      return;
    }
  folder = g_dir_make_tmp ("baton-secrets-XXXXXX", NULL);
  path = g_build_filename (folder, "keyring", NULL);
  /* libsecret's file backend loses an etag with each write, and no frame of its own is in the stack to name */
  g_setenv ("LSAN_OPTIONS", "detect_leaks=0", TRUE);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "master", TRUE);
  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
  g_setenv ("BATON_TEST_SECOND", "1", TRUE);
  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_null (memmem (content, length, "the-secret-itself", strlen ("the-secret-itself")));
  g_unsetenv ("SECRET_BACKEND");
  g_unsetenv ("BATON_TEST_SECOND");
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_cancelled (void)
{
  BatonSecrets *secrets = baton_secrets_new_memory ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  store (secrets, "one", "x");
  g_cancellable_cancel (cancellable);
  baton_secrets_lookup_async (secrets, "one", cancellable, take_result, &result);
  baton_test_wait (result != NULL, 5000);
  g_assert_null (baton_secrets_lookup_finish (secrets, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  g_assert_finalize_object (secrets);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/secrets/memory", test_memory);
  g_test_add_func ("/secrets/cancelled", test_cancelled);
  g_test_add_func ("/secrets/no-keyring", test_no_keyring);
  g_test_add_func ("/secrets/no-bus", test_no_bus);
  g_test_add_func ("/secrets/keyring", test_keyring);
  return g_test_run ();
}
