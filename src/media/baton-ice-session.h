/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-ice-agent.h"
#include "baton-media.h"
#include "baton-tick.h"
#include "baton-transport.h"

G_BEGIN_DECLS

/** BatonIceEvents: in the main context */
typedef struct
{
  void (*failed) (const char *message, gpointer data);
  void (*restartable) (gpointer data); /* an offer with new addresses can be made now */
  gpointer data;
} BatonIceEvents;

/**
 * BatonIceSession:
 * What ICE is in one call: the agent in use, the one that a restart brings, and the way back to plain RTP
 * when the peer has no ICE. It gives the media session a transport, and the lines for its descriptions.
 * Main context; the tick's lock is taken inside, never held while libnice is called.
 */
typedef struct _BatonIceSession BatonIceSession;

/** baton_ice_session_new: Returns: (nullable): NULL where ICE is off, or the offer that we answer has none */
BatonIceSession *baton_ice_session_new (BatonTick *tick, const BatonMediaOptions *options, const BatonIceEvents *events);
/** baton_ice_session_free: after its transport is gone */
void baton_ice_session_free (BatonIceSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonIceSession, baton_ice_session_free)

/** baton_ice_session_open: for who can't wait: the addresses of this computer are known at once */
gboolean baton_ice_session_open (BatonIceSession *self, GError **error);
/** baton_ice_session_gather: asks the servers too. Returns: FALSE with @error when no port could be opened; else @ready is called, perhaps before this returns */
gboolean baton_ice_session_gather (BatonIceSession *self, GFunc ready, gpointer data, GError **error);
/** baton_ice_session_is_gathered: whether a description can be written: nobody waits for more to put into it */
gboolean baton_ice_session_is_gathered (BatonIceSession *self);

/** baton_ice_session_create_transport: once, when it is gathered; it must go before the session */
BatonTransport *baton_ice_session_create_transport (BatonIceSession *self);

/** BatonIceDescription: for c=, m=, a=rtcp and the lines of ICE */
typedef struct
{
  char address[64];
  guint16 port, rtcp_port;
  BatonSdpIce *ice; /* NULL: plain */
} BatonIceDescription;

void baton_ice_description_clear (BatonIceDescription *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BatonIceDescription, baton_ice_description_clear)

/** baton_ice_session_describe_offer: with the agent of a restart if one was begun */
void baton_ice_session_describe_offer (BatonIceSession *self, BatonIceDescription *description);
/** baton_ice_session_describe_answer: to @remote (nullable); new credentials when it asks for a restart */
void baton_ice_session_describe_answer (BatonIceSession *self, const BatonSdpIce *remote, BatonIceDescription *description);
/**
 * baton_ice_session_take: @remote: (nullable): what was agreed with; NULL: the peer has no ICE, or its address was
 *   changed on the way: plain RTP over the ports that were named, from now on. @offered: by us
 */
void baton_ice_session_take (BatonIceSession *self, const BatonSdpIce *remote, gboolean offered, gboolean mux);

/** baton_ice_session_restart: gathers anew, for this computer's addresses have changed; then `restartable` */
void baton_ice_session_restart (BatonIceSession *self);

/** baton_ice_session_read_stats: the path, if there is one */
void baton_ice_session_read_stats (BatonIceSession *self, BatonMediaStats *stats);

G_END_DECLS
