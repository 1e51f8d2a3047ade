/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-timers.h"

G_DEFINE_TYPE (BatonTimers, baton_timers, G_TYPE_OBJECT)

static guint
baton_timers_real_add (BatonTimers *self, guint delay_ms, GSourceFunc func, gpointer data)
{
  return g_timeout_add (delay_ms, func, data);
}

static void
baton_timers_real_remove (BatonTimers *self, guint id)
{
  g_source_remove (id);
}

static gint64
baton_timers_real_now (BatonTimers *self)
{
  return g_get_monotonic_time ();
}

static void
baton_timers_class_init (BatonTimersClass *klass)
{
  klass->add = baton_timers_real_add;
  klass->remove = baton_timers_real_remove;
  klass->now = baton_timers_real_now;
}

static void
baton_timers_init (BatonTimers *self)
{
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
