/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-application.h"

G_BEGIN_DECLS

#define BATON_TYPE_AUDIO_PAGE (baton_audio_page_get_type ())
G_DECLARE_FINAL_TYPE (BatonAudioPage, baton_audio_page, BATON, AUDIO_PAGE, AdwPreferencesPage)

/**
 * BatonAudioPage:
 * Devices, volumes and what is done to the sound; each takes effect at once, in a call too. The
 * levels are measured, and the devices open for it, only while the page is to be seen.
 */
AdwPreferencesPage *baton_audio_page_new (BatonApplication *application);

G_END_DECLS
