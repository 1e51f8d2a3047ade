/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Microphone and speaker of a sound server of the test's own: PulseAudio, or (argument “pipewire”) PipeWire. */
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <math.h>
#include <string.h>

#include "baton-audio-hub.h"
#include "baton-error.h"
#include "baton-test-audio.h"
#include "baton-test-pulse.h"
#include "baton-test-wait.h"

typedef struct
{
  BatonAudioHub *hub, *far_hub;
  BatonMedia *media, *far;
  char *heard;      /* by the far end */
  GString *problems;
} Call;

static gboolean pipewire; /* which sound server */

static BatonTestPulse *
pulse_or_skip (void)
{
  BatonTestPulse *pulse = baton_test_pulse_new (pipewire);

  if (pulse == NULL)
    g_test_skip (pipewire ? "pipewire, wireplumber, pipewire-pulse or pactl is not installed"
                          : "pulseaudio or pactl is not installed");
  return pulse;
}

static void
on_problem (BatonAudioHub *hub, const char *message, gpointer data)
{
  g_string_append_printf (data, "%s\n", message);
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
call_start_with (Call *call, BatonAudioKind kind, const char *file)
{
  static const char *const codecs[] = { "g722", NULL };
  BatonMediaOptions options = { .local_address = "127.0.0.1", .codecs = codecs };

  g_close (g_file_open_tmp ("baton-heard-XXXXXX.wav", &call->heard, NULL), NULL);
  call->problems = g_string_new (NULL);
  call->hub = baton_audio_hub_new (BATON_AUDIO_KIND_DEVICE, 0, NULL, NULL);
  call->far_hub = baton_audio_hub_new (kind, 1000, file, NULL);
  g_signal_connect (call->hub, "device-problem", G_CALLBACK (on_problem), call->problems);
  call->media = baton_media_factory_create (BATON_MEDIA_FACTORY (call->hub), &options);
  options.record_path = call->heard;
  call->far = baton_media_factory_create (BATON_MEDIA_FACTORY (call->far_hub), &options);
  negotiate (call->media, call->far);
  baton_media_factory_set_foreground (BATON_MEDIA_FACTORY (call->hub), call->media);
  baton_media_start (call->media);
  baton_media_start (call->far);
}

static void
call_start (Call *call)
{
  call_start_with (call, BATON_AUDIO_KIND_TONE, NULL);
}

static void
call_end (Call *call)
{
  baton_media_stop (call->media);
  baton_media_stop (call->far);
  baton_test_drain ();
  g_assert_finalize_object (call->media);
  g_assert_finalize_object (call->far);
  g_assert_finalize_object (call->hub);
  g_assert_finalize_object (call->far_hub);
  g_unlink (call->heard);
  g_free (call->heard);
  g_string_free (call->problems, TRUE);
}

static BatonMediaStats *
stats_of (BatonMedia *media)
{
  return baton_media_dup_stats (media);
}

static guint64
received (BatonMedia *media)
{
  g_autoptr (BatonMediaStats) stats = stats_of (media);

  return stats->received;
}

static gboolean
have_microphone (BatonAudioHub *hub)
{
  gboolean present;

  g_object_get (hub, "have-microphone", &present, NULL);
  return present;
}

static double
level_in (BatonMedia *media)
{
  g_autoptr (BatonMediaStats) stats = stats_of (media);

  return stats->level_in_db;
}

/* The last @seconds of what came out of the speaker. */
static double
speaker_db (BatonTestPulse *pulse, double hz, double seconds)
{
  g_autoptr (GArray) samples = baton_test_pulse_dup_recorded (pulse);
  guint n = (guint) (seconds * 16000);

  if (samples->len < n)
    return -127;
  return baton_test_goertzel_db (&g_array_index (samples, gint16, samples->len - n), n, 16000, hz);
}

/* A tone said into the microphone is heard by the other end, and theirs comes out of the speaker. */
static void
test_both_ways (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  g_autoptr (GArray) tone = baton_test_tone (440, 48000, 20);
  g_autoptr (BatonTestWav) heard = NULL;
  double seconds;
  guint64 before;
  Call call;

  if (pulse == NULL)
    return;
  baton_test_pulse_play (pulse, (const gint16 *) tone->data, tone->len, 48000);
  baton_test_pulse_record (pulse, 16000);
  call_start (&call);
  baton_test_wait (have_microphone (call.hub), 3000);
  baton_test_wait (level_in (call.far) > -17, 3000);
  baton_test_wait (speaker_db (pulse, 1000, 0.5) > -18, 3000);
  g_assert_cmpstr (call.problems->str, ==, "");

  before = received (call.far);
  baton_test_wait (received (call.far) >= before + 30, 10000); /* half a second, and a little */
  baton_media_stop (call.far);
  heard = baton_test_wav_read (call.heard);
  seconds = (double) heard->samples->len / heard->rate;
  baton_test_assert_tone (heard, seconds - 0.5, seconds - 0.01, 440, -15);
  call_end (&call);
}

/* Not the call that is listened to: nothing is said to it, nothing heard of it, no packet missing. */
static void
test_background (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  g_autoptr (GArray) tone = baton_test_tone (440, 48000, 20);
  guint64 before;
  Call call;

  if (pulse == NULL)
    return;
  baton_test_pulse_play (pulse, (const gint16 *) tone->data, tone->len, 48000);
  baton_test_pulse_record (pulse, 16000);
  call_start (&call);
  baton_test_wait (level_in (call.far) > -17, 3000);
  baton_media_factory_set_foreground (BATON_MEDIA_FACTORY (call.hub), NULL);
  before = received (call.far);
  baton_test_wait (received (call.far) >= before + 60, 3000);
  g_assert_cmpfloat (level_in (call.far), <, -60);
  g_assert_cmpfloat (speaker_db (pulse, 1000, 0.5), <, -60);
  call_end (&call);
}

/* No sound server at all: a sentence, and the call goes on, silent from this side. */
static void
test_no_server (void)
{
  Call call;

  g_setenv ("PULSE_SERVER", "unix:/nonexistent/socket", TRUE);
  call_start (&call);
  baton_test_wait (received (call.far) >= 50, 3000);
  baton_test_wait (call.problems->len > 0, 3000);
  g_assert_nonnull (strstr (call.problems->str, "No microphone. They cannot hear you."));
  g_assert_false (have_microphone (call.hub));
  call_end (&call);
  g_unsetenv ("PULSE_SERVER");
}

static void
test_server_dies (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  guint64 before;
  Call call;

  if (pulse == NULL)
    return;
  call_start (&call);
  baton_test_wait (have_microphone (call.hub), 3000);
  baton_test_pulse_kill (pulse);
  baton_test_wait (!have_microphone (call.hub), 3000);
  before = received (call.far);
  baton_test_wait (received (call.far) >= before + 40, 3000);
  g_assert_nonnull (strstr (call.problems->str, "No microphone. They cannot hear you."));
  call_end (&call);
}

static void
test_ringback (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  g_autoptr (BatonAudioHub) hub = NULL;

  if (pulse == NULL)
    return;
  baton_test_pulse_record (pulse, 16000);
  hub = baton_audio_hub_new (BATON_AUDIO_KIND_DEVICE, 0, NULL, NULL);
  baton_audio_hub_play_tone (hub, "ringback");
  baton_test_wait (speaker_db (pulse, 425, 0.3) > -27, 3000);
  g_assert_false (have_microphone (hub));
  baton_audio_hub_play_tone (hub, NULL);
  baton_test_wait (speaker_db (pulse, 425, 0.3) < -60, 3000);
}

/* ---- What a person chose, and what is plugged in and out ---- */

static gboolean
speaker_hears (BatonTestPulse *pulse, double hz)
{
  return speaker_db (pulse, hz, 0.3) > -18;
}

static gboolean
speaker_is_silent (BatonTestPulse *pulse)
{
  g_autoptr (GArray) samples = baton_test_pulse_dup_recorded (pulse);
  guint n = 16000 * 3 / 10;

  return samples->len >= n && baton_test_level_db (&g_array_index (samples, gint16, samples->len - n), n) < -60;
}

/* Nothing is chosen: the sound goes where the system's default goes. */
static void
test_default_moves (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  guint64 before;
  Call call;

  if (pulse == NULL)
    return;
  baton_test_pulse_record (pulse, 16000);
  call_start (&call);
  baton_test_wait (speaker_hears (pulse, 1000), 10000);
  before = received (call.far);
  baton_test_pulse_add_sink (pulse, "other");
  baton_test_pulse_control ("set-default-sink other");
  baton_test_wait (speaker_is_silent (pulse), 10000);
  baton_test_pulse_control ("set-default-sink speaker");
  baton_test_wait (speaker_hears (pulse, 1000), 10000);
  baton_test_wait (received (call.far) > before + 20, 10000);
  g_assert_cmpstr (call.problems->str, ==, "");
  call_end (&call);
}

/* The chosen headset is pulled out in a call: it goes on by the default; back in, it is used again. */
static void
test_hot_plug (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  g_autoptr (GArray) tone = baton_test_tone (440, 48000, 40);
  guint64 before;
  Call call;

  if (pulse == NULL)
    return;
  baton_test_pulse_play (pulse, (const gint16 *) tone->data, tone->len, 48000);
  baton_test_pulse_record (pulse, 16000);
  baton_test_pulse_add_sink (pulse, "headset");
  call_start (&call);
  baton_test_pulse_control ("load-module module-remap-source source_name=lapel master=mic.monitor");
  g_object_set (call.hub, "output-device", "headset", "input-device", "lapel", NULL);
  baton_test_wait (have_microphone (call.hub), 10000);
  baton_test_wait (speaker_is_silent (pulse), 10000);
  before = received (call.far);
  baton_test_pulse_control ("unload-module module-null-sink");
  baton_test_pulse_add_sink (pulse, "mic"); /* all went: the machine's own are back first */
  baton_test_pulse_add_sink (pulse, "speaker");
  baton_test_pulse_control ("set-default-sink speaker");
  baton_test_pulse_control ("set-default-source mic.monitor");
  baton_test_pulse_record (pulse, 16000);
  baton_test_pulse_play (pulse, (const gint16 *) tone->data, tone->len, 48000);
  baton_test_wait (speaker_hears (pulse, 1000), 10000);
  baton_test_wait (level_in (call.far) > -17, 10000);
  g_assert_cmpuint (received (call.far), >, before);
  baton_test_pulse_add_sink (pulse, "headset");
  baton_test_wait (speaker_is_silent (pulse), 10000);
  before = received (call.far);
  baton_test_wait (received (call.far) > before + 20, 10000);
  call_end (&call);
}

static void
test_server_restarts (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  g_autoptr (GArray) tone = baton_test_tone (440, 48000, 40);
  guint64 before;
  Call call;

  if (pulse == NULL)
    return;
  call_start (&call);
  baton_test_wait (have_microphone (call.hub), 10000);
  baton_test_pulse_kill (pulse);
  baton_test_wait (!have_microphone (call.hub), 10000);
  before = received (call.far);
  baton_test_pulse_start (pulse);
  baton_test_pulse_record (pulse, 16000);
  baton_test_pulse_play (pulse, (const gint16 *) tone->data, tone->len, 48000);
  baton_test_wait (have_microphone (call.hub), 10000);
  baton_test_wait (speaker_hears (pulse, 1000), 10000);
  baton_test_wait (level_in (call.far) > -17, 10000);
  g_assert_cmpuint (received (call.far), >, before);
  call_end (&call);
}

/* No microphone at all: what the server offers then is what comes out of the speaker. Nobody hears themselves. */
static void
test_no_microphone (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  g_autoptr (BatonTestWav) heard = NULL;
  Call call;

  if (pulse == NULL)
    return;
  baton_test_pulse_control ("set-default-source speaker.monitor");
  baton_test_pulse_record (pulse, 16000);
  call_start (&call);
  baton_test_wait (speaker_hears (pulse, 1000), 10000);
  baton_test_wait (call.problems->len > 0, 10000);
  g_assert_nonnull (strstr (call.problems->str, "No microphone. They cannot hear you."));
  g_assert_false (have_microphone (call.hub));
  baton_test_settle (1200); /* the level is of the last second */
  g_assert_cmpfloat (level_in (call.far), <, -60);
  baton_media_stop (call.far);
  heard = baton_test_wav_read (call.heard); /* not for a moment */
  g_assert_cmpfloat (baton_test_goertzel_db ((const gint16 *) heard->samples->data, heard->samples->len, heard->rate, 1000), <,
                     -60);
  call_end (&call);
}

/* Nothing is open while nothing needs it; the microphone isn't while a call only rings. */
static void
test_closed (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  static const char *const codecs[] = { "pcmu", NULL };
  BatonMediaOptions options = { .local_address = "127.0.0.1", .codecs = codecs };
  g_autoptr (BatonAudioHub) hub = NULL;
  g_autoptr (BatonMedia) media = NULL;
  g_autoptr (BatonMedia) far = NULL;
  guint clients;

  if (pulse == NULL)
    return;
  clients = baton_test_pulse_count ("clients"); /* pactl itself, and what PipeWire has */
  hub = baton_audio_hub_new (BATON_AUDIO_KIND_DEVICE, 0, NULL, NULL);
  media = baton_media_factory_create (BATON_MEDIA_FACTORY (hub), &options);
  far = baton_media_factory_create (BATON_MEDIA_FACTORY (hub), &options);
  negotiate (far, media);
  baton_audio_hub_play_tone (hub, "ring");
  baton_test_wait (baton_test_pulse_count ("sink-inputs") == 1, 10000);
  g_assert_cmpuint (baton_test_pulse_count ("source-outputs"), ==, 0);
  baton_audio_hub_play_tone (hub, NULL);
  baton_media_start (media);
  baton_media_set_local_hold (media, TRUE); /* before the server has opened it */
  baton_test_settle (300);
  g_assert_cmpuint (baton_test_pulse_count ("source-outputs"), ==, 0);
  baton_media_set_local_hold (media, FALSE);
  baton_test_wait (baton_test_pulse_count ("source-outputs") == 1, 10000);
  baton_media_set_local_hold (media, TRUE);
  baton_test_wait (baton_test_pulse_count ("source-outputs") == 0, 10000);
  g_assert_cmpuint (baton_test_pulse_count ("sink-inputs"), ==, 0);
  baton_media_stop (media);
  baton_media_stop (far);
  baton_test_wait (baton_test_pulse_count ("clients") == clients, 10000);
}

static void
test_ring_device (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  g_autoptr (BatonAudioHub) hub = NULL;

  if (pulse == NULL)
    return;
  baton_test_pulse_add_sink (pulse, "bell");
  baton_test_pulse_record_from (pulse, "bell.monitor", 16000);
  hub = baton_audio_hub_new (BATON_AUDIO_KIND_DEVICE, 0, NULL, NULL);
  g_object_set (hub, "ring-device", "bell", NULL);
  baton_audio_hub_play_tone (hub, "ring");
  baton_test_wait (speaker_db (pulse, 800, 0.3) > -32, 10000);
  g_assert_cmpuint (baton_test_pulse_count ("sink-inputs"), ==, 1);
  baton_audio_hub_play_tone (hub, NULL);

  baton_test_pulse_record (pulse, 16000);
  g_object_set (hub, "also-ring-on-speakers", TRUE, "ring-volume", 1.0, NULL);
  baton_audio_hub_play_tone (hub, "ring");
  baton_test_wait (speaker_db (pulse, 800, 0.3) > -32, 10000);
  g_object_set (hub, "ring-volume", 0.0, NULL);
  baton_test_wait (speaker_is_silent (pulse), 10000);
  baton_audio_hub_play_tone (hub, NULL);
}

/* The frequencies of ITU-T E.180 Supplement 2, out of the speaker. */
static void
test_tones_by_country (void)
{
  static const struct
  {
    const char *country, *kind;
    double hz[2];
  } rows[] = {
    { "DE", "ringback", { 425, 425 } }, { "US", "busy", { 480, 620 } },   { "GB", "ringback", { 400, 450 } },
    { "FR", "busy", { 440, 440 } },     { "AT", "congestion", { 420, 420 } }, { "JP", "ringback", { 384, 416 } },
    { "XX", "waiting", { 425, 425 } },
  };
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  g_autoptr (BatonAudioHub) hub = NULL;

  if (pulse == NULL)
    return;
  baton_test_pulse_record (pulse, 16000);
  hub = baton_audio_hub_new (BATON_AUDIO_KIND_DEVICE, 0, NULL, NULL);
  g_object_set (hub, "waiting-volume", 1.0, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_object_set (hub, "tone-country", rows[i].country, NULL);
      baton_audio_hub_play_tone (hub, rows[i].kind);
      baton_test_wait (speaker_db (pulse, rows[i].hz[0], 0.15) > -35 && speaker_db (pulse, rows[i].hz[1], 0.15) > -35, 10000);
      baton_audio_hub_play_tone (hub, NULL);
      baton_test_wait (speaker_is_silent (pulse), 10000);
    }
}

/* What comes out of the speaker goes into the microphone, as in a room: the far end is not to hear itself. */
static void
test_echo (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  g_autoptr (GArray) noise = g_array_new (FALSE, TRUE, sizeof (gint16));
  g_autofree char *path = NULL;
  double low = 0;
  Call call;

  if (pulse == NULL)
    return;
  g_array_set_size (noise, 48000 * 20);
  for (guint i = 0; i < noise->len; i++) /* dull, in bursts of 0.4 s: more like a voice than a tone is */
    {
      low = 0.85 * low + 0.15 * (g_test_rand_double () - 0.5);
      g_array_index (noise, gint16, i) = (gint16) (low * (i / 9600 % 3 != 0 ? 60000 : 6000));
    }
  g_close (g_file_open_tmp ("baton-noise-XXXXXX.wav", &path, NULL), NULL);
  baton_test_wav_write (path, 48000, (const gint16 *) noise->data, noise->len);
  baton_test_pulse_control ("load-module module-loopback source=speaker.monitor sink=mic latency_msec=40");
  call_start_with (&call, BATON_AUDIO_KIND_FILE, path);
  baton_test_wait (level_in (call.far) > -25, 10000);
  g_object_set (call.hub, "echo-cancellation", TRUE, NULL); /* in the call */
  baton_test_wait (level_in (call.far) < -33, 30000);
  g_object_set (call.hub, "echo-cancellation", FALSE, NULL);
  baton_test_wait (level_in (call.far) > -25, 10000);
  call_end (&call);
  g_unlink (path);
}

/* Waits until the level that the far end has heard in the last second is such, and stays so */
#define wait_level(call, condition) \
  G_STMT_START { \
    baton_test_wait (level_in ((call)->far) condition, 20000); \
    baton_test_settle (1100); \
    baton_test_wait (level_in ((call)->far) condition, 20000); \
  } G_STMT_END

static gboolean
have_cleaner (void)
{
  g_autoptr (GstElementFactory) factory = NULL;

  gst_init (NULL, NULL);
  factory = gst_element_factory_find ("webrtcdsp");
  if (factory == NULL)
    g_test_skip ("GStreamer's webrtcdsp is not installed");
  return factory != NULL;
}

static void
play_and_free (BatonTestPulse *pulse, GArray *samples)
{
  baton_test_pulse_play (pulse, (const gint16 *) samples->data, samples->len, 48000);
  g_array_unref (samples);
}

/* A fan: white noise. Switched on in the call it goes away, and comes back when it is switched off. */
static void
test_noise (void)
{
  g_autoptr (BatonTestPulse) pulse = have_cleaner () ? pulse_or_skip () : NULL;
  GArray *noise = g_array_new (FALSE, TRUE, sizeof (gint16));
  double before;
  Call call;

  g_array_set_size (noise, 48000 * 40);
  for (guint i = 0; i < noise->len; i++)
    g_array_index (noise, gint16, i) = (gint16) ((g_test_rand_double () - 0.5) * 1500);
  if (pulse == NULL)
    {
      g_array_unref (noise);
      return;
    }
  play_and_free (pulse, noise);
  call_start (&call);
  wait_level (&call, > -45);
  before = level_in (call.far);
  g_object_set (call.hub, "noise-reduction", TRUE, NULL);
  wait_level (&call, < before - 6);
  g_test_message ("noise of %.1f dB is reduced to %.1f dB", before, level_in (call.far));
  g_object_set (call.hub, "noise-reduction", FALSE, NULL);
  wait_level (&call, > before - 2);
  call_end (&call);
}

/* Somebody far from the microphone: harmonics in four syllables a second; each second is as the first */
static GArray *
make_voice (double amplitude, guint seconds)
{
  GArray *voice = g_array_new (FALSE, TRUE, sizeof (gint16));

  for (guint i = 0; i < seconds * 48000; i++)
    {
      double t = i / 48000.0, sum = 0, loud = 0.5 - 0.5 * cos (2 * G_PI * 4 * t);
      gint16 sample;

      for (guint k = 1; i < 48000 && k <= 20; k++)
        sum += sin (2 * G_PI * 140 * k * t) / k;
      sample = i < 48000 ? (gint16) (amplitude * loud * sum) : g_array_index (voice, gint16, i - 48000);
      g_array_append_val (voice, sample);
    }
  return voice;
}

static void
test_gain (void)
{
  g_autoptr (BatonTestPulse) pulse = have_cleaner () ? pulse_or_skip () : NULL;
  double before;
  Call call;

  if (pulse == NULL)
    return;
  play_and_free (pulse, make_voice (300, 60));
  call_start (&call);
  wait_level (&call, > -60);
  before = level_in (call.far);
  g_object_set (call.hub, "automatic-gain", TRUE, NULL);
  wait_level (&call, > before + 6);
  g_test_message ("a voice of %.1f dB is raised to %.1f dB", before, level_in (call.far));
  g_object_set (call.hub, "automatic-gain", FALSE, NULL);
  wait_level (&call, < before + 2);
  call_end (&call);
}

static double
level (BatonAudioHub *hub, const char *name)
{
  double db;

  g_object_get (hub, name, &db, NULL);
  return db;
}

static void
test_levels (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  g_autoptr (GArray) tone = baton_test_tone (440, 48000, 40);
  g_autoptr (BatonAudioHub) hub = NULL;

  if (pulse == NULL)
    return;
  baton_test_pulse_play (pulse, (const gint16 *) tone->data, tone->len, 48000);
  hub = baton_audio_hub_new (BATON_AUDIO_KIND_DEVICE, 0, NULL, NULL);
  g_object_set (hub, "metering", TRUE, NULL);
  baton_test_wait (ABS (level (hub, "microphone-level") - -15) < 1.5, 10000);
  g_object_set (hub, "microphone-volume", 0.5, NULL); /* cubic: an eighth */
  baton_test_wait (ABS (level (hub, "microphone-level") - -33) < 1.5, 10000);
  baton_audio_hub_play_tone (hub, "test");
  baton_test_wait (level (hub, "speaker-level") > -30, 10000);
  baton_audio_hub_play_tone (hub, NULL);
  g_object_set (hub, "metering", FALSE, NULL);
  g_assert_cmpfloat (level (hub, "microphone-level"), ==, -127);
  baton_test_wait (baton_test_pulse_count ("source-outputs") == 0, 10000);
}

/* ---- The list ---- */

static void
on_connected (BatonAudioHub *hub, BatonSoundDevice *device, gpointer data)
{
  g_string_append_printf (data, "%s%s ", baton_sound_device_get_id (device),
                          baton_sound_device_get_microphone (device) ? "(m)" : "");
}

static gboolean
is_default (BatonDeviceList *list, const char *id)
{
  BatonSoundDevice *device = baton_device_list_find (list, FALSE, id);

  return device != NULL && baton_sound_device_get_is_default (device);
}

static gboolean
is_ready (BatonDeviceList *list)
{
  gboolean ready;

  g_object_get (list, "ready", &ready, NULL);
  return ready;
}

static void
test_list (void)
{
  g_autoptr (BatonTestPulse) pulse = pulse_or_skip ();
  g_autoptr (GString) connected = g_string_new (NULL);
  BatonAudioHub *hub;
  BatonDeviceList *list;

  if (pulse == NULL)
    return;
  hub = baton_audio_hub_new (BATON_AUDIO_KIND_DEVICE, 0, NULL, NULL);
  g_signal_connect (hub, "device-connected", G_CALLBACK (on_connected), connected);
  list = baton_audio_hub_get_devices (hub);
  g_assert_nonnull (baton_device_list_find (list, FALSE, ""));
  g_assert_nonnull (baton_device_list_find (list, TRUE, NULL));
  baton_test_wait (is_ready (list), 10000);
  g_assert_nonnull (baton_device_list_find (list, FALSE, "speaker"));
  g_assert_nonnull (baton_sound_device_get_name (baton_device_list_find (list, FALSE, "mic")));
  g_assert_null (baton_device_list_find (list, TRUE, "speaker.monitor")); /* no microphone for people */
  baton_test_wait (is_default (list, "speaker"), 10000);
  g_assert_cmpstr (connected->str, ==, "");

  baton_test_pulse_add_sink (pulse, "headset");
  baton_test_wait (strstr (connected->str, "headset ") != NULL, 10000);
  baton_test_pulse_control ("load-module module-remap-source source_name=lapel master=mic.monitor");
  baton_test_wait (baton_device_list_find (list, TRUE, "lapel") != NULL, 10000);
  g_assert_nonnull (strstr (connected->str, "lapel(m) "));
  baton_test_pulse_control ("set-default-sink headset");
  baton_test_wait (is_default (list, "headset") && !is_default (list, "speaker"), 10000);
  baton_test_pulse_control ("unload-module module-remap-source");
  baton_test_wait (baton_device_list_find (list, TRUE, "lapel") == NULL, 10000);

  g_string_truncate (connected, 0);
  baton_test_pulse_kill (pulse);
  baton_test_pulse_start (pulse);
  baton_test_wait (baton_device_list_find (list, FALSE, "headset") == NULL, 10000);
  baton_test_wait (baton_device_list_find (list, FALSE, "speaker") != NULL, 10000);
  g_assert_cmpstr (connected->str, ==, "");
  baton_test_drain ();
  g_assert_finalize_object (hub);
}

/* While its thread still looks around: what ends in that thread would race with what is on its way here. */
static void
test_list_goes (void)
{
  gst_init (NULL, NULL);
  g_assert_finalize_object (baton_device_list_new ());
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*run) (void);
    gboolean pulse_only; /* no matter of the sound server */
  } tests[] = {
    { "both-ways", test_both_ways },
    { "background", test_background, TRUE },
    { "no-server", test_no_server, TRUE },
    { "server-dies", test_server_dies },
    { "ringback", test_ringback, TRUE },
    { "default-moves", test_default_moves },
    { "hot-plug", test_hot_plug },
    { "server-restarts", test_server_restarts },
    { "no-microphone", test_no_microphone },
    { "closed", test_closed },
    { "list-goes", test_list_goes, TRUE },
    { "ring-device", test_ring_device },
    { "tones-by-country", test_tones_by_country, TRUE },
    { "levels", test_levels },
    { "list", test_list },
    { "echo", test_echo, TRUE },
    { "noise", test_noise, TRUE },
    { "gain", test_gain, TRUE },
  };

  g_test_init (&argc, &argv, NULL);
  pipewire = argc > 1 && strcmp (argv[1], "pipewire") == 0;
  g_timeout_add (10, look_again, NULL); /* counters don't wake the main context; conditions on them are looked at so often */
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat (pipewire ? "/pipewire/" : "/device/", tests[i].name, NULL);

      if (!pipewire || !tests[i].pulse_only)
        g_test_add_func (path, tests[i].run);
    }
  return g_test_run ();
}
