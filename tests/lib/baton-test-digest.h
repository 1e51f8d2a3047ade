/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-test-peer.h"

G_BEGIN_DECLS

/**
 * baton_test_digest_challenge: 401 or 407 to @request (RFC 7616); @algorithm: "MD5", "SHA-256", or a list with commas:
 * a challenge for each then, in this order, and the nonce of each is @nonce, "-" and the algorithm's name
 */
void baton_test_digest_challenge (BatonTestPeer *peer, BatonTestMessage *request, guint status, const char *realm,
                                  const char *nonce, const char *algorithm);

/**
 * baton_test_digest_verify:
 * Checks Authorization or Proxy-Authorization of @request against user and password, with the URI,
 * nonce, qop and cnonce that it names.
 * Returns: (transfer full) (nullable): what is wrong, in words; NULL when the response is right
 */
char *baton_test_digest_verify (BatonTestMessage *request, const char *user, const char *password, const char *nonce);

G_END_DECLS
