/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-wait.h"

static gboolean
on_deadline (gpointer data)
{
  return G_SOURCE_REMOVE;
}

void
baton_test_deadline_start (BatonTestDeadline *self, guint deadline_ms)
{
  self->end = g_get_monotonic_time () + (gint64) deadline_ms * 1000;
}

gboolean
baton_test_deadline_iterate (BatonTestDeadline *self)
{
  gint64 left = self->end - g_get_monotonic_time ();
  GSource *source;

  if (left <= 0)
    return FALSE;
  /* The source only makes sure that the iteration ends when the time is over. */
  source = g_timeout_source_new ((guint) (left / 1000) + 1);
  g_source_set_callback (source, on_deadline, NULL, NULL);
  g_source_attach (source, NULL);
  g_main_context_iteration (NULL, TRUE);
  g_source_destroy (source);
  g_source_unref (source);
  return TRUE;
}

void
baton_test_settle (guint ms)
{
  BatonTestDeadline deadline;

  baton_test_deadline_start (&deadline, ms);
  while (baton_test_deadline_iterate (&deadline))
    ;
}

void
baton_test_drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
