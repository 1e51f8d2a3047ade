/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_POLICY_BAR (baton_policy_bar_get_type ())
G_DECLARE_FINAL_TYPE (BatonPolicyBar, baton_policy_bar, BATON, POLICY_BAR, AdwBin)

/** BatonPolicyBar: says in the window that requests from outside a call are let in, and by whom */
/** baton_policy_bar_set_settings: @transfer: the child “transfer” */
void baton_policy_bar_set_settings (BatonPolicyBar *self, GSettings *transfer);

G_END_DECLS
