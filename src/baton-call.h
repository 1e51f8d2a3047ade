/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-account.h"
#include "baton-media.h"
#include "baton-session.h"

G_BEGIN_DECLS

#define BATON_TYPE_CALL (baton_call_get_type ())
G_DECLARE_FINAL_TYPE (BatonCall, baton_call, BATON, CALL, GObject)

typedef struct _BatonTransfer BatonTransfer;

/**
 * BatonCall:
 * One call as a person sees it. It owns one session and one media object, and knows neither SIP
 * messages nor RTP. Made by BatonCallManager only.
 *
 * Properties, read-only unless said otherwise: `number` (guint, from 1, never reused: the CALL of
 * the command line), `account`, `session`, `media`, `direction`, `state` (BatonCallState), `hold`
 * (BatonHold), `muted` (read-write), `remote-uri`, `remote-name` (untrusted, nullable),
 * `remote-verified` (gboolean), `transferred-by` (string, nullable: who asked for this call),
 * `codec`, `srtp` (strings), `status`, `reason` (SIP status that caused the state, 0 if none),
 * `own-reason` (gboolean: `reason` is a sentence of ours for a person, not the phrase of a response),
 * `ended-locally` (gboolean), `start-time`, `established-time`, `end-time`, `hold-time` (gint64, µs of g_get_monotonic_time, 0 if not yet),
 * `refer` (guint: number of the refer that made it, 0 if none), `replaces-call` (nullable),
 * `transfer` (BatonTransfer, nullable: the running or last one of this call, until dismissed),
 * `consultation-for` (BatonCall, nullable: this call was placed to ask about that one),
 * `merged` (gboolean: this call and others hear one another), `recording` (string, nullable: the file).
 *
 * Signals: `dtmf (const char *digit, guint duration_ms)`; `media-moved (double gap_ms)`;
 * `message (const char *text)`: something went wrong that the user should read; the call goes on.
 */
guint baton_call_get_number (BatonCall *self);
BatonAccount *baton_call_get_account (BatonCall *self);
BatonSession *baton_call_get_session (BatonCall *self);
BatonMedia *baton_call_get_media (BatonCall *self);
BatonDirection baton_call_get_direction (BatonCall *self);
BatonCallState baton_call_get_state (BatonCall *self);
BatonHold baton_call_get_hold (BatonCall *self);
const char *baton_call_get_remote_uri (BatonCall *self);
gboolean baton_call_get_remote_verified (BatonCall *self);
const char *baton_call_get_remote_name (BatonCall *self);
guint baton_call_get_status (BatonCall *self);
const char *baton_call_get_reason (BatonCall *self);
gboolean baton_call_get_muted (BatonCall *self);
void baton_call_set_muted (BatonCall *self, gboolean muted);
BatonTransfer *baton_call_get_transfer (BatonCall *self);
BatonCall *baton_call_get_consultation_for (BatonCall *self);

/* Each gives FALSE with BATON_ERROR_INVALID_STATE when the state doesn't allow it; nothing changes then. */
gboolean baton_call_answer (BatonCall *self, GError **error);
gboolean baton_call_decline (BatonCall *self, guint status, GError **error); /* 0: 603 */
gboolean baton_call_redirect (BatonCall *self, const char *uri, GError **error); /* 302 */
gboolean baton_call_hangup (BatonCall *self, GError **error); /* ends it in any state but ENDED */
gboolean baton_call_send_dtmf (BatonCall *self, const char *digits, GError **error);

/**
 * baton_call_start_recording: both directions, ours on the left, theirs on the right, to the new WAV file @path, until
 * the end. FALSE with BATON_ERROR_FAILED when it can't be made. What goes wrong later is a `message`; the call goes on.
 */
gboolean baton_call_start_recording (BatonCall *self, const char *path, GError **error);
gboolean baton_call_stop_recording (BatonCall *self, GError **error);
const char *baton_call_get_recording (BatonCall *self);

/** baton_call_hold_async: re-INVITE; done when the peer answered it. Refused by the peer: error, and the hold flag is as before. */
void baton_call_hold_async (BatonCall *self, GAsyncReadyCallback callback, gpointer data);
gboolean baton_call_hold_finish (BatonCall *self, GAsyncResult *result, GError **error);
void baton_call_resume_async (BatonCall *self, GAsyncReadyCallback callback, gpointer data);
gboolean baton_call_resume_finish (BatonCall *self, GAsyncResult *result, GError **error);

G_END_DECLS
