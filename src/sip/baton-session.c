/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-session.h"

#include <string.h>

#include <sofia-sip/sip_util.h>

#include "baton-enum-types.h"
#include "baton-error.h"
#include "baton-name-addr.h"
#include "baton-refer-context-private.h"
#include "baton-session-fields.h"
#include "baton-sip-address.h"
#include "baton-sip-body.h"
#include "baton-sip-mend.h"
#include "baton-ua-private.h"

GParamSpec *baton_session_properties[BATON_SESSION_N_PROPS];
guint baton_session_signals[BATON_SESSION_N_SIGNALS];

static void baton_session_sip_target_init (BatonSipTargetInterface *iface);
static void baton_session_applicant_init (BatonReferApplicantInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonSession, baton_session, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_SIP_TARGET, baton_session_sip_target_init)
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_REFER_APPLICANT, baton_session_applicant_init))

static void
baton_session_sip_target_init (BatonSipTargetInterface *iface)
{
  iface->event = baton_session_receive;
}

static BatonSipIdentity *
baton_session_applicant_get_identity (BatonReferApplicant *applicant)
{
  return BATON_SESSION (applicant)->identity;
}

static const char *
baton_session_applicant_get_contact (BatonReferApplicant *applicant)
{
  return BATON_SESSION (applicant)->local_contact;
}

static const char *
baton_session_applicant_get_remote_uri (BatonReferApplicant *applicant)
{
  return BATON_SESSION (applicant)->remote_uri;
}

static BatonSession *
baton_session_applicant_get_session (BatonReferApplicant *applicant)
{
  return BATON_SESSION (applicant);
}

static void
baton_session_applicant_init (BatonReferApplicantInterface *iface)
{
  iface->get_identity = baton_session_applicant_get_identity;
  iface->get_contact = baton_session_applicant_get_contact;
  iface->get_remote_uri = baton_session_applicant_get_remote_uri;
  iface->get_session = baton_session_applicant_get_session;
}

static void
baton_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonSession *self = BATON_SESSION (object);

  switch (id)
    {
    case BATON_SESSION_PROP_UA:
      g_value_set_object (value, self->ua);
      break;
    case BATON_SESSION_PROP_IDENTITY:
      g_value_set_object (value, self->identity);
      break;
    case BATON_SESSION_PROP_DIRECTION:
      g_value_set_enum (value, self->direction);
      break;
    case BATON_SESSION_PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case BATON_SESSION_PROP_CALL_ID:
      g_value_set_string (value, self->call_id);
      break;
    case BATON_SESSION_PROP_LOCAL_TAG:
      g_value_set_string (value, self->local_tag);
      break;
    case BATON_SESSION_PROP_REMOTE_TAG:
      g_value_set_string (value, self->remote_tag);
      break;
    case BATON_SESSION_PROP_LOCAL_URI:
      g_value_set_string (value, baton_sip_identity_get_address (self->identity));
      break;
    case BATON_SESSION_PROP_REMOTE_URI:
      g_value_set_string (value, self->remote_uri);
      break;
    case BATON_SESSION_PROP_REMOTE_NAME:
      g_value_set_string (value, self->remote_name);
      break;
    case BATON_SESSION_PROP_REMOTE_CHANGED:
      g_value_set_boolean (value, self->remote_changed);
      break;
    case BATON_SESSION_PROP_REMOTE_CONTACT:
      g_value_set_string (value, self->remote_contact);
      break;
    case BATON_SESSION_PROP_REMOTE_SUPPORTS_REPLACES:
      g_value_set_boolean (value, self->remote_supports_replaces);
      break;
    case BATON_SESSION_PROP_STATUS:
      g_value_set_uint (value, self->status);
      break;
    case BATON_SESSION_PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    case BATON_SESSION_PROP_REFERRED_BY:
      g_value_set_string (value, self->referred_by);
      break;
    case BATON_SESSION_PROP_REPLACES_SESSION:
      g_value_set_object (value, self->replaces_session);
      break;
    case BATON_SESSION_PROP_TRANSPORT:
      g_value_set_string (value, self->transport);
      break;
    case BATON_SESSION_PROP_SOURCE_ADDRESS:
      g_value_set_string (value, self->source_address);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_session_dispose (GObject *object)
{
  BatonSession *self = BATON_SESSION (object);

  if (self->ua != NULL)
    {
      baton_session_forget_remote_request (self);
      baton_timers_clear (baton_ua_get_timers (self->ua), &self->late_bye_timer);
    }
  g_clear_handle_id (&self->offer_due, g_source_remove);
  g_clear_pointer (&self->offers, baton_offer_queue_free);
  baton_session_fail_infos (self, 0, NULL);
  /* One that the table has forgotten may outlive the stack, which took all handles with it. */
  if (self->ua != NULL && baton_ua_get_nua (self->ua) == NULL)
    self->handle = NULL;
  baton_sip_target_release (&self->handle);
  g_clear_object (&self->replaces_session);
  g_clear_pointer (&self->late_bye, g_free);
  g_clear_object (&self->identity);
  g_clear_object (&self->ua);
  G_OBJECT_CLASS (baton_session_parent_class)->dispose (object);
}

static void
baton_session_finalize (GObject *object)
{
  BatonSession *self = BATON_SESSION (object);

  g_free (self->call_id);
  g_free (self->local_tag);
  g_free (self->remote_tag);
  g_ptr_array_unref (self->early_tags);
  g_free (self->local_contact);
  g_free (self->late_offer);
  g_free (self->remote_uri);
  g_free (self->remote_name);
  g_free (self->peer_uri);
  g_free (self->peer_name);
  g_free (self->remote_contact);
  g_free (self->reason);
  g_free (self->explanation);
  g_free (self->referred_by);
  g_free (self->source_address);
  g_free (self->remote_offer);
  g_free (self->last_answer);
  g_hash_table_unref (self->answers);
  baton_session_clear_invite (self);
  G_OBJECT_CLASS (baton_session_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  static const struct
  {
    guint id;
    const char *name;
  } strings[] = {
    { BATON_SESSION_PROP_CALL_ID, "call-id" },
    { BATON_SESSION_PROP_LOCAL_TAG, "local-tag" },
    { BATON_SESSION_PROP_REMOTE_TAG, "remote-tag" },
    { BATON_SESSION_PROP_LOCAL_URI, "local-uri" },
    { BATON_SESSION_PROP_REMOTE_URI, "remote-uri" },
    { BATON_SESSION_PROP_REMOTE_NAME, "remote-name" },
    { BATON_SESSION_PROP_REMOTE_CONTACT, "remote-contact" },
    { BATON_SESSION_PROP_REASON, "reason" },
    { BATON_SESSION_PROP_REFERRED_BY, "referred-by" },
    { BATON_SESSION_PROP_TRANSPORT, "transport" },
    { BATON_SESSION_PROP_SOURCE_ADDRESS, "source-address" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    baton_session_properties[strings[i].id] = g_param_spec_string (strings[i].name, NULL, NULL, NULL, flags);
  baton_session_properties[BATON_SESSION_PROP_UA] = g_param_spec_object ("ua", NULL, NULL, BATON_TYPE_UA, flags);
  baton_session_properties[BATON_SESSION_PROP_IDENTITY] =
    g_param_spec_object ("identity", NULL, NULL, BATON_TYPE_SIP_IDENTITY, flags);
  baton_session_properties[BATON_SESSION_PROP_DIRECTION] =
    g_param_spec_enum ("direction", NULL, NULL, BATON_TYPE_DIRECTION, BATON_DIRECTION_OUTGOING, flags);
  baton_session_properties[BATON_SESSION_PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, BATON_TYPE_SESSION_STATE, BATON_SESSION_STATE_NEW, flags);
  baton_session_properties[BATON_SESSION_PROP_REMOTE_SUPPORTS_REPLACES] =
    g_param_spec_boolean ("remote-supports-replaces", NULL, NULL, FALSE, flags);
  baton_session_properties[BATON_SESSION_PROP_REMOTE_CHANGED] =
    g_param_spec_boolean ("remote-changed", NULL, NULL, FALSE, flags);
  baton_session_properties[BATON_SESSION_PROP_STATUS] = g_param_spec_uint ("status", NULL, NULL, 0, 999, 0, flags);
  baton_session_properties[BATON_SESSION_PROP_REPLACES_SESSION] =
    g_param_spec_object ("replaces-session", NULL, NULL, BATON_TYPE_SESSION, flags);
  g_object_class_install_properties (object_class, BATON_SESSION_N_PROPS, baton_session_properties);
}

static gboolean
take_first_offer (GSignalInvocationHint *hint, GValue *result, const GValue *value, gpointer data)
{
  if (g_value_get_string (value) == NULL)
    return TRUE;
  g_value_copy (value, result);
  return FALSE;
}

static void
baton_session_class_init (BatonSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = baton_session_get_property;
  object_class->dispose = baton_session_dispose;
  object_class->finalize = baton_session_finalize;
  install_properties (object_class);

  baton_session_signals[BATON_SESSION_OFFER_RECEIVED] =
    g_signal_new ("offer-received", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  baton_session_signals[BATON_SESSION_ANSWER_RECEIVED] =
    g_signal_new ("answer-received", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                  G_TYPE_BOOLEAN);
  baton_session_signals[BATON_SESSION_ANSWER_TAKEN] =
    g_signal_new ("answer-taken", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  baton_session_signals[BATON_SESSION_OFFER_REFUSED] =
    g_signal_new ("offer-refused", type, G_SIGNAL_RUN_LAST, 0, take_first_offer, NULL, NULL, G_TYPE_STRING, 1, G_TYPE_UINT);
  baton_session_signals[BATON_SESSION_OFFER_OUTDATED] =
    g_signal_new ("offer-outdated", type, G_SIGNAL_RUN_LAST, 0, take_first_offer, NULL, NULL, G_TYPE_STRING, 0);
  baton_session_signals[BATON_SESSION_REPLACED] =
    g_signal_new ("replaced", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, BATON_TYPE_SESSION);
  baton_session_signals[BATON_SESSION_INFO_RECEIVED] =
    g_signal_new ("info-received", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  baton_refer_applicant_install_signals (type);
}

static void
baton_session_init (BatonSession *self)
{
  self->early_tags = g_ptr_array_new_with_free_func (g_free);
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->transport = "udp";
  g_queue_init (&self->infos);
}

static gboolean
can_send_late_offer (BatonSession *self)
{
  return self->late_offer != NULL && self->handle != NULL && self->state == BATON_SESSION_STATE_ESTABLISHED
         && baton_ua_get_nua (self->ua) != NULL;
}

static gboolean
on_offer_due (gpointer data)
{
  BatonSession *self = data;
  g_autofree char *offer = NULL, *fresh = NULL;

  self->offer_due = 0;
  if (!can_send_late_offer (self))
    return G_SOURCE_REMOVE;
  offer = g_steal_pointer (&self->late_offer);
  if (baton_offer_queue_give_back (self->offers)) /* theirs came in this very turn */
    return G_SOURCE_REMOVE;
  if (self->offer_outdated)
    g_signal_emit (self, baton_session_signals[BATON_SESSION_OFFER_OUTDATED], 0, &fresh);
  if (fresh != NULL)
    {
      g_free (offer);
      offer = g_steal_pointer (&fresh);
    }
  /* nua would put it behind a REFER, NOTIFY, SUBSCRIBE or INFO that has no answer yet */
  baton_sip_mend_let_overtake (self->handle);
  nua_invite (self->handle, SIPTAG_CONTENT_TYPE_STR ("application/sdp"), SIPTAG_PAYLOAD_STR (offer), TAG_END ());
  return G_SOURCE_REMOVE;
}

/*
 * A BYE may have come that we have not heard of yet: with it in the queue, nua would send the
 * re-INVITE outside of every dialog, as a call that nobody asked for. So it waits until the stack,
 * whose source is older and so comes first in the main loop's next turn, has told all that it knows.
 * A lower priority would wait for as long as a stranger keeps the stack busy.
 */
void
baton_session_send_late_offer (BatonSession *self)
{
  if (can_send_late_offer (self) && self->offer_due == 0)
    self->offer_due = g_idle_add_full (G_PRIORITY_DEFAULT, on_offer_due, self, NULL);
}

static void
baton_session_send_offer (const char *offer, gpointer data)
{
  BatonSession *self = data;

  g_free (self->late_offer);
  self->late_offer = g_strdup (offer);
  baton_session_send_late_offer (self);
}

/* ---- making one ---- */

BatonSession *
baton_session_new (BatonUa *ua, BatonSipIdentity *identity, const char *remote_uri)
{
  BatonSession *self = g_object_new (BATON_TYPE_SESSION, NULL);

  self->ua = g_object_ref (ua);
  self->identity = g_object_ref (identity);
  self->remote_uri = g_strdup (remote_uri);
  self->peer_uri = g_strdup (remote_uri);
  self->offers = baton_offer_queue_new (baton_ua_get_timers (ua), baton_session_send_offer, self);
  return self;
}

/* The stack chose our tag; it tells it in what it would put into a Replaces header. */
static char *
baton_session_dup_stack_tag (nua_handle_t *handle)
{
  su_home_t home[1] = { SU_HOME_INIT (home) };
  sip_replaces_t *replaces;
  char *tag;

  su_home_init (home);
  replaces = nua_handle_make_replaces (handle, home, 0);
  tag = g_strdup (replaces ? replaces->rp_from_tag : NULL);
  su_home_deinit (home);
  return tag;
}

BatonSession *
baton_session_new_incoming (BatonUa *ua, BatonSipIdentity *identity, const BatonSipEvent *event, BatonSession *replaces,
                            gboolean early_only)
{
  const sip_t *sip = event->sip;
  g_autofree char *name = NULL;
  g_autofree char *uri = baton_sip_body_dup_address (sip->sip_from, &name);
  g_autofree char *referred_by = baton_sip_header_dup_text ((const sip_header_t *) sip->sip_referred_by);
  BatonSession *self = baton_session_new (ua, identity, uri);

  self->direction = BATON_DIRECTION_INCOMING;
  self->handle = event->handle;
  baton_sip_target_attach (BATON_SIP_TARGET (self), self->handle);
  baton_ua_prepare_handle (self->handle);
  self->peer_name = g_strdup (name);
  self->remote_name = g_steal_pointer (&name);
  self->call_id = g_strdup (sip->sip_call_id->i_id);
  self->local_tag = baton_session_dup_stack_tag (self->handle);
  self->remote_tag = g_strdup (sip->sip_from->a_tag);
  if (referred_by != NULL && baton_referred_by_check (referred_by))
    self->referred_by = g_steal_pointer (&referred_by);
  self->remote_offer = baton_sip_body_dup_sdp (sip);
  g_set_object (&self->replaces_session, replaces);
  self->replaces_early_only = early_only;
  baton_session_learn_peer (self, sip);
  baton_session_learn_source (self, event);
  baton_session_learn_way (self, sip);
  self->local_contact = baton_sip_address_dup_contact (baton_ua_get_listen (ua), identity, event,
                                                       self->remote_contact ? self->remote_contact : uri);
  baton_session_set_state (self, BATON_SESSION_STATE_INCOMING);
  baton_ua_add_session (ua, self);
  return self;
}

/* ---- answering ---- */

static gboolean
baton_session_require_state (BatonSession *self, BatonSessionState state, GError **error)
{
  if (self->state == state)
    return TRUE;
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                       state == BATON_SESSION_STATE_INCOMING ? "The call isn't waiting for an answer any more."
                                                             : "The call is not connected.");
  return FALSE;
}

void
baton_session_ring (BatonSession *self)
{
  g_return_if_fail (BATON_IS_SESSION (self));

  if (self->state == BATON_SESSION_STATE_INCOMING)
    baton_session_respond (self, NULL, SIP_180_RINGING, NULL);
}

gboolean
baton_session_accept (BatonSession *self, const char *sdp, GError **error)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), FALSE);
  g_return_val_if_fail (sdp != NULL, FALSE);

  if (!baton_session_require_state (self, BATON_SESSION_STATE_INCOMING, error) || !baton_session_may_still_replace (self, error))
    return FALSE;
  self->ack_brings_answer = self->remote_offer == NULL;
  self->awaits_ack = TRUE;
  self->invite_open = TRUE;
  baton_offer_queue_set_blocked (self->offers, TRUE);
  baton_session_respond (self, NULL, SIP_200_OK, sdp);
  baton_session_set_status (self, 200, "OK");
  baton_session_set_state (self, BATON_SESSION_STATE_ESTABLISHED);
  return TRUE;
}

gboolean
baton_session_reject (BatonSession *self, guint status, const char *reason, GError **error)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), FALSE);

  if (!baton_session_require_state (self, BATON_SESSION_STATE_INCOMING, error))
    return FALSE;
  if (status < 300 || status > 699 || (reason != NULL && !baton_header_value_is_safe (reason)))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "A call can't be refused with status %u.", status);
      return FALSE;
    }
  if (reason == NULL || *reason == '\0')
    reason = sip_status_phrase ((int) status);
  if (reason == NULL)
    reason = "Refused";
  baton_session_respond (self, NULL, status, g_intern_string (reason), NULL); /* nua keeps the pointer */
  baton_session_end (self, status, reason, FALSE);
  return TRUE;
}

gboolean
baton_session_reject_offered (BatonSession *self, guint code, const char *text, GError **error)
{
  g_autofree char *warning = NULL;

  g_return_val_if_fail (BATON_IS_SESSION (self), FALSE);
  g_return_val_if_fail (code >= 300 && code <= 399 && g_str_is_ascii (text) && strpbrk (text, "\"\\\r\n") == NULL, FALSE);

  if (!baton_session_require_state (self, BATON_SESSION_STATE_INCOMING, error))
    return FALSE;
  warning = g_strdup_printf ("%u baton \"%s\"", code, text);
  nua_respond (self->handle, SIP_488_NOT_ACCEPTABLE, SIPTAG_WARNING_STR (warning), TAG_END ());
  baton_session_end (self, SIP_488_NOT_ACCEPTABLE, FALSE);
  return TRUE;
}

gboolean
baton_session_redirect (BatonSession *self, const char *contact, GError **error)
{
  g_autoptr (BatonSipUri) uri = NULL;
  g_autofree char *value = NULL;

  g_return_val_if_fail (BATON_IS_SESSION (self), FALSE);

  if (!baton_session_require_state (self, BATON_SESSION_STATE_INCOMING, error))
    return FALSE;
  uri = baton_sip_uri_parse (contact, error);
  if (uri == NULL)
    return FALSE;
  value = baton_name_addr_join (NULL, contact);
  nua_respond (self->handle, SIP_302_MOVED_TEMPORARILY, SIPTAG_CONTACT_STR (value), TAG_END ());
  baton_session_end (self, SIP_302_MOVED_TEMPORARILY, FALSE);
  return TRUE;
}

void
baton_session_terminate (BatonSession *self)
{
  g_return_if_fail (BATON_IS_SESSION (self));

  switch (self->state)
    {
    case BATON_SESSION_STATE_NEW:
      baton_session_end (self, SIP_487_REQUEST_TERMINATED, FALSE);
      break;
    case BATON_SESSION_STATE_CALLING:
    case BATON_SESSION_STATE_RINGING:
    case BATON_SESSION_STATE_EARLY:
      baton_session_refer_hung_up (self);
      nua_cancel (self->handle, TAG_END ());
      baton_session_end (self, SIP_487_REQUEST_TERMINATED, FALSE);
      break;
    case BATON_SESSION_STATE_INCOMING:
      baton_session_reject (self, SIP_480_TEMPORARILY_UNAVAILABLE, NULL);
      break;
    case BATON_SESSION_STATE_ESTABLISHED:
      baton_session_refer_hung_up (self);
      baton_session_bye (self, NULL);
      baton_session_end (self, 0, NULL, FALSE);
      break;
    case BATON_SESSION_STATE_TERMINATED:
      break;
    }
}

void
baton_session_give_up (BatonSession *self, guint status, const char *text)
{
  g_autofree char *reason = NULL;

  g_return_if_fail (BATON_IS_SESSION (self));
  g_return_if_fail (g_str_is_ascii (text) && strpbrk (text, "\"\\\r\n") == NULL);

  if (self->state != BATON_SESSION_STATE_ESTABLISHED)
    {
      baton_session_terminate (self);
      return;
    }
  reason = g_strdup_printf ("SIP;cause=%u;text=\"%s\"", status, text);
  baton_session_refer_hung_up (self);
  baton_session_bye (self, reason);
  baton_session_end (self, status, text, FALSE);
}

void
baton_session_take_answer (BatonSession *self, gboolean usable)
{
  g_return_if_fail (BATON_IS_SESSION (self));

  self->answer_deferred = FALSE;
  if (usable)
    g_signal_emit (self, baton_session_signals[BATON_SESSION_ANSWER_TAKEN], 0);
  else if (self->state != BATON_SESSION_STATE_TERMINATED)
    baton_session_end (self, SIP_488_NOT_ACCEPTABLE, FALSE); /* the BYE follows where the answer was read */
}

void
baton_session_defer_answer (BatonSession *self)
{
  g_return_if_fail (BATON_IS_SESSION (self));
  self->answer_deferred = TRUE;
}

gboolean
baton_session_is_answer_deferred (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), FALSE);
  return self->answer_deferred;
}

void
baton_session_abort (BatonSession *self)
{
  g_autoptr (BatonSession) hold = g_object_ref (self);

  baton_session_refer_shutdown (self);
  baton_sip_target_release (&self->handle);
  self->dialog_over = TRUE;
  baton_session_end (self, SIP_503_SERVICE_UNAVAILABLE, FALSE);
}

/* ---- for the room ---- */

nua_handle_t *
baton_session_get_handle (BatonSession *self)
{
  return self->handle;
}

gboolean
baton_session_has_dialog (BatonSession *self)
{
  return self->handle != NULL && !self->dialog_over;
}

void
baton_session_refers_done (BatonSession *self)
{
  baton_session_maybe_release (self);
}

gboolean
baton_session_matches_dialog (BatonSession *self, const char *call_id, const char *local_tag, const char *remote_tag)
{
  if (g_strcmp0 (self->call_id, call_id) != 0 || g_strcmp0 (self->local_tag, local_tag) != 0 || remote_tag == NULL)
    return FALSE;
  if (g_strcmp0 (self->remote_tag, remote_tag) == 0)
    return TRUE;
  return (self->state == BATON_SESSION_STATE_RINGING || self->state == BATON_SESSION_STATE_EARLY)
         && g_ptr_array_find_with_equal_func (self->early_tags, remote_tag, g_str_equal, NULL);
}

/* ---- getters ---- */

BatonUa *
baton_session_get_ua (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->ua;
}

BatonSipIdentity *
baton_session_get_identity (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->identity;
}

BatonDirection
baton_session_get_direction (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), BATON_DIRECTION_OUTGOING);
  return self->direction;
}

BatonSessionState
baton_session_get_state (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), BATON_SESSION_STATE_TERMINATED);
  return self->state;
}

const char *
baton_session_get_call_id (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->call_id;
}

const char *
baton_session_get_local_tag (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->local_tag;
}

const char *
baton_session_get_remote_tag (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->remote_tag;
}

const char *
baton_session_get_remote_uri (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->remote_uri;
}

const char *
baton_session_get_remote_name (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->remote_name;
}

const char *
baton_session_get_remote_contact (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->remote_contact;
}

const char *
baton_session_get_remote_offer (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->remote_offer;
}

const char *
baton_session_get_referred_by (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->referred_by;
}

BatonSession *
baton_session_get_replaces_session (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->replaces_session;
}

gboolean
baton_session_get_remote_changed (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), FALSE);
  return self->remote_changed;
}

const char *
baton_session_get_transport (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->transport;
}

gboolean
baton_session_is_private (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), FALSE);
  return g_str_equal (self->transport, "tls") && !self->overheard;
}

gboolean
baton_session_is_sips (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), FALSE);
  /* The Contact that we gave is sips where the request or its way was (RFC 3261 §8.1.1.8, §12.1.1); From is hearsay */
  return (self->local_contact != NULL && g_str_has_prefix (self->local_contact, "<sips:")) ||
         g_ascii_strncasecmp (self->remote_uri, "sips:", 5) == 0;
}

guint
baton_session_get_status (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), 0);
  return self->status;
}

const char *
baton_session_get_reason (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->reason;
}

const char *
baton_session_get_explanation (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  return self->explanation;
}
