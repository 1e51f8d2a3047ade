/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-demo-peer-private.h"

struct _BatonDemoPeer
{
  GObject parent_instance;

  const BatonDemoCast *cast;
  BatonTimers *timers;
  BatonEngine *engine;
  BatonAccount *account;  /* of the engine; NULL before start */
  BatonDemoPeer *partner; /* weak */
  GPtrArray *plans;       /* of Plan */
  char *uri;
};

/* What a peer is going to do with a call in a moment. */
typedef struct
{
  BatonDemoPeer *peer;
  BatonCall *call;
  guint timer;
} Plan;

enum
{
  PROP_NAME = 1,
  PROP_DESCRIPTION,
  PROP_URI,
  PROP_TONE_HZ,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (BatonDemoPeer, baton_demo_peer, G_TYPE_OBJECT)

static void
plan_free (gpointer data)
{
  Plan *plan = data;

  baton_timers_clear (plan->peer->timers, &plan->timer);
  g_object_unref (plan->call);
  g_free (plan);
}

static void
shift (BatonDemoPeer *self, BatonCall *call)
{
  g_autoptr (GError) error = NULL;

  if (self->partner != NULL && baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED &&
      baton_engine_transfer (self->engine, call, self->partner->uri, NULL, &error) == NULL)
    g_message ("%s: %s", self->cast->name, error->message);
}

static void
answer (BatonDemoPeer *self, BatonCall *call)
{
  g_autoptr (GError) error = NULL;

  if (baton_call_get_state (call) == BATON_CALL_STATE_INCOMING && !baton_call_answer (call, &error))
    g_message ("%s: %s", self->cast->name, error->message);
}

static gboolean
on_time (gpointer data)
{
  Plan *plan = data;
  g_autoptr (BatonDemoPeer) self = g_object_ref (plan->peer);
  g_autoptr (BatonCall) call = g_object_ref (plan->call);

  plan->timer = 0;
  g_ptr_array_remove_fast (self->plans, plan);
  switch (self->cast->role)
    {
    case BATON_DEMO_ROLE_HESITATES:
      answer (self, call);
      break;
    case BATON_DEMO_ROLE_SHIFTS:
      shift (self, call);
      break;
    case BATON_DEMO_ROLE_ANSWERS:
    case BATON_DEMO_ROLE_REFUSES:
    case BATON_DEMO_ROLE_RINGS:
    case BATON_DEMO_ROLE_SNEAKS:
      break;
    }
  return G_SOURCE_REMOVE;
}

static void
make_plan (BatonDemoPeer *self, BatonCall *call, guint delay_ms)
{
  Plan *plan = g_new0 (Plan, 1);

  plan->peer = self;
  plan->call = g_object_ref (call);
  plan->timer = baton_timers_add (self->timers, delay_ms, on_time, plan);
  g_ptr_array_add (self->plans, plan);
}

static void
drop_plans (BatonDemoPeer *self, BatonCall *call)
{
  for (guint i = self->plans->len; i > 0; i--)
    {
      Plan *plan = g_ptr_array_index (self->plans, i - 1);

      if (plan->call == call)
        g_ptr_array_remove_index_fast (self->plans, i - 1);
    }
}

static void
on_call_state (BatonCall *call, GParamSpec *pspec, BatonDemoPeer *self)
{
  if (baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED && self->cast->role == BATON_DEMO_ROLE_SHIFTS)
    make_plan (self, call, BATON_DEMO_SHIFT_DELAY_MS);
}

static void
sneak_after (BatonDemoPeer *self, BatonCall *call)
{
  const char *contact = baton_session_get_remote_contact (baton_call_get_session (call));

  if (contact != NULL)
    baton_demo_peer_sneak (self, contact);
}

static void
on_call_added (BatonCallManager *calls, BatonCall *call, BatonDemoPeer *self)
{
  if (self->cast->role == BATON_DEMO_ROLE_SHIFTS)
    g_signal_connect_object (call, "notify::state", G_CALLBACK (on_call_state), self, 0);
  if (self->cast->role == BATON_DEMO_ROLE_HESITATES && baton_call_get_direction (call) == BATON_DIRECTION_INCOMING)
    make_plan (self, call, BATON_DEMO_ANSWER_DELAY_MS);
}

static void
on_call_ended (BatonCallManager *calls, BatonCall *call, BatonDemoPeer *self)
{
  g_autoptr (BatonDemoPeer) keep = g_object_ref (self);

  drop_plans (self, call);
  if (self->cast->role == BATON_DEMO_ROLE_SNEAKS && baton_call_get_direction (call) == BATON_DIRECTION_INCOMING)
    sneak_after (self, call);
}

static void
baton_demo_peer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonDemoPeer *self = BATON_DEMO_PEER (object);

  switch (id)
    {
    case PROP_NAME: g_value_set_string (value, self->cast->name); break;
    case PROP_DESCRIPTION: g_value_set_string (value, self->cast->description); break;
    case PROP_URI: g_value_set_string (value, self->uri); break;
    case PROP_TONE_HZ: g_value_set_double (value, self->cast->tone_hz); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_demo_peer_dispose (GObject *object)
{
  BatonDemoPeer *self = BATON_DEMO_PEER (object);

  g_ptr_array_set_size (self->plans, 0);
  g_clear_weak_pointer (&self->partner);
  self->account = NULL;
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (baton_demo_peer_parent_class)->dispose (object);
}

static void
baton_demo_peer_finalize (GObject *object)
{
  BatonDemoPeer *self = BATON_DEMO_PEER (object);

  g_ptr_array_unref (self->plans);
  g_clear_object (&self->timers);
  g_free (self->uri);
  G_OBJECT_CLASS (baton_demo_peer_parent_class)->finalize (object);
}

static void
baton_demo_peer_class_init (BatonDemoPeerClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = baton_demo_peer_get_property;
  object_class->dispose = baton_demo_peer_dispose;
  object_class->finalize = baton_demo_peer_finalize;

  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, NULL, flags);
  /** BatonDemoPeer:uri: (nullable): NULL while it isn't started */
  props[PROP_URI] = g_param_spec_string ("uri", NULL, NULL, NULL, flags);
  props[PROP_TONE_HZ] = g_param_spec_double ("tone-hz", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
baton_demo_peer_init (BatonDemoPeer *self)
{
  self->plans = g_ptr_array_new_with_free_func (plan_free);
}

BatonDemoPeer *
baton_demo_peer_new (const BatonDemoCast *cast, BatonTimers *timers)
{
  BatonDemoPeer *self = g_object_new (BATON_TYPE_DEMO_PEER, NULL);

  self->cast = cast;
  self->timers = g_object_ref (timers);
  return self;
}

void
baton_demo_peer_set_partner (BatonDemoPeer *self, BatonDemoPeer *partner)
{
  g_set_weak_pointer (&self->partner, partner);
}

static void
set_uri (BatonDemoPeer *self, char *uri)
{
  g_free (self->uri);
  self->uri = uri;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_URI]);
}

static void
add_account (BatonDemoPeer *self)
{
  g_autoptr (BatonSipIdentity) identity = baton_sip_identity_new (self->uri);

  g_object_set (identity, "display-name", self->cast->name, NULL);
  self->account = baton_engine_add_account (self->engine, "demo", self->cast->name, identity, FALSE);
  g_object_set (self->account, "incoming-transfers", self->cast->refers, NULL);
}

gboolean
baton_demo_peer_start (BatonDemoPeer *self, GError **error)
{
  g_autofree char *user = g_ascii_strdown (self->cast->name, -1);
  BatonEngineOptions options;
  BatonCallManager *calls;

  baton_engine_options_init (&options);
  options.listen = "127.0.0.1:0";
  options.audio = self->cast->audio;
  options.tone_hz = self->cast->tone_hz;
  options.refer = self->cast->refers;
  switch (self->cast->role)
    {
    case BATON_DEMO_ROLE_ANSWERS:
    case BATON_DEMO_ROLE_SHIFTS:
      options.answer_status = 200;
      break;
    case BATON_DEMO_ROLE_REFUSES:
    case BATON_DEMO_ROLE_SNEAKS:
      options.answer_status = (int) self->cast->status;
      break;
    case BATON_DEMO_ROLE_HESITATES:
    case BATON_DEMO_ROLE_RINGS:
      break;
    }
  self->engine = baton_engine_new ();
  calls = baton_engine_get_calls (self->engine);
  g_signal_connect_object (calls, "call-added", G_CALLBACK (on_call_added), self, 0);
  g_signal_connect_object (calls, "call-ended", G_CALLBACK (on_call_ended), self, 0);
  if (!baton_engine_start (self->engine, &options, error))
    {
      g_clear_object (&self->engine);
      return FALSE;
    }
  set_uri (self, g_strdup_printf ("sip:%s@%s", user, baton_engine_get_listen_address (self->engine)));
  add_account (self);
  return TRUE;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  baton_engine_stop_finish (BATON_ENGINE (source), result);
  g_task_return_boolean (task, TRUE);
}

void
baton_demo_peer_stop_async (BatonDemoPeer *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);
  g_autoptr (BatonEngine) engine = g_steal_pointer (&self->engine);

  g_ptr_array_set_size (self->plans, 0);
  self->account = NULL;
  if (engine == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_signal_handlers_disconnect_by_data (baton_engine_get_calls (engine), self);
  set_uri (self, NULL);
  baton_engine_stop_async (engine, on_stopped, g_steal_pointer (&task));
}

void
baton_demo_peer_stop_finish (BatonDemoPeer *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

void
baton_demo_peer_call (BatonDemoPeer *self, const char *uri)
{
  g_autoptr (GError) error = NULL;

  if (self->account != NULL &&
      baton_call_manager_place (baton_engine_get_calls (self->engine), self->account, uri, NULL, &error) == NULL)
    g_message ("%s: %s", self->cast->name, error->message);
}

void
baton_demo_peer_sneak (BatonDemoPeer *self, const char *uri)
{
  g_autoptr (GError) error = NULL;

  if (self->account != NULL && self->partner != NULL && self->partner->uri != NULL &&
      baton_engine_refer (self->engine, self->account, uri, self->partner->uri, NULL, &error) == NULL)
    g_message ("%s: %s", self->cast->name, error->message);
}

const char *
baton_demo_peer_get_name (BatonDemoPeer *self)
{
  g_return_val_if_fail (BATON_IS_DEMO_PEER (self), NULL);

  return self->cast->name;
}

const char *
baton_demo_peer_get_description (BatonDemoPeer *self)
{
  g_return_val_if_fail (BATON_IS_DEMO_PEER (self), NULL);

  return self->cast->description;
}

const char *
baton_demo_peer_get_uri (BatonDemoPeer *self)
{
  g_return_val_if_fail (BATON_IS_DEMO_PEER (self), NULL);

  return self->uri;
}
