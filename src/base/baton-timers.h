/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define BATON_TYPE_TIMERS (baton_timers_get_type ())
G_DECLARE_DERIVABLE_TYPE (BatonTimers, baton_timers, BATON, TIMERS, GObject)

/**
 * BatonTimers:
 * The clock that policy waits by. The class itself uses the main context; tests derive from it and
 * turn the hands themselves, so that no test waits in real time.
 */
struct _BatonTimersClass
{
  GObjectClass parent_class;

  guint (*add) (BatonTimers *self, guint delay_ms, GSourceFunc func, gpointer data);
  void (*remove) (BatonTimers *self, guint id);
  gint64 (*now) (BatonTimers *self);
};

BatonTimers *baton_timers_new (void);

/**
 * baton_timers_add:
 * Calls @func after @delay_ms milliseconds, again and again while it returns %G_SOURCE_CONTINUE.
 * @data is not owned: remove the timer in dispose.
 * Returns: an id for baton_timers_remove(), never 0
 */
guint baton_timers_add (BatonTimers *self, guint delay_ms, GSourceFunc func, gpointer data);
void baton_timers_remove (BatonTimers *self, guint id);

/** baton_timers_clear: removes the timer *@id if it isn't 0, and sets it to 0. */
void baton_timers_clear (BatonTimers *self, guint *id);

/** baton_timers_now: Returns: microseconds on the monotonic clock (or the test's) */
gint64 baton_timers_now (BatonTimers *self);

G_END_DECLS
