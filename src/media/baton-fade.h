/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonGate:
 * Lets sound through or not, without a click: what opens or closes is faded over 5 ms. A value.
 */
typedef struct
{
  gboolean open;
} BatonGate;

/**
 * baton_gate_run: one frame of @n samples at @rate, changed in place.
 * Returns: whether any of it is to be heard; when not, @samples are silence and need not be made
 */
gboolean baton_gate_run (BatonGate *self, gboolean open, gint16 *samples, guint n, guint rate);
/** baton_gate_is_silent: Returns: whether a frame with @open would be silence, so that it need not be made */
gboolean baton_gate_is_silent (const BatonGate *self, gboolean open);

/** baton_fade_in: the first 5 ms of @samples */
void baton_fade_in (gint16 *samples, guint n, guint rate);
/** baton_fade_out: the first 5 ms of @samples; what follows is silence */
void baton_fade_out (gint16 *samples, guint n, guint rate);
/** baton_fade_tail: @samples become a soft end to the sound that ended with @last (as many samples, same rate) */
void baton_fade_tail (const gint16 *last, gint16 *samples, guint n, guint rate);

G_END_DECLS
