/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-engine.h"

#include "baton-audio-hub.h"
#include "baton-call-manager-private.h"
#include "baton-enum-types.h"
#include "baton-error.h"
#include "baton-refer-server-context.h"
#include "baton-transfer-private.h"

/* A transfer that is over stays to be looked at this long after its call went. */
#define LINGER_MS 10000

struct _BatonEngine
{
  GObject parent_instance;

  BatonTimers *timers;
  BatonUa *ua;
  BatonMediaFactory *factory;
  BatonCallManager *calls;
  GListStore *accounts;
  GListStore *transfers;
  guint last_transfer;
  BatonReferPolicy out_of_dialog_policy;
  BatonReferRules *rules;
  gboolean running;
  guint sweep_timer; /* while there are transfers that are over */

  BatonEngineOptions options; /* its strings are ours */
};

enum
{
  PROP_UA = 1,
  PROP_MEDIA_FACTORY,
  PROP_ACCOUNTS,
  PROP_TRANSFERS,
  PROP_CALLS,
  PROP_OUT_OF_DIALOG_POLICY,
  PROP_REFER_RULES,
  N_PROPS
};

enum
{
  SIGNAL_REFER_REQUESTED,
  SIGNAL_TRANSFER_ADDED,
  SIGNAL_MESSAGE_TRACED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* ---- Options ---- */

void
baton_engine_options_init (BatonEngineOptions *options)
{
  *options = (BatonEngineOptions) {
    .listen = "127.0.0.1:0",
    .audio = BATON_AUDIO_KIND_DEVICE,
    .tone_hz = 440,
    .srtp = BATON_SRTP_MODE_OPTIONAL,
    .refer = BATON_REFER_POLICY_FOLLOW,
    .out_of_dialog_refer = BATON_REFER_POLICY_REJECT,
  };
}

static const char **
option_strings (BatonEngineOptions *options, guint i)
{
  const char **strings[] = { &options->listen, &options->tls_listen, &options->tls_cert,   &options->audio_file,
                             &options->record_dir, &options->stun,    &options->turn,       &options->turn_user,
                             &options->turn_password };

  return i < G_N_ELEMENTS (strings) ? strings[i] : NULL;
}

static void
options_clear (BatonEngineOptions *options)
{
  const char **string;

  for (guint i = 0; (string = option_strings (options, i)) != NULL; i++)
    g_free ((char *) *string);
  g_strfreev ((GStrv) options->codecs);
  *options = (BatonEngineOptions) { 0 };
}

static void
options_copy (BatonEngineOptions *to, const BatonEngineOptions *from)
{
  const char **string;

  *to = *from;
  for (guint i = 0; (string = option_strings (to, i)) != NULL; i++)
    *string = g_strdup (*string);
  to->codecs = (const char *const *) g_strdupv ((GStrv) from->codecs);
}

/* ---- Transfers ---- */

static gboolean
is_over (BatonTransfer *transfer)
{
  BatonCall *call = transfer->call;

  if (!transfer->ended)
    return FALSE;
  /* One that failed is shown beside its call until the user has read it. */
  return call == NULL || baton_call_get_state (call) == BATON_CALL_STATE_ENDED ||
         baton_call_get_transfer (call) != transfer;
}

static gboolean
on_sweep (gpointer data)
{
  g_autoptr (BatonEngine) self = g_object_ref (data);
  gint64 limit = baton_timers_now (self->timers) - LINGER_MS * 1000;
  gboolean again = FALSE;

  self->sweep_timer = 0;
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->transfers)); i > 0; i--)
    {
      g_autoptr (BatonTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->transfers), i - 1);

      if (transfer == NULL || transfer->over_since == 0)
        continue;
      if (transfer->over_since <= limit)
        {
          g_list_store_remove (self->transfers, i - 1);
          baton_transfer_dismiss (transfer);
        }
      else
        again = TRUE;
    }
  if (again && self->sweep_timer == 0)
    self->sweep_timer = baton_timers_add (self->timers, LINGER_MS / 2, on_sweep, self);
  return G_SOURCE_REMOVE;
}

static void
check_over (BatonEngine *self, BatonTransfer *transfer)
{
  if (transfer->over_since != 0 || !is_over (transfer))
    return;
  transfer->over_since = baton_timers_now (self->timers);
  if (self->sweep_timer == 0)
    self->sweep_timer = baton_timers_add (self->timers, LINGER_MS, on_sweep, self);
}

static void
on_transfer_ended (BatonTransfer *transfer, BatonEngine *self)
{
  check_over (self, transfer);
}

static void
on_transfer_call_changed (BatonCall *call, GParamSpec *pspec, BatonTransfer *transfer)
{
  BatonEngine *self = g_object_get_data (G_OBJECT (transfer), "baton-engine");

  if (self != NULL)
    check_over (self, transfer);
}

static BatonTransfer *
make_transfer (BatonEngine *self, BatonDirection direction, BatonAccount *account, BatonCall *call)
{
  BatonTransfer *transfer = baton_transfer_new (++self->last_transfer, direction, self->calls, self->ua, account, call,
                                                G_LIST_MODEL (self->transfers), &self->options);

  g_object_set_data (G_OBJECT (transfer), "baton-engine", self);
  g_signal_connect_object (transfer, "ended", G_CALLBACK (on_transfer_ended), self, 0);
  if (call != NULL)
    {
      g_signal_connect_object (call, "notify::state", G_CALLBACK (on_transfer_call_changed), transfer, 0);
      g_signal_connect_object (call, "notify::transfer", G_CALLBACK (on_transfer_call_changed), transfer, 0);
    }
  return transfer;
}

static void
show_transfer (BatonEngine *self, BatonTransfer *transfer)
{
  g_list_store_append (self->transfers, transfer);
  if (transfer->call != NULL)
    baton_call_set_transfer (transfer->call, transfer);
  g_signal_emit (self, signals[SIGNAL_TRANSFER_ADDED], 0, transfer);
}

/* ---- Received REFERs ---- */

static void
decide (BatonEngine *self, BatonTransfer *transfer, BatonReferPolicy policy)
{
  g_autoptr (GError) error = NULL;
  gboolean done = TRUE;

  switch (policy)
    {
    case BATON_REFER_POLICY_FOLLOW:
      done = baton_transfer_accept (transfer, NULL, &error);
      break;
    case BATON_REFER_POLICY_REJECT:
      done = baton_transfer_decline (transfer, 603, &error);
      break;
    case BATON_REFER_POLICY_ASK:
    case BATON_REFER_POLICY_TRUSTED:
      break; /* until the prompt's time is over */
    }
  if (!done)
    g_info ("transfer %u: %s", transfer->number, error->message);
}

static BatonReferPolicy
get_call_policy (BatonCall *call)
{
  BatonReferPolicy policy = BATON_REFER_POLICY_ASK;

  g_object_get (baton_call_get_account (call), "incoming-transfers", &policy, NULL);
  return policy;
}

/* The user's no, and the prompt that nobody answered, are on the list like those that never got so far. */
static void
on_stranger_ended (BatonTransfer *transfer, BatonEngine *self)
{
  g_autofree char *who = NULL;

  if (transfer->outcome != BATON_REFER_OUTCOME_REFUSED)
    return;
  g_object_get (transfer->context, "remote-uri", &who, NULL);
  baton_refer_rules_note_refused (self->rules, who, transfer->target_uri,
                                  transfer->unanswered ? BATON_REFER_REFUSAL_UNANSWERED : BATON_REFER_REFUSAL_DECLINED,
                                  transfer->status, transfer->reason);
}

/* @proven: a stranger showed that it knows the account's password */
static void
receive (BatonEngine *self, BatonReferServerContext *context, BatonAccount *account, BatonCall *call,
         BatonReferPolicy policy, gboolean proven)
{
  g_autoptr (BatonEngine) keep = g_object_ref (self);
  g_autoptr (BatonTransfer) transfer = make_transfer (self, BATON_DIRECTION_INCOMING, account, call);
  gboolean handled = FALSE;

  baton_transfer_receive (transfer, context, proven);
  if (call == NULL)
    g_signal_connect_object (transfer, "ended", G_CALLBACK (on_stranger_ended), self, 0);
  /* refer.md §5: nobody is taken out of an encrypted call without a question. */
  if (transfer->loses_encryption && policy == BATON_REFER_POLICY_FOLLOW)
    policy = BATON_REFER_POLICY_ASK;
  show_transfer (self, transfer);
  g_signal_emit (self, signals[SIGNAL_REFER_REQUESTED], 0, transfer, &handled);
  if (!handled && transfer->waits_for_user)
    decide (self, transfer, policy);
  baton_transfer_wait_for_user (transfer);
}

static gboolean
on_refer_requested (BatonSession *session, BatonReferContext *context, BatonEngine *self)
{
  BatonCall *call = baton_call_manager_find (self->calls, session);

  if (baton_refer_context_get_direction (context) != BATON_DIRECTION_INCOMING || call == NULL)
    return FALSE;
  receive (self, BATON_REFER_SERVER_CONTEXT (context), baton_call_get_account (call), call, get_call_policy (call), FALSE);
  return TRUE;
}

static void
refuse_stranger (BatonEngine *self, BatonReferServerContext *context, const char *who, const char *target,
                 BatonReferRefusal why)
{
  g_message ("A request of %s from outside every call to call %s was refused.", who, target);
  baton_refer_rules_note_refused (self->rules, who, target, why, 603, NULL);
  baton_refer_server_context_reject (context, 603, NULL, NULL);
}

static void
judge_stranger (BatonEngine *self, BatonReferServerContext *context, BatonAccount *account)
{
  const BatonReferTo *refer_to = baton_refer_context_get_refer_to (BATON_REFER_CONTEXT (context));
  BatonSipIdentity *identity = baton_account_get_identity (account);
  const char *address = baton_sip_identity_get_address (identity);
  g_autoptr (BatonSipUri) own = address != NULL ? baton_sip_uri_parse (address, NULL) : NULL;
  g_autofree char *target = refer_to != NULL ? baton_sip_uri_to_request_uri (refer_to->uri) : NULL;
  g_autofree char *from = NULL, *source = NULL, *transport = NULL;
  BatonReferFacts facts = { .target = target, .own_domain = own != NULL ? baton_sip_uri_get_host (own) : NULL };
  BatonReferRefusal why;

  g_object_get (context, "remote-uri", &from, "source-address", &source, "transport", &transport, NULL);
  facts.from = from;
  facts.source_address = source;
  facts.transport = transport;
  facts.proven = baton_refer_server_context_proves_password (context, identity);
  switch (baton_refer_rules_judge (self->rules, self->out_of_dialog_policy, &facts, baton_timers_now (self->timers), &why))
    {
    case BATON_REFER_VERDICT_REFUSE:
      refuse_stranger (self, context, from, target, why);
      break;
    case BATON_REFER_VERDICT_CHALLENGE:
      /* An account without a password has nothing that could be proven. */
      if (baton_sip_identity_get_password (identity) == NULL)
        refuse_stranger (self, context, from, target, why);
      else
        baton_refer_server_context_challenge (context, identity, NULL);
      break;
    case BATON_REFER_VERDICT_ASK:
      receive (self, context, account, NULL, BATON_REFER_POLICY_ASK, facts.proven);
      break;
    case BATON_REFER_VERDICT_FOLLOW:
      receive (self, context, account, NULL, BATON_REFER_POLICY_FOLLOW, facts.proven);
      break;
    }
}

static BatonAccount *
find_account (BatonEngine *self, BatonSipIdentity *identity)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      if (baton_account_get_identity (account) == identity)
        return account; /* the list keeps it */
    }
  return NULL;
}

static gboolean
on_out_of_dialog_refer (BatonUa *ua, BatonReferServerContext *context, BatonEngine *self)
{
  g_autoptr (BatonSipIdentity) identity = NULL;
  g_autoptr (BatonSession) session = NULL;
  BatonCall *call;
  BatonAccount *account;

  g_object_get (context, "identity", &identity, "target-dialog", &session, NULL);
  call = session != NULL ? baton_call_manager_find (self->calls, session) : NULL;
  if (call != NULL)
    {
      receive (self, context, baton_call_get_account (call), call, get_call_policy (call), FALSE);
      return TRUE;
    }
  account = find_account (self, identity);
  if (account == NULL)
    return FALSE;
  judge_stranger (self, context, account);
  return TRUE;
}

static void
on_out_of_dialog_refused (BatonUa *ua, const char *who, const char *refer_to, guint status, const char *reason,
                          BatonEngine *self)
{
  baton_refer_rules_note_refused (self->rules, who, refer_to, BATON_REFER_REFUSAL_BAD_REQUEST, status, reason);
}

static void
on_call_added (BatonCallManager *calls, BatonCall *call, BatonEngine *self)
{
  g_signal_connect_object (baton_call_get_session (call), "refer-requested", G_CALLBACK (on_refer_requested), self, 0);
}

static BatonTransfer *
find_transfer (BatonEngine *self, BatonReferContext *context)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->transfers));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->transfers), i);

      if (transfer->context == context)
        return transfer; /* the list keeps it */
    }
  return NULL;
}

static BatonSession *
follow (BatonReferFollower *follower, BatonReferServerContext *context, const char *uri,
        const BatonInviteOptions *options, BatonSdpModifier modifier, gpointer modifier_data, GError **error)
{
  BatonEngine *self = BATON_ENGINE (follower);
  BatonTransfer *transfer = find_transfer (self, BATON_REFER_CONTEXT (context));
  BatonCall *call;
  BatonFollow how = { .options = options, .modifier = modifier, .modifier_data = modifier_data };

  if (transfer == NULL || transfer->account == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "There is no account to place the call with.");
      return NULL;
    }
  how.refer = transfer->number;
  how.transferred_by = transfer->requested_by;
  if (transfer->call != NULL && baton_call_get_state (transfer->call) != BATON_CALL_STATE_ENDED)
    how.takes_over = transfer->call;
  call = baton_call_manager_follow (self->calls, transfer->account, uri, &how, error);
  if (call == NULL)
    return NULL;
  baton_transfer_set_target_call (transfer, call);
  return g_object_ref (baton_call_get_session (call));
}

static void
follower_init (BatonReferFollowerInterface *iface)
{
  iface->follow = follow;
}

G_DEFINE_TYPE_WITH_CODE (BatonEngine, baton_engine, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (BATON_TYPE_REFER_FOLLOWER, follower_init))

/* ---- Object ---- */

static void
on_message_traced (BatonUa *ua, gboolean sent, const char *local, const char *remote, const char *transport,
                   const char *text, BatonEngine *self)
{
  g_signal_emit (self, signals[SIGNAL_MESSAGE_TRACED], 0, sent, local, remote, transport, text);
}

static void
set_out_of_dialog_policy (BatonEngine *self, BatonReferPolicy policy)
{
  /* REJECT shuts the door itself: 405, and nobody hears of it (refer.md §5). */
  g_object_set (self->ua, "allow-out-of-dialog-refers", policy != BATON_REFER_POLICY_REJECT, NULL);
  if (self->out_of_dialog_policy == policy)
    return;
  self->out_of_dialog_policy = policy;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OUT_OF_DIALOG_POLICY]);
}

static void
baton_engine_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonEngine *self = BATON_ENGINE (object);

  switch (id)
    {
    case PROP_UA:
      g_value_set_object (value, self->ua);
      break;
    case PROP_MEDIA_FACTORY:
      g_value_set_object (value, self->factory);
      break;
    case PROP_ACCOUNTS:
      g_value_set_object (value, self->accounts);
      break;
    case PROP_TRANSFERS:
      g_value_set_object (value, self->transfers);
      break;
    case PROP_CALLS:
      g_value_set_object (value, self->calls);
      break;
    case PROP_OUT_OF_DIALOG_POLICY:
      g_value_set_enum (value, self->out_of_dialog_policy);
      break;
    case PROP_REFER_RULES:
      g_value_set_object (value, self->rules);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_engine_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_OUT_OF_DIALOG_POLICY:
      set_out_of_dialog_policy (BATON_ENGINE (object), g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_engine_dispose (GObject *object)
{
  BatonEngine *self = BATON_ENGINE (object);

  if (self->timers != NULL)
    baton_timers_clear (self->timers, &self->sweep_timer);
  if (self->ua != NULL)
    baton_ua_set_refer_follower (self->ua, NULL);
  if (self->transfers != NULL)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (self->transfers));

      /* A call and its transfer hold each other until one lets go. */
      for (guint i = 0; i < n; i++)
        {
          g_autoptr (BatonTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->transfers), i);

          g_object_set_data (G_OBJECT (transfer), "baton-engine", NULL);
          baton_transfer_dismiss (transfer);
        }
      g_list_store_remove_all (self->transfers);
    }
  g_clear_object (&self->transfers);
  g_clear_object (&self->calls);
  g_clear_object (&self->accounts);
  g_clear_object (&self->factory);
  g_clear_object (&self->ua);
  G_OBJECT_CLASS (baton_engine_parent_class)->dispose (object);
}

static void
baton_engine_finalize (GObject *object)
{
  BatonEngine *self = BATON_ENGINE (object);

  g_clear_object (&self->timers);
  g_clear_object (&self->rules);
  options_clear (&self->options);
  G_OBJECT_CLASS (baton_engine_parent_class)->finalize (object);
}

static void
baton_engine_class_init (BatonEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags fact = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = baton_engine_get_property;
  object_class->set_property = baton_engine_set_property;
  object_class->dispose = baton_engine_dispose;
  object_class->finalize = baton_engine_finalize;

  props[PROP_UA] = g_param_spec_object ("ua", NULL, NULL, BATON_TYPE_UA, fact);
  props[PROP_MEDIA_FACTORY] = g_param_spec_object ("media-factory", NULL, NULL, BATON_TYPE_MEDIA_FACTORY, fact);
  props[PROP_ACCOUNTS] = g_param_spec_object ("accounts", NULL, NULL, G_TYPE_LIST_MODEL, fact);
  props[PROP_TRANSFERS] = g_param_spec_object ("transfers", NULL, NULL, G_TYPE_LIST_MODEL, fact);
  props[PROP_CALLS] = g_param_spec_object ("calls", NULL, NULL, BATON_TYPE_CALL_MANAGER, fact);
  props[PROP_OUT_OF_DIALOG_POLICY] =
    g_param_spec_enum ("out-of-dialog-policy", NULL, NULL, BATON_TYPE_REFER_POLICY, BATON_REFER_POLICY_REJECT,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_REFER_RULES] = g_param_spec_object ("refer-rules", NULL, NULL, BATON_TYPE_REFER_RULES, fact);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_REFER_REQUESTED] = g_signal_new ("refer-requested", BATON_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0,
                                                  g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1,
                                                  BATON_TYPE_TRANSFER);
  signals[SIGNAL_TRANSFER_ADDED] = g_signal_new ("transfer-added", BATON_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                 NULL, G_TYPE_NONE, 1, BATON_TYPE_TRANSFER);
  signals[SIGNAL_MESSAGE_TRACED] = g_signal_new ("message-traced", BATON_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                 NULL, G_TYPE_NONE, 5, G_TYPE_BOOLEAN, G_TYPE_STRING, G_TYPE_STRING,
                                                 G_TYPE_STRING, G_TYPE_STRING);
}

static void
baton_engine_init (BatonEngine *self)
{
  self->accounts = g_list_store_new (BATON_TYPE_ACCOUNT);
  self->transfers = g_list_store_new (BATON_TYPE_TRANSFER);
  self->out_of_dialog_policy = BATON_REFER_POLICY_REJECT;
  self->rules = baton_refer_rules_new ();
  baton_engine_options_init (&self->options);
  options_copy (&self->options, &(BatonEngineOptions) { 0 });
}

BatonEngine *
baton_engine_new_with (BatonMediaFactory *factory, BatonTimers *timers)
{
  BatonEngine *self = g_object_new (BATON_TYPE_ENGINE, NULL);

  self->timers = timers ? g_object_ref (timers) : baton_timers_new ();
  g_set_object (&self->factory, factory);
  self->ua = baton_ua_new (self->timers);
  self->calls = baton_call_manager_new (self->ua, G_LIST_MODEL (self->accounts));
  baton_ua_set_refer_follower (self->ua, BATON_REFER_FOLLOWER (self));
  g_signal_connect_object (self->calls, "call-added", G_CALLBACK (on_call_added), self, 0);
  g_signal_connect_object (self->ua, "out-of-dialog-refer-requested", G_CALLBACK (on_out_of_dialog_refer), self, 0);
  g_signal_connect_object (self->ua, "out-of-dialog-refer-refused", G_CALLBACK (on_out_of_dialog_refused), self, 0);
  return self;
}

BatonEngine *
baton_engine_new (void)
{
  return baton_engine_new_with (NULL, NULL);
}

/* What can be asked for, but isn't there yet, is refused before anybody relies on it. */
static gboolean
check_possible (const BatonEngineOptions *options, GError **error)
{
  const char *sentence = NULL;

  if (options->srtp == BATON_SRTP_MODE_REQUIRED)
    sentence = "Encrypted sound (SRTP) is not there yet, so it cannot be required. Choose optional or off.";
  else if (options->ice || options->stun != NULL || options->turn != NULL)
    sentence = "ICE, STUN and TURN are not there yet. Leave them off.";
  if (sentence == NULL)
    return TRUE;
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_NOT_SUPPORTED, sentence);
  return FALSE;
}

gboolean
baton_engine_start (BatonEngine *self, const BatonEngineOptions *options, GError **error)
{
  BatonUaOptions ua_options = { 0 };

  g_return_val_if_fail (BATON_IS_ENGINE (self) && options != NULL, FALSE);
  if (self->running)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "The phone is already started.");
      return FALSE;
    }
  if (!check_possible (options, error))
    return FALSE;
  options_clear (&self->options);
  options_copy (&self->options, options);
  if (self->factory == NULL)
    {
      BatonAudioHub *hub = baton_audio_hub_new (options->audio, options->tone_hz, options->audio_file, error);

      if (hub == NULL)
        return FALSE;
      self->factory = BATON_MEDIA_FACTORY (hub);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MEDIA_FACTORY]);
    }
  baton_call_manager_configure (self->calls, self->factory, &self->options);
  set_out_of_dialog_policy (self, options->out_of_dialog_refer);

  ua_options.listen = self->options.listen;
  ua_options.tls_listen = self->options.tls_listen;
  ua_options.tls_cert = self->options.tls_cert;
  ua_options.t1_ms = self->options.t1_ms;
  /* message-traced costs a copy of each message: only while somebody listens to ours. */
  if (g_signal_has_handler_pending (self, signals[SIGNAL_MESSAGE_TRACED], 0, FALSE))
    g_signal_connect_object (self->ua, "message-traced", G_CALLBACK (on_message_traced), self, 0);
  self->running = baton_ua_start (self->ua, &ua_options, error);
  return self->running;
}

/* ---- The end ---- */

static void
on_ua_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  baton_ua_stop_finish (BATON_UA (source), result);
  g_task_return_boolean (task, TRUE);
}

void
baton_engine_stop_async (BatonEngine *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = NULL;
  guint n;

  g_return_if_fail (BATON_IS_ENGINE (self));
  task = g_task_new (self, NULL, callback, data);
  if (!self->running)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  self->running = FALSE;
  baton_call_manager_hangup_all (self->calls);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      baton_account_unregister (account, NULL);
    }
  baton_ua_stop_async (self->ua, on_ua_stopped, g_steal_pointer (&task));
}

void
baton_engine_stop_finish (BatonEngine *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));
  g_task_propagate_boolean (G_TASK (result), NULL);
}

/* ---- Facts ---- */

BatonUa *
baton_engine_get_ua (BatonEngine *self)
{
  g_return_val_if_fail (BATON_IS_ENGINE (self), NULL);
  return self->ua;
}

BatonMediaFactory *
baton_engine_get_media_factory (BatonEngine *self)
{
  g_return_val_if_fail (BATON_IS_ENGINE (self), NULL);
  return self->factory;
}

BatonCallManager *
baton_engine_get_calls (BatonEngine *self)
{
  g_return_val_if_fail (BATON_IS_ENGINE (self), NULL);
  return self->calls;
}

GListModel *
baton_engine_get_accounts (BatonEngine *self)
{
  g_return_val_if_fail (BATON_IS_ENGINE (self), NULL);
  return G_LIST_MODEL (self->accounts);
}

GListModel *
baton_engine_get_transfers (BatonEngine *self)
{
  g_return_val_if_fail (BATON_IS_ENGINE (self), NULL);
  return G_LIST_MODEL (self->transfers);
}

BatonReferRules *
baton_engine_get_refer_rules (BatonEngine *self)
{
  g_return_val_if_fail (BATON_IS_ENGINE (self), NULL);
  return self->rules;
}

const char *
baton_engine_get_listen_address (BatonEngine *self)
{
  g_return_val_if_fail (BATON_IS_ENGINE (self), NULL);
  return baton_ua_get_listen_address (self->ua);
}

BatonTransfer *
baton_engine_lookup_transfer (BatonEngine *self, guint number)
{
  guint n;

  g_return_val_if_fail (BATON_IS_ENGINE (self), NULL);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->transfers));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->transfers), i);

      if (transfer->number == number)
        return transfer; /* the list keeps it */
    }
  return NULL;
}

/* ---- Accounts ---- */

BatonAccount *
baton_engine_add_account (BatonEngine *self, const char *id, const char *label, BatonSipIdentity *identity,
                          gboolean registers)
{
  g_autoptr (BatonAccount) account = NULL;
  gboolean needs_registration = FALSE;

  g_return_val_if_fail (BATON_IS_ENGINE (self) && BATON_IS_SIP_IDENTITY (identity), NULL);
  account = baton_account_new (self->ua, id, label, identity);
  g_object_set (account, "incoming-transfers", self->options.refer, NULL);
  baton_ua_add_identity (self->ua, identity);
  g_list_store_append (self->accounts, account);
  g_object_get (account, "needs-registration", &needs_registration, NULL);
  if (registers && needs_registration)
    baton_account_register (account, NULL);
  return account; /* the list keeps it */
}

void
baton_engine_remove_account (BatonEngine *self, BatonAccount *account)
{
  g_autoptr (BatonAccount) keep = NULL;
  guint position;

  g_return_if_fail (BATON_IS_ENGINE (self));
  if (!g_list_store_find (self->accounts, account, &position))
    return;
  keep = g_object_ref (account);
  baton_account_unregister (account, NULL);
  baton_ua_remove_identity (self->ua, baton_account_get_identity (account));
  g_list_store_remove (self->accounts, position);
}

/* ---- Sending REFERs ---- */

static gboolean
check_options (const BatonReferOptions *options, GError **error)
{
  return options == NULL || baton_refer_check_extra_headers (options->extra_headers, error);
}

/* All that can be known before the call is put on hold. */
static gboolean
check_transferable (BatonCall *call, const BatonReferOptions *options, GError **error)
{
  if (baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED)
    return check_options (options, error);
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
               "Call %u is not connected, so that it cannot be transferred.", baton_call_get_number (call));
  return FALSE;
}

/* A transfer to ourselves, or to the very party that is transferred, would end in a loop. */
static gboolean
check_target (BatonEngine *self, BatonCall *call, const char *uri, GError **error)
{
  g_autoptr (BatonSipUri) target = baton_sip_uri_parse (uri, error);
  g_autoptr (BatonSipUri) peer = NULL;

  if (target == NULL)
    return FALSE;
  if (!baton_sip_uri_is_callable (target))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI, "%s is no address that can be called.", uri);
      return FALSE;
    }
  if (baton_ua_is_own_address (self->ua, uri))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "That is your own address. Choose somebody else.");
      return FALSE;
    }
  peer = call ? baton_sip_uri_parse (baton_call_get_remote_uri (call), NULL) : NULL;
  if (peer != NULL && baton_sip_uri_same_address (target, peer))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "That is the party who would be transferred. Choose somebody else.");
      return FALSE;
    }
  return TRUE;
}

static void
take_options (BatonTransfer *transfer, const BatonReferOptions *options)
{
  if (options == NULL)
    return;
  transfer->extra_headers = g_strdupv ((GStrv) options->extra_headers);
  transfer->active_after = options->active_after_transfer;
  transfer->no_subscription = options->no_subscription;
  transfer->use_aor = options->use_aor;
  transfer->protect_target = options->protect_target && transfer->attended;
  transfer->target_name = g_strdup (options->target_name);
}

static BatonTransfer *
start (BatonEngine *self, BatonTransfer *transfer)
{
  show_transfer (self, transfer);
  baton_transfer_start (transfer);
  return transfer; /* the list keeps it */
}

BatonTransfer *
baton_engine_transfer (BatonEngine *self, BatonCall *call, const char *uri, const BatonReferOptions *options,
                       GError **error)
{
  g_autoptr (BatonTransfer) transfer = NULL;
  g_autofree char *complete = NULL;

  g_return_val_if_fail (BATON_IS_ENGINE (self) && BATON_IS_CALL (call) && uri != NULL, NULL);
  if (!check_transferable (call, options, error))
    return NULL;
  complete = baton_account_complete_uri (baton_call_get_account (call), uri, error);
  if (complete == NULL || !check_target (self, call, complete, error))
    return NULL;
  transfer = make_transfer (self, BATON_DIRECTION_OUTGOING, baton_call_get_account (call), call);
  transfer->target_uri = g_steal_pointer (&complete);
  take_options (transfer, options);
  return start (self, transfer);
}

BatonTransfer *
baton_engine_transfer_semi_attended (BatonEngine *self, BatonCall *call, BatonCall *target,
                                     const BatonReferOptions *options, GError **error)
{
  g_autoptr (BatonTransfer) transfer = NULL;
  const char *uri;
  BatonCallState state;

  g_return_val_if_fail (BATON_IS_ENGINE (self) && BATON_IS_CALL (call) && BATON_IS_CALL (target), NULL);
  uri = baton_call_get_remote_uri (target);
  state = baton_call_get_state (target);
  if (!check_transferable (call, options, error))
    return NULL;
  if (state != BATON_CALL_STATE_CALLING && state != BATON_CALL_STATE_RINGING && state != BATON_CALL_STATE_EARLY)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "Call %u does not ring at anybody's phone.",
                   baton_call_get_number (target));
      return NULL;
    }
  if (!check_target (self, call, uri, error))
    return NULL;
  transfer = make_transfer (self, BATON_DIRECTION_OUTGOING, baton_call_get_account (call), call);
  transfer->semi_attended = TRUE;
  transfer->target_uri = g_strdup (uri);
  take_options (transfer, options);
  if (transfer->target_name == NULL)
    transfer->target_name = g_strdup (baton_call_get_remote_name (target));
  /* The transfer first: while there is one, the end of the consultation does not bring the caller back. */
  show_transfer (self, transfer);
  baton_call_hangup (target, NULL);
  baton_transfer_start (transfer);
  return transfer; /* the list keeps it */
}

BatonTransfer *
baton_engine_transfer_attended (BatonEngine *self, BatonCall *call, BatonCall *target,
                                const BatonReferOptions *options, GError **error)
{
  g_autoptr (BatonTransfer) transfer = NULL;

  g_return_val_if_fail (BATON_IS_ENGINE (self) && BATON_IS_CALL (call) && BATON_IS_CALL (target), NULL);
  if (!check_transferable (call, options, error))
    return NULL;
  if (call == target)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "A call cannot be transferred to itself. Choose another call.");
      return NULL;
    }
  if (baton_call_get_state (target) != BATON_CALL_STATE_ESTABLISHED)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                   "Call %u is not connected yet. Wait for the answer, or transfer without asking.",
                   baton_call_get_number (target));
      return NULL;
    }
  transfer = make_transfer (self, BATON_DIRECTION_OUTGOING, baton_call_get_account (call), call);
  transfer->attended = TRUE;
  transfer->target_uri = g_strdup (baton_call_get_remote_uri (target));
  take_options (transfer, options);
  if (transfer->target_name == NULL)
    transfer->target_name = g_strdup (baton_call_get_remote_name (target));
  g_set_object (&transfer->target_call, target);
  return start (self, transfer);
}

BatonTransfer *
baton_engine_refer (BatonEngine *self, BatonAccount *account, const char *uri, const char *target,
                    const BatonReferOptions *options, GError **error)
{
  g_autoptr (BatonTransfer) transfer = NULL;
  g_autofree char *peer = NULL;
  g_autofree char *complete = NULL;

  g_return_val_if_fail (BATON_IS_ENGINE (self) && BATON_IS_ACCOUNT (account) && uri != NULL && target != NULL, NULL);
  peer = baton_account_complete_uri (account, uri, error);
  if (peer == NULL)
    return NULL;
  complete = baton_account_complete_uri (account, target, error);
  if (complete == NULL || !check_options (options, error))
    return NULL;
  transfer = make_transfer (self, BATON_DIRECTION_OUTGOING, account, NULL);
  transfer->peer_uri = g_steal_pointer (&peer);
  transfer->target_uri = g_steal_pointer (&complete);
  take_options (transfer, options);
  return start (self, transfer);
}
