/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What anybody can send and the SIP stack would not survive (baton-sip-guard.h): the next good call works after each. */
#include <netdb.h>
#include <sofia-sip/su.h>

#include "wire.h"

/* @more: header lines that go first */
static GString *
request (Wire *wire, const char *method, const char *uri, const char *via, const char *more)
{
  static guint n;
  GString *text = g_string_new (NULL);

  n++;
  g_string_printf (text, "%s %s SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bKguard%u%s\r\nMax-Forwards: 70\r\n"
                         "From: <sip:alice@127.0.0.1>;tag=1\r\nTo: <%s>\r\nCall-ID: guard%u\r\nCSeq: 1 %s\r\n"
                         "Contact: <%s>\r\n%sContent-Length: 0\r\n\r\n",
                   method, uri, strstr (via, "TCP") != NULL ? "TCP" : "UDP", baton_test_peer_get_host (wire->alice), n,
                   strstr (via, "TCP") != NULL ? "" : via, wire->phone->uri, n, method,
                   baton_test_peer_get_uri (wire->alice), more);
  return text;
}

static void
send_it (Wire *wire, const GString *text)
{
  baton_test_peer_send_bytes (wire->alice, wire->phone->uri, text->str, text->len);
  baton_test_settle (20);
}

static void
end_well (Wire *wire)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->bob, NULL, &bob);

  baton_test_dialog_bye (bob);
  baton_test_wait_call (call, ENDED);
}

static void
test_long_address (Wire *wire, gconstpointer data)
{
  static const char address[] = "sip:x@[ffff:ffff:ffff:ffff:ffff:ffff::255.255.255.255]";
  g_autoptr (GString) text = request (wire, "OPTIONS", address, "", "");

  baton_test_peer_set_lenient (wire->alice, TRUE);
  send_it (wire, text);
  end_well (wire);
}

/* Refused with an answer that goes nowhere, and acknowledged all the same */
static void
test_unsendable_answer (Wire *wire, gconstpointer data)
{
  static const char *const ways[] = { ";maddr=255.255.255.255", ";maddr=::1" };

  baton_test_peer_set_lenient (wire->alice, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (GString) invite = request (wire, "INVITE", wire->phone->uri, ways[i], "Require: nonsense\r\n");
      g_autoptr (GString) ack = g_string_new (invite->str);

      g_string_replace (ack, "INVITE", "ACK", 0);
      send_it (wire, invite);
      send_it (wire, ack);
    }
  end_well (wire);
}

/* A name in a Via is no reason to ask, and wait for, a name server. */
static void
test_name_in_via (Wire *wire, gconstpointer data)
{
  g_autoptr (GString) text = request (wire, "OPTIONS", wire->phone->uri, ";maddr=localhost", "");
  su_addrinfo_t hints = { 0 }, *found = NULL;

  baton_test_peer_set_lenient (wire->alice, TRUE);
  send_it (wire, text);
  g_assert_cmpint (su_getaddrinfo ("localhost", "5060", &hints, &found), ==, EAI_NONAME);
  g_assert_cmpint (su_getaddrinfo ("127.0.0.1", "5060", &hints, &found), ==, 0);
  su_freeaddrinfo (found);
  end_well (wire);
}

/* Nobody answers, and the user hangs up: the CANCEL waits for a first answer, which is one to the CANCEL. */
static void
test_early_answer_to_cancel (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call;
  g_autofree char *headers = NULL;

  baton_test_peer_set_lenient (wire->bob, TRUE);
  call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                   baton_test_peer_get_uri (wire->bob), NULL, NULL);
  bob = baton_test_peer_take_invite (wire->bob);
  baton_call_hangup (call, NULL);
  baton_test_settle (20);
  headers = g_strdup_printf ("CSeq: %u CANCEL\n", bob->invite->cseq);
  baton_test_peer_reply (wire->bob, bob->invite, 200, "OK", headers, NULL);
  baton_test_settle (20);
  baton_test_peer_reply (wire->bob, bob->invite, 180, NULL, NULL, NULL);
  baton_test_dialog_expect (bob, "CANCEL", 3000);
  baton_test_peer_reply (wire->bob, bob->invite, 487, NULL, NULL, NULL);
  baton_test_wait_call (call, ENDED);
}

static void
test_long_lists (Wire *wire, gconstpointer data)
{
  static const char *const names[] = { "Reason", "Call-Info", "Contact", "Accept-Contact", "Require", "Record-Route" };
  const guint items[] = { 9000, 9000, 2000, 9000, 9000, 2000 };

  baton_test_peer_set_lenient (wire->alice, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GString) line = g_string_new (NULL), text = NULL;
      const char *answer;

      g_string_printf (line, "%s: ", names[i]);
      for (guint n = 0; n < items[i]; n++)
        g_string_append (line, items[i] > 2000 ? "a," : "<sip:a@127.0.0.1>,");
      g_string_append (line, items[i] > 2000 ? "a\r\n" : "<sip:b@127.0.0.1>\r\n");
      text = request (wire, "OPTIONS", wire->phone->uri, "", line->str);
      send_it (wire, text);
      answer = g_str_equal (names[i], "Require") ? "400 OPTIONS" : "200 OPTIONS";
      g_assert_cmpuint (baton_test_peer_count (wire->alice, NULL, answer), >, 0);
    }
  end_well (wire);
}

/* Each list has an end of its own. */
static void
test_two_lists (Wire *wire, gconstpointer data)
{
  g_autoptr (GString) text = request (wire, "OPTIONS", wire->phone->uri, "", "Require: a, b, c, d, e\r\nRequire: f\r\n");

  baton_test_peer_set_lenient (wire->alice, TRUE);
  send_it (wire, text);
  g_assert_cmpuint (baton_test_peer_count (wire->alice, NULL, "420 OPTIONS"), ==, 1);
  end_well (wire);
}

/* As many items as a message over a connection has room for */
static void
test_longest_list (Wire *wire, gconstpointer data)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GString) line = g_string_new ("Reason: a"), text = NULL;
  gboolean done;

  for (guint n = 0; n < 120000; n++)
    g_string_append (line, ",a");
  g_string_append (line, "\r\n");
  text = request (wire, "OPTIONS", wire->phone->uri, "TCP", line->str);
  connection = wire_pour (wire, text, &done);
  baton_test_wait (done, 3000);
  baton_test_settle (50);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  end_well (wire);
}

/* Two that are one but for their branches, the first of which is shorter than the cookie that the second has */
static void
test_short_branch (Wire *wire, gconstpointer data)
{
  g_autoptr (GString) text = request (wire, "INVITE", wire->phone->uri, "", ""), cut = g_string_new (NULL);

  baton_test_peer_set_lenient (wire->alice, TRUE);
  g_string_append (cut, text->str);
  g_string_erase (cut, strstr (cut->str, "z9hG4bK") + 1 - cut->str, strcspn (strstr (cut->str, "z9hG4bK") + 1, "\r"));
  send_it (wire, cut);
  g_assert_cmpuint (baton_test_peer_count (wire->alice, NULL, "400 INVITE"), ==, 1);
  send_it (wire, text);
  end_well (wire);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/guard/long-address", NULL, test_long_address);
  wire_add ("/guard/unsendable-answer", NULL, test_unsendable_answer);
  wire_add ("/guard/name-in-via", NULL, test_name_in_via);
  wire_add ("/guard/early-answer-to-cancel", NULL, test_early_answer_to_cancel);
  wire_add ("/guard/long-lists", NULL, test_long_lists);
  wire_add ("/guard/two-lists", NULL, test_two_lists);
  wire_add ("/guard/longest-list", NULL, test_longest_list);
  wire_add ("/guard/short-branch", NULL, test_short_branch);
  return g_test_run ();
}
