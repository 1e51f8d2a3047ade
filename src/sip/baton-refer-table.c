/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-table.h"

#define NEW BATON_REFER_STATE_NEW
#define REQUESTED BATON_REFER_STATE_REQUESTED
#define PENDING BATON_REFER_STATE_PENDING
#define ACCEPTED BATON_REFER_STATE_ACCEPTED
#define ENDED BATON_REFER_STATE_ENDED
#define NO -1

/*
 * A NOTIFY may overtake the 2xx (RFC 6665 §4.1.2.4): REQUESTED takes PROGRESS and FINAL, too.
 * The final answer of the referred request ends a context, nothing of the referrer's call does.
 */
static const gint8 client_table[BATON_REFER_N_EVENTS][BATON_REFER_N_STATES] = {
  /*                                       NEW        REQUESTED  PENDING ACCEPTED  ENDED */
  [BATON_REFER_EVENT_REQUEST]          = { REQUESTED, NO,        NO,     NO,       NO },
  [BATON_REFER_EVENT_REQUEST_PROGRESS] = { NO,        REQUESTED, NO,     NO,       NO },
  [BATON_REFER_EVENT_DEFERRED]         = { NO,        NO,        NO,     NO,       NO },
  [BATON_REFER_EVENT_REQUEST_ACCEPTED] = { NO,        ACCEPTED,  NO,     NO,       NO },
  [BATON_REFER_EVENT_REQUEST_REJECTED] = { NO,        ENDED,     NO,     NO,       NO },
  [BATON_REFER_EVENT_PROGRESS]         = { NO,        REQUESTED, NO,     ACCEPTED, NO },
  [BATON_REFER_EVENT_FINAL]            = { NO,        ENDED,     NO,     ENDED,    NO },
  [BATON_REFER_EVENT_UNSUBSCRIBED]     = { NO,        NO,        NO,     NO,       NO },
  [BATON_REFER_EVENT_LOST]             = { NO,        ENDED,     NO,     ENDED,    NO },
  [BATON_REFER_EVENT_CANCELLED]        = { ENDED,     ENDED,     NO,     ENDED,    NO },
};

/* Who unsubscribes before we decided has taken the request back; later the follow goes on. */
static const gint8 server_table[BATON_REFER_N_EVENTS][BATON_REFER_N_STATES] = {
  /*                                       NEW        REQUESTED  PENDING   ACCEPTED  ENDED */
  [BATON_REFER_EVENT_REQUEST]          = { REQUESTED, NO,        NO,       NO,       NO },
  [BATON_REFER_EVENT_REQUEST_PROGRESS] = { NO,        REQUESTED, NO,       NO,       NO },
  [BATON_REFER_EVENT_DEFERRED]         = { NO,        PENDING,   NO,       NO,       NO },
  [BATON_REFER_EVENT_REQUEST_ACCEPTED] = { NO,        ACCEPTED,  ACCEPTED, NO,       NO },
  [BATON_REFER_EVENT_REQUEST_REJECTED] = { NO,        ENDED,     ENDED,    NO,       NO },
  [BATON_REFER_EVENT_PROGRESS]         = { NO,        NO,        NO,       ACCEPTED, NO },
  [BATON_REFER_EVENT_FINAL]            = { NO,        NO,        NO,       ENDED,    NO },
  [BATON_REFER_EVENT_UNSUBSCRIBED]     = { NO,        NO,        ENDED,    ACCEPTED, NO },
  [BATON_REFER_EVENT_LOST]             = { NO,        NO,        NO,       NO,       NO },
  [BATON_REFER_EVENT_CANCELLED]        = { NO,        ENDED,     ENDED,    ENDED,    NO },
};

int
baton_refer_state_next (BatonDirection direction, BatonReferState state, BatonReferEvent event)
{
  return direction == BATON_DIRECTION_OUTGOING ? client_table[event][state] : server_table[event][state];
}
