/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sound files that are played into a call: what is wrong with a file is said when it is opened. */
#include <errno.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "baton-audio-file.h"
#include "baton-error.h"
#include "baton-test-audio.h"

#define HZ 700

typedef struct
{
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("baton-file-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "sound.wav", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_remove (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
expect_refused (const char *path, const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (baton_audio_file_open (path, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
  if (strstr (error->message, why) == NULL || strchr (error->message, '\n') != NULL)
    g_error ("“%s” has no “%s”", error->message, why);
}

static void
write_tone (const char *path, guint rate, double seconds)
{
  g_autoptr (GArray) tone = baton_test_tone (HZ, rate, seconds);

  baton_test_wav_write (path, rate, (const gint16 *) tone->data, tone->len);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *content;
    gssize length;
  } rows[] = {
    { "", 0 },
    { "this is no sound file, but a text of some length that says so", -1 },
    { "RIFF\x24\0\0\0WAVEfmt \20\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\20\0data\0\0\0\0", 44 },
    { "RIFF\xff\xff\xff\xffWAVEfmt \20\0\0\0", 20 },
  };

  expect_refused (NULL, "(none)");
  expect_refused (fixture->path, g_strerror (ENOENT));
  expect_refused (fixture->folder, "not a file");
  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0); /* opening it would wait for a writer */
  expect_refused (fixture->path, "not a file");
  g_unlink (fixture->path);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_file_set_contents (fixture->path, rows[i].content, rows[i].length, NULL);
      expect_refused (fixture->path, fixture->path);
    }
}

static BatonAudioFile *
open_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  BatonAudioFile *file = baton_audio_file_open (path, &error);

  g_assert_no_error (error);
  return file;
}

/* Returns: the level of HZ in @n frames from @first on */
static double
tone_db (BatonAudioFile *file, guint first, guint n, guint rate)
{
  g_autofree gint16 *samples = g_new (gint16, n * rate / 50);

  for (guint i = 0; i < n; i++)
    g_assert_true (baton_audio_file_read (file, first + i, rate, samples + i * rate / 50));
  return baton_test_goertzel_db (samples, n * rate / 50, rate, HZ);
}

/* At each rate; and again from the start after the end. A frame that was cut off is filled up. */
static void
test_played (Fixture *fixture, gconstpointer data)
{
  static const guint rates[] = { 8000, 16000, 48000 };
  BatonAudioFile *file;

  write_tone (fixture->path, 22050, 0.51);
  file = open_file (fixture->path);
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_assert_cmpfloat_with_epsilon (tone_db (file, 2, 20, rates[i]), -15, 1);
      g_assert_cmpfloat_with_epsilon (tone_db (file, 26000 + 2, 20, rates[i]), -15, 1);
      g_assert_cmpfloat (tone_db (file, 25, 1, rates[i]), <, -17);
    }
  baton_audio_file_free (file);
}

/* Opened long before all of it is decoded; it can be let go of at any time. */
static void
test_long (Fixture *fixture, gconstpointer data)
{
  gint16 samples[960];
  gint64 end;
  BatonAudioFile *file;

  write_tone (fixture->path, 48000, 100);
  baton_audio_file_free (open_file (fixture->path));
  file = open_file (fixture->path);
  end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  g_assert_cmpfloat_with_epsilon (tone_db (file, 0, 50, 8000), -15, 1);
  while (!baton_audio_file_read (file, 4999, 48000, samples) && g_get_monotonic_time () < end)
    g_thread_yield ();
  g_assert_cmpfloat_with_epsilon (tone_db (file, 4950, 50, 8000), -15, 1);
  baton_audio_file_free (file);
}

/* What is behind the first second doesn't stop a call */
static void
test_cut_off (Fixture *fixture, gconstpointer data)
{
  BatonAudioFile *file;

  write_tone (fixture->path, 8000, 4);
  g_assert_cmpint (truncate (fixture->path, 44 + 2 * 8000 * 2), ==, 0);
  file = open_file (fixture->path);
  g_assert_cmpfloat_with_epsilon (tone_db (file, 0, 50, 16000), -15, 1);
  baton_audio_file_free (file);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add ("/audio-file/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/audio-file/played", Fixture, NULL, set_up, test_played, tear_down);
  g_test_add ("/audio-file/long", Fixture, NULL, set_up, test_long, tear_down);
  g_test_add ("/audio-file/cut-off", Fixture, NULL, set_up, test_cut_off, tear_down);
  return g_test_run ();
}
