/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-directory.h"

G_BEGIN_DECLS

#define BATON_TYPE_NOTIFIER (baton_notifier_get_type ())
G_DECLARE_FINAL_TYPE (BatonNotifier, baton_notifier, BATON, NOTIFIER, GObject)

/**
 * BatonNotifier:
 * What the desktop is told when the window isn't in front, and the sounds of ringing. Everything
 * that it says is in the window too, and it takes back what is no longer true.
 */
BatonNotifier *baton_notifier_new (GApplication *application, BatonEngine *engine, BatonDirectory *directory,
                                   GSettings *settings);
/** baton_notifier_ask: a received transfer waits for the user */
void baton_notifier_ask (BatonNotifier *self, BatonTransfer *transfer);

G_END_DECLS
