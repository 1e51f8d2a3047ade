/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-call-states.h"

#define RINGING BATON_CALL_STATE_RINGING
#define EARLY BATON_CALL_STATE_EARLY
#define UP BATON_CALL_STATE_ESTABLISHED
#define ENDED BATON_CALL_STATE_ENDED
#define NO -1

static const gint8 table[BATON_CALL_N_EVENTS][BATON_CALL_N_STATES] = {
  /*                             INCOMING CALLING  RINGING EARLY  ESTABLISHED ENDED */
  [BATON_CALL_EVENT_RINGING]  = { NO,      RINGING, NO,     NO,    NO,         NO },
  [BATON_CALL_EVENT_EARLY]    = { NO,      EARLY,   EARLY,  NO,    NO,         NO },
  [BATON_CALL_EVENT_ANSWERED] = { UP,      UP,      UP,     UP,    NO,         NO },
  [BATON_CALL_EVENT_ENDED]    = { ENDED,   ENDED,   ENDED,  ENDED, ENDED,      NO },
};

int
baton_call_state_next (BatonCallState state, BatonCallEvent event)
{
  return table[event][state];
}
