/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_SETTINGS_ENABLE_BACKEND
#include "baton-account-config-private.h"

#include <gio/gsettingsbackend.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define KEY "accounts"

struct _BatonAccountStore
{
  GObject parent_instance;

  GSettings *settings;           /* has the list of ids */
  GSettingsSchema *account_schema;
  GPtrArray *configs;            /* of BatonAccountConfig */
  gboolean temporary;            /* @settings is in memory, because the real ones can't be written */
  guint complaint;               /* idle source */
};

enum
{
  PROP_SETTINGS = 1,
  N_PROPS
};

enum
{
  SIGNAL_PROBLEM,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static GType
baton_account_store_get_item_type (GListModel *model)
{
  return BATON_TYPE_ACCOUNT_CONFIG;
}

static guint
baton_account_store_get_n_items (GListModel *model)
{
  return BATON_ACCOUNT_STORE (model)->configs->len;
}

static gpointer
baton_account_store_get_item (GListModel *model, guint position)
{
  BatonAccountStore *self = BATON_ACCOUNT_STORE (model);

  return position < self->configs->len ? g_object_ref (g_ptr_array_index (self->configs, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = baton_account_store_get_item_type;
  iface->get_n_items = baton_account_store_get_n_items;
  iface->get_item = baton_account_store_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonAccountStore, baton_account_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
complain (BatonAccountStore *self)
{
  const char *message = "The settings can’t be written. Accounts and their settings last until Baton ends. "
                        "Check that the settings folder of your home directory can be written.";

  g_message ("%s", message);
  g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, message);
}

static gboolean
on_complaint (gpointer data)
{
  BatonAccountStore *self = data;

  self->complaint = 0;
  complain (self);
  return G_SOURCE_REMOVE;
}

/* A settings path is made of the id, so it may have only what a path element may have. */
static gboolean
is_valid_id (const char *id)
{
  return *id != '\0' && strlen (id) <= 64 && strspn (id, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_") == strlen (id);
}

static GSettings *
open_account (BatonAccountStore *self, GSettings *settings, const char *id)
{
  g_autoptr (GSettingsBackend) backend = NULL;
  g_autofree char *parent = NULL;
  g_autofree char *path = NULL;

  g_object_get (settings, "backend", &backend, "path", &parent, NULL);
  path = g_strconcat (parent, "accounts/", id, "/", NULL);
  return g_settings_new_full (self->account_schema, backend, path);
}

static BatonAccountConfig *
find_config (GPtrArray *configs, const char *id)
{
  for (guint i = 0; i < configs->len; i++)
    {
      BatonAccountConfig *config = g_ptr_array_index (configs, i);

      if (g_str_equal (baton_account_config_get_id (config), id))
        return config;
    }
  return NULL;
}

static gboolean
lists_what_we_have (BatonAccountStore *self, char **ids)
{
  guint n = 0;

  for (guint i = 0; ids[i] != NULL; i++)
    {
      if (!is_valid_id (ids[i]))
        continue;
      if (n >= self->configs->len)
        return FALSE;
      if (!g_str_equal (baton_account_config_get_id (g_ptr_array_index (self->configs, n)), ids[i]))
        return FALSE;
      n++;
    }
  return n == self->configs->len;
}

/* The list changed, by us or by another program; an account that stays keeps its object. */
static void
read_list (BatonAccountStore *self)
{
  g_auto (GStrv) ids = g_settings_get_strv (self->settings, KEY);
  g_autoptr (GPtrArray) old = NULL;

  if (lists_what_we_have (self, ids))
    return;
  old = g_steal_pointer (&self->configs);
  self->configs = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; ids[i] != NULL; i++)
    {
      BatonAccountConfig *config = find_config (old, ids[i]);

      if (!is_valid_id (ids[i]) || find_config (self->configs, ids[i]) != NULL)
        continue;
      if (config != NULL)
        g_object_ref (config);
      else
        {
          g_autoptr (GSettings) settings = open_account (self, self->settings, ids[i]);

          config = baton_account_config_new (ids[i], settings);
        }
      g_ptr_array_add (self->configs, config);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), 0, old->len, self->configs->len);
}

static void
write_list (BatonAccountStore *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;

  for (guint i = 0; i < self->configs->len; i++)
    g_strv_builder_add (builder, baton_account_config_get_id (g_ptr_array_index (self->configs, i)));
  ids = g_strv_builder_end (builder);
  if (!g_settings_set_strv (self->settings, KEY, (const char *const *) ids))
    complain (self);
}

/* dconf takes a change and loses it later when its folder can't be written; so that is asked before. */
static gboolean
can_be_written (GSettings *settings)
{
  g_autoptr (GSettingsBackend) backend = NULL;
  g_autofree char *folder = NULL;
  const char *type;

  if (!g_settings_is_writable (settings, KEY))
    return FALSE;
  g_object_get (settings, "backend", &backend, NULL);
  type = G_OBJECT_TYPE_NAME (backend);
  if (g_str_equal (type, "GMemorySettingsBackend"))
    return g_strcmp0 (g_getenv ("GSETTINGS_BACKEND"), "memory") == 0; /* else GLib found no other */
  if (!g_str_equal (type, "DConfSettingsBackend") && !g_str_equal (type, "GKeyfileSettingsBackend"))
    return TRUE;
  folder = g_build_filename (g_get_user_config_dir (), NULL);
  while (!g_file_test (folder, G_FILE_TEST_EXISTS))
    {
      char *parent = g_path_get_dirname (folder);

      g_free (folder);
      folder = parent;
    }
  return g_file_test (folder, G_FILE_TEST_IS_DIR) && g_access (folder, W_OK) == 0;
}

static void
copy_keys (GSettings *from, GSettings *to, GSettingsSchema *schema)
{
  g_auto (GStrv) keys = g_settings_schema_list_keys (schema);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autoptr (GVariant) value = g_settings_get_user_value (from, keys[i]);

      if (value != NULL)
        g_settings_set_value (to, keys[i], value);
    }
}

/* Goes on with a copy in memory: what can be read is there, and what is changed lasts until the end. */
static void
go_on_in_memory (BatonAccountStore *self)
{
  g_autoptr (GSettings) real = g_steal_pointer (&self->settings);
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autofree char *path = NULL;
  g_auto (GStrv) ids = g_settings_get_strv (real, KEY);

  g_object_get (real, "settings-schema", &schema, "path", &path, NULL);
  self->settings = g_settings_new_full (schema, backend, path);
  g_settings_set_strv (self->settings, KEY, (const char *const *) ids);
  for (guint i = 0; ids[i] != NULL; i++)
    if (is_valid_id (ids[i]))
      {
        g_autoptr (GSettings) from = open_account (self, real, ids[i]);
        g_autoptr (GSettings) to = open_account (self, self->settings, ids[i]);

        copy_keys (from, to, self->account_schema);
      }
  self->temporary = TRUE;
  self->complaint = g_idle_add (on_complaint, self);
}

static void
baton_account_store_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonAccountStore *self = BATON_ACCOUNT_STORE (object);

  switch (id)
    {
    case PROP_SETTINGS: self->settings = g_value_dup_object (value); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_account_store_constructed (GObject *object)
{
  BatonAccountStore *self = BATON_ACCOUNT_STORE (object);
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autofree char *id = NULL;

  G_OBJECT_CLASS (baton_account_store_parent_class)->constructed (object);
  g_object_get (self->settings, "settings-schema", &schema, NULL);
  id = g_strconcat (g_settings_schema_get_id (schema), ".account", NULL);
  self->account_schema = g_settings_schema_source_lookup (g_settings_schema_source_get_default (), id, TRUE);
  g_assert (self->account_schema != NULL); /* installed together */
  if (!can_be_written (self->settings))
    go_on_in_memory (self);
  g_signal_connect_object (self->settings, "changed::" KEY, G_CALLBACK (read_list), self, G_CONNECT_SWAPPED);
  read_list (self);
}

static void
baton_account_store_dispose (GObject *object)
{
  BatonAccountStore *self = BATON_ACCOUNT_STORE (object);

  g_clear_handle_id (&self->complaint, g_source_remove);
  g_ptr_array_set_size (self->configs, 0);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (baton_account_store_parent_class)->dispose (object);
}

static void
baton_account_store_finalize (GObject *object)
{
  BatonAccountStore *self = BATON_ACCOUNT_STORE (object);

  g_ptr_array_unref (self->configs);
  g_settings_schema_unref (self->account_schema);
  G_OBJECT_CLASS (baton_account_store_parent_class)->finalize (object);
}

static void
baton_account_store_class_init (BatonAccountStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = baton_account_store_set_property;
  object_class->constructed = baton_account_store_constructed;
  object_class->dispose = baton_account_store_dispose;
  object_class->finalize = baton_account_store_finalize;

  props[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, G_TYPE_SETTINGS,
                                              G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /** BatonAccountStore::problem: @message is a sentence for a person; the accounts live on in memory */
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", BATON_TYPE_ACCOUNT_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
baton_account_store_init (BatonAccountStore *self)
{
  self->configs = g_ptr_array_new_with_free_func (g_object_unref);
}

BatonAccountStore *
baton_account_store_new (GSettings *settings)
{
  return g_object_new (BATON_TYPE_ACCOUNT_STORE, "settings", settings, NULL);
}

BatonAccountConfig *
baton_account_store_add (BatonAccountStore *self)
{
  g_autoptr (GSettings) settings = NULL;
  g_autofree char *id = g_uuid_string_random ();
  BatonAccountConfig *config;
  guint place;

  g_return_val_if_fail (BATON_IS_ACCOUNT_STORE (self), NULL);

  settings = open_account (self, self->settings, id);
  config = baton_account_config_new (id, settings);
  place = self->configs->len;
  g_ptr_array_add (self->configs, config);
  write_list (self);
  g_list_model_items_changed (G_LIST_MODEL (self), place, 0, 1);
  return config;
}

void
baton_account_store_remove (BatonAccountStore *self, BatonAccountConfig *config)
{
  guint place;

  g_return_if_fail (BATON_IS_ACCOUNT_STORE (self));
  g_return_if_fail (BATON_IS_ACCOUNT_CONFIG (config));

  if (!g_ptr_array_find (self->configs, config, &place))
    return;
  g_object_ref (config);
  g_ptr_array_remove_index (self->configs, place);
  write_list (self);
  baton_account_config_forget (config);
  g_list_model_items_changed (G_LIST_MODEL (self), place, 1, 0);
  g_object_unref (config);
}
