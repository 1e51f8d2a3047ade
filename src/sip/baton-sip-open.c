/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-open.h"

#include "baton-error.h"
#include "baton-sip-certificates.h"

#define TRIES 5

static gboolean
find_addresses (const BatonUaOptions *options, BatonSipListen *listen, BatonSipListen *tls, GError **error)
{
  g_autoptr (GError) reason = NULL;

  baton_sip_listen_clear (listen);
  baton_sip_listen_clear (tls);
  if (!baton_sip_listen_find (listen, options->listen, error))
    return FALSE;
  if (options->tls_listen == NULL)
    return TRUE;
  if (!baton_sip_listen_find_tls (tls, options->tls_listen, listen, &reason))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_TLS_LISTEN, reason->message);
      return FALSE;
    }
  listen->tls = tls;
  return TRUE;
}

BatonSipStack *
baton_sip_stack_open (const BatonUaOptions *options, BatonSipListen *listen, BatonSipListen *tls, BatonSipStackFunc event,
                      BatonSipTraceWants wants, BatonSipTraceFunc trace, gpointer data, GError **error)
{
  const gboolean any_port = baton_sip_listen_wants_any_port (options->listen) ||
                            (options->tls_listen != NULL && baton_sip_listen_wants_any_port (options->tls_listen));
  BatonSipStackOptions stack_options = {
    .listen = listen,
    .user_agent = options->user_agent ? options->user_agent : "Baton",
    .t1_ms = options->t1_ms,
    .resolv_conf = options->resolv_conf,
  };
  BatonSipStack *stack = NULL;
  char *folder = NULL;
  gboolean found = TRUE;

  if (options->tls_listen != NULL)
    {
      folder = baton_sip_certificates_make_folder (options->tls_cert, options->tls_ca, error);
      if (folder == NULL)
        return NULL;
      stack_options.tls_dir = folder;
    }
  /* Between the look whether a port is free and its use somebody else may take it: another one then. */
  for (guint i = 0; found && stack == NULL && i < (any_port ? TRIES : 1); i++)
    {
      found = find_addresses (options, listen, tls, error);
      if (found)
        stack = baton_sip_stack_new (&stack_options, event, wants, trace, data);
    }
  baton_sip_certificates_remove_folder (folder); /* the stack has read it, and there is a key in it */
  if (found && stack == NULL)
    g_set_error (error, BATON_ERROR, BATON_ERROR_FAILED, "Can't listen for calls on %s. Choose another address or port.",
                 options->listen);
  return stack;
}
