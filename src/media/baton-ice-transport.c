/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-ice-transport.h"

#define MAX_TAKEN 64 /* in one go: a flood must not keep the tick */

typedef struct
{
  BatonTransport parent;
  BatonIceAgent *agents[2]; /* not owned: the one in use, the one that shall take its place */
  BatonIceFlow *flows[2];   /* theirs */
  gboolean mux;
  BatonTransport *plain;
} IceTransport;

static void
ice_transport_set_remote (BatonTransport *transport, const char *address, guint16 port, guint16 rtcp_port, gboolean mux)
{
  IceTransport *self = (IceTransport *) transport;

  self->mux = mux;
  if (self->plain != NULL)
    baton_transport_set_remote (self->plain, address, port, rtcp_port, mux);
}

static void
receive_flow (BatonIceFlow *flow, BatonTransportReceiveFunc func, gpointer data)
{
  static _Thread_local BatonRtpPacket packet;
  BatonPacketKind kind;
  guint component = 0;

  for (guint i = 0; i < MAX_TAKEN && baton_ice_flow_take (flow, &packet, &component); i++)
    if (func != NULL && baton_transport_parse_kind (packet.data, packet.length, component == 2, &kind))
      func (&packet, kind, TRUE, data); /* libnice lets nobody pass who has not answered a check */
}

static void
ice_transport_receive (BatonTransport *transport, BatonTransportReceiveFunc func, gpointer data)
{
  IceTransport *self = (IceTransport *) transport;

  if (self->plain != NULL)
    baton_transport_receive (self->plain, func, data);
  for (guint i = 0; i < 2; i++)
    if (self->flows[i] != NULL)
      receive_flow (self->flows[i], func, data);
}

static guint
component_for (IceTransport *self, BatonPacketKind kind)
{
  switch (kind)
    {
    case BATON_PACKET_RTP:
    case BATON_PACKET_DTLS:
      return 1;
    case BATON_PACKET_RTCP:
    case BATON_PACKET_DTLS_RTCP:
      return self->mux ? 1 : 2;
    }
  return 1;
}

/* Returns: (nullable): who has a path for it, the newer one first */
static BatonIceAgent *
find_ready (IceTransport *self, guint component)
{
  for (guint i = 2; i > 0; i--)
    if (self->agents[i - 1] != NULL && baton_ice_agent_is_ready (self->agents[i - 1], component))
      return self->agents[i - 1];
  return NULL;
}

static gboolean
ice_transport_send (BatonTransport *transport, BatonPacketKind kind, const guint8 *data, gsize length)
{
  IceTransport *self = (IceTransport *) transport;
  guint component = component_for (self, kind);
  BatonIceAgent *agent;

  if (self->plain != NULL)
    return baton_transport_send (self->plain, kind, data, length);
  agent = find_ready (self, component);
  return agent != NULL && baton_ice_agent_send (agent, component, data, length);
}

static gboolean
ice_transport_is_ready (BatonTransport *transport)
{
  IceTransport *self = (IceTransport *) transport;

  return self->plain != NULL ? baton_transport_is_ready (self->plain) : find_ready (self, 1) != NULL;
}

/* Not with a peer without ICE. */
static gboolean
ice_transport_has_path (BatonTransport *transport)
{
  return ((IceTransport *) transport)->plain == NULL;
}

static GSource *
ice_transport_create_source (BatonTransport *transport)
{
  IceTransport *self = (IceTransport *) transport;

  if (self->plain != NULL)
    return baton_transport_create_source (self->plain);
  return self->flows[0] != NULL ? baton_ice_flow_create_source (self->flows[0]) : NULL;
}

void
baton_ice_transport_set_agents (BatonTransport *transport, BatonIceAgent *agent, BatonIceAgent *next)
{
  IceTransport *self = (IceTransport *) transport;
  BatonIceAgent *agents[2] = { agent, next };

  for (guint i = 0; i < 2; i++)
    {
      BatonIceFlow *flow = agents[i] != NULL ? baton_ice_flow_ref (baton_ice_agent_get_flow (agents[i])) : NULL;

      g_clear_pointer (&self->flows[i], baton_ice_flow_unref);
      self->flows[i] = flow;
      self->agents[i] = agents[i];
    }
}

void
baton_ice_transport_set_mux (BatonTransport *transport, gboolean mux)
{
  ((IceTransport *) transport)->mux = mux;
}

void
baton_ice_transport_set_plain (BatonTransport *transport, BatonTransport *plain)
{
  IceTransport *self = (IceTransport *) transport;

  g_clear_pointer (&self->plain, baton_transport_free);
  self->plain = plain;
}

static void
ice_transport_free (BatonTransport *transport)
{
  IceTransport *self = (IceTransport *) transport;

  baton_ice_transport_set_agents (transport, NULL, NULL);
  g_clear_pointer (&self->plain, baton_transport_free);
  g_free (self);
}

static const BatonTransportClass ice_transport_class = {
  .free = ice_transport_free,
  .set_remote = ice_transport_set_remote,
  .receive = ice_transport_receive,
  .send = ice_transport_send,
  .is_ready = ice_transport_is_ready,
  .has_path = ice_transport_has_path,
  .create_source = ice_transport_create_source,
};

BatonTransport *
baton_ice_transport_new (const char *address, guint16 port, guint16 rtcp_port)
{
  IceTransport *self = g_new0 (IceTransport, 1);

  self->parent.klass = &ice_transport_class;
  self->parent.address = g_strdup (address);
  self->parent.port = port;
  self->parent.rtcp_port = rtcp_port;
  return &self->parent;
}
