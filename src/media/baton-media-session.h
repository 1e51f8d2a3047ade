/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-audio-stream.h"
#include "baton-media.h"
#include "baton-rtp-spare.h"

G_BEGIN_DECLS

#define BATON_TYPE_MEDIA_SESSION (baton_media_session_get_type ())
G_DECLARE_FINAL_TYPE (BatonMediaSession, baton_media_session, BATON, MEDIA_SESSION, GObject)

/**
 * BatonMediaSession:
 * The real BatonMedia: offers and answers of one call, and the stream that they come to. Lives in
 * the main context; what the tick's thread finds comes back there by an idle with a weak reference.
 *
 * States: IDLE → STARTED ⇄ HELD → STOPPED, which absorbs.
 */
BatonMediaSession *baton_media_session_new (BatonTick *tick, BatonAudioSource *source, BatonRtpSpare *spare,
                                            const BatonMediaOptions *options);

/** Returns: (nullable): the stream; use it with the tick's lock held only */
BatonAudioStream *baton_media_session_get_stream (BatonMediaSession *self);

/** baton_media_session_is_flowing: sound goes some way: started, agreed, not held by us */
gboolean baton_media_session_is_flowing (BatonMediaSession *self);
/**
 * baton_media_session_set_watch:
 * @watch: (nullable): called in the main context when the stream came (with the first description, or prepare) or went, and
 *   when is_flowing changed. For one: who made the session. A signal would cost each call more than what is told.
 */
void baton_media_session_set_watch (BatonMediaSession *self, void (*watch) (BatonMediaSession *session, gpointer data),
                                    gpointer data);

/** baton_media_session_set_filter: as baton_audio_stream_set_filter(), for this stream or the one to come. With the lock held. */
void baton_media_session_set_filter (BatonMediaSession *self, BatonAudioFilterFunc filter, gpointer data);
/** baton_media_session_set_foreground: with the lock held */
void baton_media_session_set_foreground (BatonMediaSession *self, gboolean foreground);

/**
 * baton_media_session_take_over: with the lock held: the sound moves here from @from (nullable), and it
 * is started, if it wasn't. @from sends and hears nothing any more, until it takes over or back.
 * Before that, without the lock: baton_media_session_prepare_to_start(), and _set_move_task(); @task
 * (transfer full) is completed with the gap (double *). After it, without the lock: _tell_started().
 */
void baton_media_session_take_over (BatonMediaSession *self, BatonMediaSession *from);
void baton_media_session_prepare_to_start (BatonMediaSession *self);
void baton_media_session_set_move_task (BatonMediaSession *self, GTask *task);
void baton_media_session_tell_started (BatonMediaSession *self);
/** baton_media_session_take_back: with the lock held: it has the sound again that it gave away */
void baton_media_session_take_back (BatonMediaSession *self);

G_END_DECLS
