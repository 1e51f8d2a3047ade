/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encryption in offer and answer (RFC 4568, RFC 5763, RFC 8643) as values: no socket, no handshake. */
#include "baton-sdp-security.h"

#include <openssl/rand.h>
#include <string.h>

#define MAX_LINE 512

/* Two are enough: one that is good, and the one that everybody must have (RFC 4568 §6.2). */
static const BatonSrtpSuite offered_suites[] = { BATON_SRTP_AEAD_AES_128_GCM, BATON_SRTP_AES_CM_128_HMAC_SHA1_80 };

/* --- reading --- */

static gboolean
read_key (BatonSrtpKey *key, const char *text)
{
  const BatonSrtpSuiteInfo *info = baton_srtp_suite_info (key->suite);
  g_autofree char *padded = NULL;
  g_autofree guchar *bytes = NULL;
  gsize length = strcspn (text, "="), decoded;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;
  if (text[length + strspn (text + length, "=")] != '\0' || length > 2 * BATON_SRTP_MAX_KEY)
    return FALSE;
  padded = g_strdup_printf ("%.*s%s", (int) length, text, length % 4 == 3 ? "=" : length % 4 == 2 ? "==" : "");
  bytes = g_base64_decode (padded, &decoded);
  if (decoded != info->key_length + info->salt_length)
    return FALSE;
  memcpy (key->key, bytes, decoded);
  return TRUE;
}

/* "MKI:LENGTH" (RFC 4568 §6.1), a number and of how many bytes it is in each packet */
static gboolean
read_mki (BatonSrtpKey *key, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 3);
  guint64 value, length;

  if (g_strv_length (parts) != 2 || !g_ascii_string_to_unsigned (parts[0], 10, 0, G_MAXUINT32, &value, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 1, BATON_SRTP_MAX_MKI, &length, NULL))
    return FALSE;
  key->mki_length = (guint8) length;
  for (guint i = 0; i < length; i++)
    key->mki[length - 1 - i] = (guint8) (value >> (8 * i));
  return TRUE;
}

static gboolean
read_key_params (BatonSrtpKey *key, const char *text)
{
  g_auto (GStrv) parts = NULL;

  if (g_ascii_strncasecmp (text, "inline:", 7) != 0 || strchr (text, ';') != NULL) /* several keys: not ours */
    return FALSE;
  parts = g_strsplit (text + 7, "|", 4);
  if (parts[0] == NULL || !read_key (key, parts[0]))
    return FALSE;
  for (guint i = 1; parts[i] != NULL; i++) /* no call of ours outlives a key's 2^31 packets */
    if (strchr (parts[i], ':') != NULL && !read_mki (key, parts[i]))
      return FALSE;
  return TRUE;
}

/* A parameter that we don't know makes the line one that we can't do (RFC 4568 §6.3); "-" says: never mind. */
static gboolean
is_harmless (const char *parameter)
{
  return parameter[0] == '\0' || parameter[0] == '-' || g_ascii_strncasecmp (parameter, "WSH=", 4) == 0;
}

static void
read_crypto (BatonSdpSecurity *self, const char *value)
{
  g_auto (GStrv) words = NULL;
  BatonSdpCrypto crypto = { 0 };
  guint64 tag;

  if (self->n_crypto == BATON_SDP_MAX_CRYPTO || strnlen (value, MAX_LINE) == MAX_LINE)
    return;
  words = g_strsplit (value, " ", 16);
  if (g_strv_length (words) < 3 || !g_ascii_string_to_unsigned (words[0], 10, 0, 999999999, &tag, NULL) ||
      !baton_srtp_suite_from_name (words[1], &crypto.key.suite) || !read_key_params (&crypto.key, words[2]))
    return;
  for (guint i = 3; words[i] != NULL; i++)
    if (!is_harmless (words[i]))
      return;
  crypto.tag = (guint) tag;
  self->crypto[self->n_crypto++] = crypto;
}

static const struct
{
  const char *name;
  BatonSdpSetup setup;
} setups[] = { { "actpass", BATON_SDP_SETUP_ACTPASS },
               { "active", BATON_SDP_SETUP_ACTIVE },
               { "passive", BATON_SDP_SETUP_PASSIVE },
               { "holdconn", BATON_SDP_SETUP_HOLDCONN } };

void
baton_sdp_security_read (BatonSdpSecurity *self, const char *key, const char *value)
{
  if (value == NULL)
    return;
  if (g_strcmp0 (key, "crypto") == 0)
    read_crypto (self, value);
  else if (g_strcmp0 (key, "fingerprint") == 0 && self->n_fingerprints < BATON_DTLS_MAX_FINGERPRINTS)
    {
      if (baton_fingerprint_parse (value, &self->fingerprints[self->n_fingerprints]))
        self->n_fingerprints++;
    }
  else if (g_strcmp0 (key, "setup") == 0)
    {
      for (guint i = 0; i < G_N_ELEMENTS (setups); i++)
        if (g_ascii_strcasecmp (value, setups[i].name) == 0)
          self->setup = setups[i].setup;
    }
  else if (g_strcmp0 (key, "tls-id") == 0)
    g_strlcpy (self->tls_id, value, sizeof self->tls_id);
}

void
baton_sdp_security_inherit (BatonSdpSecurity *self, const BatonSdpSecurity *session)
{
  if (self->n_fingerprints == 0)
    {
      memcpy (self->fingerprints, session->fingerprints, sizeof self->fingerprints);
      self->n_fingerprints = session->n_fingerprints;
    }
  if (self->setup == BATON_SDP_SETUP_NONE)
    self->setup = session->setup;
  if (self->tls_id[0] == '\0')
    memcpy (self->tls_id, session->tls_id, sizeof self->tls_id);
}

/* --- writing --- */

void
baton_sdp_security_write (const BatonSdpSecurity *self, BatonSdpWriteFunc write, gpointer data)
{
  for (guint i = 0; i < self->n_crypto; i++)
    {
      const BatonSrtpSuiteInfo *info = baton_srtp_suite_info (self->crypto[i].key.suite);
      g_autofree char *key = g_base64_encode (self->crypto[i].key.key, info->key_length + info->salt_length);
      g_autofree char *line = g_strdup_printf ("%u %s inline:%s", self->crypto[i].tag, info->name, key);

      write ("crypto", line, data);
    }
  for (guint i = 0; i < self->n_fingerprints; i++)
    {
      g_autofree char *line = baton_fingerprint_to_string (&self->fingerprints[i]);

      write ("fingerprint", line, data);
    }
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++)
    if (setups[i].setup == self->setup)
      write ("setup", setups[i].name, data);
  if (self->tls_id[0] != '\0')
    write ("tls-id", self->tls_id, data);
}

/* --- the m= line --- */

/* RTP/[S]AVP[F] and UDP/TLS/RTP/SAVP[F] */
static gboolean
is_known (const char *protocol)
{
  static const char *const known[] = { "RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVP",
                                       "UDP/TLS/RTP/SAVPF", NULL };

  return g_strv_contains (known, protocol);
}

gboolean
baton_sdp_protocol_is_secure (const char *protocol)
{
  return strstr (protocol, "RTP/SAVP") != NULL;
}

static gboolean
is_dtls_alone (const char *protocol)
{
  return g_str_has_prefix (protocol, "UDP/TLS/");
}

const char *
baton_sdp_security_get_protocol (const BatonSdpSecurityLocal *local)
{
  if (local == NULL || local->mode != BATON_SRTP_MODE_REQUIRED)
    return "RTP/AVP";
  return local->sdes ? "RTP/SAVP" : "UDP/TLS/RTP/SAVP";
}

gboolean
baton_sdp_security_generate (BatonSdpSecurityLocal *local)
{
  gboolean done = RAND_bytes (local->secret, sizeof local->secret) == 1;

  for (guint i = 0; i < BATON_N_SRTP_SUITES; i++)
    done = done && baton_srtp_key_generate (&local->keys[i], i);
  return done;
}

/* --- offer and answer --- */

void
baton_sdp_security_offer (BatonSdpSecurity *self, const char *protocol, const BatonSdpSecurityLocal *local)
{
  memset (self, 0, sizeof *self);
  if (local == NULL || local->mode == BATON_SRTP_MODE_OFF)
    return;
  for (guint i = 0; local->sdes && !is_dtls_alone (protocol) && i < G_N_ELEMENTS (offered_suites); i++)
    self->crypto[self->n_crypto++] = (BatonSdpCrypto) { i + 1, local->keys[offered_suites[i]] };
  if (local->fingerprint == NULL)
    return;
  self->fingerprints[self->n_fingerprints++] = *local->fingerprint;
  self->setup = BATON_SDP_SETUP_ACTPASS; /* in every offer: who begins is the answerer's to say (RFC 5763 §5) */
}

static void
take_fingerprints (BatonKeying *keying, const BatonSdpSecurity *theirs)
{
  keying->exchange = BATON_KEY_EXCHANGE_DTLS;
  memcpy (keying->fingerprints, theirs->fingerprints, sizeof keying->fingerprints);
  keying->n_fingerprints = theirs->n_fingerprints;
  memcpy (keying->tls_id, theirs->tls_id, sizeof keying->tls_id);
}

/* Is there an association with these already? Then its roles stay (RFC 8842 §5.3). */
static gboolean
is_current (const BatonKeying *current, const BatonKeying *keying)
{
  if (current == NULL || current->exchange != BATON_KEY_EXCHANGE_DTLS || strcmp (current->tls_id, keying->tls_id) != 0)
    return FALSE;
  for (guint i = 0; i < current->n_fingerprints; i++)
    for (guint j = 0; j < keying->n_fingerprints; j++)
      if (baton_fingerprint_equal (&current->fingerprints[i], &keying->fingerprints[j]))
        return TRUE;
  return FALSE;
}

static void
answer_dtls (BatonSdpSecurity *self, const BatonSdpSecurity *theirs, const BatonSdpSecurityLocal *local,
             BatonKeying *keying)
{
  take_fingerprints (keying, theirs);
  switch (theirs->setup)
    {
    case BATON_SDP_SETUP_NONE:
    case BATON_SDP_SETUP_ACTPASS:
      keying->client = is_current (local->current, keying) ? local->current->client : TRUE;
      break;
    case BATON_SDP_SETUP_ACTIVE:
      keying->client = FALSE;
      break;
    case BATON_SDP_SETUP_PASSIVE:
      keying->client = TRUE;
      break;
    case BATON_SDP_SETUP_HOLDCONN:
      keying->idle = TRUE;
      break;
    }
  self->fingerprints[self->n_fingerprints++] = *local->fingerprint;
  self->setup = keying->idle ? BATON_SDP_SETUP_HOLDCONN : keying->client ? BATON_SDP_SETUP_ACTIVE : BATON_SDP_SETUP_PASSIVE;
  if (theirs->tls_id[0] != '\0') /* ours is a new one with a new one of theirs */
    {
      g_autofree char *id = g_compute_hmac_for_string (G_CHECKSUM_SHA256, local->secret, sizeof local->secret,
                                                       theirs->tls_id, -1);

      g_strlcpy (self->tls_id, id, sizeof self->tls_id);
    }
}

static const BatonSdpCrypto *
choose_crypto (const BatonSdpSecurity *theirs)
{
  return theirs->n_crypto > 0 ? &theirs->crypto[0] : NULL; /* the offerer's order counts (RFC 4568 §5.1.2) */
}

gboolean
baton_sdp_security_answer (BatonSdpSecurity *self, const char *protocol, const BatonSdpSecurity *theirs,
                           const BatonSdpSecurityLocal *local, BatonKeying *keying)
{
  BatonSrtpMode mode = local != NULL ? local->mode : BATON_SRTP_MODE_OFF;
  const BatonSdpCrypto *crypto = choose_crypto (theirs);
  BatonSdpSecurity answer = { 0 };
  BatonKeying result = { 0 };

  if (mode == BATON_SRTP_MODE_OFF || !is_known (protocol))
    {
      if (baton_sdp_protocol_is_secure (protocol) || !is_known (protocol))
        return FALSE;
    }
  else if (local->fingerprint != NULL && theirs->n_fingerprints > 0)
    answer_dtls (&answer, theirs, local, &result);
  else if (local->sdes && crypto != NULL && !is_dtls_alone (protocol))
    {
      result.exchange = BATON_KEY_EXCHANGE_SDES;
      result.remote = crypto->key;
      result.local = local->keys[crypto->key.suite];
      answer.crypto[answer.n_crypto++] = (BatonSdpCrypto) { crypto->tag, result.local };
    }
  else if (mode == BATON_SRTP_MODE_REQUIRED || baton_sdp_protocol_is_secure (protocol))
    return FALSE;
  *self = answer;
  *keying = result;
  return TRUE;
}

const char *
baton_sdp_security_explain (const BatonSdpSecurityLocal *local, gboolean secure)
{
  if (secure)
    return local == NULL || local->mode == BATON_SRTP_MODE_OFF
             ? "No common way to talk: they want SRTP, you turned it off."
             : "No common way to talk: they want SRTP, but with no key or cipher that is known here.";
  return "No common way to talk: you want SRTP, they offer none.";
}

const char *
baton_sdp_security_take_answer (const BatonSdpSecurity *ours, const char *protocol, const BatonSdpSecurity *theirs,
                                BatonSrtpMode mode, BatonKeying *keying)
{
  BatonKeying result = { 0 };

  if (!is_known (protocol))
    return "No common way to talk: they answered for a kind of sound that was not offered.";
  if (ours->n_fingerprints > 0 && theirs->n_fingerprints > 0)
    {
      take_fingerprints (&result, theirs);
      result.client = theirs->setup != BATON_SDP_SETUP_ACTIVE; /* not said is passive in an answer (RFC 4145 §4.1) */
      result.idle = theirs->setup == BATON_SDP_SETUP_HOLDCONN;
    }
  for (guint i = 0; i < theirs->n_crypto && result.exchange == BATON_KEY_EXCHANGE_NONE; i++)
    for (guint j = 0; j < ours->n_crypto; j++)
      if (theirs->crypto[i].tag == ours->crypto[j].tag && theirs->crypto[i].key.suite == ours->crypto[j].key.suite)
        {
          result.exchange = BATON_KEY_EXCHANGE_SDES;
          result.local = ours->crypto[j].key;
          result.remote = theirs->crypto[i].key;
        }
  if (result.exchange == BATON_KEY_EXCHANGE_NONE)
    {
      if (mode == BATON_SRTP_MODE_REQUIRED)
        return "No common way to talk: you want SRTP, they answered without it.";
      if (baton_sdp_protocol_is_secure (protocol))
        return ours->n_crypto + ours->n_fingerprints > 0
                 ? "No common way to talk: they answered for SRTP, but with no key that fits our offer."
                 : "No common way to talk: they answered with SRTP, which was not offered.";
    }
  *keying = result;
  return NULL;
}
