/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-account-keeper.h"
#include "baton-directory.h"
#include "baton-window.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_APPLICATION (baton_application_get_type ())
G_DECLARE_FINAL_TYPE (BatonApplication, baton_application, BATON, APPLICATION, AdwApplication)

/**
 * BatonApplication:
 * Owns everything: the engine, the demo peers, the stores, the window. What it can't start is said
 * in the window's info bar, and the program goes on without it.
 */
BatonApplication *baton_application_new (void);

BatonEngine *baton_application_get_engine (BatonApplication *self);
BatonDirectory *baton_application_get_directory (BatonApplication *self);
BatonDemo *baton_application_get_demo (BatonApplication *self); /* (nullable) */
BatonWindow *baton_application_get_window (BatonApplication *self);
GSettings *baton_application_get_settings (BatonApplication *self);
BatonAccountStore *baton_application_get_accounts (BatonApplication *self);
BatonAccountKeeper *baton_application_get_keeper (BatonApplication *self);
BatonSecrets *baton_application_get_secrets (BatonApplication *self);
BatonHistory *baton_application_get_history (BatonApplication *self);
/** baton_application_start_demo: the peers, an account to call them with, and their place in the window */
gboolean baton_application_start_demo (BatonApplication *self);
/** baton_application_set_exit_status: what main() returns when all else went well */
void baton_application_set_exit_status (BatonApplication *self, int status);
int baton_application_get_exit_status (BatonApplication *self);

/* For baton-application-actions.c and main(): */
void baton_application_actions_install (BatonApplication *self);
void baton_application_stop_demo (BatonApplication *self);
/** baton_application_quit: hangs up, says goodbye to the servers, and ends; 2 s at most */
void baton_application_quit (BatonApplication *self);

G_END_DECLS
