/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-application.h"
#include "baton-test-wait.h"

G_BEGIN_DECLS

/**
 * baton_test_ui_start: the program itself, with its window and a server of notifications
 * Returns: (transfer none): it lives until baton_test_ui_run() returns
 */
BatonApplication *baton_test_ui_start (int *argc, char ***argv);
/** baton_test_ui_run: runs the tests and quits the program. Returns: for main() */
int baton_test_ui_run (void);

/** baton_test_ui_act: an action of the window */
void baton_test_ui_act (const char *action, GVariant *parameter);
guint baton_test_ui_count_calls (void);
/** Returns: (transfer none) (nullable): the newest call, while it lives */
BatonCall *baton_test_ui_newest_call (void);
/** Returns: whether the newest call is up, and nobody holds it */
gboolean baton_test_ui_is_talking (void);
/** Returns: the number of the call, which is up then */
guint baton_test_ui_call_demo_peer (const char *name);
void baton_test_ui_dismiss_all (void);
void baton_test_ui_hang_up_all (void);

/** baton_test_ui_find: Returns: (nullable) (transfer none): the shown widget of exactly that accessible name, in any window */
GtkWidget *baton_test_ui_find (const char *name);
/** baton_test_ui_find_typed: the same, of exactly that class: a page of the switcher is named “Call”, and a button is */
GtkWidget *baton_test_ui_find_typed (const char *name, GType type);
/** baton_test_ui_shown: whether there is a shown widget of that accessible name */
gboolean baton_test_ui_shown (const char *name);
/** baton_test_ui_says: whether the widget of that name has @text in its label or its accessible description */
gboolean baton_test_ui_says (const char *name, const char *text);
/** baton_test_ui_click: presses the button of that name; the test fails when there is none that could be pressed */
void baton_test_ui_click (const char *name);
void baton_test_ui_type (const char *name, const char *text);
/** Returns: what is in the entry of that name */
const char *baton_test_ui_text (const char *name);
/** baton_test_ui_switch: sets the switch of that name */
void baton_test_ui_switch (const char *name, gboolean on);
/** baton_test_ui_spin: sets the number of the spin button of that name */
void baton_test_ui_spin (const char *name, double value);
/** baton_test_ui_choose: selects entry @position of the combo row of that name */
void baton_test_ui_choose (const char *name, guint position);
guint baton_test_ui_chosen (const char *name);
/** baton_test_ui_row_says: whether a row of that name has @text in its subtitle */
gboolean baton_test_ui_row_says (const char *name, const char *text);
/** Returns: the label that a row has at its end; "" without one */
const char *baton_test_ui_row_value (GtkWidget *row);
/** baton_test_ui_respond: answers the message dialog of that heading. Returns: FALSE when there is none */
gboolean baton_test_ui_respond (const char *heading, const char *response);
/** baton_test_ui_picture: writes the active window to BATON_PICTURES/@name.png, if that variable is set */
void baton_test_ui_picture (BatonApplication *application, const char *name);
/** baton_test_ui_picture_of: the same of the window that the widget named @inside is in */
void baton_test_ui_picture_of (const char *inside, const char *name);

G_END_DECLS
