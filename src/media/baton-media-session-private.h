/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-ice-session.h"
#include "baton-media-session.h"
#include "baton-secure-transport.h"

G_BEGIN_DECLS

/* What our first offer says of encryption; after a refusal the next one. */
typedef enum
{
  BATON_MEDIA_OFFER_AS_WANTED, /* best effort: keys beside RTP/AVP; required: RTP/SAVP with all keys */
  BATON_MEDIA_OFFER_SECURE,    /* best effort for who reads the m= line alone: RTP/SAVP, as when it is required */
  BATON_MEDIA_OFFER_DTLS,      /* required: UDP/TLS/RTP/SAVP, for who has nothing but DTLS */
  BATON_MEDIA_OFFER_PLAIN,     /* best effort for who takes no line about keys */
} BatonMediaOffer;

struct _BatonMediaSession
{
  GObject parent_instance;

  BatonTick *tick;
  BatonAudioSource *source;
  BatonRtpSpare *spare;
  GMainContext *context;

  char *local_address, *remote_hint, *record_path;
  guint rtp_port_first, rtp_port_last;
  BatonCodecId codecs[BATON_N_CODECS];
  guint n_codecs;
  gboolean webrtc;
  BatonSdpSecurityLocal security; /* its mode OFF: the transport is a plain one */
  BatonMediaOffer offer_kind;

  guint64 sdp_id;
  char *address;       /* ours, as the socket has it */
  guint16 ports[2];
  BatonIceSession *ice; /* NULL where it is off, or the peer's offer has none */
  BatonSdpIce *ice_lines; /* of our descriptions */
  GTask *preparing;
  BatonSdp *local;     /* our last description */
  BatonSdp *offer;     /* … when it is an offer that waits for its answer */
  BatonSdpAgreement agreement;
  gboolean agreed;

  BatonMediaState state;
  gboolean started, local_hold, muted, remote_hold, one_way, securing;
  gboolean given_up, foreground;
  gboolean take_over; /* asked for before there was a stream */
  GTask *move_task;

  BatonAudioFilterFunc filter;
  gpointer filter_data;
  gboolean flowing;
  void (*watch) (BatonMediaSession *session, gpointer data);
  gpointer watch_data;
  BatonRecording *recording;

  BatonAudioStream *stream; /* the lock's */
  BatonTransport *secure;   /* the stream's; NULL with SRTP off */
};

/* ---- Between the files of the session itself ---- */

/* baton-media-session.c */
gboolean baton_media_session_check_alive (BatonMediaSession *self, GError **error);
/** baton_media_session_prepare: opens the transport and the stream, if they aren't there yet */
gboolean baton_media_session_prepare (BatonMediaSession *self, GError **error);
/** baton_media_session_update_flow: with the tick's lock held */
void baton_media_session_update_flow (BatonMediaSession *self);
/** baton_media_session_update: flow, properties and state after a change. Without the lock. */
void baton_media_session_update (BatonMediaSession *self);

/* baton-media-session-negotiation.c: offer and answer */
char *baton_media_session_create_offer (BatonMedia *media, GError **error);
char *baton_media_session_create_other_offer (BatonMedia *media, GError **error);
gboolean baton_media_session_check_offer (BatonMedia *media, const char *text, GError **error);
char *baton_media_session_create_answer (BatonMedia *media, const char *text, GError **error);
gboolean baton_media_session_apply_answer (BatonMedia *media, const char *text, gboolean final, GError **error);

/* baton-media-session-facts.c: called by the tick's thread, told in the main context. @data: the session */
void baton_media_session_on_security_failed (const char *message, gpointer data);
void baton_media_session_on_stream_dtmf (char digit, guint duration_ms, gpointer data);
void baton_media_session_on_stream_gap (double gap_ms, gpointer data);
void baton_media_session_on_secured (gpointer data);
void baton_media_session_on_stream_one_way (gboolean one_way, gpointer data);

/* baton-media-session-recording.c */
/** baton_media_session_open_recording: into the file that the options of the session name, if they do */
void baton_media_session_open_recording (BatonMediaSession *self);
gboolean baton_media_session_start_recording (BatonMedia *media, const char *path, GError **error);
void baton_media_session_stop_recording (BatonMedia *media);

/* baton-media-session-move.c */
/** baton_media_session_end_move: the session ends before the sound that moves to it has come */
void baton_media_session_end_move (BatonMediaSession *self);

G_END_DECLS
