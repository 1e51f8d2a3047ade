/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonJitterBuffer:
 * Puts RTP packets into order and gives them out one by one as the sound is needed. A value without
 * clock, thread or socket: the caller says when a packet arrived and what time it is.
 *
 * How it adapts: a packet that is needed and has not come is replaced without giving up its place, so
 * the delay grows by what was played instead, up to the maximum; when every packet of the last
 * seconds lay here longer than needed, one is left out. Both together also follow a sender whose
 * clock runs fast or slow.
 */
typedef struct _BatonJitterBuffer BatonJitterBuffer;

#define BATON_JITTER_MIN_US 40000
#define BATON_JITTER_MAX_US 200000
#define BATON_JITTER_CAPACITY 128 /* packets, a power of two */

typedef enum
{
  BATON_JITTER_NOTHING, /* not started, or the sender is silent: play silence */
  BATON_JITTER_PACKET,  /* payload is set */
  BATON_JITTER_LOST,    /* conceal `duration`; payload is the following packet if it is here, for FEC */
  BATON_JITTER_LATE,    /* needed but not here yet: conceal one frame; its place is kept */
} BatonJitterKind;

/** BatonJitterItem: what a pull gave. The payload lives until the next call. */
typedef struct
{
  BatonJitterKind kind;
  guint8 payload_type;
  const guint8 *payload;
  gsize length;    /* 0 with PACKET: a place without sound (telephone-event, comfort noise) */
  guint duration;  /* RTP time stamp units, of the missing or empty place */
} BatonJitterItem;

typedef struct
{
  guint64 late;      /* came after their time */
  guint64 lost;      /* never came in time */
  guint64 duplicate;
  guint64 dropped;   /* left out to shorten the delay */
} BatonJitterStats;

BatonJitterBuffer *baton_jitter_buffer_new (guint clock_rate);
void baton_jitter_buffer_free (BatonJitterBuffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonJitterBuffer, baton_jitter_buffer_free)
/** baton_jitter_buffer_reset: forgets all packets; a new stream with @clock_rate begins */
void baton_jitter_buffer_reset (BatonJitterBuffer *self, guint clock_rate);
/** baton_jitter_buffer_set_clock_rate: the stream goes on with another clock; what is there stays */
void baton_jitter_buffer_set_clock_rate (BatonJitterBuffer *self, guint clock_rate);
/** baton_jitter_buffer_put: @payload is copied; @arrival in µs. NULL and 0 for a packet that only keeps a place. */
void baton_jitter_buffer_put (BatonJitterBuffer *self, guint16 sequence, guint32 timestamp, guint8 payload_type,
                              const guint8 *payload, gsize length, gint64 arrival);
BatonJitterItem baton_jitter_buffer_pull (BatonJitterBuffer *self, gint64 now);
/** baton_jitter_buffer_get_delay: Returns: µs that the last packet given out had waited */
gint64 baton_jitter_buffer_get_delay (BatonJitterBuffer *self);
BatonJitterStats baton_jitter_buffer_get_stats (BatonJitterBuffer *self);

G_END_DECLS
