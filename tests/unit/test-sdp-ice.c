/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The attributes of ICE, and the addresses of its servers. */
#include <string.h>

#include "baton-error.h"
#include "baton-ice-server.h"
#include "baton-sdp-ice.h"

static const BatonIceCandidate *
candidate_at (const BatonSdpIce *ice, guint i)
{
  g_assert_cmpuint (i, <, ice->candidates->len);
  return &g_array_index (ice->candidates, BatonIceCandidate, i);
}

static void
test_read (void)
{
  g_autoptr (BatonSdpIce) ice = baton_sdp_ice_new ();
  const BatonIceCandidate *candidate;

  g_assert_true (baton_sdp_ice_read (ice, "ice-ufrag", "F7gI"));
  g_assert_false (baton_sdp_ice_is_usable (ice));
  g_assert_true (baton_sdp_ice_read (ice, "ice-pwd", "x9cml/YzichV2+XlhiMu8g"));
  g_assert_true (baton_sdp_ice_is_usable (ice));
  g_assert_true (baton_sdp_ice_read (ice, "ice-options", "trickle ice2"));
  g_assert_true (baton_sdp_ice_read (ice, "end-of-candidates", NULL));
  g_assert_false (baton_sdp_ice_read (ice, "rtcp-mux", NULL));
  baton_sdp_ice_read (ice, "candidate", "1 1 UDP 2130706431 198.51.100.1 49203 typ host");
  baton_sdp_ice_read (ice, "candidate",
                      "842163049 2 udp 1677729535 203.0.113.77 9001 typ srflx raddr 10.0.1.1 rport 8998 generation 0 "
                      "ufrag F7gI network-cost 999");
  baton_sdp_ice_read (ice, "candidate", "3 1 udp 100 2001:DB8::5 9 typ relay raddr 203.0.113.1 rport 1");
  g_assert_cmpuint (ice->candidates->len, ==, 3);
  candidate = candidate_at (ice, 0);
  g_assert_cmpuint (candidate->component, ==, 1);
  g_assert_cmpuint (candidate->priority, ==, 2130706431);
  g_assert_cmpstr (candidate->address, ==, "198.51.100.1");
  g_assert_cmpuint (candidate->port, ==, 49203);
  g_assert_cmpint (candidate->type, ==, BATON_ICE_HOST);
  candidate = candidate_at (ice, 1);
  g_assert_cmpstr (candidate->foundation, ==, "842163049");
  g_assert_cmpint (candidate->type, ==, BATON_ICE_SRFLX);
  g_assert_cmpstr (candidate->related_address, ==, "10.0.1.1");
  g_assert_cmpuint (candidate->related_port, ==, 8998);
  g_assert_cmpstr (candidate_at (ice, 2)->address, ==, "2001:db8::5");
  g_assert_cmpint (candidate_at (ice, 2)->type, ==, BATON_ICE_RELAY);
}

/* Each is passed over: what can't be used, and what is broken. */
static void
test_passed_over (void)
{
  static const char *const lines[] = {
    "",
    "candidate",
    "1 1 UDP 2130706431 198.51.100.1 49203",
    "1 1 UDP 2130706431 198.51.100.1 49203 typ",
    "1 1 UDP 2130706431 198.51.100.1 49203 type host",
    "1 1 UDP 2130706431 198.51.100.1 49203 typ token",
    "1 1 TCP 2130706431 198.51.100.1 9 typ host tcptype active",
    "1 1 tcp 2130706431 198.51.100.1 5000 typ host tcptype passive",
    "1 1 UDP 2130706431 0f3a2c9e-7d57-4b0b-9a38-3a3c1d7d7a11.local 49203 typ host",
    "1 1 UDP 2130706431 host.example.org 49203 typ host",
    "1 1 UDP 2130706431 0.0.0.0 49203 typ host",
    "1 1 UDP 2130706431 :: 49203 typ host",
    "1 1 UDP 2130706431 224.0.0.1 49203 typ host",
    "1 1 UDP 2130706431 ff02::1 49203 typ host",
    "1 1 UDP 2130706431 198.51.100.1 0 typ host",
    "1 1 UDP 2130706431 198.51.100.1 65536 typ host",
    "1 1 UDP 2130706431 198.51.100.1 -1 typ host",
    "1 0 UDP 2130706431 198.51.100.1 49203 typ host",
    "1 3 UDP 2130706431 198.51.100.1 49203 typ host",
    "1 256 UDP 2130706431 198.51.100.1 49203 typ host",
    "1 1 UDP 0 198.51.100.1 49203 typ host",
    "1 1 UDP 4294967296 198.51.100.1 49203 typ host",
    "1 1 UDP x 198.51.100.1 49203 typ host",
    "a!b 1 UDP 2130706431 198.51.100.1 49203 typ host",
    "123456789012345678901234567890123 1 UDP 2130706431 198.51.100.1 49203 typ host",
    " 1 1 UDP 2130706431 198.51.100.1 49203 typ host",
    "1  1 UDP 2130706431 198.51.100.1 49203 typ host",
    "1 1 UDP 2130706431 198.51.100.1%eth0 49203 typ host",
  };
  g_autoptr (BatonSdpIce) ice = baton_sdp_ice_new ();
  g_autofree char *blanks = g_strnfill (2 * BATON_ICE_MAX_LINE, ' ');
  g_autofree char *tail = g_strconcat ("1 1 UDP 2130706431 198.51.100.1 49203 typ host", blanks, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      baton_sdp_ice_read (ice, "candidate", lines[i]);
      if (ice->candidates->len > 0)
        g_error ("taken: %s", lines[i]);
    }
  baton_sdp_ice_read (ice, "candidate", tail);
  baton_sdp_ice_read (ice, "candidate", NULL);
  g_assert_cmpuint (ice->candidates->len, ==, 0);
  /* broken extras do no harm to the candidate itself */
  baton_sdp_ice_read (ice, "candidate", "1 1 UDP 1 198.51.100.1 49203 typ srflx raddr nowhere rport 99999 lone");
  g_assert_cmpuint (ice->candidates->len, ==, 1);
  g_assert_cmpstr (candidate_at (ice, 0)->related_address, ==, "");
}

static void
test_limits (void)
{
  g_autoptr (BatonSdpIce) ice = baton_sdp_ice_new ();
  g_autofree char *longest = g_strnfill (256, 'a'), *too_long = g_strnfill (257, 'a');

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *line = g_strdup_printf ("1 1 UDP 2130706431 198.51.100.1 %u typ host", 1000 + i);

      baton_sdp_ice_read (ice, "candidate", line);
      baton_sdp_ice_read (ice, "candidate", line); /* a second time says nothing new */
    }
  g_assert_cmpuint (ice->candidates->len, ==, BATON_ICE_MAX_CANDIDATES);
  g_assert_true (ice->truncated);
  g_assert_true (baton_sdp_ice_matches (ice, "198.51.100.1", 1199));
  baton_sdp_ice_read (ice, "ice-ufrag", longest);
  baton_sdp_ice_read (ice, "ice-pwd", longest);
  g_assert_true (baton_sdp_ice_is_usable (ice));
  baton_sdp_ice_read (ice, "ice-pwd", too_long);
  g_assert_null (ice->pwd);
  baton_sdp_ice_read (ice, "ice-pwd", "short");
  g_assert_null (ice->pwd);
  baton_sdp_ice_read (ice, "ice-ufrag", "abc");
  g_assert_null (ice->ufrag);
  baton_sdp_ice_read (ice, "ice-ufrag", "ab:cd");
  g_assert_null (ice->ufrag);
}

static void
test_mismatch (void)
{
  g_autoptr (BatonSdpIce) ice = baton_sdp_ice_new ();

  baton_sdp_ice_read (ice, "ice-ufrag", "F7gI");
  baton_sdp_ice_read (ice, "ice-pwd", "x9cml/YzichV2+XlhiMu8g");
  baton_sdp_ice_read (ice, "candidate", "1 1 UDP 2130706431 198.51.100.1 4000 typ host");
  baton_sdp_ice_read (ice, "candidate", "1 2 UDP 2130706430 198.51.100.1 4002 typ host");
  g_assert_true (baton_sdp_ice_matches (ice, "198.51.100.1", 4000));
  g_assert_false (baton_sdp_ice_matches (ice, "198.51.100.1", 4001));
  g_assert_false (baton_sdp_ice_matches (ice, "198.51.100.1", 4002)); /* RTCP's is no place for RTP */
  g_assert_false (baton_sdp_ice_matches (ice, "203.0.113.1", 4000));
  g_assert_true (baton_sdp_ice_matches (ice, "0.0.0.0", 9)); /* none yet */
  g_assert_true (baton_sdp_ice_matches (ice, NULL, 4000));   /* a name */
  baton_sdp_ice_keep_component (ice, 1);
  g_assert_cmpuint (ice->candidates->len, ==, 1);
  baton_sdp_ice_read (ice, "ice-mismatch", NULL);
  g_assert_false (baton_sdp_ice_is_usable (ice));
}

static void
add_line (const char *key, const char *value, gpointer data)
{
  g_string_append_printf (data, "a=%s%s%s\n", key, value != NULL ? ":" : "", value != NULL ? value : "");
}

static void
test_write (void)
{
  g_autoptr (BatonSdpIce) ice = baton_sdp_ice_new (), copy = NULL;
  g_autoptr (GString) text = g_string_new (NULL), mismatch = g_string_new (NULL), nothing = g_string_new (NULL);

  baton_sdp_ice_write (ice, add_line, nothing);
  g_assert_cmpstr (nothing->str, ==, "");
  baton_sdp_ice_read (ice, "ice-ufrag", "F7gI");
  baton_sdp_ice_read (ice, "ice-pwd", "x9cml/YzichV2+XlhiMu8g");
  baton_sdp_ice_read (ice, "candidate", "1 1 udp 2130706431 198.51.100.1 4000 typ host");
  baton_sdp_ice_read (ice, "candidate", "2 1 udp 1694498815 203.0.113.9 5000 typ srflx raddr 198.51.100.1 rport 4000");
  copy = baton_sdp_ice_copy (ice);
  baton_sdp_ice_write (copy, add_line, text);
  g_assert_cmpstr (text->str, ==,
                   "a=ice-ufrag:F7gI\na=ice-pwd:x9cml/YzichV2+XlhiMu8g\n"
                   "a=candidate:1 1 UDP 2130706431 198.51.100.1 4000 typ host\n"
                   "a=candidate:2 1 UDP 1694498815 203.0.113.9 5000 typ srflx raddr 198.51.100.1 rport 4000\n"
                   "a=end-of-candidates\n");
  ice->mismatch = TRUE;
  baton_sdp_ice_write (ice, add_line, mismatch);
  g_assert_cmpstr (mismatch->str, ==, "a=ice-mismatch\n");
}

static void
test_servers (void)
{
  static const struct
  {
    const char *text, *host;
    guint port;
    gboolean turn, tcp;
  } good[] = {
    { "stun.example.org", "stun.example.org", 3478, FALSE, FALSE },
    { "stun.example.org:5000", "stun.example.org", 5000, FALSE, FALSE },
    { "stun:192.0.2.1:19302", "192.0.2.1", 19302, FALSE, FALSE },
    { "[2001:db8::1]:3479", "2001:db8::1", 3479, FALSE, FALSE },
    { "[2001:db8::1]", "2001:db8::1", 3478, FALSE, FALSE },
    { "turn:turn.example.org", "turn.example.org", 3478, TRUE, FALSE },
    { "turn:192.0.2.1:80?transport=tcp", "192.0.2.1", 80, TRUE, TRUE },
    { "TURN:192.0.2.1?transport=udp", "192.0.2.1", 3478, TRUE, FALSE },
    { "turn.example.org:443?transport=TCP", "turn.example.org", 443, TRUE, TRUE },
  };
  static const char *const bad[] = { "", "stun:", "host:0", "host:65536", "host:x", "ho st", "[2001:db8::1", "[host]:1",
                                     "2001:db8::1", "http://x", "host?transport=sctp", "host:1:2", "user@host", "host/path" };
  BatonIceServer server;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;

      if (good[i].turn)
        baton_ice_server_parse_turn (good[i].text, &server, &error);
      else
        baton_ice_server_parse_stun (good[i].text, &server, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (server.host, ==, good[i].host);
      g_assert_cmpuint (server.port, ==, good[i].port);
      g_assert_cmpint (server.tcp, ==, good[i].tcp);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      if (baton_ice_server_parse_turn (bad[i], &server, &error) || baton_ice_server_parse_stun (bad[i], &server, NULL))
        g_error ("taken: %s", bad[i]);
      g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_ARGUMENT);
    }
  {
    g_autoptr (GError) error = NULL;

    g_assert_false (baton_ice_server_parse_turn ("turns:turn.example.org", &server, &error));
    g_assert_error (error, BATON_ERROR, BATON_ERROR_NOT_SUPPORTED);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdp-ice/read", test_read);
  g_test_add_func ("/sdp-ice/passed-over", test_passed_over);
  g_test_add_func ("/sdp-ice/limits", test_limits);
  g_test_add_func ("/sdp-ice/mismatch", test_mismatch);
  g_test_add_func ("/sdp-ice/write", test_write);
  g_test_add_func ("/sdp-ice/servers", test_servers);
  return g_test_run ();
}
