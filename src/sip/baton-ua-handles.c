/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The handles of the stack that sessions, registrations and refers are made of: who we are in them, and the way out. */
#include "baton-ua-private.h"

#include "baton-error.h"
#include "baton-name-addr.h"
#include "baton-sip-address.h"
#include "baton-sip-mend.h"
#include "baton-sip-stack.h"

/*
 * They are joined to those of the whole agent (baton_ua_apply_allow()), and the ones that are among those have to come first:
 * the library looks for doubles in a list that has no end yet, and stops at the last double.
 */
#define HANDLE_METHODS "REFER, INFO, UPDATE, NOTIFY"

static gboolean
check_open (BatonUa *self, GError **error)
{
  if (baton_ua_is_open (self))
    return TRUE;
  g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "The phone is not running. Start it first.");
  return FALSE;
}

nua_handle_t *
baton_ua_create_handle (BatonUa *self, BatonSipTarget *target, BatonSipIdentity *identity, const char *remote_uri,
                        GError **error)
{
  g_autoptr (BatonSipUri) uri = NULL;
  g_autofree char *request_uri = NULL;
  g_autofree char *destination = NULL;
  g_autofree char *to = NULL;
  g_autofree char *from = NULL;
  g_autofree char *route = NULL;
  nua_handle_t *handle;

  if (!check_open (self, error))
    return NULL;
  uri = baton_sip_uri_parse (remote_uri, error);
  if (uri == NULL)
    return NULL;
  if (!baton_sip_uri_is_callable (uri) || baton_sip_identity_get_address (identity) == NULL)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI, "“%s” can't be called: only sip addresses can.", remote_uri);
      return NULL;
    }

  request_uri = baton_sip_uri_to_request_uri (uri);
  destination = baton_sip_address_dup_target (baton_ua_get_listen (self), request_uri);
  to = g_strdup_printf ("<%s>", request_uri);
  from = baton_name_addr_join (baton_sip_identity_get_display_name (identity), baton_sip_identity_get_address (identity));
  route = baton_sip_address_dup_route (identity);
  handle = nua_handle (baton_ua_get_nua (self), (nua_hmagic_t *) target, NUTAG_URL (destination),
                       SIPTAG_TO_STR (to), SIPTAG_FROM_STR (from), TAG_END ());
  if (handle == NULL)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI, "“%s” can't be called: it is not a usable address.", remote_uri);
      return NULL;
    }
  baton_sip_mend_set_silent (handle, FALSE);
  if (route != NULL)
    nua_set_hparams (handle, NUTAG_INITIAL_ROUTE_STR (route), TAG_END ());
  return handle;
}

nua_handle_t *
baton_ua_create_register_handle (BatonUa *self, BatonSipTarget *target, BatonSipIdentity *identity, GError **error)
{
  const char *registrar = baton_sip_identity_get_registrar (identity);
  const char *proxy = baton_sip_identity_get_outbound_proxy (identity);
  const char *address = baton_sip_identity_get_address (identity);
  g_autoptr (BatonSipUri) uri = registrar ? baton_sip_uri_parse (registrar, NULL) : NULL;
  g_autofree char *destination = NULL;
  g_autofree char *route = NULL;
  g_autofree char *who = NULL;
  nua_handle_t *handle;

  if (!check_open (self, error))
    return NULL;
  if (uri == NULL || !baton_sip_uri_is_callable (uri) || address == NULL)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI, "“%s” is not a server's address. Write it like sip:example.net.",
                   registrar ? registrar : "");
      return NULL;
    }
  destination = baton_sip_address_dup_target (baton_ua_get_listen (self), registrar);
  who = baton_name_addr_join (baton_sip_identity_get_display_name (identity), address);
  if (proxy != NULL)
    route = baton_sip_address_dup_route (identity);
  handle = nua_handle (baton_ua_get_nua (self), (nua_hmagic_t *) target, SIPTAG_TO_STR (who),
                       SIPTAG_FROM_STR (who), NUTAG_REGISTRAR (destination), TAG_END ());
  if (handle != NULL)
    baton_sip_mend_set_silent (handle, FALSE);
  if (handle != NULL && route != NULL)
    nua_set_hparams (handle, NUTAG_INITIAL_ROUTE_STR (route), TAG_END ());
  return handle;
}

void
baton_ua_prepare_handle (nua_handle_t *handle)
{
  baton_sip_mend_set_silent (handle, FALSE);
  nua_set_hparams (handle, NUTAG_APPL_METHOD (HANDLE_METHODS), SIPTAG_ALLOW_STR (BATON_SIP_ALLOW_REFER), TAG_END ());
}
