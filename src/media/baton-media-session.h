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
 * Property `prepared` (read-only): it has sockets: from the first description, or prepare, to stop.
 *
 * States: IDLE → STARTED ⇄ HELD → STOPPED, which absorbs.
 */
BatonMediaSession *baton_media_session_new (BatonTick *tick, BatonAudioSource *source, BatonRtpSpare *spare,
                                            const BatonMediaOptions *options);

/** Returns: (nullable): the stream; use it with the tick's lock held only */
BatonAudioStream *baton_media_session_get_stream (BatonMediaSession *self);

/** baton_media_session_set_foreground: with the lock held */
void baton_media_session_set_foreground (BatonMediaSession *self, gboolean foreground);

/**
 * baton_media_session_give_up: the sound was moved away: nothing is sent or heard any more, until
 * baton_media_session_take_over() or _take_back(). With the lock held.
 */
void baton_media_session_give_up (BatonMediaSession *self);
void baton_media_session_take_back (BatonMediaSession *self);
/** baton_media_session_set_move_task: @task (transfer full) is completed with the gap (double *) of the next take_over. Without the lock. */
void baton_media_session_set_move_task (BatonMediaSession *self, GTask *task);
/** baton_media_session_take_over: with the lock held. Sends at once, or as soon as the media is started. @last_sent: µs, of who had the sound, 0 for nobody */
void baton_media_session_take_over (BatonMediaSession *self, gint64 last_sent);

G_END_DECLS
