/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-ui.h"

#include "baton-test-notifications.h"

#include <string.h>

/* The program itself, with its engine and the demo peers, driven as a person would: by names and by
 * the window's actions. One program for all tests; each of them ends with no call left. */

static BatonApplication *app;

static void
test_welcome (void)
{
  g_assert_true (baton_test_ui_shown ("Add Account"));
  g_assert_true (baton_test_ui_shown ("Try the Demo"));
  g_assert_false (baton_test_ui_shown ("Name or number"));
  baton_test_ui_picture (app, "welcome");
  baton_test_ui_click ("Try the Demo");
  baton_test_wait (baton_application_get_demo (app) != NULL, 10000);
  baton_test_wait (baton_test_ui_shown ("Call Echo"), 10000);
  baton_test_wait (baton_test_ui_shown ("Stop demo"), 10000);
}

static void
test_names (void)
{
  static const char *const names[] = { "Main menu", "Name or number", "Call", "Keypad", "Mute microphone",
                                       "Calling account: Demo", "Registration status", "Baton" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!baton_test_ui_shown (names[i]))
      g_error ("no widget is named “%s”", names[i]);
  g_assert_true (baton_test_ui_says ("Registration status", "Demo: ready"));
  g_assert_false (gtk_widget_is_sensitive (baton_test_ui_find_typed ("Call", GTK_TYPE_BUTTON)));
  baton_test_ui_type ("Name or number", "echo");
  g_assert_true (gtk_widget_is_sensitive (baton_test_ui_find_typed ("Call", GTK_TYPE_BUTTON)));
  baton_test_ui_type ("Name or number", "");
}

static void
test_call (void)
{
  static const char *const buttons[] = { "Hold Echo", "Mute Echo", "Transfer Echo", "Consult about Echo",
                                         "Keypad for Echo", "Hang up Echo" };
  BatonCall *call;

  baton_test_ui_type ("Name or number", "echo");
  baton_test_ui_act ("call", NULL);
  baton_test_wait (baton_test_ui_is_talking (), 8000);
  call = baton_test_ui_newest_call ();
  g_assert_true (baton_test_ui_shown ("Calls"));
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    if (!baton_test_ui_shown (buttons[i]))
      g_error ("no button is named “%s”", buttons[i]);
  g_assert_true (baton_test_ui_shown ("Echo – Baton"));

  baton_test_ui_click ("Hold Echo");
  baton_test_wait (baton_test_ui_shown ("Resume Echo"), 5000);
  baton_test_wait (baton_test_ui_shown ("Echo: On hold 0:00") || baton_test_ui_shown ("Echo: On hold 0:01"), 2000);
  baton_test_ui_picture (app, "held");
  baton_test_ui_click ("Resume Echo");
  baton_test_wait (baton_test_ui_shown ("Hold Echo"), 5000);
  baton_test_ui_click ("Mute Echo");
  g_assert_true (baton_call_get_muted (call));
  g_assert_true (baton_test_ui_shown ("Unmute Echo"));
  baton_test_ui_click ("Unmute Echo");

  baton_test_ui_click ("Keypad for Echo");
  g_assert_true (baton_test_ui_shown ("Star"));
  baton_test_ui_click ("5");
  baton_test_ui_click ("Pound");
  g_assert_true (baton_test_ui_says ("Digits sent", "5#"));
  baton_test_ui_picture (app, "keypad");
  baton_test_ui_click ("Keypad for Echo");
  g_assert_false (baton_test_ui_shown ("Star"));

  baton_test_ui_click ("Hang up Echo");
  baton_test_wait (baton_test_ui_count_calls () == 0, 5000);
  g_assert_true (baton_test_ui_shown ("Call Echo again"));
  baton_test_ui_click ("Dismiss");
  g_assert_false (baton_test_ui_shown ("Call Echo again"));
}

/* What cannot be called is said in words, and nothing is called */
static void
test_wrong_number (void)
{
  baton_test_ui_act ("dial", g_variant_new_string ("http://example.net"));
  g_assert_cmpuint (baton_test_ui_count_calls (), ==, 0);
  baton_test_ui_act ("dial", g_variant_new_string ("Busy"));
  baton_test_wait (baton_test_ui_count_calls () == 0 && baton_test_ui_shown ("Call Busy again"), 8000);
  baton_test_wait (baton_test_ui_shown ("Busy: Busy is busy."), 2000);
  baton_test_ui_picture (app, "busy");
  baton_test_ui_hang_up_all ();
}

static void
test_refused (void)
{
  guint number = baton_test_ui_call_demo_peer ("Echo");

  baton_test_ui_act ("transfer-to", g_variant_new ("(usb)", number, "Busy", FALSE));
  baton_test_wait (baton_test_ui_shown ("Undo transfer of Echo"), 2000);
  g_assert_true (baton_test_ui_shown ("Transfer of Echo to Busy"));
  g_assert_true (baton_test_ui_shown ("Transfer steps"));
  g_assert_true (baton_test_ui_shown ("Transfer progress"));
  baton_test_ui_picture (app, "grace");
  baton_test_ui_click ("Transfer Echo now");
  baton_test_wait (baton_test_ui_shown ("Try Busy again"), 10000);
  baton_test_wait (baton_test_ui_says ("Transfer status", "Busy is busy. Echo is back with you."), 5000);
  baton_test_wait (baton_test_ui_is_talking (), 5000);
  g_assert_true (baton_test_ui_shown ("Hold Echo"));
  baton_test_ui_click ("Dismiss");
  baton_test_wait (!baton_test_ui_shown ("Try Busy again"), 2000);
  baton_test_ui_hang_up_all ();
}

static void
test_undo (void)
{
  guint number = baton_test_ui_call_demo_peer ("Echo");

  baton_test_ui_act ("transfer-to", g_variant_new ("(usb)", number, "Carol", FALSE));
  baton_test_wait (baton_test_ui_shown ("Undo transfer of Echo"), 2000);
  baton_test_ui_click ("Undo transfer of Echo");
  baton_test_wait (baton_test_ui_says ("Transfer status", "You took Echo back."), 10000);
  baton_test_wait (baton_test_ui_is_talking (), 10000);
  baton_test_settle (300);
  g_assert_cmpuint (baton_test_ui_count_calls (), ==, 1);
  baton_test_ui_hang_up_all ();
}

static void
test_take_back (void)
{
  guint number = baton_test_ui_call_demo_peer ("Echo");

  baton_test_ui_act ("transfer-to", g_variant_new ("(usb)", number, "Silent", FALSE));
  baton_test_ui_act ("transfer-now", g_variant_new_uint32 (number));
  baton_test_wait (baton_test_ui_says ("Transfer status", "Silent is ringing"), 8000);
  baton_test_ui_picture (app, "ringing");
  baton_test_ui_click ("Take Echo back");
  baton_test_wait (baton_test_ui_is_talking (), 5000);
  baton_test_ui_hang_up_all ();
}

static void
test_popover (void)
{
  guint number = baton_test_ui_call_demo_peer ("Echo");

  baton_test_ui_click ("Transfer Echo");
  baton_test_wait (baton_test_ui_shown ("Transfer Echo to"), 2000);
  g_assert_true (baton_test_ui_shown ("Suggested targets"));
  g_assert_true (baton_test_ui_shown ("Transfer to Carol"));
  g_assert_true (baton_test_ui_shown ("Consult Carol"));
  g_assert_false (baton_test_ui_shown ("Transfer to Echo"));
  g_assert_true (baton_test_ui_shown ("Talk to target first"));
  g_assert_true (baton_test_ui_shown ("Stay in the call until it is answered"));
  g_assert_false (gtk_widget_is_sensitive (baton_test_ui_find ("Transfer now")));
  baton_test_ui_type ("Transfer target", "echo");
  g_assert_true (baton_test_ui_says ("Transfer hint", "who is on this call"));
  g_assert_false (gtk_widget_is_sensitive (baton_test_ui_find ("Transfer now")));
  baton_test_ui_type ("Transfer target", "Carol");
  g_assert_true (baton_test_ui_says ("Transfer hint", "Echo comes back to you"));
  baton_test_ui_picture_of ("Transfer hint", "popover"); /* a surface of its own */
  baton_test_ui_click ("Transfer now");
  baton_test_ui_act ("transfer-now", g_variant_new_uint32 (number));
  baton_test_wait (baton_test_ui_count_calls () == 0, 10000);
  baton_test_wait (baton_test_ui_says ("Transfer status", "Carol answered."), 2000);
  g_assert_true (baton_test_ui_shown ("Echo: Transferred to Carol"));
  g_assert_true (baton_test_ui_shown ("Call Echo back"));
  baton_test_ui_hang_up_all ();
}

static void
test_consult (void)
{
  guint number = baton_test_ui_call_demo_peer ("Echo");

  baton_test_ui_click ("Consult about Echo");
  baton_test_wait (baton_test_ui_shown ("Consultation target"), 2000);
  g_assert_true (baton_test_ui_shown ("Call target"));
  baton_test_ui_type ("Consultation target", "Slow");
  baton_test_ui_click ("Call target");
  baton_test_wait (baton_test_ui_shown ("Consultation about Echo"), 10000);
  g_assert_true (baton_test_ui_shown ("Cancel consultation"));
  g_assert_true (baton_test_ui_shown ("Transfer without waiting"));
  g_assert_false (baton_test_ui_shown ("Complete transfer"));
  baton_test_ui_picture (app, "consultation-rings");
  baton_test_ui_click ("Cancel consultation");
  baton_test_wait (baton_test_ui_count_calls () == 1 && baton_test_ui_is_talking (), 8000); /* the caller is back, not held */

  baton_test_ui_act ("consult-to", g_variant_new ("(us)", number, "Carol"));
  baton_test_wait (baton_test_ui_shown ("Complete transfer"), 8000);
  g_assert_true (baton_test_ui_shown ("Swap"));
  baton_test_ui_click ("Swap");
  baton_test_wait (baton_test_ui_shown ("Complete transfer")
                     && baton_call_get_hold (baton_test_ui_newest_call ()) == BATON_HOLD_LOCAL, 5000);
  baton_test_ui_click ("Complete transfer");
  baton_test_wait (baton_test_ui_count_calls () == 0, 10000);
  baton_test_wait (baton_test_ui_says ("Transfer status", "Carol answered."), 2000);
  baton_test_ui_hang_up_all ();
}

/* The target rings: our call there is given up, the caller goes there blind, and the card says so */
static void
test_without_waiting (void)
{
  guint number = baton_test_ui_call_demo_peer ("Echo");

  baton_test_ui_act ("consult-to", g_variant_new ("(us)", number, "Silent"));
  baton_test_wait (baton_test_ui_shown ("Transfer without waiting"), 8000);
  baton_test_ui_click ("Transfer without waiting");
  baton_test_wait (baton_test_ui_count_calls () == 1, 8000);
  baton_test_wait (baton_test_ui_says ("Transfer note", "Silent had not answered you."), 5000);
  baton_test_ui_picture (app, "without-waiting");
  baton_test_ui_act ("transfer-now", g_variant_new_uint32 (number));
  baton_test_wait (baton_test_ui_says ("Transfer status", "Silent is ringing"), 8000);
  baton_test_ui_click ("Take Echo back");
  baton_test_wait (baton_test_ui_is_talking (), 5000);

  /* The key for Complete does the same while it rings */
  baton_test_ui_dismiss_all ();
  baton_test_ui_act ("consult-to", g_variant_new ("(us)", number, "Silent"));
  baton_test_wait (baton_test_ui_shown ("Transfer without waiting"), 8000);
  baton_test_ui_act ("complete", g_variant_new_uint32 (0));
  baton_test_wait (baton_test_ui_count_calls () == 1 && baton_test_ui_shown ("Undo transfer of Echo"), 8000);
  baton_test_ui_click ("Undo transfer of Echo");
  baton_test_wait (baton_test_ui_is_talking (), 8000);
  baton_test_ui_hang_up_all ();
}

static void
test_prompt (void)
{
  static const char *const names[] = { "Transfer request from Shifter", "Security hints", "Accept transfer",
                                       "Decline transfer", "Decides in", "Requested by", "New destination",
                                       "Asked inside a call", "Connection" };

  baton_test_ui_call_demo_peer ("Shifter");
  baton_test_wait (baton_test_ui_shown ("Accept transfer"), 8000);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!baton_test_ui_shown (names[i]))
      g_error ("nothing is named “%s”", names[i]);
  g_assert_true (baton_test_ui_says ("Transfer request text", "Shifter asks to connect you to Carol."));
  g_assert_true (gtk_widget_has_css_class (baton_test_ui_find ("Accept transfer"), "suggested-action"));
  baton_test_ui_picture (app, "request");
  baton_test_ui_click ("Decline transfer");
  baton_test_wait (baton_test_ui_says ("Transfer request text", "You are still with Shifter."), 5000);
  baton_test_ui_click ("Dismiss request");
  g_assert_cmpuint (baton_test_ui_count_calls (), ==, 1);
  baton_test_wait (baton_test_ui_is_talking (), 5000); /* Shifter takes the call off hold */
  baton_test_ui_hang_up_all ();
}

/* A request from outside a call: first the door is shut, then open with a prompt that has no default */
static void
test_outside (void)
{
  g_autoptr (GSettings) transfer = g_settings_get_child (baton_application_get_settings (app), "transfer");

  g_action_group_activate_action (G_ACTION_GROUP (app), "poke-rogue", NULL);
  baton_test_settle (800);
  g_assert_false (baton_test_ui_shown ("Decline transfer"));
  g_assert_cmpuint (baton_test_ui_count_calls (), ==, 0);

  g_settings_set_enum (transfer, "ood-policy", BATON_REFER_POLICY_ASK);
  g_action_group_activate_action (G_ACTION_GROUP (app), "poke-rogue", NULL);
  baton_test_wait (baton_test_ui_shown ("Decline transfer"), 5000);
  g_assert_true (baton_test_ui_shown ("Asked from outside any call"));
  g_assert_false (gtk_widget_has_css_class (baton_test_ui_find ("Accept transfer"), "suggested-action"));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (baton_application_get_window (app)))
                 == baton_test_ui_find ("Decline transfer"));
  g_assert_cmpuint (baton_test_ui_count_calls (), ==, 0);
  baton_test_ui_picture (app, "outside");
  baton_test_ui_click ("Decline transfer");
  baton_test_wait (baton_test_ui_shown ("Dismiss request"), 5000);
  g_assert_true (baton_test_ui_says ("Transfer request text", "You declined the request of "));
  baton_test_ui_picture (app, "outside-declined");
  baton_test_ui_click ("Dismiss request");
  g_assert_cmpuint (baton_test_ui_count_calls (), ==, 0);
  g_settings_reset (transfer, "ood-policy");
}

static void
test_incoming (void)
{
  BatonAccount *account = baton_window_get_account (baton_application_get_window (app));
  const char *address = baton_sip_identity_get_address (baton_account_get_identity (account));

  baton_demo_call_me (baton_application_get_demo (app), "Carol", address);
  baton_test_wait (baton_test_ui_shown ("Answer Carol"), 5000);
  g_assert_true (baton_test_ui_shown ("Decline Carol"));
  g_assert_true (baton_test_ui_shown ("Silence Carol"));
  g_assert_true (baton_test_ui_shown ("Carol: Incoming – for Demo"));
  baton_test_wait (baton_test_notifications_shown ("Carol", "Answer"), 10000);
  g_assert_true (baton_test_notifications_shown ("Carol", "Decline"));
  baton_test_ui_click ("Decline Carol");
  baton_test_wait (baton_test_ui_count_calls () == 0, 5000);
  baton_test_ui_dismiss_all ();

  baton_demo_call_me (baton_application_get_demo (app), "Carol", address);
  baton_test_wait (baton_test_ui_shown ("Answer Carol"), 5000);
  baton_test_wait (baton_test_notifications_shown ("Carol", "Answer"), 10000);
  g_action_group_activate_action (G_ACTION_GROUP (app), "answer", /* what the notification's button is for */
                                  g_variant_new_uint32 (baton_call_get_number (baton_test_ui_newest_call ())));
  baton_test_wait (baton_test_ui_is_talking (), 5000);
  baton_test_ui_hang_up_all ();
}

/* A name from the network is text: neither markup nor endless, and never a direction trick */
static void
test_hostile_name (void)
{
  g_autoptr (BatonEngine) stranger = baton_engine_new_with (NULL, NULL);
  g_autoptr (BatonSipIdentity) identity = baton_sip_identity_new ("sip:eve@127.0.0.1");
  g_autoptr (GString) name = g_string_new ("<b>Eve</b> &amp; \xe2\x80\xae");
  BatonAccount *mine = baton_window_get_account (baton_application_get_window (app)), *account;
  BatonEngineOptions options;
  GError *error = NULL;

  for (guint i = 0; i < 200; i++)
    g_string_append_c (name, 'x');
  baton_engine_options_init (&options);
  options.audio = BATON_AUDIO_KIND_NULL;
  baton_engine_start (stranger, &options, &error);
  g_assert_no_error (error);
  g_object_set (identity, "display-name", name->str, NULL);
  account = baton_engine_add_account (stranger, "eve", "Eve", identity, FALSE);
  g_assert_nonnull (baton_call_manager_place (baton_engine_get_calls (stranger), account,
                                              baton_sip_identity_get_address (baton_account_get_identity (mine)), NULL,
                                              &error));
  baton_test_wait (baton_test_ui_count_calls () == 1, 5000);
  g_assert_true (baton_test_ui_shown ("<b>Eve</b> &amp; xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"));
  baton_test_ui_picture (app, "hostile");
  /* The caller gives up: that is a missed call, and said so */
  baton_engine_stop_async (stranger, NULL, NULL);
  baton_test_wait (baton_test_ui_count_calls () == 0, 5000);
  baton_test_wait (baton_test_notifications_shown (
                     "Missed call from <b>Eve</b> &amp; xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…", "Call Back"), 10000);
  baton_test_settle (100);
  baton_test_ui_dismiss_all ();
}

static void
test_history (void)
{
  GListModel *history = G_LIST_MODEL (baton_application_get_history (app));
  guint n = g_list_model_get_n_items (history);

  g_assert_cmpuint (n, >, 5);
  baton_test_ui_act ("page", g_variant_new_string ("history"));
  baton_test_wait (baton_test_ui_shown ("Call history"), 2000);
  baton_test_wait (baton_test_ui_shown ("Call Shifter back"), 2000);
  baton_test_ui_picture (app, "history");
  baton_test_ui_type ("Search history", "shift");
  baton_test_wait (!baton_test_ui_shown ("Call Carol back"), 10000);
  g_assert_true (baton_test_ui_shown ("Call Shifter back"));
  baton_test_ui_click ("Remove Shifter from history");
  baton_test_wait (g_list_model_get_n_items (history) == n - 1, 2000);
  baton_test_ui_type ("Search history", "nobody at all");
  baton_test_wait (baton_test_ui_shown ("Nothing Found"), 10000);
  baton_test_ui_type ("Search history", "");
  baton_test_ui_click ("Clear history");
  baton_test_wait (g_list_model_get_n_items (history) == 0, 2000);
  baton_test_ui_act ("undo-clear", NULL);
  baton_test_wait (g_list_model_get_n_items (history) == n - 1, 2000);
  baton_test_ui_act ("page", g_variant_new_string ("call"));
}

/* A link from a web page fills the entry and never calls */
static void
test_link (void)
{
  g_autoptr (GFile) link = g_file_new_for_uri ("sip:bob@example.net?Replaces=x");
  GFile *files[] = { link };

  g_application_open (G_APPLICATION (app), files, 1, "");
  baton_test_wait (strcmp (baton_window_get_dial_text (baton_application_get_window (app)), "") != 0, 2000);
  g_assert_cmpstr (baton_window_get_dial_text (baton_application_get_window (app)), ==, "bob@example.net");
  g_assert_cmpuint (baton_test_ui_count_calls (), ==, 0);
  baton_test_ui_type ("Name or number", "");
}

/* Returns: whether all of the widget is inside of the popover that it is in */
static gboolean
is_inside (GtkWidget *widget)
{
  GtkWidget *contents = gtk_widget_get_first_child (gtk_widget_get_ancestor (widget, GTK_TYPE_POPOVER));
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (widget, contents, &bounds) && bounds.size.height > 1
         && bounds.origin.y + bounds.size.height <= (float) gtk_widget_get_height (contents);
}

/* The smallest window that is promised: nothing may ask for more */
static void
test_narrow (void)
{
  GtkWidget *window = GTK_WIDGET (baton_application_get_window (app));
  GtkWidget *content = adw_application_window_get_content (ADW_APPLICATION_WINDOW (window)); /* without its shadow */
  /* A hint of one, two and more lines */
  static const char *const targets[] = { "", "echo", "nobody here",
                                         "an.address.of.many.letters@a.very.long.domain.example.net" };
  guint number;
  int width;

  gtk_window_set_default_size (GTK_WINDOW (window), 360, 640);
  number = baton_test_ui_call_demo_peer ("Echo");
  baton_test_wait (gtk_widget_get_width (window) <= 420, 10000);
  baton_test_settle (300);
  gtk_widget_measure (content, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  baton_test_ui_picture (app, "narrow-call");
  baton_test_ui_act ("transfer", g_variant_new_uint32 (0));
  baton_test_wait (baton_test_ui_shown ("Transfer target"), 2000);
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      baton_test_ui_type ("Transfer target", targets[i]);
      baton_test_settle (200); /* what it was before is not asked */
      g_assert_true (is_inside (baton_test_ui_find ("Transfer now")));
    }
  baton_test_ui_picture_of ("Transfer hint", "narrow-popover");
  gtk_popover_popdown (GTK_POPOVER (baton_test_ui_find ("Transfer Echo to")));
  g_assert_cmpint (width, <=, 360);
  baton_test_ui_act ("consult-to", g_variant_new ("(us)", number, "Carol"));
  baton_test_wait (baton_test_ui_shown ("Complete transfer"), 8000);
  gtk_widget_measure (content, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  baton_test_ui_picture (app, "narrow-consultation");
  g_assert_cmpint (width, <=, 360);
  baton_test_ui_act ("cancel-consultation", g_variant_new_uint32 (0));
  baton_test_wait (baton_test_ui_count_calls () == 1 && baton_test_ui_is_talking (), 8000);
  baton_test_ui_act ("transfer-to", g_variant_new ("(usb)", number, "Silent", FALSE));
  baton_test_ui_act ("transfer-now", g_variant_new_uint32 (number));
  baton_test_wait (baton_test_ui_says ("Transfer status", "Silent is ringing"), 8000);
  gtk_widget_measure (content, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  baton_test_ui_picture (app, "narrow-transfer");
  g_assert_cmpint (width, <=, 360);
  baton_test_ui_hang_up_all ();
  baton_test_ui_act ("page", g_variant_new_string ("history"));
  baton_test_ui_picture (app, "narrow-history");
  baton_test_ui_act ("back", NULL);
  gtk_window_set_default_size (GTK_WINDOW (window), 940, 620);
}

int
main (int argc, char **argv)
{
  app = baton_test_ui_start (&argc, &argv);

  g_test_add_func ("/ui/welcome", test_welcome);
  g_test_add_func ("/ui/names", test_names);
  g_test_add_func ("/ui/call", test_call);
  g_test_add_func ("/ui/wrong-number", test_wrong_number);
  g_test_add_func ("/ui/transfer-refused", test_refused);
  g_test_add_func ("/ui/transfer-undo", test_undo);
  g_test_add_func ("/ui/transfer-take-back", test_take_back);
  g_test_add_func ("/ui/transfer-popover", test_popover);
  g_test_add_func ("/ui/transfer-consult", test_consult);
  g_test_add_func ("/ui/transfer-without-waiting", test_without_waiting);
  g_test_add_func ("/ui/request-prompt", test_prompt);
  g_test_add_func ("/ui/request-outside", test_outside);
  g_test_add_func ("/ui/incoming", test_incoming);
  g_test_add_func ("/ui/hostile-name", test_hostile_name);
  g_test_add_func ("/ui/history", test_history);
  g_test_add_func ("/ui/link", test_link);
  g_test_add_func ("/ui/narrow", test_narrow);
  return baton_test_ui_run ();
}
