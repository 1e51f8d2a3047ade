/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-media.h"

G_BEGIN_DECLS

/** BatonQualityFact: what the group “Call quality” has a line for */
typedef enum
{
  BATON_QUALITY_RATING,
  BATON_QUALITY_CODEC,
  BATON_QUALITY_LOSS,
  BATON_QUALITY_JITTER,
  BATON_QUALITY_ROUND_TRIP,
  BATON_QUALITY_ENCRYPTION,
  BATON_QUALITY_PATH,
  BATON_QUALITY_GAP,
  BATON_N_QUALITY_FACTS,
} BatonQualityFact;

const char *baton_quality_fact_name (BatonQualityFact fact);
/**
 * baton_quality_format: the words of one line
 * @codec, @srtp: (nullable): as the call has them
 * @redacted: without addresses, to be sent to somebody
 * Returns: (transfer full) (nullable): NULL where it is not known
 */
char *baton_quality_format (BatonQualityFact fact, const BatonMediaStats *stats, const char *codec, const char *srtp,
                            gboolean redacted);
/** Returns: (transfer full): all lines, for a report */
char *baton_quality_report (const BatonMediaStats *stats, const char *codec, const char *srtp);

G_END_DECLS
