/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several requests in one piece over a connection: each finds the phone at work on the one before. */
#include "wire.h"

typedef struct
{
  BatonTestDialog *dialog;
  GString *text;
} Burst;

static void
burst_add (Burst *burst, const char *method, const char *headers, const char *body)
{
  BatonTestDialog *dialog = burst->dialog;
  g_autofree char *via = baton_test_peer_make_via (dialog->peer), *branch = baton_test_peer_make_branch (dialog->peer);

  g_string_append_printf (burst->text,
                          "%s %s SIP/2.0\nVia: %s;branch=%s\nMax-Forwards: 70\nFrom: %s;tag=%s\nTo: %s;tag=%s\nCall-ID: %s\n"
                          "CSeq: %u %s\nContact: <%s;transport=tcp>\n%s",
                          method, dialog->target, via, branch, dialog->local, dialog->local_tag, dialog->remote,
                          dialog->remote_tag, dialog->call_id, ++dialog->cseq, method, baton_test_peer_get_uri (dialog->peer),
                          headers != NULL ? headers : "");
  if (body != NULL)
    g_string_append_printf (burst->text, "Content-Type: application/sdp\nContent-Length: %u\n\n%s", (guint) strlen (body), body);
  else
    g_string_append (burst->text, "Content-Length: 0\n\n");
}

static void
burst_refer (Burst *burst, BatonTestPeer *target)
{
  g_autofree char *headers = g_strdup_printf ("Refer-To: <%s>\n", baton_test_peer_get_uri (target));

  burst_add (burst, "REFER", headers, NULL);
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
  baton_test_peer_send (burst->dialog->peer, burst->dialog->target, "%s", burst->text->str);
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
  burst_add (&burst, "BYE", NULL, NULL);
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

  burst_add (&burst, "BYE", NULL, NULL);
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
  burst_add (&burst, "INVITE", NULL, sdp);
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
