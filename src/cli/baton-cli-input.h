/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** BatonCliInput: lines from a file descriptor, without ever waiting in the main loop. */
typedef struct _BatonCliInput BatonCliInput;

/** BatonCliLineFunc: a line without its end; @line NULL: there will be no more */
typedef void (*BatonCliLineFunc) (const char *line, gsize length, gpointer data);

/** baton_cli_input_new: a line longer than @max bytes is given once, cut off after @max + 1. */
BatonCliInput *baton_cli_input_new (int fd, gsize max, BatonCliLineFunc func, gpointer data);
void baton_cli_input_free (BatonCliInput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonCliInput, baton_cli_input_free)

G_END_DECLS
