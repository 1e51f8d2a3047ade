/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-network-watch.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <gio/gio.h>

/* An interface that comes up gets its addresses one by one. */
#define REST_MS 500

struct _BatonNetworkWatch
{
  GObject parent_instance;

  BatonTimers *timers;
  guint timer;
  char *addresses;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (BatonNetworkWatch, baton_network_watch, G_TYPE_OBJECT)

static int
compare (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

static char *
list_addresses (void)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  struct ifaddrs *first = NULL;

  if (getifaddrs (&first) != 0)
    return NULL;
  for (struct ifaddrs *item = first; item != NULL; item = item->ifa_next)
    {
      int family = item->ifa_addr != NULL ? item->ifa_addr->sa_family : AF_UNSPEC;
      g_autoptr (GSocketAddress) address = NULL;

      if ((family != AF_INET && family != AF_INET6) || !(item->ifa_flags & IFF_UP))
        continue;
      address = g_socket_address_new_from_native (item->ifa_addr, family == AF_INET ? sizeof (struct sockaddr_in)
                                                                                    : sizeof (struct sockaddr_in6));
      if (address != NULL)
        g_ptr_array_add (list, g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))));
    }
  freeifaddrs (first);
  g_ptr_array_sort (list, compare);
  g_ptr_array_add (list, NULL);
  return g_strjoinv (" ", (char **) list->pdata);
}

void
baton_network_watch_check (BatonNetworkWatch *self)
{
  g_autofree char *now = list_addresses ();

  if (now == NULL || g_strcmp0 (now, self->addresses) == 0)
    return;
  g_free (self->addresses);
  self->addresses = g_steal_pointer (&now);
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
on_rest (gpointer data)
{
  g_autoptr (BatonNetworkWatch) self = g_object_ref (data);

  self->timer = 0;
  baton_network_watch_check (self);
  return G_SOURCE_REMOVE;
}

static void
on_network_changed (BatonNetworkWatch *self)
{
  baton_timers_clear (self->timers, &self->timer);
  self->timer = baton_timers_add (self->timers, REST_MS, on_rest, self);
}

static void
baton_network_watch_finalize (GObject *object)
{
  BatonNetworkWatch *self = BATON_NETWORK_WATCH (object);

  baton_timers_clear (self->timers, &self->timer);
  g_object_unref (self->timers);
  g_free (self->addresses);
  G_OBJECT_CLASS (baton_network_watch_parent_class)->finalize (object);
}

static void
baton_network_watch_class_init (BatonNetworkWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = baton_network_watch_finalize;
  changed_signal = g_signal_new ("changed", BATON_TYPE_NETWORK_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
baton_network_watch_init (BatonNetworkWatch *self)
{
}

BatonNetworkWatch *
baton_network_watch_new (BatonTimers *timers)
{
  BatonNetworkWatch *self = g_object_new (BATON_TYPE_NETWORK_WATCH, NULL);

  self->timers = g_object_ref (timers);
  self->addresses = list_addresses ();
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (on_network_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}
