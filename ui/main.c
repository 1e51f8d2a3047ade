/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-application.h"
#include "baton-heap.h"

#include <glib/gi18n.h>
#include <locale.h>

int
main (int argc, char **argv)
{
  g_autoptr (BatonApplication) application = NULL;
  int status;

  baton_heap_keep ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, BATON_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  application = baton_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  return status != 0 ? status : baton_application_get_exit_status (application);
}
