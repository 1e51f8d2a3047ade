/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonSipTrace:
 * Reads what sofia-sip's transport layer writes into its dump file (TPTAG_DUMP): every message as
 * it was on the wire. The file lives in memory and is emptied as soon as it was read.
 */
typedef struct _BatonSipTrace BatonSipTrace;

/** @text: the message, credentials masked, valid UTF-8; @remote: "127.0.0.1:5060"; @transport: "udp" */
typedef void (*BatonSipTraceFunc) (gboolean sent, const char *remote, const char *transport, const char *text, gpointer data);

/** Returns: (nullable): NULL when the system has no such file */
BatonSipTrace *baton_sip_trace_new (BatonSipTraceFunc func, gpointer data);
void baton_sip_trace_free (BatonSipTrace *self);
/** Returns: the path for TPTAG_DUMP */
const char *baton_sip_trace_get_path (BatonSipTrace *self);
/** baton_sip_trace_drain: reports what has come since the last time; also done from the main context. */
void baton_sip_trace_drain (BatonSipTrace *self);

/** Returns: (transfer full): @text without what could be used to log in; for the unit test */
char *baton_sip_trace_mask (const char *text, gsize length);
/** baton_sip_trace_parse: reports each whole record in @buffer. Returns: how many bytes were used up */
gsize baton_sip_trace_parse (const char *buffer, gsize length, BatonSipTraceFunc func, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonSipTrace, baton_sip_trace_free)

G_END_DECLS
