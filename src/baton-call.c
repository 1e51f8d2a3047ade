/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-call-private.h"

#include "baton-enum-types.h"
#include "baton-error.h"
#include "baton-transfer.h"

enum
{
  PROP_NUMBER = 1,
  PROP_ACCOUNT,
  PROP_SESSION,
  PROP_MEDIA,
  PROP_DIRECTION,
  PROP_STATE,
  PROP_HOLD,
  PROP_MUTED,
  PROP_REMOTE_URI,
  PROP_REMOTE_NAME,
  PROP_REMOTE_VERIFIED,
  PROP_TRANSFERRED_BY,
  PROP_CODEC,
  PROP_SRTP,
  PROP_STATUS,
  PROP_REASON,
  PROP_OWN_REASON,
  PROP_ENDED_LOCALLY,
  PROP_START_TIME,
  PROP_ESTABLISHED_TIME,
  PROP_END_TIME,
  PROP_HOLD_TIME,
  PROP_REFER,
  PROP_REPLACES_CALL,
  PROP_TRANSFER,
  PROP_CONSULTATION_FOR,
  PROP_MERGED,
  PROP_RECORDING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
guint baton_call_signals[BATON_CALL_N_SIGNALS];

G_DEFINE_TYPE (BatonCall, baton_call, G_TYPE_OBJECT)

void
baton_call_update_hold (BatonCall *self)
{
  gboolean remote = baton_media_get_remote_hold (self->media);
  BatonHold hold;

  if (self->state == BATON_CALL_STATE_ENDED)
    return;
  if (self->held)
    hold = remote ? BATON_HOLD_BOTH : BATON_HOLD_LOCAL;
  else
    hold = remote ? BATON_HOLD_REMOTE : BATON_HOLD_NONE;
  if (hold == self->hold)
    return;
  if (self->hold == BATON_HOLD_NONE)
    self->hold_time = g_get_monotonic_time ();
  else if (hold == BATON_HOLD_NONE)
    self->hold_time = 0;
  self->hold = hold;
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HOLD_TIME]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HOLD]);
  g_object_thaw_notify (G_OBJECT (self));
}

void
baton_call_step (BatonCall *self, BatonCallEvent event)
{
  g_autoptr (BatonCall) keep = NULL;
  int next = baton_call_state_next (self->state, event);

  if (next < 0)
    return;
  keep = g_object_ref (self);
  self->state = (BatonCallState) next;
  g_object_freeze_notify (G_OBJECT (self));
  switch (self->state)
    {
    case BATON_CALL_STATE_ESTABLISHED:
      self->established_time = g_get_monotonic_time ();
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ESTABLISHED_TIME]);
      break;
    case BATON_CALL_STATE_ENDED:
      self->end_time = g_get_monotonic_time ();
      g_cancellable_cancel (self->cancellable);
      baton_call_clear_invite (self);
      baton_media_stop (self->media);
      baton_call_fail_reoffers (self);
      baton_call_set_recording (self, NULL);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_END_TIME]);
      break;
    case BATON_CALL_STATE_INCOMING:
    case BATON_CALL_STATE_CALLING:
    case BATON_CALL_STATE_RINGING:
    case BATON_CALL_STATE_EARLY:
      break;
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
set_result (BatonCall *self, guint status, const char *reason, gboolean own)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->status != status)
    {
      self->status = status;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
    }
  if (g_strcmp0 (self->reason, reason) != 0)
    {
      g_free (self->reason);
      self->reason = g_strdup (reason);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REASON]);
    }
  if (self->own_reason != own)
    {
      self->own_reason = own;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OWN_REASON]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
baton_call_set_result (BatonCall *self, guint status, const char *reason)
{
  set_result (self, status, reason, TRUE);
}

static void
on_media_notify (BatonMedia *media, GParamSpec *pspec, BatonCall *self)
{
  if (g_str_equal (pspec->name, "remote-hold"))
    baton_call_update_hold (self);
  else if (g_str_equal (pspec->name, "codec"))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CODEC]);
  else if (g_str_equal (pspec->name, "srtp"))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SRTP]);
}

static void
on_info_received (BatonSession *session, const char *content_type, const char *body, BatonCall *self)
{
  guint duration_ms = 0;
  char digit[2] = { baton_call_parse_dtmf_info (content_type, body, &duration_ms), '\0' };

  if (digit[0] != '\0')
    g_signal_emit (self, baton_call_signals[BATON_CALL_SIGNAL_DTMF], 0, digit, duration_ms);
}

/* ---- The session ---- */

static void
on_session_state (BatonSession *session, GParamSpec *pspec, BatonCall *self)
{
  switch (baton_session_get_state (session))
    {
    case BATON_SESSION_STATE_NEW:
    case BATON_SESSION_STATE_CALLING:
    case BATON_SESSION_STATE_INCOMING:
      break;
    case BATON_SESSION_STATE_RINGING:
      baton_call_step (self, BATON_CALL_EVENT_RINGING);
      break;
    case BATON_SESSION_STATE_EARLY:
      baton_call_step (self, BATON_CALL_EVENT_EARLY);
      break;
    case BATON_SESSION_STATE_ESTABLISHED:
      if (self->answered || baton_session_get_direction (session) == BATON_DIRECTION_INCOMING)
        baton_call_step (self, BATON_CALL_EVENT_ANSWERED);
      break;
    case BATON_SESSION_STATE_TERMINATED:
      if (self->status == 0 && self->reason == NULL) /* else we gave up, and know better why */
        {
          const char *explanation = baton_session_get_explanation (session);

          set_result (self, baton_session_get_status (session),
                      explanation != NULL ? explanation : baton_session_get_reason (session), explanation != NULL);
        }
      baton_call_step (self, BATON_CALL_EVENT_ENDED);
      break;
    }
}

static void
on_session_notify (BatonSession *session, GParamSpec *pspec, BatonCall *self)
{
  if (g_str_equal (pspec->name, "remote-uri"))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REMOTE_URI]);
  else if (g_str_equal (pspec->name, "remote-name"))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REMOTE_NAME]);
  else if (g_str_equal (pspec->name, "remote-changed"))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REMOTE_VERIFIED]);
}

/* ---- Object ---- */

gboolean
baton_call_get_remote_verified (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), FALSE);
  /* What the peer became later is only what it says (RFC 4916). */
  if (baton_session_get_remote_changed (self->session))
    return FALSE;
  /* Whom we called ourselves is who they are. A caller may be anybody: over TLS, too, nobody is asked for a certificate. */
  return baton_session_get_direction (self->session) == BATON_DIRECTION_OUTGOING && self->refer == 0;
}

static void
baton_call_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonCall *self = BATON_CALL (object);

  switch (id)
    {
    case PROP_NUMBER:
      g_value_set_uint (value, self->number);
      break;
    case PROP_ACCOUNT:
      g_value_set_object (value, self->account);
      break;
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_MEDIA:
      g_value_set_object (value, self->media);
      break;
    case PROP_DIRECTION:
      g_value_set_enum (value, baton_call_get_direction (self));
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_HOLD:
      g_value_set_enum (value, self->hold);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_REMOTE_URI:
      g_value_set_string (value, baton_call_get_remote_uri (self));
      break;
    case PROP_REMOTE_NAME:
      g_value_set_string (value, baton_call_get_remote_name (self));
      break;
    case PROP_REMOTE_VERIFIED:
      g_value_set_boolean (value, baton_call_get_remote_verified (self));
      break;
    case PROP_TRANSFERRED_BY:
      g_value_set_string (value, self->transferred_by);
      break;
    case PROP_CODEC:
    case PROP_SRTP:
      g_object_get_property (G_OBJECT (self->media), pspec->name, value);
      break;
    case PROP_STATUS:
      g_value_set_uint (value, self->status);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    case PROP_OWN_REASON:
      g_value_set_boolean (value, self->own_reason);
      break;
    case PROP_ENDED_LOCALLY:
      g_value_set_boolean (value, self->ended_locally);
      break;
    case PROP_START_TIME:
      g_value_set_int64 (value, self->start_time);
      break;
    case PROP_ESTABLISHED_TIME:
      g_value_set_int64 (value, self->established_time);
      break;
    case PROP_END_TIME:
      g_value_set_int64 (value, self->end_time);
      break;
    case PROP_HOLD_TIME:
      g_value_set_int64 (value, self->hold_time);
      break;
    case PROP_REFER:
      g_value_set_uint (value, self->refer);
      break;
    case PROP_REPLACES_CALL:
      g_value_set_object (value, self->replaces_call);
      break;
    case PROP_TRANSFER:
      g_value_set_object (value, self->transfer);
      break;
    case PROP_CONSULTATION_FOR:
      g_value_set_object (value, self->consultation_for);
      break;
    case PROP_MERGED:
      g_value_set_boolean (value, self->merged);
      break;
    case PROP_RECORDING:
      g_value_set_string (value, self->recording);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_call_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_MUTED:
      baton_call_set_muted (BATON_CALL (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_call_dispose (GObject *object)
{
  BatonCall *self = BATON_CALL (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->media != NULL)
    baton_media_stop (self->media);
  baton_call_clear_invite (self);
  g_clear_object (&self->takes_over);
  g_clear_object (&self->replaces_call);
  g_clear_object (&self->consultation_for);
  g_clear_object (&self->transfer);
  G_OBJECT_CLASS (baton_call_parent_class)->dispose (object);
}

static void
baton_call_finalize (GObject *object)
{
  BatonCall *self = BATON_CALL (object);

  /* Not in dispose: the getters read session and media as long as anybody may ask. */
  g_clear_object (&self->session);
  g_clear_object (&self->media);
  g_clear_object (&self->factory);
  g_clear_object (&self->account);
  g_clear_object (&self->cancellable);
  g_queue_clear_full (&self->reoffers, g_object_unref);
  g_free (self->reason);
  g_free (self->transferred_by);
  g_free (self->recording);
  G_OBJECT_CLASS (baton_call_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags fact = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  props[PROP_NUMBER] = g_param_spec_uint ("number", NULL, NULL, 0, G_MAXUINT, 0, fact);
  props[PROP_ACCOUNT] = g_param_spec_object ("account", NULL, NULL, BATON_TYPE_ACCOUNT, fact);
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, BATON_TYPE_SESSION, fact);
  props[PROP_MEDIA] = g_param_spec_object ("media", NULL, NULL, BATON_TYPE_MEDIA, fact);
  props[PROP_DIRECTION] = g_param_spec_enum ("direction", NULL, NULL, BATON_TYPE_DIRECTION, 0, fact);
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, BATON_TYPE_CALL_STATE, 0, fact);
  props[PROP_HOLD] = g_param_spec_enum ("hold", NULL, NULL, BATON_TYPE_HOLD, 0, fact);
  props[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE,
                                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_REMOTE_URI] = g_param_spec_string ("remote-uri", NULL, NULL, NULL, fact);
  props[PROP_REMOTE_NAME] = g_param_spec_string ("remote-name", NULL, NULL, NULL, fact);
  props[PROP_REMOTE_VERIFIED] = g_param_spec_boolean ("remote-verified", NULL, NULL, FALSE, fact);
  props[PROP_TRANSFERRED_BY] = g_param_spec_string ("transferred-by", NULL, NULL, NULL, fact);
  props[PROP_CODEC] = g_param_spec_string ("codec", NULL, NULL, NULL, fact);
  props[PROP_SRTP] = g_param_spec_string ("srtp", NULL, NULL, NULL, fact);
  props[PROP_STATUS] = g_param_spec_uint ("status", NULL, NULL, 0, G_MAXUINT, 0, fact);
  props[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, fact);
  props[PROP_OWN_REASON] = g_param_spec_boolean ("own-reason", NULL, NULL, FALSE, fact);
  props[PROP_ENDED_LOCALLY] = g_param_spec_boolean ("ended-locally", NULL, NULL, FALSE, fact);
  props[PROP_START_TIME] = g_param_spec_int64 ("start-time", NULL, NULL, 0, G_MAXINT64, 0, fact);
  props[PROP_ESTABLISHED_TIME] = g_param_spec_int64 ("established-time", NULL, NULL, 0, G_MAXINT64, 0, fact);
  props[PROP_END_TIME] = g_param_spec_int64 ("end-time", NULL, NULL, 0, G_MAXINT64, 0, fact);
  props[PROP_HOLD_TIME] = g_param_spec_int64 ("hold-time", NULL, NULL, 0, G_MAXINT64, 0, fact);
  props[PROP_REFER] = g_param_spec_uint ("refer", NULL, NULL, 0, G_MAXUINT, 0, fact);
  props[PROP_REPLACES_CALL] = g_param_spec_object ("replaces-call", NULL, NULL, BATON_TYPE_CALL, fact);
  props[PROP_TRANSFER] = g_param_spec_object ("transfer", NULL, NULL, BATON_TYPE_TRANSFER, fact);
  props[PROP_CONSULTATION_FOR] = g_param_spec_object ("consultation-for", NULL, NULL, BATON_TYPE_CALL, fact);
  props[PROP_MERGED] = g_param_spec_boolean ("merged", NULL, NULL, FALSE, fact);
  props[PROP_RECORDING] = g_param_spec_string ("recording", NULL, NULL, NULL, fact);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
baton_call_class_init (BatonCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = baton_call_get_property;
  object_class->set_property = baton_call_set_property;
  object_class->dispose = baton_call_dispose;
  object_class->finalize = baton_call_finalize;
  install_properties (object_class);

  baton_call_signals[BATON_CALL_SIGNAL_DTMF] = g_signal_new ("dtmf", BATON_TYPE_CALL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                       G_TYPE_STRING, G_TYPE_UINT);
  baton_call_signals[BATON_CALL_SIGNAL_MEDIA_MOVED] = g_signal_new ("media-moved", BATON_TYPE_CALL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                              G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  baton_call_signals[BATON_CALL_SIGNAL_MESSAGE] = g_signal_new ("message", BATON_TYPE_CALL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
baton_call_init (BatonCall *self)
{
  self->cancellable = g_cancellable_new ();
  self->start_time = g_get_monotonic_time ();
  g_queue_init (&self->reoffers);
}

BatonCall *
baton_call_new (guint number, BatonAccount *account, BatonSession *session, BatonMediaFactory *factory,
                BatonMedia *media)
{
  BatonCall *self = g_object_new (BATON_TYPE_CALL, NULL);
  const char *referred_by;

  self->number = number;
  g_set_object (&self->account, account);
  g_set_object (&self->session, session);
  g_set_object (&self->factory, factory);
  g_set_object (&self->media, media);
  self->state = baton_session_get_direction (session) == BATON_DIRECTION_INCOMING ? BATON_CALL_STATE_INCOMING
                                                                                  : BATON_CALL_STATE_CALLING;
  referred_by = baton_session_get_referred_by (session);
  if (self->state == BATON_CALL_STATE_INCOMING && referred_by != NULL)
    self->transferred_by = g_strdup (referred_by);

  g_signal_connect_object (session, "notify::state", G_CALLBACK (on_session_state), self, 0);
  g_signal_connect_object (session, "notify", G_CALLBACK (on_session_notify), self, 0);
  g_signal_connect_object (session, "info-received", G_CALLBACK (on_info_received), self, 0);
  g_signal_connect_object (media, "notify", G_CALLBACK (on_media_notify), self, 0);
  if (self->state == BATON_CALL_STATE_INCOMING)
    baton_call_watch_sound (self); /* else when it has been placed: the INVITE first */
  return self;
}

/* ---- What a transfer or the manager says about it ---- */

void
baton_call_set_refer (BatonCall *self, guint refer, const char *transferred_by)
{
  self->refer = refer;
  g_free (self->transferred_by);
  self->transferred_by = g_strdup (transferred_by);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REFER]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TRANSFERRED_BY]);
}

void
baton_call_set_takes_over (BatonCall *self, BatonCall *old)
{
  g_set_object (&self->takes_over, old);
}

BatonCall *
baton_call_get_takes_over (BatonCall *self)
{
  return self->takes_over;
}

void
baton_call_set_replaces_call (BatonCall *self, BatonCall *old)
{
  if (g_set_object (&self->replaces_call, old))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REPLACES_CALL]);
}

void
baton_call_set_consultation_for (BatonCall *self, BatonCall *caller)
{
  if (g_set_object (&self->consultation_for, caller))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONSULTATION_FOR]);
}

void
baton_call_set_held_for (BatonCall *self, guint number)
{
  self->held_for = number;
}

guint
baton_call_get_held_for (BatonCall *self)
{
  return self->held_for;
}

gboolean
baton_call_was_established (BatonCall *self)
{
  return self->established_time != 0;
}

void
baton_call_set_transfer (BatonCall *self, BatonTransfer *transfer)
{
  if (g_set_object (&self->transfer, transfer))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TRANSFER]);
}

void
baton_call_set_merged (BatonCall *self, gboolean merged)
{
  if (self->merged == merged)
    return;
  self->merged = merged;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MERGED]);
}

void
baton_call_set_recording (BatonCall *self, const char *path)
{
  if (g_strcmp0 (self->recording, path) == 0)
    return;
  g_free (self->recording);
  self->recording = g_strdup (path);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RECORDING]);
}

void
baton_call_tell (BatonCall *self, const char *text)
{
  g_info ("call %u: %s", self->number, text);
  g_signal_emit (self, baton_call_signals[BATON_CALL_SIGNAL_MESSAGE], 0, text);
}

gboolean
baton_call_is_held (BatonCall *self)
{
  return self->held;
}

/* ---- Facts ---- */

guint
baton_call_get_number (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), 0);
  return self->number;
}

BatonAccount *
baton_call_get_account (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), NULL);
  return self->account;
}

BatonSession *
baton_call_get_session (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), NULL);
  return self->session;
}

BatonMedia *
baton_call_get_media (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), NULL);
  return self->media;
}

BatonDirection
baton_call_get_direction (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), BATON_DIRECTION_OUTGOING);
  return baton_session_get_direction (self->session);
}

BatonCallState
baton_call_get_state (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), BATON_CALL_STATE_ENDED);
  return self->state;
}

BatonHold
baton_call_get_hold (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), BATON_HOLD_NONE);
  return self->hold;
}

const char *
baton_call_get_remote_uri (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), NULL);
  return baton_session_get_remote_uri (self->session);
}

const char *
baton_call_get_remote_name (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), NULL);
  return baton_session_get_remote_name (self->session);
}

guint
baton_call_get_status (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), 0);
  return self->status;
}

const char *
baton_call_get_reason (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), NULL);
  return self->reason;
}

gboolean
baton_call_get_muted (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), FALSE);
  return self->muted;
}

void
baton_call_set_muted (BatonCall *self, gboolean muted)
{
  g_return_if_fail (BATON_IS_CALL (self));
  muted = !!muted;
  if (muted == self->muted)
    return;
  self->muted = muted;
  baton_media_set_muted (self->media, muted);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MUTED]);
}

gboolean
baton_call_is_given_away (BatonCall *self)
{
  return self->given_away;
}

void
baton_call_set_given_away (BatonCall *self, gboolean given_away)
{
  self->given_away = given_away;
}

BatonTransfer *
baton_call_get_transfer (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), NULL);
  return self->transfer;
}

BatonCall *
baton_call_get_consultation_for (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), NULL);
  return self->consultation_for;
}

gboolean
baton_call_check_state (BatonCall *self, BatonCallState wanted, const char *sentence, GError **error)
{
  if (self->state == wanted)
    return TRUE;
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "Call %u %s.", self->number,
               self->state == BATON_CALL_STATE_ENDED ? "has ended" : sentence);
  return FALSE;
}
