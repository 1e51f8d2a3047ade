/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-dtls.h"
#include "baton-sdp.h"
#include "fuzz.h"

static const BatonCodecId codecs[] = { BATON_CODEC_OPUS, BATON_CODEC_G722, BATON_CODEC_PCMU, BATON_CODEC_PCMA };

static void
check_agreement (const BatonSdpAgreement *agreement)
{
  fuzz_assert (agreement->payload_type < 128);
  fuzz_assert (agreement->event_payload_type >= -1 && agreement->event_payload_type < 128);
}

/* As their offer, as their answer to ours, and as a further offer in the same session. */
static void
check_with (const BatonSdp *theirs, const BatonSdpSecurityLocal *security, const BatonSdpIce *ice)
{
  g_autoptr (BatonSdp) answer = NULL;
  g_autoptr (BatonSdp) offer = NULL;
  g_autoptr (BatonSdp) second = NULL;
  BatonSdpAgreement agreement = { 0 };
  BatonSdpLocal local = { .id = 1, .address = "127.0.0.1", .port = 40000, .rtcp_port = 40001,
                          .direction = BATON_SDP_SENDRECV, .codecs = codecs, .n_codecs = G_N_ELEMENTS (codecs),
                          .security = security, .ice = ice };

  answer = baton_sdp_create_answer (&local, theirs, &agreement, NULL);
  if (answer != NULL)
    {
      g_autofree char *written = baton_sdp_to_string (answer);
      g_autoptr (BatonSdp) again = baton_sdp_parse (written, NULL);

      check_agreement (&agreement);
      fuzz_assert (answer->media->len == theirs->media->len); /* RFC 3264 §6 */
      fuzz_assert (again != NULL && again->media->len == answer->media->len);
      local.previous = answer;
      second = baton_sdp_create_offer (&local);
      fuzz_assert (second->media->len >= answer->media->len);
      local.previous = NULL;
    }
  offer = baton_sdp_create_offer (&local);
  if (baton_sdp_take_answer (&local, offer, theirs, FALSE, &agreement, NULL))
    check_agreement (&agreement);
}

/* A description of theirs, for us without encryption, with it where they can, and with nothing else; and ICE. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static BatonSdpSecurityLocal security = { .sdes = TRUE };
  static BatonSdpIce *ice;
  g_autofree char *text = fuzz_text (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (BatonSdp) theirs = baton_sdp_parse (text, &error);

  fuzz_assert ((theirs == NULL) == (error != NULL));
  if (theirs == NULL)
    return 0;
  if (ice == NULL)
    {
      fuzz_assert (baton_sdp_security_generate (&security));
      security.fingerprint = baton_dtls_get_own_fingerprint ();
      ice = baton_sdp_ice_new ();
      baton_sdp_ice_read (ice, "ice-ufrag", "abcd");
      baton_sdp_ice_read (ice, "ice-pwd", "abcdefghijklmnopqrstuvwx");
      baton_sdp_ice_read (ice, "candidate", "1 1 UDP 2130706431 127.0.0.1 40000 typ host");
      fuzz_assert (baton_sdp_ice_is_usable (ice));
    }
  check_with (theirs, NULL, NULL);
  security.mode = BATON_SRTP_MODE_OPTIONAL;
  check_with (theirs, &security, ice);
  security.mode = BATON_SRTP_MODE_REQUIRED;
  check_with (theirs, &security, NULL);
  return 0;
}
