/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** BatonIceServer: where a STUN or TURN server is, as the user wrote it. */
typedef struct
{
  char host[254]; /* a name or an address, without brackets */
  guint16 port;
  gboolean tcp;   /* the way to a TURN server; what it relays is UDP */
} BatonIceServer;

/** baton_ice_server_parse_stun: "HOST", "HOST:PORT", "[ADDRESS]:PORT", or a URI of RFC 7064. FALSE with BATON_ERROR_INVALID_ARGUMENT */
gboolean baton_ice_server_parse_stun (const char *text, BatonIceServer *server, GError **error);
/**
 * baton_ice_server_parse_turn: "turn:HOST[:PORT][?transport=udp|tcp]" (RFC 7065), or HOST[:PORT]. FALSE with
 * BATON_ERROR_INVALID_ARGUMENT, or BATON_ERROR_NOT_SUPPORTED for "turns:": what libnice calls TLS is a
 * greeting that looks like it, without encryption.
 */
gboolean baton_ice_server_parse_turn (const char *text, BatonIceServer *server, GError **error);

G_END_DECLS
