/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-session.h"

G_BEGIN_DECLS

#define BATON_TYPE_REFER_CONTEXT (baton_refer_context_get_type ())
G_DECLARE_DERIVABLE_TYPE (BatonReferContext, baton_refer_context, BATON, REFER_CONTEXT, GObject)

/**
 * BatonReferContext:
 * One REFER with its implicit subscription (RFC 3515): the common part of the client's and the
 * server's side. Never a field of a call.
 *
 * Properties, read-only: `ua`, `direction` (OUTGOING: we sent it), `session` (nullable: the session
 * it was sent or received on), `target-session` (nullable: client: the session that an attended
 * transfer points to; server: the new session that follows), `state` (BatonReferState), `outcome` (BatonReferOutcome),
 * `status`, `reason` (the last ones heard), `refer-to` (BatonReferTo, nullable when it could not be
 * parsed), `refer-to-text`, `referred-by` (verbatim, nullable).
 *
 * Signals, all also emitted on the session: `refer-requested` → gboolean (on the session only where nobody took it
 * here; who has not made the context connects in `refer-context-added` of the BatonUa), `refer-request-progress`,
 * `refer-request-accepted`, `refer-request-rejected`, `refer-progress`, `refer-accepted`, `refer-rejected`
 * (guint status, const char *reason); `refer-invite-sent (BatonSession *)` (server only); `refer-ended`. An applicant of another
 * class than BatonSession gets those that its class declares, with the context as the first argument; the session that it names
 * then hears of none. Whoever ends the context in a handler ends the news: the session hears of the end alone.
 */
struct _BatonReferContextClass
{
  GObjectClass parent_class;
};

BatonUa *baton_refer_context_get_ua (BatonReferContext *self);
BatonDirection baton_refer_context_get_direction (BatonReferContext *self);
BatonSession *baton_refer_context_get_session (BatonReferContext *self);
BatonSession *baton_refer_context_get_target_session (BatonReferContext *self);
BatonReferState baton_refer_context_get_state (BatonReferContext *self);
BatonReferOutcome baton_refer_context_get_outcome (BatonReferContext *self);
guint baton_refer_context_get_status (BatonReferContext *self);
const char *baton_refer_context_get_reason (BatonReferContext *self);
const BatonReferTo *baton_refer_context_get_refer_to (BatonReferContext *self);
const char *baton_refer_context_get_refer_to_text (BatonReferContext *self);
const char *baton_refer_context_get_referred_by (BatonReferContext *self);

/** Returns: whether @headers ("Name: value", nullable) can be added to a request; else @error names the first that can't */
gboolean baton_refer_check_extra_headers (const char *const *headers, GError **error);

G_END_DECLS
