/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-ua.h"
#include "baton-ua-private.h"

#include "baton-error.h"
#include "baton-name-addr.h"
#include "baton-refer-context-private.h"
#include "baton-session-private.h"
#include "baton-session-table.h"
#include "baton-session.h"
#include "baton-sip-address.h"
#include "baton-sip-body.h"
#include "baton-sip-open.h"

#define STOP_ABORT_MS 1000
#define STOP_MAX_MS 2000
#define SESSIONS_MAX 200

struct _BatonUa
{
  GObject parent_instance;

  BatonTimers *timers;
  BatonSipStack *stack;
  BatonSipListen listen, tls;
  char *listen_address, *tls_listen_address;
  guint t1_ms;
  gboolean running;
  gboolean allow_out_of_dialog_refers;
  GPtrArray *identities;
  BatonSessionTable *table;
  BatonReferFollower *follower; /* weak */
  BatonSipChallenge *challenge; /* (nullable) until the first one */

  GTask *stop_task;
  gboolean shutting_down; /* the stack was told to end */
  guint goodbyes;         /* of registrations, see baton_ua_begin_goodbye () */
  guint stop_abort_timer;
  guint stop_max_timer;
};

enum
{
  PROP_0,
  PROP_TIMERS,
  PROP_ALLOW_OUT_OF_DIALOG_REFERS,
  PROP_LISTEN_ADDRESS,
  PROP_RUNNING,
  N_PROPS
};

enum
{
  INCOMING_SESSION,
  REFER_CONTEXT_ADDED,
  OUT_OF_DIALOG_REFER_REQUESTED,
  OUT_OF_DIALOG_REFER_REFUSED,
  MESSAGE_TRACED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BatonUa, baton_ua, G_TYPE_OBJECT)

static void
baton_ua_set_running (BatonUa *self, gboolean running)
{
  if (self->running == running)
    return;
  self->running = running;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
}

static void
baton_ua_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonUa *self = BATON_UA (object);

  switch (id)
    {
    case PROP_TIMERS:
      g_value_set_object (value, self->timers);
      break;
    case PROP_ALLOW_OUT_OF_DIALOG_REFERS:
      g_value_set_boolean (value, self->allow_out_of_dialog_refers);
      break;
    case PROP_LISTEN_ADDRESS:
      g_value_set_string (value, self->listen_address);
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, self->running);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/*
 * Whether REFER outside a dialog gets 405 is decided by nua, by Allow of the whole agent. Where it is
 * allowed the answer is ours; Target-Dialog (RFC 4538) has a meaning there, and only there.
 */
static void
baton_ua_apply_allow (BatonUa *self)
{
  if (self->stack != NULL)
    nua_set_params (baton_sip_stack_get_nua (self->stack), NUTAG_APPL_METHOD ("REFER, OPTIONS, INFO"),
                    SIPTAG_ALLOW_STR (self->allow_out_of_dialog_refers ? BATON_SIP_ALLOW_REFER : BATON_SIP_ALLOW),
                    SIPTAG_SUPPORTED_STR (self->allow_out_of_dialog_refers ? BATON_SIP_SUPPORTED ", tdialog"
                                                                           : BATON_SIP_SUPPORTED),
                    TAG_END ());
}

static void
baton_ua_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonUa *self = BATON_UA (object);

  switch (id)
    {
    case PROP_TIMERS:
      self->timers = g_value_get_object (value) ? g_value_dup_object (value) : baton_timers_new ();
      self->table = baton_session_table_new (self->timers);
      break;
    case PROP_ALLOW_OUT_OF_DIALOG_REFERS:
      if (self->allow_out_of_dialog_refers == g_value_get_boolean (value))
        return;
      self->allow_out_of_dialog_refers = g_value_get_boolean (value);
      baton_ua_apply_allow (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_ua_dispose (GObject *object)
{
  BatonUa *self = BATON_UA (object);

  baton_ua_set_refer_follower (self, NULL);
  g_clear_handle_id (&self->stop_abort_timer, g_source_remove);
  g_clear_handle_id (&self->stop_max_timer, g_source_remove);
  if (self->stack != NULL)
    {
      BatonSipStack *stack = g_steal_pointer (&self->stack);

      baton_sip_stack_silence (stack);
      if (!self->shutting_down)
        baton_sip_stack_shutdown (stack, NULL, NULL);
    }
  baton_session_table_clear (self->table);
  g_ptr_array_set_size (self->identities, 0);
  G_OBJECT_CLASS (baton_ua_parent_class)->dispose (object);
}

static void
baton_ua_finalize (GObject *object)
{
  BatonUa *self = BATON_UA (object);

  baton_session_table_free (self->table);
  g_ptr_array_unref (self->identities);
  baton_sip_listen_clear (&self->listen);
  baton_sip_listen_clear (&self->tls);
  g_free (self->listen_address);
  g_free (self->tls_listen_address);
  g_clear_pointer (&self->challenge, baton_sip_challenge_free);
  g_clear_object (&self->timers);
  G_OBJECT_CLASS (baton_ua_parent_class)->finalize (object);
}

static void
baton_ua_class_init (BatonUaClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = baton_ua_get_property;
  object_class->set_property = baton_ua_set_property;
  object_class->dispose = baton_ua_dispose;
  object_class->finalize = baton_ua_finalize;

  properties[PROP_TIMERS] = g_param_spec_object ("timers", NULL, NULL, BATON_TYPE_TIMERS,
                                                 G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_ALLOW_OUT_OF_DIALOG_REFERS] =
    g_param_spec_boolean ("allow-out-of-dialog-refers", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_LISTEN_ADDRESS] = g_param_spec_string ("listen-address", NULL, NULL, NULL, readable);
  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[INCOMING_SESSION] = g_signal_new ("incoming-session", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, BATON_TYPE_SESSION);
  signals[REFER_CONTEXT_ADDED] = g_signal_new ("refer-context-added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 1, BATON_TYPE_REFER_CONTEXT);
  signals[OUT_OF_DIALOG_REFER_REQUESTED] =
    g_signal_new ("out-of-dialog-refer-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1, G_TYPE_OBJECT);
  signals[OUT_OF_DIALOG_REFER_REFUSED] =
    g_signal_new ("out-of-dialog-refer-refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING);
  signals[MESSAGE_TRACED] =
    g_signal_new ("message-traced", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5,
                  G_TYPE_BOOLEAN, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
}

static void
baton_ua_init (BatonUa *self)
{
  self->identities = g_ptr_array_new_with_free_func (g_object_unref);
}

BatonUa *
baton_ua_new (BatonTimers *timers)
{
  return g_object_new (BATON_TYPE_UA, "timers", timers, NULL);
}

/* ---- events that no object is bound to yet ---- */

static void
baton_ua_refuse (const BatonSipEvent *event, int status, const char *phrase)
{
  nua_handle_t *handle = event->handle;

  nua_respond (handle, status, phrase, NUTAG_WITH_THIS (event->nua),
               TAG_IF (status == 415, SIPTAG_ACCEPT_STR ("application/sdp, multipart/mixed, multipart/alternative")), TAG_END ());
  baton_sip_target_release (&handle);
}

/*
 * RFC 3891 §3, for a new INVITE. Returns: 0 when the call may be shown (*@replaces is set where
 * there is one to replace), else the status to refuse it with.
 */
static guint
baton_ua_check_replaces (BatonUa *self, const BatonSipEvent *event, BatonSession **replaces, gboolean *early_only)
{
  g_autoptr (BatonReplaces) wanted = NULL;
  g_autofree char *text = NULL;
  BatonSession *session;

  if (event->sip->sip_replaces == NULL) /* two, or an unreadable one, were refused before (baton-sip-mend.c) */
    return 0;
  text = baton_sip_header_dup_text ((const sip_header_t *) event->sip->sip_replaces);
  if (text != NULL)
    wanted = baton_replaces_parse (text, NULL);
  if (wanted == NULL)
    return 400;

  session = baton_ua_find_session (self, wanted);
  if (session == NULL)
    return 481;
  switch (baton_session_get_state (session))
    {
    case BATON_SESSION_STATE_TERMINATED:
      return 603;
    case BATON_SESSION_STATE_ESTABLISHED:
      if (wanted->early_only)
        return 486;
      break;
    case BATON_SESSION_STATE_INCOMING:
      /* An early dialog that we did not start must stay as it is. */
      return 481;
    case BATON_SESSION_STATE_NEW:
    case BATON_SESSION_STATE_CALLING:
    case BATON_SESSION_STATE_RINGING:
    case BATON_SESSION_STATE_EARLY:
      break;
    }
  if (baton_session_is_being_replaced (session)) /* by somebody who has our 2xx already */
    return 603;
  *replaces = session;
  *early_only = wanted->early_only;
  return 0;
}

static void
baton_ua_receive_invite (BatonUa *self, const BatonSipEvent *event)
{
  g_autoptr (BatonSession) session = NULL;
  BatonSession *replaces = NULL;
  gboolean early_only = FALSE;
  BatonSipIdentity *identity = baton_ua_find_identity (self, event->sip);
  guint status, refs;

  if (!baton_sip_body_has_contact (event->sip)) /* nobody could ever hang up on it (RFC 3261 §12.1.1) */
    {
      baton_ua_refuse (event, 400, "Exactly One SIP Contact Wanted");
      return;
    }
  if (baton_sip_body_is_foreign (event->sip))
    {
      baton_ua_refuse (event, SIP_415_UNSUPPORTED_MEDIA);
      return;
    }
  status = baton_ua_check_replaces (self, event, &replaces, &early_only);
  if (status != 0)
    {
      baton_ua_refuse (event, (int) status, sip_status_phrase ((int) status));
      return;
    }
  if (identity == NULL)
    {
      baton_ua_refuse (event, SIP_404_NOT_FOUND);
      return;
    }
  if (self->stop_task != NULL || baton_session_table_count_live (self->table) >= SESSIONS_MAX)
    {
      baton_ua_refuse (event, SIP_480_TEMPORARILY_UNAVAILABLE);
      return;
    }

  session = baton_session_new_incoming (self, identity, event, replaces, early_only);
  refs = G_OBJECT (session)->ref_count;
  g_signal_emit (self, signals[INCOMING_SESSION], 0, session);
  if (G_OBJECT (session)->ref_count <= refs && baton_session_get_state (session) == BATON_SESSION_STATE_INCOMING)
    baton_session_reject (session, SIP_480_TEMPORARILY_UNAVAILABLE, NULL);
}

static void
baton_ua_receive (BatonUa *self, const BatonSipEvent *event)
{
  nua_handle_t *handle = event->handle;

  switch ((int) event->event)
    {
    case nua_i_invite:
      baton_ua_receive_invite (self, event);
      return;
    case nua_i_refer:
      baton_ua_refer_event (self, event);
      return;
    case nua_i_subscribe:
    case nua_i_notify:
      /* No event package lives outside of a refer's dialog here. */
      if (event->status < 200)
        nua_respond (handle, SIP_489_BAD_EVENT, NUTAG_WITH_THIS (event->nua), TAG_END ());
      break;
    case nua_i_options:
      baton_sip_event_answer_options (event);
      break;
    case nua_i_info: /* of a dialog that is not ours, or of none (RFC 6086) */
      if (event->status < 200)
        nua_respond (handle, 481, "Call Does Not Exist", NUTAG_WITH_THIS (event->nua), TAG_END ());
      break;
    default:
      g_debug ("event %s on a handle of nobody", nua_event_name (event->event));
      if (event->sip != NULL && event->sip->sip_request != NULL && event->status < 200)
        nua_respond (handle, SIP_501_NOT_IMPLEMENTED, NUTAG_WITH_THIS (event->nua), TAG_END ());
      break;
    }
  if (event->sip != NULL && event->sip->sip_request != NULL)
    baton_sip_target_release (&handle);
}

static void
baton_ua_abort_all (BatonUa *self)
{
  g_autoptr (GPtrArray) sessions = baton_session_table_list (self->table);

  /* Registrations let their handles go when they hear this. */
  baton_ua_set_running (self, FALSE);
  baton_ua_refer_shutdown (self);
  for (guint i = 0; i < sessions->len; i++)
    baton_session_abort (g_ptr_array_index (sessions, i));
}

static void
baton_ua_finish_stop (BatonUa *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stop_task);

  g_clear_handle_id (&self->stop_abort_timer, g_source_remove);
  g_clear_handle_id (&self->stop_max_timer, g_source_remove);
  baton_session_table_clear (self->table);
  self->stack = NULL;
  self->shutting_down = FALSE;
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
baton_ua_stopped (gpointer data)
{
  g_autoptr (BatonUa) self = data;

  self->stack = NULL; /* it is gone, with all handles: the sessions that go now must not ask it */
  if (self->stop_task != NULL)
    baton_ua_finish_stop (self);
}

static void
baton_ua_shut_down (BatonUa *self)
{
  if (self->shutting_down)
    return;
  self->shutting_down = TRUE;
  baton_ua_abort_all (self); /* what still has no answer (a REFER, a NOTIFY) would be waited for */
  baton_sip_stack_shutdown (self->stack, baton_ua_stopped, g_object_ref (self));
}

/*
 * While nua shuts down it tells nothing, and looks only once a second whether all has been said. So the
 * goodbyes come first: each BYE and un-REGISTER has had its answer when nua hears of the end.
 */
static void
baton_ua_check_goodbyes (BatonUa *self)
{
  if (self->stop_task != NULL && self->stack != NULL && self->goodbyes == 0 && !baton_session_table_is_busy (self->table))
    baton_ua_shut_down (self);
}

static void
baton_ua_event (const BatonSipEvent *event, nua_hmagic_t *hmagic, gpointer data)
{
  g_autoptr (BatonUa) self = g_object_ref (data);
  BatonSipTarget *target = baton_sip_target_of (hmagic);

  if (event->event == nua_r_shutdown)
    baton_ua_abort_all (self);
  else if (target != NULL)
    baton_sip_target_event (target, event);
  else if (!baton_sip_target_was_released (hmagic))
    baton_ua_receive (self, event);
  baton_ua_check_goodbyes (self);
}

static gboolean
baton_ua_wants_trace (gpointer data)
{
  return g_signal_has_handler_pending (data, signals[MESSAGE_TRACED], 0, FALSE);
}

static void
baton_ua_trace (gboolean sent, const char *remote, const char *transport, const char *text, gpointer data)
{
  BatonUa *self = data;

  g_signal_emit (self, signals[MESSAGE_TRACED], 0, sent, self->listen_address, remote, transport, text);
}

/* ---- start and stop ---- */

gboolean
baton_ua_start (BatonUa *self, const BatonUaOptions *options, GError **error)
{
  g_return_val_if_fail (BATON_IS_UA (self), FALSE);
  g_return_val_if_fail (options != NULL, FALSE);

  if (self->running || self->stack != NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "It is already running. Stop it first.");
      return FALSE;
    }
  if (options->listen == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "There is no address to listen on.");
      return FALSE;
    }
  if (options->tls_listen != NULL && options->tls_cert == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_TLS_CERT,
                           "Listening for TLS needs a certificate. Name a PEM file with one and its key.");
      return FALSE;
    }
  self->stack = baton_sip_stack_open (options, &self->listen, &self->tls, baton_ua_event, baton_ua_wants_trace,
                                      baton_ua_trace, self, error);
  if (self->stack == NULL)
    return FALSE;

  self->t1_ms = options->t1_ms ? options->t1_ms : 500;
  g_free (self->listen_address);
  self->listen_address = baton_sip_listen_to_string (&self->listen);
  g_free (self->tls_listen_address);
  self->tls_listen_address = self->listen.tls ? baton_sip_listen_to_string (self->listen.tls) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LISTEN_ADDRESS]);
  baton_ua_apply_allow (self);
  baton_ua_set_running (self, TRUE);
  return TRUE;
}

/* Peers that don't answer their BYE: nua would wait for half a minute. */
static gboolean
baton_ua_stop_abort (gpointer data)
{
  BatonUa *self = data;

  self->stop_abort_timer = 0;
  baton_ua_shut_down (self);
  return G_SOURCE_REMOVE;
}

static gboolean
baton_ua_stop_timed_out (gpointer data)
{
  /* The reference that baton_ua_stopped() would have given back. */
  g_autoptr (BatonUa) self = data;

  self->stop_max_timer = 0;
  baton_ua_abort_all (self);
  baton_sip_stack_silence (self->stack);
  baton_ua_finish_stop (self);
  return G_SOURCE_REMOVE;
}

void
baton_ua_stop_async (BatonUa *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);
  g_autoptr (GPtrArray) sessions = baton_session_table_list (self->table);

  g_task_set_source_tag (task, baton_ua_stop_async);
  if (self->stack == NULL || self->stop_task != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  self->stop_task = g_steal_pointer (&task);
  for (guint i = 0; i < sessions->len; i++)
    baton_session_terminate (g_ptr_array_index (sessions, i));

  self->stop_abort_timer = g_timeout_add (STOP_ABORT_MS, baton_ua_stop_abort, self);
  self->stop_max_timer = g_timeout_add (STOP_MAX_MS, baton_ua_stop_timed_out, self);
  baton_ua_check_goodbyes (self);
}

void
baton_ua_stop_finish (BatonUa *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));
  g_task_propagate_boolean (G_TASK (result), NULL);
}

/* ---- plain getters and the identities ---- */

const char *
baton_ua_get_listen_address (BatonUa *self)
{
  g_return_val_if_fail (BATON_IS_UA (self), NULL);
  return self->listen_address;
}

const char *
baton_ua_get_tls_listen_address (BatonUa *self)
{
  g_return_val_if_fail (BATON_IS_UA (self), NULL);
  return self->tls_listen_address;
}

BatonTimers *
baton_ua_get_timers (BatonUa *self)
{
  g_return_val_if_fail (BATON_IS_UA (self), NULL);
  return self->timers;
}

guint
baton_ua_get_t1 (BatonUa *self)
{
  g_return_val_if_fail (BATON_IS_UA (self), 500);
  return self->t1_ms ? self->t1_ms : 500;
}

nua_t *
baton_ua_get_nua (BatonUa *self)
{
  return self->stack ? baton_sip_stack_get_nua (self->stack) : NULL;
}

void
baton_ua_begin_goodbye (BatonUa *self)
{
  self->goodbyes++;
}

void
baton_ua_end_goodbye (BatonUa *self)
{
  self->goodbyes--;
  baton_ua_check_goodbyes (self);
}

gboolean
baton_ua_is_open (BatonUa *self)
{
  return self->running && self->stop_task == NULL;
}

void
baton_ua_flush (BatonUa *self)
{
  if (self->stack != NULL)
    baton_sip_stack_flush (self->stack);
}

void
baton_ua_add_identity (BatonUa *self, BatonSipIdentity *identity)
{
  g_return_if_fail (BATON_IS_UA (self));
  g_return_if_fail (BATON_IS_SIP_IDENTITY (identity));

  if (!g_ptr_array_find (self->identities, identity, NULL))
    g_ptr_array_add (self->identities, g_object_ref (identity));
}

void
baton_ua_remove_identity (BatonUa *self, BatonSipIdentity *identity)
{
  g_return_if_fail (BATON_IS_UA (self));
  g_ptr_array_remove (self->identities, identity);
}

void
baton_ua_set_refer_follower (BatonUa *self, BatonReferFollower *follower)
{
  g_return_if_fail (BATON_IS_UA (self));
  g_set_weak_pointer (&self->follower, follower);
}

BatonReferFollower *
baton_ua_get_refer_follower (BatonUa *self)
{
  g_return_val_if_fail (BATON_IS_UA (self), NULL);
  return self->follower;
}

static gboolean
identity_has_user (BatonSipIdentity *identity, const char *user)
{
  const BatonSipUri *uri = baton_sip_identity_get_uri (identity);

  return user != NULL && uri != NULL && g_strcmp0 (baton_sip_uri_get_user (uri), user) == 0;
}

BatonSipIdentity *
baton_ua_find_identity (BatonUa *self, const sip_t *sip)
{
  const char *users[2] = { NULL, NULL };

  if (sip != NULL && sip->sip_request != NULL)
    users[0] = sip->sip_request->rq_url->url_user;
  if (sip != NULL && sip->sip_to != NULL)
    users[1] = sip->sip_to->a_url->url_user;

  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    {
      g_autofree char *user = users[i] ? g_uri_unescape_string (users[i], NULL) : NULL;

      for (guint j = 0; j < self->identities->len; j++)
        if (identity_has_user (g_ptr_array_index (self->identities, j), user))
          return g_ptr_array_index (self->identities, j);
    }
  return self->identities->len > 0 ? g_ptr_array_index (self->identities, 0) : NULL;
}

/* ---- the tables ---- */

BatonSession *
baton_ua_find_session (BatonUa *self, const BatonReplaces *replaces)
{
  g_return_val_if_fail (BATON_IS_UA (self), NULL);
  g_return_val_if_fail (replaces != NULL, NULL);

  return baton_session_table_find (self->table, replaces);
}

char *
baton_ua_dup_contact (BatonUa *self, BatonSipIdentity *identity, const char *remote_uri)
{
  return baton_sip_address_dup_contact (&self->listen, identity, NULL, remote_uri);
}

void
baton_ua_add_session (BatonUa *self, BatonSession *session)
{
  baton_session_table_add (self->table, session);
}

void
baton_ua_session_ended (BatonUa *self, BatonSession *session)
{
  baton_session_table_end (self->table, session);
}

BatonSipChallenge *
baton_ua_get_challenge (BatonUa *self)
{
  if (self->challenge == NULL)
    self->challenge = baton_sip_challenge_new (self->timers);
  return self->challenge;
}

BatonSipListen *
baton_ua_get_listen (BatonUa *self)
{
  return &self->listen;
}

gboolean
baton_ua_is_own_address (BatonUa *self, const char *text)
{
  g_autoptr (BatonSipUri) uri = text ? baton_sip_uri_parse (text, NULL) : NULL;

  return uri != NULL && baton_ua_is_own_uri (self, uri);
}

gboolean
baton_ua_is_own_uri (BatonUa *self, const BatonSipUri *uri)
{
  g_return_val_if_fail (BATON_IS_UA (self), FALSE);

  if (!baton_sip_uri_is_callable (uri))
    return FALSE;
  if (self->listen.host != NULL && baton_sip_address_is_own (&self->listen, uri))
    return TRUE;
  for (guint i = 0; i < self->identities->len; i++)
    {
      const BatonSipUri *own = baton_sip_identity_get_uri (g_ptr_array_index (self->identities, i));

      if (own != NULL && baton_sip_uri_same_address (own, uri))
        return TRUE;
    }
  return FALSE;
}
