/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-enums.h"

G_BEGIN_DECLS

/* What can happen to a transfer. The table says what comes of it. */
typedef enum
{
  BATON_TRANSFER_EVENT_HOLD,      /* sent: the call is being put on hold */
  BATON_TRANSFER_EVENT_REFER,     /* the REFER goes out, or came in */
  BATON_TRANSFER_EVENT_AGREED,    /* 2xx to the REFER */
  BATON_TRANSFER_EVENT_TRYING,    /* the target is being called: NOTIFY 100; received: our INVITE */
  BATON_TRANSFER_EVENT_RINGING,   /* any other 1xx of the target */
  BATON_TRANSFER_EVENT_ANSWERED,  /* its 2xx */
  BATON_TRANSFER_EVENT_FAILED,    /* a no of anybody's, or a time that is over */
  BATON_TRANSFER_EVENT_NO_NEWS,   /* sent: nobody will ever say what became of it */
  BATON_TRANSFER_EVENT_TAKE_BACK, /* sent: the user's mind changed */
} BatonTransferEvent;
#define BATON_TRANSFER_N_EVENTS (BATON_TRANSFER_EVENT_TAKE_BACK + 1)
#define BATON_TRANSFER_N_STATES (BATON_TRANSFER_STATE_TAKEN_BACK + 1)

/* Returns: the state after @event, or -1 when @event means nothing in @state */
int baton_transfer_state_next (BatonDirection direction, BatonTransferState state, BatonTransferEvent event);

/* Returns: whether nothing leads out of @state */
gboolean baton_transfer_state_is_final (BatonTransferState state);

G_END_DECLS
