/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-transfer-hints.h"

#include "baton-format.h"
#include "baton-sip-uri.h"

#include <glib/gi18n.h>
#include <string.h>

static void
hint_free (gpointer data)
{
  BatonTransferHint *hint = data;

  g_free (hint->text);
  g_free (hint);
}

static void
add (GPtrArray *hints, BatonHintLevel level, char *text)
{
  BatonTransferHint *hint = g_new0 (BatonTransferHint, 1);

  hint->level = level;
  hint->text = text;
  g_ptr_array_add (hints, hint);
}

/* Returns: (transfer full) (nullable): the URI in a name-addr or addr-spec */
static BatonSipUri *
parse_address (const char *text)
{
  const char *lt = text != NULL ? strchr (text, '<') : NULL;
  g_autofree char *bare = NULL;

  if (text == NULL)
    return NULL;
  /* Without brackets the parameters are the header's, strictly speaking: judged as the URI's, to be careful */
  bare = g_strndup (lt != NULL ? lt + 1 : text, strcspn (lt != NULL ? lt + 1 : text, ">"));
  return baton_sip_uri_parse (bare, NULL);
}

/* An international number, or one of the ranges that cost more in many countries */
static gboolean
looks_expensive (const char *user)
{
  if (user == NULL)
    return FALSE;
  for (const char *p = user; *p != '\0'; p++)
    if (!g_ascii_isdigit (*p) && strchr ("+-.() ", *p) == NULL)
      return FALSE;
  return g_str_has_prefix (user, "+") || g_str_has_prefix (user, "00") || g_str_has_prefix (user, "011")
         || g_str_has_prefix (user, "0900") || g_str_has_prefix (user, "1900") || g_str_has_prefix (user, "0137")
         || g_str_has_prefix (user, "0190");
}

GPtrArray *
baton_transfer_hints_judge (const BatonTransferHintFacts *facts)
{
  GPtrArray *hints = g_ptr_array_new_with_free_func (hint_free);
  g_autoptr (BatonSipUri) peer = parse_address (facts->peer_uri);
  g_autoptr (BatonSipUri) by = parse_address (facts->referred_by);
  g_autoptr (BatonSipUri) target = parse_address (facts->target);
  g_autoptr (BatonSipUri) account = parse_address (facts->account);
  const char *method = target != NULL ? baton_sip_uri_get_parameter (target, "method") : NULL;

  if (method != NULL && g_ascii_strcasecmp (method, "INVITE") != 0)
    {
      g_autofree char *clean = baton_format_clean (method, 20);

      add (hints, BATON_HINT_STOP, g_strdup_printf (_("Method is not a call (method=%s)"), clean));
    }
  if (facts->in_dialog)
    add (hints, BATON_HINT_GOOD, g_strdup_printf (_("%s is the person you are talking to"), facts->peer));
  else
    add (hints, BATON_HINT_WARNING, g_strdup (_("You are not in a call with who asks")));
  if (peer != NULL && by != NULL && !baton_sip_uri_same_address (peer, by))
    {
      g_autofree char *address = baton_format_address (facts->referred_by);

      add (hints, BATON_HINT_WARNING, g_strdup_printf (_("Referred-By names someone else (%s)"), address));
    }
  if (target != NULL && account != NULL
      && g_ascii_strcasecmp (baton_sip_uri_get_host (target), baton_sip_uri_get_host (account)) != 0)
    add (hints, BATON_HINT_WARNING, g_strdup (_("Different domain than your account")));
  if (target != NULL && looks_expensive (baton_sip_uri_get_user (target)))
    add (hints, BATON_HINT_WARNING, g_strdup (_("Looks like an international or premium number")));
  if (g_strcmp0 (facts->transport, "tls") != 0)
    add (hints, BATON_HINT_WARNING, g_strdup (_("Request came unencrypted")));
  if (facts->loses_encryption)
    add (hints, BATON_HINT_WARNING, g_strdup (_("Leaves the encryption that this call has")));
  return hints;
}

GPtrArray *
baton_transfer_hints_collect (BatonTransfer *transfer, const char *peer)
{
  BatonReferContext *context = baton_transfer_get_context (transfer);
  BatonCall *call = baton_transfer_get_call (transfer);
  BatonTransferHintFacts facts = { .in_dialog = call != NULL, .peer = peer };
  g_autofree char *transport = NULL;

  facts.target = baton_transfer_get_target_uri (transfer);
  if (context != NULL)
    {
      facts.referred_by = baton_refer_context_get_referred_by (context);
      if (baton_refer_context_get_refer_to_text (context) != NULL)
        facts.target = baton_refer_context_get_refer_to_text (context);
      if (BATON_IS_REFER_SERVER_CONTEXT (context))
        g_object_get (context, "transport", &transport, NULL);
    }
  if (call != NULL)
    {
      facts.peer_uri = baton_call_get_remote_uri (call);
      facts.account = baton_sip_identity_get_address (baton_account_get_identity (baton_call_get_account (call)));
      if (transport == NULL)
        transport = g_strdup (baton_session_get_transport (baton_call_get_session (call)));
    }
  facts.transport = transport;
  g_object_get (transfer, "loses-encryption", &facts.loses_encryption, NULL);
  return baton_transfer_hints_judge (&facts);
}
