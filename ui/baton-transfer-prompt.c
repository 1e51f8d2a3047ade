/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-transfer-prompt.h"

#include "baton-a11y.h"
#include "baton-call-view.h"
#include "baton-transfer-hints.h"

#include <glib/gi18n.h>

struct _BatonTransferPrompt
{
  AdwBin parent_instance;

  BatonDirectory *directory;
  BatonTransfer *transfer;

  GtkWidget *box, *icon, *headline, *rows, *hints, *countdown, *buttons;
  GtkWidget *accept, *decline, *dismiss;
};

G_DEFINE_FINAL_TYPE (BatonTransferPrompt, baton_transfer_prompt, ADW_TYPE_BIN)

static void
baton_transfer_prompt_dispose (GObject *object)
{
  BatonTransferPrompt *self = BATON_TRANSFER_PROMPT (object);

  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_clear_object (&self->transfer);
  g_clear_object (&self->directory);
  G_OBJECT_CLASS (baton_transfer_prompt_parent_class)->dispose (object);
}

static void
baton_transfer_prompt_class_init (BatonTransferPromptClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_transfer_prompt_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-transfer-prompt.ui");
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPrompt, box);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPrompt, icon);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPrompt, headline);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPrompt, rows);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPrompt, hints);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPrompt, countdown);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPrompt, buttons);
}

static void
baton_transfer_prompt_init (BatonTransferPrompt *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static GtkWidget *
add_button (BatonTransferPrompt *self, const char *label, const char *name, const char *action)
{
  GtkWidget *button = baton_button_new (NULL, label, name, NULL);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", baton_transfer_get_number (self->transfer));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_append (GTK_BOX (self->buttons), button);
  return button;
}

static void
add_row (BatonTransferPrompt *self, int y, const char *title, const char *value)
{
  GtkWidget *left = gtk_label_new (title), *right = baton_label_new (value, NULL);
  g_autofree char *name = g_strdup_printf ("%s: %s", title, value);

  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_widget_set_valign (left, GTK_ALIGN_START);
  gtk_widget_add_css_class (left, "dim-label");
  gtk_widget_set_hexpand (right, TRUE);
  gtk_label_set_selectable (GTK_LABEL (right), FALSE);
  baton_a11y_set_name (left, title);
  baton_a11y_set_name (right, name);
  gtk_grid_attach (GTK_GRID (self->rows), left, 0, y, 1, 1);
  gtk_grid_attach (GTK_GRID (self->rows), right, 1, y, 1, 1);
}

static void
add_hint (gpointer data, gpointer user_data)
{
  const BatonTransferHint *hint = data;
  BatonTransferPrompt *self = user_data;
  GtkWidget *row = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, "spacing", 8, NULL);
  GtkWidget *image = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign",
                                   GTK_ALIGN_START, NULL);
  static const struct
  {
    const char *icon, *css;
  } looks[] = {
    [BATON_HINT_GOOD] = { "emblem-ok-symbolic", "success" },
    [BATON_HINT_WARNING] = { "dialog-warning-symbolic", "warning" },
    [BATON_HINT_STOP] = { "dialog-error-symbolic", "error" },
  };

  gtk_image_set_from_icon_name (GTK_IMAGE (image), looks[hint->level].icon);
  gtk_widget_add_css_class (image, looks[hint->level].css);
  gtk_box_append (GTK_BOX (row), image);
  gtk_box_append (GTK_BOX (row), baton_label_new (hint->text, NULL));
  baton_a11y_set_name (row, hint->text);
  gtk_box_append (GTK_BOX (self->hints), row);
}

static void
fill (BatonTransferPrompt *self, const BatonTransferView *view)
{
  BatonCall *call = baton_transfer_get_call (self->transfer);
  BatonReferContext *context = baton_transfer_get_context (self->transfer);
  g_autofree char *by = NULL, *target = NULL, *transport = NULL, *name = NULL, *source = NULL, *connection = NULL;
  g_autoptr (GPtrArray) hints = baton_transfer_hints_collect (self->transfer, view->peer);
  const char *requested_by = baton_transfer_get_requested_by (self->transfer);
  g_autofree char *who = NULL;
  gboolean stop = FALSE, verified;
  int y = 0;

  if (requested_by == NULL && call != NULL)
    requested_by = baton_call_get_remote_uri (call);
  by = baton_format_address (requested_by);
  target = baton_format_address (baton_transfer_get_target_uri (self->transfer));
  if (call != NULL)
    transport = g_ascii_strup (baton_session_get_transport (baton_call_get_session (call)) ?: "", -1);
  else if (BATON_IS_REFER_SERVER_CONTEXT (context))
    {
      g_autofree char *lower = NULL;

      g_object_get (context, "transport", &lower, "source-address", &source, NULL);
      transport = g_ascii_strup (lower != NULL ? lower : "", -1);
    }
  g_object_get (self->transfer, "requester-verified", &verified, NULL);
  /* Translators: an address */
  who = verified ? g_strdup (by) : g_strdup_printf (_("%s (unverified)"), by);
  add_row (self, y++, _("Requested by"), who);
  add_row (self, y++, _("New destination"), target);
  if (BATON_IS_REFER_SERVER_CONTEXT (context)
      && baton_refer_server_context_get_replaces (BATON_REFER_SERVER_CONTEXT (context)) != NULL)
    add_row (self, y++, _("Replaces call"), _("Takes the place of a call that is there already"));
  if (call != NULL)
    add_row (self, y++, _("Asked inside a call"), view->peer);
  else
    add_row (self, y++, _("Asked from outside any call"), source != NULL ? source : "");
  connection = g_strcmp0 (transport, "TLS") == 0 ? g_strdup (_("TLS, encrypted"))
                                                 : g_strdup_printf (_("%s, not encrypted"), transport ?: "");
  add_row (self, y++, _("Connection"), connection);

  g_ptr_array_foreach (hints, add_hint, self);
  for (guint i = 0; i < hints->len; i++)
    stop = stop || ((BatonTransferHint *) hints->pdata[i])->level == BATON_HINT_STOP;
  gtk_widget_set_visible (self->hints, hints->len > 0);
  gtk_widget_set_sensitive (self->accept, !stop);
  name = g_strdup_printf (_("Transfer request from %s"), view->peer);
  baton_a11y_set_name (self->box, name);
}

GtkWidget *
baton_transfer_prompt_new (BatonDirectory *directory, BatonTransfer *transfer)
{
  BatonTransferPrompt *self = g_object_new (BATON_TYPE_TRANSFER_PROMPT, NULL);
  g_autoptr (BatonTransferView) view = baton_transfer_view_new (transfer, directory);

  self->directory = g_object_ref (directory);
  self->transfer = g_object_ref (transfer);
  self->decline = add_button (self, _("Decline"), _("Decline transfer"), "win.decline-transfer");
  self->accept = add_button (self, _("Accept"), _("Accept transfer"), "win.accept-transfer");
  self->dismiss = add_button (self, _("Dismiss"), _("Dismiss request"), "win.dismiss-request");
  if (baton_transfer_get_call (transfer) != NULL)
    gtk_widget_add_css_class (self->accept, "suggested-action");
  else
    gtk_widget_add_css_class (self->box, "baton-outside");
  fill (self, view);
  g_signal_connect_object (transfer, "notify", G_CALLBACK (baton_transfer_prompt_update), self, G_CONNECT_SWAPPED);
  baton_transfer_prompt_update (self);
  return GTK_WIDGET (self);
}

BatonTransfer *
baton_transfer_prompt_get_transfer (BatonTransferPrompt *self)
{
  return self->transfer;
}

void
baton_transfer_prompt_focus (BatonTransferPrompt *self)
{
  gtk_widget_grab_focus (baton_transfer_get_call (self->transfer) == NULL ? self->decline : self->accept);
}

void
baton_transfer_prompt_update (BatonTransferPrompt *self)
{
  g_autoptr (BatonTransferView) view = baton_transfer_view_new (self->transfer, self->directory);
  gboolean asks = baton_transfer_get_waits_for_user (self->transfer);
  g_autofree char *words = baton_format_received_line (&view->facts);
  g_autofree char *left = NULL;

  gtk_label_set_text (GTK_LABEL (self->headline), words);
  baton_a11y_set_name (self->headline, _("Transfer request text"));
  baton_a11y_set_description (self->headline, words);
  left = g_strdup_printf (_("Decides in %d s: then it is declined."), (int) MAX (view->facts.seconds_left, 0));
  gtk_label_set_text (GTK_LABEL (self->countdown), left);
  baton_a11y_set_name (self->countdown, _("Decides in"));
  baton_a11y_set_description (self->countdown, left);
  gtk_widget_set_visible (self->countdown, asks && baton_transfer_get_deadline (self->transfer) != 0);
  gtk_widget_set_visible (self->rows, asks);
  if (!asks)
    gtk_widget_set_visible (self->hints, FALSE);
  gtk_widget_set_visible (self->accept, asks);
  gtk_widget_set_visible (self->decline, asks);
  gtk_widget_set_visible (self->dismiss, !asks && !baton_transfer_is_running (self->transfer));
}
