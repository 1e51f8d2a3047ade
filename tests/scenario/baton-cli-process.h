/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** CliProcess: one running baton-cli, with all the events that it told. */
typedef struct
{
  char *name;
  GSubprocess *process;
  GDataInputStream *output;
  GPtrArray *events; /* of JsonObject; NULL where an expect took one */
  GPtrArray *lines;
  char *listen;
  char *uri;         /* "sip:bob@127.0.0.1:5070" */
  gboolean ended;    /* its output */
} CliProcess;

/** cli_start: with null sound and these options (NULL-terminated); waits for `ready` */
CliProcess *cli_start (const char *name, ...) G_GNUC_NULL_TERMINATED;
/** cli_run: a whole run of which only the end counts. Returns: the exit status; @errors is what came on standard error */
int cli_run (char **errors, ...) G_GNUC_NULL_TERMINATED;

void cli_send (CliProcess *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void cli_send_bytes (CliProcess *self, const char *bytes, gsize length);

/**
 * cli_expect:
 * Waits for an event that no expect took before, with these fields: "state=established call=1"; a
 * value of null is null; ~ in place of = asks for a part of a text. Others stay where they are.
 * Returns: (transfer none)
 */
JsonObject *cli_expect (CliProcess *self, const char *event, const char *fields);
/** Returns: how many such events came by now, taken or not */
guint cli_count (CliProcess *self, const char *event, const char *fields);

/** cli_end: sends @line, or the signal (@line NULL), or ends the input (both 0); asserts status 0 within 2 s, and frees */
void cli_end (CliProcess *self, const char *line, int signal);
void cli_quit (CliProcess *self);
/** cli_kill: SIGKILL: it says no BYE and nothing else; its ports are free when this returns. Frees */
void cli_kill (CliProcess *self);

G_END_DECLS
