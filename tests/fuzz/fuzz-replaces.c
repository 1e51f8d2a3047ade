/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-replaces.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = fuzz_text (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (BatonReplaces) replaces = baton_replaces_parse (text, &error);
  g_autoptr (BatonReplaces) again = NULL;
  g_autofree char *written = NULL;

  fuzz_assert ((replaces == NULL) == (error != NULL));
  if (replaces == NULL)
    return 0;
  fuzz_assert (*replaces->call_id != '\0' && *replaces->to_tag != '\0' && *replaces->from_tag != '\0');
  written = baton_replaces_to_string (replaces);
  fuzz_assert (!fuzz_breaks_lines (written));
  again = baton_replaces_parse (written, NULL);
  fuzz_assert (again != NULL && baton_replaces_equal (replaces, again));
  return 0;
}
