/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "baton-sip-guard.h"

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include <sofia-sip/hostdomain.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_parser.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_tagarg.h>

#include "baton-sip-mend.h"

#define LONGEST_ADDRESS 45 /* characters of an IPv6 address with an IPv4 one in it */
#define MOST_ITEMS 256     /* of a list in one header */
#define MOST_REQUIRED 32   /* option tags */
#define MOST_CANCELS 64    /* that are remembered */
#define COOKIE 7           /* characters of "z9hG4bK" */

static gboolean asked;

static gboolean
is_too_long (const char *host)
{
  return host != NULL && host[0] == '[' && strlen (host) > LONGEST_ADDRESS + strlen ("[]");
}

/*
 * An IPv6 address is copied into 46 bytes, and an assert stops the program when one of 46 characters is compared with
 * another: as every Request-URI is with our own addresses, and each Contact of a registration. None is so long.
 */
int
host_cmp (char const *a, char const *b)
{
  static __typeof__ (&host_cmp) original;

  BATON_SIP_MEND_FIND (original, host_cmp);
  if (original == NULL || is_too_long (a) || is_too_long (b))
    return g_ascii_strcasecmp (a != NULL ? a : "", b != NULL ? b : "");
  return original (a, b);
}

/*
 * Names are looked up by the stack's own resolver, asynchronously. What comes here as a name is a stranger's: a maddr or a host
 * in a Via, to which an answer is sent; looked up here it would stand still until the name server has answered, for 20 s each.
 */
int
su_getaddrinfo (char const *node, char const *service, su_addrinfo_t const *hints, su_addrinfo_t **result)
{
  static __typeof__ (&su_getaddrinfo) original;
  su_addrinfo_t numeric = { 0 };

  BATON_SIP_MEND_FIND (original, su_getaddrinfo);
  if (original == NULL)
    return EAI_FAIL;
  if (hints != NULL)
    numeric = *hints;
  if (node != NULL)
    numeric.ai_flags |= AI_NUMERICHOST;
  return original (node, service, &numeric, result);
}

/* Call-IDs of CANCELs that have left, the newest over the oldest. Fixed in number: who sends many has had answers to the first. */
static char *cancelled[MOST_CANCELS];
static guint n_cancelled;

static gboolean
is_cancelled (const char *call_id)
{
  for (guint i = 0; i < MOST_CANCELS; i++)
    if (g_strcmp0 (cancelled[i], call_id) == 0)
      return TRUE;
  return FALSE;
}

static void
remember_cancel (const char *call_id)
{
  guint slot = n_cancelled % MOST_CANCELS;

  if (is_cancelled (call_id))
    return;
  g_free (cancelled[slot]);
  cancelled[slot] = g_strdup (call_id);
  n_cancelled++;
}

/*
 * A final answer to an INVITE that can't be sent (too long for a datagram, or to where nothing may be sent) puts the
 * transaction where its ACK must not find it: an assert. So it counts as one that was lost on the way. A connection that
 * broke is another matter, which the stack knows how to handle.
 */
void *tport_tsend (void *tport, msg_t *msg, const void *to, tag_type_t tag, tag_value_t value, ...);

void *
tport_tsend (void *tport, msg_t *msg, const void *to, tag_type_t tag, tag_value_t value, ...)
{
  static __typeof__ (&tport_tsend) original;
  const sip_t *sip = sip_object (msg);
  void *sent;
  ta_list ta;

  BATON_SIP_MEND_FIND (original, tport_tsend);
  if (original == NULL)
    return NULL;
  if (sip != NULL && sip->sip_request != NULL && sip->sip_request->rq_method == sip_method_cancel && sip->sip_call_id != NULL)
    remember_cancel (sip->sip_call_id->i_id);
  ta_start (ta, tag, value);
  sent = original (tport, msg, to, ta_tags (ta));
  ta_end (ta);
  if (sent == NULL && sip != NULL && sip->sip_status != NULL && msg_errno (msg) != EPIPE && msg_errno (msg) != ECONNREFUSED)
    return tport;
  return sent;
}

/* Each item of a list is one call deeper in the parser: a hundred thousand in one header are more than the stack (of
 * memory) has room for. */
issize_t
msg_parse_next_field (su_home_t *home, msg_header_t *previous, char *text, isize_t length)
{
  static __typeof__ (&msg_parse_next_field) original;
  static guint depth;
  issize_t result;

  BATON_SIP_MEND_FIND (original, msg_parse_next_field);
  if (original == NULL || depth >= MOST_ITEMS)
    return -1;
  depth++;
  result = original (home, previous, text, length);
  depth--;
  return result;
}

static guint
count_items (const msg_list_t *list)
{
  guint n = 0;

  for (; list != NULL; list = list->k_next)
    for (const msg_param_t *item = list->k_items; item != NULL && *item != NULL; item++)
      n++;
  return n;
}

/*
 * - An answer to a CANCEL of ours that has not left yet, since it waits for the first answer to the INVITE: an assert.
 * - A branch that is shorter than the cookie of RFC 3261 §8.1.1.7 is compared behind its end.
 * - Each required option is looked for among all others.
 */
int sip_sanity_check (sip_t const *sip);

int
sip_sanity_check (sip_t const *sip)
{
  static __typeof__ (&sip_sanity_check) original;

  asked = TRUE;
  BATON_SIP_MEND_FIND (original, sip_sanity_check);
  if (original == NULL || original (sip) < 0)
    return -1;
  if (sip->sip_status != NULL)
    return sip->sip_cseq->cs_method != sip_method_cancel || is_cancelled (sip->sip_call_id->i_id) ? 0 : -1;
  if (sip->sip_via->v_branch != NULL && *sip->sip_via->v_branch != '\0' && strlen (sip->sip_via->v_branch) < COOKIE)
    return -1;
  return count_items (sip->sip_require) <= MOST_REQUIRED && count_items (sip->sip_proxy_require) <= MOST_REQUIRED ? 0 : -1;
}

gboolean
baton_sip_guard_active (void)
{
  return asked;
}
