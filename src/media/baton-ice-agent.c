/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-ice-agent.h"

#include <nice/agent.h>
#include <nice/interfaces.h>
#include <stun/stunmessage.h>
#include <string.h>
#include <unistd.h>

#include "baton-error.h"
#include "baton-ice-candidate.h"
#include "baton-ice-loop.h"
#include "baton-rtp-socket.h"

#define STUN_LIMIT_MS 1000
#define TURN_LIMIT_MS 2000
#define MAX_ADDRESSES 6
#define TRAFFIC_CLASS_EF 0xb8 /* as in baton-rtp-socket.c */

/* What libnice's thread may touch: it outlives the agent that it speaks to. */
typedef struct
{
  GMainContext *context; /* of the agent */
  GWeakRef agent;
  BatonIceFlow *flow;
  int gathered;                        /* atomic */
  int ready[BATON_ICE_MAX_COMPONENTS]; /* atomic */
} Link;

struct _BatonIceAgent
{
  GObject parent_instance;

  BatonIceLoop *loop;
  NiceAgent *nice;
  guint stream, n_components;
  Link *link;
  gboolean mux;

  char *local_address, *hint;
  gboolean has_stun, has_turn;
  GTask *gathering;
  GSource *limit;

  BatonIceState state;
  BatonIcePath path;
  char *remote_ufrag, *remote_pwd;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (BatonIceAgent, baton_ice_agent, G_TYPE_OBJECT)

/*
 * sofia-sip has a function of the same name and another meaning, and is loaded first: libnice would call that, and
 * could not write a single message. A definition in the program itself goes before both. sofia-sip never calls its own.
 */
__attribute__ ((visibility ("default"))) uint16_t
stun_message_length (const StunMessage *message)
{
  return (uint16_t) (STUN_MESSAGE_HEADER_LENGTH + (message->buffer[2] << 8 | message->buffer[3]));
}

/* --- from libnice's thread to the main context --- */

static void
link_clear (gpointer data)
{
  Link *link = data;

  g_main_context_unref (link->context);
  g_weak_ref_clear (&link->agent);
  baton_ice_flow_unref (link->flow);
}

static void
link_unref (gpointer link)
{
  g_atomic_rc_box_release_full (link, link_clear);
}

static void
link_unref_closure (gpointer link, GClosure *closure)
{
  link_unref (link);
}

typedef struct
{
  Link *link;
  BatonIcePath path;
} Fact;

static void
fact_free (gpointer data)
{
  link_unref (((Fact *) data)->link);
  g_free (data);
}

static void
post (Link *link, GSourceFunc func, const BatonIcePath *path)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Fact *fact = g_new0 (Fact, 1);

  fact->link = g_atomic_rc_box_acquire (link);
  if (path != NULL)
    fact->path = *path;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, fact, fact_free);
  g_source_attach (source, link->context);
}

static void
set_state (BatonIceAgent *self, BatonIceState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_signal_emit (self, changed_signal, 0);
}

/* Asked for now, not carried along: facts of two threads may come in any order. */
static gboolean
look_at_state (gpointer data)
{
  Fact *fact = data;
  g_autoptr (BatonIceAgent) self = g_weak_ref_get (&fact->link->agent);

  if (self == NULL || self->nice == NULL || self->remote_ufrag == NULL)
    return G_SOURCE_REMOVE;
  switch (nice_agent_get_component_state (self->nice, self->stream, 1))
    {
    case NICE_COMPONENT_STATE_CONNECTED:
    case NICE_COMPONENT_STATE_READY:
      set_state (self, BATON_ICE_STATE_CONNECTED);
      break;
    case NICE_COMPONENT_STATE_FAILED:
      set_state (self, BATON_ICE_STATE_FAILED);
      break;
    case NICE_COMPONENT_STATE_DISCONNECTED:
    case NICE_COMPONENT_STATE_GATHERING:
    case NICE_COMPONENT_STATE_CONNECTING:
    case NICE_COMPONENT_STATE_LAST:
      set_state (self, BATON_ICE_STATE_CHECKING);
      break;
    }
  return G_SOURCE_REMOVE;
}

static gboolean
take_path (gpointer data)
{
  Fact *fact = data;
  g_autoptr (BatonIceAgent) self = g_weak_ref_get (&fact->link->agent);

  if (self == NULL || self->nice == NULL)
    return G_SOURCE_REMOVE;
  self->path = fact->path;
  g_signal_emit (self, changed_signal, 0);
  return G_SOURCE_REMOVE;
}

static void
on_state (NiceAgent *nice, guint stream, guint component, guint state, gpointer data)
{
  Link *link = data;
  gboolean up = state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY;

  if (component < 1 || component > BATON_ICE_MAX_COMPONENTS)
    return;
  /* While it is checked again the old pair goes on; only a failure takes it away. */
  if (up || state == NICE_COMPONENT_STATE_FAILED)
    g_atomic_int_set (&link->ready[component - 1], up);
  if (up)
    baton_ice_flow_wake (link->flow);
  post (link, look_at_state, NULL);
}

static void
on_pair (NiceAgent *nice, guint stream, guint component, NiceCandidate *local, NiceCandidate *remote, gpointer data)
{
  BatonIcePath path = { 0 };

  if (component != 1 || local == NULL || remote == NULL)
    return;
  path.local = baton_ice_candidate_type_of (local);
  path.remote = baton_ice_candidate_type_of (remote);
  baton_ice_candidate_write_endpoint (&local->addr, path.local_address, sizeof path.local_address);
  baton_ice_candidate_write_endpoint (&remote->addr, path.remote_address, sizeof path.remote_address);
  post (data, take_path, &path);
}

static void
on_received (NiceAgent *nice, guint stream, guint component, guint length, char *buffer, gpointer data)
{
  baton_ice_flow_put (((Link *) data)->flow, component, (const guint8 *) buffer, length);
}

/* --- gathering --- */

static void
clear_limit (BatonIceAgent *self)
{
  if (self->limit == NULL)
    return;
  g_source_destroy (self->limit);
  g_clear_pointer (&self->limit, g_source_unref);
}

static void
end_gathering (BatonIceAgent *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->gathering);

  clear_limit (self);
  if (task == NULL)
    return;
  set_state (self, BATON_ICE_STATE_GATHERED);
  g_task_return_boolean (task, TRUE);
}

static gboolean
tell_gathered (gpointer data)
{
  Fact *fact = data;
  g_autoptr (BatonIceAgent) self = g_weak_ref_get (&fact->link->agent);

  if (self != NULL)
    end_gathering (self);
  return G_SOURCE_REMOVE;
}

static void
on_gathered (NiceAgent *nice, guint stream, gpointer data)
{
  Link *link = data;

  g_atomic_int_set (&link->gathered, 1);
  post (link, tell_gathered, NULL);
}

static gboolean
on_limit (gpointer data)
{
  g_autoptr (BatonIceAgent) self = g_object_ref (data);

  g_info ("not all servers of ICE have answered in time; going on without them");
  end_gathering (self);
  return G_SOURCE_REMOVE;
}

static gboolean
add_address (BatonIceAgent *self, const char *address)
{
  NiceAddress nice_address;

  nice_address_init (&nice_address);
  return nice_address_set_from_string (&nice_address, address) && !baton_ice_candidate_is_link_local (&nice_address) &&
         nice_agent_add_local_address (self->nice, &nice_address);
}

/* Loopback is where the peer may be too: then it has to be named, libnice leaves it out of its own list. */
static void
add_addresses (BatonIceAgent *self)
{
  g_autoptr (GInetAddress) local = g_inet_address_new_from_string (self->local_address);
  g_autoptr (GInetAddress) hint = self->hint != NULL ? g_inet_address_new_from_string (self->hint) : NULL;
  GList *addresses;
  guint n = 0;

  if (local != NULL && !g_inet_address_get_is_any (local))
    {
      add_address (self, self->local_address);
      return;
    }
  if (hint != NULL && g_inet_address_get_is_loopback (hint))
    n += add_address (self, g_inet_address_get_family (hint) == G_SOCKET_FAMILY_IPV6 ? "::1" : "127.0.0.1");
  addresses = nice_interfaces_get_local_ips (FALSE);
  for (GList *item = addresses; item != NULL && n < MAX_ADDRESSES; item = item->next)
    n += add_address (self, item->data);
  g_list_free_full (addresses, g_free);
  if (n == 0)
    add_address (self, "127.0.0.1");
}

gboolean
baton_ice_agent_gather (BatonIceAgent *self, GError **error)
{
  g_return_val_if_fail (BATON_IS_ICE_AGENT (self) && self->nice != NULL, FALSE);
  if (self->state != BATON_ICE_STATE_NEW)
    return TRUE;
  add_addresses (self);
  if (nice_agent_gather_candidates (self->nice, self->stream))
    {
      nice_agent_set_stream_tos (self->nice, self->stream, TRAFFIC_CLASS_EF);
      set_state (self, BATON_ICE_STATE_GATHERING);
      return TRUE;
    }
  g_set_error (error, BATON_ERROR, BATON_ERROR_ADDRESS_IN_USE,
               "No port for sound could be opened at %s. End a call or allow more ports.", self->local_address);
  return FALSE;
}

void
baton_ice_agent_gather_async (BatonIceAgent *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (BATON_IS_ICE_AGENT (self) && self->gathering == NULL);
  task = g_task_new (self, cancellable, callback, data);
  if (!baton_ice_agent_gather (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->gathering = g_steal_pointer (&task);
  if (g_atomic_int_get (&self->link->gathered) || self->state != BATON_ICE_STATE_GATHERING)
    {
      end_gathering (self);
      return;
    }
  self->limit = g_timeout_source_new (self->has_turn ? TURN_LIMIT_MS : STUN_LIMIT_MS);
  g_source_set_callback (self->limit, on_limit, self, NULL);
  g_source_attach (self->limit, self->link->context);
}

gboolean
baton_ice_agent_gather_finish (BatonIceAgent *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- descriptions --- */

BatonSdpIce *
baton_ice_agent_dup_local (BatonIceAgent *self)
{
  BatonSdpIce *ice = baton_sdp_ice_new ();

  g_return_val_if_fail (BATON_IS_ICE_AGENT (self), ice);
  if (self->nice == NULL)
    return ice;
  nice_agent_get_local_credentials (self->nice, self->stream, &ice->ufrag, &ice->pwd);
  for (guint component = 1; component <= self->n_components; component++)
    {
      GSList *candidates = nice_agent_get_local_candidates (self->nice, self->stream, component);

      for (GSList *item = candidates; item != NULL; item = item->next)
        baton_ice_candidate_append (ice, item->data);
      g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
    }
  return ice;
}

static gboolean
same_family (const NiceAddress *a, const char *b)
{
  return (strchr (b, ':') != NULL) == (nice_address_ip_version (a) == 6);
}

/*
 * The address that a peer without ICE reaches best: the one that the route to it has, as a STUN server sees it
 * unless the peer is in a private network itself. Not a relayed one: servers between two networks send to
 * where the sound comes from, and a relay is paid for by every packet.
 */
static NiceCandidate *
choose_default (BatonIceAgent *self, GSList *candidates)
{
  g_autofree char *route = baton_rtp_socket_find_route (self->local_address, self->hint);
  gboolean near = self->hint != NULL && baton_rtp_socket_is_private (self->hint);
  NiceCandidate *best = NULL;
  guint best_score = 0;

  for (GSList *item = candidates; item != NULL; item = item->next)
    {
      NiceCandidate *candidate = item->data;
      char base[NICE_ADDRESS_STRING_LEN];
      guint score = 1;

      if (candidate->transport != NICE_CANDIDATE_TRANSPORT_UDP || baton_ice_candidate_is_link_local (&candidate->addr))
        continue;
      nice_address_to_string (&candidate->base_addr, base);
      score += route != NULL && same_family (&candidate->addr, route) ? 8 : 0;
      score += g_strcmp0 (base, route) == 0 ? 4 : 0;
      if (candidate->type == NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE)
        score += near ? 1 : 3;
      else if (candidate->type == NICE_CANDIDATE_TYPE_HOST)
        score += 2;
      if (score > best_score)
        {
          best = candidate;
          best_score = score;
        }
    }
  return best;
}

static gboolean
find_default (BatonIceAgent *self, guint component, NiceAddress *address, NiceAddress *base)
{
  GSList *candidates;
  NiceCandidate *best;

  if (self->nice == NULL || component > self->n_components)
    return FALSE;
  candidates = nice_agent_get_local_candidates (self->nice, self->stream, component);
  best = choose_default (self, candidates);
  if (best != NULL)
    {
      *address = best->addr;
      *base = best->base_addr;
    }
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
  return best != NULL;
}

gboolean
baton_ice_agent_get_default (BatonIceAgent *self, guint component, char *address, gsize size, guint16 *port)
{
  NiceAddress found, base;
  char text[NICE_ADDRESS_STRING_LEN];

  g_return_val_if_fail (BATON_IS_ICE_AGENT (self), FALSE);
  if (!find_default (self, component, &found, &base))
    return FALSE;
  nice_address_to_string (&found, text);
  g_strlcpy (address, text, size);
  *port = (guint16) nice_address_get_port (&found);
  return TRUE;
}

static gboolean
is_bound_to (GSocket *socket, const NiceAddress *address)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  g_autofree char *host = NULL;
  char wanted[NICE_ADDRESS_STRING_LEN];

  if (local == NULL || g_socket_get_socket_type (socket) != G_SOCKET_TYPE_DATAGRAM)
    return FALSE;
  host = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local)));
  nice_address_to_string (address, wanted);
  return strcmp (host, wanted) == 0 &&
         g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local)) == nice_address_get_port (address);
}

int
baton_ice_agent_dup_fd (BatonIceAgent *self, guint component)
{
  g_autoptr (GPtrArray) sockets = NULL;
  NiceAddress address, base;

  g_return_val_if_fail (BATON_IS_ICE_AGENT (self), -1);
  if (!find_default (self, component, &address, &base))
    return -1;
  sockets = nice_agent_get_sockets (self->nice, self->stream, component);
  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    if (is_bound_to (g_ptr_array_index (sockets, i), &base))
      return dup (g_socket_get_fd (g_ptr_array_index (sockets, i)));
  return -1;
}

/* --- the peer --- */

static void
set_candidates (BatonIceAgent *self, guint component, const BatonSdpIce *remote)
{
  GSList *list = NULL;

  for (guint i = 0; i < remote->candidates->len; i++)
    {
      const BatonIceCandidate *line = &g_array_index (remote->candidates, BatonIceCandidate, i);

      if (line->component == component)
        list = g_slist_prepend (list, baton_ice_candidate_to_nice (line, self->stream, remote));
    }
  list = g_slist_reverse (list);
  if (list != NULL)
    nice_agent_set_remote_candidates (self->nice, self->stream, component, list);
  g_slist_free_full (list, (GDestroyNotify) nice_candidate_free);
}

gboolean
baton_ice_agent_is_restart (BatonIceAgent *self, const BatonSdpIce *remote)
{
  return self->remote_ufrag != NULL &&
         (g_strcmp0 (self->remote_ufrag, remote->ufrag) != 0 || g_strcmp0 (self->remote_pwd, remote->pwd) != 0);
}

/* Another peer, or a peer that began again, answers to credentials that it was told before: they stay ours. */
static void
restart_with_same_credentials (BatonIceAgent *self)
{
  g_autofree char *ufrag = NULL, *pwd = NULL;

  nice_agent_get_local_credentials (self->nice, self->stream, &ufrag, &pwd);
  nice_agent_restart_stream (self->nice, self->stream);
  nice_agent_set_local_credentials (self->nice, self->stream, ufrag, pwd);
}

void
baton_ice_agent_set_remote (BatonIceAgent *self, const BatonSdpIce *remote, gboolean mux)
{
  g_return_if_fail (BATON_IS_ICE_AGENT (self) && baton_sdp_ice_is_usable (remote));
  if (self->nice == NULL)
    return;
  if (baton_ice_agent_is_restart (self, remote))
    restart_with_same_credentials (self);
  g_free (self->remote_ufrag);
  g_free (self->remote_pwd);
  self->remote_ufrag = g_strdup (remote->ufrag);
  self->remote_pwd = g_strdup (remote->pwd);
  self->mux = mux;
  nice_agent_set_remote_credentials (self->nice, self->stream, remote->ufrag, remote->pwd);
  for (guint component = 1; component <= (mux ? 1 : self->n_components); component++)
    set_candidates (self, component, remote);
  post (self->link, look_at_state, NULL);
}

void
baton_ice_agent_restart (BatonIceAgent *self)
{
  g_return_if_fail (BATON_IS_ICE_AGENT (self));
  if (self->nice == NULL)
    return;
  nice_agent_restart_stream (self->nice, self->stream);
  g_clear_pointer (&self->remote_ufrag, g_free);
  g_clear_pointer (&self->remote_pwd, g_free);
}

/* --- facts and packets --- */

BatonIceState
baton_ice_agent_get_state (BatonIceAgent *self)
{
  return self->state;
}

const BatonIcePath *
baton_ice_agent_get_path (BatonIceAgent *self)
{
  return &self->path;
}

BatonIceFlow *
baton_ice_agent_get_flow (BatonIceAgent *self)
{
  return self->link->flow;
}

gboolean
baton_ice_agent_is_ready (BatonIceAgent *self, guint component)
{
  return component >= 1 && component <= BATON_ICE_MAX_COMPONENTS && g_atomic_int_get (&self->link->ready[component - 1]);
}

gboolean
baton_ice_agent_send (BatonIceAgent *self, guint component, const guint8 *data, gsize length)
{
  GOutputVector vector = { data, length };
  NiceOutputMessage message = { &vector, 1 };

  return nice_agent_send_messages_nonblocking (self->nice, self->stream, component, &message, 1, NULL, NULL) == 1;
}

/* --- the end --- */

typedef struct
{
  NiceAgent *nice;
  guint stream, n_components;
  guint turns; /* of the loop to wait before */
  BatonIceLoop *loop;
  Link *link;
} Closing;

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  Closing *closing = data;

  nice_agent_remove_stream (closing->nice, closing->stream);
  g_object_unref (closing->nice);
  baton_ice_loop_unref (closing->loop);
  g_free (closing);
}

/* What comes after the call: nobody's. But without somebody to take it libnice leaves it in the socket, and the loop
 * turns as fast as it can, until the TURN server has answered: which is not read either. */
static void
on_received_late (NiceAgent *nice, guint stream, guint component, guint length, char *data, gpointer unused)
{
}

/* In libnice's thread: it frees what its socket sources use, without asking whether one of them runs. */
static gboolean
begin_to_close (gpointer data)
{
  Closing *closing = data;

  if (closing->turns > 0)
    {
      closing->turns--;
      baton_ice_loop_invoke (closing->loop, begin_to_close, closing);
      return G_SOURCE_REMOVE;
    }
  for (guint component = 1; component <= closing->n_components; component++)
    nice_agent_attach_recv (closing->nice, closing->stream, component, baton_ice_loop_get_context (closing->loop),
                            on_received_late, NULL);
  g_clear_pointer (&closing->link, link_unref);
  nice_agent_close_async (closing->nice, on_closed, closing);
  return G_SOURCE_REMOVE;
}

void
baton_ice_agent_close (BatonIceAgent *self)
{
  Closing *closing;

  g_return_if_fail (BATON_IS_ICE_AGENT (self));
  if (self->nice == NULL)
    return;
  clear_limit (self);
  if (self->gathering != NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&self->gathering);

      g_task_return_new_error (task, BATON_ERROR, BATON_ERROR_CANCELLED, "The call has ended.");
    }
  g_signal_handlers_disconnect_matched (self->nice, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self->link);
  closing = g_new0 (Closing, 1);
  closing->nice = g_steal_pointer (&self->nice);
  closing->stream = self->stream;
  closing->n_components = self->n_components;
  closing->turns = self->has_stun ? 3 : 0; /* numeric servers are "resolved" by then: a look-up that is cancelled is a warning */
  closing->loop = g_steal_pointer (&self->loop);
  closing->link = g_atomic_rc_box_acquire (self->link);
  baton_ice_loop_invoke (closing->loop, begin_to_close, closing);
}

static void
baton_ice_agent_dispose (GObject *object)
{
  baton_ice_agent_close (BATON_ICE_AGENT (object));
  G_OBJECT_CLASS (baton_ice_agent_parent_class)->dispose (object);
}

static void
baton_ice_agent_finalize (GObject *object)
{
  BatonIceAgent *self = BATON_ICE_AGENT (object);

  link_unref (self->link);
  g_free (self->local_address);
  g_free (self->hint);
  g_free (self->remote_ufrag);
  g_free (self->remote_pwd);
  G_OBJECT_CLASS (baton_ice_agent_parent_class)->finalize (object);
}

static void
baton_ice_agent_class_init (BatonIceAgentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = baton_ice_agent_dispose;
  object_class->finalize = baton_ice_agent_finalize;
  changed_signal = g_signal_new ("changed", BATON_TYPE_ICE_AGENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
baton_ice_agent_init (BatonIceAgent *self)
{
  self->link = g_atomic_rc_box_new0 (Link);
  self->link->context = g_main_context_ref_thread_default ();
  self->link->flow = baton_ice_flow_new ();
  g_weak_ref_init (&self->link->agent, self);
}

static void
connect_nice (BatonIceAgent *self, const char *signal, GCallback handler)
{
  g_signal_connect_data (self->nice, signal, handler, g_atomic_rc_box_acquire (self->link), link_unref_closure, 0);
}

static void
set_servers (BatonIceAgent *self, const BatonIceOptions *options)
{
  if (options->stun != NULL)
    g_object_set (self->nice, "stun-server", options->stun->host, "stun-server-port", (guint) options->stun->port, NULL);
  for (guint component = 1; options->turn != NULL && component <= self->n_components; component++)
    nice_agent_set_relay_info (self->nice, self->stream, component, options->turn->host, options->turn->port,
                               options->turn_user != NULL ? options->turn_user : "",
                               options->turn_password != NULL ? options->turn_password : "",
                               options->turn->tcp ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP);
  self->has_stun = options->stun != NULL;
  self->has_turn = options->turn != NULL;
}

BatonIceAgent *
baton_ice_agent_new (const BatonIceOptions *options, guint n_components)
{
  BatonIceAgent *self = g_object_new (BATON_TYPE_ICE_AGENT, NULL);
  GMainContext *context;

  self->n_components = CLAMP (n_components, 1, BATON_ICE_MAX_COMPONENTS);
  self->local_address = g_strdup (options->local_address != NULL ? options->local_address : "0.0.0.0");
  self->hint = g_strdup (options->hint);
  self->loop = baton_ice_loop_get ();
  context = baton_ice_loop_get_context (self->loop);
  self->nice = nice_agent_new_full (context, NICE_COMPATIBILITY_RFC5245, NICE_AGENT_OPTION_CONSENT_FRESHNESS);
  g_object_set (self->nice, "controlling-mode", !options->controlled, "upnp", FALSE, "ice-tcp", FALSE, "force-relay",
                options->relay_only, NULL);
  connect_nice (self, "component-state-changed", G_CALLBACK (on_state));
  connect_nice (self, "candidate-gathering-done", G_CALLBACK (on_gathered));
  connect_nice (self, "new-selected-pair-full", G_CALLBACK (on_pair));
  self->stream = nice_agent_add_stream (self->nice, self->n_components);
  set_servers (self, options);
  for (guint component = 1; component <= self->n_components; component++)
    {
      if (options->port_first != 0)
        nice_agent_set_port_range (self->nice, self->stream, component, options->port_first, options->port_last);
      nice_agent_attach_recv (self->nice, self->stream, component, context, on_received, self->link);
    }
  return self;
}
