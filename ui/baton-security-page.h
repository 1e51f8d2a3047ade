/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-application.h"

G_BEGIN_DECLS

#define BATON_TYPE_SECURITY_PAGE (baton_security_page_get_type ())
G_DECLARE_FINAL_TYPE (BatonSecurityPage, baton_security_page, BATON, SECURITY_PAGE, AdwPreferencesPage)

/**
 * BatonSecurityPage:
 * Who may have this phone place calls without being in a call with it. Everything is kept in the
 * settings, which the application hands to the engine as soon as they change.
 */
AdwPreferencesPage *baton_security_page_new (BatonApplication *application);

G_END_DECLS
