/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BATON_FINGERPRINT_MAX 64

/** BatonFingerprint: of a certificate, as a=fingerprint says it (RFC 8122 §5). A value. */
typedef struct
{
  const char *hash; /* static: "sha-256" and such */
  guint8 digest[BATON_FINGERPRINT_MAX];
  guint8 length;
} BatonFingerprint;

/** baton_fingerprint_parse: Returns: FALSE for anything broken, and for hashes that prove nothing any more (md5) */
gboolean baton_fingerprint_parse (const char *text, BatonFingerprint *self);
/** baton_fingerprint_to_string: Returns: (transfer full) */
char *baton_fingerprint_to_string (const BatonFingerprint *self);
gboolean baton_fingerprint_equal (const BatonFingerprint *a, const BatonFingerprint *b);

G_END_DECLS
