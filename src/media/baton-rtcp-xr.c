/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-rtcp-xr.h"

#include <string.h>

#define TYPE_XR 207
#define BLOCK_VOIP_METRICS 7
#define UNAVAILABLE 127
#define JITTER_MAX_MS 200
#define GMIN 16             /* RFC 3611 §4.7.2: the value to be used unless there is a reason */
#define RX_CONFIG 0xb0      /* concealment: standard (10), jitter buffer: adaptive (11) */

static void
put16 (guint8 *p, guint value)
{
  value = MIN (value, 65535);
  p[0] = (guint8) (value >> 8);
  p[1] = (guint8) value;
}

static void
put32 (guint8 *p, guint32 value)
{
  put16 (p, value >> 16);
  put16 (p + 2, value & 0xffff);
}

/* A part of 256. */
static guint8
share (double percent)
{
  return (guint8) CLAMP (percent * 256 / 100, 0, 255);
}

static guint8
level (double db)
{
  return (guint8) (gint8) CLAMP (db, -126, 0);
}

gsize
baton_rtcp_xr_write (guint32 ssrc, guint32 source, const BatonMediaStats *stats, guint8 *data)
{
  guint8 *block = data + 8, *body = block + 8;
  guint64 expected = stats->received + stats->lost;
  double lost = expected > 0 ? 100.0 * (double) stats->lost / (double) expected : 0;
  double discarded = MAX (stats->concealed_percent - lost, 0);

  memset (data, 0, BATON_RTCP_XR_LENGTH);
  data[0] = 2 << 6;
  data[1] = TYPE_XR;
  put16 (data + 2, BATON_RTCP_XR_LENGTH / 4 - 1);
  put32 (data + 4, ssrc);
  block[0] = BLOCK_VOIP_METRICS;
  put16 (block + 2, 8);
  put32 (block + 4, source);
  body[0] = share (lost);
  body[1] = share (discarded);
  body[3] = share (lost + discarded); /* no bursts are told apart: all of it is "gap" */
  put16 (body + 8, stats->rtt_ms > 0 ? (guint) stats->rtt_ms : 0);
  put16 (body + 10, stats->delay_ms > 0 ? (guint) stats->delay_ms : 0);
  body[12] = level (stats->level_in_db);
  body[13] = body[14] = UNAVAILABLE;
  body[15] = GMIN;
  body[16] = body[17] = UNAVAILABLE;
  body[18] = body[19] = stats->mos >= 1 ? (guint8) (stats->mos * 10 + 0.5) : UNAVAILABLE;
  body[20] = RX_CONFIG;
  put16 (body + 22, stats->delay_ms > 0 ? (guint) stats->delay_ms : 0);
  put16 (body + 24, JITTER_MAX_MS);
  put16 (body + 26, JITTER_MAX_MS);
  return BATON_RTCP_XR_LENGTH;
}
