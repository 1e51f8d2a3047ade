/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * baton_test_tls_make:
 * A PEM file with a certificate that has signed itself and says that it is @host's, and its key. Made by the openssl program
 * when it is asked for first, and removed when the test program ends.
 * Returns: (transfer none): its path
 */
const char *baton_test_tls_make (const char *name, const char *host);

/** Returns: (transfer full): the same for a peer's own use */
GTlsCertificate *baton_test_tls_load (const char *name, const char *host);

/**
 * baton_test_tls_wrap:
 * TLS by GIO (GnuTLS, where Baton has OpenSSL) over @connection. Who is called is taken with any certificate. @accepted: the
 * handshake is done as the bytes come; else it is waited for, in a turning main loop.
 * Returns: (transfer full)
 */
GIOStream *baton_test_tls_wrap (GSocketConnection *connection, GTlsCertificate *certificate, gboolean accepted);

G_END_DECLS
