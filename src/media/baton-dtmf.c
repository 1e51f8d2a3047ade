/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-dtmf.h"

#include <string.h>

#define TONE_FRAMES 5   /* 100 ms */
#define END_PACKETS 3   /* RFC 4733 §2.5.1.4 */
#define PAUSE_FRAMES 3
#define VOLUME 10       /* -10 dBm0 */
#define LOST_END_US 200000
#define MAX_DURATION 0xffff

static const char digit_of_event[] = "0123456789*#ABCD";

static guint8
event_of_digit (char digit)
{
  return (guint8) (strchr (digit_of_event, g_ascii_toupper (digit)) - digit_of_event);
}

gboolean
baton_dtmf_is_valid (const char *digits)
{
  if (digits == NULL || *digits == '\0')
    return FALSE;
  for (; *digits != '\0'; digits++)
    if (strchr (digit_of_event, g_ascii_toupper (*digits)) == NULL)
      return FALSE;
  return TRUE;
}

gboolean
baton_dtmf_sender_add (BatonDtmfSender *self, const char *digits)
{
  if (strlen (self->queue) + strlen (digits) > BATON_DTMF_MAX_QUEUE)
    return FALSE;
  g_strlcat (self->queue, digits, sizeof self->queue);
  return TRUE;
}

void
baton_dtmf_sender_clear (BatonDtmfSender *self)
{
  memset (self, 0, sizeof *self);
}

gboolean
baton_dtmf_sender_is_busy (const BatonDtmfSender *self)
{
  return self->queue[0] != '\0' || self->pause > 0;
}

gboolean
baton_dtmf_sender_next (BatonDtmfSender *self, guint32 timestamp, guint ticks, BatonDtmfPacket *packet)
{
  guint duration;
  gboolean end;

  if (self->pause > 0)
    self->pause--;
  if (self->queue[0] == '\0' || self->pause > 0)
    return FALSE;
  packet->marker = self->frames == 0;
  if (self->frames++ == 0)
    self->timestamp = timestamp;
  end = self->frames >= TONE_FRAMES;
  duration = MIN (self->frames, TONE_FRAMES) * ticks;
  packet->timestamp = self->timestamp;
  packet->payload[0] = event_of_digit (self->queue[0]);
  packet->payload[1] = (guint8) ((end ? 0x80 : 0) | VOLUME);
  packet->payload[2] = (guint8) (duration >> 8);
  packet->payload[3] = (guint8) duration;
  if (self->frames == TONE_FRAMES + END_PACKETS - 1)
    {
      memmove (self->queue, self->queue + 1, strlen (self->queue));
      self->frames = 0;
      self->pause = PAUSE_FRAMES + 1;
    }
  return TRUE;
}

static char
finish (BatonDtmfReceiver *self, guint *duration_ms)
{
  self->active = FALSE;
  *duration_ms = (guint) (((guint64) self->earlier + self->duration) * 1000 / self->clock_rate);
  return digit_of_event[self->event];
}

char
baton_dtmf_receiver_add (BatonDtmfReceiver *self, const guint8 *payload, gsize length, guint32 timestamp,
                         guint clock_rate, gint64 now, guint *duration_ms)
{
  char before = 0;
  gboolean goes_on;

  if (length < BATON_DTMF_PAYLOAD || payload[0] >= sizeof digit_of_event - 1 || clock_rate == 0)
    return 0;
  if (self->any && timestamp == self->timestamp && !self->active)
    return 0; /* the end is sent three times */
  if (self->any && (gint32) (timestamp - self->timestamp) < 0 && now - self->last_time < G_USEC_PER_SEC)
    return 0; /* overtaken by a newer one */
  /* a long event's next segment (§2.5.1.3) */
  goes_on = self->active && payload[0] == self->event && timestamp == self->timestamp + MAX_DURATION;
  if (self->active && timestamp != self->timestamp && !goes_on)
    before = finish (self, duration_ms);
  if (timestamp != self->timestamp || !self->any)
    {
      self->earlier = goes_on ? self->earlier + MAX_DURATION : 0;
      self->duration = 0;
    }
  self->active = self->any = TRUE;
  self->event = payload[0];
  self->timestamp = timestamp;
  self->clock_rate = clock_rate;
  self->duration = MAX (self->duration, (guint) (payload[2] << 8 | payload[3]));
  self->last_time = now;
  if (before != 0)
    return before;
  return payload[1] & 0x80 ? finish (self, duration_ms) : 0;
}

char
baton_dtmf_receiver_check (BatonDtmfReceiver *self, gint64 now, guint *duration_ms)
{
  if (!self->active || now - self->last_time < LOST_END_US)
    return 0;
  return finish (self, duration_ms);
}
