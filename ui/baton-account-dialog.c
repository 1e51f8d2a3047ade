/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-account-dialog.h"

#include "baton-a11y.h"
#include "baton-audio-hub.h"
#include "baton-codec-order.h"
#include "baton-device-row.h"
#include "baton-format.h"

#include <glib/gi18n.h>
#include <string.h>

#define TEST_PATIENCE_S 12
#define EXPIRES_MIN 30 /* s; the words of the dialog name both */
#define EXPIRES_MAX 86400

struct _BatonAccountDialog
{
  AdwWindow parent_instance;

  BatonApplication *application; /* weak */
  BatonAccountConfig *config;    /* (nullable) */
  BatonAccount *tested;
  guint patience;
  gboolean password_changed, turn_password_changed, server_typed, filling;

  GtkWidget *address_problem_row, *server_problem_row, *port_problem_row, *expires_problem_row;
  GtkWidget *cancel, *save, *label, *address, *password, *server, *result, *test;
  GtkWidget *advanced, *display_name, *username, *port, *transport, *proxy, *expires, *incoming;
  GtkWidget *attended, *encryption, *webrtc, *nat, *stun, *turn, *turn_user, *turn_password, *ring, *codecs;
};

G_DEFINE_FINAL_TYPE (BatonAccountDialog, baton_account_dialog, ADW_TYPE_WINDOW)

static const char *const encryptions[] = { "off", "preferred", "required" };
static const char *const nats[] = { "auto", "ice", "stun", "off" };
static const char *const transports[] = { "auto", "udp", "tcp", "tls" };

#define TLS 3 /* of transports */

static const char *
text_of (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
end_test (BatonAccountDialog *self)
{
  g_clear_handle_id (&self->patience, g_source_remove);
  if (self->tested != NULL)
    {
      g_autoptr (BatonAccount) tested = g_steal_pointer (&self->tested);

      g_signal_handlers_disconnect_by_data (tested, self);
      if (self->application != NULL)
        baton_engine_remove_account (baton_application_get_engine (self->application), tested);
    }
}

static void
baton_account_dialog_dispose (GObject *object)
{
  BatonAccountDialog *self = BATON_ACCOUNT_DIALOG (object);

  end_test (self);
  g_clear_weak_pointer (&self->application);
  g_clear_object (&self->config);
  G_OBJECT_CLASS (baton_account_dialog_parent_class)->dispose (object);
}

static void
on_cancel (BatonAccountDialog *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
is_number (const char *text, guint64 min, guint64 max)
{
  guint64 value;

  return g_ascii_string_to_unsigned (text, 10, min, max, &value, NULL);
}

/* Returns: whether "anna@example.net" or "sip:anna@example.net:5070" was typed */
static gboolean
is_address (const char *text)
{
  const char *at = strchr (text, '@');

  return at != NULL && at != text && at[1] != '\0' && strpbrk (text, " <>\"") == NULL
         && strchr (at + 1, '@') == NULL;
}

static guint
selected (GtkWidget *row)
{
  return adw_combo_row_get_selected (ADW_COMBO_ROW (row));
}

/* What is wrong is marked, and said in words below */
static void
show_problem (GtkWidget *row, GtkWidget *words, gboolean good)
{
  baton_row_mark (row, good);
  gtk_widget_set_visible (words, !good);
}

static void
on_changed (BatonAccountDialog *self)
{
  gboolean address = is_address (text_of (self->address));
  gboolean port = text_of (self->port)[0] == '\0' || is_number (text_of (self->port), 1, G_MAXUINT16);
  gboolean expires = is_number (text_of (self->expires), EXPIRES_MIN, EXPIRES_MAX);
  gboolean server = strpbrk (text_of (self->server), " @<>") == NULL;
  gboolean transport = selected (self->transport) != TLS; /* it would fail with each call */
  gboolean good = address && port && expires && server && transport;

  show_problem (self->address, self->address_problem_row, address || text_of (self->address)[0] == '\0');
  show_problem (self->port, self->port_problem_row, port);
  show_problem (self->expires, self->expires_problem_row, expires);
  show_problem (self->server, self->server_problem_row, server);
  baton_row_mark (self->transport, transport);
  if (!port || !expires || !transport) /* or nobody sees why the account can't be saved */
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self->advanced), TRUE);
  gtk_widget_set_sensitive (self->save, good);
  gtk_widget_set_tooltip_text (self->save,
                               text_of (self->address)[0] == '\0' ? _("Fill in the SIP address first") : NULL);
  gtk_widget_set_sensitive (self->test, good && text_of (self->server)[0] != '\0' && self->tested == NULL);
}

/* Nearly always the server is the domain: it is filled in until the user says otherwise */
static void
on_address_changed (BatonAccountDialog *self)
{
  const char *at = strrchr (text_of (self->address), '@');
  g_autofree char *domain = at != NULL ? g_strndup (at + 1, strcspn (at + 1, ":;")) : NULL;

  if (!self->server_typed)
    {
      self->filling = TRUE;
      gtk_editable_set_text (GTK_EDITABLE (self->server), domain != NULL ? domain : "");
      self->filling = FALSE;
    }
  on_changed (self);
}

static void
on_server_changed (BatonAccountDialog *self)
{
  if (!self->filling)
    self->server_typed = TRUE;
  on_changed (self);
}

static void
on_password_changed (BatonAccountDialog *self)
{
  self->password_changed = TRUE;
}

static void
on_turn_password_changed (BatonAccountDialog *self)
{
  self->turn_password_changed = TRUE;
}

static void
select_text (GtkWidget *row, const char *const *texts, guint n, const char *text)
{
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (text, texts[i]) == 0)
      adw_combo_row_set_selected (ADW_COMBO_ROW (row), i);
}

static void
write_config (BatonAccountDialog *self, BatonAccountConfig *config)
{
  const char *address = text_of (self->address);
  const char *label = text_of (self->label);
  guint expires = (guint) g_ascii_strtoull (text_of (self->expires), NULL, 10);
  g_auto (GStrv) codecs = baton_codec_order_get (BATON_CODEC_ORDER (self->codecs));
  g_autofree char *ring = NULL;

  g_object_get (self->ring, "device", &ring, NULL);
  g_object_set (config, "label", label[0] != '\0' ? label : address, "address", address, "server",
                text_of (self->server), "display-name", text_of (self->display_name), "username",
                text_of (self->username), "port", (guint) g_ascii_strtoull (text_of (self->port), NULL, 10),
                "transport", transports[selected (self->transport)], "proxy", text_of (self->proxy), "expires",
                expires, "incoming-transfers", selected (self->incoming), NULL);
  g_object_set (config, "attended-to-aor", selected (self->attended) == 1, "media-encryption",
                encryptions[selected (self->encryption)], "webrtc",
                gtk_switch_get_active (GTK_SWITCH (self->webrtc)), "nat", nats[selected (self->nat)], "stun",
                text_of (self->stun), "turn", text_of (self->turn), "turn-user", text_of (self->turn_user), "codecs",
                codecs, "ring-device", ring, NULL);
}

typedef struct
{
  BatonAccountKeeper *keeper;
  BatonAccountConfig *config;
  GWeakRef application;
  guint pending;
} Saved;

static void
saved_unref (Saved *saved)
{
  if (--saved->pending > 0)
    return;
  baton_account_keeper_refresh (saved->keeper, saved->config);
  g_object_unref (saved->keeper);
  g_object_unref (saved->config);
  g_weak_ref_clear (&saved->application);
  g_free (saved);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  Saved *saved = data;
  g_autoptr (BatonApplication) application = g_weak_ref_get (&saved->application);
  g_autoptr (GError) error = NULL;

  if (!baton_secrets_store_finish (BATON_SECRETS (source), result, &error) && application != NULL
      && baton_application_get_window (application) != NULL)
    baton_window_show_problem (baton_application_get_window (application), error->message);
  saved_unref (saved);
}

static void
store (BatonAccountDialog *self, Saved *saved, const char *id, GtkWidget *password)
{
  g_autofree char *label = g_strdup_printf ("Baton: %s", text_of (self->address));

  saved->pending++;
  baton_secrets_store_async (baton_application_get_secrets (self->application), id, label,
                             text_of (password)[0] != '\0' ? text_of (password) : NULL, NULL, on_stored, saved);
}

/* The account is made anew when everything is in its place */
static void
on_save (BatonAccountDialog *self)
{
  BatonAccountConfig *config = self->config;
  g_autofree char *turn_id = NULL;
  Saved *saved = g_new0 (Saved, 1);

  if (config == NULL)
    config = baton_account_store_add (baton_application_get_accounts (self->application));
  write_config (self, config);
  saved->keeper = g_object_ref (baton_application_get_keeper (self->application));
  saved->config = g_object_ref (config);
  saved->pending = 1;
  g_weak_ref_init (&saved->application, self->application);
  turn_id = baton_account_keeper_dup_turn_id (config);
  if (self->password_changed)
    store (self, saved, baton_account_config_get_id (config), self->password);
  if (self->turn_password_changed)
    store (self, saved, turn_id, self->turn_password);
  saved_unref (saved);
  gtk_window_close (GTK_WINDOW (self));
}

static void
show_result (BatonAccountDialog *self, const char *words)
{
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->result), words);
}

static void
on_tested (BatonAccountDialog *self)
{
  BatonRegistrationState state = baton_account_get_registration_state (self->tested);
  g_autofree char *words = NULL, *code = NULL;

  words = baton_format_registration (baton_account_get_label (self->tested), state,
                                     baton_account_get_status (self->tested),
                                     baton_account_get_reason (self->tested), TRUE);
  if (state == BATON_REGISTRATION_STATE_FAILED)
    code = g_strdup_printf ("%s %u", words, baton_account_get_status (self->tested));
  show_result (self, code != NULL ? code : words);
  if (state == BATON_REGISTRATION_STATE_REGISTERED || state == BATON_REGISTRATION_STATE_FAILED)
    {
      end_test (self);
      on_changed (self);
    }
}

static gboolean
on_patience_over (gpointer data)
{
  BatonAccountDialog *self = data;

  self->patience = 0;
  show_result (self, _("The server does not answer. Check its name and your connection."));
  end_test (self);
  on_changed (self);
  return G_SOURCE_REMOVE;
}

static void
on_test (BatonAccountDialog *self)
{
  static const char *const parameters[] = { "", ";transport=udp", ";transport=tcp", ";transport=tls" };
  const char *address = text_of (self->address), *port = text_of (self->port), *user = text_of (self->username);
  guint transport = adw_combo_row_get_selected (ADW_COMBO_ROW (self->transport));
  g_autofree char *uri = g_str_has_prefix (address, "sip:") ? g_strdup (address) : g_strconcat ("sip:", address, NULL);
  g_autofree char *registrar = g_strconcat ("sip:", text_of (self->server), port[0] != '\0' ? ":" : "", port,
                                            parameters[transport], NULL);
  g_autoptr (BatonSipIdentity) identity = baton_sip_identity_new (uri);
  BatonAccount *account;

  end_test (self);
  g_object_set (identity, "registrar", registrar, "password", text_of (self->password), NULL);
  if (user[0] != '\0')
    g_object_set (identity, "auth-user", user, NULL);
  account = baton_engine_add_account (baton_application_get_engine (self->application), "test", address, identity,
                                      TRUE);
  if (account == NULL)
    {
      show_result (self, _("This address or server cannot be used: check how they are written."));
      return;
    }
  self->tested = g_object_ref (account);
  gtk_widget_set_sensitive (self->test, FALSE);
  show_result (self, _("Signing in…"));
  self->patience = g_timeout_add_seconds (TEST_PATIENCE_S, on_patience_over, self);
  g_signal_connect_object (account, "notify::registration-state", G_CALLBACK (on_tested), self, G_CONNECT_SWAPPED);
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, BatonAccountDialog, member)

static void
baton_account_dialog_class_init (BatonAccountDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_account_dialog_dispose;
  g_type_ensure (BATON_TYPE_CODEC_ORDER);
  g_type_ensure (BATON_TYPE_DEVICE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-account-dialog.ui");
  BIND (cancel);
  BIND (save);
  BIND (label);
  BIND (address);
  BIND (address_problem_row);
  BIND (server_problem_row);
  BIND (port_problem_row);
  BIND (expires_problem_row);
  BIND (password);
  BIND (server);
  BIND (result);
  BIND (test);
  BIND (advanced);
  BIND (display_name);
  BIND (username);
  BIND (port);
  BIND (transport);
  BIND (proxy);
  BIND (expires);
  BIND (incoming);
  BIND (attended);
  BIND (encryption);
  BIND (webrtc);
  BIND (nat);
  BIND (stun);
  BIND (turn);
  BIND (turn_user);
  BIND (turn_password);
  BIND (ring);
  BIND (codecs);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_test);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_server_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_password_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_turn_password_changed);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

/* Which of both it does, its icon tells alone */
static void
on_peek_icon (GtkButton *peek)
{
  gboolean shown = g_strcmp0 (gtk_button_get_icon_name (peek), "view-conceal-symbolic") == 0;

  baton_a11y_set_name (GTK_WIDGET (peek), shown ? _("Hide password") : _("Show password"));
}

/* The button is the row's own business, and has no name there */
static void
name_peek (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && g_str_has_prefix (gtk_button_get_icon_name (GTK_BUTTON (widget)) ?: "", "view-"))
    {
      g_signal_connect (widget, "notify::icon-name", G_CALLBACK (on_peek_icon), NULL);
      on_peek_icon (GTK_BUTTON (widget));
    }
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    name_peek (w);
}

static void
baton_account_dialog_init (BatonAccountDialog *self)
{
  GtkWidget **const choices[] = { &self->transport, &self->incoming, &self->attended, &self->encryption, &self->nat };

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    baton_combo_row_keep_value (*choices[i]);
  name_peek (self->password);
  name_peek (self->turn_password);
  baton_a11y_set_name (self->webrtc, _("Calls to browsers (WebRTC)"));
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->incoming), BATON_REFER_POLICY_ASK);
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->encryption), BATON_SRTP_MODE_OPTIONAL);
  gtk_editable_set_text (GTK_EDITABLE (self->expires), "300");
}

static void
set_text (GtkWidget *row, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

static void
read_config (BatonAccountDialog *self, BatonAccountConfig *config)
{
  g_autofree char *label = NULL, *address = NULL, *server = NULL, *name = NULL, *username = NULL, *transport = NULL;
  g_autofree char *proxy = NULL, *port_text = NULL, *expires_text = NULL;
  BatonReferPolicy incoming;
  guint port, expires;

  self->server_typed = TRUE;
  g_object_get (config, "label", &label, "address", &address, "server", &server, "display-name", &name, "username",
                &username, "port", &port, "transport", &transport, "proxy", &proxy, "expires", &expires,
                "incoming-transfers", &incoming, NULL);
  port_text = port != 0 ? g_strdup_printf ("%u", port) : NULL;
  expires_text = g_strdup_printf ("%u", expires);
  set_text (self->label, label);
  set_text (self->address, address);
  set_text (self->server, server);
  set_text (self->display_name, name);
  set_text (self->username, username);
  set_text (self->port, port_text);
  set_text (self->proxy, proxy);
  set_text (self->expires, expires_text);
  select_text (self->transport, transports, G_N_ELEMENTS (transports), transport);
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->incoming), incoming);
}

static void
read_sound (BatonAccountDialog *self, BatonAccountConfig *config)
{
  g_autofree char *encryption = NULL, *nat = NULL, *stun = NULL, *turn = NULL, *turn_user = NULL, *ring = NULL;
  g_auto (GStrv) codecs = NULL;
  gboolean attended_to_aor, webrtc;

  g_object_get (config, "attended-to-aor", &attended_to_aor, "media-encryption", &encryption, "nat", &nat, "stun",
                &stun, "turn", &turn, "turn-user", &turn_user, "webrtc", &webrtc, "codecs", &codecs,
                "ring-device", &ring, NULL);
  g_object_set (self->ring, "device", ring, NULL);
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->attended), attended_to_aor ? 1 : 0);
  select_text (self->encryption, encryptions, G_N_ELEMENTS (encryptions), encryption);
  gtk_switch_set_active (GTK_SWITCH (self->webrtc), webrtc);
  select_text (self->nat, nats, G_N_ELEMENTS (nats), nat);
  set_text (self->stun, stun);
  set_text (self->turn, turn);
  set_text (self->turn_user, turn_user);
  baton_codec_order_set (BATON_CODEC_ORDER (self->codecs), (const char *const *) codecs);
}

BatonAccountDialog *
baton_account_dialog_new (BatonApplication *application, GtkWindow *parent, BatonAccountConfig *config)
{
  BatonAccountDialog *self = g_object_new (BATON_TYPE_ACCOUNT_DIALOG, "transient-for", parent, "title",
                                           config != NULL ? _("Edit Account") : _("Add Account"), NULL);
  BatonMediaFactory *factory = baton_engine_get_media_factory (baton_application_get_engine (application));

  g_set_weak_pointer (&self->application, application);
  baton_device_row_set_devices (BATON_DEVICE_ROW (self->ring),
                                BATON_IS_AUDIO_HUB (factory) ? baton_audio_hub_get_devices (BATON_AUDIO_HUB (factory))
                                                             : NULL,
                                FALSE, _("The usual one"));
  if (config != NULL)
    {
      self->config = g_object_ref (config);
      read_config (self, config);
      read_sound (self, config);
    }
  on_changed (self);
  return self;
}
