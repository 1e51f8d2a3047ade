/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-enums.h"
#include "baton-keying.h"

G_BEGIN_DECLS

#define BATON_SDP_MAX_CRYPTO 8

/** BatonSdpSetup: who begins the DTLS handshake (RFC 4145 §4, RFC 5763 §5). */
typedef enum
{
  BATON_SDP_SETUP_NONE, /* not said */
  BATON_SDP_SETUP_ACTPASS,
  BATON_SDP_SETUP_ACTIVE,
  BATON_SDP_SETUP_PASSIVE,
  BATON_SDP_SETUP_HOLDCONN,
} BatonSdpSetup;

/** BatonSdpCrypto: one a=crypto line (RFC 4568 §4) that we can do. */
typedef struct
{
  guint tag;
  BatonSrtpKey key;
} BatonSdpCrypto;

/** BatonSdpSecurity: what one m= section says of encryption. A value without pointers into anything. */
typedef struct
{
  BatonSdpCrypto crypto[BATON_SDP_MAX_CRYPTO];
  guint n_crypto;
  BatonFingerprint fingerprints[BATON_DTLS_MAX_FINGERPRINTS];
  guint n_fingerprints;
  BatonSdpSetup setup;
  char tls_id[BATON_TLS_ID_MAX];
} BatonSdpSecurity;

/** baton_sdp_security_read: one attribute; lines that are broken, or ask for what we don't have, are left out (RFC 4568 §5.1.2) */
void baton_sdp_security_read (BatonSdpSecurity *self, const char *key, const char *value);
/** baton_sdp_security_inherit: what stands at the session level counts where the m= section has none of its own (RFC 8122 §5) */
void baton_sdp_security_inherit (BatonSdpSecurity *self, const BatonSdpSecurity *session);

typedef void (*BatonSdpWriteFunc) (const char *key, const char *value, gpointer data);
void baton_sdp_security_write (const BatonSdpSecurity *self, BatonSdpWriteFunc write, gpointer data);

/** BatonSdpSecurityLocal: what we bring to an offer or an answer; NULL is BATON_SRTP_MODE_OFF. */
typedef struct
{
  BatonSrtpMode mode;
  BatonSrtpKey keys[BATON_N_SRTP_SUITES];
  gboolean sdes;
  const BatonFingerprint *fingerprint; /* (nullable): no DTLS */
  const BatonKeying *current;          /* (nullable): what is agreed now */
  guint8 secret[32];                   /* our a=tls-id come from it */
} BatonSdpSecurityLocal;

/** baton_sdp_security_generate: new keys. Returns: FALSE when there are no random bytes */
gboolean baton_sdp_security_generate (BatonSdpSecurityLocal *local);

gboolean baton_sdp_protocol_is_secure (const char *protocol);

/**
 * baton_sdp_security_get_protocol: of a first offer. Best effort is RTP/AVP with keys beside it (RFC 8643);
 * what is required says so in the m= line: RTP/SAVP, which the most phones know, with a fingerprint for those who know that too.
 */
const char *baton_sdp_security_get_protocol (const BatonSdpSecurityLocal *local);
/** baton_sdp_security_offer: for an m= line of this @protocol */
void baton_sdp_security_offer (BatonSdpSecurity *self, const char *protocol, const BatonSdpSecurityLocal *local);
/**
 * baton_sdp_security_answer: to an m= line of this @protocol that says @theirs. DTLS goes before SDES: its
 * keys are not in the signalling. Returns: FALSE when there is no common way; @self and @keying are set on success only
 */
gboolean baton_sdp_security_answer (BatonSdpSecurity *self, const char *protocol, const BatonSdpSecurity *theirs,
                                    const BatonSdpSecurityLocal *local, BatonKeying *keying);
/** baton_sdp_security_explain: @secure: an m= line of theirs wants SRTP. Returns: (transfer none): why their offer has no way, in words */
const char *baton_sdp_security_explain (const BatonSdpSecurityLocal *local, gboolean secure);
/**
 * baton_sdp_security_take_answer: @ours: what we offered.
 * Returns: (transfer none) (nullable): why it will not do, in words; NULL when @keying is set
 */
const char *baton_sdp_security_take_answer (const BatonSdpSecurity *ours, const char *protocol, const BatonSdpSecurity *theirs,
                                            BatonSrtpMode mode, BatonKeying *keying);

G_END_DECLS
