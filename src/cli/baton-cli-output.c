/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-cli-output.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Never more than this waits, however busy the main loop is. */
#define FLUSH_AT 16384

struct _BatonCliOutput
{
  gboolean json;
  GString *line;    /* all that is not written yet */
  guint flush;
};

BatonCliOutput *
baton_cli_output_new (gboolean json)
{
  BatonCliOutput *self = g_new0 (BatonCliOutput, 1);

  self->json = json;
  self->line = g_string_new (NULL);
  return self;
}

static void
flush (BatonCliOutput *self)
{
  fwrite (self->line->str, 1, self->line->len, stdout);
  fflush (stdout);
  g_string_truncate (self->line, 0);
}

static gboolean
on_idle (gpointer data)
{
  BatonCliOutput *self = data;

  self->flush = 0;
  flush (self);
  return G_SOURCE_REMOVE;
}

void
baton_cli_output_free (BatonCliOutput *self)
{
  g_clear_handle_id (&self->flush, g_source_remove);
  flush (self);
  g_string_free (self->line, TRUE);
  g_free (self);
}

/* Nearly every string is, and json-glib makes three objects for each. */
static gboolean
is_plain (const char *text)
{
  for (; *text != '\0'; text++)
    {
      if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\')
        return FALSE;
    }
  return TRUE;
}

static void
append_json_string (GString *line, const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *quoted = json_to_string (node, FALSE);

  g_string_append (line, quoted);
}

/* For people: bare where that is clear, else quoted, and never a control character on the terminal. */
static void
append_text_string (GString *line, const char *text)
{
  gboolean bare = *text != '\0' && strpbrk (text, " \t\"'\\=") == NULL;

  if (!bare)
    g_string_append_c (line, '"');
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '"' || c == '\\')
        g_string_append_c (line, '\\');
      if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
        g_string_append_printf (line, "\\u%04x", c);
      else
        g_string_append_unichar (line, c);
    }
  if (!bare)
    g_string_append_c (line, '"');
}

/* Begins a field. Without printf, that costs more than all the rest: an INVITE may wait until this event is written. */
static void
append_name (BatonCliOutput *self, const char *field)
{
  g_string_append (self->line, self->json ? ",\"" : " ");
  g_string_append (self->line, field);
  g_string_append (self->line, self->json ? "\":" : "=");
}

/* @value is written as it is. */
static void
append_field (BatonCliOutput *self, const char *field, const char *value)
{
  append_name (self, field);
  g_string_append (self->line, value);
}

/* At least so many digits */
static void
append_digits (GString *line, guint64 value, guint digits)
{
  char text[24];
  guint n = 0;

  do
    text[n++] = (char) ('0' + value % 10);
  while ((value /= 10) > 0 || n < digits);
  while (n > 0)
    g_string_append_c (line, text[--n]);
}

void
baton_cli_output_begin (BatonCliOutput *self, const char *event)
{
  guint64 now = (guint64) g_get_monotonic_time ();

  g_string_append (self->line, self->json ? "{\"event\":\"" : "");
  g_string_append (self->line, event);
  g_string_append (self->line, self->json ? "\",\"t\":" : " t=");
  append_digits (self->line, now / G_USEC_PER_SEC, 1);
  g_string_append_c (self->line, '.');
  append_digits (self->line, now % G_USEC_PER_SEC, 6);
}

void
baton_cli_output_uint (BatonCliOutput *self, const char *field, guint64 value)
{
  append_name (self, field);
  append_digits (self->line, value, 1);
}

void
baton_cli_output_number (BatonCliOutput *self, const char *field, guint number)
{
  if (number == 0)
    baton_cli_output_null (self, field);
  else
    baton_cli_output_uint (self, field, number);
}

void
baton_cli_output_bool (BatonCliOutput *self, const char *field, gboolean value)
{
  append_field (self, field, value ? "true" : "false");
}

void
baton_cli_output_real (BatonCliOutput *self, const char *field, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    {
      baton_cli_output_null (self, field);
      return;
    }
  g_ascii_formatd (text, sizeof text, "%.3f", CLAMP (value, -1e9, 1e9));
  append_field (self, field, text);
}

void
baton_cli_output_string (BatonCliOutput *self, const char *field, const char *value)
{
  g_autofree char *valid = NULL;
  g_autoptr (GString) text = NULL;

  if (value == NULL)
    {
      baton_cli_output_null (self, field);
      return;
    }
  if (self->json && is_plain (value))
    {
      append_name (self, field);
      g_string_append_c (self->line, '"');
      g_string_append (self->line, value);
      g_string_append_c (self->line, '"');
      return;
    }
  valid = g_utf8_make_valid (value, -1);
  text = g_string_new (NULL);
  if (self->json)
    append_json_string (text, valid);
  else
    append_text_string (text, valid);
  append_field (self, field, text->str);
}

void
baton_cli_output_null (BatonCliOutput *self, const char *field)
{
  /* What isn't there is no news for a person. */
  if (self->json)
    append_field (self, field, "null");
}

void
baton_cli_output_end (BatonCliOutput *self)
{
  g_string_append (self->line, self->json ? "}\n" : "\n");
  /* The network first: whoever reads this wakes up when the messages of this turn are out. */
  if (self->line->len > FLUSH_AT)
    flush (self);
  else if (self->flush == 0)
    self->flush = g_idle_add (on_idle, self);
}

void
baton_cli_output_error (BatonCliOutput *self, const char *command, const char *message)
{
  baton_cli_output_begin (self, "error");
  baton_cli_output_string (self, "command", command);
  baton_cli_output_string (self, "message", message);
  baton_cli_output_end (self);
}
