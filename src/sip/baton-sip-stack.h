/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-sip-listen.h"
#include "baton-sip-target.h"
#include "baton-sip-trace.h"

G_BEGIN_DECLS

/**
 * BatonSipStack:
 * One nua with its root in the default main context. It outlives the user agent that made it by
 * as long as its shutdown takes: BYEs are answered, then everything goes.
 */
typedef struct _BatonSipStack BatonSipStack;

typedef void (*BatonSipStackFunc) (const BatonSipEvent *event, nua_hmagic_t *hmagic, gpointer data);
typedef void (*BatonSipStackDone) (gpointer data);

typedef struct
{
  const BatonSipListen *listen;
  const char *user_agent;
  const char *tls_dir;  /* (nullable) folder with agent.pem and cafile.pem, read at once; with an address in @listen->tls */
  guint t1_ms;
  const char *resolv_conf; /* (nullable) which name servers to ask; NULL: /etc/resolv.conf */
} BatonSipStackOptions;

/** Returns: (nullable): NULL when nua couldn't be made (the address went away meanwhile) */
BatonSipStack *baton_sip_stack_new (const BatonSipStackOptions *options, BatonSipStackFunc event, BatonSipTraceWants wants,
                                    BatonSipTraceFunc trace, gpointer data);
nua_t *baton_sip_stack_get_nua (BatonSipStack *self);

/** baton_sip_stack_flush: from inside of an event: lets the stack send now what it was told to, before more is done. */
void baton_sip_stack_flush (BatonSipStack *self);

/**
 * baton_sip_stack_shutdown:
 * @done: (nullable): called when the sockets are closed
 *
 * Ends every dialog and registration, reports nua_r_shutdown (the last moment to release handles),
 * closes the sockets and frees @self. Nothing is reported any more once baton_sip_stack_silence() was called.
 */
void baton_sip_stack_shutdown (BatonSipStack *self, BatonSipStackDone done, gpointer data);
/** baton_sip_stack_silence: forgets the callbacks: their data goes away. */
void baton_sip_stack_silence (BatonSipStack *self);

/** How long the subscription that a REFER makes lasts, unless it is refreshed: in every NOTIFY, and in the stack's own answers */
#define BATON_SIP_REFER_EXPIRES_S 60

/** What we say that we can; SIPTAG_ALLOW_STR of the whole agent and of a handle with a session. */
#define BATON_SIP_ALLOW "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, NOTIFY"
#define BATON_SIP_ALLOW_REFER BATON_SIP_ALLOW ", REFER, SUBSCRIBE"
/* Without explicitsub and nosub (RFC 7614): a REFER that requires them gets 420 from the stack. */
#define BATON_SIP_SUPPORTED "replaces, norefersub, timer, 100rel"

G_END_DECLS
