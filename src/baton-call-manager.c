/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-call-manager-private.h"

#include <string.h>

#include "baton-call-party.h"
#include "baton-error.h"
#include "baton-heap.h"
#include "baton-sip-uri.h"

/* How long a consultation waits for the caller to be held before it is placed all the same. */
#define HOLD_PATIENCE_MS 2000

struct _BatonCallManager
{
  GObject parent_instance;

  BatonUa *ua;
  GListModel *accounts;
  BatonMediaFactory *factory;
  const BatonEngineOptions *options;
  GPtrArray *calls;
  guint last_number;
  BatonCall *foreground;
  gboolean auto_hold;
  BatonCallParty *party;
};

enum
{
  PROP_FOREGROUND = 1,
  PROP_AUTO_HOLD,
  N_PROPS
};

enum
{
  SIGNAL_CALL_ADDED,
  SIGNAL_CALL_ENDED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return BATON_TYPE_CALL;
}

static guint
get_n_items (GListModel *model)
{
  return BATON_CALL_MANAGER (model)->calls->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  BatonCallManager *self = BATON_CALL_MANAGER (model);

  return position < self->calls->len ? g_object_ref (self->calls->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_TYPE_WITH_CODE (BatonCallManager, baton_call_manager, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* ---- Foreground ---- */

static gboolean
is_live (BatonCall *call)
{
  return call != NULL && baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED && !baton_call_is_held (call);
}

static void
on_held (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!baton_call_hold_finish (BATON_CALL (source), result, &error) &&
      baton_call_get_state (BATON_CALL (source)) != BATON_CALL_STATE_ENDED)
    baton_call_tell (BATON_CALL (source), error->message);
}

static void
on_resumed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!baton_call_resume_finish (BATON_CALL (source), result, &error) &&
      baton_call_get_state (BATON_CALL (source)) != BATON_CALL_STATE_ENDED)
    baton_call_tell (BATON_CALL (source), error->message);
}

static void
set_foreground (BatonCallManager *self, BatonCall *call)
{
  /* Again for the same call, too: its media may not have been there the last time. */
  if (self->factory != NULL)
    baton_media_factory_set_foreground (self->factory, call ? baton_call_get_media (call) : NULL);
  if (g_set_object (&self->foreground, call))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FOREGROUND]);
}

/* One call at a time has the person's ear; the others wait, where that is wanted. */
static void
hold_others (BatonCallManager *self, BatonCall *call)
{
  if (!self->auto_hold)
    return;
  for (guint i = 0; i < self->calls->len; i++)
    if (self->calls->pdata[i] != call && is_live (self->calls->pdata[i]) &&
        !(baton_call_party_has (self->party, call) && baton_call_party_has (self->party, self->calls->pdata[i])))
      {
        baton_call_set_held_for (self->calls->pdata[i], baton_call_get_number (call));
        baton_call_hold_async (self->calls->pdata[i], on_held, NULL);
      }
}

/* Not one that only waits for its BYE: whoever it was had the user transferred, and heard the room again (refer.md §3.6). */
static BatonCall *
next_foreground (BatonCallManager *self)
{
  for (guint i = self->calls->len; i > 0; i--)
    if (is_live (self->calls->pdata[i - 1]) && !baton_call_is_given_away (self->calls->pdata[i - 1]))
      return self->calls->pdata[i - 1];
  return NULL;
}

/* ---- Life of a call ---- */

/* Who was put on hold for a call that nobody answered */
static BatonCall *
find_held_for (BatonCallManager *self, BatonCall *ended)
{
  BatonCall *live = next_foreground (self);

  for (guint i = self->calls->len; i > 0 && !baton_call_was_established (ended); i--)
    if (baton_call_get_held_for (self->calls->pdata[i - 1]) == baton_call_get_number (ended))
      /* its hold may still wait for the answer */
      return live == NULL || live == self->calls->pdata[i - 1] ? self->calls->pdata[i - 1] : NULL;
  return NULL;
}

/* The person asked was all that kept the caller waiting: never both held (ux.md §7). */
static void
return_to_caller (BatonCallManager *self, BatonCall *ended)
{
  BatonCall *caller = baton_call_get_consultation_for (ended);
  BatonTransfer *transfer;

  if (caller == NULL)
    caller = find_held_for (self, ended);
  else if (!baton_call_is_held (caller) && !baton_call_is_to_be_held (caller))
    return;
  if (caller == NULL || baton_call_get_state (caller) != BATON_CALL_STATE_ESTABLISHED)
    return;
  transfer = baton_call_get_transfer (caller);
  if (transfer != NULL)
    switch (baton_transfer_get_state (transfer))
      {
      case BATON_TRANSFER_STATE_GRACE:
      case BATON_TRANSFER_STATE_HOLDING:
      case BATON_TRANSFER_STATE_REQUESTED:
      case BATON_TRANSFER_STATE_AGREED:
      case BATON_TRANSFER_STATE_TRYING:
      case BATON_TRANSFER_STATE_RINGING:
      case BATON_TRANSFER_STATE_TRANSFERRED:
        return; /* the transfer looks after the caller */
      case BATON_TRANSFER_STATE_FAILED:
      case BATON_TRANSFER_STATE_HANDED_OVER:
      case BATON_TRANSFER_STATE_TAKEN_BACK:
        break;
      }
  baton_call_set_held_for (caller, 0);
  baton_call_manager_set_foreground (self, caller);
  baton_call_resume_async (caller, on_resumed, NULL);
}

static void
remove_call (BatonCallManager *self, BatonCall *call)
{
  g_autoptr (BatonCall) keep = g_object_ref (call);
  guint position;

  baton_call_party_remove (self->party, call);
  /* Not before: whoever hears that they are no longer merged may end another call. */
  if (!g_ptr_array_find (self->calls, call, &position))
    return;
  g_ptr_array_remove_index (self->calls, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  if (self->foreground == call)
    set_foreground (self, next_foreground (self));
  g_signal_emit (self, signals[SIGNAL_CALL_ENDED], 0, call);
  return_to_caller (self, call);
}

/* Another call has the place of @old already: it was referred twice, or somebody replaced it meanwhile. */
static gboolean
is_taken (BatonCallManager *self, BatonCall *old, BatonCall *call)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      BatonCall *other = self->calls->pdata[i];

      if (other != call && baton_call_get_takes_over (other) == old && baton_call_get_state (other) == BATON_CALL_STATE_ESTABLISHED)
        return TRUE;
    }
  return FALSE;
}

static void
on_call_state (BatonCall *call, GParamSpec *pspec, BatonCallManager *self)
{
  g_autoptr (BatonCallManager) keep = g_object_ref (self);
  BatonCall *old = baton_call_get_takes_over (call);

  switch (baton_call_get_state (call))
    {
    case BATON_CALL_STATE_INCOMING:
    case BATON_CALL_STATE_CALLING:
    case BATON_CALL_STATE_RINGING:
    case BATON_CALL_STATE_EARLY:
      break;
    case BATON_CALL_STATE_ESTABLISHED:
      if (old != NULL && !is_taken (self, old, call))
        {
          baton_call_party_replace (self->party, old, call);
          if (self->foreground == old || self->foreground == NULL)
            set_foreground (self, call);
        }
      else if (old != NULL || baton_call_get_direction (call) == BATON_DIRECTION_INCOMING || self->foreground == NULL)
        {
          hold_others (self, call);
          set_foreground (self, call);
        }
      else if (self->foreground == call)
        set_foreground (self, call);
      break;
    case BATON_CALL_STATE_ENDED:
      remove_call (self, call);
      break;
    }
}

/* "127.0.0.1:5060" and "[::1]:5060" without port and brackets */
static char *
dup_host (const char *address)
{
  const char *colon = strrchr (address, ':');

  if (*address == '[')
    return g_strndup (address + 1, strcspn (address + 1, "]"));
  return colon ? g_strndup (address, (gsize) (colon - address)) : g_strdup (address);
}

/* The peer's address, where it is already known as a number. */
static char *
dup_remote_hint (BatonAccount *account, BatonSession *session, const char *uri)
{
  BatonSipIdentity *identity = baton_account_get_identity (account);
  const char *candidates[] = { baton_sip_identity_get_outbound_proxy (identity),
                               baton_sip_identity_get_registrar (identity), uri };

  if (baton_session_get_direction (session) == BATON_DIRECTION_INCOMING)
    {
      g_autofree char *source = NULL;

      g_object_get (session, "source-address", &source, NULL);
      return source ? dup_host (source) : NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      g_autoptr (BatonSipUri) parsed = candidates[i] ? baton_sip_uri_parse (candidates[i], NULL) : NULL;
      g_autofree char *host = parsed ? g_strdup (baton_sip_uri_get_host (parsed)) : NULL;

      if (host == NULL)
        continue;
      if (*host == '[')
        return dup_host (host);
      return g_hostname_is_ip_address (host) ? g_steal_pointer (&host) : NULL;
    }
  return NULL;
}

static BatonMedia *
create_media (BatonCallManager *self, guint number, BatonAccount *account, BatonSession *session, const char *uri)
{
  const BatonEngineOptions *options = self->options;
  const char *listen = baton_ua_get_listen_address (self->ua);
  g_autofree char *local_address = dup_host (listen ? listen : "0.0.0.0");
  g_autofree char *remote_hint = dup_remote_hint (account, session, uri);
  g_autofree char *file = g_strdup_printf ("call-%u.wav", number);
  g_autofree char *path = options->record_dir ? g_build_filename (options->record_dir, file, NULL) : NULL;
  BatonMediaOptions media = {
    .local_address = local_address,
    .remote_hint = remote_hint,
    .codecs = options->codecs,
    .rtp_port_first = options->rtp_port_first,
    .rtp_port_last = options->rtp_port_last,
    .srtp_keys = options->srtp_keys,
    .remote_offer = baton_session_get_remote_offer (session),
    .record_path = path,
  };

  baton_account_fill_media_options (account, &media);
  return baton_media_factory_create (self->factory, &media);
}

/* Returns: (transfer full): not in the list yet, see show_call () */
static BatonCall *
make_call (BatonCallManager *self, BatonAccount *account, BatonSession *session, const char *uri)
{
  g_autoptr (BatonMedia) media = create_media (self, self->last_number + 1, account, session, uri);
  BatonCall *call = baton_call_new (++self->last_number, account, session, self->factory, media);

  g_signal_connect_object (call, "notify::state", G_CALLBACK (on_call_state), self, 0);
  return call;
}

static void
show_call (BatonCallManager *self, BatonCall *call)
{
  g_ptr_array_add (self->calls, g_object_ref (call));
  baton_heap_refill_soon ();
  g_list_model_items_changed (G_LIST_MODEL (self), self->calls->len - 1, 0, 1);
  g_signal_emit (self, signals[SIGNAL_CALL_ADDED], 0, call);
}

/* ---- Incoming ---- */

static BatonAccount *
find_account (BatonCallManager *self, BatonSipIdentity *identity)
{
  guint n = g_list_model_get_n_items (self->accounts);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BatonAccount) account = g_list_model_get_item (self->accounts, i);

      if (baton_account_get_identity (account) == identity)
        return account; /* the list keeps it */
    }
  return NULL;
}

/*
 * refer.md §4: may this INVITE take the place of @old without a question? Yes when Referred-By names
 * the party that is replaced, when the tags can't have been overheard, or when the user said so.
 */
static gboolean
may_replace (BatonCallManager *self, BatonSession *session, BatonCall *old)
{
  const char *referred_by = baton_session_get_referred_by (session);
  g_autoptr (BatonReferTo) referrer = NULL;
  g_autoptr (BatonSipUri) replaced = NULL;

  if (baton_account_get_incoming_transfers (baton_call_get_account (old)) == BATON_REFER_POLICY_FOLLOW)
    return TRUE;
  /* Not when the INVITE alone came over TLS: the tags of a call without could have been read by anybody, who then says them
   * over TLS, which asks nobody who he is. */
  if (baton_session_is_private (session) && baton_session_is_private (baton_call_get_session (old)))
    return TRUE;
  if (referred_by == NULL)
    return FALSE;
  /* Referred-By has the syntax of Refer-To with parameters after it (RFC 3892 §3). */
  referrer = baton_refer_to_parse (referred_by, NULL);
  replaced = baton_sip_uri_parse (baton_call_get_remote_uri (old), NULL);
  return referrer != NULL && replaced != NULL && baton_sip_uri_same_address (referrer->uri, replaced);
}

/* RFC 3892: who sent this caller to us, by their own account. */
static void
note_referrer (BatonCall *call)
{
  const char *referred_by = baton_session_get_referred_by (baton_call_get_session (call));
  g_autoptr (BatonReferTo) by = referred_by != NULL ? baton_refer_to_parse (referred_by, NULL) : NULL;
  g_autofree char *uri = by != NULL ? baton_sip_uri_to_request_uri (by->uri) : NULL;

  if (uri != NULL)
    baton_call_set_refer (call, 0, uri);
}

/* Whose sound the call has that is replaced: while it rings, that of the call which it was to take over itself */
static BatonCall *
find_sound (BatonCall *call)
{
  while (!baton_call_was_established (call) && baton_call_get_takes_over (call) != NULL)
    call = baton_call_get_takes_over (call);
  return call;
}

static void
on_incoming_session (BatonUa *ua, BatonSession *session, BatonCallManager *self)
{
  g_autoptr (BatonCallManager) keep = g_object_ref (self);
  g_autoptr (BatonCall) call = NULL;
  g_autoptr (GError) error = NULL;
  BatonAccount *account = find_account (self, baton_session_get_identity (session));
  BatonSession *replaces = baton_session_get_replaces_session (session);
  BatonCall *old = replaces ? baton_call_manager_find (self, replaces) : NULL;
  int answer_status = self->options ? self->options->answer_status : 0;
  gboolean accepted = TRUE, replaces_at_once;

  if (account == NULL || self->factory == NULL)
    {
      baton_session_reject (session, 404, NULL, NULL);
      return;
    }
  if (old != NULL && baton_call_is_given_away (old))
    {
      baton_session_reject (session, 603, NULL, NULL); /* who had it was transferred: it is over but for the BYE (refer.md §3.6, §4) */
      return;
    }
  call = make_call (self, account, session, NULL);
  if (old != NULL)
    {
      baton_call_set_replaces_call (call, old);
      baton_call_set_takes_over (call, find_sound (old));
    }
  note_referrer (call);
  show_call (self, call);
  if (baton_call_get_state (call) != BATON_CALL_STATE_INCOMING)
    return; /* a listener was faster */

  replaces_at_once = old != NULL && may_replace (self, session, old);
  if (!replaces_at_once && answer_status >= 300)
    baton_call_decline (call, (guint) answer_status, NULL);
  else if (!baton_call_check_offer (call))
    return; /* nobody is called to a phone that can't talk */
  else if (old != NULL ? replaces_at_once : answer_status == 200)
    {
      baton_call_prepare (call);
      accepted = baton_call_answer (call, &error);
    }
  else
    {
      baton_session_ring (session);
      baton_call_prepare (call);
    }
  if (!accepted)
    baton_call_tell (call, error->message);
}

/* ---- Placing ---- */

typedef struct
{
  BatonCall *call;
  BatonTimers *timers;
  guint timer;
} Consultation;

static void
consultation_go (Consultation *consultation)
{
  g_autoptr (BatonCall) call = g_steal_pointer (&consultation->call);

  if (call != NULL && baton_call_get_state (call) != BATON_CALL_STATE_ENDED)
    baton_call_place (call, NULL, NULL, NULL, NULL);
}

static gboolean
on_consultation_waited (gpointer data)
{
  Consultation *consultation = data;

  consultation->timer = 0;
  consultation_go (consultation);
  return G_SOURCE_REMOVE;
}

static void
on_caller_held (GObject *source, GAsyncResult *result, gpointer data)
{
  Consultation *consultation = data;

  on_held (source, result, NULL);
  baton_timers_clear (consultation->timers, &consultation->timer);
  consultation_go (consultation);
  g_object_unref (consultation->timers);
  g_free (consultation);
}

/* The caller hears music before the target hears us; but a hold that hangs must not hang the consultation. */
static void
consult (BatonCallManager *self, BatonCall *call, BatonCall *caller)
{
  Consultation *consultation = g_new0 (Consultation, 1);

  consultation->call = g_object_ref (call);
  consultation->timers = g_object_ref (baton_ua_get_timers (self->ua));
  consultation->timer =
    baton_timers_add (consultation->timers, HOLD_PATIENCE_MS, on_consultation_waited, consultation);
  baton_call_hold_async (caller, on_caller_held, consultation);
}

BatonCall *
baton_call_manager_place (BatonCallManager *self, BatonAccount *account, const char *uri, BatonCall *consultation_for,
                          GError **error)
{
  g_autofree char *complete = NULL;
  g_autoptr (BatonSession) session = NULL;
  g_autoptr (BatonCall) call = NULL;

  g_return_val_if_fail (BATON_IS_CALL_MANAGER (self) && BATON_IS_ACCOUNT (account) && uri != NULL, NULL);
  if (self->factory == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "The phone is not started.");
      return NULL;
    }
  complete = baton_account_complete_uri (account, uri, error);
  if (complete == NULL)
    return NULL;
  session = baton_session_new (self->ua, baton_account_get_identity (account), complete);
  call = make_call (self, account, session, complete);
  if (consultation_for != NULL)
    baton_call_set_consultation_for (call, consultation_for);
  show_call (self, call);
  hold_others (self, call);
  set_foreground (self, call);
  if (consultation_for != NULL && is_live (consultation_for))
    consult (self, call, consultation_for);
  else if (!baton_call_place (call, NULL, NULL, NULL, error))
    return NULL;
  return call; /* the list keeps it while it lives */
}

BatonCall *
baton_call_manager_follow (BatonCallManager *self, BatonAccount *account, const char *uri, const BatonFollow *follow,
                           GError **error)
{
  g_autoptr (BatonSession) session = NULL;
  g_autoptr (BatonCall) call = NULL;
  gboolean placed;

  if (self->factory == NULL)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "The phone is not started.");
      return NULL;
    }
  session = baton_session_new (self->ua, baton_account_get_identity (account), uri);
  call = make_call (self, account, session, uri);
  baton_call_set_takes_over (call, follow->takes_over != NULL ? find_sound (follow->takes_over) : NULL);
  if (follow->takes_over == NULL)
    {
      follow->placed (call, follow->data);
      show_call (self, call);
      hold_others (self, call);
      set_foreground (self, call);
    }
  placed = baton_call_place (call, follow->options, follow->modifier, follow->modifier_data, error);
  /* The INVITE first: who asked for it waits, and windows are slow */
  if (follow->takes_over != NULL)
    {
      follow->placed (call, follow->data);
      show_call (self, call);
    }
  if (baton_call_get_state (call) == BATON_CALL_STATE_ENDED)
    remove_call (self, call);
  return placed ? g_steal_pointer (&call) : NULL;
}

/* ---- Object ---- */

static void
baton_call_manager_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BatonCallManager *self = BATON_CALL_MANAGER (object);

  switch (id)
    {
    case PROP_FOREGROUND:
      g_value_set_object (value, self->foreground);
      break;
    case PROP_AUTO_HOLD:
      g_value_set_boolean (value, self->auto_hold);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_call_manager_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BatonCallManager *self = BATON_CALL_MANAGER (object);

  switch (id)
    {
    case PROP_AUTO_HOLD:
      if (self->auto_hold != g_value_get_boolean (value))
        {
          self->auto_hold = g_value_get_boolean (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
baton_call_manager_dispose (GObject *object)
{
  BatonCallManager *self = BATON_CALL_MANAGER (object);

  g_ptr_array_set_size (self->calls, 0);
  g_clear_object (&self->foreground);
  g_clear_object (&self->factory);
  g_clear_object (&self->accounts);
  g_clear_object (&self->ua);
  G_OBJECT_CLASS (baton_call_manager_parent_class)->dispose (object);
}

static void
baton_call_manager_finalize (GObject *object)
{
  g_ptr_array_unref (BATON_CALL_MANAGER (object)->calls);
  baton_call_party_free (BATON_CALL_MANAGER (object)->party);
  G_OBJECT_CLASS (baton_call_manager_parent_class)->finalize (object);
}

static void
baton_call_manager_class_init (BatonCallManagerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = baton_call_manager_get_property;
  object_class->set_property = baton_call_manager_set_property;
  object_class->dispose = baton_call_manager_dispose;
  object_class->finalize = baton_call_manager_finalize;

  props[PROP_FOREGROUND] = g_param_spec_object ("foreground", NULL, NULL, BATON_TYPE_CALL,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_AUTO_HOLD] = g_param_spec_boolean ("auto-hold", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_CALL_ADDED] = g_signal_new ("call-added", BATON_TYPE_CALL_MANAGER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                             NULL, G_TYPE_NONE, 1, BATON_TYPE_CALL);
  signals[SIGNAL_CALL_ENDED] = g_signal_new ("call-ended", BATON_TYPE_CALL_MANAGER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                             NULL, G_TYPE_NONE, 1, BATON_TYPE_CALL);
}

static void
baton_call_manager_init (BatonCallManager *self)
{
  self->calls = g_ptr_array_new_with_free_func (g_object_unref);
  self->party = baton_call_party_new ();
}

BatonCallManager *
baton_call_manager_new (BatonUa *ua, GListModel *accounts)
{
  BatonCallManager *self = g_object_new (BATON_TYPE_CALL_MANAGER, NULL);

  g_set_object (&self->ua, ua);
  g_set_object (&self->accounts, accounts);
  g_signal_connect_object (ua, "incoming-session", G_CALLBACK (on_incoming_session), self, 0);
  return self;
}

void
baton_call_manager_configure (BatonCallManager *self, BatonMediaFactory *factory, const BatonEngineOptions *options)
{
  g_set_object (&self->factory, factory);
  baton_call_party_set_factory (self->party, factory);
  self->options = options;
  g_object_set (self, "auto-hold", options->auto_hold, NULL);
}

BatonCall *
baton_call_manager_lookup (BatonCallManager *self, guint number)
{
  g_return_val_if_fail (BATON_IS_CALL_MANAGER (self), NULL);
  for (guint i = 0; i < self->calls->len; i++)
    if (baton_call_get_number (self->calls->pdata[i]) == number)
      return self->calls->pdata[i];
  return NULL;
}

BatonCall *
baton_call_manager_find (BatonCallManager *self, BatonSession *session)
{
  for (guint i = 0; i < self->calls->len; i++)
    if (baton_call_get_session (self->calls->pdata[i]) == session)
      return self->calls->pdata[i];
  return NULL;
}

BatonCall *
baton_call_manager_get_foreground (BatonCallManager *self)
{
  g_return_val_if_fail (BATON_IS_CALL_MANAGER (self), NULL);
  return self->foreground;
}

void
baton_call_manager_set_foreground (BatonCallManager *self, BatonCall *call)
{
  g_return_if_fail (BATON_IS_CALL_MANAGER (self));
  if (call != NULL && baton_call_get_state (call) == BATON_CALL_STATE_ENDED)
    return;
  if (call != NULL)
    {
      hold_others (self, call);
      if (self->auto_hold && baton_call_is_held (call))
        baton_call_resume_async (call, on_resumed, NULL);
    }
  set_foreground (self, call);
}

/* ---- Merged calls ---- */

static gboolean
check_connected (BatonCall *call, GError **error)
{
  if (baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED)
    return TRUE;
  g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "Call %u is not connected. Merge it when it is.",
               baton_call_get_number (call));
  return FALSE;
}

gboolean
baton_call_manager_merge (BatonCallManager *self, BatonCall *call, BatonCall *other, GError **error)
{
  BatonCall *both[] = { call, other };

  g_return_val_if_fail (BATON_IS_CALL_MANAGER (self) && BATON_IS_CALL (call) && BATON_IS_CALL (other), FALSE);
  if (!check_connected (call, error) || !check_connected (other, error))
    return FALSE;
  if (call == other)
    {
      g_set_error_literal (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT,
                           "A call cannot be merged with itself. Choose another call.");
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    baton_call_party_add (self->party, both[i]);
  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    if (baton_call_is_held (both[i]))
      baton_call_resume_async (both[i], on_resumed, NULL);
  if (self->foreground == NULL || !baton_call_party_has (self->party, self->foreground))
    {
      hold_others (self, call);
      set_foreground (self, call);
    }
  return TRUE;
}

gboolean
baton_call_manager_split (BatonCallManager *self, BatonCall *call, GError **error)
{
  g_return_val_if_fail (BATON_IS_CALL_MANAGER (self) && BATON_IS_CALL (call), FALSE);
  if (!baton_call_party_has (self->party, call))
    {
      g_set_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE, "Call %u is not merged with another.",
                   baton_call_get_number (call));
      return FALSE;
    }
  baton_call_party_remove (self->party, call);
  if (!self->auto_hold)
    return TRUE;
  if (is_live (call))
    baton_call_hold_async (call, on_held, NULL);
  for (guint i = self->calls->len; self->foreground == call && i > 0; i--)
    if (self->calls->pdata[i - 1] != call && is_live (self->calls->pdata[i - 1]))
      set_foreground (self, self->calls->pdata[i - 1]);
  return TRUE;
}

BatonCall *
baton_call_manager_get_merged_with (BatonCallManager *self, BatonCall *call)
{
  g_return_val_if_fail (BATON_IS_CALL_MANAGER (self) && BATON_IS_CALL (call), NULL);
  return baton_call_party_get_other (self->party, call);
}

void
baton_call_manager_hangup_all (BatonCallManager *self)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->calls->len; i++)
    g_ptr_array_add (calls, g_object_ref (self->calls->pdata[i]));
  for (guint i = 0; i < calls->len; i++)
    baton_call_hangup (calls->pdata[i], NULL);
}
