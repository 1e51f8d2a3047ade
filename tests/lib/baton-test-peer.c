/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-peer.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "baton-test-tls.h"
#include "baton-test-wait.h"

enum
{
  RECEIVED,
  N_SIGNALS
};

typedef struct
{
  BatonTestPeer *peer;
  GSocketConnection *connection;
  GIOStream *tls; /* (nullable) around the connection */
  GSource *source;
  GString *input;
} Stream;

struct _BatonTestPeer
{
  GObject parent;

  char *user;
  char *host;
  char *uri;
  GSocket *udp;
  GSource *udp_source;
  GSocket *listener;
  GSource *listener_source;
  GPtrArray *streams;     /* of Stream */
  GPtrArray *trace;       /* of BatonTestMessage, sent and received */
  GHashTable *automatic;  /* method → status */
  GHashTable *replies;    /* transaction of a received request → text of the last reply, or "" */
  GHashTable *responses;  /* set: responses seen */
  GHashTable *tags;       /* Call-ID and From tag → our tag */
  char *next_tag;
  guint branches;
  guint retransmissions;
  gboolean lenient;
  gboolean tcp;
  GTlsCertificate *certificate; /* (nullable) with its key: what goes by connections goes over TLS */
  gboolean mute;
};

G_DEFINE_FINAL_TYPE (BatonTestPeer, baton_test_peer, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];
static GList *living; /* of BatonTestPeer: for the dump when a test aborts */

static void
stream_free (Stream *stream)
{
  if (stream->source != NULL)
    g_source_destroy (stream->source);
  g_clear_pointer (&stream->source, g_source_unref);
  g_io_stream_close (G_IO_STREAM (stream->connection), NULL, NULL);
  g_clear_object (&stream->tls);
  g_object_unref (stream->connection);
  g_string_free (stream->input, TRUE);
  g_free (stream);
}

static char *
transaction_key (BatonTestMessage *message, const char *method)
{
  g_autofree char *branch = baton_test_message_dup_parameter (message, "Via", "branch");

  return g_strdup_printf ("%s %u %s %s", branch, message->cseq, method, baton_test_message_get (message, "Call-ID"));
}

static void
transmit (BatonTestPeer *self, GSocketAddress *remote, Stream *stream, const char *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;

  if (stream != NULL && g_ptr_array_find (self->streams, stream, NULL))
    {
      GOutputStream *output = g_io_stream_get_output_stream (stream->tls != NULL ? stream->tls
                                                                                 : G_IO_STREAM (stream->connection));

      g_output_stream_write_all (output, bytes, length, NULL, NULL, &error);
    }
  else
    g_socket_send_to (self->udp, remote, bytes, length, NULL, &error);
  if (error != NULL)
    g_test_message ("%s could not send: %s", self->user, error->message);
}

static void
record (BatonTestPeer *self, BatonTestMessage *message)
{
  message->index = self->trace->len;
  g_ptr_array_add (self->trace, message);
}

static void
record_sent (BatonTestPeer *self, const char *bytes, gsize length)
{
  BatonTestMessage *message = baton_test_message_parse (bytes, length);

  if (message == NULL)
    return;
  message->sent = TRUE;
  record (self, message);
}

static BatonTestMessage *
find_invite_to_cancel (BatonTestPeer *self, BatonTestMessage *cancel)
{
  g_autofree char *branch = baton_test_message_dup_parameter (cancel, "Via", "branch");

  for (guint i = 0; i < self->trace->len; i++)
    {
      BatonTestMessage *message = g_ptr_array_index (self->trace, i);
      g_autofree char *other = NULL, *key = NULL;
      const char *reply;

      if (message->sent || !baton_test_message_matches (message, "INVITE"))
        continue;
      other = baton_test_message_dup_parameter (message, "Via", "branch");
      key = transaction_key (message, "INVITE");
      reply = g_hash_table_lookup (self->replies, key);
      if (g_strcmp0 (branch, other) == 0 && (reply[0] == '\0' || g_str_has_prefix (reply, "SIP/2.0 1")))
        return message;
    }
  return NULL;
}

static void
answer_automatically (BatonTestPeer *self, BatonTestMessage *message)
{
  guint status = GPOINTER_TO_UINT (g_hash_table_lookup (self->automatic, message->method));
  g_autofree char *tag = baton_test_message_dup_parameter (message, "To", "tag");

  if (status == 0)
    return;
  if (strcmp (message->method, "INVITE") == 0)
    {
      g_autofree char *sdp = tag != NULL ? baton_test_sdp_answer (message->body) : NULL;

      if (tag != NULL)
        baton_test_peer_reply (self, message, status, NULL, NULL, status < 300 ? sdp : NULL);
      return;
    }
  baton_test_peer_reply (self, message, status, NULL, NULL, NULL);
  if (strcmp (message->method, "CANCEL") == 0)
    {
      BatonTestMessage *invite = find_invite_to_cancel (self, message);

      if (invite != NULL)
        baton_test_peer_reply (self, invite, 487, "Request Terminated", NULL, NULL);
    }
}

/* A retransmitted request gets what was answered before; a retransmitted response is dropped.
 * Dialogs hear of it nonetheless, since a 2xx to INVITE wants its ACK again. */
static gboolean
is_retransmission (BatonTestPeer *self, BatonTestMessage *message)
{
  g_autofree char *key = transaction_key (message, message->method);
  const char *reply;

  if (!message->is_request)
    {
      g_autofree char *tag = baton_test_message_dup_parameter (message, "To", "tag");

      return !g_hash_table_add (self->responses, g_strdup_printf ("%u %s %s", message->status, key, tag));
    }
  reply = g_hash_table_lookup (self->replies, key);
  if (reply == NULL)
    {
      g_hash_table_insert (self->replies, g_steal_pointer (&key), g_strdup (""));
      return FALSE;
    }
  if (reply[0] != '\0')
    transmit (self, message->remote, message->stream, reply, strlen (reply));
  return TRUE;
}

static void
receive (BatonTestPeer *self, const char *bytes, gsize length, GSocketAddress *remote, Stream *stream)
{
  BatonTestMessage *message;
  g_autofree char *wrong = NULL;

  if (strspn (bytes, "\r\n") >= length || self->mute)
    return; /* keep-alive (RFC 5626) */
  message = baton_test_message_parse (bytes, length);
  if (message == NULL)
    baton_test_peer_fail (self, "not SIP at all: %.200s", bytes);
  message->remote = g_object_ref (remote);
  message->stream = stream;
  if (is_retransmission (self, message))
    {
      self->retransmissions++;
      message->taken = TRUE;
      if (!message->is_request && strcmp (message->method, "INVITE") == 0)
        g_signal_emit (self, signals[RECEIVED], 0, message);
      baton_test_message_free (message);
      return;
    }
  record (self, message);
  wrong = baton_test_message_check (message);
  if (wrong != NULL && !self->lenient)
    baton_test_peer_fail (self, "the last message has %s", wrong);
  g_signal_emit (self, signals[RECEIVED], 0, message);
  if (message->is_request)
    answer_automatically (self, message);
}

static gboolean
on_datagram (GSocket *socket, GIOCondition condition, gpointer data)
{
  BatonTestPeer *self = data;
  g_autoptr (GSocketAddress) remote = NULL;
  static char buffer[65536];
  gssize length = g_socket_receive_from (socket, &remote, buffer, sizeof buffer - 1, NULL, NULL);

  if (length > 0)
    {
      buffer[length] = '\0';
      receive (self, buffer, (gsize) length, remote, NULL);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_stream (GObject *pollable, gpointer data)
{
  Stream *stream = data;
  char buffer[8192];
  g_autoptr (GError) error = NULL;
  gssize length = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (pollable), buffer, sizeof buffer, NULL,
                                                            &error);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (stream->connection, NULL);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) /* TLS has read something for itself */
    return G_SOURCE_CONTINUE;
  if (length <= 0)
    return G_SOURCE_REMOVE;
  g_string_append_len (stream->input, buffer, length);
  for (;;)
    {
      const char *end;
      gsize head, body = 0;
      g_autofree char *headers = NULL, *value = NULL;

      g_string_erase (stream->input, 0, (gssize) strspn (stream->input->str, "\r\n"));
      end = strstr (stream->input->str, "\r\n\r\n");
      if (end == NULL)
        return G_SOURCE_CONTINUE;
      head = (gsize) (end + 4 - stream->input->str);
      headers = g_strndup (stream->input->str, head);
      value = baton_test_headers_get (headers, "Content-Length");
      if (value == NULL)
        value = baton_test_headers_get (headers, "l");
      if (value == NULL)
        baton_test_peer_fail (stream->peer, "no Content-Length over TCP");
      body = strtoul (value, NULL, 10);
      if (stream->input->len < head + body)
        return G_SOURCE_CONTINUE;
      g_free (headers);
      headers = g_strndup (stream->input->str, head + body);
      g_string_erase (stream->input, 0, (gssize) (head + body));
      receive (stream->peer, headers, head + body, remote, stream);
    }
}

static Stream *
add_stream (BatonTestPeer *self, GSocketConnection *connection, gboolean accepted)
{
  Stream *stream = g_new0 (Stream, 1);
  GInputStream *input;

  stream->peer = self;
  stream->connection = connection;
  stream->input = g_string_new (NULL);
  if (self->certificate != NULL)
    stream->tls = baton_test_tls_wrap (connection, self->certificate, accepted);
  input = g_io_stream_get_input_stream (stream->tls != NULL ? stream->tls : G_IO_STREAM (connection));
  stream->source = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL);
  g_source_set_callback (stream->source, G_SOURCE_FUNC (on_stream), stream, NULL);
  g_source_attach (stream->source, NULL);
  g_ptr_array_add (self->streams, stream);
  return stream;
}

static gboolean
on_connection (GSocket *listener, GIOCondition condition, gpointer data)
{
  g_autoptr (GSocket) socket = g_socket_accept (listener, NULL, NULL);

  if (socket != NULL)
    add_stream (data, g_socket_connection_factory_create_connection (socket), TRUE);
  return G_SOURCE_CONTINUE;
}

static GSocketAddress *
parse_host (BatonTestPeer *self, const char *host)
{
  g_autofree char *bare = NULL;
  const char *at = strchr (host, '@');
  char *colon;

  if (at != NULL)
    host = at + 1;
  else if (g_str_has_prefix (host, "sip:"))
    host += 4;
  bare = g_strndup (host, strcspn (host, ";>?"));
  colon = strrchr (bare, ':');
  if (colon == NULL || strchr (colon, ']') != NULL)
    baton_test_peer_fail (self, "no port in %s", host);
  *colon = '\0';
  if (bare[0] == '[')
    {
      bare[strlen (bare) - 1] = '\0';
      return g_inet_socket_address_new_from_string (bare + 1, (guint) atoi (colon + 1));
    }
  return g_inet_socket_address_new_from_string (bare, (guint) atoi (colon + 1));
}

/* The connection that exists to @remote, or a new one. Connecting needs nobody's main loop. */
static Stream *
get_stream (BatonTestPeer *self, GSocketAddress *remote)
{
  g_autofree char *name = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (remote));
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  for (guint i = 0; i < self->streams->len; i++)
    {
      Stream *stream = g_ptr_array_index (self->streams, i);
      g_autoptr (GSocketAddress) other = g_socket_connection_get_remote_address (stream->connection, NULL);
      g_autofree char *other_name
        = other != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (other)) : NULL;

      if (g_strcmp0 (name, other_name) == 0)
        return stream;
    }
  g_socket_client_set_enable_proxy (client, FALSE); /* no library of its own between us and the socket */
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (remote), NULL, &error);
  if (connection == NULL)
    baton_test_peer_fail (self, "no TCP connection to %s: %s", name, error->message);
  return add_stream (self, connection, FALSE);
}

static void
bind_sockets (BatonTestPeer *self, const char *address)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  GSocketFamily family = g_inet_address_get_family (inet);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (inet, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  guint port;

  /* UDP and TCP want the same port; the one that is free for UDP may be taken for TCP. */
  for (guint tries = 0; tries < 20; tries++)
    {
      g_autoptr (GSocketAddress) same = NULL;

      g_clear_object (&self->udp);
      g_clear_object (&self->listener);
      g_clear_object (&bound);
      self->udp = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);
      g_assert_no_error (error);
      g_socket_bind (self->udp, wanted, FALSE, &error);
      g_assert_no_error (error);
      bound = g_socket_get_local_address (self->udp, NULL);
      port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
      same = g_inet_socket_address_new (inet, (guint16) port);
      self->listener = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
      g_assert_no_error (error);
      if (g_socket_bind (self->listener, same, TRUE, NULL) && g_socket_listen (self->listener, NULL))
        break;
    }
  self->host = g_strdup_printf (family == G_SOCKET_FAMILY_IPV6 ? "[%s]:%u" : "%s:%u", address, port);
  self->uri = g_strdup_printf ("sip:%s@%s", self->user, self->host);

  self->udp_source = g_socket_create_source (self->udp, G_IO_IN, NULL);
  g_source_set_callback (self->udp_source, G_SOURCE_FUNC (on_datagram), self, NULL);
  g_source_attach (self->udp_source, NULL);
  self->listener_source = g_socket_create_source (self->listener, G_IO_IN, NULL);
  g_source_set_callback (self->listener_source, G_SOURCE_FUNC (on_connection), self, NULL);
  g_source_attach (self->listener_source, NULL);
}

static void
dump_all (void)
{
  for (GList *l = living; l != NULL; l = l->next)
    baton_test_peer_dump (l->data);
  g_clear_pointer (&living, g_list_free); /* once is enough */
}

static void
on_abort (int number)
{
  signal (number, SIG_DFL);
  dump_all ();
  raise (number);
}

static void
baton_test_peer_dispose (GObject *object)
{
  BatonTestPeer *self = BATON_TEST_PEER (object);

  living = g_list_remove (living, self);
  if (self->udp_source != NULL)
    g_source_destroy (self->udp_source);
  if (self->listener_source != NULL)
    g_source_destroy (self->listener_source);
  g_clear_pointer (&self->udp_source, g_source_unref);
  g_clear_pointer (&self->listener_source, g_source_unref);
  g_clear_pointer (&self->streams, g_ptr_array_unref);
  g_clear_object (&self->udp);
  g_clear_object (&self->listener);
  g_clear_object (&self->certificate);
  G_OBJECT_CLASS (baton_test_peer_parent_class)->dispose (object);
}

static void
baton_test_peer_finalize (GObject *object)
{
  BatonTestPeer *self = BATON_TEST_PEER (object);

  g_free (self->user);
  g_free (self->host);
  g_free (self->uri);
  g_free (self->next_tag);
  g_ptr_array_unref (self->trace);
  g_hash_table_unref (self->automatic);
  g_hash_table_unref (self->replies);
  g_hash_table_unref (self->responses);
  g_hash_table_unref (self->tags);
  G_OBJECT_CLASS (baton_test_peer_parent_class)->finalize (object);
}

static void
baton_test_peer_class_init (BatonTestPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = baton_test_peer_dispose;
  object_class->finalize = baton_test_peer_finalize;
  signals[RECEIVED] = g_signal_new ("received", BATON_TYPE_TEST_PEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_POINTER);
  signal (SIGABRT, on_abort);
  signal (SIGTRAP, on_abort); /* fatal warnings */
  signal (SIGSEGV, on_abort);
  signal (SIGTERM, on_abort); /* the test runner's time-out */
}

static void
baton_test_peer_init (BatonTestPeer *self)
{
  static const char *const automatic[] = { "BYE", "NOTIFY", "OPTIONS", "INFO", "UPDATE", "PRACK", "INVITE", "CANCEL" };

  self->streams = g_ptr_array_new_with_free_func ((GDestroyNotify) stream_free);
  self->trace = g_ptr_array_new_with_free_func ((GDestroyNotify) baton_test_message_free);
  self->automatic = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->replies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->responses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (automatic); i++)
    baton_test_peer_set_auto (self, automatic[i], 200);
  living = g_list_append (living, self);
}

BatonTestPeer *
baton_test_peer_new (const char *user, const char *address)
{
  BatonTestPeer *self = g_object_new (BATON_TYPE_TEST_PEER, NULL);

  self->user = g_strdup (user);
  bind_sockets (self, address);
  return self;
}

const char *
baton_test_peer_get_user (BatonTestPeer *self)
{
  return self->user;
}

const char *
baton_test_peer_get_host (BatonTestPeer *self)
{
  return self->host;
}

const char *
baton_test_peer_get_uri (BatonTestPeer *self)
{
  return self->uri;
}

void
baton_test_peer_set_auto (BatonTestPeer *self, const char *method, guint status)
{
  g_hash_table_replace (self->automatic, g_strdup (method), GUINT_TO_POINTER (status));
}

void
baton_test_peer_set_lenient (BatonTestPeer *self, gboolean lenient)
{
  self->lenient = lenient;
}

void
baton_test_peer_set_tcp (BatonTestPeer *self, gboolean tcp)
{
  self->tcp = tcp;
}

void
baton_test_peer_set_tls (BatonTestPeer *self, GTlsCertificate *certificate)
{
  g_set_object (&self->certificate, certificate);
  self->tcp = certificate != NULL;
}

const char *
baton_test_peer_get_transport (BatonTestPeer *self)
{
  return !self->tcp ? "udp" : self->certificate != NULL ? "tls" : "tcp";
}

void
baton_test_peer_set_mute (BatonTestPeer *self, gboolean mute)
{
  self->mute = mute;
}

void
baton_test_peer_set_local_tag (BatonTestPeer *self, const char *tag)
{
  g_free (self->next_tag);
  self->next_tag = g_strdup (tag);
}

void
baton_test_peer_send_bytes (BatonTestPeer *self, const char *host, const char *bytes, gsize length)
{
  g_autoptr (GSocketAddress) remote = parse_host (self, host);

  if (remote == NULL)
    baton_test_peer_fail (self, "no address in %s", host);
  record_sent (self, bytes, length);
  transmit (self, remote, self->tcp ? get_stream (self, remote) : NULL, bytes, length);
}

void
baton_test_peer_send (BatonTestPeer *self, const char *host, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autoptr (GString) lines = g_string_new (NULL);
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '\n' && (c == text || c[-1] != '\r'))
        g_string_append_c (lines, '\r');
      g_string_append_c (lines, *c);
    }
  baton_test_peer_send_bytes (self, host, lines->str, lines->len);
}

const char *
baton_test_peer_get_tag (BatonTestPeer *self, BatonTestMessage *request)
{
  g_autofree char *from_tag = baton_test_message_dup_parameter (request, "From", "tag");
  char *key = g_strdup_printf ("%s %s", baton_test_message_get (request, "Call-ID"), from_tag);
  char *tag = g_hash_table_lookup (self->tags, key);

  if (tag != NULL)
    g_free (key);
  else
    {
      tag = self->next_tag != NULL ? g_steal_pointer (&self->next_tag) : g_strdup_printf ("%s%08x", self->user,
                                                                                          g_random_int ());
      g_hash_table_insert (self->tags, key, tag);
    }
  return tag;
}

static const char *
default_reason (guint status)
{
  switch (status)
    {
    case 100: return "Trying";
    case 180: return "Ringing";
    case 183: return "Session Progress";
    case 200: return "OK";
    case 202: return "Accepted";
    case 302: return "Moved Temporarily";
    case 401: return "Unauthorized";
    case 481: return "Call/Transaction Does Not Exist";
    case 486: return "Busy Here";
    case 487: return "Request Terminated";
    case 488: return "Not Acceptable Here";
    case 491: return "Request Pending";
    case 503: return "Service Unavailable";
    case 603: return "Decline";
    default: return "Said So";
    }
}

void
baton_test_peer_reply (BatonTestPeer *self, BatonTestMessage *request, guint status, const char *reason,
                       const char *headers, const char *body)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *tag = baton_test_message_dup_parameter (request, "To", "tag");
  g_autofree char *to = NULL, *contact = NULL;
  const char *value;

  g_string_append_printf (text, "SIP/2.0 %u %s\r\n", status, reason != NULL ? reason : default_reason (status));
  for (guint n = 0; (value = baton_test_message_get_nth (request, "Via", n)) != NULL; n++)
    g_string_append_printf (text, "Via: %s\r\n", value);
  for (guint n = 0; (value = baton_test_message_get_nth (request, "Record-Route", n)) != NULL; n++)
    g_string_append_printf (text, "Record-Route: %s\r\n", value);
  baton_test_headers_append (text, headers, "From", baton_test_message_get (request, "From"));
  if (tag == NULL && status > 100)
    to = g_strdup_printf ("%s;tag=%s", baton_test_message_get (request, "To"), baton_test_peer_get_tag (self, request));
  else
    to = g_strdup (baton_test_message_get (request, "To"));
  baton_test_headers_append (text, headers, "To", to);
  baton_test_headers_append (text, headers, "Call-ID", baton_test_message_get (request, "Call-ID"));
  baton_test_headers_append (text, headers, "CSeq", baton_test_message_get (request, "CSeq"));
  contact = g_strdup_printf ("<%s%s>", self->uri, request->stream == NULL     ? ""
                                                  : self->certificate != NULL ? ";transport=tls"
                                                                              : ";transport=tcp");
  if (status > 100 && status < 300 && strcmp (request->method, "BYE") != 0 && strcmp (request->method, "CANCEL") != 0
      && strcmp (request->method, "REGISTER") != 0)
    baton_test_headers_append (text, headers, "Contact", contact);
  baton_test_headers_finish (text, headers, body);

  g_hash_table_replace (self->replies, transaction_key (request, request->method), g_strdup (text->str));
  record_sent (self, text->str, text->len);
  transmit (self, request->remote, request->stream, text->str, text->len);
}

static BatonTestMessage *
find (BatonTestPeer *self, const char *call_id, const char *what, gboolean opens)
{
  for (guint i = 0; i < self->trace->len; i++)
    {
      BatonTestMessage *message = g_ptr_array_index (self->trace, i);
      g_autofree char *tag = NULL;

      if (message->sent || message->taken || !baton_test_message_matches (message, what))
        continue;
      if (call_id != NULL && g_strcmp0 (call_id, baton_test_message_get (message, "Call-ID")) != 0)
        continue;
      tag = baton_test_message_dup_parameter (message, "To", "tag");
      if (opens && tag != NULL)
        continue;
      return message;
    }
  return NULL;
}

static BatonTestMessage *
expect (BatonTestPeer *self, const char *call_id, const char *what, gboolean opens, guint deadline_ms)
{
  BatonTestDeadline deadline;
  BatonTestMessage *message;

  baton_test_deadline_start (&deadline, deadline_ms);
  while ((message = find (self, call_id, what, opens)) == NULL)
    if (!baton_test_deadline_iterate (&deadline))
      baton_test_peer_fail (self, "no %s%s%s within %u ms", what, call_id != NULL ? " in the dialog " : "",
                            call_id != NULL ? call_id : "", deadline_ms);
  message->taken = TRUE;
  return message;
}

BatonTestMessage *
baton_test_peer_expect (BatonTestPeer *self, const char *what, guint deadline_ms)
{
  return expect (self, NULL, what, FALSE, deadline_ms);
}

BatonTestMessage *
baton_test_peer_expect_in (BatonTestPeer *self, const char *call_id, const char *what, guint deadline_ms)
{
  return expect (self, call_id, what, FALSE, deadline_ms);
}

BatonTestMessage *
baton_test_peer_expect_new_invite (BatonTestPeer *self, guint deadline_ms)
{
  return expect (self, NULL, "INVITE", TRUE, deadline_ms);
}

void
baton_test_peer_expect_none (BatonTestPeer *self, const char *what, guint ms)
{
  BatonTestDeadline deadline;

  baton_test_deadline_start (&deadline, ms);
  do
    if (find (self, NULL, what, FALSE) != NULL)
      baton_test_peer_fail (self, "a %s that must not be", what);
  while (baton_test_deadline_iterate (&deadline));
}

guint
baton_test_peer_count (BatonTestPeer *self, const char *call_id, const char *what)
{
  guint count = 0;

  for (guint i = 0; i < self->trace->len; i++)
    {
      BatonTestMessage *message = g_ptr_array_index (self->trace, i);

      if (!message->sent && baton_test_message_matches (message, what)
          && (call_id == NULL || g_strcmp0 (call_id, baton_test_message_get (message, "Call-ID")) == 0))
        count++;
    }
  return count;
}

guint
baton_test_peer_get_retransmissions (BatonTestPeer *self)
{
  return self->retransmissions;
}

char *
baton_test_peer_make_branch (BatonTestPeer *self)
{
  return g_strdup_printf ("z9hG4bK%s%u.%08x", self->user, ++self->branches, g_random_int ());
}

char *
baton_test_peer_make_via (BatonTestPeer *self)
{
  g_autofree char *transport = g_ascii_strup (baton_test_peer_get_transport (self), -1);

  return g_strdup_printf ("SIP/2.0/%s %s;rport", transport, self->host);
}

void
baton_test_peer_dump (BatonTestPeer *self)
{
  guint in_full = self->trace->len > 10 ? self->trace->len - 10 : 0;
  gint64 start = self->trace->len > 0 ? ((BatonTestMessage *) g_ptr_array_index (self->trace, 0))->time : 0;

  g_printerr ("\n# trace of %s (%s), %u retransmissions\n", self->user, self->host, self->retransmissions);
  for (guint i = 0; i < self->trace->len; i++)
    {
      BatonTestMessage *message = g_ptr_array_index (self->trace, i);
      const char *event = baton_test_message_get (message, "Subscription-State");

      g_printerr ("#%3u %8.1f ms %s %.*s  [%u %s] %.40s%s%.*s\n", i, (double) (message->time - start) / 1000,
                  message->sent ? "-->" : "<--", (int) strcspn (message->text, "\r\n"), message->text,
                  message->cseq, message->method, baton_test_message_get (message, "Call-ID"),
                  event != NULL ? " NOTIFY: " : "",
                  event != NULL ? (int) strcspn (message->body, "\r\n") : 0, message->body);
    }
  for (guint i = in_full; i < self->trace->len; i++)
    {
      BatonTestMessage *message = g_ptr_array_index (self->trace, i);

      g_printerr ("#\n#-- %u %s\n%.2500s\n", i, message->sent ? "sent" : "received", message->text);
    }
}

void
baton_test_peer_fail (BatonTestPeer *self, const char *format, ...)
{
  g_autofree char *text = NULL, *message = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  message = g_strdup_printf ("%s: %s", self->user, text);
  dump_all ();
  g_assertion_message (G_LOG_DOMAIN, __FILE__, __LINE__, g_test_get_path (), message);
  abort ();
}
