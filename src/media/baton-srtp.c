/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-srtp.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <srtp2/srtp.h>
#include <string.h>

/* A tick after the machine was busy brings some hundred packets at once, out of order in the worst case. */
#define REPLAY_WINDOW 512
#define LOST_AFTER 25 /* in a row that do not fit, before it is asked whether the counter has rolled over unseen */

G_STATIC_ASSERT (BATON_SRTP_MAX_TRAILER >= 16 + 4 + BATON_SRTP_MAX_MKI);

typedef void (*SetPolicy) (srtp_crypto_policy_t *policy);

static const struct
{
  BatonSrtpSuiteInfo info;
  SetPolicy set_rtp, set_rtcp;
} suites[BATON_N_SRTP_SUITES] = {
  { { "AEAD_AES_128_GCM", "SRTP_AEAD_AES_128_GCM", 16, 12 },
    srtp_crypto_policy_set_aes_gcm_128_16_auth, srtp_crypto_policy_set_aes_gcm_128_16_auth },
  { { "AEAD_AES_256_GCM", "SRTP_AEAD_AES_256_GCM", 32, 12 },
    srtp_crypto_policy_set_aes_gcm_256_16_auth, srtp_crypto_policy_set_aes_gcm_256_16_auth },
  { { "AES_CM_128_HMAC_SHA1_80", "SRTP_AES128_CM_SHA1_80", 16, 14 },
    srtp_crypto_policy_set_rtp_default, srtp_crypto_policy_set_rtp_default },
  { { "AES_256_CM_HMAC_SHA1_80", NULL, 32, 14 },
    srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80, srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 },
  /* the short tag is for RTP alone (RFC 4568 §6.2.2) */
  { { "AES_CM_128_HMAC_SHA1_32", "SRTP_AES128_CM_SHA1_32", 16, 14 },
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32, srtp_crypto_policy_set_rtp_default },
};

struct _BatonSrtp
{
  srtp_t session;
  BatonSrtpKey key;
  guint n_lost;      /* RTP packets in a row that did not fit */
  guint32 lost_ssrc; /* of the last of them */
  guint32 turn;      /* the counter as it is */
  guint n_tries;
  gboolean trying;
};

const BatonSrtpSuiteInfo *
baton_srtp_suite_info (BatonSrtpSuite suite)
{
  return &suites[suite].info;
}

gboolean
baton_srtp_suite_from_name (const char *name, BatonSrtpSuite *suite)
{
  for (guint i = 0; i < BATON_N_SRTP_SUITES; i++)
    if (g_ascii_strcasecmp (name, suites[i].info.name) == 0)
      {
        *suite = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
baton_srtp_key_generate (BatonSrtpKey *self, BatonSrtpSuite suite)
{
  memset (self, 0, sizeof *self);
  self->suite = suite;
  return RAND_bytes (self->key, (int) (suites[suite].info.key_length + suites[suite].info.salt_length)) == 1;
}

gboolean
baton_srtp_key_equal (const BatonSrtpKey *a, const BatonSrtpKey *b)
{
  return a->suite == b->suite && a->mki_length == b->mki_length && memcmp (a->mki, b->mki, a->mki_length) == 0 &&
         memcmp (a->key, b->key, suites[a->suite].info.key_length + suites[a->suite].info.salt_length) == 0;
}

static gboolean
start_library (void)
{
  static gsize started;

  if (g_once_init_enter (&started))
    g_once_init_leave (&started, srtp_init () == srtp_err_status_ok ? 1 : 2);
  return started == 1;
}

BatonSrtp *
baton_srtp_new (const BatonSrtpKey *key, gboolean sender)
{
  g_autofree BatonSrtp *self = g_new0 (BatonSrtp, 1);
  srtp_master_key_t master = { 0 }, *masters[] = { &master };
  srtp_policy_t policy = { 0 };
  gboolean made;

  if (!start_library ())
    return NULL;
  self->key = *key;
  master.key = self->key.key;
  master.mki_id = self->key.mki;
  master.mki_size = self->key.mki_length;
  suites[key->suite].set_rtp (&policy.rtp);
  suites[key->suite].set_rtcp (&policy.rtcp);
  policy.ssrc.type = sender ? ssrc_any_outbound : ssrc_any_inbound;
  policy.window_size = REPLAY_WINDOW;
  policy.keys = masters;
  policy.num_master_keys = 1;
  made = srtp_create (&self->session, &policy) == srtp_err_status_ok;
  return made ? g_steal_pointer (&self) : NULL;
}

void
baton_srtp_free (BatonSrtp *self)
{
  if (self == NULL)
    return;
  srtp_dealloc (self->session);
  OPENSSL_cleanse (&self->key, sizeof self->key);
  g_free (self);
}

const BatonSrtpKey *
baton_srtp_get_key (BatonSrtp *self)
{
  return &self->key;
}

gboolean
baton_srtp_protect (BatonSrtp *self, gboolean rtcp, guint8 *data, gsize *length)
{
  int n = (int) *length;
  srtp_err_status_t status = rtcp ? srtp_protect_rtcp (self->session, data, &n) : srtp_protect (self->session, data, &n);

  *length = (gsize) n;
  return status == srtp_err_status_ok;
}

static srtp_err_status_t
unprotect (BatonSrtp *self, gboolean rtcp, guint8 *data, int *length)
{
  guint use_mki = self->key.mki_length > 0;

  return rtcp ? srtp_unprotect_rtcp_mki (self->session, data, length, use_mki)
              : srtp_unprotect_mki (self->session, data, length, use_mki);
}

static guint32
ssrc_of (const guint8 *data)
{
  return (guint32) data[8] << 24 | (guint32) data[9] << 16 | (guint32) data[10] << 8 | data[11];
}

/*
 * In a long hold their sequence number may go on, and round, while nobody looks; the guess of the turn is wrong
 * then, and nothing fits any more. So now and then one packet is tried with this turn, or one of the next
 * (RFC 3711 §3.3.1). One that fits was made with the key.
 */
static void
note_lost (BatonSrtp *self)
{
  if (self->trying)
    {
      srtp_set_stream_roc (self->session, self->lost_ssrc, 0); /* none: back to guessing */
      self->trying = FALSE;
      self->n_lost = 0;
      return;
    }
  if (++self->n_lost < LOST_AFTER)
    return;
  self->n_lost = 0;
  self->trying = srtp_get_stream_roc (self->session, self->lost_ssrc, &self->turn) == srtp_err_status_ok &&
                 srtp_set_stream_roc (self->session, self->lost_ssrc, self->turn + self->n_tries++ % 3) == srtp_err_status_ok;
}

BatonSrtpResult
baton_srtp_unprotect (BatonSrtp *self, gboolean rtcp, guint8 *data, gsize *length)
{
  int n = (int) *length;
  srtp_err_status_t status;

  if (n < 12)
    return BATON_SRTP_FORGED;
  if (!rtcp && !self->trying)
    self->lost_ssrc = ssrc_of (data);
  status = unprotect (self, rtcp, data, &n);
  if (status == srtp_err_status_ok && n >= 0)
    {
      if (!rtcp)
        self->n_lost = self->trying = 0;
      *length = (gsize) n;
      return BATON_SRTP_OK;
    }
  if (!rtcp && status != srtp_err_status_replay_fail)
    note_lost (self);
  return status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old ? BATON_SRTP_REPLAYED
                                                                                        : BATON_SRTP_FORGED;
}
