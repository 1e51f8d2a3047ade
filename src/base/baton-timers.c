/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-timers.h"

/*
 * All timers are one source of the main context. A source each would be looked at in every turn of
 * the main loop: a phone that was busy for half a minute has hundreds of them.
 */
typedef struct
{
  guint id;
  gint64 due; /* µs */
  gint64 interval;
  GSourceFunc func;
  gpointer data;
  GSequenceIter *place; /* NULL while it is called */
} Timer;

typedef struct
{
  GSequence *queue; /* Timer, the next one first */
  GHashTable *timers; /* id → (owned) Timer */
  GSource *source; /* NULL until there was a timer */
  guint last_id;
} BatonTimersPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (BatonTimers, baton_timers, G_TYPE_OBJECT)

#define PRIV(self) ((BatonTimersPrivate *) baton_timers_get_instance_private (self))

static int
compare_timers (gconstpointer a, gconstpointer b, gpointer unused)
{
  const Timer *first = a, *second = b;

  if (first->due != second->due)
    return first->due < second->due ? -1 : 1;
  return first->id < second->id ? -1 : first->id > second->id;
}

static Timer *
get_next (BatonTimersPrivate *priv)
{
  GSequenceIter *begin = g_sequence_get_begin_iter (priv->queue);

  return g_sequence_iter_is_end (begin) ? NULL : g_sequence_get (begin);
}

static void
set_alarm (BatonTimersPrivate *priv)
{
  Timer *next = get_next (priv);
  gint64 due = next != NULL ? next->due : -1;

  if (g_source_get_ready_time (priv->source) != due)
    g_source_set_ready_time (priv->source, due);
}

static void
call (BatonTimers *self, Timer *timer)
{
  BatonTimersPrivate *priv = PRIV (self);
  guint id = timer->id;

  g_sequence_remove (timer->place);
  timer->place = NULL;
  if (timer->func (timer->data) == G_SOURCE_REMOVE)
    {
      g_hash_table_remove (priv->timers, GUINT_TO_POINTER (id));
      return;
    }
  timer = g_hash_table_lookup (priv->timers, GUINT_TO_POINTER (id));
  if (timer == NULL)
    return;
  timer->due = g_get_monotonic_time () + timer->interval;
  timer->place = g_sequence_insert_sorted (priv->queue, timer, compare_timers, NULL);
}

static gboolean
on_alarm (gpointer data)
{
  g_autoptr (BatonTimers) self = g_object_ref (data);
  BatonTimersPrivate *priv = PRIV (self);
  gint64 now = g_get_monotonic_time ();
  Timer *next;

  while ((next = get_next (priv)) != NULL && next->due <= now)
    call (self, next);
  set_alarm (priv);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  return func (data);
}

static void
create_source (BatonTimers *self)
{
  static GSourceFuncs funcs = { .dispatch = dispatch };
  BatonTimersPrivate *priv = PRIV (self);

  priv->source = g_source_new (&funcs, sizeof (GSource));
  g_source_set_callback (priv->source, on_alarm, self, NULL);
  g_source_attach (priv->source, NULL);
}

static guint
baton_timers_real_add (BatonTimers *self, guint delay_ms, GSourceFunc func, gpointer data)
{
  BatonTimersPrivate *priv = PRIV (self);
  Timer *timer = g_new0 (Timer, 1);

  if (priv->source == NULL)
    create_source (self);
  do
    timer->id = ++priv->last_id;
  while (timer->id == 0 || g_hash_table_contains (priv->timers, GUINT_TO_POINTER (timer->id)));
  timer->interval = (gint64) delay_ms * 1000;
  timer->due = g_get_monotonic_time () + timer->interval;
  timer->func = func;
  timer->data = data;
  timer->place = g_sequence_insert_sorted (priv->queue, timer, compare_timers, NULL);
  g_hash_table_insert (priv->timers, GUINT_TO_POINTER (timer->id), timer);
  set_alarm (priv);
  return timer->id;
}

static void
baton_timers_real_remove (BatonTimers *self, guint id)
{
  BatonTimersPrivate *priv = PRIV (self);
  Timer *timer = g_hash_table_lookup (priv->timers, GUINT_TO_POINTER (id));

  g_return_if_fail (timer != NULL);
  if (timer->place != NULL)
    g_sequence_remove (timer->place);
  g_hash_table_remove (priv->timers, GUINT_TO_POINTER (id));
  set_alarm (priv);
}

static gint64
baton_timers_real_now (BatonTimers *self)
{
  return g_get_monotonic_time ();
}

static void
baton_timers_finalize (GObject *object)
{
  BatonTimersPrivate *priv = PRIV (BATON_TIMERS (object));

  if (priv->source != NULL)
    {
      g_source_destroy (priv->source);
      g_source_unref (priv->source);
    }
  g_sequence_free (priv->queue);
  g_hash_table_unref (priv->timers);
  G_OBJECT_CLASS (baton_timers_parent_class)->finalize (object);
}

static void
baton_timers_class_init (BatonTimersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = baton_timers_finalize;
  klass->add = baton_timers_real_add;
  klass->remove = baton_timers_real_remove;
  klass->now = baton_timers_real_now;
}

static void
baton_timers_init (BatonTimers *self)
{
  BatonTimersPrivate *priv = PRIV (self);

  priv->queue = g_sequence_new (NULL);
  priv->timers = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

BatonTimers *
baton_timers_new (void)
{
  return g_object_new (BATON_TYPE_TIMERS, NULL);
}

guint
baton_timers_add (BatonTimers *self, guint delay_ms, GSourceFunc func, gpointer data)
{
  g_return_val_if_fail (BATON_IS_TIMERS (self), 0);
  return BATON_TIMERS_GET_CLASS (self)->add (self, delay_ms, func, data);
}

void
baton_timers_remove (BatonTimers *self, guint id)
{
  g_return_if_fail (BATON_IS_TIMERS (self));
  BATON_TIMERS_GET_CLASS (self)->remove (self, id);
}

void
baton_timers_clear (BatonTimers *self, guint *id)
{
  guint old = *id;

  *id = 0;
  if (old != 0)
    baton_timers_remove (self, old);
}

gint64
baton_timers_now (BatonTimers *self)
{
  g_return_val_if_fail (BATON_IS_TIMERS (self), 0);
  return BATON_TIMERS_GET_CLASS (self)->now (self);
}
