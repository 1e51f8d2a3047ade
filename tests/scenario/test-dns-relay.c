/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Host names while the name servers are there, silent, or out of reach: a call ends, the program goes on. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "baton-dns-relay.h"
#include "baton-session.h"
#include "baton-test-wait.h"

#define WAIT_MS 8000

/* "www.example. A": nothing looks into it */
static const guint8 question[] = { 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 'w', 'w', 'w', 0, 0, 1, 0, 1 };

/* Returns: (transfer full): a file with @text */
static char *
write_file (const char *text)
{
  char *path = NULL;
  int fd = g_file_open_tmp ("baton-test-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static GSocket *
bind_to (const char *address, guint port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) own = g_inet_socket_address_new_from_string (address, port);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);

  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);
  g_socket_bind (socket, own, FALSE, &error);
  g_assert_no_error (error);
  return socket;
}

static guint
port_of (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static gboolean
is_readable (GSocket *socket)
{
  return (g_socket_condition_check (socket, G_IO_IN) & G_IO_IN) != 0;
}

/* Waits as the main loop does: a source on the socket wakes it. */
static gsize
receive (GSocket *socket, guint8 *text, gsize size, GSocketAddress **from)
{
  g_autoptr (GSource) source = g_socket_create_source (socket, G_IO_IN, NULL);
  gssize length;

  g_source_set_dummy_callback (source);
  g_source_attach (source, NULL);
  baton_test_wait (is_readable (socket), WAIT_MS);
  g_source_destroy (source);
  length = g_socket_receive_from (socket, from, (char *) text, size, NULL, NULL);
  g_assert_cmpint (length, >, 0);
  return (gsize) length;
}

static void
assert_servfail (const char *upstream)
{
  g_autofree char *path = write_file (upstream);
  BatonDnsRelay *relay = baton_dns_relay_new (path, NULL);
  g_autoptr (GSocket) asker = bind_to ("127.0.0.1", 0);
  guint8 text[64];

  g_socket_send_to (asker, baton_dns_relay_get_address (relay), (const char *) question, sizeof question, NULL, NULL);
  g_assert_cmpuint (receive (asker, text, sizeof text, NULL), ==, sizeof question);
  g_assert_cmpmem (text, 2, question, 2);
  g_assert_cmphex (text[2] & 0x80, ==, 0x80);
  g_assert_cmpuint (text[3] & 0x0f, ==, 2);
  baton_dns_relay_free (relay);
  g_unlink (path);
}

static void
test_no_server (void)
{
  assert_servfail ("");
  assert_servfail ("search example.net\nnameserver\nnameserver not-an-address\n");
}

/* The broadcast address can't be connected to, like any address on a machine that is offline. */
static void
test_no_route (void)
{
  assert_servfail ("nameserver 255.255.255.255\n");
}

static void
test_refused (void)
{
  g_autoptr (GSocket) free_port = bind_to ("127.0.0.31", 0);
  g_autofree char *upstream = g_strdup_printf ("nameserver 127.0.0.32\nport %u\n", port_of (free_port));

  assert_servfail (upstream);
}

/* The question comes to @relay and goes on to @server. @from: (out): who is waited for there. Returns: its length */
static gsize
ask_through (BatonDnsRelay *relay, GSocket *asker, GSocket *server, guint8 *text, gsize size, GSocketAddress **from)
{
  g_socket_send_to (asker, baton_dns_relay_get_address (relay), (const char *) question, sizeof question, NULL, NULL);
  return receive (server, text, size, from);
}

/* The first one refuses, the second answers; what isn't the answer to the question is passed over. */
static void
test_second_server (void)
{
  g_autoptr (GSocket) server = bind_to ("127.0.0.33", 0);
  g_autofree char *upstream = g_strdup_printf ("nameserver 127.0.0.34\nnameserver 127.0.0.33\nport %u\n", port_of (server));
  g_autofree char *path = write_file (upstream);
  BatonDnsRelay *relay = baton_dns_relay_new (path, NULL);
  g_autoptr (GSocket) asker = bind_to ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) from = NULL;
  guint8 text[64];
  gsize length;

  length = ask_through (relay, asker, server, text, sizeof text, &from);
  g_assert_cmpmem (text, length, question, sizeof question);
  text[2] |= 0x80;
  text[0] ^= 1;
  g_socket_send_to (server, from, (const char *) text, length, NULL, NULL);
  text[0] ^= 1;
  text[length - 1] = 42;
  g_socket_send_to (server, from, (const char *) text, length, NULL, NULL);
  length = receive (asker, text, sizeof text, NULL);
  g_assert_cmpuint (length, ==, sizeof question);
  g_assert_cmpuint (text[0], ==, 0x12);
  g_assert_cmpuint (text[length - 1], ==, 42);
  baton_dns_relay_free (relay);
  g_unlink (path);
}

/* A name that points to itself: sofia-sip's resolver would follow it for ever. */
static void
test_endless_name (void)
{
  static const guint8 record[] = { 0xc0, sizeof question, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1 };
  g_autoptr (GSocket) server = bind_to ("127.0.0.35", 0);
  g_autofree char *upstream = g_strdup_printf ("nameserver 127.0.0.35\nport %u\n", port_of (server));
  g_autofree char *path = write_file (upstream);
  BatonDnsRelay *relay = baton_dns_relay_new (path, NULL);
  g_autoptr (GSocket) asker = bind_to ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) from = NULL;
  guint8 text[64];
  gsize length;

  length = ask_through (relay, asker, server, text, sizeof text, &from);
  text[2] |= 0x80;
  text[7] = 1;
  memcpy (text + length, record, sizeof record);
  g_socket_send_to (server, from, (const char *) text, length + sizeof record, NULL, NULL);
  g_assert_cmpuint (receive (asker, text, sizeof text, NULL), ==, sizeof question);
  g_assert_cmpuint (text[3] & 0x0f, ==, 2);
  baton_dns_relay_free (relay);
  g_unlink (path);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  baton_ua_stop_finish (BATON_UA (source), result);
  *(gboolean *) data = TRUE;
}

/* With sofia-sip's resolver left to itself the first call never returns. */
static void
test_call_while_offline (void)
{
  g_autofree char *path = write_file ("nameserver 255.255.255.255\n");
  g_autoptr (BatonTimers) timers = baton_timers_new ();
  BatonUa *ua = baton_ua_new (timers);
  g_autoptr (BatonSipIdentity) identity = baton_sip_identity_new ("sip:alice@127.0.0.1");
  g_autoptr (GError) error = NULL;
  gboolean stopped = FALSE;

  baton_ua_start (ua, &(BatonUaOptions){ .listen = "127.0.0.1:0", .t1_ms = 20, .resolv_conf = path }, &error);
  g_assert_no_error (error);
  baton_ua_add_identity (ua, identity);
  {
    g_autoptr (BatonSession) session = baton_session_new (ua, identity, "sip:bob@pbx.example");

    g_assert_true (baton_session_invite (session, "v=0\r\n", NULL, &error));
    baton_test_wait (baton_session_get_state (session) == BATON_SESSION_STATE_TERMINATED, WAIT_MS);
    g_assert_cmpuint (baton_session_get_status (session), ==, 503);
  }
  baton_ua_stop_async (ua, on_stopped, &stopped);
  baton_test_wait (stopped, WAIT_MS);
  g_object_unref (ua);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns-relay/no-server", test_no_server);
  g_test_add_func ("/dns-relay/no-route", test_no_route);
  g_test_add_func ("/dns-relay/refused", test_refused);
  g_test_add_func ("/dns-relay/endless-name", test_endless_name);
  g_test_add_func ("/dns-relay/second-server", test_second_server);
  g_test_add_func ("/dns-relay/call-while-offline", test_call_while_offline);
  return g_test_run ();
}
