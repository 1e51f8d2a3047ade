/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which tone a person hears while calls come and go: of whole phones, by frequency, out of null sinks. */
#include "baton-audio-hub.h"
#include "baton-engine.h"
#include "baton-test-audio.h"
#include "baton-test-pulse.h"
#include "baton-test-wait.h"

#define PATIENCE 10000

/* United States: ring-back 440 + 480, busy 480 + 620, waiting 440; ringing is 800 and 1000 in turn everywhere */
#define COUNTRY "US"

typedef struct
{
  BatonEngine *engine;
  BatonAccount *account; /* the engine's */
  char *uri;
} Phone;

typedef struct
{
  BatonTestPulse *pulse;
  Phone desk, bob, carol; /* Desk has the devices */
} Fixture;

static void
phone_start (Phone *phone, const char *name, BatonAudioKind audio)
{
  g_autoptr (BatonSipIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;
  BatonEngineOptions options;

  phone->engine = baton_engine_new ();
  baton_engine_options_init (&options);
  options.audio = audio;
  baton_engine_start (phone->engine, &options, &error);
  g_assert_no_error (error);
  phone->uri = g_strdup_printf ("sip:%s@%s", name, baton_engine_get_listen_address (phone->engine));
  identity = baton_sip_identity_new (phone->uri);
  phone->account = baton_engine_add_account (phone->engine, name, name, identity, FALSE);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  baton_engine_stop_finish (BATON_ENGINE (source), result);
  *(gboolean *) data = TRUE;
}

static void
phone_stop (Phone *phone)
{
  gboolean stopped = FALSE;

  if (phone->engine == NULL)
    return;
  baton_engine_stop_async (phone->engine, on_stopped, &stopped);
  baton_test_wait (stopped, PATIENCE);
  baton_test_drain ();
  g_assert_finalize_object (phone->engine);
  g_free (phone->uri);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->pulse = baton_test_pulse_new (FALSE);
  if (fixture->pulse == NULL)
    return;
  baton_test_pulse_add_sink (fixture->pulse, "bell");
  phone_start (&fixture->desk, "desk", BATON_AUDIO_KIND_DEVICE);
  phone_start (&fixture->bob, "bob", BATON_AUDIO_KIND_NULL);
  phone_start (&fixture->carol, "carol", BATON_AUDIO_KIND_NULL);
  g_object_set (baton_engine_get_media_factory (fixture->desk.engine), "tone-country", COUNTRY, "ring-device", "bell",
                "waiting-volume", 1.0, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  phone_stop (&fixture->carol);
  phone_stop (&fixture->bob);
  phone_stop (&fixture->desk);
  g_clear_pointer (&fixture->pulse, baton_test_pulse_free);
}

static gboolean
have_server (Fixture *fixture)
{
  if (fixture->pulse == NULL)
    g_test_skip ("pulseaudio or pactl is not installed");
  return fixture->pulse != NULL;
}

static BatonCall *
get_call (Phone *phone)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (phone->engine));
  guint n = g_list_model_get_n_items (calls);
  g_autoptr (BatonCall) call = n > 0 ? g_list_model_get_item (calls, n - 1) : NULL;

  return call; /* the engine keeps it */
}

static gboolean
is (Phone *phone, BatonCallState state)
{
  return get_call (phone) != NULL && baton_call_get_state (get_call (phone)) == state;
}

static void
place (Phone *from, Phone *to)
{
  g_autoptr (GError) error = NULL;

  baton_call_manager_place (baton_engine_get_calls (from->engine), from->account, to->uri, NULL, &error);
  g_assert_no_error (error);
  baton_test_wait (is (to, BATON_CALL_STATE_INCOMING), PATIENCE);
}

static void
answer (Phone *phone, Phone *caller)
{
  g_autoptr (GError) error = NULL;

  baton_call_answer (get_call (phone), &error);
  g_assert_no_error (error);
  baton_test_wait (is (caller, BATON_CALL_STATE_ESTABLISHED), PATIENCE);
}

static void
hang_up (Phone *phone, Phone *peer)
{
  baton_call_hangup (get_call (phone), NULL);
  baton_test_wait (get_call (phone) == NULL && get_call (peer) == NULL, PATIENCE);
}

/* In the last 0.15 s that were recorded: shorter than each tone */
static double
heard_db (Fixture *fixture, double hz)
{
  g_autoptr (GArray) samples = baton_test_pulse_dup_recorded (fixture->pulse);
  guint n = 16000 * 15 / 100;

  if (samples->len < n)
    return -127;
  return baton_test_goertzel_db (&g_array_index (samples, gint16, samples->len - n), n, 16000, hz);
}

static gboolean
hears (Fixture *fixture, double hz, double other_hz, double silent_hz)
{
  return heard_db (fixture, hz) > -35 && heard_db (fixture, other_hz) > -35 && heard_db (fixture, silent_hz) < -50;
}

/* How many devices something is played to */
static guint
count_played (void)
{
  return baton_test_pulse_count ("sink-inputs");
}

/* It rings there: ring-back, until somebody answers. Nothing of it comes from the ring device. */
static void
test_ringback (Fixture *fixture, gconstpointer data)
{
  if (!have_server (fixture))
    return;
  baton_test_pulse_record (fixture->pulse, 16000);
  place (&fixture->desk, &fixture->bob);
  baton_test_wait (hears (fixture, 440, 480, 620), PATIENCE);
  g_assert_cmpuint (count_played (), ==, 1);
  answer (&fixture->bob, &fixture->desk);
  baton_test_wait (heard_db (fixture, 440) < -50, PATIENCE);
  hang_up (&fixture->bob, &fixture->desk);
  baton_test_wait (count_played () == 0, PATIENCE); /* who was spoken with is not "busy" */
}

/* Refused: busy, for a while; whoever hung up before that hears nothing. */
static void
test_busy (Fixture *fixture, gconstpointer data)
{
  if (!have_server (fixture))
    return;
  baton_test_pulse_record (fixture->pulse, 16000);
  place (&fixture->desk, &fixture->bob);
  baton_call_decline (get_call (&fixture->bob), 486, NULL);
  baton_test_wait (hears (fixture, 480, 620, 440), PATIENCE);
  baton_test_wait (count_played () == 0, PATIENCE);

  place (&fixture->desk, &fixture->bob);
  baton_test_wait (hears (fixture, 440, 480, 620), PATIENCE);
  hang_up (&fixture->desk, &fixture->bob);
  baton_test_wait (count_played () == 0, PATIENCE);
}

/* A call rings where ringing belongs, until it is silenced; during another call it is a soft tone in the ear. */
static void
test_incoming (Fixture *fixture, gconstpointer data)
{
  if (!have_server (fixture))
    return;
  baton_test_pulse_record_from (fixture->pulse, "bell.monitor", 16000);
  place (&fixture->bob, &fixture->desk);
  baton_test_wait (heard_db (fixture, 800) > -35 && heard_db (fixture, 1000) > -35, PATIENCE);
  g_assert_cmpuint (count_played (), ==, 1);
  baton_engine_silence (fixture->desk.engine);
  baton_test_wait (count_played () == 0, PATIENCE);
  answer (&fixture->desk, &fixture->bob);

  baton_test_pulse_record (fixture->pulse, 16000);
  place (&fixture->carol, &fixture->desk);
  baton_test_wait (hears (fixture, 440, 440, 800), PATIENCE);
  g_assert_cmpuint (count_played (), ==, 1);
  hang_up (&fixture->carol, &fixture->carol);
  baton_test_wait (is (&fixture->desk, BATON_CALL_STATE_ESTABLISHED), PATIENCE);
  hang_up (&fixture->desk, &fixture->bob);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_timeout_add (20, look_again, NULL); /* what is recorded doesn't wake the main context */
  g_test_add ("/call-tones/ringback", Fixture, NULL, set_up, test_ringback, tear_down);
  g_test_add ("/call-tones/busy", Fixture, NULL, set_up, test_busy, tear_down);
  g_test_add ("/call-tones/incoming", Fixture, NULL, set_up, test_incoming, tear_down);
  return g_test_run ();
}
