/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-call-manager.h"
#include "baton-call-private.h"
#include "baton-engine.h"

G_BEGIN_DECLS

/** BatonFollow: a call that somebody else asked for by a REFER. */
typedef struct
{
  BatonCall *takes_over;        /* (nullable): whose sound the new call gets when it's answered */
  const BatonInviteOptions *options;
  BatonSdpModifier modifier;
  gpointer modifier_data;
  void (*placed) (BatonCall *call, gpointer data); /* before anybody else hears of the call, mostly after its INVITE */
  gpointer data;
} BatonFollow;

/** baton_call_manager_new: @options (not owned) outlives the manager's last call; @accounts (of BatonAccount) too */
BatonCallManager *baton_call_manager_new (BatonUa *ua, GListModel *accounts);
void baton_call_manager_configure (BatonCallManager *self, BatonMediaFactory *factory, const BatonEngineOptions *options);
/**
 * baton_call_manager_follow: places the call that a REFER asks for.
 * Returns: (transfer full): NULL with @error when nothing was sent
 */
BatonCall *baton_call_manager_follow (BatonCallManager *self, BatonAccount *account, const char *uri,
                                      const BatonFollow *follow, GError **error);
/** Returns: (transfer none) (nullable): the call that is this dialog */
BatonCall *baton_call_manager_find (BatonCallManager *self, BatonSession *session);
/** baton_call_manager_hangup_all: all calls get CANCEL, BYE or 480 */
void baton_call_manager_hangup_all (BatonCallManager *self);

G_END_DECLS
