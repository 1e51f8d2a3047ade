/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encryption in offer and answer: lines good and bad, and who gets what from whom. */
#include <string.h>

#include "baton-error.h"
#include "baton-sdp.h"

#define KEY30 "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
#define KEY28 "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubA=="
#define PRINT "sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"
#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n"

static void
test_crypto_lines (void)
{
  static const struct
  {
    const char *line;
    gboolean good;
    guint mki;
  } rows[] = {
    { "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30, TRUE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_32 inline:" KEY30 "|2^20", TRUE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|2^20|1:4", TRUE, 4 },
    { "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|1:1", TRUE, 1 },
    { "9 AEAD_AES_128_GCM inline:" KEY28, TRUE, 0 },
    { "9 AEAD_AES_128_GCM inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubA", TRUE, 0 }, /* no padding */
    { "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 " WSH=64", TRUE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 " -NEW", TRUE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 " UNENCRYPTED_SRTP", FALSE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 " UNAUTHENTICATED_SRTP", FALSE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 " KDR=3", FALSE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 ";inline:" KEY30, FALSE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "|1:200", FALSE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY28, FALSE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_80 inline:", FALSE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_80 inline:!!!!" KEY30, FALSE, 0 },
    { "1 AES_CM_128_HMAC_SHA1_80 " KEY30, FALSE, 0 },
    { "x AES_CM_128_HMAC_SHA1_80 inline:" KEY30, FALSE, 0 },
    { "1 F8_128_HMAC_SHA1_80 inline:" KEY30, FALSE, 0 },
    { "1 NULL_HMAC_SHA1_80 inline:" KEY30, FALSE, 0 },
    { "1", FALSE, 0 },
    { "", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BatonSdpSecurity security = { 0 };

      g_test_message ("%s", rows[i].line);
      baton_sdp_security_read (&security, "crypto", rows[i].line);
      g_assert_cmpuint (security.n_crypto, ==, rows[i].good);
      g_assert_cmpuint (security.crypto[0].key.mki_length, ==, rows[i].mki);
    }
}

static void
test_too_many (void)
{
  BatonSdpSecurity security = { 0 };
  g_autofree char *lengthy = g_strnfill (100000, 'A');
  g_autofree char *line = g_strdup_printf ("1 AES_CM_128_HMAC_SHA1_80 inline:%s", lengthy);

  baton_sdp_security_read (&security, "crypto", line);
  baton_sdp_security_read (&security, "tls-id", lengthy);
  g_assert_cmpuint (security.n_crypto, ==, 0);
  for (guint i = 0; i < 100; i++)
    {
      baton_sdp_security_read (&security, "crypto", "1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30);
      baton_sdp_security_read (&security, "fingerprint", PRINT);
    }
  g_assert_cmpuint (security.n_crypto, ==, BATON_SDP_MAX_CRYPTO);
  g_assert_cmpuint (security.n_fingerprints, ==, BATON_DTLS_MAX_FINGERPRINTS);
}

static void
test_fingerprint_lines (void)
{
  static const char *const good[] = { PRINT, "SHA-256  00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF",
                                      "sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33" };
  static const char *const bad[] = { "", "sha-256", "sha-256 ", PRINT ":00", "md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF",
                                     "sha-1 00:11:22", "sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:3",
                                     "sha-1 00112233445566778899AABBCCDDEEFF00112233" };
  g_autofree char *text = NULL;
  BatonFingerprint fingerprint;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (baton_fingerprint_parse (bad[i], &fingerprint));
  for (guint i = G_N_ELEMENTS (good); i > 0; i--)
    g_assert_true (baton_fingerprint_parse (good[i - 1], &fingerprint));
  text = baton_fingerprint_to_string (&fingerprint);
  g_assert_cmpstr (text, ==, PRINT);
}

/* --- offer and answer --- */

static const BatonCodecId codecs[] = { BATON_CODEC_PCMU };

typedef struct
{
  BatonSdpSecurityLocal security;
  BatonSdpLocal local;
} Side;

static void
side_init (Side *side, BatonSrtpMode mode, BatonSrtpKeys keys)
{
  memset (side, 0, sizeof *side);
  g_assert_true (baton_sdp_security_generate (&side->security));
  side->security.mode = mode;
  side->security.sdes = keys != BATON_SRTP_KEYS_DTLS;
  side->security.fingerprint = keys != BATON_SRTP_KEYS_SDES ? baton_dtls_get_own_fingerprint () : NULL;
  side->local = (BatonSdpLocal) { .id = 1, .address = "192.0.2.1", .port = 4000, .rtcp_port = 4001,
                                  .direction = BATON_SDP_SENDRECV, .codecs = codecs, .n_codecs = 1,
                                  .security = &side->security };
}

#define OFF BATON_SRTP_MODE_OFF
#define OPTIONAL BATON_SRTP_MODE_OPTIONAL
#define REQUIRED BATON_SRTP_MODE_REQUIRED
#define BOTH BATON_SRTP_KEYS_BOTH
#define SDES BATON_SRTP_KEYS_SDES
#define DTLS BATON_SRTP_KEYS_DTLS

/* Each mode against each: what comes of it, or the words. */
static void
test_pairs (void)
{
  static const struct
  {
    BatonSrtpMode offerer;
    BatonSrtpKeys offerer_keys;
    BatonSrtpMode answerer;
    BatonSrtpKeys answerer_keys;
    const char *protocol, *result;
  } rows[] = {
    { OFF, BOTH, OFF, BOTH, "RTP/AVP", "none" },
    { OFF, BOTH, OPTIONAL, BOTH, "RTP/AVP", "none" },
    { OFF, BOTH, REQUIRED, BOTH, "RTP/AVP", "you want SRTP, they offer none" },
    { OPTIONAL, BOTH, OFF, BOTH, "RTP/AVP", "none" },
    { OPTIONAL, BOTH, OPTIONAL, BOTH, "RTP/AVP", "dtls" },
    { OPTIONAL, BOTH, REQUIRED, BOTH, "RTP/AVP", "dtls" },
    { OPTIONAL, BOTH, OPTIONAL, SDES, "RTP/AVP", "sdes" },
    { OPTIONAL, SDES, OPTIONAL, BOTH, "RTP/AVP", "sdes" },
    { OPTIONAL, DTLS, OPTIONAL, BOTH, "RTP/AVP", "dtls" },
    { OPTIONAL, SDES, OPTIONAL, DTLS, "RTP/AVP", "none" },
    { OPTIONAL, SDES, REQUIRED, DTLS, "RTP/AVP", "you want SRTP, they offer none" },
    { REQUIRED, BOTH, OFF, BOTH, "RTP/SAVP", "they want SRTP, you turned it off" },
    { REQUIRED, BOTH, OPTIONAL, BOTH, "RTP/SAVP", "dtls" },
    { REQUIRED, BOTH, OPTIONAL, SDES, "RTP/SAVP", "sdes" },
    { REQUIRED, BOTH, OPTIONAL, DTLS, "RTP/SAVP", "dtls" },
    { REQUIRED, BOTH, REQUIRED, BOTH, "RTP/SAVP", "dtls" },
    { REQUIRED, SDES, REQUIRED, SDES, "RTP/SAVP", "sdes" },
    { REQUIRED, DTLS, REQUIRED, DTLS, "UDP/TLS/RTP/SAVP", "dtls" },
    { REQUIRED, DTLS, REQUIRED, SDES, "UDP/TLS/RTP/SAVP", "they want SRTP, but with no key" },
    { REQUIRED, SDES, OPTIONAL, DTLS, "RTP/SAVP", "they want SRTP, but with no key" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (BatonSdp) offer = NULL, read_offer = NULL, answer = NULL, read_answer = NULL;
      g_autofree char *offer_text = NULL, *answer_text = NULL, *m = NULL;
      g_autoptr (GError) error = NULL;
      BatonSdpAgreement ours = { 0 }, theirs = { 0 };
      Side a, b;

      g_test_message ("row %u", i);
      side_init (&a, rows[i].offerer, rows[i].offerer_keys);
      side_init (&b, rows[i].answerer, rows[i].answerer_keys);
      offer = baton_sdp_create_offer (&a.local);
      offer_text = baton_sdp_to_string (offer);
      m = g_strdup_printf ("m=audio 4000 %s 0", rows[i].protocol);
      g_assert_nonnull (strstr (offer_text, m));
      read_offer = baton_sdp_parse (offer_text, NULL);
      answer = baton_sdp_create_answer (&b.local, read_offer, &theirs, &error);
      if (answer == NULL)
        {
          g_assert_error (error, BATON_ERROR, BATON_ERROR_NO_COMMON_SECURITY);
          g_assert_nonnull (strstr (error->message, rows[i].result));
          continue;
        }
      g_assert_cmpstr (baton_key_exchange_get_name (theirs.keying.exchange), ==, rows[i].result);
      answer_text = baton_sdp_to_string (answer);
      g_assert_nonnull (strstr (answer_text, m)); /* the profile stays */
      read_answer = baton_sdp_parse (answer_text, NULL);
      g_assert_true (baton_sdp_take_answer (&a.local, offer, read_answer, FALSE, &ours, &error));
      g_assert_no_error (error);
      g_assert_cmpint (ours.keying.exchange, ==, theirs.keying.exchange);
      switch (ours.keying.exchange)
        {
        case BATON_KEY_EXCHANGE_NONE:
          g_assert_null (strstr (answer_text, "a=crypto"));
          g_assert_null (strstr (answer_text, "a=fingerprint"));
          break;
        case BATON_KEY_EXCHANGE_SDES:
          g_assert_true (baton_srtp_key_equal (&ours.keying.local, &theirs.keying.remote));
          g_assert_true (baton_srtp_key_equal (&ours.keying.remote, &theirs.keying.local));
          g_assert_null (strstr (answer_text, "a=fingerprint"));
          break;
        case BATON_KEY_EXCHANGE_DTLS:
          g_assert_false (ours.keying.client); /* the answerer begins */
          g_assert_true (theirs.keying.client);
          g_assert_null (strstr (answer_text, "a=crypto"));
          g_assert_nonnull (strstr (answer_text, "a=setup:active"));
          break;
        }
    }
}

static BatonSdp *
answer_to (Side *side, const char *text, BatonSdpAgreement *agreement, GError **error)
{
  g_autoptr (BatonSdp) offer = baton_sdp_parse (text, NULL);

  g_assert_nonnull (offer);
  return baton_sdp_create_answer (&side->local, offer, agreement, error);
}

static void
test_setup (void)
{
  static const struct
  {
    const char *theirs, *ours;
  } rows[] = { { "actpass", "a=setup:active" }, { "active", "a=setup:passive" }, { "passive", "a=setup:active" },
               { "holdconn", "a=setup:holdconn" }, { "nonsense", "a=setup:active" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *offer = g_strdup_printf (HEAD "a=fingerprint:" PRINT "\r\na=setup:%s\r\n"
                                                "m=audio 5000 UDP/TLS/RTP/SAVPF 0\r\na=rtcp-mux\r\n", rows[i].theirs);
      g_autofree char *text = NULL;
      g_autoptr (BatonSdp) answer = NULL;
      BatonSdpAgreement agreement;
      Side side;

      side_init (&side, OPTIONAL, BOTH);
      answer = answer_to (&side, offer, &agreement, NULL);
      g_assert_nonnull (answer);
      text = baton_sdp_to_string (answer);
      g_assert_nonnull (strstr (text, rows[i].ours));
      g_assert_nonnull (strstr (text, "m=audio 4000 UDP/TLS/RTP/SAVPF 0"));
      g_assert_nonnull (strstr (text, "a=fingerprint:sha-256 "));
    }
}

/* Who was the server stays it, whatever an offer in the call leaves open. */
static void
test_role_stays (void)
{
  const char *again = HEAD "m=audio 5000 RTP/AVP 0\r\na=fingerprint:" PRINT "\r\na=setup:actpass\r\n";
  g_autoptr (BatonSdp) answer = NULL;
  BatonKeying current = { .exchange = BATON_KEY_EXCHANGE_DTLS, .n_fingerprints = 1, .client = FALSE };
  BatonSdpAgreement agreement;
  Side side;

  side_init (&side, OPTIONAL, BOTH);
  g_assert_true (baton_fingerprint_parse (PRINT, &current.fingerprints[0]));
  side.security.current = &current;
  answer = answer_to (&side, again, &agreement, NULL);
  g_assert_nonnull (answer);
  g_assert_false (agreement.keying.client);
  current.fingerprints[0].digest[0] ^= 1; /* somebody else */
  baton_sdp_free (answer);
  answer = answer_to (&side, again, &agreement, NULL);
  g_assert_true (agreement.keying.client);
}

static void
test_tls_id (void)
{
  const char *one = HEAD "m=audio 5000 RTP/AVP 0\r\na=fingerprint:" PRINT "\r\na=setup:actpass\r\na=tls-id:abcdefghijklmnopqrstuv\r\n";
  g_autoptr (BatonSdp) answer = NULL, again = NULL;
  g_autofree char *text = NULL, *text_again = NULL;
  BatonSdpAgreement agreement;
  Side side;

  side_init (&side, OPTIONAL, BOTH);
  answer = answer_to (&side, one, &agreement, NULL);
  again = answer_to (&side, one, &agreement, NULL);
  text = baton_sdp_to_string (answer);
  text_again = baton_sdp_to_string (again);
  g_assert_nonnull (strstr (text, "a=tls-id:"));
  g_assert_null (strstr (text, "abcdefghijklmnopqrstuv"));
  g_assert_cmpstr (text, ==, text_again);
}

/* One plain line and one encrypted: the second is taken, unless it can't be. */
static void
test_two_lines (void)
{
  const char *offer = HEAD "m=audio 5000 RTP/AVP 0\r\nm=audio 5002 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "\r\n";
  g_autoptr (BatonSdp) answer = NULL;
  BatonSdpAgreement agreement;
  Side side;

  side_init (&side, OPTIONAL, BOTH);
  answer = answer_to (&side, offer, &agreement, NULL);
  g_assert_cmpint (agreement.keying.exchange, ==, BATON_KEY_EXCHANGE_SDES);
  g_assert_cmpuint (agreement.port, ==, 5002);
  g_assert_cmpuint (((BatonSdpMedia *) g_ptr_array_index (answer->media, 0))->port, ==, 0);
  baton_sdp_free (answer);
  side_init (&side, OFF, BOTH);
  answer = answer_to (&side, offer, &agreement, NULL);
  g_assert_cmpint (agreement.keying.exchange, ==, BATON_KEY_EXCHANGE_NONE);
  g_assert_cmpuint (agreement.port, ==, 5000);
}

/* Answers that don't fit what was offered. */
static void
test_bad_answers (void)
{
  static const struct
  {
    BatonSrtpMode mode;
    const char *answer, *words;
  } rows[] = {
    { REQUIRED, HEAD "m=audio 5000 RTP/SAVP 0\r\n", "they answered without it" },
    { REQUIRED, HEAD "m=audio 5000 RTP/AVP 0\r\n", "they answered without it" },
    { REQUIRED, HEAD "m=audio 5000 RTP/SAVP 0\r\na=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "\r\n", "they answered without it" },
    { OPTIONAL, HEAD "m=audio 5000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "\r\n", "no key that fits" },
    { OFF, HEAD "m=audio 5000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "\r\n", "not offered" },
    { OPTIONAL, HEAD "m=audio 5000 RTP/AVP 0\r\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "\r\n", NULL },
    { OPTIONAL, HEAD "m=audio 5000 RTP/AVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30 "\r\n", NULL }, /* wrong tag: plain */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (BatonSdp) offer = NULL, answer = baton_sdp_parse (rows[i].answer, NULL);
      g_autoptr (GError) error = NULL;
      BatonSdpAgreement agreement;
      Side side;

      g_test_message ("row %u", i);
      side_init (&side, rows[i].mode, BOTH);
      offer = baton_sdp_create_offer (&side.local);
      g_assert_cmpint (baton_sdp_take_answer (&side.local, offer, answer, FALSE, &agreement, &error), ==, rows[i].words == NULL);
      if (rows[i].words == NULL)
        continue;
      g_assert_nonnull (strstr (error->message, rows[i].words));
      g_assert_true (g_str_has_prefix (error->message, "No common way to talk: ")); /* else it passes for one about codecs */
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdp-security/crypto-lines", test_crypto_lines);
  g_test_add_func ("/sdp-security/too-many", test_too_many);
  g_test_add_func ("/sdp-security/fingerprint-lines", test_fingerprint_lines);
  g_test_add_func ("/sdp-security/pairs", test_pairs);
  g_test_add_func ("/sdp-security/setup", test_setup);
  g_test_add_func ("/sdp-security/role-stays", test_role_stays);
  g_test_add_func ("/sdp-security/tls-id", test_tls_id);
  g_test_add_func ("/sdp-security/two-lines", test_two_lines);
  g_test_add_func ("/sdp-security/bad-answers", test_bad_answers);
  return g_test_run ();
}
