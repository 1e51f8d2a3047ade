/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-audio-hub.h"

#include <gst/gst.h>
#include <string.h>

#include "baton-audio-devices.h"
#include "baton-error.h"
#include "baton-level.h"
#include "baton-media-session.h"
#include "baton-party.h"
#include "baton-resampler.h"

enum
{
  PROP_INPUT_DEVICE = 1,
  PROP_OUTPUT_DEVICE,
  PROP_RING_DEVICE,
  PROP_ALSO_RING_ON_SPEAKERS,
  PROP_MICROPHONE_VOLUME,
  PROP_RING_VOLUME,
  PROP_WAITING_VOLUME,
  PROP_ECHO_CANCELLATION,
  PROP_NOISE_REDUCTION,
  PROP_AUTOMATIC_GAIN,
  PROP_TONE_COUNTRY,
  PROP_METERING,
  PROP_MICROPHONE_LEVEL,
  PROP_SPEAKER_LEVEL,
  PROP_HAVE_MICROPHONE,
  PROP_HAVE_SPEAKER,
  PROP_DEVICES,
  N_PROPS
};

enum
{
  DEVICE_PROBLEM,
  DEVICE_CONNECTED,
  N_SIGNALS
};

struct _BatonAudioHub
{
  GObject parent_instance;

  BatonTick *tick;
  BatonAudioSource *source;
  BatonRtpSpare *spare;
  BatonAudioSettings settings;
  GPtrArray *sessions;           /* weak */
  BatonMediaSession *foreground; /* weak; the lock's, so that the tick never sees a dead one */
  BatonParty *party;             /* the lock's */

  /* with real devices only */
  BatonAudioDevices *devices;
  BatonDeviceList *list;
  gboolean have_microphone, have_speaker, metering;
  BatonResampler *resampler;     /* the lock's: from what the foreground call has to 48 kHz */
  gint16 leaving[BATON_MAX_FRAME]; /* the lock's: the faded end of a call that the speaker turned away from */
  gboolean have_leaving;
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void baton_audio_hub_factory_init (BatonMediaFactoryInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonAudioHub, baton_audio_hub, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_MEDIA_FACTORY, baton_audio_hub_factory_init))

/* --- the tick's side of the devices; with the lock held --- */

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

/* What the foreground call says fades out beside the first of what the next one says. */
static void
let_leave (BatonAudioHub *self)
{
  BatonAudioStream *stream = self->foreground != NULL ? baton_media_session_get_stream (self->foreground) : NULL;
  const gint16 *heard;
  guint n = 0, rate = 0;

  if (stream == NULL || self->devices == NULL || baton_party_has (self->party, self->foreground))
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
hear_foreground (gint16 *samples, gpointer data)
{
  BatonAudioHub *self = data;
  BatonAudioStream *stream = self->foreground != NULL ? baton_media_session_get_stream (self->foreground) : NULL;
  const gint16 *heard;
  guint n = 0, rate = 0;

  if (self->foreground != NULL && baton_party_has (self->party, self->foreground))
    baton_party_hear (self->party, samples, BATON_MAX_FRAME);
  else if (stream != NULL)
    {
      heard = baton_audio_stream_get_heard (stream, &n, &rate);
      convert (self, heard, n, rate, samples);
    }
  mix_leaving (self, samples);
}

/* --- devices --- */

static void
set_fact (BatonAudioHub *self, gboolean *fact, gboolean value, guint property)
{
  if (*fact == value)
    return;
  *fact = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

static void
on_devices_changed (gpointer data)
{
  g_autoptr (BatonAudioHub) self = g_object_ref (data);

  set_fact (self, &self->have_microphone, baton_audio_devices_have_microphone (self->devices), PROP_HAVE_MICROPHONE);
  if (self->devices != NULL)
    set_fact (self, &self->have_speaker, baton_audio_devices_have_speaker (self->devices), PROP_HAVE_SPEAKER);
}

static void
on_problem (const char *message, gpointer data)
{
  g_signal_emit (data, signals[DEVICE_PROBLEM], 0, message);
}

static void
on_server_connected (gboolean anew, gpointer data)
{
  BatonAudioHub *self = data;

  if (self->list != NULL)
    baton_device_list_refresh (self->list, anew);
}

static void
on_device_connected (BatonAudioHub *self, BatonSoundDevice *device)
{
  g_signal_emit (self, signals[DEVICE_CONNECTED], 0, device);
}

BatonDeviceList *
baton_audio_hub_get_devices (BatonAudioHub *self)
{
  g_return_val_if_fail (BATON_IS_AUDIO_HUB (self), NULL);
  if (self->list == NULL)
    {
      self->list = baton_device_list_new ();
      g_signal_connect_object (self->list, "device-connected", G_CALLBACK (on_device_connected), self, G_CONNECT_SWAPPED);
      if (self->devices != NULL)
        baton_audio_devices_set_watching (self->devices, TRUE);
    }
  return self->list;
}

static void
update_devices (BatonAudioHub *self)
{
  gboolean calls = FALSE, flows = FALSE;

  if (self->devices == NULL)
    return;
  for (guint i = 0; i < self->sessions->len; i++)
    {
      BatonMediaSession *session = g_ptr_array_index (self->sessions, i);

      calls = calls || baton_media_session_get_stream (session) != NULL;
      flows = flows || baton_media_session_is_flowing (session);
    }
  baton_audio_devices_set_use (self->devices, calls, flows, flows);
}

static void
open_devices (BatonAudioHub *self)
{
  const BatonAudioDevicesEvents events = { hear_foreground, on_devices_changed, on_problem, on_server_connected, self };

  self->devices = baton_audio_devices_new (self->tick, self->source, &self->settings, &events);
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
  baton_party_remove (self->party, (BatonMediaSession *) session);
  baton_tick_unlock (self->tick);
  if (self->sessions->len == 0)
    baton_rtp_spare_drop (self->spare);
  update_devices (self);
}

static void
on_session_changed (BatonMediaSession *session, gpointer data)
{
  BatonAudioHub *self = data;

  baton_tick_lock (self->tick);
  if (baton_media_session_get_stream (session) == NULL)
    baton_party_remove (self->party, session); /* it can be gone at any time now */
  baton_tick_unlock (self->tick);
  update_devices (self);
}

static BatonMedia *
baton_audio_hub_create (BatonMediaFactory *factory, const BatonMediaOptions *options)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (factory);
  BatonMediaSession *session = baton_media_session_new (self->tick, self->source, self->spare, options);

  g_ptr_array_add (self->sessions, session);
  g_object_weak_ref (G_OBJECT (session), on_session_gone, self);
  baton_media_session_set_watch (session, on_session_changed, self);
  return BATON_MEDIA (session);
}

/* With the lock held. */
static void
apply_foreground (BatonAudioHub *self)
{
  gboolean party = self->foreground != NULL && baton_party_has (self->party, self->foreground);

  for (guint i = 0; i < self->sessions->len; i++)
    {
      BatonMediaSession *session = g_ptr_array_index (self->sessions, i);

      baton_media_session_set_foreground (session, session == self->foreground ||
                                                     (party && baton_party_has (self->party, session)));
    }
}

static void
change_foreground (BatonAudioHub *self, BatonMediaSession *session)
{
  if (self->foreground == session)
    return;
  if (self->foreground != NULL)
    let_leave (self);
  self->foreground = session;
  apply_foreground (self);
}

static void
baton_audio_hub_set_party (BatonMediaFactory *factory, BatonMedia *const *media, guint n)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (factory);
  g_autofree BatonMediaSession **members = g_new0 (BatonMediaSession *, n + 1);
  guint n_members = 0;

  for (guint i = 0; i < n; i++)
    if (baton_media_get_state (media[i]) != BATON_MEDIA_STATE_STOPPED)
      members[n_members++] = BATON_MEDIA_SESSION (media[i]);
  baton_tick_lock (self->tick);
  baton_party_set (self->party, members, n_members);
  apply_foreground (self);
  baton_tick_unlock (self->tick);
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
  if (old != NULL)
    baton_party_replace (self->party, old, new);
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
  iface->set_party = baton_audio_hub_set_party;
}

void
baton_audio_hub_play_tone (BatonAudioHub *self, const char *kind)
{
  g_return_if_fail (BATON_IS_AUDIO_HUB (self));
  if (self->devices != NULL)
    baton_audio_devices_play_tone (self->devices, kind);
}

gboolean
baton_audio_hub_set_echo_test (BatonAudioHub *self, gboolean on)
{
  g_return_val_if_fail (BATON_IS_AUDIO_HUB (self), FALSE);
  return self->devices != NULL && baton_audio_devices_set_loop (self->devices, on);
}

/* --- properties --- */

static char **
get_string_setting (BatonAudioHub *self, guint id)
{
  switch (id)
    {
    case PROP_INPUT_DEVICE:
      return &self->settings.microphone;
    case PROP_OUTPUT_DEVICE:
      return &self->settings.speaker;
    case PROP_RING_DEVICE:
      return &self->settings.ring;
    case PROP_TONE_COUNTRY:
      return &self->settings.country;
    default:
      return NULL;
    }
}

static gboolean *
get_switch (BatonAudioHub *self, guint id)
{
  switch (id)
    {
    case PROP_ALSO_RING_ON_SPEAKERS:
      return &self->settings.ring_on_speakers;
    case PROP_ECHO_CANCELLATION:
      return &self->settings.echo;
    case PROP_NOISE_REDUCTION:
      return &self->settings.noise;
    case PROP_AUTOMATIC_GAIN:
      return &self->settings.gain;
    case PROP_METERING:
      return &self->metering;
    default:
      return NULL;
    }
}

static double *
get_volume (BatonAudioHub *self, guint id)
{
  switch (id)
    {
    case PROP_MICROPHONE_VOLUME:
      return &self->settings.microphone_volume;
    case PROP_RING_VOLUME:
      return &self->settings.ring_volume;
    case PROP_WAITING_VOLUME:
      return &self->settings.waiting_volume;
    default:
      return NULL;
    }
}

static double
get_level (BatonAudioHub *self, gboolean microphone)
{
  return self->devices != NULL ? baton_audio_devices_get_level (self->devices, microphone) : BATON_LEVEL_SILENCE;
}

static void
baton_audio_hub_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (object);

  if (get_string_setting (self, id) != NULL)
    {
      g_value_set_string (value, *get_string_setting (self, id));
      return;
    }
  if (get_switch (self, id) != NULL)
    {
      g_value_set_boolean (value, *get_switch (self, id));
      return;
    }
  if (get_volume (self, id) != NULL)
    {
      g_value_set_double (value, *get_volume (self, id));
      return;
    }
  switch (id)
    {
    case PROP_MICROPHONE_LEVEL:
    case PROP_SPEAKER_LEVEL:
      g_value_set_double (value, get_level (self, id == PROP_MICROPHONE_LEVEL));
      break;
    case PROP_HAVE_MICROPHONE:
      g_value_set_boolean (value, self->have_microphone);
      break;
    case PROP_HAVE_SPEAKER:
      g_value_set_boolean (value, self->have_speaker);
      break;
    case PROP_DEVICES:
      g_value_set_object (value, baton_audio_hub_get_devices (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static gboolean
take_value (BatonAudioHub *self, guint id, const GValue *value)
{
  char **string = get_string_setting (self, id);
  gboolean *flag = get_switch (self, id);
  double *volume = get_volume (self, id);
  gboolean changed = FALSE;

  if (string != NULL && g_strcmp0 (*string, g_value_get_string (value)) != 0)
    {
      g_free (*string);
      *string = g_value_dup_string (value);
      changed = TRUE;
    }
  if (flag != NULL && *flag != g_value_get_boolean (value))
    {
      *flag = g_value_get_boolean (value);
      changed = TRUE;
    }
  if (volume != NULL && *volume != g_value_get_double (value))
    {
      *volume = g_value_get_double (value);
      changed = TRUE;
    }
  return changed;
}

static void
baton_audio_hub_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (object);

  if (id > PROP_METERING)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (!take_value (self, id, value))
    return;
  if (self->devices != NULL && id == PROP_METERING)
    baton_audio_devices_set_metering (self->devices, self->metering);
  else if (self->devices != NULL)
    baton_audio_devices_update (self->devices);
  g_object_notify_by_pspec (object, pspec);
}

static void
baton_audio_hub_dispose (GObject *object)
{
  BatonAudioHub *self = BATON_AUDIO_HUB (object);

  for (guint i = 0; self->sessions != NULL && i < self->sessions->len; i++)
    {
      g_object_weak_unref (g_ptr_array_index (self->sessions, i), on_session_gone, self);
      baton_media_session_set_watch (g_ptr_array_index (self->sessions, i), NULL, NULL);
    }
  if (self->tick != NULL)
    {
      baton_tick_lock (self->tick);
      g_clear_pointer (&self->party, baton_party_free);
      self->foreground = NULL;
      baton_tick_unlock (self->tick);
    }
  g_clear_pointer (&self->party, baton_party_free); /* there is no tick when the source could not be made */
  g_clear_pointer (&self->devices, baton_audio_devices_free);
  g_clear_pointer (&self->resampler, baton_resampler_free);
  g_clear_object (&self->list);
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
  baton_audio_settings_clear (&BATON_AUDIO_HUB (object)->settings);
  G_OBJECT_CLASS (baton_audio_hub_parent_class)->finalize (object);
}

static void
baton_audio_hub_class_init (BatonAudioHubClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags fact = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = baton_audio_hub_get_property;
  object_class->set_property = baton_audio_hub_set_property;
  object_class->dispose = baton_audio_hub_dispose;
  object_class->finalize = baton_audio_hub_finalize;
  props[PROP_INPUT_DEVICE] = g_param_spec_string ("input-device", NULL, NULL, NULL, writable);
  props[PROP_OUTPUT_DEVICE] = g_param_spec_string ("output-device", NULL, NULL, NULL, writable);
  props[PROP_RING_DEVICE] = g_param_spec_string ("ring-device", NULL, NULL, NULL, writable);
  props[PROP_ALSO_RING_ON_SPEAKERS] = g_param_spec_boolean ("also-ring-on-speakers", NULL, NULL, FALSE, writable);
  props[PROP_MICROPHONE_VOLUME] = g_param_spec_double ("microphone-volume", NULL, NULL, 0, 1.5, 1, writable);
  props[PROP_RING_VOLUME] = g_param_spec_double ("ring-volume", NULL, NULL, 0, 1, 1, writable);
  props[PROP_WAITING_VOLUME] = g_param_spec_double ("waiting-volume", NULL, NULL, 0, 1, 0.7, writable);
  props[PROP_ECHO_CANCELLATION] = g_param_spec_boolean ("echo-cancellation", NULL, NULL, FALSE, writable);
  props[PROP_NOISE_REDUCTION] = g_param_spec_boolean ("noise-reduction", NULL, NULL, FALSE, writable);
  props[PROP_AUTOMATIC_GAIN] = g_param_spec_boolean ("automatic-gain", NULL, NULL, FALSE, writable);
  props[PROP_TONE_COUNTRY] = g_param_spec_string ("tone-country", NULL, NULL, NULL, writable);
  props[PROP_METERING] = g_param_spec_boolean ("metering", NULL, NULL, FALSE, writable);
  props[PROP_MICROPHONE_LEVEL] = g_param_spec_double ("microphone-level", NULL, NULL, -127, 10, -127, fact);
  props[PROP_SPEAKER_LEVEL] = g_param_spec_double ("speaker-level", NULL, NULL, -127, 10, -127, fact);
  props[PROP_HAVE_MICROPHONE] = g_param_spec_boolean ("have-microphone", NULL, NULL, FALSE, fact);
  props[PROP_HAVE_SPEAKER] = g_param_spec_boolean ("have-speaker", NULL, NULL, FALSE, fact);
  props[PROP_DEVICES] = g_param_spec_object ("devices", NULL, NULL, BATON_TYPE_DEVICE_LIST, fact);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[DEVICE_PROBLEM] = g_signal_new ("device-problem", BATON_TYPE_AUDIO_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[DEVICE_CONNECTED] = g_signal_new ("device-connected", BATON_TYPE_AUDIO_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, BATON_TYPE_SOUND_DEVICE);
}

static void
baton_audio_hub_init (BatonAudioHub *self)
{
  self->sessions = g_ptr_array_new ();
  self->spare = baton_rtp_spare_new ();
  self->party = baton_party_new ();
  self->settings.microphone_volume = 1;
  self->settings.ring_volume = 1;
  self->settings.waiting_volume = 0.7;
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
