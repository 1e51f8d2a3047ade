/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-quality.h"

#include "baton-codec-order.h"
#include "baton-format.h"

#include <glib/gi18n.h>

const char *
baton_quality_fact_name (BatonQualityFact fact)
{
  static const char *const names[BATON_N_QUALITY_FACTS] = {
    [BATON_QUALITY_RATING] = N_("Quality rating"),   [BATON_QUALITY_CODEC] = N_("Codec"),
    [BATON_QUALITY_LOSS] = N_("Packet loss"),        [BATON_QUALITY_JITTER] = N_("Jitter"),
    [BATON_QUALITY_ROUND_TRIP] = N_("Round trip"),   [BATON_QUALITY_ENCRYPTION] = N_("Encryption"),
    [BATON_QUALITY_PATH] = N_("Network path"),       [BATON_QUALITY_GAP] = N_("Audio gap at last transfer"),
  };

  return _(names[fact]);
}

static char *
milliseconds (double ms)
{
  return ms >= 0 ? g_strdup_printf (_("%.0f ms"), ms) : NULL;
}

/* What people call a mean opinion score of so much (ITU-T G.107, annex B) */
static char *
format_rating (double mos)
{
  if (mos < 1)
    return NULL;
  /* Translators: a word for the quality of the sound, and the estimated mean opinion score, 1 to 4.5 */
  return g_strdup_printf (_("%s (MOS %.1f)"), mos >= 4 ? _("Good") : (mos >= 3.1 ? _("Fair") : _("Poor")), mos);
}

/* The suites of RFC 4568, 6188 and 7714, as people name their ciphers */
static const char *
cipher_name (const char *suite)
{
  static const char *const names[][2] = {
    { "AEAD_AES_128_GCM", "AES-128 GCM" },    { "AEAD_AES_256_GCM", "AES-256 GCM" },
    { "AES_CM_128_HMAC_SHA1_80", "AES-128" }, { "AES_CM_128_HMAC_SHA1_32", "AES-128" },
    { "AES_256_CM_HMAC_SHA1_80", "AES-256" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (suite, names[i][0]))
      return names[i][1];
  return suite;
}

static char *
format_encryption (const BatonMediaStats *stats, const char *srtp)
{
  if (srtp == NULL || g_str_equal (srtp, "none"))
    return g_strdup (_("Not encrypted"));
  if (stats->keys == NULL || stats->cipher == NULL)
    return g_strdup (_("Agreeing on keys…"));
  /* Translators: a cipher, and the name of the way in which the keys were exchanged */
  return g_strdup_printf (_("Encrypted (%s, keys by %s)"), cipher_name (stats->cipher),
                          g_str_equal (stats->keys, "dtls") ? "DTLS" : "SDES");
}

static char *
format_path (const BatonMediaStats *stats, gboolean redacted)
{
  const char *words;

  if (stats->path[0] == '\0')
    return g_strdup (_("Direct"));
  if (g_str_equal (stats->path, "relay"))
    words = _("By a relay (TURN)");
  else if (g_str_equal (stats->path, "host"))
    words = _("Direct (ICE)");
  else
    words = _("Direct, through a router (ICE)");
  if (redacted || stats->local_address[0] == '\0')
    return g_strdup (words);
  return g_strdup_printf ("%s: %s – %s", words, stats->local_address, stats->remote_address);
}

char *
baton_quality_format (BatonQualityFact fact, const BatonMediaStats *stats, const char *codec, const char *srtp,
                      gboolean redacted)
{
  switch (fact)
    {
    case BATON_QUALITY_RATING:
      return format_rating (stats->mos);
    case BATON_QUALITY_CODEC:
      return baton_format_clean (baton_codec_order_name (codec), 30);
    case BATON_QUALITY_LOSS:
      return stats->lost_percent >= 0 ? g_strdup_printf (_("%.1f %%"), stats->lost_percent) : NULL;
    case BATON_QUALITY_JITTER:
      return milliseconds (stats->jitter_ms);
    case BATON_QUALITY_ROUND_TRIP:
      return milliseconds (stats->rtt_ms);
    case BATON_QUALITY_ENCRYPTION:
      return format_encryption (stats, srtp);
    case BATON_QUALITY_PATH:
      return format_path (stats, redacted);
    case BATON_QUALITY_GAP:
      return milliseconds (stats->last_gap_ms);
    case BATON_N_QUALITY_FACTS:
      break;
    }
  return NULL;
}

char *
baton_quality_report (const BatonMediaStats *stats, const char *codec, const char *srtp)
{
  GString *report = g_string_new (NULL);

  for (guint i = 0; i < BATON_N_QUALITY_FACTS; i++)
    {
      g_autofree char *words = baton_quality_format (i, stats, codec, srtp, TRUE);

      if (words != NULL)
        g_string_append_printf (report, "%s: %s\n", baton_quality_fact_name (i), words);
    }
  return g_string_free (report, FALSE);
}
