/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-call-actions.h"

#include "baton-call-view.h"

#include <glib/gi18n.h>

static void
open_targets (BatonWindow *window, GVariant *number, gboolean consult)
{
  BatonCall *call = baton_call_actions_find (window, number);
  BatonCallRow *row;

  if (call == NULL)
    return;
  row = baton_call_list_find (baton_window_get_calls (window), baton_call_get_number (call));
  baton_window_show_page (window, "call");
  baton_window_go_back (window);
  if (row != NULL)
    baton_call_row_open_targets (row, consult);
}

static void
transfer (GSimpleAction *action, GVariant *number, gpointer data)
{
  open_targets (data, number, FALSE);
}

static void
consult (GSimpleAction *action, GVariant *number, gpointer data)
{
  open_targets (data, number, TRUE);
}

static void
send_blind (BatonWindow *window, BatonCall *call, const char *typed, gboolean stay)
{
  BatonReferOptions options = { .active_after_transfer = stay };
  GError *error = NULL;
  g_autofree char *uri = NULL, *name = NULL;

  uri = baton_directory_check_target (baton_window_get_directory (window), call, typed, &error);
  if (uri != NULL)
    {
      name = baton_directory_dup_name (baton_window_get_directory (window), NULL, uri);
      options.target_name = name;
      baton_engine_transfer (baton_window_get_engine (window), call, uri, &options, &error);
    }
  if (error != NULL)
    baton_call_actions_report (window, error);
}

static void
transfer_to (GSimpleAction *action, GVariant *parameters, gpointer data)
{
  g_autoptr (GVariant) number = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) typed = g_variant_get_child_value (parameters, 1);
  g_autoptr (GVariant) stay = g_variant_get_child_value (parameters, 2);
  BatonCall *call = baton_call_actions_find (data, number);

  if (call != NULL)
    send_blind (data, call, g_variant_get_string (typed, NULL), g_variant_get_boolean (stay));
}

static void
consult_to (GSimpleAction *action, GVariant *parameters, gpointer data)
{
  g_autoptr (GVariant) number = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) typed = g_variant_get_child_value (parameters, 1);
  BatonEngine *engine = baton_window_get_engine (data);
  BatonCall *call = baton_call_actions_find (data, number);
  GError *error = NULL;
  g_autofree char *uri = NULL;

  if (call == NULL)
    return;
  uri = baton_directory_check_target (baton_window_get_directory (data), call, g_variant_get_string (typed, NULL),
                                      &error);
  if (uri != NULL)
    baton_call_manager_place (baton_engine_get_calls (engine), baton_call_get_account (call), uri, call, &error);
  if (error != NULL)
    baton_call_actions_report (data, error);
}

static void
connect_calls (BatonWindow *window, BatonCall *call, BatonCall *target)
{
  g_autofree char *name = baton_directory_dup_call_name (baton_window_get_directory (window), target);
  BatonReferOptions options = { .target_name = name };
  GError *error = NULL;

  if (!baton_engine_transfer_attended (baton_window_get_engine (window), call, target, &options, &error))
    baton_call_actions_report (window, error);
}

static void
connect_two (GSimpleAction *action, GVariant *parameters, gpointer data)
{
  g_autoptr (GVariant) first = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) second = g_variant_get_child_value (parameters, 1);
  BatonCall *call = baton_call_actions_find (data, first);
  BatonCall *target = baton_call_actions_find (data, second);

  if (call != NULL && target != NULL && call != target)
    connect_calls (data, call, target);
}

/* Returns: (nullable) (transfer none): the consultation of that number, or the one there is for 0 */
static BatonCall *
find_consultation (BatonWindow *window, GVariant *number)
{
  BatonEngine *engine = baton_window_get_engine (window);
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (engine));
  guint wanted = g_variant_get_uint32 (number), n = g_list_model_get_n_items (calls);

  for (guint i = n; i > 0; i--)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (calls, i - 1);
      BatonCall *about = baton_call_get_consultation_for (call);

      if (about == NULL || baton_call_get_state (call) == BATON_CALL_STATE_ENDED)
        continue;
      if (wanted == 0 || wanted == baton_call_get_number (call) || wanted == baton_call_get_number (about))
        return call; /* the model keeps it */
    }
  return NULL;
}

/* Its own call is given up, the caller goes there blind: the transfer says so (refer.md §2.4) */
static void
send_without_waiting (BatonWindow *window, BatonCall *about, BatonCall *call)
{
  g_autofree char *name = baton_directory_dup_call_name (baton_window_get_directory (window), call);
  BatonReferOptions options = { .target_name = name };
  GError *error = NULL;

  if (!baton_engine_transfer_semi_attended (baton_window_get_engine (window), about, call, &options, &error))
    baton_call_actions_report (window, error);
}

static void
complete (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = find_consultation (data, number);
  BatonCall *about = call != NULL ? baton_call_get_consultation_for (call) : NULL;

  if (about == NULL)
    return;
  if (baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED)
    connect_calls (data, about, call);
  else
    send_without_waiting (data, about, call);
}

static void
swap (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCallManager *calls = baton_engine_get_calls (baton_window_get_engine (data));
  BatonCall *call = find_consultation (data, number);

  if (call != NULL)
    baton_call_manager_set_foreground (calls, baton_call_get_hold (call) & BATON_HOLD_LOCAL
                                                ? call
                                                : baton_call_get_consultation_for (call));
}

/* Who waited comes back by itself when the consultation is over (the call manager sees to it) */
static void
cancel_consultation (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = find_consultation (data, number);
  GError *error = NULL;

  if (call != NULL && !baton_call_hangup (call, &error))
    baton_call_actions_report (data, error);
}

static void
transfer_without_waiting (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = find_consultation (data, number);
  BatonCall *about = call != NULL ? baton_call_get_consultation_for (call) : NULL;

  if (about != NULL)
    send_without_waiting (data, about, call);
}

/* Returns: (nullable) (transfer none): the transfer of that call, or of any call for 0, in which @test holds */
static BatonTransfer *
find_transfer (BatonWindow *window, GVariant *number)
{
  GListModel *transfers = baton_engine_get_transfers (baton_window_get_engine (window));
  guint wanted = g_variant_get_uint32 (number), n = g_list_model_get_n_items (transfers);

  for (guint i = n; i > 0; i--)
    {
      g_autoptr (BatonTransfer) item = g_list_model_get_item (transfers, i - 1);
      BatonCall *call = baton_transfer_get_call (item);

      if (call == NULL || baton_transfer_get_direction (item) != BATON_DIRECTION_OUTGOING)
        continue;
      if (wanted == 0 ? baton_transfer_is_running (item) : baton_call_get_number (call) == wanted)
        return item; /* the model keeps it */
    }
  if (wanted != 0)
    {
      BatonCall *call = baton_call_actions_find (window, number);

      return call != NULL ? baton_call_get_transfer (call) : NULL;
    }
  return NULL;
}

static void
undo (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonTransfer *found = find_transfer (data, number);
  GError *error = NULL;

  if (found != NULL && !baton_transfer_undo (found, &error))
    baton_call_actions_report (data, error);
}

static void
transfer_now (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonTransfer *found = find_transfer (data, number);
  GError *error = NULL;

  if (found != NULL && !baton_transfer_now (found, &error))
    baton_call_actions_report (data, error);
}

static void
transfer_anyway (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonTransfer *found = find_transfer (data, number);
  GError *error = NULL;

  if (found != NULL && !baton_transfer_proceed (found, &error))
    baton_call_actions_report (data, error);
}

/* One key for "I want the caller back": from a running transfer, or from a consultation */
static void
take_back (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonTransfer *found = find_transfer (data, number);
  GError *error = NULL;

  if (found == NULL || !baton_transfer_is_running (found))
    cancel_consultation (action, number, data);
  else if (baton_transfer_get_state (found) == BATON_TRANSFER_STATE_GRACE)
    undo (action, number, data);
  else if (!baton_transfer_take_back (found, &error))
    baton_call_actions_report (data, error);
}

static void
try_again (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = baton_call_actions_find (data, number);
  BatonTransfer *failed = call != NULL ? baton_call_get_transfer (call) : NULL;
  BatonCall *target = failed != NULL ? baton_transfer_get_target_call (failed) : NULL;
  g_autofree char *uri = NULL;

  if (failed == NULL)
    return;
  uri = g_strdup (baton_transfer_get_target_uri (failed));
  baton_transfer_dismiss (failed);
  if (target != NULL && baton_call_get_state (target) == BATON_CALL_STATE_ESTABLISHED)
    connect_calls (data, call, target);
  else
    send_blind (data, call, uri, FALSE);
}

static BatonTransfer *
find_request (BatonWindow *window, GVariant *number)
{
  GListModel *transfers = baton_engine_get_transfers (baton_window_get_engine (window));
  guint wanted = g_variant_get_uint32 (number), n = g_list_model_get_n_items (transfers);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonTransfer) item = g_list_model_get_item (transfers, i);

      if (baton_transfer_get_direction (item) == BATON_DIRECTION_INCOMING && baton_transfer_get_waits_for_user (item)
          && (wanted == 0 || wanted == baton_transfer_get_number (item)))
        return item; /* the model keeps it */
    }
  return NULL;
}

static void
accept_transfer (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonTransfer *request = find_request (data, number);
  BatonReferAcceptOptions options = { .follow_refer = TRUE };
  GError *error = NULL;

  if (request != NULL && !baton_transfer_accept (request, &options, &error))
    baton_call_actions_report (data, error);
}

static void
decline_transfer (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonTransfer *request = find_request (data, number);
  GError *error = NULL;

  if (request != NULL && !baton_transfer_decline (request, 0, &error))
    baton_call_actions_report (data, error);
}

static void
dismiss_request (GSimpleAction *action, GVariant *number, gpointer data)
{
  baton_window_remove_prompt (data, g_variant_get_uint32 (number));
}

void
baton_transfer_actions_install (BatonWindow *window)
{
  static const GActionEntry entries[] = {
    { "transfer", transfer, "u", NULL, NULL },
    { "consult", consult, "u", NULL, NULL },
    { "transfer-to", transfer_to, "(usb)", NULL, NULL },
    { "consult-to", consult_to, "(us)", NULL, NULL },
    { "connect", connect_two, "(uu)", NULL, NULL },
    { "complete", complete, "u", NULL, NULL },
    { "swap", swap, "u", NULL, NULL },
    { "cancel-consultation", cancel_consultation, "u", NULL, NULL },
    { "transfer-without-waiting", transfer_without_waiting, "u", NULL, NULL },
    { "take-back", take_back, "u", NULL, NULL },
    { "undo", undo, "u", NULL, NULL },
    { "transfer-now", transfer_now, "u", NULL, NULL },
    { "transfer-anyway", transfer_anyway, "u", NULL, NULL },
    { "try-again", try_again, "u", NULL, NULL },
    { "accept-transfer", accept_transfer, "u", NULL, NULL },
    { "decline-transfer", decline_transfer, "u", NULL, NULL },
    { "dismiss-request", dismiss_request, "u", NULL, NULL },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
}
