/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-engine-fields.h"

#include "baton-error.h"

/* The transfers of an engine: the list of them, and the commands that send a REFER (refer.md §2). */

/* A transfer that is over stays to be looked at this long after its call went. */
#define LINGER_MS 10000

/* ---- The list ---- */

static gboolean
is_over (BatonTransfer *transfer)
{
  BatonCall *call = transfer->call;

  if (!transfer->ended)
    return FALSE;
  /* One that failed is shown beside its call until the user has read it. */
  return call == NULL || baton_call_get_state (call) == BATON_CALL_STATE_ENDED ||
         baton_call_get_transfer (call) != transfer;
}

static gboolean
on_sweep (gpointer data)
{
  g_autoptr (BatonEngine) self = g_object_ref (data);
  gint64 limit = baton_timers_now (self->timers) - LINGER_MS * 1000;
  gboolean again = FALSE;

  self->sweep_timer = 0;
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->transfers)); i > 0; i--)
    {
      g_autoptr (BatonTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->transfers), i - 1);

      if (transfer == NULL || transfer->over_since == 0)
        continue;
      if (transfer->over_since <= limit)
        {
          g_list_store_remove (self->transfers, i - 1);
          baton_transfer_dismiss (transfer);
        }
      else
        again = TRUE;
    }
  if (again && self->sweep_timer == 0)
    self->sweep_timer = baton_timers_add (self->timers, LINGER_MS / 2, on_sweep, self);
  return G_SOURCE_REMOVE;
}

static void
check_over (BatonEngine *self, BatonTransfer *transfer)
{
  if (transfer->over_since != 0 || !is_over (transfer))
    return;
  transfer->over_since = baton_timers_now (self->timers);
  if (self->sweep_timer == 0)
    self->sweep_timer = baton_timers_add (self->timers, LINGER_MS, on_sweep, self);
}

static void
on_transfer_ended (BatonTransfer *transfer, BatonEngine *self)
{
  check_over (self, transfer);
}

static void
on_transfer_call_changed (BatonCall *call, GParamSpec *pspec, BatonTransfer *transfer)
{
  BatonEngine *self = g_object_get_data (G_OBJECT (transfer), "baton-engine");

  if (self != NULL)
    check_over (self, transfer);
}

BatonTransfer *
baton_engine_make_transfer (BatonEngine *self, BatonDirection direction, BatonAccount *account, BatonCall *call)
{
  BatonTransfer *transfer = baton_transfer_new (++self->last_transfer, direction, self->calls, self->ua, account, call,
                                                G_LIST_MODEL (self->transfers), &self->options);

  g_object_set_data (G_OBJECT (transfer), "baton-engine", self);
  g_signal_connect_object (transfer, "ended", G_CALLBACK (on_transfer_ended), self, 0);
  if (call != NULL)
    {
      g_signal_connect_object (call, "notify::state", G_CALLBACK (on_transfer_call_changed), transfer, 0);
      g_signal_connect_object (call, "notify::transfer", G_CALLBACK (on_transfer_call_changed), transfer, 0);
    }
  return transfer;
}

void
baton_engine_show_transfer (BatonEngine *self, BatonTransfer *transfer)
{
  g_list_store_append (self->transfers, transfer);
  if (transfer->call != NULL)
    baton_call_set_transfer (transfer->call, transfer);
  g_signal_emit (self, baton_engine_signals[BATON_ENGINE_SIGNAL_TRANSFER_ADDED], 0, transfer);
}

/* ---- Commands ---- */

static gboolean
check_options (const BatonReferOptions *options, GError **error)
{
  return options == NULL || baton_refer_check_extra_headers (options->extra_headers, error);
}

/* All that can be known before the call is put on hold. */
static gboolean
check_transferable (BatonCall *call, const BatonReferOptions *options, GError **error)
{
  if (baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED)
    return check_options (options, error);
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
               "Call %u is not connected, so that it cannot be transferred.", baton_call_get_number (call));
  return FALSE;
}

/* RFC 3515 §2.4.3 lets a REFER ask for anything; ours ask for calls. */
static gboolean
check_method (const char *typed, GError **error)
{
  g_autoptr (BatonSipUri) target = baton_sip_uri_parse (typed, NULL);
  const char *method = target != NULL ? baton_sip_uri_get_parameter (target, "method") : NULL;

  if (method == NULL || g_ascii_strcasecmp (method, "INVITE") == 0)
    return TRUE;
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                       "Only calls can be asked for. Leave “method=” away.");
  return FALSE;
}

/* A transfer to ourselves, or to the very party that is transferred, would end in a loop. */
static gboolean
check_target (BatonEngine *self, BatonCall *call, const char *uri, GError **error)
{
  g_autoptr (BatonSipUri) target = baton_sip_uri_parse (uri, error);
  g_autoptr (BatonSipUri) peer = NULL;

  if (target == NULL)
    return FALSE;
  if (!baton_sip_uri_is_callable (target))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI, "%s is no address that can be called.", uri);
      return FALSE;
    }
  if (baton_ua_is_own_address (self->ua, uri))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "That is your own address. Choose somebody else.");
      return FALSE;
    }
  peer = call ? baton_sip_uri_parse (baton_call_get_remote_uri (call), NULL) : NULL;
  if (peer != NULL && baton_sip_uri_same_address (target, peer))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "That is the party who would be transferred. Choose somebody else.");
      return FALSE;
    }
  return TRUE;
}

static void
take_options (BatonTransfer *transfer, const BatonReferOptions *options)
{
  if (options == NULL)
    return;
  transfer->extra_headers = g_strdupv ((GStrv) options->extra_headers);
  transfer->active_after = options->active_after_transfer;
  transfer->no_subscription = options->no_subscription;
  transfer->use_aor = options->use_aor;
  transfer->protect_target = options->protect_target && transfer->attended;
  transfer->target_name = g_strdup (options->target_name);
}

static BatonTransfer *
start (BatonEngine *self, BatonTransfer *transfer)
{
  baton_engine_show_transfer (self, transfer);
  baton_transfer_start (transfer);
  return transfer; /* the list keeps it */
}

BatonTransfer *
baton_engine_transfer (BatonEngine *self, BatonCall *call, const char *uri, const BatonReferOptions *options,
                       GError **error)
{
  g_autoptr (BatonTransfer) transfer = NULL;
  g_autofree char *complete = NULL;

  g_return_val_if_fail (BATON_IS_ENGINE (self) && BATON_IS_CALL (call) && uri != NULL, NULL);
  if (!check_transferable (call, options, error))
    return NULL;
  complete = baton_account_complete_uri (baton_call_get_account (call), uri, error);
  if (complete == NULL || !check_method (uri, error) || !check_target (self, call, complete, error))
    return NULL;
  transfer = baton_engine_make_transfer (self, BATON_DIRECTION_OUTGOING, baton_call_get_account (call), call);
  transfer->target_uri = g_steal_pointer (&complete);
  take_options (transfer, options);
  return start (self, transfer);
}

BatonTransfer *
baton_engine_transfer_semi_attended (BatonEngine *self, BatonCall *call, BatonCall *target,
                                     const BatonReferOptions *options, GError **error)
{
  g_autoptr (BatonTransfer) transfer = NULL;
  const char *uri;
  BatonCallState state;

  g_return_val_if_fail (BATON_IS_ENGINE (self) && BATON_IS_CALL (call) && BATON_IS_CALL (target), NULL);
  uri = baton_call_get_remote_uri (target);
  state = baton_call_get_state (target);
  if (!check_transferable (call, options, error))
    return NULL;
  if (state != BATON_CALL_STATE_CALLING && state != BATON_CALL_STATE_RINGING && state != BATON_CALL_STATE_EARLY)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "Call %u does not ring at anybody's phone.",
                   baton_call_get_number (target));
      return NULL;
    }
  if (!check_target (self, call, uri, error))
    return NULL;
  transfer = baton_engine_make_transfer (self, BATON_DIRECTION_OUTGOING, baton_call_get_account (call), call);
  transfer->semi_attended = TRUE;
  transfer->target_uri = g_strdup (uri);
  take_options (transfer, options);
  if (transfer->target_name == NULL)
    transfer->target_name = g_strdup (baton_call_get_remote_name (target));
  /* The transfer first: while there is one, the end of the consultation does not bring the caller back. */
  baton_engine_show_transfer (self, transfer);
  baton_call_hangup (target, NULL);
  baton_transfer_start (transfer);
  return transfer; /* the list keeps it */
}

BatonTransfer *
baton_engine_transfer_attended (BatonEngine *self, BatonCall *call, BatonCall *target,
                                const BatonReferOptions *options, GError **error)
{
  g_autoptr (BatonTransfer) transfer = NULL;

  g_return_val_if_fail (BATON_IS_ENGINE (self) && BATON_IS_CALL (call) && BATON_IS_CALL (target), NULL);
  if (!check_transferable (call, options, error))
    return NULL;
  if (call == target)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "A call cannot be transferred to itself. Choose another call.");
      return NULL;
    }
  if (baton_call_get_state (target) != BATON_CALL_STATE_ESTABLISHED)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                   "Call %u is not connected yet. Wait for the answer, or transfer without asking.",
                   baton_call_get_number (target));
      return NULL;
    }
  transfer = baton_engine_make_transfer (self, BATON_DIRECTION_OUTGOING, baton_call_get_account (call), call);
  transfer->attended = TRUE;
  transfer->target_uri = g_strdup (baton_call_get_remote_uri (target));
  take_options (transfer, options);
  if (transfer->target_name == NULL)
    transfer->target_name = g_strdup (baton_call_get_remote_name (target));
  if (!transfer->use_aor)
    g_object_get (transfer->account, "attended-to-aor", &transfer->use_aor, NULL);
  g_set_object (&transfer->target_call, target);
  return start (self, transfer);
}

BatonTransfer *
baton_engine_leave (BatonEngine *self, BatonCall *call, GError **error)
{
  BatonCall *other;

  g_return_val_if_fail (BATON_IS_ENGINE (self) && BATON_IS_CALL (call), NULL);
  other = baton_call_manager_get_merged_with (self->calls, call);
  if (other != NULL)
    return baton_engine_transfer_attended (self, call, other, NULL, error);
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
               "Call %u is not merged with one other call. Two can be left to themselves, no more.",
               baton_call_get_number (call));
  return NULL;
}

BatonTransfer *
baton_engine_refer (BatonEngine *self, BatonAccount *account, const char *uri, const char *target,
                    const BatonReferOptions *options, GError **error)
{
  g_autoptr (BatonTransfer) transfer = NULL;
  g_autofree char *peer = NULL;
  g_autofree char *complete = NULL;

  g_return_val_if_fail (BATON_IS_ENGINE (self) && BATON_IS_ACCOUNT (account) && uri != NULL && target != NULL, NULL);
  peer = baton_account_complete_uri (account, uri, error);
  if (peer == NULL)
    return NULL;
  complete = baton_account_complete_uri (account, target, error);
  if (complete == NULL || !check_method (target, error) || !check_options (options, error))
    return NULL;
  transfer = baton_engine_make_transfer (self, BATON_DIRECTION_OUTGOING, account, NULL);
  transfer->peer_uri = g_steal_pointer (&peer);
  transfer->target_uri = g_steal_pointer (&complete);
  take_options (transfer, options);
  return start (self, transfer);
}
