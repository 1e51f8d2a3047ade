/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "baton-replaces.h"
#include "baton-sip-identity.h"
#include "baton-enums.h"
#include "baton-timers.h"

G_BEGIN_DECLS

#define BATON_TYPE_UA (baton_ua_get_type ())
G_DECLARE_FINAL_TYPE (BatonUa, baton_ua, BATON, UA, GObject)

typedef struct _BatonSession BatonSession;
typedef struct _BatonReferServerContext BatonReferServerContext;
typedef struct _BatonReferFollower BatonReferFollower;

/** BatonUaOptions: where and how to listen. Strings are copied by baton_ua_start(). */
typedef struct
{
  const char *listen;     /* "127.0.0.1:5060", "[::1]:0"; UDP and TCP on the same port */
  const char *tls_listen; /* (nullable) "127.0.0.1:5061": for SIP over TLS, beside the other; wants @tls_cert */
  const char *tls_cert;   /* (nullable) PEM file with certificate and key, without a password */
  const char *tls_ca;     /* (nullable) PEM file with the certificates to trust; NULL: the system's */
  const char *user_agent; /* (nullable) */
  guint t1_ms;            /* RFC 3261 timer T1; 0 for 500. Tests make it small. */
  const char *resolv_conf; /* (nullable) which name servers to ask; NULL: /etc/resolv.conf */
} BatonUaOptions;

/**
 * BatonUa:
 * The user agent: sofia-sip's nua, its sockets, and the only nua callback. It knows the live
 * sessions, matches Replaces against them (RFC 3891 §3), refuses what must be refused before
 * anybody hears of it, and hands the rest up. Owned by the engine; several may live in one process.
 *
 * Properties: `timers`; `allow-out-of-dialog-refers` (gboolean, FALSE: 405 and nothing else
 * happens. SECURITY: when TRUE a stranger can ask this phone to place calls);
 * `listen-address` (read-only, "127.0.0.1:5070", after start); `running`.
 *
 * Signals:
 * - `incoming-session (BatonSession *session)`: an INVITE that passed the checks; its state is
 *   INCOMING, its `replaces-session` is set where it carries a matching Replaces. Answered with
 *   480 when nobody keeps a reference.
 * - `refer-context-added (BatonReferContext *context)`: a new one, sent or received, in a dialog or outside, before anything
 *   of it is told, sent or answered: the moment to connect to its signals, `refer-requested` among them
 * - `out-of-dialog-refer-requested (BatonReferServerContext *context)` → gboolean handled; after the context's own
 *   `refer-requested`, and only when nobody took that
 * - `out-of-dialog-refer-refused (const char *who, const char *refer_to, guint status, const char *reason)`:
 *   one that was no good whatever anybody thinks of it; @who (nullable) is its From, @refer_to is
 *   nullable and untrusted. Not emitted while the door is shut.
 * - `message-traced (gboolean sent, const char *local, const char *remote, const char *transport,
 *   const char *text)`: every SIP message, credentials masked; only emitted while connected
 */
BatonUa *baton_ua_new (BatonTimers *timers);

/**
 * baton_ua_start: binds the sockets. FALSE with %BATON_ERROR_ADDRESS_IN_USE and the like in @error; whatever is wrong with
 * what was given for TLS has a code of its own, %BATON_ERROR_TLS_LISTEN, %BATON_ERROR_TLS_CERT or %BATON_ERROR_TLS_CA.
 */
gboolean baton_ua_start (BatonUa *self, const BatonUaOptions *options, GError **error);

/** baton_ua_stop_async: ends every session and registration, then closes the sockets; 2 s at most. */
void baton_ua_stop_async (BatonUa *self, GAsyncReadyCallback callback, gpointer data);
void baton_ua_stop_finish (BatonUa *self, GAsyncResult *result);

const char *baton_ua_get_listen_address (BatonUa *self);
/** Returns: (nullable): where SIP over TLS is listened for, after start */
const char *baton_ua_get_tls_listen_address (BatonUa *self);
BatonTimers *baton_ua_get_timers (BatonUa *self);
guint baton_ua_get_t1 (BatonUa *self); /* milliseconds */

/** baton_ua_add_identity: incoming requests are matched to it by the user part of their R-URI, then To. The first is the default. */
void baton_ua_add_identity (BatonUa *self, BatonSipIdentity *identity);
void baton_ua_remove_identity (BatonUa *self, BatonSipIdentity *identity);

/** baton_ua_set_refer_follower: (nullable) who places the call that an accepted REFER asks for. Not owned (weak). */
void baton_ua_set_refer_follower (BatonUa *self, BatonReferFollower *follower);
BatonReferFollower *baton_ua_get_refer_follower (BatonUa *self);

/**
 * baton_ua_find_session:
 * Matches @replaces by Call-ID and both tags in our own table (RFC 3891 §3).
 * Returns: (transfer none) (nullable): the session, which may already be TERMINATED
 */
BatonSession *baton_ua_find_session (BatonUa *self, const BatonReplaces *replaces);

/** Returns: whether a request to @uri would come back to this very user agent (loop guard) */
gboolean baton_ua_is_own_address (BatonUa *self, const char *uri);
gboolean baton_ua_is_own_uri (BatonUa *self, const BatonSipUri *uri);

G_END_DECLS
