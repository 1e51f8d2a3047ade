/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** BatonTestWav: a recording as it was found on disk: 16 bit mono. */
typedef struct
{
  guint rate;
  GArray *samples; /* (element-type gint16) */
} BatonTestWav;

/** baton_test_wav_read: fails the test when @path is no 16 bit mono WAV with right sizes in its header */
BatonTestWav *baton_test_wav_read (const char *path);
void baton_test_wav_free (BatonTestWav *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonTestWav, baton_test_wav_free)
/** baton_test_wav_write: @samples as a WAV file */
void baton_test_wav_write (const char *path, guint rate, const gint16 *samples, gsize n);

/** baton_test_tone: @seconds of a sine of a quarter of full scale. Returns: (element-type gint16) */
GArray *baton_test_tone (double hz, guint rate, double seconds);

/** baton_test_goertzel_db: dBFS of the part of frequency @hz: a sine of amplitude 1 has -3 */
double baton_test_goertzel_db (const gint16 *samples, gsize n, guint rate, double hz);
/** baton_test_level_db: dBFS of all of it */
double baton_test_level_db (const gint16 *samples, gsize n);

/**
 * baton_test_assert_tone: most of [@from, @to) seconds is a sine of @hz, at @level_db ± 2 dB; in
 * every tenth of a second of it.
 */
void baton_test_assert_tone (BatonTestWav *wav, double from, double to, double hz, double level_db);
/** baton_test_assert_silence: below -50 dBFS */
void baton_test_assert_silence (BatonTestWav *wav, double from, double to);

G_END_DECLS
