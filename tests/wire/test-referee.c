/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the one who follows owes the one who asked: order, subscription, and the end (refer.md §3.3, §3.6, §3.7). */
#include "wire.h"

#include <stdlib.h>

static void
on_traced (BatonUa *ua, gboolean sent, const char *local, const char *remote, const char *transport, const char *text,
           GString *ladder)
{
  g_autoptr (BatonTestMessage) message = sent ? baton_test_message_parse (text, strlen (text)) : NULL;
  g_autofree char *step = NULL;

  if (message == NULL || g_strcmp0 (message->method, "ACK") == 0)
    return;
  if (!message->is_request)
    step = g_strdup_printf ("%u-%s ", message->status, message->method);
  else if (strcmp (message->method, "NOTIFY") == 0)
    step = g_strdup_printf ("NOTIFY-%u ", baton_test_message_get_sipfrag_status (message));
  else
    step = g_strdup_printf ("%s ", message->method);
  if (strstr (ladder->str, step) == NULL) /* a slow machine sends some of them twice */
    g_string_append (ladder, step);
}

static gboolean
on_requested (BatonEngine *engine, BatonTransfer *transfer, gpointer data)
{
  return FALSE; /* somebody who could say no */
}

static void
on_transfer_added (BatonEngine *engine, BatonTransfer *transfer, gpointer data)
{
  g_assert_true (baton_transfer_decline (transfer, 0, NULL));
}

static BatonTestMessage *
refer (Wire *wire, BatonTestDialog *alice)
{
  return baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
}

/* Nobody listens, and the policy is to follow: one 202, the first NOTIFY, the INVITE, in this order. */
static void
test_order (Wire *wire, gconstpointer data)
{
  BatonUa *ua = baton_engine_get_ua (wire->phone->engine);
  g_autoptr (GString) ladder = g_string_new (NULL);
  BatonTestDialog *alice;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  baton_test_drain ();
  g_signal_connect (ua, "message-traced", G_CALLBACK (on_traced), ladder);
  g_assert_cmpuint (refer (wire, alice)->status, ==, 202);
  baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  baton_test_drain ();
  g_assert_cmpstr (ladder->str, ==, "202-REFER NOTIFY-100 INVITE NOTIFY-200 ");
  g_signal_handlers_disconnect_by_data (ua, ladder);
}

static void
on_late_accepted (GString *news)
{
  g_string_append (news, "accepted ");
}

static void
on_late_invite (GString *news)
{
  g_string_append (news, "invite ");
}

static void
on_late_transfer_added (BatonEngine *engine, BatonTransfer *transfer, GString *news)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (baton_transfer_decline (transfer, 0, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  g_assert_cmpint (baton_transfer_get_state (transfer), ==, BATON_TRANSFER_STATE_AGREED);
  g_string_append (news, "transfer ");
  g_signal_connect_swapped (baton_transfer_get_context (transfer), "refer-request-accepted", G_CALLBACK (on_late_accepted), news);
  g_signal_connect_swapped (baton_transfer_get_context (transfer), "refer-invite-sent", G_CALLBACK (on_late_invite), news);
}

static void
on_late_call_added (BatonCallManager *calls, BatonCall *call, GString *news)
{
  guint refer = 0;

  g_object_get (call, "refer", &refer, NULL);
  g_assert_cmpuint (refer, ==, 1);
  g_string_append (news, "call ");
}

/*
 * The 202 and the INVITE are gone before anybody in here is told: who says no when they hear of the transfer comes too late,
 * and is told so. What they hear is what they would have heard before, in the same order.
 */
static void
test_early_202 (Wire *wire, gconstpointer data)
{
  BatonCallManager *calls = baton_engine_get_calls (wire->phone->engine);
  g_autoptr (GString) news = g_string_new (NULL);
  BatonTestDialog *alice;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_signal_connect (wire->phone->engine, "transfer-added", G_CALLBACK (on_late_transfer_added), news);
  g_signal_connect (calls, "call-added", G_CALLBACK (on_late_call_added), news);
  g_assert_cmpuint (refer (wire, alice)->status, ==, 202);
  baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  g_assert_cmpstr (news->str, ==, "transfer accepted call invite ");
  g_signal_handlers_disconnect_by_data (calls, news);
  g_signal_handlers_disconnect_by_data (wire->phone->engine, news);
}

/* Somebody listens, who could say no: nothing is promised before they were asked. */
static void
test_no_early_202 (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_signal_connect (wire->phone->engine, "refer-requested", G_CALLBACK (on_requested), NULL);
  g_signal_connect (wire->phone->engine, "transfer-added", G_CALLBACK (on_transfer_added), NULL);
  g_assert_cmpuint (refer (wire, alice)->status, ==, 603);
  baton_test_peer_expect_none (wire->carol, "INVITE", 30);
  g_assert_cmpuint (baton_test_dialog_count (alice, "NOTIFY"), ==, 0);
}

typedef struct
{
  Wire *wire;
  guint moves; /* when the main loop turned next, after the final NOTIFY */
  gboolean seen;
} Turn;

static gboolean
on_next_turn (gpointer data)
{
  Turn *turn = data;

  turn->moves = turn->wire->phone->factory->moves;
  turn->seen = TRUE;
  return G_SOURCE_REMOVE;
}

static void
on_final_notify (BatonUa *ua, gboolean sent, const char *local, const char *remote, const char *transport,
                 const char *text, Turn *turn)
{
  if (!sent || !g_str_has_prefix (text, "NOTIFY ") || strstr (text, "SIP/2.0 200 OK\r\n") == NULL || turn->seen)
    return;
  g_idle_add_full (G_PRIORITY_HIGH - 100, on_next_turn, turn, NULL);
}

/* The final NOTIFY may be first, but the sound moves in the same turn of the main loop: no gap is heard (§3.6). */
static void
test_sound_moves_at_once (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  Turn turn = { wire, 0, FALSE };
  BatonUa *ua = baton_engine_get_ua (wire->phone->engine);

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_signal_connect (ua, "message-traced", G_CALLBACK (on_final_notify), &turn);
  refer (wire, alice);
  baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  baton_test_wait (turn.seen, 3000);
  g_assert_cmpuint (turn.moves, ==, 1);
  g_signal_handlers_disconnect_by_data (ua, &turn);
}

/* Carol answers without any description: that is no call. Alice is told so, and still has hers. */
static void
test_answer_without_sdp (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);

  refer (wire, alice);
  carol = baton_test_peer_take_invite (wire->carol);
  baton_test_peer_reply (wire->carol, carol->invite, 200, "OK", "Content-Type:\n", NULL);
  baton_test_dialog_expect_notify (alice, 488, 3000);
  baton_test_dialog_expect (carol, "BYE", 3000);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpint (baton_media_get_state (baton_call_get_media (call)), ==, BATON_MEDIA_STATE_STARTED);
  g_assert_cmpuint (baton_test_dialog_count (alice, "BYE"), ==, 0);
  g_assert_cmpuint (wire->phone->factory->moves, ==, 0);
}

/* … or with one that is of no use: the same. */
static void
test_answer_of_no_use (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);

  refer (wire, alice);
  carol = baton_test_peer_take_invite (wire->carol);
  baton_test_peer_reply (wire->carol, carol->invite, 200, "OK", "Content-Type: application/sdp\n", "v=0\r\nm=broken\r\n");
  baton_test_dialog_expect_notify (alice, 488, 3000);
  baton_test_dialog_expect (carol, "BYE", 3000);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (baton_test_dialog_count (alice, "BYE"), ==, 0);
  g_assert_cmpuint (wire->phone->factory->moves, ==, 0);
}

/* Carol has answered, and the keys for the sound (DTLS) are still to come. */
static BatonTestDialog *
follow_securing (Wire *wire, BatonTestDialog **alice)
{
  BatonTestDialog *carol;

  baton_test_phone_take (wire->phone, wire->alice, NULL, alice);
  wire->phone->factory->securing = TRUE;
  refer (wire, *alice);
  carol = baton_test_peer_take_call (wire->carol);
  baton_test_wait_call (baton_test_phone_get_call (wire->phone), ESTABLISHED);
  baton_test_settle (30);
  g_assert_cmpuint (baton_test_dialog_count (*alice, "NOTIFY"), ==, 1); /* the 100: Alice has to stay */
  return carol;
}

/* Whoever asked lets the caller go when they hear of the 200: not before there can be sound (§2.1). */
static void
test_keys (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol = follow_securing (wire, &alice);
  BatonMedia *media = baton_call_get_media (baton_test_phone_get_call (wire->phone));

  BATON_TEST_MEDIA (media)->securing = FALSE;
  g_signal_emit_by_name (media, "secured");
  baton_test_dialog_expect_notify (alice, 200, 3000);
  baton_test_dialog_bye (alice);
  baton_test_settle (30);
  g_assert_cmpuint (baton_test_dialog_count (carol, "BYE"), ==, 0);
}

/* They never come: the caller is still Alice's, and is heard there; @hold: Carol's hold makes no difference. */
static void
lose_keys (Wire *wire, gboolean hold)
{
  BatonTestDialog *alice, *carol = follow_securing (wire, &alice);
  BatonCall *target = baton_test_phone_get_call (wire->phone), *call = g_ptr_array_index (wire->phone->calls, 0);
  g_autofree char *held = baton_test_sdp ("sendonly");

  if (hold)
    {
      baton_test_dialog_send (carol, "INVITE", NULL, held);
      baton_test_wait (baton_call_get_hold (target) == BATON_HOLD_REMOTE, 3000);
    }
  g_signal_emit_by_name (baton_call_get_media (target), "unprotected", "No keys.");
  baton_test_dialog_expect_notify (alice, 488, 3000);
  baton_test_dialog_expect (carol, "BYE", 3000);
  baton_test_wait_call (target, ENDED);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_true (wire->phone->factory->foreground == baton_call_get_media (call));
  g_assert_cmpuint (baton_test_dialog_count (alice, "BYE"), ==, 0);
}

static void
test_no_keys (Wire *wire, gconstpointer data)
{
  lose_keys (wire, FALSE);
}

static void
test_no_keys_on_hold (Wire *wire, gconstpointer data)
{
  lose_keys (wire, TRUE);
}

/* Alice is long gone when Carol asks for an offer, and answers it with noise: nobody is hung up on for that. */
static void
test_broken_answer_later (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;
  BatonTestMessage *answer;
  BatonCall *call;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  refer (wire, alice);
  carol = baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  call = baton_test_phone_get_call (wire->phone);
  baton_test_dialog_send (alice, "BYE", NULL, NULL);
  baton_test_wait_call (call, ESTABLISHED);
  carol->auto_ack = FALSE;
  baton_test_dialog_send (carol, "INVITE", NULL, NULL);
  do
    answer = baton_test_dialog_expect (carol, "200 INVITE", 3000);
  while (answer->cseq != carol->invite_cseq);
  baton_test_dialog_send (carol, "ACK", NULL, "v=0\r\nm=broken\r\n");
  baton_test_settle (50);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (baton_test_dialog_count (carol, "BYE"), ==, 0);
}

static BatonTestMessage *
subscribe (BatonTestDialog *alice, const char *headers)
{
  BatonTestMessage *answer;

  baton_test_dialog_send (alice, "SUBSCRIBE", headers, NULL);
  do
    answer = baton_test_dialog_expect (alice, "xxx SUBSCRIBE", 3000);
  while (answer->status < 200);
  return answer;
}

/* Who asks for less gets less, in the answer and in each NOTIFY, and is told again in time (RFC 6665 §4.2.1.4). */
static void
test_short_refresh (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonTestMessage *answer, *notify;
  guint before;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  refer (wire, alice);
  baton_test_peer_take_invite (wire->carol);
  baton_test_dialog_expect_notify (alice, 100, 3000);
  answer = subscribe (alice, "Event: refer\nExpires: 15\n");
  g_assert_cmpuint (answer->status / 100, ==, 2);
  g_assert_cmpstr (baton_test_message_get (answer, "Expires"), ==, "15");
  notify = baton_test_dialog_expect_notify (alice, 100, 3000);
  g_assert_cmpstr (baton_test_message_get (notify, "Subscription-State"), ==, "active;expires=15");
  before = baton_test_dialog_count (alice, "NOTIFY");
  baton_test_phone_advance (wire->phone, 11000);
  baton_test_dialog_expect_notify (alice, 100, 3000);
  g_assert_cmpuint (baton_test_dialog_count (alice, "NOTIFY"), ==, before + 1);
  answer = subscribe (alice, "Event: refer\nExpires: 9999\n");
  g_assert_cmpuint (answer->status / 100, ==, 2);
  g_assert_cmpstr (baton_test_message_get (answer, "Expires"), ==, "60");
  do
    notify = baton_test_dialog_expect (alice, "NOTIFY", 3000);
  while (strcmp (baton_test_message_get (notify, "Subscription-State"), "active;expires=60") != 0 || notify->index < answer->index);
}

/* After the final NOTIFY, and after an unsubscribe, there is nothing that could be refreshed (§3.7). */
static void
test_refresh_after_the_end (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  baton_test_peer_set_auto (wire->alice, "NOTIFY", 200);
  refer (wire, alice);
  carol = baton_test_peer_take_invite (wire->carol);
  g_assert_cmpuint (subscribe (alice, "Event: refer\nExpires: 0\n")->status / 100, ==, 2);
  baton_test_settle (50); /* the NOTIFY about it, and its answer */
  g_assert_cmpuint (subscribe (alice, "Event: refer\nExpires: 60\n")->status / 100, ==, 4);
  baton_test_dialog_reply (carol, 486, NULL, NULL);
  baton_test_settle (30);
  g_assert_cmpuint (subscribe (alice, "Event: refer\nExpires: 60\n")->status / 100, ==, 4);
}

/*
 * Alice stops to listen, or asks for more time, while the last NOTIFY is on its way to her. It stays the last, whatever the stack,
 * for which the subscription is over with the answer to it, says to her SUBSCRIBE.
 */
static void
test_subscribe_crosses_the_end (Wire *wire, gconstpointer data)
{
  static const char *const asked[] = { "Event: refer\nExpires: 0\n", "Event: refer\nExpires: 60\n" };

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      BatonTestDialog *alice, *carol;
      BatonTestMessage *notify;
      BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);

      baton_test_peer_set_auto (wire->alice, "NOTIFY", 0);
      refer (wire, alice);
      baton_test_peer_reply (wire->alice, baton_test_dialog_expect_notify (alice, 100, 3000), 200, NULL, NULL, NULL);
      carol = baton_test_peer_take_invite (wire->carol);
      baton_test_dialog_reply (carol, 486, NULL, NULL);
      notify = baton_test_dialog_expect_notify (alice, 486, 3000);
      subscribe (alice, asked[i]);
      baton_test_peer_reply (wire->alice, notify, 200, NULL, NULL, NULL);
      baton_test_settle (50);
      g_assert_cmpuint (baton_test_dialog_count (alice, "NOTIFY"), ==, 2);
      g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
      baton_test_dialog_bye (alice);
    }
}

static gboolean
on_taken (BatonSession *session, BatonReferContext *context, BatonReferServerContext **taken)
{
  *taken = BATON_REFER_SERVER_CONTEXT (context);
  return TRUE;
}

/*
 * A program takes the REFER at the session, and has it followed: it is a transfer like any other from then on, whose old call is
 * ended after 10 s when Alice does not (§3.6).
 */
static void
test_taken_by_program (Wire *wire, gconstpointer data)
{
  BatonReferServerContext *taken = NULL;
  BatonTestDialog *alice, *carol;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  BatonTransfer *transfer;

  g_signal_connect (baton_call_get_session (call), "refer-requested", G_CALLBACK (on_taken), &taken);
  baton_test_dialog_sendf (alice, "REFER", "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  baton_test_wait (taken != NULL, 3000);
  g_assert_null (baton_test_phone_get_transfer (wire->phone));
  g_assert_true (baton_refer_server_context_accept (taken, NULL, NULL));
  transfer = baton_test_phone_get_transfer (wire->phone);
  g_assert_nonnull (transfer);
  g_assert_true (baton_transfer_get_call (transfer) == call);
  g_assert_false (baton_transfer_get_waits_for_user (transfer));
  g_assert_cmpint (baton_transfer_get_state (transfer), ==, BATON_TRANSFER_STATE_TRYING);
  baton_test_dialog_expect (alice, "202 REFER", 3000);
  carol = baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  baton_test_wait_transfer (transfer, TRANSFERRED);
  g_assert_cmpuint (wire->phone->factory->moves, ==, 1);
  baton_test_phone_advance (wire->phone, 9000);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (alice, "BYE"), ==, 0);
  baton_test_phone_advance (wire->phone, 1500);
  baton_test_dialog_expect (alice, "BYE", 3000);
  g_assert_cmpuint (baton_test_dialog_count (carol, "BYE"), ==, 0);
}

/* The same without follow: all of it is the program's, and nobody is hung up on. */
static void
test_done_by_program (Wire *wire, gconstpointer data)
{
  const BatonReferAcceptOptions by_hand = { .follow_refer = FALSE };
  BatonReferServerContext *taken = NULL;
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);

  g_signal_connect (baton_call_get_session (call), "refer-requested", G_CALLBACK (on_taken), &taken);
  baton_test_dialog_sendf (alice, "REFER", "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  baton_test_wait (taken != NULL, 3000);
  g_assert_true (baton_refer_server_context_accept (taken, &by_hand, NULL));
  g_assert_true (baton_refer_server_context_send_notify (taken, "SIP/2.0 200 OK", NULL));
  baton_test_dialog_expect_notify (alice, 200, 3000);
  baton_test_phone_advance (wire->phone, 12000);
  baton_test_settle (20);
  g_assert_null (baton_test_phone_get_transfer (wire->phone));
  g_assert_cmpuint (baton_test_dialog_count (alice, "BYE"), ==, 0);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
}

/* What comes twice and should come once is no reason to fall over, nor to refuse: the first counts. */
static void
test_doubled_headers (Wire *wire, gconstpointer data)
{
  static const char *const doubled[] = {
    "Max-Forwards: 70\nMax-Forwards: 69\n",
    "Date: Sat, 28 Nov 2026 10:00:00 GMT\nDate: Sat, 28 Nov 2026 10:00:01 GMT\n",
    "User-Agent: A\nUser-Agent: B\n",
    "Timestamp: 1\nTimestamp: 2\n",
    "Refer-Sub: true\nRefer-Sub: false\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (doubled); i++)
    {
      BatonTestDialog *alice;
      BatonTestMessage *answer;

      g_test_message ("%s", doubled[i]);
      baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
      answer = baton_test_dialog_refer (alice, "Refer-To: <%s>\n%s", baton_test_peer_get_uri (wire->carol), doubled[i]);
      g_assert_cmpuint (answer->status, ==, 202);
      baton_test_peer_take_call (wire->carol);
      baton_test_wait_call (baton_test_phone_get_call (wire->phone), ESTABLISHED);
      baton_test_wait (baton_test_dialog_count (alice, "NOTIFY") == 2, 3000);
      baton_test_dialog_bye (alice);
      baton_call_hangup (baton_test_phone_get_call (wire->phone), NULL);
    }
}

/* Whoever wants no NOTIFY gets none, and is told so (RFC 4488 §4). */
static void
test_no_subscription (Wire *wire, gconstpointer data)
{
  static const char *const values[] = { "false", "FALSE", "false ; x", "false;x=y", "false \t;x=\"y\"" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      BatonTestDialog *alice;
      BatonTestMessage *answer;

      baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
      answer = baton_test_dialog_refer (alice, "Refer-To: <%s>\nRefer-Sub: %s\n", baton_test_peer_get_uri (wire->carol),
                                        values[i]);
      g_assert_cmpuint (answer->status, ==, 202);
      g_assert_cmpstr (baton_test_message_get (answer, "Refer-Sub"), ==, "false");
      baton_test_peer_take_call (wire->carol);
      baton_test_wait_call (baton_test_phone_get_call (wire->phone), ESTABLISHED);
      baton_test_settle (30);
      g_assert_cmpuint (baton_test_dialog_count (alice, "NOTIFY"), ==, 0);
      baton_test_dialog_bye (alice);
      baton_call_hangup (baton_test_phone_get_call (wire->phone), NULL);
    }
}

/* ---- Who hears whom ---- */

static gboolean
is_heard (Wire *wire, BatonCall *call)
{
  return wire->phone->factory->foreground == baton_call_get_media (call);
}

/* The new call is over before Alice says BYE: she isn't let into the room once more (§3.6). @by_user: who ends it */
static void
end_new_call (Wire *wire, gboolean by_user)
{
  BatonTestDialog *alice, *carol;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice), *target;

  refer (wire, alice);
  carol = baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  target = baton_test_phone_get_call (wire->phone);
  baton_test_wait_call (target, ESTABLISHED);
  g_assert_true (is_heard (wire, target));
  if (by_user)
    baton_call_hangup (target, NULL);
  else
    baton_test_dialog_send (carol, "BYE", NULL, NULL);
  baton_test_wait_call (target, ENDED);
  g_assert_false (is_heard (wire, call));
  baton_test_phone_advance (wire->phone, 10000);
  baton_test_dialog_expect (alice, "BYE", 3000);
}

static void
test_new_call_ends (Wire *wire, gconstpointer data)
{
  end_new_call (wire, FALSE);
}

static void
test_new_call_hung_up (Wire *wire, gconstpointer data)
{
  end_new_call (wire, TRUE);
}

/* Alice, whom we called, sends us to Carol before she answers, and answers when Carol did: too late to be heard, or to hear. */
static void
test_answers_after_target (Wire *wire, gconstpointer data)
{
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                              baton_test_peer_get_uri (wire->alice), NULL, NULL);
  BatonTestDialog *alice = baton_test_peer_take_invite (wire->alice);

  baton_test_dialog_reply (alice, 180, NULL, NULL);
  baton_test_wait_call (call, RINGING);
  g_assert_cmpuint (refer (wire, alice)->status, ==, 202);
  baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  baton_test_dialog_answer (alice);
  baton_test_wait_call (call, ESTABLISHED);
  g_assert_cmpint (baton_media_get_state (baton_call_get_media (call)), !=, BATON_MEDIA_STATE_STARTED);
  g_assert_true (is_heard (wire, baton_test_phone_get_call (wire->phone)));
}

/* Who muted the call with Alice isn't heard by Carol. */
static void
test_muted (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice), *target;

  baton_call_set_muted (call, TRUE);
  refer (wire, alice);
  baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  target = baton_test_phone_get_call (wire->phone);
  baton_test_wait_call (target, ESTABLISHED);
  g_assert_true (baton_call_get_muted (target));
  g_assert_true (BATON_TEST_MEDIA (baton_call_get_media (target))->muted);
}

/* While it rings at Carol's, Bob takes the call (RFC 3891): Alice's transfer has come to its end, and Bob has the sound. */
static void
test_picked_up (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob, *carol;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice), *picked;
  g_autofree char *replaces = NULL, *headers = NULL, *sdp = baton_test_sdp ("sendrecv");

  refer (wire, alice);
  carol = baton_test_peer_take_invite (wire->carol);
  baton_test_dialog_reply (carol, 180, NULL, NULL);
  baton_test_wait_call (baton_test_phone_get_call (wire->phone), RINGING);
  replaces = baton_test_dialog_make_replaces (carol);
  headers = g_strdup_printf ("Replaces: %s\nReferred-By: <%s>\n", replaces, baton_test_peer_get_uri (wire->carol));
  bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  baton_test_dialog_send (bob, "INVITE", headers, sdp);
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  baton_test_dialog_expect (carol, "CANCEL", 3000);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  picked = baton_test_phone_get_call (wire->phone);
  baton_test_wait_call (picked, ESTABLISHED);
  g_assert_true (wire->phone->factory->moved_from == baton_call_get_media (call));
  g_assert_true (wire->phone->factory->moved_to == baton_call_get_media (picked));
  g_assert_true (is_heard (wire, picked));
  baton_test_phone_advance (wire->phone, 10000);
  baton_test_dialog_expect (alice, "BYE", 3000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/referee/order", NULL, test_order);
  wire_add ("/referee/early-202", NULL, test_early_202);
  wire_add ("/referee/no-early-202", NULL, test_no_early_202);
  wire_add ("/referee/sound-moves-at-once", NULL, test_sound_moves_at_once);
  wire_add ("/referee/answer-without-sdp", NULL, test_answer_without_sdp);
  wire_add ("/referee/answer-of-no-use", NULL, test_answer_of_no_use);
  wire_add ("/referee/keys", NULL, test_keys);
  wire_add ("/referee/no-keys", NULL, test_no_keys);
  wire_add ("/referee/no-keys-on-hold", NULL, test_no_keys_on_hold);
  wire_add ("/referee/broken-answer-later", NULL, test_broken_answer_later);
  wire_add ("/referee/short-refresh", NULL, test_short_refresh);
  wire_add ("/referee/refresh-after-the-end", NULL, test_refresh_after_the_end);
  wire_add ("/referee/subscribe-crosses-the-end", NULL, test_subscribe_crosses_the_end);
  wire_add ("/referee/taken-by-program", NULL, test_taken_by_program);
  wire_add ("/referee/done-by-program", NULL, test_done_by_program);
  wire_add ("/referee/doubled-headers", NULL, test_doubled_headers);
  wire_add ("/referee/no-subscription", NULL, test_no_subscription);
  wire_add ("/referee/new-call-ends", NULL, test_new_call_ends);
  wire_add ("/referee/new-call-hung-up", NULL, test_new_call_hung_up);
  wire_add ("/referee/answers-after-target", NULL, test_answers_after_target);
  wire_add ("/referee/muted", NULL, test_muted);
  wire_add ("/referee/picked-up", NULL, test_picked_up);
  return g_test_run ();
}
