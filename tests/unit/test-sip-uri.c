/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-error.h"
#include "baton-sip-uri.h"

static BatonSipUri *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  BatonSipUri *uri = baton_sip_uri_parse (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (uri);
  return uri;
}

static void
test_parts (void)
{
  g_autoptr (BatonSipUri) uri = parse ("SIP:al%20ice:secret@Example.NET:5070;transport=tcp;LR;x=%41?Replaces=a%40b&Subject=hi");
  g_autofree char *request = baton_sip_uri_to_request_uri (uri);
  g_autofree char *whole = baton_sip_uri_to_string (uri);
  g_autofree char *replaces = baton_sip_uri_dup_header (uri, "replaces");

  g_assert_cmpstr (baton_sip_uri_get_scheme (uri), ==, "sip");
  g_assert_cmpstr (baton_sip_uri_get_user (uri), ==, "al ice");
  g_assert_cmpstr (baton_sip_uri_get_host (uri), ==, "Example.NET");
  g_assert_cmpuint (baton_sip_uri_get_port (uri), ==, 5070);
  g_assert_cmpstr (baton_sip_uri_get_parameter (uri, "TRANSPORT"), ==, "tcp");
  g_assert_cmpstr (baton_sip_uri_get_parameter (uri, "lr"), ==, "");
  g_assert_null (baton_sip_uri_get_parameter (uri, "Subject"));
  g_assert_cmpstr (replaces, ==, "a@b");
  g_assert_cmpuint (baton_sip_uri_count_headers (uri, NULL), ==, 2);
  g_assert_cmpstr (request, ==, "sip:al%20ice:secret@Example.NET:5070;transport=tcp;LR;x=%41");
  g_assert_true (g_str_has_suffix (whole, "?Replaces=a%40b&Subject=hi"));
}

static void
test_request_uri (void)
{
  static const struct { const char *text, *request; } cases[] = {
    { "sip:c@h;method=INVITE", "sip:c@h" },
    { "sip:c@h;alias=1.2.3.4~5~2;METHOD=BYE;ob?Route=%3Csip:evil%3E", "sip:c@h;alias=1.2.3.4~5~2;ob" },
    { "sip:c@h;%6dethod=REFER;lr", "sip:c@h;lr" },
    { "sip:c;method=BYE@h", "sip:c;method=BYE@h" }, /* part of the user */
    { "sip:abcd.invalid;transport=ws", "sip:abcd.invalid;transport=ws" },
    { "sip:c@[2001:db8::1]:5070;lr?x=y", "sip:c@[2001:db8::1]:5070;lr" },
    { "sip:c?d@h", "sip:c?d@h" },
    { "sip:c@h;a%3Bmethod=BYE;b%3FRoute=x;c%3E;%25", "sip:c@h;a%3Bmethod=BYE;b%3FRoute=x;c%3E;%25" }, /* stay escaped */
    { "tel:+49301234", "tel:+49301234" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BatonSipUri) uri = parse (cases[i].text);
      g_autofree char *request = baton_sip_uri_to_request_uri (uri);

      g_assert_cmpstr (request, ==, cases[i].request);
    }
}

static void
test_other_schemes (void)
{
  g_autoptr (BatonSipUri) sip = parse ("sips:h"), tel = parse ("tel:123"), http = parse ("HTTP://x/y");

  g_assert_true (baton_sip_uri_is_callable (sip));
  g_assert_false (baton_sip_uri_is_callable (tel));
  g_assert_false (baton_sip_uri_is_callable (http));
  g_assert_cmpstr (baton_sip_uri_get_scheme (http), ==, "http");
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "", "sip", "sip:", "bob@h", ":bob@h", "1sip:x", "sip:@h", "sip:bob@", "sip:bob@h:", "sip:bob@h:0", "sip:bob@h:65536",
    "sip:bob@h:5060x", "sip:bob@h:+5", "sip:b b@h", "sip:bob@h\r\nX: y", "sip:bob@h?Replaces=a%0d%0aX:y",
    "sip:bob@h;x=%00", "sip:b%0Aob@h", "sip:b%4@h", "sip:b%zz@h", "sip:bob@[::1", "sip:bob@[::g]", "sip:bob@[127.0.0.1]",
    "sip:bob@[fe80::1%25eth0]", "sip:bob@h/x", "sip:bob@h;=x", "sip:<bob@h>", "sip:b\"ob@h", "sip:b\xc3\xb6@h", "sip:bob@h%41",
    "tel:", "sip:a@b@c",
  };
  g_autofree char *filler = g_strnfill (2048, 'a');
  g_autofree char *too_long = g_strconcat ("sip:", filler, "@h", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("“%s”", cases[i]);
      g_assert_null (baton_sip_uri_parse (cases[i], &error));
      g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI);
    }
  g_assert_null (baton_sip_uri_parse (too_long, NULL));
}

static void
test_user_not_utf8 (void)
{
  g_autoptr (BatonSipUri) uri = parse ("sip:%ff%fe@h"), umlaut = parse ("sip:j%C3%B6rg@h");

  g_assert_cmpstr (baton_sip_uri_get_user (uri), ==, "%ff%fe");
  g_assert_cmpstr (baton_sip_uri_get_user (umlaut), ==, "jörg");
}

static void
test_same_address (void)
{
  static const struct { const char *a, *b; gboolean same; } cases[] = {
    { "sip:bob@h", "sip:bob@H:5060;transport=tcp", TRUE },
    { "sip:bob@h", "sip:Bob@h", FALSE },
    { "sip:%62ob@h", "sip:bob@h", TRUE },
    { "sip:bob@[::1]", "sip:bob@[0:0:0::1]", TRUE },
    { "sip:bob@h", "sip:bob@h:5070", FALSE },
    { "sips:bob@h", "sips:bob@h:5061", TRUE },
    { "sip:h", "sip:bob@h", FALSE },
    { "tel:1", "tel:1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BatonSipUri) a = parse (cases[i].a), b = parse (cases[i].b);

      g_test_message ("%s and %s", cases[i].a, cases[i].b);
      g_assert_cmpint (baton_sip_uri_same_address (a, b), ==, cases[i].same);
    }
}

static void
test_clean (void)
{
  static const struct { const char *typed, *domain, *uri; } cases[] = {
    { "bob", "example.net", "sip:bob@example.net" },
    { "  bob ", "example.net", "sip:bob@example.net" },
    { "bob@example.org", NULL, "sip:bob@example.org" },
    { "bob@example.org:5070;transport=tcp", NULL, "sip:bob@example.org:5070;transport=tcp" },
    { "sip://bob@x", NULL, "sip:bob@x" },
    { "<sip:bob@x>", NULL, "sip:bob@x" },
    { "\"Bob\" <sips:bob@x>", NULL, "sips:bob@x" },
    { "sip:bob", "example.net", "sip:bob@example.net" },
    { "sip:127.0.0.1:5070", "example.net", "sip:127.0.0.1:5070" },
    { "tel:+49 30-12", "example.net", "sip:+493012@example.net;user=phone" },
    { "+49 (30) 12", "example.net", "sip:+493012@example.net" },
    { "*43#", "example.net", "sip:*43%23@example.net" },
    { "127.0.0.1", "example.net", "sip:127.0.0.1" },
    { "127.0.0.1:5080", NULL, "sip:127.0.0.1:5080" },
    { "[::1]:5080", NULL, "sip:[::1]:5080" },
    { "first.last", "example.net", "sip:first.last@example.net" },
    { "phone.example.net", NULL, "sip:phone.example.net" },
    { "jörg", "example.net", "sip:j%C3%B6rg@example.net" },
    { "jörg@example.net", NULL, "sip:j%C3%B6rg@example.net" },
    { "sip:bob@x?Replaces=a%3Bto-tag%3D1;method=BYE", NULL, "sip:bob@x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *uri = baton_sip_uri_clean (cases[i].typed, cases[i].domain, &error);

      g_test_message ("“%s”", cases[i].typed);
      g_assert_no_error (error);
      g_assert_cmpstr (uri, ==, cases[i].uri);
    }
}

static void
test_clean_refused (void)
{
  static const char *const cases[] = { "", "   ", "http://example.net", "mailto:a@b", "two words", "bob", "sip:", "+", "a@b c",
                                       "tel:abc", "\xff\xfe", "javascript:alert(1)@x" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("case %u", i);
      g_assert_null (baton_sip_uri_clean (cases[i], NULL, &error));
      g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI);
      g_assert_true (g_str_has_suffix (error->message, "."));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sip-uri/parts", test_parts);
  g_test_add_func ("/sip-uri/request-uri", test_request_uri);
  g_test_add_func ("/sip-uri/other-schemes", test_other_schemes);
  g_test_add_func ("/sip-uri/refused", test_refused);
  g_test_add_func ("/sip-uri/user-not-utf8", test_user_not_utf8);
  g_test_add_func ("/sip-uri/same-address", test_same_address);
  g_test_add_func ("/sip-uri/clean", test_clean);
  g_test_add_func ("/sip-uri/clean-refused", test_clean_refused);
  return g_test_run ();
}
