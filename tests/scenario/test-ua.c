/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One user agent against a scripted peer: what it lets in, what it refuses, what it tells. */
#include <string.h>

#include "baton-refer-server-context.h"
#include "baton-session-fixture.h"
#include "baton-session.h"
#include "baton-test-digest.h"
#include "baton-test-dialog.h"
#include "baton-test-peer.h"
#include "baton-test-timers.h"
#include "baton-test-wait.h"

#define WAIT_MS 3000

/* A request outside of every dialog; @headers end with LF each. Returns: its Call-ID */
static char *
send_request (BatonTestPeer *peer, Agent *agent, const char *method, const char *headers, const char *body)
{
  g_autofree char *via = baton_test_peer_make_via (peer);
  g_autofree char *branch = baton_test_peer_make_branch (peer);
  char *call_id = g_uuid_string_random ();

  baton_test_peer_send (peer, baton_ua_get_listen_address (agent->ua),
                        "%s %s SIP/2.0\nVia: %s;branch=%s\nMax-Forwards: 70\nFrom: <%s>;tag=f1\nTo: <%s>\nCall-ID: %s\n"
                        "CSeq: 1 %s\nContact: <%s>\n%sContent-Length: %zu\n\n%s",
                        method, agent->uri, via, branch, baton_test_peer_get_uri (peer), agent->uri, call_id, method,
                        baton_test_peer_get_uri (peer), headers, strlen (body), body);
  return call_id;
}

static void
test_options (void)
{
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  g_autofree char *call_id = send_request (peer, bob, "OPTIONS", "", "");
  BatonTestMessage *answer = baton_test_peer_expect (peer, "200 OPTIONS", WAIT_MS);

  g_assert_true (baton_test_message_has_token (answer, "Allow", "INVITE"));
  g_assert_false (baton_test_message_has_token (answer, "Allow", "REFER"));
  g_assert_true (baton_test_message_has_token (answer, "Supported", "replaces"));
  g_assert_true (baton_test_message_has_token (answer, "Accept", "application/sdp"));
  agent_free (bob);
}

static gboolean
on_out_of_dialog_refer (BatonUa *ua, GObject *context, gpointer data)
{
  (*(guint *) data)++;
  return (*(guint *) data) == 1 && baton_refer_server_context_accept (BATON_REFER_SERVER_CONTEXT (context), NULL, NULL);
}

/* Off: 405 and nobody hears of it. Switched on while it runs: the answer is the application's, none is a no. */
static void
test_out_of_dialog_refer (void)
{
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  BatonTestMessage *answer;
  guint n = 0;

  g_signal_connect (bob->ua, "out-of-dialog-refer-requested", G_CALLBACK (on_out_of_dialog_refer), &n);
  first = send_request (peer, bob, "REFER", "Refer-To: <sip:carol@127.0.0.1:9>\n", "");
  answer = baton_test_peer_expect (peer, "405 REFER", WAIT_MS);
  g_assert_nonnull (baton_test_message_get (answer, "Allow"));
  g_assert_cmpuint (n, ==, 0);

  g_object_set (bob->ua, "allow-out-of-dialog-refers", TRUE, NULL);
  second = send_request (peer, bob, "REFER", "Refer-To: <sip:carol@127.0.0.1:9>\n", "");
  baton_test_peer_expect (peer, "202 REFER", WAIT_MS);
  baton_test_wait (n == 1, WAIT_MS);
  third = send_request (peer, bob, "REFER", "Refer-To: <sip:carol@127.0.0.1:9>\n", "");
  baton_test_peer_expect (peer, "603 REFER", WAIT_MS);
  g_assert_cmpuint (n, ==, 2);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_peer_count (peer, third, "NOTIFY"), ==, 0);
  agent_free (bob);
}

static void
test_unknown_methods (void)
{
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  g_autofree char *call_id = NULL;
  const char *const methods[] = { "PUBLISH", "MESSAGE", "SUBSCRIBE", "FROB", "BYE", "UPDATE" };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *what = g_strdup_printf ("4xx %s", methods[i]);

      g_free (call_id);
      call_id = send_request (peer, bob, methods[i], "Event: presence\n", "");
      if (strcmp (methods[i], "FROB") == 0)
        what[0] = 'x';
      baton_test_peer_expect (peer, what, WAIT_MS);
    }
  g_free (call_id);
  call_id = send_request (peer, bob, "INVITE", "Require: frobnication\n", "");
  baton_test_peer_expect (peer, "420 INVITE", WAIT_MS);
  g_assert_cmpuint (bob->n_incoming, ==, 0);
  agent_free (bob);
}

/* What a port scanner sends, and messages that break off. Afterwards a call still works. */
static void
test_garbage (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  const char *const texts[] = {
    "", "\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "INVITE", "INVITE sip:bob SIP/2.0\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n",
    "INVITE sip:bob@x SIP/2.0\r\nVia: x\r\nFrom: %n%s\r\nTo: \xff\xfe\r\nCall-ID: \r\nCSeq: -1 INVITE\r\n\r\n",
    "INVITE sip:bob@x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:bob@x>\r\n"
    "Call-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 99999999999\r\n\r\nv=0",
    "REFER \r\n\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint tcp = 0; tcp < 2; tcp++)
      {
        baton_test_peer_set_tcp (peer, tcp);
        baton_test_peer_send_bytes (peer, baton_ua_get_listen_address (bob->ua), texts[i], strlen (texts[i]));
      }
  baton_test_settle (50);
  agent_connect (alice, bob);
  g_assert_cmpuint (bob->n_incoming, ==, 1);
  agent_free (alice);
  agent_free (bob);
}

typedef struct
{
  guint sent, received;
  gboolean leaked;
  GString *text;
} Trace;

static void
on_traced (BatonUa *ua, gboolean sent, const char *local, const char *remote, const char *transport, const char *text,
           Trace *trace)
{
  g_assert_cmpstr (local, ==, baton_ua_get_listen_address (ua));
  g_assert_nonnull (strchr (remote, ':'));
  g_assert_cmpstr (transport, ==, "udp");
  sent ? trace->sent++ : trace->received++;
  g_string_append (trace->text, text);
}

/* The digest goes out, and is right, but not into the trace; one wrong password ends it. */
static void
test_digest_and_trace (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  const char *password = "p:a\"s\\s";
  g_autofree char *wrong = NULL;
  BatonTestMessage *invite;
  Trace trace = { .text = g_string_new (NULL) };

  g_signal_connect (alice->ua, "message-traced", G_CALLBACK (on_traced), &trace);
  g_object_set (alice->identity, "auth-user", "alice", "password", password, NULL);
  agent_call (alice, baton_test_peer_get_uri (peer), NULL);
  invite = baton_test_peer_expect (peer, "INVITE", WAIT_MS);
  baton_test_digest_challenge (peer, invite, 401, "the realm", "n0nce", "MD5");
  invite = baton_test_peer_expect (peer, "INVITE", WAIT_MS);
  wrong = baton_test_digest_verify (invite, "alice", password, "n0nce");
  g_assert_cmpstr (wrong, ==, NULL);
  baton_test_digest_challenge (peer, invite, 401, "the realm", "another", "MD5");
  agent_wait_state (alice, TERMINATED);
  g_assert_cmpuint (baton_session_get_status (alice->session), ==, 401);
  g_assert_cmpuint (baton_test_peer_count (peer, NULL, "INVITE"), ==, 2);

  baton_test_wait (trace.sent >= 3 && trace.received >= 2, WAIT_MS);
  g_assert_nonnull (strstr (trace.text->str, "Authorization: (hidden)\r\n"));
  g_assert_null (strstr (trace.text->str, "response=\""));
  g_assert_nonnull (strstr (trace.text->str, "WWW-Authenticate: "));
  g_string_free (trace.text, TRUE);
  agent_free (alice);
}

static BatonReplaces *
replaces_of (Agent *agent, gboolean early_only)
{
  /* In the view of the agent: its own tag is the to-tag. */
  return baton_replaces_new (baton_session_get_call_id (agent->session), baton_session_get_local_tag (agent->session),
                             baton_session_get_remote_tag (agent->session), early_only);
}

static void
expect_status (Agent *carol, Agent *bob, BatonReplaces *replaces, guint status)
{
  BatonInviteOptions options = { .replaces = replaces };
  const guint before = bob->n_incoming;

  if (carol->session != NULL)
    g_signal_handlers_disconnect_by_data (carol->session, carol);
  agent_call (carol, bob->uri, &options);
  agent_wait_state (carol, TERMINATED);
  g_assert_cmpuint (baton_session_get_status (carol->session), ==, status);
  g_assert_cmpuint (bob->n_incoming, ==, before);
}

static void
test_replaces (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  Agent *carol = agent_new ("carol", "127.0.0.1:0", NULL);
  g_autoptr (BatonSession) old = NULL;
  g_autoptr (BatonReplaces) replaces = NULL;
  g_autoptr (BatonReplaces) early = NULL;
  g_autoptr (BatonReplaces) none = baton_replaces_new ("nosuch", "a", "b", FALSE);
  g_autoptr (BatonReplaces) hijack = NULL;
  BatonInviteOptions options = { .require_replaces = TRUE };

  agent_connect (alice, bob);
  old = g_object_ref (bob->session);
  replaces = replaces_of (bob, FALSE);
  early = replaces_of (bob, TRUE);
  hijack = baton_replaces_new (replaces->call_id, replaces->to_tag, "guessed", FALSE);
  expect_status (carol, bob, none, 481);
  expect_status (carol, bob, hijack, 481);
  expect_status (carol, bob, early, 486);
  g_assert_cmpint (baton_session_get_state (old), ==, BATON_SESSION_STATE_ESTABLISHED);

  g_signal_handlers_disconnect_by_data (carol->session, carol);
  options.replaces = replaces;
  agent_call (carol, bob->uri, &options);
  agent_wait_state (carol, ESTABLISHED);
  g_assert_true (baton_session_get_replaces_session (bob->session) == old);
  g_assert_cmpint (baton_session_get_state (old), ==, BATON_SESSION_STATE_ESTABLISHED);
  baton_session_complete_replaces (bob->session);
  g_assert_cmpuint (bob->n_replaced, ==, 1);
  g_assert_cmpint (baton_session_get_state (old), ==, BATON_SESSION_STATE_TERMINATED);
  agent_wait_state (alice, TERMINATED);

  /* The same again: that dialog has ended. */
  expect_status (carol, bob, replaces, 603);
  g_signal_handlers_disconnect_by_data (old, bob);
  g_clear_object (&old);
  agent_free (alice);
  agent_free (bob);
  agent_free (carol);
}

/* An early dialog: the one who is called leaves it alone, the one who calls gives it up for the new one. */
static void
test_replaces_early (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  Agent *carol = agent_new ("carol", "127.0.0.1:0", NULL);
  g_autoptr (BatonReplaces) at_bob = NULL;
  g_autoptr (BatonReplaces) at_alice = NULL;
  g_autoptr (BatonSession) old = NULL;
  BatonInviteOptions options = { NULL };

  bob->answer = 180;
  agent_call (alice, bob->uri, NULL);
  agent_wait_state (alice, RINGING);
  at_bob = replaces_of (bob, FALSE);
  expect_status (carol, bob, at_bob, 481);
  g_assert_cmpint (baton_session_get_state (bob->session), ==, BATON_SESSION_STATE_INCOMING);

  old = g_object_ref (alice->session);
  at_alice = replaces_of (alice, TRUE);
  options.replaces = at_alice;
  g_signal_handlers_disconnect_by_data (carol->session, carol);
  agent_call (carol, alice->uri, &options);
  agent_wait_state (carol, ESTABLISHED);
  baton_session_complete_replaces (alice->session);
  g_assert_cmpint (baton_session_get_state (old), ==, BATON_SESSION_STATE_TERMINATED);
  agent_wait_state (bob, TERMINATED);
  g_assert_cmpuint (baton_session_get_status (bob->session), ==, 487);
  g_signal_handlers_disconnect_by_data (old, alice);
  g_clear_object (&old);
  agent_free (alice);
  agent_free (bob);
  agent_free (carol);
}

static void
test_replaces_broken (void)
{
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  const char *const headers[] = {
    "Replaces: a;to-tag=1;from-tag=2\nReplaces: b;to-tag=1;from-tag=2\n",
    "Replaces: a;to-tag=1;from-tag=2, b;to-tag=1;from-tag=2\n",
    "Replaces: a;to-tag=1\n",
    "Replaces: ;to-tag=1;from-tag=2\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *call_id = send_request (peer, bob, "INVITE", headers[i], "");

      g_test_message ("%s", headers[i]);
      baton_test_peer_expect_in (peer, call_id, "400 INVITE", WAIT_MS);
    }
  g_assert_cmpuint (bob->n_incoming, ==, 0);
  agent_free (bob);
}

/* 491 three times: 2.1 to 4 s each for the caller; then it is given up. */
static void
on_reoffer (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree char *answer = baton_session_reoffer_finish (BATON_SESSION (object), result, data);

  g_assert_null (answer);
}

static void
test_glare_gives_up (void)
{
  g_autoptr (BatonTestTimers) timers = baton_test_timers_new ();
  Agent *alice = agent_new ("alice", "127.0.0.1:0", BATON_TIMERS (timers));
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  g_autofree char *hold = agent_sdp (alice, "sendonly");
  g_autoptr (GError) error = NULL;
  BatonTestMessage *invite;

  baton_test_peer_set_auto (peer, "INVITE", 0);
  agent_call (alice, baton_test_peer_get_uri (peer), NULL);
  invite = baton_test_peer_expect (peer, "INVITE", WAIT_MS);
  baton_test_peer_reply (peer, invite, 200, "OK", NULL, sdp);
  agent_wait_state (alice, ESTABLISHED);
  baton_test_peer_expect (peer, "ACK", WAIT_MS);

  baton_session_reoffer_async (alice->session, hold, NULL, on_reoffer, &error);
  for (guint i = 0; i < 4; i++)
    {
      invite = baton_test_peer_expect (peer, "INVITE", WAIT_MS);
      g_assert_nonnull (strstr (invite->body, "sendonly"));
      baton_test_peer_reply (peer, invite, 491, "Request Pending", NULL, NULL);
      if (i == 3)
        break;
      baton_test_wait (baton_test_timers_get_pending (timers) == 1, WAIT_MS);
      g_assert_cmpint (baton_test_timers_get_next (timers), >=, 2100);
      g_assert_cmpint (baton_test_timers_get_next (timers), <=, 4000);
      baton_test_timers_advance (timers, 4000);
    }
  baton_test_wait (error != NULL, WAIT_MS);
  g_assert_nonnull (strstr (error->message, "491"));
  g_assert_cmpint (baton_session_get_state (alice->session), ==, BATON_SESSION_STATE_ESTABLISHED);
  agent_free (alice);
  g_assert_cmpuint (baton_test_timers_get_pending (timers), ==, 0);
}

/* Listening everywhere: what we tell the peer is an address that it can reach. */
static void
test_wildcard (void)
{
  Agent *alice = agent_new ("alice", "0.0.0.0:0", NULL);
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  const char *port = strrchr (baton_ua_get_listen_address (alice->ua), ':');
  g_autofree char *expected = g_strdup_printf ("sip:alice@127.0.0.1%s", port);
  g_autofree char *local = g_strdup_printf ("sip:peer@localhost%s", strrchr (baton_test_peer_get_host (peer), ':'));
  g_autofree char *contact = NULL;
  BatonTestMessage *invite;

  agent_call (alice, local, NULL);
  invite = baton_test_peer_expect (peer, "INVITE", WAIT_MS);
  contact = baton_test_message_dup_uri (invite, "Contact");
  g_assert_cmpstr (contact, ==, expected);
  g_assert_null (strstr (baton_test_message_get (invite, "Via"), "0.0.0.0"));
  g_assert_true (baton_ua_is_own_address (alice->ua, expected));
  baton_test_peer_reply (peer, invite, 486, "Busy Here", NULL, NULL);
  agent_wait_state (alice, TERMINATED);
  agent_free (alice);
}

/* An INVITE without an offer: ours goes in the 200, the answer comes in the ACK. */
static void
test_no_offer (void)
{
  Agent *bob = agent_new ("bob", "127.0.0.1:0", NULL);
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  g_autofree char *call_id = send_request (peer, bob, "INVITE", "", "");
  BatonTestMessage *ok = baton_test_peer_expect (peer, "200 INVITE", WAIT_MS);
  g_autofree char *via = baton_test_peer_make_via (peer);
  g_autofree char *branch = baton_test_peer_make_branch (peer);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  g_autofree char *contact = baton_test_message_dup_uri (ok, "Contact");

  g_assert_cmpstr (contact, ==, bob->uri);
  g_assert_nonnull (strstr (ok->body, "o=bob"));
  g_assert_null (baton_session_get_remote_offer (bob->session));
  baton_test_peer_send (peer, baton_ua_get_listen_address (bob->ua),
                        "ACK %s SIP/2.0\nVia: %s;branch=%s\nMax-Forwards: 70\nFrom: %s\nTo: %s\nCall-ID: %s\nCSeq: 1 ACK\n"
                        "Content-Type: application/sdp\nContent-Length: %zu\n\n",
                        bob->uri, via, branch, baton_test_message_get (ok, "From"), baton_test_message_get (ok, "To"), call_id,
                        (gsize) 0);
  baton_test_settle (20);
  g_assert_cmpuint (bob->n_answers, ==, 0);
  agent_free (bob);
}

static void
on_lost (GObject *object, GAsyncResult *result, gpointer data)
{
  g_assert_null (baton_session_reoffer_finish (BATON_SESSION (object), result, data));
}

/* The peer has forgotten the call: it is over here, too (RFC 3261 §12.2.1.2). */
static void
test_lost_dialog (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  g_autofree char *hold = agent_sdp (alice, "sendonly");
  g_autoptr (GError) error = NULL;
  BatonTestMessage *invite;

  baton_test_peer_set_auto (peer, "INVITE", 0);
  agent_call (alice, baton_test_peer_get_uri (peer), NULL);
  baton_test_peer_take_call (peer);
  agent_wait_state (alice, ESTABLISHED);
  baton_session_reoffer_async (alice->session, hold, NULL, on_lost, &error);
  invite = baton_test_peer_expect (peer, "INVITE", WAIT_MS);
  baton_test_peer_reply (peer, invite, 481, "Call Does Not Exist", NULL, NULL);
  agent_wait_state (alice, TERMINATED);
  g_assert_nonnull (error);
  g_assert_cmpuint (baton_session_get_status (alice->session), ==, 481);
  agent_free (alice);
}

/* A proxy and the phone behind it both ask for a password. */
static void
test_two_challenges (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonTestMessage *invite;

  g_object_set (alice->identity, "password", "secret", NULL);
  agent_call (alice, baton_test_peer_get_uri (peer), NULL);
  invite = baton_test_peer_expect (peer, "INVITE", WAIT_MS);
  baton_test_digest_challenge (peer, invite, 407, "proxy", "n1", "MD5");
  invite = baton_test_peer_expect (peer, "INVITE", WAIT_MS);
  g_assert_nonnull (baton_test_message_get (invite, "Proxy-Authorization"));
  baton_test_digest_challenge (peer, invite, 401, "phone", "n2", "MD5");
  invite = baton_test_peer_expect (peer, "INVITE", WAIT_MS);
  g_assert_nonnull (baton_test_message_get (invite, "Authorization"));
  baton_test_peer_reply (peer, invite, 200, "OK", NULL, sdp);
  agent_wait_state (alice, ESTABLISHED);
  agent_free (alice);
}

/* A peer that doesn't answer its BYE: stopping still takes no longer than two seconds. */
static void
test_stop_with_dead_peer (void)
{
  Agent *alice = agent_new ("alice", "127.0.0.1:0", NULL);
  g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("peer", "127.0.0.1");
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonTestMessage *invite;

  agent_call (alice, baton_test_peer_get_uri (peer), NULL);
  invite = baton_test_peer_expect (peer, "INVITE", WAIT_MS);
  baton_test_peer_reply (peer, invite, 200, "OK", NULL, sdp);
  agent_wait_state (alice, ESTABLISHED);
  baton_test_peer_expect (peer, "ACK", WAIT_MS);
  baton_test_peer_set_mute (peer, TRUE);
  agent_free (alice);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ua/options", test_options);
  g_test_add_func ("/ua/out-of-dialog-refer", test_out_of_dialog_refer);
  g_test_add_func ("/ua/unknown-methods", test_unknown_methods);
  g_test_add_func ("/ua/garbage", test_garbage);
  g_test_add_func ("/ua/digest-and-trace", test_digest_and_trace);
  g_test_add_func ("/ua/replaces", test_replaces);
  g_test_add_func ("/ua/replaces/early", test_replaces_early);
  g_test_add_func ("/ua/replaces/broken", test_replaces_broken);
  g_test_add_func ("/ua/glare-gives-up", test_glare_gives_up);
  g_test_add_func ("/ua/wildcard", test_wildcard);
  g_test_add_func ("/ua/no-offer", test_no_offer);
  g_test_add_func ("/ua/lost-dialog", test_lost_dialog);
  g_test_add_func ("/ua/two-challenges", test_two_challenges);
  g_test_add_func ("/ua/stop-with-dead-peer", test_stop_with_dead_peer);
  return g_test_run ();
}
