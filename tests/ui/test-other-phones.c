/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-ui.h"

#include "baton-test-dialog.h"

/* What the window says when the other phone does something that no demo peer does: scripted peers */

static BatonApplication *app;
static BatonTestPeer *bob, *carol;

static void
test_demo (void)
{
  g_action_group_activate_action (G_ACTION_GROUP (app), "start-demo", NULL);
  baton_test_wait (baton_application_get_demo (app) != NULL && baton_test_ui_shown ("Stop demo"), 10000);
}

/* Returns: the peer's side of a call that we placed */
static BatonTestDialog *
call_peer (BatonTestPeer *peer)
{
  BatonTestDialog *dialog;

  baton_test_ui_act ("dial", g_variant_new_string (baton_test_peer_get_uri (peer)));
  dialog = baton_test_peer_take_call (peer);
  baton_test_wait (baton_test_ui_is_talking (), 10000);
  return dialog;
}

/* Returns: the dialog of a transfer of Bob to Carol that waits for a decision, as he refused the hold */
static BatonTestDialog *
refuse_hold (void)
{
  BatonTestDialog *dialog = call_peer (bob);
  guint number = baton_call_get_number (baton_test_ui_newest_call ());
  BatonTestMessage *hold;

  baton_test_ui_act ("transfer-to", g_variant_new ("(usb)", number, baton_test_peer_get_uri (carol), FALSE));
  baton_test_ui_act ("transfer-now", g_variant_new_uint32 (number));
  hold = baton_test_dialog_expect_reinvite (dialog, "sendonly", 10000);
  baton_test_peer_reply (bob, hold, 488, "Not Acceptable Here", NULL, NULL);
  baton_test_wait (baton_test_ui_shown ("Transfer anyway"), 10000);
  g_assert_true (baton_test_ui_says ("Transfer status", "Could not hold bob; transferring anyway?"));
  g_assert_true (baton_test_ui_says ("Transfer note", "bob will go on hearing you while carol is called."));
  g_assert_false (baton_test_ui_shown ("Take bob back"));
  return dialog;
}

static void
test_hold_refused (void)
{
  BatonTestDialog *dialog;
  BatonTestMessage *refer;

  baton_test_peer_set_auto (bob, "INVITE", 0);
  refuse_hold ();
  baton_test_ui_picture (app, "hold-refused");
  baton_test_ui_click ("Cancel");
  baton_test_wait (baton_test_ui_says ("Transfer status", "You took bob back."), 10000);
  g_assert_true (baton_test_ui_is_talking ());
  g_assert_cmpuint (baton_test_peer_count (bob, NULL, "REFER"), ==, 0);
  baton_test_ui_hang_up_all ();

  dialog = refuse_hold ();
  baton_test_ui_click ("Transfer anyway");
  refer = baton_test_dialog_expect (dialog, "REFER", 10000);
  baton_test_peer_reply (bob, refer, 202, "Accepted", NULL, NULL);
  baton_test_wait (baton_test_ui_says ("Transfer status", "The phone of bob agreed."), 10000);
  g_assert_false (baton_test_ui_shown ("Transfer anyway"));
  baton_test_peer_set_auto (bob, "INVITE", 200);
  baton_test_ui_act ("take-back", g_variant_new_uint32 (0));
  baton_test_wait (baton_test_ui_is_talking (), 10000);
  baton_test_ui_hang_up_all ();
}

/* The server behind the call connects us with somebody else: the row follows, and says that it is only a claim */
static void
test_name_follows (void)
{
  BatonTestDialog *dialog = call_peer (carol);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  g_assert_true (baton_test_ui_shown ("Hold carol"));
  g_assert_false (baton_test_ui_shown ("carol: name not verified"));
  g_free (dialog->local);
  dialog->local = g_strdup ("\"Dave <b>\" <sip:dave@example.net>");
  baton_test_dialog_send (dialog, "INVITE", NULL, sdp);
  baton_test_dialog_expect (dialog, "200 INVITE", 10000);
  baton_test_wait (baton_test_ui_shown ("Hold Dave <b>"), 10000);
  g_assert_true (baton_test_ui_shown ("Dave <b>: name not verified"));
  baton_test_wait (baton_test_ui_shown ("Identity"), 5000);
  baton_test_ui_picture (app, "name-follows");
  baton_test_ui_hang_up_all ();
}

int
main (int argc, char **argv)
{
  int status;

  app = baton_test_ui_start (&argc, &argv);
  bob = baton_test_peer_new ("bob", "127.0.0.1");
  carol = baton_test_peer_new ("carol", "127.0.0.1");
  g_test_add_func ("/other-phones/demo", test_demo);
  g_test_add_func ("/other-phones/hold-refused", test_hold_refused);
  g_test_add_func ("/other-phones/name-follows", test_name_follows);
  status = baton_test_ui_run ();
  g_clear_object (&bob);
  g_clear_object (&carol);
  return status;
}
