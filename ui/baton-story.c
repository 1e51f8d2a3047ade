/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-story.h"

#include "baton-application.h"
#include "baton-call-view.h"
#include "baton-picture.h"
#include "baton-story-sound.h"

#include <math.h>
#include <stdio.h>

#define POLL_MS 40
#define SOUND_MS 1500 /* that a step's sound is listened to: the recording is half a second late */
#define OWN_TONE 440.0
#define PICTURE_TRIES 100

/* One step: what it does, how to know that it happened, and what is to be heard then */
typedef struct
{
  const char *title;
  void (*begin) (BatonStory *self);
  gboolean (*happened) (BatonStory *self); /* may set self->words */
  guint deadline_ms;
  double hz; /* 0: nothing is listened to */
  const char *picture;
} StoryStep;

struct _BatonStory
{
  GObject parent_instance;

  BatonApplication *application; /* weak: it owns us */
  char *folder, *record_dir;
  guint timer, step, failures, picture_tries;
  gboolean told; /* the line of this step is printed */
  gint64 begun, heard_from; /* heard_from: since when the sound is listened to, 0 before */
  BatonCall *call, *other;
  BatonTransfer *transfer;
  double moved_gap;
  GString *words;
};

G_DEFINE_FINAL_TYPE (BatonStory, baton_story, G_TYPE_OBJECT)

static void
baton_story_dispose (GObject *object)
{
  BatonStory *self = BATON_STORY (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->call);
  g_clear_object (&self->other);
  g_clear_object (&self->transfer);
  g_clear_weak_pointer (&self->application);
  G_OBJECT_CLASS (baton_story_parent_class)->dispose (object);
}

static void
baton_story_finalize (GObject *object)
{
  BatonStory *self = BATON_STORY (object);

  g_free (self->folder);
  g_free (self->record_dir);
  g_string_free (self->words, TRUE);
  G_OBJECT_CLASS (baton_story_parent_class)->finalize (object);
}

static void
baton_story_class_init (BatonStoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_story_dispose;
  G_OBJECT_CLASS (klass)->finalize = baton_story_finalize;
}

static void
baton_story_init (BatonStory *self)
{
  self->words = g_string_new (NULL);
}

BatonAudioKind
baton_story_choose_audio (void)
{
  return BATON_AUDIO_KIND_TONE;
}

/* ---- What a person would do ---- */

static void
act (BatonStory *self, const char *action, GVariant *parameter)
{
  g_action_group_activate_action (G_ACTION_GROUP (baton_application_get_window (self->application)), action, parameter);
}

static guint
number_of (BatonCall *call)
{
  return call != NULL ? baton_call_get_number (call) : 0;
}

/* Returns: (transfer full) (nullable): the newest call */
static BatonCall *
newest_call (BatonStory *self)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (baton_application_get_engine (self->application)));
  guint n = g_list_model_get_n_items (calls);

  return n > 0 ? g_list_model_get_item (calls, n - 1) : NULL;
}

static BatonTransfer *
newest_transfer (BatonStory *self)
{
  GListModel *transfers = baton_engine_get_transfers (baton_application_get_engine (self->application));
  guint n = g_list_model_get_n_items (transfers);

  return n > 0 ? g_list_model_get_item (transfers, n - 1) : NULL;
}

static void
dial (BatonStory *self, const char *name)
{
  act (self, "dial", g_variant_new_string (name));
  g_clear_object (&self->call);
  self->call = newest_call (self);
}

static void
transfer (BatonStory *self, const char *target)
{
  act (self, "transfer-to", g_variant_new ("(usb)", number_of (self->call), target, FALSE));
  g_clear_object (&self->transfer);
  self->transfer = newest_transfer (self);
}

static gboolean
is_talking (BatonCall *call)
{
  return call != NULL && baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED
         && baton_call_get_hold (call) == BATON_HOLD_NONE;
}

static gboolean
is_over (BatonCall *call)
{
  return call == NULL || baton_call_get_state (call) == BATON_CALL_STATE_ENDED;
}

static gboolean
transfer_is (BatonStory *self, BatonTransferState state)
{
  g_autoptr (BatonTransferView) view = NULL;
  g_autofree char *line = NULL;

  if (self->transfer == NULL || baton_transfer_get_state (self->transfer) != state)
    return FALSE;
  view = baton_transfer_view_new (self->transfer, baton_application_get_directory (self->application));
  line = baton_format_transfer_line (&view->facts);
  g_string_assign (self->words, line);
  return TRUE;
}

/* ---- The steps ---- */

static void
begin_nothing (BatonStory *self)
{
}

static gboolean
demo_runs (BatonStory *self)
{
  return baton_application_get_demo (self->application) != NULL;
}

static void
call_echo (BatonStory *self)
{
  dial (self, "Echo");
}

static gboolean
call_talks (BatonStory *self)
{
  return is_talking (self->call);
}

static void
hold (BatonStory *self)
{
  act (self, "hold", g_variant_new_uint32 (number_of (self->call)));
}

static gboolean
call_is_held (BatonStory *self)
{
  return self->call != NULL && baton_call_get_hold (self->call) == BATON_HOLD_LOCAL;
}

/* Not to Slow: whoever takes a call back does not call off the call that the peer makes meanwhile */
static void
transfer_to_silent (BatonStory *self)
{
  transfer (self, "Silent");
}

static gboolean
target_rings (BatonStory *self)
{
  return transfer_is (self, BATON_TRANSFER_STATE_RINGING);
}

static void
take_back (BatonStory *self)
{
  act (self, "take-back", g_variant_new_uint32 (number_of (self->call)));
}

static gboolean
caller_is_back (BatonStory *self)
{
  return transfer_is (self, BATON_TRANSFER_STATE_TAKEN_BACK) && is_talking (self->call);
}

static void
transfer_to_busy (BatonStory *self)
{
  act (self, "dismiss", g_variant_new_uint32 (number_of (self->call)));
  transfer (self, "Busy");
}

static gboolean
refused_and_back (BatonStory *self)
{
  return transfer_is (self, BATON_TRANSFER_STATE_FAILED) && is_talking (self->call)
         && baton_transfer_get_resumed (self->transfer);
}

static void
transfer_to_carol (BatonStory *self)
{
  act (self, "dismiss", g_variant_new_uint32 (number_of (self->call)));
  transfer (self, "Carol");
}

static gboolean
given_away (BatonStory *self)
{
  return transfer_is (self, BATON_TRANSFER_STATE_TRANSFERRED) && is_over (self->call);
}

static void
consult_carol (BatonStory *self)
{
  act (self, "consult-to", g_variant_new ("(us)", number_of (self->call), "Carol"));
  g_clear_object (&self->other);
  self->other = newest_call (self);
}

static gboolean
consultation_talks (BatonStory *self)
{
  return self->other != self->call && is_talking (self->other) && call_is_held (self);
}

static void
complete (BatonStory *self)
{
  act (self, "complete", g_variant_new_uint32 (number_of (self->other)));
  g_clear_object (&self->transfer);
  self->transfer = newest_transfer (self);
}

static gboolean
both_given_away (BatonStory *self)
{
  return given_away (self) && is_over (self->other);
}

static void
call_shifter (BatonStory *self)
{
  g_clear_object (&self->other);
  dial (self, "Shifter");
}

static gboolean
request_asks (BatonStory *self)
{
  g_autoptr (BatonTransfer) request = newest_transfer (self);
  g_autoptr (BatonTransferView) view = NULL;
  g_autofree char *line = NULL;

  if (request == NULL || !baton_transfer_get_waits_for_user (request))
    return FALSE;
  g_set_object (&self->transfer, request);
  view = baton_transfer_view_new (request, baton_application_get_directory (self->application));
  line = baton_format_received_line (&view->facts);
  g_string_assign (self->words, line);
  return TRUE;
}

static void
on_media_moved (BatonCall *call, double gap_ms, BatonStory *self)
{
  self->moved_gap = gap_ms;
}

static void
accept_request (BatonStory *self)
{
  self->moved_gap = -1;
  g_signal_connect_object (self->call, "media-moved", G_CALLBACK (on_media_moved), self, 0);
  act (self, "accept-transfer", g_variant_new_uint32 (baton_transfer_get_number (self->transfer)));
}

static gboolean
sound_moved (BatonStory *self)
{
  BatonCall *call = baton_transfer_get_target_call (self->transfer);

  if (call != NULL && call != self->other)
    {
      g_set_object (&self->other, call);
      g_signal_connect_object (call, "media-moved", G_CALLBACK (on_media_moved), self, 0);
    }
  if (!is_talking (call) || baton_transfer_get_state (self->transfer) != BATON_TRANSFER_STATE_TRANSFERRED
      || !is_over (self->call))
    return FALSE;
  g_set_object (&self->call, call);
  g_string_assign (self->words, "Shifter handed you to Carol");
  return TRUE;
}

static void
let_carol_call (BatonStory *self)
{
  BatonAccount *account = baton_window_get_account (baton_application_get_window (self->application));

  baton_demo_call_me (baton_application_get_demo (self->application), "Carol",
                      baton_sip_identity_get_address (baton_account_get_identity (account)));
}

static gboolean
call_comes_in (BatonStory *self)
{
  g_autoptr (BatonCall) call = newest_call (self);

  if (call == NULL || baton_call_get_state (call) != BATON_CALL_STATE_INCOMING)
    return FALSE;
  g_set_object (&self->call, call);
  return TRUE;
}

static void
answer (BatonStory *self)
{
  act (self, "answer", g_variant_new_uint32 (number_of (self->call)));
}

static void
hang_up (BatonStory *self)
{
  act (self, "hangup", g_variant_new_uint32 (number_of (self->call)));
}

static gboolean
call_is_over (BatonStory *self)
{
  return is_over (self->call);
}

static void
show_history (BatonStory *self)
{
  act (self, "page", g_variant_new_string ("history"));
}

static gboolean
history_has_calls (BatonStory *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (baton_application_get_history (self->application)));

  g_string_printf (self->words, "%u calls are listed", n);
  return n >= 6;
}

static const StoryStep steps[] = {
  { "demo peers run", begin_nothing, demo_runs, 2000, 0, "window" },
  { "call Echo", call_echo, call_talks, 5000, OWN_TONE, "call" },
  { "hold", hold, call_is_held, 3000, 0, "held" },
  { "resume", hold, call_talks, 3000, OWN_TONE, NULL },
  { "transfer to Silent rings", transfer_to_silent, target_rings, 8000, 0, "transfer-rings" },
  { "take Echo back", take_back, caller_is_back, 5000, OWN_TONE, "taken-back" },
  { "refused transfer", transfer_to_busy, refused_and_back, 8000, OWN_TONE, "refused-transfer" },
  { "blind transfer", transfer_to_carol, given_away, 8000, 0, "blind-transfer" },
  { "call Echo again", call_echo, call_talks, 5000, OWN_TONE, NULL },
  { "consult Carol", consult_carol, consultation_talks, 6000, 659, "consultation" },
  { "attended transfer", complete, both_given_away, 8000, 0, "attended-transfer" },
  { "call Shifter", call_shifter, call_talks, 5000, 0, NULL },
  { "incoming transfer request", begin_nothing, request_asks, 8000, 0, "transfer-request" },
  { "accept the request", accept_request, sound_moved, 14000, 659, "request-accepted" },
  { "hang up", hang_up, call_is_over, 3000, 0, NULL },
  { "incoming call", let_carol_call, call_comes_in, 5000, 0, "incoming-call" },
  { "answer", answer, call_talks, 4000, 659, NULL },
  { "hang up the answered call", hang_up, call_is_over, 3000, 0, "ended" },
  { "history", show_history, history_has_calls, 3000, 0, "history" },
};

/* ---- Playing them ---- */

static char *
recording_of (BatonStory *self)
{
  BatonCall *call = steps[self->step].happened == consultation_talks ? self->other : self->call;
  g_autofree char *name = g_strdup_printf ("call-%u.wav", number_of (call));

  return g_build_filename (self->record_dir, name, NULL);
}

/* Returns: whether there is no need to try it again, with the next frame */
static gboolean
take_picture (BatonStory *self)
{
  g_autofree char *name = NULL, *path = NULL;

  if (steps[self->step].picture == NULL)
    return TRUE;
  name = g_strdup_printf ("%02u-%s.png", self->step + 1, steps[self->step].picture);
  path = g_build_filename (self->folder, name, NULL);
  if (baton_picture_save (GTK_WIDGET (baton_application_get_window (self->application)), path))
    return TRUE;
  if (++self->picture_tries < PICTURE_TRIES)
    return FALSE;
  self->failures++;
  g_print ("not ok %u picture: %s could not be written\n", self->step + 1, name);
  return TRUE;
}

static void
finish (BatonStory *self)
{
  g_print ("%u of %u steps happened\n", (guint) G_N_ELEMENTS (steps) - self->failures, (guint) G_N_ELEMENTS (steps));
  self->timer = 0;
  baton_application_set_exit_status (self->application, self->failures > 0 ? 1 : 0);
  baton_application_quit (self->application);
}

static void
end_step (BatonStory *self, gboolean happened)
{
  const StoryStep *step = &steps[self->step];
  g_autofree char *path = recording_of (self);
  BatonStorySound sound = { -1, -1 };
  gboolean good = happened;

  if (happened && step->hz > 0)
    {
      sound = baton_story_sound_read (path, (g_get_monotonic_time () - self->begun) / (double) G_USEC_PER_SEC);
      good = fabs (sound.hz - step->hz) < step->hz * 0.03;
    }
  g_print ("%s %u %s", good ? "ok" : "not ok", self->step + 1, step->title);
  if (!happened)
    g_print (": did not happen within %u ms", step->deadline_ms);
  else if (self->words->len > 0)
    g_print (": %s", self->words->str);
  if (step->hz > 0 && happened)
    {
      if (sound.hz < 0)
        g_print (" – heard nothing, expected %.0f Hz", step->hz);
      else
        g_print (" – heard %.0f Hz", sound.hz);
      if (self->moved_gap >= 0)
        g_print (", gap %.0f ms", self->moved_gap);
      else if (sound.gap_ms >= 0)
        g_print (", longest silence %.0f ms", sound.gap_ms);
    }
  g_print ("\n");
  if (!good)
    self->failures++;
}

static void
begin_step (BatonStory *self)
{
  g_string_truncate (self->words, 0);
  self->begun = g_get_monotonic_time ();
  self->heard_from = 0;
  self->moved_gap = -1;
  self->picture_tries = 0;
  self->told = FALSE;
  steps[self->step].begin (self);
}

static gboolean
on_poll (gpointer data)
{
  BatonStory *self = data;
  const StoryStep *step = &steps[self->step];
  gint64 now = g_get_monotonic_time ();
  gboolean happened = TRUE;

  if (self->heard_from == 0 && !self->told)
    {
      if (step->happened (self))
        self->heard_from = now;
      else if (now - self->begun < step->deadline_ms * 1000)
        return G_SOURCE_CONTINUE;
      else
        happened = FALSE;
    }
  /* A picture needs a frame or two as well */
  if (happened && now - self->heard_from < (step->hz > 0 ? SOUND_MS : 350) * 1000)
    return G_SOURCE_CONTINUE;
  if (!self->told)
    end_step (self, happened);
  self->told = TRUE;
  if (!take_picture (self))
    return G_SOURCE_CONTINUE;
  if (++self->step == G_N_ELEMENTS (steps))
    {
      finish (self);
      return G_SOURCE_REMOVE;
    }
  begin_step (self);
  return G_SOURCE_CONTINUE;
}

BatonStory *
baton_story_new (BatonApplication *application, const char *folder, const char *record_dir)
{
  BatonStory *self = g_object_new (BATON_TYPE_STORY, NULL);

  g_set_weak_pointer (&self->application, application);
  self->folder = g_strdup (folder);
  self->record_dir = g_strdup (record_dir);
  return self;
}

void
baton_story_start (BatonStory *self)
{
  setvbuf (stdout, NULL, _IOLBF, 0);
  begin_step (self);
  self->timer = g_timeout_add (POLL_MS, on_poll, self);
}
