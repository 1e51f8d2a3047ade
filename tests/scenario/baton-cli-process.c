/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-cli-process.h"

#include <string.h>

#include "baton-test-wait.h"

#define DEADLINE_MS 8000

static GPtrArray *living;

static void
dump_all (void)
{
  for (guint i = 0; living != NULL && i < living->len; i++)
    {
      CliProcess *self = living->pdata[i];

      for (guint j = 0; j < self->lines->len; j++)
        g_printerr ("# %s: %s\n", self->name, (const char *) self->lines->pdata[j]);
    }
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  CliProcess *self = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  if (line == NULL)
    {
      self->ended = TRUE;
      return;
    }
  g_ptr_array_add (self->lines, g_strdup (line));
  json_parser_load_from_data (parser, line, -1, &error);
  g_assert_no_error (error);
  g_ptr_array_add (self->events, json_object_ref (json_node_get_object (json_parser_get_root (parser))));
  g_data_input_stream_read_line_async (self->output, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

static void
unref_event (gpointer event)
{
  if (event != NULL)
    json_object_unref (event);
}

static GPtrArray *
make_argv (va_list options)
{
  GPtrArray *argv = g_ptr_array_new ();
  const char *option;

  g_ptr_array_add (argv, (gpointer) g_getenv ("BATON_CLI"));
  while ((option = va_arg (options, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer) option);
  return argv;
}

CliProcess *
cli_start (const char *name, ...)
{
  CliProcess *self = g_new0 (CliProcess, 1);
  g_autoptr (GPtrArray) argv = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *ready;
  va_list options;

  va_start (options, name);
  argv = make_argv (options);
  va_end (options);
  g_ptr_array_add (argv, "--json");
  g_ptr_array_insert (argv, 1, "--audio=null");
  g_ptr_array_add (argv, NULL);
  self->name = g_strdup (name);
  self->events = g_ptr_array_new_with_free_func (unref_event);
  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->process = g_subprocess_newv ((const char *const *) argv->pdata,
                                     G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_data_input_stream_read_line_async (self->output, G_PRIORITY_DEFAULT, NULL, on_line, self);
  if (living == NULL)
    living = g_ptr_array_new ();
  g_ptr_array_add (living, self);
  ready = cli_expect (self, "ready", "");
  g_assert_true (g_str_has_prefix (self->lines->pdata[0], "{\"event\":\"ready\""));
  self->listen = g_strdup (json_object_get_string_member (ready, "listen"));
  self->uri = g_strdup_printf ("sip:%s@%s", name, self->listen);
  return self;
}

int
cli_run (char **errors, ...)
{
  g_autoptr (GPtrArray) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  va_list options;

  va_start (options, errors);
  argv = make_argv (options);
  va_end (options);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                 G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, "", NULL, NULL, errors, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

void
cli_send_bytes (CliProcess *self, const char *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->process), bytes, length, NULL, NULL, &error);
  g_assert_no_error (error);
}

void
cli_send (CliProcess *self, const char *format, ...)
{
  g_autofree char *line = NULL;
  g_autofree char *whole = NULL;
  va_list values;

  va_start (values, format);
  line = g_strdup_vprintf (format, values);
  va_end (values);
  whole = g_strconcat (line, "\n", NULL);
  g_ptr_array_add (self->lines, g_strdup_printf ("> %s", line));
  cli_send_bytes (self, whole, strlen (whole));
}

static gboolean
field_matches (JsonObject *event, const char *name, const char *wanted, gboolean part)
{
  JsonNode *node = json_object_get_member (event, name);
  g_autofree char *text = NULL;

  if (node == NULL)
    return FALSE;
  if (json_node_is_null (node))
    return g_str_equal (wanted, "null");
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    text = json_node_dup_string (node);
  else
    text = json_to_string (node, FALSE);
  return part ? strstr (text, wanted) != NULL : g_str_equal (text, wanted);
}

static gboolean
matches (JsonObject *event, const char *name, const char *fields)
{
  g_auto (GStrv) list = g_strsplit (fields, " ", -1);

  if (event == NULL || g_strcmp0 (json_object_get_string_member (event, "event"), name) != 0)
    return FALSE;
  for (guint i = 0; list[i] != NULL; i++)
    {
      char *sign = list[i] + strcspn (list[i], "=~");
      gboolean part = *sign == '~';

      if (*list[i] == '\0')
        continue;
      g_assert_true (*sign != '\0');
      *sign = '\0';
      if (!field_matches (event, list[i], sign + 1, part))
        return FALSE;
    }
  return TRUE;
}

static JsonObject *
take (CliProcess *self, const char *event, const char *fields)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      JsonObject *found = self->events->pdata[i];

      if (!matches (found, event, fields))
        continue;
      json_object_set_boolean_member (found, "taken", TRUE);
      json_object_set_string_member (found, "event", "");
      return found;
    }
  return NULL;
}

JsonObject *
cli_expect (CliProcess *self, const char *event, const char *fields)
{
  BatonTestDeadline deadline;
  JsonObject *found;

  baton_test_deadline_start (&deadline, DEADLINE_MS);
  while ((found = take (self, event, fields)) == NULL && baton_test_deadline_iterate (&deadline))
    ;
  if (found == NULL)
    {
      dump_all ();
      g_error ("%s did not tell: %s %s", self->name, event, fields);
    }
  return found;
}

guint
cli_count (CliProcess *self, const char *event, const char *fields)
{
  guint n = 0;

  for (guint i = 0; i < self->lines->len; i++)
    {
      g_autoptr (JsonParser) parser = json_parser_new ();
      const char *line = self->lines->pdata[i];

      if (*line == '{' && json_parser_load_from_data (parser, line, -1, NULL) &&
          matches (json_node_get_object (json_parser_get_root (parser)), event, fields))
        n++;
    }
  return n;
}

static void
cli_free (CliProcess *self)
{
  g_ptr_array_remove (living, self);
  g_object_unref (self->output);
  g_object_unref (self->process);
  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->lines);
  g_free (self->name);
  g_free (self->listen);
  g_free (self->uri);
  g_free (self);
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer data)
{
  gboolean *exited = data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  *exited = TRUE;
}

void
cli_end (CliProcess *self, const char *line, int signal)
{
  gint64 start = g_get_monotonic_time ();
  gboolean exited = FALSE;

  if (line != NULL)
    cli_send (self, "%s", line);
  else if (signal != 0)
    g_subprocess_send_signal (self->process, signal);
  else
    g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait_async (self->process, NULL, on_exited, &exited);
  baton_test_wait (exited && self->ended, 5000);
  if (!g_subprocess_get_if_exited (self->process))
    {
      dump_all ();
      g_error ("%s was killed by signal %d", self->name, g_subprocess_get_term_sig (self->process));
    }
  g_assert_cmpint (g_subprocess_get_exit_status (self->process), ==, 0);
  g_assert_cmpint ((g_get_monotonic_time () - start) / 1000, <, 2000);
  cli_free (self);
}

void
cli_quit (CliProcess *self)
{
  cli_end (self, "quit", 0);
}

void
cli_kill (CliProcess *self)
{
  gboolean exited = FALSE;

  g_subprocess_force_exit (self->process);
  g_subprocess_wait_async (self->process, NULL, on_exited, &exited);
  baton_test_wait (exited && self->ended, 5000);
  cli_free (self);
}
