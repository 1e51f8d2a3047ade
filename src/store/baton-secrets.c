/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-secrets.h"

#include <string.h>

G_DEFINE_INTERFACE (BatonSecrets, baton_secrets, G_TYPE_OBJECT)

static void
baton_secrets_default_init (BatonSecretsInterface *iface)
{
  /** BatonSecrets:persistent: FALSE: passwords last until the end of the program */
  g_object_interface_install_property (iface, g_param_spec_boolean ("persistent", NULL, NULL, FALSE,
                                                                    G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                                                                    G_PARAM_STATIC_STRINGS));
}

void
baton_secrets_lookup_async (BatonSecrets *self, const char *account_id, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (BATON_IS_SECRETS (self));
  g_return_if_fail (account_id != NULL);

  BATON_SECRETS_GET_IFACE (self)->lookup_async (self, account_id, cancellable, callback, data);
}

char *
baton_secrets_lookup_finish (BatonSecrets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BATON_IS_SECRETS (self), NULL);

  return BATON_SECRETS_GET_IFACE (self)->lookup_finish (self, result, error);
}

void
baton_secrets_store_async (BatonSecrets *self, const char *account_id, const char *label, const char *password,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (BATON_IS_SECRETS (self));
  g_return_if_fail (account_id != NULL);

  BATON_SECRETS_GET_IFACE (self)->store_async (self, account_id, label, password, cancellable, callback, data);
}

gboolean
baton_secrets_store_finish (BatonSecrets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BATON_IS_SECRETS (self), FALSE);

  return BATON_SECRETS_GET_IFACE (self)->store_finish (self, result, error);
}

void
baton_secrets_free_password (char *password)
{
  if (password != NULL)
    explicit_bzero (password, strlen (password)); /* a plain memset before free is optimised away */
  g_free (password);
}
