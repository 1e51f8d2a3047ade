/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A call until it is answered: the INVITE waits for its media, the answer does too.
 */
#include "baton-call-private.h"

#include "baton-error.h"

/* The INVITE as it waits for its media: a copy of what the caller gave. */
struct _BatonCallInvite
{
  BatonReplaces *replaces;
  gboolean require_replaces;
  char *referred_by;
  GBytes *referred_by_part;
  GStrv extra_headers;
};

static void
invite_free (BatonCallInvite *invite)
{
  g_clear_pointer (&invite->replaces, baton_replaces_free);
  g_free (invite->referred_by);
  g_clear_pointer (&invite->referred_by_part, g_bytes_unref);
  g_strfreev (invite->extra_headers);
  g_free (invite);
}

static BatonCallInvite *
invite_new (const BatonInviteOptions *options)
{
  BatonCallInvite *invite = g_new0 (BatonCallInvite, 1);

  if (options != NULL)
    {
      invite->replaces = options->replaces ? baton_replaces_copy (options->replaces) : NULL;
      invite->require_replaces = options->require_replaces;
      invite->referred_by = g_strdup (options->referred_by);
      invite->referred_by_part = options->referred_by_part ? g_bytes_ref (options->referred_by_part) : NULL;
      invite->extra_headers = g_strdupv ((GStrv) options->extra_headers);
    }
  return invite;
}

void
baton_call_clear_invite (BatonCall *self)
{
  g_clear_pointer (&self->invite, invite_free);
}

/* Takes @offer; what the program that asked for this call wants changed holds for each offer of its INVITE. */
static char *
modify_offer (BatonCall *self, char *offer)
{
  char *changed = offer != NULL && self->modifier != NULL ? self->modifier (offer, self->modifier_data) : NULL;

  if (changed == NULL || *changed == '\0')
    {
      g_free (changed);
      return offer;
    }
  g_free (offer);
  return changed;
}

/* FALSE with @error and nothing sent when the media isn't ready, or can't be had. */
static gboolean
send_invite (BatonCall *self, GError **error)
{
  g_autofree char *offer = modify_offer (self, baton_media_create_offer (self->media, error));
  BatonCallInvite *invite = g_steal_pointer (&self->invite);
  BatonInviteOptions options = { 0 };
  gboolean sent;

  if (invite == NULL) /* whoever changed the offer has hung up */
    return baton_call_check_state (self, BATON_CALL_STATE_CALLING, "has ended", error);
  if (offer == NULL)
    {
      self->invite = invite;
      return FALSE;
    }
  options.replaces = invite->replaces;
  options.require_replaces = invite->require_replaces;
  options.referred_by = invite->referred_by;
  options.referred_by_part = invite->referred_by_part;
  options.extra_headers = (const char *const *) invite->extra_headers;
  sent = baton_session_invite (self->session, offer, &options, error);
  invite_free (invite);
  return sent;
}

char *
baton_call_make_other_offer (BatonSession *session, guint status, BatonCall *self)
{
  g_autoptr (GError) error = NULL;
  char *offer = self->state != BATON_CALL_STATE_ENDED ? baton_media_create_other_offer (self->media, &error) : NULL;

  if (offer != NULL)
    g_info ("call %u: the offer was refused with %u: once more with another", self->number, status);
  return modify_offer (self, offer);
}

static void
give_up (BatonCall *self, const char *why)
{
  g_autoptr (BatonCall) keep = g_object_ref (self);

  if (self->state == BATON_CALL_STATE_ENDED)
    return;
  self->ended_locally = TRUE;
  baton_call_set_result (self, self->status, why);
  baton_call_tell (self, why);
  baton_session_terminate (self->session);
  baton_call_step (self, BATON_CALL_EVENT_ENDED);
}

/* The caller is told in the terms of SIP what the user is told in words. */
static void
refuse_offer (BatonCall *self, const GError *error)
{
  BatonSrtpMode mode = BATON_SRTP_MODE_OPTIONAL;
  const char *text = "The session description cannot be answered";
  guint code = 399;

  if (g_error_matches (error, BATON_ERROR, BATON_ERROR_NO_COMMON_CODEC))
    {
      code = 305;
      text = "No codec in common";
    }
  else if (g_error_matches (error, BATON_ERROR, BATON_ERROR_NO_COMMON_SECURITY))
    {
      g_object_get (self->account, "srtp", &mode, NULL);
      code = 302;
      text = mode == BATON_SRTP_MODE_REQUIRED ? "Encrypted sound (SRTP) is required here"
             : mode == BATON_SRTP_MODE_OFF    ? "Encrypted sound (SRTP) is turned off here"
                                              : "No way to encrypt sound (SRTP) in common";
    }
  baton_call_set_result (self, 488, error->message);
  baton_session_reject_offered (self->session, code, text, NULL);
}

gboolean
baton_call_check_offer (BatonCall *self)
{
  g_autoptr (BatonCall) keep = g_object_ref (self);
  const char *offer = baton_session_get_remote_offer (self->session);
  g_autoptr (GError) error = NULL;

  if (offer == NULL || baton_media_check_offer (self->media, offer, &error))
    return TRUE;
  baton_call_tell (self, error->message);
  refuse_offer (self, error);
  return FALSE;
}

static gboolean
send_acceptance (BatonCall *self, GError **error)
{
  g_autoptr (BatonCall) keep = g_object_ref (self);
  const char *offer = baton_session_get_remote_offer (self->session);
  g_autoptr (GError) problem = NULL;
  g_autofree char *sdp = NULL;

  sdp = offer ? baton_media_create_answer (self->media, offer, &problem) : baton_media_create_offer (self->media, &problem);
  if (sdp == NULL)
    {
      if (offer != NULL)
        refuse_offer (self, problem);
      else
        baton_session_reject (self->session, 500, NULL, NULL); /* the caller asked for nothing that we lack */
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (!baton_session_accept (self->session, sdp, error))
    return FALSE;
  if (offer == NULL)
    return TRUE; /* the answer comes with the ACK */
  baton_call_start_sound (self, TRUE);
  baton_call_complete_replaces (self);
  return TRUE;
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BatonCall) self = data;
  g_autoptr (GError) error = NULL;

  self->prepared = TRUE;
  if (!baton_media_prepare_finish (BATON_MEDIA (source), result, &error))
    {
      if (self->state == BATON_CALL_STATE_ENDED)
        return;
      if (self->state == BATON_CALL_STATE_INCOMING)
        baton_session_reject (self->session, 500, NULL, NULL);
      give_up (self, error->message);
      return;
    }
  if (self->state == BATON_CALL_STATE_ENDED)
    return;
  if (self->invite != NULL && !send_invite (self, &error))
    give_up (self, error->message);
  else if (self->answering && !send_acceptance (self, &error))
    baton_call_tell (self, error->message);
}

void
baton_call_prepare (BatonCall *self)
{
  baton_media_prepare_async (self->media, self->cancellable, on_prepared, g_object_ref (self));
}

gboolean
baton_call_place (BatonCall *self, const BatonInviteOptions *options, BatonSdpModifier modifier,
                  gpointer modifier_data, GError **error)
{
  g_autoptr (BatonCall) keep = g_object_ref (self);
  g_autoptr (GError) problem = NULL;
  gboolean placed;

  if (self->state != BATON_CALL_STATE_CALLING)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "The call has ended.");
      return FALSE;
    }
  self->modifier = modifier;
  self->modifier_data = modifier_data;
  self->invite = invite_new (options);
  /* Without ICE there is nothing to wait for: the INVITE leaves now. Else on_prepared () sends it. */
  if (!baton_media_prepare_now (self->media))
    baton_call_prepare (self);
  placed = self->invite == NULL || send_invite (self, &problem) || self->invite != NULL;
  baton_call_watch_sound (self);
  if (placed)
    return TRUE;
  give_up (self, problem->message);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* ---- Commands ---- */

gboolean
baton_call_answer (BatonCall *self, GError **error)
{
  g_return_val_if_fail (BATON_IS_CALL (self), FALSE);
  if (!baton_call_check_state (self, BATON_CALL_STATE_INCOMING, "is not an incoming call that waits for an answer", error))
    return FALSE;
  if (self->answering)
    return TRUE;
  self->answering = TRUE;
  return self->prepared ? send_acceptance (self, error) : TRUE;
}

gboolean
baton_call_decline (BatonCall *self, guint status, GError **error)
{
  g_return_val_if_fail (BATON_IS_CALL (self), FALSE);
  if (!baton_call_check_state (self, BATON_CALL_STATE_INCOMING, "is not an incoming call that waits for an answer", error))
    return FALSE;
  if (status != 0 && (status < 300 || status > 699))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                   "A call is declined with a SIP status from 300 to 699, not with %u.", status);
      return FALSE;
    }
  self->ended_locally = TRUE;
  return baton_session_reject (self->session, status ? status : 603, NULL, error);
}

gboolean
baton_call_redirect (BatonCall *self, const char *uri, GError **error)
{
  g_autofree char *contact = NULL;

  g_return_val_if_fail (BATON_IS_CALL (self), FALSE);
  if (!baton_call_check_state (self, BATON_CALL_STATE_INCOMING, "is not an incoming call that waits for an answer", error))
    return FALSE;
  contact = baton_account_complete_uri (self->account, uri, error);
  if (contact == NULL)
    return FALSE;
  self->ended_locally = TRUE;
  return baton_session_redirect (self->session, contact, error);
}

gboolean
baton_call_hangup (BatonCall *self, GError **error)
{
  g_autoptr (BatonCall) keep = NULL;

  g_return_val_if_fail (BATON_IS_CALL (self), FALSE);
  if (self->state == BATON_CALL_STATE_ENDED)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "Call %u has ended.", self->number);
      return FALSE;
    }
  keep = g_object_ref (self);
  self->ended_locally = TRUE;
  baton_call_clear_invite (self);
  baton_media_stop (self->media);
  baton_session_terminate (self->session);
  return TRUE;
}
