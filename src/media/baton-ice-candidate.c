/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-ice-candidate.h"

#include <gio/gio.h>
#include <string.h>

/* libnice has this in its header, but not among the symbols that it exports. */
gboolean
baton_ice_candidate_is_link_local (const NiceAddress *address)
{
  char text[NICE_ADDRESS_STRING_LEN];
  g_autoptr (GInetAddress) inet = NULL;

  nice_address_to_string (address, text);
  inet = g_inet_address_new_from_string (text);
  return inet == NULL || g_inet_address_get_is_link_local (inet);
}

BatonIceType
baton_ice_candidate_type_of (const NiceCandidate *candidate)
{
  switch (candidate->type)
    {
    case NICE_CANDIDATE_TYPE_HOST:
      return BATON_ICE_HOST;
    case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE:
      return BATON_ICE_SRFLX;
    case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE:
      return BATON_ICE_PRFLX;
    case NICE_CANDIDATE_TYPE_RELAYED:
      return BATON_ICE_RELAY;
    }
  return BATON_ICE_HOST;
}

void
baton_ice_candidate_write_endpoint (const NiceAddress *address, char *target, gsize size)
{
  char host[NICE_ADDRESS_STRING_LEN];

  nice_address_to_string (address, host);
  g_snprintf (target, size, strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, nice_address_get_port (address));
}

void
baton_ice_candidate_append (BatonSdpIce *ice, const NiceCandidate *candidate)
{
  BatonIceCandidate line = { 0 };

  if (candidate->transport != NICE_CANDIDATE_TRANSPORT_UDP || baton_ice_candidate_is_link_local (&candidate->addr) ||
      ice->candidates->len >= BATON_ICE_MAX_CANDIDATES)
    return;
  g_strlcpy (line.foundation, candidate->foundation, sizeof line.foundation);
  line.component = candidate->component_id;
  line.priority = candidate->priority;
  line.type = baton_ice_candidate_type_of (candidate);
  nice_address_to_string (&candidate->addr, line.address);
  line.port = (guint16) nice_address_get_port (&candidate->addr);
  if (line.type != BATON_ICE_HOST)
    {
      nice_address_to_string (&candidate->base_addr, line.related_address);
      line.related_port = (guint16) nice_address_get_port (&candidate->base_addr);
    }
  g_array_append_val (ice->candidates, line);
}

NiceCandidate *
baton_ice_candidate_to_nice (const BatonIceCandidate *line, guint stream, const BatonSdpIce *remote)
{
  static const NiceCandidateType types[] = { NICE_CANDIDATE_TYPE_HOST, NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE,
                                             NICE_CANDIDATE_TYPE_PEER_REFLEXIVE, NICE_CANDIDATE_TYPE_RELAYED };
  NiceCandidate *candidate = nice_candidate_new (types[line->type]);

  candidate->transport = NICE_CANDIDATE_TRANSPORT_UDP;
  candidate->stream_id = stream;
  candidate->component_id = line->component;
  candidate->priority = line->priority;
  g_strlcpy (candidate->foundation, line->foundation, sizeof candidate->foundation);
  nice_address_set_from_string (&candidate->addr, line->address);
  nice_address_set_port (&candidate->addr, line->port);
  if (line->related_address[0] != '\0' && nice_address_set_from_string (&candidate->base_addr, line->related_address))
    nice_address_set_port (&candidate->base_addr, line->related_port);
  candidate->username = g_strdup (remote->ufrag);
  candidate->password = g_strdup (remote->pwd);
  return candidate;
}
