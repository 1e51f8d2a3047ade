/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-audio.h"

#include <math.h>
#include <string.h>

#define TONE_AMPLITUDE 8192

static guint32
get_le (const char *data, guint bytes)
{
  guint32 value = 0;

  for (guint i = 0; i < bytes; i++)
    value |= (guint32) (guint8) data[i] << 8 * i;
  return value;
}

BatonTestWav *
baton_test_wav_read (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  BatonTestWav *self = g_new0 (BatonTestWav, 1);
  gsize length;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, >=, 44);
  g_assert_cmpmem (data, 4, "RIFF", 4);
  g_assert_cmpmem (data + 8, 8, "WAVEfmt ", 8);
  g_assert_cmpuint (get_le (data + 4, 4), ==, length - 8);
  g_assert_cmpuint (get_le (data + 20, 2), ==, 1);
  g_assert_cmpuint (get_le (data + 22, 2), ==, 1);
  g_assert_cmpuint (get_le (data + 34, 2), ==, 16);
  g_assert_cmpmem (data + 36, 4, "data", 4);
  g_assert_cmpuint (get_le (data + 40, 4), ==, length - 44);
  self->rate = get_le (data + 24, 4);
  self->samples = g_array_new (FALSE, TRUE, sizeof (gint16));
  for (gsize i = 44; i + 1 < length; i += 2)
    {
      gint16 sample = (gint16) get_le (data + i, 2);

      g_array_append_val (self->samples, sample);
    }
  return self;
}

void
baton_test_wav_free (BatonTestWav *self)
{
  g_array_unref (self->samples);
  g_free (self);
}

void
baton_test_wav_write (const char *path, guint rate, const gint16 *samples, gsize n)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 numbers[] = { (guint32) (36 + 2 * n), 16, 1 | 1 << 16, rate, 2 * rate, 2 | 16 << 16, (guint32) (2 * n) };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    numbers[i] = GUINT32_TO_LE (numbers[i]);
  g_byte_array_append (bytes, (const guint8 *) "RIFF", 4);
  g_byte_array_append (bytes, (const guint8 *) &numbers[0], 4);
  g_byte_array_append (bytes, (const guint8 *) "WAVEfmt ", 8);
  g_byte_array_append (bytes, (const guint8 *) &numbers[1], 20);
  g_byte_array_append (bytes, (const guint8 *) "data", 4);
  g_byte_array_append (bytes, (const guint8 *) &numbers[6], 4);
  for (gsize i = 0; i < n; i++)
    {
      gint16 sample = GINT16_TO_LE (samples[i]);

      g_byte_array_append (bytes, (const guint8 *) &sample, 2);
    }
  g_file_set_contents (path, (const char *) bytes->data, bytes->len, &error);
  g_assert_no_error (error);
}

GArray *
baton_test_tone (double hz, guint rate, double seconds)
{
  GArray *samples = g_array_new (FALSE, TRUE, sizeof (gint16));

  g_array_set_size (samples, (guint) (seconds * rate));
  for (guint i = 0; i < samples->len; i++)
    g_array_index (samples, gint16, i) = (gint16) (TONE_AMPLITUDE * sin (2 * G_PI * hz * i / rate));
  return samples;
}

double
baton_test_goertzel_db (const gint16 *samples, gsize n, guint rate, double hz)
{
  double twice = 2 * cos (2 * G_PI * hz / rate), before = 0, now = 0, power;

  for (gsize i = 0; i < n; i++)
    {
      double next = samples[i] / 32768.0 + twice * now - before;

      before = now;
      now = next;
    }
  if (n == 0)
    return -127;
  power = (now * now + before * before - twice * now * before) * 2 / ((double) n * (double) n);
  return power > 1e-12 ? 10 * log10 (power) : -127;
}

double
baton_test_level_db (const gint16 *samples, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += samples[i] / 32768.0 * (samples[i] / 32768.0);
  return n > 0 && sum / (double) n > 1e-12 ? 10 * log10 (sum / (double) n) : -127;
}

static void
get_part (BatonTestWav *wav, double from, double to, const gint16 **samples, gsize *n)
{
  gsize first = (gsize) (from * wav->rate), last = (gsize) (to * wav->rate);

  g_assert_cmpuint (last, <=, wav->samples->len);
  *samples = &g_array_index (wav->samples, gint16, first);
  *n = last - first;
}

void
baton_test_assert_tone (BatonTestWav *wav, double from, double to, double hz, double level_db)
{
  for (double at = from; at + 0.1 <= to + 1e-9; at += 0.1)
    {
      const gint16 *samples;
      gsize n;
      double tone, all;

      get_part (wav, at, at + 0.1, &samples, &n);
      tone = baton_test_goertzel_db (samples, n, wav->rate, hz);
      all = baton_test_level_db (samples, n);
      if (fabs (tone - level_db) > 2 || all - tone > 2)
        g_error ("at %.1f s: %.1f dB of %.0f Hz in %.1f dB, wanted %.1f dB", at, tone, hz, all, level_db);
    }
}

void
baton_test_assert_silence (BatonTestWav *wav, double from, double to)
{
  const gint16 *samples;
  gsize n;

  get_part (wav, from, to, &samples, &n);
  g_assert_cmpfloat (baton_test_level_db (samples, n), <, -50);
}
