/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-jitter-buffer.h"

#include <string.h>

#define MASK (BATON_JITTER_CAPACITY - 1)
#define MAX_LENGTH 1500
#define MAX_CONCEALED 10                      /* packets in a row; more of a gap is jumped over */
#define SILENT_AFTER 5                        /* pulls in vain: the sender is silent, start afresh with its next packet */

typedef struct
{
  gboolean used;
  guint16 sequence;
  guint8 payload_type;
  guint32 timestamp;
  gint64 arrival;
  guint16 length, room;
  guint8 *payload; /* of room bytes, kept and reused */
} Slot;

/* Every packet of the whole window waited longer than need be: the delay can be one packet shorter, however long that
 * is. What a calm network needs is left when it is gone; far behind, after a hiccup, that is not heard for long. */
static const struct
{
  gint64 length, slack; /* µs */
} windows[] = { { 2 * G_USEC_PER_SEC, 25000 }, { G_USEC_PER_SEC / 2, 65000 } };

struct _BatonJitterBuffer
{
  guint clock_rate;
  Slot slots[BATON_JITTER_CAPACITY];
  guint n_used;

  gboolean playing;      /* the first packet had its time of waiting */
  gboolean heard;        /* it was so before */
  gboolean have_next;    /* next and newest mean something */
  guint16 next, newest;  /* sequence number to give out, and the highest that came */
  guint32 next_timestamp;
  guint duration;        /* of one packet, time stamp units */
  gint64 first_arrival;
  guint in_vain;

  gint64 delay;
  gint64 least_wait[G_N_ELEMENTS (windows)], window_start[G_N_ELEMENTS (windows)];
  BatonJitterStats stats;
};

BatonJitterBuffer *
baton_jitter_buffer_new (guint clock_rate)
{
  BatonJitterBuffer *self = g_new0 (BatonJitterBuffer, 1);

  baton_jitter_buffer_reset (self, clock_rate);
  return self;
}

void
baton_jitter_buffer_free (BatonJitterBuffer *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < BATON_JITTER_CAPACITY; i++)
    g_free (self->slots[i].payload);
  g_free (self);
}

static void
clear_windows (BatonJitterBuffer *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
    {
      self->least_wait[i] = G_MAXINT64;
      self->window_start[i] = 0;
    }
}

static void
start_afresh (BatonJitterBuffer *self)
{
  for (guint i = 0; i < BATON_JITTER_CAPACITY; i++)
    self->slots[i].used = FALSE;
  self->n_used = 0;
  self->playing = self->have_next = FALSE;
  self->in_vain = 0;
  clear_windows (self);
}

void
baton_jitter_buffer_set_clock_rate (BatonJitterBuffer *self, guint clock_rate)
{
  clock_rate = MAX (clock_rate, 1);
  if (self->clock_rate == clock_rate)
    return;
  self->clock_rate = clock_rate;
  self->duration = self->clock_rate / 50;
}

void
baton_jitter_buffer_reset (BatonJitterBuffer *self, guint clock_rate)
{
  self->clock_rate = MAX (clock_rate, 1);
  self->duration = self->clock_rate / 50;
  start_afresh (self);
}

static void
fill (BatonJitterBuffer *self, Slot *slot, const guint8 *payload, gsize length)
{
  /* As much as the packets have: all of them at their longest would be 190 kB a call. */
  if (length > slot->room)
    {
      g_free (slot->payload);
      slot->payload = g_malloc (length);
      slot->room = (guint16) length;
    }
  if (length > 0)
    memcpy (slot->payload, payload, length);
  slot->length = (guint16) length;
  slot->used = TRUE;
  self->n_used++;
}

void
baton_jitter_buffer_put (BatonJitterBuffer *self, guint16 sequence, guint32 timestamp, guint8 payload_type,
                         const guint8 *payload, gsize length, gint64 arrival)
{
  Slot *slot = &self->slots[sequence & MASK];
  gint16 ahead;

  if (length > MAX_LENGTH)
    return;
  ahead = self->have_next ? (gint16) (sequence - self->next) : 0;
  if (self->have_next && !self->playing && ahead < 0 && ahead > -BATON_JITTER_CAPACITY / 2)
    {
      /* still waiting to begin: an earlier one that was overtaken becomes the first */
      self->next = sequence;
      self->next_timestamp = timestamp;
    }
  else if (ahead <= -BATON_JITTER_CAPACITY || ahead >= BATON_JITTER_CAPACITY)
    start_afresh (self); /* the sender has begun anew */
  else if (ahead < 0)
    {
      self->stats.late++;
      return;
    }
  if (slot->used && slot->sequence == sequence)
    {
      self->stats.duplicate++;
      return;
    }
  if (!self->have_next)
    {
      self->have_next = TRUE;
      self->next = self->newest = sequence;
      self->next_timestamp = timestamp;
      self->first_arrival = arrival;
    }
  slot->sequence = sequence;
  slot->timestamp = timestamp;
  slot->payload_type = payload_type;
  slot->arrival = arrival;
  fill (self, slot, payload, length);
  if ((gint16) (sequence - self->newest) > 0)
    self->newest = sequence;
}

static Slot *
find (BatonJitterBuffer *self, guint16 sequence)
{
  Slot *slot = &self->slots[sequence & MASK];

  return slot->used && slot->sequence == sequence ? slot : NULL;
}

static Slot *
find_following (BatonJitterBuffer *self)
{
  for (guint16 i = 0; i < BATON_JITTER_CAPACITY && self->n_used > 0; i++)
    {
      Slot *slot = find (self, self->next + i);

      if (slot != NULL)
        return slot;
    }
  return NULL;
}

static void
take (BatonJitterBuffer *self, Slot *slot)
{
  Slot *following;

  slot->used = FALSE;
  self->n_used--;
  self->next = slot->sequence + 1;
  following = find (self, self->next);
  if (following != NULL)
    {
      guint32 duration = following->timestamp - slot->timestamp;

      /* 2.5 to 120 ms; a pause in the sender's sound is not a duration */
      if (duration >= self->clock_rate / 400 && duration <= self->clock_rate / 8)
        self->duration = duration;
    }
  self->next_timestamp = slot->timestamp + self->duration;
}

static gboolean
waits_too_long (BatonJitterBuffer *self, Slot *slot, gint64 now)
{
  gint64 wait = now - slot->arrival, one = (gint64) self->duration * G_USEC_PER_SEC / self->clock_rate;
  gboolean too_long = wait > BATON_JITTER_MAX_US; /* whatever the windows say */

  for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
    {
      if (self->window_start[i] == 0)
        self->window_start[i] = now;
      self->least_wait[i] = MIN (self->least_wait[i], wait);
      if (now - self->window_start[i] < windows[i].length)
        continue;
      too_long |= self->least_wait[i] > windows[i].slack + one;
      self->window_start[i] = now;
      self->least_wait[i] = G_MAXINT64;
    }
  return too_long && self->n_used > 1;
}

static BatonJitterItem
give (BatonJitterBuffer *self, Slot *slot, gint64 now)
{
  BatonJitterItem item = { BATON_JITTER_PACKET };

  if (waits_too_long (self, slot, now))
    {
      Slot *following = find (self, slot->sequence + 1);

      if (following != NULL)
        {
          take (self, slot);
          clear_windows (self);
          self->stats.dropped++;
          slot = following;
        }
    }
  self->in_vain = 0;
  self->delay = now - slot->arrival;
  take (self, slot);
  item.payload_type = slot->payload_type;
  item.payload = slot->payload;
  item.length = slot->length;
  item.duration = self->duration;
  return item;
}

/* The next one is missing but later ones are here, so its time is over. */
static BatonJitterItem
skip_missing (BatonJitterBuffer *self, Slot *following, gint64 now)
{
  BatonJitterItem item = { BATON_JITTER_LOST };
  gint32 missing = (gint32) (following->timestamp - self->next_timestamp);
  guint16 n = following->sequence - self->next;

  self->stats.lost++;
  if (missing < (gint32) self->duration / 2 || missing > (gint32) self->duration * MAX_CONCEALED || n > MAX_CONCEALED)
    {
      self->stats.lost += n - 1;
      return give (self, following, now);
    }
  self->next++;
  self->next_timestamp += self->duration;
  item.payload_type = following->payload_type;
  item.duration = self->duration;
  if (n == 1) /* FEC in a packet is about the one before it */
    {
      item.payload = following->payload;
      item.length = following->length;
    }
  return item;
}

/* What came before anybody could hear it, while the speaker was being opened, would keep all that follows late. */
static void
skip_unheard (BatonJitterBuffer *self, gint64 now)
{
  for (Slot *slot = find (self, self->next); slot != NULL && self->n_used > 1; slot = find (self, self->next))
    {
      if (now - slot->arrival <= BATON_JITTER_MIN_US + 20000)
        return;
      take (self, slot);
      self->stats.dropped++;
    }
}

BatonJitterItem
baton_jitter_buffer_pull (BatonJitterBuffer *self, gint64 now)
{
  BatonJitterItem item = { BATON_JITTER_NOTHING };
  Slot *slot;

  if (!self->have_next)
    return item;
  if (!self->playing)
    {
      /* less half a packet: who pulls each 20 ms would else wait one more for a microsecond */
      if (now - self->first_arrival < BATON_JITTER_MIN_US - 10000)
        return item;
      self->playing = TRUE;
      if (!self->heard)
        skip_unheard (self, now);
      self->heard = TRUE;
    }
  slot = find (self, self->next);
  if (slot != NULL)
    return give (self, slot, now);
  slot = find_following (self);
  if (slot != NULL)
    return skip_missing (self, slot, now);
  if (++self->in_vain > SILENT_AFTER)
    {
      start_afresh (self);
      return item;
    }
  item.kind = BATON_JITTER_LATE;
  item.duration = self->duration;
  return item;
}

gint64
baton_jitter_buffer_get_delay (BatonJitterBuffer *self)
{
  return self->delay;
}

BatonJitterStats
baton_jitter_buffer_get_stats (BatonJitterBuffer *self)
{
  return self->stats;
}
