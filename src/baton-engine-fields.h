/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * The inside of BatonEngine: for baton-engine.c (the object), baton-engine-transfers.c (its list of
 * transfers, and the commands that send one) and baton-refer-policy.c (the REFERs that come) alone.
 */

#include "baton-call-tones.h"
#include "baton-engine.h"
#include "baton-network-watch.h"
#include "baton-refer-server-context.h"
#include "baton-transfer-private.h"

G_BEGIN_DECLS

struct _BatonEngine
{
  GObject parent_instance;

  BatonTimers *timers;
  BatonUa *ua;
  BatonMediaFactory *factory;
  BatonCallManager *calls;
  BatonCallTones *tones; /* (nullable): with a sound of its own alone */
  GListStore *accounts;
  GListStore *transfers;
  guint last_transfer;
  BatonReferPolicy out_of_dialog_policy;
  BatonReferRules *rules;
  BatonNetworkWatch *network; /* with ICE */
  gboolean running;
  guint sweep_timer; /* while there are transfers that are over */

  BatonEngineOptions options; /* its strings are ours */
};

typedef enum
{
  BATON_ENGINE_SIGNAL_REFER_REQUESTED,
  BATON_ENGINE_SIGNAL_TRANSFER_ADDED,
  BATON_ENGINE_SIGNAL_MESSAGE_TRACED,
  BATON_ENGINE_N_SIGNALS
} BatonEngineSignal;

extern guint baton_engine_signals[];

/* ---- baton-engine-transfers.c ---- */

/** @call: nullable. Returns: (transfer full): in no list yet */
BatonTransfer *baton_engine_make_transfer (BatonEngine *self, BatonDirection direction, BatonAccount *account,
                                           BatonCall *call);
/** baton_engine_show_transfer: into the list, and to the call that it is about */
void baton_engine_show_transfer (BatonEngine *self, BatonTransfer *transfer);

/* ---- baton-refer-policy.c ---- */

/** baton_refer_policy_watch: keeps the list of what was refused outside of calls; once, at birth */
void baton_refer_policy_watch (BatonEngine *self);
/* Of BatonReferFollower, what the engine is for its user agent */
gboolean baton_refer_policy_is_certain (BatonEngine *self, BatonSession *session);
gboolean baton_refer_policy_take (BatonEngine *self, BatonReferServerContext *context);
BatonSession *baton_refer_policy_follow (BatonEngine *self, BatonReferServerContext *context, const char *uri,
                                         const BatonInviteOptions *options, BatonSdpModifier modifier,
                                         gpointer modifier_data, GError **error);

G_END_DECLS
