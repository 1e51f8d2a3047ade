/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens on the wire to a session: its states, the one receiver of its handle's events, and our requests in it. */
#include "baton-session-fields.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/sip_util.h>
#include <string.h>

#include "baton-error.h"
#include "baton-log.h"
#include "baton-name-addr.h"
#include "baton-refer-context-private.h"
#include "baton-session-states.h"
#include "baton-sip-address.h"
#include "baton-sip-auth.h"
#include "baton-sip-body.h"
#include "baton-sip-failure.h"
#include "baton-sip-mend.h"
#include "baton-ua-private.h"

#define ANSWER_OFFER_MS 30000
#define ACK_T1S 72 /* longer than the stack waits for one */

/* ---- state ---- */

void
baton_session_set_state (BatonSession *self, BatonSessionState state)
{
  if (!baton_session_transition_allowed (self->state, state))
    return;
  baton_debug ("session %s: %u -> %u", self->call_id ? self->call_id : "-", self->state, state);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), baton_session_properties[BATON_SESSION_PROP_STATE]);
}

void
baton_session_set_string (BatonSession *self, char **field, const char *value, guint property)
{
  if (value == NULL || g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), baton_session_properties[property]);
}

void
baton_session_set_status (BatonSession *self, guint status, const char *reason)
{
  g_autofree char *valid = reason ? g_utf8_make_valid (reason, (gssize) strnlen (reason, 256)) : NULL;

  g_object_freeze_notify (G_OBJECT (self));
  if (self->status != status)
    {
      self->status = status;
      g_object_notify_by_pspec (G_OBJECT (self), baton_session_properties[BATON_SESSION_PROP_STATUS]);
    }
  if (g_strcmp0 (self->reason, valid) != 0)
    {
      g_free (self->reason);
      self->reason = g_steal_pointer (&valid);
      g_object_notify_by_pspec (G_OBJECT (self), baton_session_properties[BATON_SESSION_PROP_REASON]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
update_blocked (BatonSession *self)
{
  baton_offer_queue_set_blocked (self->offers, self->remote_request != NULL || self->invite_open);
}

void
baton_session_forget_remote_request (BatonSession *self)
{
  baton_timers_clear (baton_ua_get_timers (self->ua), &self->remote_request_timer);
  if (self->remote_request != NULL)
    msg_destroy (g_steal_pointer (&self->remote_request));
}

void
baton_session_fail_infos (BatonSession *self, guint status, const char *reason)
{
  GTask *task;

  while ((task = g_queue_pop_head (&self->infos)) != NULL)
    {
      GError *error = NULL;

      if (status != 0)
        baton_error_set_sip_status (&error, status, reason);
      else
        g_set_error_literal (&error, BATON_ERROR, BATON_ERROR_CANCELLED, "The call ended meanwhile.");
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

/* The handle goes when neither the INVITE nor a refer has use for it. */
void
baton_session_maybe_release (BatonSession *self)
{
  if (self->handle != NULL && self->state == BATON_SESSION_STATE_TERMINATED && self->dialog_over
      && !baton_session_has_refers (self))
    {
      baton_sip_mend_set_silent (self->handle, TRUE);
      baton_sip_target_release (&self->handle);
    }
}

/* The one way into TERMINATED. */
void
baton_session_end (BatonSession *self, guint status, const char *reason, gboolean by_peer)
{
  g_autoptr (BatonSession) hold = g_object_ref (self);
  const gboolean had_dialog = self->state != BATON_SESSION_STATE_NEW;

  if (self->state == BATON_SESSION_STATE_TERMINATED)
    return;
  if (self->replaces_session != NULL && self->replaces_session->successor == self &&
      self->replaces_session->state != BATON_SESSION_STATE_TERMINATED)
    self->replaces_session->successor = NULL; /* it came to nothing: another may */
  baton_session_forget_remote_request (self);
  baton_session_set_status (self, status, reason);
  if (had_dialog)
    baton_ua_session_ended (self->ua, self);
  baton_session_set_state (self, BATON_SESSION_STATE_TERMINATED);
  if (had_dialog)
    baton_session_refer_dialog_ended (self, by_peer);
  baton_offer_queue_fail (self->offers, status, reason);
  baton_session_fail_infos (self, status, reason);
  baton_session_maybe_release (self);
}

/* ---- what messages tell about the peer ---- */

/* Only a server that we chose may say who the peer is. */
static gboolean
has_server (BatonSession *self)
{
  return baton_sip_identity_get_registrar (self->identity) || baton_sip_identity_get_outbound_proxy (self->identity);
}

/* @uri, @name: NULL leaves them as they are */
static void
set_remote (BatonSession *self, const char *uri, const char *name)
{
  gboolean changes = (uri != NULL && g_strcmp0 (uri, self->remote_uri) != 0) ||
                     (name != NULL && g_strcmp0 (name, self->remote_name) != 0);

  g_object_freeze_notify (G_OBJECT (self));
  /* Before anybody sees the new name: whether it is to be believed. */
  if (changes && self->state == BATON_SESSION_STATE_ESTABLISHED && !self->remote_changed)
    {
      self->remote_changed = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), baton_session_properties[BATON_SESSION_PROP_REMOTE_CHANGED]);
    }
  baton_session_set_string (self, &self->remote_uri, uri, BATON_SESSION_PROP_REMOTE_URI);
  baton_session_set_string (self, &self->remote_name, name, BATON_SESSION_PROP_REMOTE_NAME);
  g_object_thaw_notify (G_OBJECT (self));
}

void
baton_session_learn_peer (BatonSession *self, const sip_t *sip)
{
  g_autofree char *contact = NULL;
  gboolean replaces;

  if (sip == NULL)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  if (sip->sip_contact != NULL)
    contact = baton_sip_body_dup_url (sip->sip_contact->m_url);
  baton_session_set_string (self, &self->remote_contact, contact, BATON_SESSION_PROP_REMOTE_CONTACT);
  if (sip->sip_supported != NULL)
    self->remote_supports_target_dialog = sip_has_feature (sip->sip_supported, "tdialog");
  replaces = sip_has_feature (sip->sip_supported, "replaces");
  if (sip->sip_supported != NULL && replaces != self->remote_supports_replaces)
    {
      self->remote_supports_replaces = replaces;
      g_object_notify_by_pspec (G_OBJECT (self), baton_session_properties[BATON_SESSION_PROP_REMOTE_SUPPORTS_REPLACES]);
    }
  if (has_server (self))
    {
      g_autofree char *name = NULL;
      g_autofree char *uri = baton_sip_body_dup_asserted (sip, &name);

      set_remote (self, uri, name);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

/* The address without the port of its transport, which some phones leave away in From */
static gboolean
is_same_peer (const char *a, const char *b)
{
  g_autoptr (BatonSipUri) first = a != NULL ? baton_sip_uri_parse (a, NULL) : NULL;
  g_autoptr (BatonSipUri) second = b != NULL ? baton_sip_uri_parse (b, NULL) : NULL;

  if (first == NULL || second == NULL || !baton_sip_uri_is_callable (first) || !baton_sip_uri_is_callable (second))
    return g_strcmp0 (a, b) == 0; /* a tel: URI, say, has no host */
  return g_strcmp0 (baton_sip_uri_get_user (first), baton_sip_uri_get_user (second)) == 0 &&
         g_ascii_strcasecmp (baton_sip_uri_get_host (first), baton_sip_uri_get_host (second)) == 0;
}

void
baton_session_learn_name (BatonSession *self, const sip_t *sip)
{
  g_autofree char *name = NULL;
  g_autofree char *uri = sip != NULL ? baton_sip_body_dup_address (sip->sip_from, &name) : NULL;
  g_autofree char *asserted_name = NULL;
  g_autofree char *asserted = has_server (self) ? baton_sip_body_dup_asserted (sip, &asserted_name) : NULL;
  gboolean moved = uri != NULL && !is_same_peer (uri, self->peer_uri);

  if (uri == NULL || asserted != NULL) /* the server knows better */
    return;
  if (!moved && (name == NULL || g_strcmp0 (name, self->peer_name) == 0))
    return;
  g_free (self->peer_name);
  self->peer_name = g_strdup (name);
  if (moved)
    {
      g_free (self->peer_uri);
      self->peer_uri = g_strdup (uri);
      if (name == NULL && self->remote_name != NULL) /* nobody goes by another's name */
        {
          g_clear_pointer (&self->remote_name, g_free);
          g_object_notify_by_pspec (G_OBJECT (self), baton_session_properties[BATON_SESSION_PROP_REMOTE_NAME]);
        }
    }
  set_remote (self, moved ? uri : NULL, name);
}

void
baton_session_learn_source (BatonSession *self, const BatonSipEvent *event)
{
  const char *transport = baton_sip_address_get_transport (event);
  g_autofree char *address = baton_sip_address_dup_source (event);

  baton_session_set_string (self, &self->source_address, address, BATON_SESSION_PROP_SOURCE_ADDRESS);
  if (g_strcmp0 (self->transport, transport) != 0)
    {
      self->transport = transport;
      g_object_notify_by_pspec (G_OBJECT (self), baton_session_properties[BATON_SESSION_PROP_TRANSPORT]);
    }
}

/* Once is enough: whoever has read the tags knows them for as long as the dialog lasts. */
void
baton_session_learn_way (BatonSession *self, const sip_t *sip)
{
  if (!self->overheard && sip != NULL && !nta_sip_is_internal (sip) && !baton_sip_address_is_private (sip))
    self->overheard = TRUE;
}

static void
baton_session_learn_tag (BatonSession *self, const sip_t *sip)
{
  const char *tag = sip->sip_to ? sip->sip_to->a_tag : NULL;

  if (tag == NULL)
    return;
  if (!g_ptr_array_find_with_equal_func (self->early_tags, tag, g_str_equal, NULL) && self->early_tags->len < 32)
    g_ptr_array_add (self->early_tags, g_strdup (tag));
  baton_session_set_string (self, &self->remote_tag, tag, BATON_SESSION_PROP_REMOTE_TAG);
}

/* ---- our INVITE ---- */

static void
baton_session_receive_provisional (BatonSession *self, const BatonSipEvent *event)
{
  g_autofree char *sdp = baton_sip_body_dup_sdp (event->sip);

  baton_session_learn_source (self, event);
  baton_session_learn_tag (self, event->sip);
  baton_session_learn_peer (self, event->sip);
  baton_session_set_status (self, event->status, event->phrase);
  if (sdp == NULL)
    {
      baton_session_set_state (self, BATON_SESSION_STATE_RINGING);
      return;
    }
  if (g_strcmp0 (sdp, self->last_answer) != 0)
    {
      if (event->sip->sip_to != NULL && event->sip->sip_to->a_tag != NULL && g_hash_table_size (self->answers) < 32)
        g_hash_table_replace (self->answers, g_strdup (event->sip->sip_to->a_tag), g_strdup (sdp));
      g_free (self->last_answer);
      self->last_answer = g_strdup (sdp);
      baton_session_set_state (self, BATON_SESSION_STATE_EARLY);
      g_signal_emit (self, baton_session_signals[BATON_SESSION_ANSWER_RECEIVED], 0, sdp, FALSE);
    }
}

static void stop_awaiting_ack (BatonSession *self);

/* The ACK never came: they are told all the same. The stack does it by itself, at 64·T1, where it still knows of the call. */
static gboolean
on_no_ack (gpointer data)
{
  BatonSession *self = data;

  self->late_bye_timer = 0;
  stop_awaiting_ack (self);
  return G_SOURCE_REMOVE;
}

void
baton_session_bye (BatonSession *self, const char *reason)
{
  if (self->awaits_ack)
    {
      /* It may not overtake the 200: nobody would know what it ends (RFC 3261 §15) */
      self->late_bye = g_strdup (reason != NULL ? reason : "");
      self->late_bye_timer = baton_timers_add (baton_ua_get_timers (self->ua), ACK_T1S * baton_ua_get_t1 (self->ua), on_no_ack, self);
      return;
    }
  nua_bye (self->handle, TAG_IF (reason != NULL, SIPTAG_REASON_STR (reason)), TAG_END ());
}

static void
stop_awaiting_ack (BatonSession *self)
{
  g_autofree char *reason = g_steal_pointer (&self->late_bye);

  self->awaits_ack = FALSE;
  baton_timers_clear (baton_ua_get_timers (self->ua), &self->late_bye_timer);
  if (reason != NULL && self->handle != NULL && !self->dialog_over)
    baton_session_bye (self, *reason != '\0' ? reason : NULL);
}

/* What the BYE says to whose answer was of no use. */
static void
bye_for_answer (BatonSession *self)
{
  nua_bye (self->handle, SIPTAG_REASON_STR ("SIP;cause=488;text=\"Not Acceptable Here\""), TAG_END ());
}

static void
baton_session_receive_success (BatonSession *self, const BatonSipEvent *event)
{
  g_autofree char *sdp = baton_sip_body_dup_sdp (event->sip);

  baton_session_learn_tag (self, event->sip);
  baton_session_learn_peer (self, event->sip);
  if (event->sip->sip_contact != NULL && !baton_sip_body_has_contact (event->sip) &&
      self->state != BATON_SESSION_STATE_TERMINATED)
    {
      /* Neither the ACK nor anything else has a place to go to (RFC 3261 §12.1.2): they would ring off for want of it. */
      nua_bye (self->handle, TAG_END ());
      baton_session_end (self, 502, "No Usable Contact In The Answer", FALSE);
      return;
    }
  if (self->state == BATON_SESSION_STATE_TERMINATED)
    {
      /* Our CANCEL crossed the 200: nua has sent ACK, the BYE is ours to send (RFC 3261 §9.1). */
      nua_bye (self->handle, TAG_END ());
      return;
    }
  /* The answer may have come in a reliable 1xx (RFC 3262 §5): of this fork, not of the one that spoke last. */
  if (sdp == NULL && event->sip->sip_to != NULL && event->sip->sip_to->a_tag != NULL)
    sdp = g_strdup (g_hash_table_lookup (self->answers, event->sip->sip_to->a_tag));
  if (sdp == NULL && g_hash_table_size (self->answers) <= 1)
    sdp = g_strdup (self->last_answer); /* the server between has changed the tag, or there never was one (RFC 2543) */
  if (sdp == NULL)
    {
      bye_for_answer (self);
      baton_session_end (self, 488, "No answer to our offer", FALSE);
      return;
    }
  baton_session_set_status (self, event->status, event->phrase);
  /* The answer first: who hears that we are connected finds the sound agreed, and moved. */
  g_signal_emit (self, baton_session_signals[BATON_SESSION_ANSWER_RECEIVED], 0, sdp, TRUE);
  if (self->state == BATON_SESSION_STATE_TERMINATED && self->handle != NULL)
    bye_for_answer (self); /* a listener gave it up */
  baton_session_set_state (self, BATON_SESSION_STATE_ESTABLISHED);
}

/* FALSE: nobody has another offer, or it can't be sent. */
static gboolean
try_other_offer (BatonSession *self, guint status)
{
  g_autofree char *offer = NULL;

  if ((status != 488 && status != 606) || self->state == BATON_SESSION_STATE_TERMINATED)
    return FALSE;
  g_signal_emit (self, baton_session_signals[BATON_SESSION_OFFER_REFUSED], 0, status, &offer);
  return offer != NULL && self->state != BATON_SESSION_STATE_TERMINATED && baton_session_invite_again (self, offer);
}

/* nua is done with the re-INVITE that @self had no credentials for, so the next one may come. */
static void
end_refused_challenge (BatonSession *self)
{
  const guint status = self->refused_challenge;

  self->refused_challenge = 0;
  if (status != 0)
    baton_offer_queue_respond (self->offers, status, sip_status_phrase ((int) status), NULL, FALSE);
}

static void
baton_session_receive_invite_response (BatonSession *self, const BatonSipEvent *event)
{
  const guint status = event->status;

  if (baton_sip_auth_answer (self->identity, event, &self->auth_attempts))
    return;
  if (status >= 200)
    self->auth_attempts = 0;

  if (self->state == BATON_SESSION_STATE_ESTABLISHED)
    {
      g_autofree char *sdp = NULL;

      if (event->sip == NULL && self->refused_challenge != 0)
        {
          end_refused_challenge (self);
          return;
        }
      if (status == 401 || status == 407)
        {
          self->refused_challenge = status;
          baton_sip_mend_refuse_challenge (event->handle);
          return;
        }
      sdp = baton_sip_body_dup_sdp (event->sip);
      if (status >= 300 && baton_sip_mend_ends_call (status, event->sip))
        {
          /* The stack says so a moment later. Who waits for the answer must not send anything else on the handle: it
           * would be a request outside of every dialog. */
          baton_session_end (self, status, event->phrase, TRUE);
          return;
        }
      baton_session_learn_peer (self, event->sip);
      baton_offer_queue_respond (self->offers, status, event->phrase, sdp, self->direction == BATON_DIRECTION_OUTGOING);
    }
  else if (status > 100 && status < 200 && event->sip != NULL && self->state != BATON_SESSION_STATE_TERMINATED)
    {
      baton_session_receive_provisional (self, event);
    }
  else if (status >= 200 && status < 300 && event->sip != NULL)
    {
      baton_session_learn_source (self, event);
      baton_session_receive_success (self, event);
    }
  else if (status >= 300 && !try_other_offer (self, status))
    {
      /* After an unanswered challenge nua would wait for credentials for ever. */
      if (status == 401 || status == 407)
        self->dialog_over = TRUE;
      g_free (self->explanation);
      self->explanation = baton_sip_failure_explain (baton_ua_get_listen (self->ua), self->identity, self->remote_uri,
                                                     event);
      baton_session_end (self, status, event->phrase, TRUE);
    }
}

/* ---- the peer's requests ---- */

void
baton_session_respond (BatonSession *self, msg_t *request, guint status, const char *phrase, const char *sdp)
{
  if (self->handle == NULL)
    return;
  nua_respond (self->handle, (int) status, phrase, TAG_IF (request != NULL, NUTAG_WITH (request)),
               TAG_IF (status < 300 && self->local_contact != NULL, SIPTAG_CONTACT_STR (self->local_contact)),
               TAG_IF (sdp != NULL, SIPTAG_CONTENT_TYPE_STR ("application/sdp")), TAG_IF (sdp != NULL, SIPTAG_PAYLOAD_STR (sdp)),
               TAG_END ());
}

static gboolean
baton_session_answer_timed_out (gpointer data)
{
  BatonSession *self = data;

  self->remote_request_timer = 0;
  baton_session_reject_offer (self, 488);
  return G_SOURCE_REMOVE;
}

/* Whether an offer of ours waits for its answer: in a re-INVITE that was sent, or in a 2xx that has no ACK yet */
static gboolean
has_offered (BatonSession *self)
{
  return self->ack_brings_answer || (self->late_offer == NULL && baton_offer_queue_is_out (self->offers));
}

static void
baton_session_receive_offer (BatonSession *self, const BatonSipEvent *event)
{
  g_autofree char *sdp = baton_sip_body_dup_sdp (event->sip);

  baton_session_learn_name (self, event->sip);
  baton_session_learn_peer (self, event->sip);
  if (event->status >= 200)
    return;
  if (event->event == nua_i_update && sdp == NULL)
    {
      /* A refresh of the session timer (RFC 4028). */
      nua_respond (event->handle, SIP_200_OK, NUTAG_WITH_THIS (event->nua), TAG_END ());
      return;
    }
  /* The stack refuses INVITEs that cross ours, but no UPDATEs (RFC 3311 §5.2). */
  if (self->state != BATON_SESSION_STATE_ESTABLISHED || self->remote_request != NULL ||
      (event->event == nua_i_update && has_offered (self)))
    {
      nua_respond (event->handle, SIP_491_REQUEST_PENDING, NUTAG_WITH_THIS (event->nua), TAG_END ());
      return;
    }
  if (!g_signal_has_handler_pending (self, baton_session_signals[BATON_SESSION_OFFER_RECEIVED], 0, FALSE))
    {
      nua_respond (event->handle, SIP_488_NOT_ACCEPTABLE, NUTAG_WITH_THIS (event->nua), TAG_END ());
      return;
    }
  self->remote_request = baton_sip_event_keep_request (event);
  if (event->event == nua_i_invite)
    self->ack_brings_answer = sdp == NULL;
  self->remote_request_timer =
    baton_timers_add (baton_ua_get_timers (self->ua), ANSWER_OFFER_MS, baton_session_answer_timed_out, self);
  update_blocked (self);
  self->offer_outdated = TRUE;
  g_signal_emit (self, baton_session_signals[BATON_SESSION_OFFER_RECEIVED], 0, sdp);
}

static void
baton_session_receive_ack (BatonSession *self, const BatonSipEvent *event)
{
  g_autofree char *sdp = NULL;

  if (!self->ack_brings_answer || self->state != BATON_SESSION_STATE_ESTABLISHED || self->remote_request != NULL)
    return;
  self->ack_brings_answer = FALSE;
  sdp = baton_sip_body_dup_sdp (event->sip);
  if (sdp != NULL)
    g_signal_emit (self, baton_session_signals[BATON_SESSION_ANSWER_RECEIVED], 0, sdp, TRUE);
  else if (self->replaces_session != NULL) /* the other call works, and stays */
    baton_session_end (self, 488, "No answer to our offer", FALSE);
  if (self->state == BATON_SESSION_STATE_TERMINATED && self->handle != NULL)
    bye_for_answer (self);
}

static void
baton_session_receive_cancel (BatonSession *self)
{
  if (self->state != BATON_SESSION_STATE_ESTABLISHED)
    {
      baton_session_end (self, 487, "Request Terminated", TRUE);
      return;
    }
  /* Of a re-INVITE: the call goes on (RFC 3261 §14.2), and nobody waits for an answer, or acknowledges one. */
  baton_session_forget_remote_request (self);
  self->ack_brings_answer = FALSE;
  self->invite_open = FALSE;
  update_blocked (self);
}

static void
baton_session_receive_info (BatonSession *self, const BatonSipEvent *event)
{
  g_autofree char *body = baton_sip_body_dup_text (event->sip);
  const char *type = event->sip && event->sip->sip_content_type ? event->sip->sip_content_type->c_type : NULL;
  g_autofree char *valid = type ? g_utf8_make_valid (type, (gssize) strnlen (type, 128)) : NULL;

  if (event->status < 200)
    nua_respond (event->handle, SIP_200_OK, NUTAG_WITH_THIS (event->nua), TAG_END ());
  g_signal_emit (self, baton_session_signals[BATON_SESSION_INFO_RECEIVED], 0, valid, body ? body : "");
}

static void
baton_session_receive_info_response (BatonSession *self, const BatonSipEvent *event)
{
  g_autoptr (GTask) task = NULL;

  if (event->status < 200 || baton_sip_auth_answer_or_give_up (self->identity, event, &self->auth_attempts))
    return;
  task = g_queue_pop_head (&self->infos);
  if (task == NULL)
    return;
  if (event->status < 300)
    {
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      GError *error = NULL;

      baton_error_set_sip_status (&error, event->status, event->phrase);
      g_task_return_error (task, error);
    }
}

static void
baton_session_receive_state (BatonSession *self, const BatonSipEvent *event)
{
  int state = nua_callstate_init;

  tl_gets (event->tags, NUTAG_CALLSTATE_REF (state), TAG_END ());
  if (state == nua_callstate_terminated)
    self->dialog_over = TRUE;
  if (state == nua_callstate_terminated || state == nua_callstate_terminating)
    baton_session_end (self, event->status >= 300 ? event->status : 408, event->phrase, FALSE);
}

static void
baton_session_receive_bye_response (BatonSession *self, const BatonSipEvent *event)
{
  if (event->status < 200 || baton_sip_auth_answer (self->identity, event, &self->auth_attempts))
    return;
  self->dialog_over = TRUE;
  /* A BYE that we didn't ask for: nua's session timer ran out. */
  baton_session_end (self, 408, "Session Timeout", FALSE);
}

static gboolean
baton_session_forward_refer (BatonSession *self, const BatonSipEvent *event)
{
  if (baton_session_refer_event (self, event))
    return TRUE;
  /* Another event package, or no subscription of ours. */
  if ((event->event == nua_i_notify || event->event == nua_i_subscribe) && event->status < 200)
    nua_respond (event->handle, SIP_489_BAD_EVENT, NUTAG_WITH_THIS (event->nua), TAG_END ());
  return FALSE;
}

void
baton_session_receive (BatonSipTarget *target, const BatonSipEvent *event)
{
  BatonSession *self = BATON_SESSION (target);

  baton_session_learn_way (self, event->sip);
  switch ((int) event->event)
    {
    case nua_r_invite:
      baton_session_receive_invite_response (self, event);
      break;
    case nua_i_invite:
    case nua_i_update:
      baton_session_receive_offer (self, event);
      break;
    case nua_i_ack:
      self->invite_open = FALSE;
      stop_awaiting_ack (self);
      baton_session_receive_ack (self, event);
      update_blocked (self);
      break;
    case nua_i_cancel:
      baton_session_receive_cancel (self);
      break;
    case nua_r_authenticate: /* there was nothing that waited for it */
      end_refused_challenge (self);
      break;
    case nua_i_bye:
      self->dialog_over = TRUE;
      baton_session_end (self, 0, NULL, TRUE);
      break;
    case nua_r_bye:
      baton_session_receive_bye_response (self, event);
      break;
    case nua_i_state:
      baton_session_receive_state (self, event);
      break;
    case nua_i_options: /* whether the call is still there */
      baton_sip_event_answer_options (event);
      break;
    case nua_i_info:
      baton_session_receive_info (self, event);
      break;
    case nua_r_info:
      baton_session_receive_info_response (self, event);
      break;
    case nua_i_refer:
    case nua_r_refer:
    case nua_i_notify:
    case nua_r_notify:
    case nua_i_subscribe:
    case nua_r_subscribe:
    case nua_r_unsubscribe:
      baton_session_forward_refer (self, event);
      break;
    default:
      baton_debug ("session %s: %s %u %s", self->call_id ? self->call_id : "-", nua_event_name (event->event), event->status,
                   event->phrase);
      break;
    }
  baton_session_send_late_offer (self);
  baton_session_maybe_release (self);
}

/* ---- what we do in the dialog ---- */

void
baton_session_reoffer_async (BatonSession *self, const char *offer, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, baton_session_reoffer_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->state != BATON_SESSION_STATE_ESTABLISHED || self->handle == NULL)
    {
      g_task_return_new_error (task, BATON_ERROR, BATON_ERROR_INVALID_STATE, "The call is not connected.");
      return;
    }
  if (baton_offer_queue_is_empty (self->offers))
    self->offer_outdated = FALSE;
  baton_offer_queue_push (self->offers, g_steal_pointer (&task), offer);
}

char *
baton_session_reoffer_finish (BatonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
baton_session_answer_offer (BatonSession *self, const char *sdp)
{
  g_return_if_fail (BATON_IS_SESSION (self));
  g_return_if_fail (sdp != NULL);

  if (self->remote_request == NULL)
    return;
  baton_session_respond (self, self->remote_request, SIP_200_OK, sdp);
  if (sip_object (self->remote_request)->sip_request->rq_method == sip_method_invite)
    self->invite_open = TRUE;
  baton_session_forget_remote_request (self);
  update_blocked (self);
}

void
baton_session_reject_offer (BatonSession *self, guint status)
{
  g_return_if_fail (BATON_IS_SESSION (self));

  if (self->remote_request == NULL)
    return;
  /* Some statuses would end the dialog with it (RFC 5057); the call shall go on as it was. */
  if (status < 400 || status > 699 || baton_sip_mend_ends_call (status, NULL))
    status = 488;
  baton_session_respond (self, self->remote_request, status, sip_status_phrase ((int) status), NULL);
  if (sip_object (self->remote_request)->sip_request->rq_method == sip_method_invite)
    self->ack_brings_answer = FALSE;
  baton_session_forget_remote_request (self);
  update_blocked (self);
}

void
baton_session_send_info_async (BatonSession *self, const char *content_type, const char *body, GAsyncReadyCallback callback,
                               gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);

  g_task_set_source_tag (task, baton_session_send_info_async);
  if (self->state != BATON_SESSION_STATE_ESTABLISHED || self->handle == NULL || !baton_header_value_is_safe (content_type))
    {
      g_task_return_new_error (task, BATON_ERROR, BATON_ERROR_INVALID_STATE, "The call is not connected.");
      return;
    }
  g_queue_push_tail (&self->infos, g_steal_pointer (&task));
  nua_info (self->handle, SIPTAG_CONTENT_TYPE_STR (content_type), SIPTAG_PAYLOAD_STR (body), TAG_END ());
}

gboolean
baton_session_send_info_finish (BatonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
