/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BatonRecording:
 * One call on disk while it goes on: a plain WAV of 16 bit, what we say on the left, what we hear on
 * the right. The tick only fills a queue; a thread of its own writes, so that a slow disk is heard by nobody.
 */
typedef struct _BatonRecording BatonRecording;

/** BatonRecordingFailed: in the main context, once: nothing more is written. @message: a sentence for a person */
typedef void (*BatonRecordingFailed) (const char *message, gpointer data);

/**
 * baton_recording_new: @path is made, and must not be there yet; readable by its owner only.
 * @rate: 8000, 16000 or 48000.
 * Returns: (nullable): NULL with BATON_ERROR_FAILED
 */
BatonRecording *baton_recording_new (const char *path, guint rate, BatonRecordingFailed failed, gpointer data,
                                     GError **error);
/** baton_recording_free: no more of it is told; the rest is written and the file closed in the background */
void baton_recording_free (BatonRecording *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonRecording, baton_recording_free)

/** baton_recording_add: 20 ms of both directions, each with the rate of its length; 0 for none. @now in µs: what is missing before it becomes silence. */
void baton_recording_add (BatonRecording *self, const gint16 *said, guint n_said, const gint16 *heard, guint n_heard,
                          gint64 now);

/** baton_recording_wait: until all files of the process are closed, 2 s at most: for the end of a program, once the calls are over */
void baton_recording_wait (void);

G_END_DECLS
