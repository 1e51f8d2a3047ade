/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-call-page.h"

#include "baton-a11y.h"
#include "baton-call-view.h"
#include "baton-quality.h"

#include <glib/gi18n.h>

typedef enum
{
  DETAIL_ACCOUNT,
  DETAIL_TRANSFERRED_BY,
  DETAIL_IDENTITY,
  DETAIL_QUALITY, /* the first BatonQualityFact */
  N_DETAILS = DETAIL_QUALITY + BATON_N_QUALITY_FACTS,
} Detail;

static const char *
detail_name (Detail detail)
{
  static const char *const names[] = { N_("Called account"), N_("Transferred by"), N_("Identity") };

  return detail < DETAIL_QUALITY ? _(names[detail]) : baton_quality_fact_name (detail - DETAIL_QUALITY);
}

struct _BatonCallPage
{
  AdwBin parent_instance;

  BatonEngine *engine;
  BatonDirectory *directory;
  BatonCall *call;
  BatonDemo *demo;
  guint ticker;

  GtkWidget *stack, *peers, *avatar, *name, *address, *state, *details, *copy;
  GtkWidget *rows[N_DETAILS], *values[N_DETAILS];
  GList *peer_rows;
};

G_DEFINE_FINAL_TYPE (BatonCallPage, baton_call_page, ADW_TYPE_BIN)

static void
drop_call (BatonCallPage *self)
{
  g_clear_handle_id (&self->ticker, g_source_remove);
  if (self->call != NULL)
    g_signal_handlers_disconnect_by_data (self->call, self);
  g_clear_object (&self->call);
}

static void
baton_call_page_dispose (GObject *object)
{
  BatonCallPage *self = BATON_CALL_PAGE (object);

  drop_call (self);
  g_clear_pointer (&self->peer_rows, g_list_free);
  g_clear_object (&self->demo);
  g_clear_object (&self->directory);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (baton_call_page_parent_class)->dispose (object);
}

static void
baton_call_page_class_init (BatonCallPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_call_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-call-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BatonCallPage, stack);
  gtk_widget_class_bind_template_child (widget_class, BatonCallPage, peers);
  gtk_widget_class_bind_template_child (widget_class, BatonCallPage, avatar);
  gtk_widget_class_bind_template_child (widget_class, BatonCallPage, name);
  gtk_widget_class_bind_template_child (widget_class, BatonCallPage, address);
  gtk_widget_class_bind_template_child (widget_class, BatonCallPage, state);
  gtk_widget_class_bind_template_child (widget_class, BatonCallPage, details);
}

/* Without names and addresses: to be sent to who has to find out what is wrong */
static void
on_copy (BatonCallPage *self)
{
  BatonMedia *media = self->call != NULL ? baton_call_get_media (self->call) : NULL;
  g_autoptr (BatonMediaStats) stats = media != NULL ? baton_media_dup_stats (media) : NULL;
  g_autofree char *codec = NULL, *srtp = NULL, *report = NULL;

  if (stats == NULL)
    return;
  g_object_get (self->call, "codec", &codec, "srtp", &srtp, NULL);
  report = baton_quality_report (stats, codec, srtp);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), report);
}

static void
baton_call_page_init (BatonCallPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_DETAILS; i++)
    {
      self->rows[i] = adw_action_row_new ();
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->rows[i]), detail_name (i));
      self->values[i] = gtk_label_new (NULL);
      gtk_label_set_ellipsize (GTK_LABEL (self->values[i]), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (self->values[i], "dim-label");
      gtk_widget_add_css_class (self->values[i], "numeric");
      adw_action_row_add_suffix (ADW_ACTION_ROW (self->rows[i]), self->values[i]);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->details), self->rows[i]);
    }
  self->copy = baton_button_new ("edit-copy-symbolic", NULL, _("Copy report"), NULL);
  gtk_widget_add_css_class (self->copy, "flat");
  g_signal_connect_object (self->copy, "clicked", G_CALLBACK (on_copy), self, G_CONNECT_SWAPPED);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self->details), self->copy);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->details), _("Call quality"));
  baton_a11y_set_name (self->details, _("Call quality"));
}

static void
show_detail (BatonCallPage *self, Detail detail, const char *words)
{
  gtk_label_set_text (GTK_LABEL (self->values[detail]), words != NULL ? words : "");
  gtk_widget_set_visible (self->rows[detail], words != NULL);
  baton_a11y_set_description (self->rows[detail], words != NULL ? words : "");
}

static void
show_quality (BatonCallPage *self, const BatonCallView *view)
{
  BatonMedia *media = baton_call_get_media (self->call);
  g_autoptr (BatonMediaStats) stats = media != NULL ? baton_media_dup_stats (media) : NULL;
  gboolean talking = view->facts.state == BATON_CALL_STATE_ESTABLISHED && stats != NULL;
  gboolean any = talking;

  for (guint i = 0; i < BATON_N_QUALITY_FACTS; i++)
    {
      g_autofree char *words = talking ? baton_quality_format (i, stats, view->codec, view->srtp, FALSE) : NULL;

      show_detail (self, DETAIL_QUALITY + i, words);
    }
  for (guint i = 0; i < DETAIL_QUALITY; i++)
    any = any || gtk_widget_get_visible (self->rows[i]);
  gtk_widget_set_visible (self->details, any);
  gtk_widget_set_visible (self->copy, talking);
}

static void
update (BatonCallPage *self)
{
  g_autoptr (BatonCallView) view = NULL;
  g_autofree char *address = NULL, *line = NULL;
  gboolean incoming;

  if (self->call == NULL)
    return;
  view = baton_call_view_new (self->call, self->directory, self->engine);
  address = baton_format_address (baton_call_get_remote_uri (self->call));
  line = baton_format_call_line (&view->facts);
  incoming = view->facts.direction == BATON_DIRECTION_INCOMING;
  adw_avatar_set_text (ADW_AVATAR (self->avatar), view->peer);
  gtk_label_set_text (GTK_LABEL (self->name), view->peer);
  gtk_label_set_text (GTK_LABEL (self->address), address);
  gtk_label_set_text (GTK_LABEL (self->state), line);
  baton_a11y_set_name (self->name, _("Caller"));
  baton_a11y_set_description (self->name, view->peer);
  baton_a11y_set_name (self->address, _("Caller address"));
  baton_a11y_set_description (self->address, address);
  show_detail (self, DETAIL_ACCOUNT, incoming ? view->account : NULL);
  show_detail (self, DETAIL_TRANSFERRED_BY, view->transferred_by);
  /* Whom one called oneself needs no word about it */
  show_detail (self, DETAIL_IDENTITY, view->verified && !incoming ? NULL
                                      : (view->verified ? _("Verified") : _("Not verified: the name is only a claim")));
  show_quality (self, view);
}

static gboolean
on_tick (gpointer data)
{
  update (data);
  return G_SOURCE_CONTINUE;
}

static void
show_page (BatonCallPage *self)
{
  baton_a11y_show_page (GTK_STACK (self->stack),
                        self->call != NULL ? "call" : (self->demo != NULL ? "demo" : "idle"));
}

void
baton_call_page_set_engine (BatonCallPage *self, BatonEngine *engine, BatonDirectory *directory)
{
  g_set_object (&self->engine, engine);
  g_set_object (&self->directory, directory);
}

void
baton_call_page_set_call (BatonCallPage *self, BatonCall *call)
{
  if (call == self->call)
    return;
  drop_call (self);
  if (call != NULL)
    {
      self->call = g_object_ref (call);
      g_signal_connect_object (call, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      self->ticker = g_timeout_add (500, on_tick, self);
      update (self);
    }
  show_page (self);
}

static void
add_peer (BatonCallPage *self, BatonDemoPeer *peer)
{
  const char *name = baton_demo_peer_get_name (peer);
  GtkWidget *row = adw_action_row_new (), *button, *avatar = adw_avatar_new (32, name, TRUE);
  g_autofree char *label = g_strdup_printf (_("Call %s"), name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), baton_demo_peer_get_description (peer));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), avatar);
  button = baton_button_new ("call-start-symbolic", NULL, label, NULL);
  gtk_widget_add_css_class (button, "flat");
  if (g_str_equal (name, "Rogue"))
    {
      gtk_widget_set_tooltip_text (button, _("Let Rogue send a request from outside any call"));
      gtk_button_set_icon_name (GTK_BUTTON (button), "dialog-warning-symbolic");
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "app.poke-rogue");
    }
  else
    {
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", baton_demo_peer_get_uri (peer));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.dial");
    }
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  /* The row has just named its button after itself too */
  baton_a11y_set_name (button, g_str_equal (name, "Rogue") ? _("Test with Rogue") : label);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->peers), row);
  self->peer_rows = g_list_prepend (self->peer_rows, row);
}

void
baton_call_page_set_demo (BatonCallPage *self, BatonDemo *demo)
{
  guint n = demo != NULL ? g_list_model_get_n_items (G_LIST_MODEL (demo)) : 0;

  g_set_object (&self->demo, demo);
  for (GList *l = self->peer_rows; l != NULL; l = l->next)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self->peers), l->data);
  g_clear_pointer (&self->peer_rows, g_list_free);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonDemoPeer) peer = g_list_model_get_item (G_LIST_MODEL (demo), i);

      add_peer (self, peer);
    }
  show_page (self);
}
