/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-receiver.h"

#include <stddef.h>
#include <string.h>

#include "baton-dtmf-tone.h"
#include "baton-fade.h"
#include "baton-jitter-buffer.h"
#include "baton-level.h"
#include "baton-noise.h"
#include "baton-emodel.h"

#define MAX_PULLS 16    /* packets taken for one frame: 10 ms ones, and some that are no good */
#define KEY_AMPLITUDE 2000 /* softer than people */
#define PAYLOAD_CN 13   /* comfort noise, RFC 3389: taken from whoever sends it */

struct _BatonAudioReceiver
{
  BatonAudioKind kind;
  BatonAudioReceiverEvents events;
  BatonSdpAgreement agreement;
  gboolean foreground, wanted;

  BatonRtpReceiver rtp;
  BatonDecoder *decoder;
  BatonJitterBuffer *jitter;
  BatonDtmfReceiver dtmf;
  BatonLevel level;
  BatonNoise noise;
  guint64 samples_played, samples_concealed;
  BatonEmodel quality;
  BatonDtmfTone key_tone;
  gint64 last_packet; /* µs, or since when one is waited for; 0: not yet */
  guint n_fifo, n_heard;
  gboolean was_heard;  /* the speaker had it in the last tick */
  BatonWavWriter *recorder;

  /* Last, and not cleared: a transfer's INVITE waits while a call is made, and each page that is touched takes time. */
  gint16 fifo[BATON_CODEC_MAX_SAMPLES + BATON_MAX_FRAME]; /* decoded, not yet played */
  gint16 heard[BATON_MAX_FRAME];
};

BatonAudioReceiver *
baton_audio_receiver_new (BatonAudioKind kind, const BatonAudioReceiverEvents *events)
{
  BatonAudioReceiver *self = g_malloc (sizeof *self);

  memset (self, 0, offsetof (BatonAudioReceiver, fifo));
  self->kind = kind;
  self->events = *events;
  self->jitter = baton_jitter_buffer_new (8000);
  return self;
}

void
baton_audio_receiver_free (BatonAudioReceiver *self)
{
  if (self == NULL)
    return;
  if (self->recorder != NULL)
    baton_wav_writer_pad (self->recorder, g_get_monotonic_time ());
  g_clear_pointer (&self->recorder, baton_wav_writer_free);
  g_clear_pointer (&self->decoder, baton_decoder_free);
  g_clear_pointer (&self->jitter, baton_jitter_buffer_free);
  g_free (self);
}

/* --- packets --- */

static void
receive_event (BatonAudioReceiver *self, const BatonRtpHeader *header, gint64 arrival)
{
  guint duration_ms = 0;
  char digit = baton_dtmf_receiver_add (&self->dtmf, header->payload, header->length, header->timestamp,
                                        self->agreement.receive_event_rate[header->payload_type], arrival,
                                        &duration_ms);

  if (digit != 0)
    self->events.dtmf (digit, duration_ms, self->events.data);
}

gboolean
baton_audio_receiver_take (BatonAudioReceiver *self, const BatonRtpPacket *packet, gboolean trusted, guint32 own_ssrc)
{
  BatonRtpHeader header;
  guint8 meaning;
  guint clock_rate = 0;

  if (!baton_rtp_parse (packet->data, packet->length, &header))
    return FALSE;
  /* Our own packets: a loop (RFC 3550 §8.2), unless the peer itself sends them back. Then it is an echo test, and
   * the person wants to hear it. */
  if (header.ssrc == own_ssrc && !trusted)
    return FALSE;
  meaning = self->agreement.receive[header.payload_type];
  if (meaning == 0 && header.payload_type != PAYLOAD_CN)
    {
      /* A keep-alive (RFC 6263 §4.6), or something else that is not ours: no sound, but not lost either */
      if (trusted && self->rtp.valid && self->rtp.ssrc == header.ssrc)
        baton_rtp_receiver_add (&self->rtp, &header, 0, packet->arrival);
      return FALSE;
    }
  if (!trusted)
    return TRUE;
  self->last_packet = packet->arrival;
  if (meaning != 0 && meaning != BATON_SDP_RECEIVE_EVENT)
    clock_rate = baton_codec_info (meaning - 1)->clock_rate;
  if (baton_rtp_receiver_add (&self->rtp, &header, clock_rate, packet->arrival))
    baton_jitter_buffer_reset (self->jitter, clock_rate > 0 ? clock_rate : 8000);
  else if (clock_rate > 0)
    baton_jitter_buffer_set_clock_rate (self->jitter, clock_rate);
  if (meaning == BATON_SDP_RECEIVE_EVENT)
    receive_event (self, &header, packet->arrival);
  baton_jitter_buffer_put (self->jitter, header.sequence, header.timestamp, header.payload_type, header.payload,
                           clock_rate > 0 || meaning == 0 ? header.length : 0, packet->arrival);
  return TRUE;
}

/* --- hearing --- */

/* Whether anybody listens: Opus that nobody hears is not worth its decoding. G.711's level costs nothing. */
static gboolean
is_listened_to (BatonAudioReceiver *self)
{
  if (self->wanted)
    return TRUE;
  switch (self->kind)
    {
    case BATON_AUDIO_KIND_DEVICE:
      return self->foreground || self->recorder != NULL;
    case BATON_AUDIO_KIND_NULL:
      return self->recorder != NULL || self->agreement.codec >= BATON_CODEC_PCMU;
    case BATON_AUDIO_KIND_TONE:
    case BATON_AUDIO_KIND_FILE:
    case BATON_AUDIO_KIND_ECHO:
      return TRUE;
    }
  return TRUE;
}

static gboolean
choose_decoder (BatonAudioReceiver *self, guint8 payload_type)
{
  guint8 meaning = self->agreement.receive[payload_type & 127];

  if (meaning == 0 || meaning == BATON_SDP_RECEIVE_EVENT)
    return FALSE;
  if (self->decoder != NULL && baton_decoder_get_id (self->decoder) == (BatonCodecId) (meaning - 1))
    return TRUE;
  g_clear_pointer (&self->decoder, baton_decoder_free);
  self->decoder = baton_decoder_new (meaning - 1);
  self->n_fifo = 0;
  return TRUE;
}

static guint
samples_of (const BatonCodecInfo *info, guint duration)
{
  return (guint) MIN ((guint64) duration * info->rate / info->clock_rate, BATON_CODEC_MAX_SAMPLES);
}

/* Samples of 20 ms at the rate that the sound has now. */
static guint
frame_length (BatonAudioReceiver *self)
{
  return baton_codec_info (self->decoder != NULL ? baton_decoder_get_id (self->decoder) : self->agreement.codec)->rate / 50;
}

static gint16 *
extend (BatonAudioReceiver *self, guint n)
{
  gint16 *to = self->fifo + self->n_fifo;

  self->n_fifo += n;
  return to;
}

/* The sender says nothing: what it said of its silence, or what the codec makes of it. FALSE: nothing. */
static gboolean
fill_pause (BatonAudioReceiver *self)
{
  guint n = frame_length (self);

  if (self->noise.on)
    baton_noise_make (&self->noise, extend (self, n), n);
  else if (self->decoder != NULL && baton_decoder_is_pausing (self->decoder))
    baton_decoder_conceal (self->decoder, NULL, 0, extend (self, n), n);
  else
    return FALSE;
  return TRUE;
}

static void
decode (BatonAudioReceiver *self, const BatonJitterItem *item)
{
  gsize n;

  baton_noise_stop (&self->noise);
  if (!choose_decoder (self, item->payload_type))
    return;
  n = baton_decoder_decode (self->decoder, item->payload, item->length, self->fifo + self->n_fifo);
  self->n_fifo += (guint) n;
  self->samples_played += n;
}

/* @n samples in place of what is lost or late. */
static void
conceal (BatonAudioReceiver *self, const BatonJitterItem *item, guint n)
{
  if (item->kind == BATON_JITTER_LATE && fill_pause (self))
    return;
  baton_decoder_conceal (self->decoder, item->payload, item->length, extend (self, n), n);
  self->samples_played += n;
  self->samples_concealed += n;
}

/* Takes one item out of the jitter buffer into the fifo. FALSE: there is nothing to hear now. */
static gboolean
pull (BatonAudioReceiver *self, gint64 now)
{
  BatonJitterItem item = baton_jitter_buffer_pull (self->jitter, now);
  gboolean noise = item.kind == BATON_JITTER_PACKET && item.payload_type == PAYLOAD_CN &&
                   self->agreement.receive[PAYLOAD_CN] == 0;
  guint n;

  if (item.kind == BATON_JITTER_NOTHING)
    return fill_pause (self);
  if (item.kind == BATON_JITTER_PACKET && item.length > 0 && !noise)
    {
      decode (self, &item);
      return TRUE;
    }
  if (self->decoder == NULL)
    return FALSE;
  n = samples_of (baton_codec_info (baton_decoder_get_id (self->decoder)), item.duration);
  if (noise)
    {
      baton_noise_set (&self->noise, item.payload, item.length);
      baton_noise_make (&self->noise, extend (self, n), n);
    }
  else if (item.kind == BATON_JITTER_PACKET)
    memset (extend (self, n), 0, n * sizeof *self->fifo);
  else
    conceal (self, &item, n);
  return TRUE;
}

static void
check_event (BatonAudioReceiver *self, gint64 now)
{
  guint duration_ms = 0;
  char digit = baton_dtmf_receiver_check (&self->dtmf, now, &duration_ms);

  if (digit != 0)
    self->events.dtmf (digit, duration_ms, self->events.data);
}

/* The next 20 ms are in heard. */
static void
make_frame (BatonAudioReceiver *self, gint64 now)
{
  guint n;

  for (guint i = 0; self->n_fifo < frame_length (self) && i <= MAX_PULLS && pull (self, now); i++)
    ;
  n = frame_length (self);
  if (self->n_fifo < n)
    {
      memset (self->fifo + self->n_fifo, 0, (n - self->n_fifo) * sizeof *self->fifo);
      self->n_fifo = n;
    }
  memcpy (self->heard, self->fifo, n * sizeof *self->heard);
  self->n_fifo -= n;
  memmove (self->fifo, self->fifo + n, self->n_fifo * sizeof *self->fifo);
  self->n_heard = n;
}

static BatonEmodelCount
get_count (BatonAudioReceiver *self)
{
  guint64 lost = baton_rtp_receiver_get_lost (&self->rtp);

  return (BatonEmodelCount) { baton_rtp_receiver_get_received (&self->rtp) + lost, lost, self->samples_played,
                               self->samples_concealed };
}

static gboolean
has_speaker (BatonAudioReceiver *self)
{
  return self->kind != BATON_AUDIO_KIND_DEVICE || self->foreground;
}

void
baton_audio_receiver_hear_frame (BatonAudioReceiver *self, gint64 now)
{
  BatonEmodelCount count = get_count (self);

  check_event (self, now);
  baton_emodel_add (&self->quality, &count, now);
  if (self->last_packet == 0)
    self->last_packet = now;
  if (!is_listened_to (self))
    {
      baton_jitter_buffer_pull (self->jitter, now); /* kept warm: whoever turns to this call hears it at once */
      self->n_heard = self->n_fifo = 0;
      self->was_heard = FALSE;
      return;
    }
  make_frame (self, now);
  baton_level_add (&self->level, self->heard, self->n_heard);
  if (self->recorder != NULL)
    baton_wav_writer_add (self->recorder, self->heard, self->n_heard, self->n_heard * 50, now);
  if (has_speaker (self) && !self->was_heard)
    baton_fade_in (self->heard, self->n_heard, self->n_heard * 50);
  self->was_heard = has_speaker (self);
  if (self->kind == BATON_AUDIO_KIND_DEVICE && self->foreground)
    baton_dtmf_tone_mix (&self->key_tone, self->heard, self->n_heard, KEY_AMPLITUDE, FALSE);
}

const gint16 *
baton_audio_receiver_fade_out (BatonAudioReceiver *self, guint *n, gint64 now)
{
  *n = 0;
  if (!self->was_heard)
    return self->heard;
  make_frame (self, now);
  baton_fade_out (self->heard, self->n_heard, self->n_heard * 50);
  *n = self->n_heard;
  self->n_heard = 0;
  self->was_heard = FALSE;
  return self->heard;
}

const gint16 *
baton_audio_receiver_get_heard (BatonAudioReceiver *self, guint *n)
{
  *n = self->n_heard;
  return self->heard;
}

/* --- what the stream says --- */

void
baton_audio_receiver_set_agreement (BatonAudioReceiver *self, const BatonSdpAgreement *agreement)
{
  self->agreement = *agreement;
  if (self->decoder == NULL) /* warm: the first packet finds it there */
    self->decoder = baton_decoder_new (agreement->codec);
}

void
baton_audio_receiver_set_foreground (BatonAudioReceiver *self, gboolean foreground)
{
  self->foreground = foreground;
}

void
baton_audio_receiver_set_wanted (BatonAudioReceiver *self, gboolean wanted)
{
  self->wanted = wanted;
}

void
baton_audio_receiver_set_recorder (BatonAudioReceiver *self, BatonWavWriter *recorder)
{
  g_clear_pointer (&self->recorder, baton_wav_writer_free);
  self->recorder = recorder;
}

void
baton_audio_receiver_forget (BatonAudioReceiver *self)
{
  baton_jitter_buffer_reset (self->jitter, baton_codec_info (self->agreement.codec)->clock_rate);
  self->n_fifo = self->n_heard = 0;
  self->was_heard = FALSE;
  baton_rtp_receiver_pause (&self->rtp);
  baton_emodel_begin (&self->quality);
  baton_noise_stop (&self->noise);
  baton_dtmf_tone_clear (&self->key_tone);
  self->last_packet = 0;
}

void
baton_audio_receiver_add_key_tones (BatonAudioReceiver *self, const char *digits)
{
  baton_dtmf_tone_add (&self->key_tone, digits);
}

gboolean
baton_audio_receiver_is_starved (BatonAudioReceiver *self, gint64 silence, gint64 now)
{
  /* Comfort noise is said once for the whole pause. Opus says that it is still there, each 400 ms. */
  return !self->noise.on && self->last_packet > 0 && now - self->last_packet > silence;
}

BatonRtpReceiver *
baton_audio_receiver_get_rtp (BatonAudioReceiver *self)
{
  return &self->rtp;
}

void
baton_audio_receiver_read_stats (BatonAudioReceiver *self, BatonMediaStats *stats)
{
  BatonEmodelCount count = get_count (self);

  stats->received = baton_rtp_receiver_get_received (&self->rtp);
  stats->lost = baton_rtp_receiver_get_lost (&self->rtp);
  stats->jitter_ms = baton_rtp_receiver_get_jitter_ms (&self->rtp);
  stats->level_in_db = baton_level_get_db (&self->level);
  stats->lost_percent = baton_emodel_get_lost (&self->quality, &count);
  if (count.played > 0)
    stats->concealed_percent = 100.0 * (double) count.concealed / (double) count.played;
  if (self->rtp.valid)
    stats->delay_ms = (double) baton_jitter_buffer_get_delay (self->jitter) / 1000;
}
