/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-ice-flow.h"

#include <string.h>

#define N_SLOTS 32 /* of two seconds a tick has at most: more than a tick that is late ever finds */
#define MAX_LENGTH 1500

typedef struct
{
  gint64 arrival;
  guint16 length, component;
  guint8 data[MAX_LENGTH];
} Slot;

/* What a source and the flow share: the flow must not touch a GSource that another thread lets go of. */
typedef struct
{
  GMainContext *context;
  int pending; /* atomic */
} Bell;

struct _BatonIceFlow
{
  gatomicrefcount refs;
  GMutex lock;
  guint head, n;
  GPtrArray *bells; /* (element-type Bell), each with a reference */
  Slot slots[N_SLOTS];
};

static void
bell_clear (gpointer data)
{
  g_main_context_unref (((Bell *) data)->context);
}

static void
bell_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, bell_clear);
}

BatonIceFlow *
baton_ice_flow_new (void)
{
  BatonIceFlow *self = g_new0 (BatonIceFlow, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->bells = g_ptr_array_new_with_free_func (bell_unref);
  return self;
}

BatonIceFlow *
baton_ice_flow_ref (BatonIceFlow *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
baton_ice_flow_unref (BatonIceFlow *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_mutex_clear (&self->lock);
  g_ptr_array_unref (self->bells);
  g_free (self);
}

/* With the lock held. */
static void
wake (BatonIceFlow *self)
{
  for (guint i = 0; i < self->bells->len; i++)
    {
      Bell *bell = g_ptr_array_index (self->bells, i);

      g_atomic_int_set (&bell->pending, 1);
      g_main_context_wakeup (bell->context);
    }
}

void
baton_ice_flow_put (BatonIceFlow *self, guint component, const guint8 *data, gsize length)
{
  gint64 arrival = g_get_monotonic_time ();
  Slot *slot;

  if (length == 0 || length > MAX_LENGTH)
    return;
  g_mutex_lock (&self->lock);
  if (self->n < N_SLOTS)
    {
      slot = &self->slots[(self->head + self->n++) % N_SLOTS];
      slot->arrival = arrival;
      slot->length = (guint16) length;
      slot->component = (guint16) component;
      memcpy (slot->data, data, length);
      wake (self);
    }
  g_mutex_unlock (&self->lock);
}

gboolean
baton_ice_flow_take (BatonIceFlow *self, BatonRtpPacket *packet, guint *component)
{
  gboolean taken;
  Slot *slot;

  g_mutex_lock (&self->lock);
  taken = self->n > 0;
  if (taken)
    {
      slot = &self->slots[self->head];
      packet->arrival = slot->arrival;
      packet->length = slot->length;
      *component = slot->component;
      memcpy (packet->data, slot->data, slot->length);
      self->head = (self->head + 1) % N_SLOTS;
      self->n--;
    }
  g_mutex_unlock (&self->lock);
  return taken;
}

void
baton_ice_flow_wake (BatonIceFlow *self)
{
  g_mutex_lock (&self->lock);
  wake (self);
  g_mutex_unlock (&self->lock);
}

/* --- the source --- */

typedef struct
{
  GSource source;
  BatonIceFlow *flow;
  Bell *bell;
} FlowSource;

static gboolean
flow_source_check (GSource *source)
{
  return g_atomic_int_get (&((FlowSource *) source)->bell->pending);
}

static gboolean
flow_source_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  return flow_source_check (source);
}

static gboolean
flow_source_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  g_atomic_int_set (&((FlowSource *) source)->bell->pending, 0);
  return callback != NULL ? callback (data) : G_SOURCE_REMOVE;
}

static void
flow_source_finalize (GSource *source)
{
  FlowSource *self = (FlowSource *) source;

  g_mutex_lock (&self->flow->lock);
  g_ptr_array_remove_fast (self->flow->bells, self->bell);
  g_mutex_unlock (&self->flow->lock);
  bell_unref (self->bell);
  baton_ice_flow_unref (self->flow);
}

static GSourceFuncs flow_source_funcs = { flow_source_prepare, flow_source_check, flow_source_dispatch,
                                          flow_source_finalize };

GSource *
baton_ice_flow_create_source (BatonIceFlow *self)
{
  GSource *source = g_source_new (&flow_source_funcs, sizeof (FlowSource));
  Bell *bell = g_atomic_rc_box_new0 (Bell);

  bell->context = g_main_context_ref_thread_default ();
  ((FlowSource *) source)->flow = baton_ice_flow_ref (self);
  ((FlowSource *) source)->bell = bell;
  g_mutex_lock (&self->lock);
  bell->pending = self->n > 0;
  g_ptr_array_add (self->bells, g_atomic_rc_box_acquire (bell));
  g_mutex_unlock (&self->lock);
  return source;
}
