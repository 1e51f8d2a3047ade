/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-resampler.h"

#include <gst/audio/audio.h>
#include <string.h>

struct _BatonResampler
{
  guint from, to;
  GstAudioConverter *converter;
};

BatonResampler *
baton_resampler_new (guint from, guint to)
{
  BatonResampler *self = g_new0 (BatonResampler, 1);
  GstAudioInfo in, out;
  GstStructure *config = gst_structure_new_empty ("config");

  self->from = from;
  self->to = to;
  gst_audio_info_set_format (&in, GST_AUDIO_FORMAT_S16, (int) from, 1, NULL);
  gst_audio_info_set_format (&out, GST_AUDIO_FORMAT_S16, (int) to, 1, NULL);
  gst_audio_resampler_options_set_quality (GST_AUDIO_RESAMPLER_METHOD_KAISER, 3, (int) from, (int) to, config);
  self->converter = gst_audio_converter_new (GST_AUDIO_CONVERTER_FLAG_NONE, &in, &out, config);
  return self;
}

void
baton_resampler_free (BatonResampler *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->converter, gst_audio_converter_free);
  g_free (self);
}

guint
baton_resampler_get_from (BatonResampler *self)
{
  return self->from;
}

guint
baton_resampler_get_to (BatonResampler *self)
{
  return self->to;
}

void
baton_resampler_run (BatonResampler *self, const gint16 *in, guint n, gint16 *out)
{
  gpointer ins[1] = { (gpointer) in }, outs[1] = { out };
  gsize wanted = (gsize) n * self->to / self->from, got;

  memset (out, 0, wanted * sizeof *out);
  got = MIN (gst_audio_converter_get_out_frames (self->converter, n), wanted);
  if (got < wanted) /* the filter fills up: put what there is to the end */
    outs[0] = out + (wanted - got);
  gst_audio_converter_samples (self->converter, GST_AUDIO_CONVERTER_FLAG_NONE, ins, n, outs, got);
}
