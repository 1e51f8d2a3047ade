/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Bodies of several parts (RFC 2046 §5.1): the description in one, and the one part that goes through us, what a Referred-By
 * is proven with (RFC 3892 §2.2). Bytes, never text. sofia-sip's own parser stops the program at a NUL in a part's head.
 */

/** BATON_MAX_PART: a longer one is not taken over */
#define BATON_MAX_PART (16 * 1024)

/**
 * baton_sip_multipart_find:
 * @body: of type multipart/…, untrusted
 * @boundary: the parameter of its Content-Type, without quotes
 * @id: without "<" and ">"
 * Returns: (transfer full) (nullable): the part whose Content-ID is @id, its head included, as it is in @body;
 *   NULL when there is none, or when it is longer than BATON_MAX_PART
 */
GBytes *baton_sip_multipart_find (const char *body, gsize length, const char *boundary, const char *id);

/**
 * baton_sip_multipart_find_type: as above, but by the Content-Type, whose parameters don't count.
 * Returns: (transfer full) (nullable): what is in the first part of that type, without its head; NULL when nothing is
 */
GBytes *baton_sip_multipart_find_type (const char *body, gsize length, const char *boundary, const char *type);

/**
 * baton_sip_multipart_join:
 * @sdp: becomes the first part
 * @part: the second one, head and all
 * @type: (out) (transfer full): Content-Type of the whole
 * Returns: (transfer full): a multipart/mixed body
 */
GBytes *baton_sip_multipart_join (const char *sdp, GBytes *part, char **type);

G_END_DECLS
