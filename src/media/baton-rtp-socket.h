/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BATON_RTP_MAX_PACKET 2048
#define BATON_RTP_BATCH 16

typedef struct _BatonRtpSocket BatonRtpSocket;

/** BatonRtpPacket: one datagram as it came in. */
typedef struct
{
  guint8 data[BATON_RTP_MAX_PACKET];
  gsize length;
  gint64 arrival; /* µs of g_get_monotonic_time(), taken by the kernel */
} BatonRtpPacket;

/**
 * BatonRtpReceiveFunc: @trusted: it came from the peer and is to be used; else look at it only.
 * Returns: TRUE when the packet makes sense for this stream, so that its sender may be believed
 */
typedef gboolean (*BatonRtpReceiveFunc) (const BatonRtpPacket *packet, gboolean rtcp, gboolean trusted, gpointer data);

/**
 * baton_rtp_socket_new: binds RTP to an even port and RTCP to the one above it (RFC 3550 §11).
 * @hint: (nullable): the peer's address; when @address is a wildcard, the address that the route
 *   there has is the one to be named in the session description.
 * @first, @last: the range, 0 for the system's choice.
 * Returns: (nullable): NULL with BATON_ERROR_ADDRESS_IN_USE or BATON_ERROR_FAILED
 */
BatonRtpSocket *baton_rtp_socket_new (const char *address, const char *hint, guint first, guint last, GError **error);
void baton_rtp_socket_free (BatonRtpSocket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonRtpSocket, baton_rtp_socket_free)

const char *baton_rtp_socket_get_address (BatonRtpSocket *self);
guint16 baton_rtp_socket_get_port (BatonRtpSocket *self);
guint16 baton_rtp_socket_get_rtcp_port (BatonRtpSocket *self);

/**
 * baton_rtp_socket_set_remote: where to send to. Packets are taken from that address alone, with two
 * exceptions, both only until something came from there: another port of the same host, and, when
 * the address is one that only its own network can reach, or when the packets come from the host
 * that the signalling comes from (@hint), an address that sent several sensible packets in a row
 * ("symmetric RTP", RFC 4961; the care is that of RFC 7362 §5).
 */
void baton_rtp_socket_set_remote (BatonRtpSocket *self, const char *address, guint16 port, guint16 rtcp_port, gboolean mux);
/** baton_rtp_socket_receive: all that is there now, without waiting */
void baton_rtp_socket_receive (BatonRtpSocket *self, BatonRtpReceiveFunc func, gpointer data);
/** baton_rtp_socket_discard: drops all that is there now */
void baton_rtp_socket_discard (BatonRtpSocket *self);
gboolean baton_rtp_socket_send (BatonRtpSocket *self, const guint8 *data, gsize length);
gboolean baton_rtp_socket_send_rtcp (BatonRtpSocket *self, const guint8 *data, gsize length);

G_END_DECLS
