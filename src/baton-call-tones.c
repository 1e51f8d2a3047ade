/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-call-tones.h"

/* Long enough to be understood; nobody wants to stop it by hand. */
#define REFUSED_MS 4000

struct _BatonCallTones
{
  GObject parent_instance;

  BatonCallManager *calls; /* not owned: it and we are the engine's */
  BatonAudioHub *hub;
  BatonTimers *timers;
  const char *tone;
  const char *refused;     /* what is heard of a call that was refused */
  guint refused_timer;
  gboolean silenced;
};

G_DEFINE_FINAL_TYPE (BatonCallTones, baton_call_tones, G_TYPE_OBJECT)

static void
play (BatonCallTones *self, const char *tone)
{
  if (g_strcmp0 (tone, self->tone) == 0)
    return;
  self->tone = tone;
  baton_audio_hub_play_tone (self->hub, tone);
}

static void
update (BatonCallTones *self)
{
  GListModel *calls = G_LIST_MODEL (self->calls);
  gboolean talking = FALSE, incoming = FALSE, ringing = FALSE, any = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (calls); i++)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (calls, i);
      BatonCallState state = baton_call_get_state (call);

      talking = talking || (state == BATON_CALL_STATE_ESTABLISHED && baton_call_get_hold (call) == BATON_HOLD_NONE);
      incoming = incoming || state == BATON_CALL_STATE_INCOMING;
      ringing = ringing || state == BATON_CALL_STATE_RINGING;
      any = any || state != BATON_CALL_STATE_ENDED;
    }
  if (incoming && !self->silenced)
    play (self, talking ? "waiting" : "ring");
  else if (ringing && !talking)
    play (self, "ringback");
  else
    play (self, any ? NULL : self->refused);
}

static gboolean
on_refused_over (gpointer data)
{
  BatonCallTones *self = data;

  self->refused_timer = 0;
  self->refused = NULL;
  update (self);
  return G_SOURCE_REMOVE;
}

/* RFC 3261 §21: everything that isn't "busy" is a way that doesn't lead there. */
static void
note_refused (BatonCallTones *self, BatonCall *call)
{
  guint status = baton_call_get_status (call);
  gboolean locally = FALSE;
  gint64 established = 0;
  guint refer = 0;

  g_object_get (call, "ended-locally", &locally, "established-time", &established, "refer", &refer, NULL);
  if (baton_call_get_direction (call) != BATON_DIRECTION_OUTGOING || locally || established != 0 || refer != 0 ||
      status < 300 || status == 487)
    return;
  self->refused = status == 486 || status == 600 || status == 603 ? "busy" : "congestion";
  baton_timers_clear (self->timers, &self->refused_timer);
  self->refused_timer = baton_timers_add (self->timers, REFUSED_MS, on_refused_over, self);
}

static void
on_call_changed (BatonCall *call, GParamSpec *pspec, BatonCallTones *self)
{
  if (baton_call_get_state (call) == BATON_CALL_STATE_ENDED && pspec->name == g_intern_static_string ("state"))
    note_refused (self, call);
  update (self);
}

static void
on_call_added (BatonCallManager *calls, BatonCall *call, BatonCallTones *self)
{
  self->silenced = FALSE;
  self->refused = NULL;
  baton_timers_clear (self->timers, &self->refused_timer);
  g_signal_connect_object (call, "notify::state", G_CALLBACK (on_call_changed), self, G_CONNECT_AFTER);
  g_signal_connect_object (call, "notify::hold", G_CALLBACK (on_call_changed), self, G_CONNECT_AFTER);
  update (self);
}

void
baton_call_tones_silence (BatonCallTones *self)
{
  g_return_if_fail (BATON_IS_CALL_TONES (self));
  self->silenced = TRUE;
  self->refused = NULL;
  update (self);
}

static void
baton_call_tones_dispose (GObject *object)
{
  BatonCallTones *self = BATON_CALL_TONES (object);

  if (self->timers != NULL)
    baton_timers_clear (self->timers, &self->refused_timer);
  if (self->hub != NULL)
    play (self, NULL);
  g_clear_object (&self->timers);
  g_clear_object (&self->hub);
  G_OBJECT_CLASS (baton_call_tones_parent_class)->dispose (object);
}

static void
baton_call_tones_class_init (BatonCallTonesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = baton_call_tones_dispose;
}

static void
baton_call_tones_init (BatonCallTones *self)
{
}

BatonCallTones *
baton_call_tones_new (BatonCallManager *calls, BatonAudioHub *hub, BatonTimers *timers)
{
  BatonCallTones *self = g_object_new (BATON_TYPE_CALL_TONES, NULL);

  self->calls = calls;
  self->hub = g_object_ref (hub);
  self->timers = g_object_ref (timers);
  g_signal_connect_object (calls, "call-added", G_CALLBACK (on_call_added), self, 0);
  return self;
}
