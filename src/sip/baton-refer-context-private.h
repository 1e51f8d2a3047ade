/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * What the user agent and the session call, and what the contexts need of each other. Inside src/sip only.
 *
 * How events travel: the session hands every nua event about REFER, NOTIFY and SUBSCRIBE on its
 * handle to baton_session_refer_event () and does no more about it. Contexts are kept (with a
 * reference) by their session while they live, so that nobody else has to.
 */

#include "baton-refer-client-context.h"
#include "baton-refer-server-context.h"
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

/* baton_session_refer_dialog_ended: the INVITE usage of the dialog is over; @by_peer: they sent BYE. Once, after TERMINATED. */
void baton_session_refer_dialog_ended (BatonSession *self, gboolean by_peer);

/* baton_session_refer_shutdown: the handle is about to go (UA stops): every context ends, silently on the wire. */
void baton_session_refer_shutdown (BatonSession *self);

/*
 * baton_ua_refer_event: nua_i_refer on a handle that belongs to nobody, with out-of-dialog refers
 * allowed. nua has answered 202 and sent NOTIFY pending by then. The context binds the handle to itself.
 */
void baton_ua_refer_event (BatonUa *self, const BatonSipEvent *event);

/* Ends every out-of-dialog context (UA stops). */
void baton_ua_refer_shutdown (BatonUa *self);

G_END_DECLS
