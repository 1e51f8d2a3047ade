/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * baton_sip_digest_register:
 * Puts our answers to digest challenges into the place of the stack's own, which knows MD5 alone and gives up on every
 * server that also offers something else: MD5 and SHA-256, each also as "-sess" (RFC 7616, RFC 8760); where several are
 * offered for one realm, SHA-256. For the whole process; before the first nua; again does nothing.
 */
void baton_sip_digest_register (void);

/**
 * baton_sip_digest_make_secret:
 * @realm: without its quotes
 *
 * Returns: (transfer full): what the stack keeps for us as the password: of each algorithm the hash of user, realm and
 *   password (A1)
 */
char *baton_sip_digest_make_secret (const char *user, const char *realm, const char *password);

G_END_DECLS
