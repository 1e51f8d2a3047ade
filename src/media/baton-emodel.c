/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-emodel.h"

#define ROBUSTNESS 25.1   /* Bpl */
#define BEST 93.2         /* R of a call without fault */
#define TOO_LONG_MS 177.3 /* from here on the delay disturbs the talk itself */

void
baton_emodel_begin (BatonEmodel *self)
{
  self->begins = TRUE;
}

void
baton_emodel_add (BatonEmodel *self, const BatonEmodelCount *count, gint64 now)
{
  if (self->begins)
    *self = (BatonEmodel) { 0 };
  if (now < self->next)
    return;
  self->next = now + G_USEC_PER_SEC;
  self->past[self->n++ % G_N_ELEMENTS (self->past)] = *count;
}

static double
percent (guint64 part, guint64 whole)
{
  return whole > 0 ? MIN (100.0 * (double) part / (double) whole, 100) : -1;
}

double
baton_emodel_get_lost (const BatonEmodel *self, const BatonEmodelCount *count)
{
  static const BatonEmodelCount nothing = { 0 };
  guint size = G_N_ELEMENTS (self->past);
  const BatonEmodelCount *old = self->n == 0 ? &nothing : &self->past[self->n >= size ? self->n % size : 0];

  /* who hears nothing of it decodes nothing: then the packets must do */
  return MAX (percent (count->concealed - MIN (old->concealed, count->concealed), count->played - old->played),
              percent (count->lost - MIN (old->lost, count->lost), count->expected - MIN (old->expected, count->expected)));
}

double
baton_emodel_get_mos (BatonCodecId codec, gboolean fec, double lost_percent, double delay_ms)
{
  double lost = MAX (lost_percent, 0) * (codec == BATON_CODEC_OPUS && fec ? 0.5 : 1);
  double delay = 0.024 * delay_ms + (delay_ms > TOO_LONG_MS ? 0.11 * (delay_ms - TOO_LONG_MS) : 0);
  double r = BEST - delay - 95 * lost / (lost + ROBUSTNESS);

  if (r <= 0)
    return 1;
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6; /* G.107, annex B */
}
