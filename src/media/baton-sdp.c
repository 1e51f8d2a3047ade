/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sdp.h"

#include <gio/gio.h>
#include <gst/sdp/gstsdpmessage.h>
#include <string.h>

#include "baton-error.h"
#include "baton-sdp-bundle.h"

static void
media_free (BatonSdpMedia *media)
{
  g_free (media->type);
  g_free (media->protocol);
  g_strfreev (media->numbers);
  g_free (media->address);
  g_free (media->mid);
  baton_sdp_ice_free (media->ice);
  g_array_unref (media->formats);
  g_free (media);
}

static BatonSdpMedia *
media_new (void)
{
  BatonSdpMedia *media = g_new0 (BatonSdpMedia, 1);

  media->direction = BATON_SDP_SENDRECV;
  media->formats = g_array_new (FALSE, TRUE, sizeof (BatonSdpFormat));
  return media;
}

static BatonSdp *
sdp_new (void)
{
  BatonSdp *self = g_new0 (BatonSdp, 1);

  self->media = g_ptr_array_new_with_free_func ((GDestroyNotify) media_free);
  return self;
}

void
baton_sdp_free (BatonSdp *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_strfreev (self->bundle);
  g_ptr_array_unref (self->media);
  g_free (self);
}

static gpointer
media_copy (gconstpointer source, gpointer data)
{
  const BatonSdpMedia *media = source;
  BatonSdpMedia *copy = g_memdup2 (media, sizeof *media);

  copy->type = g_strdup (media->type);
  copy->protocol = g_strdup (media->protocol);
  copy->numbers = g_strdupv (media->numbers);
  copy->address = g_strdup (media->address);
  copy->mid = g_strdup (media->mid);
  copy->ice = baton_sdp_ice_copy (media->ice);
  copy->formats = g_array_copy (media->formats);
  return copy;
}

BatonSdp *
baton_sdp_copy (const BatonSdp *self)
{
  BatonSdp *copy = sdp_new ();

  copy->id = self->id;
  copy->version = self->version;
  copy->address = g_strdup (self->address);
  copy->bundle = g_strdupv (self->bundle);
  for (guint i = 0; i < self->media->len; i++)
    g_ptr_array_add (copy->media, media_copy (g_ptr_array_index (self->media, i), NULL));
  return copy;
}

/* --- reading --- */

static gboolean
direction_from_name (const char *name, BatonSdpDirection *direction)
{
  static const struct
  {
    const char *name;
    BatonSdpDirection direction;
  } table[] = { { "sendrecv", BATON_SDP_SENDRECV },
                { "sendonly", BATON_SDP_SENDONLY },
                { "recvonly", BATON_SDP_RECVONLY },
                { "inactive", BATON_SDP_INACTIVE } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_strcmp0 (name, table[i].name) == 0)
      {
        *direction = table[i].direction;
        return TRUE;
      }
  return FALSE;
}

static const char *
direction_name (BatonSdpDirection direction)
{
  switch (direction)
    {
    case BATON_SDP_INACTIVE:
      return "inactive";
    case BATON_SDP_SENDONLY:
      return "sendonly";
    case BATON_SDP_RECVONLY:
      return "recvonly";
    case BATON_SDP_SENDRECV:
      return "sendrecv";
    }
  return "sendrecv";
}

/* "ENCODING/RATE[/CHANNELS]". @known: it is one of ours. FALSE: it can't be read. */
static gboolean
read_rtpmap (const char *rtpmap, BatonSdpFormat *format, gboolean *known)
{
  g_autofree char *encoding = g_strchomp (g_strdup (rtpmap));
  g_auto (GStrv) parts = g_strsplit (encoding, "/", 4);
  guint64 rate = 0, channels = 1;

  if (parts[0] == NULL || parts[1] == NULL || !g_ascii_string_to_unsigned (parts[1], 10, 1, 384000, &rate, NULL))
    return FALSE;
  if (parts[2] != NULL && !g_ascii_string_to_unsigned (parts[2], 10, 1, 255, &channels, NULL))
    return FALSE;
  format->clock_rate = (guint) rate;
  format->event = *known = g_ascii_strcasecmp (parts[0], "telephone-event") == 0;
  for (guint i = 0; i < BATON_N_CODECS && !*known; i++)
    {
      const BatonCodecInfo *info = baton_codec_info (i);

      if (g_ascii_strcasecmp (parts[0], info->encoding) == 0 && rate == info->clock_rate &&
          channels == MAX (info->channels, 1))
        {
          format->codec = info->id;
          *known = TRUE;
        }
    }
  return TRUE;
}

/* The static types of RFC 3551 need no a=rtpmap. */
static gboolean
read_static_type (guint64 payload_type, BatonSdpFormat *format)
{
  for (guint i = 0; i < BATON_N_CODECS; i++)
    {
      const BatonCodecInfo *info = baton_codec_info (i);

      if (payload_type < 96 && info->payload_type == payload_type)
        {
          format->codec = info->id;
          format->clock_rate = info->clock_rate;
          return TRUE;
        }
    }
  return FALSE;
}

/* What "a=KEY:NUMBER …" says. Some phones write more blanks than one. */
static const char *
find_map (const GstSDPMedia *source, const char *key, const char *number)
{
  gsize length = strlen (number);

  for (guint i = 0; i < gst_sdp_media_attributes_len (source); i++)
    {
      const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (source, i);
      const char *value = attribute->value;

      if (g_strcmp0 (attribute->key, key) != 0 || value == NULL)
        continue;
      value += strspn (value, " \t");
      if (strncmp (value, number, length) == 0 && (value[length] == ' ' || value[length] == '\t'))
        return value + length + strspn (value + length, " \t");
    }
  return NULL;
}

static void
read_formats (BatonSdpMedia *media, const GstSDPMedia *source)
{
  g_autoptr (GStrvBuilder) numbers = g_strv_builder_new ();
  guint n = MIN (gst_sdp_media_formats_len (source), BATON_SDP_MAX_FORMATS);

  for (guint i = 0; i < n; i++)
    {
      const char *number = gst_sdp_media_get_format (source, i), *rtpmap;
      BatonSdpFormat format = { 0 };
      guint64 payload_type;
      gboolean known = FALSE;

      if (number == NULL || *number == '\0')
        continue;
      g_strv_builder_add (numbers, number);
      if (!g_ascii_string_to_unsigned (number, 10, 0, 127, &payload_type, NULL))
        continue;
      format.payload_type = (guint8) payload_type;
      rtpmap = find_map (source, "rtpmap", number);
      baton_codec_parameters_parse (find_map (source, "fmtp", number), &format.parameters);
      if (rtpmap == NULL || !read_rtpmap (rtpmap, &format, &known))
        known = read_static_type (payload_type, &format);
      if (known)
        g_array_append_val (media->formats, format);
    }
  media->numbers = g_strv_builder_end (numbers);
}

static void
read_connection (BatonSdpMedia *media, const char *address)
{
  g_autofree char *bare = address != NULL ? g_strndup (address, strcspn (address, "/")) : NULL;
  g_autoptr (GInetAddress) inet = bare != NULL ? g_inet_address_new_from_string (bare) : NULL;

  if (inet == NULL || g_inet_address_get_is_multicast (inet))
    return;
  media->zero_address = g_inet_address_get_is_any (inet);
  media->address = g_inet_address_to_string (inet);
}

static guint
read_number (const char *value, guint max)
{
  g_autofree char *word = value != NULL ? g_strndup (value, strcspn (value, " ")) : NULL;
  guint64 number = 0;

  if (word == NULL || !g_ascii_string_to_unsigned (word, 10, 0, max, &number, NULL))
    return 0;
  return (guint) number;
}

static BatonSdpIce *
read_ice (const GstSDPMessage *message, const GstSDPMedia *source)
{
  g_autoptr (BatonSdpIce) ice = baton_sdp_ice_new ();

  for (guint i = 0; i < gst_sdp_message_attributes_len (message); i++)
    baton_sdp_ice_read (ice, gst_sdp_message_get_attribute (message, i)->key,
                        gst_sdp_message_get_attribute (message, i)->value);
  for (guint i = 0; i < gst_sdp_media_attributes_len (source); i++)
    baton_sdp_ice_read (ice, gst_sdp_media_get_attribute (source, i)->key,
                        gst_sdp_media_get_attribute (source, i)->value);
  return baton_sdp_ice_is_usable (ice) ? g_steal_pointer (&ice) : NULL;
}

/* a=rtcp-xr (RFC 3611 §5.1) */
static void
read_xr (BatonSdpMedia *media, const char *value)
{
  media->rtcp_xr |= value != NULL && strstr (value, "voip-metrics") != NULL;
  media->rtcp_xr_times |= value != NULL && strstr (value, "rcvr-rtt") != NULL;
}

static BatonSdpMedia *
read_media (const GstSDPMessage *message, const GstSDPMedia *source, BatonSdpDirection direction)
{
  BatonSdpMedia *media = media_new ();
  const GstSDPConnection *connection = gst_sdp_message_get_connection (message);

  if (gst_sdp_media_connections_len (source) > 0)
    connection = gst_sdp_media_get_connection (source, 0);
  media->type = g_strdup (gst_sdp_media_get_media (source));
  media->protocol = g_strdup (gst_sdp_media_get_proto (source));
  media->port = (guint16) gst_sdp_media_get_port (source);
  read_connection (media, connection != NULL ? connection->address : NULL);
  read_formats (media, source);

  media->direction = direction;
  for (guint i = 0; i < gst_sdp_media_attributes_len (source); i++)
    direction_from_name (gst_sdp_media_get_attribute (source, i)->key, &media->direction);
  media->ice = read_ice (message, source);
  media->bundle_only = gst_sdp_media_get_attribute_val (source, "bundle-only") != NULL;
  if (media->zero_address && media->ice == NULL && !media->bundle_only) /* else it only says that there is no default */
    media->direction &= ~BATON_SDP_RECVONLY;
  media->rtcp_mux = gst_sdp_media_get_attribute_val (source, "rtcp-mux") != NULL;
  read_xr (media, gst_sdp_message_get_attribute_val (message, "rtcp-xr"));
  read_xr (media, gst_sdp_media_get_attribute_val (source, "rtcp-xr"));
  media->rtcp_port = (guint16) read_number (gst_sdp_media_get_attribute_val (source, "rtcp"), 65535);
  if (media->rtcp_port == 0 && media->port > 0 && media->port < 65535)
    media->rtcp_port = media->port + 1;
  media->ptime = read_number (gst_sdp_media_get_attribute_val (source, "ptime"), 200);
  media->maxptime = read_number (gst_sdp_media_get_attribute_val (source, "maxptime"), 1000);
  media->mid = g_strdup (gst_sdp_media_get_attribute_val (source, "mid"));
  for (guint i = 0; i < gst_sdp_media_attributes_len (source); i++)
    baton_sdp_security_read (&media->security, gst_sdp_media_get_attribute (source, i)->key,
                             gst_sdp_media_get_attribute (source, i)->value);
  return media;
}

static BatonSdp *
read_message (const GstSDPMessage *message, GError **error)
{
  g_autoptr (BatonSdp) self = sdp_new ();
  BatonSdpDirection direction = BATON_SDP_SENDRECV;
  BatonSdpSecurity security = { 0 };
  guint n = gst_sdp_message_medias_len (message);

  if (n == 0 || n > BATON_SDP_MAX_MEDIA)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_SDP,
                           n == 0 ? "The session description of the other side names no media."
                                  : "The session description of the other side names too many media.");
      return NULL;
    }
  for (guint i = 0; i < gst_sdp_message_attributes_len (message); i++)
    {
      const GstSDPAttribute *attribute = gst_sdp_message_get_attribute (message, i);

      direction_from_name (attribute->key, &direction);
      if (self->bundle == NULL && g_strcmp0 (attribute->key, "group") == 0)
        self->bundle = baton_sdp_bundle_read (attribute->value);
      baton_sdp_security_read (&security, attribute->key, attribute->value);
    }
  for (guint i = 0; i < n; i++)
    {
      const GstSDPMedia *media = gst_sdp_message_get_media (message, i);

      if (gst_sdp_media_get_port (media) > 65535 || gst_sdp_media_get_media (media) == NULL ||
          *gst_sdp_media_get_media (media) == '\0' || gst_sdp_media_get_proto (media) == NULL ||
          *gst_sdp_media_get_proto (media) == '\0')
        {
          g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_SDP,
                       "The session description of the other side is broken in its %u. m= line.", i + 1);
          return NULL;
        }
      g_ptr_array_add (self->media, read_media (message, media, direction));
      baton_sdp_security_inherit (&((BatonSdpMedia *) g_ptr_array_index (self->media, i))->security, &security);
    }
  baton_sdp_bundle_share_path (self);
  return g_steal_pointer (&self);
}

/* Without the blanks that some write at the ends of lines: "a=sendonly " would be an attribute that nobody knows. */
static GString *
strip_lines (const char *text, gsize length)
{
  GString *plain = g_string_sized_new (length + 1);

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '\r' || text[i] == '\n')
        while (plain->len > 0 && (plain->str[plain->len - 1] == ' ' || plain->str[plain->len - 1] == '\t'))
          g_string_truncate (plain, plain->len - 1);
      g_string_append_c (plain, text[i]);
    }
  return plain;
}

BatonSdp *
baton_sdp_parse (const char *text, GError **error)
{
  gsize length = text != NULL ? strnlen (text, BATON_SDP_MAX_LENGTH + 1) : 0;
  GstSDPMessage *message = NULL;
  g_autoptr (GString) plain = NULL;
  BatonSdp *self = NULL;

  if (length == 0 || length > BATON_SDP_MAX_LENGTH || strncmp (text, "v=0", 3) != 0 ||
      !g_utf8_validate (text, (gssize) length, NULL))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_SDP,
                           length == 0 ? "The other side sent no session description."
                                       : "What the other side sent is no session description.");
      return NULL;
    }
  gst_sdp_message_new (&message);
  plain = strip_lines (text, length);
  if (gst_sdp_message_parse_buffer ((const guint8 *) plain->str, (guint) plain->len, message) == GST_SDP_OK)
    self = read_message (message, error);
  else
    g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_SDP,
                         "The session description of the other side cannot be read.");
  gst_sdp_message_free (message);
  return self;
}

/* --- writing --- */

static const char *
address_type (const char *address)
{
  return address != NULL && strchr (address, ':') != NULL ? "IP6" : "IP4";
}

/* By hand: GStreamer's writer copies every line twice, and a REFER's INVITE waits for this text. */

/* Enough for every offer without ICE */
#define USUAL_SIZE 1024

static void
append (GString *text, ...) G_GNUC_NULL_TERMINATED;

static void
append (GString *text, ...)
{
  va_list args;

  va_start (args, text);
  for (const char *part = va_arg (args, const char *); part != NULL; part = va_arg (args, const char *))
    g_string_append (text, part);
  va_end (args);
}

static void
append_number (GString *text, guint64 number)
{
  char digits[24], *at = digits + sizeof digits;

  *--at = '\0';
  do
    *--at = (char) ('0' + number % 10);
  while ((number /= 10) != 0);
  g_string_append (text, at);
}

static void
write_attribute (const char *key, const char *value, gpointer data)
{
  append (data, "a=", key, NULL);
  if (value != NULL && value[0] != '\0')
    append (data, ":", value, NULL);
  append (data, "\r\n", NULL);
}

static void
write_number (GString *text, const char *start, guint64 number)
{
  append (text, start, NULL);
  append_number (text, number);
}

static void
write_formats (GString *text, const BatonSdpMedia *media)
{
  for (guint i = 0; i < media->formats->len; i++)
    {
      const BatonSdpFormat *format = &g_array_index (media->formats, BatonSdpFormat, i);
      const BatonCodecInfo *info = baton_codec_info (format->event ? BATON_CODEC_PCMU : format->codec);
      const char *fmtp = format->event ? "0-15" : info->fmtp;

      write_number (text, "a=rtpmap:", format->payload_type);
      append (text, " ", format->event ? "telephone-event" : info->encoding, NULL);
      write_number (text, "/", format->event ? format->clock_rate : info->clock_rate);
      if (!format->event && info->channels > 0)
        write_number (text, "/", info->channels);
      append (text, "\r\n", NULL);
      if (fmtp == NULL)
        continue;
      write_number (text, "a=fmtp:", format->payload_type);
      append (text, " ", fmtp, "\r\n", NULL);
    }
}

static void
write_media (GString *text, const BatonSdpMedia *media)
{
  append (text, "m=", media->type, NULL);
  write_number (text, " ", media->port);
  append (text, " ", media->protocol, NULL);
  if (media->port == 0)
    {
      for (guint i = 0; media->numbers != NULL && media->numbers[i] != NULL; i++)
        append (text, " ", media->numbers[i], NULL);
      append (text, "\r\n", NULL);
      if (media->mid != NULL) /* a browser knows its sections by it, refused ones too (RFC 8829 §5.3.1) */
        write_attribute ("mid", media->mid, text);
      return;
    }
  for (guint i = 0; i < media->formats->len; i++)
    write_number (text, " ", g_array_index (media->formats, BatonSdpFormat, i).payload_type);
  append (text, "\r\n", NULL);
  if (media->mid != NULL)
    write_attribute ("mid", media->mid, text);
  write_formats (text, media);
  write_number (text, "a=ptime:", media->ptime);
  append (text, "\r\na=", direction_name (media->direction), "\r\n", NULL);
  if (media->rtcp_mux)
    write_attribute ("rtcp-mux", NULL, text);
  if (media->rtcp_xr || media->rtcp_xr_times)
    write_attribute ("rtcp-xr", !media->rtcp_xr_times ? "voip-metrics"
                                : media->rtcp_xr      ? "voip-metrics rcvr-rtt=all"
                                                      : "rcvr-rtt=all",
                     text);
  if (media->rtcp_port != 0 && media->rtcp_port != media->port + 1)
    {
      write_number (text, "a=rtcp:", media->rtcp_port);
      append (text, "\r\n", NULL);
    }
  if (media->ice != NULL)
    baton_sdp_ice_write (media->ice, write_attribute, text);
  baton_sdp_security_write (&media->security, write_attribute, text);
}

static void
write_bundle (GString *text, const BatonSdp *self)
{
  if (self->bundle == NULL || self->bundle[0] == NULL)
    return;
  append (text, "a=group:BUNDLE", NULL);
  for (guint i = 0; self->bundle[i] != NULL; i++)
    append (text, " ", self->bundle[i], NULL);
  append (text, "\r\n", NULL);
}

char *
baton_sdp_to_string (const BatonSdp *self)
{
  GString *text = g_string_sized_new (USUAL_SIZE);
  const char *type = address_type (self->address);
  const char *address = self->address != NULL ? self->address : "";

  write_number (text, "v=0\r\no=- ", self->id);
  write_number (text, " ", self->version);
  append (text, " IN ", type, " ", address, "\r\ns=-\r\nc=IN ", type, " ", address, "\r\nt=0 0\r\n", NULL);
  write_bundle (text, self);
  for (guint i = 0; i < self->media->len; i++)
    write_media (text, g_ptr_array_index (self->media, i));
  return g_string_free (text, FALSE);
}

const BatonSdpIce *
baton_sdp_get_ice (const BatonSdp *self, guint media_index)
{
  return media_index < self->media->len ? ((BatonSdpMedia *) g_ptr_array_index (self->media, media_index))->ice : NULL;
}

const BatonSdpIce *
baton_sdp_find_ice (const BatonSdp *self)
{
  const BatonSdpIce *ice = NULL;

  for (guint i = 0; i < self->media->len; i++)
    {
      const BatonSdpMedia *media = g_ptr_array_index (self->media, i);

      if (media->ice == NULL || media->port == 0)
        continue;
      if (strcmp (media->type, "audio") == 0)
        return media->ice;
      if (ice == NULL)
        ice = media->ice;
    }
  return ice;
}

gboolean
baton_sdp_equal_but_version (const BatonSdp *a, const BatonSdp *b)
{
  g_autoptr (BatonSdp) same = baton_sdp_copy (b);
  g_autofree char *text_a = baton_sdp_to_string (a);
  g_autofree char *text_b = NULL;

  same->version = a->version;
  text_b = baton_sdp_to_string (same);
  return strcmp (text_a, text_b) == 0;
}
