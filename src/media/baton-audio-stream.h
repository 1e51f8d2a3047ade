/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-audio-sender.h"
#include "baton-audio-source.h"
#include "baton-media.h"
#include "baton-recording.h"
#include "baton-sdp.h"
#include "baton-tick.h"
#include "baton-transport.h"
#include "baton-wav-writer.h"

G_BEGIN_DECLS

/**
 * BatonAudioStream:
 * The sound of one call as the tick sees it: socket, framing, codecs, jitter buffer, recording.
 * Everything here is called with the tick's lock held. It knows nothing of offers and states.
 */
typedef struct _BatonAudioStream BatonAudioStream;

/** BatonAudioStreamEvents: called from the tick's thread, with the lock held: post to the main context, no more. */
typedef struct
{
  void (*dtmf) (char digit, guint duration_ms, gpointer data);
  void (*gap) (double gap_ms, gpointer data);
  void (*one_way) (gboolean one_way, gpointer data);
  gpointer data;
} BatonAudioStreamEvents;

/** @transport: (transfer full) */
BatonAudioStream *baton_audio_stream_new (BatonTick *tick, BatonAudioSource *source, BatonTransport *transport,
                                          const BatonAudioStreamEvents *events);
/** baton_audio_stream_free: sends the RTCP BYE and closes the socket */
void baton_audio_stream_free (BatonAudioStream *self);

void baton_audio_stream_set_agreement (BatonAudioStream *self, const BatonSdpAgreement *agreement);
/** baton_audio_stream_set_flow: which way sound goes; the stream takes part in the tick while it goes any way */
void baton_audio_stream_set_flow (BatonAudioStream *self, gboolean send, gboolean hear);
void baton_audio_stream_set_muted (BatonAudioStream *self, gboolean muted);
/** baton_audio_stream_set_foreground: has microphone and speaker, where the source is the microphone */
void baton_audio_stream_set_foreground (BatonAudioStream *self, gboolean foreground);
/** @recorder: (transfer full) */
void baton_audio_stream_set_recorder (BatonAudioStream *self, BatonWavWriter *recorder);
/** baton_audio_stream_set_filter: as baton_audio_sender_set_filter(); while there is one, what comes is decoded for it too */
void baton_audio_stream_set_filter (BatonAudioStream *self, BatonAudioFilterFunc filter, gpointer data);
/** @recording: (nullable): gets both directions; kept by the caller until it is set to NULL */
void baton_audio_stream_set_recording (BatonAudioStream *self, BatonRecording *recording);
/** Returns: FALSE when no more digits can wait */
gboolean baton_audio_stream_add_dtmf (BatonAudioStream *self, const char *digits);
/** baton_audio_stream_add_tones: likewise, as tones in the sound */
gboolean baton_audio_stream_add_tones (BatonAudioStream *self, const char *digits);
/** baton_audio_stream_add_key_tones: the user hears the keys; with a real device alone */
void baton_audio_stream_add_key_tones (BatonAudioStream *self, const char *digits);

/**
 * baton_audio_stream_take_over: the sound moves here from @from (nullable). What @from sends is faded
 * out in a last packet, and the first one here follows at once, if it can be sent yet; until it can,
 * @from sends silence, so that its sound has no hole either. The `gap` event tells the time between
 * the two. When @from sent nothing lately (it was held) that time counts from now.
 */
void baton_audio_stream_take_over (BatonAudioStream *self, BatonAudioStream *from);
/** baton_audio_stream_take_back: it has the sound again that it once gave away */
void baton_audio_stream_take_back (BatonAudioStream *self);
/** baton_audio_stream_fade_out: as baton_audio_receiver_fade_out() */
const gint16 *baton_audio_stream_fade_out (BatonAudioStream *self, guint *n, guint *rate);
/** Returns: the frame heard in this tick, @n samples at @rate */
const gint16 *baton_audio_stream_get_heard (BatonAudioStream *self, guint *n, guint *rate);
void baton_audio_stream_read_stats (BatonAudioStream *self, BatonMediaStats *stats);

G_END_DECLS
