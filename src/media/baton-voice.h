/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonVoice:
 * What takes echo, noise and differences of loudness out of the microphone's sound: GStreamer's
 * webrtcdsp and webrtcechoprobe, called from the tick itself, without a thread or a queue. Made anew
 * when a switch changes. Where no switch is on there is none, and it costs nothing.
 */
typedef struct _BatonVoice BatonVoice;

/** Returns: (nullable): NULL when all is off, or the elements aren't installed */
BatonVoice *baton_voice_new (gboolean echo, gboolean noise, gboolean gain);
void baton_voice_free (BatonVoice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonVoice, baton_voice_free)

/** baton_voice_played: 20 ms at 48 kHz that go to the speaker: what an echo is made of */
void baton_voice_played (BatonVoice *self, const gint16 *samples);
/** baton_voice_clean: 20 ms at 48 kHz of the microphone, cleaned in place */
void baton_voice_clean (BatonVoice *self, gint16 *samples);

G_END_DECLS
