/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-auth.h"

#include <string.h>

#include <sofia-sip/msg_header.h>
#include <sofia-sip/url.h>

#include "baton-sip-digest.h"

/* What was answered is kept in bits: each kind of challenge once, and each once more for a stale nonce. */
#define ANSWERED(status) ((status) == 401 ? 1u : 2u)
#define ANSWERED_STALE(status) ((status) == 401 ? 4u : 8u)

/*
 * nua takes "Digest:\"realm\":user:password". Hashes in place of the password, because a colon in
 * a password ends it there (RFC 7616 §3.4.2 says what is hashed).
 */
char *
baton_sip_auth_format (const char *realm, const char *user, const char *password)
{
  g_autofree char *bare = NULL;
  g_autofree char *secret = NULL;
  gsize length;

  if (realm == NULL || user == NULL || password == NULL)
    return NULL;
  length = strlen (realm);
  if (length < 2 || realm[0] != '"' || realm[length - 1] != '"' || strpbrk (user, ":\"\\\r\n") != NULL)
    return NULL;

  /* unq(X) takes away the quotes around and nothing else (RFC 7616 §3.3). */
  bare = g_strndup (realm + 1, length - 2);
  secret = baton_sip_digest_make_secret (user, bare, password);
  return g_strdup_printf ("Digest:%s:%s:%s", realm, user, secret);
}

char *
baton_sip_auth_dup_user (BatonSipIdentity *identity)
{
  const char *address = baton_sip_identity_get_address (identity);
  const char *start, *end;

  if (baton_sip_identity_get_auth_user (identity) != NULL)
    return g_strdup (baton_sip_identity_get_auth_user (identity));
  if (address == NULL)
    return NULL;
  start = strchr (address, ':');
  end = strchr (address, '@');
  if (start == NULL || end == NULL || end < start)
    return NULL;
  return g_uri_unescape_segment (start + 1, end, NULL);
}

static gboolean
baton_sip_auth_is_stale (const msg_auth_t *challenge)
{
  for (const msg_auth_t *au = challenge; au != NULL; au = au->au_next)
    {
      const char *stale = msg_header_find_param (au->au_common, "stale=");

      if (stale != NULL && (g_ascii_strcasecmp (stale, "true") == 0 || g_ascii_strcasecmp (stale, "\"true\"") == 0))
        return TRUE;
    }
  return FALSE;
}

static gboolean
baton_sip_auth_answer_challenge (BatonSipIdentity *identity, const char *user, const msg_auth_t *challenge,
                                 nua_handle_t *handle)
{
  g_autofree char *first = NULL;

  for (const msg_auth_t *au = challenge; au != NULL && first == NULL; au = au->au_next)
    if (au->au_scheme != NULL && g_ascii_strcasecmp (au->au_scheme, "Digest") == 0)
      first = baton_sip_auth_format (msg_header_find_param (au->au_common, "realm="), user,
                                     baton_sip_identity_get_password (identity));
  if (first == NULL)
    return FALSE;
  nua_authenticate (handle, NUTAG_AUTH (first), TAG_END ());
  return TRUE;
}

gboolean
baton_sip_auth_answer (BatonSipIdentity *identity, const BatonSipEvent *event, guint *attempts)
{
  g_autofree char *user = NULL;
  const sip_t *sip = event->sip;
  const msg_auth_t *challenge;
  guint answer;

  if ((event->status != 401 && event->status != 407) || sip == NULL || identity == NULL
      || baton_sip_identity_get_password (identity) == NULL)
    return FALSE;

  challenge = event->status == 401 ? sip->sip_www_authenticate : sip->sip_proxy_authenticate;
  if (challenge == NULL)
    return FALSE;
  /* A second challenge after our credentials means they are wrong, unless only the nonce was old. */
  answer = (*attempts & ANSWERED (event->status)) == 0 ? ANSWERED (event->status) : ANSWERED_STALE (event->status);
  if ((*attempts & answer) != 0 || (answer == ANSWERED_STALE (event->status) && !baton_sip_auth_is_stale (challenge)))
    return FALSE;

  user = baton_sip_auth_dup_user (identity);
  if (!baton_sip_auth_answer_challenge (identity, user, challenge, event->handle))
    return FALSE;
  *attempts |= answer;
  return TRUE;
}

gboolean
baton_sip_auth_answer_or_give_up (BatonSipIdentity *identity, const BatonSipEvent *event, guint *attempts)
{
  if (event->status < 200)
    return FALSE;
  if (baton_sip_auth_answer (identity, event, attempts))
    return TRUE;
  *attempts = 0;
  if (event->status == 401 || event->status == 407)
    nua_authenticate (event->handle, TAG_END ());
  return FALSE;
}
