/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-keypad.h"

#include "baton-a11y.h"

#include <glib/gi18n.h>

struct _BatonKeypad
{
  AdwBin parent_instance;
  GtkWidget *sent;
};

G_DEFINE_FINAL_TYPE (BatonKeypad, baton_keypad, ADW_TYPE_BIN)

static const struct
{
  const char *key, *name, *letters;
} keys[] = {
  { "1", "1", "" },     { "2", "2", "ABC" },  { "3", "3", "DEF" },
  { "4", "4", "GHI" },  { "5", "5", "JKL" },  { "6", "6", "MNO" },
  { "7", "7", "PQRS" }, { "8", "8", "TUV" },  { "9", "9", "WXYZ" },
  { "*", N_("Star"), "" }, { "0", "0", "+" }, { "#", N_("Pound"), "" },
};

static void
baton_keypad_class_init (BatonKeypadClass *klass)
{
}

/* Zero held long is the plus of an international number */
static void
on_long_press (GtkGestureLongPress *gesture)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_activate_action (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)), "win.digit", "s", "+");
}

static GtkWidget *
new_key (guint i)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *digit = gtk_label_new (keys[i].key), *letters = gtk_label_new (keys[i].letters);

  gtk_widget_add_css_class (digit, "title-4");
  gtk_widget_add_css_class (letters, "baton-letters");
  gtk_widget_add_css_class (button, "baton-key");
  gtk_box_append (GTK_BOX (box), digit);
  gtk_box_append (GTK_BOX (box), letters);
  gtk_button_set_child (GTK_BUTTON (button), box);
  baton_a11y_set_name (button, _(keys[i].name));
  baton_a11y_set_description (button, keys[i].letters);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", keys[i].key);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.digit");
  if (keys[i].key[0] == '0')
    {
      GtkGesture *gesture = gtk_gesture_long_press_new ();

      gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (gesture), GTK_PHASE_CAPTURE);
      g_signal_connect (gesture, "pressed", G_CALLBACK (on_long_press), NULL);
      gtk_widget_add_controller (button, GTK_EVENT_CONTROLLER (gesture));
    }
  return button;
}

static void
baton_keypad_init (BatonKeypad *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *grid = gtk_grid_new ();
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *erase = baton_button_new ("edit-clear-symbolic", NULL, _("Backspace"), "win.erase-digit");

  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 4);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_grid_attach (GTK_GRID (grid), new_key (i), i % 3, i / 3, 1, 1);

  self->sent = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_STATUS, "xalign", 0.0, "ellipsize",
                             PANGO_ELLIPSIZE_START, "hexpand", TRUE, NULL);
  baton_a11y_set_name (self->sent, _("Digits sent"));
  gtk_widget_add_css_class (self->sent, "numeric");
  gtk_widget_add_css_class (erase, "flat");
  gtk_box_append (GTK_BOX (line), self->sent);
  gtk_box_append (GTK_BOX (line), erase);
  gtk_box_append (GTK_BOX (box), grid);
  gtk_box_append (GTK_BOX (box), line);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_bottom (box, 6);
  adw_bin_set_child (ADW_BIN (self), box);
}

void
baton_keypad_show_sent (BatonKeypad *self, const char *digits)
{
  g_autofree char *words = digits[0] != '\0' ? g_strdup_printf (_("Sent: %s"), digits) : g_strdup ("");

  gtk_label_set_text (GTK_LABEL (self->sent), words);
  baton_a11y_set_name (self->sent, _("Digits sent"));
  baton_a11y_set_description (self->sent, words);
}
