/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-codec-parameters.h"

#include <string.h>

#define MAX_PARAMETERS 32

static void
set_one (BatonCodecParameters *parameters, const char *name, const char *value)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, 0, 1000000, &number, NULL))
    return;
  if (g_ascii_strcasecmp (name, "useinbandfec") == 0)
    parameters->fec = number == 1;
  else if (g_ascii_strcasecmp (name, "usedtx") == 0)
    parameters->dtx = number == 1;
  else if (g_ascii_strcasecmp (name, "cbr") == 0)
    parameters->cbr = number == 1;
  else if (g_ascii_strcasecmp (name, "maxplaybackrate") == 0 && number >= 8000)
    parameters->max_rate = (guint) number;
  else if (g_ascii_strcasecmp (name, "maxaveragebitrate") == 0 && number >= 6000)
    parameters->max_bitrate = (guint) number;
}

void
baton_codec_parameters_parse (const char *fmtp, BatonCodecParameters *parameters)
{
  g_auto (GStrv) words = fmtp != NULL ? g_strsplit (fmtp, ";", MAX_PARAMETERS) : NULL;

  memset (parameters, 0, sizeof *parameters);
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      char *value = strchr (words[i], '=');

      if (value == NULL)
        continue;
      *value++ = '\0';
      set_one (parameters, g_strstrip (words[i]), g_strstrip (value));
    }
}
