/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* recvmmsg */
#include "baton-rtp-socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "baton-error.h"

#define LATCH_AFTER 3        /* sensible packets in a row from one address */
#define LOST_AFTER_US (2 * G_USEC_PER_SEC) /* so long silent, and it may be heard from elsewhere: its NAT forgot it */
#define QUIET_US 200000        /* … after a new description, for behind the same address there may be another phone now */
#define NEW_FOR_US (5 * G_USEC_PER_SEC)
#define STRANGERS_AFTER_US 500000 /* the one that was named goes first: where a call forked, others shake hands too */
#define SYSTEM_TRIES 64
#define TRAFFIC_CLASS_EF 0xb8 /* DSCP 46, RFC 3246: what networks that know it carry first */

typedef struct
{
  struct sockaddr_storage address;
  socklen_t length;
} Peer;

typedef struct
{
  BatonTransport parent;
  GSocket *sockets[2]; /* RTP, RTCP; the latter NULL where ICE had left one port for both */
  int fds[2];
  Peer hint; /* length 0: none */
  GInetAddress *wildcard; /* (nullable) what was bound to, when that is no address that could be named */

  gboolean mux;
  Peer peers[2];
  Peer handshakes[2];  /* whence DTLS came, when that is elsewhere: its answers go there */
  Peer knocks[2];      /* whence somebody showed where it can be reached: what begins a handshake goes there, too */
  gint64 named;        /* when the peer was, µs */
  gint64 renewed;      /* … perhaps with the same words */
  Peer named_peers[2]; /* as the description has them: peers, unless sound came from elsewhere */
  gboolean private_peer;
  gboolean settled;    /* something came from where we send to */
  gint64 heard;        /* … last, µs */
  guint32 ssrc;        /* … from this source */
  Peer left;           /* where we sent to before somebody else was followed, and what was heard from there */
  guint32 left_ssrc;
  Peer candidate;
  guint32 candidate_ssrc;
  guint n_candidate;
} RtpSocket;

static void
set_socket_options (GSocket *socket)
{
  int on = 1;

  g_socket_set_blocking (socket, FALSE);
  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  if (g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV4)
    g_socket_set_option (socket, IPPROTO_IP, IP_TOS, TRAFFIC_CLASS_EF, NULL);
  else
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_TCLASS, TRAFFIC_CLASS_EF, NULL);
}

static GSocket *
bind_one (GInetAddress *address, guint16 port, GError **error)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new (address, port);

  socket = g_socket_new (g_inet_address_get_family (address), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  if (socket == NULL || !g_socket_bind (socket, local, FALSE, error))
    return NULL;
  set_socket_options (socket);
  return g_steal_pointer (&socket);
}

static guint16
port_of (GSocket *socket)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);

  return local != NULL ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local)) : 0;
}

static gboolean
bind_pair (RtpSocket *self, GInetAddress *address, guint16 port, GError **error)
{
  g_autoptr (GSocket) rtp = bind_one (address, port, error), rtcp = NULL;
  guint16 bound = rtp != NULL ? port_of (rtp) : 0;

  if (rtp == NULL)
    return FALSE;
  if (bound % 2 != 0) /* chosen by the system: it is RTCP's then */
    {
      rtcp = g_steal_pointer (&rtp);
      rtp = bind_one (address, --bound, error);
    }
  else
    rtcp = bind_one (address, bound + 1, error);
  if (rtp == NULL || rtcp == NULL)
    return FALSE;
  self->parent.port = bound;
  self->parent.rtcp_port = bound + 1;
  self->sockets[0] = g_steal_pointer (&rtp);
  self->sockets[1] = g_steal_pointer (&rtcp);
  self->fds[0] = g_socket_get_fd (self->sockets[0]);
  self->fds[1] = g_socket_get_fd (self->sockets[1]);
  return TRUE;
}

/* Starts somewhere in the range, so that a port is not used again at once: late packets of an old call. */
static gboolean
bind_range (RtpSocket *self, GInetAddress *address, guint first, guint last, GError **error)
{
  guint even = (first + 1) & ~1u, n = last > even ? (last - even + 1) / 2 : 0;
  guint start = n > 0 ? (guint) g_random_int_range (0, (gint32) n) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_clear_error (error);
      if (bind_pair (self, address, (guint16) (even + 2 * ((start + i) % n)), error))
        return TRUE;
      if (error != NULL && !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        return FALSE;
    }
  g_clear_error (error);
  g_set_error (error, BATON_ERROR, BATON_ERROR_ADDRESS_IN_USE,
               "All ports for sound from %u to %u are in use. End a call or allow more ports.", first, last);
  return FALSE;
}

static gboolean
bind_any (RtpSocket *self, GInetAddress *address, GError **error)
{
  for (guint i = 0; i < SYSTEM_TRIES; i++)
    {
      g_clear_error (error);
      if (bind_pair (self, address, 0, error))
        return TRUE;
      if (error != NULL && !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        return FALSE;
    }
  return FALSE;
}

/* The address that a packet to @to would have as its source; nothing is sent. */
static char *
find_route (GInetAddress *wildcard, GInetAddress *to)
{
  GSocketFamily family = g_inet_address_get_family (wildcard);
  gboolean v4 = family == G_SOCKET_FAMILY_IPV4;
  g_autoptr (GInetAddress) fallback = g_inet_address_new_from_string (v4 ? "192.0.2.1" : "2001:db8::1");
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocket) socket = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) remote = NULL, local = NULL;

  if (to == NULL || g_inet_address_get_family (to) != family)
    to = fallback;
  remote = g_inet_socket_address_new (to, 9);
  if (socket != NULL && g_socket_connect (socket, remote, NULL, NULL))
    local = g_socket_get_local_address (socket, NULL);
  return g_inet_address_to_string (local != NULL ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local))
                                                 : loopback);
}

char *
baton_rtp_socket_find_route (const char *address, const char *hint)
{
  g_autoptr (GInetAddress) local = address != NULL ? g_inet_address_new_from_string (address) : NULL;
  g_autoptr (GInetAddress) to = hint != NULL ? g_inet_address_new_from_string (hint) : NULL;

  if (local == NULL)
    return NULL;
  return g_inet_address_get_is_any (local) ? find_route (local, to) : g_inet_address_to_string (local);
}

/* --- the peer --- */

/* No object is made on the way: somebody waits for the INVITE. FALSE, and length 0, for what is no number. */
static gboolean
peer_parse (Peer *peer, const char *address)
{
  struct sockaddr_in *in = (struct sockaddr_in *) &peer->address;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *) &peer->address;

  memset (peer, 0, sizeof *peer);
  if (address == NULL)
    return FALSE;
  if (inet_pton (AF_INET, address, &in->sin_addr) == 1)
    {
      in->sin_family = AF_INET;
      peer->length = sizeof *in;
    }
  else if (inet_pton (AF_INET6, address, &in6->sin6_addr) == 1)
    {
      in6->sin6_family = AF_INET6;
      peer->length = sizeof *in6;
    }
  return peer->length > 0;
}

static guint16 *
peer_port (Peer *peer)
{
  if (peer->address.ss_family == AF_INET6)
    return &((struct sockaddr_in6 *) &peer->address)->sin6_port;
  return &((struct sockaddr_in *) &peer->address)->sin_port;
}

static gboolean
same_host (const Peer *a, const Peer *b)
{
  if (a->length == 0 || a->address.ss_family != b->address.ss_family)
    return FALSE;
  if (a->address.ss_family == AF_INET6)
    return memcmp (&((const struct sockaddr_in6 *) &a->address)->sin6_addr,
                   &((const struct sockaddr_in6 *) &b->address)->sin6_addr, sizeof (struct in6_addr)) == 0;
  return ((const struct sockaddr_in *) &a->address)->sin_addr.s_addr ==
         ((const struct sockaddr_in *) &b->address)->sin_addr.s_addr;
}

static gboolean
same_peer (const Peer *a, const Peer *b)
{
  return same_host (a, b) && *peer_port ((Peer *) a) == *peer_port ((Peer *) b);
}

static gboolean
is_private (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_is_loopback (address))
    return TRUE; /* a socket bound to no address answers from 127.0.0.1, whichever of 127.0.0.0/8 was named */
  if (g_inet_address_get_is_site_local (address) || g_inet_address_get_is_link_local (address))
    return TRUE;
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return bytes[0] == 100 && (bytes[1] & 0xc0) == 64; /* shared address space, RFC 6598 */
  return (bytes[0] & 0xfe) == 0xfc; /* unique local, RFC 4193 */
}

gboolean
baton_rtp_socket_is_private (const char *address)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);

  return inet != NULL && is_private (inet);
}

static void
socket_set_remote (BatonTransport *transport, const char *address, guint16 port, guint16 rtcp_port, gboolean mux)
{
  RtpSocket *self = (RtpSocket *) transport;
  Peer peer;

  self->mux = mux;
  if (!peer_parse (&peer, address) || port == 0)
    {
      self->peers[0].length = self->peers[1].length = self->left.length = 0;
      memset (self->named_peers, 0, sizeof self->named_peers); /* a packet from there must not begin it again */
      return;
    }
  *peer_port (&peer) = htons (port);
  self->private_peer = baton_rtp_socket_is_private (address);
  self->n_candidate = 0;
  self->renewed = g_get_monotonic_time ();
  if (!same_peer (&peer, &self->named_peers[0]) || self->peers[0].length == 0)
    {
      self->peers[0] = self->named_peers[0] = peer;
      self->handshakes[0].length = self->handshakes[1].length = 0;
      self->knocks[0].length = self->knocks[1].length = 0;
      self->left.length = 0;
      self->named = self->renewed;
      self->settled = FALSE;
    }
  *peer_port (&peer) = htons (mux ? port : rtcp_port);
  self->named_peers[1] = peer;
  if (same_peer (&self->peers[0], &self->named_peers[0]))
    self->peers[1] = self->named_peers[1];
}

static guint32
ssrc_of (const BatonRtpPacket *packet)
{
  guint32 ssrc = 0;

  if (packet->length >= 12)
    memcpy (&ssrc, packet->data + 8, sizeof ssrc);
  return ssrc;
}

/* Whether somebody there could be the peer, behind a NAT. */
static gboolean
is_plausible (RtpSocket *self, const Peer *source)
{
  if (self->peers[0].length == 0)
    return FALSE;
  if (same_host (source, &self->peers[0]) || self->private_peer)
    return TRUE;
  return self->hint.length > 0 && same_host (source, &self->hint);
}

/*
 * Who has been heard from where we send to is not moved by anybody else: only when it has fallen silent, and then only
 * by who knows the number of its stream, which no stranger can guess, or soon after a new description; where that names
 the same address as before, by who is at the same host only.
 */
static gboolean
may_latch (RtpSocket *self, const BatonRtpPacket *packet, const Peer *source)
{
  gint64 silence = packet->arrival - self->heard;
  gboolean fresh = packet->arrival - self->renewed < NEW_FOR_US && silence >= QUIET_US &&
                   (self->renewed == self->named || same_host (source, &self->peers[0]));
  gboolean same = silence >= LOST_AFTER_US && ssrc_of (packet) == self->ssrc;

  return (!self->settled || fresh || same) && is_plausible (self, source);
}

static void
note_heard (RtpSocket *self, const BatonRtpPacket *packet)
{
  self->settled = TRUE;
  self->heard = packet->arrival;
  self->ssrc = ssrc_of (packet);
}

static void
follow (RtpSocket *self, const Peer *source)
{
  self->peers[0] = *source;
  self->peers[1] = *source;
  if (!self->mux)
    *peer_port (&self->peers[1]) = g_htons (g_ntohs (*peer_port (&self->peers[0])) + 1);
}

static void
consider (RtpSocket *self, const BatonRtpPacket *packet, const Peer *source)
{
  if (!same_peer (source, &self->candidate) || ssrc_of (packet) != self->candidate_ssrc)
    self->n_candidate = 0;
  self->candidate = *source;
  self->candidate_ssrc = ssrc_of (packet);
  if (++self->n_candidate < LATCH_AFTER)
    return;
  g_info ("sound comes from another address than before; sending there");
  if (self->settled && ssrc_of (packet) != self->ssrc)
    {
      self->left = self->peers[0];
      self->left_ssrc = self->ssrc;
    }
  follow (self, source);
  note_heard (self, packet);
}

/* Who was left for somebody else speaks again, with the stream that was heard before: it had only been silent. */
static gboolean
was_left (RtpSocket *self, const BatonRtpPacket *packet, const Peer *source)
{
  return self->left.length > 0 && same_peer (source, &self->left) && ssrc_of (packet) == self->left_ssrc;
}

/* Who was named speaks at last: somebody else was faster, and is not the peer. */
static void
take_back (RtpSocket *self, const BatonRtpPacket *packet)
{
  memcpy (self->peers, self->named_peers, sizeof self->peers);
  note_heard (self, packet);
}

/* --- packets --- */

static gint64
arrival_time (struct msghdr *header, gint64 now, gint64 real_now)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (header); c != NULL; c = CMSG_NXTHDR (header, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS)
      {
        struct timespec stamp;
        gint64 age;

        memcpy (&stamp, CMSG_DATA (c), sizeof stamp);
        age = real_now - (stamp.tv_sec * G_USEC_PER_SEC + stamp.tv_nsec / 1000);
        return now - CLAMP (age, 0, G_USEC_PER_SEC); /* the wall clock may have been set meanwhile */
      }
  return now;
}

/* Who is behind a NAT says so by sending from elsewhere; what a handshake is worth is seen when it is done. */
static void
take_handshake (RtpSocket *self, guint which, BatonRtpPacket *packet, BatonPacketKind kind, const Peer *source,
                BatonTransportReceiveFunc func, gpointer data)
{
  if (same_peer (source, &self->peers[which]))
    func (packet, kind, TRUE, data);
  else if (packet->arrival - self->named >= STRANGERS_AFTER_US && !self->settled && is_plausible (self, source) &&
           func (packet, kind, FALSE, data))
    self->handshakes[which] = *source;
}

/* A STUN message: perhaps of the peer that waits for us to begin the handshake, from behind its NAT. */
static gboolean
is_knock (const BatonRtpPacket *packet)
{
  static const guint8 cookie[] = { 0x21, 0x12, 0xa4, 0x42 };

  return packet->length >= 20 && packet->data[0] < 4 && memcmp (packet->data + 4, cookie, sizeof cookie) == 0;
}

static void
take_packet (RtpSocket *self, guint which, BatonRtpPacket *packet, const Peer *source,
             BatonTransportReceiveFunc func, gpointer data)
{
  BatonPacketKind kind;

  if (is_knock (packet) && !self->settled && is_plausible (self, source))
    self->knocks[which] = *source;
  if (!baton_transport_parse_kind (packet->data, packet->length, which == 1, &kind))
    return;
  switch (kind)
    {
    case BATON_PACKET_RTP:
      if (which != 0)
        return;
      if (same_peer (source, &self->peers[0]))
        {
          if (func (packet, kind, TRUE, data))
            note_heard (self, packet);
        }
      else if (same_peer (source, &self->named_peers[0]))
        {
          if (func (packet, kind, TRUE, data)) /* an address alone can be forged; a key can't */
            take_back (self, packet);
        }
      else if (was_left (self, packet, source))
        {
          if (func (packet, kind, TRUE, data))
            {
              self->left.length = 0; /* who was followed meanwhile has no right of that kind */
              follow (self, source);
              note_heard (self, packet);
            }
        }
      else if (may_latch (self, packet, source) && func (packet, kind, FALSE, data))
        consider (self, packet, source);
      return;
    case BATON_PACKET_RTCP:
      if (same_host (source, &self->peers[0]) || same_host (source, &self->peers[1]))
        func (packet, kind, TRUE, data);
      return;
    case BATON_PACKET_DTLS:
    case BATON_PACKET_DTLS_RTCP:
      take_handshake (self, which, packet, kind, source, func, data);
      return;
    }
}

static guint
receive_batch (RtpSocket *self, guint which, BatonTransportReceiveFunc func, gpointer data)
{
  static _Thread_local BatonRtpPacket packets[BATON_RTP_BATCH]; /* 32 kB: too much for the stack */
  struct mmsghdr messages[BATON_RTP_BATCH];
  struct iovec vectors[BATON_RTP_BATCH];
  Peer sources[BATON_RTP_BATCH];
  char control[BATON_RTP_BATCH][CMSG_SPACE (sizeof (struct timespec))] __attribute__ ((aligned (8)));
  gint64 now, real_now;
  int n;

  memset (messages, 0, sizeof messages);
  for (guint i = 0; i < BATON_RTP_BATCH; i++)
    {
      vectors[i] = (struct iovec) { packets[i].data, sizeof packets[i].data };
      messages[i].msg_hdr = (struct msghdr) { &sources[i].address, sizeof sources[i].address, &vectors[i], 1,
                                              control[i], sizeof control[i], 0 };
    }
  n = recvmmsg (self->fds[which], messages, BATON_RTP_BATCH, MSG_DONTWAIT, NULL);
  if (n <= 0)
    return 0;
  now = g_get_monotonic_time ();
  real_now = g_get_real_time ();
  for (int i = 0; func != NULL && i < n; i++)
    {
      if (messages[i].msg_hdr.msg_flags & MSG_TRUNC)
        continue;
      packets[i].length = messages[i].msg_len;
      packets[i].arrival = arrival_time (&messages[i].msg_hdr, now, real_now);
      sources[i].length = messages[i].msg_hdr.msg_namelen;
      take_packet (self, which, &packets[i], &sources[i], func, data);
    }
  return (guint) n;
}

static void
socket_receive (BatonTransport *transport, BatonTransportReceiveFunc func, gpointer data)
{
  RtpSocket *self = (RtpSocket *) transport;
  guint batches = func != NULL ? 8 : 64; /* a flood must not keep the tick; the kernel drops the rest */

  for (guint i = 0; i < batches && receive_batch (self, 0, func, data) == BATON_RTP_BATCH; i++)
    ;
  for (guint i = 0; i < (func != NULL ? 1 : batches) && receive_batch (self, 1, func, data) == BATON_RTP_BATCH; i++)
    ;
}

static gboolean
send_to (RtpSocket *self, guint socket, const Peer *peer, const guint8 *data, gsize length)
{
  gssize sent = -1;

  if (peer->length == 0)
    return FALSE;
  /* a port that answers "unreachable" makes the next send fail once; that packet is as good as lost */
  for (guint i = 0; i < 2 && sent < 0; i++)
    sent = sendto (self->fds[socket], data, length, MSG_DONTWAIT | MSG_NOSIGNAL,
                   (const struct sockaddr *) &peer->address, peer->length);
  return sent == (gssize) length;
}

static gboolean
socket_send (BatonTransport *transport, BatonPacketKind kind, const guint8 *data, gsize length)
{
  RtpSocket *self = (RtpSocket *) transport;
  guint which = kind == BATON_PACKET_DTLS_RTCP;

  switch (kind)
    {
    case BATON_PACKET_RTP:
      return send_to (self, 0, &self->peers[0], data, length);
    case BATON_PACKET_RTCP:
      return send_to (self, self->mux ? 0 : 1, &self->peers[1], data, length);
    case BATON_PACKET_DTLS:
    case BATON_PACKET_DTLS_RTCP:
      if (self->handshakes[which].length > 0)
        return send_to (self, which, &self->handshakes[which], data, length);
      if (self->knocks[which].length > 0 && !same_peer (&self->knocks[which], &self->peers[which]))
        send_to (self, which, &self->knocks[which], data, length);
      return send_to (self, which, &self->peers[which], data, length);
    }
  return FALSE;
}

static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  return func (data);
}

static GSource *
socket_create_source (BatonTransport *transport)
{
  static GSourceFuncs funcs = { .dispatch = dispatch };
  RtpSocket *self = (RtpSocket *) transport;
  GSource *source = g_source_new (&funcs, sizeof (GSource));

  for (guint i = 0; i < 2; i++)
    if (self->fds[i] >= 0)
      g_source_add_unix_fd (source, self->fds[i], G_IO_IN);
  return source;
}

static void
socket_free (BatonTransport *transport)
{
  RtpSocket *self = (RtpSocket *) transport;

  for (guint i = 0; i < 2; i++)
    g_clear_object (&self->sockets[i]);
  g_free (self);
}

static const BatonTransportClass rtp_socket_class = {
  .free = socket_free,
  .set_remote = socket_set_remote,
  .receive = socket_receive,
  .send = socket_send,
  .create_source = socket_create_source,
};

void
baton_rtp_socket_set_hint (BatonTransport *transport, const char *hint)
{
  RtpSocket *self = (RtpSocket *) transport;
  g_autoptr (GInetAddress) to = NULL;

  peer_parse (&self->hint, hint);
  if (self->wildcard == NULL)
    return;
  to = hint != NULL ? g_inet_address_new_from_string (hint) : NULL;
  g_free (transport->address);
  transport->address = find_route (self->wildcard, to);
}

BatonTransport *
baton_rtp_socket_new (const char *address, const char *hint, guint first, guint last, GError **error)
{
  RtpSocket *self = g_new0 (RtpSocket, 1);
  g_autoptr (BatonTransport) transport = &self->parent;
  g_autoptr (GInetAddress) local = address != NULL ? g_inet_address_new_from_string (address) : NULL;
  g_autoptr (GError) cause = NULL;

  transport->klass = &rtp_socket_class;
  self->fds[0] = self->fds[1] = -1;
  if (local == NULL || first > 65534 || last > 65535 || (first != 0 && last <= first))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                   local == NULL ? "Sound needs a numeric address of this computer."
                                 : "The range of ports for sound must hold two ports at least and end below 65536.");
      return NULL;
    }
  if (g_inet_address_get_is_any (local))
    self->wildcard = g_object_ref (local);
  else
    transport->address = g_inet_address_to_string (local);
  baton_rtp_socket_set_hint (transport, hint);
  if (first != 0 ? bind_range (self, local, first, last, &cause) : bind_any (self, local, &cause))
    return g_steal_pointer (&transport);
  if (cause->domain == BATON_ERROR)
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    g_set_error (error, BATON_ERROR,
                 cause->code == G_IO_ERROR_ADDRESS_IN_USE ? BATON_ERROR_ADDRESS_IN_USE : BATON_ERROR_FAILED,
                 "No port for sound could be opened at %s: %s", address, cause->message);
  return NULL;
}

BatonTransport *
baton_rtp_socket_new_from_fds (int rtp_fd, int rtcp_fd, const char *hint)
{
  RtpSocket *self = g_new0 (RtpSocket, 1);
  g_autoptr (BatonTransport) transport = &self->parent;
  int fds[] = { rtp_fd, rtcp_fd };
  g_autoptr (GSocketAddress) local = NULL;

  transport->klass = &rtp_socket_class;
  peer_parse (&self->hint, hint);
  for (guint i = 0; i < 2; i++)
    {
      self->sockets[i] = fds[i] >= 0 ? g_socket_new_from_fd (fds[i], NULL) : NULL;
      self->fds[i] = self->sockets[i] != NULL ? fds[i] : -1;
      if (self->sockets[i] != NULL)
        set_socket_options (self->sockets[i]);
    }
  if (self->sockets[0] == NULL)
    return NULL;
  local = g_socket_get_local_address (self->sockets[0], NULL);
  transport->address = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local)));
  transport->port = port_of (self->sockets[0]);
  transport->rtcp_port = self->sockets[1] != NULL ? port_of (self->sockets[1]) : transport->port;
  return g_steal_pointer (&transport);
}
