/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-media-session-private.h"

#include <openssl/crypto.h>
#include <string.h>

#include "baton-error.h"

/* With ICE the addresses are an agent's, and other ones after a restart. */
static void
take_addresses (BatonMediaSession *self, BatonIceDescription *description)
{
  g_free (self->address);
  self->address = g_strdup (description->address);
  self->ports[0] = description->port;
  self->ports[1] = description->rtcp_port;
  baton_sdp_ice_free (self->ice_lines);
  self->ice_lines = g_steal_pointer (&description->ice);
}

static BatonSdpLocal
describe (BatonMediaSession *self)
{
  BatonSdpLocal local = { 0 };

  local.id = self->sdp_id;
  local.address = self->address;
  local.port = self->ports[0];
  local.rtcp_port = self->ports[1];
  local.direction = BATON_SDP_SENDRECV;
  if (self->local_hold) /* RFC 3264 §8.4: who is held already becomes inactive */
    local.direction = self->remote_hold ? BATON_SDP_INACTIVE : BATON_SDP_SENDONLY;
  local.codecs = self->codecs;
  local.n_codecs = self->n_codecs;
  local.ice = self->ice_lines;
  self->security.current = self->agreed ? &self->agreement.keying : NULL;
  local.security = self->security.mode != BATON_SRTP_MODE_OFF ? &self->security : NULL;
  local.previous = self->local;
  local.webrtc = self->webrtc;
  return local;
}

static void
take_agreement (BatonMediaSession *self, const BatonSdpAgreement *agreement, const BatonSdp *theirs, gboolean offered)
{
  g_autoptr (BatonMediaSession) keep = g_object_ref (self);
  gboolean new_codec = !self->agreed || self->agreement.codec != agreement->codec;
  gboolean new_hold = self->remote_hold != agreement->remote_hold;
  gboolean was_securing = self->securing;
  gboolean new_keys = self->agreement.keying.exchange != agreement->keying.exchange;

  self->agreement = *agreement;
  self->agreed = TRUE;
  self->remote_hold = agreement->remote_hold;
  if (self->ice != NULL)
    baton_ice_session_take (self->ice, agreement->ice ? baton_sdp_get_ice (theirs, agreement->media_index) : NULL, offered,
                            agreement->rtcp_mux);
  baton_tick_lock (self->tick);
  baton_audio_stream_set_agreement (self->stream, agreement);
  if (self->secure != NULL)
    {
      BatonSecureStats stats;

      baton_secure_transport_set_keying (self->secure, &agreement->keying);
      baton_secure_transport_read_stats (self->secure, &stats);
      self->securing = stats.exchange == BATON_KEY_EXCHANGE_DTLS && stats.cipher == NULL;
    }
  baton_tick_unlock (self->tick);
  baton_media_session_update (self);
  if (new_codec)
    g_object_notify (G_OBJECT (self), "codec");
  if (new_keys)
    g_object_notify (G_OBJECT (self), "srtp");
  if (new_hold)
    g_object_notify (G_OBJECT (self), "remote-hold");
  if (was_securing && !self->securing) /* it goes without now */
    g_signal_emit_by_name (self, "secured");
}

/* How @local is encrypted in an offer: @security: where a changed one may be. */
static void
set_offered_security (BatonMediaSession *self, BatonSdpLocal *local, BatonSdpSecurityLocal *security)
{
  if (local->security == NULL)
    return;
  *security = self->security;
  switch (self->offer_kind)
    {
    case BATON_MEDIA_OFFER_AS_WANTED:
      break;
    case BATON_MEDIA_OFFER_SECURE:
      security->mode = BATON_SRTP_MODE_REQUIRED;
      break;
    case BATON_MEDIA_OFFER_DTLS:
      security->sdes = FALSE;
      break;
    case BATON_MEDIA_OFFER_PLAIN:
      if (self->agreement.keying.exchange == BATON_KEY_EXCHANGE_NONE) /* else they came with keys later */
        security->mode = BATON_SRTP_MODE_OFF;
      break;
    }
  local->security = security;
}

char *
baton_media_session_create_offer (BatonMedia *media, GError **error)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);
  g_auto (BatonIceDescription) description = { 0 };
  BatonSdpSecurityLocal security;
  BatonSdpLocal local;

  if (!baton_media_session_prepare (self, error))
    return NULL;
  if (self->ice != NULL)
    {
      baton_ice_session_describe_offer (self->ice, &description);
      take_addresses (self, &description);
    }
  local = describe (self);
  set_offered_security (self, &local, &security);
  g_clear_pointer (&self->offer, baton_sdp_free);
  self->offer = baton_sdp_create_offer (&local);
  OPENSSL_cleanse (&security, sizeof security);
  g_clear_pointer (&self->local, baton_sdp_free);
  self->local = baton_sdp_copy (self->offer);
  return baton_sdp_to_string (self->offer);
}

/*
 * Some phones refuse an RTP/AVP with keys beside it (RFC 8643 came late), others take no line about keys at all: first
 * another way to encrypt, then none, if that will do. Who wants browsers has but one way.
 */
static gboolean
choose_other_offer (BatonMediaSession *self)
{
  if (self->webrtc)
    return FALSE;
  switch (self->offer_kind)
    {
    case BATON_MEDIA_OFFER_AS_WANTED:
      if (self->security.mode == BATON_SRTP_MODE_OPTIONAL)
        self->offer_kind = BATON_MEDIA_OFFER_SECURE;
      else if (self->security.mode == BATON_SRTP_MODE_REQUIRED && self->security.sdes && self->security.fingerprint != NULL)
        self->offer_kind = BATON_MEDIA_OFFER_DTLS;
      else
        return FALSE;
      return TRUE;
    case BATON_MEDIA_OFFER_SECURE:
      self->offer_kind = BATON_MEDIA_OFFER_PLAIN;
      return TRUE;
    case BATON_MEDIA_OFFER_DTLS:
    case BATON_MEDIA_OFFER_PLAIN:
      return FALSE;
    }
  return FALSE;
}

char *
baton_media_session_create_other_offer (BatonMedia *media, GError **error)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);

  if (self->agreed || self->offer == NULL || !choose_other_offer (self))
    return NULL;
  g_clear_pointer (&self->local, baton_sdp_free); /* it is the first one of a new dialog */
  return baton_media_session_create_offer (media, error);
}

gboolean
baton_media_session_check_offer (BatonMedia *media, const char *text, GError **error)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);
  g_autoptr (BatonSdp) offer = baton_sdp_parse (text, error);
  BatonSdpLocal local = describe (self);

  return offer != NULL && baton_sdp_check_offer (&local, offer, error);
}

/*
 * Who comes with another key may be another phone, that a server put in the place of the first one. It
 * knows nothing of how far ours got (RFC 3711 §3.3.1), so it gets a new one, which begins anew.
 */
static void
renew_keys (BatonMediaSession *self, const BatonSdp *offer)
{
  const BatonKeying *now = &self->agreement.keying;

  if (!self->agreed || now->exchange != BATON_KEY_EXCHANGE_SDES)
    return;
  for (guint i = 0; i < offer->media->len; i++)
    {
      const BatonSdpSecurity *theirs = &((const BatonSdpMedia *) g_ptr_array_index (offer->media, i))->security;

      for (guint j = 0; j < theirs->n_crypto; j++)
        if (baton_srtp_key_equal (&theirs->crypto[j].key, &now->remote))
          return;
    }
  baton_sdp_security_generate (&self->security);
}

char *
baton_media_session_create_answer (BatonMedia *media, const char *text, GError **error)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);
  g_autoptr (BatonSdp) offer = NULL, answer = NULL;
  g_auto (BatonIceDescription) description = { 0 };
  g_autofree char *written = NULL;
  BatonSdpAgreement agreement;
  BatonSdpLocal local;

  if (!baton_media_session_check_alive (self, error))
    return NULL;
  offer = baton_sdp_parse (text, error);
  if (offer == NULL || !baton_media_session_prepare (self, error))
    return NULL;
  if (self->ice != NULL)
    {
      baton_ice_session_describe_answer (self->ice, baton_sdp_find_ice (offer), &description);
      take_addresses (self, &description);
    }
  renew_keys (self, offer);
  local = describe (self);
  if (self->local_hold)
    local.direction = BATON_SDP_SENDONLY;
  answer = baton_sdp_create_answer (&local, offer, &agreement, error);
  if (answer == NULL)
    return NULL;
  g_clear_pointer (&self->offer, baton_sdp_free);
  g_clear_pointer (&self->local, baton_sdp_free);
  written = baton_sdp_to_string (answer);
  self->local = g_steal_pointer (&answer);
  take_agreement (self, &agreement, offer, FALSE); /* whoever hears of a hold's end may make an offer at once, and @local that */
  return g_steal_pointer (&written);
}

gboolean
baton_media_session_apply_answer (BatonMedia *media, const char *text, gboolean final, GError **error)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);
  g_autoptr (BatonSdp) answer = NULL;
  BatonSdpAgreement agreement;
  BatonSdpLocal local;

  if (!baton_media_session_check_alive (self, error))
    return FALSE;
  if (self->offer == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                           "An answer came from the other side, but nothing was offered to it.");
      return FALSE;
    }
  answer = baton_sdp_parse (text, error);
  local = describe (self);
  if (answer == NULL || !baton_sdp_take_answer (&local, self->offer, answer, self->remote_hold, &agreement, error))
    return FALSE;
  if (final)
    g_clear_pointer (&self->offer, baton_sdp_free);
  take_agreement (self, &agreement, answer, TRUE);
  return TRUE;
}
