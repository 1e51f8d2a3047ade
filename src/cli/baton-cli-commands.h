/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-cli-events.h"

G_BEGIN_DECLS

typedef struct _BatonCliCommands BatonCliCommands;

/** A line longer than this (bytes) is no command. */
#define BATON_CLI_LINE_MAX 8192

typedef struct
{
  const char *name;
  const char *arguments; /* how the help calls them; "" for none */
  const char *help;
  guint min, max; /* words after the name */
  gboolean (*run) (BatonCliCommands *self, const char *const *words, GError **error);
} BatonCliCommand;

/** baton_cli_commands_get: Returns: (transfer none): all of them, @n */
const BatonCliCommand *baton_cli_commands_get (guint *n);

/** BatonCliCommands: carries out command lines. @quit is called for `quit`. Nothing is owned. */
BatonCliCommands *baton_cli_commands_new (BatonEngine *engine, BatonAccount *account, BatonCliEvents *events,
                                          BatonCliOutput *output, GSourceFunc quit, gpointer data);
void baton_cli_commands_free (BatonCliCommands *self);

/** baton_cli_commands_run: one line, without its end, @length bytes of whatever somebody typed */
void baton_cli_commands_run (BatonCliCommands *self, const char *line, gsize length);

/**
 * baton_cli_split: words are divided by blanks; "…" keeps blanks, \ in them takes the next character as it is.
 * Returns: (transfer full) (nullable): NULL with @error when a quotation mark is missing
 */
GStrv baton_cli_split (const char *line, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonCliCommands, baton_cli_commands_free)

G_END_DECLS
