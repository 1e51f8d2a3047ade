/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-call-manager-private.h"
#include "baton-transfer-states.h"
#include "baton-transfer.h"

G_BEGIN_DECLS

/* How a transfer is made by the engine, and what its two sides (sent, received) share. */

struct _BatonTransfer
{
  GObject parent_instance;

  guint number;
  BatonDirection direction;
  BatonCallManager *manager;
  BatonUa *ua;
  BatonTimers *timers;
  BatonAccount *account;
  GListModel *siblings; /* not owned: all transfers of the engine, this one among them */
  const BatonEngineOptions *limits; /* not owned */

  BatonCall *call;
  BatonCall *target_call;
  gboolean attended;
  char *target_uri, *target_name, *requested_by;
  char *peer_uri; /* out of a dialog: who gets the REFER */
  GStrv extra_headers;
  gboolean active_after, no_subscription;
  gboolean semi_attended; /* the target rang, and was let go for a blind transfer to it */
  gboolean use_aor, protect_target;

  BatonReferContext *context;
  BatonTransferState state;
  guint level;
  guint status;
  char *reason;
  BatonReferOutcome outcome;
  gint64 deadline;
  gint64 start_time, end_time;
  gboolean waits_for_user;
  gboolean unanswered; /* the prompt's time was over */
  BatonReferPolicy policy; /* of a received one */
  gboolean requester_verified, loses_encryption;
  gboolean resumed;
  gboolean hold_refused;
  gboolean waits_to_proceed; /* the hold was refused, and a handler takes the decision */
  gboolean hold_is_ours; /* the one under way: nobody asked for it before the transfer did */
  gboolean holds_target; /* the one under way is of the consulted call */
  gboolean knows_nothing; /* the timer is that of a REFER that was accepted, and nothing was heard of since */
  gboolean held_by_us; /* for this transfer: whoever held the call gives it back */
  gboolean target_held_by_us; /* protecting the target: the consulted one gets the REFER, on hold too */
  gboolean ended;      /* the signal went out */
  guint timer;         /* grace, ring time, or prompt: whatever `deadline` says */
  guint end_timer;     /* until we end a leg that nobody ended */
  guint resume_tries;
  gulong their_hold;   /* the handler that waits for the peer to take its own back first */
  gint64 over_since;   /* the engine's: ready to be forgotten */
};

BatonTransfer *baton_transfer_new (guint number, BatonDirection direction, BatonCallManager *manager, BatonUa *ua,
                                   BatonAccount *account, BatonCall *call, GListModel *siblings,
                                   const BatonEngineOptions *limits);

/* sent: baton-transfer-sent.c */
void baton_transfer_start (BatonTransfer *self);
/* received: baton-transfer-received.c */
/** @proven: whoever sent it outside of a call has shown that it knows the account's password */
void baton_transfer_receive (BatonTransfer *self, BatonReferServerContext *context, gboolean proven);
void baton_transfer_wait_for_user (BatonTransfer *self);
/** baton_transfer_set_follower_call: the new call that the REFER asked for; made by the engine's follow() */
void baton_transfer_set_target_call (BatonTransfer *self, BatonCall *call);

/* shared: baton-transfer.c */
gboolean baton_transfer_is_final (BatonTransfer *self);
/** baton_transfer_step: the only way to another state. FALSE: the table has no such step, and nothing changed. */
gboolean baton_transfer_step (BatonTransfer *self, BatonTransferEvent event);
void baton_transfer_set_result (BatonTransfer *self, guint status, const char *reason);
void baton_transfer_set_context (BatonTransfer *self, BatonReferContext *context);
void baton_transfer_set_flag (BatonTransfer *self, gboolean *flag, gboolean value, const char *property);
/** Returns: what @context failed with, 0 and no *@reason where that was nothing that was said: how far it had come is no reason */
guint baton_transfer_get_failure (BatonReferContext *context, const char **reason);
/** starts the one timer, and shows its end as `deadline`; 0 ms stops it */
void baton_transfer_set_timer (BatonTransfer *self, guint delay_ms, GSourceFunc func);
/** baton_transfer_emit_hold_refused: Returns: whether somebody will call proceed() or take_back() */
gboolean baton_transfer_emit_hold_refused (BatonTransfer *self, guint status, const char *reason);
/** emits `ended` when nothing more can come */
void baton_transfer_check_ended (BatonTransfer *self);

G_END_DECLS
