/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a browser offers and answers (Chromium 156, as it was written), and what we say to it, line by line. */
#include <string.h>

#include "baton-sdp.h"

#define OUR_FINGERPRINT \
  "sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"
#define OUR_CANDIDATE "1 1 UDP 2130706431 192.0.2.1 4000 typ host"

static const BatonCodecId all[] = { BATON_CODEC_OPUS, BATON_CODEC_G722, BATON_CODEC_PCMU, BATON_CODEC_PCMA };

typedef struct
{
  BatonSdpLocal local;
  BatonSdpSecurityLocal security;
  BatonFingerprint fingerprint;
  BatonSdpIce *ice;
} Side;

static void
side_init (Side *side)
{
  memset (side, 0, sizeof *side);
  g_assert_true (baton_fingerprint_parse (OUR_FINGERPRINT, &side->fingerprint));
  side->security.mode = BATON_SRTP_MODE_OPTIONAL;
  side->security.sdes = TRUE;
  side->security.fingerprint = &side->fingerprint;
  side->ice = baton_sdp_ice_new ();
  baton_sdp_ice_read (side->ice, "ice-ufrag", "ours");
  baton_sdp_ice_read (side->ice, "ice-pwd", "oursoursoursoursoursours");
  baton_sdp_ice_read (side->ice, "candidate", OUR_CANDIDATE);
  baton_sdp_ice_read (side->ice, "candidate", "1 2 UDP 2130706430 192.0.2.1 4001 typ host");
  side->local = (BatonSdpLocal) { .id = 1, .address = "192.0.2.1", .port = 4000, .rtcp_port = 4001,
                                  .direction = BATON_SDP_SENDRECV, .codecs = all, .n_codecs = G_N_ELEMENTS (all),
                                  .security = &side->security, .ice = side->ice };
}

static void
side_clear (Side *side)
{
  baton_sdp_ice_free (side->ice);
}

/* The files have the line ends of the tree. */
static char *
load (const char *name)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *path = g_build_filename (BATON_TEST_DATA, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  return g_strjoinv ("\r\n", lines);
}

static BatonSdp *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  BatonSdp *sdp = baton_sdp_parse (text, &error);

  g_assert_no_error (error);
  return sdp;
}

/* Some other text in it. */
static char *
change (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, -1);

  g_assert_cmpuint (g_strv_length (parts), >, 1);
  return g_strjoinv (to, parts);
}

static void
expect_lines (const char *text, const char *const *lines)
{
  g_auto (GStrv) written = g_strsplit (text, "\r\n", -1);
  guint i;

  for (i = 0; lines[i] != NULL; i++)
    g_assert_cmpstr (written[i], ==, lines[i]);
  g_assert_cmpstr (written[i], ==, "");
}

static BatonSdp *
answer_to (Side *side, const char *text, BatonSdpAgreement *agreement)
{
  g_autoptr (BatonSdp) offer = parse (text);
  g_autoptr (GError) error = NULL;
  BatonSdp *answer = baton_sdp_create_answer (&side->local, offer, agreement, &error);

  g_assert_no_error (error);
  return answer;
}

/* Only what we do is in the answer: no red, no comfort noise, no header extension, no feedback, no SSRC. */
static void
test_answer (void)
{
  static const char *const lines[] = {
    "v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "a=group:BUNDLE 0",
    "m=audio 4000 UDP/TLS/RTP/SAVPF 111 110", "a=mid:0", "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 useinbandfec=1;stereo=0;sprop-stereo=0", "a=rtpmap:110 telephone-event/48000", "a=fmtp:110 0-15",
    "a=ptime:20", "a=sendrecv", "a=rtcp-mux", "a=rtcp-xr:rcvr-rtt=all", "a=ice-ufrag:ours", "a=ice-pwd:oursoursoursoursoursours",
    "a=candidate:" OUR_CANDIDATE, "a=end-of-candidates", "a=fingerprint:" OUR_FINGERPRINT, "a=setup:active", NULL
  };
  g_autofree char *text = load ("chromium-offer.sdp"), *written = NULL;
  g_autoptr (BatonSdp) answer = NULL;
  BatonSdpAgreement agreement;
  Side side;

  side_init (&side);
  answer = answer_to (&side, text, &agreement);
  written = baton_sdp_to_string (answer);
  expect_lines (written, lines);
  g_assert_cmpint (agreement.codec, ==, BATON_CODEC_OPUS);
  g_assert_cmpuint (agreement.payload_type, ==, 111); /* theirs */
  g_assert_cmpint (agreement.event_payload_type, ==, 110);
  g_assert_cmpuint (agreement.event_clock_rate, ==, 48000);
  g_assert_cmpuint (agreement.receive[63], ==, 0);
  g_assert_true (agreement.rtcp_mux);
  g_assert_true (agreement.ice);
  g_assert_false (agreement.remote_hold);
  g_assert_cmpint (agreement.keying.exchange, ==, BATON_KEY_EXCHANGE_DTLS);
  g_assert_true (agreement.keying.client);
  side_clear (&side);
}

/* With a codec of 8 kHz the digits are of 8 kHz too. */
static void
test_answer_pcmu (void)
{
  static const BatonCodecId pcmu[] = { BATON_CODEC_PCMU };
  g_autofree char *text = load ("chromium-offer.sdp"), *written = NULL;
  g_autoptr (BatonSdp) answer = NULL;
  BatonSdpAgreement agreement;
  Side side;

  side_init (&side);
  side.local.codecs = pcmu;
  side.local.n_codecs = 1;
  answer = answer_to (&side, text, &agreement);
  written = baton_sdp_to_string (answer);
  g_assert_nonnull (strstr (written, "\r\nm=audio 4000 UDP/TLS/RTP/SAVPF 0 126\r\n"));
  g_assert_nonnull (strstr (written, "\r\na=rtpmap:126 telephone-event/8000\r\n"));
  g_assert_cmpuint (agreement.event_clock_rate, ==, 8000);
  side_clear (&side);
}

/* The candidates of TCP and those behind names (mDNS) are passed over, and so is a default address that isn't one. */
static void
test_candidates (void)
{
  g_autofree char *text = load ("chromium-offer.sdp"), *no_address = NULL, *hidden = NULL;
  g_autoptr (BatonSdp) offer = parse (text), second = NULL;
  const BatonSdpIce *ice = baton_sdp_find_ice (offer);
  g_autoptr (BatonSdp) answer = NULL;
  BatonSdpAgreement agreement;
  Side side;

  g_assert_cmpuint (ice->candidates->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (g_array_index (ice->candidates, BatonIceCandidate, i).port, !=, 9);

  no_address = change (text, "m=audio 59195 UDP/TLS/RTP/SAVPF", "m=audio 9 UDP/TLS/RTP/SAVPF");
  g_free (text);
  text = change (no_address, "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0");
  hidden = change (text, " 127.0.0.1 ", " 1f4712db-ea17-4bcf-a596-105139dfd8bf.local ");
  second = parse (hidden);
  g_assert_cmpuint (baton_sdp_find_ice (second)->candidates->len, ==, 3);
  side_init (&side);
  answer = answer_to (&side, hidden, &agreement);
  g_assert_true (agreement.ice); /* what isn't known yet is no mismatch */
  g_assert_false (agreement.remote_hold);
  side_clear (&side);
}

/*
 * Picture first, sound after it on the same path: the picture is refused, and the sound, which says no
 * candidate of its own, is on the path that stands there.
 */
static void
check_video_first (const char *text)
{
  g_autofree char *written = NULL;
  g_autoptr (BatonSdp) answer = NULL, offer = NULL;
  const BatonSdpIce *ice;
  BatonSdpAgreement agreement;
  Side side;

  side_init (&side);
  answer = answer_to (&side, text, &agreement);
  written = baton_sdp_to_string (answer);
  g_assert_nonnull (strstr (written, "\r\na=group:BUNDLE 1\r\nm=video 0 UDP/TLS/RTP/SAVPF 96 97 "));
  g_assert_nonnull (strstr (written, "120\r\na=mid:0\r\nm=audio 4000 UDP/TLS/RTP/SAVPF 111 110\r\na=mid:1\r\n"));
  g_assert_cmpuint (agreement.media_index, ==, 1);
  g_assert_true (agreement.ice);
  g_assert_true (agreement.rtcp_mux);
  g_assert_false (agreement.remote_hold);
  g_assert_cmpint (agreement.keying.exchange, ==, BATON_KEY_EXCHANGE_DTLS);
  offer = parse (text);
  ice = baton_sdp_get_ice (offer, 1);
  g_assert_cmpuint (ice->candidates->len, ==, 4);
  g_assert_true (ice == baton_sdp_find_ice (offer));

  /* what we offer later keeps the sections, their names and the group */
  g_clear_pointer (&written, g_free);
  side.local.previous = answer;
  side.local.direction = BATON_SDP_SENDONLY;
  {
    g_autoptr (BatonSdp) later = baton_sdp_create_offer (&side.local);

    written = baton_sdp_to_string (later);
  }
  g_assert_nonnull (strstr (written, "\r\na=group:BUNDLE 1\r\nm=video 0 "));
  g_assert_nonnull (strstr (written, "\r\nm=audio 4000 UDP/TLS/RTP/SAVPF 111 9 0 8 "));
  g_assert_nonnull (strstr (written, "\r\na=setup:actpass\r\n"));
  g_assert_null (strstr (written, "a=crypto"));
  side_clear (&side);
}

static void
test_video_first (void)
{
  g_autofree char *text = load ("chromium-offer-video-first.sdp"), *bundle_only = NULL, *bare = NULL;

  check_video_first (text);
  /* as RFC 9143 §7.1.3 writes it */
  bundle_only = change (text, "m=audio 9 UDP", "m=audio 0 UDP");
  bare = change (bundle_only, "a=mid:1\r\n", "a=mid:1\r\na=bundle-only\r\n");
  check_video_first (bare);
}

/* A section with port 0 that isn't bundle-only is a refused one, whatever group it is in. */
static void
test_port_zero (void)
{
  g_autofree char *text = load ("chromium-offer-video-first.sdp");
  g_autofree char *refused = change (text, "m=audio 9 UDP", "m=audio 0 UDP");
  g_autoptr (BatonSdp) offer = parse (refused), answer = NULL;
  BatonSdpAgreement agreement;
  Side side;

  side_init (&side);
  answer = baton_sdp_create_answer (&side.local, offer, &agreement, NULL);
  g_assert_null (answer);
  side_clear (&side);
}

/* No group was offered: none is said. */
static void
test_no_bundle (void)
{
  g_autofree char *text = load ("chromium-offer.sdp"), *written = NULL;
  g_autofree char *without = change (text, "a=group:BUNDLE 0\r\n", "a=group:LS 0\r\n");
  g_autoptr (BatonSdp) answer = NULL;
  BatonSdpAgreement agreement;
  Side side;

  side_init (&side);
  answer = answer_to (&side, without, &agreement);
  written = baton_sdp_to_string (answer);
  g_assert_null (strstr (written, "a=group"));
  g_assert_nonnull (strstr (written, "a=mid:0\r\n"));
  side_clear (&side);
}

/* What we offer to a browser, and that a browser's answer to it is understood. */
static void
test_offer (void)
{
  static const char *const lines[] = {
    "v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "a=group:BUNDLE 0",
    "m=audio 4000 UDP/TLS/RTP/SAVPF 96 9 0 8 101 100", "a=mid:0", "a=rtpmap:96 opus/48000/2",
    "a=fmtp:96 useinbandfec=1;stereo=0;sprop-stereo=0", "a=rtpmap:9 G722/8000", "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15",
    "a=rtpmap:100 telephone-event/48000", "a=fmtp:100 0-15", "a=ptime:20", "a=sendrecv", "a=rtcp-mux",
    "a=ice-ufrag:ours", "a=ice-pwd:oursoursoursoursoursours", "a=candidate:" OUR_CANDIDATE,
    "a=candidate:1 2 UDP 2130706430 192.0.2.1 4001 typ host", "a=end-of-candidates", "a=fingerprint:" OUR_FINGERPRINT,
    "a=setup:actpass", NULL
  };
  g_autofree char *written = NULL, *text = load ("chromium-answer.sdp");
  g_autoptr (BatonSdp) offer = NULL, answer = parse (text);
  g_autoptr (GError) error = NULL;
  BatonSdpAgreement agreement;
  Side side;

  side_init (&side);
  side.local.webrtc = TRUE;
  offer = baton_sdp_create_offer (&side.local);
  written = baton_sdp_to_string (offer);
  expect_lines (written, lines);
  g_assert_true (baton_sdp_take_answer (&side.local, offer, answer, FALSE, &agreement, &error));
  g_assert_no_error (error);
  g_assert_cmpint (agreement.codec, ==, BATON_CODEC_OPUS);
  g_assert_cmpuint (agreement.payload_type, ==, 96);
  g_assert_true (agreement.rtcp_mux && agreement.ice);
  g_assert_cmpint (agreement.keying.exchange, ==, BATON_KEY_EXCHANGE_DTLS);
  g_assert_false (agreement.keying.client); /* the browser begins */
  side_clear (&side);
}

/* Hold and resume of a browser are further offers with the same certificate: who begins stays as it was (RFC 8842 §5.3). */
static void
test_reinvite (void)
{
  g_autofree char *text = load ("chromium-offer.sdp"), *held = change (text, "a=sendrecv", "a=sendonly"), *written = NULL;
  g_autoptr (BatonSdp) answer = NULL, again = NULL;
  BatonSdpAgreement agreement, second;
  BatonKeying current;
  Side side;

  side_init (&side);
  answer = answer_to (&side, text, &agreement);
  current = agreement.keying;
  current.client = FALSE; /* as if they had begun */
  side.security.current = &current;
  side.local.previous = answer;
  again = answer_to (&side, held, &second);
  written = baton_sdp_to_string (again);
  g_assert_nonnull (strstr (written, "a=recvonly\r\n"));
  g_assert_nonnull (strstr (written, "a=setup:passive\r\n"));
  g_assert_nonnull (strstr (written, "a=group:BUNDLE 0\r\n"));
  g_assert_false (second.keying.client);
  g_assert_true (second.remote_hold);
  side_clear (&side);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/webrtc/answer", test_answer);
  g_test_add_func ("/webrtc/answer-pcmu", test_answer_pcmu);
  g_test_add_func ("/webrtc/candidates", test_candidates);
  g_test_add_func ("/webrtc/video-first", test_video_first);
  g_test_add_func ("/webrtc/port-zero", test_port_zero);
  g_test_add_func ("/webrtc/no-bundle", test_no_bundle);
  g_test_add_func ("/webrtc/offer", test_offer);
  g_test_add_func ("/webrtc/reinvite", test_reinvite);
  return g_test_run ();
}
