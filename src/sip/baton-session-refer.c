/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-refer-context-private.h"

#include "baton-error.h"
#include "baton-session-fields.h"
#include "baton-sip-auth.h"
#include "baton-sip-mend.h"
#include "baton-ua-private.h"

/*
 * Which context an event on a session's handle belongs to, the lists of contexts, and the guards
 * that count over several of them. What a session knows of its refers is kept beside it, not in it.
 */

#define RATE_LIMIT 10
#define RATE_WINDOW_MS 60000
/* Peers that are counted at a time: a stranger with many names can't fill our memory */
#define RATE_PEERS 256

typedef struct
{
  GPtrArray *contexts;
  GQueue notifies;
  guint received;
  guint depth;
} ReferBook;

static void
refer_book_free (gpointer data)
{
  ReferBook *book = data;

  g_queue_clear (&book->notifies);
  g_ptr_array_unref (book->contexts);
  g_free (book);
}

static ReferBook *
book_of (gpointer owner)
{
  static GQuark quark;
  ReferBook *book;

  if (quark == 0)
    quark = g_quark_from_static_string ("baton-refer-book");
  book = g_object_get_qdata (owner, quark);
  if (book == NULL)
    {
      book = g_new0 (ReferBook, 1);
      book->contexts = g_ptr_array_new_with_free_func (g_object_unref);
      g_object_set_qdata_full (owner, quark, book, refer_book_free);
    }
  return book;
}

GPtrArray *
baton_refer_list_of (gpointer owner)
{
  return book_of (owner)->contexts;
}

GQueue *
baton_refer_notifies_of (BatonSession *session)
{
  return &book_of (session)->notifies;
}

guint
baton_refer_count_received (BatonSession *session)
{
  return book_of (session)->received++;
}

guint
baton_refer_get_depth (BatonSession *session)
{
  return book_of (session)->depth;
}

void
baton_refer_set_depth (BatonSession *session, guint depth)
{
  book_of (session)->depth = depth;
}

/* milliseconds, so that a pointer holds weeks of them on every machine */
static gint64
rate_time (gpointer time)
{
  return (gint64) GPOINTER_TO_SIZE (time);
}

static gboolean
rate_is_old (gpointer peer, gpointer times, gpointer now)
{
  return g_queue_is_empty (times) || *(gint64 *) now - rate_time (g_queue_peek_tail (times)) > RATE_WINDOW_MS;
}

gboolean
baton_refer_rate_allows (BatonUa *ua, const char *peer)
{
  GHashTable *table = g_object_get_data (G_OBJECT (ua), "baton-refer-rate");
  gint64 now = baton_timers_now (baton_ua_get_timers (ua)) / 1000;
  GQueue *times;

  if (table == NULL)
    {
      table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_queue_free);
      g_object_set_data_full (G_OBJECT (ua), "baton-refer-rate", table, (GDestroyNotify) g_hash_table_unref);
    }
  if (g_hash_table_size (table) >= RATE_PEERS)
    g_hash_table_foreach_remove (table, rate_is_old, &now);
  times = g_hash_table_lookup (table, peer != NULL ? peer : "");
  if (times == NULL)
    {
      if (g_hash_table_size (table) >= RATE_PEERS)
        return FALSE; /* somebody invents names: none of them wipes out what is known of the others */
      times = g_queue_new ();
      g_hash_table_insert (table, g_strdup (peer != NULL ? peer : ""), times);
    }
  while (!g_queue_is_empty (times) && now - rate_time (g_queue_peek_head (times)) > RATE_WINDOW_MS)
    g_queue_pop_head (times);
  if (g_queue_get_length (times) >= RATE_LIMIT)
    return FALSE;
  g_queue_push_tail (times, GSIZE_TO_POINTER ((gsize) now));
  return TRUE;
}

/* ---- Events ---- */

static void
on_refer_response (BatonSession *self, const BatonSipEvent *event)
{
  GPtrArray *list = baton_refer_list_of (self);

  /* The stack sends one request at a time in a dialog: the oldest that waits is the one that's answered */
  for (guint i = 0; i < list->len; i++)
    {
      if (BATON_IS_REFER_CLIENT_CONTEXT (list->pdata[i]) && baton_refer_client_context_awaits_answer (list->pdata[i]))
        {
          g_autoptr (BatonReferClientContext) context = g_object_ref (list->pdata[i]);

          baton_refer_client_context_response (context, event);
          return;
        }
    }
}

static void
on_notify (BatonSession *self, const BatonSipEvent *event)
{
  GPtrArray *list = baton_refer_list_of (self);
  const sip_event_t *package = event->sip != NULL ? event->sip->sip_event : NULL;

  if (event->sip == NULL)
    return; /* the stack's own, of a subscription that it gave up */
  if (package == NULL || g_strcmp0 (package->o_type, "refer") != 0)
    {
      if (event->status < 200)
        nua_respond (event->handle, SIP_489_BAD_EVENT, NUTAG_WITH_THIS (event->nua), TAG_END ());
      return;
    }
  for (guint i = 0; i < list->len; i++)
    {
      if (BATON_IS_REFER_CLIENT_CONTEXT (list->pdata[i]) && baton_refer_client_context_matches (list->pdata[i], package->o_id))
        {
          g_autoptr (BatonReferClientContext) context = g_object_ref (list->pdata[i]);

          baton_refer_client_context_notify (context, event);
          return;
        }
    }
  if (event->status < 200)
    nua_respond (event->handle, 481, "Subscription Does Not Exist", NUTAG_WITH_THIS (event->nua), TAG_END ());
}

/* Returns: (transfer full) (nullable) */
static BatonReferServerContext *
find_server_context (BatonSession *self, const sip_event_t *package)
{
  GPtrArray *list = baton_refer_list_of (self);

  for (guint i = 0; package != NULL && i < list->len; i++)
    {
      if (BATON_IS_REFER_SERVER_CONTEXT (list->pdata[i]) && baton_refer_server_context_matches (list->pdata[i], package->o_id))
        return g_object_ref (list->pdata[i]);
    }
  return NULL;
}

/*
 * The tag says what the stack took the NOTIFY for; one without id it takes for the newest
 * subscription. The order in which they were sent knows better.
 */
static void
on_notify_response (BatonSession *self, const BatonSipEvent *event)
{
  const sip_event_t *package = NULL;
  GQueue *out = baton_refer_notifies_of (self);
  BatonReferServerContext *head = g_queue_peek_head (out);
  g_autoptr (BatonReferServerContext) context = NULL;

  if (event->status < 200 || baton_sip_auth_answer_or_give_up (self->identity, event, &self->auth_attempts))
    return;
  tl_gets (event->tags, SIPTAG_EVENT_REF (package), TAG_END ());
  if (head != NULL && baton_refer_server_context_is_plain (head))
    context = g_object_ref (head);
  else
    context = find_server_context (self, package);
  if (context == NULL)
    return;
  g_queue_remove (out, context);
  baton_refer_server_context_notify_response (context, event);
}

/* Of ours: the answer to a refresh */
static void
on_refreshed (BatonSession *self, const BatonSipEvent *event)
{
  GPtrArray *list = baton_refer_list_of (self);
  const sip_event_t *package = NULL;

  if (baton_sip_auth_answer_or_give_up (self->identity, event, &self->auth_attempts))
    return;
  tl_gets (event->tags, SIPTAG_EVENT_REF (package), TAG_END ());
  for (guint i = 0; package != NULL && i < list->len; i++)
    {
      if (BATON_IS_REFER_CLIENT_CONTEXT (list->pdata[i]) &&
          baton_refer_client_context_matches (list->pdata[i], package->o_id))
        {
          g_autoptr (BatonReferClientContext) context = g_object_ref (list->pdata[i]);

          baton_refer_client_context_refreshed (context, event);
          return;
        }
    }
}

static void
on_subscribe (BatonSession *self, const BatonSipEvent *event)
{
  g_autoptr (BatonReferServerContext) context = find_server_context (self, event->sip != NULL ? event->sip->sip_event : NULL);

  if (context != NULL)
    baton_refer_server_context_subscribe (context, event);
  else if (event->status < 200)
    nua_respond (event->handle, SIP_403_FORBIDDEN, NUTAG_WITH_THIS (event->nua), TAG_END ());
}

gboolean
baton_session_refer_event (BatonSession *self, const BatonSipEvent *event)
{
  g_autoptr (BatonSession) hold = g_object_ref (self);

  switch ((int) event->event)
    {
    case nua_i_refer:
      baton_refer_server_context_receive (baton_session_get_ua (hold), hold, event);
      return TRUE;
    case nua_r_refer:
      on_refer_response (hold, event);
      if (event->status >= 300 && !baton_sip_mend_active ())
        g_debug ("sofia-sip decides by itself whether this answer ends the call");
      return TRUE;
    case nua_i_notify:
      on_notify (hold, event);
      return TRUE;
    case nua_r_notify:
      on_notify_response (hold, event);
      return TRUE;
    case nua_i_subscribe:
      on_subscribe (hold, event);
      return TRUE;
    case nua_r_subscribe:
      on_refreshed (hold, event);
      return TRUE;
    case nua_r_unsubscribe:
      baton_sip_auth_answer_or_give_up (hold->identity, event, &hold->auth_attempts);
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
baton_session_has_refers (BatonSession *self)
{
  return baton_refer_list_of (self)->len > 0;
}

/* To walk over while contexts end, which takes them out of the list itself */
static GPtrArray *
copy_list (gpointer owner)
{
  GPtrArray *list = g_ptr_array_copy (baton_refer_list_of (owner), (GCopyFunc) (void (*) (void)) g_object_ref, NULL);

  g_ptr_array_set_free_func (list, g_object_unref);
  return list;
}

void
baton_session_refer_dialog_ended (BatonSession *self, gboolean by_peer)
{
  g_autoptr (GPtrArray) list = copy_list (self);

  for (guint i = 0; i < list->len; i++)
    {
      if (BATON_IS_REFER_CLIENT_CONTEXT (list->pdata[i]))
        baton_refer_client_context_dialog_ended (list->pdata[i], by_peer);
    }
}

void
baton_session_refer_hung_up (BatonSession *self)
{
  g_autoptr (GPtrArray) list = copy_list (self);

  for (guint i = 0; i < list->len; i++)
    {
      BatonReferState state = baton_refer_context_get_state (list->pdata[i]);

      if (BATON_IS_REFER_SERVER_CONTEXT (list->pdata[i]) &&
          (state == BATON_REFER_STATE_REQUESTED || state == BATON_REFER_STATE_PENDING))
        baton_refer_server_context_reject (list->pdata[i], SIP_487_REQUEST_TERMINATED, NULL);
    }
}

static void
abort_all (gpointer owner)
{
  g_autoptr (GPtrArray) list = copy_list (owner);

  for (guint i = 0; i < list->len; i++)
    {
      if (BATON_IS_REFER_CLIENT_CONTEXT (list->pdata[i]))
        baton_refer_client_context_abort (list->pdata[i]);
      else
        baton_refer_server_context_abort (list->pdata[i]);
    }
}

void
baton_session_refer_shutdown (BatonSession *self)
{
  g_autoptr (BatonSession) hold = g_object_ref (self);

  abort_all (hold);
}

void
baton_ua_refer_event (BatonUa *self, const BatonSipEvent *event)
{
  baton_refer_server_context_receive (self, NULL, event);
}

void
baton_ua_refer_shutdown (BatonUa *self)
{
  abort_all (self);
}

/* ---- The session's own commands ---- */

BatonReferClientContext *
baton_session_refer_to_uri (BatonSession *self, const char *target, const BatonReferOptions *options, GError **error)
{
  g_autoptr (BatonReferClientContext) context = NULL;

  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);
  context = baton_refer_client_context_new (baton_session_get_ua (self), BATON_REFER_APPLICANT (self), target, options);
  if (!baton_refer_client_context_refer (context, error))
    return NULL;
  return g_steal_pointer (&context);
}

char *
baton_session_dup_target_dialog (BatonSession *self)
{
  g_autoptr (BatonReplaces) dialog = NULL;

  if (!self->remote_supports_target_dialog || baton_session_get_state (self) != BATON_SESSION_STATE_ESTABLISHED)
    return NULL;
  dialog = baton_session_dup_replaces (self);
  return dialog == NULL ? NULL
                        : g_strdup_printf ("Target-Dialog: %s;local-tag=%s;remote-tag=%s\r\n", dialog->call_id,
                                           dialog->to_tag, dialog->from_tag);
}

static gboolean
supports_replaces (BatonSession *session)
{
  gboolean supported = FALSE;

  g_object_get (session, "remote-supports-replaces", &supported, NULL);
  return supported;
}

/* Contacts of phones in browsers are of no use to anybody else (RFC 7118 appendix B.1; RFC 2606 §2) */
static gboolean
is_reachable (const BatonSipUri *uri)
{
  g_autofree char *host = g_ascii_strdown (baton_sip_uri_get_host (uri), -1);

  return !g_str_has_suffix (host, ".invalid");
}

/* The Contact that C gave us, or its address of record where it gave none that others can reach */
static BatonSipUri *
contact_of (BatonSession *target, gboolean use_aor, GError **error)
{
  const char *contact = use_aor ? NULL : baton_session_get_remote_contact (target);
  BatonSipUri *uri = contact != NULL ? baton_sip_uri_parse (contact, NULL) : NULL;

  if (uri != NULL && !(baton_sip_uri_is_callable (uri) && is_reachable (uri)))
    g_clear_pointer (&uri, baton_sip_uri_unref);
  return uri != NULL ? uri : baton_sip_uri_parse (baton_session_get_remote_uri (target), error);
}

BatonReferClientContext *
baton_session_make_refer_to_session (BatonSession *self, BatonSession *target, const BatonReferOptions *options, GError **error)
{
  g_autoptr (BatonReplaces) replaces = NULL;
  g_autoptr (BatonSipUri) uri = NULL;
  BatonReferTo *refer_to;

  g_return_val_if_fail (BATON_IS_SESSION (self), NULL);
  g_return_val_if_fail (BATON_IS_SESSION (target), NULL);
  if (self == target)
    {
      baton_refer_context_set_state_error (error, "A call can't be connected with itself.");
      return NULL;
    }
  if (baton_session_get_state (target) == BATON_SESSION_STATE_ESTABLISHED)
    replaces = baton_session_dup_replaces (target);
  if (replaces == NULL)
    {
      baton_refer_context_set_state_error (error, "The other call has to be answered before the two can be connected.");
      return NULL;
    }
  uri = contact_of (target, options != NULL && options->use_aor, error);
  if (uri == NULL)
    return NULL;
  refer_to = baton_refer_to_new (NULL, uri, replaces);
  /* At an address of record there may be several phones: only the one that has the call may take it (RFC 5589 §7.5). */
  refer_to->require_replaces = (options != NULL && options->use_aor) ||
                               (supports_replaces (self) && supports_replaces (target));
  return baton_refer_client_context_new_full (baton_session_get_ua (self), BATON_REFER_APPLICANT (self), refer_to, target,
                                              options);
}

BatonReferClientContext *
baton_session_refer_to_session (BatonSession *self, BatonSession *target, const BatonReferOptions *options, GError **error)
{
  g_autoptr (BatonReferClientContext) context = baton_session_make_refer_to_session (self, target, options, error);

  if (context == NULL || !baton_refer_client_context_refer (context, error))
    return NULL;
  return g_steal_pointer (&context);
}
