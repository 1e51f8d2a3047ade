/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-target.h"

#include <sofia-sip/sip_extra.h>
#include <string.h>

#include "baton-sip-mend.h"

#define HEADER_MAX 8192

G_DEFINE_INTERFACE (BatonSipTarget, baton_sip_target, G_TYPE_OBJECT)

/* What a handle is bound to once its target has let it go. */
static char sentinel;

static void
baton_sip_target_default_init (BatonSipTargetInterface *iface)
{
}

void
baton_sip_target_event (BatonSipTarget *self, const BatonSipEvent *event)
{
  g_autoptr (BatonSipTarget) hold = g_object_ref (self);

  BATON_SIP_TARGET_GET_IFACE (hold)->event (hold, event);
}

void
baton_sip_target_attach (BatonSipTarget *self, nua_handle_t *handle)
{
  baton_sip_mend_set_silent (handle, FALSE);
  nua_handle_bind (handle, (nua_hmagic_t *) self);
}

void
baton_sip_target_release (nua_handle_t **handle)
{
  nua_handle_t *old = g_steal_pointer (handle);

  if (old == NULL)
    return;
  nua_handle_bind (old, (nua_hmagic_t *) &sentinel);
  nua_handle_destroy (old);
}

BatonSipTarget *
baton_sip_target_of (nua_hmagic_t *hmagic)
{
  if (hmagic == NULL || hmagic == (nua_hmagic_t *) &sentinel)
    return NULL;
  return (BatonSipTarget *) hmagic;
}

gboolean
baton_sip_target_was_released (nua_hmagic_t *hmagic)
{
  return hmagic == (nua_hmagic_t *) &sentinel;
}

msg_t *
baton_sip_event_keep_request (const BatonSipEvent *event)
{
  msg_t *msg = nua_current_request (event->nua);

  return msg ? msg_ref_create (msg) : NULL;
}

const char *
baton_sip_header_get_name (const msg_header_t *header)
{
  if (msg_is_error (header))
    return header->sh_error->er_name;
  return msg_is_unknown (header) ? header->sh_unknown->un_name : header->sh_class->hc_name;
}

const msg_header_t *
baton_sip_find_aside (const sip_t *sip, const char *name)
{
  for (const msg_header_t *aside = (const msg_header_t *) sip->sip_error; aside != NULL; aside = aside->sh_next)
    {
      const char *found = baton_sip_header_get_name (aside);

      if (found != NULL && g_ascii_strcasecmp (found, name) == 0)
        return aside;
    }
  return NULL;
}

guint
baton_sip_event_count_headers (const BatonSipEvent *event, const char *name)
{
  msg_t *msg = nua_current_request (event->nua);
  guint n = 0;

  if (msg == NULL || event->sip == NULL)
    return 0;

  /* The chain has every header that was received, in its order; those that don't parse, too. */
  for (msg_header_t *h = *msg_chain_head (msg); h != NULL; h = h->sh_succ)
    {
      const char *found = baton_sip_header_get_name (h);

      if (found != NULL && g_ascii_strcasecmp (found, name) == 0)
        n++;
    }
  return n;
}

void
baton_sip_event_answer_options (const BatonSipEvent *event)
{
  if (event->status < 200)
    nua_respond (event->handle, SIP_200_OK, NUTAG_WITH_THIS (event->nua), TAG_END ());
}

/* As it came. NULL when it did not come by itself, in one line: the parser shares the text of several, and keeps line ends. */
static char *
dup_received (const sip_header_t *header)
{
  const msg_common_t *common = header->sh_common;
  const char *text = common->h_data, *colon;
  gsize length = common->h_len;

  if (text == NULL || length == 0 || length >= HEADER_MAX)
    return NULL;
  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  colon = memchr (text, ':', length);
  if (colon == NULL || memchr (text, '\n', length) != NULL || memchr (text, '\r', length) != NULL ||
      memchr (text, '\0', length) != NULL)
    return NULL;
  return g_strchug (g_strndup (colon + 1, (gsize) (text + length - colon - 1)));
}

char *
baton_sip_header_dup_text (const sip_header_t *header)
{
  g_autofree char *text = NULL;
  int length;

  if (header == NULL)
    return NULL;
  text = dup_received (header);
  if (text != NULL)
    return g_steal_pointer (&text);

  text = g_malloc (HEADER_MAX);
  length = sip_header_field_e (text, HEADER_MAX, header, 0);
  if (length < 0 || length >= HEADER_MAX)
    return NULL;
  text[length] = '\0';
  return g_steal_pointer (&text);
}

gboolean
baton_sip_refuses_subscription (const sip_t *sip)
{
  static const char no[] = "false";
  sip_refer_sub_t const *refer_sub = sip != NULL ? sip_refer_sub (sip) : NULL;
  const msg_header_t *aside;
  g_autofree char *text = NULL;

  if (refer_sub != NULL)
    return refer_sub->rs_value != NULL && g_ascii_strcasecmp (refer_sub->rs_value, no) == 0;
  if (sip == NULL)
    return FALSE;
  /* The parser can't read a parameter without a blank before it. */
  aside = baton_sip_find_aside (sip, "Refer-Sub");
  text = aside != NULL ? dup_received ((const sip_header_t *) aside) : NULL;
  return text != NULL && g_ascii_strncasecmp (text, no, strlen (no)) == 0 && strchr (" \t;", text[strlen (no)]) != NULL;
}
