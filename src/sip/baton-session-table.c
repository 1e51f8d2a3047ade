/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-session-table.h"

#include "baton-refer-context-private.h"
#include "baton-session-private.h"

#define ENDED_SESSION_MS 32000

typedef struct
{
  BatonSessionTable *table;
  BatonSession *session;
  guint timer; /* runs once the session has ended */
} Entry;

struct _BatonSessionTable
{
  BatonTimers *timers;
  GPtrArray *entries;     /* in the order of their coming */
  GHashTable *by_session; /* the same: a busy phone has hundreds that ended a moment ago */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  baton_timers_clear (entry->table->timers, &entry->timer);
  g_object_unref (entry->session);
  g_free (entry);
}

BatonSessionTable *
baton_session_table_new (BatonTimers *timers)
{
  BatonSessionTable *self = g_new0 (BatonSessionTable, 1);

  self->timers = g_object_ref (timers);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->by_session = g_hash_table_new (NULL, NULL);
  return self;
}

void
baton_session_table_free (BatonSessionTable *self)
{
  g_ptr_array_unref (self->entries);
  g_hash_table_unref (self->by_session);
  g_object_unref (self->timers);
  g_free (self);
}

void
baton_session_table_add (BatonSessionTable *self, BatonSession *session)
{
  Entry *entry;

  if (g_hash_table_contains (self->by_session, session))
    return;
  entry = g_new0 (Entry, 1);
  entry->table = self;
  entry->session = g_object_ref (session);
  g_ptr_array_add (self->entries, entry);
  g_hash_table_insert (self->by_session, session, entry);
}

static gboolean
baton_session_table_forget (gpointer data)
{
  Entry *entry = data;
  BatonSessionTable *self = entry->table;
  g_autoptr (BatonSession) session = g_object_ref (entry->session);
  /* The session may have the last reference on whoever owns this table. */
  g_autoptr (BatonUa) ua = g_object_ref (baton_session_get_ua (session));

  /* A refer that lives on in it, for an hour perhaps, is found and ended when the user agent stops. */
  if (baton_session_has_refers (session))
    return G_SOURCE_CONTINUE;
  entry->timer = 0;
  g_hash_table_remove (self->by_session, session);
  g_ptr_array_remove (self->entries, entry);
  return G_SOURCE_REMOVE;
}

void
baton_session_table_end (BatonSessionTable *self, BatonSession *session)
{
  Entry *entry = g_hash_table_lookup (self->by_session, session);

  if (entry != NULL && entry->timer == 0)
    entry->timer = baton_timers_add (self->timers, ENDED_SESSION_MS, baton_session_table_forget, entry);
}

void
baton_session_table_clear (BatonSessionTable *self)
{
  /* A last reference that goes with an entry must find the table whole. */
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->entries);

  self->entries = g_ptr_array_new_with_free_func (entry_free);
  g_hash_table_remove_all (self->by_session);
}

BatonSession *
baton_session_table_find (BatonSessionTable *self, const BatonReplaces *replaces)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (baton_session_matches_dialog (entry->session, replaces->call_id, replaces->to_tag, replaces->from_tag))
        return entry->session;
    }
  return NULL;
}

guint
baton_session_table_count_live (BatonSessionTable *self)
{
  guint n = 0;

  for (guint i = 0; i < self->entries->len; i++)
    n += ((Entry *) g_ptr_array_index (self->entries, i))->timer == 0;
  return n;
}

gboolean
baton_session_table_is_busy (BatonSessionTable *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      if (baton_session_has_dialog (((Entry *) g_ptr_array_index (self->entries, i))->session))
        return TRUE;
    }
  return FALSE;
}

GPtrArray *
baton_session_table_list (BatonSessionTable *self)
{
  GPtrArray *sessions = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->entries->len; i++)
    g_ptr_array_add (sessions, g_object_ref (((Entry *) g_ptr_array_index (self->entries, i))->session));
  return sessions;
}
