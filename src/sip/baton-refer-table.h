/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-enums.h"

G_BEGIN_DECLS

/* What can happen to a refer context. The table says what comes of it. */
typedef enum
{
  BATON_REFER_EVENT_REQUEST,            /* REFER sent or received */
  BATON_REFER_EVENT_REQUEST_PROGRESS,   /* 1xx to the REFER */
  BATON_REFER_EVENT_DEFERRED,           /* server: 202 sent without a decision */
  BATON_REFER_EVENT_REQUEST_ACCEPTED,   /* 2xx; of a deferred one: the user's yes */
  BATON_REFER_EVENT_REQUEST_REJECTED,   /* 3xx to 6xx, time-out, transport error; of a deferred one: the user's no */
  BATON_REFER_EVENT_PROGRESS,           /* 1xx of the referred request */
  BATON_REFER_EVENT_FINAL,              /* its final answer */
  BATON_REFER_EVENT_UNSUBSCRIBED,       /* server: the referrer wants no more NOTIFYs */
  BATON_REFER_EVENT_LOST,               /* client: expired, no NOTIFY, not confirmed, no subscription */
  BATON_REFER_EVENT_CANCELLED,          /* by us, or the user agent stops */
} BatonReferEvent;
#define BATON_REFER_N_EVENTS (BATON_REFER_EVENT_CANCELLED + 1)
#define BATON_REFER_N_STATES (BATON_REFER_STATE_ENDED + 1)

/* Returns: the state after @event, or -1 when @event means nothing in @state */
int baton_refer_state_next (BatonDirection direction, BatonReferState state, BatonReferEvent event);

G_END_DECLS
