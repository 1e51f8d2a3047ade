/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-digest.h"

#include <string.h>

void
baton_test_digest_challenge (BatonTestPeer *peer, BatonTestMessage *request, guint status, const char *realm,
                             const char *nonce, const char *algorithm)
{
  g_auto (GStrv) algorithms = g_strsplit (algorithm, ",", -1);
  g_autoptr (GString) headers = g_string_new (NULL);

  for (guint i = 0; algorithms[i] != NULL; i++)
    {
      g_string_append_printf (headers, "%s: Digest realm=\"%s\", nonce=\"%s",
                              status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate", realm, nonce);
      if (algorithms[1] != NULL)
        g_string_append_printf (headers, "-%s", algorithms[i]);
      g_string_append_printf (headers, "\", algorithm=%s, qop=\"auth\"\r\n", algorithms[i]);
    }
  baton_test_peer_reply (peer, request, status, status == 407 ? "Proxy Authentication Required" : "Unauthorized",
                         headers->str, NULL);
}

/* "Digest a="x,y", b=z" as a table. Quoted values may have commas. */
static GHashTable *
parse_credentials (const char *value)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const char *c = value + strlen ("Digest");

  while (*c != '\0')
    {
      gsize length;
      char *name;

      c += strspn (c, " ,\t");
      length = strcspn (c, "= ");
      if (c[length] != '=')
        break;
      name = g_ascii_strdown (c, (gssize) length);
      c += length + 1;
      if (*c == '"')
        {
          length = strcspn (++c, "\"");
          g_hash_table_replace (table, name, g_strndup (c, length));
          c += length + (c[length] == '"' ? 1 : 0);
        }
      else
        {
          length = strcspn (c, ", ");
          g_hash_table_replace (table, name, g_strndup (c, length));
          c += length;
        }
    }
  return table;
}

static char *
hash (GChecksumType type, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return g_compute_checksum_for_string (type, text, -1);
}

char *
baton_test_digest_verify (BatonTestMessage *request, const char *user, const char *password, const char *nonce)
{
  const char *value = baton_test_message_get (request, "Authorization");
  g_autoptr (GHashTable) table = NULL;
  g_autofree char *a1 = NULL, *a2 = NULL, *expected = NULL;
  const char *uri, *response, *qop, *algorithm;
  GChecksumType type = G_CHECKSUM_MD5;

  if (value == NULL)
    value = baton_test_message_get (request, "Proxy-Authorization");
  if (value == NULL || !g_str_has_prefix (value, "Digest "))
    return g_strdup ("no digest credentials");
  table = parse_credentials (value);
  uri = g_hash_table_lookup (table, "uri");
  response = g_hash_table_lookup (table, "response");
  qop = g_hash_table_lookup (table, "qop");
  algorithm = g_hash_table_lookup (table, "algorithm");
  if (algorithm != NULL && g_ascii_strncasecmp (algorithm, "SHA-256", strlen ("SHA-256")) == 0)
    type = G_CHECKSUM_SHA256;
  if (g_strcmp0 (g_hash_table_lookup (table, "username"), user) != 0)
    return g_strdup_printf ("user name %s", (char *) g_hash_table_lookup (table, "username"));
  if (g_strcmp0 (g_hash_table_lookup (table, "nonce"), nonce) != 0)
    return g_strdup_printf ("nonce %s", (char *) g_hash_table_lookup (table, "nonce"));
  if (g_strcmp0 (uri, request->uri) != 0)
    return g_strdup_printf ("uri %s for a request to %s", uri, request->uri);

  a1 = hash (type, "%s:%s:%s", user, (char *) g_hash_table_lookup (table, "realm"), password);
  if (algorithm != NULL && g_str_has_suffix (algorithm, "-sess"))
    {
      g_autofree char *session = hash (type, "%s:%s:%s", a1, nonce, (char *) g_hash_table_lookup (table, "cnonce"));

      g_free (a1);
      a1 = g_steal_pointer (&session);
    }
  a2 = hash (type, "%s:%s", request->method, uri);
  if (qop != NULL)
    expected = hash (type, "%s:%s:%s:%s:%s:%s", a1, nonce, (char *) g_hash_table_lookup (table, "nc"),
                     (char *) g_hash_table_lookup (table, "cnonce"), qop, a2);
  else
    expected = hash (type, "%s:%s:%s", a1, nonce, a2);
  return g_strcmp0 (expected, response) == 0 ? NULL : g_strdup_printf ("response %s, not %s", response, expected);
}
