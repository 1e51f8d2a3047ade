/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-call.h"
#include "baton-refer-client-context.h"
#include "baton-refer-server-context.h"

G_BEGIN_DECLS

#define BATON_TYPE_TRANSFER (baton_transfer_get_type ())
G_DECLARE_FINAL_TYPE (BatonTransfer, baton_transfer, BATON, TRANSFER, GObject)

/**
 * BatonTransfer:
 * The policy around one refer context: sent: hold, REFER, then resume on any failure (the one home
 * of that sentence); received: ask, follow, move the sound, or go on with the old call. No caller
 * is ever lost. It gives facts; the words are the user interface's.
 *
 * Properties, read-only: `number` (guint, the REFER of the command line), `direction` (OUTGOING: we
 * transfer somebody), `call` (the call that is transferred, or on which we were asked; nullable out
 * of a dialog), `target-call` (nullable: the consulted call, or the new call that follows),
 * `target-uri`, `target-name` (nullable), `requested-by` (string: who asks; received only),
 * `context` (BatonReferContext, nullable while in GRACE or HOLDING), `state` (BatonTransferState),
 * `level` (guint 0 to 5, ux.md), `status`, `reason`, `outcome` (BatonReferOutcome), `deadline`
 * (gint64 monotonic µs: end of the grace period, of the ring time or of the prompt; 0 if none),
 * `waits-for-user` (gboolean: a received one that nobody decided yet), `resumed` (gboolean: the
 * held call has its sound back), `requester-verified` (gboolean: `requested-by` is proven; FALSE
 * where it is a claim of the message's), `source-address` (string, nullable: where the request came
 * from on the network), `loses-encryption` (gboolean: asked in a sips call, which is encrypted
 * on each hop, to call an address without; never followed unasked), `hold-refused` (gboolean: the call could not be held),
 * `waits-to-proceed` (gboolean: and whether to go on without a hold is being decided; `deadline` says until when),
 * `active-after` (gboolean), `semi-attended` (gboolean: the target still rang; its call was given up
 * and the transfer is a blind one), `through-address-of-record` (gboolean: an attended one that
 * was sent to the target's own address, by option or as a second try after the phone that is transferred could not reach
 * the target's Contact; `context` is that of the newest try), `elapsed-ms` (guint).
 *
 * Signals:
 * - `ended`: the state is final and its context is over; nothing more will come.
 * - `hold-refused (guint status, const char *reason)` → gboolean: a sent one, in HOLDING: the peer refused the
 *   re-INVITE, or did not answer it (408). TRUE: the handler or its user decides with baton_transfer_proceed() or
 *   baton_transfer_take_back(), now or later; `waits-to-proceed` is TRUE meanwhile, and when nobody has decided
 *   after `prompt_timeout_s` the transfer is FAILED with that status, the call as it was. Not handled: the REFER goes
 *   out without a hold.
 */
/** Returns: (nullable) (transfer none): the transfer that @context is the REFER of */
BatonTransfer *baton_transfer_of (BatonReferContext *context);
guint baton_transfer_get_number (BatonTransfer *self);
BatonDirection baton_transfer_get_direction (BatonTransfer *self);
BatonCall *baton_transfer_get_call (BatonTransfer *self);
BatonCall *baton_transfer_get_target_call (BatonTransfer *self);
const char *baton_transfer_get_target_uri (BatonTransfer *self);
const char *baton_transfer_get_target_name (BatonTransfer *self);
const char *baton_transfer_get_requested_by (BatonTransfer *self);
BatonReferContext *baton_transfer_get_context (BatonTransfer *self);
BatonTransferState baton_transfer_get_state (BatonTransfer *self);
guint baton_transfer_get_level (BatonTransfer *self);
guint baton_transfer_get_status (BatonTransfer *self);
const char *baton_transfer_get_reason (BatonTransfer *self);
BatonReferOutcome baton_transfer_get_outcome (BatonTransfer *self);
gint64 baton_transfer_get_deadline (BatonTransfer *self);
gboolean baton_transfer_get_waits_for_user (BatonTransfer *self);
gboolean baton_transfer_get_semi_attended (BatonTransfer *self);
gboolean baton_transfer_get_through_aor (BatonTransfer *self);
gboolean baton_transfer_get_resumed (BatonTransfer *self);

/* Of a sent one */
gboolean baton_transfer_undo (BatonTransfer *self, GError **error);      /* in GRACE: nothing was sent */
gboolean baton_transfer_now (BatonTransfer *self, GError **error);       /* ends the grace period */
gboolean baton_transfer_take_back (BatonTransfer *self, GError **error); /* before the target answered: unsubscribe, resume */

/**
 * baton_transfer_proceed: "transfer anyway": the REFER goes out although the call could not be held.
 * FALSE with BATON_ERROR_INVALID_STATE unless `waits-to-proceed`. The other answer is baton_transfer_take_back().
 */
gboolean baton_transfer_proceed (BatonTransfer *self, GError **error);

/* Of a received one */
gboolean baton_transfer_accept (BatonTransfer *self, const BatonReferAcceptOptions *options, GError **error);
gboolean baton_transfer_decline (BatonTransfer *self, guint status, GError **error); /* 0: 603 */
gboolean baton_transfer_progress (BatonTransfer *self, GError **error);
gboolean baton_transfer_notify (BatonTransfer *self, const char *sipfrag, GError **error);
/** Returns: what happens to it when nobody takes it in `refer-requested`: by the account, by the rules for strangers, and never FOLLOW where encryption would be lost */
BatonReferPolicy baton_transfer_get_policy (BatonTransfer *self);

/** baton_transfer_dismiss: the user has read the result: the call's `transfer` becomes NULL */
void baton_transfer_dismiss (BatonTransfer *self);

G_END_DECLS
