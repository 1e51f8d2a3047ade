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

/**
 * BatonTestPulse: a sound server of the test's own, with null sinks "mic" and "speaker": what is
 * played into "mic" is heard by the default source, what is played by default comes to "speaker".
 * PULSE_SERVER is set for this process and its children. Ended by its id.
 */
typedef struct _BatonTestPulse BatonTestPulse;

/** Returns: (nullable): NULL when PulseAudio is not installed: skip the test then */
BatonTestPulse *baton_test_pulse_new (void);
void baton_test_pulse_free (BatonTestPulse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonTestPulse, baton_test_pulse_free)
/** baton_test_pulse_play: starts to play @samples into "mic", until freed or over */
void baton_test_pulse_play (BatonTestPulse *self, const gint16 *samples, gsize n, guint rate);
/** baton_test_pulse_record: records what is played to "speaker"; returns when the first of it is there */
void baton_test_pulse_record (BatonTestPulse *self, guint rate);
/** Returns: (element-type gint16): what was recorded up to now */
GArray *baton_test_pulse_dup_recorded (BatonTestPulse *self);
/** baton_test_pulse_record_from: the same of another source; what was recorded before is gone */
void baton_test_pulse_record_from (BatonTestPulse *self, const char *source, guint rate);
/** baton_test_pulse_control: `pactl` with these arguments, which must be right */
void baton_test_pulse_control (const char *format, ...) G_GNUC_PRINTF (1, 2);
/** Returns: how many "sinks", "sources", "sink-inputs", "source-outputs" there are */
guint baton_test_pulse_count (const char *what);
/** baton_test_pulse_start: again, after baton_test_pulse_kill() */
void baton_test_pulse_start (BatonTestPulse *self);
/** baton_test_pulse_kill: the sound server goes away in the middle of it */
void baton_test_pulse_kill (BatonTestPulse *self);

G_END_DECLS
