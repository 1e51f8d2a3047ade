/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-call-list.h"
#include "baton-device-list.h"
#include "baton-directory.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_WINDOW (baton_window_get_type ())
G_DECLARE_FINAL_TYPE (BatonWindow, baton_window, BATON, WINDOW, AdwApplicationWindow)

/**
 * BatonWindow:
 * The one window. It shows what the engine has, and does nothing itself: its actions
 * (baton-call-actions.c, baton-transfer-actions.c) do, for buttons, keys, tests and the story alike.
 */
BatonWindow *baton_window_new (GtkApplication *application, BatonEngine *engine, BatonDirectory *directory,
                               BatonHistory *history, GSettings *settings);

BatonEngine *baton_window_get_engine (BatonWindow *self);
BatonDirectory *baton_window_get_directory (BatonWindow *self);
GSettings *baton_window_get_settings (BatonWindow *self);
BatonCallList *baton_window_get_calls (BatonWindow *self);
/** Returns: (nullable) (transfer none): the account that calls are placed with */
BatonAccount *baton_window_get_account (BatonWindow *self);
void baton_window_set_account (BatonWindow *self, const char *id);

void baton_window_set_demo (BatonWindow *self, BatonDemo *demo); /* (nullable) */
/** baton_window_set_welcome: the first-run page instead of everything else */
void baton_window_set_welcome (BatonWindow *self, gboolean welcome);
/** baton_window_show_problem: a state that lasts, in the info bar; NULL takes it away */
void baton_window_show_problem (BatonWindow *self, const char *message);
/** baton_window_toast: an event that passes */
void baton_window_toast (BatonWindow *self, const char *message);
/** baton_window_offer_device: asks whether a device that was just plugged in shall be used */
void baton_window_offer_device (BatonWindow *self, BatonSoundDevice *device);
/** baton_window_fill_dial: puts @text in the dial entry and the focus on Call. Never dials. */
void baton_window_fill_dial (BatonWindow *self, const char *text);
void baton_window_clear_dial (BatonWindow *self);
const char *baton_window_get_dial_text (BatonWindow *self);
void baton_window_type_digit (BatonWindow *self, const char *digit); /* NULL: Backspace */
void baton_window_show_sent_digits (BatonWindow *self, const char *digits);
void baton_window_show_keypad (BatonWindow *self, gboolean show);
void baton_window_focus_dial (BatonWindow *self);
void baton_window_focus_search (BatonWindow *self);
void baton_window_show_page (BatonWindow *self, const char *page);
/** baton_window_show_details: the page of the selected call, in front where there is room for one page only */
void baton_window_show_details (BatonWindow *self);
void baton_window_open_menu (BatonWindow *self);
void baton_window_go_back (BatonWindow *self);
/** baton_window_add_prompt: asks the user about a received transfer */
void baton_window_add_prompt (BatonWindow *self, BatonTransfer *transfer);
void baton_window_remove_prompt (BatonWindow *self, guint number);
void baton_window_undo_clear (BatonWindow *self);

G_END_DECLS
