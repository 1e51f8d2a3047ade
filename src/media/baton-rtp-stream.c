/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-rtp-stream.h"

#include <math.h>
#include <string.h>

#define MAX_MISORDER 100
#define MAX_DROPOUT 3000

static guint16
get16 (const guint8 *p)
{
  return (guint16) (p[0] << 8 | p[1]);
}

static guint32
get32 (const guint8 *p)
{
  return (guint32) get16 (p) << 16 | get16 (p + 2);
}

static void
put16 (guint8 *p, guint16 value)
{
  p[0] = (guint8) (value >> 8);
  p[1] = (guint8) value;
}

static void
put32 (guint8 *p, guint32 value)
{
  put16 (p, (guint16) (value >> 16));
  put16 (p + 2, (guint16) value);
}

gboolean
baton_rtp_parse (const guint8 *data, gsize length, BatonRtpHeader *header)
{
  gsize start;

  if (length < BATON_RTP_HEADER || data[0] >> 6 != 2)
    return FALSE;
  start = BATON_RTP_HEADER + 4 * (data[0] & 15);
  if (data[0] & 0x10) /* header extension, which we have no use for */
    {
      if (length < start + 4)
        return FALSE;
      start += 4 + 4 * (gsize) get16 (data + start + 2);
    }
  if (start > length)
    return FALSE;
  if (data[0] & 0x20) /* padding */
    {
      if (data[length - 1] == 0 || data[length - 1] > length - start)
        return FALSE;
      length -= data[length - 1];
    }
  header->marker = (data[1] & 0x80) != 0;
  header->payload_type = data[1] & 0x7f;
  header->sequence = get16 (data + 2);
  header->timestamp = get32 (data + 4);
  header->ssrc = get32 (data + 8);
  header->payload = data + start;
  header->length = length - start;
  return TRUE;
}

void
baton_rtp_write (guint8 *data, const BatonRtpHeader *header)
{
  data[0] = 2 << 6;
  data[1] = (guint8) ((header->marker ? 0x80 : 0) | header->payload_type);
  put16 (data + 2, header->sequence);
  put32 (data + 4, header->timestamp);
  put32 (data + 8, header->ssrc);
}

void
baton_rtp_sender_init (BatonRtpSender *self)
{
  memset (self, 0, sizeof *self);
  self->ssrc = g_random_int ();
  self->timestamp = g_random_int ();
  self->sequence = (guint16) (g_random_int () & 0x7fff); /* not near the wrap: SRTP's roll-over counter (RFC 3711 §3.3.1) */
}

static guint32
expected (const BatonRtpReceiver *self)
{
  return self->cycles + self->highest - self->base + 1;
}

static guint64
lost_of_source (const BatonRtpReceiver *self)
{
  guint64 wanted = self->valid ? expected (self) : 0;

  return wanted > self->received ? wanted - self->received : 0;
}

static void
begin (BatonRtpReceiver *self, const BatonRtpHeader *header)
{
  guint64 received = self->received_before + self->received, lost = self->lost_before + lost_of_source (self);

  memset (self, 0, sizeof *self);
  self->received_before = received;
  self->lost_before = lost;
  self->valid = TRUE;
  self->ssrc = header->ssrc;
  self->base = self->highest = header->sequence;
}

static void
measure_jitter (BatonRtpReceiver *self, const BatonRtpHeader *header, guint clock_rate, gint64 arrival)
{
  gint64 arrived = arrival * clock_rate / G_USEC_PER_SEC;
  gint64 transit = (gint32) ((guint32) arrived - header->timestamp);

  if (self->clock_rate != clock_rate)
    self->have_transit = FALSE;
  self->clock_rate = clock_rate;
  if (self->have_transit)
    {
      gint64 difference = ABS ((gint64) (gint32) (transit - self->transit));

      if (difference < (gint64) clock_rate * 2) /* else the sender's time stamps jumped */
        self->jitter += ((double) difference - self->jitter) / 16;
    }
  self->transit = transit;
  self->have_transit = TRUE;
}

void
baton_rtp_receiver_pause (BatonRtpReceiver *self)
{
  self->paused = TRUE;
  self->have_transit = FALSE; /* nor is the pause jitter */
}

gboolean
baton_rtp_receiver_add (BatonRtpReceiver *self, const BatonRtpHeader *header, guint clock_rate, gint64 arrival)
{
  guint16 ahead = header->sequence - self->highest;
  gboolean fresh = !self->valid || self->ssrc != header->ssrc ||
                   (ahead >= MAX_DROPOUT && ahead <= 65536 - MAX_MISORDER);

  if (fresh)
    begin (self, header);
  else if (ahead < MAX_DROPOUT)
    {
      if (self->paused && ahead > 0) /* the base moves, so that the numbers in our reports go on */
        {
          self->base += ahead - 1;
          self->paused = FALSE;
        }
      if (header->sequence < self->highest)
        self->cycles += 65536;
      self->highest = header->sequence;
    }
  self->received++;
  if (clock_rate > 0)
    measure_jitter (self, header, clock_rate, arrival);
  return fresh;
}

guint64
baton_rtp_receiver_get_received (const BatonRtpReceiver *self)
{
  return self->received_before + self->received;
}

guint64
baton_rtp_receiver_get_lost (const BatonRtpReceiver *self)
{
  return self->lost_before + lost_of_source (self);
}

double
baton_rtp_receiver_get_jitter_ms (const BatonRtpReceiver *self)
{
  return self->clock_rate > 0 ? self->jitter * 1000 / self->clock_rate : -1;
}
