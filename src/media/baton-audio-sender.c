/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-sender.h"

#include <string.h>

#include "baton-dtmf.h"
#include "baton-level.h"
#include "baton-resampler.h"

#define PAUSE_US 100000 /* between two packets sent, from where on it is a new talkspurt */

struct _BatonAudioSender
{
  BatonAudioSource *source;
  BatonAudioCursor cursor;
  BatonTransport *transport;
  BatonAudioSenderEvents events;
  BatonSdpAgreement agreement;
  gboolean muted, foreground;

  BatonRtpSender rtp;
  BatonEncoder *encoder;
  BatonDtmfSender dtmf;
  BatonLevel level;
  BatonResampler *echo_resampler;

  gboolean taking_over;
  gint64 taken_from;
  double last_gap_ms;
};

BatonAudioSender *
baton_audio_sender_new (BatonAudioSource *source, BatonTransport *transport, const BatonAudioSenderEvents *events)
{
  BatonAudioSender *self = g_new0 (BatonAudioSender, 1);

  self->source = baton_audio_source_ref (source);
  self->transport = transport;
  self->events = *events;
  self->last_gap_ms = -1;
  baton_rtp_sender_init (&self->rtp);
  return self;
}

void
baton_audio_sender_free (BatonAudioSender *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->encoder, baton_encoder_free);
  g_clear_pointer (&self->echo_resampler, baton_resampler_free);
  g_clear_pointer (&self->source, baton_audio_source_unref);
  g_free (self);
}

/* --- packets --- */

static void
send_payload (BatonAudioSender *self, guint8 *packet, gsize length, guint8 payload_type, gboolean marker,
              guint32 timestamp)
{
  BatonRtpHeader header = { marker, payload_type, self->rtp.sequence++, timestamp, self->rtp.ssrc };
  gint64 now;

  baton_rtp_write (packet, &header);
  if (!baton_transport_send (self->transport, BATON_PACKET_RTP, packet, BATON_RTP_HEADER + length))
    return;
  now = g_get_monotonic_time ();
  if (self->taking_over)
    {
      self->taking_over = FALSE;
      self->last_gap_ms = self->taken_from > 0 ? (double) (now - self->taken_from) / 1000 : 0;
      self->events.gap (self->last_gap_ms, self->events.data);
    }
  self->rtp.last_time = now;
  self->rtp.sent++;
  self->rtp.packets++;
  self->rtp.octets += (guint32) length;
}

static void
read_own_echo (BatonAudioSender *self, const gint16 *heard, guint n_heard, guint rate, gint16 *frame)
{
  guint from = n_heard * 50;

  if (from == rate)
    memcpy (frame, heard, n_heard * sizeof *frame);
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
      baton_resampler_run (self->echo_resampler, heard, n_heard, frame);
    }
}

static void
read_source (BatonAudioSender *self, const gint16 *heard, guint n_heard, guint rate, gint16 *frame)
{
  BatonAudioKind kind = baton_audio_source_get_kind (self->source);

  if (self->muted || (kind == BATON_AUDIO_KIND_DEVICE && !self->foreground))
    memset (frame, 0, rate / 50 * sizeof *frame);
  else if (kind == BATON_AUDIO_KIND_ECHO)
    read_own_echo (self, heard, n_heard, rate, frame);
  else
    baton_audio_source_read (self->source, &self->cursor, rate, frame);
}

void
baton_audio_sender_send_frame (BatonAudioSender *self, const gint16 *heard, guint n_heard, gint64 now)
{
  const BatonCodecInfo *info = baton_codec_info (self->agreement.codec);
  guint8 packet[BATON_RTP_HEADER + BATON_CODEC_MAX_PAYLOAD];
  gint16 frame[BATON_MAX_FRAME];
  guint ticks = info->clock_rate / 50, rate = info->rate;
  gboolean pause = now - self->rtp.last_time > PAUSE_US;
  BatonDtmfPacket event;
  gsize length;

  if (pause && self->rtp.last_time != 0)
    self->rtp.timestamp += (guint32) ((now - self->rtp.last_time) / BATON_FRAME_US - 1) * ticks;
  read_source (self, heard, n_heard, rate, frame);
  baton_level_add (&self->level, frame, rate / 50);
  if (self->agreement.event_payload_type >= 0 &&
      baton_dtmf_sender_next (&self->dtmf, self->rtp.timestamp, self->agreement.event_clock_rate / 50, &event))
    {
      memcpy (packet + BATON_RTP_HEADER, event.payload, BATON_DTMF_PAYLOAD);
      send_payload (self, packet, BATON_DTMF_PAYLOAD, (guint8) self->agreement.event_payload_type, event.marker,
                    event.timestamp);
    }
  else
    {
      length = baton_encoder_encode (self->encoder, frame, packet + BATON_RTP_HEADER);
      if (length > 0)
        send_payload (self, packet, length, self->agreement.payload_type, pause, self->rtp.timestamp);
    }
  self->rtp.timestamp += ticks;
}

/* --- what the stream says --- */

void
baton_audio_sender_set_agreement (BatonAudioSender *self, const BatonSdpAgreement *agreement)
{
  self->agreement = *agreement;
  if (self->encoder == NULL || baton_encoder_get_id (self->encoder) != agreement->codec)
    {
      g_clear_pointer (&self->encoder, baton_encoder_free);
      self->encoder = baton_encoder_new (agreement->codec);
    }
  if (agreement->event_payload_type < 0)
    baton_dtmf_sender_clear (&self->dtmf);
}

void
baton_audio_sender_set_muted (BatonAudioSender *self, gboolean muted)
{
  self->muted = muted;
}

void
baton_audio_sender_set_foreground (BatonAudioSender *self, gboolean foreground)
{
  self->foreground = foreground;
}

gboolean
baton_audio_sender_add_dtmf (BatonAudioSender *self, const char *digits)
{
  return baton_dtmf_sender_add (&self->dtmf, digits);
}

void
baton_audio_sender_clear_dtmf (BatonAudioSender *self)
{
  baton_dtmf_sender_clear (&self->dtmf);
}

void
baton_audio_sender_take_over (BatonAudioSender *self, gint64 last_sent)
{
  self->taking_over = TRUE;
  self->taken_from = last_sent;
}

gboolean
baton_audio_sender_is_taking_over (BatonAudioSender *self)
{
  return self->taking_over;
}

const BatonRtpSender *
baton_audio_sender_get_rtp (BatonAudioSender *self)
{
  return &self->rtp;
}

void
baton_audio_sender_read_stats (BatonAudioSender *self, BatonMediaStats *stats)
{
  stats->sent = self->rtp.sent;
  stats->level_out_db = baton_level_get_db (&self->level);
  stats->last_gap_ms = self->last_gap_ms;
}
