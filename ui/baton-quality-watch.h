/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-directory.h"

G_BEGIN_DECLS

#define BATON_TYPE_QUALITY_WATCH (baton_quality_watch_get_type ())
G_DECLARE_FINAL_TYPE (BatonQualityWatch, baton_quality_watch, BATON, QUALITY_WATCH, GObject)

/**
 * BatonQualityWatch:
 * Looks after the sound of the calls, once a second while there is one. Signal
 * `warning (const char *words)`: a connection has lost sound for five seconds, or nothing arrives at
 * all; each is said once a call.
 */
BatonQualityWatch *baton_quality_watch_new (BatonEngine *engine, BatonDirectory *directory);

/** BatonLossMeter: how much of the sound was lost lately. A value; baton_loss_meter_add() once a second. */
typedef struct
{
  guint64 received, lost; /* at the last reading */
  guint bad;              /* seconds in a row */
  gboolean told;
} BatonLossMeter;

/** Returns: the percentage when it has been bad for five seconds, once; else 0 */
guint baton_loss_meter_add (BatonLossMeter *self, guint64 received, guint64 lost);

G_END_DECLS
