/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-phone.h"

#include "baton-test-tls.h"
#include "baton-test-wait.h"

BatonTestPhone *
baton_test_phone_new (BatonTestTweak tweak)
{
  return baton_test_phone_new_with (tweak, NULL);
}

static void
on_call_added (BatonCallManager *calls, BatonCall *call, BatonTestPhone *self)
{
  g_ptr_array_add (self->calls, g_object_ref (call));
}

static void
on_transfer_added (BatonEngine *engine, BatonTransfer *transfer, BatonTestPhone *self)
{
  g_ptr_array_add (self->transfers, g_object_ref (transfer));
}

BatonTestPhone *
baton_test_phone_new_with (BatonTestTweak tweak, BatonSipIdentity *identity)
{
  BatonTestPhone *self = g_new0 (BatonTestPhone, 1);
  g_autoptr (BatonSipIdentity) own = NULL;
  BatonEngineOptions options;
  GError *error = NULL;

  self->factory = baton_test_media_factory_new ();
  self->timers = baton_test_timers_new ();
  self->engine = baton_engine_new_with (BATON_MEDIA_FACTORY (self->factory), BATON_TIMERS (self->timers));
  self->calls = g_ptr_array_new_with_free_func (g_object_unref);
  self->transfers = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (baton_engine_get_calls (self->engine), "call-added", G_CALLBACK (on_call_added), self);
  g_signal_connect (self->engine, "transfer-added", G_CALLBACK (on_transfer_added), self);
  baton_engine_options_init (&options);
  options.listen = "127.0.0.1:0";
  options.t1_ms = BATON_TEST_T1_MS;
  options.audio = BATON_AUDIO_KIND_NULL;
  options.auto_hold = FALSE;
  options.grace_ms = 0;
  if (tweak != NULL)
    tweak (&options);
  baton_engine_start (self->engine, &options, &error);
  g_assert_no_error (error);
  self->host = g_strdup (baton_engine_get_listen_address (self->engine));
  self->uri = g_strdup_printf ("sip:baton@%s", self->host);
  if (baton_engine_get_tls_listen_address (self->engine) != NULL)
    self->tls_uri = g_strdup_printf ("sip:baton@%s;transport=tls", baton_engine_get_tls_listen_address (self->engine));
  if (identity == NULL)
    identity = own = baton_sip_identity_new (self->uri);
  else if (baton_sip_identity_get_address (identity) == NULL)
    g_object_set (identity, "address", self->uri, NULL);
  self->account = g_object_ref (baton_engine_add_account (self->engine, "test", "Test", identity, FALSE));
  return self;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  baton_engine_stop_finish (BATON_ENGINE (source), result);
  *(gboolean *) data = TRUE;
}

/* The stack needs a second to shut down with dialogs, and no time without: what is left is ended before. */
static void
hang_up (BatonTestPhone *self)
{
  for (guint i = 0; i < self->calls->len; i++)
    baton_call_hangup (g_ptr_array_index (self->calls, i), NULL);
  for (guint i = 0; i < 3; i++)
    {
      baton_test_settle (2);
      baton_test_timers_advance (self->timers, 60000);
    }
  baton_test_drain ();
}

void
baton_test_phone_free (BatonTestPhone *self)
{
  gboolean stopped = FALSE;
  BatonTestDeadline deadline;

  hang_up (self);
  baton_engine_stop_async (self->engine, on_stopped, &stopped);
  /* The stop has a cap of 2 s by the engine's clock, which is the test's. */
  baton_test_deadline_start (&deadline, 3000);
  while (!stopped && baton_test_deadline_iterate (&deadline))
    ;
  if (!stopped)
    {
      baton_test_timers_advance (self->timers, 5000);
      baton_test_wait (stopped, 1000);
    }
  baton_test_drain ();
  g_clear_object (&self->account);
  g_ptr_array_unref (self->transfers);
  g_ptr_array_unref (self->calls);
  g_assert_finalize_object (self->engine);
  g_assert_cmpuint (baton_test_timers_get_pending (self->timers), ==, 0);
  g_assert_finalize_object (self->timers);
  g_assert_finalize_object (self->factory);
  g_free (self->uri);
  g_free (self->tls_uri);
  g_free (self->host);
  g_free (self);
}

void
baton_test_phone_advance (BatonTestPhone *self, guint ms)
{
  baton_test_timers_advance (self->timers, ms);
}

guint
baton_test_phone_count_calls (BatonTestPhone *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (baton_engine_get_calls (self->engine)));
}

BatonCall *
baton_test_phone_get_call (BatonTestPhone *self)
{
  g_assert_cmpuint (self->calls->len, >, 0);
  return g_ptr_array_index (self->calls, self->calls->len - 1);
}

BatonTransfer *
baton_test_phone_get_transfer (BatonTestPhone *self)
{
  return self->transfers->len > 0 ? g_ptr_array_index (self->transfers, self->transfers->len - 1) : NULL;
}

void
baton_test_phone_use_tls (BatonEngineOptions *options)
{
  options->tls_listen = "127.0.0.1:0";
  options->tls_cert = options->tls_ca = baton_test_tls_make ("trusted", "127.0.0.1");
}

static gboolean
speaks_tls (BatonTestPeer *peer)
{
  return g_str_equal (baton_test_peer_get_transport (peer), "tls");
}

BatonCall *
baton_test_phone_call (BatonTestPhone *self, BatonTestPeer *peer, BatonTestDialog **dialog)
{
  g_autofree char *uri = g_strconcat (baton_test_peer_get_uri (peer), speaks_tls (peer) ? ";transport=tls" : "", NULL);
  GError *error = NULL;
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (self->engine), self->account, uri, NULL, &error);
  BatonTestDialog *other;

  g_assert_no_error (error);
  other = baton_test_peer_take_call (peer);
  baton_test_wait (baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED, 3000);
  if (dialog != NULL)
    *dialog = other;
  return call;
}

BatonCall *
baton_test_phone_take (BatonTestPhone *self, BatonTestPeer *peer, const char *headers, BatonTestDialog **dialog)
{
  BatonTestDialog *other = baton_test_dialog_new (peer, speaks_tls (peer) ? self->tls_uri : self->uri, NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  guint before = baton_test_phone_count_calls (self);
  GError *error = NULL;
  BatonCall *call;

  baton_test_dialog_send (other, "INVITE", headers, sdp);
  baton_test_wait (baton_test_phone_count_calls (self) > before, 3000);
  call = baton_test_phone_get_call (self);
  baton_call_answer (call, &error);
  g_assert_no_error (error);
  baton_test_dialog_expect (other, "200 INVITE", 3000);
  baton_test_wait (baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED, 3000);
  if (dialog != NULL)
    *dialog = other;
  return call;
}

BatonCall *
baton_test_phone_answer (BatonTestPhone *self, BatonTestDialog *dialog, const char *sdp)
{
  BatonCall *call;

  baton_test_dialog_send (dialog, "INVITE", NULL, sdp);
  baton_test_dialog_expect (dialog, "180 INVITE", 3000);
  call = baton_test_phone_get_call (self);
  g_assert_true (baton_call_answer (call, NULL));
  return call;
}

typedef struct
{
  gboolean hold, done;
} Holding;

static void
on_held (GObject *source, GAsyncResult *result, gpointer data)
{
  Holding *holding = data;
  GError *error = NULL;

  if (holding->hold)
    baton_call_hold_finish (BATON_CALL (source), result, &error);
  else
    baton_call_resume_finish (BATON_CALL (source), result, &error);
  g_assert_no_error (error);
  holding->done = TRUE;
}

void
baton_test_phone_hold (BatonTestPhone *self, BatonCall *call, gboolean hold)
{
  Holding holding = { hold, FALSE };

  if (hold)
    baton_call_hold_async (call, on_held, &holding);
  else
    baton_call_resume_async (call, on_held, &holding);
  baton_test_wait (holding.done, 3000);
}
