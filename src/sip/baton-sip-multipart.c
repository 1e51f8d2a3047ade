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

/* The value of the header @name in the head of a part; @content: (out): where its content begins */
static char *
dup_header (const char *start, const char *end, const char *name, const char **content)
{
  gsize length = strlen (name);
  char *value = NULL;

  while (start < end)
    {
      const char *line_end = memchr (start, '\n', (gsize) (end - start));
      g_autofree char *line = g_strndup (start, (gsize) ((line_end != NULL ? line_end : end) - start));

      start = line_end != NULL ? line_end + 1 : end;
      g_strchomp (line);
      if (*line == '\0')
        break; /* the head is over */
      if (value == NULL && g_ascii_strncasecmp (line, name, length) == 0 && line[length] == ':')
        value = g_strdup (g_strchug (line + length + 1));
    }
  *content = start;
  return value;
}

static gboolean
is_id (const char *value, const char *id)
{
  g_autofree char *wanted = g_strdup_printf ("<%s>", id);

  return strcmp (value, wanted) == 0;
}

static gboolean
is_type (const char *value, const char *type)
{
  gsize length = strlen (type);

  return g_ascii_strncasecmp (value, type, length) == 0 && strchr ("; \t", value[length]) != NULL;
}

/* The first part that @matches says @wanted of its header @name. @content: (out): where the part's head is over */
static const char *
find_part (const char *body, gsize body_length, const char *boundary, const char *name,
           gboolean (*matches) (const char *value, const char *wanted), const char *wanted, gsize *length, const char **content)
{
  const char *end = body + body_length;
  g_autofree char *delimiter = g_strconcat ("--", boundary, NULL);
  const char *at;

  if (*boundary == '\0' || strlen (boundary) > BOUNDARY_MAX || *wanted == '\0')
    return NULL;
  at = find_delimiter (body, body, end, delimiter);
  for (guint i = 0; at != NULL && i < MOST_PARTS; i++)
    {
      const char *start = memchr (at, '\n', (gsize) (end - at));
      const char *next = start != NULL ? find_delimiter (body, start + 1, end, delimiter) : NULL;
      g_autofree char *value = NULL;

      if (next == NULL)
        return NULL; /* not closed */
      start++;
      value = dup_header (start, next, name, content);
      if (value != NULL && matches (value, wanted))
        {
          *length = (gsize) (before_break (start, next) - start);
          return start;
        }
      at = next;
    }
  return NULL;
}

GBytes *
baton_sip_multipart_find (const char *body, gsize length, const char *boundary, const char *id)
{
  const char *content;
  gsize part_length;
  const char *part = find_part (body, length, boundary, "Content-ID", is_id, id, &part_length, &content);

  return part != NULL && part_length <= BATON_MAX_PART ? g_bytes_new (part, part_length) : NULL;
}

GBytes *
baton_sip_multipart_find_type (const char *body, gsize length, const char *boundary, const char *type)
{
  const char *content;
  gsize part_length;
  const char *part = find_part (body, length, boundary, "Content-Type", is_type, type, &part_length, &content);

  return part != NULL && content < part + part_length ? g_bytes_new (content, (gsize) (part + part_length - content)) : NULL;
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
