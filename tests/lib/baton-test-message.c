/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-message.h"

#include <stdlib.h>
#include <string.h>

static const struct
{
  const char *compact;
  const char *name;
} compact_forms[] = {
  { "i", "Call-ID" }, { "m", "Contact" }, { "e", "Content-Encoding" }, { "l", "Content-Length" },
  { "c", "Content-Type" }, { "f", "From" }, { "s", "Subject" }, { "k", "Supported" }, { "t", "To" },
  { "v", "Via" }, { "o", "Event" }, { "u", "Allow-Events" }, { "r", "Refer-To" }, { "b", "Referred-By" },
  { "x", "Session-Expires" },
};

static const char *
long_name (const char *name)
{
  for (guint i = 0; name[0] != '\0' && name[1] == '\0' && i < G_N_ELEMENTS (compact_forms); i++)
    if (g_ascii_strcasecmp (name, compact_forms[i].compact) == 0)
      return compact_forms[i].name;
  return name;
}

static gboolean
parse_start_line (BatonTestMessage *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);

  if (g_strv_length (words) < 2)
    return FALSE;
  if (g_str_has_prefix (line, "SIP/2.0 "))
    {
      self->status = (guint) strtoul (words[1], NULL, 10);
      self->reason = g_strdup (words[2] != NULL ? words[2] : "");
      return self->status >= 100 && self->status <= 699;
    }
  if (words[2] == NULL || strcmp (words[2], "SIP/2.0") != 0)
    return FALSE;
  self->is_request = TRUE;
  self->method = g_strdup (words[0]);
  self->uri = g_strdup (words[1]);
  return TRUE;
}

static void
add_header (BatonTestMessage *self, const char *line)
{
  const char *colon = strchr (line, ':');

  if ((line[0] == ' ' || line[0] == '\t') && self->values->len > 0)
    {
      char **last = (char **) &g_ptr_array_index (self->values, self->values->len - 1);
      g_autofree char *rest = g_strstrip (g_strdup (line));
      char *all = g_strconcat (*last, " ", rest, NULL);

      g_free (*last);
      *last = all;
    }
  else if (colon != NULL)
    {
      g_ptr_array_add (self->names, g_strstrip (g_strndup (line, (gsize) (colon - line))));
      g_ptr_array_add (self->values, g_strstrip (g_strdup (colon + 1)));
    }
}

BatonTestMessage *
baton_test_message_parse (const char *text, gsize length)
{
  g_autoptr (BatonTestMessage) self = g_new0 (BatonTestMessage, 1);
  const char *cursor, *cseq;

  self->text = g_strndup (text, length);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->values = g_ptr_array_new_with_free_func (g_free);
  self->time = g_get_monotonic_time ();

  cursor = self->text;
  for (gboolean first = TRUE;; first = FALSE)
    {
      const char *end = strchr (cursor, '\n');
      gsize size = end != NULL ? (gsize) (end - cursor) : strlen (cursor);
      g_autofree char *line = g_strndup (cursor, size);

      g_strchomp (line);
      cursor += size + (end != NULL ? 1 : 0);
      if (first && !parse_start_line (self, line))
        return NULL;
      if (!first && line[0] == '\0')
        break;
      if (!first)
        add_header (self, line);
      if (end == NULL)
        break;
    }
  self->body = g_strdup (cursor);

  cseq = baton_test_message_get (self, "CSeq");
  if (cseq != NULL)
    {
      char *end = NULL;

      self->cseq = (guint) strtoul (cseq, &end, 10);
      if (!self->is_request)
        self->method = g_strstrip (g_strdup (end));
    }
  if (self->method == NULL)
    self->method = g_strdup ("");
  return g_steal_pointer (&self);
}

void
baton_test_message_free (BatonTestMessage *self)
{
  g_clear_object (&self->remote);
  g_free (self->method);
  g_free (self->uri);
  g_free (self->reason);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->values, g_ptr_array_unref);
  g_free (self->body);
  g_free (self->text);
  g_free (self);
}

const char *
baton_test_message_get_nth (const BatonTestMessage *self, const char *name, guint n)
{
  for (guint i = 0; i < self->names->len; i++)
    if (g_ascii_strcasecmp (long_name (g_ptr_array_index (self->names, i)), long_name (name)) == 0 && n-- == 0)
      return g_ptr_array_index (self->values, i);
  return NULL;
}

const char *
baton_test_message_get (const BatonTestMessage *self, const char *name)
{
  return baton_test_message_get_nth (self, name, 0);
}

guint
baton_test_message_count (const BatonTestMessage *self, const char *name)
{
  guint count = 0;

  while (baton_test_message_get_nth (self, name, count) != NULL)
    count++;
  return count;
}

gboolean
baton_test_message_has_token (const BatonTestMessage *self, const char *name, const char *token)
{
  const char *value;

  for (guint n = 0; (value = baton_test_message_get_nth (self, name, n)) != NULL; n++)
    {
      g_auto (GStrv) items = g_strsplit (value, ",", -1);

      for (char **item = items; *item != NULL; item++)
        {
          (*item)[strcspn (*item, ";")] = '\0';
          if (g_ascii_strcasecmp (g_strstrip (*item), token) == 0)
            return TRUE;
        }
    }
  return FALSE;
}

char *
baton_test_message_dup_parameter (const BatonTestMessage *self, const char *name, const char *parameter)
{
  const char *value = baton_test_message_get (self, name);
  const char *end;
  g_auto (GStrv) parts = NULL;

  if (value == NULL)
    return NULL;
  end = strrchr (value, '>');
  parts = g_strsplit (end != NULL ? end : value, ";", -1);
  for (guint i = 1; parts[0] != NULL && parts[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (parts[i], "=", 2);

      if (g_ascii_strcasecmp (g_strstrip (pair[0]), parameter) == 0)
        return g_strdup (pair[1] != NULL ? g_strstrip (pair[1]) : "");
    }
  return NULL;
}

char *
baton_test_message_dup_uri (const BatonTestMessage *self, const char *name)
{
  const char *value = baton_test_message_get (self, name);
  const char *start, *end;

  if (value == NULL)
    return NULL;
  start = strchr (value, '<');
  if (start == NULL)
    return g_strndup (value, strcspn (value, ";"));
  end = strchr (start, '>');
  return end != NULL ? g_strndup (start + 1, (gsize) (end - start - 1)) : NULL;
}

guint
baton_test_message_get_sipfrag_status (const BatonTestMessage *self)
{
  if (!g_str_has_prefix (self->body, "SIP/2.0 "))
    return 0;
  return (guint) strtoul (self->body + 8, NULL, 10);
}

char *
baton_test_message_check (const BatonTestMessage *self)
{
  static const char *const once[] = { "From", "To", "Call-ID", "CSeq" };
  static const char *const need_contact[] = { "INVITE", "REFER", "NOTIFY", "SUBSCRIBE", NULL };
  g_autofree char *from_tag = baton_test_message_dup_parameter (self, "From", "tag");
  const char *length = baton_test_message_get (self, "Content-Length");

  for (guint i = 0; i < G_N_ELEMENTS (once); i++)
    if (baton_test_message_count (self, once[i]) != 1)
      return g_strdup_printf ("%u %s headers", baton_test_message_count (self, once[i]), once[i]);
  if (baton_test_message_count (self, "Via") < 1)
    return g_strdup ("no Via");
  if (from_tag == NULL || from_tag[0] == '\0')
    return g_strdup ("no tag in From");
  if (length != NULL && strtoul (length, NULL, 10) != strlen (self->body))
    return g_strdup_printf ("Content-Length %s, but the body has %zu bytes", length, strlen (self->body));
  if (self->body[0] != '\0' && baton_test_message_count (self, "Content-Type") != 1)
    return g_strdup ("a body without one Content-Type");
  if (!self->is_request)
    return NULL;
  if (baton_test_message_count (self, "Max-Forwards") != 1)
    return g_strdup ("no Max-Forwards");
  if (g_strv_contains (need_contact, self->method) && baton_test_message_count (self, "Contact") != 1)
    return g_strdup_printf ("%u Contacts in %s", baton_test_message_count (self, "Contact"), self->method);
  if (strchr (self->uri, '?') != NULL)
    return g_strdup ("URI headers in the Request-URI");
  return NULL;
}

gboolean
baton_test_message_matches (const BatonTestMessage *self, const char *what)
{
  if (!g_ascii_isdigit (what[0]) && what[0] != 'x')
    return self->is_request && strcmp (self->method, what) == 0;
  if (self->is_request || strlen (what) < 5 || strcmp (self->method, what + 4) != 0)
    return FALSE;
  for (guint i = 0, unit = 100; i < 3; i++, unit /= 10)
    if (what[i] != 'x' && (guint) (what[i] - '0') != self->status / unit % 10)
      return FALSE;
  return TRUE;
}
