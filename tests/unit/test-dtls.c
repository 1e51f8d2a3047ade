/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two ends of a handshake, and what lies between them. */
#include <string.h>

#include "baton-dtls.h"

#define DEADLINE_US (10 * G_USEC_PER_SEC)

typedef struct
{
  GQueue sent;
  guint n_sent;
  guint lose; /* the packet of this number, 1 for the first, does not arrive */
} Wire;

static void
send_packet (const guint8 *data, gsize length, gpointer user_data)
{
  Wire *wire = user_data;

  g_assert_cmpuint (length, <=, 1400);
  g_assert_cmpuint (data[0], >=, 20); /* RFC 7983 */
  g_assert_cmpuint (data[0], <=, 63);
  if (++wire->n_sent != wire->lose)
    g_queue_push_tail (&wire->sent, g_bytes_new (data, length));
}

static gboolean
carry (Wire *wire, BatonDtls *to)
{
  g_autoptr (GBytes) packet = g_queue_pop_head (&wire->sent);
  gsize length;
  const guint8 *data;

  if (packet == NULL)
    return FALSE;
  data = g_bytes_get_data (packet, &length);
  baton_dtls_put (to, data, length);
  return TRUE;
}

static void
run (BatonDtls *client, Wire *from_client, BatonDtls *server, Wire *from_server)
{
  gint64 until = g_get_monotonic_time () + DEADLINE_US;

  baton_dtls_start (client);
  baton_dtls_start (server);
  while (g_get_monotonic_time () < until &&
         (baton_dtls_get_state (client) == BATON_DTLS_HANDSHAKING || baton_dtls_get_state (server) == BATON_DTLS_HANDSHAKING))
    if (!carry (from_client, server) && !carry (from_server, client))
      {
        g_usleep (2000);
        baton_dtls_check_timer (client);
        baton_dtls_check_timer (server);
      }
}

static void
wire_clear (Wire *wire)
{
  g_queue_clear_full (&wire->sent, (GDestroyNotify) g_bytes_unref);
}

static void
expect_same_keys (BatonDtls *a, BatonDtls *b)
{
  BatonSrtpKey a_local, a_remote, b_local, b_remote;

  g_assert_cmpint (baton_dtls_get_state (a), ==, BATON_DTLS_DONE);
  g_assert_cmpint (baton_dtls_get_state (b), ==, BATON_DTLS_DONE);
  baton_dtls_get_keys (a, &a_local, &a_remote);
  baton_dtls_get_keys (b, &b_local, &b_remote);
  g_assert_true (baton_srtp_key_equal (&a_local, &b_remote));
  g_assert_true (baton_srtp_key_equal (&a_remote, &b_local));
  g_assert_false (baton_srtp_key_equal (&a_local, &a_remote));
}

static void
test_handshake (void)
{
  const BatonFingerprint *own = baton_dtls_get_own_fingerprint ();
  Wire from_client = { 0 }, from_server = { 0 };
  g_autoptr (BatonDtls) client = baton_dtls_new (TRUE, own, 1, send_packet, &from_client);
  g_autoptr (BatonDtls) server = baton_dtls_new (FALSE, own, 1, send_packet, &from_server);

  run (client, &from_client, server, &from_server);
  expect_same_keys (client, server);
  g_clear_pointer (&client, baton_dtls_free); /* says that it is over */
  g_clear_pointer (&server, baton_dtls_free);
  wire_clear (&from_client);
  wire_clear (&from_server);
}

/* Whatever packet is lost, the last one too: it is sent again. */
static void
test_loss (void)
{
  const BatonFingerprint *own = baton_dtls_get_own_fingerprint ();

  for (guint i = 1; i <= 4; i++)
    {
      Wire from_client = { .lose = i }, from_server = { .lose = i };
      g_autoptr (BatonDtls) client = baton_dtls_new (TRUE, own, 1, send_packet, &from_client);
      g_autoptr (BatonDtls) server = baton_dtls_new (FALSE, own, 1, send_packet, &from_server);

      run (client, &from_client, server, &from_server);
      expect_same_keys (client, server);
      g_clear_pointer (&client, baton_dtls_free);
      g_clear_pointer (&server, baton_dtls_free);
      wire_clear (&from_client);
      wire_clear (&from_server);
    }
}

static void
test_wrong_fingerprint (void)
{
  for (guint wrong = 0; wrong < 2; wrong++)
    {
      BatonFingerprint named[2] = { *baton_dtls_get_own_fingerprint (), *baton_dtls_get_own_fingerprint () };
      Wire from_client = { 0 }, from_server = { 0 };
      g_autoptr (BatonDtls) client = NULL, server = NULL;

      named[wrong].digest[31] ^= 1;
      client = baton_dtls_new (TRUE, &named[0], 1, send_packet, &from_client);
      server = baton_dtls_new (FALSE, &named[1], 1, send_packet, &from_server);
      run (client, &from_client, server, &from_server);
      g_assert_cmpint (baton_dtls_get_state (wrong == 0 ? client : server), ==, BATON_DTLS_FAILED);
      g_assert_nonnull (strstr (baton_dtls_get_error (wrong == 0 ? client : server), "another certificate"));
      g_clear_pointer (&client, baton_dtls_free);
      g_clear_pointer (&server, baton_dtls_free);
      wire_clear (&from_client);
      wire_clear (&from_server);
    }
}

/* One of several that were named is enough; none is none. */
static void
test_fingerprints (void)
{
  BatonFingerprint two[2] = { *baton_dtls_get_own_fingerprint (), *baton_dtls_get_own_fingerprint () };
  Wire from_client = { 0 }, from_server = { 0 };
  g_autoptr (BatonDtls) client = NULL, server = NULL;

  two[0].digest[0] ^= 1;
  client = baton_dtls_new (TRUE, two, 2, send_packet, &from_client);
  server = baton_dtls_new (FALSE, two, 0, send_packet, &from_server);
  run (client, &from_client, server, &from_server);
  g_assert_cmpint (baton_dtls_get_state (client), ==, BATON_DTLS_DONE);
  g_assert_cmpint (baton_dtls_get_state (server), ==, BATON_DTLS_FAILED);
  g_clear_pointer (&client, baton_dtls_free);
  g_clear_pointer (&server, baton_dtls_free);
  wire_clear (&from_client);
  wire_clear (&from_server);
}

static void
test_garbage (void)
{
  const BatonFingerprint *own = baton_dtls_get_own_fingerprint ();
  Wire from_client = { 0 }, from_server = { 0 };
  g_autoptr (BatonDtls) client = baton_dtls_new (TRUE, own, 1, send_packet, &from_client);
  g_autoptr (BatonDtls) server = baton_dtls_new (FALSE, own, 1, send_packet, &from_server);
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  guint8 junk[200];

  for (guint i = 0; i < 500; i++)
    {
      for (guint j = 0; j < sizeof junk; j++)
        junk[j] = (guint8) g_rand_int (random);
      junk[0] = (guint8) (22 + i % 2);
      baton_dtls_put (server, junk, (gsize) g_rand_int_range (random, 0, sizeof junk));
    }
  run (client, &from_client, server, &from_server);
  expect_same_keys (client, server);
  g_clear_pointer (&client, baton_dtls_free);
  g_clear_pointer (&server, baton_dtls_free);
  wire_clear (&from_client);
  wire_clear (&from_server);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtls/handshake", test_handshake);
  g_test_add_func ("/dtls/loss", test_loss);
  g_test_add_func ("/dtls/wrong-fingerprint", test_wrong_fingerprint);
  g_test_add_func ("/dtls/fingerprints", test_fingerprints);
  g_test_add_func ("/dtls/garbage", test_garbage);
  return g_test_run ();
}
