/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-directory.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_CONSULTATION_BAR (baton_consultation_bar_get_type ())
G_DECLARE_FINAL_TYPE (BatonConsultationBar, baton_consultation_bar, BATON, CONSULTATION_BAR, AdwBin)

/**
 * BatonConsultationBar:
 * Sits over two linked calls: the one that waits, and the one that was placed to ask about it.
 */
GtkWidget *baton_consultation_bar_new (BatonDirectory *directory, BatonCall *consultation);
BatonCall *baton_consultation_bar_get_call (BatonConsultationBar *self);
void baton_consultation_bar_update (BatonConsultationBar *self);

G_END_DECLS
