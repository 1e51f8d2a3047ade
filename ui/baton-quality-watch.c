/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-quality-watch.h"

#include <glib/gi18n.h>

#define BAD_PERCENT 5
#define BAD_SECONDS 5

struct _BatonQualityWatch
{
  GObject parent_instance;

  BatonEngine *engine;
  BatonDirectory *directory;
  guint timer; /* while there is a call */
};

G_DEFINE_FINAL_TYPE (BatonQualityWatch, baton_quality_watch, G_TYPE_OBJECT)

enum
{
  WARNING,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

guint
baton_loss_meter_add (BatonLossMeter *self, guint64 received, guint64 lost)
{
  /* A call whose sound moved begins to count anew */
  guint64 more_lost = lost >= self->lost ? lost - self->lost : 0;
  guint64 more = (received >= self->received ? received - self->received : 0) + more_lost;
  guint percent = more > 0 ? (guint) (100 * more_lost / more) : 0;

  self->received = received;
  self->lost = lost;
  self->bad = percent >= BAD_PERCENT ? self->bad + 1 : 0;
  if (self->told || self->bad < BAD_SECONDS)
    return 0;
  self->told = TRUE;
  return percent;
}

static void
baton_quality_watch_dispose (GObject *object)
{
  BatonQualityWatch *self = BATON_QUALITY_WATCH (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->engine);
  g_clear_object (&self->directory);
  G_OBJECT_CLASS (baton_quality_watch_parent_class)->dispose (object);
}

static void
baton_quality_watch_class_init (BatonQualityWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_quality_watch_dispose;
  signals[WARNING] = g_signal_new ("warning", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
baton_quality_watch_init (BatonQualityWatch *self)
{
}

static void
look_at (BatonQualityWatch *self, BatonCall *call)
{
  BatonMedia *media = baton_call_get_media (call);
  g_autoptr (BatonMediaStats) stats = media != NULL ? baton_media_dup_stats (media) : NULL;
  BatonLossMeter *meter = g_object_get_data (G_OBJECT (call), "baton-loss-meter");
  g_autofree char *words = NULL, *peer = NULL;
  gboolean one_way = FALSE;
  guint percent;

  if (stats == NULL || baton_call_get_state (call) != BATON_CALL_STATE_ESTABLISHED)
    return;
  if (meter == NULL)
    {
      meter = g_new0 (BatonLossMeter, 1);
      g_object_set_data_full (G_OBJECT (call), "baton-loss-meter", meter, g_free);
    }
  percent = baton_loss_meter_add (meter, stats->received, stats->lost);
  if (percent > 0)
    {
      words = g_strdup_printf (_("Your connection is losing sound (%u %%)"), percent);
      g_signal_emit (self, signals[WARNING], 0, words);
      return;
    }
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (media), "one-way") != NULL)
    g_object_get (media, "one-way", &one_way, NULL);
  if (!one_way || g_object_get_data (G_OBJECT (call), "baton-one-way-told") != NULL)
    return;
  g_object_set_data (G_OBJECT (call), "baton-one-way-told", GINT_TO_POINTER (TRUE));
  peer = baton_directory_dup_call_name (self->directory, call);
  words = g_strdup_printf (_("You send, but nothing arrives from %s."), peer);
  g_signal_emit (self, signals[WARNING], 0, words);
}

static gboolean
on_second (gpointer data)
{
  g_autoptr (BatonQualityWatch) self = g_object_ref (data);
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (self->engine));
  guint n = g_list_model_get_n_items (calls);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (calls, i);

      if (call != NULL)
        look_at (self, call);
    }
  if (n > 0)
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
on_calls_changed (BatonQualityWatch *self)
{
  if (self->timer == 0 && g_list_model_get_n_items (G_LIST_MODEL (baton_engine_get_calls (self->engine))) > 0)
    self->timer = g_timeout_add_seconds (1, on_second, self);
}

BatonQualityWatch *
baton_quality_watch_new (BatonEngine *engine, BatonDirectory *directory)
{
  BatonQualityWatch *self = g_object_new (BATON_TYPE_QUALITY_WATCH, NULL);

  self->engine = g_object_ref (engine);
  self->directory = g_object_ref (directory);
  g_signal_connect_object (baton_engine_get_calls (engine), "items-changed", G_CALLBACK (on_calls_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}
