/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A peer with ICE lite (RFC 8445 §2.5), as gateways have: it only answers checks. Whoever talks to it leads, caller or not. */
#include <arpa/inet.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "baton-audio-hub.h"
#include "baton-test-wait.h"

#define LIMIT_MS 10000
#define UFRAG "lite"
#define PASSWORD "litelitelitelitelitelite"
#define COOKIE 0x2112a442u
#define BINDING_REQUEST 0x0001
#define BINDING_SUCCESS 0x0101
#define ATTRIBUTE_INTEGRITY 0x0008
#define ATTRIBUTE_XOR_MAPPED_ADDRESS 0x0020
#define ATTRIBUTE_USE_CANDIDATE 0x0025
#define ATTRIBUTE_FINGERPRINT 0x8028
#define ATTRIBUTE_CONTROLLED 0x8029
#define ATTRIBUTE_CONTROLLING 0x802a

typedef struct
{
  int fd;
  guint source;
  guint16 port;
  struct sockaddr_in chosen; /* where it was told to send to */
  guint n_controlling, n_controlled, n_chosen, n_sound, sequence;
} Lite;

static guint
get16 (const guint8 *p)
{
  return (guint) (p[0] << 8 | p[1]);
}

static void
put (GByteArray *to, guint32 value, guint bytes)
{
  guint32 big = g_htonl (value << 8 * (4 - bytes));

  g_byte_array_append (to, (const guint8 *) &big, bytes);
}

/* The length in the header, as it is when @more bytes follow. */
static void
set_length (GByteArray *message, guint more)
{
  message->data[2] = (guint8) ((message->len - 20 + more) >> 8);
  message->data[3] = (guint8) (message->len - 20 + more);
}

static guint32
crc32 (const guint8 *data, gsize length)
{
  guint32 crc = 0xffffffffu;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
  return ~crc;
}

/* Binding success (RFC 8489 §14.2, §14.5, §14.7) to the request from @from. */
static void
answer_check (Lite *lite, const guint8 *request, const struct sockaddr_in *from)
{
  g_autoptr (GByteArray) reply = g_byte_array_new ();
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guint8 *) PASSWORD, strlen (PASSWORD));
  guint8 digest[20];
  gsize length = sizeof digest;

  put (reply, BINDING_SUCCESS, 2);
  put (reply, 0, 2);
  g_byte_array_append (reply, request + 4, 16);
  put (reply, ATTRIBUTE_XOR_MAPPED_ADDRESS, 2);
  put (reply, 8, 2);
  put (reply, 1, 2);
  put (reply, g_ntohs (from->sin_port) ^ (COOKIE >> 16), 2);
  put (reply, g_ntohl (from->sin_addr.s_addr) ^ COOKIE, 4);
  set_length (reply, 24);
  g_hmac_update (hmac, reply->data, reply->len);
  g_hmac_get_digest (hmac, digest, &length);
  put (reply, ATTRIBUTE_INTEGRITY, 2);
  put (reply, 20, 2);
  g_byte_array_append (reply, digest, 20);
  set_length (reply, 8);
  {
    guint32 crc = crc32 (reply->data, reply->len) ^ 0x5354554eu;

    put (reply, ATTRIBUTE_FINGERPRINT, 2);
    put (reply, 4, 2);
    put (reply, crc, 4);
  }
  g_assert_true (sendto (lite->fd, reply->data, reply->len, 0, (const struct sockaddr *) from, sizeof *from) != 0);
}

static void
take_check (Lite *lite, const guint8 *data, gsize length, const struct sockaddr_in *from)
{
  gboolean use = FALSE;

  if (get16 (data) != BINDING_REQUEST)
    return;
  for (gsize at = 20; at + 4 <= length; at += 4 + (get16 (data + at + 2) + 3) / 4 * 4)
    {
      lite->n_controlling += get16 (data + at) == ATTRIBUTE_CONTROLLING;
      lite->n_controlled += get16 (data + at) == ATTRIBUTE_CONTROLLED;
      use |= get16 (data + at) == ATTRIBUTE_USE_CANDIDATE;
    }
  answer_check (lite, data, from);
  if (!use)
    return;
  lite->n_chosen++;
  lite->chosen = *from;
}

static gboolean
on_packets (int fd, GIOCondition condition, gpointer data)
{
  Lite *lite = data;
  struct sockaddr_in from;
  socklen_t size = sizeof from;
  guint8 bytes[2048];
  ssize_t n;

  while ((n = recvfrom (fd, bytes, sizeof bytes, 0, (struct sockaddr *) &from, &size)) >= 12)
    if (bytes[0] < 4)
      take_check (lite, bytes, (gsize) n, &from);
    else if (bytes[0] == 0x80 && (bytes[1] & 0x7f) == 0)
      lite->n_sound++;
  return G_SOURCE_CONTINUE;
}

static void
lite_init (Lite *lite)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;

  memset (lite, 0, sizeof *lite);
  lite->fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (lite->fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  getsockname (lite->fd, (struct sockaddr *) &address, &size);
  lite->port = ntohs (address.sin_port);
  lite->source = g_unix_fd_add (lite->fd, G_IO_IN, on_packets, lite);
}

static void
lite_clear (Lite *lite)
{
  g_source_remove (lite->source);
  close (lite->fd);
}

static char *
lite_describe (Lite *lite)
{
  return g_strdup_printf ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\na=ice-lite\r\n"
                          "m=audio %u RTP/AVP 0\r\na=rtcp-mux\r\na=ice-ufrag:" UFRAG "\r\na=ice-pwd:" PASSWORD "\r\n"
                          "a=candidate:1 1 UDP 2130706431 127.0.0.1 %u typ host\r\na=end-of-candidates\r\n",
                          lite->port, lite->port);
}

static gboolean
say (gpointer data)
{
  Lite *lite = data;
  guint8 packet[12 + 160] = { 0x80, 0 };

  lite->sequence++;
  packet[3] = (guint8) lite->sequence;
  packet[6] = (guint8) (lite->sequence * 160 >> 8);
  packet[7] = (guint8) (lite->sequence * 160);
  packet[11] = 7;
  memset (packet + 12, 0x40, 160);
  if (lite->n_chosen > 0)
    g_assert_true (sendto (lite->fd, packet, sizeof packet, 0, (struct sockaddr *) &lite->chosen, sizeof lite->chosen) != 0);
  return G_SOURCE_CONTINUE;
}

static guint64
received (BatonMedia *media)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (media);

  return stats->received;
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  *(gboolean *) data = baton_media_prepare_finish (BATON_MEDIA (source), result, NULL);
}

/* @data: it calls us, so that by the rule for two full agents it would lead. */
static void
test_lite (gconstpointer data)
{
  g_autoptr (BatonAudioHub) hub = baton_audio_hub_new (BATON_AUDIO_KIND_TONE, 440, NULL, NULL);
  static const char *const codecs[] = { "pcmu", NULL };
  BatonMediaOptions options = { .local_address = "127.0.0.1", .codecs = codecs, .ice = TRUE };
  g_autofree char *theirs = NULL, *ours = NULL;
  gboolean prepared = FALSE;
  BatonMedia *media;
  guint source;
  Lite lite;

  lite_init (&lite);
  theirs = lite_describe (&lite);
  options.remote_offer = data != NULL ? theirs : NULL;
  media = baton_media_factory_create (BATON_MEDIA_FACTORY (hub), &options);
  baton_media_prepare_async (media, NULL, on_prepared, &prepared);
  baton_test_wait (prepared, LIMIT_MS);
  ours = data != NULL ? baton_media_create_answer (media, theirs, NULL) : baton_media_create_offer (media, NULL);
  g_assert_nonnull (ours);
  g_assert_null (strstr (ours, "a=ice-lite")); /* we are a full one */
  g_assert_true (data != NULL || baton_media_apply_answer (media, theirs, TRUE, NULL));
  baton_media_start (media);
  source = g_timeout_add (20, say, &lite);
  baton_test_wait (lite.n_chosen > 0 && lite.n_sound >= 10 && received (media) >= 10, LIMIT_MS);
  g_assert_cmpuint (lite.n_controlling, >, 0);
  g_assert_cmpuint (lite.n_controlled, ==, 0);
  g_source_remove (source);
  baton_media_stop (media);
  baton_test_drain ();
  g_assert_finalize_object (media);
  lite_clear (&lite);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_timeout_add (5, look_again, NULL);
  g_test_add_data_func ("/ice-lite/it-calls", GINT_TO_POINTER (TRUE), test_lite);
  g_test_add_data_func ("/ice-lite/it-is-called", NULL, test_lite);
  status = g_test_run ();
  baton_test_wait_thread ("baton-ice", LIMIT_MS); /* of the last agents */
  return status;
}
