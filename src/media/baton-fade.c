/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-fade.h"

#include <string.h>

#define FADES_PER_SECOND 200 /* of 5 ms each: too short to be heard as a fade, long enough not to click */

static guint
fade_length (guint n, guint rate)
{
  return MIN (n, rate / FADES_PER_SECOND);
}

void
baton_fade_in (gint16 *samples, guint n, guint rate)
{
  gint length = (gint) fade_length (n, rate);

  for (gint i = 0; i < length; i++)
    samples[i] = (gint16) (samples[i] * i / length);
}

void
baton_fade_out (gint16 *samples, guint n, guint rate)
{
  gint length = (gint) fade_length (n, rate);

  for (gint i = 0; i < length; i++)
    samples[i] = (gint16) (samples[i] * (length - i) / length);
  memset (samples + length, 0, (n - (guint) length) * sizeof *samples);
}

void
baton_fade_tail (const gint16 *last, gint16 *samples, guint n, guint rate)
{
  for (guint i = 0; i < n; i++) /* its mirror image goes on where it stopped */
    samples[i] = last[n - 1 - i];
  baton_fade_out (samples, n, rate);
}

gboolean
baton_gate_is_silent (const BatonGate *self, gboolean open)
{
  return !self->open && !open;
}

gboolean
baton_gate_run (BatonGate *self, gboolean open, gint16 *samples, guint n, guint rate)
{
  gboolean sound = FALSE;

  if (baton_gate_is_silent (self, open))
    {
      memset (samples, 0, n * sizeof *samples);
      return FALSE;
    }
  if (self->open == open)
    return TRUE;
  if (!open)
    {
      self->open = FALSE;
      baton_fade_out (samples, n, rate);
      return TRUE;
    }
  for (guint i = 0; i < n && !sound; i++) /* silence opens nothing: the sound to come is what may click */
    sound = samples[i] != 0;
  if (sound)
    baton_fade_in (samples, n, rate);
  self->open = sound;
  return TRUE;
}
