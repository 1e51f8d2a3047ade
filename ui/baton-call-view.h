/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-directory.h"
#include "baton-format.h"

G_BEGIN_DECLS

/**
 * BatonCallView:
 * What is to be seen of a call at this moment, read from the engine once: the facts that
 * baton-format makes words of, with the strings that they point to.
 */
typedef struct
{
  BatonCallFacts facts;
  BatonTransfer *transfer; /* (nullable): the one that we sent, until dismissed */
  BatonCall *consultation; /* (nullable): the live call that asks about this one */
  gboolean pair_waits; /* both of a consultation are on hold: neither is the one that we talk with */
  gboolean verified; /* the peer's name is proven */
  gboolean claimed;  /* it is not, and it came by a transfer: worth a word on the row */
  char *peer, *account, *transferred_by, *srtp, *codec, *reason, *consults, *about, *transferred_to;
} BatonCallView;

BatonCallView *baton_call_view_new (BatonCall *call, BatonDirectory *directory, BatonEngine *engine);
void baton_call_view_free (BatonCallView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonCallView, baton_call_view_free)

/** BatonTransferView: the same of a transfer */
typedef struct
{
  BatonTransferFacts facts;
  char *peer, *target;
} BatonTransferView;

BatonTransferView *baton_transfer_view_new (BatonTransfer *transfer, BatonDirectory *directory);
void baton_transfer_view_free (BatonTransferView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonTransferView, baton_transfer_view_free)

gboolean baton_transfer_is_running (BatonTransfer *transfer);
/** baton_call_find_consultation: Returns: (nullable) (transfer none): the live call that was placed to ask about @call */
BatonCall *baton_call_find_consultation (BatonEngine *engine, BatonCall *call);

G_END_DECLS
