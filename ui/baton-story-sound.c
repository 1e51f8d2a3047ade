/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-story-sound.h"

#include <math.h>
#include <string.h>

#define WAV_HEADER 44
#define SOUND_LEVEL 500 /* of 32767: −36 dB */

/* Counts where the wave goes up through zero; a level that it must reach in between keeps noise out */
static double
measure_frequency (const gint16 *samples, gsize n, guint rate)
{
  double first = -1, last = -1;
  gboolean below = FALSE;
  guint crossings = 0;

  for (gsize i = 1; i < n; i++)
    {
      if (samples[i] < -SOUND_LEVEL)
        below = TRUE;
      if (below && samples[i - 1] <= 0 && samples[i] > 0)
        {
          last = (double) i - (double) samples[i] / (samples[i] - samples[i - 1]);
          if (first < 0)
            first = last;
          crossings++;
          below = FALSE;
        }
    }
  return crossings < 20 ? -1 : (crossings - 1) * (double) rate / (last - first);
}

static gboolean
is_loud (const gint16 *samples, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (samples[i] > SOUND_LEVEL || samples[i] < -SOUND_LEVEL)
      return TRUE;
  return FALSE;
}

BatonStorySound
baton_story_sound_measure (const gint16 *samples, gsize n, guint rate)
{
  BatonStorySound sound = { -1, -1 };
  gsize window = rate / 200, tail = MIN (n, rate / 2), silent = 0, longest = 0;
  gboolean heard = FALSE;

  if (window == 0)
    return sound;
  for (gsize i = 0; i + window <= n; i += window)
    {
      if (!is_loud (samples + i, window))
        {
          silent++;
          continue;
        }
      if (heard)
        longest = MAX (longest, silent);
      heard = TRUE;
      silent = 0;
    }
  if (heard)
    sound.gap_ms = longest * 5.0;
  sound.hz = measure_frequency (samples + n - tail, tail, rate);
  return sound;
}

BatonStorySound
baton_story_sound_read (const char *path, double seconds)
{
  BatonStorySound sound = { -1, -1 };
  g_autofree char *contents = NULL;
  g_autofree gint16 *samples = NULL;
  const guint8 *bytes;
  guint rate;
  gsize size, n, skip;

  if (!g_file_get_contents (path, &contents, &size, NULL) || size <= WAV_HEADER)
    return sound;
  bytes = (const guint8 *) contents;
  rate = bytes[24] | (guint) bytes[25] << 8 | (guint) bytes[26] << 16;
  n = (size - WAV_HEADER) / 2;
  samples = g_new (gint16, n);
  for (gsize i = 0; i < n; i++)
    samples[i] = (gint16) (bytes[WAV_HEADER + 2 * i] | bytes[WAV_HEADER + 2 * i + 1] << 8);
  skip = seconds * rate < n ? n - (gsize) (seconds * rate) : 0;
  return baton_story_sound_measure (samples + skip, n - skip, rate);
}
