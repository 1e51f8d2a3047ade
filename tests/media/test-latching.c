/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Without ICE: whose packets are followed when they come from elsewhere than was said, and whose are not. */
#include <string.h>

#include "baton-audio-hub.h"
#include "baton-test-rtp.h"
#include "baton-test-wait.h"

#define LIMIT_MS 10000
#define PUBLIC "192.0.2.1"  /* nothing can be sent there from loopback */
#define PRIVATE "10.255.0.1"

typedef struct
{
  BatonAudioHub *hub;
  BatonMedia *media;
  char *answer;
} Call;

static char *
describe (const char *address, guint port)
{
  return g_strdup_printf ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %u RTP/AVP 0\r\na=rtcp-mux\r\n",
                          address, address, port);
}

/* The peer says that it is at @address; its signalling comes from @hint. */
static void
call_open (Call *call, const char *address, guint port, const char *hint)
{
  static const char *const codecs[] = { "pcmu", NULL };
  BatonMediaOptions options = { .local_address = "127.0.0.1", .codecs = codecs, .remote_hint = hint };
  g_autofree char *offer = describe (address, port);
  g_autoptr (GError) error = NULL;

  call->hub = baton_audio_hub_new (BATON_AUDIO_KIND_TONE, 440, NULL, &error);
  g_assert_no_error (error);
  call->media = baton_media_factory_create (BATON_MEDIA_FACTORY (call->hub), &options);
  call->answer = baton_media_create_answer (call->media, offer, &error);
  g_assert_no_error (error);
  baton_media_start (call->media);
}

static void
call_close (Call *call)
{
  baton_media_stop (call->media);
  baton_test_drain ();
  g_assert_finalize_object (call->media);
  g_assert_finalize_object (call->hub);
  g_free (call->answer);
}

static BatonTestRtp *
peer_at (Call *call, const char *host)
{
  BatonTestRtp *peer = baton_test_rtp_new_at (host);

  baton_test_rtp_set_remote (peer, call->answer);
  return peer;
}

static guint64
received (Call *call)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (call->media);

  return stats->received;
}

static void
say (BatonTestRtp *peer)
{
  guint8 payload[160];

  memset (payload, 0x55, sizeof payload);
  baton_test_rtp_send (peer, 0, payload, sizeof payload, 160);
}

/* @peer speaks, and @rival (nullable) too, until @peer hears something new. */
static void
expect_followed (BatonTestRtp *peer, BatonTestRtp *rival)
{
  guint before = baton_test_rtp_count (peer, 0);
  BatonTestDeadline deadline;

  baton_test_deadline_start (&deadline, LIMIT_MS);
  while (baton_test_rtp_count (peer, 0) < before + 5 && baton_test_deadline_iterate (&deadline))
    {
      say (peer);
      if (rival != NULL)
        say (rival);
      baton_test_settle (10);
    }
  g_assert_cmpuint (baton_test_rtp_count (peer, 0), >=, before + 5);
}

/* @stranger speaks as fast as it can, @peer (nullable) as it does all the time. The stranger gets nothing, and is not heard. */
static void
expect_ignored (Call *call, BatonTestRtp *stranger, BatonTestRtp *peer)
{
  guint heard = baton_test_rtp_count (stranger, 0), said = 0;
  guint64 before;

  baton_test_settle (60); /* what was said before is read */
  before = received (call);

  for (guint i = 0; i < 30; i++)
    {
      for (guint j = 0; j < 5; j++)
        say (stranger);
      if (peer != NULL)
        {
          say (peer);
          said++;
        }
      baton_test_settle (10);
    }
  baton_test_settle (60);
  g_assert_cmpuint (baton_test_rtp_count (stranger, 0), ==, heard);
  g_assert_cmpuint (received (call), <=, before + said);
}

/* What it says of itself is wrong: no NAT told it. Its signalling comes from where it really is. */
static void
test_wrong_address (void)
{
  g_autoptr (BatonTestRtp) peer = NULL, stranger = NULL;
  Call call;

  call_open (&call, PUBLIC, 4000, "127.0.0.3");
  peer = peer_at (&call, "127.0.0.3");
  stranger = peer_at (&call, "127.0.0.9");
  expect_ignored (&call, stranger, NULL);
  expect_followed (peer, NULL);
  g_assert_cmpuint (received (&call), >, 0);
  expect_ignored (&call, stranger, peer);
  expect_followed (peer, NULL);
  call_close (&call);
}

/* It names an address of its own network, as most do. */
static void
test_private (void)
{
  g_autoptr (BatonTestRtp) peer = NULL, stranger = NULL;
  Call call;

  call_open (&call, PRIVATE, 4000, NULL);
  peer = peer_at (&call, "127.0.0.3");
  stranger = peer_at (&call, "127.0.0.9");
  expect_followed (peer, NULL);
  expect_ignored (&call, stranger, peer);
  expect_followed (peer, NULL);
  call_close (&call);
}

/* A public address was named, and nothing else speaks for the one that packets come from. */
static void
test_stranger (void)
{
  g_autoptr (BatonTestRtp) stranger = NULL;
  Call call;

  call_open (&call, PUBLIC, 4000, "127.0.0.3");
  stranger = peer_at (&call, "127.0.0.9");
  expect_ignored (&call, stranger, NULL);
  g_assert_cmpuint (received (&call), ==, 0);
  call_close (&call);
}

/* Somebody was faster than who was named: the named one is believed as soon as it speaks, and for good. */
static void
test_named (void)
{
  g_autoptr (BatonTestRtp) peer = baton_test_rtp_new (), stranger = NULL;
  Call call;

  call_open (&call, "127.0.0.1", peer->port, NULL);
  baton_test_rtp_set_remote (peer, call.answer);
  stranger = peer_at (&call, "127.0.0.9");
  expect_followed (stranger, NULL);
  expect_followed (peer, stranger);
  expect_ignored (&call, stranger, peer);
  call_close (&call);
}

/* Its NAT has forgotten it, and gives it another port: followed after a silence, by the number of its stream. */
static void
test_moved (void)
{
  g_autoptr (BatonTestRtp) peer = NULL, moved = NULL, stranger = NULL;
  Call call;

  call_open (&call, PRIVATE, 4000, NULL);
  peer = peer_at (&call, "127.0.0.3");
  moved = peer_at (&call, "127.0.0.3");
  stranger = peer_at (&call, "127.0.0.9");
  expect_followed (peer, NULL);
  moved->ssrc = peer->ssrc;
  moved->sequence = peer->sequence;
  moved->timestamp = peer->timestamp;
  baton_test_settle (5100); /* the description is not new any more, and who was heard is silent */
  expect_ignored (&call, stranger, NULL);
  expect_followed (moved, NULL);
  expect_ignored (&call, stranger, moved);
  call_close (&call);
}

/* The same description once more, and then another phone speaks from behind the same server. */
static void
test_another_phone (void)
{
  g_autoptr (BatonTestRtp) peer = NULL, other = NULL, stranger = NULL;
  g_autofree char *offer = describe (PRIVATE, 4000), *answer = NULL;
  Call call;

  call_open (&call, PRIVATE, 4000, NULL);
  peer = peer_at (&call, "127.0.0.3");
  other = peer_at (&call, "127.0.0.3");
  stranger = peer_at (&call, "127.0.0.9");
  expect_followed (peer, NULL);
  answer = baton_media_create_answer (call.media, offer, NULL);
  g_assert_nonnull (answer);
  expect_ignored (&call, other, peer);
  expect_ignored (&call, stranger, NULL); /* nobody of another host, however silent it is */
  expect_followed (other, NULL);
  expect_followed (peer, other); /* it had only been silent */
  expect_ignored (&call, other, peer);
  call_close (&call);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_timeout_add (5, look_again, NULL);
  g_test_add_func ("/latching/wrong-address", test_wrong_address);
  g_test_add_func ("/latching/private", test_private);
  g_test_add_func ("/latching/stranger", test_stranger);
  g_test_add_func ("/latching/named", test_named);
  g_test_add_func ("/latching/moved", test_moved);
  g_test_add_func ("/latching/another-phone", test_another_phone);
  return g_test_run ();
}
