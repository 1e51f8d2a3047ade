/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "baton-cli-commands.h"
#include "baton-cli-options.h"
#include "baton-cli-input.h"

#define PARSE(error, ...) \
  baton_cli_options_parse ((int) G_N_ELEMENTS (((const char *[]) { "baton-cli", __VA_ARGS__ })), \
                           (const char *const[]) { "baton-cli", __VA_ARGS__, NULL }, error)

static void
test_defaults (void)
{
  const char *const argv[] = { "baton-cli", NULL };
  g_autoptr (BatonCliOptions) options = baton_cli_options_parse (1, argv, NULL);

  g_assert_nonnull (options);
  g_assert_cmpstr (options->engine.listen, ==, "127.0.0.1:0");
  g_assert_cmpint (options->engine.audio, ==, BATON_AUDIO_KIND_DEVICE);
  g_assert_cmpint (options->engine.srtp, ==, BATON_SRTP_MODE_OPTIONAL);
  g_assert_cmpint (options->engine.refer, ==, BATON_REFER_POLICY_FOLLOW);
  g_assert_cmpint (options->engine.out_of_dialog_refer, ==, BATON_REFER_POLICY_REJECT);
  g_assert_cmpint (options->engine.answer_status, ==, 0);
  g_assert_cmpuint (options->engine.grace_ms, ==, 0);
  g_assert_false (options->json || options->trace || options->engine.ice || options->engine.auto_hold);
}

static void
test_values (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BatonCliOptions) options =
    PARSE (&error, "--listen=[::1]:5070", "--identity", "sip:bob@example.net", "--registrar=sip:example.net",
           "--audio=tone:523.25", "--codecs=pcma,opus", "--rtp-ports=10000-10100", "--srtp=off", "--ice=on",
           "--stun=stun.example.net:3478", "--answer=486", "--refer=ask", "--out-of-dialog-refer=follow", "--json",
           "--trace", "--record=out", "--auth-user=bobby");

  g_assert_no_error (error);
  g_assert_cmpstr (options->engine.listen, ==, "[::1]:5070");
  g_assert_cmpstr (options->identity, ==, "sip:bob@example.net");
  g_assert_cmpstr (options->registrar, ==, "sip:example.net");
  g_assert_cmpstr (options->auth_user, ==, "bobby");
  g_assert_cmpint (options->engine.audio, ==, BATON_AUDIO_KIND_TONE);
  g_assert_cmpfloat (options->engine.tone_hz, ==, 523.25);
  g_assert_cmpstr (options->engine.codecs[0], ==, "pcma");
  g_assert_cmpstr (options->engine.codecs[1], ==, "opus");
  g_assert_null (options->engine.codecs[2]);
  g_assert_cmpuint (options->engine.rtp_port_first, ==, 10000);
  g_assert_cmpuint (options->engine.rtp_port_last, ==, 10100);
  g_assert_cmpint (options->engine.srtp, ==, BATON_SRTP_MODE_OFF);
  g_assert_true (options->engine.ice && options->json && options->trace);
  g_assert_cmpint (options->engine.answer_status, ==, 486);
  g_assert_cmpint (options->engine.refer, ==, BATON_REFER_POLICY_ASK);
  g_assert_cmpint (options->engine.out_of_dialog_refer, ==, BATON_REFER_POLICY_FOLLOW);
  g_assert_cmpstr (options->engine.record_dir, ==, "out");
}

/* Each wrong option is named in one line. */
static void
test_wrong (void)
{
  static const struct
  {
    const char *argument;
    const char *name;
  } cases[] = {
    { "--nonsense", "--nonsense" }, { "--nonsense=1", "--nonsense" }, { "bob", "bob" }, { "-x", "-x" },
    { "--listen", "--listen" }, { "--listen=", "--listen" }, { "--listen=127.0.0.1", "--listen" },
    { "--listen=127.0.0.1:70000", "--listen" }, { "--listen=::1:5060", "--listen" }, { "--listen=[127.0.0.1]:1", "--listen" },
    { "--listen=127.0.0.1:x", "--listen" }, { "--tls-listen=127.0.0.1:5061", "--tls-listen" },
    { "--tls-cert=x.pem", "--tls-cert" }, { "--tls-ca=x.pem", "--tls-ca" }, { "--tls-listen=x", "--tls-listen" }, { "--identity=bob", "--identity" }, { "--identity=http://x", "--identity" },
    { "--registrar=", "--registrar" }, { "--outbound-proxy=tel:1", "--outbound-proxy" }, { "--audio=loud", "--audio" },
    { "--audio=tone:x", "--audio" }, { "--audio=tone:0", "--audio" }, { "--audio=file:", "--audio" },
    { "--codecs=", "--codecs" }, { "--codecs=mp3", "--codecs" }, { "--codecs=opus,opus", "--codecs" },
    { "--rtp-ports=10000", "--rtp-ports" }, { "--rtp-ports=2000-1024", "--rtp-ports" }, { "--rtp-ports=1-2", "--rtp-ports" },
    { "--srtp=maybe", "--srtp" }, { "--ice=yes", "--ice" }, { "--stun=host", "--stun" }, { "--turn=host", "--turn" },
    { "--answer=200", "--answer" }, { "--answer=700", "--answer" }, { "--answer=never", "--answer" },
    { "--refer=maybe", "--refer" }, { "--out-of-dialog-refer=", "--out-of-dialog-refer" }, { "--json=1", "--json" },
    { "--record=", "--record" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      BatonCliOptions *options = PARSE (&error, cases[i].argument);

      if (options != NULL)
        g_error ("%s was taken", cases[i].argument);
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, cases[i].name));
      g_assert_null (strchr (error->message, '\n'));
    }
}

static void
test_help (void)
{
  g_autofree char *help = baton_cli_options_dup_help ();

  g_assert_nonnull (strstr (help, "--out-of-dialog-refer=POLICY"));
  g_assert_nonnull (strstr (help, "notify-refer REFER STATUS-LINE"));
}

static void
test_split (void)
{
  static const struct
  {
    const char *line;
    const char *words; /* joined by | */
  } cases[] = {
    { "", "" }, { "  \t ", "" }, { "dial sip:bob@x", "dial|sip:bob@x" }, { "  a \t b  ", "a|b" },
    { "t 1 x header=\"A: b c\"", "t|1|x|header=A: b c" }, { "a \"b \\\" c\" d", "a|b \" c|d" }, { "a \"\" b", "a||b" },
    { "dtmf 1 #*", "dtmf|1|#*" }, { "dial it's", "dial|it's" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) words = baton_cli_split (cases[i].line, NULL);
      g_autofree char *joined = g_strjoinv ("|", words);

      g_assert_cmpstr (joined, ==, cases[i].words);
    }
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (baton_cli_split ("a \"b", &error));
    g_assert_nonnull (error);
  }
}

static void
on_line (const char *line, gsize length, gpointer data)
{
  GString *seen = data;

  if (line == NULL)
    g_string_append (seen, "<end>");
  else
    g_string_append_printf (seen, "[%" G_GSIZE_FORMAT "%c]", length, length > 0 ? line[0] : '-');
}

/* Lines of any length, cut anywhere, with NUL in them; and the end of input. */
static void
test_input (void)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (BatonCliInput) input = NULL;
  g_autofree char *longest = g_strnfill (300, 'x');
  int ends[2];

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  input = baton_cli_input_new (ends[0], 20, on_line, seen);
  g_assert_cmpint (write (ends[1], "ab\n\nc\0d\n", 8), ==, 8);
  while (strstr (seen->str, "[3c]") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (write (ends[1], longest, 300), ==, 300);
  while (strstr (seen->str, "[21x]") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (write (ends[1], "yy\nz", 4), ==, 4);
  close (ends[1]);
  while (strstr (seen->str, "<end>") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (seen->str, ==, "[2a][0-][3c][21x][1z]<end>");
  close (ends[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/options/defaults", test_defaults);
  g_test_add_func ("/cli/options/values", test_values);
  g_test_add_func ("/cli/options/wrong", test_wrong);
  g_test_add_func ("/cli/options/help", test_help);
  g_test_add_func ("/cli/split", test_split);
  g_test_add_func ("/cli/input", test_input);
  return g_test_run ();
}
