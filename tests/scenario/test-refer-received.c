/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The side that gets the REFER, in and out of a dialog. */
#include "baton-refer-fixture.h"

static void
test_by_hand (Fixture *f, gconstpointer data)
{
  const BatonReferAcceptOptions by_hand = { .follow_refer = FALSE };
  g_autoptr (GError) error = NULL;
  BatonReferClientContext *context;

  f->bob->handles = TRUE;
  context = refer_send (f, f->carol->uri, NULL);
  baton_test_wait (f->bob->asked != NULL, DEADLINE);
  g_assert_false (baton_refer_server_context_send_notify (f->bob->asked, "SIP/2.0 200 OK\r\n", &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  g_clear_error (&error);
  g_assert_true (baton_refer_server_context_accept (f->bob->asked, &by_hand, NULL));
  baton_test_wait (strstr (f->alice->log->str, "progress:100") != NULL, DEADLINE);
  g_assert_false (baton_refer_server_context_send_notify (f->bob->asked, "nonsense", &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_true (baton_refer_server_context_send_notify (f->bob->asked, "SIP/2.0 182 Queued for a while", &error));
  baton_test_wait (strstr (f->alice->log->str, "progress:182") != NULL, DEADLINE);
  g_assert_cmpstr (baton_refer_context_get_reason (BATON_REFER_CONTEXT (context)), ==, "Queued for a while");
  g_assert_true (baton_refer_server_context_send_notify (f->bob->asked, "SIP/2.0 200 OK\n", &error));
  refer_wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_cmpuint (f->carol->sessions->len, ==, 0);
  baton_test_wait (baton_session_get_state (f->alice_bob) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  refer_wait_gone (context);
}

/* Bad and unwanted targets are refused before any 2xx, and the call goes on (refer.md §3.1, §3.5) */
static void
test_bad_targets (Fixture *f, gconstpointer data)
{
  g_autofree char *self = g_strdup_printf ("<sip:anybody@%s>", baton_ua_get_listen_address (f->bob->ua));
  const struct { const char *refer_to; guint status; } cases[] = {
    { "<tel:+4930>", 416 },
    { "<http://example.net/>", 416 },
    { "<urn:service:sos>", 416 },
    { "<sip:carol@127.0.0.1:9;method=BYE>", 603 },
    { self, 482 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BatonReferClientContext *context = refer_send (f, cases[i].refer_to, NULL);

      g_test_message ("%s", cases[i].refer_to);
      refer_wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
      g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, cases[i].status);
      g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
      refer_wait_gone (context);
    }
  g_assert_cmpstr (f->bob->log->str, ==, ""); /* nobody was bothered */
}

/* RFC 5057 would have the dialog end with each of these; the call is worth more */
static void
test_refusals_spare_the_call (Fixture *f, gconstpointer data)
{
  static const guint statuses[] = { 404, 410, 416, 481, 482, 483, 484, 485, 500, 502 };

  f->bob->handles = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      BatonReferClientContext *context = refer_send (f, f->carol->uri, NULL);

      baton_test_wait (f->bob->asked != NULL, DEADLINE);
      g_assert_true (baton_refer_server_context_reject (f->bob->asked, statuses[i], NULL, NULL));
      g_clear_object (&f->bob->asked);
      refer_wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
      g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, statuses[i]);
      baton_test_drain ();
      g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
      g_assert_cmpint (baton_session_get_state (f->bob_alice), ==, BATON_SESSION_STATE_ESTABLISHED);
      refer_wait_gone (context);
    }
}

static void
test_too_many (Fixture *f, gconstpointer data)
{
  f->bob->handles = TRUE;
  for (guint i = 0; i < 11; i++)
    {
      BatonReferClientContext *context = refer_send (f, f->carol->uri, NULL);

      if (i < 10)
        {
          baton_test_wait (f->bob->asked != NULL, DEADLINE);
          g_assert_true (baton_refer_server_context_reject (f->bob->asked, 480, NULL, NULL));
          g_clear_object (&f->bob->asked);
        }
      refer_wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
      g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, i < 10 ? 480 : 603);
      refer_wait_gone (context);
    }
  g_assert_null (f->bob->asked);
}

/* Nobody decides for 20 s: 202 and NOTIFY pending; the no after that is a final NOTIFY (refer.md §3.1) */
static void
undecided (gboolean yes)
{
  g_autoptr (BatonTimers) clock = BATON_TIMERS (baton_test_timers_new ());
  Phone *alice = phone_new ("alice", NULL), *bob = phone_new ("bob", clock), *carol = phone_new ("carol", NULL);
  Fixture f = { alice, bob, carol, NULL, NULL };
  BatonReferClientContext *context;

  f.alice_bob = phone_call (alice, bob);
  f.bob_alice = phone_last_session (bob);
  bob->handles = TRUE;
  context = refer_send (&f, carol->uri, NULL);
  baton_test_wait (bob->asked != NULL, DEADLINE);
  baton_test_timers_advance (BATON_TEST_TIMERS (clock), 20000);
  g_assert_cmpint (baton_refer_context_get_state (BATON_REFER_CONTEXT (bob->asked)), ==, BATON_REFER_STATE_PENDING);
  baton_test_wait (strstr (alice->log->str, "request-accepted:202 progress:100 ") != NULL, DEADLINE);
  baton_test_wait (phone_saw (bob, "Subscription-State: pending;expires="), DEADLINE); /* 60, or 59 on a slow machine */
  if (yes)
    {
      g_assert_true (baton_refer_server_context_accept (bob->asked, NULL, NULL));
      refer_wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
      baton_test_wait (phone_saw (bob, "Subscription-State: active;expires="), DEADLINE);
    }
  else
    {
      g_assert_true (baton_refer_server_context_reject (bob->asked, 0, NULL, NULL));
      refer_wait_outcome (context, BATON_REFER_OUTCOME_REJECTED);
      g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, 603);
      g_assert_cmpint (baton_session_get_state (f.alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
    }
  refer_wait_gone (context);
  refer_tear_down (&f, NULL);
}

static void
test_undecided_then_yes (void)
{
  undecided (TRUE);
}

static void
test_undecided_then_no (void)
{
  undecided (FALSE);
}

/* ---- Outside every dialog ---- */

static gboolean
on_out_of_dialog (BatonUa *ua, BatonReferServerContext *context, Phone *self)
{
  g_set_object (&self->asked, context);
  return TRUE;
}

static BatonReferClientContext *
refer_stranger (Phone *from, Phone *to, const char *target)
{
  g_autoptr (BatonUaApplicant) applicant = baton_ua_applicant_new (from->identity, to->uri);
  BatonReferClientContext *context = baton_refer_client_context_new (from->ua, BATON_REFER_APPLICANT (applicant), target, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (baton_refer_client_context_refer (context, &error));
  g_assert_no_error (error);
  return context;
}

static void
test_out_of_dialog (void)
{
  Phone *alice = phone_new ("alice", NULL), *bob = phone_new ("bob", NULL), *carol = phone_new ("carol", NULL);
  Fixture f = { alice, bob, carol, NULL, NULL };
  BatonReferClientContext *context;
  gulong handler;

  /* off */
  context = refer_stranger (alice, bob, carol->uri);
  refer_wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, 405);
  refer_wait_gone (context);

  /* on, and nobody there to say yes */
  g_object_set (bob->ua, "allow-out-of-dialog-refers", TRUE, NULL);
  context = refer_stranger (alice, bob, carol->uri);
  refer_wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, 603);
  g_assert_cmpuint (carol->sessions->len, ==, 0);
  refer_wait_gone (context);

  /* on, and accepted */
  handler = g_signal_connect (bob->ua, "out-of-dialog-refer-requested", G_CALLBACK (on_out_of_dialog), bob);
  context = refer_stranger (alice, bob, carol->uri);
  baton_test_wait (bob->asked != NULL, DEADLINE);
  g_assert_null (baton_refer_context_get_session (BATON_REFER_CONTEXT (bob->asked)));
  g_assert_true (baton_refer_server_context_accept (bob->asked, NULL, NULL));
  refer_wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_cmpuint (carol->sessions->len, ==, 1);
  g_signal_handler_disconnect (bob->ua, handler);
  refer_wait_gone (context);
  refer_tear_down (&f, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/refer/" name, Fixture, NULL, refer_set_up, func, refer_tear_down)
  ADD ("server/by-hand", test_by_hand);
  ADD ("server/bad-targets", test_bad_targets);
  ADD ("server/refusals-spare-the-call", test_refusals_spare_the_call);
  ADD ("server/too-many", test_too_many);
  g_test_add_func ("/refer/server/undecided-then-yes", test_undecided_then_yes);
  g_test_add_func ("/refer/server/undecided-then-no", test_undecided_then_no);
  g_test_add_func ("/refer/out-of-dialog", test_out_of_dialog);
  return g_test_run ();
}
