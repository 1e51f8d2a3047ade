/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * BATON_ERROR:
 * A command could not be carried out. The message is a sentence for a person that says what
 * happened and what to do. A SIP refusal is not an error but data: see #BatonSipStatus.
 */
#define BATON_ERROR (baton_error_quark ())
GQuark baton_error_quark (void);

/**
 * BatonError:
 * @BATON_ERROR_SIP_STATUS: an asynchronous SIP request got a final answer other than 2xx; the
 *   message starts with the three digits of the status and a blank, then the reason
 * @BATON_ERROR_TLS_LISTEN: the address to listen on for TLS can't be used
 * @BATON_ERROR_TLS_CERT: the certificate that was given for it, or its key, can't be used
 * @BATON_ERROR_TLS_CA: the list of certificates to trust can't be used
 * @BATON_ERROR_NO_COMMON_SECURITY: one side wants its sound encrypted, and the other can't, or not that way
 */
typedef enum
{
  BATON_ERROR_FAILED,
  BATON_ERROR_INVALID_URI,
  BATON_ERROR_INVALID_ARGUMENT,
  BATON_ERROR_INVALID_STATE,
  BATON_ERROR_INVALID_SDP,
  BATON_ERROR_NO_COMMON_CODEC,
  BATON_ERROR_ADDRESS_IN_USE,
  BATON_ERROR_NO_AUDIO,
  BATON_ERROR_NOT_SUPPORTED,
  BATON_ERROR_SIP_STATUS,
  BATON_ERROR_CANCELLED,
  BATON_ERROR_NO_COMMON_SECURITY,
  BATON_ERROR_TLS_LISTEN,
  BATON_ERROR_TLS_CERT,
  BATON_ERROR_TLS_CA,
} BatonError;

/**
 * baton_error_get_sip_status:
 * Returns: the status in an error of code %BATON_ERROR_SIP_STATUS, 0 in any other
 */
guint baton_error_get_sip_status (const GError *error);

/** Returns: (transfer none): its message, without the status where there is one */
const char *baton_error_get_reason (const GError *error);

/**
 * baton_error_set_sip_status:
 * Sets @error to %BATON_ERROR_SIP_STATUS with @status and @reason.
 */
void baton_error_set_sip_status (GError **error, guint status, const char *reason);

G_END_DECLS
