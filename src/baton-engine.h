/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-account.h"
#include "baton-call-manager.h"
#include "baton-refer-rules.h"
#include "baton-transfer.h"

G_BEGIN_DECLS

/** BatonEngineOptions: what an engine is started with. Strings are copied. baton_engine_options_init() sets the defaults. */
typedef struct
{
  const char *listen;           /* "127.0.0.1:0" */
  const char *tls_listen, *tls_cert, *tls_ca; /* (nullable) as in BatonUaOptions */
  guint t1_ms;                  /* 0: 500 */
  BatonAudioKind audio;
  double tone_hz;               /* 440 */
  const char *audio_file;
  const char *record_dir;       /* (nullable) call-N.wav of each call */
  const char *const *codecs;    /* (nullable) */
  guint rtp_port_first, rtp_port_last;
  BatonSrtpMode srtp;
  BatonSrtpKeys srtp_keys;
  gboolean ice, webrtc;
  const char *stun, *turn, *turn_user, *turn_password;
  int answer_status;            /* 0: ask (manual), 200: answer at once, else refuse with it */
  BatonReferPolicy refer;       /* an in-dialog REFER that nobody took */
  BatonReferPolicy out_of_dialog_refer;
  gboolean auto_hold;
  guint grace_ms;               /* before a REFER goes out; 0 for the command line */
  guint ring_timeout_s;         /* a transfer's target rings this long, then the caller comes back; 0: 30 */
  guint prompt_timeout_s;       /* 0: 30 */
} BatonEngineOptions;

void baton_engine_options_init (BatonEngineOptions *options);

#define BATON_TYPE_ENGINE (baton_engine_get_type ())
G_DECLARE_FINAL_TYPE (BatonEngine, baton_engine, BATON, ENGINE, GObject)

/**
 * BatonEngine:
 * The root object: user agent, sound, accounts, calls, transfers. Made in main() and passed down.
 * Implements BatonReferFollower for its user agent.
 *
 * Properties, read-only: `ua`, `media-factory`, `accounts` and `transfers` (GListModels of
 * BatonAccount, BatonTransfer), `calls` (BatonCallManager); read-write:
 * `out-of-dialog-policy` (BatonReferPolicy; REJECT by default and then the door is shut: 405).
 * Else a REFER outside every dialog is judged by `refer-rules` (BatonReferRules, read-only); one
 * whose Target-Dialog names a call that is up counts as that call's (RFC 4538).
 *
 * Signals:
 * - `refer-requested (BatonTransfer *)` → gboolean handled: a REFER was received; not handled: the
 *   policy of account or options decides. ASK with nobody listening means: declined when the prompt's time is over.
 *   A program may take a REFER before that, at the BatonReferContext (see `refer-context-added` of BatonUa), the
 *   BatonSession or the BatonUa; this signal is not emitted then. When it accepts with follow, the engine makes the
 *   BatonTransfer (`transfer-added`), in AGREED; accepted without follow there is none, and the old call is the program's.
 * - `transfer-added (BatonTransfer *)`: of both directions, before anything is sent; where the policy is to follow, and nobody
 *   listens to `refer-requested`, when the INVITE is out
 * - `message-traced` as BatonUa's
 */
BatonEngine *baton_engine_new (void);
/** baton_engine_new_with: for tests: @factory without sound, @timers turned by hand; both nullable */
BatonEngine *baton_engine_new_with (BatonMediaFactory *factory, BatonTimers *timers);

gboolean baton_engine_start (BatonEngine *self, const BatonEngineOptions *options, GError **error);
/** baton_engine_stop_async: hangs up, unregisters, closes; 2 s at most */
void baton_engine_stop_async (BatonEngine *self, GAsyncReadyCallback callback, gpointer data);
void baton_engine_stop_finish (BatonEngine *self, GAsyncResult *result);

BatonUa *baton_engine_get_ua (BatonEngine *self);
BatonMediaFactory *baton_engine_get_media_factory (BatonEngine *self);
/** baton_engine_silence: it rings no more, until the next call comes */
void baton_engine_silence (BatonEngine *self);
BatonCallManager *baton_engine_get_calls (BatonEngine *self);
GListModel *baton_engine_get_accounts (BatonEngine *self);
GListModel *baton_engine_get_transfers (BatonEngine *self);
BatonReferRules *baton_engine_get_refer_rules (BatonEngine *self);
const char *baton_engine_get_listen_address (BatonEngine *self);
const char *baton_engine_get_tls_listen_address (BatonEngine *self); /* (nullable) */

/** Returns: (transfer none): the account, registered at once when it has a registrar and @registers is TRUE */
BatonAccount *baton_engine_add_account (BatonEngine *self, const char *id, const char *label, BatonSipIdentity *identity, gboolean registers);
void baton_engine_remove_account (BatonEngine *self, BatonAccount *account);

/**
 * baton_engine_set_transfer_times: of the transfers from now on, as in BatonEngineOptions
 * @grace_ms: before a REFER goes out; @ring_timeout_s: the target rings this long, 0: 30
 */
void baton_engine_set_transfer_times (BatonEngine *self, guint grace_ms, guint ring_timeout_s);

/**
 * baton_engine_transfer: blind. @call is held, then gets the REFER (after the grace period).
 * Returns: (transfer none) (nullable): the transfer, or NULL with @error (wrong URI, own address, wrong state)
 */
BatonTransfer *baton_engine_transfer (BatonEngine *self, BatonCall *call, const char *uri, const BatonReferOptions *options, GError **error);
/**
 * baton_engine_transfer_semi_attended: @target is a call of ours that nobody has answered yet: it is
 * given up, and @call is transferred blind to the same address (refer.md §2.4). The transfer's
 * `semi-attended` says so.
 */
BatonTransfer *baton_engine_transfer_semi_attended (BatonEngine *self, BatonCall *call, BatonCall *target, const BatonReferOptions *options, GError **error);
/** baton_engine_transfer_attended: @call is connected with the peer of @target, which must be ESTABLISHED (REFER with Replaces) */
BatonTransfer *baton_engine_transfer_attended (BatonEngine *self, BatonCall *call, BatonCall *target, const BatonReferOptions *options, GError **error);
/**
 * baton_engine_leave: @call is merged with one other: those two are connected with each other, and we are out of it
 * (an attended transfer). If that fails, they are merged as before.
 */
BatonTransfer *baton_engine_leave (BatonEngine *self, BatonCall *call, GError **error);
/** baton_engine_refer: an out-of-dialog REFER to @uri, asking it to call @target */
BatonTransfer *baton_engine_refer (BatonEngine *self, BatonAccount *account, const char *uri, const char *target, const BatonReferOptions *options, GError **error);
BatonTransfer *baton_engine_lookup_transfer (BatonEngine *self, guint number);

G_END_DECLS
