/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * BatonDirection:
 * Who started a call, or a refer: us (outgoing, sent) or the peer (incoming, received).
 */
typedef enum
{
  BATON_DIRECTION_OUTGOING,
  BATON_DIRECTION_INCOMING,
} BatonDirection;

/**
 * BatonSessionState:
 * The states of one INVITE dialog (RFC 3261 §12, §13), from the first request to the last.
 * `TERMINATED` absorbs everything that comes after it.
 */
typedef enum
{
  BATON_SESSION_STATE_NEW,         /* made, nothing on the wire yet */
  BATON_SESSION_STATE_CALLING,     /* INVITE sent, no answer but perhaps 100 */
  BATON_SESSION_STATE_RINGING,     /* a 1xx above 100 came, without a session description */
  BATON_SESSION_STATE_EARLY,       /* a 1xx with a session description came */
  BATON_SESSION_STATE_INCOMING,    /* INVITE received, no final answer given */
  BATON_SESSION_STATE_ESTABLISHED, /* 2xx sent or received */
  BATON_SESSION_STATE_TERMINATED,
} BatonSessionState;

/** BatonCallState: what a person sees of a call; the words of the command line are the nicks. */
typedef enum
{
  BATON_CALL_STATE_INCOMING,
  BATON_CALL_STATE_CALLING,
  BATON_CALL_STATE_RINGING,
  BATON_CALL_STATE_EARLY,
  BATON_CALL_STATE_ESTABLISHED,
  BATON_CALL_STATE_ENDED,
} BatonCallState;

/** BatonHold: who put a call on hold. */
typedef enum
{
  BATON_HOLD_NONE,
  BATON_HOLD_LOCAL,
  BATON_HOLD_REMOTE,
  BATON_HOLD_BOTH,
} BatonHold;

/**
 * BatonReferState:
 * The states of one refer context. NEW → REQUESTED → (PENDING →) ACCEPTED → ENDED; every state may
 * go to ENDED, which absorbs.
 */
typedef enum
{
  BATON_REFER_STATE_NEW,       /* client: made, not sent. server: never seen outside */
  BATON_REFER_STATE_REQUESTED, /* REFER sent or received, no final answer yet */
  BATON_REFER_STATE_PENDING,   /* server only: 202 sent, the user has not decided (Subscription-State: pending) */
  BATON_REFER_STATE_ACCEPTED,  /* 2xx sent or received; the reference is being worked on */
  BATON_REFER_STATE_ENDED,     /* nothing more will come */
} BatonReferState;

/** BatonReferOutcome: how a refer context ended, once its state is ENDED. */
typedef enum
{
  BATON_REFER_OUTCOME_NONE,          /* not ended */
  BATON_REFER_OUTCOME_REFUSED,       /* the REFER itself got a final answer other than 2xx (408, 503 when none came) */
  BATON_REFER_OUTCOME_ACCEPTED,      /* final NOTIFY 2xx: the target answered */
  BATON_REFER_OUTCOME_REJECTED,      /* final NOTIFY 3xx to 6xx */
  BATON_REFER_OUTCOME_EXPIRED,       /* the subscription ran out or ended without a final status */
  BATON_REFER_OUTCOME_NO_NOTIFY,     /* no NOTIFY within 64·T1 */
  BATON_REFER_OUTCOME_NOT_CONFIRMED, /* the peer ended the call after its 2xx and before a final NOTIFY */
  BATON_REFER_OUTCOME_NO_SUBSCRIPTION, /* Refer-Sub: false agreed (RFC 4488): no NOTIFY will come */
  BATON_REFER_OUTCOME_CANCELLED,     /* ended by us */
} BatonReferOutcome;

/** BatonReferPolicy: what a received REFER gets when nobody took it by a signal handler. */
typedef enum
{
  BATON_REFER_POLICY_FOLLOW,
  BATON_REFER_POLICY_ASK,
  BATON_REFER_POLICY_REJECT,
  BATON_REFER_POLICY_TRUSTED, /* out of a dialog: what the rules allow, and nothing else; in a call the same as ASK */
} BatonReferPolicy;

/** BatonReferRefusal: why a REFER outside every dialog was refused (BatonReferRules). */
typedef enum
{
  BATON_REFER_REFUSAL_NONE,
  BATON_REFER_REFUSAL_BAD_REQUEST, /* no, a broken or an uncallable target, a loop, too many a minute: the reason says it */
  BATON_REFER_REFUSAL_NOT_TRUSTED, /* no trusted source is this one */
  BATON_REFER_REFUSAL_NOT_TLS,     /* the source may only come over TLS */
  BATON_REFER_REFUSAL_DESTINATION, /* the source may not have us call there */
  BATON_REFER_REFUSAL_PASSWORD,    /* it did not prove the account's password */
  BATON_REFER_REFUSAL_TOO_MANY,    /* more than so many within an hour */
  BATON_REFER_REFUSAL_UNANSWERED,  /* the user was asked and did not answer in time */
  BATON_REFER_REFUSAL_DECLINED,    /* the user was asked and said no */
} BatonReferRefusal;

/** BatonTransferState: one transfer as a person follows it; the card's steps (ux.md §7). */
typedef enum
{
  BATON_TRANSFER_STATE_GRACE,      /* waits for the grace period: nothing sent, can be undone */
  BATON_TRANSFER_STATE_HOLDING,    /* re-INVITE to hold is under way */
  BATON_TRANSFER_STATE_REQUESTED,  /* REFER sent (or received and shown) */
  BATON_TRANSFER_STATE_AGREED,     /* 2xx to the REFER */
  BATON_TRANSFER_STATE_TRYING,     /* NOTIFY 100 */
  BATON_TRANSFER_STATE_RINGING,    /* NOTIFY 180/183 */
  BATON_TRANSFER_STATE_TRANSFERRED,/* the target answered */
  BATON_TRANSFER_STATE_FAILED,     /* it did not; the held call is (being) resumed */
  BATON_TRANSFER_STATE_HANDED_OVER,/* peer left after its 2xx, no final NOTIFY: not confirmed */
  BATON_TRANSFER_STATE_TAKEN_BACK, /* undone by the user */
} BatonTransferState;

/** BatonRegistrationState: of one account at its registrar. */
typedef enum
{
  BATON_REGISTRATION_STATE_OFFLINE,
  BATON_REGISTRATION_STATE_REGISTERING,
  BATON_REGISTRATION_STATE_REGISTERED,
  BATON_REGISTRATION_STATE_UNREGISTERING,
  BATON_REGISTRATION_STATE_FAILED,
} BatonRegistrationState;

/** BatonMediaState: of one call's sound. */
typedef enum
{
  BATON_MEDIA_STATE_IDLE,
  BATON_MEDIA_STATE_STARTED,
  BATON_MEDIA_STATE_HELD,
  BATON_MEDIA_STATE_STOPPED,
} BatonMediaState;

/** BatonAudioKind: where the sound comes from and goes to. */
typedef enum
{
  BATON_AUDIO_KIND_DEVICE, /* microphone and speaker of the sound server */
  BATON_AUDIO_KIND_NULL,   /* encodes silence in real time, discards what it hears */
  BATON_AUDIO_KIND_TONE,   /* sends a sine */
  BATON_AUDIO_KIND_FILE,   /* plays a sound file in a loop */
  BATON_AUDIO_KIND_ECHO,   /* sends back what it hears (demo peers) */
} BatonAudioKind;

/** BatonSrtpMode: RFC 4568 or RFC 5763 protection of the media. */
typedef enum
{
  BATON_SRTP_MODE_OFF,
  BATON_SRTP_MODE_OPTIONAL,
  BATON_SRTP_MODE_REQUIRED,
} BatonSrtpMode;

/** BatonSrtpKeys: which way the keys of SRTP are agreed on. */
typedef enum
{
  BATON_SRTP_KEYS_BOTH,
  BATON_SRTP_KEYS_SDES, /* in the session description, RFC 4568 */
  BATON_SRTP_KEYS_DTLS, /* on the path of the sound, RFC 5763 */
} BatonSrtpKeys;

G_END_DECLS
