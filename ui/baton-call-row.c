/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-call-row.h"

#include "baton-a11y.h"
#include "baton-call-view.h"
#include "baton-transfer-card.h"
#include "baton-transfer-popover.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* The buttons of a row, in their order. Which of them is shown follows from the state alone. */
typedef enum
{
  BUTTON_ANSWER,
  BUTTON_DECLINE,
  BUTTON_SILENCE,
  BUTTON_HOLD,
  BUTTON_RESUME,
  BUTTON_MUTE,
  BUTTON_TRANSFER,
  BUTTON_CONSULT,
  BUTTON_CALL_AGAIN,
  BUTTON_DISMISS,
  BUTTON_KEYPAD,
  BUTTON_MORE,
  BUTTON_HANG_UP,
  N_BUTTONS,
} RowButton;

static const struct
{
  const char *icon, *label, *name, *action, *css;
  gboolean at_end; /* beside the name */
} row_buttons[N_BUTTONS] = {
  [BUTTON_ANSWER] = { "call-start-symbolic", N_("Answer"), N_("Answer %s"), "win.answer", "suggested-action" },
  [BUTTON_DECLINE] = { "call-stop-symbolic", N_("Decline"), N_("Decline %s"), "win.decline", "destructive-action" },
  [BUTTON_SILENCE] = { "audio-volume-muted-symbolic", NULL, N_("Silence %s"), "win.silence", NULL },
  [BUTTON_HOLD] = { "baton-hold-symbolic", NULL, N_("Hold %s"), "win.hold", NULL },
  [BUTTON_RESUME] = { "baton-resume-symbolic", NULL, N_("Resume %s"), "win.hold", "suggested-action" },
  [BUTTON_MUTE] = { "microphone-sensitivity-high-symbolic", NULL, N_("Mute %s"), "win.mute", NULL },
  [BUTTON_TRANSFER] = { "baton-transfer-symbolic", N_("Transfer"), N_("Transfer %s"), "win.transfer", NULL },
  [BUTTON_CONSULT] = { "baton-consult-symbolic", N_("Consult"), N_("Consult about %s"), "win.consult", NULL },
  [BUTTON_CALL_AGAIN] = { "call-start-symbolic", NULL, N_("Call %s again"), "win.call-again", "flat", TRUE },
  [BUTTON_DISMISS] = { "window-close-symbolic", NULL, N_("Dismiss"), "win.dismiss", "flat", TRUE },
  [BUTTON_KEYPAD] = { "input-dialpad-symbolic", NULL, N_("Keypad for %s"), "win.keypad-for", "flat", TRUE },
  [BUTTON_MORE] = { "view-more-symbolic", NULL, N_("More for %s"), NULL, "flat", TRUE },
  [BUTTON_HANG_UP] = { "call-stop-symbolic", NULL, N_("Hang up %s"), "win.hangup", "destructive-action", TRUE },
};

struct _BatonCallRow
{
  GtkListBoxRow parent_instance;

  BatonEngine *engine;
  BatonDirectory *directory;
  BatonCall *call;
  char *peer; /* whom the names speak of */
  guint rank;

  GtkWidget *avatar, *name, *mark, *line, *icon, *state, *code, *ends, *buttons, *card_bin, *card;
  GtkWidget *button[N_BUTTONS];
  GtkWidget *popover, *more;
};

G_DEFINE_FINAL_TYPE (BatonCallRow, baton_call_row, GTK_TYPE_LIST_BOX_ROW)

static void
baton_call_row_dispose (GObject *object)
{
  BatonCallRow *self = BATON_CALL_ROW (object);

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer (&self->more, gtk_widget_unparent);
  if (self->call != NULL)
    g_signal_handlers_disconnect_by_data (self->call, self);
  g_clear_object (&self->call);
  g_clear_object (&self->directory);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->peer, g_free);
  G_OBJECT_CLASS (baton_call_row_parent_class)->dispose (object);
}

static void
baton_call_row_class_init (BatonCallRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_call_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-call-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BatonCallRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, BatonCallRow, name);
  gtk_widget_class_bind_template_child (widget_class, BatonCallRow, line);
  gtk_widget_class_bind_template_child (widget_class, BatonCallRow, mark);
  gtk_widget_class_bind_template_child (widget_class, BatonCallRow, icon);
  gtk_widget_class_bind_template_child (widget_class, BatonCallRow, state);
  gtk_widget_class_bind_template_child (widget_class, BatonCallRow, code);
  gtk_widget_class_bind_template_child (widget_class, BatonCallRow, ends);
  gtk_widget_class_bind_template_child (widget_class, BatonCallRow, buttons);
  gtk_widget_class_bind_template_child (widget_class, BatonCallRow, card_bin);
}

static void
baton_call_row_init (BatonCallRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
add_buttons (BatonCallRow *self)
{
  for (guint i = 0; i < N_BUTTONS; i++)
    {
      const char *label = row_buttons[i].label != NULL ? _(row_buttons[i].label) : NULL;
      GtkWidget *button = baton_button_new (row_buttons[i].icon, label, row_buttons[i].name, NULL);

      if (row_buttons[i].action != NULL)
        {
          gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", baton_call_get_number (self->call));
          gtk_actionable_set_action_name (GTK_ACTIONABLE (button), row_buttons[i].action);
        }
      if (row_buttons[i].css != NULL)
        gtk_widget_add_css_class (button, row_buttons[i].css);
      if (row_buttons[i].at_end)
        gtk_widget_add_css_class (button, "circular");
      gtk_widget_set_hexpand (button, label != NULL);
      gtk_box_append (GTK_BOX (row_buttons[i].at_end ? self->ends : self->buttons), button);
      self->button[i] = button;
    }
}

static void
add_item (GMenu *menu, const char *label, const char *action, BatonCallRow *self)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "u", baton_call_get_number (self->call));
  g_menu_append_item (menu, item);
}

static void
add_merges (GMenu *menu, BatonCallRow *self)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (self->engine));
  guint n = g_list_model_get_n_items (calls);
  gboolean merged;

  g_object_get (self->call, "merged", &merged, NULL);
  if (merged)
    {
      add_item (menu, _("Split"), "win.split", self);
      if (baton_call_manager_get_merged_with (BATON_CALL_MANAGER (calls), self->call) != NULL)
        add_item (menu, _("Leave and connect them"), "win.leave", self);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonCall) other = g_list_model_get_item (calls, i);
      g_autoptr (GMenuItem) item = NULL;
      g_autofree char *peer = NULL, *label = NULL;
      g_auto (GStrv) parts = NULL;

      g_object_get (other, "merged", &merged, NULL);
      if (other == self->call || merged || baton_call_get_state (other) != BATON_CALL_STATE_ESTABLISHED)
        continue;
      peer = baton_directory_dup_call_name (self->directory, other);
      parts = g_strsplit (peer, "_", -1); /* a menu would take it for a mnemonic */
      g_free (peer);
      peer = g_strjoinv ("__", parts);
      label = g_strdup_printf (_("Merge with %s"), peer);
      item = g_menu_item_new (label, NULL);
      g_menu_item_set_action_and_target (item, "win.merge-with", "(uu)", baton_call_get_number (self->call),
                                         baton_call_get_number (other));
      g_menu_append_item (menu, item);
    }
}

static void
on_more (GtkWidget *button, BatonCallRow *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *name = g_strdup_printf (_("More for %s"), self->peer);

  add_item (menu, _("Keypad"), "win.keypad-for", self);
  add_item (menu, baton_call_get_recording (self->call) != NULL ? _("Stop Recording") : _("Record"), "win.record",
            self);
  add_item (menu, _("Quality"), "win.quality", self);
  add_merges (menu, self);
  add_item (menu, _("Copy Address"), "win.copy-address", self);
  g_clear_pointer (&self->more, gtk_widget_unparent);
  self->more = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (self->more, button);
  baton_a11y_set_name (self->more, name);
  gtk_popover_popup (GTK_POPOVER (self->more));
}

GtkWidget *
baton_call_row_new (BatonEngine *engine, BatonDirectory *directory, BatonCall *call)
{
  BatonCallRow *self = g_object_new (BATON_TYPE_CALL_ROW, NULL);

  self->engine = g_object_ref (engine);
  self->directory = g_object_ref (directory);
  self->call = g_object_ref (call);
  self->card = baton_transfer_card_new (directory);
  adw_bin_set_child (ADW_BIN (self->card_bin), self->card);
  add_buttons (self);
  g_signal_connect_object (self->button[BUTTON_MORE], "clicked", G_CALLBACK (on_more), self, 0);
  g_signal_connect_object (call, "notify", G_CALLBACK (baton_call_row_update), self, G_CONNECT_SWAPPED);
  baton_call_row_update (self);
  return GTK_WIDGET (self);
}

BatonCall *
baton_call_row_get_call (BatonCallRow *self)
{
  return self->call;
}

guint
baton_call_row_get_rank (BatonCallRow *self)
{
  return self->rank;
}

static guint
rank_of (const BatonCallView *view)
{
  switch (view->facts.state)
    {
    case BATON_CALL_STATE_INCOMING:
      return 0;
    case BATON_CALL_STATE_ENDED:
      return 4;
    case BATON_CALL_STATE_CALLING:
    case BATON_CALL_STATE_RINGING:
    case BATON_CALL_STATE_EARLY:
    case BATON_CALL_STATE_ESTABLISHED:
      break;
    }
  if (view->consultation != NULL || view->about != NULL)
    return 2;
  return view->facts.hold & BATON_HOLD_LOCAL ? 3 : 1;
}

static void
update_names (BatonCallRow *self, const char *peer)
{
  g_autofree char *mark = NULL;

  if (g_strcmp0 (self->peer, peer) == 0)
    return;

  g_free (self->peer);
  self->peer = g_strdup (peer);
  adw_avatar_set_text (ADW_AVATAR (self->avatar), peer);
  gtk_label_set_text (GTK_LABEL (self->name), peer);
  baton_a11y_set_name (GTK_WIDGET (self), peer);
  mark = g_strdup_printf (_("%s: name not verified"), peer);
  baton_a11y_set_name (self->mark, mark);
  for (guint i = 0; i < N_BUTTONS; i++)
    {
      g_auto (GStrv) parts = g_strsplit (_(row_buttons[i].name), "%s", 2);
      g_autofree char *name = g_strjoinv (peer, parts);

      baton_a11y_set_name (self->button[i], name);
      gtk_widget_set_tooltip_text (self->button[i], name);
    }
}

static void
show_buttons (BatonCallRow *self, const BatonCallView *view)
{
  BatonCallState state = view->facts.state;
  gboolean talking = state == BATON_CALL_STATE_ESTABLISHED, held = (view->facts.hold & BATON_HOLD_LOCAL) != 0;
  gboolean in_transfer = view->transfer != NULL && baton_transfer_is_running (view->transfer);
  gboolean in_pair = view->consultation != NULL || view->about != NULL;
  gboolean free = talking && !in_transfer && !in_pair;
  gboolean ended = state == BATON_CALL_STATE_ENDED;
  const gboolean shown[N_BUTTONS] = {
    [BUTTON_ANSWER] = state == BATON_CALL_STATE_INCOMING,
    [BUTTON_DECLINE] = state == BATON_CALL_STATE_INCOMING,
    [BUTTON_SILENCE] = state == BATON_CALL_STATE_INCOMING,
    [BUTTON_HOLD] = free && !held,
    [BUTTON_RESUME] = (free || (talking && !in_transfer && view->pair_waits)) && held,
    [BUTTON_MUTE] = talking && !in_transfer && !held,
    [BUTTON_TRANSFER] = free,
    [BUTTON_CONSULT] = free,
    [BUTTON_CALL_AGAIN] = ended && view->transfer == NULL,
    [BUTTON_DISMISS] = ended && view->transfer == NULL,
    [BUTTON_KEYPAD] = state == BATON_CALL_STATE_EARLY || (talking && !held && !in_transfer),
    [BUTTON_MORE] = talking && !in_transfer,
    [BUTTON_HANG_UP] = !ended && state != BATON_CALL_STATE_INCOMING,
  };
  gboolean any = FALSE;

  for (guint i = 0; i < N_BUTTONS; i++)
    {
      gtk_widget_set_visible (self->button[i], shown[i]);
      any = any || (shown[i] && !row_buttons[i].at_end);
    }
  gtk_widget_set_visible (self->buttons, any);
}

static void
show_mute (BatonCallRow *self)
{
  gboolean muted = baton_call_get_muted (self->call);
  g_autofree char *name = g_strdup_printf (muted ? _("Unmute %s") : _("Mute %s"), self->peer);

  gtk_button_set_icon_name (GTK_BUTTON (self->button[BUTTON_MUTE]),
                            muted ? "microphone-disabled-symbolic" : "microphone-sensitivity-high-symbolic");
  baton_a11y_set_name (self->button[BUTTON_MUTE], name);
  gtk_widget_set_tooltip_text (self->button[BUTTON_MUTE], name);
}

/* The colour of the state line; the words and the icon say the same without it */
static const char *
line_css (const BatonCallView *view)
{
  const BatonCallFacts *facts = &view->facts;

  if (facts->state == BATON_CALL_STATE_ENDED)
    return facts->was_established || facts->ended_locally ? "dim-label" : "error";
  if (facts->state == BATON_CALL_STATE_INCOMING)
    return "accent";
  if (facts->hold & BATON_HOLD_LOCAL)
    return facts->hold_seconds >= 180 ? "error" : (facts->hold_seconds >= 60 ? "warning" : "dim-label");
  return facts->state == BATON_CALL_STATE_ESTABLISHED && facts->hold == BATON_HOLD_NONE ? "success" : "dim-label";
}

void
baton_call_row_update (BatonCallRow *self)
{
  g_autoptr (BatonCallView) view = baton_call_view_new (self->call, self->directory, self->engine);
  g_autofree char *words = baton_format_call_line (&view->facts), *name = NULL, *code = NULL;
  const char *css[] = { "baton-line", line_css (view), NULL };
  guint rank = rank_of (view);
  gboolean refused = view->facts.state == BATON_CALL_STATE_ENDED && !view->facts.was_established
                     && !view->facts.ended_locally && view->facts.direction == BATON_DIRECTION_OUTGOING;

  if (baton_call_get_muted (self->call) && view->facts.state == BATON_CALL_STATE_ESTABLISHED)
    {
      g_autofree char *line = g_steal_pointer (&words);

      /* Translators: %s is the state of a call */
      words = g_strdup_printf (_("%s · Muted"), line);
    }
  if (baton_call_get_recording (self->call) != NULL && view->facts.state == BATON_CALL_STATE_ESTABLISHED)
    {
      g_autofree char *line = g_steal_pointer (&words);

      /* Translators: %s is the state of a call */
      words = g_strdup_printf (_("%s · Recording"), line);
    }
  code = baton_format_code (refused ? view->facts.status : 0);
  update_names (self, view->peer);
  show_mute (self);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), baton_format_call_icon (&view->facts));
  gtk_label_set_text (GTK_LABEL (self->state), words);
  /* Translators: a person and the state of the call with them */
  name = g_strdup_printf (_("%s: %s"), view->peer, words);
  baton_a11y_set_name (self->state, name);
  baton_a11y_set_description (GTK_WIDGET (self), words);
  gtk_label_set_text (GTK_LABEL (self->code), code);
  gtk_widget_set_visible (self->code, code[0] != '\0');
  gtk_widget_set_css_classes (self->line, css);
  gtk_widget_set_visible (self->mark, view->claimed);
  show_buttons (self, view);
  baton_transfer_card_set_transfer (BATON_TRANSFER_CARD (self->card), view->transfer);
  gtk_widget_set_visible (self->card_bin, view->transfer != NULL);

  if (rank != self->rank)
    {
      self->rank = rank;
      gtk_list_box_row_changed (GTK_LIST_BOX_ROW (self));
    }
}

static gboolean
unparent_popover (gpointer data)
{
  gtk_widget_unparent (data);
  g_object_unref (data);
  return G_SOURCE_REMOVE;
}

/* Focus goes back to the button first; a popover can't go while it is being closed */
static void
on_popover_closed (GtkPopover *popover, gpointer data)
{
  BatonCallRow *self = data;

  if (self->popover != GTK_WIDGET (popover))
    return;
  self->popover = NULL;
  g_idle_add (unparent_popover, g_object_ref (popover));
}

void
baton_call_row_open_targets (BatonCallRow *self, gboolean consult)
{
  GtkWidget *opener = self->button[consult ? BUTTON_CONSULT : BUTTON_TRANSFER];

  if (self->popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (!gtk_widget_get_visible (opener))
    return;
  self->popover = baton_transfer_popover_new (self->directory, self->call, consult);
  gtk_widget_set_parent (self->popover, opener);
  g_signal_connect_object (self->popover, "closed", G_CALLBACK (on_popover_closed), self, 0);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}
