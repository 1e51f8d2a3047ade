/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-hub.h"

#include <gst/gst.h>

#include "baton-error.h"
#include "baton-media-session.h"

enum
{
  PROP_INPUT_DEVICE = 1,
  PROP_OUTPUT_DEVICE,
  PROP_HAVE_MICROPHONE,
  N_PROPS
};

enum
{
  DEVICE_PROBLEM,
  N_SIGNALS
};

/* Who was sent nothing for so long did not hear anything stop. */
#define HELD_US 100000

struct _BatonAudioHub
{
  GObject parent_instance;

  BatonTick *tick;
  BatonAudioSource *source;
  char *input_device, *output_device;
  gboolean have_microphone;
  BatonMediaSession *foreground; /* weak */
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void baton_audio_hub_factory_init (BatonMediaFactoryInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonAudioHub, baton_audio_hub, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_MEDIA_FACTORY, baton_audio_hub_factory_init))

static BatonMedia *
baton_audio_hub_create (BatonMediaFactory *factory, const BatonMediaOptions *options)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (factory);

  return BATON_MEDIA (baton_media_session_new (self->tick, self->source, options));
}

/* With the lock held. */
static void
set_foreground_flag (BatonMediaSession *session, gboolean foreground)
{
  BatonAudioStream *stream = session != NULL ? baton_media_session_get_stream (session) : NULL;

  if (stream != NULL)
    baton_audio_stream_set_foreground (stream, foreground);
}

/* With the lock held. */
static void
change_foreground (BatonAudioHub *self, BatonMediaSession *session)
{
  set_foreground_flag (self->foreground, FALSE);
  g_set_weak_pointer (&self->foreground, session);
  set_foreground_flag (session, TRUE);
}

static void
baton_audio_hub_set_foreground (BatonMediaFactory *factory, BatonMedia *media)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (factory);
  BatonMediaSession *session = media != NULL ? BATON_MEDIA_SESSION (media) : NULL;

  baton_tick_lock (self->tick);
  change_foreground (self, session);
  if (session != NULL)
    baton_media_session_take_back (session);
  baton_tick_unlock (self->tick);
}

static void
baton_audio_hub_move (BatonMediaFactory *factory, BatonMedia *from, BatonMedia *to, GAsyncReadyCallback callback,
                      gpointer data)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (factory);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);
  BatonMediaSession *old = from != NULL && from != to ? BATON_MEDIA_SESSION (from) : NULL;
  BatonMediaSession *new = BATON_MEDIA_SESSION (to);
  BatonAudioStream *stream;
  gint64 now, last_sent;

  g_task_set_source_tag (task, baton_audio_hub_move);
  if (baton_media_get_state (to) == BATON_MEDIA_STATE_STOPPED)
    {
      g_task_return_new_error (task, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                               "The sound cannot move to a call that has ended.");
      return;
    }
  baton_media_session_set_move_task (new, g_object_ref (task));
  baton_tick_lock (self->tick);
  stream = old != NULL ? baton_media_session_get_stream (old) : NULL;
  if (old != NULL)
    baton_media_session_give_up (old);
  change_foreground (self, new);
  /* A party that was on hold got no packets: what is heard as a gap begins now. */
  now = g_get_monotonic_time ();
  last_sent = stream != NULL ? baton_audio_stream_get_last_sent (stream) : 0;
  baton_media_session_take_over (new, now - last_sent > HELD_US ? now : last_sent);
  baton_tick_unlock (self->tick);
}

static double
baton_audio_hub_move_finish (BatonMediaFactory *factory, GAsyncResult *result, GError **error)
{
  g_autofree double *gap_ms = g_task_propagate_pointer (G_TASK (result), error);

  return gap_ms != NULL ? *gap_ms : -1;
}

static void
baton_audio_hub_factory_init (BatonMediaFactoryInterface *iface)
{
  iface->create = baton_audio_hub_create;
  iface->set_foreground = baton_audio_hub_set_foreground;
  iface->move = baton_audio_hub_move;
  iface->move_finish = baton_audio_hub_move_finish;
}

void
baton_audio_hub_play_tone (BatonAudioHub *self, const char *kind)
{
  g_return_if_fail (BATON_IS_AUDIO_HUB (self));
}

static void
baton_audio_hub_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (object);

  switch (id)
    {
    case PROP_INPUT_DEVICE:
      g_value_set_string (value, self->input_device);
      break;
    case PROP_OUTPUT_DEVICE:
      g_value_set_string (value, self->output_device);
      break;
    case PROP_HAVE_MICROPHONE:
      g_value_set_boolean (value, self->have_microphone);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_audio_hub_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (object);
  char **name = id == PROP_INPUT_DEVICE ? &self->input_device : &self->output_device;

  if (id != PROP_INPUT_DEVICE && id != PROP_OUTPUT_DEVICE)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (g_strcmp0 (*name, g_value_get_string (value)) == 0)
    return;
  g_free (*name);
  *name = g_value_dup_string (value);
  g_object_notify_by_pspec (object, pspec);
}

static void
baton_audio_hub_dispose (GObject *object)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (object);

  g_clear_weak_pointer (&self->foreground);
  g_clear_pointer (&self->tick, baton_tick_unref);
  g_clear_pointer (&self->source, baton_audio_source_unref);
  G_OBJECT_CLASS (baton_audio_hub_parent_class)->dispose (object);
}

static void
baton_audio_hub_finalize (GObject *object)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (object);

  g_free (self->input_device);
  g_free (self->output_device);
  G_OBJECT_CLASS (baton_audio_hub_parent_class)->finalize (object);
}

static void
baton_audio_hub_class_init (BatonAudioHubClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = baton_audio_hub_get_property;
  object_class->set_property = baton_audio_hub_set_property;
  object_class->dispose = baton_audio_hub_dispose;
  object_class->finalize = baton_audio_hub_finalize;
  props[PROP_INPUT_DEVICE] = g_param_spec_string ("input-device", NULL, NULL, NULL, writable);
  props[PROP_OUTPUT_DEVICE] = g_param_spec_string ("output-device", NULL, NULL, NULL, writable);
  props[PROP_HAVE_MICROPHONE] = g_param_spec_boolean (
    "have-microphone", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[DEVICE_PROBLEM] = g_signal_new ("device-problem", BATON_TYPE_AUDIO_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
baton_audio_hub_init (BatonAudioHub *self)
{
}

BatonAudioHub *
baton_audio_hub_new (BatonAudioKind kind, double tone_hz, const char *file, GError **error)
{
  g_autoptr (BatonAudioHub) self = g_object_new (BATON_TYPE_AUDIO_HUB, NULL);

  if (!gst_is_initialized () && !gst_init_check (NULL, NULL, error))
    return NULL;
  self->source = baton_audio_source_new (kind, tone_hz, file, error);
  if (self->source == NULL)
    return NULL;
  self->tick = baton_tick_new ();
  return g_steal_pointer (&self);
}
