/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes before the REFER: the hold and its ACK, whatever gets into their way (RFC 5589 §6.1, RFC 3261 §14.1). */
#include "wire.h"

#define CAROL "sip:carol@192.0.2.7"

typedef struct
{
  BatonCall *call;
  BatonTestDialog *bob;
  BatonTransfer *transfer;
  BatonTestMessage *hold;
} Story;

/* The re-INVITE that holds Bob is there, and not answered yet. */
static Story
begin (Wire *wire)
{
  Story story = { 0 };
  g_autoptr (GError) error = NULL;

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  baton_test_peer_set_auto (wire->bob, "INVITE", 0);
  story.transfer = baton_engine_transfer (wire->phone->engine, story.call, CAROL, NULL, &error);
  g_assert_no_error (error);
  story.hold = baton_test_dialog_expect_reinvite (story.bob, "sendonly", 3000);
  return story;
}

static void
answer_hold (Wire *wire, Story *story)
{
  g_autofree char *sdp = baton_test_sdp_answer (story->hold->body);

  baton_test_peer_reply (wire->bob, story->hold, 200, NULL, NULL, sdp);
}

static void
refuse_hold (Wire *wire, Story *story, guint status)
{
  baton_test_peer_reply (wire->bob, story->hold, status, NULL, NULL, NULL);
  baton_test_dialog_expect (story->bob, "ACK", 3000);
}

/* The REFER that follows a hold: after its 200 was acknowledged, and once. */
static BatonTestMessage *
expect_refer_after_hold (Wire *wire, Story *story)
{
  BatonTestMessage *ack, *refer;

  answer_hold (wire, story);
  refer = baton_test_dialog_expect (story->bob, "REFER", 3000);
  ack = baton_test_dialog_expect (story->bob, "ACK", 3000);
  g_assert_cmpuint (ack->index, <, refer->index);
  g_assert_cmpint (baton_call_get_hold (story->call), ==, BATON_HOLD_LOCAL);
  g_assert_false (wire_get_boolean (story->transfer, "hold-refused"));
  g_assert_cmpuint (baton_test_dialog_count (story->bob, "REFER"), ==, 1);
  return refer;
}

static void
expect_nothing_sent (Story *story)
{
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story->bob, "REFER"), ==, 0);
  g_assert_cmpint (baton_transfer_get_state (story->transfer), ==, BATON_TRANSFER_STATE_HOLDING);
}

static void
test_ack_before_refer (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);

  expect_nothing_sent (&story);
  expect_refer_after_hold (wire, &story);
}

/* 491 twice: the hold is tried again, and nobody loses patience meanwhile. */
static void
test_hold_pending (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);

  for (guint i = 0; i < 2; i++)
    {
      refuse_hold (wire, &story, 491);
      expect_nothing_sent (&story);
      baton_test_phone_advance (wire->phone, 4000);
      story.hold = baton_test_dialog_expect_reinvite (story.bob, "sendonly", 3000);
    }
  expect_refer_after_hold (wire, &story);
}

/* Bob changes something himself in the same moment: each refuses the other's offer, and tries again. */
static void
test_glare (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  baton_test_dialog_send (story.bob, "INVITE", NULL, sdp);
  baton_test_dialog_expect (story.bob, "491 INVITE", 3000);
  refuse_hold (wire, &story, 491);
  expect_nothing_sent (&story);
  baton_test_dialog_send (story.bob, "INVITE", NULL, sdp);
  baton_test_dialog_expect (story.bob, "200 INVITE", 3000);
  expect_nothing_sent (&story);
  baton_test_phone_advance (wire->phone, 4000);
  story.hold = baton_test_dialog_expect_reinvite (story.bob, "sendonly", 3000);
  expect_refer_after_hold (wire, &story);
}

/* Nobody was asked: it goes on without, and the flag is not left behind. */
static void
test_hold_refused (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);

  refuse_hold (wire, &story, 488);
  baton_test_dialog_expect (story.bob, "REFER", 3000);
  g_assert_cmpint (baton_call_get_hold (story.call), ==, BATON_HOLD_NONE);
  g_assert_true (wire_get_boolean (story.transfer, "hold-refused"));
  g_assert_false (wire_get_boolean (story.transfer, "waits-to-proceed"));
}

static gboolean
on_hold_refused (BatonTransfer *transfer, guint status, const char *reason, guint *seen)
{
  *seen = status;
  g_assert_nonnull (reason);
  return TRUE;
}

static Story
ask (Wire *wire)
{
  Story story = begin (wire);
  guint seen = 0;
  gulong handler = g_signal_connect (story.transfer, "hold-refused", G_CALLBACK (on_hold_refused), &seen);

  refuse_hold (wire, &story, 488);
  baton_test_wait (seen != 0, 3000);
  g_assert_cmpuint (seen, ==, 488);
  g_signal_handler_disconnect (story.transfer, handler);
  expect_nothing_sent (&story);
  g_assert_true (wire_get_boolean (story.transfer, "waits-to-proceed"));
  g_assert_cmpint (baton_transfer_get_deadline (story.transfer), !=, 0);
  return story;
}

static void
test_asked_proceed (Wire *wire, gconstpointer data)
{
  Story story = ask (wire);
  g_autoptr (GError) error = NULL;

  g_assert_true (baton_transfer_proceed (story.transfer, &error));
  g_assert_no_error (error);
  wire_accept_refer (story.bob, baton_test_dialog_expect (story.bob, "REFER", 3000));
  g_assert_false (wire_get_boolean (story.transfer, "waits-to-proceed"));
  g_assert_false (baton_transfer_proceed (story.transfer, &error)); /* once */
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
  baton_test_wait_transfer (story.transfer, FAILED);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "INVITE"), ==, 2); /* nothing was held, so nothing is resumed */
}

static void
expect_as_before (Story *story)
{
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story->bob, "REFER"), ==, 0);
  g_assert_cmpuint (baton_test_dialog_count (story->bob, "BYE"), ==, 0);
  g_assert_cmpuint (baton_test_dialog_count (story->bob, "INVITE"), ==, 2);
  g_assert_cmpint (baton_call_get_state (story->call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpint (baton_call_get_hold (story->call), ==, BATON_HOLD_NONE);
  g_assert_false (wire_get_boolean (story->transfer, "waits-to-proceed"));
}

static void
test_asked_cancel (Wire *wire, gconstpointer data)
{
  Story story = ask (wire);
  g_autoptr (GError) error = NULL;

  g_assert_true (baton_transfer_take_back (story.transfer, &error));
  g_assert_no_error (error);
  baton_test_wait_transfer (story.transfer, TAKEN_BACK);
  expect_as_before (&story);
}

static void
test_asked_nobody (Wire *wire, gconstpointer data)
{
  Story story = ask (wire);

  baton_test_phone_advance (wire->phone, 30000);
  baton_test_wait_transfer (story.transfer, FAILED);
  g_assert_cmpuint (baton_transfer_get_status (story.transfer), ==, 488);
  g_assert_cmpstr (baton_transfer_get_reason (story.transfer), ==, "Not Acceptable Here"); /* without the digits again */
  expect_as_before (&story);
}

/* The re-INVITE hangs: asked all the same; and when the answer comes after all, nothing is left to ask. */
static void
test_hold_late (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);
  guint seen = 0;

  g_signal_connect (story.transfer, "hold-refused", G_CALLBACK (on_hold_refused), &seen);
  baton_test_peer_reply (wire->bob, story.hold, 100, NULL, NULL, NULL);
  expect_nothing_sent (&story);
  baton_test_phone_advance (wire->phone, 20000);
  baton_test_wait (seen != 0, 3000);
  g_assert_cmpuint (seen, ==, 408);
  expect_nothing_sent (&story);
  answer_hold (wire, &story);
  baton_test_dialog_expect (story.bob, "REFER", 3000);
  g_assert_cmpint (baton_call_get_hold (story.call), ==, BATON_HOLD_LOCAL);
}

/*
 * The peer is gone: its phone answers nothing any more. The call is over then, and nothing is sent outside of it. A BYE is
 * (RFC 3261 §12.2.1.2): who was only out of reach for a while is not left in a call that we have forgotten.
 */
static void
test_hold_unanswered (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);

  baton_test_wait_call (story.call, ENDED); /* 64·T1 */
  baton_test_dialog_expect (story.bob, "BYE", 3000);
  baton_test_wait_transfer (story.transfer, FAILED);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_peer_count (wire->bob, NULL, "REFER"), ==, 0);
}

/* A server between says so. */
static void
test_hold_timed_out (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);

  baton_test_peer_reply (wire->bob, story.hold, 408, NULL, NULL, NULL);
  baton_test_wait_call (story.call, ENDED);
  baton_test_dialog_expect (story.bob, "BYE", 3000);
  baton_test_wait_transfer (story.transfer, FAILED);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_peer_count (wire->bob, NULL, "REFER"), ==, 0);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "BYE"), ==, 1);
}

/* 481: the peer knows of no call. */
static void
test_hold_no_call (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);

  baton_test_peer_reply (wire->bob, story.hold, 481, NULL, NULL, NULL);
  baton_test_wait_call (story.call, ENDED);
  baton_test_wait_transfer (story.transfer, FAILED);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_peer_count (wire->bob, NULL, "REFER"), ==, 0);
}

/* The user takes the call off hold and transfers it in one go: what waits for an answer is not a hold. */
static void
test_resume_pending (Wire *wire, gconstpointer data)
{
  Story story = { 0 };
  BatonTestMessage *resume;
  g_autofree char *sdp = NULL;

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  baton_call_hold_async (story.call, NULL, NULL);
  baton_test_dialog_expect_reinvite (story.bob, "sendonly", 3000);
  baton_test_wait (baton_call_get_hold (story.call) == BATON_HOLD_LOCAL, 3000);
  baton_test_dialog_expect (story.bob, "ACK", 3000);
  baton_test_peer_set_auto (wire->bob, "INVITE", 0);
  baton_call_resume_async (story.call, NULL, NULL);
  resume = baton_test_dialog_expect_reinvite (story.bob, "sendrecv", 3000);
  story.transfer = baton_engine_transfer (wire->phone->engine, story.call, CAROL, NULL, NULL);
  g_assert_nonnull (story.transfer);
  expect_nothing_sent (&story);
  sdp = baton_test_sdp_answer (resume->body);
  baton_test_peer_reply (wire->bob, resume, 200, NULL, NULL, sdp);
  baton_test_dialog_expect (story.bob, "ACK", 3000);
  story.hold = baton_test_dialog_expect_reinvite (story.bob, "sendonly", 3000);
  expect_refer_after_hold (wire, &story);
}

/* Whom the user has put on hold a moment before the transfer is on hold again after it, as whoever was put there long before. */
static void
test_users_hold_pending (Wire *wire, gconstpointer data)
{
  Story story = { 0 };
  BatonTestMessage *refer;

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  baton_test_peer_set_auto (wire->bob, "INVITE", 0);
  baton_call_hold_async (story.call, NULL, NULL);
  story.hold = baton_test_dialog_expect_reinvite (story.bob, "sendonly", 3000);
  story.transfer = baton_engine_transfer (wire->phone->engine, story.call, CAROL, NULL, NULL);
  g_assert_nonnull (story.transfer);
  expect_nothing_sent (&story);
  answer_hold (wire, &story);
  refer = baton_test_dialog_expect (story.bob, "REFER", 3000);
  baton_test_peer_reply (wire->bob, refer, 603, "Decline", NULL, NULL);
  baton_test_wait_transfer (story.transfer, FAILED);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "INVITE"), ==, 2); /* the call and the hold */
  g_assert_cmpint (baton_call_get_hold (story.call), ==, BATON_HOLD_LOCAL);
  g_assert_false (baton_transfer_get_resumed (story.transfer));
}

/*
 * Whatever it is refused with, the call goes on, and nothing says that it is held. A phone with an offer of its own under way says
 * 500 (RFC 3261 §14.2), a busy server 503, and neither means the call.
 */
static void
test_hold_refused_statuses (Wire *wire, gconstpointer data)
{
  static const guint statuses[] = { 488, 500, 503, 504, 480, 404, 600 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      Story story = begin (wire);

      g_test_message ("%u", statuses[i]);
      refuse_hold (wire, &story, statuses[i]);
      baton_test_dialog_expect (story.bob, "REFER", 3000);
      g_assert_cmpint (baton_call_get_hold (story.call), ==, BATON_HOLD_NONE);
      g_assert_cmpint (baton_call_get_state (story.call), ==, BATON_CALL_STATE_ESTABLISHED);
      g_assert_cmpuint (baton_test_dialog_count (story.bob, "BYE"), ==, 0);
      baton_call_hangup (story.call, NULL);
      baton_test_dialog_expect (story.bob, "BYE", 3000);
    }
}

/* Bob holds the call, too, while he calls Carol, who is busy. */
static Story
fail_held_by_both (Wire *wire)
{
  Story story = begin (wire);
  g_autofree char *sdp = baton_test_sdp ("sendonly");

  wire_accept_refer (story.bob, expect_refer_after_hold (wire, &story));
  baton_test_dialog_send (story.bob, "INVITE", NULL, sdp);
  baton_test_dialog_expect (story.bob, "200 INVITE", 3000);
  baton_test_wait (baton_call_get_hold (story.call) == BATON_HOLD_BOTH, 3000);
  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
  baton_test_wait_transfer (story.transfer, FAILED);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "INVITE"), ==, 2);
  return story;
}

/* He takes his own back at once: two re-INVITEs at a time would be refused on both sides. */
static void
test_held_by_both (Wire *wire, gconstpointer data)
{
  Story story = fail_held_by_both (wire);
  g_autofree char *sdp = baton_test_sdp ("sendrecv"), *answer = NULL;
  BatonTestMessage *resume;

  story.bob->auto_ack = FALSE;
  baton_test_dialog_send (story.bob, "INVITE", NULL, sdp);
  baton_test_dialog_expect (story.bob, "200 INVITE", 3000);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "INVITE"), ==, 2);
  baton_test_dialog_send (story.bob, "ACK", NULL, NULL);
  resume = baton_test_dialog_expect_reinvite (story.bob, "sendrecv", 3000);
  answer = baton_test_sdp_answer (resume->body);
  baton_test_peer_reply (wire->bob, resume, 200, NULL, NULL, answer);
  baton_test_wait (baton_call_get_hold (story.call) == BATON_HOLD_NONE, 3000);
  g_assert_true (wire_get_boolean (story.transfer, "resumed"));
  baton_test_phone_advance (wire->phone, 2000);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "INVITE"), ==, 3);
}

/* He leaves his as it is: ours is over all the same. */
static void
test_still_held_by_them (Wire *wire, gconstpointer data)
{
  Story story = fail_held_by_both (wire);
  g_autofree char *answer = NULL;
  BatonTestMessage *resume;

  baton_test_phone_advance (wire->phone, 500);
  resume = baton_test_dialog_expect_reinvite (story.bob, NULL, 3000);
  answer = baton_test_sdp ("sendonly");
  baton_test_peer_reply (wire->bob, resume, 200, NULL, NULL, answer);
  baton_test_wait (baton_call_get_hold (story.call) == BATON_HOLD_REMOTE, 3000);
  g_assert_true (wire_get_boolean (story.transfer, "resumed"));
}

/* Bob ends the call meanwhile. */
static void
test_held_by_both_ends (Wire *wire, gconstpointer data)
{
  Story story = fail_held_by_both (wire);

  baton_test_dialog_bye (story.bob);
  baton_test_wait_call (story.call, ENDED);
  baton_test_phone_advance (wire->phone, 500);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "INVITE"), ==, 2);
}

/* Busy, so the next target is tried at once, before the caller was taken back: they wait on, and come back if that fails, too. */
static void
test_next_target (Wire *wire, gconstpointer data)
{
  Story story = fail_held_by_both (wire);
  BatonTransfer *second = baton_engine_transfer (wire->phone->engine, story.call, "sip:dave@192.0.2.8", NULL, NULL);
  g_autofree char *event = NULL;
  BatonTestMessage *refer;

  g_assert_nonnull (second);
  refer = baton_test_dialog_expect (story.bob, "REFER", 3000);
  event = g_strdup_printf ("refer;id=%u", refer->cseq);
  wire_accept_refer (story.bob, refer);
  baton_test_phone_advance (wire->phone, 500);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "INVITE"), ==, 2); /* the call and the hold */
  baton_test_dialog_notify (story.bob, event, "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
  baton_test_wait_transfer (second, FAILED);
  baton_test_phone_advance (wire->phone, 500);
  baton_test_dialog_expect_reinvite (story.bob, NULL, 3000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/safe-transfer/ack-before-refer", NULL, test_ack_before_refer);
  wire_add ("/safe-transfer/hold-pending", NULL, test_hold_pending);
  wire_add ("/safe-transfer/glare", NULL, test_glare);
  wire_add ("/safe-transfer/hold-refused", NULL, test_hold_refused);
  wire_add ("/safe-transfer/hold-refused-statuses", NULL, test_hold_refused_statuses);
  wire_add ("/safe-transfer/asked-proceed", NULL, test_asked_proceed);
  wire_add ("/safe-transfer/asked-cancel", NULL, test_asked_cancel);
  wire_add ("/safe-transfer/asked-nobody", NULL, test_asked_nobody);
  wire_add ("/safe-transfer/hold-late", NULL, test_hold_late);
  wire_add ("/safe-transfer/hold-unanswered", NULL, test_hold_unanswered);
  wire_add ("/safe-transfer/hold-timed-out", NULL, test_hold_timed_out);
  wire_add ("/safe-transfer/hold-no-call", NULL, test_hold_no_call);
  wire_add ("/safe-transfer/resume-pending", NULL, test_resume_pending);
  wire_add ("/safe-transfer/users-hold-pending", NULL, test_users_hold_pending);
  wire_add ("/safe-transfer/held-by-both", NULL, test_held_by_both);
  wire_add ("/safe-transfer/still-held-by-them", NULL, test_still_held_by_them);
  wire_add ("/safe-transfer/held-by-both-ends", NULL, test_held_by_both_ends);
  wire_add ("/safe-transfer/next-target", NULL, test_next_target);
  return g_test_run ();
}
