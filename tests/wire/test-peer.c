/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scripted peer against itself: that the tool of all other traces works. */
#include <string.h>

#include "baton-test-dialog.h"
#include "baton-test-digest.h"
#include "baton-test-timers.h"
#include "baton-test-wait.h"

typedef struct
{
  BatonTestPeer *alice, *bob;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->alice = baton_test_peer_new ("alice", data != NULL ? data : "127.0.0.1");
  fixture->bob = baton_test_peer_new ("bob", data != NULL ? data : "127.0.0.1");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->alice);
  g_assert_finalize_object (fixture->bob);
}

static BatonTestDialog *
establish (Fixture *fixture, BatonTestDialog **bobs)
{
  BatonTestDialog *dialog = baton_test_dialog_new (fixture->alice, baton_test_peer_get_uri (fixture->bob), NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  baton_test_dialog_send (dialog, "INVITE", NULL, sdp);
  *bobs = baton_test_peer_take_invite (fixture->bob);
  baton_test_dialog_reply (*bobs, 180, NULL, NULL);
  baton_test_dialog_expect (dialog, "180 INVITE", 1000);
  baton_test_dialog_answer (*bobs);
  baton_test_dialog_expect (dialog, "200 INVITE", 1000);
  return dialog;
}

static void
test_call (Fixture *fixture, gconstpointer data)
{
  BatonTestDialog *bobs, *alices = establish (fixture, &bobs);

  g_assert_cmpstr (alices->remote_tag, ==, bobs->local_tag);
  g_assert_cmpstr (alices->local_tag, ==, bobs->remote_tag);
  baton_test_dialog_bye (bobs);
  g_assert_cmpuint (baton_test_dialog_count (alices, "BYE"), ==, 1);
}

static void
test_hold (Fixture *fixture, gconstpointer data)
{
  BatonTestDialog *bobs, *alices = establish (fixture, &bobs);
  g_autofree char *sdp = baton_test_sdp ("sendonly");
  BatonTestMessage *response;

  baton_test_dialog_send (alices, "INVITE", NULL, sdp);
  baton_test_dialog_expect_reinvite (bobs, "sendonly", 1000);
  response = baton_test_dialog_expect (alices, "200 INVITE", 1000);
  g_assert_cmpstr (baton_test_sdp_get_direction (response->body), ==, "recvonly");
  baton_test_dialog_expect (bobs, "ACK", 1000);
}

static void
test_refer (Fixture *fixture, gconstpointer data)
{
  BatonTestDialog *bobs, *alices = establish (fixture, &bobs);
  BatonTestMessage *refer, *notify;

  baton_test_dialog_sendf (alices, "REFER", "Refer-To: <sip:carol@example.net>\n");
  refer = baton_test_dialog_expect (bobs, "REFER", 1000);
  g_assert_cmpstr (baton_test_message_get (refer, "r"), ==, "<sip:carol@example.net>");
  baton_test_peer_reply (fixture->bob, refer, 202, "Accepted", NULL, NULL);
  baton_test_dialog_expect (alices, "202 REFER", 1000);
  g_assert_cmpuint (baton_test_dialog_notify (bobs, "refer", "active;expires=60", "SIP/2.0 100 Trying\r\n")->status,
                    ==, 200);
  g_assert_cmpuint (baton_test_dialog_notify (bobs, "refer", "terminated;reason=noresource",
                                              "SIP/2.0 486 Busy Here\r\n")->status, ==, 200);
  notify = baton_test_dialog_expect_notify (alices, 486, 1000);
  g_assert_cmpstr (baton_test_message_get (notify, "Subscription-State"), ==, "terminated;reason=noresource");
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  BatonTestDialog *dialog = baton_test_dialog_new (fixture->alice, baton_test_peer_get_uri (fixture->bob), NULL);
  BatonTestDialog *bobs;
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  baton_test_dialog_send (dialog, "INVITE", NULL, sdp);
  bobs = baton_test_peer_take_invite (fixture->bob);
  baton_test_dialog_reply (bobs, 180, NULL, NULL);
  baton_test_dialog_expect (dialog, "180 INVITE", 1000);
  baton_test_dialog_send (dialog, "CANCEL", NULL, NULL);
  baton_test_dialog_expect (dialog, "200 CANCEL", 1000);
  baton_test_dialog_expect (dialog, "487 INVITE", 1000);
  baton_test_dialog_expect (bobs, "ACK", 1000);
}

static void
test_retransmission (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text
    = g_strdup_printf ("OPTIONS %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bKsame\nMax-Forwards: 70\n"
                                           "f: <sip:a@x>;tag=1\nt: <sip:b@x>\ni: same\nCSeq: 7 OPTIONS\nl: 0\n\n",
                                           baton_test_peer_get_uri (fixture->bob), baton_test_peer_get_host (fixture->alice));

  baton_test_peer_send (fixture->alice, baton_test_peer_get_uri (fixture->bob), "%s", text);
  baton_test_peer_expect (fixture->alice, "200 OPTIONS", 1000);
  baton_test_peer_send (fixture->alice, baton_test_peer_get_uri (fixture->bob), "%s", text);
  baton_test_wait (baton_test_peer_get_retransmissions (fixture->alice) == 1, 1000);
  g_assert_cmpuint (baton_test_peer_count (fixture->bob, NULL, "OPTIONS"), ==, 1);
  g_assert_cmpuint (baton_test_peer_get_retransmissions (fixture->bob), ==, 1);
}

static void
test_tcp (Fixture *fixture, gconstpointer data)
{
  BatonTestDialog *alices, *bobs;

  baton_test_peer_set_tcp (fixture->alice, TRUE);
  alices = establish (fixture, &bobs);
  g_assert_nonnull (strstr (baton_test_message_get (bobs->invite, "Via"), "SIP/2.0/TCP"));
  baton_test_dialog_bye (alices);
}

static void
test_digest (Fixture *fixture, gconstpointer data)
{
  /* RFC 2617 §3.5, the example that everybody checks against */
  const char *request = "GET /dir/index.html SIP/2.0\r\nCSeq: 1 GET\r\nAuthorization: Digest username=\"Mufasa\", "
                        "realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", "
                        "qop=auth, nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\"\r\n\r\n";
  g_autoptr (BatonTestMessage) message = baton_test_message_parse (request, strlen (request));
  g_autofree char *right = baton_test_digest_verify (message, "Mufasa", "Circle Of Life",
                                                     "dcd98b7102dd2f0e8b11d0f600bfb0c093");
  g_autofree char *wrong = baton_test_digest_verify (message, "Mufasa", "Circle of Life",
                                                     "dcd98b7102dd2f0e8b11d0f600bfb0c093");

  g_assert_cmpstr (right, ==, NULL);
  g_assert_nonnull (wrong);
}

static void
test_check (void)
{
  static const struct
  {
    const char *text;
    const char *complaint;
  } rows[] = {
    { "BYE sip:a@b SIP/2.0\r\nVia: x\r\nMax-Forwards: 1\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\n\r\n", NULL },
    { "BYE sip:a@b SIP/2.0\r\nVia: x\r\nMax-Forwards: 1\r\nFrom: <sip:a>\r\nTo: <sip:b>\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\n\r\n", "no tag in From" },
    { "REFER sip:a@b SIP/2.0\r\nVia: x\r\nMax-Forwards: 1\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\ni: 1\r\nCSeq: 1 REFER\r\n\r\n", "0 Contacts in REFER" },
    { "BYE sip:a@b SIP/2.0\r\nVia: x\r\nMax-Forwards: 1\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\ni: 1\r\nCSeq: 1 BYE\r\nl: 2\r\n\r\n", "Content-Length 2, but the body has 0 bytes" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (BatonTestMessage) message = baton_test_message_parse (rows[i].text, strlen (rows[i].text));
      g_autofree char *complaint = baton_test_message_check (message);

      g_assert_cmpstr (complaint, ==, rows[i].complaint);
    }
  g_assert_null (baton_test_message_parse ("\0\1\2", 3));
}

static gboolean
count_twice (gpointer data)
{
  return ++*(guint *) data < 2;
}

static void
test_timers (void)
{
  BatonTestTimers *timers = baton_test_timers_new ();
  guint first = 0, second = 0, id;

  baton_timers_add (BATON_TIMERS (timers), 100, count_twice, &first);
  id = baton_timers_add (BATON_TIMERS (timers), 150, count_twice, &second);
  baton_test_timers_advance (timers, 99);
  g_assert_cmpuint (first, ==, 0);
  baton_test_timers_advance (timers, 1);
  g_assert_cmpuint (first, ==, 1);
  baton_timers_clear (BATON_TIMERS (timers), &id);
  baton_test_timers_advance (timers, 1000);
  g_assert_cmpuint (first, ==, 2);
  g_assert_cmpuint (second, ==, 0);
  g_assert_cmpuint (baton_test_timers_get_pending (timers), ==, 0);
  g_assert_finalize_object (timers);
}

/* A failing expect ends the program with the trace, so it is tried in a process of its own. */
static void
test_dump (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (BatonTestPeer) peer = baton_test_peer_new ("alice", "127.0.0.1");
      BatonTestDialog *dialog = baton_test_dialog_new (peer, "sip:nobody@127.0.0.1:9", NULL);

      baton_test_dialog_send (dialog, "REFER", "Refer-To: <sip:carol@example.net>\r\n", NULL);
      baton_test_peer_expect (peer, "202 REFER", 20);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*trace of alice*REFER sip:nobody@*Refer-To: <sip:carol@*no 202 REFER within 20 ms*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/peer/call", Fixture, NULL, set_up, test_call, tear_down);
  g_test_add ("/peer/call-ipv6", Fixture, "::1", set_up, test_call, tear_down);
  g_test_add ("/peer/hold", Fixture, NULL, set_up, test_hold, tear_down);
  g_test_add ("/peer/refer", Fixture, NULL, set_up, test_refer, tear_down);
  g_test_add ("/peer/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/peer/retransmission", Fixture, NULL, set_up, test_retransmission, tear_down);
  g_test_add ("/peer/tcp", Fixture, NULL, set_up, test_tcp, tear_down);
  g_test_add ("/peer/digest", Fixture, NULL, set_up, test_digest, tear_down);
  g_test_add_func ("/peer/check", test_check);
  g_test_add_func ("/peer/timers", test_timers);
  g_test_add_func ("/peer/dump", test_dump);
  return g_test_run ();
}
