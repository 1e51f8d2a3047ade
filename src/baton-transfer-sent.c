/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The side that sends the REFER (refer.md §2): grace, hold, REFER, and then either the target has
 * answered and the context hangs up, or the caller is given back to the user. No third way.
 */
#include "baton-transfer-private.h"

#include "baton-error.h"

/* A hold that hangs does not hang the transfer; three retries after 491 take up to 12 s (RFC 3261 §14.1). */
#define HOLD_PATIENCE_MS 20000
#define LEG_PATIENCE_MS 10000   /* refer.md §2.3: the consulted party ends its leg, else we do */
#define CONTEXT_PATIENCE_MS 5000
#define RESUME_RETRY_MS 2000
#define RESUME_TRIES 3
#define THEIR_RESUME_MS 500
#define SILENCE_MS 32000 /* 64·T1: without a NOTIFY the context gives up by then, and gives back the caller */

static gboolean
is_established (BatonCall *call)
{
  return call != NULL && baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED;
}

static gboolean
is_live (BatonCall *call)
{
  return is_established (call) && !baton_call_is_held (call);
}

/* ---- Giving the caller back ---- */

/* Another transfer of the same call that goes on: it has to give the call back then. */
static BatonTransfer *
find_heir (BatonTransfer *self)
{
  guint n = self->siblings ? g_list_model_get_n_items (self->siblings) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonTransfer) other = g_list_model_get_item (self->siblings, i);

      if (other != self && other->call == self->call && other->direction == BATON_DIRECTION_OUTGOING &&
          !baton_transfer_is_final (other))
        return other;
    }
  return NULL;
}

static void try_resume (BatonTransfer *self);

static gboolean
on_resume_retry (gpointer data)
{
  BatonTransfer *self = data;

  self->end_timer = 0;
  try_resume (self);
  return G_SOURCE_REMOVE;
}

static void
on_resumed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BatonTransfer) self = data;
  g_autoptr (GError) error = NULL;

  if (self->call == NULL)
    return;
  if (baton_call_resume_finish (BATON_CALL (source), result, &error))
    baton_transfer_set_flag (self, &self->resumed, TRUE, "resumed");
  else if (is_established (self->call))
    {
      baton_call_tell (self->call, error->message);
      if (self->resume_tries < RESUME_TRIES && self->end_timer == 0)
        self->end_timer = baton_timers_add (self->timers, RESUME_RETRY_MS, on_resume_retry, self);
    }
}

static void
try_resume (BatonTransfer *self)
{
  BatonTransfer *heir = find_heir (self);
  BatonCall *foreground;

  g_clear_signal_handler (&self->their_hold, self->call);
  if (!is_established (self->call))
    return;
  if (heir != NULL) /* begun while we waited: the next target, after one that was busy */
    {
      heir->held_by_us = TRUE;
      return;
    }
  self->resume_tries++;
  baton_call_resume_async (self->call, on_resumed, g_object_ref (self));
  /* The microphone too, unless the user speaks with somebody else by now. */
  foreground = baton_call_manager_get_foreground (self->manager);
  if (self->call != NULL && !is_live (foreground))
    baton_call_manager_set_foreground (self->manager, self->call);
}

static void
on_their_hold (BatonCall *call, GParamSpec *pspec, BatonTransfer *self)
{
  if (baton_call_get_hold (call) == BATON_HOLD_BOTH)
    return;
  baton_timers_clear (self->timers, &self->end_timer);
  try_resume (self);
}

/*
 * Some phones (linphonec) hold the call, too, while they call the target, and take that back in the same moment as we do.
 * Re-INVITEs that cross are both refused: 2.1 to 4 s of silence (RFC 3261 §14.1), and linphonec never tries again. So
 * theirs has the way for a moment.
 */
static void
resume (BatonTransfer *self)
{
  if (baton_call_get_hold (self->call) != BATON_HOLD_BOTH || self->end_timer != 0)
    {
      try_resume (self);
      return;
    }
  self->end_timer = baton_timers_add (self->timers, THEIR_RESUME_MS, on_resume_retry, self);
  self->their_hold = g_signal_connect_object (self->call, "notify::hold", G_CALLBACK (on_their_hold), self, 0);
}

static void
on_target_resumed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!baton_call_resume_finish (BATON_CALL (source), result, &error) && is_established (BATON_CALL (source)))
    baton_call_tell (BATON_CALL (source), error->message);
}

/*
 * The one home of "a transfer that fails gives the caller back". We resume what we held for it; and
 * a caller whose consultation is over or waits itself: never both held (ux.md §7).
 */
static void
give_back (BatonTransfer *self)
{
  BatonTransfer *heir = find_heir (self);

  /* As it was: whom the user consulted is heard again, and the caller waits on where they waited before. */
  if (self->target_held_by_us && is_established (self->target_call))
    {
      self->target_held_by_us = FALSE;
      baton_call_resume_async (self->target_call, on_target_resumed, NULL);
      if (!self->held_by_us)
        {
          baton_call_manager_set_foreground (self->manager, self->target_call);
          return;
        }
    }
  if (!is_established (self->call))
    return;
  if (heir != NULL)
    {
      heir->held_by_us |= self->held_by_us;
      return;
    }
  /* What a semi-attended one was held for, our own call to the target, is over in any case. */
  if (self->held_by_us || self->semi_attended || (self->attended && !is_live (self->target_call)))
    resume (self);
}

static void
fail (BatonTransfer *self, guint status, const char *reason)
{
  g_autoptr (BatonTransfer) keep = g_object_ref (self);

  if (baton_transfer_is_final (self))
    return;
  baton_transfer_set_result (self, status, reason);
  if (baton_transfer_step (self, BATON_TRANSFER_EVENT_FAILED))
    give_back (self);
  baton_transfer_check_ended (self);
}

/* ---- The context's news ---- */

static gboolean try_address_of_record (BatonTransfer *self, BatonReferContext *context);

/* What a Contact gives that nobody else can reach: not what a person would say. */
static gboolean
is_unreachable (guint status)
{
  return status == 404 || status == 408 || status == 410 || status == 416 || status == 480 || status == 502 ||
         status == 503 || status == 504;
}

static gboolean
on_ring_time_over (gpointer data)
{
  g_autoptr (BatonTransfer) self = g_object_ref (data);

  self->timer = 0;
  fail (self, 408, "The target did not answer in time");
  if (self->context != NULL)
    baton_refer_client_context_cancel (BATON_REFER_CLIENT_CONTEXT (self->context));
  return G_SOURCE_REMOVE;
}

static guint
get_ring_time_ms (BatonTransfer *self)
{
  return 1000 * (self->limits->ring_timeout_s ? self->limits->ring_timeout_s : 30);
}

static void
start_ring_timer (BatonTransfer *self)
{
  self->knows_nothing = FALSE;
  /* Out of a dialog nobody waits on hold. */
  if (self->call != NULL)
    baton_transfer_set_timer (self, get_ring_time_ms (self), on_ring_time_over);
}

/* NOTIFYs that say nothing keep the subscription, and would keep the caller waiting, for ever. */
static void
on_request_accepted (BatonReferContext *context, guint status, const char *reason, BatonTransfer *self)
{
  baton_transfer_step (self, BATON_TRANSFER_EVENT_AGREED);
  if (self->call == NULL || self->timer != 0 || baton_transfer_is_final (self))
    return;
  self->knows_nothing = TRUE;
  baton_transfer_set_timer (self, get_ring_time_ms (self) + SILENCE_MS, on_ring_time_over);
}

static void
on_request_rejected (BatonReferContext *context, guint status, const char *reason, BatonTransfer *self)
{
  /* 404 and 416 are what a phone says that can't call such an address; any other no is meant for us. */
  if ((status == 404 || status == 416) && try_address_of_record (self, context))
    return;
  fail (self, status, reason);
}

static void
on_progress (BatonReferContext *context, guint status, const char *reason, BatonTransfer *self)
{
  gboolean news = baton_transfer_step (self, status > 100 ? BATON_TRANSFER_EVENT_RINGING : BATON_TRANSFER_EVENT_TRYING);

  /* A second try (try_address_of_record ()) may bring nothing that wasn't known of the first. */
  if (news || ((self->timer == 0 || self->knows_nothing) && !baton_transfer_is_final (self)))
    start_ring_timer (self);
}

static gboolean
on_leg_not_ended (gpointer data)
{
  g_autoptr (BatonTransfer) self = g_object_ref (data);

  BatonCall *leg = self->protect_target ? self->call : self->target_call;

  self->end_timer = 0;
  if (leg != NULL && baton_call_get_state (leg) != BATON_CALL_STATE_ENDED)
    baton_call_hangup (leg, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_accepted (BatonReferContext *context, guint status, const char *reason, BatonTransfer *self)
{
  g_autoptr (BatonTransfer) keep = g_object_ref (self);

  baton_transfer_set_result (self, status, reason);
  if (!baton_transfer_step (self, BATON_TRANSFER_EVENT_ANSWERED))
    return;
  if (!self->attended || self->active_after)
    return;
  baton_timers_clear (self->timers, &self->end_timer); /* of a call that ended before the news came */
  self->end_timer = baton_timers_add (self->timers, LEG_PATIENCE_MS, on_leg_not_ended, self);
}

static void
on_rejected (BatonReferContext *context, guint status, const char *reason, BatonTransfer *self)
{
  if (is_unreachable (status) && try_address_of_record (self, context))
    return;
  fail (self, status, reason);
}

static void
hand_over (BatonTransfer *self)
{
  if (!baton_transfer_is_final (self))
    {
      /* RFC 3515 leaves us without a result; that is what the user is told. */
      if (self->state < BATON_TRANSFER_STATE_REQUESTED)
        fail (self, 0, NULL);
      else if (baton_transfer_step (self, BATON_TRANSFER_EVENT_NO_NEWS) && self->protect_target)
        give_back (self); /* whoever of the two is still there was put on hold for this */
    }
  baton_transfer_check_ended (self);
}

static void
on_ended (BatonReferContext *context, BatonTransfer *self)
{
  g_autoptr (BatonTransfer) keep = g_object_ref (self);
  const char *reason;
  guint status;

  if (context != self->context) /* of a first try, whose place another took */
    return;
  switch (baton_refer_context_get_outcome (context))
    {
    case BATON_REFER_OUTCOME_NOT_CONFIRMED:
    case BATON_REFER_OUTCOME_NO_SUBSCRIPTION:
      hand_over (self);
      break;
    case BATON_REFER_OUTCOME_NONE:
    case BATON_REFER_OUTCOME_REFUSED:
    case BATON_REFER_OUTCOME_REJECTED:
    case BATON_REFER_OUTCOME_EXPIRED:
    case BATON_REFER_OUTCOME_NO_NOTIFY:
    case BATON_REFER_OUTCOME_CANCELLED:
      status = baton_transfer_get_failure (context, &reason);
      fail (self, status, reason);
      break;
    case BATON_REFER_OUTCOME_ACCEPTED:
      break;
    }
  baton_transfer_check_ended (self);
}

static gboolean
on_context_silent (gpointer data)
{
  g_autoptr (BatonTransfer) self = g_object_ref (data);

  self->end_timer = 0;
  hand_over (self);
  return G_SOURCE_REMOVE;
}

static void
on_call_state (BatonCall *call, GParamSpec *pspec, BatonTransfer *self)
{
  if (baton_call_get_state (call) != BATON_CALL_STATE_ENDED || baton_transfer_is_final (self))
    return;
  /* Before the REFER's 2xx it is over; after it the context knows more, a little later. */
  if (self->state < BATON_TRANSFER_STATE_AGREED)
    fail (self, 0, NULL);
  else if (self->end_timer == 0)
    self->end_timer = baton_timers_add (self->timers, CONTEXT_PATIENCE_MS, on_context_silent, self);
}

/* ---- Sending ---- */

static void
watch_context (BatonTransfer *self, BatonReferContext *context)
{
  g_signal_connect_object (context, "refer-request-accepted", G_CALLBACK (on_request_accepted), self, 0);
  g_signal_connect_object (context, "refer-request-rejected", G_CALLBACK (on_request_rejected), self, 0);
  g_signal_connect_object (context, "refer-progress", G_CALLBACK (on_progress), self, 0);
  g_signal_connect_object (context, "refer-accepted", G_CALLBACK (on_accepted), self, 0);
  g_signal_connect_object (context, "refer-rejected", G_CALLBACK (on_rejected), self, 0);
  baton_transfer_set_context (self, context);
  /* After set_context (), so that `outcome` is there when the state changes. */
  g_signal_connect_object (context, "refer-ended", G_CALLBACK (on_ended), self, 0);
}

/* Out of a dialog: the call that we have with them all the same, so that they know who asks (RFC 4538) */
static BatonSession *
find_call_with (BatonTransfer *self, const char *uri)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->manager));
  g_autoptr (BatonSipUri) peer = baton_sip_uri_parse (uri, NULL);

  for (guint i = 0; peer != NULL && i < n; i++)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (G_LIST_MODEL (self->manager), i);
      g_autoptr (BatonSipUri) other = baton_sip_uri_parse (baton_call_get_remote_uri (call), NULL);

      if (is_established (call) && baton_call_get_account (call) == self->account && other != NULL &&
          baton_sip_uri_same_address (peer, other))
        return baton_call_get_session (call); /* the list keeps it */
    }
  return NULL;
}

/* Not sent yet: whoever takes the transfer back when it hears of the REFER finds something to cancel. */
static BatonReferClientContext *
make_context (BatonTransfer *self, const BatonReferOptions *options, GError **error)
{
  g_autoptr (BatonUaApplicant) applicant = NULL;
  BatonSession *session;

  if (self->call == NULL)
    {
      BatonReferOptions about = *options;

      about.target_dialog = find_call_with (self, self->peer_uri);
      applicant = baton_ua_applicant_new (baton_account_get_identity (self->account), self->peer_uri);
      return baton_refer_client_context_new (self->ua, BATON_REFER_APPLICANT (applicant), self->target_uri, &about);
    }
  session = baton_call_get_session (self->call);
  if (self->attended && self->protect_target)
    return baton_session_make_refer_to_session (baton_call_get_session (self->target_call), session, options, error);
  if (self->attended)
    return baton_session_make_refer_to_session (session, baton_call_get_session (self->target_call), options, error);
  return baton_refer_client_context_new (self->ua, BATON_REFER_APPLICANT (session), self->target_uri, options);
}

static void
send_refer (BatonTransfer *self)
{
  g_autoptr (BatonTransfer) keep = g_object_ref (self);
  g_autoptr (BatonReferClientContext) context = NULL;
  g_autoptr (GError) error = NULL;
  BatonReferOptions options = {
    .extra_headers = (const char *const *) self->extra_headers,
    .active_after_transfer = self->active_after,
    .no_subscription = self->no_subscription,
    .target_name = self->protect_target ? NULL : self->target_name,
    .use_aor = self->use_aor,
  };

  if (self->call != NULL && !is_established (self->call))
    {
      fail (self, 0, NULL);
      return;
    }
  if (self->attended && !is_established (self->target_call))
    {
      fail (self, 481, "The call with the target ended before the transfer");
      return;
    }
  /* A second try shows no step back. */
  if (self->context == NULL && !baton_transfer_step (self, BATON_TRANSFER_EVENT_REFER))
    return;
  if (baton_transfer_is_final (self)) /* taken back by whoever heard of that */
    return;
  context = make_context (self, &options, &error);
  if (context != NULL)
    {
      watch_context (self, BATON_REFER_CONTEXT (context));
      if (baton_transfer_is_final (self)) /* by whoever heard of the context, and perhaps not of what it is for */
        {
          baton_refer_client_context_cancel (context);
          return;
        }
      if (baton_refer_client_context_refer (context, &error))
        return;
    }
  fail (self, baton_error_get_sip_status (error), error->message);
  if (context != NULL)
    baton_refer_client_context_cancel (context);
}

/*
 * The phone that we transfer can't reach the one we consulted: phones behind a NAT, or of another network, give
 * Contacts that are of use to us alone. Once more, through the address that the user has (RFC 5589 §7.5).
 */
static gboolean
try_address_of_record (BatonTransfer *self, BatonReferContext *context)
{
  g_autoptr (BatonTransfer) keep = g_object_ref (self);
  const BatonReferTo *refer_to = baton_refer_context_get_refer_to (context);
  BatonCall *target = self->protect_target ? self->call : self->target_call;
  g_autoptr (BatonSipUri) address = NULL;

  if (!self->attended || self->use_aor || baton_transfer_is_final (self) || refer_to == NULL ||
      !is_established (self->call) || !is_established (self->target_call))
    return FALSE;
  address = baton_sip_uri_parse (baton_call_get_remote_uri (target), NULL);
  if (address == NULL || baton_sip_uri_same_address (address, refer_to->uri))
    return FALSE;
  g_info ("transfer %u: the contact can't be reached; trying the address of record", self->number);
  baton_transfer_set_flag (self, &self->use_aor, TRUE, "through-address-of-record");
  baton_transfer_set_timer (self, 0, NULL);
  send_refer (self);
  return TRUE;
}

static gboolean
on_nobody_decides (gpointer data)
{
  BatonTransfer *self = data;

  self->timer = 0;
  fail (self, self->status, self->reason);
  return G_SOURCE_REMOVE;
}

/* Without a hold the two hear each other while the target is called; the transfer is no worse for it. */
static void
go_without_hold (BatonTransfer *self, guint status, const char *reason)
{
  g_autoptr (BatonTransfer) keep = g_object_ref (self);
  guint seconds = self->limits->prompt_timeout_s ? self->limits->prompt_timeout_s : 30;
  gboolean handled;

  baton_transfer_set_flag (self, &self->hold_refused, TRUE, "hold-refused");
  baton_transfer_set_result (self, status, reason);
  self->waits_to_proceed = TRUE; /* so that a handler may decide at once */
  handled = baton_transfer_emit_hold_refused (self, status, reason);
  if (self->state != BATON_TRANSFER_STATE_HOLDING || !self->waits_to_proceed)
    return;
  if (handled)
    {
      g_object_notify (G_OBJECT (self), "waits-to-proceed");
      baton_transfer_set_timer (self, seconds * 1000, on_nobody_decides);
    }
  else
    {
      self->waits_to_proceed = FALSE;
      send_refer (self);
    }
}

static void hold_next (BatonTransfer *self);

/* Of the hold that is under way: once its answer comes, the call is held by us. */
static void
answer_for_hold (BatonTransfer *self)
{
  if (!self->hold_is_ours)
    return;
  if (self->holds_target)
    self->target_held_by_us = TRUE;
  else
    self->held_by_us = TRUE;
}

static gboolean
on_hold_hangs (gpointer data)
{
  BatonTransfer *self = data;

  self->end_timer = 0;
  if (self->state != BATON_TRANSFER_STATE_HOLDING)
    return G_SOURCE_REMOVE;
  answer_for_hold (self); /* it may come after all */
  go_without_hold (self, 408, "No answer to the hold");
  return G_SOURCE_REMOVE;
}

static void
on_held (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BatonTransfer) self = data;
  g_autoptr (GError) error = NULL;
  gboolean held = baton_call_hold_finish (BATON_CALL (source), result, &error);

  if (self->call == NULL)
    return; /* disposed */
  /* What isn't our hold says nothing of what we have to give back: another transfer may have left that to us. */
  if (self->hold_is_ours && BATON_CALL (source) == self->call)
    self->held_by_us = held;
  else if (self->hold_is_ours)
    self->target_held_by_us = held;
  if (held && self->waits_to_proceed) /* late, but nothing is left to be decided */
    baton_transfer_proceed (self, NULL);
  if (self->state != BATON_TRANSFER_STATE_HOLDING || self->end_timer == 0)
    return; /* taken back, or given up on */
  baton_timers_clear (self->timers, &self->end_timer);
  if (held)
    {
      hold_next (self);
      return;
    }
  g_info ("transfer %u: the call could not be held: %s", self->number, error->message);
  go_without_hold (self, baton_error_get_sip_status (error), baton_error_get_reason (error));
}

/* Who waits for the transfer hears nothing of the other: the caller, and with a protected target the consulted one. */
static void
hold_next (BatonTransfer *self)
{
  BatonCall *next = NULL;

  /* A user who has just asked to resume the call, or to hold it, didn't wait for the answer. */
  if (!baton_call_is_held (self->call) || !baton_call_is_to_be_held (self->call))
    next = self->call;
  else if (self->protect_target && is_live (self->target_call))
    next = self->target_call;
  if (next == NULL)
    {
      send_refer (self);
      return;
    }
  baton_transfer_step (self, BATON_TRANSFER_EVENT_HOLD);
  if (self->state != BATON_TRANSFER_STATE_HOLDING)
    return;
  self->end_timer = baton_timers_add (self->timers, HOLD_PATIENCE_MS, on_hold_hangs, self);
  self->hold_is_ours = !baton_call_is_to_be_held (next);
  self->holds_target = next != self->call;
  baton_call_hold_async (next, on_held, g_object_ref (self));
}

static void
begin (BatonTransfer *self)
{
  g_autoptr (BatonTransfer) keep = g_object_ref (self);
  BatonTransfer *other;

  baton_transfer_set_timer (self, 0, NULL);
  if (self->call == NULL)
    {
      send_refer (self);
      return;
    }
  other = baton_call_is_held (self->call) ? find_heir (self) : NULL;
  self->held_by_us |= other != NULL && other->held_by_us; /* one that is over left it to us in its end */
  hold_next (self);
}

static gboolean
on_grace_over (gpointer data)
{
  BatonTransfer *self = data;

  self->timer = 0;
  begin (self);
  return G_SOURCE_REMOVE;
}

void
baton_transfer_start (BatonTransfer *self)
{
  if (self->call != NULL)
    g_signal_connect_object (self->call, "notify::state", G_CALLBACK (on_call_state), self, 0);
  if (self->limits->grace_ms > 0 && self->call != NULL)
    baton_transfer_set_timer (self, self->limits->grace_ms, on_grace_over);
  else
    begin (self);
}

/* ---- The user's mind ---- */

static gboolean
check_sent (BatonTransfer *self, gboolean allowed, const char *sentence, GError **error)
{
  if (self->direction == BATON_DIRECTION_OUTGOING && allowed)
    return TRUE;
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, sentence);
  return FALSE;
}

gboolean
baton_transfer_undo (BatonTransfer *self, GError **error)
{
  g_autoptr (BatonTransfer) keep = NULL;

  g_return_val_if_fail (BATON_IS_TRANSFER (self), FALSE);
  if (!check_sent (self, self->state == BATON_TRANSFER_STATE_GRACE,
                   "The transfer is under way. Take the caller back instead.", error))
    return FALSE;
  keep = g_object_ref (self);
  baton_transfer_step (self, BATON_TRANSFER_EVENT_TAKE_BACK);
  if (self->semi_attended || self->held_by_us)
    give_back (self);
  baton_transfer_check_ended (self);
  return TRUE;
}

gboolean
baton_transfer_now (BatonTransfer *self, GError **error)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), FALSE);
  if (!check_sent (self, self->state == BATON_TRANSFER_STATE_GRACE, "The transfer is already under way.", error))
    return FALSE;
  begin (self);
  return TRUE;
}

gboolean
baton_transfer_proceed (BatonTransfer *self, GError **error)
{
  g_autoptr (BatonTransfer) keep = NULL;

  g_return_val_if_fail (BATON_IS_TRANSFER (self), FALSE);
  if (!check_sent (self, self->waits_to_proceed, "There is nothing to decide about this transfer.", error))
    return FALSE;
  keep = g_object_ref (self);
  baton_transfer_set_timer (self, 0, NULL);
  baton_transfer_set_flag (self, &self->waits_to_proceed, FALSE, "waits-to-proceed");
  baton_transfer_set_result (self, 0, NULL);
  send_refer (self);
  return TRUE;
}

gboolean
baton_transfer_take_back (BatonTransfer *self, GError **error)
{
  g_autoptr (BatonTransfer) keep = NULL;

  g_return_val_if_fail (BATON_IS_TRANSFER (self), FALSE);
  if (self->state == BATON_TRANSFER_STATE_GRACE)
    return baton_transfer_undo (self, error);
  if (!check_sent (self, !baton_transfer_is_final (self), "The transfer is over; there is nobody to take back.", error))
    return FALSE;
  keep = g_object_ref (self);
  baton_timers_clear (self->timers, &self->end_timer);
  if (self->state == BATON_TRANSFER_STATE_HOLDING && !self->waits_to_proceed) /* the hold's answer is still to come */
    answer_for_hold (self);
  baton_transfer_step (self, BATON_TRANSFER_EVENT_TAKE_BACK);
  give_back (self);
  if (self->context != NULL)
    baton_refer_client_context_cancel (BATON_REFER_CLIENT_CONTEXT (self->context));
  baton_transfer_check_ended (self);
  return TRUE;
}
