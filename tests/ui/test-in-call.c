/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-ui.h"

#include "baton-quality-watch.h"
#include "baton-test-notifications.h"

#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

/* What there is to do and to see in a call beside transfers: three people, recording, quality, notifications */

static BatonApplication *app;

static void
test_demo (void)
{
  g_action_group_activate_action (G_ACTION_GROUP (app), "start-demo", NULL);
  baton_test_wait (baton_application_get_demo (app) != NULL && baton_test_ui_shown ("Stop demo"), 10000);
}

/* Returns: what the row of that title shows on its right */
static const char *
detail (const char *title)
{
  GtkWidget *row = baton_test_ui_find (title);

  if (row != NULL && !ADW_IS_ACTION_ROW (row))
    row = gtk_widget_get_ancestor (row, ADW_TYPE_ACTION_ROW);
  return row != NULL ? baton_test_ui_row_value (row) : "";
}

static void
test_quality (void)
{
  static const char *const names[] = { "Call quality", "Codec", "Encryption", "Network path", "Copy report" };

  baton_test_ui_call_demo_peer ("Echo");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    baton_test_wait (baton_test_ui_shown (names[i]), 10000);
  baton_test_wait (baton_test_ui_shown ("Quality rating") && baton_test_ui_shown ("Packet loss")
                     && baton_test_ui_shown ("Jitter"), 10000);
  g_assert_cmpstr (detail ("Codec"), ==, "Opus");
  g_assert_cmpstr (detail ("Network path"), ==, "Direct");
  baton_test_wait (strcmp (detail ("Encryption"), "Encrypted (AES-128 GCM, keys by DTLS)") == 0, 10000);
  g_assert_true (strstr (detail ("Quality rating"), "Good") != NULL);
  baton_test_ui_picture (app, "quality");
  baton_test_ui_click ("Copy report");
  baton_test_ui_hang_up_all ();
}

/* Five bad seconds in a row are said once; less, and what a moved sound counts anew, is not */
static void
test_losses (void)
{
  BatonLossMeter meter = { 0 };
  guint64 received = 0, lost = 0;

  for (guint i = 0; i < 60; i++)
    g_assert_cmpuint (baton_loss_meter_add (&meter, received += 50, lost += i % 5 == 0 ? 0 : 5), ==, 0);
  g_assert_cmpuint (baton_loss_meter_add (&meter, received += 50, lost), ==, 0);
  g_assert_cmpuint (baton_loss_meter_add (&meter, received = 10, lost = 0), ==, 0);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (baton_loss_meter_add (&meter, received += 46, lost += 4), ==, 0);
  g_assert_cmpuint (baton_loss_meter_add (&meter, received += 46, lost += 4), ==, 8);
  g_assert_cmpuint (baton_loss_meter_add (&meter, received += 46, lost += 4), ==, 0);
}

/* A headset comes during a call */
static void
test_headset (void)
{
  g_autoptr (GSettings) audio = g_settings_get_child (baton_application_get_settings (app), "audio");
  g_autofree char *chosen = NULL;

  g_action_group_activate_action (G_ACTION_GROUP (app), "use-device", g_variant_new ("(bs)", FALSE, "my-headset"));
  chosen = g_settings_get_string (audio, "output-device");
  g_assert_cmpstr (chosen, ==, "my-headset");
  g_settings_reset (audio, "output-device");
}

static gboolean
merged (void)
{
  gboolean is = FALSE;

  if (baton_test_ui_newest_call () != NULL)
    g_object_get (baton_test_ui_newest_call (), "merged", &is, NULL);
  return is;
}

static void
test_three (void)
{
  guint number = baton_test_ui_call_demo_peer ("Echo");

  baton_test_ui_act ("consult-to", g_variant_new ("(us)", number, "Carol"));
  baton_test_wait (baton_test_ui_shown ("Merge all three"), 10000);
  baton_test_ui_click ("Merge all three");
  baton_test_wait (merged () && baton_test_ui_shown ("Leave and connect them"), 10000);
  g_assert_true (baton_test_ui_shown ("Split"));
  g_assert_false (baton_test_ui_shown ("Complete transfer"));
  baton_test_wait (baton_test_ui_shown ("Echo, Carol and you") || baton_test_ui_shown ("Consultation about Echo"), 5000);
  baton_test_ui_picture (app, "merged");
  baton_test_ui_click ("Split");
  baton_test_wait (!merged () && baton_test_ui_shown ("Complete transfer"), 10000);
  g_assert_cmpuint (baton_test_ui_count_calls (), ==, 2);
  baton_test_ui_click ("Merge all three");
  baton_test_wait (merged (), 10000);
  baton_test_ui_click ("Leave and connect them");
  baton_test_ui_act ("transfer-now", g_variant_new_uint32 (number));
  baton_test_wait (baton_test_ui_count_calls () == 0, 60000);
  baton_test_ui_dismiss_all ();
}

static void
test_more (void)
{
  guint number = baton_test_ui_call_demo_peer ("Echo");
  BatonCall *call = baton_test_ui_newest_call ();
  g_autofree char *path = NULL;
  GStatBuf info;

  g_assert_true (baton_test_ui_shown ("More for Echo"));
  baton_test_ui_click ("More for Echo");
  baton_test_wait (baton_test_ui_find_typed ("More for Echo", GTK_TYPE_POPOVER_MENU) != NULL, 5000);
  baton_test_ui_act ("record", g_variant_new_uint32 (number));
  baton_test_wait (baton_call_get_recording (call) != NULL, 5000);
  path = g_strdup (baton_call_get_recording (call));
  g_assert_true (g_str_has_suffix (path, " Echo.wav"));
  baton_test_wait (baton_test_ui_shown ("Echo: 0:00 · Not encrypted · Recording")
                     || baton_test_ui_shown ("Echo: 0:01 · Not encrypted · Recording")
                     || baton_test_ui_shown ("Echo: 0:00 · Encrypted · Recording")
                     || baton_test_ui_shown ("Echo: 0:01 · Encrypted · Recording"), 5000);
  baton_test_ui_picture (app, "recording");
  baton_test_ui_act ("record", g_variant_new_uint32 (number));
  baton_test_wait (baton_call_get_recording (call) == NULL, 5000);
  baton_test_wait (g_stat (path, &info) == 0, 5000);
  g_assert_cmpint (info.st_mode & 0077, ==, 0); /* for nobody else's eyes */
  g_unlink (path);
  baton_test_ui_hang_up_all ();
}

/* The buttons of a notification do what they say, and it goes when the call does */
static void
test_notifications (void)
{
  BatonAccount *account = baton_window_get_account (baton_application_get_window (app));
  const char *address = baton_sip_identity_get_address (baton_account_get_identity (account));

  baton_demo_call_me (baton_application_get_demo (app), "Carol", address);
  baton_test_wait (baton_test_notifications_shown ("Carol", "Answer"), 10000);
  g_assert_true (baton_test_notifications_press ("Carol", "Answer"));
  baton_test_wait (baton_test_ui_is_talking (), 10000);
  baton_test_wait (!baton_test_notifications_shown ("Carol", NULL), 10000);
  baton_test_ui_hang_up_all ();

  baton_demo_call_me (baton_application_get_demo (app), "Carol", address);
  baton_test_wait (baton_test_notifications_shown ("Carol", "Decline"), 10000);
  g_assert_true (baton_test_notifications_press ("Carol", "Decline"));
  baton_test_wait (baton_test_ui_count_calls () == 0, 10000);
  baton_test_wait (!baton_test_notifications_shown ("Carol", NULL), 10000);
  baton_test_settle (200);
  g_assert_false (baton_test_notifications_shown ("Missed call from Carol", NULL));
  baton_test_ui_dismiss_all ();
}

/* How long a turn of the main loop takes while all that goes on: told, for a busy machine would make a limit lie */
typedef struct
{
  GSource source;
  gint64 woken, longest;         /* µs as a person has them */
  gint64 cpu_woken, cpu_longest; /* µs that this thread worked: what other programs take is not in it */
} Watcher;

static gint64
cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gboolean
watcher_prepare (GSource *source, int *timeout)
{
  Watcher *self = (Watcher *) source;
  gint64 now = g_get_monotonic_time ();

  if (self->woken != 0)
    {
      self->longest = MAX (self->longest, now - self->woken);
      self->cpu_longest = MAX (self->cpu_longest, cpu_time () - self->cpu_woken);
    }
  self->woken = 0;
  *timeout = -1;
  return FALSE;
}

static gboolean
watcher_check (GSource *source)
{
  ((Watcher *) source)->woken = g_get_monotonic_time ();
  ((Watcher *) source)->cpu_woken = cpu_time ();
  return FALSE;
}

static gboolean
watcher_dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* A call, a consultation and its completion; the window is shown or not. Returns: as Watcher has it */
static Watcher
watch_story (gboolean shown)
{
  static GSourceFuncs funcs = { watcher_prepare, watcher_check, watcher_dispatch, NULL, NULL, NULL };
  GSource *source = g_source_new (&funcs, sizeof (Watcher));
  Watcher seen;
  guint number;

  gtk_widget_set_visible (GTK_WIDGET (baton_application_get_window (app)), shown);
  baton_test_settle (500);
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_attach (source, NULL);
  number = baton_test_ui_call_demo_peer ("Echo");
  baton_test_settle (1000);
  baton_test_ui_act ("consult-to", g_variant_new ("(us)", number, "Carol"));
  baton_test_wait (baton_test_ui_count_calls () == 2 && baton_test_ui_is_talking (), 10000);
  baton_test_ui_act ("complete", g_variant_new_uint32 (number));
  baton_test_wait (baton_test_ui_count_calls () == 0, 60000);
  seen = *(Watcher *) source;
  g_source_destroy (source);
  g_source_unref (source);
  baton_test_ui_dismiss_all ();
  gtk_widget_set_visible (GTK_WIDGET (baton_application_get_window (app)), TRUE);
  return seen;
}

static void
test_main_loop (void)
{
  static const char *const cases[] = { "while nothing is drawn", "with all that cairo draws" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Watcher seen = watch_story (i == 1);

      g_test_message ("longest turn of the main loop %s: %.1f ms, of which it worked %.1f ms at most", cases[i],
                      seen.longest / 1000.0, seen.cpu_longest / 1000.0);
    }
}

int
main (int argc, char **argv)
{
  app = baton_test_ui_start (&argc, &argv);
  g_test_add_func ("/in-call/demo", test_demo);
  g_test_add_func ("/in-call/quality", test_quality);
  g_test_add_func ("/in-call/losses", test_losses);
  g_test_add_func ("/in-call/headset", test_headset);
  g_test_add_func ("/in-call/three", test_three);
  g_test_add_func ("/in-call/more", test_more);
  g_test_add_func ("/in-call/notifications", test_notifications);
  g_test_add_func ("/in-call/main-loop", test_main_loop);
  return baton_test_ui_run ();
}
