/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-fixture.h"

const char refer_sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                          "m=audio 40000 RTP/AVP 0\r\n";

static BatonSession *
phone_follow (BatonReferFollower *follower, BatonReferServerContext *context, const char *uri, const BatonInviteOptions *options,
              BatonSdpModifier modifier, gpointer modifier_data, GError **error)
{
  Phone *self = TEST_PHONE (follower);
  g_autoptr (BatonSession) session = baton_session_new (self->ua, self->identity, uri);
  g_autofree char *offer = modifier != NULL ? modifier (refer_sdp, modifier_data) : g_strdup (refer_sdp);

  g_free (self->follow_options);
  self->follow_options = g_strdup_printf ("referred-by=%s replaces=%d", options->referred_by, options->replaces != NULL);
  if (!baton_session_invite (session, offer, options, error))
    return NULL;
  g_ptr_array_add (self->sessions, g_object_ref (session));
  return g_steal_pointer (&session);
}

static void
phone_follower_init (BatonReferFollowerInterface *iface)
{
  iface->follow = phone_follow;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (Phone, phone, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (BATON_TYPE_REFER_FOLLOWER, phone_follower_init))

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  Phone *self = data;

  baton_ua_stop_finish (self->ua, result);
  self->stopped = TRUE;
}

/* Stops the user agent and asserts that nothing keeps it alive */
void
phone_stop (Phone *self)
{
  g_clear_object (&self->asked);
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  baton_ua_stop_async (self->ua, on_stopped, self);
  baton_test_wait (self->stopped, DEADLINE);
  baton_test_drain ();
}

static void
phone_finalize (GObject *object)
{
  Phone *self = TEST_PHONE (object);

  g_assert_finalize_object (self->ua);
  g_clear_object (&self->identity);
  g_clear_object (&self->timers);
  g_string_free (self->log, TRUE);
  g_string_free (self->trace, TRUE);
  g_free (self->follow_options);
  g_free (self->uri);
  G_OBJECT_CLASS (phone_parent_class)->finalize (object);
}

static void
phone_class_init (PhoneClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = phone_finalize;
}

static void
phone_init (Phone *self)
{
  self->log = g_string_new (NULL);
  self->trace = g_string_new (NULL);
  self->sessions = g_ptr_array_new_with_free_func (g_object_unref);
}

static gboolean
on_requested (BatonSession *session, BatonReferContext *context, Phone *self)
{
  g_string_append (self->log, "requested ");
  if (baton_refer_context_get_direction (context) == BATON_DIRECTION_OUTGOING)
    return FALSE;
  g_set_object (&self->asked, BATON_REFER_SERVER_CONTEXT (context));
  return self->handles;
}

static void
on_status (BatonSession *session, BatonReferContext *context, guint status, const char *reason, Phone *self)
{
  GSignalInvocationHint *hint = g_signal_get_invocation_hint (session);

  g_string_append_printf (self->log, "%s:%u ", g_signal_name (hint->signal_id) + strlen ("refer-"), status);
  g_assert_cmpuint (baton_refer_context_get_status (context), ==, status);
}

static void
on_invite_sent (BatonSession *session, BatonReferContext *context, BatonSession *target, Phone *self)
{
  g_assert_true (baton_refer_context_get_target_session (context) == target);
  g_string_append (self->log, "invite-sent ");
}

static void
on_ended (BatonSession *session, BatonReferContext *context, Phone *self)
{
  g_assert_cmpint (baton_refer_context_get_state (context), ==, BATON_REFER_STATE_ENDED);
  g_string_append_printf (self->log, "ended:%d ", baton_refer_context_get_outcome (context));
}

static void
watch (Phone *self, BatonSession *session)
{
  static const char *const names[] = { "refer-request-progress", "refer-request-accepted", "refer-request-rejected",
                                       "refer-progress", "refer-accepted", "refer-rejected" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_signal_connect (session, names[i], G_CALLBACK (on_status), self);
  g_signal_connect (session, "refer-requested", G_CALLBACK (on_requested), self);
  g_signal_connect (session, "refer-invite-sent", G_CALLBACK (on_invite_sent), self);
  g_signal_connect (session, "refer-ended", G_CALLBACK (on_ended), self);
}

static void
on_incoming (BatonUa *ua, BatonSession *session, Phone *self)
{
  g_autoptr (GError) error = NULL;
  BatonSession *replaced = baton_session_get_replaces_session (session);

  g_ptr_array_add (self->sessions, g_object_ref (session));
  watch (self, session);
  switch (self->mood)
    {
    case ANSWER:
      baton_session_accept (session, refer_sdp, &error);
      if (replaced != NULL)
        baton_session_terminate (replaced);
      break;
    case BUSY:
      baton_session_reject (session, 486, "Busy Here", &error);
      break;
    case RING:
      baton_session_ring (session);
      break;
    }
  g_assert_no_error (error);
}

static void
on_traced (BatonUa *ua, gboolean sent, const char *local, const char *remote, const char *transport, const char *text, Phone *self)
{
  if (g_getenv ("BATON_TEST_TRACE") != NULL)
    g_printerr ("%s %s %s → %s\n%s\n", sent ? ">" : "<", transport, local, remote, text);
  g_string_append_printf (self->trace, "%s%" G_GINT64_FORMAT " %s\n", sent ? ">" : "<", g_get_monotonic_time (), text);
}

Phone *
phone_new (const char *user, BatonTimers *timers)
{
  Phone *self = g_object_new (TYPE_PHONE, NULL);
  const BatonUaOptions options = { .listen = "127.0.0.1:0", .t1_ms = T1_MS };
  g_autoptr (GError) error = NULL;

  self->timers = timers != NULL ? g_object_ref (timers) : baton_timers_new ();
  self->ua = baton_ua_new (self->timers);
  g_signal_connect (self->ua, "message-traced", G_CALLBACK (on_traced), self);
  baton_ua_start (self->ua, &options, &error);
  g_assert_no_error (error);
  self->uri = g_strdup_printf ("sip:%s@%s", user, baton_ua_get_listen_address (self->ua));
  self->identity = baton_sip_identity_new (self->uri);
  baton_ua_add_identity (self->ua, self->identity);
  baton_ua_set_refer_follower (self->ua, BATON_REFER_FOLLOWER (self));
  g_signal_connect (self->ua, "incoming-session", G_CALLBACK (on_incoming), self);
  return self;
}

gboolean
phone_saw (Phone *self, const char *text)
{
  return strstr (self->trace->str, text) != NULL;
}

BatonSession *
phone_last_session (Phone *self)
{
  return self->sessions->len > 0 ? self->sessions->pdata[self->sessions->len - 1] : NULL;
}

/* Returns: (transfer none): the caller's side */
BatonSession *
phone_call (Phone *from, Phone *to)
{
  g_autoptr (BatonSession) session = baton_session_new (from->ua, from->identity, to->uri);
  guint before = to->sessions->len;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (from->sessions, g_object_ref (session));
  watch (from, session);
  baton_session_invite (session, refer_sdp, NULL, &error);
  g_assert_no_error (error);
  baton_test_wait (baton_session_get_state (session) == BATON_SESSION_STATE_ESTABLISHED, DEADLINE);
  baton_test_wait (to->sessions->len > before, DEADLINE);
  baton_test_wait (baton_session_get_state (phone_last_session (to)) == BATON_SESSION_STATE_ESTABLISHED, DEADLINE);
  return session;
}

void
refer_set_up (Fixture *f, gconstpointer data)
{
  f->alice = phone_new ("alice", NULL);
  f->bob = phone_new ("bob", NULL);
  f->carol = phone_new ("carol", NULL);
  f->alice_bob = phone_call (f->alice, f->bob);
  f->bob_alice = phone_last_session (f->bob);
}

void
refer_tear_down (Fixture *f, gconstpointer data)
{
  phone_stop (f->alice);
  phone_stop (f->bob);
  phone_stop (f->carol);
  g_assert_finalize_object (f->alice);
  g_assert_finalize_object (f->bob);
  g_assert_finalize_object (f->carol);
}

BatonReferClientContext *
refer_send (Fixture *f, const char *target, const BatonReferOptions *options)
{
  g_autoptr (GError) error = NULL;
  BatonReferClientContext *context = baton_session_refer_to_uri (f->alice_bob, target, options, &error);

  g_assert_no_error (error);
  return context;
}

void
refer_wait_outcome (BatonReferClientContext *context, BatonReferOutcome outcome)
{
  baton_test_wait (baton_refer_context_get_state (BATON_REFER_CONTEXT (context)) == BATON_REFER_STATE_ENDED, DEADLINE);
  g_assert_cmpint (baton_refer_context_get_outcome (BATON_REFER_CONTEXT (context)), ==, outcome);
}

/* Nothing keeps a context once its last answer came and it has lingered */
void
refer_wait_gone (gpointer context)
{
  baton_test_wait (G_OBJECT (context)->ref_count == 1, DEADLINE);
  g_assert_finalize_object (context);
}
