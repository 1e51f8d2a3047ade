/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-sip-identity.h"
#include "baton-sip-listen.h"
#include "baton-sip-target.h"

G_BEGIN_DECLS

/**
 * baton_sip_failure_explain:
 * @remote_uri: to whom the request of @event was; @identity says by which server
 *
 * What the stack itself answers when a request can't be sent is a number; where more is known, it is said here.
 * Returns: (transfer full) (nullable): sentences for a person: what happened, and what they can do; NULL for what a peer
 *   answered, and where the status says all
 */
char *baton_sip_failure_explain (const BatonSipListen *listen, BatonSipIdentity *identity, const char *remote_uri,
                                 const BatonSipEvent *event);

G_END_DECLS
