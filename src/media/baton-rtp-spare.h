/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-rtp-socket.h"

G_BEGIN_DECLS

/**
 * BatonRtpSpare: a pair of ports that is open before it is needed.
 *
 * To open one takes some twenty system calls. Who follows a transfer has a call already, and can have
 * opened the ports of the next one while there was time. Only for ports of the system's choice: those
 * of a range belong to calls. Reference counted; main context alone.
 */
typedef struct _BatonRtpSpare BatonRtpSpare;

BatonRtpSpare *baton_rtp_spare_new (void);
BatonRtpSpare *baton_rtp_spare_ref (BatonRtpSpare *self);
void baton_rtp_spare_unref (BatonRtpSpare *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonRtpSpare, baton_rtp_spare_unref)

/**
 * baton_rtp_spare_take: baton_rtp_socket_new() from what is there, or else anew; the next pair of
 * the same @address is opened when the main context has nothing else to do.
 */
BatonTransport *baton_rtp_spare_take (BatonRtpSpare *self, const char *address, const char *hint, guint first, guint last,
                                      GError **error);
/** baton_rtp_spare_drop: closes what is there: no call is up any more */
void baton_rtp_spare_drop (BatonRtpSpare *self);

G_END_DECLS
