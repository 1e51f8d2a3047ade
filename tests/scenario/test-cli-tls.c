/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baton-cli with --tls-listen: calls and a transfer between processes, and each thing that can be wrong with the files. */
#include <glib/gstdio.h>
#include <string.h>

#include "baton-cli-process.h"
#include "baton-test-tls.h"

static char *folder; /* the TMPDIR of each baton-cli */

static char *
write_file (const char *name, const char *first, const char *second)
{
  char *path = g_build_filename (folder, "..", name, NULL);
  g_autofree char *text = g_strconcat (first, second, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

/* Nothing of a key is left where the program had it for a moment. */
static void
check_nothing_left (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  g_assert_null (g_dir_read_name (dir));
}

static CliProcess *
start_tls (const char *name, const char *listen, const char *answer)
{
  g_autofree char *cert = g_strdup_printf ("--tls-cert=%s", baton_test_tls_make ("trusted", "127.0.0.1"));
  g_autofree char *ca = g_strdup_printf ("--tls-ca=%s", baton_test_tls_make ("trusted", "127.0.0.1"));
  CliProcess *self = cli_start (name, listen, cert, ca, answer, NULL);

  check_nothing_left ();
  return self;
}

static char *
dup_tls_uri (CliProcess *self, const char *form)
{
  const char *line = strstr (self->lines->pdata[0], "\"tls_listen\":\"");
  const char *address = line != NULL ? line + strlen ("\"tls_listen\":\"") : "";
  g_autofree char *host = g_strndup (address, strcspn (address, "\""));
  g_auto (GStrv) halves = g_strsplit (form, "%s", 2);

  g_assert_cmpstr (host, !=, "");
  g_assert_cmpstr (host, !=, self->listen);
  return g_strconcat (halves[0], host, halves[1], NULL);
}

static void
test_call (void)
{
  const char *const forms[] = { "sip:bob@%s;transport=tls", "sips:bob@%s" };
  CliProcess *alice = start_tls ("alice", "--tls-listen=127.0.0.1:0", "--answer=manual");
  CliProcess *bob = start_tls ("bob", "--tls-listen=127.0.0.1:0", "--answer=auto");

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *uri = dup_tls_uri (bob, forms[i]);
      g_autofree char *connected = g_strdup_printf ("state=established hold=none call=%u", i + 1);
      g_autofree char *held = g_strdup_printf ("hold=remote call=%u", i + 1);
      g_autofree char *ended = g_strdup_printf ("state=ended call=%u", i + 1);

      cli_send (alice, "dial %s", uri);
      cli_expect (alice, "call", connected);
      cli_send (alice, "hold %u", i + 1);
      cli_expect (bob, "call", held);
      cli_send (bob, "hangup %u", i + 1);
      cli_expect (alice, "call", ended);
      cli_expect (bob, "call", ended);
    }
  cli_quit (alice);
  cli_quit (bob);
  check_nothing_left ();
}

/* Alice has Bob call Carol, all over TLS: nobody loses the encryption, so nobody is asked. */
static void
test_transfer (void)
{
  CliProcess *alice = start_tls ("alice", "--tls-listen=127.0.0.1:0", "--answer=manual");
  CliProcess *bob = start_tls ("bob", "--tls-listen=127.0.0.1:0", "--answer=auto");
  CliProcess *carol = start_tls ("carol", "--tls-listen=127.0.0.1:0", "--answer=auto");
  g_autofree char *bobs = dup_tls_uri (bob, "sip:bob@%s;transport=tls");
  g_autofree char *carols = dup_tls_uri (carol, "sip:carol@%s;transport=tls");
  g_autofree char *own = dup_tls_uri (alice, "sip:alice@%s;transport=tls");

  cli_send (alice, "dial %s", bobs);
  cli_expect (alice, "call", "state=established");
  cli_send (alice, "transfer 1 %s", own);
  cli_expect (alice, "error", "message~own");
  cli_send (alice, "transfer 1 %s", carols);
  cli_expect (alice, "refer-accepted", "");
  cli_expect (bob, "call", "state=established call=2");
  cli_expect (carol, "call", "state=established");
  cli_expect (alice, "call", "state=ended call=1");
  cli_quit (alice);
  cli_quit (bob);
  cli_quit (carol);
}

static void
test_v6 (void)
{
  CliProcess *alice = start_tls ("alice", "--tls-listen=[::1]:0", "--answer=manual");
  g_autofree char *uri = dup_tls_uri (alice, "%s");

  g_assert_true (g_str_has_prefix (uri, "[::1]:"));
  cli_quit (alice);
}

/* Who has no certificate, and whose certificate nobody here has heard of: it is said, and the call ends. */
static void
test_words (void)
{
  g_autofree char *cert = g_strdup_printf ("--tls-cert=%s", baton_test_tls_make ("untrusted", "127.0.0.1"));
  CliProcess *alice = start_tls ("alice", "--tls-listen=127.0.0.1:0", "--answer=manual");
  g_autofree char *ca = g_strdup_printf ("--tls-ca=%s", baton_test_tls_make ("untrusted", "127.0.0.1"));
  CliProcess *bob = cli_start ("bob", "--tls-listen=127.0.0.1:0", cert, ca, NULL);
  CliProcess *carol = cli_start ("carol", NULL);
  g_autofree char *uri = dup_tls_uri (bob, "sip:bob@%s;transport=tls");

  cli_send (alice, "dial %s", uri);
  cli_expect (alice, "call", "state=ended status=503 reason~trust");
  cli_send (carol, "dial %s", uri);
  cli_expect (carol, "call", "state=ended status=503 reason~--tls-listen");
  cli_quit (alice);
  cli_quit (bob);
  cli_quit (carol);
}

static void
check_refused (const char *listen, const char *cert, const char *ca, const char *option, const char *words)
{
  g_autofree char *errors = NULL, *first = g_strconcat ("--tls-listen=", listen, NULL);
  g_autofree char *second = g_strconcat ("--tls-cert=", cert, NULL), *third = g_strconcat ("--tls-ca=", ca, NULL);
  g_autofree char *prefix = g_strdup_printf ("baton-cli: %s: ", option);

  g_assert_cmpint (cli_run (&errors, "--audio=null", "--json", first, second, ca != NULL ? third : NULL, NULL), ==, 1);
  g_test_message ("%s", errors);
  g_assert_true (g_str_has_prefix (errors, prefix));
  g_assert_nonnull (strstr (errors, words));
  g_assert_true (strchr (errors, '\n') == errors + strlen (errors) - 1);
  check_nothing_left ();
}

static void
test_refused (void)
{
  const char *good = baton_test_tls_make ("trusted", "127.0.0.1"), *other = baton_test_tls_make ("untrusted", "127.0.0.1");
  CliProcess *alice = start_tls ("alice", "--tls-listen=127.0.0.1:0", "--answer=manual");
  g_autofree char *taken = dup_tls_uri (alice, "%s");
  g_autofree char *text = NULL, *text2 = NULL, *empty = NULL, *certificate = NULL, *key = NULL, *mixed = NULL, *locked = NULL;
  const char *key_of_good, *key_of_other;

  g_file_get_contents (good, &text, NULL, NULL);
  g_file_get_contents (other, &text2, NULL, NULL);
  key_of_good = strstr (text, "-----BEGIN PRIVATE KEY");
  key_of_other = strstr (text2, "-----BEGIN PRIVATE KEY");
  g_assert_true (key_of_good != NULL && key_of_other != NULL);
  empty = write_file ("empty.pem", "no PEM\n", NULL);
  key = write_file ("key.pem", key_of_good, NULL);
  *(char *) key_of_good = '\0';
  certificate = write_file ("certificate.pem", text, NULL);
  mixed = write_file ("mixed.pem", text, key_of_other);
  locked = write_file ("locked.pem", text,
                       "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIHj\n-----END ENCRYPTED PRIVATE KEY-----\n");

  check_refused (taken, good, good, "--tls-listen", "in use");
  check_refused ("192.0.2.1:0", good, good, "--tls-listen", "192.0.2.1");
  check_refused ("127.0.0.1:0", "/nonexistent.pem", good, "--tls-cert", "/nonexistent.pem");
  check_refused ("127.0.0.1:0", "/", good, "--tls-cert", "not a PEM file");
  check_refused ("127.0.0.1:0", empty, good, "--tls-cert", "no certificate");
  check_refused ("127.0.0.1:0", key, good, "--tls-cert", "no certificate");
  check_refused ("127.0.0.1:0", certificate, good, "--tls-cert", "no private key");
  check_refused ("127.0.0.1:0", locked, good, "--tls-cert", "no private key");
  check_refused ("127.0.0.1:0", mixed, good, "--tls-cert", "does not belong");
  check_refused ("127.0.0.1:0", good, "/nonexistent.pem", "--tls-ca", "/nonexistent.pem");
  check_refused ("127.0.0.1:0", good, empty, "--tls-ca", "no certificate");
  g_setenv ("SSL_CERT_FILE", empty, TRUE);
  check_refused ("127.0.0.1:0", good, NULL, "--tls-ca", "no certificate");
  g_unsetenv ("SSL_CERT_FILE");
  {
    const char *const files[] = { empty, key, certificate, mixed, locked };

    for (guint i = 0; i < G_N_ELEMENTS (files); i++)
      g_unlink (files[i]);
  }
  cli_quit (alice);
}

int
main (int argc, char *argv[])
{
  g_autofree char *outer = g_dir_make_tmp ("baton-cli-tls-XXXXXX", NULL);
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_build_filename (outer, "tmp", NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_setenv ("TMPDIR", folder, TRUE);
  g_test_add_func ("/cli-tls/call", test_call);
  g_test_add_func ("/cli-tls/transfer", test_transfer);
  g_test_add_func ("/cli-tls/v6", test_v6);
  g_test_add_func ("/cli-tls/words", test_words);
  g_test_add_func ("/cli-tls/refused", test_refused);
  status = g_test_run ();
  g_rmdir (folder);
  g_rmdir (outer);
  g_free (folder);
  return status;
}
