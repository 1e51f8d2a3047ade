/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BatonCliOutput:
 * Where events go: standard output, one a line, as JSON or as text for people. An event is one flat
 * record; it is begun, gets its fields in order, and is ended.
 */
typedef struct _BatonCliOutput BatonCliOutput;

BatonCliOutput *baton_cli_output_new (gboolean json);
void baton_cli_output_free (BatonCliOutput *self);

/** baton_cli_output_begin: the fields `event` and `t` (seconds of the monotonic clock) */
void baton_cli_output_begin (BatonCliOutput *self, const char *event);
void baton_cli_output_uint (BatonCliOutput *self, const char *field, guint64 value);
/** baton_cli_output_call: the number of a call or a refer; 0 is written as null */
void baton_cli_output_number (BatonCliOutput *self, const char *field, guint number);
/** baton_cli_output_real: three decimals */
void baton_cli_output_bool (BatonCliOutput *self, const char *field, gboolean value);
void baton_cli_output_real (BatonCliOutput *self, const char *field, double value);
/** baton_cli_output_string: NULL is written as null; made valid UTF-8, and escaped */
void baton_cli_output_string (BatonCliOutput *self, const char *field, const char *value);
void baton_cli_output_null (BatonCliOutput *self, const char *field);
/** baton_cli_output_end: the line is written when the main loop has nothing more urgent to do */
void baton_cli_output_end (BatonCliOutput *self);

/** baton_cli_output_error: the event `error`; @command is the line that was wrong, NULL when none was */
void baton_cli_output_error (BatonCliOutput *self, const char *command, const char *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonCliOutput, baton_cli_output_free)

G_END_DECLS
