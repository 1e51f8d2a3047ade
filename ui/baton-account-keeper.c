/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-account-keeper.h"

#include <string.h>

struct _BatonAccountKeeper
{
  GObject parent_instance;

  BatonEngine *engine;
  BatonAccountStore *store;
  BatonSecrets *secrets;
  GCancellable *cancellable;
  GHashTable *seen; /* id → BatonAccountConfig */
};

G_DEFINE_FINAL_TYPE (BatonAccountKeeper, baton_account_keeper, G_TYPE_OBJECT)

enum
{
  PROBLEM,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
baton_account_keeper_dispose (GObject *object)
{
  BatonAccountKeeper *self = BATON_ACCOUNT_KEEPER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->seen, g_hash_table_unref);
  g_clear_object (&self->engine);
  g_clear_object (&self->store);
  g_clear_object (&self->secrets);
  G_OBJECT_CLASS (baton_account_keeper_parent_class)->dispose (object);
}

static void
baton_account_keeper_class_init (BatonAccountKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_account_keeper_dispose;
  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
baton_account_keeper_init (BatonAccountKeeper *self)
{
  self->cancellable = g_cancellable_new ();
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

BatonAccount *
baton_account_keeper_lookup (BatonAccountKeeper *self, const char *id)
{
  GListModel *accounts = baton_engine_get_accounts (self->engine);
  guint n = g_list_model_get_n_items (accounts);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccount) account = g_list_model_get_item (accounts, i);

      if (g_strcmp0 (baton_account_get_id (account), id) == 0)
        return account; /* the engine keeps it */
    }
  return NULL;
}

static void
take_out (BatonAccountKeeper *self, const char *id)
{
  BatonAccount *account = baton_account_keeper_lookup (self, id);

  if (account != NULL)
    baton_engine_remove_account (self->engine, account);
}

char *
baton_account_keeper_dup_turn_id (BatonAccountConfig *config)
{
  return g_strconcat (baton_account_config_get_id (config), ".turn", NULL);
}

/* What the sound of this account's calls may do and must do */
static void
set_sound (BatonAccount *account, BatonAccountConfig *config, const char *turn_password)
{
  g_autofree char *encryption = NULL, *nat = NULL, *stun = NULL, *turn = NULL, *turn_user = NULL;
  g_auto (GStrv) codecs = NULL;
  gboolean servers, ice, off, relays, webrtc, attended_to_aor;

  g_object_get (config, "media-encryption", &encryption, "nat", &nat, "stun", &stun, "turn", &turn, "turn-user",
                &turn_user, "webrtc", &webrtc, "codecs", &codecs, "attended-to-aor", &attended_to_aor, NULL);
  servers = stun[0] != '\0' || turn[0] != '\0';
  off = g_str_equal (nat, "off");
  ice = webrtc || g_str_equal (nat, "ice") || (g_str_equal (nat, "auto") && servers);
  relays = ice && !off;
  g_object_set (account, "srtp", g_str_equal (encryption, "required") ? BATON_SRTP_MODE_REQUIRED
                                 : g_str_equal (encryption, "off") ? BATON_SRTP_MODE_OFF : BATON_SRTP_MODE_OPTIONAL,
                "ice", ice, "webrtc", webrtc, "stun", off ? NULL : stun, "turn", relays ? turn : NULL,
                "turn-user", relays ? turn_user : NULL, "turn-password", relays ? turn_password : NULL, "attended-to-aor",
                attended_to_aor, NULL);
  if (codecs[0] != NULL)
    g_object_set (account, "codecs", codecs, NULL);
}

static void
put_in (BatonAccountKeeper *self, BatonAccountConfig *config, const char *password, const char *turn_password)
{
  g_autofree char *registrar = baton_account_config_dup_registrar (config);
  g_autofree char *label = NULL, *address = NULL, *full = NULL, *username = NULL, *proxy = NULL, *name = NULL;
  g_autoptr (BatonSipIdentity) identity = NULL;
  BatonReferPolicy policy;
  BatonAccount *account;
  gboolean enabled;
  guint expires;

  g_object_get (config, "label", &label, "address", &address, "username", &username, "proxy", &proxy, "display-name",
                &name, "expires", &expires, "incoming-transfers", &policy, "enabled", &enabled, NULL);
  take_out (self, baton_account_config_get_id (config));
  if (!enabled || address == NULL || address[0] == '\0')
    return;
  full = g_str_has_prefix (address, "sip") && strchr (address, ':') != NULL ? g_strdup (address)
                                                                            : g_strconcat ("sip:", address, NULL);
  identity = baton_sip_identity_new (full);
  g_object_set (identity, "password", password, "registrar", registrar, "expires", expires, NULL);
  if (username != NULL && username[0] != '\0')
    g_object_set (identity, "auth-user", username, NULL);
  if (name != NULL && name[0] != '\0')
    g_object_set (identity, "display-name", name, NULL);
  if (proxy != NULL && proxy[0] != '\0')
    {
      g_autofree char *uri = g_str_has_prefix (proxy, "sip") ? g_strdup (proxy) : g_strconcat ("sip:", proxy, NULL);

      g_object_set (identity, "outbound-proxy", uri, NULL);
    }
  account = baton_engine_add_account (self->engine, baton_account_config_get_id (config),
                                      label != NULL && label[0] != '\0' ? label : address, identity, registrar != NULL);
  if (account == NULL)
    return;
  g_object_set (account, "incoming-transfers", policy, NULL);
  set_sound (account, config, turn_password);
}

typedef struct
{
  GWeakRef keeper;
  BatonAccountConfig *config;
  char *password;  /* once it is known: what is looked up now is that of the TURN server */
  gboolean has_it;
} Lookup;

static void
lookup_free (Lookup *lookup)
{
  baton_secrets_free_password (lookup->password);
  g_weak_ref_clear (&lookup->keeper);
  g_object_unref (lookup->config);
  g_free (lookup);
}

static gboolean
has_turn (BatonAccountConfig *config)
{
  g_autofree char *turn = NULL;

  g_object_get (config, "turn", &turn, NULL);
  return turn != NULL && turn[0] != '\0';
}

static void
on_password (GObject *source, GAsyncResult *result, gpointer data)
{
  Lookup *lookup = data;
  g_autoptr (BatonAccountKeeper) self = g_weak_ref_get (&lookup->keeper);
  g_autoptr (GError) error = NULL;
  char *password = baton_secrets_lookup_finish (BATON_SECRETS (source), result, &error);

  if (self == NULL || self->engine == NULL
      || !g_hash_table_contains (self->seen, baton_account_config_get_id (lookup->config)))
    {
      baton_secrets_free_password (password);
      lookup_free (lookup);
      return;
    }
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[PROBLEM], 0, error->message);
  if (!lookup->has_it && has_turn (lookup->config))
    {
      g_autofree char *id = baton_account_keeper_dup_turn_id (lookup->config);

      lookup->password = password;
      lookup->has_it = TRUE;
      baton_secrets_lookup_async (self->secrets, id, self->cancellable, on_password, lookup);
      return;
    }
  put_in (self, lookup->config, lookup->has_it ? lookup->password : password, lookup->has_it ? password : NULL);
  baton_secrets_free_password (password);
  lookup_free (lookup);
}

void
baton_account_keeper_refresh (BatonAccountKeeper *self, BatonAccountConfig *config)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  g_weak_ref_init (&lookup->keeper, self);
  lookup->config = g_object_ref (config);
  baton_secrets_lookup_async (self->secrets, baton_account_config_get_id (config), self->cancellable, on_password,
                              lookup);
}

static void
on_configs_changed (BatonAccountKeeper *self)
{
  g_autoptr (GHashTable) left = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  GHashTableIter iter;
  gpointer id;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccountConfig) config = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      g_hash_table_add (left, g_strdup (baton_account_config_get_id (config)));
      if (g_hash_table_insert (self->seen, g_strdup (baton_account_config_get_id (config)), g_object_ref (config)))
        baton_account_keeper_refresh (self, config);
    }
  g_hash_table_iter_init (&iter, self->seen);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!g_hash_table_contains (left, id))
      {
        take_out (self, id);
        g_hash_table_iter_remove (&iter);
      }
}

BatonAccountKeeper *
baton_account_keeper_new (BatonEngine *engine, BatonAccountStore *store, BatonSecrets *secrets)
{
  BatonAccountKeeper *self = g_object_new (BATON_TYPE_ACCOUNT_KEEPER, NULL);

  self->engine = g_object_ref (engine);
  self->store = g_object_ref (store);
  self->secrets = g_object_ref (secrets);
  g_signal_connect_object (store, "items-changed", G_CALLBACK (on_configs_changed), self, G_CONNECT_SWAPPED);
  on_configs_changed (self);
  return self;
}
