/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-secrets-memory.h"

/* Passwords until the end of the program: for tests, and for sessions without a keyring. */
struct _BatonSecretsMemory
{
  GObject parent_instance;

  GHashTable *passwords; /* account id → password, both owned */
};

enum
{
  PROP_PERSISTENT = 1,
};

static void
lookup_async (BatonSecrets *secrets, const char *account_id, GCancellable *cancellable, GAsyncReadyCallback callback,
              gpointer data)
{
  BatonSecretsMemory *self = BATON_SECRETS_MEMORY (secrets);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_return_pointer (task, baton_secrets_memory_dup (self, account_id),
                         (GDestroyNotify) baton_secrets_free_password);
}

static char *
lookup_finish (BatonSecrets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
store_async (BatonSecrets *secrets, const char *account_id, const char *label, const char *password,
             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  BatonSecretsMemory *self = BATON_SECRETS_MEMORY (secrets);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  baton_secrets_memory_set (self, account_id, password);
  g_task_return_boolean (task, TRUE);
}

static gboolean
store_finish (BatonSecrets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
secrets_init (BatonSecretsInterface *iface)
{
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
  iface->store_async = store_async;
  iface->store_finish = store_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonSecretsMemory, baton_secrets_memory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_SECRETS, secrets_init))

static void
baton_secrets_memory_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_PERSISTENT: g_value_set_boolean (value, FALSE); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_secrets_memory_finalize (GObject *object)
{
  BatonSecretsMemory *self = BATON_SECRETS_MEMORY (object);

  g_hash_table_unref (self->passwords);
  G_OBJECT_CLASS (baton_secrets_memory_parent_class)->finalize (object);
}

static void
baton_secrets_memory_class_init (BatonSecretsMemoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = baton_secrets_memory_get_property;
  object_class->finalize = baton_secrets_memory_finalize;
  g_object_class_override_property (object_class, PROP_PERSISTENT, "persistent");
}

static void
baton_secrets_memory_init (BatonSecretsMemory *self)
{
  self->passwords = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                           (GDestroyNotify) baton_secrets_free_password);
}

BatonSecrets *
baton_secrets_new_memory (void)
{
  return g_object_new (BATON_TYPE_SECRETS_MEMORY, NULL);
}

char *
baton_secrets_memory_dup (BatonSecretsMemory *self, const char *account_id)
{
  return g_strdup (g_hash_table_lookup (self->passwords, account_id));
}

void
baton_secrets_memory_set (BatonSecretsMemory *self, const char *account_id, const char *password)
{
  if (password == NULL)
    g_hash_table_remove (self->passwords, account_id);
  else
    g_hash_table_replace (self->passwords, g_strdup (account_id), g_strdup (password));
}
