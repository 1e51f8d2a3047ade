/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-history.h"

#include "baton-history-entry-private.h"

/*
 * Two threads, which share a queue of jobs and nothing else that changes. The model lives in the
 * main context; the disk thread owns the file. A job carries a row, which the main context doesn't
 * change any more once it is queued. What the disk thread finds out comes back as a report: by
 * g_main_context_invoke, through a weak reference, so that a report may outlive the history.
 */

typedef enum
{
  JOB_OPEN,
  JOB_INSERT,
  JOB_DELETE,
  JOB_CLEAR,
  JOB_FLUSH,
  JOB_QUIT,
} JobKind;

typedef struct
{
  JobKind kind;
  BatonHistoryRow *row;   /* INSERT, DELETE */
  GAsyncQueue *done;      /* FLUSH: gets a token when it is its turn */
} Job;

/* The disk thread's side of a history, freed by that thread. */
typedef struct
{
  GAsyncQueue *jobs;
  GMainContext *context;
  GWeakRef *history;    /* freed by the last report */
  BatonHistoryFile *file;
  GQueue unsaved;       /* of BatonHistoryRow, oldest first: what the file did not take yet */
  gboolean open;
  gboolean complained;  /* one message per bad spell, not one per call */
} Disk;

struct _BatonHistory
{
  GObject parent_instance;

  char *path; /* (nullable) */
  GPtrArray *entries;
  GThread *thread;   /* (nullable) */
  GAsyncQueue *jobs; /* (nullable) */
  gboolean cleared_before_load;
  gboolean loaded;
};

enum
{
  PROP_PATH = 1,
  N_PROPS
};

enum
{
  SIGNAL_PROBLEM,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* ---- the disk thread ---- */

static void
job_free (Job *job)
{
  g_clear_pointer (&job->row, baton_history_row_unref);
  g_clear_pointer (&job->done, g_async_queue_unref);
  g_free (job);
}

typedef struct
{
  GWeakRef *history; /* owned by all reports together: an atomic_rc_box */
  char *problem;     /* (nullable) */
  GPtrArray *loaded; /* (nullable) */
  BatonHistoryRow *stored; /* (nullable) */
  gint64 id;
} Report;

static void
weak_clear (gpointer data)
{
  g_weak_ref_clear (data);
}

static void
report_free (gpointer data)
{
  Report *report = data;

  g_atomic_rc_box_release_full (report->history, weak_clear);
  g_free (report->problem);
  g_clear_pointer (&report->loaded, g_ptr_array_unref);
  g_clear_pointer (&report->stored, baton_history_row_unref);
  g_free (report);
}

static gboolean take_report (gpointer data);

static void
send_report (Disk *disk, Report *report)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  report->history = g_atomic_rc_box_acquire (disk->history);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, take_report, report, report_free);
  g_source_attach (source, disk->context);
}

static void
report_problem (Disk *disk, const char *message)
{
  Report *report = g_new0 (Report, 1);

  report->problem = g_strdup (message);
  send_report (disk, report);
}

static void
disk_open (Disk *disk)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *notice = NULL;
  Report *report = g_new0 (Report, 1);

  disk->open = baton_history_file_open (disk->file, &notice, &error);
  if (disk->open)
    report->loaded = baton_history_file_load (disk->file, &error);
  if (error != NULL || notice != NULL)
    report->problem = g_strdup (error != NULL ? error->message : notice);
  disk->complained = error != NULL;
  send_report (disk, report);
}

static void
disk_complain (Disk *disk, const GError *error)
{
  if (!disk->complained)
    report_problem (disk, error->message);
  disk->complained = TRUE;
}

/* Writes what has waited, oldest first, until the file refuses. */
static void
disk_save (Disk *disk)
{
  BatonHistoryRow *row;

  while (disk->open && (row = g_queue_peek_head (&disk->unsaved)) != NULL)
    {
      g_autoptr (GError) error = NULL;
      Report *report;

      if (!baton_history_file_insert (disk->file, row, &error))
        {
          disk_complain (disk, error);
          return;
        }
      disk->complained = FALSE;
      report = g_new0 (Report, 1);
      report->id = row->id;
      report->stored = g_queue_pop_head (&disk->unsaved);
      send_report (disk, report);
    }
}

static void
disk_delete (Disk *disk, BatonHistoryRow *row)
{
  g_autoptr (GError) error = NULL;

  if (g_queue_remove (&disk->unsaved, row))
    baton_history_row_unref (row);
  else if (disk->open && row->id != 0 && !baton_history_file_delete (disk->file, row->id, &error))
    disk_complain (disk, error);
}

static void
disk_clear (Disk *disk)
{
  g_autoptr (GError) error = NULL;

  g_queue_clear_full (&disk->unsaved, (GDestroyNotify) baton_history_row_unref);
  if (disk->open && !baton_history_file_clear (disk->file, &error))
    disk_complain (disk, error);
}

static void
disk_free (Disk *disk)
{
  g_queue_clear_full (&disk->unsaved, (GDestroyNotify) baton_history_row_unref);
  baton_history_file_free (disk->file);
  g_atomic_rc_box_release_full (disk->history, weak_clear);
  g_main_context_unref (disk->context);
  g_async_queue_unref (disk->jobs);
  g_free (disk);
}

static gpointer
disk_thread (gpointer data)
{
  Disk *disk = data;

  for (gboolean running = TRUE; running;)
    {
      Job *job = g_async_queue_pop (disk->jobs);

      switch (job->kind)
        {
        case JOB_OPEN:
          disk_open (disk);
          break;
        case JOB_INSERT:
          g_queue_push_tail (&disk->unsaved, baton_history_row_ref (job->row));
          disk_save (disk);
          break;
        case JOB_DELETE:
          disk_delete (disk, job->row);
          disk_save (disk);
          break;
        case JOB_CLEAR:
          disk_clear (disk);
          break;
        case JOB_FLUSH:
          disk_save (disk);
          g_async_queue_push (job->done, disk);
          break;
        case JOB_QUIT:
          disk_save (disk);
          running = FALSE;
          break;
        }
      job_free (job);
    }
  disk_free (disk);
  return NULL;
}

/* ---- the model ---- */

static GType
baton_history_get_item_type (GListModel *model)
{
  return BATON_TYPE_HISTORY_ENTRY;
}

static guint
baton_history_get_n_items (GListModel *model)
{
  return BATON_HISTORY (model)->entries->len;
}

static gpointer
baton_history_get_item (GListModel *model, guint position)
{
  BatonHistory *self = BATON_HISTORY (model);

  return position < self->entries->len ? g_object_ref (g_ptr_array_index (self->entries, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = baton_history_get_item_type;
  iface->get_n_items = baton_history_get_n_items;
  iface->get_item = baton_history_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BatonHistory, baton_history, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
push_job (BatonHistory *self, JobKind kind, BatonHistoryRow *row)
{
  Job *job;

  if (self->jobs == NULL)
    return;
  job = g_new0 (Job, 1);
  job->kind = kind;
  job->row = row != NULL ? baton_history_row_ref (row) : NULL;
  g_async_queue_push (self->jobs, job);
}

/* Where an entry of @time belongs: before the first that isn't newer. */
static guint
find_place (BatonHistory *self, gint64 time)
{
  guint low = 0, high = self->entries->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (baton_history_entry_get_time (g_ptr_array_index (self->entries, middle)) > time)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* What was added before the file had been read is mostly newer than all that comes from it. */
static void
merge_loaded (BatonHistory *self, GPtrArray *rows)
{
  g_autoptr (GPtrArray) old = self->entries;
  guint o = 0, r = 0;

  self->entries = g_ptr_array_new_full (old->len + rows->len, g_object_unref);
  while (o < old->len || r < rows->len)
    {
      BatonHistoryEntry *mine = o < old->len ? g_ptr_array_index (old, o) : NULL;
      BatonHistoryRow *row = r < rows->len ? g_ptr_array_index (rows, r) : NULL;

      if (row == NULL || (mine != NULL && baton_history_entry_get_time (mine) >= row->time))
        {
          g_ptr_array_add (self->entries, g_object_ref (mine));
          o++;
        }
      else
        {
          g_ptr_array_add (self->entries, baton_history_entry_new_from_row (row));
          r++;
        }
    }
  g_list_model_items_changed (G_LIST_MODEL (self), 0, old->len, self->entries->len);
}

static void
note_stored (BatonHistory *self, BatonHistoryRow *row, gint64 id)
{
  for (guint i = 0; i < self->entries->len; i++) /* the newest are first */
    {
      BatonHistoryEntry *entry = g_ptr_array_index (self->entries, i);

      if (baton_history_entry_get_row (entry) == row)
        {
          baton_history_entry_set_id (entry, id);
          return;
        }
    }
}

static gboolean
take_report (gpointer data)
{
  Report *report = data;
  g_autoptr (BatonHistory) self = g_weak_ref_get (report->history);

  if (self == NULL)
    return G_SOURCE_REMOVE;
  if (report->stored != NULL)
    note_stored (self, report->stored, report->id);
  if (report->loaded != NULL && !self->cleared_before_load && report->loaded->len > 0)
    merge_loaded (self, report->loaded);
  if (report->stored == NULL)
    self->loaded = TRUE;
  if (report->problem != NULL)
    {
      g_message ("%s", report->problem);
      g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, report->problem);
    }
  return G_SOURCE_REMOVE;
}

static void
baton_history_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonHistory *self = BATON_HISTORY (object);

  switch (id)
    {
    case PROP_PATH: g_value_set_string (value, self->path); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_history_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonHistory *self = BATON_HISTORY (object);

  switch (id)
    {
    case PROP_PATH: self->path = g_value_dup_string (value); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_history_constructed (GObject *object)
{
  BatonHistory *self = BATON_HISTORY (object);
  Disk *disk;

  G_OBJECT_CLASS (baton_history_parent_class)->constructed (object);
  if (self->path == NULL)
    return;
  self->jobs = g_async_queue_new_full ((GDestroyNotify) job_free);
  disk = g_new0 (Disk, 1);
  disk->jobs = g_async_queue_ref (self->jobs);
  disk->context = g_main_context_ref_thread_default ();
  disk->history = g_atomic_rc_box_new0 (GWeakRef);
  g_weak_ref_init (disk->history, self);
  disk->file = baton_history_file_new (self->path);
  g_queue_init (&disk->unsaved);
  self->thread = g_thread_new ("baton-history", disk_thread, disk);
  push_job (self, JOB_OPEN, NULL);
}

static void
baton_history_dispose (GObject *object)
{
  BatonHistory *self = BATON_HISTORY (object);

  push_job (self, JOB_QUIT, NULL);
  g_clear_pointer (&self->thread, g_thread_join); /* it has written by then */
  g_clear_pointer (&self->jobs, g_async_queue_unref);
  g_ptr_array_set_size (self->entries, 0);
  G_OBJECT_CLASS (baton_history_parent_class)->dispose (object);
}

static void
baton_history_finalize (GObject *object)
{
  BatonHistory *self = BATON_HISTORY (object);

  g_ptr_array_unref (self->entries);
  g_free (self->path);
  G_OBJECT_CLASS (baton_history_parent_class)->finalize (object);
}

static void
baton_history_class_init (BatonHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = baton_history_get_property;
  object_class->set_property = baton_history_set_property;
  object_class->constructed = baton_history_constructed;
  object_class->dispose = baton_history_dispose;
  object_class->finalize = baton_history_finalize;

  /** BatonHistory:path: (nullable): the file, NULL for a history in memory */
  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL,
                                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /** BatonHistory::problem: @message is a sentence for a person; the history goes on */
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", BATON_TYPE_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
baton_history_init (BatonHistory *self)
{
  self->entries = g_ptr_array_new_with_free_func (g_object_unref);
}

BatonHistory *
baton_history_new (const char *path)
{
  return g_object_new (BATON_TYPE_HISTORY, "path", path, NULL);
}

void
baton_history_add (BatonHistory *self, BatonHistoryEntry *entry)
{
  g_autoptr (BatonHistoryRow) row = NULL;
  guint place;

  g_return_if_fail (BATON_IS_HISTORY (self));
  g_return_if_fail (BATON_IS_HISTORY_ENTRY (entry));
  g_return_if_fail (!g_ptr_array_find (self->entries, entry, NULL));

  row = baton_history_entry_make_row (entry);
  push_job (self, JOB_INSERT, row);
  place = find_place (self, row->time);
  g_ptr_array_insert (self->entries, place, g_object_ref (entry));
  g_list_model_items_changed (G_LIST_MODEL (self), place, 0, 1);
}

void
baton_history_remove (BatonHistory *self, BatonHistoryEntry *entry)
{
  BatonHistoryRow *row;
  guint place;

  g_return_if_fail (BATON_IS_HISTORY (self));
  g_return_if_fail (BATON_IS_HISTORY_ENTRY (entry));

  if (!g_ptr_array_find (self->entries, entry, &place))
    return;
  row = baton_history_entry_get_row (entry);
  if (row != NULL)
    push_job (self, JOB_DELETE, row);
  g_ptr_array_remove_index (self->entries, place);
  g_list_model_items_changed (G_LIST_MODEL (self), place, 1, 0);
}

void
baton_history_clear (BatonHistory *self)
{
  guint n;

  g_return_if_fail (BATON_IS_HISTORY (self));

  self->cleared_before_load = !self->loaded;
  push_job (self, JOB_CLEAR, NULL);
  n = self->entries->len;
  g_ptr_array_set_size (self->entries, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

void
baton_history_flush (BatonHistory *self)
{
  g_autoptr (GAsyncQueue) done = NULL;
  Job *job;

  g_return_if_fail (BATON_IS_HISTORY (self));

  if (self->jobs == NULL)
    return;
  done = g_async_queue_new ();
  job = g_new0 (Job, 1);
  job->kind = JOB_FLUSH;
  job->done = g_async_queue_ref (done);
  g_async_queue_push (self->jobs, job);
  g_async_queue_pop (done);
}
