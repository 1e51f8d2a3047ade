/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-sipfrag.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BatonSipfrag) frag = baton_sipfrag_parse ((const char *) data, (gssize) size, &error);
  g_autoptr (BatonSipfrag) again = NULL;
  g_autofree char *written = NULL;
  char *end;

  fuzz_assert ((frag == NULL) == (error != NULL));
  if (frag == NULL)
    return 0;
  fuzz_assert (frag->status >= 100 && frag->status <= 699);
  fuzz_assert (frag->reason == NULL || (g_utf8_validate (frag->reason, -1, NULL) && !fuzz_breaks_lines (frag->reason)));
  written = baton_sipfrag_format (frag->status, frag->reason);
  end = strstr (written, "\r\n");
  fuzz_assert (end != NULL && end[2] == '\0'); /* one line, exactly */
  again = baton_sipfrag_parse (written, -1, NULL);
  fuzz_assert (again != NULL && again->status == frag->status);
  return 0;
}
