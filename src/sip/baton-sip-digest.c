/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-digest.h"

#include <string.h>

#define SOFIA_EXTEND_AUTH_CLIENT 1
#include <sofia-sip/auth_client_plugin.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/url.h>

#define MD5_CHARS 32
#define SHA256_CHARS 64

/* One realm's challenge, as it is kept on the handle that got it. The stack makes it, with zeros after the head. */
typedef struct
{
  auth_client_t head;

  char *nonce, *opaque, *algorithm; /* as they came, with their quotes */
  char *cnonce;
  gboolean sha256, sess;
  const char *qop; /* static, NULL: none was offered */
  guint count;     /* of requests with this nonce */
} Digest;

/* Like the "HA1+hash" of the stack, whose own plugin reads the first of the two. */
char *
baton_sip_digest_make_secret (const char *user, const char *realm, const char *password)
{
  g_autofree char *a1 = g_strdup_printf ("%s:%s:%s", user, realm, password);
  g_autofree char *md5 = g_compute_checksum_for_string (G_CHECKSUM_MD5, a1, -1);
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, a1, -1);

  return g_strdup_printf ("HA1+%s+%s", md5, sha256);
}

/* A challenge's word without its quotes; what is escaped in it stays so (RFC 7616 §3.3) */
static char *
unquote (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  return length >= 2 && text[0] == '"' && text[length - 1] == '"' ? g_strndup (text + 1, length - 2) : g_strdup (text);
}

static void
keep (Digest *self, char **field, const char *value)
{
  if (*field != NULL)
    su_free (self->head.ca_home, *field);
  *field = value != NULL ? su_strdup (self->head.ca_home, value) : NULL;
}

/* FALSE: neither MD5 nor SHA-256 */
static gboolean
read_algorithm (const char *value, gboolean *sha256, gboolean *sess)
{
  g_autofree char *name = unquote (value);
  char *suffix = name != NULL ? strrchr (name, '-') : NULL;

  *sess = suffix != NULL && g_ascii_strcasecmp (suffix, "-sess") == 0;
  if (*sess)
    *suffix = '\0';
  *sha256 = name != NULL && g_ascii_strcasecmp (name, "SHA-256") == 0;
  return *sha256 || name == NULL || g_ascii_strcasecmp (name, "MD5") == 0;
}

/* FALSE: a list without anything that we know. *@qop stays NULL where there is no list (RFC 2069). */
static gboolean
read_qop (const char *value, const char **qop)
{
  g_autofree char *list = unquote (value);
  g_auto (GStrv) words = list != NULL ? g_strsplit_set (list, ", \t", -1) : NULL;

  *qop = NULL;
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], "auth") == 0)
      *qop = "auth";
  return words == NULL || *qop != NULL;
}

/*
 * Called for each challenge of an answer, in its order. Returns: 2: our credentials are wanted, and were not wrong before;
 * 1: nothing speaks for that; never -1, which would give up on the other challenges of the same answer.
 */
static int
digest_challenge (auth_client_t *client, msg_auth_t const *challenge)
{
  Digest *self = (Digest *) client;
  const char *nonce = msg_header_find_param (challenge->au_common, "nonce=");
  const char *stale = msg_header_find_param (challenge->au_common, "stale=");
  const char *algorithm = msg_header_find_param (challenge->au_common, "algorithm=");
  g_autofree char *old = unquote (stale);
  g_autofree char *cnonce = NULL;
  gboolean sha256, sess, again;
  const char *qop;

  if (nonce == NULL || !read_algorithm (algorithm, &sha256, &sess) ||
      !read_qop (msg_header_find_param (challenge->au_common, "qop="), &qop))
    return 1;
  if (self->nonce != NULL && self->sha256 && !sha256 && self->count == 0)
    return 1; /* the other half of an offer of both */
  again = self->nonce == NULL || (old != NULL && g_ascii_strcasecmp (old, "true") == 0);
  keep (self, &self->nonce, nonce);
  keep (self, &self->opaque, msg_header_find_param (challenge->au_common, "opaque="));
  keep (self, &self->algorithm, algorithm);
  cnonce = g_uuid_string_random ();
  keep (self, &self->cnonce, cnonce);
  self->sha256 = sha256;
  self->sess = sess;
  self->qop = qop;
  self->count = 0;
  return again ? 2 : 1;
}

static char *
hash (Digest *self, const char *text)
{
  return g_compute_checksum_for_string (self->sha256 ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5, text, -1);
}

/* RFC 7616 §3.4. The stack's own plugin knows auth-int, too; this one doesn't: who offers that alone gets no answer. */
static char *
make_response (Digest *self, const char *method, const char *uri, const char *count)
{
  const char *secret = self->head.ca_pass + strlen ("HA1+");
  g_autofree char *nonce = unquote (self->nonce);
  g_autofree char *ha1 = self->sha256 ? g_strndup (secret + MD5_CHARS + 1, SHA256_CHARS) : g_strndup (secret, MD5_CHARS);
  g_autofree char *a2 = g_strdup_printf ("%s:%s", method, uri);
  g_autofree char *ha2 = hash (self, a2);
  g_autofree char *text = NULL;

  if (self->sess)
    {
      g_autofree char *a1 = g_strdup_printf ("%s:%s:%s", ha1, nonce, self->cnonce);

      g_free (ha1);
      ha1 = hash (self, a1);
    }
  if (self->qop != NULL)
    text = g_strdup_printf ("%s:%s:%s:%s:%s:%s", ha1, nonce, count, self->cnonce, self->qop, ha2);
  else
    text = g_strdup_printf ("%s:%s:%s", ha1, nonce, ha2);
  return hash (self, text);
}

static int
digest_authorize (auth_client_t *client, su_home_t *home, char const *method, url_t const *url, msg_payload_t const *body,
                  msg_header_t **headers)
{
  Digest *self = (Digest *) client;
  g_autoptr (GString) text = NULL;
  g_autofree char *response = NULL;
  char count[9], *uri;

  if (client->ca_user == NULL || client->ca_pass == NULL || client->ca_clear || self->nonce == NULL ||
      strlen (client->ca_pass) != strlen ("HA1+") + MD5_CHARS + 1 + SHA256_CHARS)
    return 0;
  uri = url_as_string (home, url);
  if (uri == NULL)
    return -1;
  g_snprintf (count, sizeof count, "%08x", ++self->count);
  response = make_response (self, method, uri, count);
  text = g_string_new (NULL);
  g_string_append_printf (text, "Digest username=\"%s\", realm=%s, nonce=%s, uri=\"%s\", response=\"%s\"", client->ca_user,
                          client->ca_realm, self->nonce, uri, response);
  if (self->algorithm != NULL)
    g_string_append_printf (text, ", algorithm=%s", self->algorithm);
  if (self->opaque != NULL)
    g_string_append_printf (text, ", opaque=%s", self->opaque);
  if (self->qop != NULL || self->sess)
    g_string_append_printf (text, ", cnonce=\"%s\"", self->cnonce);
  if (self->qop != NULL)
    g_string_append_printf (text, ", qop=%s, nc=%s", self->qop, count);
  su_free (home, uri);
  *headers = msg_header_make (home, client->ca_credential_class, text->str);
  return *headers != NULL ? 0 : -1;
}

/* The server gives the next nonce with its yes (RFC 7616 §3.5) */
static int
digest_info (auth_client_t *client, msg_auth_info_t const *info)
{
  Digest *self = (Digest *) client;
  const char *nonce = info->ai_params != NULL ? msg_params_find (info->ai_params, "nextnonce=") : NULL;

  if (nonce == NULL)
    return 0;
  keep (self, &self->nonce, nonce);
  self->count = 0;
  return 1;
}

/* It was given up. The next request in the call is challenged anew: for what it would still remember it took no answer then. */
static int
digest_clear (auth_client_t *client)
{
  Digest *self = (Digest *) client;

  client->ca_clear = 1;
  client->ca_user = client->ca_pass = NULL; /* its home's */
  keep (self, &self->nonce, NULL);
  self->count = 0;
  return 1;
}

void
baton_sip_digest_register (void)
{
  /* The name on purpose in capitals: the library puts a plugin into the place of the first one whose name is another,
   * where it means to look for the same; and asks for it without regard to the case. */
  static const auth_client_plugin_t plugin = {
    .auc_plugin_size = offsetof (auth_client_plugin_t, auc_save_credentials),
    .auc_size = sizeof (Digest),
    .auc_name = "DIGEST",
    .auc_challenge = digest_challenge,
    .auc_authorize = digest_authorize,
    .auc_info = digest_info,
    .auc_clear = digest_clear,
  };
  static gsize done;

  if (g_once_init_enter (&done))
    {
      if (auc_register_plugin (&plugin) < 0)
        g_warning ("The stack takes no digest of ours: servers that offer SHA-256 will refuse us.");
      g_once_init_leave (&done, 1);
    }
}
