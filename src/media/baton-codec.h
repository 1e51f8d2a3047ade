/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "baton-codec-parameters.h"

G_BEGIN_DECLS

/** BatonCodecId: the codecs that we have, best sound first, which is the default preference too. */
typedef enum
{
  BATON_CODEC_OPUS,
  BATON_CODEC_G722,
  BATON_CODEC_PCMU,
  BATON_CODEC_PCMA,
} BatonCodecId;

#define BATON_N_CODECS 4
#define BATON_CODEC_MAX_PAYLOAD 1500   /* bytes of one encoded frame */
#define BATON_CODEC_MAX_SAMPLES 5760   /* 120 ms at 48 kHz, the longest Opus packet */
#define BATON_FRAME_US 20000           /* all sound comes and goes in pieces of 20 ms */
#define BATON_CODEC_MAX_PACKET_MS 60   /* that we send */
#define BATON_MAX_FRAME (48000 / 50)

/** BatonCodecInfo: what is fixed of a codec. G.722 samples at 16 kHz but has an RTP clock of 8000 (RFC 3551 §4.5.2). */
typedef struct
{
  BatonCodecId id;
  const char *name;      /* our word for it: command line, settings */
  const char *encoding;  /* in a=rtpmap */
  guint clock_rate;      /* of RTP time stamps */
  guint channels;        /* in a=rtpmap, 0 for none; the sound itself is mono always */
  guint rate;            /* samples a second */
  guint8 payload_type;   /* the static one, or the one that we offer */
  const char *fmtp;      /* (nullable) */
} BatonCodecInfo;

const BatonCodecInfo *baton_codec_info (BatonCodecId id);
/** baton_codec_from_name: Returns: TRUE and *@id for "opus", "g722", "pcmu", "pcma" in any case */
gboolean baton_codec_from_name (const char *name, BatonCodecId *id);

typedef struct _BatonEncoder BatonEncoder;
typedef struct _BatonDecoder BatonDecoder;

BatonEncoder *baton_encoder_new (BatonCodecId id);
void baton_encoder_free (BatonEncoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonEncoder, baton_encoder_free)
BatonCodecId baton_encoder_get_id (BatonEncoder *self);
/** baton_encoder_set_parameters: what the other end wants; for Opus alone */
void baton_encoder_set_parameters (BatonEncoder *self, const BatonCodecParameters *parameters);
/** baton_encoder_set_load: how many calls there are: the more, the simpler each is encoded */
void baton_encoder_set_load (BatonEncoder *self, guint n_calls);
/**
 * baton_encoder_encode: @n samples, as many as baton_codec_packet_ms() allows.
 * Returns: bytes in @payload (of BATON_CODEC_MAX_PAYLOAD), 0 when nothing is to be sent
 */
gsize baton_encoder_encode (BatonEncoder *self, const gint16 *samples, guint n, guint8 *payload);
/** baton_codec_packet_ms: the longest packet up to @ms, from 10 to BATON_CODEC_MAX_PACKET_MS, that the codec can make */
guint baton_codec_packet_ms (BatonCodecId id, guint ms);

BatonDecoder *baton_decoder_new (BatonCodecId id);
void baton_decoder_free (BatonDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonDecoder, baton_decoder_free)
BatonCodecId baton_decoder_get_id (BatonDecoder *self);
/** baton_decoder_decode: Returns: samples written to @samples (room for BATON_CODEC_MAX_SAMPLES), 0 for a packet that makes no sense */
gsize baton_decoder_decode (BatonDecoder *self, const guint8 *payload, gsize length, gint16 *samples);
/** baton_decoder_is_pausing: Returns: whether the last packet said that silence follows (Opus DTX), which conceal() then makes sound like it */
gboolean baton_decoder_is_pausing (BatonDecoder *self);
/**
 * baton_decoder_conceal: makes up @n_samples in place of a lost packet. @next (nullable) is the
 * packet after it: Opus may carry the lost one again in there (in-band FEC).
 */
void baton_decoder_conceal (BatonDecoder *self, const guint8 *next, gsize next_length, gint16 *samples, gsize n_samples);

G_END_DECLS
