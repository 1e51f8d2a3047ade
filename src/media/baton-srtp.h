/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** BatonSrtpSuite: RFC 4568 §6.2, RFC 6188, RFC 7714; in the order in which we like them. */
typedef enum
{
  BATON_SRTP_AEAD_AES_128_GCM,
  BATON_SRTP_AEAD_AES_256_GCM,
  BATON_SRTP_AES_CM_128_HMAC_SHA1_80,
  BATON_SRTP_AES_256_CM_HMAC_SHA1_80,
  BATON_SRTP_AES_CM_128_HMAC_SHA1_32,
  BATON_N_SRTP_SUITES
} BatonSrtpSuite;

#define BATON_SRTP_MAX_KEY 46    /* master key and salt */
#define BATON_SRTP_MAX_MKI 4
#define BATON_SRTP_MAX_TRAILER 32 /* what protecting adds: tag, and of RTCP the index too */

typedef struct
{
  const char *name;         /* in a=crypto and for people */
  const char *dtls_profile; /* as OpenSSL calls it, NULL: not with DTLS */
  guint key_length, salt_length;
} BatonSrtpSuiteInfo;

const BatonSrtpSuiteInfo *baton_srtp_suite_info (BatonSrtpSuite suite);
gboolean baton_srtp_suite_from_name (const char *name, BatonSrtpSuite *suite);

/** BatonSrtpKey: one direction's master key, the salt behind it. */
typedef struct
{
  BatonSrtpSuite suite;
  guint8 key[BATON_SRTP_MAX_KEY];
  guint8 mki_length; /* 0: their packets carry no master key identifier */
  guint8 mki[BATON_SRTP_MAX_MKI];
} BatonSrtpKey;

/** baton_srtp_key_generate: Returns: FALSE when the system has no random bytes */
gboolean baton_srtp_key_generate (BatonSrtpKey *self, BatonSrtpSuite suite);
gboolean baton_srtp_key_equal (const BatonSrtpKey *a, const BatonSrtpKey *b);

/**
 * BatonSrtp:
 * One direction of SRTP and SRTCP (RFC 3711) with one master key: any number of sources, each with its
 * roll-over counter and replay window. Nothing is allocated for a packet.
 */
typedef struct _BatonSrtp BatonSrtp;

typedef enum
{
  BATON_SRTP_OK,
  BATON_SRTP_FORGED,   /* the tag does not fit: another key, or somebody changed it */
  BATON_SRTP_REPLAYED, /* it was here before, or is too old to tell */
} BatonSrtpResult;

/** Returns: (nullable): NULL when the library refuses, which it should not */
BatonSrtp *baton_srtp_new (const BatonSrtpKey *key, gboolean sender);
void baton_srtp_free (BatonSrtp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonSrtp, baton_srtp_free)

const BatonSrtpKey *baton_srtp_get_key (BatonSrtp *self);
/** baton_srtp_protect: in place; @data has room for BATON_SRTP_MAX_TRAILER bytes more */
gboolean baton_srtp_protect (BatonSrtp *self, gboolean rtcp, guint8 *data, gsize *length);
/** baton_srtp_unprotect: in place */
BatonSrtpResult baton_srtp_unprotect (BatonSrtp *self, gboolean rtcp, guint8 *data, gsize *length);

G_END_DECLS
