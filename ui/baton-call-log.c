/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-call-log.h"

#include "baton-call-view.h"

#include <glib/gi18n.h>

struct _BatonCallLog
{
  GObject parent_instance;
  BatonHistory *history;
  BatonEngine *engine;
  BatonDirectory *directory;
};

G_DEFINE_FINAL_TYPE (BatonCallLog, baton_call_log, G_TYPE_OBJECT)

static void
baton_call_log_dispose (GObject *object)
{
  BatonCallLog *self = BATON_CALL_LOG (object);

  g_clear_object (&self->history);
  g_clear_object (&self->engine);
  g_clear_object (&self->directory);
  G_OBJECT_CLASS (baton_call_log_parent_class)->dispose (object);
}

static void
baton_call_log_class_init (BatonCallLogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_call_log_dispose;
}

static void
baton_call_log_init (BatonCallLog *self)
{
}

/* Returns: (transfer full) (nullable): "→ Carol" of a call that was given away */
static char *
describe_transfer (BatonCallLog *self, BatonTransfer *transfer)
{
  g_autoptr (BatonTransferView) view = NULL;

  if (transfer == NULL || baton_transfer_get_direction (transfer) != BATON_DIRECTION_OUTGOING)
    return NULL;
  view = baton_transfer_view_new (transfer, self->directory);
  switch (view->facts.state)
    {
    case BATON_TRANSFER_STATE_TRANSFERRED:
      return g_strdup_printf (_("→ %s ✓"), view->target);
    case BATON_TRANSFER_STATE_HANDED_OVER:
      return g_strdup_printf (_("→ %s (not confirmed)"), view->target);
    case BATON_TRANSFER_STATE_FAILED:
      /* Translators: the call went to a person who could not be reached, and came back */
      return g_strdup_printf (_("→ %s → you"), view->target);
    case BATON_TRANSFER_STATE_GRACE:
    case BATON_TRANSFER_STATE_HOLDING:
    case BATON_TRANSFER_STATE_REQUESTED:
    case BATON_TRANSFER_STATE_AGREED:
    case BATON_TRANSFER_STATE_TRYING:
    case BATON_TRANSFER_STATE_RINGING:
    case BATON_TRANSFER_STATE_TAKEN_BACK:
      return NULL;
    }
  return NULL;
}

static void
on_call_ended (BatonCallLog *self, BatonCall *call)
{
  g_autoptr (BatonCallView) view = baton_call_view_new (call, self->directory, self->engine);
  g_autofree char *chain = describe_transfer (self, baton_call_get_transfer (call));
  g_autoptr (BatonHistoryEntry) entry = NULL;
  gboolean missed;

  missed = view->facts.direction == BATON_DIRECTION_INCOMING && !view->facts.was_established
           && !view->facts.ended_locally;
  entry = g_object_new (BATON_TYPE_HISTORY_ENTRY, "account", view->account, "uri", baton_call_get_remote_uri (call),
                        "name", view->peer, "direction", view->facts.direction, "time",
                        g_get_real_time () - view->facts.ring_seconds * G_USEC_PER_SEC, "duration",
                        view->facts.was_established ? (guint) MAX (view->facts.talk_seconds, 1) : 0, "status",
                        view->facts.status, "missed", missed, "transfer-chain", chain, NULL);
  baton_history_add (self->history, entry);
}

BatonCallLog *
baton_call_log_new (BatonEngine *engine, BatonHistory *history, BatonDirectory *directory)
{
  BatonCallLog *self = g_object_new (BATON_TYPE_CALL_LOG, NULL);

  self->history = g_object_ref (history);
  self->engine = g_object_ref (engine);
  self->directory = g_object_ref (directory);
  g_signal_connect_object (baton_engine_get_calls (engine), "call-ended", G_CALLBACK (on_call_ended), self,
                           G_CONNECT_SWAPPED);
  return self;
}
