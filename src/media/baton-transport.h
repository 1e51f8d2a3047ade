/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BATON_RTP_MAX_PACKET 2048

/**
 * BatonTransport:
 * The way that one call's packets take: plain UDP ports (BatonRtpSocket), a path that ICE found, or
 * one of those with SRTP around it (BatonSecureTransport). Whoever sends sound does not know which.
 * Everything here is called with the tick's lock held.
 */
typedef struct _BatonTransport BatonTransport;

/** BatonPacketKind: told apart by the first two bytes (RFC 7983, RFC 5761 §4) */
typedef enum
{
  BATON_PACKET_RTP,
  BATON_PACKET_RTCP,
  BATON_PACKET_DTLS,      /* of the RTP component, or of both with rtcp-mux */
  BATON_PACKET_DTLS_RTCP, /* of the RTCP component */
} BatonPacketKind;

/** BatonRtpPacket: one datagram as it came in; whoever gets it may write in it (SRTP decrypts in place). */
typedef struct
{
  guint8 data[BATON_RTP_MAX_PACKET];
  gsize length;
  gint64 arrival; /* µs of g_get_monotonic_time(), taken by the kernel where that is possible */
} BatonRtpPacket;

/**
 * BatonTransportReceiveFunc: @trusted: it came from where the peer is known to be and is to be used;
 * else look at it only. Returns: TRUE when the packet makes sense for this stream, so that its sender may be believed
 */
typedef gboolean (*BatonTransportReceiveFunc) (BatonRtpPacket *packet, BatonPacketKind kind, gboolean trusted, gpointer data);

typedef struct
{
  void (*free) (BatonTransport *self);
  void (*set_remote) (BatonTransport *self, const char *address, guint16 port, guint16 rtcp_port, gboolean mux);
  void (*receive) (BatonTransport *self, BatonTransportReceiveFunc func, gpointer data);
  gboolean (*send) (BatonTransport *self, BatonPacketKind kind, const guint8 *data, gsize length);
  gboolean (*is_ready) (BatonTransport *self);    /* (nullable): always */
  gboolean (*has_path) (BatonTransport *self);    /* (nullable): never */
  GSource *(*create_source) (BatonTransport *self); /* (nullable): there is none */
} BatonTransportClass;

/** An implementation has this as its first member, and fills it in. */
struct _BatonTransport
{
  const BatonTransportClass *klass;
  char *address;           /* of the default candidate: for c= and m= */
  guint16 port, rtcp_port;
};

/** baton_transport_parse_kind: @rtcp_component: it came in on the port of RTCP. Returns: FALSE for STUN and anything unknown */
gboolean baton_transport_parse_kind (const guint8 *data, gsize length, gboolean rtcp_component, BatonPacketKind *kind);

/** baton_transport_free: closes the ports; frees `address` too */
void baton_transport_free (BatonTransport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonTransport, baton_transport_free)

const char *baton_transport_get_address (BatonTransport *self);
guint16 baton_transport_get_port (BatonTransport *self);
guint16 baton_transport_get_rtcp_port (BatonTransport *self);

/** baton_transport_set_remote: where to send to, as the peer's description says: @address NULL: nowhere */
void baton_transport_set_remote (BatonTransport *self, const char *address, guint16 port, guint16 rtcp_port, gboolean mux);
/** baton_transport_receive: all that is there now, without waiting. @func NULL: it is dropped. */
void baton_transport_receive (BatonTransport *self, BatonTransportReceiveFunc func, gpointer data);
void baton_transport_discard (BatonTransport *self);
/** Returns: FALSE when it could not be sent, or not yet */
gboolean baton_transport_send (BatonTransport *self, BatonPacketKind kind, const guint8 *data, gsize length);

/** baton_transport_is_ready: whether what is sent now has a way to the peer: with ICE once its component is READY. Asked in each tick. */
gboolean baton_transport_is_ready (BatonTransport *self);
/** baton_transport_has_path: whether checks of its own find the way to the peer and keep it open, wherever that is (ICE) */
gboolean baton_transport_has_path (BatonTransport *self);
/**
 * baton_transport_create_source: Returns: (transfer full) (nullable): fires when there is something to receive or the path
 *   became ready; it has a GSourceFunc. For handshakes, which shall not wait for the next tick; NULL: the tick is all there is.
 */
GSource *baton_transport_create_source (BatonTransport *self);

G_END_DECLS
