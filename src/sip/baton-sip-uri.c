/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-uri.h"

#include <gio/gio.h>
#include <string.h>

#include "baton-error.h"

/*
 * A parser of our own and no library's: what it reads comes from strangers by way of a person we
 * trust (a REFER), so it is small, has limits, and refuses what it does not understand. The text is
 * kept as it came; nothing is unescaped more than once.
 */
#define MAX_URI 2048
#define MAX_HOST 255
#define MAX_PARTS 64

typedef struct
{
  char *name;    /* unescaped: to compare with */
  char *written; /* the name as it came: to write again */
  char *value;   /* (nullable) as it came */
} Part;

struct _BatonSipUri
{
  grefcount ref;
  char *text;   /* the whole, as received */
  char *scheme; /* lower case */
  char *userinfo; /* (nullable) as written, may hold a password */
  char *user;     /* (nullable) unescaped, valid UTF-8 */
  char *host;     /* (nullable) */
  guint port;
  GArray *parameters;
  GArray *headers;
};

G_DEFINE_BOXED_TYPE (BatonSipUri, baton_sip_uri, baton_sip_uri_ref, baton_sip_uri_unref)

static void
part_clear (gpointer data)
{
  Part *part = data;

  g_free (part->name);
  g_free (part->written);
  g_free (part->value);
}

static GArray *
parts_new (void)
{
  GArray *parts = g_array_new (FALSE, FALSE, sizeof (Part));

  g_array_set_clear_func (parts, part_clear);
  return parts;
}

static void
set_error (GError **error, const char *what)
{
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI, "This is not a SIP address: %s.", what);
}

/* Unescapes once. NULL when an escape is broken or hides a control character (CR, LF, NUL above all). */
static char *
unescape (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '%')
        {
          int high = g_ascii_xdigit_value (p[1]);
          int low = high < 0 ? -1 : g_ascii_xdigit_value (p[2]);

          if (low < 0 || g_ascii_iscntrl ((char) (high * 16 + low)))
            return NULL;
          g_string_append_c (out, (char) (high * 16 + low));
          p += 2;
        }
      else
        {
          g_string_append_c (out, *p);
        }
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
is_ipv6 (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
}

/* Reads "host", "host:port" or "[v6]:port" up to @end into @self */
static gboolean
parse_host_port (BatonSipUri *self, const char *text, GError **error)
{
  const char *port = NULL;

  if (*text == '[')
    {
      const char *close = strchr (text, ']');
      g_autofree char *inside = close != NULL ? g_strndup (text + 1, (gsize) (close - text - 1)) : NULL;

      if (inside == NULL || strchr (inside, '%') != NULL || !is_ipv6 (inside))
        return set_error (error, "the address in brackets is not an IPv6 address"), FALSE;
      self->host = g_strndup (text, (gsize) (close - text + 1));
      port = close + 1;
    }
  else
    {
      gsize length = strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

      if (length == 0)
        return set_error (error, "it has no host"), FALSE;
      if (length > MAX_HOST)
        return set_error (error, "its host is too long"), FALSE;
      self->host = g_strndup (text, length);
      port = text + length;
    }
  if (*port == '\0')
    return TRUE;
  if (*port != ':')
    return set_error (error, "its host has characters that no host has"), FALSE;
  port++;
  if (strlen (port) > 5 || strspn (port, "0123456789") != strlen (port) || *port == '\0')
    return set_error (error, "its port is not a number"), FALSE;
  self->port = (guint) g_ascii_strtoull (port, NULL, 10);
  if (self->port == 0 || self->port > 65535)
    return set_error (error, "its port is not between 1 and 65535"), FALSE;
  return TRUE;
}

/* Reads "a=b;c" or "a=b&c=d" into @parts */
static gboolean
parse_parts (GArray *parts, const char *text, char separator, GError **error)
{
  const char sep[2] = { separator, '\0' };
  g_auto (GStrv) pieces = g_strsplit (text, sep, MAX_PARTS + 1);

  if (g_strv_length (pieces) > MAX_PARTS)
    return set_error (error, "it has too many parameters"), FALSE;
  for (guint i = 0; pieces[i] != NULL; i++)
    {
      const char *equals = strchr (pieces[i], '=');
      g_autofree char *raw = equals ? g_strndup (pieces[i], (gsize) (equals - pieces[i])) : g_strdup (pieces[i]);
      Part part = { NULL, NULL, NULL };

      if (*pieces[i] == '\0') /* ";;" and a separator at the end occur: nothing is lost by going on */
        continue;
      if (*raw == '\0')
        return set_error (error, "it has a parameter without a name"), FALSE;
      part.name = unescape (raw); /* never NULL: the whole text was checked */
      part.written = g_steal_pointer (&raw);
      part.value = equals ? g_strdup (equals + 1) : NULL;
      g_array_append_val (parts, part);
    }
  return TRUE;
}

static gboolean
parse_sip (BatonSipUri *self, const char *rest, GError **error)
{
  /* The first "@" ends the user part, which may hold ";" and "?" itself (RFC 3261 §25.1) */
  const char *at = strchr (rest, '@');
  const char *host = at != NULL ? at + 1 : rest;
  gsize host_length = strcspn (host, ";?");
  g_autofree char *host_port = g_strndup (host, host_length);
  const char *p = host + host_length;

  if (at != NULL)
    {
      g_autofree char *user = NULL;

      self->userinfo = g_strndup (rest, (gsize) (at - rest));
      user = g_strndup (self->userinfo, strcspn (self->userinfo, ":"));
      if (*user == '\0')
        return set_error (error, "there is nothing before the “@”"), FALSE;
      self->user = unescape (user);
      if (!g_utf8_validate (self->user, -1, NULL))
        {
          g_free (self->user);
          self->user = g_steal_pointer (&user);
        }
    }
  if (!parse_host_port (self, host_port, error))
    return FALSE;
  if (*p == ';')
    {
      gsize length = strcspn (p, "?");
      g_autofree char *parameters = g_strndup (p + 1, length - 1);

      if (!parse_parts (self->parameters, parameters, ';', error))
        return FALSE;
      p += length;
    }
  return *p == '\0' || parse_parts (self->headers, p + 1, '&', error);
}

static gboolean
check_characters (const char *text, GError **error)
{
  g_autofree char *plain = NULL;

  if (strlen (text) > MAX_URI)
    return set_error (error, "it is too long"), FALSE;
  for (const char *p = text; *p != '\0'; p++)
    {
      if ((guchar) *p <= ' ' || (guchar) *p >= 0x7f || strchr ("<>\"\\^`{}|", *p) != NULL)
        return set_error (error, "it has characters that no address has"), FALSE;
    }
  plain = unescape (text);
  if (plain == NULL)
    return set_error (error, "it has a broken or forbidden “%” escape"), FALSE;
  return TRUE;
}

BatonSipUri *
baton_sip_uri_parse (const char *text, GError **error)
{
  g_autoptr (BatonSipUri) self = NULL;
  gsize scheme_length;

  g_return_val_if_fail (text != NULL, NULL);
  if (!check_characters (text, error))
    return NULL;
  scheme_length = strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
  if (scheme_length == 0 || text[scheme_length] != ':' || !g_ascii_isalpha (*text))
    {
      set_error (error, "it does not begin with “sip:”");
      return NULL;
    }
  self = g_new0 (BatonSipUri, 1);
  g_ref_count_init (&self->ref);
  self->text = g_strdup (text);
  self->scheme = g_ascii_strdown (text, (gssize) scheme_length);
  self->parameters = parts_new ();
  self->headers = parts_new ();
  if (g_str_equal (self->scheme, "sip") || g_str_equal (self->scheme, "sips"))
    {
      if (!parse_sip (self, text + scheme_length + 1, error))
        return NULL;
    }
  else if (text[scheme_length + 1] == '\0')
    {
      set_error (error, "there is nothing after the “:”");
      return NULL;
    }
  return g_steal_pointer (&self);
}

BatonSipUri *
baton_sip_uri_ref (BatonSipUri *self)
{
  g_ref_count_inc (&self->ref);
  return self;
}

void
baton_sip_uri_unref (BatonSipUri *self)
{
  if (!g_ref_count_dec (&self->ref))
    return;
  g_free (self->text);
  g_free (self->scheme);
  g_free (self->userinfo);
  g_free (self->user);
  g_free (self->host);
  g_array_unref (self->parameters);
  g_array_unref (self->headers);
  g_free (self);
}

gboolean
baton_sip_uri_is_callable (const BatonSipUri *self)
{
  return self->host != NULL;
}

const char *
baton_sip_uri_get_scheme (const BatonSipUri *self)
{
  return self->scheme;
}

const char *
baton_sip_uri_get_user (const BatonSipUri *self)
{
  return self->user;
}

const char *
baton_sip_uri_get_host (const BatonSipUri *self)
{
  return self->host;
}

guint
baton_sip_uri_get_port (const BatonSipUri *self)
{
  return self->port;
}

const char *
baton_sip_uri_get_parameter (const BatonSipUri *self, const char *name)
{
  for (guint i = 0; i < self->parameters->len; i++)
    {
      const Part *part = &g_array_index (self->parameters, Part, i);

      if (g_ascii_strcasecmp (part->name, name) == 0)
        return part->value != NULL ? part->value : "";
    }
  return NULL;
}

char *
baton_sip_uri_dup_header (const BatonSipUri *self, const char *name)
{
  for (guint i = 0; i < self->headers->len; i++)
    {
      const Part *part = &g_array_index (self->headers, Part, i);

      if (g_ascii_strcasecmp (part->name, name) == 0)
        return unescape (part->value != NULL ? part->value : "");
    }
  return NULL;
}

guint
baton_sip_uri_count_headers (const BatonSipUri *self, const char *name)
{
  guint count = 0;

  for (guint i = 0; i < self->headers->len; i++)
    count += name == NULL || g_ascii_strcasecmp (g_array_index (self->headers, Part, i).name, name) == 0;
  return count;
}

char *
baton_sip_uri_to_request_uri (const BatonSipUri *self)
{
  GString *out;

  if (!baton_sip_uri_is_callable (self))
    return g_strdup (self->text);
  out = g_string_new (self->scheme);
  g_string_append_c (out, ':');
  if (self->userinfo != NULL)
    g_string_append_printf (out, "%s@", self->userinfo);
  g_string_append (out, self->host);
  if (self->port != 0)
    g_string_append_printf (out, ":%u", self->port);
  for (guint i = 0; i < self->parameters->len; i++)
    {
      const Part *part = &g_array_index (self->parameters, Part, i);

      if (g_ascii_strcasecmp (part->name, "method") == 0)
        continue;
      g_string_append_printf (out, ";%s", part->written); /* an escaped ";" or "?" must not come to life */
      if (part->value != NULL)
        g_string_append_printf (out, "=%s", part->value);
    }
  return g_string_free (out, FALSE);
}

char *
baton_sip_uri_to_string (const BatonSipUri *self)
{
  return g_strdup (self->text);
}

static guint
effective_port (const BatonSipUri *self)
{
  if (self->port != 0)
    return self->port;
  return g_str_equal (self->scheme, "sips") ? 5061 : 5060;
}

char *
baton_sip_uri_dup_bare_host (const char *host)
{
  return host != NULL && *host == '[' ? g_strndup (host + 1, strcspn (host + 1, "]")) : g_strdup (host);
}

gboolean
baton_sip_uri_is_tls (const BatonSipUri *self)
{
  const char *transport;

  g_return_val_if_fail (self != NULL, FALSE);
  transport = baton_sip_uri_get_parameter (self, "transport");
  return g_str_equal (self->scheme, "sips") || (transport != NULL && g_ascii_strcasecmp (transport, "tls") == 0);
}

/* "[::1]" and "[0:0::1]" are the same place */
static char *
canonical_host (const BatonSipUri *self)
{
  if (*self->host == '[')
    {
      g_autofree char *inside = baton_sip_uri_dup_bare_host (self->host);
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (inside);

      return g_inet_address_to_string (address);
    }
  return g_ascii_strdown (self->host, -1);
}

gboolean
baton_sip_uri_same_address (const BatonSipUri *a, const BatonSipUri *b)
{
  g_autofree char *host_a = NULL, *host_b = NULL;

  if (!baton_sip_uri_is_callable (a) || !baton_sip_uri_is_callable (b))
    return FALSE;
  host_a = canonical_host (a);
  host_b = canonical_host (b);
  return g_strcmp0 (a->user, b->user) == 0 && g_str_equal (host_a, host_b) && effective_port (a) == effective_port (b);
}

/* ---- What a person typed ---- */

/* The number in "+49 (30) 12-34", or NULL when it is none */
static char *
phone_number (const char *typed)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *p = typed; *p != '\0'; p++)
    {
      if (g_ascii_isdigit (*p) || *p == '*' || *p == '#' || (*p == '+' && out->len == 0))
        g_string_append_c (out, *p);
      else if (strchr (" -.()/", *p) == NULL)
        return NULL;
    }
  return out->len > 0 && !g_str_equal (out->str, "+") ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

/* "192.0.2.1", "[::1]:5070", "host:5070": a host, even where a bare word would be a user */
static gboolean
is_host (const char *typed)
{
  g_autofree char *host = g_strndup (typed, strcspn (typed, ":;"));
  const char *colon = strchr (typed, ':');

  if (*typed == '[' || g_hostname_is_ip_address (host))
    return TRUE;
  return colon != NULL && g_ascii_isdigit (colon[1]);
}

static char *
with_domain (const char *user, const char *domain, const char *suffix, GError **error)
{
  g_autofree char *escaped = NULL;

  if (domain == NULL || *domain == '\0')
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI,
                   "There is no server to look for “%s” at. Write the whole address, like “sip:%s@example.net”.",
                   user, user);
      return NULL;
    }
  escaped = g_uri_escape_string (user, "!~*'()&=+$,;?/", FALSE);
  return g_strdup_printf ("sip:%s@%s%s", escaped, domain, suffix);
}

/* The user part may hold letters of every script; in the URI they are escaped (RFC 3261 §25.1) */
static char *
escape_letters (const char *uri)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const guchar *p = (const guchar *) uri; *p != '\0'; p++)
    {
      if (*p >= 0x80)
        g_string_append_printf (out, "%%%02X", *p);
      else
        g_string_append_c (out, (char) *p);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* What is between "<" and ">", if there are any, without blanks around it */
static char *
strip (const char *typed)
{
  const char *open = strchr (typed, '<');
  const char *close = open != NULL ? strchr (open, '>') : NULL;

  if (close != NULL)
    return g_strstrip (g_strndup (open + 1, (gsize) (close - open - 1)));
  return g_strstrip (g_strdup (typed));
}

static char *
complete (const char *text, const char *domain, GError **error)
{
  gboolean has_scheme = g_ascii_strncasecmp (text, "sip:", 4) == 0 || g_ascii_strncasecmp (text, "sips:", 5) == 0;
  g_autofree char *number = NULL;

  if (has_scheme)
    {
      const char *rest = strchr (text, ':') + 1;

      rest += strspn (rest, "/ ");
      if (*rest != '\0' && strchr (rest, '@') == NULL && domain != NULL && strpbrk (rest, ".:[") == NULL)
        return with_domain (rest, domain, "", error); /* "sip:bob": nobody has a host of that name */
      return g_strdup_printf ("%.*s%s", (int) (strchr (text, ':') + 1 - text), text, rest);
    }
  if (g_ascii_strncasecmp (text, "tel:", 4) == 0)
    {
      g_autofree char *digits = g_strndup (text + 4, strcspn (text + 4, ";"));

      number = phone_number (digits);
      if (number != NULL)
        return with_domain (number, domain, ";user=phone", error);
    }
  else if (strchr (text, '@') != NULL)
    {
      const char *colon = strchr (text, ':');
      const char *at = strchr (text, '@');

      if (colon == NULL || colon > at) /* else a scheme that we can't call, or a password: named below */
        return g_strdup_printf ("sip:%s", text);
    }
  else if (is_host (text))
    {
      return g_strdup_printf ("sip:%s", text);
    }
  else if ((number = phone_number (text)) != NULL)
    {
      return with_domain (number, domain, "", error);
    }
  else if (strpbrk (text, " :\t") == NULL)
    {
      if ((domain == NULL || *domain == '\0') && strchr (text, '.') != NULL)
        return g_strdup_printf ("sip:%s", text);
      return with_domain (text, domain, "", error);
    }
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_URI,
               "“%s” is not an address that can be called. An address looks like “sip:bob@example.net”.", text);
  return NULL;
}

char *
baton_sip_uri_clean (const char *typed, const char *default_domain, GError **error)
{
  g_autofree char *text = NULL, *completed = NULL, *escaped = NULL;
  g_autoptr (BatonSipUri) uri = NULL;

  g_return_val_if_fail (typed != NULL, NULL);
  if (strlen (typed) > MAX_URI || !g_utf8_validate (typed, -1, NULL))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_URI,
                           "This is too long, or not text, to be an address. Write one like “sip:bob@example.net”.");
      return NULL;
    }
  text = strip (typed);
  if (*text == '\0')
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_URI,
                           "There is no address to call. Write one like “sip:bob@example.net”.");
      return NULL;
    }
  completed = complete (text, default_domain, error);
  if (completed == NULL)
    return NULL;
  escaped = escape_letters (completed);
  uri = baton_sip_uri_parse (escaped, error);
  if (uri == NULL)
    return NULL;
  return baton_sip_uri_to_request_uri (uri);
}
