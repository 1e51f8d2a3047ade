/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** BatonStorySound: what a recording of a call says. -1 where nothing was heard. */
typedef struct
{
  double hz;     /* of the last half second */
  double gap_ms; /* the longest silence between two sounds */
} BatonStorySound;

/** baton_story_sound_read: the last @seconds of a 16 bit mono WAV file, which may still grow */
BatonStorySound baton_story_sound_read (const char *path, double seconds);
/** baton_story_sound_measure: the same of @n samples */
BatonStorySound baton_story_sound_measure (const gint16 *samples, gsize n, guint rate);

G_END_DECLS
