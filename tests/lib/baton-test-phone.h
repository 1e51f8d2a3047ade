/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-engine.h"
#include "baton-test-dialog.h"
#include "baton-test-media.h"
#include "baton-test-timers.h"

G_BEGIN_DECLS

/** T1 of the phone under test, ms. 64·T1 is then 1.28 s of the stack's real time. */
#define BATON_TEST_T1_MS 20

/**
 * BatonTestPhone:
 * The thing under test: a whole engine on a loopback port, without sound, with a clock that the test turns.
 */
typedef struct
{
  BatonEngine *engine;
  BatonTestMediaFactory *factory;
  BatonTestTimers *timers;
  BatonAccount *account;
  GPtrArray *calls;     /* of BatonCall: all that ever were, so that a test may look at one that ended */
  GPtrArray *transfers; /* of BatonTransfer, likewise */
  char *uri;  /* "sip:baton@127.0.0.1:5070": what peers call */
  char *host; /* "127.0.0.1:5070" */
  char *tls_uri; /* (nullable) the same as uri, over TLS */
} BatonTestPhone;

/** BatonTestTweak: changes the options before the start. */
typedef void (*BatonTestTweak) (BatonEngineOptions *options);

/** baton_test_phone_new: started, with one account that needs no server; @tweak is nullable */
BatonTestPhone *baton_test_phone_new (BatonTestTweak tweak);
/** baton_test_phone_new_with: the same with @identity, whose address may be unset: baton@ where it listens */
BatonTestPhone *baton_test_phone_new_with (BatonTestTweak tweak, BatonSipIdentity *identity);
/** baton_test_phone_free: stops the engine, waits for it, and asserts that nothing of it is left, timers included */
void baton_test_phone_free (BatonTestPhone *self);

void baton_test_phone_advance (BatonTestPhone *self, guint ms);

/** baton_test_phone_get_call: Returns: (transfer none): the call that came last; fails when there is none */
BatonCall *baton_test_phone_get_call (BatonTestPhone *self);
guint baton_test_phone_count_calls (BatonTestPhone *self);
/** baton_test_phone_get_transfer: Returns: (transfer none) (nullable): the transfer that came last */
BatonTransfer *baton_test_phone_get_transfer (BatonTestPhone *self);

/** baton_test_phone_use_tls: a tweak: it listens for TLS, too, and trusts the certificate that is called "trusted" (baton-test-tls.h) */
void baton_test_phone_use_tls (BatonEngineOptions *options);

/** baton_test_phone_call: the phone calls @peer, over TLS where that speaks it, which answers. @dialog is the peer's side. Returns: (transfer none) */
BatonCall *baton_test_phone_call (BatonTestPhone *self, BatonTestPeer *peer, BatonTestDialog **dialog);
/** baton_test_phone_take: @peer calls, the phone answers. @headers (nullable): of the INVITE. (transfer none) */
BatonCall *baton_test_phone_take (BatonTestPhone *self, BatonTestPeer *peer, const char *headers,
                                  BatonTestDialog **dialog);
/** baton_test_phone_answer: @dialog calls with @sdp (nullable), it rings, and the user says yes; no more. (transfer none) */
BatonCall *baton_test_phone_answer (BatonTestPhone *self, BatonTestDialog *dialog, const char *sdp);
/** baton_test_phone_hold: holds @call (with @hold FALSE: resumes it) and waits until the peer agreed */
void baton_test_phone_hold (BatonTestPhone *self, BatonCall *call, gboolean hold);

#define baton_test_wait_call(call, name) baton_test_wait (baton_call_get_state (call) == BATON_CALL_STATE_##name, 3000)
#define baton_test_wait_transfer(transfer, name) \
  baton_test_wait (baton_transfer_get_state (transfer) == BATON_TRANSFER_STATE_##name, 3000)

G_END_DECLS
