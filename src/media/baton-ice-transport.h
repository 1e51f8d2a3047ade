/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-ice-agent.h"
#include "baton-transport.h"

G_BEGIN_DECLS

/**
 * baton_ice_transport_new: the way through the path that an agent found. Until there is one nothing is sent.
 * @address, @port, @rtcp_port: the default candidate, for the description
 */
BatonTransport *baton_ice_transport_new (const char *address, guint16 port, guint16 rtcp_port);

/* With the tick's lock held, as all of a transport: */

/**
 * baton_ice_transport_set_agents: @agent: (nullable): whose path is used; @next: (nullable): who looks for another one and
 *   takes its place in the moment it has one. Neither is closed before it was taken away here.
 */
void baton_ice_transport_set_agents (BatonTransport *self, BatonIceAgent *agent, BatonIceAgent *next);
/** baton_ice_transport_set_mux: both kinds over the first component */
void baton_ice_transport_set_mux (BatonTransport *self, gboolean mux);
/** baton_ice_transport_set_plain: the peer has no ICE: goes on over @plain (transfer full), plain UDP over the same ports */
void baton_ice_transport_set_plain (BatonTransport *self, BatonTransport *plain);

G_END_DECLS
