/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-transfer-popover.h"

#include "baton-a11y.h"
#include "baton-format.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _BatonTransferPopover
{
  GtkPopover parent_instance;

  BatonDirectory *directory;
  BatonCall *call;
  gboolean consult;
  char *peer;
  char *uri; /* (nullable): what is typed, when it is a target */

  GtkWidget *title, *entry, *hint, *scroller, *suggestions, *stay, *now, *talk;
};

G_DEFINE_FINAL_TYPE (BatonTransferPopover, baton_transfer_popover, GTK_TYPE_POPOVER)

static void
baton_transfer_popover_dispose (GObject *object)
{
  BatonTransferPopover *self = BATON_TRANSFER_POPOVER (object);

  g_clear_object (&self->call);
  g_clear_object (&self->directory);
  g_clear_pointer (&self->peer, g_free);
  g_clear_pointer (&self->uri, g_free);
  G_OBJECT_CLASS (baton_transfer_popover_parent_class)->dispose (object);
}

/* The popover goes first: the row may be another one once the action is carried out */
static void
decide (BatonTransferPopover *self, const char *action, const char *uri)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));
  guint number = baton_call_get_number (self->call);
  g_autofree char *target = g_strdup (uri);
  gboolean stay = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->stay));

  g_object_ref (root);
  gtk_popover_popdown (GTK_POPOVER (self));
  if (g_str_equal (action, "win.transfer-to"))
    gtk_widget_activate_action (root, action, "(usb)", number, target, stay);
  else
    gtk_widget_activate_action (root, action, "(us)", number, target);
  g_object_unref (root);
}

static void
on_activate (BatonTransferPopover *self)
{
  if (self->uri != NULL)
    decide (self, self->consult ? "win.consult-to" : "win.transfer-to", self->uri);
  else
    gtk_widget_error_bell (GTK_WIDGET (self));
}

static void
on_talk (BatonTransferPopover *self)
{
  if (self->uri != NULL)
    decide (self, "win.consult-to", self->uri);
}

/* To somebody who is on the line: both are connected with each other (REFER with Replaces) */
static void
choose (BatonTransferPopover *self, BatonTarget *target, gboolean consult)
{
  BatonCall *other = baton_target_get_call (target);
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));

  if (other == NULL || consult)
    {
      decide (self, consult ? "win.consult-to" : "win.transfer-to", baton_target_get_uri (target));
      return;
    }
  g_object_ref (root);
  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (root, "win.connect", "(uu)", baton_call_get_number (self->call),
                              baton_call_get_number (other));
  g_object_unref (root);
}

static void
on_row_activated (BatonTransferPopover *self, GtkListBoxRow *row)
{
  choose (self, g_object_get_data (G_OBJECT (row), "target"), self->consult);
}

static void
on_transfer_clicked (GtkWidget *button, BatonTransferPopover *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW);

  choose (self, g_object_get_data (G_OBJECT (row), "target"), FALSE);
}

static void
on_consult_clicked (GtkWidget *button, BatonTransferPopover *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW);

  choose (self, g_object_get_data (G_OBJECT (row), "target"), TRUE);
}

static void
add_suggestion (BatonTransferPopover *self, BatonTarget *target)
{
  const char *name = baton_target_get_name (target);
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = gtk_label_new (name), *detail = gtk_label_new (baton_target_get_detail (target));
  g_autofree char *transfer = g_strdup_printf (_("Transfer to %s"), name);
  g_autofree char *consult = g_strdup_printf (_("Consult %s"), name);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (detail), 0);
  gtk_label_set_ellipsize (GTK_LABEL (detail), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (detail, "caption");
  gtk_widget_add_css_class (detail, "dim-label");
  gtk_box_append (GTK_BOX (words), title);
  gtk_box_append (GTK_BOX (words), detail);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  if (!self->consult)
    {
      GtkWidget *button = baton_button_new ("baton-transfer-symbolic", NULL, transfer, NULL);

      g_signal_connect_object (button, "clicked", G_CALLBACK (on_transfer_clicked), self, 0);
      gtk_widget_add_css_class (button, "flat");
      gtk_box_append (GTK_BOX (box), button);
    }
  if (baton_target_get_call (target) == NULL)
    {
      GtkWidget *button = baton_button_new ("baton-consult-symbolic", NULL, consult, NULL);

      g_signal_connect_object (button, "clicked", G_CALLBACK (on_consult_clicked), self, 0);
      gtk_widget_add_css_class (button, "flat");
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  baton_a11y_set_name (row, name);
  g_object_set_data_full (G_OBJECT (row), "target", g_object_ref (target), g_object_unref);
  gtk_list_box_append (GTK_LIST_BOX (self->suggestions), row);
}

static void
show_hint (BatonTransferPopover *self, const char *typed, const GError *error)
{
  g_autofree char *words = NULL, *address = NULL;

  gtk_widget_remove_css_class (self->hint, "error");
  if (typed[0] == '\0')
    words = g_strdup_printf (self->consult ? _("%s waits on hold while you ask.")
                                           : _("%s comes back to you if nobody answers."),
                             self->peer);
  else if (error != NULL)
    {
      words = baton_format_clean (error->message, 160);
      gtk_widget_add_css_class (self->hint, "error");
    }
  else
    {
      address = baton_format_address (self->uri);
      /* Translators: an address, and who is transferred */
      words = self->consult ? g_strdup_printf (_("Calls %s"), address)
                            : g_strdup_printf (_("To %s. If it is not answered, %s comes back to you."), address,
                                               self->peer);
    }
  gtk_label_set_text (GTK_LABEL (self->hint), words);
  baton_a11y_set_name (self->hint, _("Transfer hint"));
  baton_a11y_set_description (self->hint, words);
}

static void
on_changed (BatonTransferPopover *self)
{
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autoptr (GPtrArray) targets = baton_directory_suggest (self->directory, self->call, typed);
  g_autoptr (GError) error = NULL;
  GtkListBoxRow *row;

  g_clear_pointer (&self->uri, g_free);
  if (typed[0] != '\0')
    self->uri = baton_directory_check_target (self->directory, self->call, typed, &error);
  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->suggestions), 0)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->suggestions), GTK_WIDGET (row));
  for (guint i = 0; i < targets->len; i++)
    add_suggestion (self, targets->pdata[i]);
  gtk_widget_set_visible (self->scroller, targets->len > 0);
  gtk_widget_set_sensitive (self->now, self->uri != NULL);
  gtk_widget_set_sensitive (self->talk, self->uri != NULL);
  show_hint (self, typed, error);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BatonTransferPopover *self)
{
  if ((key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) && (state & GDK_ALT_MASK) != 0)
    {
      on_talk (self);
      return TRUE;
    }
  return FALSE;
}

static void
baton_transfer_popover_show (GtkWidget *widget)
{
  BatonTransferPopover *self = BATON_TRANSFER_POPOVER (widget);

  GTK_WIDGET_CLASS (baton_transfer_popover_parent_class)->show (widget);
  gtk_widget_grab_focus (self->entry);
}

static void
baton_transfer_popover_class_init (BatonTransferPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_transfer_popover_dispose;
  widget_class->show = baton_transfer_popover_show;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-transfer-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPopover, title);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPopover, entry);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPopover, hint);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPopover, scroller);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPopover, suggestions);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPopover, stay);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPopover, now);
  gtk_widget_class_bind_template_child (widget_class, BatonTransferPopover, talk);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_talk);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
baton_transfer_popover_init (BatonTransferPopover *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWidget *
baton_transfer_popover_new (BatonDirectory *directory, BatonCall *call, gboolean consult)
{
  BatonTransferPopover *self = g_object_new (BATON_TYPE_TRANSFER_POPOVER, NULL);
  g_autofree char *name = NULL;

  self->directory = g_object_ref (directory);
  self->call = g_object_ref (call);
  self->consult = consult;
  self->peer = baton_directory_dup_call_name (directory, call);
  name = g_strdup_printf (consult ? _("Consult about %s") : _("Transfer %s to"), self->peer);
  gtk_label_set_text (GTK_LABEL (self->title), name);
  baton_a11y_set_name (GTK_WIDGET (self), name);
  baton_a11y_set_name (self->entry, consult ? _("Consultation target") : _("Transfer target"));
  gtk_button_set_label (GTK_BUTTON (self->now), consult ? _("Call") : _("Transfer"));
  baton_a11y_set_name (self->now, consult ? _("Call target") : _("Transfer now"));
  baton_a11y_set_name (self->talk, _("Talk to target first"));
  gtk_widget_set_visible (self->talk, !consult);
  gtk_widget_set_visible (self->stay, !consult);
  on_changed (self);
  return GTK_WIDGET (self);
}
