/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-refer-table.h"

/*
 * The whole table of both roles, written a second time by hand, in letters: one row an event, one
 * column a state (New, Requested, Pending, Accepted, Ended); "-": the event means nothing there.
 */
static const char letters[] = "NRPAE";

static const struct
{
  const char *name;
  const char *client, *server;
} rows[] = {
  [BATON_REFER_EVENT_REQUEST]          = { "request",          "R----", "R----" },
  [BATON_REFER_EVENT_REQUEST_PROGRESS] = { "request-progress", "-R---", "-R---" },
  [BATON_REFER_EVENT_DEFERRED]         = { "deferred",         "-----", "-P---" },
  [BATON_REFER_EVENT_REQUEST_ACCEPTED] = { "request-accepted", "-A---", "-AA--" },
  [BATON_REFER_EVENT_REQUEST_REJECTED] = { "request-rejected", "-E---", "-EE--" },
  [BATON_REFER_EVENT_PROGRESS]         = { "progress",         "-R-A-", "---A-" },
  [BATON_REFER_EVENT_FINAL]            = { "final",            "-E-E-", "---E-" },
  [BATON_REFER_EVENT_UNSUBSCRIBED]     = { "unsubscribed",     "-----", "--EA-" },
  [BATON_REFER_EVENT_LOST]             = { "lost",             "-E-E-", "-----" },
  [BATON_REFER_EVENT_CANCELLED]        = { "cancelled",        "EE-E-", "-EEE-" },
};

static void
check (BatonDirection direction, BatonReferState state, BatonReferEvent event, char expected)
{
  int next = baton_refer_state_next (direction, state, event);

  g_test_message ("direction %d, %c, %s", direction, letters[state], rows[event].name);
  if (expected == '-')
    g_assert_cmpint (next, ==, -1);
  else
    g_assert_cmpint (next, ==, (int) (strchr (letters, expected) - letters));
}

static void
test_whole (void)
{
  G_STATIC_ASSERT (G_N_ELEMENTS (rows) == BATON_REFER_N_EVENTS);

  for (guint event = 0; event < BATON_REFER_N_EVENTS; event++)
    {
      for (guint state = 0; state < BATON_REFER_N_STATES; state++)
        {
          check (BATON_DIRECTION_OUTGOING, state, event, rows[event].client[state]);
          check (BATON_DIRECTION_INCOMING, state, event, rows[event].server[state]);
        }
    }
}

static void
test_end_absorbs (void)
{
  for (guint event = 0; event < BATON_REFER_N_EVENTS; event++)
    {
      g_assert_cmpint (baton_refer_state_next (BATON_DIRECTION_OUTGOING, BATON_REFER_STATE_ENDED, event), ==, -1);
      g_assert_cmpint (baton_refer_state_next (BATON_DIRECTION_INCOMING, BATON_REFER_STATE_ENDED, event), ==, -1);
    }
}

/* Whatever was sent or received comes to an end by somebody: no state without a way out */
static void
test_end_is_reachable (void)
{
  for (guint state = BATON_REFER_STATE_REQUESTED; state < BATON_REFER_STATE_ENDED; state++)
    {
      gboolean client = state == BATON_REFER_STATE_PENDING, server = FALSE; /* a client is never PENDING */

      for (guint event = 0; event < BATON_REFER_N_EVENTS; event++)
        {
          client |= baton_refer_state_next (BATON_DIRECTION_OUTGOING, state, event) == BATON_REFER_STATE_ENDED;
          server |= baton_refer_state_next (BATON_DIRECTION_INCOMING, state, event) == BATON_REFER_STATE_ENDED;
        }
      g_assert_true (client);
      g_assert_true (server);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/refer-table/whole", test_whole);
  g_test_add_func ("/refer-table/end-absorbs", test_end_absorbs);
  g_test_add_func ("/refer-table/end-is-reachable", test_end_is_reachable);
  return g_test_run ();
}
