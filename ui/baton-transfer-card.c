/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-transfer-card.h"

#include "baton-a11y.h"
#include "baton-call-view.h"

#include <glib/gi18n.h>

#define N_STEPS 5

struct _BatonTransferCard
{
  AdwBin parent_instance;

  BatonDirectory *directory;
  BatonTransfer *transfer;
  char *name;

  GtkWidget *box, *status, *note, *code, *progress, *steps, *buttons;
  GtkWidget *icons[N_STEPS], *labels[N_STEPS];
  GtkWidget *undo, *now, *anyway, *cancel, *take_back, *try_again, *call_back, *dismiss;
};

G_DEFINE_FINAL_TYPE (BatonTransferCard, baton_transfer_card, ADW_TYPE_BIN)

static void
baton_transfer_card_dispose (GObject *object)
{
  BatonTransferCard *self = BATON_TRANSFER_CARD (object);

  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_clear_object (&self->transfer);
  g_clear_object (&self->directory);
  g_clear_pointer (&self->name, g_free);
  G_OBJECT_CLASS (baton_transfer_card_parent_class)->dispose (object);
}

static void
baton_transfer_card_class_init (BatonTransferCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_transfer_card_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-transfer-card.ui");
  gtk_widget_class_bind_template_child (widget_class, BatonTransferCard, box);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferCard, status);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferCard, code);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferCard, note);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferCard, progress);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferCard, steps);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferCard, buttons);
}

static GtkWidget *
add_button (BatonTransferCard *self, const char *label, const char *action, const char *css)
{
  GtkWidget *button = baton_button_new (NULL, label, label, NULL);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", 0);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  if (css != NULL)
    gtk_widget_add_css_class (button, css);
  gtk_box_append (GTK_BOX (self->buttons), button);
  return button;
}

static void
baton_transfer_card_init (BatonTransferCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  for (guint i = 0; i < N_STEPS; i++)
    {
      GtkWidget *row = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, "spacing", 8, NULL);

      self->icons[i] = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "pixel-size",
                                     16, NULL);
      self->labels[i] = baton_label_new ("", "caption");
      gtk_box_append (GTK_BOX (row), self->icons[i]);
      gtk_box_append (GTK_BOX (row), self->labels[i]);
      gtk_box_append (GTK_BOX (self->steps), row);
    }
  self->undo = add_button (self, _("Undo"), "win.undo", "suggested-action");
  self->now = add_button (self, _("Transfer Now"), "win.transfer-now", NULL);
  self->anyway = add_button (self, _("Transfer anyway"), "win.transfer-anyway", NULL);
  self->cancel = add_button (self, _("Cancel"), "win.take-back", NULL);
  self->take_back = add_button (self, _("Take Back"), "win.take-back", NULL);
  self->try_again = add_button (self, _("Try Again"), "win.try-again", NULL);
  self->call_back = add_button (self, _("Call Back"), "win.call-again", NULL);
  self->dismiss = add_button (self, _("Dismiss"), "win.dismiss", NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
baton_transfer_card_new (BatonDirectory *directory)
{
  BatonTransferCard *self = g_object_new (BATON_TYPE_TRANSFER_CARD, NULL);

  self->directory = g_object_ref (directory);
  return GTK_WIDGET (self);
}

/* Names hold both people: they change only when the names do */
static void
update_names (BatonTransferCard *self, const BatonTransferView *view)
{
  g_autofree char *group = g_strdup_printf (_("Transfer of %s to %s"), view->peer, view->target);
  g_autofree char *undo = NULL, *now = NULL, *back = NULL, *again = NULL, *call = NULL;
  guint number = baton_call_get_number (baton_transfer_get_call (self->transfer));

  if (g_strcmp0 (group, self->name) == 0)
    return;

  undo = g_strdup_printf (_("Undo transfer of %s"), view->peer);
  now = g_strdup_printf (_("Transfer %s now"), view->peer);
  back = g_strdup_printf (_("Take %s back"), view->peer);
  again = g_strdup_printf (_("Try %s again"), view->target);
  call = g_strdup_printf (_("Call %s back"), view->peer);
  baton_a11y_set_name (self->box, group);
  baton_a11y_set_name (self->undo, undo);
  baton_a11y_set_name (self->now, now);
  baton_a11y_set_name (self->take_back, back);
  baton_a11y_set_name (self->try_again, again);
  baton_a11y_set_name (self->call_back, call);
  gtk_button_set_label (GTK_BUTTON (self->take_back), back);
  gtk_button_set_label (GTK_BUTTON (self->try_again), again);
  gtk_button_set_label (GTK_BUTTON (self->call_back), call);
  baton_a11y_set_name (self->take_back, back);
  baton_a11y_set_name (self->try_again, again);
  baton_a11y_set_name (self->call_back, call);
  for (GtkWidget *b = gtk_widget_get_first_child (self->buttons); b != NULL; b = gtk_widget_get_next_sibling (b))
    {
      GtkWidget *label = gtk_button_get_child (GTK_BUTTON (b));

      gtk_actionable_set_action_target (GTK_ACTIONABLE (b), "u", number);
      if (GTK_IS_LABEL (label))
        gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
    }
  g_free (self->name);
  self->name = g_steal_pointer (&group);
}

static void
update_steps (BatonTransferCard *self, const BatonTransferView *view, gboolean running)
{
  guint level;

  g_object_get (self->transfer, "level", &level, NULL);
  if (view->facts.state == BATON_TRANSFER_STATE_TRANSFERRED)
    level = N_STEPS;
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->progress), level);
  for (guint i = 0; i < N_STEPS; i++)
    {
      g_autofree char *words = baton_format_transfer_step (&view->facts, i + 1);
      gboolean done = i < level;

      gtk_label_set_text (GTK_LABEL (self->labels[i]), words);
      gtk_image_set_from_icon_name (GTK_IMAGE (self->icons[i]),
                                    done ? "emblem-ok-symbolic"
                                         : (i == level && running ? "baton-step-now-symbolic" : "baton-step-symbolic"));
      if (done)
        gtk_widget_remove_css_class (self->labels[i], "dim-label");
      else
        gtk_widget_add_css_class (self->labels[i], "dim-label");
    }
  running = running && !view->facts.asks;
  gtk_widget_set_visible (self->steps, running);
  gtk_widget_set_visible (self->progress, running || view->facts.state == BATON_TRANSFER_STATE_TRANSFERRED);
}

static void
set_css (GtkWidget *widget, const char *css, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, css);
  else
    gtk_widget_remove_css_class (widget, css);
}

void
baton_transfer_card_update (BatonTransferCard *self)
{
  g_autoptr (BatonTransferView) view = NULL;
  g_autofree char *words = NULL, *code = NULL, *note = NULL;
  gboolean running, failed, gone;

  gtk_widget_set_visible (GTK_WIDGET (self), self->transfer != NULL);
  if (self->transfer == NULL || baton_transfer_get_call (self->transfer) == NULL)
    return;

  view = baton_transfer_view_new (self->transfer, self->directory);
  running = baton_transfer_is_running (self->transfer);
  failed = view->facts.state == BATON_TRANSFER_STATE_FAILED;
  gone = baton_call_get_state (baton_transfer_get_call (self->transfer)) == BATON_CALL_STATE_ENDED;
  words = baton_format_transfer_line (&view->facts);
  code = failed && view->facts.status != 0 ? baton_format_code (view->facts.status) : g_strdup ("");

  update_names (self, view);
  gtk_label_set_text (GTK_LABEL (self->status), words);
  baton_a11y_set_name (self->status, _("Transfer status"));
  baton_a11y_set_description (self->status, words);
  note = baton_format_transfer_note (&view->facts);
  gtk_label_set_text (GTK_LABEL (self->note), note);
  gtk_widget_set_visible (self->note, note[0] != '\0');
  baton_a11y_set_name (self->note, _("Transfer note"));
  baton_a11y_set_description (self->note, note);
  gtk_label_set_text (GTK_LABEL (self->code), code);
  gtk_widget_set_visible (self->code, code[0] != '\0');
  update_steps (self, view, running);
  set_css (self->box, "warning", failed || view->facts.asks);
  set_css (self->box, "success", view->facts.state == BATON_TRANSFER_STATE_TRANSFERRED);

  gtk_widget_set_visible (self->undo, view->facts.state == BATON_TRANSFER_STATE_GRACE);
  gtk_widget_set_visible (self->now, view->facts.state == BATON_TRANSFER_STATE_GRACE);
  gtk_widget_set_visible (self->take_back, running && !view->facts.asks
                                           && view->facts.state != BATON_TRANSFER_STATE_GRACE);
  gtk_widget_set_visible (self->anyway, view->facts.asks);
  gtk_widget_set_visible (self->cancel, view->facts.asks);
  gtk_widget_set_visible (self->try_again, failed && !gone);
  gtk_widget_set_visible (self->call_back, !running && gone);
  gtk_widget_set_visible (self->dismiss, !running);
}

void
baton_transfer_card_set_transfer (BatonTransferCard *self, BatonTransfer *transfer)
{
  if (self->transfer == transfer)
    {
      baton_transfer_card_update (self);
      return;
    }
  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_set_object (&self->transfer, transfer);
  g_clear_pointer (&self->name, g_free);
  if (transfer != NULL)
    g_signal_connect_object (transfer, "notify", G_CALLBACK (baton_transfer_card_update), self, G_CONNECT_SWAPPED);
  baton_transfer_card_update (self);
}
