/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "baton-error.h"
#include "baton-refer-client-context.h"
#include "baton-refer-server-context.h"
#include "baton-test-timers.h"
#include "baton-test-wait.h"

/*
 * Three user agents in one process, on loopback, with canned session descriptions: Alice transfers,
 * Bob is transferred, Carol is the target (RFC 5589).
 *
 *   Alice ---- call ---- Bob                    Carol
 *     |--- REFER ------->|                        |
 *     |<-- 202, NOTIFY --|--- INVITE ------------>|
 *     |<-- NOTIFY 200 ---|<-- 200 ----------------|
 *     |--- BYE --------->|
 */

#define DEADLINE 5000
#define T1_MS 20

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                          "m=audio 40000 RTP/AVP 0\r\n";

typedef enum
{
  ANSWER,
  BUSY,
  RING, /* 180 and no more */
} Mood;

#define TYPE_PHONE (phone_get_type ())
G_DECLARE_FINAL_TYPE (Phone, phone, TEST, PHONE, GObject)

struct _Phone
{
  GObject parent;

  BatonTimers *timers;
  BatonUa *ua;
  BatonSipIdentity *identity;
  char *uri;
  Mood mood;
  GPtrArray *sessions; /* all of them, in order */
  GString *log;        /* of refer signals, "requested accepted …" */
  BatonReferServerContext *asked; /* last received REFER */
  gboolean handles;    /* a handler takes it */
  guint progress_after_ring;
  gboolean stopped;
  GString *trace;      /* start lines */
  char *follow_options; /* what the follower was given */
};

static BatonSession *
phone_follow (BatonReferFollower *follower, BatonReferServerContext *context, const char *uri, const BatonInviteOptions *options,
              BatonSdpModifier modifier, gpointer modifier_data, GError **error)
{
  Phone *self = TEST_PHONE (follower);
  g_autoptr (BatonSession) session = baton_session_new (self->ua, self->identity, uri);
  g_autofree char *offer = modifier != NULL ? modifier (sdp, modifier_data) : g_strdup (sdp);

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
static void
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
      baton_session_accept (session, sdp, &error);
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

static Phone *
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

static gboolean
saw (Phone *self, const char *text)
{
  return strstr (self->trace->str, text) != NULL;
}

static BatonSession *
last_session (Phone *self)
{
  return self->sessions->len > 0 ? self->sessions->pdata[self->sessions->len - 1] : NULL;
}

/* Returns: (transfer none): the caller's side */
static BatonSession *
call (Phone *from, Phone *to)
{
  g_autoptr (BatonSession) session = baton_session_new (from->ua, from->identity, to->uri);
  guint before = to->sessions->len;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (from->sessions, g_object_ref (session));
  watch (from, session);
  baton_session_invite (session, sdp, NULL, &error);
  g_assert_no_error (error);
  baton_test_wait (baton_session_get_state (session) == BATON_SESSION_STATE_ESTABLISHED, DEADLINE);
  baton_test_wait (to->sessions->len > before, DEADLINE);
  baton_test_wait (baton_session_get_state (last_session (to)) == BATON_SESSION_STATE_ESTABLISHED, DEADLINE);
  return session;
}

typedef struct
{
  Phone *alice, *bob, *carol;
  BatonSession *alice_bob; /* Alice's side of the call to Bob; not owned */
  BatonSession *bob_alice;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->alice = phone_new ("alice", NULL);
  f->bob = phone_new ("bob", NULL);
  f->carol = phone_new ("carol", NULL);
  f->alice_bob = call (f->alice, f->bob);
  f->bob_alice = last_session (f->bob);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  phone_stop (f->alice);
  phone_stop (f->bob);
  phone_stop (f->carol);
  g_assert_finalize_object (f->alice);
  g_assert_finalize_object (f->bob);
  g_assert_finalize_object (f->carol);
}

static BatonReferClientContext *
refer (Fixture *f, const char *target, const BatonReferOptions *options)
{
  g_autoptr (GError) error = NULL;
  BatonReferClientContext *context = baton_session_refer_to_uri (f->alice_bob, target, options, &error);

  g_assert_no_error (error);
  return context;
}

static void
wait_outcome (BatonReferClientContext *context, BatonReferOutcome outcome)
{
  baton_test_wait (baton_refer_context_get_state (BATON_REFER_CONTEXT (context)) == BATON_REFER_STATE_ENDED, DEADLINE);
  g_assert_cmpint (baton_refer_context_get_outcome (BATON_REFER_CONTEXT (context)), ==, outcome);
}

/* Nothing keeps a context once its last answer came and it has lingered */
static void
wait_gone (gpointer context)
{
  baton_test_wait (G_OBJECT (context)->ref_count == 1, DEADLINE);
  g_assert_finalize_object (context);
}

static void
test_blind_answered (Fixture *f, gconstpointer data)
{
  BatonReferClientContext *context = refer (f, f->carol->uri, NULL);

  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  baton_test_wait (baton_session_get_state (f->alice_bob) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  baton_test_wait (baton_session_get_state (f->bob_alice) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  g_assert_cmpuint (f->carol->sessions->len, ==, 1);
  g_assert_cmpint (baton_session_get_state (last_session (f->carol)), ==, BATON_SESSION_STATE_ESTABLISHED);
  g_assert_cmpint (baton_session_get_state (last_session (f->bob)), ==, BATON_SESSION_STATE_ESTABLISHED);
  g_assert_cmpstr (f->alice->log->str, ==, "requested request-accepted:202 progress:100 accepted:200 ended:2 ");
  g_assert_cmpstr (f->bob->log->str, ==, "requested request-accepted:202 invite-sent accepted:200 ended:2 ");
  /* RFC 3515 §2.4.5, and refer.md §3.3 and §3.5 */
  g_assert_true (saw (f->bob, "Subscription-State: active;expires=60"));
  g_assert_true (saw (f->bob, "Subscription-State: terminated;reason=noresource"));
  g_assert_true (saw (f->bob, "SIP/2.0 200 OK\r\n"));
  g_assert_true (saw (f->carol, "Referred-By: "));
  g_assert_false (saw (f->carol, "Replaces: "));
  g_assert_true (saw (f->bob, "Event: refer\r\n"));
  wait_gone (context);
}

static void
test_blind_busy (Fixture *f, gconstpointer data)
{
  BatonReferClientContext *context;

  f->carol->mood = BUSY;
  context = refer (f, f->carol->uri, NULL);
  wait_outcome (context, BATON_REFER_OUTCOME_REJECTED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, 486);
  g_assert_cmpstr (baton_refer_context_get_reason (BATON_REFER_CONTEXT (context)), ==, "Busy Here");
  g_assert_true (saw (f->bob, "SIP/2.0 486 Busy Here\r\n"));
  baton_test_settle (100);
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
  g_assert_cmpint (baton_session_get_state (f->bob_alice), ==, BATON_SESSION_STATE_ESTABLISHED);
  wait_gone (context);
}

/* Carol rings; Alice hears of it a second after the 100; Bob gives up */
static void
test_blind_given_up (Fixture *f, gconstpointer data)
{
  BatonReferClientContext *context;

  f->carol->mood = RING;
  context = refer (f, f->carol->uri, NULL);
  baton_test_wait (strstr (f->alice->log->str, "progress:180") != NULL, DEADLINE);
  baton_session_terminate (last_session (f->bob));
  wait_outcome (context, BATON_REFER_OUTCOME_REJECTED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, 487);
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
  wait_gone (context);
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
  wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
  baton_test_wait (returned != 0, DEADLINE);
  g_assert_cmpuint (seen, ==, 603);
  g_assert_cmpuint (returned, ==, 603);
  g_assert_cmpstr (f->alice->log->str, ==, "requested request-rejected:603 ended:1 ");
  g_assert_cmpuint (f->carol->sessions->len, ==, 0);
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
  wait_gone (context);
}

static void
attended (Fixture *f, BatonSession *alice_carol)
{
  g_autoptr (GError) error = NULL;
  BatonSession *carol_alice = last_session (f->carol);
  BatonReferClientContext *context = baton_session_refer_to_session (f->alice_bob, alice_carol, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (baton_refer_context_get_target_session (BATON_REFER_CONTEXT (context)) == alice_carol);
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  baton_test_wait (baton_session_get_state (alice_carol) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  baton_test_wait (baton_session_get_state (carol_alice) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  baton_test_wait (baton_session_get_state (f->alice_bob) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  g_assert_cmpuint (f->carol->sessions->len, ==, 2);
  g_assert_true (baton_session_get_replaces_session (last_session (f->carol)) == carol_alice);
  g_assert_cmpint (baton_session_get_state (last_session (f->carol)), ==, BATON_SESSION_STATE_ESTABLISHED);
  g_assert_true (strstr (f->bob->follow_options, "replaces=1") != NULL);
  wait_gone (context);
}

static void
test_attended_as_caller (Fixture *f, gconstpointer data)
{
  attended (f, call (f->alice, f->carol));
}

static void
test_attended_as_callee (Fixture *f, gconstpointer data)
{
  BatonSession *carol_alice = call (f->carol, f->alice);

  attended (f, last_session (f->alice));
  g_assert_cmpint (baton_session_get_state (carol_alice), ==, BATON_SESSION_STATE_TERMINATED);
}

/* A target that only rings gets no Replaces (refer.md §2.4) */
static void
test_attended_too_early (Fixture *f, gconstpointer data)
{
  g_autoptr (BatonSession) ringing = baton_session_new (f->alice->ua, f->alice->identity, f->carol->uri);
  g_autoptr (GError) error = NULL;

  f->carol->mood = RING;
  g_assert_true (baton_session_invite (ringing, sdp, NULL, NULL));
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
  BatonReferClientContext *second, *first = refer (f, nowhere, &stay);

  second = refer (f, f->carol->uri, &stay);
  wait_outcome (second, BATON_REFER_OUTCOME_ACCEPTED);
  wait_outcome (first, BATON_REFER_OUTCOME_REJECTED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (first)), >=, 400);
  g_assert_true (saw (f->bob, "Event: refer;id="));
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
  wait_gone (first);
  wait_gone (second);
}

static void
test_by_hand (Fixture *f, gconstpointer data)
{
  const BatonReferAcceptOptions by_hand = { .follow_refer = FALSE };
  g_autoptr (GError) error = NULL;
  BatonReferClientContext *context;

  f->bob->handles = TRUE;
  context = refer (f, f->carol->uri, NULL);
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
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_cmpuint (f->carol->sessions->len, ==, 0);
  baton_test_wait (baton_session_get_state (f->alice_bob) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  wait_gone (context);
}

static void
test_active_after (Fixture *f, gconstpointer data)
{
  const BatonReferOptions options = { .active_after_transfer = TRUE };
  BatonReferClientContext *context = refer (f, f->carol->uri, &options);

  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  wait_gone (context);
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
  context = refer (f, f->carol->uri, &options);
  baton_test_wait (f->bob->asked != NULL, DEADLINE);
  g_assert_true (baton_refer_server_context_accept (f->bob->asked, &accept, NULL));
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_true (saw (f->bob, "X-Reason: lunch\r\n"));
  g_assert_true (saw (f->bob, "Target-Dialog: 1;local-tag=2;remote-tag=3\r\n"));
  g_assert_true (saw (f->bob, "Refer-To: \"Carol \\\"C\\\"\" <sip:carol@"));
  g_assert_true (saw (f->alice, "X-Answer: yes\r\n"));
  g_assert_true (saw (f->carol, "X-Invite: too\r\n"));
  g_assert_true (saw (f->carol, "a=x-modified"));
  wait_gone (context);
}

/* RFC 4488: both agree that there is no subscription */
static void
test_no_subscription (Fixture *f, gconstpointer data)
{
  const BatonReferOptions options = { .no_subscription = TRUE };
  BatonReferClientContext *context = refer (f, f->carol->uri, &options);

  wait_outcome (context, BATON_REFER_OUTCOME_NO_SUBSCRIPTION);
  baton_test_wait (strstr (f->bob->log->str, "accepted:200 ended") != NULL, DEADLINE);
  g_assert_false (saw (f->bob, "NOTIFY sip:"));
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
  wait_gone (context);
}

/* Bob hangs up right after his 202 (refer.md §7) */
static void
test_handed_over (Fixture *f, gconstpointer data)
{
  BatonReferClientContext *context;

  f->carol->mood = RING;
  context = refer (f, f->carol->uri, NULL);
  baton_test_wait (strstr (f->alice->log->str, "progress:100") != NULL, DEADLINE);
  baton_session_terminate (f->bob_alice);
  wait_outcome (context, BATON_REFER_OUTCOME_NOT_CONFIRMED);
  wait_gone (context);
}

/* Alice hangs up right after Bob's 202: the call to Carol comes about all the same (refer.md §3.4) */
static void
test_referrer_leaves (Fixture *f, gconstpointer data)
{
  BatonReferClientContext *context;

  f->carol->mood = RING;
  context = refer (f, f->carol->uri, NULL);
  baton_test_wait (f->carol->sessions->len == 1, DEADLINE);
  baton_session_terminate (f->alice_bob);
  baton_test_wait (baton_session_get_state (f->bob_alice) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
  g_assert_true (baton_session_accept (last_session (f->carol), sdp, NULL));
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_cmpint (baton_session_get_state (last_session (f->bob)), ==, BATON_SESSION_STATE_ESTABLISHED);
  wait_gone (context);
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
      BatonReferClientContext *context = refer (f, cases[i].refer_to, NULL);

      g_test_message ("%s", cases[i].refer_to);
      wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
      g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, cases[i].status);
      g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
      wait_gone (context);
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
      BatonReferClientContext *context = refer (f, f->carol->uri, NULL);

      baton_test_wait (f->bob->asked != NULL, DEADLINE);
      g_assert_true (baton_refer_server_context_reject (f->bob->asked, statuses[i], NULL, NULL));
      g_clear_object (&f->bob->asked);
      wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
      g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, statuses[i]);
      baton_test_drain ();
      g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
      g_assert_cmpint (baton_session_get_state (f->bob_alice), ==, BATON_SESSION_STATE_ESTABLISHED);
      wait_gone (context);
    }
}

static void
test_too_many (Fixture *f, gconstpointer data)
{
  f->bob->handles = TRUE;
  for (guint i = 0; i < 11; i++)
    {
      BatonReferClientContext *context = refer (f, f->carol->uri, NULL);

      if (i < 10)
        {
          baton_test_wait (f->bob->asked != NULL, DEADLINE);
          g_assert_true (baton_refer_server_context_reject (f->bob->asked, 480, NULL, NULL));
          g_clear_object (&f->bob->asked);
        }
      wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
      g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, i < 10 ? 480 : 603);
      wait_gone (context);
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

  f.alice_bob = call (alice, bob);
  f.bob_alice = last_session (bob);
  bob->handles = TRUE;
  context = refer (&f, carol->uri, NULL);
  baton_test_wait (bob->asked != NULL, DEADLINE);
  baton_test_timers_advance (BATON_TEST_TIMERS (clock), 20000);
  g_assert_cmpint (baton_refer_context_get_state (BATON_REFER_CONTEXT (bob->asked)), ==, BATON_REFER_STATE_PENDING);
  baton_test_wait (strstr (alice->log->str, "request-accepted:202 progress:100 ") != NULL, DEADLINE);
  baton_test_wait (saw (bob, "Subscription-State: pending;expires=60"), DEADLINE);
  if (yes)
    {
      g_assert_true (baton_refer_server_context_accept (bob->asked, NULL, NULL));
      wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
      baton_test_wait (saw (bob, "Subscription-State: active;expires=60"), DEADLINE);
    }
  else
    {
      g_assert_true (baton_refer_server_context_reject (bob->asked, 0, NULL, NULL));
      wait_outcome (context, BATON_REFER_OUTCOME_REJECTED);
      g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, 603);
      g_assert_cmpint (baton_session_get_state (f.alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
    }
  wait_gone (context);
  tear_down (&f, NULL);
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
      BatonReferClientContext *context = refer (f, f->carol->uri, &stay);

      baton_test_wait (baton_refer_context_get_state (BATON_REFER_CONTEXT (context)) != BATON_REFER_STATE_REQUESTED, DEADLINE);
      answered[i] = g_get_monotonic_time () - start;
      baton_test_wait (f->carol->sessions->len == i + 1, DEADLINE);
      invited[i] = g_get_monotonic_time () - start;
      wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
      wait_gone (context);
    }
  qsort (answered, G_N_ELEMENTS (answered), sizeof (gint64), compare_times);
  qsort (invited, G_N_ELEMENTS (invited), sizeof (gint64), compare_times);
  g_test_message ("median: %" G_GINT64_FORMAT " µs to the 202, %" G_GINT64_FORMAT " µs to the INVITE", answered[4], invited[4]);
  g_assert_cmpint (answered[4], <, 400000); /* a timer in between would show; a busy machine, or valgrind, does not */
  g_assert_cmpint (invited[4], <, 400000);
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
  wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, 405);
  wait_gone (context);

  /* on, and nobody there to say yes */
  g_object_set (bob->ua, "allow-out-of-dialog-refers", TRUE, NULL);
  context = refer_stranger (alice, bob, carol->uri);
  wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, 603);
  g_assert_cmpuint (carol->sessions->len, ==, 0);
  wait_gone (context);

  /* on, and accepted */
  handler = g_signal_connect (bob->ua, "out-of-dialog-refer-requested", G_CALLBACK (on_out_of_dialog), bob);
  context = refer_stranger (alice, bob, carol->uri);
  baton_test_wait (bob->asked != NULL, DEADLINE);
  g_assert_null (baton_refer_context_get_session (BATON_REFER_CONTEXT (bob->asked)));
  g_assert_true (baton_refer_server_context_accept (bob->asked, NULL, NULL));
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_cmpuint (carol->sessions->len, ==, 1);
  g_signal_handler_disconnect (bob->ua, handler);
  wait_gone (context);
  tear_down (&f, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/refer/" name, Fixture, NULL, set_up, func, tear_down)
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
  ADD ("server/by-hand", test_by_hand);
  ADD ("server/bad-targets", test_bad_targets);
  ADD ("server/refusals-spare-the-call", test_refusals_spare_the_call);
  ADD ("server/too-many", test_too_many);
  g_test_add_func ("/refer/server/undecided-then-yes", test_undecided_then_yes);
  g_test_add_func ("/refer/server/undecided-then-no", test_undecided_then_no);
  g_test_add_func ("/refer/out-of-dialog", test_out_of_dialog);
  return g_test_run ();
}
