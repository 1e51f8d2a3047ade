/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-stream.h"

#include "baton-audio-receiver.h"
#include "baton-audio-sender.h"
#include "baton-emodel.h"
#include "baton-rtcp.h"
#include "baton-rtcp-xr.h"

struct _BatonAudioStream
{
  BatonTick *tick;
  BatonTransport *transport;
  BatonAudioSender *sender;
  BatonAudioReceiver *receiver;
  BatonRtcp rtcp;
  BatonAudioStreamEvents events;
  BatonCodecId codec;
  gboolean fec, xr, xr_times;
  guint ptime;
  gboolean agreed, send, hear, ticking, one_way;
  BatonAudioStream *relieves, *relieved_by; /* a move that waits for the first packet of the new one */
  gboolean filtered;
  BatonRecording *recording;
};

/* Who was sent nothing for so long did not hear anything stop. */
#define HELD_US 100000
#define ONE_WAY_US 2500000
#define CODING_MS 25 /* one packet, and what the codec looks ahead */

BatonAudioStream *
baton_audio_stream_new (BatonTick *tick, BatonAudioSource *source, BatonTransport *transport,
                        const BatonAudioStreamEvents *events)
{
  const BatonAudioSenderEvents sent = { events->gap, events->data };
  const BatonAudioReceiverEvents heard = { events->dtmf, events->data };
  BatonAudioStream *self = g_new0 (BatonAudioStream, 1);

  self->tick = tick; /* whoever holds the lock holds a reference */
  self->transport = transport;
  self->events = *events;
  self->sender = baton_audio_sender_new (source, transport, &sent);
  self->receiver = baton_audio_receiver_new (baton_audio_source_get_kind (source), &heard);
  baton_rtcp_init (&self->rtcp);
  return self;
}

/* --- the tick --- */

static void
send_report (BatonAudioStream *self, gboolean bye, gint64 now)
{
  guint8 packet[BATON_RTCP_MAX_PACKET + BATON_RTCP_XR_LENGTH + BATON_RTCP_TIMES_LENGTH];
  const BatonRtpReceiver *receiver = baton_audio_receiver_get_rtp (self->receiver);
  const BatonRtpSender *sender = baton_audio_sender_get_rtp (self->sender);
  gsize length = baton_rtcp_write (&self->rtcp, sender, baton_audio_receiver_get_rtp (self->receiver),
                                   sender->timestamp, bye, now, packet);

  if (self->xr && receiver->valid && !bye)
    {
      BatonMediaStats stats = { .concealed_percent = -1, .rtt_ms = -1, .delay_ms = -1, .mos = -1 };

      baton_audio_stream_read_stats (self, &stats);
      length += baton_rtcp_xr_write (sender->ssrc, receiver->ssrc, &stats, packet + length);
    }
  if (!bye)
    length += baton_rtcp_write_times (&self->rtcp, sender, self->xr_times, now, packet + length);
  baton_transport_send (self->transport, BATON_PACKET_RTCP, packet, length);
}

static gboolean
receive_packet (BatonRtpPacket *packet, BatonPacketKind kind, gboolean trusted, gpointer data)
{
  BatonAudioStream *self = data;
  const BatonRtpSender *sender = baton_audio_sender_get_rtp (self->sender);

  switch (kind)
    {
    case BATON_PACKET_RTP: /* while we don't hear, only reports are of use */
      return self->hear && baton_audio_receiver_take (self->receiver, packet, trusted, sender->ssrc);
    case BATON_PACKET_RTCP:
      return baton_rtcp_read (&self->rtcp, sender, packet->data, packet->length, packet->arrival);
    case BATON_PACKET_DTLS:
    case BATON_PACKET_DTLS_RTCP:
      return FALSE;
    }
  return FALSE;
}

static void
send_frame (BatonAudioStream *self, gint64 now)
{
  guint n_heard;
  const gint16 *heard = baton_audio_receiver_get_heard (self->receiver, &n_heard);

  baton_audio_sender_send_frame (self->sender, heard, n_heard, now);
}

static void update_flow (BatonAudioStream *self);

/* The first packet is out: whose sound it was may stop. */
static void
relieve (BatonAudioStream *self)
{
  BatonAudioStream *from = g_steal_pointer (&self->relieves);

  if (from == NULL)
    return;
  from->relieved_by = NULL;
  update_flow (from);
}

static void
note_last_sent (BatonAudioStream *self, BatonAudioStream *from, gint64 now)
{
  gint64 last_sent = from != NULL ? baton_audio_sender_get_rtp (from->sender)->last_time : 0;

  baton_audio_sender_take_over (self->sender, now - last_sent > HELD_US ? now : last_sent);
}

static void
record (BatonAudioStream *self, gint64 now)
{
  guint n_said = 0, n_heard = 0;
  const gint16 *said = baton_audio_sender_get_said (self->sender, &n_said);
  const gint16 *heard = baton_audio_receiver_get_heard (self->receiver, &n_heard);

  baton_recording_add (self->recording, said, self->send ? n_said : 0, heard, self->hear ? n_heard : 0, now);
}

static void
set_one_way (BatonAudioStream *self, gboolean one_way)
{
  if (self->one_way == one_way)
    return;
  self->one_way = one_way;
  self->events.one_way (one_way, self->events.data);
}

/* What we send may well arrive; but nothing comes from them. Not while ICE or DTLS are still at it: nothing is sent then. */
static void
check_one_way (BatonAudioStream *self, gint64 now)
{
  set_one_way (self, self->send && self->hear && baton_audio_sender_get_rtp (self->sender)->packets > 0 &&
                       baton_audio_receiver_is_starved (self->receiver, ONE_WAY_US, now));
}

static void
stream_tick (gint64 now, gpointer data)
{
  BatonAudioStream *self = data;

  baton_transport_receive (self->transport, receive_packet, self);
  if (self->hear)
    baton_audio_receiver_hear_frame (self->receiver, now);
  if (self->send || self->relieved_by != NULL)
    {
      baton_audio_sender_set_load (self->sender, baton_tick_get_n_clients (self->tick));
      send_frame (self, now);
    }
  check_one_way (self, now);
  if (self->relieves != NULL && !baton_audio_sender_is_taking_over (self->sender))
    relieve (self);
  else if (self->relieves != NULL)
    note_last_sent (self, self->relieves, now);
  if (self->recording != NULL)
    record (self, now);
  if (now >= self->rtcp.next)
    send_report (self, FALSE, now);
}

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
  baton_transport_discard (self->transport); /* what came while nobody listened is over */
  self->rtcp.next = MAX (self->rtcp.next, g_get_monotonic_time () + G_USEC_PER_SEC / 2);
  baton_tick_add (self->tick, stream_tick, self);
}

/* --- what the session decides --- */

void
baton_audio_stream_set_agreement (BatonAudioStream *self, const BatonSdpAgreement *agreement)
{
  self->agreed = TRUE;
  self->codec = agreement->codec;
  self->fec = agreement->parameters.fec;
  self->xr = agreement->rtcp_xr;
  self->xr_times = agreement->rtcp_xr_times;
  self->ptime = agreement->ptime;
  baton_audio_sender_set_agreement (self->sender, agreement);
  baton_audio_receiver_set_agreement (self->receiver, agreement);
  baton_transport_set_remote (self->transport, agreement->address[0] != '\0' ? agreement->address : NULL,
                               agreement->port, agreement->rtcp_port, agreement->rtcp_mux);
}

static void
update_flow (BatonAudioStream *self)
{
  set_ticking (self, self->send || self->hear || self->relieved_by != NULL);
}

void
baton_audio_stream_set_flow (BatonAudioStream *self, gboolean send, gboolean hear)
{
  gboolean was_hearing = self->hear;

  self->send = send && self->agreed;
  self->hear = hear && self->agreed;
  update_flow (self);
  if (self->hear != was_hearing)
    baton_audio_receiver_forget (self->receiver);
  if (!self->hear || !self->send)
    set_one_way (self, FALSE);
  if (!self->send)
    baton_audio_sender_clear_dtmf (self->sender);
  else if (baton_audio_sender_is_taking_over (self->sender))
    baton_audio_sender_begin (self->sender, g_get_monotonic_time ());
  if (!self->send || !baton_audio_sender_is_taking_over (self->sender))
    relieve (self);
}

void
baton_audio_stream_set_muted (BatonAudioStream *self, gboolean muted)
{
  baton_audio_sender_set_muted (self->sender, muted);
}

void
baton_audio_stream_set_foreground (BatonAudioStream *self, gboolean foreground)
{
  baton_audio_sender_set_foreground (self->sender, foreground);
  baton_audio_receiver_set_foreground (self->receiver, foreground);
}

static void
update_wanted (BatonAudioStream *self)
{
  baton_audio_receiver_set_wanted (self->receiver, self->filtered || self->recording != NULL);
}

void
baton_audio_stream_set_filter (BatonAudioStream *self, BatonAudioFilterFunc filter, gpointer data)
{
  self->filtered = filter != NULL;
  baton_audio_sender_set_filter (self->sender, filter, data);
  update_wanted (self);
}

void
baton_audio_stream_set_recording (BatonAudioStream *self, BatonRecording *recording)
{
  self->recording = recording;
  update_wanted (self);
}

void
baton_audio_stream_set_recorder (BatonAudioStream *self, BatonWavWriter *recorder)
{
  baton_audio_receiver_set_recorder (self->receiver, recorder);
}

gboolean
baton_audio_stream_add_dtmf (BatonAudioStream *self, const char *digits)
{
  return baton_audio_sender_add_dtmf (self->sender, digits);
}

gboolean
baton_audio_stream_add_tones (BatonAudioStream *self, const char *digits)
{
  return baton_audio_sender_add_tones (self->sender, digits);
}

void
baton_audio_stream_add_key_tones (BatonAudioStream *self, const char *digits)
{
  if (self->hear)
    baton_audio_receiver_add_key_tones (self->receiver, digits);
}

/* Neither waits for the other any more. */
static void
part (BatonAudioStream *self)
{
  BatonAudioStream *by = g_steal_pointer (&self->relieved_by);

  if (by != NULL)
    by->relieves = NULL;
  relieve (self);
}

void
baton_audio_stream_free (BatonAudioStream *self)
{
  if (self == NULL)
    return;
  part (self);
  set_ticking (self, FALSE);
  if (baton_audio_sender_get_rtp (self->sender)->packets > 0 || baton_audio_receiver_get_rtp (self->receiver)->valid)
    send_report (self, TRUE, g_get_monotonic_time ());
  g_clear_pointer (&self->sender, baton_audio_sender_free);
  g_clear_pointer (&self->receiver, baton_audio_receiver_free);
  g_clear_pointer (&self->transport, baton_transport_free);
  g_free (self);
}

void
baton_audio_stream_take_over (BatonAudioStream *self, BatonAudioStream *from)
{
  gint64 now = g_get_monotonic_time ();
  gboolean sent = from != NULL && from->send;

  part (self);
  if (from != NULL)
    part (from);
  if (sent)
    baton_audio_sender_end (from->sender, now);
  note_last_sent (self, from, now);
  if (self->send)
    baton_audio_sender_begin (self->sender, now);
  if (!sent || !baton_audio_sender_is_taking_over (self->sender))
    return;
  self->relieves = from;
  from->relieved_by = self;
}

void
baton_audio_stream_take_back (BatonAudioStream *self)
{
  part (self);
  baton_audio_sender_take_back (self->sender);
}

const gint16 *
baton_audio_stream_fade_out (BatonAudioStream *self, guint *n, guint *rate)
{
  const gint16 *faded = baton_audio_receiver_fade_out (self->receiver, n, g_get_monotonic_time ());

  *rate = *n * 50;
  return faded;
}

const gint16 *
baton_audio_stream_get_heard (BatonAudioStream *self, guint *n, guint *rate)
{
  const gint16 *heard = baton_audio_receiver_get_heard (self->receiver, n);

  *rate = *n * 50;
  return heard;
}

void
baton_audio_stream_read_stats (BatonAudioStream *self, BatonMediaStats *stats)
{
  baton_audio_sender_read_stats (self->sender, stats);
  baton_audio_receiver_read_stats (self->receiver, stats);
  stats->rtt_ms = self->rtcp.rtt_ms;
  stats->remote_lost_percent = self->rtcp.remote_lost_percent;
  stats->remote_jitter_ms = self->rtcp.remote_jitter >= 0 && self->agreed
                              ? self->rtcp.remote_jitter * 1000 / baton_codec_info (self->codec)->clock_rate
                              : -1;
  stats->remote_mos = self->rtcp.remote_mos;
  stats->ptime_ms = self->ptime;
  stats->one_way = self->one_way;
  if (baton_audio_receiver_get_rtp (self->receiver)->valid)
    stats->mos = baton_emodel_get_mos (self->codec, self->fec, stats->lost_percent,
                                        stats->delay_ms + MAX (stats->rtt_ms, 0) / 2 + CODING_MS);
}
