/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Microphone and speaker of a sound server of the test's own. */
#include <glib/gstdio.h>

#include "baton-audio-hub.h"
#include "baton-error.h"
#include "baton-test-audio.h"
#include "baton-test-wait.h"

typedef struct
{
  BatonAudioHub *hub, *far_hub;
  BatonMedia *media, *far;
  char *heard;      /* by the far end */
  GString *problems;
} Call;

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
call_start (Call *call)
{
  static const char *const codecs[] = { "g722", NULL };
  BatonMediaOptions options = { .local_address = "127.0.0.1", .codecs = codecs };

  g_close (g_file_open_tmp ("baton-heard-XXXXXX.wav", &call->heard, NULL), NULL);
  call->problems = g_string_new (NULL);
  call->hub = baton_audio_hub_new (BATON_AUDIO_KIND_DEVICE, 0, NULL, NULL);
  call->far_hub = baton_audio_hub_new (BATON_AUDIO_KIND_TONE, 1000, NULL, NULL);
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
  g_autoptr (BatonTestPulse) pulse = baton_test_pulse_new ();
  g_autoptr (GArray) tone = baton_test_tone (440, 48000, 20);
  g_autoptr (BatonTestWav) heard = NULL;
  double seconds;
  Call call;

  if (pulse == NULL)
    {
      g_test_skip ("pulseaudio and pactl are not installed");
      return;
    }
  baton_test_pulse_play (pulse, (const gint16 *) tone->data, tone->len, 48000);
  baton_test_pulse_record (pulse, 16000);
  call_start (&call);
  baton_test_wait (have_microphone (call.hub), 3000);
  baton_test_wait (level_in (call.far) > -17, 3000);
  baton_test_wait (speaker_db (pulse, 1000, 0.5) > -18, 3000);
  g_assert_cmpstr (call.problems->str, ==, "");

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
  g_autoptr (BatonTestPulse) pulse = baton_test_pulse_new ();
  g_autoptr (GArray) tone = baton_test_tone (440, 48000, 20);
  guint64 before;
  Call call;

  if (pulse == NULL)
    {
      g_test_skip ("pulseaudio and pactl are not installed");
      return;
    }
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
  g_autoptr (BatonTestPulse) pulse = baton_test_pulse_new ();
  guint64 before;
  Call call;

  if (pulse == NULL)
    {
      g_test_skip ("pulseaudio and pactl are not installed");
      return;
    }
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
  g_autoptr (BatonTestPulse) pulse = baton_test_pulse_new ();
  g_autoptr (BatonAudioHub) hub = NULL;

  if (pulse == NULL)
    {
      g_test_skip ("pulseaudio and pactl are not installed");
      return;
    }
  baton_test_pulse_record (pulse, 16000);
  hub = baton_audio_hub_new (BATON_AUDIO_KIND_DEVICE, 0, NULL, NULL);
  baton_audio_hub_play_tone (hub, "ringback");
  baton_test_wait (speaker_db (pulse, 425, 0.3) > -27, 3000);
  g_assert_false (have_microphone (hub));
  baton_audio_hub_play_tone (hub, NULL);
  baton_test_wait (speaker_db (pulse, 425, 0.3) < -60, 3000);
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
  g_timeout_add (10, look_again, NULL); /* counters don't wake the main context; conditions on them are looked at so often */
  g_test_add_func ("/device/both-ways", test_both_ways);
  g_test_add_func ("/device/background", test_background);
  g_test_add_func ("/device/no-server", test_no_server);
  g_test_add_func ("/device/server-dies", test_server_dies);
  g_test_add_func ("/device/ringback", test_ringback);
  return g_test_run ();
}
