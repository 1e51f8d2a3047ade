/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-server-fields.h"

#include <string.h>

#include "baton-error.h"
#include "baton-name-addr.h"
#include "baton-session-private.h"
#include "baton-sip-address.h"
#include "baton-sip-auth.h"
#include "baton-sip-body.h"
#include "baton-sipfrag.h"
#include "baton-ua-private.h"

/* nua's peer gives up at 32 s; a REFER that nobody decided about gets 202 and NOTIFY pending before */
#define DECIDE_MS 20000
/* A pending one that nobody ever decides ends by itself: nothing waits for ever */
#define PENDING_MS 180000

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

BatonTimers *
baton_refer_server_get_timers (BatonReferServerContext *self)
{
  return baton_ua_get_timers (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)));
}

void
baton_refer_server_clear_timers (BatonReferServerContext *self)
{
  BatonTimers *timers;

  if (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)) == NULL)
    return;
  timers = baton_refer_server_get_timers (self);
  baton_timers_clear (timers, &self->decide_timer);
  baton_timers_clear (timers, &self->progress_timer);
  baton_timers_clear (timers, &self->repeat_timer);
  baton_timers_clear (timers, &self->linger_timer);
}

void
baton_refer_server_unwatch_target (BatonReferServerContext *self)
{
  BatonSession *target = baton_refer_context_get_target_session (BATON_REFER_CONTEXT (self));

  if (target == NULL)
    return;
  g_clear_signal_handler (&self->target_handler, target);
  g_clear_signal_handler (&self->status_handler, target);
}

/* ---- The end ---- */

void
baton_refer_server_delist (BatonReferServerContext *self)
{
  if (!self->listed)
    return;
  self->listed = FALSE;
  baton_timers_clear (baton_refer_server_get_timers (self), &self->linger_timer);
  baton_refer_context_delist (BATON_REFER_CONTEXT (self));
}

static gboolean
on_linger_over (gpointer data)
{
  BatonReferServerContext *self = data;

  self->linger_timer = 0;
  baton_refer_server_delist (self);
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
void
baton_refer_server_end (BatonReferServerContext *self, BatonReferEvent event, BatonReferOutcome outcome)
{
  guint t1 = baton_ua_get_t1 (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)));

  g_object_ref (self);
  baton_refer_server_clear_timers (self);
  baton_refer_server_unwatch_target (self);
  drop_request (self);
  self->linger_timer = baton_timers_add (baton_refer_server_get_timers (self), self->notifies_out > 0 ? 64 * t1 : 0,
                                         on_linger_over, self);
  baton_refer_context_end (BATON_REFER_CONTEXT (self), event, outcome);
  g_object_unref (self);
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
  self->decide_timer = baton_timers_add (baton_refer_server_get_timers (self), PENDING_MS, on_pending_too_long, self);
  self->subscribed = TRUE; /* only a NOTIFY can tell now */
  respond (self, SIP_202_ACCEPTED, NULL);
  baton_refer_report_progress (self, SIP_100_TRYING);
  return G_SOURCE_REMOVE;
}

gboolean
baton_refer_server_context_progress (BatonReferServerContext *self, GError **error)
{
  g_return_val_if_fail (BATON_IS_REFER_SERVER_CONTEXT (self), FALSE);
  if (self->refused || !baton_refer_context_step (BATON_REFER_CONTEXT (self), BATON_REFER_EVENT_REQUEST_PROGRESS))
    return baton_refer_context_set_state_error (error, "The transfer request was answered already.");
  respond (self, SIP_100_TRYING, NULL);
  baton_refer_context_emit_status (BATON_REFER_CONTEXT (self), BATON_REFER_SIGNAL_REQUEST_PROGRESS, SIP_100_TRYING);
  return TRUE;
}

/* With nothing else before it: later on our sockets are opened, and the user is told. */
static void
respond_accepted (BatonReferServerContext *self, const char *extra)
{
  if (self->request == NULL)
    return;
  if (self->wants_no_subscription)
    self->subscribed = FALSE;
  respond (self, SIP_202_ACCEPTED, extra);
  baton_ua_flush (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)));
}

void
baton_refer_server_context_tell_accepted (BatonReferServerContext *self)
{
  if (self->told_accepted)
    return;
  self->told_accepted = TRUE;
  baton_refer_context_emit_status (BATON_REFER_CONTEXT (self), BATON_REFER_SIGNAL_REQUEST_ACCEPTED, SIP_202_ACCEPTED);
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
  if (self->refused || !baton_refer_context_step (context, BATON_REFER_EVENT_REQUEST_ACCEPTED))
    return baton_refer_context_set_state_error (error, "The transfer request was decided already, or is over.");
  g_object_ref (self);
  baton_timers_clear (baton_refer_server_get_timers (self), &self->decide_timer);
  self->follows = options == NULL || options->follow_refer;
  extra = options != NULL ? baton_refer_join_headers (options->extra_headers) : NULL;
  respond_accepted (self, extra);
  baton_refer_report_trying (self);
  if (!self->answered)
    baton_refer_server_context_tell_accepted (self);
  if (self->follows && baton_refer_context_get_state (context) == BATON_REFER_STATE_ACCEPTED)
    baton_refer_follow (self, options);
  if (baton_refer_context_get_state (context) == BATON_REFER_STATE_ACCEPTED) /* the INVITE first */
    baton_refer_report_repeat (self);
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
  if (status < 300 || status > 699)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "A transfer request is declined with a status between 300 and 699.");
      return FALSE;
    }
  if (reason != NULL && !baton_header_value_is_safe (reason))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "The reason has to be one line of text, and not too long.");
      return FALSE;
    }
  if (self->refused || baton_refer_state_next (BATON_DIRECTION_INCOMING, baton_refer_context_get_state (context),
                                               BATON_REFER_EVENT_REQUEST_REJECTED) < 0)
    return baton_refer_context_set_state_error (error, "The transfer request was decided already, or is over.");
  if (reason == NULL)
    reason = sip_status_phrase ((int) status);
  clean = g_strdup (reason != NULL ? reason : "Declined");
  self->refused = TRUE;
  g_object_ref (self);
  if (baton_refer_context_get_state (context) == BATON_REFER_STATE_PENDING)
    baton_refer_report_final (self, status, clean);
  else
    respond (self, status, clean, NULL);
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_REQUEST_REJECTED, status, clean);
  baton_refer_server_end (self, BATON_REFER_EVENT_REQUEST_REJECTED, BATON_REFER_OUTCOME_REFUSED);
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
  if (self->refused || self->request == NULL || baton_refer_context_get_state (context) != BATON_REFER_STATE_REQUESTED)
    return baton_refer_context_set_state_error (error, "The transfer request was answered already.");
  self->refused = TRUE;
  challenge = baton_sip_challenge_make (baton_ua_get_challenge (baton_refer_context_get_ua (context)), identity);
  header = g_strdup_printf ("WWW-Authenticate: %s\r\n", challenge);
  g_object_ref (self);
  respond (self, SIP_401_UNAUTHORIZED, header);
  baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_REQUEST_REJECTED, SIP_401_UNAUTHORIZED);
  baton_refer_server_end (self, BATON_REFER_EVENT_REQUEST_REJECTED, BATON_REFER_OUTCOME_REFUSED);
  g_object_unref (self);
  return TRUE;
}

/* The body as it must be on the wire: the status line as RFC 3261 §7.2 has it, CRLF at the end of every line of the head */
static char *
normalise_frag (const BatonSipfrag *frag, const char *text)
{
  g_autofree char *line = baton_sipfrag_format (frag->status, frag->reason);
  g_autoptr (GString) out = g_string_new (line);

  text += strspn (text, "\r\n");
  text += strcspn (text, "\n");
  if (*text == '\n')
    text++;
  for (; *text != '\0'; text++)
    {
      if (*text == '\n')
        g_string_append (out, "\r\n");
      else if (*text != '\r')
        g_string_append_c (out, *text);
      else if (text[1] != '\n')
        g_string_append (out, "\r\n");
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
  g_return_val_if_fail (sipfrag != NULL, FALSE);
  if (!g_utf8_validate (sipfrag, -1, NULL))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "A report has to be text in UTF-8.");
      return FALSE;
    }
  frag = baton_sipfrag_parse (sipfrag, -1, error);
  if (frag == NULL)
    return FALSE;
  if (baton_refer_context_get_state (context) != BATON_REFER_STATE_ACCEPTED || self->follows)
    return baton_refer_context_set_state_error (
      error, "A report can only be sent for a transfer that was accepted and is carried out by hand.");
  body = normalise_frag (frag, sipfrag);
  g_object_ref (self);
  if (frag->status < 200)
    {
      g_free (self->last_frag);
      self->last_frag = g_steal_pointer (&body);
      self->sent_status = frag->status;
      baton_refer_report_again (self);
      baton_refer_context_emit_status (context, BATON_REFER_SIGNAL_PROGRESS, frag->status, frag->reason);
    }
  else
    {
      gboolean accepted = frag->status < 300;

      baton_refer_report_final_frag (self, body);
      baton_refer_context_emit_status (context, accepted ? BATON_REFER_SIGNAL_ACCEPTED : BATON_REFER_SIGNAL_REJECTED,
                                       frag->status, frag->reason);
      baton_refer_server_end (self, BATON_REFER_EVENT_FINAL,
                              accepted ? BATON_REFER_OUTCOME_ACCEPTED : BATON_REFER_OUTCOME_REJECTED);
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
  sip_event_t const *refer_event = NULL;

  tl_gets (event->tags, NUTAG_REFER_EVENT_REF (refer_event), TAG_END ());
  self->event_id = refer_event != NULL ? g_strdup (refer_event->o_id) : NULL;
  self->plain_event = session == NULL || baton_refer_count_received (session) == 0;
  self->wants_no_subscription = baton_sip_refuses_subscription (event->sip);
  self->subscribed = !self->answered || !self->wants_no_subscription;
  self->referred_by_part = baton_sip_body_dup_referred_by_part (event->sip);
  self->source_address = baton_sip_address_dup_source (event);
  self->transport = baton_sip_address_get_transport (event);
  if (event->sip != NULL && event->sip->sip_from != NULL)
    self->remote_uri = baton_sip_body_dup_url (event->sip->sip_from->a_url);
  if (event->status < 200 && !self->answered)
    self->request = baton_sip_event_keep_request (event);
  if (session == NULL)
    {
      g_set_object (&self->identity, baton_ua_find_identity (baton_refer_context_get_ua (context), event->sip));
      g_set_object (&self->target_dialog, baton_refer_find_target_dialog (baton_refer_context_get_ua (context), event->sip));
    }
}

/* Nobody could say no: neither a program that listens, nor the user. */
static gboolean
is_certain (BatonUa *ua, BatonSession *session, const BatonSipEvent *event)
{
  BatonReferFollower *follower = baton_ua_get_refer_follower (ua);

  return session != NULL && follower != NULL && event->status < 200 && !baton_refer_is_watched (ua, session) &&
         baton_refer_follower_is_certain (follower, session);
}

/*
 * Who asked needn't wait until all that watch the call were told. 202 as in RFC 3515, for the phones that go by it;
 * RFC 7647 §5 wants 200 in its place, and has both mean the same.
 */
static void
answer_at_once (BatonUa *ua, const BatonSipEvent *event)
{
  nua_respond (event->handle, SIP_202_ACCEPTED, NUTAG_WITH_THIS (event->nua),
               TAG_IF (baton_sip_refuses_subscription (event->sip), SIPTAG_REFER_SUB_STR ("false")), TAG_END ());
  baton_ua_flush (ua);
}

static void
ask_around (BatonReferServerContext *self)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  BatonUa *ua = baton_refer_context_get_ua (context);
  BatonReferFollower *follower = baton_ua_get_refer_follower (ua);
  const gboolean in_dialog = baton_refer_context_get_session (context) != NULL;
  gboolean handled = FALSE;

  if (baton_refer_context_get_state (context) != BATON_REFER_STATE_REQUESTED)
    return; /* who heard of it first has decided */
  handled = baton_refer_context_emit_requested (context);
  if (!handled && !in_dialog && baton_refer_context_get_state (context) == BATON_REFER_STATE_REQUESTED)
    g_signal_emit_by_name (ua, "out-of-dialog-refer-requested", self, &handled);
  if (!handled && follower != NULL && baton_refer_context_get_state (context) == BATON_REFER_STATE_REQUESTED)
    handled = baton_refer_follower_take (follower, self);
  if (baton_refer_context_get_state (context) != BATON_REFER_STATE_REQUESTED)
    return;
  /* A stranger is never followed because nobody was there to say no (refer.md §5) */
  if (handled)
    self->decide_timer = baton_timers_add (baton_refer_server_get_timers (self), DECIDE_MS, on_undecided, self);
  else if (in_dialog)
    baton_refer_server_context_accept (self, NULL, NULL);
  else
    baton_refer_server_context_reject (self, 0, NULL, NULL);
}

void
baton_refer_server_context_receive (BatonUa *ua, BatonSession *session, const BatonSipEvent *event)
{
  g_autofree char *text = NULL, *referred_by = NULL;
  g_autoptr (BatonReferTo) refer_to = NULL;
  g_autoptr (BatonReferServerContext) self = NULL;
  const char *phrase = NULL;
  gboolean certain;
  guint status = baton_refer_judge (ua, session, event, &text, &refer_to, &referred_by, &phrase);

  if (status != 0)
    {
      baton_refer_refuse_at_once (ua, session, event, text, status, phrase);
      return;
    }
  certain = is_certain (ua, session, event);
  if (certain)
    answer_at_once (ua, event);
  self = g_object_new (BATON_TYPE_REFER_SERVER_CONTEXT, NULL);
  self->answered = certain;
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
  if (certain) /* the INVITE, too, leaves before anybody is told */
    baton_refer_server_context_accept (self, NULL, NULL);
  else
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
  baton_refer_server_clear_timers (self);
  baton_refer_server_unwatch_target (self);
  drop_request (self);
  self->subscribed = FALSE;
  baton_refer_context_end (BATON_REFER_CONTEXT (self), BATON_REFER_EVENT_CANCELLED, BATON_REFER_OUTCOME_CANCELLED);
  baton_refer_server_delist (self);
  g_object_unref (self);
}

static void
sip_target_event (BatonSipTarget *target, const BatonSipEvent *event)
{
  BatonReferServerContext *self = BATON_REFER_SERVER_CONTEXT (target);

  switch ((int) event->event)
    {
    case nua_r_notify:
      if (!baton_sip_auth_answer_or_give_up (self->identity, event, &self->auth_attempts))
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

const char *
baton_refer_server_context_get_transport (BatonReferServerContext *self)
{
  g_return_val_if_fail (BATON_IS_REFER_SERVER_CONTEXT (self), NULL);
  return self->transport;
}

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

  baton_refer_server_clear_timers (self);
  baton_refer_server_unwatch_target (self);
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
  g_clear_pointer (&self->referred_by_part, g_bytes_unref);
  g_free (self->source_address);
  g_free (self->remote_uri);
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
