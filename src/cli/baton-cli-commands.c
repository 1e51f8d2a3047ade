/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-cli-commands.h"

#include <string.h>

#include "baton-error.h"

struct _BatonCliCommands
{
  BatonEngine *engine;
  BatonAccount *account;
  BatonCliEvents *events;
  BatonCliOutput *output;
  GSourceFunc quit;
  gpointer quit_data;
  const char *line; /* the one that is carried out */
};

/* A command whose answer comes later. */
typedef struct
{
  BatonCliOutput *output;
  char *line;
} Pending;

GStrv
baton_cli_split (const char *line, GError **error)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  const char *at = line;

  while (*(at += strspn (at, " \t")) != '\0')
    {
      g_autoptr (GString) word = g_string_new (NULL);
      gboolean quoted = FALSE;

      for (; *at != '\0' && (quoted || (*at != ' ' && *at != '\t')); at++)
        {
          if (*at == '"')
            quoted = !quoted;
          else if (quoted && *at == '\\' && at[1] != '\0')
            g_string_append_c (word, *++at);
          else
            g_string_append_c (word, *at);
        }
      if (quoted)
        {
          g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "A quotation mark is missing.");
          return NULL;
        }
      g_strv_builder_add (words, word->str);
    }
  return g_strv_builder_end (words);
}

/* ---- What the words mean ---- */

static gboolean
parse_number (const char *word, guint *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (word, 10, 0, G_MAXINT, &value, NULL))
    return FALSE;
  *number = (guint) value;
  return TRUE;
}

static BatonCall *
find_call (BatonCliCommands *self, const char *word, GError **error)
{
  guint number = 0;
  BatonCall *call = NULL;

  if (parse_number (word, &number))
    call = baton_call_manager_lookup (baton_engine_get_calls (self->engine), number);
  if (call == NULL)
    g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "There is no call %.40s.", word);
  return call;
}

static BatonTransfer *
find_refer (BatonCliCommands *self, const char *word, GError **error)
{
  guint number = 0;
  BatonTransfer *transfer = NULL;

  if (parse_number (word, &number))
    transfer = baton_engine_lookup_transfer (self->engine, number);
  if (transfer == NULL)
    g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "There is no refer %.40s.", word);
  return transfer;
}

/* (nullable) @word; 0 when there is none */
static gboolean
parse_status (const char *word, guint *status, GError **error)
{
  *status = 0;
  if (word == NULL || (parse_number (word, status) && *status >= 300 && *status <= 699))
    return TRUE;
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "%.40s is not a SIP status from 300 to 699.", word);
  return FALSE;
}

/* A word that may stand behind a command, and what it sets. */
typedef struct
{
  const char *word;
  gboolean *set;
} Flag;

/* The words behind a transfer: @flags (the last one has no word) and headers, in any order. */
static gboolean
parse_extras (const char *const *words, const Flag *flags, GStrv *headers, GError **error)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

  for (; *words != NULL; words++)
    {
      const char *header = g_str_has_prefix (*words, "header=") ? *words + strlen ("header=") : NULL;
      const Flag *flag = flags;

      while (flag->word != NULL && !g_str_equal (*words, flag->word))
        flag++;
      if (flag->word != NULL)
        *flag->set = TRUE;
      else if (header != NULL && strchr (header, ':') > header)
        g_strv_builder_add (list, header);
      else
        {
          g_autoptr (GString) possible = g_string_new (NULL);

          for (flag = flags; flag->word != NULL; flag++)
            g_string_append_printf (possible, "%s%s", possible->len > 0 ? ", " : "", flag->word);
          g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                       "%.80s is not understood here; possible are %s and header=\"Name: value\".", *words,
                       possible->str);
          return FALSE;
        }
    }
  *headers = g_strv_builder_end (list);
  return TRUE;
}

/* ---- Commands about calls ---- */

static gboolean
run_dial (BatonCliCommands *self, const char *const *words, GError **error)
{
  return baton_call_manager_place (baton_engine_get_calls (self->engine), self->account, words[0], NULL, error) != NULL;
}

static gboolean
run_answer (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_call (self, words[0], error);

  return call != NULL && baton_call_answer (call, error);
}

static gboolean
run_decline (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_call (self, words[0], error);
  guint status;

  return call != NULL && parse_status (words[1], &status, error) && baton_call_decline (call, status, error);
}

static gboolean
run_hangup (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_call (self, words[0], error);

  return call != NULL && baton_call_hangup (call, error);
}

static Pending *
pending_new (BatonCliCommands *self)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->output = self->output;
  pending->line = g_strdup (self->line);
  return pending;
}

/* In words first, the status at their end */
static char *
dup_sentence (const GError *error)
{
  guint status = baton_error_get_sip_status (error);

  switch (status)
    {
    case 0:
      return g_strdup (error->message);
    case 408:
    case 503:
      return g_strdup_printf ("The other end does not answer, or cannot be reached. %u", status);
    default:
      return g_strdup_printf ("The other end refused it: %s", error->message);
    }
}

static void
pending_finish (Pending *pending, GError *error)
{
  g_autofree char *sentence = error != NULL ? dup_sentence (error) : NULL;

  if (sentence != NULL)
    baton_cli_output_error (pending->output, pending->line, sentence);
  g_free (pending->line);
  g_free (pending);
}

static void
on_held (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  baton_call_hold_finish (BATON_CALL (source), result, &error);
  pending_finish (data, error);
}

static void
on_resumed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  baton_call_resume_finish (BATON_CALL (source), result, &error);
  pending_finish (data, error);
}

static gboolean
is_held (BatonCall *call)
{
  return baton_call_get_hold (call) == BATON_HOLD_LOCAL || baton_call_get_hold (call) == BATON_HOLD_BOTH;
}

static BatonCall *
find_established (BatonCliCommands *self, const char *word, GError **error)
{
  BatonCall *call = find_call (self, word, error);

  if (call == NULL || baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED)
    return call;
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "Call %s is not connected.", word);
  return NULL;
}

static gboolean
run_hold (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_established (self, words[0], error);

  if (call == NULL)
    return FALSE;
  if (is_held (call))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "Call %s is on hold already.", words[0]);
      return FALSE;
    }
  baton_call_hold_async (call, on_held, pending_new (self));
  return TRUE;
}

static gboolean
run_resume (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_established (self, words[0], error);

  if (call == NULL)
    return FALSE;
  if (!is_held (call))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "Call %s is not on hold.", words[0]);
      return FALSE;
    }
  baton_call_resume_async (call, on_resumed, pending_new (self));
  return TRUE;
}

static gboolean
run_mute (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_call (self, words[0], error);

  if (call == NULL)
    return FALSE;
  if (!g_str_equal (words[1], "on") && !g_str_equal (words[1], "off"))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "Mute is on or off.");
      return FALSE;
    }
  baton_call_set_muted (call, g_str_equal (words[1], "on"));
  return TRUE;
}

static gboolean
run_dtmf (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_call (self, words[0], error);

  return call != NULL && baton_call_send_dtmf (call, words[1], error);
}

static gboolean
run_calls (BatonCliCommands *self, const char *const *words, GError **error)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (self->engine));

  for (guint i = 0; i < g_list_model_get_n_items (calls); i++)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (calls, i);

      baton_cli_events_call (self->events, call);
    }
  return TRUE;
}

static gboolean
run_stats (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_call (self, words[0], error);

  if (call != NULL)
    baton_cli_events_stats (self->events, call);
  return call != NULL;
}

static BatonCall *
find_two_calls (BatonCliCommands *self, const char *const *words, BatonCall **other, GError **error)
{
  BatonCall *call = find_call (self, words[0], error);

  *other = call != NULL ? find_call (self, words[1], error) : NULL;
  return *other != NULL ? call : NULL;
}

static gboolean
run_merge (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *other, *call = find_two_calls (self, words, &other, error);

  return call != NULL && baton_call_manager_merge (baton_engine_get_calls (self->engine), call, other, error);
}

static gboolean
run_split (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_call (self, words[0], error);

  return call != NULL && baton_call_manager_split (baton_engine_get_calls (self->engine), call, error);
}

static gboolean
run_leave (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_call (self, words[0], error);

  return call != NULL && baton_engine_leave (self->engine, call, error) != NULL;
}

static gboolean
run_record (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_call (self, words[0], error);
  g_autofree char *name = NULL;

  if (call == NULL)
    return FALSE;
  if (g_str_equal (words[1], "off") && words[2] == NULL)
    return baton_call_stop_recording (call, error);
  if (!g_str_equal (words[1], "on"))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "Recording is on, with or without a file, or off.");
      return FALSE;
    }
  name = g_strdup_printf ("recording-%s.wav", words[0]);
  return baton_call_start_recording (call, words[2] != NULL ? words[2] : name, error);
}

/* ---- Commands about refers ---- */

static gboolean
rings_there (BatonCall *call)
{
  return baton_call_get_direction (call) == BATON_DIRECTION_OUTGOING &&
         baton_call_get_state (call) != BATON_CALL_STATE_ESTABLISHED &&
         baton_call_get_state (call) != BATON_CALL_STATE_ENDED;
}

static gboolean
run_transfer (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonCall *call = find_call (self, words[0], error);
  BatonCall *target;
  BatonReferOptions options = { 0 };
  g_auto (GStrv) headers = NULL;
  const Flag flags[] = { { "active-after", &options.active_after_transfer },
                         { "protect-target", &options.protect_target },
                         { "use-aor", &options.use_aor },
                         { NULL } };
  guint number;

  if (call == NULL || !parse_extras (words + 2, flags, &headers, error))
    return FALSE;
  if (!parse_number (words[1], &number) && (options.protect_target || options.use_aor))
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "protect-target and use-aor are for a transfer to another call, not to an address.");
      return FALSE;
    }
  options.extra_headers = (const char *const *) headers;
  if (!parse_number (words[1], &number))
    return baton_engine_transfer (self->engine, call, words[1], &options, error) != NULL;
  target = find_call (self, words[1], error);
  if (target != NULL && rings_there (target))
    return baton_engine_transfer_semi_attended (self->engine, call, target, &options, error) != NULL;
  return target != NULL && baton_engine_transfer_attended (self->engine, call, target, &options, error) != NULL;
}

static gboolean
run_refer (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonReferOptions options = { 0 };
  g_auto (GStrv) headers = NULL;
  const Flag flags[] = { { "active-after", &options.active_after_transfer }, { NULL } };

  if (!parse_extras (words + 2, flags, &headers, error))
    return FALSE;
  options.extra_headers = (const char *const *) headers;
  return baton_engine_refer (self->engine, self->account, words[0], words[1], &options, error) != NULL;
}

static gboolean
run_accept_refer (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonTransfer *transfer = find_refer (self, words[0], error);
  BatonReferAcceptOptions options = { 0 };
  g_auto (GStrv) headers = NULL;
  gboolean no_follow = FALSE;
  const Flag flags[] = { { "no-follow", &no_follow }, { NULL } };

  if (transfer == NULL || !parse_extras (words + 1, flags, &headers, error))
    return FALSE;
  options.follow_refer = !no_follow;
  options.extra_headers = (const char *const *) headers;
  return baton_transfer_accept (transfer, &options, error);
}

static gboolean
run_progress_refer (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonTransfer *transfer = find_refer (self, words[0], error);

  return transfer != NULL && baton_transfer_progress (transfer, error);
}

static gboolean
run_reject_refer (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonTransfer *transfer = find_refer (self, words[0], error);
  guint status;

  return transfer != NULL && parse_status (words[1], &status, error) &&
         baton_transfer_decline (transfer, status, error);
}

static gboolean
run_notify_refer (BatonCliCommands *self, const char *const *words, GError **error)
{
  BatonTransfer *transfer = find_refer (self, words[0], error);
  g_autofree char *status_line = g_strjoinv (" ", (GStrv) words + 1);
  g_autofree char *sipfrag = g_strconcat (status_line, "\r\n", NULL);

  return transfer != NULL && baton_transfer_notify (transfer, sipfrag, error);
}

/* ---- The rest ---- */

static gboolean
run_register (BatonCliCommands *self, const char *const *words, GError **error)
{
  return baton_account_register (self->account, error);
}

static gboolean
run_unregister (BatonCliCommands *self, const char *const *words, GError **error)
{
  return baton_account_unregister (self->account, error);
}

static gboolean
run_quit (BatonCliCommands *self, const char *const *words, GError **error)
{
  self->quit (self->quit_data);
  return TRUE;
}

static gboolean
run_help (BatonCliCommands *self, const char *const *words, GError **error)
{
  guint n;
  const BatonCliCommand *commands = baton_cli_commands_get (&n);

  for (guint i = 0; i < n; i++)
    {
      baton_cli_output_begin (self->output, "help");
      baton_cli_output_string (self->output, "command", commands[i].name);
      baton_cli_output_string (self->output, "arguments", commands[i].arguments);
      baton_cli_output_string (self->output, "message", commands[i].help);
      baton_cli_output_end (self->output);
    }
  return TRUE;
}

#define MANY 64

static const BatonCliCommand commands_table[] = {
  { "dial", "URI", "place a call", 1, 1, run_dial },
  { "answer", "CALL", "answer it", 1, 1, run_answer },
  { "decline", "CALL [CODE]", "refuse it [603]", 1, 2, run_decline },
  { "hangup", "CALL", "end it", 1, 1, run_hangup },
  { "hold", "CALL", "put it on hold", 1, 1, run_hold },
  { "resume", "CALL", "take it back from hold", 1, 1, run_resume },
  { "mute", "CALL on|off", "the microphone", 2, 2, run_mute },
  { "dtmf", "CALL DIGITS", "send key presses", 2, 2, run_dtmf },
  { "merge", "CALL CALL2", "let both hear each other and us", 2, 2, run_merge },
  { "split", "CALL", "take it out of the merged ones", 1, 1, run_split },
  { "leave", "CALL", "connect it with the one that it is merged with, and go", 1, 1, run_leave },
  { "record", "CALL on|off [PATH]", "both directions to a new WAV file: ours left, theirs right [recording-CALL.wav]", 2, 3, run_record },
  { "transfer", "CALL URI|CALL2 [active-after] [protect-target] [use-aor] [header=\"Name: value\"]…",
    "blind to URI; attended to the peer of CALL2, or blind to its address while it rings (semi_attended)", 2, MANY,
    run_transfer },
  { "refer", "URI TARGET [header=\"Name: value\"]…", "ask URI, outside every call, to call TARGET", 2, MANY, run_refer },
  { "accept-refer", "REFER [no-follow] [header=\"Name: value\"]…", "agree, and place the call unless no-follow", 1, MANY, run_accept_refer },
  { "progress-refer", "REFER", "answer 100 for now", 1, 1, run_progress_refer },
  { "reject-refer", "REFER [CODE]", "refuse [603]", 1, 2, run_reject_refer },
  { "notify-refer", "REFER STATUS-LINE", "report, after no-follow: SIP/2.0 180 Ringing", 2, MANY, run_notify_refer },
  { "register", "", "register at the registrar", 0, 0, run_register },
  { "unregister", "", "leave the registrar", 0, 0, run_unregister },
  { "calls", "", "an event for each call", 0, 0, run_calls },
  { "stats", "CALL", "how its sound goes", 1, 1, run_stats },
  { "help", "", "an event for each command", 0, 0, run_help },
  { "quit", "", "hang up, unregister, end", 0, 0, run_quit },
};

const BatonCliCommand *
baton_cli_commands_get (guint *n)
{
  *n = G_N_ELEMENTS (commands_table);
  return commands_table;
}

static gboolean
run_line (BatonCliCommands *self, const char *line, GError **error)
{
  g_auto (GStrv) words = baton_cli_split (line, error);
  guint n;

  if (words == NULL)
    return FALSE;
  if (words[0] == NULL)
    return TRUE; /* an empty line */
  n = g_strv_length (words) - 1;
  for (guint i = 0; i < G_N_ELEMENTS (commands_table); i++)
    {
      const BatonCliCommand *command = &commands_table[i];

      if (!g_str_equal (words[0], command->name))
        continue;
      if (n >= command->min && n <= command->max)
        return command->run (self, (const char *const *) words + 1, error);
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "It is written so: %s%s%s", command->name,
                   *command->arguments ? " " : "", command->arguments);
      return FALSE;
    }
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT, "There is no command %.40s; see help.", words[0]);
  return FALSE;
}

void
baton_cli_commands_run (BatonCliCommands *self, const char *line, gsize length)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (length > 0 && line[length - 1] == '\r')
    length--;
  if (length > BATON_CLI_LINE_MAX || memchr (line, '\0', length) != NULL || !g_utf8_validate_len (line, length, NULL))
    {
      g_autofree char *start = g_strndup (line, MIN (length, 80));

      baton_cli_output_error (self->output, start,
                              length > BATON_CLI_LINE_MAX ? "The line is too long." : "The line is not valid text.");
      return;
    }
  text = g_strndup (line, length);
  self->line = text;
  if (!run_line (self, text, &error))
    baton_cli_output_error (self->output, text, error->message);
  self->line = NULL;
}

BatonCliCommands *
baton_cli_commands_new (BatonEngine *engine, BatonAccount *account, BatonCliEvents *events, BatonCliOutput *output,
                        GSourceFunc quit, gpointer data)
{
  BatonCliCommands *self = g_new0 (BatonCliCommands, 1);

  self->engine = engine;
  self->account = account;
  self->events = events;
  self->output = output;
  self->quit = quit;
  self->quit_data = data;
  return self;
}

void
baton_cli_commands_free (BatonCliCommands *self)
{
  g_free (self);
}
