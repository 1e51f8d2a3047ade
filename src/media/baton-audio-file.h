/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BATON_AUDIO_FILE_MAX_SECONDS 300

/**
 * BatonAudioFile:
 * A sound file of any kind that GStreamer reads, as 16 bit mono in frames of 20 ms at 8, 16 and 48 kHz; no more
 * than BATON_AUDIO_FILE_MAX_SECONDS of it. A thread decodes it, and ends with the file.
 */
typedef struct _BatonAudioFile BatonAudioFile;

/**
 * baton_audio_file_open: waits for the first second of it, so that a file without sound is told of at once.
 * Returns: (transfer full) (nullable): NULL with BATON_ERROR_INVALID_ARGUMENT, and what is wrong with the file
 */
BatonAudioFile *baton_audio_file_open (const char *path, GError **error);
void baton_audio_file_free (BatonAudioFile *self);

/**
 * baton_audio_file_read: frame @frame at @rate; after the last one the first comes again. Never waits, in any thread.
 * Returns: FALSE, and silence, while that frame is not decoded yet
 */
gboolean baton_audio_file_read (BatonAudioFile *self, guint64 frame, guint rate, gint16 *samples);

G_END_DECLS
