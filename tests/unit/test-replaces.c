/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-error.h"
#include "baton-replaces.h"

static void
test_parse (void)
{
  static const struct { const char *text, *call_id, *to, *from; gboolean early; } cases[] = {
    { "425928@phone.example.org;to-tag=7743;from-tag=6472", "425928@phone.example.org", "7743", "6472", FALSE },
    { " a+b%c@[::1] ; From-Tag = x+1 ; to-tag=y.2 ; early-only", "a+b%c@[::1]", "y.2", "x+1", TRUE },
    { "x;unknown=1;to-tag=0;from-tag=0", "x", "0", "0", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BatonReplaces) replaces = baton_replaces_parse (cases[i].text, &error);
      g_autoptr (BatonReplaces) again = NULL;
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (replaces->call_id, ==, cases[i].call_id);
      g_assert_cmpstr (replaces->to_tag, ==, cases[i].to);
      g_assert_cmpstr (replaces->from_tag, ==, cases[i].from);
      g_assert_cmpint (replaces->early_only, ==, cases[i].early);
      text = baton_replaces_to_string (replaces);
      again = baton_replaces_parse (text, &error);
      g_assert_no_error (error);
      g_assert_true (baton_replaces_equal (replaces, again));
    }
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "", ";", "a", "a;to-tag=1", "a;from-tag=1", ";to-tag=1;from-tag=2", "a;to-tag=;from-tag=2", "a;to-tag;from-tag=2",
    "a;to-tag=1;to-tag=1;from-tag=2", "a b;to-tag=1;from-tag=2", "a;to-tag=1 2;from-tag=2", "a;to-tag=1;from-tag=2,b",
    "a;to-tag=1;from-tag=2, b;to-tag=3;from-tag=4", "a\r\nX: y;to-tag=1;from-tag=2", "a;to-tag=1\n;from-tag=2",
    "a;to-tag=\xc3\xb6;from-tag=2",
  };
  g_autofree char *filler = g_strnfill (257, 'a');
  g_autofree char *long_id = g_strconcat (filler, ";to-tag=1;from-tag=2", NULL);
  g_autofree char *long_tag = g_strconcat ("a;to-tag=", filler, ";from-tag=2", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("“%s”", cases[i]);
      g_assert_null (baton_replaces_parse (cases[i], &error));
      g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
    }
  g_assert_null (baton_replaces_parse (long_id, NULL));
  g_assert_null (baton_replaces_parse (long_tag, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replaces/parse", test_parse);
  g_test_add_func ("/replaces/refused", test_refused);
  return g_test_run ();
}
