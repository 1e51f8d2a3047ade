/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-trusted-source.h"

#include <gio/gio.h>
#include <string.h>

struct _BatonTrustedSource
{
  GObject parent_instance;

  char *source, *destinations;
  gboolean tls_only, needs_password, ask;
};

enum
{
  PROP_SOURCE = 1,
  PROP_DESTINATIONS,
  PROP_TLS_ONLY,
  PROP_NEEDS_PASSWORD,
  PROP_ASK,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (BatonTrustedSource, baton_trusted_source, G_TYPE_OBJECT)

static void
baton_trusted_source_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonTrustedSource *self = BATON_TRUSTED_SOURCE (object);

  switch (id)
    {
    case PROP_SOURCE:
      g_value_set_string (value, self->source);
      break;
    case PROP_DESTINATIONS:
      g_value_set_string (value, self->destinations);
      break;
    case PROP_TLS_ONLY:
      g_value_set_boolean (value, self->tls_only);
      break;
    case PROP_NEEDS_PASSWORD:
      g_value_set_boolean (value, self->needs_password);
      break;
    case PROP_ASK:
      g_value_set_boolean (value, self->ask);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_string (BatonTrustedSource *self, char **field, const char *value, guint property)
{
  g_autofree char *clean = value != NULL ? g_strstrip (g_strdup (value)) : NULL;

  if (g_strcmp0 (*field, clean) == 0)
    return;
  g_free (*field);
  *field = g_steal_pointer (&clean);
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

static void
set_flag (BatonTrustedSource *self, gboolean *field, gboolean value, guint property)
{
  if (*field == value)
    return;
  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

static void
baton_trusted_source_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonTrustedSource *self = BATON_TRUSTED_SOURCE (object);

  switch (id)
    {
    case PROP_SOURCE:
      set_string (self, &self->source, g_value_get_string (value), id);
      break;
    case PROP_DESTINATIONS:
      set_string (self, &self->destinations, g_value_get_string (value), id);
      break;
    case PROP_TLS_ONLY:
      set_flag (self, &self->tls_only, g_value_get_boolean (value), id);
      break;
    case PROP_NEEDS_PASSWORD:
      set_flag (self, &self->needs_password, g_value_get_boolean (value), id);
      break;
    case PROP_ASK:
      set_flag (self, &self->ask, g_value_get_boolean (value), id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_trusted_source_finalize (GObject *object)
{
  BatonTrustedSource *self = BATON_TRUSTED_SOURCE (object);

  g_free (self->source);
  g_free (self->destinations);
  G_OBJECT_CLASS (baton_trusted_source_parent_class)->finalize (object);
}

static void
baton_trusted_source_class_init (BatonTrustedSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags setting = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = baton_trusted_source_get_property;
  object_class->set_property = baton_trusted_source_set_property;
  object_class->finalize = baton_trusted_source_finalize;

  props[PROP_SOURCE] = g_param_spec_string ("source", NULL, NULL, NULL, setting);
  props[PROP_DESTINATIONS] = g_param_spec_string ("destinations", NULL, NULL, NULL, setting);
  props[PROP_TLS_ONLY] = g_param_spec_boolean ("tls-only", NULL, NULL, TRUE, setting);
  props[PROP_NEEDS_PASSWORD] = g_param_spec_boolean ("needs-password", NULL, NULL, FALSE, setting);
  props[PROP_ASK] = g_param_spec_boolean ("ask", NULL, NULL, TRUE, setting);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
baton_trusted_source_init (BatonTrustedSource *self)
{
  self->tls_only = TRUE;
  self->ask = TRUE;
}

BatonTrustedSource *
baton_trusted_source_new (const char *source)
{
  return g_object_new (BATON_TYPE_TRUSTED_SOURCE, "source", source, NULL);
}

const char *
baton_trusted_source_get_source (BatonTrustedSource *self)
{
  g_return_val_if_fail (BATON_IS_TRUSTED_SOURCE (self), NULL);
  return self->source;
}

const char *
baton_trusted_source_get_destinations (BatonTrustedSource *self)
{
  g_return_val_if_fail (BATON_IS_TRUSTED_SOURCE (self), NULL);
  return self->destinations;
}

gboolean
baton_trusted_source_get_tls_only (BatonTrustedSource *self)
{
  g_return_val_if_fail (BATON_IS_TRUSTED_SOURCE (self), TRUE);
  return self->tls_only;
}

gboolean
baton_trusted_source_get_needs_password (BatonTrustedSource *self)
{
  g_return_val_if_fail (BATON_IS_TRUSTED_SOURCE (self), FALSE);
  return self->needs_password;
}

gboolean
baton_trusted_source_get_ask (BatonTrustedSource *self)
{
  g_return_val_if_fail (BATON_IS_TRUSTED_SOURCE (self), TRUE);
  return self->ask;
}

/* ---- Who ---- */

/* "192.0.2.1:5060", "[2001:db8::1]:5060", or without port */
static GInetAddress *
parse_host (const char *text)
{
  g_autofree char *host = NULL;

  if (*text == '[')
    host = g_strndup (text + 1, strcspn (text + 1, "]"));
  else if (strchr (text, ':') != NULL && strchr (text, ':') == strrchr (text, ':'))
    host = g_strndup (text, strcspn (text, ":"));
  else
    host = g_strdup (text);
  return g_inet_address_new_from_string (host);
}

BatonSourceMatch
baton_trusted_source_match (BatonTrustedSource *self, const char *from, const char *source_address)
{
  g_autoptr (GInetAddress) wanted = NULL;
  g_autoptr (BatonSipUri) uri = NULL;
  g_autoptr (BatonSipUri) name = NULL;

  g_return_val_if_fail (BATON_IS_TRUSTED_SOURCE (self), BATON_SOURCE_MATCH_NONE);
  if (self->source == NULL || *self->source == '\0')
    return BATON_SOURCE_MATCH_NONE;
  wanted = parse_host (self->source);
  if (wanted != NULL)
    {
      g_autoptr (GInetAddress) found = source_address != NULL ? parse_host (source_address) : NULL;

      return found != NULL && g_inet_address_equal (wanted, found) ? BATON_SOURCE_MATCH_ADDRESS : BATON_SOURCE_MATCH_NONE;
    }
  uri = from != NULL ? baton_sip_uri_parse (from, NULL) : NULL;
  if (uri == NULL || baton_sip_uri_get_host (uri) == NULL)
    return BATON_SOURCE_MATCH_NONE;
  if (strchr (self->source, '@') == NULL)
    return g_ascii_strcasecmp (self->source, baton_sip_uri_get_host (uri)) == 0 ? BATON_SOURCE_MATCH_NAME
                                                                                 : BATON_SOURCE_MATCH_NONE;
  name = baton_sip_uri_parse (self->source, NULL);
  if (name == NULL)
    {
      g_autofree char *whole = g_strconcat ("sip:", self->source, NULL);

      name = baton_sip_uri_parse (whole, NULL);
    }
  return name != NULL && baton_sip_uri_same_address (name, uri) ? BATON_SOURCE_MATCH_NAME : BATON_SOURCE_MATCH_NONE;
}

/* ---- Where to ---- */

static gboolean
match (const char *pattern, const char *text)
{
  g_autofree char *low_pattern = g_ascii_strdown (pattern, -1);
  g_autofree char *low_text = g_ascii_strdown (text, -1);

  return g_pattern_match_simple (low_pattern, low_text);
}

/* User and host apart: what stands in a user can't pretend to be a host. */
static gboolean
match_destination (const char *pattern, const char *user, const char *host)
{
  const char *bare = g_str_has_prefix (pattern, "sips:") ? pattern + 5 : g_str_has_prefix (pattern, "sip:") ? pattern + 4 : pattern;
  const char *at = strrchr (bare, '@');
  g_autofree char *wanted_user = at != NULL ? g_strndup (bare, (gsize) (at - bare)) : NULL;

  if (!match (at != NULL ? at + 1 : bare, host))
    return FALSE;
  return wanted_user == NULL || g_pattern_match_simple (wanted_user, user != NULL ? user : "");
}

gboolean
baton_trusted_source_allows_destination (BatonTrustedSource *self, const BatonSipUri *target, const char *own_domain)
{
  g_auto (GStrv) patterns = NULL;
  const char *host;

  g_return_val_if_fail (BATON_IS_TRUSTED_SOURCE (self) && target != NULL, FALSE);
  host = baton_sip_uri_get_host (target);
  if (host == NULL || baton_sip_uri_get_parameter (target, "maddr") != NULL)
    return FALSE;
  if (self->destinations == NULL || *self->destinations == '\0')
    return own_domain != NULL && g_ascii_strcasecmp (own_domain, host) == 0;
  patterns = g_strsplit_set (self->destinations, ", \t\n", -1);
  for (guint i = 0; patterns[i] != NULL; i++)
    if (*patterns[i] != '\0' && match_destination (patterns[i], baton_sip_uri_get_user (target), host))
      return TRUE;
  return FALSE;
}
