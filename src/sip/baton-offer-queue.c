/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-offer-queue.h"

#include "baton-error.h"

#define RETRIES_MAX 3

typedef struct
{
  GTask *task;
  char *offer;
  guint retries;
} Offer;

struct _BatonOfferQueue
{
  BatonTimers *timers;
  BatonOfferSend send;
  gpointer data;
  GQueue waiting;   /* Offer */
  Offer *in_flight;
  gboolean blocked;
  guint retry_timer; /* in_flight waits after a 491 */
};

static void
offer_free (Offer *offer)
{
  g_clear_object (&offer->task);
  g_free (offer->offer);
  g_free (offer);
}

BatonOfferQueue *
baton_offer_queue_new (BatonTimers *timers, BatonOfferSend send, gpointer data)
{
  BatonOfferQueue *self = g_new0 (BatonOfferQueue, 1);

  self->timers = g_object_ref (timers);
  self->send = send;
  self->data = data;
  g_queue_init (&self->waiting);
  return self;
}

static void
baton_offer_queue_next (BatonOfferQueue *self)
{
  if (self->in_flight != NULL || self->blocked || g_queue_is_empty (&self->waiting))
    return;
  self->in_flight = g_queue_pop_head (&self->waiting);
  self->send (self->in_flight->offer, self->data);
}

void
baton_offer_queue_push (BatonOfferQueue *self, GTask *task, const char *offer)
{
  Offer *item = g_new0 (Offer, 1);

  item->task = task;
  item->offer = g_strdup (offer);
  g_queue_push_tail (&self->waiting, item);
  baton_offer_queue_next (self);
}

gboolean
baton_offer_queue_is_empty (BatonOfferQueue *self)
{
  return self->in_flight == NULL && g_queue_is_empty (&self->waiting);
}

gboolean
baton_offer_queue_is_out (BatonOfferQueue *self)
{
  return self->in_flight != NULL && self->retry_timer == 0;
}

gboolean
baton_offer_queue_give_back (BatonOfferQueue *self)
{
  if (!self->blocked || self->in_flight == NULL)
    return FALSE;
  g_queue_push_head (&self->waiting, g_steal_pointer (&self->in_flight));
  return TRUE;
}

void
baton_offer_queue_set_blocked (BatonOfferQueue *self, gboolean blocked)
{
  self->blocked = blocked;
  if (!blocked)
    baton_offer_queue_next (self);
}

static gboolean
baton_offer_queue_retry (gpointer data)
{
  BatonOfferQueue *self = data;

  self->retry_timer = 0;
  /* Behind an offer of the peer that came meanwhile: first in the queue once that is answered. */
  g_queue_push_head (&self->waiting, g_steal_pointer (&self->in_flight));
  baton_offer_queue_next (self);
  return G_SOURCE_REMOVE;
}

void
baton_offer_queue_respond (BatonOfferQueue *self, guint status, const char *reason, const char *sdp, gboolean owner)
{
  Offer *offer = self->in_flight;

  if (offer == NULL || self->retry_timer != 0 || status < 200)
    return;
  if (status == 491 && offer->retries < RETRIES_MAX)
    {
      /* RFC 3261 §14.1: 2.1 to 4 s for the owner of the Call-ID, 0 to 2 s for the other, in units of 10 ms. */
      const guint delay = 10 * (owner ? g_random_int_range (210, 401) : g_random_int_range (0, 201));

      offer->retries++;
      self->retry_timer = baton_timers_add (self->timers, delay, baton_offer_queue_retry, self);
      return;
    }

  self->in_flight = NULL;
  if (status < 300 && sdp != NULL)
    {
      g_task_return_pointer (offer->task, g_strdup (sdp), g_free);
    }
  else
    {
      GError *error = NULL;

      baton_error_set_sip_status (&error, status < 300 ? 488 : status, status < 300 ? "No answer to our offer" : reason);
      g_task_return_error (offer->task, error);
    }
  offer_free (offer);
  baton_offer_queue_next (self);
}

void
baton_offer_queue_fail (BatonOfferQueue *self, guint status, const char *reason)
{
  Offer *offer;

  baton_timers_clear (self->timers, &self->retry_timer);
  while ((offer = self->in_flight ? g_steal_pointer (&self->in_flight) : g_queue_pop_head (&self->waiting)) != NULL)
    {
      GError *error = NULL;

      if (status != 0)
        baton_error_set_sip_status (&error, status, reason);
      else
        g_set_error_literal (&error, BATON_ERROR, BATON_ERROR_CANCELLED, "The call ended meanwhile.");
      g_task_return_error (offer->task, error);
      offer_free (offer);
    }
}

void
baton_offer_queue_free (BatonOfferQueue *self)
{
  baton_offer_queue_fail (self, 0, NULL);
  g_object_unref (self->timers);
  g_free (self);
}
