/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "baton-sip-multipart.h"

#include <string.h>

/* RFC 2046 §5.1.1 */
#define BOUNDARY_MAX 70
#define MOST_PARTS 16

/* A boundary at the start of a line, at or after @from. Returns: (nullable): its first '-' */
static const char *
find_delimiter (const char *body, const char *from, const char *end, const char *delimiter)
{
  gsize length = strlen (delimiter);
  const char *found = from;

  while (found < end && (found = memmem (found, (gsize) (end - found), delimiter, length)) != NULL)
    {
      if (found == body || found[-1] == '\n')
        return found;
      found++;
    }
  return NULL;
}

/* The end of the line break that ends what stands before @next */
static const char *
before_break (const char *start, const char *next)
{
  if (next > start && next[-1] == '\n')
    next--;
  if (next > start && next[-1] == '\r')
    next--;
  return next;
}

/* Whether the head of the part says "Content-ID: <@id>" */
static gboolean
has_id (const char *start, const char *end, const char *id)
{
  g_autofree char *wanted = g_strdup_printf ("<%s>", id);

  while (start < end)
    {
      const char *line_end = memchr (start, '\n', (gsize) (end - start));
      g_autofree char *line = NULL;

      line = g_strndup (start, (gsize) ((line_end != NULL ? line_end : end) - start));
      g_strchomp (line);
      if (*line == '\0')
        return FALSE; /* the head is over */
      if (g_ascii_strncasecmp (line, "Content-ID:", strlen ("Content-ID:")) == 0)
        return strcmp (g_strstrip (line + strlen ("Content-ID:")), wanted) == 0;
      if (line_end == NULL)
        return FALSE;
      start = line_end + 1;
    }
  return FALSE;
}

GBytes *
baton_sip_multipart_find (const char *body, gsize length, const char *boundary, const char *id)
{
  const char *end = body + length;
  g_autofree char *delimiter = g_strconcat ("--", boundary, NULL);
  const char *at;

  if (*boundary == '\0' || strlen (boundary) > BOUNDARY_MAX || *id == '\0')
    return NULL;
  at = find_delimiter (body, body, end, delimiter);
  for (guint i = 0; at != NULL && i < MOST_PARTS; i++)
    {
      const char *start = memchr (at, '\n', (gsize) (end - at));
      const char *next = start != NULL ? find_delimiter (body, start + 1, end, delimiter) : NULL;

      if (next == NULL)
        return NULL; /* not closed */
      start++;
      if (has_id (start, next, id))
        {
          const char *stop = before_break (start, next);

          return stop - start <= BATON_MAX_PART ? g_bytes_new (start, (gsize) (stop - start)) : NULL;
        }
      at = next;
    }
  return NULL;
}

GBytes *
baton_sip_multipart_join (const char *sdp, GBytes *part, char **type)
{
  /* A random one: whoever wrote the part can't have put it in there. */
  g_autofree char *random = g_uuid_string_random ();
  GString *body = g_string_new (NULL);
  gsize length = 0;
  const char *bytes = g_bytes_get_data (part, &length);

  *type = g_strdup_printf ("multipart/mixed;boundary=\"baton-%s\"", random);
  g_string_append_printf (body, "--baton-%s\r\nContent-Type: application/sdp\r\n\r\n%s\r\n--baton-%s\r\n", random, sdp, random);
  g_string_append_len (body, bytes, (gssize) length);
  g_string_append_printf (body, "\r\n--baton-%s--\r\n", random);
  return g_string_free_to_bytes (body);
}
