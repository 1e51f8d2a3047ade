/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SIP INFO with application/dtmf-relay: the fall-back where telephone-event was not agreed.
 */
#include "baton-call-private.h"

#include <string.h>

#include "baton-error.h"

char
baton_call_parse_dtmf_info (const char *content_type, const char *body, guint *duration_ms)
{
  const char *text;
  char digit;

  if (content_type == NULL || body == NULL || g_ascii_strncasecmp (content_type, "application/dtmf-relay", 22) != 0)
    return 0;
  text = strstr (body, "Signal=");
  if (text == NULL)
    return 0;
  text += strlen ("Signal=");
  while (*text == ' ')
    text++;
  digit = g_ascii_toupper (*text);
  if (digit == '\0' || strchr ("0123456789*#ABCD", digit) == NULL)
    return 0;
  text = strstr (body, "Duration=");
  *duration_ms = text ? (guint) MIN (g_ascii_strtoull (text + strlen ("Duration="), NULL, 10), 60000) : 160;
  return digit;
}

static void
on_info_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BatonCall) self = data;
  g_autoptr (GError) error = NULL;

  if (!baton_session_send_info_finish (BATON_SESSION (source), result, &error) &&
      self->state != BATON_CALL_STATE_ENDED)
    baton_call_tell (self, "The other end takes no key presses.");
}

gboolean
baton_call_send_dtmf (BatonCall *self, const char *digits, GError **error)
{
  g_autoptr (GError) problem = NULL;

  g_return_val_if_fail (BATON_IS_CALL (self) && digits != NULL, FALSE);
  if (self->state != BATON_CALL_STATE_EARLY &&
      !baton_call_check_state (self, BATON_CALL_STATE_ESTABLISHED, "is not connected, so that no digits can be sent", error))
    return FALSE;
  if (*digits == '\0' || strlen (digits) > 64 || strspn (digits, "0123456789*#ABCDabcd") != strlen (digits))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "Digits are 0 to 9, *, #, and A to D, 64 of them at most.");
      return FALSE;
    }
  if (baton_media_send_dtmf (self->media, digits, &problem))
    return TRUE;
  if (!g_error_matches (problem, BATON_ERROR, BATON_ERROR_NOT_SUPPORTED) ||
      self->state != BATON_CALL_STATE_ESTABLISHED)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  for (const char *digit = digits; *digit != '\0'; digit++)
    {
      g_autofree char *body = g_strdup_printf ("Signal=%c\r\nDuration=160\r\n", g_ascii_toupper (*digit));

      baton_session_send_info_async (self->session, "application/dtmf-relay", body, on_info_sent, g_object_ref (self));
    }
  return TRUE;
}
