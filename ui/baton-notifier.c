/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-notifier.h"

#include "baton-call-view.h"

#include <glib/gi18n.h>

struct _BatonNotifier
{
  GObject parent_instance;

  GApplication *application; /* weak: it owns us */
  BatonEngine *engine;
  BatonDirectory *directory;
  GSettings *settings; /* of notify */
};

G_DEFINE_FINAL_TYPE (BatonNotifier, baton_notifier, G_TYPE_OBJECT)

static void
baton_notifier_dispose (GObject *object)
{
  BatonNotifier *self = BATON_NOTIFIER (object);

  g_clear_weak_pointer (&self->application);
  g_clear_object (&self->engine);
  g_clear_object (&self->directory);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (baton_notifier_parent_class)->dispose (object);
}

static void
baton_notifier_class_init (BatonNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_notifier_dispose;
}

static void
baton_notifier_init (BatonNotifier *self)
{
}

static void
withdraw (BatonNotifier *self, const char *kind, guint number)
{
  g_autofree char *id = g_strdup_printf ("%s-%u", kind, number);

  if (self->application != NULL)
    g_application_withdraw_notification (self->application, id);
}

static void
post (BatonNotifier *self, const char *kind, guint number, GNotification *notification)
{
  g_autofree char *id = g_strdup_printf ("%s-%u", kind, number);

  if (self->application != NULL)
    g_application_send_notification (self->application, id, notification);
}

static void
tell_incoming (BatonNotifier *self, BatonCall *call)
{
  g_autoptr (BatonCallView) view = baton_call_view_new (call, self->directory, self->engine);
  g_autoptr (GNotification) notification = g_notification_new (view->peer);
  g_autofree char *address = baton_format_address (baton_call_get_remote_uri (call));
  g_autofree char *body = NULL;
  guint number = baton_call_get_number (call);

  if (!g_settings_get_boolean (self->settings, "incoming"))
    return;
  if (view->transferred_by != NULL)
    /* Translators: an account, the caller's address, and on its own line who transferred the call */
    body = g_strdup_printf (_("Calling %s (%s)\ntransferred by %s"), view->account, address, view->transferred_by);
  else
    body = g_strdup_printf (_("Calling %s (%s)"), view->account, address);
  g_notification_set_body (notification, body);
  g_notification_set_category (notification, "call.incoming");
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  g_notification_set_default_action (notification, "app.present");
  g_notification_add_button_with_target (notification, _("Answer"), "app.answer", "u", number);
  g_notification_add_button_with_target (notification, _("Decline"), "app.decline", "u", number);
  g_notification_add_button_with_target (notification, _("Silence"), "app.silence", "u", number);
  post (self, "incoming", number, notification);
}

static void
tell_missed (BatonNotifier *self, BatonCall *call)
{
  g_autoptr (BatonCallView) view = baton_call_view_new (call, self->directory, self->engine);
  g_autofree char *clock = baton_format_clock (g_get_real_time (), g_get_real_time ());
  g_autofree char *title = g_strdup_printf (_("Missed call from %s"), view->peer);
  g_autofree char *body = g_strdup_printf ("%s, %s", view->account, clock);
  g_autoptr (GNotification) notification = g_notification_new (title);

  if (!g_settings_get_boolean (self->settings, "missed"))
    return;
  g_notification_set_body (notification, body);
  g_notification_set_category (notification, "call.unanswered");
  g_notification_set_default_action (notification, "app.show-history");
  g_notification_add_button_with_target (notification, _("Call Back"), "app.call-back", "s",
                                         baton_call_get_remote_uri (call));
  post (self, "missed", baton_call_get_number (call), notification);
}

static void
on_call_state (BatonCall *call, GParamSpec *pspec, BatonNotifier *self)
{
  gint64 established;
  gboolean locally;

  if (baton_call_get_direction (call) != BATON_DIRECTION_INCOMING
      || baton_call_get_state (call) == BATON_CALL_STATE_INCOMING)
    return;
  withdraw (self, "incoming", baton_call_get_number (call));
  g_object_get (call, "established-time", &established, "ended-locally", &locally, NULL);
  if (baton_call_get_state (call) == BATON_CALL_STATE_ENDED && established == 0 && !locally)
    tell_missed (self, call);
}

static void
on_call_added (BatonNotifier *self, BatonCall *call)
{
  g_signal_connect_object (call, "notify::state", G_CALLBACK (on_call_state), self, G_CONNECT_AFTER);
  if (baton_call_get_state (call) == BATON_CALL_STATE_INCOMING)
    tell_incoming (self, call);
}

static void
on_transfer_state (BatonTransfer *transfer, GParamSpec *pspec, BatonNotifier *self)
{
  g_autoptr (BatonTransferView) view = NULL;
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *words = NULL;
  guint number = baton_transfer_get_number (transfer);

  if (!baton_transfer_get_waits_for_user (transfer))
    withdraw (self, "refer", number);
  if (baton_transfer_get_direction (transfer) != BATON_DIRECTION_OUTGOING || baton_transfer_is_running (transfer)
      || baton_transfer_get_state (transfer) == BATON_TRANSFER_STATE_TAKEN_BACK
      || !g_settings_get_boolean (self->settings, "transfer"))
    return;
  view = baton_transfer_view_new (transfer, self->directory);
  words = baton_format_transfer_line (&view->facts);
  notification = g_notification_new (words);
  g_notification_set_category (notification, "call");
  g_notification_set_default_action (notification, "app.present");
  if (view->facts.state == BATON_TRANSFER_STATE_FAILED)
    g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  post (self, "xfer", number, notification);
}

/* The result is on the row; when its call is over and read, the notification is stale */
static void
on_call_ended (BatonNotifier *self, BatonCall *call)
{
  BatonTransfer *transfer = baton_call_get_transfer (call);

  if (transfer != NULL && baton_transfer_get_state (transfer) == BATON_TRANSFER_STATE_FAILED)
    withdraw (self, "xfer", baton_transfer_get_number (transfer));
}

static void
on_transfer_added (BatonNotifier *self, BatonTransfer *transfer)
{
  g_signal_connect_object (transfer, "notify::state", G_CALLBACK (on_transfer_state), self, G_CONNECT_AFTER);
  g_signal_connect_object (transfer, "notify::waits-for-user", G_CALLBACK (on_transfer_state), self, G_CONNECT_AFTER);
}

void
baton_notifier_ask (BatonNotifier *self, BatonTransfer *transfer)
{
  g_autoptr (BatonTransferView) view = baton_transfer_view_new (transfer, self->directory);
  g_autofree char *title = g_strdup_printf (_("%s wants to connect you to %s"), view->peer, view->target);
  g_autofree char *body = baton_format_address (baton_transfer_get_target_uri (transfer));
  g_autoptr (GNotification) notification = g_notification_new (title);

  if (!g_settings_get_boolean (self->settings, "transfer"))
    return;
  g_notification_set_body (notification, body);
  g_notification_set_category (notification, "call");
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  g_notification_set_default_action (notification, "app.present");
  g_notification_add_button (notification, _("Review"), "app.present");
  g_notification_add_button_with_target (notification, _("Decline"), "app.decline-transfer", "u",
                                         baton_transfer_get_number (transfer));
  post (self, "refer", baton_transfer_get_number (transfer), notification);
}

BatonNotifier *
baton_notifier_new (GApplication *application, BatonEngine *engine, BatonDirectory *directory, GSettings *settings)
{
  BatonNotifier *self = g_object_new (BATON_TYPE_NOTIFIER, NULL);

  g_set_weak_pointer (&self->application, application);
  self->engine = g_object_ref (engine);
  self->directory = g_object_ref (directory);
  self->settings = g_settings_get_child (settings, "notify");
  g_signal_connect_object (baton_engine_get_calls (engine), "call-added", G_CALLBACK (on_call_added), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (baton_engine_get_calls (engine), "call-ended", G_CALLBACK (on_call_ended), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "transfer-added", G_CALLBACK (on_transfer_added), self, G_CONNECT_SWAPPED);
  return self;
}
