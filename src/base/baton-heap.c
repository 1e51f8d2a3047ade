/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-heap.h"

#include <glib.h>
#include <malloc.h>
#include <unistd.h>

#define READY_BYTES (1024 * 1024)
#define KEPT_BYTES (8 * READY_BYTES) /* of what was freed; more than that goes back to the system */
#define LATER_MS 50                  /* what is called at once may be answered at once */

static gboolean kept;
static guint timer;

static gboolean
on_time (gpointer nothing)
{
  const gsize page = (gsize) sysconf (_SC_PAGESIZE);
  volatile char *memory = g_try_malloc (READY_BYTES);

  timer = 0;
  for (gsize i = 0; memory != NULL && i < READY_BYTES; i += page)
    memory[i] = 0;
  g_free ((char *) memory);
  return G_SOURCE_REMOVE;
}

void
baton_heap_keep (void)
{
  kept = TRUE;
#ifdef __GLIBC__
  /* A block of our size is to come from the heap, and to stay there. */
  mallopt (M_MMAP_THRESHOLD, 2 * READY_BYTES);
  mallopt (M_TRIM_THRESHOLD, KEPT_BYTES);
  mallopt (M_TOP_PAD, READY_BYTES);
  /* Small blocks are merged when they are freed: not all of them at once, when the next message comes. */
  mallopt (M_MXFAST, 0);
#endif
  baton_heap_refill_soon ();
}

void
baton_heap_refill_soon (void)
{
  if (kept && timer == 0)
    timer = g_timeout_add_full (G_PRIORITY_LOW, LATER_MS, on_time, NULL, NULL);
}
