/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * What the user agent and the session call, and what the contexts need of each other. Inside src/sip only.
 *
 * How events travel: the session hands every nua event about REFER, NOTIFY and SUBSCRIBE on its
 * handle to baton_session_refer_event () and does no more about it. Contexts are kept (with a
 * reference) by their session while they live, so that nobody else has to.
 */

#include <sofia-sip/sip_extra.h>

#include "baton-refer-client-context.h"
#include "baton-refer-server-context.h"
#include "baton-refer-table.h"
#include "baton-sip-target.h"

G_BEGIN_DECLS

/* ---- For the session and the user agent (baton-session-refer.c) ---- */

/*
 * baton_session_refer_event: nua_i_refer, nua_r_refer, nua_i_notify, nua_r_notify, nua_i_subscribe,
 * nua_r_unsubscribe on @self's handle.
 * The handle wants NUTAG_APPL_METHOD ("REFER"), ("NOTIFY"), and Allow with REFER, NOTIFY, SUBSCRIBE.
 * Returns: whether the event was one of ours
 */
gboolean baton_session_refer_event (BatonSession *self, const BatonSipEvent *event);

/*
 * baton_session_has_refers: while TRUE, a session that got or sent its BYE must keep its handle:
 * NOTIFYs may still come or go on it. When the last one ends, baton_session_refers_done () (of
 * baton-session.c) is called.
 */
gboolean baton_session_has_refers (BatonSession *self);

/* Returns: whether a REFER or a NOTIFY of ours waits for its answer in this dialog */
gboolean baton_session_refer_is_busy (BatonSession *self);

/* baton_session_refer_dialog_ended: the INVITE usage of the dialog is over; @by_peer: they sent BYE. Once, after TERMINATED. */
void baton_session_refer_dialog_ended (BatonSession *self, gboolean by_peer);
/* baton_session_refer_hung_up: our BYE or CANCEL comes next: what the user was asked and has not decided is refused with 487 (RFC 3261 §15.1.2) */
void baton_session_refer_hung_up (BatonSession *self);

/* baton_session_refer_shutdown: the handle is about to go (UA stops): every context ends, silently on the wire. */
void baton_session_refer_shutdown (BatonSession *self);

/*
 * baton_ua_refer_event: nua_i_refer on a handle that belongs to nobody, with out-of-dialog refers
 * allowed. nua has answered 202 and sent NOTIFY pending by then. The context binds the handle to itself.
 */
void baton_ua_refer_event (BatonUa *self, const BatonSipEvent *event);

/* Ends every out-of-dialog context (UA stops). */
void baton_ua_refer_shutdown (BatonUa *self);

/* ---- For the contexts themselves (baton-refer-context.c) ---- */

typedef enum
{
  BATON_REFER_SIGNAL_REQUEST_PROGRESS,
  BATON_REFER_SIGNAL_REQUEST_ACCEPTED,
  BATON_REFER_SIGNAL_REQUEST_REJECTED,
  BATON_REFER_SIGNAL_PROGRESS,
  BATON_REFER_SIGNAL_ACCEPTED,
  BATON_REFER_SIGNAL_REJECTED,
} BatonReferSignal;

/* Declares on @type the signals that an applicant has, each with the context as first argument */
void baton_refer_applicant_install_signals (GType type);

/* baton_refer_context_setup: once, at birth. @applicant (nullable): the session, or the stand-in; it emits, too. */
void baton_refer_context_setup (BatonReferContext *self, BatonUa *ua, BatonDirection direction, GObject *applicant);
void baton_refer_context_take_refer_to (BatonReferContext *self, BatonReferTo *refer_to, const char *text);
void baton_refer_context_set_referred_by (BatonReferContext *self, const char *referred_by);
void baton_refer_context_set_target_session (BatonReferContext *self, BatonSession *target);

/* Own handle of a context outside every dialog; released with the context. */
void baton_refer_context_take_handle (BatonReferContext *self, nua_handle_t *handle);
/* Returns: (nullable): the session's handle, or the own one. Ask each time. */
nua_handle_t *baton_refer_context_get_handle (BatonReferContext *self);

/* baton_refer_context_step: the only way to another state. FALSE: the table has no such step, and nothing changed. */
gboolean baton_refer_context_step (BatonReferContext *self, BatonReferEvent event);
/* baton_refer_context_end: the step to ENDED with its outcome; emits refer-ended. */
gboolean baton_refer_context_end (BatonReferContext *self, BatonReferEvent event, BatonReferOutcome outcome);
gboolean baton_refer_context_emit_requested (BatonReferContext *self); /* on context, then applicant */
void baton_refer_context_emit_status (BatonReferContext *self, BatonReferSignal which, guint status, const char *reason);
void baton_refer_context_emit_invite_sent (BatonReferContext *self, BatonSession *session);
gboolean baton_refer_context_set_state_error (GError **error, const char *what);

/*
 * A live context is in the list of its session, or of the user agent when it has none; so is one
 * that ended a moment ago and still has an answer to get or give. Whoever enlists it looks at its state
 * afterwards: the user agent's `refer-context-added` was emitted.
 */
void baton_refer_context_enlist (BatonReferContext *self);
void baton_refer_context_delist (BatonReferContext *self);

/* Returns: (transfer full) (nullable): all of them in one string, each line ended, as SIPTAG_HEADER_STR wants it */
char *baton_refer_join_headers (const char *const *headers);

/* ---- Of each kind ---- */

/* @target_session (nullable): attended. @refer_to is taken over. */
BatonReferClientContext *baton_refer_client_context_new_full (BatonUa *ua, BatonReferApplicant *applicant, BatonReferTo *refer_to,
                                                              BatonSession *target_session, const BatonReferOptions *options);
gboolean baton_refer_client_context_awaits_answer (BatonReferClientContext *self);
gboolean baton_refer_client_context_matches (BatonReferClientContext *self, const char *id);
void baton_refer_client_context_response (BatonReferClientContext *self, const BatonSipEvent *event);
void baton_refer_client_context_notify (BatonReferClientContext *self, const BatonSipEvent *event);
void baton_refer_client_context_refreshed (BatonReferClientContext *self, const BatonSipEvent *event);
void baton_refer_client_context_dialog_ended (BatonReferClientContext *self, gboolean by_peer);

/*
 * baton_refer_server_context_receive: checks the REFER, answers it when it is refused out of hand,
 * else makes a context and asks around. @session (nullable): out of a dialog.
 */
void baton_refer_server_context_receive (BatonUa *ua, BatonSession *session, const BatonSipEvent *event);
gboolean baton_refer_server_context_matches (BatonReferServerContext *self, const char *id);
/*
 * baton_refer_judge: what is wrong with a REFER whatever the user thinks of it (refer.md §3.1, §3.5, §5).
 * @text, @refer_to, @referred_by: (out) (transfer full): as far as they could be read; @phrase is static
 * Returns: the status to refuse it with, 0 when nothing is wrong
 */
guint baton_refer_judge (BatonUa *ua, BatonSession *session, const BatonSipEvent *event, char **text, BatonReferTo **refer_to,
                         char **referred_by, const char **phrase);
/*
 * baton_refer_refuse_at_once: answers what baton_refer_judge() was against, before any 2xx; nobody
 * hears of it but who keeps the list of what was refused (refer.md §3.1, §5).
 */
void baton_refer_refuse_at_once (BatonUa *ua, BatonSession *session, const BatonSipEvent *event, const char *text,
                                 guint status, const char *phrase);
/* Returns: whether a program hears of a REFER in @session before it is decided, and could take it */
gboolean baton_refer_is_watched (BatonUa *ua, BatonSession *session);
/* Returns: (transfer none) (nullable): the call that is up and that Target-Dialog names (RFC 4538) */
BatonSession *baton_refer_find_target_dialog (BatonUa *ua, const sip_t *sip);
gboolean baton_refer_server_context_is_plain (BatonReferServerContext *self); /* its NOTIFYs have no id */
void baton_refer_server_context_notify_response (BatonReferServerContext *self, const BatonSipEvent *event);
gboolean baton_refer_server_context_awaits_answer (BatonReferServerContext *self);
void baton_refer_server_context_subscribe (BatonReferServerContext *self, const BatonSipEvent *event);

/* The contexts end without a word on the wire. */
void baton_refer_client_context_abort (BatonReferClientContext *self);
void baton_refer_server_context_abort (BatonReferServerContext *self);

/* ---- Lists and guards (baton-session-refer.c) ---- */

/* Returns: (transfer none): live and lingering contexts of @owner, a BatonSession or BatonUa, oldest first */
GPtrArray *baton_refer_list_of (gpointer owner);
/*
 * Returns: (transfer none): the server contexts of @session whose NOTIFYs are out, in the order that
 * the stack sends them, one at a time. Not owned; a context leaves it when it leaves the list.
 */
GQueue *baton_refer_notifies_of (BatonSession *session);
/* baton_refer_count_received: Returns: how many REFERs came in this dialog before; counts this one */
guint baton_refer_count_received (BatonSession *session);
/* Every session that a REFER made is one deeper than the one it came on. */
guint baton_refer_get_depth (BatonSession *session);
void baton_refer_set_depth (BatonSession *session, guint depth);
/* baton_refer_rate_allows: counts a REFER from @peer. FALSE: it is the eleventh within a minute */
gboolean baton_refer_rate_allows (BatonUa *ua, const char *peer);

G_END_DECLS
