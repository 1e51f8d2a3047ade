/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-refer-to.h"
#include "baton-ua.h"

G_BEGIN_DECLS

#define BATON_TYPE_SESSION (baton_session_get_type ())
G_DECLARE_FINAL_TYPE (BatonSession, baton_session, BATON, SESSION, GObject)

typedef struct _BatonReferClientContext BatonReferClientContext;
typedef struct _BatonReferOptions BatonReferOptions;

/** BatonInviteOptions: what an INVITE carries besides its offer. All members may be NULL or FALSE. */
typedef struct _BatonInviteOptions
{
  const BatonReplaces *replaces; /* Replaces header */
  gboolean require_replaces;     /* Require: replaces */
  const char *referred_by;       /* Referred-By header, verbatim (RFC 3892) */
  GBytes *referred_by_part;      /* (nullable) the body part that its cid names, head and all; sent beside the offer */
  const char *const *extra_headers; /* "Name: value", NULL-terminated */
} BatonInviteOptions;

/**
 * BatonSession:
 * One INVITE dialog (RFC 3261 §12 to §15) on one nua handle, or none any more. It isn't a call: it
 * knows no sound, no hold, no person. Session descriptions are opaque strings here.
 * Whoever keeps a call keeps a reference; the user agent keeps one while the dialog lives.
 * It implements BatonReferApplicant.
 *
 * Properties, read-only: `ua`, `identity`, `direction`, `state` (BatonSessionState), `call-id`,
 * `local-tag`, `remote-tag`, `local-uri`, `remote-uri` (address of record of the peer, follows
 * P-Asserted-Identity, and a new From in the dialog, RFC 4916), `remote-name` (display name, untrusted
 * text), `remote-changed` (gboolean: one of the two is not what it was when the call was answered:
 * the peer was transferred, or says so), `remote-contact` (target of
 * the dialog, as text), `remote-supports-replaces` (gboolean), `status` and `reason` (last final
 * status that concerned the dialog; 0 when the peer sent BYE), `referred-by` (verbatim, of an
 * incoming INVITE), `replaces-session` (nullable: incoming INVITE with a matching Replaces),
 * `transport` ("udp", "tcp", "tls"), `source-address`.
 *
 * Signals:
 * - `offer-received (const char *sdp)`: a re-INVITE or UPDATE brought an offer; @sdp is NULL when
 *   the peer wants ours. Answer with baton_session_answer_offer() or baton_session_reject_offer(),
 *   now or later (within 30 s). The initial offer is not signalled: baton_session_get_remote_offer().
 * - `answer-received (const char *sdp, gboolean final)`: to the initial INVITE; @final FALSE for a 1xx.
 * - `offer-refused (guint status)` → string (transfer full, nullable): our INVITE was refused as it is (488, 606). With another
 *   offer it is sent once more, in a new dialog of the same session; NULL: the session ends. The first handler that has one wins.
 * - `offer-outdated ()` → string (transfer full, nullable): an offer of ours waited, after a 491 or behind another request, and
 *   meanwhile the peer's came: what was offered is not what the media know of any more. The new text; NULL: as it is.
 * - `answer-taken ()`: the final answer is of use, said by who heard `answer-received` (baton_session_take_answer()).
 *   Also for the ACK to an offerless INVITE that we accepted with an offer of our own.
 * - `refer-requested (BatonReferContext *context)` → gboolean handled: both directions. A received
 *   one that no handler takes is followed. The engine's own handler is the last: another one hears of it
 *   before, and may take it; the context is then that one's to decide, and no transfer is shown.
 * - `refer-request-progress`, `refer-request-accepted`, `refer-request-rejected`,
 *   `refer-progress`, `refer-accepted`, `refer-rejected` (BatonReferContext *context, guint status, const char *reason)
 * - `refer-invite-sent (BatonReferContext *context, BatonSession *new_session)`
 * - `refer-ended (BatonReferContext *context)`
 * - `replaced (BatonSession *by)`: a new session took this one's place (RFC 3891); it is ended next
 * - `info-received (const char *content_type, const char *body)`
 */
BatonSession *baton_session_new (BatonUa *ua, BatonSipIdentity *identity, const char *remote_uri);

/** baton_session_invite: sends INVITE with @offer. FALSE with @error when @remote_uri can't be called. */
gboolean baton_session_invite (BatonSession *self, const char *offer, const BatonInviteOptions *options, GError **error);

/** Returns: (nullable) (transfer none): the offer of the incoming INVITE; NULL when it had none */
const char *baton_session_get_remote_offer (BatonSession *self);

void baton_session_ring (BatonSession *self);                        /* 180 */
/** baton_session_accept: 200 with @sdp, the answer (or our offer, where the INVITE had none). */
gboolean baton_session_accept (BatonSession *self, const char *sdp, GError **error);
/** baton_session_reject: final answer @status (300–699) to an incoming INVITE. @reason is nullable. */
gboolean baton_session_reject (BatonSession *self, guint status, const char *reason, GError **error);
/**
 * baton_session_reject_offered: 488 to an incoming INVITE whose description will not do, with a Warning (RFC 3261
 * §20.43) for the caller: @code 300 to 399 and @text, which is plain ASCII.
 */
gboolean baton_session_reject_offered (BatonSession *self, guint code, const char *text, GError **error);
/** baton_session_redirect: 302 to @contact (RFC 3261 §8.3). */
gboolean baton_session_redirect (BatonSession *self, const char *contact, GError **error);
/** baton_session_terminate: CANCEL, BYE or 480, as the state asks. Never fails; in TERMINATED it does nothing. */
void baton_session_terminate (BatonSession *self);
/** baton_session_give_up: a call that is up can't go on: BYE with a Reason (RFC 3326), @status and @text, plain ASCII; else it terminates */
void baton_session_give_up (BatonSession *self, guint status, const char *text);
/**
 * baton_session_take_answer: for who hears `answer-received` with final: TRUE says that the answer is of use, and who asked for this call by
 * a REFER is told at once; FALSE gives the call up with BYE and 488, so that who asked keeps the caller (RFC 3261 §13.2.2.4).
 */
void baton_session_take_answer (BatonSession *self, gboolean usable);
/** baton_session_defer_answer: in `answer-received`, instead: whether it is of use shows later; who asked for this call waits till then */
void baton_session_defer_answer (BatonSession *self);
gboolean baton_session_is_answer_deferred (BatonSession *self);

/**
 * baton_session_reoffer_async:
 * Sends a re-INVITE with @offer. 491 is retried by the rules of RFC 3261 §14.1, three times. One at
 * a time: a second one waits for the first.
 */
void baton_session_reoffer_async (BatonSession *self, const char *offer, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/** Returns: (transfer full) (nullable): the answer's SDP, or NULL with @error (BATON_ERROR_SIP_STATUS) */
char *baton_session_reoffer_finish (BatonSession *self, GAsyncResult *result, GError **error);

void baton_session_answer_offer (BatonSession *self, const char *sdp);
void baton_session_reject_offer (BatonSession *self, guint status);

/** baton_session_send_info: INFO (RFC 6086) in the dialog; finish gives FALSE with BATON_ERROR_SIP_STATUS when it was refused. */
void baton_session_send_info_async (BatonSession *self, const char *content_type, const char *body, GAsyncReadyCallback callback, gpointer data);
gboolean baton_session_send_info_finish (BatonSession *self, GAsyncResult *result, GError **error);

BatonUa *baton_session_get_ua (BatonSession *self);
BatonSipIdentity *baton_session_get_identity (BatonSession *self);
BatonDirection baton_session_get_direction (BatonSession *self);
BatonSessionState baton_session_get_state (BatonSession *self);
const char *baton_session_get_call_id (BatonSession *self);
const char *baton_session_get_local_tag (BatonSession *self);
const char *baton_session_get_remote_tag (BatonSession *self);
const char *baton_session_get_remote_uri (BatonSession *self);
const char *baton_session_get_remote_name (BatonSession *self);
gboolean baton_session_get_remote_changed (BatonSession *self);
const char *baton_session_get_remote_contact (BatonSession *self);
const char *baton_session_get_referred_by (BatonSession *self);
BatonSession *baton_session_get_replaces_session (BatonSession *self);
const char *baton_session_get_transport (BatonSession *self);
/**
 * baton_session_is_private: Returns: whether nobody but the two ends, and the servers between them, can have read the
 *   dialog's Call-ID and tags: all that came and all that it would send goes over TLS, as far as that can be seen from here
 */
gboolean baton_session_is_private (BatonSession *self);
/** Returns: whether it was called by a sips URI, on either side: encryption is promised on each hop (RFC 3261 §26.2.2) */
gboolean baton_session_is_sips (BatonSession *self);
guint baton_session_get_status (BatonSession *self);
const char *baton_session_get_reason (BatonSession *self);
/**
 * baton_session_get_explanation: Returns: (nullable): why our INVITE never got as far as a peer: sentences for a person, where
 *   more is known than status and reason
 */
const char *baton_session_get_explanation (BatonSession *self);

/** baton_session_take_place: @self, which is up, has the place of @other: emits `replaced` on that one, and ends it */
void baton_session_take_place (BatonSession *self, BatonSession *other);
/**
 * baton_session_complete_replaces:
 * Once an incoming session with a `replaces-session` was accepted and the sound has moved: emits
 * `replaced` on the old session and ends it (RFC 3891 §3). Without one it does nothing.
 */
void baton_session_complete_replaces (BatonSession *self);

/**
 * baton_session_dup_replaces:
 * Returns: (transfer full) (nullable): what a third party puts in Replaces to take this session's
 *   place AT THE PEER: to-tag is the peer's tag, from-tag ours
 */
BatonReplaces *baton_session_dup_replaces (BatonSession *self);

/**
 * baton_session_refer_to_uri: blind transfer (RFC 5589 §6). Makes a context and sends the REFER in this
 * dialog; errors as in baton_refer_client_context_refer(). It does not put the call on hold before.
 * Returns: (transfer full) (nullable): the context, or NULL with @error
 */
BatonReferClientContext *baton_session_refer_to_uri (BatonSession *self, const char *target, const BatonReferOptions *options, GError **error);
/**
 * baton_session_refer_to_session: attended transfer (RFC 5589 §7.3): to @target's Contact, with a
 * Replaces in its view of the dialog (RFC 3891 §3). NULL with %BATON_ERROR_INVALID_STATE unless @target
 * is ESTABLISHED, and another session.
 * Returns: (transfer full) (nullable)
 */
BatonReferClientContext *baton_session_refer_to_session (BatonSession *self, BatonSession *target, const BatonReferOptions *options, GError **error);
/** baton_session_make_refer_to_session: the same, for baton_refer_client_context_refer() to send */
BatonReferClientContext *baton_session_make_refer_to_session (BatonSession *self, BatonSession *target, const BatonReferOptions *options, GError **error);

G_END_DECLS
