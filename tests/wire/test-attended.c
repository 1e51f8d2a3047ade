/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baton connects Bob with Carol after it has talked to both (refer.md §2.3, §2.4). */
#include "wire.h"

typedef struct
{
  BatonCall *call, *consultation;
  BatonTestDialog *bob, *carol;
  BatonTransfer *transfer;
  BatonTestMessage *refer;
} Story;

/* Undoes one level of percent escapes, the way the referee does. */
static char *
unescape_replaces (const char *refer_to)
{
  const char *start = strstr (refer_to, "Replaces=");

  g_assert_nonnull (start);
  start += strlen ("Replaces=");
  return g_uri_unescape_segment (start, start + strcspn (start, "&>"), NULL);
}

static void
check_refer (Story *story)
{
  const char *refer_to = baton_test_message_get (story->refer, "Refer-To");
  g_autofree char *replaces = unescape_replaces (refer_to);
  g_autofree char *expected = g_strdup_printf ("%s;to-tag=%s;from-tag=%s", story->carol->call_id,
                                               story->carol->local_tag,
                                               story->carol->remote_tag);
  g_autofree char *expected_swapped = g_strdup_printf ("%s;from-tag=%s;to-tag=%s", story->carol->call_id,
                                                       story->carol->remote_tag, story->carol->local_tag);
  g_autofree char *target = g_strdup_printf ("<%s?", baton_test_peer_get_uri (story->carol->peer));
  const char *headers = strchr (refer_to, '?');

  g_assert_cmpuint (baton_test_message_count (story->refer, "Refer-To"), ==, 1);
  g_assert_nonnull (strstr (refer_to, target)); /* Carol's Contact, not somebody's address of record */
  g_assert_true (g_str_has_suffix (refer_to, ">"));
  if (!g_str_equal (replaces, expected))
    g_assert_cmpstr (replaces, ==, expected_swapped);
  /* what a URI header must not have unescaped (RFC 3261 §25.1 hvalue) */
  g_assert_cmpuint (strcspn (headers + 1, "@;,<\""), ==, strlen (headers + 1));
}

static void
transfer (Wire *wire, Story *story)
{
  g_autoptr (GError) error = NULL;

  story->transfer = baton_engine_transfer_attended (wire->phone->engine, story->call, story->consultation, NULL,
                                                    &error);
  g_assert_no_error (error);
  story->refer = baton_test_dialog_expect (story->bob, "REFER", 3000);
  check_refer (story);
}

/* Bob says that it worked; Baton ends its call with Bob, and Carol ends hers. */
static void
finish (Wire *wire, Story *story)
{
  wire_accept_refer (story->bob, story->refer);
  baton_test_drain ();
  g_assert_cmpuint (baton_test_dialog_count (story->carol, "BYE"), ==, 0);
  baton_test_dialog_bye (story->carol);
  baton_test_wait_call (story->consultation, ENDED);
  baton_test_dialog_notify (story->bob, "refer", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  baton_test_phone_advance (wire->phone, 1000);
  baton_test_dialog_expect (story->bob, "BYE", 3000);
  baton_test_wait_transfer (story->transfer, TRANSFERRED);
  baton_test_wait_call (story->call, ENDED);
}

static void
test_caller_caller (Wire *wire, gconstpointer data)
{
  Story story = { 0 };

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.consultation = baton_test_phone_call (wire->phone, wire->carol, &story.carol);
  transfer (wire, &story);
  finish (wire, &story);
}

static void
test_caller_callee (Wire *wire, gconstpointer data)
{
  Story story = { 0 };

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.consultation = baton_test_phone_take (wire->phone, wire->carol, "Supported: replaces\n", &story.carol);
  transfer (wire, &story);
  finish (wire, &story);
}

static void
test_callee_caller (Wire *wire, gconstpointer data)
{
  Story story = { 0 };

  story.call = baton_test_phone_take (wire->phone, wire->bob, NULL, &story.bob);
  story.consultation = baton_test_phone_call (wire->phone, wire->carol, &story.carol);
  transfer (wire, &story);
  finish (wire, &story);
}

static void
test_callee_callee (Wire *wire, gconstpointer data)
{
  Story story = { 0 };

  story.call = baton_test_phone_take (wire->phone, wire->bob, NULL, &story.bob);
  story.consultation = baton_test_phone_take (wire->phone, wire->carol, "Supported: replaces\n", &story.carol);
  transfer (wire, &story);
  finish (wire, &story);
}

/* A comma in the user part is the end of a header's value where there are no <> around it (RFC 3261 §20.10). */
static void
test_comma (Wire *wire, gconstpointer data)
{
  Story story = { 0 };
  const char *host = baton_test_peer_get_host (wire->carol);
  g_autofree char *contact = g_strdup_printf ("Contact: <sip:carol,desk@%s>\n", host);
  g_autofree char *wanted = g_strdup_printf ("<sip:carol,desk@%s?Replaces=", host);
  g_autofree char *sdp = NULL;
  g_autoptr (GError) error = NULL;

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.consultation = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                                 baton_test_peer_get_uri (wire->carol), NULL, &error);
  g_assert_no_error (error);
  story.carol = baton_test_peer_take_invite (wire->carol);
  sdp = baton_test_sdp_answer (story.carol->invite->body);
  baton_test_dialog_reply (story.carol, 200, contact, sdp);
  baton_test_wait_call (story.consultation, ESTABLISHED);
  story.transfer = baton_engine_transfer_attended (wire->phone->engine, story.call, story.consultation, NULL, &error);
  g_assert_no_error (error);
  story.refer = baton_test_dialog_expect (story.bob, "REFER", 3000);
  g_assert_true (g_str_has_prefix (baton_test_message_get (story.refer, "Refer-To"), wanted));
  finish (wire, &story);
}

/* Call-IDs and tags with everything that RFC 3261's grammar allows: escaped once, and only once. */
static void
test_odd_ids (Wire *wire, gconstpointer data)
{
  static const struct
  {
    const char *call_id, *tag;
  } rows[] = {
    { "a%40b+c@host.example", "1+2" },
    { "{odd}[id]~'`*!.-_\\\"?/:<x>()", "%2B+*" },
    { "100%@100%25", "a.b-c!d%e*f_g+h`i'j~k" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Story story = { 0 };
      g_autofree char *sdp = baton_test_sdp ("sendrecv");

      g_test_message ("%s %s", rows[i].call_id, rows[i].tag);
      story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
      story.carol = baton_test_dialog_new (wire->carol, wire->phone->uri, rows[i].call_id);
      g_free (story.carol->local_tag);
      story.carol->local_tag = g_strdup (rows[i].tag);
      baton_test_dialog_send (story.carol, "INVITE", "Supported: replaces\n", sdp);
      baton_test_wait (baton_test_phone_count_calls (wire->phone) == 2, 3000);
      story.consultation = baton_test_phone_get_call (wire->phone);
      baton_call_answer (story.consultation, NULL);
      baton_test_dialog_expect (story.carol, "200 INVITE", 3000);
      baton_test_wait_call (story.consultation, ESTABLISHED);
      transfer (wire, &story);
      finish (wire, &story);
    }
}

/* The target's Contact is what counts, URI parameters included, not what was dialled. */
static void
test_contact (Wire *wire, gconstpointer data)
{
  Story story = { 0 };
  g_autofree char *headers = NULL, *sdp = NULL;
  BatonCall *call;

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                   baton_test_peer_get_uri (wire->carol), NULL, NULL);
  story.carol = baton_test_peer_take_invite (wire->carol);
  headers = g_strdup_printf ("Contact: \"desk\" <sip:line-2@%s;ob;x=%%3B>;q=0.5\nSupported: replaces\n",
                             baton_test_peer_get_host (wire->carol));
  sdp = baton_test_sdp ("sendrecv");
  baton_test_dialog_reply (story.carol, 200, headers, sdp);
  baton_test_wait_call (call, ESTABLISHED);
  baton_engine_transfer_attended (wire->phone->engine, story.call, call, NULL, NULL);
  story.refer = baton_test_dialog_expect (story.bob, "REFER", 3000);
  g_assert_nonnull (strstr (baton_test_message_get (story.refer, "Refer-To"), "<sip:line-2@"));
  g_assert_nonnull (strstr (baton_test_message_get (story.refer, "Refer-To"), ";ob;x=%3B?"));
}

/*
 * A browser's Contact: a host that is none, reached by the route alone, with every URI parameter (§7).
 * To Bob it would be of no use: he is given the address of record.
 */
static void
test_invalid_host (Wire *wire, gconstpointer data)
{
  Story story = { 0 };
  BatonTestMessage *ack;
  g_autofree char *aor = NULL;
  g_autofree char *headers
    = g_strdup_printf ("Contact: <sip:q1w2@df7jal23ls0d.invalid;transport=ws;ob>\nSupported: replaces\n"
                       "Record-Route: <sip:%s;lr>\n", baton_test_peer_get_host (wire->carol));
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.consultation = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                                 baton_test_peer_get_uri (wire->carol), NULL, NULL);
  story.carol = baton_test_peer_take_invite (wire->carol);
  baton_test_dialog_reply (story.carol, 200, headers, sdp);
  ack = baton_test_dialog_expect (story.carol, "ACK", 3000);
  g_assert_cmpstr (ack->uri, ==, "sip:q1w2@df7jal23ls0d.invalid;transport=ws;ob");
  g_assert_cmpuint (baton_test_message_count (ack, "Route"), ==, 1);
  baton_test_wait_call (story.consultation, ESTABLISHED);
  story.transfer = baton_engine_transfer_attended (wire->phone->engine, story.call, story.consultation, NULL, NULL);
  story.refer = baton_test_dialog_expect (story.bob, "REFER", 3000);
  aor = g_strdup_printf ("<%s?", baton_test_peer_get_uri (wire->carol));
  g_assert_nonnull (strstr (baton_test_message_get (story.refer, "Refer-To"), aor));
  finish (wire, &story);
}

/* Carol turned Bob down: both calls are as they were (§2.1, §2.3). */
static void
test_refused (Wire *wire, gconstpointer data)
{
  Story story = { 0 };

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.consultation = baton_test_phone_call (wire->phone, wire->carol, &story.carol);
  transfer (wire, &story);
  wire_accept_refer (story.bob, story.refer);
  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 603 Decline\r\n");
  baton_test_wait_transfer (story.transfer, FAILED);
  baton_test_wait (baton_call_get_hold (story.call) == BATON_HOLD_NONE, 3000);
  g_assert_cmpint (baton_call_get_state (story.call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpint (baton_call_get_state (story.consultation), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (baton_test_dialog_count (story.carol, "BYE"), ==, 0);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "BYE"), ==, 0);
}

/* Carol never ends the old call: Baton does, once Bob said that the transfer worked (§2.3). */
static void
test_target_stays (Wire *wire, gconstpointer data)
{
  Story story = { 0 };

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.consultation = baton_test_phone_call (wire->phone, wire->carol, &story.carol);
  transfer (wire, &story);
  wire_accept_refer (story.bob, story.refer);
  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  baton_test_phone_advance (wire->phone, 1000);
  baton_test_dialog_expect (story.bob, "BYE", 3000);
  baton_test_phone_advance (wire->phone, 15000);
  baton_test_dialog_expect (story.carol, "BYE", 3000);
  baton_test_wait_call (story.consultation, ENDED);
}

/* While Carol still rings there is no dialog to be replaced (§2.4). */
static void
test_early_target (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob, *carol;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob), *consultation;
  g_autoptr (GError) error = NULL;

  consultation = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                           baton_test_peer_get_uri (wire->carol), NULL, NULL);
  carol = baton_test_peer_take_invite (wire->carol);
  baton_test_dialog_reply (carol, 180, NULL, NULL);
  baton_test_wait_call (consultation, RINGING);
  g_assert_null (baton_engine_transfer_attended (wire->phone->engine, call, consultation, NULL, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  baton_test_peer_expect_none (wire->bob, "REFER", 30);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
}

/* A target that says what it supports, and not Replaces: told before anything is sent, or tried and come back. */
static void
test_target_without_replaces (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob), *consultation;
  BatonTransfer *sent;
  g_autoptr (GError) error = NULL;

  consultation = baton_test_phone_take (wire->phone, wire->carol, "Supported: timer\n", NULL);
  g_assert_false (wire_get_boolean (baton_call_get_session (consultation), "remote-supports-replaces"));
  sent = baton_engine_transfer_attended (wire->phone->engine, call, consultation, NULL, &error);
  if (sent == NULL)
    {
      g_assert_nonnull (error);
      baton_test_peer_expect_none (wire->bob, "REFER", 30);
    }
  else
    {
      wire_accept_refer (bob, baton_test_dialog_expect (bob, "REFER", 3000));
      baton_test_dialog_notify (bob, "refer", "terminated;reason=noresource", "SIP/2.0 420 Bad Extension\r\n");
      baton_test_wait_transfer (sent, FAILED);
    }
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_NONE, 3000);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpint (baton_call_get_state (consultation), ==, BATON_CALL_STATE_ESTABLISHED);
}

/* Both ends know Replaces: the new call must not come to pass without it (§2.8). */
static void
test_require_replaces (Wire *wire, gconstpointer data)
{
  Story story = { 0 };

  story.call = baton_test_phone_take (wire->phone, wire->bob, "Supported: replaces\n", &story.bob);
  story.consultation = baton_test_phone_take (wire->phone, wire->carol, "Supported: timer, replaces\n", &story.carol);
  transfer (wire, &story);
  g_assert_nonnull (strstr (baton_test_message_get (story.refer, "Refer-To"), "Require=replaces"));
  finish (wire, &story);
}

static void
test_itself (Wire *wire, gconstpointer data)
{
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (baton_engine_transfer_attended (wire->phone->engine, call, call, NULL, &error));
  g_assert_nonnull (error);
  baton_test_peer_expect_none (wire->bob, "REFER", 30);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/attended/caller-caller", NULL, test_caller_caller);
  wire_add ("/attended/caller-callee", NULL, test_caller_callee);
  wire_add ("/attended/callee-caller", NULL, test_callee_caller);
  wire_add ("/attended/callee-callee", NULL, test_callee_callee);
  wire_add ("/attended/comma", NULL, test_comma);
  wire_add ("/attended/odd-ids", NULL, test_odd_ids);
  wire_add ("/attended/contact", NULL, test_contact);
  wire_add ("/attended/invalid-host", NULL, test_invalid_host);
  wire_add ("/attended/refused", NULL, test_refused);
  wire_add ("/attended/target-stays", NULL, test_target_stays);
  wire_add ("/attended/early-target", NULL, test_early_target);
  wire_add ("/attended/target-without-replaces", NULL, test_target_without_replaces);
  wire_add ("/attended/require-replaces", NULL, test_require_replaces);
  wire_add ("/attended/itself", NULL, test_itself);
  return g_test_run ();
}
