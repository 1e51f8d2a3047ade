/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How libFuzzer changes what is made of lines, in the programs that this is compiled into */
#include <string.h>

#include "fuzz.h"

size_t LLVMFuzzerMutate (uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed);

/* By lines, so that most of a message stays one: a line changed, doubled, dropped, or put elsewhere. */
size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  g_autofree char *text = fuzz_text (data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 200);
  guint n = g_strv_length (lines), one, other;
  g_autoptr (GString) out = g_string_new (NULL);
  char changed[2048] = { 0 };

  if (n < 3 || seed % 16 == 0)
    return LLVMFuzzerMutate (data, size, max_size);
  one = seed / 16 % n;
  other = seed / 4096 % n;
  g_strlcpy (changed, lines[one], sizeof changed / 2);
  if (seed % 4 != 0)
    changed[LLVMFuzzerMutate ((uint8_t *) changed, strlen (changed), sizeof changed - 1)] = '\0';
  for (guint i = 0; i < n; i++)
    {
      const char *end = i + 1 < n ? "\n" : "";

      if (i == one && seed % 8 == 1)
        continue;
      if (i == other && seed % 8 == 2)
        g_string_append_printf (out, "%s\n", lines[one]);
      g_string_append_printf (out, "%s%s", i == one ? changed : lines[i], end);
    }
  if (out->len == 0 || out->len > max_size)
    return LLVMFuzzerMutate (data, size, max_size);
  memcpy (data, out->str, out->len);
  return out->len;
}
