/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-application.h"

G_BEGIN_DECLS

#define BATON_TYPE_PREFERENCES (baton_preferences_get_type ())
G_DECLARE_FINAL_TYPE (BatonPreferences, baton_preferences, BATON, PREFERENCES, AdwPreferencesWindow)

/** BatonPreferences: pages "general", "accounts" and "security". */
BatonPreferences *baton_preferences_new (BatonApplication *application);

G_END_DECLS
