/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-stack.h"

#include "baton-dns-relay.h"
#include "baton-sip-digest.h"
#include "baton-sip-guard.h"
#include "baton-sip-mend.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sresolv.h>
#include <sofia-sip/su_glib.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/tport_tag.h>

#define SESSION_EXPIRES_S 1800
#define MIN_SE_S 120
/* Question and answer go back and forth between nua and us; the other sources want their turn, too. */
#define MESSAGE_ROUNDS 16

struct _BatonSipStack
{
  su_root_t *root;
  GSource *source;
  nua_t *nua;
  BatonSipTrace *trace;
  BatonDnsRelay *names; /* NULL: there was no socket for it, and names go to the name servers directly */
  BatonSipStackFunc event;
  gpointer data;
  BatonSipStackDone done;
  gpointer done_data;
};

/* su_init() and su_deinit() are for the process, not for a root. */
static guint n_stacks;

static void
log_debug (void *stream, char const *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);

  if (!baton_sip_trace_feed (text))
    g_debug ("sofia-sip: %s", g_strchomp (text));
}

static void
library_ref (void)
{
  if (n_stacks++ > 0)
    return;
  su_init ();
  /* What a stranger's garbage makes the stack say belongs to no terminal. */
  su_log_redirect (NULL, log_debug, NULL);
}

static void
library_unref (void)
{
  if (--n_stacks == 0)
    su_deinit ();
}

/* nua must not be destroyed from inside of its own callback. */
static gboolean
baton_sip_stack_free (gpointer data)
{
  BatonSipStack *self = data;
  BatonSipStackDone done = self->done;
  gpointer done_data = self->done_data;

  if (self->nua != NULL)
    nua_destroy (self->nua);
  if (self->trace != NULL)
    {
      baton_sip_trace_drain (self->trace);
      baton_sip_trace_free (self->trace);
    }
  g_clear_pointer (&self->names, baton_dns_relay_free);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  su_root_destroy (self->root);
  library_unref ();
  g_free (self);

  if (done != NULL)
    done (done_data);
  return G_SOURCE_REMOVE;
}

static void
baton_sip_stack_callback (nua_event_t event, int status, char const *phrase, nua_t *nua, nua_magic_t *magic, nua_handle_t *nh,
                          nua_hmagic_t *hmagic, sip_t const *sip, tagi_t tags[])
{
  BatonSipStack *self = (BatonSipStack *) magic;
  const BatonSipEvent details = {
    .event = event,
    .status = status > 0 ? (guint) status : 0,
    .phrase = phrase ? phrase : "",
    .nua = nua,
    .handle = nh,
    .sip = sip,
    .tags = tags,
  };

  if (self->trace != NULL)
    baton_sip_trace_drain (self->trace);
  if (sip != NULL && !nta_sip_is_internal (sip) && !baton_sip_guard_active ())
    g_warning_once ("This sofia-sip does not let its messages be looked at before it reads them.");
  if (event == nua_r_shutdown)
    {
      if (status < 200)
        return;
      if (self->event != NULL)
        self->event (&details, NULL, self->data);
      /* Behind nua's own messages: the handles that were let go just now are still to be freed. */
      g_idle_add_full (G_PRIORITY_LOW, baton_sip_stack_free, self, NULL);
      return;
    }
  if (self->event != NULL && nh != NULL)
    self->event (&details, hmagic, self->data);
  else if (nh != NULL && hmagic == NULL && sip != NULL && sip->sip_request != NULL)
    nua_handle_destroy (nh);
}

static nua_t *
baton_sip_stack_create_nua (BatonSipStack *self, const BatonSipStackOptions *options)
{
  const guint t1 = options->t1_ms ? options->t1_ms : 500;
  g_autofree char *address = baton_sip_listen_to_string (options->listen);
  g_autofree char *url = g_strconcat ("sip:", address, NULL);
  g_autofree char *tls_address = options->listen->tls ? baton_sip_listen_to_string (options->listen->tls) : NULL;
  g_autofree char *tls_url = tls_address ? g_strconcat ("sips:", tls_address, NULL) : NULL;

  /* One URL without transport: udp and tcp. "transport=udp,tcp" crashes this version. */
  return nua_create (self->root, baton_sip_stack_callback, (nua_magic_t *) self,
                     NUTAG_URL (url),
                     TAG_IF (tls_url != NULL, NUTAG_SIPS_URL (tls_url)),
                     TAG_IF (tls_url != NULL, NUTAG_CERTIFICATE_DIR (options->tls_dir)),
                     TAG_IF (tls_url != NULL, TPTAG_TLS_VERIFY_POLICY (TPTLS_VERIFY_SUBJECTS_OUT)),
                     NUTAG_MEDIA_ENABLE (0),
                     NUTAG_AUTOANSWER (0),
                     NUTAG_AUTOALERT (0),
                     NUTAG_AUTOACK (1),
                     NUTAG_AUTO302 (0),
                     NUTAG_AUTO305 (0),
                     NUTAG_MAX_RETRY_AFTER (0),
                     NUTAG_SESSION_TIMER (SESSION_EXPIRES_S),
                     NUTAG_MIN_SE (MIN_SE_S),
                     NUTAG_UPDATE_REFRESH (1),
                     NUTAG_REFER_EXPIRES (BATON_SIP_REFER_EXPIRES_S),
                     NUTAG_OUTBOUND ("no-options-keepalive no-natify no-validate"),
                     NTATAG_SIP_T1 (t1),
                     NTATAG_SIP_T1X64 (64 * t1),
                     NTATAG_SIP_T2 (8 * t1),
                     NTATAG_SIP_T4 (10 * t1),
                     NTATAG_UDP_MTU (65535),
                     TAG_IF (self->names != NULL,
                             SRESTAG_RESOLV_CONF (self->names ? baton_dns_relay_get_config (self->names) : NULL)),
                     NTATAG_MAXSIZE (256 * 1024),
                     TPTAG_LOG (1),
                     SIPTAG_ALLOW_STR (BATON_SIP_ALLOW),
                     SIPTAG_SUPPORTED_STR (BATON_SIP_SUPPORTED),
                     SIPTAG_ALLOW_EVENTS_STR ("refer"),
                     SIPTAG_ACCEPT_STR ("application/sdp, message/sipfrag"),
                     SIPTAG_USER_AGENT_STR (options->user_agent),
                     TAG_END ());
}

/* At the end of each turn of the stack: what came in is told, and what is said to it is done at once. */
static gboolean
on_turn (gpointer data)
{
  BatonSipStack *self = data;

  for (guint i = 0; i < MESSAGE_ROUNDS && baton_sip_mend_run_messages (self->root) > 0; i++)
    ;
  return G_SOURCE_CONTINUE;
}

BatonSipStack *
baton_sip_stack_new (const BatonSipStackOptions *options, BatonSipStackFunc event, BatonSipTraceWants wants,
                     BatonSipTraceFunc trace, gpointer data)
{
  BatonSipStack *self = g_new0 (BatonSipStack, 1);
  g_autoptr (GError) error = NULL;

  library_ref ();
  baton_sip_digest_register ();
  self->event = event;
  self->data = data;
  self->root = su_glib_root_create (NULL);
  su_root_threading (self->root, 0);
  self->source = su_glib_root_gsource (self->root);
  g_source_ref (self->source);
  g_source_set_callback (self->source, on_turn, self, NULL);
  /* Else GLib takes its sockets off the list and puts them back around each turn, and wakes itself up each time: half of
   * all that the main loop did. There are no nested main loops here that could call it again meanwhile. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, NULL);
  self->names = baton_dns_relay_new (options->resolv_conf ? options->resolv_conf : "/etc/resolv.conf", &error);
  if (self->names == NULL)
    g_warning ("names are looked up without a relay: %s", error->message);
  self->trace = baton_sip_trace_new (self->source, wants, trace, data);
  self->nua = baton_sip_stack_create_nua (self, options);
  if (self->nua == NULL)
    {
      baton_sip_stack_free (self);
      return NULL;
    }
  return self;
}

nua_t *
baton_sip_stack_get_nua (BatonSipStack *self)
{
  return self->nua;
}

void
baton_sip_stack_flush (BatonSipStack *self)
{
  /* The trace knows whose message it is by the source; from elsewhere it waits for the next turn. */
  if (g_main_current_source () == self->source)
    baton_sip_mend_run_messages (self->root);
}

void
baton_sip_stack_shutdown (BatonSipStack *self, BatonSipStackDone done, gpointer data)
{
  self->done = done;
  self->done_data = data;
  nua_shutdown (self->nua);
}

void
baton_sip_stack_silence (BatonSipStack *self)
{
  self->event = NULL;
  self->data = NULL;
  self->done = NULL;
  g_clear_pointer (&self->trace, baton_sip_trace_free);
}
