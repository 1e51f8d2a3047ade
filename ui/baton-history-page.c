/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-history-page.h"

#include "baton-a11y.h"
#include "baton-format.h"

#include <glib/gi18n.h>
#include <string.h>

struct _BatonHistoryPage
{
  AdwBin parent_instance;

  BatonHistory *history;
  BatonDirectory *directory;
  GtkFilterListModel *filtered;
  char *needle; /* case-folded */

  GtkWidget *search, *clear, *stack, *list;
};

G_DEFINE_FINAL_TYPE (BatonHistoryPage, baton_history_page, ADW_TYPE_BIN)

enum
{
  CLEARED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What a row of the list is made of; kept as data of the list item */
typedef struct
{
  GtkWidget *row, *icon, *name, *detail, *call, *remove;
} HistoryRow;

static void
baton_history_page_dispose (GObject *object)
{
  BatonHistoryPage *self = BATON_HISTORY_PAGE (object);

  g_clear_object (&self->filtered);
  g_clear_object (&self->history);
  g_clear_object (&self->directory);
  g_clear_pointer (&self->needle, g_free);
  G_OBJECT_CLASS (baton_history_page_parent_class)->dispose (object);
}

static void
show_page (BatonHistoryPage *self)
{
  guint all = g_list_model_get_n_items (G_LIST_MODEL (self->history));
  guint found = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));

  baton_a11y_show_page (GTK_STACK (self->stack), all == 0 ? "empty" : (found == 0 ? "nothing" : "list"));
  gtk_widget_set_sensitive (self->clear, all > 0);
}

static void
on_search_changed (BatonHistoryPage *self)
{
  GtkFilter *filter;

  if (self->filtered == NULL)
    return;
  g_free (self->needle);
  self->needle = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  filter = gtk_filter_list_model_get_filter (self->filtered);
  gtk_filter_changed (filter, GTK_FILTER_CHANGE_DIFFERENT);
  show_page (self);
}

static void
on_clear (BatonHistoryPage *self)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->history));

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (entries, g_list_model_get_item (G_LIST_MODEL (self->history), i));
  baton_history_clear (self->history);
  g_signal_emit (self, signals[CLEARED], 0, entries);
}

static void
baton_history_page_class_init (BatonHistoryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_history_page_dispose;
  signals[CLEARED] = g_signal_new ("cleared", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-history-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BatonHistoryPage, search);
  gtk_widget_class_bind_template_child (widget_class, BatonHistoryPage, clear);
  gtk_widget_class_bind_template_child (widget_class, BatonHistoryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, BatonHistoryPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
}

static void
on_remove (GtkWidget *button, GtkListItem *item)
{
  BatonHistoryPage *self = BATON_HISTORY_PAGE (gtk_widget_get_ancestor (button, BATON_TYPE_HISTORY_PAGE));
  BatonHistoryEntry *entry = gtk_list_item_get_item (item);

  if (self != NULL && entry != NULL)
    baton_history_remove (self->history, entry);
}

static void
setup_row (BatonHistoryPage *self, GtkListItem *item)
{
  HistoryRow *row = g_new0 (HistoryRow, 1);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  row->row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  row->icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  row->name = gtk_label_new (NULL);
  row->detail = gtk_label_new (NULL);
  row->call = baton_button_new ("call-start-symbolic", NULL, _("Call"), NULL);
  row->remove = baton_button_new ("user-trash-symbolic", NULL, _("Remove"), NULL);
  gtk_label_set_xalign (GTK_LABEL (row->name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (row->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (row->detail), 0);
  gtk_label_set_ellipsize (GTK_LABEL (row->detail), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (row->detail, "caption");
  gtk_widget_add_css_class (row->detail, "dim-label");
  gtk_widget_add_css_class (row->call, "flat");
  gtk_widget_add_css_class (row->remove, "flat");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), row->name);
  gtk_box_append (GTK_BOX (words), row->detail);
  gtk_box_append (GTK_BOX (row->row), row->icon);
  gtk_box_append (GTK_BOX (row->row), words);
  gtk_box_append (GTK_BOX (row->row), row->call);
  gtk_box_append (GTK_BOX (row->row), row->remove);
  g_signal_connect_object (row->remove, "clicked", G_CALLBACK (on_remove), item, 0);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, row->row);
  g_object_set_data_full (G_OBJECT (item), "row", row, g_free);
}

static char *
describe (BatonHistoryEntry *entry, const char *uri, gint64 time, gboolean missed, BatonDirection direction)
{
  g_autofree char *clock = baton_format_clock (time, g_get_real_time ());
  g_autofree char *account = NULL, *chain = NULL, *length = NULL, *how = NULL, *clean = NULL;
  guint duration;

  g_object_get (entry, "account", &account, "transfer-chain", &chain, "duration", &duration, NULL);
  length = baton_format_duration (duration);
  if (missed)
    how = g_strdup (_("missed"));
  else if (duration > 0)
    how = g_steal_pointer (&length);
  else
    how = g_strdup (direction == BATON_DIRECTION_INCOMING ? _("declined") : _("not reached"));
  clean = baton_format_clean (chain, 80);
  return g_strconcat (how, ", ", clock, account != NULL && account[0] != '\0' ? ", " : "",
                      account != NULL ? account : "", clean[0] != '\0' ? "  " : "", clean, NULL);
}

static void
bind_row (BatonHistoryPage *self, GtkListItem *item)
{
  HistoryRow *row = g_object_get_data (G_OBJECT (item), "row");
  BatonHistoryEntry *entry = gtk_list_item_get_item (item);
  g_autofree char *uri = NULL, *remote = NULL, *peer = NULL, *detail = NULL, *name = NULL, *call = NULL, *remove = NULL;
  BatonDirection direction;
  gboolean missed;
  gint64 time;

  g_object_get (entry, "uri", &uri, "name", &remote, "direction", &direction, "missed", &missed, "time", &time, NULL);
  peer = baton_directory_dup_name (self->directory, remote, uri);
  detail = describe (entry, uri, time, missed, direction);
  name = g_strdup_printf ("%s, %s", peer, detail);
  call = g_strdup_printf (_("Call %s back"), peer);
  remove = g_strdup_printf (_("Remove %s from history"), peer);
  gtk_image_set_from_icon_name (GTK_IMAGE (row->icon), missed ? "call-missed-symbolic"
                                                     : direction == BATON_DIRECTION_INCOMING ? "call-incoming-symbolic"
                                                                                             : "call-outgoing-symbolic");
  if (missed)
    gtk_widget_add_css_class (row->icon, "error");
  else
    gtk_widget_remove_css_class (row->icon, "error");
  gtk_label_set_text (GTK_LABEL (row->name), peer);
  gtk_label_set_text (GTK_LABEL (row->detail), detail);
  baton_a11y_set_name (row->row, name);
  baton_a11y_set_name (row->call, call);
  baton_a11y_set_name (row->remove, remove);
  gtk_widget_set_tooltip_text (row->call, call);
  gtk_widget_set_tooltip_text (row->remove, remove);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row->call), NULL);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row->call), "s", uri != NULL ? uri : "");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row->call), "win.dial");
}

static gboolean
matches (gpointer item, gpointer data)
{
  BatonHistoryPage *self = data;
  g_autofree char *uri = NULL, *remote = NULL, *peer = NULL, *text = NULL, *folded = NULL;

  if (self->needle == NULL || self->needle[0] == '\0')
    return TRUE;
  g_object_get (item, "uri", &uri, "name", &remote, NULL);
  peer = baton_directory_dup_name (self->directory, remote, uri);
  text = g_strconcat (peer, " ", uri, NULL);
  folded = g_utf8_casefold (text, -1);
  return strstr (folded, self->needle) != NULL;
}

static void
baton_history_page_init (BatonHistoryPage *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_row), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_row), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list), factory);
  g_object_unref (factory);
}

void
baton_history_page_set_history (BatonHistoryPage *self, BatonHistory *history, BatonDirectory *directory)
{
  GtkFilter *filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
  g_autoptr (GtkNoSelection) selection = NULL;

  self->history = g_object_ref (history);
  self->directory = g_object_ref (directory);
  self->filtered = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (history)), filter);
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (show_page), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->filtered)));
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), GTK_SELECTION_MODEL (selection));
  show_page (self);
}

void
baton_history_page_focus_search (BatonHistoryPage *self)
{
  gtk_widget_grab_focus (self->search);
}
