/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-preferences.h"

#include "baton-a11y.h"
#include "baton-account-dialog.h"
#include "baton-audio-page.h"
#include "baton-format.h"
#include "baton-security-page.h"

#include <glib/gi18n.h>

struct _BatonPreferences
{
  AdwPreferencesWindow parent_instance;

  BatonApplication *application; /* weak */
  GSettings *transfer, *notify;
  GList *rows;

  GtkWidget *scheme, *background, *notify_incoming, *notify_missed, *notify_transfer;
  GtkWidget *grace, *ring_time, *accounts, *none;
};

G_DEFINE_FINAL_TYPE (BatonPreferences, baton_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
baton_preferences_dispose (GObject *object)
{
  BatonPreferences *self = BATON_PREFERENCES (object);

  g_clear_pointer (&self->rows, g_list_free);
  g_clear_weak_pointer (&self->application);
  g_clear_object (&self->transfer);
  g_clear_object (&self->notify);
  G_OBJECT_CLASS (baton_preferences_parent_class)->dispose (object);
}

static void
on_scheme_selected (BatonPreferences *self)
{
  if (self->application != NULL)
    g_settings_set_enum (baton_application_get_settings (self->application), "color-scheme",
                         (int) adw_combo_row_get_selected (ADW_COMBO_ROW (self->scheme)));
}

static void
on_add (BatonPreferences *self)
{
  gtk_window_present (GTK_WINDOW (baton_account_dialog_new (self->application, GTK_WINDOW (self), NULL)));
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, BatonPreferences, member)

static void
baton_preferences_class_init (BatonPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_preferences_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-preferences.ui");
  BIND (scheme);
  BIND (background);
  BIND (notify_incoming);
  BIND (notify_missed);
  BIND (notify_transfer);
  BIND (grace);
  BIND (ring_time);
  BIND (accounts);
  BIND (none);
  gtk_widget_class_bind_template_callback (widget_class, on_scheme_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
}

static void
baton_preferences_init (BatonPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  baton_combo_row_keep_value (self->scheme);
  baton_a11y_set_name (self->grace, _("Seconds to undo a transfer"));
  baton_a11y_set_name (self->ring_time, _("Seconds for the target to answer"));
}

static void
update_state (BatonPreferences *self, GtkWidget *row)
{
  BatonAccountConfig *config = g_object_get_data (G_OBJECT (row), "config");
  BatonAccount *account = baton_account_keeper_lookup (baton_application_get_keeper (self->application),
                                                       baton_account_config_get_id (config));
  g_autofree char *label = NULL, *words = NULL;
  gboolean needs;

  g_object_get (config, "label", &label, NULL);
  if (account == NULL)
    {
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _("Switched off"));
      return;
    }
  g_object_get (account, "needs-registration", &needs, NULL);
  words = baton_format_registration (label, baton_account_get_registration_state (account),
                                     baton_account_get_status (account), baton_account_get_reason (account), needs);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
}

static void
update_states (BatonPreferences *self)
{
  GListModel *accounts;
  guint n;

  if (self->application == NULL)
    return;
  accounts = baton_engine_get_accounts (baton_application_get_engine (self->application));
  n = g_list_model_get_n_items (accounts);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccount) account = g_list_model_get_item (accounts, i);

      g_signal_handlers_disconnect_by_func (account, update_states, self);
      g_signal_connect_object (account, "notify::registration-state", G_CALLBACK (update_states), self,
                               G_CONNECT_SWAPPED);
    }
  for (GList *l = self->rows; l != NULL; l = l->next)
    update_state (self, l->data);
}

static void
on_edit (GtkWidget *button, BatonPreferences *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);

  gtk_window_present (GTK_WINDOW (baton_account_dialog_new (self->application, GTK_WINDOW (self),
                                                            g_object_get_data (G_OBJECT (row), "config"))));
}

/* Until the toast is gone nothing is removed, so that Undo has nothing to bring back */
static void
on_undo (AdwToast *toast, GtkWidget *row)
{
  g_object_set_data (G_OBJECT (toast), "undone", GINT_TO_POINTER (TRUE));
  gtk_widget_set_visible (row, TRUE);
}

static void
on_toast_gone (AdwToast *toast, BatonAccountConfig *config)
{
  BatonApplication *application = g_object_get_data (G_OBJECT (toast), "application");
  g_autofree char *turn_id = NULL;

  if (g_object_get_data (G_OBJECT (toast), "undone") != NULL)
    return;
  baton_secrets_store_async (baton_application_get_secrets (application), baton_account_config_get_id (config), "",
                             NULL, NULL, NULL, NULL);
  turn_id = baton_account_keeper_dup_turn_id (config);
  baton_secrets_store_async (baton_application_get_secrets (application), turn_id, "", NULL, NULL, NULL, NULL);
  baton_account_store_remove (baton_application_get_accounts (application), config);
}

static void
on_remove (GtkWidget *button, BatonPreferences *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);
  g_autofree char *words = g_strdup_printf (_("%s removed"), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  AdwToast *toast = baton_toast_new (words);

  gtk_widget_set_visible (row, FALSE);
  adw_toast_set_button_label (toast, _("Undo"));
  g_object_set_data_full (G_OBJECT (toast), "application", g_object_ref (self->application), g_object_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_undo), row, 0);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_toast_gone),
                           g_object_get_data (G_OBJECT (row), "config"), 0);
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), toast);
}

static void
on_enabled_changed (BatonAccountConfig *config, GParamSpec *pspec, BatonPreferences *self)
{
  if (self->application != NULL)
    baton_account_keeper_refresh (baton_application_get_keeper (self->application), config);
}

static GtkWidget *
add_row (BatonPreferences *self, BatonAccountConfig *config)
{
  GtkWidget *row = adw_action_row_new (), *edit, *remove, *online = gtk_switch_new ();
  g_autofree char *label = NULL, *edit_name = NULL, *remove_name = NULL, *online_name = NULL;

  g_object_get (config, "label", &label, NULL);
  edit_name = g_strdup_printf (_("Edit %s"), label);
  remove_name = g_strdup_printf (_("Remove %s"), label);
  online_name = g_strdup_printf (_("%s online"), label);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), label);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 2);
  g_object_set_data_full (G_OBJECT (row), "config", g_object_ref (config), g_object_unref);
  gtk_widget_set_valign (online, GTK_ALIGN_CENTER);
  baton_a11y_set_name (online, online_name);
  g_object_bind_property (config, "enabled", online, "active", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_signal_handlers_disconnect_by_func (config, on_enabled_changed, self);
  g_signal_connect_object (config, "notify::enabled", G_CALLBACK (on_enabled_changed), self, 0);
  edit = baton_button_new ("document-edit-symbolic", NULL, edit_name, NULL);
  remove = baton_button_new ("user-trash-symbolic", NULL, remove_name, NULL);
  gtk_widget_add_css_class (edit, "flat");
  gtk_widget_add_css_class (remove, "flat");
  g_signal_connect_object (edit, "clicked", G_CALLBACK (on_edit), self, 0);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (on_remove), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), online);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), edit);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove);
  return row;
}

static void
list_accounts (BatonPreferences *self)
{
  GListModel *configs;
  guint n;

  if (self->application == NULL)
    return;
  configs = G_LIST_MODEL (baton_application_get_accounts (self->application));
  n = g_list_model_get_n_items (configs);
  for (GList *l = self->rows; l != NULL; l = l->next)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self->accounts), l->data);
  g_clear_pointer (&self->rows, g_list_free);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccountConfig) config = g_list_model_get_item (configs, i);
      GtkWidget *row = add_row (self, config);

      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->accounts), row);
      self->rows = g_list_append (self->rows, row);
    }
  gtk_widget_set_visible (self->none, n == 0);
  update_states (self);
}

static void
on_persistent_changed (BatonPreferences *self, GParamSpec *pspec, BatonSecrets *secrets)
{
  const char *words = _("Passwords are kept in the keyring of your desktop, never in a file.");
  gboolean persistent;

  g_object_get (secrets, "persistent", &persistent, NULL);
  if (!persistent)
    words = _("No password store found. Passwords are kept until Baton is closed.");
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->accounts), words);
}

BatonPreferences *
baton_preferences_new (BatonApplication *application)
{
  BatonPreferences *self = g_object_new (BATON_TYPE_PREFERENCES, "transient-for",
                                         baton_application_get_window (application), NULL);
  GSettings *settings = baton_application_get_settings (application);

  gtk_widget_insert_action_group (GTK_WIDGET (self), "app", G_ACTION_GROUP (application));
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->scheme), (guint) g_settings_get_enum (settings, "color-scheme"));
  g_set_weak_pointer (&self->application, application);
  self->notify = g_settings_get_child (settings, "notify");
  g_settings_bind (settings, "run-in-background", self->background, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->notify, "incoming", self->notify_incoming, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->notify, "missed", self->notify_missed, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->notify, "transfer", self->notify_transfer, "active", G_SETTINGS_BIND_DEFAULT);
  self->transfer = g_settings_get_child (settings, "transfer");
  g_settings_bind (self->transfer, "grace-seconds", gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (self->grace)),
                   "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->transfer, "ring-timeout",
                   gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (self->ring_time)), "value",
                   G_SETTINGS_BIND_DEFAULT);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), baton_audio_page_new (application));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), baton_security_page_new (application));
  g_signal_connect_object (baton_application_get_secrets (application), "notify::persistent",
                           G_CALLBACK (on_persistent_changed), self, G_CONNECT_SWAPPED);
  on_persistent_changed (self, NULL, baton_application_get_secrets (application));
  g_signal_connect_object (baton_application_get_accounts (application), "items-changed", G_CALLBACK (list_accounts),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (baton_engine_get_accounts (baton_application_get_engine (application)), "items-changed",
                           G_CALLBACK (list_accounts), self, G_CONNECT_SWAPPED);
  list_accounts (self);
  return self;
}
