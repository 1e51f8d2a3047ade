/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-rtp-stream.h"
#include "baton-srtp.h"

#define PAYLOAD 160

typedef struct
{
  guint8 data[BATON_RTP_HEADER + PAYLOAD + BATON_SRTP_MAX_TRAILER];
  gsize length;
} Packet;

static Packet
make_packet (guint16 sequence, guint32 ssrc)
{
  BatonRtpHeader header = { FALSE, 0, sequence, sequence * 160u, ssrc };
  Packet packet = { .length = BATON_RTP_HEADER + PAYLOAD };

  memset (packet.data + BATON_RTP_HEADER, sequence & 255, PAYLOAD);
  baton_rtp_write (packet.data, &header);
  return packet;
}

static void
make_pair (BatonSrtpSuite suite, BatonSrtp **out, BatonSrtp **in)
{
  BatonSrtpKey key;

  g_assert_true (baton_srtp_key_generate (&key, suite));
  *out = baton_srtp_new (&key, TRUE);
  *in = baton_srtp_new (&key, FALSE);
  g_assert_nonnull (*out);
  g_assert_nonnull (*in);
}

static Packet
protect (BatonSrtp *out, guint16 sequence, guint32 ssrc)
{
  Packet packet = make_packet (sequence, ssrc);

  g_assert_true (baton_srtp_protect (out, FALSE, packet.data, &packet.length));
  return packet;
}

static void
expect (BatonSrtp *in, Packet packet, guint16 sequence, guint32 ssrc)
{
  Packet plain = make_packet (sequence, ssrc);

  g_assert_cmpint (baton_srtp_unprotect (in, FALSE, packet.data, &packet.length), ==, BATON_SRTP_OK);
  g_assert_cmpmem (packet.data, packet.length, plain.data, plain.length);
}

static void
test_round_trip (void)
{
  for (guint suite = 0; suite < BATON_N_SRTP_SUITES; suite++)
    {
      g_autoptr (BatonSrtp) out = NULL, in = NULL;

      make_pair (suite, &out, &in);
      for (guint i = 0; i < 3; i++)
        {
          Packet packet = protect (out, (guint16) (100 + i), 7), plain = make_packet ((guint16) (100 + i), 7);

          g_assert_cmpuint (packet.length, >, plain.length);
          g_assert_cmpint (memcmp (packet.data + BATON_RTP_HEADER, plain.data + BATON_RTP_HEADER, PAYLOAD), !=, 0);
          expect (in, packet, (guint16) (100 + i), 7);
        }
      expect (in, protect (out, 40000, 8), 40000, 8); /* another source, without being asked */
    }
}

static void
test_reports (void)
{
  static const guint8 report[] = { 0x80, 201, 0, 1, 1, 2, 3, 4 }; /* an empty receiver report */

  for (guint suite = 0; suite < BATON_N_SRTP_SUITES; suite++)
    {
      g_autoptr (BatonSrtp) out = NULL, in = NULL;
      guint8 data[sizeof report + BATON_SRTP_MAX_TRAILER], again[sizeof data];
      gsize length = sizeof report, n;

      make_pair (suite, &out, &in);
      memcpy (data, report, sizeof report);
      g_assert_true (baton_srtp_protect (out, TRUE, data, &length));
      memcpy (again, data, sizeof data);
      n = length;
      g_assert_cmpint (baton_srtp_unprotect (in, TRUE, data, &n), ==, BATON_SRTP_OK);
      g_assert_cmpmem (data, n, report, sizeof report);
      g_assert_cmpint (baton_srtp_unprotect (in, TRUE, again, &length), ==, BATON_SRTP_REPLAYED);
    }
}

/* Each byte of it counts. */
static void
test_forged (void)
{
  for (guint suite = 0; suite < BATON_N_SRTP_SUITES; suite++)
    {
      g_autoptr (BatonSrtp) out = NULL, in = NULL, other_out = NULL, other_in = NULL;
      Packet good;

      make_pair (suite, &out, &in);
      make_pair (suite, &other_out, &other_in);
      good = protect (out, 5, 7);
      for (gsize i = 1; i < good.length; i += 7)
        {
          Packet bad = good;

          bad.data[i] ^= 1;
          g_assert_cmpint (baton_srtp_unprotect (in, FALSE, bad.data, &bad.length), !=, BATON_SRTP_OK);
        }
      for (gsize length = 0; length < good.length; length += 3)
        {
          Packet bad = good;

          bad.length = length;
          g_assert_cmpint (baton_srtp_unprotect (in, FALSE, bad.data, &bad.length), !=, BATON_SRTP_OK);
        }
      {
        Packet foreign = protect (other_out, 5, 7);

        g_assert_cmpint (baton_srtp_unprotect (in, FALSE, foreign.data, &foreign.length), ==, BATON_SRTP_FORGED);
      }
      expect (in, good, 5, 7);
      g_assert_cmpint (baton_srtp_unprotect (in, FALSE, good.data, &good.length), ==, BATON_SRTP_REPLAYED);
    }
}

static void
test_disorder (void)
{
  g_autoptr (BatonSrtp) out = NULL, in = NULL;
  Packet packets[300];

  make_pair (BATON_SRTP_AEAD_AES_128_GCM, &out, &in);
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    packets[i] = protect (out, (guint16) i, 7);
  for (guint i = G_N_ELEMENTS (packets); i > 0; i--)
    expect (in, packets[i - 1], (guint16) (i - 1), 7);
}

/* The sequence number goes round, and once more while nobody looks: that far each time. */
static void
check_roll_over (guint unseen)
{
  g_autoptr (BatonSrtp) out = NULL, in = NULL;
  guint sequence, lost = 0;

  make_pair (BATON_SRTP_AEAD_AES_128_GCM, &out, &in);
  for (sequence = 65400; sequence < 66000; sequence++)
    expect (in, protect (out, (guint16) sequence, 7), (guint16) sequence, 7);
  for (; sequence < 66000 + unseen; sequence++)
    protect (out, (guint16) sequence, 7);
  for (; lost < 400; lost++, sequence++)
    {
      Packet packet = protect (out, (guint16) sequence, 7);

      if (baton_srtp_unprotect (in, FALSE, packet.data, &packet.length) == BATON_SRTP_OK)
        break;
    }
  g_assert_cmpuint (lost, <, 100); /* two seconds at most */
  for (guint i = 1; i < 100; i++)
    expect (in, protect (out, (guint16) (sequence + i), 7), (guint16) (sequence + i), 7);
}

static void
test_roll_over (void)
{
  static const guint unseen[] = { 10, 40000 };

  for (guint i = 0; i < G_N_ELEMENTS (unseen); i++)
    check_roll_over (unseen[i]);
}

/* Their packets carry an identifier of the key; ours do not. */
static void
test_mki (void)
{
  g_autoptr (BatonSrtp) in = NULL, plain = NULL;
  BatonSrtpKey key;
  Packet packet, without;
  gsize tag = 10;

  g_assert_true (baton_srtp_key_generate (&key, BATON_SRTP_AES_CM_128_HMAC_SHA1_80));
  plain = baton_srtp_new (&key, TRUE);
  key.mki_length = 2;
  key.mki[1] = 9;
  in = baton_srtp_new (&key, FALSE);
  packet = without = protect (plain, 1, 7);
  memmove (packet.data + packet.length - tag + 2, packet.data + packet.length - tag, tag);
  memcpy (packet.data + packet.length - tag, key.mki, 2);
  packet.length += 2;
  g_assert_cmpint (baton_srtp_unprotect (in, FALSE, without.data, &without.length), ==, BATON_SRTP_FORGED);
  expect (in, packet, 1, 7);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/srtp/round-trip", test_round_trip);
  g_test_add_func ("/srtp/reports", test_reports);
  g_test_add_func ("/srtp/forged", test_forged);
  g_test_add_func ("/srtp/disorder", test_disorder);
  g_test_add_func ("/srtp/roll-over", test_roll_over);
  g_test_add_func ("/srtp/mki", test_mki);
  return g_test_run ();
}
