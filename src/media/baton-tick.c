/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-tick.h"

#include "baton-codec.h"

#define BEAT_GRACE_US 100000
#define MAX_CATCH_UP 5 /* ticks that are made up for after the machine was busy */

typedef struct
{
  BatonTickFunc func;
  gpointer data;
} Client;

struct _BatonTick
{
  gatomicrefcount refs; /* a transport lets go of it in the tick, too */
  GMutex lock;
  GCond wake;
  GThread *thread;
  GArray *clients;
  BatonTickFunc before, after;
  gpointer hook_data;
  guint current; /* the client that is called now */
  gint64 deadline;
  gboolean quit;
};

static void
run (BatonTick *self, gint64 now)
{
  if (self->before != NULL)
    self->before (now, self->hook_data);
  for (self->current = 0; self->current < self->clients->len; self->current++)
    {
      Client client = g_array_index (self->clients, Client, self->current);

      client.func (now, client.data);
    }
  self->current = G_MAXUINT;
  if (self->after != NULL)
    self->after (now, self->hook_data);
}

static gpointer
tick_thread (gpointer data)
{
  BatonTick *self = data;

  g_mutex_lock (&self->lock);
  while (!self->quit)
    {
      gint64 now = g_get_monotonic_time ();

      if (self->clients->len == 0)
        g_cond_wait (&self->wake, &self->lock);
      else if (now < self->deadline)
        g_cond_wait_until (&self->wake, &self->lock, self->deadline);
      else
        {
          self->deadline += BATON_FRAME_US;
          if (now - self->deadline > MAX_CATCH_UP * BATON_FRAME_US)
            self->deadline = now + BATON_FRAME_US;
          run (self, now);
        }
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

BatonTick *
baton_tick_new (void)
{
  BatonTick *self = g_new0 (BatonTick, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->clients = g_array_new (FALSE, FALSE, sizeof (Client));
  self->current = G_MAXUINT;
  return self;
}

BatonTick *
baton_tick_ref (BatonTick *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
baton_tick_unref (BatonTick *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_mutex_lock (&self->lock);
  self->quit = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_array_unref (self->clients);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self);
}

void
baton_tick_lock (BatonTick *self)
{
  g_mutex_lock (&self->lock);
}

void
baton_tick_unlock (BatonTick *self)
{
  g_mutex_unlock (&self->lock);
}

void
baton_tick_add (BatonTick *self, BatonTickFunc func, gpointer data)
{
  Client client = { func, data };

  if (self->clients->len == 0)
    self->deadline = g_get_monotonic_time ();
  g_array_append_val (self->clients, client);
  if (self->thread == NULL)
    self->thread = g_thread_new ("baton-sound", tick_thread, self);
  g_cond_signal (&self->wake);
}

void
baton_tick_remove (BatonTick *self, BatonTickFunc func, gpointer data)
{
  for (guint i = 0; i < self->clients->len; i++)
    {
      Client *client = &g_array_index (self->clients, Client, i);

      if (client->func == func && client->data == data)
        {
          g_array_remove_index (self->clients, i);
          if (self->current != G_MAXUINT && i <= self->current)
            self->current--; /* removed by a client: nobody else loses the turn. Below zero is the number before it. */
          return;
        }
    }
}

guint
baton_tick_get_n_clients (BatonTick *self)
{
  return self->clients->len;
}

void
baton_tick_set_hooks (BatonTick *self, BatonTickFunc before, BatonTickFunc after, gpointer data)
{
  self->before = before;
  self->after = after;
  self->hook_data = data;
}

void
baton_tick_beat (BatonTick *self)
{
  gint64 now;

  g_mutex_lock (&self->lock);
  now = g_get_monotonic_time ();
  if (self->clients->len > 0)
    {
      self->deadline = now + BEAT_GRACE_US;
      run (self, now);
    }
  g_mutex_unlock (&self->lock);
}
