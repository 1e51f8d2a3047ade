/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-window.h"

G_BEGIN_DECLS

/**
 * baton_call_actions_install:
 * The window's actions. Where one takes the number of a call, 0 stands for the one that a person
 * would mean: the ringing one to answer, else the selected one.
 */
void baton_call_actions_install (BatonWindow *window);
/** baton_transfer_actions_install: those about transfers; called by baton_call_actions_install() */
void baton_transfer_actions_install (BatonWindow *window);
/** baton_more_actions_install: three in one call, recording; called by baton_call_actions_install() */
void baton_more_actions_install (BatonWindow *window);
/** Returns: (nullable) (transfer none): the call of that number, or the current one for 0 */
BatonCall *baton_call_actions_find (BatonWindow *window, GVariant *number);
/** baton_call_actions_report: shows @error, if there is one, and takes it */
void baton_call_actions_report (BatonWindow *window, GError *error);

G_END_DECLS
