/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
/* SIP over TLS: what goes there stays there, in both directions, and what strangers and wrong certificates come to. */
#include <gio/gio.h>
#include <openssl/err.h>

#include "baton-test-tls.h"
#include "wire.h"

#define STRANGERS 50

static void
set_up (Wire *wire)
{
  wire_use_tls (wire->alice);
  wire_use_tls (wire->bob);
  wire_use_tls (wire->carol);
}

static const char *
tls_host (Wire *wire)
{
  return baton_engine_get_tls_listen_address (wire->phone->engine);
}

/* @message came by a connection over TLS, says so itself, and asks to be answered there (@contact: it has one). */
static void
check_tls (Wire *wire, BatonTestMessage *message, gboolean contact)
{
  g_autofree char *own = g_strdup_printf ("<sip:baton@%s;transport=tls>", tls_host (wire));

  g_assert_nonnull (message->stream);
  g_assert_true (g_str_has_prefix (baton_test_message_get (message, "Via"), "SIP/2.0/TLS "));
  if (message->is_request)
    g_assert_nonnull (strstr (baton_test_message_get (message, "Via"), tls_host (wire)));
  if (contact)
    g_assert_cmpstr (baton_test_message_get (message, "Contact"), ==, own);
}

static void
hold_and_resume (Wire *wire, BatonCall *call, BatonTestDialog *dialog)
{
  baton_test_phone_hold (wire->phone, call, TRUE);
  check_tls (wire, baton_test_dialog_expect_reinvite (dialog, "sendonly", 3000), TRUE);
  check_tls (wire, baton_test_dialog_expect (dialog, "ACK", 3000), FALSE);
  baton_test_phone_hold (wire->phone, call, FALSE);
  check_tls (wire, baton_test_dialog_expect_reinvite (dialog, "sendrecv", 3000), TRUE);
}

static void
check_transport (BatonCall *call)
{
  g_autofree char *transport = wire_dup_string (baton_call_get_session (call), "transport");

  g_assert_cmpstr (transport, ==, "tls");
  g_assert_true (baton_session_is_private (baton_call_get_session (call)));
}

static void
test_placed (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call;

  set_up (wire);
  call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  check_tls (wire, bob->invite, TRUE);
  check_transport (call);
  hold_and_resume (wire, call, bob);
  baton_call_hangup (call, NULL);
  check_tls (wire, baton_test_dialog_expect (bob, "BYE", 3000), FALSE);
}

static void
test_taken (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  g_autofree char *sdp = baton_test_sdp ("sendonly");
  g_autofree char *own = NULL;
  BatonCall *call;

  set_up (wire);
  own = g_strdup_printf ("sip:baton@%s;transport=tls", tls_host (wire));
  call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_assert_cmpstr (alice->target, ==, own); /* the Contact of the answer */
  check_transport (call);
  g_assert_false (baton_call_get_remote_verified (call)); /* nobody was asked for a certificate */
  hold_and_resume (wire, call, alice);
  baton_test_dialog_send (alice, "INVITE", NULL, sdp);
  check_tls (wire, baton_test_dialog_expect (alice, "200 INVITE", 3000), TRUE);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_REMOTE, 3000);
  baton_call_hangup (call, NULL);
  check_tls (wire, baton_test_dialog_expect (alice, "BYE", 3000), FALSE);
}

/* RFC 3261 §8.1.1.8 and §12.1.1: who is called by sips is told a sips Contact. */
static void
test_sips (Wire *wire, gconstpointer data)
{
  g_autofree char *uri = NULL, *own = NULL, *contact = NULL, *back = NULL;
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonTestDialog *alice, *bob;
  BatonTestMessage *answer;
  GError *error = NULL;

  set_up (wire);
  uri = g_strdup_printf ("sips:bob@%s", baton_test_peer_get_host (wire->bob));
  own = g_strdup_printf ("<sips:baton@%s>", tls_host (wire));
  contact = g_strdup_printf ("Contact: <%s>\n", uri);
  baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account, uri, NULL, &error);
  g_assert_no_error (error);
  bob = baton_test_peer_take_invite (wire->bob);
  g_assert_cmpstr (bob->invite->uri, ==, uri);
  g_assert_cmpstr (baton_test_message_get (bob->invite, "Contact"), ==, own);
  baton_test_dialog_reply (bob, 200, contact, sdp);
  g_assert_nonnull (baton_test_dialog_expect (bob, "ACK", 3000)->stream);
  baton_test_dialog_bye (bob);

  back = g_strdup_printf ("sips:baton@%s", tls_host (wire));
  alice = baton_test_dialog_new (wire->alice, back, NULL);
  baton_test_dialog_send (alice, "INVITE", NULL, sdp);
  answer = baton_test_dialog_expect (alice, "180 INVITE", 3000);
  g_assert_cmpstr (baton_test_message_get (answer, "Contact"), ==, own);
  baton_call_answer (baton_test_phone_get_call (wire->phone), NULL);
  answer = baton_test_dialog_expect (alice, "200 INVITE", 3000);
  g_assert_cmpstr (baton_test_message_get (answer, "Contact"), ==, own);

  /* Her From is a sip URI, as usual: the call is a sips one all the same, and nobody is taken out of it unasked */
  baton_test_dialog_sendf (alice, "REFER", "Refer-To: <sip:carol@127.0.0.1:9>\n");
  baton_test_wait (wire->phone->transfers->len == 1, 3000);
  g_assert_true (wire_get_boolean (baton_test_phone_get_transfer (wire->phone), "loses-encryption"));
  g_assert_true (baton_transfer_get_waits_for_user (baton_test_phone_get_transfer (wire->phone)));
}

/* Baton transfers Bob to Carol. */
static void
test_transfer_sent (Wire *wire, gconstpointer data)
{
  g_autofree char *target = NULL, *expected = NULL;
  BatonTestMessage *refer;
  BatonTransfer *transfer;
  BatonTestDialog *bob;
  BatonCall *call;

  set_up (wire);
  target = g_strdup_printf ("%s;transport=tls", baton_test_peer_get_uri (wire->carol));
  expected = g_strdup_printf ("<%s>", target);
  call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  refer = wire_transfer (wire, call, bob, target, NULL, &transfer);
  check_tls (wire, refer, TRUE);
  g_assert_cmpstr (baton_test_message_get (refer, "Refer-To"), ==, expected);
  wire_accept_refer (bob, refer);
  baton_test_dialog_notify (bob, "refer", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  baton_test_wait_transfer (transfer, TRANSFERRED);
  baton_test_phone_advance (wire->phone, 1000);
  check_tls (wire, baton_test_dialog_expect (bob, "BYE", 3000), FALSE);
}

/* Alice transfers Baton to Carol. */
static void
test_transfer_received (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;
  BatonTestMessage *answer;

  set_up (wire);
  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  answer = baton_test_dialog_refer (alice, "Refer-To: <%s;transport=tls>\n", baton_test_peer_get_uri (wire->carol));
  g_assert_cmpuint (answer->status, ==, 202);
  check_tls (wire, answer, TRUE);
  check_tls (wire, baton_test_dialog_expect_notify (alice, 100, 3000), TRUE);
  carol = baton_test_peer_take_call (wire->carol);
  check_tls (wire, carol->invite, TRUE);
  check_tls (wire, baton_test_dialog_expect_notify (alice, 200, 3000), TRUE);
  baton_test_dialog_bye (alice);
  baton_test_dialog_bye (carol);
}

/* The hop was encrypted, no more was promised: a target without TLS is followed like any other, and needs no question. */
static void
test_transfer_to_plain (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;

  wire_use_tls (wire->alice);
  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_assert_cmpuint (baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol))->status, ==, 202);
  carol = baton_test_peer_take_call (wire->carol);
  g_assert_null (carol->invite->stream);
  check_tls (wire, baton_test_dialog_expect_notify (alice, 200, 3000), TRUE);
  g_assert_false (wire_get_boolean (baton_test_phone_get_transfer (wire->phone), "loses-encryption"));
  baton_test_dialog_bye (alice);
  baton_test_dialog_bye (carol);
}

/* Ourselves by the other port are ourselves. */
static void
test_own_address (Wire *wire, gconstpointer data)
{
  const char *const forms[] = { "sip:x@%s;transport=tls", "sips:x@%s", "sip:x@%s;transport=TLS;foo" };
  BatonTestDialog *alice;

  set_up (wire);
  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_auto (GStrv) halves = g_strsplit (forms[i], "%s", 2);

      g_assert_cmpuint (baton_test_dialog_refer (alice, "Refer-To: <%s%s%s>\n", halves[0], tls_host (wire), halves[1])->status,
                        ==, 482);
    }
  g_assert_cmpuint (wire->phone->calls->len, ==, 1);
}

/* Returns: the call to @uri, which has ended with @status and a sentence that has @words in it */
static void
check_fails (Wire *wire, const char *uri, guint status, const char *words)
{
  GError *error = NULL;
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account, uri, NULL,
                                              &error);

  g_assert_no_error (error);
  baton_test_wait_call (call, ENDED);
  g_assert_cmpuint (baton_call_get_status (call), ==, status);
  g_assert_true (wire_get_boolean (call, "own-reason"));
  g_test_message ("%s", baton_call_get_reason (call));
  g_assert_nonnull (strstr (baton_call_get_reason (call), words));
}

/* Nobody hears of a call whose other end is not who was called; the user hears why, and at once. */
static void
test_certificates (Wire *wire, gconstpointer data)
{
  g_autoptr (GTlsCertificate) untrusted = baton_test_tls_load ("untrusted", "127.0.0.1");
  g_autoptr (GTlsCertificate) other = baton_test_tls_load ("other", "bob.example.net");
  g_autofree char *uri = g_strdup_printf ("%s;transport=tls", baton_test_peer_get_uri (wire->bob));
  const char *port = strrchr (baton_test_peer_get_host (wire->bob), ':');
  g_autofree char *named = g_strdup_printf ("sip:bob@bob.example.net%s;maddr=127.0.0.1;transport=tls", port);

  check_fails (wire, "sip:bob@127.0.0.1:1;transport=tls", 503, "127.0.0.1 can't be reached over TLS");
  baton_test_peer_set_tls (wire->bob, untrusted);
  check_fails (wire, uri, 503, "127.0.0.1 shows a certificate that this computer does not trust");
  baton_test_peer_set_tls (wire->bob, other);
  check_fails (wire, uri, 503, "127.0.0.1 shows a certificate for another name");
  g_assert_cmpuint (baton_test_peer_count (wire->bob, NULL, "INVITE"), ==, 0);
  baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account, named, NULL, NULL);
  baton_test_peer_take_call (wire->bob); /* by the name that the certificate has */
  wire_use_tls (wire->bob);
  baton_test_phone_call (wire->phone, wire->bob, NULL);
}

/* A connection that is there is only for whom it was checked for, wherever it leads. */
static void
test_other_name (Wire *wire, gconstpointer data)
{
  g_autoptr (GTlsCertificate) other = baton_test_tls_load ("other", "bob.example.net");
  const char *port = strrchr (baton_test_peer_get_host (wire->bob), ':');
  g_autofree char *named = g_strdup_printf ("sip:bob@bob.example.net%s;maddr=127.0.0.1;transport=tls", port);
  g_autofree char *bank = g_strdup_printf ("sip:bob@bank.example.net%s;maddr=127.0.0.1;transport=tls", port);

  baton_test_peer_set_tls (wire->bob, other);
  baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account, named, NULL, NULL);
  baton_test_peer_take_call (wire->bob);
  check_fails (wire, bank, 503, "bank.example.net shows a certificate for another name");
  g_assert_cmpuint (baton_test_peer_count (wire->bob, NULL, "INVITE"), ==, 1);
}

/* A server with several certificates is told which name is called (RFC 6066 §3). */
static void
test_hello (Wire *wire, gconstpointer data)
{
  g_autoptr (GSocket) listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autofree char *uri = NULL;
  char hello[2048];
  gssize length;

  g_assert_true (g_socket_bind (listener, wanted, FALSE, NULL) && g_socket_listen (listener, NULL));
  bound = g_socket_get_local_address (listener, NULL);
  uri = g_strdup_printf ("sip:bob@bob.example.net:%u;maddr=127.0.0.1;transport=tls",
                         g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account, uri, NULL, NULL);
  baton_test_wait (g_socket_condition_check (listener, G_IO_IN), 3000);
  socket = g_socket_accept (listener, NULL, NULL);
  baton_test_wait (g_socket_condition_check (socket, G_IO_IN), 3000);
  length = g_socket_receive (socket, hello, sizeof hello, NULL, NULL);
  g_assert_cmpint (length, >, 0);
  g_assert_nonnull (memmem (hello, (gsize) length, "bob.example.net", strlen ("bob.example.net")));
}

/* A phone without TLS waits for the end of a line that never comes: no call hangs for that. */
static void
test_silent (Wire *wire, gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("%s;transport=tls", baton_test_peer_get_uri (wire->bob));
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account, uri, NULL,
                                              NULL);

  baton_test_wait_call (call, ENDED);
  g_assert_cmpuint (baton_call_get_status (call), ==, 408);
}

/* The certificate for another name is one that we trust otherwise. */
static void
trust_others (BatonEngineOptions *options)
{
  static char *path;
  g_autofree char *ours = NULL, *others = NULL, *both = NULL;

  baton_test_phone_use_tls (options);
  g_file_get_contents (options->tls_ca, &ours, NULL, NULL);
  g_file_get_contents (baton_test_tls_make ("other", "bob.example.net"), &others, NULL, NULL);
  both = g_strconcat (ours, others, NULL);
  path = (char *) baton_test_tls_make ("both", "unused.example.net"); /* a place that is removed */
  g_assert_true (g_file_set_contents (path, both, -1, NULL));
  options->tls_ca = path;
}

static void
test_without (Wire *wire, gconstpointer data)
{
  check_fails (wire, "sip:bob@127.0.0.1:5061;transport=tls", 503, "No transport: this phone has no address and certificate");
  check_fails (wire, "sips:bob@127.0.0.1:5061", 416, "No transport: this phone has no address and certificate");
}

/* ---- strangers ---- */

static GSocketConnection *
connect_to (Wire *wire)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, tls_host (wire), 0, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static void
say (Wire *wire, const void *bytes, gsize length)
{
  g_autoptr (GSocketConnection) connection = connect_to (wire);

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), bytes, length, NULL, NULL, NULL);
  baton_test_settle (2);
}

/* Who came to us was asked for no certificate: no call goes to them because they come from there. */
static void
test_inbound (Wire *wire, gconstpointer data)
{
  g_autoptr (GTlsCertificate) certificate = baton_test_tls_load ("trusted", "127.0.0.1");
  g_autoptr (GSocketConnection) connection = connect_to (wire);
  g_autoptr (GIOStream) tls = baton_test_tls_wrap (connection, certificate, FALSE);
  g_autoptr (GSocketAddress) from = g_socket_connection_get_local_address (connection, NULL);
  g_autofree char *uri = g_strdup_printf ("sip:victim@127.0.0.1:%u;transport=tls",
                                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from)));
  char said[100];

  check_fails (wire, uri, 503, "127.0.0.1 can't be reached over TLS");
  /* nothing but the tickets of TLS itself */
  g_assert_cmpint (g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (tls)), said,
                                                             sizeof said, NULL, NULL), <, 0);
}

/* What one says is nobody else's trouble: the call of others goes on over the connection that it has. */
static void
test_strangers (Wire *wire, gconstpointer data)
{
  static const char plain[] = "OPTIONS sip:x@y SIP/2.0\r\nVia: SIP/2.0/TLS 192.0.2.1\r\n\r\n";
  static const guint8 hello[] = { 22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3 };
  guint8 noise[300];
  g_autoptr (GPtrArray) silent = g_ptr_array_new_with_free_func (g_object_unref);
  BatonTestDialog *alice;
  BatonCall *call;

  set_up (wire);
  call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  for (guint i = 0; i < 5; i++)
    {
      for (guint j = 0; j < sizeof noise; j++)
        noise[j] = (guint8) g_test_rand_int_range (0, 256);
      say (wire, plain, sizeof plain - 1);
      say (wire, noise, sizeof noise);
      say (wire, hello, sizeof hello);
      say (wire, "", 0);
      /* What OpenSSL has to say about them would be taken for the end of the next connection that has half a record. */
      g_assert_cmpuint (ERR_peek_error (), ==, 0);
      hold_and_resume (wire, call, alice);
    }
  while (silent->len < STRANGERS)
    g_ptr_array_add (silent, connect_to (wire));
  baton_test_settle (20);
  hold_and_resume (wire, call, alice);
  baton_test_phone_call (wire->phone, wire->bob, NULL);
  baton_test_dialog_bye (alice);
  baton_test_wait_call (call, ENDED);
}

/* So many who come, are heard and go leave nothing behind (LeakSanitizer counts what is left), and no file stays open. */
static void
test_come_and_go (Wire *wire, gconstpointer data)
{
  g_autoptr (GTlsCertificate) certificate = baton_test_tls_load ("trusted", "127.0.0.1");
  g_autoptr (GDir) before = g_dir_open ("/proc/self/fd", 0, NULL), after = NULL;
  int n = 0;

  while (g_dir_read_name (before) != NULL)
    n++;
  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (GSocketConnection) connection = connect_to (wire);
      g_autoptr (GIOStream) tls = baton_test_tls_wrap (connection, certificate, FALSE);

      g_io_stream_close (tls, NULL, NULL);
    }
  baton_test_settle (50);
  after = g_dir_open ("/proc/self/fd", 0, NULL);
  while (g_dir_read_name (after) != NULL)
    n--;
  g_assert_cmpint (n, >=, -8); /* GIO's own threads come and go */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/tls/placed", baton_test_phone_use_tls, test_placed);
  wire_add ("/tls/taken", baton_test_phone_use_tls, test_taken);
  wire_add ("/tls/sips", baton_test_phone_use_tls, test_sips);
  wire_add ("/tls/transfer-sent", baton_test_phone_use_tls, test_transfer_sent);
  wire_add ("/tls/transfer-received", baton_test_phone_use_tls, test_transfer_received);
  wire_add ("/tls/transfer-to-plain", baton_test_phone_use_tls, test_transfer_to_plain);
  wire_add ("/tls/own-address", baton_test_phone_use_tls, test_own_address);
  wire_add ("/tls/certificates", trust_others, test_certificates);
  wire_add ("/tls/other-name", trust_others, test_other_name);
  wire_add ("/tls/inbound", baton_test_phone_use_tls, test_inbound);
  wire_add ("/tls/hello", baton_test_phone_use_tls, test_hello);
  wire_add ("/tls/silent", baton_test_phone_use_tls, test_silent);
  wire_add ("/tls/without", NULL, test_without);
  wire_add ("/tls/strangers", baton_test_phone_use_tls, test_strangers);
  wire_add ("/tls/come-and-go", baton_test_phone_use_tls, test_come_and_go);
  return g_test_run ();
}
