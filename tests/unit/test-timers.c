/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-timers.h"

typedef struct
{
  BatonTimers *timers;
  GString *order;
  guint other; /* removed by the first that is called */
  guint own;
  guint calls;
} Fixture;

static gboolean
on_first (gpointer data)
{
  Fixture *fixture = data;

  g_string_append_c (fixture->order, '1');
  baton_timers_clear (fixture->timers, &fixture->other);
  return G_SOURCE_REMOVE;
}

static gboolean
on_second (gpointer data)
{
  Fixture *fixture = data;

  g_string_append_c (fixture->order, '2');
  return G_SOURCE_REMOVE;
}

static gboolean
on_again (gpointer data)
{
  Fixture *fixture = data;

  if (++fixture->calls == 3)
    baton_timers_clear (fixture->timers, &fixture->own); /* wins over what is returned */
  return G_SOURCE_CONTINUE;
}

static gboolean
on_done (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Due in the order of their time, not of their making; one that was removed is not called. */
static void
test_order (void)
{
  g_autoptr (BatonTimers) timers = baton_timers_new ();
  Fixture fixture = { .timers = timers, .order = g_string_new (NULL) };
  gboolean done = FALSE;

  baton_timers_add (timers, 20, on_second, &fixture);
  fixture.other = baton_timers_add (timers, 10, on_second, &fixture);
  baton_timers_add (timers, 0, on_first, &fixture);
  baton_timers_add (timers, 30, on_done, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (fixture.order->str, ==, "12");
  g_assert_cmpuint (fixture.other, ==, 0);
  g_string_free (fixture.order, TRUE);
}

/* Again and again, until it removes itself while it is called. */
static void
test_repeat (void)
{
  g_autoptr (BatonTimers) timers = baton_timers_new ();
  Fixture fixture = { .timers = timers };
  gboolean done = FALSE;

  fixture.own = baton_timers_add (timers, 1, on_again, &fixture);
  while (fixture.own != 0)
    g_main_context_iteration (NULL, TRUE);
  baton_timers_add (timers, 20, on_done, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture.calls, ==, 3);
}

/* What waits when the clock goes is never called: its data may be gone, too. */
static void
test_gone (void)
{
  BatonTimers *timers = baton_timers_new ();
  gboolean late = FALSE, done = FALSE;
  g_autoptr (BatonTimers) others = baton_timers_new ();

  baton_timers_add (timers, 1, on_done, &late);
  g_assert_finalize_object (timers);
  baton_timers_add (others, 20, on_done, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (late);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timers/order", test_order);
  g_test_add_func ("/timers/repeat", test_repeat);
  g_test_add_func ("/timers/gone", test_gone);
  return g_test_run ();
}
