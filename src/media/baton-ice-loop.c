/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-ice-loop.h"

struct _BatonIceLoop
{
  guint refs; /* the lock's */
  GMainContext *context;
  GMainLoop *loop;
};

static GMutex lock;
static BatonIceLoop *current;

static gpointer
loop_thread (gpointer data)
{
  BatonIceLoop *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
  return NULL;
}

static BatonIceLoop *
loop_new (void)
{
  BatonIceLoop *self = g_new0 (BatonIceLoop, 1);

  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  g_thread_unref (g_thread_new ("baton-ice", loop_thread, self));
  return self;
}

BatonIceLoop *
baton_ice_loop_get (void)
{
  BatonIceLoop *self;

  g_mutex_lock (&lock);
  if (current == NULL)
    current = loop_new ();
  self = current;
  self->refs++;
  g_mutex_unlock (&lock);
  return self;
}

/* Not g_main_loop_quit () at once: it would be forgotten when the thread has not come to run () yet. */
static gboolean
quit (gpointer data)
{
  BatonIceLoop *self = data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

void
baton_ice_loop_unref (BatonIceLoop *self)
{
  gboolean last;

  g_mutex_lock (&lock);
  last = --self->refs == 0;
  if (last)
    current = NULL;
  g_mutex_unlock (&lock);
  if (last)
    baton_ice_loop_invoke (self, quit, self);
}

GMainContext *
baton_ice_loop_get_context (BatonIceLoop *self)
{
  return self->context;
}

void
baton_ice_loop_invoke (BatonIceLoop *self, GSourceFunc func, gpointer data)
{
  /* Of its own: @func may end the loop before we let go of the source, and letting go locks the context. */
  g_autoptr (GMainContext) context = g_main_context_ref (self->context);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, context);
}
