/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-directory.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BATON_TYPE_TRANSFER_POPOVER (baton_transfer_popover_get_type ())
G_DECLARE_FINAL_TYPE (BatonTransferPopover, baton_transfer_popover, BATON, TRANSFER_POPOVER, GtkPopover)

/**
 * BatonTransferPopover:
 * Asks where a call shall go (blind), or (@consult) whom to ask about it first. It checks while one
 * types; what it decides goes out as one of the window's actions.
 */
GtkWidget *baton_transfer_popover_new (BatonDirectory *directory, BatonCall *call, gboolean consult);

G_END_DECLS
