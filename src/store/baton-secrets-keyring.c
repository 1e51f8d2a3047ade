/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <libsecret/secret.h>

#include "baton-error.h"
#include "baton-secrets-memory.h"

/*
 * The desktop's keyring, by libsecret. Where there is none, passwords stay in memory: libsecret has
 * no fall-back of its own, and a file of ours would be one that anybody can copy. What the keyring
 * refused to take is remembered in memory too, so that the account works until the program ends.
 */
struct _BatonSecretsKeyring
{
  GObject parent_instance;

  BatonSecretsMemory *memory; /* only what the keyring doesn't have */
  gboolean persistent;
};

#define BATON_TYPE_SECRETS_KEYRING (baton_secrets_keyring_get_type ())
G_DECLARE_FINAL_TYPE (BatonSecretsKeyring, baton_secrets_keyring, BATON, SECRETS_KEYRING, GObject)

enum
{
  PROP_PERSISTENT = 1,
};

/* DONT_MATCH_NAME: a lookup that names the schema doesn't unlock a keyring that is still locked. */
static const SecretSchema schema = {
  .name = "org.batonphone.Baton.Account",
  .flags = SECRET_SCHEMA_DONT_MATCH_NAME,
  .attributes = {
    { "account-id", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

#define ATTRIBUTES(account_id) "account-id", (account_id), "kind", "sip", NULL

/** What a task needs when libsecret is done. */
typedef struct
{
  char *account_id;
  char *password; /* (nullable) */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->account_id);
  baton_secrets_free_password (request->password);
  g_free (request);
}

static void
set_persistent (BatonSecretsKeyring *self, gboolean persistent)
{
  if (self->persistent == persistent)
    return;
  self->persistent = persistent;
  g_object_notify (G_OBJECT (self), "persistent");
}

static GTask *
make_task (BatonSecretsKeyring *self, const char *account_id, const char *password, GCancellable *cancellable,
           GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  Request *request = g_new0 (Request, 1);

  request->account_id = g_strdup (account_id);
  request->password = g_strdup (password);
  g_task_set_task_data (task, request, request_free);
  return task;
}

static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
}

/* Takes a failed answer of libsecret. TRUE: there is no keyring, and memory serves instead. FALSE: the task has its
 * error. */
static gboolean
falls_back (BatonSecretsKeyring *self, GTask *task, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_error_copy (error));
      return FALSE;
    }
  if (is_refusal (error))
    {
      g_task_return_new_error (task, BATON_ERROR, BATON_ERROR_FAILED,
                               "The keyring is locked (%s). Unlock it to sign in.", error->message);
      return FALSE;
    }
  if (self->persistent)
    g_message ("no keyring, passwords last until the program ends: %s", error->message);
  set_persistent (self, FALSE);
  return TRUE;
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  BatonSecretsKeyring *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  char *secret = secret_password_lookup_finish (result, &error);
  char *password = g_strdup (secret);

  secret_password_free (secret);
  if (error == NULL)
    set_persistent (self, TRUE);
  else if (!falls_back (self, task, error))
    return;
  if (password == NULL)
    password = baton_secrets_memory_dup (self->memory, request->account_id);
  g_task_return_pointer (task, password, (GDestroyNotify) baton_secrets_free_password);
}

static void
lookup_async (BatonSecrets *secrets, const char *account_id, GCancellable *cancellable, GAsyncReadyCallback callback,
              gpointer data)
{
  BatonSecretsKeyring *self = BATON_SECRETS_KEYRING (secrets);
  GTask *task = make_task (self, account_id, NULL, cancellable, callback, data);

  secret_password_lookup (&schema, cancellable, on_looked_up, task, ATTRIBUTES (account_id));
}

static char *
lookup_finish (BatonSecrets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  BatonSecretsKeyring *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);

  if (secret_password_store_finish (result, &error))
    {
      set_persistent (self, TRUE);
      baton_secrets_memory_set (self->memory, request->account_id, NULL);
      g_task_return_boolean (task, TRUE);
      return;
    }
  baton_secrets_memory_set (self->memory, request->account_id, request->password);
  if (error == NULL)
    g_task_return_new_error (task, BATON_ERROR, BATON_ERROR_FAILED,
                             "The keyring did not take the password. It is kept until Baton ends.");
  else if (falls_back (self, task, error))
    g_task_return_boolean (task, TRUE);
}

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  BatonSecretsKeyring *self = g_task_get_source_object (task);

  secret_password_clear_finish (result, &error); /* FALSE without an error: there was none */
  if (error == NULL)
    set_persistent (self, TRUE);
  else if (!falls_back (self, task, error))
    return;
  g_task_return_boolean (task, TRUE);
}

static void
store_async (BatonSecrets *secrets, const char *account_id, const char *label, const char *password,
             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  BatonSecretsKeyring *self = BATON_SECRETS_KEYRING (secrets);
  GTask *task = make_task (self, account_id, password, cancellable, callback, data);

  if (password == NULL)
    {
      baton_secrets_memory_set (self->memory, account_id, NULL);
      secret_password_clear (&schema, cancellable, on_cleared, task, ATTRIBUTES (account_id));
    }
  else
    {
      g_autofree char *title = g_strdup_printf ("Baton: %s", label != NULL ? label : account_id);

      secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, title, password, cancellable, on_stored, task,
                             ATTRIBUTES (account_id));
    }
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

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonSecretsKeyring, baton_secrets_keyring, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BATON_TYPE_SECRETS, secrets_init))

static void
baton_secrets_keyring_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonSecretsKeyring *self = BATON_SECRETS_KEYRING (object);

  switch (id)
    {
    case PROP_PERSISTENT: g_value_set_boolean (value, self->persistent); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_secrets_keyring_finalize (GObject *object)
{
  BatonSecretsKeyring *self = BATON_SECRETS_KEYRING (object);

  g_object_unref (self->memory);
  G_OBJECT_CLASS (baton_secrets_keyring_parent_class)->finalize (object);
}

static void
baton_secrets_keyring_class_init (BatonSecretsKeyringClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = baton_secrets_keyring_get_property;
  object_class->finalize = baton_secrets_keyring_finalize;
  g_object_class_override_property (object_class, PROP_PERSISTENT, "persistent");
}

static void
baton_secrets_keyring_init (BatonSecretsKeyring *self)
{
  self->memory = BATON_SECRETS_MEMORY (baton_secrets_new_memory ());
  self->persistent = TRUE; /* until it shows that there is none */
}

BatonSecrets *
baton_secrets_new_keyring (void)
{
  return g_object_new (BATON_TYPE_SECRETS_KEYRING, NULL);
}
