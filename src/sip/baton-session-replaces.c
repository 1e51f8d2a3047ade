/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call in the place of another (RFC 3891). */
#include "baton-session-fields.h"

#include <sofia-sip/sip_status.h>

#include "baton-error.h"

BatonReplaces *
baton_session_dup_replaces (BatonSession *self)
{
  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);

  if (self->call_id == NULL || self->local_tag == NULL || self->remote_tag == NULL)
    return NULL;
  return baton_replaces_new (self->call_id, self->remote_tag, self->local_tag, FALSE);
}

gboolean
baton_session_is_being_replaced (BatonSession *self)
{
  return self->successor != NULL;
}

/* What was true of the call to be replaced when the INVITE came may have changed before the user said yes (RFC 3891 §3). */
gboolean
baton_session_may_still_replace (BatonSession *self, GError **error)
{
  BatonSession *old = self->replaces_session;

  if (old == NULL)
    return TRUE;
  if (old->successor != NULL && old->successor != self)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "Somebody else has taken that call over already.");
      baton_session_reject (self, SIP_603_DECLINE, NULL);
      return FALSE;
    }
  if (self->replaces_early_only && old->state == BATON_SESSION_STATE_ESTABLISHED)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                           "The call that was to be taken over while it rang has been answered.");
      baton_session_reject (self, SIP_486_BUSY_HERE, NULL);
      return FALSE;
    }
  old->successor = self;
  return TRUE;
}

void
baton_session_take_place (BatonSession *self, BatonSession *other)
{
  g_autoptr (BatonSession) old = NULL;

  g_return_if_fail (BATON_IS_SESSION (self) && BATON_IS_SESSION (other));

  if (self->state != BATON_SESSION_STATE_ESTABLISHED || other->state == BATON_SESSION_STATE_TERMINATED)
    return;
  old = g_object_ref (other);
  g_signal_emit (old, baton_session_signals[BATON_SESSION_REPLACED], 0, self);
  baton_session_terminate (old);
}

void
baton_session_complete_replaces (BatonSession *self)
{
  g_return_if_fail (BATON_IS_SESSION (self));

  if (self->replaces_session != NULL)
    baton_session_take_place (self, self->replaces_session);
}
