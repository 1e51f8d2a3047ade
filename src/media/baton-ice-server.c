/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-ice-server.h"

#include <gio/gio.h>
#include <string.h>

#include "baton-error.h"

#define DEFAULT_PORT 3478

static gboolean
is_host (const char *host, gsize size)
{
  gsize length = strnlen (host, size);

  if (length == 0 || length >= size)
    return FALSE;
  if (g_hostname_is_ip_address (host))
    return TRUE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (host[i]) && host[i] != '-' && host[i] != '.' && host[i] != '_')
      return FALSE;
  return TRUE;
}

/* HOST[:PORT], the host of an IPv6 address in brackets */
static gboolean
parse_host_port (const char *text, BatonIceServer *server)
{
  const char *end = *text == '[' ? strchr (text, ']') : strchr (text, ':');
  const char *port = end != NULL && *text == '[' ? end + 1 : end;
  g_autofree char *host = NULL;
  guint64 number = DEFAULT_PORT;

  if (*text == '[' && end == NULL)
    return FALSE;
  host = end != NULL ? g_strndup (text + (*text == '['), (gsize) (end - text - (*text == '['))) : g_strdup (text);
  if (port != NULL && *port != '\0' &&
      (*port != ':' || !g_ascii_string_to_unsigned (port + 1, 10, 1, 65535, &number, NULL)))
    return FALSE;
  if (!is_host (host, sizeof server->host) || (*text == '[' && strchr (host, ':') == NULL))
    return FALSE;
  g_strlcpy (server->host, host, sizeof server->host);
  server->port = (guint16) number;
  return TRUE;
}

static gboolean
parse (const char *text, const char *scheme, const char *example, BatonIceServer *server, GError **error)
{
  g_autofree char *copy = g_strstrip (g_strdup (text));
  gsize length = strlen (scheme);
  char *rest = copy, *query;
  gboolean valid = TRUE;

  memset (server, 0, sizeof *server);
  if (g_ascii_strncasecmp (copy, scheme, length) == 0 && copy[length] == ':')
    rest = copy + length + 1;
  query = strchr (rest, '?');
  if (query != NULL)
    {
      *query++ = '\0';
      server->tcp = g_ascii_strcasecmp (query, "transport=tcp") == 0;
      valid = server->tcp || g_ascii_strcasecmp (query, "transport=udp") == 0;
    }
  if (valid && parse_host_port (rest, server))
    return TRUE;
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "“%s” is no address of a %s server. Write it like %s.",
               text, g_str_equal (scheme, "stun") ? "STUN" : "TURN", example);
  return FALSE;
}

gboolean
baton_ice_server_parse_stun (const char *text, BatonIceServer *server, GError **error)
{
  if (!parse (text, "stun", "stun.example.org:3478", server, error))
    return FALSE;
  server->tcp = FALSE;
  return TRUE;
}

gboolean
baton_ice_server_parse_turn (const char *text, BatonIceServer *server, GError **error)
{
  if (g_ascii_strncasecmp (text, "turns:", 6) == 0)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_NOT_SUPPORTED,
                           "TURN over TLS is not possible with this version of libnice. Use turn: with ?transport=tcp.");
      return FALSE;
    }
  return parse (text, "turn", "turn:turn.example.org:3478?transport=udp", server, error);
}
