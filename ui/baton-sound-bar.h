/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_SOUND_BAR (baton_sound_bar_get_type ())
G_DECLARE_FINAL_TYPE (BatonSoundBar, baton_sound_bar, BATON, SOUND_BAR, AdwBin)

/** BatonSoundBar: says that a call goes on without a microphone or a loudspeaker, as long as that is so */
void baton_sound_bar_set_engine (BatonSoundBar *self, BatonEngine *engine);

G_END_DECLS
