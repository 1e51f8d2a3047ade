/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-call-actions.h"

#include "baton-call-view.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

/* Three people in one call, recording, and what else is behind “More” */

/* Returns: (nullable) (transfer none): the consultation of that number, of the call of that number, or any for 0 */
static BatonCall *
find_consultation (BatonWindow *window, GVariant *number)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (baton_window_get_engine (window)));
  guint wanted = g_variant_get_uint32 (number), n = g_list_model_get_n_items (calls);

  for (guint i = n; i > 0; i--)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (calls, i - 1);
      BatonCall *about = baton_call_get_consultation_for (call);

      if (about != NULL && baton_call_get_state (about) == BATON_CALL_STATE_ESTABLISHED
          && baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED
          && (wanted == 0 || wanted == baton_call_get_number (call) || wanted == baton_call_get_number (about)))
        return call; /* the model keeps it */
    }
  return NULL;
}

static void
merge_calls (BatonWindow *window, BatonCall *call, BatonCall *other)
{
  GError *error = NULL;

  if (!baton_call_manager_merge (baton_engine_get_calls (baton_window_get_engine (window)), call, other, &error))
    baton_call_actions_report (window, error);
}

static void
merge (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = find_consultation (data, number);

  if (call != NULL)
    merge_calls (data, baton_call_get_consultation_for (call), call);
}

static void
merge_with (GSimpleAction *action, GVariant *parameters, gpointer data)
{
  g_autoptr (GVariant) first = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) second = g_variant_get_child_value (parameters, 1);
  BatonCall *call = baton_call_actions_find (data, first), *other = baton_call_actions_find (data, second);

  if (call != NULL && other != NULL && call != other)
    merge_calls (data, call, other);
}

/* Back to before: of a consultation the caller waits, and one talks with the other */
static void
split (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCallManager *calls = baton_engine_get_calls (baton_window_get_engine (data));
  BatonCall *consultation = find_consultation (data, number);
  BatonCall *call = consultation != NULL ? baton_call_get_consultation_for (consultation)
                                         : baton_call_actions_find (data, number);
  GError *error = NULL;

  if (call != NULL && !baton_call_manager_split (calls, call, &error))
    baton_call_actions_report (data, error);
}

static void
leave (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *consultation = find_consultation (data, number);
  BatonCall *call = consultation != NULL ? baton_call_get_consultation_for (consultation)
                                         : baton_call_actions_find (data, number);
  GError *error = NULL;

  if (call != NULL && baton_engine_leave (baton_window_get_engine (data), call, &error) == NULL)
    baton_call_actions_report (data, error);
}

/* A name from the network becomes part of a file's name: letters and digits of it, and no more than 40 */
static char *
make_path (BatonWindow *window, BatonCall *call, GError **error)
{
  const char *music = g_get_user_special_dir (G_USER_DIRECTORY_MUSIC);
  g_autofree char *folder = g_build_filename (music != NULL ? music : g_get_user_data_dir (), "Baton", NULL);
  g_autofree char *peer = baton_directory_dup_call_name (baton_window_get_directory (window), call);
  g_autoptr (GString) name = g_string_new (NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *clock = g_date_time_format (now, "%Y-%m-%d %H.%M.%S");
  guint n = 0;

  for (const char *p = peer; *p != '\0' && n < 40; p = g_utf8_next_char (p))
    if (g_unichar_isalnum (g_utf8_get_char (p)) || *p == ' ' || *p == '-')
      {
        g_string_append_unichar (name, g_utf8_get_char (p));
        n++;
      }
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   _("The folder %s for recordings can’t be made."), folder);
      return NULL;
    }
  g_string_prepend_c (name, ' ');
  g_string_prepend (name, clock);
  g_string_append (name, ".wav");
  return g_build_filename (folder, name->str, NULL);
}

static void
record (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = baton_call_actions_find (data, number);
  g_autofree char *path = NULL, *words = NULL;
  GError *error = NULL;

  if (call == NULL)
    return;
  if (baton_call_get_recording (call) != NULL)
    {
      path = g_path_get_basename (baton_call_get_recording (call));
      if (baton_call_stop_recording (call, &error))
        words = g_strdup_printf (_("Recording saved: %s"), path);
    }
  else
    {
      path = make_path (data, call, &error);
      if (path != NULL && baton_call_start_recording (call, path, &error))
        words = g_strdup (_("Recording. Tell the other side: in many countries you have to."));
    }
  if (error != NULL)
    baton_call_actions_report (data, error);
  else if (words != NULL)
    baton_window_toast (data, words);
}

static void
quality (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = baton_call_actions_find (data, number);

  if (call == NULL)
    return;
  baton_call_list_select (baton_window_get_calls (data), call);
  baton_window_show_details (data);
}

static void
copy_address (GSimpleAction *action, GVariant *number, gpointer data)
{
  BatonCall *call = baton_call_actions_find (data, number);
  g_autofree char *address = call != NULL ? baton_format_address (baton_call_get_remote_uri (call)) : NULL;

  if (address == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (data)), address);
  baton_window_toast (data, _("Address copied"));
}

void
baton_more_actions_install (BatonWindow *window)
{
  static const GActionEntry entries[] = {
    { "merge", merge, "u", NULL, NULL },
    { "merge-with", merge_with, "(uu)", NULL, NULL },
    { "split", split, "u", NULL, NULL },
    { "leave", leave, "u", NULL, NULL },
    { "record", record, "u", NULL, NULL },
    { "quality", quality, "u", NULL, NULL },
    { "copy-address", copy_address, "u", NULL, NULL },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
}
