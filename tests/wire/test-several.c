/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several transfers at a time in one process, each to its own end; and what a phone of another make does between them. */
#include "wire.h"

#define SIDES 3

typedef struct
{
  BatonCall *call;
  BatonTestDialog *dialog;
  BatonTransfer *transfer;
  BatonTestMessage *refer;
} Side;

/* Three calls are transferred; one is answered, one is busy, one phone hangs up after its 202 and says no more. */
static void
test_three_sent (Wire *wire, gconstpointer data)
{
  static const char *const targets[] = { "sip:one@192.0.2.7", "sip:two@192.0.2.8", "sip:three@192.0.2.9" };
  BatonTestPeer *peers[] = { wire->alice, wire->bob, wire->carol };
  Side sides[SIDES] = { 0 };

  for (guint i = 0; i < SIDES; i++)
    sides[i].call = baton_test_phone_call (wire->phone, peers[i], &sides[i].dialog);
  for (guint i = 0; i < SIDES; i++)
    {
      sides[i].transfer = baton_engine_transfer (wire->phone->engine, sides[i].call, targets[i], NULL, NULL);
      g_assert_nonnull (sides[i].transfer);
    }
  for (guint i = 0; i < SIDES; i++) /* all of them are under way before the first is answered */
    {
      g_autofree char *expected = g_strdup_printf ("<%s>", targets[i]);

      baton_test_dialog_expect_reinvite (sides[i].dialog, "sendonly", 3000);
      sides[i].refer = baton_test_dialog_expect (sides[i].dialog, "REFER", 3000);
      g_assert_cmpstr (baton_test_message_get (sides[i].refer, "Refer-To"), ==, expected);
    }
  for (guint i = SIDES; i > 0; i--)
    wire_accept_refer (sides[i - 1].dialog, sides[i - 1].refer);
  for (guint i = 0; i < SIDES; i++)
    baton_test_wait_transfer (sides[i].transfer, TRYING);
  baton_test_dialog_send (sides[2].dialog, "BYE", NULL, NULL);
  baton_test_dialog_notify (sides[1].dialog, "refer", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
  baton_test_dialog_notify (sides[0].dialog, "refer", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  wire_expect_resumed (sides[1].dialog, sides[1].call, sides[1].transfer);
  baton_test_wait_transfer (sides[0].transfer, TRANSFERRED);
  baton_test_phone_advance (wire->phone, 1000);
  baton_test_dialog_expect (sides[0].dialog, "BYE", 3000);
  baton_test_wait_call (sides[0].call, ENDED);
  baton_test_wait_transfer (sides[2].transfer, HANDED_OVER);
  baton_test_wait_call (sides[2].call, ENDED);
  g_assert_cmpuint (baton_transfer_get_status (sides[1].transfer), ==, 486);
  g_assert_cmpint (baton_call_get_state (sides[1].call), ==, BATON_CALL_STATE_ESTABLISHED);
  for (guint i = 0; i < SIDES; i++)
    g_assert_cmpuint (baton_test_dialog_count (sides[i].dialog, "REFER"), ==, 1);
  baton_test_dialog_bye (sides[1].dialog);
}

/* Three ask us at the same time, each for a call of its own: every one hears of its own target and of no other. */
static void
test_three_received (Wire *wire, gconstpointer data)
{
  static const guint results[] = { 200, 486, 603 };
  BatonTestPeer *target = baton_test_peer_new ("target", "127.0.0.1");
  BatonTestPeer *peers[] = { wire->alice, wire->bob, wire->carol };
  BatonTestDialog *invites[SIDES];
  Side sides[SIDES] = { 0 };

  for (guint i = 0; i < SIDES; i++)
    sides[i].call = baton_test_phone_take (wire->phone, peers[i], NULL, &sides[i].dialog);
  for (guint i = 0; i < SIDES; i++)
    g_assert_cmpuint (baton_test_dialog_refer (sides[i].dialog, "Refer-To: <sip:target%u@%s>\n", i,
                                               baton_test_peer_get_host (target))->status, ==, 202);
  for (guint i = 0; i < SIDES; i++)
    {
      g_autofree char *user = g_strdup_printf ("sip:target%u@", i);

      invites[i] = baton_test_peer_take_invite (target);
      g_assert_true (g_str_has_prefix (invites[i]->invite->uri, user));
    }
  for (guint i = SIDES; i > 0; i--)
    {
      g_autofree char *sdp = baton_test_sdp_answer (invites[i - 1]->invite->body);

      baton_test_dialog_reply (invites[i - 1], results[i - 1], NULL, results[i - 1] == 200 ? sdp : NULL);
    }
  for (guint i = 0; i < SIDES; i++)
    baton_test_dialog_expect_notify (sides[i].dialog, results[i], 3000);
  baton_test_dialog_bye (sides[0].dialog);
  baton_test_wait_call (sides[0].call, ENDED);
  g_assert_cmpint (baton_call_get_state (sides[1].call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpint (baton_call_get_state (sides[2].call), ==, BATON_CALL_STATE_ESTABLISHED);
  for (guint i = 0; i < SIDES; i++) /* 100, and the final one */
    g_assert_cmpuint (baton_test_dialog_count (sides[i].dialog, "NOTIFY"), ==, 2);
  for (guint i = 0; i < SIDES; i++)
    baton_test_dialog_bye (i == 0 ? invites[0] : sides[i].dialog);
  baton_test_drain ();
  g_object_unref (target);
}

/* Alice had us on hold for it, and the target is busy: when she takes us back we hear her, as before (refer.md §3.6). */
static void
test_held_by_referrer (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *hold = baton_test_sdp ("sendonly"), *resume = baton_test_sdp ("sendrecv");
  BatonTestMessage *answer;

  baton_test_dialog_send (alice, "INVITE", NULL, hold);
  answer = baton_test_dialog_expect (alice, "200 INVITE", 3000);
  if (strstr (answer->body, "a=recvonly") == NULL) /* the answer to her call came first */
    answer = baton_test_dialog_expect (alice, "200 INVITE", 3000);
  g_assert_cmpstr (baton_test_sdp_get_direction (answer->body), ==, "recvonly");
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_REMOTE, 3000);
  baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  carol = baton_test_peer_take_invite (wire->carol);
  baton_test_dialog_reply (carol, 486, NULL, NULL);
  baton_test_dialog_expect_notify (alice, 486, 3000);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  baton_test_dialog_send (alice, "INVITE", NULL, resume);
  answer = baton_test_dialog_expect (alice, "200 INVITE", 3000);
  g_assert_cmpstr (baton_test_sdp_get_direction (answer->body), ==, "sendrecv");
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_NONE, 3000);
  g_assert_cmpint (baton_media_get_state (baton_call_get_media (call)), ==, BATON_MEDIA_STATE_STARTED);
  g_assert_true (baton_call_manager_get_foreground (baton_engine_get_calls (wire->phone->engine)) == call);
  g_assert_cmpuint (baton_test_dialog_count (alice, "BYE"), ==, 0);
}

/* Twinkle: the consulted party gets the REFER, to call the other in the referrer's place. We are the consulted one. */
static void
test_consulted_gets_refer (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *sdp = NULL;

  baton_test_dialog_refer (alice, "Refer-To: <%s?Replaces=her-call%%40x%%3Bto-tag%%3D1%%3Bfrom-tag%%3D2>\n",
                           baton_test_peer_get_uri (wire->bob));
  bob = baton_test_peer_take_invite (wire->bob);
  g_assert_cmpstr (baton_test_message_get (bob->invite, "Replaces"), ==, "her-call@x;to-tag=1;from-tag=2");
  sdp = baton_test_sdp_answer (bob->invite->body);
  baton_test_dialog_reply (bob, 200, NULL, sdp);
  baton_test_dialog_expect_notify (alice, 200, 3000);
  baton_test_dialog_bye (alice);
  baton_test_wait_call (call, ENDED);
  baton_test_dialog_bye (bob);
}

/* An address of record without a port: it goes where the account's calls go. */
static void
test_address_without_port (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;

  g_object_set (baton_account_get_identity (wire->phone->account), "outbound-proxy",
                baton_test_peer_get_uri (wire->carol), NULL);
  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_assert_cmpuint (baton_test_dialog_refer (alice, "Refer-To: <sip:somebody@office.invalid>\n")->status, ==, 202);
  carol = baton_test_peer_take_invite (wire->carol);
  g_assert_cmpstr (carol->invite->uri, ==, "sip:somebody@office.invalid");
  baton_test_dialog_reply (carol, 486, NULL, NULL);
  baton_test_dialog_expect_notify (alice, 486, 3000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/several/three-sent", NULL, test_three_sent);
  wire_add ("/several/three-received", NULL, test_three_received);
  wire_add ("/several/held-by-referrer", NULL, test_held_by_referrer);
  wire_add ("/several/consulted-gets-refer", NULL, test_consulted_gets_refer);
  wire_add ("/several/address-without-port", NULL, test_address_without_port);
  return g_test_run ();
}
