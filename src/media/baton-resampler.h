/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** BatonResampler: 20 ms frames of 16 bit mono from one rate to another, with GStreamer's converter. */
typedef struct _BatonResampler BatonResampler;

BatonResampler *baton_resampler_new (guint from, guint to);
void baton_resampler_free (BatonResampler *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonResampler, baton_resampler_free)

guint baton_resampler_get_from (BatonResampler *self);
guint baton_resampler_get_to (BatonResampler *self);
/** baton_resampler_run: @n samples in, n · to / from samples out (silence where the filter has not filled up yet) */
void baton_resampler_run (BatonResampler *self, const gint16 *in, guint n, gint16 *out);

G_END_DECLS
