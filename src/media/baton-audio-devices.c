/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-devices.h"

#include <math.h>
#include <string.h>

#include "baton-level.h"
#include "baton-sound-server.h"
#include "baton-tones.h"
#include "baton-voice.h"

#define LOOP_FRAMES 150 /* 3 s */

/* A stream of the sound server, and what it was opened for */
typedef struct
{
  BatonAudioDevices *owner;
  BatonSoundStream *stream; /* of speaker and ring: the tick's lock */
  char *name;
  gboolean microphone, present;
  char *device;             /* where the server put it */
  gboolean open;            /* the tick's lock: sound goes through it */
} Slot;

struct _BatonAudioDevices
{
  BatonTick *tick;
  BatonAudioSource *source;
  const BatonAudioSettings *settings;
  BatonAudioDevicesEvents events;
  BatonSoundServer *server;
  Slot microphone, speaker, ring;
  gboolean calls, listens, speaks, watching, metering;
  gboolean told, lost; /* the connection was, since it was last told */
  gboolean own_voice; /* the microphone only hears the speaker */

  /* the tick's lock */
  gboolean ticks;     /* in the tick by ourselves: for a tone, or meters */
  BatonTone tone;
  BatonVoice *voice;
  gboolean echo, noise, gain; /* what it was made for */
  int gain_256;               /* of the microphone */
  gboolean measures;
  float level[2][3];          /* mean squares of three frames */
  guint n_level;
  gint16 *loop;
  guint n_loop;
};

void
baton_audio_settings_clear (BatonAudioSettings *settings)
{
  g_clear_pointer (&settings->microphone, g_free);
  g_clear_pointer (&settings->speaker, g_free);
  g_clear_pointer (&settings->ring, g_free);
  g_clear_pointer (&settings->country, g_free);
}

/* --- the tick's side --- */

static void
measure (BatonAudioDevices *self, guint which, const gint16 *samples)
{
  gint64 sum = 0;

  for (guint i = 0; i < BATON_MAX_FRAME; i++)
    sum += samples[i] * samples[i];
  self->level[which][self->n_level] = (float) ((double) sum / BATON_MAX_FRAME / (32768.0 * 32768.0));
}

static void
on_frame (const gint16 *samples, gpointer data)
{
  BatonAudioDevices *self = data;
  gint16 clean[BATON_MAX_FRAME];

  baton_tick_lock (self->tick);
  if (self->own_voice || !self->microphone.open) /* until the server has said what it is, it may be the speaker's monitor */
    memset (clean, 0, sizeof clean);
  else
    memcpy (clean, samples, sizeof clean);
  if (self->voice != NULL)
    baton_voice_clean (self->voice, clean);
  for (guint i = 0; self->gain_256 != 256 && i < BATON_MAX_FRAME; i++)
    clean[i] = (gint16) CLAMP (clean[i] * self->gain_256 / 256, G_MININT16, G_MAXINT16);
  if (self->measures)
    measure (self, 0, clean);
  baton_audio_source_set_microphone (self->source, clean);
  if (self->loop != NULL)
    memcpy (self->loop + self->n_loop % LOOP_FRAMES * BATON_MAX_FRAME, clean, sizeof clean);
  baton_tick_unlock (self->tick);
  baton_tick_beat (self->tick);
}

static gboolean
rings (BatonAudioDevices *self)
{
  return self->tone.kind != NULL && strcmp (self->tone.kind, "ring") == 0;
}

static void
after_tick (gint64 now, gpointer data)
{
  BatonAudioDevices *self = data;
  gint16 heard[BATON_MAX_FRAME] = { 0 }, rung[BATON_MAX_FRAME] = { 0 };
  gboolean ringing = rings (self);

  self->events.hear (heard, self->events.data);
  if (self->loop != NULL && ++self->n_loop >= LOOP_FRAMES)
    memcpy (heard, self->loop + self->n_loop % LOOP_FRAMES * BATON_MAX_FRAME, sizeof heard);
  if (ringing && self->ring.open)
    {
      baton_tone_mix (&self->tone, rung);
      if (self->speaker.open)
        for (guint i = 0; i < BATON_MAX_FRAME; i++)
          heard[i] = (gint16) CLAMP (heard[i] + rung[i], G_MININT16, G_MAXINT16);
      baton_sound_stream_play (self->ring.stream, rung);
    }
  else if (self->speaker.open) /* not before it is open: the first ring would be over, and what queues up stays as delay */
    baton_tone_mix (&self->tone, heard);
  if (self->speaker.open)
    baton_sound_stream_play (self->speaker.stream, heard);
  if (self->voice != NULL)
    baton_voice_played (self->voice, heard);
  if (self->measures)
    {
      measure (self, 1, heard);
      self->n_level = (self->n_level + 1) % G_N_ELEMENTS (self->level[0]);
    }
  baton_audio_source_set_microphone (self->source, NULL); /* when the timer ticks, this was not said again */
}

static void
own_tick (gint64 now, gpointer data)
{
  /* keeps the clock going while no call has sound */
}

/* With the lock held. */
static void
update_ticks (BatonAudioDevices *self)
{
  gboolean ticks = self->tone.kind != NULL || self->metering || self->loop != NULL;

  if (ticks && !self->ticks)
    baton_tick_add (self->tick, own_tick, self);
  else if (!ticks && self->ticks)
    baton_tick_remove (self->tick, own_tick, self);
  self->ticks = ticks;
}

/* --- opening and closing --- */

/* A monitor of the very speaker is no microphone, though a server without one offers it: the others would hear themselves. */
static void
check_own_voice (BatonAudioDevices *self)
{
  g_autofree char *monitor = g_strconcat (self->speaker.device != NULL ? self->speaker.device : "", ".monitor", NULL);
  gboolean chosen = self->microphone.name != NULL && self->microphone.name[0] != '\0';
  gboolean own = !chosen && self->speaker.device != NULL && g_strcmp0 (self->microphone.device, monitor) == 0;

  if (own == self->own_voice)
    return;
  baton_tick_lock (self->tick);
  self->own_voice = own;
  baton_tick_unlock (self->tick);
  self->events.changed (self->events.data);
  if (own)
    self->events.problem ("No microphone. They cannot hear you.", self->events.data);
}

static void
on_present (gboolean present, const char *device, gpointer data)
{
  Slot *slot = data;
  BatonAudioDevices *self = slot->owner;
  gboolean news = slot->present != present;

  slot->present = present;
  g_free (slot->device);
  slot->device = g_strdup (device);
  check_own_voice (self);
  baton_tick_lock (self->tick);
  slot->open = present;
  baton_tick_unlock (self->tick);
  if (news)
    self->events.changed (self->events.data);
  if (present)
    return;
  if (slot == &self->microphone)
    self->events.problem ("No microphone. They cannot hear you.", self->events.data);
  else if (slot == &self->speaker)
    self->events.problem ("No loudspeaker. You cannot hear them.", self->events.data);
}

static void
on_microphone_frame (const gint16 *samples, gpointer data)
{
  Slot *slot = data;

  on_frame (samples, slot->owner);
}

static void
close_slot (Slot *slot)
{
  BatonSoundStream *stream = slot->stream;

  baton_tick_lock (slot->owner->tick);
  slot->stream = NULL;
  slot->open = FALSE;
  baton_tick_unlock (slot->owner->tick);
  baton_sound_stream_free (stream); /* without the tick's lock: the server's thread may wait for it */
  g_clear_pointer (&slot->name, g_free);
  g_clear_pointer (&slot->device, g_free);
}

static void
set_slot (Slot *slot, gboolean wanted, const char *name)
{
  BatonAudioDevices *self = slot->owner;
  const BatonSoundStreamEvents events = { on_microphone_frame, on_present, slot };
  BatonSoundStream *stream;

  if ((slot->stream != NULL) == wanted && (!wanted || g_strcmp0 (slot->name, name) == 0))
    return;
  if (slot->stream != NULL)
    close_slot (slot);
  if (!wanted)
    {
      if (slot->present)
        {
          slot->present = FALSE;
          self->events.changed (self->events.data);
        }
      return;
    }
  slot->name = g_strdup (name);
  stream = baton_sound_stream_new (self->server, slot->microphone, name, &events);
  baton_tick_lock (self->tick);
  slot->stream = stream;
  baton_tick_unlock (self->tick);
}

static void
update_voice (BatonAudioDevices *self)
{
  gboolean wanted = self->microphone.stream != NULL;
  gboolean echo = wanted && self->settings->echo, noise = wanted && self->settings->noise;
  gboolean gain = wanted && self->settings->gain;
  BatonVoice *voice, *before;

  if (echo == self->echo && noise == self->noise && gain == self->gain)
    return;
  self->echo = echo;
  self->noise = noise;
  self->gain = gain;
  voice = baton_voice_new (echo, noise, gain);
  baton_tick_lock (self->tick);
  before = self->voice;
  self->voice = voice;
  baton_tick_unlock (self->tick);
  baton_voice_free (before);
}

void
baton_audio_devices_update (BatonAudioDevices *self)
{
  const BatonAudioSettings *settings = self->settings;
  gboolean tone, ringing, loop;

  baton_tick_lock (self->tick);
  self->gain_256 = (int) lrint (256 * baton_tone_gain (settings->microphone_volume));
  tone = self->tone.kind != NULL;
  ringing = rings (self);
  loop = self->loop != NULL;
  if (tone)
    self->tone.volume = ringing ? settings->ring_volume
                                : strcmp (self->tone.kind, "waiting") == 0 ? settings->waiting_volume : 1;
  self->measures = self->metering;
  baton_tick_unlock (self->tick);
  baton_sound_server_set_warm (self->server, self->calls || self->watching);
  set_slot (&self->ring, ringing, settings->ring);
  set_slot (&self->speaker,
            self->listens || self->metering || loop || (tone && (!ringing || settings->ring_on_speakers)),
            settings->speaker);
  set_slot (&self->microphone, self->speaks || self->metering || loop, settings->microphone);
  update_voice (self);
  check_own_voice (self);
}

void
baton_audio_devices_set_use (BatonAudioDevices *self, gboolean calls, gboolean listens, gboolean speaks)
{
  if (self->calls == calls && self->listens == listens && self->speaks == speaks)
    return;
  self->calls = calls;
  self->listens = listens;
  self->speaks = speaks;
  baton_audio_devices_update (self);
}

void
baton_audio_devices_set_watching (BatonAudioDevices *self, gboolean watching)
{
  self->watching = watching;
  baton_audio_devices_update (self);
}

void
baton_audio_devices_play_tone (BatonAudioDevices *self, const char *kind)
{
  const char *country = self->settings->country != NULL && self->settings->country[0] != '\0' ? self->settings->country
                                                                                              : baton_tone_country ();

  baton_tick_lock (self->tick);
  baton_tone_set (&self->tone, kind, country, 1);
  update_ticks (self);
  baton_tick_unlock (self->tick);
  baton_audio_devices_update (self);
}

void
baton_audio_devices_set_metering (BatonAudioDevices *self, gboolean metering)
{
  self->metering = metering;
  baton_tick_lock (self->tick);
  memset (self->level, 0, sizeof self->level);
  update_ticks (self);
  baton_tick_unlock (self->tick);
  baton_audio_devices_update (self);
}

gboolean
baton_audio_devices_set_loop (BatonAudioDevices *self, gboolean on)
{
  on = on && !self->calls; /* nobody in a call is to hear what was said before */
  baton_tick_lock (self->tick);
  g_clear_pointer (&self->loop, g_free);
  if (on)
    self->loop = g_new0 (gint16, LOOP_FRAMES * BATON_MAX_FRAME);
  self->n_loop = 0;
  update_ticks (self);
  baton_tick_unlock (self->tick);
  baton_audio_devices_update (self);
  return on;
}

gboolean
baton_audio_devices_have_microphone (BatonAudioDevices *self)
{
  return self->microphone.present && !self->own_voice;
}

gboolean
baton_audio_devices_have_speaker (BatonAudioDevices *self)
{
  return self->speaker.present;
}

double
baton_audio_devices_get_level (BatonAudioDevices *self, gboolean microphone)
{
  double sum = 0;

  baton_tick_lock (self->tick);
  for (guint i = 0; self->measures && i < G_N_ELEMENTS (self->level[0]); i++)
    sum += self->level[microphone ? 0 : 1][i];
  baton_tick_unlock (self->tick);
  sum /= G_N_ELEMENTS (self->level[0]);
  return sum > 0 ? MAX (10 * log10 (sum), BATON_LEVEL_SILENCE) : BATON_LEVEL_SILENCE;
}

static void
on_connected (gboolean connected, gpointer data)
{
  BatonAudioDevices *self = data;

  if (connected && self->told)
    self->events.connected (self->lost, self->events.data);
  self->told = TRUE;
  self->lost = !connected;
}

BatonAudioDevices *
baton_audio_devices_new (BatonTick *tick, BatonAudioSource *source, const BatonAudioSettings *settings,
                         const BatonAudioDevicesEvents *events)
{
  BatonAudioDevices *self = g_new0 (BatonAudioDevices, 1);
  Slot *slots[] = { &self->microphone, &self->speaker, &self->ring };

  self->tick = baton_tick_ref (tick);
  self->source = baton_audio_source_ref (source);
  self->settings = settings;
  self->events = *events;
  self->gain_256 = 256;
  for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
    slots[i]->owner = self;
  self->microphone.microphone = TRUE;
  self->server = baton_sound_server_new (on_connected, self);
  baton_tick_lock (tick);
  baton_tick_set_hooks (tick, NULL, after_tick, self);
  baton_tick_unlock (tick);
  return self;
}

void
baton_audio_devices_free (BatonAudioDevices *self)
{
  Slot *slots[] = { &self->microphone, &self->speaker, &self->ring };

  baton_tick_lock (self->tick);
  baton_tick_set_hooks (self->tick, NULL, NULL, NULL);
  if (self->ticks)
    baton_tick_remove (self->tick, own_tick, self);
  baton_tick_unlock (self->tick);
  for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
    if (slots[i]->stream != NULL)
      close_slot (slots[i]);
  baton_sound_server_free (self->server);
  baton_voice_free (self->voice);
  g_free (self->loop);
  baton_audio_source_unref (self->source);
  baton_tick_unref (self->tick);
  g_free (self);
}
