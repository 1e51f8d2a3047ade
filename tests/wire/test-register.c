/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baton at a registrar, and digest wherever it is asked for. The registrar is Alice. */
#include "wire.h"

#include <stdlib.h>

/* An account at Alice's, that registers at once. */
static BatonAccount *
add_account (Wire *wire, const char *password)
{
  g_autofree char *address = g_strdup_printf ("sip:bob@%s", baton_test_peer_get_host (wire->alice));
  g_autofree char *registrar = g_strdup_printf ("sip:%s", baton_test_peer_get_host (wire->alice));
  g_autoptr (BatonSipIdentity) identity = baton_sip_identity_new (address);

  g_object_set (identity, "registrar", registrar, "auth-user", "bob", "password", password, "expires", 120, NULL);
  return baton_engine_add_account (wire->phone->engine, "at-alice", "At Alice's", identity, TRUE);
}

static void
grant (Wire *wire, BatonTestMessage *request, guint expires)
{
  g_autofree char *headers = g_strdup_printf ("Contact: %s;expires=%u\nExpires: %u\n",
                                              baton_test_message_get (request, "Contact"), expires, expires);

  baton_test_peer_reply (wire->alice, request, 200, NULL, headers, NULL);
}

#define wait_state(account, name) \
  baton_test_wait (baton_account_get_registration_state (account) == BATON_REGISTRATION_STATE_##name, 3000)

static void
test_plain (Wire *wire, gconstpointer data)
{
  BatonAccount *account = add_account (wire, "geheim");
  BatonTestMessage *request = baton_test_peer_expect (wire->alice, "REGISTER", 3000);
  g_autofree char *to = baton_test_message_dup_uri (request, "To"), *contact = baton_test_message_dup_uri (request,
                                                                                                           "Contact");
  g_autofree char *address = g_strdup_printf ("sip:bob@%s", baton_test_peer_get_host (wire->alice));

  g_assert_cmpint (baton_account_get_registration_state (account), ==, BATON_REGISTRATION_STATE_REGISTERING);
  g_assert_cmpstr (to, ==, address);
  g_assert_nonnull (strstr (contact, wire->phone->host)); /* where it listens */
  g_assert_null (strchr (request->uri, '@'));             /* RFC 3261 §10.2: no user part */
  g_assert_cmpuint (baton_test_message_count (request, "Authorization"), ==, 0);
  grant (wire, request, 90);
  wait_state (account, REGISTERED);
  g_assert_cmpuint (baton_account_get_expires (account), ==, 90);
  baton_test_peer_set_auto (wire->alice, "REGISTER", 200); /* the one that ends it */
}

/* @algorithms: what is offered, in this order; @wanted: the one that the answer has to be made with */
static void
challenge (Wire *wire, const char *algorithms, const char *wanted)
{
  BatonAccount *account = add_account (wire, "geheim");
  BatonTestMessage *request = baton_test_peer_expect (wire->alice, "REGISTER", 3000), *again;
  g_autofree char *algorithm = g_strdup_printf ("algorithm=%s", wanted), *nonce = g_strdup_printf ("n=0,nce-%s", wanted);
  g_autofree char *wrong = NULL;

  baton_test_digest_challenge (wire->alice, request, 401, "alice's, own place", "n=0,nce", algorithms);
  again = baton_test_peer_expect (wire->alice, "REGISTER", 3000);
  g_assert_cmpuint (again->cseq, >, request->cseq);
  g_assert_cmpstr (baton_test_message_get (again, "Call-ID"), ==, baton_test_message_get (request, "Call-ID"));
  g_assert_null (strstr (again->text, "geheim"));
  wrong = baton_test_digest_verify (again, "bob", "geheim", strchr (algorithms, ',') != NULL ? nonce : "n=0,nce");
  g_assert_cmpstr (wrong, ==, NULL);
  g_assert_nonnull (strstr (baton_test_message_get (again, "Authorization"), algorithm));
  grant (wire, again, 60);
  wait_state (account, REGISTERED);
  /* The next request goes by the same challenge, and counts on. */
  g_free (wrong);
  g_assert_true (baton_account_unregister (account, NULL));
  again = baton_test_peer_expect (wire->alice, "REGISTER", 3000);
  wrong = baton_test_digest_verify (again, "bob", "geheim", strchr (algorithms, ',') != NULL ? nonce : "n=0,nce");
  g_assert_cmpstr (wrong, ==, NULL);
  g_assert_nonnull (strstr (baton_test_message_get (again, "Authorization"), "nc=00000002"));
  baton_test_peer_reply (wire->alice, again, 200, NULL, NULL, NULL);
  wait_state (account, OFFLINE);
}

static void
test_md5 (Wire *wire, gconstpointer data)
{
  challenge (wire, "MD5", "MD5");
}

static void
test_sha256 (Wire *wire, gconstpointer data)
{
  challenge (wire, "SHA-256", "SHA-256");
}

/* Servers that offer both, in either order, or more than we know (RFC 8760): the strongest that we know is taken. */
static void
test_sha256_before_md5 (Wire *wire, gconstpointer data)
{
  challenge (wire, "SHA-256,MD5", "SHA-256");
}

static void
test_md5_before_sha256 (Wire *wire, gconstpointer data)
{
  challenge (wire, "MD5,SHA-256", "SHA-256");
}

static void
test_unknown_digest (Wire *wire, gconstpointer data)
{
  challenge (wire, "SHA-512-256,SHA-256,MD5", "SHA-256");
}

static void
test_sess (Wire *wire, gconstpointer data)
{
  challenge (wire, "SHA-256-sess", "SHA-256-sess");
}

/* Nothing that we know: refused, and no end of tries */
static void
test_only_unknown_digest (Wire *wire, gconstpointer data)
{
  BatonAccount *account = add_account (wire, "geheim");

  for (guint i = 0; i < 2; i++)
    {
      BatonTestDeadline deadline;

      baton_test_deadline_start (&deadline, 500);
      while (baton_test_peer_count (wire->alice, NULL, "REGISTER") <= i && baton_test_deadline_iterate (&deadline))
        ;
      if (baton_test_peer_count (wire->alice, NULL, "REGISTER") <= i)
        break;
      baton_test_digest_challenge (wire->alice, baton_test_peer_expect (wire->alice, "REGISTER", 3000), 401, "alice",
                                   "nonce", "SHA-512-256");
    }
  wait_state (account, FAILED);
  g_assert_cmpuint (baton_account_get_status (account), ==, 401);
}

/* Challenges of somebody's invention: answered or not, it ends, and nothing that isn't one line goes out. */
static void
test_odd_challenges (Wire *wire, gconstpointer data)
{
  static const char *const challenges[] = {
    "Digest",
    "Digest realm=\"a\"",
    "Digest nonce=\"n\"",
    "Digest realm=\"\", nonce=\"\"",
    "Digest realm=a, nonce=n",
    "Digest realm=\"a\", nonce=\"n\", algorithm=",
    "Digest realm=\"a\", nonce=\"n\", algorithm=\"\"",
    "Digest realm=\"a\", nonce=\"n\", algorithm=-sess",
    "Digest realm=\"a\", nonce=\"n\", algorithm=\"SHA-256\", qop=\"\"",
    "Digest realm=\"a\", nonce=\"n\", qop=\"auth-int\"",
    "Digest realm=\"a\", nonce=\"n\", qop=auth,auth-int, opaque",
    "Digest realm=\"a\", nonce=\"%s%n%x\", opaque=\"%s%s\", qop=\"auth\"",
    "Digest realm=\"a\\\"b\", nonce=\"n\\\"\", qop=\"auth\"",
    "Digest realm=\"a\", nonce=\"\xff\xfe\", qop=\"auth\"",
    "Digest realm=\"a\", nonce=\"n",
    "Basic realm=\"a\"",
    "Unheard realm=\"a\", nonce=\"n\"",
  };
  BatonCallManager *calls = baton_engine_get_calls (wire->phone->engine);
  g_autofree char *uri = g_strdup_printf ("sip:carol@%s", baton_test_peer_get_host (wire->alice));
  BatonAccount *account;

  baton_test_peer_set_auto (wire->alice, "REGISTER", 200);
  account = add_account (wire, "geheim");
  for (guint i = 0; i < G_N_ELEMENTS (challenges); i++)
    {
      g_autofree char *headers = g_strdup_printf ("WWW-Authenticate: %s\n", challenges[i]);
      BatonCall *call = baton_call_manager_place (calls, account, uri, NULL, NULL);
      BatonTestMessage *invite = baton_test_peer_expect_new_invite (wire->alice, 3000);
      const char *id = baton_test_message_get (invite, "Call-ID");

      g_test_message ("%s", challenges[i]);
      baton_test_peer_reply (wire->alice, invite, 401, NULL, headers, NULL);
      baton_test_wait (baton_call_get_state (call) == BATON_CALL_STATE_ENDED ||
                         baton_test_peer_count (wire->alice, id, "INVITE") > 1, 3000);
      if (baton_call_get_state (call) != BATON_CALL_STATE_ENDED)
        baton_test_peer_reply (wire->alice, baton_test_peer_expect_new_invite (wire->alice, 3000), 403, NULL, NULL, NULL);
      baton_test_wait_call (call, ENDED);
    }
}

/* Refused twice: no third try with the same password, and a state that says so. */
static void
test_wrong_password (Wire *wire, gconstpointer data)
{
  BatonAccount *account = add_account (wire, "falsch");
  guint tries = 0;

  while (tries < 5 && baton_account_get_registration_state (account) == BATON_REGISTRATION_STATE_REGISTERING)
    {
      BatonTestDeadline deadline;

      baton_test_deadline_start (&deadline, 300);
      while (baton_test_peer_count (wire->alice, NULL, "REGISTER") <= tries
             && baton_account_get_registration_state (account) == BATON_REGISTRATION_STATE_REGISTERING
             && baton_test_deadline_iterate (&deadline))
        ;
      if (baton_test_peer_count (wire->alice, NULL, "REGISTER") <= tries)
        break;
      baton_test_digest_challenge (wire->alice, baton_test_peer_expect (wire->alice, "REGISTER", 1000), 401, "alice",
                                   "nonce", "MD5");
      tries++;
    }
  wait_state (account, FAILED);
  g_assert_cmpuint (baton_account_get_status (account), ==, 401);
  g_assert_cmpuint (tries, ==, 2);
}

static void
test_forbidden (Wire *wire, gconstpointer data)
{
  BatonAccount *account = add_account (wire, "geheim");

  baton_test_peer_reply (wire->alice, baton_test_peer_expect (wire->alice, "REGISTER", 3000), 403, "Not You", NULL,
                         NULL);
  wait_state (account, FAILED);
  g_assert_cmpuint (baton_account_get_status (account), ==, 403);
  g_assert_cmpstr (baton_account_get_reason (account), ==, "Not You");
}

/* A server in trouble: tried again later, and then it works. */
static void
test_back_off (Wire *wire, gconstpointer data)
{
  BatonAccount *account = add_account (wire, "geheim");

  baton_test_peer_reply (wire->alice, baton_test_peer_expect (wire->alice, "REGISTER", 3000), 503, NULL, NULL, NULL);
  wait_state (account, FAILED);
  baton_test_settle (20);
  g_assert_cmpuint (baton_test_peer_count (wire->alice, NULL, "REGISTER"), ==, 1); /* not at once */
  for (guint i = 0; i < 30 && baton_test_peer_count (wire->alice, NULL, "REGISTER") < 2; i++)
    {
      baton_test_phone_advance (wire->phone, 60000);
      baton_test_settle (5);
    }
  grant (wire, baton_test_peer_expect (wire->alice, "REGISTER", 3000), 60);
  wait_state (account, REGISTERED);
  baton_test_peer_set_auto (wire->alice, "REGISTER", 200);
}

static void
test_interval_too_brief (Wire *wire, gconstpointer data)
{
  BatonAccount *account = add_account (wire, "geheim");
  BatonTestMessage *again;

  baton_test_peer_reply (wire->alice, baton_test_peer_expect (wire->alice, "REGISTER", 3000), 423,
                         "Interval Too Brief", "Min-Expires: 1800\n", NULL);
  for (guint i = 0; i < 5 && baton_test_peer_count (wire->alice, NULL, "REGISTER") < 2; i++)
    {
      baton_test_settle (10);
      baton_test_phone_advance (wire->phone, 60000);
    }
  again = baton_test_peer_expect (wire->alice, "REGISTER", 3000);
  g_assert_nonnull (strstr (again->text, "1800"));
  grant (wire, again, 1800);
  wait_state (account, REGISTERED);
  baton_test_peer_set_auto (wire->alice, "REGISTER", 200);
}

static void
test_unregister (Wire *wire, gconstpointer data)
{
  BatonAccount *account = add_account (wire, "geheim");
  BatonTestMessage *last;
  g_autofree char *expires = NULL;

  grant (wire, baton_test_peer_expect (wire->alice, "REGISTER", 3000), 60);
  wait_state (account, REGISTERED);
  g_assert_true (baton_account_unregister (account, NULL));
  last = baton_test_peer_expect (wire->alice, "REGISTER", 3000);
  expires = baton_test_message_dup_parameter (last, "Contact", "expires");
  g_assert_true (g_strcmp0 (expires, "0") == 0 || g_strcmp0 (baton_test_message_get (last, "Expires"), "0") == 0);
  baton_test_peer_reply (wire->alice, last, 200, NULL, NULL, NULL);
  wait_state (account, OFFLINE);
}

/* A call through an account is challenged by its proxy (407). */
static void
test_invite_challenged (Wire *wire, gconstpointer data)
{
  BatonAccount *account = add_account (wire, "geheim");
  BatonTestMessage *invite, *again;
  g_autofree char *uri = g_strdup_printf ("sip:carol@%s",
                                          baton_test_peer_get_host (wire->alice)), *wrong
                                            = NULL, *sdp = baton_test_sdp ("sendrecv");
  BatonCall *call;

  grant (wire, baton_test_peer_expect (wire->alice, "REGISTER", 3000), 60);
  wait_state (account, REGISTERED);
  baton_test_peer_set_auto (wire->alice, "REGISTER", 200);
  call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), account, uri, NULL, NULL);
  invite = baton_test_peer_expect_new_invite (wire->alice, 3000);
  baton_test_digest_challenge (wire->alice, invite, 407, "alice", "proxy-nonce", "MD5");
  baton_test_peer_expect (wire->alice, "ACK", 3000);
  again = baton_test_peer_expect_new_invite (wire->alice, 3000);
  g_assert_cmpuint (baton_test_message_count (again, "Proxy-Authorization"), ==, 1);
  wrong = baton_test_digest_verify (again, "bob", "geheim", "proxy-nonce");
  g_assert_cmpstr (wrong, ==, NULL);
  baton_test_peer_reply (wire->alice, again, 200, NULL, NULL, sdp);
  baton_test_wait_call (call, ESTABLISHED);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  baton_engine_stop_finish (BATON_ENGINE (source), result);
  *(gboolean *) data = TRUE;
}

/* One of the goodbyes: challenged, and answered with the password. */
static void
challenge_goodbye (Wire *wire, const char *method)
{
  BatonTestMessage *first = baton_test_peer_expect (wire->alice, method, 3000), *again;
  g_autofree char *wrong = NULL, *nonce = g_strconcat ("late-", method, NULL);

  baton_test_digest_challenge (wire->alice, first, 401, "alice", nonce, "MD5");
  again = baton_test_peer_expect (wire->alice, method, 3000);
  wrong = baton_test_digest_verify (again, "bob", "geheim", nonce);
  g_assert_cmpstr (wrong, ==, NULL);
  baton_test_peer_reply (wire->alice, again, 200, NULL, NULL, NULL);
}

/* Whoever quits hangs up and unregisters, also where the server asks for the password first. */
static void
test_quit_challenged (Wire *wire, gconstpointer data)
{
  BatonAccount *account = add_account (wire, "geheim");
  g_autofree char *uri = g_strdup_printf ("sip:carol@%s", baton_test_peer_get_host (wire->alice));
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  gboolean stopped = FALSE;
  BatonCall *call;

  grant (wire, baton_test_peer_expect (wire->alice, "REGISTER", 3000), 60);
  wait_state (account, REGISTERED);
  call = baton_call_manager_place (baton_engine_get_calls (wire->phone->engine), account, uri, NULL, NULL);
  baton_test_peer_reply (wire->alice, baton_test_peer_expect_new_invite (wire->alice, 3000), 200, NULL, NULL, sdp);
  baton_test_wait_call (call, ESTABLISHED);
  baton_test_peer_set_auto (wire->alice, "BYE", 0);

  baton_engine_stop_async (wire->phone->engine, on_stopped, &stopped);
  challenge_goodbye (wire, "BYE");
  g_assert_false (stopped);
  challenge_goodbye (wire, "REGISTER");
  baton_test_wait (stopped, 3000);
}

/* Two accounts: a call is for the one that its Request-URI names. */
static void
test_incoming_account (Wire *wire, gconstpointer data)
{
  BatonAccount *account = add_account (wire, "geheim"), *called = NULL;
  BatonTestMessage *request = baton_test_peer_expect (wire->alice, "REGISTER", 3000);
  g_autofree char *contact = baton_test_message_dup_uri (request, "Contact"), *sdp = baton_test_sdp ("sendrecv");
  BatonTestDialog *dialog;

  grant (wire, request, 60);
  wait_state (account, REGISTERED);
  baton_test_peer_set_auto (wire->alice, "REGISTER", 200);
  dialog = baton_test_dialog_new (wire->alice, contact, NULL);
  baton_test_dialog_send (dialog, "INVITE", NULL, sdp);
  baton_test_dialog_expect (dialog, "180 INVITE", 3000);
  g_object_get (baton_test_phone_get_call (wire->phone), "account", &called, NULL);
  g_assert_true (called == account);
  g_object_unref (called);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/register/plain", NULL, test_plain);
  wire_add ("/register/md5", NULL, test_md5);
  wire_add ("/register/sha256", NULL, test_sha256);
  wire_add ("/register/sha256-before-md5", NULL, test_sha256_before_md5);
  wire_add ("/register/md5-before-sha256", NULL, test_md5_before_sha256);
  wire_add ("/register/unknown-digest", NULL, test_unknown_digest);
  wire_add ("/register/sess", NULL, test_sess);
  wire_add ("/register/only-unknown-digest", NULL, test_only_unknown_digest);
  wire_add ("/register/odd-challenges", NULL, test_odd_challenges);
  wire_add ("/register/wrong-password", NULL, test_wrong_password);
  wire_add ("/register/forbidden", NULL, test_forbidden);
  wire_add ("/register/back-off", NULL, test_back_off);
  wire_add ("/register/interval-too-brief", NULL, test_interval_too_brief);
  wire_add ("/register/unregister", NULL, test_unregister);
  wire_add ("/register/invite-challenged", NULL, test_invite_challenged);
  wire_add ("/register/quit-challenged", NULL, test_quit_challenged);
  wire_add ("/register/incoming-account", NULL, test_incoming_account);
  return g_test_run ();
}
