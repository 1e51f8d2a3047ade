/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BATON_LEVEL_SILENCE (-127.0)

/** BatonLevel: how loud the last second was, from 50 frames of 20 ms. */
typedef struct
{
  float power[50]; /* mean square, full scale 1 */
  guint next;
} BatonLevel;

void baton_level_add (BatonLevel *self, const gint16 *samples, guint n);
/** Returns: dBFS, where 0 is the mean square of a full-scale square wave; BATON_LEVEL_SILENCE at least */
double baton_level_get_db (const BatonLevel *self);

G_END_DECLS
