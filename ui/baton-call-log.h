/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-directory.h"

G_BEGIN_DECLS

#define BATON_TYPE_CALL_LOG (baton_call_log_get_type ())
G_DECLARE_FINAL_TYPE (BatonCallLog, baton_call_log, BATON, CALL_LOG, GObject)

/** BatonCallLog: writes each call that ends into the history. */
BatonCallLog *baton_call_log_new (BatonEngine *engine, BatonHistory *history, BatonDirectory *directory);

G_END_DECLS
