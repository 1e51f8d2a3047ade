/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-notifications.h"

#define PATH "/org/freedesktop/Notifications"
#define NAME "org.freedesktop.Notifications"

typedef struct
{
  guint id;
  char *title;
  GStrv actions; /* key, label, key, label, … */
} Notification;

static GDBusConnection *connection;
static GPtrArray *shown;
static guint last_id;

static const char introspection[] =
  "<node><interface name='" NAME "'>"
  "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
  "<method name='GetServerInformation'><arg type='s' direction='out'/><arg type='s' direction='out'/>"
  "<arg type='s' direction='out'/><arg type='s' direction='out'/></method>"
  "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
  "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>"
  "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
  "<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>"
  "<signal name='NotificationClosed'><arg type='u'/><arg type='u'/></signal>"
  "</interface></node>";

static void
notification_free (gpointer data)
{
  Notification *self = data;

  g_free (self->title);
  g_strfreev (self->actions);
  g_free (self);
}

static Notification *
find_id (guint id)
{
  for (guint i = 0; i < shown->len; i++)
    if (((Notification *) shown->pdata[i])->id == id)
      return shown->pdata[i];
  return NULL;
}

static guint
notify (GVariant *parameters)
{
  Notification *self;
  guint replaces;
  const char *title;
  GStrv actions;

  g_variant_get (parameters, "(&su&s&s&s^asa{sv}i)", NULL, &replaces, NULL, &title, NULL, &actions, NULL, NULL);
  self = replaces != 0 ? find_id (replaces) : NULL;
  if (self == NULL)
    {
      self = g_new0 (Notification, 1);
      self->id = ++last_id;
      g_ptr_array_add (shown, self);
    }
  g_free (self->title);
  g_strfreev (self->actions);
  self->title = g_strdup (title);
  self->actions = actions;
  return self->id;
}

static void
on_method (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method,
           GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  static const char *const capabilities[] = { "actions", "body", NULL };
  guint id;

  if (g_str_equal (method, "GetCapabilities"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(^as)", capabilities));
  else if (g_str_equal (method, "GetServerInformation"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(ssss)", "test", "test", "1", "1.2"));
  else if (g_str_equal (method, "Notify"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", notify (parameters)));
  else
    {
      g_variant_get (parameters, "(u)", &id);
      if (find_id (id) != NULL)
        g_ptr_array_remove (shown, find_id (id));
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

void
baton_test_notifications_start (void)
{
  static const GDBusInterfaceVTable table = { on_method, NULL, NULL, { NULL } };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (introspection, NULL);
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;

  shown = g_ptr_array_new_with_free_func (notification_free);
  connection = g_dbus_connection_new_for_address_sync (
    address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
    &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (connection, PATH, info->interfaces[0], &table, NULL, NULL, &error);
  g_assert_no_error (error);
  reply = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName", g_variant_new ("(su)", NAME, 4), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, 5000, NULL, &error);
  g_assert_no_error (error);
}

void
baton_test_notifications_stop (void)
{
  g_clear_object (&connection);
  g_clear_pointer (&shown, g_ptr_array_unref);
}

static Notification *
find_title (const char *title)
{
  for (guint i = 0; i < shown->len; i++)
    if (g_str_equal (((Notification *) shown->pdata[i])->title, title))
      return shown->pdata[i];
  return NULL;
}

static const char *
find_action (Notification *self, const char *button)
{
  for (guint i = 0; self->actions[i] != NULL && self->actions[i + 1] != NULL; i += 2)
    if (g_str_equal (self->actions[i + 1], button))
      return self->actions[i];
  return NULL;
}

gboolean
baton_test_notifications_shown (const char *title, const char *button)
{
  Notification *self = find_title (title);

  return self != NULL && (button == NULL || find_action (self, button) != NULL);
}

gboolean
baton_test_notifications_press (const char *title, const char *button)
{
  Notification *self = find_title (title);
  const char *action = self != NULL ? find_action (self, button) : NULL;

  return action != NULL
         && g_dbus_connection_emit_signal (connection, NULL, PATH, NAME, "ActionInvoked",
                                           g_variant_new ("(us)", self->id, action), NULL);
}
