/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-window.h"

#include "baton-a11y.h"
#include "baton-call-actions.h"
#include "baton-call-page.h"
#include "baton-call-view.h"
#include "baton-history-page.h"
#include "baton-keypad.h"
#include "baton-policy-bar.h"
#include "baton-sound-bar.h"
#include "baton-transfer-prompt.h"

#include <glib/gi18n.h>
#include <string.h>

#define PROMPT_LINGER_US (6 * G_USEC_PER_SEC)
#define PROMPT_MARGIN 20 /* px below its buttons */

struct _BatonWindow
{
  AdwApplicationWindow parent_instance;

  BatonEngine *engine;
  BatonDirectory *directory;
  BatonHistory *history;
  GSettings *settings;
  BatonAccount *account;
  GPtrArray *cleared; /* history entries that can still be brought back */
  guint ticker;       /* while there is a prompt */
  gboolean ringing;   /* a call comes in */

  GtkWidget *toasts, *back, *account_button, *account_content, *switcher, *menu_button;
  GtkWidget *demo_bar, *policy_bar, *sound_bar, *problem_bar, *problem, *screens, *leaflet, *left, *dial, *keypad;
  GtkWidget *scroller, *column, *prompts, *calls, *status, *status_icon, *pages, *call_page, *history_page, *bottom_bar;
  GtkWidget *welcome_account, *welcome_demo;
  GMenuModel *main_menu;
  GtkWidget *menu, *account_menu; /* popovers */
};

G_DEFINE_FINAL_TYPE (BatonWindow, baton_window, ADW_TYPE_APPLICATION_WINDOW)

static void
baton_window_dispose (GObject *object)
{
  BatonWindow *self = BATON_WINDOW (object);

  g_clear_handle_id (&self->ticker, g_source_remove);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->account_menu, gtk_widget_unparent);
  g_clear_pointer (&self->cleared, g_ptr_array_unref);
  if (self->account != NULL)
    g_signal_handlers_disconnect_by_data (self->account, self);
  g_clear_object (&self->account);
  g_clear_object (&self->engine);
  g_clear_object (&self->directory);
  g_clear_object (&self->history);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (baton_window_parent_class)->dispose (object);
}

static void
update_title (BatonWindow *self)
{
  BatonCall *call = baton_call_list_get_target (BATON_CALL_LIST (self->calls));
  g_autofree char *peer = NULL, *title = NULL;

  if (call != NULL && baton_call_get_state (call) != BATON_CALL_STATE_ENDED)
    {
      peer = baton_directory_dup_call_name (self->directory, call);
      title = g_strdup_printf (_("%s – Baton"), peer);
    }
  gtk_window_set_title (GTK_WINDOW (self), title != NULL ? title : "Baton");
  adw_view_switcher_title_set_title (ADW_VIEW_SWITCHER_TITLE (self->switcher), title != NULL ? title : "Baton");
}

/* Whoever rings stands above requests, which are long, and is scrolled to */
static void
place_prompts (BatonWindow *self)
{
  gboolean ringing = baton_call_list_get_ringing (BATON_CALL_LIST (self->calls)) != NULL;

  if (ringing == self->ringing)
    return;
  self->ringing = ringing;
  gtk_box_reorder_child_after (GTK_BOX (self->column), self->prompts, ringing ? self->calls : NULL);
  if (ringing)
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0);
}

static void
on_selection_changed (BatonWindow *self)
{
  BatonCall *call;

  if (self->engine == NULL)
    return;
  place_prompts (self);
  call = baton_call_list_get_current (BATON_CALL_LIST (self->calls));
  baton_call_page_set_call (BATON_CALL_PAGE (self->call_page), call);
  update_title (self);
}

static void
update_dial (BatonWindow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->dial));
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "call");

  if (action != NULL)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), text[strspn (text, " ")] != '\0');
}

static void
on_dial_changed (BatonWindow *self)
{
  update_dial (self);
}

static void
on_mute_toggled (BatonWindow *self, GParamSpec *pspec, GtkToggleButton *button)
{
  gtk_button_set_icon_name (GTK_BUTTON (button), gtk_toggle_button_get_active (button)
                                                   ? "microphone-disabled-symbolic"
                                                   : "microphone-sensitivity-high-symbolic");
}

static void
on_dial_activate (BatonWindow *self)
{
  g_action_group_activate_action (G_ACTION_GROUP (self), "call", NULL);
}

static void
on_menu_clicked (BatonWindow *self)
{
  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (self->main_menu);
      gtk_widget_set_parent (self->menu, self->menu_button);
      baton_a11y_set_name (self->menu, _("Main menu"));
    }
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_account_clicked (BatonWindow *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GListModel *accounts = baton_engine_get_accounts (self->engine);
  guint n = g_list_model_get_n_items (accounts);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccount) account = g_list_model_get_item (accounts, i);
      g_autoptr (GMenuItem) item = NULL;
      g_autofree char *words = NULL;
      gboolean needs;

      g_object_get (account, "needs-registration", &needs, NULL);
      words = baton_format_registration (baton_account_get_label (account),
                                         baton_account_get_registration_state (account),
                                         baton_account_get_status (account), baton_account_get_reason (account), needs);
      item = g_menu_item_new (words, NULL);
      g_menu_item_set_action_and_target (item, "win.account", "s", baton_account_get_id (account));
      g_menu_append_item (menu, item);
    }
  g_menu_append (menu, _("Accounts…"), "app.accounts");
  g_clear_pointer (&self->account_menu, gtk_widget_unparent);
  self->account_menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (self->account_menu, self->account_button);
  gtk_popover_popup (GTK_POPOVER (self->account_menu));
}

static void
on_problem_response (BatonWindow *self)
{
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->problem_bar), FALSE);
}

/* Below 720 px the call list is the first page, and the history the second one */
static void
on_folded (BatonWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (ADW_LEAFLET (self->leaflet));
  gboolean away = g_strcmp0 (adw_leaflet_get_visible_child_name (ADW_LEAFLET (self->leaflet)), "pages") == 0;
  gboolean welcome = g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (self->screens)), "welcome") == 0;

  gtk_widget_set_visible (self->back, folded && away && !welcome);
  gtk_widget_set_visible (self->account_button, !welcome && !(folded && away));
  adw_view_switcher_title_set_view_switcher_enabled (ADW_VIEW_SWITCHER_TITLE (self->switcher), !folded && !welcome);
  adw_view_switcher_bar_set_reveal (ADW_VIEW_SWITCHER_BAR (self->bottom_bar), folded && !welcome);
}

static void
on_page_changed (BatonWindow *self)
{
  const char *page = adw_view_stack_get_visible_child_name (ADW_VIEW_STACK (self->pages));

  if (self->settings != NULL && page != NULL)
    g_settings_set_string (self->settings, "last-page", page);
  if (adw_leaflet_get_folded (ADW_LEAFLET (self->leaflet)))
    adw_leaflet_set_visible_child_name (ADW_LEAFLET (self->leaflet),
                                        g_strcmp0 (page, "history") == 0 ? "pages" : "calls");
}

static gboolean
baton_window_close_request (GtkWindow *window)
{
  BatonWindow *self = BATON_WINDOW (window);
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_int (self->settings, "window-width", width);
  g_settings_set_int (self->settings, "window-height", height);
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
  if (g_settings_get_boolean (self->settings, "run-in-background"))
    {
      gtk_widget_set_visible (GTK_WIDGET (window), FALSE);
      return TRUE;
    }
  g_action_group_activate_action (G_ACTION_GROUP (gtk_window_get_application (window)), "quit", NULL);
  return TRUE;
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, BatonWindow, member)

static void
baton_window_class_init (BatonWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = baton_window_close_request;
  g_type_ensure (BATON_TYPE_KEYPAD);
  g_type_ensure (BATON_TYPE_CALL_LIST);
  g_type_ensure (BATON_TYPE_CALL_PAGE);
  g_type_ensure (BATON_TYPE_HISTORY_PAGE);
  g_type_ensure (BATON_TYPE_POLICY_BAR);
  g_type_ensure (BATON_TYPE_SOUND_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-window.ui");
  BIND (toasts);
  BIND (back);
  gtk_widget_class_bind_template_child_full (widget_class, "account", FALSE,
                                             G_STRUCT_OFFSET (BatonWindow, account_button));
  BIND (account_content);
  BIND (switcher);
  BIND (menu_button);
  BIND (demo_bar);
  BIND (policy_bar);
  BIND (sound_bar);
  BIND (problem_bar);
  BIND (problem);
  BIND (screens);
  BIND (leaflet);
  BIND (left);
  BIND (dial);
  BIND (keypad);
  BIND (scroller);
  BIND (column);
  BIND (prompts);
  BIND (calls);
  BIND (status);
  BIND (status_icon);
  BIND (pages);
  BIND (call_page);
  BIND (history_page);
  BIND (bottom_bar);
  BIND (welcome_account);
  BIND (welcome_demo);
  BIND (main_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_selection_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_dial_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_mute_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_dial_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_menu_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_account_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_problem_response);
  gtk_widget_class_bind_template_callback (widget_class, on_folded);
  gtk_widget_class_bind_template_callback (widget_class, on_page_changed);
}

/* Digits typed where nothing else takes them are key presses in the call */
static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, BatonWindow *self)
{
  gunichar c = gdk_keyval_to_unicode (key);
  char digit[2] = { (char) c, '\0' };
  BatonCall *call;

  if (self->engine == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0
      || GTK_IS_EDITABLE (gtk_window_get_focus (GTK_WINDOW (self))) || c == 0 || c > 127
      || strchr ("0123456789*#/", digit[0]) == NULL)
    return FALSE;
  if (c == '/')
    {
      baton_window_focus_dial (self);
      return TRUE;
    }
  call = baton_call_list_get_target (BATON_CALL_LIST (self->calls));
  if (call == NULL || baton_call_get_state (call) != BATON_CALL_STATE_ESTABLISHED)
    return FALSE;
  g_action_group_activate_action (G_ACTION_GROUP (self), "digit", g_variant_new_string (digit));
  return TRUE;
}

static void
baton_window_init (BatonWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  baton_call_actions_install (self);
  update_dial (self);
  on_folded (self);
}

static void
update_status (BatonWindow *self)
{
  static const char *const icons[] = {
    [BATON_REGISTRATION_STATE_OFFLINE] = "network-offline-symbolic",
    [BATON_REGISTRATION_STATE_REGISTERING] = "network-idle-symbolic",
    [BATON_REGISTRATION_STATE_REGISTERED] = "emblem-ok-symbolic",
    [BATON_REGISTRATION_STATE_UNREGISTERING] = "network-idle-symbolic",
    [BATON_REGISTRATION_STATE_FAILED] = "dialog-warning-symbolic",
  };
  g_autofree char *words = NULL, *chooser = NULL, *label = NULL;
  BatonRegistrationState state = BATON_REGISTRATION_STATE_OFFLINE;
  gboolean needs = FALSE;

  if (self->account != NULL)
    {
      g_object_get (self->account, "needs-registration", &needs, NULL);
      state = baton_account_get_registration_state (self->account);
      label = baton_format_clean (baton_account_get_label (self->account), BATON_FORMAT_NAME_MAX);
      words = baton_format_registration (label, state, baton_account_get_status (self->account),
                                         baton_account_get_reason (self->account), needs);
    }
  else
    {
      label = g_strdup (_("None"));
      words = g_strdup (_("No account"));
    }
  chooser = g_strdup_printf (_("Calling account: %s"), label);
  baton_a11y_set_name (self->account_button, chooser);
  gtk_widget_set_tooltip_text (self->account_button, chooser);
  adw_button_content_set_label (ADW_BUTTON_CONTENT (self->account_content), label);
  gtk_label_set_text (GTK_LABEL (self->status), words);
  gtk_widget_set_tooltip_text (self->status, words);
  baton_a11y_set_name (self->status, _("Registration status"));
  baton_a11y_set_description (self->status, words);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->status_icon),
                                self->account != NULL && !needs ? "emblem-ok-symbolic" : icons[state]);
}

static void
use_account (BatonWindow *self, BatonAccount *account)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "account");

  if (self->account != account)
    {
      if (self->account != NULL)
        g_signal_handlers_disconnect_by_data (self->account, self);
      g_set_object (&self->account, account);
      if (account != NULL)
        g_signal_connect_object (account, "notify", G_CALLBACK (update_status), self, G_CONNECT_SWAPPED);
    }
  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_string (account != NULL ? baton_account_get_id (account) : ""));
  update_status (self);
}

void
baton_window_set_account (BatonWindow *self, const char *id)
{
  GListModel *accounts = baton_engine_get_accounts (self->engine);
  guint n = g_list_model_get_n_items (accounts);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccount) account = g_list_model_get_item (accounts, i);

      if (g_strcmp0 (baton_account_get_id (account), id) == 0)
        {
          use_account (self, account);
          return;
        }
    }
}

/* The account went: the first one that is left takes its place */
static void
on_accounts_changed (BatonWindow *self)
{
  GListModel *accounts = baton_engine_get_accounts (self->engine);
  g_autoptr (BatonAccount) first = g_list_model_get_item (accounts, 0);
  guint n = g_list_model_get_n_items (accounts);
  g_autofree char *wanted = g_settings_get_string (self->settings, "default-account");

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccount) account = g_list_model_get_item (accounts, i);

      if (account == self->account)
        return;
    }
  use_account (self, first);
  baton_window_set_account (self, wanted);
}

static void
on_cleared (BatonWindow *self, GPtrArray *entries)
{
  AdwToast *toast = baton_toast_new (_("History cleared"));

  g_clear_pointer (&self->cleared, g_ptr_array_unref);
  self->cleared = g_ptr_array_ref (entries);
  adw_toast_set_button_label (toast, _("Undo"));
  adw_toast_set_action_name (toast, "win.undo-clear");
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), toast);
}

void
baton_window_undo_clear (BatonWindow *self)
{
  for (guint i = self->cleared != NULL ? self->cleared->len : 0; i > 0; i--)
    baton_history_add (self->history, self->cleared->pdata[i - 1]);
  g_clear_pointer (&self->cleared, g_ptr_array_unref);
}

static void
on_call_message (BatonWindow *self, const char *text)
{
  baton_window_toast (self, text);
}

static void
on_call_added (BatonWindow *self, BatonCall *call)
{
  g_signal_connect_object (call, "message", G_CALLBACK (on_call_message), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (call, "notify::state", G_CALLBACK (on_selection_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  on_selection_changed (self);
}

BatonWindow *
baton_window_new (GtkApplication *application, BatonEngine *engine, BatonDirectory *directory, BatonHistory *history,
                  GSettings *settings)
{
  BatonWindow *self = g_object_new (BATON_TYPE_WINDOW, "application", application, NULL);
  g_autofree char *page = g_settings_get_string (settings, "last-page");
  g_autoptr (GSettings) transfer = g_settings_get_child (settings, "transfer");

  self->engine = g_object_ref (engine);
  self->directory = g_object_ref (directory);
  self->history = g_object_ref (history);
  self->settings = g_object_ref (settings);
  gtk_window_set_default_size (GTK_WINDOW (self), MAX (360, g_settings_get_int (settings, "window-width")),
                               MAX (440, g_settings_get_int (settings, "window-height")));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));

  baton_call_list_set_engine (BATON_CALL_LIST (self->calls), engine, directory);
  baton_call_page_set_engine (BATON_CALL_PAGE (self->call_page), engine, directory);
  baton_history_page_set_history (BATON_HISTORY_PAGE (self->history_page), history, directory);
  g_signal_connect_object (self->history_page, "cleared", G_CALLBACK (on_cleared), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (baton_engine_get_calls (engine), "call-added", G_CALLBACK (on_call_added), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (baton_engine_get_accounts (engine), "items-changed", G_CALLBACK (on_accounts_changed), self,
                           G_CONNECT_SWAPPED);
  on_accounts_changed (self);
  baton_policy_bar_set_settings (BATON_POLICY_BAR (self->policy_bar), transfer);
  baton_sound_bar_set_engine (BATON_SOUND_BAR (self->sound_bar), engine);
  if (g_str_equal (page, "history"))
    adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "history");
  gtk_widget_grab_focus (self->dial);
  return self;
}

BatonEngine *
baton_window_get_engine (BatonWindow *self)
{
  return self->engine;
}

BatonDirectory *
baton_window_get_directory (BatonWindow *self)
{
  return self->directory;
}

GSettings *
baton_window_get_settings (BatonWindow *self)
{
  return self->settings;
}

BatonCallList *
baton_window_get_calls (BatonWindow *self)
{
  return BATON_CALL_LIST (self->calls);
}

BatonAccount *
baton_window_get_account (BatonWindow *self)
{
  return self->account;
}

void
baton_window_set_demo (BatonWindow *self, BatonDemo *demo)
{
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->demo_bar), demo != NULL);
  baton_call_page_set_demo (BATON_CALL_PAGE (self->call_page), demo);
}

void
baton_window_set_welcome (BatonWindow *self, gboolean welcome)
{
  baton_a11y_show_page (GTK_STACK (self->screens), welcome ? "welcome" : "main");
  on_folded (self);
  if (welcome)
    gtk_widget_grab_focus (self->welcome_account);
}

void
baton_window_show_problem (BatonWindow *self, const char *message)
{
  g_autofree char *words = baton_format_clean (message, 300);

  gtk_label_set_text (GTK_LABEL (self->problem), words);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->problem_bar), message != NULL);
}

void
baton_window_toast (BatonWindow *self, const char *message)
{
  g_autofree char *clean = baton_format_clean (message, 160);

  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), baton_toast_new (clean));
}

void
baton_window_offer_device (BatonWindow *self, BatonSoundDevice *device)
{
  g_autofree char *clean = baton_format_clean (baton_sound_device_get_name (device), BATON_FORMAT_NAME_MAX);
  g_autofree char *words = g_strdup_printf (_("%s connected – use it?"), clean);
  AdwToast *toast = baton_toast_new (words);

  adw_toast_set_button_label (toast, _("Use"));
  adw_toast_set_action_target (toast, "(bs)", baton_sound_device_get_microphone (device),
                               baton_sound_device_get_id (device));
  adw_toast_set_action_name (toast, "app.use-device");
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), toast);
}

void
baton_window_fill_dial (BatonWindow *self, const char *text)
{
  baton_window_show_page (self, "call");
  baton_window_go_back (self);
  gtk_editable_set_text (GTK_EDITABLE (self->dial), text);
  gtk_widget_grab_focus (self->dial);
  gtk_editable_set_position (GTK_EDITABLE (self->dial), -1);
}

void
baton_window_clear_dial (BatonWindow *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->dial), "");
}

const char *
baton_window_get_dial_text (BatonWindow *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->dial));
}

void
baton_window_type_digit (BatonWindow *self, const char *digit)
{
  int end = (int) g_utf8_strlen (gtk_editable_get_text (GTK_EDITABLE (self->dial)), -1);

  if (digit == NULL)
    gtk_editable_delete_text (GTK_EDITABLE (self->dial), MAX (end - 1, 0), end);
  else
    gtk_editable_insert_text (GTK_EDITABLE (self->dial), digit, -1, &end);
}

void
baton_window_show_sent_digits (BatonWindow *self, const char *digits)
{
  baton_keypad_show_sent (BATON_KEYPAD (self->keypad), digits);
}

void
baton_window_show_keypad (BatonWindow *self, gboolean show)
{
  gtk_widget_set_visible (self->keypad, show);
}

void
baton_window_focus_dial (BatonWindow *self)
{
  baton_window_go_back (self);
  gtk_widget_grab_focus (self->dial);
  gtk_editable_select_region (GTK_EDITABLE (self->dial), 0, -1);
}

void
baton_window_focus_search (BatonWindow *self)
{
  baton_window_show_page (self, "history");
  baton_history_page_focus_search (BATON_HISTORY_PAGE (self->history_page));
}

void
baton_window_open_menu (BatonWindow *self)
{
  on_menu_clicked (self);
}

void
baton_window_show_page (BatonWindow *self, const char *page)
{
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), page);
}

void
baton_window_show_details (BatonWindow *self)
{
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "call");
  adw_leaflet_set_visible_child_name (ADW_LEAFLET (self->leaflet), "pages");
}

void
baton_window_go_back (BatonWindow *self)
{
  if (!adw_leaflet_get_folded (ADW_LEAFLET (self->leaflet)))
    return;
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "call");
  adw_leaflet_set_visible_child_name (ADW_LEAFLET (self->leaflet), "calls");
}

static GtkWidget *
find_prompt (BatonWindow *self, guint number)
{
  for (GtkWidget *w = gtk_widget_get_first_child (self->prompts); w != NULL; w = gtk_widget_get_next_sibling (w))
    if (baton_transfer_get_number (baton_transfer_prompt_get_transfer (BATON_TRANSFER_PROMPT (w))) == number)
      return w;
  return NULL;
}

/* Returns: whether the call that the request led to is over: nothing is true any more of what is said of it */
static gboolean
is_over (BatonTransfer *transfer)
{
  BatonCall *call = baton_transfer_get_target_call (transfer);

  return !baton_transfer_is_running (transfer) && call != NULL
         && baton_transfer_get_state (transfer) != BATON_TRANSFER_STATE_FAILED
         && baton_call_get_state (call) == BATON_CALL_STATE_ENDED;
}

/* An answered request stays six seconds after its end, to be read */
static gboolean
on_prompt_tick (gpointer data)
{
  BatonWindow *self = data;
  GtkWidget *next;

  for (GtkWidget *w = gtk_widget_get_first_child (self->prompts); w != NULL; w = next)
    {
      BatonTransfer *transfer = baton_transfer_prompt_get_transfer (BATON_TRANSFER_PROMPT (w));
      gint64 *end = g_object_get_data (G_OBJECT (w), "end");

      next = gtk_widget_get_next_sibling (w);
      baton_transfer_prompt_update (BATON_TRANSFER_PROMPT (w));
      if (baton_transfer_is_running (transfer))
        continue;
      if (end == NULL)
        {
          end = g_new (gint64, 1);
          *end = g_get_monotonic_time ();
          g_object_set_data_full (G_OBJECT (w), "end", end, g_free);
        }
      if (is_over (transfer) || g_get_monotonic_time () - *end > PROMPT_LINGER_US)
        gtk_box_remove (GTK_BOX (self->prompts), w);
    }
  if (gtk_widget_get_first_child (self->prompts) != NULL)
    return G_SOURCE_CONTINUE;
  self->ticker = 0;
  return G_SOURCE_REMOVE;
}

/* The focus was there before the prompt had a place, so nothing was scrolled to it */
static gboolean
show_prompt (GtkWidget *prompt, GdkFrameClock *clock, gpointer data)
{
  BatonWindow *self = data;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  GtkAdjustment *vertical = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  graphene_rect_t bounds;

  if (gtk_widget_get_height (prompt) <= 0)
    return G_SOURCE_CONTINUE;
  if (focus != NULL && gtk_widget_is_ancestor (focus, prompt)
      && gtk_widget_compute_bounds (focus, self->column, &bounds))
    gtk_adjustment_clamp_page (vertical, bounds.origin.y, bounds.origin.y + bounds.size.height + PROMPT_MARGIN);
  return G_SOURCE_REMOVE;
}

void
baton_window_add_prompt (BatonWindow *self, BatonTransfer *transfer)
{
  GtkWidget *prompt;

  if (find_prompt (self, baton_transfer_get_number (transfer)) != NULL)
    return;
  prompt = baton_transfer_prompt_new (self->directory, transfer);
  gtk_box_append (GTK_BOX (self->prompts), prompt);
  baton_window_go_back (self);
  baton_transfer_prompt_focus (BATON_TRANSFER_PROMPT (prompt));
  gtk_widget_add_tick_callback (prompt, show_prompt, self, NULL); /* goes with the prompt, which goes with the window */
  if (self->ticker == 0)
    self->ticker = g_timeout_add (500, on_prompt_tick, self);
}

void
baton_window_remove_prompt (BatonWindow *self, guint number)
{
  GtkWidget *prompt = find_prompt (self, number);

  if (prompt != NULL)
    gtk_box_remove (GTK_BOX (self->prompts), prompt);
}
