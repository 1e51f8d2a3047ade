/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "baton-ice-flow.h"
#include "baton-ice-server.h"
#include "baton-sdp-ice.h"

G_BEGIN_DECLS

/** BatonIceState: in the order that it goes through; a restart goes back to CHECKING. */
typedef enum
{
  BATON_ICE_STATE_NEW,
  BATON_ICE_STATE_GATHERING,
  BATON_ICE_STATE_GATHERED,
  BATON_ICE_STATE_CHECKING,
  BATON_ICE_STATE_CONNECTED, /* there is a path for sound */
  BATON_ICE_STATE_FAILED,    /* none was found, or the peer doesn't answer on it any more (RFC 7675) */
} BatonIceState;

/** BatonIcePath: the pair that sound goes over. */
typedef struct
{
  BatonIceType local, remote;
  char local_address[64], remote_address[64]; /* "192.0.2.1:4000", "[2001:db8::1]:4000"; the first empty: no path */
} BatonIcePath;

/** BatonIceOptions: copied */
typedef struct
{
  const char *local_address; /* numeric; a wildcard: those of all networks */
  const char *hint;          /* (nullable) the peer's or its server's address, numeric */
  guint port_first, port_last; /* 0: the system's choice */
  const BatonIceServer *stun, *turn; /* (nullable) */
  const char *turn_user, *turn_password;
  gboolean relay_only;
  gboolean controlled;       /* by RFC 8445 §6.1.1: who answers, unless the other one is a lite agent. For good: libnice changes no role after gathering */
} BatonIceOptions;

#define BATON_TYPE_ICE_AGENT (baton_ice_agent_get_type ())
G_DECLARE_FINAL_TYPE (BatonIceAgent, baton_ice_agent, BATON, ICE_AGENT, GObject)

/**
 * BatonIceAgent:
 * One full ICE agent (RFC 8445) for one m= section: libnice's, in the thread of BatonIceLoop. Lives in the
 * main context; its thread is reached by calls that only take libnice's own lock, and comes back by idles.
 *
 * Signal `changed ()`: state or path.
 */
BatonIceAgent *baton_ice_agent_new (const BatonIceOptions *options, guint n_components);

/**
 * baton_ice_agent_gather_async: opens the ports and finds out their addresses. Completes at once without servers, else when they
 * have answered, or after one second for STUN and two for TURN with what there is: a server that is away must not stop a call.
 */
void baton_ice_agent_gather_async (BatonIceAgent *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean baton_ice_agent_gather_finish (BatonIceAgent *self, GAsyncResult *result, GError **error);
/** baton_ice_agent_gather: for who can't wait: the addresses of this computer alone are there at once, those of servers later */
gboolean baton_ice_agent_gather (BatonIceAgent *self, GError **error);

/** baton_ice_agent_dup_local: our credentials and candidates as of now */
BatonSdpIce *baton_ice_agent_dup_local (BatonIceAgent *self);
/** baton_ice_agent_get_default: what peers without ICE shall send to. FALSE before there are candidates. */
gboolean baton_ice_agent_get_default (BatonIceAgent *self, guint component, char *address, gsize size, guint16 *port);
/** baton_ice_agent_dup_fd: the socket under the default candidate, for going on without ICE; -1 if there is none */
int baton_ice_agent_dup_fd (BatonIceAgent *self, guint component);

/**
 * baton_ice_agent_set_remote: starts the checks, or, with other credentials than before, starts them again.
 * @mux: one component is enough.
 */
void baton_ice_agent_set_remote (BatonIceAgent *self, const BatonSdpIce *remote, gboolean mux);
/** baton_ice_agent_is_restart: whether @remote asks for new checks: other credentials than those that we know */
gboolean baton_ice_agent_is_restart (BatonIceAgent *self, const BatonSdpIce *remote);
/** baton_ice_agent_restart: new credentials of ours; sound goes on over the old path until there is a new one (RFC 8445 §9) */
void baton_ice_agent_restart (BatonIceAgent *self);

BatonIceState baton_ice_agent_get_state (BatonIceAgent *self);
const BatonIcePath *baton_ice_agent_get_path (BatonIceAgent *self);

/** baton_ice_agent_get_flow: what it receives, for the tick */
BatonIceFlow *baton_ice_agent_get_flow (BatonIceAgent *self);
/** baton_ice_agent_is_ready: any thread */
gboolean baton_ice_agent_is_ready (BatonIceAgent *self, guint component);
/** baton_ice_agent_send: any thread, not after baton_ice_agent_close () */
gboolean baton_ice_agent_send (BatonIceAgent *self, guint component, const guint8 *data, gsize length);

/** baton_ice_agent_close: gives relayed addresses back and closes the ports, in its thread; final */
void baton_ice_agent_close (BatonIceAgent *self);

G_END_DECLS
