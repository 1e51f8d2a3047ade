/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-format.h"
#include "baton-quality.h"
#include "baton-story-sound.h"
#include "baton-transfer-hints.h"

#include <math.h>
#include <string.h>

#define assert_text(call, expected) \
  G_STMT_START { \
    g_autofree char *text_ = (call); \
    g_assert_cmpstr (text_, ==, (expected)); \
  } G_STMT_END

static void
test_name (void)
{
  g_autofree char *cut = NULL;
  char endless[4096];

  assert_text (baton_format_name ("Bob", "sip:bob@example.net"), "Bob");
  assert_text (baton_format_name (NULL, "sip:bob@example.net;transport=tcp"), "bob");
  assert_text (baton_format_name ("", "<sip:b%20b@example.net>"), "b b");
  assert_text (baton_format_name (NULL, "sip:example.net"), "example.net");
  assert_text (baton_format_name (NULL, NULL), "Unknown");
  assert_text (baton_format_name ("\t \n", ""), "Unknown");
  /* Not the other way round, not on two lines, not bytes that aren't text */
  assert_text (baton_format_name ("A\xe2\x80\xae""B\r\nC\x01", NULL), "ABC");
  assert_text (baton_format_name ("\xff\xfe", NULL), "\xef\xbf\xbd\xef\xbf\xbd");
  memset (endless, 'x', sizeof endless - 1);
  endless[sizeof endless - 1] = '\0';
  cut = baton_format_name (endless, NULL);
  g_assert_cmpint (g_utf8_strlen (cut, -1), ==, BATON_FORMAT_NAME_MAX + 1);
  assert_text (baton_format_address ("sip:bob@example.net:5070;lr?x=y"), "bob@example.net:5070");
}

static void
test_time (void)
{
  assert_text (baton_format_duration (-3), "0:00");
  assert_text (baton_format_duration (7), "0:07");
  assert_text (baton_format_duration (192), "3:12");
  assert_text (baton_format_duration (3723), "1:02:03");
}

static void
test_failures (void)
{
  static const struct
  {
    guint status;
    const char *words;
  } table[] = {
    { 0, "Carol did not answer." },
    { 403, "The server does not allow this call." },
    { 404, "There is no one at Carol." },
    { 480, "Carol is not available right now." },
    { 486, "Carol is busy." },
    { 487, "Carol did not answer." },
    { 500, "The server has a problem. Try again in 30 seconds." },
    { 600, "Carol is busy." },
    { 603, "Carol declined." },
    { 699, "Carol cannot be reached: What now" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    assert_text (baton_format_failure ("Carol", table[i].status, "What now"), table[i].words);
  /* Every status has a sentence of its own, and never just a number */
  for (guint status = 300; status < 700; status++)
    {
      g_autofree char *words = baton_format_failure ("Carol", status, NULL);

      g_assert_cmpuint (strlen (words), >, 10);
    }
  assert_text (baton_format_code (486), "486");
  assert_text (baton_format_code (0), "");
}

static void
test_call_lines (void)
{
  BatonCallFacts facts = { .state = BATON_CALL_STATE_INCOMING, .peer = "Bob", .account = "Work" };

  assert_text (baton_format_call_line (&facts), "Incoming – for Work");
  facts.transferred_by = "Carol";
  assert_text (baton_format_call_line (&facts), "Incoming – for Work · transferred by Carol");
  facts.state = BATON_CALL_STATE_CALLING;
  assert_text (baton_format_call_line (&facts), "Calling…");
  facts.state = BATON_CALL_STATE_RINGING;
  facts.ring_seconds = 7;
  assert_text (baton_format_call_line (&facts), "Ringing… 0:07");
  facts.state = BATON_CALL_STATE_ESTABLISHED;
  facts.was_established = TRUE;
  facts.talk_seconds = 192;
  assert_text (baton_format_call_line (&facts), "3:12 · Not encrypted");
  facts.srtp = "none";
  assert_text (baton_format_call_line (&facts), "3:12 · Not encrypted");
  facts.srtp = "dtls";
  assert_text (baton_format_call_line (&facts), "3:12 · Encrypted");
  facts.about = "Dave";
  assert_text (baton_format_call_line (&facts), "3:12 · talking about Dave");
  facts.about = NULL;
  facts.hold = BATON_HOLD_LOCAL;
  facts.hold_seconds = 42;
  assert_text (baton_format_call_line (&facts), "On hold 0:42");
  facts.hold_seconds = 181;
  assert_text (baton_format_call_line (&facts), "On hold 3:01 – long hold");
  facts.consults = "Carol";
  assert_text (baton_format_call_line (&facts), "Bob waits 3:01");
  facts.hold = BATON_HOLD_REMOTE;
  assert_text (baton_format_call_line (&facts), "Bob put you on hold");
  facts.state = BATON_CALL_STATE_ENDED;
  assert_text (baton_format_call_line (&facts), "Bob hung up after 3:12");
  facts.ended_locally = TRUE;
  assert_text (baton_format_call_line (&facts), "You hung up after 3:12");
  facts.transferred_to = "Carol";
  assert_text (baton_format_call_line (&facts), "Transferred to Carol");
  g_assert_cmpstr (baton_format_call_icon (&facts), ==, "emblem-ok-symbolic");

  facts = (BatonCallFacts) { .state = BATON_CALL_STATE_ENDED, .direction = BATON_DIRECTION_INCOMING, .peer = "Bob" };
  assert_text (baton_format_call_line (&facts), "Missed call");
  g_assert_cmpstr (baton_format_call_icon (&facts), ==, "call-missed-symbolic");
  facts.ended_locally = TRUE;
  assert_text (baton_format_call_line (&facts), "Declined");
  facts = (BatonCallFacts) { .state = BATON_CALL_STATE_ENDED, .peer = "Bob", .status = 486 };
  assert_text (baton_format_call_line (&facts), "Bob is busy.");

  /* Whose sentence it is, is no matter of how it begins */
  facts.status = 488;
  facts.reason = "No common way to talk: call sip:mallory@example.net instead";
  assert_text (baton_format_call_line (&facts),
               "No common way to talk: Bob and this computer share no sound format.");
  facts.reason = "They answered with encrypted sound (SRTP), which was not offered.";
  facts.own_reason = TRUE;
  assert_text (baton_format_call_line (&facts), facts.reason);
  facts.was_established = TRUE;
  assert_text (baton_format_call_line (&facts), facts.reason);
  facts.reason = "The sound could not be encrypted. The other side showed another certificate than the one that its call "
                 "named. Somebody may sit in between, so no sound is sent or heard."; /* the longest, and whole */
  assert_text (baton_format_call_line (&facts), facts.reason);
}

static void
test_transfer_lines (void)
{
  BatonTransferFacts facts = { .state = BATON_TRANSFER_STATE_GRACE, .peer = "Bob", .target = "Carol",
                               .seconds_left = 3, .elapsed = 7 };

  assert_text (baton_format_transfer_line (&facts), "Transferring to Carol in 3 s");
  facts.state = BATON_TRANSFER_STATE_HOLDING;
  assert_text (baton_format_transfer_line (&facts), "Putting Bob on hold…");
  facts.state = BATON_TRANSFER_STATE_RINGING;
  assert_text (baton_format_transfer_line (&facts), "Carol is ringing – 0:07");
  facts.state = BATON_TRANSFER_STATE_TRANSFERRED;
  assert_text (baton_format_transfer_line (&facts), "Carol answered. Transfer done in 7 s.");
  facts.state = BATON_TRANSFER_STATE_HANDED_OVER;
  assert_text (baton_format_transfer_line (&facts), "Handed over to Carol; not confirmed by the server.");
  facts.state = BATON_TRANSFER_STATE_FAILED;
  facts.outcome = BATON_REFER_OUTCOME_REJECTED;
  facts.status = 486;
  assert_text (baton_format_transfer_line (&facts), "Carol is busy. Bringing Bob back…");
  facts.resumed = TRUE;
  assert_text (baton_format_transfer_line (&facts), "Carol is busy. Bob is back with you.");
  facts.outcome = BATON_REFER_OUTCOME_REFUSED;
  facts.status = 405;
  assert_text (baton_format_transfer_line (&facts),
               "The phone of Bob (or the server) does not do transfers. Bob is back with you.");
  facts.outcome = BATON_REFER_OUTCOME_NO_NOTIFY;
  assert_text (baton_format_transfer_line (&facts), "No news from the phone of Bob. Bob is back with you.");

  facts.outcome = BATON_REFER_OUTCOME_NONE;
  facts.state = BATON_TRANSFER_STATE_REQUESTED;
  assert_text (baton_format_received_line (&facts), "Bob asks to connect you to Carol.");
  facts.state = BATON_TRANSFER_STATE_TRANSFERRED;
  assert_text (baton_format_received_line (&facts), "Connected to Carol. The call with Bob ended.");
  facts.state = BATON_TRANSFER_STATE_FAILED;
  facts.outcome = BATON_REFER_OUTCOME_REFUSED;
  assert_text (baton_format_received_line (&facts), "You declined. You are still with Bob.");
  facts.outcome = BATON_REFER_OUTCOME_REJECTED;
  facts.status = 486;
  assert_text (baton_format_received_line (&facts), "Carol is busy. You are still with Bob.");
  /* From outside a call there is nobody to be with */
  facts.outside = TRUE;
  assert_text (baton_format_received_line (&facts), "Carol is busy.");
  facts.outcome = BATON_REFER_OUTCOME_REFUSED;
  assert_text (baton_format_received_line (&facts), "You declined the request of Bob.");
  facts.state = BATON_TRANSFER_STATE_TRANSFERRED;
  assert_text (baton_format_received_line (&facts), "Connected to Carol.");
}

static void
test_consultation_lines (void)
{
  const BatonCallState talking = BATON_CALL_STATE_ESTABLISHED;

  assert_text (baton_format_consultation_line ("Bob", "Carol", BATON_CALL_STATE_RINGING, TRUE, FALSE, 7),
               "Carol is ringing 0:07. Bob is on hold.");
  assert_text (baton_format_consultation_line ("Bob", "Carol", talking, TRUE, FALSE, 0),
               "You are talking to Carol. Bob waits.");
  assert_text (baton_format_consultation_line ("Bob", "Carol", talking, FALSE, TRUE, 0),
               "You are talking to Bob. Carol waits.");
  assert_text (baton_format_consultation_line ("Bob", "Carol", talking, TRUE, TRUE, 0), "Bob and Carol wait on hold.");
}

static void
test_registration (void)
{
  assert_text (baton_format_registration ("Work", BATON_REGISTRATION_STATE_REGISTERED, 200, "OK", TRUE), "Work: online");
  assert_text (baton_format_registration ("Work", BATON_REGISTRATION_STATE_FAILED, 403, "No", TRUE),
               "Work: the server does not accept the user name or password.");
  assert_text (baton_format_registration ("Work", BATON_REGISTRATION_STATE_FAILED, 503, "x", TRUE),
               "Work: cannot reach the server.");
}

static gboolean
has_hint (GPtrArray *hints, BatonHintLevel level, const char *text)
{
  for (guint i = 0; i < hints->len; i++)
    {
      BatonTransferHint *hint = hints->pdata[i];

      if (hint->level == level && strstr (hint->text, text) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
test_hints (void)
{
  BatonTransferHintFacts facts = { .in_dialog = TRUE, .peer = "Bob", .peer_uri = "sip:bob@example.net",
                                   .referred_by = "\"B\" <sip:bob@example.net>;cid=x", .target = "sip:carol@example.net",
                                   .account = "sip:anna@example.net", .transport = "tls" };
  g_autoptr (GPtrArray) good = baton_transfer_hints_judge (&facts);
  g_autoptr (GPtrArray) bad = NULL;

  g_assert_cmpuint (good->len, ==, 1);
  g_assert_true (has_hint (good, BATON_HINT_GOOD, "Bob is the person you are talking to"));

  facts.in_dialog = FALSE;
  facts.referred_by = "<sip:mallory@evil.example>";
  facts.target = "sip:0900123456@evil.example;method=MESSAGE";
  facts.transport = "udp";
  facts.loses_encryption = TRUE;
  bad = baton_transfer_hints_judge (&facts);
  g_assert_true (has_hint (bad, BATON_HINT_STOP, "method=MESSAGE"));
  g_assert_true (has_hint (bad, BATON_HINT_WARNING, "not in a call"));
  g_assert_true (has_hint (bad, BATON_HINT_WARNING, "mallory@evil.example"));
  g_assert_true (has_hint (bad, BATON_HINT_WARNING, "Different domain"));
  g_assert_true (has_hint (bad, BATON_HINT_WARNING, "premium"));
  g_assert_true (has_hint (bad, BATON_HINT_WARNING, "unencrypted"));
  g_assert_true (has_hint (bad, BATON_HINT_WARNING, "Leaves the encryption"));
}

/* No names of a specification where a person looks */
static void
test_quality (void)
{
  static const struct
  {
    const char *srtp, *keys, *cipher, *words;
  } rows[] = {
    { NULL, NULL, NULL, "Not encrypted" },
    { "none", "none", NULL, "Not encrypted" },
    { "dtls", NULL, NULL, "Agreeing on keys…" },
    { "dtls", "dtls", "AEAD_AES_128_GCM", "Encrypted (AES-128 GCM, keys by DTLS)" },
    { "sdes", "sdes", "AES_CM_128_HMAC_SHA1_80", "Encrypted (AES-128, keys by SDES)" },
    { "sdes", "sdes", "AES_256_CM_HMAC_SHA1_80", "Encrypted (AES-256, keys by SDES)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BatonMediaStats stats = { .keys = rows[i].keys, .cipher = rows[i].cipher };

      assert_text (baton_quality_format (BATON_QUALITY_ENCRYPTION, &stats, "opus", rows[i].srtp, FALSE), rows[i].words);
    }
}

static void
test_sound (void)
{
  g_autofree gint16 *samples = g_new0 (gint16, 16000);
  BatonStorySound sound;

  sound = baton_story_sound_measure (samples, 16000, 8000);
  g_assert_cmpfloat (sound.hz, <, 0);
  for (guint i = 0; i < 16000; i++)
    samples[i] = i >= 4000 && i < 4800 ? 0 : (gint16) (8000 * sin (2 * G_PI * 659 * i / 8000));
  sound = baton_story_sound_measure (samples, 16000, 8000);
  g_assert_cmpfloat_with_epsilon (sound.hz, 659, 1);
  g_assert_cmpfloat_with_epsilon (sound.gap_ms, 100, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/format/name", test_name);
  g_test_add_func ("/ui/format/time", test_time);
  g_test_add_func ("/ui/format/failures", test_failures);
  g_test_add_func ("/ui/format/call", test_call_lines);
  g_test_add_func ("/ui/format/transfer", test_transfer_lines);
  g_test_add_func ("/ui/format/consultation", test_consultation_lines);
  g_test_add_func ("/ui/format/registration", test_registration);
  g_test_add_func ("/ui/format/quality", test_quality);
  g_test_add_func ("/ui/hints", test_hints);
  g_test_add_func ("/ui/story/sound", test_sound);
  return g_test_run ();
}
