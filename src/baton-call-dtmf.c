/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SIP INFO with application/dtmf-relay: the fall-back where telephone-event was not agreed. Where that
 * is refused as such, the keys go as tones in the sound.
 */
#include "baton-call-private.h"

#include <string.h>

#include "baton-error.h"

/* What follows "Signal": "5", "*", and by their event's number (RFC 4733 §3.2) "10" for "*" up to "15" for "D". */
static char
parse_signal (const char *text)
{
  static const char keys[] = "0123456789*#ABCD";
  gsize length = strspn (text, "0123456789*#ABCDabcd");
  guint64 number = g_ascii_strtoull (text, NULL, 10);

  if (length == 1)
    return g_ascii_toupper (*text);
  return length == 2 && g_ascii_isdigit (text[0]) && g_ascii_isdigit (text[1]) && number < 16 ? keys[number] : 0;
}

/* Returns: (nullable): what is behind "@name =" or "@name:" in @body, whatever its case */
static const char *
find_value (const char *body, const char *name)
{
  for (const char *line = body; line != NULL && *line != '\0'; line = strpbrk (line, "\r\n"))
    {
      line += strspn (line, "\r\n \t");
      if (g_ascii_strncasecmp (line, name, strlen (name)) == 0)
        {
          const char *value = line + strlen (name);

          value += strspn (value, " \t");
          if (*value == '=' || *value == ':')
            return value + 1 + strspn (value + 1, " \t");
        }
    }
  return NULL;
}

char
baton_call_parse_dtmf_info (const char *content_type, const char *body, guint *duration_ms)
{
  const char *text;
  char digit;

  if (content_type == NULL || body == NULL)
    return 0;
  if (g_ascii_strncasecmp (content_type, "application/dtmf-relay", 22) == 0)
    {
      text = find_value (body, "Signal");
      if (text == NULL)
        return 0;
    }
  else if (g_ascii_strncasecmp (content_type, "application/dtmf", 16) == 0) /* the digit alone: an older habit */
    text = body;
  else
    return 0;
  digit = parse_signal (text + strspn (text, " \t"));
  if (digit == 0)
    return 0;
  text = find_value (body, "Duration");
  *duration_ms = text ? (guint) MIN (g_ascii_strtoull (text, NULL, 10), 60000) : 160;
  return digit;
}

typedef struct
{
  BatonCall *call;
  char digit[2];
} Press;

static void
press_free (Press *press)
{
  g_object_unref (press->call);
  g_free (press);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Press, press_free)

/* Who takes no INFO at all, or not with that body; anything else is about this one key. */
static gboolean
is_refused_for_good (const GError *error)
{
  guint status = baton_error_get_sip_status (error);

  return status == 405 || status == 415 || status == 501;
}

static void
on_info_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Press) press = data;
  BatonCall *self = press->call;
  g_autoptr (GError) error = NULL;

  if (baton_session_send_info_finish (BATON_SESSION (source), result, &error) ||
      self->state == BATON_CALL_STATE_ENDED)
    return;
  if (!is_refused_for_good (error) || !baton_media_send_tones (self->media, press->digit, NULL))
    {
      baton_call_tell (self, "The other end takes no key presses.");
      return;
    }
  if (!self->keys_as_tones)
    baton_call_tell (self, "Server refused key presses; sending as tones");
  self->keys_as_tones = TRUE;
}

static void
send_info (BatonCall *self, char digit)
{
  Press *press = g_new0 (Press, 1);
  g_autofree char *body = g_strdup_printf ("Signal=%c\r\nDuration=160\r\n", digit);

  press->call = g_object_ref (self);
  press->digit[0] = digit;
  baton_session_send_info_async (self->session, "application/dtmf-relay", body, on_info_sent, press);
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
  if (self->keys_as_tones)
    return baton_media_send_tones (self->media, digits, error);
  for (const char *digit = digits; *digit != '\0'; digit++)
    send_info (self, g_ascii_toupper (*digit));
  return TRUE;
}
