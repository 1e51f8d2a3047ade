/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BATON_TYPE_SECRETS (baton_secrets_get_type ())
G_DECLARE_INTERFACE (BatonSecrets, baton_secrets, BATON, SECRETS, GObject)

/**
 * BatonSecrets:
 * Where passwords live: the desktop's keyring (baton_secrets_new_keyring()), or memory
 * (baton_secrets_new_memory(): tests, and sessions without a keyring). Never a file of ours.
 * Property `persistent` (gboolean, read-only): FALSE when the keyring isn't there, and passwords last
 * until the end of the program. It is TRUE until the first lookup or store has shown that; it notifies.
 */
struct _BatonSecretsInterface
{
  GTypeInterface parent;

  void (*lookup_async) (BatonSecrets *self, const char *account_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
  char *(*lookup_finish) (BatonSecrets *self, GAsyncResult *result, GError **error);
  void (*store_async) (BatonSecrets *self, const char *account_id, const char *label, const char *password, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
  gboolean (*store_finish) (BatonSecrets *self, GAsyncResult *result, GError **error);
};

BatonSecrets *baton_secrets_new_keyring (void);
BatonSecrets *baton_secrets_new_memory (void);

void baton_secrets_lookup_async (BatonSecrets *self, const char *account_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/** Returns: (transfer full) (nullable): NULL without @error when there is none. Free with baton_secrets_free_password(). */
char *baton_secrets_lookup_finish (BatonSecrets *self, GAsyncResult *result, GError **error);
/** baton_secrets_store_async: @password NULL deletes it */
void baton_secrets_store_async (BatonSecrets *self, const char *account_id, const char *label, const char *password, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean baton_secrets_store_finish (BatonSecrets *self, GAsyncResult *result, GError **error);
/** baton_secrets_free_password: overwrites it first */
void baton_secrets_free_password (char *password);

G_END_DECLS
