/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An account at a scripted registrar. */
#include "baton-registration.h"

#include "baton-session-fixture.h"
#include "baton-test-digest.h"
#include "baton-test-peer.h"
#include "baton-test-timers.h"
#include "baton-test-wait.h"

#define WAIT_MS 3000
#define wait_registration(name) \
  baton_test_wait (baton_registration_get_state (registration) == BATON_REGISTRATION_STATE_##name, WAIT_MS)

typedef struct
{
  BatonTestTimers *timers;
  Agent *agent;
  BatonTestPeer *server;
  BatonRegistration *registration;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *registrar = NULL;

  fixture->timers = baton_test_timers_new ();
  fixture->agent = agent_new ("alice", "127.0.0.1:0", BATON_TIMERS (fixture->timers));
  fixture->server = baton_test_peer_new ("registrar", "127.0.0.1");
  registrar = g_strdup_printf ("sip:%s", baton_test_peer_get_host (fixture->server));
  g_object_set (fixture->agent->identity, "registrar", registrar, "password", "secret", "expires", 120, NULL);
  fixture->registration = baton_registration_new (fixture->agent->ua, fixture->agent->identity);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->registration);
  agent_free (fixture->agent);
  g_assert_cmpuint (baton_test_timers_get_pending (fixture->timers), ==, 0);
  g_object_unref (fixture->timers);
  g_object_unref (fixture->server);
}

static void
register_with_password (Fixture *fixture)
{
  BatonRegistration *registration = fixture->registration;
  g_autofree char *wrong = NULL;
  g_autofree char *contact = NULL;
  g_autofree char *headers = NULL;
  BatonTestMessage *request;

  baton_registration_register (registration);
  g_assert_cmpint (baton_registration_get_state (registration), ==, BATON_REGISTRATION_STATE_REGISTERING);
  request = baton_test_peer_expect (fixture->server, "REGISTER", WAIT_MS);
  baton_test_digest_challenge (fixture->server, request, 401, "example", "n1", "MD5");
  request = baton_test_peer_expect (fixture->server, "REGISTER", WAIT_MS);
  wrong = baton_test_digest_verify (request, "alice", "secret", "n1");
  g_assert_cmpstr (wrong, ==, NULL);
  contact = baton_test_message_dup_uri (request, "Contact");
  g_assert_cmpstr (contact, ==, fixture->agent->uri);
  headers = g_strdup_printf ("Contact: <%s>;expires=90\r\n", contact);
  baton_test_peer_reply (fixture->server, request, 200, "OK", headers, NULL);
  wait_registration (REGISTERED);
  g_assert_cmpuint (baton_registration_get_expires (registration), ==, 90);
  g_assert_cmpuint (baton_registration_get_status (registration), ==, 200);
}

static void
test_register (Fixture *fixture, gconstpointer data)
{
  BatonRegistration *registration = fixture->registration;
  BatonTestMessage *request;

  register_with_password (fixture);
  baton_registration_unregister (registration);
  g_assert_cmpint (baton_registration_get_state (registration), ==, BATON_REGISTRATION_STATE_UNREGISTERING);
  request = baton_test_peer_expect (fixture->server, "REGISTER", WAIT_MS);
  g_assert_true (g_strcmp0 (baton_test_message_get (request, "Expires"), "0") == 0
                 || g_str_has_suffix (baton_test_message_get (request, "Contact"), "expires=0"));
  baton_test_peer_reply (fixture->server, request, 200, "OK", NULL, NULL);
  wait_registration (OFFLINE);
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer data)
{
  baton_ua_stop_finish (BATON_UA (object), result);
  *(gboolean *) data = TRUE;
}

/* Stopping the phone takes it out of the registrar. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  gboolean stopped = FALSE;

  register_with_password (fixture);
  baton_test_peer_set_auto (fixture->server, "REGISTER", 200);
  baton_ua_stop_async (fixture->agent->ua, on_stopped, &stopped);
  baton_test_wait (stopped, WAIT_MS);
  g_assert_cmpuint (baton_test_peer_count (fixture->server, NULL, "REGISTER"), ==, 3);
  g_assert_cmpint (baton_registration_get_state (fixture->registration), ==, BATON_REGISTRATION_STATE_OFFLINE);
}

static void
test_wrong_password (Fixture *fixture, gconstpointer data)
{
  BatonRegistration *registration = fixture->registration;
  BatonTestMessage *request;

  baton_registration_register (registration);
  request = baton_test_peer_expect (fixture->server, "REGISTER", WAIT_MS);
  baton_test_digest_challenge (fixture->server, request, 401, "example", "n1", "MD5");
  request = baton_test_peer_expect (fixture->server, "REGISTER", WAIT_MS);
  baton_test_digest_challenge (fixture->server, request, 401, "example", "n2", "MD5");
  wait_registration (FAILED);
  g_assert_cmpuint (baton_registration_get_status (registration), ==, 401);
  g_assert_cmpuint (baton_test_peer_count (fixture->server, NULL, "REGISTER"), ==, 2);
  /* A lock-out is near: not again in a minute. */
  g_assert_cmpint (baton_test_timers_get_next (fixture->timers), >=, 10 * 60 * 1000);
  baton_registration_unregister (registration);
  g_assert_cmpint (baton_registration_get_state (registration), ==, BATON_REGISTRATION_STATE_OFFLINE);
}

static void
test_back_off (Fixture *fixture, gconstpointer data)
{
  BatonRegistration *registration = fixture->registration;
  const guint delays[] = { 30000, 60000, 120000, 240000 };

  baton_registration_register (registration);
  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    {
      BatonTestMessage *request = baton_test_peer_expect (fixture->server, "REGISTER", WAIT_MS);

      baton_test_peer_reply (fixture->server, request, 503, "Service Unavailable", NULL, NULL);
      wait_registration (FAILED);
      g_assert_cmpint (baton_test_timers_get_next (fixture->timers), ==, delays[i]);
      baton_test_timers_advance (fixture->timers, delays[i]);
      g_assert_cmpint (baton_registration_get_state (registration), ==, BATON_REGISTRATION_STATE_REGISTERING);
    }
}

/* 423: the stack asks again for longer, by itself. */
static void
test_interval_too_brief (Fixture *fixture, gconstpointer data)
{
  BatonRegistration *registration = fixture->registration;
  BatonTestMessage *request;

  baton_registration_register (registration);
  request = baton_test_peer_expect (fixture->server, "REGISTER", WAIT_MS);
  g_assert_cmpstr (baton_test_message_get (request, "Expires"), ==, "120");
  baton_test_peer_reply (fixture->server, request, 423, "Interval Too Brief", "Min-Expires: 600\r\n", NULL);
  request = baton_test_peer_expect (fixture->server, "REGISTER", WAIT_MS);
  g_assert_cmpstr (baton_test_message_get (request, "Expires"), ==, "600");
  baton_test_peer_reply (fixture->server, request, 200, "OK", "Expires: 600\r\n", NULL);
  wait_registration (REGISTERED);
  g_assert_cmpuint (baton_registration_get_expires (registration), ==, 600);
}

static void
test_no_registrar (Fixture *fixture, gconstpointer data)
{
  g_object_set (fixture->agent->identity, "registrar", "nonsense", NULL);
  baton_registration_register (fixture->registration);
  g_assert_cmpint (baton_registration_get_state (fixture->registration), ==, BATON_REGISTRATION_STATE_FAILED);
  g_assert_nonnull (baton_registration_get_reason (fixture->registration));
}

/* Calls of an account with a registrar go through it. */
static void
test_call_by_registrar (Fixture *fixture, gconstpointer data)
{
  BatonTestMessage *invite;

  agent_call (fixture->agent, "sip:carol@127.0.0.1:9", NULL);
  invite = baton_test_peer_expect (fixture->server, "INVITE", WAIT_MS);
  g_assert_cmpstr (invite->uri, ==, "sip:carol@127.0.0.1:9");
  g_assert_nonnull (baton_test_message_get (invite, "Route"));
  baton_test_peer_reply (fixture->server, invite, 404, "Not Found", NULL, NULL);
  agent_wait_state (fixture->agent, TERMINATED);
  g_assert_cmpuint (baton_session_get_status (fixture->agent->session), ==, 404);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/registration/register", test_register);
  ADD ("/registration/stop", test_stop);
  ADD ("/registration/wrong-password", test_wrong_password);
  ADD ("/registration/back-off", test_back_off);
  ADD ("/registration/interval-too-brief", test_interval_too_brief);
  ADD ("/registration/no-registrar", test_no_registrar);
  ADD ("/registration/call", test_call_by_registrar);
  return g_test_run ();
}
