/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-device-list.h"
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
 * With DEVICE only the foreground call (and those merged with it) is heard and hears. The other
 * kinds need no device: every call that isn't held gets its own tone, file or echo at once, and
 * tones, levels and devices do nothing.
 *
 * When what is open: the connection to the sound server while there is a call; the speaker while
 * one has sound or a tone plays; the ring device while it rings; the microphone only while a call's
 * sound flows, never while one rings unanswered or is on hold. With the connection there, that takes
 * some milliseconds.
 *
 * Properties that a person sets; the names are those of the GSettings keys, so that each can be
 * bound. Devices: `input-device`, `output-device`, `ring-device` (string; the id of a
 * BatonSoundDevice; NULL or empty: the system's default, followed when it changes; one that is
 * unplugged is replaced by the default until it returns). `also-ring-on-speakers` (gboolean: an
 * incoming call rings on `output-device` too). `microphone-volume` (double, 0 to 1.5, 1: as it is),
 * `ring-volume`, `waiting-volume` (double, 0 to 1). `echo-cancellation`, `noise-reduction`,
 * `automatic-gain` (gboolean): each at once, also in a call; what is off costs nothing.
 * `tone-country` (string: ISO 3166, for the tones; NULL or empty: the locale's).
 *
 * Properties that say how it is, read-only: `have-microphone`, `have-speaker` (gboolean: sound goes
 * through it now); `devices` (BatonDeviceList; looks for devices from the first reading on).
 * Of the window, read-write: `metering` (gboolean): while TRUE, `microphone-level` and
 * `speaker-level` (double, dBFS of the last 60 ms, -127 for silence; read them as often as they are
 * drawn, they are not notified) are measured, and the devices are open without a call.
 *
 * Signals: `device-problem (const char *message)`: a sentence: no microphone, no loudspeaker; the
 * call goes on, silent that way. `device-connected (BatonSoundDevice *)`: a device came while
 * `devices` is watched: "Headset connected – use it?"
 */
BatonAudioHub *baton_audio_hub_new (BatonAudioKind kind, double tone_hz, const char *file, GError **error);

/**
 * baton_audio_hub_play_tone: plays the ring tone (@kind "ring", on the ring device), ring-back
 * ("ringback"), busy ("busy"), no way through ("congestion"), call-waiting ("waiting") or a tone to
 * try the speaker ("test") until the next call; NULL stops it.
 */
void baton_audio_hub_play_tone (BatonAudioHub *self, const char *kind);
/**
 * baton_audio_hub_set_echo_test: what is said is heard after 3 s, to try microphone and speaker.
 * Returns: whether it is on; FALSE while there is a call
 */
gboolean baton_audio_hub_set_echo_test (BatonAudioHub *self, gboolean on);
BatonDeviceList *baton_audio_hub_get_devices (BatonAudioHub *self);

G_END_DECLS
