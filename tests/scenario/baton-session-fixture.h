/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-session.h"
#include "baton-ua.h"

G_BEGIN_DECLS

/* One user agent with one identity, and what its session told last. Session descriptions are canned. */
typedef struct
{
  const char *name;
  BatonUa *ua;
  BatonSipIdentity *identity;
  char *uri;               /* "sip:bob@127.0.0.1:40123" */
  BatonSession *session;   /* the last one, incoming or outgoing */
  guint n_incoming;
  guint answer;            /* how incoming sessions are treated: 0 kept, 180 rung, 200 accepted, else refused */
  guint offer_answer;      /* the same for re-INVITEs: 0 kept, 200 accepted, else refused */
  guint n_offers;
  guint n_answers;
  guint n_final_answers;
  guint n_replaced;
  char *last_offer;
  char *last_answer;
  char *info;
  guint n_traced;
} Agent;

/** agent_new: started on @listen ("127.0.0.1:0") */
Agent *agent_new (const char *name, const char *listen, BatonTimers *timers);
/** agent_free: stops it, waits, asserts that nothing is left */
void agent_free (Agent *self);
/** agent_watch: takes @session as the agent's own: (transfer none) */
void agent_watch (Agent *self, BatonSession *session);
/** agent_call: INVITE from @self to @uri; asserts that it could be sent */
BatonSession *agent_call (Agent *self, const char *uri, const BatonInviteOptions *options);
/** agent_connect: @self calls @other, which answers. Both sides ESTABLISHED on return */
void agent_connect (Agent *self, Agent *other);
char *agent_sdp (const Agent *self, const char *direction);

#define agent_wait_state(agent, name) \
  baton_test_wait (baton_session_get_state ((agent)->session) == BATON_SESSION_STATE_##name, 5000)

G_END_DECLS
