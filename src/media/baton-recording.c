/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-recording.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "baton-codec.h"
#include "baton-error.h"
#include "baton-resampler.h"

#define HEADER 44
#define BLOCK_FRAMES 25                 /* half a second goes to the disk at once */
#define PAUSE_FRAMES 50
#define MAX_WAITING 120                 /* a minute; a disk that is slower than that has failed */
#define MAX_BYTES (G_MAXUINT32 - 4096u) /* sizes in a WAV are 32 bits: 6 h at 48 kHz */

/* What the thread has; it outlives the recording. */
typedef struct
{
  gatomicrefcount refs;
  GAsyncQueue *blocks; /* of GBytes; one of no length is the end */
  int file;
  guint rate;
  guint64 bytes;
  GMainContext *context;
  GMutex lock;
  BatonRecording *owner; /* the lock's; NULL once nobody is told any more */
  char *message;
} Writer;

struct _BatonRecording
{
  Writer *writer;
  BatonRecordingFailed failed;
  gpointer data;
  gint64 start;
  guint64 frames;
  GByteArray *block;
  BatonResampler *resamplers[2];
};

static GMutex count_lock;
static GCond count_zero;
static guint n_open;

static void
writer_unref (gpointer data)
{
  Writer *writer = data;

  if (!g_atomic_ref_count_dec (&writer->refs))
    return;
  g_async_queue_unref (writer->blocks);
  g_main_context_unref (writer->context);
  g_mutex_clear (&writer->lock);
  g_free (writer->message);
  g_free (writer);
}

/* --- the thread --- */

static void
put_le (guint8 *p, guint32 value, guint bytes)
{
  for (guint i = 0; i < bytes; i++)
    p[i] = (guint8) (value >> 8 * i);
}

static gboolean
write_all (int file, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      gssize n = write (file, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static gboolean
write_header (Writer *writer)
{
  guint8 header[HEADER] = "RIFF\0\0\0\0WAVEfmt \20\0\0\0\1\0\2\0";

  put_le (header + 4, (guint32) (HEADER - 8 + writer->bytes), 4);
  put_le (header + 24, writer->rate, 4);
  put_le (header + 28, writer->rate * 4, 4);
  put_le (header + 32, 4, 2);
  put_le (header + 34, 16, 2);
  memcpy (header + 36, "data", 4);
  put_le (header + 40, (guint32) writer->bytes, 4);
  return pwrite (writer->file, header, HEADER, 0) == HEADER;
}

static gboolean
tell_failed (gpointer data)
{
  Writer *writer = data;
  BatonRecording *owner;

  g_mutex_lock (&writer->lock);
  owner = writer->owner; /* freed in this context only */
  writer->owner = NULL;
  g_mutex_unlock (&writer->lock);
  if (owner != NULL)
    owner->failed (writer->message, owner->data);
  return G_SOURCE_REMOVE;
}

static void
fail (Writer *writer, const char *why)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  writer->message = g_strdup_printf ("The recording ended: %s. The call goes on.", why);
  g_atomic_ref_count_inc (&writer->refs);
  g_source_set_callback (source, tell_failed, writer, writer_unref);
  g_source_attach (source, writer->context);
}

static gpointer
write_blocks (gpointer data)
{
  Writer *writer = data;
  gboolean end = FALSE, failed = FALSE;
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGXFSZ); /* a limit on the size of files is an error here, and not the end */
  pthread_sigmask (SIG_BLOCK, &signals, NULL);
  while (!end)
    {
      g_autoptr (GBytes) block = g_async_queue_pop (writer->blocks);
      gsize length = g_bytes_get_size (block);

      end = length == 0;
      if (end || failed)
        continue;
      if (writer->bytes + length > MAX_BYTES)
        fail (writer, "the file is as long as a WAV can be");
      else if (g_async_queue_length (writer->blocks) > MAX_WAITING)
        fail (writer, "the disk is too slow");
      else if (!write_all (writer->file, g_bytes_get_data (block, NULL), length))
        fail (writer, g_strerror (errno));
      else
        writer->bytes += length;
      failed = writer->message != NULL;
      if (!failed && !write_header (writer)) /* whoever reads along, and whoever finds it after a crash, can play it */
        g_debug ("the header of a recording could not be renewed");
    }
  write_header (writer);
  close (writer->file);
  writer_unref (writer);
  g_mutex_lock (&count_lock);
  if (--n_open == 0)
    g_cond_broadcast (&count_zero);
  g_mutex_unlock (&count_lock);
  return NULL;
}

/* --- the tick's side --- */

static void
push_block (BatonRecording *self)
{
  if (self->block != NULL && self->block->len > 0)
    g_async_queue_push (self->writer->blocks, g_byte_array_free_to_bytes (g_steal_pointer (&self->block)));
  if (self->block == NULL)
    self->block = g_byte_array_sized_new (BLOCK_FRAMES * self->writer->rate / 50 * 4);
}

static void
put_frame (BatonRecording *self, const gint16 *left, const gint16 *right)
{
  guint n = self->writer->rate / 50, at = self->block->len;

  g_byte_array_set_size (self->block, at + n * 4);
  for (guint i = 0; i < n; i++)
    {
      put_le (self->block->data + at + i * 4, (guint16) left[i], 2);
      put_le (self->block->data + at + i * 4 + 2, (guint16) right[i], 2);
    }
  self->frames++;
  if (self->block->len >= BLOCK_FRAMES * n * 4)
    push_block (self);
}

static void
convert (BatonRecording *self, guint channel, const gint16 *samples, guint n, gint16 *out)
{
  BatonResampler **resampler = &self->resamplers[channel];
  guint wanted = self->writer->rate / 50;

  if (n == wanted)
    memcpy (out, samples, n * sizeof *out);
  if (n == wanted || n == 0)
    return;
  if (*resampler == NULL || baton_resampler_get_from (*resampler) != n * 50)
    {
      g_clear_pointer (resampler, baton_resampler_free);
      *resampler = baton_resampler_new (n * 50, self->writer->rate);
    }
  baton_resampler_run (*resampler, samples, n, out);
}

void
baton_recording_add (BatonRecording *self, const gint16 *said, guint n_said, const gint16 *heard, guint n_heard,
                     gint64 now)
{
  const gint16 silence[BATON_MAX_FRAME] = { 0 };
  gint16 left[BATON_MAX_FRAME] = { 0 }, right[BATON_MAX_FRAME] = { 0 };
  gint64 due;

  if (self->start == 0)
    self->start = now;
  due = (now - self->start) / BATON_FRAME_US;
  if (due > (gint64) self->frames + PAUSE_FRAMES) /* the call was on hold: so was the recording */
    self->start += (due - (gint64) self->frames) * BATON_FRAME_US;
  else if (due > (gint64) self->frames + 5) /* a tick that came late is none */
    while (due > (gint64) self->frames)
      put_frame (self, silence, silence);
  convert (self, 0, said, n_said, left);
  convert (self, 1, heard, n_heard, right);
  put_frame (self, left, right);
}

/* --- the main context --- */

BatonRecording *
baton_recording_new (const char *path, guint rate, BatonRecordingFailed failed, gpointer data, GError **error)
{
  int file = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  BatonRecording *self;
  Writer *writer;

  if (file < 0)
    {
      g_autofree char *name = g_filename_display_name (path);

      g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED, "The recording %s could not be made: %s. Choose another file.",
                   name, g_strerror (errno));
      return NULL;
    }
  writer = g_new0 (Writer, 1);
  g_atomic_ref_count_init (&writer->refs);
  writer->blocks = g_async_queue_new_full ((GDestroyNotify) g_bytes_unref);
  writer->file = file;
  writer->rate = rate;
  writer->context = g_main_context_ref_thread_default ();
  g_mutex_init (&writer->lock);
  if (!write_header (writer) || lseek (file, HEADER, SEEK_SET) < 0)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED, "The recording could not be begun: %s. Choose another folder.",
                   g_strerror (errno));
      close (file);
      writer_unref (writer);
      return NULL;
    }
  self = g_new0 (BatonRecording, 1);
  self->writer = writer;
  self->failed = failed;
  self->data = data;
  writer->owner = self;
  push_block (self);
  g_mutex_lock (&count_lock);
  n_open++;
  g_mutex_unlock (&count_lock);
  g_atomic_ref_count_inc (&writer->refs);
  g_thread_unref (g_thread_new ("baton-recording", write_blocks, writer));
  return self;
}

void
baton_recording_free (BatonRecording *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->writer->lock);
  self->writer->owner = NULL;
  g_mutex_unlock (&self->writer->lock);
  push_block (self);
  g_async_queue_push (self->writer->blocks, g_bytes_new (NULL, 0));
  g_byte_array_unref (self->block);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&self->resamplers[i], baton_resampler_free);
  writer_unref (self->writer);
  g_free (self);
}

void
baton_recording_wait (void)
{
  gint64 end = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;

  g_mutex_lock (&count_lock);
  while (n_open > 0 && g_cond_wait_until (&count_zero, &count_lock, end))
    ;
  g_mutex_unlock (&count_lock);
}
