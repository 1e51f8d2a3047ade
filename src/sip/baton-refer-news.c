/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-client-fields.h"

#include "baton-session-private.h"
#include "baton-sipfrag.h"

/* What comes of a REFER that we sent: the NOTIFYs, and the subscription that they come by (RFC 3515 §2.4.4, RFC 6665). */

/* Seconds that a subscription may last when nobody says how long */
#define DEFAULT_EXPIRES 60
#define MAX_EXPIRES 3600
/* So long before its end a subscription is refreshed, or in the middle where it is shorter */
#define REFRESH_MARGIN_MS 10000

static char *
dup_event (BatonReferClientContext *self)
{
  return self->event_id != NULL ? g_strdup_printf ("refer;id=%s", self->event_id) : g_strdup ("refer");
}

/* A subscription is refreshed by SUBSCRIBE, never by another REFER (RFC 3515 §2.4.4, RFC 6665 §4.1.2.2) */
static gboolean
on_refresh_time (gpointer data)
{
  BatonReferClientContext *self = data;
  nua_handle_t *handle = baton_refer_context_get_handle (BATON_REFER_CONTEXT (self));
  g_autofree char *event = dup_event (self);

  self->refresh_timer = 0;
  if (handle != NULL && !self->dialog_lost)
    nua_subscribe (handle, SIPTAG_EVENT_STR (event), SIPTAG_EXPIRES_STR (G_STRINGIFY (DEFAULT_EXPIRES)), TAG_END ());
  return G_SOURCE_REMOVE;
}

/* The subscription lasts so long from now on, unless it is refreshed before */
static void
expect_news_for (BatonReferClientContext *self, guint seconds)
{
  guint margin = MIN (seconds * 1000 / 2, REFRESH_MARGIN_MS);

  baton_refer_client_watch_for (self, seconds * 1000 + 2 * baton_refer_client_get_t1 (self), BATON_REFER_OUTCOME_EXPIRED);
  baton_timers_clear (baton_refer_client_get_timers (self), &self->refresh_timer);
  self->refresh_timer = baton_timers_add (baton_refer_client_get_timers (self), seconds * 1000 - margin, on_refresh_time, self);
}

void
baton_refer_client_context_refreshed (BatonReferClientContext *self, const BatonSipEvent *event)
{
  const sip_expires_t *expires = event->sip != NULL ? event->sip->sip_expires : NULL;

  if (event->status < 200 || baton_refer_context_get_state (BATON_REFER_CONTEXT (self)) != BATON_REFER_STATE_ACCEPTED)
    return;
  if (event->status < 300)
    expect_news_for (self, expires != NULL && expires->ex_delta > 0 ? MIN (expires->ex_delta, MAX_EXPIRES) : DEFAULT_EXPIRES);
  else if (event->status == 481) /* there is none any more; any other no leaves it the time that it had */
    baton_refer_client_end (self, BATON_REFER_EVENT_LOST, BATON_REFER_OUTCOME_EXPIRED);
}

void
baton_refer_client_unsubscribe (BatonReferClientContext *self)
{
  nua_handle_t *handle = baton_refer_context_get_handle (BATON_REFER_CONTEXT (self));
  g_autofree char *event = dup_event (self);

  baton_timers_clear (baton_refer_client_get_timers (self), &self->refresh_timer);
  if (handle != NULL)
    nua_unsubscribe (handle, SIPTAG_EVENT_STR (event), TAG_END ());
}

static gboolean
on_bye_time (gpointer data)
{
  BatonReferClientContext *self = data;
  BatonSession *session = baton_refer_context_get_session (BATON_REFER_CONTEXT (self));

  self->bye_timer = 0;
  if (session != NULL)
    baton_session_terminate (session);
  return G_SOURCE_REMOVE;
}

/* ---- NOTIFY ---- */

void
baton_refer_client_answer_notify (const BatonSipEvent *event, guint status, const char *phrase)
{
  if (event->status >= 200) /* the stack did it, and always says 200 where it knows the subscription */
    return;
  nua_respond (event->handle, (int) status, phrase, NUTAG_WITH_THIS (event->nua), TAG_END ());
}

static gboolean
is_sipfrag (const sip_t *sip)
{
  const char *type = sip->sip_content_type != NULL ? sip->sip_content_type->c_type : NULL;

  return type == NULL || g_ascii_strcasecmp (type, "message/sipfrag") == 0;
}

static BatonSipfrag *
read_sipfrag (const sip_t *sip)
{
  if (sip->sip_payload == NULL || !is_sipfrag (sip))
    return NULL;
  return baton_sipfrag_parse (sip->sip_payload->pl_data, (gssize) sip->sip_payload->pl_len, NULL);
}

static void
on_final (BatonReferClientContext *self, guint status, const char *reason)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  gboolean accepted = status < 300;

  if (baton_refer_context_get_state (context) == BATON_REFER_STATE_ENDED)
    return;
  /* Who reports the end has taken the request (RFC 6665 §4.1.2.4); the answer itself is still to come */
  baton_refer_client_request_accepted (self, SIP_202_ACCEPTED, FALSE);
  if (baton_refer_context_get_state (context) == BATON_REFER_STATE_ENDED)
    return;
  baton_timers_clear (baton_refer_client_get_timers (self), &self->notify_timer);
  baton_refer_context_emit_status (context, accepted ? BATON_REFER_SIGNAL_ACCEPTED : BATON_REFER_SIGNAL_REJECTED, status,
                                   reason);
  /* The NOTIFY was answered before we heard of it: the BYE comes after the 200 in any case */
  if (accepted && !self->active_after_transfer && baton_refer_context_get_session (context) != NULL && self->bye_timer == 0)
    self->bye_timer = baton_timers_add (baton_refer_client_get_timers (self), BYE_DELAY_MS, on_bye_time, self);
  baton_refer_client_end (self, BATON_REFER_EVENT_FINAL, accepted ? BATON_REFER_OUTCOME_ACCEPTED : BATON_REFER_OUTCOME_REJECTED);
}

/* @terminated with a 1xx isn't the end: some phones write it on every NOTIFY (refer.md §7) */
static void
on_progress (BatonReferClientContext *self, const BatonSipfrag *frag, const sip_subscription_state_t *state, gboolean terminated)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  guint expires = state != NULL && state->ss_expires != NULL ? (guint) g_ascii_strtoull (state->ss_expires, NULL, 10) : 0;
  gboolean over = terminated && state->ss_reason != NULL &&
                  (g_ascii_strcasecmp (state->ss_reason, "timeout") == 0 ||
                   g_ascii_strcasecmp (state->ss_reason, "giveup") == 0 ||
                   g_ascii_strcasecmp (state->ss_reason, "rejected") == 0);

  if (!baton_refer_context_step (context, BATON_REFER_EVENT_PROGRESS))
    return;
  if (expires == 0 || expires > MAX_EXPIRES)
    expires = DEFAULT_EXPIRES;
  if (self->dialog_lost)
    baton_refer_client_watch_for (self, 2 * baton_refer_client_get_t1 (self), BATON_REFER_OUTCOME_NOT_CONFIRMED);
  else
    expect_news_for (self, expires);
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_PROGRESS, frag->status, frag->reason);
  if (over)
    baton_refer_client_end (self, BATON_REFER_EVENT_LOST, BATON_REFER_OUTCOME_EXPIRED);
}

void
baton_refer_client_context_notify (BatonReferClientContext *self, const BatonSipEvent *event)
{
  const sip_subscription_state_t *state = event->sip->sip_subscription_state;
  gboolean terminated = state != NULL && state->ss_substate != NULL &&
                        g_ascii_strcasecmp (state->ss_substate, "terminated") == 0;
  g_autoptr (BatonSipfrag) frag = read_sipfrag (event->sip);

  if (frag == NULL && event->sip->sip_payload != NULL && event->sip->sip_payload->pl_len > 0)
    {
      g_debug ("refer %p: a NOTIFY with a body that is no message/sipfrag is ignored", (void *) self);
      if (is_sipfrag (event->sip))
        baton_refer_client_answer_notify (event, 400, "Bad message/sipfrag");
      else
        baton_refer_client_answer_notify (event, SIP_415_UNSUPPORTED_MEDIA);
      return;
    }
  baton_refer_client_answer_notify (event, SIP_200_OK);
  self->notified = TRUE;
  self->uses_ids |= event->sip->sip_event != NULL && event->sip->sip_event->o_id != NULL;
  self->settled |= (frag != NULL && frag->status >= 200) ||
                   (terminated && baton_refer_context_get_outcome (BATON_REFER_CONTEXT (self)) != BATON_REFER_OUTCOME_NONE);
  if (self->lost_outcome == BATON_REFER_OUTCOME_NO_NOTIFY)
    baton_timers_clear (baton_refer_client_get_timers (self), &self->notify_timer);
  if (frag == NULL && terminated && baton_refer_context_get_state (BATON_REFER_CONTEXT (self)) == BATON_REFER_STATE_REQUESTED)
    self->over_early = TRUE; /* the answer to the REFER says why */
  else if (frag == NULL && terminated)
    baton_refer_client_end (self, BATON_REFER_EVENT_LOST, BATON_REFER_OUTCOME_EXPIRED);
  else if (frag == NULL) /* a NOTIFY without a body says that the subscription lives, no more */
    {
      if (baton_refer_context_get_state (BATON_REFER_CONTEXT (self)) != BATON_REFER_STATE_ENDED)
        expect_news_for (self, DEFAULT_EXPIRES);
    }
  else if (frag->status >= 200)
    on_final (self, frag->status, frag->reason);
  else
    on_progress (self, frag, state, terminated);
}

void
baton_refer_client_context_dialog_ended (BatonReferClientContext *self, gboolean by_peer)
{
  if (!by_peer)
    return; /* we hung up, and still want to hear what became of it */
  self->dialog_lost = TRUE;
  /* A final NOTIFY may be right behind the BYE, or was overtaken by it: a second at T1 = 500 ms */
  if (baton_refer_context_get_state (BATON_REFER_CONTEXT (self)) == BATON_REFER_STATE_ACCEPTED)
    baton_refer_client_watch_for (self, 2 * baton_refer_client_get_t1 (self), BATON_REFER_OUTCOME_NOT_CONFIRMED);
}

/*
 * Without an id it is the first one's (refer.md §2.6), unless that has shown an id of its own. One that the user took back has a
 * subscription until the other end says that it is over: what is told of it must not be taken for news of the next.
 */
gboolean
baton_refer_client_context_matches (BatonReferClientContext *self, const char *id)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);

  if (id != NULL)
    return g_strcmp0 (id, self->event_id) == 0;
  if (baton_refer_context_get_state (context) != BATON_REFER_STATE_ENDED)
    return TRUE;
  return !self->uses_ids && !self->settled && baton_refer_context_get_outcome (context) == BATON_REFER_OUTCOME_CANCELLED;
}
