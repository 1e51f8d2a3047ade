/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-cli-options.h"

#include <string.h>

#include "baton-cli-commands.h"
#include "baton-error.h"
#include "baton-sip-uri.h"

/* Takes @value (never NULL where the option has one). FALSE: it is wrong, and @why says how it should be. */
typedef gboolean (*TakeFunc) (BatonCliOptions *self, const char *value, const char **why);

typedef struct
{
  const char *name;     /* with its dashes */
  const char *value;    /* (nullable) how the help calls it; NULL: the option has none */
  const char *help;
  TakeFunc take;
} Option;

static const char *
keep (BatonCliOptions *self, const char *value)
{
  return g_string_chunk_insert (self->strings, value);
}

static gboolean
parse_uint (const char *text, guint64 max, guint *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, max, &value, NULL))
    return FALSE;
  *number = (guint) value;
  return TRUE;
}

/* ADDR:PORT or [V6]:PORT */
static gboolean
is_socket_address (const char *text)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = NULL;
  guint port;

  if (colon == NULL || colon == text || !parse_uint (colon + 1, 65535, &port))
    return FALSE;
  if (*text == '[' && colon[-1] == ']')
    host = g_strndup (text + 1, (gsize) (colon - text) - 2);
  else
    host = g_strndup (text, (gsize) (colon - text));
  return g_hostname_is_ip_address (host) && (strchr (host, ':') != NULL) == (*text == '[');
}

static gboolean
is_callable (const char *text)
{
  g_autoptr (BatonSipUri) uri = baton_sip_uri_parse (text, NULL);

  return uri != NULL && baton_sip_uri_is_callable (uri);
}

static gboolean
take_listen (BatonCliOptions *self, const char *value, const char **why)
{
  *why = "an IP address and a port, such as 127.0.0.1:5060 or [::1]:5060";
  self->engine.listen = keep (self, value);
  return is_socket_address (value);
}

static gboolean
take_tls_listen (BatonCliOptions *self, const char *value, const char **why)
{
  *why = "an IP address and a port, such as 127.0.0.1:5061 or [::1]:5061";
  self->engine.tls_listen = keep (self, value);
  return is_socket_address (value);
}

static gboolean
take_tls_cert (BatonCliOptions *self, const char *value, const char **why)
{
  *why = "the name of a PEM file";
  self->engine.tls_cert = keep (self, value);
  return *value != '\0';
}

static gboolean
take_tls_ca (BatonCliOptions *self, const char *value, const char **why)
{
  *why = "the name of a PEM file";
  self->engine.tls_ca = keep (self, value);
  return *value != '\0';
}

static gboolean
take_identity (BatonCliOptions *self, const char *value, const char **why)
{
  *why = "a SIP address, such as sip:bob@example.net";
  g_free (self->identity);
  self->identity = g_strdup (value);
  return is_callable (value);
}

static gboolean
take_registrar (BatonCliOptions *self, const char *value, const char **why)
{
  *why = "a SIP address, such as sip:example.net";
  g_free (self->registrar);
  self->registrar = g_strdup (value);
  return is_callable (value);
}

static gboolean
take_outbound_proxy (BatonCliOptions *self, const char *value, const char **why)
{
  *why = "a SIP address, such as sip:proxy.example.net";
  g_free (self->outbound_proxy);
  self->outbound_proxy = g_strdup (value);
  return is_callable (value);
}

static gboolean
take_auth_user (BatonCliOptions *self, const char *value, const char **why)
{
  *why = "a user name";
  g_free (self->auth_user);
  self->auth_user = g_strdup (value);
  return *value != '\0';
}

static gboolean
take_audio (BatonCliOptions *self, const char *value, const char **why)
{
  const char *end = NULL;

  *why = "null, tone, tone:HZ (20 to 20000), file:PATH, echo or device";
  if (g_str_equal (value, "null"))
    self->engine.audio = BATON_AUDIO_KIND_NULL;
  else if (g_str_equal (value, "device"))
    self->engine.audio = BATON_AUDIO_KIND_DEVICE;
  else if (g_str_equal (value, "echo"))
    self->engine.audio = BATON_AUDIO_KIND_ECHO;
  else if (g_str_equal (value, "tone"))
    self->engine.audio = BATON_AUDIO_KIND_TONE;
  else if (g_str_has_prefix (value, "tone:"))
    {
      self->engine.audio = BATON_AUDIO_KIND_TONE;
      self->engine.tone_hz = g_ascii_strtod (value + strlen ("tone:"), (char **) &end);
      return *end == '\0' && self->engine.tone_hz >= 20 && self->engine.tone_hz <= 20000;
    }
  else if (g_str_has_prefix (value, "file:") && value[strlen ("file:")] != '\0')
    {
      self->engine.audio = BATON_AUDIO_KIND_FILE;
      self->engine.audio_file = keep (self, value + strlen ("file:"));
    }
  else
    return FALSE;
  return TRUE;
}

static gboolean
take_record (BatonCliOptions *self, const char *value, const char **why)
{
  *why = "the name of a folder";
  self->engine.record_dir = keep (self, value);
  return *value != '\0';
}

static gboolean
take_codecs (BatonCliOptions *self, const char *value, const char **why)
{
  static const char *const known[] = { "opus", "g722", "pcmu", "pcma", NULL };

  *why = "a list of opus, g722, pcmu and pcma, each at most once, such as opus,pcma";
  g_strfreev (self->codecs);
  self->codecs = g_strsplit (value, ",", -1);
  self->engine.codecs = (const char *const *) self->codecs;
  for (guint i = 0; self->codecs[i] != NULL; i++)
    {
      if (!g_strv_contains (known, self->codecs[i]))
        return FALSE;
      for (guint j = 0; j < i; j++)
        if (g_str_equal (self->codecs[i], self->codecs[j]))
          return FALSE;
    }
  return self->codecs[0] != NULL;
}

static gboolean
take_rtp_ports (BatonCliOptions *self, const char *value, const char **why)
{
  g_auto (GStrv) parts = g_strsplit (value, "-", 2);

  *why = "two ports from 1024 to 65535, the first one smaller, such as 10000-10100";
  return g_strv_length (parts) == 2 && parse_uint (parts[0], 65535, &self->engine.rtp_port_first) &&
         parse_uint (parts[1], 65535, &self->engine.rtp_port_last) && self->engine.rtp_port_first >= 1024 &&
         self->engine.rtp_port_first < self->engine.rtp_port_last;
}

static gboolean
take_word (const char *value, const char *const *words, int *index)
{
  for (int i = 0; words[i] != NULL; i++)
    if (g_str_equal (value, words[i]))
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
take_srtp (BatonCliOptions *self, const char *value, const char **why)
{
  static const char *const words[] = { "off", "optional", "required", NULL };
  int index = 0;

  *why = "off, optional or required";
  if (!take_word (value, words, &index))
    return FALSE;
  self->engine.srtp = (BatonSrtpMode) index;
  return TRUE;
}

static gboolean
take_srtp_keys (BatonCliOptions *self, const char *value, const char **why)
{
  static const char *const words[] = { "both", "sdes", "dtls", NULL };
  int index = 0;

  *why = "both, sdes or dtls";
  if (!take_word (value, words, &index))
    return FALSE;
  self->engine.srtp_keys = (BatonSrtpKeys) index;
  return TRUE;
}

static gboolean
take_ice (BatonCliOptions *self, const char *value, const char **why)
{
  static const char *const words[] = { "off", "on", NULL };

  *why = "off or on";
  return take_word (value, words, &self->engine.ice);
}

static gboolean
take_webrtc (BatonCliOptions *self, const char *value, const char **why)
{
  static const char *const words[] = { "off", "on", NULL };

  *why = "off or on";
  return take_word (value, words, &self->engine.webrtc);
}

static gboolean
take_stun (BatonCliOptions *self, const char *value, const char **why)
{
  const char *colon = strrchr (value, ':');
  guint port;

  *why = "a host and a port, such as stun.example.net:3478";
  self->engine.stun = keep (self, value);
  return colon != NULL && colon != value && parse_uint (colon + 1, 65535, &port) && port > 0;
}

static gboolean
take_turn (BatonCliOptions *self, const char *value, const char **why)
{
  *why = "a TURN address, such as turn:turn.example.net:3478";
  self->engine.turn = keep (self, value);
  return g_str_has_prefix (value, "turn:") || g_str_has_prefix (value, "turns:");
}

static gboolean
take_answer (BatonCliOptions *self, const char *value, const char **why)
{
  guint status = 0;

  *why = "manual, auto, or a SIP status from 300 to 699";
  if (g_str_equal (value, "manual"))
    self->engine.answer_status = 0;
  else if (g_str_equal (value, "auto"))
    self->engine.answer_status = 200;
  else if (parse_uint (value, 699, &status) && status >= 300)
    self->engine.answer_status = (int) status;
  else
    return FALSE;
  return TRUE;
}

static gboolean
take_policy (const char *value, const char **why, BatonReferPolicy *policy)
{
  static const char *const words[] = { "follow", "ask", "reject", NULL };
  int index = 0;

  *why = "follow, ask or reject";
  if (!take_word (value, words, &index))
    return FALSE;
  *policy = (BatonReferPolicy) index;
  return TRUE;
}

static gboolean
take_refer (BatonCliOptions *self, const char *value, const char **why)
{
  return take_policy (value, why, &self->engine.refer);
}

static gboolean
take_out_of_dialog_refer (BatonCliOptions *self, const char *value, const char **why)
{
  return take_policy (value, why, &self->engine.out_of_dialog_refer);
}

static gboolean
take_json (BatonCliOptions *self, const char *value, const char **why)
{
  self->json = TRUE;
  return TRUE;
}

static gboolean
take_trace (BatonCliOptions *self, const char *value, const char **why)
{
  self->trace = TRUE;
  return TRUE;
}

static gboolean
take_version (BatonCliOptions *self, const char *value, const char **why)
{
  self->version = TRUE;
  return TRUE;
}

static gboolean
take_help (BatonCliOptions *self, const char *value, const char **why)
{
  self->help = TRUE;
  return TRUE;
}

/* In the order of the help and of the man page. */
static const Option options[] = {
  { "--listen", "ADDR:PORT", "listen for SIP over UDP and TCP there; port 0: the system's choice [127.0.0.1:0]", take_listen },
  { "--tls-listen", "ADDR:PORT", "listen for SIP over TLS there, too, and call over TLS; needs --tls-cert [off]", take_tls_listen },
  { "--tls-cert", "PEM", "certificate and key for --tls-listen, in one file", take_tls_cert },
  { "--tls-ca", "PEM", "certificates to trust when calling over TLS [the system's]", take_tls_ca },
  { "--identity", "URI", "the address of record [sip:USER@ADDR]", take_identity },
  { "--registrar", "URI", "register there, and send calls through it", take_registrar },
  { "--outbound-proxy", "URI", "send every request outside a dialog there", take_outbound_proxy },
  { "--auth-user", "NAME", "the digest user [user part of the identity]; its password is in BATON_PASSWORD", take_auth_user },
  { "--audio", "KIND", "null, tone[:HZ], file:PATH, echo (what it hears) or device [device]", take_audio },
  { "--record", "DIR", "write what each call hears to DIR/call-N.wav", take_record },
  { "--codecs", "LIST", "preference order [opus,g722,pcmu,pcma]", take_codecs },
  { "--rtp-ports", "FIRST-LAST", "the UDP ports for media [the system's choice]", take_rtp_ports },
  { "--srtp", "MODE", "off, optional or required [optional]", take_srtp },
  { "--srtp-keys", "WAY", "how its keys are agreed on: both, sdes or dtls [both]", take_srtp_keys },
  { "--ice", "MODE", "off or on [off]", take_ice },
  { "--stun", "HOST:PORT", "the STUN server for ICE", take_stun },
  { "--turn", "URI", "the TURN server for ICE; user and secret are in BATON_TURN_USER and BATON_TURN_PASSWORD", take_turn },
  { "--webrtc", "MODE", "off or on: offers are for browsers, with ICE and DTLS-SRTP [off]", take_webrtc },
  { "--answer", "WHAT", "incoming calls: manual, auto, or refuse with this SIP status [manual]", take_answer },
  { "--refer", "POLICY", "a transfer asked for in a call: follow, ask or reject [follow]", take_refer },
  { "--out-of-dialog-refer", "POLICY", "a transfer asked for outside every call: reject, ask or follow [reject]", take_out_of_dialog_refer },
  { "--json", NULL, "events as JSON, one object a line", take_json },
  { "--trace", NULL, "every SIP message to standard error, credentials masked", take_trace },
  { "--version", NULL, "print the version and end", take_version },
  { "--help", NULL, "print this and end", take_help },
};

static const Option *
find_option (const char *argument, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if (strlen (options[i].name) == length && strncmp (options[i].name, argument, length) == 0)
      return &options[i];
  return NULL;
}

static gboolean
take_argument (BatonCliOptions *self, int argc, const char *const *argv, int *i, GError **error)
{
  const char *argument = argv[*i];
  const char *equals = strchr (argument, '=');
  gsize length = equals ? (gsize) (equals - argument) : strlen (argument);
  const Option *option = find_option (argument, length);
  const char *value = equals ? equals + 1 : NULL;
  const char *why = NULL;

  if (option == NULL)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "unknown option %.*s; see --help",
                   (int) MIN (length, 80), argument);
      return FALSE;
    }
  if (option->value == NULL && value != NULL)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "%s takes no value", option->name);
      return FALSE;
    }
  if (option->value != NULL && value == NULL && *i + 1 < argc)
    value = argv[++*i];
  if (option->value != NULL && value == NULL)
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "%s needs a value: %s=%s", option->name,
                   option->name, option->value);
      return FALSE;
    }
  if (option->take (self, value, &why))
    return TRUE;
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "%s: \"%.80s\" is not %s", option->name, value, why);
  return FALSE;
}

static gboolean
check_together (BatonCliOptions *self, GError **error)
{
  const char *alone = NULL;

  if (self->engine.tls_listen != NULL && self->engine.tls_cert == NULL)
    alone = "--tls-listen needs --tls-cert too";
  else if (self->engine.tls_listen == NULL && self->engine.tls_cert != NULL)
    alone = "--tls-cert needs --tls-listen too";
  else if (self->engine.tls_listen == NULL && self->engine.tls_ca != NULL)
    alone = "--tls-ca needs --tls-listen and --tls-cert too";
  if (alone != NULL)
    g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, alone);
  return alone == NULL;
}

BatonCliOptions *
baton_cli_options_parse (int argc, const char *const *argv, GError **error)
{
  g_autoptr (BatonCliOptions) self = g_new0 (BatonCliOptions, 1);

  self->strings = g_string_chunk_new (256);
  baton_engine_options_init (&self->engine);
  for (int i = 1; i < argc; i++)
    if (!take_argument (self, argc, argv, &i, error))
      return NULL;
  if (!check_together (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
baton_cli_options_free (BatonCliOptions *self)
{
  g_string_chunk_free (self->strings);
  g_strfreev (self->codecs);
  g_free (self->identity);
  g_free (self->registrar);
  g_free (self->outbound_proxy);
  g_free (self->auth_user);
  g_free (self);
}

char *
baton_cli_options_dup_help (void)
{
  GString *help = g_string_new ("Usage: baton-cli [OPTION…]\n\nA SIP phone in a terminal: commands on standard input, "
                                "events on standard output.\n\nOptions, with their defaults:\n");
  guint n;
  const BatonCliCommand *commands = baton_cli_commands_get (&n);

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autofree char *left = g_strconcat (options[i].name, options[i].value ? "=" : "", options[i].value, NULL);

      g_string_append_printf (help, "  %-30s %s\n", left, options[i].help);
    }
  g_string_append (help, "\nCommands, one a line (CALL and REFER are the numbers that events give):\n");
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *left = g_strjoin (*commands[i].arguments ? " " : "", commands[i].name, commands[i].arguments, NULL);

      g_string_append_printf (help, "  %-62s %s\n", left, commands[i].help);
    }
  g_string_append (help, "\nStatus: 0 after quit, end of input, SIGINT or SIGTERM; 1 when it cannot start; 2 for a wrong "
                         "option.\n");
  return g_string_free (help, FALSE);
}
