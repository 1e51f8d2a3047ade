/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a careless or hostile Alice writes into a REFER: refused before any 2xx, and the call goes on (refer.md §3.1, §5). */
#include "wire.h"

static void
test_refused (Wire *wire, gconstpointer data)
{
  g_autofree char *filler = g_strnfill (3000, 'a');
  g_autofree char *over_long = g_strdup_printf ("Refer-To: <sip:%s@127.0.0.1>\n", filler);
  g_autofree char *ourselves = g_strdup_printf ("Refer-To: <%s>\n", wire->phone->uri);
  /* attended, to where we are ourselves */
  g_autofree char *mirror = g_strdup_printf ("Refer-To: <%s?Replaces=a%%3bto-tag%%3d1%%3bfrom-tag%%3d2>\n", wire->phone->uri);
  const struct { const char *headers; guint status; } cases[] = {
    { "X-Nothing: at all\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9>\nRefer-To: <sip:d@127.0.0.1:9>\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9>\nr: <sip:d@127.0.0.1:9>\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9>, <sip:d@127.0.0.1:9>\n", 400 },
    { "Refer-To:\n", 400 },
    { "Refer-To: <>\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9\n", 400 },
    { "Refer-To: \"Carol <sip:c@127.0.0.1:9>\n", 400 },
    { "Refer-To: not a uri\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:99999>\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9?Replaces=a%0d%0aX-Evil%3a1%3bto-tag%3d1%3bfrom-tag%3d2>\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9?Subject=a%00b>\n", 400 },
    { "Refer-To: <sip:c%0a@127.0.0.1:9>\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9?Replaces=half>\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9?Replaces=a%3bto-tag%3d1%3bfrom-tag%3d2&Replaces=b%3bto-tag%3d1%3bfrom-tag%3d2>\n", 400 },
    { over_long, 400 },
    { "Refer-To: <tel:+4930>\n", 416 },
    { "Refer-To: <http://127.0.0.1/>\n", 416 },
    { "Refer-To: <urn:service:sos>\n", 416 },
    { "Refer-To: <sip:c@127.0.0.1:9;method=BYE>\n", 603 },
    { ourselves, 482 },
    { "Refer-To: <sip:c@127.0.0.1:9>\nReferred-By: <sip:a@b>\nReferred-By: <sip:x@y>\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9>\nReferred-By: <sip:a%0d%0aX-Evil:1@b>\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9>\nReferred-By: <sip:a@b?X=%0a>\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9>\nReferred-By: <sip:a%00@b>\n", 400 },
    { "Refer-To: <sip:c@127.0.0.1:9>\nReplaces: a;to-tag=1;from-tag=2\n", 400 },
    { mirror, 482 },
    { "Refer-To: <sip:c@127.0.0.1:9>\nRequire: teleport\n", 420 },
  };
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint status = baton_test_dialog_refer (alice, "%s", cases[i].headers)->status;

      g_test_message ("%.60s", cases[i].headers);
      g_assert_cmpuint (status, ==, cases[i].status);
    }
  baton_test_drain ();
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 1);
  g_assert_null (baton_test_phone_get_transfer (wire->phone));
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (baton_test_dialog_count (alice, "NOTIFY"), ==, 0);
  g_assert_cmpuint (baton_test_dialog_count (alice, "BYE"), ==, 0);
  baton_test_dialog_bye (alice);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/refer-refused/in-dialog", NULL, test_refused);
  return g_test_run ();
}
