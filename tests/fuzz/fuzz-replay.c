/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

/* Stands in for libFuzzer: gives every file of the folders in argv to the harness, whole and cut short by 1 to 8 bytes,
 * then by 16 and so on: a header's end is no longer than that. */
static guint
replay_file (const char *path)
{
  g_autofree char *content = NULL;
  gsize length;

  if (!g_file_get_contents (path, &content, &length, NULL))
    g_error ("%s can't be read", path);
  for (gsize cut = 0; cut < 64 && cut <= length; cut += cut < 8 ? 1 : 8)
    {
      /* a copy of just that size, so that reading behind its end is seen */
      g_autofree uint8_t *data = g_malloc (MAX (length - cut, 1));

      if (length > cut)
        memcpy (data, content, length - cut);
      LLVMFuzzerTestOneInput (data, length - cut);
    }
  return 1;
}

static guint
replay_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  if (dir == NULL)
    g_error ("%s is no folder", path);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      n += replay_file (file);
    }
  return n;
}

int
main (int argc, char *argv[])
{
  g_print ("1..%d\n", argc - 1);
  for (int i = 1; i < argc; i++)
    {
      g_autofree char *name = g_path_get_basename (argv[i]);
      guint n = replay_folder (argv[i]);

      g_print ("%s %d %s, %u files\n", n > 0 ? "ok" : "not ok", i, name, n);
    }
  return 0;
}
