/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-dtls.h"
#include "baton-transport.h"
#include "fuzz.h"

#define PACKETS_MAX 32

static guint sent;

static void
on_send (const guint8 *data, gsize length, gpointer user_data)
{
  for (gsize i = 0; i < length; i++) /* all of it is there to be read */
    sent += data[i];
}

/* What comes out of it is not longer than what went in, and ours comes out as it was. */
static void
check_srtp (BatonSrtp *sender, BatonSrtp *receiver, const uint8_t *data, gsize size, gboolean rtcp, guint change)
{
  gsize length = size, before;
  g_autofree guint8 *packet = g_malloc (size + BATON_SRTP_MAX_TRAILER);
  g_autofree guint8 *exact = NULL;

  memcpy (packet, data, size);
  if (change > 0 && !baton_srtp_protect (sender, rtcp, packet, &length))
    return;
  fuzz_assert (length <= size + BATON_SRTP_MAX_TRAILER);
  exact = g_memdup2 (packet, length); /* so that one byte too many is seen */
  if (change > 1 && length > 0)
    exact[change % length] ^= (guint8) (change >> 1 | 1);
  before = length;
  if (baton_srtp_unprotect (receiver, rtcp, exact, &length) == BATON_SRTP_OK)
    fuzz_assert (length <= before);
  for (gsize i = 0; i < MIN (length, before); i++)
    sent += exact[i];
}

/*
 * What comes in on a port of RTP: the suite, whether a key has an identifier, then datagrams, each with two
 * bytes before it: 0x80 RTCP's port, 0x70 how it is changed (0: taken as it is; 1: protected; else also one byte
 * is another), 0x0f and the next byte its length. DTLS goes to a client and to a server.
 */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  BatonFingerprint expected = { .hash = "sha-256", .length = 32 };
  BatonSrtpKey key = { 0 };
  g_autoptr (BatonSrtp) sender = NULL;
  g_autoptr (BatonSrtp) receiver = NULL;
  g_autoptr (BatonDtls) client = NULL;
  g_autoptr (BatonDtls) server = NULL;

  if (size < 2)
    return 0;
  key.suite = (BatonSrtpSuite) (data[0] % BATON_N_SRTP_SUITES);
  key.mki_length = data[1] % (BATON_SRTP_MAX_MKI + 1);
  memset (key.key, 0x5a, sizeof key.key);
  sender = baton_srtp_new (&key, TRUE);
  receiver = baton_srtp_new (&key, FALSE);
  fuzz_assert (sender != NULL && receiver != NULL);
  data += 2;
  size -= 2;
  for (guint n = 0; size >= 2 && n < PACKETS_MAX; n++)
    {
      gboolean rtcp_port = data[0] & 0x80;
      guint change = data[0] >> 4 & 7;
      gsize length = MIN (size - 2, (gsize) (data[0] & 0x0f) << 8 | data[1]);
      g_autofree guint8 *datagram = g_memdup2 (data + 2, length);
      BatonPacketKind kind;

      data += 2 + length;
      size -= 2 + length;
      if (length == 0 || !baton_transport_parse_kind (datagram, length, rtcp_port, &kind))
        continue;
      if (kind == BATON_PACKET_RTP || kind == BATON_PACKET_RTCP)
        {
          check_srtp (sender, receiver, datagram, length, kind == BATON_PACKET_RTCP, change);
          continue;
        }
      if (client == NULL)
        {
          client = baton_dtls_new (TRUE, &expected, 1, on_send, NULL);
          server = baton_dtls_new (FALSE, &expected, 1, on_send, NULL);
          fuzz_assert (client != NULL && server != NULL);
          baton_dtls_start (client);
        }
      baton_dtls_put (client, datagram, length);
      baton_dtls_put (server, datagram, length);
      /* nobody here has the certificate that was promised */
      fuzz_assert (baton_dtls_get_state (client) != BATON_DTLS_DONE && baton_dtls_get_state (server) != BATON_DTLS_DONE);
    }
  return 0;
}
