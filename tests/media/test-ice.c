/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agents of ICE against each other, over loopback and in real time. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <string.h>

#include "baton-ice-agent.h"
#include "baton-ice-loop.h"
#include "baton-test-wait.h"

#define LIMIT_MS 10000

static gboolean gathered;

static void
on_gathered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  baton_ice_agent_gather_finish (BATON_ICE_AGENT (source), result, &error);
  g_assert_no_error (error);
  gathered = TRUE;
}

static BatonIceAgent *
agent_with (const BatonIceOptions *options, guint n_components)
{
  BatonIceAgent *agent = baton_ice_agent_new (options, n_components);

  gathered = FALSE;
  baton_ice_agent_gather_async (agent, NULL, on_gathered, NULL);
  baton_test_wait (gathered, LIMIT_MS);
  return agent;
}

static BatonIceAgent *
agent_at (const char *address, guint n_components)
{
  BatonIceOptions options = { .local_address = address };

  return agent_with (&options, n_components);
}

/* One that answers */
static BatonIceAgent *
follower_at (const char *address, guint n_components)
{
  BatonIceOptions options = { .local_address = address, .controlled = TRUE };

  return agent_with (&options, n_components);
}

static void
introduce (BatonIceAgent *a, BatonIceAgent *b, gboolean mux)
{
  g_autoptr (BatonSdpIce) of_a = baton_ice_agent_dup_local (a), of_b = baton_ice_agent_dup_local (b);

  baton_ice_agent_set_remote (b, of_a, mux);
  baton_ice_agent_set_remote (a, of_b, mux);
}

static gboolean
take (BatonIceAgent *agent, guint component, const char *text)
{
  BatonRtpPacket packet;
  guint at = 0;

  while (baton_ice_flow_take (baton_ice_agent_get_flow (agent), &packet, &at))
    if (at == component && packet.length == strlen (text) && memcmp (packet.data, text, packet.length) == 0)
      return TRUE;
  return FALSE;
}

static void
assert_talks (BatonIceAgent *from, BatonIceAgent *to, guint component, const char *text)
{
  gboolean taken = FALSE;

  g_assert_true (baton_ice_agent_send (from, component, (const guint8 *) text, strlen (text)));
  baton_test_wait (taken || (taken = take (to, component, text)), LIMIT_MS);
}

static gboolean
is_connected (BatonIceAgent *agent, guint components)
{
  return baton_ice_agent_get_state (agent) == BATON_ICE_STATE_CONNECTED && baton_ice_agent_is_ready (agent, 1) &&
         (components < 2 || baton_ice_agent_is_ready (agent, 2)) &&
         baton_ice_agent_get_path (agent)->local_address[0] != '\0';
}

static void
end (BatonIceAgent *agent)
{
  baton_ice_agent_close (agent);
  baton_test_drain ();
  g_assert_finalize_object (agent);
}

static void
test_host (gconstpointer data)
{
  BatonIceAgent *a = agent_at (data, 2), *b = follower_at (data, 2);
  g_autofree char *local = NULL;

  g_assert_cmpint (baton_ice_agent_get_state (a), ==, BATON_ICE_STATE_GATHERED);
  g_assert_false (baton_ice_agent_is_ready (a, 1));
  introduce (a, b, FALSE);
  baton_test_wait (is_connected (a, 2) && is_connected (b, 2), LIMIT_MS);
  g_assert_cmpint (baton_ice_agent_get_path (a)->local, ==, BATON_ICE_HOST);
  g_assert_cmpstr (baton_ice_agent_get_path (a)->remote_address, ==, baton_ice_agent_get_path (b)->local_address);
  assert_talks (a, b, 1, "RTP from A");
  assert_talks (b, a, 1, "RTP from B");
  assert_talks (a, b, 2, "RTCP from A");
  assert_talks (b, a, 2, "RTCP from B");
  end (a);
  end (b);
}

static void
test_mux (void)
{
  BatonIceAgent *a = agent_at ("127.0.0.1", 2), *b = follower_at ("127.0.0.1", 1);
  g_autoptr (BatonSdpIce) of_b = baton_ice_agent_dup_local (b);

  g_assert_cmpuint (of_b->candidates->len, ==, 1);
  introduce (a, b, TRUE);
  baton_test_wait (is_connected (a, 1) && is_connected (b, 1), LIMIT_MS);
  assert_talks (a, b, 1, "anything");
  baton_test_settle (200);
  g_assert_cmpint (baton_ice_agent_get_state (a), ==, BATON_ICE_STATE_CONNECTED); /* whatever becomes of component 2 */
  end (a);
  end (b);
}

/* Both ask with new credentials; what is sent meanwhile arrives. */
static void
test_restart (void)
{
  BatonIceAgent *a = agent_at ("127.0.0.1", 1), *b = follower_at ("127.0.0.1", 1);
  g_autoptr (BatonSdpIce) before = baton_ice_agent_dup_local (a), after = NULL, of_b = NULL;

  introduce (a, b, TRUE);
  baton_test_wait (is_connected (a, 1) && is_connected (b, 1), LIMIT_MS);
  baton_ice_agent_restart (a);
  assert_talks (a, b, 1, "over the old path");
  after = baton_ice_agent_dup_local (a);
  g_assert_cmpstr (after->ufrag, !=, before->ufrag);
  g_assert_cmpstr (after->pwd, !=, before->pwd);
  g_assert_true (baton_ice_agent_is_restart (b, after));
  g_assert_false (baton_ice_agent_is_restart (b, before));
  baton_ice_agent_restart (b);
  baton_ice_agent_set_remote (b, after, TRUE);
  assert_talks (b, a, 1, "over the old path");
  of_b = baton_ice_agent_dup_local (b);
  baton_ice_agent_set_remote (a, of_b, TRUE);
  baton_test_wait (is_connected (a, 1) && is_connected (b, 1), LIMIT_MS);
  assert_talks (a, b, 1, "over the new path");
  assert_talks (b, a, 1, "over the new path");
  end (a);
  end (b);
}

/* A forked or transferred call: another peer with other credentials answers to ours. */
static void
test_other_peer (void)
{
  BatonIceAgent *a = agent_at ("127.0.0.1", 1), *b = follower_at ("127.0.0.1", 1), *c = follower_at ("127.0.0.1", 1);

  introduce (a, b, TRUE);
  baton_test_wait (is_connected (a, 1) && is_connected (b, 1), LIMIT_MS);
  end (b);
  introduce (a, c, TRUE);
  baton_test_wait (is_connected (c, 1) && is_connected (a, 1) &&
                     strcmp (baton_ice_agent_get_path (a)->remote_address, baton_ice_agent_get_path (c)->local_address) == 0,
                   LIMIT_MS);
  assert_talks (a, c, 1, "to C");
  assert_talks (c, a, 1, "from C");
  end (a);
  end (c);
}

static void
test_failed (void)
{
  BatonIceAgent *a = agent_at ("127.0.0.1", 1);
  g_autoptr (BatonSdpIce) nobody = baton_sdp_ice_new ();

  baton_sdp_ice_read (nobody, "ice-ufrag", "F7gI");
  baton_sdp_ice_read (nobody, "ice-pwd", "x9cml/YzichV2+XlhiMu8g");
  baton_sdp_ice_read (nobody, "candidate", "1 1 UDP 2130706431 127.0.0.1 9 typ host");
  baton_ice_agent_set_remote (a, nobody, TRUE);
  baton_test_wait (baton_ice_agent_get_state (a) == BATON_ICE_STATE_FAILED, 3 * LIMIT_MS);
  g_assert_false (baton_ice_agent_is_ready (a, 1));
  end (a);
}

/* 127.0.0.2 answers nothing on port 9: the limit, and not libnice's many tries, is what a call waits for. */
static void
test_silent_stun (void)
{
  BatonIceServer server = { "127.0.0.2", 9, FALSE };
  BatonIceOptions options = { .local_address = "127.0.0.1", .stun = &server };
  gint64 start = g_get_monotonic_time ();
  BatonIceAgent *a = agent_with (&options, 1);
  g_autoptr (BatonSdpIce) ice = baton_ice_agent_dup_local (a);

  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (ice->candidates->len, ==, 1);
  end (a);
}

/* The path is not asked for once more when the caller has gone. */
static void
test_closed_while_gathering (void)
{
  BatonIceServer server = { "127.0.0.2", 9, FALSE };
  BatonIceOptions options = { .local_address = "127.0.0.1", .turn = &server, .turn_user = "u", .turn_password = "p" };
  BatonIceAgent *a = baton_ice_agent_new (&options, 2);

  g_assert_true (baton_ice_agent_gather (a, NULL));
  end (a);
}

static void
test_ports (void)
{
  BatonIceOptions options = { .local_address = "127.0.14.1", .port_first = 41000, .port_last = 41001 };
  BatonIceAgent *a = agent_with (&options, 2);
  g_autoptr (BatonSdpIce) ice = baton_ice_agent_dup_local (a);

  g_assert_cmpuint (ice->candidates->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      guint port = g_array_index (ice->candidates, BatonIceCandidate, i).port;

      g_assert_true (port == 41000 || port == 41001);
    }
  end (a);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* --- the end of libnice's thread --- */

static struct
{
  GMutex lock;
  GCond changed;
  GThread *watched; /* whose next g_source_unref () waits for the context to go, as a busy machine would have it */
  gboolean freed, freed_too_early;
} gone;

static gboolean
wait_until_freed (gint64 limit_ms)
{
  gint64 end = g_get_monotonic_time () + limit_ms * G_TIME_SPAN_MILLISECOND;

  while (!gone.freed && g_cond_wait_until (&gone.changed, &gone.lock, end))
    ;
  return gone.freed;
}

/* In place of GLib's, for what is linked into this program */
void
g_source_unref (GSource *source)
{
  static void (*of_glib) (GSource *);

  g_mutex_lock (&gone.lock);
  if (of_glib == NULL)
    of_glib = (void (*) (GSource *)) dlsym (RTLD_NEXT, "g_source_unref");
  if (gone.watched == g_thread_self ())
    {
      gone.watched = NULL;
      gone.freed_too_early = wait_until_freed (100);
    }
  g_mutex_unlock (&gone.lock);
  of_glib (source);
}

static void
on_context_freed (gpointer data)
{
  g_mutex_lock (&gone.lock);
  gone.freed = TRUE;
  g_cond_signal (&gone.changed);
  g_mutex_unlock (&gone.lock);
}

/* To let go of a source locks its context: which has to be there, though the thread that it woke has come to its end. */
static void
test_loop_ends (void)
{
  GSource *witness = g_timeout_source_new_seconds (G_MAXINT / 1000);
  BatonIceLoop *loop = baton_ice_loop_get ();

  g_source_set_callback (witness, look_again, NULL, on_context_freed);
  g_source_attach (witness, baton_ice_loop_get_context (loop));
  g_source_unref (witness);
  gone.watched = g_thread_self ();
  baton_ice_loop_unref (loop);
  g_mutex_lock (&gone.lock);
  g_assert_null (gone.watched);
  g_assert_false (gone.freed_too_early);
  g_assert_true (wait_until_freed (LIMIT_MS));
  g_mutex_unlock (&gone.lock);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_timeout_add (5, look_again, NULL);
  g_test_add_func ("/ice/loop-ends", test_loop_ends); /* the first: the loop is its own */
  g_test_add_data_func ("/ice/host/v4", "127.0.0.1", test_host);
  g_test_add_data_func ("/ice/host/v6", "::1", test_host);
  g_test_add_func ("/ice/mux", test_mux);
  g_test_add_func ("/ice/restart", test_restart);
  g_test_add_func ("/ice/other-peer", test_other_peer);
  g_test_add_func ("/ice/failed", test_failed);
  g_test_add_func ("/ice/silent-stun", test_silent_stun);
  g_test_add_func ("/ice/closed-while-gathering", test_closed_while_gathering);
  g_test_add_func ("/ice/ports", test_ports);
  status = g_test_run ();
  baton_test_wait_thread ("baton-ice", LIMIT_MS); /* of the last agents */
  return status;
}
