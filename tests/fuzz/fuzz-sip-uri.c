/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-sip-uri.h"
#include "fuzz.h"

static void
check_request_uri (const BatonSipUri *uri)
{
  g_autofree char *request = baton_sip_uri_to_request_uri (uri);
  g_autoptr (BatonSipUri) again = NULL;

  fuzz_assert (!fuzz_breaks_lines (request));
  if (!baton_sip_uri_is_callable (uri))
    return;
  again = baton_sip_uri_parse (request, NULL);
  fuzz_assert (again != NULL && baton_sip_uri_same_address (uri, again));
  fuzz_assert (baton_sip_uri_get_parameter (again, "method") == NULL);
  fuzz_assert (strchr (request, '?') == NULL || baton_sip_uri_get_user (uri) != NULL);
}

static void
check_cleaned (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *clean = baton_sip_uri_clean (text, "example.net", &error);
  g_autoptr (BatonSipUri) uri = NULL;

  fuzz_assert ((clean == NULL) == (error != NULL));
  if (clean == NULL)
    return;
  uri = baton_sip_uri_parse (clean, NULL);
  fuzz_assert (uri != NULL && !fuzz_breaks_lines (clean));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = fuzz_text (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (BatonSipUri) uri = baton_sip_uri_parse (text, &error);
  g_autoptr (BatonSipUri) again = NULL;
  g_autofree char *header = NULL;
  g_autofree char *written = NULL;

  check_cleaned (text);
  fuzz_assert ((uri == NULL) == (error != NULL));
  if (uri == NULL)
    return 0;
  fuzz_assert (baton_sip_uri_get_scheme (uri) != NULL);
  fuzz_assert (baton_sip_uri_get_port (uri) <= 65535);
  baton_sip_uri_get_parameter (uri, "transport");
  header = baton_sip_uri_dup_header (uri, "Replaces");
  check_request_uri (uri);
  written = baton_sip_uri_to_string (uri);
  fuzz_assert (!fuzz_breaks_lines (written));
  again = baton_sip_uri_parse (written, NULL);
  fuzz_assert (again != NULL && baton_sip_uri_is_callable (again) == baton_sip_uri_is_callable (uri));
  return 0;
}
