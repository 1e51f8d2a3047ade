/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-demo.h"
#include "baton-engine.h"
#include "baton-history.h"

G_BEGIN_DECLS

#define BATON_TYPE_TARGET (baton_target_get_type ())
G_DECLARE_FINAL_TYPE (BatonTarget, baton_target, BATON, TARGET, GObject)

/** BatonTarget: somebody who can be called: a name, an address, a word about them, and perhaps the call that they are on. */
const char *baton_target_get_name (BatonTarget *self);
const char *baton_target_get_uri (BatonTarget *self);
const char *baton_target_get_detail (BatonTarget *self);
/** Returns: (nullable) (transfer none) */
BatonCall *baton_target_get_call (BatonTarget *self);

#define BATON_TYPE_DIRECTORY (baton_directory_get_type ())
G_DECLARE_FINAL_TYPE (BatonDirectory, baton_directory, BATON, DIRECTORY, GObject)

/**
 * BatonDirectory:
 * Whom the user may mean: finds the name for an address and the address for what was typed, among
 * the calls, the demo peers and the call history. Owned by the application.
 */
BatonDirectory *baton_directory_new (BatonEngine *engine, BatonHistory *history);
void baton_directory_set_demo (BatonDirectory *self, BatonDemo *demo); /* (nullable) */

/** Returns: (transfer full): the name shown for @uri; a name that we know goes before @remote_name, which anybody can claim */
char *baton_directory_dup_name (BatonDirectory *self, const char *remote_name, const char *uri);
char *baton_directory_dup_call_name (BatonDirectory *self, BatonCall *call);
/** baton_directory_has_demo_peer: Returns: whether @uri is a demo peer's, so that a call there ends with the demo */
gboolean baton_directory_has_demo_peer (BatonDirectory *self, const char *uri);
/** Returns: (transfer full) (nullable): the SIP URI meant by @typed, or NULL with a sentence in @error */
char *baton_directory_resolve (BatonDirectory *self, BatonAccount *account, const char *typed, GError **error);
/**
 * baton_directory_check_target: whether @call can be transferred to what was typed
 * Returns: (transfer full) (nullable): the URI, or NULL with a sentence in @error
 */
char *baton_directory_check_target (BatonDirectory *self, BatonCall *call, const char *typed, GError **error);
/** Returns: (transfer full) (element-type BatonTarget): at most 12 that match @typed; @call itself is not among them (both nullable) */
GPtrArray *baton_directory_suggest (BatonDirectory *self, BatonCall *call, const char *typed);

G_END_DECLS
