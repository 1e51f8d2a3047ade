/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-source-dialog.h"

#include "baton-a11y.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define MAX_SOURCE 255
#define MAX_DESTINATIONS 500

struct _BatonSourceDialog
{
  AdwWindow parent_instance;

  BatonTrustedSource *edited; /* (nullable) */
  GtkWidget *save, *source, *password, *tls, *destinations, *ask, *hint_icon, *hint;
};

G_DEFINE_FINAL_TYPE (BatonSourceDialog, baton_source_dialog, ADW_TYPE_WINDOW)

enum
{
  SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *
text_of (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static gboolean
is_on (GtkWidget *widget)
{
  return gtk_switch_get_active (GTK_SWITCH (widget));
}

static void
on_cancel (BatonSourceDialog *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
is_ip_address (const char *text)
{
  g_autofree char *bare = *text == '[' ? g_strndup (text + 1, strcspn (text + 1, "]")) : g_strdup (text);

  return g_hostname_is_ip_address (bare);
}

/* Returns: whether it can be a source: an IP address, a host name, or user@host, with or without "sip:" */
static gboolean
is_source (const char *text)
{
  const char *bare = g_str_has_prefix (text, "sips:") ? text + 5 : g_str_has_prefix (text, "sip:") ? text + 4 : text;
  const char *at = strchr (bare, '@'), *host = at != NULL ? at + 1 : bare;

  if (is_ip_address (text))
    return TRUE;
  if (at == bare || (at == NULL && bare != text) || host[0] == '\0' || host[0] == '.')
    return FALSE;
  for (const char *p = host; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (at != NULL ? ".-_:[]" : ".-_", *p) == NULL)
      return FALSE;
  for (const char *p = bare; p < host; p++)
    if ((guchar) *p <= ' ' || strchr ("<>\"\\,", *p) != NULL)
      return FALSE;
  return TRUE;
}

static gboolean
is_pattern_list (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if ((guchar) *p < ' ' || strchr ("<>\"\\", *p) != NULL)
      return FALSE;
  return TRUE;
}

/* What this source could do if it were saved like that: the weakest point is said first */
static const char *
judge (BatonSourceDialog *self, const char *source, gboolean *weak)
{
  *weak = TRUE;
  if (!is_ip_address (source) && !is_on (self->password))
    return _("A name is only a claim that anybody can make. Baton will ask you each time, unless a password is "
             "required.");
  if (!is_on (self->ask))
    return _("Baton will place calls for this source without asking you.");
  if (!is_on (self->tls))
    return _("Without TLS others in the network can read the requests, and forge them.");
  *weak = FALSE;
  return _("Baton will ask you each time this source wants a call.");
}

static void
on_changed (BatonSourceDialog *self)
{
  g_autofree char *source = g_strstrip (g_strdup (text_of (self->source)));
  gboolean good = is_source (source), destinations = is_pattern_list (text_of (self->destinations)), weak;
  const char *words;

  baton_row_mark (self->source, good || source[0] == '\0');
  baton_row_mark (self->destinations, destinations);
  gtk_widget_set_sensitive (self->save, good && destinations);
  words = judge (self, source, &weak);
  if (!good)
    words = source[0] == '\0' ? _("Who may ask? Type an address or a domain.")
                              : _("This is no address and no domain: check how it is written.");
  gtk_label_set_text (GTK_LABEL (self->hint), words);
  baton_a11y_set_name (self->hint, _("Trusted source hint"));
  baton_a11y_set_description (self->hint, words);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->hint_icon),
                                good && weak ? "dialog-warning-symbolic" : "dialog-information-symbolic");
}

static void
on_save (BatonSourceDialog *self)
{
  g_autoptr (BatonTrustedSource) source = self->edited != NULL ? g_object_ref (self->edited)
                                                               : baton_trusted_source_new (NULL);

  g_object_set (source, "source", text_of (self->source), "destinations", text_of (self->destinations), "tls-only",
                is_on (self->tls), "needs-password", is_on (self->password), "ask", is_on (self->ask), NULL);
  g_signal_emit (self, signals[SAVED], 0, source);
  gtk_window_close (GTK_WINDOW (self));
}

static void
baton_source_dialog_dispose (GObject *object)
{
  g_clear_object (&BATON_SOURCE_DIALOG (object)->edited);
  G_OBJECT_CLASS (baton_source_dialog_parent_class)->dispose (object);
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, BatonSourceDialog, member)

static void
baton_source_dialog_class_init (BatonSourceDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_source_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-source-dialog.ui");
  BIND (save);
  BIND (source);
  BIND (password);
  BIND (tls);
  BIND (destinations);
  BIND (ask);
  BIND (hint_icon);
  BIND (hint);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, BATON_TYPE_TRUSTED_SOURCE);
}

static void
set_max_length (GtkWidget *row, int length)
{
  gtk_text_set_max_length (GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (row))), length);
}

static void
baton_source_dialog_init (BatonSourceDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  set_max_length (self->source, MAX_SOURCE);
  set_max_length (self->destinations, MAX_DESTINATIONS);
  baton_a11y_set_name (self->password, _("Require password"));
  baton_a11y_set_name (self->tls, _("Only over TLS"));
  baton_a11y_set_name (self->ask, _("Ask anyway"));
}

BatonSourceDialog *
baton_source_dialog_new (GtkWindow *parent, BatonTrustedSource *source, const char *proposal)
{
  BatonSourceDialog *self = g_object_new (BATON_TYPE_SOURCE_DIALOG, "transient-for", parent, "title",
                                          source != NULL ? _("Edit Trusted Source") : _("Add Trusted Source"), NULL);
  const char *destinations = source != NULL ? baton_trusted_source_get_destinations (source) : NULL;

  if (source != NULL)
    {
      self->edited = g_object_ref (source);
      proposal = baton_trusted_source_get_source (source);
      gtk_switch_set_active (GTK_SWITCH (self->tls), baton_trusted_source_get_tls_only (source));
      gtk_switch_set_active (GTK_SWITCH (self->password), baton_trusted_source_get_needs_password (source));
      gtk_switch_set_active (GTK_SWITCH (self->ask), baton_trusted_source_get_ask (source));
    }
  gtk_editable_set_text (GTK_EDITABLE (self->destinations), destinations != NULL ? destinations : "");
  gtk_editable_set_text (GTK_EDITABLE (self->source), proposal != NULL ? proposal : "");
  on_changed (self);
  gtk_widget_grab_focus (self->source);
  return self;
}
