/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-demo.h"
#include "baton-engine.h"
#include "baton-test-timers.h"
#include "baton-test-wait.h"

/* A phone calls each demo peer, and sees what the peer's description promises. */
typedef struct
{
  BatonTestTimers *timers; /* of the demo: the peers' delays */
  BatonDemo *demo;
  BatonEngine *engine;
  BatonAccount *account;
  GString *trace; /* first lines of all that was sent and received */
} Fixture;

static void
on_traced (BatonEngine *engine, gboolean sent, const char *local, const char *remote, const char *transport,
           const char *text, GString *trace)
{
  g_string_append_printf (trace, "%c %.*s\n", sent ? '>' : '<', (int) strcspn (text, "\r\n"), text);
}

static void
take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonSipIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  BatonEngineOptions options;

  fixture->timers = baton_test_timers_new ();
  fixture->demo = baton_demo_new_with (BATON_TIMERS (fixture->timers));
  g_assert_true (baton_demo_start (fixture->demo, &error));
  g_assert_no_error (error);

  baton_engine_options_init (&options);
  options.audio = BATON_AUDIO_KIND_TONE;
  options.tone_hz = 440;
  fixture->trace = g_string_new (NULL);
  fixture->engine = baton_engine_new ();
  g_signal_connect (fixture->engine, "message-traced", G_CALLBACK (on_traced), fixture->trace);
  g_assert_true (baton_engine_start (fixture->engine, &options, &error));
  g_assert_no_error (error);
  address = g_strdup_printf ("sip:me@%s", baton_engine_get_listen_address (fixture->engine));
  identity = baton_sip_identity_new (address);
  fixture->account = baton_engine_add_account (fixture->engine, "me", "Me", identity, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) engine_result = NULL;
  g_autoptr (GAsyncResult) demo_result = NULL;

  baton_engine_stop_async (fixture->engine, take_result, &engine_result);
  baton_demo_stop_async (fixture->demo, take_result, &demo_result);
  baton_test_wait (engine_result != NULL && demo_result != NULL, 5000);
  baton_engine_stop_finish (fixture->engine, engine_result);
  baton_demo_stop_finish (fixture->demo, demo_result);
  g_clear_object (&engine_result);
  g_clear_object (&demo_result);
  baton_test_drain ();
  g_assert_cmpuint (baton_test_timers_get_pending (fixture->timers), ==, 0);
  g_assert_finalize_object (fixture->engine);
  g_assert_finalize_object (fixture->demo);
  g_assert_finalize_object (fixture->timers);
  g_string_free (fixture->trace, TRUE);
}

static const char *
uri_of (Fixture *fixture, const char *name)
{
  return baton_demo_peer_get_uri (baton_demo_lookup (fixture->demo, name));
}

/* Returns: (transfer full) */
static BatonCall *
call (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  BatonCall *placed;

  placed = baton_call_manager_place (baton_engine_get_calls (fixture->engine), fixture->account, uri_of (fixture, name),
                                     NULL, &error);
  g_assert_no_error (error);
  return g_object_ref (placed);
}

static void
assert_state (BatonCall *the_call, BatonCallState state)
{
  baton_test_wait (baton_call_get_state (the_call) == state, 8000);
}

/* Returns: (transfer full): a call to @name that is answered */
static BatonCall *
talk (Fixture *fixture, const char *name)
{
  BatonCall *talking = call (fixture, name);

  assert_state (talking, BATON_CALL_STATE_ESTABLISHED);
  return talking;
}

static double
get_level (BatonCall *the_call)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (baton_call_get_media (the_call));

  return stats->level_in_db;
}

static guint
n_calls (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (baton_engine_get_calls (fixture->engine)));
}

static BatonTransferState
get_only_state (Fixture *fixture)
{
  g_autoptr (BatonTransfer) transfer = g_list_model_get_item (baton_engine_get_transfers (fixture->engine), 0);

  g_assert_nonnull (transfer);
  return baton_transfer_get_state (transfer);
}

static void
test_heard (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) talking = talk (fixture, data);

  baton_test_wait (get_level (talking) > -40, 5000);
  g_assert_true (baton_call_hangup (talking, NULL));
  assert_state (talking, BATON_CALL_STATE_ENDED);
}

static void
test_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) refused = call (fixture, "Busy");

  assert_state (refused, BATON_CALL_STATE_ENDED);
  g_assert_cmpuint (baton_call_get_status (refused), ==, 486);
}

static void
test_refuser (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) refused = call (fixture, "Refuser");

  assert_state (refused, BATON_CALL_STATE_ENDED);
  g_assert_cmpuint (baton_call_get_status (refused), ==, 603);
}

static void
test_slow (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) late = call (fixture, "Slow");

  assert_state (late, BATON_CALL_STATE_RINGING);
  baton_test_timers_advance (fixture->timers, 3999);
  baton_test_settle (50);
  g_assert_cmpint (baton_call_get_state (late), ==, BATON_CALL_STATE_RINGING);
  baton_test_timers_advance (fixture->timers, 1);
  assert_state (late, BATON_CALL_STATE_ESTABLISHED);
}

/* The caller gives up first: nothing is left to be answered. */
static void
test_slow_given_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) late = call (fixture, "Slow");

  assert_state (late, BATON_CALL_STATE_RINGING);
  g_assert_true (baton_call_hangup (late, NULL));
  assert_state (late, BATON_CALL_STATE_ENDED);
  baton_test_wait (baton_test_timers_get_pending (fixture->timers) == 0, 5000);
}

static void
test_silent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) ringing = call (fixture, "Silent");

  assert_state (ringing, BATON_CALL_STATE_RINGING);
  baton_test_timers_advance (fixture->timers, 60000);
  baton_test_settle (50);
  g_assert_cmpint (baton_call_get_state (ringing), ==, BATON_CALL_STATE_RINGING);
  g_assert_true (baton_call_hangup (ringing, NULL));
  assert_state (ringing, BATON_CALL_STATE_ENDED);
}

static gboolean
talks_to (Fixture *fixture, const char *name)
{
  g_autoptr (BatonCall) first = g_list_model_get_item (G_LIST_MODEL (baton_engine_get_calls (fixture->engine)), 0);

  return n_calls (fixture) == 1 && baton_call_get_state (first) == BATON_CALL_STATE_ESTABLISHED &&
         g_str_equal (baton_call_get_remote_uri (first), uri_of (fixture, name));
}

static void
test_shifter (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) old = talk (fixture, "Shifter");

  baton_test_wait (baton_test_timers_get_pending (fixture->timers) == 1, 5000); /* it has seen our ACK */
  baton_test_timers_advance (fixture->timers, 3000);
  baton_test_wait (talks_to (fixture, "Carol"), 8000);
  g_assert_cmpint (baton_call_get_state (old), ==, BATON_CALL_STATE_ENDED);
  g_assert_nonnull (strstr (fixture->trace->str, "< REFER "));
}

/* A refused REFER: the call is as it was before. */
static void
test_stubborn (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) talking = talk (fixture, "Stubborn");
  g_autoptr (GError) error = NULL;
  BatonTransfer *transfer;

  transfer = baton_engine_transfer (fixture->engine, talking, uri_of (fixture, "Carol"), NULL, &error);
  g_assert_no_error (error);
  baton_test_wait (baton_transfer_get_state (transfer) == BATON_TRANSFER_STATE_FAILED, 8000);
  g_assert_cmpuint (baton_transfer_get_status (transfer), ==, 603);
  baton_test_wait (baton_call_get_hold (talking) == BATON_HOLD_NONE, 8000);
  g_assert_cmpint (baton_call_get_state (talking), ==, BATON_CALL_STATE_ESTABLISHED);
}

static void
test_blind_transfer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) talking = talk (fixture, "Echo");
  g_autoptr (GError) error = NULL;

  baton_engine_transfer (fixture->engine, talking, uri_of (fixture, "Carol"), NULL, &error);
  g_assert_no_error (error);
  assert_state (talking, BATON_CALL_STATE_ENDED);
  g_assert_cmpint (get_only_state (fixture), ==, BATON_TRANSFER_STATE_TRANSFERRED);
}

static void
test_transfer_to_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) talking = talk (fixture, "Echo");
  g_autoptr (GError) error = NULL;
  BatonTransfer *transfer;

  transfer = baton_engine_transfer (fixture->engine, talking, uri_of (fixture, "Busy"), NULL, &error);
  g_assert_no_error (error);
  baton_test_wait (baton_transfer_get_state (transfer) == BATON_TRANSFER_STATE_FAILED, 8000);
  g_assert_cmpuint (baton_transfer_get_status (transfer), ==, 486);
  baton_test_wait (baton_call_get_hold (talking) == BATON_HOLD_NONE, 8000);
  g_assert_cmpint (baton_call_get_state (talking), ==, BATON_CALL_STATE_ESTABLISHED);
}

static void
test_attended_transfer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) talking = talk (fixture, "Echo");
  g_autoptr (BatonCall) consulted = talk (fixture, "Carol");
  g_autoptr (GError) error = NULL;

  baton_engine_transfer_attended (fixture->engine, talking, consulted, NULL, &error);
  g_assert_no_error (error);
  assert_state (talking, BATON_CALL_STATE_ENDED);
  assert_state (consulted, BATON_CALL_STATE_ENDED);
  g_assert_cmpint (get_only_state (fixture), ==, BATON_TRANSFER_STATE_TRANSFERRED);
}

static void
test_rogue (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("sip:me@%s", baton_engine_get_listen_address (fixture->engine));

  baton_demo_poke_rogue (fixture->demo, uri);
  baton_test_wait (strstr (fixture->trace->str, "> SIP/2.0 405") != NULL, 5000);
  g_assert_cmpuint (n_calls (fixture), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (baton_engine_get_transfers (fixture->engine)), ==, 0);
}

static void
test_rogue_called (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonCall) refused = call (fixture, "Rogue");

  assert_state (refused, BATON_CALL_STATE_ENDED);
  g_assert_cmpuint (baton_call_get_status (refused), ==, 603);
  baton_test_wait (strstr (fixture->trace->str, "> SIP/2.0 405") != NULL, 5000);
  g_assert_cmpuint (n_calls (fixture), ==, 0);
}

static gboolean
on_refer_requested (BatonEngine *engine, BatonTransfer *transfer, guint *count)
{
  (*count)++;
  return TRUE;
}

/* Where the user opened the door, the question comes, and nothing is called before it is answered. */
static void
test_rogue_asks (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("sip:me@%s", baton_engine_get_listen_address (fixture->engine));
  g_autoptr (BatonTransfer) transfer = NULL;
  guint asked = 0;

  g_object_set (fixture->engine, "out-of-dialog-policy", BATON_REFER_POLICY_ASK, NULL);
  g_signal_connect (fixture->engine, "refer-requested", G_CALLBACK (on_refer_requested), &asked);
  baton_demo_poke_rogue (fixture->demo, uri);
  baton_test_wait (asked == 1, 5000);
  g_assert_cmpuint (n_calls (fixture), ==, 0);
  transfer = g_list_model_get_item (baton_engine_get_transfers (fixture->engine), 0);
  g_assert_true (baton_transfer_get_waits_for_user (transfer));
  g_assert_true (baton_transfer_decline (transfer, 0, NULL));
  baton_test_drain ();
  g_assert_cmpuint (n_calls (fixture), ==, 0);
}

static void
test_call_me (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("sip:me@%s", baton_engine_get_listen_address (fixture->engine));
  g_autoptr (BatonCall) incoming = NULL;

  baton_demo_call_me (fixture->demo, "nobody of that name", uri);
  baton_demo_call_me (fixture->demo, "Carol", uri);
  baton_test_wait (n_calls (fixture) == 1, 5000);
  incoming = g_list_model_get_item (G_LIST_MODEL (baton_engine_get_calls (fixture->engine)), 0);
  g_assert_cmpstr (baton_call_get_remote_name (incoming), ==, "Carol");
  g_assert_true (baton_call_answer (incoming, NULL));
  assert_state (incoming, BATON_CALL_STATE_ESTABLISHED);
  baton_test_wait (get_level (incoming) > -40, 5000);
}

static guint
count_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_idle_is_free (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatonDemo) second = baton_demo_new ();
  g_autoptr (GAsyncResult) result = NULL;
  guint before = count_threads ();

  g_assert_true (baton_demo_start (second, NULL));
  g_assert_cmpuint (count_threads (), ==, before);
  g_assert_cmpuint (baton_test_timers_get_pending (fixture->timers), ==, 0);
  baton_demo_stop_async (second, take_result, &result);
  baton_test_wait (result != NULL, 5000);

  g_clear_object (&result);
  g_assert_true (baton_demo_start (second, NULL)); /* again */
  g_assert_nonnull (baton_demo_peer_get_uri (baton_demo_lookup (second, "carol")));
  baton_demo_stop_async (second, take_result, &result);
  baton_test_wait (result != NULL, 5000);
  g_assert_null (baton_demo_peer_get_uri (baton_demo_lookup (second, "carol")));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, data, func) g_test_add ("/demo/" name, Fixture, data, set_up, func, tear_down)
  ADD ("echo", "Echo", test_heard);
  ADD ("carol", "Carol", test_heard);
  ADD ("busy", NULL, test_busy);
  ADD ("refuser", NULL, test_refuser);
  ADD ("slow", NULL, test_slow);
  ADD ("slow-given-up", NULL, test_slow_given_up);
  ADD ("silent", NULL, test_silent);
  ADD ("shifter", NULL, test_shifter);
  ADD ("stubborn", NULL, test_stubborn);
  ADD ("blind-transfer", NULL, test_blind_transfer);
  ADD ("transfer-to-busy", NULL, test_transfer_to_busy);
  ADD ("attended-transfer", NULL, test_attended_transfer);
  ADD ("rogue", NULL, test_rogue);
  ADD ("rogue-called", NULL, test_rogue_called);
  ADD ("rogue-asks", NULL, test_rogue_asks);
  ADD ("call-me", NULL, test_call_me);
  ADD ("idle-is-free", NULL, test_idle_is_free);
  return g_test_run ();
}
