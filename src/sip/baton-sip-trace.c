/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-trace.h"

#include <stdio.h>
#include <string.h>

#define MESSAGE_MAX (128 * 1024)
/* What stands before and after each message in the log. */
#define SEPARATOR "   ------------------------------------------------------------------------\n"

typedef struct
{
  gboolean sent;
  char *remote;
  char *transport;
  GString *text;
} Message;

struct _BatonSipTrace
{
  GSource *source;
  BatonSipTraceWants wants;
  BatonSipTraceFunc func;
  gpointer data;
  GQueue done; /* Message */
  guint idle;
};

static GSList *traces;

/* The message that is being written into the log now. */
static gboolean in_message;
static gboolean at_line_start;
static Message *current; /* NULL: nobody wants this one */
static BatonSipTrace *current_trace;

static void
message_free (Message *message)
{
  g_free (message->remote);
  g_free (message->transport);
  g_string_free (message->text, TRUE);
  g_free (message);
}

BatonSipTrace *
baton_sip_trace_new (GSource *source, BatonSipTraceWants wants, BatonSipTraceFunc func, gpointer data)
{
  BatonSipTrace *self = g_new0 (BatonSipTrace, 1);

  self->source = g_source_ref (source);
  self->wants = wants;
  self->func = func;
  self->data = data;
  g_queue_init (&self->done);
  traces = g_slist_prepend (traces, self);
  return self;
}

gboolean
baton_sip_trace_is_wanted (void)
{
  for (GSList *l = traces; l != NULL; l = l->next)
    {
      BatonSipTrace *self = l->data;

      if (self->wants (self->data))
        return TRUE;
    }
  return FALSE;
}

void
baton_sip_trace_free (BatonSipTrace *self)
{
  traces = g_slist_remove (traces, self);
  if (current_trace == self)
    {
      g_clear_pointer (&current, message_free);
      current_trace = NULL;
    }
  g_clear_handle_id (&self->idle, g_source_remove);
  g_queue_clear_full (&self->done, (GDestroyNotify) message_free);
  g_source_unref (self->source);
  g_free (self);
}

/* "Authorization: Digest …": names of headers whose digest must not leave this program. */
static gboolean
line_has_credentials (const char *line)
{
  return g_ascii_strncasecmp (line, "Authorization:", 14) == 0 || g_ascii_strncasecmp (line, "Proxy-Authorization:", 20) == 0;
}

/* A line of a body: the keys of SRTP stand in "a=crypto:… inline:KEY|…" (RFC 4568 §6.1). */
static void
append_body_line (GString *out, const char *line, gsize length)
{
  static const char word[] = "inline:";
  gsize n = strlen (word);

  for (gsize i = 0; i < length;)
    {
      if (length - i < n || g_ascii_strncasecmp (line + i, word, n) != 0)
        {
          g_string_append_c (out, line[i++]);
          continue;
        }
      g_string_append (out, "inline:(hidden)");
      for (i += n; i < length && strchr ("|; \t\r\n", line[i]) == NULL; i++)
        ;
    }
}

char *
baton_sip_trace_mask (const char *text, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);
  g_autoptr (GString) out = g_string_sized_new (length);
  gboolean headers = TRUE, masked = FALSE;

  for (const char *line = valid; *line != '\0';)
    {
      const char *end = strchr (line, '\n');
      gsize n = end ? (gsize) (end - line) + 1 : strlen (line);

      if (headers && (line[0] == '\n' || (line[0] == '\r' && line[1] == '\n')))
        headers = FALSE;
      /* A folded line belongs to the header before it. */
      if (!headers || (line[0] != ' ' && line[0] != '\t'))
        masked = headers && line_has_credentials (line);
      else if (masked)
        n = 0, line = end ? end + 1 : line + strlen (line);
      if (n > 0 && masked)
        {
          g_string_append_len (out, line, strchr (line, ':') - line);
          g_string_append (out, ": (hidden)\r\n");
          line += n;
        }
      else
        {
          if (headers)
            g_string_append_len (out, line, n);
          else
            append_body_line (out, line, n);
          line += n;
        }
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* "recv 412 bytes from udp/[127.0.0.1]:5060 at 16:02:13.123456:" */
static Message *
parse_stamp (const char *line)
{
  char what[8], how[8], proto[16], host[64];
  Message *message;
  unsigned port;
  gsize n;

  if (sscanf (line, "%7s %zu bytes %7s %15[^/]/[%63[^]]]:%u", what, &n, how, proto, host, &port) != 6)
    return NULL;
  message = g_new0 (Message, 1);
  message->sent = strcmp (what, "send") == 0 || strcmp (what, "sent") == 0;
  message->remote = g_strdup_printf (strchr (host, ':') ? "[%s]:%u" : "%s:%u", host, port);
  message->transport = g_strdup (proto);
  message->text = g_string_sized_new (MIN (n, MESSAGE_MAX) + 1);
  return message;
}

static BatonSipTrace *
trace_of_source (GSource *source)
{
  for (GSList *l = traces; l != NULL; l = l->next)
    if (((BatonSipTrace *) l->data)->source == source)
      return l->data;
  return NULL;
}

static gboolean
baton_sip_trace_idle (gpointer data)
{
  BatonSipTrace *self = data;

  self->idle = 0;
  baton_sip_trace_drain (self);
  return G_SOURCE_REMOVE;
}

static void
begin_message (const char *piece)
{
  in_message = TRUE;
  at_line_start = TRUE;
  current_trace = trace_of_source (g_main_current_source ());
  if (current_trace != NULL && current_trace->wants (current_trace->data))
    current = parse_stamp (piece);
}

static void
end_message (void)
{
  Message *message = g_steal_pointer (&current);
  BatonSipTrace *self = g_steal_pointer (&current_trace);

  in_message = FALSE;
  if (message == NULL)
    return;
  /* Keep-alives are nothing but line ends. */
  if (strspn (message->text->str, "\r\n") == message->text->len)
    {
      message_free (message);
      return;
    }
  g_queue_push_tail (&self->done, message);
  /* Not from inside the stack: who listens may do anything. */
  if (self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_HIGH, baton_sip_trace_idle, self, NULL);
}

gboolean
baton_sip_trace_feed (const char *piece)
{
  if (!in_message)
    {
      if ((!g_str_has_prefix (piece, "recv ") && !g_str_has_prefix (piece, "send ")) || !g_str_has_suffix (piece, SEPARATOR))
        return FALSE;
      begin_message (piece);
      return TRUE;
    }
  if (strcmp (piece, SEPARATOR) == 0 || strcmp (piece, "\n" SEPARATOR) == 0)
    {
      if (piece[0] == '\n' && current != NULL)
        g_string_append (current->text, "\r\n");
      end_message ();
    }
  else if (current == NULL || current->text->len > MESSAGE_MAX)
    {
      return TRUE;
    }
  else if (strcmp (piece, "\n") == 0)
    {
      g_string_append (current->text, "\r\n");
      at_line_start = TRUE;
    }
  else
    {
      g_string_append (current->text, at_line_start && g_str_has_prefix (piece, "   ") ? piece + 3 : piece);
      at_line_start = FALSE;
    }
  return TRUE;
}

void
baton_sip_trace_drain (BatonSipTrace *self)
{
  Message *message;

  while ((message = g_queue_pop_head (&self->done)) != NULL)
    {
      g_autofree char *text = baton_sip_trace_mask (message->text->str, message->text->len);

      self->func (message->sent, message->remote, message->transport, text, self->data);
      message_free (message);
    }
}
