/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-context-private.h"

#include <string.h>

#include "baton-name-addr.h"
#include "baton-session-private.h"
#include "baton-sip-address.h"
#include "baton-sip-body.h"
#include "baton-ua-private.h"

/* A call may be handed on so often, then somebody plays ball with us (refer.md §3.5) */
#define MAX_DEPTH 5

/* Who takes REFERs has to know it (RFC 7647 §4); ours does where the door for those outside of a dialog is open at all. */
BatonSession *
baton_refer_find_target_dialog (BatonUa *ua, const sip_t *sip)
{
  g_autoptr (BatonReplaces) dialog = NULL;
  BatonSession *session;

  for (const sip_unknown_t *un = sip->sip_unknown; un != NULL; un = un->un_next)
    {
      if (un->un_name == NULL || un->un_value == NULL || g_ascii_strcasecmp (un->un_name, "Target-Dialog") != 0)
        continue;
      if (dialog != NULL)
        return NULL; /* one, or none */
      dialog = baton_replaces_parse_target_dialog (un->un_value);
      if (dialog == NULL)
        return NULL;
    }
  session = dialog != NULL ? baton_ua_find_session (ua, dialog) : NULL;
  return session != NULL && baton_session_get_state (session) == BATON_SESSION_STATE_ESTABLISHED ? session : NULL;
}

/* Without the port: a stranger has as many of those as they like */
static char *
dup_source_host (const BatonSipEvent *event)
{
  g_autofree char *source = baton_sip_address_dup_source (event);
  char *colon = source != NULL ? strrchr (source, ':') : NULL;

  if (colon != NULL)
    *colon = '\0';
  return g_steal_pointer (&source);
}

/*
 * Headers named so, whether they could be read or not. The parser puts what it can't read, and each further one of those
 * that come once, aside: nobody counts where it put nothing.
 */
static guint
count_headers (const BatonSipEvent *event, gconstpointer parsed, const char *name, const char *compact)
{
  if (event->sip->sip_error == NULL)
    return parsed != NULL;
  return baton_sip_event_count_headers (event, name) + baton_sip_event_count_headers (event, compact);
}

guint
baton_refer_judge (BatonUa *ua, BatonSession *session, const BatonSipEvent *event, char **text, BatonReferTo **refer_to,
                   char **referred_by, const char **phrase)
{
  const sip_t *sip = event->sip;
  const char *method;
  BatonSession *about;
  g_autofree char *peer = NULL;

  if (count_headers (event, sip->sip_replaces, "Replaces", "") > 0) /* it has a meaning in INVITE alone (RFC 3891 §3) */
    return *phrase = "Replaces Is For INVITE", 400;
  if (count_headers (event, sip->sip_refer_to, "Refer-To", "r") != 1 || sip->sip_refer_to == NULL)
    return *phrase = "Exactly One Refer-To Wanted", 400;
  *text = baton_sip_header_dup_text ((const sip_header_t *) sip->sip_refer_to);
  *refer_to = *text != NULL ? baton_refer_to_parse (*text, NULL) : NULL;
  if (*refer_to == NULL)
    return *phrase = "Bad Refer-To", 400;
  if (count_headers (event, sip->sip_referred_by, "Referred-By", "b") > 1)
    return *phrase = "More Than One Referred-By", 400;
  if (sip->sip_referred_by == NULL && count_headers (event, NULL, "Referred-By", "b") > 0)
    return *phrase = "Bad Referred-By", 400;
  if (sip->sip_referred_by != NULL)
    {
      *referred_by = baton_sip_header_dup_text ((const sip_header_t *) sip->sip_referred_by);
      if (*referred_by == NULL || !baton_referred_by_check (*referred_by))
        return *phrase = "Bad Referred-By", 400;
    }
  if (!baton_sip_uri_is_callable ((*refer_to)->uri) || !baton_sip_address_has_transport (baton_ua_get_listen (ua), (*refer_to)->uri))
    return *phrase = sip_416_Unsupported_uri, 416;
  /* Who calls us and was not answered yet is a stranger still: it has an answer, and no influence (refer.md §5) */
  if (session != NULL && baton_session_get_state (session) == BATON_SESSION_STATE_INCOMING)
    return *phrase = "Not Before The Call Is Answered", 603;
  method = baton_sip_uri_get_parameter ((*refer_to)->uri, "method");
  if (method != NULL && g_ascii_strcasecmp (method, "INVITE") != 0) /* RFC 3515 §2.4.3: we only place calls */
    return *phrase = "Only INVITE", 603;
  /* With Replaces our address of record may stand for another phone of the same user; where we listen there's none. */
  if ((*refer_to)->replaces == NULL ? baton_ua_is_own_uri (ua, (*refer_to)->uri)
                                    : baton_sip_address_is_own (baton_ua_get_listen (ua), (*refer_to)->uri))
    return *phrase = sip_482_Loop_detected, 482;
  /* The call that it is about, whether it came in that or names it (RFC 4538) */
  about = session != NULL ? session : baton_refer_find_target_dialog (ua, sip);
  if (about != NULL && baton_refer_get_depth (about) >= MAX_DEPTH)
    return *phrase = "Transferred Too Often", 482;
  peer = about != NULL ? g_strdup (baton_session_get_remote_uri (about)) : dup_source_host (event);
  if (!baton_refer_rate_allows (ua, peer))
    return *phrase = "Too Many Transfers", 603;
  return 0;
}

void
baton_refer_refuse_at_once (BatonUa *ua, BatonSession *session, const BatonSipEvent *event, const char *text,
                            guint status, const char *phrase)
{
  nua_handle_t *handle = event->handle;
  g_autofree char *from = NULL;
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  g_message ("REFER to %.200s refused: %u %s", valid != NULL ? valid : "(nothing)", status, phrase);
  if (event->status < 200)
    nua_respond (handle, (int) status, phrase, NUTAG_WITH_THIS (event->nua), TAG_END ());
  if (session != NULL)
    return;
  baton_sip_target_release (&handle);
  from = baton_sip_body_dup_address (event->sip->sip_from, &(char *){ NULL });
  g_signal_emit_by_name (ua, "out-of-dialog-refer-refused", from, valid, status, phrase);
}
