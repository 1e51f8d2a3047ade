/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-context-private.h"

#include <string.h>

#include "baton-error.h"
#include "baton-name-addr.h"
#include "baton-session-private.h"
#include "baton-sip-body.h"
#include "baton-sipfrag.h"
#include "baton-ua-private.h"

/* nua's peer gives up at 32 s; a REFER that nobody decided about gets 202 and NOTIFY pending before */
#define DECIDE_MS 20000
/* A pending one that nobody ever decides ends by itself: nothing waits for ever */
#define PENDING_MS 180000
#define EXPIRES_S 60
/* Repeated before the subscription runs out, while the target still rings */
#define REPEAT_MS 40000
#define PROGRESS_INTERVAL_MS 1000

struct _BatonReferServerContext
{
  BatonReferContext parent;

  msg_t *request;       /* (nullable) until it was answered */
  char *event_id;       /* as the stack matches it */
  gboolean plain_event; /* first REFER of its dialog: NOTIFYs without id (refer.md §7) */
  gboolean wants_no_subscription; /* Refer-Sub: false in the REFER */
  gboolean subscribed;  /* NOTIFYs are wanted and go out */
  gboolean follows;
  gboolean listed;
  char *source_address;
  char *remote_uri; /* From: who says that they ask */
  char *transport;
  BatonSipIdentity *identity; /* (nullable) whom it was sent to, out of a dialog */
  BatonSession *target_dialog; /* (nullable) the call that it belongs to, though it came outside of it (RFC 4538) */

  guint notifies_out;   /* sent and not answered yet */
  guint sent_status;    /* of the last NOTIFY; 0: none yet */
  gint64 sent_time;
  char *last_frag;      /* what the next repetition says */
  guint heard_status;   /* last 1xx of the target */
  guint next_status;    /* a 1xx that waits for its second */
  char *next_reason;

  guint decide_timer;
  guint progress_timer;
  guint repeat_timer;
  guint linger_timer;
  gulong target_handler;
  gulong status_handler;
};

enum
{
  PROP_0,
  PROP_REPLACES,
  PROP_SOURCE_ADDRESS,
  PROP_TRANSPORT,
  PROP_REMOTE_URI,
  PROP_IDENTITY,
  PROP_TARGET_DIALOG,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void sip_target_iface_init (BatonSipTargetInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonReferServerContext, baton_refer_server_context, BATON_TYPE_REFER_CONTEXT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_SIP_TARGET, sip_target_iface_init))

static BatonTimers *
timers_of (BatonReferServerContext *self)
{
  return baton_ua_get_timers (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)));
}

static void
clear_timers (BatonReferServerContext *self)
{
  BatonTimers *timers;

  if (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)) == NULL)
    return;
  timers = timers_of (self);
  baton_timers_clear (timers, &self->decide_timer);
  baton_timers_clear (timers, &self->progress_timer);
  baton_timers_clear (timers, &self->repeat_timer);
  baton_timers_clear (timers, &self->linger_timer);
}

static void
unwatch_target (BatonReferServerContext *self)
{
  BatonSession *target = baton_refer_context_get_target_session (BATON_REFER_CONTEXT (self));

  if (target == NULL)
    return;
  g_clear_signal_handler (&self->target_handler, target);
  g_clear_signal_handler (&self->status_handler, target);
}

/* ---- The end ---- */

static void
delist (BatonReferServerContext *self)
{
  if (!self->listed)
    return;
  self->listed = FALSE;
  baton_timers_clear (timers_of (self), &self->linger_timer);
  baton_refer_context_delist (BATON_REFER_CONTEXT (self));
}

static gboolean
on_linger_over (gpointer data)
{
  BatonReferServerContext *self = data;

  self->linger_timer = 0;
  delist (self);
  return G_SOURCE_REMOVE;
}

static void
drop_request (BatonReferServerContext *self)
{
  if (self->request != NULL)
    msg_destroy (self->request);
  self->request = NULL;
}

/*
 * Ends the context. The handle is wanted until the last NOTIFY was answered, or the stack has given
 * up on it: not for ever, and not by the caller's clock alone.
 */
static void
end (BatonReferServerContext *self, BatonReferEvent event, BatonReferOutcome outcome)
{
  guint t1 = baton_ua_get_t1 (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)));

  g_object_ref (self);
  clear_timers (self);
  unwatch_target (self);
  drop_request (self);
  self->linger_timer = baton_timers_add (timers_of (self), self->notifies_out > 0 ? 64 * t1 : 0, on_linger_over, self);
  baton_refer_context_end (BATON_REFER_CONTEXT (self), event, outcome);
  g_object_unref (self);
}

/* ---- NOTIFY ---- */

static gboolean
on_repeat_time (gpointer data);

static void
send_notify (BatonReferServerContext *self, const char *frag, const char *state)
{
  BatonSession *session = baton_refer_context_get_session (BATON_REFER_CONTEXT (self));
  nua_handle_t *handle = baton_refer_context_get_handle (BATON_REFER_CONTEXT (self));
  gboolean plain = self->plain_event || self->event_id == NULL;
  g_autofree char *event = plain ? g_strdup ("refer") : g_strdup_printf ("refer;id=%s", self->event_id);
  /* A NOTIFY without id that crosses a second REFER makes the stack end the second's subscription: it gets a new one */
  gboolean renew = !plain && session != NULL && baton_session_get_state (session) == BATON_SESSION_STATE_ESTABLISHED;

  if (!self->subscribed || handle == NULL)
    return;
  self->notifies_out++;
  if (session != NULL)
    g_queue_push_tail (baton_refer_notifies_of (session), self);
  nua_notify (handle, SIPTAG_EVENT_STR (event), SIPTAG_SUBSCRIPTION_STATE_STR (state),
              SIPTAG_CONTENT_TYPE_STR ("message/sipfrag;version=2.0"), SIPTAG_PAYLOAD_STR (frag), NUTAG_NEWSUB (renew),
              TAG_END ());
}

static void
notify_progress (BatonReferServerContext *self, guint status, const char *reason)
{
  gboolean pending = baton_refer_context_get_state (BATON_REFER_CONTEXT (self)) == BATON_REFER_STATE_PENDING;
  g_autofree char *state = g_strdup_printf ("%s;expires=%d", pending ? "pending" : "active", EXPIRES_S);

  g_free (self->last_frag);
  self->last_frag = baton_sipfrag_format (status, reason);
  self->sent_status = status;
  self->sent_time = baton_timers_now (timers_of (self));
  send_notify (self, self->last_frag, state);
  baton_timers_clear (timers_of (self), &self->repeat_timer);
  self->repeat_timer = baton_timers_add (timers_of (self), REPEAT_MS, on_repeat_time, self);
}

/* The subscription would run out while the target rings, and not every referrer refreshes it */
static gboolean
on_repeat_time (gpointer data)
{
  BatonReferServerContext *self = data;
  gboolean pending = baton_refer_context_get_state (BATON_REFER_CONTEXT (self)) == BATON_REFER_STATE_PENDING;
  g_autofree char *state = g_strdup_printf ("%s;expires=%d", pending ? "pending" : "active", EXPIRES_S);

  self->sent_time = baton_timers_now (timers_of (self));
  send_notify (self, self->last_frag, state);
  return G_SOURCE_CONTINUE;
}

static void
notify_final_frag (BatonReferServerContext *self, const char *frag)
{
  send_notify (self, frag, "terminated;reason=noresource");
  self->subscribed = FALSE;
}

static void
notify_final (BatonReferServerContext *self, guint status, const char *reason)
{
  g_autofree char *frag = baton_sipfrag_format (status, reason);

  notify_final_frag (self, frag);
}

static gboolean
on_progress_time (gpointer data)
{
  BatonReferServerContext *self = data;

  self->progress_timer = 0;
  notify_progress (self, self->next_status, self->next_reason);
  return G_SOURCE_REMOVE;
}

/* At most one a second (refer.md §3.3): the newest waits for its turn */
static void
queue_progress (BatonReferServerContext *self, guint status, const char *reason)
{
  gint64 passed_ms = (baton_timers_now (timers_of (self)) - self->sent_time) / 1000;

  g_free (self->next_reason);
  self->next_status = status;
  self->next_reason = g_strdup (reason);
  if (self->progress_timer != 0)
    return;
  if (passed_ms >= PROGRESS_INTERVAL_MS)
    notify_progress (self, status, reason);
  else
    self->progress_timer = baton_timers_add (timers_of (self), (guint) (PROGRESS_INTERVAL_MS - passed_ms), on_progress_time,
                                             self);
}

void
baton_refer_server_context_notify_response (BatonReferServerContext *self, const BatonSipEvent *event)
{
  if (event->status < 200)
    return;
  if (self->notifies_out > 0)
    self->notifies_out--;
  if (event->status >= 300) /* nobody listens any more; the call that was asked for goes on (refer.md §3.4) */
    {
      g_debug ("refer %p: NOTIFY got %u", (void *) self, event->status);
      self->subscribed = FALSE;
    }
  if (baton_refer_context_get_state (BATON_REFER_CONTEXT (self)) == BATON_REFER_STATE_ENDED && self->notifies_out == 0)
    delist (self);
}

gboolean
baton_refer_server_context_awaits_answer (BatonReferServerContext *self)
{
  return self->notifies_out > 0;
}

void
baton_refer_server_context_subscribe (BatonReferServerContext *self, const BatonSipEvent *event)
{
  gboolean ends = event->sip != NULL && event->sip->sip_expires != NULL && event->sip->sip_expires->ex_delta == 0;
  BatonReferContext *context = BATON_REFER_CONTEXT (self);

  if (event->status < 200)
    nua_respond (event->handle, SIP_200_OK, NUTAG_WITH_THIS (event->nua),
                 SIPTAG_EXPIRES_STR (ends ? "0" : G_STRINGIFY (EXPIRES_S)), TAG_END ());
  if (!ends)
    {
      if (self->last_frag != NULL && baton_refer_context_get_state (context) != BATON_REFER_STATE_ENDED)
        on_repeat_time (self);
      return;
    }
  send_notify (self, self->last_frag != NULL ? self->last_frag : "SIP/2.0 100 Trying\r\n", "terminated;reason=timeout");
  self->subscribed = FALSE;
  if (baton_refer_context_get_state (context) == BATON_REFER_STATE_PENDING)
    end (self, BATON_REFER_EVENT_UNSUBSCRIBED, BATON_REFER_OUTCOME_CANCELLED);
  else
    baton_refer_context_step (context, BATON_REFER_EVENT_UNSUBSCRIBED);
}

/* ---- Following ---- */

static void
on_target_final (BatonReferServerContext *self, guint status, const char *reason)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  gboolean accepted = status < 300;

  if (baton_refer_context_get_state (context) != BATON_REFER_STATE_ACCEPTED)
    return;
  g_object_ref (self);
  unwatch_target (self);
  clear_timers (self);
  notify_final (self, status, reason);
  baton_refer_context_emit_status (context, accepted ? BATON_REFER_SIGNAL_ACCEPTED : BATON_REFER_SIGNAL_REJECTED, status,
                                   reason);
  end (self, BATON_REFER_EVENT_FINAL, accepted ? BATON_REFER_OUTCOME_ACCEPTED : BATON_REFER_OUTCOME_REJECTED);
  g_object_unref (self);
}

static void
on_target_progress (BatonReferServerContext *self, guint status, const char *reason)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);

  if (!baton_refer_context_step (context, BATON_REFER_EVENT_PROGRESS))
    return;
  queue_progress (self, status, reason);
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_PROGRESS, status, reason);
}

static void
on_target_failed (BatonReferServerContext *self, BatonSession *target)
{
  guint status = baton_session_get_status (target);
  const char *reason = baton_session_get_reason (target);

  if (status >= 300 && status <= 699)
    on_target_final (self, status, reason);
  else if (status > 699) /* the stack's own: no SIP response at all */
    on_target_final (self, SIP_503_SERVICE_UNAVAILABLE);
  else /* we gave it up ourselves */
    on_target_final (self, SIP_487_REQUEST_CANCELLED);
}

static void
on_target_state (BatonSession *target, GParamSpec *pspec, BatonReferServerContext *self)
{
  guint status = baton_session_get_status (target);

  switch (baton_session_get_state (target))
    {
    case BATON_SESSION_STATE_NEW:
    case BATON_SESSION_STATE_INCOMING:
      break;
    case BATON_SESSION_STATE_CALLING:
    case BATON_SESSION_STATE_RINGING:
    case BATON_SESSION_STATE_EARLY:
      /* The status comes before the state that follows from it, and is heard of once */
      if (status > 100 && status < 200 && status != self->heard_status)
        {
          self->heard_status = status;
          on_target_progress (self, status, baton_session_get_reason (target));
        }
      break;
    case BATON_SESSION_STATE_ESTABLISHED:
      on_target_final (self, SIP_200_OK);
      break;
    case BATON_SESSION_STATE_TERMINATED:
      on_target_failed (self, target);
      break;
    }
}

static void
follow (BatonReferServerContext *self, const BatonReferAcceptOptions *options)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  BatonSession *session = baton_refer_context_get_session (context);
  const BatonReferTo *refer_to = baton_refer_context_get_refer_to (context);
  BatonReferFollower *follower = baton_ua_get_refer_follower (baton_refer_context_get_ua (context));
  g_autofree char *uri = baton_sip_uri_to_request_uri (refer_to->uri);
  g_autoptr (BatonSession) target = NULL;
  g_autoptr (GError) error = NULL;
  BatonInviteOptions invite = { 0 };

  if (options != NULL && options->invite_options != NULL)
    invite = *options->invite_options;
  invite.referred_by = baton_refer_context_get_referred_by (context);
  if (refer_to->replaces != NULL)
    {
      invite.replaces = refer_to->replaces;
      invite.require_replaces = invite.require_replaces || refer_to->require_replaces;
    }
  if (follower != NULL)
    target = baton_refer_follower_follow (follower, self, uri, &invite, options != NULL ? options->modifier : NULL,
                                          options != NULL ? options->modifier_data : NULL, &error);
  if (target == NULL)
    {
      guint status = error != NULL ? baton_error_get_sip_status (error) : 0;

      g_debug ("refer %p: can't follow: %s", (void *) self, error != NULL ? error->message : "nobody places calls");
      if (status >= 300 && status <= 699)
        on_target_final (self, status, sip_status_phrase ((int) status));
      else
        on_target_final (self, SIP_603_DECLINE);
      return;
    }
  if (session == NULL)
    session = self->target_dialog;
  baton_refer_set_depth (target, (session != NULL ? baton_refer_get_depth (session) : 0) + 1);
  baton_refer_context_set_target_session (context, target);
  self->target_handler = g_signal_connect_object (target, "notify::state", G_CALLBACK (on_target_state), self, 0);
  self->status_handler = g_signal_connect_object (target, "notify::status", G_CALLBACK (on_target_state), self, 0);
  baton_refer_context_emit_invite_sent (context, target);
  if (self->target_handler != 0)
    on_target_state (target, NULL, self); /* it may be over already */
}

BatonSession *
baton_refer_follower_follow (BatonReferFollower *self, BatonReferServerContext *context, const char *uri,
                             const BatonInviteOptions *options, BatonSdpModifier modifier, gpointer modifier_data, GError **error)
{
  return BATON_REFER_FOLLOWER_GET_IFACE (self)->follow (self, context, uri, options, modifier, modifier_data, error);
}

G_DEFINE_INTERFACE (BatonReferFollower, baton_refer_follower, G_TYPE_OBJECT)

static void
baton_refer_follower_default_init (BatonReferFollowerInterface *iface)
{
}

/* ---- Deciding ---- */

static void
respond (BatonReferServerContext *self, guint status, const char *reason, const char *extra)
{
  nua_handle_t *handle = baton_refer_context_get_handle (BATON_REFER_CONTEXT (self));
  gboolean no_subscription = status >= 200 && status < 300 && !self->subscribed;

  /* nua doesn't copy the phrase, and keeps the request until it is done: so the phrase lives there */
  if (handle != NULL && self->request != NULL)
    nua_respond (handle, (int) status, su_strdup (msg_home (self->request), reason), NUTAG_WITH (self->request),
                 TAG_IF (no_subscription, SIPTAG_REFER_SUB_STR ("false")),
                 TAG_IF (extra != NULL, SIPTAG_HEADER_STR (extra)), TAG_END ());
  if (status >= 200)
    drop_request (self);
}

static gboolean
on_pending_too_long (gpointer data)
{
  BatonReferServerContext *self = data;

  self->decide_timer = 0;
  baton_refer_server_context_reject (self, 0, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_undecided (gpointer data)
{
  BatonReferServerContext *self = data;

  self->decide_timer = 0;
  if (!baton_refer_context_step (BATON_REFER_CONTEXT (self), BATON_REFER_EVENT_DEFERRED))
    return G_SOURCE_REMOVE;
  self->decide_timer = baton_timers_add (timers_of (self), PENDING_MS, on_pending_too_long, self);
  self->subscribed = TRUE; /* only a NOTIFY can tell now */
  respond (self, SIP_202_ACCEPTED, NULL);
  notify_progress (self, SIP_100_TRYING);
  return G_SOURCE_REMOVE;
}

gboolean
baton_refer_server_context_progress (BatonReferServerContext *self, GError **error)
{
  g_return_val_if_fail (BATON_IS_REFER_SERVER_CONTEXT (self), FALSE);
  if (!baton_refer_context_step (BATON_REFER_CONTEXT (self), BATON_REFER_EVENT_REQUEST_PROGRESS))
    return baton_refer_context_set_state_error (error, "The transfer request was answered already.");
  respond (self, SIP_100_TRYING, NULL);
  baton_refer_context_emit_status (BATON_REFER_CONTEXT (self), BATON_REFER_SIGNAL_REQUEST_PROGRESS, SIP_100_TRYING);
  return TRUE;
}

gboolean
baton_refer_server_context_accept (BatonReferServerContext *self, const BatonReferAcceptOptions *options, GError **error)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  g_autofree char *extra = NULL;

  g_return_val_if_fail (BATON_IS_REFER_SERVER_CONTEXT (self), FALSE);
  if (options != NULL && !baton_refer_check_extra_headers (options->extra_headers, error))
    return FALSE;
  if (options != NULL && options->invite_options != NULL &&
      !baton_refer_check_extra_headers (options->invite_options->extra_headers, error))
    return FALSE;
  if (!baton_refer_context_step (context, BATON_REFER_EVENT_REQUEST_ACCEPTED))
    return baton_refer_context_set_state_error (error, "The transfer request was decided already, or is over.");
  g_object_ref (self);
  baton_timers_clear (timers_of (self), &self->decide_timer);
  self->follows = options == NULL || options->follow_refer;
  if (self->request != NULL && self->wants_no_subscription)
    self->subscribed = FALSE;
  extra = options != NULL ? baton_refer_join_headers (options->extra_headers) : NULL;
  respond (self, SIP_202_ACCEPTED, extra);
  notify_progress (self, SIP_100_TRYING);
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_REQUEST_ACCEPTED, SIP_202_ACCEPTED);
  if (self->follows && baton_refer_context_get_state (context) == BATON_REFER_STATE_ACCEPTED)
    follow (self, options);
  g_object_unref (self);
  return TRUE;
}

gboolean
baton_refer_server_context_reject (BatonReferServerContext *self, guint status, const char *reason, GError **error)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  g_autofree char *clean = NULL;

  g_return_val_if_fail (BATON_IS_REFER_SERVER_CONTEXT (self), FALSE);
  if (status == 0)
    status = 603;
  if (status < 300 || status > 699 || (reason != NULL && !baton_header_value_is_safe (reason)))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "A transfer request is declined with a status between 300 and 699.");
      return FALSE;
    }
  if (baton_refer_state_next (BATON_DIRECTION_INCOMING, baton_refer_context_get_state (context),
                              BATON_REFER_EVENT_REQUEST_REJECTED) < 0)
    return baton_refer_context_set_state_error (error, "The transfer request was decided already, or is over.");
  if (reason == NULL)
    reason = sip_status_phrase ((int) status);
  clean = g_strdup (reason != NULL ? reason : "Declined");
  g_object_ref (self);
  if (baton_refer_context_get_state (context) == BATON_REFER_STATE_PENDING)
    notify_final (self, status, clean);
  else
    respond (self, status, clean, NULL);
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_REQUEST_REJECTED, status, clean);
  end (self, BATON_REFER_EVENT_REQUEST_REJECTED, BATON_REFER_OUTCOME_REFUSED);
  g_object_unref (self);
  return TRUE;
}

gboolean
baton_refer_server_context_proves_password (BatonReferServerContext *self, BatonSipIdentity *identity)
{
  BatonUa *ua = baton_refer_context_get_ua (BATON_REFER_CONTEXT (self));

  g_return_val_if_fail (BATON_IS_REFER_SERVER_CONTEXT (self), FALSE);
  return self->request != NULL &&
         baton_sip_challenge_check (baton_ua_get_challenge (ua), identity, sip_object (self->request));
}

gboolean
baton_refer_server_context_challenge (BatonReferServerContext *self, BatonSipIdentity *identity, GError **error)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  g_autofree char *challenge = NULL, *header = NULL;

  g_return_val_if_fail (BATON_IS_REFER_SERVER_CONTEXT (self), FALSE);
  if (self->request == NULL || baton_refer_context_get_state (context) != BATON_REFER_STATE_REQUESTED)
    return baton_refer_context_set_state_error (error, "The transfer request was answered already.");
  challenge = baton_sip_challenge_make (baton_ua_get_challenge (baton_refer_context_get_ua (context)), identity);
  header = g_strdup_printf ("WWW-Authenticate: %s\r\n", challenge);
  g_object_ref (self);
  respond (self, SIP_401_UNAUTHORIZED, header);
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_REQUEST_REJECTED, SIP_401_UNAUTHORIZED);
  end (self, BATON_REFER_EVENT_REQUEST_REJECTED, BATON_REFER_OUTCOME_REFUSED);
  g_object_unref (self);
  return TRUE;
}

/* The body as it must be on the wire: CRLF at the end of every line of the head */
static char *
normalise_frag (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\n' && (p == text || p[-1] != '\r'))
        g_string_append_c (out, '\r');
      g_string_append_c (out, *p);
    }
  if (!g_str_has_suffix (out->str, "\r\n"))
    g_string_append (out, "\r\n");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

gboolean
baton_refer_server_context_send_notify (BatonReferServerContext *self, const char *sipfrag, GError **error)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  g_autoptr (BatonSipfrag) frag = NULL;
  g_autofree char *body = NULL;

  g_return_val_if_fail (BATON_IS_REFER_SERVER_CONTEXT (self), FALSE);
  frag = baton_sipfrag_parse (sipfrag, -1, error);
  if (frag == NULL)
    return FALSE;
  if (baton_refer_context_get_state (context) != BATON_REFER_STATE_ACCEPTED || self->follows)
    return baton_refer_context_set_state_error (
      error, "A report can only be sent for a transfer that was accepted and is carried out by hand.");
  body = normalise_frag (sipfrag);
  g_object_ref (self);
  if (frag->status < 200)
    {
      g_free (self->last_frag);
      self->last_frag = g_steal_pointer (&body);
      self->sent_status = frag->status;
      on_repeat_time (self);
      baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_PROGRESS, frag->status, frag->reason);
    }
  else
    {
      gboolean accepted = frag->status < 300;

      notify_final_frag (self, body);
      baton_refer_context_emit_status (context, accepted ? BATON_REFER_SIGNAL_ACCEPTED : BATON_REFER_SIGNAL_REJECTED,
                                       frag->status, frag->reason);
      end (self, BATON_REFER_EVENT_FINAL, accepted ? BATON_REFER_OUTCOME_ACCEPTED : BATON_REFER_OUTCOME_REJECTED);
    }
  g_object_unref (self);
  return TRUE;
}

/* ---- Receiving ---- */

static void
note_request (BatonReferServerContext *self, const BatonSipEvent *event)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  BatonSession *session = baton_refer_context_get_session (context);
  sip_refer_sub_t const *refer_sub = sip_refer_sub (event->sip);
  sip_event_t const *refer_event = NULL;
  const char *transport = NULL;

  tl_gets (event->tags, NUTAG_REFER_EVENT_REF (refer_event), TAG_END ());
  self->event_id = refer_event != NULL ? g_strdup (refer_event->o_id) : NULL;
  self->plain_event = session == NULL || baton_refer_count_received (session) == 0;
  self->wants_no_subscription = refer_sub != NULL && refer_sub->rs_value != NULL &&
                                g_ascii_strcasecmp (refer_sub->rs_value, "false") == 0;
  self->subscribed = TRUE;
  self->source_address = baton_ua_dup_source_address (baton_refer_context_get_ua (context), event, &transport);
  self->transport = g_strdup (transport);
  if (event->sip != NULL && event->sip->sip_from != NULL)
    self->remote_uri = baton_sip_body_dup_url (event->sip->sip_from->a_url);
  if (event->status < 200)
    self->request = baton_sip_event_keep_request (event);
  if (session == NULL)
    {
      g_set_object (&self->identity, baton_ua_find_identity (baton_refer_context_get_ua (context), event->sip));
      g_set_object (&self->target_dialog, baton_refer_find_target_dialog (baton_refer_context_get_ua (context), event->sip));
    }
}

static void
ask_around (BatonReferServerContext *self)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  BatonUa *ua = baton_refer_context_get_ua (context);
  gboolean handled = FALSE;

  self->decide_timer = baton_timers_add (timers_of (self), DECIDE_MS, on_undecided, self);
  if (baton_refer_context_get_session (context) != NULL)
    {
      handled = baton_refer_context_emit_requested (context);
      if (!handled && baton_refer_context_get_state (context) == BATON_REFER_STATE_REQUESTED)
        baton_refer_server_context_accept (self, NULL, NULL);
      return;
    }
  /* A stranger is never followed because nobody was there to say no (refer.md §5) */
  g_signal_emit_by_name (ua, "out-of-dialog-refer-requested", self, &handled);
  if (!handled && baton_refer_context_get_state (context) == BATON_REFER_STATE_REQUESTED)
    baton_refer_server_context_reject (self, 0, NULL, NULL);
}

void
baton_refer_server_context_receive (BatonUa *ua, BatonSession *session, const BatonSipEvent *event)
{
  g_autofree char *text = NULL, *referred_by = NULL;
  g_autoptr (BatonReferTo) refer_to = NULL;
  g_autoptr (BatonReferServerContext) self = NULL;
  const char *phrase = NULL;
  guint status = baton_refer_judge (ua, session, event, &text, &refer_to, &referred_by, &phrase);

  if (status != 0)
    {
      baton_refer_refuse_at_once (ua, session, event, text, status, phrase);
      return;
    }
  self = g_object_new (BATON_TYPE_REFER_SERVER_CONTEXT, NULL);
  baton_refer_context_setup (BATON_REFER_CONTEXT (self), ua, BATON_DIRECTION_INCOMING, (GObject *) session);
  if (session == NULL)
    {
      baton_refer_context_take_handle (BATON_REFER_CONTEXT (self), event->handle);
      baton_sip_target_attach (BATON_SIP_TARGET (self), event->handle);
    }
  baton_refer_context_take_refer_to (BATON_REFER_CONTEXT (self), g_steal_pointer (&refer_to), text);
  baton_refer_context_set_referred_by (BATON_REFER_CONTEXT (self), referred_by);
  note_request (self, event);
  baton_refer_context_step (BATON_REFER_CONTEXT (self), BATON_REFER_EVENT_REQUEST);
  self->listed = TRUE;
  baton_refer_context_enlist (BATON_REFER_CONTEXT (self));
  ask_around (self);
}

gboolean
baton_refer_server_context_is_plain (BatonReferServerContext *self)
{
  return self->plain_event;
}

gboolean
baton_refer_server_context_matches (BatonReferServerContext *self, const char *id)
{
  return id == NULL ? self->plain_event : g_strcmp0 (id, self->event_id) == 0;
}

void
baton_refer_server_context_abort (BatonReferServerContext *self)
{
  g_object_ref (self);
  clear_timers (self);
  unwatch_target (self);
  drop_request (self);
  self->subscribed = FALSE;
  baton_refer_context_end (BATON_REFER_CONTEXT (self), BATON_REFER_EVENT_CANCELLED, BATON_REFER_OUTCOME_CANCELLED);
  delist (self);
  g_object_unref (self);
}

static void
sip_target_event (BatonSipTarget *target, const BatonSipEvent *event)
{
  BatonReferServerContext *self = BATON_REFER_SERVER_CONTEXT (target);

  switch ((int) event->event)
    {
    case nua_r_notify:
      baton_refer_server_context_notify_response (self, event);
      break;
    case nua_i_subscribe:
      baton_refer_server_context_subscribe (self, event);
      break;
    case nua_i_refer: /* a second one in the dialog that the first made: a context of its own would need this handle */
      if (event->status < 200)
        nua_respond (event->handle, SIP_491_REQUEST_PENDING, NUTAG_WITH_THIS (event->nua), TAG_END ());
      break;
    default: /* of no meaning to a subscription */
      break;
    }
}

static void
sip_target_iface_init (BatonSipTargetInterface *iface)
{
  iface->event = sip_target_event;
}

/* ---- GObject ---- */

const BatonReplaces *
baton_refer_server_context_get_replaces (BatonReferServerContext *self)
{
  const BatonReferTo *refer_to = baton_refer_context_get_refer_to (BATON_REFER_CONTEXT (self));

  return refer_to != NULL ? refer_to->replaces : NULL;
}

static void
baton_refer_server_context_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonReferServerContext *self = BATON_REFER_SERVER_CONTEXT (object);

  switch (id)
    {
    case PROP_REPLACES:
      g_value_set_boxed (value, baton_refer_server_context_get_replaces (self));
      break;
    case PROP_SOURCE_ADDRESS:
      g_value_set_string (value, self->source_address);
      break;
    case PROP_REMOTE_URI:
      g_value_set_string (value, self->remote_uri);
      break;
    case PROP_TRANSPORT:
      g_value_set_string (value, self->transport);
      break;
    case PROP_IDENTITY:
      g_value_set_object (value, self->identity);
      break;
    case PROP_TARGET_DIALOG:
      g_value_set_object (value, self->target_dialog);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_refer_server_context_dispose (GObject *object)
{
  BatonReferServerContext *self = BATON_REFER_SERVER_CONTEXT (object);

  clear_timers (self);
  unwatch_target (self);
  drop_request (self);
  g_clear_object (&self->identity);
  g_clear_object (&self->target_dialog);
  G_OBJECT_CLASS (baton_refer_server_context_parent_class)->dispose (object);
}

static void
baton_refer_server_context_finalize (GObject *object)
{
  BatonReferServerContext *self = BATON_REFER_SERVER_CONTEXT (object);

  g_free (self->event_id);
  g_free (self->source_address);
  g_free (self->remote_uri);
  g_free (self->transport);
  g_free (self->last_frag);
  g_free (self->next_reason);
  G_OBJECT_CLASS (baton_refer_server_context_parent_class)->finalize (object);
}

static void
baton_refer_server_context_class_init (BatonReferServerContextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = baton_refer_server_context_get_property;
  object_class->dispose = baton_refer_server_context_dispose;
  object_class->finalize = baton_refer_server_context_finalize;

  props[PROP_REPLACES] = g_param_spec_boxed ("replaces", NULL, NULL, BATON_TYPE_REPLACES, flags);
  props[PROP_SOURCE_ADDRESS] = g_param_spec_string ("source-address", NULL, NULL, NULL, flags);
  props[PROP_TRANSPORT] = g_param_spec_string ("transport", NULL, NULL, NULL, flags);
  props[PROP_REMOTE_URI] = g_param_spec_string ("remote-uri", NULL, NULL, NULL, flags);
  props[PROP_IDENTITY] = g_param_spec_object ("identity", NULL, NULL, BATON_TYPE_SIP_IDENTITY, flags);
  props[PROP_TARGET_DIALOG] = g_param_spec_object ("target-dialog", NULL, NULL, BATON_TYPE_SESSION, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
baton_refer_server_context_init (BatonReferServerContext *self)
{
}
