/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-call-list.h"

#include "baton-a11y.h"
#include "baton-call-view.h"
#include "baton-consultation-bar.h"

#include <glib/gi18n.h>

#define LINGER_US (6 * G_USEC_PER_SEC)

struct _BatonCallList
{
  AdwBin parent_instance;

  BatonEngine *engine;
  BatonDirectory *directory;
  GtkWidget *stack, *list;
  guint ticker;
};

G_DEFINE_FINAL_TYPE (BatonCallList, baton_call_list, ADW_TYPE_BIN)

enum
{
  SELECTION_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
baton_call_list_dispose (GObject *object)
{
  BatonCallList *self = BATON_CALL_LIST (object);

  g_clear_handle_id (&self->ticker, g_source_remove);
  if (self->list != NULL) /* rows that go would ask for their headers */
    gtk_list_box_set_header_func (GTK_LIST_BOX (self->list), NULL, NULL, NULL);
  g_clear_object (&self->directory);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (baton_call_list_parent_class)->dispose (object);
}

static void
on_row_selected (BatonCallList *self)
{
  if (self->engine != NULL) /* not while it goes */
    g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

static void
baton_call_list_class_init (BatonCallListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_call_list_dispose;
  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                             NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-call-list.ui");
  gtk_widget_class_bind_template_child (widget_class, BatonCallList, stack);
  gtk_widget_class_bind_template_child (widget_class, BatonCallList, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
}

/* A consultation stands right below the call that it is about */
static int
compare_rows (GtkListBoxRow *a, GtkListBoxRow *b, gpointer data)
{
  BatonCall *left = baton_call_row_get_call (BATON_CALL_ROW (a));
  BatonCall *right = baton_call_row_get_call (BATON_CALL_ROW (b));
  guint left_rank = baton_call_row_get_rank (BATON_CALL_ROW (a));
  guint right_rank = baton_call_row_get_rank (BATON_CALL_ROW (b));
  guint left_number = baton_call_get_number (left), right_number = baton_call_get_number (right);

  if (left_rank != right_rank)
    return left_rank < right_rank ? -1 : 1;
  if (left_rank == 2)
    {
      BatonCall *left_about = baton_call_get_consultation_for (left);
      BatonCall *right_about = baton_call_get_consultation_for (right);
      guint left_group = left_about != NULL ? baton_call_get_number (left_about) : left_number;
      guint right_group = right_about != NULL ? baton_call_get_number (right_about) : right_number;

      if (left_group != right_group)
        return left_group < right_group ? -1 : 1;
      if ((left_about != NULL) != (right_about != NULL))
        return left_about == NULL ? -1 : 1;
    }
  return left_number < right_number ? -1 : left_number > right_number;
}

static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  BatonCallList *self = data;
  BatonCall *call = baton_call_row_get_call (BATON_CALL_ROW (row));
  BatonCall *consultation = baton_call_find_consultation (self->engine, call);
  GtkWidget *header = gtk_list_box_row_get_header (row);
  BatonTransfer *transfer = baton_call_get_transfer (call);

  if (baton_call_get_state (call) == BATON_CALL_STATE_ENDED
      || (transfer != NULL && baton_transfer_get_direction (transfer) == BATON_DIRECTION_OUTGOING
          && baton_transfer_is_running (transfer)))
    consultation = NULL;
  if (consultation == NULL)
    gtk_list_box_row_set_header (row, NULL);
  else if (header == NULL || baton_consultation_bar_get_call (BATON_CONSULTATION_BAR (header)) != consultation)
    gtk_list_box_row_set_header (row, baton_consultation_bar_new (self->directory, consultation));
  else
    baton_consultation_bar_update (BATON_CONSULTATION_BAR (header));
}

static void
baton_call_list_init (BatonCallList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_sort_func (GTK_LIST_BOX (self->list), compare_rows, NULL, NULL);
  gtk_list_box_set_header_func (GTK_LIST_BOX (self->list), update_header, self, NULL);
}

static gboolean
is_read_enough (BatonCall *call, gint64 now)
{
  BatonTransfer *transfer = baton_call_get_transfer (call);
  gint64 end;

  if (baton_call_get_state (call) != BATON_CALL_STATE_ENDED)
    return FALSE;
  if (transfer != NULL && baton_transfer_get_state (transfer) == BATON_TRANSFER_STATE_HANDED_OVER)
    return FALSE;
  g_object_get (call, "end-time", &end, NULL);
  return now - end >= LINGER_US;
}

static void
show_page (BatonCallList *self)
{
  gboolean empty = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0) == NULL;

  baton_a11y_show_page (GTK_STACK (self->stack), empty ? "empty" : "calls");
  if (empty)
    g_clear_handle_id (&self->ticker, g_source_remove);
}

static BatonCallRow *
find_row (BatonCallList *self, guint number)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)) != NULL; i++)
    if (baton_call_get_number (baton_call_row_get_call (BATON_CALL_ROW (row))) == number)
      return BATON_CALL_ROW (row);
  return NULL;
}

/* Returns: (nullable) (transfer none): the call of the highlighted row */
static BatonCall *
get_selected (BatonCallList *self)
{
  GtkListBoxRow *row = self->list != NULL ? gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list)) : NULL;

  return row != NULL ? baton_call_row_get_call (BATON_CALL_ROW (row)) : NULL;
}

static gboolean
is_live (BatonCall *call)
{
  return call != NULL && baton_call_get_state (call) != BATON_CALL_STATE_ENDED;
}

/* Returns: (nullable) (transfer none): the call that the user is in, or places */
static BatonCall *
get_active (BatonCallList *self)
{
  BatonCall *call = self->engine != NULL ? baton_call_manager_get_foreground (baton_engine_get_calls (self->engine))
                                         : NULL;

  return is_live (call) && baton_call_get_state (call) != BATON_CALL_STATE_INCOMING ? call : NULL;
}

static void
select_call (BatonCallList *self, BatonCall *call)
{
  BatonCallRow *row = call != NULL ? find_row (self, baton_call_get_number (call)) : NULL;

  if (row != NULL)
    gtk_list_box_select_row (GTK_LIST_BOX (self->list), GTK_LIST_BOX_ROW (row));
}

/* When the highlighted call is over, a call that isn't takes its place; without one its reason stays to be read */
static void
select_next (BatonCallList *self)
{
  BatonCall *selected = get_selected (self), *active = get_active (self);
  GtkListBoxRow *first = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0);
  BatonCall *next = active != NULL || first == NULL ? active : baton_call_row_get_call (BATON_CALL_ROW (first));

  if (selected == NULL || is_live (next))
    select_call (self, next);
}

static void
remove_row (BatonCallList *self, BatonCallRow *row)
{
  gtk_list_box_remove (GTK_LIST_BOX (self->list), GTK_WIDGET (row));
  if (get_selected (self) == NULL)
    select_next (self);
  show_page (self);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

static gboolean
on_tick (gpointer data)
{
  BatonCallList *self = data;
  GtkListBoxRow *row;
  gint64 now = g_get_monotonic_time ();

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)) != NULL; i++)
    {
      baton_call_row_update (BATON_CALL_ROW (row));
      if (is_read_enough (baton_call_row_get_call (BATON_CALL_ROW (row)), now))
        {
          gtk_list_box_remove (GTK_LIST_BOX (self->list), GTK_WIDGET (row));
          i--;
        }
    }
  if (get_selected (self) == NULL)
    select_next (self);
  gtk_list_box_invalidate_headers (GTK_LIST_BOX (self->list));
  if (gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0) == NULL)
    {
      self->ticker = 0;
      show_page (self);
      g_signal_emit (self, signals[SELECTION_CHANGED], 0);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

/* One call's change may change what another one shows: the call that it is about, the bar over both */
static void
on_call_changed (BatonCallList *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)) != NULL; i++)
    if (baton_call_get_consultation_for (baton_call_row_get_call (BATON_CALL_ROW (row))) != NULL
        || gtk_list_box_row_get_header (row) != NULL)
      baton_call_row_update (BATON_CALL_ROW (row));
  gtk_list_box_invalidate_sort (GTK_LIST_BOX (self->list));
  gtk_list_box_invalidate_headers (GTK_LIST_BOX (self->list));
}

static void
on_state_changed (BatonCallList *self, GParamSpec *pspec, BatonCall *call)
{
  if (!is_live (call) && call == get_selected (self))
    select_next (self);
}

/* Who is talked to is highlighted: the keys and the page on the right are about that call */
static void
on_foreground_changed (BatonCallList *self)
{
  select_call (self, get_active (self));
}

static void
add_call (BatonCallList *self, BatonCall *call)
{
  GtkWidget *row = baton_call_row_new (self->engine, self->directory, call);

  g_signal_connect_object (call, "notify", G_CALLBACK (on_call_changed), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  g_signal_connect_object (call, "notify::state", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  /* A call that comes in takes nothing from the one that is talked in */
  if (baton_call_get_direction (call) == BATON_DIRECTION_OUTGOING
      || (!is_live (get_selected (self)) && get_active (self) == NULL))
    gtk_list_box_select_row (GTK_LIST_BOX (self->list), GTK_LIST_BOX_ROW (row));
  if (self->ticker == 0)
    self->ticker = g_timeout_add (500, on_tick, self);
  on_call_changed (self);
  show_page (self);
}

void
baton_call_list_set_engine (BatonCallList *self, BatonEngine *engine, BatonDirectory *directory)
{
  BatonCallManager *calls = baton_engine_get_calls (engine);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (calls));

  g_set_object (&self->engine, engine);
  g_set_object (&self->directory, directory);
  g_signal_connect_object (calls, "call-added", G_CALLBACK (add_call), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (calls, "notify::foreground", G_CALLBACK (on_foreground_changed), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (G_LIST_MODEL (calls), i);

      add_call (self, call);
    }
}

BatonCallRow *
baton_call_list_find (BatonCallList *self, guint number)
{
  return find_row (self, number);
}

BatonCall *
baton_call_list_get_current (BatonCallList *self)
{
  return get_selected (self);
}

BatonCall *
baton_call_list_get_target (BatonCallList *self)
{
  BatonCall *selected = get_selected (self), *active = get_active (self);

  if (active != NULL && (!is_live (selected) || baton_call_get_state (selected) == BATON_CALL_STATE_INCOMING))
    return active;
  return selected;
}

BatonCall *
baton_call_list_get_ringing (BatonCallList *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0);
  BatonCall *call = row != NULL ? baton_call_row_get_call (BATON_CALL_ROW (row)) : NULL;

  return call != NULL && baton_call_get_state (call) == BATON_CALL_STATE_INCOMING ? call : NULL;
}

void
baton_call_list_select (BatonCallList *self, BatonCall *call)
{
  select_call (self, call);
}

void
baton_call_list_dismiss (BatonCallList *self, BatonCall *call)
{
  BatonCallRow *row = baton_call_list_find (self, baton_call_get_number (call));

  if (row != NULL && baton_call_get_state (call) == BATON_CALL_STATE_ENDED)
    remove_row (self, row);
}
