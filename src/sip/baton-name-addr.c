/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-name-addr.h"

#include <string.h>

#include "baton-error.h"
#include "baton-sip-uri.h"

gboolean
baton_header_value_is_safe (const char *text)
{
  if (strlen (text) > BATON_MAX_HEADER)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    {
      if (g_ascii_iscntrl (*p) && *p != '\t')
        return FALSE;
    }
  return TRUE;
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "The header can't be read: %s.", what);
  return FALSE;
}

/* @p is behind the opening quote. Returns: what is behind the closing one, NULL when there is none */
static const char *
read_quoted (const char *p, GString *out)
{
  for (; *p != '\0' && *p != '"'; p++)
    {
      if (*p == '\\' && p[1] != '\0')
        p++;
      g_string_append_c (out, *p);
    }
  return *p == '"' ? p + 1 : NULL;
}

/* What may follow ">": nothing, or parameters, which may hold quoted strings; never a second value */
static gboolean
check_tail (const char *tail)
{
  g_autoptr (GString) ignored = g_string_new (NULL);

  tail += strspn (tail, " \t");
  if (*tail != '\0' && *tail != ';')
    return FALSE;
  while (*tail != '\0')
    {
      if (*tail == ',' || *tail == '<')
        return FALSE;
      tail = *tail == '"' ? read_quoted (tail + 1, ignored) : tail + 1;
      if (tail == NULL)
        return FALSE;
    }
  return TRUE;
}

gboolean
baton_name_addr_split (const char *text, char **display_name, char **uri, char **parameters, GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gboolean quoted = FALSE;
  const char *p, *close;

  if (!baton_header_value_is_safe (text))
    return fail (error, "it is too long or holds control characters");
  p = text + strspn (text, " \t");
  if (*p == '"')
    {
      quoted = TRUE;
      p = read_quoted (p + 1, name);
      if (p == NULL)
        return fail (error, "a quote is not closed");
      p += strspn (p, " \t");
      if (*p != '<')
        return fail (error, "there is no “<” after the name");
    }
  else if (strchr (p, '<') != NULL)
    {
      gsize length = strcspn (p, "<");

      g_string_append_len (name, p, (gssize) length);
      if (strpbrk (name->str, ",;\":@") != NULL)
        return fail (error, "the name has characters that need quotes");
      p += length;
    }
  if (*p != '<')
    {
      g_autofree char *bare = g_strstrip (g_strdup (p));

      /* RFC 3261 §20.10 wants <> around a URI with a comma: without, it is a second value */
      if (*bare == '\0' || strpbrk (bare, ", \t>") != NULL)
        return fail (error, "there is not exactly one address in it");
      *uri = g_steal_pointer (&bare);
      if (display_name != NULL)
        *display_name = NULL;
      if (parameters != NULL)
        *parameters = g_strdup ("");
      return TRUE;
    }
  close = strchr (p, '>');
  if (close == NULL)
    return fail (error, "“<” is not closed");
  if (!check_tail (close + 1))
    return fail (error, "something follows the address");
  *uri = g_strstrip (g_strndup (p + 1, (gsize) (close - p - 1)));
  if (parameters != NULL)
    *parameters = g_strstrip (g_strdup (close + 1));
  if (display_name != NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (name->str, -1);

      *display_name = *g_strstrip (valid) != '\0' || quoted ? g_steal_pointer (&valid) : NULL;
    }
  return TRUE;
}

char *
baton_name_addr_join (const char *display_name, const char *uri)
{
  g_autoptr (GString) out = NULL;

  if (display_name == NULL || *display_name == '\0')
    return g_strdup_printf ("<%s>", uri);
  out = g_string_new ("\"");
  for (const char *p = display_name; *p != '\0' && out->len < 256; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, g_ascii_iscntrl (*p) ? ' ' : *p);
    }
  if (!g_utf8_validate (out->str, -1, NULL)) /* cut inside a letter, or never UTF-8 */
    {
      g_autofree char *valid = g_utf8_make_valid (out->str, -1);

      g_string_assign (out, valid);
    }
  g_string_append_printf (out, "\" <%s>", uri);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

gboolean
baton_referred_by_check (const char *text)
{
  g_autofree char *uri_text = NULL;
  g_autoptr (BatonSipUri) uri = NULL;

  if (!baton_name_addr_split (text, NULL, &uri_text, NULL, NULL))
    return FALSE;
  uri = baton_sip_uri_parse (uri_text, NULL);
  return uri != NULL;
}
