/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-codec.h"

G_BEGIN_DECLS

#define BATON_EMODEL_WINDOW 10 /* s */

/** BatonEmodelCount: what was counted since the call began. */
typedef struct
{
  guint64 expected, lost;            /* packets */
  guint64 played, concealed;         /* samples */
} BatonEmodelCount;

/**
 * BatonEmodel:
 * How a call sounds, for a person: the mean opinion score that the E-model expects. A value.
 *
 * The E-model (ITU-T G.107) with all of its default values: R = 93.2 - Id - Ie,eff. The delay's part Id
 * is the approximation of R. Cole and J. Rosenbluth, "Voice over IP performance monitoring" (ACM
 * SIGCOMM CCR 31, 2001). The codec's and the loss' part Ie,eff = Ie + (95 - Ie) · Ppl / (Ppl + Bpl), for
 * losses at random, with Bpl = 25.1 for G.711 with concealment (ITU-T G.113, appendix I). G.113 has no
 * figures on this scale for G.722 and Opus: they count as G.711; Opus with FEC loses half of what is lost.
 */
typedef struct
{
  BatonEmodelCount past[BATON_EMODEL_WINDOW + 1];
  guint n;
  gboolean begins; /* with the next count */
  gint64 next; /* µs */
} BatonEmodel;

/** baton_emodel_begin: after a pause: what was before it goes out of the window as soon as something is added */
void baton_emodel_begin (BatonEmodel *self);
void baton_emodel_add (BatonEmodel *self, const BatonEmodelCount *count, gint64 now);
/**
 * baton_emodel_get_lost: Returns: percent of the last ten seconds that were lost or came too late;
 * negative when nothing was expected
 */
double baton_emodel_get_lost (const BatonEmodel *self, const BatonEmodelCount *count);
/** baton_emodel_get_mos: @delay_ms: from mouth to ear. Returns: 1 to 4.5 */
double baton_emodel_get_mos (BatonCodecId codec, gboolean fec, double lost_percent, double delay_ms);

G_END_DECLS
