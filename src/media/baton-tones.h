/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonTone:
 * The tones that a phone makes for its own user, as the user's country knows them (ITU-T E.180,
 * Supplement 2). An incoming call has two alternating notes, in the rhythm of that country's ring.
 */
typedef struct
{
  const char *kind;    /* NULL: silent */
  const char *country; /* of the table */
  guint64 position;    /* samples at 48 kHz since it began */
  double volume;       /* 0 to 1, not linear: as a slider has it */
} BatonTone;

/**
 * baton_tone_set: @kind: "ring", "ringback", "busy", "congestion", "waiting", "test"; anything else,
 * and NULL, is silence. @country: two letters of ISO 3166; of one that isn't known, and NULL, it is
 * what most of Europe has (425 Hz).
 */
void baton_tone_set (BatonTone *self, const char *kind, const char *country, double volume);
/** baton_tone_mix: adds the next 20 ms at 48 kHz to @samples */
void baton_tone_mix (BatonTone *self, gint16 *samples);

/** baton_tone_country: Returns: (nullable): the two letters of this process' locale: of LC_ALL, LC_TELEPHONE or LANG */
const char *baton_tone_country (void);
/** baton_tone_gain: the factor that a slider's 0 to 1 (and up to 1.5) stands for: cubic, as sound servers have it */
double baton_tone_gain (double volume);

G_END_DECLS
