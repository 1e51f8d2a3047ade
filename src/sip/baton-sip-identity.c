/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-identity.h"

#define DEFAULT_EXPIRES 300

struct _BatonSipIdentity
{
  GObject parent_instance;

  char *address;
  BatonSipUri *uri; /* (nullable): address, read once */
  char *display_name;
  char *auth_user;
  char *password;
  char *registrar;
  char *outbound_proxy;
  gboolean anonymous;
  guint expires;
};

enum
{
  PROP_0,
  PROP_ADDRESS,
  PROP_DISPLAY_NAME,
  PROP_AUTH_USER,
  PROP_PASSWORD,
  PROP_REGISTRAR,
  PROP_OUTBOUND_PROXY,
  PROP_ANONYMOUS,
  PROP_EXPIRES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BatonSipIdentity, baton_sip_identity, G_TYPE_OBJECT)

static char **
baton_sip_identity_string (BatonSipIdentity *self, guint property)
{
  switch (property)
    {
    case PROP_ADDRESS:
      return &self->address;
    case PROP_DISPLAY_NAME:
      return &self->display_name;
    case PROP_AUTH_USER:
      return &self->auth_user;
    case PROP_PASSWORD:
      return &self->password;
    case PROP_REGISTRAR:
      return &self->registrar;
    case PROP_OUTBOUND_PROXY:
      return &self->outbound_proxy;
    }
  return NULL;
}

static void
baton_sip_identity_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonSipIdentity *self = BATON_SIP_IDENTITY (object);
  char **string = baton_sip_identity_string (self, id);

  if (string != NULL)
    g_value_set_string (value, *string);
  else if (id == PROP_ANONYMOUS)
    g_value_set_boolean (value, self->anonymous);
  else if (id == PROP_EXPIRES)
    g_value_set_uint (value, self->expires);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
baton_sip_identity_set_string (BatonSipIdentity *self, char **string, const char *value, GParamSpec *pspec)
{
  /* An empty field of a form stands for "not set". */
  if (value != NULL && *value == '\0')
    value = NULL;
  if (g_strcmp0 (*string, value) == 0)
    return;
  g_free (*string);
  *string = g_strdup (value);
  if (string == &self->address)
    {
      g_clear_pointer (&self->uri, baton_sip_uri_unref);
      self->uri = value != NULL ? baton_sip_uri_parse (value, NULL) : NULL;
    }
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
baton_sip_identity_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonSipIdentity *self = BATON_SIP_IDENTITY (object);
  char **string = baton_sip_identity_string (self, id);

  if (string != NULL)
    {
      baton_sip_identity_set_string (self, string, g_value_get_string (value), pspec);
    }
  else if (id == PROP_ANONYMOUS)
    {
      if (self->anonymous == g_value_get_boolean (value))
        return;
      self->anonymous = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
    }
  else if (id == PROP_EXPIRES)
    {
      if (self->expires == g_value_get_uint (value))
        return;
      self->expires = g_value_get_uint (value);
      g_object_notify_by_pspec (object, pspec);
    }
  else
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_sip_identity_finalize (GObject *object)
{
  BatonSipIdentity *self = BATON_SIP_IDENTITY (object);

  g_free (self->address);
  g_clear_pointer (&self->uri, baton_sip_uri_unref);
  g_free (self->display_name);
  g_free (self->auth_user);
  g_free (self->password);
  g_free (self->registrar);
  g_free (self->outbound_proxy);
  G_OBJECT_CLASS (baton_sip_identity_parent_class)->finalize (object);
}

static void
baton_sip_identity_class_init (BatonSipIdentityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  static const struct
  {
    guint id;
    const char *name;
  } strings[] = {
    { PROP_ADDRESS, "address" },           { PROP_DISPLAY_NAME, "display-name" },
    { PROP_AUTH_USER, "auth-user" },       { PROP_PASSWORD, "password" },
    { PROP_REGISTRAR, "registrar" },       { PROP_OUTBOUND_PROXY, "outbound-proxy" },
  };

  object_class->get_property = baton_sip_identity_get_property;
  object_class->set_property = baton_sip_identity_set_property;
  object_class->finalize = baton_sip_identity_finalize;

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    properties[strings[i].id] = g_param_spec_string (strings[i].name, NULL, NULL, NULL, flags);
  properties[PROP_ANONYMOUS] = g_param_spec_boolean ("anonymous", NULL, NULL, FALSE, flags);
  properties[PROP_EXPIRES] = g_param_spec_uint ("expires", NULL, NULL, 0, 86400, DEFAULT_EXPIRES, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
baton_sip_identity_init (BatonSipIdentity *self)
{
  self->expires = DEFAULT_EXPIRES;
}

BatonSipIdentity *
baton_sip_identity_new (const char *address)
{
  return g_object_new (BATON_TYPE_SIP_IDENTITY, "address", address, NULL);
}

const char *
baton_sip_identity_get_address (BatonSipIdentity *self)
{
  g_return_val_if_fail (BATON_IS_SIP_IDENTITY (self), NULL);
  return self->address;
}

const BatonSipUri *
baton_sip_identity_get_uri (BatonSipIdentity *self)
{
  g_return_val_if_fail (BATON_IS_SIP_IDENTITY (self), NULL);
  return self->uri;
}

const char *
baton_sip_identity_get_display_name (BatonSipIdentity *self)
{
  g_return_val_if_fail (BATON_IS_SIP_IDENTITY (self), NULL);
  return self->display_name;
}

const char *
baton_sip_identity_get_auth_user (BatonSipIdentity *self)
{
  g_return_val_if_fail (BATON_IS_SIP_IDENTITY (self), NULL);
  return self->auth_user;
}

const char *
baton_sip_identity_get_password (BatonSipIdentity *self)
{
  g_return_val_if_fail (BATON_IS_SIP_IDENTITY (self), NULL);
  return self->password;
}

const char *
baton_sip_identity_get_registrar (BatonSipIdentity *self)
{
  g_return_val_if_fail (BATON_IS_SIP_IDENTITY (self), NULL);
  return self->registrar;
}

const char *
baton_sip_identity_get_outbound_proxy (BatonSipIdentity *self)
{
  g_return_val_if_fail (BATON_IS_SIP_IDENTITY (self), NULL);
  return self->outbound_proxy;
}

gboolean
baton_sip_identity_get_anonymous (BatonSipIdentity *self)
{
  g_return_val_if_fail (BATON_IS_SIP_IDENTITY (self), FALSE);
  return self->anonymous;
}

guint
baton_sip_identity_get_expires (BatonSipIdentity *self)
{
  g_return_val_if_fail (BATON_IS_SIP_IDENTITY (self), 0);
  return self->expires;
}
