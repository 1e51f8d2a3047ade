/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls without any transfer, good peers and bad ones. */
#include "wire.h"

static BatonCall *
dial (Wire *wire, BatonTestPeer *peer)
{
  GError *error = NULL;
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                              baton_test_peer_get_uri (peer), NULL, &error);

  g_assert_no_error (error);
  return call;
}

static void
test_outgoing (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = dial (wire, wire->bob);

  bob = baton_test_peer_take_invite (wire->bob);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_CALLING);
  baton_test_dialog_reply (bob, 180, NULL, NULL);
  baton_test_wait_call (call, RINGING);
  baton_test_dialog_answer (bob);
  baton_test_wait_call (call, ESTABLISHED);
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_expect (bob, "BYE", 3000);
  baton_test_wait_call (call, ENDED);
}

static void
test_incoming (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->bob, NULL, &bob);

  g_assert_cmpuint (baton_test_dialog_count (bob, "180 INVITE"), ==, 1);
  g_assert_cmpstr (baton_call_get_remote_uri (call), ==, baton_test_peer_get_uri (wire->bob));
  baton_test_dialog_bye (bob);
  baton_test_wait_call (call, ENDED);
}

static void
test_early_media (Wire *wire, gconstpointer data)
{
  BatonCall *call = dial (wire, wire->bob);
  BatonTestDialog *bob = baton_test_peer_take_invite (wire->bob);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  baton_test_dialog_reply (bob, 183, NULL, sdp);
  baton_test_wait_call (call, EARLY);
  baton_test_dialog_answer (bob);
  baton_test_wait_call (call, ESTABLISHED);
}

static void
test_refused (Wire *wire, gconstpointer data)
{
  BatonCall *call = dial (wire, wire->bob);
  BatonTestDialog *bob = baton_test_peer_take_invite (wire->bob);

  baton_test_peer_reply (wire->bob, bob->invite, 486, "Busy Here", NULL, NULL);
  baton_test_dialog_expect (bob, "ACK", 3000);
  baton_test_wait_call (call, ENDED);
  g_assert_cmpuint (baton_call_get_status (call), ==, 486);
  g_assert_cmpstr (baton_call_get_reason (call), ==, "Busy Here");
}

/* Hung up while it rings: CANCEL, and the 487 gets its ACK. */
static void
test_cancel (Wire *wire, gconstpointer data)
{
  BatonCall *call = dial (wire, wire->bob);
  BatonTestDialog *bob = baton_test_peer_take_invite (wire->bob);

  baton_test_dialog_reply (bob, 180, NULL, NULL);
  baton_test_wait_call (call, RINGING);
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_expect (bob, "CANCEL", 3000);
  baton_test_dialog_expect (bob, "ACK", 3000);
  baton_test_wait_call (call, ENDED);
  g_assert_cmpuint (baton_test_dialog_count (bob, "BYE"), ==, 0);
}

/* Hung up before there was any response: no CANCEL until one came (RFC 3261 §9.1). */
static void
test_cancel_early (Wire *wire, gconstpointer data)
{
  BatonCall *call = dial (wire, wire->bob);
  BatonTestDialog *bob = baton_test_peer_take_invite (wire->bob);

  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_settle (30);
  g_assert_cmpuint (baton_test_dialog_count (bob, "CANCEL"), ==, 0);
  baton_test_dialog_reply (bob, 180, NULL, NULL);
  baton_test_dialog_expect (bob, "CANCEL", 3000);
  baton_test_wait_call (call, ENDED);
}

/* CANCEL and 200 cross: the call that nobody wants any more gets ACK and BYE. */
static void
test_cancel_crosses_200 (Wire *wire, gconstpointer data)
{
  BatonCall *call = dial (wire, wire->bob);
  BatonTestDialog *bob = baton_test_peer_take_invite (wire->bob);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  baton_test_peer_set_auto (wire->bob, "CANCEL", 0);
  baton_test_dialog_reply (bob, 180, NULL, NULL);
  baton_test_wait_call (call, RINGING);
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_reply (bob, 200, NULL, sdp);
  baton_test_peer_reply (wire->bob, baton_test_dialog_expect (bob, "CANCEL", 3000), 200, NULL, NULL, NULL);
  baton_test_dialog_expect (bob, "ACK", 3000);
  baton_test_dialog_expect (bob, "BYE", 3000);
  baton_test_wait_call (call, ENDED);
}

static void
test_cancelled (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonCall *call;

  baton_test_dialog_send (bob, "INVITE", NULL, sdp);
  baton_test_dialog_expect (bob, "180 INVITE", 3000);
  call = baton_test_phone_get_call (wire->phone);
  baton_test_dialog_send (bob, "CANCEL", NULL, NULL);
  baton_test_dialog_expect (bob, "200 CANCEL", 3000);
  baton_test_dialog_expect (bob, "487 INVITE", 3000);
  baton_test_wait_call (call, ENDED);
}

static void
test_declined (Wire *wire, gconstpointer data)
{
  const guint statuses[] = { 0, 486, 480 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
      g_autofree char *sdp = baton_test_sdp ("sendrecv");
      g_autofree char *expected = g_strdup_printf ("%u INVITE", statuses[i] ? statuses[i] : 603);

      baton_test_dialog_send (bob, "INVITE", NULL, sdp);
      baton_test_dialog_expect (bob, "180 INVITE", 3000);
      g_assert_true (baton_call_decline (baton_test_phone_get_call (wire->phone), statuses[i], NULL));
      baton_test_dialog_expect (bob, expected, 3000);
      baton_test_wait_call (baton_test_phone_get_call (wire->phone), ENDED);
    }
}

static void
test_redirect (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv"), *contact = NULL;

  baton_test_dialog_send (bob, "INVITE", NULL, sdp);
  baton_test_dialog_expect (bob, "180 INVITE", 3000);
  g_assert_true (baton_call_redirect (baton_test_phone_get_call (wire->phone), "sip:carol@192.0.2.7", NULL));
  contact = baton_test_message_dup_uri (baton_test_dialog_expect (bob, "302 INVITE", 3000), "Contact");
  g_assert_cmpstr (contact, ==, "sip:carol@192.0.2.7");
}

/* ---- Hold ---- */

static void
test_hold (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);

  baton_test_phone_hold (wire->phone, call, TRUE);
  baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_LOCAL);
  baton_test_phone_hold (wire->phone, call, FALSE);
  baton_test_dialog_expect_reinvite (bob, "sendrecv", 3000);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_NONE);
}

static void
test_held (Wire *wire, gconstpointer data)
{
  static const struct
  {
    const char *direction, *answer;
    BatonHold hold;
  } rows[] = {
    { "sendonly", "recvonly", BATON_HOLD_REMOTE },
    { "sendrecv", "sendrecv", BATON_HOLD_NONE },
    { "inactive", "inactive", BATON_HOLD_REMOTE },
    { "sendrecv", "sendrecv", BATON_HOLD_NONE },
  };
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->bob, NULL, &bob);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *sdp = baton_test_sdp (rows[i].direction);

      baton_test_dialog_send (bob, "INVITE", NULL, sdp);
      g_assert_cmpstr (baton_test_sdp_get_direction (baton_test_dialog_expect (bob, "200 INVITE", 3000)->body), ==,
                       rows[i].answer);
      baton_test_wait (baton_call_get_hold (call) == rows[i].hold, 3000);
    }
}

/* RFC 2543's way to hold, still in use */
static void
test_held_by_zero_address (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->bob, NULL, &bob);

  baton_test_dialog_send (bob, "INVITE", NULL,
                          "v=0\r\no=- 4711 900 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
                                               "m=audio 9 RTP/AVP 0\r\n");
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_REMOTE, 3000);
}

/* Both ask at once: 491, and after its wait Baton asks again (RFC 3261 §14.1). */
static void
test_glare (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTestMessage *hold;

  baton_test_peer_set_auto (wire->bob, "INVITE", 0);
  baton_call_hold_async (call, NULL, NULL);
  hold = baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  baton_test_peer_reply (wire->bob, hold, 491, NULL, NULL, NULL);
  baton_test_dialog_expect (bob, "ACK", 3000);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (bob, "INVITE"), ==, 2);
  baton_test_peer_set_auto (wire->bob, "INVITE", 200);
  baton_test_phone_advance (wire->phone, 4100);
  baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_LOCAL, 3000);
}

/* Their re-INVITE comes while ours waits for its answer: 491 to it, and ours stands. */
static void
test_glare_of_theirs (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  g_autofree char *sdp = baton_test_sdp ("sendonly"), *answer = NULL;
  BatonTestMessage *hold;

  baton_test_peer_set_auto (wire->bob, "INVITE", 0);
  baton_call_hold_async (call, NULL, NULL);
  hold = baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  baton_test_dialog_send (bob, "INVITE", NULL, sdp);
  baton_test_dialog_expect (bob, "491 INVITE", 3000);
  answer = baton_test_sdp_answer (hold->body);
  baton_test_peer_reply (wire->bob, hold, 200, NULL, NULL, answer);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_LOCAL, 3000);
}

/* An INVITE of theirs is under way until its ACK, and ours comes after it (RFC 3261 §14.1). */
static void
test_offer_after_ack (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  BatonCall *call;
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  bob->auto_ack = FALSE;
  call = baton_test_phone_answer (wire->phone, bob, sdp);
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  baton_test_wait_call (call, ESTABLISHED);
  baton_call_hold_async (call, NULL, NULL);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (bob, "INVITE"), ==, 0);
  baton_test_dialog_send (bob, "ACK", NULL, NULL);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_LOCAL, 3000);

  baton_test_dialog_send (bob, "INVITE", NULL, sdp);
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  baton_call_resume_async (call, NULL, NULL);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (bob, "INVITE"), ==, 1);
  baton_test_dialog_send (bob, "ACK", NULL, NULL);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_NONE, 3000);
}

/* ---- Offers ---- */

static void
test_offerless (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  BatonTestMessage *answer;
  BatonCall *call;

  bob->auto_ack = FALSE;
  call = baton_test_phone_answer (wire->phone, bob, NULL);
  answer = baton_test_dialog_expect (bob, "200 INVITE", 3000);
  g_assert_nonnull (strstr (answer->body, "m=audio"));
  {
    g_autofree char *sdp = baton_test_sdp_answer (answer->body);

    baton_test_dialog_send (bob, "ACK", NULL, sdp);
  }
  baton_test_wait_call (call, ESTABLISHED);
  baton_test_wait (baton_media_get_state (baton_call_get_media (call)) == BATON_MEDIA_STATE_STARTED, 3000);
}

static void
test_offerless_reinvite (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->bob, NULL, &bob);
  BatonTestMessage *answer;

  bob->auto_ack = FALSE;
  baton_test_dialog_send (bob, "INVITE", NULL, NULL);
  do
    answer = baton_test_dialog_expect (bob, "200 INVITE", 3000);
  while (answer->cseq != bob->invite_cseq);
  g_assert_nonnull (strstr (answer->body, "m=audio"));
  bob->ack_body = baton_test_sdp ("sendonly");
  baton_test_dialog_send (bob, "ACK", NULL, bob->ack_body);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_REMOTE, 3000);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
}

static void
test_no_common_codec (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  BatonCall *call;

  baton_test_dialog_send (bob, "INVITE", NULL,
                          "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                                               "m=audio 9 RTP/AVP 96\r\na=rtpmap:96 X-SECRET/8000\r\n");
  baton_test_wait (wire->phone->calls->len > 0 || baton_test_dialog_count (bob, "488 INVITE") > 0, 3000);
  if (wire->phone->calls->len > 0)
    {
      call = baton_test_phone_get_call (wire->phone);
      baton_call_answer (call, NULL);
      baton_test_dialog_expect (bob, "488 INVITE", 3000);
      baton_test_wait_call (call, ENDED);
    }
}

/* A new offer that can't be taken: 488, and the call is as it was. */
static void
test_bad_reoffer (Wire *wire, gconstpointer data)
{
  const char *const offers[] = { "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 96\r\n",
                                 "garbage\r\n", "v=0" };
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->bob, NULL, &bob);

  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      BatonTestMessage *answer;

      baton_test_dialog_send (bob, "INVITE", NULL, offers[i]);
      do
        answer = baton_test_dialog_expect (bob, "xxx INVITE", 3000);
      while (answer->cseq != bob->invite_cseq || answer->status < 200);
      g_assert_true (answer->status == 488 || answer->status == 400);
      baton_test_settle (5);
      g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
      g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_NONE);
    }
  baton_test_dialog_bye (bob);
}

static void
test_update (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->bob, NULL, &bob);
  g_autofree char *sdp = baton_test_sdp ("sendonly");
  BatonTestMessage *answer;

  baton_test_dialog_send (bob, "UPDATE", NULL, sdp);
  answer = baton_test_dialog_expect (bob, "200 UPDATE", 3000);
  g_assert_cmpstr (baton_test_sdp_get_direction (answer->body), ==, "recvonly");
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_REMOTE, 3000);
  baton_test_dialog_send (bob, "UPDATE", NULL, NULL); /* a session timer's */
  baton_test_dialog_expect (bob, "200 UPDATE", 3000);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_REMOTE);
}

/* ---- Requests beside calls ---- */

static void
test_options (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  BatonTestMessage *answer;

  baton_test_dialog_send (bob, "OPTIONS", NULL, NULL);
  answer = baton_test_dialog_expect (bob, "200 OPTIONS", 3000);
  g_assert_true (baton_test_message_has_token (answer, "Allow", "INVITE"));
  g_assert_true (baton_test_message_has_token (answer, "Allow", "BYE"));
}

static void
test_unknown_requests (Wire *wire, gconstpointer data)
{
  static const struct
  {
    const char *method, *headers;
    gboolean in_dialog;
    guint first, last;
  } rows[] = {
    { "TELEPORT", NULL, FALSE, 405, 501 },
    { "MESSAGE", "Content-Type: text/plain\n", FALSE, 405, 501 },
    { "SUBSCRIBE", "Event: presence\nExpires: 60\n", FALSE, 403, 501 },
    { "PUBLISH", "Event: presence\n", FALSE, 405, 501 },
    { "NOTIFY", "Event: refer\nSubscription-State: terminated\n", FALSE, 405, 501 },
    { "BYE", NULL, TRUE, 481, 481 },
    { "REFER", "Refer-To: <sip:a@b>\n", TRUE, 405, 481 },
    { "NOTIFY", "Event: refer\nSubscription-State: terminated\n", TRUE, 481, 481 },
    { "INVITE", NULL, TRUE, 481, 481 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
      BatonTestMessage *answer;
      g_autofree char *what = g_strdup_printf ("xxx %s", rows[i].method);

      g_test_message ("%s%s", rows[i].method, rows[i].in_dialog ? " in a dialog that is not" : "");
      if (rows[i].in_dialog)
        bob->remote_tag = g_strdup ("invented");
      baton_test_dialog_send (bob, rows[i].method, rows[i].headers, NULL);
      do
        answer = baton_test_dialog_expect (bob, what, 3000);
      while (answer->status < 200);
      if (answer->status < rows[i].first || answer->status > rows[i].last)
        baton_test_peer_fail (wire->bob, "%u to %s", answer->status, rows[i].method);
    }
  g_assert_cmpuint (wire->phone->calls->len, ==, 0);
}

static void
test_info_without_call (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);

  baton_test_dialog_send (bob, "INFO", "Content-Type: application/dtmf-relay\n", "Signal=1\r\nDuration=160\r\n");
  baton_test_dialog_expect (bob, "481 INFO", 3000);
  bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  bob->remote_tag = g_strdup ("invented");
  baton_test_dialog_send (bob, "INFO", NULL, NULL);
  baton_test_dialog_expect (bob, "481 INFO", 3000);
  g_assert_cmpuint (wire->phone->calls->len, ==, 0);
}

/* ---- Rubbish ---- */

static const char *const rubbish[] = {
  "", "\r\n\r\n", "\0\1\2\3", "hello\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "INVITE\r\n\r\n", "INVITE sip:baton SIP/2.0\r\n\r\n",
  "INVITE sip:baton@127.0.0.1 SIP/9.0\r\nVia: SIP/9.0/UDP x\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n", "SIP/2.0 999999999999 OK\r\nCSeq: 1 INVITE\r\n\r\n",
  "INVITE sip:baton@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\nContent-Length: 99999\r\n\r\n",
  "INVITE sip:baton@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK2\r\nContent-Length: -1\r\n\r\n",
  "INVITE sip:\xff\xfe@\x80 SIP/2.0\r\nVia: \xff\r\nFrom: \xff\r\nTo: \xff\r\nCall-ID: \xff\r\nCSeq: x\r\n\r\n",
  "REFER sip:baton@127.0.0.1 SIP/2.0\r\nRefer-To: <\r\n\r\n", "%s%s%s%n SIP/2.0\r\n\r\n", ":::::\r\n:::\r\n\r\n",
};

static void
test_garbage (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->bob, NULL, &bob);
  g_autoptr (GRand) rand = g_rand_new_with_seed (4711);
  char noise[1400];

  baton_test_peer_set_lenient (wire->alice, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (rubbish); i++)
    baton_test_peer_send_bytes (wire->alice, wire->phone->uri, rubbish[i], i == 2 ? 4 : strlen (rubbish[i]));
  for (guint i = 0; i < 300; i++)
    {
      gsize length = (gsize) g_rand_int_range (rand, 1, sizeof noise);

      for (gsize n = 0; n < length; n++)
        noise[n] = (char) g_rand_int_range (rand, 0, 256);
      baton_test_peer_send_bytes (wire->alice, wire->phone->uri, noise, length);
      if (i % 20 == 0)
        baton_test_drain ();
    }
  baton_test_settle (50);
  g_assert_cmpuint (wire->phone->calls->len, ==, 1);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  baton_test_dialog_bye (bob);
}

/* A real INVITE, cut and bent in every place: answered or not, but the next good call works. */
static void
test_broken_messages (Wire *wire, gconstpointer data)
{
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  g_autofree char *good = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (815);

  baton_test_peer_set_lenient (wire->alice, TRUE);
  good = g_strdup_printf ("INVITE %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bKgood\r\nMax-Forwards: 70\r\n"
                          "From: \"A\" <sip:alice@127.0.0.1>;tag=1\r\nTo: <%s>\r\nCall-ID: bent\r\nCSeq: 1 INVITE\r\n"
                          "Contact: <%s>\r\nContent-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
                          wire->phone->uri, baton_test_peer_get_host (wire->alice), wire->phone->uri,
                          baton_test_peer_get_uri (wire->alice), strlen (sdp), sdp);
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *bent = g_strdup (good);
      gsize length = strlen (bent);

      for (guint n = (guint) g_rand_int_range (rand, 1, 4); n > 0; n--)
        bent[g_rand_int_range (rand, 0, (gint32) length)] = (char) g_rand_int_range (rand, 0, 256);
      if (i % 3 == 0)
        length = (gsize) g_rand_int_range (rand, 1, (gint32) length);
      baton_test_peer_send_bytes (wire->alice, wire->phone->uri, bent, length);
      if (i % 10 == 0)
        baton_test_drain ();
    }
  baton_test_settle (50);
  baton_test_phone_take (wire->phone, wire->bob, NULL, NULL);
}

/* Bodies of several parts that are none: no description is found in them, and the next good call works. */
static void
test_broken_multipart (Wire *wire, gconstpointer data)
{
  static const struct
  {
    const char *type, *body;
    gsize length;
  } rows[] = {
    { "multipart/mixed;boundary=b", "--b\r\nContent-Type: application/sdp\r\n\0foo\r\n\r\nv=0\r\n--b--\r\n", 56 },
    { "multipart/mixed;boundary=b", "\0", 1 },
    { "multipart/mixed", "v=0\r\n", 5 },
    { "multipart/mixed;boundary=longerthanthebody", "--l", 3 },
    { "multipart/mixed;boundary=\"\"", "----", 4 },
  };

  baton_test_peer_set_lenient (wire->alice, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      g_string_printf (text, "INVITE %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bKparts%u\r\nMax-Forwards: 70\r\n"
                             "From: <sip:alice@127.0.0.1>;tag=1\r\nTo: <%s>\r\nCall-ID: parts%u\r\nCSeq: 1 INVITE\r\n"
                             "Contact: <%s>\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                       wire->phone->uri, baton_test_peer_get_host (wire->alice), i, wire->phone->uri, i,
                       baton_test_peer_get_uri (wire->alice), rows[i].type, rows[i].length);
      g_string_append_len (text, rows[i].body, (gssize) rows[i].length);
      baton_test_peer_send_bytes (wire->alice, wire->phone->uri, text->str, text->len);
      baton_test_settle (10);
    }
  baton_test_phone_take (wire->phone, wire->bob, NULL, NULL);
}

/* What we can't read and would have to is no call without an offer (RFC 3261 §8.2.3). */
static void
test_foreign_body (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  BatonTestMessage *answer;

  baton_test_dialog_send (bob, "INVITE", "Content-Type: application/isup\n", "x");
  answer = baton_test_dialog_expect (bob, "415 INVITE", 3000);
  g_assert_true (baton_test_message_has_token (answer, "Accept", "application/sdp"));
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 0);
  bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  baton_test_dialog_send (bob, "INVITE", "Content-Type: text/plain\nContent-Disposition: render;handling=optional\n", "x");
  baton_test_dialog_expect (bob, "180 INVITE", 3000);
}

/* The user answers Bob's call, and hangs up in the same moment. His ACK is still to come. */
static BatonTestDialog *
hang_up_at_once (Wire *wire)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonCall *call;

  bob->auto_ack = FALSE;
  call = baton_test_phone_answer (wire->phone, bob, sdp);
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_wait_call (call, ENDED);
  return bob;
}

/* The BYE waits until he knows that there was an answer (RFC 3261 §15). */
static void
test_bye_after_ack (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = hang_up_at_once (wire);

  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (bob, "BYE"), ==, 0);
  baton_test_dialog_send (bob, "ACK", NULL, NULL);
  baton_test_dialog_expect (bob, "BYE", 3000);
}

/* The ACK never comes: the BYE does, once. */
static void
test_bye_without_ack (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = hang_up_at_once (wire);

  baton_test_dialog_expect (bob, "BYE", 5000);
  baton_test_phone_advance (wire->phone, 80 * BATON_TEST_T1_MS);
  baton_test_settle (50);
  g_assert_cmpuint (baton_test_dialog_count (bob, "BYE"), ==, 1);
}

/* ---- Transports ---- */

static void
test_tcp_incoming (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call;

  baton_test_peer_set_tcp (wire->bob, TRUE);
  call = baton_test_phone_take (wire->phone, wire->bob, NULL, &bob);
  g_assert_cmpstr (baton_session_get_transport (baton_call_get_session (call)), ==, "tcp");
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_expect (bob, "BYE", 3000);
}

/* Whether the call is still there, and what we can (RFC 3261 §11); Replaces has a meaning in INVITE alone. */
static void
test_options_in_call (Wire *wire, gconstpointer data)
{
  static const char *const replaces = "Replaces: a;to-tag=1;from-tag=2\n";
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  BatonTestMessage *answer;

  baton_test_dialog_send (alice, "OPTIONS", NULL, NULL);
  answer = baton_test_dialog_expect (alice, "200 OPTIONS", 3000);
  g_assert_nonnull (strstr (baton_test_message_get (answer, "Allow"), "INVITE"));
  baton_test_dialog_send (alice, "OPTIONS", replaces, NULL);
  baton_test_dialog_expect (alice, "400 OPTIONS", 3000);
  baton_test_dialog_send (alice, "INFO", replaces, NULL);
  baton_test_dialog_expect (alice, "400 INFO", 3000);
  baton_test_dialog_send (alice, "UPDATE", replaces, NULL);
  baton_test_dialog_expect (alice, "400 UPDATE", 3000);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  baton_test_dialog_bye (alice);
  baton_test_phone_call (wire->phone, wire->bob, &bob);
  baton_test_dialog_send (bob, "OPTIONS", NULL, NULL);
  baton_test_dialog_expect (bob, "200 OPTIONS", 3000);
}

static void
test_tcp_outgoing (Wire *wire, gconstpointer data)
{
  g_autofree char *uri = g_strconcat (baton_test_peer_get_uri (wire->bob), ";transport=tcp", NULL);
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account, uri,
                                              NULL, NULL);
  BatonTestDialog *bob = baton_test_peer_take_call (wire->bob);

  g_assert_nonnull (strstr (baton_test_message_get (bob->invite, "Via"), "SIP/2.0/TCP"));
  baton_test_wait_call (call, ESTABLISHED);
  baton_test_peer_set_tcp (wire->bob, TRUE);
  baton_test_dialog_bye (bob);
}

static void
listen_ipv6 (BatonEngineOptions *options)
{
  options->listen = "[::1]:0";
}

static void
test_ipv6 (Wire *wire, gconstpointer data)
{
  g_autoptr (BatonTestPeer) dora = baton_test_peer_new ("dora", "::1");
  BatonTestDialog *dialog;
  BatonCall *call = baton_test_phone_call (wire->phone, dora, &dialog);

  baton_test_dialog_bye (dialog);
  baton_test_wait_call (call, ENDED);
  call = baton_test_phone_take (wire->phone, dora, NULL, &dialog);
  baton_test_phone_hold (wire->phone, call, TRUE);
  baton_call_hangup (call, NULL);
  baton_test_dialog_expect (dialog, "BYE", 3000);
}

/* Nobody there: an end with a status, not a wait for ever. */
static void
test_unreachable (Wire *wire, gconstpointer data)
{
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                              "sip:nobody@127.0.0.1:9;transport=tcp", NULL, NULL);

  g_assert_nonnull (call);
  baton_test_wait_call (call, ENDED);
  g_assert_cmpuint (baton_call_get_status (call), >=, 400);
}

static void
test_silent (Wire *wire, gconstpointer data)
{
  BatonCall *call = dial (wire, wire->bob);

  baton_test_peer_set_mute (wire->bob, TRUE);
  baton_test_wait_call (call, ENDED); /* 64·T1 of the stack's time */
  g_assert_cmpuint (baton_call_get_status (call), ==, 408);
}

/* Two phones at the other end answer: the second gets ACK and BYE. */
static void
test_forked (Wire *wire, gconstpointer data)
{
  BatonCall *call = dial (wire, wire->bob);
  BatonTestDialog *bob = baton_test_peer_take_invite (wire->bob);
  g_autofree char *sdp = baton_test_sdp ("sendrecv"), *other = NULL;
  BatonTestMessage *bye;
  g_autofree char *tag = NULL;

  baton_test_peer_set_lenient (wire->bob, TRUE); /* the stack's own ACK of a second answer has no Max-Forwards */
  baton_test_dialog_answer (bob);
  baton_test_wait_call (call, ESTABLISHED);
  other = g_strdup_printf ("To: %s;tag=other\n", baton_test_message_get (bob->invite, "To"));
  baton_test_dialog_reply (bob, 200, other, sdp);
  bye = baton_test_dialog_expect (bob, "BYE", 3000);
  tag = baton_test_message_dup_parameter (bye, "To", "tag");
  g_assert_cmpstr (tag, ==, "other");
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/calls/outgoing", NULL, test_outgoing);
  wire_add ("/calls/incoming", NULL, test_incoming);
  wire_add ("/calls/early-media", NULL, test_early_media);
  wire_add ("/calls/refused", NULL, test_refused);
  wire_add ("/calls/cancel", NULL, test_cancel);
  wire_add ("/calls/cancel-early", NULL, test_cancel_early);
  wire_add ("/calls/cancel-crosses-200", NULL, test_cancel_crosses_200);
  wire_add ("/calls/cancelled", NULL, test_cancelled);
  wire_add ("/calls/declined", NULL, test_declined);
  wire_add ("/calls/redirect", NULL, test_redirect);
  wire_add ("/calls/hold", NULL, test_hold);
  wire_add ("/calls/held", NULL, test_held);
  wire_add ("/calls/held-by-zero-address", NULL, test_held_by_zero_address);
  wire_add ("/calls/glare", NULL, test_glare);
  wire_add ("/calls/glare-of-theirs", NULL, test_glare_of_theirs);
  wire_add ("/calls/offer-after-ack", NULL, test_offer_after_ack);
  wire_add ("/calls/offerless", NULL, test_offerless);
  wire_add ("/calls/offerless-reinvite", NULL, test_offerless_reinvite);
  wire_add ("/calls/no-common-codec", NULL, test_no_common_codec);
  wire_add ("/calls/bad-reoffer", NULL, test_bad_reoffer);
  wire_add ("/calls/update", NULL, test_update);
  wire_add ("/calls/options", NULL, test_options);
  wire_add ("/calls/unknown-requests", NULL, test_unknown_requests);
  wire_add ("/calls/info-without-call", NULL, test_info_without_call);
  wire_add ("/calls/garbage", NULL, test_garbage);
  wire_add ("/calls/broken-messages", NULL, test_broken_messages);
  wire_add ("/calls/broken-multipart", NULL, test_broken_multipart);
  wire_add ("/calls/foreign-body", NULL, test_foreign_body);
  wire_add ("/calls/bye-after-ack", NULL, test_bye_after_ack);
  wire_add ("/calls/bye-without-ack", NULL, test_bye_without_ack);
  wire_add ("/calls/tcp-incoming", NULL, test_tcp_incoming);
  wire_add ("/calls/options-in-call", NULL, test_options_in_call);
  wire_add ("/calls/tcp-outgoing", NULL, test_tcp_outgoing);
  wire_add ("/calls/ipv6", listen_ipv6, test_ipv6);
  wire_add ("/calls/unreachable", NULL, test_unreachable);
  wire_add ("/calls/silent", NULL, test_silent);
  wire_add ("/calls/forked", NULL, test_forked);
  return g_test_run ();
}
