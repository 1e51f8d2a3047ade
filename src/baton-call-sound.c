/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the descriptions and the sound of a call do to it. */
#include "baton-call-private.h"

#include "baton-error.h"

static void
on_moved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BatonCall) self = data;
  g_autoptr (GError) error = NULL;
  double gap = baton_media_factory_move_finish (BATON_MEDIA_FACTORY (source), result, &error);

  if (self->state == BATON_CALL_STATE_ENDED)
    return;
  if (error != NULL)
    baton_call_tell (self, error->message);
  else
    g_signal_emit (self, baton_call_signals[BATON_CALL_SIGNAL_MEDIA_MOVED], 0, gap);
}

/* The call was answered, or has early media. A call that takes another's place waits for the answer. */
void
baton_call_start_sound (BatonCall *self, gboolean final)
{
  BatonCall *old = self->takes_over;

  if (self->sounding || (old != NULL && !final) || baton_call_is_given_away (self))
    return;
  self->sounding = TRUE;
  /* Who asked not to be heard isn't heard by somebody else all of a sudden. */
  if (old != NULL && old->muted)
    baton_call_set_muted (self, TRUE);
  /* The move first: in no tick do both send. */
  if (old != NULL && old->sounding && old->state != BATON_CALL_STATE_ENDED)
    baton_media_factory_move_async (self->factory, old->media, self->media, on_moved, g_object_ref (self));
  baton_media_start (self->media);
}

void
baton_call_complete_replaces (BatonCall *self)
{
  self->replaces_later = baton_media_is_securing (self->media);
  if (!self->replaces_later)
    baton_session_complete_replaces (self->session);
}

/* Somebody wants encryption, and it can't be had: nobody shall talk for that reason without, or into nothing. */
static gboolean
is_insecure (const GError *error)
{
  return g_error_matches (error, BATON_ERROR, BATON_ERROR_NO_COMMON_SECURITY);
}

/* Somebody loses a call that works when this one comes up: it was asked for by REFER, or it replaces another. */
static gboolean
comes_up_for_another (BatonCall *self)
{
  return (self->refer != 0 && self->state != BATON_CALL_STATE_ESTABLISHED) || (self->takes_over != NULL && !self->sounding);
}

static void
on_answer_received (BatonSession *session, const char *sdp, gboolean final, BatonCall *self)
{
  g_autoptr (BatonCall) keep = g_object_ref (self);
  g_autoptr (GError) error = NULL;

  if (self->state == BATON_CALL_STATE_ENDED || sdp == NULL)
    return;
  if (!baton_media_apply_answer (self->media, sdp, final, &error))
    {
      if (!final)
        return;
      baton_call_tell (self, error->message); /* without sound, but nobody is hung up on */
      if (is_insecure (error))
        baton_call_set_result (self, 488, error->message);
      /* In a call that is up it was the answer to a further offer: the call goes on without sound, or as before. */
      if (is_insecure (error) || comes_up_for_another (self))
        {
          /* … and whom it was to take the place of is kept, and heard there (refer.md §3.6, §4) */
          baton_session_take_answer (session, FALSE);
          return;
        }
    }
  else if (final && baton_media_is_securing (self->media))
    baton_session_defer_answer (session); /* nobody lets the caller go before there are keys: on_media_secured () */
  else if (final)
    baton_session_take_answer (session, TRUE);
  baton_call_start_sound (self, final);
  if (final)
    baton_call_complete_replaces (self);
  /* Answered is who can be heard: the state waits for the description, whichever is told first. */
  self->answered |= final;
  if (final && baton_session_get_state (session) == BATON_SESSION_STATE_ESTABLISHED)
    baton_call_step (self, BATON_CALL_EVENT_ANSWERED);
}

static void
on_offer_received (BatonSession *session, const char *sdp, BatonCall *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *mine = NULL;

  if (self->state == BATON_CALL_STATE_ENDED)
    return;
  mine = sdp ? baton_media_create_answer (self->media, sdp, &error) : baton_media_create_offer (self->media, &error);
  if (mine == NULL)
    {
      /* RFC 3261 §14.2: the session goes on as it was. */
      g_info ("call %u: a new offer was refused: %s", self->number, error->message);
      baton_session_reject_offer (session, 488);
      return;
    }
  baton_session_answer_offer (session, mine);
}

static void
on_media_dtmf (BatonMedia *media, const char *digit, guint duration_ms, BatonCall *self)
{
  g_signal_emit (self, baton_call_signals[BATON_CALL_SIGNAL_DTMF], 0, digit, duration_ms);
}

static void
on_media_failed (BatonMedia *media, const char *message, BatonCall *self)
{
  baton_call_tell (self, message);
}

static void
on_media_secured (BatonMedia *media, BatonCall *self)
{
  g_autoptr (BatonCall) keep = g_object_ref (self);

  if (baton_session_is_answer_deferred (self->session))
    baton_session_take_answer (self->session, TRUE);
  if (self->replaces_later)
    baton_call_complete_replaces (self);
}

/*
 * While it rings another phone may answer; a call on hold gets new keys with the offer that ends it, unless somebody waits
 * to hear whether they came.
 */
static void
on_media_unprotected (BatonMedia *media, const char *message, BatonCall *self)
{
  g_autoptr (BatonCall) keep = g_object_ref (self);

  baton_call_tell (self, message);
  if (self->state != BATON_CALL_STATE_ESTABLISHED ||
      (self->hold != BATON_HOLD_NONE && !self->replaces_later && !baton_session_is_answer_deferred (self->session)))
    return;
  baton_call_set_result (self, 488, message);
  baton_session_give_up (self->session, 488, "The sound could not be encrypted");
}

static void
on_recording_failed (BatonMedia *media, const char *message, BatonCall *self)
{
  g_autoptr (BatonCall) keep = g_object_ref (self);

  baton_call_set_recording (self, NULL);
  baton_call_tell (self, message);
}

void
baton_call_watch_sound (BatonCall *self)
{
  g_signal_connect_object (self->session, "answer-received", G_CALLBACK (on_answer_received), self, 0);
  g_signal_connect_object (self->session, "offer-received", G_CALLBACK (on_offer_received), self, 0);
  g_signal_connect_object (self->session, "offer-refused", G_CALLBACK (baton_call_make_other_offer), self, 0);
  g_signal_connect_object (self->session, "offer-outdated", G_CALLBACK (baton_call_renew_offer), self, 0);
  g_signal_connect_object (self->media, "dtmf", G_CALLBACK (on_media_dtmf), self, 0);
  g_signal_connect_object (self->media, "failed", G_CALLBACK (on_media_failed), self, 0);
  g_signal_connect_object (self->media, "secured", G_CALLBACK (on_media_secured), self, 0);
  g_signal_connect_object (self->media, "unprotected", G_CALLBACK (on_media_unprotected), self, 0);
  g_signal_connect_object (self->media, "recording-failed", G_CALLBACK (on_recording_failed), self, 0);
  g_signal_connect_object (self->media, "reoffer-wanted", G_CALLBACK (baton_call_refresh), self, G_CONNECT_SWAPPED);
}
