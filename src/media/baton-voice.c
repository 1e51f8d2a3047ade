/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-voice.h"

#include <gst/gst.h>
#include <string.h>

#include "baton-codec.h"

#define FRAME_BYTES (BATON_MAX_FRAME * sizeof (gint16))
#define CAPS "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"

/* An element between two pads of ours: what is pushed in comes out in the same call. */
typedef struct
{
  GstElement *element;
  GstPad *in, *out;
  GstClockTime time;
  guint8 result[4 * FRAME_BYTES];
  gsize n_result;
} Stage;

struct _BatonVoice
{
  Stage probe, dsp;
  gboolean echo;
};

static gboolean
answer_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_latency (query, TRUE, 0, 0);
  return TRUE;
}

static GstFlowReturn
on_result (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Stage *stage = gst_pad_get_element_private (pad);
  gsize n = MIN (gst_buffer_get_size (buffer), sizeof stage->result - stage->n_result);

  stage->n_result += gst_buffer_extract (buffer, 0, stage->result + stage->n_result, n);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
link_stage (Stage *stage)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (stage->element, "sink");
  g_autoptr (GstPad) source = gst_element_get_static_pad (stage->element, "src");
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);
  GstSegment segment;

  stage->in = gst_object_ref_sink (gst_pad_new ("in", GST_PAD_SRC));
  stage->out = gst_object_ref_sink (gst_pad_new ("out", GST_PAD_SINK));
  gst_pad_set_element_private (stage->out, stage);
  gst_pad_set_query_function (stage->in, answer_query);
  gst_pad_set_chain_function (stage->out, on_result);
  if (gst_pad_link (stage->in, sink) != GST_PAD_LINK_OK || gst_pad_link (source, stage->out) != GST_PAD_LINK_OK)
    return FALSE;
  gst_pad_set_active (stage->in, TRUE);
  gst_pad_set_active (stage->out, TRUE);
  if (gst_element_set_state (stage->element, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    return FALSE;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (stage->in, gst_event_new_stream_start ("baton"));
  gst_pad_push_event (stage->in, gst_event_new_caps (caps));
  gst_pad_push_event (stage->in, gst_event_new_segment (&segment));
  gst_pad_push_event (stage->out, gst_event_new_latency (0)); /* upstream: the probe gives nothing away before it knows */
  return TRUE;
}

static void
unlink_stage (Stage *stage)
{
  if (stage->element != NULL)
    gst_element_set_state (stage->element, GST_STATE_NULL);
  if (stage->in != NULL)
    gst_pad_set_active (stage->in, FALSE);
  if (stage->out != NULL)
    gst_pad_set_active (stage->out, FALSE);
  gst_clear_object (&stage->in);
  gst_clear_object (&stage->out);
  gst_clear_object (&stage->element);
}

static void
push (Stage *stage, const gint16 *samples)
{
  GstBuffer *buffer = gst_buffer_new_memdup (samples, FRAME_BYTES);

  GST_BUFFER_PTS (buffer) = stage->time;
  GST_BUFFER_DURATION (buffer) = BATON_FRAME_US * GST_USECOND;
  stage->time += BATON_FRAME_US * GST_USECOND;
  gst_pad_push (stage->in, buffer);
}

void
baton_voice_free (BatonVoice *self)
{
  if (self == NULL)
    return;
  unlink_stage (&self->dsp);
  unlink_stage (&self->probe);
  g_free (self);
}

BatonVoice *
baton_voice_new (gboolean echo, gboolean noise, gboolean gain)
{
  static gint number;
  g_autofree char *probe = g_strdup_printf ("baton-probe-%d", g_atomic_int_add (&number, 1));
  g_autoptr (BatonVoice) self = NULL;

  if (!echo && !noise && !gain)
    return NULL;
  self = g_new0 (BatonVoice, 1);
  self->echo = echo;
  self->dsp.element = gst_element_factory_make ("webrtcdsp", NULL);
  self->probe.element = echo ? gst_element_factory_make ("webrtcechoprobe", probe) : NULL;
  if (self->dsp.element != NULL)
    gst_object_ref_sink (self->dsp.element);
  if (self->probe.element != NULL)
    gst_object_ref_sink (self->probe.element);
  if (self->dsp.element == NULL || (echo && self->probe.element == NULL))
    {
      g_info ("GStreamer's webrtcdsp isn't there: the microphone's sound stays as it is");
      return NULL;
    }
  /* Nobody knows the delay of the devices: it is found out from the sound. */
  g_object_set (self->dsp.element, "probe", probe, "echo-cancel", echo, "delay-agnostic", TRUE, "extended-filter", TRUE,
                "echo-suppression-level", 2, "noise-suppression", noise, "gain-control", gain, NULL);
  if ((echo && !link_stage (&self->probe)) || !link_stage (&self->dsp))
    return NULL;
  return g_steal_pointer (&self);
}

void
baton_voice_played (BatonVoice *self, const gint16 *samples)
{
  if (!self->echo)
    return;
  push (&self->probe, samples);
  self->probe.n_result = 0;
}

void
baton_voice_clean (BatonVoice *self, gint16 *samples)
{
  Stage *stage = &self->dsp;

  push (stage, samples);
  if (stage->n_result < FRAME_BYTES) /* it still fills up */
    {
      memset (samples, 0, FRAME_BYTES);
      return;
    }
  memcpy (samples, stage->result, FRAME_BYTES);
  stage->n_result -= FRAME_BYTES;
  memmove (stage->result, stage->result + FRAME_BYTES, stage->n_result);
}
