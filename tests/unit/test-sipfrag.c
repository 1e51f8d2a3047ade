/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-error.h"
#include "baton-sipfrag.h"

static void
test_parse (void)
{
  static const struct { const char *body; guint status; const char *reason; } cases[] = {
    { "SIP/2.0 100 Trying\r\n", 100, "Trying" },
    { "SIP/2.0 100 Trying", 100, "Trying" },
    { "SIP/2.0 486 Busy Here\r\n\r\n", 486, "Busy Here" },
    { "SIP/2.0 503 Service Unavailable At This Time\nRetry-After: 5\n", 503, "Service Unavailable At This Time" },
    { "SIP/2.0 200\r\n", 200, "" },
    { "SIP/2.0 200 \r\n", 200, "" },
    { "sip/2.0 200 OK\r\nContact: <sip:c@h>\r\nX-Folded: a\r\n b\r\nTo : x\r\n\r\nv=0\r\n", 200, "OK" },
    { "\r\nSIP/2.0 180 Ringing\r\n", 180, "Ringing" },
    { "SIP/2.0 603 Nö\r\n", 603, "Nö" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BatonSipfrag) frag = baton_sipfrag_parse (cases[i].body, -1, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (frag->status, ==, cases[i].status);
      g_assert_cmpstr (frag->reason, ==, cases[i].reason);
    }
}

static void
test_not_utf8 (void)
{
  g_autoptr (BatonSipfrag) frag = baton_sipfrag_parse ("SIP/2.0 200 \xff\x01K\r\n", -1, NULL);

  g_assert_nonnull (frag);
  g_assert_true (g_utf8_validate (frag->reason, -1, NULL));
  g_assert_null (strchr (frag->reason, 1));
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "", "\r\n", "hello", "SIP/2.0", "SIP/2.0 ", "SIP/2.0 20", "SIP/2.0 2000 OK", "SIP/2.0 20x OK", "SIP/2.0 099 No",
    "SIP/2.0 700 No", "SIP/3.0 200 OK", "HTTP/1.1 200 OK", "INVITE sip:c@h SIP/2.0\r\n", "SIP/2.0 200 OK\r\ngarbage\r\n",
    "SIP/2.0 200 OK\r\n: x\r\n", "SIP/2.0 -20 OK",
  };
  g_autofree char *filler = g_strnfill (5000, 'a');
  g_autofree char *too_long = g_strconcat ("SIP/2.0 200 ", filler, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("“%s”", cases[i]);
      g_assert_null (baton_sipfrag_parse (cases[i], -1, &error));
      g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
    }
  g_assert_null (baton_sipfrag_parse (too_long, -1, NULL));
  g_assert_null (baton_sipfrag_parse ("SIP/2.0 200 O\0K\r\n", 17, NULL));
  g_assert_null (baton_sipfrag_parse (NULL, 0, NULL)); /* a NOTIFY without a body */
}

static void
test_format (void)
{
  g_autofree char *busy = baton_sipfrag_format (486, "Busy Here");
  g_autofree char *none = baton_sipfrag_format (200, NULL);
  g_autofree char *evil = baton_sipfrag_format (200, "OK\r\nX: y");

  g_assert_cmpstr (busy, ==, "SIP/2.0 486 Busy Here\r\n");
  g_assert_cmpstr (none, ==, "SIP/2.0 200 \r\n");
  g_assert_cmpstr (evil, ==, "SIP/2.0 200 OK  X: y\r\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sipfrag/parse", test_parse);
  g_test_add_func ("/sipfrag/not-utf8", test_not_utf8);
  g_test_add_func ("/sipfrag/refused", test_refused);
  g_test_add_func ("/sipfrag/format", test_format);
  return g_test_run ();
}
