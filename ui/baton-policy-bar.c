/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-policy-bar.h"

#include "baton-a11y.h"
#include "baton-transfer-settings.h"

#include <glib/gi18n.h>

struct _BatonPolicyBar
{
  AdwBin parent_instance;

  GSettings *transfer;
  GtkWidget *bar, *words;
};

G_DEFINE_FINAL_TYPE (BatonPolicyBar, baton_policy_bar, ADW_TYPE_BIN)

static void
baton_policy_bar_dispose (GObject *object)
{
  g_clear_object (&BATON_POLICY_BAR (object)->transfer);
  G_OBJECT_CLASS (baton_policy_bar_parent_class)->dispose (object);
}

static void
baton_policy_bar_class_init (BatonPolicyBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_policy_bar_dispose;
}

static void
baton_policy_bar_init (BatonPolicyBar *self)
{
  GtkWidget *button = baton_button_new (NULL, _("Change"), _("Change"), "app.transfer-security");

  self->words = baton_label_new ("", NULL);
  self->bar = baton_info_bar_new (self->words, button);
  adw_bin_set_child (ADW_BIN (self), self->bar);
}

static void
update (BatonPolicyBar *self)
{
  BatonReferPolicy policy = baton_transfer_settings_get_policy (self->transfer);
  const char *words = NULL;

  switch (policy)
    {
    case BATON_REFER_POLICY_TRUSTED:
      words = _("Requests outside a call: trusted only");
      break;
    case BATON_REFER_POLICY_ASK:
    case BATON_REFER_POLICY_FOLLOW: /* no choice here: the settings have no such value */
      words = _("Requests outside a call: you are asked each time");
      break;
    case BATON_REFER_POLICY_REJECT:
      break;
    }
  if (words != NULL)
    gtk_label_set_text (GTK_LABEL (self->words), words);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->bar),
                             words != NULL && g_settings_get_boolean (self->transfer, "ood-banner"));
}

void
baton_policy_bar_set_settings (BatonPolicyBar *self, GSettings *transfer)
{
  self->transfer = g_object_ref (transfer);
  g_signal_connect_object (transfer, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
