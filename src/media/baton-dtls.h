/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-fingerprint.h"
#include "baton-srtp.h"

G_BEGIN_DECLS

#define BATON_DTLS_MAX_FINGERPRINTS 4

/**
 * BatonDtls:
 * One DTLS 1.2 association that agrees on SRTP keys (RFC 5763, RFC 5764). Packets in and out are
 * datagrams of the caller's; it opens no socket and has no timer of its own.
 */
typedef struct _BatonDtls BatonDtls;

typedef enum
{
  BATON_DTLS_HANDSHAKING,
  BATON_DTLS_DONE,
  BATON_DTLS_FAILED,
} BatonDtlsState;

typedef void (*BatonDtlsSendFunc) (const guint8 *data, gsize length, gpointer data_);

/**
 * baton_dtls_get_own_fingerprint: of our certificate, which is made at the first call and lives as long as the process.
 * Returns: (nullable): NULL when there can be none
 */
const BatonFingerprint *baton_dtls_get_own_fingerprint (void);

/**
 * baton_dtls_new: @expected: the fingerprints of which one must be that of the peer's certificate.
 * @send: called from within the functions below. Returns: (nullable)
 */
BatonDtls *baton_dtls_new (gboolean client, const BatonFingerprint *expected, guint n_expected, BatonDtlsSendFunc send,
                           gpointer data);
/** baton_dtls_free: tells the peer that it is over, when the handshake was done */
void baton_dtls_free (BatonDtls *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonDtls, baton_dtls_free)

/** baton_dtls_start: a client's first flight; a server has nothing to say yet */
void baton_dtls_start (BatonDtls *self);
/** baton_dtls_put: a datagram came in. Also when all is done: the peer may have missed the last flight. */
void baton_dtls_put (BatonDtls *self, const guint8 *data, gsize length);
/** baton_dtls_check_timer: sends again what got no answer, when it is time; call it some times a second */
void baton_dtls_check_timer (BatonDtls *self);

BatonDtlsState baton_dtls_get_state (BatonDtls *self);
/** baton_dtls_get_keys: when DONE */
void baton_dtls_get_keys (BatonDtls *self, BatonSrtpKey *local, BatonSrtpKey *remote);
/** Returns: (transfer none) (nullable): a sentence when FAILED */
const char *baton_dtls_get_error (BatonDtls *self);

G_END_DECLS
