/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-media-session-private.h"

#include <openssl/crypto.h>
#include <string.h>

#include "baton-dtmf.h"
#include "baton-enum-types.h"
#include "baton-error.h"
#include "baton-rtp-socket.h"

enum
{
  PROP_STATE = 1,
  PROP_CODEC,
  PROP_SRTP,
  PROP_LOCAL_HOLD,
  PROP_MUTED,
  PROP_REMOTE_HOLD,
  PROP_ONE_WAY,
};

static void baton_media_session_media_init (BatonMediaInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonMediaSession, baton_media_session, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_MEDIA, baton_media_session_media_init))

/* --- state --- */

static gboolean
is_allowed (BatonMediaState from, BatonMediaState to)
{
  switch (from)
    {
    case BATON_MEDIA_STATE_IDLE:
      return TRUE;
    case BATON_MEDIA_STATE_STARTED:
    case BATON_MEDIA_STATE_HELD:
      return to != BATON_MEDIA_STATE_IDLE;
    case BATON_MEDIA_STATE_STOPPED:
      return FALSE;
    }
  return FALSE;
}

static void
set_state (BatonMediaSession *self, BatonMediaState state)
{
  if (self->state == state || !is_allowed (self->state, state))
    return;
  self->state = state;
  g_object_notify (G_OBJECT (self), "state");
}

/* With the lock held. */
void
baton_media_session_update_flow (BatonMediaSession *self)
{
  gboolean flows = self->started && self->agreed && !self->local_hold && !self->given_up &&
                   self->state != BATON_MEDIA_STATE_STOPPED;

  if (self->stream == NULL)
    return;
  baton_audio_stream_set_muted (self->stream, self->muted);
  baton_audio_stream_set_flow (self->stream,
                               flows && (self->agreement.direction & BATON_SDP_SENDONLY) &&
                                 (self->agreement.address[0] || self->agreement.ice),
                               flows && (self->agreement.direction & BATON_SDP_RECVONLY));
}

/* The factory's devices are open as long as a session has a use for them. */
static void
tell_watch (BatonMediaSession *self)
{
  if (self->watch != NULL)
    self->watch (self, self->watch_data);
}

static void
tell_flowing (BatonMediaSession *self)
{
  gboolean flowing = self->stream != NULL && self->started && self->agreed && !self->local_hold;

  if (self->flowing == flowing)
    return;
  self->flowing = flowing;
  tell_watch (self);
}

void
baton_media_session_update (BatonMediaSession *self)
{
  g_autoptr (BatonMediaSession) keep = g_object_ref (self);

  baton_tick_lock (self->tick);
  baton_media_session_update_flow (self);
  baton_tick_unlock (self->tick);
  tell_flowing (self);
  if (self->started)
    set_state (self, self->local_hold || self->remote_hold ? BATON_MEDIA_STATE_HELD : BATON_MEDIA_STATE_STARTED);
}

gboolean
baton_media_session_check_alive (BatonMediaSession *self, GError **error)
{
  if (self->state != BATON_MEDIA_STATE_STOPPED)
    return TRUE;
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "The sound of this call has ended.");
  return FALSE;
}

/* --- sockets --- */

static BatonTransport *
create_ice_transport (BatonMediaSession *self, GError **error)
{
  if (!baton_ice_session_open (self->ice, error))
    return NULL;
  if (baton_ice_session_is_gathered (self->ice))
    return baton_ice_session_create_transport (self->ice);
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                       "The addresses that this computer can be reached at (ICE) are not all known yet.");
  return NULL;
}

static gboolean
prepare_security (BatonMediaSession *self, GError **error)
{
  if (self->security.mode == BATON_SRTP_MODE_OFF || baton_sdp_security_generate (&self->security))
    return TRUE;
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_FAILED,
                       "This computer has no random numbers for the keys of encrypted sound (SRTP).");
  return FALSE;
}

/* Takes the transport. */
static BatonTransport *
secure (BatonMediaSession *self, BatonTransport *transport)
{
  const BatonSecureEvents events = { baton_media_session_on_security_failed, baton_media_session_on_secured, self };

  if (self->security.mode == BATON_SRTP_MODE_OFF)
    return transport;
  return self->secure = baton_secure_transport_new (transport, self->tick, self->context, &events);
}

gboolean
baton_media_session_prepare (BatonMediaSession *self, GError **error)
{
  const BatonAudioStreamEvents events = { baton_media_session_on_stream_dtmf, baton_media_session_on_stream_gap,
                                          baton_media_session_on_stream_one_way, self };
  g_autoptr (BatonTransport) transport = NULL;

  if (!baton_media_session_check_alive (self, error))
    return FALSE;
  if (self->stream != NULL)
    return TRUE;
  if (!prepare_security (self, error))
    return FALSE;
  transport = self->ice != NULL ? create_ice_transport (self, error)
                                : baton_rtp_spare_take (self->spare, self->local_address, self->remote_hint,
                                                        self->rtp_port_first, self->rtp_port_last, error);
  if (transport == NULL)
    return FALSE;
  g_free (self->address);
  self->address = g_strdup (baton_transport_get_address (transport));
  self->ports[0] = baton_transport_get_port (transport);
  self->ports[1] = baton_transport_get_rtcp_port (transport);
  baton_tick_lock (self->tick);
  self->stream = baton_audio_stream_new (self->tick, self->source, secure (self, g_steal_pointer (&transport)), &events);
  baton_audio_stream_set_foreground (self->stream, self->foreground);
  if (self->filter != NULL)
    baton_audio_stream_set_filter (self->stream, self->filter, self->filter_data);
  if (self->take_over)
    baton_audio_stream_take_over (self->stream, NULL);
  baton_tick_unlock (self->tick);
  tell_watch (self);
  return TRUE;
}

static gboolean
baton_media_session_prepare_now (BatonMedia *media)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);

  return self->ice == NULL && baton_media_session_prepare (self, NULL);
}

static void
on_ice_gathered (gpointer nothing, gpointer data)
{
  BatonMediaSession *self = data;
  g_autoptr (GTask) task = g_steal_pointer (&self->preparing);
  GError *error = NULL;

  if (baton_media_session_prepare (self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
baton_media_session_prepare_async (BatonMedia *media, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer data)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);
  g_autoptr (GTask) task = g_task_new (media, cancellable, callback, data);
  GError *error = NULL;

  g_task_set_source_tag (task, baton_media_session_prepare_async);
  if (self->ice != NULL && self->preparing == NULL && self->stream == NULL && self->state != BATON_MEDIA_STATE_STOPPED)
    {
      self->preparing = g_object_ref (task);
      if (baton_ice_session_gather (self->ice, on_ice_gathered, self, &error))
        return;
      g_clear_object (&self->preparing);
      g_task_return_error (task, error);
    }
  else if (baton_media_session_prepare (self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
baton_media_session_prepare_finish (BatonMedia *media, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}


/* --- start, stop and the rest --- */

static void
baton_media_session_start (BatonMedia *media)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);
  g_autoptr (BatonMediaSession) keep = g_object_ref (self);

  if (self->started || self->state == BATON_MEDIA_STATE_STOPPED)
    return;
  self->started = TRUE;
  baton_media_session_open_recording (self);
  baton_media_session_update (self);
}

static void
close_stream (BatonMediaSession *self)
{
  if (self->tick == NULL)
    return;
  baton_media_session_stop_recording (BATON_MEDIA (self));
  baton_tick_lock (self->tick);
  self->secure = NULL;
  g_clear_pointer (&self->stream, baton_audio_stream_free);
  baton_tick_unlock (self->tick);
}

static void
close_ice (BatonMediaSession *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->preparing);

  g_clear_pointer (&self->ice, baton_ice_session_free);
  if (task != NULL)
    g_task_return_new_error (task, BATON_ERROR, BATON_ERROR_CANCELLED, "The call ended before it had begun.");
}

static void
baton_media_session_stop (BatonMedia *media)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);

  close_stream (self);
  close_ice (self);
  baton_media_session_end_move (self);
  tell_flowing (self);
  tell_watch (self);
  set_state (self, BATON_MEDIA_STATE_STOPPED);
}

/* With @tones in the sound itself, else as events. The user hears the keys either way. */
static gboolean
send_keys (BatonMediaSession *self, const char *digits, gboolean tones, GError **error)
{
  gboolean agreed = self->agreed && self->stream != NULL && (tones || self->agreement.event_payload_type >= 0);
  gboolean queued = FALSE;

  if (!baton_media_session_check_alive (self, error))
    return FALSE;
  if (!baton_dtmf_is_valid (digits))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "Only the keys 0 to 9, *, # and A to D can be sent.");
      return FALSE;
    }
  /* They would wait, and be pressed long after at whoever is there when the call is taken back. */
  if (agreed && (self->local_hold || !(self->agreement.direction & BATON_SDP_SENDONLY)))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                           "The call is on hold. Keys can be sent when it has been taken back.");
      return FALSE;
    }
  baton_tick_lock (self->tick);
  if (agreed)
    queued = tones ? baton_audio_stream_add_tones (self->stream, digits) : baton_audio_stream_add_dtmf (self->stream, digits);
  if (self->stream != NULL && !tones) /* not twice for a key that was refused before it is sent as a tone */
    baton_audio_stream_add_key_tones (self->stream, digits);
  baton_tick_unlock (self->tick);
  if (!agreed)
    g_set_error_literal (error, BATON_ERROR, BATON_ERROR_NOT_SUPPORTED,
                         self->agreed ? "The other side does not take keys (telephone-event) in the sound."
                                      : "Keys can be sent when the call has sound.");
  else if (!queued)
    g_set_error_literal (error, BATON_ERROR, BATON_ERROR_FAILED, "Too many keys at once. Wait until they are sent.");
  return queued;
}

static void
baton_media_session_restart (BatonMedia *media)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);

  if (self->ice != NULL && self->agreed && self->agreement.ice)
    baton_ice_session_restart (self->ice);
}

static gboolean
baton_media_session_send_dtmf (BatonMedia *media, const char *digits, GError **error)
{
  return send_keys (BATON_MEDIA_SESSION (media), digits, FALSE, error);
}

static gboolean
baton_media_session_send_tones (BatonMedia *media, const char *digits, GError **error)
{
  return send_keys (BATON_MEDIA_SESSION (media), digits, TRUE, error);
}

static BatonMediaStats *
baton_media_session_dup_stats (BatonMedia *media)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);
  BatonMediaStats stats = { .jitter_ms = -1, .rtt_ms = -1, .level_in_db = -127, .level_out_db = -127, .last_gap_ms = -1,
                            .mos = -1, .lost_percent = -1, .concealed_percent = -1, .delay_ms = -1,
                            .remote_lost_percent = -1, .remote_jitter_ms = -1, .remote_mos = -1, .keys = "none" };

  baton_tick_lock (self->tick);
  if (self->stream != NULL)
    baton_audio_stream_read_stats (self->stream, &stats);
  if (self->secure != NULL)
    {
      BatonSecureStats secured;

      baton_secure_transport_read_stats (self->secure, &secured);
      stats.keys = baton_key_exchange_get_name (secured.exchange);
      stats.cipher = secured.cipher;
      stats.forged = secured.n_forged + secured.n_replayed;
    }
  baton_tick_unlock (self->tick);
  if (self->ice != NULL)
    baton_ice_session_read_stats (self->ice, &stats);
  return baton_media_stats_copy (&stats);
}

static gboolean
baton_media_session_is_securing (BatonMedia *media)
{
  return BATON_MEDIA_SESSION (media)->securing;
}

BatonAudioStream *
baton_media_session_get_stream (BatonMediaSession *self)
{
  return self->stream;
}

gboolean
baton_media_session_is_flowing (BatonMediaSession *self)
{
  return self->flowing;
}

void
baton_media_session_set_watch (BatonMediaSession *self, void (*watch) (BatonMediaSession *session, gpointer data), gpointer data)
{
  self->watch = watch;
  self->watch_data = data;
}

void
baton_media_session_set_filter (BatonMediaSession *self, BatonAudioFilterFunc filter, gpointer data)
{
  self->filter = filter;
  self->filter_data = data;
  if (self->stream != NULL)
    baton_audio_stream_set_filter (self->stream, filter, data);
}

void
baton_media_session_set_foreground (BatonMediaSession *self, gboolean foreground)
{
  self->foreground = foreground;
  if (self->stream != NULL)
    baton_audio_stream_set_foreground (self->stream, foreground);
}

static void
baton_media_session_media_init (BatonMediaInterface *iface)
{
  iface->prepare_now = baton_media_session_prepare_now;
  iface->prepare_async = baton_media_session_prepare_async;
  iface->prepare_finish = baton_media_session_prepare_finish;
  iface->create_offer = baton_media_session_create_offer;
  iface->create_answer = baton_media_session_create_answer;
  iface->apply_answer = baton_media_session_apply_answer;
  iface->start = baton_media_session_start;
  iface->stop = baton_media_session_stop;
  iface->send_dtmf = baton_media_session_send_dtmf;
  iface->send_tones = baton_media_session_send_tones;
  iface->dup_stats = baton_media_session_dup_stats;
  iface->start_recording = baton_media_session_start_recording;
  iface->stop_recording = baton_media_session_stop_recording;
  iface->restart = baton_media_session_restart;
  iface->check_offer = baton_media_session_check_offer;
  iface->create_other_offer = baton_media_session_create_other_offer;
  iface->is_securing = baton_media_session_is_securing;
}

/* --- object --- */

static void
baton_media_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_CODEC:
      g_value_set_static_string (value, self->agreed ? baton_codec_info (self->agreement.codec)->name : NULL);
      break;
    case PROP_SRTP:
      g_value_set_static_string (value, baton_key_exchange_get_name (self->agreement.keying.exchange));
      break;
    case PROP_LOCAL_HOLD:
      g_value_set_boolean (value, self->local_hold);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_ONE_WAY:
      g_value_set_boolean (value, self->one_way);
      break;
    case PROP_REMOTE_HOLD:
      g_value_set_boolean (value, self->remote_hold);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_media_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (object);
  gboolean *flag = id == PROP_MUTED ? &self->muted : &self->local_hold;

  if (id != PROP_MUTED && id != PROP_LOCAL_HOLD)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (*flag == g_value_get_boolean (value))
    return;
  *flag = g_value_get_boolean (value);
  baton_media_session_update (self);
  g_object_notify_by_pspec (object, pspec);
}

static void
baton_media_session_dispose (GObject *object)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (object);

  close_stream (self);
  close_ice (self);
  baton_media_session_end_move (self);
  G_OBJECT_CLASS (baton_media_session_parent_class)->dispose (object);
}

static void
baton_media_session_finalize (GObject *object)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (object);

  g_clear_pointer (&self->tick, baton_tick_unref);
  g_clear_pointer (&self->source, baton_audio_source_unref);
  g_clear_pointer (&self->spare, baton_rtp_spare_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->local, baton_sdp_free);
  g_clear_pointer (&self->offer, baton_sdp_free);
  g_free (self->local_address);
  g_free (self->remote_hint);
  g_free (self->record_path);
  g_free (self->address);
  baton_sdp_ice_free (self->ice_lines);
  OPENSSL_cleanse (&self->security, sizeof self->security);
  OPENSSL_cleanse (&self->agreement, sizeof self->agreement);
  G_OBJECT_CLASS (baton_media_session_parent_class)->finalize (object);
}

static void
baton_media_session_class_init (BatonMediaSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = baton_media_session_get_property;
  object_class->set_property = baton_media_session_set_property;
  object_class->dispose = baton_media_session_dispose;
  object_class->finalize = baton_media_session_finalize;
  g_object_class_override_property (object_class, PROP_STATE, "state");
  g_object_class_override_property (object_class, PROP_CODEC, "codec");
  g_object_class_override_property (object_class, PROP_SRTP, "srtp");
  g_object_class_override_property (object_class, PROP_LOCAL_HOLD, "local-hold");
  g_object_class_override_property (object_class, PROP_MUTED, "muted");
  g_object_class_override_property (object_class, PROP_REMOTE_HOLD, "remote-hold");
  g_object_class_override_property (object_class, PROP_ONE_WAY, "one-way");
}

static void
baton_media_session_init (BatonMediaSession *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->sdp_id = ((guint64) g_random_int () << 30) ^ g_random_int (); /* fits in 63 bits, RFC 3264 §5 */
}

static void
set_codecs (BatonMediaSession *self, const char *const *names)
{
  BatonCodecId id;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      gboolean known = baton_codec_from_name (names[i], &id);

      for (guint j = 0; known && j < self->n_codecs; j++)
        known = self->codecs[j] != id;
      if (known)
        self->codecs[self->n_codecs++] = id;
    }
  for (guint i = 0; self->n_codecs == 0 && i < BATON_N_CODECS; i++)
    self->codecs[i] = i;
  if (self->n_codecs == 0)
    self->n_codecs = BATON_N_CODECS;
}

static void
on_ice_failed (const char *message, gpointer data)
{
  g_signal_emit_by_name (data, "failed", message);
}

static void
on_ice_restartable (gpointer data)
{
  g_signal_emit_by_name (data, "reoffer-wanted");
}

/* A browser has no sound without these (RFC 8827 §6.5, RFC 8835 §3.4), so who wants browsers wants them. */
static void
allow_webrtc (BatonMediaOptions *options)
{
  if (!options->webrtc)
    return;
  options->ice = TRUE;
  if (options->srtp == BATON_SRTP_MODE_OFF)
    options->srtp = BATON_SRTP_MODE_OPTIONAL;
  if (options->srtp_keys == BATON_SRTP_KEYS_SDES)
    options->srtp_keys = BATON_SRTP_KEYS_BOTH;
}

BatonMediaSession *
baton_media_session_new (BatonTick *tick, BatonAudioSource *source, BatonRtpSpare *spare, const BatonMediaOptions *options)
{
  BatonMediaSession *self = g_object_new (BATON_TYPE_MEDIA_SESSION, NULL);
  BatonMediaOptions with = *options;
  const BatonIceEvents ice_events = { on_ice_failed, on_ice_restartable, self };

  allow_webrtc (&with);
  self->webrtc = with.webrtc;
  self->tick = baton_tick_ref (tick);
  self->source = baton_audio_source_ref (source);
  self->spare = baton_rtp_spare_ref (spare);
  self->local_address = g_strdup (options->local_address);
  self->remote_hint = g_strdup (options->remote_hint);
  self->record_path = g_strdup (options->record_path);
  self->rtp_port_first = options->rtp_port_first;
  self->rtp_port_last = options->rtp_port_last;
  self->ice = baton_ice_session_new (tick, &with, &ice_events);
  self->security.mode = with.srtp;
  self->security.sdes = with.srtp_keys != BATON_SRTP_KEYS_DTLS;
  if (with.srtp != BATON_SRTP_MODE_OFF && with.srtp_keys != BATON_SRTP_KEYS_SDES)
    self->security.fingerprint = baton_dtls_get_own_fingerprint ();
  set_codecs (self, options->codecs);
  return self;
}
