/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonSoundServer:
 * The one connection to PulseAudio, or to PipeWire by its PulseAudio socket, and the streams on it.
 * One thread for all of them, started with the first stream and ended with the last. A connection
 * that breaks is made again, and its streams with it, for as long as they are wanted.
 *
 * A stream follows the server's default when it has no name. One whose device goes away is moved to
 * the default, and back when the device returns.
 *
 * Everything is called in the main context, but for baton_sound_stream_play().
 */
typedef struct _BatonSoundServer BatonSoundServer;
typedef struct _BatonSoundStream BatonSoundStream;

typedef struct
{
  /** microphone: in the server's thread: 20 ms at 48 kHz. Not while the stream is being closed. */
  void (*frame) (const gint16 *samples, gpointer data);
  /** in the main context: sound goes through @device (nullable) now, or can't. Told each time it changes, the first failure too. */
  void (*present) (gboolean present, const char *device, gpointer data);
  gpointer data;
} BatonSoundStreamEvents;

/** BatonSoundServerFunc: in the main context: the connection is there, is lost (and tried again), or there with other devices, or another default */
typedef void (*BatonSoundServerFunc) (gboolean connected, gpointer data);

BatonSoundServer *baton_sound_server_new (BatonSoundServerFunc connected, gpointer data);
/** baton_sound_server_free: after its last stream was closed */
void baton_sound_server_free (BatonSoundServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonSoundServer, baton_sound_server_free)

/** baton_sound_server_set_warm: keeps the connection without a stream, so that the next one opens in no time */
void baton_sound_server_set_warm (BatonSoundServer *self, gboolean warm);

/** @name: (nullable): the device; NULL: the server's default */
BatonSoundStream *baton_sound_stream_new (BatonSoundServer *server, gboolean microphone, const char *name,
                                          const BatonSoundStreamEvents *events);
/** baton_sound_stream_free: no event comes any more when this returns */
void baton_sound_stream_free (BatonSoundStream *self);
/** baton_sound_stream_play: from any thread, never blocking: 20 ms at 48 kHz; the oldest is dropped where more than four wait */
void baton_sound_stream_play (BatonSoundStream *self, const gint16 *samples);

G_END_DECLS
