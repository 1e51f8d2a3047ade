/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * What the user agent and the session call, and what the contexts need of each other. Inside src/sip only.
 *
 * How events travel: the session hands every nua event about REFER, NOTIFY and SUBSCRIBE on its
 * handle to baton_session_refer_event () and does no more about it. Contexts are kept (with a
 * reference) by their session while they live, so that nobody else has to.
 */

#include <sofia-sip/nua.h>
#include <sofia-sip/sip.h>

#include "baton-refer-client-context.h"
#include "baton-refer-server-context.h"

G_BEGIN_DECLS

/* ---- For the session and the user agent (baton-session-refer.c) ---- */

/*
 * baton_session_refer_event: nua_i_refer, nua_r_refer, nua_i_notify, nua_r_notify, nua_i_subscribe,
 * nua_r_unsubscribe on @self's handle, arguments as nua gave them.
 * The handle wants NUTAG_APPL_METHOD ("REFER"), ("NOTIFY"), and Allow with REFER, NOTIFY, SUBSCRIBE.
 * Returns: whether the event was one of ours
 */
gboolean baton_session_refer_event (BatonSession *self, nua_event_t event, int status, const char *phrase,
                                    nua_t *nua, nua_handle_t *nh, const sip_t *sip, tagi_t tags[]);

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
void baton_ua_refer_event (BatonUa *self, int status, nua_t *nua, nua_handle_t *nh, const sip_t *sip, tagi_t tags[]);

/* Ends every out-of-dialog context (UA stops). */
void baton_ua_refer_shutdown (BatonUa *self);

/* ---- What the refer code wants from baton-session.c and baton-ua.c (declared in their private headers) ----
 *
 * nua_handle_t *baton_session_get_handle (BatonSession *self);   NULL before INVITE and after the end
 * void baton_session_refers_done (BatonSession *self);           may destroy the handle if TERMINATED
 * nua_t *baton_ua_get_nua (BatonUa *self);
 * gboolean baton_sip_auth_answer (…): answers a 401/407 on a handle; FALSE when there is no (new) password
 * the session class declares the signals that baton-session.h names; they are emitted from here
 */

G_END_DECLS
