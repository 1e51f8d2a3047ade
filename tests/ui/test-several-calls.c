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

/* Returns: the label with that text in it */
static GtkWidget *
find_text (GtkWidget *widget, const char *text)
{
  GtkWidget *found = GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL ? widget
                                                                                                            : NULL;

  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_text (w, text);
  return found;
}

/* Why something can't be done is read to its end */
static gboolean
is_whole (const char *text)
{
  GtkWidget *window = GTK_WIDGET (baton_application_get_window (app)), *label = find_text (window, text);
  graphene_rect_t bounds;

  return label != NULL && gtk_widget_compute_bounds (label, window, &bounds) && bounds.size.width > 1
         && bounds.origin.x + bounds.size.width <= (float) gtk_widget_get_width (window)
         && !pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label)));
}

/* The narrowest window that is promised; the first test of all, since toasts wait for one another */
static void
test_toast (void)
{
  GtkWindow *window = GTK_WINDOW (baton_application_get_window (app));

  gtk_window_set_default_size (window, 360, 640);
  baton_test_wait (gtk_widget_get_width (GTK_WIDGET (window)) <= 420, 10000);
  baton_window_toast (BATON_WINDOW (window), "Words with <b> & more of them: why it could not be done, and what there "
                                             "is to do about it instead.");
  baton_test_wait (is_whole ("Words with <b> & more"), 5000);
  baton_test_ui_picture (app, "narrow-toast");
  gtk_window_set_default_size (window, 940, 620);
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
  AdwLeaflet *leaflet;

  baton_test_ui_picture (app, name);
  if (g_getenv ("BATON_PICTURES") == NULL)
    return;
  gtk_window_set_default_size (window, 360, 640);
  baton_test_ui_picture (app, narrow);
  gtk_window_set_default_size (window, 940, 620);
  leaflet = ADW_LEAFLET (gtk_widget_get_ancestor (baton_test_ui_find ("Calls"), ADW_TYPE_LEAFLET));
  baton_test_wait (!adw_leaflet_get_folded (leaflet), 5000);
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

/* Whom the highlighted row is about */
static gboolean
is_selected (const char *peer)
{
  GtkWidget *list = baton_test_ui_find_typed ("Calls", GTK_TYPE_LIST_BOX);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (list));
  g_autofree char *other = NULL;

  if (row == NULL)
    return FALSE;
  other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, peer);
  return other == NULL;
}

/* The highlighted row, and the page beside the list */
static gboolean
is_shown (const char *peer)
{
  return is_selected (peer) && baton_test_ui_says ("Caller", peer);
}

static void
press (const char *action)
{
  baton_test_ui_act (action, g_variant_new_uint32 (0));
}

static void
be_called_by (const char *peer)
{
  BatonAccount *account = baton_window_get_account (baton_application_get_window (app));
  g_autofree char *answer = g_strdup_printf ("Answer %s", peer);

  baton_demo_call_me (baton_application_get_demo (app), peer,
                      baton_sip_identity_get_address (baton_account_get_identity (account)));
  baton_test_wait (baton_test_ui_shown (answer), 5000);
}

/* A call that comes in is shown and announced; the keys stay with the one that is talked in */
static void
test_keys (void)
{
  BatonCall *echo;

  baton_test_ui_call_demo_peer ("Echo");
  echo = baton_test_ui_newest_call ();
  be_called_by ("Carol");
  baton_test_wait (is_shown ("Echo"), 5000); /* the new row is there before the list is in its order again */
  g_assert_true (baton_test_ui_shown ("Echo – Baton"));
  pictures ("newcomer");
  press ("hold");
  baton_test_wait (baton_call_get_hold (echo) == BATON_HOLD_LOCAL, 5000);
  press ("hold");
  baton_test_wait (baton_call_get_hold (echo) == BATON_HOLD_NONE, 5000);
  press ("mute");
  g_assert_true (baton_call_get_muted (echo));
  press ("mute");
  press ("transfer");
  baton_test_wait (baton_test_ui_shown ("Transfer Echo to"), 5000);
  gtk_popover_popdown (GTK_POPOVER (baton_test_ui_find ("Transfer Echo to")));

  /* Not either when the new row is chosen on purpose */
  baton_call_list_select (baton_window_get_calls (baton_application_get_window (app)), baton_test_ui_newest_call ());
  g_assert_true (is_shown ("Carol"));
  press ("hangup");
  baton_test_wait (baton_test_ui_count_calls () == 1 && is_shown ("Carol"), 5000);
  g_assert_true (baton_test_ui_shown ("Answer Carol"));
  press ("hangup"); /* nobody else is left */
  baton_test_wait (baton_test_ui_count_calls () == 0, 5000);
  baton_test_ui_dismiss_all ();

  /* Answered, it is the one */
  baton_test_ui_call_demo_peer ("Echo");
  be_called_by ("Carol");
  press ("answer");
  baton_test_wait (baton_test_ui_is_talking () && is_shown ("Carol"), 10000);
  press ("hangup");
  baton_test_wait (baton_test_ui_count_calls () == 1 && is_shown ("Echo"), 10000);
  baton_test_ui_hang_up_all ();
}

/* What is highlighted and what the page shows are one call, whatever ends */
static void
test_selection (void)
{
  guint echo = baton_test_ui_call_demo_peer ("Echo"), carol;

  baton_test_ui_act ("dial", g_variant_new_string ("Busy"));
  baton_test_wait (baton_test_ui_shown ("Busy: Busy is busy."), 10000);
  baton_test_wait (is_shown ("Echo"), 5000);
  pictures ("after-failure");
  baton_call_list_select (baton_window_get_calls (baton_application_get_window (app)),
                          baton_call_row_get_call (baton_call_list_find (
                            baton_window_get_calls (baton_application_get_window (app)), echo + 1)));
  g_assert_true (is_shown ("Busy")); /* its reason can be read */
  baton_test_ui_act ("dismiss", g_variant_new_uint32 (echo + 1));
  g_assert_true (is_shown ("Echo"));
  carol = baton_test_ui_call_demo_peer ("Carol");
  g_assert_true (is_shown ("Carol"));
  baton_test_ui_act ("hangup", g_variant_new_uint32 (carol));
  baton_test_wait (baton_test_ui_count_calls () == 1 && is_shown ("Echo"), 5000);
  baton_test_ui_act ("hangup", g_variant_new_uint32 (echo));
  baton_test_wait (baton_test_ui_count_calls () == 0 && is_shown ("Echo"), 5000);
  baton_test_ui_dismiss_all ();
  g_assert_false (baton_test_ui_shown ("Caller"));
}

/* Returns: whether all of the widget is inside of what the list's scrolled window shows */
static gboolean
is_in_view (const char *name)
{
  GtkWidget *widget = baton_test_ui_find (name);
  GtkWidget *scroller = widget != NULL ? gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW) : NULL;
  graphene_rect_t bounds;

  return scroller != NULL && gtk_widget_compute_bounds (widget, scroller, &bounds) && bounds.size.height > 1
         && bounds.origin.y >= 0
         && bounds.origin.y + bounds.size.height <= (float) gtk_widget_get_height (scroller) + 1;
}

static gboolean
is_above (const char *name, const char *other)
{
  GtkWidget *window = GTK_WIDGET (baton_application_get_window (app));
  GtkWidget *above = baton_test_ui_find (name), *below = baton_test_ui_find (other);
  graphene_rect_t first, second;

  return above != NULL && below != NULL && gtk_widget_compute_bounds (above, window, &first)
         && gtk_widget_compute_bounds (below, window, &second) && first.origin.y < second.origin.y;
}

/* A request with all its details beside a call that rings, in the smallest window: both can be answered */
static void
test_request_and_newcomer (void)
{
  g_autoptr (GSettings) transfer = g_settings_get_child (baton_application_get_settings (app), "transfer");
  GtkWindow *window = GTK_WINDOW (baton_application_get_window (app));

  gtk_window_set_default_size (window, 360, 640);
  g_settings_set_enum (transfer, "ood-policy", BATON_REFER_POLICY_ASK);
  baton_test_ui_call_demo_peer ("Echo");
  baton_test_wait (baton_test_ui_shown ("Choose Microphone"), 10000); /* one bar more, and less room */
  g_action_group_activate_action (G_ACTION_GROUP (app), "poke-rogue", NULL);
  baton_test_wait (baton_test_ui_shown ("Decline transfer"), 5000);
  baton_test_wait (is_in_view ("Decline transfer"), 5000);
  g_assert_true (gtk_window_get_focus (window) == baton_test_ui_find ("Decline transfer"));
  baton_test_ui_picture (app, "request-narrow");
  be_called_by ("Carol");
  baton_test_wait (is_in_view ("Answer Carol") && is_in_view ("Decline Carol"), 5000);
  g_assert_true (is_above ("Answer Carol", "Decline transfer"));
  baton_test_ui_picture (app, "request-newcomer-narrow");
  baton_test_ui_click ("Decline Carol");
  baton_test_wait (baton_test_ui_count_calls () == 1 && is_above ("Decline transfer", "Hold Echo"), 5000);
  baton_test_ui_click ("Decline transfer");
  baton_test_wait (baton_test_ui_shown ("Dismiss request"), 5000);
  baton_test_ui_click ("Dismiss request");
  baton_test_ui_hang_up_all ();
  g_settings_reset (transfer, "ood-policy");
  gtk_window_set_default_size (window, 940, 620);
}

/* What was done is told for six seconds, and not longer than the call that it speaks of */
static void
test_request_done (void)
{
  for (guint i = 0; i < 2; i++)
    {
      baton_test_ui_call_demo_peer ("Shifter");
      baton_test_wait (baton_test_ui_shown ("Accept transfer"), 8000);
      baton_test_ui_click ("Accept transfer");
      baton_test_wait (baton_test_ui_says ("Transfer request text", "Connected to Carol."), 10000);
      if (i == 0)
        baton_test_wait (!baton_test_ui_shown ("Transfer request text"), 9000);
      baton_test_wait (baton_test_ui_count_calls () == 1, 15000);
      baton_test_ui_hang_up_all ();
      baton_test_wait (!baton_test_ui_shown ("Transfer request text"), 2000);
    }
}

/* Who stops the demo ends the calls with it, and that is what the rows say */
static void
test_stop_demo (void)
{
  /* With an account of one's own the rows stay in sight */
  BatonAccountConfig *config = baton_account_store_add (baton_application_get_accounts (app));
  BatonCall *echo;
  gboolean ended_locally;

  g_object_set (config, "label", "Work", "address", "anna@127.0.0.1", NULL);
  baton_test_ui_call_demo_peer ("Echo");
  echo = g_object_ref (baton_test_ui_newest_call ());
  be_called_by ("Carol");
  baton_test_ui_click ("Stop demo");
  baton_test_wait (baton_test_ui_count_calls () == 0, 5000);
  g_object_get (echo, "ended-locally", &ended_locally, NULL);
  g_assert_true (ended_locally);
  baton_test_wait (baton_test_ui_shown ("echo: You hung up after 0:00")
                     || baton_test_ui_shown ("echo: You hung up after 0:01"), 5000);
  g_assert_true (baton_test_ui_shown ("carol: Declined") || baton_test_ui_shown ("Carol: Declined"));
  pictures ("demo-stopped");
  g_object_unref (echo);
}

int
main (int argc, char **argv)
{
  app = baton_test_ui_start (&argc, &argv);
  g_test_add_func ("/several-calls/demo", test_demo);
  g_test_add_func ("/several-calls/toast", test_toast);
  g_test_add_func ("/several-calls/both-held", test_both_held);
  g_test_add_func ("/several-calls/keys", test_keys);
  g_test_add_func ("/several-calls/selection", test_selection);
  g_test_add_func ("/several-calls/request-and-newcomer", test_request_and_newcomer);
  g_test_add_func ("/several-calls/request-done", test_request_done);
  g_test_add_func ("/several-calls/stop-demo", test_stop_demo);
  return baton_test_ui_run ();
}
