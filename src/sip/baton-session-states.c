/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-session-states.h"

#define TO(state) (1u << BATON_SESSION_STATE_##state)

/* Row: from; bit: to. TERMINATED absorbs. */
static const guint transitions[] = {
  [BATON_SESSION_STATE_NEW] = TO (CALLING) | TO (INCOMING) | TO (TERMINATED),
  [BATON_SESSION_STATE_CALLING] = TO (RINGING) | TO (EARLY) | TO (ESTABLISHED) | TO (TERMINATED),
  [BATON_SESSION_STATE_RINGING] = TO (EARLY) | TO (ESTABLISHED) | TO (TERMINATED),
  [BATON_SESSION_STATE_EARLY] = TO (ESTABLISHED) | TO (TERMINATED),
  [BATON_SESSION_STATE_INCOMING] = TO (ESTABLISHED) | TO (TERMINATED),
  [BATON_SESSION_STATE_ESTABLISHED] = TO (TERMINATED),
  [BATON_SESSION_STATE_TERMINATED] = 0,
};

gboolean
baton_session_transition_allowed (BatonSessionState from, BatonSessionState to)
{
  return (guint) from < G_N_ELEMENTS (transitions) && (transitions[from] & (1u << to)) != 0;
}
