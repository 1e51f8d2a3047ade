/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BATON_TYPE_SOUND_DEVICE (baton_sound_device_get_type ())
G_DECLARE_FINAL_TYPE (BatonSoundDevice, baton_sound_device, BATON, SOUND_DEVICE, GObject)

/**
 * BatonSoundDevice:
 * A speaker or a microphone that this computer has. Properties, read-only: `id` (string, for
 * BatonAudioHub's `input-device`, `output-device`, `ring-device`; empty: whatever is the system's
 * default), `name` (string, for people; NULL for the system's default: the window has its own words
 * for that), `microphone` (gboolean; else it is a speaker), `is-default` (gboolean: the system's).
 */
const char *baton_sound_device_get_id (BatonSoundDevice *self);
const char *baton_sound_device_get_name (BatonSoundDevice *self);
gboolean baton_sound_device_get_microphone (BatonSoundDevice *self);
gboolean baton_sound_device_get_is_default (BatonSoundDevice *self);

#define BATON_TYPE_DEVICE_LIST (baton_device_list_get_type ())
G_DECLARE_FINAL_TYPE (BatonDeviceList, baton_device_list, BATON, DEVICE_LIST, GObject)

/**
 * BatonDeviceList:
 * All speakers and microphones, as a GListModel of BatonSoundDevice that follows what is plugged in
 * and out: GStreamer's device monitor (PulseAudio, PipeWire, ALSA). The first two are the system's
 * default speaker and microphone, with an empty id. Fills up some milliseconds after it was made.
 * What only listens to a speaker (a monitor) is not in it.
 *
 * Signal `device-connected (BatonSoundDevice *)`: came after the first look around: "Headset
 * connected – use it?" Property `ready` (gboolean): the first look is over.
 */
BatonDeviceList *baton_device_list_new (void);
/**
 * baton_device_list_refresh: looks again: GStreamer's monitor hears nothing more after the sound server has restarted,
 * nor always of another default. @quiet: what is found is no news
 */
void baton_device_list_refresh (BatonDeviceList *self, gboolean quiet);
/** Returns: (transfer none) (nullable): the device of that kind and id */
BatonSoundDevice *baton_device_list_find (BatonDeviceList *self, gboolean microphone, const char *id);

G_END_DECLS
