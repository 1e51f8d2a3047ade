/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One request at a time is what the stack sends in a dialog. What has no answer yet, or a challenge that nobody answers,
 * must not keep what comes after it: least of all the BYE.
 */
#include "wire.h"

#define CAROL "sip:carol@192.0.2.7"
/* Well before the stack gives up a request that nobody answers, at 64 · T1 */
#define SOON_MS (40 * BATON_TEST_T1_MS)

static void
set_password (Wire *wire)
{
  g_object_set (baton_account_get_identity (wire->phone->account), "auth-user", "baton", "password", "geheim", NULL);
}

/* Alice's REFER is followed, and the NOTIFY about it gets no answer by itself. Returns: the call with her */
static BatonCall *
leave_notify (Wire *wire, BatonTestDialog **alice, BatonTestMessage **notify)
{
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, alice);

  baton_test_peer_set_auto (wire->alice, "NOTIFY", 0);
  baton_test_dialog_refer (*alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  *notify = baton_test_dialog_expect_notify (*alice, 100, 3000);
  return call;
}

/* Bob's user is being asked about our REFER, or his phone is dead: who hangs up meanwhile is gone. */
static void
test_bye_behind_refer (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonTransfer *transfer;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);

  wire_transfer (wire, call, bob, CAROL, NULL, &transfer);
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_expect (bob, "BYE", SOON_MS);
}

/* Alice's phone answers no NOTIFY. */
static void
test_bye_behind_notify (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonTestMessage *notify;
  BatonCall *call = leave_notify (wire, &alice, &notify);

  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_expect (alice, "BYE", SOON_MS);
}

/* While Bob's user is being asked the transfer is taken back: Bob is off hold at once, and what is said of it later is nothing. */
static void
test_resume_behind_refer (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonTransfer *transfer;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTestMessage *refer = wire_transfer (wire, call, bob, CAROL, NULL, &transfer);
  GError *error = NULL;

  baton_transfer_take_back (transfer, &error);
  g_assert_no_error (error);
  baton_test_dialog_expect_reinvite (bob, "sendrecv", SOON_MS);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_NONE, 3000);
  baton_test_peer_reply (wire->bob, refer, 603, NULL, NULL, NULL);
  baton_test_phone_hold (wire->phone, call, TRUE);
  baton_test_phone_hold (wire->phone, call, FALSE);
  g_assert_cmpuint (baton_test_dialog_count (bob, "BYE"), ==, 0);
}

/* The NOTIFY of a failure is there before any answer to the REFER: that counts, at once (§2.6). */
static void
test_failure_before_answer (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonTransfer *transfer;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);

  wire_transfer (wire, call, bob, CAROL, NULL, &transfer);
  baton_test_dialog_notify (bob, "refer", "terminated;reason=noresource", "SIP/2.0 603 Decline\r\n");
  baton_test_dialog_expect_reinvite (bob, "sendrecv", SOON_MS);
  baton_test_wait_transfer (transfer, FAILED);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_NONE, 3000);
}

/* Alice answers no NOTIFY: hold and resume work. */
static void
test_hold_behind_notify (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonTestMessage *notify;
  BatonCall *call = leave_notify (wire, &alice, &notify);

  baton_call_hold_async (call, NULL, NULL);
  baton_test_dialog_expect_reinvite (alice, "sendonly", SOON_MS);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_LOCAL, 3000);
  baton_test_peer_reply (wire->alice, notify, 200, NULL, NULL, NULL);
  baton_test_phone_hold (wire->phone, call, FALSE);
}

/* A server between asks for a password that we don't have: nobody listens to that subscription, and the call is as it was. */
static void
test_notify_challenged (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonTestMessage *notify;
  BatonCall *call = leave_notify (wire, &alice, &notify);

  baton_test_digest_challenge (wire->alice, notify, 407, "x", "abc", "MD5");
  baton_test_peer_take_invite (wire->carol);
  baton_test_phone_hold (wire->phone, call, TRUE);
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_expect (alice, "BYE", SOON_MS);
}

static void
test_notify_with_password (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;
  BatonTestMessage *notify, *again;
  g_autofree char *wrong = NULL;

  set_password (wire);
  leave_notify (wire, &alice, &notify);
  baton_test_digest_challenge (wire->alice, notify, 407, "x", "abc", "MD5");
  again = baton_test_dialog_expect_notify (alice, 100, 3000);
  wrong = baton_test_digest_verify (again, "baton", "geheim", "abc");
  g_assert_cmpstr (wrong, ==, NULL);
  baton_test_peer_set_auto (wire->alice, "NOTIFY", 200);
  baton_test_peer_reply (wire->alice, again, 200, NULL, NULL, NULL);
  carol = baton_test_peer_take_invite (wire->carol);
  baton_test_dialog_reply (carol, 486, NULL, NULL);
  baton_test_dialog_expect_notify (alice, 486, 3000);
}

/* Bob has taken our REFER, and tells @line. */
static BatonCall *
begin_reported (Wire *wire, BatonTestDialog **bob, BatonTransfer **transfer, const char *state, const char *line)
{
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, bob);
  BatonTestMessage *refer = wire_transfer (wire, call, *bob, CAROL, NULL, transfer);

  baton_test_peer_reply (wire->bob, refer, 202, NULL, NULL, NULL);
  baton_test_dialog_notify (*bob, "refer", state, line);
  return call;
}

/* The refresh of our subscription is challenged: Bob comes back all the same when the target is busy. */
static void
test_subscribe_challenged (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonTransfer *transfer;
  BatonCall *call = begin_reported (wire, &bob, &transfer, "active;expires=20", "SIP/2.0 100 Trying\r\n");

  baton_test_wait_transfer (transfer, TRYING);
  baton_test_phone_advance (wire->phone, 10000);
  baton_test_digest_challenge (wire->bob, baton_test_dialog_expect (bob, "SUBSCRIBE", 3000), 401, "x", "abc", "MD5");
  baton_test_dialog_notify (bob, "refer", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
  wire_expect_resumed (bob, call, transfer);
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_expect (bob, "BYE", SOON_MS);
}

/* We give up a target that rings for too long, and the other end does not even say that it heard that. */
static void
test_resume_behind_subscribe (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonTransfer *transfer;

  begin_reported (wire, &bob, &transfer, "active;expires=60", "SIP/2.0 180 Ringing\r\n");
  baton_test_wait_transfer (transfer, RINGING);
  baton_test_phone_advance (wire->phone, 30000);
  g_assert_cmpstr (baton_test_message_get (baton_test_dialog_expect (bob, "SUBSCRIBE", 3000), "Expires"), ==, "0");
  baton_test_dialog_expect_reinvite (bob, "sendrecv", SOON_MS);
}

static void
test_info_challenged (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);

  BATON_TEST_MEDIA (baton_call_get_media (call))->no_events = TRUE;
  baton_test_peer_set_auto (wire->bob, "INFO", 0);
  g_assert_true (baton_call_send_dtmf (call, "5", NULL));
  baton_test_digest_challenge (wire->bob, baton_test_dialog_expect (bob, "INFO", 3000), 401, "x", "abc", "MD5");
  baton_test_phone_hold (wire->phone, call, TRUE);
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_expect (bob, "BYE", SOON_MS);
}

/* A hold whose credentials are refused, or that we have none for, is one that failed: the next has its turn, and the call goes on. */
static void
refuse_credentials (Wire *wire, const char *how)
{
  const gboolean known = g_str_equal (how, "wrong");
  BatonTestDialog *bob;
  BatonCall *call;
  BatonTestMessage *hold;
  BatonTransfer *transfer;
  g_autofree char *sdp = NULL, *wrong = NULL;

  if (known)
    set_password (wire);
  call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  baton_test_peer_set_auto (wire->bob, "INVITE", 0);
  transfer = baton_engine_transfer (wire->phone->engine, call, CAROL, NULL, NULL);
  hold = baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  if (g_str_equal (how, "no challenge"))
    baton_test_peer_reply (wire->bob, hold, 401, NULL, NULL, NULL);
  else
    baton_test_digest_challenge (wire->bob, hold, 407, "x", "n0", "MD5");
  if (known)
    {
      hold = baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
      baton_test_digest_challenge (wire->bob, hold, 407, "x", "n1", "MD5");
    }
  baton_test_peer_reply (wire->bob, baton_test_dialog_expect (bob, "REFER", 3000), 603, NULL, NULL, NULL);
  baton_test_wait_transfer (transfer, FAILED);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_NONE);

  set_password (wire);
  baton_call_hold_async (call, NULL, NULL);
  hold = baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  baton_test_digest_challenge (wire->bob, hold, 407, "x", "n2", "MD5");
  hold = baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  wrong = baton_test_digest_verify (hold, "baton", "geheim", "n2");
  g_assert_cmpstr (wrong, ==, NULL);
  sdp = baton_test_sdp_answer (hold->body);
  baton_test_peer_reply (wire->bob, hold, 200, NULL, "Content-Type: application/sdp\n", sdp);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_LOCAL, 3000);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (baton_test_dialog_count (bob, "BYE"), ==, 0);
}

static void
test_hold_credentials (Wire *wire, gconstpointer data)
{
  refuse_credentials (wire, "wrong");
}

static void
test_hold_no_credentials (Wire *wire, gconstpointer data)
{
  refuse_credentials (wire, "none");
}

static void
test_hold_no_challenge (Wire *wire, gconstpointer data)
{
  refuse_credentials (wire, "no challenge");
}

/*
 * Alice asked for two calls and hung up. Each has its own last NOTIFY, with what became of it, and nothing comes after
 * those.
 */
static void
test_two_finals (Wire *wire, gboolean bye_first)
{
  BatonTestDialog *alice, *bob, *carol;
  guint second;
  g_autofree char *id = NULL, *wanted = NULL;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_assert_cmpuint (baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol))->status, ==, 202);
  carol = baton_test_peer_take_invite (wire->carol);
  second = baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->bob))->cseq;
  bob = baton_test_peer_take_invite (wire->bob);
  baton_test_settle (20);
  if (bye_first)
    baton_test_dialog_bye (alice);
  baton_test_dialog_reply (carol, 486, NULL, NULL);
  baton_test_dialog_expect_notify (alice, 486, 3000);
  baton_test_settle (20);
  baton_test_dialog_reply (bob, 404, NULL, NULL);
  id = baton_test_message_dup_parameter (baton_test_dialog_expect_notify (alice, 404, 3000), "Event", "id");
  wanted = g_strdup_printf ("%u", second);
  g_assert_cmpstr (id, ==, wanted);
  if (!bye_first)
    baton_test_dialog_bye (alice);
  baton_test_settle (100);
  g_assert_cmpuint (baton_test_dialog_count (alice, "NOTIFY"), ==, 4); /* 100, 100, 486, 404 */
}

static void
test_finals_after_bye (Wire *wire, gconstpointer data)
{
  test_two_finals (wire, TRUE);
}

static void
test_finals_before_bye (Wire *wire, gconstpointer data)
{
  test_two_finals (wire, FALSE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/waiting/bye-behind-refer", NULL, test_bye_behind_refer);
  wire_add ("/waiting/bye-behind-notify", NULL, test_bye_behind_notify);
  wire_add ("/waiting/resume-behind-refer", NULL, test_resume_behind_refer);
  wire_add ("/waiting/failure-before-answer", NULL, test_failure_before_answer);
  wire_add ("/waiting/hold-behind-notify", NULL, test_hold_behind_notify);
  wire_add ("/waiting/notify-challenged", NULL, test_notify_challenged);
  wire_add ("/waiting/notify-with-password", NULL, test_notify_with_password);
  wire_add ("/waiting/subscribe-challenged", NULL, test_subscribe_challenged);
  wire_add ("/waiting/resume-behind-subscribe", NULL, test_resume_behind_subscribe);
  wire_add ("/waiting/info-challenged", NULL, test_info_challenged);
  wire_add ("/waiting/hold-credentials", NULL, test_hold_credentials);
  wire_add ("/waiting/hold-no-credentials", NULL, test_hold_no_credentials);
  wire_add ("/waiting/hold-no-challenge", NULL, test_hold_no_challenge);
  wire_add ("/waiting/finals-after-bye", NULL, test_finals_after_bye);
  wire_add ("/waiting/finals-before-bye", NULL, test_finals_before_bye);
  return g_test_run ();
}
