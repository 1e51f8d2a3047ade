/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-account-config-private.h"

#include <string.h>

#include "baton-enum-types.h"

struct _BatonAccountConfig
{
  GObject parent_instance;

  char *id;
  GSettings *settings;
  char *label, *address, *username, *server, *transport, *proxy, *display_name;
  char *media_encryption, *nat, *stun, *turn, *turn_user, *ring_device;
  GStrv codecs;
  guint port, expires;
  BatonReferPolicy incoming_transfers;
  gboolean webrtc, attended_to_aor, enabled;
};

enum
{
  PROP_ID = 1,
  PROP_SETTINGS,
  PROP_LABEL, /* from here on each is bound to the key of its name */
  PROP_ADDRESS,
  PROP_USERNAME,
  PROP_SERVER,
  PROP_PORT,
  PROP_TRANSPORT,
  PROP_PROXY,
  PROP_DISPLAY_NAME,
  PROP_EXPIRES,
  PROP_INCOMING_TRANSFERS,
  PROP_MEDIA_ENCRYPTION,
  PROP_NAT,
  PROP_STUN,
  PROP_TURN,
  PROP_TURN_USER,
  PROP_WEBRTC,
  PROP_CODECS,
  PROP_RING_DEVICE,
  PROP_ATTENDED_TO_AOR,
  PROP_ENABLED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (BatonAccountConfig, baton_account_config, G_TYPE_OBJECT)

static void
baton_account_config_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonAccountConfig *self = BATON_ACCOUNT_CONFIG (object);

  switch (id)
    {
    case PROP_ID: g_value_set_string (value, self->id); break;
    case PROP_SETTINGS: g_value_set_object (value, self->settings); break;
    case PROP_LABEL: g_value_set_string (value, self->label); break;
    case PROP_ADDRESS: g_value_set_string (value, self->address); break;
    case PROP_USERNAME: g_value_set_string (value, self->username); break;
    case PROP_SERVER: g_value_set_string (value, self->server); break;
    case PROP_PORT: g_value_set_uint (value, self->port); break;
    case PROP_TRANSPORT: g_value_set_string (value, self->transport); break;
    case PROP_PROXY: g_value_set_string (value, self->proxy); break;
    case PROP_DISPLAY_NAME: g_value_set_string (value, self->display_name); break;
    case PROP_EXPIRES: g_value_set_uint (value, self->expires); break;
    case PROP_INCOMING_TRANSFERS: g_value_set_enum (value, self->incoming_transfers); break;
    case PROP_MEDIA_ENCRYPTION: g_value_set_string (value, self->media_encryption); break;
    case PROP_NAT: g_value_set_string (value, self->nat); break;
    case PROP_STUN: g_value_set_string (value, self->stun); break;
    case PROP_TURN: g_value_set_string (value, self->turn); break;
    case PROP_TURN_USER: g_value_set_string (value, self->turn_user); break;
    case PROP_WEBRTC: g_value_set_boolean (value, self->webrtc); break;
    case PROP_CODECS: g_value_set_boxed (value, self->codecs); break;
    case PROP_RING_DEVICE: g_value_set_string (value, self->ring_device); break;
    case PROP_ATTENDED_TO_AOR: g_value_set_boolean (value, self->attended_to_aor); break;
    case PROP_ENABLED: g_value_set_boolean (value, self->enabled); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_text (BatonAccountConfig *self, char **text, const GValue *value, GParamSpec *pspec)
{
  const char *given = g_value_get_string (value);

  if (given == NULL)
    given = ""; /* a key of the settings has no NULL */
  if (g_strcmp0 (*text, given) == 0)
    return;
  g_free (*text);
  *text = g_strdup (given);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
set_list (BatonAccountConfig *self, GStrv *list, const GValue *value, GParamSpec *pspec)
{
  static const char *const none[] = { NULL };
  const char *const *given = g_value_get_boxed (value);

  if (given == NULL)
    given = none;
  if (*list != NULL && g_strv_equal ((const char *const *) *list, given))
    return;
  g_strfreev (*list);
  *list = g_strdupv ((GStrv) given);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

#define SET(member, value) \
  G_STMT_START { \
    if (self->member != (value)) \
      { \
        self->member = (value); \
        g_object_notify_by_pspec (object, pspec); \
      } \
  } G_STMT_END

static void
baton_account_config_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonAccountConfig *self = BATON_ACCOUNT_CONFIG (object);

  switch (id)
    {
    case PROP_ID: self->id = g_value_dup_string (value); break;
    case PROP_SETTINGS: self->settings = g_value_dup_object (value); break;
    case PROP_LABEL: set_text (self, &self->label, value, pspec); break;
    case PROP_ADDRESS: set_text (self, &self->address, value, pspec); break;
    case PROP_USERNAME: set_text (self, &self->username, value, pspec); break;
    case PROP_SERVER: set_text (self, &self->server, value, pspec); break;
    case PROP_PORT: SET (port, g_value_get_uint (value)); break;
    case PROP_TRANSPORT: set_text (self, &self->transport, value, pspec); break;
    case PROP_PROXY: set_text (self, &self->proxy, value, pspec); break;
    case PROP_DISPLAY_NAME: set_text (self, &self->display_name, value, pspec); break;
    case PROP_EXPIRES: SET (expires, g_value_get_uint (value)); break;
    case PROP_INCOMING_TRANSFERS: SET (incoming_transfers, (BatonReferPolicy) g_value_get_enum (value)); break;
    case PROP_MEDIA_ENCRYPTION: set_text (self, &self->media_encryption, value, pspec); break;
    case PROP_NAT: set_text (self, &self->nat, value, pspec); break;
    case PROP_STUN: set_text (self, &self->stun, value, pspec); break;
    case PROP_TURN: set_text (self, &self->turn, value, pspec); break;
    case PROP_TURN_USER: set_text (self, &self->turn_user, value, pspec); break;
    case PROP_WEBRTC: SET (webrtc, g_value_get_boolean (value)); break;
    case PROP_CODECS: set_list (self, &self->codecs, value, pspec); break;
    case PROP_RING_DEVICE: set_text (self, &self->ring_device, value, pspec); break;
    case PROP_ATTENDED_TO_AOR: SET (attended_to_aor, g_value_get_boolean (value)); break;
    case PROP_ENABLED: SET (enabled, g_value_get_boolean (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_account_config_constructed (GObject *object)
{
  BatonAccountConfig *self = BATON_ACCOUNT_CONFIG (object);

  G_OBJECT_CLASS (baton_account_config_parent_class)->constructed (object);
  for (guint id = PROP_LABEL; id < N_PROPS; id++)
    g_settings_bind (self->settings, g_param_spec_get_name (props[id]), self, g_param_spec_get_name (props[id]),
                     G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
}

static void
baton_account_config_finalize (GObject *object)
{
  BatonAccountConfig *self = BATON_ACCOUNT_CONFIG (object);

  g_object_unref (self->settings);
  g_free (self->id);
  g_free (self->label);
  g_free (self->address);
  g_free (self->username);
  g_free (self->server);
  g_free (self->transport);
  g_free (self->proxy);
  g_free (self->display_name);
  g_free (self->media_encryption);
  g_free (self->nat);
  g_free (self->stun);
  g_free (self->turn);
  g_free (self->turn_user);
  g_free (self->ring_device);
  g_strfreev (self->codecs);
  G_OBJECT_CLASS (baton_account_config_parent_class)->finalize (object);
}

static void
install_text (guint id, const char *name)
{
  props[id] = g_param_spec_string (name, NULL, NULL, "",
                                   G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
baton_account_config_class_init (BatonAccountConfigClass *klass)
{
  const GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = baton_account_config_get_property;
  object_class->set_property = baton_account_config_set_property;
  object_class->constructed = baton_account_config_constructed;
  object_class->finalize = baton_account_config_finalize;

  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, once);
  props[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, G_TYPE_SETTINGS, once);
  install_text (PROP_LABEL, "label");
  install_text (PROP_ADDRESS, "address");
  install_text (PROP_USERNAME, "username");
  install_text (PROP_SERVER, "server");
  install_text (PROP_TRANSPORT, "transport");
  install_text (PROP_PROXY, "proxy");
  install_text (PROP_DISPLAY_NAME, "display-name");
  install_text (PROP_MEDIA_ENCRYPTION, "media-encryption");
  install_text (PROP_NAT, "nat");
  install_text (PROP_STUN, "stun");
  install_text (PROP_TURN, "turn");
  install_text (PROP_TURN_USER, "turn-user");
  install_text (PROP_RING_DEVICE, "ring-device");
  props[PROP_CODECS] = g_param_spec_boxed ("codecs", NULL, NULL, G_TYPE_STRV, flags);
  props[PROP_WEBRTC] = g_param_spec_boolean ("webrtc", NULL, NULL, FALSE, flags);
  props[PROP_ATTENDED_TO_AOR] = g_param_spec_boolean ("attended-to-aor", NULL, NULL, FALSE, flags);
  props[PROP_PORT] = g_param_spec_uint ("port", NULL, NULL, 0, 65535, 0, flags);
  props[PROP_EXPIRES] = g_param_spec_uint ("expires", NULL, NULL, 0, G_MAXUINT, 300, flags);
  props[PROP_INCOMING_TRANSFERS] = g_param_spec_enum ("incoming-transfers", NULL, NULL, BATON_TYPE_REFER_POLICY,
                                                      BATON_REFER_POLICY_ASK, flags);
  props[PROP_ENABLED] = g_param_spec_boolean ("enabled", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
baton_account_config_init (BatonAccountConfig *self)
{
  self->expires = 300;
  self->incoming_transfers = BATON_REFER_POLICY_ASK;
  self->enabled = TRUE;
}

BatonAccountConfig *
baton_account_config_new (const char *id, GSettings *settings)
{
  return g_object_new (BATON_TYPE_ACCOUNT_CONFIG, "id", id, "settings", settings, NULL);
}

void
baton_account_config_forget (BatonAccountConfig *self)
{
  for (guint id = PROP_LABEL; id < N_PROPS; id++)
    g_settings_reset (self->settings, g_param_spec_get_name (props[id]));
}

const char *
baton_account_config_get_id (BatonAccountConfig *self)
{
  g_return_val_if_fail (BATON_IS_ACCOUNT_CONFIG (self), NULL);

  return self->id;
}

/* What a person types as a server: "pbx.example", "sip:pbx.example", "pbx.example:5080", "[::1]:5080", "::1". */
char *
baton_account_config_dup_registrar (BatonAccountConfig *self)
{
  g_autofree char *server = NULL;
  g_autoptr (GString) uri = NULL;
  const char *host, *scheme = "sip:";
  gboolean has_port;

  g_return_val_if_fail (BATON_IS_ACCOUNT_CONFIG (self), NULL);

  server = g_strstrip (g_strdup (self->server));
  host = server;
  if (g_ascii_strncasecmp (host, "sip:", 4) == 0)
    host += 4;
  else if (g_ascii_strncasecmp (host, "sips:", 5) == 0)
    {
      host += 5;
      scheme = "sips:";
    }
  if (*host == '\0')
    return NULL;

  uri = g_string_new (scheme);
  if (*host != '[' && strchr (host, ':') != strrchr (host, ':'))
    g_string_append_printf (uri, "[%s]", host);
  else
    g_string_append (uri, host);
  has_port = strrchr (uri->str + strlen (scheme), ':') != NULL && !g_str_has_suffix (uri->str, "]");
  if (self->port != 0 && !has_port && strchr (host, ';') == NULL)
    g_string_append_printf (uri, ":%u", self->port);
  if (*self->transport != '\0' && !g_str_equal (self->transport, "auto") && strstr (host, "transport=") == NULL)
    g_string_append_printf (uri, ";transport=%s", self->transport);
  return g_string_free (g_steal_pointer (&uri), FALSE);
}
