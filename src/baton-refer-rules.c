/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-rules.h"

#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
#define DEFAULT_PER_HOUR 6
#define MAX_REFUSED 100
#define SOURCES_TYPE "a(ssbbb)"

struct _BatonReferRules
{
  GObject parent_instance;

  GListStore *sources;
  GListStore *refused;
  GArray *passed; /* of gint64: when, within the last hour */
  guint max_per_hour;
};

enum
{
  PROP_MAX_PER_HOUR = 1,
  PROP_SOURCES,
  PROP_REFUSED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (BatonReferRules, baton_refer_rules, G_TYPE_OBJECT)

static void
baton_refer_rules_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonReferRules *self = BATON_REFER_RULES (object);

  switch (id)
    {
    case PROP_MAX_PER_HOUR:
      g_value_set_uint (value, self->max_per_hour);
      break;
    case PROP_SOURCES:
      g_value_set_object (value, self->sources);
      break;
    case PROP_REFUSED:
      g_value_set_object (value, self->refused);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_refer_rules_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonReferRules *self = BATON_REFER_RULES (object);

  switch (id)
    {
    case PROP_MAX_PER_HOUR:
      if (self->max_per_hour != g_value_get_uint (value))
        {
          self->max_per_hour = g_value_get_uint (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_refer_rules_finalize (GObject *object)
{
  BatonReferRules *self = BATON_REFER_RULES (object);

  g_object_unref (self->sources);
  g_object_unref (self->refused);
  g_array_unref (self->passed);
  G_OBJECT_CLASS (baton_refer_rules_parent_class)->finalize (object);
}

static void
baton_refer_rules_class_init (BatonReferRulesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags fact = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = baton_refer_rules_get_property;
  object_class->set_property = baton_refer_rules_set_property;
  object_class->finalize = baton_refer_rules_finalize;

  props[PROP_MAX_PER_HOUR] = g_param_spec_uint ("max-per-hour", NULL, NULL, 0, 1000, DEFAULT_PER_HOUR,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_SOURCES] = g_param_spec_object ("sources", NULL, NULL, G_TYPE_LIST_MODEL, fact);
  props[PROP_REFUSED] = g_param_spec_object ("refused", NULL, NULL, G_TYPE_LIST_MODEL, fact);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
baton_refer_rules_init (BatonReferRules *self)
{
  self->sources = g_list_store_new (BATON_TYPE_TRUSTED_SOURCE);
  self->refused = g_list_store_new (BATON_TYPE_REFUSED_REQUEST);
  self->passed = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->max_per_hour = DEFAULT_PER_HOUR;
}

BatonReferRules *
baton_refer_rules_new (void)
{
  return g_object_new (BATON_TYPE_REFER_RULES, NULL);
}

/* ---- Sources ---- */

GListModel *
baton_refer_rules_get_sources (BatonReferRules *self)
{
  g_return_val_if_fail (BATON_IS_REFER_RULES (self), NULL);
  return G_LIST_MODEL (self->sources);
}

void
baton_refer_rules_add_source (BatonReferRules *self, BatonTrustedSource *source)
{
  g_return_if_fail (BATON_IS_REFER_RULES (self) && BATON_IS_TRUSTED_SOURCE (source));
  g_list_store_append (self->sources, source);
}

void
baton_refer_rules_remove_source (BatonReferRules *self, BatonTrustedSource *source)
{
  guint position;

  g_return_if_fail (BATON_IS_REFER_RULES (self));
  if (g_list_store_find (self->sources, source, &position))
    g_list_store_remove (self->sources, position);
}

GVariant *
baton_refer_rules_save_sources (BatonReferRules *self)
{
  GVariantBuilder builder;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sources));

  g_variant_builder_init (&builder, G_VARIANT_TYPE (SOURCES_TYPE));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonTrustedSource) source = g_list_model_get_item (G_LIST_MODEL (self->sources), i);
      const char *name = baton_trusted_source_get_source (source);
      const char *destinations = baton_trusted_source_get_destinations (source);

      g_variant_builder_add (&builder, "(ssbbb)", name != NULL ? name : "", destinations != NULL ? destinations : "",
                             baton_trusted_source_get_tls_only (source), baton_trusted_source_get_needs_password (source),
                             baton_trusted_source_get_ask (source));
    }
  return g_variant_builder_end (&builder);
}

gboolean
baton_refer_rules_load_sources (BatonReferRules *self, GVariant *sources)
{
  GVariantIter iter;
  const char *name, *destinations;
  gboolean tls_only, needs_password, ask;

  g_return_val_if_fail (BATON_IS_REFER_RULES (self) && sources != NULL, FALSE);
  if (!g_variant_is_of_type (sources, G_VARIANT_TYPE (SOURCES_TYPE)))
    return FALSE;
  g_list_store_remove_all (self->sources);
  g_variant_iter_init (&iter, sources);
  while (g_variant_iter_next (&iter, "(&s&sbbb)", &name, &destinations, &tls_only, &needs_password, &ask))
    {
      g_autoptr (BatonTrustedSource) source =
        g_object_new (BATON_TYPE_TRUSTED_SOURCE, "source", name, "destinations", destinations, "tls-only", tls_only,
                      "needs-password", needs_password, "ask", ask, NULL);

      g_list_store_append (self->sources, source);
    }
  return TRUE;
}

/* ---- Judging ---- */

/* At most so many an hour; one that passes here is counted. */
static BatonReferVerdict
pass (BatonReferRules *self, BatonReferVerdict verdict, gint64 now, BatonReferRefusal *why)
{
  guint old = 0;

  while (old < self->passed->len && now - g_array_index (self->passed, gint64, old) >= HOUR_US)
    old++;
  if (old > 0)
    g_array_remove_range (self->passed, 0, old);
  if (self->max_per_hour == 0)
    return verdict;
  if (self->passed->len >= self->max_per_hour)
    {
      *why = BATON_REFER_REFUSAL_TOO_MANY;
      return BATON_REFER_VERDICT_REFUSE;
    }
  g_array_append_val (self->passed, now);
  return verdict;
}

static BatonReferVerdict
judge_by (BatonTrustedSource *source, BatonSourceMatch match, const BatonReferFacts *facts, const BatonSipUri *target,
          BatonReferRefusal *why)
{
  if (baton_trusted_source_get_tls_only (source) && g_strcmp0 (facts->transport, "tls") != 0)
    {
      *why = BATON_REFER_REFUSAL_NOT_TLS;
      return BATON_REFER_VERDICT_REFUSE;
    }
  if (!baton_trusted_source_allows_destination (source, target, facts->own_domain))
    {
      *why = BATON_REFER_REFUSAL_DESTINATION;
      return BATON_REFER_VERDICT_REFUSE;
    }
  if (baton_trusted_source_get_needs_password (source) && !facts->proven)
    {
      *why = BATON_REFER_REFUSAL_PASSWORD;
      return BATON_REFER_VERDICT_CHALLENGE;
    }
  if (baton_trusted_source_get_ask (source) || (match == BATON_SOURCE_MATCH_NAME && !facts->proven))
    return BATON_REFER_VERDICT_ASK;
  return BATON_REFER_VERDICT_FOLLOW;
}

/* The entry that allows most decides; the reason to refuse is that of the entry that came nearest. */
static BatonReferVerdict
judge_sources (BatonReferRules *self, const BatonReferFacts *facts, const BatonSipUri *target, BatonReferRefusal *why)
{
  BatonReferVerdict best = BATON_REFER_VERDICT_REFUSE;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sources));

  *why = BATON_REFER_REFUSAL_NOT_TRUSTED;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonTrustedSource) source = g_list_model_get_item (G_LIST_MODEL (self->sources), i);
      BatonSourceMatch match = baton_trusted_source_match (source, facts->from, facts->source_address);
      BatonReferRefusal reason = BATON_REFER_REFUSAL_NONE;
      BatonReferVerdict verdict;

      if (match == BATON_SOURCE_MATCH_NONE)
        continue;
      verdict = judge_by (source, match, facts, target, &reason);
      if (verdict > best || *why == BATON_REFER_REFUSAL_NOT_TRUSTED)
        {
          best = verdict;
          *why = reason;
        }
    }
  return best;
}

BatonReferVerdict
baton_refer_rules_judge (BatonReferRules *self, BatonReferPolicy policy, const BatonReferFacts *facts, gint64 now,
                         BatonReferRefusal *why)
{
  g_autoptr (BatonSipUri) target = NULL;
  BatonReferVerdict verdict = BATON_REFER_VERDICT_REFUSE;

  g_return_val_if_fail (BATON_IS_REFER_RULES (self) && facts != NULL && why != NULL, BATON_REFER_VERDICT_REFUSE);
  *why = BATON_REFER_REFUSAL_NONE;
  target = facts->target != NULL ? baton_sip_uri_parse (facts->target, NULL) : NULL;
  if (target == NULL || !baton_sip_uri_is_callable (target))
    {
      *why = BATON_REFER_REFUSAL_BAD_REQUEST;
      return BATON_REFER_VERDICT_REFUSE;
    }
  switch (policy)
    {
    case BATON_REFER_POLICY_REJECT:
      *why = BATON_REFER_REFUSAL_NOT_TRUSTED;
      return BATON_REFER_VERDICT_REFUSE;
    case BATON_REFER_POLICY_FOLLOW:
      return BATON_REFER_VERDICT_FOLLOW;
    case BATON_REFER_POLICY_ASK:
      return pass (self, BATON_REFER_VERDICT_ASK, now, why);
    case BATON_REFER_POLICY_TRUSTED:
      verdict = judge_sources (self, facts, target, why);
      break;
    }
  return verdict == BATON_REFER_VERDICT_ASK || verdict == BATON_REFER_VERDICT_FOLLOW ? pass (self, verdict, now, why)
                                                                                      : verdict;
}

/* ---- What was refused ---- */

GListModel *
baton_refer_rules_get_refused (BatonReferRules *self)
{
  g_return_val_if_fail (BATON_IS_REFER_RULES (self), NULL);
  return G_LIST_MODEL (self->refused);
}

void
baton_refer_rules_note_refused (BatonReferRules *self, const char *who, const char *target, BatonReferRefusal why,
                                guint status, const char *reason)
{
  g_autoptr (BatonRefusedRequest) request = NULL;
  guint n;

  g_return_if_fail (BATON_IS_REFER_RULES (self));
  request = baton_refused_request_new (g_get_real_time (), who, target, why, status, reason);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->refused));
  if (n >= MAX_REFUSED)
    g_list_store_remove (self->refused, n - 1);
  g_list_store_insert (self->refused, 0, request);
}

void
baton_refer_rules_clear_refused (BatonReferRules *self)
{
  g_return_if_fail (BATON_IS_REFER_RULES (self));
  g_list_store_remove_all (self->refused);
}
