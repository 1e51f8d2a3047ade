/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-transport.h"

G_BEGIN_DECLS

#define BATON_RTP_BATCH 16

/**
 * baton_rtp_socket_new: plain UDP: binds RTP to an even port and RTCP to the one above it (RFC 3550 §11).
 *
 * Packets are taken from the address of baton_transport_set_remote () alone, until the peer speaks from elsewhere
 * ("symmetric RTP", RFC 4961; the care is that of RFC 7362 §5). It may do so from another port of the same host, and
 * from anywhere when the address is one that only its own network can reach, or when the packets come from the host
 * that the signalling comes from (@hint). It takes several sensible packets in a row, and only as long as nothing came
 * from where we send to; after that only when that one has been silent for 2 s, by the same SSRC, or for 0.2 s soon after
 * a new description. Who was named is believed before all others, whenever it speaks.
 *
 * @hint: (nullable): the peer's address; when @address is a wildcard, the address that the route
 *   there has is the one to be named in the session description.
 * @first, @last: the range, 0 for the system's choice.
 * Returns: (nullable): NULL with BATON_ERROR_ADDRESS_IN_USE or BATON_ERROR_FAILED
 */
BatonTransport *baton_rtp_socket_new (const char *address, const char *hint, guint first, guint last, GError **error);

/** baton_rtp_socket_set_hint: of one that was opened before it was known for whom; see baton_rtp_socket_new() */
void baton_rtp_socket_set_hint (BatonTransport *transport, const char *hint);

/** baton_rtp_socket_new_from_fds: the same over ports that are open already, both taken; @rtcp_fd -1: only with rtcp-mux. NULL: they are no sockets */
BatonTransport *baton_rtp_socket_new_from_fds (int rtp_fd, int rtcp_fd, const char *hint);

/** baton_rtp_socket_find_route: Returns: (nullable): what a packet to @hint has as its source when it leaves from @address, which may be a wildcard */
char *baton_rtp_socket_find_route (const char *address, const char *hint);
/** baton_rtp_socket_is_private: only its own network can reach it */
gboolean baton_rtp_socket_is_private (const char *address);

G_END_DECLS
