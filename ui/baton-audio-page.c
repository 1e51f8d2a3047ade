/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-audio-page.h"

#include "baton-a11y.h"
#include "baton-audio-hub.h"
#include "baton-device-row.h"

#include <glib/gi18n.h>

#define METER_MS 50        /* 20 times a second */
#define TEST_SOUND_MS 1500
#define LOOP_DELAY_MS 3000 /* as long as baton_audio_hub_set_echo_test() holds it back */
#define QUIETEST_DB -60.0

struct _BatonAudioPage
{
  AdwPreferencesPage parent_instance;

  BatonApplication *application; /* weak */
  BatonAudioHub *hub;            /* (nullable): without sound there is none */
  GSettings *audio;
  guint meter_timer, test_timer;
  double loudest; /* dBFS of the microphone while it is tried */
  gboolean plays;

  GtkWidget *output, *speaker_level, *input, *microphone_volume, *microphone_level, *echo, *noise, *gain;
  GtkWidget *ring, *also_ring, *ring_volume, *waiting_volume, *test_sound, *loop, *echo_call, *result;
};

G_DEFINE_FINAL_TYPE (BatonAudioPage, baton_audio_page, ADW_TYPE_PREFERENCES_PAGE)

static void
show_result (BatonAudioPage *self, const char *words)
{
  gtk_label_set_text (GTK_LABEL (self->result), words);
  baton_a11y_set_name (self->result, _("Audio test result"));
  baton_a11y_set_description (self->result, words);
}

/* ---- Levels ---- */

static double
read_level (BatonAudioPage *self, const char *property, GtkWidget *meter)
{
  double db = QUIETEST_DB;

  g_object_get (self->hub, property, &db, NULL);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (meter), CLAMP ((db - QUIETEST_DB) / -QUIETEST_DB, 0, 1));
  return db;
}

static gboolean
on_meter (gpointer data)
{
  BatonAudioPage *self = data;

  self->loudest = MAX (self->loudest, read_level (self, "microphone-level", self->microphone_level));
  read_level (self, "speaker-level", self->speaker_level);
  return G_SOURCE_CONTINUE;
}

static void
end_tests (BatonAudioPage *self)
{
  g_clear_handle_id (&self->test_timer, g_source_remove);
  if (self->plays)
    baton_audio_hub_play_tone (self->hub, NULL);
  self->plays = FALSE;
  if (self->hub != NULL)
    baton_audio_hub_set_echo_test (self->hub, FALSE);
}

static void
baton_audio_page_map (GtkWidget *widget)
{
  BatonAudioPage *self = BATON_AUDIO_PAGE (widget);

  GTK_WIDGET_CLASS (baton_audio_page_parent_class)->map (widget);
  if (self->hub == NULL || self->meter_timer != 0)
    return;
  g_object_set (self->hub, "metering", TRUE, NULL);
  self->meter_timer = g_timeout_add (METER_MS, on_meter, self);
}

static void
baton_audio_page_unmap (GtkWidget *widget)
{
  BatonAudioPage *self = BATON_AUDIO_PAGE (widget);

  g_clear_handle_id (&self->meter_timer, g_source_remove);
  end_tests (self);
  if (self->hub != NULL)
    g_object_set (self->hub, "metering", FALSE, NULL);
  GTK_WIDGET_CLASS (baton_audio_page_parent_class)->unmap (widget);
}

/* ---- Trying ---- */

static gboolean
have (BatonAudioPage *self, const char *property)
{
  gboolean there = FALSE;

  if (self->hub != NULL)
    g_object_get (self->hub, property, &there, NULL);
  return there;
}

static gboolean
on_test_over (gpointer data)
{
  BatonAudioPage *self = data;

  self->test_timer = 0;
  show_result (self, have (self, "have-speaker") ? _("Did you hear it? If not, choose another speaker or headset.")
                                                 : _("No loudspeaker answers. Choose another one, or plug it in."));
  end_tests (self);
  return G_SOURCE_REMOVE;
}

static void
on_test_sound (BatonAudioPage *self)
{
  end_tests (self);
  if (self->hub == NULL)
    return;
  self->plays = TRUE;
  baton_audio_hub_play_tone (self->hub, "test");
  show_result (self, _("Playing a sound…"));
  self->test_timer = g_timeout_add (TEST_SOUND_MS, on_test_over, self);
}

static gboolean
on_loop_over (gpointer data)
{
  BatonAudioPage *self = data;

  self->test_timer = 0;
  end_tests (self);
  show_result (self, _("Did you hear yourself? Then others hear you as well."));
  return G_SOURCE_REMOVE;
}

static gboolean
on_loop_said (gpointer data)
{
  BatonAudioPage *self = data;

  self->test_timer = 0;
  if (!have (self, "have-microphone") || self->loudest <= QUIETEST_DB)
    {
      end_tests (self);
      show_result (self, have (self, "have-microphone")
                           ? _("Nothing was heard. Choose another microphone, or check whether it is switched off.")
                           : _("No microphone answers. Choose another one, or plug it in."));
      return G_SOURCE_REMOVE;
    }
  show_result (self, _("Now you should hear what you said…"));
  self->test_timer = g_timeout_add (LOOP_DELAY_MS, on_loop_over, self);
  return G_SOURCE_REMOVE;
}

static void
on_loop (BatonAudioPage *self)
{
  end_tests (self);
  if (self->hub == NULL)
    return;
  if (!baton_audio_hub_set_echo_test (self->hub, TRUE))
    {
      show_result (self, _("Not during a call: the microphone belongs to it."));
      return;
    }
  self->loudest = -127;
  show_result (self, _("Say something…"));
  self->test_timer = g_timeout_add (LOOP_DELAY_MS, on_loop_said, self);
}

static void
on_echo_call (BatonAudioPage *self)
{
  BatonApplication *application = self->application;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (application == NULL)
    return;
  g_action_group_activate_action (G_ACTION_GROUP (application), "echo-test", NULL);
  if (GTK_IS_WINDOW (root))
    gtk_window_close (GTK_WINDOW (root));
}

static void
baton_audio_page_dispose (GObject *object)
{
  BatonAudioPage *self = BATON_AUDIO_PAGE (object);

  g_clear_handle_id (&self->meter_timer, g_source_remove);
  g_clear_handle_id (&self->test_timer, g_source_remove);
  g_clear_weak_pointer (&self->application);
  g_clear_object (&self->hub);
  g_clear_object (&self->audio);
  G_OBJECT_CLASS (baton_audio_page_parent_class)->dispose (object);
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, BatonAudioPage, member)

static void
baton_audio_page_class_init (BatonAudioPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = baton_audio_page_dispose;
  widget_class->map = baton_audio_page_map;
  widget_class->unmap = baton_audio_page_unmap;
  g_type_ensure (BATON_TYPE_DEVICE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/batonphone/Baton/ui/baton-audio-page.ui");
  BIND (output);
  BIND (speaker_level);
  BIND (input);
  BIND (microphone_volume);
  BIND (microphone_level);
  BIND (echo);
  BIND (noise);
  BIND (gain);
  BIND (ring);
  BIND (also_ring);
  BIND (ring_volume);
  BIND (waiting_volume);
  BIND (test_sound);
  BIND (loop);
  BIND (echo_call);
  BIND (result);
  gtk_widget_class_bind_template_callback (widget_class, on_test_sound);
  gtk_widget_class_bind_template_callback (widget_class, on_loop);
  gtk_widget_class_bind_template_callback (widget_class, on_echo_call);
}

static void
baton_audio_page_init (BatonAudioPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  baton_a11y_set_name (self->speaker_level, _("Speaker level"));
  baton_a11y_set_name (self->microphone_level, _("Microphone level"));
  baton_a11y_set_name (self->microphone_volume, _("Microphone volume"));
  baton_a11y_set_name (self->ring_volume, _("Ring volume"));
  baton_a11y_set_name (self->waiting_volume, _("Waiting tone volume"));
  baton_a11y_set_name (self->echo, _("Echo cancellation"));
  baton_a11y_set_name (self->noise, _("Noise reduction"));
  baton_a11y_set_name (self->gain, _("Automatic gain"));
  baton_a11y_set_name (self->also_ring, _("Also ring on speakers"));
  show_result (self, _("Nothing tried yet."));
}

static void
bind_all (BatonAudioPage *self)
{
  const struct
  {
    const char *key, *property;
    GObject *object;
  } rows[] = {
    { "output-device", "device", G_OBJECT (self->output) },
    { "input-device", "device", G_OBJECT (self->input) },
    { "ring-device", "device", G_OBJECT (self->ring) },
    { "also-ring-on-speakers", "active", G_OBJECT (self->also_ring) },
    { "echo-cancellation", "active", G_OBJECT (self->echo) },
    { "noise-reduction", "active", G_OBJECT (self->noise) },
    { "automatic-gain", "active", G_OBJECT (self->gain) },
    { "microphone-volume", "value", G_OBJECT (gtk_range_get_adjustment (GTK_RANGE (self->microphone_volume))) },
    { "ring-volume", "value", G_OBJECT (gtk_range_get_adjustment (GTK_RANGE (self->ring_volume))) },
    { "waiting-volume", "value", G_OBJECT (gtk_range_get_adjustment (GTK_RANGE (self->waiting_volume))) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_settings_bind (self->audio, rows[i].key, rows[i].object, rows[i].property, G_SETTINGS_BIND_DEFAULT);
}

AdwPreferencesPage *
baton_audio_page_new (BatonApplication *application)
{
  BatonAudioPage *self = g_object_new (BATON_TYPE_AUDIO_PAGE, NULL);
  BatonMediaFactory *factory = baton_engine_get_media_factory (baton_application_get_engine (application));
  BatonDeviceList *devices = NULL;

  g_set_weak_pointer (&self->application, application);
  self->audio = g_settings_get_child (baton_application_get_settings (application), "audio");
  if (BATON_IS_AUDIO_HUB (factory))
    {
      self->hub = BATON_AUDIO_HUB (g_object_ref (factory));
      devices = baton_audio_hub_get_devices (self->hub);
    }
  baton_device_row_set_devices (BATON_DEVICE_ROW (self->output), devices, FALSE, _("System default"));
  baton_device_row_set_devices (BATON_DEVICE_ROW (self->input), devices, TRUE, _("System default"));
  baton_device_row_set_devices (BATON_DEVICE_ROW (self->ring), devices, FALSE, _("System default"));
  bind_all (self);
  gtk_widget_set_sensitive (self->test_sound, self->hub != NULL);
  gtk_widget_set_sensitive (self->loop, self->hub != NULL);
  return ADW_PREFERENCES_PAGE (self);
}
