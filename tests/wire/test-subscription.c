/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subscription that a REFER of ours makes: refreshed, ended, and what odd phones send in it (RFC 6665, refer.md §7). */
#include "wire.h"

#define CAROL "sip:carol@192.0.2.7"

typedef struct
{
  BatonCall *call;
  BatonTestDialog *bob;
  BatonTransfer *transfer;
  BatonTestMessage *refer;
} Story;

/* Bob has agreed; nothing but the result is missing. The target's phone is none of the engine's business here. */
static Story
begin (Wire *wire, const char *state)
{
  Story story = { 0 };

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.refer = wire_transfer (wire, story.call, story.bob, CAROL, NULL, &story.transfer);
  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, "refer", state, "SIP/2.0 100 Trying\r\n")->status, ==, 200);
  baton_test_wait_transfer (story.transfer, TRYING);
  return story;
}

static void
patient (BatonEngineOptions *options)
{
  options->ring_timeout_s = 600;
}

static BatonTestMessage *
expect_refresh (Story *story)
{
  BatonTestMessage *subscribe = baton_test_dialog_expect (story->bob, "SUBSCRIBE", 3000);
  const char *event = baton_test_message_get (subscribe, "Event");
  g_autofree char *with_id = g_strdup_printf ("refer;id=%u", story->refer->cseq);

  if (!g_str_equal (event, "refer")) /* the first of a dialog may go without (RFC 3515 §2.4.6) */
    g_assert_cmpstr (event, ==, with_id);
  g_assert_cmpstr (baton_test_message_get (subscribe, "Expires"), !=, "0");
  return subscribe;
}

/* By SUBSCRIBE, before the time is over, as often as it takes; never by another REFER. */
static void
test_refresh (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, "active;expires=20");

  baton_test_phone_advance (wire->phone, 9000);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "SUBSCRIBE"), ==, 0);
  for (guint i = 0; i < 3; i++)
    {
      baton_test_phone_advance (wire->phone, 10000);
      baton_test_peer_reply (wire->bob, expect_refresh (&story), 200, NULL, "Expires: 20\n", NULL);
      baton_test_dialog_notify (story.bob, "refer", "active;expires=20", "SIP/2.0 180 Ringing\r\n");
      baton_test_wait_transfer (story.transfer, RINGING);
    }
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "REFER"), ==, 1);
  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  baton_test_wait_transfer (story.transfer, TRANSFERRED);
}

/* Two in one dialog: each has a subscription, and a refresh, of its own. */
static void
test_refresh_second (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, "active;expires=500");
  g_autofree char *event = NULL;
  BatonTestMessage *refer, *subscribe;
  BatonTransfer *second;

  second = baton_engine_transfer (wire->phone->engine, story.call, "sip:dave@192.0.2.8", NULL, NULL);
  g_assert_nonnull (second);
  refer = baton_test_dialog_expect (story.bob, "REFER", 3000);
  event = g_strdup_printf ("refer;id=%u", refer->cseq);
  baton_test_peer_reply (wire->bob, refer, 202, NULL, NULL, NULL);
  baton_test_dialog_notify (story.bob, event, "active;expires=20", "SIP/2.0 100 Trying\r\n");
  baton_test_wait_transfer (second, TRYING);
  baton_test_phone_advance (wire->phone, 10000);
  subscribe = baton_test_dialog_expect (story.bob, "SUBSCRIBE", 3000);
  g_assert_cmpstr (baton_test_message_get (subscribe, "Event"), ==, event);
  baton_test_peer_reply (wire->bob, subscribe, 481, NULL, NULL, NULL);
  baton_test_wait_transfer (second, FAILED);
  g_assert_cmpint (baton_transfer_get_state (story.transfer), ==, BATON_TRANSFER_STATE_TRYING);
}

/* The 200 alone extends it, whether a NOTIFY comes or not. */
static void
test_refresh_without_notify (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, "active;expires=20");

  baton_test_phone_advance (wire->phone, 10000);
  baton_test_peer_reply (wire->bob, expect_refresh (&story), 200, NULL, "Expires: 40\n", NULL);
  baton_test_settle (20);
  baton_test_phone_advance (wire->phone, 25000);
  baton_test_settle (20);
  g_assert_cmpint (baton_transfer_get_state (story.transfer), ==, BATON_TRANSFER_STATE_TRYING);
  baton_test_phone_advance (wire->phone, 16000);
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpint (baton_transfer_get_outcome (story.transfer), ==, BATON_REFER_OUTCOME_EXPIRED);
}

/* The subscription is told of before the 202, and then never again: nobody waits for ever. */
static void
test_alive_before_answer (Wire *wire, gconstpointer data)
{
  Story story = { 0 };

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.refer = wire_transfer (wire, story.call, story.bob, CAROL, NULL, &story.transfer);
  baton_test_dialog_notify (story.bob, "refer", "active;expires=60", NULL);
  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  baton_test_wait_transfer (story.transfer, AGREED);
  baton_test_peer_set_auto (wire->bob, "SUBSCRIBE", 481);
  for (guint i = 0; i < 20; i++)
    {
      baton_test_phone_advance (wire->phone, 10000);
      baton_test_settle (5);
    }
  wire_expect_resumed (story.bob, story.call, story.transfer);
}

/* What comes after the last word changes nothing, and asks for nothing. */
static void
test_after_the_end (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, "active;expires=60");
  g_autofree char *event = g_strdup_printf ("refer;id=%u", story.refer->cseq);

  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
  wire_expect_resumed (story.bob, story.call, story.transfer);
  baton_test_dialog_notify (story.bob, event, "active;expires=60", NULL);
  baton_test_phone_advance (wire->phone, 120000);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "SUBSCRIBE"), ==, 0);
}

/* A phone that knows no SUBSCRIBE: it has the time that it said, and its last word counts. */
static void
test_refresh_refused (Wire *wire, gconstpointer data)
{
  static const guint statuses[] = { 403, 404, 405, 416, 482, 489, 501, 502 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      Story story = begin (wire, "active;expires=20");

      g_test_message ("%u", statuses[i]);
      baton_test_phone_advance (wire->phone, 10000);
      baton_test_peer_reply (wire->bob, expect_refresh (&story), statuses[i], NULL, NULL, NULL);
      baton_test_settle (20);
      g_assert_cmpint (baton_transfer_get_state (story.transfer), ==, BATON_TRANSFER_STATE_TRYING);
      g_assert_cmpuint (baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource",
                                                  "SIP/2.0 486 Busy Here\r\n")->status, ==, 200);
      wire_expect_resumed (story.bob, story.call, story.transfer);
      g_assert_cmpuint (baton_transfer_get_status (story.transfer), ==, 486);
      baton_test_dialog_bye (story.bob);
    }
}

/* The refresh is on its way when the last NOTIFY comes: that counts, whatever the answer to the refresh is, or none. */
static void
test_refresh_crosses_the_end (Wire *wire, gconstpointer data)
{
  static const guint statuses[] = { 481, 404, 200, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      Story story = begin (wire, "active;expires=20");
      BatonTestMessage *subscribe;

      g_test_message ("%u", statuses[i]);
      baton_test_phone_advance (wire->phone, 10000);
      subscribe = expect_refresh (&story);
      g_assert_cmpuint (baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource",
                                                  "SIP/2.0 486 Busy Here\r\n")->status, ==, 200);
      if (statuses[i] != 0)
        baton_test_peer_reply (wire->bob, subscribe, statuses[i], NULL, NULL, NULL);
      wire_expect_resumed (story.bob, story.call, story.transfer);
      g_assert_cmpuint (baton_transfer_get_status (story.transfer), ==, 486);
      g_assert_cmpint (baton_transfer_get_outcome (story.transfer), ==, BATON_REFER_OUTCOME_REJECTED);
      baton_test_dialog_bye (story.bob);
    }
}

/* 481: there is no subscription any more. The caller is back, at once. */
static void
test_refresh_unknown (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, "active;expires=20");

  baton_test_phone_advance (wire->phone, 10000);
  baton_test_peer_reply (wire->bob, expect_refresh (&story), 481, NULL, NULL, NULL);
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpint (baton_transfer_get_outcome (story.transfer), ==, BATON_REFER_OUTCOME_EXPIRED);
}

/* Taken back: SUBSCRIBE with Expires: 0, and no refresh after that. */
static void
test_unsubscribe (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, "active;expires=20");
  BatonTestMessage *subscribe;

  g_assert_true (baton_transfer_take_back (story.transfer, NULL));
  subscribe = baton_test_dialog_expect (story.bob, "SUBSCRIBE", 3000);
  g_assert_cmpstr (baton_test_message_get (subscribe, "Expires"), ==, "0");
  g_assert_true (g_str_has_prefix (baton_test_message_get (subscribe, "Event"), "refer"));
  baton_test_peer_reply (wire->bob, subscribe, 200, NULL, "Expires: 0\n", NULL);
  baton_test_phone_advance (wire->phone, 60000);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "SUBSCRIBE"), ==, 1);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "BYE"), ==, 0);
}

/* An old NOTIFY, or a repeated number: not taken (RFC 3261 §12.2.2), and the real one after it is. */
static void
test_lower_cseq (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, "active;expires=60");
  guint good = story.bob->cseq;
  BatonTestMessage *answer;

  baton_test_peer_set_lenient (wire->bob, TRUE);
  story.bob->cseq = good - 2;
  answer = baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 603 Decline\r\n");
  g_test_message ("a NOTIFY with a lower CSeq gets %u", answer->status);
  g_assert_cmpuint (answer->status, ==, 500);
  g_assert_cmpint (baton_transfer_get_state (story.transfer), ==, BATON_TRANSFER_STATE_TRYING);
  story.bob->cseq = good + 10;
  answer = baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  g_assert_cmpuint (answer->status, ==, 200);
  baton_test_wait_transfer (story.transfer, TRANSFERRED);
}

/* SIP.js: the dialog has a route set, and its NOTIFY comes straight to us without one. It is taken. */
static void
test_without_route (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call;
  BatonTransfer *transfer;
  BatonTestMessage *refer;
  g_autofree char *headers = g_strdup_printf ("Record-Route: <sip:%s;lr>\n", baton_test_peer_get_host (wire->carol));
  g_autofree char *sdp = NULL;

  call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                   baton_test_peer_get_uri (wire->bob), NULL, NULL);
  bob = baton_test_peer_take_invite (wire->bob);
  sdp = baton_test_sdp_answer (bob->invite->body);
  baton_test_dialog_reply (bob, 200, headers, sdp);
  baton_test_wait_call (call, ESTABLISHED);
  g_assert_nonnull (baton_engine_transfer (wire->phone->engine, call, CAROL, NULL, NULL));
  transfer = baton_test_phone_get_transfer (wire->phone);
  /* what we send goes by the route: Carol's port is the proxy here */
  baton_test_peer_reply (wire->carol, baton_test_peer_expect (wire->carol, "INVITE", 3000), 488, NULL, NULL, NULL);
  refer = baton_test_peer_expect (wire->carol, "REFER", 3000);
  g_assert_cmpuint (baton_test_message_count (refer, "Route"), ==, 1);
  baton_test_peer_reply (wire->carol, refer, 202, NULL, NULL, NULL);
  baton_test_wait_transfer (transfer, AGREED);
  g_assert_cmpuint (baton_test_dialog_notify (bob, "refer", "terminated;reason=noresource",
                                              "SIP/2.0 486 Busy Here\r\n")->status, ==, 200);
  baton_test_wait_transfer (transfer, FAILED);
  g_assert_cmpuint (baton_transfer_get_status (transfer), ==, 486);
}

/* The subscription is ended before the REFER has its answer: that says what became of it, be it a no or a yes. */
static void
end_early (Wire *wire, guint status, BatonReferOutcome outcome)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTransfer *transfer;
  BatonTestMessage *refer = wire_transfer (wire, call, bob, CAROL, NULL, &transfer);

  g_assert_cmpuint (baton_test_dialog_notify (bob, "refer", "terminated;reason=rejected", NULL)->status, ==, 200);
  baton_test_settle (20);
  g_assert_cmpint (baton_transfer_get_state (transfer), ==, BATON_TRANSFER_STATE_REQUESTED);
  baton_test_peer_reply (wire->bob, refer, status, NULL, NULL, NULL);
  wire_expect_resumed (bob, call, transfer);
  g_assert_cmpint (baton_transfer_get_outcome (transfer), ==, outcome);
  g_assert_cmpuint (baton_transfer_get_status (transfer), ==, status >= 300 ? status : 0);
  baton_test_dialog_bye (bob);
}

static void
test_over_early (Wire *wire, gconstpointer data)
{
  end_early (wire, 603, BATON_REFER_OUTCOME_REFUSED);
  end_early (wire, 202, BATON_REFER_OUTCOME_EXPIRED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/subscription/refresh", patient, test_refresh);
  wire_add ("/subscription/refresh-without-notify", patient, test_refresh_without_notify);
  wire_add ("/subscription/refresh-second", patient, test_refresh_second);
  wire_add ("/subscription/refresh-refused", patient, test_refresh_refused);
  wire_add ("/subscription/alive-before-answer", patient, test_alive_before_answer);
  wire_add ("/subscription/after-the-end", patient, test_after_the_end);
  wire_add ("/subscription/refresh-crosses-the-end", patient, test_refresh_crosses_the_end);
  wire_add ("/subscription/refresh-unknown", patient, test_refresh_unknown);
  wire_add ("/subscription/unsubscribe", patient, test_unsubscribe);
  wire_add ("/subscription/lower-cseq", NULL, test_lower_cseq);
  wire_add ("/subscription/without-route", NULL, test_without_route);
  wire_add ("/subscription/over-early", NULL, test_over_early);
  return g_test_run ();
}
