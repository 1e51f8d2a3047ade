/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who outside every call may have Baton call somebody, and who is refused (refer.md §5, RFC 4538). */
#include "wire.h"

static void
trusted (BatonEngineOptions *options)
{
  options->out_of_dialog_refer = BATON_REFER_POLICY_TRUSTED;
}

static void
ask (BatonEngineOptions *options)
{
  options->out_of_dialog_refer = BATON_REFER_POLICY_ASK;
}

static BatonReferRules *
rules_of (Wire *wire)
{
  return baton_engine_get_refer_rules (wire->phone->engine);
}

static BatonTrustedSource *
trust (Wire *wire, const char *name, const char *destinations, gboolean asks)
{
  g_autoptr (BatonTrustedSource) source = baton_trusted_source_new (name);

  g_object_set (source, "destinations", destinations, "tls-only", FALSE, "ask", asks, NULL);
  baton_refer_rules_add_source (rules_of (wire), source);
  return source; /* the rules keep it */
}

static BatonTestDialog *
stranger (Wire *wire)
{
  const gboolean tls = g_str_equal (baton_test_peer_get_transport (wire->alice), "tls");

  return baton_test_dialog_new (wire->alice, tls ? wire->phone->tls_uri : wire->phone->uri, NULL);
}

/* Returns: the answer to Alice's REFER to Carol outside of every call */
static BatonTestMessage *
refer (Wire *wire)
{
  return baton_test_dialog_refer (stranger (wire), "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
}

/* The newest one on the list */
static void
check_refused (Wire *wire, guint n, BatonReferRefusal why)
{
  GListModel *refused = baton_refer_rules_get_refused (rules_of (wire));
  g_autoptr (BatonRefusedRequest) request = NULL;

  baton_test_wait (g_list_model_get_n_items (refused) == n, 3000);
  request = g_list_model_get_item (refused, 0);
  g_assert_cmpint (baton_refused_request_get_why (request), ==, why);
  g_assert_nonnull (strstr (baton_refused_request_get_who (request), "alice@"));
  g_assert_cmpint (baton_refused_request_get_time (request), >, 0);
  g_assert_cmpuint (baton_test_peer_count (wire->carol, NULL, "INVITE"), ==, 0);
  g_assert_cmpuint (baton_test_peer_count (wire->alice, NULL, "NOTIFY"), ==, 0);
}

static void
test_nobody_trusted (Wire *wire, gconstpointer data)
{
  trust (wire, "192.0.2.1", NULL, FALSE);
  trust (wire, "pbx.example.net", NULL, FALSE);
  g_assert_cmpuint (refer (wire)->status, ==, 603);
  check_refused (wire, 1, BATON_REFER_REFUSAL_NOT_TRUSTED);
  g_assert_cmpuint (wire->phone->transfers->len, ==, 0);
}

static void
test_address (Wire *wire, gconstpointer data)
{
  trust (wire, "127.0.0.1", "127.0.0.1", FALSE);
  g_assert_cmpuint (refer (wire)->status, ==, 202);
  baton_test_peer_take_call (wire->carol);
  g_assert_cmpuint (g_list_model_get_n_items (baton_refer_rules_get_refused (rules_of (wire))), ==, 0);
}

static void
trusted_with_tls (BatonEngineOptions *options)
{
  trusted (options);
  baton_test_phone_use_tls (options);
}

/* Over UDP refused; a Via that says TLS changes nothing of that, there is no answer even; over TLS taken. */
static void
test_tls_only (Wire *wire, gconstpointer data)
{
  BatonTrustedSource *source = trust (wire, "127.0.0.1", "127.0.0.1", FALSE);
  BatonTestDialog *forger;
  BatonTestMessage *answer;

  g_object_set (source, "tls-only", TRUE, NULL);
  g_assert_cmpuint (refer (wire)->status, ==, 603);
  check_refused (wire, 1, BATON_REFER_REFUSAL_NOT_TLS);

  forger = stranger (wire);
  baton_test_dialog_sendf (forger, "REFER", "Via: SIP/2.0/TLS %s;branch=z9hG4bKforged;rport\nRefer-To: <%s>\n",
                           baton_test_peer_get_host (wire->alice), baton_test_peer_get_uri (wire->carol));
  baton_test_settle (30);
  g_assert_cmpuint (baton_test_dialog_count (forger, "2xx REFER"), ==, 0);
  g_assert_cmpuint (wire->phone->transfers->len, ==, 0);
  check_refused (wire, 1, BATON_REFER_REFUSAL_NOT_TLS);

  wire_use_tls (wire->alice);
  wire_use_tls (wire->carol);
  answer = baton_test_dialog_refer (stranger (wire), "Refer-To: <%s;transport=tls>\n", baton_test_peer_get_uri (wire->carol));
  g_assert_cmpuint (answer->status, ==, 202);
  g_assert_nonnull (strstr (baton_test_message_get (answer, "Contact"), baton_engine_get_tls_listen_address (wire->phone->engine)));
  g_assert_nonnull (baton_test_peer_take_call (wire->carol)->invite->stream);
  g_assert_nonnull (baton_test_peer_expect (wire->alice, "NOTIFY", 3000)->stream);
  g_assert_cmpuint (g_list_model_get_n_items (baton_refer_rules_get_refused (rules_of (wire))), ==, 1);
}

static void
test_destination (Wire *wire, gconstpointer data)
{
  trust (wire, "127.0.0.1", "*@example.net", FALSE);
  g_assert_cmpuint (refer (wire)->status, ==, 603);
  check_refused (wire, 1, BATON_REFER_REFUSAL_DESTINATION);
}

/* From is a claim: the user is asked although the entry says that nobody needs to be. */
static void
test_name_is_asked (Wire *wire, gconstpointer data)
{
  BatonTestDialog *dialog = stranger (wire);
  BatonTransfer *transfer;

  trust (wire, baton_test_peer_get_uri (wire->alice), "127.0.0.1", FALSE);
  baton_test_dialog_sendf (dialog, "REFER", "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  baton_test_wait (wire->phone->transfers->len == 1, 3000);
  transfer = baton_test_phone_get_transfer (wire->phone);
  g_assert_true (baton_transfer_get_waits_for_user (transfer));
  g_assert_false (wire_get_boolean (transfer, "requester-verified"));
  baton_test_peer_expect_none (wire->carol, "INVITE", 20);
  baton_transfer_decline (transfer, 0, NULL);
  baton_test_dialog_expect (dialog, "603 REFER", 3000);
  check_refused (wire, 1, BATON_REFER_REFUSAL_DECLINED);
}

static char *
md5 (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

static char *
dup_part (const char *challenge, const char *name)
{
  g_autofree char *start = g_strdup_printf ("%s=\"", name);
  const char *found = strstr (challenge, start);

  g_assert_nonnull (found);
  found += strlen (start);
  return g_strndup (found, strcspn (found, "\""));
}

/* RFC 7616 §3.4.1 */
static char *
make_credentials (Wire *wire, BatonTestMessage *answer, const char *password)
{
  const char *challenge = baton_test_message_get (answer, "WWW-Authenticate");
  g_autofree char *realm = dup_part (challenge, "realm"), *nonce = dup_part (challenge, "nonce");
  g_autofree char *ha1 = md5 ("baton:%s:%s", realm, password);
  g_autofree char *ha2 = md5 ("REFER:%s", wire->phone->uri);
  g_autofree char *response = md5 ("%s:%s:00000001:abcd:auth:%s", ha1, nonce, ha2);

  return g_strdup_printf ("Authorization: Digest username=\"baton\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", response=\"%s\", "
                          "algorithm=MD5, qop=auth, nc=00000001, cnonce=\"abcd\"\n", realm, nonce, wire->phone->uri, response);
}

static BatonTestMessage *
refer_with (Wire *wire, const char *credentials)
{
  return baton_test_dialog_refer (stranger (wire), "Refer-To: <%s>\n%s", baton_test_peer_get_uri (wire->carol), credentials);
}

static void
test_password (Wire *wire, gconstpointer data)
{
  BatonTrustedSource *source = trust (wire, baton_test_peer_get_uri (wire->alice), "127.0.0.1", FALSE);
  BatonTestMessage *answer;
  g_autofree char *right = NULL, *wrong = NULL, *forged = NULL;

  g_object_set (source, "needs-password", TRUE, NULL);
  g_object_set (baton_account_get_identity (wire->phone->account), "password", "open sesame", NULL);
  answer = refer (wire);
  g_assert_cmpuint (answer->status, ==, 401);
  right = make_credentials (wire, answer, "open sesame");
  wrong = make_credentials (wire, answer, "open barley");
  forged = g_strdup (right);
  strstr (forged, "nonce=\"")[7] = 'f';
  g_assert_cmpuint (refer_with (wire, wrong)->status, ==, 401);
  g_assert_cmpuint (refer_with (wire, forged)->status, ==, 401);
  g_assert_cmpuint (wire->phone->transfers->len, ==, 0);
  g_assert_cmpuint (refer_with (wire, right)->status, ==, 202);
  baton_test_peer_take_call (wire->carol);
  g_assert_true (wire_get_boolean (baton_test_phone_get_transfer (wire->phone), "requester-verified"));
  /* What was overheard is worth nothing, nor is what is a minute old. */
  g_assert_cmpuint (refer_with (wire, right)->status, ==, 401);
  answer = refer (wire);
  g_clear_pointer (&right, g_free);
  right = make_credentials (wire, answer, "open sesame");
  baton_test_phone_advance (wire->phone, 61000);
  g_assert_cmpuint (refer_with (wire, right)->status, ==, 401);
  g_assert_cmpuint (wire->phone->transfers->len, ==, 1);
}

/* Without a password there is nothing to prove. */
static void
test_no_password (Wire *wire, gconstpointer data)
{
  g_object_set (trust (wire, "127.0.0.1", "127.0.0.1", FALSE), "needs-password", TRUE, NULL);
  g_assert_cmpuint (refer (wire)->status, ==, 603);
  check_refused (wire, 1, BATON_REFER_REFUSAL_PASSWORD);
}

static void
test_hour (Wire *wire, gconstpointer data)
{
  g_object_set (rules_of (wire), "max-per-hour", 2, NULL);
  for (guint i = 1; i <= 2; i++)
    {
      baton_test_dialog_sendf (stranger (wire), "REFER", "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
      baton_test_wait (wire->phone->transfers->len == i, 3000);
    }
  g_assert_cmpuint (refer (wire)->status, ==, 603);
  check_refused (wire, 1, BATON_REFER_REFUSAL_TOO_MANY);
  g_assert_cmpuint (wire->phone->transfers->len, ==, 2);
  baton_test_phone_advance (wire->phone, 3600 * 1000);
  baton_test_dialog_sendf (stranger (wire), "REFER", "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  baton_test_wait (wire->phone->transfers->len == 3, 3000);
}

static void
test_unanswered (Wire *wire, gconstpointer data)
{
  BatonTestDialog *dialog = stranger (wire);

  baton_test_dialog_sendf (dialog, "REFER", "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  baton_test_wait (wire->phone->transfers->len == 1, 3000);
  baton_test_phone_advance (wire->phone, 30000);
  baton_test_dialog_expect_notify (dialog, 603, 3000);
  baton_test_wait (g_list_model_get_n_items (baton_refer_rules_get_refused (rules_of (wire))) == 1, 3000);
  baton_refer_rules_clear_refused (rules_of (wire));
  g_assert_cmpuint (g_list_model_get_n_items (baton_refer_rules_get_refused (rules_of (wire))), ==, 0);
}

static void
test_emergency (Wire *wire, gconstpointer data)
{
  g_assert_cmpuint (baton_test_dialog_refer (stranger (wire), "Refer-To: <urn:service:sos>\n")->status, ==, 416);
  check_refused (wire, 1, BATON_REFER_REFUSAL_BAD_REQUEST);
}

/* tdialog is announced where it means something, and the call that is named is the one that is meant. */
static void
test_target_dialog (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *dialog = stranger (wire), *carol;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  BatonTransfer *transfer;

  g_assert_true (baton_test_message_has_token (baton_test_dialog_refer (stranger (wire), "Refer-To: <urn:x:y>\n"), "Supported", "tdialog"));
  baton_test_dialog_sendf (dialog, "REFER", "Refer-To: <%s>\nTarget-Dialog: %s;local-tag=%s;remote-tag=%s\n",
                           baton_test_peer_get_uri (wire->carol), alice->call_id, alice->remote_tag, alice->local_tag);
  baton_test_dialog_expect (dialog, "202 REFER", 3000);
  transfer = baton_test_phone_get_transfer (wire->phone);
  g_assert_true (baton_transfer_get_call (transfer) == call);
  carol = baton_test_peer_take_call (wire->carol);
  baton_test_dialog_expect_notify (dialog, 200, 3000);
  g_assert_cmpuint (wire->phone->factory->moves, ==, 1); /* the sound of the call goes there */
  baton_test_dialog_bye (alice);
  baton_test_dialog_bye (carol);
}

/* Half a match, or the tags the wrong way round, is none. */
static void
test_target_dialog_wrong (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  g_autofree char *swapped = NULL, *partial = NULL, *twice = NULL;

  baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  swapped = g_strdup_printf ("%s;local-tag=%s;remote-tag=%s", alice->call_id, alice->local_tag, alice->remote_tag);
  partial = g_strdup_printf ("%s;local-tag=%s", alice->call_id, alice->remote_tag);
  twice = g_strdup_printf ("%s;local-tag=%s;remote-tag=%s\nTarget-Dialog: x;local-tag=1;remote-tag=2", alice->call_id,
                           alice->remote_tag, alice->local_tag);
  for (guint i = 0; i < 3; i++)
    {
      baton_test_dialog_sendf (stranger (wire), "REFER", "Refer-To: <%s>\nTarget-Dialog: %s\n", baton_test_peer_get_uri (wire->carol),
                               i == 0 ? swapped : i == 1 ? partial : twice);
      baton_test_wait (wire->phone->transfers->len == i + 1, 3000);
      g_assert_null (baton_transfer_get_call (baton_test_phone_get_transfer (wire->phone)));
      g_assert_true (baton_transfer_get_waits_for_user (baton_test_phone_get_transfer (wire->phone)));
    }
  baton_test_peer_expect_none (wire->carol, "INVITE", 20);
}

/* Where REFERs in calls are followed, one that leaves encryption is asked about all the same. */
static void
test_sips_to_sip (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice = baton_test_dialog_new (wire->alice, wire->phone->uri, NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonTransfer *transfer;

  g_free (alice->local);
  alice->local = g_strdup ("<sips:alice@example.net>");
  baton_test_dialog_send (alice, "INVITE", NULL, sdp);
  baton_test_wait (baton_test_phone_count_calls (wire->phone) == 1, 3000);
  g_assert_true (baton_call_answer (baton_test_phone_get_call (wire->phone), NULL));
  baton_test_dialog_expect (alice, "200 INVITE", 3000);
  baton_test_dialog_sendf (alice, "REFER", "Refer-To: <%s>\n", baton_test_peer_get_uri (wire->carol));
  baton_test_wait (wire->phone->transfers->len == 1, 3000);
  transfer = baton_test_phone_get_transfer (wire->phone);
  g_assert_true (wire_get_boolean (transfer, "loses-encryption"));
  g_assert_true (baton_transfer_get_waits_for_user (transfer));
  baton_test_peer_expect_none (wire->carol, "INVITE", 20);
  g_assert_true (baton_transfer_accept (transfer, NULL, NULL));
  baton_test_peer_take_call (wire->carol);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/refer-rules/nobody-trusted", trusted, test_nobody_trusted);
  wire_add ("/refer-rules/address", trusted, test_address);
  wire_add ("/refer-rules/tls-only", trusted_with_tls, test_tls_only);
  wire_add ("/refer-rules/destination", trusted, test_destination);
  wire_add ("/refer-rules/name-is-asked", trusted, test_name_is_asked);
  wire_add ("/refer-rules/password", trusted, test_password);
  wire_add ("/refer-rules/no-password", trusted, test_no_password);
  wire_add ("/refer-rules/hour", ask, test_hour);
  wire_add ("/refer-rules/unanswered", ask, test_unanswered);
  wire_add ("/refer-rules/emergency", ask, test_emergency);
  wire_add ("/refer-rules/target-dialog", ask, test_target_dialog);
  wire_add ("/refer-rules/target-dialog-wrong", ask, test_target_dialog_wrong);
  wire_add ("/refer-rules/sips-to-sip", NULL, test_sips_to_sip);
  return g_test_run ();
}
