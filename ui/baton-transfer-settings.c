/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-transfer-settings.h"

BatonReferPolicy
baton_transfer_settings_get_policy (GSettings *transfer)
{
  BatonReferPolicy policy = (BatonReferPolicy) g_settings_get_enum (transfer, "ood-policy");
  g_autoptr (GVariant) sources = g_settings_get_value (transfer, "ood-trusted");

  return policy == BATON_REFER_POLICY_TRUSTED && g_variant_n_children (sources) == 0 ? BATON_REFER_POLICY_REJECT
                                                                                     : policy;
}

static void
on_policy_changed (BatonEngine *engine, const char *key, GSettings *transfer)
{
  g_object_set (engine, "out-of-dialog-policy", baton_transfer_settings_get_policy (transfer), NULL);
}

static void
load_sources (BatonEngine *engine, GSettings *transfer)
{
  g_autoptr (GVariant) sources = g_settings_get_value (transfer, "ood-trusted");

  baton_refer_rules_load_sources (baton_engine_get_refer_rules (engine), sources);
}

static void
on_sources_changed (BatonEngine *engine, const char *key, GSettings *transfer)
{
  load_sources (engine, transfer);
  on_policy_changed (engine, key, transfer);
}

static void
on_times_changed (BatonEngine *engine, const char *key, GSettings *transfer)
{
  baton_engine_set_transfer_times (engine, g_settings_get_uint (transfer, "grace-seconds") * 1000,
                                   g_settings_get_uint (transfer, "ring-timeout"));
}

void
baton_transfer_settings_follow (GSettings *transfer, BatonEngine *engine)
{
  g_signal_connect_object (transfer, "changed::ood-policy", G_CALLBACK (on_policy_changed), engine, G_CONNECT_SWAPPED);
  g_signal_connect_object (transfer, "changed::ood-trusted", G_CALLBACK (on_sources_changed), engine,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (transfer, "changed::grace-seconds", G_CALLBACK (on_times_changed), engine,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (transfer, "changed::ring-timeout", G_CALLBACK (on_times_changed), engine,
                           G_CONNECT_SWAPPED);
  g_settings_bind (transfer, "ood-per-hour", baton_engine_get_refer_rules (engine), "max-per-hour",
                   G_SETTINGS_BIND_GET);
  load_sources (engine, transfer);
}
