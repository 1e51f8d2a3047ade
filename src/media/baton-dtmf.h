/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BATON_DTMF_MAX_QUEUE 64
#define BATON_DTMF_PAYLOAD 4

/** BatonDtmfSender: key presses as RFC 4733 events, one packet a frame in place of the sound. */
typedef struct
{
  char queue[BATON_DTMF_MAX_QUEUE + 1];
  guint frames;      /* of the event that runs */
  guint pause;       /* frames of sound before the next one */
  guint32 timestamp; /* where the event began */
} BatonDtmfSender;

typedef struct
{
  guint8 payload[BATON_DTMF_PAYLOAD];
  gboolean marker;
  guint32 timestamp;
} BatonDtmfPacket;

/** baton_dtmf_is_valid: Returns: whether all of @digits is 0-9, *, #, A-D and it is not empty */
gboolean baton_dtmf_is_valid (const char *digits);
/** baton_dtmf_sender_add: Returns: FALSE, and nothing queued, when there is no more room */
gboolean baton_dtmf_sender_add (BatonDtmfSender *self, const char *digits);
void baton_dtmf_sender_clear (BatonDtmfSender *self);
/** baton_dtmf_sender_is_busy: Returns: whether digits wait, or the pause after one is not over */
gboolean baton_dtmf_sender_is_busy (const BatonDtmfSender *self);
/**
 * baton_dtmf_sender_next: once a frame.
 * @timestamp: of the sound that this frame would have had; @ticks: time stamp units of a frame
 * Returns: TRUE and @packet when an event is to be sent in place of the sound
 */
gboolean baton_dtmf_sender_next (BatonDtmfSender *self, guint32 timestamp, guint ticks, BatonDtmfPacket *packet);

/** BatonDtmfReceiver: puts the packets of one event together; it is told when it is over. */
typedef struct
{
  gboolean active, any;
  guint8 event;
  guint32 timestamp;      /* of the event or its segment, and of the last one told */
  guint duration, clock_rate;
  guint earlier;          /* what the event's segments before this one took */
  gint64 last_time;
} BatonDtmfReceiver;

/** baton_dtmf_receiver_add: Returns: the digit when this packet ends an event, else 0; @duration_ms is set then */
char baton_dtmf_receiver_add (BatonDtmfReceiver *self, const guint8 *payload, gsize length, guint32 timestamp,
                              guint clock_rate, gint64 now, guint *duration_ms);
/** baton_dtmf_receiver_check: Returns: the digit of an event whose end never came, else 0 */
char baton_dtmf_receiver_check (BatonDtmfReceiver *self, gint64 now, guint *duration_ms);

G_END_DECLS
