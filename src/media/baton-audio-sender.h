/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-audio-source.h"
#include "baton-media.h"
#include "baton-rtp-stream.h"
#include "baton-sdp.h"
#include "baton-transport.h"

G_BEGIN_DECLS

/**
 * BatonAudioSender:
 * What one call sends: it reads the source, encodes, puts key presses in place of the sound, and
 * makes packets of it. Everything here is called with the tick's lock held.
 */
typedef struct _BatonAudioSender BatonAudioSender;

/** BatonAudioSenderEvents: called with the lock held: post to the main context, no more. */
typedef struct
{
  void (*gap) (double gap_ms, gpointer data);
  gpointer data;
} BatonAudioSenderEvents;

/** @transport: kept by the caller for longer than the sender lives */
BatonAudioSender *baton_audio_sender_new (BatonAudioSource *source, BatonTransport *transport,
                                          const BatonAudioSenderEvents *events);
void baton_audio_sender_free (BatonAudioSender *self);

void baton_audio_sender_set_agreement (BatonAudioSender *self, const BatonSdpAgreement *agreement);
/** baton_audio_sender_set_load: as baton_encoder_set_load() */
void baton_audio_sender_set_load (BatonAudioSender *self, guint n_calls);
void baton_audio_sender_set_muted (BatonAudioSender *self, gboolean muted);
/** baton_audio_sender_set_foreground: has the microphone, where the source is that */
void baton_audio_sender_set_foreground (BatonAudioSender *self, gboolean foreground);
/** Returns: FALSE when no more digits can wait */
gboolean baton_audio_sender_add_dtmf (BatonAudioSender *self, const char *digits);
void baton_audio_sender_clear_dtmf (BatonAudioSender *self);
/** baton_audio_sender_add_tones: likewise, as tones in the sound */
gboolean baton_audio_sender_add_tones (BatonAudioSender *self, const char *digits);

/**
 * baton_audio_sender_begin: a frame goes now and not with the next tick; its packet is as long as the
 * frame. The tick after it is regular, or left out when it is so near that the packets would crowd.
 */
void baton_audio_sender_begin (BatonAudioSender *self, gint64 now);
/**
 * baton_audio_sender_end: the sound moves away: what was sent to the last is faded out in one more
 * packet that goes now. From then on, until take_over or take_back, only silence is sent.
 */
void baton_audio_sender_end (BatonAudioSender *self, gint64 now);
/** baton_audio_sender_take_over: the `gap` event says how long after @last_sent (0: nobody had the sound) the next packet went */
void baton_audio_sender_take_over (BatonAudioSender *self, gint64 last_sent);
/** baton_audio_sender_take_back: it has the sound again, and nothing is measured */
void baton_audio_sender_take_back (BatonAudioSender *self);
/** Returns: whether it took over and has sent nothing yet */
gboolean baton_audio_sender_is_taking_over (BatonAudioSender *self);
/** baton_audio_sender_send_frame: the next 20 ms. @heard: what an echo sends back, @n_heard samples of this tick */
void baton_audio_sender_send_frame (BatonAudioSender *self, const gint16 *heard, guint n_heard, gint64 now);

/**
 * BatonAudioFilterFunc: what is about to be sent: @n samples, 50 frames a second; it may change them.
 * With the lock held.
 */
typedef void (*BatonAudioFilterFunc) (gint16 *samples, guint n, gpointer data);
/** @filter: (nullable): others' voices are added here, where calls are merged */
void baton_audio_sender_set_filter (BatonAudioSender *self, BatonAudioFilterFunc filter, gpointer data);
/** Returns: the frame said in this tick, @n samples, at 50 frames a second */
const gint16 *baton_audio_sender_get_said (BatonAudioSender *self, guint *n);

/** Returns: the numbers of the stream, for the reports */
const BatonRtpSender *baton_audio_sender_get_rtp (BatonAudioSender *self);
void baton_audio_sender_read_stats (BatonAudioSender *self, BatonMediaStats *stats);

G_END_DECLS
