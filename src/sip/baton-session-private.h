/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-refer-applicant.h"
#include "baton-session.h"
#include "baton-sip-target.h"

G_BEGIN_DECLS

/*
 * Everything about REFER, NOTIFY and SUBSCRIBE on a session's handle is handed to
 * baton_session_refer_event() (baton-refer-context-private.h). baton-session-refer.c has
 * baton_session_refer_to_uri() and ..._to_session(), too; baton-session.c implements BatonReferApplicant
 * and declares the signals.
 */

/**
 * baton_session_new_incoming: of a new INVITE that passed the user agent's checks; takes over event->handle.
 * @replaces: (nullable); @early_only: it may be replaced as long as it rings
 */
BatonSession *baton_session_new_incoming (BatonUa *ua, BatonSipIdentity *identity, const BatonSipEvent *event,
                                          BatonSession *replaces, gboolean early_only);

/**
 * baton_session_get_handle:
 * For requests of refer contexts in this dialog (nua_refer, nua_notify, nua_unsubscribe, nua_respond).
 * It has NUTAG_APPL_METHOD ("REFER"), ("NOTIFY") and Allow with REFER, NOTIFY, SUBSCRIBE.
 * Returns: (nullable): NULL before the INVITE, and when the dialog and all its refers are over. Ask
 *   each time: never keep it.
 */
nua_handle_t *baton_session_get_handle (BatonSession *self);

/** Returns: whether the stack has the dialog still: after the end, until the BYE (or what the CANCEL led to) was answered */
gboolean baton_session_has_dialog (BatonSession *self);
/** Returns: whether another call was accepted that takes its place, be it done or still under way */
gboolean baton_session_is_being_replaced (BatonSession *self);

/** baton_session_refers_done: no refer context needs the handle any more; a TERMINATED session lets it go. */
void baton_session_refers_done (BatonSession *self);

/**
 * baton_session_dup_target_dialog:
 * Returns: (transfer full) (nullable): a Target-Dialog header that names this dialog in the peer's view (RFC 4538 §7);
 *   NULL unless it is up and the peer said that it knows tdialog
 */
char *baton_session_dup_target_dialog (BatonSession *self);

/** baton_session_abort: the user agent's nua is gone: ends at once, nothing on the wire. */
void baton_session_abort (BatonSession *self);

/** Returns: whether the dialog has this Call-ID, local tag, and remote tag (any of those seen in 1xx, while it is early) */
gboolean baton_session_matches_dialog (BatonSession *self, const char *call_id, const char *local_tag, const char *remote_tag);

G_END_DECLS
