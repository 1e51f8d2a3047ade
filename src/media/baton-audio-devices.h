/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-audio-source.h"
#include "baton-tick.h"

G_BEGIN_DECLS

/** BatonAudioSettings: what a person chose. The names of devices are the sound server's; NULL or empty: its default. */
typedef struct
{
  char *microphone, *speaker, *ring;
  gboolean ring_on_speakers; /* an incoming call rings there too */
  double microphone_volume, ring_volume, waiting_volume; /* 0 to 1 as a slider has it; the microphone up to 1.5 */
  gboolean echo, noise, gain; /* what is taken out of the microphone's sound */
  char *country;             /* of the tones, ISO 3166; NULL: the locale's */
} BatonAudioSettings;

void baton_audio_settings_clear (BatonAudioSettings *settings);

/**
 * BatonAudioDevices:
 * Microphone, speaker and ring device of the hub: opened when there is something to say, to hear or
 * to ring, and closed again; tones, volumes, levels, and what cleans the microphone's sound.
 * In the main context, but for hear.
 */
typedef struct _BatonAudioDevices BatonAudioDevices;

typedef struct
{
  /** in the tick, with its lock: fills in 20 ms at 48 kHz that come out of the speaker (@samples: silence) */
  void (*hear) (gint16 *samples, gpointer data);
  /** something in baton_audio_devices_have_*() changed */
  void (*changed) (gpointer data);
  /** (nullable) @message: a sentence for a person */
  void (*problem) (const char *message, gpointer data);
  /** the sound server has other devices, or another default, or (@anew) was reached again after it had been lost */
  void (*connected) (gboolean anew, gpointer data);
  gpointer data;
} BatonAudioDevicesEvents;

BatonAudioDevices *baton_audio_devices_new (BatonTick *tick, BatonAudioSource *source, const BatonAudioSettings *settings,
                                            const BatonAudioDevicesEvents *events);
void baton_audio_devices_free (BatonAudioDevices *self);

/** baton_audio_devices_update: @settings (owned by the caller, who changed it) is looked at again */
void baton_audio_devices_update (BatonAudioDevices *self);
/** baton_audio_devices_set_use: @calls: there is one, so the connection is kept; @listens: its sound comes; @speaks: it has a person's ear */
void baton_audio_devices_set_use (BatonAudioDevices *self, gboolean calls, gboolean listens, gboolean speaks);
/** baton_audio_devices_set_watching: keeps the connection to notice a new sound server */
void baton_audio_devices_set_watching (BatonAudioDevices *self, gboolean watching);
/** baton_audio_devices_play_tone: as baton_tone_set(); NULL stops it */
void baton_audio_devices_play_tone (BatonAudioDevices *self, const char *kind);
/** baton_audio_devices_set_metering: levels are measured, with devices opened where no call is up */
void baton_audio_devices_set_metering (BatonAudioDevices *self, gboolean metering);
/** baton_audio_devices_set_loop: the microphone is heard from the speaker after 3 s: to hear oneself. Returns: whether it is on */
gboolean baton_audio_devices_set_loop (BatonAudioDevices *self, gboolean on);

gboolean baton_audio_devices_have_microphone (BatonAudioDevices *self);
gboolean baton_audio_devices_have_speaker (BatonAudioDevices *self);
/** Returns: dBFS of the last 60 ms; BATON_LEVEL_SILENCE while nobody measures */
double baton_audio_devices_get_level (BatonAudioDevices *self, gboolean microphone);

G_END_DECLS
