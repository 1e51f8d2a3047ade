/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completing while the target rings, protecting the target, a Contact that nobody else reaches (refer.md §2.3 to §2.9). */
#include "wire.h"

static BatonCall *
consult (Wire *wire, BatonCall *caller, BatonTestDialog **carol)
{
  BatonCall *call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                              baton_test_peer_get_uri (wire->carol), caller, NULL);

  *carol = baton_test_peer_take_invite (wire->carol);
  return call;
}

static void
test_ringing (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob, *carol;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob), *consultation;
  g_autofree char *refer_to = NULL;
  BatonTransfer *transfer;
  BatonTestMessage *refer;
  g_autoptr (GError) error = NULL;

  consultation = consult (wire, call, &carol);
  baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  baton_test_dialog_reply (carol, 180, NULL, NULL);
  baton_test_wait_call (consultation, RINGING);
  transfer = baton_engine_transfer_semi_attended (wire->phone->engine, call, consultation, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (wire_get_boolean (transfer, "semi-attended"));
  baton_test_dialog_expect (carol, "CANCEL", 3000);
  refer = baton_test_dialog_expect (bob, "REFER", 3000);
  refer_to = baton_test_message_dup_uri (refer, "Refer-To");
  g_assert_cmpstr (refer_to, ==, baton_test_peer_get_uri (wire->carol)); /* no Replaces */
  baton_test_wait_call (consultation, ENDED);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_LOCAL); /* not brought back in between */
  wire_accept_refer (bob, refer);
  baton_test_dialog_notify (bob, "refer", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
  baton_test_wait_transfer (transfer, FAILED);
}

/* Nothing is given up for a transfer that can't be. */
static void
test_wrong_states (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob, *carol;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonCall *other = baton_test_phone_call (wire->phone, wire->carol, &carol);
  BatonEngine *engine = wire->phone->engine;
  GError *error = NULL;

  g_assert_null (baton_engine_transfer_semi_attended (engine, call, other, NULL, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  g_clear_error (&error);
  baton_test_dialog_bye (carol);
  baton_test_wait_call (other, ENDED);
  g_assert_null (baton_engine_transfer_semi_attended (engine, call, other, NULL, &error));
  g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_STATE);
  g_clear_error (&error);
  baton_test_peer_expect_none (wire->bob, "REFER", 20);
}

static char *
dup_refer_to (BatonTestMessage *refer)
{
  char *uri = baton_test_message_dup_uri (refer, "Refer-To");

  g_assert_nonnull (strstr (uri, "?"));
  *strchr (uri, '?') = '\0';
  return uri;
}

static void
attended (Wire *wire, const char *contact, const BatonReferOptions *options, const char *expected)
{
  BatonTestDialog *bob, *carol;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob), *consultation = consult (wire, NULL, &carol);
  g_autofree char *sdp = baton_test_sdp_answer (carol->invite->body), *refer_to = NULL;

  baton_test_dialog_reply (carol, 200, contact, sdp);
  baton_test_wait_call (consultation, ESTABLISHED);
  g_assert_nonnull (baton_engine_transfer_attended (wire->phone->engine, call, consultation, options, NULL));
  refer_to = dup_refer_to (baton_test_dialog_expect (bob, "REFER", 3000));
  g_assert_cmpstr (refer_to, ==, expected);
}

static void
test_use_aor (Wire *wire, gconstpointer data)
{
  g_autofree char *contact = g_strdup_printf ("Contact: <%s;x=contact>\n", baton_test_peer_get_uri (wire->carol));

  attended (wire, contact, &(BatonReferOptions) { .use_aor = TRUE }, baton_test_peer_get_uri (wire->carol));
}

static void
test_contact (Wire *wire, gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("%s;x=contact", baton_test_peer_get_uri (wire->carol));
  g_autofree char *contact = g_strdup_printf ("Contact: <%s>\n", uri);

  attended (wire, contact, NULL, uri);
}

/* A phone in a browser: its Contact is a host that doesn't exist, reached by its server alone. */
static void
test_invalid_contact (Wire *wire, gconstpointer data)
{
  g_autofree char *route = g_strdup_printf ("Contact: <sip:k3v@df7jal23ls0d.Invalid;transport=ws>\n"
                                            "Record-Route: <sip:%s;lr>\n",
                                            baton_test_peer_get_host (wire->carol));

  attended (wire, route, NULL, baton_test_peer_get_uri (wire->carol));
}

typedef struct
{
  BatonCall *call, *consultation;
  BatonTestDialog *bob, *carol;
  BatonTransfer *transfer;
} Private;

/* Carol's phone gives a Contact of its own network, of use to us alone. */
static Private
attended_private (Wire *wire)
{
  Private story = { 0 };
  g_autofree char *route = g_strdup_printf ("Contact: <sip:carol@192.0.2.99>\nRecord-Route: <sip:%s;lr>\n",
                                            baton_test_peer_get_host (wire->carol));
  g_autofree char *sdp = NULL, *refer_to = NULL;
  BatonTestMessage *refer;

  story.call = baton_test_phone_call (wire->phone, wire->bob, &story.bob);
  story.consultation = consult (wire, NULL, &story.carol);
  sdp = baton_test_sdp_answer (story.carol->invite->body);
  baton_test_dialog_reply (story.carol, 200, route, sdp);
  baton_test_wait_call (story.consultation, ESTABLISHED);
  story.transfer = baton_engine_transfer_attended (wire->phone->engine, story.call, story.consultation, NULL, NULL);
  baton_test_dialog_expect_reinvite (story.bob, "sendonly", 3000);
  refer = baton_test_dialog_expect (story.bob, "REFER", 3000);
  refer_to = dup_refer_to (refer);
  g_assert_cmpstr (refer_to, ==, "sip:carol@192.0.2.99");
  wire_accept_refer (story.bob, refer);
  return story;
}

static BatonTestMessage *
expect_second_refer (Wire *wire, Private *story)
{
  BatonTestMessage *refer = baton_test_dialog_expect (story->bob, "REFER", 3000);
  g_autofree char *refer_to = dup_refer_to (refer);

  g_assert_cmpstr (refer_to, ==, baton_test_peer_get_uri (wire->carol));
  /* none but the phone that has the call may take it */
  g_assert_nonnull (strstr (baton_test_message_get (refer, "Refer-To"), "Require=replaces"));
  g_assert_nonnull (strstr (baton_test_message_get (refer, "Refer-To"), "Replaces="));
  g_assert_true (wire_get_boolean (story->transfer, "through-address-of-record"));
  g_assert_cmpint (baton_call_get_hold (story->call), ==, BATON_HOLD_LOCAL); /* nobody was brought back in between */
  return refer;
}

/* Bob's phone can't reach it: once more through the address that the user dialled. */
static void
test_fallback (Wire *wire, gconstpointer data)
{
  Private story = attended_private (wire);
  g_autofree char *event = NULL;
  BatonTestMessage *refer;

  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 404 Not Found\r\n");
  refer = expect_second_refer (wire, &story);
  event = g_strdup_printf ("refer;id=%u", refer->cseq);
  baton_test_peer_reply (wire->bob, refer, 202, NULL, NULL, NULL);
  baton_test_dialog_notify (story.bob, event, "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  baton_test_wait_transfer (story.transfer, TRANSFERRED);
  baton_test_phone_advance (wire->phone, 1000);
  baton_test_dialog_expect (story.bob, "BYE", 3000);
}

/* The second try rings as long as the first might have, and no longer. */
static void
test_fallback_rings_on (Wire *wire, gconstpointer data)
{
  Private story = attended_private (wire);
  g_autofree char *event = NULL;
  BatonTestMessage *refer;

  baton_test_dialog_notify (story.bob, "refer", "active;expires=600", "SIP/2.0 180 Ringing\r\n");
  baton_test_wait_transfer (story.transfer, RINGING);
  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 503 Service Unavailable\r\n");
  refer = expect_second_refer (wire, &story);
  event = g_strdup_printf ("refer;id=%u", refer->cseq);
  baton_test_peer_reply (wire->bob, refer, 202, NULL, NULL, NULL);
  baton_test_dialog_notify (story.bob, event, "active;expires=600", "SIP/2.0 180 Ringing\r\n");
  baton_test_settle (20);
  baton_test_phone_advance (wire->phone, 46000);
  wire_expect_resumed (story.bob, story.call, story.transfer);
}

/* Once: when that fails, too, it is over and Bob is back. */
static void
test_fallback_fails (Wire *wire, gconstpointer data)
{
  Private story = attended_private (wire);
  BatonTestMessage *refer;
  g_autofree char *event = NULL;

  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 503 Service Unavailable\r\n");
  refer = expect_second_refer (wire, &story);
  event = g_strdup_printf ("refer;id=%u", refer->cseq);
  baton_test_peer_reply (wire->bob, refer, 202, NULL, NULL, NULL);
  baton_test_dialog_notify (story.bob, event, "terminated;reason=noresource", "SIP/2.0 480 Gone\r\n");
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpuint (baton_transfer_get_status (story.transfer), ==, 480);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "REFER"), ==, 2);
  g_assert_cmpint (baton_call_get_state (story.consultation), ==, BATON_CALL_STATE_ESTABLISHED);
}

/* A person's no is one: it is not asked for twice. */
static void
test_no_fallback (Wire *wire, gconstpointer data)
{
  Private story = attended_private (wire);

  baton_test_dialog_notify (story.bob, "refer", "terminated;reason=noresource", "SIP/2.0 603 Decline\r\n");
  wire_expect_resumed (story.bob, story.call, story.transfer);
  g_assert_cmpuint (baton_test_dialog_count (story.bob, "REFER"), ==, 1);
}

/* Carol gets the REFER, and calls Bob in our place: Bob's phone never learns how to call her. */
static void
test_protect_target (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob, *carol;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonCall *consultation = baton_test_phone_call (wire->phone, wire->carol, &carol);
  const BatonReferOptions options = { .protect_target = TRUE };
  g_autofree char *refer_to = NULL;
  BatonTransfer *transfer;
  BatonTestMessage *refer, *hold;

  transfer = baton_engine_transfer_attended (wire->phone->engine, call, consultation, &options, NULL);
  g_assert_nonnull (transfer);
  refer = baton_test_dialog_expect (carol, "REFER", 3000);
  hold = baton_test_dialog_expect_reinvite (carol, "sendonly", 3000); /* both wait, and hear nothing of us */
  g_assert_cmpuint (hold->index, <, refer->index);
  baton_test_dialog_expect_reinvite (bob, "sendonly", 3000);
  refer_to = dup_refer_to (refer);
  g_assert_cmpstr (refer_to, ==, baton_test_peer_get_uri (wire->bob));
  g_assert_nonnull (strstr (baton_test_message_get (refer, "Refer-To"), bob->local_tag));
  wire_accept_refer (carol, refer);
  baton_test_dialog_notify (carol, "refer", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  baton_test_wait_transfer (transfer, TRANSFERRED);
  baton_test_phone_advance (wire->phone, 1000);
  baton_test_wait_call (consultation, ENDED);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED); /* Bob's phone ends it when it is replaced */
  baton_test_phone_advance (wire->phone, 10000);
  baton_test_dialog_expect (bob, "BYE", 3000); /* or else we do */
  g_assert_cmpuint (baton_test_peer_count (wire->bob, NULL, "REFER"), ==, 0);
}

/* Carol can't: Bob comes back from hold, and nobody is lost. */
static void
test_protect_target_fails (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob, *carol;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonCall *consultation = baton_test_phone_call (wire->phone, wire->carol, &carol);
  const BatonReferOptions options = { .protect_target = TRUE };
  BatonTransfer *transfer;

  transfer = baton_engine_transfer_attended (wire->phone->engine, call, consultation, &options, NULL);
  baton_test_peer_reply (wire->carol, baton_test_dialog_expect (carol, "REFER", 3000), 603, NULL, NULL, NULL);
  baton_test_wait_transfer (transfer, FAILED);
  baton_test_wait (baton_call_get_hold (call) == BATON_HOLD_NONE, 3000);
  g_assert_cmpint (baton_call_get_state (consultation), ==, BATON_CALL_STATE_ESTABLISHED);
}

/* Bob waited while we talked to Carol. She can't: she is heard again, and Bob waits as before. */
static void
test_protect_target_back (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob, *carol;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob), *consultation;
  const BatonReferOptions options = { .protect_target = TRUE };
  BatonTransfer *transfer;

  baton_test_phone_hold (wire->phone, call, TRUE);
  consultation = baton_test_phone_call (wire->phone, wire->carol, &carol);
  transfer = baton_engine_transfer_attended (wire->phone->engine, call, consultation, &options, NULL);
  wire_accept_refer (carol, baton_test_dialog_expect (carol, "REFER", 3000));
  g_assert_cmpint (baton_call_get_hold (consultation), ==, BATON_HOLD_LOCAL);
  baton_test_dialog_notify (carol, "refer", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
  baton_test_wait_transfer (transfer, FAILED);
  baton_test_wait (baton_call_get_hold (consultation) == BATON_HOLD_NONE, 3000);
  g_assert_cmpint (baton_call_get_hold (call), ==, BATON_HOLD_LOCAL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/semi-attended/ringing", NULL, test_ringing);
  wire_add ("/semi-attended/wrong-states", NULL, test_wrong_states);
  wire_add ("/semi-attended/contact", NULL, test_contact);
  wire_add ("/semi-attended/use-aor", NULL, test_use_aor);
  wire_add ("/semi-attended/invalid-contact", NULL, test_invalid_contact);
  wire_add ("/semi-attended/fallback", NULL, test_fallback);
  wire_add ("/semi-attended/fallback-fails", NULL, test_fallback_fails);
  wire_add ("/semi-attended/fallback-rings-on", NULL, test_fallback_rings_on);
  wire_add ("/semi-attended/no-fallback", NULL, test_no_fallback);
  wire_add ("/semi-attended/protect-target-back", NULL, test_protect_target_back);
  wire_add ("/semi-attended/protect-target", NULL, test_protect_target);
  wire_add ("/semi-attended/protect-target-fails", NULL, test_protect_target_fails);
  return g_test_run ();
}
