/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "baton-timers.h"

G_BEGIN_DECLS

/**
 * BatonOfferQueue:
 * The re-INVITEs of one dialog: one at a time, none while an offer of the peer waits for its answer,
 * and again after a 491 by the rules of RFC 3261 §14.1, three times.
 */
typedef struct _BatonOfferQueue BatonOfferQueue;

/** BatonOfferSend: sends @offer; baton_offer_queue_respond() follows, not from inside. */
typedef void (*BatonOfferSend) (const char *offer, gpointer data);

BatonOfferQueue *baton_offer_queue_new (BatonTimers *timers, BatonOfferSend send, gpointer data);
/** Fails what still waits with %BATON_ERROR_CANCELLED. */
void baton_offer_queue_free (BatonOfferQueue *self);

/** @task: (transfer full): returns the answer (a string) or an error */
void baton_offer_queue_push (BatonOfferQueue *self, GTask *task, const char *offer);
/** Returns: whether nothing waits, and nothing is out */
gboolean baton_offer_queue_is_empty (BatonOfferQueue *self);
/** Returns: whether one was sent and its answer isn't there yet; not one that waits after a 491 */
gboolean baton_offer_queue_is_out (BatonOfferQueue *self);
/**
 * baton_offer_queue_give_back: what was to be sent last has not been. Returns: FALSE when it may be sent now; else it is the
 * first again once nothing of theirs is under way
 */
gboolean baton_offer_queue_give_back (BatonOfferQueue *self);
/** baton_offer_queue_set_blocked: @blocked: an offer of the peer, or an INVITE of theirs that has no ACK yet, is under way */
void baton_offer_queue_set_blocked (BatonOfferQueue *self, gboolean blocked);
/**
 * baton_offer_queue_respond:
 * @owner: whether the Call-ID is ours: who owns it waits longer after a 491
 *
 * The final answer to the offer that was sent last. Without one in flight it does nothing.
 */
void baton_offer_queue_respond (BatonOfferQueue *self, guint status, const char *reason, const char *sdp, gboolean owner);
/** baton_offer_queue_fail: the dialog is over; everything that waits gets @status. */
void baton_offer_queue_fail (BatonOfferQueue *self, guint status, const char *reason);

G_END_DECLS
