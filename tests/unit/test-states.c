/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of a transfer and of a call, whole: each event in each state, and the object that walks them. */
#include <string.h>

#include "baton-call-private.h"
#include "baton-test-media.h"
#include "baton-transfer-private.h"

/*
 * The tables, written a second time by hand, in letters: one row an event, one column a state; "-": the event means
 * nothing there. Grace, Holding, reQuested, Agreed, Trying, Ringing, Done (transferred), Failed, handed Over, taken Back
 */
static const char transfer_letters[] = "GHQATRDFOB";

static const struct
{
  const char *name;
  const char *sent, *received;
} transfer_rows[] = {
  [BATON_TRANSFER_EVENT_HOLD]      = { "hold",      "H---------", "----------" },
  [BATON_TRANSFER_EVENT_REFER]     = { "refer",     "QQ--------", "Q---------" },
  [BATON_TRANSFER_EVENT_AGREED]    = { "agreed",    "--A-------", "--A-------" },
  [BATON_TRANSFER_EVENT_TRYING]    = { "trying",    "--TT------", "--TT------" },
  [BATON_TRANSFER_EVENT_RINGING]   = { "ringing",   "--RRR-----", "--RRR-----" },
  [BATON_TRANSFER_EVENT_ANSWERED]  = { "answered",  "--DDDD----", "--DDDD----" },
  [BATON_TRANSFER_EVENT_FAILED]    = { "failed",    "FFFFFF----", "--FFFF----" },
  [BATON_TRANSFER_EVENT_NO_NEWS]   = { "no-news",   "--OOOO----", "----------" },
  [BATON_TRANSFER_EVENT_TAKE_BACK] = { "take-back", "BBBBBB----", "----------" },
};

/* Incoming, Calling, Ringing, Early, eStablished, eNded */
static const char call_letters[] = "ICRESN";

static const struct
{
  const char *name;
  const char *next;
} call_rows[] = {
  [BATON_CALL_EVENT_RINGING]  = { "ringing",  "-R----" },
  [BATON_CALL_EVENT_EARLY]    = { "early",    "-EE---" },
  [BATON_CALL_EVENT_ANSWERED] = { "answered", "SSSS--" },
  [BATON_CALL_EVENT_ENDED]    = { "ended",    "NNNNN-" },
};

static void
on_notify (GObject *object, GParamSpec *pspec, guint *count)
{
  *count += 1;
}

/* ---- Transfers ---- */

typedef struct
{
  BatonUa *ua;
  BatonEngineOptions limits;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->ua = baton_ua_new (NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->ua);
}

static void
check_transfer (Fixture *f, BatonDirection direction, guint state, guint event)
{
  BatonTransfer *transfer = baton_transfer_new (1, direction, NULL, f->ua, NULL, NULL, NULL, &f->limits);
  char expected = direction == BATON_DIRECTION_OUTGOING ? transfer_rows[event].sent[state] : transfer_rows[event].received[state];
  int next = expected == '-' ? -1 : (int) (strchr (transfer_letters, expected) - transfer_letters);
  guint notified = 0;

  g_test_message ("%s, %c, %s", direction == BATON_DIRECTION_OUTGOING ? "sent" : "received", transfer_letters[state],
                  transfer_rows[event].name);
  g_assert_cmpint (baton_transfer_state_next (direction, state, event), ==, next);
  transfer->state = state;
  transfer->level = 1;
  transfer->waits_for_user = TRUE;
  g_signal_connect (transfer, "notify", G_CALLBACK (on_notify), &notified);
  g_assert_cmpint (baton_transfer_step (transfer, event), ==, next >= 0);
  if (next >= 0)
    {
      g_assert_cmpint (baton_transfer_get_state (transfer), ==, next);
      g_assert_cmpuint (notified, >, 0);
      g_assert_cmpint (transfer->waits_for_user, ==, !baton_transfer_is_final (transfer));
    }
  else
    {
      g_assert_cmpint (baton_transfer_get_state (transfer), ==, state);
      g_assert_cmpuint (notified, ==, 0);
      g_assert_cmpuint (transfer->level, ==, 1);
      g_assert_true (transfer->waits_for_user);
      g_assert_cmpint (transfer->end_time, ==, 0);
    }
  g_assert_finalize_object (transfer);
}

static void
test_transfer (Fixture *f, gconstpointer data)
{
  G_STATIC_ASSERT (G_N_ELEMENTS (transfer_rows) == BATON_TRANSFER_N_EVENTS);
  G_STATIC_ASSERT (G_N_ELEMENTS (transfer_letters) - 1 == BATON_TRANSFER_N_STATES);

  for (guint event = 0; event < BATON_TRANSFER_N_EVENTS; event++)
    for (guint state = 0; state < BATON_TRANSFER_N_STATES; state++)
      {
        check_transfer (f, BATON_DIRECTION_OUTGOING, state, event);
        check_transfer (f, BATON_DIRECTION_INCOMING, state, event);
      }
}

/* What is called final has no way out, and all the rest has one to an end. */
static void
test_transfer_ends (Fixture *f, gconstpointer data)
{
  for (guint state = 0; state < BATON_TRANSFER_N_STATES; state++)
    {
      gboolean out = FALSE, end = FALSE;

      for (guint event = 0; event < BATON_TRANSFER_N_EVENTS; event++)
        {
          int next = baton_transfer_state_next (BATON_DIRECTION_OUTGOING, state, event);

          out |= next >= 0;
          end |= next >= 0 && baton_transfer_state_is_final ((BatonTransferState) next);
        }
      g_assert_cmpint (out, ==, !baton_transfer_state_is_final (state));
      g_assert_cmpint (end, ==, out);
    }
}

/* ---- Calls ---- */

static void
check_call (Fixture *f, guint state, guint event)
{
  g_autoptr (BatonSipIdentity) identity = baton_sip_identity_new ("sip:alice@192.0.2.1");
  BatonSession *session = baton_session_new (f->ua, identity, "sip:bob@192.0.2.2");
  BatonTestMediaFactory *factory = baton_test_media_factory_new ();
  BatonMediaOptions options = { .local_address = "127.0.0.1" };
  BatonMedia *media = baton_media_factory_create (BATON_MEDIA_FACTORY (factory), &options);
  BatonCall *call = baton_call_new (1, NULL, session, BATON_MEDIA_FACTORY (factory), media);
  char expected = call_rows[event].next[state];
  int next = expected == '-' ? -1 : (int) (strchr (call_letters, expected) - call_letters);
  guint notified = 0;

  g_test_message ("%c, %s", call_letters[state], call_rows[event].name);
  g_assert_cmpint (baton_call_state_next (state, event), ==, next);
  call->state = state;
  g_signal_connect (call, "notify", G_CALLBACK (on_notify), &notified);
  baton_call_step (call, event);
  g_assert_cmpint (baton_call_get_state (call), ==, next >= 0 ? next : (int) state);
  g_assert_cmpint (notified > 0, ==, next >= 0);
  g_assert_cmpint (call->end_time != 0, ==, next == BATON_CALL_STATE_ENDED);
  g_assert_cmpint (call->established_time != 0, ==, next == BATON_CALL_STATE_ESTABLISHED);
  g_assert_finalize_object (call);
  g_object_unref (media);
  g_assert_finalize_object (factory);
  g_assert_finalize_object (session);
}

static void
test_call (Fixture *f, gconstpointer data)
{
  G_STATIC_ASSERT (G_N_ELEMENTS (call_rows) == BATON_CALL_N_EVENTS);
  G_STATIC_ASSERT (G_N_ELEMENTS (call_letters) - 1 == BATON_CALL_N_STATES);

  for (guint event = 0; event < BATON_CALL_N_EVENTS; event++)
    for (guint state = 0; state < BATON_CALL_N_STATES; state++)
      check_call (f, state, event);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/states/transfer", test_transfer);
  ADD ("/states/transfer-ends", test_transfer_ends);
  ADD ("/states/call", test_call);
  return g_test_run ();
}
