/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-test-message.h"

G_BEGIN_DECLS

#define BATON_TYPE_TEST_PEER (baton_test_peer_get_type ())
G_DECLARE_FINAL_TYPE (BatonTestPeer, baton_test_peer, BATON, TEST_PEER, GObject)

/**
 * BatonTestPeer:
 * A scripted SIP peer on UDP and TCP (or TLS) of one loopback port, fed by the default main context. There is
 * no SIP stack in it: the test says what is sent, and BatonTestDialog fills the tedious headers.
 *
 * It keeps all that it received in order, answers retransmissions as a server transaction would,
 * and checks each message (baton_test_message_check()). What a test seldom cares for it answers by
 * itself: BYE, NOTIFY, OPTIONS, INFO, UPDATE, PRACK and a re-INVITE with 200, a CANCEL with 200 and
 * the INVITE with 487; baton_test_peer_set_auto() changes that. Automatic or not, each of them can
 * still be expected. When a test aborts, the traces of all living peers are printed.
 *
 * Messages belong to the peer. Signal: `received (BatonTestMessage *)`, before the automatic answer.
 */

/** baton_test_peer_new: @user is the user part of its URI; @address an IP address, "127.0.0.1" or "::1" */
BatonTestPeer *baton_test_peer_new (const char *user, const char *address);
const char *baton_test_peer_get_user (BatonTestPeer *self);
const char *baton_test_peer_get_host (BatonTestPeer *self); /* "127.0.0.1:40123", "[::1]:40123" */
const char *baton_test_peer_get_uri (BatonTestPeer *self);  /* "sip:carol@127.0.0.1:40123" */

/** baton_test_peer_set_auto: requests of @method get @status without the test; 0: the test answers. */
void baton_test_peer_set_auto (BatonTestPeer *self, const char *method, guint status);
/** baton_test_peer_set_lenient: accept messages that break the rules of baton_test_message_check() */
void baton_test_peer_set_lenient (BatonTestPeer *self, gboolean lenient);
/** baton_test_peer_set_tcp: what this peer starts goes over TCP */
void baton_test_peer_set_tcp (BatonTestPeer *self, gboolean tcp);
/**
 * baton_test_peer_set_tls: @certificate: with its key: every connection from now on is one over TLS, and what this peer
 *   starts goes there. It takes any certificate of the other end. NULL: UDP, as at first
 */
void baton_test_peer_set_tls (BatonTestPeer *self, GTlsCertificate *certificate);
/** baton_test_peer_set_mute: read nothing and answer nothing any more, as after a power cut */
void baton_test_peer_set_mute (BatonTestPeer *self, gboolean mute);
/** baton_test_peer_set_local_tag: (nullable) the tag that the next dialog gets on our side */
void baton_test_peer_set_local_tag (BatonTestPeer *self, const char *tag);
const char *baton_test_peer_get_transport (BatonTestPeer *self); /* "udp", "tcp", "tls": of what it starts */

/** baton_test_peer_send_bytes: exactly these bytes to @host ("ip:port", or a SIP URI that has both) */
void baton_test_peer_send_bytes (BatonTestPeer *self, const char *host, const char *bytes, gsize length);
/** baton_test_peer_send: the same of a text; each LF becomes CRLF */
void baton_test_peer_send (BatonTestPeer *self, const char *host, const char *format, ...) G_GNUC_PRINTF (3, 4);

/**
 * baton_test_peer_reply:
 * Answers @request. @headers (nullable) are lines "Name: value", each ended by CRLF or LF; one with
 * the name of a header that is otherwise filled in takes its place, and with no value removes it.
 * @body (nullable) is SDP unless @headers have a Content-Type.
 */
void baton_test_peer_reply (BatonTestPeer *self, BatonTestMessage *request, guint status, const char *reason,
                            const char *headers, const char *body);
/** Returns: our tag in the dialog that @request opens, or belongs to */
const char *baton_test_peer_get_tag (BatonTestPeer *self, BatonTestMessage *request);

/**
 * baton_test_peer_expect:
 * Waits until a message that @what names (baton_test_message_matches()) is there which no expect
 * returned before. Others stay where they are, so the order of different messages is asserted by
 * their `index`. After @deadline_ms the test fails with the trace.
 * Returns: (transfer none)
 */
BatonTestMessage *baton_test_peer_expect (BatonTestPeer *self, const char *what, guint deadline_ms);
/** baton_test_peer_expect_in: the same in the dialog with @call_id */
BatonTestMessage *baton_test_peer_expect_in (BatonTestPeer *self, const char *call_id, const char *what,
                                             guint deadline_ms);
/** baton_test_peer_expect_new_invite: an INVITE that opens a dialog */
BatonTestMessage *baton_test_peer_expect_new_invite (BatonTestPeer *self, guint deadline_ms);
/** baton_test_peer_expect_none: no (further) such message within @ms milliseconds. Use it seldom. */
void baton_test_peer_expect_none (BatonTestPeer *self, const char *what, guint ms);
/** Returns: how many were received, retransmissions aside; @call_id is nullable */
guint baton_test_peer_count (BatonTestPeer *self, const char *call_id, const char *what);
/** Returns: how many messages came more than once, with the same branch */
guint baton_test_peer_get_retransmissions (BatonTestPeer *self);

/** Returns: a new value for the branch of a Via */
char *baton_test_peer_make_branch (BatonTestPeer *self);
/** Returns: (transfer full) a Via header's value, without the branch parameter */
char *baton_test_peer_make_via (BatonTestPeer *self);

/** baton_test_peer_dump: prints the trace to standard error: a ladder, then the last messages in full */
void baton_test_peer_dump (BatonTestPeer *self);
/** baton_test_peer_fail: ends the test program with this sentence and the traces of all peers */
void baton_test_peer_fail (BatonTestPeer *self, const char *format, ...) G_GNUC_PRINTF (2, 3) G_GNUC_NORETURN;

/* Pieces that peers and dialogs share */

/** baton_test_headers_get: Returns: (transfer full) (nullable): value of @name in lines "Name: value" */
char *baton_test_headers_get (const char *headers, const char *name);
/** baton_test_headers_append: a default header, unless @custom has one of that name */
void baton_test_headers_append (GString *text, const char *custom, const char *name, const char *value);
/** baton_test_headers_finish: @custom itself but its lines without a value, Content-Type, Content-Length, @body */
void baton_test_headers_finish (GString *text, const char *custom, const char *body);

/** baton_test_sdp: Returns: (transfer full): one audio stream; @direction is "sendrecv" … */
char *baton_test_sdp (const char *direction);
/** Returns: (transfer full): an answer to @offer, in the mirrored direction */
char *baton_test_sdp_answer (const char *offer);
/** Returns: "sendrecv", "sendonly", "recvonly" or "inactive"; 0.0.0.0 counts as inactive */
const char *baton_test_sdp_get_direction (const char *sdp);

G_END_DECLS
