/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-body.h"

#include <string.h>

#include <sofia-sip/msg_mime.h>
#include <sofia-sip/url.h>

#include "baton-name-addr.h"

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

static char *
dup_sdp_of_multipart (const sip_t *sip)
{
  su_home_t home[1] = { SU_HOME_INIT (home) };
  msg_multipart_t *parts;
  char *sdp = NULL;

  /* The parser changes what it reads, so it gets a copy. */
  su_home_init (home);
  parts = msg_multipart_parse (home, sip->sip_content_type, sip_payload_dup (home, sip->sip_payload));
  for (msg_multipart_t *part = parts; part != NULL && sdp == NULL; part = part->mp_next)
    if (part->mp_content_type != NULL && is_sdp (part->mp_content_type->c_type) && part->mp_payload != NULL)
      sdp = dup_payload (part->mp_payload->pl_data, part->mp_payload->pl_len);
  su_home_deinit (home);
  return sdp;
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
