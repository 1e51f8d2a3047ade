/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "baton-engine.h"
#include "baton-test-wait.h"

/*
 * Calls and transfers one after the other in one process: nothing may grow with their number. Short
 * by default; BATON_SOAK_CALLS=300 makes the long run of 300 calls and 100 transfers, whose figures
 * are printed.
 */
#define DEADLINE_MS 20000
#define T1_MS 50 /* transactions are forgotten after 64·T1, and their memory with them */
#define LINGER_MS 34000 /* an ended dialog is known for 32 s, so that a late Replaces gets its 603 */
#define N_NAMES 20 /* nobody's REFERs are followed more often than ten times a minute */

typedef struct
{
  BatonEngine *engine;
  BatonAccount *accounts[N_NAMES]; /* who calls, by turns; only the first is called */
  char *uri;
} Phone;

typedef struct
{
  gsize heap;     /* bytes in use, 0 where the allocator doesn't say (sanitizers) */
  gsize resident; /* bytes */
  guint threads, files;
} Usage;

static GHashTable *alive; /* calls, sessions, media, transfers, refer contexts; not owned */

static void
on_gone (gpointer data, GObject *object)
{
  g_hash_table_remove (alive, object);
}

static void
watch (gpointer object)
{
  if (object != NULL && g_hash_table_add (alive, object))
    g_object_weak_ref (object, on_gone, NULL);
}

/* Says what didn't go, and fails the test. */
static void
assert_none_alive (void)
{
  GHashTableIter iter;
  gpointer object;

  g_hash_table_iter_init (&iter, alive);
  while (g_hash_table_iter_next (&iter, &object, NULL))
    g_test_message ("still there: %s %p, %u references", G_OBJECT_TYPE_NAME (object), object,
                    ((GObject *) object)->ref_count);
  g_assert_cmpuint (g_hash_table_size (alive), ==, 0);
}

static void
on_call_added (BatonCallManager *calls, BatonCall *call, gpointer data)
{
  watch (call);
  watch (baton_call_get_session (call));
  watch (baton_call_get_media (call));
}

static void
on_transfer_added (BatonEngine *engine, BatonTransfer *transfer, gpointer data)
{
  watch (transfer);
  watch (baton_transfer_get_context (transfer));
}

static void
phone_init (Phone *phone, const char *name, int answer_status)
{
  g_autoptr (GError) error = NULL;
  BatonEngineOptions options;

  baton_engine_options_init (&options);
  options.audio = BATON_AUDIO_KIND_NULL;
  options.answer_status = answer_status;
  options.t1_ms = T1_MS;
  phone->engine = baton_engine_new ();
  g_signal_connect (baton_engine_get_calls (phone->engine), "call-added", G_CALLBACK (on_call_added), NULL);
  g_signal_connect (phone->engine, "transfer-added", G_CALLBACK (on_transfer_added), NULL);
  g_assert_true (baton_engine_start (phone->engine, &options, &error));
  g_assert_no_error (error);
  phone->uri = g_strdup_printf ("sip:%s@%s", name, baton_engine_get_listen_address (phone->engine));
  for (guint i = 0; i < N_NAMES; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s-%u", name, i);
      g_autofree char *address = g_strdup_printf ("sip:%s@%s", id, baton_engine_get_listen_address (phone->engine));
      g_autoptr (BatonSipIdentity) identity = baton_sip_identity_new (i == 0 ? phone->uri : address);

      phone->accounts[i] = baton_engine_add_account (phone->engine, id, id, identity, FALSE);
    }
}

static void
take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
phone_clear (Phone *phone)
{
  g_autoptr (GAsyncResult) result = NULL;

  baton_engine_stop_async (phone->engine, take_result, &result);
  baton_test_wait (result != NULL, DEADLINE_MS);
  baton_engine_stop_finish (phone->engine, result);
  g_clear_object (&result);
  baton_test_drain ();
  g_assert_finalize_object (phone->engine);
  g_free (phone->uri);
}

static guint
n_calls (Phone *phone)
{
  return g_list_model_get_n_items (G_LIST_MODEL (baton_engine_get_calls (phone->engine)));
}

static BatonCall *
place (Phone *from, Phone *to, guint turn)
{
  g_autoptr (GError) error = NULL;
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (from->engine), from->accounts[turn % N_NAMES],
                                              to->uri, NULL, &error);

  g_assert_no_error (error);
  g_object_ref (call);
  baton_test_wait (baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED, DEADLINE_MS);
  return call;
}

static void
do_call (Phone *a, Phone *b, guint turn)
{
  g_autoptr (BatonCall) call = place (a, b, turn);

  baton_call_hangup (call, NULL);
  baton_test_wait (n_calls (a) == 0 && n_calls (b) == 0, DEADLINE_MS);
}

/* Blind: Alice hands Bob over to Carol; then Carol ends it. */
static void
do_transfer (Phone *a, Phone *b, Phone *c, guint turn)
{
  g_autoptr (BatonCall) call = place (a, b, turn);
  g_autoptr (BatonCall) last = NULL;
  g_autoptr (GError) error = NULL;

  baton_engine_transfer (a->engine, call, c->uri, NULL, &error);
  g_assert_no_error (error);
  baton_test_wait (n_calls (a) == 0 && n_calls (b) == 1 && n_calls (c) == 1, DEADLINE_MS);
  last = g_list_model_get_item (G_LIST_MODEL (baton_engine_get_calls (c->engine)), 0);
  baton_call_hangup (last, NULL);
  baton_test_wait (n_calls (b) == 0 && n_calls (c) == 0, DEADLINE_MS);
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static Usage
get_usage (void)
{
  Usage usage = { 0 };
  FILE *file = fopen ("/proc/self/statm", "r");
  unsigned long pages = 0;

#if defined (__GLIBC__) && !defined (__SANITIZE_ADDRESS__)
  usage.heap = mallinfo2 ().uordblks;
#endif
  if (file != NULL && fscanf (file, "%*u %lu", &pages) == 1)
    usage.resident = pages * (gsize) sysconf (_SC_PAGESIZE);
  if (file != NULL)
    fclose (file);
  usage.threads = count_entries ("/proc/self/task");
  usage.files = count_entries ("/proc/self/fd");
  return usage;
}

/* What lingers on purpose (transactions, results to be looked at) is let go before it is measured. */
static Usage
measure (guint linger_ms)
{
  baton_test_settle (linger_ms);
  malloc_trim (0);
  return get_usage ();
}

static void
print_usage (const char *when, Usage usage)
{
  g_test_message ("%s: heap %zu kB, resident %zu kB, %u threads, %u files, %u objects", when, usage.heap / 1024,
                  usage.resident / 1024, usage.threads, usage.files,
                  g_hash_table_size (alive));
}

static void
test_soak (void)
{
  const char *wish = g_getenv ("BATON_SOAK_CALLS");
  guint calls = wish != NULL ? (guint) CLAMP (g_ascii_strtoull (wish, NULL, 10), 6, 100000) : 12;
  guint warm = MAX (calls / 4, 3), linger_ms = wish != NULL ? LINGER_MS : 64 * T1_MS + 200;
  gint64 begin = g_get_monotonic_time ();
  Phone alice, bob, carol;
  Usage first = { 0 }, last;

  alive = g_hash_table_new (NULL, NULL);
  phone_init (&alice, "alice", 0);
  phone_init (&bob, "bob", 200);
  phone_init (&carol, "carol", 200);
  for (guint i = 0; i < calls; i++)
    {
      do_call (&alice, &bob, i);
      if (i % 3 == 2)
        do_transfer (&alice, &bob, &carol, i / 3);
      if (i == warm)
        {
          first = measure (linger_ms);
          print_usage ("after the first", first);
        }
    }
  last = measure (linger_ms);
  print_usage ("after the last", last);
  g_test_message ("%u calls and %u transfers in %.1f s, heap grew by %.2f kB a call", calls, calls / 3,
                  (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC,
                  ((double) last.heap - (double) first.heap) / 1024 / (calls - warm));
  g_assert_cmpuint (last.threads, <=, first.threads);
  g_assert_cmpuint (last.files, <=, first.files);
  if (wish != NULL)
    {
      assert_none_alive ();
      g_assert_cmpuint (last.heap, <=, first.heap + 128 * 1024 + 512 * calls);
    }
  phone_clear (&alice);
  phone_clear (&bob);
  phone_clear (&carol);
  assert_none_alive ();
  g_clear_pointer (&alive, g_hash_table_unref);
}

int
main (int argc, char *argv[])
{
  /* GLib's own pools never shrink: the most calls at once would look like growth. It reads this before main (). */
  if (g_getenv ("G_SLICE") == NULL)
    {
      g_setenv ("G_SLICE", "always-malloc", TRUE);
      execv ("/proc/self/exe", argv);
    }
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/soak/calls-and-transfers", test_soak);
  return g_test_run ();
}
