/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** BatonWavWriter: a 16 bit mono WAV file that grows in real time: what is not written by its time becomes silence. */
typedef struct _BatonWavWriter BatonWavWriter;

/** baton_wav_writer_new: Returns: (nullable): NULL with BATON_ERROR_FAILED */
BatonWavWriter *baton_wav_writer_new (const char *path, GError **error);
/** baton_wav_writer_free: fills in the sizes and closes */
void baton_wav_writer_free (BatonWavWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonWavWriter, baton_wav_writer_free)

/** baton_wav_writer_add: the first call sets the file's rate; later ones with another rate are converted. @now in µs. */
void baton_wav_writer_add (BatonWavWriter *self, const gint16 *samples, guint n, guint rate, gint64 now);
/** baton_wav_writer_pad: silence up to @now */
void baton_wav_writer_pad (BatonWavWriter *self, gint64 now);

G_END_DECLS
