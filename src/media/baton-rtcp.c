/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reports are written and read with gstreamer-rtp's own functions. Its rtpsession element is not
 * used: it brings a thread for each call and its own wake-ups, and the tick has the time anyway.
 */
#include "baton-rtcp.h"

#include <gst/rtp/gstrtcpbuffer.h>
#include <string.h>

#define NTP_EPOCH G_GUINT64_CONSTANT (2208988800) /* 1900 to 1970, s */
#define INTERVAL_US (5 * G_USEC_PER_SEC)
#define TYPE_XR 207u
#define BLOCK_RECEIVER_TIME 4u
#define BLOCK_DLRR 5u
#define BLOCK_VOIP_METRICS 7u
#define MOS_LISTENING 26 /* where it is in that block (RFC 3611 §4.7) */

void
baton_rtcp_init (BatonRtcp *self)
{
  guint32 random[3] = { g_random_int (), g_random_int (), g_random_int () };
  g_autofree char *name = g_base64_encode ((const guchar *) random, sizeof random); /* RFC 7022 §4.2 */

  memset (self, 0, sizeof *self);
  g_strlcpy (self->cname, name, sizeof self->cname);
  self->rtt_ms = self->remote_lost_percent = self->remote_jitter = self->remote_mos = -1;
}

static guint64
ntp_time (gint64 now)
{
  guint64 real = (guint64) (g_get_real_time () - (g_get_monotonic_time () - now));
  guint64 seconds = real / G_USEC_PER_SEC + NTP_EPOCH, fraction = real % G_USEC_PER_SEC;

  return seconds << 32 | (fraction << 32) / G_USEC_PER_SEC;
}

static void
add_block (BatonRtcp *self, GstRTCPPacket *packet, BatonRtpReceiver *receiver, gint64 now)
{
  guint32 wanted, received, interval_wanted, interval_received, delay = 0;
  gint32 lost;
  guint8 fraction = 0;

  if (!receiver->valid)
    return;
  wanted = receiver->cycles + receiver->highest - receiver->base + 1;
  received = (guint32) receiver->received;
  interval_wanted = wanted - receiver->report_expected;
  interval_received = received - receiver->report_received;
  receiver->report_expected = wanted;
  receiver->report_received = received;
  if (interval_wanted > 0 && interval_wanted > interval_received)
    fraction = (guint8) MIN (255, 256 * (guint64) (interval_wanted - interval_received) / interval_wanted);
  lost = CLAMP ((gint64) wanted - (gint64) received, -0x800000, 0x7fffff);
  if (self->last_sr != 0)
    delay = (guint32) ((now - self->last_sr_time) * 65536 / G_USEC_PER_SEC);
  gst_rtcp_packet_add_rb (packet, receiver->ssrc, fraction, lost, receiver->cycles + receiver->highest,
                          (guint32) receiver->jitter, self->last_sr, delay);
}

gsize
baton_rtcp_write (BatonRtcp *self, const BatonRtpSender *sender, BatonRtpReceiver *receiver, guint32 media_time,
                  gboolean bye, gint64 now, guint8 *data)
{
  GstBuffer *buffer = gst_rtcp_buffer_new (BATON_RTCP_MAX_PACKET);
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  gsize length;

  gst_rtcp_buffer_map (buffer, GST_MAP_READWRITE, &rtcp);
  gst_rtcp_buffer_add_packet (&rtcp, sender->packets > 0 ? GST_RTCP_TYPE_SR : GST_RTCP_TYPE_RR, &packet);
  if (sender->packets > 0)
    gst_rtcp_packet_sr_set_sender_info (&packet, sender->ssrc, ntp_time (now), media_time, sender->packets,
                                        sender->octets);
  else
    gst_rtcp_packet_rr_set_ssrc (&packet, sender->ssrc);
  add_block (self, &packet, receiver, now);
  gst_rtcp_buffer_add_packet (&rtcp, GST_RTCP_TYPE_SDES, &packet);
  gst_rtcp_packet_sdes_add_item (&packet, sender->ssrc);
  gst_rtcp_packet_sdes_add_entry (&packet, GST_RTCP_SDES_CNAME, (guint8) strlen (self->cname), (guint8 *) self->cname);
  if (bye)
    {
      gst_rtcp_buffer_add_packet (&rtcp, GST_RTCP_TYPE_BYE, &packet);
      gst_rtcp_packet_bye_add_ssrc (&packet, sender->ssrc);
    }
  gst_rtcp_buffer_unmap (&rtcp);
  length = gst_buffer_extract (buffer, 0, data, BATON_RTCP_MAX_PACKET);
  gst_buffer_unref (buffer);

  /* soon at first, so that the round trip is known early; then each 5 s, spread by a half (RFC 3550 §6.2) */
  self->next = now + (++self->n_reports < 3 ? G_USEC_PER_SEC : (gint64) (INTERVAL_US * g_random_double_range (0.5, 1.5)));
  return length;
}

static guint8 *
put32 (guint8 *p, guint32 value)
{
  value = g_htonl (value);
  memcpy (p, &value, sizeof value);
  return p + sizeof value;
}

gsize
baton_rtcp_write_times (BatonRtcp *self, const BatonRtpSender *sender, gboolean ask, gint64 now, guint8 *data)
{
  guint64 ntp = ntp_time (now);
  guint8 *p = data + 8;

  if (ask && sender->packets == self->packets)
    {
      p = put32 (p, BLOCK_RECEIVER_TIME << 24 | 2);
      p = put32 (p, (guint32) (ntp >> 32));
      p = put32 (p, (guint32) ntp);
    }
  self->packets = sender->packets;
  if (self->last_rrt != 0)
    {
      p = put32 (p, BLOCK_DLRR << 24 | 3);
      p = put32 (p, self->rrt_ssrc);
      p = put32 (p, self->last_rrt);
      p = put32 (p, (guint32) ((now - self->last_rrt_time) * 65536 / G_USEC_PER_SEC));
      self->last_rrt = 0;
    }
  if (p == data + 8)
    return 0;
  put32 (data, 0x80u << 24 | TYPE_XR << 16 | (guint32) ((p - data) / 4 - 1));
  put32 (data + 4, sender->ssrc);
  return (gsize) (p - data);
}

/* When we get what they say of a time of ours. */
static void
note_round_trip (BatonRtcp *self, guint32 time, guint32 delay, gint64 arrival)
{
  gint32 rtt = (gint32) ((guint32) (ntp_time (arrival) >> 16) - time - delay);

  if (time != 0 && rtt < 65536 * 30 && rtt > -655) /* a clock that was set in between gives nonsense */
    self->rtt_ms = MAX (rtt, 0) * 1000.0 / 65536;
}

static void
read_block (BatonRtcp *self, GstRTCPPacket *packet, guint i, const BatonRtpSender *sender, gint64 arrival)
{
  guint32 ssrc = 0, highest = 0, jitter = 0, last_sr = 0, delay = 0;
  guint8 fraction = 0;
  gint32 lost = 0;

  /* which writes nothing where the packet ends before a block that it announced */
  gst_rtcp_packet_get_rb (packet, i, &ssrc, &fraction, &lost, &highest, &jitter, &last_sr, &delay);
  if (ssrc == 0 || ssrc != sender->ssrc)
    return;
  self->remote_lost_percent = fraction * 100.0 / 256;
  self->remote_jitter = jitter;
  note_round_trip (self, last_sr, delay, arrival);
}

static guint32
get32 (const guint8 *p)
{
  return (guint32) p[0] << 24 | (guint32) p[1] << 16 | (guint32) p[2] << 8 | p[3];
}

/* One block of @size bytes, its header with it. */
static void
read_extended_block (BatonRtcp *self, const guint8 *block, gsize size, guint32 ssrc, const BatonRtpSender *sender,
                     gint64 arrival)
{
  if (block[0] == BLOCK_RECEIVER_TIME && size == 12) /* a time of theirs, which our next report answers */
    {
      self->last_rrt = get32 (block + 6);
      self->rrt_ssrc = ssrc;
      self->last_rrt_time = arrival;
    }
  else if (block[0] == BLOCK_DLRR)
    {
      for (gsize at = 4; at + 12 <= size; at += 12)
        if (get32 (block + at) == sender->ssrc)
          note_round_trip (self, get32 (block + at + 4), get32 (block + at + 8), arrival);
    }
  else if (block[0] == BLOCK_VOIP_METRICS && size == 36 && get32 (block + 4) == sender->ssrc)
    {
      if (block[MOS_LISTENING] >= 10 && block[MOS_LISTENING] <= 50) /* what they hear of our sound */
        self->remote_mos = block[MOS_LISTENING] / 10.0;
    }
}

/* By hand: GStreamer's functions believe the lengths of blocks, also of one that would end beyond the packet. */
static void
read_extended (BatonRtcp *self, const guint8 *packet, gsize length, const BatonRtpSender *sender, gint64 arrival)
{
  for (gsize at = 8, size; at + 4 <= length; at += size)
    {
      const guint8 *block = packet + at;

      size = 4 + 4 * (gsize) (block[2] << 8 | block[3]);
      if (size > length - at)
        return;
      read_extended_block (self, block, size, get32 (packet + 4), sender, arrival);
    }
}

gboolean
baton_rtcp_read (BatonRtcp *self, const BatonRtpSender *sender, const guint8 *data, gsize length, gint64 arrival)
{
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  GstBuffer *buffer;
  gboolean valid;

  if (length == 0) /* an empty datagram: GStreamer has no memory of no bytes */
    return FALSE;
  buffer = gst_buffer_new_memdup (data, length);
  valid = gst_rtcp_buffer_validate_reduced (buffer) && gst_rtcp_buffer_map (buffer, GST_MAP_READ, &rtcp);
  for (gboolean more = valid && gst_rtcp_buffer_get_first_packet (&rtcp, &packet); more;
       more = gst_rtcp_packet_move_to_next (&packet))
    {
      GstRTCPType type = gst_rtcp_packet_get_type (&packet);

      if (type == GST_RTCP_TYPE_XR)
        read_extended (self, data + packet.offset, 4 * ((gsize) gst_rtcp_packet_get_length (&packet) + 1), sender, arrival);
      if (type != GST_RTCP_TYPE_SR && type != GST_RTCP_TYPE_RR)
        continue;
      if (type == GST_RTCP_TYPE_SR)
        {
          guint64 ntp = 0;

          gst_rtcp_packet_sr_get_sender_info (&packet, NULL, &ntp, NULL, NULL, NULL);
          self->last_sr = (guint32) (ntp >> 16);
          self->last_sr_time = arrival;
        }
      for (guint i = 0; i < gst_rtcp_packet_get_rb_count (&packet); i++)
        read_block (self, &packet, i, sender, arrival);
    }
  if (valid)
    gst_rtcp_buffer_unmap (&rtcp);
  gst_buffer_unref (buffer);
  return valid;
}
