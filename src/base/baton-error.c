/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-error.h"

#include <stdlib.h>
#include <string.h>

G_DEFINE_QUARK (baton-error-quark, baton_error)

guint
baton_error_get_sip_status (const GError *error)
{
  if (!g_error_matches (error, BATON_ERROR, BATON_ERROR_SIP_STATUS))
    return 0;
  return (guint) strtoul (error->message, NULL, 10);
}

const char *
baton_error_get_reason (const GError *error)
{
  return baton_error_get_sip_status (error) != 0 ? strchr (error->message, ' ') + 1 : error->message;
}

void
baton_error_set_sip_status (GError **error, guint status, const char *reason)
{
  g_set_error (error, BATON_ERROR, BATON_ERROR_SIP_STATUS, "%03u %s", status, reason ? reason : "");
}
