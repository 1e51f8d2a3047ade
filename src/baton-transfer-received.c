/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The side that gets the REFER (refer.md §3): ask or follow, let the sound move when the target
 * answers, and leave the old call as it is when the target does not.
 */
#include "baton-transfer-private.h"

#include "baton-error.h"

#define LEG_PATIENCE_MS 10000      /* refer.md §3.6: the old call waits for BYE, then ends by itself */
#define FOLLOW_PATIENCE_MS 180000  /* RFC 3261 §16.6 (timer C): no call rings for ever */

static gboolean
on_prompt_over (gpointer data)
{
  g_autoptr (BatonTransfer) self = g_object_ref (data);

  self->timer = 0;
  self->unanswered = TRUE;
  baton_transfer_decline (self, 603, NULL);
  return G_SOURCE_REMOVE;
}

void
baton_transfer_wait_for_user (BatonTransfer *self)
{
  guint seconds = self->limits->prompt_timeout_s ? self->limits->prompt_timeout_s : 30;

  if (!self->waits_for_user)
    return;
  baton_transfer_set_timer (self, seconds * 1000, on_prompt_over);
}

static gboolean
on_target_rings_for_ever (gpointer data)
{
  g_autoptr (BatonTransfer) self = g_object_ref (data);

  self->timer = 0;
  if (self->target_call != NULL)
    baton_call_hangup (self->target_call, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_leg_not_ended (gpointer data)
{
  g_autoptr (BatonTransfer) self = g_object_ref (data);

  self->end_timer = 0;
  if (self->call != NULL && baton_call_get_state (self->call) != BATON_CALL_STATE_ENDED)
    baton_call_hangup (self->call, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_request_accepted (BatonReferContext *context, guint status, const char *reason, BatonTransfer *self)
{
  baton_transfer_set_flag (self, &self->waits_for_user, FALSE, "waits-for-user");
  baton_transfer_set_timer (self, 0, NULL);
  baton_transfer_step (self, BATON_TRANSFER_EVENT_AGREED);
}

static void
on_invite_sent (BatonReferContext *context, BatonSession *session, BatonTransfer *self)
{
  if (baton_transfer_step (self, BATON_TRANSFER_EVENT_TRYING))
    baton_transfer_set_timer (self, FOLLOW_PATIENCE_MS, on_target_rings_for_ever);
}

static void
on_progress (BatonReferContext *context, guint status, const char *reason, BatonTransfer *self)
{
  baton_transfer_step (self, status > 100 ? BATON_TRANSFER_EVENT_RINGING : BATON_TRANSFER_EVENT_TRYING);
}

static void
on_accepted (BatonReferContext *context, guint status, const char *reason, BatonTransfer *self)
{
  g_autoptr (BatonTransfer) keep = g_object_ref (self);
  gboolean gives_away = self->call != NULL && self->target_call != NULL && !baton_transfer_is_final (self);

  baton_transfer_set_result (self, status, reason);
  /* Before anybody looks for the next call to speak to; and whatever becomes of this transfer, or of another of that call */
  if (gives_away)
    baton_call_set_given_away (self->call, TRUE);
  if (!baton_transfer_step (self, BATON_TRANSFER_EVENT_ANSWERED))
    return;
  /* A phone that still rang sent its caller on: whoever asked for that call is told that it came about elsewhere. */
  if (self->call != NULL && self->target_call != NULL && !baton_call_was_established (self->call) &&
      baton_call_get_takes_over (self->call) != NULL)
    {
      baton_session_take_place (baton_call_get_session (self->target_call), baton_call_get_session (self->call));
      return;
    }
  /* Only where the sound went away from the old call; after accept-without-follow it is the user's. */
  if (self->call != NULL && self->target_call != NULL && self->end_timer == 0)
    self->end_timer = baton_timers_add (self->timers, LEG_PATIENCE_MS, on_leg_not_ended, self);
}

static void
fail (BatonTransfer *self, guint status, const char *reason)
{
  g_autoptr (BatonTransfer) keep = g_object_ref (self);

  if (!baton_transfer_is_final (self))
    {
      baton_transfer_set_result (self, status, reason);
      baton_transfer_step (self, BATON_TRANSFER_EVENT_FAILED);
    }
  baton_transfer_check_ended (self);
}

static void
on_rejected (BatonReferContext *context, guint status, const char *reason, BatonTransfer *self)
{
  fail (self, status, reason);
}

static void
on_ended (BatonReferContext *context, BatonTransfer *self)
{
  BatonReferOutcome outcome = baton_refer_context_get_outcome (context);
  const char *reason;
  guint status = baton_transfer_get_failure (context, &reason);

  if (!baton_transfer_is_final (self) && outcome == BATON_REFER_OUTCOME_ACCEPTED)
    baton_transfer_step (self, BATON_TRANSFER_EVENT_ANSWERED);
  fail (self, status, reason);
}

/*
 * refer.md §5: a sips call that is sent to a sip target. Where only the request came over TLS nobody was promised more than
 * that hop (RFC 3261 §26.2.2), and most servers name a target without any transport.
 */
static gboolean
loses_encryption (BatonTransfer *self, const BatonReferTo *refer_to)
{
  return refer_to != NULL && !baton_sip_uri_is_tls (refer_to->uri) && self->call != NULL &&
         baton_session_is_sips (baton_call_get_session (self->call));
}

void
baton_transfer_receive (BatonTransfer *self, BatonReferServerContext *server, gboolean proven)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (server);
  const BatonReferTo *refer_to = baton_refer_context_get_refer_to (context);

  baton_transfer_step (self, BATON_TRANSFER_EVENT_REFER);
  /* A program may have taken it, and said yes (baton_refer_policy_follow()): then nobody is asked any more. */
  if (baton_refer_context_get_state (context) == BATON_REFER_STATE_ACCEPTED)
    baton_transfer_step (self, BATON_TRANSFER_EVENT_AGREED);
  else
    self->waits_for_user = TRUE;
  /* Who asks is who sent the REFER. Referred-By is hearsay: anybody can write a boss's name into it. */
  if (self->call != NULL)
    self->requested_by = g_strdup (baton_call_get_remote_uri (self->call));
  else
    g_object_get (context, "remote-uri", &self->requested_by, NULL);
  if (self->requested_by == NULL)
    g_object_get (context, "source-address", &self->requested_by, NULL);
  if (refer_to != NULL)
    {
      self->target_uri = baton_sip_uri_to_request_uri (refer_to->uri);
      self->target_name = g_strdup (refer_to->display_name);
    }
  else
    self->target_uri = g_strdup (baton_refer_context_get_refer_to_text (context));
  self->attended = baton_refer_server_context_get_replaces (server) != NULL;

  g_signal_connect_object (context, "refer-request-accepted", G_CALLBACK (on_request_accepted), self, 0);
  g_signal_connect_object (context, "refer-request-rejected", G_CALLBACK (on_rejected), self, 0);
  g_signal_connect_object (context, "refer-invite-sent", G_CALLBACK (on_invite_sent), self, 0);
  g_signal_connect_object (context, "refer-progress", G_CALLBACK (on_progress), self, 0);
  g_signal_connect_object (context, "refer-accepted", G_CALLBACK (on_accepted), self, 0);
  g_signal_connect_object (context, "refer-rejected", G_CALLBACK (on_rejected), self, 0);
  baton_transfer_set_context (self, context);
  g_signal_connect_object (context, "refer-ended", G_CALLBACK (on_ended), self, 0);
  if (self->call != NULL) /* who asks is the caller: as sure as the call is */
    self->requester_verified = baton_call_get_remote_verified (self->call);
  else
    self->requester_verified = proven;
  self->loses_encryption = loses_encryption (self, refer_to);
}

/* ---- The user's answer ---- */

static BatonReferServerContext *
get_server (BatonTransfer *self, GError **error)
{
  if (self->direction == BATON_DIRECTION_INCOMING && self->context != NULL)
    return BATON_REFER_SERVER_CONTEXT (self->context);
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                       "This transfer was asked for by us; there is nothing to answer.");
  return NULL;
}

gboolean
baton_transfer_accept (BatonTransfer *self, const BatonReferAcceptOptions *options, GError **error)
{
  BatonReferServerContext *context;
  g_autoptr (BatonTransfer) keep = NULL;

  g_return_val_if_fail (BATON_IS_TRANSFER (self), FALSE);
  context = get_server (self, error);
  if (context == NULL)
    return FALSE;
  keep = g_object_ref (self);
  return baton_refer_server_context_accept (context, options, error);
}

gboolean
baton_transfer_decline (BatonTransfer *self, guint status, GError **error)
{
  BatonReferServerContext *context;
  g_autoptr (BatonTransfer) keep = NULL;

  g_return_val_if_fail (BATON_IS_TRANSFER (self), FALSE);
  context = get_server (self, error);
  if (context == NULL)
    return FALSE;
  if (status != 0 && (status < 300 || status > 699))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                   "A transfer is declined with a SIP status from 300 to 699, not with %u.", status);
      return FALSE;
    }
  keep = g_object_ref (self);
  if (!baton_refer_server_context_reject (context, status, NULL, error))
    return FALSE;
  fail (self, status ? status : 603, NULL);
  return TRUE;
}

gboolean
baton_transfer_progress (BatonTransfer *self, GError **error)
{
  BatonReferServerContext *context;

  g_return_val_if_fail (BATON_IS_TRANSFER (self), FALSE);
  context = get_server (self, error);
  return context != NULL && baton_refer_server_context_progress (context, error);
}

gboolean
baton_transfer_notify (BatonTransfer *self, const char *sipfrag, GError **error)
{
  BatonReferServerContext *context;

  g_return_val_if_fail (BATON_IS_TRANSFER (self) && sipfrag != NULL, FALSE);
  context = get_server (self, error);
  return context != NULL && baton_refer_server_context_send_notify (context, sipfrag, error);
}
