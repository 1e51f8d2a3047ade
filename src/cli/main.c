/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "baton-cli-commands.h"
#include "baton-cli-input.h"
#include "baton-cli-options.h"
#include "baton-error.h"
#include "baton-heap.h"
#include "baton-recording.h"
#include "baton-sip-uri.h"

/* cli.md: the end comes within 2 s, whatever the other ends do. */
#define STOP_PATIENCE_MS 1800

typedef struct
{
  GMainLoop *loop;
  BatonEngine *engine;
  BatonCliOutput *output;
  BatonCliEvents *events;
  BatonCliCommands *commands;
  BatonCliInput *input;
  gboolean stopping;
} App;

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  App *app = data;

  baton_engine_stop_finish (BATON_ENGINE (source), result);
  g_main_loop_quit (app->loop);
}

static gboolean
on_patience_over (gpointer data)
{
  App *app = data;

  g_main_loop_quit (app->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
stop (gpointer data)
{
  App *app = data;

  if (app->stopping)
    return G_SOURCE_CONTINUE;
  app->stopping = TRUE;
  g_timeout_add (STOP_PATIENCE_MS, on_patience_over, app);
  baton_engine_stop_async (app->engine, on_stopped, app);
  return G_SOURCE_CONTINUE;
}

static void
on_line (const char *line, gsize length, gpointer data)
{
  App *app = data;

  if (line == NULL)
    stop (app);
  else if (!app->stopping)
    baton_cli_commands_run (app->commands, line, length);
}

static void
on_message_traced (BatonEngine *engine, gboolean sent, const char *local, const char *remote, const char *transport,
                   const char *text, App *app)
{
  gint64 now = g_get_monotonic_time ();

  fprintf (stderr, "---- %" G_GINT64_FORMAT ".%06d %s %s %s %s %s\n%s\n", now / G_USEC_PER_SEC,
           (int) (now % G_USEC_PER_SEC), sent ? "sent" : "received", transport ? transport : "", local ? local : "",
           sent ? "->" : "<-", remote ? remote : "", text);
}

/* Our address towards the world, by the route there; no packet is sent. */
static char *
dup_routed_address (gboolean v6)
{
  g_autoptr (GSocket) socket = g_socket_new (v6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                             G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) there = g_inet_socket_address_new_from_string (v6 ? "2001:db8::1" : "192.0.2.1", 9);
  g_autoptr (GSocketAddress) here = NULL;
  g_autofree char *address = NULL;

  if (socket != NULL && g_socket_connect (socket, there, NULL, NULL))
    here = g_socket_get_local_address (socket, NULL);
  if (here == NULL)
    return g_strdup (v6 ? "[::1]" : "127.0.0.1");
  address = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (here)));
  return v6 ? g_strdup_printf ("[%s]", address) : g_steal_pointer (&address);
}

static char *
dup_identity (const BatonCliOptions *options, const char *listen)
{
  const char *user = g_get_user_name ();
  g_autofree char *escaped = g_uri_escape_string (user && *user ? user : "baton", NULL, FALSE);
  g_autofree char *address = NULL;

  if (options->identity != NULL)
    return g_strdup (options->identity);
  if (!g_str_has_prefix (listen, "0.0.0.0:") && !g_str_has_prefix (listen, "[::]:"))
    return g_strdup_printf ("sip:%s@%s", escaped, listen);
  address = dup_routed_address (*listen == '[');
  return g_strdup_printf ("sip:%s@%s%s", escaped, address, strrchr (listen, ':'));
}

static BatonAccount *
add_account (App *app, const BatonCliOptions *options, const char *address)
{
  g_autoptr (BatonSipIdentity) identity = baton_sip_identity_new (address);
  g_autoptr (BatonSipUri) uri = baton_sip_uri_parse (address, NULL);
  const char *auth_user = options->auth_user ? options->auth_user : uri ? baton_sip_uri_get_user (uri) : NULL;
  BatonAccount *account;

  g_object_set (identity, "auth-user", auth_user, "password", g_getenv ("BATON_PASSWORD"), "registrar",
                options->registrar, "outbound-proxy", options->outbound_proxy, NULL);
  account = baton_engine_add_account (app->engine, "cli", "cli", identity, FALSE);
  baton_cli_events_watch_account (app->events, account);
  return account;
}

static void
say_ready (App *app, const char *address)
{
  baton_cli_output_begin (app->output, "ready");
  baton_cli_output_string (app->output, "listen", baton_engine_get_listen_address (app->engine));
  baton_cli_output_string (app->output, "identity", address);
  if (baton_engine_get_tls_listen_address (app->engine) != NULL)
    baton_cli_output_string (app->output, "tls_listen", baton_engine_get_tls_listen_address (app->engine));
  baton_cli_output_end (app->output);
}

/* Which option an error is about, where there are several that it could be. */
static const char *
get_blamed (const GError *error)
{
  return g_error_matches (error, BATON_ERROR, BATON_ERROR_TLS_LISTEN) ? "--tls-listen: "
         : g_error_matches (error, BATON_ERROR, BATON_ERROR_TLS_CERT) ? "--tls-cert: "
         : g_error_matches (error, BATON_ERROR, BATON_ERROR_TLS_CA)   ? "--tls-ca: "
                                                                      : "";
}

/* Returns: FALSE with @error when the phone can't start */
static gboolean
start (App *app, BatonCliOptions *options, GError **error)
{
  const char *record_dir = options->engine.record_dir;
  BatonAccount *account;
  g_autofree char *address = NULL;

  if (record_dir != NULL && g_mkdir_with_parents (record_dir, 0755) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The folder %s cannot be made for --record.", record_dir);
      return FALSE;
    }
  options->engine.turn_user = g_getenv ("BATON_TURN_USER");
  options->engine.turn_password = g_getenv ("BATON_TURN_PASSWORD");
  if (options->trace)
    g_signal_connect (app->engine, "message-traced", G_CALLBACK (on_message_traced), app);
  if (!baton_engine_start (app->engine, &options->engine, error))
    return FALSE;
  address = dup_identity (options, baton_engine_get_listen_address (app->engine));
  account = add_account (app, options, address);
  say_ready (app, address);
  if (options->registrar != NULL)
    baton_account_register (account, NULL);
  app->commands = baton_cli_commands_new (app->engine, account, app->events, app->output, stop, app);
  return TRUE;
}

static int
run (BatonCliOptions *options)
{
  App app = { 0 };
  g_autoptr (GError) error = NULL;
  guint interrupt = g_unix_signal_add (SIGINT, stop, &app);
  guint terminate = g_unix_signal_add (SIGTERM, stop, &app);
  int status = 0;

  app.loop = g_main_loop_new (NULL, FALSE);
  app.engine = baton_engine_new ();
  app.output = baton_cli_output_new (options->json);
  app.events = baton_cli_events_new (app.engine, app.output);
  if (start (&app, options, &error))
    {
      app.input = baton_cli_input_new (STDIN_FILENO, BATON_CLI_LINE_MAX, on_line, &app);
      g_main_loop_run (app.loop);
    }
  else
    {
      fprintf (stderr, "baton-cli: %s%s\n", get_blamed (error), error->message);
      status = 1;
    }
  g_source_remove (interrupt);
  g_source_remove (terminate);
  g_clear_pointer (&app.input, baton_cli_input_free);
  g_clear_pointer (&app.commands, baton_cli_commands_free);
  g_clear_object (&app.events);
  g_clear_object (&app.engine);
  baton_recording_wait ();
  g_clear_pointer (&app.output, baton_cli_output_free);
  g_main_loop_unref (app.loop);
  return status;
}

int
main (int argc, char **argv)
{
  g_autoptr (BatonCliOptions) options = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *help = NULL;

  baton_heap_keep ();
  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  /* Standard output is for events alone. */
  g_log_writer_default_set_use_stderr (TRUE);
  options = baton_cli_options_parse (argc, (const char *const *) argv, &error);
  if (options == NULL)
    {
      fprintf (stderr, "baton-cli: %s\n", error->message);
      return 2;
    }
  if (options->help)
    {
      help = baton_cli_options_dup_help ();
      fputs (help, stdout);
      return 0;
    }
  if (options->version)
    {
      printf ("baton-cli %s\n", BATON_VERSION);
      return 0;
    }
  return run (options);
}
