/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-application.h"

G_BEGIN_DECLS

#define BATON_TYPE_ACCOUNT_DIALOG (baton_account_dialog_get_type ())
G_DECLARE_FINAL_TYPE (BatonAccountDialog, baton_account_dialog, BATON, ACCOUNT_DIALOG, AdwWindow)

/** baton_account_dialog_new: edits @config, or (NULL) adds a new account when it is saved */
BatonAccountDialog *baton_account_dialog_new (BatonApplication *application, GtkWindow *parent, BatonAccountConfig *config);

G_END_DECLS
