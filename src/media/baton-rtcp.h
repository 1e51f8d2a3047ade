/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-rtp-stream.h"

G_BEGIN_DECLS

#define BATON_RTCP_MAX_PACKET 1400

/** BatonRtcp: what the reports of one call need (RFC 3550 §6), and what theirs say. */
typedef struct
{
  char cname[32];
  guint32 last_sr;       /* the middle of the NTP time in their last sender report */
  gint64 last_sr_time;   /* when it came, µs */
  guint32 last_rrt, rrt_ssrc; /* the same of a time that they sent without sound of theirs (RFC 3611 §4.4), and whose it is */
  gint64 last_rrt_time;
  guint32 packets;       /* of ours when the last of our times was due */
  double rtt_ms;         /* negative: not known */
  /* what they say of our sound; the jitter in time stamp units; negative: not known */
  double remote_lost_percent, remote_jitter, remote_mos;
  gint64 next;           /* when our next report is due, µs */
  guint n_reports;
} BatonRtcp;

void baton_rtcp_init (BatonRtcp *self);
/**
 * baton_rtcp_write: a compound packet: a report, our name, and a BYE when it is the last.
 * @media_time: the RTP time stamp that belongs to @now.
 * Returns: its length; @data has room for BATON_RTCP_MAX_PACKET
 */
gsize baton_rtcp_write (BatonRtcp *self, const BatonRtpSender *sender, BatonRtpReceiver *receiver, guint32 media_time,
                        gboolean bye, gint64 now, guint8 *data);
#define BATON_RTCP_TIMES_LENGTH 36
/**
 * baton_rtcp_write_times: an extended report (RFC 3611 §4.4, §4.5) for who sends no sound, and so gets no round trip by
 * sender reports: our answer to a time of theirs, if one came, and with @ask a time of ours, if we have sent nothing meanwhile.
 * Returns: its length, 0 if there is nothing to say; @data has room for BATON_RTCP_TIMES_LENGTH
 */
gsize baton_rtcp_write_times (BatonRtcp *self, const BatonRtpSender *sender, gboolean ask, gint64 now, guint8 *data);
/** baton_rtcp_read: Returns: FALSE for anything that is no RTCP packet */
gboolean baton_rtcp_read (BatonRtcp *self, const BatonRtpSender *sender, const guint8 *data, gsize length, gint64 arrival);

G_END_DECLS
