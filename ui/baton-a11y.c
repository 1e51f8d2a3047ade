/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-a11y.h"

#define TOAST_WIDTH 26 /* characters of a line */
#define VALUE_WIDTH_MAX 24 /* characters of the longest choice */

/* A button names itself by its child as well (LABELLED_BY of a mnemonic, LABEL of an icon), which
 * would give names like "Hold Hold Bob": that relation goes first. */
void
baton_a11y_set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
baton_a11y_set_description (GtkWidget *widget, const char *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

void
baton_a11y_show_page (GtkStack *stack, const char *name)
{
  GtkWidget *shown = gtk_stack_get_child_by_name (stack, name);

  gtk_widget_set_visible (shown, TRUE);
  gtk_stack_set_visible_child (stack, shown);
  for (GtkWidget *w = gtk_widget_get_first_child (GTK_WIDGET (stack)); w != NULL; w = gtk_widget_get_next_sibling (w))
    gtk_widget_set_visible (w, w == shown);
}

GtkWidget *
baton_button_new (const char *icon, const char *label, const char *name, const char *action)
{
  GtkWidget *button;

  if (icon != NULL && label != NULL)
    {
      /* AdwButtonContent would never be narrower than its label */
      GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *words = gtk_label_new (label);

      gtk_label_set_ellipsize (GTK_LABEL (words), PANGO_ELLIPSIZE_END);
      gtk_box_append (GTK_BOX (content), gtk_image_new_from_icon_name (icon));
      gtk_box_append (GTK_BOX (content), words);
      gtk_widget_set_halign (content, GTK_ALIGN_CENTER);
      button = gtk_button_new ();
      gtk_button_set_child (GTK_BUTTON (button), content);
    }
  else if (icon != NULL)
    button = gtk_button_new_from_icon_name (icon);
  else
    button = gtk_button_new_with_label (label);

  if (label == NULL)
    gtk_widget_set_tooltip_text (button, name);
  if (action != NULL)
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  baton_a11y_set_name (button, name);
  return button;
}

GtkWidget *
baton_label_new (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  return label;
}

AdwToast *
baton_toast_new (const char *words)
{
  AdwToast *toast = adw_toast_new ("");
  GtkWidget *label = baton_label_new (words, "heading");

  /* The overlay asks for the height at the natural width alone, so that has to fit into 360 px */
  gtk_label_set_max_width_chars (GTK_LABEL (label), TOAST_WIDTH);
  adw_toast_set_custom_title (toast, label);
  return toast;
}

GtkWidget *
baton_info_bar_new (GtkWidget *words, GtkWidget *button)
{
  GtkWidget *bar = gtk_info_bar_new ();

  gtk_widget_set_margin_start (words, 6);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_info_bar_set_message_type (GTK_INFO_BAR (bar), GTK_MESSAGE_WARNING);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (bar), FALSE);
  gtk_info_bar_add_child (GTK_INFO_BAR (bar), words);
  gtk_info_bar_add_action_widget (GTK_INFO_BAR (bar), button, GTK_RESPONSE_NONE);
  return bar;
}

static void
on_value_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
on_value_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkLabel *label = GTK_LABEL (gtk_list_item_get_child (item));
  const char *value = gtk_string_object_get_string (GTK_STRING_OBJECT (gtk_list_item_get_item (item)));
  int width = (int) MIN (g_utf8_strlen (value, -1), VALUE_WIDTH_MAX);

  gtk_label_set_text (label, value);
  gtk_label_set_width_chars (label, width);
  gtk_label_set_max_width_chars (label, width);
}

void
baton_combo_row_keep_value (GtkWidget *row)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_value_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_value_bind), NULL);
  adw_combo_row_set_list_factory (ADW_COMBO_ROW (row), adw_combo_row_get_factory (ADW_COMBO_ROW (row)));
  adw_combo_row_set_factory (ADW_COMBO_ROW (row), factory);
  g_object_unref (factory);
}

void
baton_row_mark (GtkWidget *row, gboolean good)
{
  if (good)
    gtk_widget_remove_css_class (row, "error");
  else
    gtk_widget_add_css_class (row, "error");
}
