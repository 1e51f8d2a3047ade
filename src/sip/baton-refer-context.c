/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-context-private.h"

#include <string.h>

#include "baton-enum-types.h"
#include "baton-error.h"
#include "baton-log.h"
#include "baton-name-addr.h"
#include "baton-session-private.h"
#include "baton-ua-private.h"

typedef struct
{
  BatonUa *ua;
  BatonDirection direction;
  GObject *applicant;           /* (nullable) */
  BatonSession *target_session; /* (nullable) */
  nua_handle_t *handle;         /* (nullable) own, out of a dialog */
  BatonReferState state;
  BatonReferOutcome outcome;
  guint status;
  char *reason;
  BatonReferTo *refer_to;
  char *refer_to_text;
  char *referred_by;
} BatonReferContextPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (BatonReferContext, baton_refer_context, G_TYPE_OBJECT)

#define PRIV(self) ((BatonReferContextPrivate *) baton_refer_context_get_instance_private (self))

enum
{
  PROP_0,
  PROP_UA,
  PROP_DIRECTION,
  PROP_SESSION,
  PROP_TARGET_SESSION,
  PROP_STATE,
  PROP_OUTCOME,
  PROP_STATUS,
  PROP_REASON,
  PROP_REFER_TO,
  PROP_REFER_TO_TEXT,
  PROP_REFERRED_BY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* In the order of BatonReferSignal */
static const char *const status_signals[] = {
  "refer-request-progress", "refer-request-accepted", "refer-request-rejected",
  "refer-progress", "refer-accepted", "refer-rejected",
};

/* ---- State and signals ---- */

static void
set_state (BatonReferContext *self, BatonReferState state)
{
  BatonReferContextPrivate *priv = PRIV (self);

  if (priv->state == state)
    return;
  baton_debug ("refer %p (%s): state %d → %d", (void *) self, priv->refer_to_text, priv->state, state);
  priv->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

gboolean
baton_refer_context_step (BatonReferContext *self, BatonReferEvent event)
{
  BatonReferContextPrivate *priv = PRIV (self);
  int next = baton_refer_state_next (priv->direction, priv->state, event);

  if (next < 0)
    return FALSE;
  set_state (self, (BatonReferState) next);
  return TRUE;
}

/* Emits @name on the applicant, if it has such a signal: it may be somebody else's class */
#define emit_on_applicant(self, name, ...) \
  G_STMT_START { \
    BatonReferContextPrivate *priv_ = PRIV (self); \
    if (priv_->applicant != NULL && g_signal_lookup (name, G_OBJECT_TYPE (priv_->applicant)) != 0) \
      g_signal_emit_by_name (priv_->applicant, name, __VA_ARGS__); \
  } G_STMT_END

gboolean
baton_refer_context_end (BatonReferContext *self, BatonReferEvent event, BatonReferOutcome outcome)
{
  BatonReferContextPrivate *priv = PRIV (self);

  if (baton_refer_state_next (priv->direction, priv->state, event) != BATON_REFER_STATE_ENDED)
    return FALSE;
  g_object_ref (self);
  priv->outcome = outcome; /* before the state: who hears of ENDED looks at it */
  set_state (self, BATON_REFER_STATE_ENDED);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OUTCOME]);
  g_signal_emit_by_name (self, "refer-ended");
  emit_on_applicant (self, "refer-ended", self);
  g_object_unref (self);
  return TRUE;
}

gboolean
baton_refer_context_emit_requested (BatonReferContext *self)
{
  gboolean handled = FALSE;

  g_signal_emit_by_name (self, "refer-requested", &handled);
  if (!handled && PRIV (self)->state == BATON_REFER_STATE_REQUESTED) /* else who heard of it first has decided */
    emit_on_applicant (self, "refer-requested", self, &handled);
  return handled;
}

static void
set_status (BatonReferContext *self, guint status, const char *reason)
{
  BatonReferContextPrivate *priv = PRIV (self);

  if (priv->status != status)
    {
      priv->status = status;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
    }
  if (g_strcmp0 (priv->reason, reason) != 0)
    {
      g_free (priv->reason);
      priv->reason = g_strdup (reason);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REASON]);
    }
}

/* A handler ended it: the applicant has heard of the end, and hears of nothing that came before it. */
static gboolean
ended_since (BatonReferContext *self, BatonReferState before)
{
  return before != BATON_REFER_STATE_ENDED && PRIV (self)->state == BATON_REFER_STATE_ENDED;
}

void
baton_refer_context_emit_status (BatonReferContext *self, BatonReferSignal which, guint status, const char *reason)
{
  const char *name = status_signals[which];
  g_autofree char *copy = g_strdup (reason != NULL ? reason : "");
  BatonReferState before = PRIV (self)->state;

  g_object_ref (self);
  set_status (self, status, copy);
  g_signal_emit_by_name (self, name, status, copy);
  if (!ended_since (self, before))
    emit_on_applicant (self, name, self, status, copy);
  g_object_unref (self);
}

void
baton_refer_context_emit_invite_sent (BatonReferContext *self, BatonSession *session)
{
  BatonReferState before = PRIV (self)->state;

  g_object_ref (self);
  g_signal_emit_by_name (self, "refer-invite-sent", session);
  if (!ended_since (self, before))
    emit_on_applicant (self, "refer-invite-sent", self, session);
  g_object_unref (self);
}

gboolean
baton_refer_context_set_state_error (GError **error, const char *what)
{
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, what);
  return FALSE;
}

void
baton_refer_applicant_install_signals (GType type)
{
  GType context = BATON_TYPE_REFER_CONTEXT;

  g_signal_new ("refer-requested", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL,
                G_TYPE_BOOLEAN, 1, context);
  for (guint i = 0; i < G_N_ELEMENTS (status_signals); i++)
    g_signal_new (status_signals[i], type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, context, G_TYPE_UINT,
                  G_TYPE_STRING);
  g_signal_new ("refer-invite-sent", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, context,
                BATON_TYPE_SESSION);
  g_signal_new ("refer-ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, context);
}

/* ---- What the two kinds fill in ---- */

void
baton_refer_context_setup (BatonReferContext *self, BatonUa *ua, BatonDirection direction, GObject *applicant)
{
  BatonReferContextPrivate *priv = PRIV (self);

  priv->ua = g_object_ref (ua);
  priv->direction = direction;
  priv->applicant = applicant != NULL ? g_object_ref (applicant) : NULL;
}

void
baton_refer_context_take_refer_to (BatonReferContext *self, BatonReferTo *refer_to, const char *text)
{
  BatonReferContextPrivate *priv = PRIV (self);

  g_clear_pointer (&priv->refer_to, baton_refer_to_free);
  g_free (priv->refer_to_text);
  priv->refer_to = refer_to;
  priv->refer_to_text = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

void
baton_refer_context_set_referred_by (BatonReferContext *self, const char *referred_by)
{
  g_free (PRIV (self)->referred_by);
  PRIV (self)->referred_by = g_strdup (referred_by);
}

void
baton_refer_context_set_target_session (BatonReferContext *self, BatonSession *target)
{
  if (g_set_object (&PRIV (self)->target_session, target))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TARGET_SESSION]);
}

void
baton_refer_context_take_handle (BatonReferContext *self, nua_handle_t *handle)
{
  PRIV (self)->handle = handle;
}

nua_handle_t *
baton_refer_context_get_handle (BatonReferContext *self)
{
  BatonReferContextPrivate *priv = PRIV (self);
  BatonSession *session = baton_refer_context_get_session (self);

  return session != NULL ? baton_session_get_handle (session) : priv->handle;
}

/* A signal's number, looked up once: by name it takes longer than to find that nobody listens. */
static guint
get_added_signal (void)
{
  static guint id;

  if (id == 0)
    id = g_signal_lookup ("refer-context-added", BATON_TYPE_UA);
  return id;
}

gboolean
baton_refer_is_watched (BatonUa *ua, BatonSession *session)
{
  static guint requested;

  if (requested == 0)
    requested = g_signal_lookup ("refer-requested", BATON_TYPE_SESSION);
  return g_signal_has_handler_pending (ua, get_added_signal (), 0, FALSE) ||
         g_signal_has_handler_pending (session, requested, 0, FALSE);
}

void
baton_refer_context_enlist (BatonReferContext *self)
{
  BatonSession *session = baton_refer_context_get_session (self);
  gpointer owner = session != NULL ? (gpointer) session : (gpointer) PRIV (self)->ua;

  g_ptr_array_add (baton_refer_list_of (owner), g_object_ref (self));
  g_signal_emit (PRIV (self)->ua, get_added_signal (), 0, self);
}

void
baton_refer_context_delist (BatonReferContext *self)
{
  BatonSession *session = baton_refer_context_get_session (self);
  gpointer owner = session != NULL ? (gpointer) session : (gpointer) PRIV (self)->ua;

  g_object_ref (self);
  if (g_ptr_array_remove (baton_refer_list_of (owner), self))
    {
      if (session != NULL)
        g_queue_remove_all (baton_refer_notifies_of (session), self);
      if (session == NULL)
        baton_sip_target_release (&PRIV (self)->handle);
      else if (!baton_session_has_refers (session))
        baton_session_refers_done (session);
    }
  g_object_unref (self);
}

/* ---- Headers that an application adds ---- */

static const char *const stack_owned[] = {
  "Refer-To", "r", "Referred-By", "b", "Refer-Sub", "Contact", "m", "Call-ID", "i", "CSeq", "Via", "v", "From", "f", "To", "t",
  "Route", "Record-Route", "Max-Forwards", "Event", "o", "Subscription-State", "Expires", "Content-Length", "l", "Content-Type",
  "c", "Content-Encoding", "e", "Content-Disposition", "MIME-Version", "Replaces", "Require", "Proxy-Require", "Supported", "k",
  "Allow", "Allow-Events", "u", "Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate", "Timestamp",
  "Path", "RSeq", "RAck", "Session-Expires", "x", "Min-SE",
};

static gboolean
check_extra_header (const char *header, GError **error)
{
  const char *colon = strchr (header, ':');
  g_autofree char *name = colon != NULL ? g_strchomp (g_strndup (header, (gsize) (colon - header))) : NULL;

  if (name == NULL || *name == '\0' || !baton_header_value_is_safe (header) ||
      strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~") != strlen (name))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "An extra header must be one line of the form “Name: value”, and not too long.");
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (stack_owned); i++)
    {
      if (g_ascii_strcasecmp (name, stack_owned[i]) == 0)
        {
          g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                       "The header “%s” is written by Baton itself and can't be given as an extra header.", name);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
baton_refer_check_extra_headers (const char *const *headers, GError **error)
{
  for (guint i = 0; headers != NULL && headers[i] != NULL; i++)
    {
      if (!check_extra_header (headers[i], error))
        return FALSE;
    }
  return TRUE;
}

char *
baton_refer_join_headers (const char *const *headers)
{
  g_autofree char *joined = NULL;

  if (headers == NULL || headers[0] == NULL)
    return NULL;
  joined = g_strjoinv ("\r\n", (char **) headers);
  return g_strconcat (joined, "\r\n", NULL);
}

/* ---- GObject ---- */

static void
baton_refer_context_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonReferContext *self = BATON_REFER_CONTEXT (object);
  BatonReferContextPrivate *priv = PRIV (self);

  switch (id)
    {
    case PROP_UA:
      g_value_set_object (value, priv->ua);
      break;
    case PROP_DIRECTION:
      g_value_set_enum (value, priv->direction);
      break;
    case PROP_SESSION:
      g_value_set_object (value, baton_refer_context_get_session (self));
      break;
    case PROP_TARGET_SESSION:
      g_value_set_object (value, priv->target_session);
      break;
    case PROP_STATE:
      g_value_set_enum (value, priv->state);
      break;
    case PROP_OUTCOME:
      g_value_set_enum (value, priv->outcome);
      break;
    case PROP_STATUS:
      g_value_set_uint (value, priv->status);
      break;
    case PROP_REASON:
      g_value_set_string (value, priv->reason);
      break;
    case PROP_REFER_TO:
      g_value_set_boxed (value, priv->refer_to);
      break;
    case PROP_REFER_TO_TEXT:
      g_value_set_string (value, priv->refer_to_text);
      break;
    case PROP_REFERRED_BY:
      g_value_set_string (value, priv->referred_by);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_refer_context_dispose (GObject *object)
{
  BatonReferContextPrivate *priv = PRIV (BATON_REFER_CONTEXT (object));

  baton_sip_target_release (&priv->handle);
  g_clear_object (&priv->target_session);
  g_clear_object (&priv->applicant);
  g_clear_object (&priv->ua);
  G_OBJECT_CLASS (baton_refer_context_parent_class)->dispose (object);
}

static void
baton_refer_context_finalize (GObject *object)
{
  BatonReferContextPrivate *priv = PRIV (BATON_REFER_CONTEXT (object));

  g_clear_pointer (&priv->refer_to, baton_refer_to_free);
  g_free (priv->refer_to_text);
  g_free (priv->referred_by);
  g_free (priv->reason);
  G_OBJECT_CLASS (baton_refer_context_parent_class)->finalize (object);
}

static void
baton_refer_context_class_init (BatonReferContextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = baton_refer_context_get_property;
  object_class->dispose = baton_refer_context_dispose;
  object_class->finalize = baton_refer_context_finalize;

  props[PROP_UA] = g_param_spec_object ("ua", NULL, NULL, BATON_TYPE_UA, flags);
  props[PROP_DIRECTION] = g_param_spec_enum ("direction", NULL, NULL, BATON_TYPE_DIRECTION, BATON_DIRECTION_OUTGOING, flags);
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, BATON_TYPE_SESSION, flags);
  props[PROP_TARGET_SESSION] = g_param_spec_object ("target-session", NULL, NULL, BATON_TYPE_SESSION, flags);
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, BATON_TYPE_REFER_STATE, BATON_REFER_STATE_NEW, flags);
  props[PROP_OUTCOME] = g_param_spec_enum ("outcome", NULL, NULL, BATON_TYPE_REFER_OUTCOME, BATON_REFER_OUTCOME_NONE, flags);
  props[PROP_STATUS] = g_param_spec_uint ("status", NULL, NULL, 0, 999, 0, flags);
  props[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, flags);
  props[PROP_REFER_TO] = g_param_spec_boxed ("refer-to", NULL, NULL, BATON_TYPE_REFER_TO, flags);
  props[PROP_REFER_TO_TEXT] = g_param_spec_string ("refer-to-text", NULL, NULL, NULL, flags);
  props[PROP_REFERRED_BY] = g_param_spec_string ("referred-by", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_signal_new ("refer-requested", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL,
                G_TYPE_BOOLEAN, 0);
  for (guint i = 0; i < G_N_ELEMENTS (status_signals); i++)
    g_signal_new (status_signals[i], type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT,
                  G_TYPE_STRING);
  g_signal_new ("refer-invite-sent", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, BATON_TYPE_SESSION);
  g_signal_new ("refer-ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
baton_refer_context_init (BatonReferContext *self)
{
}

/* ---- Facts ---- */

BatonUa *
baton_refer_context_get_ua (BatonReferContext *self)
{
  return PRIV (self)->ua;
}

BatonDirection
baton_refer_context_get_direction (BatonReferContext *self)
{
  return PRIV (self)->direction;
}

BatonSession *
baton_refer_context_get_session (BatonReferContext *self)
{
  GObject *applicant = PRIV (self)->applicant;

  if (applicant == NULL)
    return NULL;
  if (BATON_IS_SESSION (applicant))
    return BATON_SESSION (applicant);
  return baton_refer_applicant_get_session (BATON_REFER_APPLICANT (applicant));
}

BatonSession *
baton_refer_context_get_target_session (BatonReferContext *self)
{
  return PRIV (self)->target_session;
}

BatonReferState
baton_refer_context_get_state (BatonReferContext *self)
{
  return PRIV (self)->state;
}

BatonReferOutcome
baton_refer_context_get_outcome (BatonReferContext *self)
{
  return PRIV (self)->outcome;
}

guint
baton_refer_context_get_status (BatonReferContext *self)
{
  return PRIV (self)->status;
}

const char *
baton_refer_context_get_reason (BatonReferContext *self)
{
  return PRIV (self)->reason;
}

const BatonReferTo *
baton_refer_context_get_refer_to (BatonReferContext *self)
{
  return PRIV (self)->refer_to;
}

const char *
baton_refer_context_get_refer_to_text (BatonReferContext *self)
{
  return PRIV (self)->refer_to_text;
}

const char *
baton_refer_context_get_referred_by (BatonReferContext *self)
{
  return PRIV (self)->referred_by;
}
