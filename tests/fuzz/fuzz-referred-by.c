/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-name-addr.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = fuzz_text (data, size);
  g_autofree char *display_name = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *parameters = NULL;
  g_autofree char *joined = NULL;
  g_autofree char *name_again = NULL;
  g_autofree char *uri_again = NULL;

  if (baton_referred_by_check (text)) /* it is going to be sent as it stands */
    fuzz_assert (!fuzz_breaks_lines (text) && baton_header_value_is_safe (text));
  if (!baton_name_addr_split (text, &display_name, &uri, &parameters, NULL))
    return 0;
  fuzz_assert (display_name == NULL || g_utf8_validate (display_name, -1, NULL));
  fuzz_assert (!fuzz_breaks_lines (uri) && !fuzz_breaks_lines (parameters));
  joined = baton_name_addr_join (display_name, uri);
  fuzz_assert (!fuzz_breaks_lines (joined));
  if (baton_name_addr_split (joined, &name_again, &uri_again, NULL, NULL))
    fuzz_assert (strcmp (uri, uri_again) == 0);
  return 0;
}
