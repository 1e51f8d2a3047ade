/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Merged calls, by ear: three processes, each says a tone of its own. What each hears is looked for in
 * what it recorded. And the recording of one call.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#include "baton-cli-process.h"
#include "baton-test-audio.h"
#include "baton-test-wait.h"

#define ALICE_HZ 500
#define BOB_HZ 800
#define CAROL_HZ 1300

#define HEARD (-18.0) /* a tone of a quarter of full scale has -15 */
#define SILENT (-45.0)

typedef struct
{
  char *folder;
  CliProcess *alice, *bob, *carol;
} Three;

static char *
make_option (Three *three, const char *name)
{
  g_autofree char *folder = g_build_filename (three->folder, name, NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  return g_strconcat ("--record=", folder, NULL);
}

static Three
three_start (const char *bobs_codec, const char *carols_codec)
{
  Three three = { .folder = g_dir_make_tmp ("baton-party-XXXXXX", NULL) };
  g_autofree char *alice = make_option (&three, "alice"), *bob = make_option (&three, "bob");
  g_autofree char *carol = make_option (&three, "carol");
  g_autofree char *bobs = g_strconcat ("--codecs=", bobs_codec, NULL);
  g_autofree char *carols = g_strconcat ("--codecs=", carols_codec, NULL);

  three.alice = cli_start ("alice", "--audio=tone:500", alice, NULL);
  three.bob = cli_start ("bob", "--audio=tone:800", "--answer=auto", bob, bobs, NULL);
  three.carol = cli_start ("carol", "--audio=tone:1300", "--answer=auto", carol, carols, NULL);
  cli_send (three.alice, "dial %s", three.bob->uri);
  cli_expect (three.alice, "call", "state=established call=1");
  cli_send (three.alice, "dial %s", three.carol->uri);
  cli_expect (three.alice, "call", "state=established call=2");
  return three;
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      remove_all (inner);
    }
  g_remove (path);
}

static void
three_end (Three *three)
{
  cli_quit (three->alice);
  cli_quit (three->bob);
  cli_quit (three->carol);
  remove_all (three->folder);
  g_free (three->folder);
}

/* How much of @hz there is in the last 0.4 s of a WAV file that still grows; @channel of @channels. */
static double
recent_db (const char *path, double hz, guint channel, guint channels)
{
  g_autofree char *data = NULL;
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  gsize length = 0, step = 2 * channels;
  guint32 rate;

  if (!g_file_get_contents (path, &data, &length, NULL) || length < 44)
    return -127;
  memcpy (&rate, data + 24, 4);
  rate = GUINT32_FROM_LE (rate);
  length = 44 + (length - 44) / step * step;
  if (rate == 0 || length < 44 + rate * 4 / 10 * step)
    return -127;
  for (gsize at = length - rate * 4 / 10 * step; at < length; at += step)
    {
      gint16 sample;

      memcpy (&sample, data + at + 2 * channel, 2);
      sample = GINT16_FROM_LE (sample);
      g_array_append_val (samples, sample);
    }
  return baton_test_goertzel_db ((const gint16 *) samples->data, samples->len, rate, hz);
}

static double
heard_db (Three *three, const char *who, guint call, double hz)
{
  g_autofree char *file = g_strdup_printf ("call-%u.wav", call);
  g_autofree char *path = g_build_filename (three->folder, who, file, NULL);

  return recent_db (path, hz, 0, 1);
}

static void
check_merged (Three *three)
{
  baton_test_wait (heard_db (three, "bob", 1, CAROL_HZ) > HEARD, 10000);
  baton_test_wait (heard_db (three, "carol", 1, BOB_HZ) > HEARD, 10000);
  baton_test_wait (heard_db (three, "bob", 1, ALICE_HZ) > HEARD, 10000);
  baton_test_wait (heard_db (three, "carol", 1, ALICE_HZ) > HEARD, 10000);
  g_assert_cmpfloat (heard_db (three, "bob", 1, BOB_HZ), <, SILENT);
  g_assert_cmpfloat (heard_db (three, "carol", 1, CAROL_HZ), <, SILENT);
  baton_test_wait (heard_db (three, "alice", 1, BOB_HZ) > HEARD, 10000);
  baton_test_wait (heard_db (three, "alice", 2, CAROL_HZ) > HEARD, 10000);
}

/* Each hears the two others, and not itself; after the split each hears Alice alone. */
static void
test_three (gconstpointer data)
{
  const char *const *codecs = data;
  Three three = three_start (codecs[0], codecs[1]);

  baton_test_wait (heard_db (&three, "bob", 1, ALICE_HZ) > HEARD, 10000);
  baton_test_wait (heard_db (&three, "carol", 1, ALICE_HZ) > HEARD, 10000);
  g_assert_cmpfloat (heard_db (&three, "bob", 1, CAROL_HZ), <, SILENT);
  cli_send (three.alice, "merge 1 2");
  cli_expect (three.alice, "call", "call=1 merged=true");
  cli_expect (three.alice, "call", "call=2 merged=true");
  check_merged (&three);

  cli_send (three.alice, "split 2");
  baton_test_wait (heard_db (&three, "bob", 1, CAROL_HZ) < SILENT, 10000);
  baton_test_wait (heard_db (&three, "carol", 1, BOB_HZ) < SILENT, 10000);
  baton_test_wait (heard_db (&three, "bob", 1, ALICE_HZ) > HEARD, 10000);
  baton_test_wait (heard_db (&three, "carol", 1, ALICE_HZ) > HEARD, 10000);
  three_end (&three);
}

/* One was on hold: merging resumes it. The other hangs up: it is an ordinary call again. */
static void
test_held (void)
{
  Three three = three_start ("pcmu", "pcma");

  cli_send (three.alice, "hold 1");
  cli_expect (three.alice, "call", "call=1 hold=local");
  cli_send (three.alice, "merge 1 2");
  cli_expect (three.alice, "call", "call=1 hold=none merged=true");
  check_merged (&three);
  cli_send (three.carol, "hangup 1");
  cli_expect (three.alice, "call", "call=2 state=ended");
  baton_test_wait (heard_db (&three, "bob", 1, CAROL_HZ) < SILENT, 10000);
  baton_test_wait (heard_db (&three, "bob", 1, ALICE_HZ) > HEARD, 10000);
  cli_send (three.alice, "split 1");
  cli_expect (three.alice, "error", "command~split message~merged");
  three_end (&three);
}

/* Alice goes; Bob and Carol talk to each other. */
static void
test_leave (void)
{
  Three three = three_start ("g722", "pcmu,g722");

  cli_send (three.alice, "leave 1");
  cli_expect (three.alice, "error", "command~leave");
  cli_send (three.alice, "merge 1 2");
  check_merged (&three);
  cli_send (three.alice, "leave 1");
  cli_expect (three.alice, "refer-requested", "direction=sent call=1");
  cli_expect (three.alice, "refer-accepted", "status=200");
  cli_expect (three.alice, "call", "call=1 state=ended");
  cli_expect (three.alice, "call", "call=2 state=ended");
  cli_expect (three.bob, "call", "call=2 state=established");
  baton_test_wait (heard_db (&three, "bob", 2, CAROL_HZ) > HEARD, 10000);
  baton_test_wait (heard_db (&three, "carol", 2, BOB_HZ) > HEARD, 10000);
  g_assert_cmpfloat (heard_db (&three, "bob", 2, ALICE_HZ), <, SILENT);
  three_end (&three);
}

static void
test_wrong (void)
{
  CliProcess *alice = cli_start ("alice", NULL), *bob = cli_start ("bob", NULL);

  cli_send (alice, "dial %s", bob->uri);
  cli_expect (alice, "call", "state=ringing call=1");
  cli_send (alice, "merge 1 1");
  cli_expect (alice, "error", "command~merge message~connected");
  cli_send (alice, "merge 1 7");
  cli_expect (alice, "error", "command~merge message~7");
  cli_send (alice, "record 1 on");
  cli_expect (alice, "error", "command~record message~connected");
  cli_quit (alice);
  cli_quit (bob);
}

/* ---- Recording ---- */

static guint32
read_size (const char *data, gsize at)
{
  guint32 size;

  memcpy (&size, data + at, 4);
  return GUINT32_FROM_LE (size);
}

/* Returns: whether the file is a WAV whose sizes are those of the file, for whoever looks at it now */
static gboolean
is_whole (const char *path)
{
  g_autofree char *data = NULL;
  gsize length;

  return g_file_get_contents (path, &data, &length, NULL) && length > 44 && memcmp (data, "RIFF", 4) == 0
         && read_size (data, 40) == length - 44 && read_size (data, 4) == length - 8;
}

static void
test_record (void)
{
  Three three = three_start ("g722", "pcmu");
  g_autofree char *path = g_build_filename (three.folder, "both.wav", NULL);
  g_autofree char *data = NULL;
  GStatBuf info;
  gsize length;

  cli_send (three.alice, "record 1 on %s", path);
  cli_expect (three.alice, "call", "call=1 recording~both.wav");
  baton_test_wait (recent_db (path, ALICE_HZ, 0, 2) > HEARD, 10000);
  baton_test_wait (recent_db (path, BOB_HZ, 1, 2) > HEARD, 10000);
  g_assert_cmpfloat (recent_db (path, ALICE_HZ, 1, 2), <, SILENT);
  g_assert_cmpfloat (recent_db (path, BOB_HZ, 0, 2), <, SILENT);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);

  cli_send (three.alice, "record 1 on %s.again", path);
  cli_expect (three.alice, "error", "command~record message~already");
  cli_send (three.alice, "record 2 on %s", path); /* nothing is overwritten */
  cli_expect (three.alice, "error", "command~record");
  cli_send (three.alice, "record 2 on /nonexistent/folder/x.wav");
  cli_expect (three.alice, "error", "command~record message~folder");
  cli_send (three.alice, "record 1 off");
  cli_send (three.alice, "record 1 off");
  cli_expect (three.alice, "error", "command~off");
  cli_send (three.alice, "hangup 1");
  cli_expect (three.alice, "call", "call=1 state=ended");
  cli_quit (three.alice);
  three.alice = cli_start ("alice", NULL);

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpmem (data, 4, "RIFF", 4);
  g_assert_cmpuint (data[22], ==, 2);
  g_assert_true (is_whole (path));
  three_end (&three);
}

/* How many tenths of a second of @channel have no sound of @hz */
static guint
count_silent (const char *path, double hz, guint channel, double *seconds)
{
  g_autofree char *data = NULL;
  guint n, silent = 0;
  gsize length;
  guint32 rate;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  rate = read_size (data, 24);
  n = rate / 10;
  *seconds = (double) (length - 44) / 4 / rate;
  for (gsize at = 44; at + n * 4 <= length; at += n * 4)
    {
      g_autofree gint16 *samples = g_new (gint16, n);

      for (guint i = 0; i < n; i++)
        {
          memcpy (samples + i, data + at + i * 4 + 2 * channel, 2);
          samples[i] = GINT16_FROM_LE (samples[i]);
        }
      if (baton_test_goertzel_db (samples, n, rate, hz) < HEARD)
        silent++;
    }
  return silent;
}

/* On hold nobody says anything to anybody: the recording waits as well, and goes on in the same file. */
static void
test_record_hold (void)
{
  Three three = three_start ("g722", "pcmu");
  g_autofree char *path = g_build_filename (three.folder, "held.wav", NULL);
  gint64 begin, hold, resumed;
  double seconds, wall;

  begin = g_get_monotonic_time ();
  cli_send (three.alice, "record 1 on %s", path);
  cli_expect (three.alice, "call", "call=1 recording~held.wav");
  baton_test_wait (recent_db (path, ALICE_HZ, 0, 2) > HEARD && recent_db (path, BOB_HZ, 1, 2) > HEARD, 10000);
  hold = g_get_monotonic_time ();
  cli_send (three.alice, "hold 1");
  cli_expect (three.alice, "call", "call=1 hold=local");
  baton_test_settle (2500);
  baton_test_wait (is_whole (path), 10000);
  cli_send (three.alice, "resume 1");
  cli_expect (three.alice, "call", "call=1 hold=none");
  resumed = g_get_monotonic_time ();
  baton_test_settle (1000);
  baton_test_wait (recent_db (path, ALICE_HZ, 0, 2) > HEARD && recent_db (path, BOB_HZ, 1, 2) > HEARD, 10000);
  cli_send (three.alice, "record 1 off");
  cli_send (three.alice, "stats 1");
  cli_expect (three.alice, "stats", "call=1");
  wall = (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  baton_test_wait (is_whole (path), 10000);
  g_assert_cmpuint (count_silent (path, ALICE_HZ, 0, &seconds), <=, 3); /* where it was held, and the seams of the tenths */
  g_assert_cmpuint (count_silent (path, BOB_HZ, 1, &seconds), <=, 5);   /* and until Bob speaks again */
  wall -= (double) (resumed - hold) / G_USEC_PER_SEC;
  g_assert_cmpfloat_with_epsilon (seconds, wall, 0.8);
  three_end (&three);
}

/* The disk is full: a sentence, and the call goes on. A limit on the size of files stands for the disk. */
static void
test_record_full (void)
{
  struct rlimit before, small = { 100000, 100000 };
  g_autofree char *folder = g_dir_make_tmp ("baton-party-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "full.wav", NULL);
  CliProcess *alice, *bob = cli_start ("bob", "--audio=tone:800", "--answer=auto", NULL);

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small.rlim_max = before.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  alice = cli_start ("alice", "--audio=tone:500", "--codecs=pcmu", NULL);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  cli_send (alice, "dial %s", bob->uri);
  cli_expect (alice, "call", "state=established call=1");
  cli_send (alice, "record 1 on %s", path);
  cli_expect (alice, "call", "call=1 recording~full.wav");
  cli_expect (alice, "error", "call=1 message~recording");
  cli_send (alice, "stats 1");
  g_assert_cmpfloat (json_object_get_double_member (cli_expect (alice, "stats", "call=1"), "level_in_db"), >, -20);
  cli_send (alice, "hangup 1");
  cli_expect (alice, "call", "call=1 state=ended");
  cli_quit (alice);
  cli_quit (bob);
  remove_all (folder);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  static const char *const same[] = { "pcmu", "pcmu" }, *const other[] = { "opus", "pcma" };
  static const char *const wide[] = { "g722", "opus" };

  g_test_init (&argc, &argv, NULL);
  g_timeout_add (50, look_again, NULL); /* files are looked at so often */
  g_test_add_data_func ("/party/pcmu-pcmu", same, test_three);
  g_test_add_data_func ("/party/opus-pcma", other, test_three);
  g_test_add_data_func ("/party/g722-opus", wide, test_three);
  g_test_add_func ("/party/held", test_held);
  g_test_add_func ("/party/leave", test_leave);
  g_test_add_func ("/party/wrong", test_wrong);
  g_test_add_func ("/party/record", test_record);
  g_test_add_func ("/party/record-hold", test_record_hold);
  g_test_add_func ("/party/record-full", test_record_full);
  return g_test_run ();
}
