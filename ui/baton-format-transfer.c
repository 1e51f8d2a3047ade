/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-format.h"

#include <glib/gi18n.h>

/* The words of a transfer. In all of them %s is a person: who is transferred, or to whom. */

/* Returns: what happened to the transfer, without what became of the caller */
static char *
format_failure (const BatonTransferFacts *facts)
{
  switch (facts->outcome)
    {
    case BATON_REFER_OUTCOME_REFUSED:
      switch (facts->status)
        {
        case 405:
        case 420:
        case 501:
          return g_strdup_printf (_("The phone of %s (or the server) does not do transfers."), facts->peer);
        case 481:
          return g_strdup_printf (_("The call with %s ended before the transfer."), facts->target);
        case 408:
          return g_strdup_printf (_("The phone of %s did not answer the request."), facts->peer);
        case 603:
        case 403:
          return g_strdup_printf (_("%s does not want to be transferred."), facts->peer);
        default:
          return g_strdup_printf (_("The phone of %s refuses the transfer."), facts->peer);
        }
    case BATON_REFER_OUTCOME_EXPIRED:
    case BATON_REFER_OUTCOME_NO_NOTIFY:
      return g_strdup_printf (_("No news from the phone of %s."), facts->peer);
    case BATON_REFER_OUTCOME_NONE:
    case BATON_REFER_OUTCOME_ACCEPTED:
    case BATON_REFER_OUTCOME_REJECTED:
    case BATON_REFER_OUTCOME_NOT_CONFIRMED:
    case BATON_REFER_OUTCOME_NO_SUBSCRIPTION:
    case BATON_REFER_OUTCOME_CANCELLED:
      break;
    }
  return baton_format_failure (facts->target, facts->status, facts->reason);
}

char *
baton_format_transfer_line (const BatonTransferFacts *facts)
{
  g_autofree char *time = baton_format_duration (facts->elapsed);
  g_autofree char *why = NULL, *back = NULL;

  if (facts->asks)
    return g_strdup_printf (_("Could not hold %s; transferring anyway?"), facts->peer);
  switch (facts->state)
    {
    case BATON_TRANSFER_STATE_GRACE:
      return g_strdup_printf (_("Transferring to %s in %d s"), facts->target, (int) MAX (facts->seconds_left, 1));
    case BATON_TRANSFER_STATE_HOLDING:
      return g_strdup_printf (_("Putting %s on hold…"), facts->peer);
    case BATON_TRANSFER_STATE_REQUESTED:
      return g_strdup_printf (_("Asking the phone of %s to call %s…"), facts->peer, facts->target);
    case BATON_TRANSFER_STATE_AGREED:
      return g_strdup_printf (_("The phone of %s agreed."), facts->peer);
    case BATON_TRANSFER_STATE_TRYING:
      return g_strdup_printf (_("Trying %s…"), facts->target);
    case BATON_TRANSFER_STATE_RINGING:
      /* Translators: who rings, and for how long */
      return g_strdup_printf (_("%s is ringing – %s"), facts->target, time);
    case BATON_TRANSFER_STATE_TRANSFERRED:
      return g_strdup_printf (_("%s answered. Transfer done in %d s."), facts->target, (int) MAX (facts->elapsed, 0));
    case BATON_TRANSFER_STATE_HANDED_OVER:
      return g_strdup_printf (_("Handed over to %s; not confirmed by the server."), facts->target);
    case BATON_TRANSFER_STATE_TAKEN_BACK:
      return g_strdup_printf (_("You took %s back."), facts->peer);
    case BATON_TRANSFER_STATE_FAILED:
      why = format_failure (facts);
      back = g_strdup_printf (facts->resumed ? _("%s is back with you.") : _("Bringing %s back…"), facts->peer);
      /* Translators: two whole sentences: what happened, and what became of the caller */
      return g_strdup_printf (_("%s %s"), why, back);
    }
  return g_strdup ("");
}

char *
baton_format_transfer_note (const BatonTransferFacts *facts)
{
  if (facts->asks)
    return g_strdup_printf (_("%s will go on hearing you while %s is called. In %d s the transfer is given up."),
                            facts->peer, facts->target, (int) MAX (facts->seconds_left, 0));
  if (facts->semi_attended)
    /* Translators: whom we called without an answer, and who is transferred to them */
    return g_strdup_printf (_("%s had not answered you. Your own call there was ended, and %s calls instead."),
                            facts->target, facts->peer);
  return g_strdup ("");
}

char *
baton_format_transfer_step (const BatonTransferFacts *facts, guint step)
{
  switch (step)
    {
    case 1:
      return g_strdup_printf (facts->not_held ? _("%s is not on hold") : _("%s is on hold"), facts->peer);
    case 2:
      return g_strdup_printf (_("The phone of %s agrees"), facts->peer);
    case 3:
      return g_strdup_printf (_("It calls %s"), facts->target);
    case 4:
      return g_strdup_printf (_("%s rings"), facts->target);
    case 5:
      return g_strdup_printf (_("%s answers"), facts->target);
    default:
      return g_strdup ("");
    }
}

char *
baton_format_received_line (const BatonTransferFacts *facts)
{
  g_autofree char *why = NULL, *still = NULL;

  switch (facts->state)
    {
    case BATON_TRANSFER_STATE_GRACE:
    case BATON_TRANSFER_STATE_HOLDING:
    case BATON_TRANSFER_STATE_REQUESTED:
      return g_strdup_printf (_("%s asks to connect you to %s."), facts->peer, facts->target);
    case BATON_TRANSFER_STATE_AGREED:
    case BATON_TRANSFER_STATE_TRYING:
      return g_strdup_printf (_("Calling %s…"), facts->target);
    case BATON_TRANSFER_STATE_RINGING:
      return g_strdup_printf (_("%s is ringing."), facts->target);
    case BATON_TRANSFER_STATE_TRANSFERRED:
    case BATON_TRANSFER_STATE_HANDED_OVER:
      if (facts->outside)
        return g_strdup_printf (_("Connected to %s."), facts->target);
      return g_strdup_printf (_("Connected to %s. The call with %s ended."), facts->target, facts->peer);
    case BATON_TRANSFER_STATE_TAKEN_BACK:
      return g_strdup_printf (_("%s does not ask any more."), facts->peer);
    case BATON_TRANSFER_STATE_FAILED:
      if (facts->outcome == BATON_REFER_OUTCOME_REFUSED && facts->outside)
        return g_strdup_printf (_("You declined the request of %s."), facts->peer);
      if (facts->outcome == BATON_REFER_OUTCOME_REFUSED)
        return g_strdup_printf (_("You declined. You are still with %s."), facts->peer);
      why = baton_format_failure (facts->target, facts->status, facts->reason);
      if (facts->outside)
        return g_steal_pointer (&why);
      still = g_strdup_printf (_("You are still with %s."), facts->peer);
      return g_strdup_printf (_("%s %s"), why, still);
    }
  return g_strdup ("");
}
