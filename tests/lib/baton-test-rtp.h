/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** BatonTestRtpPacket: what came, with the header taken apart. */
typedef struct
{
  guint8 payload_type;
  gboolean marker;
  guint16 sequence;
  guint32 timestamp, ssrc;
  gint64 arrival; /* µs, monotonic */
  guint length;   /* of the payload */
  guint8 payload[1500];
} BatonTestRtpPacket;

/** BatonTestRtp: the other end of a call as a script has it: one UDP socket on loopback, and no media library. */
typedef struct
{
  int fd;
  guint16 port, to;
  guint16 sequence;
  guint32 timestamp, ssrc;
  GArray *packets; /* (element-type BatonTestRtpPacket) */
  guint8 rtcp[1500]; /* the last compound packet, where it is muxed */
  gsize rtcp_length;
  guint handshakes; /* packets of DTLS, which nobody answers */
  guint source;
} BatonTestRtp;

BatonTestRtp *baton_test_rtp_new (void);
/** baton_test_rtp_new_at: bound to @host, of 127.0.0.0/8; it sends to 127.0.0.1 all the same */
BatonTestRtp *baton_test_rtp_new_at (const char *host);
void baton_test_rtp_free (BatonTestRtp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonTestRtp, baton_test_rtp_free)

/** baton_test_rtp_describe: Returns: (transfer full): a session description with @formats ("0 8") and @attributes (whole lines) */
char *baton_test_rtp_describe (BatonTestRtp *self, const char *formats, const char *attributes);
/** baton_test_rtp_set_remote: reads the port from their description */
void baton_test_rtp_set_remote (BatonTestRtp *self, const char *description);
/** baton_test_rtp_send: @ticks: of the time stamp, until the next one */
void baton_test_rtp_send (BatonTestRtp *self, guint8 payload_type, const guint8 *payload, gsize length, guint ticks);
/** baton_test_rtp_send_rtcp: a compound packet, to the same port */
void baton_test_rtp_send_rtcp (BatonTestRtp *self, const guint8 *data, gsize length);
/** Returns: packet @i of those with that payload type; NULL when there are not so many */
const BatonTestRtpPacket *baton_test_rtp_get (BatonTestRtp *self, guint8 payload_type, guint i);
guint baton_test_rtp_count (BatonTestRtp *self, guint8 payload_type);

/** BatonTestRelay: two sockets between two ends: what comes in at one goes out at the other, late or not at all. */
typedef struct
{
  int fds[2];
  guint16 ports[2], to[2];
  guint sources[2];
  double loss;
  guint jitter_ms;
  GRand *random;
  guint passed, dropped;
} BatonTestRelay;

BatonTestRelay *baton_test_relay_new (double loss, guint jitter_ms);
void baton_test_relay_free (BatonTestRelay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonTestRelay, baton_test_relay_free)
/** baton_test_relay_change: Returns: (transfer full): @description with the relay's port @side (0 or 1) in place of its own */
char *baton_test_relay_change (BatonTestRelay *self, guint side, const char *description);

G_END_DECLS
