/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The states of a session: every pair, and what the trace hides. */
#include "baton-session-states.h"

#include <string.h>

#include "baton-sip-trace.h"

static void
test_transitions (void)
{
  /* Rows: from; columns: to, in the order of the enum: New Calling Ringing Early inComing Established Terminated */
  static const char *const table[] = {
    /* NEW         */ ".C..I.T",
    /* CALLING     */ "..RE.ST",
    /* RINGING     */ "...E.ST",
    /* EARLY       */ ".....ST",
    /* INCOMING    */ ".....ST",
    /* ESTABLISHED */ "......T",
    /* TERMINATED  */ ".......",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (table) == BATON_SESSION_STATE_TERMINATED + 1);
  for (guint from = 0; from < G_N_ELEMENTS (table); from++)
    for (guint to = 0; to < G_N_ELEMENTS (table); to++)
      g_assert_cmpint (baton_session_transition_allowed (from, to), ==, table[from][to] != '.');
  g_assert_false (baton_session_transition_allowed (99, BATON_SESSION_STATE_TERMINATED));
}

static void
test_mask (void)
{
  static const struct
  {
    const char *text, *expected;
  } cases[] = {
    { "A\r\nAuthorization: Digest response=\"x\"\r\nB: 1\r\n\r\n", "A\r\nAuthorization: (hidden)\r\nB: 1\r\n\r\n" },
    { "proxy-authorization: Digest a,\r\n response=\"x\"\r\nB: 1\r\n\r\n", "proxy-authorization: (hidden)\r\nB: 1\r\n\r\n" },
    { "WWW-Authenticate: Digest nonce=\"n\"\r\n\r\n", "WWW-Authenticate: Digest nonce=\"n\"\r\n\r\n" },
    { "A\r\n\r\nAuthorization: in a body\r\n", "A\r\n\r\nAuthorization: in a body\r\n" },
    { "A\r\n\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEYKEY|2^20\r\na=crypto:2 X INLINE:abc",
      "A\r\n\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:(hidden)|2^20\r\na=crypto:2 X inline:(hidden)" },
    { "Authorization: at the end", "Authorization: (hidden)\r\n" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *masked = baton_sip_trace_mask (cases[i].text, strlen (cases[i].text));

      g_assert_cmpstr (masked, ==, cases[i].expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/transitions", test_transitions);
  g_test_add_func ("/trace/mask", test_mask);
  return g_test_run ();
}
