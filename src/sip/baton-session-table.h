/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-session.h"

G_BEGIN_DECLS

/**
 * BatonSessionTable:
 * The sessions of one user agent, live ones and for 32 s more ended ones: an INVITE with Replaces
 * of a dialog that has just ended gets another answer than one of a dialog that never was (RFC 3891 §3).
 */
typedef struct _BatonSessionTable BatonSessionTable;

BatonSessionTable *baton_session_table_new (BatonTimers *timers);
void baton_session_table_free (BatonSessionTable *self);

/** baton_session_table_add: keeps a reference on @session until 32 s after its end. */
void baton_session_table_add (BatonSessionTable *self, BatonSession *session);
/** baton_session_table_end: @session has ended; the 32 s begin. */
void baton_session_table_end (BatonSessionTable *self, BatonSession *session);
void baton_session_table_clear (BatonSessionTable *self);

/** Returns: (transfer none) (nullable): the session that @replaces names by Call-ID and both tags */
BatonSession *baton_session_table_find (BatonSessionTable *self, const BatonReplaces *replaces);
guint baton_session_table_count_live (BatonSessionTable *self);
/** Returns: whether any has a request on the wire that ends it (a BYE, a CANCEL), and no answer yet */
gboolean baton_session_table_is_busy (BatonSessionTable *self);
/** Returns: (transfer full) (element-type BatonSession): all of them */
GPtrArray *baton_session_table_list (BatonSessionTable *self);

G_END_DECLS
