/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody without a call asks Baton to place one (refer.md §5). */
#include "wire.h"

static void
open_door (BatonEngineOptions *options)
{
  options->out_of_dialog_refer = BATON_REFER_POLICY_ASK;
}

static void
open_wide (BatonEngineOptions *options)
{
  options->out_of_dialog_refer = BATON_REFER_POLICY_FOLLOW;
}

static BatonTestDialog *
refer (Wire *wire)
{
  BatonTestDialog *dialog = baton_test_dialog_new (wire->alice, wire->phone->uri, NULL);

  baton_test_dialog_sendf (dialog, "REFER", "Refer-To: <%s>\nReferred-By: <sip:boss@example.net>\n",
                           baton_test_peer_get_uri (wire->carol));
  return dialog;
}

static void
check_nobody_called (Wire *wire)
{
  baton_test_peer_expect_none (wire->carol, "INVITE", 30);
  g_assert_cmpuint (wire->phone->calls->len, ==, 0);
}

static void
test_off (Wire *wire, gconstpointer data)
{
  BatonTestDialog *dialog = refer (wire);
  BatonTestMessage *answer = baton_test_dialog_expect (dialog, "405 REFER", 3000);

  g_assert_true (baton_test_message_has_token (answer, "Allow", "INVITE"));
  g_assert_false (baton_test_message_has_token (answer, "Allow", "REFER"));
  check_nobody_called (wire);
  g_assert_cmpuint (wire->phone->transfers->len, ==, 0);
  g_assert_cmpuint (baton_test_dialog_count (dialog, "NOTIFY"), ==, 0);
}

/* Off is off: a REFER inside a call is another matter. */
static void
test_off_in_dialog (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_assert_cmpuint (baton_test_dialog_refer (alice, "Refer-To: <%s>\n",
                                             baton_test_peer_get_uri (wire->carol))->status, ==, 202);
}

/* An invented dialog: To has a tag that nobody gave. */
static void
test_unknown_dialog (Wire *wire, gconstpointer data)
{
  BatonTestDialog *dialog = baton_test_dialog_new (wire->alice, wire->phone->uri, NULL);

  dialog->remote_tag = g_strdup ("invented");
  g_assert_cmpuint (baton_test_dialog_refer (dialog, "Refer-To: <%s>\n",
                                             baton_test_peer_get_uri (wire->carol))->status, ==, 481);
  check_nobody_called (wire);
}

/* On, and nobody answers the prompt: never a silent follow. */
static void
test_on_without_handler (Wire *wire, gconstpointer data)
{
  BatonTestDialog *dialog = refer (wire);

  baton_test_wait (wire->phone->transfers->len == 1, 3000);
  check_nobody_called (wire);
  baton_test_phone_advance (wire->phone, 21000); /* the peer's transaction would time out (refer.md §3.1) */
  baton_test_dialog_expect (dialog, "202 REFER", 3000);
  g_assert_nonnull (strstr (baton_test_message_get (baton_test_dialog_expect_notify (dialog, 100, 3000),
                                                    "Subscription-State"), "pending"));
  check_nobody_called (wire);
  baton_test_phone_advance (wire->phone, 60000);
  baton_test_dialog_expect_notify (dialog, 603, 3000);
  check_nobody_called (wire);
}

static gboolean
on_requested (BatonEngine *engine, BatonTransfer *transfer, gpointer data)
{
  *(BatonTransfer **) data = transfer;
  return TRUE;
}

static BatonTransfer *
refer_asked (Wire *wire, BatonTestDialog **dialog)
{
  BatonTransfer *transfer = NULL;

  g_signal_connect (wire->phone->engine, "refer-requested", G_CALLBACK (on_requested), &transfer);
  *dialog = refer (wire);
  baton_test_wait (transfer != NULL, 3000);
  g_assert_null (baton_transfer_get_call (transfer));
  g_assert_cmpstr (baton_transfer_get_target_uri (transfer), ==, baton_test_peer_get_uri (wire->carol));
  g_assert_nonnull (baton_transfer_get_requested_by (transfer));
  g_assert_nonnull (strstr (baton_transfer_get_requested_by (transfer),
                            "alice")); /* who asks, not who they say has sent them */
  return transfer;
}

static void
test_on_accepted (Wire *wire, gconstpointer data)
{
  BatonTestDialog *dialog;
  BatonTransfer *transfer = refer_asked (wire, &dialog);

  baton_test_peer_expect_none (wire->carol, "INVITE", 20);
  g_assert_true (baton_transfer_accept (transfer, NULL, NULL));
  baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (dialog, 200, 3000);
}

static void
test_on_declined (Wire *wire, gconstpointer data)
{
  BatonTestDialog *dialog;
  BatonTransfer *transfer = refer_asked (wire, &dialog);

  g_assert_true (baton_transfer_decline (transfer, 0, NULL));
  baton_test_dialog_expect (dialog, "603 REFER", 3000);
  check_nobody_called (wire);
  g_assert_cmpuint (baton_test_dialog_count (dialog, "NOTIFY"), ==, 0);
}

static void
test_follow (Wire *wire, gconstpointer data)
{
  BatonTestDialog *dialog = refer (wire), *carol = baton_test_peer_take_invite (wire->carol);
  BatonTestMessage *notify;

  baton_test_dialog_reply (carol, 486, NULL, NULL);
  notify = baton_test_dialog_expect_notify (dialog, 486, 3000);
  g_assert_cmpstr (baton_test_message_get (notify, "Subscription-State"), ==, "terminated;reason=noresource");
}

/* What is refused in a call is refused here, and before any 2xx. */
static void
test_bad_targets (Wire *wire, gconstpointer data)
{
  const char *const targets[] = { "<tel:+4930123456>", "<http://example.net/>", "<urn:service:sos>", "<sip:>",
                                  "<sip:x@y>, <sip:z@y>" };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      BatonTestDialog *dialog = baton_test_dialog_new (wire->alice, wire->phone->uri, NULL);
      BatonTestMessage *answer;

      g_test_message ("%s", targets[i]);
      answer = baton_test_dialog_refer (dialog, "Refer-To: %s\n", targets[i]);
      g_assert_cmpuint (answer->status, >=, 400);
      g_assert_cmpuint (baton_test_dialog_count (dialog, "NOTIFY"), ==, 0);
    }
  check_nobody_called (wire);
}

/* Refers that Baton sends outside of a dialog. */
static void
test_sent (Wire *wire, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BatonTransfer *transfer = baton_engine_refer (wire->phone->engine, wire->phone->account,
                                                baton_test_peer_get_uri (wire->alice),
                                                "sip:carol@192.0.2.7", NULL, &error);
  BatonTestMessage *message;
  BatonTestDialog *dialog;
  g_autofree char *other = NULL;

  g_assert_no_error (error);
  message = baton_test_peer_expect (wire->alice, "REFER", 3000);
  g_assert_cmpstr (baton_test_message_get (message, "Refer-To"), ==, "<sip:carol@192.0.2.7>");
  g_assert_cmpuint (baton_test_message_count (message, "Contact"), ==, 1);
  dialog = baton_test_dialog_new_from_invite (wire->alice, message);
  baton_test_peer_reply (wire->alice, message, 202, "Accepted", NULL, NULL);
  baton_test_dialog_notify (dialog, "refer", "active;expires=60", "SIP/2.0 100 Trying\r\n");
  /* of another REFER than the only one there was (refer.md §2.6) */
  other = g_strdup_printf ("refer;id=%u", message->cseq + 7);
  g_assert_cmpuint (baton_test_dialog_notify (dialog, other, "terminated;reason=noresource",
                                              "SIP/2.0 603 Decline\r\n")->status, ==, 481);
  g_assert_cmpint (baton_transfer_get_state (transfer), ==, BATON_TRANSFER_STATE_TRYING);
  g_assert_cmpuint (baton_test_dialog_notify (dialog, "refer", "terminated;reason=noresource",
                                              "SIP/2.0 200 OK\r\n")->status, ==, 200);
  baton_test_wait (baton_transfer_get_outcome (transfer) == BATON_REFER_OUTCOME_ACCEPTED, 3000);
  g_assert_cmpuint (baton_test_peer_count (wire->alice, NULL, "BYE"), ==, 0);
}

static void
test_sent_refused (Wire *wire, gconstpointer data)
{
  BatonTransfer *transfer = baton_engine_refer (wire->phone->engine, wire->phone->account,
                                                baton_test_peer_get_uri (wire->alice),
                                                "sip:carol@192.0.2.7", NULL, NULL);

  baton_test_peer_reply (wire->alice, baton_test_peer_expect (wire->alice, "REFER", 3000), 405, NULL,
                         "Allow: INVITE\n", NULL);
  baton_test_wait (baton_transfer_get_outcome (transfer) == BATON_REFER_OUTCOME_REFUSED, 3000);
  g_assert_cmpuint (baton_transfer_get_status (transfer), ==, 405);
}

/* There is a call with Alice, and her phone knows Target-Dialog: it is told which call it is about (RFC 4538 §3). */
static void
test_sent_target_dialog (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonTestMessage *refer;
  g_autofree char *dialog = NULL;

  baton_test_phone_take (wire->phone, wire->alice, "Supported: replaces, tdialog\n", &alice);
  baton_test_phone_take (wire->phone, wire->bob, "Supported: replaces\n", &bob);
  g_assert_nonnull (baton_engine_refer (wire->phone->engine, wire->phone->account, baton_test_peer_get_uri (wire->alice),
                                        "sip:carol@192.0.2.7", NULL, NULL));
  refer = baton_test_peer_expect (wire->alice, "REFER", 3000);
  /* in her view: her own tag is the local one */
  dialog = g_strdup_printf ("%s;local-tag=%s;remote-tag=%s", alice->call_id, alice->local_tag, alice->remote_tag);
  g_assert_cmpstr (baton_test_message_get (refer, "Target-Dialog"), ==, dialog);
  g_assert_cmpstr (baton_test_message_get (refer, "Call-ID"), !=, alice->call_id);
  baton_test_peer_reply (wire->alice, refer, 603, NULL, NULL, NULL);
  /* Bob's phone does not offer it */
  g_assert_nonnull (baton_engine_refer (wire->phone->engine, wire->phone->account, baton_test_peer_get_uri (wire->bob),
                                        "sip:carol@192.0.2.7", NULL, NULL));
  refer = baton_test_peer_expect (wire->bob, "REFER", 3000);
  g_assert_cmpuint (baton_test_message_count (refer, "Target-Dialog"), ==, 0);
  baton_test_peer_reply (wire->bob, refer, 603, NULL, NULL, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/out-of-dialog/off", NULL, test_off);
  wire_add ("/out-of-dialog/off-in-dialog", NULL, test_off_in_dialog);
  wire_add ("/out-of-dialog/unknown-dialog", open_wide, test_unknown_dialog);
  wire_add ("/out-of-dialog/off-unknown-dialog", NULL, test_unknown_dialog);
  wire_add ("/out-of-dialog/on-without-handler", open_door, test_on_without_handler);
  wire_add ("/out-of-dialog/on-accepted", open_door, test_on_accepted);
  wire_add ("/out-of-dialog/on-declined", open_door, test_on_declined);
  wire_add ("/out-of-dialog/follow", open_wide, test_follow);
  wire_add ("/out-of-dialog/bad-targets", open_wide, test_bad_targets);
  wire_add ("/out-of-dialog/sent", NULL, test_sent);
  wire_add ("/out-of-dialog/sent-refused", NULL, test_sent_refused);
  wire_add ("/out-of-dialog/sent-target-dialog", NULL, test_sent_target_dialog);
  return g_test_run ();
}
