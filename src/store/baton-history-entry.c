/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-history-entry-private.h"

#include "baton-enum-types.h"

struct _BatonHistoryEntry
{
  GObject parent_instance;

  BatonHistoryRow *row; /* (nullable) what the disk thread knows it by; its values are not ours to change */
  gint64 id;
  char *account, *uri, *name, *chain;
  BatonDirection direction;
  gint64 time;
  guint duration, status;
  gboolean missed;
};

enum
{
  PROP_ID = 1,
  PROP_ACCOUNT,
  PROP_URI,
  PROP_NAME,
  PROP_DIRECTION,
  PROP_TIME,
  PROP_DURATION,
  PROP_STATUS,
  PROP_MISSED,
  PROP_TRANSFER_CHAIN,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (BatonHistoryEntry, baton_history_entry, G_TYPE_OBJECT)

static void
baton_history_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonHistoryEntry *self = BATON_HISTORY_ENTRY (object);

  switch (id)
    {
    case PROP_ID: g_value_set_int64 (value, self->id); break;
    case PROP_ACCOUNT: g_value_set_string (value, self->account); break;
    case PROP_URI: g_value_set_string (value, self->uri); break;
    case PROP_NAME: g_value_set_string (value, self->name); break;
    case PROP_DIRECTION: g_value_set_enum (value, self->direction); break;
    case PROP_TIME: g_value_set_int64 (value, self->time); break;
    case PROP_DURATION: g_value_set_uint (value, self->duration); break;
    case PROP_STATUS: g_value_set_uint (value, self->status); break;
    case PROP_MISSED: g_value_set_boolean (value, self->missed); break;
    case PROP_TRANSFER_CHAIN: g_value_set_string (value, self->chain); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_text (BatonHistoryEntry *self, char **text, const GValue *value, GParamSpec *pspec)
{
  g_autofree char *clean = baton_history_text (g_value_get_string (value));

  if (g_strcmp0 (*text, clean) == 0)
    return;
  g_free (*text);
  *text = g_steal_pointer (&clean);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

#define SET(member, value) \
  G_STMT_START { \
    if (self->member != (value)) \
      { \
        self->member = (value); \
        g_object_notify_by_pspec (object, pspec); \
      } \
  } G_STMT_END

static void
baton_history_entry_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonHistoryEntry *self = BATON_HISTORY_ENTRY (object);

  switch (id)
    {
    case PROP_ID: SET (id, g_value_get_int64 (value)); break;
    case PROP_ACCOUNT: set_text (self, &self->account, value, pspec); break;
    case PROP_URI: set_text (self, &self->uri, value, pspec); break;
    case PROP_NAME: set_text (self, &self->name, value, pspec); break;
    case PROP_DIRECTION: SET (direction, (BatonDirection) g_value_get_enum (value)); break;
    case PROP_TIME: SET (time, g_value_get_int64 (value)); break;
    case PROP_DURATION: SET (duration, g_value_get_uint (value)); break;
    case PROP_STATUS: SET (status, g_value_get_uint (value)); break;
    case PROP_MISSED: SET (missed, g_value_get_boolean (value)); break;
    case PROP_TRANSFER_CHAIN: set_text (self, &self->chain, value, pspec); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_history_entry_finalize (GObject *object)
{
  BatonHistoryEntry *self = BATON_HISTORY_ENTRY (object);

  g_clear_pointer (&self->row, baton_history_row_unref);
  g_free (self->account);
  g_free (self->uri);
  g_free (self->name);
  g_free (self->chain);
  G_OBJECT_CLASS (baton_history_entry_parent_class)->finalize (object);
}

static void
baton_history_entry_class_init (BatonHistoryEntryClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = baton_history_entry_get_property;
  object_class->set_property = baton_history_entry_set_property;
  object_class->finalize = baton_history_entry_finalize;

  props[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_ACCOUNT] = g_param_spec_string ("account", NULL, NULL, NULL, flags);
  props[PROP_URI] = g_param_spec_string ("uri", NULL, NULL, NULL, flags);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_DIRECTION] = g_param_spec_enum ("direction", NULL, NULL, BATON_TYPE_DIRECTION, BATON_DIRECTION_OUTGOING,
                                             flags);
  props[PROP_TIME] = g_param_spec_int64 ("time", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_DURATION] = g_param_spec_uint ("duration", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_STATUS] = g_param_spec_uint ("status", NULL, NULL, 0, 999, 0, flags);
  props[PROP_MISSED] = g_param_spec_boolean ("missed", NULL, NULL, FALSE, flags);
  props[PROP_TRANSFER_CHAIN] = g_param_spec_string ("transfer-chain", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
baton_history_entry_init (BatonHistoryEntry *self)
{
}

BatonHistoryEntry *
baton_history_entry_new_from_row (BatonHistoryRow *row)
{
  BatonHistoryEntry *self;

  self = g_object_new (BATON_TYPE_HISTORY_ENTRY, "id", row->id, "account", row->account, "uri", row->uri,
                       "name", row->name, "direction", row->direction, "time", row->time, "duration", row->duration,
                       "status", row->status, "missed", row->missed, "transfer-chain", row->chain, NULL);
  self->row = baton_history_row_ref (row);
  return self;
}

BatonHistoryRow *
baton_history_entry_make_row (BatonHistoryEntry *self)
{
  BatonHistoryRow *row = baton_history_row_new ();

  row->account = g_strdup (self->account);
  row->uri = g_strdup (self->uri);
  row->name = g_strdup (self->name);
  row->chain = g_strdup (self->chain);
  row->direction = self->direction;
  row->time = self->time;
  row->duration = self->duration;
  row->status = self->status;
  row->missed = self->missed;
  g_clear_pointer (&self->row, baton_history_row_unref);
  self->row = baton_history_row_ref (row);
  return row;
}

BatonHistoryRow *
baton_history_entry_get_row (BatonHistoryEntry *self)
{
  return self->row;
}

gint64
baton_history_entry_get_time (BatonHistoryEntry *self)
{
  return self->time;
}

void
baton_history_entry_set_id (BatonHistoryEntry *self, gint64 id)
{
  if (self->id == id)
    return;
  self->id = id;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ID]);
}
