/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-engine.h"

G_BEGIN_DECLS

/** BatonCliOptions: what the command line said. Strings live as long as it does. */
typedef struct
{
  BatonEngineOptions engine;
  char *identity;  /* (nullable) */
  char *registrar; /* (nullable) */
  char *outbound_proxy; /* (nullable) */
  char *auth_user; /* (nullable) */
  gboolean json;
  gboolean trace;
  gboolean version;
  gboolean help;

  GStringChunk *strings;
  GStrv codecs;
} BatonCliOptions;

/**
 * baton_cli_options_parse: @argv with the program's name first.
 * Returns: (transfer full) (nullable): NULL with @error, a line that names the option
 */
BatonCliOptions *baton_cli_options_parse (int argc, const char *const *argv, GError **error);
void baton_cli_options_free (BatonCliOptions *self);
/** Returns: (transfer full): what --help prints */
char *baton_cli_options_dup_help (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonCliOptions, baton_cli_options_free)

G_END_DECLS
