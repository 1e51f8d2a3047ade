/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-sipfrag.h"
#include "fuzz-engine.h"

static gboolean
is_waiting (BatonCall *call)
{
  BatonTransfer *transfer = baton_call_get_transfer (call);
  BatonReferContext *context = transfer != NULL ? baton_transfer_get_context (transfer) : NULL;

  return context != NULL && baton_refer_context_get_state (context) != BATON_REFER_STATE_ENDED;
}

/*
 * The value of a Subscription-State in a NOTIFY about a REFER of ours, then a line end and the body (none:
 * "100 Trying"). Whatever it says, the call stays up unless the body says that the target took it: the
 * subscription is not the call (RFC 6665 §4.1.3), and the sipfrag decides (refer.md §7).
 */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static guint missed; /* inputs in a row that were not looked at */
  g_autofree char *text = fuzz_text (data, size);
  g_auto (GStrv) parts = g_strsplit (g_strdelimit (text, "\r", ' '), "\n", 2);
  const char *body = parts[0] != NULL && parts[1] != NULL ? parts[1] : "SIP/2.0 100 Trying\r\n";
  g_autoptr (BatonSipfrag) frag = baton_sipfrag_parse (body, -1, NULL);
  g_autofree char *notify = g_strdup_printf (
    "NOTIFY sip:baton@{H} SIP/2.0\r\nVia: SIP/2.0/UDP {L};branch={B};rport\r\nMax-Forwards: 70\r\n"
    "From: <sip:fuzz@{L}>;tag={F}\r\nTo: <sip:baton@{H}>;tag={T}\r\nCall-ID: {C}\r\nCSeq: {N} NOTIFY\r\n"
    "Contact: <sip:fuzz@{L}>\r\nEvent: refer\r\nSubscription-State: %s\r\n"
    "Content-Type: message/sipfrag;version=2.0\r\nContent-Length: {Z}\r\n\r\n%s",
    parts[0] != NULL ? parts[0] : "", body);
  BatonCall *call = fuzz_engine_begin ();

  if (call == NULL || strchr (text, '{') != NULL) /* a word to be filled in would make the body another one */
    return 0;
  fuzz_engine_transfer (call, NULL);
  if (fuzz_engine_find_call () != call || !is_waiting (call))
    {
      /* A machine that stood still for 64·T1 has ended the call. That is no finding, unless it goes on. */
      fuzz_assert (++missed < 3);
      return 0;
    }
  missed = 0;
  fuzz_engine_send (notify);
  if (frag == NULL || frag->status < 200 || frag->status >= 300)
    fuzz_assert (fuzz_engine_find_call () == call);
  fuzz_engine_end ();
  if (frag == NULL || frag->status < 200 || frag->status >= 300)
    fuzz_assert (fuzz_engine_find_call () == call);
  return 0;
}
