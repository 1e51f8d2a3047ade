/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** BATON_MAX_HEADER: bytes of a header's value that we read; more is refused */
#define BATON_MAX_HEADER 4096

/**
 * baton_name_addr_split:
 * Takes a header of the form name-addr or addr-spec (RFC 3261 §25.1) apart. Parameters outside of
 * <> stay with @parameters; of a bare addr-spec they stay with the URI, which is how the phones that
 * write it mean it (refer.md §7). FALSE with @error for anything else: two values, control
 * characters, open quotes, something after the end.
 * @display_name: (out) (optional) (nullable): unquoted, valid UTF-8
 * @parameters: (out) (optional): what follows ">", "" for nothing
 */
gboolean baton_name_addr_split (const char *text, char **display_name, char **uri, char **parameters, GError **error);

/** Returns: (transfer full): "\"name\" <uri>" with everything in @display_name (nullable) made harmless */
char *baton_name_addr_join (const char *display_name, const char *uri);

/** Returns: whether @text can stand as the value of a header: no line ends, no control characters, not over-long */
gboolean baton_header_value_is_safe (const char *text);

/**
 * baton_referred_by_check:
 * Returns: whether @text is a Referred-By value (RFC 3892 §3) that can be passed on verbatim
 */
gboolean baton_referred_by_check (const char *text);

G_END_DECLS
