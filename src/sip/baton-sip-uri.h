/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define BATON_TYPE_SIP_URI (baton_sip_uri_get_type ())

/**
 * BatonSipUri:
 * A SIP or SIPS URI as a value (RFC 3261 §19.1): a boxed, immutable, reference-counted copy.
 * Other schemes parse too, so that they can be named when they are refused. No I/O; fuzzed.
 */
typedef struct _BatonSipUri BatonSipUri;

GType baton_sip_uri_get_type (void);

/** baton_sip_uri_parse: Returns: (transfer full) (nullable): the URI in @text, or NULL with @error */
BatonSipUri *baton_sip_uri_parse (const char *text, GError **error);
BatonSipUri *baton_sip_uri_ref (BatonSipUri *self);
void baton_sip_uri_unref (BatonSipUri *self);

/** baton_sip_uri_is_callable: Returns: whether the scheme is sip or sips and there is a host */
gboolean baton_sip_uri_is_callable (const BatonSipUri *self);
const char *baton_sip_uri_get_scheme (const BatonSipUri *self); /* lower case */
const char *baton_sip_uri_get_user (const BatonSipUri *self);   /* (nullable) unescaped */
const char *baton_sip_uri_get_host (const BatonSipUri *self);   /* IPv6 with its brackets */
/** Returns: (transfer full) (nullable): @host (nullable) without brackets, as everybody but SIP writes an IPv6 address */
char *baton_sip_uri_dup_bare_host (const char *host);
/** Returns: whether it is a sips URI, or one with transport=tls: what goes there goes over TLS */
gboolean baton_sip_uri_is_tls (const BatonSipUri *self);
guint baton_sip_uri_get_port (const BatonSipUri *self);         /* 0 when not given */
/** Returns: (nullable) (transfer none): the value of parameter @name, "" for one without a value */
const char *baton_sip_uri_get_parameter (const BatonSipUri *self, const char *name);
/** Returns: (nullable) (transfer full): the unescaped value of URI header @name (what follows "?") */
char *baton_sip_uri_dup_header (const BatonSipUri *self, const char *name);
/** Returns: how many URI headers are called @name; of all of them with NULL */
guint baton_sip_uri_count_headers (const BatonSipUri *self, const char *name);

/**
 * baton_sip_uri_to_request_uri:
 * Returns: (transfer full): the URI without its headers and without `method=`: what a request may
 *   be sent to (RFC 3261 §19.1.1)
 */
char *baton_sip_uri_to_request_uri (const BatonSipUri *self);
/** Returns: (transfer full): the whole URI as text */
char *baton_sip_uri_to_string (const BatonSipUri *self);
/** Returns: whether both name the same user at the same host and port (RFC 3261 §19.1.4, without parameters) */
gboolean baton_sip_uri_same_address (const BatonSipUri *a, const BatonSipUri *b);

/**
 * baton_sip_uri_clean:
 * What a person typed or pasted, made into a SIP URI: "bob" with @default_domain "example.net"
 * gives "sip:bob@example.net"; "sip://bob@x", "tel:+49 30-12", "<sip:bob@x>" are understood.
 * Returns: (transfer full) (nullable): the URI text, or NULL with a sentence in @error
 */
char *baton_sip_uri_clean (const char *typed, const char *default_domain, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonSipUri, baton_sip_uri_unref)

G_END_DECLS
