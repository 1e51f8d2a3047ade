/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-secure-transport.h"

#include <openssl/crypto.h>
#include <string.h>

#define HANDSHAKE_LIMIT_US (10 * G_USEC_PER_SEC)
#define KNOCK_US 200000
#define LINGER_US (5 * G_USEC_PER_SEC) /* the peer may have missed the last flight */
#define CHANGE_CIPHER_RECORD 20
#define HANDSHAKE_RECORD 22

typedef struct _SecureTransport SecureTransport;

/* One component: RTP, or both with rtcp-mux; and RTCP of its own without (RFC 5764 §4.1.2). */
typedef struct
{
  SecureTransport *transport;
  BatonPacketKind kind;
  BatonDtls *dtls;
  gboolean started;
  gboolean heard;    /* they have spoken */
  gint64 next_knock;
  BatonSrtp *out, *in;
} Component;

/* What the main context holds of us: gone, when we are, under the lock. */
typedef struct
{
  BatonTick *tick;
  SecureTransport *transport;
} Watch;

struct _SecureTransport
{
  BatonTransport parent;
  BatonTransport *inner;
  BatonTick *tick;
  GMainContext *context;
  BatonSecureEvents events;

  BatonKeying keying;
  Component components[2];
  gboolean mux, failed;
  char *remote;            /* the last one that was somewhere */
  gboolean remote_changed; /* since the association was made */

  gboolean ticking, polled;
  gint64 began, until;
  GSource *source;
  Watch *watch; /* the source's */

  BatonTransportReceiveFunc func; /* whoever received last: packets of between go there */
  gpointer func_data;
  BatonSecureStats stats;
};

const char *
baton_key_exchange_get_name (BatonKeyExchange exchange)
{
  switch (exchange)
    {
    case BATON_KEY_EXCHANGE_NONE:
      return "none";
    case BATON_KEY_EXCHANGE_SDES:
      return "sdes";
    case BATON_KEY_EXCHANGE_DTLS:
      return "dtls";
    }
  return "none";
}

static void
clear_keys (Component *component)
{
  g_clear_pointer (&component->out, baton_srtp_free);
  g_clear_pointer (&component->in, baton_srtp_free);
}

static void
clear_component (Component *component)
{
  g_clear_pointer (&component->dtls, baton_dtls_free);
  component->started = component->heard = FALSE;
  clear_keys (component);
}

/* Whose keys are those of this kind? */
static Component *
find_component (SecureTransport *self, gboolean rtcp)
{
  return &self->components[rtcp && !self->mux && self->keying.exchange == BATON_KEY_EXCHANGE_DTLS];
}

/* --- the handshake --- */

static void
send_handshake (const guint8 *packet, gsize length, gpointer data)
{
  Component *component = data;

  baton_transport_send (component->transport->inner, component->kind, packet, length);
}

static void
fail (SecureTransport *self, const char *message)
{
  if (self->failed)
    return;
  self->failed = TRUE;
  for (guint i = 0; i < 2; i++)
    clear_keys (&self->components[i]);
  self->events.failed (message, self->events.data);
}

static void
take_keys (SecureTransport *self, Component *component)
{
  BatonSrtpKey local, remote;

  baton_dtls_get_keys (component->dtls, &local, &remote);
  component->out = baton_srtp_new (&local, TRUE);
  component->in = baton_srtp_new (&remote, FALSE);
  if (component->out == NULL || component->in == NULL)
    fail (self, "The encryption of the sound (SRTP) could not be set up on this computer.");
  else if (component == &self->components[0])
    self->events.secured (self->events.data);
}

/* After anything that may have moved the handshake on. */
static void
follow_handshake (SecureTransport *self, Component *component)
{
  if (component->out != NULL || self->failed)
    return;
  switch (baton_dtls_get_state (component->dtls))
    {
    case BATON_DTLS_HANDSHAKING:
      break;
    case BATON_DTLS_DONE:
      take_keys (self, component);
      self->until = g_get_monotonic_time () + LINGER_US;
      break;
    case BATON_DTLS_FAILED:
      if (component == &self->components[0])
        fail (self, baton_dtls_get_error (component->dtls));
      break; /* without reports there is sound still */
    }
}

static gboolean
is_handshaking (SecureTransport *self)
{
  for (guint i = 0; i < 2 && !self->failed; i++)
    if (self->components[i].dtls != NULL &&
        baton_dtls_get_state (self->components[i].dtls) == BATON_DTLS_HANDSHAKING)
      return TRUE;
  return FALSE;
}

static void
start_handshakes (SecureTransport *self)
{
  if (!baton_transport_is_ready (self->inner))
    return;
  for (guint i = 0; i < 2; i++)
    if (self->components[i].dtls != NULL && !self->components[i].started)
      {
        self->components[i].started = TRUE;
        baton_dtls_start (self->components[i].dtls);
        follow_handshake (self, &self->components[i]);
      }
}

/*
 * Who waits for the other side to begin must be reachable: this opens our NAT, and shows them where it is. A STUN
 * Binding indication, which nobody answers (RFC 6263 §4.1 leaves the choice). With ICE there is a way already.
 */
static void
knock (SecureTransport *self, Component *component, gint64 now)
{
  guint8 packet[20] = { 0x00, 0x11, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42 };

  if (component->dtls == NULL || self->keying.client || component->heard || now < component->next_knock ||
      baton_transport_has_path (self->inner))
    return;
  for (guint i = 8; i < sizeof packet; i++)
    packet[i] = (guint8) g_random_int ();
  component->next_knock = now + KNOCK_US;
  baton_transport_send (self->inner, component->kind, packet, sizeof packet);
}

static gboolean
take_handshake (SecureTransport *self, BatonRtpPacket *packet, BatonPacketKind kind, gboolean trusted)
{
  Component *component = &self->components[kind == BATON_PACKET_DTLS_RTCP];

  if (component->dtls == NULL || self->failed)
    return FALSE;
  /* Strangers may take part in a handshake, whose end shows who they are, but not break one by an alert. */
  if (!trusted && (component->out != NULL ||
                   (packet->data[0] != HANDSHAKE_RECORD && packet->data[0] != CHANGE_CIPHER_RECORD)))
    return FALSE;
  component->started = component->heard = TRUE;
  baton_dtls_put (component->dtls, packet->data, packet->length);
  follow_handshake (self, component);
  return TRUE;
}

/* --- packets --- */

static gboolean
take_packet (BatonRtpPacket *packet, BatonPacketKind kind, gboolean trusted, gpointer data)
{
  SecureTransport *self = data;
  Component *component = find_component (self, kind == BATON_PACKET_RTCP);

  if (kind == BATON_PACKET_DTLS || kind == BATON_PACKET_DTLS_RTCP)
    return take_handshake (self, packet, kind, trusted);
  if (self->keying.exchange == BATON_KEY_EXCHANGE_NONE)
    return self->func != NULL && self->func (packet, kind, trusted, self->func_data);
  if (component->in == NULL)
    return FALSE;
  switch (baton_srtp_unprotect (component->in, kind == BATON_PACKET_RTCP, packet->data, &packet->length))
    {
    case BATON_SRTP_OK:
      /* whoever has the key is the peer, wherever the packet came from */
      return self->func != NULL && self->func (packet, kind, TRUE, self->func_data);
    case BATON_SRTP_FORGED:
      self->stats.n_forged++;
      return FALSE;
    case BATON_SRTP_REPLAYED:
      self->stats.n_replayed++;
      return FALSE;
    }
  return FALSE;
}

static void
poll_packets (SecureTransport *self)
{
  baton_transport_receive (self->inner, take_packet, self);
}

static void
secure_receive (BatonTransport *transport, BatonTransportReceiveFunc func, gpointer data)
{
  SecureTransport *self = (SecureTransport *) transport;

  self->func = func;
  self->func_data = data;
  self->polled = TRUE;
  if (func == NULL && !is_handshaking (self) && !self->ticking)
    baton_transport_discard (self->inner);
  else
    poll_packets (self);
}

static gboolean
secure_send (BatonTransport *transport, BatonPacketKind kind, const guint8 *data, gsize length)
{
  SecureTransport *self = (SecureTransport *) transport;
  Component *component = find_component (self, kind == BATON_PACKET_RTCP);
  guint8 packet[BATON_RTP_MAX_PACKET + BATON_SRTP_MAX_TRAILER] __attribute__ ((aligned (8)));

  if (self->keying.exchange == BATON_KEY_EXCHANGE_NONE)
    return baton_transport_send (self->inner, kind, data, length);
  if (component->out == NULL || length > BATON_RTP_MAX_PACKET || !baton_transport_is_ready (self->inner))
    return FALSE;
  memcpy (packet, data, length);
  return baton_srtp_protect (component->out, kind == BATON_PACKET_RTCP, packet, &length) &&
         baton_transport_send (self->inner, kind, packet, length);
}

/* --- while no sound flows --- */

static void
stop_source (SecureTransport *self)
{
  if (self->source == NULL)
    return;
  if (self->watch != NULL)
    self->watch->transport = NULL; /* it may be waiting for the lock right now */
  self->watch = NULL;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
secure_tick (gint64 now, gpointer data)
{
  SecureTransport *self = data;

  if (!self->polled)
    {
      self->func = NULL; /* the stream sleeps */
      poll_packets (self);
    }
  self->polled = FALSE;
  start_handshakes (self);
  if (!self->components[0].started) /* no path yet */
    self->began = now;
  for (guint i = 0; i < 2; i++)
    if (self->components[i].dtls != NULL)
      {
        knock (self, &self->components[i], now);
        baton_dtls_check_timer (self->components[i].dtls);
        follow_handshake (self, &self->components[i]);
      }
  if (is_handshaking (self) && self->components[0].out == NULL)
    {
      if (now - self->began > HANDSHAKE_LIMIT_US)
        fail (self, "The other side never answered about the keys for encrypted sound (DTLS).");
      return;
    }
  stop_source (self);
  if (now < self->until)
    return;
  self->ticking = FALSE;
  baton_tick_remove (self->tick, secure_tick, self);
}

static gboolean
on_readable (gpointer data)
{
  Watch *watch = data;

  baton_tick_lock (watch->tick);
  if (watch->transport != NULL)
    {
      poll_packets (watch->transport);
      start_handshakes (watch->transport);
    }
  baton_tick_unlock (watch->tick);
  return G_SOURCE_CONTINUE;
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  baton_tick_unref (watch->tick);
  g_free (watch);
}

static void
watch (SecureTransport *self)
{
  self->began = g_get_monotonic_time ();
  self->until = self->began + LINGER_US;
  if (!self->ticking)
    {
      self->ticking = TRUE;
      self->polled = FALSE;
      baton_tick_add (self->tick, secure_tick, self);
    }
  if (self->source != NULL)
    return;
  self->source = baton_transport_create_source (self->inner);
  if (self->source == NULL)
    return;
  self->watch = g_new (Watch, 1);
  self->watch->tick = baton_tick_ref (self->tick);
  self->watch->transport = self;
  g_source_set_callback (self->source, on_readable, self->watch, watch_free);
  g_source_attach (self->source, self->context);
}

/* --- what was agreed --- */

static void
set_sdes (SecureTransport *self, const BatonKeying *keying)
{
  Component *component = &self->components[0];

  /* the same key goes on with its counters; another begins anew, at no turn (RFC 4568 §6.4) */
  if (component->out != NULL && !baton_srtp_key_equal (baton_srtp_get_key (component->out), &keying->local))
    g_clear_pointer (&component->out, baton_srtp_free);
  if (component->in != NULL && !baton_srtp_key_equal (baton_srtp_get_key (component->in), &keying->remote))
    g_clear_pointer (&component->in, baton_srtp_free);
  if (component->out == NULL)
    component->out = baton_srtp_new (&keying->local, TRUE);
  if (component->in == NULL)
    component->in = baton_srtp_new (&keying->remote, FALSE);
  if (component->out == NULL || component->in == NULL)
    fail (self, "The encryption of the sound (SRTP) could not be set up on this computer.");
}

static gboolean
is_same_association (SecureTransport *self, const BatonKeying *keying)
{
  gboolean known = FALSE;

  if (self->components[0].dtls == NULL || self->failed)
    return FALSE;
  for (guint i = 0; i < keying->n_fingerprints; i++)
    for (guint j = 0; j < self->keying.n_fingerprints; j++)
      known |= baton_fingerprint_equal (&keying->fingerprints[i], &self->keying.fingerprints[j]);
  if (!known || strcmp (keying->tls_id, self->keying.tls_id) != 0)
    return FALSE;
  /* who has no tls-id says it by other ports; with ICE the path may change at any time (RFC 8842 §5.1, §7.5) */
  return !self->remote_changed || keying->tls_id[0] != '\0' || baton_transport_has_path (self->inner);
}

static void
begin_dtls (SecureTransport *self, Component *component, const BatonKeying *keying)
{
  component->dtls = baton_dtls_new (keying->client, keying->fingerprints, keying->n_fingerprints, send_handshake, component);
  if (component->dtls == NULL)
    fail (self, "The encryption of the sound (DTLS) could not be set up on this computer.");
}

static void
set_dtls (SecureTransport *self, const BatonKeying *keying)
{
  if (!keying->idle && !is_same_association (self, keying))
    {
      for (guint i = 0; i < 2; i++)
        clear_component (&self->components[i]);
      self->failed = FALSE;
      self->remote_changed = FALSE;
      self->stats.n_handshakes++;
      begin_dtls (self, &self->components[0], keying);
    }
  else if (self->components[0].dtls == NULL)
    return;
  if (self->mux)
    clear_component (&self->components[1]);
  else if (self->components[1].dtls == NULL)
    begin_dtls (self, &self->components[1], keying);
  if (is_handshaking (self))
    watch (self);
}

void
baton_secure_transport_set_keying (BatonTransport *transport, const BatonKeying *keying)
{
  SecureTransport *self = (SecureTransport *) transport;

  if (keying->exchange != self->keying.exchange)
    {
      for (guint i = 0; i < 2; i++)
        clear_component (&self->components[i]);
      self->failed = FALSE;
    }
  switch (keying->exchange)
    {
    case BATON_KEY_EXCHANGE_NONE:
      break;
    case BATON_KEY_EXCHANGE_SDES:
      set_sdes (self, keying);
      break;
    case BATON_KEY_EXCHANGE_DTLS:
      set_dtls (self, keying);
      break;
    }
  if (keying->idle)
    self->keying.exchange = keying->exchange;
  else
    self->keying = *keying;
  if (!is_handshaking (self))
    return;
  poll_packets (self); /* their first flight may be here already */
  start_handshakes (self);
}

void
baton_secure_transport_read_stats (BatonTransport *transport, BatonSecureStats *stats)
{
  SecureTransport *self = (SecureTransport *) transport;
  BatonSrtp *out = self->components[0].out;

  *stats = self->stats;
  stats->exchange = self->keying.exchange;
  stats->cipher = out != NULL ? baton_srtp_suite_info (baton_srtp_get_key (out)->suite)->name : NULL;
}

static void
secure_set_remote (BatonTransport *transport, const char *address, guint16 port, guint16 rtcp_port, gboolean mux)
{
  SecureTransport *self = (SecureTransport *) transport;
  g_autofree char *remote = address != NULL ? g_strdup_printf ("%s %u", address, port) : NULL;

  self->mux = mux;
  if (remote != NULL && g_strcmp0 (remote, self->remote) != 0)
    {
      self->remote_changed |= self->remote != NULL;
      g_free (self->remote);
      self->remote = g_steal_pointer (&remote);
    }
  baton_transport_set_remote (self->inner, address, port, rtcp_port, mux);
}

/* --- object --- */

static gboolean
secure_is_ready (BatonTransport *transport)
{
  SecureTransport *self = (SecureTransport *) transport;

  return baton_transport_is_ready (self->inner) &&
         (self->keying.exchange == BATON_KEY_EXCHANGE_NONE || self->components[0].out != NULL);
}

static void
secure_free (BatonTransport *transport)
{
  SecureTransport *self = (SecureTransport *) transport;

  if (self->ticking)
    baton_tick_remove (self->tick, secure_tick, self);
  stop_source (self);
  for (guint i = 0; i < 2; i++)
    clear_component (&self->components[i]);
  baton_transport_free (self->inner);
  g_main_context_unref (self->context);
  OPENSSL_cleanse (&self->keying, sizeof self->keying);
  g_free (self->remote);
  g_free (self);
}

static const BatonTransportClass secure_class = {
  .free = secure_free,
  .set_remote = secure_set_remote,
  .receive = secure_receive,
  .send = secure_send,
  .is_ready = secure_is_ready,
};

BatonTransport *
baton_secure_transport_new (BatonTransport *inner, BatonTick *tick, GMainContext *context,
                            const BatonSecureEvents *events)
{
  SecureTransport *self = g_new0 (SecureTransport, 1);

  self->parent.klass = &secure_class;
  self->parent.address = g_strdup (baton_transport_get_address (inner));
  self->parent.port = baton_transport_get_port (inner);
  self->parent.rtcp_port = baton_transport_get_rtcp_port (inner);
  self->inner = inner;
  self->tick = tick; /* whoever holds the lock holds a reference */
  self->context = g_main_context_ref (context);
  self->events = *events;
  for (guint i = 0; i < 2; i++)
    {
      self->components[i].transport = self;
      self->components[i].kind = i == 0 ? BATON_PACKET_DTLS : BATON_PACKET_DTLS_RTCP;
    }
  return &self->parent;
}
