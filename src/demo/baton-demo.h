/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "baton-timers.h"

G_BEGIN_DECLS

#define BATON_TYPE_DEMO_PEER (baton_demo_peer_get_type ())
G_DECLARE_FINAL_TYPE (BatonDemoPeer, baton_demo_peer, BATON, DEMO_PEER, GObject)

/**
 * BatonDemoPeer: one peer. Properties, read-only: `name` ("Echo"), `description` (a sentence), `uri` (NULL while it isn't
 * started), `tone-hz` (double, 0 for none).
 */
const char *baton_demo_peer_get_name (BatonDemoPeer *self);
const char *baton_demo_peer_get_description (BatonDemoPeer *self);
const char *baton_demo_peer_get_uri (BatonDemoPeer *self);

#define BATON_TYPE_DEMO (baton_demo_get_type ())
G_DECLARE_FINAL_TYPE (BatonDemo, baton_demo, BATON, DEMO, GObject)

/**
 * BatonDemo:
 * The demo peers: engines of their own on loopback, with real RTP (issue: "it can be tried with no
 * server"). A GListModel of BatonDemoPeer: Echo, Carol (answers at once, own tone), Slow (answers
 * after 4 s), Busy (486), Silent (never answers), Refuser (603), Stubborn (answers, and refuses a
 * REFER with 603), Shifter (transfers you to Carol 3 s after the call began), Rogue (declines with
 * 603 and sends an out-of-dialog REFER after it; also on baton_demo_poke_rogue()). All but Stubborn
 * follow a REFER. Idle peers have no thread and no timer. After a stop it can be started again.
 */
BatonDemo *baton_demo_new (void);
/** baton_demo_new_with: for tests: the peers' delays go by @timers (nullable) */
BatonDemo *baton_demo_new_with (BatonTimers *timers);
/** Returns: (transfer none) (nullable): by name, in any case */
BatonDemoPeer *baton_demo_lookup (BatonDemo *self, const char *name);
gboolean baton_demo_start (BatonDemo *self, GError **error);
void baton_demo_stop_async (BatonDemo *self, GAsyncReadyCallback callback, gpointer data);
void baton_demo_stop_finish (BatonDemo *self, GAsyncResult *result);
/** baton_demo_poke_rogue: Rogue asks the phone at @uri to call Carol */
void baton_demo_poke_rogue (BatonDemo *self, const char *uri);
/** baton_demo_call_me: @peer_name calls @uri (an incoming call to try) */
void baton_demo_call_me (BatonDemo *self, const char *peer_name, const char *uri);

G_END_DECLS
