/* SPDX-License-Identifier: GPL-3.0-or-later */
/* REFERs that must not be followed (refer.md §3.1, §3.5, §5). Each is answered, and the call goes on. */
#include "wire.h"

static void
check (Wire *wire, BatonTestDialog *alice, const char *headers, guint status)
{
  BatonTestMessage *answer;
  guint calls = wire->phone->calls->len;

  g_test_message ("%.200s", headers);
  answer = baton_test_dialog_refer (alice, "%s", headers);
  if (answer->status != status)
    baton_test_peer_fail (wire->alice, "%u for %.200s", answer->status, headers);
  baton_test_settle (10);
  g_assert_cmpuint (baton_test_peer_count (wire->carol, NULL, "INVITE"), ==, 0);
  g_assert_cmpuint (wire->phone->calls->len, ==, calls);
  g_assert_cmpuint (baton_test_dialog_count (alice, "BYE"), ==, 0);
  g_assert_cmpuint (baton_test_dialog_count (alice, "NOTIFY"), ==, 0);
}

static void
test_not_one (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  check (wire, alice, "Subject: no Refer-To\n", 400);
  check (wire, alice, "Refer-To: <sip:a@192.0.2.1>\nRefer-To: <sip:b@192.0.2.1>\n", 400);
  check (wire, alice, "Refer-To: <sip:a@192.0.2.1>\nr: <sip:b@192.0.2.1>\n", 400);
  check (wire, alice, "Refer-To: <sip:a@192.0.2.1>, <sip:b@192.0.2.1>\n", 400);
}

static void
test_broken (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  g_autofree char *user = g_strnfill (9000, 'x');
  g_autofree char *too_long = g_strdup_printf ("Refer-To: <sip:%s@192.0.2.1>\n", user);

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  check (wire, alice, "Refer-To: <sip:carol@192.0.2.1\n", 400);
  check (wire, alice, "Refer-To: <>\n", 400);
  check (wire, alice, "Refer-To: ;;;\n", 400);
  check (wire, alice, too_long, 400);
}

static void
test_smuggled (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  g_autofree char *injected = NULL, *nul = NULL, *two = NULL, *partial = NULL;
  const char *carol = baton_test_peer_get_uri (wire->carol);

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  injected = g_strdup_printf ("Refer-To: <%s?Replaces=a%%40b%%3Bto-tag%%3D1%%3Bfrom-tag%%3D2%%0D%%0AEvil:%%201>\n",
                              carol);
  check (wire, alice, injected, 400);
  nul = g_strdup_printf ("Refer-To: <%s?Replaces=a%%00b%%3Bto-tag%%3D1%%3Bfrom-tag%%3D2>\n", carol);
  check (wire, alice, nul, 400);
  partial = g_strdup_printf ("Refer-To: <%s?Replaces=a%%3Bto-tag%%3D1>\n", carol);
  check (wire, alice, partial, 400);
  two = g_strdup_printf ("Refer-To: <%s?Replaces=a%%3Bto-tag%%3D1%%3Bfrom-tag%%3D2&Replaces=b%%3Bto-tag%%3D1%%3Bfrom-tag%%3D2>\n", carol);
  check (wire, alice, two, 400);
}

static void
test_schemes (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  check (wire, alice, "Refer-To: <tel:+4930123456>\n", 416);
  check (wire, alice, "Refer-To: <http://127.0.0.1/evil>\n", 416);
  check (wire, alice, "Refer-To: <https://127.0.0.1/evil>\n", 416);
  check (wire, alice, "Refer-To: <mailto:carol@example.net>\n", 416);
  check (wire, alice, "Refer-To: <file:///etc/passwd>\n", 416);
  check (wire, alice, "Refer-To: <urn:service:sos>\n", 416);
  check (wire, alice, "Refer-To: <sips:carol@127.0.0.1:9>\n", 416); /* without TLS here */
}

/* Only INVITE is ever sent for a REFER. */
static void
test_method (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonTestMessage *answer;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  answer = baton_test_dialog_refer (alice, "Refer-To: <%s;method=BYE>\n", baton_test_peer_get_uri (wire->carol));
  g_assert_cmpuint (answer->status, >=, 300);
  baton_test_settle (30);
  g_assert_cmpuint (baton_test_peer_count (wire->carol, NULL, "BYE"), ==, 0);
  g_assert_cmpuint (baton_test_peer_count (wire->carol, NULL, "INVITE"), ==, 0);
}

/* To ourselves, by any of our names: refused, or the NOTIFY says that it failed; never a call (§3.5). */
static void
test_self (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *upper = g_strdup_printf ("sip:BATON@%s;transport=udp", wire->phone->host);
  g_autofree char *other = g_strdup_printf ("sip:other@%s", wire->phone->host);
  g_autofree char *any = g_strdup_printf ("sip:x@0.0.0.0%s", strrchr (wire->phone->host, ':'));
  const char *const targets[] = { wire->phone->uri, upper, other, any };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      BatonTestMessage *answer = baton_test_dialog_refer (alice, "Refer-To: <%s>\n", targets[i]);

      g_test_message ("%s", targets[i]);
      if (answer->status < 300)
        do
          answer = baton_test_dialog_expect (alice, "NOTIFY", 3000);
        while (baton_test_message_get_sipfrag_status (answer) < 300);
      baton_test_settle (20);
      g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 1);
    }
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
}

/* Each target transfers Baton on: it stops after five (§3.5). */
static void
test_loop (Wire *wire, gconstpointer data)
{
  BatonTestPeer *peers[] = { wire->bob, wire->carol };
  BatonTestDialog *dialog;
  guint hops;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &dialog);
  for (hops = 0; hops < 12; hops++)
    {
      BatonTestPeer *next = peers[hops % 2];
      guint before = baton_test_peer_count (next, NULL, "INVITE");
      BatonTestMessage *answer = baton_test_dialog_refer (dialog, "Refer-To: <%s>\n", baton_test_peer_get_uri (next));

      if (answer->status < 300)
        baton_test_settle (30);
      if (baton_test_peer_count (next, NULL, "INVITE") == before)
        break;
      dialog = baton_test_peer_take_call (next);
    }
  g_assert_cmpuint (hops, ==, 5);
}

/* Ten refers a minute from one peer, and not one more (§3.5). */
static void
test_flood (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  guint accepted = 0;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  for (guint i = 0; i < 15; i++)
    {
      BatonTestMessage *answer = baton_test_dialog_refer (alice, "Refer-To: <%s>\n",
                                                          baton_test_peer_get_uri (wire->carol));

      if (answer->status < 300)
        {
          baton_test_dialog_reply (baton_test_peer_take_invite (wire->carol), 486, NULL, NULL);
          baton_test_dialog_expect_notify (alice, 486, 3000);
          accepted++;
        }
    }
  g_assert_cmpuint (accepted, ==, 10);
  baton_test_phone_advance (wire->phone, 61000);
  g_assert_cmpuint (baton_test_dialog_refer (alice, "Refer-To: <%s>\n",
                                             baton_test_peer_get_uri (wire->carol))->status, ==, 202);
}

/* What may be in Referred-By and not leave again (§5). */
static void
test_referred_by (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  g_autofree char *name = g_strnfill (9000, 'x');
  BatonTestMessage *answer, *invite;
  static const char *const broken[] = { "Referred-By: <sip:al", "Referred-By: <sip:a@x>, <sip:b@y>", "b: <sip:al" };

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  answer = baton_test_dialog_refer (alice, "Refer-To: <%s>\nReferred-By: \"%s\" <sip:a@192.0.2.1>\n",
                                    baton_test_peer_get_uri (wire->carol), name);
  if (answer->status < 300)
    {
      invite = baton_test_peer_expect_new_invite (wire->carol, 3000);
      g_assert_cmpuint (strlen (invite->text), <, 9000);
    }
  else
    g_assert_cmpuint (answer->status, ==, 400);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      answer = baton_test_dialog_refer (alice, "Refer-To: <%s>\n%s\n", baton_test_peer_get_uri (wire->carol), broken[i]);
      g_assert_cmpuint (answer->status, ==, 400);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/bad-refer/not-one", NULL, test_not_one);
  wire_add ("/bad-refer/broken", NULL, test_broken);
  wire_add ("/bad-refer/smuggled", NULL, test_smuggled);
  wire_add ("/bad-refer/schemes", NULL, test_schemes);
  wire_add ("/bad-refer/method", NULL, test_method);
  wire_add ("/bad-refer/self", NULL, test_self);
  wire_add ("/bad-refer/loop", NULL, test_loop);
  wire_add ("/bad-refer/flood", NULL, test_flood);
  wire_add ("/bad-refer/referred-by", NULL, test_referred_by);
  return g_test_run ();
}
