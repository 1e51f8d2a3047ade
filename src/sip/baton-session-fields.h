/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The inside of BatonSession: for baton-session.c (the object), -invite.c (ours), -dialog.c (the wire) and -refer.c alone. */

#include "baton-offer-queue.h"
#include "baton-session-private.h"
#include "baton-session.h"

G_BEGIN_DECLS

typedef struct
{
  char *headers, *replaces; /* nullable */
  gboolean require_replaces;
  GBytes *referred_by_part; /* nullable */
} BatonSessionInvite;

struct _BatonSession
{
  GObject parent_instance;

  BatonUa *ua;
  BatonSipIdentity *identity;
  BatonDirection direction;
  BatonSessionState state;
  char *call_id;
  char *local_tag;
  char *remote_tag;
  GPtrArray *early_tags; /* of every fork that sent a 1xx */
  char *local_contact;
  char *remote_uri;
  char *remote_name;
  char *peer_uri, *peer_name; /* as the peer last wrote itself in this dialog; peer_name is nullable */
  gboolean remote_changed;
  char *remote_contact;
  gboolean remote_supports_replaces;
  gboolean remote_supports_target_dialog;
  guint status;
  char *reason;
  char *explanation; /* nullable */
  char *referred_by;
  BatonSession *replaces_session;
  gboolean replaces_early_only;
  BatonSession *successor; /* not owned: the accepted call that replaces this one; only to be compared */
  const char *transport; /* static */
  gboolean overheard; /* something of the dialog went, or would go, without TLS */
  char *source_address;
  char *remote_offer;
  char *last_answer; /* the newest session description that answered our INVITE */
  GHashTable *answers; /* tag → session description: of every fork that sent one in a 1xx */
  BatonSessionInvite *invite; /* what our INVITE carries besides its offer, for once more */

  nua_handle_t *handle;
  gboolean offer_outdated;  /* the peer's came, while ours waited */
  gboolean answer_deferred; /* see baton_session_defer_answer () */
  gboolean dialog_over; /* nua has nothing more to do for the INVITE usage */
  guint auth_attempts;
  guint refused_challenge;    /* 401 or 407 to a re-INVITE that we have no answer to, until nua has let go of it */
  BatonOfferQueue *offers;
  char *late_offer; /* a re-INVITE that waits until our other requests were answered */
  guint offer_due;  /* the source that sends it once nothing of the stack's is left to hear */
  GQueue infos; /* GTask, in the order they were sent */

  msg_t *remote_request; /* re-INVITE or UPDATE that waits for baton_session_answer_offer() */
  guint remote_request_timer;
  gboolean ack_brings_answer; /* our last 200 had an offer */
  gboolean awaits_ack;        /* of the 2xx that made the call */
  gboolean invite_open;       /* an INVITE of theirs got our 2xx, and its ACK isn't here yet (RFC 3261 §14.1) */
  char *late_bye;             /* (nullable) the BYE that waits for it: its Reason, or "" */
  guint late_bye_timer;
};

typedef enum
{
  BATON_SESSION_PROP_0,
  BATON_SESSION_PROP_UA,
  BATON_SESSION_PROP_IDENTITY,
  BATON_SESSION_PROP_DIRECTION,
  BATON_SESSION_PROP_STATE,
  BATON_SESSION_PROP_CALL_ID,
  BATON_SESSION_PROP_LOCAL_TAG,
  BATON_SESSION_PROP_REMOTE_TAG,
  BATON_SESSION_PROP_LOCAL_URI,
  BATON_SESSION_PROP_REMOTE_URI,
  BATON_SESSION_PROP_REMOTE_NAME,
  BATON_SESSION_PROP_REMOTE_CHANGED,
  BATON_SESSION_PROP_REMOTE_CONTACT,
  BATON_SESSION_PROP_REMOTE_SUPPORTS_REPLACES,
  BATON_SESSION_PROP_STATUS,
  BATON_SESSION_PROP_REASON,
  BATON_SESSION_PROP_REFERRED_BY,
  BATON_SESSION_PROP_REPLACES_SESSION,
  BATON_SESSION_PROP_TRANSPORT,
  BATON_SESSION_PROP_SOURCE_ADDRESS,
  BATON_SESSION_N_PROPS
} BatonSessionProperty;

typedef enum
{
  BATON_SESSION_OFFER_RECEIVED,
  BATON_SESSION_ANSWER_RECEIVED,
  BATON_SESSION_ANSWER_TAKEN,
  BATON_SESSION_OFFER_REFUSED,
  BATON_SESSION_OFFER_OUTDATED,
  BATON_SESSION_REPLACED,
  BATON_SESSION_INFO_RECEIVED,
  BATON_SESSION_N_SIGNALS
} BatonSessionSignal;

extern GParamSpec *baton_session_properties[];
extern guint baton_session_signals[];

/* baton-session-invite.c */
/** baton_session_invite_again: the INVITE with another @offer, in a dialog of its own. FALSE: it can't be sent, nothing has changed */
gboolean baton_session_invite_again (BatonSession *self, const char *offer);
void baton_session_clear_invite (BatonSession *self);

/* baton-session-dialog.c */
void baton_session_receive (BatonSipTarget *target, const BatonSipEvent *event);
void baton_session_set_state (BatonSession *self, BatonSessionState state);
/** @value NULL leaves the field as it is */
void baton_session_set_string (BatonSession *self, char **field, const char *value, guint property);
void baton_session_set_status (BatonSession *self, guint status, const char *reason);
/** baton_session_end: the one way into TERMINATED. */
void baton_session_end (BatonSession *self, guint status, const char *reason, gboolean by_peer);
void baton_session_respond (BatonSession *self, msg_t *request, guint status, const char *phrase, const char *sdp);
/** baton_session_may_still_replace: Returns: TRUE also where it replaces none; FALSE: it was refused, @error says why */
gboolean baton_session_may_still_replace (BatonSession *self, GError **error);
/** baton_session_bye: a BYE, once the 2xx that made the call was acknowledged; @reason: (nullable) of its Reason header */
void baton_session_bye (BatonSession *self, const char *reason);
void baton_session_forget_remote_request (BatonSession *self);
void baton_session_send_late_offer (BatonSession *self);
void baton_session_fail_infos (BatonSession *self, guint status, const char *reason);
void baton_session_maybe_release (BatonSession *self);
void baton_session_learn_peer (BatonSession *self, const sip_t *sip);
/** baton_session_learn_name: a request in the dialog may bring another From (RFC 4916 §4.4.2); nobody vouches for it */
void baton_session_learn_name (BatonSession *self, const sip_t *sip);
void baton_session_learn_source (BatonSession *self, const BatonSipEvent *event);
void baton_session_learn_way (BatonSession *self, const sip_t *sip);

G_END_DECLS
