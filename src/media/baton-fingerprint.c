/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-fingerprint.h"

#include <string.h>

/* In the order of RFC 8122's registry; the names are not case-sensitive there. */
static const struct
{
  const char *name;
  guint length;
} hashes[] = { { "sha-1", 20 }, { "sha-224", 28 }, { "sha-256", 32 }, { "sha-384", 48 }, { "sha-512", 64 } };

gboolean
baton_fingerprint_parse (const char *text, BatonFingerprint *self)
{
  gsize word = strcspn (text, " ");
  const char *p;

  memset (self, 0, sizeof *self);
  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    if (strlen (hashes[i].name) == word && g_ascii_strncasecmp (text, hashes[i].name, word) == 0)
      {
        self->hash = hashes[i].name;
        self->length = (guint8) hashes[i].length;
      }
  if (self->hash == NULL)
    return FALSE;
  p = text + word + strspn (text + word, " ");
  for (guint i = 0; i < self->length; i++, p += 2)
    {
      if (i > 0 && *p++ != ':')
        return FALSE;
      if (!g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]))
        return FALSE;
      self->digest[i] = (guint8) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));
    }
  return p[strspn (p, " ")] == '\0';
}

char *
baton_fingerprint_to_string (const BatonFingerprint *self)
{
  GString *text = g_string_new (self->hash);

  for (guint i = 0; i < self->length; i++)
    g_string_append_printf (text, "%c%02X", i == 0 ? ' ' : ':', self->digest[i]);
  return g_string_free (text, FALSE);
}

gboolean
baton_fingerprint_equal (const BatonFingerprint *a, const BatonFingerprint *b)
{
  return g_strcmp0 (a->hash, b->hash) == 0 && memcmp (a->digest, b->digest, a->length) == 0;
}
