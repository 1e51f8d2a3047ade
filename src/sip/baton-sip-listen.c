/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-listen.h"

#include <string.h>

#include "baton-error.h"

#define TRIES 20

static gboolean
baton_sip_listen_parse (const char *text, GInetAddress **address, guint16 *port, GError **error)
{
  g_autofree char *host = NULL;
  const char *colon = text ? strrchr (text, ':') : NULL;
  guint64 number = 0;

  if (colon != NULL && colon > text && g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &number, NULL))
    {
      if (text[0] == '[' && colon[-1] == ']')
        host = g_strndup (text + 1, colon - text - 2);
      else
        host = g_strndup (text, colon - text);
      if (g_ascii_strcasecmp (host, "localhost") == 0)
        *address = g_inet_address_new_from_string ("127.0.0.1");
      else
        *address = g_inet_address_new_from_string (host);
    }
  if (*address == NULL)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                   "“%s” is not an address to listen on. Write it like 127.0.0.1:5060 or [::1]:5060.", text ? text : "");
      return FALSE;
    }
  *port = (guint16) number;
  return TRUE;
}

/* Binds for a moment. *@port 0 is set to what the kernel chose. */
static gboolean
baton_sip_listen_try (GInetAddress *address, guint16 *port, GSocketType type, GSocketProtocol protocol, GSocket **out,
                      GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new (g_inet_address_get_family (address), type, protocol, error);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (address, *port);
  g_autoptr (GSocketAddress) got = NULL;

  /* SO_REUSEADDR for TCP only: it lets us bind over TIME_WAIT; for UDP it would hide another program. */
  if (socket == NULL || !g_socket_bind (socket, wanted, type == G_SOCKET_TYPE_STREAM, error)
      || (type == G_SOCKET_TYPE_STREAM && !g_socket_listen (socket, error)))
    return FALSE;
  got = g_socket_get_local_address (socket, error);
  if (got == NULL)
    return FALSE;
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  *out = g_steal_pointer (&socket);
  return TRUE;
}

static void
baton_sip_listen_explain (const char *host, guint16 port, const GError *reason, GError **error)
{
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    g_set_error (error, BATON_ERROR, BATON_ERROR_ADDRESS_IN_USE,
                 "Port %u on %s is in use by another program. Choose another port, or 0 for any free one.", port, host);
  else if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED,
                 "The system doesn't let this program use port %u on %s. Choose a port above 1023.", port, host);
  else
    g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED, "Can't listen on port %u of %s: %s. Choose another address.", port,
                 host, reason->message);
}

static gboolean
baton_sip_listen_look (BatonSipListen *self, const char *text, gboolean datagrams, GError **error)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autoptr (GError) reason = NULL;
  guint16 wanted = 0;

  memset (self, 0, sizeof *self);
  if (!baton_sip_listen_parse (text, &address, &wanted, error))
    return FALSE;

  self->host = g_inet_address_to_string (address);
  self->ipv6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
  self->wildcard = g_inet_address_get_is_any (address);

  for (guint i = 0; i < (wanted == 0 ? TRIES : 1); i++)
    {
      g_autoptr (GSocket) udp = NULL;
      g_autoptr (GSocket) tcp = NULL;

      self->port = wanted;
      g_clear_error (&reason);
      if ((!datagrams ||
           baton_sip_listen_try (address, &self->port, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &udp, &reason))
          && baton_sip_listen_try (address, &self->port, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &tcp, &reason))
        return TRUE;
    }

  baton_sip_listen_explain (self->host, self->port, reason, error);
  baton_sip_listen_clear (self);
  return FALSE;
}

gboolean
baton_sip_listen_find (BatonSipListen *self, const char *text, GError **error)
{
  return baton_sip_listen_look (self, text, TRUE, error);
}

gboolean
baton_sip_listen_find_tls (BatonSipListen *self, const char *text, const BatonSipListen *beside, GError **error)
{
  for (guint i = 0; i < TRIES; i++)
    {
      if (!baton_sip_listen_look (self, text, FALSE, error))
        return FALSE;
      if (self->port != beside->port)
        return TRUE;
      if (!baton_sip_listen_wants_any_port (text))
        break;
      baton_sip_listen_clear (self);
    }
  baton_sip_listen_clear (self);
  g_set_error (error, BATON_ERROR, BATON_ERROR_ADDRESS_IN_USE,
               "Port %u is the one for UDP and TCP already. Choose another one for TLS, or 0 for any free one.", beside->port);
  return FALSE;
}

gboolean
baton_sip_listen_wants_any_port (const char *text)
{
  return g_str_has_suffix (text, ":0");
}

void
baton_sip_listen_clear (BatonSipListen *self)
{
  g_clear_pointer (&self->host, g_free);
  self->port = 0;
  self->tls = NULL;
}

char *
baton_sip_listen_to_string (const BatonSipListen *self)
{
  return g_strdup_printf (self->ipv6 ? "[%s]:%u" : "%s:%u", self->host, self->port);
}

static char *
baton_sip_listen_local_towards (GInetAddress *remote)
{
  g_autoptr (GSocket) socket =
    g_socket_new (g_inet_address_get_family (remote), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) target = g_inet_socket_address_new (remote, 5060);
  g_autoptr (GSocketAddress) local = NULL;

  /* Connecting a datagram socket sends nothing: the kernel only looks up the route. */
  if (socket == NULL || !g_socket_connect (socket, target, NULL, NULL))
    return NULL;
  local = g_socket_get_local_address (socket, NULL);
  if (local == NULL)
    return NULL;
  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local)));
}

char *
baton_sip_listen_dup_host (const BatonSipListen *self, const char *remote_host)
{
  g_autoptr (GInetAddress) remote = NULL;
  g_autofree char *host = NULL;

  if (self->wildcard)
    {
      if (remote_host != NULL)
        remote = g_inet_address_new_from_string (remote_host);
      /* A documentation address stands for "the way out" where only a name is known. */
      if (remote == NULL || (g_inet_address_get_family (remote) == G_SOCKET_FAMILY_IPV6) != self->ipv6)
        {
          g_clear_object (&remote);
          remote = g_inet_address_new_from_string (self->ipv6 ? "2001:db8::1" : "192.0.2.1");
        }
      host = baton_sip_listen_local_towards (remote);
      if (host == NULL)
        host = g_strdup (self->ipv6 ? "::1" : "127.0.0.1");
    }
  else
    {
      host = g_strdup (self->host);
    }
  return self->ipv6 ? g_strdup_printf ("[%s]", host) : g_steal_pointer (&host);
}
