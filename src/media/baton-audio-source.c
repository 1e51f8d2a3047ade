/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-source.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "baton-audio-file.h"
#include "baton-error.h"
#include "baton-resampler.h"

#define TONE_AMPLITUDE 8192 /* a quarter of full scale: -15 dBFS */
#define N_RATES 3

static const guint rates[N_RATES] = { 8000, 16000, 48000 };

struct _BatonAudioSource
{
  gatomicrefcount refs;
  BatonAudioKind kind;
  double tone_hz;

  BatonAudioFile *file; /* (nullable) */

  gint16 microphone[N_RATES][BATON_MAX_FRAME];
  gboolean have[N_RATES]; /* this tick's frame is there at that rate */
  BatonResampler *resamplers[N_RATES];
};

BatonAudioSource *
baton_audio_source_new (BatonAudioKind kind, double tone_hz, const char *file, GError **error)
{
  g_autoptr (BatonAudioSource) self = g_new0 (BatonAudioSource, 1);

  g_atomic_ref_count_init (&self->refs);
  self->kind = kind;
  self->tone_hz = tone_hz;
  if (kind == BATON_AUDIO_KIND_TONE && !(tone_hz >= 20 && tone_hz <= 3900))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                   "A tone of %g Hz cannot be sent over a telephone. Choose one from 20 to 3900 Hz.", tone_hz);
      return NULL;
    }
  if (kind == BATON_AUDIO_KIND_FILE)
    {
      self->file = baton_audio_file_open (file, error);
      if (self->file == NULL)
        return NULL;
    }
  return g_steal_pointer (&self);
}

BatonAudioSource *
baton_audio_source_ref (BatonAudioSource *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
baton_audio_source_unref (BatonAudioSource *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  baton_audio_file_free (self->file);
  for (guint i = 0; i < N_RATES; i++)
    g_clear_pointer (&self->resamplers[i], baton_resampler_free);
  g_free (self);
}

BatonAudioKind
baton_audio_source_get_kind (BatonAudioSource *self)
{
  return self->kind;
}

static guint
index_of_rate (guint rate)
{
  guint i = 0;

  while (i < N_RATES - 1 && rates[i] != rate)
    i++;
  return i;
}

void
baton_audio_source_set_microphone (BatonAudioSource *self, const gint16 *samples)
{
  memset (self->have, 0, sizeof self->have);
  if (samples != NULL)
    memcpy (self->microphone[N_RATES - 1], samples, sizeof self->microphone[0]);
  else
    memset (self->microphone[N_RATES - 1], 0, sizeof self->microphone[0]);
  self->have[N_RATES - 1] = TRUE;
}

/* Converted at most once a tick and rate, however many calls want it. */
static void
read_microphone (BatonAudioSource *self, guint index, gint16 *samples)
{
  if (!self->have[N_RATES - 1])
    baton_audio_source_set_microphone (self, NULL);
  if (!self->have[index])
    {
      if (self->resamplers[index] == NULL)
        self->resamplers[index] = baton_resampler_new (rates[N_RATES - 1], rates[index]);
      baton_resampler_run (self->resamplers[index], self->microphone[N_RATES - 1], BATON_MAX_FRAME,
                           self->microphone[index]);
      self->have[index] = TRUE;
    }
  memcpy (samples, self->microphone[index], rates[index] / 50 * sizeof *samples);
}

static void
read_tone (BatonAudioSource *self, BatonAudioCursor *cursor, guint rate, gint16 *samples)
{
  /* the sine of equal steps by recurrence: sin (a + d) = 2 cos d · sin a - sin (a - d) */
  double step = 2 * G_PI * self->tone_hz / rate, twice = 2 * cos (step);
  double before = sin (cursor->phase - step), now = sin (cursor->phase);
  guint n = rate / 50;

  for (guint i = 0; i < n; i++)
    {
      double next = twice * now - before;

      samples[i] = (gint16) (TONE_AMPLITUDE * now);
      before = now;
      now = next;
    }
  cursor->phase = fmod (cursor->phase + n * step, 2 * G_PI);
}

void
baton_audio_source_read (BatonAudioSource *self, BatonAudioCursor *cursor, guint rate, gint16 *samples)
{
  switch (self->kind)
    {
    case BATON_AUDIO_KIND_TONE:
      read_tone (self, cursor, rate, samples);
      return;
    case BATON_AUDIO_KIND_FILE:
      if (baton_audio_file_read (self->file, cursor->position, rate, samples))
        cursor->position++;
      return;
    case BATON_AUDIO_KIND_DEVICE:
      read_microphone (self, index_of_rate (rate), samples);
      return;
    case BATON_AUDIO_KIND_NULL:
    case BATON_AUDIO_KIND_ECHO: /* the call's own doing: it sends what it hears */
      break;
    }
  memset (samples, 0, rate / 50 * sizeof *samples);
}
