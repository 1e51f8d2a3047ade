/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "baton-enums.h"

G_BEGIN_DECLS

#define BATON_TYPE_REFUSED_REQUEST (baton_refused_request_get_type ())
G_DECLARE_FINAL_TYPE (BatonRefusedRequest, baton_refused_request, BATON, REFUSED_REQUEST, GObject)

/**
 * BatonRefusedRequest:
 * A REFER outside every dialog that was refused, as the list of them shows it. Immutable.
 *
 * Properties, read-only: `time` (gint64, Unix µs), `who` and `target` (strings, nullable, untrusted:
 * valid UTF-8 of at most 200 bytes, not markup), `why` (BatonReferRefusal), `status`, `reason` (what it was answered).
 */
BatonRefusedRequest *baton_refused_request_new (gint64 time, const char *who, const char *target, BatonReferRefusal why,
                                                guint status, const char *reason);
gint64 baton_refused_request_get_time (BatonRefusedRequest *self);
const char *baton_refused_request_get_who (BatonRefusedRequest *self);
const char *baton_refused_request_get_target (BatonRefusedRequest *self);
BatonReferRefusal baton_refused_request_get_why (BatonRefusedRequest *self);

G_END_DECLS
