/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-codec-order.h"

#include "baton-a11y.h"

#include <glib/gi18n.h>

static const struct
{
  const char *codec, *name, *words;
} known[] = {
  { "opus", "Opus", N_("The best sound; copes with bad networks") },
  { "g722", "G.722", N_("Good sound, understood by most desk phones") },
  { "pcma", "G.711 A-law", N_("Like a telephone line; understood by all (Europe)") },
  { "pcmu", "G.711 µ-law", N_("Like a telephone line; understood by all (America, Japan)") },
};

#define N_CODECS G_N_ELEMENTS (known)

struct _BatonCodecOrder
{
  AdwExpanderRow parent_instance;

  guint order[N_CODECS]; /* indices of known */
  gboolean on[N_CODECS]; /* by index of known */
  GtkWidget *rows[N_CODECS], *switches[N_CODECS], *ups[N_CODECS], *downs[N_CODECS];
};

G_DEFINE_FINAL_TYPE (BatonCodecOrder, baton_codec_order, ADW_TYPE_EXPANDER_ROW)

const char *
baton_codec_order_name (const char *codec)
{
  for (guint i = 0; i < N_CODECS; i++)
    if (g_strcmp0 (codec, known[i].codec) == 0)
      return known[i].name;
  return codec;
}

static guint
count_on (BatonCodecOrder *self)
{
  guint n = 0;

  for (guint i = 0; i < N_CODECS; i++)
    n += self->on[i] ? 1 : 0;
  return n;
}

static void
update (BatonCodecOrder *self)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < N_CODECS; i++)
    {
      guint codec = self->order[i];

      gtk_widget_set_sensitive (self->ups[codec], i > 0);
      gtk_widget_set_sensitive (self->downs[codec], i + 1 < N_CODECS);
      gtk_switch_set_active (GTK_SWITCH (self->switches[codec]), self->on[codec]);
      gtk_widget_set_sensitive (self->switches[codec], !self->on[codec] || count_on (self) > 1);
      if (!self->on[codec])
        continue;
      if (words->len > 0)
        g_string_append (words, ", ");
      g_string_append (words, known[codec].name);
    }
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), words->str);
}

/* A row of an expander can't be moved: all go, and come again in their order */
static void
arrange (BatonCodecOrder *self)
{
  for (guint i = 0; i < N_CODECS; i++)
    if (gtk_widget_get_parent (self->rows[i]) != NULL)
      adw_expander_row_remove (ADW_EXPANDER_ROW (self), self->rows[i]);
  for (guint i = 0; i < N_CODECS; i++)
    adw_expander_row_add_row (ADW_EXPANDER_ROW (self), self->rows[self->order[i]]);
  update (self);
}

static void
move (BatonCodecOrder *self, GtkWidget *button, int by)
{
  guint codec = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "codec"));

  for (guint i = 0; i < N_CODECS; i++)
    {
      guint other = (guint) ((int) i + by);

      if (self->order[i] != codec || other >= N_CODECS)
        continue;
      self->order[i] = self->order[other];
      self->order[other] = codec;
      arrange (self);
      gtk_widget_grab_focus (button);
      return;
    }
}

static void
on_up (BatonCodecOrder *self, GtkWidget *button)
{
  move (self, button, -1);
}

static void
on_down (BatonCodecOrder *self, GtkWidget *button)
{
  move (self, button, 1);
}

static void
on_switched (BatonCodecOrder *self, GParamSpec *pspec, GtkWidget *widget)
{
  guint codec = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (widget), "codec"));

  self->on[codec] = gtk_switch_get_active (GTK_SWITCH (widget));
  update (self);
}

static GtkWidget *
add_suffix (BatonCodecOrder *self, GtkWidget *row, GtkWidget *widget, guint codec, const char *name_format)
{
  g_auto (GStrv) parts = g_strsplit (name_format, "%s", 2);
  g_autofree char *name = g_strjoinv (known[codec].name, parts);

  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (widget, name);
  g_object_set_data (G_OBJECT (widget), "codec", GUINT_TO_POINTER (codec));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), widget);
  baton_a11y_set_name (widget, name);
  return widget;
}

static void
baton_codec_order_dispose (GObject *object)
{
  BatonCodecOrder *self = BATON_CODEC_ORDER (object);

  for (guint i = 0; i < N_CODECS; i++)
    g_clear_object (&self->rows[i]);
  G_OBJECT_CLASS (baton_codec_order_parent_class)->dispose (object);
}

static void
baton_codec_order_class_init (BatonCodecOrderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_codec_order_dispose;
}

static void
baton_codec_order_init (BatonCodecOrder *self)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _("Codec order"));
  for (guint i = 0; i < N_CODECS; i++)
    {
      GtkWidget *row = g_object_ref_sink (adw_action_row_new ());

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), known[i].name);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _(known[i].words));
      self->rows[i] = row;
      self->ups[i] = add_suffix (self, row, gtk_button_new_from_icon_name ("go-up-symbolic"), i, _("Move %s up"));
      self->downs[i] = add_suffix (self, row, gtk_button_new_from_icon_name ("go-down-symbolic"), i, _("Move %s down"));
      self->switches[i] = add_suffix (self, row, gtk_switch_new (), i, _("Use %s"));
      gtk_widget_add_css_class (self->ups[i], "flat");
      gtk_widget_add_css_class (self->downs[i], "flat");
      g_signal_connect_object (self->ups[i], "clicked", G_CALLBACK (on_up), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->downs[i], "clicked", G_CALLBACK (on_down), self, G_CONNECT_SWAPPED);
    }
  baton_codec_order_set (self, NULL);
  for (guint i = 0; i < N_CODECS; i++)
    g_signal_connect_object (self->switches[i], "notify::active", G_CALLBACK (on_switched), self, G_CONNECT_SWAPPED);
}

static void
take (BatonCodecOrder *self, guint *n, guint codec, gboolean on)
{
  for (guint i = 0; i < *n; i++)
    if (self->order[i] == codec)
      return;
  self->order[(*n)++] = codec;
  self->on[codec] = on;
}

void
baton_codec_order_set (BatonCodecOrder *self, const char *const *codecs)
{
  gboolean all = codecs == NULL || codecs[0] == NULL;
  guint n = 0;

  for (guint i = 0; !all && codecs[i] != NULL; i++)
    for (guint k = 0; k < N_CODECS; k++)
      if (g_ascii_strcasecmp (codecs[i], known[k].codec) == 0)
        take (self, &n, k, TRUE);
  all = n == 0; /* or none that we know */
  for (guint k = 0; k < N_CODECS; k++)
    take (self, &n, k, all);
  arrange (self);
}

GStrv
baton_codec_order_get (BatonCodecOrder *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean usual = TRUE;

  for (guint i = 0; i < N_CODECS; i++)
    usual = usual && self->order[i] == i && self->on[i];
  for (guint i = 0; i < N_CODECS && !usual; i++)
    if (self->on[self->order[i]])
      g_strv_builder_add (builder, known[self->order[i]].codec);
  return g_strv_builder_end (builder);
}
