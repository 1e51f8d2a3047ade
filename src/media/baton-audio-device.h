/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonAudioDevice:
 * Microphone or speaker: one GStreamer pipeline, 48 kHz mono in frames of 20 ms. It is opened and
 * closed in GStreamer's own threads, for a sound server may take its time. A device that fails is
 * tried again each few seconds while it is wanted. Used in the main context, but for play.
 */
typedef struct _BatonAudioDevice BatonAudioDevice;

typedef struct
{
  void (*frame) (const gint16 *samples, gpointer data); /* microphone: in the capturing thread: 20 ms at 48 kHz */
  void (*present) (gboolean present, gpointer data);    /* in the main context: sound has begun to come, or went away */
  gpointer data;
} BatonAudioDeviceEvents;

/** @microphone: else it is a speaker */
BatonAudioDevice *baton_audio_device_new (gboolean microphone, const BatonAudioDeviceEvents *events);
/** baton_audio_device_free: no event comes any more when this returns */
void baton_audio_device_free (BatonAudioDevice *self);

/** baton_audio_device_set: @name of the sound server's device, NULL for its default */
void baton_audio_device_set (BatonAudioDevice *self, gboolean wanted, const char *name);
/** baton_audio_device_play: from any thread: 20 ms at 48 kHz; dropped where nothing is open */
void baton_audio_device_play (BatonAudioDevice *self, const gint16 *samples);

G_END_DECLS
