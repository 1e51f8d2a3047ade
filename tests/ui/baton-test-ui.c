/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-ui.h"

#include "baton-picture.h"

#include <string.h>

static gboolean
has_name (GtkWidget *widget, const char *name)
{
  g_autofree char *other = NULL;

  if (!gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL))
    return FALSE;
  other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name);
  return other == NULL;
}

/* A label inside of a button has the same name: the button is met first */
static GtkWidget *
find_below (GtkWidget *widget, const char *name, GType type)
{
  if (!gtk_widget_get_visible (widget) || !gtk_widget_get_child_visible (widget))
    return NULL;
  if ((type == G_TYPE_INVALID || G_OBJECT_TYPE (widget) == type) && has_name (widget, name))
    return widget;
  if (GTK_IS_WINDOW (widget) && g_strcmp0 (gtk_window_get_title (GTK_WINDOW (widget)), name) == 0)
    return widget;
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      GtkWidget *found = find_below (w, name, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
baton_test_ui_find (const char *name)
{
  return baton_test_ui_find_typed (name, G_TYPE_INVALID);
}

GtkWidget *
baton_test_ui_find_typed (const char *name, GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();
  guint n = g_list_model_get_n_items (windows);

  for (guint i = n; i > 0; i--)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i - 1);
      GtkWidget *found = find_below (window, name, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

gboolean
baton_test_ui_shown (const char *name)
{
  return baton_test_ui_find (name) != NULL;
}

gboolean
baton_test_ui_says (const char *name, const char *text)
{
  GtkWidget *widget = baton_test_ui_find (name);

  return widget != NULL && GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
}

void
baton_test_ui_click (const char *name)
{
  GtkWidget *widget = baton_test_ui_find (name);

  if (widget == NULL)
    g_error ("there is no button “%s”", name);
  g_assert_true (GTK_IS_BUTTON (widget));
  g_assert_true (gtk_widget_is_sensitive (widget));
  g_signal_emit_by_name (widget, "clicked");
}

void
baton_test_ui_type (const char *name, const char *text)
{
  GtkWidget *widget = baton_test_ui_find (name);

  if (widget != NULL && !GTK_IS_EDITABLE (widget)) /* a row is named by the label inside */
    widget = gtk_widget_get_ancestor (widget, ADW_TYPE_ENTRY_ROW);
  g_assert_true (GTK_IS_EDITABLE (widget));
  gtk_editable_set_text (GTK_EDITABLE (widget), text);
}

static void
save (GtkWidget *widget, const char *name)
{
  const char *folder = g_getenv ("BATON_PICTURES");
  g_autofree char *file = g_strconcat (name, ".png", NULL), *path = NULL;

  if (folder == NULL || widget == NULL)
    return;
  baton_test_settle (500);
  path = g_build_filename (folder, file, NULL);
  for (guint i = 0; i < 50; i++)
    {
      if (baton_picture_save (widget, path))
        return;
      baton_test_settle (10);
    }
  g_test_message ("%s could not be drawn", file);
}

void
baton_test_ui_picture (BatonApplication *application, const char *name)
{
  save (GTK_WIDGET (baton_application_get_window (application)), name);
}

void
baton_test_ui_picture_of (const char *inside, const char *name)
{
  save (GTK_WIDGET (gtk_widget_get_native (baton_test_ui_find (inside))), name);
}
