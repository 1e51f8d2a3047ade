/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-enums.h"

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _BatonApplication BatonApplication;

#define BATON_TYPE_STORY (baton_story_get_type ())
G_DECLARE_FINAL_TYPE (BatonStory, baton_story, BATON, STORY, GObject)

/**
 * BatonStory:
 * Plays the demo through the window's own actions: after each step one line on standard output, with
 * what was heard, and a picture of the window. Quits the application at the end; its exit status is 1
 * when a step did not happen in time.
 */
BatonStory *baton_story_new (BatonApplication *application, const char *folder, const char *record_dir);
void baton_story_start (BatonStory *self);
/** baton_story_choose_audio: what the story sends: a tone of 440 Hz, so that what comes back can be told by its frequency */
BatonAudioKind baton_story_choose_audio (void);

G_END_DECLS
