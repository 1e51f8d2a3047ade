/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memfd_create */
#include "baton-dns-relay.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "baton-dns-message.h"

#define HEADER 12
#define LONGEST 4096
#define MOST_SERVERS 3      /* as many as libc looks at */
#define MOST_QUESTIONS 64   /* under way at a time; more get SERVFAIL */
#define PATIENCE_MS 2000    /* for one name server */
#define DNS_PORT 53

struct _BatonDnsRelay
{
  char *upstream;
  int config_fd;
  char *config; /* its name */
  GSocket *socket;
  GSocketAddress *address;
  GSource *source;
  GList *questions;
};

typedef struct
{
  BatonDnsRelay *relay; /* not owned: it owns this */
  GSocketAddress *asker;
  GBytes *text;
  GPtrArray *servers; /* of GSocketAddress, those still to be asked */
  GSocket *socket;    /* one for each name server asked: its port can't be guessed by who wants to answer first */
  GSource *source;
  guint timer;
} Question;

static void
question_hang_up (Question *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_object (&self->socket);
  g_clear_handle_id (&self->timer, g_source_remove);
}

static void
question_free (Question *self)
{
  question_hang_up (self);
  g_object_unref (self->asker);
  g_bytes_unref (self->text);
  g_ptr_array_unref (self->servers);
  g_free (self);
}

static void
question_answer (Question *self, const guint8 *text, gsize length)
{
  BatonDnsRelay *relay = self->relay;

  g_socket_send_to (relay->socket, self->asker, (const char *) text, length, NULL, NULL);
  relay->questions = g_list_remove (relay->questions, self);
  question_free (self);
}

/* SERVFAIL: the question again, marked as a response with RCODE 2 */
static void
question_fail (Question *self)
{
  gsize length;
  const guint8 *asked = g_bytes_get_data (self->text, &length);
  g_autofree guint8 *text = g_memdup2 (asked, length);

  text[2] |= 0x80;
  text[3] = (guint8) ((text[3] & 0xf0) | 2);
  question_answer (self, text, length);
}

static void question_ask_next (Question *self);

static gboolean
on_answer (GSocket *socket, GIOCondition condition, gpointer data)
{
  Question *self = data;
  const guint8 *asked = g_bytes_get_data (self->text, NULL);
  guint8 text[LONGEST];
  gssize length = g_socket_receive (socket, (char *) text, sizeof text, NULL, NULL);
  gboolean is_ours = length >= HEADER && memcmp (text, asked, 2) == 0 && (text[2] & 0x80) != 0;

  if (length >= 0 && !is_ours)
    return G_SOURCE_CONTINUE; /* not the answer to this question */
  if (length >= 0 && baton_dns_message_is_sound (text, (gsize) length))
    question_answer (self, text, (gsize) length);
  else
    question_ask_next (self); /* no name server there, or one that can't be trusted */
  return G_SOURCE_REMOVE;
}

static gboolean
on_silence (gpointer data)
{
  Question *self = data;

  self->timer = 0;
  question_ask_next (self);
  return G_SOURCE_REMOVE;
}

static gboolean
question_ask (Question *self, GSocketAddress *server)
{
  gsize length;
  const char *text = g_bytes_get_data (self->text, &length);

  self->socket = g_socket_new (g_socket_address_get_family (server), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  if (self->socket == NULL)
    return FALSE;
  g_socket_set_blocking (self->socket, FALSE);
  if (!g_socket_connect (self->socket, server, NULL, NULL) || g_socket_send (self->socket, text, length, NULL, NULL) < 0)
    return FALSE;
  self->source = g_socket_create_source (self->socket, G_IO_IN | G_IO_ERR, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_answer), self, NULL);
  g_source_attach (self->source, NULL);
  self->timer = g_timeout_add (PATIENCE_MS, on_silence, self);
  return TRUE;
}

static void
question_ask_next (Question *self)
{
  gboolean asked = FALSE;

  while (!asked && self->servers->len > 0)
    {
      g_autoptr (GSocketAddress) server = g_ptr_array_steal_index (self->servers, 0);

      question_hang_up (self);
      asked = question_ask (self, server);
    }
  if (!asked)
    question_fail (self);
}

/* The name servers, read each time: the file changes with the network. */
static GPtrArray *
read_servers (const char *path)
{
  GPtrArray *servers = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint port = DNS_PORT;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return servers;
  lines = g_strsplit (text, "\n", 256);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);

      if (g_str_has_prefix (line, "port ")) /* sofia-sip's own extension */
        port = (guint) CLAMP (g_ascii_strtoull (line + 5, NULL, 10), 1, 65535);
    }
  for (guint i = 0; lines[i] != NULL && servers->len < MOST_SERVERS; i++)
    {
      g_auto (GStrv) words = g_strsplit_set (lines[i], " \t", 3);
      GSocketAddress *server;

      if (g_strv_length (words) < 2 || strcmp (words[0], "nameserver") != 0)
        continue;
      server = g_inet_socket_address_new_from_string (words[1], port);
      if (server != NULL)
        g_ptr_array_add (servers, server);
    }
  return servers;
}

static gboolean
on_question (GSocket *socket, GIOCondition condition, gpointer data)
{
  BatonDnsRelay *self = data;
  g_autoptr (GSocketAddress) asker = NULL;
  guint8 text[LONGEST];
  gssize length = g_socket_receive_from (socket, &asker, (char *) text, sizeof text, NULL, NULL);
  Question *question;

  if (length < HEADER || asker == NULL || (text[2] & 0x80) != 0)
    return G_SOURCE_CONTINUE;
  question = g_new0 (Question, 1);
  question->relay = self;
  question->asker = g_steal_pointer (&asker);
  question->text = g_bytes_new (text, (gsize) length);
  question->servers = g_list_length (self->questions) < MOST_QUESTIONS
                          ? read_servers (self->upstream)
                          : g_ptr_array_new_with_free_func (g_object_unref);
  self->questions = g_list_prepend (self->questions, question);
  question_ask_next (question);
  return G_SOURCE_CONTINUE;
}

static gboolean
listen_on_loopback (BatonDnsRelay *self, GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);

  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  if (self->socket == NULL || !g_socket_bind (self->socket, any, FALSE, error))
    return FALSE;
  g_socket_set_blocking (self->socket, FALSE);
  self->address = g_socket_get_local_address (self->socket, error);
  if (self->address == NULL)
    return FALSE;
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_question), self, NULL);
  g_source_attach (self->source, NULL);
  return TRUE;
}

/* sofia-sip takes the address of a name server from a file only, and looks at it again now and then. One in memory: a
 * program that is killed leaves nothing behind. */
static gboolean
write_config (BatonDnsRelay *self, GError **error)
{
  g_autofree char *text =
      g_strdup_printf ("nameserver 127.0.0.1\nport %u\n",
                       g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (self->address)));
  gssize length = (gssize) strlen (text);

  self->config_fd = memfd_create ("baton-resolv", MFD_CLOEXEC);
  if (self->config_fd < 0 || write (self->config_fd, text, (gsize) length) != length)
    {
      g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (errno), g_strerror (errno));
      return FALSE;
    }
  self->config = g_strdup_printf ("/proc/self/fd/%d", self->config_fd);
  if (access (self->config, R_OK) == 0)
    return TRUE;
  g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (errno), "/proc is not there");
  return FALSE;
}

BatonDnsRelay *
baton_dns_relay_new (const char *upstream, GError **error)
{
  BatonDnsRelay *self = g_new0 (BatonDnsRelay, 1);

  self->upstream = g_strdup (upstream);
  self->config_fd = -1;
  if (!listen_on_loopback (self, error) || !write_config (self, error))
    {
      baton_dns_relay_free (self);
      return NULL;
    }
  return self;
}

void
baton_dns_relay_free (BatonDnsRelay *self)
{
  g_list_free_full (self->questions, (GDestroyNotify) question_free);
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->config_fd >= 0)
    close (self->config_fd);
  g_clear_object (&self->address);
  g_clear_object (&self->socket);
  g_free (self->config);
  g_free (self->upstream);
  g_free (self);
}

const char *
baton_dns_relay_get_config (BatonDnsRelay *self)
{
  return self->config;
}

GSocketAddress *
baton_dns_relay_get_address (BatonDnsRelay *self)
{
  return self->address;
}
