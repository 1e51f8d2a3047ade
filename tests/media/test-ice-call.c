/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls with ICE over loopback, as the other end hears them. */
#include <glib/gstdio.h>
#include <string.h>

#include "baton-audio-hub.h"
#include "baton-error.h"
#include "baton-test-audio.h"
#include "baton-test-wait.h"

#define TONE_DB (-15.05)
#define LIMIT_MS 10000

typedef struct
{
  BatonAudioHub *hub;
  BatonMedia *media;
  char *recording, *failure;
  guint wanted;      /* offers that the media asked for */
  gboolean prepared;
} Phone;

static void
on_failed (BatonMedia *media, const char *message, gpointer data)
{
  Phone *phone = data;

  g_free (phone->failure);
  phone->failure = g_strdup (message);
}

static void
on_wanted (BatonMedia *media, gpointer data)
{
  ((Phone *) data)->wanted++;
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  baton_media_prepare_finish (BATON_MEDIA (source), result, &error);
  g_assert_no_error (error);
  ((Phone *) data)->prepared = TRUE;
}

static void
phone_init (Phone *phone, double hz, const BatonMediaOptions *options)
{
  static const char *const codecs[] = { "pcmu", NULL };
  BatonMediaOptions with = *options;
  g_autoptr (GError) error = NULL;
  int fd;

  memset (phone, 0, sizeof *phone);
  fd = g_file_open_tmp ("baton-heard-XXXXXX.wav", &phone->recording, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);
  phone->hub = baton_audio_hub_new (BATON_AUDIO_KIND_TONE, hz, NULL, &error);
  g_assert_no_error (error);
  if (with.local_address == NULL)
    with.local_address = "127.0.0.1";
  with.codecs = codecs;
  with.record_path = phone->recording;
  phone->media = baton_media_factory_create (BATON_MEDIA_FACTORY (phone->hub), &with);
  g_signal_connect (phone->media, "failed", G_CALLBACK (on_failed), phone);
  g_signal_connect (phone->media, "reoffer-wanted", G_CALLBACK (on_wanted), phone);
  baton_media_prepare_async (phone->media, NULL, on_prepared, phone);
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

static char *
offer_of (Phone *phone)
{
  g_autoptr (GError) error = NULL;
  char *offer;

  baton_test_wait (phone->prepared, LIMIT_MS);
  offer = baton_media_create_offer (phone->media, &error);
  g_assert_no_error (error);
  return offer;
}

static char *
answer_of (Phone *phone, const char *offer)
{
  g_autoptr (GError) error = NULL;
  char *answer;

  baton_test_wait (phone->prepared, LIMIT_MS);
  answer = baton_media_create_answer (phone->media, offer, &error);
  g_assert_no_error (error);
  return answer;
}

static void
apply (Phone *phone, const char *answer)
{
  g_autoptr (GError) error = NULL;

  baton_media_apply_answer (phone->media, answer, TRUE, &error);
  g_assert_no_error (error);
}

static guint64
received (Phone *phone)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (phone->media);

  return stats->received;
}

static gboolean
has_path (Phone *phone, const char *path)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (phone->media);

  return strcmp (stats->path, path) == 0 && (path[0] == '\0') == (stats->local_address[0] == '\0');
}

/* Both talk, both hear: each other's tone, from its first packet on. */
static void
assert_sound (Phone *a, Phone *b)
{
  g_autoptr (BatonTestWav) heard_a = NULL, heard_b = NULL;
  guint64 of_a = received (a), of_b = received (b);

  baton_test_wait (received (a) >= of_a + 40 && received (b) >= of_b + 40, LIMIT_MS);
  baton_media_stop (a->media);
  baton_media_stop (b->media);
  heard_a = baton_test_wav_read (a->recording);
  heard_b = baton_test_wav_read (b->recording);
  baton_test_assert_tone (heard_a, 0.3, 0.6, 1000, TONE_DB);
  baton_test_assert_tone (heard_b, 0.3, 0.6, 440, TONE_DB);
}

/* Who calls. Returns: (transfer full): the offer */
static char *
call (Phone *phone, const BatonMediaOptions *options)
{
  phone_init (phone, 440, options);
  return offer_of (phone);
}

/* Who is called. Returns: (transfer full): the answer to @offer, known before the sockets are opened */
static char *
take (Phone *phone, const BatonMediaOptions *options, const char *offer)
{
  BatonMediaOptions with = *options;

  with.remote_offer = offer;
  phone_init (phone, 1000, &with);
  return answer_of (phone, offer);
}

static void
start (Phone *a, Phone *b)
{
  baton_media_start (a->media);
  baton_media_start (b->media);
}

static void
connect_sound (Phone *a, Phone *b, const char *answer)
{
  apply (a, answer);
  start (a, b);
}

static void
clear_both (Phone *a, Phone *b)
{
  phone_clear (a);
  phone_clear (b);
}

static void
test_host (gconstpointer data)
{
  BatonMediaOptions options = { .ice = TRUE, .local_address = data };
  g_autofree char *offer = NULL, *answer = NULL;
  Phone a, b;

  offer = call (&a, &options);
  g_assert_nonnull (strstr (offer, "a=ice-ufrag:"));
  g_assert_nonnull (strstr (offer, " typ host\r\n"));
  g_assert_nonnull (strstr (offer, "a=end-of-candidates\r\n"));
  g_assert_nonnull (strstr (offer, "a=rtcp:"));
  answer = take (&b, &options, offer);
  g_assert_nonnull (strstr (answer, "a=ice-pwd:"));
  g_assert_nonnull (strstr (answer, "a=rtcp-mux\r\n"));
  connect_sound (&a, &b, answer);
  baton_test_wait (has_path (&a, "host") && has_path (&b, "host"), LIMIT_MS);
  assert_sound (&a, &b);
  g_assert_null (a.failure);
  g_assert_null (b.failure);
  clear_both (&a, &b);
}

/* The peer offers RTCP a port of its own: so there are two components. */
static void
test_no_mux (void)
{
  BatonMediaOptions options = { .ice = TRUE };
  g_autofree char *offer = NULL, *answer = NULL;
  g_autoptr (GString) text = NULL;
  Phone a, b;

  offer = call (&a, &options);
  text = g_string_new (offer);
  g_string_replace (text, "a=rtcp-mux\r\n", "", 0);
  answer = take (&b, &options, text->str);
  g_assert_null (strstr (answer, "rtcp-mux"));
  connect_sound (&a, &b, answer);
  assert_sound (&a, &b);
  clear_both (&a, &b);
}

static void
test_answerer_without_ice (void)
{
  BatonMediaOptions options = { .ice = TRUE };
  g_autofree char *offer = NULL, *answer = NULL;
  Phone a, b;

  offer = call (&a, &options);
  options.ice = FALSE;
  phone_init (&b, 1000, &options);
  answer = answer_of (&b, offer);
  g_assert_null (strstr (answer, "a=ice-"));
  g_assert_null (strstr (answer, "a=candidate"));
  connect_sound (&a, &b, answer);
  assert_sound (&a, &b);
  g_assert_true (has_path (&a, ""));
  g_assert_null (a.failure);
  clear_both (&a, &b);
}

static void
test_offerer_without_ice (void)
{
  BatonMediaOptions options = { 0 };
  g_autofree char *offer = NULL, *answer = NULL;
  Phone a, b;

  offer = call (&a, &options);
  options.ice = TRUE;
  answer = take (&b, &options, offer);
  g_assert_null (strstr (answer, "a=ice-"));
  connect_sound (&a, &b, answer);
  assert_sound (&a, &b);
  clear_both (&a, &b);
}

/* A server on the way put another address into m=, and left the candidates: RFC 8839 §5.4. */
static void
test_mismatch (gconstpointer data)
{
  gboolean known = GPOINTER_TO_INT (data); /* … when the sockets are opened, or only later */
  BatonMediaOptions options = { .ice = TRUE };
  g_autofree char *offer = NULL, *answer = NULL, *line = NULL, *changed = NULL;
  g_autoptr (GString) text = NULL;
  Phone a, b;

  offer = call (&a, &options);
  text = g_string_new (offer);
  g_string_replace (text, "a=candidate:1 ", "a=candidate:9 ", 0);
  line = g_strdup (strstr (text->str, "m=audio "));
  *strchr (line + 8, ' ') = '\0';
  changed = g_strconcat (" ", line + 8, " typ host", NULL);
  g_string_replace (text, changed, " 7 typ host", 0);
  options.remote_offer = known ? text->str : NULL;
  phone_init (&b, 1000, &options);
  answer = answer_of (&b, text->str);
  g_assert_true (known || strstr (answer, "a=ice-mismatch\r\n") != NULL);
  g_assert_null (strstr (answer, "a=candidate"));
  connect_sound (&a, &b, answer);
  assert_sound (&a, &b);
  clear_both (&a, &b);
}

static void
reoffer (Phone *a, Phone *b)
{
  g_autofree char *offer = offer_of (a), *answer = answer_of (b, offer);

  apply (a, answer);
}

static void
establish (Phone *a, Phone *b)
{
  BatonMediaOptions options = { .ice = TRUE };
  g_autofree char *offer = NULL, *answer = NULL;

  offer = call (a, &options);
  answer = take (b, &options, offer);
  connect_sound (a, b, answer);
  baton_test_wait (received (a) > 3 && received (b) > 3, LIMIT_MS);
}

static char *
line_of (const char *sdp, const char *start)
{
  const char *found = strstr (sdp, start);

  g_assert_nonnull (found);
  return g_strndup (found, strcspn (found, "\r"));
}

static gboolean
has_moved (Phone *phone, const char *from)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (phone->media);

  return stats->path[0] != '\0' && strcmp (stats->local_address, from) != 0;
}

static gboolean
has_keys (Phone *phone)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (phone->media);

  return g_strcmp0 (stats->keys, "dtls") == 0 && stats->cipher != NULL;
}

/* What it heard last. */
static void
assert_tail (Phone *phone, double hz)
{
  g_autoptr (BatonTestWav) heard = NULL;
  double end;

  baton_media_stop (phone->media);
  heard = baton_test_wav_read (phone->recording);
  end = (double) heard->samples->len / heard->rate;
  baton_test_assert_tone (heard, end - 0.5, end - 0.2, hz, TONE_DB);
}

/* Both hear each other's tone now, whatever was before. */
static void
assert_sound_now (Phone *a, Phone *b)
{
  guint64 of_a = received (a), of_b = received (b);

  baton_test_wait (received (a) >= of_a + 50 && received (b) >= of_b + 50, LIMIT_MS);
  assert_tail (a, 1000);
  assert_tail (b, 440);
}

/* An offer for browsers; hold and resume by either go on with the keys: another handshake would begin without any. */
static void
test_webrtc (void)
{
  BatonMediaOptions options = { .webrtc = TRUE, .srtp = BATON_SRTP_MODE_OFF };
  g_autofree char *offer = NULL, *answer = NULL;
  Phone a, b;

  offer = call (&a, &options);
  g_assert_nonnull (strstr (offer, " UDP/TLS/RTP/SAVPF 0 "));
  answer = take (&b, &options, offer);
  g_assert_nonnull (strstr (answer, "a=group:BUNDLE 0\r\n"));
  apply (&a, answer);
  g_assert_false (has_keys (&a)); /* nothing was sent yet */
  start (&a, &b);
  baton_test_wait (has_keys (&a) && has_keys (&b), LIMIT_MS);
  for (guint i = 0; i < 4; i++)
    {
      Phone *holder = i < 2 ? &a : &b;

      baton_media_set_local_hold (holder->media, i % 2 == 0);
      reoffer (holder, holder == &a ? &b : &a);
      g_assert_true (has_keys (&a) && has_keys (&b));
    }
  assert_sound_now (&a, &b);
  g_assert_null (a.failure);
  g_assert_null (b.failure);
  clear_both (&a, &b);
}

/* The network has changed: new ports and credentials; both hear on, and the counters never stop for long. */
static void
test_restart (void)
{
  g_autofree char *before = NULL, *offer = NULL, *answer = NULL, *ufrag = NULL, *m = NULL, *old_path = NULL;
  g_autoptr (BatonMediaStats) stats = NULL;
  guint64 of_a, of_b;
  Phone a, b;

  establish (&a, &b);
  stats = baton_media_dup_stats (a.media);
  old_path = g_strdup (stats->local_address);
  before = offer_of (&a); /* not sent: what is said without a restart */
  baton_media_restart (a.media);
  baton_test_wait (a.wanted == 1, LIMIT_MS);
  offer = offer_of (&a);
  ufrag = line_of (before, "a=ice-ufrag:");
  m = line_of (before, "m=audio ");
  g_assert_null (strstr (offer, ufrag));
  g_assert_null (strstr (offer, m));
  of_a = received (&a);
  of_b = received (&b);
  answer = answer_of (&b, offer);
  apply (&a, answer);
  baton_test_wait (received (&a) > of_a + 20 && received (&b) > of_b + 20, LIMIT_MS);
  baton_test_wait (has_moved (&a, old_path), LIMIT_MS);
  assert_sound (&a, &b);
  g_assert_null (a.failure);
  g_assert_null (b.failure);
  clear_both (&a, &b);
}

/* Hold and resume say the same credentials again: no restart, the path stays. */
static void
test_hold (void)
{
  g_autofree char *first = NULL, *second = NULL, *ufrag = NULL;
  Phone a, b;

  establish (&a, &b);
  first = offer_of (&a);
  ufrag = line_of (first, "a=ice-ufrag:");
  baton_media_set_local_hold (a.media, TRUE);
  reoffer (&a, &b);
  g_assert_true (baton_media_get_remote_hold (b.media));
  baton_media_set_local_hold (a.media, FALSE);
  second = offer_of (&a);
  g_assert_nonnull (strstr (second, ufrag));
  reoffer (&a, &b);
  g_assert_true (has_path (&a, "host"));
  assert_sound_now (&a, &b);
  clear_both (&a, &b);
}

/* The other side is another phone from one re-INVITE to the next, and that one has no ICE: a transfer behind a server. */
static void
test_peer_loses_ice (void)
{
  BatonMediaOptions options = { 0 };
  g_autofree char *offer = NULL, *answer = NULL;
  Phone a, b, c;

  establish (&a, &b);
  phone_init (&c, 1000, &options);
  offer = offer_of (&c);
  answer = answer_of (&a, offer);
  g_assert_null (strstr (answer, "a=ice-"));
  apply (&c, answer);
  baton_media_start (c.media);
  assert_sound (&a, &c);
  clear_both (&a, &b);
  phone_clear (&c);
}

/* … or has ICE of its own, and was given the offer that our first peer has answered. */
static void
test_other_peer (void)
{
  BatonMediaOptions options = { .ice = TRUE };
  g_autofree char *offer = NULL, *answer = NULL;
  Phone a, b, c;

  establish (&a, &b);
  baton_media_stop (b.media);
  offer = offer_of (&a);
  answer = take (&c, &options, offer);
  apply (&a, answer);
  baton_media_start (c.media);
  assert_sound (&a, &c);
  clear_both (&a, &b);
  phone_clear (&c);
}

/* Servers that answer nothing delay a call by the limit, and no longer; an offer before that is refused in words. */
static void
test_silent_servers (void)
{
  BatonMediaOptions options = {
    .ice = TRUE, .stun = "127.0.0.2:9", .turn = "turn:127.0.0.2:9", .turn_user = "u", .turn_password = "p",
  };
  gint64 began = g_get_monotonic_time ();
  g_autofree char *offer = NULL, *early = NULL;
  g_autoptr (GError) error = NULL;
  Phone a;

  phone_init (&a, 440, &options);
  early = baton_media_create_offer (a.media, &error);
  g_assert_null (early);
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  offer = offer_of (&a);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 5 * G_USEC_PER_SEC);
  g_assert_nonnull (strstr (offer, " typ host\r\n"));
  phone_clear (&a);
}

static void
test_stopped_while_gathering (void)
{
  BatonMediaOptions options = { .ice = TRUE, .stun = "127.0.0.2:9", .local_address = "127.0.0.1" };
  g_autoptr (BatonAudioHub) hub = baton_audio_hub_new (BATON_AUDIO_KIND_NULL, 0, NULL, NULL);
  BatonMedia *media = baton_media_factory_create (BATON_MEDIA_FACTORY (hub), &options);
  g_autoptr (GError) error = NULL;

  baton_media_prepare_async (media, NULL, NULL, NULL);
  baton_media_stop (media);
  baton_test_drain ();
  g_assert_null (baton_media_create_offer (media, &error));
  g_assert_nonnull (error);
  g_assert_finalize_object (media);
}

static void
test_failed (void)
{
  BatonMediaOptions options = { .ice = TRUE };
  g_autofree char *offer = NULL, *answer = NULL;
  Phone a, b;

  offer = call (&a, &options);
  answer = take (&b, &options, offer);
  baton_media_stop (b.media); /* nobody answers the checks */
  apply (&a, answer);
  baton_media_start (a.media);
  baton_test_wait (a.failure != NULL, 3 * LIMIT_MS);
  g_assert_nonnull (strstr (a.failure, "TURN"));
  g_assert_cmpint (baton_media_get_state (a.media), ==, BATON_MEDIA_STATE_STARTED);
  clear_both (&a, &b);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* It fell back to no ICE, and waits for the handshake behind a NAT: it has to show where it is. */
static void
test_behind_nat (void)
{
  BatonMediaOptions options = { .ice = TRUE, .srtp = BATON_SRTP_MODE_REQUIRED, .srtp_keys = BATON_SRTP_KEYS_DTLS };
  g_autofree char *offer = NULL, *answer = NULL;
  g_autoptr (GString) named = NULL;
  Phone a, b;

  offer = call (&a, &options);
  named = g_string_new (offer);
  g_assert_cmpuint (g_string_replace (named, "c=IN IP4 127.0.0.1", "c=IN IP4 10.255.0.1", 0), ==, 1);
  options.ice = FALSE;
  phone_init (&b, 1000, &options);
  answer = answer_of (&b, named->str);
  connect_sound (&a, &b, answer);
  baton_test_wait (received (&a) > 3 && received (&b) > 3, LIMIT_MS);
  g_assert_true (has_keys (&a) && has_keys (&b));
  clear_both (&a, &b);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_timeout_add (5, look_again, NULL);
  g_test_add_data_func ("/ice-call/host/v4", "127.0.0.1", test_host);
  g_test_add_data_func ("/ice-call/host/v6", "::1", test_host);
  g_test_add_func ("/ice-call/no-mux", test_no_mux);
  g_test_add_func ("/ice-call/answerer-without-ice", test_answerer_without_ice);
  g_test_add_func ("/ice-call/offerer-without-ice", test_offerer_without_ice);
  g_test_add_data_func ("/ice-call/mismatch/known", GINT_TO_POINTER (TRUE), test_mismatch);
  g_test_add_data_func ("/ice-call/mismatch/later", GINT_TO_POINTER (FALSE), test_mismatch);
  g_test_add_func ("/ice-call/restart", test_restart);
  g_test_add_func ("/ice-call/hold", test_hold);
  g_test_add_func ("/ice-call/peer-loses-ice", test_peer_loses_ice);
  g_test_add_func ("/ice-call/other-peer", test_other_peer);
  g_test_add_func ("/ice-call/silent-servers", test_silent_servers);
  g_test_add_func ("/ice-call/stopped-while-gathering", test_stopped_while_gathering);
  g_test_add_func ("/ice-call/failed", test_failed);
  g_test_add_func ("/ice-call/behind-nat", test_behind_nat);
  g_test_add_func ("/ice-call/webrtc", test_webrtc);
  status = g_test_run ();
  baton_test_wait_thread ("baton-ice", LIMIT_MS); /* of the last agents */
  return status;
}
