/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-enums.h"

G_BEGIN_DECLS

/* What can happen to a call as a person sees it. The table says what comes of it. */
typedef enum
{
  BATON_CALL_EVENT_RINGING,  /* we call: it rings there */
  BATON_CALL_EVENT_EARLY,    /* we call: sound before the answer */
  BATON_CALL_EVENT_ANSWERED, /* by either side, and who answered can be heard */
  BATON_CALL_EVENT_ENDED,    /* for whatever reason */
} BatonCallEvent;
#define BATON_CALL_N_EVENTS (BATON_CALL_EVENT_ENDED + 1)
#define BATON_CALL_N_STATES (BATON_CALL_STATE_ENDED + 1)

/* Returns: the state after @event, or -1 when @event means nothing in @state */
int baton_call_state_next (BatonCallState state, BatonCallEvent event);

G_END_DECLS
