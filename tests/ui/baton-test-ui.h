/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-application.h"
#include "baton-test-wait.h"

G_BEGIN_DECLS

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
/** baton_test_ui_picture: writes the active window to BATON_PICTURES/@name.png, if that variable is set */
void baton_test_ui_picture (BatonApplication *application, const char *name);
/** baton_test_ui_picture_of: the same of the window that the widget named @inside is in */
void baton_test_ui_picture_of (const char *inside, const char *name);

G_END_DECLS
