/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls whose sound is to be encrypted, and can't be, or not in the way that was offered first. */
#include "wire.h"

#define CRYPTO "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n"

static void
require_srtp (BatonEngineOptions *options)
{
  options->srtp = BATON_SRTP_MODE_REQUIRED;
}

static void
turn_srtp_off (BatonEngineOptions *options)
{
  options->srtp = BATON_SRTP_MODE_OFF;
}

static BatonCall *
dial (Wire *wire, BatonTestDialog **bob)
{
  GError *error = NULL;
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                              baton_test_peer_get_uri (wire->bob), NULL, &error);

  g_assert_no_error (error);
  *bob = baton_test_peer_take_invite (wire->bob);
  return call;
}

static char *
secure_sdp (void)
{
  g_autofree char *plain = baton_test_sdp ("sendrecv");

  return g_strconcat (plain, CRYPTO, NULL);
}

static void
assert_header (BatonTestMessage *message, const char *name, const char *value)
{
  g_assert_cmpstr (baton_test_message_get (message, name), ==, value);
}

/* @own: whether the reason is a sentence of ours; what the other phone sends never is, whatever its status and words are */
static void
assert_refused (BatonCall *call, gboolean own)
{
  gboolean found;

  g_object_get (call, "own-reason", &found, NULL);
  g_assert_cmpuint (baton_call_get_status (call), ==, 488);
  g_assert_cmpint (found, ==, own);
}

/* What is offered can't be answered: 488 says why, and nothing has rung. */
static void
expect_refused (Wire *wire, const char *sdp, const char *warning, const char *words)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  BatonCall *call;

  baton_test_dialog_send (bob, "INVITE", NULL, sdp);
  assert_header (baton_test_dialog_expect (bob, "488 INVITE", 3000), "Warning", warning);
  g_assert_cmpuint (baton_test_dialog_count (bob, "180 INVITE"), ==, 0);
  call = baton_test_phone_get_call (wire->phone);
  baton_test_wait_call (call, ENDED);
  assert_refused (call, TRUE);
  g_assert_cmpstr (baton_call_get_reason (call), ==, words);
}

static void
test_refused (Wire *wire, gconstpointer data)
{
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  expect_refused (wire, sdp, "302 baton \"Encrypted sound (SRTP) is required here\"", BATON_TEST_MEDIA_INSECURE);
}

static void
test_no_codec (Wire *wire, gconstpointer data)
{
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  wire->phone->factory->refuse_next = TRUE;
  expect_refused (wire, sdp, "305 baton \"No codec in common\"", "The other side has no codec that this phone knows.");
}

static void
test_accepted (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  g_autofree char *sdp = secure_sdp ();

  baton_test_dialog_send (bob, "INVITE", NULL, sdp);
  baton_test_dialog_expect (bob, "180 INVITE", 3000);
}

static void
on_message (BatonCall *call, const char *text, GString *messages)
{
  g_string_append (messages, text);
}

/* Bob answers without encryption: he gets ACK and BYE, and the user is told why. */
static void
test_plain_answer (Wire *wire, gconstpointer data)
{
  g_autoptr (GString) messages = g_string_new (NULL);
  BatonTestDialog *bob;
  BatonCall *call = dial (wire, &bob);

  g_signal_connect (call, "message", G_CALLBACK (on_message), messages);
  baton_test_dialog_answer (bob);
  assert_header (baton_test_dialog_expect (bob, "BYE", 3000), "Reason", "SIP;cause=488;text=\"Not Acceptable Here\"");
  baton_test_wait_call (call, ENDED);
  assert_refused (call, TRUE);
  g_assert_cmpstr (baton_call_get_reason (call), ==, BATON_TEST_MEDIA_INSECURE);
  g_assert_cmpstr (messages->str, ==, BATON_TEST_MEDIA_INSECURE);
}

/* The same where the offer is in our 200, and the answer in the ACK. */
static void
test_plain_ack (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  BatonCall *call;

  bob->ack_body = baton_test_sdp ("sendrecv");
  call = baton_test_phone_answer (wire->phone, bob, NULL);
  baton_test_dialog_expect (bob, "BYE", 3000);
  baton_test_wait_call (call, ENDED);
  g_assert_cmpstr (baton_call_get_reason (call), ==, BATON_TEST_MEDIA_INSECURE);
}

/* Early sound without encryption is not heard; who answers with it is. */
static void
test_plain_early (Wire *wire, gconstpointer data)
{
  g_autofree char *plain = baton_test_sdp ("sendrecv"), *secure = secure_sdp ();
  BatonTestDialog *bob;
  BatonCall *call = dial (wire, &bob);

  baton_test_dialog_reply (bob, 183, NULL, plain);
  baton_test_wait_call (call, EARLY);
  g_assert_cmpint (baton_media_get_state (baton_call_get_media (call)), ==, BATON_MEDIA_STATE_IDLE);
  baton_test_dialog_reply (bob, 200, NULL, secure);
  baton_test_wait_call (call, ESTABLISHED);
  g_assert_cmpint (baton_media_get_state (baton_call_get_media (call)), ==, BATON_MEDIA_STATE_STARTED);
}

/* Refused as it is, taken otherwise: one call all the while, two dialogs. */
static void
test_other_offer (Wire *wire, gconstpointer data)
{
  BatonTestDialog *first, *second;
  BatonCall *call;

  wire->phone->factory->other_offers = 1;
  call = dial (wire, &first);
  baton_test_dialog_reply (first, 488, NULL, NULL);
  baton_test_dialog_expect (first, "ACK", 3000);
  second = baton_test_peer_take_invite (wire->bob);
  g_assert_cmpstr (first->call_id, !=, second->call_id);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_CALLING);
  baton_test_dialog_reply (second, 180, NULL, NULL);
  baton_test_wait_call (call, RINGING);
  baton_test_dialog_answer (second);
  baton_test_wait_call (call, ESTABLISHED);
  g_assert_cmpstr (baton_session_get_call_id (baton_call_get_session (call)), ==, second->call_id);
  g_assert_cmpuint (wire->phone->calls->len, ==, 1);
  baton_test_dialog_bye (second);
  baton_test_wait_call (call, ENDED);
}

static void
test_other_offer_refused (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call;

  wire->phone->factory->other_offers = 2;
  call = dial (wire, &bob);
  for (guint i = 0; i < 3; i++)
    {
      baton_test_dialog_reply (bob, 488, NULL, NULL);
      baton_test_dialog_expect (bob, "ACK", 3000);
      if (i < 2)
        bob = baton_test_peer_take_invite (wire->bob);
    }
  baton_test_wait_call (call, ENDED);
  assert_refused (call, FALSE);
  baton_test_peer_expect_none (wire->bob, "INVITE", 30);
}

/* Another refusal has nothing to do with the offer. */
static void
test_no_other_offer (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call;

  wire->phone->factory->other_offers = 1;
  call = dial (wire, &bob);
  baton_test_dialog_reply (bob, 486, NULL, NULL);
  baton_test_wait_call (call, ENDED);
  baton_test_peer_expect_none (wire->bob, "INVITE", 30);
}

static void
test_other_offer_cancelled (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call;

  wire->phone->factory->other_offers = 1;
  call = dial (wire, &bob);
  baton_test_dialog_reply (bob, 180, NULL, NULL);
  baton_test_wait_call (call, RINGING);
  baton_test_dialog_reply (bob, 488, NULL, NULL);
  bob = baton_test_peer_take_invite (wire->bob);
  baton_test_dialog_reply (bob, 180, NULL, NULL);
  baton_test_settle (20);
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_expect (bob, "CANCEL", 3000);
  baton_test_dialog_expect (bob, "ACK", 3000);
  baton_test_wait_call (call, ENDED);
}

/* Carol refuses the first offer of a transfer: Alice hears of the second alone, which says who sent us, too. */
static void
test_other_offer_referred (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;
  BatonTestMessage *response;

  wire->phone->factory->other_offers = 1;
  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  response = baton_test_dialog_refer (alice, "Refer-To: <%s>\nReferred-By: <sip:alice@example.org>\n",
                                      baton_test_peer_get_uri (wire->carol));
  g_assert_cmpuint (response->status, ==, 202);
  carol = baton_test_peer_take_invite (wire->carol);
  baton_test_dialog_reply (carol, 488, NULL, NULL);
  carol = baton_test_peer_take_invite (wire->carol);
  assert_header (carol->invite, "Referred-By", "<sip:alice@example.org>");
  baton_test_dialog_answer (carol);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  g_assert_cmpuint (baton_test_dialog_count (alice, "BYE"), ==, 0);
  g_assert_cmpuint (wire->phone->calls->len, ==, 2);
}

/* The keys were agreed on and never came: the call ends, and both are told why. */
static void
test_unprotected (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = dial (wire, &bob);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  baton_test_dialog_reply (bob, 183, NULL, sdp);
  baton_test_wait_call (call, EARLY);
  g_signal_emit_by_name (baton_call_get_media (call), "unprotected", "No keys.");
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_EARLY); /* another one may answer */
  baton_test_dialog_answer (bob);
  baton_test_wait_call (call, ESTABLISHED);
  baton_test_phone_hold (wire->phone, call, TRUE);
  g_signal_emit_by_name (baton_call_get_media (call), "unprotected", "No keys.");
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  baton_test_phone_hold (wire->phone, call, FALSE);
  g_signal_emit_by_name (baton_call_get_media (call), "unprotected", "No keys.");
  assert_header (baton_test_dialog_expect (bob, "BYE", 3000), "Reason",
                 "SIP;cause=488;text=\"The sound could not be encrypted\"");
  baton_test_wait_call (call, ENDED);
  g_assert_cmpstr (baton_call_get_reason (call), ==, "No keys.");
}

/* Two phones ring with early sound of their own; who answers says nothing new: what it said counts, not who spoke last. */
static void
test_forked_answer (Wire *wire, gconstpointer data)
{
  g_autofree char *first = baton_test_sdp ("sendrecv"), *second = g_strconcat (first, "a=x-second\r\n", NULL);
  BatonTestDialog *bob;
  BatonCall *call = dial (wire, &bob);
  BatonTestMedia *media = BATON_TEST_MEDIA (baton_call_get_media (call));
  g_autofree char *to = g_strdup_printf ("To: %s;tag=other\n", baton_test_message_get (bob->invite, "To"));

  baton_test_dialog_reply (bob, 183, NULL, first);
  baton_test_wait (g_strcmp0 (media->last_answer, first) == 0, 3000);
  baton_test_dialog_reply (bob, 183, to, second);
  baton_test_wait (g_strcmp0 (media->last_answer, second) == 0, 3000);
  baton_test_dialog_reply (bob, 200, NULL, NULL);
  baton_test_wait_call (call, ESTABLISHED);
  g_assert_cmpstr (media->last_answer, ==, first);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/secure-calls/refused", require_srtp, test_refused);
  wire_add ("/secure-calls/no-codec", turn_srtp_off, test_no_codec);
  wire_add ("/secure-calls/accepted", require_srtp, test_accepted);
  wire_add ("/secure-calls/plain-answer", require_srtp, test_plain_answer);
  wire_add ("/secure-calls/plain-ack", require_srtp, test_plain_ack);
  wire_add ("/secure-calls/plain-early", require_srtp, test_plain_early);
  wire_add ("/secure-calls/other-offer", NULL, test_other_offer);
  wire_add ("/secure-calls/other-offer-refused", NULL, test_other_offer_refused);
  wire_add ("/secure-calls/no-other-offer", NULL, test_no_other_offer);
  wire_add ("/secure-calls/other-offer-cancelled", NULL, test_other_offer_cancelled);
  wire_add ("/secure-calls/other-offer-referred", NULL, test_other_offer_referred);
  wire_add ("/secure-calls/unprotected", NULL, test_unprotected);
  wire_add ("/secure-calls/forked-answer", NULL, test_forked_answer);
  return g_test_run ();
}
