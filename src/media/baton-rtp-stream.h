/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BATON_RTP_HEADER 12

/** BatonRtpHeader: what we use of an RTP header (RFC 3550 §5.1); payload points into the packet. */
typedef struct
{
  gboolean marker;
  guint8 payload_type;
  guint16 sequence;
  guint32 timestamp, ssrc;
  const guint8 *payload;
  gsize length;
} BatonRtpHeader;

/** baton_rtp_parse: Returns: FALSE for anything that is no RTP packet, or whose lengths don't fit */
gboolean baton_rtp_parse (const guint8 *data, gsize length, BatonRtpHeader *header);
/** baton_rtp_write: @data has room for BATON_RTP_HEADER bytes before the payload, which is there already */
void baton_rtp_write (guint8 *data, const BatonRtpHeader *header);

/** BatonRtpSender: one outgoing stream: random start of everything, counters for the sender reports. */
typedef struct
{
  guint32 ssrc, timestamp;
  guint16 sequence;
  guint32 packets, octets; /* wrap as in the report */
  guint64 sent;
  gint64 last_time;        /* µs, of the last packet, 0 for none */
} BatonRtpSender;

void baton_rtp_sender_init (BatonRtpSender *self);

/** BatonRtpReceiver: one incoming stream: the figures of RFC 3550 §6.4.1 and A.8. */
typedef struct
{
  gboolean valid, paused;
  guint32 ssrc, clock_rate;
  guint16 highest;
  guint32 cycles, base;
  guint64 received;          /* of this source */
  guint64 received_before, lost_before; /* of sources before it in this call */
  gint64 transit;
  gboolean have_transit;
  double jitter;             /* time stamp units */
  guint32 report_expected, report_received; /* at the last report */
} BatonRtpReceiver;

/** baton_rtp_receiver_pause: what came between the last packet and the next one that is added is not lost */
void baton_rtp_receiver_pause (BatonRtpReceiver *self);
/** baton_rtp_receiver_add: Returns: TRUE when a new source began */
gboolean baton_rtp_receiver_add (BatonRtpReceiver *self, const BatonRtpHeader *header, guint clock_rate, gint64 arrival);
guint64 baton_rtp_receiver_get_received (const BatonRtpReceiver *self);
guint64 baton_rtp_receiver_get_lost (const BatonRtpReceiver *self);
double baton_rtp_receiver_get_jitter_ms (const BatonRtpReceiver *self);

G_END_DECLS
