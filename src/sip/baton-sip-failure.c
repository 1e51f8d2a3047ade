/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-failure.h"

#include <sofia-sip/nta.h>

#include "baton-sip-address.h"
#include "baton-sip-mend-tls.h"

/* INVITE and REGISTER wait no longer than 64 T1 */
#define FAILURE_S 40

char *
baton_sip_failure_explain (const BatonSipListen *listen, BatonSipIdentity *identity, const char *remote_uri,
                           const BatonSipEvent *event)
{
  g_autoptr (BatonSipUri) hop = baton_sip_address_parse_next_hop (listen, identity, remote_uri);
  g_autoptr (BatonSipUri) remote = remote_uri ? baton_sip_uri_parse (remote_uri, NULL) : NULL;
  g_autofree char *host = hop ? baton_sip_uri_dup_bare_host (baton_sip_uri_get_host (hop)) : NULL;

  if (event->sip != NULL && !nta_sip_is_internal (event->sip))
    return NULL;
  if (hop == NULL || (!baton_sip_uri_is_tls (hop) && (remote == NULL || !baton_sip_uri_is_tls (remote))))
    return NULL;
  if (listen->tls == NULL)
    return g_strdup ("No transport: this phone has no address and certificate for TLS. Give it both (--tls-listen and "
                     "--tls-cert of baton-cli), or call without TLS.");
  switch (baton_sip_mend_get_tls_failure (host, FAILURE_S))
    {
    case BATON_SIP_TLS_FAILURE_UNTRUSTED:
      return g_strdup_printf ("%s shows a certificate that this computer does not trust. Trust the one who issued it, or ask "
                              "who runs it for another one.", host);
    case BATON_SIP_TLS_FAILURE_NAME:
      return g_strdup_printf ("%s shows a certificate for another name. Call the name that is in the certificate.", host);
    case BATON_SIP_TLS_FAILURE_HANDSHAKE:
      return g_strdup_printf ("%s can't be reached over TLS there. Check the address and the port, or call without TLS.", host);
    case BATON_SIP_TLS_FAILURE_NONE:
      break;
    }
  return NULL;
}
