/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-timers.h"

G_BEGIN_DECLS

#define BATON_TYPE_NETWORK_WATCH (baton_network_watch_get_type ())
G_DECLARE_FINAL_TYPE (BatonNetworkWatch, baton_network_watch, BATON, NETWORK_WATCH, GObject)

/**
 * BatonNetworkWatch:
 * Tells when this computer has got other addresses: another network, a cable, a VPN. Signal `changed ()`,
 * once the changes have come to rest; a route alone changes nothing.
 */
BatonNetworkWatch *baton_network_watch_new (BatonTimers *timers);

/** baton_network_watch_check: looks whether they are other ones than before; the monitor's signal does no more */
void baton_network_watch_check (BatonNetworkWatch *self);

G_END_DECLS
