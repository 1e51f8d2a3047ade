/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-party.h"

#include <string.h>

#include "baton-resampler.h"

typedef struct
{
  BatonParty *party;
  BatonMediaSession *session;
} Member;

struct _BatonParty
{
  GPtrArray *members;
  GHashTable *resamplers; /* of (listener, speaker, from, to) */
};

/* A filter has a memory: each path from one voice to one ear has its own. */
typedef struct
{
  gconstpointer listener, speaker;
  guint from, to;
} Path;

static guint
path_hash (gconstpointer data)
{
  const Path *path = data;

  return g_direct_hash (path->listener) ^ (g_direct_hash (path->speaker) << 1) ^ path->from ^ (path->to << 8);
}

static gboolean
path_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Path)) == 0;
}

static void
free_resampler (gpointer data)
{
  baton_resampler_free (data);
}

BatonParty *
baton_party_new (void)
{
  BatonParty *self = g_new0 (BatonParty, 1);

  self->members = g_ptr_array_new_with_free_func (g_free);
  self->resamplers = g_hash_table_new_full (path_hash, path_equal, g_free, free_resampler);
  return self;
}

static void
add_voice (BatonParty *self, gconstpointer listener, BatonMediaSession *speaker, gint16 *samples, guint n)
{
  BatonAudioStream *stream = baton_media_session_get_stream (speaker);
  gint16 converted[BATON_MAX_FRAME];
  const gint16 *heard;
  guint n_heard = 0, rate = 0;

  if (stream == NULL)
    return;
  heard = baton_audio_stream_get_heard (stream, &n_heard, &rate);
  if (n_heard == 0)
    return;
  if (n_heard != n)
    {
      Path path;
      BatonResampler *resampler;

      memset (&path, 0, sizeof path); /* the key is compared as bytes */
      path.listener = listener;
      path.speaker = speaker;
      path.from = rate;
      path.to = n * 50;
      resampler = g_hash_table_lookup (self->resamplers, &path);
      if (resampler == NULL)
        {
          resampler = baton_resampler_new (rate, n * 50);
          g_hash_table_insert (self->resamplers, g_memdup2 (&path, sizeof path), resampler);
        }
      baton_resampler_run (resampler, heard, n_heard, converted);
      heard = converted;
    }
  for (guint i = 0; i < n; i++)
    samples[i] = (gint16) CLAMP (samples[i] + heard[i], G_MININT16, G_MAXINT16);
}

/* What @member is about to be said: the others' voices come into it. */
static void
filter (gint16 *samples, guint n, gpointer data)
{
  Member *member = data;

  for (guint i = 0; i < member->party->members->len; i++)
    {
      Member *other = g_ptr_array_index (member->party->members, i);

      if (other != member)
        add_voice (member->party, member->session, other->session, samples, n);
    }
}

static Member *
find (BatonParty *self, BatonMediaSession *session)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = g_ptr_array_index (self->members, i);

      if (member->session == session)
        return member;
    }
  return NULL;
}

void
baton_party_remove (BatonParty *self, BatonMediaSession *session)
{
  Member *member = find (self, session);

  if (member == NULL)
    return;
  baton_media_session_set_filter (session, NULL, NULL);
  g_hash_table_remove_all (self->resamplers); /* of those who stay they fill up again in a millisecond */
  g_ptr_array_remove (self->members, member);
}

static void
add (BatonParty *self, BatonMediaSession *session)
{
  Member *member = g_new0 (Member, 1);

  member->party = self;
  member->session = session;
  g_ptr_array_add (self->members, member);
  baton_media_session_set_filter (session, filter, member);
}

void
baton_party_set (BatonParty *self, BatonMediaSession *const *members, guint n)
{
  for (guint i = self->members->len; i > 0; i--)
    {
      BatonMediaSession *session = ((Member *) g_ptr_array_index (self->members, i - 1))->session;
      gboolean stays = FALSE;

      for (guint j = 0; j < n && !stays; j++)
        stays = members[j] == session;
      if (!stays)
        baton_party_remove (self, session);
    }
  for (guint i = 0; i < n; i++)
    if (find (self, members[i]) == NULL)
      add (self, members[i]);
}

void
baton_party_replace (BatonParty *self, BatonMediaSession *session, BatonMediaSession *with)
{
  if (find (self, session) == NULL)
    return;
  baton_party_remove (self, session);
  if (with != NULL && find (self, with) == NULL)
    add (self, with);
}

gboolean
baton_party_has (BatonParty *self, BatonMediaSession *session)
{
  return find (self, session) != NULL;
}

guint
baton_party_get_n (BatonParty *self)
{
  return self->members->len;
}

BatonMediaSession *
baton_party_get (BatonParty *self, guint i)
{
  return ((Member *) g_ptr_array_index (self->members, i))->session;
}

void
baton_party_hear (BatonParty *self, gint16 *samples, guint n)
{
  for (guint i = 0; i < self->members->len; i++)
    add_voice (self, NULL, baton_party_get (self, i), samples, n);
}

void
baton_party_free (BatonParty *self)
{
  if (self == NULL)
    return;
  baton_party_set (self, NULL, 0);
  g_hash_table_unref (self->resamplers);
  g_ptr_array_unref (self->members);
  g_free (self);
}
