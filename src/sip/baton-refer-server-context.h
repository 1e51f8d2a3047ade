/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-refer-context.h"

G_BEGIN_DECLS

/** BatonSdpModifier: may change the offer of the new session. Returns: (transfer full) (nullable): the SDP to send; NULL or "": as it was */
typedef char *(*BatonSdpModifier) (const char *sdp, gpointer data);

/** BatonReferAcceptOptions: how a REFER is accepted. NULL: follow it, all else default. */
typedef struct
{
  gboolean follow_refer;
  const BatonInviteOptions *invite_options; /* (nullable) merged into the new INVITE */
  const char *const *extra_headers;         /* (nullable) in the 2xx to the REFER */
  BatonSdpModifier modifier;                /* (nullable) over the new session's offer, or offers: a 488 gets another */
  gpointer modifier_data;                   /* must live until the new session is answered, or has ended */
} BatonReferAcceptOptions;

#define BATON_TYPE_REFER_SERVER_CONTEXT (baton_refer_server_context_get_type ())
G_DECLARE_FINAL_TYPE (BatonReferServerContext, baton_refer_server_context, BATON, REFER_SERVER_CONTEXT, BatonReferContext)

/**
 * BatonReferServerContext:
 * A REFER that we received (refer.md §3). Made by the user agent only, after the checks that need
 * no user (no or two Refer-To: 400; a scheme that can't be called: 416). Each method gives FALSE
 * with BATON_ERROR_INVALID_STATE when the state doesn't allow it, and changes nothing then.
 *
 * Further properties: `replaces` (BatonReplaces, nullable), `source-address`, `transport` ("udp",
 * "tcp", "tls"), `remote-uri` (string, nullable: the From of the REFER; only in a dialog is it the
 * peer for sure); out of a dialog: `identity` (BatonSipIdentity: whom it was sent to), `target-dialog`
 * (BatonSession, nullable: the live call that its Target-Dialog names, RFC 4538).
 */
/** Returns: how the REFER came: "udp", "tcp" or "tls" */
const char *baton_refer_server_context_get_transport (BatonReferServerContext *self);
/** Returns: (nullable) (transfer none): what the Refer-To wants replaced at the target, unescaped once (RFC 3891 §3) */
const BatonReplaces *baton_refer_server_context_get_replaces (BatonReferServerContext *self);
/**
 * baton_refer_server_context_progress: 100 Trying to the REFER (RFC 3515 §2.4.2). As often as wanted
 * before it is decided; after that FALSE with %BATON_ERROR_INVALID_STATE.
 */
gboolean baton_refer_server_context_progress (BatonReferServerContext *self, GError **error);
/**
 * baton_refer_server_context_accept: 202, at once a NOTIFY 100 (RFC 3515 §2.4.4), then (follow_refer)
 * the INVITE through the UA's BatonReferFollower. @options is nullable, and copied as far as it is
 * needed later. FALSE with %BATON_ERROR_INVALID_ARGUMENT for a header that the stack owns, with
 * %BATON_ERROR_INVALID_STATE when it was decided already. A call that can't be placed is no error
 * here: it is reported to who asked, as `refer-rejected`.
 */
gboolean baton_refer_server_context_accept (BatonReferServerContext *self, const BatonReferAcceptOptions *options, GError **error);
/**
 * baton_refer_server_context_reject: declines with @status, 300 to 699; 0 stands for 603. @reason is
 * nullable: the standard phrase. Where a 2xx went out before (PENDING) it becomes a final NOTIFY with
 * that status. FALSE with %BATON_ERROR_INVALID_ARGUMENT or %BATON_ERROR_INVALID_STATE.
 */
gboolean baton_refer_server_context_reject (BatonReferServerContext *self, guint status, const char *reason, GError **error);
/**
 * baton_refer_server_context_proves_password: Returns: whether the REFER carries digest credentials
 * (RFC 3261 §22) for @identity, made from a challenge of ours and not used before. Ask once.
 */
gboolean baton_refer_server_context_proves_password (BatonReferServerContext *self, BatonSipIdentity *identity);
/** baton_refer_server_context_challenge: 401 for @identity; the context is over, the next REFER may prove it */
gboolean baton_refer_server_context_challenge (BatonReferServerContext *self, BatonSipIdentity *identity, GError **error);
/**
 * baton_refer_server_context_send_notify: after an accept without follow, a report of what the
 * application does (RFC 3515 §2.4.5). @sipfrag is a message/sipfrag (RFC 3420) that begins with a
 * status line, in UTF-8, LF or CRLF; a 1xx keeps the subscription, 200 and above ends it and the context. The application owes
 * that last one: until then, and as long as the other end takes the reports, the newest is repeated.
 * FALSE with %BATON_ERROR_INVALID_ARGUMENT for another text, %BATON_ERROR_INVALID_STATE at another time.
 */
gboolean baton_refer_server_context_send_notify (BatonReferServerContext *self, const char *sipfrag, GError **error);

#define BATON_TYPE_REFER_FOLLOWER (baton_refer_follower_get_type ())
G_DECLARE_INTERFACE (BatonReferFollower, baton_refer_follower, BATON, REFER_FOLLOWER, GObject)

/**
 * BatonReferFollower:
 * Says what becomes of a REFER that no program took, and places the call that it asks for: it has the accounts
 * and the sound, which this layer hasn't.
 * `is_certain` (nullable): whether what comes in @session is followed, and nobody is asked. Its 2xx leaves then
 * before anybody hears of it, and `follow` comes next, without `take`.
 * `take` (nullable): the context is REQUESTED, and no handler of `refer-requested` wanted it. FALSE: what the
 * context does by itself, which is to follow in a dialog, and 603 outside.
 * `follow` (the context is ACCEPTED) makes a new session on the context's user agent and gives it back at once; it may send
 * the INVITE (baton_session_invite(), with the given options) then or shortly after. When it can't,
 * it returns NULL with @error and the context reports 603 or the error's SIP status.
 */
struct _BatonReferFollowerInterface
{
  GTypeInterface parent;

  gboolean (*is_certain) (BatonReferFollower *self, BatonSession *session);
  gboolean (*take) (BatonReferFollower *self, BatonReferServerContext *context);
  BatonSession *(*follow) (BatonReferFollower *self, BatonReferServerContext *context, const char *uri,
                           const BatonInviteOptions *options, BatonSdpModifier modifier, gpointer modifier_data,
                           GError **error); /* (transfer full) */
};

/**
 * baton_refer_server_context_tell_accepted: for `follow`: `refer-request-accepted`, where it is not out yet because the call
 * was to be placed first. Else it comes when `follow` returns.
 */
void baton_refer_server_context_tell_accepted (BatonReferServerContext *self);

gboolean baton_refer_follower_is_certain (BatonReferFollower *self, BatonSession *session);
gboolean baton_refer_follower_take (BatonReferFollower *self, BatonReferServerContext *context);
BatonSession *baton_refer_follower_follow (BatonReferFollower *self, BatonReferServerContext *context, const char *uri,
                                           const BatonInviteOptions *options, BatonSdpModifier modifier,
                                           gpointer modifier_data, GError **error);

G_END_DECLS
