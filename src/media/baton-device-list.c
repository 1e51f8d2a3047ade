/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-device-list.h"

#include <gst/gst.h>

/* ---- One device ---- */

struct _BatonSoundDevice
{
  GObject parent_instance;

  char *id, *name;
  gboolean microphone, is_default;
};

enum
{
  DEVICE_PROP_ID = 1,
  DEVICE_PROP_NAME,
  DEVICE_PROP_MICROPHONE,
  DEVICE_PROP_IS_DEFAULT,
  N_DEVICE_PROPS
};

static GParamSpec *device_props[N_DEVICE_PROPS];

G_DEFINE_FINAL_TYPE (BatonSoundDevice, baton_sound_device, G_TYPE_OBJECT)

static void
baton_sound_device_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonSoundDevice *self = BATON_SOUND_DEVICE (object);

  switch (id)
    {
    case DEVICE_PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case DEVICE_PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case DEVICE_PROP_MICROPHONE:
      g_value_set_boolean (value, self->microphone);
      break;
    case DEVICE_PROP_IS_DEFAULT:
      g_value_set_boolean (value, self->is_default);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_sound_device_finalize (GObject *object)
{
  BatonSoundDevice *self = BATON_SOUND_DEVICE (object);

  g_free (self->id);
  g_free (self->name);
  G_OBJECT_CLASS (baton_sound_device_parent_class)->finalize (object);
}

static void
baton_sound_device_class_init (BatonSoundDeviceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags fact = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = baton_sound_device_get_property;
  object_class->finalize = baton_sound_device_finalize;
  device_props[DEVICE_PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, fact);
  device_props[DEVICE_PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, fact);
  device_props[DEVICE_PROP_MICROPHONE] = g_param_spec_boolean ("microphone", NULL, NULL, FALSE, fact);
  device_props[DEVICE_PROP_IS_DEFAULT] = g_param_spec_boolean ("is-default", NULL, NULL, FALSE, fact);
  g_object_class_install_properties (object_class, N_DEVICE_PROPS, device_props);
}

static void
baton_sound_device_init (BatonSoundDevice *self)
{
}

const char *
baton_sound_device_get_id (BatonSoundDevice *self)
{
  g_return_val_if_fail (BATON_IS_SOUND_DEVICE (self), NULL);
  return self->id;
}

const char *
baton_sound_device_get_name (BatonSoundDevice *self)
{
  g_return_val_if_fail (BATON_IS_SOUND_DEVICE (self), NULL);
  return self->name;
}

gboolean
baton_sound_device_get_microphone (BatonSoundDevice *self)
{
  g_return_val_if_fail (BATON_IS_SOUND_DEVICE (self), FALSE);
  return self->microphone;
}

gboolean
baton_sound_device_get_is_default (BatonSoundDevice *self)
{
  g_return_val_if_fail (BATON_IS_SOUND_DEVICE (self), FALSE);
  return self->is_default;
}

static BatonSoundDevice *
make_default (gboolean microphone)
{
  BatonSoundDevice *self = g_object_new (BATON_TYPE_SOUND_DEVICE, NULL);

  self->id = g_strdup ("");
  self->microphone = microphone;
  return self;
}

static char *
dup_id (GstDevice *device, const GstStructure *facts)
{
  const char *alsa = facts != NULL ? gst_structure_get_string (facts, "device.string") : NULL;
  char *id = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (device), "internal-name") != NULL)
    g_object_get (device, "internal-name", &id, NULL);
  if (id == NULL)
    id = g_strdup (alsa);
  return id;
}

/* Returns: (nullable): NULL for what isn't for people */
static BatonSoundDevice *
make_device (GstDevice *device)
{
  g_autoptr (GstStructure) facts = gst_device_get_properties (device);
  const char *kind = facts != NULL ? gst_structure_get_string (facts, "device.class") : NULL;
  g_autofree char *id = dup_id (device, facts);
  BatonSoundDevice *self;

  if (id == NULL || id[0] == '\0' || g_strcmp0 (kind, "monitor") == 0)
    return NULL;
  self = g_object_new (BATON_TYPE_SOUND_DEVICE, NULL);
  self->id = g_steal_pointer (&id);
  self->name = gst_device_get_display_name (device);
  self->microphone = gst_device_has_classes (device, "Source");
  if (facts != NULL)
    gst_structure_get_boolean (facts, "is-default", &self->is_default);
  return self;
}

/* ---- All of them ---- */

struct _BatonDeviceList
{
  GObject parent_instance;

  GPtrArray *devices;
  GstDeviceMonitor *monitor;
  GCancellable *cancellable;
  guint watch;
  gboolean ready, looking, again, quiet;
};

enum
{
  PROP_READY = 1,
  N_PROPS
};

enum
{
  DEVICE_CONNECTED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return BATON_TYPE_SOUND_DEVICE;
}

static guint
get_n_items (GListModel *model)
{
  return BATON_DEVICE_LIST (model)->devices->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  BatonDeviceList *self = BATON_DEVICE_LIST (model);

  return position < self->devices->len ? g_object_ref (self->devices->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonDeviceList, baton_device_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static gboolean
find (BatonDeviceList *self, gboolean microphone, const char *id, guint *position)
{
  for (guint i = 0; i < self->devices->len; i++)
    {
      BatonSoundDevice *device = self->devices->pdata[i];

      if (device->microphone == microphone && g_strcmp0 (device->id, id) == 0)
        {
          *position = i;
          return TRUE;
        }
    }
  return FALSE;
}

BatonSoundDevice *
baton_device_list_find (BatonDeviceList *self, gboolean microphone, const char *id)
{
  guint position;

  g_return_val_if_fail (BATON_IS_DEVICE_LIST (self), NULL);
  return find (self, microphone, id != NULL ? id : "", &position) ? self->devices->pdata[position] : NULL;
}

/* @news: somebody may be asked whether to use it */
static void
add (BatonDeviceList *self, GstDevice *source, gboolean news)
{
  g_autoptr (BatonSoundDevice) device = make_device (source);
  guint position;

  if (device == NULL)
    return;
  if (find (self, device->microphone, device->id, &position)) /* by two providers, or it became the default */
    {
      BatonSoundDevice *known = self->devices->pdata[position];

      if (known->is_default != device->is_default)
        {
          known->is_default = device->is_default;
          g_object_notify_by_pspec (G_OBJECT (known), device_props[DEVICE_PROP_IS_DEFAULT]);
        }
      return;
    }
  g_ptr_array_add (self->devices, g_object_ref (device));
  g_list_model_items_changed (G_LIST_MODEL (self), self->devices->len - 1, 0, 1);
  if (news)
    g_signal_emit (self, signals[DEVICE_CONNECTED], 0, device);
}

static void
drop (BatonDeviceList *self, guint position)
{
  g_ptr_array_remove_index (self->devices, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  g_autoptr (BatonDeviceList) self = g_object_ref (data);
  g_autoptr (GstDevice) source = NULL, before = NULL;
  g_autoptr (BatonSoundDevice) device = NULL;
  guint position;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_DEVICE_ADDED)
    {
      gst_message_parse_device_added (message, &source);
      add (self, source, self->ready && !self->quiet);
    }
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_DEVICE_CHANGED)
    {
      gst_message_parse_device_changed (message, &source, &before);
      add (self, source, FALSE);
    }
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_DEVICE_REMOVED)
    {
      gst_message_parse_device_removed (message, &source);
      device = make_device (source);
      if (device != NULL && find (self, device->microphone, device->id, &position))
        drop (self, position);
    }
  return G_SOURCE_CONTINUE;
}

typedef struct
{
  GstDeviceMonitor *before, *next;
} Monitors;

static void
monitors_free (gpointer data)
{
  Monitors *monitors = data;

  gst_clear_object (&monitors->before);
  gst_clear_object (&monitors->next);
  g_free (monitors);
}

/* --- looking around; in a thread, because the sound server may take its time --- */

static void
stop_monitor (gpointer data)
{
  GstDeviceMonitor *monitor = data;

  gst_device_monitor_stop (monitor);
  gst_object_unref (monitor);
}

static void
stop_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  gst_device_monitor_stop (data);
  g_task_return_boolean (task, TRUE);
}

static void
start_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Monitors *monitors = data;
  GstDeviceMonitor *monitor = gst_object_ref (monitors->next);

  if (monitors->before != NULL) /* first: they share their providers, and one that goes on has old news */
    gst_device_monitor_stop (monitors->before);
  if (!gst_device_monitor_start (monitor))
    g_info ("no provider of devices could be started");
  g_task_return_pointer (task, monitor, stop_monitor);
}

static void
let_go (BatonDeviceList *self)
{
  g_autoptr (GTask) task = NULL;

  g_clear_handle_id (&self->watch, g_source_remove);
  if (self->monitor == NULL)
    return;
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_task_data (task, g_steal_pointer (&self->monitor), gst_object_unref);
  g_task_run_in_thread (task, stop_in_thread);
}

static void look (BatonDeviceList *self);

/* The list is not the task's source: the thread may be the last to let go of that, and it would end there. */
static GWeakRef *
weak_new (BatonDeviceList *self)
{
  GWeakRef *weak = g_new (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  return weak;
}

static BatonDeviceList *
weak_steal (GWeakRef *weak)
{
  BatonDeviceList *self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  return self;
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BatonDeviceList) self = weak_steal (data);
  GstDeviceMonitor *monitor = g_task_propagate_pointer (G_TASK (result), &error);
  GList *found;

  if (self == NULL || monitor == NULL) /* the list went away meanwhile, and has cancelled this */
    return;
  self->looking = FALSE;
  self->monitor = monitor;
  if (self->again)
    {
      look (self);
      return;
    }
  found = gst_device_monitor_get_devices (monitor);
  for (guint i = self->devices->len; i > 2; i--)
    {
      gboolean still = FALSE;

      for (GList *at = found; at != NULL && !still; at = at->next)
        {
          g_autoptr (BatonSoundDevice) device = make_device (at->data);
          BatonSoundDevice *known = self->devices->pdata[i - 1];

          still = device != NULL && device->microphone == known->microphone && g_str_equal (device->id, known->id);
        }
      if (!still)
        drop (self, i - 1);
    }
  for (GList *at = found; at != NULL; at = at->next)
    add (self, at->data, self->ready && !self->quiet);
  g_list_free_full (found, gst_object_unref);
  self->quiet = FALSE;
  if (!self->ready)
    {
      self->ready = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY]);
    }
}

static void
look (BatonDeviceList *self)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GstBus) bus = NULL;
  GstDeviceMonitor *monitor;
  Monitors *monitors;

  self->again = self->looking;
  if (self->looking)
    return;
  g_clear_handle_id (&self->watch, g_source_remove);
  self->looking = TRUE;
  monitors = g_new0 (Monitors, 1);
  monitors->before = g_steal_pointer (&self->monitor);
  monitors->next = monitor = gst_device_monitor_new ();
  gst_device_monitor_add_filter (monitor, "Audio/Sink", NULL);
  gst_device_monitor_add_filter (monitor, "Audio/Source", NULL);
  bus = gst_device_monitor_get_bus (monitor);
  self->watch = gst_bus_add_watch (bus, on_message, self);
  task = g_task_new (NULL, self->cancellable, on_started, weak_new (self));
  g_task_set_task_data (task, monitors, monitors_free);
  g_task_run_in_thread (task, start_in_thread);
}

void
baton_device_list_refresh (BatonDeviceList *self, gboolean quiet)
{
  g_return_if_fail (BATON_IS_DEVICE_LIST (self));
  self->quiet = self->quiet || quiet;
  look (self);
}

static void
baton_device_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_READY:
      g_value_set_boolean (value, BATON_DEVICE_LIST (object)->ready);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_device_list_dispose (GObject *object)
{
  BatonDeviceList *self = BATON_DEVICE_LIST (object);

  g_cancellable_cancel (self->cancellable);
  let_go (self);
  G_OBJECT_CLASS (baton_device_list_parent_class)->dispose (object);
}

static void
baton_device_list_finalize (GObject *object)
{
  BatonDeviceList *self = BATON_DEVICE_LIST (object);

  g_ptr_array_unref (self->devices);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (baton_device_list_parent_class)->finalize (object);
}

/*
 * PipeWire's own provider (0.3.65) frees its proxies a second time when it is stopped after its server has gone. What it
 * lists comes by PulseAudio's provider too, from the same server, and with the default.
 */
static void
leave_out_pipewire (void)
{
  g_autoptr (GstPluginFeature) provider = gst_registry_lookup_feature (gst_registry_get (), "pipewiredeviceprovider");

  if (provider != NULL)
    gst_plugin_feature_set_rank (provider, GST_RANK_NONE);
}

static void
baton_device_list_class_init (BatonDeviceListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  leave_out_pipewire ();
  object_class->get_property = baton_device_list_get_property;
  object_class->dispose = baton_device_list_dispose;
  object_class->finalize = baton_device_list_finalize;
  props[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE,
                                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[DEVICE_CONNECTED] = g_signal_new ("device-connected", BATON_TYPE_DEVICE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, BATON_TYPE_SOUND_DEVICE);
}

static void
baton_device_list_init (BatonDeviceList *self)
{
  self->devices = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
  g_ptr_array_add (self->devices, make_default (FALSE));
  g_ptr_array_add (self->devices, make_default (TRUE));
}

BatonDeviceList *
baton_device_list_new (void)
{
  BatonDeviceList *self = g_object_new (BATON_TYPE_DEVICE_LIST, NULL);

  look (self);
  return self;
}
