/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-call-party.h"

struct _BatonCallParty
{
  BatonMediaFactory *factory;
  GPtrArray *calls;
};

BatonCallParty *
baton_call_party_new (void)
{
  BatonCallParty *self = g_new0 (BatonCallParty, 1);

  self->calls = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

void
baton_call_party_free (BatonCallParty *self)
{
  g_ptr_array_unref (self->calls);
  g_clear_object (&self->factory);
  g_free (self);
}

void
baton_call_party_set_factory (BatonCallParty *self, BatonMediaFactory *factory)
{
  g_set_object (&self->factory, factory);
}

static void
tell_factory (BatonCallParty *self)
{
  g_autofree BatonMedia **media = g_new0 (BatonMedia *, self->calls->len + 1);

  for (guint i = 0; i < self->calls->len; i++)
    media[i] = baton_call_get_media (g_ptr_array_index (self->calls, i));
  baton_media_factory_set_party (self->factory, media, self->calls->len);
}

void
baton_call_party_add (BatonCallParty *self, BatonCall *call)
{
  if (baton_call_party_has (self, call))
    return;
  g_ptr_array_add (self->calls, g_object_ref (call));
  tell_factory (self);
  baton_call_set_merged (call, TRUE);
}

void
baton_call_party_remove (BatonCallParty *self, BatonCall *call)
{
  g_autoptr (BatonCall) keep = g_object_ref (call);
  g_autoptr (BatonCall) last = NULL;

  if (!g_ptr_array_remove (self->calls, call))
    return;
  if (self->calls->len == 1)
    last = g_ptr_array_steal_index (self->calls, 0);
  tell_factory (self);
  baton_call_set_merged (call, FALSE);
  if (last != NULL)
    baton_call_set_merged (last, FALSE);
}

void
baton_call_party_replace (BatonCallParty *self, BatonCall *call, BatonCall *with)
{
  g_autoptr (BatonCall) keep = g_object_ref (call);

  if (!g_ptr_array_remove (self->calls, call))
    return;
  g_ptr_array_add (self->calls, g_object_ref (with));
  tell_factory (self);
  baton_call_set_merged (call, FALSE);
  baton_call_set_merged (with, TRUE);
}

gboolean
baton_call_party_has (BatonCallParty *self, BatonCall *call)
{
  return g_ptr_array_find (self->calls, call, NULL);
}

BatonCall *
baton_call_party_get_other (BatonCallParty *self, BatonCall *call)
{
  if (self->calls->len != 2 || !baton_call_party_has (self, call))
    return NULL;
  return g_ptr_array_index (self->calls, g_ptr_array_index (self->calls, 0) == call ? 1 : 0);
}
