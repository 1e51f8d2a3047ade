/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-call-private.h"

G_BEGIN_DECLS

/**
 * BatonCallParty:
 * The calls that are merged: who is in it, and telling the sound. Part of the call manager. One that
 * ends leaves it; the last one alone is no party.
 */
typedef struct _BatonCallParty BatonCallParty;

BatonCallParty *baton_call_party_new (void);
void baton_call_party_free (BatonCallParty *self);
void baton_call_party_set_factory (BatonCallParty *self, BatonMediaFactory *factory);

void baton_call_party_add (BatonCallParty *self, BatonCall *call);
void baton_call_party_remove (BatonCallParty *self, BatonCall *call);
/** baton_call_party_replace: @with has the sound of @call now */
void baton_call_party_replace (BatonCallParty *self, BatonCall *call, BatonCall *with);
gboolean baton_call_party_has (BatonCallParty *self, BatonCall *call);
/** Returns: (transfer none) (nullable): the only other one; NULL where there is none, or more than one */
BatonCall *baton_call_party_get_other (BatonCallParty *self, BatonCall *call);

G_END_DECLS
