/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-rtp.h"

#include <arpa/inet.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int
open_socket (const char *host, guint16 *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = inet_addr (host) };
  socklen_t size = sizeof address;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  getsockname (fd, (struct sockaddr *) &address, &size);
  *port = ntohs (address.sin_port);
  return fd;
}

static void
send_to (int fd, guint16 port, const void *data, gsize length)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons (port) };

  if (port != 0)
    g_assert_true (sendto (fd, data, length, 0, (struct sockaddr *) &address, sizeof address) != 0);
}

static guint16
port_in (const char *description)
{
  const char *line = strstr (description, "m=audio ");

  g_assert_nonnull (line);
  return (guint16) strtoul (line + strlen ("m=audio "), NULL, 10);
}

/* --- a scripted end --- */

static gboolean
on_packets (int fd, GIOCondition condition, gpointer data)
{
  BatonTestRtp *self = data;
  guint8 bytes[2048];
  ssize_t n;

  while ((n = recv (fd, bytes, sizeof bytes, 0)) > 0)
    {
      BatonTestRtpPacket packet = { 0 };

      g_assert_cmpint (n, >=, 12);
      if (bytes[0] >= 20 && bytes[0] <= 63) /* RFC 7983 §7 */
        {
          self->handshakes++;
          continue;
        }
      if (bytes[1] >= 192 && bytes[1] <= 223) /* RTCP, where it is muxed */
        {
          self->rtcp_length = MIN ((gsize) n, sizeof self->rtcp);
          memcpy (self->rtcp, bytes, self->rtcp_length);
          continue;
        }
      g_assert_cmpuint (bytes[0], ==, 0x80);
      packet.marker = bytes[1] >> 7;
      packet.payload_type = bytes[1] & 0x7f;
      packet.sequence = (guint16) (bytes[2] << 8 | bytes[3]);
      packet.timestamp = (guint32) bytes[4] << 24 | (guint32) bytes[5] << 16 | (guint32) bytes[6] << 8 | bytes[7];
      packet.ssrc = (guint32) bytes[8] << 24 | (guint32) bytes[9] << 16 | (guint32) bytes[10] << 8 | bytes[11];
      packet.arrival = g_get_monotonic_time ();
      packet.length = (guint) n - 12;
      memcpy (packet.payload, bytes + 12, MIN (packet.length, sizeof packet.payload));
      g_array_append_val (self->packets, packet);
    }
  return G_SOURCE_CONTINUE;
}

BatonTestRtp *
baton_test_rtp_new (void)
{
  return baton_test_rtp_new_at ("127.0.0.1");
}

BatonTestRtp *
baton_test_rtp_new_at (const char *host)
{
  BatonTestRtp *self = g_new0 (BatonTestRtp, 1);

  self->fd = open_socket (host, &self->port);
  self->ssrc = g_random_int ();
  self->sequence = 1000;
  self->packets = g_array_new (FALSE, TRUE, sizeof (BatonTestRtpPacket));
  self->source = g_unix_fd_add (self->fd, G_IO_IN, on_packets, self);
  return self;
}

void
baton_test_rtp_free (BatonTestRtp *self)
{
  g_source_remove (self->source);
  close (self->fd);
  g_array_unref (self->packets);
  g_free (self);
}

char *
baton_test_rtp_describe (BatonTestRtp *self, const char *formats, const char *attributes)
{
  return g_strdup_printf ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                          "m=audio %u RTP/AVP %s\r\n%s",
                          self->port, formats, attributes);
}

void
baton_test_rtp_set_remote (BatonTestRtp *self, const char *description)
{
  self->to = port_in (description);
}

void
baton_test_rtp_send (BatonTestRtp *self, guint8 payload_type, const guint8 *payload, gsize length, guint ticks)
{
  guint8 packet[12 + 1500] = { 0x80, payload_type };
  guint16 sequence = htons (self->sequence++);
  guint32 timestamp = htonl (self->timestamp), ssrc = htonl (self->ssrc);

  g_assert_cmpuint (length, <=, 1500);
  memcpy (packet + 2, &sequence, 2);
  memcpy (packet + 4, &timestamp, 4);
  memcpy (packet + 8, &ssrc, 4);
  memcpy (packet + 12, payload, length);
  self->timestamp += ticks;
  send_to (self->fd, self->to, packet, 12 + length);
}

void
baton_test_rtp_send_rtcp (BatonTestRtp *self, const guint8 *data, gsize length)
{
  send_to (self->fd, self->to, data, length);
}

const BatonTestRtpPacket *
baton_test_rtp_get (BatonTestRtp *self, guint8 payload_type, guint i)
{
  for (guint j = 0; j < self->packets->len; j++)
    {
      const BatonTestRtpPacket *packet = &g_array_index (self->packets, BatonTestRtpPacket, j);

      if (packet->payload_type == payload_type && i-- == 0)
        return packet;
    }
  return NULL;
}

guint
baton_test_rtp_count (BatonTestRtp *self, guint8 payload_type)
{
  guint n = 0;

  while (baton_test_rtp_get (self, payload_type, n) != NULL)
    n++;
  return n;
}

/* --- a bad network --- */

typedef struct
{
  BatonTestRelay *relay;
  guint side;
  gsize length;
  guint8 data[2048];
} Letter;

static gboolean
deliver (gpointer data)
{
  Letter *letter = data;

  send_to (letter->relay->fds[letter->side], letter->relay->to[letter->side], letter->data, letter->length);
  return G_SOURCE_REMOVE;
}

static void
relay_packets (BatonTestRelay *self, guint side)
{
  for (;;)
    {
      Letter *letter = g_new0 (Letter, 1);
      ssize_t n = recv (self->fds[side], letter->data, sizeof letter->data, 0);

      letter->relay = self;
      letter->side = 1 - side;
      letter->length = (gsize) MAX (n, 0);
      if (n <= 0 || g_rand_double (self->random) < self->loss)
        {
          self->dropped += n > 0;
          g_free (letter);
          if (n <= 0)
            return;
          continue;
        }
      self->passed++;
      if (self->jitter_ms > 0)
        g_timeout_add_full (G_PRIORITY_HIGH, (guint) g_rand_int_range (self->random, 0, (gint32) self->jitter_ms + 1),
                            deliver, letter, g_free);
      else
        {
          deliver (letter);
          g_free (letter);
        }
    }
}

static gboolean
on_left (int fd, GIOCondition condition, gpointer data)
{
  relay_packets (data, 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_right (int fd, GIOCondition condition, gpointer data)
{
  relay_packets (data, 1);
  return G_SOURCE_CONTINUE;
}

BatonTestRelay *
baton_test_relay_new (double loss, guint jitter_ms)
{
  BatonTestRelay *self = g_new0 (BatonTestRelay, 1);

  self->loss = loss;
  self->jitter_ms = jitter_ms;
  self->random = g_rand_new_with_seed (4711);
  for (guint i = 0; i < 2; i++)
    self->fds[i] = open_socket ("127.0.0.1", &self->ports[i]);
  self->sources[0] = g_unix_fd_add (self->fds[0], G_IO_IN, on_left, self);
  self->sources[1] = g_unix_fd_add (self->fds[1], G_IO_IN, on_right, self);
  return self;
}

static gboolean
is_late (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
baton_test_relay_free (BatonTestRelay *self)
{
  gboolean over = FALSE;

  for (guint i = 0; i < 2; i++)
    g_source_remove (self->sources[i]);
  /* what is under way still arrives */
  g_timeout_add (self->jitter_ms + 5, is_late, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 2; i++)
    close (self->fds[i]);
  g_rand_free (self->random);
  g_free (self);
}

char *
baton_test_relay_change (BatonTestRelay *self, guint side, const char *description)
{
  const char *line = strstr (description, "m=audio "), *rest;
  g_autofree char *before = NULL;

  g_assert_nonnull (line);
  self->to[1 - side] = port_in (description);
  before = g_strndup (description, (gsize) (line - description));
  rest = strchr (line + strlen ("m=audio "), ' ');
  return g_strdup_printf ("%sm=audio %u%s", before, self->ports[side], rest);
}
