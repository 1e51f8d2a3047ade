/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-sip-target.h"

G_BEGIN_DECLS

/* What is copied out of a message at the border. */

/** Returns: (transfer full) (nullable): the session description in @sip, alone or in a multipart body */
char *baton_sip_body_dup_sdp (const sip_t *sip);
/**
 * Returns: (transfer full) (nullable): the body part that the cid of Referred-By names (RFC 3892 §2.2), with its head,
 *   byte by byte; or the whole body where that is it
 */
GBytes *baton_sip_body_dup_referred_by_part (const sip_t *sip);
/** Returns: (transfer full) (nullable): the body as text, valid UTF-8 */
char *baton_sip_body_dup_text (const sip_t *sip);

/** Returns: (transfer full) (nullable): From (or To) as URI; @name gets the display name (nullable) */
char *baton_sip_body_dup_address (const sip_addr_t *address, char **name);
/** Returns: (transfer full) (nullable): the sip URI in P-Asserted-Identity (RFC 3325); @name as above */
char *baton_sip_body_dup_asserted (const sip_t *sip, char **name);
/**
 * baton_sip_body_has_contact:
 * Returns: whether there is one Contact, with a SIP URI (RFC 3261 §8.1.1.8): what later requests of the dialog are
 *   sent to. Whether its host can be reached is another question: behind a route set nobody has to.
 */
gboolean baton_sip_body_has_contact (const sip_t *sip);
/** Returns: whether all that the message has to say is of a kind that we can't read, and have to (RFC 3261 §8.2.3) */
gboolean baton_sip_body_is_foreign (const sip_t *sip);
/** Returns: (transfer full) (nullable): @url as text */
char *baton_sip_body_dup_url (const url_t *url);

G_END_DECLS
