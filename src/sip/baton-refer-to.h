/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-replaces.h"
#include "baton-sip-uri.h"

G_BEGIN_DECLS

#define BATON_TYPE_REFER_TO (baton_refer_to_get_type ())

/**
 * BatonReferTo:
 * A Refer-To value (RFC 3515 §2.1): where to, and what of its URI headers may pass: Replaces,
 * and Require: replaces. All other headers in the URI are dropped (refer.md §3.5). Boxed, immutable.
 */
typedef struct _BatonReferTo
{
  char *display_name;       /* (nullable) */
  BatonSipUri *uri;         /* as received, with headers */
  BatonReplaces *replaces;  /* (nullable) unescaped once */
  gboolean require_replaces;
} BatonReferTo;

GType baton_refer_to_get_type (void);
/** baton_refer_to_parse: @text is the header's value: name-addr, or addr-spec as some phones send. */
BatonReferTo *baton_refer_to_parse (const char *text, GError **error);
/** baton_refer_to_new: @replaces (nullable) is escaped once into the URI's headers when written */
BatonReferTo *baton_refer_to_new (const char *display_name, const BatonSipUri *uri, const BatonReplaces *replaces);
BatonReferTo *baton_refer_to_copy (const BatonReferTo *self);
void baton_refer_to_free (BatonReferTo *self);
/** Returns: (transfer full): the header's value, the URI always in <> */
char *baton_refer_to_to_string (const BatonReferTo *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonReferTo, baton_refer_to_free)

G_END_DECLS
