/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-certificates.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "baton-error.h"

#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"
#define FILE_MAX (4 * 1024 * 1024)

/* Without the last one the library reads one of that name in the working directory, whatever it is. */
static const char *const names[] = { "agent.pem", "cafile.pem", "tls_seed.dat" };

/* A key that wants a password must not ask for one on the terminal. */
static int
no_password (char *buffer, int size, int writing, void *data)
{
  return -1;
}

static void
wipe (char *text)
{
  if (text != NULL)
    OPENSSL_cleanse (text, strlen (text));
  g_free (text);
}

/* Returns: NULL with @code and words in @error */
static char *
read_file (const char *path, BatonError code, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GStatBuf facts;
  char *text = NULL;

  if (g_stat (path, &facts) == 0 && (!S_ISREG (facts.st_mode) || facts.st_size > FILE_MAX)) /* a pipe would never end */
    {
      g_set_error (error, BATON_ERROR, code, "“%s” is not a PEM file. Name a file with certificates.", path);
      return NULL;
    }
  if (!g_file_get_contents (path, &text, NULL, &reason))
    {
      g_set_error (error, BATON_ERROR, code, "%s. Check its name and who may read it.", reason->message);
      return NULL;
    }
  return text;
}

static X509 *
read_certificate (BIO *bio)
{
  return bio != NULL ? PEM_read_bio_X509 (bio, NULL, no_password, NULL) : NULL;
}

/* In the way in which the stack will load them: what is too weak for this computer's rules is refused here, too. */
static const char *
try_pair (X509 *certificate, EVP_PKEY *key)
{
  SSL_CTX *context = SSL_CTX_new (TLS_method ());
  const char *why = NULL;

  if (context == NULL || SSL_CTX_use_certificate (context, certificate) != 1 ||
      SSL_CTX_use_PrivateKey (context, key) != 1)
    why = ERR_reason_error_string (ERR_peek_last_error ());
  SSL_CTX_free (context);
  return why;
}

/* The certificates behind the first one that somebody else has issued: those between ours and its root. The root is not for
 * us to trust because it lies there. */
static void
collect_chain (BIO *bio, BIO *chain)
{
  for (X509 *certificate; (certificate = read_certificate (bio)) != NULL; X509_free (certificate))
    if (X509_NAME_cmp (X509_get_subject_name (certificate), X509_get_issuer_name (certificate)) != 0)
      PEM_write_bio_X509 (chain, certificate);
}

static gboolean
check_pair (const char *path, const char *text, BIO *chain, GError **error)
{
  BIO *bio = BIO_new_mem_buf (text, -1), *again = BIO_new_mem_buf (text, -1);
  X509 *certificate = read_certificate (bio);
  EVP_PKEY *key = again != NULL ? PEM_read_bio_PrivateKey (again, NULL, no_password, NULL) : NULL;
  const char *why = NULL;

  if (certificate == NULL)
    g_set_error (error, BATON_ERROR, BATON_ERROR_TLS_CERT,
                 "There is no certificate in “%s”. Put certificate and private key into one PEM file.", path);
  else if (key == NULL)
    g_set_error (error, BATON_ERROR, BATON_ERROR_TLS_CERT,
                 "There is no private key in “%s”, or one with a password. Put the key without a password into the same "
                 "file.", path);
  else if (X509_check_private_key (certificate, key) != 1)
    g_set_error (error, BATON_ERROR, BATON_ERROR_TLS_CERT,
                 "The private key in “%s” does not belong to its first certificate. Put the two that do into one file.",
                 path);
  else if ((why = try_pair (certificate, key)) != NULL)
    g_set_error (error, BATON_ERROR, BATON_ERROR_TLS_CERT,
                 "The certificate in “%s” can't be used: %s. Have a new one made.", path, why);
  else
    collect_chain (bio, chain);
  ERR_clear_error (); /* the queue is the thread's, and the stack takes what is in it for its own */
  X509_free (certificate);
  EVP_PKEY_free (key);
  BIO_free (bio);
  BIO_free (again);
  return *error == NULL;
}

/* All of it, in the way in which the stack will. Returns: NULL with @error */
static char *
read_trusted (const char *ca, GError **error)
{
  const char *set = g_getenv (X509_get_default_cert_file_env ());
  const char *path = ca != NULL ? ca : set != NULL && *set != '\0' ? set : SYSTEM_CA;
  g_autofree char *text = read_file (path, BATON_ERROR_TLS_CA, error);
  BIO *bio = text != NULL ? BIO_new_mem_buf (text, -1) : NULL;
  STACK_OF (X509_INFO) *all = bio != NULL ? PEM_X509_INFO_read_bio (bio, NULL, no_password, NULL) : NULL;
  gboolean any = FALSE;

  for (int i = 0; i < sk_X509_INFO_num (all); i++)
    any |= sk_X509_INFO_value (all, i)->x509 != NULL;
  if (text != NULL && all == NULL)
    g_set_error (error, BATON_ERROR, BATON_ERROR_TLS_CA,
                 "A certificate in “%s” is damaged. Name a PEM file with those to trust, all of them whole.", path);
  else if (text != NULL && !any)
    g_set_error (error, BATON_ERROR, BATON_ERROR_TLS_CA,
                 "There is no certificate in “%s”. Name a PEM file with those to trust.", path);
  ERR_clear_error ();
  sk_X509_INFO_pop_free (all, X509_INFO_free);
  BIO_free (bio);
  return *error == NULL ? g_steal_pointer (&text) : NULL;
}

/* The stack sends the first certificate of agent.pem alone; the rest of its chain it looks for in cafile.pem. */
static char *
join_trusted (const char *trusted, BIO *chain)
{
  char *data = NULL;
  long length = BIO_get_mem_data (chain, &data);

  return g_strdup_printf ("%s\n%.*s", trusted, (int) MAX (length, 0), length > 0 ? data : "");
}

static char *
write_folder (const char *agent, const char *trusted, GError **error)
{
  const char *const texts[] = { agent, trusted, "-" };
  g_autoptr (GError) reason = NULL;
  char *folder = g_dir_make_tmp (BATON_SIP_CERTIFICATES_PREFIX "XXXXXX", &reason); /* of mode 0700 */

  for (guint i = 0; folder != NULL && reason == NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_file_set_contents_full (path, texts[i], -1, G_FILE_SET_CONTENTS_NONE, 0600, &reason);
    }
  if (reason == NULL)
    return folder;
  g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED, "The certificates for TLS can't be written: %s. Make room for them.",
               reason->message);
  baton_sip_certificates_remove_folder (folder);
  return NULL;
}

char *
baton_sip_certificates_make_folder (const char *cert, const char *ca, GError **error)
{
  g_autoptr (GError) reason = NULL;
  BIO *chain = BIO_new (BIO_s_mem ());
  char *agent = read_file (cert, BATON_ERROR_TLS_CERT, &reason);
  g_autofree char *trusted = NULL, *joined = NULL;
  char *folder = NULL;

  if (agent != NULL && check_pair (cert, agent, chain, &reason))
    trusted = read_trusted (ca, &reason);
  if (trusted != NULL)
    {
      joined = join_trusted (trusted, chain);
      folder = write_folder (agent, joined, &reason);
    }
  BIO_free (chain);
  wipe (agent);
  if (folder == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return folder;
}

void
baton_sip_certificates_remove_folder (char *folder)
{
  if (folder == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
  g_free (folder);
}
