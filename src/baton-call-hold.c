/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-call-private.h"

#include "baton-error.h"

/* What a re-INVITE of ours is for. */
typedef enum
{
  REOFFER_RESUME,
  REOFFER_HOLD,
  REOFFER_REFRESH, /* hold stays as it is; the description has changed */
} Reoffer;

static Reoffer
get_purpose (GTask *task)
{
  return GPOINTER_TO_INT (g_task_get_task_data (task));
}

void
baton_call_fail_reoffers (BatonCall *self)
{
  GTask *task;

  while ((task = g_queue_pop_head (&self->reoffers)) != NULL)
    {
      g_task_return_new_error (task, BATON_ERROR, BATON_ERROR_INVALID_STATE, "The call has ended.");
      g_object_unref (task);
    }
}

static void run_reoffer (BatonCall *self);

static void
on_reoffered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BatonCall) self = data;
  g_autoptr (GTask) task = g_steal_pointer (&self->reoffer);
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = baton_session_reoffer_finish (BATON_SESSION (source), result, &error);
  Reoffer purpose = get_purpose (task);

  if (self->state == BATON_CALL_STATE_ENDED)
    {
      g_task_return_new_error (task, BATON_ERROR, BATON_ERROR_INVALID_STATE, "The call has ended.");
      baton_call_fail_reoffers (self); /* those that were asked for in the turn it ended in */
      return;
    }
  if (error != NULL)
    {
      /* RFC 3261 §14.1: as if the re-INVITE had never been sent. */
      if (purpose != REOFFER_REFRESH)
        baton_media_set_local_hold (self->media, purpose != REOFFER_HOLD);
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else
    {
      if (answer != NULL && !baton_media_apply_answer (self->media, answer, TRUE, &error))
        baton_call_tell (self, error->message);
      if (purpose != REOFFER_REFRESH)
        self->held = purpose == REOFFER_HOLD;
      baton_call_update_hold (self);
      g_task_return_boolean (task, TRUE);
    }
  run_reoffer (self);
}

static void
run_reoffer (BatonCall *self)
{
  while (self->reoffer == NULL && !g_queue_is_empty (&self->reoffers))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->reoffers);
      g_autoptr (GError) error = NULL;
      Reoffer purpose = get_purpose (task);
      gboolean hold = purpose == REOFFER_REFRESH ? self->held : purpose == REOFFER_HOLD;
      g_autofree char *offer = NULL;

      if (!baton_call_check_state (self, BATON_CALL_STATE_ESTABLISHED, "is not connected", &error))
        {
          g_task_return_error (task, g_steal_pointer (&error));
          continue;
        }
      if (self->held == hold && purpose != REOFFER_REFRESH)
        {
          g_task_return_boolean (task, TRUE);
          continue;
        }
      baton_media_set_local_hold (self->media, hold);
      offer = baton_media_create_offer (self->media, &error);
      if (offer == NULL)
        {
          baton_media_set_local_hold (self->media, self->held);
          g_task_return_error (task, g_steal_pointer (&error));
          continue;
        }
      self->reoffer = g_steal_pointer (&task);
      baton_session_reoffer_async (self->session, offer, NULL, on_reoffered, g_object_ref (self));
    }
}

gboolean
baton_call_is_to_be_held (BatonCall *self)
{
  for (GList *last = g_queue_peek_tail_link (&self->reoffers); last != NULL; last = last->prev)
    if (get_purpose (last->data) != REOFFER_REFRESH)
      return get_purpose (last->data) == REOFFER_HOLD;
  if (self->reoffer != NULL && get_purpose (self->reoffer) != REOFFER_REFRESH)
    return get_purpose (self->reoffer) == REOFFER_HOLD;
  return self->held;
}

char *
baton_call_renew_offer (BatonSession *session, BatonCall *self)
{
  return self->reoffer != NULL ? baton_media_create_offer (self->media, NULL) : NULL;
}

static void
queue_reoffer (BatonCall *self, Reoffer purpose, gpointer tag, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (BatonCall) keep = g_object_ref (self);
  GTask *task = g_task_new (self, NULL, callback, data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, GINT_TO_POINTER (purpose), NULL);
  g_queue_push_tail (&self->reoffers, task);
  run_reoffer (self);
}

void
baton_call_hold_async (BatonCall *self, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (BATON_IS_CALL (self));
  queue_reoffer (self, REOFFER_HOLD, baton_call_hold_async, callback, data);
}

gboolean
baton_call_hold_finish (BatonCall *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
baton_call_resume_async (BatonCall *self, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (BATON_IS_CALL (self));
  queue_reoffer (self, REOFFER_RESUME, baton_call_resume_async, callback, data);
}

gboolean
baton_call_resume_finish (BatonCall *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_info ("call %u: a new description was not taken: %s", baton_call_get_number (BATON_CALL (source)), error->message);
}

void
baton_call_refresh (BatonCall *self)
{
  if (self->state == BATON_CALL_STATE_ESTABLISHED)
    queue_reoffer (self, REOFFER_REFRESH, baton_call_refresh, on_refreshed, NULL);
}
