/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-device.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <string.h>

#include "baton-codec.h"

#define RETRY_S 3
#define FRAME_BYTES (BATON_MAX_FRAME * 2)
#define CAPS "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"

/*
 * The sound server is asked for what we want and converts by itself. Small buffers: its defaults
 * cost 400 ms from mouth to ear. The sink must not wait for a clock: what comes faster than it
 * plays is dropped by the source in front of it.
 */
#define MICROPHONE "pulsesrc name=device buffer-time=40000 latency-time=20000 provide-clock=false slave-method=none " \
  "client-name=Baton ! " CAPS " ! appsink name=end sync=false async=false max-buffers=4 drop=true"
#define ANY_MICROPHONE "autoaudiosrc name=device ! audioconvert ! audioresample ! " CAPS \
  " ! appsink name=end sync=false async=false max-buffers=4 drop=true"
#define SPEAKER "appsrc name=end is-live=true format=time do-timestamp=true max-bytes=0 max-time=80000000 " \
  "leaky-type=downstream caps=" CAPS " ! pulsesink name=device buffer-time=60000 latency-time=20000 " \
  "provide-clock=false slave-method=none client-name=Baton sync=false async=false enable-last-sample=false"
#define ANY_SPEAKER "appsrc name=end is-live=true format=time do-timestamp=true max-bytes=0 max-time=80000000 " \
  "leaky-type=downstream caps=" CAPS " ! audioconvert ! audioresample ! autoaudiosink name=device sync=false async-handling=true"

/* What a streaming thread holds on to; the device lets go of it before it goes itself. */
typedef struct
{
  gatomicrefcount refs;
  GMutex lock;
  BatonAudioDevice *device; /* NULL once it has let go */
  GMainContext *context;
  gboolean told;
  gint16 frame[BATON_MAX_FRAME];
  guint n_frame;
} Link;

struct _BatonAudioDevice
{
  BatonAudioDeviceEvents events;
  gboolean microphone, wanted, present, failed_before;
  char *name;
  GstElement *pipeline, *end;
  Link *link;
  guint watch, retry;
  GMutex lock;       /* of speaker: play comes from the tick */
  GstElement *speaker;
};

static void
link_unref (gpointer data)
{
  Link *link = data;

  if (!g_atomic_ref_count_dec (&link->refs))
    return;
  g_mutex_clear (&link->lock);
  g_main_context_unref (link->context);
  g_free (link);
}

static Link *
link_ref (Link *link)
{
  g_atomic_ref_count_inc (&link->refs);
  return link;
}

static void
set_present (BatonAudioDevice *self, gboolean present)
{
  /* a first failure is news too, though nothing was present before */
  if (self->present == present && (present || self->failed_before))
    return;
  self->present = present;
  self->failed_before = !present;
  self->events.present (present, self->events.data);
}

/* --- streaming thread --- */

static gboolean
tell_present (gpointer data)
{
  Link *link = data;

  if (link->device != NULL) /* changed in this context only */
    set_present (link->device, TRUE);
  return G_SOURCE_REMOVE;
}

static void
take_samples (Link *link, const gint16 *samples, gsize left)
{
  while (left > 0)
    {
      guint n = (guint) MIN (left, BATON_MAX_FRAME - link->n_frame);

      memcpy (link->frame + link->n_frame, samples, n * sizeof *samples);
      samples += n;
      left -= n;
      link->n_frame += n;
      if (link->n_frame < BATON_MAX_FRAME)
        return;
      link->n_frame = 0;
      link->device->events.frame (link->frame, link->device->events.data);
    }
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer data)
{
  Link *link = data;
  GstSample *sample = gst_app_sink_pull_sample (sink);
  GstMapInfo map;

  if (sample == NULL)
    return GST_FLOW_OK;
  g_mutex_lock (&link->lock);
  if (link->device != NULL && gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    {
      if (!link->told)
        g_main_context_invoke_full (link->context, G_PRIORITY_DEFAULT, tell_present, link_ref (link), link_unref);
      link->told = TRUE;
      take_samples (link, (const gint16 *) map.data, map.size / 2);
      gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
    }
  g_mutex_unlock (&link->lock);
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

/* --- opening and closing --- */

static void
start_pipeline (GstElement *pipeline, gpointer data)
{
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
}

static void
stop_pipeline (GstElement *pipeline, gpointer data)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
close_pipeline (BatonAudioDevice *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  g_mutex_lock (&self->lock);
  gst_clear_object (&self->speaker);
  g_mutex_unlock (&self->lock);
  if (self->link != NULL)
    {
      g_mutex_lock (&self->link->lock);
      self->link->device = NULL;
      g_mutex_unlock (&self->link->lock);
      g_clear_pointer (&self->link, link_unref);
    }
  gst_clear_object (&self->end);
  if (self->pipeline != NULL) /* elsewhere: a dead sound server can hold it up */
    gst_element_call_async (self->pipeline, stop_pipeline, NULL, NULL);
  gst_clear_object (&self->pipeline);
}

static void open_pipeline (BatonAudioDevice *self);

static gboolean
on_retry (gpointer data)
{
  BatonAudioDevice *self = data;

  self->retry = 0;
  open_pipeline (self);
  return G_SOURCE_REMOVE;
}

static void
fail (BatonAudioDevice *self)
{
  close_pipeline (self);
  if (self->retry == 0)
    self->retry = g_timeout_add_seconds (RETRY_S, on_retry, self);
  set_present (self, FALSE);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  BatonAudioDevice *self = data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      g_autoptr (GError) error = NULL;

      gst_message_parse_error (message, &error, NULL);
      g_info ("%s failed: %s", self->microphone ? "microphone" : "speaker", error->message);
      self->watch = 0;
      fail (self);
      return G_SOURCE_REMOVE;
    }
  if (!self->microphone && GST_MESSAGE_TYPE (message) == GST_MESSAGE_STATE_CHANGED &&
      GST_MESSAGE_SRC (message) == GST_OBJECT (self->pipeline))
    {
      GstState state;

      gst_message_parse_state_changed (message, NULL, &state, NULL);
      if (state == GST_STATE_PLAYING)
        set_present (self, TRUE);
    }
  return G_SOURCE_CONTINUE;
}

static GstElement *
make_pipeline (BatonAudioDevice *self)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch_full (self->microphone ? MICROPHONE : SPEAKER, NULL, GST_PARSE_FLAG_FATAL_ERRORS,
                                                &error);

  if (pipeline != NULL)
    {
      g_autoptr (GstElement) device = gst_bin_get_by_name (GST_BIN (pipeline), "device");

      g_object_set (device, "device", self->name, NULL);
      return pipeline;
    }
  g_info ("no PulseAudio element: %s", error->message);
  g_clear_error (&error);
  return gst_parse_launch_full (self->microphone ? ANY_MICROPHONE : ANY_SPEAKER, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
}

static void
open_pipeline (BatonAudioDevice *self)
{
  const GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
  g_autoptr (GstBus) bus = NULL;

  self->pipeline = make_pipeline (self);
  if (self->pipeline == NULL)
    {
      fail (self);
      return;
    }
  self->end = gst_bin_get_by_name (GST_BIN (self->pipeline), "end");
  bus = gst_element_get_bus (self->pipeline);
  self->watch = gst_bus_add_watch (bus, on_message, self);
  if (self->microphone)
    {
      self->link = g_new0 (Link, 1);
      g_atomic_ref_count_init (&self->link->refs);
      g_mutex_init (&self->link->lock);
      self->link->device = self;
      self->link->context = g_main_context_ref_thread_default ();
      gst_app_sink_set_callbacks (GST_APP_SINK (self->end), (GstAppSinkCallbacks *) &callbacks, link_ref (self->link),
                                  link_unref);
    }
  else
    {
      g_mutex_lock (&self->lock);
      self->speaker = gst_object_ref (self->end);
      g_mutex_unlock (&self->lock);
    }
  gst_element_call_async (self->pipeline, start_pipeline, NULL, NULL);
}

BatonAudioDevice *
baton_audio_device_new (gboolean microphone, const BatonAudioDeviceEvents *events)
{
  BatonAudioDevice *self = g_new0 (BatonAudioDevice, 1);

  self->microphone = microphone;
  self->events = *events;
  g_mutex_init (&self->lock);
  return self;
}

void
baton_audio_device_free (BatonAudioDevice *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->retry, g_source_remove);
  close_pipeline (self);
  g_mutex_clear (&self->lock);
  g_free (self->name);
  g_free (self);
}

void
baton_audio_device_set (BatonAudioDevice *self, gboolean wanted, const char *name)
{
  if (self->wanted == wanted && g_strcmp0 (self->name, name) == 0)
    return;
  self->wanted = wanted;
  g_free (self->name);
  self->name = g_strdup (name);
  g_clear_handle_id (&self->retry, g_source_remove);
  close_pipeline (self);
  self->present = self->failed_before = FALSE;
  if (wanted)
    open_pipeline (self);
}

void
baton_audio_device_play (BatonAudioDevice *self, const gint16 *samples)
{
  GstElement *speaker;

  g_mutex_lock (&self->lock);
  speaker = self->speaker != NULL ? gst_object_ref (self->speaker) : NULL;
  g_mutex_unlock (&self->lock);
  if (speaker == NULL)
    return;
  gst_app_src_push_buffer (GST_APP_SRC (speaker), gst_buffer_new_memdup (samples, FRAME_BYTES));
  gst_object_unref (speaker);
}
