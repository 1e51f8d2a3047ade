/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-registration.h"

#include "baton-enum-types.h"
#include "baton-sip-address.h"
#include "baton-sip-auth.h"
#include "baton-sip-failure.h"
#include "baton-ua-private.h"

#define BACKOFF_FIRST_MS 30000
#define BACKOFF_MAX_MS (30 * 60 * 1000)

struct _BatonRegistration
{
  GObject parent_instance;

  BatonUa *ua;
  BatonSipIdentity *identity;
  BatonRegistrationState state;
  guint status;
  char *reason;
  guint expires;

  nua_handle_t *handle;
  guint auth_attempts;
  guint failures;
  guint retry_timer;
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_STATUS,
  PROP_REASON,
  PROP_EXPIRES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void baton_registration_sip_target_init (BatonSipTargetInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonRegistration, baton_registration, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_SIP_TARGET, baton_registration_sip_target_init))

/* Effects first, notify last: whoever is told of a state reads the status that belongs to it. */
static void
baton_registration_set (BatonRegistration *self, BatonRegistrationState state, guint status, const char *reason, guint expires)
{
  g_autofree char *valid = reason ? g_utf8_make_valid (reason, -1) : NULL;

  g_object_freeze_notify (G_OBJECT (self));
  if (self->status != status)
    {
      self->status = status;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
    }
  if (g_strcmp0 (self->reason, valid) != 0)
    {
      g_free (self->reason);
      self->reason = g_steal_pointer (&valid);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REASON]);
    }
  if (self->expires != expires)
    {
      self->expires = expires;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPIRES]);
    }
  if (self->state != state)
    {
      const gboolean goodbye = state == BATON_REGISTRATION_STATE_UNREGISTERING;
      const gboolean was_goodbye = self->state == BATON_REGISTRATION_STATE_UNREGISTERING;

      g_debug ("registration of %s: %u -> %u (%u)", baton_sip_identity_get_address (self->identity), self->state, state, status);
      self->state = state;
      if (goodbye)
        baton_ua_begin_goodbye (self->ua);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
      if (was_goodbye)
        baton_ua_end_goodbye (self->ua);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
baton_registration_retry (gpointer data)
{
  BatonRegistration *self = data;

  self->retry_timer = 0;
  baton_registration_register (self);
  return G_SOURCE_REMOVE;
}

/*
 * 30 s, 60 s, 120 s, … half an hour. A wrong password, or an account that isn't there, is tried again
 * as seldom as that from the start: some servers lock an account after a few wrong ones.
 */
static void
baton_registration_fail (BatonRegistration *self, guint status, const char *reason, guint retry_after_s)
{
  guint delay = BACKOFF_MAX_MS;

  baton_sip_target_release (&self->handle);
  if (status != 401 && status != 403 && status != 404 && status != 407)
    delay = self->failures < 6 ? MIN (BACKOFF_FIRST_MS << self->failures, BACKOFF_MAX_MS) : BACKOFF_MAX_MS;
  if (retry_after_s > 0 && retry_after_s < BACKOFF_MAX_MS / 1000)
    delay = MAX (delay, retry_after_s * 1000);
  self->failures++;
  baton_timers_clear (baton_ua_get_timers (self->ua), &self->retry_timer);
  self->retry_timer = baton_timers_add (baton_ua_get_timers (self->ua), delay, baton_registration_retry, self);
  baton_registration_set (self, BATON_REGISTRATION_STATE_FAILED, status, reason, 0);
}

/* The time that the server granted our own contact. */
static guint
baton_registration_granted (BatonRegistration *self, const sip_t *sip)
{
  guint granted = baton_sip_identity_get_expires (self->identity);
  g_autoptr (BatonSipUri) own = baton_sip_uri_parse (baton_sip_identity_get_address (self->identity), NULL);

  if (sip == NULL)
    return granted;
  if (sip->sip_expires != NULL)
    granted = (guint) sip->sip_expires->ex_delta;
  for (const sip_contact_t *m = sip->sip_contact; m != NULL; m = m->m_next)
    {
      g_autofree char *user = m->m_url->url_user ? g_uri_unescape_string (m->m_url->url_user, NULL) : NULL;

      if (m->m_expires != NULL && own != NULL && g_strcmp0 (user, baton_sip_uri_get_user (own)) == 0)
        granted = (guint) CLAMP (g_ascii_strtoull (m->m_expires, NULL, 10), 0, G_MAXINT);
    }
  return granted;
}

static void
baton_registration_response (BatonRegistration *self, const BatonSipEvent *event)
{
  const guint status = event->status;

  if (status < 200 || baton_sip_auth_answer (self->identity, event, &self->auth_attempts))
    return;
  self->auth_attempts = 0;
  if (self->state == BATON_REGISTRATION_STATE_UNREGISTERING || event->event == nua_r_unregister)
    {
      baton_sip_target_release (&self->handle);
      baton_registration_set (self, BATON_REGISTRATION_STATE_OFFLINE, status, event->phrase, 0);
    }
  else if (self->state != BATON_REGISTRATION_STATE_OFFLINE && status < 300)
    {
      self->failures = 0;
      baton_registration_set (self, BATON_REGISTRATION_STATE_REGISTERED, status, event->phrase,
                              baton_registration_granted (self, event->sip));
    }
  else if (self->state != BATON_REGISTRATION_STATE_OFFLINE)
    {
      const sip_retry_after_t *retry = event->sip ? event->sip->sip_retry_after : NULL;
      g_autofree char *words = baton_sip_failure_explain (baton_ua_get_listen (self->ua), self->identity,
                                                          baton_sip_identity_get_registrar (self->identity), event);

      baton_registration_fail (self, status, words != NULL ? words : event->phrase,
                               retry ? (guint) MIN (retry->af_delta, G_MAXINT / 1000) : 0);
    }
}

static void
baton_registration_event (BatonSipTarget *target, const BatonSipEvent *event)
{
  if (event->event == nua_r_register || event->event == nua_r_unregister)
    baton_registration_response (BATON_REGISTRATION (target), event);
}

static void
baton_registration_sip_target_init (BatonSipTargetInterface *iface)
{
  iface->event = baton_registration_event;
}

static void
baton_registration_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonRegistration *self = BATON_REGISTRATION (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_STATUS:
      g_value_set_uint (value, self->status);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    case PROP_EXPIRES:
      g_value_set_uint (value, self->expires);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_registration_dispose (GObject *object)
{
  BatonRegistration *self = BATON_REGISTRATION (object);

  if (self->ua != NULL)
    baton_timers_clear (baton_ua_get_timers (self->ua), &self->retry_timer);
  /* nua unregisters what is registered on a handle that goes away. */
  baton_sip_target_release (&self->handle);
  if (self->ua != NULL && self->state == BATON_REGISTRATION_STATE_UNREGISTERING)
    baton_ua_end_goodbye (self->ua);
  self->state = BATON_REGISTRATION_STATE_OFFLINE;
  g_clear_object (&self->identity);
  g_clear_object (&self->ua);
  G_OBJECT_CLASS (baton_registration_parent_class)->dispose (object);
}

static void
baton_registration_finalize (GObject *object)
{
  g_free (BATON_REGISTRATION (object)->reason);
  G_OBJECT_CLASS (baton_registration_parent_class)->finalize (object);
}

static void
baton_registration_class_init (BatonRegistrationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = baton_registration_get_property;
  object_class->dispose = baton_registration_dispose;
  object_class->finalize = baton_registration_finalize;
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, BATON_TYPE_REGISTRATION_STATE,
                                              BATON_REGISTRATION_STATE_OFFLINE, flags);
  properties[PROP_STATUS] = g_param_spec_uint ("status", NULL, NULL, 0, 999, 0, flags);
  properties[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, flags);
  properties[PROP_EXPIRES] = g_param_spec_uint ("expires", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
baton_registration_init (BatonRegistration *self)
{
}

static void
on_running_changed (BatonUa *ua, GParamSpec *pspec, BatonRegistration *self)
{
  gboolean running;

  g_object_get (ua, "running", &running, NULL);
  if (running)
    return;
  baton_timers_clear (baton_ua_get_timers (ua), &self->retry_timer);
  baton_sip_target_release (&self->handle);
  baton_registration_set (self, BATON_REGISTRATION_STATE_OFFLINE, 0, NULL, 0);
}

BatonRegistration *
baton_registration_new (BatonUa *ua, BatonSipIdentity *identity)
{
  BatonRegistration *self = g_object_new (BATON_TYPE_REGISTRATION, NULL);

  self->ua = g_object_ref (ua);
  self->identity = g_object_ref (identity);
  g_signal_connect_object (ua, "notify::running", G_CALLBACK (on_running_changed), self, 0);
  return self;
}

static gboolean
baton_registration_make_handle (BatonRegistration *self, GError **error)
{
  if (self->handle == NULL)
    self->handle = baton_ua_create_register_handle (self->ua, BATON_SIP_TARGET (self), self->identity, error);
  return self->handle != NULL;
}

void
baton_registration_register (BatonRegistration *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *expires = NULL;
  g_autofree char *contact = NULL;

  g_return_if_fail (BATON_IS_REGISTRATION (self));

  baton_timers_clear (baton_ua_get_timers (self->ua), &self->retry_timer);
  self->auth_attempts = 0;
  if (!baton_registration_make_handle (self, &error))
    {
      baton_registration_set (self, BATON_REGISTRATION_STATE_FAILED, 0, error->message, 0);
      return;
    }
  expires = g_strdup_printf ("%u", baton_sip_identity_get_expires (self->identity));
  contact = baton_sip_address_dup_contact (baton_ua_get_listen (self->ua), self->identity, NULL,
                                           baton_sip_identity_get_registrar (self->identity));
  baton_registration_set (self, BATON_REGISTRATION_STATE_REGISTERING, 0, NULL, self->expires);
  nua_register (self->handle, SIPTAG_CONTACT_STR (contact), SIPTAG_EXPIRES_STR (expires), TAG_END ());
}

void
baton_registration_unregister (BatonRegistration *self)
{
  g_return_if_fail (BATON_IS_REGISTRATION (self));

  baton_timers_clear (baton_ua_get_timers (self->ua), &self->retry_timer);
  self->failures = 0;
  self->auth_attempts = 0;
  switch (self->state)
    {
    case BATON_REGISTRATION_STATE_REGISTERED:
    case BATON_REGISTRATION_STATE_REGISTERING:
      baton_registration_set (self, BATON_REGISTRATION_STATE_UNREGISTERING, 0, NULL, 0);
      nua_unregister (self->handle, TAG_END ());
      break;
    case BATON_REGISTRATION_STATE_FAILED:
      baton_registration_set (self, BATON_REGISTRATION_STATE_OFFLINE, 0, NULL, 0);
      break;
    case BATON_REGISTRATION_STATE_UNREGISTERING:
    case BATON_REGISTRATION_STATE_OFFLINE:
      break;
    }
}

BatonRegistrationState
baton_registration_get_state (BatonRegistration *self)
{
  g_return_val_if_fail (BATON_IS_REGISTRATION (self), BATON_REGISTRATION_STATE_OFFLINE);
  return self->state;
}

guint
baton_registration_get_status (BatonRegistration *self)
{
  g_return_val_if_fail (BATON_IS_REGISTRATION (self), 0);
  return self->status;
}

const char *
baton_registration_get_reason (BatonRegistration *self)
{
  g_return_val_if_fail (BATON_IS_REGISTRATION (self), NULL);
  return self->reason;
}

guint
baton_registration_get_expires (BatonRegistration *self)
{
  g_return_val_if_fail (BATON_IS_REGISTRATION (self), 0);
  return self->expires;
}
