/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loops, chains and floods of REFERs by ways around the guards (refer.md §3.5); the straight ones are in test-bad-refer.c. */
#include "wire.h"

static void
follow (BatonEngineOptions *options)
{
  options->out_of_dialog_refer = BATON_REFER_POLICY_FOLLOW;
}

/* A stranger has many ports, and no more than ten requests a minute for that. */
static void
test_flood_from_many_ports (Wire *wire, gconstpointer data)
{
  BatonTestPeer *peers[] = { wire->alice, wire->bob };
  guint accepted = 0;

  for (guint i = 0; i < 14; i++)
    {
      BatonTestDialog *dialog = baton_test_dialog_new (peers[i % 2], wire->phone->uri, NULL);
      BatonTestMessage *answer = baton_test_dialog_refer (dialog, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));

      if (answer->status >= 300)
        continue;
      accepted++;
      baton_test_dialog_reply (baton_test_peer_take_invite (wire->carol), 486, NULL, NULL);
      baton_test_dialog_expect_notify (dialog, 486, 3000);
    }
  g_assert_cmpuint (accepted, ==, 10);
}

/* Each hop is asked for outside of the call that it is about: the chain is as long, and ends as soon. */
static void
test_chain_by_target_dialog (Wire *wire, gconstpointer data)
{
  BatonTestPeer *peers[] = { wire->bob, wire->carol };
  BatonTestDialog *dialog;
  guint hops;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &dialog);
  for (hops = 0; hops < 12; hops++)
    {
      BatonTestDialog *stranger = baton_test_dialog_new (dialog->peer, wire->phone->uri, NULL);

      if (baton_test_dialog_refer (stranger, "Refer-To: <%s>\nTarget-Dialog: %s;local-tag=%s;remote-tag=%s\n",
                                   baton_test_peer_get_uri (peers[hops % 2]), dialog->call_id, dialog->remote_tag,
                                   dialog->local_tag)->status >= 300)
        break;
      dialog = baton_test_peer_take_call (peers[hops % 2]);
    }
  g_assert_cmpuint (hops, ==, 5);
}

static void
test_self_by_maddr (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  const char *port = strrchr (wire->phone->host, ':') + 1;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_assert_cmpuint (baton_test_dialog_refer (alice, "Refer-To: <sip:carol@example.net:%s;maddr=127.0.0.1>\n", port)->status, ==, 482);
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/refer-guards/flood-from-many-ports", follow, test_flood_from_many_ports);
  wire_add ("/refer-guards/chain-by-target-dialog", follow, test_chain_by_target_dialog);
  wire_add ("/refer-guards/self-by-maddr", NULL, test_self_by_maddr);
  return g_test_run ();
}
