/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "baton-enums.h"

G_BEGIN_DECLS

#define BATON_TYPE_MEDIA_STATS (baton_media_stats_get_type ())

/** BatonMediaStats: a reading of one call's sound; negative where not known. Boxed. */
typedef struct
{
  guint64 sent, received, lost; /* RTP packets */
  double jitter_ms, rtt_ms;
  double level_in_db, level_out_db; /* dBFS of the last second heard and sent; -127 for silence */
  double last_gap_ms;               /* gap in the sound at the last move */
  char path[8];                     /* with ICE: "host", "srflx", "prflx", "relay"; else empty */
  char local_address[64], remote_address[64]; /* … between which two, with ports */
  const char *keys, *cipher;        /* static: how SRTP's keys were agreed on ("none", "sdes", "dtls"); NULL until it works */
  guint64 forged;                   /* packets that SRTP dropped: changed, replayed, or with another key */
  double mos;                       /* 1 to 4.5, estimated for what is heard: see BatonEmodel */
  double lost_percent;              /* of the last ten seconds: lost, or too late to be heard */
  double concealed_percent;         /* of all that was heard: made up in place of what was missing */
  double delay_ms;                  /* in the jitter buffer */
  double remote_lost_percent, remote_jitter_ms, remote_mos; /* what the other end reports of our sound (RTCP, XR) */
  guint ptime_ms;                   /* length of our packets, 0 where not agreed */
  gboolean one_way;                 /* as the property of BatonMedia */
} BatonMediaStats;

GType baton_media_stats_get_type (void);
BatonMediaStats *baton_media_stats_copy (const BatonMediaStats *self);
void baton_media_stats_free (BatonMediaStats *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonMediaStats, baton_media_stats_free)

#define BATON_TYPE_MEDIA (baton_media_get_type ())
G_DECLARE_INTERFACE (BatonMedia, baton_media, BATON, MEDIA, GObject)

/**
 * BatonMedia:
 * The sound of one call as the call sees it: session descriptions in and out (RFC 3264), direction,
 * start, stop, statistics. All of it is called and signalled in the main context.
 *
 * Properties: `state` (BatonMediaState, read-only), `codec` (string, read-only: "opus", "g722",
 * "pcmu", "pcma", NULL before an answer), `srtp` (string, read-only: "none", "sdes", "dtls": what was
 * agreed on: no sound goes another way, also before DTLS is done),
 * `local-hold`, `muted` (gboolean, read-write), `remote-hold` (gboolean, read-only: the peer sent
 * sendonly, inactive or 0.0.0.0), `one-way` (gboolean, read-only: we send, the other end is to send too,
 * and nothing has come for some 2.5 s).
 *
 * Signals: `dtmf (const char *digit, guint duration_ms)`; `failed (const char *message)`;
 * `secured ()`: what baton_media_is_securing () told of is over, and there is sound;
 * `unprotected (const char *message)`: the keys for encrypted sound were agreed on and can't be had: nobody hears
 * anybody, and nothing will change that but another offer;
 * `recording-failed (const char *message)`: nothing more is written; the call goes on;
 * `reoffer-wanted ()`: the peer shall get a further offer, for our addresses have changed.
 */
struct _BatonMediaInterface
{
  GTypeInterface parent;

  gboolean (*prepare_now) (BatonMedia *self); /* (nullable) */
  void (*prepare_async) (BatonMedia *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
  gboolean (*prepare_finish) (BatonMedia *self, GAsyncResult *result, GError **error);
  char *(*create_offer) (BatonMedia *self, GError **error);
  char *(*create_answer) (BatonMedia *self, const char *offer, GError **error);
  gboolean (*apply_answer) (BatonMedia *self, const char *answer, gboolean final, GError **error);
  void (*start) (BatonMedia *self);
  void (*stop) (BatonMedia *self);
  gboolean (*send_dtmf) (BatonMedia *self, const char *digits, GError **error);
  BatonMediaStats *(*dup_stats) (BatonMedia *self);
  gboolean (*send_tones) (BatonMedia *self, const char *digits, GError **error); /* (nullable) */
  gboolean (*start_recording) (BatonMedia *self, const char *path, GError **error); /* (nullable) */
  void (*stop_recording) (BatonMedia *self);                                        /* (nullable) */
  void (*restart) (BatonMedia *self);
  gboolean (*check_offer) (BatonMedia *self, const char *offer, GError **error); /* (nullable) */
  char *(*create_other_offer) (BatonMedia *self, GError **error);                /* (nullable) */
  gboolean (*is_securing) (BatonMedia *self);                                    /* (nullable) */
};

/**
 * baton_media_prepare_now: in place of prepare_async where nothing has to be gathered: a task and a turn of the main loop less
 * Returns: whether it is done; else prepare_async does it, or says why not
 */
gboolean baton_media_prepare_now (BatonMedia *self);
/** baton_media_prepare_async: opens the sockets and gathers candidates. Once, before any description. */
void baton_media_prepare_async (BatonMedia *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean baton_media_prepare_finish (BatonMedia *self, GAsyncResult *result, GError **error);

/** baton_media_create_offer: Returns: (transfer full) (nullable): the first or a further offer, by `local-hold` and what was agreed before */
char *baton_media_create_offer (BatonMedia *self, GError **error);
/**
 * baton_media_create_other_offer: the first one was refused as it is (488): one that says otherwise how the sound may be
 * encrypted. Returns: (transfer full) (nullable): NULL, mostly without @error: there is nothing else to offer
 */
char *baton_media_create_other_offer (BatonMedia *self, GError **error);
/** baton_media_check_offer: FALSE with the @error that create_answer would give, where that can be known before anything is opened */
gboolean baton_media_check_offer (BatonMedia *self, const char *offer, GError **error);
/**
 * baton_media_create_answer: takes @offer and gives the answer; NULL with BATON_ERROR_NO_COMMON_CODEC,
 * …_NO_COMMON_SECURITY or …_INVALID_SDP and nothing changed
 */
char *baton_media_create_answer (BatonMedia *self, const char *offer, GError **error);
/** baton_media_apply_answer: takes the answer to our last offer. FALSE with @error and nothing changed. */
gboolean baton_media_apply_answer (BatonMedia *self, const char *answer, gboolean final, GError **error);

/**
 * baton_media_start: sound may flow from now on: the call was answered, or has early media.
 * Whether it is THIS call that has the microphone and the speaker is the factory's set_foreground.
 */
void baton_media_start (BatonMedia *self);
/** baton_media_stop: nothing is sent or heard any more; sockets are closed. Final. */
void baton_media_stop (BatonMedia *self);

/** baton_media_send_dtmf: @digits of 0-9, *, #, A-D, queued. FALSE with BATON_ERROR_NOT_SUPPORTED when telephone-event wasn't agreed. */
gboolean baton_media_send_dtmf (BatonMedia *self, const char *digits, GError **error);
/** baton_media_send_tones: likewise, as tones in the sound itself, where nothing else is left */
gboolean baton_media_send_tones (BatonMedia *self, const char *digits, GError **error);
BatonMediaStats *baton_media_dup_stats (BatonMedia *self);
/** baton_media_restart: this computer's network has changed: looks for a new path where there is ICE, `reoffer-wanted` follows */
void baton_media_restart (BatonMedia *self);

/**
 * baton_media_start_recording: both directions, ours on the left and theirs on the right, to a new WAV file,
 * until stop_recording or the end. FALSE with BATON_ERROR_FAILED (the file), …_INVALID_STATE (no sound, or
 * recorded already) or …_NOT_SUPPORTED.
 */
gboolean baton_media_start_recording (BatonMedia *self, const char *path, GError **error);
void baton_media_stop_recording (BatonMedia *self);

BatonMediaState baton_media_get_state (BatonMedia *self);
gboolean baton_media_get_remote_hold (BatonMedia *self);
/**
 * baton_media_is_securing: Returns: whether what was agreed on takes a handshake before anybody is heard (DTLS):
 * `secured` or `unprotected` follows
 */
gboolean baton_media_is_securing (BatonMedia *self);
void baton_media_set_local_hold (BatonMedia *self, gboolean hold);
void baton_media_set_muted (BatonMedia *self, gboolean muted);

#define BATON_TYPE_MEDIA_FACTORY (baton_media_factory_get_type ())
G_DECLARE_INTERFACE (BatonMediaFactory, baton_media_factory, BATON, MEDIA_FACTORY, GObject)

/** BatonMediaOptions: what one call's media may do. Strings are copied. */
typedef struct
{
  const char *local_address;      /* IP address to bind RTP to and to write in the SDP */
  const char *remote_hint;        /* (nullable) the peer's IP address: our own is chosen by the route there when @local_address is a wildcard */
  const char *const *codecs;      /* (nullable) preference order; NULL: opus, g722, pcmu, pcma */
  guint rtp_port_first, rtp_port_last; /* 0: the system's choice */
  BatonSrtpMode srtp;
  BatonSrtpKeys srtp_keys;
  gboolean ice;
  gboolean webrtc;                /* offers are for browsers: encrypted by DTLS alone, with ICE; both are on then */
  const char *stun, *turn, *turn_user, *turn_password; /* (nullable) */
  gboolean relay_only;            /* go through TURN even where there is another way: nobody learns our address */
  const char *remote_offer;       /* (nullable) the one that this call came with */
  const char *record_path;        /* (nullable) write what the call hears to this WAV file */
} BatonMediaOptions;

/**
 * BatonMediaFactory:
 * Makes the media of calls and decides which of them has the microphone and the speaker.
 * BatonAudioHub is the real one; tests have a fake without sound.
 */
struct _BatonMediaFactoryInterface
{
  GTypeInterface parent;

  BatonMedia *(*create) (BatonMediaFactory *self, const BatonMediaOptions *options); /* (transfer full) */
  void (*set_foreground) (BatonMediaFactory *self, BatonMedia *media);               /* (nullable) */
  void (*move) (BatonMediaFactory *self, BatonMedia *from, BatonMedia *to, GAsyncReadyCallback callback, gpointer data);
  double (*move_finish) (BatonMediaFactory *self, GAsyncResult *result, GError **error);
  void (*set_party) (BatonMediaFactory *self, BatonMedia *const *media, guint n); /* (nullable) */
};

BatonMedia *baton_media_factory_create (BatonMediaFactory *self, const BatonMediaOptions *options);
/** baton_media_factory_set_foreground: microphone and speaker go to @media, nothing (silence, no packets lost) to the others */
void baton_media_factory_set_foreground (BatonMediaFactory *self, BatonMedia *media);
/**
 * baton_media_factory_set_party: these @n hear one another from the next tick on, besides what each is said, none of
 * them itself; whoever of them is in the foreground brings microphone and speaker for all. One party at a time; 0 ends
 * it. Who moves the sound out of a party by move_async is replaced in it.
 */
void baton_media_factory_set_party (BatonMediaFactory *self, BatonMedia *const *media, guint n);
/**
 * baton_media_factory_move_async: the sound moves from one session to another: what @from is sent is
 * faded out in a last packet, @to is started, if it wasn't, and gets its first packet at once; from then on
 * @from sends nothing more and hears nothing of @to (refer.md §3.6).
 */
void baton_media_factory_move_async (BatonMediaFactory *self, BatonMedia *from, BatonMedia *to, GAsyncReadyCallback callback, gpointer data);
/** Returns: milliseconds between the last packet sent to @from and the first sent to @to; negative with @error */
double baton_media_factory_move_finish (BatonMediaFactory *self, GAsyncResult *result, GError **error);

G_END_DECLS
