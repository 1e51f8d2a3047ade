/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-sip-stack.h"
#include "baton-ua.h"

G_BEGIN_DECLS

/**
 * baton_sip_stack_open:
 * @listen, @tls: (out): where it listens; @tls is empty without TLS, else @listen->tls points to it. Clear both.
 *
 * Finds the addresses that @options ask for, and a stack that listens there: what stands in the way is said in words that
 * nua doesn't have.
 * Returns: (nullable): NULL with @error, as baton_ua_start()
 */
BatonSipStack *baton_sip_stack_open (const BatonUaOptions *options, BatonSipListen *listen, BatonSipListen *tls,
                                     BatonSipStackFunc event, BatonSipTraceWants wants, BatonSipTraceFunc trace, gpointer data,
                                     GError **error);

G_END_DECLS
