/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonSipTrace:
 * Every message of one stack, as text. sofia-sip's transport layer writes messages into its log
 * (TPTAG_LOG), which belongs to the process: whose message it is, is told by the source that the main
 * context is dispatching. (Its dump file, TPTAG_DUMP, leaves the bodies of sent messages out.)
 */
typedef struct _BatonSipTrace BatonSipTrace;

/** @text: the message, credentials masked, valid UTF-8; @remote: "127.0.0.1:5060"; @transport: "udp" */
typedef void (*BatonSipTraceFunc) (gboolean sent, const char *remote, const char *transport, const char *text, gpointer data);
/** Returns: whether anybody wants to know; asked at the start of each message */
typedef gboolean (*BatonSipTraceWants) (gpointer data);

/** @source: the source of the stack's root, already attached */
BatonSipTrace *baton_sip_trace_new (GSource *source, BatonSipTraceWants wants, BatonSipTraceFunc func, gpointer data);
void baton_sip_trace_free (BatonSipTrace *self);
/** Returns: whether anybody wants to know of a message of any stack */
gboolean baton_sip_trace_is_wanted (void);
/** baton_sip_trace_drain: reports what has come since the last time; also done from the main context, soon. */
void baton_sip_trace_drain (BatonSipTrace *self);

/** baton_sip_trace_feed: a piece of the log. Returns: whether it was one of a message */
gboolean baton_sip_trace_feed (const char *piece);
/** baton_sip_trace_mask: Returns: (transfer full): @text without what could be used to log in */
char *baton_sip_trace_mask (const char *text, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonSipTrace, baton_sip_trace_free)

G_END_DECLS
