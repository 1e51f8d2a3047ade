/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "baton-enums.h"
#include "baton-refused-request.h"
#include "baton-trusted-source.h"

G_BEGIN_DECLS

/** BatonReferFacts: what is known of a REFER outside every dialog when it is judged. All strings are untrusted. */
typedef struct
{
  const char *from;           /* (nullable) URI in From */
  const char *source_address; /* (nullable) "192.0.2.1:5060" */
  const char *transport;      /* "udp", "tcp", "tls" */
  const char *target;         /* the URI that we are to call */
  const char *own_domain;     /* (nullable) host of the account's address */
  gboolean proven;            /* digest credentials of the account came with it, and were right */
} BatonReferFacts;

/** BatonReferVerdict: what happens to it. */
typedef enum
{
  BATON_REFER_VERDICT_REFUSE,
  BATON_REFER_VERDICT_CHALLENGE, /* 401: the next one may prove that it knows the account's password */
  BATON_REFER_VERDICT_ASK,
  BATON_REFER_VERDICT_FOLLOW,
} BatonReferVerdict;

#define BATON_TYPE_REFER_RULES (baton_refer_rules_get_type ())
G_DECLARE_FINAL_TYPE (BatonReferRules, baton_refer_rules, BATON, REFER_RULES, GObject)

/**
 * BatonReferRules:
 * Who outside every call may have this phone call somebody (refer.md §5), and the list of who was
 * refused. Owned by the engine, whose `out-of-dialog-policy` says whether the rules are asked at all:
 *
 * - REJECT: nobody; 405, and nothing comes here;
 * - ASK: everybody, at most `max-per-hour`, and each time the user is asked;
 * - TRUSTED: the trusted sources alone, each as far as it says; at most `max-per-hour`;
 * - FOLLOW: everybody, unasked. For programs that have no user, and only where it was set by name.
 *
 * A name in From is a claim and no more. A source that is known by its name alone is therefore
 * always asked about; one that came from the right IP address, or that proved the account's
 * password, is followed where its `ask` is FALSE.
 *
 * Properties: `max-per-hour` (guint, 6; 0: no limit), `sources` and `refused` (GListModels of
 * BatonTrustedSource and BatonRefusedRequest, the newest refused one first, 100 at most).
 */
BatonReferRules *baton_refer_rules_new (void);

GListModel *baton_refer_rules_get_sources (BatonReferRules *self);
void baton_refer_rules_add_source (BatonReferRules *self, BatonTrustedSource *source);
void baton_refer_rules_remove_source (BatonReferRules *self, BatonTrustedSource *source);
/** Returns: (transfer floating): all sources as "a(ssbbb)": source, destinations, tls-only, needs-password, ask */
GVariant *baton_refer_rules_save_sources (BatonReferRules *self);
/** baton_refer_rules_load_sources: FALSE when @sources is of another type; nothing changes then */
gboolean baton_refer_rules_load_sources (BatonReferRules *self, GVariant *sources);

/**
 * baton_refer_rules_judge:
 * @now: µs on the monotonic clock, for the hour
 * @why: (out): the reason to refuse, or what a challenge is about
 *
 * A verdict to ask or to follow counts as one of this hour.
 */
BatonReferVerdict baton_refer_rules_judge (BatonReferRules *self, BatonReferPolicy policy, const BatonReferFacts *facts,
                                           gint64 now, BatonReferRefusal *why);

GListModel *baton_refer_rules_get_refused (BatonReferRules *self);
/** baton_refer_rules_note_refused: puts one on the list; @who and @target are nullable and may be anything */
void baton_refer_rules_note_refused (BatonReferRules *self, const char *who, const char *target, BatonReferRefusal why,
                                     guint status, const char *reason);
void baton_refer_rules_clear_refused (BatonReferRules *self);

G_END_DECLS
