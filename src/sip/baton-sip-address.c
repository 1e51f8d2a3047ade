/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* strcasestr */
#include "baton-sip-address.h"

#include <string.h>

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/su_addrinfo.h>

#include "baton-name-addr.h"

/* sofia-sip's resolver knows neither /etc/hosts nor "localhost". */
char *
baton_sip_address_dup_target (const BatonSipListen *listen, const char *remote_uri)
{
  g_autoptr (GRegex) regex = NULL;

  if (strcasestr (remote_uri, "localhost") == NULL)
    return g_strdup (remote_uri);
  regex = g_regex_new ("^(sips?:(?:[^@]*@)?)localhost(?=[:;?]|$)", G_REGEX_CASELESS, 0, NULL);
  return g_regex_replace (regex, remote_uri, -1, 0, listen->ipv6 ? "\\g<1>[::1]" : "\\g<1>127.0.0.1", 0, NULL);
}

/* The host that a request goes to first, without brackets. */
static char *
dup_next_host (const BatonSipListen *listen, BatonSipIdentity *identity, const char *remote_uri)
{
  const char *first = baton_sip_identity_get_outbound_proxy (identity);
  g_autofree char *target = NULL;
  g_autoptr (BatonSipUri) uri = NULL;
  const char *host;
  gsize length;

  if (first == NULL)
    first = baton_sip_identity_get_registrar (identity);
  if (first == NULL)
    first = remote_uri;
  target = first ? baton_sip_address_dup_target (listen, first) : NULL;
  uri = target ? baton_sip_uri_parse (target, NULL) : NULL;
  host = uri ? baton_sip_uri_get_host (uri) : NULL;
  if (host == NULL)
    return NULL;
  length = strlen (host);
  return host[0] == '[' && length > 2 ? g_strndup (host + 1, length - 2) : g_strdup (host);
}

char *
baton_sip_address_dup_contact (const BatonSipListen *listen, BatonSipIdentity *identity, const char *remote_uri)
{
  g_autoptr (BatonSipUri) remote = remote_uri ? baton_sip_uri_parse (remote_uri, NULL) : NULL;
  g_autofree char *remote_host = dup_next_host (listen, identity, remote_uri);
  g_autofree char *host = NULL;
  g_autofree char *user = NULL;
  const char *address = baton_sip_identity_get_address (identity);
  const char *transport = remote ? baton_sip_uri_get_parameter (remote, "transport") : NULL;
  const char *colon = address ? strchr (address, ':') : NULL;
  const char *at = address ? strchr (address, '@') : NULL;

  if (colon != NULL && at != NULL && at > colon)
    user = g_strndup (colon + 1, at - colon - 1);
  host = baton_sip_listen_dup_host (listen, remote_host);
  return g_strdup_printf ("<sip:%s%s%s:%u%s>", user ? user : "", user ? "@" : "", host, listen->port,
                          transport != NULL && g_ascii_strcasecmp (transport, "tcp") == 0 ? ";transport=tcp" : "");
}

char *
baton_sip_address_dup_from (BatonSipIdentity *identity, const char *tag)
{
  g_autofree char *value =
    baton_name_addr_join (baton_sip_identity_get_display_name (identity), baton_sip_identity_get_address (identity));

  return g_strdup_printf ("%s;tag=%s", value, tag);
}

/* Requests of an account go through its outbound proxy, or else through its registrar. */
char *
baton_sip_address_dup_route (BatonSipIdentity *identity)
{
  const char *proxy = baton_sip_identity_get_outbound_proxy (identity);

  if (proxy == NULL)
    proxy = baton_sip_identity_get_registrar (identity);
  if (proxy == NULL)
    return NULL;
  return g_strdup_printf ("<%s%s>", proxy, strstr (proxy, ";lr") ? "" : ";lr");
}

const char *
baton_sip_address_get_transport (const BatonSipEvent *event)
{
  const char *protocol = event->sip && event->sip->sip_via ? event->sip->sip_via->v_protocol : NULL;

  return protocol && g_ascii_strcasecmp (protocol, "SIP/2.0/TCP") == 0   ? "tcp"
         : protocol && g_ascii_strcasecmp (protocol, "SIP/2.0/TLS") == 0 ? "tls"
                                                                         : "udp";
}

char *
baton_sip_address_dup_source (const BatonSipEvent *event)
{
  msg_t *msg = nua_current_request (event->nua);
  su_sockaddr_t *address = msg ? msg_addr (msg) : NULL;
  char host[SU_ADDRSIZE] = "";

  if (address == NULL || (address->su_family != AF_INET && address->su_family != AF_INET6)
      || su_inet_ntop (address->su_family, SU_ADDR (address), host, sizeof host) == NULL)
    return NULL;
  return g_strdup_printf (address->su_family == AF_INET6 ? "[%s]:%u" : "%s:%u", host, ntohs (address->su_port));
}

gboolean
baton_sip_address_is_own (const BatonSipListen *listen, const BatonSipUri *uri)
{
  const guint port = baton_sip_uri_get_port (uri) ? baton_sip_uri_get_port (uri) : 5060;
  /* A request goes to maddr, whatever the host says (RFC 3261 §19.1.1). */
  const char *maddr = baton_sip_uri_get_parameter (uri, "maddr");
  const char *host = maddr != NULL && *maddr != '\0' ? maddr : baton_sip_uri_get_host (uri);
  g_autofree char *bare = NULL;
  g_autofree char *own = NULL;

  if (port != listen->port)
    return FALSE;
  if (g_ascii_strcasecmp (host, "localhost") == 0)
    host = listen->ipv6 ? "[::1]" : "127.0.0.1";
  bare = host[0] == '[' && strlen (host) > 2 ? g_strndup (host + 1, strlen (host) - 2) : g_strdup (host);
  own = baton_sip_listen_dup_host (listen, bare);
  return g_ascii_strcasecmp (own, host) == 0;
}
