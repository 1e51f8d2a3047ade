/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-rules.h"

#include <string.h>

static void
test_match (void)
{
  const struct { const char *source, *from, *address; BatonSourceMatch match; } cases[] = {
    { "192.0.2.1", "sip:x@y", "192.0.2.1:5060", BATON_SOURCE_MATCH_ADDRESS },
    { "192.0.2.1", "sip:x@y", "192.0.2.11:5060", BATON_SOURCE_MATCH_NONE },
    { "192.0.2.1", "sip:x@192.0.2.1", "192.0.2.9:5060", BATON_SOURCE_MATCH_NONE }, /* anybody can write that */
    { "2001:db8::1", NULL, "[2001:db8:0::1]:5060", BATON_SOURCE_MATCH_ADDRESS },
    { "[2001:db8::1]", NULL, "[2001:db8::1]:5060", BATON_SOURCE_MATCH_ADDRESS },
    { "example.net", "sip:click@Example.NET", NULL, BATON_SOURCE_MATCH_NAME },
    { "example.net", "sip:click@evil.example.net", NULL, BATON_SOURCE_MATCH_NONE },
    { "example.net", "sip:example.net@evil.org", NULL, BATON_SOURCE_MATCH_NONE },
    { "click@example.net", "sip:click@example.net", NULL, BATON_SOURCE_MATCH_NAME },
    { "sip:click@example.net", "sip:other@example.net", NULL, BATON_SOURCE_MATCH_NONE },
    { "", "sip:click@example.net", "192.0.2.1:5060", BATON_SOURCE_MATCH_NONE },
    { "example.net", NULL, NULL, BATON_SOURCE_MATCH_NONE },
    { "example.net", "garbage", NULL, BATON_SOURCE_MATCH_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BatonTrustedSource) source = baton_trusted_source_new (cases[i].source);

      g_test_message ("%s against %s from %s", cases[i].source, cases[i].from, cases[i].address);
      g_assert_cmpint (baton_trusted_source_match (source, cases[i].from, cases[i].address), ==, cases[i].match);
    }
}

static void
test_destinations (void)
{
  const struct { const char *destinations, *target; gboolean allowed; } cases[] = {
    { NULL, "sip:bob@example.net", TRUE }, /* own domain */
    { NULL, "sip:bob@elsewhere.net", FALSE },
    { "", "sip:bob@EXAMPLE.net", TRUE },
    { "elsewhere.net", "sip:bob@elsewhere.net", TRUE },
    { "elsewhere.net", "sip:bob@example.net", FALSE },
    { "*@elsewhere.net", "sip:bob@elsewhere.net", TRUE },
    { "2??@example.net", "sip:234@example.net", TRUE },
    { "2??@example.net", "sip:2345@example.net", FALSE },
    { "a.net, sip:bob@b.net c.net", "sip:bob@b.net", TRUE },
    { "a.net, sip:bob@b.net c.net", "sip:eve@b.net", FALSE },
    { "a.net, sip:bob@b.net c.net", "sip:eve@c.net", TRUE },
    { "*@example.net", "sip:x%40example.net@evil.org", FALSE },
    { "*.example.net", "sip:bob@pbx.example.net", TRUE },
    { "example.net", "sip:bob@example.net;maddr=192.0.2.66", FALSE },
    { "*", "sip:anybody@anywhere.org", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BatonTrustedSource) source = baton_trusted_source_new ("192.0.2.1");
      g_autoptr (BatonSipUri) target = baton_sip_uri_parse (cases[i].target, NULL);

      g_test_message ("%s for %s", cases[i].target, cases[i].destinations);
      g_assert_nonnull (target);
      g_object_set (source, "destinations", cases[i].destinations, NULL);
      g_assert_cmpint (baton_trusted_source_allows_destination (source, target, "example.net"), ==, cases[i].allowed);
    }
}

static void
add (BatonReferRules *rules, const char *name, gboolean tls_only, gboolean needs_password, gboolean ask)
{
  g_autoptr (BatonTrustedSource) source = g_object_new (BATON_TYPE_TRUSTED_SOURCE, "source", name, "tls-only", tls_only,
                                                        "needs-password", needs_password, "ask", ask, NULL);

  baton_refer_rules_add_source (rules, source);
}

static void
test_verdicts (void)
{
  g_autoptr (BatonReferRules) rules = baton_refer_rules_new ();
  BatonReferFacts facts = { "sip:click@example.net", "192.0.2.1:5060", "tls", "sip:bob@example.net", "example.net", FALSE };
  BatonReferRefusal why;

#define JUDGE(policy) baton_refer_rules_judge (rules, BATON_REFER_POLICY_##policy, &facts, 0, &why)
  g_object_set (rules, "max-per-hour", 0, NULL);
  g_assert_cmpint (JUDGE (REJECT), ==, BATON_REFER_VERDICT_REFUSE);
  g_assert_cmpint (JUDGE (FOLLOW), ==, BATON_REFER_VERDICT_FOLLOW);
  g_assert_cmpint (JUDGE (ASK), ==, BATON_REFER_VERDICT_ASK);
  g_assert_cmpint (JUDGE (TRUSTED), ==, BATON_REFER_VERDICT_REFUSE);
  g_assert_cmpint (why, ==, BATON_REFER_REFUSAL_NOT_TRUSTED);
  add (rules, "click@example.net", TRUE, TRUE, FALSE);
  g_assert_cmpint (JUDGE (TRUSTED), ==, BATON_REFER_VERDICT_CHALLENGE);
  facts.proven = TRUE;
  g_assert_cmpint (JUDGE (TRUSTED), ==, BATON_REFER_VERDICT_FOLLOW);
  facts.transport = "tcp";
  g_assert_cmpint (JUDGE (TRUSTED), ==, BATON_REFER_VERDICT_REFUSE);
  g_assert_cmpint (why, ==, BATON_REFER_REFUSAL_NOT_TLS);
  facts.proven = FALSE;
  add (rules, "192.0.2.1", FALSE, FALSE, TRUE);
  g_assert_cmpint (JUDGE (TRUSTED), ==, BATON_REFER_VERDICT_ASK);
  add (rules, "192.0.2.1", FALSE, FALSE, FALSE);
  g_assert_cmpint (JUDGE (TRUSTED), ==, BATON_REFER_VERDICT_FOLLOW);
  facts.target = "tel:112";
  g_assert_cmpint (JUDGE (FOLLOW), ==, BATON_REFER_VERDICT_REFUSE);
  g_assert_cmpint (why, ==, BATON_REFER_REFUSAL_BAD_REQUEST);
#undef JUDGE
}

static void
test_save (void)
{
  g_autoptr (BatonReferRules) rules = baton_refer_rules_new (), other = baton_refer_rules_new ();
  g_autoptr (GVariant) saved = NULL, again = NULL, wrong = g_variant_ref_sink (g_variant_new ("as", NULL));

  add (rules, "192.0.2.1", FALSE, TRUE, FALSE);
  add (rules, "example.net", TRUE, FALSE, TRUE);
  saved = g_variant_ref_sink (baton_refer_rules_save_sources (rules));
  g_assert_true (baton_refer_rules_load_sources (other, saved));
  g_assert_false (baton_refer_rules_load_sources (other, wrong));
  again = g_variant_ref_sink (baton_refer_rules_save_sources (other));
  g_assert_true (g_variant_equal (saved, again));
  g_assert_cmpuint (g_list_model_get_n_items (baton_refer_rules_get_sources (other)), ==, 2);
}

/* What strangers write on the list is bounded, and is text. */
static void
test_refused (void)
{
  BatonReferRules *rules = baton_refer_rules_new ();
  GListModel *refused = baton_refer_rules_get_refused (rules);
  g_autofree char *filler = g_strnfill (5000, 'a');
  BatonRefusedRequest *request;

  for (guint i = 0; i < 150; i++)
    baton_refer_rules_note_refused (rules, filler, "sip:\xff\xfe", BATON_REFER_REFUSAL_NOT_TRUSTED, 603, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (refused), ==, 100);
  request = g_list_model_get_item (refused, 0);
  g_assert_cmpuint (strlen (baton_refused_request_get_who (request)), ==, 200);
  g_assert_true (g_utf8_validate (baton_refused_request_get_target (request), -1, NULL));
  g_object_unref (request);
  g_assert_finalize_object (rules);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/refer-rules/match", test_match);
  g_test_add_func ("/refer-rules/destinations", test_destinations);
  g_test_add_func ("/refer-rules/verdicts", test_verdicts);
  g_test_add_func ("/refer-rules/save", test_save);
  g_test_add_func ("/refer-rules/refused", test_refused);
  return g_test_run ();
}
