/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-consultation-bar.h"

#include "baton-a11y.h"
#include "baton-format.h"

#include <glib/gi18n.h>

struct _BatonConsultationBar
{
  AdwBin parent_instance;

  BatonDirectory *directory;
  BatonCall *call; /* the consultation */
  GtkWidget *box, *status, *buttons;
  GtkWidget *complete, *swap, *merge, *cancel, *blind, *leave, *split, *hang_up;
};

G_DEFINE_FINAL_TYPE (BatonConsultationBar, baton_consultation_bar, ADW_TYPE_BIN)

static void
baton_consultation_bar_dispose (GObject *object)
{
  BatonConsultationBar *self = BATON_CONSULTATION_BAR (object);

  g_clear_object (&self->call);
  g_clear_object (&self->directory);
  G_OBJECT_CLASS (baton_consultation_bar_parent_class)->dispose (object);
}

static void
baton_consultation_bar_class_init (BatonConsultationBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_consultation_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-consultation-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, BatonConsultationBar, box);
  gtk_widget_class_bind_template_child (widget_class, BatonConsultationBar, status);
  gtk_widget_class_bind_template_child (widget_class, BatonConsultationBar, buttons);
}

static void
baton_consultation_bar_init (BatonConsultationBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static GtkWidget *
add_button (BatonConsultationBar *self, const char *icon, const char *label, const char *name, const char *action)
{
  GtkWidget *button = baton_button_new (icon, label, name, NULL);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", baton_call_get_number (self->call));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, name);
  gtk_box_append (GTK_BOX (self->buttons), button);
  return button;
}

GtkWidget *
baton_consultation_bar_new (BatonDirectory *directory, BatonCall *consultation)
{
  BatonConsultationBar *self = g_object_new (BATON_TYPE_CONSULTATION_BAR, NULL);

  self->directory = g_object_ref (directory);
  self->call = g_object_ref (consultation);
  self->complete = add_button (self, NULL, _("Complete"), _("Complete transfer"), "win.complete");
  self->blind = add_button (self, NULL, _("Don’t Wait"), _("Transfer without waiting"), "win.transfer-without-waiting");
  self->swap = add_button (self, "baton-swap-symbolic", NULL, _("Swap"), "win.swap");
  self->merge = add_button (self, "system-users-symbolic", NULL, _("Merge all three"), "win.merge");
  self->leave = add_button (self, NULL, _("Connect Them"), _("Leave and connect them"), "win.leave");
  self->split = add_button (self, NULL, _("Split"), _("Split"), "win.split");
  self->hang_up = add_button (self, "call-stop-symbolic", NULL, _("Hang up"), "win.hangup");
  self->cancel = add_button (self, NULL, _("Cancel"), _("Cancel consultation"), "win.cancel-consultation");
  gtk_widget_add_css_class (self->complete, "suggested-action");
  gtk_widget_set_hexpand (self->complete, TRUE);
  gtk_widget_add_css_class (self->leave, "suggested-action");
  gtk_widget_add_css_class (self->hang_up, "destructive-action");
  gtk_widget_set_hexpand (self->leave, TRUE);
  gtk_widget_set_hexpand (self->blind, TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->blind))), PANGO_ELLIPSIZE_END);
  baton_consultation_bar_update (self);
  return GTK_WIDGET (self);
}

BatonCall *
baton_consultation_bar_get_call (BatonConsultationBar *self)
{
  return self->call;
}

void
baton_consultation_bar_update (BatonConsultationBar *self)
{
  BatonCall *about = baton_call_get_consultation_for (self->call);
  BatonCallState state = baton_call_get_state (self->call);
  gboolean talking = state == BATON_CALL_STATE_ESTABLISHED, peer_held, target_held, merged;
  g_autofree char *peer = NULL, *target = NULL, *words = NULL, *name = NULL, *hang_up = NULL;
  gint64 start;

  if (about == NULL)
    return;
  g_object_get (self->call, "start-time", &start, "merged", &merged, NULL);
  peer = baton_directory_dup_call_name (self->directory, about);
  target = baton_directory_dup_call_name (self->directory, self->call);
  peer_held = (baton_call_get_hold (about) & BATON_HOLD_LOCAL) != 0;
  target_held = talking && (baton_call_get_hold (self->call) & BATON_HOLD_LOCAL) != 0;
  if (merged)
    /* Translators: two people */
    words = g_strdup_printf (_("%s, %s and you"), peer, target);
  else
    words = baton_format_consultation_line (peer, target, state, peer_held, target_held,
                                            start != 0 ? (g_get_monotonic_time () - start) / G_USEC_PER_SEC : 0);
  hang_up = g_strdup_printf (_("Hang up %s"), target);
  baton_a11y_set_name (self->hang_up, hang_up);
  gtk_widget_set_tooltip_text (self->hang_up, hang_up);
  name = g_strdup_printf (_("Consultation about %s"), peer);
  baton_a11y_set_name (self->box, name);
  gtk_label_set_text (GTK_LABEL (self->status), words);
  gtk_widget_set_visible (self->complete, talking && !merged);
  gtk_widget_set_visible (self->swap, talking && !merged && !(peer_held && target_held));
  gtk_widget_set_visible (self->merge, talking && !merged);
  gtk_widget_set_visible (self->leave, merged);
  gtk_widget_set_visible (self->split, merged);
  gtk_widget_set_visible (self->hang_up, merged);
  gtk_widget_set_visible (self->cancel, !merged);
  gtk_widget_set_visible (self->blind, !talking);
}
