/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Encrypted sound over loopback: hubs in one process, and between them, where a test wants it, somebody on
 * the wire who counts, changes, repeats or drops packets.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "baton-audio-hub.h"
#include "baton-error.h"
#include "baton-test-audio.h"
#include "baton-test-rtp.h"
#include "baton-test-wait.h"

#define TONE_DB (-15.05)
#define OFF BATON_SRTP_MODE_OFF
#define OPTIONAL BATON_SRTP_MODE_OPTIONAL
#define REQUIRED BATON_SRTP_MODE_REQUIRED

typedef struct
{
  BatonAudioHub *hub;
  BatonMedia *media;
  char *recording, *failure;
} Phone;

static void
on_failed (BatonMedia *media, const char *message, Phone *phone)
{
  g_assert_null (phone->failure); /* told once */
  phone->failure = g_strdup (message);
}

static void
phone_init (Phone *phone, double hz, const char *codec, BatonSrtpMode mode, BatonSrtpKeys keys)
{
  const char *const codecs[] = { codec, NULL };
  BatonMediaOptions options = { .local_address = "127.0.0.1", .codecs = codecs, .srtp = mode, .srtp_keys = keys };
  int fd = g_file_open_tmp ("baton-heard-XXXXXX.wav", &phone->recording, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  options.record_path = phone->recording;
  phone->failure = NULL;
  phone->hub = baton_audio_hub_new (hz > 0 ? BATON_AUDIO_KIND_TONE : BATON_AUDIO_KIND_NULL, hz, NULL, NULL);
  phone->media = baton_media_factory_create (BATON_MEDIA_FACTORY (phone->hub), &options);
  g_signal_connect (phone->media, "unprotected", G_CALLBACK (on_failed), phone);
}

static void
phone_clear (Phone *phone)
{
  baton_media_stop (phone->media);
  baton_test_drain ();
  g_assert_finalize_object (phone->media);
  g_assert_finalize_object (phone->hub);
  g_unlink (phone->recording);
  g_free (phone->recording);
  g_free (phone->failure);
}

static guint64
received (BatonMedia *media)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (media);

  return stats->received;
}

static guint64
forged (BatonMedia *media)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (media);

  return stats->forged;
}

static void
expect_security (BatonMedia *media, const char *keys, const char *cipher)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (media);
  g_autofree char *srtp = NULL;

  g_object_get (media, "srtp", &srtp, NULL);
  g_assert_cmpstr (srtp, ==, keys);
  g_assert_cmpstr (stats->keys, ==, keys);
  g_assert_cmpstr (stats->cipher, ==, cipher);
}

static BatonTestWav *
hear (Phone *phone)
{
  baton_media_stop (phone->media);
  return baton_test_wav_read (phone->recording);
}

/* When the keys were there is the machine's to say; from then on it sounds. */
static void
expect_tone_at_end (BatonTestWav *heard, double hz)
{
  double end = heard->samples->len / (double) heard->rate;

  baton_test_assert_tone (heard, end - 0.5, end - 0.1, hz, TONE_DB);
}

/* --- the wire --- */

typedef struct _Relay Relay;
typedef void (*Meddle) (Relay *relay, guint side, guint8 *data, gsize *length); /* *length 0: it is dropped */

struct _Relay
{
  GSocket *sockets[2];  /* 0 stands for the offerer, 1 for the answerer */
  GSocketAddress *ends[2]; /* … who are really there */
  GSource *sources[2];
  Meddle meddle;
  gboolean repeat;
  guint n_rtp[2], n_dtls[2], n_client_hellos;
  guint8 random[32];
  gsize rtp_length;
  gboolean readable; /* silence of G.711 went by as it is */
};

static void
count (Relay *relay, guint side, const guint8 *data, gsize length)
{
  if (data[0] >= 20 && data[0] <= 63)
    {
      relay->n_dtls[side]++;
      /* a ClientHello that is said again has the same random bytes */
      if (data[0] == 22 && data[4] == 0 && length > 60 && data[13] == 1 && memcmp (relay->random, data + 27, 32) != 0)
        {
          memcpy (relay->random, data + 27, 32);
          relay->n_client_hellos++;
        }
    }
  else if (data[0] >= 128 && (data[1] < 192 || data[1] > 223))
    {
      relay->n_rtp[side]++;
      relay->rtp_length = length;
      relay->readable |= length > 60 && memcmp (data + 12, data + 13, 40) == 0;
    }
}

static gboolean
on_packet (GSocket *socket, GIOCondition condition, gpointer data)
{
  Relay *relay = data;
  guint side = socket == relay->sockets[0]; /* what comes to the offerer's stand-in is from the answerer */
  guint8 packet[2048];
  gssize n;

  while ((n = g_socket_receive (socket, (char *) packet, sizeof packet, NULL, NULL)) > 1)
    {
      gsize length = (gsize) n;

      count (relay, side, packet, length);
      if (relay->meddle != NULL)
        relay->meddle (relay, side, packet, &length);
      for (guint i = 0; length > 0 && i < (relay->repeat ? 2 : 1); i++)
        g_socket_send_to (relay->sockets[side], relay->ends[!side], (char *) packet, length, NULL, NULL);
    }
  return G_SOURCE_CONTINUE;
}

static void
relay_init (Relay *relay)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);

  memset (relay, 0, sizeof *relay);
  for (guint i = 0; i < 2; i++)
    {
      relay->sockets[i] = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
      g_assert_true (g_socket_bind (relay->sockets[i], any, FALSE, NULL));
      g_socket_set_blocking (relay->sockets[i], FALSE);
      relay->sources[i] = g_socket_create_source (relay->sockets[i], G_IO_IN, NULL);
      g_source_set_callback (relay->sources[i], G_SOURCE_FUNC (on_packet), relay, NULL);
      g_source_attach (relay->sources[i], NULL);
    }
}

static void
relay_clear (Relay *relay)
{
  for (guint i = 0; i < 2; i++)
    {
      g_source_destroy (relay->sources[i]);
      g_source_unref (relay->sources[i]);
      g_clear_object (&relay->sockets[i]);
      g_clear_object (&relay->ends[i]);
    }
}

/* The description of one side as the other shall see it. */
static char *
relay_rewrite (Relay *relay, guint side, const char *sdp)
{
  g_autoptr (GRegex) regex = g_regex_new ("m=audio ([0-9]+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (relay->sockets[side], NULL);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autofree char *port = NULL, *line = NULL;

  g_assert_true (g_regex_match (regex, sdp, 0, &match));
  port = g_match_info_fetch (match, 1);
  g_set_object (&relay->ends[side], NULL);
  relay->ends[side] = g_inet_socket_address_new (loopback, (guint16) atoi (port));
  line = g_strdup_printf ("m=audio %u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local)));
  return g_regex_replace_literal (regex, sdp, -1, 0, line, 0, NULL);
}

typedef char *(*Rewrite) (const char *sdp);

static void
negotiate_by (BatonMedia *offerer, BatonMedia *answerer, gboolean final, Relay *relay, Rewrite offered, Rewrite answered)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *offer = baton_media_create_offer (offerer, &error), *answer = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      char **text = i == 0 ? &offer : &answer;
      Rewrite rewrite = i == 0 ? offered : answered;
      char *changed;

      if (i == 1)
        answer = baton_media_create_answer (answerer, offer, &error);
      g_assert_no_error (error);
      changed = relay != NULL ? relay_rewrite (relay, i, *text) : g_strdup (*text);
      g_free (*text);
      *text = rewrite != NULL ? rewrite (changed) : g_strdup (changed);
      g_free (changed);
    }
  g_assert_true (baton_media_apply_answer (offerer, answer, final, &error));
  g_assert_no_error (error);
}

static void
talk (Phone *a, Phone *b, Relay *relay)
{
  negotiate_by (a->media, b->media, TRUE, relay, NULL, NULL);
  baton_media_start (a->media);
  baton_media_start (b->media);
}

/* --- the tests --- */

typedef struct
{
  const char *codec;
  BatonSrtpKeys keys;
} CodecCase;

static const CodecCase codec_cases[] = {
  { "pcmu", BATON_SRTP_KEYS_SDES }, { "pcma", BATON_SRTP_KEYS_SDES }, { "g722", BATON_SRTP_KEYS_SDES }, { "opus", BATON_SRTP_KEYS_SDES },
  { "pcmu", BATON_SRTP_KEYS_DTLS }, { "pcma", BATON_SRTP_KEYS_DTLS }, { "g722", BATON_SRTP_KEYS_DTLS }, { "opus", BATON_SRTP_KEYS_DTLS },
};

static void
test_codec (gconstpointer data)
{
  const CodecCase *row = data;
  const char *keys = row->keys == BATON_SRTP_KEYS_SDES ? "sdes" : "dtls";
  g_autoptr (BatonTestWav) heard_a = NULL, heard_b = NULL;
  g_autoptr (BatonMediaStats) stats = NULL;
  Phone a, b;

  phone_init (&a, 440, row->codec, REQUIRED, row->keys);
  phone_init (&b, 1000, row->codec, REQUIRED, row->keys);
  talk (&a, &b, NULL);
  baton_test_wait (received (a.media) >= 45 && received (b.media) >= 45, 10000);
  expect_security (a.media, keys, "AEAD_AES_128_GCM");
  expect_security (b.media, keys, "AEAD_AES_128_GCM");
  stats = baton_media_dup_stats (a.media);
  g_assert_cmpuint (stats->lost, ==, 0);
  g_assert_cmpuint (stats->forged, ==, 0);
  heard_a = hear (&a);
  heard_b = hear (&b);
  expect_tone_at_end (heard_a, 1000);
  expect_tone_at_end (heard_b, 440);
  g_assert_null (a.failure);
  g_assert_null (b.failure);
  phone_clear (&a);
  phone_clear (&b);
}

/* What goes by can't be read, changed or repeated. */
static void
flip (Relay *relay, guint side, guint8 *data, gsize *length)
{
  if (side == 0 && data[0] >= 128 && relay->n_rtp[0] % 5 == 0)
    data[*length / 2] ^= 0x10;
}

static void
check_wire (BatonSrtpKeys keys)
{
  Relay relay;
  Phone a, b;
  guint64 before;

  relay_init (&relay);
  phone_init (&a, 0, "pcmu", OPTIONAL, keys);
  phone_init (&b, 0, "pcmu", OPTIONAL, keys);
  talk (&a, &b, &relay);
  baton_test_wait (received (a.media) >= 10 && received (b.media) >= 10, 10000);
  g_assert_false (relay.readable);
  g_assert_cmpuint (relay.rtp_length, ==, 12 + 160 + 16);
  g_assert_cmpuint (relay.n_client_hellos, ==, keys == BATON_SRTP_KEYS_DTLS);

  relay.meddle = flip;
  baton_test_wait (forged (b.media) >= 4, 10000);
  relay.meddle = NULL;
  g_assert_cmpuint (forged (a.media), ==, 0);

  before = forged (b.media);
  relay.repeat = TRUE;
  baton_test_wait (forged (b.media) >= before + 10, 10000);
  relay.repeat = FALSE;
  g_assert_cmpuint (received (b.media), <=, relay.n_rtp[0]);
  phone_clear (&a);
  phone_clear (&b);
  relay_clear (&relay);
}

static void
test_wire (void)
{
  check_wire (BATON_SRTP_KEYS_SDES);
  check_wire (BATON_SRTP_KEYS_DTLS);
}

static char *
other_fingerprint (const char *sdp)
{
  char *changed = g_strdup (sdp), *digit = strstr (changed, "a=fingerprint:sha-256 ");

  g_assert_nonnull (digit);
  digit += strlen ("a=fingerprint:sha-256 ");
  *digit = *digit == '0' ? '1' : '0';
  return changed;
}

/* The certificate is not the one that was named: no sound, and whoever saw it is told. */
static void
test_fingerprint (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Relay relay;
      Phone a, b, *deceived = i == 0 ? &b : &a;

      relay_init (&relay);
      phone_init (&a, 0, "pcmu", OPTIONAL, BATON_SRTP_KEYS_DTLS);
      phone_init (&b, 0, "pcmu", OPTIONAL, BATON_SRTP_KEYS_DTLS);
      negotiate_by (a.media, b.media, TRUE, &relay, i == 0 ? other_fingerprint : NULL, i == 1 ? other_fingerprint : NULL);
      baton_media_start (a.media);
      baton_media_start (b.media);
      baton_test_wait (deceived->failure != NULL, 10000);
      g_assert_true (g_str_has_prefix (deceived->failure, "The sound could not be encrypted. "));
      g_assert_nonnull (strstr (deceived->failure, "another certificate"));
      baton_test_settle (100);
      g_assert_cmpuint (relay.n_rtp[deceived == &b], ==, 0);
      g_assert_cmpuint (received (deceived->media), ==, 0);
      phone_clear (&a);
      phone_clear (&b);
      relay_clear (&relay);
    }
}

/* Hold and resume, from either side: the keys stay, nobody shakes hands again. */
static void
check_hold (BatonSrtpKeys keys)
{
  Relay relay;
  Phone a, b;

  relay_init (&relay);
  phone_init (&a, 0, "pcmu", OPTIONAL, keys);
  phone_init (&b, 0, "pcmu", OPTIONAL, keys);
  talk (&a, &b, &relay);
  baton_test_wait (received (a.media) >= 5 && received (b.media) >= 5, 10000);
  for (guint i = 0; i < 2; i++)
    {
      Phone *holder = i == 0 ? &a : &b, *held = i == 0 ? &b : &a;
      guint64 of_a, of_b;

      for (guint hold = 2; hold > 0; hold--)
        {
          g_autofree char *offer = NULL, *answer = NULL, *seen = NULL, *seen_answer = NULL;

          baton_media_set_local_hold (holder->media, hold == 2);
          offer = baton_media_create_offer (holder->media, NULL);
          seen = relay_rewrite (&relay, i, offer);
          answer = baton_media_create_answer (held->media, seen, NULL);
          g_assert_nonnull (answer);
          seen_answer = relay_rewrite (&relay, !i, answer);
          g_assert_true (baton_media_apply_answer (holder->media, seen_answer, TRUE, NULL));
        }
      of_a = received (a.media);
      of_b = received (b.media);
      baton_test_wait (received (a.media) >= of_a + 5 && received (b.media) >= of_b + 5, 10000);
    }
  g_assert_cmpuint (relay.n_client_hellos, ==, keys == BATON_SRTP_KEYS_DTLS);
  g_assert_cmpuint (forged (a.media) + forged (b.media), ==, 0);
  phone_clear (&a);
  phone_clear (&b);
  relay_clear (&relay);
}

static void
test_hold (void)
{
  check_hold (BATON_SRTP_KEYS_SDES);
  check_hold (BATON_SRTP_KEYS_DTLS);
}

/* A server puts another phone in the place of the first one, with a new offer in the same call. */
static void
test_new_peer (void)
{
  for (BatonSrtpKeys keys = BATON_SRTP_KEYS_SDES; keys <= BATON_SRTP_KEYS_DTLS; keys++)
    {
      g_autoptr (BatonTestWav) heard = NULL;
      guint64 before;
      Phone a, b, c;

      phone_init (&a, 440, "pcmu", OPTIONAL, keys);
      phone_init (&b, 0, "pcmu", OPTIONAL, keys);
      phone_init (&c, 1000, "pcmu", OPTIONAL, keys);
      talk (&a, &b, NULL);
      baton_test_wait (received (b.media) >= 5, 10000);
      baton_media_stop (a.media);
      negotiate_by (c.media, b.media, TRUE, NULL, NULL, NULL);
      baton_media_start (c.media);
      before = received (b.media);
      baton_test_wait (received (b.media) >= before + 30 && received (c.media) >= 30, 10000);
      heard = hear (&b);
      expect_tone_at_end (heard, 1000);
      phone_clear (&a);
      phone_clear (&b);
      phone_clear (&c);
    }
}

/* Two phones ring, both with early sound of their own; the second one answers. */
static void
test_forked (void)
{
  for (BatonSrtpKeys keys = BATON_SRTP_KEYS_SDES; keys <= BATON_SRTP_KEYS_DTLS; keys++)
    {
      g_autofree char *offer = NULL, *first = NULL, *second = NULL;
      guint64 before;
      Phone a, b, c;

      phone_init (&a, 0, "pcmu", OPTIONAL, keys);
      phone_init (&b, 0, "pcmu", OPTIONAL, keys);
      phone_init (&c, 0, "pcmu", OPTIONAL, keys);
      offer = baton_media_create_offer (a.media, NULL);
      first = baton_media_create_answer (b.media, offer, NULL);
      second = baton_media_create_answer (c.media, offer, NULL);
      g_assert_true (baton_media_apply_answer (a.media, first, FALSE, NULL));
      baton_media_start (a.media);
      baton_media_start (b.media);
      baton_test_wait (received (a.media) >= 10, 10000);
      baton_media_stop (b.media);
      baton_media_start (c.media);
      g_assert_true (baton_media_apply_answer (a.media, second, TRUE, NULL));
      before = received (a.media);
      baton_test_wait (received (a.media) >= before + 10 && received (c.media) >= 10, 10000);
      phone_clear (&a);
      phone_clear (&b);
      phone_clear (&c);
    }
}

/* DTLS loses packets: it says them again, and nothing is sent in clear meanwhile. */
static void
lose_some (Relay *relay, guint side, guint8 *data, gsize *length)
{
  if (data[0] < 64 && relay->n_dtls[side] % 2 == 1 && relay->n_dtls[side] < 4)
    *length = 0;
}

static void
test_loss (void)
{
  Relay relay;
  Phone a, b;

  relay_init (&relay);
  relay.meddle = lose_some;
  phone_init (&a, 0, "pcmu", OPTIONAL, BATON_SRTP_KEYS_DTLS);
  phone_init (&b, 0, "pcmu", OPTIONAL, BATON_SRTP_KEYS_DTLS);
  talk (&a, &b, &relay);
  g_assert_cmpuint (received (a.media), ==, 0);
  baton_test_wait (received (a.media) >= 5 && received (b.media) >= 5, 10000);
  g_assert_false (relay.readable);
  phone_clear (&a);
  phone_clear (&b);
  relay_clear (&relay);
}

/* Early: keys are agreed on before anybody may speak, so that the first word has its way. */
static void
test_early (void)
{
  Phone a, b;
  gint64 began;

  phone_init (&a, 0, "pcmu", OPTIONAL, BATON_SRTP_KEYS_DTLS);
  phone_init (&b, 0, "pcmu", OPTIONAL, BATON_SRTP_KEYS_DTLS);
  negotiate_by (a.media, b.media, FALSE, NULL, NULL, NULL);
  began = g_get_monotonic_time ();
  baton_test_wait (({ g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (a.media); stats->cipher != NULL; }), 10000);
  g_test_message ("handshake: %.1f ms", (double) (g_get_monotonic_time () - began) / 1000);
  g_assert_cmpuint (received (a.media), ==, 0);
  baton_media_start (a.media);
  baton_media_start (b.media);
  baton_test_wait (received (a.media) >= 5 && received (b.media) >= 5, 10000);
  phone_clear (&a);
  phone_clear (&b);
}

static void
test_mismatch (void)
{
  static const struct
  {
    BatonSrtpMode offerer, answerer;
    const char *words;
  } rows[] = { { REQUIRED, OFF, "No common way to talk: they want SRTP, you turned it off." },
               { OFF, REQUIRED, "No common way to talk: you want SRTP, they offer none." } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *offer = NULL, *answer = NULL;
      g_autoptr (GError) error = NULL;
      Phone a, b;

      phone_init (&a, 0, "pcmu", rows[i].offerer, BATON_SRTP_KEYS_BOTH);
      phone_init (&b, 0, "pcmu", rows[i].answerer, BATON_SRTP_KEYS_BOTH);
      offer = baton_media_create_offer (a.media, NULL);
      answer = baton_media_create_answer (b.media, offer, &error);
      g_assert_null (answer);
      g_assert_error (error, BATON_ERROR, BATON_ERROR_NO_COMMON_SECURITY);
      g_assert_cmpstr (error->message, ==, rows[i].words);
      g_clear_error (&error);
      g_assert_false (baton_media_check_offer (b.media, offer, &error)); /* known before it rings */
      g_assert_error (error, BATON_ERROR, BATON_ERROR_NO_COMMON_SECURITY);
      phone_clear (&a);
      phone_clear (&b);
    }
}

/* The keys never come: known within the time for a handshake, and nothing was sent in clear meanwhile. */
static void
lose_handshakes (Relay *relay, guint side, guint8 *data, gsize *length)
{
  if (data[0] < 64)
    *length = 0;
}

static void
test_silent (void)
{
  gint64 began = g_get_monotonic_time ();
  Relay relay;
  Phone a, b;

  relay_init (&relay);
  relay.meddle = lose_handshakes;
  phone_init (&a, 0, "pcmu", OPTIONAL, BATON_SRTP_KEYS_DTLS);
  phone_init (&b, 0, "pcmu", OPTIONAL, BATON_SRTP_KEYS_DTLS);
  talk (&a, &b, &relay);
  baton_test_wait (a.failure != NULL && b.failure != NULL, 20000);
  g_test_message ("known after %.1f s", (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC);
  g_assert_true (g_str_has_prefix (a.failure, "The sound could not be encrypted. "));
  g_assert_cmpuint (relay.n_rtp[0] + relay.n_rtp[1], ==, 0);
  phone_clear (&a);
  phone_clear (&b);
  relay_clear (&relay);
}

/* Who waits for the handshake is behind a NAT and names an address that nobody can reach: it shows where it is. */
static char *
name_private (const char *sdp)
{
  g_autoptr (GString) changed = g_string_new (sdp);

  g_string_replace (changed, "c=IN IP4 127.0.0.1", "c=IN IP4 10.255.0.1", 0);
  return g_strdup (changed->str);
}

static void
test_behind_nat (void)
{
  Phone a, b;

  phone_init (&a, 0, "pcmu", REQUIRED, BATON_SRTP_KEYS_DTLS);
  phone_init (&b, 0, "pcmu", REQUIRED, BATON_SRTP_KEYS_DTLS);
  negotiate_by (a.media, b.media, TRUE, NULL, name_private, NULL);
  baton_media_start (a.media);
  baton_media_start (b.media);
  baton_test_wait (received (a.media) >= 5 && received (b.media) >= 5, 10000);
  g_assert_null (a.failure);
  phone_clear (&a);
  phone_clear (&b);
}

static BatonTestRtp *named;

static char *
note_offer (const char *sdp)
{
  baton_test_rtp_set_remote (named, sdp);
  return g_strdup (sdp);
}

static char *
name_another (const char *sdp)
{
  g_autoptr (GRegex) regex = g_regex_new ("m=audio [0-9]+ ", 0, 0, NULL);
  g_autofree char *line = g_strdup_printf ("m=audio %u ", named->port);

  return g_regex_replace_literal (regex, sdp, -1, 0, line, 0, NULL);
}

/* Whoever sends from the address that was named, and has no key, gets nothing: an address can be forged. */
static void
test_forged_address (void)
{
  g_autoptr (BatonTestRtp) forger = baton_test_rtp_new ();
  guint8 payload[160] = { 0 };
  guint64 before;
  guint heard;
  Phone a, b;

  phone_init (&a, 0, "pcmu", REQUIRED, BATON_SRTP_KEYS_SDES);
  phone_init (&b, 0, "pcmu", REQUIRED, BATON_SRTP_KEYS_SDES);
  named = forger;
  negotiate_by (a.media, b.media, TRUE, NULL, note_offer, name_another);
  baton_media_start (a.media);
  baton_media_start (b.media);
  baton_test_wait (received (a.media) >= 5 && received (b.media) >= 5, 10000);
  baton_test_settle (60);
  before = received (b.media);
  heard = baton_test_rtp_count (forger, 0);
  for (guint i = 0; i < 30; i++)
    {
      baton_test_rtp_send (forger, 0, payload, sizeof payload, 160);
      baton_test_settle (10);
    }
  g_assert_cmpuint (baton_test_rtp_count (forger, 0), ==, heard);
  baton_test_wait (received (b.media) >= before + 10, 10000);
  phone_clear (&a);
  phone_clear (&b);
}

/* --- a move to a call that has no keys yet --- */

static void
on_moved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(double *) data = baton_media_factory_move_finish (BATON_MEDIA_FACTORY (source), result, &error);
  g_assert_no_error (error);
}

static gboolean
is_silent (const BatonTestRtpPacket *packet)
{
  for (guint i = 0; i < packet->length; i++)
    if ((packet->payload[i] & 0x7f) < 0x7c) /* µ-law: small */
      return FALSE;
  return TRUE;
}

/* Whom the sound leaves hears silence until the first word can go to the other one, then nothing: never both, and no hole. */
static void
test_move (void)
{
  const char *const codecs[] = { "pcmu", NULL };
  BatonMediaOptions plain = { .local_address = "127.0.0.1", .codecs = codecs };
  g_autoptr (BatonTestRtp) old = baton_test_rtp_new ();
  g_autofree char *offer = baton_test_rtp_describe (old, "0", "a=rtcp-mux\r\n"), *answer = NULL;
  BatonMedia *from;
  double gap = -2;
  guint before, begun, after;
  Relay relay;
  Phone a, b;

  relay_init (&relay);
  relay.meddle = lose_handshakes;
  phone_init (&a, 440, "pcmu", REQUIRED, BATON_SRTP_KEYS_DTLS);
  phone_init (&b, 0, "pcmu", REQUIRED, BATON_SRTP_KEYS_DTLS);
  from = baton_media_factory_create (BATON_MEDIA_FACTORY (a.hub), &plain);
  answer = baton_media_create_answer (from, offer, NULL);
  g_assert_nonnull (answer);
  baton_test_rtp_set_remote (old, answer);
  baton_media_start (from);
  baton_test_wait (baton_test_rtp_count (old, 0) >= 10, 10000);

  negotiate_by (a.media, b.media, TRUE, &relay, NULL, NULL);
  baton_media_start (b.media);
  baton_test_drain ();
  before = baton_test_rtp_count (old, 0);
  baton_media_factory_move_async (BATON_MEDIA_FACTORY (a.hub), from, a.media, on_moved, &gap);
  begun = before;
  baton_test_wait (baton_test_rtp_count (old, 0) >= begun + 25, 10000);
  g_assert_cmpuint (relay.n_rtp[0], ==, 0);
  g_assert_cmpfloat (gap, ==, -2);
  g_assert_false (is_silent (baton_test_rtp_get (old, 0, before - 1)));
  while (before < begun + 6 && !is_silent (baton_test_rtp_get (old, 0, before))) /* some may have been under way, one fades */
    before++;
  g_assert_cmpuint (before, <, begun + 6);
  for (guint i = before; i < begun + 25; i++)
    g_assert_true (is_silent (baton_test_rtp_get (old, 0, i)));

  relay.meddle = NULL;
  baton_test_wait (relay.n_rtp[0] > 0 && gap > -2, 10000);
  baton_test_drain ();
  after = baton_test_rtp_count (old, 0);
  baton_test_wait (relay.n_rtp[0] >= 10, 10000);
  g_assert_cmpuint (baton_test_rtp_count (old, 0), <=, after + 1);
  g_assert_cmpfloat (gap, >=, 0);
  g_test_message ("gap %.1f ms", gap);
  for (guint i = before; i < baton_test_rtp_count (old, 0); i++)
    g_assert_true (is_silent (baton_test_rtp_get (old, 0, i)));
  g_assert_false (relay.readable);
  baton_media_stop (from);
  g_assert_finalize_object (from);
  phone_clear (&a);
  phone_clear (&b);
  relay_clear (&relay);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_timeout_add (5, look_again, NULL); /* counters don't wake the main context */
  for (guint i = 0; i < G_N_ELEMENTS (codec_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/secure/%s/%s", codec_cases[i].keys == BATON_SRTP_KEYS_SDES ? "sdes" : "dtls",
                                               codec_cases[i].codec);

      g_test_add_data_func (path, &codec_cases[i], test_codec);
    }
  g_test_add_func ("/secure/wire", test_wire);
  g_test_add_func ("/secure/fingerprint", test_fingerprint);
  g_test_add_func ("/secure/hold", test_hold);
  g_test_add_func ("/secure/new-peer", test_new_peer);
  g_test_add_func ("/secure/forked", test_forked);
  g_test_add_func ("/secure/loss", test_loss);
  g_test_add_func ("/secure/early", test_early);
  g_test_add_func ("/secure/mismatch", test_mismatch);
  g_test_add_func ("/secure/silent", test_silent);
  g_test_add_func ("/secure/behind-nat", test_behind_nat);
  g_test_add_func ("/secure/forged-address", test_forged_address);
  g_test_add_func ("/secure/move", test_move);
  return g_test_run ();
}
