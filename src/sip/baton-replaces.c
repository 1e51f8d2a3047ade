/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-replaces.h"

#include <string.h>

#include "baton-error.h"
#include "baton-name-addr.h"

#define MAX_PART 256

G_DEFINE_BOXED_TYPE (BatonReplaces, baton_replaces, baton_replaces_copy, baton_replaces_free)

BatonReplaces *
baton_replaces_new (const char *call_id, const char *to_tag, const char *from_tag, gboolean early_only)
{
  BatonReplaces *self = g_new0 (BatonReplaces, 1);

  self->call_id = g_strdup (call_id);
  self->to_tag = g_strdup (to_tag);
  self->from_tag = g_strdup (from_tag);
  self->early_only = early_only;
  return self;
}

BatonReplaces *
baton_replaces_copy (const BatonReplaces *self)
{
  return baton_replaces_new (self->call_id, self->to_tag, self->from_tag, self->early_only);
}

void
baton_replaces_free (BatonReplaces *self)
{
  g_free (self->call_id);
  g_free (self->to_tag);
  g_free (self->from_tag);
  g_free (self);
}

/* More than the grammar's word and token allow, as Call-IDs in use do; nothing that would split the header */
static gboolean
part_is_valid (const char *part)
{
  if (*part == '\0' || strlen (part) > MAX_PART)
    return FALSE;
  for (const char *p = part; *p != '\0'; p++)
    {
      if (!g_ascii_isgraph (*p) || strchr (",;", *p) != NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "The Replaces header can't be read: %s.", what);
  return FALSE;
}

static gboolean
parse_parameter (BatonReplaces *self, const char *text, GError **error)
{
  g_autofree char *name = g_strstrip (g_strndup (text, strcspn (text, "=")));
  const char *equals = strchr (text, '=');
  char **tag = NULL;

  if (g_ascii_strcasecmp (name, "to-tag") == 0)
    tag = &self->to_tag;
  else if (g_ascii_strcasecmp (name, "from-tag") == 0)
    tag = &self->from_tag;
  else if (g_ascii_strcasecmp (name, "early-only") == 0)
    self->early_only = TRUE;
  if (tag == NULL)
    return TRUE;
  if (*tag != NULL)
    return fail (error, "a tag occurs twice");
  *tag = g_strstrip (g_strdup (equals != NULL ? equals + 1 : ""));
  return part_is_valid (*tag) || fail (error, "a tag is empty, too long, or has characters that no tag has");
}

BatonReplaces *
baton_replaces_parse (const char *text, GError **error)
{
  g_autoptr (BatonReplaces) self = NULL;
  g_auto (GStrv) parts = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  if (!baton_header_value_is_safe (text))
    {
      fail (error, "it is too long or holds control characters");
      return NULL;
    }
  parts = g_strsplit (text, ";", -1);
  if (parts[0] == NULL)
    {
      fail (error, "it is empty");
      return NULL;
    }
  self = baton_replaces_new (g_strstrip (parts[0]), NULL, NULL, FALSE);
  if (!part_is_valid (self->call_id))
    {
      fail (error, "the Call-ID is empty, too long, or has characters that no Call-ID has");
      return NULL;
    }
  for (guint i = 1; parts[i] != NULL; i++)
    {
      if (strchr (parts[i], ',') != NULL) /* a list: there must be one only (RFC 3891 §3) */
        {
          fail (error, "there is more than one");
          return NULL;
        }
      if (!parse_parameter (self, parts[i], error))
        return NULL;
    }
  if (self->to_tag == NULL || self->from_tag == NULL)
    {
      fail (error, "a tag is missing");
      return NULL;
    }
  return g_steal_pointer (&self);
}

BatonReplaces *
baton_replaces_parse_target_dialog (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);
  g_autoptr (GString) replaces = g_string_new (parts[0]);

  for (guint i = 1; parts[0] != NULL && parts[i] != NULL; i++)
    {
      g_autofree char *name = g_strstrip (g_strndup (parts[i], strcspn (parts[i], "=")));
      const char *equals = strchr (parts[i], '=');

      if (g_ascii_strcasecmp (name, "local-tag") == 0)
        g_string_append_printf (replaces, ";to-tag%s", equals != NULL ? equals : "");
      else if (g_ascii_strcasecmp (name, "remote-tag") == 0)
        g_string_append_printf (replaces, ";from-tag%s", equals != NULL ? equals : "");
    }
  return baton_replaces_parse (replaces->str, NULL);
}

char *
baton_replaces_to_string (const BatonReplaces *self)
{
  return g_strdup_printf ("%s;to-tag=%s;from-tag=%s%s", self->call_id, self->to_tag, self->from_tag,
                          self->early_only ? ";early-only" : "");
}

gboolean
baton_replaces_equal (const BatonReplaces *a, const BatonReplaces *b)
{
  return g_strcmp0 (a->call_id, b->call_id) == 0 && g_strcmp0 (a->to_tag, b->to_tag) == 0 &&
         g_strcmp0 (a->from_tag, b->from_tag) == 0 && !a->early_only == !b->early_only;
}
