/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What anybody can send and sofia-sip does not survive: a message that meets an assert, runs over its stack or stands still for
 * a name server. Like what is mended (baton-sip-mend.h), these are functions of the library that are called here in its place.
 */

/**
 * baton_sip_guard_active:
 * Has to be called from somewhere, so that the linker takes what is in the file.
 * Returns: whether sofia-sip has asked us about a message yet
 */
gboolean baton_sip_guard_active (void);

G_END_DECLS
