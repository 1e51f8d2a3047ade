/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-body.h"

#include <string.h>

#include <sofia-sip/url.h>

#include "baton-name-addr.h"
#include "baton-sip-multipart.h"
#include "baton-sip-uri.h"

#define BODY_MAX (64 * 1024)

static char *
dup_payload (const char *data, gsize length)
{
  if (data == NULL || length == 0 || length > BODY_MAX)
    return NULL;
  return g_utf8_make_valid (data, (gssize) length);
}

static gboolean
is_sdp (const char *type)
{
  return type != NULL && g_ascii_strcasecmp (type, "application/sdp") == 0;
}

/* Without the quotes, and nothing where it can't be one */
static char *
dup_unquoted (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  if (length >= 2 && text[0] == '"' && text[length - 1] == '"')
    return g_strndup (text + 1, length - 2);
  return length > 0 ? g_strdup (text) : NULL;
}

static char *
dup_sdp_of_multipart (const sip_t *sip)
{
  g_autofree char *boundary = dup_unquoted (msg_params_find (sip->sip_content_type->c_params, "boundary="));
  g_autoptr (GBytes) sdp = NULL;

  if (boundary == NULL || sip->sip_payload->pl_data == NULL)
    return NULL;
  sdp = baton_sip_multipart_find_type (sip->sip_payload->pl_data, sip->sip_payload->pl_len, boundary, "application/sdp");
  return sdp != NULL ? dup_payload (g_bytes_get_data (sdp, NULL), g_bytes_get_size (sdp)) : NULL;
}

char *
baton_sip_body_dup_sdp (const sip_t *sip)
{
  const char *type;

  if (sip == NULL || sip->sip_payload == NULL || sip->sip_payload->pl_len > BODY_MAX)
    return NULL;
  type = sip->sip_content_type ? sip->sip_content_type->c_type : NULL;
  if (type != NULL && g_ascii_strncasecmp (type, "multipart/", 10) == 0)
    return dup_sdp_of_multipart (sip);
  return is_sdp (type) ? dup_payload (sip->sip_payload->pl_data, sip->sip_payload->pl_len) : NULL;
}

/* A body of one part has that part's head in the head of the request. */
static GBytes *
dup_whole_body (const sip_t *sip, const char *id)
{
  const sip_payload_t *payload = sip->sip_payload;
  g_autofree char *wanted = g_strdup_printf ("<%s>", id);
  g_autofree char *type = baton_sip_header_dup_text ((const sip_header_t *) sip->sip_content_type);
  gboolean found = FALSE;
  GByteArray *part;

  for (const sip_unknown_t *un = sip->sip_unknown; un != NULL; un = un->un_next)
    if (un->un_name != NULL && un->un_value != NULL && g_ascii_strcasecmp (un->un_name, "Content-ID") == 0)
      found = strcmp (un->un_value, wanted) == 0;
  if (!found || type == NULL || payload->pl_len > BATON_MAX_PART)
    return NULL;
  part = g_byte_array_new ();
  g_byte_array_append (part, (const guint8 *) "Content-Type: ", strlen ("Content-Type: "));
  g_byte_array_append (part, (const guint8 *) type, (guint) strlen (type));
  g_byte_array_append (part, (const guint8 *) "\r\nContent-ID: ", strlen ("\r\nContent-ID: "));
  g_byte_array_append (part, (const guint8 *) wanted, (guint) strlen (wanted));
  g_byte_array_append (part, (const guint8 *) "\r\n\r\n", 4);
  g_byte_array_append (part, (const guint8 *) payload->pl_data, (guint) payload->pl_len);
  return g_byte_array_free_to_bytes (part);
}

GBytes *
baton_sip_body_dup_referred_by_part (const sip_t *sip)
{
  g_autofree char *id = NULL, *boundary = NULL;
  const sip_content_type_t *type;

  if (sip == NULL || sip->sip_referred_by == NULL || sip->sip_payload == NULL || sip->sip_content_type == NULL ||
      sip->sip_payload->pl_data == NULL || sip->sip_payload->pl_len > BODY_MAX)
    return NULL;
  id = dup_unquoted (sip->sip_referred_by->b_cid);
  type = sip->sip_content_type;
  if (id == NULL || type->c_type == NULL)
    return NULL;
  if (g_ascii_strncasecmp (type->c_type, "multipart/mixed", strlen ("multipart/mixed")) != 0)
    return dup_whole_body (sip, id);
  boundary = dup_unquoted (msg_params_find (type->c_params, "boundary="));
  if (boundary == NULL)
    return NULL;
  return baton_sip_multipart_find (sip->sip_payload->pl_data, sip->sip_payload->pl_len, boundary, id);
}

char *
baton_sip_body_dup_text (const sip_t *sip)
{
  return sip != NULL && sip->sip_payload != NULL ? dup_payload (sip->sip_payload->pl_data, sip->sip_payload->pl_len) : NULL;
}

char *
baton_sip_body_dup_url (const url_t *url)
{
  su_home_t home[1] = { SU_HOME_INIT (home) };
  char *copy, *text;

  if (url == NULL || url->url_host == NULL)
    return NULL;
  su_home_init (home);
  copy = url_as_string (home, url);
  text = copy != NULL && strlen (copy) <= BATON_MAX_HEADER ? g_strdup (copy) : NULL;
  su_home_deinit (home);
  return text;
}

gboolean
baton_sip_body_has_contact (const sip_t *sip)
{
  const sip_contact_t *contact = sip->sip_contact;
  g_autofree char *text = contact != NULL && contact->m_next == NULL ? baton_sip_body_dup_url (contact->m_url) : NULL;
  g_autoptr (BatonSipUri) uri = text != NULL ? baton_sip_uri_parse (text, NULL) : NULL;

  return uri != NULL && baton_sip_uri_is_callable (uri);
}

gboolean
baton_sip_body_is_foreign (const sip_t *sip)
{
  const char *type = sip->sip_content_type != NULL ? sip->sip_content_type->c_type : NULL;

  return sip->sip_payload != NULL && sip->sip_payload->pl_len > 0 && type != NULL && !is_sdp (type) &&
         g_ascii_strncasecmp (type, "multipart/", 10) != 0 &&
         (sip->sip_content_disposition == NULL || !sip->sip_content_disposition->cd_optional);
}

char *
baton_sip_body_dup_address (const sip_addr_t *address, char **name)
{
  char *uri;

  if (address == NULL)
    return NULL;
  uri = baton_sip_body_dup_url (address->a_url);
  if (uri != NULL && address->a_display != NULL && address->a_display[0] != '\0')
    {
      g_autofree char *text = g_strdup_printf ("%s <sip:x@invalid>", address->a_display);
      g_autofree char *ignored = NULL;

      g_clear_pointer (name, g_free);
      /* Quotes and escapes are taken away by the parser that also refuses control characters. */
      baton_name_addr_split (text, name, &ignored, NULL, NULL);
    }
  return uri;
}

char *
baton_sip_body_dup_asserted (const sip_t *sip, char **name)
{
  for (const sip_unknown_t *un = sip ? sip->sip_unknown : NULL; un != NULL; un = un->un_next)
    {
      g_autofree char *first = NULL;
      g_autofree char *uri = NULL;

      if (un->un_name == NULL || un->un_value == NULL || g_ascii_strcasecmp (un->un_name, "P-Asserted-Identity") != 0)
        continue;
      first = g_strdup (un->un_value);
      /* It may have a sip and a tel URI. */
      if (!baton_name_addr_split (first, NULL, &uri, NULL, NULL) && strrchr (first, ',') != NULL)
        {
          *strrchr (first, ',') = '\0';
          baton_name_addr_split (first, NULL, &uri, NULL, NULL);
        }
      if (uri != NULL && (g_str_has_prefix (uri, "sip:") || g_str_has_prefix (uri, "sips:")))
        {
          g_autofree char *ignored = NULL;

          g_clear_pointer (name, g_free);
          baton_name_addr_split (first, name, &ignored, NULL, NULL);
          return g_steal_pointer (&uri);
        }
    }
  return NULL;
}
