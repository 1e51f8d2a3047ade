/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-sip-challenge.h"
#include "baton-sip-listen.h"
#include "baton-sip-target.h"
#include "baton-ua.h"

G_BEGIN_DECLS

/** Returns: (nullable): NULL before start and after stop */
nua_t *baton_ua_get_nua (BatonUa *self);
/** Returns: whether it was started, and nobody has asked it to stop */
gboolean baton_ua_is_open (BatonUa *self);
/**
 * baton_ua_begin_goodbye, baton_ua_end_goodbye:
 * Around a request that unregisters: a user agent that stops waits for its answer, a second at most.
 */
void baton_ua_begin_goodbye (BatonUa *self);
void baton_ua_end_goodbye (BatonUa *self);
/** baton_ua_flush: see baton_sip_stack_flush() */
void baton_ua_flush (BatonUa *self);

/**
 * baton_ua_create_handle:
 * A handle for requests of @identity to @remote_uri: From, To and the route (outbound proxy, else
 * registrar) are set, @target is attached. The first request gives the Contact (baton_ua_dup_contact());
 * nua repeats it in the later ones. baton_ua_prepare_handle() has to follow, before or behind the first request. The URI must
 * have no "?headers" (baton_sip_uri_to_request_uri()).
 * Returns: (nullable): release it with baton_sip_target_release(); NULL with @error
 */
nua_handle_t *baton_ua_create_handle (BatonUa *self, BatonSipTarget *target, BatonSipIdentity *identity, const char *remote_uri,
                                      GError **error);

/** baton_ua_create_register_handle: Returns: (nullable): a handle for REGISTER at @identity's registrar; NULL with @error */
nua_handle_t *baton_ua_create_register_handle (BatonUa *self, BatonSipTarget *target, BatonSipIdentity *identity, GError **error);

/**
 * baton_ua_prepare_handle:
 * Sets what a dialog needs on its handle: REFER, UPDATE, INFO and NOTIFY of the peer are left to its target to answer, and
 * Allow names REFER. A request that goes out before says the latter itself (BATON_SIP_ALLOW_REFER).
 */
void baton_ua_prepare_handle (nua_handle_t *handle);

/** Returns: (transfer full): our Contact towards @remote_uri (nullable) */
char *baton_ua_dup_contact (BatonUa *self, BatonSipIdentity *identity, const char *remote_uri);

/** Returns: (transfer none): what asks strangers for an account's password */
BatonSipChallenge *baton_ua_get_challenge (BatonUa *self);

/** Returns: where we listen; for baton-sip-address.h */
BatonSipListen *baton_ua_get_listen (BatonUa *self);

/** Returns: (transfer none) (nullable): the identity that an incoming request is for; the default one when none matches */
BatonSipIdentity *baton_ua_find_identity (BatonUa *self, const sip_t *sip);

/* The table of sessions: live ones, and ended ones for 32 s more (RFC 3891 §3 wants 603 for them). */
void baton_ua_add_session (BatonUa *self, BatonSession *session);
void baton_ua_session_ended (BatonUa *self, BatonSession *session);

G_END_DECLS
