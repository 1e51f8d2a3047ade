/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-security-page.h"

#include "baton-a11y.h"
#include "baton-format.h"
#include "baton-source-dialog.h"

#include <glib/gi18n.h>

#define MAX_REFUSED_SHOWN 25

struct _BatonSecurityPage
{
  AdwPreferencesPage parent_instance;

  BatonApplication *application; /* weak */
  GSettings *transfer;
  BatonReferRules *rules;
  GList *rows;
  gboolean quiet; /* the combo is set by us */

  GtkWidget *warning, *policy, *per_hour, *banner, *sources, *add, *no_sources, *rogue_group;
  GtkWidget *refused_group, *clear, *refused, *none_refused;
};

G_DEFINE_FINAL_TYPE (BatonSecurityPage, baton_security_page, ADW_TYPE_PREFERENCES_PAGE)

static const BatonReferPolicy policies[] = { BATON_REFER_POLICY_REJECT, BATON_REFER_POLICY_ASK,
                                             BATON_REFER_POLICY_TRUSTED };

static void
baton_security_page_dispose (GObject *object)
{
  BatonSecurityPage *self = BATON_SECURITY_PAGE (object);

  if (self->rules != NULL)
    gtk_list_box_bind_model (GTK_LIST_BOX (self->refused), NULL, NULL, NULL, NULL);
  g_clear_pointer (&self->rows, g_list_free);
  g_clear_weak_pointer (&self->application);
  g_clear_object (&self->transfer);
  g_clear_object (&self->rules);
  G_OBJECT_CLASS (baton_security_page_parent_class)->dispose (object);
}

static GtkWindow *
window_of (BatonSecurityPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
toast (BatonSecurityPage *self, const char *words)
{
  GtkWindow *window = window_of (self);

  if (ADW_IS_PREFERENCES_WINDOW (window))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (window), baton_toast_new (words));
}

/* ---- What is allowed at all ---- */

static void
show_policy (BatonSecurityPage *self)
{
  static const char *const words[] = {
    N_("Refused before you hear of them"),
    N_("Each one is shown to you, and nothing happens before you say yes"),
    N_("All others are refused, and listed below"),
  };
  static const char *const nothing_yet[] = {
    N_("While all requests are rejected they are not listed: nobody looks at them."),
    N_("Nothing was refused yet."),
    N_("Nothing was refused yet."),
  };
  BatonReferPolicy policy = (BatonReferPolicy) g_settings_get_enum (self->transfer, "ood-policy");
  guint selected = 0;

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (policies[i] == policy)
      selected = i;
  self->quiet = TRUE;
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->policy), selected);
  self->quiet = FALSE;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->policy), _(words[selected]));
  gtk_label_set_text (GTK_LABEL (self->none_refused), _(nothing_yet[selected]));
}

static void
on_policy_answer (AdwMessageDialog *dialog, const char *response, BatonSecurityPage *self)
{
  int wanted = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "wanted"));

  if (g_str_equal (response, "allow"))
    g_settings_set_enum (self->transfer, "ood-policy", wanted);
  show_policy (self);
}

/* Leaving Reject opens a door: that needs a second yes */
static void
confirm (BatonSecurityPage *self, BatonReferPolicy wanted)
{
  GtkWidget *dialog = adw_message_dialog_new (window_of (self), _("Allow requests outside a call?"),
                                              gtk_label_get_text (GTK_LABEL (self->warning)));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _("Keep Rejecting"), "allow", _("Allow"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "allow", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_object_set_data (G_OBJECT (dialog), "wanted", GINT_TO_POINTER (wanted));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_policy_answer), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_policy_selected (BatonSecurityPage *self)
{
  guint selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self->policy));
  BatonReferPolicy wanted;

  if (self->quiet || self->transfer == NULL || selected >= G_N_ELEMENTS (policies))
    return;
  wanted = policies[selected];
  if (wanted == BATON_REFER_POLICY_TRUSTED
      && g_list_model_get_n_items (baton_refer_rules_get_sources (self->rules)) == 0)
    {
      toast (self, _("Add a trusted source first: without one nobody could ask."));
      show_policy (self);
      gtk_widget_grab_focus (self->add);
    }
  else if (wanted != BATON_REFER_POLICY_REJECT
           && g_settings_get_enum (self->transfer, "ood-policy") == BATON_REFER_POLICY_REJECT)
    confirm (self, wanted);
  else
    g_settings_set_enum (self->transfer, "ood-policy", wanted);
}

/* ---- Trusted sources ---- */

static void
save_sources (BatonSecurityPage *self)
{
  g_settings_set_value (self->transfer, "ood-trusted", baton_refer_rules_save_sources (self->rules));
}

static void
on_saved (BatonSecurityPage *self, BatonTrustedSource *source)
{
  GListModel *sources = baton_refer_rules_get_sources (self->rules);
  gboolean known = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (sources); i++)
    {
      g_autoptr (BatonTrustedSource) other = g_list_model_get_item (sources, i);

      known = known || other == source;
    }
  if (!known)
    baton_refer_rules_add_source (self->rules, source);
  save_sources (self);
}

static void
open_dialog (BatonSecurityPage *self, BatonTrustedSource *source, const char *proposal)
{
  BatonSourceDialog *dialog = baton_source_dialog_new (window_of (self), source, proposal);

  g_signal_connect_object (dialog, "saved", G_CALLBACK (on_saved), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_add (BatonSecurityPage *self)
{
  open_dialog (self, NULL, NULL);
}

static BatonTrustedSource *
source_of (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW)), "source");
}

static void
on_edit (GtkWidget *button, BatonSecurityPage *self)
{
  open_dialog (self, source_of (button), NULL);
}

/* With the last one goes the reason for the open door */
static void
on_remove (GtkWidget *button, BatonSecurityPage *self)
{
  baton_refer_rules_remove_source (self->rules, source_of (button));
  save_sources (self);
  if (g_list_model_get_n_items (baton_refer_rules_get_sources (self->rules)) > 0
      || g_settings_get_enum (self->transfer, "ood-policy") != BATON_REFER_POLICY_TRUSTED)
    return;
  g_settings_set_enum (self->transfer, "ood-policy", BATON_REFER_POLICY_REJECT);
  toast (self, _("No trusted source is left: all requests outside a call are rejected again."));
}

static GtkWidget *
add_row_button (BatonSecurityPage *self, GtkWidget *row, const char *icon, const char *name, GCallback callback)
{
  GtkWidget *button = baton_button_new (icon, NULL, name, NULL);

  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", callback, self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return button;
}

static GtkWidget *
new_source_row (BatonSecurityPage *self, BatonTrustedSource *source)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *name = baton_format_clean (baton_trusted_source_get_source (source), BATON_FORMAT_ADDRESS_MAX);
  g_autofree char *edit = g_strdup_printf (_("Edit trusted source %s"), name);
  g_autofree char *remove = g_strdup_printf (_("Remove trusted source %s"), name);
  g_autofree char *words = baton_format_trusted_source (source);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE); /* of title and subtitle */
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  g_object_set_data_full (G_OBJECT (row), "source", g_object_ref (source), g_object_unref);
  add_row_button (self, row, "document-edit-symbolic", edit, G_CALLBACK (on_edit));
  add_row_button (self, row, "user-trash-symbolic", remove, G_CALLBACK (on_remove));
  return row;
}

static void
list_sources (BatonSecurityPage *self)
{
  GListModel *sources = baton_refer_rules_get_sources (self->rules);
  guint n = g_list_model_get_n_items (sources);

  for (GList *l = self->rows; l != NULL; l = l->next)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self->sources), l->data);
  g_clear_pointer (&self->rows, g_list_free);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonTrustedSource) source = g_list_model_get_item (sources, i);
      GtkWidget *row = new_source_row (self, source);

      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->sources), row);
      self->rows = g_list_append (self->rows, row);
    }
  gtk_widget_set_visible (self->no_sources, n == 0);
}

/* ---- What was refused ---- */

static void
on_clear (BatonSecurityPage *self)
{
  baton_refer_rules_clear_refused (self->rules);
}

/* Only a proposal: who it says it is may be a lie, so the user reads it and decides in the dialog */
static void
on_trust (GtkWidget *button, BatonSecurityPage *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);

  open_dialog (self, NULL, g_object_get_data (G_OBJECT (row), "who"));
}

static GtkWidget *
new_refused_row (gpointer item, gpointer data)
{
  BatonRefusedRequest *request = item;
  GtkWidget *row = adw_action_row_new (), *trust;
  g_autofree char *who = baton_format_address (baton_refused_request_get_who (request));
  g_autofree char *words = baton_format_refused_request (request, g_get_real_time ());

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), who[0] != '\0' ? who : _("Unknown"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  if (who[0] == '\0')
    return row;
  g_object_set_data_full (G_OBJECT (row), "who", g_strdup (who), g_free);
  trust = baton_button_new (NULL, _("Trust…"), _("Trust this source"), NULL);
  baton_a11y_set_description (trust, who);
  gtk_widget_add_css_class (trust, "flat");
  g_signal_connect_object (trust, "clicked", G_CALLBACK (on_trust), data, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), trust);
  baton_a11y_set_name (trust, _("Trust this source")); /* the row has named it after itself too */
  return row;
}

static void
count_refused (BatonSecurityPage *self)
{
  guint n = g_list_model_get_n_items (baton_refer_rules_get_refused (self->rules));
  g_autofree char *words = NULL;

  if (n > MAX_REFUSED_SHOWN)
    /* Translators: how many are shown, and how many there are */
    words = g_strdup_printf (_("The newest %u of %u"), MAX_REFUSED_SHOWN, n);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->refused_group), words);
  gtk_widget_set_sensitive (self->clear, n > 0);
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, BatonSecurityPage, member)

static void
baton_security_page_class_init (BatonSecurityPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_security_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-security-page.ui");
  BIND (warning);
  BIND (policy);
  BIND (per_hour);
  BIND (banner);
  BIND (sources);
  BIND (add);
  BIND (no_sources);
  BIND (rogue_group);
  BIND (refused_group);
  BIND (clear);
  BIND (refused);
  BIND (none_refused);
  gtk_widget_class_bind_template_callback (widget_class, on_policy_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
}

static void
baton_security_page_init (BatonSecurityPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  baton_combo_row_keep_value (self->policy);
  baton_a11y_set_name (self->warning, _("Security warning"));
  baton_a11y_set_description (self->warning, gtk_label_get_text (GTK_LABEL (self->warning)));
  baton_a11y_set_name (self->per_hour, _("Most requests per hour"));
  baton_a11y_set_name (self->banner, _("Show a banner while enabled"));
  baton_a11y_set_name (self->refused, _("Refused requests"));
}

AdwPreferencesPage *
baton_security_page_new (BatonApplication *application)
{
  BatonSecurityPage *self = g_object_new (BATON_TYPE_SECURITY_PAGE, NULL);
  BatonReferRules *rules = baton_engine_get_refer_rules (baton_application_get_engine (application));
  GListModel *refused = baton_refer_rules_get_refused (rules);
  g_autoptr (GtkSliceListModel) newest = gtk_slice_list_model_new (g_object_ref (refused), 0, MAX_REFUSED_SHOWN);

  g_set_weak_pointer (&self->application, application);
  self->rules = g_object_ref (rules);
  self->transfer = g_settings_get_child (baton_application_get_settings (application), "transfer");
  g_settings_bind (self->transfer, "ood-per-hour",
                   gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (self->per_hour)), "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->transfer, "ood-banner", self->banner, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (self->transfer, "changed::ood-policy", G_CALLBACK (show_policy), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (baton_refer_rules_get_sources (rules), "items-changed", G_CALLBACK (list_sources), self,
                           G_CONNECT_SWAPPED);
  gtk_list_box_bind_model (GTK_LIST_BOX (self->refused), G_LIST_MODEL (newest), new_refused_row, self, NULL);
  g_signal_connect_object (refused, "items-changed", G_CALLBACK (count_refused), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (self->rogue_group, baton_application_get_demo (application) != NULL);
  show_policy (self);
  list_sources (self);
  count_refused (self);
  return ADW_PREFERENCES_PAGE (self);
}
