/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-tones.h"

#include <math.h>
#include <string.h>

#include "baton-codec.h"

#define RATE 48000
#define MS (RATE / 1000)
#define AMPLITUDE 3276 /* a tenth: a tone is not to be louder than people */
#define EDGE (5 * MS)  /* faded in and out, or it clicks */

/* on, off, on, off … in ms, ended by 0; hz[1] alternates with hz[0] each 25 ms where it is set */
static const struct
{
  const char *kind;
  guint hz[2], cadence[5];
} tones[] = {
  { "ring", { 800, 1000 }, { 1000, 3000, 0 } },
  { "ringback", { 425, 0 }, { 1000, 4000, 0 } },
  { "busy", { 425, 0 }, { 500, 500, 0 } },
  { "waiting", { 425, 0 }, { 200, 200, 200, 4400, 0 } },
};

void
baton_tone_set (BatonTone *self, const char *kind)
{
  self->kind = NULL;
  self->position = 0;
  for (guint i = 0; kind != NULL && i < G_N_ELEMENTS (tones); i++)
    if (strcmp (tones[i].kind, kind) == 0)
      self->kind = tones[i].kind;
}

/* How loud it is at @position of the cadence, 0 to 1. */
static double
envelope (const guint *cadence, guint64 position)
{
  guint total = 0, at;

  for (guint i = 0; cadence[i] != 0; i++)
    total += cadence[i] * MS;
  at = (guint) (position % total);
  for (guint i = 0; cadence[i] != 0; i++)
    {
      guint length = cadence[i] * MS;

      if (at < length)
        return i % 2 != 0 ? 0 : MIN (1.0, (double) MIN (at, length - at) / EDGE);
      at -= length;
    }
  return 0;
}

void
baton_tone_mix (BatonTone *self, gint16 *samples)
{
  guint i = 0;

  if (self->kind == NULL)
    return;
  while (tones[i].kind != self->kind)
    i++;
  for (guint n = 0; n < BATON_MAX_FRAME; n++, self->position++)
    {
      guint hz = tones[i].hz[tones[i].hz[1] != 0 && self->position / (25 * MS) % 2];
      double sine = sin (2 * G_PI * hz * (double) (self->position % RATE) / RATE);
      int sum = samples[n] + (int) (AMPLITUDE * envelope (tones[i].cadence, self->position) * sine);

      samples[n] = (gint16) CLAMP (sum, G_MININT16, G_MAXINT16);
    }
}
