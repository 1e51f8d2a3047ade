/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alice transfers Baton to Carol (refer.md §3, §6). Both are scripts. */
#include "wire.h"

#include <stdlib.h>

typedef struct
{
  BatonCall *call;        /* with Alice */
  BatonTestDialog *alice;
  BatonTestMessage *answer; /* to the REFER */
} Story;

static Story
begin (Wire *wire)
{
  Story story = { 0 };

  story.call = baton_test_phone_take (wire->phone, wire->alice, NULL, &story.alice);
  return story;
}

/* A REFER to Carol that is followed: 202 and NOTIFY 100 came. */
static Story
begin_followed (Wire *wire)
{
  Story story = begin (wire);
  g_autofree char *by = g_strdup_printf ("<%s>", baton_test_peer_get_uri (wire->alice));

  story.answer = baton_test_dialog_refer (story.alice, "Refer-To: <%s>\nReferred-By: %s\n",
                                          baton_test_peer_get_uri (wire->carol), by);
  g_assert_cmpuint (story.answer->status, ==, 202);
  baton_test_dialog_expect_notify (story.alice, 100, 3000);
  return story;
}

/* The old call is as it was. */
static void
check_old_call (Story *story)
{
  baton_test_drain ();
  g_assert_cmpint (baton_call_get_state (story->call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpint (baton_media_get_state (baton_call_get_media (story->call)), ==, BATON_MEDIA_STATE_STARTED);
  g_assert_cmpuint (baton_test_dialog_count (story->alice, "BYE"), ==, 0);
}

static void
test_answered (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);
  const char *by
    = "\"Alice, from \\\"Accounts\\\"\" <sip:alice@example.net;x=1>;cid=\"20398823.2UWQFN309shb3@referrer.example\"";
  BatonTestMessage *notify;
  BatonTestDialog *carol;
  BatonCall *new_call;
  g_autofree char *header = NULL;

  story.answer = baton_test_dialog_refer (story.alice, "Refer-To: <%s>\nReferred-By: %s\n",
                                          baton_test_peer_get_uri (wire->carol), by);
  g_assert_cmpuint (story.answer->status, ==, 202);
  g_assert_cmpuint (baton_test_message_count (story.answer, "Contact"), ==, 1);
  notify = baton_test_dialog_expect (story.alice, "NOTIFY", 3000);
  g_assert_cmpstr (notify->body, ==, "SIP/2.0 100 Trying\r\n");
  g_assert_true (g_str_has_prefix (baton_test_message_get (notify, "Subscription-State"), "active;expires="));
  g_assert_cmpstr (baton_test_message_get (notify, "Event"), ==, "refer"); /* no id for the first (§7) */
  g_assert_true (g_str_has_prefix (baton_test_message_get (notify, "Content-Type"), "message/sipfrag"));
  g_assert_cmpuint (story.answer->index, <, notify->index);

  carol = baton_test_peer_take_invite (wire->carol);
  g_assert_cmpstr (carol->invite->uri, ==, baton_test_peer_get_uri (wire->carol));
  g_assert_cmpstr (baton_test_message_get (carol->invite, "Referred-By"), ==, by);
  g_assert_cmpuint (baton_test_message_count (carol->invite, "Replaces"), ==, 0);
  g_assert_nonnull (strstr (carol->invite->body, "m=audio"));
  new_call = baton_test_phone_get_call (wire->phone);
  g_assert_true (new_call != story.call);

  baton_test_dialog_reply (carol, 180, NULL, NULL);
  baton_test_wait_call (new_call, RINGING);
  baton_test_phone_advance (wire->phone, 1000); /* one a second */
  notify = baton_test_dialog_expect_notify (story.alice, 180, 3000);
  g_assert_true (g_str_has_prefix (baton_test_message_get (notify, "Subscription-State"), "active"));
  g_assert_cmpuint (wire->phone->factory->moves, ==, 0);
  check_old_call (&story);

  baton_test_dialog_answer (carol);
  notify = baton_test_dialog_expect_notify (story.alice, 200, 3000);
  g_assert_cmpstr (notify->body, ==, "SIP/2.0 200 OK\r\n");
  g_assert_cmpstr (baton_test_message_get (notify, "Subscription-State"), ==, "terminated;reason=noresource");
  g_assert_cmpuint (wire->phone->factory->moves, ==, 1);
  g_assert_true (wire->phone->factory->moved_from == baton_call_get_media (story.call));
  g_assert_true (wire->phone->factory->moved_to == baton_call_get_media (new_call));

  baton_test_dialog_bye (story.alice);
  baton_test_wait_call (story.call, ENDED);
  g_assert_cmpint (baton_call_get_state (new_call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 1);
  baton_test_phone_advance (wire->phone, 60000);
  baton_test_drain ();
  g_assert_cmpuint (baton_test_dialog_count (story.alice, "NOTIFY"), ==, 3);
  baton_test_dialog_bye (carol);
}

static void
test_busy (Wire *wire, gconstpointer data)
{
  Story story = begin_followed (wire);
  BatonTestDialog *carol = baton_test_peer_take_invite (wire->carol);
  BatonTestMessage *notify;

  baton_test_peer_reply (wire->carol, carol->invite, 486, "Busy Here",
                         "Retry-After: 60\nX-Secret: boss calls\nWarning: 399 x \"no\"\n", NULL);
  notify = baton_test_dialog_expect_notify (story.alice, 486, 3000);
  g_assert_cmpstr (notify->body, ==, "SIP/2.0 486 Busy Here\r\n"); /* the status line and nothing else (§3.8) */
  g_assert_cmpstr (baton_test_message_get (notify, "Subscription-State"), ==, "terminated;reason=noresource");
  check_old_call (&story);
  g_assert_cmpuint (wire->phone->factory->moves, ==, 0);
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 1);
  baton_test_dialog_bye (story.alice);
}

/* The real status and the real reason, whatever they are (§3.3). */
static void
test_strange_reason (Wire *wire, gconstpointer data)
{
  Story story = begin_followed (wire);
  BatonTestDialog *carol = baton_test_peer_take_invite (wire->carol);

  baton_test_peer_reply (wire->carol, carol->invite, 499, "Kein Anschluss %n <b>hier</b>", NULL, NULL);
  g_assert_cmpstr (baton_test_dialog_expect_notify (story.alice, 499, 3000)->body, ==,
                   "SIP/2.0 499 Kein Anschluss %n <b>hier</b>\r\n");
  check_old_call (&story);
}

static void
test_no_response (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);

  baton_test_peer_set_mute (wire->carol, TRUE);
  baton_test_dialog_refer (story.alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  baton_test_dialog_expect_notify (story.alice, 408, 4000); /* 64·T1 of the stack's time */
  check_old_call (&story);
}

static void
test_unreachable (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);
  BatonTestMessage *notify;

  baton_test_dialog_refer (story.alice, "Refer-To: <sip:carol@127.0.0.1:9;transport=tcp>\n");
  do
    notify = baton_test_dialog_expect (story.alice, "NOTIFY", 4000);
  while (baton_test_message_get_sipfrag_status (notify) < 200);
  g_assert_cmpuint (baton_test_message_get_sipfrag_status (notify), ==, 503);
  check_old_call (&story);
}

/* Carol rings and nobody comes: the follow has an end (§3.1: nothing waits forever). */
static void
test_target_rings_on (Wire *wire, gconstpointer data)
{
  Story story = begin_followed (wire);
  BatonTestDialog *carol = baton_test_peer_take_invite (wire->carol);

  baton_test_dialog_reply (carol, 180, NULL, NULL);
  baton_test_wait_call (baton_test_phone_get_call (wire->phone), RINGING);
  for (guint i = 0; i < 10; i++)
    {
      baton_test_phone_advance (wire->phone, 60000);
      baton_test_settle (5);
    }
  baton_test_dialog_expect (carol, "CANCEL", 3000);
  check_old_call (&story);
}

static void
test_declined_302 (Wire *wire, gconstpointer data)
{
  Story story = begin_followed (wire);
  BatonTestDialog *carol = baton_test_peer_take_invite (wire->carol);

  baton_test_dialog_reply (carol, 302, "Contact: <sip:elsewhere@192.0.2.1>\n", NULL);
  baton_test_dialog_expect_notify (story.alice, 302, 3000);
  check_old_call (&story);
}

/* 1xx are told once a second; the final one always, and once (§3.3). */
static void
test_coalescing (Wire *wire, gconstpointer data)
{
  Story story = begin_followed (wire);
  BatonTestDialog *carol = baton_test_peer_take_invite (wire->carol);
  BatonCall *call = baton_test_phone_get_call (wire->phone);

  baton_test_dialog_reply (carol, 180, NULL, NULL);
  baton_test_wait_call (call, RINGING);
  baton_test_peer_reply (wire->carol, carol->invite, 181, "Call Is Being Forwarded", NULL, NULL);
  baton_test_peer_reply (wire->carol, carol->invite, 182, "Queued", NULL, NULL);
  baton_test_peer_reply (wire->carol, carol->invite, 183, "Session Progress", NULL, NULL);
  baton_test_settle (50);
  g_assert_cmpuint (baton_test_dialog_count (story.alice, "NOTIFY"), <=, 2);
  baton_test_phone_advance (wire->phone, 1100);
  baton_test_dialog_expect_notify (story.alice, 183, 3000);
  g_assert_cmpuint (baton_test_dialog_count (story.alice, "NOTIFY"), <=, 3);
  baton_test_dialog_answer (carol);
  baton_test_dialog_expect_notify (story.alice, 200, 3000);
  baton_test_phone_advance (wire->phone, 5000);
  baton_test_drain ();
  baton_test_peer_expect_none (wire->alice, "NOTIFY", 20);
}

static void
test_second_refer (Wire *wire, gconstpointer data)
{
  Story story = begin_followed (wire);
  BatonTestDialog *carol = baton_test_peer_take_invite (wire->carol);
  BatonTestMessage *second = baton_test_dialog_refer (story.alice, "Refer-To: <%s>\n",
                                                      baton_test_peer_get_uri (wire->bob));
  BatonTestMessage *first;
  g_autofree char *first_id = NULL;

  if (second->status == 491)
    g_assert_cmpuint (baton_test_peer_count (wire->bob, NULL, "INVITE"), ==, 0);
  else
    {
      BatonTestDialog *bob;
      BatonTestMessage *notify;
      g_autofree char *id = NULL, *cseq = NULL;

      g_assert_cmpuint (second->status, ==, 202);
      bob = baton_test_peer_take_invite (wire->bob);
      baton_test_dialog_reply (bob, 404, NULL, NULL);
      notify = baton_test_dialog_expect_notify (story.alice, 404, 3000);
      id = baton_test_message_dup_parameter (notify, "Event", "id");
      cseq = g_strdup_printf ("%u", second->cseq);
      g_assert_cmpstr (id, ==, cseq);
    }
  baton_test_dialog_reply (carol, 486, NULL, NULL);
  first = baton_test_dialog_expect_notify (story.alice, 486, 3000);
  first_id = baton_test_message_dup_parameter (first, "Event", "id"); /* none, or its own: RFC 3515 §2.4.6 */
  if (first_id != NULL)
    g_assert_cmpuint (strtoul (first_id, NULL, 10), ==, story.answer->cseq);
  check_old_call (&story);
}

/* Alice goes as soon as she has her 202. The call to Carol goes on (§3.4). */
static void
test_bye_from_referrer (Wire *wire, gconstpointer data)
{
  Story story = begin_followed (wire);
  BatonTestDialog *carol = baton_test_peer_take_invite (wire->carol);
  BatonCall *call = baton_test_phone_get_call (wire->phone);

  baton_test_dialog_bye (story.alice);
  baton_test_wait_call (story.call, ENDED);
  baton_test_dialog_reply (carol, 180, NULL, NULL);
  baton_test_wait_call (call, RINGING);
  baton_test_dialog_answer (carol);
  baton_test_wait_call (call, ESTABLISHED);
  baton_test_wait (baton_media_get_state (baton_call_get_media (call)) == BATON_MEDIA_STATE_STARTED, 1000);
  g_assert_cmpuint (baton_test_dialog_count (carol, "CANCEL"), ==, 0);
  g_assert_cmpuint (baton_test_dialog_count (carol, "BYE"), ==, 0);
}

static void
follow_with_notify_answer (Wire *wire, guint status)
{
  Story story = begin (wire);
  BatonTestDialog *carol;
  BatonCall *call;

  baton_test_peer_set_auto (wire->alice, "NOTIFY", status);
  baton_test_dialog_refer (story.alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  baton_test_dialog_expect_notify (story.alice, 100, 3000);
  carol = baton_test_peer_take_invite (wire->carol);
  call = baton_test_phone_get_call (wire->phone);
  baton_test_dialog_reply (carol, 180, NULL, NULL);
  baton_test_wait_call (call, RINGING);
  if (status == 0)
    baton_test_settle (64 * BATON_TEST_T1_MS + 100); /* the NOTIFY times out, in the stack's time */
  else
    baton_test_settle (30);
  baton_test_dialog_answer (carol);
  baton_test_wait_call (call, ESTABLISHED);
  baton_test_settle (30);
  g_assert_cmpuint (baton_test_dialog_count (carol, "BYE"), ==, 0);
  g_assert_cmpuint (wire->phone->factory->moves, ==, 1);
}

static void
test_notify_refused (Wire *wire, gconstpointer data)
{
  follow_with_notify_answer (wire, 481);
}

static void
test_notify_unanswered (Wire *wire, gconstpointer data)
{
  follow_with_notify_answer (wire, 0);
}

/* While Alice has not answered a NOTIFY, her hold and ours must work all the same. */
static void
test_hold_while_notify_is_out (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);
  BatonTestMessage *notify;

  baton_test_peer_set_auto (wire->alice, "NOTIFY", 0);
  baton_test_dialog_refer (story.alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  notify = baton_test_dialog_expect_notify (story.alice, 100, 3000);
  baton_test_peer_take_invite (wire->carol);
  baton_call_hold_async (story.call, NULL, NULL);
  baton_test_settle (30);
  baton_test_peer_reply (wire->alice, notify, 200, NULL, NULL, NULL);
  baton_test_dialog_expect_reinvite (story.alice, "sendonly", 3000);
  baton_test_wait (baton_call_get_hold (story.call) == BATON_HOLD_LOCAL, 3000);
}

static void
test_unsubscribe (Wire *wire, gconstpointer data)
{
  Story story = begin_followed (wire);
  BatonTestDialog *carol = baton_test_peer_take_invite (wire->carol);
  BatonCall *call = baton_test_phone_get_call (wire->phone);
  BatonTestMessage *answer;

  baton_test_dialog_send (story.alice, "SUBSCRIBE", "Event: refer\nExpires: 0\n", NULL);
  do
    answer = baton_test_dialog_expect (story.alice, "xxx SUBSCRIBE", 3000);
  while (answer->status < 200);
  g_assert_cmpuint (answer->status / 100, ==, 2);
  baton_test_settle (30);
  baton_test_dialog_answer (carol);
  baton_test_wait_call (call, ESTABLISHED);
  g_assert_cmpuint (baton_test_dialog_count (carol, "CANCEL"), ==, 0);
}

static void
test_refresh (Wire *wire, gconstpointer data)
{
  Story story = begin_followed (wire);
  BatonTestDialog *carol = baton_test_peer_take_invite (wire->carol);
  BatonTestMessage *answer;

  baton_test_dialog_send (story.alice, "SUBSCRIBE", "Event: refer\nExpires: 120\n", NULL);
  do
    answer = baton_test_dialog_expect (story.alice, "xxx SUBSCRIBE", 3000);
  while (answer->status < 200);
  g_assert_cmpuint (answer->status / 100, ==, 2);
  baton_test_dialog_send (story.alice, "SUBSCRIBE", "Event: refer;id=777777\nExpires: 120\n", NULL);
  do
    answer = baton_test_dialog_expect (story.alice, "xxx SUBSCRIBE", 3000);
  while (answer->status < 200);
  g_assert_cmpuint (answer->status, ==, 403);
  baton_test_dialog_answer (carol);
  baton_test_dialog_expect_notify (story.alice, 200, 3000);
}

/* After the answer Alice hears nothing more, and when she forgets her BYE, her call ends by itself (§3.6). */
static void
test_no_bye_from_referrer (Wire *wire, gconstpointer data)
{
  Story story = begin_followed (wire);
  BatonTestDialog *carol = baton_test_peer_take_call (wire->carol);

  baton_test_dialog_expect_notify (story.alice, 200, 3000);
  baton_test_phone_advance (wire->phone, 9000);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_dialog_count (story.alice, "BYE"), ==, 0);
  baton_test_phone_advance (wire->phone, 1500);
  baton_test_dialog_expect (story.alice, "BYE", 3000);
  g_assert_cmpuint (baton_test_dialog_count (carol, "BYE"), ==, 0);
}

/* What may not pass from a Refer-To into the INVITE (§3.5, stack.md A2.7). */
static void
test_uri_headers (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);
  BatonTestDialog *carol;
  g_autofree char *uri = NULL;

  baton_test_dialog_refer (story.alice, "Refer-To: \"Carol\" <%s;method=INVITE;alias=127.0.0.1~9~1;ob"
                           "?Replaces=a%%2Bb%%2525%%40host%%3Bto-tag%%3D1%%2B2%%3Bfrom-tag%%3Dx&Require=replaces"
                           "&Subject=evil&Route=%%3Csip:evil%%3E&Call-ID=evil&X-Evil=a%%20b&body=evil>\n",
                           baton_test_peer_get_uri (wire->carol));
  carol = baton_test_peer_take_invite (wire->carol);
  g_assert_true (g_str_has_prefix (carol->invite->uri, baton_test_peer_get_uri (wire->carol)));
  g_assert_null (strstr (carol->invite->uri, "method="));
  g_assert_nonnull (strstr (carol->invite->uri, ";alias=127.0.0.1~9~1"));
  g_assert_nonnull (strstr (carol->invite->uri, ";ob"));
  g_assert_cmpstr (baton_test_message_get (carol->invite, "Replaces"), ==, "a+b%25@host;to-tag=1+2;from-tag=x");
  g_assert_true (baton_test_message_has_token (carol->invite, "Require", "replaces"));
  g_assert_null (strstr (carol->invite->text, "evil"));
  g_assert_null (strstr (carol->invite->text, "X-Evil"));
  baton_test_dialog_reply (carol, 481, NULL, NULL);
  baton_test_dialog_expect_notify (story.alice, 481, 3000);
  check_old_call (&story);
}

/* Some phones write Refer-To without <> (§7). */
static void
test_addr_spec (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);

  g_assert_cmpuint (baton_test_dialog_refer (story.alice, "r: %s\n", baton_test_peer_get_uri (wire->carol))->status,
                    ==, 202);
  baton_test_peer_take_invite (wire->carol);
}

static void
test_unknown_require (Wire *wire, gconstpointer data)
{
  /* RFC 7614 §3: no implicit subscription, and an explicit one or none in its place; ours is always the implicit one. */
  static const char *const options[] = { "teleport", "explicitsub", "nosub" };
  Story story = begin (wire);

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      BatonTestMessage *answer = baton_test_dialog_refer (story.alice, "Refer-To: <%s>\nRequire: %s\n",
                                                          baton_test_peer_get_uri (wire->carol), options[i]);

      g_assert_cmpuint (answer->status, ==, 420);
      g_assert_true (baton_test_message_has_token (answer, "Unsupported", options[i]));
      g_assert_cmpuint (baton_test_message_count (answer, "Refer-Events-At"), ==, 0);
    }
  g_assert_null (baton_test_phone_get_transfer (wire->phone));
  baton_test_peer_expect_none (wire->carol, "INVITE", 30);
  check_old_call (&story);
}

/* A REFER in a dialog that is early only is answered too (§3.1). */
static void
test_early_dialog (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice = baton_test_dialog_new (wire->alice, wire->phone->uri, NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonTestMessage *ringing, *answer;

  baton_test_dialog_send (alice, "INVITE", NULL, sdp);
  ringing = baton_test_dialog_expect (alice, "180 INVITE", 3000);
  alice->remote_tag = baton_test_message_dup_parameter (ringing, "To", "tag");
  answer = baton_test_dialog_refer (alice, "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  g_assert_cmpuint (answer->status, >=, 200);
  g_assert_cmpint (baton_call_get_state (g_ptr_array_index (wire->phone->calls, 0)), ==, BATON_CALL_STATE_INCOMING);
}

static void
test_policy_rejects (Wire *wire, gconstpointer data)
{
  Story story = begin (wire);
  BatonTestMessage *answer = baton_test_dialog_refer (story.alice, "Refer-To: <%s>\n",
                                                      baton_test_peer_get_uri (wire->carol));

  g_assert_cmpuint (answer->status, ==, 603);
  baton_test_peer_expect_none (wire->carol, "INVITE", 30);
  check_old_call (&story);
}

/* ---- A user decides ---- */

static gboolean
on_requested (BatonEngine *engine, BatonTransfer *transfer, gpointer data)
{
  *(BatonTransfer **) data = transfer;
  return TRUE;
}

static Story
begin_asked (Wire *wire, BatonTransfer **transfer)
{
  Story story = begin (wire);

  *transfer = NULL;
  g_signal_connect (wire->phone->engine, "refer-requested", G_CALLBACK (on_requested), transfer);
  baton_test_dialog_sendf (story.alice, "REFER", "Refer-To: <%s>\nReferred-By: <sip:boss@example.net>\n",
                           baton_test_peer_get_uri (wire->carol));
  baton_test_wait (*transfer != NULL, 3000);
  g_assert_nonnull (strstr (baton_transfer_get_requested_by (*transfer), "alice@")); /* not the boss: that is hearsay */
  g_assert_true (baton_transfer_get_waits_for_user (*transfer));
  g_assert_cmpstr (baton_transfer_get_target_uri (*transfer), ==, baton_test_peer_get_uri (wire->carol));
  return story;
}

static void
test_asked_accept (Wire *wire, gconstpointer data)
{
  BatonTransfer *transfer;
  Story story = begin_asked (wire, &transfer);
  g_autoptr (GError) error = NULL;

  baton_test_peer_expect_none (wire->carol, "INVITE", 20);
  g_assert_true (baton_transfer_accept (transfer, NULL, &error));
  baton_test_dialog_expect (story.alice, "202 REFER", 3000);
  baton_test_dialog_expect_notify (story.alice, 100, 3000);
  baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (story.alice, 200, 3000);
  g_assert_false (baton_transfer_accept (transfer, NULL, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
}

static void
test_asked_decline (Wire *wire, gconstpointer data)
{
  BatonTransfer *transfer;
  Story story = begin_asked (wire, &transfer);

  g_assert_true (baton_transfer_decline (transfer, 0, NULL));
  baton_test_dialog_expect (story.alice, "603 REFER", 3000);
  baton_test_peer_expect_none (wire->carol, "INVITE", 20);
  check_old_call (&story);
}

/* No answer from the user in 20 s: 202 and `pending`; none at all: NOTIFY 603 (§3.1). */
static void
test_asked_nobody (Wire *wire, gconstpointer data)
{
  BatonTransfer *transfer;
  Story story = begin_asked (wire, &transfer);
  BatonTestMessage *notify;

  baton_test_phone_advance (wire->phone, 19000);
  baton_test_drain ();
  g_assert_cmpuint (baton_test_dialog_count (story.alice, "202 REFER"), ==, 0);
  baton_test_phone_advance (wire->phone, 1500);
  baton_test_dialog_expect (story.alice, "202 REFER", 3000);
  notify = baton_test_dialog_expect (story.alice, "NOTIFY", 3000);
  g_assert_true (g_str_has_prefix (baton_test_message_get (notify, "Subscription-State"), "pending"));
  baton_test_phone_advance (wire->phone, 15000);
  notify = baton_test_dialog_expect_notify (story.alice, 603, 3000);
  g_assert_cmpstr (baton_test_message_get (notify, "Subscription-State"), ==, "terminated;reason=noresource");
  baton_test_peer_expect_none (wire->carol, "INVITE", 20);
  check_old_call (&story);
}

/* The user hangs up in place of an answer: the REFER has one all the same, at once, and there is nothing left to say yes to. */
static void
hang_up_asked (Wire *wire, gboolean pending)
{
  BatonTransfer *transfer;
  Story story = begin_asked (wire, &transfer);

  if (pending)
    {
      baton_test_phone_advance (wire->phone, 20500);
      baton_test_dialog_expect (story.alice, "202 REFER", 3000);
      baton_test_dialog_expect (story.alice, "NOTIFY", 3000);
    }
  baton_call_hangup (story.call, NULL);
  if (pending)
    baton_test_dialog_expect_notify (story.alice, 487, 3000);
  else
    baton_test_dialog_expect (story.alice, "487 REFER", 3000);
  baton_test_dialog_expect (story.alice, "BYE", 3000);
  g_assert_false (baton_transfer_get_waits_for_user (transfer));
  g_assert_false (baton_transfer_accept (transfer, NULL, NULL));
  baton_test_peer_expect_none (wire->carol, "INVITE", 20);
}

static void
test_asked_hung_up (Wire *wire, gconstpointer data)
{
  hang_up_asked (wire, FALSE);
}

static void
test_asked_hung_up_late (Wire *wire, gconstpointer data)
{
  hang_up_asked (wire, TRUE);
}

/* So it is when we give the call up without the user. */
static void
test_asked_given_up (Wire *wire, gconstpointer data)
{
  BatonTransfer *transfer;
  Story story = begin_asked (wire, &transfer);
  BatonTestMessage *answer, *bye;

  baton_session_give_up (baton_call_get_session (story.call), 488, "No keys");
  answer = baton_test_dialog_expect (story.alice, "487 REFER", 3000);
  bye = baton_test_dialog_expect (story.alice, "BYE", 3000);
  g_assert_cmpuint (answer->index, <, bye->index);
  g_assert_false (baton_transfer_accept (transfer, NULL, NULL));
}

/* The same with a call of ours that still rings at Bob, who asks for Carol; the user hangs up. */
static void
test_asked_early_cancelled (Wire *wire, gconstpointer data)
{
  BatonTransfer *transfer = NULL;
  BatonCall *call;
  BatonTestDialog *bob;
  g_autoptr (GError) error = NULL;

  g_signal_connect (wire->phone->engine, "refer-requested", G_CALLBACK (on_requested), &transfer);
  call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                   baton_test_peer_get_uri (wire->bob), NULL, &error);
  g_assert_no_error (error);
  bob = baton_test_peer_take_invite (wire->bob);
  baton_test_dialog_reply (bob, 180, NULL, NULL);
  baton_test_wait (baton_call_get_state (call) == BATON_CALL_STATE_RINGING, 3000);
  baton_test_dialog_sendf (bob, "REFER", "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  baton_test_wait (transfer != NULL, 3000);
  baton_call_hangup (call, NULL);
  baton_test_dialog_expect (bob, "487 REFER", 3000);
  baton_test_dialog_expect (bob, "CANCEL", 3000);
  g_assert_false (baton_transfer_accept (transfer, NULL, NULL));
  baton_test_peer_expect_none (wire->carol, "INVITE", 20);
}

static void
test_asked_late_accept (Wire *wire, gconstpointer data)
{
  BatonTransfer *transfer;
  Story story = begin_asked (wire, &transfer);

  baton_test_phone_advance (wire->phone, 21000);
  baton_test_dialog_expect (story.alice, "202 REFER", 3000);
  g_assert_true (baton_transfer_accept (transfer, NULL, NULL));
  baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (story.alice, 200, 3000);
}

static void
test_asked_progress (Wire *wire, gconstpointer data)
{
  BatonTransfer *transfer;
  Story story = begin_asked (wire, &transfer);

  g_assert_true (baton_transfer_progress (transfer, NULL));
  baton_test_dialog_expect (story.alice, "100 REFER", 3000);
  g_assert_true (baton_transfer_decline (transfer, 480, NULL));
  baton_test_dialog_expect (story.alice, "480 REFER", 3000);
}

/* The application does the work: NOTIFY 100 at once, never 200 (§1), then what it reports. */
static void
test_no_follow (Wire *wire, gconstpointer data)
{
  BatonTransfer *transfer;
  Story story = begin_asked (wire, &transfer);
  const char *const headers[] = { "X-Desk: 7", NULL };
  BatonReferAcceptOptions options = { .follow_refer = FALSE, .extra_headers = headers };
  g_autoptr (GError) error = NULL;
  BatonTestMessage *answer;

  g_assert_true (baton_transfer_accept (transfer, &options, &error));
  answer = baton_test_dialog_expect (story.alice, "202 REFER", 3000);
  g_assert_cmpstr (baton_test_message_get (answer, "X-Desk"), ==, "7");
  baton_test_dialog_expect_notify (story.alice, 100, 3000);
  baton_test_peer_expect_none (wire->alice, "NOTIFY", 20);
  g_assert_false (baton_transfer_notify (transfer, "nonsense", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (baton_transfer_notify (transfer, "SIP/2.0 180 Ringing\xff", NULL));
  /* lenient in reading, exact in writing (§7) */
  g_assert_true (baton_transfer_notify (transfer, "\n\nsip/2.0 180  Ringing\nX-Desk: 7\n", &error));
  g_assert_cmpstr (baton_test_dialog_expect_notify (story.alice, 180, 3000)->body, ==, "SIP/2.0 180 Ringing\r\nX-Desk: 7\r\n");
  g_assert_true (baton_transfer_notify (transfer, "SIP/2.0 200 OK", &error));
  g_assert_cmpstr (baton_test_message_get (baton_test_dialog_expect_notify (story.alice, 200, 3000),
                                           "Subscription-State"), ==,
                   "terminated;reason=noresource");
  g_assert_false (baton_transfer_notify (transfer, "SIP/2.0 180 Ringing", &error));
  baton_test_peer_expect_none (wire->carol, "INVITE", 20);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/blind-received/answered", NULL, test_answered);
  wire_add ("/blind-received/busy", NULL, test_busy);
  wire_add ("/blind-received/strange-reason", NULL, test_strange_reason);
  wire_add ("/blind-received/no-response", NULL, test_no_response);
  wire_add ("/blind-received/unreachable", NULL, test_unreachable);
  wire_add ("/blind-received/target-rings-on", NULL, test_target_rings_on);
  wire_add ("/blind-received/declined-302", NULL, test_declined_302);
  wire_add ("/blind-received/coalescing", NULL, test_coalescing);
  wire_add ("/blind-received/second-refer", NULL, test_second_refer);
  wire_add ("/blind-received/bye-from-referrer", NULL, test_bye_from_referrer);
  wire_add ("/blind-received/notify-refused", NULL, test_notify_refused);
  wire_add ("/blind-received/notify-unanswered", NULL, test_notify_unanswered);
  wire_add ("/blind-received/hold-while-notify-is-out", NULL, test_hold_while_notify_is_out);
  wire_add ("/blind-received/unsubscribe", NULL, test_unsubscribe);
  wire_add ("/blind-received/refresh", NULL, test_refresh);
  wire_add ("/blind-received/no-bye-from-referrer", NULL, test_no_bye_from_referrer);
  wire_add ("/blind-received/uri-headers", NULL, test_uri_headers);
  wire_add ("/blind-received/addr-spec", NULL, test_addr_spec);
  wire_add ("/blind-received/unknown-require", NULL, test_unknown_require);
  wire_add ("/blind-received/early-dialog", NULL, test_early_dialog);
  wire_add ("/blind-received/policy-rejects", wire_reject, test_policy_rejects);
  wire_add ("/blind-received/asked-accept", NULL, test_asked_accept);
  wire_add ("/blind-received/asked-hung-up", NULL, test_asked_hung_up);
  wire_add ("/blind-received/asked-hung-up-late", NULL, test_asked_hung_up_late);
  wire_add ("/blind-received/asked-given-up", NULL, test_asked_given_up);
  wire_add ("/blind-received/asked-early-cancelled", NULL, test_asked_early_cancelled);
  wire_add ("/blind-received/asked-decline", NULL, test_asked_decline);
  wire_add ("/blind-received/asked-nobody", NULL, test_asked_nobody);
  wire_add ("/blind-received/asked-late-accept", NULL, test_asked_late_accept);
  wire_add ("/blind-received/asked-progress", NULL, test_asked_progress);
  wire_add ("/blind-received/no-follow", NULL, test_no_follow);
  return g_test_run ();
}
