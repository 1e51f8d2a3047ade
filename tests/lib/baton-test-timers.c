/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-timers.h"

typedef struct
{
  guint id;
  gint64 due; /* µs */
  guint delay_ms;
  GSourceFunc func;
  gpointer data;
} Timer;

struct _BatonTestTimers
{
  BatonTimers parent;

  gint64 now;    /* µs */
  GList *timers; /* (element-type Timer) in order of due, then of id */
  guint last_id;
};

G_DEFINE_FINAL_TYPE (BatonTestTimers, baton_test_timers, BATON_TYPE_TIMERS)

static gint
compare_due (gconstpointer a, gconstpointer b)
{
  const Timer *first = a, *second = b;

  if (first->due != second->due)
    return first->due < second->due ? -1 : 1;
  return first->id < second->id ? -1 : 1;
}

static GList *
find (BatonTestTimers *self, guint id)
{
  for (GList *l = self->timers; l != NULL; l = l->next)
    if (((Timer *) l->data)->id == id)
      return l;
  return NULL;
}

static guint
baton_test_timers_add (BatonTimers *timers, guint delay_ms, GSourceFunc func, gpointer data)
{
  BatonTestTimers *self = BATON_TEST_TIMERS (timers);
  Timer *timer = g_new0 (Timer, 1);

  timer->id = ++self->last_id;
  timer->due = self->now + (gint64) delay_ms * 1000;
  timer->delay_ms = delay_ms;
  timer->func = func;
  timer->data = data;
  self->timers = g_list_insert_sorted (self->timers, timer, compare_due);
  return timer->id;
}

static void
baton_test_timers_remove (BatonTimers *timers, guint id)
{
  BatonTestTimers *self = BATON_TEST_TIMERS (timers);
  GList *link = find (self, id);

  g_assert_nonnull (link); /* removed twice, or after it fired for the last time */
  g_free (link->data);
  self->timers = g_list_delete_link (self->timers, link);
}

static gint64
baton_test_timers_now (BatonTimers *timers)
{
  return BATON_TEST_TIMERS (timers)->now;
}

static void
baton_test_timers_finalize (GObject *object)
{
  g_list_free_full (BATON_TEST_TIMERS (object)->timers, g_free);
  G_OBJECT_CLASS (baton_test_timers_parent_class)->finalize (object);
}

static void
baton_test_timers_class_init (BatonTestTimersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = baton_test_timers_finalize;
  BATON_TIMERS_CLASS (klass)->add = baton_test_timers_add;
  BATON_TIMERS_CLASS (klass)->remove = baton_test_timers_remove;
  BATON_TIMERS_CLASS (klass)->now = baton_test_timers_now;
}

static void
baton_test_timers_init (BatonTestTimers *self)
{
  /* Not the real time: it is 0 nowhere, and code that mixes the two clocks shows it at once. */
  self->now = 1000 * G_USEC_PER_SEC;
}

BatonTestTimers *
baton_test_timers_new (void)
{
  return g_object_new (BATON_TYPE_TEST_TIMERS, NULL);
}

void
baton_test_timers_advance (BatonTestTimers *self, guint ms)
{
  gint64 end = self->now + (gint64) ms * 1000;

  g_object_ref (self);
  while (self->timers != NULL && ((Timer *) self->timers->data)->due <= end)
    {
      Timer *timer = self->timers->data;
      guint id = timer->id;
      GList *link;

      self->now = timer->due;
      if (timer->func (timer->data))
        {
          if ((link = find (self, id)) == NULL)
            continue;
          timer = link->data;
          self->timers = g_list_delete_link (self->timers, link);
          timer->due = self->now + MAX (timer->delay_ms, 1) * 1000;
          self->timers = g_list_insert_sorted (self->timers, timer, compare_due);
        }
      else if ((link = find (self, id)) != NULL)
        {
          g_free (link->data);
          self->timers = g_list_delete_link (self->timers, link);
        }
    }
  self->now = end;
  g_object_unref (self);
}

guint
baton_test_timers_get_pending (BatonTestTimers *self)
{
  return g_list_length (self->timers);
}

gint64
baton_test_timers_get_next (BatonTestTimers *self)
{
  if (self->timers == NULL)
    return -1;
  return (((Timer *) self->timers->data)->due - self->now) / 1000;
}
