/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-ui.h"

#include <string.h>

/* Several calls at once: what is said of each, which of them the keys act on, and what is in sight */

static BatonApplication *app;

static void
test_demo (void)
{
  g_action_group_activate_action (G_ACTION_GROUP (app), "start-demo", NULL);
  baton_test_wait (baton_application_get_demo (app) != NULL && baton_test_ui_shown ("Stop demo"), 10000);
}

/* The bar's label has no name of its own: it is found by its words */
static gboolean
says (GtkWidget *widget, const char *words)
{
  if (!gtk_widget_get_visible (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && strcmp (gtk_label_get_text (GTK_LABEL (widget)), words) == 0)
    return TRUE;
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    if (says (w, words))
      return TRUE;
  return FALSE;
}

static gboolean
window_says (const char *words)
{
  return says (GTK_WIDGET (baton_application_get_window (app)), words);
}

/* In a window of the usual and of the least width */
static void
pictures (const char *name)
{
  GtkWindow *window = GTK_WINDOW (baton_application_get_window (app));
  g_autofree char *narrow = g_strconcat (name, "-narrow", NULL);

  baton_test_ui_picture (app, name);
  if (g_getenv ("BATON_PICTURES") == NULL)
    return;
  gtk_window_set_default_size (window, 360, 640);
  baton_test_ui_picture (app, narrow);
  gtk_window_set_default_size (window, 940, 620);
}

/* A third call holds both of a consultation: nobody is talked to, and each can be taken back */
static void
test_both_held (void)
{
  guint number = baton_test_ui_call_demo_peer ("Echo");
  BatonCall *echo = baton_test_ui_newest_call ();

  baton_test_ui_act ("consult-to", g_variant_new ("(us)", number, "Carol"));
  baton_test_wait (baton_test_ui_shown ("Merge all three") && baton_test_ui_is_talking (), 10000);
  baton_test_wait (window_says ("You are talking to Carol. Echo waits."), 5000);
  g_assert_false (baton_test_ui_shown ("Resume Echo"));
  baton_test_ui_click ("Merge all three");
  baton_test_wait (baton_test_ui_shown ("Split") && baton_call_get_hold (echo) == BATON_HOLD_NONE, 10000);
  baton_test_ui_click ("Split");
  baton_test_wait (window_says ("You are talking to Carol. Echo waits."), 10000);
  baton_test_ui_call_demo_peer ("Stubborn");
  baton_test_wait (window_says ("Echo and Carol wait on hold."), 10000);
  g_assert_true (baton_test_ui_shown ("Resume Echo"));
  g_assert_true (baton_test_ui_shown ("Resume Carol"));
  g_assert_false (baton_test_ui_shown ("Swap"));
  pictures ("both-held");
  baton_test_ui_click ("Resume Carol");
  baton_test_wait (window_says ("You are talking to Carol. Echo waits."), 10000);
  g_assert_false (baton_test_ui_shown ("Resume Carol"));
  g_assert_true (baton_test_ui_shown ("Swap"));
  baton_test_ui_hang_up_all ();
}

int
main (int argc, char **argv)
{
  app = baton_test_ui_start (&argc, &argv);
  g_test_add_func ("/several-calls/demo", test_demo);
  g_test_add_func ("/several-calls/both-held", test_both_held);
  return baton_test_ui_run ();
}
