/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-ui.h"

#include "baton-picture.h"
#include "baton-test-notifications.h"

#include <string.h>

static BatonApplication *app;

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

const char *
baton_test_ui_text (const char *name)
{
  GtkWidget *widget = baton_test_ui_find (name);

  if (widget != NULL && !GTK_IS_EDITABLE (widget))
    widget = gtk_widget_get_ancestor (widget, ADW_TYPE_ENTRY_ROW);
  g_assert_true (GTK_IS_EDITABLE (widget));
  return gtk_editable_get_text (GTK_EDITABLE (widget));
}

static GtkWidget *
find_row (const char *name, GType type)
{
  GtkWidget *widget = baton_test_ui_find (name);

  return widget != NULL && !g_type_is_a (G_OBJECT_TYPE (widget), type) ? gtk_widget_get_ancestor (widget, type)
                                                                       : widget;
}

void
baton_test_ui_switch (const char *name, gboolean on)
{
  GtkWidget *widget = baton_test_ui_find_typed (name, GTK_TYPE_SWITCH);

  if (widget == NULL)
    g_error ("there is no switch “%s”", name);
  gtk_switch_set_active (GTK_SWITCH (widget), on);
}

void
baton_test_ui_spin (const char *name, double value)
{
  GtkWidget *widget = baton_test_ui_find_typed (name, GTK_TYPE_SPIN_BUTTON);

  if (widget == NULL)
    g_error ("there is no spin button “%s”", name);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (widget), value);
}

void
baton_test_ui_choose (const char *name, guint position)
{
  GtkWidget *row = find_row (name, ADW_TYPE_COMBO_ROW);

  if (row == NULL)
    g_error ("there is no choice “%s”", name);
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), position);
}

guint
baton_test_ui_chosen (const char *name)
{
  return adw_combo_row_get_selected (ADW_COMBO_ROW (find_row (name, ADW_TYPE_COMBO_ROW)));
}

gboolean
baton_test_ui_row_says (const char *name, const char *text)
{
  GtkWidget *row = find_row (name, ADW_TYPE_ACTION_ROW);

  return row != NULL && strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), text) != NULL;
}

/* The last label in it: title and subtitle come before what is added at the end */
static GtkWidget *
last_label (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_LABEL (widget) && gtk_widget_get_visible (widget) ? widget : NULL;

  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      GtkWidget *label = last_label (w);

      found = label != NULL ? label : found;
    }
  return found;
}

const char *
baton_test_ui_row_value (GtkWidget *row)
{
  GtkWidget *label = last_label (row);

  return label != NULL ? gtk_label_get_text (GTK_LABEL (label)) : "";
}

gboolean
baton_test_ui_respond (const char *heading, const char *response)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (!ADW_IS_MESSAGE_DIALOG (window)
          || g_strcmp0 (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (window)), heading) != 0)
        continue;
      adw_message_dialog_response (ADW_MESSAGE_DIALOG (window), response);
      gtk_window_close (window);
      return TRUE;
    }
  return FALSE;
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

void
baton_test_ui_act (const char *action, GVariant *parameter)
{
  g_action_group_activate_action (G_ACTION_GROUP (baton_application_get_window (app)), action, parameter);
}

guint
baton_test_ui_count_calls (void)
{
  return g_list_model_get_n_items (G_LIST_MODEL (baton_engine_get_calls (baton_application_get_engine (app))));
}

BatonCall *
baton_test_ui_newest_call (void)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (baton_application_get_engine (app)));
  guint n = baton_test_ui_count_calls ();
  g_autoptr (BatonCall) call = n > 0 ? g_list_model_get_item (calls, n - 1) : NULL;

  return call;
}

gboolean
baton_test_ui_is_talking (void)
{
  BatonCall *call = baton_test_ui_newest_call ();

  return call != NULL && baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED
         && baton_call_get_hold (call) == BATON_HOLD_NONE;
}

guint
baton_test_ui_call_demo_peer (const char *name)
{
  baton_test_ui_act ("dial", g_variant_new_string (name));
  baton_test_wait (baton_test_ui_is_talking (), 8000);
  return baton_call_get_number (baton_test_ui_newest_call ());
}

void
baton_test_ui_dismiss_all (void)
{
  for (guint number = 1; number < 100; number++)
    baton_test_ui_act ("dismiss", g_variant_new_uint32 (number));
}

void
baton_test_ui_hang_up_all (void)
{
  while (baton_test_ui_count_calls () > 0)
    {
      guint before = baton_test_ui_count_calls ();

      baton_test_ui_act ("hangup", g_variant_new_uint32 (baton_call_get_number (baton_test_ui_newest_call ())));
      baton_test_wait (baton_test_ui_count_calls () < before, 5000);
    }
  baton_test_ui_dismiss_all ();
}

BatonApplication *
baton_test_ui_start (int *argc, char ***argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (argc, argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* GTK warns of a desktop that is bare */
  baton_test_notifications_start ();
  app = baton_application_new ();
  g_application_set_flags (G_APPLICATION (app), G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (app), NULL, NULL));
  g_application_activate (G_APPLICATION (app));
  /* Each frame of them is drawn by cairo, and nothing here looks at a frame in between */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  if (g_strcmp0 (g_getenv ("BATON_COLOR_SCHEME"), "dark") == 0)
    g_settings_set_string (baton_application_get_settings (app), "color-scheme", "dark");
  return app;
}

int
baton_test_ui_run (void)
{
  int status = g_test_run ();

  baton_application_quit (app);
  baton_test_settle (200);
  baton_test_notifications_stop ();
  return status;
}
