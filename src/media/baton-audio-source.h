/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-codec.h"
#include "baton-enums.h"

G_BEGIN_DECLS

/**
 * BatonAudioSource:
 * What all calls of one hub send: silence, a sine, a file, or the microphone's last frame. Each
 * call has a cursor of its own in it. Used with the tick's lock held. Reference counted.
 */
typedef struct _BatonAudioSource BatonAudioSource;

typedef struct
{
  double phase;
  guint64 position; /* frames of the file */
} BatonAudioCursor;

BatonAudioSource *baton_audio_source_new (BatonAudioKind kind, double tone_hz, const char *file, GError **error);
BatonAudioSource *baton_audio_source_ref (BatonAudioSource *self);
void baton_audio_source_unref (BatonAudioSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonAudioSource, baton_audio_source_unref)

BatonAudioKind baton_audio_source_get_kind (BatonAudioSource *self);
/** baton_audio_source_set_microphone: (nullable) @samples: 20 ms at 48 kHz for this tick; NULL for silence */
void baton_audio_source_set_microphone (BatonAudioSource *self, const gint16 *samples);
/** baton_audio_source_read: the next 20 ms at @rate */
void baton_audio_source_read (BatonAudioSource *self, BatonAudioCursor *cursor, guint rate, gint16 *samples);

G_END_DECLS
