/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_KEYPAD (baton_keypad_get_type ())
G_DECLARE_FINAL_TYPE (BatonKeypad, baton_keypad, BATON, KEYPAD, AdwBin)

/**
 * BatonKeypad:
 * Twelve keys. Each press is the window's action `win.digit`, which knows whether there is a call to
 * send it in; `win.erase-digit` is Backspace.
 */

/** baton_keypad_show_sent: what `Digits sent` says; "" hides it */
void baton_keypad_show_sent (BatonKeypad *self, const char *digits);

G_END_DECLS
