/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * BatonSipfrag:
 * The status line of a message/sipfrag body (RFC 3420). Lenient in reading (bare LF, no reason,
 * trailing blank line, extra headers), exact in writing.
 */
typedef struct _BatonSipfrag
{
  guint status;
  char *reason;
} BatonSipfrag;

/** Returns: (transfer full) (nullable): NULL with @error when the first line is no SIP/2.0 status line */
BatonSipfrag *baton_sipfrag_parse (const char *body, gssize length, GError **error);
void baton_sipfrag_free (BatonSipfrag *self);
/** Returns: (transfer full): "SIP/2.0 486 Busy Here\r\n" */
char *baton_sipfrag_format (guint status, const char *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonSipfrag, baton_sipfrag_free)

G_END_DECLS
