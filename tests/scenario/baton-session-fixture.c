/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-session-fixture.h"

#include "baton-test-wait.h"

char *
agent_sdp (const Agent *self, const char *direction)
{
  return g_strdup_printf ("v=0\r\no=%s 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                          "m=audio 40000 RTP/AVP 0\r\na=%s\r\n",
                          self->name, direction);
}

static void
on_offer (BatonSession *session, const char *sdp, Agent *self)
{
  g_autofree char *answer = agent_sdp (self, "sendrecv");

  self->n_offers++;
  g_free (self->last_offer);
  self->last_offer = g_strdup (sdp);
  if (self->offer_answer == 200)
    baton_session_answer_offer (session, answer);
  else if (self->offer_answer != 0)
    baton_session_reject_offer (session, self->offer_answer);
}

static void
on_answer (BatonSession *session, const char *sdp, gboolean final, Agent *self)
{
  self->n_answers++;
  self->n_final_answers += final ? 1 : 0;
  g_free (self->last_answer);
  self->last_answer = g_strdup (sdp);
}

static void
on_replaced (BatonSession *session, BatonSession *by, Agent *self)
{
  g_assert_true (baton_session_get_replaces_session (by) == session);
  self->n_replaced++;
}

static void
on_info (BatonSession *session, const char *type, const char *body, Agent *self)
{
  g_free (self->info);
  self->info = g_strdup_printf ("%s|%s", type, body);
}

void
agent_watch (Agent *self, BatonSession *session)
{
  g_set_object (&self->session, session);
  g_signal_connect (session, "offer-received", G_CALLBACK (on_offer), self);
  g_signal_connect (session, "answer-received", G_CALLBACK (on_answer), self);
  g_signal_connect (session, "replaced", G_CALLBACK (on_replaced), self);
  g_signal_connect (session, "info-received", G_CALLBACK (on_info), self);
}

static void
on_incoming (BatonUa *ua, BatonSession *session, Agent *self)
{
  g_autofree char *sdp = agent_sdp (self, "sendrecv");

  self->n_incoming++;
  if (self->answer == 1)
    return; /* nobody takes it */
  agent_watch (self, session);
  if (self->answer == 180)
    baton_session_ring (session);
  else if (self->answer == 200)
    g_assert_true (baton_session_accept (session, sdp, NULL));
  else if (self->answer != 0)
    g_assert_true (baton_session_reject (session, self->answer, NULL, NULL));
}

Agent *
agent_new (const char *name, const char *listen, BatonTimers *timers)
{
  g_autoptr (GError) error = NULL;
  Agent *self = g_new0 (Agent, 1);
  g_autofree char *placeholder = g_strdup_printf ("sip:%s@127.0.0.1", name);
  BatonUaOptions options = { .listen = listen, .t1_ms = 50 };

  self->name = name;
  self->answer = 200;
  self->offer_answer = 200;
  self->ua = baton_ua_new (timers);
  self->identity = baton_sip_identity_new (placeholder);
  baton_ua_add_identity (self->ua, self->identity);
  g_assert_true (baton_ua_start (self->ua, &options, &error));
  g_assert_no_error (error);
  self->uri = g_strdup_printf ("sip:%s@%s", name, baton_ua_get_listen_address (self->ua));
  g_object_set (self->identity, "address", self->uri, "display-name", name, NULL);
  g_signal_connect (self->ua, "incoming-session", G_CALLBACK (on_incoming), self);
  return self;
}

static void
on_stopped (GObject *object, GAsyncResult *result, gpointer data)
{
  baton_ua_stop_finish (BATON_UA (object), result);
  *(gboolean *) data = TRUE;
}

void
agent_free (Agent *self)
{
  gboolean stopped = FALSE;

  baton_ua_stop_async (self->ua, on_stopped, &stopped);
  baton_test_wait (stopped, 3000);
  if (self->session != NULL)
    {
      g_assert_cmpint (baton_session_get_state (self->session), ==, BATON_SESSION_STATE_TERMINATED);
      g_signal_handlers_disconnect_by_data (self->session, self);
      g_assert_finalize_object (self->session);
    }
  baton_ua_remove_identity (self->ua, self->identity);
  g_assert_finalize_object (self->ua);
  g_assert_finalize_object (self->identity);
  g_free (self->uri);
  g_free (self->last_offer);
  g_free (self->last_answer);
  g_free (self->info);
  g_free (self);
}

BatonSession *
agent_call (Agent *self, const char *uri, const BatonInviteOptions *options)
{
  g_autoptr (BatonSession) session = baton_session_new (self->ua, self->identity, uri);
  g_autoptr (GError) error = NULL;
  g_autofree char *sdp = agent_sdp (self, "sendrecv");

  agent_watch (self, session);
  g_assert_true (baton_session_invite (session, sdp, options, &error));
  g_assert_no_error (error);
  return self->session;
}

void
agent_connect (Agent *self, Agent *other)
{
  agent_call (self, other->uri, NULL);
  agent_wait_state (self, ESTABLISHED);
  agent_wait_state (other, ESTABLISHED);
}
