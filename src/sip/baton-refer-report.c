/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-server-fields.h"

#include "baton-session-private.h"
#include "baton-sip-stack.h"
#include "baton-sipfrag.h"
#include "baton-ua-private.h"

/* The NOTIFYs of a received REFER (RFC 3515 §2.4.4, refer.md §3.3), and the SUBSCRIBEs about them. */

#define PROGRESS_INTERVAL_MS 1000

static gboolean on_repeat_time (gpointer data);

/* Seconds; 0 stands for what we offer by ourselves */
static guint
get_expires (BatonReferServerContext *self)
{
  return self->expires_s != 0 ? self->expires_s : BATON_SIP_REFER_EXPIRES_S;
}

static void
send_notify (BatonReferServerContext *self, const char *frag, const char *state)
{
  BatonSession *session = baton_refer_context_get_session (BATON_REFER_CONTEXT (self));
  nua_handle_t *handle = baton_refer_context_get_handle (BATON_REFER_CONTEXT (self));
  gboolean plain = self->plain_event || self->event_id == NULL;
  g_autofree char *event = plain ? g_strdup ("refer") : g_strdup_printf ("refer;id=%s", self->event_id);
  /* A NOTIFY without id that crosses a second REFER makes the stack end the second's subscription: it gets a new one */
  gboolean renew = !plain && session != NULL;

  if (!self->subscribed || handle == NULL)
    return;
  self->notifies_out++;
  if (session != NULL)
    g_queue_push_tail (baton_refer_notifies_of (session), self);
  nua_notify (handle, SIPTAG_EVENT_STR (event), SIPTAG_SUBSCRIPTION_STATE_STR (state),
              SIPTAG_CONTENT_TYPE_STR ("message/sipfrag;version=2.0"), SIPTAG_PAYLOAD_STR (frag), NUTAG_NEWSUB (renew),
              TAG_END ());
}

/* Again before two thirds of the subscription's time are over, while the target still rings */
static void
plan_repeat (BatonReferServerContext *self)
{
  baton_timers_clear (baton_refer_server_get_timers (self), &self->repeat_timer);
  self->repeat_timer = baton_timers_add (baton_refer_server_get_timers (self), MAX (get_expires (self) * 1000 / 3 * 2, 1000),
                                         on_repeat_time, self);
}

static void
send_progress (BatonReferServerContext *self, guint status, const char *reason)
{
  gboolean pending = baton_refer_context_get_state (BATON_REFER_CONTEXT (self)) == BATON_REFER_STATE_PENDING;
  g_autofree char *state = g_strdup_printf ("%s;expires=%u", pending ? "pending" : "active", get_expires (self));

  g_free (self->last_frag);
  self->last_frag = baton_sipfrag_format (status, reason);
  self->sent_status = status;
  self->sent_time = baton_timers_now (baton_refer_server_get_timers (self));
  send_notify (self, self->last_frag, state);
}

void
baton_refer_report_progress (BatonReferServerContext *self, guint status, const char *reason)
{
  send_progress (self, status, reason);
  plan_repeat (self);
}

void
baton_refer_report_trying (BatonReferServerContext *self)
{
  send_progress (self, SIP_100_TRYING);
}

void
baton_refer_report_repeat (BatonReferServerContext *self)
{
  if (self->repeat_timer == 0)
    plan_repeat (self);
}

/* The subscription would run out while the target rings, and not every referrer refreshes it */
static gboolean
on_repeat_time (gpointer data)
{
  BatonReferServerContext *self = data;
  gboolean pending = baton_refer_context_get_state (BATON_REFER_CONTEXT (self)) == BATON_REFER_STATE_PENDING;
  g_autofree char *state = g_strdup_printf ("%s;expires=%u", pending ? "pending" : "active", get_expires (self));

  self->repeat_timer = 0;
  self->sent_time = baton_timers_now (baton_refer_server_get_timers (self));
  send_notify (self, self->last_frag, state);
  plan_repeat (self);
  return G_SOURCE_REMOVE;
}

void
baton_refer_report_again (BatonReferServerContext *self)
{
  baton_timers_clear (baton_refer_server_get_timers (self), &self->repeat_timer);
  on_repeat_time (self);
}

void
baton_refer_report_final_frag (BatonReferServerContext *self, const char *frag)
{
  send_notify (self, frag, "terminated;reason=noresource");
  self->subscribed = FALSE;
}

void
baton_refer_report_final (BatonReferServerContext *self, guint status, const char *reason)
{
  g_autofree char *frag = baton_sipfrag_format (status, reason);

  baton_refer_report_final_frag (self, frag);
}

static gboolean
on_progress_time (gpointer data)
{
  BatonReferServerContext *self = data;

  self->progress_timer = 0;
  baton_refer_report_progress (self, self->next_status, self->next_reason);
  return G_SOURCE_REMOVE;
}

/* At most one a second (refer.md §3.3): the newest waits for its turn */
void
baton_refer_report_in_turn (BatonReferServerContext *self, guint status, const char *reason)
{
  gint64 passed_ms = (baton_timers_now (baton_refer_server_get_timers (self)) - self->sent_time) / 1000;

  g_free (self->next_reason);
  self->next_status = status;
  self->next_reason = g_strdup (reason);
  if (self->progress_timer != 0)
    return;
  if (passed_ms >= PROGRESS_INTERVAL_MS)
    baton_refer_report_progress (self, status, reason);
  else
    self->progress_timer = baton_timers_add (baton_refer_server_get_timers (self),
                                             (guint) (PROGRESS_INTERVAL_MS - passed_ms), on_progress_time, self);
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
    baton_refer_server_delist (self);
}

void
baton_refer_server_context_subscribe (BatonReferServerContext *self, const BatonSipEvent *event)
{
  const sip_expires_t *expires = event->sip != NULL ? event->sip->sip_expires : NULL;
  gboolean ends = expires != NULL && expires->ex_delta == 0;
  BatonReferContext *context = BATON_REFER_CONTEXT (self);
  g_autofree char *granted = NULL;

  if (!self->subscribed) /* it is over already, or nobody listened */
    {
      if (event->status < 200)
        nua_respond (event->handle, SIP_403_FORBIDDEN, NUTAG_WITH_THIS (event->nua), TAG_END ());
      return;
    }
  /* Shorter than asked for is ours to say, longer isn't (RFC 6665 §4.2.1.4). The stack has answered most of them by the
   * same rule; some are left to us. */
  self->expires_s = BATON_SIP_REFER_EXPIRES_S;
  if (expires != NULL && expires->ex_delta > 0)
    self->expires_s = (guint) MIN (expires->ex_delta, BATON_SIP_REFER_EXPIRES_S);
  granted = g_strdup_printf ("%u", ends ? 0 : self->expires_s);

  if (event->status < 200)
    nua_respond (event->handle, SIP_200_OK, NUTAG_WITH_THIS (event->nua),
                 SIPTAG_EXPIRES_STR (granted), TAG_END ());
  if (!ends)
    {
      if (self->last_frag != NULL && baton_refer_context_get_state (context) != BATON_REFER_STATE_ENDED)
        baton_refer_report_again (self);
      return;
    }
  send_notify (self, self->last_frag != NULL ? self->last_frag : "SIP/2.0 100 Trying\r\n", "terminated;reason=timeout");
  self->subscribed = FALSE;
  if (baton_refer_context_get_state (context) == BATON_REFER_STATE_PENDING)
    baton_refer_server_end (self, BATON_REFER_EVENT_UNSUBSCRIBED, BATON_REFER_OUTCOME_CANCELLED);
  else
    baton_refer_context_step (context, BATON_REFER_EVENT_UNSUBSCRIBED);
}
