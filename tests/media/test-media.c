/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls' sound over loopback, as the other end hears it: two or three hubs in one process. */
#include <math.h>
#include <glib/gstdio.h>
#include <string.h>

#include "baton-audio-hub.h"
#include "baton-enum-types.h"
#include "baton-error.h"
#include "baton-recording.h"
#include "baton-test-audio.h"
#include "baton-test-wait.h"

#define TONE_DB (-15.05) /* a sine of a quarter of full scale */

typedef struct
{
  BatonAudioHub *hub;
  BatonMedia *media;
  char *recording;
  GString *digits;
  guint last_duration_ms;
} Phone;

typedef struct
{
  const char *codec, *address;
  guint port_first, port_last;
} Options;

static void
on_dtmf (BatonMedia *media, const char *digit, guint duration_ms, gpointer data)
{
  Phone *phone = data;

  g_string_append (phone->digits, digit);
  phone->last_duration_ms = duration_ms;
}

static BatonMedia *
add_media (BatonAudioHub *hub, const Options *options, const char *recording)
{
  const char *codecs[] = { options != NULL ? options->codec : NULL, NULL };
  BatonMediaOptions media_options = { 0 };

  media_options.local_address = options != NULL && options->address != NULL ? options->address : "127.0.0.1";
  media_options.codecs = codecs[0] != NULL ? codecs : NULL;
  media_options.srtp = BATON_SRTP_MODE_OFF;
  media_options.record_path = recording;
  if (options != NULL)
    {
      media_options.rtp_port_first = options->port_first;
      media_options.rtp_port_last = options->port_last;
    }
  return baton_media_factory_create (BATON_MEDIA_FACTORY (hub), &media_options);
}

static void
phone_init (Phone *phone, BatonAudioKind kind, double hz, const char *file, const Options *options)
{
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("baton-heard-XXXXXX.wav", &phone->recording, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  phone->hub = baton_audio_hub_new (kind, hz, file, &error);
  g_assert_no_error (error);
  phone->media = add_media (phone->hub, options, phone->recording);
  phone->digits = g_string_new (NULL);
  phone->last_duration_ms = 0;
  g_signal_connect (phone->media, "dtmf", G_CALLBACK (on_dtmf), phone);
}

static void
phone_clear (Phone *phone)
{
  baton_media_stop (phone->media);
  g_assert_cmpint (baton_media_get_state (phone->media), ==, BATON_MEDIA_STATE_STOPPED);
  baton_test_drain ();
  g_assert_finalize_object (phone->media);
  g_assert_finalize_object (phone->hub);
  g_unlink (phone->recording);
  g_free (phone->recording);
  g_string_free (phone->digits, TRUE);
}

static void
negotiate (BatonMedia *offerer, BatonMedia *answerer)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *offer = baton_media_create_offer (offerer, &error), *answer = NULL;

  g_assert_no_error (error);
  answer = baton_media_create_answer (answerer, offer, &error);
  g_assert_no_error (error);
  g_assert_true (baton_media_apply_answer (offerer, answer, TRUE, &error));
  g_assert_no_error (error);
}

static void
talk (BatonMedia *a, BatonMedia *b)
{
  negotiate (a, b);
  baton_media_start (a);
  baton_media_start (b);
}

static guint64
received (BatonMedia *media)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (media);

  return stats->received;
}

static guint64
sent (BatonMedia *media)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (media);

  return stats->sent;
}

/* Ends the call of @phone and gives what it heard. */
static BatonTestWav *
hear (Phone *phone)
{
  baton_media_stop (phone->media);
  return baton_test_wav_read (phone->recording);
}

static void
test_codec (gconstpointer data)
{
  Options options = { .codec = data };
  g_autoptr (BatonTestWav) heard_a = NULL, heard_b = NULL;
  g_autoptr (BatonMediaStats) stats = NULL;
  g_autofree char *codec = NULL;
  Phone a, b;

  phone_init (&a, BATON_AUDIO_KIND_TONE, 440, NULL, &options);
  phone_init (&b, BATON_AUDIO_KIND_TONE, 1000, NULL, &options);
  talk (a.media, b.media);
  g_assert_cmpint (baton_media_get_state (a.media), ==, BATON_MEDIA_STATE_STARTED);
  baton_test_wait (received (a.media) >= 55 && received (b.media) >= 55, 3000);
  g_object_get (a.media, "codec", &codec, NULL);
  g_assert_cmpstr (codec, ==, data);
  stats = baton_media_dup_stats (a.media);
  g_assert_cmpuint (stats->lost, ==, 0);
  g_assert_cmpfloat (fabs (stats->level_in_db - TONE_DB), <, 2);
  g_assert_cmpfloat (fabs (stats->level_out_db - TONE_DB), <, 0.5);
  g_assert_cmpfloat (stats->jitter_ms, >=, 0);
  g_assert_cmpfloat (stats->jitter_ms, <, 10);
  heard_a = hear (&a);
  heard_b = hear (&b);
  baton_test_assert_tone (heard_a, 0.2, 1.0, 1000, TONE_DB);
  baton_test_assert_tone (heard_b, 0.2, 1.0, 440, TONE_DB);
  phone_clear (&a);
  phone_clear (&b);
}

static void
test_ipv6 (void)
{
  Options options = { .address = "::1" };
  Phone a, b;

  phone_init (&a, BATON_AUDIO_KIND_NULL, 0, NULL, &options);
  phone_init (&b, BATON_AUDIO_KIND_NULL, 0, NULL, &options);
  talk (a.media, b.media);
  baton_test_wait (received (a.media) >= 5 && received (b.media) >= 5, 2000);
  phone_clear (&a);
  phone_clear (&b);
}

/* While A holds, nobody sends and A's recording is silent; B sees it and knows. Then it goes on. */
static void
test_hold (void)
{
  Options options = { .codec = "pcmu" };
  g_autoptr (BatonTestWav) heard = NULL;
  guint64 sent_a, sent_b;
  Phone a, b;

  phone_init (&a, BATON_AUDIO_KIND_TONE, 440, NULL, &options);
  phone_init (&b, BATON_AUDIO_KIND_TONE, 1000, NULL, &options);
  talk (a.media, b.media);
  baton_test_wait (received (a.media) >= 25, 2000);

  baton_media_set_local_hold (a.media, TRUE);
  negotiate (a.media, b.media);
  g_assert_cmpint (baton_media_get_state (a.media), ==, BATON_MEDIA_STATE_HELD);
  g_assert_cmpint (baton_media_get_state (b.media), ==, BATON_MEDIA_STATE_HELD);
  g_assert_true (baton_media_get_remote_hold (b.media));
  g_assert_false (baton_media_get_remote_hold (a.media));
  sent_a = sent (a.media);
  sent_b = sent (b.media);
  baton_test_settle (500);
  g_assert_cmpuint (sent (a.media), ==, sent_a);
  g_assert_cmpuint (sent (b.media), ==, sent_b);

  baton_media_set_local_hold (a.media, FALSE);
  negotiate (a.media, b.media);
  g_assert_false (baton_media_get_remote_hold (b.media));
  g_assert_cmpint (baton_media_get_state (b.media), ==, BATON_MEDIA_STATE_STARTED);
  baton_test_wait (sent (b.media) >= sent_b + 30, 2000);
  heard = hear (&a);
  baton_test_assert_tone (heard, 0.15, 0.45, 1000, TONE_DB);
  baton_test_assert_silence (heard, 0.65, 0.95);
  baton_test_assert_tone (heard, 1.2, 1.5, 1000, TONE_DB);
  phone_clear (&a);
  phone_clear (&b);
}

static void
test_hold_both (void)
{
  guint64 before;
  Phone a, b;

  phone_init (&a, BATON_AUDIO_KIND_NULL, 0, NULL, NULL);
  phone_init (&b, BATON_AUDIO_KIND_NULL, 0, NULL, NULL);
  talk (a.media, b.media);
  baton_media_set_local_hold (a.media, TRUE);
  negotiate (a.media, b.media);
  baton_media_set_local_hold (b.media, TRUE);
  negotiate (b.media, a.media);
  g_assert_true (baton_media_get_remote_hold (a.media));
  g_assert_true (baton_media_get_remote_hold (b.media));
  baton_media_set_local_hold (a.media, FALSE); /* the other one still holds */
  negotiate (a.media, b.media);
  g_assert_true (baton_media_get_remote_hold (a.media));
  g_assert_false (baton_media_get_remote_hold (b.media));
  g_assert_cmpint (baton_media_get_state (a.media), ==, BATON_MEDIA_STATE_HELD);
  before = received (b.media);
  baton_media_set_local_hold (b.media, FALSE);
  negotiate (b.media, a.media);
  g_assert_false (baton_media_get_remote_hold (a.media));
  baton_test_wait (received (b.media) > before + 3, 2000);
  phone_clear (&a);
  phone_clear (&b);
}

static void
test_dtmf (gconstpointer data)
{
  Options options = { .codec = data };
  g_autoptr (GError) error = NULL;
  Phone a, b;

  phone_init (&a, BATON_AUDIO_KIND_TONE, 440, NULL, &options);
  phone_init (&b, BATON_AUDIO_KIND_NULL, 0, NULL, &options);
  g_assert_false (baton_media_send_dtmf (a.media, "1", &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  talk (a.media, b.media);
  g_assert_false (baton_media_send_dtmf (a.media, "1x", &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_true (baton_media_send_dtmf (a.media, "11*D", &error));
  g_assert_true (baton_media_send_dtmf (a.media, "#", &error));
  g_assert_no_error (error);
  baton_test_wait (b.digits->len >= 5, 3000);
  g_assert_cmpstr (b.digits->str, ==, "11*D#");
  g_assert_cmpuint (b.last_duration_ms, ==, 100);
  baton_test_settle (100);
  g_assert_cmpuint (b.digits->len, ==, 5);
  /* What is pressed on hold reaches nobody, then or later. */
  baton_media_set_local_hold (a.media, TRUE);
  g_assert_false (baton_media_send_dtmf (a.media, "7", &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  baton_media_set_local_hold (a.media, FALSE);
  baton_test_settle (200);
  g_assert_cmpuint (b.digits->len, ==, 5);
  phone_clear (&a);
  phone_clear (&b);
}

static void
test_muted (void)
{
  Options options = { .codec = "pcma" };
  g_autoptr (BatonTestWav) heard = NULL;
  Phone a, b;

  phone_init (&a, BATON_AUDIO_KIND_TONE, 440, NULL, &options);
  phone_init (&b, BATON_AUDIO_KIND_NULL, 0, NULL, &options);
  baton_media_set_muted (a.media, TRUE);
  talk (a.media, b.media);
  baton_test_wait (received (b.media) >= 40, 2000);
  heard = hear (&b);
  baton_test_assert_silence (heard, 0, 0.6);
  phone_clear (&a);
  phone_clear (&b);
}

static void
test_echo (void)
{
  Options options = { .codec = "pcmu" };
  g_autoptr (BatonTestWav) heard = NULL;
  Phone a, b;

  phone_init (&a, BATON_AUDIO_KIND_TONE, 600, NULL, &options);
  phone_init (&b, BATON_AUDIO_KIND_ECHO, 0, NULL, &options);
  talk (a.media, b.media);
  baton_test_wait (received (a.media) >= 50, 2000);
  heard = hear (&a);
  baton_test_assert_tone (heard, 0.4, 0.9, 600, TONE_DB);
  phone_clear (&a);
  phone_clear (&b);
}

static void
test_file (void)
{
  Options options = { .codec = "g722" };
  g_autoptr (BatonTestWav) heard = NULL;
  g_autoptr (GArray) tone = baton_test_tone (700, 44100, 0.4);
  g_autofree char *path = NULL;
  Phone a, b;

  g_close (g_file_open_tmp ("baton-play-XXXXXX.wav", &path, NULL), NULL);
  baton_test_wav_write (path, 44100, (const gint16 *) tone->data, tone->len);
  phone_init (&a, BATON_AUDIO_KIND_FILE, 0, path, &options);
  phone_init (&b, BATON_AUDIO_KIND_NULL, 0, NULL, &options);
  talk (a.media, b.media);
  baton_test_wait (received (b.media) >= 60, 2000);
  heard = hear (&b);
  baton_test_assert_tone (heard, 0.1, 0.3, 700, TONE_DB);
  baton_test_assert_tone (heard, 0.55, 0.75, 700, TONE_DB); /* again from the start */
  phone_clear (&a);
  phone_clear (&b);
  g_unlink (path);
}

static void
test_wrong_options (void)
{
  static const char noise[] = "this is no sound file";
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  Options options = { .port_first = 40000, .port_last = 40000 };
  g_autoptr (BatonAudioHub) hub = NULL;
  g_autoptr (BatonMedia) media = NULL;

  g_assert_null (baton_audio_hub_new (BATON_AUDIO_KIND_TONE, NAN, NULL, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (baton_audio_hub_new (BATON_AUDIO_KIND_TONE, 20000, NULL, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (baton_audio_hub_new (BATON_AUDIO_KIND_FILE, 0, "/nonexistent/x.wav", &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_close (g_file_open_tmp ("baton-noise-XXXXXX", &path, NULL), NULL);
  g_file_set_contents (path, noise, -1, NULL);
  g_assert_null (baton_audio_hub_new (BATON_AUDIO_KIND_FILE, 0, path, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_unlink (path);

  hub = baton_audio_hub_new (BATON_AUDIO_KIND_NULL, 0, NULL, NULL);
  media = add_media (hub, &options, NULL);
  g_assert_null (baton_media_create_offer (media, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
}

/* Two ports hold one call; the second is told so in words, and the first goes on. */
static void
test_ports (void)
{
  g_autoptr (BatonAudioHub) hub = baton_audio_hub_new (BATON_AUDIO_KIND_NULL, 0, NULL, NULL);
  Options options = { .address = "127.0.13.37", .port_first = 41000, .port_last = 41001 };
  g_autoptr (BatonMedia) first = add_media (hub, &options, NULL), second = add_media (hub, &options, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *offer = baton_media_create_offer (first, &error), *none = NULL, *again = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (strstr (offer, "m=audio 41000 "));
  none = baton_media_create_offer (second, &error);
  g_assert_null (none);
  g_assert_error (error, BATON_ERROR, BATON_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);
  baton_media_stop (first);
  again = baton_media_create_offer (second, &error);
  g_assert_no_error (error);
}

/* A broken or impossible re-offer is refused in words and leaves the call as it was. */
static void
test_broken_reoffer (void)
{
  static const char *const offers[] = {
    "", "v=0\r\n", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/SAVP 0\r\n",
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n",
  };
  Options options = { .codec = "pcmu" };
  Phone a, b;
  guint64 before;

  phone_init (&a, BATON_AUDIO_KIND_NULL, 0, NULL, &options);
  phone_init (&b, BATON_AUDIO_KIND_NULL, 0, NULL, &options);
  talk (a.media, b.media);
  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (baton_media_create_answer (a.media, offers[i], &error));
      g_assert_nonnull (error);
      g_assert_cmpint (baton_media_get_state (a.media), ==, BATON_MEDIA_STATE_STARTED);
      g_clear_error (&error);
      g_assert_false (baton_media_apply_answer (a.media, offers[i], TRUE, &error));
      g_assert_nonnull (error);
    }
  before = received (b.media);
  baton_test_wait (received (b.media) > before + 3, 2000);
  phone_clear (&a);
  phone_clear (&b);
}

typedef struct
{
  double gap_ms;
  GError *error;
  gboolean done;
} Move;

static void
on_moved (GObject *source, GAsyncResult *result, gpointer data)
{
  Move *move = data;

  move->gap_ms = baton_media_factory_move_finish (BATON_MEDIA_FACTORY (source), result, &move->error);
  move->done = TRUE;
}

/* The sine itself rises by 8192 · 2π · 440 / 8000 from sample to sample; one that is cut off, by up to 8192. */
static void
assert_no_click (BatonTestWav *heard)
{
  const gint16 *samples = (const gint16 *) heard->samples->data;

  for (guint i = 1; i < heard->samples->len; i++)
    if (ABS (samples[i] - samples[i - 1]) > 4000 * 8000 / (int) heard->rate)
      g_error ("a click of %d at %.3f s", samples[i] - samples[i - 1], (double) i / heard->rate);
}

/*
 *   B (tone) ── old ── A          B's sound moves from the call with A to the call with C:
 *   B (tone) ── new ── C          C hears it within a packet's time, A nothing more
 */
static void
test_move (void)
{
  Options options = { .codec = "pcmu" };
  g_autoptr (BatonTestWav) heard_a = NULL, heard_c = NULL;
  g_autoptr (BatonMedia) new = NULL;
  g_autoptr (BatonMediaStats) stats = NULL;
  guint64 to_a;
  Move move = { 0 };
  Phone a, b, c;

  phone_init (&a, BATON_AUDIO_KIND_NULL, 0, NULL, &options);
  phone_init (&b, BATON_AUDIO_KIND_TONE, 440, NULL, &options);
  phone_init (&c, BATON_AUDIO_KIND_NULL, 0, NULL, &options);
  new = add_media (b.hub, &options, NULL);
  talk (a.media, b.media);
  baton_test_wait (received (a.media) >= 25, 2000);

  negotiate (new, c.media);
  baton_media_start (c.media);
  baton_media_factory_move_async (BATON_MEDIA_FACTORY (b.hub), b.media, new, on_moved, &move);
  baton_media_start (new);
  baton_test_wait (move.done, 1000);
  g_assert_no_error (move.error);
  g_assert_cmpfloat (move.gap_ms, >=, 0);
  g_assert_cmpfloat (move.gap_ms, <=, 20); /* no tick comes between the last packet and the first: in truth it is 0.1 */
  stats = baton_media_dup_stats (new);
  g_assert_cmpfloat (stats->last_gap_ms, ==, move.gap_ms);
  g_assert_cmpuint (sent (new), >=, 1); /* at once, not at the next tick */
  to_a = sent (b.media);
  baton_test_wait (received (c.media) >= 40, 2000);
  g_assert_cmpuint (sent (b.media), ==, to_a);
  heard_c = hear (&c);
  baton_test_assert_tone (heard_c, 0.2, 0.6, 440, TONE_DB);
  heard_a = hear (&a);
  baton_test_assert_tone (heard_a, 0.2, 0.4, 440, TONE_DB);
  baton_test_assert_silence (heard_a, 0.8, 1.1);
  assert_no_click (heard_a);
  assert_no_click (heard_c);
  baton_media_stop (new);
  phone_clear (&a);
  phone_clear (&b);
  phone_clear (&c);
}

static void
test_move_to_ended (void)
{
  Move move = { 0 }, second = { 0 };
  g_autoptr (BatonMedia) new = NULL;
  Phone b;

  phone_init (&b, BATON_AUDIO_KIND_TONE, 440, NULL, NULL);
  new = add_media (b.hub, NULL, NULL);
  baton_media_factory_move_async (BATON_MEDIA_FACTORY (b.hub), b.media, new, on_moved, &move);
  baton_media_stop (new);
  baton_test_wait (move.done, 1000);
  g_assert_error (move.error, BATON_ERROR, BATON_ERROR_CANCELLED);
  g_assert_cmpfloat (move.gap_ms, <, 0);
  g_clear_error (&move.error);
  baton_media_factory_move_async (BATON_MEDIA_FACTORY (b.hub), NULL, new, on_moved, &second);
  baton_test_wait (second.done, 1000);
  g_assert_error (second.error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  g_clear_error (&second.error);
  phone_clear (&b);
}

static void
never_fails (const char *message, gpointer data)
{
  g_assert_not_reached ();
}

/* Nobody waits for the recording of somebody else's call: the program's last hub would, and each of the demo's did. */
static void
test_hub_beside_recording (void)
{
  g_autofree char *folder = g_dir_make_tmp ("baton-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "call.wav", NULL);
  g_autoptr (BatonRecording) recording = baton_recording_new (path, 8000, never_fails, NULL, NULL);
  BatonAudioHub *hub = baton_audio_hub_new (BATON_AUDIO_KIND_NULL, 0, NULL, NULL);
  gint64 start = g_get_monotonic_time ();

  g_assert_nonnull (recording);
  g_assert_finalize_object (hub);
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
  g_clear_pointer (&recording, baton_recording_free);
  baton_recording_wait ();
  g_unlink (path);
  g_rmdir (folder);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  static const char *const codecs[] = { "opus", "g722", "pcmu", "pcma" };

  g_test_init (&argc, &argv, NULL);
  g_timeout_add (5, look_again, NULL); /* counters don't wake the main context; conditions on them are looked at so often */
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    {
      g_autofree char *name = g_strconcat ("/media/codec/", codecs[i], NULL);

      g_test_add_data_func (name, codecs[i], test_codec);
    }
  g_test_add_func ("/media/ipv6", test_ipv6);
  g_test_add_func ("/media/hold", test_hold);
  g_test_add_func ("/media/hold-both", test_hold_both);
  g_test_add_data_func ("/media/dtmf/pcmu", "pcmu", test_dtmf);
  g_test_add_data_func ("/media/dtmf/opus", "opus", test_dtmf);
  g_test_add_func ("/media/muted", test_muted);
  g_test_add_func ("/media/echo", test_echo);
  g_test_add_func ("/media/file", test_file);
  g_test_add_func ("/media/wrong-options", test_wrong_options);
  g_test_add_func ("/media/ports", test_ports);
  g_test_add_func ("/media/broken-reoffer", test_broken_reoffer);
  g_test_add_func ("/media/move", test_move);
  g_test_add_func ("/media/move-to-ended", test_move_to_ended);
  g_test_add_func ("/media/hub-beside-recording", test_hub_beside_recording);
  return g_test_run ();
}
