/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-directory.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_CALL_PAGE (baton_call_page_get_type ())
G_DECLARE_FINAL_TYPE (BatonCallPage, baton_call_page, BATON, CALL_PAGE, AdwBin)

/**
 * BatonCallPage:
 * The right pane's page about one call: who, and how it sounds. Without a call: the demo peers, if
 * they run.
 */
void baton_call_page_set_engine (BatonCallPage *self, BatonEngine *engine, BatonDirectory *directory);
void baton_call_page_set_call (BatonCallPage *self, BatonCall *call); /* (nullable) */
void baton_call_page_set_demo (BatonCallPage *self, BatonDemo *demo); /* (nullable) */

G_END_DECLS
