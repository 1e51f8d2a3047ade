/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baton transfers Bob blind to Carol (refer.md §2, §6, §7). Bob is the script; nobody needs a Carol. */
#include "wire.h"

#define CAROL "sip:carol@192.0.2.7"

typedef struct
{
  BatonCall *call;
  BatonTestDialog *bob;
  BatonTransfer *transfer;
  BatonTestMessage *refer;
} Story;

/* A call to Bob, held, and the REFER that Bob has not answered yet. */
static Story
begin (Wire *wire, const BatonReferOptions *options)
{
  Story story = { 0 };

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.refer = wire_transfer (wire, story.call, story.bob, CAROL, options, &story.transfer);
  return story;
}

static void
end_well (Wire *wire, Story *story)
{
  BatonTestMessage *notify_answer, *bye;

  notify_answer = baton_test_dialog_notify (story->bob, "refer", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  g_assert_cmpuint (notify_answer->status, ==, 200);
  baton_test_phone_advance (wire->phone, 1000); /* Bob has a second for a BYE of his own (§6, the race) */
  bye = baton_test_dialog_expect (story->bob, "BYE", 3000);
  g_assert_cmpuint (notify_answer->index, <, bye->index);
  baton_test_wait_transfer (story->transfer, TRANSFERRED);
  baton_test_wait_call (story->call, ENDED);
  g_assert_cmpint (baton_transfer_get_outcome (story->transfer), ==, BATON_REFER_OUTCOME_ACCEPTED);
}

static void
test_answered (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);
  g_autofree char *by = baton_test_message_dup_uri (story.refer, "Referred-By");

  g_assert_cmpstr (baton_test_message_get (story.refer, "Refer-To"), ==, "<" CAROL ">");
  g_assert_cmpuint (baton_test_message_count (story.refer, "Refer-To"), ==, 1);
  g_assert_cmpuint (baton_test_message_count (story.refer, "Contact"), ==, 1);
  g_assert_cmpuint (baton_test_message_count (story.refer, "Referred-By"), ==, 1);
  g_assert_cmpstr (by, ==, wire->phone->uri);
  g_assert_cmpint (baton_transfer_get_state (story.transfer), ==, BATON_TRANSFER_STATE_REQUESTED);

  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  baton_test_wait_transfer (story.transfer, AGREED);
  baton_test_dialog_notify (story.bob, "refer", "active;expires=60", "SIP/2.0 100 Trying\r\n");
  baton_test_wait_transfer (story.transfer, TRYING);
  baton_test_dialog_notify (story.bob, "refer", "active;expires=58", "SIP/2.0 180 Ringing\r\n");
  baton_test_wait_transfer (story.transfer, RINGING);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "BYE"), ==, 0);
  end_well (wire, &story);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "BYE"), ==, 1);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "INVITE"), ==, 2); /* the call, the hold, no resume */
}

/* 200 and 202 mean the same (§2.5). */
static void
test_answered_with_200 (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  baton_test_peer_reply (wire->bob, story.refer, 200, "OK", NULL, NULL);
  baton_test_wait_transfer (story.transfer, AGREED);
  end_well (wire, &story);
}

static void
test_busy (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  wire_accept_refer (story.bob, story.refer);
  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpuint (baton_transfer_get_status (story.transfer), ==, 486);
  g_assert_cmpstr (baton_transfer_get_reason (story.transfer), ==, "Busy Here");
  g_assert_cmpint (baton_transfer_get_outcome (story.transfer), ==, BATON_REFER_OUTCOME_REJECTED);
  baton_test_dialog_bye (story.bob);
}

/* The target rings and nobody comes: after the ring time the caller is back. */
static void
test_no_answer (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  wire_accept_refer (story.bob, story.refer);
  baton_test_dialog_notify (story.bob, "refer", "active;expires=120", "SIP/2.0 180 Ringing\r\n");
  baton_test_wait_transfer (story.transfer, RINGING);
  baton_test_phone_advance (wire->phone, 29000);
  baton_test_drain ();
  g_assert_cmpint (baton_transfer_get_state (story.transfer), ==, BATON_TRANSFER_STATE_RINGING);
  baton_test_phone_advance (wire->phone, 2000);
  wire_expect_resumed (story.bob, story.call, story.transfer);
}

static void
test_refused (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  baton_test_peer_reply (wire->bob, story.refer, 603, "Decline", NULL, NULL);
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpuint (baton_transfer_get_status (story.transfer), ==, 603);
  g_assert_cmpint (baton_transfer_get_outcome (story.transfer), ==, BATON_REFER_OUTCOME_REFUSED);
  baton_test_dialog_bye (story.bob);
}

/*
 * The peer refuses and hangs up in one breath: the re-INVITE that would have resumed the call has no dialog any more.
 * nua would send it all the same, as a call that nobody asked for.
 */
static void
test_refused_and_gone (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);
  guint calls = baton_test_peer_count (wire->bob, NULL, "INVITE");

  baton_test_peer_reply (wire->bob, story.refer, 603, "Decline", NULL, NULL);
  baton_test_dialog_bye (story.bob);
  baton_test_wait (baton_call_get_state (story.call) == BATON_CALL_STATE_ENDED, 3000);
  baton_test_settle (100);
  g_assert_cmpuint (baton_test_peer_count (wire->bob, NULL, "INVITE"), ==, calls);
}

/* 3xx to a REFER is a refusal too, and is told (§2.5). */
static void
test_redirected (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  baton_test_peer_reply (wire->bob, story.refer, 302, "Moved Temporarily", "Contact: <sip:elsewhere@192.0.2.9>\r\n",
                         NULL);
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpuint (baton_transfer_get_status (story.transfer), ==, 302);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "REFER"), ==, 1);
}

static void
test_never_answered (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  wire_expect_resumed (story.bob, story.call, story.transfer); /* after 64·T1 of the stack's time */
  g_assert_cmpuint (baton_transfer_get_status (story.transfer), ==, 408);
  g_assert_cmpint (baton_transfer_get_outcome (story.transfer), ==, BATON_REFER_OUTCOME_REFUSED);
}

static void
test_no_notify (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  baton_test_wait_transfer (story.transfer, AGREED);
  baton_test_phone_advance (wire->phone, 64 * BATON_TEST_T1_MS + 10);
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpint (baton_transfer_get_outcome (story.transfer), ==, BATON_REFER_OUTCOME_NO_NOTIFY);
}

static void
test_notify_before_2xx (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  g_assert_cmpuint (baton_test_dialog_notify (story.bob, "refer", "active;expires=60",
                                              "SIP/2.0 180 Ringing\r\n")->status, ==, 200);
  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  baton_test_wait_transfer (story.transfer, RINGING);
  end_well (wire, &story);
}

static void
on_accepted (BatonReferContext *context, guint status, const char *reason, guint *accepted)
{
  *accepted += status == 202;
}

/* Who reports the end has taken the request: that is told, and once. */
static void
test_final_notify_before_2xx (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);
  guint accepted = 0;
  BatonTestMessage *answer;

  g_signal_connect (baton_transfer_get_context (story.transfer), "refer-request-accepted", G_CALLBACK (on_accepted), &accepted);
  answer = baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource",
                                                       "SIP/2.0 486 Busy Here\r\n");

  g_assert_cmpuint (answer->status, ==, 200);
  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpuint (accepted, ==, 1);
}

static void
test_event_id (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);
  g_autofree char *event = g_strdup_printf ("refer;id=%u", story.refer->cseq);

  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, event, "active;expires=60",
                                              "SIP/2.0 180 Ringing\r\n")->status, ==, 200);
  baton_test_wait_transfer (story.transfer, RINGING);
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, event, "terminated;reason=noresource",
                                              "SIP/2.0 200 OK\r\n")->status, ==, 200);
  baton_test_phone_advance (wire->phone, 1000);
  baton_test_dialog_expect (story.bob, "BYE", 3000);
  baton_test_wait_transfer (story.transfer, TRANSFERRED);
}

/* Another id, another package: not ours, and nothing changes (§2.6). */
static void
test_unknown_event (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  wire_accept_refer (story.bob, story.refer);
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, "refer;id=999999", "terminated;reason=noresource",
                                              "SIP/2.0 200 OK\r\n")->status, ==, 481);
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, "presence", "active", NULL)->status, ==, 489);
  g_assert_cmpint (baton_transfer_get_state (story.transfer), ==, BATON_TRANSFER_STATE_TRYING);
  end_well (wire, &story);
}

static void
test_two_refers (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonSession *session = baton_call_get_session (call);
  BatonReferOptions options = { .active_after_transfer = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (BatonReferContext) first = NULL, second = NULL;
  BatonTestMessage *refer;
  g_autofree char *event = NULL;

  first = BATON_REFER_CONTEXT (baton_session_refer_to_uri (session, CAROL, &options, &error));
  g_assert_no_error (error);
  refer = baton_test_dialog_expect (bob, "REFER", 3000);
  wire_accept_refer (bob, refer);
  second = BATON_REFER_CONTEXT (baton_session_refer_to_uri (session, "sip:dave@192.0.2.8", &options, &error));
  g_assert_no_error (error);
  refer = baton_test_dialog_expect (bob, "REFER", 3000);
  baton_test_peer_reply (wire->bob, refer, 202, "Accepted", NULL, NULL);
  event = g_strdup_printf ("refer;id=%u", refer->cseq);

  baton_test_dialog_notify (bob, event, "active;expires=60", "SIP/2.0 183 Session Progress\r\n");
  baton_test_wait (baton_refer_context_get_status (second) == 183, 3000);
  baton_test_dialog_notify (bob, "refer", "active;expires=60", "SIP/2.0 180 Ringing\r\n"); /* no id: the first */
  baton_test_wait (baton_refer_context_get_status (first) == 180, 3000);
  g_assert_cmpuint (baton_refer_context_get_status (second), ==, 183);
  baton_test_dialog_notify (bob, "refer", "terminated;reason=noresource", "SIP/2.0 404 Not Found\r\n");
  baton_test_wait (baton_refer_context_get_state (first) == BATON_REFER_STATE_ENDED, 3000);
  g_assert_cmpint (baton_refer_context_get_state (second), ==, BATON_REFER_STATE_ACCEPTED);
  baton_test_dialog_notify (bob, event, "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  baton_test_wait (baton_refer_context_get_outcome (second) == BATON_REFER_OUTCOME_ACCEPTED, 3000);
  g_assert_cmpint (baton_refer_context_get_outcome (first), ==, BATON_REFER_OUTCOME_REJECTED);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
}

/* The first one's end comes before its 202, which is not taken for an answer to the second. */
static void
test_two_refers_end_first (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonSession *session = baton_call_get_session (baton_test_phone_call (wire->phone, wire->bob, &bob));
  BatonReferOptions options = { .active_after_transfer = TRUE };
  g_autoptr (BatonReferContext) first = BATON_REFER_CONTEXT (baton_session_refer_to_uri (session, CAROL, &options, NULL));
  g_autoptr (BatonReferContext) second = NULL;
  BatonTestMessage *refer = baton_test_dialog_expect (bob, "REFER", 3000);

  baton_test_dialog_notify (bob, "refer", "terminated;reason=noresource", "SIP/2.0 404 Not Found\r\n");
  baton_test_wait (baton_refer_context_get_state (first) == BATON_REFER_STATE_ENDED, 3000);
  second = BATON_REFER_CONTEXT (baton_session_refer_to_uri (session, "sip:dave@192.0.2.8", &options, NULL));
  baton_test_peer_reply (wire->bob, refer, 202, "Accepted", NULL, NULL);
  refer = baton_test_dialog_expect (bob, "REFER", 3000);
  g_assert_cmpint (baton_refer_context_get_state (second), ==, BATON_REFER_STATE_REQUESTED);
  baton_test_peer_reply (wire->bob, refer, 603, "Decline", NULL, NULL);
  baton_test_wait (baton_refer_context_get_outcome (second) == BATON_REFER_OUTCOME_REFUSED, 3000);
}

/* Some servers say BYE as soon as they have agreed (§7): handed over, not confirmed. */
static void
test_bye_after_202 (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  baton_test_wait_transfer (story.transfer, AGREED);
  baton_test_dialog_bye (story.bob);
  baton_test_wait_call (story.call, ENDED);
  baton_test_phone_advance (wire->phone, 64 * BATON_TEST_T1_MS + 10);
  baton_test_wait_transfer (story.transfer, HANDED_OVER);
  g_assert_cmpint (baton_transfer_get_outcome (story.transfer), ==, BATON_REFER_OUTCOME_NOT_CONFIRMED);
}

/* The final NOTIFY races their BYE: it still counts. */
static void
test_notify_after_bye (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);
  BatonTestMessage *answer;

  wire_accept_refer (story.bob, story.refer);
  baton_test_dialog_bye (story.bob);
  baton_test_wait_call (story.call, ENDED);
  answer = baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  g_assert_cmpuint (answer->status, ==, 200);
  baton_test_wait_transfer (story.transfer, TRANSFERRED);
}

/* A late NOTIFY after our own BYE gets 200 (§2.6), and Bob is not left waiting for an answer. */
static void
test_notify_after_our_bye (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);
  BatonTestMessage *answer;

  wire_accept_refer (story.bob, story.refer);
  baton_call_hangup (story.call, NULL);
  baton_test_dialog_expect (story.bob, "BYE", 3000);
  answer = baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  g_assert_cmpuint (answer->status, ==, 200);
}

static void
test_challenged (Wire *wire, gconstpointer data)
{
  BatonSipIdentity *identity = baton_account_get_identity (wire->phone->account);
  Story story;
  BatonTestMessage *again;
  g_autofree char *wrong = NULL, *event = NULL, *old_event = NULL;

  g_object_set (identity, "auth-user", "baton", "password", "geheim", NULL);
  story = begin (wire, NULL);
  baton_test_digest_challenge (wire->bob, story.refer, 401, "bob's place", "n0nce", "MD5");
  again = baton_test_dialog_expect (story.bob, "REFER", 3000);
  wrong = baton_test_digest_verify (again, "baton", "geheim", "n0nce");
  g_assert_cmpstr (wrong, ==, NULL);
  g_assert_cmpstr (baton_test_message_get (again, "Refer-To"), ==, "<" CAROL ">");
  g_assert_cmpuint (baton_test_message_count (again, "Referred-By"), ==, 1);
  baton_test_peer_reply (wire->bob, again, 202, "Accepted", NULL, NULL);
  event = g_strdup_printf ("refer;id=%u", again->cseq);
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, event, "active;expires=60",
                                              "SIP/2.0 180 Ringing\r\n")->status, ==, 200);
  baton_test_wait_transfer (story.transfer, RINGING);
  old_event = g_strdup_printf ("refer;id=%u", story.refer->cseq);
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, old_event, "terminated",
                                              "SIP/2.0 486 Busy Here\r\n")->status, ==, 481);
  end_well (wire, &story);
}

static void
test_challenged_without_password (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  baton_test_digest_challenge (wire->bob, story.refer, 401, "bob's place", "n0nce", "MD5");
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpuint (baton_transfer_get_status (story.transfer), ==, 401);
}

/* Credentials for the REFER are refused; the resume is challenged, too, and has its answer: the caller isn't lost (§2.1). */
static void
test_credentials_refused (Wire *wire, gconstpointer data)
{
  Story story;
  BatonTestMessage *again, *resume;
  g_autofree char *wrong = NULL, *sdp = NULL;

  g_object_set (baton_account_get_identity (wire->phone->account), "auth-user", "baton", "password", "geheim", NULL);
  story = begin (wire, NULL);
  baton_test_peer_set_auto (wire->bob, "INVITE", 0);
  baton_test_digest_challenge (wire->bob, story.refer, 407, "proxy", "n0", "MD5");
  again = baton_test_dialog_expect (story.bob, "REFER", 3000);
  baton_test_digest_challenge (wire->bob, again, 407, "proxy", "n1", "MD5");
  resume = baton_test_dialog_expect_reinvite (story.bob, "sendrecv", 3000);
  baton_test_digest_challenge (wire->bob, resume, 407, "proxy", "n2", "MD5");
  resume = baton_test_dialog_expect_reinvite (story.bob, "sendrecv", 3000);
  wrong = baton_test_digest_verify (resume, "baton", "geheim", "n2");
  g_assert_cmpstr (wrong, ==, NULL);
  sdp = baton_test_sdp_answer (resume->body);
  baton_test_peer_reply (wire->bob, resume, 200, NULL, "Content-Type: application/sdp\n", sdp);
  baton_test_wait (baton_call_get_hold (story.call) == BATON_HOLD_NONE, 3000);
  g_assert_cmpint (baton_call_get_state (story.call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "BYE"), ==, 0);
}

static void
test_expires (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  baton_test_dialog_notify (story.bob, "refer", "active;expires=5", "SIP/2.0 100 Trying\r\n");
  baton_test_wait_transfer (story.transfer, TRYING);
  baton_test_phone_advance (wire->phone, 4000);
  g_assert_cmpint (baton_transfer_get_state (story.transfer), ==, BATON_TRANSFER_STATE_TRYING);
  baton_test_phone_advance (wire->phone, 64 * BATON_TEST_T1_MS + 20000);
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpint (baton_transfer_get_outcome (story.transfer), ==, BATON_REFER_OUTCOME_EXPIRED);
  g_assert_cmpuint (baton_transfer_get_status (story.transfer), ==, 0);
  g_assert_cmpstr (baton_transfer_get_reason (story.transfer), ==, NULL); /* "Trying" is none */
}

/* Terminated without a final status, with no body at all. */
static void
test_terminated_without_body (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  wire_accept_refer (story.bob, story.refer);
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, "refer", "terminated;reason=timeout", NULL)->status, ==, 200);
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpint (baton_transfer_get_outcome (story.transfer), ==, BATON_REFER_OUTCOME_EXPIRED);
}

/* SIP.js says `terminated` on every NOTIFY (§7): with a 1xx it is not the end. */
static void
test_terminated_too_early (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, "refer", "terminated", "SIP/2.0 100 Trying\r\n")->status, ==,
                    200);
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, "refer", "terminated", "SIP/2.0 180 Ringing\r\n")->status,
                    ==, 200);
  baton_test_wait_transfer (story.transfer, RINGING);
  end_well (wire, &story);
}

/* Some phones number NOTIFYs by a count of their own (§7): taken as far as it grows. */
static void
test_jumping_cseq (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  story.bob->cseq += 5000;
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, "refer", "active;expires=60",
                                              "SIP/2.0 180 Ringing\r\n")->status, ==, 200);
  baton_test_wait_transfer (story.transfer, RINGING);
  end_well (wire, &story);
}

/* One context is one REFER (§1). */
static void
test_context_twice (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  g_autoptr (GError) error = NULL;
  g_autoptr (BatonReferClientContext) context = baton_session_refer_to_uri (baton_call_get_session (call), CAROL,
                                                                            NULL, &error);

  g_assert_no_error (error);
  g_assert_false (baton_refer_client_context_refer (context, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  baton_test_peer_reply (wire->bob, baton_test_dialog_expect (bob, "REFER", 3000), 603, NULL, NULL, NULL);
  baton_test_wait (baton_refer_context_get_state (BATON_REFER_CONTEXT (context)) == BATON_REFER_STATE_ENDED, 3000);
  g_assert_cmpuint (baton_test_dialog_count (bob, "REFER"), ==, 1);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
}

typedef struct
{
  const char *name;
  const char *state;
  const char *body;
  guint status; /* 0: nothing changes */
  const char *reason;
} Sipfrag;

static const Sipfrag sipfrags[] = {
  { "words", "terminated;reason=noresource", "SIP/2.0 480 Temporarily Not Available Here\r\n", 480,
    "Temporarily Not Available Here" },
  { "headers", "terminated;reason=noresource",
    "SIP/2.0 486 Busy Here\r\nTo: <sip:carol@192.0.2.7>;tag=1\r\nRetry-After: 60\r\n\r\n", 486, "Busy Here" },
  { "blank-line", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n\r\n", 486, "Busy Here" },
  { "no-reason", "terminated;reason=noresource", "SIP/2.0 486\r\n", 486, NULL },
  { "bare-lf", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\n", 486, "Busy Here" },
  { "no-line-end", "terminated;reason=noresource", "SIP/2.0 486 Busy Here", 486, "Busy Here" },
  { "double-reason", "terminated;reason=reason=noresource", "SIP/2.0 486 Busy Here\r\n", 486, "Busy Here" },
  { "active-at-the-end", "active;expires=30", "SIP/2.0 486 Busy Here\r\n", 486, "Busy Here" },
  { "603-for-all", "terminated;reason=noresource", "SIP/2.0 603 Declined\r\n", 603, "Declined" },
  { "broken", "active;expires=60", "this is no status line\r\n", 0, NULL },
  { "status-too-high", "active;expires=60", "SIP/2.0 999 No\r\n", 0, NULL },
  { "empty-line", "active;expires=60", "\r\n", 0, NULL },
  { "markup", "terminated;reason=noresource", "SIP/2.0 486 <b>%s%n</b>\r\n", 486, "<b>%s%n</b>" },
};

static void
test_sipfrag (Wire *wire, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (sipfrags); i++)
    {
      const Sipfrag *row = &sipfrags[i];
      Story story;
      BatonTestMessage *answer;

      g_test_message ("sipfrag %s", row->name);
      story = begin (wire, NULL);
      wire_accept_refer (story.bob, story.refer);
      answer = baton_test_dialog_notify (story.bob, "refer", row->state, row->body);
      if (row->status != 0)
        {
          g_assert_cmpuint (answer->status, ==, 200);
          wire_expect_resumed (story.bob, story.call, story.transfer);
          g_assert_cmpuint (baton_transfer_get_status (story.transfer), ==, row->status);
          if (row->reason != NULL)
            g_assert_cmpstr (baton_transfer_get_reason (story.transfer), ==, row->reason);
          baton_test_dialog_bye (story.bob);
        }
      else
        {
          g_assert_cmpuint (answer->status, >=, 200);
          g_assert_cmpint (baton_transfer_get_state (story.transfer), ==, BATON_TRANSFER_STATE_TRYING);
          end_well (wire, &story);
        }
    }
}

static void
test_active_after_transfer (Wire *wire, gconstpointer data)
{
  BatonReferOptions options = { .active_after_transfer = TRUE };
  Story story = begin (wire, &options);

  wire_accept_refer (story.bob, story.refer);
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource",
                                              "SIP/2.0 200 OK\r\n")->status, ==, 200);
  baton_test_wait_transfer (story.transfer, TRANSFERRED);
  baton_test_phone_advance (wire->phone, 60000);
  baton_test_peer_expect_none (wire->bob, "BYE", 60);
  g_assert_cmpint (baton_call_get_state (story.call), ==, BATON_CALL_STATE_ESTABLISHED);
  baton_test_dialog_bye (story.bob);
}

static void
test_extra_headers (Wire *wire, gconstpointer data)
{
  const char *const headers[] = { "X-Reason: lunch", "Subject: about the invoice", NULL };
  BatonReferOptions options = { .extra_headers = headers };
  Story story = begin (wire, &options);

  g_assert_cmpstr (baton_test_message_get (story.refer, "X-Reason"), ==, "lunch");
  g_assert_cmpstr (baton_test_message_get (story.refer, "Subject"), ==, "about the invoice");
  wire_accept_refer (story.bob, story.refer);
  end_well (wire, &story);
}

static void
test_owned_headers (Wire *wire, gconstpointer data)
{
  static const char *const owned[] = { "Refer-To: <sip:x@y>", "contact: <sip:x@y>", "Call-ID: 1", "CSeq: 1 REFER",
                                       "i: 1",
                                       "no colon", "X-Two: a\r\nEvil: b" };
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);

  for (guint i = 0; i < G_N_ELEMENTS (owned); i++)
    {
      const char *const headers[] = { owned[i], NULL };
      BatonReferOptions options = { .extra_headers = headers };
      g_autoptr (GError) error = NULL;
      g_autoptr (BatonReferClientContext) context
        = baton_session_refer_to_uri (baton_call_get_session (call), CAROL, &options, &error);

      g_test_message ("%s", owned[i]);
      g_assert_null (context);
      g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
    }
  baton_test_peer_expect_none (wire->bob, "REFER", 50);
}

static void
test_anonymous (Wire *wire, gconstpointer data)
{
  Story story;
  g_autofree char *by = NULL;

  g_object_set (baton_account_get_identity (wire->phone->account), "anonymous", TRUE, NULL);
  story = begin (wire, NULL);
  by = baton_test_message_dup_uri (story.refer, "Referred-By");
  if (by != NULL)
    g_assert_null (strstr (by, "baton@"));
  wire_accept_refer (story.bob, story.refer);
  end_well (wire, &story);
}

static void
refuse_subscription (Wire *wire, const char *header)
{
  BatonReferOptions options = { .no_subscription = TRUE };
  Story story = begin (wire, &options);

  g_assert_cmpstr (baton_test_message_get (story.refer, "Refer-Sub"), ==, "false");
  g_assert_true (baton_test_message_has_token (story.refer, "Supported", "norefersub"));
  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", header, NULL);
  baton_test_wait (baton_transfer_get_outcome (story.transfer) == BATON_REFER_OUTCOME_NO_SUBSCRIPTION, 3000);
  baton_test_phone_advance (wire->phone, 64 * BATON_TEST_T1_MS + 10);
  g_assert_cmpint (baton_transfer_get_outcome (story.transfer), ==, BATON_REFER_OUTCOME_NO_SUBSCRIPTION);
}

/* An answer to the REFER with headers that come twice and should come once */
static void
test_doubled_headers (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);

  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted",
                         "Max-Forwards: 70\r\nMax-Forwards: 69\r\nDate: Sat, 28 Nov 2026 10:00:00 GMT\r\n"
                         "Date: Sat, 28 Nov 2026 10:00:01 GMT\r\nServer: A\r\nServer: B\r\n",
                         NULL);
  end_well (wire, &story);
}

static void
test_no_subscription (Wire *wire, gconstpointer data)
{
  refuse_subscription (wire, "Refer-Sub: false\r\n");
}

static void
test_no_subscription_parameter (Wire *wire, gconstpointer data)
{
  refuse_subscription (wire, "Refer-Sub: False;x=y\r\n");
}

static void
test_take_back (Wire *wire, gconstpointer data)
{
  Story story = begin (wire, NULL);
  g_autoptr (GError) error = NULL;
  BatonTestMessage *subscribe;

  wire_accept_refer (story.bob, story.refer);
  baton_test_dialog_notify (story.bob, "refer", "active;expires=60", "SIP/2.0 180 Ringing\r\n");
  baton_test_wait_transfer (story.transfer, RINGING);
  g_assert_true (baton_transfer_take_back (story.transfer, &error));
  g_assert_no_error (error);
  subscribe = baton_test_dialog_expect (story.bob, "SUBSCRIBE", 3000);
  g_assert_cmpstr (baton_test_message_get (subscribe, "Expires"), ==, "0");
  baton_test_peer_reply (wire->bob, subscribe, 200, NULL, "Expires: 0\n", NULL);
  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=timeout", "SIP/2.0 487 Request Terminated\r\n");
  baton_test_dialog_expect_reinvite (story.bob, "sendrecv", 3000);
  baton_test_wait_transfer (story.transfer, TAKEN_BACK);
  baton_test_wait (baton_call_get_hold (story.call) == BATON_HOLD_NONE, 3000);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "BYE"), ==, 0);
}

static void
set_grace (BatonEngineOptions *options)
{
  options->grace_ms = 4000;
}

static void
test_undo (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  g_autoptr (GError) error = NULL;
  BatonTransfer *transfer = baton_engine_transfer (wire->phone->engine, call, CAROL, NULL, &error);

  g_assert_no_error (error);
  baton_test_phone_advance (wire->phone, 3000);
  baton_test_drain ();
  g_assert_true (baton_transfer_undo (transfer, &error));
  baton_test_phone_advance (wire->phone, 60000);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_NONE, 3000);
  baton_test_peer_expect_none (wire->bob, "REFER", 50);
  baton_test_wait_transfer (transfer, TAKEN_BACK);
}

static void
test_grace (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  g_autoptr (GError) error = NULL;
  BatonTransfer *transfer = baton_engine_transfer (wire->phone->engine, call, CAROL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (baton_transfer_get_state (transfer), ==, BATON_TRANSFER_STATE_GRACE);
  baton_test_phone_advance (wire->phone, 4001);
  baton_test_dialog_expect (bob, "REFER", 3000);
}

/* What can't be called is refused before anything is sent. */
static void
test_bad_targets (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  const char *const targets[] = { "", "http://example.net/", "sip:", "sip:carol@exa mple",
                                  "sip:carol@192.0.2.7\r\nEvil: 1", wire->phone->uri };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", targets[i]);
      g_assert_null (baton_engine_transfer (wire->phone->engine, call, targets[i], NULL, &error));
      g_assert_nonnull (error);
    }
  baton_test_settle (30);
  g_assert_cmpuint (baton_test_dialog_count (bob, "INVITE"), ==, 1); /* not even held */
  g_assert_cmpuint (baton_test_dialog_count (bob, "REFER"), ==, 0);
}

/* A comma in the user part would end the header's value, but for the <> (RFC 3261 §20.10). */
static void
test_comma (Wire *wire, gconstpointer data)
{
  Story story = { 0 };

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.refer = wire_transfer (wire, story.call, story.bob, "sip:carol,desk@192.0.2.7", NULL, &story.transfer);
  g_assert_cmpstr (baton_test_message_get (story.refer, "Refer-To"), ==, "<sip:carol,desk@192.0.2.7>");
  wire_accept_refer (story.bob, story.refer);
  end_well (wire, &story);
}

/* Baton was called: the REFER's dialog has the roles the other way round. */
static void
test_as_callee (Wire *wire, gconstpointer data)
{
  Story story = { 0 };

  story.call = baton_test_phone_take (wire->phone, wire->bob, NULL, &story.bob);
  story.refer = wire_transfer (wire, story.call, story.bob, CAROL, NULL, &story.transfer);
  wire_accept_refer (story.bob, story.refer);
  end_well (wire, &story);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/blind-sent/answered", NULL, test_answered);
  wire_add ("/blind-sent/answered-with-200", NULL, test_answered_with_200);
  wire_add ("/blind-sent/as-callee", NULL, test_as_callee);
  wire_add ("/blind-sent/comma", NULL, test_comma);
  wire_add ("/blind-sent/busy", NULL, test_busy);
  wire_add ("/blind-sent/no-answer", NULL, test_no_answer);
  wire_add ("/blind-sent/refused", NULL, test_refused);
  wire_add ("/blind-sent/refused-and-gone", NULL, test_refused_and_gone);
  wire_add ("/blind-sent/redirected", NULL, test_redirected);
  wire_add ("/blind-sent/never-answered", NULL, test_never_answered);
  wire_add ("/blind-sent/no-notify", NULL, test_no_notify);
  wire_add ("/blind-sent/notify-before-2xx", NULL, test_notify_before_2xx);
  wire_add ("/blind-sent/final-notify-before-2xx", NULL, test_final_notify_before_2xx);
  wire_add ("/blind-sent/event-id", NULL, test_event_id);
  wire_add ("/blind-sent/unknown-event", NULL, test_unknown_event);
  wire_add ("/blind-sent/two-refers", NULL, test_two_refers);
  wire_add ("/blind-sent/two-refers-end-first", NULL, test_two_refers_end_first);
  wire_add ("/blind-sent/bye-after-202", NULL, test_bye_after_202);
  wire_add ("/blind-sent/notify-after-bye", NULL, test_notify_after_bye);
  wire_add ("/blind-sent/notify-after-our-bye", NULL, test_notify_after_our_bye);
  wire_add ("/blind-sent/challenged", NULL, test_challenged);
  wire_add ("/blind-sent/credentials-refused", NULL, test_credentials_refused);
  wire_add ("/blind-sent/challenged-without-password", NULL, test_challenged_without_password);
  wire_add ("/blind-sent/expires", NULL, test_expires);
  wire_add ("/blind-sent/terminated-without-body", NULL, test_terminated_without_body);
  wire_add ("/blind-sent/terminated-too-early", NULL, test_terminated_too_early);
  wire_add ("/blind-sent/sipfrag", NULL, test_sipfrag);
  wire_add ("/blind-sent/notify-with-jumping-cseq", NULL, test_jumping_cseq);
  wire_add ("/blind-sent/context-twice", NULL, test_context_twice);
  wire_add ("/blind-sent/active-after-transfer", NULL, test_active_after_transfer);
  wire_add ("/blind-sent/extra-headers", NULL, test_extra_headers);
  wire_add ("/blind-sent/owned-headers", NULL, test_owned_headers);
  wire_add ("/blind-sent/anonymous", NULL, test_anonymous);
  wire_add ("/blind-sent/no-subscription", NULL, test_no_subscription);
  wire_add ("/blind-sent/doubled-headers", NULL, test_doubled_headers);
  wire_add ("/blind-sent/no-subscription-parameter", NULL, test_no_subscription_parameter);
  wire_add ("/blind-sent/take-back", NULL, test_take_back);
  wire_add ("/blind-sent/undo", set_grace, test_undo);
  wire_add ("/blind-sent/grace", set_grace, test_grace);
  wire_add ("/blind-sent/bad-targets", NULL, test_bad_targets);
  return g_test_run ();
}
