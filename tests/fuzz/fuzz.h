/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/*
 * Each harness is one function that takes bytes from a stranger. libFuzzer calls it (meson option
 * `fuzz`, clang); fuzz-replay.c calls it with every file of the corpus in the ordinary test run.
 * A finding is a crash, a sanitizer's report, or a broken promise: fuzz_assert().
 */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define fuzz_assert(condition) \
  G_STMT_START { \
    if (!(condition)) \
      { \
        g_printerr ("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
        abort (); /* which libFuzzer catches, and keeps the input */ \
      } \
  } G_STMT_END

/** Returns: (transfer full): @data as text; a NUL ends it, as it would in a header */
static inline char *
fuzz_text (const uint8_t *data, size_t size)
{
  return g_strndup ((const char *) data, size);
}

/** Returns: whether @text could begin a header line of its own */
static inline gboolean
fuzz_breaks_lines (const char *text)
{
  for (; *text != '\0'; text++)
    if (*text == '\r' || *text == '\n')
      return TRUE;
  return FALSE;
}
