/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-transfer-private.h"

#include "baton-enum-types.h"
#include "baton-error.h"

enum
{
  PROP_NUMBER = 1,
  PROP_DIRECTION,
  PROP_CALL,
  PROP_TARGET_CALL,
  PROP_TARGET_URI,
  PROP_TARGET_NAME,
  PROP_REQUESTED_BY,
  PROP_CONTEXT,
  PROP_STATE,
  PROP_LEVEL,
  PROP_STATUS,
  PROP_REASON,
  PROP_OUTCOME,
  PROP_DEADLINE,
  PROP_WAITS_FOR_USER,
  PROP_RESUMED,
  PROP_REQUESTER_VERIFIED,
  PROP_SOURCE_ADDRESS,
  PROP_LOSES_ENCRYPTION,
  PROP_HOLD_REFUSED,
  PROP_WAITS_TO_PROCEED,
  PROP_ACTIVE_AFTER,
  PROP_SEMI_ATTENDED,
  PROP_THROUGH_ADDRESS_OF_RECORD,
  PROP_ELAPSED_MS,
  N_PROPS
};

enum
{
  SIGNAL_ENDED,
  SIGNAL_HOLD_REFUSED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_TYPE (BatonTransfer, baton_transfer, G_TYPE_OBJECT)

/* The steps of the card (ux.md §7); an end that is no success leaves the level where it was. */
static const int levels[] = {
  [BATON_TRANSFER_STATE_GRACE] = 0,
  [BATON_TRANSFER_STATE_HOLDING] = 1,
  [BATON_TRANSFER_STATE_REQUESTED] = 2,
  [BATON_TRANSFER_STATE_AGREED] = 2,
  [BATON_TRANSFER_STATE_TRYING] = 3,
  [BATON_TRANSFER_STATE_RINGING] = 4,
  [BATON_TRANSFER_STATE_TRANSFERRED] = 5,
  [BATON_TRANSFER_STATE_FAILED] = -1,
  [BATON_TRANSFER_STATE_HANDED_OVER] = -1,
  [BATON_TRANSFER_STATE_TAKEN_BACK] = -1,
};

gboolean
baton_transfer_is_final (BatonTransfer *self)
{
  return baton_transfer_state_is_final (self->state);
}

gboolean
baton_transfer_step (BatonTransfer *self, BatonTransferEvent event)
{
  g_autoptr (BatonTransfer) keep = NULL;
  int next = baton_transfer_state_next (self->direction, self->state, event);

  if (next < 0)
    return FALSE;
  keep = g_object_ref (self);
  self->state = (BatonTransferState) next;
  g_object_freeze_notify (G_OBJECT (self));
  if (baton_transfer_is_final (self))
    {
      self->end_time = baton_timers_now (self->timers);
      baton_transfer_set_timer (self, 0, NULL);
      baton_transfer_set_flag (self, &self->waits_for_user, FALSE, "waits-for-user");
      baton_transfer_set_flag (self, &self->waits_to_proceed, FALSE, "waits-to-proceed");
    }
  if (levels[next] >= 0 && self->level != (guint) levels[next])
    {
      self->level = (guint) levels[next];
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LEVEL]);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}

void
baton_transfer_set_result (BatonTransfer *self, guint status, const char *reason)
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
  g_object_thaw_notify (G_OBJECT (self));
}

void
baton_transfer_set_flag (BatonTransfer *self, gboolean *flag, gboolean value, const char *property)
{
  if (*flag == value)
    return;
  *flag = value;
  g_object_notify (G_OBJECT (self), property);
}

void
baton_transfer_set_timer (BatonTransfer *self, guint delay_ms, GSourceFunc func)
{
  gint64 deadline = delay_ms ? baton_timers_now (self->timers) + (gint64) delay_ms * 1000 : 0;

  baton_timers_clear (self->timers, &self->timer);
  if (delay_ms > 0)
    self->timer = baton_timers_add (self->timers, delay_ms, func, self);
  if (deadline == self->deadline)
    return;
  self->deadline = deadline;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DEADLINE]);
}

void
baton_transfer_check_ended (BatonTransfer *self)
{
  if (self->ended || !baton_transfer_is_final (self))
    return;
  if (self->context != NULL && baton_refer_context_get_state (self->context) != BATON_REFER_STATE_ENDED)
    return;
  self->ended = TRUE;
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

guint
baton_transfer_get_failure (BatonReferContext *context, const char **reason)
{
  guint status = baton_refer_context_get_status (context);

  *reason = status >= 300 ? baton_refer_context_get_reason (context) : NULL;
  return status >= 300 ? status : 0;
}

gboolean
baton_transfer_emit_hold_refused (BatonTransfer *self, guint status, const char *reason)
{
  gboolean handled = FALSE;

  g_signal_emit (self, signals[SIGNAL_HOLD_REFUSED], 0, status, reason, &handled);
  return handled;
}

static void
on_context_ended (BatonReferContext *context, BatonTransfer *self)
{
  g_autoptr (BatonTransfer) keep = g_object_ref (self);
  BatonReferOutcome outcome = baton_refer_context_get_outcome (context);

  if (self->outcome != outcome)
    {
      self->outcome = outcome;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OUTCOME]);
    }
}

static GQuark
transfer_quark (void)
{
  static GQuark quark;

  if (quark == 0)
    quark = g_quark_from_static_string ("baton-transfer");
  return quark;
}

BatonTransfer *
baton_transfer_of (BatonReferContext *context)
{
  return g_object_get_qdata (G_OBJECT (context), transfer_quark ());
}

static void
forget_context (BatonTransfer *self)
{
  if (self->context != NULL)
    g_object_set_qdata (G_OBJECT (self->context), transfer_quark (), NULL);
  g_clear_object (&self->context);
}

void
baton_transfer_set_context (BatonTransfer *self, BatonReferContext *context)
{
  if (self->context == context)
    return;
  forget_context (self);
  self->context = g_object_ref (context);
  g_object_set_qdata (G_OBJECT (context), transfer_quark (), self);
  g_signal_connect_object (context, "refer-ended", G_CALLBACK (on_context_ended), self, 0);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONTEXT]);
}

void
baton_transfer_set_target_call (BatonTransfer *self, BatonCall *call)
{
  if (g_set_object (&self->target_call, call))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TARGET_CALL]);
}

static guint
get_elapsed_ms (BatonTransfer *self)
{
  gint64 end = self->end_time ? self->end_time : baton_timers_now (self->timers);

  return (guint) ((end - self->start_time) / 1000);
}

static void
baton_transfer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonTransfer *self = BATON_TRANSFER (object);

  switch (id)
    {
    case PROP_NUMBER:
      g_value_set_uint (value, self->number);
      break;
    case PROP_DIRECTION:
      g_value_set_enum (value, self->direction);
      break;
    case PROP_CALL:
      g_value_set_object (value, self->call);
      break;
    case PROP_TARGET_CALL:
      g_value_set_object (value, self->target_call);
      break;
    case PROP_TARGET_URI:
      g_value_set_string (value, self->target_uri);
      break;
    case PROP_TARGET_NAME:
      g_value_set_string (value, self->target_name);
      break;
    case PROP_REQUESTED_BY:
      g_value_set_string (value, self->requested_by);
      break;
    case PROP_CONTEXT:
      g_value_set_object (value, self->context);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_LEVEL:
      g_value_set_uint (value, self->level);
      break;
    case PROP_STATUS:
      g_value_set_uint (value, self->status);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    case PROP_OUTCOME:
      g_value_set_enum (value, self->outcome);
      break;
    case PROP_DEADLINE:
      g_value_set_int64 (value, self->deadline);
      break;
    case PROP_WAITS_FOR_USER:
      g_value_set_boolean (value, self->waits_for_user);
      break;
    case PROP_RESUMED:
      g_value_set_boolean (value, self->resumed);
      break;
    case PROP_REQUESTER_VERIFIED:
      g_value_set_boolean (value, self->requester_verified);
      break;
    case PROP_SOURCE_ADDRESS:
      if (self->direction == BATON_DIRECTION_INCOMING && self->context != NULL)
        g_object_get_property (G_OBJECT (self->context), "source-address", value);
      break;
    case PROP_LOSES_ENCRYPTION:
      g_value_set_boolean (value, self->loses_encryption);
      break;
    case PROP_HOLD_REFUSED:
      g_value_set_boolean (value, self->hold_refused);
      break;
    case PROP_WAITS_TO_PROCEED:
      g_value_set_boolean (value, self->waits_to_proceed);
      break;
    case PROP_ACTIVE_AFTER:
      g_value_set_boolean (value, self->active_after);
      break;
    case PROP_SEMI_ATTENDED:
      g_value_set_boolean (value, self->semi_attended);
      break;
    case PROP_THROUGH_ADDRESS_OF_RECORD:
      g_value_set_boolean (value, self->use_aor);
      break;
    case PROP_ELAPSED_MS:
      g_value_set_uint (value, get_elapsed_ms (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_transfer_dispose (GObject *object)
{
  BatonTransfer *self = BATON_TRANSFER (object);

  if (self->timers != NULL)
    {
      baton_timers_clear (self->timers, &self->timer);
      baton_timers_clear (self->timers, &self->end_timer);
    }
  forget_context (self);
  g_clear_object (&self->call);
  g_clear_object (&self->target_call);
  g_clear_object (&self->manager);
  g_clear_object (&self->ua);
  g_clear_object (&self->account);
  g_clear_weak_pointer (&self->siblings);
  G_OBJECT_CLASS (baton_transfer_parent_class)->dispose (object);
}

static void
baton_transfer_finalize (GObject *object)
{
  BatonTransfer *self = BATON_TRANSFER (object);

  g_clear_object (&self->timers);
  g_free (self->target_uri);
  g_free (self->target_name);
  g_free (self->requested_by);
  g_free (self->peer_uri);
  g_free (self->reason);
  g_strfreev (self->extra_headers);
  G_OBJECT_CLASS (baton_transfer_parent_class)->finalize (object);
}

static void
baton_transfer_class_init (BatonTransferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags fact = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = baton_transfer_get_property;
  object_class->dispose = baton_transfer_dispose;
  object_class->finalize = baton_transfer_finalize;

  props[PROP_NUMBER] = g_param_spec_uint ("number", NULL, NULL, 0, G_MAXUINT, 0, fact);
  props[PROP_DIRECTION] = g_param_spec_enum ("direction", NULL, NULL, BATON_TYPE_DIRECTION, 0, fact);
  props[PROP_CALL] = g_param_spec_object ("call", NULL, NULL, BATON_TYPE_CALL, fact);
  props[PROP_TARGET_CALL] = g_param_spec_object ("target-call", NULL, NULL, BATON_TYPE_CALL, fact);
  props[PROP_TARGET_URI] = g_param_spec_string ("target-uri", NULL, NULL, NULL, fact);
  props[PROP_TARGET_NAME] = g_param_spec_string ("target-name", NULL, NULL, NULL, fact);
  props[PROP_REQUESTED_BY] = g_param_spec_string ("requested-by", NULL, NULL, NULL, fact);
  props[PROP_CONTEXT] = g_param_spec_object ("context", NULL, NULL, BATON_TYPE_REFER_CONTEXT, fact);
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, BATON_TYPE_TRANSFER_STATE, 0, fact);
  props[PROP_LEVEL] = g_param_spec_uint ("level", NULL, NULL, 0, 5, 0, fact);
  props[PROP_STATUS] = g_param_spec_uint ("status", NULL, NULL, 0, G_MAXUINT, 0, fact);
  props[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, fact);
  props[PROP_OUTCOME] = g_param_spec_enum ("outcome", NULL, NULL, BATON_TYPE_REFER_OUTCOME, 0, fact);
  props[PROP_DEADLINE] = g_param_spec_int64 ("deadline", NULL, NULL, 0, G_MAXINT64, 0, fact);
  props[PROP_WAITS_FOR_USER] = g_param_spec_boolean ("waits-for-user", NULL, NULL, FALSE, fact);
  props[PROP_RESUMED] = g_param_spec_boolean ("resumed", NULL, NULL, FALSE, fact);
  props[PROP_REQUESTER_VERIFIED] = g_param_spec_boolean ("requester-verified", NULL, NULL, FALSE, fact);
  props[PROP_SOURCE_ADDRESS] = g_param_spec_string ("source-address", NULL, NULL, NULL, fact);
  props[PROP_LOSES_ENCRYPTION] = g_param_spec_boolean ("loses-encryption", NULL, NULL, FALSE, fact);
  props[PROP_HOLD_REFUSED] = g_param_spec_boolean ("hold-refused", NULL, NULL, FALSE, fact);
  props[PROP_WAITS_TO_PROCEED] = g_param_spec_boolean ("waits-to-proceed", NULL, NULL, FALSE, fact);
  props[PROP_ACTIVE_AFTER] = g_param_spec_boolean ("active-after", NULL, NULL, FALSE, fact);
  props[PROP_SEMI_ATTENDED] = g_param_spec_boolean ("semi-attended", NULL, NULL, FALSE, fact);
  props[PROP_THROUGH_ADDRESS_OF_RECORD] =
    g_param_spec_boolean ("through-address-of-record", NULL, NULL, FALSE, fact);
  props[PROP_ELAPSED_MS] = g_param_spec_uint ("elapsed-ms", NULL, NULL, 0, G_MAXUINT, 0, fact);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_ENDED] = g_signal_new ("ended", BATON_TYPE_TRANSFER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
  signals[SIGNAL_HOLD_REFUSED] =
    g_signal_new ("hold-refused", BATON_TYPE_TRANSFER, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL,
                  G_TYPE_BOOLEAN, 2, G_TYPE_UINT, G_TYPE_STRING);
}

static void
baton_transfer_init (BatonTransfer *self)
{
}

BatonTransfer *
baton_transfer_new (guint number, BatonDirection direction, BatonCallManager *manager, BatonUa *ua,
                    BatonAccount *account, BatonCall *call, GListModel *siblings, const BatonEngineOptions *limits)
{
  BatonTransfer *self = g_object_new (BATON_TYPE_TRANSFER, NULL);

  self->number = number;
  self->direction = direction;
  self->limits = limits;
  g_set_object (&self->manager, manager);
  g_set_object (&self->ua, ua);
  g_set_object (&self->timers, baton_ua_get_timers (ua));
  g_set_object (&self->account, account);
  g_set_object (&self->call, call);
  g_set_weak_pointer (&self->siblings, siblings);
  self->start_time = baton_timers_now (self->timers);
  return self;
}

guint
baton_transfer_get_number (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), 0);
  return self->number;
}

BatonDirection
baton_transfer_get_direction (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), BATON_DIRECTION_OUTGOING);
  return self->direction;
}

BatonCall *
baton_transfer_get_call (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), NULL);
  return self->call;
}

BatonCall *
baton_transfer_get_target_call (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), NULL);
  return self->target_call;
}

const char *
baton_transfer_get_target_uri (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), NULL);
  return self->target_uri;
}

const char *
baton_transfer_get_target_name (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), NULL);
  return self->target_name;
}

const char *
baton_transfer_get_requested_by (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), NULL);
  return self->requested_by;
}

BatonReferContext *
baton_transfer_get_context (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), NULL);
  return self->context;
}

BatonTransferState
baton_transfer_get_state (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), BATON_TRANSFER_STATE_FAILED);
  return self->state;
}

guint
baton_transfer_get_level (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), 0);
  return self->level;
}

guint
baton_transfer_get_status (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), 0);
  return self->status;
}

const char *
baton_transfer_get_reason (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), NULL);
  return self->reason;
}

BatonReferOutcome
baton_transfer_get_outcome (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), BATON_REFER_OUTCOME_NONE);
  return self->outcome;
}

gint64
baton_transfer_get_deadline (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), 0);
  return self->deadline;
}

BatonReferPolicy
baton_transfer_get_policy (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), BATON_REFER_POLICY_REJECT);
  return self->policy;
}

gboolean
baton_transfer_get_waits_for_user (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), FALSE);
  return self->waits_for_user;
}

gboolean
baton_transfer_get_semi_attended (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), FALSE);
  return self->semi_attended;
}

gboolean
baton_transfer_get_through_aor (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), FALSE);
  return self->use_aor;
}

gboolean
baton_transfer_get_resumed (BatonTransfer *self)
{
  g_return_val_if_fail (BATON_IS_TRANSFER (self), FALSE);
  return self->resumed;
}

void
baton_transfer_dismiss (BatonTransfer *self)
{
  g_return_if_fail (BATON_IS_TRANSFER (self));
  if (self->call != NULL && baton_call_get_transfer (self->call) == self)
    baton_call_set_transfer (self->call, NULL);
}
