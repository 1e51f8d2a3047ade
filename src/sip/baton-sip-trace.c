/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "baton-sip-trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Between two records sofia-sip writes a vertical tab and a newline. */
#define RECORD_END "\v\n"
#define CHUNK_MAX (4 * 1024 * 1024)

struct _BatonSipTrace
{
  int fd;
  char *path;
  GSource *source;
  BatonSipTraceFunc func;
  gpointer data;
  GByteArray *rest; /* start of a record whose end has not come */
};

typedef struct
{
  GSource source;
  BatonSipTrace *trace;
} TraceSource;

static gboolean
baton_sip_trace_has_more (BatonSipTrace *self)
{
  struct stat st;

  return fstat (self->fd, &st) == 0 && st.st_size > 0;
}

static gboolean
trace_source_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  return baton_sip_trace_has_more (((TraceSource *) source)->trace);
}

static gboolean
trace_source_check (GSource *source)
{
  return baton_sip_trace_has_more (((TraceSource *) source)->trace);
}

static gboolean
trace_source_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  baton_sip_trace_drain (((TraceSource *) source)->trace);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs trace_source_funcs = { trace_source_prepare, trace_source_check, trace_source_dispatch, NULL };

BatonSipTrace *
baton_sip_trace_new (BatonSipTraceFunc func, gpointer data)
{
  BatonSipTrace *self;
  int fd = memfd_create ("baton-sip-trace", MFD_CLOEXEC);

  if (fd < 0)
    return NULL;
  self = g_new0 (BatonSipTrace, 1);
  self->fd = fd;
  self->path = g_strdup_printf ("/proc/self/fd/%d", fd);
  self->func = func;
  self->data = data;
  self->rest = g_byte_array_new ();
  self->source = g_source_new (&trace_source_funcs, sizeof (TraceSource));
  ((TraceSource *) self->source)->trace = self;
  g_source_set_static_name (self->source, "baton-sip-trace");
  g_source_attach (self->source, NULL);
  return self;
}

void
baton_sip_trace_free (BatonSipTrace *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->fd);
  g_free (self->path);
  g_byte_array_unref (self->rest);
  g_free (self);
}

const char *
baton_sip_trace_get_path (BatonSipTrace *self)
{
  return self->path;
}

/* "Authorization: Digest …": names of headers whose digest must not leave this program. */
static gboolean
line_has_credentials (const char *line)
{
  return g_ascii_strncasecmp (line, "Authorization:", 14) == 0 || g_ascii_strncasecmp (line, "Proxy-Authorization:", 20) == 0;
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
          g_string_append_len (out, line, n);
          line += n;
        }
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* "recv 412 bytes from udp/[127.0.0.1]:5060 at 16:02:13.123456:" */
static gboolean
parse_stamp (const char *line, gboolean *sent, gsize *bytes, char **remote, char **transport)
{
  char what[8], how[8], proto[16], host[64];
  unsigned port;
  gsize n;

  if (sscanf (line, "%7s %zu bytes %7s %15[^/]/[%63[^]]]:%u", what, &n, how, proto, host, &port) != 6)
    return FALSE;
  *sent = strcmp (what, "sent") == 0;
  *bytes = n;
  *remote = g_strdup_printf (strchr (host, ':') ? "[%s]:%u" : "%s:%u", host, port);
  *transport = g_strdup (proto);
  return TRUE;
}

gsize
baton_sip_trace_parse (const char *buffer, gsize length, BatonSipTraceFunc func, gpointer data)
{
  const char *p = buffer, *end = buffer + length;

  while (p < end)
    {
      const char *eol = memchr (p, '\n', end - p);
      g_autofree char *line = NULL, *remote = NULL, *transport = NULL, *text = NULL;
      gboolean sent;
      gsize bytes;

      if (eol == NULL)
        break;
      line = g_strndup (p, eol - p);
      if (!parse_stamp (line, &sent, &bytes, &remote, &transport))
        {
          /* "dump started at …", or an empty line */
          p = eol + 1;
          continue;
        }
      if (bytes + strlen (RECORD_END) > (gsize) (end - eol - 1))
        break;
      text = baton_sip_trace_mask (eol + 1, bytes);
      p = eol + 1 + bytes + strlen (RECORD_END);
      /* Keep-alives are nothing but line ends. */
      if (strspn (text, "\r\n") < bytes)
        func (sent, remote, transport, text, data);
    }
  return p - buffer;
}

void
baton_sip_trace_drain (BatonSipTrace *self)
{
  struct stat st;
  gsize used, old = self->rest->len;

  if (fstat (self->fd, &st) != 0 || st.st_size <= 0)
    return;
  if (st.st_size + old > CHUNK_MAX)
    {
      g_byte_array_set_size (self->rest, 0);
      (void) !ftruncate (self->fd, 0);
      return;
    }
  g_byte_array_set_size (self->rest, (guint) (old + st.st_size));
  if (pread (self->fd, self->rest->data + old, st.st_size, 0) != st.st_size || ftruncate (self->fd, 0) != 0)
    {
      g_byte_array_set_size (self->rest, 0);
      return;
    }
  used = baton_sip_trace_parse ((const char *) self->rest->data, self->rest->len, self->func, self->data);
  if (used > 0)
    g_byte_array_remove_range (self->rest, 0, (guint) used);
}
