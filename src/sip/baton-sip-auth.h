/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-sip-identity.h"
#include "baton-sip-target.h"

G_BEGIN_DECLS

/**
 * baton_sip_auth_answer:
 * @attempts: what was answered already; starts at 0, one per request
 *
 * Answers a 401 or 407 in @event with digest credentials of @identity (RFC 3261 §22): each of
 * the two once, and once more when the server says that only the nonce was stale. The request is sent again by the
 * stack, with a new CSeq.
 * Returns: whether it was; FALSE: the status is final
 */
gboolean baton_sip_auth_answer (BatonSipIdentity *identity, const BatonSipEvent *event, guint *attempts);

/**
 * baton_sip_auth_answer_or_give_up:
 * The same for a request in a dialog, of whatever kind but INVITE (which the stack would end the call for): one that
 * isn't answered is given up, or everything behind it on the handle would wait for credentials for ever, a BYE too.
 */
gboolean baton_sip_auth_answer_or_give_up (BatonSipIdentity *identity, const BatonSipEvent *event, guint *attempts);

/**
 * baton_sip_auth_format:
 * @realm: as in the challenge, with its quotes
 *
 * Returns: (transfer full) (nullable): credentials as nua wants them; NULL when they can't be
 *   written safely (a quote or a colon in @user)
 */
char *baton_sip_auth_format (const char *realm, const char *user, const char *password);

/** Returns: (transfer full) (nullable): the digest user: auth-user, else the user part of the address */
char *baton_sip_auth_dup_user (BatonSipIdentity *identity);

G_END_DECLS
