/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-media.h"

G_BEGIN_DECLS

#define BATON_TYPE_AUDIO_HUB (baton_audio_hub_get_type ())
G_DECLARE_FINAL_TYPE (BatonAudioHub, baton_audio_hub, BATON, AUDIO_HUB, GObject)

/**
 * BatonAudioHub:
 * The one clock and the one sound device of all calls, and the maker of their media. A tick every
 * 20 ms, from the microphone's buffers or a timer, reads all sockets, encodes, sends, decodes and
 * plays. Nothing runs while no call has sound. Owned by the engine. Implements BatonMediaFactory.
 *
 * With DEVICE only the foreground call is heard and hears. The other kinds need no device: every
 * call that isn't held gets its own tone, file or echo at once.
 *
 * Properties: `input-device`, `output-device` (string, NULL: the sound server's default),
 * `have-microphone` (gboolean, read-only). Signal `device-problem (const char *message)`.
 */
BatonAudioHub *baton_audio_hub_new (BatonAudioKind kind, double tone_hz, const char *file, GError **error);

/**
 * baton_audio_hub_ring: plays the ring tone (@kind "ring"), ring-back ("ringback"), busy ("busy")
 * or call-waiting ("waiting") tone through the device until the next call; NULL stops it.
 */
void baton_audio_hub_play_tone (BatonAudioHub *self, const char *kind);

G_END_DECLS
