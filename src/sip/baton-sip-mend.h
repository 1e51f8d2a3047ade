/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * baton_sip_mend_active:
 * Has to be called from somewhere, so that the linker takes what is in the file.
 * Returns: whether sofia-sip asks us which answers end a dialog
 */
gboolean baton_sip_mend_active (void);

G_END_DECLS
