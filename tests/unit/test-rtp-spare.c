/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ports that are open before they are needed: how many there are, whose they become, and what is in them. */
#include "baton-rtp-spare.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* The UDP ports that this process has open, in the order of their descriptors */
static GArray *
list_ports (void)
{
  GArray *ports = g_array_new (FALSE, FALSE, sizeof (guint));

  for (int fd = 0; fd < 256; fd++)
    {
      struct sockaddr_in address = { 0 };
      socklen_t length = sizeof address;
      int type = 0;
      socklen_t type_length = sizeof type;
      guint port;

      if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &type_length) != 0 || type != SOCK_DGRAM ||
          getsockname (fd, (struct sockaddr *) &address, &length) != 0 || address.sin_family != AF_INET)
        continue;
      port = ntohs (address.sin_port);
      g_array_append_val (ports, port);
    }
  return ports;
}

static guint
count_ports (void)
{
  g_autoptr (GArray) ports = list_ports ();

  return ports->len;
}

static gboolean
is_open (guint port)
{
  g_autoptr (GArray) ports = list_ports ();

  for (guint i = 0; i < ports->len; i++)
    if (g_array_index (ports, guint, i) == port)
      return TRUE;
  return FALSE;
}

/* One pair for who asks, and one more when there is time; each belongs to one call. */
static void
test_pairs (void)
{
  g_autoptr (BatonRtpSpare) spare = baton_rtp_spare_new ();
  g_autoptr (BatonTransport) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (count_ports (), ==, 0);
  first = baton_rtp_spare_take (spare, "127.0.0.1", NULL, 0, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_ports (), ==, 2); /* nothing more before there was time */
  settle ();
  g_assert_cmpuint (count_ports (), ==, 4);
  settle ();
  g_assert_cmpuint (count_ports (), ==, 4);
  second = baton_rtp_spare_take (spare, "127.0.0.1", NULL, 0, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_ports (), ==, 4); /* that one was open */
  g_assert_cmpuint (baton_transport_get_port (second), !=, baton_transport_get_port (first));
  g_assert_cmpuint (baton_transport_get_port (second) % 2, ==, 0);
  g_assert_cmpuint (baton_transport_get_rtcp_port (second), ==, baton_transport_get_port (second) + 1);
  g_assert_true (is_open (baton_transport_get_port (second)));
  g_assert_cmpstr (baton_transport_get_address (second), ==, "127.0.0.1");
}

/* No call is up any more: closed at once, and none is opened late. A call's own ports stay. */
static void
test_drop (void)
{
  g_autoptr (BatonRtpSpare) spare = baton_rtp_spare_new ();
  g_autoptr (BatonTransport) first = baton_rtp_spare_take (spare, "127.0.0.1", NULL, 0, 0, NULL), second = NULL;

  settle ();
  baton_rtp_spare_drop (spare);
  g_assert_cmpuint (count_ports (), ==, 2);
  second = baton_rtp_spare_take (spare, "127.0.0.1", NULL, 0, 0, NULL);
  baton_rtp_spare_drop (spare); /* before there was time */
  settle ();
  g_assert_cmpuint (count_ports (), ==, 4);
  g_assert_true (is_open (baton_transport_get_port (first)));
}

/* The last reference closes it, though the main loop was about to open one. */
static void
test_unref (void)
{
  BatonRtpSpare *spare = baton_rtp_spare_new ();
  g_autoptr (BatonTransport) first = baton_rtp_spare_take (spare, "127.0.0.1", NULL, 0, 0, NULL);

  baton_rtp_spare_unref (spare);
  settle ();
  g_assert_cmpuint (count_ports (), ==, 2);
}

/* Another address: the old spare is of no use to it. */
static void
test_address (void)
{
  g_autoptr (BatonRtpSpare) spare = baton_rtp_spare_new ();
  g_autoptr (BatonTransport) first = baton_rtp_spare_take (spare, "127.0.0.1", NULL, 0, 0, NULL), second = NULL;

  settle ();
  second = baton_rtp_spare_take (spare, "127.0.0.2", NULL, 0, 0, NULL);
  g_assert_cmpstr (baton_transport_get_address (second), ==, "127.0.0.2");
  g_assert_cmpuint (count_ports (), ==, 4);
}

/* A range is for calls alone: nothing of it is taken in advance, and nothing from outside is given. */
static void
test_range (void)
{
  g_autoptr (BatonRtpSpare) spare = baton_rtp_spare_new ();
  g_autoptr (BatonTransport) free_one = baton_rtp_spare_take (spare, "127.0.0.1", NULL, 0, 0, NULL);
  guint base = baton_transport_get_port (free_one);
  g_autoptr (BatonTransport) in_range = NULL, none = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&free_one, baton_transport_free);
  settle ();
  g_assert_cmpuint (count_ports (), ==, 2);
  in_range = baton_rtp_spare_take (spare, "127.0.0.3", NULL, base, base + 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (baton_transport_get_port (in_range), ==, base);
  settle ();
  g_assert_cmpuint (count_ports (), ==, 4);
  none = baton_rtp_spare_take (spare, "127.0.0.3", NULL, base, base + 1, &error);
  g_assert_null (none);
  g_assert_nonnull (error);
}

static gboolean
on_packet (BatonRtpPacket *packet, BatonPacketKind kind, gboolean trusted, gpointer data)
{
  ++*(guint *) data;
  return TRUE;
}

static guint16
get_port (int fd)
{
  struct sockaddr_in address = { 0 };
  socklen_t length = sizeof address;

  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  return ntohs (address.sin_port);
}

/* What somebody sent while it was nobody's is not heard in the call that gets it. */
static void
test_stale_packets (void)
{
  static const guint8 rtp[12 + 160] = { 0x80, 0x00, 0x00, 0x01 };
  g_autoptr (BatonRtpSpare) spare = baton_rtp_spare_new ();
  g_autoptr (BatonTransport) first = baton_rtp_spare_take (spare, "127.0.0.1", NULL, 0, 0, NULL), second = NULL;
  g_autoptr (GArray) ports = NULL;
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int sender = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  guint heard = 0;

  g_assert_cmpint (bind (sender, (struct sockaddr *) &to, sizeof to), ==, 0);
  baton_transport_set_remote (first, "127.0.0.1", get_port (sender), 0, TRUE);
  settle ();
  ports = list_ports ();
  for (guint i = 0; i < ports->len; i++)
    {
      to.sin_port = htons ((guint16) g_array_index (ports, guint, i));
      if (to.sin_port != 0)
        g_assert_cmpint (sendto (sender, rtp, sizeof rtp, 0, (struct sockaddr *) &to, sizeof to), ==, sizeof rtp);
    }
  second = baton_rtp_spare_take (spare, "127.0.0.1", NULL, 0, 0, NULL);
  baton_transport_set_remote (second, "127.0.0.1", get_port (sender), 0, TRUE);
  baton_transport_receive (second, on_packet, &heard);
  g_assert_cmpuint (heard, ==, 0);
  baton_transport_receive (first, on_packet, &heard); /* the way itself works */
  g_assert_cmpuint (heard, >, 0);
  close (sender);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp-spare/pairs", test_pairs);
  g_test_add_func ("/rtp-spare/drop", test_drop);
  g_test_add_func ("/rtp-spare/unref", test_unref);
  g_test_add_func ("/rtp-spare/address", test_address);
  g_test_add_func ("/rtp-spare/range", test_range);
  g_test_add_func ("/rtp-spare/stale-packets", test_stale_packets);
  return g_test_run ();
}
