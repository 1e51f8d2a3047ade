/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * The inside of BatonReferClientContext: for baton-refer-client-context.c (the object and its REFER) and baton-refer-news.c
 * (what comes of it) alone.
 */

#include "baton-refer-context-private.h"

G_BEGIN_DECLS

/* Before BYE, so that a referee that hangs up by itself may be first: in milliseconds */
#define BYE_DELAY_MS 50

struct _BatonReferClientContext
{
  BatonReferContext parent;

  BatonReferApplicant *applicant;
  char *refer_to_given; /* what the constructor was given, until it was parsed */
  char **extra_headers;
  BatonSession *target_dialog;
  gboolean active_after_transfer;
  gboolean no_subscription;

  gboolean awaits_answer;   /* a REFER is out and has no final answer */
  gboolean notified;        /* a NOTIFY came */
  gboolean uses_ids;        /* one with our id came */
  gboolean over_early;      /* the subscription has ended before the REFER's answer */
  gboolean settled;         /* the last that can come has come: a refusal, or the NOTIFY that ends the subscription */
  gboolean dialog_lost;     /* the peer sent BYE */
  gboolean listed;
  char *event_id;           /* CSeq of the request as text */
  guint auth_attempts;
  GTask *task;
  gulong cancellable_handler; /* of the task's cancellable */

  guint answer_timer;
  guint notify_timer;       /* no NOTIFY, expiry, not confirmed: which one is in lost_outcome */
  BatonReferOutcome lost_outcome;
  guint refresh_timer;
  guint linger_timer;
  guint bye_timer;
};

BatonTimers *baton_refer_client_get_timers (BatonReferClientContext *self);
/** Returns: milliseconds */
guint baton_refer_client_get_t1 (BatonReferClientContext *self);
/** baton_refer_client_end: ends the context; nothing of @self may be touched after */
void baton_refer_client_end (BatonReferClientContext *self, BatonReferEvent event, BatonReferOutcome outcome);
/** baton_refer_client_watch_for: from now on the context is lost with @outcome after @delay_ms, unless something comes before */
void baton_refer_client_watch_for (BatonReferClientContext *self, guint delay_ms, BatonReferOutcome outcome);
/** baton_refer_client_request_accepted: the REFER has its 2xx, or news that say as much; once */
void baton_refer_client_request_accepted (BatonReferClientContext *self, guint status, const char *reason, gboolean no_subscription);

/* ---- baton-refer-news.c ---- */

void baton_refer_client_unsubscribe (BatonReferClientContext *self);
void baton_refer_client_answer_notify (const BatonSipEvent *event, guint status, const char *phrase);

G_END_DECLS
