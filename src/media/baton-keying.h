/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-dtls.h"
#include "baton-fingerprint.h"
#include "baton-srtp.h"

G_BEGIN_DECLS

#define BATON_TLS_ID_MAX 256

/** BatonKeyExchange: how the keys of SRTP come about. */
typedef enum
{
  BATON_KEY_EXCHANGE_NONE,
  BATON_KEY_EXCHANGE_SDES, /* in the session description, RFC 4568 */
  BATON_KEY_EXCHANGE_DTLS, /* on the path of the sound, RFC 5763 */
} BatonKeyExchange;

/** BatonKeying: what an offer with its answer comes to, where encryption is concerned. A value. */
typedef struct
{
  BatonKeyExchange exchange;
  BatonSrtpKey local, remote; /* with SDES */
  BatonFingerprint fingerprints[BATON_DTLS_MAX_FINGERPRINTS]; /* with DTLS: of theirs, one must fit */
  guint n_fingerprints;
  gboolean client;   /* we speak first */
  gboolean idle;     /* holdconn: nobody speaks now, what there is stays */
  char tls_id[BATON_TLS_ID_MAX]; /* theirs (RFC 8842), empty without one */
} BatonKeying;

/** baton_key_exchange_get_name: Returns: (transfer none): "none", "sdes", "dtls" */
const char *baton_key_exchange_get_name (BatonKeyExchange exchange);

G_END_DECLS
