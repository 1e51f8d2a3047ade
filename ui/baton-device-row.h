/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-device-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BATON_TYPE_DEVICE_ROW (baton_device_row_get_type ())
G_DECLARE_FINAL_TYPE (BatonDeviceRow, baton_device_row, BATON, DEVICE_ROW, AdwComboRow)

/**
 * BatonDeviceRow:
 * A choice of one microphone or one speaker that follows what is plugged in and out. Property
 * `device` (string, read-write, empty: the first entry), which can be bound to a setting. One that is
 * chosen and not there stays in the list, and chosen.
 */

/** @devices: (nullable): without any, there is the first entry alone; @first: the words of the empty choice */
void baton_device_row_set_devices (BatonDeviceRow *self, BatonDeviceList *devices, gboolean microphone,
                                   const char *first);

G_END_DECLS
