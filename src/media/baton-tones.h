/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonTone:
 * The tones that a phone makes for its own user, as most of Europe knows them (ITU-T E.180): 425 Hz
 * for ring-back, busy and call waiting; two alternating notes for an incoming call.
 */
typedef struct
{
  const char *kind; /* NULL: silent */
  guint64 position; /* samples at 48 kHz since it began */
} BatonTone;

/** baton_tone_set: @kind: "ring", "ringback", "busy", "waiting"; anything else, and NULL, is silence */
void baton_tone_set (BatonTone *self, const char *kind);
/** baton_tone_mix: adds the next 20 ms at 48 kHz to @samples */
void baton_tone_mix (BatonTone *self, gint16 *samples);

G_END_DECLS
