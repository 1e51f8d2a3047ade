/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-call-view.h"

BatonCall *
baton_call_find_consultation (BatonEngine *engine, BatonCall *call)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (engine));
  guint n = g_list_model_get_n_items (calls);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonCall) other = g_list_model_get_item (calls, i);

      if (baton_call_get_consultation_for (other) == call && baton_call_get_state (other) != BATON_CALL_STATE_ENDED)
        return other; /* the model keeps it */
    }
  return NULL;
}

static gint64
seconds_between (gint64 from, gint64 to)
{
  return from != 0 ? MAX (to - from, 0) / G_USEC_PER_SEC : 0;
}

static void
read_relations (BatonCallView *self, BatonCall *call, BatonDirectory *directory, BatonEngine *engine)
{
  BatonCall *about = baton_call_get_consultation_for (call), *other = NULL;

  if (self->facts.state != BATON_CALL_STATE_ENDED)
    self->consultation = baton_call_find_consultation (engine, call);
  if (self->consultation != NULL)
    self->consults = baton_directory_dup_call_name (directory, self->consultation);
  other = self->consultation;
  if (about != NULL && baton_call_get_state (about) != BATON_CALL_STATE_ENDED)
    {
      self->about = baton_directory_dup_call_name (directory, about);
      other = about;
    }
  if (other != NULL)
    self->pair_waits = (baton_call_get_hold (call) & baton_call_get_hold (other) & BATON_HOLD_LOCAL) != 0;
}

BatonCallView *
baton_call_view_new (BatonCall *call, BatonDirectory *directory, BatonEngine *engine)
{
  BatonCallView *self = g_new0 (BatonCallView, 1);
  BatonTransfer *transfer = baton_call_get_transfer (call);
  gint64 start, established, end, hold, now = g_get_monotonic_time ();
  g_autofree char *by = NULL;
  gboolean changed = FALSE;

  g_object_get (baton_call_get_session (call), "remote-changed", &changed, NULL);
  g_object_get (call, "remote-verified", &self->verified, "start-time", &start, "established-time", &established,
                "end-time", &end, "hold-time", &hold, "transferred-by", &by, "srtp", &self->srtp, "codec", &self->codec, "merged", &self->facts.merged,
                "own-reason", &self->facts.own_reason, "ended-locally",
                &self->facts.ended_locally, NULL);
  if (end != 0)
    now = end;
  self->peer = baton_directory_dup_call_name (directory, call);
  self->account = baton_format_clean (baton_account_get_label (baton_call_get_account (call)), BATON_FORMAT_NAME_MAX);
  self->transferred_by = by != NULL ? baton_directory_dup_name (directory, NULL, by) : NULL;
  self->claimed = !self->verified && (changed || by != NULL);
  self->reason = g_strdup (baton_call_get_reason (call));
  if (transfer != NULL && baton_transfer_get_direction (transfer) == BATON_DIRECTION_OUTGOING)
    self->transfer = transfer;
  if (self->transfer != NULL && baton_transfer_get_state (transfer) == BATON_TRANSFER_STATE_TRANSFERRED)
    self->transferred_to = baton_directory_dup_name (directory, baton_transfer_get_target_name (transfer),
                                                     baton_transfer_get_target_uri (transfer));

  self->facts.state = baton_call_get_state (call);
  read_relations (self, call, directory, engine);
  self->facts.direction = baton_call_get_direction (call);
  self->facts.hold = baton_call_get_hold (call);
  self->facts.status = baton_call_get_status (call);
  self->facts.was_established = established != 0;
  self->facts.talk_seconds = seconds_between (established, now);
  self->facts.ring_seconds = seconds_between (start, now);
  self->facts.hold_seconds = seconds_between (hold, now);
  self->facts.peer = self->peer;
  self->facts.account = self->account;
  self->facts.transferred_by = self->transferred_by;
  self->facts.srtp = self->srtp;
  self->facts.reason = self->reason;
  self->facts.consults = self->consults;
  self->facts.about = self->about;
  self->facts.transferred_to = self->transferred_to;
  return self;
}

void
baton_call_view_free (BatonCallView *self)
{
  g_free (self->peer);
  g_free (self->account);
  g_free (self->transferred_by);
  g_free (self->srtp);
  g_free (self->codec);
  g_free (self->reason);
  g_free (self->consults);
  g_free (self->about);
  g_free (self->transferred_to);
  g_free (self);
}

gboolean
baton_transfer_is_running (BatonTransfer *transfer)
{
  switch (baton_transfer_get_state (transfer))
    {
    case BATON_TRANSFER_STATE_GRACE:
    case BATON_TRANSFER_STATE_HOLDING:
    case BATON_TRANSFER_STATE_REQUESTED:
    case BATON_TRANSFER_STATE_AGREED:
    case BATON_TRANSFER_STATE_TRYING:
    case BATON_TRANSFER_STATE_RINGING:
      return TRUE;
    case BATON_TRANSFER_STATE_TRANSFERRED:
    case BATON_TRANSFER_STATE_FAILED:
    case BATON_TRANSFER_STATE_HANDED_OVER:
    case BATON_TRANSFER_STATE_TAKEN_BACK:
      return FALSE;
    }
  return FALSE;
}

BatonTransferView *
baton_transfer_view_new (BatonTransfer *transfer, BatonDirectory *directory)
{
  BatonTransferView *self = g_new0 (BatonTransferView, 1);
  BatonCall *call = baton_transfer_get_call (transfer);
  gint64 left = baton_transfer_get_deadline (transfer) - g_get_monotonic_time ();
  guint elapsed_ms;

  g_object_get (transfer, "elapsed-ms", &elapsed_ms, "semi-attended", &self->facts.semi_attended,
                "waits-to-proceed", &self->facts.asks, "hold-refused", &self->facts.not_held, NULL);
  self->facts.direction = baton_transfer_get_direction (transfer);
  if (self->facts.direction == BATON_DIRECTION_INCOMING && (call == NULL || baton_transfer_get_requested_by (transfer)))
    self->peer = baton_directory_dup_name (directory, NULL, baton_transfer_get_requested_by (transfer));
  else if (call != NULL)
    self->peer = baton_directory_dup_call_name (directory, call);
  else
    self->peer = baton_format_name (NULL, NULL);
  self->target = baton_directory_dup_name (directory, baton_transfer_get_target_name (transfer),
                                           baton_transfer_get_target_uri (transfer));
  self->facts.outside = call == NULL;
  self->facts.state = baton_transfer_get_state (transfer);
  self->facts.outcome = baton_transfer_get_outcome (transfer);
  self->facts.peer = self->peer;
  self->facts.target = self->target;
  self->facts.status = baton_transfer_get_status (transfer);
  self->facts.reason = baton_transfer_get_reason (transfer);
  self->facts.resumed = baton_transfer_get_resumed (transfer);
  self->facts.seconds_left = (left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  self->facts.elapsed = elapsed_ms / 1000;
  return self;
}

void
baton_transfer_view_free (BatonTransferView *self)
{
  g_free (self->peer);
  g_free (self->target);
  g_free (self);
}
