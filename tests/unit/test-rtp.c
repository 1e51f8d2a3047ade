/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RTP framing and counting, RFC 4733 keys, and the codecs, as values. */
#include <gst/gst.h>
#include <math.h>
#include <string.h>

#include "baton-codec.h"
#include "baton-dtmf.h"
#include "baton-level.h"
#include "baton-rtcp.h"
#include "baton-rtp-stream.h"
#include "baton-test-audio.h"

#define MS 1000

static void
test_header (void)
{
  guint8 packet[64] = { 0 };
  BatonRtpHeader in = { TRUE, 101, 65535, 0xfffffff0u, 0xdeadbeefu }, out;

  memcpy (packet + BATON_RTP_HEADER, "sound", 5);
  baton_rtp_write (packet, &in);
  g_assert_true (baton_rtp_parse (packet, BATON_RTP_HEADER + 5, &out));
  g_assert_true (out.marker);
  g_assert_cmpuint (out.payload_type, ==, 101);
  g_assert_cmpuint (out.sequence, ==, 65535);
  g_assert_cmphex (out.timestamp, ==, 0xfffffff0u);
  g_assert_cmphex (out.ssrc, ==, 0xdeadbeefu);
  g_assert_cmpmem (out.payload, out.length, "sound", 5);
}

/* CSRC, header extension and padding are stepped over; lengths that lie are refused. */
static void
test_odd_headers (void)
{
  static const guint8 full[] = { 0xb1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, /* P, X, one CSRC */
                                 9, 9, 9, 9, 0xbe, 0xde, 0, 1, 7, 7, 7, 7, 'o', 'k', 0, 2 };
  guint8 packet[sizeof full];
  BatonRtpHeader header;

  g_assert_true (baton_rtp_parse (full, sizeof full, &header));
  g_assert_cmpmem (header.payload, header.length, "ok", 2);
  for (gsize length = 0; length < sizeof full; length++)
    if (baton_rtp_parse (full, length, &header))
      g_assert_cmpuint ((gsize) (header.payload - full) + header.length, <=, length);
  for (guint i = 0; i < sizeof full; i++)
    for (guint bit = 0; bit < 8; bit++)
      {
        memcpy (packet, full, sizeof full);
        packet[i] ^= 1 << bit;
        if (baton_rtp_parse (packet, sizeof packet, &header))
          g_assert_cmpuint ((gsize) (header.payload - packet) + header.length, <=, sizeof packet);
      }
}

static void
receive (BatonRtpReceiver *receiver, guint16 sequence, guint32 ssrc, gint64 arrival)
{
  BatonRtpHeader header = { .sequence = sequence, .timestamp = sequence * 160u, .ssrc = ssrc };

  baton_rtp_receiver_add (receiver, &header, 8000, arrival);
}

/* Loss is counted over the wrap of sequence numbers and over a new source; late ones are not lost. */
static void
test_counting (void)
{
  BatonRtpReceiver receiver = { 0 };

  for (guint i = 0; i < 200; i++)
    if (i % 20 != 7)
      receive (&receiver, (guint16) (65436 + i), 1, i * 20 * MS);
  g_assert_cmpuint (baton_rtp_receiver_get_lost (&receiver), ==, 10);
  receive (&receiver, (guint16) (65436 + 187), 1, 200 * 20 * MS); /* the last missing one, late */
  g_assert_cmpuint (baton_rtp_receiver_get_lost (&receiver), ==, 9);
  for (guint i = 0; i < 100; i++)
    receive (&receiver, (guint16) (30000 + i), 2, i * 20 * MS);
  g_assert_cmpuint (baton_rtp_receiver_get_lost (&receiver), ==, 9);
  g_assert_cmpuint (baton_rtp_receiver_get_received (&receiver), ==, 291);
}

/* What came while nobody listened is not lost; what was lost before and is lost after still counts. */
static void
test_counting_paused (void)
{
  BatonRtpReceiver receiver = { 0 };

  baton_rtp_receiver_pause (&receiver);
  for (guint i = 0; i < 50; i++)
    if (i != 7)
      receive (&receiver, (guint16) (65436 + i), 1, i * 20 * MS);
  baton_rtp_receiver_pause (&receiver);
  g_assert_cmpuint (baton_rtp_receiver_get_lost (&receiver), ==, 1);
  for (guint i = 250; i < 300; i++) /* over the wrap */
    if (i != 270)
      receive (&receiver, (guint16) (65436 + i), 1, i * 20 * MS);
  g_assert_cmpuint (baton_rtp_receiver_get_lost (&receiver), ==, 2);
  baton_rtp_receiver_pause (&receiver);
  for (guint i = 5000; i < 5050; i++) /* they went on for long */
    receive (&receiver, (guint16) (65436 + i), 1, i * 20 * MS);
  g_assert_cmpuint (baton_rtp_receiver_get_lost (&receiver), ==, 2);
  g_assert_cmpuint (baton_rtp_receiver_get_received (&receiver), ==, 148);
}

/* RFC 3550 A.8: packets 10 ms early and late in turn have a jitter that goes to 20 ms. */
static void
test_jitter (void)
{
  BatonRtpReceiver steady = { 0 }, shaky = { 0 };

  g_assert_cmpfloat (baton_rtp_receiver_get_jitter_ms (&steady), <, 0);
  for (guint16 i = 0; i < 200; i++)
    {
      receive (&steady, i, 1, (gint64) i * 20 * MS);
      receive (&shaky, i, 1, (gint64) i * 20 * MS + (i % 2) * 20 * MS);
    }
  g_assert_cmpfloat (baton_rtp_receiver_get_jitter_ms (&steady), <, 0.2);
  g_assert_cmpfloat (fabs (baton_rtp_receiver_get_jitter_ms (&shaky) - 20), <, 1);
}

static void
test_dtmf_digits (void)
{
  BatonDtmfSender sender = { 0 };
  g_autofree char *many = g_strnfill (BATON_DTMF_MAX_QUEUE, '5');

  g_assert_true (baton_dtmf_is_valid ("0123456789*#ABCDabcd"));
  g_assert_false (baton_dtmf_is_valid (""));
  g_assert_false (baton_dtmf_is_valid (NULL));
  g_assert_false (baton_dtmf_is_valid ("1E"));
  g_assert_false (baton_dtmf_is_valid ("1 "));
  g_assert_true (baton_dtmf_sender_add (&sender, "1"));
  g_assert_false (baton_dtmf_sender_add (&sender, many));
  g_assert_cmpstr (sender.queue, ==, "1");
}

/* Two equal keys: marker once each, three ends each, a pause between, and durations that grow. */
static void
test_dtmf_wire (void)
{
  BatonDtmfSender sender = { 0 };
  BatonDtmfPacket packet;
  guint markers = 0, ends = 0, packets = 0, before = 0, gap = 0;

  baton_dtmf_sender_add (&sender, "##");
  for (guint i = 0; i < 40; i++)
    {
      if (!baton_dtmf_sender_next (&sender, 1000 + i * 160, 160, &packet))
        {
          gap += packets == 7;
          before = 0;
          continue;
        }
      packets++;
      markers += packet.marker;
      ends += (packet.payload[1] & 0x80) != 0;
      g_assert_cmpuint (packet.payload[0], ==, 11);
      g_assert_cmpuint ((guint) (packet.payload[2] << 8 | packet.payload[3]), >=, before);
      before = (guint) (packet.payload[2] << 8 | packet.payload[3]);
      g_assert_cmpuint (before, <=, 800);
    }
  g_assert_cmpuint (packets, ==, 14);
  g_assert_cmpuint (markers, ==, 2);
  g_assert_cmpuint (ends, ==, 6);
  g_assert_cmpuint (gap, >=, 3);
}

static char
take (BatonDtmfReceiver *receiver, guint8 event, gboolean end, guint duration, guint32 timestamp, gint64 now, guint *ms)
{
  const guint8 payload[4] = { event, end ? 0x8a : 0x0a, (guint8) (duration >> 8), (guint8) duration };

  return baton_dtmf_receiver_add (receiver, payload, sizeof payload, timestamp, 8000, now, ms);
}

/* An end that is lost three times is made up for; repeated, overtaken, short and unknown packets say nothing. */
static void
test_dtmf_receive (void)
{
  BatonDtmfReceiver receiver = { 0 };
  const guint8 junk[2] = { 1, 0x80 };
  guint ms = 0;

  g_assert_cmpint (take (&receiver, 5, FALSE, 160, 1000, 0, &ms), ==, 0);
  g_assert_cmpint (take (&receiver, 5, TRUE, 800, 1000, 20 * MS, &ms), ==, '5');
  g_assert_cmpuint (ms, ==, 100);
  g_assert_cmpint (take (&receiver, 5, TRUE, 800, 1000, 40 * MS, &ms), ==, 0);
  g_assert_cmpint (take (&receiver, 6, FALSE, 400, 3000, 200 * MS, &ms), ==, 0);
  g_assert_cmpint (take (&receiver, 5, TRUE, 800, 1000, 210 * MS, &ms), ==, 0);
  g_assert_cmpint (baton_dtmf_receiver_check (&receiver, 300 * MS, &ms), ==, 0);
  g_assert_cmpint (baton_dtmf_receiver_check (&receiver, 450 * MS, &ms), ==, '6');
  g_assert_cmpuint (ms, ==, 50);
  g_assert_cmpint (take (&receiver, 7, FALSE, 160, 9000, 500 * MS, &ms), ==, 0);
  g_assert_cmpint (take (&receiver, 8, FALSE, 160, 9500, 600 * MS, &ms), ==, '7'); /* the next one ends it too */
  g_assert_cmpint (take (&receiver, 16, TRUE, 160, 20000, 700 * MS, &ms), ==, 0);
  g_assert_cmpint (baton_dtmf_receiver_add (&receiver, junk, sizeof junk, 30000, 8000, 800 * MS, &ms), ==, 0);
  g_assert_cmpint (take (&receiver, 1, TRUE, 160, 40000, 900 * MS, &ms), !=, 0);
}

/* A press longer than a duration can say comes in segments (RFC 4733 §2.5.1.3): 3 s at 48 kHz are three, and one press. */
static void
test_dtmf_long (void)
{
  BatonDtmfReceiver receiver = { 0 };
  guint32 timestamp = (guint32) -70000; /* over the wrap */
  guint duration = 0, ms = 0, n = 0;

  for (guint i = 1; i <= 150 + 2; i++)
    {
      guint8 payload[4] = { 5, i >= 150 ? 0x8a : 0x0a };

      duration += i <= 150 ? 960 : 0;
      if (duration > 0xffff)
        {
          const guint8 full[4] = { 5, 0x0a, 0xff, 0xff };

          if (i < 100) /* the first one's last packet is there, the second one's is lost */
            n += baton_dtmf_receiver_add (&receiver, full, sizeof full, timestamp, 48000, i * 20 * MS, &ms) != 0;
          timestamp += 0xffff;
          duration -= 0xffff;
        }
      payload[2] = (guint8) (duration >> 8);
      payload[3] = (guint8) duration;
      n += baton_dtmf_receiver_add (&receiver, payload, sizeof payload, timestamp, 48000, i * 20 * MS, &ms) == '5';
    }
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (ms, ==, 3000);
  g_assert_cmpint (take (&receiver, 5, TRUE, 800, timestamp + 0xffff, 4000 * MS, &ms), ==, '5'); /* after the end: another one */
  g_assert_cmpuint (ms, ==, 100);
}

/* A sine comes through each codec as loud as it was; with every tenth packet lost it is still that sine. */
static void
test_codec (gconstpointer data)
{
  const BatonCodecInfo *info = baton_codec_info (GPOINTER_TO_UINT (data));
  g_autoptr (BatonEncoder) encoder = baton_encoder_new (info->id);
  g_autoptr (BatonDecoder) decoder = baton_decoder_new (info->id), lossy = baton_decoder_new (info->id);
  g_autoptr (GArray) tone = baton_test_tone (500, info->rate, 2);
  g_autofree gint16 *heard = g_new0 (gint16, tone->len + BATON_CODEC_MAX_SAMPLES);
  g_autofree gint16 *patched = g_new0 (gint16, tone->len + BATON_CODEC_MAX_SAMPLES);
  guint8 payload[2][BATON_CODEC_MAX_PAYLOAD];
  gsize length[2] = { 0, 0 };
  guint n = info->rate / 50, from = info->rate / 2;

  for (guint i = 0; i < 100; i++)
    {
      guint now = i % 2, before = 1 - now;

      length[now] = baton_encoder_encode (encoder, &g_array_index (tone, gint16, i * n), n, payload[now]);
      g_assert_cmpuint (length[now], >, 0);
      g_assert_cmpuint (baton_decoder_decode (decoder, payload[now], length[now], heard + i * n), ==, n);
      if (i == 0)
        continue;
      if (i % 10 == 5) /* packet i - 1 is lost, this one follows */
        baton_decoder_conceal (lossy, payload[now], length[now], patched + (i - 1) * n, n);
      else
        g_assert_cmpuint (baton_decoder_decode (lossy, payload[before], length[before], patched + (i - 1) * n), ==, n);
    }
  g_assert_cmpfloat (fabs (baton_test_goertzel_db (heard + from, info->rate, info->rate, 500) + 15.05), <, 0.5);
  g_assert_cmpfloat (fabs (baton_test_level_db (heard + from, info->rate) + 15.05), <, 1);
  g_assert_cmpfloat (fabs (baton_test_goertzel_db (patched + from, info->rate, info->rate, 500) + 15.05), <, 2.5);
}

static void
test_codec_noise (gconstpointer data)
{
  g_autoptr (BatonDecoder) decoder = baton_decoder_new (GPOINTER_TO_UINT (data));
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autofree gint16 *samples = g_new0 (gint16, BATON_CODEC_MAX_SAMPLES);
  guint8 payload[BATON_CODEC_MAX_PAYLOAD + 1];

  for (guint i = 0; i < 500; i++)
    {
      gsize length = (gsize) g_rand_int_range (rand, 0, sizeof payload + 1);

      for (gsize j = 0; j < length; j++)
        payload[j] = (guint8) g_rand_int (rand);
      g_assert_cmpuint (baton_decoder_decode (decoder, payload, length, samples), <=, BATON_CODEC_MAX_SAMPLES);
      baton_decoder_conceal (decoder, payload, length % 100, samples, 960);
    }
}

static void
test_level (void)
{
  g_autoptr (GArray) tone = baton_test_tone (400, 8000, 1);
  BatonLevel level = { 0 };

  g_assert_cmpfloat (baton_level_get_db (&level), ==, BATON_LEVEL_SILENCE);
  for (guint i = 0; i < 50; i++)
    baton_level_add (&level, &g_array_index (tone, gint16, i * 160), 160);
  g_assert_cmpfloat (fabs (baton_level_get_db (&level) + 15.05), <, 0.1);
  for (guint i = 0; i < 25; i++)
    baton_level_add (&level, NULL, 0);
  g_assert_cmpfloat (fabs (baton_level_get_db (&level) + 18.06), <, 0.1);
}

#define OUR_SSRC 0x1234

/* Read from memory that ends where the datagram does. */
static void
read_report (BatonRtcp *rtcp, const guint8 *data, gsize length)
{
  g_autofree guint8 *copy = g_memdup2 (data, length);
  BatonRtpSender sender = { .ssrc = OUR_SSRC };

  g_assert_true (baton_rtcp_read (rtcp, &sender, copy, length, g_get_monotonic_time ()));
}

/* Blocks that say they are longer than their packet, and reports that announce more blocks than there are. */
static void
test_lying_reports (void)
{
  guint64 real = (guint64) g_get_real_time (), seconds = real / G_USEC_PER_SEC + G_GUINT64_CONSTANT (2208988800);
  guint32 now = g_htonl ((guint32) (seconds << 16 | (real % G_USEC_PER_SEC << 16) / G_USEC_PER_SEC));
  /* what the block would go on with is the report behind it */
  guint8 times[] = { 0x80, 207, 0, 4, 0, 0, 0, 7, 255, 0, 0, 0, 5, 0, 0xff, 0xff, 0, 0, 0, 0, /* */
                     0x80, 201, 0, 4, 0, 0, 0, 7, 0, 0, 0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 0 };
  guint8 metrics[] = { 0x80, 207, 0, 6, 0, 0, 0, 7, 7, 0, 0, 8, 0, 0, 0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* */
                       0x80, 201, 0, 1, 0, 0, 40, 7 };
  guint8 last[] = { 0x80, 207, 0, 4, 0, 0, 0, 7, 255, 0, 0, 0, 5, 0, 0xff, 0xff, 0, 0, 0, 0 };
  guint8 lone[] = { 0x80, 207, 0, 2, 0, 0, 0, 7, 5, 0, 0xff, 0xff };
  guint8 none[] = { 0x80, 207, 0, 2, 0, 0, 0, 7, 4, 0, 0, 2 };
  guint8 few[] = { 0x9f, 201, 0, 1, 0, 0, 0, 7 };
  guint8 answer[] = { 0x80, 207, 0, 5, 0, 0, 0, 7, 5, 0, 0, 3, 0, 0, 0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 0 };
  BatonRtcp rtcp;

  baton_rtcp_init (&rtcp);
  memcpy (times + 32, &now, sizeof now);
  read_report (&rtcp, times, sizeof times);
  read_report (&rtcp, metrics, sizeof metrics);
  read_report (&rtcp, last, sizeof last);
  read_report (&rtcp, lone, sizeof lone);
  read_report (&rtcp, none, sizeof none);
  read_report (&rtcp, few, sizeof few);
  g_assert_cmpuint (rtcp.last_rrt, ==, 0);
  g_assert_cmpfloat (rtcp.rtt_ms, <, 0);
  g_assert_cmpfloat (rtcp.remote_mos, <, 0);
  g_assert_cmpfloat (rtcp.remote_lost_percent, <, 0);
  memcpy (answer + 16, &now, sizeof now);
  read_report (&rtcp, answer, sizeof answer);
  g_assert_cmpfloat (rtcp.rtt_ms, >=, 0);
}

int
main (int argc, char **argv)
{
  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp/header", test_header);
  g_test_add_func ("/rtp/odd-headers", test_odd_headers);
  g_test_add_func ("/rtp/counting", test_counting);
  g_test_add_func ("/rtp/counting-paused", test_counting_paused);
  g_test_add_func ("/rtp/jitter", test_jitter);
  g_test_add_func ("/rtcp/lying-reports", test_lying_reports);
  g_test_add_func ("/dtmf/digits", test_dtmf_digits);
  g_test_add_func ("/dtmf/wire", test_dtmf_wire);
  g_test_add_func ("/dtmf/receive", test_dtmf_receive);
  g_test_add_func ("/dtmf/long", test_dtmf_long);
  for (guint i = 0; i < BATON_N_CODECS; i++)
    {
      g_autofree char *name = g_strconcat ("/codec/tone/", baton_codec_info (i)->name, NULL);
      g_autofree char *noise = g_strconcat ("/codec/noise/", baton_codec_info (i)->name, NULL);

      g_test_add_data_func (name, GUINT_TO_POINTER (i), test_codec);
      g_test_add_data_func (noise, GUINT_TO_POINTER (i), test_codec_noise);
    }
  g_test_add_func ("/level", test_level);
  return g_test_run ();
}
