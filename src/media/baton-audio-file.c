/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-file.h"

#include <gio/gio.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include "baton-error.h"

#define PATIENCE (5 * GST_SECOND)

static GstElement *
make_pipeline (const char *path, guint rate, GError **error)
{
  g_autofree char *description =
    g_strdup_printf ("filesrc name=file ! decodebin ! audioconvert ! audioresample ! "
                     "audio/x-raw,format=S16LE,rate=%u,channels=1,layout=interleaved ! "
                     "appsink name=sink sync=false max-buffers=16", rate);
  GstElement *pipeline = gst_parse_launch (description, error), *file;

  if (pipeline == NULL)
    return NULL;
  file = gst_bin_get_by_name (GST_BIN (pipeline), "file");
  g_object_set (file, "location", path, NULL);
  gst_object_unref (file);
  return pipeline;
}

static void
collect (GstElement *pipeline, GArray *samples, gsize limit)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");

  while (samples->len < limit)
    {
      GstSample *sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), PATIENCE);
      GstMapInfo map;

      if (sample == NULL)
        break;
      if (gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
        {
          g_array_append_vals (samples, map.data, (guint) (map.size / 2));
          gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
        }
      gst_sample_unref (sample);
    }
  gst_object_unref (sink);
}

GArray *
baton_audio_file_load (const char *path, guint rate, GError **error)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (gint16));
  g_autoptr (GError) cause = NULL;
  g_autofree char *debug = NULL;
  GstElement *pipeline = make_pipeline (path != NULL ? path : "", rate, &cause);
  guint frame = rate / 50;

  if (pipeline != NULL)
    {
      GstBus *bus = gst_element_get_bus (pipeline);
      GstMessage *message;

      gst_element_set_state (pipeline, GST_STATE_PLAYING);
      collect (pipeline, samples, (gsize) rate * BATON_AUDIO_FILE_MAX_SECONDS);
      message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
      if (message != NULL)
        gst_message_parse_error (message, &cause, &debug);
      g_clear_pointer (&message, gst_message_unref);
      gst_element_set_state (pipeline, GST_STATE_NULL);
      gst_object_unref (bus);
      gst_object_unref (pipeline);
    }
  if (samples->len == 0 || cause != NULL)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "The sound file %s cannot be played: %s",
                   path != NULL ? path : "(none)", cause != NULL ? cause->message : "there is no sound in it.");
      return NULL;
    }
  g_array_set_size (samples, (samples->len + frame - 1) / frame * frame);
  return g_steal_pointer (&samples);
}
