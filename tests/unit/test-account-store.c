/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>
#include <glib/gstdio.h>
#include <string.h>

#include "baton-account-config.h"
#include "baton-test-wait.h"

#define SCHEMA "org.batonphone.Baton"

static GSettings *
new_settings (void)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();

  return g_settings_new_with_backend (SCHEMA, backend);
}

static BatonAccountConfig *
get_config (BatonAccountStore *store, guint position)
{
  g_autoptr (BatonAccountConfig) config = g_list_model_get_item (G_LIST_MODEL (store), position);

  return config; /* the store has another reference */
}

static guint
n_items (BatonAccountStore *store)
{
  return g_list_model_get_n_items (G_LIST_MODEL (store));
}

static void
count_changes (GListModel *model, guint position, guint removed, guint added, guint *count)
{
  (*count)++;
}

static void
test_add_and_remove (void)
{
  g_autoptr (GSettings) settings = new_settings ();
  BatonAccountStore *store = baton_account_store_new (settings);
  BatonAccountConfig *work, *home;
  g_auto (GStrv) ids = NULL;
  g_autofree char *label = NULL;
  BatonReferPolicy policy;
  gboolean enabled;
  guint expires, changes = 0;

  g_assert_cmpuint (n_items (store), ==, 0);
  g_signal_connect (store, "items-changed", G_CALLBACK (count_changes), &changes);
  work = baton_account_store_add (store);
  home = baton_account_store_add (store);
  g_assert_cmpuint (changes, ==, 2);
  g_object_get (work, "incoming-transfers", &policy, "enabled", &enabled, "expires", &expires, NULL);
  g_assert_cmpint (policy, ==, BATON_REFER_POLICY_ASK);
  g_assert_true (enabled);
  g_assert_cmpuint (expires, ==, 300);
  g_object_set (work, "label", "Work", "address", "sip:anna@pbx.example", "port", 5080u,
                "incoming-transfers", BATON_REFER_POLICY_REJECT, NULL);
  ids = g_settings_get_strv (settings, "accounts");
  g_assert_cmpuint (g_strv_length (ids), ==, 2);
  g_assert_cmpstr (ids[0], ==, baton_account_config_get_id (work));
  g_assert_cmpstr (ids[1], ==, baton_account_config_get_id (home));
  g_assert_finalize_object (store);

  /* the next program, on the same settings */
  store = baton_account_store_new (settings);
  g_assert_cmpuint (n_items (store), ==, 2);
  work = get_config (store, 0);
  g_object_get (work, "label", &label, "incoming-transfers", &policy, NULL);
  g_assert_cmpstr (label, ==, "Work");
  g_assert_cmpint (policy, ==, BATON_REFER_POLICY_REJECT);
  baton_account_store_remove (store, work);
  g_assert_cmpuint (n_items (store), ==, 1);
  g_assert_finalize_object (store);

  /* nothing of a removed account is left */
  g_settings_set_strv (settings, "accounts", (const char *const *) ids);
  store = baton_account_store_new (settings);
  g_clear_pointer (&label, g_free);
  g_object_get (get_config (store, 0), "label", &label, NULL);
  g_assert_cmpstr (label, ==, "");
  g_assert_finalize_object (store);
}

static void
count_notify (GObject *object, GParamSpec *pspec, guint *count)
{
  (*count)++;
}

/* Two programs on the same settings see each other's changes, and an account that stays keeps its object. */
static void
test_changed_elsewhere (void)
{
  g_autoptr (GSettings) settings = new_settings ();
  BatonAccountStore *one = baton_account_store_new (settings);
  BatonAccountStore *two = baton_account_store_new (settings);
  BatonAccountConfig *config, *other;
  g_autofree char *label = NULL;
  guint notified = 0;

  config = baton_account_store_add (one);
  baton_test_wait (n_items (two) == 1, 5000);
  other = get_config (two, 0);
  g_signal_connect (other, "notify::label", G_CALLBACK (count_notify), &notified);
  g_object_set (config, "label", "Work", NULL);
  g_object_set (config, "label", "Work", NULL);
  baton_test_wait (notified == 1, 5000);
  g_object_get (other, "label", &label, NULL);
  g_assert_cmpstr (label, ==, "Work");

  baton_account_store_add (one);
  baton_test_wait (n_items (two) == 2, 5000);
  g_assert_true (get_config (two, 0) == other);
  g_assert_cmpuint (notified, ==, 1);
  g_assert_finalize_object (one);
  g_assert_finalize_object (two);
}

static void
test_odd_lists (void)
{
  static const char *const ids[] = { "good", "../evil", "", "a/b", "good", "Also_good-2", NULL };
  g_autoptr (GSettings) settings = new_settings ();
  BatonAccountStore *store;

  g_settings_set_strv (settings, "accounts", ids);
  store = baton_account_store_new (settings);
  g_assert_cmpuint (n_items (store), ==, 2);
  g_assert_cmpstr (baton_account_config_get_id (get_config (store, 0)), ==, "good");
  g_assert_cmpstr (baton_account_config_get_id (get_config (store, 1)), ==, "Also_good-2");
  g_assert_finalize_object (store);
}

static void
test_registrar (void)
{
  static const struct
  {
    const char *server, *transport;
    guint port;
    const char *registrar;
  } cases[] = {
    { "", "auto", 0, NULL },
    { "  ", "udp", 5060, NULL },
    { "pbx.example", "auto", 0, "sip:pbx.example" },
    { " pbx.example ", "tls", 5061, "sip:pbx.example:5061;transport=tls" },
    { "sip:pbx.example", "udp", 0, "sip:pbx.example;transport=udp" },
    { "SIPS:pbx.example", "auto", 0, "sips:pbx.example" },
    { "pbx.example:5080", "tcp", 5090, "sip:pbx.example:5080;transport=tcp" },
    { "::1", "auto", 5080, "sip:[::1]:5080" },
    { "[::1]", "auto", 5080, "sip:[::1]:5080" },
    { "[::1]:5070", "udp", 5080, "sip:[::1]:5070;transport=udp" },
    { "pbx.example;transport=tcp", "udp", 0, "sip:pbx.example;transport=tcp" },
  };
  g_autoptr (GSettings) settings = new_settings ();
  BatonAccountStore *store = baton_account_store_new (settings);
  BatonAccountConfig *config = baton_account_store_add (store);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *registrar = NULL;

      g_object_set (config, "server", cases[i].server, "transport", cases[i].transport, "port", cases[i].port, NULL);
      registrar = baton_account_config_dup_registrar (config);
      g_assert_cmpstr (registrar, ==, cases[i].registrar);
    }
  g_assert_finalize_object (store);
}

static void
on_problem (BatonAccountStore *store, const char *message, guint *count)
{
  g_assert_nonnull (strstr (message, "can’t be written"));
  (*count)++;
}

/* A keyfile whose folder can't be made: what is there is read, changes last until the end, and one message says so. */
static void
test_unwritable (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *file = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GSettingsBackend) backend = NULL;
  g_autoptr (GSettings) settings = NULL;
  BatonAccountStore *store;
  BatonAccountConfig *config;
  g_autofree char *label = NULL;
  guint problems = 0;

  if (g_test_subprocess ())
    {
      /* XDG_CONFIG_HOME is a file; GLib warns of it too */
      g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
      backend = g_keyfile_settings_backend_new (g_getenv ("BATON_TEST_KEYFILE"), "/", NULL);
      settings = g_settings_new_with_backend (SCHEMA, backend);
      store = baton_account_store_new (settings);
      g_signal_connect (store, "problem", G_CALLBACK (on_problem), &problems);
      baton_test_wait (problems == 1, 5000);
      config = baton_account_store_add (store);
      g_object_set (config, "label", "Work", NULL);
      baton_test_drain ();
      g_assert_cmpuint (n_items (store), ==, 1);
      g_object_get (get_config (store, 0), "label", &label, NULL);
      g_assert_cmpstr (label, ==, "Work");
      g_assert_cmpuint (problems, ==, 1);
      g_assert_finalize_object (store);
      return;
    }
  folder = g_dir_make_tmp ("baton-accounts-XXXXXX", NULL);
  file = g_build_filename (folder, "file", NULL);
  path = g_build_filename (file, "settings", NULL);
  g_assert_true (g_file_set_contents (file, "", -1, NULL));
  g_setenv ("XDG_CONFIG_HOME", file, TRUE);
  g_setenv ("BATON_TEST_KEYFILE", path, TRUE);
  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_unlink (file);
  g_rmdir (folder);
  g_test_trap_assert_passed ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/account-store/add-and-remove", test_add_and_remove);
  g_test_add_func ("/account-store/changed-elsewhere", test_changed_elsewhere);
  g_test_add_func ("/account-store/odd-lists", test_odd_lists);
  g_test_add_func ("/account-store/registrar", test_registrar);
  g_test_add_func ("/account-store/unwritable", test_unwritable);
  return g_test_run ();
}
