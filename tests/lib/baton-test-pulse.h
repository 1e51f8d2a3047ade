/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonTestPulse: a sound server of the test's own that speaks PulseAudio's protocol, with null sinks "mic" and
 * "speaker": what is played into "mic" is heard by the default source, what is played by default comes to "speaker".
 * PULSE_SERVER is set for this process and its children. Ended by its id.
 */
typedef struct _BatonTestPulse BatonTestPulse;

/** baton_test_pulse_new: Returns: (nullable): NULL when that server is not installed: skip the test then */
BatonTestPulse *baton_test_pulse_new (gboolean pipewire);
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
/** baton_test_pulse_add_sink: another null sink */
void baton_test_pulse_add_sink (BatonTestPulse *self, const char *name);
/** Returns: how many "sinks", "sources", "sink-inputs", "source-outputs" there are */
guint baton_test_pulse_count (const char *what);
/** baton_test_pulse_start: again, after baton_test_pulse_kill() */
void baton_test_pulse_start (BatonTestPulse *self);
/** baton_test_pulse_kill: the sound server goes away in the middle of it */
void baton_test_pulse_kill (BatonTestPulse *self);

G_END_DECLS
