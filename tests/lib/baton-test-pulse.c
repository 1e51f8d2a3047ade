/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-pulse.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "baton-test-audio.h"

#define MAX_CHILDREN 4
#define STAY "--property=node.dont-reconnect=true" /* PipeWire would take it along when the default moves */

struct _BatonTestPulse
{
  gboolean pipewire;
  char *folder, *socket, *recording;
  GSubprocess *server[MAX_CHILDREN], *player, *recorder;
};

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

/* It may still be starting: asked for again and again, for no longer than 10 s. */
static void
insist (const char *arguments)
{
  gboolean done = FALSE;

  for (guint i = 0; i < 200 && !done; i++)
    {
      done = run_pactl (arguments);
      if (!done)
        g_usleep (50000);
    }
  if (!done)
    g_error ("pactl %s", arguments);
}

/* --- PulseAudio --- */

static void
start_pulseaudio (BatonTestPulse *self)
{
  g_autofree char *protocol = g_strdup_printf ("module-native-protocol-unix socket=%s auth-anonymous=1", self->socket);
  g_autoptr (GSubprocessLauncher) launcher = make_launcher ();
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "HOME", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "PULSE_RUNTIME_PATH", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "PULSE_STATE_PATH", self->folder, TRUE);
  self->server[0] = g_subprocess_launcher_spawn (
    launcher, &error, "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-L", protocol,
    NULL);
  g_assert_no_error (error);
}

/* --- PipeWire, with its session manager and its PulseAudio socket --- */

static void
write_file (BatonTestPulse *self, const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (self->folder, folder, NULL);
  g_autofree char *file = g_build_filename (path, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  g_file_set_contents (file, text, -1, &error);
  g_assert_no_error (error);
}

/* The sound cards of the machine are somebody else's; said as its session manager 0.4 wants it, and 0.5. */
static void
write_no_hardware (BatonTestPulse *self)
{
  write_file (self, "wireplumber/main.lua.d", "51-test.lua",
              "alsa_monitor.enabled = false\nv4l2_monitor.enabled = false\nlibcamera_monitor.enabled = false\n");
  write_file (self, "wireplumber/bluetooth.lua.d", "51-test.lua", "bluez_monitor.enabled = false\n");
  write_file (self, "wireplumber/wireplumber.conf.d", "51-test.conf",
              "wireplumber.profiles = { main = { hardware.audio = disabled, hardware.bluetooth = disabled, "
              "hardware.video-capture = disabled } }\n");
}

static void
wait_for_socket (const char *path)
{
  for (guint i = 0; i < 500 && !g_file_test (path, G_FILE_TEST_EXISTS); i++)
    g_usleep (20000);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* The session manager gives up without a session bus, and without the server: one comes after the other. */
static void
start_pipewire (BatonTestPulse *self)
{
  static const char *const variables[] = { "HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
                                           "PIPEWIRE_RUNTIME_DIR", "PULSE_RUNTIME_PATH" };
  g_autofree char *bus = g_build_filename (self->folder, "bus", NULL);
  g_autofree char *address = g_strconcat ("unix:path=", bus, NULL);
  g_autofree char *option = g_strconcat ("--address=", address, NULL);
  g_autofree char *pipewire = g_build_filename (self->folder, "pipewire-0", NULL);
  const struct
  {
    const char *arguments[5], *socket;
  } programs[MAX_CHILDREN] = {
    { { "dbus-daemon", "--session", "--nofork", option }, bus },
    { { "pipewire" }, pipewire },
    { { "wireplumber" } },
    { { "pipewire-pulse" }, self->socket },
  };

  write_no_hardware (self);
  for (guint i = 0; i < MAX_CHILDREN; i++)
    {
      g_autoptr (GSubprocessLauncher) launcher = make_launcher ();
      g_autoptr (GError) error = NULL;

      if (programs[i].socket != NULL)
        g_unlink (programs[i].socket); /* of who was killed */
      for (guint j = 0; j < G_N_ELEMENTS (variables); j++)
        g_subprocess_launcher_setenv (launcher, variables[j], self->folder, TRUE);
      g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS", address, TRUE);
      self->server[i] = g_subprocess_launcher_spawnv (launcher, programs[i].arguments, &error);
      g_assert_no_error (error);
      if (programs[i].socket != NULL)
        wait_for_socket (programs[i].socket);
    }
}

/* --- either --- */

/* PipeWire mixes two channels to one with 3 dB more. PulseAudio's sink has blocks of 2 s at first, if it may rewind. */
void
baton_test_pulse_add_sink (BatonTestPulse *self, const char *name)
{
  g_autofree char *arguments = g_strdup_printf ("load-module module-null-sink sink_name=%s rate=48000 %s", name,
                                                self->pipewire ? "channels=1" : "norewinds=1");

  insist (arguments);
}

void
baton_test_pulse_start (BatonTestPulse *self)
{
  if (self->pipewire)
    start_pipewire (self);
  else
    start_pulseaudio (self);
  baton_test_pulse_add_sink (self, "mic");
  baton_test_pulse_add_sink (self, "speaker");
  insist ("set-default-sink speaker");
  insist ("set-default-source mic.monitor");
}

static gboolean
have_programs (const char *const *programs)
{
  for (guint i = 0; programs[i] != NULL; i++)
    {
      g_autofree char *path = g_find_program_in_path (programs[i]);

      if (path == NULL)
        return FALSE;
    }
  return TRUE;
}

BatonTestPulse *
baton_test_pulse_new (gboolean pipewire)
{
  static const char *const pulse[] = { "pulseaudio", "pactl", "paplay", NULL };
  static const char *const pipe[] = { "dbus-daemon", "pipewire", "wireplumber", "pipewire-pulse",
                                      "pactl", "paplay", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *server = NULL, *cookie = NULL;
  BatonTestPulse *self;

  if (!have_programs (pipewire ? pipe : pulse))
    return NULL;
  self = g_new0 (BatonTestPulse, 1);
  self->pipewire = pipewire;
  self->folder = g_dir_make_tmp ("baton-pulse-XXXXXX", &error);
  g_assert_no_error (error);
  self->socket = g_build_filename (self->folder, "native", NULL);
  self->recording = g_build_filename (self->folder, "recorded.raw", NULL);
  server = g_strconcat ("unix:", self->socket, NULL);
  g_setenv ("PULSE_SERVER", server, TRUE);
  cookie = g_build_filename (self->folder, "cookie", NULL);
  g_setenv ("PULSE_COOKIE", cookie, TRUE);
  if (pipewire)
    g_setenv ("PIPEWIRE_RUNTIME_DIR", self->folder, TRUE);
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
  for (guint i = MAX_CHILDREN; i > 0; i--)
    end_child (&self->server[i - 1]);
}

void
baton_test_pulse_free (BatonTestPulse *self)
{
  g_autoptr (GSubprocess) rm = NULL;

  end_child (&self->player);
  end_child (&self->recorder);
  baton_test_pulse_kill (self);
  rm = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-rf", self->folder, NULL);
  g_subprocess_wait (rm, NULL, NULL);
  g_unsetenv ("PULSE_SERVER");
  g_unsetenv ("PIPEWIRE_RUNTIME_DIR");
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
  self->player =
    g_subprocess_launcher_spawn (launcher, &error, "paplay", "--device=mic", STAY, "--latency-msec=50", path, NULL);
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
  self->recorder = g_subprocess_launcher_spawn (launcher, &error, "parec", "--raw", device, STAY, rate_option,
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
