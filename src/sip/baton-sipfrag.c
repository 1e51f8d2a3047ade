/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sipfrag.h"

#include <string.h>

#include "baton-error.h"

/* A status line with some headers is far below; a whole response with a body may come close. */
#define MAX_BODY 65536
#define MAX_LINE 4096

static BatonSipfrag *
fail (GError **error, const char *what)
{
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "The message/sipfrag can't be read: %s.", what);
  return NULL;
}

/* Takes the line at *@p, without its CRLF or bare LF, and moves *@p behind it. NULL when over-long. */
static char *
take_line (const char **p, const char *end)
{
  const char *start = *p;
  const char *lf = start < end ? memchr (start, '\n', (gsize) (end - start)) : NULL;
  gsize length = (gsize) ((lf != NULL ? lf : end) - start);

  *p = lf != NULL ? lf + 1 : end;
  if (length > 0 && start[length - 1] == '\r')
    length--;
  return length <= MAX_LINE ? g_strndup (start, length) : NULL;
}

/* Headers may follow the status line: "Name: value", a blank line ends them, anything may come then */
static gboolean
headers_are_valid (const char *p, const char *end)
{
  while (p < end)
    {
      g_autofree char *line = take_line (&p, end);
      gsize name;

      if (line == NULL)
        return FALSE;
      if (*line == '\0')
        return TRUE;
      if (*line == ' ' || *line == '\t') /* folded */
        continue;
      name = strcspn (line, ": \t");
      if (name == 0 || line[name + strspn (line + name, " \t")] != ':')
        return FALSE;
    }
  return TRUE;
}

BatonSipfrag *
baton_sipfrag_parse (const char *body, gssize length, GError **error)
{
  gsize size = length < 0 ? strlen (body) : (gsize) length;
  const char *p = body, *end = body + size;
  g_autofree char *line = NULL, *reason = NULL;
  BatonSipfrag *self;
  guint status;

  if (size > MAX_BODY || (size > 0 && memchr (body, '\0', size) != NULL))
    return fail (error, "it is too long or holds a NUL");
  while (p < end && (*p == '\r' || *p == '\n'))
    p++;
  line = take_line (&p, end);
  if (line == NULL || g_ascii_strncasecmp (line, "SIP/2.0 ", 8) != 0)
    return fail (error, "it does not begin with a status line");
  g_strchomp (line);
  if (!g_ascii_isdigit (line[8]) || !g_ascii_isdigit (line[9]) || !g_ascii_isdigit (line[10]) ||
      (line[11] != '\0' && line[11] != ' '))
    return fail (error, "there is no status of three digits");
  status = (guint) (g_ascii_digit_value (line[8]) * 100 + g_ascii_digit_value (line[9]) * 10 +
                    g_ascii_digit_value (line[10]));
  if (status < 100 || status > 699)
    return fail (error, "the status is not between 100 and 699");
  if (!headers_are_valid (p, end))
    return fail (error, "what follows the status line are no headers");
  for (char *q = line + 11; *q != '\0'; q++)
    {
      if (g_ascii_iscntrl (*q))
        *q = ' ';
    }
  reason = g_utf8_make_valid (line + 11, -1);
  self = g_new0 (BatonSipfrag, 1);
  self->status = status;
  self->reason = g_strstrip (g_steal_pointer (&reason));
  return self;
}

void
baton_sipfrag_free (BatonSipfrag *self)
{
  g_free (self->reason);
  g_free (self);
}

char *
baton_sipfrag_format (guint status, const char *reason)
{
  g_autofree char *clean = g_utf8_make_valid (reason != NULL ? reason : "", -1);

  for (char *p = clean; *p != '\0'; p++)
    {
      if (g_ascii_iscntrl (*p))
        *p = ' ';
    }
  if (g_utf8_strlen (clean, -1) > 256)
    *g_utf8_offset_to_pointer (clean, 256) = '\0';
  return g_strdup_printf ("SIP/2.0 %03u %s\r\n", CLAMP (status, 100, 699), g_strstrip (clean));
}
