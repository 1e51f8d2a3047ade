/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-directory.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_TRANSFER_PROMPT (baton_transfer_prompt_get_type ())
G_DECLARE_FINAL_TYPE (BatonTransferPrompt, baton_transfer_prompt, BATON, TRANSFER_PROMPT, AdwBin)

/**
 * BatonTransferPrompt:
 * Somebody asks this phone to call somebody else (a received REFER): who really asks, where it
 * leads, what speaks against it, and how it went on after the user accepted.
 * A request from outside a call has no default button, and Decline has the focus.
 */
GtkWidget *baton_transfer_prompt_new (BatonDirectory *directory, BatonTransfer *transfer);
BatonTransfer *baton_transfer_prompt_get_transfer (BatonTransferPrompt *self);
void baton_transfer_prompt_update (BatonTransferPrompt *self);
/** baton_transfer_prompt_focus: the button that a person may press without reading: Decline, out of a dialog */
void baton_transfer_prompt_focus (BatonTransferPrompt *self);

G_END_DECLS
