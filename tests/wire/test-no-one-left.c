/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers that cross each other, or their own end: nobody stays on hold, or in a call, for one that is over. */
#include "wire.h"

#define DAVE "sip:dave@192.0.2.8"
#define ERIN "sip:erin@192.0.2.9"

static void
set_grace (BatonEngineOptions *options)
{
  options->grace_ms = 1000;
}

static BatonTestMessage *
next_refer (BatonTestDialog *dialog)
{
  return baton_test_dialog_expect (dialog, "REFER", 3000);
}

static BatonTransfer *
transfer_to (Wire *wire, BatonCall *call, const char *target)
{
  BatonTransfer *transfer = baton_engine_transfer (wire->phone->engine, call, target, NULL, NULL);

  g_assert_nonnull (transfer);
  return transfer;
}

static void
answer_offer (BatonTestPeer *peer, BatonTestMessage *offer)
{
  g_autofree char *answer = baton_test_sdp_answer (offer->body);

  baton_test_peer_reply (peer, offer, 200, NULL, NULL, answer);
  baton_test_peer_set_auto (peer, "INVITE", 200);
}

static gboolean
is_held (BatonCall *call)
{
  return baton_call_get_hold (call) == BATON_HOLD_LOCAL || baton_call_get_hold (call) == BATON_HOLD_BOTH;
}

static void
expect_back (BatonCall *call)
{
  baton_test_wait (!is_held (call), 3000);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
}

/* The first one fails while the next still waits to begin, and leaves the caller to it. */
static BatonTransfer *
fail_in_grace (Wire *wire, BatonTestDialog **bob, BatonCall **call)
{
  BatonTransfer *next;
  BatonTestMessage *refer;

  *call = baton_test_phone_call (wire->phone, wire->bob, bob);
  transfer_to (wire, *call, DAVE);
  baton_test_phone_advance (wire->phone, 1000);
  refer = next_refer (*bob);
  next = transfer_to (wire, *call, ERIN);
  baton_test_peer_reply (wire->bob, refer, 603, NULL, NULL, NULL);
  baton_test_settle (20);
  g_assert_true (is_held (*call));
  return next;
}

static void
test_grace (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call;
  BatonTransfer *next = fail_in_grace (wire, &bob, &call);

  baton_test_phone_advance (wire->phone, 1000);
  baton_test_peer_reply (wire->bob, next_refer (bob), 603, NULL, NULL, NULL);
  baton_test_wait_transfer (next, FAILED);
  expect_back (call);
}

static void
test_grace_undone (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call;
  BatonTransfer *next = fail_in_grace (wire, &bob, &call);

  g_assert_true (baton_transfer_undo (next, NULL));
  expect_back (call);
}

/* The first one's hold has no answer yet when it is taken back, and the next begun. */
static void
test_inherited_hold (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTransfer *first, *next;
  BatonTestMessage *hold;

  baton_test_peer_set_auto (wire->bob, "INVITE", 0);
  first = transfer_to (wire, call, DAVE);
  hold = baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  next = transfer_to (wire, call, ERIN);
  g_assert_true (baton_transfer_take_back (first, NULL));
  answer_offer (wire->bob, hold);
  baton_test_peer_reply (wire->bob, next_refer (bob), 603, NULL, NULL, NULL);
  baton_test_wait_transfer (next, FAILED);
  expect_back (call);
}

static void
take_back (BatonCall *call, GParamSpec *pspec, BatonTransfer *transfer)
{
  baton_transfer_take_back (transfer, NULL);
}

/* Taken back by whoever hears first that the caller is on hold */
static void
test_taken_back_as_it_holds (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTransfer *transfer = transfer_to (wire, call, DAVE);

  g_signal_connect (call, "notify::hold", G_CALLBACK (take_back), transfer);
  baton_test_wait_transfer (transfer, TAKEN_BACK);
  g_signal_handlers_disconnect_by_data (call, transfer);
  baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  baton_test_dialog_expect_reinvite (bob, "sendrecv", 3000);
  expect_back (call);
}

/* Who was asked is gone before the caller's hold has its answer. */
static void
test_consultation_over (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob), *asked;
  BatonTestMessage *hold;

  baton_test_peer_set_auto (wire->bob, "INVITE", 0);
  asked = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                    baton_test_peer_get_uri (wire->carol), call, NULL);
  hold = baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  baton_call_hangup (asked, NULL);
  baton_test_settle (10);
  answer_offer (wire->bob, hold);
  baton_test_dialog_expect_reinvite (bob, "sendrecv", 3000);
  expect_back (call);
}

/* Carol got the REFER, and neither she nor Bob says how it went: whoever is still there comes back. */
static void
protect (Wire *wire, gboolean bob_leaves)
{
  BatonTestDialog *bob, *carol;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonCall *target = baton_test_phone_call (wire->phone, wire->carol, &carol);
  BatonReferOptions options = { .protect_target = TRUE };
  BatonTransfer *transfer = baton_engine_transfer_attended (wire->phone->engine, call, target, &options, NULL);

  wire_accept_refer (carol, next_refer (carol));
  baton_test_dialog_bye (bob_leaves ? bob : carol);
  baton_test_wait_call (bob_leaves ? call : target, ENDED);
  baton_test_phone_advance (wire->phone, 10000);
  baton_test_wait_transfer (transfer, HANDED_OVER);
  expect_back (bob_leaves ? target : call);
}

static void
test_protected_and_caller_left (Wire *wire, gconstpointer data)
{
  protect (wire, TRUE);
}

static void
test_protected_left (Wire *wire, gconstpointer data)
{
  protect (wire, FALSE);
}

/* NOTIFYs that say nothing, and a subscription that is renewed each time: the caller doesn't wait for ever. */
static void
test_empty_notifies (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTransfer *transfer;
  BatonTestMessage *refer = wire_transfer (wire, call, bob, DAVE, NULL, &transfer);

  baton_test_peer_reply (wire->bob, refer, 202, "Accepted", NULL, NULL);
  baton_test_dialog_send (bob, "NOTIFY", "Event: refer\nSubscription-State: active;expires=60\n", NULL);
  baton_test_settle (10);
  baton_test_phone_advance (wire->phone, 50000);
  baton_test_peer_reply (wire->bob, baton_test_dialog_expect (bob, "SUBSCRIBE", 3000), 200, NULL, "Expires: 60\n", NULL);
  baton_test_settle (10);
  g_assert_cmpint (baton_transfer_get_state (transfer), ==, BATON_TRANSFER_STATE_AGREED);
  baton_test_phone_advance (wire->phone, 13000);
  baton_test_wait_transfer (transfer, FAILED);
  expect_back (call);
}

/* Bob hangs up before he says that Carol took it; she leaves her call with us to us. */
static void
test_bye_then_final (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob, *carol;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonCall *target = baton_test_phone_call (wire->phone, wire->carol, &carol);
  BatonTransfer *transfer = baton_engine_transfer_attended (wire->phone->engine, call, target, NULL, NULL);

  wire_accept_refer (bob, next_refer (bob));
  baton_test_dialog_bye (bob);
  baton_test_dialog_send (bob, "NOTIFY", "Event: refer\nSubscription-State: terminated;reason=noresource\n"
                                         "Content-Type: message/sipfrag\n", "SIP/2.0 200 OK\r\n");
  baton_test_wait_transfer (transfer, TRANSFERRED);
  baton_test_phone_advance (wire->phone, 10000);
  baton_test_dialog_expect (carol, "BYE", 3000);
  baton_test_wait_call (target, ENDED);
}

/* The REFER that was taken back is asked for a password: it isn't sent again. */
static void
test_challenged_when_taken_back (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTransfer *transfer;
  BatonTestMessage *refer;

  g_object_set (baton_account_get_identity (wire->phone->account), "auth-user", "baton", "password", "secret", NULL);
  refer = wire_transfer (wire, call, bob, DAVE, NULL, &transfer);
  baton_transfer_take_back (transfer, NULL);
  baton_test_peer_reply (wire->bob, refer, 401, NULL, "WWW-Authenticate: Digest realm=\"x\", nonce=\"y\", algorithm=MD5\n", NULL);
  baton_test_settle (40);
  g_assert_cmpuint (baton_test_dialog_count (bob, "REFER"), ==, 1);
  expect_back (call);
}

static void
hang_up (BatonTransfer *transfer, GParamSpec *pspec, BatonCall *call)
{
  if (baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED)
    baton_call_hangup (call, NULL);
}

static void
on_ended (BatonTransfer *transfer, guint *ended)
{
  (*ended)++;
}

/* Whoever hears of the REFER hangs up before it is sent. */
static void
test_hung_up_before_refer (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTransfer *transfer = transfer_to (wire, call, DAVE);
  guint ended = 0;

  g_signal_connect (transfer, "notify::context", G_CALLBACK (hang_up), call);
  g_signal_connect (transfer, "ended", G_CALLBACK (on_ended), &ended);
  baton_test_wait_call (call, ENDED);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (bob, "REFER"), ==, 0);
  g_assert_cmpuint (ended, ==, 1);
}

/* ---- Those who ask us ---- */

static void
say_yes (BatonTransfer *transfer, GParamSpec *pspec, gpointer data)
{
  if (baton_transfer_get_state (transfer) == BATON_TRANSFER_STATE_FAILED)
    g_assert_false (baton_transfer_accept (transfer, NULL, NULL));
}

/* A yes to whoever hears of the no: it is answered already. */
static void
test_yes_after_no (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonTransfer *transfer;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  baton_test_dialog_sendf (alice, "REFER", "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  baton_test_wait (wire->phone->transfers->len == 1, 3000);
  transfer = baton_test_phone_get_transfer (wire->phone);
  g_signal_connect (transfer, "notify::state", G_CALLBACK (say_yes), NULL);
  g_assert_true (baton_transfer_decline (transfer, 0, NULL));
  baton_test_dialog_expect (alice, "603 REFER", 3000);
  baton_test_peer_expect_none (wire->carol, "INVITE", 30);
}

static BatonCall *
foreground (Wire *wire)
{
  return baton_call_manager_get_foreground (baton_engine_get_calls (wire->phone->engine));
}

/* Carol took Alice's call, and hangs up while the second that Alice asked for rings: Alice gave us away, and hears nothing. */
static void
test_given_away_twice (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob, *carol;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);

  baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  carol = baton_test_peer_take_invite (wire->carol);
  baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->bob));
  bob = baton_test_peer_take_invite (wire->bob);
  baton_test_dialog_reply (bob, 180, NULL, NULL);
  baton_test_dialog_answer (carol);
  baton_test_settle (20);
  baton_test_dialog_bye (carol);
  baton_test_settle (20);
  g_assert_true (foreground (wire) != call);
}

/* The same when the user has put away what the window says of it */
static void
test_given_away_and_dismissed (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);

  baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  carol = baton_test_peer_take_call (wire->carol);
  baton_test_wait_transfer (baton_test_phone_get_transfer (wire->phone), TRANSFERRED);
  baton_transfer_dismiss (baton_test_phone_get_transfer (wire->phone));
  baton_test_dialog_bye (carol);
  baton_test_settle (20);
  g_assert_true (foreground (wire) != call);
  baton_test_phone_advance (wire->phone, 10000);
  baton_test_wait_call (call, ENDED);
}

/* ---- The list ---- */

static void
end_other (BatonCall *call, GParamSpec *pspec, BatonCall *other)
{
  baton_call_hangup (other, NULL);
}

/* One of two that are merged ends, and whoever hears of it ends a third. */
static void
test_ends_within_end (Wire *wire, gconstpointer data)
{
  BatonCallManager *calls = baton_engine_get_calls (wire->phone->engine);
  BatonCall *a = baton_test_phone_call (wire->phone, wire->alice, NULL);
  BatonCall *b = baton_test_phone_call (wire->phone, wire->bob, NULL);
  BatonCall *c = baton_test_phone_call (wire->phone, wire->carol, NULL);

  g_assert_true (baton_call_manager_merge (calls, c, b, NULL));
  g_signal_connect (c, "notify::merged", G_CALLBACK (end_other), a);
  baton_call_hangup (c, NULL);
  baton_test_settle (10);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (calls)), ==, 1);
  g_assert_true (baton_call_manager_lookup (calls, baton_call_get_number (b)) == b);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/no-one-left/grace", set_grace, test_grace);
  wire_add ("/no-one-left/grace-undone", set_grace, test_grace_undone);
  wire_add ("/no-one-left/inherited-hold", NULL, test_inherited_hold);
  wire_add ("/no-one-left/taken-back-as-it-holds", NULL, test_taken_back_as_it_holds);
  wire_add ("/no-one-left/consultation-over", NULL, test_consultation_over);
  wire_add ("/no-one-left/protected-and-caller-left", NULL, test_protected_and_caller_left);
  wire_add ("/no-one-left/protected-left", NULL, test_protected_left);
  wire_add ("/no-one-left/empty-notifies", NULL, test_empty_notifies);
  wire_add ("/no-one-left/bye-then-final", NULL, test_bye_then_final);
  wire_add ("/no-one-left/challenged-when-taken-back", NULL, test_challenged_when_taken_back);
  wire_add ("/no-one-left/hung-up-before-refer", NULL, test_hung_up_before_refer);
  wire_add ("/no-one-left/yes-after-no", wire_ask, test_yes_after_no);
  wire_add ("/no-one-left/given-away-twice", NULL, test_given_away_twice);
  wire_add ("/no-one-left/given-away-and-dismissed", NULL, test_given_away_and_dismissed);
  wire_add ("/no-one-left/ends-within-end", NULL, test_ends_within_end);
  return g_test_run ();
}
