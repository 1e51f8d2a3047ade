/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole engine with sound, against a scripted SIP peer and its scripted RTP: who offers when, and who is heard then. */
#include <math.h>

#include "baton-engine.h"
#include "baton-test-dialog.h"
#include "baton-test-rtp.h"
#include "baton-test-wait.h"

#define LIMIT_MS 10000

typedef struct
{
  BatonEngine *engine;
  BatonAccount *account;
  BatonTestPeer *bob;
  BatonTestRtp *first, *second; /* sound of his, or of two phones of his */
  char *uri;
} Story;

static void
story_set_up (Story *story, gconstpointer data)
{
  g_autoptr (BatonSipIdentity) identity = NULL;
  BatonEngineOptions options;
  GError *error = NULL;

  story->engine = baton_engine_new ();
  baton_engine_options_init (&options);
  options.listen = "127.0.0.1:0";
  options.audio = BATON_AUDIO_KIND_TONE;
  options.tone_hz = 440;
  options.srtp = BATON_SRTP_MODE_OFF;
  options.answer_status = 200;
  baton_engine_start (story->engine, &options, &error);
  g_assert_no_error (error);
  story->uri = g_strdup_printf ("sip:baton@%s", baton_engine_get_listen_address (story->engine));
  identity = baton_sip_identity_new (story->uri);
  story->account = baton_engine_add_account (story->engine, "test", "Test", identity, FALSE);
  story->bob = baton_test_peer_new ("bob", "127.0.0.1");
  story->first = baton_test_rtp_new ();
  story->second = baton_test_rtp_new ();
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  baton_engine_stop_finish (BATON_ENGINE (source), result);
  *(gboolean *) data = TRUE;
}

static void
story_tear_down (Story *story, gconstpointer data)
{
  gboolean stopped = FALSE;

  baton_engine_stop_async (story->engine, on_stopped, &stopped);
  baton_test_wait (stopped, LIMIT_MS);
  baton_test_drain ();
  g_assert_finalize_object (story->engine);
  g_assert_finalize_object (story->bob);
  baton_test_rtp_free (story->first);
  baton_test_rtp_free (story->second);
  g_free (story->uri);
}

static BatonCall *
get_call (Story *story)
{
  g_autoptr (BatonCall) call = g_list_model_get_item (G_LIST_MODEL (baton_engine_get_calls (story->engine)), 0);

  return call; /* the list keeps it */
}

static gboolean
is_up (Story *story)
{
  BatonCall *call = get_call (story);

  return call != NULL && baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED;
}

static guint64
received (Story *story)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (baton_call_get_media (get_call (story)));

  return stats->received;
}

static gboolean
say (gpointer data)
{
  guint8 payload[160];

  for (guint i = 0; i < sizeof payload; i++)
    payload[i] = i % 8 < 4 ? 0x20 : 0xa0;
  baton_test_rtp_send (data, 0, payload, sizeof payload, sizeof payload);
  return G_SOURCE_CONTINUE;
}

/* @rtp hears Baton's tone and is heard; @silent (nullable) gets nothing any more. */
static void
assert_sound (Story *story, BatonTestRtp *rtp, BatonTestRtp *silent)
{
  guint source, before = baton_test_rtp_count (rtp, 0), others;
  guint64 heard = received (story);
  const BatonTestRtpPacket *packet;
  guint loud = 0;

  baton_test_wait (baton_test_rtp_count (rtp, 0) >= before + 3, LIMIT_MS); /* by what was agreed, not for what it says */
  source = g_timeout_add (20, say, rtp);
  baton_test_wait (baton_test_rtp_count (rtp, 0) >= before + 10 && received (story) >= heard + 10, LIMIT_MS);
  packet = baton_test_rtp_get (rtp, 0, before + 9);
  for (guint i = 0; i < packet->length; i++)
    loud += (packet->payload[i] & 0x7f) < 0x50;
  g_assert_cmpuint (loud, >, packet->length / 3);
  others = silent != NULL ? baton_test_rtp_count (silent, 0) : 0;
  baton_test_settle (100);
  g_source_remove (source);
  if (silent != NULL)
    g_assert_cmpuint (baton_test_rtp_count (silent, 0), ==, others);
}

/* The INVITE brings no offer: it is in our 200, the answer is in the ACK. */
static void
test_offerless (Story *story, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (story->bob, story->uri, NULL);
  BatonTestMessage *ok;

  bob->ack_body = baton_test_rtp_describe (story->first, "0", "");
  baton_test_dialog_send (bob, "INVITE", NULL, NULL);
  ok = baton_test_dialog_expect (bob, "200 INVITE", LIMIT_MS);
  baton_test_rtp_set_remote (story->first, ok->body);
  baton_test_wait (is_up (story), LIMIT_MS);
  assert_sound (story, story->first, NULL);
  baton_test_dialog_bye (bob);
}

/* The same in the call: the answer names another place, and the sound goes there. */
static void
test_offerless_reinvite (Story *story, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (story->bob, story->uri, NULL);
  g_autofree char *offer = baton_test_rtp_describe (story->first, "0", "");
  BatonTestMessage *ok;

  baton_test_dialog_send (bob, "INVITE", NULL, offer);
  ok = baton_test_dialog_expect (bob, "200 INVITE", LIMIT_MS);
  baton_test_rtp_set_remote (story->first, ok->body);
  baton_test_wait (is_up (story), LIMIT_MS);
  assert_sound (story, story->first, NULL);
  bob->ack_body = baton_test_rtp_describe (story->second, "0", "");
  baton_test_dialog_send (bob, "INVITE", NULL, NULL);
  ok = baton_test_dialog_expect (bob, "200 INVITE", LIMIT_MS);
  g_assert_cmpstr (baton_test_sdp_get_direction (ok->body), ==, "sendrecv");
  baton_test_rtp_set_remote (story->second, ok->body);
  assert_sound (story, story->second, story->first);
  baton_test_dialog_bye (bob);
}

/* Two phones of Bob's ring with early sound: the one that spoke last is heard. Then one of them answers; @data: the second one. */
static void
test_forked (Story *story, gconstpointer data)
{
  GError *error = NULL;
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (story->engine), story->account,
                                              baton_test_peer_get_uri (story->bob), NULL, &error);
  g_autofree char *early = baton_test_rtp_describe (story->first, "0", "");
  g_autofree char *other = baton_test_rtp_describe (story->second, "0", "");
  BatonTestDialog *bob;
  g_autofree char *to = NULL;

  g_assert_no_error (error);
  bob = baton_test_peer_take_invite (story->bob);
  to = g_strdup_printf ("To: %s;tag=other\n", baton_test_message_get (bob->invite, "To"));
  baton_test_rtp_set_remote (story->first, bob->invite->body);
  baton_test_rtp_set_remote (story->second, bob->invite->body);
  baton_test_dialog_reply (bob, 183, NULL, early);
  baton_test_wait (baton_call_get_state (call) == BATON_CALL_STATE_EARLY, LIMIT_MS);
  assert_sound (story, story->first, NULL);
  baton_test_dialog_reply (bob, 183, to, other);
  assert_sound (story, story->second, story->first);
  if (data != NULL)
    {
      g_free (bob->local_tag);
      bob->local_tag = g_strdup ("other");
    }
  baton_test_dialog_reply (bob, 200, data != NULL ? to : NULL, data != NULL ? other : early);
  baton_test_dialog_expect (bob, "ACK", LIMIT_MS);
  baton_test_wait (is_up (story), LIMIT_MS);
  assert_sound (story, data != NULL ? story->second : story->first, data != NULL ? story->first : story->second);
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_expect (bob, "BYE", LIMIT_MS);
}

/*
 * Bob transfers us to Carol, whose phone takes our DTLS and then breaks the handshake off: Bob hears of no 200, and hears us
 * again.
 */
static void
test_no_keys (Story *story, gconstpointer data)
{
  static const guint8 alert[] = { 21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40 }; /* handshake_failure, RFC 6347 §4.1 */
  g_autoptr (BatonTestPeer) carol = baton_test_peer_new ("carol", "127.0.0.1");
  BatonTestDialog *bob = baton_test_dialog_new (story->bob, story->uri, NULL), *target;
  g_autofree char *offer = baton_test_rtp_describe (story->first, "0", "");
  g_autofree char *answer = baton_test_rtp_describe (
    story->second, "0", "a=rtcp-mux\r\na=setup:passive\r\na=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
                        "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n");
  BatonTestMessage *ok;

  g_object_set (story->account, "srtp", BATON_SRTP_MODE_OPTIONAL, "incoming-transfers", BATON_REFER_POLICY_FOLLOW, NULL);
  baton_test_dialog_send (bob, "INVITE", NULL, offer);
  ok = baton_test_dialog_expect (bob, "200 INVITE", LIMIT_MS);
  baton_test_rtp_set_remote (story->first, ok->body);
  baton_test_wait (is_up (story), LIMIT_MS);
  assert_sound (story, story->first, NULL);

  g_assert_cmpuint (baton_test_dialog_refer (bob, "Refer-To: <%s>\n", baton_test_peer_get_uri (carol))->status, ==, 202);
  target = baton_test_peer_take_invite (carol);
  baton_test_rtp_set_remote (story->second, target->invite->body);
  baton_test_dialog_reply (target, 200, NULL, answer);
  baton_test_dialog_expect (target, "ACK", LIMIT_MS);
  baton_test_wait (story->second->handshakes > 0, LIMIT_MS);
  baton_test_rtp_send_rtcp (story->second, alert, sizeof alert); /* any datagram */
  baton_test_dialog_expect_notify (bob, 488, LIMIT_MS);
  baton_test_dialog_expect (target, "BYE", LIMIT_MS);
  g_assert_cmpuint (baton_test_dialog_count (bob, "NOTIFY"), ==, 2);
  assert_sound (story, story->first, story->second);
  baton_test_dialog_bye (bob);
}

/* "o=- 17 18 IN IP4 …" → 18 */
static guint64
version_of (BatonTestMessage *message)
{
  g_auto (GStrv) words = g_strsplit (strstr (message->body, "o="), " ", 4);

  return g_ascii_strtoull (words[2], NULL, 10);
}

/* Both take the call back at the same time: ours waits after a 491, Bob's comes meanwhile, and ours must know of it. */
static void
test_glare (Story *story, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (story->bob, story->uri, NULL);
  g_autofree char *offer = baton_test_rtp_describe (story->first, "0", "");
  g_autofree char *held = baton_test_rtp_describe (story->first, "0", "a=recvonly\r\n");
  g_autofree char *inactive = baton_test_rtp_describe (story->first, "0", "a=inactive\r\n");
  BatonTestMessage *ok, *again;

  baton_test_peer_set_auto (story->bob, "INVITE", 0);
  baton_test_dialog_send (bob, "INVITE", NULL, offer);
  ok = baton_test_dialog_expect (bob, "200 INVITE", LIMIT_MS);
  baton_test_rtp_set_remote (story->first, ok->body);
  baton_test_wait (is_up (story), LIMIT_MS);
  baton_call_hold_async (get_call (story), NULL, NULL);
  again = baton_test_dialog_expect_reinvite (bob, "sendonly", LIMIT_MS);
  baton_test_peer_reply (story->bob, again, 200, NULL, NULL, held);
  baton_test_wait (baton_call_get_hold (get_call (story)) == BATON_HOLD_LOCAL, LIMIT_MS);

  baton_call_resume_async (get_call (story), NULL, NULL);
  again = baton_test_dialog_expect_reinvite (bob, "sendrecv", LIMIT_MS);
  baton_test_peer_reply (story->bob, again, 491, NULL, NULL, NULL);
  baton_test_dialog_expect (bob, "ACK", LIMIT_MS);
  baton_test_dialog_send (bob, "INVITE", NULL, inactive);
  do
    ok = baton_test_dialog_expect (bob, "200 INVITE", LIMIT_MS);
  while (ok->cseq != bob->invite_cseq);
  again = baton_test_dialog_expect_reinvite (bob, "sendrecv", LIMIT_MS);
  g_assert_cmpuint (version_of (again), ==, version_of (ok) + 1);
  baton_test_peer_reply (story->bob, again, 200, NULL, NULL, offer);
  baton_test_wait (baton_call_get_hold (get_call (story)) == BATON_HOLD_NONE, LIMIT_MS);
  assert_sound (story, story->first, NULL);
  baton_test_dialog_bye (bob);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_timeout_add (5, look_again, NULL);
#define ADD(name, data, func) g_test_add ("/call/" name, Story, data, story_set_up, func, story_tear_down)
  ADD ("offerless", NULL, test_offerless);
  ADD ("offerless-reinvite", NULL, test_offerless_reinvite);
  ADD ("forked/first-answers", NULL, test_forked);
  ADD ("forked/second-answers", GINT_TO_POINTER (TRUE), test_forked);
  ADD ("no-keys", NULL, test_no_keys);
  ADD ("glare", NULL, test_glare);
  return g_test_run ();
}
