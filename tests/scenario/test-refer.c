/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The side that sends the REFER. */
#include "baton-refer-fixture.h"

#include <stdlib.h>

static void
test_blind_answered (Fixture *f, gconstpointer data)
{
  BatonReferClientContext *context = refer_send (f, f->carol->uri, NULL);

  refer_wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  baton_test_wait (baton_session_get_state (f->alice_bob) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  baton_test_wait (baton_session_get_state (f->bob_alice) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  g_assert_cmpuint (f->carol->sessions->len, ==, 1);
  g_assert_cmpint (baton_session_get_state (phone_last_session (f->carol)), ==, BATON_SESSION_STATE_ESTABLISHED);
  g_assert_cmpint (baton_session_get_state (phone_last_session (f->bob)), ==, BATON_SESSION_STATE_ESTABLISHED);
  g_assert_cmpstr (f->alice->log->str, ==, "requested request-accepted:202 progress:100 accepted:200 ended:2 ");
  g_assert_cmpstr (f->bob->log->str, ==, "requested request-accepted:202 invite-sent accepted:200 ended:2 ");
  /* RFC 3515 §2.4.5, and refer.md §3.3 and §3.5 */
  g_assert_true (phone_saw (f->bob, "Subscription-State: active;expires=60"));
  g_assert_true (phone_saw (f->bob, "Subscription-State: terminated;reason=noresource"));
  g_assert_true (phone_saw (f->bob, "SIP/2.0 200 OK\r\n"));
  g_assert_true (phone_saw (f->carol, "Referred-By: "));
  g_assert_false (phone_saw (f->carol, "Replaces: "));
  g_assert_true (phone_saw (f->bob, "Event: refer\r\n"));
  refer_wait_gone (context);
}

static void
test_blind_busy (Fixture *f, gconstpointer data)
{
  BatonReferClientContext *context;

  f->carol->mood = BUSY;
  context = refer_send (f, f->carol->uri, NULL);
  refer_wait_outcome (context, BATON_REFER_OUTCOME_REJECTED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, 486);
  g_assert_cmpstr (baton_refer_context_get_reason (BATON_REFER_CONTEXT (context)), ==, "Busy Here");
  g_assert_true (phone_saw (f->bob, "SIP/2.0 486 Busy Here\r\n"));
  baton_test_settle (100);
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
  g_assert_cmpint (baton_session_get_state (f->bob_alice), ==, BATON_SESSION_STATE_ESTABLISHED);
  refer_wait_gone (context);
}

/* Carol rings; Alice hears of it a second after the 100; Bob gives up */
static void
test_blind_given_up (Fixture *f, gconstpointer data)
{
  BatonReferClientContext *context;

  f->carol->mood = RING;
  context = refer_send (f, f->carol->uri, NULL);
  baton_test_wait (strstr (f->alice->log->str, "progress:180") != NULL, DEADLINE);
  baton_session_terminate (phone_last_session (f->bob));
  refer_wait_outcome (context, BATON_REFER_OUTCOME_REJECTED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, 487);
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
  refer_wait_gone (context);
}

static void
on_response (BatonReferClientContext *context, guint status, const char *reason, guint *seen)
{
  *seen = status;
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (baton_refer_client_context_refer_finish (BATON_REFER_CLIENT_CONTEXT (source), result, &error));
  *(guint *) data = baton_error_get_sip_status (error);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  BatonReferClientContext *context =
    baton_refer_client_context_new (f->alice->ua, BATON_REFER_APPLICANT (f->alice_bob), f->carol->uri, NULL);
  guint seen = 0, returned = 0;
  g_autoptr (GError) error = NULL;

  f->bob->handles = TRUE;
  g_signal_connect (context, "response", G_CALLBACK (on_response), &seen);
  baton_refer_client_context_refer_async (context, NULL, on_sent, &returned);
  g_assert_false (baton_refer_client_context_refer (context, &error)); /* a second time */
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  baton_test_wait (f->bob->asked != NULL, DEADLINE);
  g_assert_true (baton_refer_server_context_progress (f->bob->asked, NULL));
  g_assert_true (baton_refer_server_context_reject (f->bob->asked, 0, NULL, NULL));
  g_assert_false (baton_refer_server_context_accept (f->bob->asked, NULL, NULL));
  refer_wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
  baton_test_wait (returned != 0, DEADLINE);
  g_assert_cmpuint (seen, ==, 603);
  g_assert_cmpuint (returned, ==, 603);
  g_assert_cmpstr (f->alice->log->str, ==, "requested request-rejected:603 ended:1 ");
  g_assert_cmpuint (f->carol->sessions->len, ==, 0);
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
  refer_wait_gone (context);
}

static void
attended (Fixture *f, BatonSession *alice_carol)
{
  g_autoptr (GError) error = NULL;
  BatonSession *carol_alice = phone_last_session (f->carol);
  BatonReferClientContext *context = baton_session_refer_to_session (f->alice_bob, alice_carol, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (baton_refer_context_get_target_session (BATON_REFER_CONTEXT (context)) == alice_carol);
  refer_wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  baton_test_wait (baton_session_get_state (alice_carol) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  baton_test_wait (baton_session_get_state (carol_alice) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  baton_test_wait (baton_session_get_state (f->alice_bob) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  g_assert_cmpuint (f->carol->sessions->len, ==, 2);
  g_assert_true (baton_session_get_replaces_session (phone_last_session (f->carol)) == carol_alice);
  g_assert_cmpint (baton_session_get_state (phone_last_session (f->carol)), ==, BATON_SESSION_STATE_ESTABLISHED);
  g_assert_true (strstr (f->bob->follow_options, "replaces=1") != NULL);
  refer_wait_gone (context);
}

static void
test_attended_as_caller (Fixture *f, gconstpointer data)
{
  attended (f, phone_call (f->alice, f->carol));
}

static void
test_attended_as_callee (Fixture *f, gconstpointer data)
{
  BatonSession *carol_alice = phone_call (f->carol, f->alice);

  attended (f, phone_last_session (f->alice));
  g_assert_cmpint (baton_session_get_state (carol_alice), ==, BATON_SESSION_STATE_TERMINATED);
}

/* A target that only rings gets no Replaces (refer.md §2.4) */
static void
test_attended_too_early (Fixture *f, gconstpointer data)
{
  g_autoptr (BatonSession) ringing = baton_session_new (f->alice->ua, f->alice->identity, f->carol->uri);
  g_autoptr (GError) error = NULL;

  f->carol->mood = RING;
  g_assert_true (baton_session_invite (ringing, refer_sdp, NULL, NULL));
  baton_test_wait (baton_session_get_state (ringing) == BATON_SESSION_STATE_RINGING, DEADLINE);
  g_assert_null (baton_session_refer_to_session (f->alice_bob, ringing, NULL, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  g_clear_error (&error);
  g_assert_null (baton_session_refer_to_session (f->alice_bob, f->alice_bob, NULL, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  g_clear_error (&error);
  g_assert_null (baton_session_refer_to_uri (ringing, f->carol->uri, NULL, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  baton_session_terminate (ringing);
}

/* Two REFERs in one dialog, one refused by its target, one answered: each ends its own way */
static void
test_two_at_once (Fixture *f, gconstpointer data)
{
  g_autofree char *nowhere = g_strdup ("sip:nobody@127.0.0.1:1");
  const BatonReferOptions stay = { .active_after_transfer = TRUE };
  BatonReferClientContext *second, *first = refer_send (f, nowhere, &stay);

  second = refer_send (f, f->carol->uri, &stay);
  refer_wait_outcome (second, BATON_REFER_OUTCOME_ACCEPTED);
  refer_wait_outcome (first, BATON_REFER_OUTCOME_REJECTED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (first)), >=, 400);
  g_assert_true (phone_saw (f->bob, "Event: refer;id="));
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
  refer_wait_gone (first);
  refer_wait_gone (second);
}

static void
test_active_after (Fixture *f, gconstpointer data)
{
  const BatonReferOptions options = { .active_after_transfer = TRUE };
  BatonReferClientContext *context = refer_send (f, f->carol->uri, &options);

  refer_wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  refer_wait_gone (context);
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
  g_assert_cmpint (baton_session_get_state (f->bob_alice), ==, BATON_SESSION_STATE_ESTABLISHED);
}

static char *
modify (const char *offer, gpointer data)
{
  return g_strconcat (offer, "a=x-modified\r\n", NULL);
}

static void
test_extra_headers (Fixture *f, gconstpointer data)
{
  static const char *const in_refer[] = { "X-Reason: lunch", "Target-Dialog: 1;local-tag=2;remote-tag=3", NULL };
  static const char *const in_answer[] = { "X-Answer: yes", NULL };
  static const char *const in_invite[] = { "X-Invite: too", NULL };
  static const char *const refused[] = { "refer-to: <sip:x@y>", "R: <sip:x@y>", "Contact: <sip:x>", "call-id: 1", "CSeq: 1 REFER",
                                         "Route: <sip:x>", "Authorization: x", "Content-Length: 3", "X: a\r\nY: b", "X", ": b", "A B: c",
                                         "Referred-By: <sip:x>", "Event: x", "Replaces: x" };
  const BatonInviteOptions invite = { .extra_headers = in_invite };
  const BatonReferAcceptOptions accept = { .follow_refer = TRUE, .invite_options = &invite, .extra_headers = in_answer,
                                           .modifier = modify };
  BatonReferOptions options = { .target_name = "Carol \"C\"" };
  BatonReferClientContext *context;

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      const char *const headers[] = { "X-Fine: yes", refused[i], NULL };
      g_autoptr (GError) error = NULL;

      options.extra_headers = headers;
      g_assert_null (baton_session_refer_to_uri (f->alice_bob, f->carol->uri, &options, &error));
      g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
    }
  f->bob->handles = TRUE;
  options.extra_headers = in_refer;
  context = refer_send (f, f->carol->uri, &options);
  baton_test_wait (f->bob->asked != NULL, DEADLINE);
  g_assert_true (baton_refer_server_context_accept (f->bob->asked, &accept, NULL));
  refer_wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_true (phone_saw (f->bob, "X-Reason: lunch\r\n"));
  g_assert_true (phone_saw (f->bob, "Target-Dialog: 1;local-tag=2;remote-tag=3\r\n"));
  g_assert_true (phone_saw (f->bob, "Refer-To: \"Carol \\\"C\\\"\" <sip:carol@"));
  g_assert_true (phone_saw (f->alice, "X-Answer: yes\r\n"));
  g_assert_true (phone_saw (f->carol, "X-Invite: too\r\n"));
  g_assert_true (phone_saw (f->carol, "a=x-modified"));
  refer_wait_gone (context);
}

/* RFC 4488: both agree that there is no subscription */
static void
test_no_subscription (Fixture *f, gconstpointer data)
{
  const BatonReferOptions options = { .no_subscription = TRUE };
  BatonReferClientContext *context = refer_send (f, f->carol->uri, &options);

  refer_wait_outcome (context, BATON_REFER_OUTCOME_NO_SUBSCRIPTION);
  baton_test_wait (strstr (f->bob->log->str, "accepted:200 ended") != NULL, DEADLINE);
  g_assert_false (phone_saw (f->bob, "NOTIFY sip:"));
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
  refer_wait_gone (context);
}

/* Bob hangs up right after his 202 (refer.md §7) */
static void
test_handed_over (Fixture *f, gconstpointer data)
{
  BatonReferClientContext *context;

  f->carol->mood = RING;
  context = refer_send (f, f->carol->uri, NULL);
  baton_test_wait (strstr (f->alice->log->str, "progress:100") != NULL, DEADLINE);
  baton_session_terminate (f->bob_alice);
  refer_wait_outcome (context, BATON_REFER_OUTCOME_NOT_CONFIRMED);
  refer_wait_gone (context);
}

/* Alice hangs up right after Bob's 202: the call to Carol comes about all the same (refer.md §3.4) */
static void
test_referrer_leaves (Fixture *f, gconstpointer data)
{
  BatonReferClientContext *context;

  f->carol->mood = RING;
  context = refer_send (f, f->carol->uri, NULL);
  baton_test_wait (f->carol->sessions->len == 1, DEADLINE);
  baton_session_terminate (f->alice_bob);
  baton_test_wait (baton_session_get_state (f->bob_alice) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  g_assert_true (baton_session_accept (phone_last_session (f->carol), refer_sdp, NULL));
  refer_wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_cmpint (baton_session_get_state (phone_last_session (f->bob)), ==, BATON_SESSION_STATE_ESTABLISHED);
  refer_wait_gone (context);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  return *(const gint64 *) a < *(const gint64 *) b ? -1 : 1;
}

/* From our REFER to its 202 here and its INVITE at Carol, through three stacks in one thread */
static void
test_reaction (Fixture *f, gconstpointer data)
{
  const BatonReferOptions stay = { .active_after_transfer = TRUE };
  gint64 answered[9], invited[9];

  for (guint i = 0; i < G_N_ELEMENTS (answered); i++)
    {
      gint64 start = g_get_monotonic_time ();
      BatonReferClientContext *context = refer_send (f, f->carol->uri, &stay);

      baton_test_wait (baton_refer_context_get_state (BATON_REFER_CONTEXT (context)) != BATON_REFER_STATE_REQUESTED, DEADLINE);
      answered[i] = g_get_monotonic_time () - start;
      baton_test_wait (f->carol->sessions->len == i + 1, DEADLINE);
      invited[i] = g_get_monotonic_time () - start;
      refer_wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
      refer_wait_gone (context);
    }
  qsort (answered, G_N_ELEMENTS (answered), sizeof (gint64), compare_times);
  qsort (invited, G_N_ELEMENTS (invited), sizeof (gint64), compare_times);
  g_test_message ("median: %" G_GINT64_FORMAT " µs to the 202, %" G_GINT64_FORMAT " µs to the INVITE", answered[4], invited[4]);
  g_assert_cmpint (answered[4], <, 400000); /* a timer in between would show; a busy machine, or valgrind, does not */
  g_assert_cmpint (invited[4], <, 400000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/refer/" name, Fixture, NULL, refer_set_up, func, refer_tear_down)
  ADD ("blind/answered", test_blind_answered);
  ADD ("blind/busy", test_blind_busy);
  ADD ("blind/given-up", test_blind_given_up);
  ADD ("blind/refused", test_refused);
  ADD ("blind/two-at-once", test_two_at_once);
  ADD ("blind/active-after", test_active_after);
  ADD ("blind/extra-headers", test_extra_headers);
  ADD ("blind/no-subscription", test_no_subscription);
  ADD ("blind/handed-over", test_handed_over);
  ADD ("blind/referrer-leaves", test_referrer_leaves);
  ADD ("blind/reaction", test_reaction);
  ADD ("attended/as-caller", test_attended_as_caller);
  ADD ("attended/as-callee", test_attended_as_callee);
  ADD ("attended/too-early", test_attended_too_early);
  return g_test_run ();
}
