/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-dtmf-tone.h"

#include <math.h>
#include <string.h>

#define TONE_FRAMES 5
#define PAUSE_FRAMES 3

static const char keys[] = "123A456B789C*0#D"; /* the rows of the keypad */
static const guint rows[] = { 697, 770, 852, 941 }, columns[] = { 1209, 1336, 1477, 1633 };

gboolean
baton_dtmf_tone_add (BatonDtmfTone *self, const char *digits)
{
  if (strlen (self->queue) + strlen (digits) > BATON_DTMF_MAX_QUEUE)
    return FALSE;
  g_strlcat (self->queue, digits, sizeof self->queue);
  return TRUE;
}

void
baton_dtmf_tone_clear (BatonDtmfTone *self)
{
  memset (self, 0, sizeof *self);
}

/* Starts and ends in 2.5 ms, or it clicks. */
static double
edge (guint frame, guint i, guint n)
{
  guint length = n / 8;

  if (frame == 0 && i < length)
    return (double) i / length;
  if (frame == TONE_FRAMES - 1 && i >= n - length)
    return (double) (n - i) / length;
  return 1;
}

gboolean
baton_dtmf_tone_mix (BatonDtmfTone *self, gint16 *samples, guint n, int amplitude, gboolean alone)
{
  const char *key;
  double low, high;

  if (self->queue[0] == '\0')
    return FALSE;
  key = strchr (keys, g_ascii_toupper (self->queue[0]));
  low = 2 * G_PI * rows[(key - keys) / 4] / (n * 50);
  high = 2 * G_PI * columns[(key - keys) % 4] / (n * 50);
  for (guint i = 0; i < n; i++)
    {
      guint at = self->frames * n + i;
      int sum = alone ? 0 : samples[i];

      if (self->frames < TONE_FRAMES)
        sum += (int) (amplitude * edge (self->frames, i, n) * (sin (low * at) + sin (high * at)));
      samples[i] = (gint16) CLAMP (sum, G_MININT16, G_MAXINT16);
    }
  if (++self->frames == TONE_FRAMES + PAUSE_FRAMES)
    {
      memmove (self->queue, self->queue + 1, strlen (self->queue));
      self->frames = 0;
    }
  return TRUE;
}
