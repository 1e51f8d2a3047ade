/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-secrets.h"

G_BEGIN_DECLS

#define BATON_TYPE_SECRETS_MEMORY (baton_secrets_memory_get_type ())
G_DECLARE_FINAL_TYPE (BatonSecretsMemory, baton_secrets_memory, BATON, SECRETS_MEMORY, GObject)

/** Returns: (transfer full) (nullable): free with baton_secrets_free_password() */
char *baton_secrets_memory_dup (BatonSecretsMemory *self, const char *account_id);
/** baton_secrets_memory_set: @password NULL forgets it */
void baton_secrets_memory_set (BatonSecretsMemory *self, const char *account_id, const char *password);

G_END_DECLS
