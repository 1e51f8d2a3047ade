/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** How the name of the folder begins */
#define BATON_SIP_CERTIFICATES_PREFIX "baton-tls-"

/**
 * baton_sip_certificates_make_folder:
 * @cert: PEM file with our certificate, its private key without a password and, if it has any, the certificates between it
 *   and its root
 * @ca: (nullable): PEM file with the certificates to trust; NULL: what OpenSSL's environment variable SSL_CERT_FILE
 *   names, else the system's
 *
 * Checks both, and writes what the stack reads when it starts: agent.pem and cafile.pem in a folder that nobody else may
 * look into. It has the key in the clear: remove it as soon as the stack has read it.
 * Returns: (transfer full) (nullable): the folder; NULL with %BATON_ERROR_TLS_CERT, %BATON_ERROR_TLS_CA or, where there is
 *   no place for it, %BATON_ERROR_FAILED in @error
 */
char *baton_sip_certificates_make_folder (const char *cert, const char *ca, GError **error);

/** baton_sip_certificates_remove_folder: @folder: (transfer full) (nullable) */
void baton_sip_certificates_remove_folder (char *folder);

G_END_DECLS
