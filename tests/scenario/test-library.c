/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine as a library, as somebody else's program would use it: three engines without sound and
 * without a window, each row of the refer design's API done once, and every signal heard on both the
 * context and the session. Alice transfers, Bob is transferred, Carol is the target.
 */
#include <string.h>

#include "baton-engine.h"
#include "baton-error.h"
#include "baton-test-media.h"
#include "baton-test-wait.h"

#define DEADLINE 5000

typedef struct
{
  BatonEngine *engine;
  BatonTestMediaFactory *factory;
  BatonAccount *account;
  char *uri;
  GString *trace;
  GString *on_context, *on_session; /* signals, in their order */
  BatonReferServerContext *asked;   /* the last REFER received */
  gboolean takes; /* a handler takes it: the program decides */
} Program;

typedef struct
{
  Program *alice, *bob, *carol;
  BatonSession *alice_bob; /* Alice's side; the engine keeps it */
  BatonSession *bob_alice;
} Fixture;

/* ---- Every signal, on both ---- */

static const char *const status_signals[] = { "refer-request-progress", "refer-request-accepted", "refer-request-rejected",
                                              "refer-progress", "refer-accepted", "refer-rejected" };

static void
on_context_status (BatonReferContext *context, guint status, const char *reason, GString *log)
{
  const char *name = g_signal_name (g_signal_get_invocation_hint (context)->signal_id);

  g_assert_nonnull (reason);
  g_string_append_printf (log, "%s:%u ", name + strlen ("refer-"), status);
}

static void
on_session_status (BatonSession *session, BatonReferContext *context, guint status, const char *reason, GString *log)
{
  const char *name = g_signal_name (g_signal_get_invocation_hint (session)->signal_id);

  g_assert_true (baton_refer_context_get_session (context) == session);
  g_string_append_printf (log, "%s:%u ", name + strlen ("refer-"), status);
}

static void
on_context_invite_sent (BatonReferContext *context, BatonSession *target, GString *log)
{
  g_assert_true (baton_refer_context_get_target_session (context) == target);
  g_string_append (log, "invite-sent ");
}

static void
on_session_invite_sent (BatonSession *session, BatonReferContext *context, BatonSession *target, GString *log)
{
  g_string_append (log, "invite-sent ");
}

static void
on_context_ended (BatonReferContext *context, GString *log)
{
  g_string_append (log, "ended");
}

static void
on_session_ended (BatonSession *session, BatonReferContext *context, GString *log)
{
  g_string_append (log, "ended");
}

static gboolean
on_context_requested (BatonReferContext *context, GString *log)
{
  g_string_append (log, "requested ");
  return FALSE;
}

static gboolean
on_session_requested (BatonSession *session, BatonReferContext *context, GString *log)
{
  g_assert_true (baton_refer_context_get_session (context) == session);
  g_string_append (log, "requested ");
  return FALSE;
}

static void
on_replaced (BatonSession *session, BatonSession *by, GString *log)
{
  g_assert_true (by != session);
  g_string_append (log, "replaced ");
}

static void
watch_context (Program *self, BatonReferContext *context)
{
  for (guint i = 0; i < G_N_ELEMENTS (status_signals); i++)
    g_signal_connect (context, status_signals[i], G_CALLBACK (on_context_status), self->on_context);
  g_signal_connect (context, "refer-requested", G_CALLBACK (on_context_requested), self->on_context);
  g_signal_connect (context, "refer-invite-sent", G_CALLBACK (on_context_invite_sent), self->on_context);
  g_signal_connect (context, "refer-ended", G_CALLBACK (on_context_ended), self->on_context);
}

static void
watch_session (Program *self, BatonSession *session)
{
  for (guint i = 0; i < G_N_ELEMENTS (status_signals); i++)
    g_signal_connect (session, status_signals[i], G_CALLBACK (on_session_status), self->on_session);
  g_signal_connect (session, "refer-requested", G_CALLBACK (on_session_requested), self->on_session);
  g_signal_connect (session, "refer-invite-sent", G_CALLBACK (on_session_invite_sent), self->on_session);
  g_signal_connect (session, "refer-ended", G_CALLBACK (on_session_ended), self->on_session);
  g_signal_connect (session, "replaced", G_CALLBACK (on_replaced), self->on_session);
}

/* ---- A program ---- */

/* Before anything of it is told: each context of ours and theirs, so that no signal of it is missed */
static void
on_refer_context_added (BatonUa *ua, BatonReferContext *context, Program *self)
{
  if (baton_refer_context_get_direction (context) == BATON_DIRECTION_INCOMING)
    watch_context (self, context);
}

static gboolean
on_requested (BatonEngine *engine, BatonTransfer *transfer, Program *self)
{
  if (baton_transfer_get_direction (transfer) == BATON_DIRECTION_OUTGOING)
    return FALSE;
  g_set_object (&self->asked, BATON_REFER_SERVER_CONTEXT (baton_transfer_get_context (transfer)));
  return self->takes;
}

static void
on_traced (BatonEngine *engine, gboolean sent, const char *local, const char *remote, const char *transport,
           const char *text, Program *self)
{
  if (!sent)
    g_string_append (self->trace, text);
}

static Program *
program_new (const char *user)
{
  Program *self = g_new0 (Program, 1);
  g_autoptr (BatonSipIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;
  BatonEngineOptions options;

  self->trace = g_string_new (NULL);
  self->on_context = g_string_new (NULL);
  self->on_session = g_string_new (NULL);
  self->factory = baton_test_media_factory_new ();
  self->engine = baton_engine_new_with (BATON_MEDIA_FACTORY (self->factory), NULL);
  g_signal_connect (self->engine, "message-traced", G_CALLBACK (on_traced), self);
  g_signal_connect (self->engine, "refer-requested", G_CALLBACK (on_requested), self);
  g_signal_connect (baton_engine_get_ua (self->engine), "refer-context-added", G_CALLBACK (on_refer_context_added), self);
  baton_engine_options_init (&options);
  options.t1_ms = 20;
  options.answer_status = 200;
  baton_engine_start (self->engine, &options, &error);
  g_assert_no_error (error);
  self->uri = g_strdup_printf ("sip:%s@%s", user, baton_engine_get_listen_address (self->engine));
  identity = baton_sip_identity_new (self->uri);
  self->account = baton_engine_add_account (self->engine, user, user, identity, FALSE);
  return self;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  baton_engine_stop_finish (BATON_ENGINE (source), result);
  *(gboolean *) data = TRUE;
}

static void
program_free (Program *self)
{
  gboolean stopped = FALSE;

  g_clear_object (&self->asked);
  baton_engine_stop_async (self->engine, on_stopped, &stopped);
  baton_test_wait (stopped, DEADLINE);
  baton_test_drain ();
  g_assert_finalize_object (self->engine);
  g_assert_finalize_object (self->factory);
  g_string_free (self->trace, TRUE);
  g_string_free (self->on_context, TRUE);
  g_string_free (self->on_session, TRUE);
  g_free (self->uri);
  g_free (self);
}

static BatonSession *
last_session (Program *self)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (self->engine));
  guint n = g_list_model_get_n_items (calls);
  g_autoptr (BatonCall) call = n > 0 ? g_list_model_get_item (calls, n - 1) : NULL;

  return call != NULL ? baton_call_get_session (call) : NULL;
}

static BatonSession *
call (Program *from, Program *to)
{
  g_autoptr (GError) error = NULL;
  BatonCall *made = baton_call_manager_place (baton_engine_get_calls (from->engine), from->account, to->uri, NULL, &error);

  g_assert_no_error (error);
  baton_test_wait (baton_call_get_state (made) == BATON_CALL_STATE_ESTABLISHED, DEADLINE);
  baton_test_wait (last_session (to) != NULL && baton_session_get_state (last_session (to)) == BATON_SESSION_STATE_ESTABLISHED, DEADLINE);
  return baton_call_get_session (made);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->alice = program_new ("alice");
  f->bob = program_new ("bob");
  f->carol = program_new ("carol");
  f->alice_bob = g_object_ref (call (f->alice, f->bob));
  f->bob_alice = g_object_ref (last_session (f->bob));
  watch_session (f->alice, f->alice_bob);
  watch_session (f->bob, f->bob_alice);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->alice_bob);
  g_clear_object (&f->bob_alice);
  program_free (f->alice);
  program_free (f->bob);
  program_free (f->carol);
}

/* A context made by hand, so that its first signal is heard, too */
static BatonReferClientContext *
refer (Fixture *f, const BatonReferOptions *options)
{
  BatonReferClientContext *context =
    baton_refer_client_context_new (baton_engine_get_ua (f->alice->engine), BATON_REFER_APPLICANT (f->alice_bob), f->carol->uri, options);
  g_autoptr (GError) error = NULL;

  watch_context (f->alice, BATON_REFER_CONTEXT (context));
  g_assert_true (baton_refer_client_context_refer (context, &error));
  g_assert_no_error (error);
  return context;
}

static void
wait_outcome (gpointer context, BatonReferOutcome outcome)
{
  baton_test_wait (baton_refer_context_get_state (context) == BATON_REFER_STATE_ENDED, DEADLINE);
  g_assert_cmpint (baton_refer_context_get_outcome (context), ==, outcome);
}

static void
wait_ended (BatonSession *session)
{
  baton_test_wait (baton_session_get_state (session) == BATON_SESSION_STATE_TERMINATED, DEADLINE);
}

/* ---- The rows ---- */

/* session.refer (URI): nobody listens at Bob's, and it is followed; each signal came on context and session */
static void
test_blind (Fixture *f, gconstpointer data)
{
  g_autoptr (BatonReferClientContext) context = refer (f, NULL);

  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  wait_ended (f->alice_bob);
  g_assert_cmpstr (f->alice->on_context->str, ==, "requested request-accepted:202 progress:100 accepted:200 ended");
  g_assert_cmpstr (f->alice->on_session->str, ==, f->alice->on_context->str);
  baton_test_wait (strstr (f->bob->on_context->str, "ended") != NULL, DEADLINE);
  g_assert_cmpstr (f->bob->on_context->str, ==, "requested request-accepted:202 invite-sent accepted:200 ended");
  g_assert_cmpstr (f->bob->on_session->str, ==, f->bob->on_context->str);
  g_assert_null (strstr (f->carol->trace->str, "Replaces: "));
}

static void
test_blind_shortcut (Fixture *f, gconstpointer data)
{
  g_autoptr (BatonReferClientContext) context = baton_session_refer_to_uri (f->alice_bob, f->carol->uri, NULL, NULL);

  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  wait_ended (f->alice_bob);
}

/* session.refer (session) */
static void
test_attended (Fixture *f, gconstpointer data)
{
  g_autoptr (BatonSession) alice_carol = g_object_ref (call (f->alice, f->carol));
  BatonSession *carol_alice = last_session (f->carol);
  g_autoptr (BatonReferClientContext) context = NULL;

  watch_session (f->carol, carol_alice);
  context = baton_session_refer_to_session (f->alice_bob, alice_carol, NULL, NULL);
  g_assert_true (baton_refer_context_get_target_session (BATON_REFER_CONTEXT (context)) == alice_carol);
  g_assert_nonnull (baton_refer_context_get_refer_to (BATON_REFER_CONTEXT (context))->replaces);
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  wait_ended (alice_carol);
  wait_ended (f->alice_bob);
  g_assert_nonnull (baton_refer_server_context_get_replaces (f->bob->asked));
  g_assert_nonnull (strstr (f->carol->trace->str, "Replaces: "));
  g_assert_cmpstr (f->carol->on_session->str, ==, "replaced ");
}

static void
on_response (BatonReferClientContext *context, guint status, const char *reason, guint *seen)
{
  g_assert_cmpint (baton_refer_context_get_state (BATON_REFER_CONTEXT (context)), !=, BATON_REFER_STATE_REQUESTED); /* after our own processing */
  *seen = status;
}

static void
on_referred (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (baton_refer_client_context_refer_finish (BATON_REFER_CLIENT_CONTEXT (source), result, NULL));
  *(gboolean *) data = TRUE;
}

/* extraHeaders, receiveResponse, activeAfterTransfer */
static void
test_options (Fixture *f, gconstpointer data)
{
  const char *const headers[] = { "X-Reason: lunch", NULL }, *const owned[] = { "Refer-To: <sip:x@y>", NULL };
  BatonReferOptions options = { .extra_headers = owned, .active_after_transfer = TRUE };
  g_autoptr (BatonReferClientContext) context = NULL;
  g_autoptr (GError) error = NULL;
  gboolean finished = FALSE;
  guint seen = 0;

  g_assert_null (baton_session_refer_to_uri (f->alice_bob, f->carol->uri, &options, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
  options.extra_headers = headers;
  context = baton_refer_client_context_new (baton_engine_get_ua (f->alice->engine), BATON_REFER_APPLICANT (f->alice_bob),
                                            f->carol->uri, &options);
  g_signal_connect (context, "response", G_CALLBACK (on_response), &seen);
  baton_refer_client_context_refer_async (context, NULL, on_referred, &finished);
  baton_test_wait (finished, DEADLINE);
  g_assert_cmpuint (seen, ==, 202);
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_nonnull (strstr (f->bob->trace->str, "X-Reason: lunch\r\n"));
  baton_test_settle (150);
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
}

static void
on_refer_failed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_false (baton_refer_client_context_refer_finish (BATON_REFER_CLIENT_CONTEXT (source), result, data));
}

/* finish () tells what the REFER was refused with, or why it was not sent; once sent it can't be sent again */
static void
test_async_failures (Fixture *f, gconstpointer data)
{
  g_autoptr (BatonReferClientContext) context = baton_refer_client_context_new (
    baton_engine_get_ua (f->alice->engine), BATON_REFER_APPLICANT (f->alice_bob), f->carol->uri, NULL);
  g_autoptr (GError) refused = NULL, again = NULL;

  f->bob->takes = TRUE;
  baton_refer_client_context_refer_async (context, NULL, on_refer_failed, &refused);
  baton_refer_client_context_refer_async (context, NULL, on_refer_failed, &again);
  baton_test_wait (again != NULL, DEADLINE);
  g_assert_error (again, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  baton_test_wait (f->bob->asked != NULL, DEADLINE);
  g_assert_true (baton_refer_server_context_reject (f->bob->asked, 404, NULL, NULL));
  baton_test_wait (refused != NULL, DEADLINE);
  g_assert_error (refused, BATON_ERROR, BATON_ERROR_SIP_STATUS);
  g_assert_cmpuint (baton_error_get_sip_status (refused), ==, 404);
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
}

/* progress (), reject (), and a wrong moment for each */
static void
test_progress_reject (Fixture *f, gconstpointer data)
{
  g_autoptr (BatonReferClientContext) context = NULL;
  g_autoptr (GError) error = NULL;

  f->bob->takes = TRUE;
  context = refer (f, NULL);
  baton_test_wait (f->bob->asked != NULL, DEADLINE);
  g_assert_true (baton_refer_server_context_progress (f->bob->asked, NULL));
  g_assert_true (baton_refer_server_context_reject (f->bob->asked, 0, NULL, NULL));
  g_assert_false (baton_refer_server_context_accept (f->bob->asked, NULL, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (context)), ==, 603);
  g_assert_true (g_str_has_suffix (f->alice->on_context->str, "request-rejected:603 ended"));
  g_assert_cmpstr (f->alice->on_session->str, ==, f->alice->on_context->str);
  g_assert_cmpstr (f->bob->on_context->str, ==, "requested request-progress:100 request-rejected:603 ended");
  g_assert_cmpstr (f->bob->on_session->str, ==, f->bob->on_context->str);
  g_assert_cmpint (baton_session_get_state (f->alice_bob), ==, BATON_SESSION_STATE_ESTABLISHED);
}

/* accept without followRefer, sendNotify () */
static void
test_by_hand (Fixture *f, gconstpointer data)
{
  const BatonReferAcceptOptions by_hand = { .follow_refer = FALSE };
  g_autoptr (BatonReferClientContext) context = NULL;

  f->bob->takes = TRUE;
  context = refer (f, NULL);
  baton_test_wait (f->bob->asked != NULL, DEADLINE);
  g_assert_true (baton_refer_server_context_accept (f->bob->asked, &by_hand, NULL));
  g_assert_false (baton_refer_server_context_send_notify (f->bob->asked, "no sipfrag", NULL));
  g_assert_true (baton_refer_server_context_send_notify (f->bob->asked, "SIP/2.0 180 Ringing\r\n", NULL));
  g_assert_true (baton_refer_server_context_send_notify (f->bob->asked, "SIP/2.0 486 Busy Here\r\n", NULL));
  wait_outcome (context, BATON_REFER_OUTCOME_REJECTED);
  g_assert_cmpstr (f->alice->on_context->str, ==, "requested request-accepted:202 progress:100 progress:180 rejected:486 ended");
  g_assert_cmpstr (f->alice->on_session->str, ==, f->alice->on_context->str);
  g_assert_cmpstr (f->bob->on_session->str, ==, f->bob->on_context->str);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (baton_engine_get_calls (f->carol->engine))), ==, 0);
}

static char *
modify (const char *offer, gpointer data)
{
  return g_strconcat (offer, data, NULL);
}

/* accept (options, modifiers) */
static void
test_accept_options (Fixture *f, gconstpointer data)
{
  const char *const in_answer[] = { "X-Answer: yes", NULL }, *const in_invite[] = { "X-Invite: too", NULL };
  const BatonInviteOptions invite = { .extra_headers = in_invite };
  const BatonReferAcceptOptions options = { .follow_refer = TRUE, .invite_options = &invite, .extra_headers = in_answer,
                                            .modifier = modify, .modifier_data = (gpointer) "a=x-modified\r\n" };
  g_autoptr (BatonReferClientContext) context = NULL;

  f->bob->takes = TRUE;
  context = refer (f, NULL);
  baton_test_wait (f->bob->asked != NULL, DEADLINE);
  g_assert_true (baton_refer_server_context_accept (f->bob->asked, &options, NULL));
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_nonnull (strstr (f->alice->trace->str, "X-Answer: yes\r\n"));
  g_assert_nonnull (strstr (f->carol->trace->str, "X-Invite: too\r\n"));
  g_assert_nonnull (strstr (f->carol->trace->str, "a=x-modified\r\n"));
  g_assert_nonnull (strstr (f->carol->trace->str, "Referred-By: "));
}

static gboolean
on_taken_at_session (BatonSession *session, BatonReferContext *context, BatonReferServerContext **taken)
{
  *taken = g_object_ref (BATON_REFER_SERVER_CONTEXT (context));
  return TRUE;
}

/* A listener on the session itself takes it: the engine neither follows nor answers, all is the program's */
static void
test_taken_at_session (Fixture *f, gconstpointer data)
{
  const BatonReferAcceptOptions by_hand = { .follow_refer = FALSE };
  g_autoptr (BatonReferClientContext) context = NULL;
  g_autoptr (BatonReferServerContext) taken = NULL;

  g_signal_connect (f->bob_alice, "refer-requested", G_CALLBACK (on_taken_at_session), &taken);
  context = refer (f, NULL);
  baton_test_wait (taken != NULL, DEADLINE);
  baton_test_settle (50);
  g_assert_null (f->bob->asked);
  g_assert_cmpint (baton_refer_context_get_state (BATON_REFER_CONTEXT (context)), ==, BATON_REFER_STATE_REQUESTED);
  g_assert_true (baton_refer_server_context_accept (taken, &by_hand, NULL));
  g_assert_true (baton_refer_server_context_send_notify (taken, "SIP/2.0 200 OK", NULL));
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_cmpstr (f->bob->on_context->str, ==, "requested request-accepted:202 accepted:200 ended");
  g_assert_cmpuint (g_list_model_get_n_items (baton_engine_get_transfers (f->bob->engine)), ==, 0);
  wait_ended (f->bob_alice);
}

static gboolean
on_taken_at_context (BatonReferContext *context, BatonReferServerContext **taken)
{
  *taken = g_object_ref (BATON_REFER_SERVER_CONTEXT (context));
  return TRUE;
}

static void
on_added_to_be_taken (BatonUa *ua, BatonReferContext *context, BatonReferServerContext **taken)
{
  g_signal_connect (context, "refer-requested", G_CALLBACK (on_taken_at_context), taken);
}

/* A listener on the context takes it, before the session and the engine hear of it */
static void
test_taken_at_context (Fixture *f, gconstpointer data)
{
  g_autoptr (BatonReferClientContext) context = NULL;
  g_autoptr (BatonReferServerContext) taken = NULL;

  g_signal_connect (baton_engine_get_ua (f->bob->engine), "refer-context-added", G_CALLBACK (on_added_to_be_taken), &taken);
  context = refer (f, NULL);
  baton_test_wait (taken != NULL, DEADLINE);
  baton_test_settle (50);
  g_assert_null (f->bob->asked);
  g_assert_cmpstr (f->bob->on_session->str, ==, "");
  g_assert_true (baton_refer_server_context_accept (taken, NULL, NULL));
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  wait_ended (f->bob_alice);
}

static void
on_added_to_be_refused (BatonUa *ua, BatonReferContext *context, gpointer data)
{
  g_assert_true (baton_refer_server_context_reject (BATON_REFER_SERVER_CONTEXT (context), 0, NULL, NULL));
}

/* It may even be decided before it is asked about: then nobody is asked */
static void
test_refused_when_added (Fixture *f, gconstpointer data)
{
  g_autoptr (BatonReferClientContext) context = NULL;

  g_signal_connect (baton_engine_get_ua (f->bob->engine), "refer-context-added", G_CALLBACK (on_added_to_be_refused), NULL);
  context = refer (f, NULL);
  wait_outcome (context, BATON_REFER_OUTCOME_REFUSED);
  g_assert_null (f->bob->asked);
  g_assert_cmpint (baton_session_get_state (f->bob_alice), ==, BATON_SESSION_STATE_ESTABLISHED);
}

/* It may do so and have it followed all the same: the engine places the call, and it is a transfer from then on */
static void
test_followed_at_session (Fixture *f, gconstpointer data)
{
  g_autoptr (BatonReferClientContext) context = NULL;
  g_autoptr (BatonReferServerContext) taken = NULL;

  g_signal_connect (f->bob_alice, "refer-requested", G_CALLBACK (on_taken_at_session), &taken);
  context = refer (f, NULL);
  baton_test_wait (taken != NULL, DEADLINE);
  g_assert_true (baton_refer_server_context_accept (taken, NULL, NULL));
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_cmpint (baton_session_get_state (last_session (f->carol)), ==, BATON_SESSION_STATE_ESTABLISHED);
  g_assert_null (f->bob->asked);
  g_assert_cmpuint (g_list_model_get_n_items (baton_engine_get_transfers (f->bob->engine)), ==, 1);
  wait_ended (f->bob_alice);
}

/* ---- Outside every dialog: an applicant of one's own ---- */

#define TYPE_DESK (desk_get_type ())
G_DECLARE_FINAL_TYPE (Desk, desk, TEST, DESK, GObject)

struct _Desk
{
  GObject parent;

  BatonSipIdentity *identity;
  char *remote_uri;
};

static BatonSipIdentity *
desk_get_identity (BatonReferApplicant *applicant)
{
  return TEST_DESK (applicant)->identity;
}

static const char *
desk_get_remote_uri (BatonReferApplicant *applicant)
{
  return TEST_DESK (applicant)->remote_uri;
}

static void
desk_applicant_init (BatonReferApplicantInterface *iface)
{
  iface->get_identity = desk_get_identity;
  iface->get_remote_uri = desk_get_remote_uri;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (Desk, desk, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (BATON_TYPE_REFER_APPLICANT, desk_applicant_init))

static void
desk_finalize (GObject *object)
{
  g_clear_object (&TEST_DESK (object)->identity);
  g_free (TEST_DESK (object)->remote_uri);
  G_OBJECT_CLASS (desk_parent_class)->finalize (object);
}

static void
desk_class_init (DeskClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = desk_finalize;
}

static void
desk_init (Desk *self)
{
}

static BatonReferClientContext *
refer_from_desk (Fixture *f)
{
  g_autoptr (Desk) desk = g_object_new (TYPE_DESK, NULL);
  BatonReferClientContext *context;
  g_autoptr (GError) error = NULL;

  desk->identity = g_object_ref (baton_account_get_identity (f->alice->account));
  desk->remote_uri = g_strdup (f->bob->uri);
  context = baton_refer_client_context_new (baton_engine_get_ua (f->alice->engine), BATON_REFER_APPLICANT (desk), f->carol->uri, NULL);
  watch_context (f->alice, BATON_REFER_CONTEXT (context));
  g_assert_true (baton_refer_client_context_refer (context, &error));
  g_assert_false (baton_refer_client_context_refer (context, &error)); /* a context is one REFER */
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  return context;
}

static gboolean
on_out_of_dialog (BatonUa *ua, BatonReferServerContext *context, gboolean *takes)
{
  if (!*takes)
    return FALSE;
  g_assert_null (baton_refer_context_get_session (BATON_REFER_CONTEXT (context)));
  g_assert_true (baton_refer_server_context_reject (context, 488, "Not This One", NULL));
  return TRUE;
}

/* allowOutOfDialogRefer: false by default; true with nobody who decides is no silent yes; by name it is followed */
static void
test_out_of_dialog (Fixture *f, gconstpointer data)
{
  BatonUa *ua = baton_engine_get_ua (f->bob->engine);
  g_autoptr (BatonReferClientContext) off = refer_from_desk (f), taken = NULL, undecided = NULL, followed = NULL;
  gboolean allowed, takes = TRUE;

  g_object_get (ua, "allow-out-of-dialog-refers", &allowed, NULL);
  g_assert_false (allowed);
  wait_outcome (off, BATON_REFER_OUTCOME_REFUSED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (off)), ==, 405);
  g_assert_null (f->bob->asked);

  g_object_set (ua, "allow-out-of-dialog-refers", TRUE, NULL);
  g_signal_connect (ua, "out-of-dialog-refer-requested", G_CALLBACK (on_out_of_dialog), &takes);
  taken = refer_from_desk (f);
  wait_outcome (taken, BATON_REFER_OUTCOME_REFUSED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (taken)), ==, 488);
  g_assert_cmpstr (baton_refer_context_get_reason (BATON_REFER_CONTEXT (taken)), ==, "Not This One");
  g_assert_null (f->bob->asked);
  takes = FALSE;
  undecided = refer_from_desk (f);
  wait_outcome (undecided, BATON_REFER_OUTCOME_REFUSED);
  g_assert_cmpuint (baton_refer_context_get_status (BATON_REFER_CONTEXT (undecided)), ==, 603);
  g_assert_null (last_session (f->carol));

  g_object_set (f->bob->engine, "out-of-dialog-policy", BATON_REFER_POLICY_FOLLOW, NULL);
  g_string_truncate (f->alice->on_context, 0);
  followed = refer_from_desk (f);
  wait_outcome (followed, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_cmpstr (f->alice->on_context->str, ==, "requested request-accepted:202 progress:100 accepted:200 ended");
  g_assert_null (baton_refer_context_get_session (BATON_REFER_CONTEXT (followed)));
  g_assert_cmpint (baton_session_get_state (last_session (f->carol)), ==, BATON_SESSION_STATE_ESTABLISHED);
}

static gboolean
on_out_of_dialog_accept (BatonUa *ua, BatonReferServerContext *context, gpointer data)
{
  g_assert_true (baton_refer_server_context_accept (context, NULL, NULL));
  return TRUE;
}

/* A program says yes to a stranger: the account that was asked places the call, and it is a transfer without an old call */
static void
test_out_of_dialog_accepted (Fixture *f, gconstpointer data)
{
  BatonUa *ua = baton_engine_get_ua (f->bob->engine);
  g_autoptr (BatonReferClientContext) context = NULL;
  g_autoptr (BatonTransfer) transfer = NULL;

  g_object_set (ua, "allow-out-of-dialog-refers", TRUE, NULL);
  g_signal_connect (ua, "out-of-dialog-refer-requested", G_CALLBACK (on_out_of_dialog_accept), NULL);
  context = refer_from_desk (f);
  wait_outcome (context, BATON_REFER_OUTCOME_ACCEPTED);
  g_assert_null (f->bob->asked);
  transfer = g_list_model_get_item (baton_engine_get_transfers (f->bob->engine), 0);
  g_assert_nonnull (transfer);
  g_assert_null (baton_transfer_get_call (transfer));
  g_assert_nonnull (baton_transfer_get_target_call (transfer));
  g_assert_cmpint (baton_session_get_state (last_session (f->carol)), ==, BATON_SESSION_STATE_ESTABLISHED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/library/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("blind", test_blind);
  ADD ("blind-shortcut", test_blind_shortcut);
  ADD ("attended", test_attended);
  ADD ("options", test_options);
  ADD ("async-failures", test_async_failures);
  ADD ("progress-reject", test_progress_reject);
  ADD ("by-hand", test_by_hand);
  ADD ("accept-options", test_accept_options);
  ADD ("taken-at-context", test_taken_at_context);
  ADD ("refused-when-added", test_refused_when_added);
  ADD ("taken-at-session", test_taken_at_session);
  ADD ("followed-at-session", test_followed_at_session);
  ADD ("out-of-dialog", test_out_of_dialog);
  ADD ("out-of-dialog-accepted", test_out_of_dialog_accepted);
  return g_test_run ();
}
