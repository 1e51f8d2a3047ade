/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-format.h"

#include <glib/gi18n.h>

/* The words of requests from outside a call: who may, and who might not */

char *
baton_format_trusted_source (BatonTrustedSource *source)
{
  const char *text = baton_trusted_source_get_destinations (source);
  g_autofree char *destinations = baton_format_clean (text, BATON_FORMAT_ADDRESS_MAX);
  g_autofree char *where = NULL;

  if (destinations[0] == '\0')
    where = g_strdup (_("Calls in your own domain"));
  else
    /* Translators: a list of domains */
    where = g_strdup_printf (_("Calls to %s"), destinations);
  return g_strdup_printf ("%s · %s%s · %s", where,
                          baton_trusted_source_get_tls_only (source) ? _("only over TLS") : _("unencrypted too"),
                          baton_trusted_source_get_needs_password (source) ? _(" · with password") : "",
                          baton_trusted_source_get_ask (source) ? _("asks you") : _("without asking you"));
}

static char *
format_why (BatonRefusedRequest *request)
{
  g_autofree char *reason = NULL, *clean = NULL;
  guint status;

  switch (baton_refused_request_get_why (request))
    {
    case BATON_REFER_REFUSAL_NOT_TRUSTED:
      return g_strdup (_("Not a trusted source."));
    case BATON_REFER_REFUSAL_NOT_TLS:
      return g_strdup (_("This source may only come over TLS, and did not."));
    case BATON_REFER_REFUSAL_DESTINATION:
      return g_strdup (_("This source may not have you call there."));
    case BATON_REFER_REFUSAL_PASSWORD:
      return g_strdup (_("The password of your account was not given."));
    case BATON_REFER_REFUSAL_TOO_MANY:
      return g_strdup (_("More requests than you allow within an hour."));
    case BATON_REFER_REFUSAL_UNANSWERED:
      return g_strdup (_("You did not answer in time."));
    case BATON_REFER_REFUSAL_DECLINED:
      return g_strdup (_("You declined."));
    case BATON_REFER_REFUSAL_BAD_REQUEST:
    case BATON_REFER_REFUSAL_NONE:
      break;
    }
  g_object_get (request, "status", &status, "reason", &reason, NULL);
  clean = baton_format_clean (reason, 60);
  if (clean[0] == '\0')
    return g_strdup (_("The request makes no sense."));
  /* Translators: what was answered, as a technical term and a number */
  return g_strdup_printf (_("The request makes no sense: %s (%u)."), clean, status);
}

char *
baton_format_refused_request (BatonRefusedRequest *request, gint64 now)
{
  g_autofree char *clock = baton_format_clock (baton_refused_request_get_time (request), now);
  g_autofree char *target = baton_format_address (baton_refused_request_get_target (request));
  g_autofree char *why = format_why (request);

  if (target[0] == '\0')
    return g_strdup_printf ("%s · %s", clock, why);
  /* Translators: a time of day, whom we were asked to call, and a sentence that says why not */
  return g_strdup_printf (_("%s · Call %s · %s"), clock, target, why);
}
