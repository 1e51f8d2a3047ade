/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key presses where telephone-event was not agreed: INFO, and tones in the sound where that is refused. */
#include "wire.h"

static guint told, heard;
static char last_digit;

static void
on_message (BatonCall *call, const char *text, gpointer data)
{
  g_assert_cmpstr (text, ==, "Server refused key presses; sending as tones");
  told++;
}

static void
on_dtmf (BatonCall *call, const char *digit, guint duration_ms, gpointer data)
{
  heard++;
  last_digit = *digit;
}

static BatonTestMedia *
media_of (BatonCall *call)
{
  return BATON_TEST_MEDIA (baton_call_get_media (call));
}

static void
test_info (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTestMessage *info;

  media_of (call)->no_events = TRUE;
  baton_test_peer_set_auto (wire->bob, "INFO", 0);
  g_assert_true (baton_call_send_dtmf (call, "5", NULL));
  info = baton_test_dialog_expect (bob, "INFO", 3000);
  g_assert_nonnull (strstr (baton_test_message_get (info, "Content-Type"), "application/dtmf-relay"));
  g_assert_nonnull (strstr (info->body, "Signal=5"));
  baton_test_peer_reply (wire->bob, info, 200, NULL, NULL, NULL);
  baton_test_settle (20);
  g_assert_cmpuint (media_of (call)->tones->len, ==, 0);
  baton_test_dialog_bye (bob);
}

/* 415, and 405: that key and all after it go as tones; it is said once. */
static void
test_refused (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);
  BatonTestMessage *info;

  told = 0;
  g_signal_connect (call, "message", G_CALLBACK (on_message), NULL);
  media_of (call)->no_events = TRUE;
  baton_test_peer_set_auto (wire->bob, "INFO", 0);
  g_assert_true (baton_call_send_dtmf (call, "5", NULL));
  info = baton_test_dialog_expect (bob, "INFO", 3000);
  baton_test_peer_reply (wire->bob, info, 415, NULL, NULL, NULL);
  baton_test_wait (media_of (call)->tones->len == 1, 3000);
  g_assert_true (baton_call_send_dtmf (call, "#1", NULL));
  g_assert_cmpstr (media_of (call)->tones->str, ==, "5#1");
  g_assert_cmpuint (told, ==, 1);
  g_assert_cmpuint (baton_test_dialog_count (bob, "INFO"), ==, 1); /* no more of them */
  baton_test_dialog_bye (bob);
}

/* By RFC 5057 these end the whole dialog, whatever the request was; a key press is not worth a call. */
static void
test_refused_oddly (Wire *wire, gconstpointer data)
{
  static const guint statuses[] = { 404, 410, 416, 482, 502 };
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);

  media_of (call)->no_events = TRUE;
  baton_test_peer_set_auto (wire->bob, "INFO", 0);
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_test_message ("%u", statuses[i]);
      g_assert_true (baton_call_send_dtmf (call, "5", NULL));
      baton_test_peer_reply (wire->bob, baton_test_dialog_expect (bob, "INFO", 3000), statuses[i], NULL, NULL, NULL);
      baton_test_settle (20);
      g_assert_cmpint (baton_call_get_state (call), ==, BATON_CALL_STATE_ESTABLISHED);
    }
  g_assert_cmpuint (baton_test_dialog_count (bob, "BYE"), ==, 0);
  baton_test_dialog_bye (bob);
}

static void
receive (BatonTestDialog *bob, const char *type, const char *body, guint count, char digit)
{
  g_autofree char *header = g_strdup_printf ("Content-Type: %s\r\n", type);

  baton_test_dialog_send (bob, "INFO", header, body);
  baton_test_dialog_expect (bob, "200 INFO", 3000);
  baton_test_drain ();
  g_assert_cmpuint (heard, ==, count);
  if (digit != 0)
    g_assert_cmpint (last_digit, ==, digit);
}

static void
test_received (Wire *wire, gconstpointer data)
{
  BatonTestDialog *bob;
  BatonCall *call = baton_test_phone_call (wire->phone, wire->bob, &bob);

  heard = 0;
  g_signal_connect (call, "dtmf", G_CALLBACK (on_dtmf), NULL);
  receive (bob, "application/dtmf-relay", "Signal=*\r\nDuration=250\r\n", 1, '*');
  receive (bob, "application/dtmf-relay", "Signal= 7\r\nDuration= 100\r\n", 2, '7');
  receive (bob, "application/dtmf", "9", 3, '9');
  receive (bob, "application/dtmf-relay", "Signal=x\r\n", 3, 0);
  receive (bob, "text/plain", "Signal=1\r\n", 3, 0);
  /* as others write it: by the number of the event, another case, blanks, a colon */
  receive (bob, "application/dtmf-relay", "Signal=10\r\nDuration=100\r\n", 4, '*');
  receive (bob, "application/dtmf-relay", "Signal=11\r\n", 5, '#');
  receive (bob, "application/dtmf-relay", "Duration=100\r\nsignal = d\r\n", 6, 'D');
  receive (bob, "application/dtmf-relay", "Signal: 5\n", 7, '5');
  receive (bob, "application/dtmf-relay", "Signal=16\r\n", 7, 0);
  receive (bob, "application/dtmf-relay", "Signal=123\r\n", 7, 0);
  baton_test_dialog_bye (bob);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/dtmf/info", NULL, test_info);
  wire_add ("/dtmf/info-refused", NULL, test_refused);
  wire_add ("/dtmf/info-refused-oddly", NULL, test_refused_oddly);
  wire_add ("/dtmf/info-received", NULL, test_received);
  return g_test_run ();
}
