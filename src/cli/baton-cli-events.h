/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-cli-output.h"
#include "baton-engine.h"

G_BEGIN_DECLS

#define BATON_TYPE_CLI_EVENTS (baton_cli_events_get_type ())
G_DECLARE_FINAL_TYPE (BatonCliEvents, baton_cli_events, BATON, CLI_EVENTS, GObject)

/** BatonCliEvents: tells what happens in an engine. @output is not owned and lives longer. */
BatonCliEvents *baton_cli_events_new (BatonEngine *engine, BatonCliOutput *output);

void baton_cli_events_watch_account (BatonCliEvents *self, BatonAccount *account);
/** baton_cli_events_call: the event `call`, as on each change of it */
void baton_cli_events_call (BatonCliEvents *self, BatonCall *call);
void baton_cli_events_stats (BatonCliEvents *self, BatonCall *call);

G_END_DECLS
