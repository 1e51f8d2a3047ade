/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-engine-fields.h"

#include "baton-audio-hub.h"
#include "baton-enum-types.h"
#include "baton-error.h"
#include "baton-ice-server.h"

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

static GParamSpec *props[N_PROPS];
guint baton_engine_signals[BATON_ENGINE_N_SIGNALS];

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
  const char **strings[] = { &options->listen, &options->tls_listen, &options->tls_cert,   &options->tls_ca,
                             &options->audio_file, &options->record_dir, &options->stun,       &options->turn,
                             &options->turn_user,  &options->turn_password };

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

/* ---- Following ---- */

static BatonSession *
follow (BatonReferFollower *follower, BatonReferServerContext *context, const char *uri,
        const BatonInviteOptions *options, BatonSdpModifier modifier, gpointer modifier_data, GError **error)
{
  return baton_refer_policy_follow (BATON_ENGINE (follower), context, uri, options, modifier, modifier_data, error);
}

static gboolean
is_certain (BatonReferFollower *follower, BatonSession *session)
{
  return baton_refer_policy_is_certain (BATON_ENGINE (follower), session);
}

static gboolean
take (BatonReferFollower *follower, BatonReferServerContext *context)
{
  return baton_refer_policy_take (BATON_ENGINE (follower), context);
}

static void
follower_init (BatonReferFollowerInterface *iface)
{
  iface->is_certain = is_certain;
  iface->take = take;
  iface->follow = follow;
}

G_DEFINE_TYPE_WITH_CODE (BatonEngine, baton_engine, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (BATON_TYPE_REFER_FOLLOWER, follower_init))

/* ---- Object ---- */

static void
on_message_traced (BatonUa *ua, gboolean sent, const char *local, const char *remote, const char *transport,
                   const char *text, BatonEngine *self)
{
  g_signal_emit (self, baton_engine_signals[BATON_ENGINE_SIGNAL_MESSAGE_TRACED], 0, sent, local, remote, transport,
                 text);
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
  g_clear_object (&self->network);
  g_clear_object (&self->transfers);
  g_clear_object (&self->tones);
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
  guint *signals = baton_engine_signals;
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

  signals[BATON_ENGINE_SIGNAL_REFER_REQUESTED] =
    g_signal_new ("refer-requested", BATON_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL,
                  G_TYPE_BOOLEAN, 1, BATON_TYPE_TRANSFER);
  signals[BATON_ENGINE_SIGNAL_TRANSFER_ADDED] =
    g_signal_new ("transfer-added", BATON_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  BATON_TYPE_TRANSFER);
  signals[BATON_ENGINE_SIGNAL_MESSAGE_TRACED] =
    g_signal_new ("message-traced", BATON_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5,
                  G_TYPE_BOOLEAN, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
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
  baton_refer_policy_watch (self);
  return self;
}

BatonEngine *
baton_engine_new (void)
{
  return baton_engine_new_with (NULL, NULL);
}

static gboolean
check_ice (const BatonEngineOptions *options, GError **error)
{
  BatonIceServer server;

  if (!options->ice && (options->stun != NULL || options->turn != NULL))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "STUN and TURN servers are of use with ICE alone. Switch ICE on.");
      return FALSE;
    }
  if (options->turn != NULL && (options->turn_user == NULL || options->turn_password == NULL))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "A TURN server asks for a user and a secret. Set BATON_TURN_USER and BATON_TURN_PASSWORD.");
      return FALSE;
    }
  return (options->stun == NULL || baton_ice_server_parse_stun (options->stun, &server, error)) &&
         (options->turn == NULL || baton_ice_server_parse_turn (options->turn, &server, error));
}

/* Each call with ICE looks for a new path, and asks the other side to (RFC 8445 §9). */
static void
on_network_changed (BatonNetworkWatch *network, BatonEngine *self)
{
  guint n = self->running ? g_list_model_get_n_items (G_LIST_MODEL (self->calls)) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (G_LIST_MODEL (self->calls), i);

      if (call != NULL && baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED)
        baton_media_restart (baton_call_get_media (call));
    }
}

/* Where no account has ICE nothing is watched. */
static void
watch_network (BatonCallManager *calls, BatonCall *call, BatonEngine *self)
{
  gboolean ice = FALSE;

  g_object_get (baton_call_get_account (call), "ice", &ice, NULL);
  if (!ice || self->network != NULL)
    return;
  self->network = baton_network_watch_new (self->timers);
  g_signal_connect_object (self->network, "changed", G_CALLBACK (on_network_changed), self, 0);
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
  if (!check_ice (options, error))
    return FALSE;
  options_clear (&self->options);
  options_copy (&self->options, options);
  if (self->factory == NULL)
    {
      BatonAudioHub *hub = baton_audio_hub_new (options->audio, options->tone_hz, options->audio_file, error);

      if (hub == NULL)
        return FALSE;
      self->factory = BATON_MEDIA_FACTORY (hub);
      self->tones = baton_call_tones_new (self->calls, hub, self->timers);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MEDIA_FACTORY]);
    }
  baton_call_manager_configure (self->calls, self->factory, &self->options);
  if (self->network == NULL)
    g_signal_connect_object (self->calls, "call-added", G_CALLBACK (watch_network), self, 0);
  set_out_of_dialog_policy (self, options->out_of_dialog_refer);

  ua_options.listen = self->options.listen;
  ua_options.tls_listen = self->options.tls_listen;
  ua_options.tls_cert = self->options.tls_cert;
  ua_options.tls_ca = self->options.tls_ca;
  ua_options.t1_ms = self->options.t1_ms;
  /* message-traced costs a copy of each message: only while somebody listens to ours. */
  if (g_signal_has_handler_pending (self, baton_engine_signals[BATON_ENGINE_SIGNAL_MESSAGE_TRACED], 0, FALSE))
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

void
baton_engine_silence (BatonEngine *self)
{
  g_return_if_fail (BATON_IS_ENGINE (self));
  if (self->tones != NULL)
    baton_call_tones_silence (self->tones);
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

const char *
baton_engine_get_tls_listen_address (BatonEngine *self)
{
  g_return_val_if_fail (BATON_IS_ENGINE (self), NULL);
  return baton_ua_get_tls_listen_address (self->ua);
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
  g_object_set (account, "incoming-transfers", self->options.refer, "srtp", self->options.srtp, "ice",
                self->options.ice, "webrtc", self->options.webrtc, "stun", self->options.stun, "turn",
                self->options.turn, "turn-user", self->options.turn_user, "turn-password", self->options.turn_password, NULL);
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

void
baton_engine_set_transfer_times (BatonEngine *self, guint grace_ms, guint ring_timeout_s)
{
  g_return_if_fail (BATON_IS_ENGINE (self));
  self->options.grace_ms = grace_ms;
  self->options.ring_timeout_s = ring_timeout_s;
}
