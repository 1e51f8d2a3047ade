/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-transport.h"

G_BEGIN_DECLS

/**
 * BatonIceFlow:
 * What one agent received and the tick has not taken yet: libnice's thread puts packets in, the tick takes
 * them out. A fixed amount of memory; what comes when it is full is dropped, as in a socket. Its lock is
 * held for a copy and while nothing else is locked, so that neither thread waits for the other's.
 * Reference counted, any thread.
 */
typedef struct _BatonIceFlow BatonIceFlow;

BatonIceFlow *baton_ice_flow_new (void);
BatonIceFlow *baton_ice_flow_ref (BatonIceFlow *self);
void baton_ice_flow_unref (BatonIceFlow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonIceFlow, baton_ice_flow_unref)

void baton_ice_flow_put (BatonIceFlow *self, guint component, const guint8 *data, gsize length);
/** baton_ice_flow_take: Returns: FALSE when there is none; @component: where it came in */
gboolean baton_ice_flow_take (BatonIceFlow *self, BatonRtpPacket *packet, guint *component);

/** baton_ice_flow_wake: the path became ready, or changed: the sources fire */
void baton_ice_flow_wake (BatonIceFlow *self);
/** baton_ice_flow_create_source: fires in the thread's default context when there is something to take, and when woken; GSourceFunc */
GSource *baton_ice_flow_create_source (BatonIceFlow *self);

G_END_DECLS
