/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-media-session.h"

G_BEGIN_DECLS

/**
 * BatonParty:
 * Calls that hear one another: to what each of them is said is added what the others say, in this
 * very tick and at its own rate; sums that are too loud are cut off, and nothing else is done to
 * them. Everything here is called with the tick's lock held.
 */
typedef struct _BatonParty BatonParty;

BatonParty *baton_party_new (void);
/** baton_party_free: its members go on by themselves */
void baton_party_free (BatonParty *self);

/** baton_party_set: @members are who is in it from now on; not owned: take each out before it goes */
void baton_party_set (BatonParty *self, BatonMediaSession *const *members, guint n);
/** baton_party_remove: does nothing where it is no member */
void baton_party_remove (BatonParty *self, BatonMediaSession *session);
/** baton_party_replace: @with (nullable) has the place of @session */
void baton_party_replace (BatonParty *self, BatonMediaSession *session, BatonMediaSession *with);
gboolean baton_party_has (BatonParty *self, BatonMediaSession *session);
guint baton_party_get_n (BatonParty *self);
BatonMediaSession *baton_party_get (BatonParty *self, guint i);
/** baton_party_hear: adds what they all say to @n samples, 50 frames a second */
void baton_party_hear (BatonParty *self, gint16 *samples, guint n);

G_END_DECLS
