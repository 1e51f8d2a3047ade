/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BATON_AUDIO_FILE_MAX_SECONDS 300

/**
 * baton_audio_file_load: a sound file of any kind that GStreamer reads, as 16 bit mono at @rate,
 * whole frames of 20 ms, no more than BATON_AUDIO_FILE_MAX_SECONDS of it. Blocks while it decodes.
 * Returns: (transfer full) (element-type gint16) (nullable): NULL with BATON_ERROR_INVALID_ARGUMENT
 */
GArray *baton_audio_file_load (const char *path, guint rate, GError **error);

G_END_DECLS
