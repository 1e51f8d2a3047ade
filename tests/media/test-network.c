/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call's sound against what other phones and networks do: a scripted RTP peer, and a relay that loses packets. */
#include <glib/gstdio.h>
#include <math.h>
#include <opus.h>
#include <string.h>

#include "baton-audio-hub.h"
#include "baton-test-audio.h"
#include "baton-test-rtp.h"
#include "baton-test-wait.h"

#include <spandsp/telephony.h>
#include <spandsp/fast_convert.h>
#include <spandsp/bit_operations.h>
#include <spandsp/g711.h>

#define TONE_DB (-15.05)

typedef struct
{
  BatonAudioHub *hub;
  BatonMedia *media;
  BatonTestRtp *peer;
  char *recording;
  double phase;       /* of the tone that the peer sends */
  guint ptime;
} Call;

static void
call_open (Call *call, BatonAudioKind kind, const char *codec)
{
  const char *codecs[] = { codec, NULL };
  BatonMediaOptions options = { .local_address = "127.0.0.1", .codecs = codec != NULL ? codecs : NULL,
                                .srtp = BATON_SRTP_MODE_OFF };
  g_autoptr (GError) error = NULL;

  memset (call, 0, sizeof *call);
  g_close (g_file_open_tmp ("baton-heard-XXXXXX.wav", &call->recording, NULL), NULL);
  options.record_path = call->recording;
  call->hub = baton_audio_hub_new (kind, 440, NULL, &error);
  g_assert_no_error (error);
  call->media = baton_media_factory_create (BATON_MEDIA_FACTORY (call->hub), &options);
  call->peer = baton_test_rtp_new ();
}

static void
call_close (Call *call)
{
  baton_media_stop (call->media);
  baton_test_drain ();
  g_assert_finalize_object (call->media);
  g_assert_finalize_object (call->hub);
  baton_test_rtp_free (call->peer);
  g_unlink (call->recording);
  g_free (call->recording);
}

/* The peer offers. */
static char *
call_take (Call *call, const char *formats, const char *attributes)
{
  g_autofree char *offer = baton_test_rtp_describe (call->peer, formats, attributes);
  g_autoptr (GError) error = NULL;
  char *answer = baton_media_create_answer (call->media, offer, &error);

  g_assert_no_error (error);
  baton_test_rtp_set_remote (call->peer, answer);
  baton_media_start (call->media);
  return answer;
}

static BatonTestWav *
call_hear (Call *call)
{
  baton_media_stop (call->media);
  return baton_test_wav_read (call->recording);
}

static guint64
received (Call *call)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (call->media);

  return stats->received;
}

static double
rtt_ms (Call *call)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (call->media);

  return stats->rtt_ms;
}

/* One packet of a 1000 Hz tone in PCMU. */
static void
say (Call *call, BatonTestRtp *peer, double hz, guint ms)
{
  guint8 payload[60 * 8];

  for (guint i = 0; i < ms * 8; i++, call->phase += 2 * G_PI * hz / 8000)
    payload[i] = linear_to_ulaw ((int) (8192 * sin (call->phase)));
  baton_test_rtp_send (peer, 0, payload, ms * 8, ms * 8);
}

static gboolean
say_1000 (gpointer data)
{
  Call *call = data;

  say (call, call->peer, 1000, call->ptime);
  return G_SOURCE_CONTINUE;
}

/* We send packets as long as they ask for, time stamps and all; @data: the milliseconds. */
static void
test_send_ptime (gconstpointer data)
{
  guint ms = GPOINTER_TO_UINT (data);
  g_autofree char *attributes = g_strdup_printf ("a=ptime:%u\r\n", ms), *answer = NULL;
  g_autoptr (BatonMediaStats) stats = NULL;
  Call call;

  call_open (&call, BATON_AUDIO_KIND_TONE, "pcmu");
  answer = call_take (&call, "0", attributes);
  baton_test_wait (baton_test_rtp_count (call.peer, 0) >= 6, 10000);
  for (guint i = 1; i < 6; i++)
    {
      const BatonTestRtpPacket *before = baton_test_rtp_get (call.peer, 0, i - 1), *packet = baton_test_rtp_get (call.peer, 0, i);

      g_assert_cmpuint (packet->length, ==, ms * 8);
      g_assert_cmpuint (packet->timestamp - before->timestamp, ==, ms * 8);
      g_assert_cmpuint ((guint16) (packet->sequence - before->sequence), ==, 1);
    }
  stats = baton_media_dup_stats (call.media);
  g_assert_cmpuint (stats->ptime_ms, ==, ms);
  call_close (&call);
}

static void
test_maxptime (void)
{
  g_autofree char *answer = NULL;
  Call call;

  call_open (&call, BATON_AUDIO_KIND_TONE, "opus");
  answer = call_take (&call, "111", "a=rtpmap:111 opus/48000/2\r\na=maxptime:10\r\n");
  g_assert_nonnull (strstr (answer, "sprop-stereo=0"));
  baton_test_wait (baton_test_rtp_count (call.peer, 111) >= 6, 10000);
  g_assert_cmpuint (baton_test_rtp_get (call.peer, 111, 5)->timestamp - baton_test_rtp_get (call.peer, 111, 4)->timestamp,
                    ==, 480);
  call_close (&call);
}

/* Packets of any length are heard; @data: the milliseconds. */
static void
test_receive_ptime (gconstpointer data)
{
  g_autofree char *answer = NULL;
  g_autoptr (BatonTestWav) heard = NULL;
  Call call;
  guint source;

  call_open (&call, BATON_AUDIO_KIND_NULL, "pcmu");
  call.ptime = GPOINTER_TO_UINT (data);
  answer = call_take (&call, "0", "");
  source = g_timeout_add (call.ptime, say_1000, &call);
  baton_test_settle (900);
  g_source_remove (source);
  heard = call_hear (&call);
  g_assert_cmpfloat (baton_test_goertzel_db ((gint16 *) heard->samples->data + heard->rate * 3 / 10, heard->rate / 2,
                                             heard->rate, 1000), >, TONE_DB - 3);
  call_close (&call);
}

/* After a comfort noise packet there is soft noise, not dead silence (RFC 3389). */
static void
test_comfort_noise (void)
{
  static const guint8 noise[] = { 50 }; /* -50 dBov */
  g_autofree char *answer = NULL;
  g_autoptr (BatonTestWav) heard = NULL;
  double level;
  Call call;
  guint source;

  call_open (&call, BATON_AUDIO_KIND_NULL, "pcmu");
  call.ptime = 20;
  answer = call_take (&call, "0 13", "");
  source = g_timeout_add (20, say_1000, &call);
  baton_test_settle (400);
  g_source_remove (source);
  baton_test_rtp_send (call.peer, 13, noise, sizeof noise, 160);
  baton_test_settle (700);
  heard = call_hear (&call);
  level = baton_test_level_db ((gint16 *) heard->samples->data + heard->rate * 7 / 10, heard->rate * 3 / 10);
  g_assert_cmpfloat (level, >, -56);
  g_assert_cmpfloat (level, <, -44);
  call_close (&call);
}

/* usedtx=1: silence costs a packet now and then, no more. */
static void
test_dtx (void)
{
  g_autofree char *answer = NULL;
  guint before;
  Call call;

  call_open (&call, BATON_AUDIO_KIND_NULL, "opus");
  answer = call_take (&call, "96", "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 usedtx=1;useinbandfec=1\r\n");
  baton_test_wait (baton_test_rtp_count (call.peer, 96) >= 5, 10000);
  baton_test_settle (600);
  before = baton_test_rtp_count (call.peer, 96);
  baton_test_settle (1000);
  g_assert_cmpuint (baton_test_rtp_count (call.peer, 96) - before, <, 15);
  call_close (&call);
}

/* Two channels come although one was asked for: both are heard, as one. */
static void
test_stereo (void)
{
  g_autofree char *answer = NULL;
  g_autoptr (BatonTestWav) heard = NULL;
  OpusEncoder *encoder = opus_encoder_create (48000, 2, OPUS_APPLICATION_AUDIO, NULL);
  Call call;

  opus_encoder_ctl (encoder, OPUS_SET_FORCE_CHANNELS (2));
  call_open (&call, BATON_AUDIO_KIND_NULL, "opus");
  answer = call_take (&call, "96", "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 stereo=1;sprop-stereo=1\r\n");
  for (guint frame = 0; frame < 40; frame++)
    {
      gint16 samples[2 * 960];
      guint8 payload[1000];

      for (guint i = 0; i < 960; i++)
        samples[2 * i] = samples[2 * i + 1] = (gint16) (8192 * sin (2 * G_PI * 700 * (frame * 960 + i) / 48000.0));
      baton_test_rtp_send (call.peer, 96, payload, (gsize) opus_encode (encoder, samples, 960, payload, sizeof payload), 960);
      baton_test_settle (20);
    }
  opus_encoder_destroy (encoder);
  heard = call_hear (&call);
  g_assert_cmpfloat (baton_test_goertzel_db ((gint16 *) heard->samples->data + heard->rate * 3 / 10, heard->rate * 3 / 10,
                                             heard->rate, 700), >, TONE_DB - 3);
  call_close (&call);
}

/* They answer two codecs, the first is what we send; they send the second. */
static void
test_asymmetric (void)
{
  g_autofree char *offer = NULL, *answer = NULL;
  g_autoptr (BatonTestWav) heard = NULL;
  g_autoptr (GError) error = NULL;
  Call call;
  guint source;

  call_open (&call, BATON_AUDIO_KIND_TONE, NULL);
  call.ptime = 20;
  offer = baton_media_create_offer (call.media, &error);
  g_assert_no_error (error);
  baton_test_rtp_set_remote (call.peer, offer);
  answer = baton_test_rtp_describe (call.peer, "8 0", "");
  g_assert_true (baton_media_apply_answer (call.media, answer, TRUE, &error));
  baton_media_start (call.media);
  source = g_timeout_add (20, say_1000, &call);
  baton_test_wait (baton_test_rtp_count (call.peer, 8) >= 30, 10000);
  g_source_remove (source);
  heard = call_hear (&call);
  g_assert_cmpfloat (baton_test_goertzel_db ((gint16 *) heard->samples->data + heard->rate * 2 / 10, heard->rate * 2 / 10,
                                             heard->rate, 1000), >, TONE_DB - 3);
  call_close (&call);
}

/* Two branches of a fork have early media: the later one is heard, and sent to; then the first one answers. */
static void
test_forked_early_media (void)
{
  g_autoptr (BatonTestRtp) second = baton_test_rtp_new ();
  g_autofree char *offer = NULL, *early = NULL, *other = NULL;
  g_autoptr (GError) error = NULL;
  guint before;
  Call call;

  call_open (&call, BATON_AUDIO_KIND_TONE, "pcmu");
  call.ptime = 20;
  offer = baton_media_create_offer (call.media, &error);
  baton_test_rtp_set_remote (call.peer, offer);
  baton_test_rtp_set_remote (second, offer);
  early = baton_test_rtp_describe (call.peer, "0", "");
  other = baton_test_rtp_describe (second, "0", "");
  g_assert_true (baton_media_apply_answer (call.media, early, FALSE, &error));
  baton_media_start (call.media);
  baton_test_wait (baton_test_rtp_count (call.peer, 0) >= 5, 10000);
  g_assert_true (baton_media_apply_answer (call.media, other, FALSE, &error));
  baton_test_wait (baton_test_rtp_count (second, 0) >= 5, 10000);
  before = baton_test_rtp_count (call.peer, 0);
  baton_test_settle (100);
  g_assert_cmpuint (baton_test_rtp_count (call.peer, 0), ==, before);
  g_assert_true (baton_media_apply_answer (call.media, early, TRUE, &error));
  baton_test_wait (baton_test_rtp_count (call.peer, 0) >= before + 5, 10000);
  before = baton_test_rtp_count (second, 0);
  baton_test_settle (100);
  g_assert_cmpuint (baton_test_rtp_count (second, 0), ==, before);
  call_close (&call);
}

/* We send, they are to send, and nothing comes: known within 3 s, and taken back with the first packet. */
static void
test_one_way (void)
{
  g_autofree char *answer = NULL;
  gint64 begun;
  gboolean one_way;
  Call call;
  guint source;

  call_open (&call, BATON_AUDIO_KIND_TONE, "pcmu");
  call.ptime = 20;
  answer = call_take (&call, "0", "");
  begun = g_get_monotonic_time ();
  baton_test_wait ((g_object_get (call.media, "one-way", &one_way, NULL), one_way), 10000);
  g_assert_cmpint (g_get_monotonic_time () - begun, >, 2 * G_USEC_PER_SEC);
  g_test_message ("known after %.2f s", (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC);
  source = g_timeout_add (20, say_1000, &call);
  baton_test_wait ((g_object_get (call.media, "one-way", &one_way, NULL), !one_way), 10000);
  g_source_remove (source);
  call_close (&call);
}

/* A packet of Opus without sound announces no pause that may last: its refreshes would come. Comfort noise does. */
static void
test_one_way_after_pause (void)
{
  static const guint8 nothing[] = { 0xf8 }, noise[] = { 50 };
  g_autofree char *opus_answer = NULL, *noise_answer = NULL;
  gboolean one_way;
  Call opus, quiet;

  call_open (&quiet, BATON_AUDIO_KIND_TONE, "pcmu");
  noise_answer = call_take (&quiet, "0 13", "");
  baton_test_rtp_send (quiet.peer, 13, noise, sizeof noise, 160);
  baton_test_wait (received (&quiet) >= 1, 10000);
  call_open (&opus, BATON_AUDIO_KIND_TONE, "opus");
  opus_answer = call_take (&opus, "96", "a=rtpmap:96 opus/48000/2\r\n");
  for (guint i = 0; i < 5; i++)
    baton_test_rtp_send (opus.peer, 96, nothing, sizeof nothing, 960);
  baton_test_wait ((g_object_get (opus.media, "one-way", &one_way, NULL), one_way), 10000);
  g_object_get (quiet.media, "one-way", &one_way, NULL);
  g_assert_false (one_way);
  call_close (&opus);
  call_close (&quiet);
}

static gboolean
keep_alive (gpointer data)
{
  Call *call = data;

  baton_test_rtp_send (call->peer, 126, (const guint8 *) "", 0, 0);
  return G_SOURCE_CONTINUE;
}

/* Packets of a type that nobody agreed on (RFC 6263 §4.6) have numbers of the stream: they are no loss, and no sound. */
static void
test_keep_alive (void)
{
  g_autofree char *answer = NULL;
  g_autoptr (BatonMediaStats) stats = NULL;
  gboolean one_way;
  guint sound, others;
  Call call;

  call_open (&call, BATON_AUDIO_KIND_TONE, "pcmu");
  call.ptime = 20;
  answer = call_take (&call, "0", "");
  keep_alive (&call); /* nor do they begin a stream */
  sound = g_timeout_add (20, say_1000, &call);
  others = g_timeout_add (70, keep_alive, &call);
  baton_test_wait (received (&call) >= 50, 10000);
  stats = baton_media_dup_stats (call.media);
  g_assert_cmpuint (stats->lost, ==, 0);
  g_assert_cmpfloat (stats->mos, >, 4);
  g_source_remove (sound);
  baton_test_wait ((g_object_get (call.media, "one-way", &one_way, NULL), one_way), 10000);
  g_source_remove (others);
  call_close (&call);
}

/* The packet of type 207 in the last compound one, or NULL. */
static const guint8 *
find_extended_report (BatonTestRtp *peer)
{
  for (gsize at = 0; at + 8 <= peer->rtcp_length; at += 4 * ((gsize) (peer->rtcp[at + 2] << 8 | peer->rtcp[at + 3]) + 1))
    if (peer->rtcp[at + 1] == 207)
      return peer->rtcp + at;
  return NULL;
}

/* VoIP metrics where they are asked for (RFC 3611 §4.7); what they say of us is in the figures. */
static void
test_extended_reports (void)
{
  g_autofree char *answer = NULL;
  const guint8 *report;
  guint8 theirs[8 + 44] = { 0x80, 201, 0, 1 };
  guint32 ssrc;
  double remote_mos = -1;
  Call call;
  guint source;

  call_open (&call, BATON_AUDIO_KIND_TONE, "pcmu");
  call.ptime = 20;
  answer = call_take (&call, "0", "a=rtcp-mux\r\na=rtcp-xr:rcvr-rtt=all voip-metrics\r\n");
  g_assert_nonnull (strstr (answer, "a=rtcp-xr:voip-metrics"));
  source = g_timeout_add (20, say_1000, &call);
  baton_test_wait ((report = find_extended_report (call.peer)) != NULL, 10000);
  g_assert_cmpint (report[8], ==, 7);
  g_assert_cmpint (report[8 + 26], >=, 35); /* MOS-LQ × 10 */
  g_assert_cmpint (report[8 + 26], <=, 45);

  memcpy (theirs + 8, report, 44);
  ssrc = g_htonl (baton_test_rtp_get (call.peer, 0, 0)->ssrc);
  memcpy (theirs + 8 + 12, &ssrc, 4); /* about our sound */
  theirs[8 + 8 + 26] = 31;
  baton_test_rtp_send_rtcp (call.peer, theirs, sizeof theirs);
  while (remote_mos < 0)
    {
      g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (call.media);

      remote_mos = stats->remote_mos;
      baton_test_settle (20);
      g_assert_cmpuint (call.peer->packets->len, <, 1000);
    }
  g_assert_cmpfloat (fabs (remote_mos - 3.1), <, 0.01);
  g_source_remove (source);
  call_close (&call);
}

/* What the last report says of the sound that the peer sent (RFC 3550 §6.4.1), or NULL. */
static const guint8 *
find_reception (BatonTestRtp *peer)
{
  gboolean sender = peer->rtcp[1] == 200;

  return peer->rtcp_length >= 8 && (peer->rtcp[0] & 31) > 0 ? peer->rtcp + (sender ? 28 : 8) : NULL;
}

static void
set_hold (Call *call, gboolean hold)
{
  g_autofree char *offer = NULL, *answer = baton_test_rtp_describe (call->peer, "0", hold ? "a=recvonly\r\na=rtcp-mux\r\n"
                                                                                         : "a=rtcp-mux\r\n");
  g_autoptr (GError) error = NULL;

  baton_media_set_local_hold (call->media, hold);
  offer = baton_media_create_offer (call->media, &error);
  g_assert_true (baton_media_apply_answer (call->media, answer, TRUE, &error));
  g_assert_no_error (error);
}

/* What the peer sends until it has answered a hold is not lost, neither to us nor in what we report. */
static void
test_hold_counting (void)
{
  g_autofree char *answer = NULL;
  g_autoptr (BatonMediaStats) stats = NULL;
  const guint8 *reception;
  guint64 before;
  Call call;
  guint source;

  call_open (&call, BATON_AUDIO_KIND_TONE, "pcmu");
  call.ptime = 20;
  answer = call_take (&call, "0", "a=rtcp-mux\r\n");
  source = g_timeout_add (20, say_1000, &call);
  baton_test_wait (received (&call) >= 25, 10000);
  before = received (&call);
  set_hold (&call, TRUE);
  for (guint i = 0; i < 50; i++)
    say_1000 (&call);
  set_hold (&call, FALSE);
  call.peer->rtcp_length = 0;
  baton_test_wait (received (&call) >= before + 25, 10000);
  stats = baton_media_dup_stats (call.media);
  g_assert_cmpuint (stats->lost, ==, 0);
  g_assert_cmpfloat (stats->lost_percent, <, 5);
  g_assert_cmpfloat (stats->mos, >, 4);
  baton_test_wait ((reception = find_reception (call.peer)) != NULL, 10000);
  g_assert_cmpuint (reception[4], ==, 0);                                          /* the fraction … */
  g_assert_cmpuint (reception[5] << 16 | reception[6] << 8 | reception[7], ==, 0); /* … and all that was lost */
  g_assert_cmpuint (reception[10] << 8 | reception[11], >, 1000 + 75); /* the number of the last one goes on */
  g_source_remove (source);
  call_close (&call);
}

/* The block of @type in the last extended report, or NULL. */
static const guint8 *
find_block (BatonTestRtp *peer, guint8 type)
{
  for (gsize at = 0; at + 8 <= peer->rtcp_length; at += 4 * ((gsize) (peer->rtcp[at + 2] << 8 | peer->rtcp[at + 3]) + 1))
    for (const guint8 *block = peer->rtcp + at + 8, *end = peer->rtcp + at + 4 * ((peer->rtcp[at + 2] << 8 | peer->rtcp[at + 3]) + 1);
         peer->rtcp[at + 1] == 207 && block + 4 <= end; block += 4 * ((block[2] << 8 | block[3]) + 1))
      if (block[0] == type)
        return block;
  return NULL;
}

/* We only hear (they say sendonly): a time of ours in the report, theirs answered; their answer to ours is the round trip. */
static void
test_receiver_times (void)
{
  g_autofree char *answer = NULL;
  const guint8 *block;
  guint8 theirs[8 + 8 + 12] = { 0x80, 201, 0, 1, 0, 0, 0, 7, 0x80, 207, 0, 4, 0, 0, 0, 7, 4, 0, 0, 2, 0, 0, 0xab, 0xcd, 0x12, 0x34 };
  guint8 reply[8 + 8 + 16] = { 0x80, 201, 0, 1, 0, 0, 0, 7, 0x80, 207, 0, 5, 0, 0, 0, 7, 5, 0, 0, 3 };
  double rtt = -1;
  gint64 begun;
  Call call;
  guint source;

  call_open (&call, BATON_AUDIO_KIND_TONE, "pcmu");
  call.ptime = 20;
  answer = call_take (&call, "0", "a=sendonly\r\na=rtcp-mux\r\na=rtcp-xr:rcvr-rtt=all\r\n");
  g_assert_nonnull (strstr (answer, "a=rtcp-xr:rcvr-rtt=all\r\n"));
  source = g_timeout_add (20, say_1000, &call);
  baton_test_wait ((block = find_block (call.peer, 4)) != NULL, 10000);
  g_assert_null (find_block (call.peer, 5));
  memcpy (reply + 20, call.peer->rtcp + 4, 4); /* about us */
  memcpy (reply + 24, block + 6, 4);           /* the middle of our time, and no delay */
  baton_test_rtp_send_rtcp (call.peer, reply, sizeof reply);
  baton_test_rtp_send_rtcp (call.peer, theirs, sizeof theirs);
  baton_test_wait ((block = find_block (call.peer, 5)) != NULL, 10000);
  begun = g_get_monotonic_time ();
  g_assert_cmpint (memcmp (block + 4, theirs + 12, 4), ==, 0);  /* theirs … */
  g_assert_cmpint (memcmp (block + 8, theirs + 22, 4), ==, 0);  /* … and which of their times */
  while (rtt < 0)
    {
      g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (call.media);

      rtt = stats->rtt_ms;
      baton_test_settle (20);
      g_assert_cmpint (g_get_monotonic_time () - begun, <, 10 * G_USEC_PER_SEC);
      g_assert_cmpuint (baton_test_rtp_count (call.peer, 0), ==, 0);
    }
  g_assert_cmpfloat (rtt, <, 5000);
  g_source_remove (source);
  call_close (&call);
}

/* We only send (they say recvonly): their reports are read all the same, and sound that they send is none. */
static void
test_sender_reports (void)
{
  g_autofree char *answer = NULL;
  guint8 report[8 + 24] = { 0x81, 201, 0, 7, 0, 0, 0, 7, 0, 0, 0, 0, 64 };
  double rtt = -1;
  Call call;
  guint source;

  call_open (&call, BATON_AUDIO_KIND_TONE, "pcmu");
  call.ptime = 20;
  answer = call_take (&call, "0", "a=recvonly\r\na=rtcp-mux\r\n");
  source = g_timeout_add (20, say_1000, &call);
  baton_test_wait (call.peer->rtcp_length >= 28 && call.peer->rtcp[1] == 200, 10000);
  memcpy (report + 8, call.peer->rtcp + 4, 4);   /* about us */
  memcpy (report + 24, call.peer->rtcp + 10, 4); /* the middle of our time, and no delay */
  baton_test_rtp_send_rtcp (call.peer, report, sizeof report);
  baton_test_wait ((rtt = rtt_ms (&call)) >= 0, 10000);
  g_source_remove (source);
  g_assert_cmpfloat (rtt, <, 5000);
  {
    g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (call.media);

    g_assert_cmpfloat (fabs (stats->remote_lost_percent - 25), <, 0.1);
    g_assert_cmpuint (stats->received, ==, 0);
  }
  call_close (&call);
}

/* Keys as tones in the sound: 770 and 1336 Hz are a 5. */
static void
test_tones (void)
{
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;
  gint16 samples[160];
  gboolean found = FALSE;
  Call call;

  call_open (&call, BATON_AUDIO_KIND_NULL, "pcmu");
  answer = call_take (&call, "0", "");
  g_assert_false (baton_media_send_dtmf (call.media, "5", NULL));
  g_assert_true (baton_media_send_tones (call.media, "5", &error));
  g_assert_no_error (error);
  baton_test_wait (baton_test_rtp_count (call.peer, 0) >= 12, 10000);
  for (guint i = 0; i < 12; i++)
    {
      const BatonTestRtpPacket *packet = baton_test_rtp_get (call.peer, 0, i);

      for (guint j = 0; j < 160; j++)
        samples[j] = ulaw_to_linear (packet->payload[j]);
      found |= baton_test_goertzel_db (samples, 160, 8000, 770) > -24 && baton_test_goertzel_db (samples, 160, 8000, 1336) > -24;
    }
  g_assert_true (found);
  call_close (&call);
}

/* Every twentieth packet is lost and the others come up to 40 ms late, in any order; @data: the codec. */
static void
test_loss (gconstpointer data)
{
  g_autoptr (BatonTestRelay) relay = baton_test_relay_new (0.05, 40);
  g_autofree char *offer = NULL, *changed = NULL, *answer = NULL, *changed_answer = NULL;
  g_autoptr (BatonMediaStats) stats = NULL;
  g_autoptr (BatonTestWav) heard = NULL;
  g_autoptr (GError) error = NULL;
  double level;
  Call a, b;

  call_open (&a, BATON_AUDIO_KIND_TONE, data);
  call_open (&b, BATON_AUDIO_KIND_TONE, data);
  offer = baton_media_create_offer (a.media, &error);
  changed = baton_test_relay_change (relay, 1, offer);
  answer = baton_media_create_answer (b.media, changed, &error);
  changed_answer = baton_test_relay_change (relay, 0, answer);
  g_assert_true (baton_media_apply_answer (a.media, changed_answer, TRUE, &error));
  baton_media_start (a.media);
  baton_media_start (b.media);
  baton_test_settle (3000);
  stats = baton_media_dup_stats (b.media);
  heard = call_hear (&b);
  level = baton_test_level_db ((gint16 *) heard->samples->data + heard->rate, heard->rate * 3 / 2);
  g_test_message ("%s: lost %.1f %%, concealed %.1f %%, jitter %.1f ms, delay %.0f ms, MOS %.2f, level %.1f dB",
                  (const char *) data, stats->lost_percent, stats->concealed_percent, stats->jitter_ms, stats->delay_ms,
                  stats->mos, level);
  g_assert_cmpuint (stats->lost, >, 0);
  g_assert_cmpfloat (stats->concealed_percent, >, 0.5);
  g_assert_cmpfloat (stats->concealed_percent, <, 25);
  g_assert_cmpfloat (stats->mos, >, 1.5);
  g_assert_cmpfloat (stats->mos, <, 4.4);
  g_assert_cmpfloat (level, >, TONE_DB - 3);
  g_assert_cmpfloat (level, <, TONE_DB + 3);
  call_close (&a);
  call_close (&b);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  static const char *const codecs[] = { "opus", "g722", "pcmu", "pcma" };
  static const guint ptimes[] = { 10, 30, 40, 60 };

  g_test_init (&argc, &argv, NULL);
  g_timeout_add (5, look_again, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ptimes); i++)
    {
      g_autofree char *send = g_strdup_printf ("/network/ptime/send-%u", ptimes[i]);
      g_autofree char *receive = g_strdup_printf ("/network/ptime/receive-%u", ptimes[i]);

      g_test_add_data_func (send, GUINT_TO_POINTER (ptimes[i]), test_send_ptime);
      g_test_add_data_func (receive, GUINT_TO_POINTER (ptimes[i]), test_receive_ptime);
    }
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    {
      g_autofree char *name = g_strconcat ("/network/loss/", codecs[i], NULL);

      g_test_add_data_func (name, codecs[i], test_loss);
    }
  g_test_add_func ("/network/ptime/max", test_maxptime);
  g_test_add_func ("/network/comfort-noise", test_comfort_noise);
  g_test_add_func ("/network/dtx", test_dtx);
  g_test_add_func ("/network/stereo", test_stereo);
  g_test_add_func ("/network/asymmetric", test_asymmetric);
  g_test_add_func ("/network/forked-early-media", test_forked_early_media);
  g_test_add_func ("/network/one-way", test_one_way);
  g_test_add_func ("/network/one-way-after-pause", test_one_way_after_pause);
  g_test_add_func ("/network/keep-alive", test_keep_alive);
  g_test_add_func ("/network/hold-counting", test_hold_counting);
  g_test_add_func ("/network/extended-reports", test_extended_reports);
  g_test_add_func ("/network/receiver-times", test_receiver_times);
  g_test_add_func ("/network/sender-reports", test_sender_reports);
  g_test_add_func ("/network/tones", test_tones);
  return g_test_run ();
}
