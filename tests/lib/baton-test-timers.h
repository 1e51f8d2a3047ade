/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-timers.h"

G_BEGIN_DECLS

#define BATON_TYPE_TEST_TIMERS (baton_test_timers_get_type ())
G_DECLARE_FINAL_TYPE (BatonTestTimers, baton_test_timers, BATON, TEST_TIMERS, BatonTimers)

/** BatonTestTimers: a clock that stands still until the test turns its hands. */
BatonTestTimers *baton_test_timers_new (void);

/** baton_test_timers_advance: turns the clock on by @ms milliseconds and calls what falls due, in order of time. */
void baton_test_timers_advance (BatonTestTimers *self, guint ms);

/** Returns: how many timers are set; 0 when everybody cleaned up */
guint baton_test_timers_get_pending (BatonTestTimers *self);

/** Returns: milliseconds until the next timer falls due, -1 when none is set */
gint64 baton_test_timers_get_next (BatonTestTimers *self);

G_END_DECLS
