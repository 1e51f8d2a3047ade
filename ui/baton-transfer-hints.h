/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-transfer.h"

G_BEGIN_DECLS

typedef enum
{
  BATON_HINT_GOOD,
  BATON_HINT_WARNING,
  BATON_HINT_STOP, /* must not be accepted */
} BatonHintLevel;

/** BatonTransferHint: one thing that speaks for or against a received request */
typedef struct
{
  BatonHintLevel level;
  char *text;
} BatonTransferHint;

/** BatonTransferHintFacts: what the hints are drawn from; strings are nullable unless said otherwise */
typedef struct
{
  gboolean in_dialog;
  const char *peer;        /* not NULL: the name of who asks */
  const char *peer_uri;    /* of the call it was asked on */
  const char *referred_by; /* the header, verbatim */
  const char *target;      /* Refer-To's URI */
  const char *account;     /* address of record of ours */
  const char *transport;
  gboolean loses_encryption; /* the call is encrypted on each hop, the new one would not be */
} BatonTransferHintFacts;

/** Returns: (transfer full) (element-type BatonTransferHint) */
GPtrArray *baton_transfer_hints_judge (const BatonTransferHintFacts *facts);
GPtrArray *baton_transfer_hints_collect (BatonTransfer *transfer, const char *peer);

G_END_DECLS
