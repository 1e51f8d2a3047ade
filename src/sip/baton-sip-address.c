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

BatonSipUri *
baton_sip_address_parse_next_hop (const BatonSipListen *listen, BatonSipIdentity *identity, const char *remote_uri)
{
  const char *first = baton_sip_identity_get_outbound_proxy (identity);
  g_autofree char *target = NULL;

  if (first == NULL)
    first = baton_sip_identity_get_registrar (identity);
  if (first == NULL)
    first = remote_uri;
  target = first ? baton_sip_address_dup_target (listen, first) : NULL;
  return target ? baton_sip_uri_parse (target, NULL) : NULL;
}

static gboolean
is_sips (const BatonSipUri *uri)
{
  return uri != NULL && g_strcmp0 (baton_sip_uri_get_scheme (uri), "sips") == 0;
}

static gboolean
has_transport (const BatonSipUri *uri, const char *transport)
{
  const char *value = uri ? baton_sip_uri_get_parameter (uri, "transport") : NULL;

  return value != NULL && g_ascii_strcasecmp (value, transport) == 0;
}

gboolean
baton_sip_address_has_transport (const BatonSipListen *listen, const BatonSipUri *uri)
{
  return listen->tls != NULL || !is_sips (uri);
}

/* How we ask others to come back: */
typedef enum
{
  WAY_PLAIN, /* UDP, or TCP where that is better */
  WAY_TCP,
  WAY_TLS,
  WAY_SIPS, /* on each hop of the way (RFC 3261 §19.1) */
} Way;

static char *
dup_contact_at (const BatonSipListen *listen, BatonSipIdentity *identity, const char *remote_host, Way way)
{
  static const char *const parameters[] = { "", ";transport=tcp", ";transport=tls", "" };
  const char *address = baton_sip_identity_get_address (identity);
  const char *colon = address ? strchr (address, ':') : NULL;
  const char *at = address ? strchr (address, '@') : NULL;
  const gboolean tls = way == WAY_TLS || way == WAY_SIPS;
  g_autofree char *host = NULL;
  g_autofree char *user = NULL;

  if (tls)
    listen = listen->tls;
  if (colon != NULL && at != NULL && at > colon)
    user = g_strndup (colon + 1, at - colon - 1);
  host = baton_sip_listen_dup_host (listen, remote_host);
  return g_strdup_printf ("<%s:%s%s%s:%u%s>", way == WAY_SIPS ? "sips" : "sip", user ? user : "", user ? "@" : "", host,
                          listen->port, parameters[way]);
}

/* RFC 3261 §12.1.1 */
static gboolean
wants_sips (const sip_t *sip)
{
  const url_t *url = sip->sip_record_route ? sip->sip_record_route->r_url
                     : sip->sip_contact    ? sip->sip_contact->m_url
                                           : NULL;

  return sip->sip_request->rq_url->url_type == url_sips || (url != NULL && url->url_type == url_sips);
}

char *
baton_sip_address_dup_contact (const BatonSipListen *listen, BatonSipIdentity *identity, const BatonSipEvent *event,
                               const char *remote_uri)
{
  g_autoptr (BatonSipUri) remote = remote_uri ? baton_sip_uri_parse (remote_uri, NULL) : NULL;
  g_autoptr (BatonSipUri) hop = baton_sip_address_parse_next_hop (listen, identity, remote_uri);
  g_autofree char *host = hop ? baton_sip_uri_dup_bare_host (baton_sip_uri_get_host (hop)) : NULL;
  const gboolean tls = event ? g_str_equal (baton_sip_address_get_transport (event), "tls") : hop && baton_sip_uri_is_tls (hop);
  const gboolean sips = event ? tls && wants_sips (event->sip) : is_sips (remote) || is_sips (hop); /* RFC 3261 §8.1.1.8 */
  Way way = has_transport (remote, "tcp") ? WAY_TCP : WAY_PLAIN;

  if (listen->tls != NULL && (sips || tls))
    way = sips ? WAY_SIPS : WAY_TLS;
  return dup_contact_at (listen, identity, host, way);
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

static gboolean
is_tls_url (const url_t *url)
{
  char transport[8] = "";

  if (url->url_type == url_sips)
    return TRUE;
  return url->url_type == url_sip && url_param (url->url_params, "transport", transport, sizeof transport) > 0 &&
         g_ascii_strcasecmp (transport, "tls") == 0;
}

gboolean
baton_sip_address_is_private (const sip_t *sip)
{
  for (const sip_via_t *via = sip->sip_via; via != NULL; via = via->v_next)
    if (g_ascii_strcasecmp (via->v_protocol, "SIP/2.0/TLS") != 0)
      return FALSE;
  for (const sip_record_route_t *route = sip->sip_record_route; route != NULL; route = route->r_next)
    if (!is_tls_url (route->r_url))
      return FALSE;
  return sip->sip_via != NULL && (sip->sip_contact == NULL || is_tls_url (sip->sip_contact->m_url));
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

static GInetAddress *
parse_host (const char *host)
{
  g_autofree char *bare = baton_sip_uri_dup_bare_host (host);

  return g_inet_address_new_from_string (bare);
}

/* What is sent to "any address" comes to this computer, and one address has many spellings in IPv6. */
static gboolean
is_at (const BatonSipListen *listen, const char *host)
{
  g_autofree char *bare = NULL;
  g_autofree char *own = NULL;
  g_autoptr (GInetAddress) address = NULL;
  g_autoptr (GInetAddress) own_address = NULL;

  if (g_ascii_strcasecmp (host, "localhost") == 0)
    host = listen->ipv6 ? "[::1]" : "127.0.0.1";
  address = parse_host (host);
  if (address == NULL)
    return FALSE;
  if (g_inet_address_get_is_any (address))
    return TRUE;
  bare = g_inet_address_to_string (address);
  own = baton_sip_listen_dup_host (listen, bare);
  own_address = parse_host (own);
  return own_address != NULL && g_inet_address_equal (address, own_address);
}

gboolean
baton_sip_address_is_own (const BatonSipListen *listen, const BatonSipUri *uri)
{
  const gboolean tls = baton_sip_uri_is_tls (uri);
  const guint port = baton_sip_uri_get_port (uri) ? baton_sip_uri_get_port (uri) : tls ? 5061 : 5060;
  /* A request goes to maddr, whatever the host says (RFC 3261 §19.1.1). */
  const char *maddr = baton_sip_uri_get_parameter (uri, "maddr");
  const char *host = maddr != NULL && *maddr != '\0' ? maddr : baton_sip_uri_get_host (uri);

  /* By TLS another phone on this computer may be reached at the port that is ours for UDP, but hardly is. */
  return (port == listen->port && is_at (listen, host)) ||
         (tls && listen->tls != NULL && port == listen->tls->port && is_at (listen->tls, host));
}
