/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-error.h"
#include "baton-name-addr.h"
#include "baton-refer-to.h"

static BatonReferTo *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  BatonReferTo *refer_to;

  g_test_message ("“%s”", text);
  refer_to = baton_refer_to_parse (text, &error);
  g_assert_no_error (error);
  return refer_to;
}

static void
test_forms (void)
{
  static const struct { const char *text, *name, *request; } cases[] = {
    { "<sip:c@h>", NULL, "sip:c@h" },
    { "sip:c@h", NULL, "sip:c@h" },
    { "  sip:c@h;alias=10.0.0.1~5060~1;transport=ws;ob ", NULL, "sip:c@h;alias=10.0.0.1~5060~1;transport=ws;ob" },
    { "\"Carol, \\\"C\\\" <x>\" <sip:c@h>", "Carol, \"C\" <x>", "sip:c@h" },
    { "Carol Smith <sip:c@h;transport=tcp>;method=INVITE", "Carol Smith", "sip:c@h;transport=tcp" },
    { "<sip:c@[::1]:5070>;x=\"a,b\"", NULL, "sip:c@[::1]:5070" },
    { "< sip:c@h >", NULL, "sip:c@h" },
    { "<tel:+4930>", NULL, "tel:+4930" },
    { "<sip:c@h?Route=%3Csip%3Aevil%3Blr%3E&From=x&body=y>", NULL, "sip:c@h" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BatonReferTo) refer_to = parse (cases[i].text);
      g_autofree char *request = baton_sip_uri_to_request_uri (refer_to->uri);

      g_assert_cmpstr (refer_to->display_name, ==, cases[i].name);
      g_assert_cmpstr (request, ==, cases[i].request);
      g_assert_null (refer_to->replaces);
      g_assert_false (refer_to->require_replaces);
    }
}

static void
test_replaces (void)
{
  g_autoptr (BatonReferTo) refer_to =
    parse ("<sip:c@h;gr=1?Require=timer%2C%20replaces&Replaces=a%2540%2B%40h%3Bto-tag%3Dx%2B1%3Bfrom-tag%3Dy>");
  /* as some phones write it: nothing escaped but what must be */
  g_autoptr (BatonReferTo) bare = parse ("<sip:c@h?Replaces=a+b@h%3Bto-tag%3D1%3Bfrom-tag%3D2>");

  g_assert_cmpstr (refer_to->replaces->call_id, ==, "a%40+@h"); /* unescaped once */
  g_assert_cmpstr (refer_to->replaces->to_tag, ==, "x+1");
  g_assert_cmpstr (refer_to->replaces->from_tag, ==, "y");
  g_assert_true (refer_to->require_replaces);
  g_assert_cmpstr (bare->replaces->call_id, ==, "a+b@h");
}

/* What is written is read back the same, whatever the Call-ID and tags are made of */
static void
test_round_trip (void)
{
  static const char *const odd[] = { "a@b", "a+b", "a%40b", "a%b", "(a)<b>:/[c]?{d}", "~`'*!", "a&b=c", "\"q\"" };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autoptr (BatonSipUri) uri = baton_sip_uri_parse ("sip:c@h;transport=tcp", NULL);
      g_autoptr (BatonReplaces) replaces = baton_replaces_new (odd[i], "t+%1", "f.2", i % 2);
      g_autoptr (BatonReferTo) refer_to = baton_refer_to_new ("Ca\"rol\r\nX: y", uri, replaces);
      g_autofree char *text = NULL;
      g_autoptr (BatonReferTo) again = NULL;

      refer_to->require_replaces = i % 2;
      text = baton_refer_to_to_string (refer_to);
      g_assert_null (strpbrk (text, "\r\n"));
      again = parse (text);
      g_assert_true (baton_replaces_equal (replaces, again->replaces));
      g_assert_cmpint (again->require_replaces, ==, refer_to->require_replaces);
      g_assert_cmpstr (again->display_name, ==, "Ca\"rol  X: y");
    }
}

static void
test_written (void)
{
  g_autoptr (BatonSipUri) uri = baton_sip_uri_parse ("sip:c@h;transport=tcp?Subject=x", NULL);
  g_autoptr (BatonReplaces) replaces = baton_replaces_new ("a+%@h", "1", "2", FALSE);
  g_autoptr (BatonReferTo) attended = baton_refer_to_new ("Carol", uri, replaces);
  g_autoptr (BatonReferTo) blind = baton_refer_to_new (NULL, uri, NULL);
  g_autofree char *attended_text = baton_refer_to_to_string (attended);
  g_autofree char *blind_text = baton_refer_to_to_string (blind);

  g_assert_cmpstr (attended_text, ==,
                   "\"Carol\" <sip:c@h;transport=tcp?Replaces=a%2B%25%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>");
  g_assert_cmpstr (blind_text, ==, "<sip:c@h;transport=tcp?Subject=x>");
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "", " ", "<>", "<sip:c@h", "sip:c@h>", "Carol", "<c@h>", "\"Carol <sip:c@h>", "\"Carol\" sip:c@h", "<sip:c@h>, <sip:d@h>",
    "<sip:c@h> <sip:d@h>", "<sip:c@h>x", "sip:c@h, sip:d@h", "sip:c@h,sip:d@h", "<sip:c@h\r\nX: y>", "<sip:c@h?Replaces=a>",
    "<sip:c@h?Replaces=a%3Bto-tag%3D1>", "<sip:c@h?Replaces=a%0d%0aX%3ay%3Bto-tag%3D1%3Bfrom-tag%3D2>",
    "<sip:c@h?Replaces=a%00%3Bto-tag%3D1%3Bfrom-tag%3D2>", "<sip:c@h?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&Replaces=b>",
    "<sip:c@h?replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&%52eplaces=b>", "<sip:c@h?X=%0A>", "<sip:c@h>;x=\"", "a:b <sip:c@h>",
  };
  g_autofree char *filler = g_strnfill (4096, 'a');
  g_autofree char *too_long = g_strconcat ("\"", filler, "\" <sip:c@h>", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("“%s”", cases[i]);
      g_assert_null (baton_refer_to_parse (cases[i], &error));
      g_assert_nonnull (error);
    }
  g_assert_null (baton_refer_to_parse (too_long, NULL));
}

static void
test_referred_by (void)
{
  g_assert_true (baton_referred_by_check ("<sip:a@h>"));
  g_assert_true (baton_referred_by_check ("\"A\" <sip:a@h>;cid=\"20398823.2UWQFN309shb3@a.example\""));
  g_assert_true (baton_referred_by_check ("sip:a@h"));
  g_assert_false (baton_referred_by_check ("<sip:a@h>\r\nX: y"));
  g_assert_false (baton_referred_by_check ("<sip:a@h>, <sip:b@h>"));
  g_assert_false (baton_referred_by_check ("a"));
  g_assert_false (baton_referred_by_check (""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/refer-to/forms", test_forms);
  g_test_add_func ("/refer-to/replaces", test_replaces);
  g_test_add_func ("/refer-to/round-trip", test_round_trip);
  g_test_add_func ("/refer-to/written", test_written);
  g_test_add_func ("/refer-to/refused", test_refused);
  g_test_add_func ("/refer-to/referred-by", test_referred_by);
  return g_test_run ();
}
