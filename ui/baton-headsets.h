/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-account-config.h"
#include "baton-device-list.h"
#include "baton-engine.h"

G_BEGIN_DECLS

#define BATON_TYPE_HEADSETS (baton_headsets_get_type ())
G_DECLARE_FINAL_TYPE (BatonHeadsets, baton_headsets, BATON, HEADSETS, GObject)

/**
 * BatonHeadsets:
 * Which device is used when: a call rings where its account says, and a device that is plugged in
 * during a call is offered. Signal `offer (BatonSoundDevice *)`.
 * @audio: the settings’ child “audio”
 */
BatonHeadsets *baton_headsets_new (BatonEngine *engine, BatonAccountStore *accounts, GSettings *audio);

G_END_DECLS
