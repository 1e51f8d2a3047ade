/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-error.h"
#include "baton-sdp.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"

static const BatonCodecId all[] = { BATON_CODEC_OPUS, BATON_CODEC_G722, BATON_CODEC_PCMU, BATON_CODEC_PCMA };

static BatonSdpLocal
local_with (const BatonCodecId *codecs, guint n_codecs)
{
  return (BatonSdpLocal) { 77, "192.0.2.1", 4000, 4001, BATON_SDP_SENDRECV, codecs, n_codecs,
                           NULL, NULL };
}

static BatonSdp *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  BatonSdp *sdp = baton_sdp_parse (text, &error);

  g_assert_no_error (error);
  return sdp;
}

static BatonSdpMedia *
media_at (const BatonSdp *sdp, guint i)
{
  g_assert_cmpuint (i, <, sdp->media->len);
  return g_ptr_array_index (sdp->media, i);
}

/* What we offer, read again by our own parser, is what we meant. */
static void
test_offer (void)
{
  BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
  g_autoptr (BatonSdp) offer = baton_sdp_create_offer (&local), again = NULL;
  g_autofree char *text = baton_sdp_to_string (offer);
  BatonSdpMedia *audio;

  g_assert_nonnull (strstr (text, "o=- 77 77 IN IP4 192.0.2.1\r\n"));
  g_assert_nonnull (strstr (text, "m=audio 4000 RTP/AVP 96 9 0 8 101 100\r\n"));
  g_assert_nonnull (strstr (text, "a=rtpmap:96 opus/48000/2\r\n"));
  g_assert_nonnull (strstr (text, "a=rtpmap:9 G722/8000\r\n"));
  g_assert_nonnull (strstr (text, "a=rtpmap:101 telephone-event/8000\r\n"));
  g_assert_nonnull (strstr (text, "a=rtcp-mux\r\n"));
  again = parse (text);
  audio = media_at (again, 0);
  g_assert_cmpstr (audio->address, ==, "192.0.2.1");
  g_assert_cmpuint (audio->port, ==, 4000);
  g_assert_cmpuint (audio->rtcp_port, ==, 4001);
  g_assert_cmpuint (audio->formats->len, ==, 6);
  g_assert_cmpuint (audio->ptime, ==, 20);
  g_assert_true (audio->rtcp_mux);
}

/* The answer takes the offerer's numbers (RFC 3264 §6.1), our preference, and the fitting telephone-event. */
static void
test_answer_numbers (void)
{
  static const char text[] = HEAD "m=audio 5000 RTP/AVP 0 118 97 98 99\r\na=rtpmap:118 OPUS/48000/2\r\n"
    "a=rtpmap:97 telephone-event/48000\r\na=rtpmap:98 telephone-event/8000\r\na=rtpmap:99 speex/8000\r\n";
  g_autoptr (BatonSdp) offer = parse (text), answer = NULL, second = NULL;
  BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
  BatonSdpAgreement agreement;
  g_autofree char *written = NULL, *again = NULL;

  answer = baton_sdp_create_answer (&local, offer, &agreement, NULL);
  written = baton_sdp_to_string (answer);
  g_assert_nonnull (strstr (written, "m=audio 4000 RTP/AVP 118 97\r\n"));
  g_assert_null (strstr (written, "rtcp-mux")); /* was not offered */
  g_assert_cmpint (agreement.codec, ==, BATON_CODEC_OPUS);
  g_assert_cmpuint (agreement.payload_type, ==, 118);
  g_assert_cmpint (agreement.event_payload_type, ==, 97);
  g_assert_cmpuint (agreement.event_clock_rate, ==, 48000);
  g_assert_cmpuint (agreement.receive[118], ==, 1 + BATON_CODEC_OPUS);
  g_assert_cmpuint (agreement.receive[97], ==, BATON_SDP_RECEIVE_EVENT);
  g_assert_cmpuint (agreement.receive[0], ==, 0);
  g_assert_cmpstr (agreement.address, ==, "192.0.2.7");
  g_assert_cmpuint (agreement.port, ==, 5000);
  g_assert_cmpuint (agreement.rtcp_port, ==, 5001);
  g_assert_false (agreement.remote_hold);

  /* numbers keep their meaning in what we offer later (§8.3.2), and nothing else gets them */
  local.previous = answer;
  second = baton_sdp_create_offer (&local);
  again = baton_sdp_to_string (second);
  g_assert_nonnull (strstr (again, "m=audio 4000 RTP/AVP 118 9 0 8 101 97\r\n"));
}

/* What was agreed on keeps its number in our next offer, be it a codec or telephone-event, and nothing else gets it. */
static void
test_next_numbers (void)
{
  static const struct
  {
    const char *theirs, *ours;
  } cases[] = {
    { "m=audio 5000 RTP/AVP 0 96\r\na=rtpmap:96 telephone-event/8000\r\n",
      "m=audio 4000 RTP/AVP 97 9 0 8 96 100\r\na=rtpmap:97 opus/48000/2\r\n" },
    { "m=audio 5000 RTP/AVP 96 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/48000\r\n",
      "m=audio 4000 RTP/AVP 96 9 0 8 97 101\r\n" },
    { "m=audio 5000 RTP/AVP 100 96\r\na=rtpmap:100 opus/48000/2\r\na=rtpmap:96 telephone-event/8000\r\n",
      "m=audio 4000 RTP/AVP 100 9 0 8 96 97\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat (HEAD, cases[i].theirs, NULL), *written = NULL;
      g_autoptr (BatonSdp) offer = parse (text), answer = NULL, next = NULL, again = NULL;
      BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
      guint numbers[128] = { 0 };
      BatonSdpAgreement agreement;
      GArray *formats;

      answer = baton_sdp_create_answer (&local, offer, &agreement, NULL);
      local.previous = answer;
      next = baton_sdp_create_offer (&local);
      written = baton_sdp_to_string (next);
      g_test_message ("%s", written);
      g_assert_nonnull (strstr (written, cases[i].ours));
      again = parse (written);
      formats = media_at (again, 0)->formats;
      g_assert_cmpuint (formats->len, ==, 6);
      for (guint j = 0; j < formats->len; j++)
        g_assert_cmpuint (numbers[g_array_index (formats, BatonSdpFormat, j).payload_type]++, ==, 0);
    }
}

static void
test_preference (void)
{
  static const BatonCodecId pcma_first[] = { BATON_CODEC_PCMA, BATON_CODEC_PCMU };
  g_autoptr (BatonSdp) offer = parse (HEAD "m=audio 5000 RTP/AVP 0 8\r\n"), answer = NULL;
  BatonSdpLocal local = local_with (pcma_first, 2);
  BatonSdpAgreement agreement;

  answer = baton_sdp_create_answer (&local, offer, &agreement, NULL);
  g_assert_nonnull (answer);
  g_assert_cmpint (agreement.codec, ==, BATON_CODEC_PCMA);
  g_assert_cmpint (agreement.event_payload_type, ==, -1);
}

/* Blanks too many are no reason to refuse a call, nor is an a=rtpmap that can't be read where none is needed. */
static void
test_tolerant (void)
{
  static const struct
  {
    const char *theirs;
    BatonCodecId codec; /* BATON_N_CODECS: none */
    guint event_rate;
  } cases[] = {
    { "0 101\r\na=rtpmap:0 PCMU/8000 \r\na=rtpmap:101 telephone-event/8000 \r\n", BATON_CODEC_PCMU, 8000 },
    { "8 101\r\na=rtpmap:8  PCMA/8000\r\na=rtpmap:101 \t telephone-event/8000\r\n", BATON_CODEC_PCMA, 8000 },
    { "111 100\r\na=rtpmap: 111 opus/48000/2 \r\na=rtpmap:100\ttelephone-event/48000\r\n", BATON_CODEC_OPUS, 48000 },
    { "0\r\na=rtpmap:0 \r\n", BATON_CODEC_PCMU, 0 },
    { "9\r\na=rtpmap:9 G722\r\n", BATON_CODEC_G722, 0 },
    { "0\r\na=rtpmap:0 PCMU/eight\r\n", BATON_CODEC_PCMU, 0 },
    { "0\r\na=rtpmap:0 G726-32/8000\r\n", BATON_N_CODECS, 0 }, /* this says something else */
    { "0\r\na=rtpmap:0 PCMU/8000/2\r\n", BATON_N_CODECS, 0 },
    { "96\r\na=rtpmap:96 opus\r\n", BATON_N_CODECS, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat (HEAD "m=audio 5000 RTP/AVP ", cases[i].theirs, NULL);
      g_autoptr (BatonSdp) offer = parse (text), answer = NULL;
      BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
      BatonSdpAgreement agreement;

      g_test_message ("%s", cases[i].theirs);
      answer = baton_sdp_create_answer (&local, offer, &agreement, NULL);
      g_assert_cmpint (answer != NULL, ==, cases[i].codec != BATON_N_CODECS);
      if (answer == NULL)
        continue;
      g_assert_cmpint (agreement.codec, ==, cases[i].codec);
      g_assert_cmpuint (agreement.event_clock_rate, ==, cases[i].event_rate);
    }
}

static void
test_directions (void)
{
  static const struct
  {
    const char *theirs;
    BatonSdpDirection ours, agreed;
    gboolean remote_hold;
  } cases[] = {
    { "a=sendrecv", BATON_SDP_SENDRECV, BATON_SDP_SENDRECV, FALSE },
    { "a=sendonly", BATON_SDP_SENDRECV, BATON_SDP_RECVONLY, TRUE },
    { "a=recvonly", BATON_SDP_SENDRECV, BATON_SDP_SENDONLY, FALSE },
    { "a=inactive", BATON_SDP_SENDRECV, BATON_SDP_INACTIVE, TRUE },
    { "a=sendrecv", BATON_SDP_SENDONLY, BATON_SDP_SENDONLY, FALSE },
    { "a=sendonly", BATON_SDP_SENDONLY, BATON_SDP_INACTIVE, TRUE },
    { "c=IN IP4 0.0.0.0", BATON_SDP_SENDRECV, BATON_SDP_RECVONLY, TRUE },
    { "c=IN IP4 0.0.0.0\r\na=inactive", BATON_SDP_SENDRECV, BATON_SDP_INACTIVE, TRUE },
    { "a=sendonly \t", BATON_SDP_SENDRECV, BATON_SDP_RECVONLY, TRUE }, /* some end lines with blanks */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat (HEAD "m=audio 5000 RTP/AVP 0\r\n", cases[i].theirs, "\r\n", NULL);
      g_autoptr (BatonSdp) offer = parse (text), answer = NULL;
      BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
      BatonSdpAgreement agreement;

      g_test_message ("%s", cases[i].theirs);
      local.direction = cases[i].ours;
      answer = baton_sdp_create_answer (&local, offer, &agreement, NULL);
      g_assert_nonnull (answer);
      g_assert_cmpint (agreement.direction, ==, cases[i].agreed);
      g_assert_cmpint (media_at (answer, 0)->direction, ==, cases[i].agreed);
      g_assert_cmpint (agreement.remote_hold, ==, cases[i].remote_hold);
    }
}

/* A direction at the session level counts for media that say nothing of their own. */
static void
test_session_direction (void)
{
  g_autoptr (BatonSdp) sdp = parse (HEAD "a=sendonly\r\nm=audio 5000 RTP/AVP 0\r\nm=audio 6000 RTP/AVP 0\r\na=inactive\r\n");

  g_assert_cmpint (media_at (sdp, 0)->direction, ==, BATON_SDP_SENDONLY);
  g_assert_cmpint (media_at (sdp, 1)->direction, ==, BATON_SDP_INACTIVE);
}

static void
test_other_media (void)
{
  g_autoptr (BatonSdp) offer = parse (HEAD "m=video 6000 RTP/AVP 96 97\r\na=rtpmap:96 VP8/90000\r\n"
    "m=audio 7000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\nm=audio 5000 RTP/AVP 0\r\n"
    "m=application 9 UDP/BFCP *\r\n");
  g_autoptr (BatonSdp) answer = NULL, later = NULL;
  g_autofree char *text = NULL, *later_text = NULL;
  BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
  BatonSdpAgreement agreement;

  answer = baton_sdp_create_answer (&local, offer, &agreement, NULL);
  text = baton_sdp_to_string (answer);
  g_assert_nonnull (strstr (text, "m=video 0 RTP/AVP 96 97\r\nm=audio 0 RTP/SAVP 0\r\nm=audio 4000 RTP/AVP 0\r\n"));
  g_assert_nonnull (strstr (text, "m=application 0 UDP/BFCP *\r\n"));
  g_assert_cmpuint (agreement.port, ==, 5000);
  local.previous = answer;
  later = baton_sdp_create_offer (&local);
  later_text = baton_sdp_to_string (later);
  g_assert_cmpuint (later->media->len, ==, 4);
  g_assert_nonnull (strstr (later_text, "m=video 0 "));
}

/* o= stays, its version moves by one with a change and only then (RFC 3264 §8). */
static void
test_version (void)
{
  BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
  g_autoptr (BatonSdp) first = baton_sdp_create_offer (&local), same = NULL, held = NULL;

  local.previous = first;
  same = baton_sdp_create_offer (&local);
  g_assert_cmpuint (same->version, ==, first->version);
  local.previous = same;
  local.direction = BATON_SDP_SENDONLY;
  held = baton_sdp_create_offer (&local);
  g_assert_cmpuint (held->version, ==, first->version + 1);
  g_assert_cmpuint (held->id, ==, first->id);
}

static void
test_take_answer (void)
{
  BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
  g_autoptr (BatonSdp) offer = baton_sdp_create_offer (&local);
  g_autoptr (BatonSdp) answer =
    parse (HEAD "m=audio 5000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp-mux\r\na=ptime:20\r\n");
  BatonSdpAgreement agreement;
  g_autoptr (GError) error = NULL;

  g_assert_true (baton_sdp_take_answer (&local, offer, answer, FALSE, &agreement, &error));
  g_assert_no_error (error);
  g_assert_cmpint (agreement.codec, ==, BATON_CODEC_PCMA);
  g_assert_cmpint (agreement.event_payload_type, ==, 101);
  g_assert_true (agreement.rtcp_mux);
  g_assert_cmpuint (agreement.receive[0], ==, 1 + BATON_CODEC_PCMU); /* they may change their mind */
  g_assert_cmpuint (agreement.receive[96], ==, 1 + BATON_CODEC_OPUS);
}

/* "inactive" as the answer to our own hold is not theirs. */
static void
test_hold_answered (void)
{
  BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
  g_autoptr (BatonSdp) offer = NULL;
  g_autoptr (BatonSdp) answer = parse (HEAD "m=audio 5000 RTP/AVP 0\r\na=inactive\r\n");
  BatonSdpAgreement agreement;

  local.direction = BATON_SDP_SENDONLY;
  offer = baton_sdp_create_offer (&local);
  g_assert_true (baton_sdp_take_answer (&local, offer, answer, FALSE, &agreement, NULL));
  g_assert_false (agreement.remote_hold);
  g_assert_true (baton_sdp_take_answer (&local, offer, answer, TRUE, &agreement, NULL));
  g_assert_true (agreement.remote_hold);
}

static void
test_bad_answers (void)
{
  static const struct
  {
    const char *text;
    BatonError code;
  } cases[] = {
    { HEAD "m=audio 0 RTP/AVP 0\r\n", BATON_ERROR_NO_COMMON_CODEC },
    { HEAD "m=audio 5000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n", BATON_ERROR_NO_COMMON_CODEC },
    { HEAD "m=audio 5000 RTP/SAVP 0\r\n", BATON_ERROR_NO_COMMON_SECURITY },
    { HEAD "m=video 5000 RTP/AVP 96\r\n", BATON_ERROR_INVALID_SDP },
    { "v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n", BATON_ERROR_INVALID_SDP },
    { "v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n",
      BATON_ERROR_INVALID_SDP },
  };
  BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
  g_autoptr (BatonSdp) offer = baton_sdp_create_offer (&local);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BatonSdp) answer = parse (cases[i].text);
      g_autoptr (GError) error = NULL;
      BatonSdpAgreement agreement = { .port = 1 };

      g_assert_false (baton_sdp_take_answer (&local, offer, answer, FALSE, &agreement, &error));
      g_assert_error (error, BATON_ERROR, (int) cases[i].code);
      g_assert_cmpuint (agreement.port, ==, 1); /* nothing changed */
    }
}

static void
test_refused_offers (void)
{
  static const struct
  {
    const char *text, *says;
  } cases[] = {
    { HEAD "m=audio 5000 RTP/SAVP 0\r\n", "SRTP" },
    { HEAD "m=audio 5000 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n", "SRTP" },
    { HEAD "m=audio 5000 RTP/AVP 18 3\r\na=rtpmap:18 G729/8000\r\n", "codecs" },
    { HEAD "m=video 5000 RTP/AVP 96\r\n", "no sound" },
    { HEAD "m=audio 0 RTP/AVP 0\r\n", "no sound" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BatonSdp) offer = parse (cases[i].text);
      BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
      g_autoptr (GError) error = NULL;
      int code = strstr (cases[i].says, "SRTP") != NULL ? BATON_ERROR_NO_COMMON_SECURITY : BATON_ERROR_NO_COMMON_CODEC;
      BatonSdpAgreement agreement;

      g_assert_null (baton_sdp_create_answer (&local, offer, &agreement, &error));
      g_assert_error (error, BATON_ERROR, code);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

static void
test_broken (void)
{
  static const char *const cases[] = {
    "", "v", "v=1\r\n", "hello", "v=0\r\n", HEAD, "v=0\r\nm=\r\n", HEAD "m=audio\r\n", HEAD "m=audio 5000\r\n",
    HEAD "m=audio 99999 RTP/AVP 0\r\n", HEAD "m=audio 5000 RTP/AVP 0\r\na=x:\xff\xfe\r\n",
  };
  g_autoptr (GString) many = g_string_new (HEAD);
  g_autofree char *filler = g_strnfill (BATON_SDP_MAX_LENGTH, 'a');
  g_autofree char *long_one = g_strconcat (HEAD "m=audio 5000 RTP/AVP 0\r\na=", filler, "\r\n", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("case %u", i);
      g_assert_null (baton_sdp_parse (cases[i], &error));
      g_assert_error (error, BATON_ERROR, BATON_ERROR_INVALID_SDP);
    }
  g_assert_null (baton_sdp_parse (NULL, NULL));
  g_assert_null (baton_sdp_parse (long_one, NULL));
  for (guint i = 0; i <= BATON_SDP_MAX_MEDIA; i++)
    g_string_append (many, "m=audio 5000 RTP/AVP 0\r\n");
  g_assert_null (baton_sdp_parse (many->str, NULL));
}

/* Odd, but harmless: it is read, and an answer can be written or refused in words. */
static void
test_odd (void)
{
  static const char *const cases[] = {
    HEAD "m=audio 5000 RTP/AVP 0 0 0 999 -1 x 128\r\na=rtpmap:\r\na=rtpmap:0\r\na=rtpmap:0 \r\na=rtpmap:x y/z\r\n",
    HEAD "m=audio 5000 RTP/AVP 0\r\na=rtcp:99999999999\r\na=ptime:nan\r\na=ptime:-20\r\n",
    HEAD "m=audio 65535 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000/9999999\r\n",
    HEAD "m=audio 5000/2 RTP/AVP 8\r\nc=IN IP4 224.0.0.1/127\r\n",
    "v=0\no=\ns=\nc=\nt=\nm=audio 5000 RTP/AVP 0\na\na=\n=\n\n",
    HEAD "m=audio 5000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 %s%n%s\r\n",
    HEAD "m=audio 5000 RTP/AVP 96\r\na=rtpmap:96 opus/NaN/2\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BatonSdp) sdp = baton_sdp_parse (cases[i], NULL), answer = NULL;
      BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
      BatonSdpAgreement agreement;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      g_test_message ("case %u", i);
      if (sdp == NULL)
        continue;
      answer = baton_sdp_create_answer (&local, sdp, &agreement, &error);
      g_assert_true ((answer == NULL) == (error != NULL));
      if (answer != NULL)
        text = baton_sdp_to_string (answer);
    }
}

/* Every prefix, and every byte turned over, of a rich description: no crash, and errors have words. */
static void
test_mangled (void)
{
  static const char text[] = HEAD "a=sendrecv\r\nm=audio 5000 RTP/AVP 96 0 101\r\nc=IN IP4 192.0.2.9\r\n"
    "a=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp:5003 IN IP4 192.0.2.9\r\na=ptime:20\r\n"
    "a=rtcp-mux\r\nm=video 0 RTP/AVP 31\r\n";

  for (guint i = 0; i < 3 * sizeof text; i++)
    {
      g_autofree char *copy = g_memdup2 (text, sizeof text);
      g_autoptr (GError) error = NULL;
      g_autoptr (BatonSdp) sdp = NULL, answer = NULL;
      BatonSdpLocal local = local_with (all, G_N_ELEMENTS (all));
      BatonSdpAgreement agreement;

      if (i < sizeof text)
        copy[i] = '\0';
      else
        copy[i % (sizeof text - 1)] ^= i < 2 * sizeof text ? 0x11 : 0x80;
      sdp = baton_sdp_parse (copy, &error);
      g_assert_true ((sdp == NULL) == (error != NULL));
      if (sdp != NULL)
        answer = baton_sdp_create_answer (&local, sdp, &agreement, &error);
      g_assert_true ((answer == NULL) == (error != NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdp/offer", test_offer);
  g_test_add_func ("/sdp/answer-numbers", test_answer_numbers);
  g_test_add_func ("/sdp/next-numbers", test_next_numbers);
  g_test_add_func ("/sdp/preference", test_preference);
  g_test_add_func ("/sdp/tolerant", test_tolerant);
  g_test_add_func ("/sdp/directions", test_directions);
  g_test_add_func ("/sdp/session-direction", test_session_direction);
  g_test_add_func ("/sdp/other-media", test_other_media);
  g_test_add_func ("/sdp/version", test_version);
  g_test_add_func ("/sdp/take-answer", test_take_answer);
  g_test_add_func ("/sdp/hold-answered", test_hold_answered);
  g_test_add_func ("/sdp/bad-answers", test_bad_answers);
  g_test_add_func ("/sdp/refused-offers", test_refused_offers);
  g_test_add_func ("/sdp/broken", test_broken);
  g_test_add_func ("/sdp/odd", test_odd);
  g_test_add_func ("/sdp/mangled", test_mangled);
  return g_test_run ();
}
