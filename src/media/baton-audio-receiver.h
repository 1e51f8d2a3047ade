/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-enums.h"
#include "baton-media.h"
#include "baton-rtp-stream.h"
#include "baton-sdp.h"
#include "baton-transport.h"
#include "baton-wav-writer.h"

G_BEGIN_DECLS

/**
 * BatonAudioReceiver:
 * What one call hears: it takes packets, puts them into order, decodes, conceals what is missing,
 * measures and records. Everything here is called with the tick's lock held.
 */
typedef struct _BatonAudioReceiver BatonAudioReceiver;

/** BatonAudioReceiverEvents: called with the lock held: post to the main context, no more. */
typedef struct
{
  void (*dtmf) (char digit, guint duration_ms, gpointer data);
  gpointer data;
} BatonAudioReceiverEvents;

/** @kind: what becomes of the sound: nobody decodes what nobody hears */
BatonAudioReceiver *baton_audio_receiver_new (BatonAudioKind kind, const BatonAudioReceiverEvents *events);
void baton_audio_receiver_free (BatonAudioReceiver *self);

void baton_audio_receiver_set_agreement (BatonAudioReceiver *self, const BatonSdpAgreement *agreement);
/** baton_audio_receiver_set_foreground: has the speaker, where there is one */
void baton_audio_receiver_set_foreground (BatonAudioReceiver *self, gboolean foreground);
/** baton_audio_receiver_set_wanted: somebody else wants the sound: a merged call, a recording */
void baton_audio_receiver_set_wanted (BatonAudioReceiver *self, gboolean wanted);
/** @recorder: (transfer full) */
void baton_audio_receiver_set_recorder (BatonAudioReceiver *self, BatonWavWriter *recorder);

/** baton_audio_receiver_add_key_tones: the user's own key presses, to be heard in the speaker */
void baton_audio_receiver_add_key_tones (BatonAudioReceiver *self, const char *digits);

/** baton_audio_receiver_forget: what is waiting to be heard is over */
void baton_audio_receiver_forget (BatonAudioReceiver *self);
/**
 * baton_audio_receiver_take: one RTP packet. @trusted: as for BatonTransportReceiveFunc; @own_ssrc: of what we send.
 * Returns: whether it makes sense for this stream
 */
gboolean baton_audio_receiver_take (BatonAudioReceiver *self, const BatonRtpPacket *packet, gboolean trusted,
                                    guint32 own_ssrc);
/** baton_audio_receiver_hear_frame: the next 20 ms */
void baton_audio_receiver_hear_frame (BatonAudioReceiver *self, gint64 now);
/** Returns: the frame heard in this tick, @n samples, at 50 frames a second */
const gint16 *baton_audio_receiver_get_heard (BatonAudioReceiver *self, guint *n);

/**
 * baton_audio_receiver_fade_out: the speaker turns to something else: one more frame of @n samples, faded
 * out, to be played beside what comes in its place. @n is 0 when the speaker had nothing of it.
 */
const gint16 *baton_audio_receiver_fade_out (BatonAudioReceiver *self, guint *n, gint64 now);

/** Returns: the numbers of the stream, for the reports */
BatonRtpReceiver *baton_audio_receiver_get_rtp (BatonAudioReceiver *self);
/**
 * baton_audio_receiver_is_starved: Returns: whether nothing came for @silence µs although it is waited
 * for, and no pause was announced
 */
gboolean baton_audio_receiver_is_starved (BatonAudioReceiver *self, gint64 silence, gint64 now);
void baton_audio_receiver_read_stats (BatonAudioReceiver *self, BatonMediaStats *stats);

G_END_DECLS
