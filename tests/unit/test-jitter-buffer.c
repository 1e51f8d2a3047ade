/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time and arrivals are invented here: packet i carries the number i and is sent at i · 20 ms. */
#include "baton-audio-receiver.h"
#include "baton-jitter-buffer.h"

#include <string.h>

#define MS 1000
#define FRAME (20 * MS)
#define START (1000 * MS)

static void
put (BatonJitterBuffer *buffer, guint i, gint64 arrival)
{
  guint8 payload[4] = { (guint8) (i >> 24), (guint8) (i >> 16), (guint8) (i >> 8), (guint8) i };

  baton_jitter_buffer_put (buffer, (guint16) (i + 65500), i * 160, 0, payload, sizeof payload, arrival);
}

static guint
number (const BatonJitterItem *item)
{
  g_assert_cmpuint (item->length, ==, 4);
  return (guint) item->payload[0] << 24 | (guint) item->payload[1] << 16 | (guint) item->payload[2] << 8 | item->payload[3];
}

/* Packets that come as sent come out in order, each once, and after the shortest delay. */
static void
test_steady (void)
{
  g_autoptr (BatonJitterBuffer) buffer = baton_jitter_buffer_new (8000);
  guint expected = 0;

  for (guint i = 0; i < 500; i++)
    {
      gint64 now = START + i * FRAME;
      BatonJitterItem item;

      put (buffer, i, now);
      item = baton_jitter_buffer_pull (buffer, now);
      if (item.kind == BATON_JITTER_NOTHING)
        g_assert_cmpuint (i, <, 3);
      else
        {
          g_assert_cmpint (item.kind, ==, BATON_JITTER_PACKET);
          g_assert_cmpuint (number (&item), ==, expected++);
        }
    }
  g_assert_cmpint (baton_jitter_buffer_get_delay (buffer), <=, BATON_JITTER_MIN_US);
  g_assert_cmpuint (expected, ==, 498);
}

static void
test_reorder_and_duplicates (void)
{
  g_autoptr (BatonJitterBuffer) buffer = baton_jitter_buffer_new (8000);
  guint expected = 0;

  for (guint i = 0; i < 300; i++)
    {
      gint64 now = START + i * FRAME;
      BatonJitterItem item;

      put (buffer, i ^ 1, now); /* 1 0 3 2 5 4 … */
      if (i % 7 == 0)
        put (buffer, i ^ 1, now);
      item = baton_jitter_buffer_pull (buffer, now);
      if (item.kind != BATON_JITTER_NOTHING)
        {
          g_assert_cmpint (item.kind, ==, BATON_JITTER_PACKET);
          g_assert_cmpuint (number (&item), ==, expected++);
        }
    }
  g_assert_cmpuint (expected, >, 290);
  g_assert_cmpuint (baton_jitter_buffer_get_stats (buffer).duplicate, ==, 43);
}

/* 5 % lost and the rest up to 15 ms late: each lost one is concealed once, with the next at hand for FEC. */
static void
test_loss (void)
{
  g_autoptr (BatonJitterBuffer) buffer = baton_jitter_buffer_new (8000);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  guint lost = 0, concealed = 0, with_next = 0, given = 0, last = 0;

  for (guint i = 0; i < 1000; i++)
    {
      gint64 now = START + i * FRAME;
      BatonJitterItem item;

      if (i == 0 || i > 990 || g_rand_double (rand) > 0.05)
        put (buffer, i, now - g_rand_int_range (rand, 0, 15 * MS));
      else
        lost++;
      item = baton_jitter_buffer_pull (buffer, now);
      if (item.kind == BATON_JITTER_LOST)
        {
          concealed++;
          with_next += item.length > 0;
        }
      else if (item.kind == BATON_JITTER_PACKET)
        {
          g_assert_true (given == 0 || number (&item) > last);
          last = number (&item);
          given++;
        }
    }
  g_assert_cmpuint (lost, >, 30);
  g_assert_cmpuint (baton_jitter_buffer_get_stats (buffer).lost, ==, lost);
  g_assert_cmpuint (concealed, ==, lost);
  g_assert_cmpuint (with_next, >, lost * 3 / 4);
}

/* 80 ms of jitter makes the delay grow until hardly anything comes too late; calm brings it down again. */
static void
test_adapts (void)
{
  g_autoptr (BatonJitterBuffer) buffer = baton_jitter_buffer_new (8000);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  gint64 arrival[3000];
  guint next = 0, bad = 0;

  for (guint i = 0; i < 3000; i++)
    arrival[i] = START + i * FRAME + (i < 1000 ? g_rand_int_range (rand, 0, 80 * MS) : 0);
  for (guint i = 1; i < 1000; i++)
    arrival[i] = MAX (arrival[i], arrival[i - 1]);
  for (guint i = 0; i < 2990; i++)
    {
      gint64 now = START + i * FRAME + 1;
      BatonJitterItem item;

      for (; next < 3000 && arrival[next] <= now; next++)
        put (buffer, next, arrival[next]);
      item = baton_jitter_buffer_pull (buffer, now);
      if (i == 990)
        {
          g_assert_cmpint (baton_jitter_buffer_get_delay (buffer), <, 160 * MS);
          g_assert_cmpint (baton_jitter_buffer_get_delay (buffer), >, 20 * MS);
        }
      if (i > 200 && i < 1000)
        bad += item.kind != BATON_JITTER_PACKET;
    }
  g_assert_cmpuint (bad, <, 40); /* 5 % */
  g_assert_cmpint (baton_jitter_buffer_get_delay (buffer), <=, BATON_JITTER_MIN_US + 25 * MS);
}

/* For 140 ms nothing comes, then all of it at once: soon nothing of that is left in the delay. */
static void
test_hiccup (void)
{
  g_autoptr (BatonJitterBuffer) buffer = baton_jitter_buffer_new (8000);
  guint next = 0;

  for (guint i = 0; i < 250; i++)
    {
      gint64 now = START + i * FRAME;

      for (; next <= i && (i < 50 || i > 56); next++)
        put (buffer, next, next < 50 || next > 56 ? now : START + 57 * FRAME);
      baton_jitter_buffer_pull (buffer, now);
      if (i == 70)
        g_assert_cmpint (baton_jitter_buffer_get_delay (buffer), >, BATON_JITTER_MIN_US + 45 * MS);
      if (i >= 200)
        g_assert_cmpint (baton_jitter_buffer_get_delay (buffer), <=, BATON_JITTER_MIN_US + 45 * MS);
    }
}

/* Packets of 40 ms, of which one in 3 s is 20 ms late: one less would be missed then, and none is thrown away. */
static void
test_long_packets (void)
{
  g_autoptr (BatonJitterBuffer) buffer = baton_jitter_buffer_new (8000);
  guint64 settled = 0;
  guint next = 0;

  for (guint i = 0; i < 1000; i++)
    {
      gint64 now = START + i * 40 * MS + 10 * MS;

      for (; START + next * 40 * MS + (next % 75 == 74 ? 20 * MS : 0) <= now; next++)
        baton_jitter_buffer_put (buffer, (guint16) next, next * 320, 0, (const guint8 *) "sound", 5,
                                 START + next * 40 * MS + (next % 75 == 74 ? 20 * MS : 0));
      baton_jitter_buffer_pull (buffer, now);
      if (i == 200)
        settled = baton_jitter_buffer_get_stats (buffer).dropped;
    }
  g_assert_cmpuint (baton_jitter_buffer_get_stats (buffer).dropped, ==, settled);
  g_assert_cmpint (baton_jitter_buffer_get_delay (buffer), <, 70 * MS);
}

/* A sender whose clock is half a percent fast or slow is followed; the delay stays where it belongs. */
static void
test_drift (gconstpointer data)
{
  const int ppm = GPOINTER_TO_INT (data);
  g_autoptr (BatonJitterBuffer) buffer = baton_jitter_buffer_new (8000);
  guint next = 0, bad = 0;

  for (guint i = 0; i < 10000; i++)
    {
      gint64 now = START + (gint64) i * FRAME;
      BatonJitterItem item;

      for (;; next++)
        {
          gint64 arrival = START + (gint64) next * FRAME * (1000000 - ppm) / 1000000;

          if (arrival > now)
            break;
          put (buffer, next, arrival);
        }
      item = baton_jitter_buffer_pull (buffer, now);
      bad += item.kind == BATON_JITTER_LATE || item.kind == BATON_JITTER_LOST;
      g_assert_cmpint (baton_jitter_buffer_get_delay (buffer), <, 120 * MS);
    }
  g_assert_cmpuint (bad, <, 70); /* 200 s · 0.5 % is 50 packets */
}

/* A silent sender (DTX, hold) and one that begins anew with other numbers are nothing special. */
static void
test_pauses (void)
{
  g_autoptr (BatonJitterBuffer) buffer = baton_jitter_buffer_new (8000);
  guint heard = 0;

  for (guint i = 0; i < 600; i++)
    {
      gint64 now = START + i * FRAME;
      BatonJitterItem item;

      if (i < 100)
        put (buffer, i, now);
      else if (i >= 300 && i < 400)
        put (buffer, i - 200, now); /* goes on with the next number */
      else if (i >= 500)
        put (buffer, i + 30000, now);
      item = baton_jitter_buffer_pull (buffer, now);
      heard += item.kind == BATON_JITTER_PACKET;
      if (i > 120 && i < 300)
        g_assert_cmpint (item.kind, ==, BATON_JITTER_NOTHING);
    }
  g_assert_cmpuint (heard, >=, 290);
}

/* Places without sound (keys pressed) take their time and nothing is concealed for them. */
static void
test_empty_places (void)
{
  g_autoptr (BatonJitterBuffer) buffer = baton_jitter_buffer_new (8000);
  guint empty = 0;

  for (guint i = 0; i < 100; i++)
    {
      gint64 now = START + i * FRAME;
      BatonJitterItem item;

      if (i >= 40 && i < 50)
        baton_jitter_buffer_put (buffer, (guint16) (i + 65500), 40 * 160, 101, NULL, 0, now);
      else
        put (buffer, i, now);
      item = baton_jitter_buffer_pull (buffer, now);
      g_assert_cmpint (item.kind, !=, BATON_JITTER_LOST);
      g_assert_cmpint (item.kind, !=, BATON_JITTER_LATE);
      if (item.kind == BATON_JITTER_PACKET && item.length == 0)
        {
          empty++;
          g_assert_cmpuint (item.duration, ==, 160);
        }
    }
  g_assert_cmpuint (empty, ==, 10);
}

/* A sender of sound that another codec may take over, in the same stream. */
typedef struct
{
  BatonAudioReceiver *receiver;
  guint16 sequence;
  guint32 timestamp;
} Stream;

static void
send_sound (Stream *stream, guint8 payload_type, gsize length, guint ticks, gint64 arrival)
{
  static const guint8 silent_opus[] = { 0xf8, 0xff, 0xfe };
  const BatonRtpHeader header = { FALSE, payload_type, stream->sequence++, stream->timestamp, 1 };
  BatonRtpPacket packet = { .length = BATON_RTP_HEADER + length, .arrival = arrival };

  memset (packet.data + BATON_RTP_HEADER, 0xff, length); /* silence in PCMU */
  if (payload_type == 96)
    memcpy (packet.data + BATON_RTP_HEADER, silent_opus, sizeof silent_opus);
  baton_rtp_write (packet.data, &header);
  stream->timestamp += ticks;
  g_assert_true (baton_audio_receiver_take (stream->receiver, &packet, TRUE, 2));
}

static void
send_frame (Stream *stream, gboolean opus, gint64 arrival)
{
  if (opus)
    send_sound (stream, 96, 3, 960, arrival);
  else
    for (guint i = 0; i < 2; i++)
      send_sound (stream, 0, 80, 80, arrival + i * 10 * MS); /* another length of packets, as some have it with G.711 */
}

static void
on_digit (char digit, guint duration_ms, gpointer data)
{
  g_assert_not_reached ();
}

/* The codec changes from or to Opus, whose clock is another. A hiccup of 100 ms is forgotten as soon as it is else. */
static void
test_codec_change (gconstpointer data)
{
  const gboolean to_opus = GPOINTER_TO_INT (data);
  const BatonAudioReceiverEvents events = { on_digit, NULL };
  BatonSdpAgreement agreement = { .codec = to_opus ? BATON_CODEC_PCMU : BATON_CODEC_OPUS };
  Stream stream = { baton_audio_receiver_new (BATON_AUDIO_KIND_TONE, &events) };
  guint next = 0;

  agreement.receive[0] = 1 + BATON_CODEC_PCMU;
  agreement.receive[96] = 1 + BATON_CODEC_OPUS;
  baton_audio_receiver_set_agreement (stream.receiver, &agreement);
  for (guint i = 0; i < 300; i++)
    {
      gint64 now = START + i * FRAME;
      BatonMediaStats stats = { 0 };

      for (; next <= i && (i < 100 || i > 104); next++)
        send_frame (&stream, (next >= 50) == to_opus, now - 10 * MS);
      baton_audio_receiver_hear_frame (stream.receiver, now);
      baton_audio_receiver_read_stats (stream.receiver, &stats);
      if (i >= 250)
        g_assert_cmpfloat (stats.delay_ms, <=, 90);
    }
  baton_audio_receiver_free (stream.receiver);
}

static void
test_noise (void)
{
  g_autoptr (BatonJitterBuffer) buffer = baton_jitter_buffer_new (48000);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  guint8 payload[2000] = { 0 };

  for (guint i = 0; i < 20000; i++)
    {
      baton_jitter_buffer_put (buffer, (guint16) g_rand_int (rand), g_rand_int (rand), 0, payload,
                               (gsize) g_rand_int_range (rand, 0, sizeof payload), START + i * MS);
      if (i % 3 == 0)
        g_assert_cmpuint (baton_jitter_buffer_pull (buffer, START + i * MS).duration, <=, 48000);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jitter-buffer/steady", test_steady);
  g_test_add_func ("/jitter-buffer/reorder", test_reorder_and_duplicates);
  g_test_add_func ("/jitter-buffer/loss", test_loss);
  g_test_add_func ("/jitter-buffer/adapts", test_adapts);
  g_test_add_func ("/jitter-buffer/hiccup", test_hiccup);
  g_test_add_data_func ("/jitter-buffer/fast-sender", GINT_TO_POINTER (5000), test_drift);
  g_test_add_data_func ("/jitter-buffer/slow-sender", GINT_TO_POINTER (-5000), test_drift);
  g_test_add_func ("/jitter-buffer/long-packets", test_long_packets);
  g_test_add_func ("/jitter-buffer/pauses", test_pauses);
  g_test_add_func ("/jitter-buffer/empty-places", test_empty_places);
  g_test_add_data_func ("/jitter-buffer/from-opus", GINT_TO_POINTER (FALSE), test_codec_change);
  g_test_add_data_func ("/jitter-buffer/to-opus", GINT_TO_POINTER (TRUE), test_codec_change);
  g_test_add_func ("/jitter-buffer/noise", test_noise);
  return g_test_run ();
}
