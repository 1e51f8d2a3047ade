/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sdp-ice.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_CREDENTIAL 256
#define MIN_UFRAG 4
#define MIN_PWD 22
#define MAX_FOUNDATION 32
#define DISCARD_PORT 9 /* "none yet", RFC 8840 §4.1.1 */

static const char *const type_names[] = { "host", "srflx", "prflx", "relay" };

const char *
baton_ice_type_name (BatonIceType type)
{
  return type_names[MIN ((guint) type, G_N_ELEMENTS (type_names) - 1)];
}

BatonSdpIce *
baton_sdp_ice_new (void)
{
  BatonSdpIce *self = g_new0 (BatonSdpIce, 1);

  self->candidates = g_array_new (FALSE, TRUE, sizeof (BatonIceCandidate));
  return self;
}

BatonSdpIce *
baton_sdp_ice_copy (const BatonSdpIce *self)
{
  BatonSdpIce *copy;

  if (self == NULL)
    return NULL;
  copy = g_memdup2 (self, sizeof *self);
  copy->ufrag = g_strdup (self->ufrag);
  copy->pwd = g_strdup (self->pwd);
  copy->candidates = g_array_copy (self->candidates);
  copy->remote_candidates = g_strdup (self->remote_candidates);
  return copy;
}

void
baton_sdp_ice_free (BatonSdpIce *self)
{
  if (self == NULL)
    return;
  g_free (self->ufrag);
  g_free (self->pwd);
  g_array_unref (self->candidates);
  g_free (self->remote_candidates);
  g_free (self);
}

/* --- reading --- */

/* ALPHA / DIGIT / "+" / "/" (RFC 8839 §5.1) */
static gboolean
is_ice_string (const char *text, gsize min, gsize max)
{
  gsize length = strnlen (text, max + 1);

  if (length < min || length > max)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;
  return TRUE;
}

static void
read_credential (char **target, const char *value, gsize min)
{
  g_clear_pointer (target, g_free);
  if (is_ice_string (value, min, MAX_CREDENTIAL))
    *target = g_strdup (value);
}

static gboolean
read_uint (const char *text, guint64 min, guint64 max, guint64 *number)
{
  return text != NULL && g_ascii_string_to_unsigned (text, 10, min, max, number, NULL);
}

/* Numeric addresses that packets can be sent to. A name would mean a look-up for somebody else's sake. */
static gboolean
read_address (const char *text, char *target, gsize size)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (text);
  g_autofree char *normal = NULL;

  if (inet == NULL || g_inet_address_get_is_any (inet) || g_inet_address_get_is_multicast (inet))
    return FALSE;
  normal = g_inet_address_to_string (inet);
  return g_strlcpy (target, normal, size) < size;
}

static gboolean
read_type (const char *text, BatonIceType *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (g_ascii_strcasecmp (text, type_names[i]) == 0)
      {
        *type = i;
        return TRUE;
      }
  return FALSE;
}

/* foundation component transport priority address port "typ" type ["raddr" address "rport" port] … */
static gboolean
read_candidate (const char *value, BatonIceCandidate *candidate)
{
  g_auto (GStrv) words = NULL;
  guint64 component, priority, port;
  guint n;

  if (strnlen (value, BATON_ICE_MAX_LINE + 1) > BATON_ICE_MAX_LINE)
    return FALSE;
  words = g_strsplit (value, " ", 32);
  n = g_strv_length (words);
  if (n < 8 || !is_ice_string (words[0], 1, MAX_FOUNDATION) ||
      !read_uint (words[1], 1, BATON_ICE_MAX_COMPONENTS, &component) || g_ascii_strcasecmp (words[2], "udp") != 0 ||
      !read_uint (words[3], 1, G_MAXUINT32, &priority) || !read_uint (words[5], 1, 65535, &port) ||
      strcmp (words[6], "typ") != 0 || !read_type (words[7], &candidate->type) ||
      !read_address (words[4], candidate->address, sizeof candidate->address))
    return FALSE;
  g_strlcpy (candidate->foundation, words[0], sizeof candidate->foundation);
  candidate->component = (guint) component;
  candidate->priority = (guint32) priority;
  candidate->port = (guint16) port;
  for (guint i = 8; i + 1 < n; i += 2) /* name and value, also those that we don't know */
    if (strcmp (words[i], "raddr") == 0)
      read_address (words[i + 1], candidate->related_address, sizeof candidate->related_address);
    else if (strcmp (words[i], "rport") == 0 && read_uint (words[i + 1], 0, 65535, &port))
      candidate->related_port = (guint16) port;
  return TRUE;
}

static void
add_candidate (BatonSdpIce *self, const char *value)
{
  BatonIceCandidate candidate = { 0 };

  if (!read_candidate (value, &candidate))
    return;
  for (guint i = 0; i < self->candidates->len; i++)
    {
      const BatonIceCandidate *other = &g_array_index (self->candidates, BatonIceCandidate, i);

      if (other->component == candidate.component && other->port == candidate.port &&
          strcmp (other->address, candidate.address) == 0)
        return;
    }
  if (self->candidates->len < BATON_ICE_MAX_CANDIDATES)
    g_array_append_val (self->candidates, candidate);
  else
    self->truncated = TRUE;
}

gboolean
baton_sdp_ice_read (BatonSdpIce *self, const char *key, const char *value)
{
  if (key == NULL)
    return FALSE;
  if (value == NULL)
    value = "";
  if (strcmp (key, "ice-ufrag") == 0)
    read_credential (&self->ufrag, value, MIN_UFRAG);
  else if (strcmp (key, "ice-pwd") == 0)
    read_credential (&self->pwd, value, MIN_PWD);
  else if (strcmp (key, "ice-lite") == 0)
    self->lite = TRUE;
  else if (strcmp (key, "ice-mismatch") == 0)
    self->mismatch = TRUE;
  else if (strcmp (key, "candidate") == 0)
    add_candidate (self, value);
  else if (strcmp (key, "remote-candidates") == 0)
    {
      g_free (self->remote_candidates);
      self->remote_candidates = strnlen (value, BATON_ICE_MAX_LINE + 1) <= BATON_ICE_MAX_LINE ? g_strdup (value) : NULL;
    }
  else
    return strcmp (key, "ice-options") == 0 || strcmp (key, "end-of-candidates") == 0;
  return TRUE;
}

gboolean
baton_sdp_ice_is_usable (const BatonSdpIce *self)
{
  return self != NULL && self->ufrag != NULL && self->pwd != NULL && !self->mismatch;
}

gboolean
baton_sdp_ice_matches (const BatonSdpIce *self, const char *address, guint16 port)
{
  g_autoptr (GInetAddress) inet = address != NULL ? g_inet_address_new_from_string (address) : NULL;
  g_autofree char *normal = NULL;

  /* A host name, or an address that is not known yet, says nothing; nor does a list that we cut. */
  if (inet == NULL || g_inet_address_get_is_any (inet) || port == DISCARD_PORT || self->truncated)
    return TRUE;
  normal = g_inet_address_to_string (inet);
  for (guint i = 0; i < self->candidates->len; i++)
    {
      const BatonIceCandidate *candidate = &g_array_index (self->candidates, BatonIceCandidate, i);

      if (candidate->component == 1 && candidate->port == port && strcmp (candidate->address, normal) == 0)
        return TRUE;
    }
  return FALSE;
}

void
baton_sdp_ice_keep_component (BatonSdpIce *self, guint component)
{
  for (guint i = self->candidates->len; i > 0; i--)
    if (g_array_index (self->candidates, BatonIceCandidate, i - 1).component != component)
      g_array_remove_index (self->candidates, i - 1);
}

/* --- writing --- */

static void
write_candidate (const BatonIceCandidate *candidate, BatonSdpIceWriteFunc func, gpointer data)
{
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_printf (line, "%s %u UDP %u %s %u typ %s", candidate->foundation, candidate->component, candidate->priority,
                   candidate->address, candidate->port, baton_ice_type_name (candidate->type));
  if (candidate->type != BATON_ICE_HOST && candidate->related_address[0] != '\0')
    g_string_append_printf (line, " raddr %s rport %u", candidate->related_address, candidate->related_port);
  func ("candidate", line->str, data);
}

void
baton_sdp_ice_write (const BatonSdpIce *self, BatonSdpIceWriteFunc func, gpointer data)
{
  if (self->mismatch)
    {
      func ("ice-mismatch", NULL, data);
      return;
    }
  if (!baton_sdp_ice_is_usable (self))
    return;
  func ("ice-ufrag", self->ufrag, data);
  func ("ice-pwd", self->pwd, data);
  for (guint i = 0; i < self->candidates->len; i++)
    write_candidate (&g_array_index (self->candidates, BatonIceCandidate, i), func, data);
  if (self->remote_candidates != NULL)
    func ("remote-candidates", self->remote_candidates, data);
  func ("end-of-candidates", NULL, data);
}
