/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the sound of N calls costs: bench-media [OPTION…] N. The far ends are a process of their own
 * (this program again), so that only one end of each call is measured. Prints one line of JSON.
 */
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "baton-audio-hub.h"
#include "baton-error.h"

static double seconds = 20;
static char *codec, *kind_name, *srtp;
static gboolean far_end;

static const GOptionEntry entries[] = {
  { "seconds", 's', 0, G_OPTION_ARG_DOUBLE, &seconds, "how long the calls last (20)", "S" },
  { "codec", 'c', 0, G_OPTION_ARG_STRING, &codec, "opus, g722, pcmu, pcma (pcmu)", "NAME" },
  { "srtp", 0, 0, G_OPTION_ARG_STRING, &srtp, "off, sdes, dtls, or optional with a far end that has none (off)", "WAY" },
  { "audio", 'a', 0, G_OPTION_ARG_STRING, &kind_name, "null, tone, echo, device (null)", "KIND" },
  { "far-end", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &far_end, NULL, NULL },
  { NULL },
};

static void
fail (const GError *error)
{
  g_printerr ("bench-media: %s\n", error != NULL ? error->message : "the other end is gone");
  exit (1);
}

static void
write_text (FILE *file, const char *text)
{
  fprintf (file, "%zu\n%s", strlen (text), text);
  fflush (file);
}

static char *
read_text (FILE *file)
{
  unsigned length = 0;
  char *text;

  if (fscanf (file, "%u", &length) != 1 || length > 65536 || fgetc (file) != '\n')
    fail (NULL);
  text = g_malloc0 (length + 1);
  if (fread (text, 1, length, file) != length)
    fail (NULL);
  return text;
}

static BatonAudioKind
parse_kind (const char *name)
{
  if (g_strcmp0 (name, "tone") == 0)
    return BATON_AUDIO_KIND_TONE;
  if (g_strcmp0 (name, "echo") == 0)
    return BATON_AUDIO_KIND_ECHO;
  if (g_strcmp0 (name, "device") == 0)
    return BATON_AUDIO_KIND_DEVICE;
  return BATON_AUDIO_KIND_NULL;
}

static BatonMedia *
make_media (BatonAudioHub *hub)
{
  const char *codecs[] = { codec != NULL ? codec : "pcmu", NULL };
  BatonMediaOptions options = { .local_address = "127.0.0.1", .codecs = codecs, .srtp = BATON_SRTP_MODE_OFF };

  if (g_strcmp0 (srtp, "sdes") == 0 || g_strcmp0 (srtp, "dtls") == 0)
    options.srtp = BATON_SRTP_MODE_REQUIRED;
  else if (g_strcmp0 (srtp, "optional") == 0 && !far_end) /* … and the others have none */
    options.srtp = BATON_SRTP_MODE_OPTIONAL;
  options.srtp_keys = g_strcmp0 (srtp, "dtls") == 0 ? BATON_SRTP_KEYS_DTLS : BATON_SRTP_KEYS_SDES;
  return baton_media_factory_create (BATON_MEDIA_FACTORY (hub), &options);
}

/* Answers each offer on standard input; ends with it. */
G_NORETURN static void
run_far_end (void)
{
  g_autoptr (GError) error = NULL;
  BatonAudioHub *hub = baton_audio_hub_new (BATON_AUDIO_KIND_NULL, 0, NULL, &error);

  for (;;)
    {
      g_autofree char *offer = read_text (stdin), *answer = NULL;
      BatonMedia *media = make_media (hub);

      answer = baton_media_create_answer (media, offer, &error);
      if (answer == NULL)
        fail (error);
      write_text (stdout, answer);
      baton_media_start (media);
    }
}

static GPtrArray *
place_calls (BatonAudioHub *hub, guint n, GSubprocess *far)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func (g_object_unref);
  int in = g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (g_subprocess_get_stdin_pipe (far)));
  int out = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (far)));
  FILE *to = fdopen (in, "w"), *from = fdopen (out, "r");

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      BatonMedia *media = make_media (hub);
      g_autofree char *offer = baton_media_create_offer (media, &error), *answer = NULL;

      if (offer == NULL)
        fail (error);
      write_text (to, offer);
      answer = read_text (from);
      if (!baton_media_apply_answer (media, answer, TRUE, &error))
        fail (error);
      if (i == 0)
        baton_media_factory_set_foreground (BATON_MEDIA_FACTORY (hub), media);
      g_ptr_array_add (calls, media);
    }
  return calls;
}

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC;
}

static long
read_status (const char *field)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return -1;
  line = strstr (status, field);
  return line != NULL ? strtol (line + strlen (field), NULL, 10) : -1;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
measure (GPtrArray *calls, double started)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint64 sent = 0, received = 0, lost = 0;
  long threads, rss;
  double before, used, most_jitter = 0;

  for (guint i = 0; i < calls->len; i++)
    baton_media_start (g_ptr_array_index (calls, i));
  before = cpu_seconds ();
  g_timeout_add ((guint) (seconds * 1000), quit, loop);
  g_main_loop_run (loop);
  used = cpu_seconds () - before;
  threads = read_status ("Threads:");
  rss = read_status ("VmRSS:");
  for (guint i = 0; i < calls->len; i++)
    {
      g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (g_ptr_array_index (calls, i));

      sent += stats->sent;
      received += stats->received;
      lost += stats->lost;
      most_jitter = MAX (most_jitter, stats->jitter_ms);
    }
  printf ("{\"calls\":%u,\"codec\":\"%s\",\"seconds\":%.1f,\"cpu_s\":%.3f,\"cpu_setup_s\":%.3f,\"threads\":%ld,"
          "\"rss_kb\":%ld,\"sent\":%" G_GUINT64_FORMAT ",\"received\":%" G_GUINT64_FORMAT ",\"lost\":%" G_GUINT64_FORMAT
          ",\"jitter_ms\":%.2f}\n",
          calls->len, codec != NULL ? codec : "pcmu", seconds, used, before - started, threads, rss, sent, received, lost,
          most_jitter);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("N");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) calls = NULL;
  g_autoptr (BatonAudioHub) hub = NULL;
  g_autoptr (GSubprocess) far = NULL;
  int n;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    fail (error);
  if (far_end)
    run_far_end ();
  n = argc > 1 ? atoi (argv[1]) : 1;
  hub = baton_audio_hub_new (parse_kind (kind_name), 440, NULL, &error);
  if (hub == NULL)
    fail (error);
  far = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, argv[0], "--far-end",
                          "--codec", codec != NULL ? codec : "pcmu", "--srtp", srtp != NULL ? srtp : "off", NULL);
  if (far == NULL)
    fail (error);
  calls = place_calls (hub, (guint) CLAMP (n, 1, 1000), far);
  measure (calls, 0);
  g_subprocess_force_exit (far);
  return 0;
}
