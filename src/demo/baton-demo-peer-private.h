/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-demo.h"
#include "baton-engine.h"

G_BEGIN_DECLS

/** BatonDemoRole: what a peer does with a call */
typedef enum
{
  BATON_DEMO_ROLE_ANSWERS,   /* at once */
  BATON_DEMO_ROLE_REFUSES,   /* with a SIP status */
  BATON_DEMO_ROLE_HESITATES, /* answers after a while */
  BATON_DEMO_ROLE_RINGS,     /* and rings */
  BATON_DEMO_ROLE_SHIFTS,    /* answers, and transfers the caller after a while */
  BATON_DEMO_ROLE_SNEAKS,    /* refuses, and asks the caller from outside the call to call somebody */
} BatonDemoRole;

/** BatonDemoCast: one peer as the demo's table has it */
typedef struct
{
  const char *name;
  const char *description;
  BatonDemoRole role;
  BatonAudioKind audio;
  double tone_hz;          /* 0 for none */
  guint status;            /* of REFUSES and SNEAKS */
  BatonReferPolicy refers; /* REFERs that it gets */
} BatonDemoCast;

#define BATON_DEMO_ANSWER_DELAY_MS 4000
#define BATON_DEMO_SHIFT_DELAY_MS 3000

BatonDemoPeer *baton_demo_peer_new (const BatonDemoCast *cast, BatonTimers *timers);
/** baton_demo_peer_set_partner: (nullable) whom SHIFTS and SNEAKS want the caller to talk to; not owned (weak) */
void baton_demo_peer_set_partner (BatonDemoPeer *self, BatonDemoPeer *partner);
gboolean baton_demo_peer_start (BatonDemoPeer *self, GError **error);
void baton_demo_peer_stop_async (BatonDemoPeer *self, GAsyncReadyCallback callback, gpointer data);
void baton_demo_peer_stop_finish (BatonDemoPeer *self, GAsyncResult *result);
/** baton_demo_peer_call: calls @uri. What goes wrong is logged. */
void baton_demo_peer_call (BatonDemoPeer *self, const char *uri);
/** baton_demo_peer_sneak: an out-of-dialog REFER to @uri, asking it to call the partner */
void baton_demo_peer_sneak (BatonDemoPeer *self, const char *uri);

G_END_DECLS
