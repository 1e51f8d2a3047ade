/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire.h"

#include "baton-test-tls.h"

void
wire_set_up (Wire *wire, gconstpointer tweak)
{
  wire->phone = baton_test_phone_new ((BatonTestTweak) tweak);
  wire->alice = baton_test_peer_new ("alice", "127.0.0.1");
  wire->bob = baton_test_peer_new ("bob", "127.0.0.1");
  wire->carol = baton_test_peer_new ("carol", "127.0.0.1");
}

void
wire_tear_down (Wire *wire, gconstpointer tweak)
{
  baton_test_phone_free (wire->phone);
  g_assert_finalize_object (wire->alice);
  g_assert_finalize_object (wire->bob);
  g_assert_finalize_object (wire->carol);
}

void
wire_add (const char *path, BatonTestTweak tweak, void (*test) (Wire *wire, gconstpointer data))
{
  g_test_add (path, Wire, (gconstpointer) tweak, wire_set_up, test, wire_tear_down);
}

static void
skip (gconstpointer why)
{
  g_test_skip (why);
}

void
wire_add_open (const char *path, const char *why, BatonTestTweak tweak, void (*test) (Wire *wire, gconstpointer data))
{
  if (g_getenv ("BATON_WIRE_OPEN") != NULL)
    wire_add (path, tweak, test);
  else
    g_test_add_data_func (path, why, skip);
}

void
wire_use_tls (BatonTestPeer *peer)
{
  g_autoptr (GTlsCertificate) certificate = baton_test_tls_load ("trusted", "127.0.0.1");

  baton_test_peer_set_tls (peer, certificate);
}

void
wire_ask (BatonEngineOptions *options)
{
  options->refer = BATON_REFER_POLICY_ASK;
}

void
wire_reject (BatonEngineOptions *options)
{
  options->refer = BATON_REFER_POLICY_REJECT;
}

BatonTestMessage *
wire_transfer (Wire *wire, BatonCall *call, BatonTestDialog *dialog, const char *target,
               const BatonReferOptions *options, BatonTransfer **transfer)
{
  GError *error = NULL;
  BatonTransfer *sent = baton_engine_transfer (wire->phone->engine, call, target, options, &error);
  BatonTestMessage *hold, *refer;

  g_assert_no_error (error);
  hold = baton_test_dialog_expect_reinvite (dialog, "sendonly", 3000);
  refer = baton_test_dialog_expect (dialog, "REFER", 3000);
  g_assert_cmpuint (hold->index, <, refer->index);
  if (transfer != NULL)
    *transfer = sent;
  return refer;
}

void
wire_accept_refer (BatonTestDialog *dialog, BatonTestMessage *refer)
{
  baton_test_peer_reply (dialog->peer, refer, 202, "Accepted", NULL, NULL);
  g_assert_cmpuint (baton_test_dialog_notify (dialog, "refer", "active;expires=60", "SIP/2.0 100 Trying\r\n")->status,
                    ==, 200);
}

void
wire_expect_resumed (BatonTestDialog *dialog, BatonCall *call, BatonTransfer *transfer)
{
  baton_test_wait_transfer (transfer, FAILED);
  baton_test_dialog_expect_reinvite (dialog, "sendrecv", 3000);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_NONE, 3000);
  baton_test_wait (baton_transfer_get_resumed (transfer), 3000);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (baton_test_dialog_count (dialog, "BYE"), ==, 0);
}

void
wire_check_untouched (BatonCall *call, BatonTestDialog *dialog)
{
  baton_test_settle (30);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (baton_test_dialog_count (dialog, "BYE"), ==, 0);
  g_assert_cmpint (baton_media_get_state (baton_call_get_media (call)), ==, BATON_MEDIA_STATE_STARTED);
}

guint
wire_get_uint (gpointer object, const char *property)
{
  guint value;

  g_object_get (object, property, &value, NULL);
  return value;
}

int
wire_get_enum (gpointer object, const char *property)
{
  int value;

  g_object_get (object, property, &value, NULL);
  return value;
}

char *
wire_dup_string (gpointer object, const char *property)
{
  char *value;

  g_object_get (object, property, &value, NULL);
  return value;
}

gboolean
wire_get_boolean (gpointer object, const char *property)
{
  gboolean value;

  g_object_get (object, property, &value, NULL);
  return value;
}

static void
on_poured (GObject *stream, GAsyncResult *result, gpointer done)
{
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result, NULL, NULL);
  *(gboolean *) done = TRUE;
}

GSocketConnection *
wire_pour (Wire *wire, const GString *text, gboolean *done)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, baton_engine_get_listen_address (wire->phone->engine), 0, NULL, NULL);
  g_assert_nonnull (connection);
  *done = FALSE;
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text->str, text->len,
                                   G_PRIORITY_DEFAULT, NULL, on_poured, done);
  return connection;
}
