/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-wait.h"

#include <string.h>

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

static gboolean
is_running (const char *name)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;

  g_assert_nonnull (tasks);
  while ((task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", task, "comm", NULL), *comm = NULL;

      if (g_file_get_contents (path, &comm, NULL, NULL) && strcmp (g_strchomp (comm), name) == 0)
        return TRUE;
    }
  return FALSE;
}

void
baton_test_wait_thread (const char *name, guint deadline_ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) deadline_ms * 1000;

  while (is_running (name)) /* nobody tells of the end of a thread that isn't joined */
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (500);
    }
}
