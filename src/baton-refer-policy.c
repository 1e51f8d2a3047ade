/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-engine-fields.h"

#include "baton-error.h"

/* What becomes of a REFER that was received: who may ask, and who decides (refer.md §3.1, §5). */

static void
decide (BatonEngine *self, BatonTransfer *transfer, BatonReferPolicy policy)
{
  g_autoptr (GError) error = NULL;
  gboolean done = TRUE;

  switch (policy)
    {
    case BATON_REFER_POLICY_FOLLOW:
      done = baton_transfer_accept (transfer, NULL, &error);
      break;
    case BATON_REFER_POLICY_REJECT:
      done = baton_transfer_decline (transfer, 603, &error);
      break;
    case BATON_REFER_POLICY_ASK:
    case BATON_REFER_POLICY_TRUSTED:
      break; /* until the prompt's time is over */
    }
  if (!done)
    g_info ("transfer %u: %s", transfer->number, error->message);
}

static BatonReferPolicy
get_call_policy (BatonCall *call)
{
  return baton_account_get_incoming_transfers (baton_call_get_account (call));
}

/* The user's no, and the prompt that nobody answered, are on the list like those that never got so far. */
static void
on_stranger_ended (BatonTransfer *transfer, BatonEngine *self)
{
  g_autofree char *who = NULL;

  if (transfer->outcome != BATON_REFER_OUTCOME_REFUSED)
    return;
  g_object_get (transfer->context, "remote-uri", &who, NULL);
  baton_refer_rules_note_refused (self->rules, who, transfer->target_uri,
                                  transfer->unanswered ? BATON_REFER_REFUSAL_UNANSWERED : BATON_REFER_REFUSAL_DECLINED,
                                  transfer->status, transfer->reason);
}

/* @proven: a stranger showed that it knows the account's password */
static void
receive (BatonEngine *self, BatonReferServerContext *context, BatonAccount *account, BatonCall *call,
         BatonReferPolicy policy, gboolean proven)
{
  g_autoptr (BatonEngine) keep = g_object_ref (self);
  g_autoptr (BatonTransfer) transfer = baton_engine_make_transfer (self, BATON_DIRECTION_INCOMING, account, call);
  gboolean handled = FALSE;

  baton_transfer_receive (transfer, context, proven);
  if (call == NULL)
    g_signal_connect_object (transfer, "ended", G_CALLBACK (on_stranger_ended), self, 0);
  /* refer.md §5: nobody is taken out of an encrypted call without a question. */
  if (transfer->loses_encryption && policy == BATON_REFER_POLICY_FOLLOW)
    policy = BATON_REFER_POLICY_ASK;
  transfer->policy = policy;
  baton_engine_show_transfer (self, transfer);
  g_signal_emit (self, baton_engine_signals[BATON_ENGINE_SIGNAL_REFER_REQUESTED], 0, transfer, &handled);
  if (!handled && transfer->waits_for_user)
    decide (self, transfer, policy);
  baton_transfer_wait_for_user (transfer);
}

/* Nobody is asked, and nothing speaks against it: what receive () would come to is known without it. */
gboolean
baton_refer_policy_is_certain (BatonEngine *self, BatonSession *session)
{
  BatonCall *call = baton_call_manager_find (self->calls, session);

  return call != NULL && get_call_policy (call) == BATON_REFER_POLICY_FOLLOW &&
         !g_signal_has_handler_pending (self, baton_engine_signals[BATON_ENGINE_SIGNAL_REFER_REQUESTED], 0, FALSE) &&
         !baton_session_is_sips (session);
}

static void
refuse_stranger (BatonEngine *self, BatonReferServerContext *context, const char *who, const char *target,
                 BatonReferRefusal why)
{
  g_message ("A request of %s from outside every call to call %s was refused.", who, target);
  baton_refer_rules_note_refused (self->rules, who, target, why, 603, NULL);
  baton_refer_server_context_reject (context, 603, NULL, NULL);
}

static void
judge_stranger (BatonEngine *self, BatonReferServerContext *context, BatonAccount *account)
{
  const BatonReferTo *refer_to = baton_refer_context_get_refer_to (BATON_REFER_CONTEXT (context));
  BatonSipIdentity *identity = baton_account_get_identity (account);
  const char *address = baton_sip_identity_get_address (identity);
  g_autoptr (BatonSipUri) own = address != NULL ? baton_sip_uri_parse (address, NULL) : NULL;
  g_autofree char *target = refer_to != NULL ? baton_sip_uri_to_request_uri (refer_to->uri) : NULL;
  g_autofree char *from = NULL, *source = NULL;
  BatonReferFacts facts = { .target = target, .own_domain = own != NULL ? baton_sip_uri_get_host (own) : NULL };
  BatonReferRefusal why;

  g_object_get (context, "remote-uri", &from, "source-address", &source, NULL);
  facts.from = from;
  facts.source_address = source;
  facts.transport = baton_refer_server_context_get_transport (context);
  facts.proven = baton_refer_server_context_proves_password (context, identity);
  switch (baton_refer_rules_judge (self->rules, self->out_of_dialog_policy, &facts, baton_timers_now (self->timers),
                                   &why))
    {
    case BATON_REFER_VERDICT_REFUSE:
      refuse_stranger (self, context, from, target, why);
      break;
    case BATON_REFER_VERDICT_CHALLENGE:
      /* An account without a password has nothing that could be proven. */
      if (baton_sip_identity_get_password (identity) == NULL)
        refuse_stranger (self, context, from, target, why);
      else
        baton_refer_server_context_challenge (context, identity, NULL);
      break;
    case BATON_REFER_VERDICT_ASK:
      receive (self, context, account, NULL, BATON_REFER_POLICY_ASK, facts.proven);
      break;
    case BATON_REFER_VERDICT_FOLLOW:
      receive (self, context, account, NULL, BATON_REFER_POLICY_FOLLOW, facts.proven);
      break;
    }
}

static BatonAccount *
find_account (BatonEngine *self, BatonSipIdentity *identity)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      if (baton_account_get_identity (account) == identity)
        return account; /* the list keeps it */
    }
  return NULL;
}

/* Returns: (nullable) (transfer none): who places the call; *@call (likewise): whose sound it takes over, NULL for none */
static BatonAccount *
find_party (BatonEngine *self, BatonReferServerContext *context, BatonCall **call)
{
  BatonSession *session = baton_refer_context_get_session (BATON_REFER_CONTEXT (context));
  g_autoptr (BatonSipIdentity) identity = NULL;
  g_autoptr (BatonSession) named = NULL;

  if (session == NULL)
    {
      g_object_get (context, "target-dialog", &named, NULL);
      session = named;
    }
  *call = session != NULL ? baton_call_manager_find (self->calls, session) : NULL;
  if (*call != NULL)
    return baton_call_get_account (*call);
  g_object_get (context, "identity", &identity, NULL);
  return find_account (self, identity);
}

gboolean
baton_refer_policy_take (BatonEngine *self, BatonReferServerContext *context)
{
  BatonCall *call;
  BatonAccount *account = find_party (self, context, &call);

  if (call != NULL)
    receive (self, context, account, call, get_call_policy (call), FALSE);
  else if (account != NULL && baton_refer_context_get_session (BATON_REFER_CONTEXT (context)) == NULL)
    judge_stranger (self, context, account);
  else
    return FALSE; /* a program's own session */
  return TRUE;
}

/* Placing the call may be the end of the old one, and who hears of it may end anything. */
typedef struct
{
  BatonEngine *engine;
  BatonReferServerContext *context;
  BatonAccount *account;
  BatonCall *call;         /* (nullable) */
  BatonTransfer *transfer; /* NULL: not told to anybody yet */
} Following;

static void
following_clear (Following *self)
{
  g_clear_object (&self->transfer);
  g_clear_object (&self->call);
  g_clear_object (&self->account);
  g_object_unref (self->engine);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Following, following_clear)

/*
 * Nobody was asked, or a program said yes to it, at the context, the session or the user agent, and the new call is ours to
 * place: from here on it is a transfer like any other, that is seen, and whose old call does not wait for ever.
 */
static void
adopt (Following *self)
{
  self->transfer = baton_engine_make_transfer (self->engine, BATON_DIRECTION_INCOMING, self->account, self->call);
  self->transfer->policy = BATON_REFER_POLICY_FOLLOW;
  baton_transfer_receive (self->transfer, self->context, FALSE);
  baton_engine_show_transfer (self->engine, self->transfer);
}

/* Who hears of it hears of the request, the yes to it, and the call, in this order. */
static void
on_placed (BatonCall *target, gpointer data)
{
  Following *following = data;

  if (following->transfer == NULL)
    adopt (following);
  baton_refer_server_context_tell_accepted (following->context);
  baton_call_set_refer (target, following->transfer->number, following->transfer->requested_by);
}

BatonSession *
baton_refer_policy_follow (BatonEngine *self, BatonReferServerContext *context, const char *uri,
                           const BatonInviteOptions *options, BatonSdpModifier modifier, gpointer modifier_data,
                           GError **error)
{
  BatonTransfer *known = baton_transfer_of (BATON_REFER_CONTEXT (context));
  BatonCall *call = known != NULL ? known->call : NULL;
  BatonAccount *account = known != NULL ? known->account : find_party (self, context, &call);
  g_auto (Following) following = { g_object_ref (self), context };
  BatonFollow how = { .options = options, .modifier = modifier, .modifier_data = modifier_data, .placed = on_placed,
                      .data = &following };
  g_autoptr (BatonCall) target = NULL;

  if (account == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "There is no account to place the call with.");
      return NULL;
    }
  g_set_object (&following.account, account);
  g_set_object (&following.call, call);
  g_set_object (&following.transfer, known);
  if (call != NULL && baton_call_get_state (call) != BATON_CALL_STATE_ENDED)
    how.takes_over = call;
  target = baton_call_manager_follow (self->calls, account, uri, &how, error);
  if (following.transfer == NULL) /* not even tried */
    adopt (&following);
  if (target == NULL)
    return NULL;
  baton_transfer_set_target_call (following.transfer, target);
  return g_object_ref (baton_call_get_session (target));
}

static void
on_out_of_dialog_refused (BatonUa *ua, const char *who, const char *refer_to, guint status, const char *reason,
                          BatonEngine *self)
{
  baton_refer_rules_note_refused (self->rules, who, refer_to, BATON_REFER_REFUSAL_BAD_REQUEST, status, reason);
}

void
baton_refer_policy_watch (BatonEngine *self)
{
  g_signal_connect_object (self->ua, "out-of-dialog-refer-refused", G_CALLBACK (on_out_of_dialog_refused), self, 0);
}
