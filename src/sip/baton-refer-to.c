/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-to.h"

#include <string.h>

#include "baton-error.h"
#include "baton-name-addr.h"

G_DEFINE_BOXED_TYPE (BatonReferTo, baton_refer_to, baton_refer_to_copy, baton_refer_to_free)

BatonReferTo *
baton_refer_to_new (const char *display_name, const BatonSipUri *uri, const BatonReplaces *replaces)
{
  BatonReferTo *self = g_new0 (BatonReferTo, 1);

  self->display_name = g_strdup (display_name);
  self->uri = baton_sip_uri_ref ((BatonSipUri *) uri);
  self->replaces = replaces != NULL ? baton_replaces_copy (replaces) : NULL;
  return self;
}

BatonReferTo *
baton_refer_to_copy (const BatonReferTo *self)
{
  BatonReferTo *copy = baton_refer_to_new (self->display_name, self->uri, self->replaces);

  copy->require_replaces = self->require_replaces;
  return copy;
}

void
baton_refer_to_free (BatonReferTo *self)
{
  g_free (self->display_name);
  baton_sip_uri_unref (self->uri);
  g_clear_pointer (&self->replaces, baton_replaces_free);
  g_free (self);
}

/* Whether "replaces" is one of the option tags in @list (a Require header's value) */
static gboolean
lists_replaces (const char *list)
{
  g_auto (GStrv) tags = g_strsplit (list, ",", 32);

  for (guint i = 0; tags[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (g_strstrip (tags[i]), "replaces") == 0)
        return TRUE;
    }
  return FALSE;
}

BatonReferTo *
baton_refer_to_parse (const char *text, GError **error)
{
  g_autofree char *display_name = NULL, *uri_text = NULL, *replaces_text = NULL, *require = NULL;
  g_autoptr (BatonSipUri) uri = NULL;
  g_autoptr (BatonReplaces) replaces = NULL;
  BatonReferTo *self;

  g_return_val_if_fail (text != NULL, NULL);
  if (!baton_name_addr_split (text, &display_name, &uri_text, NULL, error))
    return NULL;
  uri = baton_sip_uri_parse (uri_text, error);
  if (uri == NULL)
    return NULL;
  if (baton_sip_uri_count_headers (uri, "Replaces") > 1)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "There is more than one Replaces in it.");
      return NULL;
    }
  replaces_text = baton_sip_uri_dup_header (uri, "Replaces");
  if (replaces_text != NULL)
    {
      replaces = baton_replaces_parse (replaces_text, error);
      if (replaces == NULL)
        return NULL;
    }
  require = baton_sip_uri_dup_header (uri, "Require");
  self = baton_refer_to_new (display_name, uri, replaces);
  self->require_replaces = replaces != NULL && require != NULL && lists_replaces (require);
  return self;
}

char *
baton_refer_to_to_string (const BatonReferTo *self)
{
  g_autofree char *uri = NULL;

  if (self->replaces != NULL)
    {
      g_autofree char *plain = baton_replaces_to_string (self->replaces);
      /* Everything but unreserved is escaped: a "+" or "@" left as it is gets lost in other parsers */
      g_autofree char *escaped = g_uri_escape_string (plain, NULL, FALSE);
      g_autofree char *base = baton_sip_uri_to_request_uri (self->uri);

      uri = g_strdup_printf ("%s?Replaces=%s%s", base, escaped, self->require_replaces ? "&Require=replaces" : "");
    }
  else
    {
      uri = baton_sip_uri_to_string (self->uri);
    }
  return baton_name_addr_join (self->display_name, uri);
}
