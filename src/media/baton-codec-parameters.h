/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** BatonCodecParameters: what the other end says in a=fmtp about the Opus that it wants to get (RFC 7587 §6.1). */
typedef struct
{
  gboolean fec;      /* useinbandfec=1 */
  gboolean dtx;      /* usedtx=1: nothing while there is silence */
  gboolean cbr;      /* cbr=1 */
  guint max_rate;    /* maxplaybackrate: Hz; 0: not said */
  guint max_bitrate; /* maxaveragebitrate: bit/s; 0: not said */
} BatonCodecParameters;

/** baton_codec_parameters_parse: @fmtp (nullable): without the payload type. What isn't known or makes no sense is as if not said. */
void baton_codec_parameters_parse (const char *fmtp, BatonCodecParameters *parameters);

G_END_DECLS
