/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-trusted-source.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_SOURCE_DIALOG (baton_source_dialog_get_type ())
G_DECLARE_FINAL_TYPE (BatonSourceDialog, baton_source_dialog, BATON, SOURCE_DIALOG, AdwWindow)

/**
 * BatonSourceDialog:
 * One trusted source: who it is, what it has to prove, and where it may have us call. Nothing is
 * kept before Save; what comes from a refused request is only a proposal in the entry.
 *
 * Signal `saved (BatonTrustedSource *)`: the user wants this one, new or changed.
 */
/** baton_source_dialog_new: @source: (nullable): the one to edit; @proposal: (nullable): text for a new one */
BatonSourceDialog *baton_source_dialog_new (GtkWindow *parent, BatonTrustedSource *source, const char *proposal);

G_END_DECLS
