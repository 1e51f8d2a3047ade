/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-sip-identity.h"
#include "baton-sip-target.h"
#include "baton-timers.h"

G_BEGIN_DECLS

/**
 * BatonSipChallenge:
 * Digest (RFC 7616, RFC 3261 §22) from the other side: we ask a stranger to prove that they know an
 * account's password. A nonce lives for a minute and is good for one request.
 */
typedef struct _BatonSipChallenge BatonSipChallenge;

BatonSipChallenge *baton_sip_challenge_new (BatonTimers *timers);
void baton_sip_challenge_free (BatonSipChallenge *self);

/** Returns: (transfer full): value of WWW-Authenticate for @identity: realm, a fresh nonce, MD5, qop=auth */
char *baton_sip_challenge_make (BatonSipChallenge *self, BatonSipIdentity *identity);
/** baton_sip_challenge_check: Returns: whether the request in @sip proves @identity's password. A nonce that proved is used up. */
gboolean baton_sip_challenge_check (BatonSipChallenge *self, BatonSipIdentity *identity, const sip_t *sip);

G_END_DECLS
