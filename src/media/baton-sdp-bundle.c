/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sdp-bundle.h"

#include <string.h>

char **
baton_sdp_bundle_read (const char *value)
{
  g_autoptr (GStrvBuilder) mids = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;

  if (value == NULL || !g_str_has_prefix (value, "BUNDLE "))
    return NULL;
  words = g_strsplit (value + strlen ("BUNDLE "), " ", BATON_SDP_MAX_MEDIA + 1);
  for (guint i = 0; words[i] != NULL && i < BATON_SDP_MAX_MEDIA; i++)
    if (*words[i] != '\0')
      g_strv_builder_add (mids, words[i]);
  return g_strv_builder_end (mids);
}

/* Whether it is of the group. */
static gboolean
has_mid (const BatonSdp *self, const char *mid)
{
  return self->bundle != NULL && mid != NULL && g_strv_contains ((const char *const *) self->bundle, mid);
}

static const BatonSdpMedia *
find_tagged (const BatonSdp *self)
{
  for (guint i = 0; self->bundle != NULL && self->bundle[0] != NULL && i < self->media->len; i++)
    {
      const BatonSdpMedia *media = g_ptr_array_index (self->media, i);

      if (g_strcmp0 (media->mid, self->bundle[0]) == 0)
        return media->port != 0 ? media : NULL;
    }
  return NULL;
}

/* A section with other ICE credentials has a path of its own, where it can go before it is known that we bundle. */
static gboolean
has_own_path (const BatonSdpMedia *media, const BatonSdpMedia *tagged)
{
  if (media->port == 0)
    return !media->bundle_only; /* refused, or on its own */
  if (media->ice == NULL || tagged->ice == NULL)
    return TRUE;
  return media->ice->candidates->len > 0 || strcmp (media->ice->ufrag, tagged->ice->ufrag) != 0;
}

static void
take_path (BatonSdpMedia *media, const BatonSdpMedia *tagged)
{
  g_free (media->address);
  media->address = g_strdup (tagged->address);
  media->zero_address = tagged->zero_address;
  media->port = tagged->port;
  media->rtcp_port = tagged->rtcp_port;
  media->rtcp_mux |= tagged->rtcp_mux;
  baton_sdp_ice_free (media->ice);
  media->ice = baton_sdp_ice_copy (tagged->ice);
  if (media->security.n_fingerprints == 0 && media->security.n_crypto == 0)
    media->security = tagged->security;
}

void
baton_sdp_bundle_share_path (BatonSdp *self)
{
  const BatonSdpMedia *tagged = find_tagged (self);

  for (guint i = 0; tagged != NULL && i < self->media->len; i++)
    {
      BatonSdpMedia *media = g_ptr_array_index (self->media, i);

      if (media != tagged && has_mid (self, media->mid) && !has_own_path (media, tagged))
        take_path (media, tagged);
    }
}

void
baton_sdp_bundle_keep (BatonSdp *self, const BatonSdpMedia *media)
{
  gboolean has = has_mid (self, media->mid);

  g_clear_pointer (&self->bundle, g_strfreev);
  if (has)
    {
      self->bundle = g_new0 (char *, 2);
      self->bundle[0] = g_strdup (media->mid);
    }
}
