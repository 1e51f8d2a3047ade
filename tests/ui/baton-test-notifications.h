/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** baton_test_notifications_start: a notification server that remembers instead of showing */
void baton_test_notifications_start (void);
void baton_test_notifications_stop (void);
/** baton_test_notifications_shown: whether one with this title is up, and has a button of that label (nullable) */
gboolean baton_test_notifications_shown (const char *title, const char *button);
/** baton_test_notifications_press: as a person would press that button. Returns: FALSE when there is none */
gboolean baton_test_notifications_press (const char *title, const char *button);

G_END_DECLS
