/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-audio.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "baton-test-wait.h"

#define TONE_AMPLITUDE 8192

static guint32
get_le (const char *data, guint bytes)
{
  guint32 value = 0;

  for (guint i = 0; i < bytes; i++)
    value |= (guint32) (guint8) data[i] << 8 * i;
  return value;
}

BatonTestWav *
baton_test_wav_read (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  BatonTestWav *self = g_new0 (BatonTestWav, 1);
  gsize length;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, >=, 44);
  g_assert_cmpmem (data, 4, "RIFF", 4);
  g_assert_cmpmem (data + 8, 8, "WAVEfmt ", 8);
  g_assert_cmpuint (get_le (data + 4, 4), ==, length - 8);
  g_assert_cmpuint (get_le (data + 20, 2), ==, 1);
  g_assert_cmpuint (get_le (data + 22, 2), ==, 1);
  g_assert_cmpuint (get_le (data + 34, 2), ==, 16);
  g_assert_cmpmem (data + 36, 4, "data", 4);
  g_assert_cmpuint (get_le (data + 40, 4), ==, length - 44);
  self->rate = get_le (data + 24, 4);
  self->samples = g_array_new (FALSE, TRUE, sizeof (gint16));
  for (gsize i = 44; i + 1 < length; i += 2)
    {
      gint16 sample = (gint16) get_le (data + i, 2);

      g_array_append_val (self->samples, sample);
    }
  return self;
}

void
baton_test_wav_free (BatonTestWav *self)
{
  g_array_unref (self->samples);
  g_free (self);
}

void
baton_test_wav_write (const char *path, guint rate, const gint16 *samples, gsize n)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 numbers[] = { (guint32) (36 + 2 * n), 16, 1 | 1 << 16, rate, 2 * rate, 2 | 16 << 16, (guint32) (2 * n) };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    numbers[i] = GUINT32_TO_LE (numbers[i]);
  g_byte_array_append (bytes, (const guint8 *) "RIFF", 4);
  g_byte_array_append (bytes, (const guint8 *) &numbers[0], 4);
  g_byte_array_append (bytes, (const guint8 *) "WAVEfmt ", 8);
  g_byte_array_append (bytes, (const guint8 *) &numbers[1], 20);
  g_byte_array_append (bytes, (const guint8 *) "data", 4);
  g_byte_array_append (bytes, (const guint8 *) &numbers[6], 4);
  for (gsize i = 0; i < n; i++)
    {
      gint16 sample = GINT16_TO_LE (samples[i]);

      g_byte_array_append (bytes, (const guint8 *) &sample, 2);
    }
  g_file_set_contents (path, (const char *) bytes->data, bytes->len, &error);
  g_assert_no_error (error);
}

GArray *
baton_test_tone (double hz, guint rate, double seconds)
{
  GArray *samples = g_array_new (FALSE, TRUE, sizeof (gint16));

  g_array_set_size (samples, (guint) (seconds * rate));
  for (guint i = 0; i < samples->len; i++)
    g_array_index (samples, gint16, i) = (gint16) (TONE_AMPLITUDE * sin (2 * G_PI * hz * i / rate));
  return samples;
}

double
baton_test_goertzel_db (const gint16 *samples, gsize n, guint rate, double hz)
{
  double twice = 2 * cos (2 * G_PI * hz / rate), before = 0, now = 0, power;

  for (gsize i = 0; i < n; i++)
    {
      double next = samples[i] / 32768.0 + twice * now - before;

      before = now;
      now = next;
    }
  if (n == 0)
    return -127;
  power = (now * now + before * before - twice * now * before) * 2 / ((double) n * (double) n);
  return power > 1e-12 ? 10 * log10 (power) : -127;
}

double
baton_test_level_db (const gint16 *samples, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += samples[i] / 32768.0 * (samples[i] / 32768.0);
  return n > 0 && sum / (double) n > 1e-12 ? 10 * log10 (sum / (double) n) : -127;
}

static void
get_part (BatonTestWav *wav, double from, double to, const gint16 **samples, gsize *n)
{
  gsize first = (gsize) (from * wav->rate), last = (gsize) (to * wav->rate);

  g_assert_cmpuint (last, <=, wav->samples->len);
  *samples = &g_array_index (wav->samples, gint16, first);
  *n = last - first;
}

void
baton_test_assert_tone (BatonTestWav *wav, double from, double to, double hz, double level_db)
{
  for (double at = from; at + 0.1 <= to + 1e-9; at += 0.1)
    {
      const gint16 *samples;
      gsize n;
      double tone, all;

      get_part (wav, at, at + 0.1, &samples, &n);
      tone = baton_test_goertzel_db (samples, n, wav->rate, hz);
      all = baton_test_level_db (samples, n);
      if (fabs (tone - level_db) > 2 || all - tone > 2)
        g_error ("at %.1f s: %.1f dB of %.0f Hz in %.1f dB, wanted %.1f dB", at, tone, hz, all, level_db);
    }
}

void
baton_test_assert_silence (BatonTestWav *wav, double from, double to)
{
  const gint16 *samples;
  gsize n;

  get_part (wav, from, to, &samples, &n);
  g_assert_cmpfloat (baton_test_level_db (samples, n), <, -50);
}

/* --- a sound server --- */

struct _BatonTestPulse
{
  char *folder, *socket, *recording;
  GSubprocess *server, *player, *recorder;
};

static gboolean
answers (BatonTestPulse *self)
{
  g_autoptr (GSubprocess) pactl =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, "pactl", "info", NULL);

  return pactl != NULL && g_subprocess_wait (pactl, NULL, NULL) && g_subprocess_get_successful (pactl);
}

/* A test that fails takes its children with it: they would hold its output open. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocessLauncher *
make_launcher (void)
{
  GSubprocessLauncher *launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  return launcher;
}

static gboolean
run_pactl (const char *arguments)
{
  g_autofree char *line = g_strconcat ("pactl ", arguments, NULL);
  g_autofree char *out = NULL, *errors = NULL;
  int status = 1;

  return g_spawn_command_line_sync (line, &out, &errors, &status, NULL) && g_spawn_check_wait_status (status, NULL);
}

void
baton_test_pulse_start (BatonTestPulse *self)
{
  g_autofree char *protocol = g_strdup_printf ("module-native-protocol-unix socket=%s auth-anonymous=1", self->socket);
  g_autoptr (GSubprocessLauncher) launcher = make_launcher ();
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "HOME", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "PULSE_RUNTIME_PATH", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "PULSE_STATE_PATH", self->folder, TRUE);
  self->server = g_subprocess_launcher_spawn (
    launcher, &error, "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-L", protocol,
    "-L", "module-null-sink sink_name=mic rate=48000", "-L", "module-null-sink sink_name=speaker rate=48000", NULL);
  g_assert_no_error (error);
  for (guint i = 0; i < 200 && !answers (self); i++)
    g_usleep (50000);
  g_assert_true (answers (self));
  g_assert_true (run_pactl ("set-default-sink speaker"));
  g_assert_true (run_pactl ("set-default-source mic.monitor"));
}

BatonTestPulse *
baton_test_pulse_new (void)
{
  g_autofree char *program = g_find_program_in_path ("pulseaudio"), *pactl = g_find_program_in_path ("pactl");
  g_autoptr (GError) error = NULL;
  g_autofree char *server = NULL, *cookie = NULL;
  BatonTestPulse *self;

  if (program == NULL || pactl == NULL)
    return NULL;
  self = g_new0 (BatonTestPulse, 1);
  self->folder = g_dir_make_tmp ("baton-pulse-XXXXXX", &error);
  g_assert_no_error (error);
  self->socket = g_build_filename (self->folder, "n", NULL);
  self->recording = g_build_filename (self->folder, "recorded.raw", NULL);
  server = g_strconcat ("unix:", self->socket, NULL);
  g_setenv ("PULSE_SERVER", server, TRUE);
  cookie = g_build_filename (self->folder, "cookie", NULL);
  g_setenv ("PULSE_COOKIE", cookie, TRUE);
  baton_test_pulse_start (self);
  return self;
}

void
baton_test_pulse_control (const char *format, ...)
{
  g_autofree char *arguments = NULL;
  va_list values;

  va_start (values, format);
  arguments = g_strdup_vprintf (format, values);
  va_end (values);
  if (!run_pactl (arguments))
    g_error ("pactl %s", arguments);
}

guint
baton_test_pulse_count (const char *what)
{
  g_autofree char *line = g_strconcat ("pactl list short ", what, NULL);
  g_autofree char *out = NULL;
  guint n = 0;

  g_assert_true (g_spawn_command_line_sync (line, &out, NULL, NULL, NULL));
  for (const char *at = out; (at = strchr (at, '\n')) != NULL; at++)
    n++;
  return n;
}

static void
end_child (GSubprocess **child)
{
  if (*child == NULL)
    return;
  g_subprocess_force_exit (*child);
  g_subprocess_wait (*child, NULL, NULL);
  g_clear_object (child);
}

void
baton_test_pulse_kill (BatonTestPulse *self)
{
  end_child (&self->server);
}

void
baton_test_pulse_free (BatonTestPulse *self)
{
  g_autoptr (GSubprocess) rm = NULL;

  end_child (&self->player);
  end_child (&self->recorder);
  end_child (&self->server);
  rm = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-rf", self->folder, NULL);
  g_subprocess_wait (rm, NULL, NULL);
  g_unsetenv ("PULSE_SERVER");
  g_free (self->folder);
  g_free (self->socket);
  g_free (self->recording);
  g_free (self);
}

void
baton_test_pulse_play (BatonTestPulse *self, const gint16 *samples, gsize n, guint rate)
{
  g_autofree char *path = g_build_filename (self->folder, "play.wav", NULL);
  g_autoptr (GSubprocessLauncher) launcher = make_launcher ();
  g_autoptr (GError) error = NULL;

  baton_test_wav_write (path, rate, samples, n);
  end_child (&self->player);
  self->player = g_subprocess_launcher_spawn (launcher, &error, "paplay", "--device=mic", "--latency-msec=50", path, NULL);
  g_assert_no_error (error);
}

void
baton_test_pulse_record_from (BatonTestPulse *self, const char *source, guint rate)
{
  g_autofree char *device = g_strconcat ("--device=", source, NULL);
  g_autofree char *rate_option = g_strdup_printf ("--rate=%u", rate);
  g_autoptr (GSubprocessLauncher) launcher = make_launcher ();
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  end_child (&self->recorder);
  g_unlink (self->recording);
  self->recorder = g_subprocess_launcher_spawn (launcher, &error, "parec", "--raw", device, rate_option,
                                     "--channels=1", "--format=s16le", "--latency-msec=20", self->recording, NULL);
  g_assert_no_error (error);
  for (guint i = 0; i < 100 && (g_stat (self->recording, &info) != 0 || info.st_size == 0); i++)
    g_usleep (50000);
}

void
baton_test_pulse_record (BatonTestPulse *self, guint rate)
{
  baton_test_pulse_record_from (self, "speaker.monitor", rate);
}

GArray *
baton_test_pulse_dup_recorded (BatonTestPulse *self)
{
  GArray *samples = g_array_new (FALSE, TRUE, sizeof (gint16));
  g_autofree char *data = NULL;
  gsize length = 0;

  if (g_file_get_contents (self->recording, &data, &length, NULL))
    g_array_append_vals (samples, data, (guint) (length / 2));
  return samples;
}
