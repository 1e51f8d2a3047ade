/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-refer-to.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = fuzz_text (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (BatonReferTo) refer_to = baton_refer_to_parse (text, &error);
  g_autoptr (BatonReferTo) copy = NULL;
  g_autoptr (BatonReferTo) again = NULL;
  g_autofree char *written = NULL;
  g_autofree char *request_uri = NULL;

  fuzz_assert ((refer_to == NULL) == (error != NULL));
  if (refer_to == NULL)
    return 0;
  fuzz_assert (refer_to->display_name == NULL || g_utf8_validate (refer_to->display_name, -1, NULL));
  if (refer_to->replaces != NULL)
    {
      g_autofree char *replaces = baton_replaces_to_string (refer_to->replaces);

      fuzz_assert (!fuzz_breaks_lines (replaces));
    }
  request_uri = baton_sip_uri_to_request_uri (refer_to->uri);
  fuzz_assert (!fuzz_breaks_lines (request_uri));
  copy = baton_refer_to_copy (refer_to);
  written = baton_refer_to_to_string (copy);
  fuzz_assert (!fuzz_breaks_lines (written));
  again = baton_refer_to_parse (written, NULL);
  if (again != NULL) /* escaping may have made it longer than we read */
    {
      fuzz_assert ((again->replaces == NULL) == (refer_to->replaces == NULL));
      fuzz_assert (again->replaces == NULL || baton_replaces_equal (again->replaces, refer_to->replaces));
      fuzz_assert (!baton_sip_uri_is_callable (refer_to->uri) || baton_sip_uri_same_address (again->uri, refer_to->uri));
    }
  else
    fuzz_assert (strlen (written) > 512);
  return 0;
}
