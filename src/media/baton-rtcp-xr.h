/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-media.h"

G_BEGIN_DECLS

#define BATON_RTCP_XR_LENGTH 44

/**
 * baton_rtcp_xr_write: an extended report with one block: VoIP metrics (RFC 3611 §4.7), which is what most who ask for
 * a=rtcp-xr want. @ssrc: ours, @source: of what is reported; @stats: of the call.
 * Returns: its length, BATON_RTCP_XR_LENGTH
 */
gsize baton_rtcp_xr_write (guint32 ssrc, guint32 source, const BatonMediaStats *stats, guint8 *data);

G_END_DECLS
