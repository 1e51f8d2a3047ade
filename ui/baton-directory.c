/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-directory.h"

#include "baton-error.h"
#include "baton-format.h"
#include "baton-sip-uri.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_SUGGESTIONS 12
#define MAX_HISTORY_LOOKED_AT 200

struct _BatonTarget
{
  GObject parent_instance;
  char *name, *uri, *detail;
  BatonCall *call;
};

G_DEFINE_FINAL_TYPE (BatonTarget, baton_target, G_TYPE_OBJECT)

static void
baton_target_finalize (GObject *object)
{
  BatonTarget *self = BATON_TARGET (object);

  g_free (self->name);
  g_free (self->uri);
  g_free (self->detail);
  g_clear_object (&self->call);
  G_OBJECT_CLASS (baton_target_parent_class)->finalize (object);
}

static void
baton_target_class_init (BatonTargetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = baton_target_finalize;
}

static void
baton_target_init (BatonTarget *self)
{
}

static BatonTarget *
baton_target_new (const char *name, const char *uri, const char *detail, BatonCall *call)
{
  BatonTarget *self = g_object_new (BATON_TYPE_TARGET, NULL);

  self->name = g_strdup (name);
  self->uri = g_strdup (uri);
  self->detail = g_strdup (detail);
  g_set_object (&self->call, call);
  return self;
}

const char *
baton_target_get_name (BatonTarget *self)
{
  return self->name;
}

const char *
baton_target_get_uri (BatonTarget *self)
{
  return self->uri;
}

const char *
baton_target_get_detail (BatonTarget *self)
{
  return self->detail;
}

BatonCall *
baton_target_get_call (BatonTarget *self)
{
  return self->call;
}

struct _BatonDirectory
{
  GObject parent_instance;
  BatonEngine *engine;
  BatonHistory *history;
  BatonDemo *demo;
};

G_DEFINE_FINAL_TYPE (BatonDirectory, baton_directory, G_TYPE_OBJECT)

static void
baton_directory_dispose (GObject *object)
{
  BatonDirectory *self = BATON_DIRECTORY (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->history);
  g_clear_object (&self->demo);
  G_OBJECT_CLASS (baton_directory_parent_class)->dispose (object);
}

static void
baton_directory_class_init (BatonDirectoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_directory_dispose;
}

static void
baton_directory_init (BatonDirectory *self)
{
}

BatonDirectory *
baton_directory_new (BatonEngine *engine, BatonHistory *history)
{
  BatonDirectory *self = g_object_new (BATON_TYPE_DIRECTORY, NULL);

  self->engine = g_object_ref (engine);
  self->history = g_object_ref (history);
  return self;
}

void
baton_directory_set_demo (BatonDirectory *self, BatonDemo *demo)
{
  g_set_object (&self->demo, demo);
}

static gboolean
same_address (const char *a, const char *b)
{
  g_autofree char *left = baton_format_address (a);
  g_autofree char *right = baton_format_address (b);

  return g_ascii_strcasecmp (left, right) == 0;
}

/* Returns: (transfer full) (nullable): the demo peer of that name or address */
static BatonDemoPeer *
find_peer (BatonDirectory *self, const char *name, const char *uri)
{
  guint n = self->demo != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->demo)) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonDemoPeer) peer = g_list_model_get_item (G_LIST_MODEL (self->demo), i);

      if ((name != NULL && g_ascii_strcasecmp (name, baton_demo_peer_get_name (peer)) == 0)
          || (uri != NULL && same_address (uri, baton_demo_peer_get_uri (peer))))
        return g_steal_pointer (&peer);
    }
  return NULL;
}

gboolean
baton_directory_has_demo_peer (BatonDirectory *self, const char *uri)
{
  g_autoptr (BatonDemoPeer) peer = find_peer (self, NULL, uri);

  return peer != NULL;
}

char *
baton_directory_dup_name (BatonDirectory *self, const char *remote_name, const char *uri)
{
  g_autoptr (BatonDemoPeer) peer = find_peer (self, NULL, uri);

  if (peer != NULL)
    return g_strdup (baton_demo_peer_get_name (peer));
  return baton_format_name (remote_name, uri);
}

char *
baton_directory_dup_call_name (BatonDirectory *self, BatonCall *call)
{
  return baton_directory_dup_name (self, baton_call_get_remote_name (call), baton_call_get_remote_uri (call));
}

char *
baton_directory_resolve (BatonDirectory *self, BatonAccount *account, const char *typed, GError **error)
{
  g_autofree char *text = g_strstrip (g_strdup (typed));
  g_autoptr (BatonDemoPeer) peer = NULL;
  g_autoptr (GPtrArray) known = NULL;

  if (text[0] == '\0')
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_URI, _("Type a name or a number."));
      return NULL;
    }
  peer = find_peer (self, text, NULL);
  if (peer != NULL)
    return g_strdup (baton_demo_peer_get_uri (peer));

  known = baton_directory_suggest (self, NULL, text);
  for (guint i = 0; i < known->len; i++)
    if (g_utf8_collate (baton_target_get_name (known->pdata[i]), text) == 0)
      return g_strdup (baton_target_get_uri (known->pdata[i]));

  if (account == NULL)
    return baton_sip_uri_clean (text, NULL, error);
  return baton_account_complete_uri (account, text, error);
}

char *
baton_directory_check_target (BatonDirectory *self, BatonCall *call, const char *typed, GError **error)
{
  g_autofree char *uri = baton_directory_resolve (self, baton_call_get_account (call), typed, error);
  g_autofree char *peer = NULL;

  if (uri == NULL)
    return NULL;
  peer = baton_directory_dup_call_name (self, call);
  if (same_address (uri, baton_call_get_remote_uri (call)))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI,
                   _("This is %s, who is on this call. Choose somebody else."), peer);
      return NULL;
    }
  if (baton_ua_is_own_address (baton_engine_get_ua (self->engine), uri))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI,
                   _("This is your own address: %s would come back to you. Choose somebody else."), peer);
      return NULL;
    }
  return g_steal_pointer (&uri);
}

static void
suggest (GPtrArray *found, const char *typed, const char *name, const char *uri, const char *detail, BatonCall *call)
{
  g_autofree char *needle = g_utf8_casefold (typed != NULL ? typed : "", -1);
  g_autofree char *folded = g_utf8_casefold (name, -1);
  g_autofree char *address = baton_format_address (uri);
  g_autofree char *folded_address = g_utf8_casefold (address, -1);

  if (found->len >= MAX_SUGGESTIONS || uri == NULL)
    return;
  if (strstr (folded, needle) == NULL && strstr (folded_address, needle) == NULL)
    return;
  for (guint i = 0; i < found->len; i++)
    if (same_address (baton_target_get_uri (found->pdata[i]), uri))
      return;
  g_ptr_array_add (found, baton_target_new (name, uri, detail, call));
}

static void
suggest_recents (BatonDirectory *self, GPtrArray *found, const char *typed, const char *except)
{
  guint n = MIN (g_list_model_get_n_items (G_LIST_MODEL (self->history)), MAX_HISTORY_LOOKED_AT);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonHistoryEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->history), i);
      g_autofree char *name = NULL, *uri = NULL, *shown = NULL, *detail = NULL;

      g_object_get (entry, "name", &name, "uri", &uri, NULL);
      if (uri == NULL || (except != NULL && same_address (uri, except)))
        continue;
      shown = baton_directory_dup_name (self, name, uri);
      detail = baton_format_address (uri);
      suggest (found, typed, shown, uri, detail, NULL);
    }
}

GPtrArray *
baton_directory_suggest (BatonDirectory *self, BatonCall *call, const char *typed)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (self->engine));
  const char *except = call != NULL ? baton_call_get_remote_uri (call) : NULL;
  guint n = g_list_model_get_n_items (calls);

  for (guint i = 0; i < n && call != NULL; i++)
    {
      g_autoptr (BatonCall) other = g_list_model_get_item (calls, i);
      g_autofree char *name = baton_directory_dup_call_name (self, other);

      if (other != call && baton_call_get_state (other) == BATON_CALL_STATE_ESTABLISHED)
        suggest (found, typed, name, baton_call_get_remote_uri (other), _("on the line"), other);
    }
  n = self->demo != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->demo)) : 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonDemoPeer) peer = g_list_model_get_item (G_LIST_MODEL (self->demo), i);

      if (except == NULL || !same_address (except, baton_demo_peer_get_uri (peer)))
        suggest (found, typed, baton_demo_peer_get_name (peer), baton_demo_peer_get_uri (peer),
                 baton_demo_peer_get_description (peer), NULL);
    }
  suggest_recents (self, found, typed, except);
  return found;
}
