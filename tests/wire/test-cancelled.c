/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Somebody changes their mind about a REFER at an odd moment: while it has no answer, or inside of a handler that hears of it.
 * What is said of that one is never taken for news of another (refer.md §2.6).
 */
#include "wire.h"

#define CAROL "sip:carol@192.0.2.7"
#define DAVE "sip:dave@192.0.2.8"

typedef struct
{
  BatonCall *call;
  BatonSession *session;
  BatonTestDialog *bob;
  BatonReferClientContext *first, *second;
  BatonTestMessage *refer;
} Story;

/* The first REFER is at Bob's, and not answered. */
static Story
begin (Wire *wire)
{
  Story story = { 0 };

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.session = baton_call_get_session (story.call);
  story.first = baton_session_refer_to_uri (story.session, CAROL, NULL, NULL);
  g_assert_nonnull (story.first);
  story.refer = baton_test_dialog_expect (story.bob, "REFER", 3000);
  return story;
}

static void
refer_again (Story *story)
{
  story->second = baton_session_refer_to_uri (story->session, DAVE, NULL, NULL);
  g_assert_nonnull (story->second);
}

static void
end (Story *story)
{
  g_clear_object (&story->first);
  g_clear_object (&story->second);
}

static BatonReferState
state_of (BatonReferClientContext *context)
{
  return baton_refer_context_get_state (BATON_REFER_CONTEXT (context));
}

/* Bob's user takes their time; the answer to the first is not one to the second. */
static void
test_late_answer (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);

  baton_refer_client_context_cancel (story.first);
  baton_test_phone_advance (wire->phone, 30 * BATON_TEST_T1_MS);
  refer_again (&story);
  baton_test_peer_reply (wire->bob, story.refer, 404, "Not Found", NULL, NULL);
  story.refer = baton_test_dialog_expect (story.bob, "REFER", 3000);
  g_assert_cmpint (state_of (story.second), ==, BATON_REFER_STATE_REQUESTED);
  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  baton_test_wait (state_of (story.second) == BATON_REFER_STATE_ACCEPTED, 3000);
  g_assert_cmpint (baton_call_get_state (story.call), ==, BATON_CALL_STATE_ESTABLISHED);
  end (&story);
}

/* What is unsubscribed as soon as there is a subscription is so once, be the 202 ever so late. */
static void
test_late_unsubscribe (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);
  BatonTestMessage *subscribe;

  baton_refer_client_context_cancel (story.first);
  baton_test_phone_advance (wire->phone, 30 * BATON_TEST_T1_MS);
  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  subscribe = baton_test_dialog_expect (story.bob, "SUBSCRIBE", 3000);
  g_assert_cmpstr (baton_test_message_get (subscribe, "Expires"), ==, "0");
  baton_test_peer_reply (wire->bob, subscribe, 200, NULL, "Expires: 0\n", NULL);
  baton_test_settle (30);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "SUBSCRIBE"), ==, 1);
  end (&story);
}

static void
cancel_status (BatonReferClientContext *context, guint status, const char *reason, gpointer data)
{
  baton_refer_client_context_cancel (context);
}

static void
count_status (BatonSession *session, BatonReferContext *context, guint status, const char *reason, GString *heard)
{
  g_string_append_printf (heard, "%u ", status);
}

static void
count_ended (BatonSession *session, BatonReferContext *context, GString *heard)
{
  g_string_append (heard, "ended ");
}

/* Inside of the news that it was accepted: one SUBSCRIBE, and on the call nothing comes after the end. */
static void
test_in_accepted (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);
  g_autoptr (GString) heard = g_string_new (NULL);
  BatonTestMessage *subscribe;

  g_signal_connect (story.first, "refer-request-accepted", G_CALLBACK (cancel_status), NULL);
  g_signal_connect (story.session, "refer-request-accepted", G_CALLBACK (count_status), heard);
  g_signal_connect (story.session, "refer-ended", G_CALLBACK (count_ended), heard);
  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  subscribe = baton_test_dialog_expect (story.bob, "SUBSCRIBE", 3000);
  baton_test_peer_reply (wire->bob, subscribe, 200, NULL, "Expires: 0\n", NULL);
  baton_test_settle (30);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "SUBSCRIBE"), ==, 1);
  g_assert_cmpstr (heard->str, ==, "ended ");
  g_signal_handlers_disconnect_by_data (story.session, heard);
  end (&story);
}

/* Inside of the news that the target answered there is nothing left to cancel. */
static void
test_in_final (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);
  g_autoptr (GString) heard = g_string_new (NULL);

  g_signal_connect (story.first, "refer-accepted", G_CALLBACK (cancel_status), NULL);
  g_signal_connect (story.session, "refer-accepted", G_CALLBACK (count_status), heard);
  g_signal_connect (story.session, "refer-ended", G_CALLBACK (count_ended), heard);
  wire_accept_refer (story.bob, story.refer);
  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  baton_test_phone_advance (wire->phone, 1000);
  baton_test_dialog_expect (story.bob, "BYE", 3000);
  g_assert_cmpint (baton_refer_context_get_outcome (BATON_REFER_CONTEXT (story.first)), ==, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_cmpstr (heard->str, ==, "200 ended ");
  g_signal_handlers_disconnect_by_data (story.session, heard);
  end (&story);
}

/* Bob's phone writes no id for the first: that its target answered is no news of the second, and no reason to hang up on Bob. */
static void
test_notify (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);
  BatonTestMessage *subscribe;
  g_autofree char *event = NULL;

  wire_accept_refer (story.bob, story.refer);
  baton_test_wait (state_of (story.first) == BATON_REFER_STATE_ACCEPTED, 3000);
  baton_refer_client_context_cancel (story.first);
  subscribe = baton_test_dialog_expect (story.bob, "SUBSCRIBE", 3000);
  baton_test_peer_reply (wire->bob, subscribe, 200, NULL, "Expires: 0\n", NULL);
  refer_again (&story);
  story.refer = baton_test_dialog_expect (story.bob, "REFER", 3000);
  event = g_strdup_printf ("refer;id=%u", story.refer->cseq);
  baton_test_peer_reply (wire->bob, story.refer, 202, "Accepted", NULL, NULL);
  baton_test_dialog_notify (story.bob, event, "active;expires=60", "SIP/2.0 100 Trying\r\n");
  g_assert_cmpuint (baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource",
                                              "SIP/2.0 200 OK\r\n")->status, ==, 200);
  baton_test_phone_advance (wire->phone, 2000);
  baton_test_settle (30);
  g_assert_cmpint (state_of (story.second), ==, BATON_REFER_STATE_ACCEPTED);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "BYE"), ==, 0);
  baton_test_dialog_notify (story.bob, event, "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
  baton_test_wait (baton_refer_context_get_outcome (BATON_REFER_CONTEXT (story.second)) == BATON_REFER_OUTCOME_REJECTED, 3000);
  end (&story);
}

/* The other end ends the first's subscription, without an id, when the second has no answer yet. */
static void
test_unsubscribed (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);

  wire_accept_refer (story.bob, story.refer);
  baton_test_wait (state_of (story.first) == BATON_REFER_STATE_ACCEPTED, 3000);
  baton_refer_client_context_cancel (story.first);
  refer_again (&story);
  baton_test_peer_reply (wire->bob, baton_test_dialog_expect (story.bob, "SUBSCRIBE", 3000), 200, NULL, "Expires: 0\n", NULL);
  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=timeout", "SIP/2.0 180 Ringing\r\n");
  story.refer = baton_test_dialog_expect (story.bob, "REFER", 3000);
  g_assert_cmpint (state_of (story.second), ==, BATON_REFER_STATE_REQUESTED);
  wire_accept_refer (story.bob, story.refer); /* without an id this time: there is but one left */
  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
  baton_test_wait (baton_refer_context_get_outcome (BATON_REFER_CONTEXT (story.second)) == BATON_REFER_OUTCOME_REJECTED, 3000);
  end (&story);
}

static gboolean
take_back_in_requested (BatonSession *session, BatonReferContext *context, BatonTransfer **transfer)
{
  g_assert_true (baton_transfer_take_back (*transfer, NULL));
  return FALSE;
}

/* The transfer is taken back by whoever hears of its REFER: none goes out, and Bob is off hold again. */
static void
test_taken_back_in_requested (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTransfer *transfer;

  g_signal_connect (baton_call_get_session (call), "refer-requested", G_CALLBACK (take_back_in_requested), &transfer);
  transfer = baton_engine_transfer (wire->phone->engine, call, CAROL, NULL, NULL);
  baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  baton_test_dialog_expect_reinvite (bob, "sendrecv", 3000);
  baton_test_wait_transfer (transfer, TAKEN_BACK);
  g_assert_cmpuint (baton_test_dialog_count (bob, "REFER"), ==, 0);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_signal_handlers_disconnect_by_data (baton_call_get_session (call), &transfer);
}

static void
take_back_in_state (BatonTransfer *transfer, GParamSpec *pspec, gpointer data)
{
  if (baton_transfer_get_state (transfer) == BATON_TRANSFER_STATE_REQUESTED)
    g_assert_true (baton_transfer_take_back (transfer, NULL));
}

static void
test_taken_back_in_state (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTransfer *transfer = baton_engine_transfer (wire->phone->engine, call, CAROL, NULL, NULL);

  g_signal_connect (transfer, "notify::state", G_CALLBACK (take_back_in_state), NULL);
  baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  baton_test_dialog_expect_reinvite (bob, "sendrecv", 3000);
  baton_test_wait_transfer (transfer, TAKEN_BACK);
  g_assert_cmpuint (baton_test_dialog_count (bob, "REFER"), ==, 0);
}

static gboolean
hang_up_in_requested (BatonSession *session, BatonReferContext *context, gpointer data)
{
  baton_session_terminate (session);
  return FALSE;
}

/* The call is ended by whoever hears of the REFER: that doesn't go out behind the BYE, outside of every dialog. */
static void
test_hung_up_in_requested (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  g_autoptr (GError) error = NULL;

  g_signal_connect (baton_call_get_session (call), "refer-requested", G_CALLBACK (hang_up_in_requested), NULL);
  g_assert_null (baton_session_refer_to_uri (baton_call_get_session (call), CAROL, NULL, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  baton_test_dialog_expect (bob, "BYE", 3000);
  baton_test_settle (30);
  g_assert_cmpuint (baton_test_peer_count (wire->bob, NULL, "REFER"), ==, 0);
}

static void
on_referred (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_false (baton_refer_client_context_refer_finish (BATON_REFER_CLIENT_CONTEXT (source), result, data));
}

/* A GCancellable means what it says: nothing is sent, or at once nobody listens any more. */
static void
test_cancellable (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonReferApplicant *applicant = BATON_REFER_APPLICANT (baton_call_get_session (call));
  BatonUa *ua = baton_engine_get_ua (wire->phone->engine);
  g_autoptr (BatonReferClientContext) never = baton_refer_client_context_new (ua, applicant, CAROL, NULL);
  g_autoptr (BatonReferClientContext) later = baton_refer_client_context_new (ua, applicant, CAROL, NULL);
  g_autoptr (GCancellable) before = g_cancellable_new (), after = g_cancellable_new ();
  g_autoptr (GError) first = NULL, second = NULL;

  g_cancellable_cancel (before);
  baton_refer_client_context_refer_async (never, before, on_referred, &first);
  baton_test_wait (first != NULL, 3000);
  g_assert_error (first, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  baton_refer_client_context_refer_async (later, after, on_referred, &second);
  baton_test_dialog_expect (bob, "REFER", 3000);
  g_cancellable_cancel (after);
  baton_test_wait (second != NULL, 3000);
  g_assert_error (second, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (baton_refer_context_get_outcome (BATON_REFER_CONTEXT (later)), ==, BATON_REFER_OUTCOME_CANCELLED);
  g_assert_cmpuint (baton_test_dialog_count (bob, "REFER"), ==, 1);
}

static gboolean
reject_and_leave (BatonReferServerContext *context, gpointer data)
{
  g_assert_true (baton_refer_server_context_reject (context, 0, NULL, NULL));
  return FALSE;
}

static void
on_added (BatonUa *ua, BatonReferContext *context, gpointer data)
{
  g_signal_connect (context, "refer-requested", G_CALLBACK (reject_and_leave), NULL);
}

static gboolean
count_asked (BatonSession *session, BatonReferContext *context, guint *asked)
{
  ++*asked;
  return FALSE;
}

/* A received one is decided by who hears of it first: nobody else is asked. */
static void
test_decided (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  guint asked = 0;

  g_signal_connect (baton_engine_get_ua (wire->phone->engine), "refer-context-added", G_CALLBACK (on_added), NULL);
  g_signal_connect (baton_call_get_session (call), "refer-requested", G_CALLBACK (count_asked), &asked);
  g_assert_cmpuint (baton_test_dialog_refer (alice, "Refer-To: <" CAROL ">\n")->status, ==, 603);
  g_assert_cmpuint (asked, ==, 0);
  g_signal_handlers_disconnect_by_data (baton_call_get_session (call), &asked);
}

static char *
hang_up_in_modifier (const char *sdp, gpointer data)
{
  baton_call_hangup (baton_test_phone_get_call (data), NULL);
  return g_strdup (sdp);
}

static gboolean
accept_with_modifier (BatonSession *session, BatonReferServerContext *context, gpointer data)
{
  BatonReferAcceptOptions options = { .follow_refer = TRUE, .modifier = hang_up_in_modifier, .modifier_data = data };

  g_assert_true (baton_refer_server_context_accept (context, &options, NULL));
  return TRUE;
}

/* The new call is hung up by the program that was to change its offer. Out of a dialog, so that it is listed by then. */
static void
test_hung_up_in_modifier (Wire *wire, gconstpointer data)
{
  BatonTestDialog *dialog = baton_test_dialog_new (wire->alice, wire->phone->uri, NULL);
  BatonTestMessage *notify;

  g_signal_connect (baton_engine_get_ua (wire->phone->engine), "out-of-dialog-refer-requested", G_CALLBACK (accept_with_modifier),
                    wire->phone);
  baton_test_dialog_sendf (dialog, "REFER", "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  notify = baton_test_dialog_expect_notify (dialog, 603, 3000);
  g_assert_cmpstr (baton_test_message_get (notify, "Subscription-State"), ==, "terminated;reason=noresource");
  baton_test_peer_expect_none (wire->carol, "INVITE", 20);
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 0);
}

static void
open_door (BatonEngineOptions *options)
{
  options->out_of_dialog_refer = BATON_REFER_POLICY_ASK;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/cancelled/late-answer", NULL, test_late_answer);
  wire_add ("/cancelled/late-unsubscribe", NULL, test_late_unsubscribe);
  wire_add ("/cancelled/in-accepted", NULL, test_in_accepted);
  wire_add ("/cancelled/in-final", NULL, test_in_final);
  wire_add ("/cancelled/notify", NULL, test_notify);
  wire_add ("/cancelled/unsubscribed", NULL, test_unsubscribed);
  wire_add ("/cancelled/taken-back-in-requested", NULL, test_taken_back_in_requested);
  wire_add ("/cancelled/taken-back-in-state", NULL, test_taken_back_in_state);
  wire_add ("/cancelled/hung-up-in-requested", NULL, test_hung_up_in_requested);
  wire_add ("/cancelled/cancellable", NULL, test_cancellable);
  wire_add ("/cancelled/decided", NULL, test_decided);
  wire_add ("/cancelled/hung-up-in-modifier", open_door, test_hung_up_in_modifier);
  return g_test_run ();
}
