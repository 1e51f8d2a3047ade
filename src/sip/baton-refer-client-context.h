/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-refer-applicant.h"
#include "baton-refer-context.h"

G_BEGIN_DECLS

/** BatonReferOptions: how a REFER is sent. NULL stands for all defaults. */
struct _BatonReferOptions
{
  const char *const *extra_headers; /* "Name: value"; names that the stack owns are refused with a GError */
  gboolean active_after_transfer;   /* TRUE: no BYE to the referee after its final 2xx NOTIFY */
  gboolean no_subscription;         /* TRUE: Refer-Sub: false (RFC 4488) */
  const char *target_name;          /* (nullable) display name in Refer-To */
  gboolean use_aor;                 /* attended: to the target's address of record, not its Contact (RFC 5589 §7.5) */
  gboolean protect_target;          /* of the engine, attended: the REFER goes to the consulted one (§7.2) */
  BatonSession *target_dialog;      /* (nullable) out of a dialog: the call with that peer, named to it (RFC 4538) */
};

#define BATON_TYPE_REFER_CLIENT_CONTEXT (baton_refer_client_context_get_type ())
G_DECLARE_FINAL_TYPE (BatonReferClientContext, baton_refer_client_context, BATON, REFER_CLIENT_CONTEXT, BatonReferContext)

/**
 * BatonReferClientContext:
 * A REFER that we send (refer.md §2). baton_session_refer_to_uri() and …_to_session() make one and
 * send it; outside a dialog the caller does both. After the final 2xx NOTIFY was answered the
 * applicant's session gets a BYE, unless `active-after-transfer`. A failure never ends the session.
 *
 * Signal besides the common ones: `response (guint status, const char *reason)`, after our own
 * processing of the REFER's final answer.
 */
BatonReferClientContext *baton_refer_client_context_new (BatonUa *ua, BatonReferApplicant *applicant, const char *refer_to, const BatonReferOptions *options);

/** baton_refer_client_context_refer: sends it. A second time: FALSE with BATON_ERROR_INVALID_STATE. */
gboolean baton_refer_client_context_refer (BatonReferClientContext *self, GError **error);
/** baton_refer_client_context_refer_async: the same; finish gives TRUE on 2xx, FALSE with BATON_ERROR_SIP_STATUS otherwise. */
void baton_refer_client_context_refer_async (BatonReferClientContext *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean baton_refer_client_context_refer_finish (BatonReferClientContext *self, GAsyncResult *result, GError **error);
/** baton_refer_client_context_cancel: stops listening (unsubscribe); outcome CANCELLED. The peer may go on. */
void baton_refer_client_context_cancel (BatonReferClientContext *self);

G_END_DECLS
