/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-account.h"

#include "baton-enum-types.h"
#include "baton-error.h"
#include "baton-sip-uri.h"

struct _BatonAccount
{
  GObject parent_instance;

  BatonUa *ua;
  char *id;
  char *label;
  BatonSipIdentity *identity;
  BatonReferPolicy incoming_transfers;
  GStrv codecs;
  BatonSrtpMode srtp;
  gboolean ice, webrtc, attended_to_aor;
  char *texts[4]; /* from PROP_STUN on */
  BatonRegistration *registration; /* NULL until it is first asked for */
};

enum
{
  PROP_UA = 1,
  PROP_ID,
  PROP_LABEL,
  PROP_IDENTITY,
  PROP_INCOMING_TRANSFERS,
  PROP_CODECS,
  PROP_SRTP,
  PROP_ICE,
  PROP_WEBRTC,
  PROP_ATTENDED_TO_AOR,
  PROP_STUN,
  PROP_TURN,
  PROP_TURN_USER,
  PROP_TURN_PASSWORD,
  PROP_REGISTRATION_STATE,
  PROP_STATUS,
  PROP_REASON,
  PROP_EXPIRES,
  PROP_NEEDS_REGISTRATION,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_TYPE (BatonAccount, baton_account, G_TYPE_OBJECT)

static gboolean
needs_registration (BatonAccount *self)
{
  const char *registrar = baton_sip_identity_get_registrar (self->identity);

  return registrar != NULL && *registrar != '\0';
}

static void
on_registration_notify (BatonRegistration *registration, GParamSpec *pspec, BatonAccount *self)
{
  /* The names of the facts differ in one only; those that we don't show up are left out. */
  if (g_str_equal (pspec->name, "state"))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REGISTRATION_STATE]);
  else if (g_str_equal (pspec->name, "status"))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
  else if (g_str_equal (pspec->name, "reason"))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REASON]);
  else if (g_str_equal (pspec->name, "expires"))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EXPIRES]);
}

static void
baton_account_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonAccount *self = BATON_ACCOUNT (object);

  switch (id)
    {
    case PROP_UA:
      g_value_set_object (value, self->ua);
      break;
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_IDENTITY:
      g_value_set_object (value, self->identity);
      break;
    case PROP_INCOMING_TRANSFERS:
      g_value_set_enum (value, self->incoming_transfers);
      break;
    case PROP_CODECS:
      g_value_set_boxed (value, self->codecs);
      break;
    case PROP_SRTP:
      g_value_set_enum (value, self->srtp);
      break;
    case PROP_ICE:
      g_value_set_boolean (value, self->ice);
      break;
    case PROP_WEBRTC:
      g_value_set_boolean (value, self->webrtc);
      break;
    case PROP_ATTENDED_TO_AOR:
      g_value_set_boolean (value, self->attended_to_aor);
      break;
    case PROP_STUN:
    case PROP_TURN:
    case PROP_TURN_USER:
    case PROP_TURN_PASSWORD:
      g_value_set_string (value, self->texts[id - PROP_STUN]);
      break;
    case PROP_REGISTRATION_STATE:
      g_value_set_enum (value, baton_account_get_registration_state (self));
      break;
    case PROP_STATUS:
      g_value_set_uint (value, baton_account_get_status (self));
      break;
    case PROP_REASON:
      g_value_set_string (value, baton_account_get_reason (self));
      break;
    case PROP_EXPIRES:
      g_value_set_uint (value, baton_account_get_expires (self));
      break;
    case PROP_NEEDS_REGISTRATION:
      g_value_set_boolean (value, needs_registration (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_flag (BatonAccount *self, gboolean *flag, const GValue *value, GParamSpec *pspec)
{
  if (*flag == g_value_get_boolean (value))
    return;
  *flag = g_value_get_boolean (value);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
set_text (BatonAccount *self, char **text, const GValue *value, GParamSpec *pspec)
{
  const char *given = g_value_get_string (value);

  if (given != NULL && *given == '\0')
    given = NULL;
  if (g_strcmp0 (*text, given) == 0)
    return;
  g_free (*text);
  *text = g_strdup (given);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
baton_account_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonAccount *self = BATON_ACCOUNT (object);

  switch (id)
    {
    case PROP_UA:
      self->ua = g_value_dup_object (value);
      break;
    case PROP_ID:
      self->id = g_value_dup_string (value);
      break;
    case PROP_LABEL:
      if (g_strcmp0 (self->label, g_value_get_string (value)) != 0)
        {
          g_free (self->label);
          self->label = g_value_dup_string (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_IDENTITY:
      self->identity = g_value_dup_object (value);
      break;
    case PROP_INCOMING_TRANSFERS:
      if (self->incoming_transfers != (BatonReferPolicy) g_value_get_enum (value))
        {
          self->incoming_transfers = g_value_get_enum (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_CODECS:
      g_strfreev (self->codecs);
      self->codecs = g_value_dup_boxed (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_SRTP:
      if (self->srtp != (BatonSrtpMode) g_value_get_enum (value))
        {
          self->srtp = g_value_get_enum (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_ICE:
      set_flag (self, &self->ice, value, pspec);
      break;
    case PROP_WEBRTC:
      set_flag (self, &self->webrtc, value, pspec);
      break;
    case PROP_ATTENDED_TO_AOR:
      set_flag (self, &self->attended_to_aor, value, pspec);
      break;
    case PROP_STUN:
    case PROP_TURN:
    case PROP_TURN_USER:
    case PROP_TURN_PASSWORD:
      set_text (self, &self->texts[id - PROP_STUN], value, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_account_dispose (GObject *object)
{
  BatonAccount *self = BATON_ACCOUNT (object);

  g_clear_object (&self->registration);
  g_clear_object (&self->ua);
  G_OBJECT_CLASS (baton_account_parent_class)->dispose (object);
}

static void
baton_account_finalize (GObject *object)
{
  BatonAccount *self = BATON_ACCOUNT (object);

  g_free (self->id);
  g_free (self->label);
  g_clear_object (&self->identity);
  for (guint i = 0; i < G_N_ELEMENTS (self->texts); i++)
    g_free (self->texts[i]);
  g_strfreev (self->codecs);
  G_OBJECT_CLASS (baton_account_parent_class)->finalize (object);
}

static void
baton_account_class_init (BatonAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags fact = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags fixed = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags option = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = baton_account_get_property;
  object_class->set_property = baton_account_set_property;
  object_class->dispose = baton_account_dispose;
  object_class->finalize = baton_account_finalize;

  props[PROP_UA] = g_param_spec_object ("ua", NULL, NULL, BATON_TYPE_UA, fixed);
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, fixed);
  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, option);
  props[PROP_IDENTITY] = g_param_spec_object ("identity", NULL, NULL, BATON_TYPE_SIP_IDENTITY, fixed);
  props[PROP_INCOMING_TRANSFERS] = g_param_spec_enum ("incoming-transfers", NULL, NULL, BATON_TYPE_REFER_POLICY,
                                                      BATON_REFER_POLICY_FOLLOW, option);
  props[PROP_CODECS] = g_param_spec_boxed ("codecs", NULL, NULL, G_TYPE_STRV, option);
  props[PROP_SRTP] = g_param_spec_enum ("srtp", NULL, NULL, BATON_TYPE_SRTP_MODE, BATON_SRTP_MODE_OFF, option);
  props[PROP_ICE] = g_param_spec_boolean ("ice", NULL, NULL, FALSE, option);
  props[PROP_WEBRTC] = g_param_spec_boolean ("webrtc", NULL, NULL, FALSE, option);
  props[PROP_ATTENDED_TO_AOR] = g_param_spec_boolean ("attended-to-aor", NULL, NULL, FALSE, option);
  props[PROP_STUN] = g_param_spec_string ("stun", NULL, NULL, NULL, option);
  props[PROP_TURN] = g_param_spec_string ("turn", NULL, NULL, NULL, option);
  props[PROP_TURN_USER] = g_param_spec_string ("turn-user", NULL, NULL, NULL, option);
  props[PROP_TURN_PASSWORD] = g_param_spec_string ("turn-password", NULL, NULL, NULL, option);
  props[PROP_REGISTRATION_STATE] = g_param_spec_enum ("registration-state", NULL, NULL, BATON_TYPE_REGISTRATION_STATE,
                                                      BATON_REGISTRATION_STATE_OFFLINE, fact);
  props[PROP_STATUS] = g_param_spec_uint ("status", NULL, NULL, 0, 699, 0, fact);
  props[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, fact);
  props[PROP_EXPIRES] = g_param_spec_uint ("expires", NULL, NULL, 0, G_MAXUINT, 0, fact);
  props[PROP_NEEDS_REGISTRATION] = g_param_spec_boolean ("needs-registration", NULL, NULL, FALSE, fact);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
baton_account_init (BatonAccount *self)
{
}

BatonAccount *
baton_account_new (BatonUa *ua, const char *id, const char *label, BatonSipIdentity *identity)
{
  g_return_val_if_fail (BATON_IS_UA (ua) && BATON_IS_SIP_IDENTITY (identity), NULL);
  return g_object_new (BATON_TYPE_ACCOUNT, "ua", ua, "id", id, "label", label, "identity", identity, NULL);
}

BatonReferPolicy
baton_account_get_incoming_transfers (BatonAccount *self)
{
  g_return_val_if_fail (BATON_IS_ACCOUNT (self), BATON_REFER_POLICY_ASK);
  return self->incoming_transfers;
}

void
baton_account_fill_media_options (BatonAccount *self, BatonMediaOptions *options)
{
  g_return_if_fail (BATON_IS_ACCOUNT (self) && options != NULL);
  if (self->codecs != NULL)
    options->codecs = (const char *const *) self->codecs;
  options->srtp = self->srtp;
  options->ice = self->ice;
  options->webrtc = self->webrtc;
  options->stun = self->texts[PROP_STUN - PROP_STUN];
  options->turn = self->texts[PROP_TURN - PROP_STUN];
  options->turn_user = self->texts[PROP_TURN_USER - PROP_STUN];
  options->turn_password = self->texts[PROP_TURN_PASSWORD - PROP_STUN];
}

const char *
baton_account_get_id (BatonAccount *self)
{
  g_return_val_if_fail (BATON_IS_ACCOUNT (self), NULL);
  return self->id;
}

const char *
baton_account_get_label (BatonAccount *self)
{
  g_return_val_if_fail (BATON_IS_ACCOUNT (self), NULL);
  return self->label;
}

BatonSipIdentity *
baton_account_get_identity (BatonAccount *self)
{
  g_return_val_if_fail (BATON_IS_ACCOUNT (self), NULL);
  return self->identity;
}

BatonRegistrationState
baton_account_get_registration_state (BatonAccount *self)
{
  g_return_val_if_fail (BATON_IS_ACCOUNT (self), BATON_REGISTRATION_STATE_OFFLINE);
  return self->registration ? baton_registration_get_state (self->registration) : BATON_REGISTRATION_STATE_OFFLINE;
}

guint
baton_account_get_status (BatonAccount *self)
{
  g_return_val_if_fail (BATON_IS_ACCOUNT (self), 0);
  return self->registration ? baton_registration_get_status (self->registration) : 0;
}

const char *
baton_account_get_reason (BatonAccount *self)
{
  g_return_val_if_fail (BATON_IS_ACCOUNT (self), NULL);
  return self->registration ? baton_registration_get_reason (self->registration) : NULL;
}

guint
baton_account_get_expires (BatonAccount *self)
{
  g_return_val_if_fail (BATON_IS_ACCOUNT (self), 0);
  return self->registration ? baton_registration_get_expires (self->registration) : 0;
}

gboolean
baton_account_register (BatonAccount *self, GError **error)
{
  g_return_val_if_fail (BATON_IS_ACCOUNT (self), FALSE);
  if (!needs_registration (self))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                           "This account has no registrar. Set one to register.");
      return FALSE;
    }
  if (self->registration == NULL)
    {
      self->registration = baton_registration_new (self->ua, self->identity);
      g_signal_connect_object (self->registration, "notify", G_CALLBACK (on_registration_notify), self, 0);
    }
  baton_registration_register (self->registration);
  return TRUE;
}

gboolean
baton_account_unregister (BatonAccount *self, GError **error)
{
  g_return_val_if_fail (BATON_IS_ACCOUNT (self), FALSE);
  if (self->registration == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "This account is not registered.");
      return FALSE;
    }
  baton_registration_unregister (self->registration);
  return TRUE;
}

char *
baton_account_complete_uri (BatonAccount *self, const char *typed, GError **error)
{
  g_autoptr (BatonSipUri) address = NULL;
  g_autofree char *domain = NULL;

  g_return_val_if_fail (BATON_IS_ACCOUNT (self), NULL);
  address = baton_sip_uri_parse (baton_sip_identity_get_address (self->identity), NULL);
  if (address != NULL && baton_sip_uri_get_port (address) != 0)
    domain = g_strdup_printf ("%s:%u", baton_sip_uri_get_host (address), baton_sip_uri_get_port (address));
  else if (address != NULL)
    domain = g_strdup (baton_sip_uri_get_host (address));
  return baton_sip_uri_clean (typed, domain, error);
}
