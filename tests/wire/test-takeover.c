/* SPDX-License-Identifier: GPL-3.0-or-later */
/* More than one who would have the place of a call, or one who then can't fill it (refer.md §3.6, §4; RFC 3891 §3). */
#include "wire.h"

/* @peer's INVITE for the place of the call that @replaces names. @vouched: by Alice, so that nobody is asked; @sdp: (nullable) */
static BatonTestDialog *
invite (Wire *wire, BatonTestPeer *peer, const char *replaces, gboolean vouched, const char *sdp)
{
  BatonTestDialog *dialog = baton_test_dialog_new (peer, wire->phone->uri, NULL);
  g_autofree char *by = g_strdup_printf ("Referred-By: <%s>\n", baton_test_peer_get_uri (wire->alice));
  g_autofree char *headers = g_strdup_printf ("Replaces: %s\n%s", replaces, vouched ? by : "");

  baton_test_dialog_send (dialog, "INVITE", headers, sdp);
  return dialog;
}

/* Bob leaves the offer to us, and his ACK has an answer of no use, or none: he gets the BYE, Alice notices nothing. */
static void
answer_in_ack (Wire *wire, const char *answer)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);

  bob = invite (wire, wire->bob, replaces, TRUE, NULL);
  bob->auto_ack = FALSE;
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  BATON_TEST_MEDIA (baton_call_get_media (baton_test_phone_get_call (wire->phone)))->refuse = answer != NULL;
  baton_test_dialog_send (bob, "ACK", NULL, answer);
  baton_test_dialog_expect (bob, "BYE", 3000);
  wire_check_untouched (call, alice);
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 1);
}

static void
test_bad_answer (Wire *wire, gconstpointer data)
{
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  answer_in_ack (wire, sdp);
}

static void
test_no_answer (Wire *wire, gconstpointer data)
{
  answer_in_ack (wire, NULL);
}

/* Bob was given Alice's place, and nothing is left of it for Carol: not even while Bob's ACK is still to come. */
static void
test_two_parties (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  bob = invite (wire, wire->bob, replaces, TRUE, NULL);
  bob->auto_ack = FALSE;
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  baton_test_dialog_expect (invite (wire, wire->carol, replaces, TRUE, sdp), "603 INVITE", 3000);
  baton_test_dialog_send (bob, "ACK", NULL, sdp);
  baton_test_dialog_expect (alice, "BYE", 3000);
  baton_test_wait_call (call, ENDED);
  baton_test_drain ();
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 1);
  baton_test_dialog_bye (bob);
}

/* The user was offered both, and says yes to the second after the first is there. */
static void
test_two_asked (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob, *carol;
  BatonCall *first, *second;
  g_autofree char *replaces = NULL, *sdp = baton_test_sdp ("sendrecv");
  g_autoptr (GError) error = NULL;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  replaces = baton_test_dialog_make_replaces (alice);
  bob = invite (wire, wire->bob, replaces, FALSE, sdp);
  baton_test_dialog_expect (bob, "180 INVITE", 3000);
  first = baton_test_phone_get_call (wire->phone);
  carol = invite (wire, wire->carol, replaces, FALSE, sdp);
  baton_test_dialog_expect (carol, "180 INVITE", 3000);
  second = baton_test_phone_get_call (wire->phone);
  g_assert_true (baton_call_answer (first, &error));
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  g_assert_false (baton_call_answer (second, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  baton_test_dialog_expect (carol, "603 INVITE", 3000);
  baton_test_dialog_expect (alice, "BYE", 3000);
  g_assert_cmpint (baton_call_get_state (first), ==, BATON_CALL_STATE_ESTABLISHED);
}

/* While the user was asked the call has been answered, and Bob wanted it as long as it rang. */
static void
test_early_only_answered (Wire *wire, gconstpointer data)
{
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                              baton_test_peer_get_uri (wire->alice), NULL, NULL);
  BatonTestDialog *alice = baton_test_peer_take_invite (wire->alice), *bob;
  g_autofree char *replaces = NULL, *early_only = NULL, *sdp = baton_test_sdp ("sendrecv");
  g_autoptr (GError) error = NULL;

  baton_test_dialog_reply (alice, 180, NULL, NULL);
  baton_test_wait_call (call, RINGING);
  replaces = baton_test_dialog_make_replaces (alice);
  early_only = g_strdup_printf ("%s;early-only", replaces);
  bob = invite (wire, wire->bob, early_only, FALSE, sdp);
  baton_test_dialog_expect (bob, "180 INVITE", 3000);
  baton_test_dialog_answer (alice);
  baton_test_wait_call (call, ESTABLISHED);
  g_assert_false (baton_call_answer (baton_test_phone_get_call (wire->phone), &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  baton_test_dialog_expect (bob, "486 INVITE", 3000);
  wire_check_untouched (call, alice);
}

/* Alice had the user transferred, and has to hang up: her place is nobody's any more. */
static void
test_given_away (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  g_autofree char *replaces = NULL, *sdp = baton_test_sdp ("sendrecv");

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  replaces = baton_test_dialog_make_replaces (alice);
  baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  baton_test_drain ();
  baton_test_dialog_expect (invite (wire, wire->bob, replaces, TRUE, sdp), "603 INVITE", 3000);
}

/* In a call that is up, too: two of them, or one that can't be read, are 400, and nothing changes. */
static void
test_in_reinvite (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *good = baton_test_dialog_make_replaces (alice), *sdp = baton_test_sdp ("sendrecv");
  g_autofree char *twice = g_strdup_printf ("Replaces: %s\nReplaces: %s\n", good, good);

  baton_test_dialog_send (alice, "INVITE", twice, sdp);
  baton_test_dialog_expect (alice, "400 INVITE", 3000);
  baton_test_dialog_send (alice, "INVITE", "Replaces: ;;=\n", sdp);
  baton_test_dialog_expect (alice, "400 INVITE", 3000);
  wire_check_untouched (call, alice);
}

static void
hold_by_itself (BatonEngineOptions *options)
{
  options->auto_hold = TRUE;
}

/* Alice asks for two calls, and both are answered: the user is with the second, and the first waits. */
static void
test_second_target (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob, *carol;
  BatonCall *second;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  carol = baton_test_peer_take_invite (wire->carol);
  baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->bob));
  bob = baton_test_peer_take_invite (wire->bob);
  second = baton_test_phone_get_call (wire->phone);
  baton_test_dialog_answer (carol);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  baton_test_dialog_answer (bob);
  baton_test_wait_call (second, ESTABLISHED);
  baton_test_dialog_expect_reinvite (carol, "sendonly", 3000);
  g_assert_true (wire->phone->factory->foreground == baton_call_get_media (second));
}

/* The target still rings when it sends the user on to Bob, who answers: Alice is told, and hears nothing of it. */
static void
test_target_refers (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob, *carol;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice), *last;

  baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  carol = baton_test_peer_take_invite (wire->carol);
  baton_test_dialog_reply (carol, 180, NULL, NULL);
  baton_test_wait_call (baton_test_phone_get_call (wire->phone), RINGING);
  baton_test_dialog_sendf (carol, "REFER", "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->bob));
  bob = baton_test_peer_take_invite (wire->bob);
  last = baton_test_phone_get_call (wire->phone);
  baton_test_dialog_answer (bob);
  baton_test_wait_call (last, ESTABLISHED);
  g_assert_true (wire->phone->factory->moved_from == baton_call_get_media (call));
  g_assert_true (wire->phone->factory->moved_to == baton_call_get_media (last));
  baton_test_dialog_expect_notify (carol, 200, 3000);
  baton_test_dialog_expect (carol, "CANCEL", 3000);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  baton_test_phone_advance (wire->phone, 10000);
  baton_test_dialog_expect (alice, "BYE", 3000);
  g_assert_cmpint (baton_call_get_state (last), ==, BATON_CALL_STATE_ESTABLISHED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/takeover/bad-answer", wire_ask, test_bad_answer);
  wire_add ("/takeover/no-answer", wire_ask, test_no_answer);
  wire_add ("/takeover/two-parties", wire_ask, test_two_parties);
  wire_add ("/takeover/two-asked", wire_ask, test_two_asked);
  wire_add ("/takeover/early-only-answered", wire_ask, test_early_only_answered);
  wire_add ("/takeover/given-away", NULL, test_given_away);
  wire_add ("/takeover/in-reinvite", NULL, test_in_reinvite);
  wire_add ("/takeover/second-target", hold_by_itself, test_second_target);
  wire_add ("/takeover/target-refers", NULL, test_target_refers);
  return g_test_run ();
}
