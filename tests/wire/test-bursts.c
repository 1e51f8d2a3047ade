/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several requests in one piece over a connection: each finds the phone at work on the one before. */
#include "wire.h"

typedef struct
{
  BatonTestDialog *dialog;
  GString *text;
} Burst;

static void
burst_refer (Burst *burst, BatonTestPeer *target)
{
  g_autofree char *headers = g_strdup_printf ("Refer-To: <%s>\n", baton_test_peer_get_uri (target));

  baton_test_dialog_append (burst->dialog, burst->text, "REFER", headers, NULL);
}

static Burst
burst_begin (Wire *wire, BatonCall **call)
{
  Burst burst = { NULL, g_string_new (NULL) };

  baton_test_peer_set_tcp (wire->alice, TRUE);
  *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &burst.dialog);
  return burst;
}

static void
burst_send (Burst *burst)
{
  baton_test_dialog_send_text (burst->dialog, burst->text);
  g_string_free (burst->text, TRUE);
}

/* Who asks hangs up in the same breath (§3.4): the call to the target is placed, and answered. */
static void
test_refer_and_bye (Wire *wire, gconstpointer data)
{
  BatonCall *call;
  Burst burst = burst_begin (wire, &call);
  BatonTestDialog *carol;

  burst_refer (&burst, wire->carol);
  baton_test_dialog_append (burst.dialog, burst.text, "BYE", NULL, NULL);
  burst_send (&burst);
  baton_test_dialog_expect (burst.dialog, "202 REFER", 3000);
  baton_test_dialog_expect (burst.dialog, "200 BYE", 3000);
  carol = baton_test_peer_take_call (wire->carol);
  baton_test_wait_call (call, ENDED);
  baton_test_wait_call (baton_test_phone_get_call (wire->phone), ESTABLISHED);
  baton_test_wait_transfer (baton_test_phone_get_transfer (wire->phone), TRANSFERRED);
  baton_test_dialog_bye (carol);
}

/* Too late: the call is over. */
static void
test_bye_and_refer (Wire *wire, gconstpointer data)
{
  BatonCall *call;
  Burst burst = burst_begin (wire, &call);

  baton_test_dialog_append (burst.dialog, burst.text, "BYE", NULL, NULL);
  burst_refer (&burst, wire->carol);
  burst_send (&burst);
  baton_test_dialog_expect (burst.dialog, "200 BYE", 3000);
  baton_test_dialog_expect (burst.dialog, "481 REFER", 3000);
  baton_test_wait_call (call, ENDED);
  baton_test_peer_expect_none (wire->carol, "INVITE", 30);
}

/* Most phones hold first; some ask first. The new call has its sound whichever was read when. */
static void
test_refer_and_hold (Wire *wire, gconstpointer data)
{
  BatonCall *call;
  Burst burst = burst_begin (wire, &call);
  g_autofree char *sdp = baton_test_sdp ("sendonly");

  burst_refer (&burst, wire->carol);
  baton_test_dialog_append (burst.dialog, burst.text, "INVITE", NULL, sdp);
  burst_send (&burst);
  baton_test_dialog_expect (burst.dialog, "202 REFER", 3000);
  baton_test_dialog_expect (burst.dialog, "200 INVITE", 3000);
  baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (burst.dialog, 200, 3000);
  baton_test_dialog_bye (burst.dialog);
  baton_test_wait_call (call, ENDED);
  baton_test_wait_call (baton_test_phone_get_call (wire->phone), ESTABLISHED);
}

/* Two at once: each is followed and reported, or one is told to wait; none is lost, and none is mixed up. */
static void
test_two_refers (Wire *wire, gconstpointer data)
{
  BatonCall *call;
  Burst burst = burst_begin (wire, &call);
  guint accepted;

  burst_refer (&burst, wire->carol);
  burst_refer (&burst, wire->bob);
  burst_send (&burst);
  baton_test_wait (baton_test_dialog_count (burst.dialog, "202 REFER") + baton_test_dialog_count (burst.dialog, "491 REFER") == 2, 3000);
  accepted = baton_test_dialog_count (burst.dialog, "202 REFER");
  baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (burst.dialog, 200, 3000);
  if (accepted == 2)
    {
      baton_test_dialog_reply (baton_test_peer_take_invite (wire->bob), 486, NULL, NULL);
      baton_test_dialog_expect_notify (burst.dialog, 486, 3000);
    }
  g_assert_cmpuint (wire->phone->transfers->len, ==, accepted);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/bursts/refer-and-bye", NULL, test_refer_and_bye);
  wire_add ("/bursts/bye-and-refer", NULL, test_bye_and_refer);
  wire_add ("/bursts/refer-and-hold", NULL, test_refer_and_hold);
  wire_add ("/bursts/two-refers", NULL, test_two_refers);
  return g_test_run ();
}
