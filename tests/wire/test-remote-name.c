/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The name that a call shows follows the peer after a transfer, and says how far it is to be believed (RFC 4916, 3325, 3892). */
#include "wire.h"

static guint notified;

static void
on_notify (BatonCall *call, GParamSpec *pspec, gpointer data)
{
  notified++;
}

static void
check (BatonCall *call, const char *name, const char *uri_part, gboolean verified)
{
  g_assert_cmpstr (baton_call_get_remote_name (call), ==, name);
  g_assert_nonnull (strstr (baton_call_get_remote_uri (call), uri_part));
  g_assert_cmpint (wire_get_boolean (call, "remote-verified"), ==, verified);
}

/* The peer is a server that connected somebody else behind the call, and says so in From. */
static void
reinvite (BatonTestDialog *dialog, const char *local, const char *method, const char *headers)
{
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  if (local != NULL)
    {
      g_free (dialog->local);
      dialog->local = g_strdup (local);
    }
  baton_test_dialog_send (dialog, method, headers, strcmp (method, "INVITE") == 0 ? sdp : NULL);
  baton_test_dialog_expect (dialog, strcmp (method, "INVITE") == 0 ? "200 INVITE" : "200 UPDATE", 3000);
  baton_test_drain ();
}

static void
test_from (Wire *wire, gconstpointer data)
{
  BatonTestDialog *carol;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->carol, &carol);

  check (call, NULL, "carol@", TRUE);
  notified = 0;
  g_signal_connect (call, "notify::remote-name", G_CALLBACK (on_notify), NULL);
  g_signal_connect (call, "notify::remote-verified", G_CALLBACK (on_notify), NULL);
  reinvite (carol, NULL, "INVITE", NULL); /* nothing new */
  check (call, NULL, "carol@", TRUE);
  reinvite (carol, "\"Dave\" <sip:dave@example.net>", "INVITE", NULL);
  check (call, "Dave", "dave@example.net", FALSE);
  g_assert_cmpuint (notified, ==, 2);
  reinvite (carol, "<sip:eve@example.net>", "UPDATE", NULL); /* without a session description, too */
  check (call, NULL, "eve@example.net", FALSE);
  reinvite (carol, "<foo:eve@example.net>", "UPDATE", NULL); /* nothing that could be called */
  check (call, NULL, "eve@example.net", FALSE);
  reinvite (carol, "<foo:eve@example.net>", "INVITE", NULL);
  baton_test_dialog_bye (carol);
}

/* One name in From for another, the address as it was */
static void
test_display_only (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *local = g_strdup_printf ("\"Alice <b>%%n</b>\" <%s>", baton_test_peer_get_uri (wire->alice));

  reinvite (alice, local, "INVITE", NULL);
  check (call, "Alice <b>%n</b>", "alice@", FALSE);
  baton_test_dialog_bye (alice);
}

/* P-Asserted-Identity is our server's word where we have a server, and anybody's where we have none. */
static void
test_asserted (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  BatonCall *second;
  BatonTestDialog *bob;

  reinvite (alice, NULL, "INVITE", "P-Asserted-Identity: \"Boss\" <sip:boss@example.net>\n");
  check (call, NULL, "alice@", FALSE);
  baton_test_dialog_bye (alice);

  g_object_set (baton_account_get_identity (wire->phone->account), "outbound-proxy", baton_test_peer_get_uri (wire->bob), NULL);
  second = baton_test_phone_take (wire->phone, wire->bob, "P-Asserted-Identity: \"Front desk\" <sip:desk@example.net>\n", &bob);
  check (second, "Front desk", "desk@example.net", FALSE);
  g_assert_false (wire_get_boolean (baton_call_get_session (second), "remote-changed"));
  reinvite (bob, "\"Mallory\" <sip:mallory@example.net>", "INVITE", "P-Asserted-Identity: \"Boss\" <sip:boss@example.net>\n");
  check (second, "Boss", "boss@example.net", FALSE);
  g_assert_true (wire_get_boolean (baton_call_get_session (second), "remote-changed"));
  baton_test_dialog_bye (bob);
}

static void
test_referred_by (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, "Referred-By: \"The boss\" <sip:boss@example.net;x=1>;cid=\"1@2\"\n", &alice);
  g_autofree char *by = wire_dup_string (call, "transferred-by");

  g_assert_cmpstr (by, ==, "sip:boss@example.net;x=1");
  g_assert_cmpuint (wire_get_uint (call, "refer"), ==, 0);
  g_assert_false (wire_get_boolean (call, "remote-verified"));
  baton_test_dialog_bye (alice);
}

/* The call that a REFER made knows who asked for it. */
static void
test_after_refer (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;
  BatonCall *call;
  g_autofree char *by = NULL;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_assert_cmpuint (baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol))->status, ==, 202);
  carol = baton_test_peer_take_call (wire->carol);
  call = baton_test_phone_get_call (wire->phone);
  by = wire_dup_string (call, "transferred-by");
  g_assert_nonnull (strstr (by, "alice@"));
  check (call, NULL, "carol@", FALSE); /* Alice says that this is Carol */
  baton_test_dialog_bye (alice);
  baton_test_dialog_bye (carol);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/remote-name/from", NULL, test_from);
  wire_add ("/remote-name/display-only", NULL, test_display_only);
  wire_add ("/remote-name/asserted", NULL, test_asserted);
  wire_add ("/remote-name/referred-by", NULL, test_referred_by);
  wire_add ("/remote-name/after-refer", NULL, test_after_refer);
  return g_test_run ();
}
