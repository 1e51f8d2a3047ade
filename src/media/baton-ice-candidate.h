/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <nice/agent.h>

#include "baton-sdp-ice.h"

G_BEGIN_DECLS

/* A candidate as libnice has it, and as a description has it. For the files of ICE alone: it includes libnice. */

BatonIceType baton_ice_candidate_type_of (const NiceCandidate *candidate);
gboolean baton_ice_candidate_is_link_local (const NiceAddress *address);
/** baton_ice_candidate_write_endpoint: "address:port", "[address]:port" with IPv6; cut where @size bytes end */
void baton_ice_candidate_write_endpoint (const NiceAddress *address, char *target, gsize size);

/**
 * baton_ice_candidate_append: @candidate as a line of @ice; not one of another transport than UDP or with a link-local
 * address, and none beyond BATON_ICE_MAX_CANDIDATES
 */
void baton_ice_candidate_append (BatonSdpIce *ice, const NiceCandidate *candidate);
/**
 * baton_ice_candidate_to_nice: @line of the peer's description @remote, for the stream @stream of a NiceAgent.
 * Returns: (transfer full): free it with nice_candidate_free()
 */
NiceCandidate *baton_ice_candidate_to_nice (const BatonIceCandidate *line, guint stream, const BatonSdpIce *remote);

G_END_DECLS
