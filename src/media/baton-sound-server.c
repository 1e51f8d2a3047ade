/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sound-server.h"

#include <pulse/pulseaudio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "baton-codec.h"

/*
 * libpulse itself and not GStreamer's pulsesrc and pulsesink: those bring two connections and five
 * threads, this one connection and one thread, whose wake-up by the microphone is the tick.
 */

#define FRAME_BYTES (BATON_MAX_FRAME * sizeof (gint16))
#define FIRST_RETRY_MS 500
#define LAST_RETRY_MS 3000
#define N_FIFO 4             /* frames that wait for room in the server */
#define CHECK_FRAMES 100     /* how often it is looked whether too much waits */
#define FAR_FRAMES 25        /* how often whether that is two frames more: what a hiccup left behind is soon gone */
#define SPLICE (BATON_MAX_FRAME / 4)

/* What is asked of the server. Its defaults cost 400 ms from mouth to ear. */
#define CAPTURE_BYTES FRAME_BYTES
#define PLAY_TARGET (FRAME_BYTES * 2)
#define PLAY_START FRAME_BYTES

struct _BatonSoundServer
{
  GMainContext *context;
  BatonSoundServerFunc connected;
  gpointer data;
  gboolean warm;
  GPtrArray *streams; /* the loop's lock */
  guint retry;

  pa_threaded_mainloop *loop;
  pa_context *pulse;
  gboolean ready;
  guint retry_ms; /* the loop's lock */
  GSource *news;  /* main context: on_connection is to come; the loop's lock */
  int wake_fd;
  pa_io_event *wake;
};

/* What comes from the loop's thread to the main context. */
typedef struct
{
  BatonSoundServer *server;
  BatonSoundStream *stream;
  gboolean present;
  char *device;
} Fact;

struct _BatonSoundStream
{
  BatonSoundServer *server;
  gboolean microphone;
  char *name;
  BatonSoundStreamEvents events;
  GSource *pending;          /* main context: the last fact that was not told yet; the loop's lock */

  pa_stream *stream;         /* the loop's lock */
  gboolean fell_back;        /* the device of that name wasn't there: on the default */
  gboolean failed, sounding; /* what was told */
  gint16 frame[BATON_MAX_FRAME];
  guint n_frame;

  GMutex lock; /* the queue to the speaker, filled by the tick */
  gint16 fifo[N_FIFO][BATON_MAX_FRAME];
  guint first, n;
  guint checked;
  gsize least_waiting;
};

static void connect_stream (BatonSoundStream *self);

/* --- to the main context --- */

static gboolean
tell (gpointer data)
{
  Fact *fact = data;
  BatonSoundStream *stream = fact->stream;

  pa_threaded_mainloop_lock (fact->server->loop);
  if (stream->pending == g_main_current_source ())
    g_clear_pointer (&stream->pending, g_source_unref);
  pa_threaded_mainloop_unlock (fact->server->loop);
  stream->events.present (fact->present, fact->device, stream->events.data);
  return G_SOURCE_REMOVE;
}

static void
fact_free (gpointer data)
{
  Fact *fact = data;

  g_free (fact->device);
  g_free (fact);
}

static void
drop_pending (BatonSoundStream *self)
{
  if (self->pending != NULL)
    g_source_destroy (self->pending);
  g_clear_pointer (&self->pending, g_source_unref);
}

/* With the loop's lock. Only the last one counts: a stream that came and went was not there. */
static void
post_present (BatonSoundStream *self, gboolean present)
{
  Fact *fact = g_new0 (Fact, 1);

  fact->server = self->server;
  fact->stream = self;
  fact->present = present;
  if (present)
    fact->device = g_strdup (pa_stream_get_device_name (self->stream));
  drop_pending (self);
  self->pending = g_idle_source_new ();
  g_source_set_priority (self->pending, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->pending, tell, fact, fact_free);
  g_source_attach (self->pending, self->server->context);
}

static void
set_sounding (BatonSoundStream *self, gboolean sounding)
{
  if (self->sounding == sounding && (sounding || self->failed))
    return;
  self->sounding = sounding;
  self->failed = !sounding;
  post_present (self, sounding);
}

/* --- the microphone, in the loop's thread --- */

static void
take_samples (BatonSoundStream *self, const gint16 *samples, gsize left)
{
  while (left > 0)
    {
      guint n = (guint) MIN (left, BATON_MAX_FRAME - self->n_frame);

      if (samples != NULL)
        memcpy (self->frame + self->n_frame, samples, n * sizeof *samples);
      else
        memset (self->frame + self->n_frame, 0, n * sizeof *self->frame);
      samples = samples != NULL ? samples + n : NULL;
      left -= n;
      self->n_frame += n;
      if (self->n_frame < BATON_MAX_FRAME)
        return;
      self->n_frame = 0;
      self->events.frame (self->frame, self->events.data);
    }
}

static void flush_all (BatonSoundServer *self);

static void
on_readable (pa_stream *stream, size_t length, gpointer data)
{
  BatonSoundStream *self = data;
  const void *samples;

  while (pa_stream_readable_size (stream) > 0 && pa_stream_peek (stream, &samples, &length) >= 0 && length > 0)
    {
      set_sounding (self, TRUE);
      take_samples (self, samples, length / sizeof (gint16)); /* no samples: a hole */
      pa_stream_drop (stream);
    }
  flush_all (self->server); /* the tick was in there: what it plays goes out in the same wake-up */
}

/* --- the speaker, in the loop's thread --- */

/* Two frames become one, the end of the first faded into the second: clocks differ, and delay must not grow. */
static void
splice (BatonSoundStream *self)
{
  gint16 *first = self->fifo[self->first], *second = self->fifo[(self->first + 1) % N_FIFO];

  for (guint i = 0; i < SPLICE; i++)
    second[i] = (gint16) ((first[i] * (gint) (SPLICE - i) + second[i] * (gint) i) / (gint) SPLICE);
  self->first = (self->first + 1) % N_FIFO;
  self->n--;
}

/* What was said while the speaker was being opened would make all that follows late. */
static void
drop_old (BatonSoundStream *self)
{
  g_mutex_lock (&self->lock);
  if (self->n > 1)
    {
      self->first = (self->first + self->n - 1) % N_FIFO;
      self->n = 1;
    }
  g_mutex_unlock (&self->lock);
}

static void
flush (BatonSoundStream *self)
{
  const pa_buffer_attr *granted;
  gsize room;

  if (self->microphone || self->stream == NULL || pa_stream_get_state (self->stream) != PA_STREAM_READY)
    return;
  room = pa_stream_writable_size (self->stream);
  granted = pa_stream_get_buffer_attr (self->stream);
  if (room == (gsize) -1 || granted == NULL)
    return;
  g_mutex_lock (&self->lock);
  while (self->n > 0 && room >= FRAME_BYTES)
    {
      gsize waiting = (self->n - 1) * FRAME_BYTES + (room < granted->tlength ? granted->tlength - room : 0);

      self->least_waiting = MIN (self->least_waiting, waiting);
      self->checked++;
      if (self->checked >= CHECK_FRAMES || (self->checked >= FAR_FRAMES && self->least_waiting >= 3 * FRAME_BYTES))
        {
          if (self->least_waiting >= FRAME_BYTES && self->n > 1)
            splice (self);
          self->checked = 0;
          self->least_waiting = G_MAXSIZE;
        }
      pa_stream_write (self->stream, self->fifo[self->first], FRAME_BYTES, NULL, 0, PA_SEEK_RELATIVE);
      self->first = (self->first + 1) % N_FIFO;
      self->n--;
      room -= FRAME_BYTES;
    }
  g_mutex_unlock (&self->lock);
}

static void
flush_all (BatonSoundServer *self)
{
  for (guint i = 0; i < self->streams->len; i++)
    flush (g_ptr_array_index (self->streams, i));
}

static void
on_writable (pa_stream *stream, size_t length, gpointer data)
{
  flush (data);
}

static void
on_wake (pa_mainloop_api *api, pa_io_event *event, int fd, pa_io_event_flags_t flags, gpointer data)
{
  guint64 count;

  if (read (fd, &count, sizeof count) > 0)
    flush_all (data);
}

void
baton_sound_stream_play (BatonSoundStream *self, const gint16 *samples)
{
  const guint64 one = 1;

  g_mutex_lock (&self->lock);
  if (self->n == N_FIFO)
    {
      self->first = (self->first + 1) % N_FIFO;
      self->n--;
    }
  memcpy (self->fifo[(self->first + self->n++) % N_FIFO], samples, FRAME_BYTES);
  g_mutex_unlock (&self->lock);
  if (!pa_threaded_mainloop_in_thread (self->server->loop) && write (self->server->wake_fd, &one, sizeof one) < 0)
    g_debug ("the speaker's queue is woken up already");
}

/* --- streams, with the loop's lock --- */

/* Takes the stream. */
static void
close_stream (pa_stream *stream)
{
  pa_stream_set_state_callback (stream, NULL, NULL);
  if (PA_STREAM_IS_GOOD (pa_stream_get_state (stream)))
    pa_stream_disconnect (stream);
  pa_stream_unref (stream);
}

static void
on_unwanted_state (pa_stream *stream, gpointer nothing)
{
  if (pa_stream_get_state (stream) != PA_STREAM_CREATING)
    close_stream (stream);
}

static void
release_stream (BatonSoundStream *self)
{
  pa_stream *stream = self->stream;

  if (stream == NULL)
    return;
  self->stream = NULL;
  pa_stream_set_state_callback (stream, NULL, NULL);
  pa_stream_set_read_callback (stream, NULL, NULL);
  pa_stream_set_write_callback (stream, NULL, NULL);
  pa_stream_set_moved_callback (stream, NULL, NULL);
  /* What the server has not opened yet can't be closed: libpulse knows no name for it, and forgets it. The microphone
   * would stay open. */
  if (pa_stream_get_state (stream) == PA_STREAM_CREATING)
    pa_stream_set_state_callback (stream, on_unwanted_state, NULL);
  else
    close_stream (stream);
}

static void
on_moved (pa_stream *stream, gpointer data)
{
  BatonSoundStream *self = data;

  if (self->sounding)
    post_present (self, TRUE);
}

static void
on_stream_state (pa_stream *stream, gpointer data)
{
  BatonSoundStream *self = data;

  switch (pa_stream_get_state (stream))
    {
    case PA_STREAM_UNCONNECTED:
    case PA_STREAM_CREATING:
      return;
    case PA_STREAM_READY:
      if (!self->microphone) /* that one is there when it says something */
        set_sounding (self, TRUE);
      drop_old (self);
      flush (self);
      return;
    case PA_STREAM_FAILED:
    case PA_STREAM_TERMINATED: /* its device went away, and no other was there */
      release_stream (self);
      if (self->name != NULL && !self->fell_back)
        {
          self->fell_back = TRUE;
          connect_stream (self);
        }
      else
        set_sounding (self, FALSE); /* tried again when the server has something new */
      return;
    }
}

static void
connect_stream (BatonSoundStream *self)
{
  const pa_sample_spec spec = { PA_SAMPLE_S16NE, BATON_MAX_FRAME * 50, 1 };
  const pa_buffer_attr attributes = {
    .maxlength = (guint32) -1,
    .tlength = PLAY_TARGET,
    .prebuf = PLAY_START,
    .minreq = FRAME_BYTES,
    .fragsize = CAPTURE_BYTES,
  };
  const char *name = self->fell_back ? NULL : self->name;
  pa_proplist *facts = pa_proplist_new ();
  int failed;

  pa_proplist_sets (facts, PA_PROP_MEDIA_ROLE, "phone");
  self->stream = pa_stream_new_with_proplist (self->server->pulse, self->microphone ? "Microphone" : "Speaker", &spec,
                                              NULL, facts);
  pa_proplist_free (facts);
  if (self->stream == NULL)
    {
      set_sounding (self, FALSE);
      return;
    }
  self->n_frame = 0;
  pa_stream_set_state_callback (self->stream, on_stream_state, self);
  pa_stream_set_moved_callback (self->stream, on_moved, self);
  pa_stream_set_read_callback (self->stream, self->microphone ? on_readable : NULL, self);
  pa_stream_set_write_callback (self->stream, self->microphone ? NULL : on_writable, self);
  if (self->microphone)
    failed = pa_stream_connect_record (self->stream, name, &attributes, PA_STREAM_ADJUST_LATENCY);
  else
    failed = pa_stream_connect_playback (self->stream, name, &attributes, PA_STREAM_ADJUST_LATENCY, NULL, NULL);
  if (failed < 0)
    {
      release_stream (self);
      set_sounding (self, FALSE);
    }
}

/* The server has something that it didn't have: a stream that waits for it gets it. */
static void
try_again (BatonSoundStream *self)
{
  pa_operation *operation = NULL;

  if (self->stream == NULL)
    {
      self->fell_back = FALSE;
      connect_stream (self);
      return;
    }
  if (self->name == NULL || pa_stream_get_state (self->stream) != PA_STREAM_READY ||
      g_strcmp0 (pa_stream_get_device_name (self->stream), self->name) == 0)
    return;
  /* refused when it is another device that came */
  if (self->microphone)
    operation = pa_context_move_source_output_by_name (self->server->pulse, pa_stream_get_index (self->stream),
                                                       self->name, NULL, NULL);
  else
    operation = pa_context_move_sink_input_by_name (self->server->pulse, pa_stream_get_index (self->stream), self->name,
                                                    NULL, NULL);
  if (operation != NULL)
    pa_operation_unref (operation);
}

static gboolean on_retry (gpointer data);

/* Only the last state counts. */
static gboolean
on_connection (gpointer data)
{
  BatonSoundServer *self = data;
  gboolean ready;
  guint wait_ms;

  pa_threaded_mainloop_lock (self->loop);
  g_clear_pointer (&self->news, g_source_unref);
  ready = self->ready;
  wait_ms = self->retry_ms;
  self->retry_ms = ready ? FIRST_RETRY_MS : MIN (wait_ms * 2, LAST_RETRY_MS);
  pa_threaded_mainloop_unlock (self->loop);
  if (!ready && self->retry == 0)
    self->retry = g_timeout_add (wait_ms, on_retry, self);
  if (self->connected != NULL)
    self->connected (ready, self->data);
  return G_SOURCE_REMOVE;
}

/* With the loop's lock */
static void
post_connection (BatonSoundServer *self)
{
  if (self->news != NULL)
    return;
  self->news = g_idle_source_new ();
  g_source_set_callback (self->news, on_connection, self, NULL);
  g_source_attach (self->news, self->context);
}

static void
on_news (pa_context *pulse, pa_subscription_event_type_t type, guint32 index, gpointer data)
{
  BatonSoundServer *self = data;

  if ((type & PA_SUBSCRIPTION_EVENT_TYPE_MASK) == PA_SUBSCRIPTION_EVENT_CHANGE &&
      (type & PA_SUBSCRIPTION_EVENT_FACILITY_MASK) != PA_SUBSCRIPTION_EVENT_SERVER)
    return; /* a volume */
  post_connection (self);
  for (guint i = 0; i < self->streams->len; i++)
    try_again (g_ptr_array_index (self->streams, i));
}

/* --- the connection --- */

static void
on_context_state (pa_context *pulse, gpointer data)
{
  BatonSoundServer *self = data;
  pa_operation *operation;

  switch (pa_context_get_state (pulse))
    {
    case PA_CONTEXT_UNCONNECTED:
    case PA_CONTEXT_CONNECTING:
    case PA_CONTEXT_AUTHORIZING:
    case PA_CONTEXT_SETTING_NAME:
      return;
    case PA_CONTEXT_READY:
      self->ready = TRUE;
      post_connection (self);
      pa_context_set_subscribe_callback (pulse, on_news, self);
      operation = pa_context_subscribe (pulse,
                                        PA_SUBSCRIPTION_MASK_SINK | PA_SUBSCRIPTION_MASK_SOURCE |
                                          PA_SUBSCRIPTION_MASK_SERVER,
                                        NULL, NULL);
      if (operation != NULL)
        pa_operation_unref (operation);
      for (guint i = 0; i < self->streams->len; i++)
        connect_stream (g_ptr_array_index (self->streams, i));
      return;
    case PA_CONTEXT_FAILED:
    case PA_CONTEXT_TERMINATED:
      self->ready = FALSE;
      for (guint i = 0; i < self->streams->len; i++)
        {
          BatonSoundStream *stream = g_ptr_array_index (self->streams, i);

          release_stream (stream);
          set_sounding (stream, FALSE);
        }
      post_connection (self);
      return;
    }
}

static void
disconnect (BatonSoundServer *self)
{
  self->ready = FALSE;
  if (self->pulse == NULL)
    return;
  pa_context_set_state_callback (self->pulse, NULL, NULL);
  pa_context_set_subscribe_callback (self->pulse, NULL, NULL);
  pa_context_disconnect (self->pulse);
  pa_context_unref (self->pulse);
  self->pulse = NULL;
}

static void
connect_to_server (BatonSoundServer *self)
{
  pa_threaded_mainloop_lock (self->loop);
  disconnect (self);
  self->pulse = pa_context_new (pa_threaded_mainloop_get_api (self->loop), "Baton");
  if (self->pulse == NULL)
    post_connection (self);
  else
    {
      pa_context_set_state_callback (self->pulse, on_context_state, self);
      if (pa_context_connect (self->pulse, NULL, PA_CONTEXT_NOFLAGS, NULL) < 0 && self->news == NULL)
        on_context_state (self->pulse, self);
    }
  pa_threaded_mainloop_unlock (self->loop);
}

static gboolean
on_retry (gpointer data)
{
  BatonSoundServer *self = data;

  self->retry = 0;
  connect_to_server (self);
  return G_SOURCE_REMOVE;
}

/* The thread runs while there is something for it. */
static void
update (BatonSoundServer *self)
{
  gboolean wanted = self->warm || self->streams->len > 0;
  pa_mainloop_api *api;

  if (wanted == (self->loop != NULL))
    return;
  if (wanted)
    {
      self->retry_ms = FIRST_RETRY_MS;
      self->loop = pa_threaded_mainloop_new ();
      pa_threaded_mainloop_set_name (self->loop, "baton-devices");
      api = pa_threaded_mainloop_get_api (self->loop);
      self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
      self->wake = api->io_new (api, self->wake_fd, PA_IO_EVENT_INPUT, on_wake, self);
      pa_threaded_mainloop_start (self->loop);
      connect_to_server (self);
      return;
    }
  g_clear_handle_id (&self->retry, g_source_remove);
  pa_threaded_mainloop_lock (self->loop);
  disconnect (self);
  pa_threaded_mainloop_get_api (self->loop)->io_free (self->wake);
  if (self->news != NULL)
    g_source_destroy (self->news);
  g_clear_pointer (&self->news, g_source_unref);
  pa_threaded_mainloop_unlock (self->loop);
  pa_threaded_mainloop_stop (self->loop);
  pa_threaded_mainloop_free (self->loop);
  self->loop = NULL;
  close (self->wake_fd);
}

BatonSoundServer *
baton_sound_server_new (BatonSoundServerFunc connected, gpointer data)
{
  BatonSoundServer *self = g_new0 (BatonSoundServer, 1);

  self->context = g_main_context_ref_thread_default ();
  self->connected = connected;
  self->data = data;
  self->streams = g_ptr_array_new ();
  return self;
}

void
baton_sound_server_free (BatonSoundServer *self)
{
  if (self == NULL)
    return;
  self->warm = FALSE;
  update (self);
  g_ptr_array_unref (self->streams);
  g_main_context_unref (self->context);
  g_free (self);
}

void
baton_sound_server_set_warm (BatonSoundServer *self, gboolean warm)
{
  self->warm = warm;
  update (self);
}

BatonSoundStream *
baton_sound_stream_new (BatonSoundServer *server, gboolean microphone, const char *name,
                        const BatonSoundStreamEvents *events)
{
  BatonSoundStream *self = g_new0 (BatonSoundStream, 1);

  self->server = server;
  self->microphone = microphone;
  self->name = name != NULL && name[0] != '\0' ? g_strdup (name) : NULL;
  self->events = *events;
  self->least_waiting = G_MAXSIZE;
  g_mutex_init (&self->lock);
  if (server->loop == NULL)
    {
      g_ptr_array_add (server->streams, self);
      update (server);
      return self;
    }
  pa_threaded_mainloop_lock (server->loop);
  g_ptr_array_add (server->streams, self);
  if (server->ready)
    connect_stream (self);
  else if (server->retry != 0)
    set_sounding (self, FALSE);
  pa_threaded_mainloop_unlock (server->loop);
  return self;
}

void
baton_sound_stream_free (BatonSoundStream *self)
{
  BatonSoundServer *server;

  if (self == NULL)
    return;
  server = self->server;
  pa_threaded_mainloop_lock (server->loop);
  g_ptr_array_remove (server->streams, self);
  release_stream (self);
  drop_pending (self);
  pa_threaded_mainloop_unlock (server->loop);
  update (server);
  g_mutex_clear (&self->lock);
  g_free (self->name);
  g_free (self);
}
