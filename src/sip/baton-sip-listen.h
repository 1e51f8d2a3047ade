/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** BatonSipListen: an address to listen on, checked and free. */
typedef struct _BatonSipListen BatonSipListen;
struct _BatonSipListen
{
  char *host;      /* "127.0.0.1", "::1": no brackets */
  guint16 port;    /* never 0 once found */
  gboolean ipv6;
  gboolean wildcard;
  const BatonSipListen *tls; /* (nullable) not owned: where SIP over TLS is listened for, beside this one */
};

/**
 * baton_sip_listen_find:
 * @text: "127.0.0.1:5060", "[::1]:0", "localhost:5060"; port 0 takes one that is free
 *
 * Finds out whether UDP and TCP of that address can be bound, by doing it for a moment: what nua
 * says when it can't is not fit for a person.
 * Returns: FALSE with %BATON_ERROR_ADDRESS_IN_USE or %BATON_ERROR_INVALID_ARGUMENT in @error
 */
gboolean baton_sip_listen_find (BatonSipListen *self, const char *text, GError **error);
/**
 * baton_sip_listen_find_tls: the same for TLS, which is TCP alone
 * @beside: where we listen otherwise; its port is none for TLS
 */
gboolean baton_sip_listen_find_tls (BatonSipListen *self, const char *text, const BatonSipListen *beside, GError **error);
/** Returns: whether @text leaves the port to the system */
gboolean baton_sip_listen_wants_any_port (const char *text);
void baton_sip_listen_clear (BatonSipListen *self);

/** Returns: (transfer full): "127.0.0.1:5070", "[::1]:5070" */
char *baton_sip_listen_to_string (const BatonSipListen *self);

/**
 * baton_sip_listen_dup_host:
 * Returns: (transfer full): the address that others reach us by, with brackets if IPv6; of a
 *   wildcard the one that the kernel would send to @remote_host (nullable, numeric) from
 */
char *baton_sip_listen_dup_host (const BatonSipListen *self, const char *remote_host);

G_END_DECLS
