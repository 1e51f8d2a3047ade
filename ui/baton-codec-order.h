/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_CODEC_ORDER (baton_codec_order_get_type ())
G_DECLARE_FINAL_TYPE (BatonCodecOrder, baton_codec_order, BATON, CODEC_ORDER, AdwExpanderRow)

/**
 * BatonCodecOrder:
 * Which codecs are offered, and in which order: a row for each, with a switch and buttons to move it.
 * One of them always stays on.
 */

/** baton_codec_order_set: @codecs: names as in the settings, the preferred one first; NULL and empty: all, in the usual order */
void baton_codec_order_set (BatonCodecOrder *self, const char *const *codecs);
/** Returns: (transfer full): those that are on; empty for all in the usual order */
GStrv baton_codec_order_get (BatonCodecOrder *self);
/** baton_codec_order_name: Returns: what a person calls the codec of that name; @codec itself when it is not known */
const char *baton_codec_order_name (const char *codec);

G_END_DECLS
