/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "baton-sip-mend-tls.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <sofia-sip/su_types.h>
#include <sofia-sip/sofia_features.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport.h>

#include "baton-sip-certificates.h"
#include "baton-sip-mend.h"
#include "baton-sip-uri.h"

/*
 * What sofia-sip 1.12.11 gets wrong about connections over TLS. Its functions are looked up in the program first, as in
 * baton-sip-mend.c; each of these calls the library's own.
 *
 * - It never frees the SSL object of a connection, some 50 kB, so that a stranger who connects and goes again and again
 *   would take all memory. What tls_free () gives back in its place is a reference to the SSL's context.
 * - It leaves OpenSSL's errors in the thread's queue, where the next one who reads finds them: garbage on one connection
 *   would be taken for the end of another that had nothing to read just then.
 * - A connection that failed, by its certificate for one, is closed without a word to the requests that wait for it: they
 *   end with their own time, half a minute. Why is in the log alone.
 * - Nobody waits for the end of a handshake: who connects and says nothing stays for good.
 * - Whom it calls it doesn't tell which name it calls (SNI, RFC 6066 §3), so that a server with several certificates may show
 *   another one. What it speaks is left to the system: not below TLS 1.2 here (RFC 8996).
 * - What goes to an address takes any connection that leads there: one that a stranger opened, who was asked for no
 *   certificate, or one to a server of another name there. A call to sips:bank.example would be theirs.
 * - The folder with our certificates is looked into at each verification, for further ones to trust. Ours is gone by then,
 *   and somebody else could make one of that name.
 */

#define HANDSHAKE_S 10
/* of strangers who are not done with their handshake; then the oldest has to go */
#define WAITING_MAX 64
#define FAILURES_MAX 64

typedef struct
{
  void *tls; /* the library's */
  const tport_t *tport;
  SSL *ssl;
  int socket;
  gboolean accepted;
  guint timer;   /* while the handshake goes on */
  gboolean late; /* it took too long */
  char *host;    /* (nullable) whom we called */
} Connection;

typedef struct
{
  BatonSipTlsFailure why;
  gint64 time;
} Failure;

static GQueue connections = G_QUEUE_INIT; /* of Connection, the oldest first; nua has one thread, ours */
static GHashTable *failures;              /* host → Failure */
static _Thread_local SSL *made;           /* by the call of SSL_new () just now, in this thread */
static tport_t *connecting;               /* of ours, whose handshake goes on just now */
static Connection *allocated;             /* by the call of tport_alloc_secondary () just now */

typedef struct tls_s tls_t;

tls_t *tls_init_secondary (tls_t *master, int sock, int accept);
void tls_free (tls_t *tls);
ssize_t tls_read (tls_t *tls);
ssize_t tls_write (tls_t *tls, void *buffer, size_t size);
int tls_connect (su_root_magic_t *magic, su_wait_t *wait, tport_t *tport);
tport_t *tport_alloc_secondary (void *primary, int socket, int accepted, char const **reason);
tport_t *tport_by_addrinfo (void const *primary, su_addrinfo_t const *info, tp_name_t const *name);
void tport_close (tport_t *tport);
void tport_error_report (tport_t *tport, int error, void const *address); /* the library's own */

/* By either of the two; the other one is NULL. */
static Connection *
find (const void *tls, const tport_t *tport)
{
  for (GList *l = connections.head; l != NULL; l = l->next)
    {
      Connection *self = l->data;

      if (tls != NULL ? self->tls == tls : self->tport == tport)
        return self;
    }
  return NULL;
}

static void
note_failure (const Connection *self, BatonSipTlsFailure why)
{
  Failure *failure;

  if (self->host == NULL || self->accepted)
    return;
  if (failures == NULL)
    failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (why == BATON_SIP_TLS_FAILURE_NONE || g_hash_table_size (failures) >= FAILURES_MAX)
    g_hash_table_remove_all (failures);
  if (why == BATON_SIP_TLS_FAILURE_NONE)
    return;
  failure = g_new (Failure, 1);
  failure->why = why;
  failure->time = g_get_monotonic_time ();
  g_hash_table_replace (failures, g_ascii_strdown (self->host, -1), failure);
}

/* The library finds the end of the connection, and deals with it as with any other. */
static gboolean
on_handshake_late (gpointer data)
{
  Connection *self = data;

  self->timer = 0;
  self->late = TRUE;
  shutdown (self->socket, SHUT_RDWR);
  return G_SOURCE_REMOVE;
}

static void
connection_end_waiting (Connection *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
}

static void
make_room (void)
{
  Connection *oldest = NULL;
  guint n = 0;

  for (GList *l = connections.head; l != NULL; l = l->next)
    {
      Connection *self = l->data;

      if (!self->accepted || self->timer == 0)
        continue;
      n++;
      if (oldest == NULL)
        oldest = self;
    }
  if (n < WAITING_MAX)
    return;
  connection_end_waiting (oldest);
  on_handshake_late (oldest);
}

static void
on_new (void *parent, void *value, CRYPTO_EX_DATA *data, int index, long argl, void *argp)
{
  made = parent;
}

/* OpenSSL tells of each SSL that is made; the library shows nobody its own. */
static void
watch_new (void)
{
  static gboolean watched;

  if (!watched)
    watched = SSL_get_ex_new_index (0, NULL, on_new, NULL, NULL) >= 0;
  made = NULL;
}

static void
connection_call (Connection *self, const char *host)
{
  self->host = baton_sip_uri_dup_bare_host (host);
  if (self->host != NULL && !g_hostname_is_ip_address (self->host))
    SSL_set_tlsext_host_name (self->ssl, self->host);
}

tls_t *
tls_init_secondary (tls_t *master, int sock, int accept)
{
  static __typeof__ (&tls_init_secondary) original;
  Connection *self;
  tls_t *tls;

  BATON_SIP_MEND_FIND (original, tls_init_secondary);
  if (original == NULL)
    return NULL;
  make_room ();
  watch_new ();
  tls = original (master, sock, accept);
  if (tls == NULL || made == NULL)
    return tls;
  SSL_set_min_proto_version (made, TLS1_2_VERSION);
  self = g_new0 (Connection, 1);
  self->tls = tls;
  self->ssl = g_steal_pointer (&made);
  self->socket = sock;
  self->accepted = accept != 0;
  self->timer = g_timeout_add_seconds (HANDSHAKE_S, on_handshake_late, self);
  g_queue_push_tail (&connections, self);
  allocated = self;
  return tls;
}

tport_t *
tport_alloc_secondary (void *primary, int socket, int accepted, char const **reason)
{
  static __typeof__ (&tport_alloc_secondary) original;
  tport_t *tport;

  BATON_SIP_MEND_FIND (original, tport_alloc_secondary);
  allocated = NULL;
  tport = original != NULL ? original (primary, socket, accepted, reason) : NULL;
  if (tport != NULL && allocated != NULL)
    allocated->tport = tport;
  allocated = NULL;
  return tport;
}

/*
 * Whether @found leads to who is called by @name: to the name that its certificate was checked for. What is addressed by a
 * number only may go to whoever was found to be the one there, as proxies like to be written in Record-Route.
 */
static gboolean
leads_to (const tport_t *found, const tp_name_t *name)
{
  const Connection *self;
  const char *checked;
  g_autofree char *wanted = NULL;

  if (!tport_has_tls (found) || !tport_is_secondary (found))
    return TRUE;
  self = find (NULL, found);
  if (self == NULL || self->accepted)
    return FALSE;
  checked = tport_name (found)->tpn_canon;
  if (checked != NULL && g_ascii_strcasecmp (checked, name->tpn_canon) == 0)
    return TRUE;
  wanted = baton_sip_uri_dup_bare_host (name->tpn_canon);
  return g_hostname_is_ip_address (wanted) && tport_is_verified (found);
}

/* The primary one, which it gives back where it finds nothing, makes a new connection. */
tport_t *
tport_by_name (tport_t const *self, tp_name_t const *name)
{
  static __typeof__ (&tport_by_name) original;
  tport_t *found;

  BATON_SIP_MEND_FIND (original, tport_by_name);
  found = original != NULL ? original (self, name) : NULL;
  return found != NULL && !leads_to (found, name) ? tport_parent (found) : found;
}

tport_t *
tport_by_addrinfo (void const *primary, su_addrinfo_t const *info, tp_name_t const *name)
{
  static __typeof__ (&tport_by_addrinfo) original;
  tport_t *found;

  BATON_SIP_MEND_FIND (original, tport_by_addrinfo);
  found = original != NULL ? original (primary, info, name) : NULL;
  return found != NULL && leads_to (found, name) ? found : NULL;
}

/* All that is trusted is in the file. */
int
SSL_CTX_load_verify_locations (SSL_CTX *context, const char *file, const char *folder)
{
  static __typeof__ (&SSL_CTX_load_verify_locations) original;

  BATON_SIP_MEND_FIND (original, SSL_CTX_load_verify_locations);
  if (original == NULL)
    return 0;
  return original (context, file, folder != NULL && strstr (folder, BATON_SIP_CERTIFICATES_PREFIX) != NULL ? NULL : folder);
}

int
tls_connect (su_root_magic_t *magic, su_wait_t *wait, tport_t *tport)
{
  static __typeof__ (&tls_connect) original;
  Connection *self = find (NULL, tport);
  int result = 0;

  BATON_SIP_MEND_FIND (original, tls_connect);
  if (original == NULL)
    return 0;
  if (self != NULL && self->host == NULL && !self->accepted)
    connection_call (self, tport_name (tport)->tpn_canon);
  ERR_clear_error ();
  connecting = self != NULL && !self->accepted ? tport : NULL;
  if (connecting != NULL && self->late)
    tport_close (tport);
  else
    result = original (magic, wait, tport);
  connecting = NULL;
  ERR_clear_error ();
  self = find (NULL, tport); /* it may be gone */
  if (self != NULL && SSL_is_init_finished (self->ssl))
    {
      connection_end_waiting (self);
      note_failure (self, BATON_SIP_TLS_FAILURE_NONE);
    }
  return result;
}

/* Who waits for a connection that is closed before its handshake is over hears of it. */
void
tport_close (tport_t *tport)
{
  static __typeof__ (&tport_close) original;

  BATON_SIP_MEND_FIND (original, tport_close);
  if (tport != NULL && tport == connecting)
    {
      connecting = NULL;
      tport_error_report (tport, EPROTO, NULL); /* closes it, too */
    }
  if (original != NULL)
    original (tport);
}

void
tls_free (tls_t *tls)
{
  static __typeof__ (&tls_free) original;
  Connection *self = find (tls, NULL);
  SSL *leaked = NULL;

  BATON_SIP_MEND_FIND (original, tls_free);
  if (original == NULL)
    return;
  if (self != NULL)
    {
      if (self->timer != 0 || self->late)
        note_failure (self, !SSL_is_init_finished (self->ssl)                  ? BATON_SIP_TLS_FAILURE_HANDSHAKE
                            : SSL_get_verify_result (self->ssl) != X509_V_OK ? BATON_SIP_TLS_FAILURE_UNTRUSTED
                                                                             : BATON_SIP_TLS_FAILURE_NAME);
      connection_end_waiting (self);
      if (g_str_has_prefix (SOFIA_SIP_VERSION, "1.12.")) /* the later ones free it */
        {
          leaked = self->ssl;
          BIO_up_ref (SSL_get_rbio (leaked));          /* it frees the one that the SSL has */
          SSL_CTX_up_ref (SSL_get_SSL_CTX (leaked));   /* likewise */
        }
      g_queue_remove (&connections, self);
      g_free (self->host);
      g_free (self);
    }
  original (tls);
  SSL_free (leaked);
  ERR_clear_error ();
}

ssize_t
tls_read (tls_t *tls)
{
  static __typeof__ (&tls_read) original;

  BATON_SIP_MEND_FIND (original, tls_read);
  ERR_clear_error ();
  return original != NULL ? original (tls) : -1;
}

ssize_t
tls_write (tls_t *tls, void *buffer, size_t size)
{
  static __typeof__ (&tls_write) original;

  BATON_SIP_MEND_FIND (original, tls_write);
  ERR_clear_error ();
  return original != NULL ? original (tls, buffer, size) : -1;
}

BatonSipTlsFailure
baton_sip_mend_get_tls_failure (const char *host, guint seconds)
{
  g_autofree char *lower = host != NULL ? g_ascii_strdown (host, -1) : NULL;
  const Failure *failure = failures != NULL && lower != NULL ? g_hash_table_lookup (failures, lower) : NULL;

  return failure != NULL && g_get_monotonic_time () - failure->time <= seconds * G_USEC_PER_SEC ? failure->why
                                                                                                   : BATON_SIP_TLS_FAILURE_NONE;
}
