/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonTick:
 * The one clock of all calls' sound: every 20 ms it calls each client, with the lock held, in one
 * thread. It runs while there are clients and sleeps for good when there are none. A microphone
 * may beat instead of the timer; when it falls silent the timer goes on by itself.
 * Reference counted; the thread ends with the last reference.
 */
typedef struct _BatonTick BatonTick;

/** BatonTickFunc: @now: µs of g_get_monotonic_time() */
typedef void (*BatonTickFunc) (gint64 now, gpointer data);

BatonTick *baton_tick_new (void);
BatonTick *baton_tick_ref (BatonTick *self);
void baton_tick_unref (BatonTick *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonTick, baton_tick_unref)

void baton_tick_lock (BatonTick *self);
void baton_tick_unlock (BatonTick *self);

/* The following with the lock held. */
void baton_tick_add (BatonTick *self, BatonTickFunc func, gpointer data);
void baton_tick_remove (BatonTick *self, BatonTickFunc func, gpointer data);
/** Returns: how many clients there are */
guint baton_tick_get_n_clients (BatonTick *self);
/** baton_tick_set_hooks: called before and after the clients (nullable) */
void baton_tick_set_hooks (BatonTick *self, BatonTickFunc before, BatonTickFunc after, gpointer data);

/** baton_tick_beat: from another clock, without the lock: ticks now, and keeps the timer from it for the next 100 ms */
void baton_tick_beat (BatonTick *self);

G_END_DECLS
