/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** baton_a11y_set_name: makes @name the whole accessible name of @widget, whatever label or icon is inside it */
void baton_a11y_set_name (GtkWidget *widget, const char *name);
/** baton_a11y_set_description: what is read after the name */
void baton_a11y_set_description (GtkWidget *widget, const char *description);

/** baton_a11y_show_page: shows that page of @stack and hides the others, which a screen reader would find otherwise */
void baton_a11y_show_page (GtkStack *stack, const char *name);

/** baton_button_new: a button with an icon (nullable) and/or a label (nullable), its exact accessible @name, and what it does */
GtkWidget *baton_button_new (const char *icon, const char *label, const char *name, const char *action);
/** baton_label_new: a left-aligned, wrapping label. Never markup. @css (nullable): a style class */
GtkWidget *baton_label_new (const char *text, const char *css);
/** baton_toast_new: a toast whose words take more than one line where they have to. Never markup. */
AdwToast *baton_toast_new (const char *words);
/** baton_info_bar_new: a warning, not revealed yet, with the label @words and the button that does something about it */
GtkWidget *baton_info_bar_new (GtkWidget *words, GtkWidget *button);
/**
 * baton_combo_row_keep_value:
 * @row: an AdwComboRow of strings
 *
 * Its value isn't cut, however little room there is: title and subtitle take one line more.
 */
void baton_combo_row_keep_value (GtkWidget *row);
/** baton_row_mark: shows that what was typed into @row is @good, or isn't */
void baton_row_mark (GtkWidget *row, gboolean good);

G_END_DECLS
