/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Offer and answer (RFC 3264) over descriptions as values: no socket, no state but what is passed in. */
#include "baton-sdp.h"

#include <string.h>

#include "baton-error.h"
#include "baton-sdp-bundle.h"

#define EVENT_8000_PAYLOAD_TYPE 101
#define EVENT_48000_PAYLOAD_TYPE 100

static guint
index_of (const BatonSdp *sdp, const BatonSdpMedia *media)
{
  guint i = 0;

  g_ptr_array_find (sdp->media, media, &i);
  return i;
}

static BatonSdpMedia *
find_audio (const BatonSdp *sdp)
{
  for (guint i = 0; i < sdp->media->len; i++)
    {
      BatonSdpMedia *media = g_ptr_array_index (sdp->media, i);

      if (media->port != 0 && strcmp (media->type, "audio") == 0)
        return media;
    }
  return NULL;
}

static const BatonSdpFormat *
find_codec (const BatonSdpMedia *media, BatonCodecId codec)
{
  for (guint i = 0; i < media->formats->len; i++)
    {
      const BatonSdpFormat *format = &g_array_index (media->formats, BatonSdpFormat, i);

      if (!format->event && format->codec == codec)
        return format;
    }
  return NULL;
}

/* The telephone-event for sound of this RTP clock (RFC 4733 §2.1); else the one of 8000, as many phones mean it. */
static const BatonSdpFormat *
find_event (const BatonSdpMedia *media, guint clock_rate, gboolean exact)
{
  const BatonSdpFormat *other = NULL;

  for (guint i = 0; i < media->formats->len; i++)
    {
      const BatonSdpFormat *format = &g_array_index (media->formats, BatonSdpFormat, i);

      if (!format->event)
        continue;
      if (format->clock_rate == clock_rate)
        return format;
      if (format->clock_rate == 8000)
        other = format;
    }
  return exact ? NULL : other;
}

/* What a first offer has: the codecs in order of preference, then telephone-event for each clock that they have. */
static GArray *
list_formats (const BatonSdpLocal *local)
{
  static const BatonSdpFormat events[] = { { EVENT_8000_PAYLOAD_TYPE, TRUE, 0, 8000 },
                                           { EVENT_48000_PAYLOAD_TYPE, TRUE, 0, 48000 } };
  GArray *formats = g_array_new (FALSE, TRUE, sizeof (BatonSdpFormat));
  gboolean rates[2] = { FALSE, FALSE };

  for (guint i = 0; i < local->n_codecs; i++)
    {
      const BatonCodecInfo *info = baton_codec_info (local->codecs[i]);
      BatonSdpFormat format = { info->payload_type, FALSE, info->id, info->clock_rate };

      rates[info->clock_rate == 48000] = TRUE;
      g_array_append_val (formats, format);
    }
  for (guint i = 0; i < 2; i++)
    if (rates[i])
      g_array_append_val (formats, events[i]);
  return formats;
}

/* A number keeps its meaning for the whole session (RFC 3264 §8.3.2), so what is new steps aside for all that was there. */
static void
number_formats (GArray *formats, const BatonSdpMedia *before)
{
  gboolean taken[128] = { FALSE };

  for (guint i = 0; i < before->formats->len; i++)
    taken[g_array_index (before->formats, BatonSdpFormat, i).payload_type & 127] = TRUE;
  for (guint i = 0; i < formats->len; i++)
    {
      BatonSdpFormat *format = &g_array_index (formats, BatonSdpFormat, i);
      const BatonSdpFormat *agreed = format->event ? find_event (before, format->clock_rate, TRUE)
                                                   : find_codec (before, format->codec);

      if (agreed != NULL)
        *format = *agreed;
      for (guint8 number = 96; agreed == NULL && number < 128 && taken[format->payload_type]; number++)
        format->payload_type = number;
      taken[format->payload_type & 127] = TRUE;
    }
}

static void
set_local (BatonSdpMedia *media, const BatonSdpLocal *local, BatonSdpDirection direction, gboolean rtcp_mux)
{
  g_free (media->address);
  media->address = g_strdup (local->address);
  media->zero_address = FALSE;
  media->port = local->port;
  media->rtcp_mux = rtcp_mux;
  media->rtcp_port = local->rtcp_port;
  media->direction = direction;
  media->ptime = BATON_FRAME_US / 1000;
  media->maxptime = 0;
  g_clear_pointer (&media->ice, baton_sdp_ice_free);
  media->ice = baton_sdp_ice_copy (local->ice);
}

static void
set_version (BatonSdp *sdp, const BatonSdpLocal *local)
{
  sdp->id = sdp->version = local->id;
  if (local->previous == NULL)
    return;
  sdp->version = local->previous->version;
  if (!baton_sdp_equal_but_version (local->previous, sdp))
    sdp->version++;
}

static BatonSdpMedia *
add_audio (BatonSdp *sdp, const char *protocol)
{
  BatonSdpMedia *audio = g_new0 (BatonSdpMedia, 1);

  audio->type = g_strdup ("audio");
  audio->protocol = g_strdup (protocol);
  audio->formats = g_array_new (FALSE, TRUE, sizeof (BatonSdpFormat));
  g_ptr_array_add (sdp->media, audio);
  return audio;
}

static BatonSdp *
sdp_like (const BatonSdp *other, const char *address)
{
  BatonSdp *sdp = baton_sdp_copy (other);

  g_free (sdp->address);
  sdp->address = g_strdup (address);
  return sdp;
}

static void
reject_media (BatonSdpMedia *media)
{
  media->port = 0;
  if (media->numbers == NULL || media->numbers[0] == NULL)
    {
      g_strfreev (media->numbers);
      media->numbers = g_strsplit ("0", " ", 1);
    }
}

BatonSdp *
baton_sdp_create_offer (const BatonSdpLocal *local)
{
  static const BatonSdp nothing = { 0 };
  BatonSdp *offer;
  BatonSdpMedia *audio;
  GArray *formats = list_formats (local);

  if (local->previous != NULL && find_audio (local->previous) != NULL)
    {
      offer = sdp_like (local->previous, local->address);
      audio = find_audio (offer);
    }
  else
    {
      g_autoptr (GPtrArray) empty = g_ptr_array_new ();
      BatonSdp blank = nothing;

      blank.media = empty;
      offer = sdp_like (&blank, local->address);
      audio = add_audio (offer, local->webrtc ? "UDP/TLS/RTP/SAVPF" : baton_sdp_security_get_protocol (local->security));
      if (local->webrtc)
        {
          audio->mid = g_strdup ("0");
          offer->bundle = g_strsplit (audio->mid, " ", 1);
        }
    }
  number_formats (formats, audio);
  g_array_unref (audio->formats);
  audio->formats = formats;
  set_local (audio, local, local->direction, TRUE);
  baton_sdp_security_offer (&audio->security, audio->protocol, local->security);
  set_version (offer, local);
  return offer;
}

/* --- agreement --- */

/* What we answer about ICE. What a server on the way has changed is said back, and plain RTP goes where it points to. */
static gboolean
answer_ice (BatonSdpMedia *ours, const BatonSdpMedia *theirs)
{
  if (ours->ice == NULL || theirs->ice == NULL)
    {
      g_clear_pointer (&ours->ice, baton_sdp_ice_free);
      return FALSE;
    }
  ours->ice->mismatch = !baton_sdp_ice_matches (theirs->ice, theirs->address, theirs->port);
  if (ours->rtcp_mux)
    baton_sdp_ice_keep_component (ours->ice, 1);
  return !ours->ice->mismatch;
}

/* @address: one that was parsed */
static gboolean
is_ipv6 (const char *address)
{
  return strchr (address, ':') != NULL;
}

static gboolean
set_remote (BatonSdpAgreement *agreement, const BatonSdpMedia *ours, const BatonSdpMedia *theirs, GError **error)
{
  agreement->port = theirs->port;
  agreement->rtcp_port = theirs->rtcp_port;
  if (theirs->address != NULL && !theirs->zero_address)
    g_strlcpy (agreement->address, theirs->address, sizeof agreement->address);
  if (agreement->ice)
    return TRUE;
  if (theirs->address == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_SDP,
                           "The session description of the other side has no address that sound can be sent to.");
      return FALSE;
    }
  if (!theirs->zero_address && ours->address != NULL && is_ipv6 (ours->address) != is_ipv6 (theirs->address))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_SDP,
                   "They want the sound at an %s address, which cannot be reached from our %s one.",
                   is_ipv6 (theirs->address) ? "IPv6" : "IPv4", is_ipv6 (ours->address) ? "IPv6" : "IPv4");
      return FALSE;
    }
  return TRUE;
}

static void
set_receive (BatonSdpAgreement *agreement, const BatonSdpMedia *ours)
{
  for (guint i = 0; i < ours->formats->len; i++)
    {
      const BatonSdpFormat *format = &g_array_index (ours->formats, BatonSdpFormat, i);
      guint8 number = format->payload_type & 127;

      agreement->receive[number] = format->event ? BATON_SDP_RECEIVE_EVENT : (guint8) (1 + format->codec);
      if (format->event)
        agreement->receive_event_rate[number] = format->clock_rate;
    }
}

static void
set_send (BatonSdpAgreement *agreement, const BatonSdpMedia *theirs, const BatonSdpFormat *format)
{
  const BatonSdpFormat *event = find_event (theirs, format->clock_rate, FALSE);
  guint ptime = theirs->ptime > 0 ? theirs->ptime : BATON_FRAME_US / 1000;

  agreement->codec = format->codec;
  agreement->ptime = baton_codec_packet_ms (format->codec, theirs->maxptime > 0 ? MIN (ptime, theirs->maxptime) : ptime);
  agreement->payload_type = format->payload_type;
  agreement->parameters = format->parameters;
  agreement->event_payload_type = event != NULL ? event->payload_type : -1;
  agreement->event_clock_rate = event != NULL ? event->clock_rate : 0;
}

static BatonSdpDirection
reverse (BatonSdpDirection direction)
{
  return ((direction & BATON_SDP_SENDONLY) ? BATON_SDP_RECVONLY : 0) |
         ((direction & BATON_SDP_RECVONLY) ? BATON_SDP_SENDONLY : 0);
}

/*
 * Of several audio lines (one plain, one encrypted is what some phones offer) the best that we can take:
 * an encrypted one goes before a plain one.
 */
static BatonSdpMedia *
choose_audio (const BatonSdpLocal *local, const BatonSdp *offer, const BatonSdpFormat **format,
              BatonSdpSecurity *security, BatonKeying *keying, GError **error)
{
  gboolean audio = FALSE, possible = FALSE, secure = FALSE;
  BatonSdpMedia *chosen = NULL;

  for (guint i = 0; i < offer->media->len; i++)
    {
      BatonSdpMedia *media = g_ptr_array_index (offer->media, i);
      const BatonSdpFormat *candidate = NULL;
      BatonSdpSecurity our_security;
      BatonKeying our_keying;

      if (strcmp (media->type, "audio") != 0 || media->port == 0)
        continue;
      audio = TRUE;
      secure |= baton_sdp_protocol_is_secure (media->protocol);
      if (!baton_sdp_security_answer (&our_security, media->protocol, &media->security, local->security, &our_keying))
        continue;
      possible = TRUE;
      for (guint j = 0; j < local->n_codecs && candidate == NULL; j++)
        candidate = find_codec (media, local->codecs[j]);
      if (candidate == NULL || (chosen != NULL && (keying->exchange != BATON_KEY_EXCHANGE_NONE ||
                                                   our_keying.exchange == BATON_KEY_EXCHANGE_NONE)))
        continue;
      chosen = media;
      *format = candidate;
      *security = our_security;
      *keying = our_keying;
    }
  if (chosen == NULL)
    g_set_error_literal (error, BATON_ERROR,
                         audio && !possible ? BATON_ERROR_NO_COMMON_SECURITY : BATON_ERROR_NO_COMMON_CODEC,
                         !audio      ? "They offer no sound for this call."
                         : !possible ? baton_sdp_security_explain (local->security, secure)
                                     : "They have none of the codecs that are switched on here.");
  return chosen;
}

gboolean
baton_sdp_check_offer (const BatonSdpLocal *local, const BatonSdp *offer, GError **error)
{
  const BatonSdpFormat *format = NULL;
  BatonSdpSecurity security;
  BatonKeying keying;

  return choose_audio (local, offer, &format, &security, &keying, error) != NULL;
}

BatonSdp *
baton_sdp_create_answer (const BatonSdpLocal *local, const BatonSdp *offer, BatonSdpAgreement *agreement, GError **error)
{
  g_autoptr (BatonSdp) answer = NULL;
  BatonSdpAgreement result = { 0 };
  const BatonSdpFormat *format = NULL;
  BatonSdpSecurity security;
  BatonSdpMedia *theirs = choose_audio (local, offer, &format, &security, &result.keying, error), *ours = NULL;
  const BatonSdpFormat *event;
  BatonSdpDirection direction;

  if (theirs == NULL)
    return NULL;
  answer = sdp_like (offer, local->address);
  for (guint i = 0; i < offer->media->len; i++)
    {
      BatonSdpMedia *media = g_ptr_array_index (answer->media, i);

      if (g_ptr_array_index (offer->media, i) == theirs)
        ours = media;
      else
        reject_media (media);
    }
  g_array_set_size (ours->formats, 0);
  g_array_append_val (ours->formats, *format);
  event = find_event (theirs, format->clock_rate, FALSE);
  if (event != NULL)
    g_array_append_val (ours->formats, *event);
  direction = reverse (theirs->direction) & local->direction;
  set_local (ours, local, direction, theirs->rtcp_mux);
  result.ice = answer_ice (ours, theirs);
  result.media_index = index_of (answer, ours);
  ours->security = security;
  baton_sdp_bundle_keep (answer, ours);
  set_version (answer, local);

  if (!set_remote (&result, ours, theirs, error))
    return NULL;
  set_send (&result, theirs, format);
  set_receive (&result, ours);
  result.rtcp_mux = theirs->rtcp_mux;
  result.rtcp_xr = theirs->rtcp_xr;
  result.rtcp_xr_times = theirs->rtcp_xr_times;
  result.direction = direction;
  result.remote_hold = (theirs->direction & BATON_SDP_RECVONLY) == 0;
  *agreement = result;
  return g_steal_pointer (&answer);
}

gboolean
baton_sdp_take_answer (const BatonSdpLocal *local, const BatonSdp *offer, const BatonSdp *answer,
                       gboolean remote_hold_before, BatonSdpAgreement *agreement, GError **error)
{
  BatonSdpMedia *ours = find_audio (offer), *theirs = NULL;
  BatonSdpAgreement result = { 0 };
  const BatonSdpFormat *format = NULL;
  const char *why;

  for (guint i = 0; i < offer->media->len && i < answer->media->len; i++)
    if (g_ptr_array_index (offer->media, i) == ours)
      theirs = g_ptr_array_index (answer->media, i);
  if (ours == NULL || theirs == NULL || strcmp (theirs->type, "audio") != 0)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_SDP,
                           "The answer of the other side does not belong to our offer.");
      return FALSE;
    }
  for (guint i = 0; theirs->port != 0 && i < theirs->formats->len && format == NULL; i++)
    {
      const BatonSdpFormat *candidate = &g_array_index (theirs->formats, BatonSdpFormat, i);

      if (!candidate->event && find_codec (ours, candidate->codec) != NULL)
        format = candidate;
    }
  if (theirs->port == 0 || format == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_NO_COMMON_CODEC,
                           theirs->port == 0 ? "They refused the sound of this call."
                                             : "They answered with none of the codecs that were offered.");
      return FALSE;
    }
  why = baton_sdp_security_take_answer (&ours->security, theirs->protocol, &theirs->security,
                                        local->security != NULL ? local->security->mode : BATON_SRTP_MODE_OFF,
                                        &result.keying);
  if (why != NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_NO_COMMON_SECURITY, why);
      return FALSE;
    }
  result.ice = ours->ice != NULL && theirs->ice != NULL && baton_sdp_ice_matches (theirs->ice, theirs->address, theirs->port);
  result.media_index = index_of (answer, theirs);
  if (!set_remote (&result, ours, theirs, error))
    return FALSE;
  set_send (&result, theirs, format);
  set_receive (&result, ours);
  result.rtcp_mux = ours->rtcp_mux && theirs->rtcp_mux;
  result.rtcp_xr = theirs->rtcp_xr;
  result.rtcp_xr_times = theirs->rtcp_xr_times;
  result.direction = ours->direction & reverse (theirs->direction);
  result.remote_hold = (ours->direction & BATON_SDP_RECVONLY) == 0
                         ? remote_hold_before
                         : (theirs->direction & BATON_SDP_RECVONLY) == 0;
  *agreement = result;
  return TRUE;
}
