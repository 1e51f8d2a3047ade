/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Three whole engines in one process, without sound and with clocks that the test turns. Alice
 * transfers, Bob is transferred, Carol is the target. What a person would see of the calls is asserted.
 */
#include <string.h>

#include "baton-error.h"
#include "baton-test-phone.h"
#include "baton-test-wait.h"

typedef struct
{
  BatonTestPhone *alice, *bob, *carol;
} Three;

static BatonReferPolicy refer_policy;
static int answer_status;
static gboolean auto_hold;

static void
tweak (BatonEngineOptions *options)
{
  options->refer = refer_policy;
  options->answer_status = answer_status;
  options->auto_hold = auto_hold;
}

static BatonTestPhone *
make_phone (BatonReferPolicy refer, int answer, gboolean holds)
{
  refer_policy = refer;
  answer_status = answer;
  auto_hold = holds;
  return baton_test_phone_new (tweak);
}

static void
set_up (Three *three, gconstpointer data)
{
  three->alice = make_phone (BATON_REFER_POLICY_FOLLOW, 0, FALSE);
  three->bob = make_phone (BATON_REFER_POLICY_FOLLOW, 200, FALSE);
  three->carol = make_phone (BATON_REFER_POLICY_FOLLOW, 0, FALSE);
}

static void
tear_down (Three *three, gconstpointer data)
{
  baton_test_phone_free (three->alice);
  baton_test_phone_free (three->bob);
  baton_test_phone_free (three->carol);
}

static BatonCall *
place (BatonTestPhone *from, BatonTestPhone *to, BatonCall *consultation_for)
{
  GError *error = NULL;
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (from->engine), from->account, to->uri,
                                              consultation_for, &error);

  g_assert_no_error (error);
  return call;
}

/* @to answers by itself or is made to. */
static BatonCall *
talk (BatonTestPhone *from, BatonTestPhone *to, BatonCall *consultation_for)
{
  guint before = baton_test_phone_count_calls (to);
  BatonCall *call = place (from, to, consultation_for);
  BatonCall *other;

  baton_test_wait (baton_test_phone_count_calls (to) > before, 3000);
  other = baton_test_phone_get_call (to);
  if (baton_call_get_state (other) == BATON_CALL_STATE_INCOMING)
    baton_call_answer (other, NULL);
  baton_test_wait_call (call, ESTABLISHED);
  baton_test_wait_call (other, ESTABLISHED);
  return call;
}

static BatonTransfer *
blind (BatonTestPhone *from, BatonCall *call, BatonTestPhone *to)
{
  GError *error = NULL;
  BatonTransfer *transfer = baton_engine_transfer (from->engine, call, to->uri, NULL, &error);

  g_assert_no_error (error);
  return transfer;
}

static BatonTransfer *
attended (BatonTestPhone *from, BatonCall *call, BatonCall *target)
{
  GError *error = NULL;
  BatonTransfer *transfer = baton_engine_transfer_attended (from->engine, call, target, NULL, &error);

  g_assert_no_error (error);
  return transfer;
}

static gboolean
get_boolean (gpointer object, const char *name)
{
  gboolean value;

  g_object_get (object, name, &value, NULL);
  return value;
}

#define wait_hold(call, name) baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_##name, 3000)
#define media_state(call) baton_media_get_state (baton_call_get_media (call))

/* ---- Blind ---- */

static void
test_blind (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonCall *old = baton_test_phone_get_call (three->bob);
  BatonTransfer *transfer = blind (three->alice, call, three->carol);
  BatonCall *new, *target;

  baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
  target = baton_test_phone_get_call (three->carol);
  new = baton_test_phone_get_call (three->bob);
  g_assert_true (new != old);
  g_assert_cmpuint (three->bob->factory->moves, ==, 0); /* until the target answers the old call is heard */
  g_assert_true (media_state (old) == BATON_MEDIA_STATE_HELD);
  baton_test_phone_advance (three->bob, 1000);
  baton_test_wait_transfer (transfer, RINGING);
  g_assert_cmpuint (baton_transfer_get_level (transfer), ==, 4);
  g_assert_cmpint (baton_transfer_get_deadline (transfer), >, 0);
  baton_call_answer (target, NULL);
  baton_test_wait_transfer (transfer, TRANSFERRED);
  baton_test_wait_call (new, ESTABLISHED);
  g_assert_cmpuint (three->bob->factory->moves, ==, 1);
  g_assert_true (three->bob->factory->moved_from == baton_call_get_media (old));
  g_assert_true (three->bob->factory->moved_to == baton_call_get_media (new));
  g_assert_cmpint (baton_transfer_get_deadline (transfer), ==, 0);
  baton_test_phone_advance (three->alice, 1000);
  baton_test_wait_call (call, ENDED);
  baton_test_wait_call (old, ENDED);
  g_assert_cmpint (baton_call_get_state (new), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpint (baton_call_get_state (target), ==, BATON_CALL_STATE_ESTABLISHED);
}

/* No BYE comes from the referrer: the old call at Bob is silent for 10 s, then ends by itself. */
static void
test_old_leg_ends (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonCall *old = baton_test_phone_get_call (three->bob);
  BatonReferOptions options = { .active_after_transfer = TRUE };
  BatonTransfer *transfer = baton_engine_transfer (three->alice->engine, call, three->carol->uri, &options, NULL);

  baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
  baton_call_answer (baton_test_phone_get_call (three->carol), NULL);
  baton_test_wait_transfer (transfer, TRANSFERRED);
  baton_test_phone_advance (three->alice, 60000);
  baton_test_drain ();
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  baton_test_phone_advance (three->bob, 9000);
  g_assert_cmpint (baton_call_get_state (old), ==, BATON_CALL_STATE_ESTABLISHED);
  baton_test_phone_advance (three->bob, 1500);
  baton_test_wait_call (old, ENDED);
  baton_test_wait_call (call, ENDED);
}

static void
test_busy (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonCall *old = baton_test_phone_get_call (three->bob);
  BatonTransfer *transfer = blind (three->alice, call, three->carol);

  baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
  wait_hold (call, LOCAL);
  baton_call_decline (baton_test_phone_get_call (three->carol), 486, NULL);
  baton_test_wait_transfer (transfer, FAILED);
  g_assert_cmpuint (baton_transfer_get_status (transfer), ==, 486);
  baton_test_wait (baton_transfer_get_resumed (transfer), 3000);
  wait_hold (call, NONE);
  wait_hold (old, NONE);
  g_assert_true (media_state (old) == BATON_MEDIA_STATE_STARTED);
  g_assert_cmpuint (three->bob->factory->moves, ==, 0);
  g_assert_true (baton_call_get_transfer (call) == transfer);
  baton_transfer_dismiss (transfer);
  g_assert_null (baton_call_get_transfer (call));
}

/* The target rings and rings: after 30 s the caller is back (refer.md §2.1). */
static void
test_ring_time (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonTransfer *transfer = blind (three->alice, call, three->carol);

  baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
  baton_test_phone_advance (three->bob, 1000);
  baton_test_wait_transfer (transfer, RINGING);
  baton_test_phone_advance (three->alice, 29000);
  g_assert_cmpint (baton_transfer_get_state (transfer), ==, BATON_TRANSFER_STATE_RINGING);
  baton_test_phone_advance (three->alice, 1500);
  g_assert_cmpint (baton_transfer_get_state (transfer), ==, BATON_TRANSFER_STATE_FAILED);
  g_assert_cmpuint (baton_transfer_get_status (transfer), ==, 408);
  wait_hold (call, NONE);
  g_assert_cmpint (baton_transfer_get_outcome (transfer), ==, BATON_REFER_OUTCOME_CANCELLED);
}

/* Bob's own limit: nobody is called for ever. */
static void
test_follow_time (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonCall *new;

  blind (three->alice, call, three->carol);
  baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
  new = baton_test_phone_get_call (three->bob);
  baton_test_wait_call (new, RINGING);
  baton_test_phone_advance (three->bob, 181000);
  baton_test_wait_call (new, ENDED);
  baton_test_wait (baton_test_phone_count_calls (three->carol) == 0, 3000);
}

static void
test_take_back (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonTransfer *transfer = blind (three->alice, call, three->carol);
  GError *error = NULL;

  baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
  baton_test_phone_advance (three->bob, 1000);
  baton_test_wait_transfer (transfer, RINGING);
  baton_transfer_take_back (transfer, &error);
  g_assert_no_error (error);
  g_assert_cmpint (baton_transfer_get_state (transfer), ==, BATON_TRANSFER_STATE_TAKEN_BACK);
  wait_hold (call, NONE);
  g_assert_false (baton_transfer_take_back (transfer, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  g_clear_error (&error);
}

/* Taken back before the hold was answered: nothing of the REFER is ever seen. */
static void
test_take_back_at_once (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonTransfer *transfer = blind (three->alice, call, three->carol);

  g_assert_cmpint (baton_transfer_get_state (transfer), ==, BATON_TRANSFER_STATE_HOLDING);
  baton_transfer_take_back (transfer, NULL);
  wait_hold (call, LOCAL);
  wait_hold (call, NONE);
  g_assert_null (baton_transfer_get_context (transfer));
  g_assert_null (baton_test_phone_get_transfer (three->bob));
}

/* The transferred one hangs up while the target rings. */
static void
test_caller_leaves (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonTransfer *transfer = blind (three->alice, call, three->carol);

  baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
  baton_test_wait (baton_transfer_get_state (transfer) >= BATON_TRANSFER_STATE_AGREED, 3000);
  baton_call_hangup (baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED
                       ? g_ptr_array_index (three->bob->calls, 0)
                       : NULL,
                     NULL);
  baton_test_wait_call (call, ENDED);
  baton_test_phone_advance (three->alice, 6000);
  baton_test_wait_transfer (transfer, HANDED_OVER);
}

/* ---- Received ---- */

static void
use_ask (Three *three, BatonTestPhone **phone)
{
  baton_test_phone_free (*phone);
  *phone = make_phone (BATON_REFER_POLICY_ASK, 200, FALSE);
}

static void
test_asked (Three *three, gconstpointer data)
{
  BatonTransfer *transfer, *asked;
  BatonCall *call;

  use_ask (three, &three->bob);
  call = talk (three->alice, three->bob, NULL);
  transfer = blind (three->alice, call, three->carol);
  baton_test_wait (baton_test_phone_get_transfer (three->bob) != NULL, 3000);
  asked = baton_test_phone_get_transfer (three->bob);
  g_assert_true (baton_transfer_get_waits_for_user (asked));
  g_assert_cmpint (baton_transfer_get_direction (asked), ==, BATON_DIRECTION_INCOMING);
  g_assert_cmpstr (baton_transfer_get_target_uri (asked), ==, three->carol->uri);
  g_assert_nonnull (strstr (baton_transfer_get_requested_by (asked), three->alice->host));
  baton_transfer_accept (asked, NULL, NULL);
  g_assert_false (baton_transfer_get_waits_for_user (asked));
  baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
  baton_call_answer (baton_test_phone_get_call (three->carol), NULL);
  baton_test_wait_transfer (asked, TRANSFERRED);
  baton_test_wait_transfer (transfer, TRANSFERRED);
}

/* Nobody decides: 202 with NOTIFY pending after 20 s, declined after 30 s, and the caller is back. */
static void
test_prompt_time (Three *three, gconstpointer data)
{
  BatonTransfer *transfer, *asked;
  BatonCall *call;

  use_ask (three, &three->bob);
  call = talk (three->alice, three->bob, NULL);
  transfer = blind (three->alice, call, three->carol);
  baton_test_wait (baton_test_phone_get_transfer (three->bob) != NULL, 3000);
  asked = baton_test_phone_get_transfer (three->bob);
  baton_test_phone_advance (three->bob, 20500);
  baton_test_wait (baton_transfer_get_state (transfer) >= BATON_TRANSFER_STATE_AGREED, 3000);
  baton_test_phone_advance (three->bob, 9000);
  g_assert_true (baton_transfer_get_waits_for_user (asked));
  baton_test_phone_advance (three->bob, 1000);
  baton_test_wait_transfer (asked, FAILED);
  baton_test_wait_transfer (transfer, FAILED);
  g_assert_cmpuint (baton_transfer_get_status (transfer), ==, 603);
  wait_hold (call, NONE);
  g_assert_cmpuint (baton_test_phone_count_calls (three->carol), ==, 0);
}

static void
test_declined (Three *three, gconstpointer data)
{
  BatonTransfer *transfer;
  BatonCall *call;
  GError *error = NULL;

  use_ask (three, &three->bob);
  call = talk (three->alice, three->bob, NULL);
  transfer = blind (three->alice, call, three->carol);
  baton_test_wait (baton_test_phone_get_transfer (three->bob) != NULL, 3000);
  g_assert_false (baton_transfer_decline (baton_test_phone_get_transfer (three->bob), 200, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_true (baton_transfer_decline (baton_test_phone_get_transfer (three->bob), 0, NULL));
  baton_test_wait_transfer (transfer, FAILED);
  g_assert_cmpuint (baton_transfer_get_status (transfer), ==, 603);
  g_assert_cmpint (baton_transfer_get_outcome (transfer), ==, BATON_REFER_OUTCOME_REFUSED);
  wait_hold (call, NONE);
}

static gboolean
take_request (BatonEngine *engine, BatonTransfer *transfer, gpointer data)
{
  *(BatonTransfer **) data = transfer;
  return TRUE;
}

/* A handler that says TRUE decides alone, whatever the policy is. */
static void
test_handler_takes_it (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonTransfer *seen = NULL;

  g_signal_connect (three->bob->engine, "refer-requested", G_CALLBACK (take_request), &seen);
  blind (three->alice, call, three->carol);
  baton_test_wait (seen != NULL, 3000);
  baton_test_settle (50);
  g_assert_true (baton_transfer_get_waits_for_user (seen));
  g_assert_cmpuint (baton_test_phone_count_calls (three->carol), ==, 0);
}

/* ---- Attended ---- */

static void
test_attended (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonCall *consultation = talk (three->alice, three->carol, call);
  BatonCall *replaced = baton_test_phone_get_call (three->carol);
  BatonTransfer *transfer;
  BatonCall *new, *replacing;

  wait_hold (call, LOCAL);
  g_assert_true (baton_call_get_consultation_for (consultation) == call);
  transfer = attended (three->alice, call, consultation);
  baton_test_wait_transfer (transfer, TRANSFERRED);
  new = baton_test_phone_get_call (three->bob);
  replacing = baton_test_phone_get_call (three->carol);
  g_assert_true (replacing != replaced);
  baton_test_wait_call (replaced, ENDED);
  baton_test_wait_call (consultation, ENDED);
  baton_test_phone_advance (three->alice, 1000);
  baton_test_wait_call (call, ENDED);
  g_assert_cmpint (baton_call_get_state (new), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpint (baton_call_get_state (replacing), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (three->carol->factory->moves, ==, 1);
  g_assert_true (three->carol->factory->moved_to == baton_call_get_media (replacing));
}

/* Carol's user is asked, for nothing proves the request: ringing like any call, and it says what it replaces. */
static void
test_replaces_asked (Three *three, gconstpointer data)
{
  BatonCall *call, *consultation, *replaced, *replacing, *named = NULL;
  g_autoptr (BatonSipIdentity) nameless = NULL;
  BatonTransfer *transfer;

  baton_test_phone_free (three->alice);
  nameless = baton_sip_identity_new (NULL);
  g_object_set (nameless, "anonymous", TRUE, NULL);
  refer_policy = BATON_REFER_POLICY_FOLLOW;
  answer_status = 0;
  auto_hold = FALSE;
  three->alice = baton_test_phone_new_with (tweak, nameless);
  use_ask (three, &three->carol);

  call = talk (three->alice, three->bob, NULL);
  consultation = talk (three->alice, three->carol, call);
  replaced = baton_test_phone_get_call (three->carol);
  transfer = attended (three->alice, call, consultation);
  baton_test_wait (baton_test_phone_count_calls (three->carol) == 2, 3000);
  replacing = baton_test_phone_get_call (three->carol);
  g_object_get (replacing, "replaces-call", &named, NULL);
  g_assert_true (named == replaced);
  g_object_unref (named);
  baton_test_settle (50);
  g_assert_cmpint (baton_call_get_state (replacing), ==, BATON_CALL_STATE_INCOMING);
  g_assert_cmpint (baton_call_get_state (replaced), ==, BATON_CALL_STATE_ESTABLISHED);
  baton_call_answer (replacing, NULL);
  baton_test_wait_transfer (transfer, TRANSFERRED);
  baton_test_wait_call (replaced, ENDED);
}

/* The new call has no codec in common: 488, and the old one never notices (refer.md §4). */
static void
test_replaces_488 (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonCall *consultation = talk (three->alice, three->carol, call);
  BatonCall *replaced = baton_test_phone_get_call (three->carol);
  BatonTransfer *transfer;

  wait_hold (call, LOCAL);
  three->carol->factory->refuse_next = TRUE;
  transfer = attended (three->alice, call, consultation);
  baton_test_wait_transfer (transfer, FAILED);
  g_assert_cmpuint (baton_transfer_get_status (transfer), ==, 488);
  g_assert_cmpint (baton_call_get_state (replaced), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_true (media_state (replaced) == BATON_MEDIA_STATE_STARTED);
  g_assert_cmpuint (three->carol->factory->moves, ==, 0);
  /* Alice talks with Carol and Bob waits, as before; when Carol goes, Bob comes back. */
  g_assert_cmpint (baton_call_get_state (consultation), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_LOCAL);
  baton_call_hangup (replaced, NULL);
  baton_test_wait_call (consultation, ENDED);
  wait_hold (call, NONE);
}

/* Both live, nobody held before: the transfer held Bob, so the transfer brings him back. */
static void
test_attended_fails_unheld (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonCall *consultation = talk (three->alice, three->carol, NULL);
  BatonTransfer *transfer;

  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_NONE);
  three->carol->factory->refuse_next = TRUE;
  transfer = attended (three->alice, call, consultation);
  wait_hold (call, LOCAL);
  baton_test_wait_transfer (transfer, FAILED);
  wait_hold (call, NONE);
  g_assert_cmpint (baton_call_get_state (consultation), ==, BATON_CALL_STATE_ESTABLISHED);
}

/* Carol's leg with Alice stays, for Bob's REFER target was somebody else's doing: we end it after 10 s. */
static void
test_target_leg_ends (Three *three, gconstpointer data)
{
  BatonCall *call, *consultation;
  BatonTransfer *transfer, *asked;

  use_ask (three, &three->bob);
  call = talk (three->alice, three->bob, NULL);
  consultation = talk (three->alice, three->carol, call);
  transfer = attended (three->alice, call, consultation);
  baton_test_wait (baton_test_phone_get_transfer (three->bob) != NULL, 3000);
  asked = baton_test_phone_get_transfer (three->bob);
  baton_transfer_accept (asked, &(BatonReferAcceptOptions) { .follow_refer = FALSE }, NULL);
  g_assert_true (baton_transfer_notify (asked, "SIP/2.0 200 OK\r\n", NULL));
  baton_test_wait_transfer (transfer, TRANSFERRED);
  baton_test_phone_advance (three->alice, 1000);
  baton_test_wait_call (call, ENDED);
  g_assert_cmpint (baton_call_get_state (consultation), ==, BATON_CALL_STATE_ESTABLISHED);
  baton_test_phone_advance (three->alice, 9500);
  baton_test_wait_call (consultation, ENDED);
}

/* ---- Consultation, hold and foreground ---- */

static void
test_consultation_ends (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonCall *consultation = place (three->alice, three->carol, call);

  baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_LOCAL); /* before the target hears anything */
  baton_call_decline (baton_test_phone_get_call (three->carol), 0, NULL);
  baton_test_wait_call (consultation, ENDED);
  wait_hold (call, NONE);
}

static void
test_auto_hold (Three *three, gconstpointer data)
{
  BatonCall *first, *second;
  BatonCallManager *calls;

  baton_test_phone_free (three->alice);
  three->alice = make_phone (BATON_REFER_POLICY_FOLLOW, 0, TRUE);
  calls = baton_engine_get_calls (three->alice->engine);
  first = talk (three->alice, three->bob, NULL);
  g_assert_true (baton_call_manager_get_foreground (calls) == first);
  g_assert_true (three->alice->factory->foreground == baton_call_get_media (first));
  second = talk (three->alice, three->carol, NULL);
  wait_hold (first, LOCAL);
  g_assert_true (baton_call_manager_get_foreground (calls) == second);
  baton_call_manager_set_foreground (calls, first);
  wait_hold (first, NONE);
  wait_hold (second, LOCAL);
  g_assert_true (three->alice->factory->foreground == baton_call_get_media (first));
}

/* Who was put on hold by itself, for a call that nobody answered, is back when that has failed: nobody is forgotten there. */
static void
test_auto_hold_in_vain (Three *three, gconstpointer data)
{
  BatonCall *first, *second;
  GError *error = NULL;

  baton_test_phone_free (three->alice);
  three->alice = make_phone (BATON_REFER_POLICY_FOLLOW, 0, TRUE);
  first = talk (three->alice, three->bob, NULL);
  for (guint i = 0; i < 2; i++)
    {
      second = baton_call_manager_place (baton_engine_get_calls (three->alice->engine), three->alice->account,
                                         three->carol->uri, NULL, &error);
      g_assert_no_error (error);
      if (i == 0)
        wait_hold (first, LOCAL);
      baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
      if (i == 0)
        baton_call_decline (baton_test_phone_get_call (three->carol), 486, NULL);
      else
        baton_call_hangup (second, NULL); /* at once, while the hold may still wait for its answer */
      baton_test_wait_call (second, ENDED);
      baton_test_settle (50);
      wait_hold (first, NONE);
      g_assert_true (baton_call_manager_get_foreground (baton_engine_get_calls (three->alice->engine)) == first);
      baton_test_wait (baton_test_phone_count_calls (three->carol) == 0, 3000);
    }
}

/* Commands that come while one is under way wait for it; the last word counts. */
static void
test_hold_queue (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonCall *other = baton_test_phone_get_call (three->bob);

  baton_call_hold_async (call, NULL, NULL);
  baton_call_resume_async (call, NULL, NULL);
  baton_call_hold_async (call, NULL, NULL);
  baton_test_phone_hold (three->alice, call, TRUE);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_LOCAL);
  wait_hold (other, REMOTE);
  baton_test_phone_hold (three->bob, other, TRUE);
  wait_hold (call, BOTH);
  baton_test_phone_hold (three->alice, call, FALSE);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_REMOTE);
  baton_test_phone_hold (three->bob, other, FALSE);
  wait_hold (call, NONE);
}

static void
on_hold_failed (GObject *source, GAsyncResult *result, gpointer data)
{
  GError **error = data;

  g_assert_false (baton_call_hold_finish (BATON_CALL (source), result, error));
}

/* The peer can't take the new offer: the call goes on, and nobody is told that it is held. */
static void
test_hold_refused (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonCall *other = baton_test_phone_get_call (three->bob);
  BatonTestMedia *media = BATON_TEST_MEDIA (baton_call_get_media (other));
  GError *error = NULL;

  media->refuse = TRUE;
  baton_call_hold_async (call, on_hold_failed, &error);
  baton_test_wait (error != NULL, 3000);
  g_assert_cmpuint (baton_error_get_sip_status (error), ==, 488);
  g_clear_error (&error);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_NONE);
  g_assert_false (get_boolean (baton_call_get_media (call), "local-hold"));
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpint (baton_call_get_state (other), ==, BATON_CALL_STATE_ESTABLISHED);
  media->refuse = FALSE;
  baton_test_phone_hold (three->alice, call, TRUE);
}

/* Ended in the middle: the one who waits is told. */
static void
test_hold_ended (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  GError *error = NULL;

  baton_call_hold_async (call, on_hold_failed, &error);
  baton_call_hangup (call, NULL);
  baton_test_wait (error != NULL, 3000);
  g_clear_error (&error);
  g_assert_false (baton_call_hangup (call, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  g_clear_error (&error);
}

/* Two transfers of one call: the first fails and leaves the caller to the second; the second gives them back. */
static void
test_two_of_one_call (Three *three, gconstpointer data)
{
  BatonTransfer *first, *second, *asked;
  BatonCall *call;

  use_ask (three, &three->bob);
  call = talk (three->alice, three->bob, NULL);
  first = blind (three->alice, call, three->carol);
  baton_test_wait (baton_test_phone_get_transfer (three->bob) != NULL, 3000);
  asked = baton_test_phone_get_transfer (three->bob);
  second = blind (three->alice, call, three->carol);
  baton_test_wait (baton_test_phone_get_transfer (three->bob) != asked, 3000);
  baton_transfer_decline (asked, 0, NULL);
  baton_test_wait_transfer (first, FAILED);
  baton_test_settle (30);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_LOCAL);
  baton_transfer_decline (baton_test_phone_get_transfer (three->bob), 0, NULL);
  baton_test_wait_transfer (second, FAILED);
  wait_hold (call, NONE);
}

/* What is over is forgotten, after a while in which it can be read. */
static void
test_forgotten (Three *three, gconstpointer data)
{
  BatonCall *call = talk (three->alice, three->bob, NULL);
  BatonTransfer *transfer = blind (three->alice, call, three->carol);
  GListModel *transfers = baton_engine_get_transfers (three->alice->engine);

  baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
  baton_call_answer (baton_test_phone_get_call (three->carol), NULL);
  baton_test_wait_transfer (transfer, TRANSFERRED);
  baton_test_phone_advance (three->alice, 1000);
  baton_test_wait_call (call, ENDED);
  baton_test_phone_advance (three->alice, 6500); /* the row of an ended call fades after 6 s */
  g_assert_cmpuint (g_list_model_get_n_items (transfers), ==, 1);
  g_assert_true (baton_call_get_transfer (call) == transfer);
  baton_test_phone_advance (three->alice, 10000);
  g_assert_cmpuint (g_list_model_get_n_items (transfers), ==, 0);
  g_assert_null (baton_call_get_transfer (call));
  g_assert_null (baton_engine_lookup_transfer (three->alice->engine, 1));
}

static void
count_message (BatonCall *call, const char *text, guint *n)
{
  g_assert_cmpuint (strlen (text), >, 0);
  (*n)++;
}

/* The answer of our own first call has no codec that we know: said, but nobody is hung up on. */
static void
test_media_error_keeps_the_call (Three *three, gconstpointer data)
{
  BatonCall *call;
  guint told = 0;

  call = place (three->alice, three->carol, NULL);
  g_signal_connect (call, "message", G_CALLBACK (count_message), &told);
  baton_test_wait (baton_test_phone_count_calls (three->carol) == 1, 3000);
  BATON_TEST_MEDIA (baton_call_get_media (call))->refuse = TRUE;
  baton_call_answer (baton_test_phone_get_call (three->carol), NULL);
  baton_test_wait_call (call, ESTABLISHED);
  g_assert_cmpuint (told, ==, 1);
}

#define ADD(path, function) g_test_add ("/engine/" path, Three, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("blind", test_blind);
  ADD ("old-leg-ends", test_old_leg_ends);
  ADD ("busy", test_busy);
  ADD ("ring-time", test_ring_time);
  ADD ("follow-time", test_follow_time);
  ADD ("take-back", test_take_back);
  ADD ("take-back-at-once", test_take_back_at_once);
  ADD ("caller-leaves", test_caller_leaves);
  ADD ("asked", test_asked);
  ADD ("prompt-time", test_prompt_time);
  ADD ("declined", test_declined);
  ADD ("handler-takes-it", test_handler_takes_it);
  ADD ("attended", test_attended);
  ADD ("replaces-asked", test_replaces_asked);
  ADD ("replaces-488", test_replaces_488);
  ADD ("attended-fails-unheld", test_attended_fails_unheld);
  ADD ("target-leg-ends", test_target_leg_ends);
  ADD ("consultation-ends", test_consultation_ends);
  ADD ("auto-hold", test_auto_hold);
  ADD ("auto-hold-in-vain", test_auto_hold_in_vain);
  ADD ("hold-queue", test_hold_queue);
  ADD ("hold-refused", test_hold_refused);
  ADD ("hold-ended", test_hold_ended);
  ADD ("two-of-one-call", test_two_of_one_call);
  ADD ("forgotten", test_forgotten);
  ADD ("media-error-keeps-the-call", test_media_error_keeps_the_call);
  return g_test_run ();
}
