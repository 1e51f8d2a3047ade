/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-level.h"

#include <math.h>

void
baton_level_add (BatonLevel *self, const gint16 *samples, guint n)
{
  gint64 sum = 0;

  for (guint i = 0; i < n; i++)
    sum += samples[i] * samples[i];
  self->power[self->next] = n > 0 ? (float) ((double) sum / n / (32768.0 * 32768.0)) : 0;
  self->next = (self->next + 1) % G_N_ELEMENTS (self->power);
}

double
baton_level_get_db (const BatonLevel *self)
{
  double sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (self->power); i++)
    sum += self->power[i];
  sum /= G_N_ELEMENTS (self->power);
  return sum > 0 ? MAX (10 * log10 (sum), BATON_LEVEL_SILENCE) : BATON_LEVEL_SILENCE;
}
