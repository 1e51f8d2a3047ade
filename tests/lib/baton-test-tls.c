/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-tls.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#include "baton-test-wait.h"

static char *folder;
static GHashTable *paths; /* name → path */

static void
remove_all (void)
{
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, paths);
  while (g_hash_table_iter_next (&iter, NULL, &path))
    g_unlink (path);
  g_rmdir (folder);
  g_clear_pointer (&paths, g_hash_table_unref);
  g_clear_pointer (&folder, g_free);
}

static char *
make (const char *name, const char *host)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.pem", folder, name);
  g_autofree char *subject = g_strdup_printf ("/CN=%s", host);
  /* sofia-sip compares addresses with names of the kind DNS alone */
  g_autofree char *names = g_strdup_printf ("subjectAltName=DNS:%s%s%s", host, g_hostname_is_ip_address (host) ? ",IP:" : "",
                                            g_hostname_is_ip_address (host) ? host : "");
  const char *const argv[] = { "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                               "-days", "2", "-subj", subject, "-addext", names, "-keyout", path, "-out", "-", NULL };
  g_autofree char *certificate = NULL, *key = NULL, *errors = NULL, *both = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &certificate, &errors, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("no certificate: %s", errors);
  g_file_get_contents (path, &key, NULL, &error);
  g_assert_no_error (error);
  both = g_strconcat (certificate, key, NULL);
  g_file_set_contents (path, both, -1, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&path);
}

const char *
baton_test_tls_make (const char *name, const char *host)
{
  g_autoptr (GError) error = NULL;
  char *path;

  if (paths == NULL)
    {
      folder = g_dir_make_tmp ("baton-test-tls-XXXXXX", &error);
      g_assert_no_error (error);
      paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      atexit (remove_all);
    }
  path = g_hash_table_lookup (paths, name);
  if (path == NULL)
    {
      path = make (name, host);
      g_hash_table_insert (paths, g_strdup (name), path);
    }
  return path;
}

/* GIO would read the system's certificates for the first connection: seconds, with the sanitizers. Nobody asks for them here. */
static void
trust_nobody (const char *path)
{
  static gboolean done;
  g_autoptr (GTlsDatabase) few = NULL;
  g_autoptr (GError) error = NULL;

  if (done)
    return;
  done = TRUE;
  few = g_tls_file_database_new (path, &error);
  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), few);
}

GTlsCertificate *
baton_test_tls_load (const char *name, const char *host)
{
  const char *path = baton_test_tls_make (name, host);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_file (path, &error);

  g_assert_no_error (error);
  trust_nobody (path);
  return certificate;
}

static gboolean
accept_any (GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  return TRUE; /* who Baton is, is not what a trace is about */
}

static void
on_handshake (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean *done = data;

  g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error);
  g_assert_no_error (error);
  *done = TRUE;
}

GIOStream *
baton_test_tls_wrap (GSocketConnection *connection, GTlsCertificate *certificate, gboolean accepted)
{
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;
  GIOStream *tls;

  if (accepted)
    tls = g_tls_server_connection_new (G_IO_STREAM (connection), certificate, &error);
  else
    tls = g_tls_client_connection_new (G_IO_STREAM (connection), NULL, &error);
  g_assert_no_error (error);
  if (accepted)
    return tls;
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, NULL, on_handshake, &done);
  baton_test_wait (done, 3000); /* the other end needs our main loop */
  return tls;
}
