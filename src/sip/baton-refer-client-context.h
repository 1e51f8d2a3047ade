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
/**
 * baton_refer_client_context_new: a REFER that is not sent yet. @refer_to is a URI or a Refer-To value
 * (RFC 3515 §2.1), checked when it is sent; @options is nullable, and copied. In the dialog of
 * @applicant's session where it has one, else outside of every dialog.
 * Returns: (transfer full)
 */
BatonReferClientContext *baton_refer_client_context_new (BatonUa *ua, BatonReferApplicant *applicant, const char *refer_to, const BatonReferOptions *options);

/**
 * baton_refer_client_context_refer: sends it, once. FALSE with %BATON_ERROR_INVALID_STATE the second
 * time and where the session isn't established, %BATON_ERROR_INVALID_URI for a target that is none,
 * %BATON_ERROR_INVALID_ARGUMENT for one that isn't even a header's value, or a header that the stack owns. What the peer says is
 * a signal.
 */
gboolean baton_refer_client_context_refer (BatonReferClientContext *self, GError **error);
/**
 * baton_refer_client_context_refer_async: the same, done with the REFER's final answer, 80·T1 at most; finish gives TRUE on 2xx,
 * FALSE with BATON_ERROR_SIP_STATUS otherwise. @cancellable: (nullable) cancelled before: nothing is sent; later, and in this
 * thread: baton_refer_client_context_cancel(), and G_IO_ERROR_CANCELLED at once.
 */
void baton_refer_client_context_refer_async (BatonReferClientContext *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean baton_refer_client_context_refer_finish (BatonReferClientContext *self, GAsyncResult *result, GError **error);
/**
 * baton_refer_client_context_cancel: stops listening (unsubscribe, after the REFER's 2xx where that is still to come); outcome
 * CANCELLED. The peer may go on. Nothing where it is over, or the news that ends it is being told.
 */
void baton_refer_client_context_cancel (BatonReferClientContext *self);

G_END_DECLS
