/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-sound-bar.h"

#include "baton-a11y.h"
#include "baton-audio-hub.h"

#include <glib/gi18n.h>
#include <string.h>

struct _BatonSoundBar
{
  AdwBin parent_instance;

  BatonEngine *engine;
  BatonAudioHub *hub;
  gboolean no_microphone, no_speaker; /* were tried, and aren't there */
  GtkWidget *bar, *words, *button;
};

G_DEFINE_FINAL_TYPE (BatonSoundBar, baton_sound_bar, ADW_TYPE_BIN)

static void
baton_sound_bar_dispose (GObject *object)
{
  BatonSoundBar *self = BATON_SOUND_BAR (object);

  g_clear_object (&self->hub);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (baton_sound_bar_parent_class)->dispose (object);
}

static void
baton_sound_bar_class_init (BatonSoundBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_sound_bar_dispose;
}

static void
baton_sound_bar_init (BatonSoundBar *self)
{
  self->button = baton_button_new (NULL, _("Choose Microphone"), _("Choose Microphone"), "app.audio");
  self->words = baton_label_new ("", NULL);
  self->bar = baton_info_bar_new (self->words, self->button);
  adw_bin_set_child (ADW_BIN (self), self->bar);
}

static void
update (BatonSoundBar *self)
{
  gboolean calls = g_list_model_get_n_items (G_LIST_MODEL (baton_engine_get_calls (self->engine))) > 0;
  gboolean microphone, speaker;
  const char *words = NULL;

  g_object_get (self->hub, "have-microphone", &microphone, "have-speaker", &speaker, NULL);
  /* Told once, perhaps before the call: when the levels were looked at */
  self->no_microphone = self->no_microphone && !microphone;
  self->no_speaker = self->no_speaker && !speaker;
  if (!calls)
    words = NULL;
  else if (self->no_microphone && self->no_speaker)
    words = _("No microphone, no loudspeaker: nobody hears anything.");
  else if (self->no_microphone)
    words = _("No microphone. They cannot hear you.");
  else if (self->no_speaker)
    words = _("No loudspeaker. You cannot hear them.");
  if (words != NULL)
    {
      const char *label = self->no_microphone ? _("Choose Microphone") : _("Choose Speaker");

      gtk_label_set_text (GTK_LABEL (self->words), words);
      gtk_button_set_label (GTK_BUTTON (self->button), label);
      baton_a11y_set_name (self->button, label);
    }
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->bar), words != NULL);
}

/* The sentence is the sound's own: which of the two it is about is in it, and both can come */
static void
on_problem (BatonSoundBar *self, const char *message)
{
  self->no_microphone = self->no_microphone || strstr (message, "microphone") != NULL;
  self->no_speaker = self->no_speaker || strstr (message, "loudspeaker") != NULL;
  update (self);
}

void
baton_sound_bar_set_engine (BatonSoundBar *self, BatonEngine *engine)
{
  BatonMediaFactory *factory = baton_engine_get_media_factory (engine);

  if (!BATON_IS_AUDIO_HUB (factory))
    return;
  self->engine = g_object_ref (engine);
  self->hub = BATON_AUDIO_HUB (g_object_ref (factory));
  g_signal_connect_object (self->hub, "device-problem", G_CALLBACK (on_problem), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->hub, "notify::have-microphone", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->hub, "notify::have-speaker", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (baton_engine_get_calls (engine), "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
}
