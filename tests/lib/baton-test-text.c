/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts that scripted peers and their dialogs are made of: header lines and session descriptions. */
#include "baton-test-peer.h"

#include <string.h>

char *
baton_test_headers_get (const char *headers, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (headers != NULL ? headers : "", "\n", -1);
  gsize length = strlen (name);

  for (char **line = lines; *line != NULL; line++)
    if (g_ascii_strncasecmp (*line, name, length) == 0 && (*line)[length] == ':')
      return g_strdup (g_strstrip (*line + length + 1));
  return NULL;
}

void
baton_test_headers_append (GString *text, const char *custom, const char *name, const char *value)
{
  g_autofree char *own = baton_test_headers_get (custom, name);

  if (own == NULL && value != NULL)
    g_string_append_printf (text, "%s: %s\r\n", name, value);
}

void
baton_test_headers_finish (GString *text, const char *custom, const char *body)
{
  g_auto (GStrv) lines = g_strsplit (custom != NULL ? custom : "", "\n", -1);
  g_autofree char *length = g_strdup_printf ("%zu", body != NULL ? strlen (body) : 0);

  for (char **line = lines; *line != NULL; line++)
    {
      g_strchomp (*line);
      if (**line != '\0' && !g_str_has_suffix (*line, ":"))
        g_string_append_printf (text, "%s\r\n", *line);
    }
  if (body != NULL)
    baton_test_headers_append (text, custom, "Content-Type", "application/sdp");
  baton_test_headers_append (text, custom, "Content-Length", length);
  g_string_append (text, "\r\n");
  if (body != NULL)
    g_string_append (text, body);
}

char *
baton_test_sdp (const char *direction)
{
  static guint version = 1;

  return g_strdup_printf ("v=0\r\no=- 4711 %u IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                          "m=audio 9 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
                          "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=%s\r\n", version++, direction);
}

const char *
baton_test_sdp_get_direction (const char *sdp)
{
  static const char *const directions[] = { "sendonly", "recvonly", "inactive", "sendrecv" };

  if (strstr (sdp, "c=IN IP4 0.0.0.0") != NULL)
    return "inactive";
  for (guint i = 0; i < G_N_ELEMENTS (directions); i++)
    {
      g_autofree char *line = g_strconcat ("a=", directions[i], NULL);

      if (strstr (sdp, line) != NULL)
        return directions[i];
    }
  return "sendrecv";
}

char *
baton_test_sdp_answer (const char *offer)
{
  const char *direction = baton_test_sdp_get_direction (offer);

  if (g_str_equal (direction, "sendonly"))
    return baton_test_sdp ("recvonly");
  if (g_str_equal (direction, "recvonly"))
    return baton_test_sdp ("sendonly");
  return baton_test_sdp (direction);
}
