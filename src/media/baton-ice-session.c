/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-ice-session.h"

#include <string.h>
#include <unistd.h>

#include "baton-ice-transport.h"
#include "baton-rtp-socket.h"
#include "baton-sdp.h"

struct _BatonIceSession
{
  BatonTick *tick;
  BatonIceEvents events;

  /* BatonIceOptions, ours */
  char *local_address, *hint, *turn_user, *turn_password;
  guint port_first, port_last;
  BatonIceServer stun, turn;
  gboolean has_stun, has_turn, relay_only;
  guint n_components;

  BatonIceAgent *agent; /* NULL after the way back to plain RTP */
  BatonIceAgent *next;  /* a restart's: of ours, to which the peer has not answered or no path was found yet */
  gboolean next_offered;
  gboolean controlling, mux;
  gboolean told_failure;

  GFunc ready;
  gpointer ready_data;
  GCancellable *cancellable; /* of what is gathered now */

  BatonTransport *transport; /* the stream's */
  char plain_address[64];
  guint16 plain_ports[2];
};

/* --- which agent --- */

static void
show_agents (BatonIceSession *self)
{
  if (self->transport == NULL)
    return;
  baton_tick_lock (self->tick);
  baton_ice_transport_set_agents (self->transport, self->agent, self->next);
  baton_tick_unlock (self->tick);
}

static void
close_agent (BatonIceAgent *agent)
{
  if (agent == NULL)
    return;
  baton_ice_agent_close (agent);
  g_object_unref (agent);
}

/* The new one takes the old one's place; the transport knew both, so that no packet was without a way. */
static void
replace_agent (BatonIceSession *self)
{
  g_autoptr (BatonIceAgent) old = g_steal_pointer (&self->agent);

  self->agent = g_steal_pointer (&self->next);
  self->next_offered = FALSE;
  show_agents (self);
  close_agent (g_steal_pointer (&old));
}

static void
drop_next (BatonIceSession *self)
{
  g_autoptr (BatonIceAgent) next = g_steal_pointer (&self->next);

  self->next_offered = FALSE;
  show_agents (self);
  close_agent (g_steal_pointer (&next));
}

static void
on_changed (BatonIceAgent *agent, gpointer data)
{
  BatonIceSession *self = data;
  BatonIceState state = baton_ice_agent_get_state (agent);

  if (agent == self->next && state == BATON_ICE_STATE_CONNECTED)
    {
      replace_agent (self);
      self->told_failure = FALSE;
    }
  else if (state == BATON_ICE_STATE_FAILED && !self->told_failure)
    {
      self->told_failure = TRUE;
      self->events.failed (baton_ice_agent_get_path (agent)->local_address[0] != '\0'
                             ? "The other side can no longer be reached for sound: it has stopped answering (ICE)."
                             : "No way for the sound was found between the two networks (ICE). A TURN server would "
                               "make one.",
                           self->events.data);
    }
  else if (state == BATON_ICE_STATE_CONNECTED)
    self->told_failure = FALSE;
}

static BatonIceAgent *
make_agent (BatonIceSession *self)
{
  BatonIceOptions options = {
    .local_address = self->local_address,
    .hint = self->hint,
    .port_first = self->port_first,
    .port_last = self->port_last,
    .stun = self->has_stun ? &self->stun : NULL,
    .turn = self->has_turn ? &self->turn : NULL,
    .turn_user = self->turn_user,
    .turn_password = self->turn_password,
    .relay_only = self->relay_only,
    .controlled = !self->controlling,
  };
  BatonIceAgent *agent = baton_ice_agent_new (&options, self->n_components);

  g_signal_connect (agent, "changed", G_CALLBACK (on_changed), self);
  return agent;
}

static void
forget_agent (BatonIceSession *self, BatonIceAgent *agent)
{
  if (agent != NULL)
    g_signal_handlers_disconnect_by_data (agent, self);
}

/* --- gathering --- */

static void
on_gathered (GObject *source, GAsyncResult *result, gpointer data)
{
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));
  g_autoptr (GError) error = NULL;
  BatonIceSession *self = data;
  GFunc ready;

  /* who is freed cancels: then @data is no more */
  if (g_cancellable_is_cancelled (cancellable) ||
      !baton_ice_agent_gather_finish (BATON_ICE_AGENT (source), result, &error))
    return;
  if (source == (GObject *) self->next)
    {
      show_agents (self);
      self->events.restartable (self->events.data);
      return;
    }
  ready = self->ready;
  self->ready = NULL;
  if (ready != NULL)
    ready (NULL, self->ready_data);
}

gboolean
baton_ice_session_open (BatonIceSession *self, GError **error)
{
  return self->agent == NULL || baton_ice_agent_gather (self->agent, error);
}

gboolean
baton_ice_session_gather (BatonIceSession *self, GFunc ready, gpointer data, GError **error)
{
  g_return_val_if_fail (self->ready == NULL && self->agent != NULL, FALSE);
  if (!baton_ice_agent_gather (self->agent, error))
    return FALSE;
  self->ready = ready;
  self->ready_data = data;
  baton_ice_agent_gather_async (self->agent, self->cancellable, on_gathered, self);
  if (baton_ice_agent_get_state (self->agent) >= BATON_ICE_STATE_GATHERED)
    {
      self->ready = NULL; /* at once: who places a call need not come back for it */
      ready (NULL, data);
    }
  return TRUE;
}

gboolean
baton_ice_session_is_gathered (BatonIceSession *self)
{
  return self->agent == NULL || (self->ready == NULL && baton_ice_agent_get_state (self->agent) >= BATON_ICE_STATE_GATHERING);
}

/* --- descriptions --- */

void
baton_ice_description_clear (BatonIceDescription *self)
{
  g_clear_pointer (&self->ice, baton_sdp_ice_free);
}

static void
describe_plain (BatonIceSession *self, BatonIceDescription *description)
{
  g_strlcpy (description->address, self->plain_address, sizeof description->address);
  description->port = self->plain_ports[0];
  description->rtcp_port = self->plain_ports[1];
}

static void
describe_agent (BatonIceAgent *agent, BatonIceDescription *description)
{
  char address[64];

  if (!baton_ice_agent_get_default (agent, 1, description->address, sizeof description->address, &description->port))
    return;
  if (!baton_ice_agent_get_default (agent, 2, address, sizeof address, &description->rtcp_port) ||
      strcmp (address, description->address) != 0)
    description->rtcp_port = description->port + 1;
  description->ice = baton_ice_agent_dup_local (agent);
}

static gboolean
is_usable (BatonIceAgent *agent)
{
  return agent != NULL && baton_ice_agent_get_state (agent) >= BATON_ICE_STATE_GATHERED;
}

void
baton_ice_session_describe_offer (BatonIceSession *self, BatonIceDescription *description)
{
  memset (description, 0, sizeof *description);
  if (is_usable (self->next))
    {
      self->next_offered = TRUE;
      describe_agent (self->next, description);
    }
  else if (self->agent != NULL)
    describe_agent (self->agent, description);
  else
    describe_plain (self, description);
}

void
baton_ice_session_describe_answer (BatonIceSession *self, const BatonSdpIce *remote, BatonIceDescription *description)
{
  memset (description, 0, sizeof *description);
  if (self->agent == NULL)
    {
      describe_plain (self, description);
      return;
    }
  if (remote != NULL && baton_ice_agent_is_restart (self->agent, remote))
    baton_ice_agent_restart (self->agent);
  describe_agent (self->agent, description);
}

/* --- the peer --- */

static void
go_plain (BatonIceSession *self)
{
  BatonIceAgent *agent = is_usable (self->next) && self->next_offered ? self->next : self->agent;
  int fds[2] = { baton_ice_agent_dup_fd (agent, 1), baton_ice_agent_dup_fd (agent, 2) };
  BatonTransport *plain = fds[0] >= 0 ? baton_rtp_socket_new_from_fds (fds[0], fds[1], self->hint) : NULL;
  BatonIceDescription description = { 0 };

  describe_agent (agent, &description);
  g_strlcpy (self->plain_address, description.address, sizeof self->plain_address);
  self->plain_ports[0] = description.port;
  self->plain_ports[1] = description.rtcp_port;
  baton_ice_description_clear (&description);
  if (plain == NULL)
    {
      for (guint i = 0; i < 2; i++)
        if (fds[i] >= 0)
          close (fds[i]);
      self->events.failed ("The other side has no ICE, and the sound cannot go on without it.", self->events.data);
      return;
    }
  g_info ("the other side has no ICE: plain RTP");
  forget_agent (self, self->agent);
  forget_agent (self, self->next);
  baton_tick_lock (self->tick);
  baton_ice_transport_set_agents (self->transport, NULL, NULL);
  baton_ice_transport_set_plain (self->transport, plain);
  baton_tick_unlock (self->tick);
  close_agent (g_steal_pointer (&self->agent));
  close_agent (g_steal_pointer (&self->next));
}

void
baton_ice_session_take (BatonIceSession *self, const BatonSdpIce *remote, gboolean offered, gboolean mux)
{
  BatonIceAgent *agent = self->agent;

  if (self->agent == NULL)
    return;
  if (remote == NULL)
    {
      go_plain (self);
      return;
    }
  self->mux = mux;
  if (self->transport != NULL)
    {
      baton_tick_lock (self->tick);
      baton_ice_transport_set_mux (self->transport, mux);
      baton_tick_unlock (self->tick);
    }
  if (offered && self->next != NULL && self->next_offered)
    agent = self->next;
  baton_ice_agent_set_remote (agent, remote, mux);
}

void
baton_ice_session_restart (BatonIceSession *self)
{
  g_autoptr (GError) error = NULL;

  if (self->agent == NULL || !is_usable (self->agent))
    return;
  forget_agent (self, self->next);
  drop_next (self);
  self->next = make_agent (self);
  if (baton_ice_agent_gather (self->next, &error))
    baton_ice_agent_gather_async (self->next, self->cancellable, on_gathered, self);
  else
    {
      g_info ("no restart of ICE: %s", error->message);
      forget_agent (self, self->next);
      drop_next (self);
    }
}

void
baton_ice_session_read_stats (BatonIceSession *self, BatonMediaStats *stats)
{
  const BatonIcePath *path = self->agent != NULL ? baton_ice_agent_get_path (self->agent) : NULL;

  if (path == NULL || path->local_address[0] == '\0')
    return;
  /* a relay at either end makes it a relayed one */
  g_strlcpy (stats->path, baton_ice_type_name (path->remote == BATON_ICE_RELAY ? BATON_ICE_RELAY : path->local),
             sizeof stats->path);
  g_strlcpy (stats->local_address, path->local_address, sizeof stats->local_address);
  g_strlcpy (stats->remote_address, path->remote_address, sizeof stats->remote_address);
}

/* --- the beginning and the end --- */

BatonTransport *
baton_ice_session_create_transport (BatonIceSession *self)
{
  BatonIceDescription description = { 0 };

  describe_agent (self->agent, &description);
  self->transport = baton_ice_transport_new (description.address, description.port, description.rtcp_port);
  baton_ice_description_clear (&description);
  baton_ice_transport_set_agents (self->transport, self->agent, NULL); /* nobody else knows it yet */
  return self->transport;
}

/*
 * How many ports: RTCP has its own unless the offer that we answer does without. 0: it has no ICE. Who offers leads, and
 * who talks to a lite agent (RFC 8445 §6.1.1); a restart changes nothing about it (§9).
 */
static guint
count_components (const char *offer, gboolean *controlling)
{
  g_autoptr (BatonSdp) sdp = offer != NULL ? baton_sdp_parse (offer, NULL) : NULL;
  guint n = 0;

  *controlling = offer == NULL;
  if (offer == NULL)
    return 2;
  for (guint i = 0; sdp != NULL && i < sdp->media->len; i++)
    {
      const BatonSdpMedia *media = g_ptr_array_index (sdp->media, i);

      if (media->port != 0 && strcmp (media->type, "audio") == 0 && media->ice != NULL &&
          baton_sdp_ice_matches (media->ice, media->address, media->port))
        {
          n = MAX (n, media->rtcp_mux ? 1 : 2);
          *controlling |= media->ice->lite;
        }
    }
  return n;
}

BatonIceSession *
baton_ice_session_new (BatonTick *tick, const BatonMediaOptions *options, const BatonIceEvents *events)
{
  gboolean controlling = TRUE;
  guint n_components = options->ice ? count_components (options->remote_offer, &controlling) : 0;
  BatonIceSession *self;

  if (n_components == 0)
    return NULL;
  self = g_new0 (BatonIceSession, 1);
  self->tick = baton_tick_ref (tick);
  self->events = *events;
  self->n_components = n_components;
  self->controlling = controlling;
  self->local_address = g_strdup (options->local_address);
  self->hint = g_strdup (options->remote_hint);
  self->turn_user = g_strdup (options->turn_user);
  self->turn_password = g_strdup (options->turn_password);
  self->port_first = options->rtp_port_first;
  self->port_last = options->rtp_port_last;
  self->relay_only = options->relay_only;
  self->has_stun = options->stun != NULL && baton_ice_server_parse_stun (options->stun, &self->stun, NULL);
  self->has_turn = options->turn != NULL && baton_ice_server_parse_turn (options->turn, &self->turn, NULL);
  self->cancellable = g_cancellable_new ();
  self->agent = make_agent (self);
  return self;
}

void
baton_ice_session_free (BatonIceSession *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  forget_agent (self, self->agent);
  forget_agent (self, self->next);
  close_agent (g_steal_pointer (&self->agent));
  close_agent (g_steal_pointer (&self->next));
  g_object_unref (self->cancellable);
  baton_tick_unref (self->tick);
  g_free (self->local_address);
  g_free (self->hint);
  g_free (self->turn_user);
  g_free (self->turn_password);
  g_free (self);
}
