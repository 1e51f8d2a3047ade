/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-media-session-private.h"

#include "baton-error.h"

void
baton_media_session_end_move (BatonMediaSession *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->move_task);

  if (task != NULL)
    g_task_return_new_error (task, BATON_ERROR, BATON_ERROR_CANCELLED,
                             "The call ended before its sound had begun.");
}

void
baton_media_session_take_back (BatonMediaSession *self)
{
  self->given_up = FALSE;
  if (self->stream != NULL)
    baton_audio_stream_take_back (self->stream);
  baton_media_session_update_flow (self);
}

void
baton_media_session_set_move_task (BatonMediaSession *self, GTask *task)
{
  g_autoptr (GTask) before = g_steal_pointer (&self->move_task);

  self->move_task = task;
  if (before != NULL)
    g_task_return_new_error (before, BATON_ERROR, BATON_ERROR_CANCELLED, "The sound was moved again.");
}

void
baton_media_session_prepare_to_start (BatonMediaSession *self)
{
  if (!self->started && self->state != BATON_MEDIA_STATE_STOPPED)
    baton_media_session_open_recording (self);
}

void
baton_media_session_take_over (BatonMediaSession *self, BatonMediaSession *from)
{
  self->take_over = self->stream == NULL;
  self->started = TRUE;
  self->given_up = FALSE;
  if (self->stream != NULL)
    baton_audio_stream_take_over (self->stream, from != NULL ? from->stream : NULL);
  baton_media_session_update_flow (self);
  if (from == NULL)
    return;
  from->given_up = TRUE;
  baton_media_session_update_flow (from);
}

void
baton_media_session_tell_started (BatonMediaSession *self)
{
  baton_media_session_update (self);
}
