/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-device-row.h"

#include "baton-a11y.h"
#include "baton-format.h"

#include <glib/gi18n.h>

#define NAME_MAX_CHARS 60

struct _BatonDeviceRow
{
  AdwComboRow parent_instance;

  BatonDeviceList *devices;
  gboolean microphone;
  char *first, *device;
  GPtrArray *ids; /* of the entries */
  gboolean quiet; /* we change the entries */
};

G_DEFINE_FINAL_TYPE (BatonDeviceRow, baton_device_row, ADW_TYPE_COMBO_ROW)

enum
{
  PROP_DEVICE = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
add (BatonDeviceRow *self, GtkStringList *names, const char *id, const char *name)
{
  gtk_string_list_append (names, name);
  g_ptr_array_add (self->ids, g_strdup (id));
}

static void
list (BatonDeviceRow *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint n = self->devices != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->devices)) : 0, selected = 0;

  g_ptr_array_set_size (self->ids, 0);
  add (self, names, "", self->first != NULL ? self->first : _("System default"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonSoundDevice) device = g_list_model_get_item (G_LIST_MODEL (self->devices), i);
      g_autofree char *name = baton_format_clean (baton_sound_device_get_name (device), NAME_MAX_CHARS);
      const char *id = baton_sound_device_get_id (device);

      if (baton_sound_device_get_microphone (device) == self->microphone && id != NULL && id[0] != '\0')
        add (self, names, id, name);
    }
  for (guint i = 0; i < self->ids->len; i++)
    if (g_strcmp0 (self->ids->pdata[i], self->device) == 0)
      selected = i;
  if (selected == 0 && self->device[0] != '\0')
    {
      g_autofree char *clean = baton_format_clean (self->device, NAME_MAX_CHARS);
      /* Translators: a device that is not plugged in */
      g_autofree char *name = g_strdup_printf (_("%s (not there)"), clean);

      selected = self->ids->len;
      add (self, names, self->device, name);
    }
  self->quiet = TRUE;
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (names));
  adw_combo_row_set_selected (ADW_COMBO_ROW (self), selected);
  self->quiet = FALSE;
}

static void
on_selected (BatonDeviceRow *self)
{
  guint selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self));

  if (self->quiet || selected >= self->ids->len || g_strcmp0 (self->ids->pdata[selected], self->device) == 0)
    return;
  g_free (self->device);
  self->device = g_strdup (self->ids->pdata[selected]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DEVICE]);
}

static void
baton_device_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_DEVICE)
    g_value_set_string (value, BATON_DEVICE_ROW (object)->device);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
baton_device_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonDeviceRow *self = BATON_DEVICE_ROW (object);
  const char *device = g_value_get_string (value);

  if (id != PROP_DEVICE)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (g_strcmp0 (self->device, device != NULL ? device : "") == 0)
    return;
  g_free (self->device);
  self->device = g_strdup (device != NULL ? device : "");
  list (self);
  g_object_notify_by_pspec (object, pspec);
}

static void
baton_device_row_finalize (GObject *object)
{
  BatonDeviceRow *self = BATON_DEVICE_ROW (object);

  g_clear_object (&self->devices);
  g_free (self->first);
  g_free (self->device);
  g_ptr_array_unref (self->ids);
  G_OBJECT_CLASS (baton_device_row_parent_class)->finalize (object);
}

static void
baton_device_row_class_init (BatonDeviceRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = baton_device_row_get_property;
  object_class->set_property = baton_device_row_set_property;
  object_class->finalize = baton_device_row_finalize;
  props[PROP_DEVICE] = g_param_spec_string ("device", NULL, NULL, "",
                                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
baton_device_row_init (BatonDeviceRow *self)
{
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->device = g_strdup ("");
  baton_combo_row_keep_value (GTK_WIDGET (self));
  g_signal_connect (self, "notify::selected", G_CALLBACK (on_selected), NULL);
  list (self);
}

void
baton_device_row_set_devices (BatonDeviceRow *self, BatonDeviceList *devices, gboolean microphone, const char *first)
{
  if (self->devices != NULL)
    g_signal_handlers_disconnect_by_func (self->devices, list, self);
  g_set_object (&self->devices, devices);
  self->microphone = microphone;
  g_free (self->first);
  self->first = g_strdup (first);
  if (devices != NULL)
    g_signal_connect_object (devices, "items-changed", G_CALLBACK (list), self, G_CONNECT_SWAPPED);
  list (self);
}
