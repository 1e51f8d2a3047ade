/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-cli-input.h"

#include <gio/gunixinputstream.h>
#include <string.h>

struct _BatonCliInput
{
  GInputStream *stream;
  GCancellable *cancellable;
  GByteArray *rest; /* the line that isn't complete yet */
  gboolean skipping; /* until the end of a line that was too long */
  gsize max;
  BatonCliLineFunc func;
  gpointer data;
};

static void
take_bytes (BatonCliInput *self, const char *bytes, gsize length)
{
  while (length > 0)
    {
      const char *end = memchr (bytes, '\n', length);
      gsize part = end ? (gsize) (end - bytes) : length;

      if (!self->skipping)
        g_byte_array_append (self->rest, (const guint8 *) bytes, (guint) MIN (part, self->max + 1 - self->rest->len));
      if (!self->skipping && (end != NULL || self->rest->len > self->max))
        {
          /* NULL would be the end of the input; an array that never held anything has no data */
          self->func (self->rest->len > 0 ? (const char *) self->rest->data : "", self->rest->len, self->data);
          g_byte_array_set_size (self->rest, 0);
          self->skipping = end == NULL;
        }
      else if (end != NULL)
        self->skipping = FALSE;
      if (end == NULL)
        return;
      bytes += part + 1;
      length -= part + 1;
    }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  BatonCliInput *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize length = 0;
  const char *start = bytes ? g_bytes_get_data (bytes, &length) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* freed */
  if (length == 0)
    {
      if (self->rest->len > 0)
        self->func ((const char *) self->rest->data, self->rest->len, self->data);
      self->func (NULL, 0, self->data);
      return;
    }
  take_bytes (self, start, length);
  g_input_stream_read_bytes_async (self->stream, 4096, G_PRIORITY_DEFAULT, self->cancellable, on_read, self);
}

BatonCliInput *
baton_cli_input_new (int fd, gsize max, BatonCliLineFunc func, gpointer data)
{
  BatonCliInput *self = g_new0 (BatonCliInput, 1);

  self->stream = g_unix_input_stream_new (fd, FALSE);
  self->cancellable = g_cancellable_new ();
  self->rest = g_byte_array_new ();
  self->max = max;
  self->func = func;
  self->data = data;
  g_input_stream_read_bytes_async (self->stream, 4096, G_PRIORITY_DEFAULT, self->cancellable, on_read, self);
  return self;
}

void
baton_cli_input_free (BatonCliInput *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->stream);
  g_byte_array_unref (self->rest);
  g_free (self);
}
