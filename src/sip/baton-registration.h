/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-ua.h"

G_BEGIN_DECLS

#define BATON_TYPE_REGISTRATION (baton_registration_get_type ())
G_DECLARE_FINAL_TYPE (BatonRegistration, baton_registration, BATON, REGISTRATION, GObject)

/**
 * BatonRegistration:
 * One address of record at one registrar (RFC 3261 §10): REGISTER, digest, refresh, back-off after
 * a failure. Owned by the account.
 *
 * Properties, read-only: `state` (BatonRegistrationState), `status` (guint, last SIP status),
 * `reason` (string), `expires` (guint, seconds granted).
 */
BatonRegistration *baton_registration_new (BatonUa *ua, BatonSipIdentity *identity);
void baton_registration_register (BatonRegistration *self);
void baton_registration_unregister (BatonRegistration *self);
BatonRegistrationState baton_registration_get_state (BatonRegistration *self);
guint baton_registration_get_status (BatonRegistration *self);
const char *baton_registration_get_reason (BatonRegistration *self);
guint baton_registration_get_expires (BatonRegistration *self);

G_END_DECLS
