/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-headsets.h"

#include "baton-audio-hub.h"

struct _BatonHeadsets
{
  GObject parent_instance;

  BatonAudioHub *hub;
  BatonAccountStore *accounts;
  GSettings *audio;
  gboolean watches; /* what is plugged in: from the first call on, for looking costs a thread */
};

G_DEFINE_FINAL_TYPE (BatonHeadsets, baton_headsets, G_TYPE_OBJECT)

enum
{
  OFFER,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
baton_headsets_dispose (GObject *object)
{
  BatonHeadsets *self = BATON_HEADSETS (object);

  g_clear_object (&self->hub);
  g_clear_object (&self->accounts);
  g_clear_object (&self->audio);
  G_OBJECT_CLASS (baton_headsets_parent_class)->dispose (object);
}

static void
baton_headsets_class_init (BatonHeadsetsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_headsets_dispose;
  signals[OFFER] = g_signal_new ("offer", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, BATON_TYPE_SOUND_DEVICE);
}

static void
baton_headsets_init (BatonHeadsets *self)
{
}

static void
on_connected (BatonHeadsets *self, BatonSoundDevice *device)
{
  g_signal_emit (self, signals[OFFER], 0, device);
}

/* Returns: (transfer full): where calls for that account ring */
static char *
find_ring_device (BatonHeadsets *self, BatonAccount *account)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccountConfig) config = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
      g_autofree char *device = NULL;

      if (g_strcmp0 (baton_account_config_get_id (config), baton_account_get_id (account)) != 0)
        continue;
      g_object_get (config, "ring-device", &device, NULL);
      if (device != NULL && device[0] != '\0')
        return g_steal_pointer (&device);
    }
  return g_settings_get_string (self->audio, "ring-device");
}

static void
on_call_added (BatonHeadsets *self, BatonCall *call)
{
  g_autofree char *device = NULL;

  if (!self->watches)
    {
      self->watches = TRUE;
      baton_audio_hub_get_devices (self->hub);
    }
  if (baton_call_get_state (call) != BATON_CALL_STATE_INCOMING)
    return;
  device = find_ring_device (self, baton_call_get_account (call));
  g_object_set (self->hub, "ring-device", device, NULL);
}

BatonHeadsets *
baton_headsets_new (BatonEngine *engine, BatonAccountStore *accounts, GSettings *audio)
{
  BatonHeadsets *self = g_object_new (BATON_TYPE_HEADSETS, NULL);
  BatonMediaFactory *factory = baton_engine_get_media_factory (engine);

  if (!BATON_IS_AUDIO_HUB (factory))
    return self;
  self->hub = BATON_AUDIO_HUB (g_object_ref (factory));
  self->accounts = g_object_ref (accounts);
  self->audio = g_object_ref (audio);
  g_signal_connect_object (self->hub, "device-connected", G_CALLBACK (on_connected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (baton_engine_get_calls (engine), "call-added", G_CALLBACK (on_call_added), self,
                           G_CONNECT_SWAPPED);
  return self;
}
