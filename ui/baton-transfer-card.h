/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-directory.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_TRANSFER_CARD (baton_transfer_card_get_type ())
G_DECLARE_FINAL_TYPE (BatonTransferCard, baton_transfer_card, BATON, TRANSFER_CARD, AdwBin)

/**
 * BatonTransferCard:
 * How far a transfer that we sent is, in five steps, and what can be done about it. It shows itself
 * only while there is one.
 */
GtkWidget *baton_transfer_card_new (BatonDirectory *directory);
void baton_transfer_card_set_transfer (BatonTransferCard *self, BatonTransfer *transfer); /* (nullable) */
/** baton_transfer_card_update: reads the transfer again; for the running seconds */
void baton_transfer_card_update (BatonTransferCard *self);

G_END_DECLS
