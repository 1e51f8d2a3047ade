/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-dtls.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/time.h>

#define LIFETIME_S (365L * 24 * 3600)
#define RECORD_HEADER 13
#define MTU 1200                  /* goes through any tunnel */
#define FIRST_TIMEOUT_US 200000u  /* RFC 6347 §4.2.4.1 has 1 s and lets real-time media take less */
#define LAST_TIMEOUT_US 2000000u
#define EXPORTER "EXTRACTOR-dtls_srtp"

struct _BatonDtls
{
  SSL *ssl;
  gboolean client;
  BatonFingerprint expected[BATON_DTLS_MAX_FINGERPRINTS];
  guint n_expected;
  BatonDtlsSendFunc send;
  gpointer data;

  const guint8 *input; /* the datagram that is being put */
  gsize n_input;
  BatonDtlsState state;
  BatonSrtpKey local, remote;
  char *error;
};

/* --- our certificate --- */

typedef struct
{
  SSL_CTX *context;
  BatonFingerprint fingerprint;
} Identity;

static X509 *
make_certificate (EVP_PKEY *key)
{
  X509 *certificate = X509_new ();
  X509_NAME *name = X509_NAME_new ();
  guint64 serial = 0;
  gboolean made;

  RAND_bytes ((guint8 *) &serial, sizeof serial);
  X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_ASC, (const guint8 *) "baton", -1, -1, 0);
  made = X509_set_version (certificate, 2) && ASN1_INTEGER_set_uint64 (X509_get_serialNumber (certificate), serial >> 1) &&
         X509_gmtime_adj (X509_getm_notBefore (certificate), -24 * 3600) != NULL && /* their clock may be late */
         X509_gmtime_adj (X509_getm_notAfter (certificate), LIFETIME_S) != NULL &&
         X509_set_subject_name (certificate, name) && X509_set_issuer_name (certificate, name) &&
         X509_set_pubkey (certificate, key) && X509_sign (certificate, key, EVP_sha256 ()) > 0;
  X509_NAME_free (name);
  if (!made)
    g_clear_pointer (&certificate, X509_free);
  return certificate;
}

/* The chain proves nothing: certificates are self-signed. Whose it is, is shown by the fingerprint. */
static int
accept_any (int ok, X509_STORE_CTX *store)
{
  return 1;
}

static char *
list_profiles (void)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < BATON_N_SRTP_SUITES; i++)
    if (baton_srtp_suite_info (i)->dtls_profile != NULL)
      g_strv_builder_add (names, baton_srtp_suite_info (i)->dtls_profile);
  list = g_strv_builder_end (names);
  return g_strjoinv (":", list);
}

static gboolean
fill_identity (Identity *identity)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *certificate = key != NULL ? make_certificate (key) : NULL;
  SSL_CTX *context = SSL_CTX_new (DTLS_method ());
  g_autofree char *profiles = list_profiles ();
  guint length = 0;
  gboolean made;

  made = certificate != NULL && context != NULL && SSL_CTX_set_min_proto_version (context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_use_certificate (context, certificate) == 1 && SSL_CTX_use_PrivateKey (context, key) == 1 &&
         SSL_CTX_set_tlsext_use_srtp (context, profiles) == 0 && /* 0 is success */
         SSL_CTX_set_cipher_list (context, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL") == 1 &&
         X509_digest (certificate, EVP_sha256 (), identity->fingerprint.digest, &length) == 1;
  if (made)
    {
      identity->fingerprint.hash = "sha-256";
      identity->fingerprint.length = (guint8) length;
      identity->context = context;
      SSL_CTX_set_verify (context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
      SSL_CTX_set_options (context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                      SSL_OP_CIPHER_SERVER_PREFERENCE);
      SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
    }
  else
    SSL_CTX_free (context);
  X509_free (certificate);
  EVP_PKEY_free (key);
  return made;
}

static Identity *
get_identity (void)
{
  static Identity identity;
  static gsize state; /* 1: there is one, 2: there can be none */

  if (g_once_init_enter (&state))
    g_once_init_leave (&state, fill_identity (&identity) ? 1 : 2);
  return state == 1 ? &identity : NULL;
}

const BatonFingerprint *
baton_dtls_get_own_fingerprint (void)
{
  Identity *identity = get_identity ();

  return identity != NULL ? &identity->fingerprint : NULL;
}

/* --- OpenSSL's datagrams: its memory BIO would run them together --- */

static int
write_datagram (BIO *bio, const char *data, int length)
{
  BatonDtls *self = BIO_get_data (bio);

  if (length <= 0)
    return 0;
  self->send ((const guint8 *) data, (gsize) length, self->data);
  return length; /* one that could not be sent is a lost one: the timer knows what to do */
}

static int
read_datagram (BIO *bio, char *data, int size)
{
  BatonDtls *self = BIO_get_data (bio);
  gsize n = MIN (self->n_input, (gsize) MAX (size, 0));

  BIO_clear_retry_flags (bio);
  if (self->input == NULL)
    {
      BIO_set_retry_read (bio);
      return -1;
    }
  memcpy (data, self->input, n);
  self->input = NULL;
  self->n_input = 0;
  return (int) n;
}

static long
control (BIO *bio, int command, long number, void *pointer)
{
  switch (command)
    {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_PUSH:
    case BIO_CTRL_POP:
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT:
      return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
      return MTU;
    default:
      return 0;
    }
}

static BIO_METHOD *
get_bio_method (void)
{
  static BIO_METHOD *method;
  static gsize made;

  if (g_once_init_enter (&made))
    {
      method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "baton datagram");
      BIO_meth_set_write (method, write_datagram);
      BIO_meth_set_read (method, read_datagram);
      BIO_meth_set_ctrl (method, control);
      g_once_init_leave (&made, 1);
    }
  return method;
}

static unsigned int
next_timeout (SSL *ssl, unsigned int before)
{
  return before == 0 ? FIRST_TIMEOUT_US : MIN (before * 2, LAST_TIMEOUT_US);
}

BatonDtls *
baton_dtls_new (gboolean client, const BatonFingerprint *expected, guint n_expected, BatonDtlsSendFunc send,
                gpointer data)
{
  Identity *identity = get_identity ();
  SSL *ssl = identity != NULL ? SSL_new (identity->context) : NULL;
  BIO *bio = ssl != NULL ? BIO_new (get_bio_method ()) : NULL;
  BatonDtls *self;

  if (bio == NULL)
    {
      SSL_free (ssl);
      return NULL;
    }
  self = g_new0 (BatonDtls, 1);
  self->ssl = ssl;
  self->client = client;
  self->n_expected = MIN (n_expected, BATON_DTLS_MAX_FINGERPRINTS);
  memcpy (self->expected, expected, self->n_expected * sizeof *expected);
  self->send = send;
  self->data = data;
  BIO_set_data (bio, self);
  BIO_set_init (bio, 1);
  SSL_set_bio (ssl, bio, bio);
  SSL_set_mtu (ssl, MTU);
  DTLS_set_timer_cb (ssl, next_timeout);
  if (client)
    SSL_set_connect_state (ssl);
  else
    SSL_set_accept_state (ssl);
  return self;
}

void
baton_dtls_free (BatonDtls *self)
{
  if (self == NULL)
    return;
  if (self->state == BATON_DTLS_DONE)
    SSL_shutdown (self->ssl);
  ERR_clear_error ();
  SSL_free (self->ssl);
  OPENSSL_cleanse (&self->local, sizeof self->local);
  OPENSSL_cleanse (&self->remote, sizeof self->remote);
  g_free (self->error);
  g_free (self);
}

/* --- the handshake --- */

static void
fail (BatonDtls *self, const char *sentence)
{
  self->state = BATON_DTLS_FAILED;
  g_free (self->error);
  self->error = g_strdup (sentence);
}

static const EVP_MD *
find_digest (const char *hash)
{
  static const struct
  {
    const char *name;
    const EVP_MD *(*get) (void);
  } table[] = { { "sha-1", EVP_sha1 },     { "sha-224", EVP_sha224 }, { "sha-256", EVP_sha256 },
                { "sha-384", EVP_sha384 }, { "sha-512", EVP_sha512 } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].name, hash) == 0)
      return table[i].get ();
  return NULL;
}

static gboolean
is_expected (BatonDtls *self)
{
  X509 *certificate = SSL_get1_peer_certificate (self->ssl);
  guint8 digest[EVP_MAX_MD_SIZE];
  gboolean fits = FALSE;

  for (guint i = 0; certificate != NULL && i < self->n_expected && !fits; i++)
    {
      const EVP_MD *hash = find_digest (self->expected[i].hash);
      guint length = 0;

      fits = hash != NULL && X509_digest (certificate, hash, digest, &length) == 1 &&
             length == self->expected[i].length && CRYPTO_memcmp (digest, self->expected[i].digest, length) == 0;
    }
  X509_free (certificate);
  return fits;
}

static gboolean
export_keys (BatonDtls *self)
{
  const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile (self->ssl);
  BatonSrtpKey *keys[2] = { self->client ? &self->local : &self->remote, self->client ? &self->remote : &self->local };
  const BatonSrtpSuiteInfo *info = NULL;
  guint8 material[2 * BATON_SRTP_MAX_KEY];
  gboolean exported;
  guint suite = 0;

  for (; profile != NULL && info == NULL && suite < BATON_N_SRTP_SUITES; suite++)
    if (g_strcmp0 (baton_srtp_suite_info (suite)->dtls_profile, profile->name) == 0)
      info = baton_srtp_suite_info (suite);
  if (info == NULL)
    return FALSE;
  exported = SSL_export_keying_material (self->ssl, material, 2 * (info->key_length + info->salt_length), EXPORTER,
                                         strlen (EXPORTER), NULL, 0, 0) == 1;
  for (guint i = 0; i < 2; i++) /* both keys, then both salts; the client's first (RFC 5764 §4.2) */
    {
      keys[i]->suite = suite - 1;
      memcpy (keys[i]->key, material + i * info->key_length, info->key_length);
      memcpy (keys[i]->key + info->key_length, material + 2 * info->key_length + i * info->salt_length,
              info->salt_length);
    }
  OPENSSL_cleanse (material, sizeof material);
  return exported;
}

static void
finish (BatonDtls *self)
{
  if (!is_expected (self))
    fail (self, "The other side showed another certificate than the one that its call named. Somebody may sit in "
                "between, so no sound is sent or heard.");
  else if (!export_keys (self))
    fail (self, "The other side agreed on no way to encrypt the sound (DTLS without SRTP).");
  else
    self->state = BATON_DTLS_DONE;
}

static void
step (BatonDtls *self)
{
  g_autofree char *sentence = NULL;
  const char *why;
  int result;

  ERR_clear_error ();
  result = SSL_do_handshake (self->ssl);
  if (result == 1)
    {
      finish (self);
      return;
    }
  switch (SSL_get_error (self->ssl, result))
    {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return;
    default:
      why = ERR_reason_error_string (ERR_peek_error ());
      sentence = g_strdup_printf ("The keys for encrypted sound could not be agreed on (DTLS: %s).",
                                  why != NULL ? why : "no reason given");
      fail (self, sentence);
      ERR_clear_error ();
    }
}

void
baton_dtls_start (BatonDtls *self)
{
  if (self->client && self->state == BATON_DTLS_HANDSHAKING)
    step (self);
}

void
baton_dtls_put (BatonDtls *self, const guint8 *data, gsize length)
{
  guint8 nothing[64];

  if (length < RECORD_HEADER) /* to OpenSSL an empty one would be the end */
    return;
  self->input = data;
  self->n_input = length;
  switch (self->state)
    {
    case BATON_DTLS_HANDSHAKING:
      step (self);
      break;
    case BATON_DTLS_DONE:
      ERR_clear_error ();
      while (SSL_read (self->ssl, nothing, sizeof nothing) > 0)
        ; /* data in DTLS is for nobody here */
      ERR_clear_error ();
      break;
    case BATON_DTLS_FAILED:
      break;
    }
  self->input = NULL;
  self->n_input = 0;
}

void
baton_dtls_check_timer (BatonDtls *self)
{
  struct timeval left;

  if (self->state != BATON_DTLS_HANDSHAKING || DTLSv1_get_timeout (self->ssl, &left) != 1 || left.tv_sec > 0 ||
      left.tv_usec > 0)
    return;
  ERR_clear_error ();
  if (DTLSv1_handle_timeout (self->ssl) < 0)
    fail (self, "The other side never answered about the keys for encrypted sound (DTLS).");
  ERR_clear_error ();
}

BatonDtlsState
baton_dtls_get_state (BatonDtls *self)
{
  return self->state;
}

void
baton_dtls_get_keys (BatonDtls *self, BatonSrtpKey *local, BatonSrtpKey *remote)
{
  *local = self->local;
  *remote = self->remote;
}

const char *
baton_dtls_get_error (BatonDtls *self)
{
  return self->error;
}
