/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-sender.h"

#include <stddef.h>
#include <string.h>

#include "baton-dtmf-tone.h"
#include "baton-fade.h"
#include "baton-level.h"
#include "baton-resampler.h"

#define PAUSE_US 100000  /* between two packets sent, from where on it is a new talkspurt */
#define MAX_FIFO (BATON_MAX_FRAME * (BATON_CODEC_MAX_PACKET_MS / 20 + 1))
#define TONE_AMPLITUDE 5800 /* -10 dBm0 for the two together, as RFC 4733 events say of theirs */
#define CROWD_US 5000    /* a packet that went at once stands for the tick's own, if that is so near */

struct _BatonAudioSender
{
  BatonAudioSource *source;
  BatonAudioCursor cursor;
  BatonTransport *transport;
  BatonAudioSenderEvents events;
  BatonSdpAgreement agreement;
  gboolean muted, foreground, silenced;
  BatonGate gate;

  BatonRtpSender rtp;
  gint64 last_frame;     /* µs, when the source was read last, 0 for never */
  gboolean at_once;      /* that frame had no tick of its own */
  BatonEncoder *encoder;
  guint n_fifo;
  BatonDtmfSender dtmf;
  BatonDtmfTone tone;
  BatonLevel level;
  BatonResampler *echo_resampler;
  BatonAudioFilterFunc filter;
  gpointer filter_data;
  guint n_said;

  gboolean taking_over;
  gint64 taken_from;
  double last_gap_ms;

  gint16 last[BATON_MAX_FRAME];

  /* Last, and not cleared: see BatonAudioReceiver */
  gint16 fifo[MAX_FIFO]; /* read, not yet sent */
  gint16 said[BATON_MAX_FRAME];
};

BatonAudioSender *
baton_audio_sender_new (BatonAudioSource *source, BatonTransport *transport, const BatonAudioSenderEvents *events)
{
  BatonAudioSender *self = g_malloc (sizeof *self);

  memset (self, 0, offsetof (BatonAudioSender, fifo));
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

static const BatonCodecInfo *
get_info (BatonAudioSender *self)
{
  return baton_codec_info (self->agreement.codec);
}

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

/* Sends the first @n samples that are waiting. */
static void
send_sound (BatonAudioSender *self, guint n)
{
  const BatonCodecInfo *info = get_info (self);
  guint8 packet[BATON_RTP_HEADER + BATON_CODEC_MAX_PAYLOAD];
  gsize length = baton_encoder_encode (self->encoder, self->fifo, n, packet + BATON_RTP_HEADER);
  gboolean pause = g_get_monotonic_time () - self->rtp.last_time > PAUSE_US;

  if (length > 0)
    send_payload (self, packet, length, self->agreement.payload_type, pause, self->rtp.timestamp);
  self->rtp.timestamp += n / (info->rate / 1000) * (info->clock_rate / 1000);
  self->n_fifo -= n;
  memmove (self->fifo, self->fifo + n, self->n_fifo * sizeof *self->fifo);
}

/* What is there is sent in packets of the agreed length; @all: what is left, too. */
static void
send_waiting (BatonAudioSender *self, gboolean all)
{
  guint rate = get_info (self)->rate / 1000, n = rate * self->agreement.ptime;

  while (self->n_fifo >= n)
    send_sound (self, n);
  while (all && self->n_fifo >= rate * 10)
    send_sound (self, rate * baton_codec_packet_ms (self->agreement.codec, self->n_fifo / rate));
}

/* A key press goes in place of the sound. FALSE: there is none. */
static gboolean
send_event (BatonAudioSender *self)
{
  const BatonCodecInfo *info = get_info (self);
  guint8 packet[BATON_RTP_HEADER + BATON_DTMF_PAYLOAD];
  BatonDtmfPacket event;

  if (self->agreement.event_payload_type < 0 || !baton_dtmf_sender_is_busy (&self->dtmf))
    return FALSE;
  send_waiting (self, TRUE);
  if (!baton_dtmf_sender_next (&self->dtmf, self->rtp.timestamp, self->agreement.event_clock_rate / 50, &event))
    return FALSE;
  memcpy (packet + BATON_RTP_HEADER, event.payload, BATON_DTMF_PAYLOAD);
  send_payload (self, packet, BATON_DTMF_PAYLOAD, (guint8) self->agreement.event_payload_type, event.marker,
                event.timestamp);
  self->rtp.timestamp += info->clock_rate / 50;
  return TRUE;
}

/* --- the source --- */

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
read_source (BatonAudioSender *self, const gint16 *heard, guint n_heard, gint16 *frame)
{
  BatonAudioKind kind = baton_audio_source_get_kind (self->source);
  guint rate = get_info (self)->rate;
  gboolean open = !self->muted && !self->silenced && (kind != BATON_AUDIO_KIND_DEVICE || self->foreground);

  if (!baton_gate_is_silent (&self->gate, open))
    {
      if (kind == BATON_AUDIO_KIND_ECHO)
        read_own_echo (self, heard, n_heard, rate, frame);
      else
        baton_audio_source_read (self->source, &self->cursor, rate, frame);
    }
  baton_gate_run (&self->gate, open, frame, rate / 50, rate);
}

static void
add_frame (BatonAudioSender *self, const gint16 *frame, gint64 now)
{
  guint n = get_info (self)->rate / 50;

  memcpy (self->last, frame, n * sizeof *frame);
  memcpy (self->fifo + self->n_fifo, frame, n * sizeof *frame);
  self->n_fifo += n;
  self->last_frame = now;
  baton_level_add (&self->level, frame, n);
}

static void
note_pause (BatonAudioSender *self, gint64 now)
{
  gint64 pause = self->last_frame > 0 ? now - self->last_frame : 0;

  if (pause <= PAUSE_US)
    return;
  self->rtp.timestamp += (guint32) (pause / BATON_FRAME_US - 1) * (get_info (self)->clock_rate / 50);
  self->n_fifo = 0;
  self->gate.open = FALSE;
}

void
baton_audio_sender_send_frame (BatonAudioSender *self, const gint16 *heard, guint n_heard, gint64 now)
{
  gint16 *frame = self->said;

  if (self->at_once && now - self->last_frame < CROWD_US)
    {
      self->at_once = FALSE;
      return;
    }
  self->at_once = FALSE;
  note_pause (self, now);
  read_source (self, heard, n_heard, frame);
  self->n_said = get_info (self)->rate / 50;
  if (self->filter != NULL)
    self->filter (frame, self->n_said, self->filter_data);
  baton_dtmf_tone_mix (&self->tone, frame, self->n_said, TONE_AMPLITUDE, TRUE);
  if (send_event (self))
    {
      baton_level_add (&self->level, frame, get_info (self)->rate / 50);
      self->last_frame = now;
      return;
    }
  add_frame (self, frame, now);
  send_waiting (self, FALSE);
}

void
baton_audio_sender_begin (BatonAudioSender *self, gint64 now)
{
  if (self->at_once && now - self->last_frame < CROWD_US)
    return;
  baton_audio_sender_send_frame (self, NULL, 0, now);
  send_waiting (self, TRUE);
  self->at_once = TRUE;
}

void
baton_audio_sender_end (BatonAudioSender *self, gint64 now)
{
  const BatonCodecInfo *info = get_info (self);
  gint16 frame[BATON_MAX_FRAME];

  baton_audio_sender_clear_dtmf (self);
  self->silenced = TRUE;
  if (self->last_frame == 0 || now - self->last_frame > PAUSE_US)
    return;
  if (self->gate.open)
    baton_fade_tail (self->last, frame, info->rate / 50, info->rate);
  else
    memset (frame, 0, sizeof frame);
  self->gate.open = FALSE;
  add_frame (self, frame, now);
  send_waiting (self, TRUE);
  self->at_once = TRUE;
}

/* --- what the stream says --- */

void
baton_audio_sender_set_filter (BatonAudioSender *self, BatonAudioFilterFunc filter, gpointer data)
{
  self->filter = filter;
  self->filter_data = data;
}

const gint16 *
baton_audio_sender_get_said (BatonAudioSender *self, guint *n)
{
  *n = self->n_said;
  return self->said;
}

void
baton_audio_sender_set_agreement (BatonAudioSender *self, const BatonSdpAgreement *agreement)
{
  if (self->encoder == NULL || baton_encoder_get_id (self->encoder) != agreement->codec)
    {
      g_clear_pointer (&self->encoder, baton_encoder_free);
      self->encoder = baton_encoder_new (agreement->codec);
      self->n_fifo = 0;
      self->gate.open = FALSE;
    }
  baton_encoder_set_parameters (self->encoder, &agreement->parameters);
  self->agreement = *agreement;
  if (agreement->event_payload_type < 0)
    baton_dtmf_sender_clear (&self->dtmf);
}

void
baton_audio_sender_set_load (BatonAudioSender *self, guint n_calls)
{
  if (self->encoder != NULL)
    baton_encoder_set_load (self->encoder, n_calls);
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

gboolean
baton_audio_sender_add_tones (BatonAudioSender *self, const char *digits)
{
  return baton_dtmf_tone_add (&self->tone, digits);
}

void
baton_audio_sender_clear_dtmf (BatonAudioSender *self)
{
  baton_dtmf_tone_clear (&self->tone);
  baton_dtmf_sender_clear (&self->dtmf);
}

void
baton_audio_sender_take_over (BatonAudioSender *self, gint64 last_sent)
{
  self->taking_over = TRUE;
  self->silenced = FALSE;
  self->taken_from = last_sent;
}

void
baton_audio_sender_take_back (BatonAudioSender *self)
{
  self->silenced = FALSE;
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
