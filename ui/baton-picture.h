/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** baton_picture_save: writes what @widget shows (a window, a popover) to a PNG file. FALSE while a new frame of it is due: try again then. */
gboolean baton_picture_save (GtkWidget *widget, const char *path);

G_END_DECLS
