/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_SETTINGS_ENABLE_BACKEND
#include "baton-application.h"

#include "baton-audio-hub.h"
#include "baton-call-log.h"
#include "baton-call-view.h"
#include "baton-format.h"
#include "baton-headsets.h"
#include "baton-notifier.h"
#include "baton-quality-watch.h"
#include "baton-recording.h"
#include "baton-story.h"
#include "baton-transfer-settings.h"

#include <gio/gsettingsbackend.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define DEMO_ACCOUNT "demo"

struct _BatonApplication
{
  AdwApplication parent_instance;

  GSettings *settings;
  BatonEngine *engine;
  BatonDemo *demo;
  BatonHistory *history;
  BatonDirectory *directory;
  BatonAccountStore *accounts;
  BatonAccountKeeper *keeper;
  BatonSecrets *secrets;
  BatonNotifier *notifier;
  BatonHeadsets *headsets;
  BatonQualityWatch *watch;
  BatonCallLog *log;
  BatonStory *story;
  BatonWindow *window;
  GString *problems; /* said before there was a window */

  char *profile, *story_dir, *record_dir;
  gboolean start_demo, quitting;
  int exit_status;
};

G_DEFINE_FINAL_TYPE (BatonApplication, baton_application, ADW_TYPE_APPLICATION)

static void
baton_application_dispose (GObject *object)
{
  BatonApplication *self = BATON_APPLICATION (object);

  g_clear_object (&self->story);
  g_clear_object (&self->notifier);
  g_clear_object (&self->headsets);
  g_clear_object (&self->watch);
  g_clear_object (&self->log);
  g_clear_object (&self->keeper);
  g_clear_object (&self->accounts);
  g_clear_object (&self->secrets);
  g_clear_object (&self->directory);
  g_clear_object (&self->history);
  g_clear_object (&self->demo);
  g_clear_object (&self->engine);
  baton_recording_wait ();
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (baton_application_parent_class)->dispose (object);
}

static void
baton_application_finalize (GObject *object)
{
  BatonApplication *self = BATON_APPLICATION (object);

  g_free (self->profile);
  g_free (self->story_dir);
  g_free (self->record_dir);
  g_string_free (self->problems, TRUE);
  G_OBJECT_CLASS (baton_application_parent_class)->finalize (object);
}

/* Each is said once: who has closed the bar has read it */
static void
on_problem (BatonApplication *self, const char *message)
{
  if (strstr (self->problems->str, message) != NULL)
    return;
  g_message ("%s", message);
  if (self->problems->len > 0)
    g_string_append_c (self->problems, ' ');
  g_string_append (self->problems, message);
  if (self->window != NULL)
    baton_window_show_problem (self->window, self->problems->str);
}

static gint
baton_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  BatonApplication *self = BATON_APPLICATION (application);

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("baton %s\n", BATON_VERSION);
      return 0;
    }
  g_variant_dict_lookup (options, "demo", "b", &self->start_demo);
  g_variant_dict_lookup (options, "profile", "^ay", &self->profile);
  g_variant_dict_lookup (options, "story", "^ay", &self->story_dir);
  if (g_settings_schema_source_lookup (g_settings_schema_source_get_default (), "org.batonphone.Baton", TRUE) == NULL)
    {
      g_printerr (_("Baton’s settings are not installed. Start it with “./dev run”, or install it first.\n"));
      return 1;
    }
  /* A profile is a program of its own, beside the one that runs already; so is the story */
  if (self->profile != NULL || self->story_dir != NULL)
    g_application_set_flags (application, g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  if (self->story_dir != NULL && g_mkdir_with_parents (self->story_dir, 0755) != 0)
    {
      g_printerr (_("The folder %s can’t be made: choose another one for the story.\n"), self->story_dir);
      return 1;
    }
  return -1;
}

static GSettings *
open_settings (BatonApplication *self)
{
  g_autoptr (GSettingsBackend) backend = NULL;
  g_autofree char *path = NULL;

  if (self->profile == NULL || g_strcmp0 (g_getenv ("GSETTINGS_BACKEND"), "memory") == 0)
    return g_settings_new ("org.batonphone.Baton");
  path = g_build_filename (self->profile, "settings.ini", NULL);
  g_mkdir_with_parents (self->profile, 0700);
  backend = g_keyfile_settings_backend_new (path, "/", NULL);
  return g_settings_new_with_backend ("org.batonphone.Baton", backend);
}

static char *
find_history (BatonApplication *self)
{
  g_autofree char *folder = self->profile != NULL ? g_strdup (self->profile)
                                                  : g_build_filename (g_get_user_data_dir (), "baton", NULL);

  if (self->story_dir != NULL)
    return NULL;
  g_mkdir_with_parents (folder, 0700);
  return g_build_filename (folder, "history.db", NULL);
}

/* Each part that can't start is said, and left out */
static void
start_engine (BatonApplication *self)
{
  g_autoptr (GSettings) transfer = g_settings_get_child (self->settings, "transfer");
  g_autofree char *listen = g_settings_get_string (self->settings, "listen");
  g_autoptr (GSettings) audio = g_settings_get_child (self->settings, "audio");
  g_auto (GStrv) codecs = g_settings_get_strv (audio, "codecs");
  BatonEngineOptions options;
  GError *error = NULL;
  gboolean local = self->story_dir != NULL || (self->start_demo && listen[0] == '\0');

  baton_engine_options_init (&options);
  options.listen = local ? "127.0.0.1:0" : (listen[0] != '\0' ? listen : "0.0.0.0:0");
  options.audio = BATON_AUDIO_KIND_DEVICE;
  options.auto_hold = TRUE;
  options.codecs = codecs[0] != NULL ? (const char *const *) codecs : NULL;
  options.refer = BATON_REFER_POLICY_ASK;
  options.out_of_dialog_refer = baton_transfer_settings_get_policy (transfer);
  options.grace_ms = g_settings_get_uint (transfer, "grace-seconds") * 1000;
  options.ring_timeout_s = g_settings_get_uint (transfer, "ring-timeout");
  if (self->story_dir != NULL)
    {
      self->record_dir = g_build_filename (self->story_dir, "sound", NULL);
      g_mkdir_with_parents (self->record_dir, 0755);
      options.record_dir = self->record_dir;
      options.audio = baton_story_choose_audio ();
    }
  if (baton_engine_start (self->engine, &options, &error))
    return;
  if (baton_engine_get_media_factory (self->engine) == NULL)
    {
      on_problem (self, _("No sound: no sound server answers. Calls work, but you hear and say nothing."));
      options.audio = BATON_AUDIO_KIND_NULL;
      g_clear_error (&error);
      if (baton_engine_start (self->engine, &options, &error))
        return;
    }
  on_problem (self, error->message);
  options.listen = "0.0.0.0:0";
  g_clear_error (&error);
  if (!baton_engine_start (self->engine, &options, &error))
    on_problem (self, error->message);
  g_clear_error (&error);
}

static void
on_color_scheme_changed (BatonApplication *self)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[g_settings_get_enum (self->settings, "color-scheme")]);
}

/* The keys have the names of BatonAudioHub's properties */
static void
follow_audio (BatonApplication *self, GSettings *audio)
{
  static const char *const keys[] = { "input-device", "output-device", "ring-device", "also-ring-on-speakers",
                                      "microphone-volume", "ring-volume", "waiting-volume", "echo-cancellation",
                                      "noise-reduction", "automatic-gain", "tone-country" };
  BatonMediaFactory *factory = baton_engine_get_media_factory (self->engine);

  for (guint i = 0; BATON_IS_AUDIO_HUB (factory) && i < G_N_ELEMENTS (keys); i++)
    g_settings_bind (audio, keys[i], factory, keys[i], G_SETTINGS_BIND_GET);
}

static void
follow_settings (BatonApplication *self)
{
  GSettings *transfer = g_settings_get_child (self->settings, "transfer");
  GSettings *audio = g_settings_get_child (self->settings, "audio");

  g_signal_connect_object (self->settings, "changed::color-scheme", G_CALLBACK (on_color_scheme_changed), self,
                           G_CONNECT_SWAPPED);
  baton_transfer_settings_follow (transfer, self->engine);
  g_object_set_data_full (G_OBJECT (self), "transfer-settings", transfer, g_object_unref);
  g_object_set_data_full (G_OBJECT (self), "audio-settings", audio, g_object_unref);
  on_color_scheme_changed (self);
  follow_audio (self, audio);
}

static void
update_welcome (BatonApplication *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));

  if (self->window != NULL)
    baton_window_set_welcome (self->window, n == 0 && self->demo == NULL);
}

/* A REFER came. The window asks, unless the account, or what is said of a trusted source, says otherwise. */
static gboolean
on_refer_requested (BatonEngine *engine, BatonTransfer *transfer, BatonApplication *self)
{
  g_autoptr (BatonTransferView) view = NULL;
  g_autofree char *words = NULL;

  if (baton_transfer_get_direction (transfer) != BATON_DIRECTION_INCOMING)
    return FALSE;
  switch (baton_transfer_get_policy (transfer))
    {
    case BATON_REFER_POLICY_REJECT:
      return FALSE;
    case BATON_REFER_POLICY_FOLLOW:
      if (baton_transfer_get_call (transfer) != NULL)
        return FALSE;
      /* A phone that calls by itself has to say who wanted it */
      g_application_activate (G_APPLICATION (self));
      view = baton_transfer_view_new (transfer, self->directory);
      words = g_strdup_printf (_("%s has your phone call %s."), view->peer, view->target);
      baton_window_toast (self->window, words);
      return FALSE;
    case BATON_REFER_POLICY_ASK:
    case BATON_REFER_POLICY_TRUSTED:
      break;
    }
  g_application_activate (G_APPLICATION (self));
  baton_window_add_prompt (self->window, transfer);
  baton_notifier_ask (self->notifier, transfer);
  return TRUE;
}

/* The card on the row asks: the call that can't be held is in front of the user, so nothing pops up */
static gboolean
on_hold_refused (BatonTransfer *transfer, guint status, const char *reason, BatonApplication *self)
{
  return self->window != NULL;
}

static void
on_transfer_added (BatonEngine *engine, BatonTransfer *transfer, BatonApplication *self)
{
  if (baton_transfer_get_direction (transfer) == BATON_DIRECTION_OUTGOING)
    g_signal_connect_object (transfer, "hold-refused", G_CALLBACK (on_hold_refused), self, 0);
}

static void
on_warning (BatonApplication *self, const char *words)
{
  if (self->window != NULL)
    baton_window_toast (self->window, words);
}

static void
on_device_offer (BatonApplication *self, BatonSoundDevice *device)
{
  if (self->window != NULL)
    baton_window_offer_device (self->window, device);
}

static void
watch_sound (BatonApplication *self)
{
  g_autoptr (GSettings) audio = g_settings_get_child (self->settings, "audio");

  self->headsets = baton_headsets_new (self->engine, self->accounts, audio);
  g_signal_connect_object (self->headsets, "offer", G_CALLBACK (on_device_offer), self, G_CONNECT_SWAPPED);
  self->watch = baton_quality_watch_new (self->engine, self->directory);
  g_signal_connect_object (self->watch, "warning", G_CALLBACK (on_warning), self, G_CONNECT_SWAPPED);
}

static void
baton_application_startup (GApplication *application)
{
  BatonApplication *self = BATON_APPLICATION (application);
  g_autofree char *history = NULL;

  G_APPLICATION_CLASS (baton_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (BATON_APP_ID);
  self->settings = open_settings (self);
  history = find_history (self);
  self->history = baton_history_new (history);
  g_signal_connect_object (self->history, "problem", G_CALLBACK (on_problem), self, G_CONNECT_SWAPPED);
  self->engine = baton_engine_new ();
  start_engine (self);
  self->directory = baton_directory_new (self->engine, self->history);
  self->log = baton_call_log_new (self->engine, self->history, self->directory);
  self->notifier = baton_notifier_new (application, self->engine, self->directory, self->settings);
  self->secrets = self->profile != NULL || self->story_dir != NULL ? baton_secrets_new_memory ()
                                                                   : baton_secrets_new_keyring ();
  self->accounts = baton_account_store_new (self->settings);
  g_signal_connect_object (self->accounts, "problem", G_CALLBACK (on_problem), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->accounts, "items-changed", G_CALLBACK (update_welcome), self, G_CONNECT_SWAPPED);
  self->keeper = baton_account_keeper_new (self->engine, self->accounts, self->secrets);
  g_signal_connect_object (self->keeper, "problem", G_CALLBACK (on_problem), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->engine, "refer-requested", G_CALLBACK (on_refer_requested), self, 0);
  g_signal_connect_object (self->engine, "transfer-added", G_CALLBACK (on_transfer_added), self, 0);
  watch_sound (self);
  follow_settings (self);
  baton_application_actions_install (self);
}

static void
ensure_window (BatonApplication *self)
{
  if (self->window != NULL)
    return;
  self->window = baton_window_new (GTK_APPLICATION (self), self->engine, self->directory, self->history,
                                   self->settings);
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  if (self->problems->len > 0)
    baton_window_show_problem (self->window, self->problems->str);
  if (self->start_demo || self->story_dir != NULL)
    baton_application_start_demo (self);
  update_welcome (self);
  if (self->story_dir != NULL)
    {
      self->story = baton_story_new (self, self->story_dir, self->record_dir);
      baton_story_start (self->story);
    }
}

static void
baton_application_activate (GApplication *application)
{
  BatonApplication *self = BATON_APPLICATION (application);

  ensure_window (self);
  gtk_window_present (GTK_WINDOW (self->window));
}

/* A link fills the entry; it never dials. Something visible happens in any case. */
static void
baton_application_open (GApplication *application, GFile **files, gint n_files, const char *hint)
{
  BatonApplication *self = BATON_APPLICATION (application);
  g_autofree char *uri = n_files > 0 ? g_file_get_uri (files[0]) : NULL;
  g_autofree char *clean = NULL, *text = NULL;
  g_autoptr (GError) error = NULL;

  g_application_activate (application);
  if (uri == NULL)
    return;
  text = baton_directory_resolve (self->directory, baton_window_get_account (self->window), uri, &error);
  if (text == NULL)
    {
      baton_window_toast (self->window, error->message);
      return;
    }
  clean = baton_format_clean (text, 255);
  if (g_str_has_prefix (clean, "sip:"))
    memmove (clean, clean + 4, strlen (clean + 4) + 1);
  clean[strcspn (clean, "?")] = '\0';
  baton_window_set_welcome (self->window, FALSE);
  baton_window_fill_dial (self->window, clean);
}

static void
baton_application_shutdown (GApplication *application)
{
  BatonApplication *self = BATON_APPLICATION (application);

  if (self->history != NULL)
    baton_history_flush (self->history);
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  G_APPLICATION_CLASS (baton_application_parent_class)->shutdown (application);
}

static void
baton_application_class_init (BatonApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_application_dispose;
  G_OBJECT_CLASS (klass)->finalize = baton_application_finalize;
  application_class->handle_local_options = baton_application_handle_local_options;
  application_class->startup = baton_application_startup;
  application_class->activate = baton_application_activate;
  application_class->open = baton_application_open;
  application_class->shutdown = baton_application_shutdown;
}

static void
baton_application_init (BatonApplication *self)
{
  static const GOptionEntry options[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Show the version and exit"), NULL },
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Start the demo peers"), NULL },
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_("Keep all settings and data in DIR"), N_("DIR") },
    { "story", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_("Play the demo by itself and write screenshots to DIR"),
      N_("DIR") },
    { NULL },
  };

  self->problems = g_string_new (NULL);
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

BatonApplication *
baton_application_new (void)
{
  return g_object_new (BATON_TYPE_APPLICATION, "application-id", BATON_APP_ID, "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/org/batonphone/Baton", NULL);
}

BatonEngine *
baton_application_get_engine (BatonApplication *self)
{
  return self->engine;
}

BatonDirectory *
baton_application_get_directory (BatonApplication *self)
{
  return self->directory;
}

BatonDemo *
baton_application_get_demo (BatonApplication *self)
{
  return self->demo;
}

BatonWindow *
baton_application_get_window (BatonApplication *self)
{
  return self->window;
}

GSettings *
baton_application_get_settings (BatonApplication *self)
{
  return self->settings;
}

BatonAccountStore *
baton_application_get_accounts (BatonApplication *self)
{
  return self->accounts;
}

BatonAccountKeeper *
baton_application_get_keeper (BatonApplication *self)
{
  return self->keeper;
}

BatonSecrets *
baton_application_get_secrets (BatonApplication *self)
{
  return self->secrets;
}

BatonHistory *
baton_application_get_history (BatonApplication *self)
{
  return self->history;
}

void
baton_application_set_exit_status (BatonApplication *self, int status)
{
  self->exit_status = status;
}

int
baton_application_get_exit_status (BatonApplication *self)
{
  return self->exit_status;
}

/* Without an account of the user's own, the demo brings one */
static void
add_demo_account (BatonApplication *self)
{
  const char *listen = baton_engine_get_listen_address (self->engine);
  const char *port = listen != NULL ? strrchr (listen, ':') : NULL;
  g_autofree char *address = g_strdup_printf ("sip:you@127.0.0.1%s", port != NULL ? port : "");
  g_autoptr (BatonSipIdentity) identity = baton_sip_identity_new (address);

  g_object_set (identity, "display-name", _("You"), NULL);
  baton_engine_add_account (self->engine, DEMO_ACCOUNT, _("Demo"), identity, FALSE);
  baton_window_set_account (self->window, DEMO_ACCOUNT);
}

gboolean
baton_application_start_demo (BatonApplication *self)
{
  g_autoptr (BatonDemo) demo = NULL;
  g_autoptr (GError) error = NULL;

  if (self->demo != NULL)
    return TRUE;
  demo = baton_demo_new ();
  if (!baton_demo_start (demo, &error))
    {
      on_problem (self, error->message);
      return FALSE;
    }
  self->demo = g_steal_pointer (&demo);
  baton_directory_set_demo (self->directory, self->demo);
  add_demo_account (self);
  baton_window_set_demo (self->window, self->demo);
  update_welcome (self);
  return TRUE;
}

static void
on_demo_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  baton_demo_stop_finish (BATON_DEMO (source), result);
}

/* It is the user who ends them: without this the peers would, one after the other */
static void
hang_up_demo_calls (BatonApplication *self)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (self->engine));

  for (guint i = g_list_model_get_n_items (calls); i > 0; i--)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (calls, i - 1); /* NULL: one took another with it */

      if (call != NULL
          && (g_strcmp0 (baton_account_get_id (baton_call_get_account (call)), DEMO_ACCOUNT) == 0
              || baton_directory_has_demo_peer (self->directory, baton_call_get_remote_uri (call))))
        baton_call_hangup (call, NULL);
    }
}

void
baton_application_stop_demo (BatonApplication *self)
{
  g_autoptr (BatonDemo) demo = g_steal_pointer (&self->demo);
  BatonAccount *account;

  if (demo == NULL)
    return;
  hang_up_demo_calls (self);
  baton_directory_set_demo (self->directory, NULL);
  baton_window_set_demo (self->window, NULL);
  account = baton_account_keeper_lookup (self->keeper, DEMO_ACCOUNT);
  if (account != NULL)
    baton_engine_remove_account (self->engine, account);
  baton_demo_stop_async (demo, on_demo_stopped, NULL);
  update_welcome (self);
}

static void
on_engine_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  baton_engine_stop_finish (BATON_ENGINE (source), result);
  g_application_quit (data);
  g_application_release (data);
}

void
baton_application_quit (BatonApplication *self)
{
  if (self->quitting)
    return;
  self->quitting = TRUE;
  if (self->window != NULL)
    gtk_widget_set_visible (GTK_WIDGET (self->window), FALSE);
  if (self->demo != NULL)
    baton_demo_stop_async (self->demo, on_demo_stopped, NULL);
  g_application_hold (G_APPLICATION (self));
  baton_engine_stop_async (self->engine, on_engine_stopped, self);
}
