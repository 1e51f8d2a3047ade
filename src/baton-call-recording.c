/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-call-private.h"

#include "baton-error.h"

/* Recording a call on the user's wish: both directions, to a plain WAV. */

gboolean
baton_call_start_recording (BatonCall *self, const char *path, GError **error)
{
  g_return_val_if_fail (BATON_IS_CALL (self) && path != NULL, FALSE);
  if (!baton_call_check_state (self, BATON_CALL_STATE_ESTABLISHED, "is not connected", error))
    return FALSE;
  if (!baton_media_start_recording (self->media, path, error))
    return FALSE;
  baton_call_set_recording (self, path);
  return TRUE;
}

gboolean
baton_call_stop_recording (BatonCall *self, GError **error)
{
  g_return_val_if_fail (BATON_IS_CALL (self), FALSE);
  if (self->recording == NULL)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "Call %u is not recorded.", self->number);
      return FALSE;
    }
  baton_media_stop_recording (self->media);
  baton_call_set_recording (self, NULL);
  return TRUE;
}

const char *
baton_call_get_recording (BatonCall *self)
{
  g_return_val_if_fail (BATON_IS_CALL (self), NULL);
  return self->recording;
}
