/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-media-session-private.h"

/* From the tick's thread to the main context: an idle with a weak reference. */

typedef struct
{
  GWeakRef session;
  char digit;
  guint duration_ms;
  double gap_ms;
  char *message;
  gboolean one_way;
} Fact;

static void
fact_free (gpointer data)
{
  Fact *fact = data;

  g_weak_ref_clear (&fact->session);
  g_free (fact->message);
  g_free (fact);
}

static void
post (BatonMediaSession *self, GSourceFunc func, const Fact *content)
{
  Fact *fact = g_memdup2 (content, sizeof *content);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_weak_ref_init (&fact->session, self);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, fact, fact_free);
  g_source_attach (source, self->context);
}

static gboolean
tell_dtmf (gpointer data)
{
  Fact *fact = data;
  g_autoptr (BatonMediaSession) self = g_weak_ref_get (&fact->session);
  char digit[2] = { fact->digit, '\0' };

  if (self != NULL && self->state != BATON_MEDIA_STATE_STOPPED)
    g_signal_emit_by_name (self, "dtmf", digit, fact->duration_ms);
  return G_SOURCE_REMOVE;
}

static gboolean
tell_gap (gpointer data)
{
  Fact *fact = data;
  g_autoptr (BatonMediaSession) self = g_weak_ref_get (&fact->session);
  g_autoptr (GTask) task = self != NULL ? g_steal_pointer (&self->move_task) : NULL;

  if (task != NULL)
    g_task_return_pointer (task, g_memdup2 (&fact->gap_ms, sizeof fact->gap_ms), g_free);
  return G_SOURCE_REMOVE;
}

static gboolean
tell_unprotected (gpointer data)
{
  Fact *fact = data;
  g_autoptr (BatonMediaSession) self = g_weak_ref_get (&fact->session);

  if (self != NULL && self->state != BATON_MEDIA_STATE_STOPPED)
    g_signal_emit_by_name (self, "unprotected", fact->message);
  return G_SOURCE_REMOVE;
}

void
baton_media_session_on_security_failed (const char *message, gpointer data)
{
  Fact fact = { .message = g_strconcat ("The sound could not be encrypted. ", message, NULL) };

  post (data, tell_unprotected, &fact);
}

static gboolean
tell_secured (gpointer data)
{
  Fact *fact = data;
  g_autoptr (BatonMediaSession) self = g_weak_ref_get (&fact->session);

  if (self == NULL || !self->securing || self->state == BATON_MEDIA_STATE_STOPPED)
    return G_SOURCE_REMOVE;
  self->securing = FALSE;
  g_signal_emit_by_name (self, "secured");
  return G_SOURCE_REMOVE;
}

void
baton_media_session_on_secured (gpointer data)
{
  Fact fact = { 0 };

  post (data, tell_secured, &fact);
}

void
baton_media_session_on_stream_dtmf (char digit, guint duration_ms, gpointer data)
{
  Fact fact = { .digit = digit, .duration_ms = duration_ms };

  post (data, tell_dtmf, &fact);
}

void
baton_media_session_on_stream_gap (double gap_ms, gpointer data)
{
  Fact fact = { .gap_ms = gap_ms };

  post (data, tell_gap, &fact);
}

static gboolean
tell_one_way (gpointer data)
{
  Fact *fact = data;
  g_autoptr (BatonMediaSession) self = g_weak_ref_get (&fact->session);

  if (self == NULL || self->one_way == fact->one_way)
    return G_SOURCE_REMOVE;
  self->one_way = fact->one_way;
  g_object_notify (G_OBJECT (self), "one-way");
  return G_SOURCE_REMOVE;
}

void
baton_media_session_on_stream_one_way (gboolean one_way, gpointer data)
{
  Fact fact = { .one_way = one_way };

  post (data, tell_one_way, &fact);
}
