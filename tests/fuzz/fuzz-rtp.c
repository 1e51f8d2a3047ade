/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gst/gst.h>

#include "baton-dtmf.h"
#include "baton-jitter-buffer.h"
#include "baton-rtcp.h"
#include "baton-rtp-stream.h"
#include "fuzz.h"

#define FRAME_US 20000

static void
pull (BatonJitterBuffer *buffer, gint64 now)
{
  BatonJitterItem item = baton_jitter_buffer_pull (buffer, now);
  guint sum = 0;

  for (gsize i = 0; i < item.length; i++) /* all of it is there to be read */
    sum += item.payload[i];
  fuzz_assert (sum <= item.length * 255);
}

/* A stream of datagrams: two bytes of length (the top bit: RTCP), one byte of 20 ms steps, the datagram. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (BatonJitterBuffer) buffer = baton_jitter_buffer_new (8000);
  BatonRtpReceiver receiver = { 0 };
  BatonDtmfReceiver dtmf = { 0 };
  BatonRtpSender sender;
  BatonRtcp rtcp;
  gint64 now = G_USEC_PER_SEC;

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  baton_rtp_sender_init (&sender);
  baton_rtcp_init (&rtcp);
  while (size >= 3)
    {
      gsize length = (gsize) (data[0] & 0x0f) << 8 | data[1];
      gboolean is_rtcp = data[0] & 0x80;
      guint steps = data[2] & 0x1f, duration;
      BatonRtpHeader header;
      g_autofree guint8 *datagram = NULL;

      data += 3;
      size -= 3;
      length = MIN (length, size);
      datagram = g_memdup2 (data, length);
      data += length;
      size -= length;
      if (is_rtcp)
        baton_rtcp_read (&rtcp, &sender, datagram, length, now);
      else if (baton_rtp_parse (datagram, length, &header))
        {
          if (baton_rtp_receiver_add (&receiver, &header, 8000, now))
            baton_jitter_buffer_reset (buffer, 8000);
          if (header.payload_type == 101)
            baton_dtmf_receiver_add (&dtmf, header.payload, header.length, header.timestamp, 8000, now, &duration);
          baton_jitter_buffer_put (buffer, header.sequence, header.timestamp, header.payload_type, header.payload,
                                   header.length, now);
        }
      for (guint i = 0; i < steps; i++, now += FRAME_US)
        {
          pull (buffer, now);
          baton_dtmf_receiver_check (&dtmf, now, &duration);
        }
    }
  {
    guint8 report[BATON_RTCP_MAX_PACKET];

    fuzz_assert (baton_rtcp_write (&rtcp, &sender, &receiver, 0, TRUE, now, report) <= sizeof report);
  }
  return 0;
}
