/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-hub.h"

#include <gst/gst.h>
#include <string.h>

#include "baton-audio-device.h"
#include "baton-error.h"
#include "baton-media-session.h"
#include "baton-resampler.h"
#include "baton-tones.h"

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

struct _BatonAudioHub
{
  GObject parent_instance;

  BatonTick *tick;
  BatonAudioSource *source;
  BatonRtpSpare *spare;
  char *input_device, *output_device;
  gboolean have_microphone;
  GPtrArray *sessions;           /* weak */
  BatonMediaSession *foreground; /* weak; the lock's, so that the tick never sees a dead one */

  /* with real devices only */
  BatonAudioDevice *microphone, *speaker;
  BatonTone tone;                /* the lock's */
  gboolean tone_ticks, have_speaker;
  BatonResampler *resampler;     /* the lock's: from what the foreground call has to 48 kHz */
  gint16 leaving[BATON_MAX_FRAME]; /* the lock's: the faded end of a call that the speaker turned away from */
  gboolean have_leaving;
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void baton_audio_hub_factory_init (BatonMediaFactoryInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonAudioHub, baton_audio_hub, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_MEDIA_FACTORY, baton_audio_hub_factory_init))

/* --- the tick's side of the devices; all but on_frame with the lock held --- */

static void
on_frame (const gint16 *samples, gpointer data)
{
  BatonAudioHub *self = data;

  baton_tick_lock (self->tick);
  baton_audio_source_set_microphone (self->source, samples);
  baton_tick_unlock (self->tick);
  baton_tick_beat (self->tick);
}

/* @samples of 20 ms become 48 kHz. */
static void
convert (BatonAudioHub *self, const gint16 *heard, guint n, guint rate, gint16 *samples)
{
  if (n == BATON_MAX_FRAME)
    memcpy (samples, heard, n * sizeof *samples);
  if (n == 0 || n == BATON_MAX_FRAME)
    return;
  if (self->resampler == NULL || baton_resampler_get_from (self->resampler) != rate)
    {
      g_clear_pointer (&self->resampler, baton_resampler_free);
      self->resampler = baton_resampler_new (rate, BATON_MAX_FRAME * 50);
    }
  baton_resampler_run (self->resampler, heard, n, samples);
}

static void
hear_foreground (BatonAudioHub *self, gint16 *samples)
{
  BatonAudioStream *stream = self->foreground != NULL ? baton_media_session_get_stream (self->foreground) : NULL;
  const gint16 *heard;
  guint n = 0, rate = 0;

  if (stream == NULL)
    return;
  heard = baton_audio_stream_get_heard (stream, &n, &rate);
  convert (self, heard, n, rate, samples);
}

/* What the foreground call says fades out beside the first of what the next one says. */
static void
let_leave (BatonAudioHub *self)
{
  BatonAudioStream *stream = self->foreground != NULL ? baton_media_session_get_stream (self->foreground) : NULL;
  const gint16 *heard;
  guint n = 0, rate = 0;

  if (stream == NULL || self->speaker == NULL)
    return;
  heard = baton_audio_stream_fade_out (stream, &n, &rate);
  convert (self, heard, n, rate, self->leaving);
  self->have_leaving = n > 0;
}

static void
mix_leaving (BatonAudioHub *self, gint16 *samples)
{
  for (guint i = 0; self->have_leaving && i < BATON_MAX_FRAME; i++)
    samples[i] = (gint16) CLAMP (samples[i] + self->leaving[i], G_MININT16, G_MAXINT16);
  self->have_leaving = FALSE;
}

static void
after_tick (gint64 now, gpointer data)
{
  BatonAudioHub *self = data;
  gint16 samples[BATON_MAX_FRAME] = { 0 };

  hear_foreground (self, samples);
  mix_leaving (self, samples);
  if (self->have_speaker)
    {
      /* not before it is open: the first ring would be over, and what queues up then stays as delay */
      baton_tone_mix (&self->tone, samples);
      baton_audio_device_play (self->speaker, samples);
    }
  baton_audio_source_set_microphone (self->source, NULL); /* when the timer ticks, this was not said again */
}

static void
tone_tick (gint64 now, gpointer data)
{
  /* keeps the clock going while a tone plays and no call has sound */
}

/* --- devices --- */

static void
on_microphone (gboolean present, gpointer data)
{
  BatonAudioHub *self = data;

  if (self->have_microphone != present)
    {
      self->have_microphone = present;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HAVE_MICROPHONE]);
    }
  if (!present)
    g_signal_emit (self, signals[DEVICE_PROBLEM], 0, "No microphone. They cannot hear you.");
}

static void
on_speaker (gboolean present, gpointer data)
{
  BatonAudioHub *self = data;

  baton_tick_lock (self->tick);
  self->have_speaker = present;
  baton_tick_unlock (self->tick);
  if (!present)
    g_signal_emit (self, signals[DEVICE_PROBLEM], 0, "No loudspeaker. You cannot hear them.");
}

static void
update_devices (BatonAudioHub *self)
{
  gboolean call = FALSE;

  if (self->microphone == NULL)
    return;
  for (guint i = 0; i < self->sessions->len && !call; i++)
    g_object_get (g_ptr_array_index (self->sessions, i), "prepared", &call, NULL);
  if (!call && !self->tone_ticks)
    {
      baton_tick_lock (self->tick);
      self->have_speaker = FALSE;
      baton_tick_unlock (self->tick);
    }
  baton_audio_device_set (self->speaker, call || self->tone_ticks, self->output_device);
  baton_audio_device_set (self->microphone, call, self->input_device);
  if (!call && self->have_microphone)
    {
      self->have_microphone = FALSE;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HAVE_MICROPHONE]);
    }
}

static void
open_devices (BatonAudioHub *self)
{
  const BatonAudioDeviceEvents in = { on_frame, on_microphone, self }, out = { NULL, on_speaker, self };

  self->microphone = baton_audio_device_new (TRUE, &in);
  self->speaker = baton_audio_device_new (FALSE, &out);
  baton_tick_lock (self->tick);
  baton_tick_set_hooks (self->tick, NULL, after_tick, self);
  baton_tick_unlock (self->tick);
}

static void
close_devices (BatonAudioHub *self)
{
  if (self->tick != NULL)
    {
      baton_tick_lock (self->tick);
      baton_tick_set_hooks (self->tick, NULL, NULL, NULL);
      if (self->tone_ticks)
        baton_tick_remove (self->tick, tone_tick, self);
      self->tone_ticks = FALSE;
      baton_tick_unlock (self->tick);
    }
  g_clear_pointer (&self->microphone, baton_audio_device_free);
  g_clear_pointer (&self->speaker, baton_audio_device_free);
  g_clear_pointer (&self->resampler, baton_resampler_free);
}

/* --- factory --- */

static void
on_session_gone (gpointer data, GObject *session)
{
  BatonAudioHub *self = data;

  g_ptr_array_remove_fast (self->sessions, session);
  baton_tick_lock (self->tick);
  if ((GObject *) self->foreground == session)
    self->foreground = NULL;
  baton_tick_unlock (self->tick);
  if (self->sessions->len == 0)
    baton_rtp_spare_drop (self->spare);
  update_devices (self);
}

static BatonMedia *
baton_audio_hub_create (BatonMediaFactory *factory, const BatonMediaOptions *options)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (factory);
  BatonMediaSession *session = baton_media_session_new (self->tick, self->source, self->spare, options);

  g_ptr_array_add (self->sessions, session);
  g_object_weak_ref (G_OBJECT (session), on_session_gone, self);
  g_signal_connect_object (session, "notify::prepared", G_CALLBACK (update_devices), self, G_CONNECT_SWAPPED);
  return BATON_MEDIA (session);
}

/* With the lock held. */
static void
change_foreground (BatonAudioHub *self, BatonMediaSession *session)
{
  if (self->foreground == session)
    return;
  if (self->foreground != NULL)
    {
      let_leave (self);
      baton_media_session_set_foreground (self->foreground, FALSE);
    }
  self->foreground = session;
  if (session != NULL)
    baton_media_session_set_foreground (session, TRUE);
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

  g_task_set_source_tag (task, baton_audio_hub_move);
  if (baton_media_get_state (to) == BATON_MEDIA_STATE_STOPPED)
    {
      g_task_return_new_error (task, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                               "The sound cannot move to a call that has ended.");
      return;
    }
  baton_media_session_set_move_task (new, g_object_ref (task));
  baton_media_session_prepare_to_start (new);
  /* One lock for all of it: no tick comes between the last packet there and the first one here. */
  baton_tick_lock (self->tick);
  change_foreground (self, new);
  baton_media_session_take_over (new, old);
  baton_tick_unlock (self->tick);
  baton_media_session_tell_started (new);
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
  gboolean ticks;

  g_return_if_fail (BATON_IS_AUDIO_HUB (self));
  if (self->speaker == NULL)
    return;
  baton_tick_lock (self->tick);
  baton_tone_set (&self->tone, kind);
  ticks = self->tone.kind != NULL;
  if (ticks && !self->tone_ticks)
    baton_tick_add (self->tick, tone_tick, self);
  else if (!ticks && self->tone_ticks)
    baton_tick_remove (self->tick, tone_tick, self);
  self->tone_ticks = ticks;
  baton_tick_unlock (self->tick);
  update_devices (self);
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
  update_devices (self);
  g_object_notify_by_pspec (object, pspec);
}

static void
baton_audio_hub_dispose (GObject *object)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (object);

  close_devices (self);
  self->foreground = NULL;
  for (guint i = 0; self->sessions != NULL && i < self->sessions->len; i++)
    g_object_weak_unref (g_ptr_array_index (self->sessions, i), on_session_gone, self);
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  g_clear_pointer (&self->tick, baton_tick_unref);
  g_clear_pointer (&self->source, baton_audio_source_unref);
  if (self->spare != NULL)
    baton_rtp_spare_drop (self->spare); /* a session may outlive us with its reference */
  g_clear_pointer (&self->spare, baton_rtp_spare_unref);
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
  self->sessions = g_ptr_array_new ();
  self->spare = baton_rtp_spare_new ();
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
  if (kind == BATON_AUDIO_KIND_DEVICE)
    open_devices (self);
  return g_steal_pointer (&self);
}
