/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * baton_test_wait:
 * Iterates the default main context until @condition is true. After @deadline_ms milliseconds of
 * real time the test fails, with the condition's text. A deadline is a bound, not a wait: a test
 * that passes never reaches it.
 */
#define baton_test_wait(condition, deadline_ms) \
  G_STMT_START { \
    BatonTestDeadline wait_deadline_; \
    baton_test_deadline_start (&wait_deadline_, (deadline_ms)); \
    while (!(condition) && baton_test_deadline_iterate (&wait_deadline_)) \
      ; \
    if (!(condition)) \
      g_assertion_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, \
                           "not within " #deadline_ms " ms: " #condition); \
  } G_STMT_END

typedef struct
{
  gint64 end; /* µs, monotonic */
} BatonTestDeadline;

void baton_test_deadline_start (BatonTestDeadline *self, guint deadline_ms);

/** baton_test_deadline_iterate: one turn of the main context. Returns: FALSE when the time is over */
gboolean baton_test_deadline_iterate (BatonTestDeadline *self);

/**
 * baton_test_settle:
 * Iterates the main context for @ms milliseconds. Only to show that something does NOT happen: use
 * it seldom, and no longer than what would happen takes.
 */
void baton_test_settle (guint ms);

/** baton_test_drain: iterates the main context until nothing is ready. */
void baton_test_drain (void);

/**
 * baton_test_wait_thread:
 * Waits until no thread called @name is left, not even one that only has to free its own (one that
 * has not come to run yet has no name, and isn't seen). Otherwise a program that ends now
 * has leaked what that thread holds. After @deadline_ms milliseconds the test fails.
 */
void baton_test_wait_thread (const char *name, guint deadline_ms);

G_END_DECLS
