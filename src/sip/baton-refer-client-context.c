/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-client-fields.h"

#include <string.h>

#include "baton-error.h"
#include "baton-name-addr.h"
#include "baton-session-private.h"
#include "baton-sip-auth.h"
#include "baton-ua-private.h"

/* How long after its end a context still takes NOTIFYs, so that they find somebody: in T1s */
#define LINGER_T1S 8
/* A REFER has no answer for longer than the stack waits for one (64·T1) */
#define ANSWER_T1S 80

static void sip_target_iface_init (BatonSipTargetInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonReferClientContext, baton_refer_client_context, BATON_TYPE_REFER_CONTEXT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_SIP_TARGET, sip_target_iface_init))

enum
{
  RESPONSE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

BatonTimers *
baton_refer_client_get_timers (BatonReferClientContext *self)
{
  return baton_ua_get_timers (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)));
}

guint
baton_refer_client_get_t1 (BatonReferClientContext *self)
{
  return baton_ua_get_t1 (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)));
}

static void
clear_timers (BatonReferClientContext *self)
{
  BatonTimers *timers;

  if (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)) == NULL)
    return;
  timers = baton_refer_client_get_timers (self);
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

/* As long as its REFER has no answer it stays: else that would be taken for the answer to the next one. */
static void
linger (BatonReferClientContext *self)
{
  guint t1 = baton_refer_client_get_t1 (self);

  baton_timers_clear (baton_refer_client_get_timers (self), &self->linger_timer);
  self->linger_timer = baton_timers_add (baton_refer_client_get_timers (self), self->awaits_answer ? ANSWER_T1S * t1
                                                                               : MAX (LINGER_T1S * t1, 4 * BYE_DELAY_MS),
                                         on_linger_over, self);
}

void
baton_refer_client_end (BatonReferClientContext *self, BatonReferEvent event, BatonReferOutcome outcome)
{
  BatonTimers *timers = baton_refer_client_get_timers (self);

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
  baton_refer_client_end (self, BATON_REFER_EVENT_LOST, self->lost_outcome);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

void
baton_refer_client_watch_for (BatonReferClientContext *self, guint delay_ms, BatonReferOutcome outcome)
{
  baton_timers_clear (baton_refer_client_get_timers (self), &self->notify_timer);
  self->lost_outcome = outcome;
  self->notify_timer = baton_timers_add (baton_refer_client_get_timers (self), delay_ms, on_lost, self);
}

/* ---- The answer to the REFER ---- */

static void
on_request_rejected (BatonReferClientContext *self, guint status, const char *reason)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);

  if (baton_refer_context_get_state (context) != BATON_REFER_STATE_REQUESTED)
    return;
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_REQUEST_REJECTED, status, reason);
  baton_refer_client_end (self, BATON_REFER_EVENT_REQUEST_REJECTED, BATON_REFER_OUTCOME_REFUSED);
}

void
baton_refer_client_request_accepted (BatonReferClientContext *self, guint status, const char *reason, gboolean no_subscription)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);

  if (!baton_refer_context_step (context, BATON_REFER_EVENT_REQUEST_ACCEPTED))
    return;
  if (self->dialog_lost)
    baton_refer_client_watch_for (self, 2 * baton_refer_client_get_t1 (self), BATON_REFER_OUTCOME_NOT_CONFIRMED);
  else if (!self->notified && !no_subscription)
    baton_refer_client_watch_for (self, 64 * baton_refer_client_get_t1 (self), BATON_REFER_OUTCOME_NO_NOTIFY);
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_REQUEST_ACCEPTED, status, reason);
  if (no_subscription)
    baton_refer_client_end (self, BATON_REFER_EVENT_LOST, BATON_REFER_OUTCOME_NO_SUBSCRIPTION);
  else if (self->over_early)
    baton_refer_client_end (self, BATON_REFER_EVENT_LOST, BATON_REFER_OUTCOME_EXPIRED);
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
  baton_timers_clear (baton_refer_client_get_timers (self), &self->answer_timer);
  if (self->linger_timer != 0)
    linger (self);
  if (status >= 200 && status < 300) /* 202 says no more than 200 (RFC 7647 §5) */
    baton_refer_client_request_accepted (self, status, reason, no_subscription);
  else
    on_request_rejected (self, status, reason);
  if (status < 300 && cancelled)
    baton_refer_client_unsubscribe (self);
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
  baton_timers_clear (baton_refer_client_get_timers (self), &self->answer_timer);
  self->answer_timer = baton_timers_add (baton_refer_client_get_timers (self), ANSWER_T1S * baton_refer_client_get_t1 (self), on_answer_timeout, self);
}

void
baton_refer_client_context_response (BatonReferClientContext *self, const BatonSipEvent *event)
{
  guint status = event->status;
  g_autofree char *reason = g_utf8_make_valid (event->phrase, -1);
  BatonSipIdentity *identity = NULL;

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
  /* One that was taken back is not sent again. */
  if (baton_refer_context_get_state (BATON_REFER_CONTEXT (self)) != BATON_REFER_STATE_ENDED)
    identity = baton_refer_applicant_get_identity (self->applicant);
  if (baton_sip_auth_answer_or_give_up (identity, event, &self->auth_attempts))
    return;
  if (status > 699) /* the stack's own numbers: it could not be sent */
    {
      status = 503;
      g_free (reason);
      reason = g_strdup ("Service Unavailable");
    }
  finish_request (self, status, reason, baton_sip_refuses_subscription (event->sip));
}

gboolean
baton_refer_client_context_awaits_answer (BatonReferClientContext *self)
{
  return self->awaits_answer;
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
      if (handle != NULL)
        baton_ua_prepare_handle (handle);
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
        baton_refer_client_answer_notify (event, SIP_489_BAD_EVENT);
      else if (event->sip->sip_event->o_id != NULL && g_strcmp0 (event->sip->sip_event->o_id, self->event_id) != 0)
        baton_refer_client_answer_notify (event, 481, "Subscription Does Not Exist");
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
    baton_refer_client_unsubscribe (self);
  baton_refer_client_end (self, BATON_REFER_EVENT_CANCELLED, BATON_REFER_OUTCOME_CANCELLED);
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
