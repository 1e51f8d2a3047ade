/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BatonDnsRelay:
 * A name server on loopback for sofia-sip's resolver, which passes each question on to the name
 * servers of /etc/resolv.conf, one after the other. The resolver of Debian's sofia-sip turns for ever
 * in its loop when a name server's address has no route (a laptop that is offline); loopback always
 * has one. Who has no name server, or none that answers, gets SERVFAIL, and the call ends with 503.
 * Datagrams are not looked into beyond their twelve bytes of header (RFC 1035 §4.1.1).
 * One for each stack, in the default main context.
 */
typedef struct _BatonDnsRelay BatonDnsRelay;

/** baton_dns_relay_new: @upstream: the file that lists the name servers. Returns: NULL with @error when there is no socket to be had */
BatonDnsRelay *baton_dns_relay_new (const char *upstream, GError **error);
void baton_dns_relay_free (BatonDnsRelay *self);

/** baton_dns_relay_get_config: Returns: the path of a file in resolv.conf's form that names this relay */
const char *baton_dns_relay_get_config (BatonDnsRelay *self);
/** baton_dns_relay_get_address: Returns: (transfer none): where it listens */
GSocketAddress *baton_dns_relay_get_address (BatonDnsRelay *self);

G_END_DECLS
