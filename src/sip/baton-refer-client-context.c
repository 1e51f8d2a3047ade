/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-context-private.h"

#include <string.h>

#include "baton-error.h"
#include "baton-name-addr.h"
#include "baton-session-private.h"
#include "baton-sip-auth.h"
#include "baton-sipfrag.h"
#include "baton-ua-private.h"

/* How long after its end a context still takes NOTIFYs, so that they find somebody: in T1s */
#define LINGER_T1S 8
/* A REFER has no answer for longer than the stack waits for one (64·T1) */
#define ANSWER_T1S 80
/* Seconds that a subscription may last when nobody says how long */
#define DEFAULT_EXPIRES 60
#define MAX_EXPIRES 3600
/* So long before its end a subscription is refreshed, or in the middle where it is shorter */
#define REFRESH_MARGIN_MS 10000
/* Before BYE, so that a referee that hangs up by itself may be first: in milliseconds */
#define BYE_DELAY_MS 50

struct _BatonReferClientContext
{
  BatonReferContext parent;

  BatonReferApplicant *applicant;
  char *refer_to_given; /* what the constructor was given, until it was parsed */
  char **extra_headers;
  BatonSession *target_dialog;
  gboolean active_after_transfer;
  gboolean no_subscription;

  gboolean awaits_answer;   /* a REFER is out and has no final answer */
  gboolean notified;        /* a NOTIFY came */
  gboolean uses_ids;        /* one with our id came */
  gboolean settled;         /* the last that can come has come: a refusal, or the NOTIFY that ends the subscription */
  gboolean dialog_lost;     /* the peer sent BYE */
  gboolean listed;
  char *event_id;           /* CSeq of the request as text */
  guint auth_attempts;
  GTask *task;
  gulong cancellable_handler; /* of the task's cancellable */

  guint answer_timer;
  guint notify_timer;       /* no NOTIFY, expiry, not confirmed: which one is in lost_outcome */
  BatonReferOutcome lost_outcome;
  guint refresh_timer;
  guint linger_timer;
  guint bye_timer;
};

static void sip_target_iface_init (BatonSipTargetInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonReferClientContext, baton_refer_client_context, BATON_TYPE_REFER_CONTEXT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_SIP_TARGET, sip_target_iface_init))

enum
{
  RESPONSE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static BatonTimers *
timers_of (BatonReferClientContext *self)
{
  return baton_ua_get_timers (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)));
}

static guint
t1_of (BatonReferClientContext *self)
{
  return baton_ua_get_t1 (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)));
}

static void
clear_timers (BatonReferClientContext *self)
{
  BatonTimers *timers;

  if (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)) == NULL)
    return;
  timers = timers_of (self);
  baton_timers_clear (timers, &self->answer_timer);
  baton_timers_clear (timers, &self->notify_timer);
  baton_timers_clear (timers, &self->refresh_timer);
  baton_timers_clear (timers, &self->linger_timer);
  baton_timers_clear (timers, &self->bye_timer);
}

/* ---- The end ---- */

static void
delist (BatonReferClientContext *self)
{
  if (!self->listed)
    return;
  self->listed = FALSE;
  baton_refer_context_delist (BATON_REFER_CONTEXT (self));
}

static void
return_task (BatonReferClientContext *self, guint status, const char *reason)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  GError *error = NULL;

  if (task == NULL)
    return;
  g_cancellable_disconnect (g_task_get_cancellable (task), self->cancellable_handler);
  self->cancellable_handler = 0;
  if (status >= 200 && status < 300)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  baton_error_set_sip_status (&error, status, reason);
  g_task_return_error (task, error);
}

static gboolean
on_linger_over (gpointer data)
{
  BatonReferClientContext *self = data;

  self->linger_timer = 0;
  g_object_ref (self);
  if (self->awaits_answer) /* it is over, and the answer to the REFER itself never came */
    {
      self->awaits_answer = FALSE;
      g_signal_emit (self, signals[RESPONSE], 0, 408, "Request Timeout");
      return_task (self, 408, "Request Timeout");
    }
  delist (self);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
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

/* As long as its REFER has no answer it stays: else that would be taken for the answer to the next one. */
static void
linger (BatonReferClientContext *self)
{
  guint t1 = t1_of (self);

  baton_timers_clear (timers_of (self), &self->linger_timer);
  self->linger_timer = baton_timers_add (timers_of (self), self->awaits_answer ? ANSWER_T1S * t1
                                                                               : MAX (LINGER_T1S * t1, 4 * BYE_DELAY_MS),
                                         on_linger_over, self);
}

/* Ends the context; nothing of self may be touched after */
static void
end (BatonReferClientContext *self, BatonReferEvent event, BatonReferOutcome outcome)
{
  BatonTimers *timers = timers_of (self);

  baton_timers_clear (timers, &self->notify_timer);
  baton_timers_clear (timers, &self->refresh_timer);
  if (!self->awaits_answer)
    baton_timers_clear (timers, &self->answer_timer);
  if (self->listed && self->linger_timer == 0)
    linger (self);
  baton_refer_context_end (BATON_REFER_CONTEXT (self), event, outcome);
}

static gboolean
on_lost (gpointer data)
{
  BatonReferClientContext *self = data;

  self->notify_timer = 0;
  g_object_ref (self);
  end (self, BATON_REFER_EVENT_LOST, self->lost_outcome);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

/* From now on the context is lost with @outcome after @delay_ms, unless something comes before */
static void
watch_for (BatonReferClientContext *self, guint delay_ms, BatonReferOutcome outcome)
{
  baton_timers_clear (timers_of (self), &self->notify_timer);
  self->lost_outcome = outcome;
  self->notify_timer = baton_timers_add (timers_of (self), delay_ms, on_lost, self);
}

/* ---- The answer to the REFER ---- */

static void
on_request_rejected (BatonReferClientContext *self, guint status, const char *reason)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);

  if (baton_refer_context_get_state (context) != BATON_REFER_STATE_REQUESTED)
    return;
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_REQUEST_REJECTED, status, reason);
  end (self, BATON_REFER_EVENT_REQUEST_REJECTED, BATON_REFER_OUTCOME_REFUSED);
}

static void
on_request_accepted (BatonReferClientContext *self, guint status, const char *reason, gboolean no_subscription)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);

  if (!baton_refer_context_step (context, BATON_REFER_EVENT_REQUEST_ACCEPTED))
    return;
  if (self->dialog_lost)
    watch_for (self, 2 * t1_of (self), BATON_REFER_OUTCOME_NOT_CONFIRMED);
  else if (!self->notified && !no_subscription)
    watch_for (self, 64 * t1_of (self), BATON_REFER_OUTCOME_NO_NOTIFY);
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_REQUEST_ACCEPTED, status, reason);
  if (no_subscription)
    end (self, BATON_REFER_EVENT_LOST, BATON_REFER_OUTCOME_NO_SUBSCRIPTION);
}

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

  watch_for (self, seconds * 1000 + 2 * t1_of (self), BATON_REFER_OUTCOME_EXPIRED);
  baton_timers_clear (timers_of (self), &self->refresh_timer);
  self->refresh_timer = baton_timers_add (timers_of (self), seconds * 1000 - margin, on_refresh_time, self);
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
    end (self, BATON_REFER_EVENT_LOST, BATON_REFER_OUTCOME_EXPIRED);
}

static void
unsubscribe (BatonReferClientContext *self)
{
  nua_handle_t *handle = baton_refer_context_get_handle (BATON_REFER_CONTEXT (self));
  g_autofree char *event = dup_event (self);

  baton_timers_clear (timers_of (self), &self->refresh_timer);
  if (handle != NULL)
    nua_unsubscribe (handle, SIPTAG_EVENT_STR (event), TAG_END ());
}

/* The REFER has its final answer, by the network or by our clock */
static void
finish_request (BatonReferClientContext *self, guint status, const char *reason, gboolean no_subscription)
{
  gboolean cancelled = baton_refer_context_get_outcome (BATON_REFER_CONTEXT (self)) == BATON_REFER_OUTCOME_CANCELLED;

  if (!self->awaits_answer)
    return;
  self->awaits_answer = FALSE;
  self->settled |= status >= 300;
  baton_timers_clear (timers_of (self), &self->answer_timer);
  if (self->linger_timer != 0)
    linger (self);
  if (status >= 200 && status < 300) /* 202 says no more than 200 (RFC 7647 §5) */
    on_request_accepted (self, status, reason, no_subscription);
  else
    on_request_rejected (self, status, reason);
  if (status < 300 && cancelled)
    unsubscribe (self);
  g_signal_emit (self, signals[RESPONSE], 0, status, reason);
  return_task (self, status, reason);
}

static gboolean
on_answer_timeout (gpointer data)
{
  BatonReferClientContext *self = data;

  self->answer_timer = 0;
  g_object_ref (self);
  finish_request (self, 408, "Request Timeout", FALSE);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

/* The stack tells what the NOTIFYs will be called; after a challenge it's another id (RFC 3515 §2.4.6) */
static void
note_event_id (BatonReferClientContext *self, const BatonSipEvent *event)
{
  sip_event_t const *refer_event = NULL;

  tl_gets (event->tags, NUTAG_REFER_EVENT_REF (refer_event), TAG_END ());
  if (refer_event == NULL)
    return;
  g_free (self->event_id);
  self->event_id = g_strdup (refer_event->o_id);
  /* It's on the wire now, and the stack gives up by itself after 64·T1; ours is for what never gets that far */
  baton_timers_clear (timers_of (self), &self->answer_timer);
  self->answer_timer = baton_timers_add (timers_of (self), ANSWER_T1S * t1_of (self), on_answer_timeout, self);
}

static gboolean
refuses_subscription (const sip_t *sip)
{
  sip_refer_sub_t const *refer_sub = sip != NULL ? sip_refer_sub (sip) : NULL;

  return refer_sub != NULL && refer_sub->rs_value != NULL && g_ascii_strcasecmp (refer_sub->rs_value, "false") == 0;
}

void
baton_refer_client_context_response (BatonReferClientContext *self, const BatonSipEvent *event)
{
  guint status = event->status;
  g_autofree char *reason = g_utf8_make_valid (event->phrase, -1);

  if (!self->awaits_answer)
    return;
  if (status < 200)
    {
      /* "100" with a 3xx inside: the stack is about to follow a redirection. Not in our name (refer.md §2.5). */
      guint inside = event->sip != NULL && event->sip->sip_status != NULL ? (guint) event->sip->sip_status->st_status : 0;

      note_event_id (self, event);
      if (inside >= 300 && inside < 400)
        finish_request (self, inside, event->sip->sip_status->st_phrase, FALSE);
      else if (inside >= 100 && inside < 200 &&
               baton_refer_context_step (BATON_REFER_CONTEXT (self), BATON_REFER_EVENT_REQUEST_PROGRESS))
        baton_refer_context_emit_status (BATON_REFER_CONTEXT (self), BATON_REFER_SIGNAL_REQUEST_PROGRESS, inside, reason);
      return;
    }
  if (baton_sip_auth_answer_or_give_up (baton_refer_applicant_get_identity (self->applicant), event, &self->auth_attempts))
    return;
  if (status > 699) /* the stack's own numbers: it could not be sent */
    {
      status = 503;
      g_free (reason);
      reason = g_strdup ("Service Unavailable");
    }
  finish_request (self, status, reason, refuses_subscription (event->sip));
}

/* ---- NOTIFY ---- */

static void
answer_notify (const BatonSipEvent *event, guint status, const char *phrase)
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
  on_request_accepted (self, SIP_202_ACCEPTED, FALSE);
  if (baton_refer_context_get_state (context) == BATON_REFER_STATE_ENDED)
    return;
  baton_timers_clear (timers_of (self), &self->notify_timer);
  baton_refer_context_emit_status (context, accepted ? BATON_REFER_SIGNAL_ACCEPTED : BATON_REFER_SIGNAL_REJECTED, status,
                                   reason);
  /* The NOTIFY was answered before we heard of it: the BYE comes after the 200 in any case */
  if (accepted && !self->active_after_transfer && baton_refer_context_get_session (context) != NULL && self->bye_timer == 0)
    self->bye_timer = baton_timers_add (timers_of (self), BYE_DELAY_MS, on_bye_time, self);
  end (self, BATON_REFER_EVENT_FINAL, accepted ? BATON_REFER_OUTCOME_ACCEPTED : BATON_REFER_OUTCOME_REJECTED);
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
    watch_for (self, 2 * t1_of (self), BATON_REFER_OUTCOME_NOT_CONFIRMED);
  else
    expect_news_for (self, expires);
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_PROGRESS, frag->status, frag->reason);
  if (over)
    end (self, BATON_REFER_EVENT_LOST, BATON_REFER_OUTCOME_EXPIRED);
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
        answer_notify (event, 400, "Bad message/sipfrag");
      else
        answer_notify (event, SIP_415_UNSUPPORTED_MEDIA);
      return;
    }
  answer_notify (event, SIP_200_OK);
  self->notified = TRUE;
  self->uses_ids |= event->sip->sip_event != NULL && event->sip->sip_event->o_id != NULL;
  self->settled |= (frag != NULL && frag->status >= 200) ||
                   (terminated && (frag == NULL || baton_refer_context_get_outcome (BATON_REFER_CONTEXT (self)) != BATON_REFER_OUTCOME_NONE));
  if (self->lost_outcome == BATON_REFER_OUTCOME_NO_NOTIFY)
    baton_timers_clear (timers_of (self), &self->notify_timer);
  if (frag == NULL && terminated)
    end (self, BATON_REFER_EVENT_LOST, BATON_REFER_OUTCOME_EXPIRED);
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
    watch_for (self, 2 * t1_of (self), BATON_REFER_OUTCOME_NOT_CONFIRMED);
}

gboolean
baton_refer_client_context_awaits_answer (BatonReferClientContext *self)
{
  return self->awaits_answer;
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

/* ---- Sending ---- */

/* Once, and ours: without it the stack would write one from From (RFC 3892; RFC 3323 for the nameless) */
static char *
referred_by_of (BatonSipIdentity *identity)
{
  if (baton_sip_identity_get_anonymous (identity) || baton_sip_identity_get_address (identity) == NULL)
    return g_strdup ("\"Anonymous\" <sip:anonymous@anonymous.invalid>");
  return baton_name_addr_join (baton_sip_identity_get_display_name (identity), baton_sip_identity_get_address (identity));
}

/* What the program gave is one target: a bare URI may have a comma, which in a header would begin a second one */
static BatonReferTo *
parse_target (const char *text, GError **error)
{
  g_autofree char *bare = strchr (text, '<') == NULL ? g_strstrip (g_strdup (text)) : NULL;
  g_autofree char *enclosed = bare != NULL ? g_strdup_printf ("<%s>", bare) : NULL;

  return baton_refer_to_parse (enclosed != NULL ? enclosed : text, error);
}

static gboolean
check_target (BatonReferClientContext *self, GError **error)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);

  if (baton_refer_context_get_refer_to (context) == NULL)
    {
      BatonReferTo *refer_to = parse_target (self->refer_to_given, error);

      if (refer_to == NULL)
        {
          g_prefix_error (error, "The target of the transfer can't be used. ");
          return FALSE;
        }
      baton_refer_context_take_refer_to (context, refer_to, self->refer_to_given);
    }
  return baton_refer_check_extra_headers ((const char *const *) self->extra_headers, error);
}

static nua_handle_t *
obtain_handle (BatonReferClientContext *self, GError **error)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  BatonSession *session = baton_refer_context_get_session (context);
  nua_handle_t *handle = NULL;

  if (session == NULL)
    {
      handle = baton_ua_create_handle (baton_refer_context_get_ua (context), BATON_SIP_TARGET (self),
                                       baton_refer_applicant_get_identity (self->applicant),
                                       baton_refer_applicant_get_remote_uri (self->applicant), error);
      baton_refer_context_take_handle (context, handle);
      return handle;
    }
  if (baton_session_get_state (session) == BATON_SESSION_STATE_ESTABLISHED)
    handle = baton_session_get_handle (session);
  if (handle == NULL)
    baton_refer_context_set_state_error (error, "Only a call that was answered and goes on can be transferred.");
  return handle;
}

/* A handler may have ended the call: a REFER on its handle would go out outside of every dialog. */
static nua_handle_t *
obtain_handle_again (BatonReferClientContext *self, GError **error)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);

  return baton_refer_context_get_session (context) != NULL ? obtain_handle (self, error) : baton_refer_context_get_handle (context);
}

static void
send_refer (BatonReferClientContext *self, nua_handle_t *handle)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  g_autofree char *refer_to = baton_refer_to_to_string (baton_refer_context_get_refer_to (context));
  g_autofree char *extra = baton_refer_join_headers ((const char *const *) self->extra_headers);
  g_autofree char *contact = NULL, *dialog = NULL;

  /* In a dialog the stack repeats the Contact that made it. */
  if (baton_refer_context_get_session (context) == NULL)
    {
      contact = g_strdup (baton_refer_applicant_get_contact (self->applicant));
      if (contact == NULL)
        contact = baton_ua_dup_contact (baton_refer_context_get_ua (context), baton_refer_applicant_get_identity (self->applicant),
                                        baton_refer_applicant_get_remote_uri (self->applicant));
      dialog = self->target_dialog != NULL ? baton_session_dup_target_dialog (self->target_dialog) : NULL;
    }
  nua_refer (handle, SIPTAG_REFER_TO_STR (refer_to), SIPTAG_REFERRED_BY_STR (baton_refer_context_get_referred_by (context)),
             TAG_IF (contact != NULL, SIPTAG_CONTACT_STR (contact)),
             TAG_IF (self->no_subscription, SIPTAG_REFER_SUB_STR ("false")),
             TAG_IF (dialog != NULL, SIPTAG_HEADER_STR (dialog)), TAG_IF (extra != NULL, SIPTAG_HEADER_STR (extra)),
             TAG_END ());
}

static void
sip_target_event (BatonSipTarget *target, const BatonSipEvent *event)
{
  BatonReferClientContext *self = BATON_REFER_CLIENT_CONTEXT (target);

  switch ((int) event->event)
    {
    case nua_r_refer:
      baton_refer_client_context_response (self, event);
      break;
    case nua_i_notify:
      if (event->sip == NULL) /* the stack's own, of a subscription that it gave up */
        break;
      if (event->sip->sip_event == NULL || g_strcmp0 (event->sip->sip_event->o_type, "refer") != 0)
        answer_notify (event, SIP_489_BAD_EVENT);
      else if (event->sip->sip_event->o_id != NULL && g_strcmp0 (event->sip->sip_event->o_id, self->event_id) != 0)
        answer_notify (event, 481, "Subscription Does Not Exist");
      else
        baton_refer_client_context_notify (self, event);
      break;
    case nua_r_subscribe:
    case nua_r_unsubscribe:
      if (baton_sip_auth_answer_or_give_up (baton_refer_applicant_get_identity (self->applicant), event, &self->auth_attempts))
        break;
      if (event->event == nua_r_subscribe)
        baton_refer_client_context_refreshed (self, event);
      break;
    default: /* nua_i_terminated and the like: of no meaning to a subscription */
      break;
    }
}

static void
sip_target_iface_init (BatonSipTargetInterface *iface)
{
  iface->event = sip_target_event;
}

gboolean
baton_refer_client_context_refer (BatonReferClientContext *self, GError **error)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  nua_handle_t *handle;

  g_return_val_if_fail (BATON_IS_REFER_CLIENT_CONTEXT (self), FALSE);
  if (baton_refer_context_get_state (context) != BATON_REFER_STATE_NEW)
    return baton_refer_context_set_state_error (error, "This transfer was sent already; make a new one to try again.");
  if (!check_target (self, error))
    return FALSE;
  handle = obtain_handle (self, error);
  if (handle == NULL)
    return FALSE;
  baton_refer_context_step (context, BATON_REFER_EVENT_REQUEST);
  self->awaits_answer = TRUE;
  self->listed = TRUE;
  baton_refer_context_enlist (context);
  if (baton_refer_context_get_state (context) == BATON_REFER_STATE_REQUESTED)
    baton_refer_context_emit_requested (context);
  if (baton_refer_context_get_state (context) != BATON_REFER_STATE_REQUESTED) /* a handler thought better of it */
    {
      self->awaits_answer = FALSE;
      return baton_refer_context_set_state_error (error, "The transfer was cancelled before it was sent.");
    }
  handle = obtain_handle_again (self, error);
  if (handle == NULL)
    {
      self->awaits_answer = FALSE;
      baton_refer_client_context_cancel (self);
      return FALSE;
    }
  send_refer (self, handle);
  return TRUE;
}

static void
on_cancelled (GCancellable *cancellable, BatonReferClientContext *self)
{
  g_autoptr (BatonReferClientContext) keep = g_object_ref (self);
  g_autoptr (GTask) task = g_steal_pointer (&self->task); /* no disconnecting in here: it would wait for us */

  self->cancellable_handler = 0;
  baton_refer_client_context_cancel (self);
  if (task != NULL)
    g_task_return_error_if_cancelled (task);
}

void
baton_refer_client_context_refer_async (BatonReferClientContext *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  GError *error = NULL;

  g_task_set_source_tag (task, baton_refer_client_context_refer_async);
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  if (!baton_refer_client_context_refer (self, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  self->task = task;
  if (cancellable != NULL)
    self->cancellable_handler = g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), self, 0);
}

gboolean
baton_refer_client_context_refer_finish (BatonReferClientContext *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
baton_refer_client_context_cancel (BatonReferClientContext *self)
{
  BatonReferState state;

  g_return_if_fail (BATON_IS_REFER_CLIENT_CONTEXT (self));
  state = baton_refer_context_get_state (BATON_REFER_CONTEXT (self));
  if (state == BATON_REFER_STATE_ENDED || self->settled)
    return; /* settled: whoever hears of the end first can't change it any more */
  if (state == BATON_REFER_STATE_ACCEPTED) /* else when its 2xx comes: a REFER can't be called back */
    unsubscribe (self);
  end (self, BATON_REFER_EVENT_CANCELLED, BATON_REFER_OUTCOME_CANCELLED);
}

void
baton_refer_client_context_abort (BatonReferClientContext *self)
{
  g_object_ref (self);
  self->awaits_answer = FALSE;
  clear_timers (self);
  return_task (self, 503, "Service Unavailable");
  baton_refer_context_end (BATON_REFER_CONTEXT (self), BATON_REFER_EVENT_CANCELLED, BATON_REFER_OUTCOME_CANCELLED);
  delist (self);
  g_object_unref (self);
}

/* ---- GObject ---- */

static void
baton_refer_client_context_dispose (GObject *object)
{
  BatonReferClientContext *self = BATON_REFER_CLIENT_CONTEXT (object);

  clear_timers (self);
  g_clear_object (&self->applicant);
  g_clear_object (&self->target_dialog);
  G_OBJECT_CLASS (baton_refer_client_context_parent_class)->dispose (object);
}

static void
baton_refer_client_context_finalize (GObject *object)
{
  BatonReferClientContext *self = BATON_REFER_CLIENT_CONTEXT (object);

  g_free (self->refer_to_given);
  g_strfreev (self->extra_headers);
  g_free (self->event_id);
  G_OBJECT_CLASS (baton_refer_client_context_parent_class)->finalize (object);
}

static void
baton_refer_client_context_class_init (BatonReferClientContextClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_refer_client_context_dispose;
  G_OBJECT_CLASS (klass)->finalize = baton_refer_client_context_finalize;

  signals[RESPONSE] = g_signal_new ("response", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                    2, G_TYPE_UINT, G_TYPE_STRING);
}

static void
baton_refer_client_context_init (BatonReferClientContext *self)
{
}

BatonReferClientContext *
baton_refer_client_context_new_full (BatonUa *ua, BatonReferApplicant *applicant, BatonReferTo *refer_to,
                                     BatonSession *target_session, const BatonReferOptions *options)
{
  BatonReferClientContext *self = g_object_new (BATON_TYPE_REFER_CLIENT_CONTEXT, NULL);
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  g_autofree char *referred_by = referred_by_of (baton_refer_applicant_get_identity (applicant));

  self->applicant = g_object_ref (applicant);
  baton_refer_context_setup (context, ua, BATON_DIRECTION_OUTGOING, G_OBJECT (applicant));
  baton_refer_context_set_referred_by (context, referred_by);
  baton_refer_context_set_target_session (context, target_session);
  if (options != NULL)
    {
      self->extra_headers = g_strdupv ((char **) options->extra_headers);
      self->active_after_transfer = options->active_after_transfer;
      self->no_subscription = options->no_subscription;
      g_set_object (&self->target_dialog, options->target_dialog);
    }
  if (refer_to != NULL)
    {
      g_autofree char *text = NULL;

      if (options != NULL && options->target_name != NULL)
        {
          g_free (refer_to->display_name);
          refer_to->display_name = g_strdup (options->target_name);
        }
      text = baton_refer_to_to_string (refer_to);
      baton_refer_context_take_refer_to (context, refer_to, text);
    }
  return self;
}

BatonReferClientContext *
baton_refer_client_context_new (BatonUa *ua, BatonReferApplicant *applicant, const char *refer_to, const BatonReferOptions *options)
{
  BatonReferClientContext *self;
  BatonReferTo *parsed;

  g_return_val_if_fail (BATON_IS_UA (ua), NULL);
  g_return_val_if_fail (BATON_IS_REFER_APPLICANT (applicant), NULL);
  g_return_val_if_fail (refer_to != NULL, NULL);
  parsed = parse_target (refer_to, NULL); /* what is wrong with it is told when it shall be sent */
  self = baton_refer_client_context_new_full (ua, applicant, parsed, NULL, options);
  self->refer_to_given = g_strdup (refer_to);
  return self;
}
