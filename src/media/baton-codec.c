/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The codecs as plain functions that run in the tick: no element, no pad, no queue, no thread.
 * Opus is libopus and not GStreamer's element, because that one keeps every packet back for 20 ms
 * when forward error correction is on; here the jitter buffer shows the next packet to the decoder.
 * G.722, G.711 and the concealment for both are spandsp's; GStreamer's G.722 would be libavcodec,
 * which alone is larger than all the rest of the engine.
 */
#include "baton-codec.h"

#include <inttypes.h>
#include <opus.h>
#include <stdio.h>
#include <string.h>

#include <spandsp/telephony.h>
#include <spandsp/fast_convert.h>
#include <spandsp/bit_operations.h>
#include <spandsp/g711.h>
#include <spandsp/g722.h>
#include <spandsp/plc.h>

#define OPUS_BITRATE 24000
#define OPUS_EXPECTED_LOSS 5 /* percent: what makes libopus spend bits on FEC at all */
#define OPUS_DTX_LENGTH 2    /* bytes; a packet up to that is silence and need not be sent */

/* CPU seconds of 20 s of speech, measured: complexity 9: 0.38, 5: 0.20, 3: 0.15, 1: 0.11, 0: 0.09. */
static const struct
{
  guint calls;
  int complexity;
} opus_loads[] = { { 2, 5 }, { 6, 3 }, { G_MAXUINT, 1 } };

struct _BatonEncoder
{
  BatonCodecId id;
  OpusEncoder *opus;
  int complexity;
  g722_encode_state_t *g722;
};

struct _BatonDecoder
{
  BatonCodecId id;
  OpusDecoder *opus;
  gboolean pausing;
  g722_decode_state_t *g722;
  plc_state_t *plc;
};

static const BatonCodecInfo infos[BATON_N_CODECS] = {
  { BATON_CODEC_OPUS, "opus", "opus", 48000, 2, 48000, 96, "useinbandfec=1;stereo=0;sprop-stereo=0" },
  { BATON_CODEC_G722, "g722", "G722", 8000, 0, 16000, 9, NULL },
  { BATON_CODEC_PCMU, "pcmu", "PCMU", 8000, 0, 8000, 0, NULL },
  { BATON_CODEC_PCMA, "pcma", "PCMA", 8000, 0, 8000, 8, NULL },
};

const BatonCodecInfo *
baton_codec_info (BatonCodecId id)
{
  g_return_val_if_fail ((guint) id < BATON_N_CODECS, NULL);
  return &infos[id];
}

gboolean
baton_codec_from_name (const char *name, BatonCodecId *id)
{
  for (guint i = 0; name != NULL && i < BATON_N_CODECS; i++)
    if (g_ascii_strcasecmp (name, infos[i].name) == 0)
      {
        *id = infos[i].id;
        return TRUE;
      }
  return FALSE;
}

static int
bandwidth_for (guint rate)
{
  if (rate == 0 || rate >= 48000)
    return OPUS_BANDWIDTH_FULLBAND;
  if (rate >= 24000)
    return OPUS_BANDWIDTH_SUPERWIDEBAND;
  return rate >= 16000 ? OPUS_BANDWIDTH_WIDEBAND : rate >= 12000 ? OPUS_BANDWIDTH_MEDIUMBAND : OPUS_BANDWIDTH_NARROWBAND;
}

void
baton_encoder_set_parameters (BatonEncoder *self, const BatonCodecParameters *parameters)
{
  guint most = parameters->max_bitrate;

  if (self->opus == NULL)
    return;
  opus_encoder_ctl (self->opus, OPUS_SET_BITRATE (most > 0 ? MIN ((int) most, OPUS_BITRATE) : OPUS_BITRATE));
  opus_encoder_ctl (self->opus, OPUS_SET_MAX_BANDWIDTH (bandwidth_for (parameters->max_rate)));
  opus_encoder_ctl (self->opus, OPUS_SET_INBAND_FEC (parameters->fec));
  opus_encoder_ctl (self->opus, OPUS_SET_PACKET_LOSS_PERC (parameters->fec ? OPUS_EXPECTED_LOSS : 0));
  opus_encoder_ctl (self->opus, OPUS_SET_DTX (parameters->dtx));
  opus_encoder_ctl (self->opus, OPUS_SET_VBR (!parameters->cbr));
}

void
baton_encoder_set_load (BatonEncoder *self, guint n_calls)
{
  guint i = 0;

  if (self->opus == NULL)
    return;
  while (opus_loads[i].calls < n_calls)
    i++;
  if (self->complexity == opus_loads[i].complexity)
    return;
  self->complexity = opus_loads[i].complexity;
  opus_encoder_ctl (self->opus, OPUS_SET_COMPLEXITY (self->complexity));
}

BatonEncoder *
baton_encoder_new (BatonCodecId id)
{
  static const BatonCodecParameters no_parameters = { 0 };
  BatonEncoder *self = g_new0 (BatonEncoder, 1);
  int status = OPUS_OK;

  self->id = id;
  if (id == BATON_CODEC_OPUS)
    {
      self->opus = opus_encoder_create (48000, 1, OPUS_APPLICATION_VOIP, &status);
      g_assert (status == OPUS_OK);
      opus_encoder_ctl (self->opus, OPUS_SET_SIGNAL (OPUS_SIGNAL_VOICE));
      baton_encoder_set_parameters (self, &no_parameters);
      baton_encoder_set_load (self, 1);
    }
  else if (id == BATON_CODEC_G722)
    self->g722 = g722_encode_init (NULL, 64000, 0);
  return self;
}

void
baton_encoder_free (BatonEncoder *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->opus, opus_encoder_destroy);
  if (self->g722 != NULL)
    g722_encode_free (self->g722);
  g_free (self);
}

BatonCodecId
baton_encoder_get_id (BatonEncoder *self)
{
  return self->id;
}

guint
baton_codec_packet_ms (BatonCodecId id, guint ms)
{
  ms = CLAMP (ms, 10, BATON_CODEC_MAX_PACKET_MS);
  if (id != BATON_CODEC_OPUS)
    return ms / 10 * 10;
  return ms < 20 ? 10 : ms < 40 ? 20 : ms < 60 ? 40 : 60;
}

gsize
baton_encoder_encode (BatonEncoder *self, const gint16 *samples, guint n, guint8 *payload)
{
  int written = 0;

  switch (self->id)
    {
    case BATON_CODEC_OPUS:
      written = opus_encode (self->opus, samples, (int) n, payload, BATON_CODEC_MAX_PAYLOAD);
      if (written <= OPUS_DTX_LENGTH)
        written = 0;
      break;
    case BATON_CODEC_G722:
      written = g722_encode (self->g722, payload, samples, (int) n);
      break;
    case BATON_CODEC_PCMU:
      for (guint i = 0; i < n; i++)
        payload[i] = linear_to_ulaw (samples[i]);
      return n;
    case BATON_CODEC_PCMA:
      for (guint i = 0; i < n; i++)
        payload[i] = linear_to_alaw (samples[i]);
      return n;
    }
  return written > 0 ? (gsize) written : 0;
}

BatonDecoder *
baton_decoder_new (BatonCodecId id)
{
  BatonDecoder *self = g_new0 (BatonDecoder, 1);
  int status = OPUS_OK;

  self->id = id;
  if (id == BATON_CODEC_OPUS)
    {
      self->opus = opus_decoder_create (48000, 1, &status);
      g_assert (status == OPUS_OK);
      return self;
    }
  if (id == BATON_CODEC_G722)
    self->g722 = g722_decode_init (NULL, 64000, 0);
  self->plc = plc_init (NULL);
  return self;
}

void
baton_decoder_free (BatonDecoder *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->opus, opus_decoder_destroy);
  if (self->g722 != NULL)
    g722_decode_free (self->g722);
  if (self->plc != NULL)
    plc_free (self->plc);
  g_free (self);
}

BatonCodecId
baton_decoder_get_id (BatonDecoder *self)
{
  return self->id;
}

gboolean
baton_decoder_is_pausing (BatonDecoder *self)
{
  return self->pausing;
}

gsize
baton_decoder_decode (BatonDecoder *self, const guint8 *payload, gsize length, gint16 *samples)
{
  int n = 0;

  if (length == 0 || length > BATON_CODEC_MAX_PAYLOAD)
    return 0;
  switch (self->id)
    {
    case BATON_CODEC_OPUS:
      self->pausing = length <= OPUS_DTX_LENGTH;
      n = opus_decode (self->opus, payload, (opus_int32) length, samples, BATON_CODEC_MAX_SAMPLES, 0);
      break;
    case BATON_CODEC_G722:
      n = g722_decode (self->g722, samples, payload, (int) length);
      break;
    case BATON_CODEC_PCMU:
      for (n = 0; n < (int) length; n++)
        samples[n] = ulaw_to_linear (payload[n]);
      break;
    case BATON_CODEC_PCMA:
      for (n = 0; n < (int) length; n++)
        samples[n] = alaw_to_linear (payload[n]);
      break;
    }
  if (n > 0 && self->plc != NULL)
    plc_rx (self->plc, samples, n);
  return n > 0 ? (gsize) n : 0;
}

/*
 * Puts the ring of the last samples into order, as plc_fillin () would by itself: spandsp 0.0.6 does
 * that with memcpy () on ranges that overlap, which need not work.
 */
static void
straighten_history (plc_state_t *plc)
{
  gint16 newest[PLC_HISTORY_LEN];
  gsize n = (gsize) plc->buf_ptr, rest = PLC_HISTORY_LEN - n;

  memcpy (newest, plc->history, n * sizeof *newest);
  memmove (plc->history, plc->history + n, rest * sizeof *newest);
  memcpy (plc->history + rest, newest, n * sizeof *newest);
  plc->buf_ptr = 0;
}

void
baton_decoder_conceal (BatonDecoder *self, const guint8 *next, gsize next_length, gint16 *samples, gsize n_samples)
{
  g_return_if_fail (n_samples <= BATON_CODEC_MAX_SAMPLES);

  if (self->opus == NULL)
    {
      straighten_history (self->plc);
      plc_fillin (self->plc, samples, (int) n_samples);
      return;
    }
  if (opus_decode (self->opus, next_length > 0 ? next : NULL, (opus_int32) next_length, samples, (int) n_samples,
                   next_length > 0) < 0)
    memset (samples, 0, n_samples * sizeof *samples);
}
