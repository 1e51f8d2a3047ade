/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-dns-message.h"

#include <arpa/nameser.h>
#include <resolv.h>

#define LONGEST 1460 /* what sofia-sip's resolver has room for */

/* How long the name at @offset of a record's data is there; 0: it is none */
static gsize
measure_name (const ns_msg *message, const ns_rr *record, gsize offset)
{
  const guint8 *at = ns_rr_rdata (*record) + offset;
  char name[NS_MAXDNAME];
  int length;

  if (offset >= ns_rr_rdlen (*record))
    return 0;
  length = dn_expand (ns_msg_base (*message), ns_msg_end (*message), at, name, sizeof name);
  return length > 0 ? (gsize) length : 0;
}

/* NAPTR (RFC 3403 §4.1): two numbers, three strings, a name */
static gboolean
has_replacement (const ns_msg *message, const ns_rr *record)
{
  gsize offset = 4;

  for (guint i = 0; i < 3; i++)
    {
      if (offset >= ns_rr_rdlen (*record))
        return FALSE;
      offset += 1u + ns_rr_rdata (*record)[offset];
    }
  return measure_name (message, record, offset) > 0;
}

static gboolean
is_sound (const ns_msg *message, const ns_rr *record)
{
  gsize first;

  switch ((int) ns_rr_type (*record))
    {
    case ns_t_cname:
    case ns_t_ptr:
      return measure_name (message, record, 0) > 0;
    case ns_t_srv:
      return measure_name (message, record, 6) > 0;
    case ns_t_naptr:
      return has_replacement (message, record);
    case ns_t_soa:
      first = measure_name (message, record, 0);
      return first > 0 && measure_name (message, record, first) > 0;
    case ns_t_a6: /* nobody has it any more (RFC 6563), but the resolver would read it */
      return FALSE;
    default:
      return TRUE;
    }
}

gboolean
baton_dns_message_is_sound (const guint8 *text, gsize length)
{
  static const ns_sect sections[] = { ns_s_qd, ns_s_an, ns_s_ns, ns_s_ar };
  ns_msg message;

  if (length > LONGEST || ns_initparse (text, (int) length, &message) != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    for (int n = 0; n < ns_msg_count (message, sections[i]); n++)
      {
        ns_rr record;

        if (ns_parserr (&message, sections[i], n, &record) != 0 ||
            (sections[i] != ns_s_qd && !is_sound (&message, &record)))
          return FALSE;
      }
  return TRUE;
}
