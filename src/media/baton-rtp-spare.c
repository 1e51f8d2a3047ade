/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-rtp-spare.h"

struct _BatonRtpSpare
{
  char *address; /* that the last one was taken for */
  BatonTransport *transport;
  guint idle;
};

BatonRtpSpare *
baton_rtp_spare_new (void)
{
  return g_rc_box_new0 (BatonRtpSpare);
}

BatonRtpSpare *
baton_rtp_spare_ref (BatonRtpSpare *self)
{
  return g_rc_box_acquire (self);
}

void
baton_rtp_spare_drop (BatonRtpSpare *self)
{
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_pointer (&self->transport, baton_transport_free);
  g_clear_pointer (&self->address, g_free);
}

static void
spare_free (gpointer data)
{
  baton_rtp_spare_drop (data);
}

void
baton_rtp_spare_unref (BatonRtpSpare *self)
{
  g_rc_box_release_full (self, spare_free);
}

static gboolean
on_idle (gpointer data)
{
  BatonRtpSpare *self = data;

  self->idle = 0;
  if (self->transport == NULL && self->address != NULL)
    self->transport = baton_rtp_socket_new (self->address, NULL, 0, 0, NULL); /* none is as good as before */
  return G_SOURCE_REMOVE;
}

BatonTransport *
baton_rtp_spare_take (BatonRtpSpare *self, const char *address, const char *hint, guint first, guint last, GError **error)
{
  BatonTransport *transport;

  if (first != 0 || address == NULL)
    return baton_rtp_socket_new (address, hint, first, last, error);
  if (g_strcmp0 (self->address, address) != 0)
    {
      baton_rtp_spare_drop (self);
      self->address = g_strdup (address);
    }
  transport = g_steal_pointer (&self->transport);
  if (transport != NULL)
    {
      baton_rtp_socket_set_hint (transport, hint);
      baton_transport_discard (transport); /* what came while it was nobody's */
    }
  else
    transport = baton_rtp_socket_new (address, hint, 0, 0, error);
  if (transport != NULL && self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_LOW, on_idle, self, NULL);
  return transport;
}
