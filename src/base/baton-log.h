/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * baton_debug: g_debug() where a peer waits meanwhile: GLib writes the text of a message before it asks whether anybody
 * wants to read it (G_MESSAGES_DEBUG)
 */
#define baton_debug(...) \
  G_STMT_START { \
    if (!g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN)) \
      g_debug (__VA_ARGS__); \
  } G_STMT_END
