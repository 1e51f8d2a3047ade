/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-dtmf.h"

G_BEGIN_DECLS

/** BatonDtmfTone: key presses as the two tones that each stands for (ITU-T Q.23): 100 ms each, 60 ms apart. A value. */
typedef struct
{
  char queue[BATON_DTMF_MAX_QUEUE + 1];
  guint frames; /* of the key that sounds */
} BatonDtmfTone;

/** baton_dtmf_tone_add: Returns: FALSE, and nothing queued, when there is no more room */
gboolean baton_dtmf_tone_add (BatonDtmfTone *self, const char *digits);
void baton_dtmf_tone_clear (BatonDtmfTone *self);
/**
 * baton_dtmf_tone_mix: once a frame of @n samples, 50 a second. @amplitude: of each of the two tones.
 * @alone: in place of what is in @samples, else added to it.
 * Returns: FALSE, and nothing done, when no key sounds
 */
gboolean baton_dtmf_tone_mix (BatonDtmfTone *self, gint16 *samples, guint n, int amplitude, gboolean alone);

G_END_DECLS
