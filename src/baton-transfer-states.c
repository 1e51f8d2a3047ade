/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-transfer-states.h"

#define HOLDING BATON_TRANSFER_STATE_HOLDING
#define REQUESTED BATON_TRANSFER_STATE_REQUESTED
#define AGREED BATON_TRANSFER_STATE_AGREED
#define TRYING BATON_TRANSFER_STATE_TRYING
#define RINGING BATON_TRANSFER_STATE_RINGING
#define DONE BATON_TRANSFER_STATE_TRANSFERRED
#define FAILED BATON_TRANSFER_STATE_FAILED
#define HANDED BATON_TRANSFER_STATE_HANDED_OVER
#define BACK BATON_TRANSFER_STATE_TAKEN_BACK
#define NO -1

/* Only onward: NOTIFYs may come before the 2xx, or late. What is final stays, so its four columns are not written. */
#define FINAL NO, NO, NO, NO

static const gint8 sent_table[BATON_TRANSFER_N_EVENTS][BATON_TRANSFER_N_STATES] = {
  /*                                  GRACE      HOLDING    REQUESTED AGREED   TRYING   RINGING */
  [BATON_TRANSFER_EVENT_HOLD]      = { HOLDING,   NO,        NO,       NO,      NO,      NO,     FINAL },
  [BATON_TRANSFER_EVENT_REFER]     = { REQUESTED, REQUESTED, NO,       NO,      NO,      NO,     FINAL },
  [BATON_TRANSFER_EVENT_AGREED]    = { NO,        NO,        AGREED,   NO,      NO,      NO,     FINAL },
  [BATON_TRANSFER_EVENT_TRYING]    = { NO,        NO,        TRYING,   TRYING,  NO,      NO,     FINAL },
  [BATON_TRANSFER_EVENT_RINGING]   = { NO,        NO,        RINGING,  RINGING, RINGING, NO,     FINAL },
  [BATON_TRANSFER_EVENT_ANSWERED]  = { NO,        NO,        DONE,     DONE,    DONE,    DONE,   FINAL },
  [BATON_TRANSFER_EVENT_FAILED]    = { FAILED,    FAILED,    FAILED,   FAILED,  FAILED,  FAILED, FINAL },
  [BATON_TRANSFER_EVENT_NO_NEWS]   = { NO,        NO,        HANDED,   HANDED,  HANDED,  HANDED, FINAL },
  [BATON_TRANSFER_EVENT_TAKE_BACK] = { BACK,      BACK,      BACK,     BACK,    BACK,    BACK,   FINAL },
};

/* A received one holds nobody, and is taken back by nobody: who asked for it can only stop to listen. */
static const gint8 received_table[BATON_TRANSFER_N_EVENTS][BATON_TRANSFER_N_STATES] = {
  /*                                  GRACE      HOLDING    REQUESTED AGREED   TRYING   RINGING */
  [BATON_TRANSFER_EVENT_HOLD]      = { NO,        NO,        NO,       NO,      NO,      NO,     FINAL },
  [BATON_TRANSFER_EVENT_REFER]     = { REQUESTED, NO,        NO,       NO,      NO,      NO,     FINAL },
  [BATON_TRANSFER_EVENT_AGREED]    = { NO,        NO,        AGREED,   NO,      NO,      NO,     FINAL },
  [BATON_TRANSFER_EVENT_TRYING]    = { NO,        NO,        TRYING,   TRYING,  NO,      NO,     FINAL },
  [BATON_TRANSFER_EVENT_RINGING]   = { NO,        NO,        RINGING,  RINGING, RINGING, NO,     FINAL },
  [BATON_TRANSFER_EVENT_ANSWERED]  = { NO,        NO,        DONE,     DONE,    DONE,    DONE,   FINAL },
  [BATON_TRANSFER_EVENT_FAILED]    = { NO,        NO,        FAILED,   FAILED,  FAILED,  FAILED, FINAL },
  [BATON_TRANSFER_EVENT_NO_NEWS]   = { NO,        NO,        NO,       NO,      NO,      NO,     FINAL },
  [BATON_TRANSFER_EVENT_TAKE_BACK] = { NO,        NO,        NO,       NO,      NO,      NO,     FINAL },
};

int
baton_transfer_state_next (BatonDirection direction, BatonTransferState state, BatonTransferEvent event)
{
  return direction == BATON_DIRECTION_OUTGOING ? sent_table[event][state] : received_table[event][state];
}

gboolean
baton_transfer_state_is_final (BatonTransferState state)
{
  return state >= BATON_TRANSFER_STATE_TRANSFERRED;
}
