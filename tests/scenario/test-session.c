/* SPDX-License-Identifier: GPL-3.0-or-later */
/* User agents on loopback that call each other; session descriptions are canned. */
#include <string.h>

#include "baton-error.h"
#include "baton-session-fixture.h"
#include "baton-session.h"
#include "baton-test-wait.h"

static void
test_call (gconstpointer data)
{
  const char *listen = data;
  Agent *alice = agent_new ("alice", listen, NULL);
  Agent *bob = agent_new ("bob", listen, NULL);
  g_autofree char *name = NULL;

  agent_connect (alice, bob);
  g_assert_cmpuint (alice->n_final_answers, ==, 1);
  g_assert_nonnull (strstr (alice->last_answer, "o=bob"));
  g_assert_nonnull (strstr (baton_session_get_remote_offer (bob->session), "o=alice"));
  g_assert_cmpstr (baton_session_get_call_id (alice->session), ==, baton_session_get_call_id (bob->session));
  g_assert_cmpstr (baton_session_get_local_tag (alice->session), ==, baton_session_get_remote_tag (bob->session));
  g_assert_cmpstr (baton_session_get_remote_tag (alice->session), ==, baton_session_get_local_tag (bob->session));
  g_assert_cmpstr (baton_session_get_remote_name (bob->session), ==, "alice");
  g_assert_cmpstr (baton_session_get_remote_uri (bob->session), ==, alice->uri);
  g_assert_cmpstr (baton_session_get_remote_contact (alice->session), ==, bob->uri);
  g_assert_cmpstr (baton_session_get_transport (bob->session), ==, "udp");

  baton_session_terminate (alice->session);
  agent_wait_state (alice, TERMINATED);
  agent_wait_state (bob, TERMINATED);
  g_assert_cmpuint (baton_session_get_status (bob->session), ==, 0);
  agent_free (alice);
  agent_free (bob);
}

static void
test_tcp (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  g_autofree char *uri = g_strconcat (bob->uri, ";transport=tcp", NULL);

  agent_call (alice, uri, NULL);
  agent_wait_state (alice, ESTABLISHED);
  agent_wait_state (bob, ESTABLISHED);
  g_assert_cmpstr (baton_session_get_transport (bob->session), ==, "tcp");
  g_assert_cmpstr (baton_session_get_transport (alice->session), ==, "tcp");
  baton_session_terminate (bob->session);
  agent_wait_state (alice, TERMINATED);
  agent_free (alice);
  agent_free (bob);
}

static void
test_reject (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);

  bob->answer = 486;
  agent_call (alice, bob->uri, NULL);
  agent_wait_state (alice, TERMINATED);
  g_assert_cmpuint (baton_session_get_status (alice->session), ==, 486);
  g_assert_cmpstr (baton_session_get_reason (alice->session), ==, "Busy Here");

  bob->answer = 1;
  g_signal_handlers_disconnect_by_data (alice->session, alice);
  agent_call (alice, bob->uri, NULL);
  agent_wait_state (alice, TERMINATED);
  g_assert_cmpuint (baton_session_get_status (alice->session), ==, 480);
  agent_free (alice);
  agent_free (bob);
}

static void
test_redirect (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);

  bob->answer = 180;
  agent_call (alice, bob->uri, NULL);
  agent_wait_state (alice, RINGING);
  g_assert_true (baton_session_redirect (bob->session, "sip:carol@127.0.0.1", NULL));
  agent_wait_state (alice, TERMINATED);
  g_assert_cmpuint (baton_session_get_status (alice->session), ==, 302);
  agent_free (alice);
  agent_free (bob);
}

static void
test_cancel (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);

  bob->answer = 180;
  agent_call (alice, bob->uri, NULL);
  agent_wait_state (alice, RINGING);
  baton_session_terminate (alice->session);
  agent_wait_state (alice, TERMINATED);
  agent_wait_state (bob, TERMINATED);
  g_assert_cmpuint (baton_session_get_status (bob->session), ==, 487);
  agent_free (alice);
  agent_free (bob);
}

/* At once, before any answer came: nothing may be left ringing at the other end. */
static void
test_cancel_at_once (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);

  bob->answer = 200;
  agent_call (alice, bob->uri, NULL);
  baton_session_terminate (alice->session);
  agent_wait_state (alice, TERMINATED);
  baton_test_wait (bob->n_incoming == 1, 5000);
  agent_wait_state (bob, TERMINATED);
  agent_free (alice);
  agent_free (bob);
}

typedef struct
{
  gboolean done;
  char *answer;
  GError *error;
} Reoffer;

static void
on_reoffer (GObject *object, GAsyncResult *result, gpointer data)
{
  Reoffer *reoffer = data;

  reoffer->answer = baton_session_reoffer_finish (BATON_SESSION (object), result, &reoffer->error);
  reoffer->done = TRUE;
}

static void
reoffer_clear (Reoffer *self)
{
  g_free (self->answer);
  g_clear_error (&self->error);
}

static void
test_reoffer (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  Reoffer first = { 0 }, second = { 0 }, third = { 0 };
  g_autofree char *hold = agent_sdp (alice, "sendonly");
  g_autofree char *resume = agent_sdp (alice, "sendrecv");

  agent_connect (alice, bob);
  /* Two at once: the second waits. */
  baton_session_reoffer_async (alice->session, hold, NULL, on_reoffer, &first);
  baton_session_reoffer_async (alice->session, resume, NULL, on_reoffer, &second);
  baton_test_wait (first.done && second.done, 5000);
  g_assert_no_error (first.error);
  g_assert_no_error (second.error);
  g_assert_nonnull (strstr (second.answer, "o=bob"));
  g_assert_cmpuint (bob->n_offers, ==, 2);
  g_assert_nonnull (strstr (bob->last_offer, "sendrecv"));

  /* From the other side, and refused. */
  alice->offer_answer = 488;
  baton_session_reoffer_async (bob->session, hold, NULL, on_reoffer, &third);
  baton_test_wait (third.done, 5000);
  g_assert_cmpuint (baton_error_get_sip_status (third.error), ==, 488);
  g_assert_cmpint (baton_session_get_state (bob->session), ==, BATON_SESSION_STATE_ESTABLISHED);
  g_assert_cmpint (baton_session_get_state (alice->session), ==, BATON_SESSION_STATE_ESTABLISHED);

  reoffer_clear (&first);
  reoffer_clear (&second);
  reoffer_clear (&third);
  baton_session_terminate (bob->session);
  agent_wait_state (alice, TERMINATED);
  agent_free (alice);
  agent_free (bob);
}

/* Both hold at the same moment: both get 491, both try again, both succeed. */
static void
test_glare (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  Reoffer first = { 0 }, second = { 0 };
  g_autofree char *hold = agent_sdp (alice, "sendonly");

  agent_connect (alice, bob);
  baton_session_reoffer_async (alice->session, hold, NULL, on_reoffer, &first);
  baton_session_reoffer_async (bob->session, hold, NULL, on_reoffer, &second);
  baton_test_wait (first.done && second.done, 12000);
  g_assert_no_error (first.error);
  g_assert_no_error (second.error);
  g_assert_cmpuint (alice->n_offers, ==, 1);
  g_assert_cmpuint (bob->n_offers, ==, 1);
  reoffer_clear (&first);
  reoffer_clear (&second);
  agent_free (alice);
  agent_free (bob);
}

/* The dialog ends while a re-INVITE waits: who waits for it hears so. */
static void
test_end_during_reoffer (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  Reoffer first = { 0 };
  g_autofree char *hold = agent_sdp (alice, "sendonly");

  agent_connect (alice, bob);
  bob->offer_answer = 0;
  baton_session_reoffer_async (alice->session, hold, NULL, on_reoffer, &first);
  baton_test_wait (bob->n_offers == 1, 5000);
  baton_session_terminate (bob->session);
  baton_test_wait (first.done, 5000);
  g_assert_nonnull (first.error);
  agent_wait_state (alice, TERMINATED);
  reoffer_clear (&first);
  agent_free (alice);
  agent_free (bob);
}

static void
on_info_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  g_assert_true (baton_session_send_info_finish (BATON_SESSION (object), result, NULL));
  *(gboolean *) data = TRUE;
}

static void
test_info (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  gboolean sent = FALSE;

  agent_connect (alice, bob);
  baton_session_send_info_async (alice->session, "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", on_info_sent, &sent);
  baton_test_wait (sent, 5000);
  g_assert_cmpstr (bob->info, ==, "application/dtmf-relay|Signal=5\r\nDuration=160\r\n");
  agent_free (alice);
  agent_free (bob);
}

static void
test_unreachable (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);

  /* Discard: nobody listens. */
  agent_call (alice, "sip:nobody@127.0.0.1:9", NULL);
  agent_wait_state (alice, TERMINATED);
  g_assert_cmpuint (baton_session_get_status (alice->session), >=, 408);
  agent_free (alice);
}

static void
test_bad_uri (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  const char *const bad[] = { "http://example.net", "tel:123", "sip:", "bob" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (BatonSession) session = baton_session_new (alice->ua, alice->identity, bad[i]);
      g_autoptr (GError) error = NULL;

      g_assert_false (baton_session_invite (session, "v=0\r\n", NULL, &error));
      g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI);
      g_assert_cmpint (baton_session_get_state (session), ==, BATON_SESSION_STATE_NEW);
    }
  agent_free (alice);
}

static void
test_address_in_use (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  g_autoptr (BatonUa) other = baton_ua_new (NULL);
  g_autoptr (GError) error = NULL;
  BatonUaOptions options = { .listen = baton_ua_get_listen_address (alice->ua) };

  g_assert_false (baton_ua_start (other, &options, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (strstr (error->message, "is in use by another program"));
  agent_free (alice);
}

static void
test_own_address (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  g_autofree char *other = g_strdup_printf ("sip:%s", baton_ua_get_listen_address (alice->ua));

  g_assert_true (baton_ua_is_own_address (alice->ua, alice->uri));
  g_assert_true (baton_ua_is_own_address (alice->ua, other));
  g_assert_false (baton_ua_is_own_address (alice->ua, "sip:alice@127.0.0.1:1"));
  g_assert_false (baton_ua_is_own_address (alice->ua, "garbage"));
  agent_free (alice);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/session/call/ipv4", "127.0.0.1:0", test_call);
  g_test_add_data_func ("/session/call/ipv6", "[::1]:0", test_call);
  g_test_add_func ("/session/call/tcp", test_tcp);
  g_test_add_func ("/session/reject", test_reject);
  g_test_add_func ("/session/redirect", test_redirect);
  g_test_add_func ("/session/cancel", test_cancel);
  g_test_add_func ("/session/cancel-at-once", test_cancel_at_once);
  g_test_add_func ("/session/reoffer", test_reoffer);
  g_test_add_func ("/session/glare", test_glare);
  g_test_add_func ("/session/end-during-reoffer", test_end_during_reoffer);
  g_test_add_func ("/session/info", test_info);
  g_test_add_func ("/session/unreachable", test_unreachable);
  g_test_add_func ("/session/bad-uri", test_bad_uri);
  g_test_add_func ("/ua/address-in-use", test_address_in_use);
  g_test_add_func ("/ua/own-address", test_own_address);
  return g_test_run ();
}
