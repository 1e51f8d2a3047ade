/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-media-session-private.h"

#include "baton-error.h"

void
baton_media_session_open_recording (BatonMediaSession *self)
{
  g_autoptr (GError) error = NULL;
  BatonWavWriter *recorder;

  if (self->record_path == NULL || self->stream == NULL)
    return;
  recorder = baton_wav_writer_new (self->record_path, &error);
  if (recorder == NULL)
    {
      g_signal_emit_by_name (self, "failed", error->message);
      return;
    }
  baton_tick_lock (self->tick);
  if (self->stream != NULL)
    baton_audio_stream_set_recorder (self->stream, recorder);
  else
    baton_wav_writer_free (recorder);
  baton_tick_unlock (self->tick);
}

void
baton_media_session_stop_recording (BatonMedia *media)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);

  if (self->recording == NULL)
    return;
  baton_tick_lock (self->tick);
  if (self->stream != NULL)
    baton_audio_stream_set_recording (self->stream, NULL);
  baton_tick_unlock (self->tick);
  g_clear_pointer (&self->recording, baton_recording_free);
}

static void
on_recording_failed (const char *message, gpointer data)
{
  g_autoptr (BatonMediaSession) self = g_object_ref (data);

  baton_media_session_stop_recording (BATON_MEDIA (self));
  g_signal_emit_by_name (self, "recording-failed", message);
}

gboolean
baton_media_session_start_recording (BatonMedia *media, const char *path, GError **error)
{
  BatonMediaSession *self = BATON_MEDIA_SESSION (media);

  if (!baton_media_session_check_alive (self, error))
    return FALSE;
  if (self->recording != NULL || self->stream == NULL || !self->agreed)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE,
                           self->recording != NULL ? "This call is recorded already."
                                                   : "This call has no sound yet. Record it when it is connected.");
      return FALSE;
    }
  self->recording = baton_recording_new (path, baton_codec_info (self->agreement.codec)->rate, on_recording_failed, self,
                                         error);
  if (self->recording == NULL)
    return FALSE;
  baton_tick_lock (self->tick);
  baton_audio_stream_set_recording (self->stream, self->recording);
  baton_tick_unlock (self->tick);
  return TRUE;
}
