/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "baton-error.h"
#include "baton-test-digest.h"
#include "baton-test-phone.h"
#include "baton-test-wait.h"

G_BEGIN_DECLS

/** What every trace has: Baton under test, and three peers that do what the script says. */
typedef struct
{
  BatonTestPhone *phone;
  BatonTestPeer *alice, *bob, *carol;
} Wire;

void wire_set_up (Wire *wire, gconstpointer tweak); /* a BatonTestTweak, or NULL */
void wire_tear_down (Wire *wire, gconstpointer tweak);

/** wire_add: adds a test; @tweak (nullable) changes the engine's options */
void wire_add (const char *path, BatonTestTweak tweak, void (*test) (Wire *wire, gconstpointer data));

/**
 * wire_add_open: adds a test of something that does not hold yet. It is skipped, with @why, unless
 * the variable BATON_WIRE_OPEN is set: nothing is hidden, and nobody needs to weaken a test.
 */
void wire_add_open (const char *path, const char *why, BatonTestTweak tweak, void (*test) (Wire *wire,
                                                                                           gconstpointer data));

/** wire_use_tls: @peer speaks TLS from now on, with the certificate that the phone trusts */
void wire_use_tls (BatonTestPeer *peer);

/* Tweaks that several themes use */
void wire_ask (BatonEngineOptions *options);    /* a REFER nobody took is asked about */
void wire_reject (BatonEngineOptions *options); /* … refused */

/** wire_transfer: Baton transfers @call blind to @target. Returns: the REFER at @dialog, not answered */
BatonTestMessage *wire_transfer (Wire *wire, BatonCall *call, BatonTestDialog *dialog, const char *target,
                                 const BatonReferOptions *options, BatonTransfer **transfer);
/** wire_accept_refer: 202 and NOTIFY 100 */
void wire_accept_refer (BatonTestDialog *dialog, BatonTestMessage *refer);
/** wire_expect_resumed: the re-INVITE that ends the hold came, the call goes on, and nobody said BYE */
void wire_expect_resumed (BatonTestDialog *dialog, BatonCall *call, BatonTransfer *transfer);

/** wire_check_untouched: whatever others tried, the call is up, nobody said BYE in it, and it has its sound */
void wire_check_untouched (BatonCall *call, BatonTestDialog *dialog);

/**
 * wire_pour: @text over a connection of its own to the phone, all of it, whether anybody reads or not; @done: (out): it is gone.
 * Returns: (transfer full): the connection, to be closed before @done is gone
 */
GSocketConnection *wire_pour (Wire *wire, const GString *text, gboolean *done);

/** Returns: a property of type guint, of an enum, or a string (transfer full) */
guint wire_get_uint (gpointer object, const char *property);
int wire_get_enum (gpointer object, const char *property);
char *wire_dup_string (gpointer object, const char *property);
gboolean wire_get_boolean (gpointer object, const char *property);

G_END_DECLS
