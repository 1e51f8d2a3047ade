/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our INVITE: what it carries, and once more with another offer. */
#include "baton-session-fields.h"

#include <sofia-sip/sip_header.h>
#include <string.h>

#include "baton-error.h"
#include "baton-name-addr.h"
#include "baton-refer-context-private.h"
#include "baton-sip-address.h"
#include "baton-sip-multipart.h"
#include "baton-sip-stack.h"
#include "baton-ua-private.h"

/* Headers of @options as lines; NULL in *@joined when there are none. */
static gboolean
baton_session_join_headers (const BatonInviteOptions *options, char **joined, GError **error)
{
  g_autofree char *extra = NULL;

  if (options->referred_by != NULL && !baton_referred_by_check (options->referred_by))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "The Referred-By value is not valid.");
      return FALSE;
    }
  if (!baton_refer_check_extra_headers (options->extra_headers, error))
    return FALSE;
  extra = baton_refer_join_headers (options->extra_headers);
  if (options->referred_by != NULL)
    *joined = g_strconcat ("Referred-By: ", options->referred_by, "\r\n", extra, NULL);
  else
    *joined = g_steal_pointer (&extra);
  return TRUE;
}

void
baton_session_clear_invite (BatonSession *self)
{
  BatonSessionInvite *invite = g_steal_pointer (&self->invite);

  if (invite == NULL)
    return;
  g_free (invite->headers);
  g_free (invite->replaces);
  g_clear_pointer (&invite->referred_by_part, g_bytes_unref);
  g_free (invite);
}

/* In a dialog of its own: new Call-ID, new tag. */
static void
send_invite (BatonSession *self, nua_handle_t *handle, const char *offer)
{
  const BatonSessionInvite *invite = self->invite;
  g_autofree char *from = NULL;
  g_autofree char *type = NULL;
  g_autoptr (GBytes) body = NULL;
  sip_payload_t payload;

  self->handle = handle;
  g_free (self->call_id);
  self->call_id = g_uuid_string_random ();
  g_free (self->local_tag);
  self->local_tag = g_strdup_printf ("%08x%08x", g_random_int (), g_random_int ());
  g_free (self->local_contact);
  self->local_contact = baton_sip_address_dup_contact (baton_ua_get_listen (self->ua), self->identity, NULL, self->remote_uri);
  from = baton_sip_address_dup_from (self->identity, self->local_tag);
  sip_payload_init (&payload);
  payload.pl_data = (char *) offer; /* copied, whatever its type says */
  payload.pl_len = strlen (offer);
  if (invite->referred_by_part != NULL)
    {
      body = baton_sip_multipart_join (offer, invite->referred_by_part, &type);
      payload.pl_data = (char *) g_bytes_get_data (body, NULL);
      payload.pl_len = (usize_t) g_bytes_get_size (body);
    }
  nua_invite (self->handle, SIPTAG_FROM_STR (from), SIPTAG_CONTACT_STR (self->local_contact),
              SIPTAG_CALL_ID_STR (self->call_id), SIPTAG_ALLOW_STR (BATON_SIP_ALLOW_REFER),
              TAG_IF (invite->replaces != NULL, SIPTAG_REPLACES_STR (invite->replaces)),
              TAG_IF (invite->require_replaces, SIPTAG_REQUIRE_STR ("replaces")),
              TAG_IF (invite->headers != NULL, SIPTAG_HEADER_STR (invite->headers)),
              SIPTAG_CONTENT_TYPE_STR (type != NULL ? type : "application/sdp"), SIPTAG_PAYLOAD (&payload), TAG_END ());
  baton_ua_prepare_handle (self->handle); /* for what the peer will ask: the INVITE doesn't wait for it */
}

gboolean
baton_session_invite (BatonSession *self, const char *offer, const BatonInviteOptions *options, GError **error)
{
  static const BatonInviteOptions none = { NULL };
  g_autofree char *headers = NULL;
  nua_handle_t *handle;

  g_return_val_if_fail (BATON_IS_SESSION (self), FALSE);
  g_return_val_if_fail (offer != NULL, FALSE);

  if (self->state != BATON_SESSION_STATE_NEW || self->remote_uri == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "This call was already placed.");
      return FALSE;
    }
  if (options == NULL)
    options = &none;
  if (!baton_session_join_headers (options, &headers, error))
    return FALSE;
  handle = baton_ua_create_handle (self->ua, BATON_SIP_TARGET (self), self->identity, self->remote_uri, error);
  if (handle == NULL)
    return FALSE;
  self->invite = g_new0 (BatonSessionInvite, 1);
  self->invite->headers = g_steal_pointer (&headers);
  self->invite->replaces = options->replaces != NULL ? baton_replaces_to_string (options->replaces) : NULL;
  self->invite->require_replaces = options->require_replaces;
  self->invite->referred_by_part = options->referred_by_part != NULL ? g_bytes_ref (options->referred_by_part) : NULL;
  send_invite (self, handle, offer);
  baton_ua_flush (self->ua); /* a call that a REFER asked for: it leaves before anybody is told of it */
  baton_ua_add_session (self->ua, self);
  baton_session_set_state (self, BATON_SESSION_STATE_CALLING);
  return TRUE;
}

gboolean
baton_session_invite_again (BatonSession *self, const char *offer)
{
  nua_handle_t *handle;

  /* A REFER that was received meanwhile lives on the handle that would go */
  if (self->invite == NULL || baton_session_has_refers (self))
    return FALSE;
  handle = baton_ua_create_handle (self->ua, BATON_SIP_TARGET (self), self->identity, self->remote_uri, NULL);
  if (handle == NULL)
    return FALSE;
  baton_sip_target_release (&self->handle);
  g_ptr_array_set_size (self->early_tags, 0);
  g_hash_table_remove_all (self->answers);
  g_clear_pointer (&self->last_answer, g_free);
  g_clear_pointer (&self->remote_tag, g_free);
  self->dialog_over = FALSE;
  g_object_freeze_notify (G_OBJECT (self));
  send_invite (self, handle, offer);
  g_object_notify_by_pspec (G_OBJECT (self), baton_session_properties[BATON_SESSION_PROP_CALL_ID]);
  g_object_notify_by_pspec (G_OBJECT (self), baton_session_properties[BATON_SESSION_PROP_LOCAL_TAG]);
  g_object_notify_by_pspec (G_OBJECT (self), baton_session_properties[BATON_SESSION_PROP_REMOTE_TAG]);
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}
