/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonSipTlsFailure:
 * Why a connection over TLS that we wanted did not come about.
 * @BATON_SIP_TLS_FAILURE_NONE: none failed
 * @BATON_SIP_TLS_FAILURE_HANDSHAKE: the other end speaks no TLS that we speak, or nothing at all
 * @BATON_SIP_TLS_FAILURE_UNTRUSTED: its certificate has no issuer that we trust, or its time is over
 * @BATON_SIP_TLS_FAILURE_NAME: its certificate is for another name than the one that we called
 */
typedef enum
{
  BATON_SIP_TLS_FAILURE_NONE,
  BATON_SIP_TLS_FAILURE_HANDSHAKE,
  BATON_SIP_TLS_FAILURE_UNTRUSTED,
  BATON_SIP_TLS_FAILURE_NAME,
} BatonSipTlsFailure;

/**
 * baton_sip_mend_get_tls_failure:
 * Has to be called from somewhere, so that the linker takes what is in the file.
 * Returns: why the last connection to @host (as written in the URI, without brackets) failed, if it did within @seconds
 */
BatonSipTlsFailure baton_sip_mend_get_tls_failure (const char *host, guint seconds);

G_END_DECLS
