/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-tones.h"

#include <math.h>
#include <string.h>

#include "baton-codec.h"

#define RATE 48000
#define MS (RATE / 1000)
#define AMPLITUDE 3276 /* a tenth: a tone is not to be louder than people */
#define EDGE (5 * MS)  /* faded in and out, or it clicks */
#define TRILL (25 * MS)

/* on, off, on, off … in ms, ended by 0 */
#define MAX_CADENCE 9

typedef struct
{
  guint hz[2]; /* both at once, where there are two */
  guint cadence[MAX_CADENCE];
} Sound;

typedef struct
{
  const char *country;
  Sound ringback, busy, congestion, waiting;
} Country;

/* The first is for all countries that aren't here. */
static const Country countries[] = {
  { "EU", { { 425 }, { 1000, 4000 } }, { { 425 }, { 500, 500 } }, { { 425 }, { 250, 250 } },
    { { 425 }, { 200, 200, 200, 4400 } } },
  { "AT", { { 420 }, { 1000, 5000 } }, { { 420 }, { 400, 400 } }, { { 420 }, { 200, 200 } }, { { 420 }, { 40, 1950 } } },
  { "AU", { { 413, 438 }, { 400, 200, 400, 2000 } }, { { 425 }, { 375, 375 } }, { { 425 }, { 375, 375 } },
    { { 425 }, { 200, 200, 200, 4400 } } },
  { "BE", { { 425 }, { 1000, 3000 } }, { { 425 }, { 500, 500 } }, { { 425 }, { 167, 167 } },
    { { 1400 }, { 175, 175, 175, 3500 } } },
  { "BR", { { 425 }, { 1000, 4000 } }, { { 425 }, { 250, 250 } }, { { 425 }, { 250, 250, 750, 250 } },
    { { 425 }, { 50, 1000 } } },
  { "CA", { { 440, 480 }, { 2000, 4000 } }, { { 480, 620 }, { 500, 500 } }, { { 480, 620 }, { 250, 250 } },
    { { 440 }, { 300, 9700 } } },
  { "CH", { { 425 }, { 1000, 4000 } }, { { 425 }, { 500, 500 } }, { { 425 }, { 200, 200 } },
    { { 425 }, { 200, 200, 200, 4000 } } },
  { "CN", { { 450 }, { 1000, 4000 } }, { { 450 }, { 350, 350 } }, { { 450 }, { 700, 700 } }, { { 450 }, { 400, 4000 } } },
  { "DE", { { 425 }, { 1000, 4000 } }, { { 425 }, { 480, 480 } }, { { 425 }, { 240, 240 } },
    { { 425 }, { 200, 200, 200, 5000 } } },
  { "ES", { { 425 }, { 1500, 3000 } }, { { 425 }, { 200, 200 } }, { { 425 }, { 200, 200, 200, 200, 200, 600 } },
    { { 425 }, { 175, 175, 175, 3500 } } },
  { "FR", { { 440 }, { 1500, 3500 } }, { { 440 }, { 500, 500 } }, { { 440 }, { 250, 250 } }, { { 440 }, { 300, 10000 } } },
  { "GB", { { 400, 450 }, { 400, 200, 400, 2000 } }, { { 400 }, { 375, 375 } }, { { 400 }, { 400, 350, 225, 525 } },
    { { 400 }, { 100, 2000 } } },
  { "IE", { { 400, 450 }, { 400, 200, 400, 2000 } }, { { 425 }, { 500, 500 } }, { { 425 }, { 250, 250 } },
    { { 425 }, { 180, 200, 200, 4500 } } },
  { "IN", { { 400, 425 }, { 400, 200, 400, 2000 } }, { { 400 }, { 750, 750 } }, { { 400 }, { 250, 250 } },
    { { 400 }, { 200, 100, 200, 7500 } } },
  { "IT", { { 425 }, { 1000, 4000 } }, { { 425 }, { 500, 500 } }, { { 425 }, { 200, 200 } },
    { { 425 }, { 400, 100, 250, 100, 150, 14000 } } },
  { "JP", { { 384, 416 }, { 1000, 2000 } }, { { 400 }, { 500, 500 } }, { { 400 }, { 500, 500 } },
    { { 384, 416 }, { 500, 4000, 50, 450, 50, 3450 } } },
  { "NL", { { 425 }, { 1000, 4000 } }, { { 425 }, { 500, 500 } }, { { 425 }, { 250, 250 } }, { { 425 }, { 500, 9500 } } },
  { "NZ", { { 400, 450 }, { 400, 200, 400, 2000 } }, { { 400 }, { 500, 500 } }, { { 400 }, { 250, 250 } },
    { { 400 }, { 200, 3000, 200, 3000 } } },
  { "PL", { { 425 }, { 1000, 4000 } }, { { 425 }, { 500, 500 } }, { { 425 }, { 500, 500 } },
    { { 425 }, { 150, 150, 150, 4000 } } },
  { "RU", { { 425 }, { 800, 3200 } }, { { 425 }, { 400, 400 } }, { { 425 }, { 200, 200 } }, { { 425 }, { 200, 5000 } } },
  { "SE", { { 425 }, { 1000, 5000 } }, { { 425 }, { 250, 250 } }, { { 425 }, { 250, 750 } },
    { { 425 }, { 200, 500, 200, 5000 } } },
  { "US", { { 440, 480 }, { 2000, 4000 } }, { { 480, 620 }, { 500, 500 } }, { { 480, 620 }, { 250, 250 } },
    { { 440 }, { 300, 9700 } } },
};

static const char *const kinds[] = { "ring", "ringback", "busy", "congestion", "waiting", "test" };
static const Sound test_sound = { { 440 }, { 400, 200, 400, 1000 } };

double
baton_tone_gain (double volume)
{
  volume = CLAMP (volume, 0, 1.5);
  return volume * volume * volume;
}

const char *
baton_tone_country (void)
{
  static const char *const variables[] = { "LC_ALL", "LC_TELEPHONE", "LANG" };

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      const char *locale = g_getenv (variables[i]), *mark = locale != NULL ? strchr (locale, '_') : NULL;

      for (guint j = 0; mark != NULL && j < G_N_ELEMENTS (countries); j++)
        if (g_ascii_strncasecmp (mark + 1, countries[j].country, 2) == 0)
          return countries[j].country;
      if (locale != NULL && *locale != '\0')
        return NULL;
    }
  return NULL;
}

void
baton_tone_set (BatonTone *self, const char *kind, const char *country, double volume)
{
  self->kind = NULL;
  self->country = countries[0].country;
  self->position = 0;
  self->volume = volume;
  for (guint i = 0; kind != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i], kind) == 0)
      self->kind = kinds[i];
  for (guint i = 0; country != NULL && i < G_N_ELEMENTS (countries); i++)
    if (g_ascii_strcasecmp (countries[i].country, country) == 0)
      self->country = countries[i].country;
}

static Sound
get_sound (BatonTone *self)
{
  const Country *country = countries;
  Sound ring;

  while (country->country != self->country)
    country++;
  if (strcmp (self->kind, "ringback") == 0)
    return country->ringback;
  if (strcmp (self->kind, "busy") == 0)
    return country->busy;
  if (strcmp (self->kind, "congestion") == 0)
    return country->congestion;
  if (strcmp (self->kind, "waiting") == 0)
    return country->waiting;
  if (strcmp (self->kind, "test") == 0)
    return test_sound;
  ring = country->ringback;
  ring.hz[0] = 800;
  ring.hz[1] = 1000;
  return ring;
}

/* How loud it is at @position of the cadence, 0 to 1. */
static double
envelope (const guint *cadence, guint64 position)
{
  guint total = 0, at;

  for (guint i = 0; cadence[i] != 0; i++)
    total += cadence[i] * MS;
  at = (guint) (position % total);
  for (guint i = 0; cadence[i] != 0; i++)
    {
      guint length = cadence[i] * MS;

      if (at < length)
        return i % 2 != 0 ? 0 : MIN (1.0, (double) MIN (at, length - at) / EDGE);
      at -= length;
    }
  return 0;
}

static double
wave (guint hz, guint64 position)
{
  return sin (2 * G_PI * hz * (double) (position % RATE) / RATE);
}

void
baton_tone_mix (BatonTone *self, gint16 *samples)
{
  double amplitude = AMPLITUDE * baton_tone_gain (self->volume);
  gboolean trill;
  Sound sound;

  if (self->kind == NULL)
    return;
  sound = get_sound (self);
  trill = strcmp (self->kind, "ring") == 0;
  for (guint n = 0; n < BATON_MAX_FRAME; n++, self->position++)
    {
      double loud = envelope (sound.cadence, self->position), value;
      int sum;

      if (loud <= 0)
        continue;
      if (trill)
        value = wave (sound.hz[self->position / TRILL % 2], self->position);
      else if (sound.hz[1] != 0)
        value = (wave (sound.hz[0], self->position) + wave (sound.hz[1], self->position)) / 2;
      else
        value = wave (sound.hz[0], self->position);
      sum = samples[n] + (int) (amplitude * loud * value);
      samples[n] = (gint16) CLAMP (sum, G_MININT16, G_MAXINT16);
    }
}
