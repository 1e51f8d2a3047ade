/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-stream.h"

#include <string.h>

#include "baton-dtmf.h"
#include "baton-jitter-buffer.h"
#include "baton-level.h"
#include "baton-resampler.h"
#include "baton-rtcp.h"

#define PAUSE_US 100000 /* between two packets sent, from where on it is a new talkspurt */
#define MAX_PULLS 16    /* packets taken for one frame: 10 ms ones, and some that are no good */
#define PAYLOAD_CN 13   /* comfort noise, RFC 3389: a packet without sound for us */

struct _BatonAudioStream
{
  BatonTick *tick;
  BatonAudioSource *source;
  BatonAudioCursor cursor;
  BatonRtpSocket *socket;
  BatonAudioStreamEvents events;
  BatonSdpAgreement agreement;
  gboolean agreed, send, hear, muted, foreground, ticking;

  BatonRtpSender sender;
  BatonRtpReceiver receiver;
  BatonRtcp rtcp;
  BatonEncoder *encoder;
  BatonDtmfSender dtmf_sender;
  BatonLevel level_out;

  BatonDecoder *decoder;
  BatonJitterBuffer *jitter;
  BatonDtmfReceiver dtmf_receiver;
  BatonLevel level_in;
  gint16 fifo[BATON_CODEC_MAX_SAMPLES + BATON_MAX_FRAME]; /* decoded, not yet played */
  guint n_fifo;
  gint16 heard[BATON_MAX_FRAME];
  guint n_heard;
  BatonResampler *echo_resampler;
  BatonWavWriter *recorder;

  gboolean taking_over;
  gint64 taken_from;
  double last_gap_ms;
};

BatonAudioStream *
baton_audio_stream_new (BatonTick *tick, BatonAudioSource *source, BatonRtpSocket *socket,
                        const BatonAudioStreamEvents *events)
{
  BatonAudioStream *self = g_new0 (BatonAudioStream, 1);

  self->tick = tick; /* whoever holds the lock holds a reference */
  self->source = baton_audio_source_ref (source);
  self->socket = socket;
  self->events = *events;
  self->last_gap_ms = -1;
  self->jitter = baton_jitter_buffer_new (8000);
  baton_rtp_sender_init (&self->sender);
  baton_rtcp_init (&self->rtcp);
  return self;
}

/* --- sending --- */

static guint
ticks_per_frame (BatonAudioStream *self)
{
  return baton_codec_info (self->agreement.codec)->clock_rate / 50;
}

static void
send_payload (BatonAudioStream *self, guint8 *packet, gsize length, guint8 payload_type, gboolean marker,
              guint32 timestamp)
{
  BatonRtpHeader header = { marker, payload_type, self->sender.sequence++, timestamp, self->sender.ssrc };
  gint64 now;

  baton_rtp_write (packet, &header);
  if (!baton_rtp_socket_send (self->socket, packet, BATON_RTP_HEADER + length))
    return;
  now = g_get_monotonic_time ();
  if (self->taking_over)
    {
      self->taking_over = FALSE;
      self->last_gap_ms = self->taken_from > 0 ? (double) (now - self->taken_from) / 1000 : 0;
      self->events.gap (self->last_gap_ms, self->events.data);
    }
  self->sender.last_time = now;
  self->sender.sent++;
  self->sender.packets++;
  self->sender.octets += (guint32) length;
}

static void
read_own_echo (BatonAudioStream *self, guint rate, gint16 *frame)
{
  guint from = self->n_heard * 50;

  if (from == rate)
    memcpy (frame, self->heard, self->n_heard * sizeof *frame);
  else if (from == 0)
    memset (frame, 0, rate / 50 * sizeof *frame);
  else
    {
      if (self->echo_resampler == NULL || baton_resampler_get_from (self->echo_resampler) != from ||
          baton_resampler_get_to (self->echo_resampler) != rate)
        {
          g_clear_pointer (&self->echo_resampler, baton_resampler_free);
          self->echo_resampler = baton_resampler_new (from, rate);
        }
      baton_resampler_run (self->echo_resampler, self->heard, self->n_heard, frame);
    }
}

static void
read_source (BatonAudioStream *self, guint rate, gint16 *frame)
{
  BatonAudioKind kind = baton_audio_source_get_kind (self->source);

  if (self->muted || (kind == BATON_AUDIO_KIND_DEVICE && !self->foreground))
    memset (frame, 0, rate / 50 * sizeof *frame);
  else if (kind == BATON_AUDIO_KIND_ECHO)
    read_own_echo (self, rate, frame);
  else
    baton_audio_source_read (self->source, &self->cursor, rate, frame);
}

static void
send_frame (BatonAudioStream *self, gint64 now)
{
  guint8 packet[BATON_RTP_HEADER + BATON_CODEC_MAX_PAYLOAD];
  gint16 frame[BATON_MAX_FRAME];
  guint ticks = ticks_per_frame (self), rate = baton_codec_info (self->agreement.codec)->rate;
  gboolean pause = now - self->sender.last_time > PAUSE_US;
  BatonDtmfPacket event;
  gsize length;

  if (pause && self->sender.last_time != 0)
    self->sender.timestamp += (guint32) ((now - self->sender.last_time) / BATON_FRAME_US - 1) * ticks;
  read_source (self, rate, frame);
  baton_level_add (&self->level_out, frame, rate / 50);
  if (self->agreement.event_payload_type >= 0 &&
      baton_dtmf_sender_next (&self->dtmf_sender, self->sender.timestamp,
                              self->agreement.event_clock_rate / 50, &event))
    {
      memcpy (packet + BATON_RTP_HEADER, event.payload, BATON_DTMF_PAYLOAD);
      send_payload (self, packet, BATON_DTMF_PAYLOAD, (guint8) self->agreement.event_payload_type, event.marker,
                    event.timestamp);
    }
  else
    {
      length = baton_encoder_encode (self->encoder, frame, packet + BATON_RTP_HEADER);
      if (length > 0)
        send_payload (self, packet, length, self->agreement.payload_type, pause, self->sender.timestamp);
    }
  self->sender.timestamp += ticks;
}

static void
send_report (BatonAudioStream *self, gboolean bye, gint64 now)
{
  guint8 packet[BATON_RTCP_MAX_PACKET];
  gsize length = baton_rtcp_write (&self->rtcp, &self->sender, &self->receiver, self->sender.timestamp, bye, now, packet);

  baton_rtp_socket_send_rtcp (self->socket, packet, length);
}

/* --- receiving --- */

static void
receive_event (BatonAudioStream *self, const BatonRtpHeader *header, gint64 arrival)
{
  guint duration_ms = 0;
  char digit = baton_dtmf_receiver_add (&self->dtmf_receiver, header->payload, header->length, header->timestamp,
                                        self->agreement.receive_event_rate[header->payload_type], arrival,
                                        &duration_ms);

  if (digit != 0)
    self->events.dtmf (digit, duration_ms, self->events.data);
}

static gboolean
receive_packet (const BatonRtpPacket *packet, gboolean rtcp, gboolean trusted, gpointer data)
{
  BatonAudioStream *self = data;
  BatonRtpHeader header;
  guint8 meaning;
  guint clock_rate = 0;

  if (rtcp)
    return baton_rtcp_read (&self->rtcp, &self->sender, packet->data, packet->length, packet->arrival);
  if (!baton_rtp_parse (packet->data, packet->length, &header))
    return FALSE;
  /* Our own packets: a loop (RFC 3550 §8.2), unless the peer itself sends them back. Then it is an echo test, and
   * the person wants to hear it. */
  if (header.ssrc == self->sender.ssrc && !trusted)
    return FALSE;
  meaning = self->agreement.receive[header.payload_type];
  if (meaning == 0 && header.payload_type != PAYLOAD_CN)
    return FALSE;
  if (!trusted)
    return TRUE;
  if (meaning != 0 && meaning != BATON_SDP_RECEIVE_EVENT)
    clock_rate = baton_codec_info (meaning - 1)->clock_rate;
  if (baton_rtp_receiver_add (&self->receiver, &header, clock_rate, packet->arrival))
    baton_jitter_buffer_reset (self->jitter, clock_rate > 0 ? clock_rate : 8000);
  if (meaning == BATON_SDP_RECEIVE_EVENT)
    receive_event (self, &header, packet->arrival);
  baton_jitter_buffer_put (self->jitter, header.sequence, header.timestamp, header.payload_type, header.payload,
                           clock_rate > 0 ? header.length : 0, packet->arrival);
  return TRUE;
}

/* --- hearing --- */

/* Whether anybody listens: Opus that nobody hears is not worth its decoding. G.711's level costs nothing. */
static gboolean
is_listened_to (BatonAudioStream *self)
{
  switch (baton_audio_source_get_kind (self->source))
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
choose_decoder (BatonAudioStream *self, guint8 payload_type)
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

/* Takes one item out of the jitter buffer into the fifo. FALSE: there is nothing to hear now. */
static gboolean
pull (BatonAudioStream *self, gint64 now)
{
  BatonJitterItem item = baton_jitter_buffer_pull (self->jitter, now);
  const BatonCodecInfo *info;
  gint16 *to;
  guint n;

  if (item.kind == BATON_JITTER_NOTHING)
    return FALSE;
  if (item.kind == BATON_JITTER_PACKET && item.length > 0 && !choose_decoder (self, item.payload_type))
    return TRUE;
  if (self->decoder == NULL)
    return FALSE;
  info = baton_codec_info (baton_decoder_get_id (self->decoder));
  n = samples_of (info, item.duration);
  to = self->fifo + self->n_fifo;
  if (item.kind == BATON_JITTER_PACKET && item.length > 0)
    n = (guint) baton_decoder_decode (self->decoder, item.payload, item.length, to);
  else if (item.kind == BATON_JITTER_PACKET)
    memset (to, 0, n * sizeof *to);
  else
    baton_decoder_conceal (self->decoder, item.payload, item.length, to, n);
  self->n_fifo += n;
  return TRUE;
}

static void
hear_frame (BatonAudioStream *self, gint64 now)
{
  guint n = BATON_MAX_FRAME, i = 0;

  if (!is_listened_to (self))
    {
      baton_jitter_buffer_pull (self->jitter, now); /* kept warm: whoever turns to this call hears it at once */
      self->n_heard = self->n_fifo = 0;
      return;
    }
  do
    n = baton_codec_info (self->decoder != NULL ? baton_decoder_get_id (self->decoder) : self->agreement.codec)->rate / 50;
  while (self->n_fifo < n && i++ < MAX_PULLS && pull (self, now));
  n = baton_codec_info (self->decoder != NULL ? baton_decoder_get_id (self->decoder) : self->agreement.codec)->rate / 50;
  if (self->n_fifo < n)
    {
      memset (self->fifo + self->n_fifo, 0, (n - self->n_fifo) * sizeof *self->fifo);
      self->n_fifo = n;
    }
  memcpy (self->heard, self->fifo, n * sizeof *self->heard);
  self->n_fifo -= n;
  memmove (self->fifo, self->fifo + n, self->n_fifo * sizeof *self->fifo);
  self->n_heard = n;
  baton_level_add (&self->level_in, self->heard, n);
  if (self->recorder != NULL)
    baton_wav_writer_add (self->recorder, self->heard, n, n * 50, now);
}

static void
stream_tick (gint64 now, gpointer data)
{
  BatonAudioStream *self = data;
  guint duration_ms = 0;
  char digit;

  if (self->hear)
    {
      baton_rtp_socket_receive (self->socket, receive_packet, self);
      hear_frame (self, now);
      digit = baton_dtmf_receiver_check (&self->dtmf_receiver, now, &duration_ms);
      if (digit != 0)
        self->events.dtmf (digit, duration_ms, self->events.data);
    }
  else
    baton_rtp_socket_discard (self->socket);
  if (self->send)
    send_frame (self, now);
  if (now >= self->rtcp.next)
    send_report (self, FALSE, now);
}

/* --- what the session decides --- */

static void
set_ticking (BatonAudioStream *self, gboolean ticking)
{
  if (self->ticking == ticking)
    return;
  self->ticking = ticking;
  if (!ticking)
    {
      baton_tick_remove (self->tick, stream_tick, self);
      return;
    }
  baton_rtp_socket_discard (self->socket); /* what came while nobody listened is over */
  baton_jitter_buffer_reset (self->jitter, baton_codec_info (self->agreement.codec)->clock_rate);
  self->n_fifo = self->n_heard = 0;
  self->rtcp.next = MAX (self->rtcp.next, g_get_monotonic_time () + G_USEC_PER_SEC / 2);
  baton_tick_add (self->tick, stream_tick, self);
}

void
baton_audio_stream_free (BatonAudioStream *self)
{
  if (self == NULL)
    return;
  set_ticking (self, FALSE);
  if (self->sender.packets > 0 || self->receiver.valid)
    send_report (self, TRUE, g_get_monotonic_time ());
  if (self->recorder != NULL)
    baton_wav_writer_pad (self->recorder, g_get_monotonic_time ());
  g_clear_pointer (&self->recorder, baton_wav_writer_free);
  g_clear_pointer (&self->encoder, baton_encoder_free);
  g_clear_pointer (&self->decoder, baton_decoder_free);
  g_clear_pointer (&self->jitter, baton_jitter_buffer_free);
  g_clear_pointer (&self->echo_resampler, baton_resampler_free);
  g_clear_pointer (&self->socket, baton_rtp_socket_free);
  g_clear_pointer (&self->source, baton_audio_source_unref);
  g_free (self);
}

void
baton_audio_stream_set_agreement (BatonAudioStream *self, const BatonSdpAgreement *agreement)
{
  self->agreement = *agreement;
  self->agreed = TRUE;
  if (self->encoder == NULL || baton_encoder_get_id (self->encoder) != agreement->codec)
    {
      g_clear_pointer (&self->encoder, baton_encoder_free);
      self->encoder = baton_encoder_new (agreement->codec);
    }
  if (agreement->event_payload_type < 0)
    baton_dtmf_sender_clear (&self->dtmf_sender);
  baton_rtp_socket_set_remote (self->socket, agreement->address[0] != '\0' ? agreement->address : NULL,
                               agreement->port, agreement->rtcp_port, agreement->rtcp_mux);
}

void
baton_audio_stream_set_flow (BatonAudioStream *self, gboolean send, gboolean hear)
{
  gboolean was_hearing = self->hear;

  self->send = send && self->agreed;
  self->hear = hear && self->agreed;
  set_ticking (self, self->send || self->hear);
  if (self->hear && !was_hearing)
    {
      baton_jitter_buffer_reset (self->jitter, baton_codec_info (self->agreement.codec)->clock_rate);
      self->n_fifo = 0;
    }
  if (!self->hear)
    self->n_heard = 0;
  if (!self->send)
    baton_dtmf_sender_clear (&self->dtmf_sender);
  else if (self->taking_over)
    send_frame (self, g_get_monotonic_time ());
}

void
baton_audio_stream_set_muted (BatonAudioStream *self, gboolean muted)
{
  self->muted = muted;
}

void
baton_audio_stream_set_foreground (BatonAudioStream *self, gboolean foreground)
{
  self->foreground = foreground;
}

void
baton_audio_stream_set_recorder (BatonAudioStream *self, BatonWavWriter *recorder)
{
  g_clear_pointer (&self->recorder, baton_wav_writer_free);
  self->recorder = recorder;
}

gboolean
baton_audio_stream_add_dtmf (BatonAudioStream *self, const char *digits)
{
  return baton_dtmf_sender_add (&self->dtmf_sender, digits);
}

gint64
baton_audio_stream_get_last_sent (BatonAudioStream *self)
{
  return self->sender.last_time;
}

void
baton_audio_stream_take_over (BatonAudioStream *self, gint64 last_sent)
{
  self->taking_over = TRUE;
  self->taken_from = last_sent;
  if (self->send)
    send_frame (self, g_get_monotonic_time ());
}

const gint16 *
baton_audio_stream_get_heard (BatonAudioStream *self, guint *n, guint *rate)
{
  *n = self->n_heard;
  *rate = self->n_heard * 50;
  return self->heard;
}

void
baton_audio_stream_read_stats (BatonAudioStream *self, BatonMediaStats *stats)
{
  stats->sent = self->sender.sent;
  stats->received = baton_rtp_receiver_get_received (&self->receiver);
  stats->lost = baton_rtp_receiver_get_lost (&self->receiver);
  stats->jitter_ms = baton_rtp_receiver_get_jitter_ms (&self->receiver);
  stats->rtt_ms = self->rtcp.rtt_ms;
  stats->level_in_db = baton_level_get_db (&self->level_in);
  stats->level_out_db = baton_level_get_db (&self->level_out);
  stats->last_gap_ms = self->last_gap_ms;
}
