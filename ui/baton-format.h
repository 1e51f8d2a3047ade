/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-refused-request.h"
#include "baton-trusted-source.h"

G_BEGIN_DECLS

/* The words of Baton: pure functions from facts to sentences. No widget, no I/O. Everything that is
 * returned is (transfer full), valid UTF-8, on one line, without control characters. */

/** How long a name or an address from the network may be, in characters, before it is cut with "…" */
#define BATON_FORMAT_NAME_MAX 48
#define BATON_FORMAT_ADDRESS_MAX 80

char *baton_format_clean (const char *text, gsize max_chars);
/** baton_format_name: what a peer is called: its display name, or else the user part of @uri, or else its host */
char *baton_format_name (const char *name, const char *uri);
/** baton_format_address: @uri as a person reads it: "bob@example.net" */
char *baton_format_address (const char *uri);
/** baton_format_duration: @seconds as "0:07", "3:12", "1:02:03" */
char *baton_format_duration (gint64 seconds);
/** baton_format_clock: @time (µs of real time) as "14:05" today, "Yesterday 14:05", or a date */
char *baton_format_clock (gint64 time, gint64 now);

/**
 * baton_format_failure:
 * Why a call to @peer did not come to be, as a sentence: "Carol is busy."
 * @status 0 stands for no answer at all.
 */
char *baton_format_failure (const char *peer, guint status, const char *reason);
/** baton_format_code: the status code, shown last and in grey: "486"; empty without one */
char *baton_format_code (guint status);

/** BatonCallFacts: what a call's state line is made of */
typedef struct
{
  BatonCallState state;
  BatonDirection direction;
  BatonHold hold;
  const char *peer;
  const char *account;        /* label */
  const char *transferred_by; /* (nullable) */
  const char *srtp;           /* (nullable) */
  gint64 talk_seconds, ring_seconds, hold_seconds;
  guint status;
  const char *reason;
  gboolean own_reason; /* @reason is a sentence of ours */
  gboolean ended_locally, was_established;
  gboolean merged; /* others of our calls hear it, and it hears them */
  const char *consults; /* (nullable): this call waits while we talk to that one */
  const char *transferred_to; /* (nullable): it ended because the peer went there */
  const char *about;    /* (nullable): this call is a consultation about that one */
} BatonCallFacts;

char *baton_format_call_line (const BatonCallFacts *facts);
/** baton_format_call_icon: the name of the symbolic icon beside the line */
const char *baton_format_call_icon (const BatonCallFacts *facts);

/** BatonTransferFacts: what the transfer card's words are made of */
typedef struct
{
  BatonDirection direction;
  BatonTransferState state;
  BatonReferOutcome outcome;
  const char *peer;   /* who is transferred; of a received one: who asks */
  const char *target;
  guint status;
  const char *reason;
  gboolean resumed;
  gboolean outside;  /* a received one: there is no call with who asks */
  gboolean not_held; /* the peer refused to be held */
  gboolean asks; /* it could not be held: the user decides whether it goes on */
  gboolean semi_attended; /* we had called the target, and nobody had answered */
  gint64 seconds_left; /* of the grace period */
  gint64 elapsed;      /* seconds since it was asked for */
} BatonTransferFacts;

char *baton_format_transfer_line (const BatonTransferFacts *facts);
/** baton_format_transfer_note: what else there is to know of it; often empty */
char *baton_format_transfer_note (const BatonTransferFacts *facts);
/** baton_format_transfer_step: words of step 1 to 5 */
char *baton_format_transfer_step (const BatonTransferFacts *facts, guint step);
/** baton_format_received_line: of a received transfer that was accepted: "Calling Carol…" */
char *baton_format_received_line (const BatonTransferFacts *facts);
/** baton_format_consultation_line: what the bar over a consultation says; held: by us */
char *baton_format_consultation_line (const char *peer, const char *target, BatonCallState target_state,
                                      gboolean peer_held, gboolean target_held, gint64 ring_seconds);
/** baton_format_registration: "Work: online", "Work: the server does not accept the user name or password." */
char *baton_format_registration (const char *label, BatonRegistrationState state, guint status, const char *reason,
                                 gboolean needs_registration);

/** baton_format_trusted_source: how far this source may go: "Calls in your own domain · only over TLS · asks you" */
char *baton_format_trusted_source (BatonTrustedSource *source);
/** baton_format_refused_request: when, where to and why not: "14:05 · Call carol@example.net · Not a trusted source." */
char *baton_format_refused_request (BatonRefusedRequest *request, gint64 now);

G_END_DECLS
