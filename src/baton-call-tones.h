/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-audio-hub.h"
#include "baton-call-manager.h"

G_BEGIN_DECLS

#define BATON_TYPE_CALL_TONES (baton_call_tones_get_type ())
G_DECLARE_FINAL_TYPE (BatonCallTones, baton_call_tones, BATON, CALL_TONES, GObject)

/**
 * BatonCallTones:
 * Which tone the user hears, by the states of the calls: the ring of an incoming call, or the soft
 * one while talking; ring-back while ours rings there without sound of its own; busy, or no way
 * through, for some seconds after a call of ours was refused. One tone at a time. Part of the engine.
 */
BatonCallTones *baton_call_tones_new (BatonCallManager *calls, BatonAudioHub *hub, BatonTimers *timers);
/** baton_call_tones_silence: the ring, until the next call comes */
void baton_call_tones_silence (BatonCallTones *self);

G_END_DECLS
