/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-enums.h"

G_BEGIN_DECLS

/* Returns: whether a session in state @from may become @to */
gboolean baton_session_transition_allowed (BatonSessionState from, BatonSessionState to);

G_END_DECLS
