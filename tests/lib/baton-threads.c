/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For `./dev test --threads`. GLib tells the thread sanitizer nothing: its locks are futexes, and no distribution builds it
 * instrumented. Preloaded, this says in its place what happened before what. Races are looked for in our own code alone
 * (ignore_noninstrumented_modules), so what GLib calls inside of itself, where nothing can be put in between, is of no concern.
 * In a program without the sanitizer, one that a test starts, it does nothing.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <gio/gio.h>

/* also macros */
#undef g_once_init_enter
#undef g_once_init_leave
#undef g_idle_add

extern void __tsan_acquire (void *address) __attribute__ ((weak));
extern void __tsan_release (void *address) __attribute__ ((weak));

static void
acquire (volatile void *address)
{
  if (__tsan_acquire != NULL)
    __tsan_acquire ((void *) address);
}

static void
release (volatile void *address)
{
  if (__tsan_release != NULL)
    __tsan_release ((void *) address);
}

#define REAL(name) \
  static __typeof__ (&name) real; \
  if (real == NULL) \
    real = (__typeof__ (real)) dlsym (RTLD_NEXT, #name)

/* ---- Locks ---- */

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock);
  real (mutex);
  acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  REAL (g_mutex_trylock);
  gboolean locked = real (mutex);

  if (locked)
    acquire (mutex);
  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  REAL (g_mutex_unlock);
  release (mutex);
  real (mutex);
}

void
g_rec_mutex_lock (GRecMutex *mutex)
{
  REAL (g_rec_mutex_lock);
  real (mutex);
  acquire (mutex);
}

void
g_rec_mutex_unlock (GRecMutex *mutex)
{
  REAL (g_rec_mutex_unlock);
  release (mutex);
  real (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait);
  release (mutex);
  real (cond, mutex);
  acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end)
{
  REAL (g_cond_wait_until);
  gboolean signalled;

  release (mutex);
  signalled = real (cond, mutex, end);
  acquire (mutex);
  return signalled;
}

void
g_once_init_leave (volatile void *location, gsize result)
{
  REAL (g_once_init_leave);
  release (location);
  real (location, result);
}

gboolean
g_once_init_enter (volatile void *location)
{
  REAL (g_once_init_enter);
  gboolean first = real (location);

  acquire (location);
  return first;
}

/* ---- References: the last one sees what all others have done ---- */

void
g_object_unref (gpointer object)
{
  REAL (g_object_unref);
  release (object);
  acquire (object);
  real (object);
}

gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  REAL (g_atomic_ref_count_dec);
  gboolean last;

  release (count);
  last = real (count);
  acquire (count);
  return last;
}

void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  REAL (g_atomic_rc_box_release_full);
  release (box);
  acquire (box);
  real (box, clear);
}

/* ---- What one thread hands to another ---- */

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  REAL (g_async_queue_push);
  release (queue);
  real (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  REAL (g_async_queue_pop);
  gpointer data = real (queue);

  acquire (queue);
  return data;
}

typedef struct
{
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Errand;

static gboolean
run_errand (gpointer data)
{
  Errand *errand = data;
  gboolean again;

  acquire (errand);
  again = errand->func (errand->data);
  release (errand);
  return again;
}

static void
free_errand (gpointer data)
{
  Errand *errand = data;

  acquire (errand);
  if (errand->notify != NULL)
    errand->notify (errand->data);
  g_free (errand);
}

static Errand *
make_errand (GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  Errand *errand = g_new (Errand, 1);

  *errand = (Errand){ func, data, notify };
  release (errand);
  return errand;
}

void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  REAL (g_source_set_callback);

  /* Others than these call the function with more than its data */
  if (func == NULL || (source->source_funcs != &g_idle_funcs && source->source_funcs != &g_timeout_funcs))
    real (source, func, data, notify);
  else
    real (source, run_errand, make_errand (func, data, notify), free_errand);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  REAL (g_source_attach);
  release (source);
  return real (source, context);
}

void
g_main_context_invoke_full (GMainContext *context, gint priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  REAL (g_main_context_invoke_full);
  real (context, priority, run_errand, make_errand (func, data, notify), free_errand);
}

void
g_main_context_invoke (GMainContext *context, GSourceFunc func, gpointer data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, func, data, NULL);
}

guint
g_idle_add_full (gint priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  REAL (g_idle_add_full);
  return real (priority, run_errand, make_errand (func, data, notify), free_errand);
}

guint
g_idle_add (GSourceFunc func, gpointer data)
{
  return g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, func, data, NULL);
}

/* ---- Tasks ---- */

static void
run_task (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GTaskThreadFunc func = (GTaskThreadFunc) g_object_get_data (G_OBJECT (task), "baton-threads-func");

  acquire (task);
  func (task, source, data, cancellable);
  release (task);
}

void
g_task_run_in_thread (GTask *task, GTaskThreadFunc func)
{
  REAL (g_task_run_in_thread);
  g_object_set_data (G_OBJECT (task), "baton-threads-func", (gpointer) func);
  release (task);
  real (task, run_task);
}

#define TASK_RETURN(name, arguments, names) \
  void name arguments \
  { \
    REAL (name); \
    release (task); \
    real names; \
  }
TASK_RETURN (g_task_return_boolean, (GTask *task, gboolean result), (task, result))
TASK_RETURN (g_task_return_pointer, (GTask *task, gpointer result, GDestroyNotify destroy), (task, result, destroy))
TASK_RETURN (g_task_return_error, (GTask *task, GError *error), (task, error))

gboolean
g_task_propagate_boolean (GTask *task, GError **error)
{
  REAL (g_task_propagate_boolean);
  acquire (task);
  return real (task, error);
}

gpointer
g_task_propagate_pointer (GTask *task, GError **error)
{
  REAL (g_task_propagate_pointer);
  acquire (task);
  return real (task, error);
}
