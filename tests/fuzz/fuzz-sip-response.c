/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fuzz-engine.h"

/*
 * Whole answers to what a live engine asks, with a line "%%" between them: with REFER in it to the re-INVITE and the REFER
 * of a blind transfer, else to the INVITE of a call that is placed. The other call that is up is none of their business.
 */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static guint missed; /* inputs in a row after which the call was gone */
  g_autofree char *text = fuzz_text (data, size);
  g_auto (GStrv) answers = g_strsplit (text, "%%\n", 8);
  gboolean refer = strstr (text, "REFER") != NULL;
  BatonCall *call = fuzz_engine_begin ();

  if (call == NULL)
    return 0;
  if (refer)
    fuzz_engine_transfer (call, answers);
  else
    fuzz_engine_place_call (answers);
  fuzz_engine_end ();
  /* A machine that stood still for 64·T1 has ended the call; that doesn't happen again and again. */
  missed = refer || fuzz_engine_find_call () == call ? 0 : missed + 1;
  fuzz_assert (missed < 3);
  return 0;
}
