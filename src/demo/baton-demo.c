/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-demo.h"

#include "baton-demo-peer-private.h"
#include "baton-timers.h"

/* No tone is a multiple of another, nor of the 440 Hz that others send: each is told by its frequency. */
static const BatonDemoCast cast[] = {
  { "Echo", "Answers and sends back what it hears", BATON_DEMO_ROLE_ANSWERS, BATON_AUDIO_KIND_ECHO },
  { "Carol", "Answers at once with a tone of 659 Hz", BATON_DEMO_ROLE_ANSWERS, BATON_AUDIO_KIND_TONE, 659 },
  { "Slow", "Answers after four seconds", BATON_DEMO_ROLE_HESITATES, BATON_AUDIO_KIND_TONE, 523 },
  { "Busy", "Is busy (486)", BATON_DEMO_ROLE_REFUSES, BATON_AUDIO_KIND_NULL, 0, 486 },
  { "Silent", "Rings and never answers", BATON_DEMO_ROLE_RINGS, BATON_AUDIO_KIND_NULL },
  { "Refuser", "Declines every call (603)", BATON_DEMO_ROLE_REFUSES, BATON_AUDIO_KIND_NULL, 0, 603 },
  { "Stubborn", "Answers, and refuses to be transferred (603)", BATON_DEMO_ROLE_ANSWERS, BATON_AUDIO_KIND_TONE, 932, 0,
    BATON_REFER_POLICY_REJECT },
  { "Shifter", "Answers, and transfers you to Carol after three seconds", BATON_DEMO_ROLE_SHIFTS,
    BATON_AUDIO_KIND_TONE, 784 },
  { "Rogue", "Declines, and asks your phone from outside any call to call Carol", BATON_DEMO_ROLE_SNEAKS,
    BATON_AUDIO_KIND_NULL, 0, 603 },
};

struct _BatonDemo
{
  GObject parent_instance;

  BatonTimers *timers;
  GPtrArray *peers; /* of BatonDemoPeer, in the order of @cast */
};

static GType
baton_demo_get_item_type (GListModel *model)
{
  return BATON_TYPE_DEMO_PEER;
}

static guint
baton_demo_get_n_items (GListModel *model)
{
  return BATON_DEMO (model)->peers->len;
}

static gpointer
baton_demo_get_item (GListModel *model, guint position)
{
  BatonDemo *self = BATON_DEMO (model);

  return position < self->peers->len ? g_object_ref (g_ptr_array_index (self->peers, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = baton_demo_get_item_type;
  iface->get_n_items = baton_demo_get_n_items;
  iface->get_item = baton_demo_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonDemo, baton_demo, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
baton_demo_dispose (GObject *object)
{
  BatonDemo *self = BATON_DEMO (object);

  g_ptr_array_set_size (self->peers, 0);
  g_clear_object (&self->timers);
  G_OBJECT_CLASS (baton_demo_parent_class)->dispose (object);
}

static void
baton_demo_finalize (GObject *object)
{
  BatonDemo *self = BATON_DEMO (object);

  g_ptr_array_unref (self->peers);
  G_OBJECT_CLASS (baton_demo_parent_class)->finalize (object);
}

static void
baton_demo_class_init (BatonDemoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = baton_demo_dispose;
  object_class->finalize = baton_demo_finalize;
}

static void
baton_demo_init (BatonDemo *self)
{
  self->peers = g_ptr_array_new_with_free_func (g_object_unref);
}

BatonDemo *
baton_demo_new_with (BatonTimers *timers)
{
  BatonDemo *self = g_object_new (BATON_TYPE_DEMO, NULL);
  BatonDemoPeer *carol;

  self->timers = timers != NULL ? g_object_ref (timers) : baton_timers_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (cast); i++)
    g_ptr_array_add (self->peers, baton_demo_peer_new (&cast[i], self->timers));
  carol = baton_demo_lookup (self, "Carol");
  for (guint i = 0; i < self->peers->len; i++)
    if (g_ptr_array_index (self->peers, i) != carol)
      baton_demo_peer_set_partner (g_ptr_array_index (self->peers, i), carol);
  return self;
}

BatonDemo *
baton_demo_new (void)
{
  return baton_demo_new_with (NULL);
}

BatonDemoPeer *
baton_demo_lookup (BatonDemo *self, const char *name)
{
  g_return_val_if_fail (BATON_IS_DEMO (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->peers->len; i++)
    {
      BatonDemoPeer *peer = g_ptr_array_index (self->peers, i);

      if (g_ascii_strcasecmp (baton_demo_peer_get_name (peer), name) == 0)
        return peer;
    }
  return NULL;
}

gboolean
baton_demo_start (BatonDemo *self, GError **error)
{
  g_return_val_if_fail (BATON_IS_DEMO (self), FALSE);

  for (guint i = 0; i < self->peers->len; i++)
    {
      BatonDemoPeer *peer = g_ptr_array_index (self->peers, i);

      if (baton_demo_peer_get_uri (peer) != NULL || baton_demo_peer_start (peer, error))
        continue;
      g_prefix_error (error, "The demo peer %s could not be started: ", baton_demo_peer_get_name (peer));
      baton_demo_stop_async (self, NULL, NULL);
      return FALSE;
    }
  return TRUE;
}

static void
on_peer_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  guint left = GPOINTER_TO_UINT (g_task_get_task_data (task)) - 1;

  baton_demo_peer_stop_finish (BATON_DEMO_PEER (source), result);
  g_task_set_task_data (task, GUINT_TO_POINTER (left), NULL);
  if (left == 0)
    g_task_return_boolean (task, TRUE);
}

void
baton_demo_stop_async (BatonDemo *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (BATON_IS_DEMO (self));

  task = g_task_new (self, NULL, callback, data);
  g_task_set_task_data (task, GUINT_TO_POINTER (self->peers->len), NULL);
  for (guint i = 0; i < self->peers->len; i++)
    baton_demo_peer_stop_async (g_ptr_array_index (self->peers, i), on_peer_stopped, g_object_ref (task));
}

void
baton_demo_stop_finish (BatonDemo *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

void
baton_demo_poke_rogue (BatonDemo *self, const char *uri)
{
  g_return_if_fail (BATON_IS_DEMO (self));
  g_return_if_fail (uri != NULL);

  baton_demo_peer_sneak (baton_demo_lookup (self, "Rogue"), uri);
}

void
baton_demo_call_me (BatonDemo *self, const char *peer_name, const char *uri)
{
  BatonDemoPeer *peer = baton_demo_lookup (self, peer_name);

  g_return_if_fail (uri != NULL);

  if (peer != NULL)
    baton_demo_peer_call (peer, uri);
}
