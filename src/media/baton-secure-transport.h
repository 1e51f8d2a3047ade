/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-keying.h"
#include "baton-tick.h"
#include "baton-transport.h"

G_BEGIN_DECLS

/**
 * BatonSecureTransport:
 * SRTP around another transport: what goes through is protected, what comes is believed only when
 * its tag fits. It makes the DTLS handshake itself, also while no sound flows: then it is a client of
 * the tick, and of the main context, so that a handshake does not wait for ticks. Until
 * baton_secure_transport_set_keying () says otherwise, all goes through as it is.
 * A BatonTransport; everything here is called with the tick's lock held.
 */

/** BatonSecureEvents: called with the lock held, in any thread: post to the main context, no more. */
typedef struct
{
  void (*failed) (const char *message, gpointer data); /* sound goes no way any more */
  void (*secured) (gpointer data);                     /* a handshake has brought the keys for it */
  gpointer data;
} BatonSecureEvents;

/** BatonSecureStats: what encryption did, for people and tests. */
typedef struct
{
  BatonKeyExchange exchange;
  const char *cipher;          /* static; NULL as long as there are no keys */
  guint64 n_forged, n_replayed; /* packets that were dropped */
  guint n_handshakes;          /* DTLS associations begun */
} BatonSecureStats;

/** baton_secure_transport_new: @inner: (transfer full); @context: where handshakes are driven from */
BatonTransport *baton_secure_transport_new (BatonTransport *inner, BatonTick *tick, GMainContext *context,
                                            const BatonSecureEvents *events);
/**
 * baton_secure_transport_set_keying: what was agreed, after baton_transport_set_remote (). The same
 * agreement again changes nothing: a context goes on with its counters, an association is not made anew (RFC 8842 §5).
 */
void baton_secure_transport_set_keying (BatonTransport *transport, const BatonKeying *keying);
void baton_secure_transport_read_stats (BatonTransport *transport, BatonSecureStats *stats);

G_END_DECLS
