/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-file.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <string.h>

#include "baton-codec.h"
#include "baton-error.h"
#include "baton-resampler.h"

#define SLICE (50 * GST_MSECOND) /* how soon an end that is asked for is noticed */
#define PATIENCE_US (5 * G_USEC_PER_SEC)
#define CHUNK_FRAMES 50
#define MAX_FRAMES (BATON_AUDIO_FILE_MAX_SECONDS * CHUNK_FRAMES)
#define WIDE (BATON_MAX_FRAME / 3)
#define NARROW (BATON_MAX_FRAME / 6)

/* A second */
typedef struct
{
  gint16 full[CHUNK_FRAMES][BATON_MAX_FRAME]; /* 48 kHz */
  gint16 wide[CHUNK_FRAMES][WIDE];            /* 16 kHz */
  gint16 narrow[CHUNK_FRAMES][NARROW];        /* 8 kHz */
} Chunk;

struct _BatonAudioFile
{
  char *path;
  GThread *thread;
  Chunk *chunks[BATON_AUDIO_FILE_MAX_SECONDS];
  gint n_frames; /* atomic: those before it are there, and don't change any more */
  gint whole;    /* atomic: there are no more; set after the last of them */
  gint stop;     /* atomic */

  /* the thread's */
  gint16 frame[BATON_MAX_FRAME];
  guint n_frame;
  BatonResampler *to_wide, *to_narrow;

  GMutex lock;
  GCond known;
  gboolean begun; /* the lock's: it plays, or @error says why it doesn't */
  GError *error;
};

/* --- the thread --- */

static GstElement *
make_pipeline (const char *path, GError **error)
{
  GstElement *pipeline = gst_parse_launch ("filesrc name=file ! decodebin ! audioconvert ! audioresample ! "
                                           "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved ! "
                                           "appsink name=sink sync=false max-buffers=16",
                                           error);
  GstElement *file;

  if (pipeline == NULL)
    return NULL;
  file = gst_bin_get_by_name (GST_BIN (pipeline), "file");
  g_object_set (file, "location", path, NULL);
  gst_object_unref (file);
  return pipeline;
}

static void
tell_begun (BatonAudioFile *self, GError *error)
{
  g_mutex_lock (&self->lock);
  self->begun = TRUE;
  self->error = error;
  g_cond_signal (&self->known);
  g_mutex_unlock (&self->lock);
}

/* A whole frame is there. */
static void
keep_frame (BatonAudioFile *self)
{
  guint at = (guint) self->n_frames;
  Chunk *chunk = self->chunks[at / CHUNK_FRAMES];

  if (chunk == NULL)
    chunk = self->chunks[at / CHUNK_FRAMES] = g_new (Chunk, 1);
  memcpy (chunk->full[at % CHUNK_FRAMES], self->frame, sizeof self->frame);
  baton_resampler_run (self->to_wide, self->frame, BATON_MAX_FRAME, chunk->wide[at % CHUNK_FRAMES]);
  baton_resampler_run (self->to_narrow, self->frame, BATON_MAX_FRAME, chunk->narrow[at % CHUNK_FRAMES]);
  self->n_frame = 0;
  g_atomic_int_set (&self->n_frames, (gint) at + 1);
  if (at + 1 == CHUNK_FRAMES)
    tell_begun (self, NULL);
}

static void
take_samples (BatonAudioFile *self, const gint16 *samples, gsize left)
{
  while (left > 0 && self->n_frames < MAX_FRAMES)
    {
      guint n = (guint) MIN (left, BATON_MAX_FRAME - self->n_frame);

      memcpy (self->frame + self->n_frame, samples, n * sizeof *samples);
      samples += n;
      left -= n;
      self->n_frame += n;
      if (self->n_frame == BATON_MAX_FRAME)
        keep_frame (self);
    }
}

static void
take_sample (BatonAudioFile *self, GstSample *sample)
{
  GstMapInfo map;

  if (gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    {
      take_samples (self, (const gint16 *) map.data, map.size / sizeof (gint16));
      gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
    }
  gst_sample_unref (sample);
}

/* Returns: FALSE when the pipeline has failed, with the cause */
static gboolean
check_bus (GstElement *pipeline, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  if (message != NULL)
    gst_message_parse_error (message, error, NULL);
  return message == NULL;
}

static void
decode_all (BatonAudioFile *self, GstElement *pipeline, GError **error)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gint64 patience = g_get_monotonic_time () + PATIENCE_US;
  gboolean ended = FALSE;

  while (!ended && !g_atomic_int_get (&self->stop) && self->n_frames < MAX_FRAMES)
    {
      GstSample *sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), SLICE);

      if (sample != NULL)
        {
          take_sample (self, sample);
          patience = g_get_monotonic_time () + PATIENCE_US;
        }
      else
        ended = !check_bus (pipeline, error) || gst_app_sink_is_eos (GST_APP_SINK (sink)) ||
                g_get_monotonic_time () > patience;
    }
  if (self->n_frame > 0 && self->n_frames < MAX_FRAMES) /* the end is filled up with silence */
    {
      memset (self->frame + self->n_frame, 0, (BATON_MAX_FRAME - self->n_frame) * sizeof *self->frame);
      keep_frame (self);
    }
}

static gpointer
decode (gpointer data)
{
  BatonAudioFile *self = data;
  g_autoptr (GError) cause = NULL;
  GstElement *pipeline = make_pipeline (self->path, &cause);

  if (pipeline != NULL)
    {
      gst_element_set_state (pipeline, GST_STATE_PLAYING);
      decode_all (self, pipeline, &cause);
      if (cause == NULL)
        check_bus (pipeline, &cause);
      gst_element_set_state (pipeline, GST_STATE_NULL);
      gst_object_unref (pipeline);
    }
  g_atomic_int_set (&self->whole, TRUE);
  if (self->n_frames >= CHUNK_FRAMES && cause != NULL)
    g_message ("The sound file %s ends after %d s: %s", self->path, self->n_frames / CHUNK_FRAMES, cause->message);
  else if (self->n_frames == 0 && cause == NULL)
    g_set_error_literal (&cause, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "there is no sound in it.");
  if (self->n_frames < CHUNK_FRAMES)
    tell_begun (self, g_steal_pointer (&cause));
  return NULL;
}

/* --- whoever plays it --- */

gboolean
baton_audio_file_read (BatonAudioFile *self, guint64 frame, guint rate, gint16 *samples)
{
  gboolean whole = g_atomic_int_get (&self->whole); /* first: what is counted after it is all that there is */
  guint64 n = (guint64) g_atomic_int_get (&self->n_frames), at = whole ? frame % n : frame;
  const Chunk *chunk;

  if (at >= n)
    {
      memset (samples, 0, rate / 50 * sizeof *samples);
      return FALSE;
    }
  chunk = self->chunks[at / CHUNK_FRAMES];
  at %= CHUNK_FRAMES;
  memcpy (samples, rate == 48000 ? chunk->full[at] : rate == 16000 ? chunk->wide[at] : chunk->narrow[at],
          rate / 50 * sizeof *samples);
  return TRUE;
}

void
baton_audio_file_free (BatonAudioFile *self)
{
  if (self == NULL)
    return;
  g_atomic_int_set (&self->stop, TRUE);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  for (guint i = 0; i < G_N_ELEMENTS (self->chunks); i++)
    g_free (self->chunks[i]);
  baton_resampler_free (self->to_wide);
  baton_resampler_free (self->to_narrow);
  g_clear_error (&self->error);
  g_cond_clear (&self->known);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self);
}

/* A pipe or a device can keep whoever opens it waiting for ever. */
static gboolean
check_kind (const char *path, GError **error)
{
  GStatBuf info;

  if (g_stat (path, &info) == 0 && S_ISREG (info.st_mode))
    return TRUE;
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                       g_stat (path, &info) == 0 ? "it is not a file." : g_strerror (errno));
  return FALSE;
}

BatonAudioFile *
baton_audio_file_open (const char *path, GError **error)
{
  BatonAudioFile *self = g_new0 (BatonAudioFile, 1);
  g_autoptr (GError) cause = NULL;
  g_autofree char *name = NULL;

  g_mutex_init (&self->lock);
  g_cond_init (&self->known);
  self->path = g_strdup (path != NULL ? path : "");
  if (check_kind (self->path, &cause))
    {
      self->to_wide = baton_resampler_new (48000, 16000);
      self->to_narrow = baton_resampler_new (48000, 8000);
      self->thread = g_thread_new ("baton-file", decode, self);
      g_mutex_lock (&self->lock);
      while (!self->begun)
        g_cond_wait (&self->known, &self->lock);
      cause = g_steal_pointer (&self->error);
      g_mutex_unlock (&self->lock);
    }
  if (cause == NULL)
    return self;
  name = g_filename_display_name (self->path[0] != '\0' ? self->path : "(none)");
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "The sound file %s cannot be played: %s", name,
               cause->message);
  baton_audio_file_free (self);
  return NULL;
}
