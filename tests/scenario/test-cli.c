/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * baton-cli as its page says: processes on loopback, commands in, events out. Alice transfers, Bob is
 * transferred, Carol is the target.
 */
#include <signal.h>
#include <string.h>

#include "baton-cli-process.h"

static guint
get_refer (JsonObject *event)
{
  return (guint) json_object_get_int_member (event, "refer");
}

/* @a calls @b, which answers by itself. Call 1 at both. */
static void
connect_call (CliProcess *a, CliProcess *b)
{
  cli_send (a, "dial %s", b->uri);
  cli_expect (a, "call", "state=established call=1");
  cli_expect (b, "call", "state=established call=1");
  cli_expect (a, "media", "state=started call=1");
}

/* ---- Start and end ---- */

static void
test_end (void)
{
  cli_end (cli_start ("alice", NULL), "quit", 0);
  cli_end (cli_start ("alice", NULL), NULL, 0);
  cli_end (cli_start ("alice", NULL), NULL, SIGTERM);
  cli_end (cli_start ("alice", NULL), NULL, SIGINT);
}

/* The end of input hangs up: the other side hears of it. */
static void
test_end_in_call (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", NULL);

  connect_call (alice, bob);
  cli_end (alice, NULL, 0);
  cli_expect (bob, "call", "state=ended call=1");
  cli_quit (bob);
}

static void
test_wrong_options (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  g_autofree char *taken = g_strdup_printf ("--listen=%s", alice->listen);
  static const char *const wrong[] = { "--nonsense", "--answer=maybe", "--listen=nowhere", "--srtp=x" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *errors = NULL;
      g_autofree char *name = g_strndup (wrong[i], strcspn (wrong[i], "="));

      g_assert_cmpint (cli_run (&errors, wrong[i], NULL), ==, 2);
      g_assert_nonnull (strstr (errors, name));
      g_assert_true (strchr (errors, '\n') == errors + strlen (errors) - 1);
    }
  {
    const char *const impossible[] = { taken, "--audio=file:/nonexistent.wav", "--audio=file:/",
                                        "--audio=file:/dev/null", "--record=/proc/nowhere", "--stun=127.0.0.1:3478" };

    for (guint i = 0; i < G_N_ELEMENTS (impossible); i++)
      {
        g_autofree char *errors = NULL;

        g_assert_cmpint (cli_run (&errors, "--audio=null", impossible[i], NULL), ==, 1);
        g_assert_true (strchr (errors, '\n') == errors + strlen (errors) - 1);
      }
  }
  cli_quit (alice);
}

static void
test_bad_lines (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", NULL);
  g_autofree char *longest = g_strnfill (100000, 'x');
  static const char *const wrong[] = {
    "nonsense", "dial", "dial a b c", "dial http://x", "dial sip:", "answer 7", "answer x", "hangup 1 2", "hold 9",
    "mute 9 on", "dtmf 9 1", "stats 9", "transfer 9 sip:x@127.0.0.1", "transfer 1", "accept-refer 1", "reject-refer 1",
    "notify-refer 1 SIP/2.0 200 OK", "progress-refer 1", "refer x", "register", "unregister", "\"open",
    "answer 99999999999999999999", "hangup -1", "%s%n%s",
  };

  cli_send_bytes (alice, "\n", 1); /* the very first line: no end of the input */
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      JsonObject *error;

      cli_send (alice, "%s", wrong[i]);
      error = cli_expect (alice, "error", "");
      g_assert_cmpstr (json_object_get_string_member (error, "command"), ==, wrong[i]);
      g_assert_cmpuint (strlen (json_object_get_string_member (error, "message")), >, 10);
    }
  cli_send_bytes (alice, "dial \0 x\n", 9);
  cli_expect (alice, "error", "message~valid");
  cli_send_bytes (alice, "dial \xff\xfe\n", 8);
  cli_expect (alice, "error", "message~valid");
  cli_send (alice, "%s", longest);
  cli_expect (alice, "error", "message~long");
  cli_send_bytes (alice, "\n\r\n  \n", 6);
  cli_send (alice, "refer %s sip:x@127.0.0.1:9;method=BYE", bob->uri);
  cli_expect (alice, "error", "command~refer message~method");

  connect_call (alice, bob);
  cli_send (alice, "answer 1");
  cli_expect (alice, "error", "command~answer");
  cli_send (alice, "resume 1");
  cli_expect (alice, "error", "command~resume");
  cli_send (alice, "transfer 1 1");
  cli_expect (alice, "error", "command~transfer");
  cli_send (alice, "transfer 1 %s", alice->uri);
  cli_expect (alice, "error", "message~own");
  cli_send (alice, "transfer 1 %s", bob->uri);
  cli_expect (alice, "error", "command~transfer");
  cli_send (alice, "transfer 1 sip:x@127.0.0.1:9 header=\"Refer-To: <sip:y@z>\"");
  cli_expect (alice, "error", "message~Refer-To");
  cli_send (alice, "transfer 1 sip:x@127.0.0.1:9 nonsense");
  cli_expect (alice, "error", "message~nonsense");
  g_assert_cmpuint (cli_count (alice, "call", "hold=local"), ==, 0);
  g_assert_cmpuint (cli_count (alice, "refer-requested", ""), ==, 0);
  cli_quit (alice);
  cli_quit (bob);
}

/* ---- Calls ---- */

static void
test_call (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bob = cli_start ("bob", NULL);
  JsonObject *stats;

  cli_send (alice, "dial %s", bob->uri);
  cli_expect (alice, "call", "state=calling direction=outgoing hold=none call=1");
  cli_expect (bob, "call", "state=incoming direction=incoming call=1 codec=null");
  cli_expect (alice, "call", "state=ringing");
  cli_send (bob, "answer 1");
  cli_expect (bob, "call", "state=established codec=opus");
  cli_expect (alice, "call", "state=established codec=opus srtp=dtls");
  cli_expect (alice, "media", "state=started call=1");

  cli_send (alice, "hold 1");
  cli_expect (alice, "call", "hold=local");
  cli_expect (bob, "call", "hold=remote");
  cli_expect (alice, "media", "state=held");
  cli_send (bob, "hold 1");
  cli_expect (bob, "call", "hold=both");
  cli_expect (alice, "call", "hold=both");
  cli_send (alice, "hold 1");
  cli_expect (alice, "error", "command~hold");
  cli_send (alice, "resume 1");
  cli_expect (bob, "call", "hold=local");
  cli_send (bob, "resume 1");
  cli_expect (alice, "call", "hold=none state=established");

  cli_send (alice, "mute 1 on");
  cli_send (alice, "dtmf 1 5#");
  cli_expect (bob, "dtmf", "digit=5 call=1");
  cli_expect (bob, "dtmf", "digit=# call=1");
  cli_send (alice, "stats 1");
  stats = cli_expect (alice, "stats", "call=1 codec=opus");
  g_assert_cmpint (json_object_get_int_member (stats, "sent"), >, 0);
  cli_send (alice, "calls");
  cli_send (bob, "hangup 1");
  cli_expect (alice, "call", "state=ended");
  cli_expect (bob, "call", "state=ended");
  cli_expect (alice, "media", "state=stopped");
  cli_quit (alice);
  cli_quit (bob);
}

/* IPv6 and TCP, in one call. */
static void
test_call_v6_tcp (void)
{
  CliProcess *alice = cli_start ("alice", "--listen=[::1]:0", NULL);
  CliProcess *bob = cli_start ("bob", "--listen=[::1]:0", "--answer=auto", NULL);

  g_assert_true (g_str_has_prefix (alice->listen, "[::1]:"));
  cli_send (alice, "dial %s;transport=tcp", bob->uri);
  cli_expect (alice, "call", "state=established");
  cli_send (alice, "hangup 1");
  cli_expect (bob, "call", "state=ended");
  cli_quit (alice);
  cli_quit (bob);
}

static void
test_not_taken (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bob = cli_start ("bob", NULL);
  CliProcess *busy = cli_start ("busy", "--answer=486", NULL);

  cli_send (alice, "dial %s", busy->uri);
  cli_expect (alice, "call", "call=1 state=ended status=486");
  cli_send (alice, "dial %s", bob->uri);
  cli_expect (bob, "call", "state=incoming call=1");
  cli_send (bob, "decline 1");
  cli_expect (alice, "call", "call=2 state=ended status=603");
  cli_send (alice, "dial %s", bob->uri);
  cli_expect (bob, "call", "state=incoming call=2");
  cli_send (bob, "decline 2 480");
  cli_expect (alice, "call", "call=3 state=ended status=480");
  cli_send (alice, "dial %s", bob->uri);
  cli_expect (bob, "call", "state=incoming call=3");
  cli_expect (alice, "call", "call=4 state=ringing");
  cli_send (alice, "hangup 4");
  cli_expect (bob, "call", "state=ended call=3 status=487");
  cli_expect (alice, "call", "state=ended call=4");
  cli_quit (alice);
  cli_quit (bob);
  cli_quit (busy);
}

/* ---- Transfers ---- */

/*
 * Alice                 Bob                  Carol
 *   |--re-INVITE (hold)->|                     |
 *   |--REFER------------>|                     |
 *   |<-202, NOTIFY 100---|--INVITE------------>|
 *   |                    |<-180, 200-----------|
 *   |<-NOTIFY 180, 200---|  sound moves        |
 *   |--BYE-------------->|                     |
 */
static void
test_blind (void)
{
  /* Without a handshake: the gap is that of the move alone */
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", "--srtp=off", NULL);
  CliProcess *carol = cli_start ("carol", NULL);
  JsonObject *moved;

  connect_call (alice, bob);
  cli_send (alice, "transfer 1 %s header=\"X-Note: hot\"", carol->uri);
  cli_expect (alice, "call", "hold=local call=1");
  cli_expect (alice, "refer-requested", "direction=sent call=1 refer=1 replaces=null refer_to~carol");
  cli_expect (bob, "refer-requested", "direction=received call=1 refer=1 replaces=null refer_to~carol referred_by~127.0.0.1");
  cli_expect (bob, "refer-request-accepted", "refer=1 status=202");
  cli_expect (bob, "call", "call=2 state=calling refer=1 direction=outgoing");
  cli_expect (bob, "refer-invite-sent", "refer=1 call=2");
  cli_expect (alice, "refer-request-accepted", "refer=1 status=202");
  cli_expect (alice, "refer-progress", "refer=1 status=100");
  cli_expect (carol, "call", "state=incoming call=1");
  cli_expect (bob, "refer-progress", "refer=1 call=2 status=180");
  cli_expect (alice, "refer-progress", "refer=1 call=1 status=180");
  cli_send (carol, "answer 1");
  cli_expect (bob, "refer-accepted", "refer=1 call=2 status=200");
  moved = cli_expect (bob, "media", "state=moved call=2");
  g_assert_cmpfloat (json_object_get_double_member (moved, "gap_ms"), <, 60);
  cli_expect (alice, "refer-accepted", "refer=1 status=200");
  cli_expect (alice, "refer-ended", "refer=1 reason=terminated");
  cli_expect (alice, "call", "call=1 state=ended");
  cli_expect (bob, "call", "call=1 state=ended");
  cli_send (bob, "calls");
  cli_expect (bob, "call", "call=2 state=established");
  g_assert_cmpuint (cli_count (carol, "call", "state=ended"), ==, 0);
  cli_quit (alice);
  cli_quit (bob);
  cli_quit (carol);
}

static void
test_blind_busy (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", NULL);
  CliProcess *carol = cli_start ("carol", "--answer=486", NULL);

  connect_call (alice, bob);
  cli_send (alice, "transfer 1 %s", carol->uri);
  cli_expect (bob, "call", "call=2 state=ended status=486");
  cli_expect (alice, "refer-rejected", "refer=1 call=1 status=486");
  cli_expect (alice, "refer-ended", "refer=1");
  cli_expect (alice, "call", "call=1 state=established hold=local");
  cli_expect (alice, "call", "call=1 state=established hold=none");
  cli_expect (bob, "call", "call=1 state=established hold=remote");
  cli_expect (bob, "call", "call=1 state=established hold=none");
  g_assert_cmpuint (cli_count (alice, "call", "state=ended"), ==, 0);
  cli_quit (alice);
  cli_quit (bob);
  cli_quit (carol);
}

static void
test_blind_refused (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", "--refer=reject", NULL);
  CliProcess *carol = cli_start ("carol", NULL);

  connect_call (alice, bob);
  cli_send (alice, "transfer 1 %s", carol->uri);
  cli_expect (bob, "refer-requested", "direction=received");
  cli_expect (alice, "refer-request-rejected", "refer=1 status=603");
  cli_expect (alice, "refer-ended", "refer=1 reason=refused");
  cli_expect (alice, "call", "call=1 hold=local");
  cli_expect (alice, "call", "call=1 hold=none state=established");
  g_assert_cmpuint (cli_count (carol, "call", ""), ==, 0);
  cli_quit (alice);
  cli_quit (bob);
  cli_quit (carol);
}

/* activeAfterTransfer: no BYE after the target answered. */
static void
test_active_after (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", NULL);
  CliProcess *carol = cli_start ("carol", "--answer=auto", NULL);

  connect_call (alice, bob);
  cli_send (alice, "transfer 1 %s active-after", carol->uri);
  cli_expect (alice, "refer-ended", "refer=1 reason=terminated");
  cli_expect (bob, "media", "state=moved");
  cli_expect (alice, "call", "call=1 state=established hold=local");
  cli_send (alice, "calls");
  cli_expect (alice, "call", "call=1 state=established hold=local");
  g_assert_cmpuint (cli_count (alice, "call", "state=ended"), ==, 0);
  cli_quit (alice);
  cli_quit (bob);
  cli_quit (carol);
}

/* Carol's phone rings when Alice completes: that call goes, and Bob's takes its place. */
static void
test_semi_attended (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", NULL);
  CliProcess *carol = cli_start ("carol", NULL);

  cli_send (alice, "dial %s", bob->uri);
  cli_expect (alice, "call", "call=1 state=established");
  cli_send (alice, "dial %s", carol->uri);
  cli_expect (alice, "call", "call=2 state=ringing");
  cli_send (alice, "transfer 1 2");
  cli_expect (alice, "refer-requested", "refer=1 call=1 replaces=null semi_attended=1 refer_to~carol");
  cli_expect (alice, "call", "call=2 state=ended");
  cli_expect (carol, "call", "call=1 state=ended");
  cli_expect (carol, "call", "call=2 state=incoming");
  cli_send (carol, "answer 2");
  cli_expect (alice, "refer-accepted", "refer=1 status=200");
  cli_expect (alice, "call", "call=1 state=ended");
  cli_expect (bob, "call", "call=2 state=established");
  cli_quit (alice);
  cli_quit (bob);
  cli_quit (carol);
}

static void
test_attended (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", NULL);
  CliProcess *carol = cli_start ("carol", "--answer=auto", NULL);

  connect_call (alice, bob);
  cli_send (alice, "hold 1");
  cli_expect (alice, "call", "call=1 hold=local");
  cli_send (alice, "dial %s", carol->uri);
  cli_expect (alice, "call", "call=2 state=established");
  cli_send (alice, "transfer 1 2");
  cli_expect (alice, "refer-requested", "direction=sent call=1 replaces~to-tag");
  cli_expect (bob, "refer-requested", "direction=received call=1 replaces~to-tag");
  cli_expect (carol, "call", "call=2 state=established replaces=1");
  cli_expect (carol, "media", "call=2 state=moved");
  cli_expect (carol, "call", "call=1 state=ended");
  cli_expect (bob, "media", "call=2 state=moved");
  cli_expect (alice, "refer-accepted", "refer=1 status=200");
  cli_expect (alice, "call", "call=1 state=ended");
  cli_expect (alice, "call", "call=2 state=ended");
  cli_expect (bob, "call", "call=1 state=ended");
  g_assert_cmpuint (cli_count (bob, "call", "call=2 state=ended"), ==, 0);
  g_assert_cmpuint (cli_count (carol, "call", "call=2 state=ended"), ==, 0);
  cli_quit (alice);
  cli_quit (bob);
  cli_quit (carol);
}

/* The seed's server side by hand: progress, accept without follow, notify. */
static void
test_by_hand (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bob = cli_start ("bob", "--answer=auto", "--refer=ask", NULL);
  guint refer;

  connect_call (alice, bob);
  cli_send (alice, "transfer 1 sip:carol@127.0.0.1:9");
  refer = get_refer (cli_expect (bob, "refer-requested", "direction=received"));
  cli_send (bob, "progress-refer %u", refer);
  cli_send (bob, "accept-refer %u no-follow header=\"X-Who: bob\"", refer);
  cli_expect (bob, "refer-request-accepted", "status=202");
  cli_expect (alice, "refer-request-accepted", "refer=1");
  cli_expect (alice, "refer-progress", "status=100");
  cli_send (bob, "accept-refer %u", refer);
  cli_expect (bob, "error", "command~accept-refer");
  cli_send (bob, "notify-refer %u nonsense", refer);
  cli_expect (bob, "error", "command~notify-refer");
  cli_send (bob, "notify-refer %u SIP/2.0 183 Session Progress", refer);
  cli_expect (alice, "refer-progress", "status=183");
  cli_send (bob, "notify-refer %u SIP/2.0 404 Not Found", refer);
  cli_expect (alice, "refer-rejected", "status=404");
  cli_expect (alice, "call", "hold=none state=established call=1");
  cli_expect (bob, "refer-ended", "refer=1");
  g_assert_cmpuint (cli_count (bob, "call", "call=2"), ==, 0);

  cli_send (alice, "transfer 1 sip:carol@127.0.0.1:9");
  refer = get_refer (cli_expect (bob, "refer-requested", "direction=received"));
  g_assert_cmpuint (refer, ==, 2);
  cli_send (bob, "reject-refer %u 488", refer);
  cli_expect (alice, "refer-request-rejected", "refer=2 status=488");
  cli_quit (alice);
  cli_quit (bob);
}

static void
test_out_of_dialog (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *shut = cli_start ("shut", NULL);
  CliProcess *asks = cli_start ("asks", "--out-of-dialog-refer=ask", NULL);
  CliProcess *open = cli_start ("open", "--out-of-dialog-refer=follow", NULL);
  CliProcess *carol = cli_start ("carol", "--answer=auto", NULL);

  cli_send (alice, "refer %s %s", shut->uri, carol->uri);
  cli_expect (alice, "refer-requested", "refer=1 direction=sent call=null");
  cli_expect (alice, "refer-request-rejected", "refer=1 status=405");
  cli_expect (alice, "refer-ended", "refer=1 reason=refused");
  g_assert_cmpuint (shut->events->len, ==, 1); /* ready */

  cli_send (alice, "refer %s %s", asks->uri, carol->uri);
  cli_expect (asks, "out-of-dialog-refer-requested", "refer=1 direction=received call=null refer_to~carol");
  cli_send (asks, "reject-refer 1");
  cli_expect (alice, "refer-request-rejected", "refer=2 status=603");
  cli_expect (alice, "refer-ended", "refer=2 reason=refused");
  g_assert_cmpuint (cli_count (asks, "call", ""), ==, 0);

  cli_send (alice, "refer %s %s", open->uri, carol->uri);
  cli_expect (open, "out-of-dialog-refer-requested", "refer=1 call=null");
  cli_expect (open, "call", "call=1 state=established refer=1");
  cli_expect (open, "media", "call=1 state=started");
  cli_expect (alice, "refer-accepted", "refer=3 call=null status=200");
  cli_quit (alice);
  cli_quit (shut);
  cli_quit (asks);
  cli_quit (open);
  cli_quit (carol);
}

/* Three callers at once, each to its own end: answered, busy, refused by the phone. */
static void
test_three_at_once (void)
{
  CliProcess *alice = cli_start ("alice", NULL);
  CliProcess *bobs[3] = { cli_start ("bob", "--answer=auto", NULL), cli_start ("ben", "--answer=auto", NULL),
                          cli_start ("bill", "--answer=auto", "--refer=reject", NULL) };
  CliProcess *carol = cli_start ("carol", "--answer=auto", NULL);
  CliProcess *busy = cli_start ("busy", "--answer=486", NULL);

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *fields = g_strdup_printf ("state=established call=%u", i + 1);

      cli_send (alice, "dial %s", bobs[i]->uri);
      cli_expect (alice, "call", fields);
    }
  cli_send (alice, "transfer 1 %s", carol->uri);
  cli_send (alice, "transfer 2 %s", busy->uri);
  cli_send (alice, "transfer 3 %s", carol->uri);
  cli_expect (alice, "refer-accepted", "refer=1 call=1 status=200");
  cli_expect (alice, "refer-rejected", "refer=2 call=2 status=486");
  cli_expect (alice, "refer-request-rejected", "refer=3 status=603");
  cli_expect (alice, "call", "call=1 state=ended");
  cli_expect (alice, "call", "call=2 hold=local");
  cli_expect (alice, "call", "call=2 hold=none state=established");
  cli_expect (alice, "call", "call=3 hold=local");
  cli_expect (alice, "call", "call=3 hold=none state=established");
  cli_expect (bobs[0], "media", "call=2 state=moved");
  for (guint i = 0; i < 3; i++)
    cli_quit (bobs[i]);
  cli_quit (alice);
  cli_quit (carol);
  cli_quit (busy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/end", test_end);
  g_test_add_func ("/cli/end-in-call", test_end_in_call);
  g_test_add_func ("/cli/wrong-options", test_wrong_options);
  g_test_add_func ("/cli/bad-lines", test_bad_lines);
  g_test_add_func ("/cli/call", test_call);
  g_test_add_func ("/cli/call-v6-tcp", test_call_v6_tcp);
  g_test_add_func ("/cli/not-taken", test_not_taken);
  g_test_add_func ("/cli/blind", test_blind);
  g_test_add_func ("/cli/blind-busy", test_blind_busy);
  g_test_add_func ("/cli/blind-refused", test_blind_refused);
  g_test_add_func ("/cli/active-after", test_active_after);
  g_test_add_func ("/cli/attended", test_attended);
  g_test_add_func ("/cli/semi-attended", test_semi_attended);
  g_test_add_func ("/cli/by-hand", test_by_hand);
  g_test_add_func ("/cli/out-of-dialog", test_out_of_dialog);
  g_test_add_func ("/cli/three-at-once", test_three_at_once);
  return g_test_run ();
}
