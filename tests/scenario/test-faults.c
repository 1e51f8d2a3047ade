/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Programs that die in the midst of a transfer: SIGKILL, so no BYE, no NOTIFY, no answer. The engine under test has each
 * of the three parts in turn, with a clock that the test turns; the others are processes of baton-cli. Whoever lives
 * keeps whoever lives, is told what is known, and at the end nothing is left over (baton_test_phone_free ()).
 */
#include "baton-cli-process.h"
#include "baton-test-phone.h"
#include "baton-test-wait.h"

#define soon(condition) baton_test_wait (condition, 10000)
#define soon_call(call, name) soon (baton_call_get_state (call) == BATON_CALL_STATE_##name)
#define soon_transfer(transfer, name) soon (baton_transfer_get_state (transfer) == BATON_TRANSFER_STATE_##name)
#define RING_TIME_MS 30000
#define FOLLOW_TIME_MS 180000
#define BYE_TIME_MS 10000

static void
follow (BatonEngineOptions *options)
{
  options->refer = BATON_REFER_POLICY_FOLLOW;
  options->answer_status = 200;
}

static void
ask (BatonEngineOptions *options)
{
  options->refer = BATON_REFER_POLICY_ASK;
  options->answer_status = 200;
}

static BatonCall *
place (BatonTestPhone *phone, CliProcess *peer)
{
  g_autoptr (GError) error = NULL;
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (phone->engine), phone->account, peer->uri, NULL,
                                              &error);

  g_assert_no_error (error);
  soon_call (call, ESTABLISHED);
  cli_expect (peer, "call", "state=established");
  return call;
}

/* @peer calls, which the phone's options answer. */
static BatonCall *
take (BatonTestPhone *phone, CliProcess *peer)
{
  guint before = phone->calls->len;

  cli_send (peer, "dial %s", phone->uri);
  cli_expect (peer, "call", "call=1 state=established");
  soon (phone->calls->len > before);
  soon_call (baton_test_phone_get_call (phone), ESTABLISHED);
  return baton_test_phone_get_call (phone);
}

static BatonTransfer *
transfer (BatonTestPhone *phone, BatonCall *call, const char *target)
{
  g_autoptr (GError) error = NULL;
  BatonTransfer *transfer = baton_engine_transfer (phone->engine, call, target, NULL, &error);

  g_assert_no_error (error);
  return transfer;
}

static void
expect_nothing_left (BatonTestPhone *phone, BatonTransfer *transfer)
{
  soon (baton_refer_context_get_state (baton_transfer_get_context (transfer)) == BATON_REFER_STATE_ENDED);
  soon (baton_test_phone_count_calls (phone) == 0);
}

/* ---- The engine transfers ---- */

/* Bob agreed, and then no news ever came: given up in time, in words; the call can't be had back, and that is said too. */
static void
test_transferee_after_202 (void)
{
  BatonTestPhone *phone = baton_test_phone_new (NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", "--refer=ask", "--codecs=pcmu", NULL);
  BatonCall *call = place (phone, bob);
  BatonTransfer *sent = transfer (phone, call, "sip:carol@127.0.0.1:9");

  cli_expect (bob, "refer-requested", "refer=1 direction=received");
  cli_send (bob, "accept-refer 1 no-follow");
  soon_transfer (sent, TRYING);
  cli_kill (bob);
  g_assert_cmpint (baton_transfer_get_deadline (sent), >, 0); /* the user sees how long it may last */
  baton_test_phone_advance (phone, RING_TIME_MS);
  soon_transfer (sent, FAILED);
  g_assert_cmpuint (baton_transfer_get_status (sent), ==, 408);
  soon_call (call, ENDED);
  g_assert_cmpuint (baton_call_get_status (call), >=, 400);
  g_assert_false (baton_transfer_get_resumed (sent));
  expect_nothing_left (phone, sent);
  baton_test_phone_free (phone);
}

/* Bob died with our REFER in his hands. */
static void
test_transferee_before_answer (void)
{
  BatonTestPhone *phone = baton_test_phone_new (NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", "--refer=ask", "--codecs=pcmu", NULL);
  BatonCall *call = place (phone, bob);
  BatonTransfer *sent = transfer (phone, call, "sip:carol@127.0.0.1:9");

  cli_expect (bob, "refer-requested", "refer=1 direction=received");
  cli_kill (bob);
  soon_transfer (sent, FAILED);
  g_assert_cmpint (baton_transfer_get_outcome (sent), ==, BATON_REFER_OUTCOME_REFUSED);
  g_assert_true (baton_transfer_get_status (sent) == 408 || baton_transfer_get_status (sent) == 503);
  soon_call (call, ENDED);
  expect_nothing_left (phone, sent);
  baton_test_phone_free (phone);
}

/* Carol was there, and is gone when Bob calls her: Bob is back. */
static void
test_target_before (void)
{
  BatonTestPhone *phone = baton_test_phone_new (NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", NULL), *carol = cli_start ("carol", NULL);
  g_autofree char *target = g_strdup (carol->uri);
  BatonCall *call = place (phone, bob);
  BatonTransfer *sent;

  cli_kill (carol);
  sent = transfer (phone, call, target);
  soon_transfer (sent, FAILED);
  g_assert_true (baton_transfer_get_status (sent) == 408 || baton_transfer_get_status (sent) == 503);
  soon (baton_transfer_get_resumed (sent));
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  cli_expect (bob, "call", "call=1 hold=remote");
  cli_expect (bob, "call", "call=1 hold=none");
  cli_quit (bob);
  soon_call (call, ENDED);
  expect_nothing_left (phone, sent);
  baton_test_phone_free (phone);
}

/* Her phone rings, and then is gone, which nobody hears of: after the ring time Bob is back. */
static void
test_target_rings (void)
{
  BatonTestPhone *phone = baton_test_phone_new (NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", NULL), *carol = cli_start ("carol", NULL);
  BatonCall *call = place (phone, bob);
  BatonTransfer *sent = transfer (phone, call, carol->uri);

  soon_transfer (sent, RINGING);
  cli_kill (carol);
  baton_test_phone_advance (phone, RING_TIME_MS);
  soon_transfer (sent, FAILED);
  g_assert_cmpuint (baton_transfer_get_status (sent), ==, 408);
  soon (baton_transfer_get_resumed (sent));
  cli_expect (bob, "call", "call=1 hold=remote");
  cli_expect (bob, "call", "call=1 hold=none state=established");
  cli_quit (bob);
  soon_call (call, ENDED);
  expect_nothing_left (phone, sent);
  baton_test_phone_free (phone);
}

/* She answered, was heard, and then died: that transfer was one, and Bob, who alone can know, is free to hang up. */
static void
test_target_after_200 (void)
{
  BatonTestPhone *phone = baton_test_phone_new (NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", NULL), *carol = cli_start ("carol", "--answer=auto", NULL);
  BatonCall *call = place (phone, bob);
  BatonTransfer *sent = transfer (phone, call, carol->uri);

  cli_expect (bob, "media", "call=2 state=moved");
  cli_kill (carol);
  soon_transfer (sent, TRANSFERRED);
  baton_test_phone_advance (phone, 1000);
  soon_call (call, ENDED);
  cli_expect (bob, "call", "call=1 state=ended");
  cli_send (bob, "hangup 2");
  cli_expect (bob, "call", "call=2 state=ended");
  cli_quit (bob);
  expect_nothing_left (phone, sent);
  baton_test_phone_free (phone);
}

/* ---- The engine is transferred ---- */

/* Alice dies right after her REFER: her NOTIFYs find nobody, her BYE never comes, and Carol is there all the same. */
static void
test_transferor (gconstpointer asked)
{
  BatonTestPhone *phone = baton_test_phone_new (asked ? ask : follow);
  CliProcess *alice = cli_start ("alice", "--codecs=pcmu", NULL), *carol = cli_start ("carol", NULL);
  BatonCall *old = take (phone, alice), *call;
  BatonTransfer *got;

  cli_send (alice, "transfer 1 %s", carol->uri);
  soon (phone->transfers->len == 1);
  got = baton_test_phone_get_transfer (phone);
  if (!asked)
    soon (phone->calls->len == 2);
  cli_kill (alice);
  if (asked)
    g_assert_true (baton_transfer_accept (got, NULL, NULL));
  cli_expect (carol, "call", "call=1 state=incoming");
  cli_send (carol, "answer 1");
  call = baton_test_phone_get_call (phone);
  g_assert_true (call != old);
  soon_call (call, ESTABLISHED);
  soon_transfer (got, TRANSFERRED);
  g_assert_cmpuint (phone->factory->moves, ==, 1);
  baton_test_phone_advance (phone, BYE_TIME_MS);
  soon_call (old, ENDED);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (cli_count (carol, "call", "state=ended"), ==, 0);
  cli_send (carol, "hangup 1");
  soon_call (call, ENDED);
  cli_quit (carol);
  expect_nothing_left (phone, got);
  baton_test_phone_free (phone);
}

/* … and Carol says no: the user is told, and can hang up on who is not there any more. */
static void
test_transferor_target_declines (void)
{
  BatonTestPhone *phone = baton_test_phone_new (follow);
  CliProcess *alice = cli_start ("alice", "--codecs=pcmu", NULL), *carol = cli_start ("carol", NULL);
  BatonCall *old = take (phone, alice);
  BatonTransfer *got;

  cli_send (alice, "transfer 1 %s", carol->uri);
  cli_expect (carol, "call", "call=1 state=incoming");
  cli_kill (alice);
  cli_send (carol, "decline 1 486");
  soon (phone->transfers->len == 1);
  got = baton_test_phone_get_transfer (phone);
  soon_transfer (got, FAILED);
  g_assert_cmpuint (baton_transfer_get_status (got), ==, 486);
  if (baton_call_get_state (old) != BATON_CALL_STATE_ENDED)
    g_assert_true (baton_call_hangup (old, NULL));
  soon_call (old, ENDED);
  cli_quit (carol);
  expect_nothing_left (phone, got);
  baton_test_phone_free (phone);
}

/* Carol dies while her phone rings: no call rings for ever, Alice is told, and speaks with us again. */
static void
test_followed_target_rings (void)
{
  BatonTestPhone *phone = baton_test_phone_new (follow);
  CliProcess *alice = cli_start ("alice", "--codecs=pcmu", NULL), *carol = cli_start ("carol", NULL);
  BatonCall *old = take (phone, alice);
  BatonTransfer *got;

  cli_send (alice, "transfer 1 %s", carol->uri);
  soon (phone->transfers->len == 1);
  got = baton_test_phone_get_transfer (phone);
  soon_transfer (got, RINGING);
  cli_kill (carol);
  baton_test_phone_advance (phone, FOLLOW_TIME_MS);
  soon_transfer (got, FAILED);
  cli_expect (alice, "refer-rejected", "refer=1 call=1");
  cli_expect (alice, "call", "call=1 hold=none state=established");
  g_assert_cmpint (baton_call_get_state (old), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (baton_test_phone_count_calls (phone), ==, 1);
  cli_quit (alice);
  soon_call (old, ENDED);
  expect_nothing_left (phone, got);
  baton_test_phone_free (phone);
}

/* Carol dies after her 200: the first thing that the user does with the call says so. */
static void
test_followed_target_after_200 (gconstpointer holds)
{
  BatonTestPhone *phone = baton_test_phone_new (follow);
  CliProcess *alice = cli_start ("alice", "--codecs=pcmu", NULL), *carol = cli_start ("carol", "--answer=auto", NULL);
  BatonCall *old = take (phone, alice), *call;
  BatonTransfer *got;

  cli_send (alice, "transfer 1 %s", carol->uri);
  cli_expect (carol, "call", "call=1 state=established");
  cli_kill (carol);
  cli_expect (alice, "refer-accepted", "refer=1 status=200");
  got = baton_test_phone_get_transfer (phone);
  soon_transfer (got, TRANSFERRED);
  soon_call (old, ENDED);
  call = baton_test_phone_get_call (phone);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  if (holds)
    {
      baton_call_hold_async (call, NULL, NULL);
      soon_call (call, ENDED);
      g_assert_cmpuint (baton_call_get_status (call), >=, 400);
    }
  else
    {
      g_assert_true (baton_call_hangup (call, NULL));
      soon_call (call, ENDED);
    }
  cli_quit (alice);
  expect_nothing_left (phone, got);
  baton_test_phone_free (phone);
}

/* ---- The engine is the target ---- */

/* Alice holds us, calls Bob, and asks him to call in her place; he has not decided yet. */
static void
ask_bob (CliProcess *alice, CliProcess *bob)
{
  cli_send (alice, "hold 1");
  cli_expect (alice, "call", "call=1 hold=local");
  cli_send (alice, "dial %s", bob->uri);
  cli_expect (alice, "call", "call=2 state=established");
  cli_send (alice, "transfer 2 1");
  cli_expect (bob, "refer-requested", "refer=1 direction=received");
}

/* Alice dies after her REFER: Bob's call takes the place of hers, whose BYE finds nobody. */
static void
test_transferor_of_replaced (void)
{
  BatonTestPhone *phone = baton_test_phone_new (follow);
  CliProcess *alice = cli_start ("alice", "--codecs=pcmu", NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", "--refer=ask", "--codecs=pcmu", NULL);
  BatonCall *old = take (phone, alice), *call;

  ask_bob (alice, bob);
  cli_kill (alice);
  cli_send (bob, "accept-refer 1");
  cli_expect (bob, "call", "call=2 state=established");
  call = baton_test_phone_get_call (phone);
  g_assert_true (call != old);
  soon_call (call, ESTABLISHED);
  soon_call (old, ENDED);
  g_assert_true (phone->factory->moved_to == baton_call_get_media (call));
  g_assert_cmpuint (baton_test_phone_count_calls (phone), ==, 1);
  cli_send (bob, "hangup 2");
  soon_call (call, ENDED);
  cli_quit (bob);
  g_assert_cmpuint (baton_test_phone_count_calls (phone), ==, 0);
  baton_test_phone_free (phone);
}

/* Bob dies before he calls: Alice's call here is untouched, and she can still speak with us. */
static void
test_transferee_of_target (void)
{
  BatonTestPhone *phone = baton_test_phone_new (follow);
  CliProcess *alice = cli_start ("alice", "--codecs=pcmu", NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", "--refer=ask", "--codecs=pcmu", NULL);
  BatonCall *call = take (phone, alice);

  ask_bob (alice, bob);
  cli_kill (bob);
  cli_expect (alice, "refer-request-rejected", "refer=1");
  cli_expect (alice, "refer-ended", "refer=1 reason=refused");
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  cli_send (alice, "resume 1");
  soon (baton_call_get_hold (call) == BATON_HOLD_NONE);
  cli_quit (alice);
  soon_call (call, ENDED);
  baton_test_phone_free (phone);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/faults/transferee-after-202", test_transferee_after_202);
  g_test_add_func ("/faults/transferee-before-answer", test_transferee_before_answer);
  g_test_add_func ("/faults/target-before", test_target_before);
  g_test_add_func ("/faults/target-rings", test_target_rings);
  g_test_add_func ("/faults/target-after-200", test_target_after_200);
  g_test_add_data_func ("/faults/transferor", GINT_TO_POINTER (FALSE), test_transferor);
  g_test_add_data_func ("/faults/transferor-asked", GINT_TO_POINTER (TRUE), test_transferor);
  g_test_add_func ("/faults/transferor-target-declines", test_transferor_target_declines);
  g_test_add_func ("/faults/followed-target-rings", test_followed_target_rings);
  g_test_add_data_func ("/faults/followed-target-after-200", GINT_TO_POINTER (FALSE), test_followed_target_after_200);
  g_test_add_data_func ("/faults/followed-target-after-200-hold", GINT_TO_POINTER (TRUE), test_followed_target_after_200);
  g_test_add_func ("/faults/transferor-of-replaced", test_transferor_of_replaced);
  g_test_add_func ("/faults/transferee-of-target", test_transferee_of_target);
  return g_test_run ();
}
