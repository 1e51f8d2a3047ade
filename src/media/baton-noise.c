/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-noise.h"

#include <math.h>

#define QUIETEST 70 /* -dBov: what a packet without a level gets */
#define LOUDEST 30  /* -dBov: nobody means louder noise than that as a comfort */

void
baton_noise_set (BatonNoise *self, const guint8 *payload, gsize length)
{
  int level = length > 0 ? payload[0] & 0x7f : QUIETEST;

  self->on = TRUE;
  /* The power of a uniform distribution is a third of its amplitude's square; the filter below takes half of it. */
  self->amplitude = (int) (32768 * pow (10, -MAX (level, LOUDEST) / 20.0) * sqrt (6));
  if (self->seed == 0)
    self->seed = 1;
}

void
baton_noise_stop (BatonNoise *self)
{
  self->on = FALSE;
}

void
baton_noise_make (BatonNoise *self, gint16 *samples, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      gint value;

      self->seed = self->seed * 1664525 + 1013904223;
      value = (gint) ((gint64) self->amplitude * (gint16) (self->seed >> 16) / 32768);
      samples[i] = (gint16) ((value + self->previous) / 2); /* duller than white: it hisses less */
      self->previous = value;
    }
}
