/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-application.h"

#include "baton-account-dialog.h"
#include "baton-preferences.h"
#include "baton-transfer-settings.h"

#include <glib/gi18n.h>

/* What a notification's button, a key or the menu asks for. Those about calls go on to the window. */

static void
forward (BatonApplication *self, const char *action, GVariant *parameter)
{
  g_application_activate (G_APPLICATION (self));
  g_action_group_activate_action (G_ACTION_GROUP (baton_application_get_window (self)), action, parameter);
}

static void
answer (GSimpleAction *action, GVariant *number, gpointer data)
{
  forward (data, "answer", number);
}

/* Declining needs no window */
static void
decline (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCallManager *calls = baton_engine_get_calls (baton_application_get_engine (data));
  BatonCall *call = baton_call_manager_lookup (calls, g_variant_get_uint32 (number));

  if (call != NULL)
    baton_call_decline (call, 0, NULL);
}

static void
silence (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonWindow *window = baton_application_get_window (data);

  if (window != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (window), "silence", number);
}

static void
call_back (GSimpleAction *action, GVariant *uri, gpointer data)
{
  forward (data, "dial", uri);
}

static void
decline_transfer (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonTransfer *transfer = baton_engine_lookup_transfer (baton_application_get_engine (data),
                                                          g_variant_get_uint32 (number));

  if (transfer != NULL)
    baton_transfer_decline (transfer, 0, NULL);
}

static void
present (GSimpleAction *action, GVariant *unused, gpointer data)
{
  g_application_activate (G_APPLICATION (data));
}

static void
show_history (GSimpleAction *action, GVariant *unused, gpointer data)
{
  forward (data, "page", g_variant_new_string ("history"));
}

static void
new_call (GSimpleAction *action, GVariant *unused, gpointer data)
{
  g_application_activate (G_APPLICATION (data));
  baton_window_focus_dial (baton_application_get_window (data));
}

static void
show_preferences (BatonApplication *self, const char *page)
{
  BatonPreferences *preferences;

  g_application_activate (G_APPLICATION (self));
  preferences = baton_preferences_new (self);
  if (page != NULL)
    adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (preferences), page);
  gtk_window_present (GTK_WINDOW (preferences));
}

static void
preferences (GSimpleAction *action, GVariant *unused, gpointer data)
{
  show_preferences (data, NULL);
}

static void
accounts (GSimpleAction *action, GVariant *unused, gpointer data)
{
  show_preferences (data, "accounts");
}

static void
audio (GSimpleAction *action, GVariant *unused, gpointer data)
{
  show_preferences (data, "audio");
}

static void
use_device (GSimpleAction *action, GVariant *parameters, gpointer data)
{
  g_autoptr (GSettings) settings = g_settings_get_child (baton_application_get_settings (data), "audio");
  gboolean microphone;
  const char *id;

  g_variant_get (parameters, "(b&s)", &microphone, &id);
  g_settings_set_string (settings, microphone ? "input-device" : "output-device", id);
}

/* Echo is a demo peer: on this computer, so it tries the devices and nothing else */
static void
echo_test (GSimpleAction *action, GVariant *unused, gpointer data)
{
  g_application_activate (G_APPLICATION (data));
  if (baton_application_start_demo (data))
    forward (data, "dial", g_variant_new_string ("Echo"));
}

static void
transfer_security (GSimpleAction *action, GVariant *unused, gpointer data)
{
  show_preferences (data, "security");
}

static void
add_account (GSimpleAction *action, GVariant *unused, gpointer data)
{
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (data));

  gtk_window_present (GTK_WINDOW (baton_account_dialog_new (data, parent, NULL)));
}

static void
start_demo (GSimpleAction *action, GVariant *unused, gpointer data)
{
  g_application_activate (G_APPLICATION (data));
  baton_application_start_demo (data);
}

static void
stop_demo (GSimpleAction *action, GVariant *unused, gpointer data)
{
  baton_application_stop_demo (data);
}

static void
poke_rogue (GSimpleAction *action, GVariant *unused, gpointer data)
{
  BatonDemo *demo = baton_application_get_demo (data);
  BatonAccount *account = baton_window_get_account (baton_application_get_window (data));
  g_autoptr (GSettings) transfer = g_settings_get_child (baton_application_get_settings (data), "transfer");

  if (demo == NULL || account == NULL)
    return;
  baton_demo_poke_rogue (demo, baton_sip_identity_get_address (baton_account_get_identity (account)));
  if (baton_transfer_settings_get_policy (transfer) == BATON_REFER_POLICY_REJECT)
    baton_window_toast (baton_application_get_window (data), _("Rogue’s request is refused. Nothing else happens."));
}

static void
about (GSimpleAction *action, GVariant *unused, gpointer data)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (data)), "application-name", "Baton",
                         "application-icon", BATON_APP_ID, "version", BATON_VERSION, "developer-name",
                         _("The Baton project"), "license-type", GTK_LICENSE_GPL_3_0, "comments",
                         _("A phone that never loses a caller."), NULL);
}

static void
quit (GSimpleAction *action, GVariant *unused, gpointer data)
{
  baton_application_quit (data);
}

static void
set_accels (GtkApplication *application)
{
  static const struct
  {
    const char *action, *accels[3];
  } keys[] = {
    { "app.new-call", { "<Control>n" } },
    { "app.preferences", { "<Control>comma" } },
    { "app.quit", { "<Control>q" } },
    { "window.close", { "<Control>w" } },
    { "win.answer(uint32 0)", { "F2", "<Control><Shift>a" } },
    { "win.hangup(uint32 0)", { "F9", "<Control><Shift>e" } },
    { "win.hold(uint32 0)", { "F3", "<Control>h" } },
    { "win.mute(uint32 0)", { "F4", "<Control>m" } },
    { "win.keypad", { "<Control>d" } },
    { "win.undo(uint32 0)", { "<Control>z" } },
    { "win.search", { "<Control>f" } },
    { "win.transfer(uint32 0)", { "<Control>t" } },
    { "win.consult(uint32 0)", { "<Control><Shift>t" } },
    { "win.complete(uint32 0)", { "<Control>Return" } },
    { "win.take-back(uint32 0)", { "<Control>BackSpace" } },
    { "win.swap(uint32 0)", { "<Control><Shift>s" } },
    { "win.merge(uint32 0)", { "<Control><Shift>j" } },
    { "win.main-menu", { "F10" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (application, keys[i].action, keys[i].accels);
}

void
baton_application_actions_install (BatonApplication *self)
{
  static const GActionEntry entries[] = {
    { "answer", answer, "u", NULL, NULL },
    { "decline", decline, "u", NULL, NULL },
    { "silence", silence, "u", NULL, NULL },
    { "call-back", call_back, "s", NULL, NULL },
    { "decline-transfer", decline_transfer, "u", NULL, NULL },
    { "present", present, NULL, NULL, NULL },
    { "show-history", show_history, NULL, NULL, NULL },
    { "new-call", new_call, NULL, NULL, NULL },
    { "preferences", preferences, NULL, NULL, NULL },
    { "accounts", accounts, NULL, NULL, NULL },
    { "audio", audio, NULL, NULL, NULL },
    { "use-device", use_device, "(bs)", NULL, NULL },
    { "echo-test", echo_test, NULL, NULL, NULL },
    { "transfer-security", transfer_security, NULL, NULL, NULL },
    { "add-account", add_account, NULL, NULL, NULL },
    { "demo", start_demo, NULL, NULL, NULL },
    { "start-demo", start_demo, NULL, NULL, NULL },
    { "stop-demo", stop_demo, NULL, NULL, NULL },
    { "poke-rogue", poke_rogue, NULL, NULL, NULL },
    { "about", about, NULL, NULL, NULL },
    { "quit", quit, NULL, NULL, NULL },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  set_accels (GTK_APPLICATION (self));
}
