/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** BatonNoise: soft noise in place of the silence that the other end describes (comfort noise, RFC 3389). A value. */
typedef struct
{
  gboolean on;
  int amplitude; /* of a uniform distribution */
  guint32 seed;
  gint previous;
} BatonNoise;

/** baton_noise_set: @payload: a comfort noise packet: the level in -dBov, then what of the spectrum we don't use; empty: as soft as can be */
void baton_noise_set (BatonNoise *self, const guint8 *payload, gsize length);
void baton_noise_stop (BatonNoise *self);
void baton_noise_make (BatonNoise *self, gint16 *samples, guint n);

G_END_DECLS
