/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * baton_dns_message_is_sound:
 * @text: an answer of a name server (RFC 1035 §4.1), untrusted
 * Returns: whether every name and record ends, and ends inside of it. sofia-sip's resolver follows a name that points to
 *   itself for ever, or until memory ends.
 */
gboolean baton_dns_message_is_sound (const guint8 *text, gsize length);

G_END_DECLS
