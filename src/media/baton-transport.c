/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-transport.h"

gboolean
baton_transport_parse_kind (const guint8 *data, gsize length, gboolean rtcp_component, BatonPacketKind *kind)
{
  if (length < 2)
    return FALSE;
  if (data[0] >= 20 && data[0] <= 63)
    *kind = rtcp_component ? BATON_PACKET_DTLS_RTCP : BATON_PACKET_DTLS;
  else if (data[0] < 128 || data[0] > 191)
    return FALSE;
  else
    *kind = length >= 8 && data[1] >= 192 && data[1] <= 223 ? BATON_PACKET_RTCP : BATON_PACKET_RTP;
  return TRUE;
}

void
baton_transport_free (BatonTransport *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  self->klass->free (self);
}

const char *
baton_transport_get_address (BatonTransport *self)
{
  return self->address;
}

guint16
baton_transport_get_port (BatonTransport *self)
{
  return self->port;
}

guint16
baton_transport_get_rtcp_port (BatonTransport *self)
{
  return self->rtcp_port;
}

void
baton_transport_set_remote (BatonTransport *self, const char *address, guint16 port, guint16 rtcp_port, gboolean mux)
{
  self->klass->set_remote (self, address, port, rtcp_port, mux);
}

void
baton_transport_receive (BatonTransport *self, BatonTransportReceiveFunc func, gpointer data)
{
  self->klass->receive (self, func, data);
}

void
baton_transport_discard (BatonTransport *self)
{
  self->klass->receive (self, NULL, NULL);
}

gboolean
baton_transport_send (BatonTransport *self, BatonPacketKind kind, const guint8 *data, gsize length)
{
  return self->klass->send (self, kind, data, length);
}

gboolean
baton_transport_is_ready (BatonTransport *self)
{
  return self->klass->is_ready == NULL || self->klass->is_ready (self);
}

gboolean
baton_transport_has_path (BatonTransport *self)
{
  return self->klass->has_path != NULL && self->klass->has_path (self);
}

GSource *
baton_transport_create_source (BatonTransport *self)
{
  return self->klass->create_source != NULL ? self->klass->create_source (self) : NULL;
}
