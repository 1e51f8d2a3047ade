/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-challenge.h"

#include <string.h>
#include <sys/random.h>

#include <sofia-sip/auth_digest.h>

#include "baton-sip-auth.h"
#include "baton-sip-uri.h"

#define NONCE_LIFE_US (60 * G_USEC_PER_SEC)

struct _BatonSipChallenge
{
  BatonTimers *timers;
  guint8 secret[32];
  GHashTable *used; /* nonce → when it stops being one; only those that came with the password */
};

BatonSipChallenge *
baton_sip_challenge_new (BatonTimers *timers)
{
  BatonSipChallenge *self = g_new0 (BatonSipChallenge, 1);

  self->timers = g_object_ref (timers);
  if (getrandom (self->secret, sizeof self->secret, 0) != sizeof self->secret)
    g_error ("The system gives no random numbers.");
  self->used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
baton_sip_challenge_free (BatonSipChallenge *self)
{
  g_object_unref (self->timers);
  g_hash_table_unref (self->used);
  memset (self->secret, 0, sizeof self->secret);
  g_free (self);
}

static char *
sign (BatonSipChallenge *self, const char *text)
{
  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, self->secret, sizeof self->secret, text, -1);
}

static char *
make_nonce (BatonSipChallenge *self)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_MODIFIER "x-%08x", baton_timers_now (self->timers), g_random_int ());
  g_autofree char *signature = sign (self, text);

  return g_strdup_printf ("%s-%s", text, signature);
}

static gboolean
is_used (BatonSipChallenge *self, const char *nonce)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->used);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (*(gint64 *) value < baton_timers_now (self->timers))
      g_hash_table_iter_remove (&iter);
  return g_hash_table_contains (self->used, nonce);
}

static gboolean
nonce_is_ours (BatonSipChallenge *self, const char *nonce)
{
  const char *dash = strrchr (nonce, '-');
  g_autofree char *text = dash != NULL ? g_strndup (nonce, (gsize) (dash - nonce)) : NULL;
  g_autofree char *signature = text != NULL ? sign (self, text) : NULL;
  gint64 age;

  if (signature == NULL || strcmp (signature, dash + 1) != 0)
    return FALSE;
  age = baton_timers_now (self->timers) - g_ascii_strtoll (text, NULL, 16);
  return age >= 0 && age < NONCE_LIFE_US && !is_used (self, nonce);
}

static char *
dup_realm (BatonSipIdentity *identity)
{
  const char *address = baton_sip_identity_get_address (identity);
  g_autoptr (BatonSipUri) uri = address != NULL ? baton_sip_uri_parse (address, NULL) : NULL;

  return g_strdup (uri != NULL ? baton_sip_uri_get_host (uri) : "baton");
}

char *
baton_sip_challenge_make (BatonSipChallenge *self, BatonSipIdentity *identity)
{
  g_autofree char *realm = dup_realm (identity);
  g_autofree char *nonce = make_nonce (self);

  return g_strdup_printf ("Digest realm=\"%s\", nonce=\"%s\", algorithm=MD5, qop=\"auth\"", realm, nonce);
}

static char *
unquote (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  return length >= 2 && text[0] == '"' && text[length - 1] == '"' ? g_strndup (text + 1, length - 2) : g_strdup (text);
}

static gboolean
check_credentials (BatonSipChallenge *self, BatonSipIdentity *identity, const sip_t *sip, const msg_auth_t *au)
{
  su_home_t home[1] = { SU_HOME_INIT (home) };
  auth_response_t response = { .ar_size = sizeof response };
  auth_hexmd5_t ha1, expected;
  g_autofree char *user = baton_sip_auth_dup_user (identity);
  g_autofree char *realm = dup_realm (identity);
  g_autofree char *given_user = NULL, *given_realm = NULL, *nonce = NULL, *given = NULL;
  gboolean proven = FALSE;

  su_home_init (home);
  if (auth_digest_response_get (home, &response, au->au_params) >= 0)
    {
      given_user = unquote (response.ar_username);
      given_realm = unquote (response.ar_realm);
      nonce = unquote (response.ar_nonce);
      given = unquote (response.ar_response);
      if (nonce != NULL && given != NULL && response.ar_md5 && response.ar_auth && response.ar_uri != NULL &&
          response.ar_nc != NULL && response.ar_cnonce != NULL && g_strcmp0 (given_user, user) == 0 &&
          g_strcmp0 (given_realm, realm) == 0 && nonce_is_ours (self, nonce))
        {
          auth_digest_ha1 (ha1, user, realm, baton_sip_identity_get_password (identity));
          auth_digest_response (&response, expected, ha1, sip->sip_request->rq_method_name, NULL, 0);
          proven = g_ascii_strcasecmp (expected, given) == 0;
        }
    }
  su_home_deinit (home);
  if (proven)
    {
      gint64 *until = g_new (gint64, 1);

      *until = baton_timers_now (self->timers) + NONCE_LIFE_US;
      g_hash_table_insert (self->used, g_steal_pointer (&nonce), until);
    }
  return proven;
}

gboolean
baton_sip_challenge_check (BatonSipChallenge *self, BatonSipIdentity *identity, const sip_t *sip)
{
  if (sip == NULL || sip->sip_request == NULL || baton_sip_identity_get_password (identity) == NULL)
    return FALSE;
  for (const msg_auth_t *au = sip->sip_authorization; au != NULL; au = au->au_next)
    if (au->au_scheme != NULL && g_ascii_strcasecmp (au->au_scheme, "Digest") == 0 &&
        check_credentials (self, identity, sip, au))
      return TRUE;
  return FALSE;
}
