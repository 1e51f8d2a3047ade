/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-server-fields.h"

#include "baton-error.h"
#include "baton-session-private.h"
#include "baton-ua-private.h"

/* The new call that a received REFER asks for: the follower places it, its fate is reported (refer.md §3.5). */

static void
on_target_final (BatonReferServerContext *self, guint status, const char *reason)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  gboolean accepted = status < 300;

  if (baton_refer_context_get_state (context) != BATON_REFER_STATE_ACCEPTED)
    return;
  g_object_ref (self);
  baton_refer_server_unwatch_target (self);
  baton_refer_server_clear_timers (self);
  baton_refer_report_final (self, status, reason);
  baton_refer_context_emit_status (context, accepted ? BATON_REFER_SIGNAL_ACCEPTED : BATON_REFER_SIGNAL_REJECTED, status,
                                   reason);
  baton_refer_server_end (self, BATON_REFER_EVENT_FINAL, accepted ? BATON_REFER_OUTCOME_ACCEPTED : BATON_REFER_OUTCOME_REJECTED);
  g_object_unref (self);
}

static void
on_target_progress (BatonReferServerContext *self, guint status, const char *reason)
{
  BatonReferContext *context = BATON_REFER_CONTEXT (self);

  if (!baton_refer_context_step (context, BATON_REFER_EVENT_PROGRESS))
    return;
  baton_refer_report_in_turn (self, status, reason);
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

/* Who asked is told as soon as the answer is known to be of use, and not before: it hangs up then. The sound and the
 * windows of our own call take longer than this; the keys of encrypted sound may, too, and then the call is up already. */
static void
on_target_answer_taken (BatonSession *target, BatonReferServerContext *self)
{
  if (baton_refer_context_get_state (BATON_REFER_CONTEXT (self)) != BATON_REFER_STATE_ACCEPTED)
    return;
  if (baton_session_get_state (target) == BATON_SESSION_STATE_ESTABLISHED)
    {
      on_target_final (self, SIP_200_OK);
      return;
    }
  baton_refer_report_final (self, SIP_200_OK);
  baton_ua_flush (baton_refer_context_get_ua (BATON_REFER_CONTEXT (self)));
}

/* While it rang, somebody else took it, and has an answer (RFC 3891 §4): the caller is with them */
static void
on_target_replaced (BatonSession *target, BatonSession *by, BatonReferServerContext *self)
{
  on_target_final (self, SIP_200_OK);
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
      if (!baton_session_is_answer_deferred (target))
        on_target_final (self, SIP_200_OK);
      break;
    case BATON_SESSION_STATE_TERMINATED:
      on_target_failed (self, target);
      break;
    }
}

void
baton_refer_follow (BatonReferServerContext *self, const BatonReferAcceptOptions *options)
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
  if (baton_refer_context_get_referred_by (context) != NULL) /* verbatim, with its part (RFC 3892 §2.2) */
    {
      invite.referred_by = baton_refer_context_get_referred_by (context);
      invite.referred_by_part = self->referred_by_part;
    }
  if (refer_to->replaces != NULL)
    {
      invite.replaces = refer_to->replaces;
      invite.require_replaces = invite.require_replaces || refer_to->require_replaces;
    }
  if (follower != NULL)
    target = baton_refer_follower_follow (follower, self, uri, &invite, options != NULL ? options->modifier : NULL,
                                          options != NULL ? options->modifier_data : NULL, &error);
  baton_refer_server_context_tell_accepted (self);
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
  g_signal_connect_object (target, "answer-taken", G_CALLBACK (on_target_answer_taken), self, 0);
  g_signal_connect_object (target, "replaced", G_CALLBACK (on_target_replaced), self, 0);
  baton_refer_context_emit_invite_sent (context, target);
  if (self->target_handler != 0)
    on_target_state (target, NULL, self); /* it may be over already */
}

gboolean
baton_refer_follower_is_certain (BatonReferFollower *self, BatonSession *session)
{
  BatonReferFollowerInterface *iface = BATON_REFER_FOLLOWER_GET_IFACE (self);

  return iface->is_certain != NULL && iface->is_certain (self, session);
}

gboolean
baton_refer_follower_take (BatonReferFollower *self, BatonReferServerContext *context)
{
  BatonReferFollowerInterface *iface = BATON_REFER_FOLLOWER_GET_IFACE (self);

  return iface->take != NULL && iface->take (self, context);
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
