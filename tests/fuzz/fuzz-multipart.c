/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "baton-sip-multipart.h"
#include "fuzz.h"

/* A line with the boundary, then the body: bytes, NULs included. What is found is a piece of it. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *line_end = size > 0 ? memchr (data, '\n', size) : NULL;
  g_autofree char *boundary = line_end != NULL ? g_strndup ((const char *) data, (size_t) (line_end - data)) : NULL;
  g_autoptr (GBytes) part = NULL, content = NULL;
  const char *body;
  size_t length;

  if (boundary == NULL)
    return 0;
  body = (const char *) line_end + 1;
  length = size - (size_t) (line_end + 1 - data);
  part = baton_sip_multipart_find (body, length, boundary, "1@x");
  content = baton_sip_multipart_find_type (body, length, boundary, "application/sdp");
  fuzz_assert (part == NULL || g_bytes_get_size (part) <= BATON_MAX_PART);
  fuzz_assert (content == NULL || (g_bytes_get_size (content) > 0 &&
                                   memmem (body, length, g_bytes_get_data (content, NULL), g_bytes_get_size (content)) != NULL));
  return 0;
}
