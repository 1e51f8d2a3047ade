/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * The inside of BatonReferServerContext: for baton-refer-server-context.c (the object and its
 * decision), baton-refer-report.c (its NOTIFYs) and baton-refer-follow.c (the new call) alone.
 */

#include "baton-refer-context-private.h"

G_BEGIN_DECLS

struct _BatonReferServerContext
{
  BatonReferContext parent;

  msg_t *request;       /* (nullable) until it was answered */
  char *event_id;       /* as the stack matches it */
  gboolean plain_event; /* first REFER of its dialog: NOTIFYs without id (refer.md §7) */
  gboolean wants_no_subscription; /* Refer-Sub: false in the REFER */
  gboolean subscribed;  /* NOTIFYs are wanted and go out */
  gboolean follows;
  gboolean answered;    /* with a 2xx before the context was made: there was nothing to decide */
  gboolean refused;     /* before anybody was told: who hears of it may not say yes */
  gboolean told_accepted; /* refer-request-accepted is out */
  gboolean listed;
  GBytes *referred_by_part; /* (nullable) what the Referred-By is proven with; goes into the INVITE as it is */
  char *source_address;
  char *remote_uri; /* From: who says that they ask */
  const char *transport; /* static */
  BatonSipIdentity *identity; /* (nullable) whom it was sent to, out of a dialog */
  BatonSession *target_dialog; /* (nullable) the call that it belongs to, though it came outside of it (RFC 4538) */

  guint auth_attempts;  /* of the NOTIFY that is out, outside of a dialog */
  guint notifies_out;   /* sent and not answered yet */
  guint sent_status;    /* of the last NOTIFY; 0: none yet */
  gint64 sent_time;
  guint expires_s;      /* what the last SUBSCRIBE was granted; 0: none came */
  char *last_frag;      /* what the next repetition says */
  guint heard_status;   /* last 1xx of the target */
  guint next_status;    /* a 1xx that waits for its second */
  char *next_reason;

  guint decide_timer;
  guint progress_timer;
  guint repeat_timer;
  guint linger_timer;
  gulong target_handler;
  gulong status_handler;
};

BatonTimers *baton_refer_server_get_timers (BatonReferServerContext *self);
void baton_refer_server_clear_timers (BatonReferServerContext *self);
void baton_refer_server_unwatch_target (BatonReferServerContext *self);
/** baton_refer_server_delist: nothing more can come for it; the last reference may go */
void baton_refer_server_delist (BatonReferServerContext *self);
/** baton_refer_server_end: the one way into ENDED; keeps a reference on @self while it emits */
void baton_refer_server_end (BatonReferServerContext *self, BatonReferEvent event, BatonReferOutcome outcome);

/* ---- baton-refer-report.c ---- */

/** baton_refer_report_trying: a NOTIFY with 100, now, and nothing else: baton_refer_report_repeat () has to follow */
void baton_refer_report_trying (BatonReferServerContext *self);
/** baton_refer_report_repeat: the last NOTIFY will be sent again before the subscription runs out */
void baton_refer_report_repeat (BatonReferServerContext *self);
/** baton_refer_report_progress: a NOTIFY with a 1xx, now; repeated before the subscription runs out */
void baton_refer_report_progress (BatonReferServerContext *self, guint status, const char *reason);
/** baton_refer_report_in_turn: the same, at most one a second: the newest waits for its turn (refer.md §3.3) */
void baton_refer_report_in_turn (BatonReferServerContext *self, guint status, const char *reason);
/** baton_refer_report_again: the last NOTIFY once more */
void baton_refer_report_again (BatonReferServerContext *self);
/** baton_refer_report_final: the last NOTIFY of the subscription; once */
void baton_refer_report_final (BatonReferServerContext *self, guint status, const char *reason);
void baton_refer_report_final_frag (BatonReferServerContext *self, const char *frag);

/* ---- baton-refer-follow.c ---- */

/** baton_refer_follow: has the new call placed, and reports what becomes of it. @options: nullable */
void baton_refer_follow (BatonReferServerContext *self, const BatonReferAcceptOptions *options);

G_END_DECLS
