/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BATON_ICE_MAX_CANDIDATES 24     /* of one description, all components: each costs checks */
#define BATON_ICE_MAX_LINE 400
#define BATON_ICE_MAX_COMPONENTS 2      /* RTP, and RTCP where it has a port of its own */

/** BatonIceType: where a candidate's address comes from (RFC 8445 §5.1.1) */
typedef enum
{
  BATON_ICE_HOST,
  BATON_ICE_SRFLX, /* as a STUN server sees it */
  BATON_ICE_PRFLX, /* as the peer sees it */
  BATON_ICE_RELAY, /* at a TURN server */
} BatonIceType;

const char *baton_ice_type_name (BatonIceType type); /* "host", "srflx", "prflx", "relay" */

/** BatonIceCandidate: one a=candidate line (RFC 8839 §5.1) with UDP and a numeric address. */
typedef struct
{
  char foundation[33];
  guint component; /* 1, 2 */
  guint32 priority;
  char address[46];
  guint16 port;
  BatonIceType type;
  char related_address[46]; /* empty if not said */
  guint16 related_port;
} BatonIceCandidate;

/** BatonSdpIce: what the attributes of one m= section, and the session's, say about ICE. */
typedef struct
{
  char *ufrag, *pwd;     /* NULL when missing or broken */
  gboolean lite;         /* the writer only answers checks (RFC 8445 §2.5) */
  gboolean mismatch;     /* a=ice-mismatch: the default address was changed on the way (RFC 8839 §5.4) */
  gboolean truncated;    /* more candidates than we take */
  GArray *candidates;    /* (element-type BatonIceCandidate) */
  char *remote_candidates; /* as written, of a concluded ICE */
} BatonSdpIce;

BatonSdpIce *baton_sdp_ice_new (void);
BatonSdpIce *baton_sdp_ice_copy (const BatonSdpIce *self);
void baton_sdp_ice_free (BatonSdpIce *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonSdpIce, baton_sdp_ice_free)

/**
 * baton_sdp_ice_read: takes one attribute; a later one (of the m= section) replaces an earlier one (of
 * the session). TCP candidates, host names (mDNS among them), other components and broken lines are
 * passed over: a peer may name what we can't use.
 * Returns: whether it is one of ICE's
 */
gboolean baton_sdp_ice_read (BatonSdpIce *self, const char *key, const char *value);
/** baton_sdp_ice_is_usable: whether checks could be made with it */
gboolean baton_sdp_ice_is_usable (const BatonSdpIce *self);
/**
 * baton_sdp_ice_matches: whether the default destination is one of the candidates; if not, something on
 * the way changed it, and ICE must not be used (RFC 8839 §4.2.5).
 */
gboolean baton_sdp_ice_matches (const BatonSdpIce *self, const char *address, guint16 port);
/** baton_sdp_ice_keep_component: drops the candidates of the others */
void baton_sdp_ice_keep_component (BatonSdpIce *self, guint component);

typedef void (*BatonSdpIceWriteFunc) (const char *key, const char *value, gpointer data);
/** baton_sdp_ice_write: the attributes of the m= section, in order; ice-lite we never are */
void baton_sdp_ice_write (const BatonSdpIce *self, BatonSdpIceWriteFunc func, gpointer data);

G_END_DECLS
