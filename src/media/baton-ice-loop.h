/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonIceLoop:
 * The thread in which libnice lives: checks and keepalives must be answered, and packets stamped with
 * the time they came at, also while the window is busy. One for all calls with ICE in the process; it
 * ends with the last of them.
 */
typedef struct _BatonIceLoop BatonIceLoop;

/** baton_ice_loop_get: Returns: (transfer full): the running one, or a new one */
BatonIceLoop *baton_ice_loop_get (void);
/** baton_ice_loop_unref: from any thread; never waits */
void baton_ice_loop_unref (BatonIceLoop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonIceLoop, baton_ice_loop_unref)

GMainContext *baton_ice_loop_get_context (BatonIceLoop *self);
/** baton_ice_loop_invoke: calls @func there, later */
void baton_ice_loop_invoke (BatonIceLoop *self, GSourceFunc func, gpointer data);

G_END_DECLS
