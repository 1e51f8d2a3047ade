/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-test-peer.h"

G_BEGIN_DECLS

#define BATON_TYPE_TEST_DIALOG (baton_test_dialog_get_type ())
G_DECLARE_FINAL_TYPE (BatonTestDialog, baton_test_dialog, BATON, TEST_DIALOG, GObject)

/**
 * BatonTestDialog:
 * What a scripted peer knows of one dialog, so that a test writes only the headers that matter. It
 * belongs to its peer. All members may be read and, to break the rules on purpose, written.
 *
 * It acknowledges final answers to its INVITEs by itself, follows target refreshes, and fails the
 * test when a request in the dialog has a CSeq that isn't higher than the one before.
 */
struct _BatonTestDialog
{
  GObject parent;

  BatonTestPeer *peer; /* not owned */
  char *call_id;
  char *local;         /* our name-addr in From and To, without the tag */
  char *remote;
  char *local_tag;
  char *remote_tag;    /* NULL until known */
  char *target;        /* Request-URI */
  GPtrArray *routes;   /* of char * */
  guint cseq;          /* of our last request */
  guint remote_cseq;   /* of the peer's last request, 0 when none came */
  gboolean auto_ack;   /* TRUE: a 2xx to our INVITE is acknowledged at once */
  char *ack_body;      /* (nullable) goes into the ACK of a 2xx */
  BatonTestMessage *invite; /* (nullable) the INVITE received that made it */
  char *invite_branch; /* of our last INVITE */
  guint invite_cseq;
};

/** baton_test_dialog_new: a dialog to be; the first request to @uri opens it. @call_id is nullable. (transfer none) */
BatonTestDialog *baton_test_dialog_new (BatonTestPeer *peer, const char *uri, const char *call_id);
/** baton_test_dialog_new_from_invite: the other side of an INVITE received, not answered yet (transfer none) */
BatonTestDialog *baton_test_dialog_new_from_invite (BatonTestPeer *peer, BatonTestMessage *invite);

/**
 * baton_test_dialog_send:
 * Sends a request in the dialog; @headers and @body are as in baton_test_peer_reply(). ACK and
 * CANCEL belong to the last INVITE, all others get the next CSeq.
 * Returns: its CSeq
 */
guint baton_test_dialog_send (BatonTestDialog *self, const char *method, const char *headers, const char *body);
/** baton_test_dialog_append: writes the same behind @text; baton_test_dialog_send_text() sends all that is there in one piece */
guint baton_test_dialog_append (BatonTestDialog *self, GString *text, const char *method, const char *headers, const char *body);
void baton_test_dialog_send_text (BatonTestDialog *self, GString *text);
/** baton_test_dialog_sendf: the same with formatted headers and no body */
guint baton_test_dialog_sendf (BatonTestDialog *self, const char *method, const char *format, ...) G_GNUC_PRINTF (3, 4);
/** baton_test_dialog_expect: baton_test_peer_expect() in this dialog */
BatonTestMessage *baton_test_dialog_expect (BatonTestDialog *self, const char *what, guint deadline_ms);
/** baton_test_dialog_expect_reinvite: an INVITE in the dialog whose offer has @direction (nullable) */
BatonTestMessage *baton_test_dialog_expect_reinvite (BatonTestDialog *self, const char *direction, guint deadline_ms);
/** baton_test_dialog_expect_notify: a NOTIFY whose sipfrag has @status; those before it stay */
BatonTestMessage *baton_test_dialog_expect_notify (BatonTestDialog *self, guint status, guint deadline_ms);
guint baton_test_dialog_count (BatonTestDialog *self, const char *what);
/** baton_test_dialog_reply: answers the INVITE that made this dialog */
void baton_test_dialog_reply (BatonTestDialog *self, guint status, const char *headers, const char *body);

/* Shortcuts for what most traces begin with. The deadline in each is 3 s. */

/** baton_test_peer_call: INVITE with SDP to @uri, 200, ACK. Returns: (transfer none): the established dialog */
BatonTestDialog *baton_test_peer_call (BatonTestPeer *peer, const char *uri);
/** baton_test_peer_call_with: the same with @headers in the INVITE */
BatonTestDialog *baton_test_peer_call_with (BatonTestPeer *peer, const char *uri, const char *headers);
/** baton_test_peer_take_invite: waits for an INVITE that opens a dialog. Returns: (transfer none): not answered yet */
BatonTestDialog *baton_test_peer_take_invite (BatonTestPeer *peer);
/** baton_test_peer_take_call: the same, answered with 200, its ACK waited for */
BatonTestDialog *baton_test_peer_take_call (BatonTestPeer *peer);
void baton_test_dialog_answer (BatonTestDialog *self);
/** baton_test_dialog_refer: a REFER with these headers ("Refer-To: <…>"). Returns: its final response */
BatonTestMessage *baton_test_dialog_refer (BatonTestDialog *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** baton_test_dialog_notify: a NOTIFY with a sipfrag. Returns: its final response */
BatonTestMessage *baton_test_dialog_notify (BatonTestDialog *self, const char *event, const char *state,
                                            const char *sipfrag);
/** baton_test_dialog_bye: BYE, and waits for its 200 */
void baton_test_dialog_bye (BatonTestDialog *self);
/** Returns: (transfer full): Replaces for somebody who takes our place at the other end: its tag is to-tag */
char *baton_test_dialog_make_replaces (BatonTestDialog *self);

G_END_DECLS
