/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-codec.h"
#include "baton-enums.h"
#include "baton-sdp-ice.h"
#include "baton-sdp-security.h"

G_BEGIN_DECLS

#define BATON_SDP_MAX_LENGTH 65536
#define BATON_SDP_MAX_MEDIA 16
#define BATON_SDP_MAX_FORMATS 64

/** BatonSdpDirection: seen from who wrote the description; the bits can be masked. */
typedef enum
{
  BATON_SDP_INACTIVE = 0,
  BATON_SDP_SENDONLY = 1,
  BATON_SDP_RECVONLY = 2,
  BATON_SDP_SENDRECV = 3,
} BatonSdpDirection;

/** BatonSdpFormat: a payload type that we understand: a codec, or telephone-event (RFC 4733). */
typedef struct
{
  guint8 payload_type;
  gboolean event;
  BatonCodecId codec; /* when not @event */
  guint clock_rate;
  BatonCodecParameters parameters; /* a=fmtp, of who wrote the description */
} BatonSdpFormat;

/** BatonSdpMedia: one m= section, with what the session level says for it already in it. */
typedef struct
{
  char *type, *protocol; /* "audio", "RTP/AVP" */
  char **numbers;        /* the formats of the m= line as they stand */
  guint16 port;          /* 0: rejected */
  guint16 rtcp_port;     /* a=rtcp, else port + 1 */
  char *address;         /* numeric, NULL if there is none that we can use */
  gboolean zero_address; /* c=0.0.0.0 or ::, the old way to hold; taken into @direction already */
  BatonSdpDirection direction;
  GArray *formats;       /* (element-type BatonSdpFormat) known ones alone */
  guint ptime, maxptime; /* ms, 0 if not said */
  gboolean rtcp_mux;
  gboolean bundle_only; /* what they offer has no path but that of its group */
  gboolean rtcp_xr;      /* a=rtcp-xr with voip-metrics (RFC 3611 §5.1) */
  gboolean rtcp_xr_times; /* … with rcvr-rtt */
  char *mid;
  BatonSdpIce *ice;      /* (nullable): nothing is said about it, or nothing that can be used */
  BatonSdpSecurity security;
} BatonSdpMedia;

/** BatonSdp: a session description (RFC 8866) as a value. */
typedef struct
{
  guint64 id, version;
  char *address; /* of the o= line, when we write it */
  char **bundle; /* (nullable): mids of the BUNDLE group (RFC 9143); of several groups the first */
  GPtrArray *media;
} BatonSdp;

BatonSdp *baton_sdp_copy (const BatonSdp *self);
void baton_sdp_free (BatonSdp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonSdp, baton_sdp_free)

/** baton_sdp_parse: Returns: (transfer full) (nullable): NULL with BATON_ERROR_INVALID_SDP */
BatonSdp *baton_sdp_parse (const char *text, GError **error);
char *baton_sdp_to_string (const BatonSdp *self);

/** BatonSdpLocal: what we bring to an offer or an answer. */
typedef struct
{
  guint64 id;
  const char *address;
  guint16 port, rtcp_port;
  BatonSdpDirection direction;
  const BatonCodecId *codecs; /* in order of preference */
  guint n_codecs;
  const BatonSdpIce *ice;     /* (nullable): not used */
  const BatonSdpSecurityLocal *security; /* (nullable): SRTP is off */
  const BatonSdp *previous;   /* (nullable) our last description in this session */
  gboolean webrtc;            /* a first offer is one for browsers: DTLS alone, with feedback, in a BUNDLE group (RFC 8829 §5.2.1) */
} BatonSdpLocal;

/** BatonSdpAgreement: what an offer with its answer comes to, for us. */
typedef struct
{
  BatonCodecId codec;      /* what we send */
  guint8 payload_type;     /* … with this number */
  BatonCodecParameters parameters; /* … as they want it */
  guint ptime;             /* … in packets of so many ms: what they asked for, as far as the codec can */
  int event_payload_type;  /* telephone-event to them, -1 if not agreed */
  guint event_clock_rate;
  guint8 receive[128];     /* by payload type: 0 unknown, 1 + codec, BATON_SDP_RECEIVE_EVENT */
  guint receive_event_rate[128];
  char address[64];        /* where to send; empty when they gave none (hold by 0.0.0.0) */
  guint16 port, rtcp_port;
  gboolean rtcp_mux;
  gboolean rtcp_xr;        /* they take VoIP metrics */
  gboolean rtcp_xr_times;  /* … and times of who sends no sound */
  BatonSdpDirection direction; /* ours */
  gboolean remote_hold;
  gboolean ice;            /* both do it; @address and @port are not to be used then */
  guint media_index;       /* of the m= section */
  BatonKeying keying;
} BatonSdpAgreement;

#define BATON_SDP_RECEIVE_EVENT 255

/**
 * baton_sdp_create_offer: the first offer, or with `previous` a further one, which keeps the order
 * of the media and the payload types of the session (RFC 3264 §8).
 */
BatonSdp *baton_sdp_create_offer (const BatonSdpLocal *local);
/** baton_sdp_check_offer: whether any of its audio lines can be answered; of @local only codecs and security count. FALSE with the errors of create_answer */
gboolean baton_sdp_check_offer (const BatonSdpLocal *local, const BatonSdp *offer, GError **error);
/**
 * baton_sdp_create_answer: our most wanted codec among theirs, with their numbers; media that we
 * don't have are rejected by port 0 (RFC 3264 §6). NULL with BATON_ERROR_NO_COMMON_CODEC,
 * …_NO_COMMON_SECURITY or …_INVALID_SDP; @agreement is set on success only.
 */
BatonSdp *baton_sdp_create_answer (const BatonSdpLocal *local, const BatonSdp *offer, BatonSdpAgreement *agreement, GError **error);
/** baton_sdp_take_answer: @remote_hold_before: an answer to our own hold says nothing about theirs, so it stays as it was */
gboolean baton_sdp_take_answer (const BatonSdpLocal *local, const BatonSdp *offer, const BatonSdp *answer,
                                gboolean remote_hold_before, BatonSdpAgreement *agreement, GError **error);

/** baton_sdp_get_ice: Returns: (nullable): what section @media_index says */
const BatonSdpIce *baton_sdp_get_ice (const BatonSdp *self, guint media_index);
/** baton_sdp_find_ice: Returns: (nullable): what the first section with ICE says, sound before others */
const BatonSdpIce *baton_sdp_find_ice (const BatonSdp *self);

/** baton_sdp_equal_but_version: whether o='s version may stay as it is */
gboolean baton_sdp_equal_but_version (const BatonSdp *a, const BatonSdp *b);

G_END_DECLS
