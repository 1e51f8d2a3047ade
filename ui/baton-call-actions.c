/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-call-actions.h"


#include <glib/gi18n.h>

BatonCall *
baton_call_actions_find (BatonWindow *window, GVariant *number)
{
  BatonCallList *calls = baton_window_get_calls (window);
  guint n = number != NULL ? g_variant_get_uint32 (number) : 0;
  BatonCallRow *row;

  if (n == 0)
    return baton_call_list_get_target (calls);
  row = baton_call_list_find (calls, n);
  return row != NULL ? baton_call_row_get_call (row) : NULL;
}

void
baton_call_actions_report (BatonWindow *window, GError *error)
{
  g_autoptr (GError) owned = error;

  if (owned != NULL && !g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    baton_window_toast (window, owned->message);
}

static BatonCall *
find_incoming (BatonWindow *window, GVariant *number)
{
  if (number != NULL && g_variant_get_uint32 (number) != 0)
    return baton_call_actions_find (window, number);
  return baton_call_list_get_ringing (baton_window_get_calls (window));
}

static void
answer (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = find_incoming (data, number);
  GError *error = NULL;

  if (call != NULL && !baton_call_answer (call, &error))
    baton_call_actions_report (data, error);
}

static void
decline (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = find_incoming (data, number);
  GError *error = NULL;

  if (call != NULL && !baton_call_decline (call, 0, &error))
    baton_call_actions_report (data, error);
}

static void
silence (GSimpleAction *action, GVariant *number, gpointer data)
{
  baton_engine_silence (baton_window_get_engine (data));
}

static void
hangup (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = baton_call_actions_find (data, number);
  GError *error = NULL;

  if (call == NULL || baton_call_get_state (call) == BATON_CALL_STATE_ENDED)
    return;
  if (baton_call_get_state (call) == BATON_CALL_STATE_INCOMING)
    {
      if (!baton_call_decline (call, 0, &error))
        baton_call_actions_report (data, error);
    }
  else if (!baton_call_hangup (call, &error))
    baton_call_actions_report (data, error);
}

static void
on_held (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BatonWindow) window = data;
  GError *error = NULL;

  if (!baton_call_hold_finish (BATON_CALL (source), result, &error))
    baton_call_actions_report (window, error);
}

/* Resuming one call holds the other: that is the manager's business */
static void
hold (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonWindow *window = data;
  BatonCall *call = baton_call_actions_find (window, number);

  if (call == NULL || baton_call_get_state (call) != BATON_CALL_STATE_ESTABLISHED)
    return;
  if (baton_call_get_hold (call) & BATON_HOLD_LOCAL)
    baton_call_manager_set_foreground (baton_engine_get_calls (baton_window_get_engine (window)), call);
  else
    baton_call_hold_async (call, on_held, g_object_ref (window));
}

static void
mute (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = baton_call_actions_find (data, number);

  if (call != NULL)
    baton_call_set_muted (call, !baton_call_get_muted (call));
}

/* The microphone as such: every call that there is, and the ones to come while it lasts */
static void
mute_all (GSimpleAction *action, GVariant *state, gpointer data)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (baton_window_get_engine (data)));
  guint n = g_list_model_get_n_items (calls);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (calls, i);

      baton_call_set_muted (call, g_variant_get_boolean (state));
    }
  g_simple_action_set_state (action, state);
}

/* Returns: whether there is a new call */
static gboolean
place (BatonWindow *window, const char *typed)
{
  BatonEngine *engine = baton_window_get_engine (window);
  BatonAccount *account = baton_window_get_account (window);
  g_autofree char *uri = NULL;
  GAction *muted = g_action_map_lookup_action (G_ACTION_MAP (window), "mute-all");
  g_autoptr (GVariant) state = g_action_get_state (muted);
  GError *error = NULL;
  BatonCall *call = NULL;

  if (account == NULL)
    {
      baton_window_toast (window, _("Add an account first, or try the demo: calls need one."));
      return FALSE;
    }
  uri = baton_directory_resolve (baton_window_get_directory (window), account, typed, &error);
  if (uri != NULL)
    call = baton_call_manager_place (baton_engine_get_calls (engine), account, uri, NULL, &error);
  if (call == NULL)
    {
      baton_call_actions_report (window, error);
      return FALSE;
    }
  if (g_variant_get_boolean (state))
    baton_call_set_muted (call, TRUE);
  baton_window_show_page (window, "call");
  g_settings_set_string (baton_window_get_settings (window), "default-account", baton_account_get_id (account));
  return TRUE;
}

static void
dial (GSimpleAction *action, GVariant *typed, gpointer data)
{
  place (data, g_variant_get_string (typed, NULL));
}

static void
call_entry (GSimpleAction *action, GVariant *unused, gpointer data)
{
  g_autofree char *typed = g_strdup (baton_window_get_dial_text (data));

  if (place (data, typed))
    baton_window_clear_dial (data);
}

static void
call_again (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = baton_call_actions_find (data, number);
  g_autofree char *uri = NULL;

  if (call == NULL)
    return;
  uri = g_strdup (baton_call_get_remote_uri (call));
  baton_call_list_dismiss (baton_window_get_calls (data), call);
  place (data, uri);
}

static void
dismiss (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = baton_call_actions_find (data, number);
  BatonTransfer *transfer = call != NULL ? baton_call_get_transfer (call) : NULL;

  if (call == NULL)
    return;
  if (transfer != NULL)
    baton_transfer_dismiss (transfer);
  baton_call_list_dismiss (baton_window_get_calls (data), call);
}

/* In a call: a key press for the other side; without one: a character to dial */
static void
digit (GSimpleAction *action, GVariant *key, gpointer data)
{
  BatonCall *call = baton_call_list_get_target (baton_window_get_calls (data));
  const char *text = g_variant_get_string (key, NULL);
  GError *error = NULL;
  g_autofree char *sent = NULL;
  const char *before;

  if (call == NULL || baton_call_get_state (call) != BATON_CALL_STATE_ESTABLISHED || text[0] == '+')
    {
      baton_window_type_digit (data, text);
      return;
    }
  if (!baton_call_send_dtmf (call, text, &error))
    {
      baton_call_actions_report (data, error);
      return;
    }
  before = g_object_get_data (G_OBJECT (call), "baton-digits-sent");
  sent = g_strconcat (before != NULL ? before : "", text, NULL);
  baton_window_show_sent_digits (data, sent);
  g_object_set_data_full (G_OBJECT (call), "baton-digits-sent", g_steal_pointer (&sent), g_free);
}

static void
erase_digit (GSimpleAction *action, GVariant *unused, gpointer data)
{
  baton_window_type_digit (data, NULL);
}

static void
keypad (GSimpleAction *action, GVariant *state, gpointer data)
{
  baton_window_show_keypad (data, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
keypad_for (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = baton_call_actions_find (data, number);
  GAction *toggle = g_action_map_lookup_action (G_ACTION_MAP (data), "keypad");
  g_autoptr (GVariant) state = g_action_get_state (toggle);

  if (call == NULL)
    return;
  baton_call_list_select (baton_window_get_calls (data), call);
  g_action_change_state (toggle, g_variant_new_boolean (!g_variant_get_boolean (state)));
}

static void
page (GSimpleAction *action, GVariant *name, gpointer data)
{
  baton_window_show_page (data, g_variant_get_string (name, NULL));
}

static void
back (GSimpleAction *action, GVariant *unused, gpointer data)
{
  baton_window_go_back (data);
}

static void
search (GSimpleAction *action, GVariant *unused, gpointer data)
{
  baton_window_focus_search (data);
}

static void
main_menu (GSimpleAction *action, GVariant *unused, gpointer data)
{
  baton_window_open_menu (data);
}

static void
account (GSimpleAction *action, GVariant *id, gpointer data)
{
  baton_window_set_account (data, g_variant_get_string (id, NULL));
}

static void
undo_clear (GSimpleAction *action, GVariant *unused, gpointer data)
{
  baton_window_undo_clear (data);
}

void
baton_call_actions_install (BatonWindow *window)
{
  static const GActionEntry entries[] = {
    { "answer", answer, "u", NULL, NULL },
    { "decline", decline, "u", NULL, NULL },
    { "silence", silence, "u", NULL, NULL },
    { "hangup", hangup, "u", NULL, NULL },
    { "hold", hold, "u", NULL, NULL },
    { "mute", mute, "u", NULL, NULL },
    { "mute-all", NULL, NULL, "false", mute_all },
    { "dial", dial, "s", NULL, NULL },
    { "call", call_entry, NULL, NULL, NULL },
    { "call-again", call_again, "u", NULL, NULL },
    { "dismiss", dismiss, "u", NULL, NULL },
    { "digit", digit, "s", NULL, NULL },
    { "erase-digit", erase_digit, NULL, NULL, NULL },
    { "keypad", NULL, NULL, "false", keypad },
    { "keypad-for", keypad_for, "u", NULL, NULL },
    { "page", page, "s", NULL, NULL },
    { "back", back, NULL, NULL, NULL },
    { "search", search, NULL, NULL, NULL },
    { "main-menu", main_menu, NULL, NULL, NULL },
    { "account", account, "s", "''", NULL },
    { "undo-clear", undo_clear, NULL, NULL, NULL },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  baton_transfer_actions_install (window);
  baton_more_actions_install (window);
}
