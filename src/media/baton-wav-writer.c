/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-wav-writer.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "baton-codec.h"
#include "baton-error.h"
#include "baton-resampler.h"

#define HEADER 44
#define MAX_SAMPLES (G_MAXINT32 / 2 - HEADER) /* sizes in a WAV are 32 bits: 6 h at 48 kHz */

struct _BatonWavWriter
{
  FILE *file;
  guint rate;
  guint64 samples;
  gint64 start;
  BatonResampler *resampler;
};

static void
put_le (guint8 *p, guint32 value, guint bytes)
{
  for (guint i = 0; i < bytes; i++)
    p[i] = (guint8) (value >> 8 * i);
}

static void
write_header (BatonWavWriter *self)
{
  guint8 header[HEADER] = "RIFF\0\0\0\0WAVEfmt \20\0\0\0\1\0\1\0";
  guint32 bytes = (guint32) (self->samples * 2), rate = self->rate > 0 ? self->rate : 8000;

  put_le (header + 4, HEADER - 8 + bytes, 4);
  put_le (header + 24, rate, 4);
  put_le (header + 28, rate * 2, 4);
  put_le (header + 32, 2, 2);
  put_le (header + 34, 16, 2);
  memcpy (header + 36, "data", 4);
  put_le (header + 40, bytes, 4);
  fwrite (header, 1, sizeof header, self->file);
}

BatonWavWriter *
baton_wav_writer_new (const char *path, GError **error)
{
  BatonWavWriter *self;
  FILE *file = g_fopen (path, "wbe");

  if (file == NULL)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED, "The recording %s could not be written: %s", path,
                   g_strerror (errno));
      return NULL;
    }
  self = g_new0 (BatonWavWriter, 1);
  self->file = file;
  setvbuf (file, NULL, _IOFBF, 8192); /* whoever reads along is half a second late at most */
  write_header (self);
  return self;
}

void
baton_wav_writer_free (BatonWavWriter *self)
{
  if (self == NULL)
    return;
  /* with the pause that it may end with */
  if (fflush (self->file) == 0 && ftruncate (fileno (self->file), HEADER + (off_t) self->samples * 2) != 0)
    g_info ("a recording is shorter than its header says: %s", g_strerror (errno));
  if (fseek (self->file, 0, SEEK_SET) == 0)
    write_header (self);
  fclose (self->file);
  baton_resampler_free (self->resampler);
  g_free (self);
}

static void
write_samples (BatonWavWriter *self, const gint16 *samples, guint n)
{
  if (self->samples + n > MAX_SAMPLES)
    return;
  for (guint done = 0; done < n;)
    {
      guint8 bytes[2 * BATON_MAX_FRAME];
      guint now = MIN (n - done, BATON_MAX_FRAME);

      for (guint i = 0; i < now; i++)
        put_le (bytes + 2 * i, (guint16) samples[done + i], 2);
      if (fwrite (bytes, 2, now, self->file) != now)
        return; /* disk full: the file ends here, the call goes on */
      done += now;
      self->samples += now;
    }
}

/* A hole in the file: half an hour of hold is written by nobody, least of all by the tick, which has better to do. */
static void
write_silence (BatonWavWriter *self, guint64 n)
{
  if (self->samples + n <= MAX_SAMPLES && fseeko (self->file, (off_t) n * 2, SEEK_CUR) == 0)
    self->samples += n;
}

void
baton_wav_writer_pad (BatonWavWriter *self, gint64 now)
{
  gint64 missing;

  if (self->rate == 0)
    return;
  missing = (now - self->start) * self->rate / G_USEC_PER_SEC - (gint64) self->samples;
  if (missing > (gint64) self->rate / 10) /* a tick that came late is none */
    write_silence (self, (guint64) missing);
}

void
baton_wav_writer_add (BatonWavWriter *self, const gint16 *samples, guint n, guint rate, gint64 now)
{
  gint16 converted[BATON_MAX_FRAME * 2];

  if (self->rate == 0)
    {
      self->rate = rate;
      if (fseek (self->file, 0, SEEK_SET) == 0)
        write_header (self);
      self->start = now - (gint64) n * G_USEC_PER_SEC / rate;
    }
  baton_wav_writer_pad (self, now - (gint64) n * G_USEC_PER_SEC / rate);
  if (rate == self->rate)
    {
      write_samples (self, samples, n);
      return;
    }
  if (self->resampler == NULL || baton_resampler_get_from (self->resampler) != rate)
    {
      g_clear_pointer (&self->resampler, baton_resampler_free);
      self->resampler = baton_resampler_new (rate, self->rate);
    }
  n = MIN (n, rate / 50);
  baton_resampler_run (self->resampler, samples, n, converted);
  write_samples (self, converted, n * self->rate / rate);
}
