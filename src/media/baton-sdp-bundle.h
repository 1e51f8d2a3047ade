/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-sdp.h"

G_BEGIN_DECLS

/*
 * BUNDLE (RFC 9143): several m= sections on one path. Of ours there is one section at most, so what is to be
 * done is: to read where the path stands when it isn't at our section, and to say the group back.
 */

/** baton_sdp_bundle_read: @value: of a=group. Returns: (transfer full) (nullable): the mids, when it is a BUNDLE group */
char **baton_sdp_bundle_read (const char *value);
/**
 * baton_sdp_bundle_share_path: sections of the group that have no path of their own (a=bundle-only with port 0,
 * or no candidates, where the path is only said once) get that of the first one, RFC 9143 §7.1.3.
 */
void baton_sdp_bundle_share_path (BatonSdp *self);
/** baton_sdp_bundle_keep: the group is @media alone, or there is none */
void baton_sdp_bundle_keep (BatonSdp *self, const BatonSdpMedia *media);

G_END_DECLS
