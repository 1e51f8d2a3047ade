/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Offers of both sides that cross each other, and what is asked for in the turn in which a call ends. */
#include "wire.h"

/* A re-INVITE that is taken back is no end of the call (RFC 3261 §14.2): it can be held, asked and ended after it. */
static void
test_cancelled_reinvite (Wire *wire, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonTestDialog *alice;
  BatonCall *call;

  baton_test_peer_set_tcp (wire->alice, TRUE);
  call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  baton_test_dialog_append (alice, text, "INVITE", NULL, sdp);
  baton_test_dialog_append (alice, text, "CANCEL", NULL, NULL);
  baton_test_dialog_send_text (alice, text);
  baton_test_dialog_expect (alice, "200 CANCEL", 3000);
  baton_test_dialog_expect (alice, "487 INVITE", 3000);
  baton_test_settle (20);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  baton_call_hold_async (call, NULL, NULL);
  baton_test_dialog_expect_reinvite (alice, "sendonly", 3000);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_LOCAL, 3000);
  baton_test_dialog_send (alice, "INVITE", NULL, sdp);
  baton_test_dialog_expect (alice, "200 INVITE", 3000);
  baton_test_dialog_bye (alice);
  baton_test_wait_call (call, ENDED);
}

/* Alice called; from now on she acknowledges nothing by herself. */
static BatonCall *
take_without_ack (Wire *wire, BatonTestDialog **alice)
{
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, alice);

  (*alice)->auto_ack = FALSE;
  baton_test_settle (20);
  return call;
}

/* Ours is about to go out when theirs comes: theirs gets its answer and its ACK first (RFC 3261 §14.1). */
static void
test_same_turn (Wire *wire, gconstpointer data)
{
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonTestDialog *alice;
  BatonCall *call = take_without_ack (wire, &alice);

  baton_test_dialog_send (alice, "INVITE", NULL, sdp);
  baton_call_hold_async (call, NULL, NULL);
  baton_test_dialog_expect (alice, "200 INVITE", 3000);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (alice, "INVITE"), ==, 0);
  baton_test_dialog_send (alice, "ACK", NULL, NULL);
  baton_test_dialog_expect_reinvite (alice, "sendonly", 3000);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_LOCAL, 3000);
}

/* An UPDATE before the ACK is answered; ours waits for the ACK all the same. */
static void
test_update_before_ack (Wire *wire, gconstpointer data)
{
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonTestDialog *alice;
  BatonCall *call = take_without_ack (wire, &alice);

  baton_test_dialog_send (alice, "INVITE", NULL, sdp);
  baton_test_dialog_expect (alice, "200 INVITE", 3000);
  baton_call_hold_async (call, NULL, NULL);
  baton_test_dialog_send (alice, "UPDATE", NULL, sdp);
  baton_test_dialog_expect (alice, "200 UPDATE", 3000);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (alice, "INVITE"), ==, 0);
  baton_test_dialog_send (alice, "ACK", NULL, NULL);
  baton_test_dialog_expect_reinvite (alice, "sendonly", 3000);
}

/* Our offer is out: an UPDATE with theirs gets 491 (RFC 3311 §5.2), and the answer to ours counts. */
static void
test_update_glare (Wire *wire, gconstpointer data)
{
  g_autofree char *sdp = baton_test_sdp ("sendrecv"), *answer = NULL;
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->bob, NULL, &bob);
  BatonTestMessage *hold;

  baton_test_peer_set_auto (wire->bob, "INVITE", 0);
  baton_call_hold_async (call, NULL, NULL);
  hold = baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  baton_test_dialog_send (bob, "UPDATE", NULL, sdp);
  baton_test_dialog_expect (bob, "491 UPDATE", 3000);
  answer = baton_test_sdp_answer (hold->body);
  baton_test_peer_reply (wire->bob, hold, 200, NULL, NULL, answer);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_LOCAL, 3000);
  baton_test_dialog_send (bob, "UPDATE", NULL, sdp);
  baton_test_dialog_expect (bob, "200 UPDATE", 3000);
}

/* Our 2xx had the offer: an UPDATE with theirs before the ACK gets 491, and the ACK's answer brings the sound. */
static void
test_update_before_answer (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonCall *call;

  bob->auto_ack = FALSE;
  call = baton_test_phone_answer (wire->phone, bob, NULL);
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  baton_test_dialog_send (bob, "UPDATE", NULL, sdp);
  baton_test_dialog_expect (bob, "491 UPDATE", 3000);
  baton_test_dialog_send (bob, "ACK", NULL, sdp);
  baton_test_wait (baton_media_get_state (baton_call_get_media (call)) == BATON_MEDIA_STATE_STARTED, 3000);
  baton_test_dialog_bye (bob);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (baton_call_resume_finish (BATON_CALL (source), result, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  (*(guint *) data)++;
}

static void
on_ended (BatonCall *call, GParamSpec *pspec, guint *done)
{
  if (baton_call_get_state (call) == BATON_CALL_STATE_ENDED)
    baton_call_resume_async (call, on_done, done);
}

/* Who asks for something as the call ends is told so. */
static void
test_asked_at_the_end (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->bob, NULL, &bob);
  guint done = 0;

  baton_test_peer_set_auto (wire->bob, "INVITE", 0);
  baton_call_hold_async (call, NULL, NULL);
  baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  g_signal_connect (call, "notify::state", G_CALLBACK (on_ended), &done);
  baton_test_dialog_bye (bob);
  baton_test_wait_call (call, ENDED);
  baton_test_wait (done == 1, 3000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/crossing/cancelled-reinvite", NULL, test_cancelled_reinvite);
  wire_add ("/crossing/same-turn", NULL, test_same_turn);
  wire_add ("/crossing/update-before-ack", NULL, test_update_before_ack);
  wire_add ("/crossing/update-glare", NULL, test_update_glare);
  wire_add ("/crossing/update-before-answer", NULL, test_update_before_answer);
  wire_add ("/crossing/asked-at-the-end", NULL, test_asked_at_the_end);
  return g_test_run ();
}
