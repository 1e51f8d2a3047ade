/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-call-states.h"
#include "baton-call.h"
#include "baton-refer-server-context.h"

G_BEGIN_DECLS

typedef struct _BatonCallInvite BatonCallInvite;

struct _BatonCall
{
  GObject parent_instance;

  guint number;
  BatonAccount *account;
  BatonSession *session;
  BatonMediaFactory *factory;
  BatonMedia *media;
  GCancellable *cancellable;

  BatonCallState state;
  gboolean held; /* by us, and the peer agreed */
  BatonHold hold;
  gboolean muted, merged, given_away;
  char *recording;
  guint status;
  char *reason;
  gboolean own_reason; /* a sentence of ours, and nothing that came over the network */
  gboolean ended_locally;
  gint64 start_time, established_time, end_time, hold_time;

  char *transferred_by;
  guint refer;
  BatonCall *takes_over;       /* whose sound comes here when this call is answered */
  BatonCall *replaces_call;
  BatonCall *consultation_for;
  guint held_for;              /* number of the call that it was put on hold for, by itself; 0: none */
  BatonTransfer *transfer;

  BatonCallInvite *invite;             /* waits for the media */
  BatonSdpModifier modifier;           /* (nullable) over each offer until the answer */
  gpointer modifier_data;
  gboolean prepared;
  gboolean answered;           /* the final answer to our INVITE was taken */
  gboolean answering;          /* the user said yes before the media was ready */
  gboolean keys_as_tones;      /* INFO was refused */
  gboolean replaces_later;     /* the call that this one replaces gets its BYE when there are keys */
  gboolean sounding;           /* the media was started, or the sound was moved here */
  GQueue reoffers;             /* of GTask: hold, resume and refresh, one after the other */
  GTask *reoffer;              /* the one under way */
};

/* What the call manager and the transfers do with a call, and nobody outside the engine. */

/** baton_call_new: @session is new (we call) or INCOMING (we are called). */
BatonCall *baton_call_new (guint number, BatonAccount *account, BatonSession *session, BatonMediaFactory *factory,
                           BatonMedia *media);

/**
 * baton_call_place: opens the media and sends the INVITE, in this very turn of the main loop where
 * the media is ready at once. @options is copied, @modifier_data is not: it lives until the answer.
 * Returns: FALSE with @error when nothing can be sent; the call has ended then
 */
gboolean baton_call_place (BatonCall *self, const BatonInviteOptions *options, BatonSdpModifier modifier,
                           gpointer modifier_data, GError **error);
/** baton_call_prepare: opens the media of an incoming call, so that the answer costs no time */
void baton_call_prepare (BatonCall *self);

/** baton_call_set_refer: a refer made this call; @transferred_by (nullable) is who asked */
void baton_call_set_refer (BatonCall *self, guint refer, const char *transferred_by);
/**
 * baton_call_set_takes_over: when this call is answered, the sound of @old moves here in one step
 * (refer.md §3.6, §4). Until then it is @old's, early media or not.
 */
void baton_call_set_takes_over (BatonCall *self, BatonCall *old);
BatonCall *baton_call_get_takes_over (BatonCall *self);
/** baton_call_set_replaces_call: the INVITE of this call named @old in Replaces */
void baton_call_set_replaces_call (BatonCall *self, BatonCall *old);
void baton_call_set_consultation_for (BatonCall *self, BatonCall *caller);
/** baton_call_set_held_for: it is put on hold by itself, because of call @number */
void baton_call_set_held_for (BatonCall *self, guint number);
guint baton_call_get_held_for (BatonCall *self);
/** Returns: whether anybody ever answered */
gboolean baton_call_was_established (BatonCall *self);
void baton_call_set_transfer (BatonCall *self, BatonTransfer *transfer);
/** Returns: whether its party had it transferred, and the new call was answered: silent until the BYE comes (refer.md §3.6) */
gboolean baton_call_is_given_away (BatonCall *self);
void baton_call_set_given_away (BatonCall *self, gboolean given_away);
void baton_call_set_merged (BatonCall *self, gboolean merged);
/** @path: (nullable) */
void baton_call_set_recording (BatonCall *self, const char *path);
/** baton_call_tell: emits `message` */
void baton_call_tell (BatonCall *self, const char *text);
/** Returns: whether we put it on hold */
gboolean baton_call_is_held (BatonCall *self);
/** Returns: whether it will be held when all holds and resumes that were asked for have their answers */
gboolean baton_call_is_to_be_held (BatonCall *self);

/* ---- Between the files of the call itself ---- */

/* baton-call.c */
typedef enum
{
  BATON_CALL_SIGNAL_DTMF,
  BATON_CALL_SIGNAL_MEDIA_MOVED,
  BATON_CALL_SIGNAL_MESSAGE,
  BATON_CALL_N_SIGNALS
} BatonCallSignal;

extern guint baton_call_signals[];

/** baton_call_step: the only way to another state; what the table has no step for changes nothing */
void baton_call_step (BatonCall *self, BatonCallEvent event);
/** baton_call_set_result: why we end it; @reason is a sentence of ours */
void baton_call_set_result (BatonCall *self, guint status, const char *reason);
void baton_call_update_hold (BatonCall *self);
gboolean baton_call_check_state (BatonCall *self, BatonCallState wanted, const char *sentence, GError **error);

/* baton-call-sound.c: descriptions and sound */
/** baton_call_watch_sound: once: at the birth of an incoming call, else when it has been placed */
void baton_call_watch_sound (BatonCall *self);
/** baton_call_start_sound: the call was answered (@final), or has early media */
void baton_call_start_sound (BatonCall *self, gboolean final);
/** baton_call_complete_replaces: the sound is here: BYE to the call that this one replaces, as soon as anybody can be heard */
void baton_call_complete_replaces (BatonCall *self);

/* baton-call-start.c: from the first request to the answer */
/** baton_call_check_offer: FALSE: what the caller offered can't be answered, and the call was refused for it, before it rang */
gboolean baton_call_check_offer (BatonCall *self);
/** baton_call_make_other_offer: for `offer-refused` */
char *baton_call_make_other_offer (BatonSession *session, guint status, BatonCall *self);
void baton_call_clear_invite (BatonCall *self);

/* baton-call-hold.c: hold and resume, one after the other */
/** baton_call_renew_offer: for `offer-outdated` */
char *baton_call_renew_offer (BatonSession *session, BatonCall *self);
void baton_call_fail_reoffers (BatonCall *self);
/** baton_call_refresh: a re-INVITE with the media's new description, hold as it is */
void baton_call_refresh (BatonCall *self);

/* baton-call-dtmf.c */
/** Returns: the digit in an INFO of application/dtmf-relay, or 0 */
char baton_call_parse_dtmf_info (const char *content_type, const char *body, guint *duration_ms);

G_END_DECLS
