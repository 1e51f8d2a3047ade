/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fuzz-engine.h"

/*
 * Whole requests into a live engine: one or more SIP messages with a line "%%" between them. A call is
 * up before each input, and with NOTIFY in it a REFER of ours waits for news as well.
 */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = fuzz_text (data, size);
  g_auto (GStrv) messages = g_strsplit (text, "%%\n", 8);
  BatonCall *call = fuzz_engine_begin ();

  if (call != NULL && strstr (text, "NOTIFY ") != NULL)
    fuzz_engine_transfer (call, NULL);
  for (char **message = messages; *message != NULL; message++)
    fuzz_engine_send (*message);
  fuzz_engine_end ();
  return 0;
}
