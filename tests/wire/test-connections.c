/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes over a connection, in pieces of any size. */
#include "wire.h"

static void
append_options (GString *text, Wire *wire, const char *call_id)
{
  g_autofree char *via = baton_test_peer_make_via (wire->bob), *branch = baton_test_peer_make_branch (wire->bob);
  const char *us = baton_test_peer_get_uri (wire->bob);

  g_string_append_printf (text, "OPTIONS %s SIP/2.0\nVia: %s;branch=%s\nMax-Forwards: 70\nFrom: <%s>;tag=x\nTo: <%s>\nCall-ID: %s\n"
                          "CSeq: 1 OPTIONS\nContact: <%s>\nContent-Length: 0\n\n",
                          wire->phone->uri, via, branch, us, wire->phone->uri, call_id, us);
}

/* Blank lines keep a connection alive (RFC 5626 §3.5.1); with a message behind them in one piece that is read, and the next. */
static void
test_blank_lines (Wire *wire, gconstpointer data)
{
  const char *host = baton_engine_get_listen_address (wire->phone->engine);
  static const char *const ids[] = { "blank-1", "blank-2", "blank-3", "blank-4" };
  g_autoptr (GString) text = g_string_new ("\n");

  append_options (text, wire, "blank-udp");
  baton_test_peer_send (wire->bob, host, "%s", text->str);
  baton_test_peer_expect_in (wire->bob, "blank-udp", "200 OPTIONS", 3000);

  baton_test_peer_set_tcp (wire->bob, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i += 2)
    {
      g_string_assign (text, "\n\n");
      append_options (text, wire, ids[i]);
      g_string_append (text, "\n\n\n");
      append_options (text, wire, ids[i + 1]);
      g_string_append (text, "\n");
      baton_test_peer_send (wire->bob, host, "%s", text->str);
      baton_test_peer_expect_in (wire->bob, ids[i], "200 OPTIONS", 3000);
      baton_test_peer_expect_in (wire->bob, ids[i + 1], "200 OPTIONS", 3000);
    }
}

/* The stack gives a request 64·T1: with the tests' own T1 a busy machine would not be done with the flood before that. */
static void
take_time (BatonEngineOptions *options)
{
  options->t1_ms = 0;
}

/* A stranger says as much as goes into a connection, and reads no answer: calls go on meanwhile, without a wait. */
static void
test_flood (Wire *wire, gconstpointer data)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GString) flood = g_string_new (NULL);
  gboolean done;
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);

  for (guint i = 0; i < 12000; i++)
    g_string_append_printf (flood, "OPTIONS sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKflood%u\r\n"
                            "From: <sip:x@127.0.0.1>;tag=x\r\nTo: <sip:x@127.0.0.1>\r\nCall-ID: flood%u\r\nCSeq: 1 OPTIONS\r\n"
                            "Content-Length: 0\r\n\r\n", i, i);
  connection = wire_pour (wire, flood, &done);
  for (guint i = 0; i < 3; i++)
    {
      baton_test_phone_hold (wire->phone, call, TRUE);
      baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
      baton_test_phone_hold (wire->phone, call, FALSE);
      baton_test_dialog_expect_reinvite (bob, "sendrecv", 3000);
    }
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  baton_test_wait (done, 3000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/connections/blank-lines", NULL, test_blank_lines);
  wire_add ("/connections/flood", take_time, test_flood);
  return g_test_run ();
}
