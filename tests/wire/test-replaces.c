/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baton is the target of an attended transfer: Bob's INVITE takes the place of Alice (refer.md §4, RFC 3891 §3). */
#include "wire.h"

/* Bob's INVITE with this Replaces, and Referred-By of Alice where @referred. Not answered yet. */
static BatonTestDialog *
invite (Wire *wire, const char *replaces, gboolean referred)
{
  const gboolean tls = g_str_equal (baton_test_peer_get_transport (wire->bob), "tls");
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, tls ? wire->phone->tls_uri : wire->phone->uri, NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  g_autofree char *by = referred ? g_strdup_printf ("Referred-By: <%s>\n",
                                                    baton_test_peer_get_uri (wire->alice)) : g_strdup ("");
  g_autofree char *headers = g_strdup_printf ("Replaces: %s\nRequire: replaces\n%s", replaces, by);

  baton_test_dialog_send (bob, "INVITE", headers, sdp);
  return bob;
}

/* What Baton sent, in order: "200 BYE" and the like. Two sockets of ours can't tell which was first. */
static void
on_traced (BatonUa *ua, gboolean sent, const char *local, const char *remote, const char *transport, const char *text,
           GString *order)
{
  g_autoptr (BatonTestMessage) message = sent ? baton_test_message_parse (text, strlen (text)) : NULL;

  if (message != NULL && message->is_request)
    g_string_append_printf (order, "%s ", message->method);
  else if (message != NULL && message->status >= 200)
    g_string_append_printf (order, "%u-%s ", message->status, message->method);
}

static GString *
watch_order (Wire *wire)
{
  GString *order = g_string_new (NULL);

  g_signal_connect (baton_engine_get_ua (wire->phone->engine), "message-traced", G_CALLBACK (on_traced), order);
  return order;
}

static void
unwatch (Wire *wire, GString *order, const char *expected)
{
  baton_test_drain ();
  g_signal_handlers_disconnect_by_data (baton_engine_get_ua (wire->phone->engine), order);
  g_assert_true (g_str_has_prefix (order->str, expected));
  g_string_free (order, TRUE);
}

static void
test_taken (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice), *new_call;
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);
  BatonTestMessage *answer;
  GString *order;

  baton_test_drain ();
  order = watch_order (wire);
  bob = invite (wire, replaces, TRUE);
  answer = baton_test_dialog_expect (bob, "200 INVITE", 3000);
  g_assert_cmpuint (baton_test_dialog_count (bob, "180 INVITE"), ==, 0); /* without ringing */
  g_assert_nonnull (strstr (answer->body, "m=audio"));
  baton_test_dialog_expect (alice, "BYE", 3000);
  unwatch (wire, order, "200-INVITE BYE ");
  new_call = baton_test_phone_get_call (wire->phone);
  baton_test_wait_call (call, ENDED);
  g_assert_cmpint (baton_call_get_state (new_call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (wire->phone->factory->moves, ==, 1);
  g_assert_true (wire->phone->factory->moved_to == baton_call_get_media (new_call));
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 1);
  baton_test_dialog_bye (bob);
}

/* The keys for the new call's sound (DTLS) are still to come: the old call is there until then, or for good. */
static void
take_securing (Wire *wire, gboolean secured)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice), *new_call;
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);

  wire->phone->factory->securing = TRUE;
  bob = invite (wire, replaces, TRUE);
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  new_call = baton_test_phone_get_call (wire->phone);
  baton_test_wait_call (new_call, ESTABLISHED);
  baton_test_settle (30);
  g_assert_cmpuint (baton_test_dialog_count (alice, "BYE"), ==, 0);
  BATON_TEST_MEDIA (baton_call_get_media (new_call))->securing = FALSE;
  if (secured)
    {
      g_signal_emit_by_name (baton_call_get_media (new_call), "secured");
      baton_test_dialog_expect (alice, "BYE", 3000);
      baton_test_wait_call (call, ENDED);
      g_assert_cmpint (baton_call_get_state (new_call), ==, BATON_CALL_STATE_ESTABLISHED);
      return;
    }
  g_signal_emit_by_name (baton_call_get_media (new_call), "unprotected", "No keys.");
  baton_test_dialog_expect (bob, "BYE", 3000);
  baton_test_wait_call (new_call, ENDED);
  baton_test_settle (30);
  g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
  g_assert_cmpuint (baton_test_dialog_count (alice, "BYE"), ==, 0);
  g_assert_true (wire->phone->factory->foreground == baton_call_get_media (call));
}

static void
test_keys (Wire *wire, gconstpointer data)
{
  take_securing (wire, TRUE);
}

static void
test_no_keys (Wire *wire, gconstpointer data)
{
  take_securing (wire, FALSE);
}

/* The same where Baton had placed the call. */
static void
test_taken_as_caller (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->alice, &alice);
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);

  bob = invite (wire, replaces, TRUE);
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  baton_test_dialog_expect (alice, "BYE", 3000);
  baton_test_wait_call (call, ENDED);
}

/* The user is asked, and the old call lives on meanwhile. Returns: Bob, who rings and waits */
static BatonTestDialog *
expect_asked (Wire *wire, BatonCall *call, BatonTestDialog *alice)
{
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);
  BatonTestDialog *bob = invite (wire, replaces, FALSE);

  baton_test_dialog_expect (bob, "180 INVITE", 3000);
  wire_check_untouched (call, alice);
  g_assert_cmpuint (baton_test_dialog_count (bob, "200 INVITE"), ==, 0);
  return bob;
}

/* Nothing shows that Alice asked for it: the user is asked, the old call lives on meanwhile. */
static void
test_hijack (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice), *new_call;

  bob = expect_asked (wire, call, alice);
  new_call = baton_test_phone_get_call (wire->phone);
  g_assert_cmpint (baton_call_get_state (new_call), ==, BATON_CALL_STATE_INCOMING);
  g_assert_true (baton_call_answer (new_call, NULL));
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  baton_test_dialog_expect (alice, "BYE", 3000);
  baton_test_wait_call (call, ENDED);
}

/* The replaced party itself sent Bob, as Referred-By says: nobody is asked, though the user wants to be (§4). */
static void
test_authorised (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);

  bob = invite (wire, replaces, TRUE);
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  g_assert_cmpuint (baton_test_dialog_count (bob, "180 INVITE"), ==, 0);
  baton_test_dialog_expect (alice, "BYE", 3000);
  baton_test_wait_call (call, ENDED);
}

/* Somebody else sent Bob: that is no leave to take Alice's place. */
static void
test_authorised_by_another (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);
  g_autofree char *headers = g_strdup_printf ("Replaces: %s\nReferred-By: <%s>\n", replaces,
                                              baton_test_peer_get_uri (wire->carol));
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  baton_test_dialog_send (bob, "INVITE", headers, sdp);
  baton_test_dialog_expect (bob, "180 INVITE", 3000);
  wire_check_untouched (call, alice);
  g_assert_cmpuint (baton_test_dialog_count (bob, "200 INVITE"), ==, 0);
}

static void
ask_with_tls (BatonEngineOptions *options)
{
  wire_ask (options);
  baton_test_phone_use_tls (options);
}

/* Nobody but Alice and whom she told can know the tags: nobody is asked, whoever had placed the first call (§4). */
static void
test_tls_authorised (Wire *wire, gconstpointer data)
{
  wire_use_tls (wire->alice);
  wire_use_tls (wire->bob);
  for (guint i = 0; i < 2; i++)
    {
      BatonTestDialog *alice, *bob;
      BatonCall *call = i == 0 ? baton_test_phone_take (wire->phone, wire->alice, NULL, &alice)
                               : baton_test_phone_call (wire->phone, wire->alice, &alice);
      g_autofree char *replaces = baton_test_dialog_make_replaces (alice);

      bob = invite (wire, replaces, FALSE);
      baton_test_dialog_expect (bob, "200 INVITE", 3000);
      g_assert_cmpuint (baton_test_dialog_count (bob, "180 INVITE"), ==, 0);
      baton_test_dialog_expect (alice, "BYE", 3000);
      baton_test_wait_call (call, ENDED);
      baton_test_dialog_bye (bob);
      baton_test_wait_call (baton_test_phone_get_call (wire->phone), ENDED);
    }
}

static void
check_asked (Wire *wire, BatonCall *call, BatonTestDialog *alice)
{
  BatonTestDialog *bob = expect_asked (wire, call, alice);

  g_assert_true (baton_call_decline (baton_test_phone_get_call (wire->phone), 0, NULL));
  baton_test_dialog_expect (bob, "603 INVITE", 3000);
}

/* Of a call without TLS anybody may have read the tags; that he says them over TLS proves nothing. Nor does it the other way. */
static void
test_tls_one_side (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);

  wire_use_tls (wire->bob);
  check_asked (wire, call, alice);
  baton_test_dialog_bye (alice);
  call = baton_test_phone_call (wire->phone, wire->alice, &alice);
  check_asked (wire, call, alice);
  baton_test_dialog_bye (alice);

  wire_use_tls (wire->alice);
  baton_test_peer_set_tls (wire->bob, NULL);
  call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  check_asked (wire, call, alice);
}

/* The INVITE came over TLS, but others have read the tags, or will: a hop before it, the peer's Contact, a request later. */
static void
test_tls_overheard (Wire *wire, gconstpointer data)
{
  g_autofree char *plain = g_strdup_printf ("Contact: <%s>\n", baton_test_peer_get_uri (wire->alice));
  static const char *const hop = "Via: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bKhop1, SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKhop0\n";
  g_autofree char *route = g_strdup_printf ("Record-Route: <sip:proxy@%s;lr>\n", baton_test_peer_get_host (wire->carol));
  const char *const headers[] = { plain, hop, route, NULL };

  wire_use_tls (wire->bob);
  wire_use_tls (wire->carol);
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      BatonTestDialog *alice;
      BatonCall *call;

      g_test_message ("%s", headers[i] != NULL ? headers[i] : "a request later");
      wire_use_tls (wire->alice);
      call = baton_test_phone_take (wire->phone, wire->alice, headers[i], &alice);
      if (headers[i] == NULL)
        {
          baton_test_peer_set_tls (wire->alice, NULL);
          g_free (alice->target);
          alice->target = g_strdup (wire->phone->uri);
          baton_test_dialog_send (alice, "INFO", NULL, NULL);
          baton_test_dialog_expect (alice, "200 INFO", 3000);
        }
      check_asked (wire, call, alice);
      baton_call_hangup (call, NULL);
      baton_test_wait_call (call, ENDED);
    }
}

/* A Via is only what somebody says: by UDP nobody comes over TLS. The stack gives such a request no answer. */
static void
test_forged_via (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call;
  g_autofree char *replaces = NULL, *headers = NULL;
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  wire_use_tls (wire->alice);
  call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  replaces = baton_test_dialog_make_replaces (alice);
  headers = g_strdup_printf ("Via: SIP/2.0/TLS %s;branch=z9hG4bKforged;rport\nReplaces: %s\nContact: <%s;transport=tls>\n",
                             baton_test_peer_get_host (wire->bob), replaces, baton_test_peer_get_uri (wire->bob));
  bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  baton_test_dialog_send (bob, "INVITE", headers, sdp);
  wire_check_untouched (call, alice);
  g_assert_cmpuint (baton_test_dialog_count (bob, "200 INVITE") + baton_test_dialog_count (bob, "180 INVITE"), ==, 0);
  g_assert_cmpuint (wire->phone->calls->len, ==, 1);
}

static void
test_hijack_declined (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);

  bob = invite (wire, replaces, FALSE);
  baton_test_dialog_expect (bob, "180 INVITE", 3000);
  g_assert_true (baton_call_decline (baton_test_phone_get_call (wire->phone), 0, NULL));
  baton_test_dialog_expect (bob, "603 INVITE", 3000);
  wire_check_untouched (call, alice);
}

static void
refuse_calls (BatonEngineOptions *options)
{
  wire_ask (options);
  options->answer_status = 486;
}

/* Nobody vouches for it, and this phone refuses calls: it does not ring. */
static void
test_hijack_refused (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->alice, &alice);
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);

  bob = invite (wire, replaces, FALSE);
  baton_test_dialog_expect (bob, "486 INVITE", 3000);
  g_assert_cmpuint (baton_test_dialog_count (bob, "180 INVITE"), ==, 0);
  wire_check_untouched (call, alice);
}

static void
test_no_match (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *id = g_strdup_printf ("other;to-tag=%s;from-tag=%s", alice->remote_tag, alice->local_tag);
  g_autofree char *to = g_strdup_printf ("%s;to-tag=x%s;from-tag=%s", alice->call_id, alice->remote_tag,
                                         alice->local_tag);
  g_autofree char *from = g_strdup_printf ("%s;to-tag=%s;from-tag=x%s", alice->call_id, alice->remote_tag,
                                           alice->local_tag);
  g_autofree char *swapped = g_strdup_printf ("%s;to-tag=%s;from-tag=%s", alice->call_id, alice->local_tag,
                                              alice->remote_tag);
  const char *const rows[] = { id, to, from, swapped };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i]);
      bob = invite (wire, rows[i], TRUE);
      baton_test_dialog_expect (bob, "481 INVITE", 3000);
    }
  wire_check_untouched (call, alice);
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 1);
}

static void
test_ended (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);

  baton_test_dialog_bye (alice);
  baton_test_wait_call (call, ENDED);
  baton_test_dialog_expect (invite (wire, replaces, TRUE), "603 INVITE", 3000);
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 0);
}

static void
test_early_only (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *base = baton_test_dialog_make_replaces (alice);
  g_autofree char *replaces = g_strconcat (base, ";early-only", NULL);

  baton_test_dialog_expect (invite (wire, replaces, TRUE), "486 INVITE", 3000);
  wire_check_untouched (call, alice);
}

static void
test_broken (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *good = baton_test_dialog_make_replaces (alice);
  g_autofree char *twice = g_strdup_printf ("%s\nReplaces: %s", good, good);
  g_autofree char *partial = g_strdup_printf ("%s;to-tag=%s", alice->call_id, alice->remote_tag);
  g_autofree char *join = g_strdup_printf ("%s\nJoin: %s", good, good); /* it can't be both */
  const char *const rows[] = { twice, partial, ";to-tag=1;from-tag=2", join };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i]);
      bob = invite (wire, rows[i], TRUE);
      baton_test_dialog_expect (bob, "400 INVITE", 3000);
    }
  wire_check_untouched (call, alice);
  g_assert_cmpuint (baton_test_phone_count_calls (wire->phone), ==, 1);
}

/* Replaces belongs into an INVITE (RFC 3891 §3). */
static void
test_not_in_invite (Wire *wire, gconstpointer data)
{
  static const char *const methods[] = { "OPTIONS", "INFO", "UPDATE", "NOTIFY", "SUBSCRIBE", "MESSAGE", "PUBLISH" };
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *answer = g_strconcat ("400 ", methods[i], NULL);
      BatonTestDialog *stranger = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);

      g_test_message ("%s", methods[i]);
      baton_test_dialog_sendf (stranger, methods[i], "Event: refer\nSubscription-State: active\nReplaces: %s\n", replaces);
      baton_test_dialog_expect (stranger, answer, 3000);
      baton_test_dialog_sendf (alice, methods[i], "Event: refer\nSubscription-State: active\nReplaces: %s\n", i % 2 == 0 ? "broken;;=" : replaces);
      baton_test_dialog_expect (alice, answer, 3000);
    }
  g_assert_cmpuint (baton_test_dialog_refer (alice, "Refer-To: <%s>\nReplaces: %s\n", baton_test_peer_get_uri (wire->carol),
                                             replaces)->status, ==, 400);
  wire_check_untouched (call, alice);
  g_assert_cmpuint (baton_test_peer_count (wire->carol, NULL, "INVITE"), ==, 0);
}

/* It still rings at Baton: not ours to give away (481), and it goes on ringing. */
static void
test_early_incoming (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice = baton_test_dialog_new (wire->alice, wire->phone->uri, NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv"), *replaces = NULL;
  BatonTestMessage *ringing;

  baton_test_dialog_send (alice, "INVITE", NULL, sdp);
  ringing = baton_test_dialog_expect (alice, "180 INVITE", 3000);
  alice->remote_tag = baton_test_message_dup_parameter (ringing, "To", "tag");
  replaces = baton_test_dialog_make_replaces (alice);
  baton_test_dialog_expect (invite (wire, replaces, TRUE), "481 INVITE", 3000);
  g_assert_cmpint (baton_call_get_state (baton_test_phone_get_call (wire->phone)), ==, BATON_CALL_STATE_INCOMING);
  g_assert_cmpuint (baton_test_dialog_count (alice, "487 INVITE"), ==, 0);
  baton_call_answer (baton_test_phone_get_call (wire->phone), NULL);
  baton_test_dialog_expect (alice, "200 INVITE", 3000);
}

/* It rings at Alice, whom Baton called: 2xx to Bob, then CANCEL to Alice. */
static void
test_early_outgoing (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *bob;
  BatonCall *call;
  g_autofree char *replaces = NULL;
  GString *order;

  call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                                   baton_test_peer_get_uri (wire->alice), NULL, NULL);
  alice = baton_test_peer_take_invite (wire->alice);
  baton_test_dialog_reply (alice, 180, NULL, NULL);
  baton_test_wait_call (call, RINGING);
  replaces = baton_test_dialog_make_replaces (alice);
  order = watch_order (wire);
  bob = invite (wire, replaces, TRUE);
  baton_test_dialog_expect (bob, "200 INVITE", 3000);
  baton_test_dialog_expect (alice, "CANCEL", 3000);
  unwatch (wire, order, "200-INVITE CANCEL ");
  baton_test_wait_call (call, ENDED);
}

/* Bob has no codec that Baton knows: 488, and Alice notices nothing. */
static void
test_no_codec (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice;
  BatonCall *call = baton_test_phone_take (wire->phone, wire->alice, NULL, &alice);
  g_autofree char *replaces = baton_test_dialog_make_replaces (alice);

  wire->phone->factory->refuse_next = TRUE;
  baton_test_dialog_expect (invite (wire, replaces, TRUE), "488 INVITE", 3000);
  wire_check_untouched (call, alice);
}

static void
test_announced (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  BatonTestMessage *answer;

  baton_test_dialog_send (bob, "OPTIONS", NULL, NULL);
  answer = baton_test_dialog_expect (bob, "200 OPTIONS", 3000);
  g_assert_true (baton_test_message_has_token (answer, "Supported", "replaces"));
  baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), wire->phone->account,
                            baton_test_peer_get_uri (wire->carol), NULL, NULL);
  g_assert_true (baton_test_message_has_token (baton_test_peer_take_invite (wire->carol)->invite, "Supported",
                                               "replaces"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/replaces/taken", wire_ask, test_taken);
  wire_add ("/replaces/keys", wire_ask, test_keys);
  wire_add ("/replaces/no-keys", wire_ask, test_no_keys);
  wire_add ("/replaces/taken-as-caller", wire_ask, test_taken_as_caller);
  wire_add ("/replaces/hijack", wire_ask, test_hijack);
  wire_add ("/replaces/authorised", wire_ask, test_authorised);
  wire_add ("/replaces/authorised-by-another", wire_ask, test_authorised_by_another);
  wire_add ("/replaces/tls-authorised", ask_with_tls, test_tls_authorised);
  wire_add ("/replaces/tls-one-side", ask_with_tls, test_tls_one_side);
  wire_add ("/replaces/tls-overheard", ask_with_tls, test_tls_overheard);
  wire_add ("/replaces/forged-via", ask_with_tls, test_forged_via);
  wire_add ("/replaces/hijack-refused", refuse_calls, test_hijack_refused);
  wire_add ("/replaces/hijack-declined", wire_ask, test_hijack_declined);
  wire_add ("/replaces/no-match", NULL, test_no_match);
  wire_add ("/replaces/ended", NULL, test_ended);
  wire_add ("/replaces/early-only", NULL, test_early_only);
  wire_add ("/replaces/broken", NULL, test_broken);
  wire_add ("/replaces/not-in-invite", NULL, test_not_in_invite);
  wire_add ("/replaces/early-incoming", NULL, test_early_incoming);
  wire_add ("/replaces/early-outgoing", wire_ask, test_early_outgoing);
  wire_add ("/replaces/no-codec", NULL, test_no_codec);
  wire_add ("/replaces/announced", NULL, test_announced);
  return g_test_run ();
}
