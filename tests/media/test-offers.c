/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a call offers next to who refused its first offer for what it says of encryption. */
#include <string.h>

#include "baton-audio-hub.h"
#include "baton-test-wait.h"

#define OFF BATON_SRTP_MODE_OFF
#define OPTIONAL BATON_SRTP_MODE_OPTIONAL
#define REQUIRED BATON_SRTP_MODE_REQUIRED

typedef struct
{
  BatonAudioHub *hub;
  BatonMedia *media;
} Phone;

static void
phone_init (Phone *phone, BatonSrtpMode mode, BatonSrtpKeys keys)
{
  static const char *const codecs[] = { "pcmu", NULL };
  BatonMediaOptions options = { .local_address = "127.0.0.1", .codecs = codecs, .srtp = mode, .srtp_keys = keys };

  phone->hub = baton_audio_hub_new (BATON_AUDIO_KIND_NULL, 0, NULL, NULL);
  phone->media = baton_media_factory_create (BATON_MEDIA_FACTORY (phone->hub), &options);
}

static void
phone_clear (Phone *phone)
{
  baton_media_stop (phone->media);
  baton_test_drain ();
  g_assert_finalize_object (phone->media);
  g_assert_finalize_object (phone->hub);
}

static guint64
received (BatonMedia *media)
{
  g_autoptr (BatonMediaStats) stats = baton_media_dup_stats (media);

  return stats->received;
}

/* What is offered to who refuses what was offered before. */
static const struct
{
  BatonSrtpMode mode;
  BatonSrtpKeys keys;
  struct
  {
    const char *protocol; /* NULL: nothing more is offered */
    gboolean crypto, fingerprint;
  } offers[4];
} ladders[] = {
  { OFF, BATON_SRTP_KEYS_BOTH, { { "RTP/AVP", FALSE, FALSE } } },
  { OPTIONAL, BATON_SRTP_KEYS_BOTH,
    { { "RTP/AVP", TRUE, TRUE }, { "RTP/SAVP", TRUE, TRUE }, { "RTP/AVP", FALSE, FALSE } } },
  { OPTIONAL, BATON_SRTP_KEYS_DTLS,
    { { "RTP/AVP", FALSE, TRUE }, { "UDP/TLS/RTP/SAVP", FALSE, TRUE }, { "RTP/AVP", FALSE, FALSE } } },
  { OPTIONAL, BATON_SRTP_KEYS_SDES,
    { { "RTP/AVP", TRUE, FALSE }, { "RTP/SAVP", TRUE, FALSE }, { "RTP/AVP", FALSE, FALSE } } },
  { REQUIRED, BATON_SRTP_KEYS_BOTH, { { "RTP/SAVP", TRUE, TRUE }, { "UDP/TLS/RTP/SAVP", FALSE, TRUE } } },
  { REQUIRED, BATON_SRTP_KEYS_DTLS, { { "UDP/TLS/RTP/SAVP", FALSE, TRUE } } },
  { REQUIRED, BATON_SRTP_KEYS_SDES, { { "RTP/SAVP", TRUE, FALSE } } },
};

static void
test_other_offers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ladders); i++)
    {
      g_autoptr (GError) error = NULL;
      Phone a;

      phone_init (&a, ladders[i].mode, ladders[i].keys);
      for (guint j = 0; j < G_N_ELEMENTS (ladders[i].offers); j++)
        {
          g_autofree char *offer = j == 0 ? baton_media_create_offer (a.media, &error)
                                          : baton_media_create_other_offer (a.media, &error);
          g_autofree char *protocol = g_strdup_printf (" %s 0 ", ladders[i].offers[j].protocol);

          g_assert_no_error (error);
          if (ladders[i].offers[j].protocol == NULL)
            {
              g_assert_null (offer);
              break;
            }
          g_assert_nonnull (offer);
          g_assert_nonnull (strstr (offer, protocol));
          g_assert_cmpint (strstr (offer, "a=crypto:") != NULL, ==, ladders[i].offers[j].crypto);
          g_assert_cmpint (strstr (offer, "a=fingerprint:") != NULL, ==, ladders[i].offers[j].fingerprint);
        }
      phone_clear (&a);
    }
}

/* The last of them is taken: there is sound, and in hold and resume nobody hears of keys again. */
static void
test_other_offer_taken (void)
{
  Phone a, b;

  phone_init (&a, OPTIONAL, BATON_SRTP_KEYS_BOTH);
  phone_init (&b, OFF, BATON_SRTP_KEYS_BOTH);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *offer = i == 0 ? baton_media_create_offer (a.media, NULL) : baton_media_create_other_offer (a.media, NULL);
      g_autofree char *answer = i == 2 ? baton_media_create_answer (b.media, offer, NULL) : NULL;

      if (answer != NULL)
        g_assert_true (baton_media_apply_answer (a.media, answer, TRUE, NULL));
    }
  baton_media_start (a.media);
  baton_media_start (b.media);
  baton_test_wait (received (a.media) >= 5 && received (b.media) >= 5, 10000);
  {
    g_autofree char *hold = baton_media_create_offer (a.media, NULL);

    g_assert_null (strstr (hold, "a=crypto:"));
    g_assert_null (strstr (hold, "a=fingerprint:"));
  }
  {
    g_autofree char *srtp = NULL;

    g_object_get (a.media, "srtp", &srtp, NULL);
    g_assert_cmpstr (srtp, ==, "none");
  }
  phone_clear (&a);
  phone_clear (&b);
}

static void
on_their_resume (BatonMedia *media, GParamSpec *pspec, char **offer)
{
  if (baton_media_get_remote_hold (media))
    return;
  baton_media_set_local_hold (media, FALSE);
  *offer = baton_media_create_offer (media, NULL);
}

/* Both hold. They resume, and whoever hears of that asks for an offer before their answer is written: which stays an answer. */
static void
test_offer_within_answer (void)
{
  static const char theirs[] = "v=0\r\no=- 1 %u IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                               "m=audio 4000 RTP/SAVP 0\r\na=%s\r\n"
                               "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw\r\n";
  static const char *const directions[] = { "sendrecv", "sendonly", "sendrecv" };
  g_autofree char *offer = NULL, *answer = NULL;
  Phone a;

  phone_init (&a, OPTIONAL, BATON_SRTP_KEYS_BOTH);
  for (guint i = 0; i < G_N_ELEMENTS (directions); i++)
    {
      g_autofree char *text = g_strdup_printf (theirs, i + 1, directions[i]);

      if (i == 1)
        baton_media_set_local_hold (a.media, TRUE);
      if (i == 2)
        g_signal_connect (a.media, "notify::remote-hold", G_CALLBACK (on_their_resume), &offer);
      g_free (answer);
      answer = baton_media_create_answer (a.media, text, NULL);
      g_assert_nonnull (answer);
      baton_media_start (a.media);
    }
  g_assert_nonnull (offer);
  g_assert_nonnull (strstr (answer, "a=sendonly"));
  g_assert_nonnull (strstr (answer, "a=crypto:2 AES_CM_128_HMAC_SHA1_80 "));
  g_assert_null (strstr (answer, "AES_256"));
  g_assert_null (strstr (answer, "a=setup:actpass"));
  phone_clear (&a);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_timeout_add (5, look_again, NULL);
  g_test_add_func ("/offers/ladder", test_other_offers);
  g_test_add_func ("/offers/within-answer", test_offer_within_answer);
  g_test_add_func ("/offers/taken", test_other_offer_taken);
  return g_test_run ();
}
