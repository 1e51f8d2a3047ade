/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peers whose Contact nothing can be sent to: whatever the user does then, the phone lives on and the next call works. */
#include "wire.h"

static const char *const contacts[] = {
  "<tel:+15550100>",
  "<mailto:bob@192.0.2.1>",
  "<\xff\xfesip:bob@192.0.2.1>",
  "<sip:>",
  "<sip:bob@>",
  "<sip:bob@127.0.0.1:0>",
  "<sip:bob@127.0.0.1:99999>",
  "<sip:bob@127.0.0.1;transport=carrier-pigeon>",
  "<sip:bob@127.0.0.1;transport=tls>",
  "<sip:bob@[::1>",
  "<sips:bob@127.0.0.1>",
  "<urn:service:sos>",
  "*",
};

/* What is no address that a request could go to: such a call is refused before anybody hears of it. */
static const char *const refused[] = {
  "", /* none */
  "<sip:bob@127.0.0.1:5060>, <sip:bob@127.0.0.1:5062>",
  "*",
  "<tel:+15550100>",
  "<mailto:bob@192.0.2.1>",
  "<urn:service:sos>",
  "<sip:bob@127.0.0.1:99999>",
};

/* What somebody behind a route may well have, though we could not reach it ourselves. */
static const char *const taken[] = {
  "<sip:df7jal23ls0d@n3c8s7k2.invalid;transport=ws>",
  "<sip:bob@127.0.0.1;transport=tls>",
  "<sips:bob@127.0.0.1>",
};

static BatonCall *
take (Wire *wire, const char *contact, BatonTestDialog **dialog)
{
  g_autofree char *headers = contact != NULL ? g_strdup_printf ("Contact: %s\n", contact) : NULL;
  guint before = baton_test_phone_count_calls (wire->phone);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");
  BatonTestMessage *answer;
  BatonCall *call;

  *dialog = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);
  baton_test_dialog_send (*dialog, "INVITE", headers, sdp);
  baton_test_wait (baton_test_phone_count_calls (wire->phone) > before ||
                     baton_test_dialog_count (*dialog, "400 INVITE") + baton_test_dialog_count (*dialog, "416 INVITE") > 0,
                   3000);
  if (baton_test_phone_count_calls (wire->phone) == before)
    return NULL;
  call = baton_test_phone_get_call (wire->phone);
  baton_call_answer (call, NULL);
  answer = baton_test_dialog_expect (*dialog, "200 INVITE", 3000);
  g_assert_nonnull (answer);
  baton_test_drain ();
  return call;
}

static void
expect_alive (Wire *wire)
{
  BatonTestDialog *dialog;
  BatonCall *call = take (wire, NULL, &dialog);

  baton_test_wait_call (call, ESTABLISHED);
  g_assert_true (baton_call_hangup (call, NULL));
  baton_test_dialog_expect (dialog, "BYE", 3000);
  baton_test_wait_call (call, ENDED);
}

static void
test_refused (Wire *wire, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *headers = g_strdup_printf ("Contact: %s\n", refused[i]);
      g_autofree char *sdp = baton_test_sdp ("sendrecv");
      BatonTestDialog *dialog = baton_test_dialog_new (wire->bob, wire->phone->uri, NULL);

      g_test_message ("refused: %s", refused[i]);
      baton_test_dialog_send (dialog, "INVITE", headers, sdp);
      baton_test_dialog_expect (dialog, "400 INVITE", 3000);
      g_assert_cmpuint (baton_test_dialog_count (dialog, "180 INVITE"), ==, 0);
      g_assert_cmpuint (wire->phone->calls->len, ==, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (taken); i++)
    {
      g_autofree char *headers = g_strdup_printf ("Contact: %s\nRecord-Route: <%s;lr>\n", taken[i],
                                                  baton_test_peer_get_uri (wire->bob));
      BatonTestDialog *dialog;
      BatonCall *call = baton_test_phone_take (wire->phone, wire->bob, headers, &dialog);

      g_test_message ("taken: %s", taken[i]);
      baton_test_wait_call (call, ESTABLISHED);
      g_assert_true (baton_call_hangup (call, NULL));
      baton_test_dialog_expect (dialog, "BYE", 3000); /* by the route */
      baton_test_wait_call (call, ENDED);
    }
  expect_alive (wire);
}

/* The other way round: an answer that leaves no place to send the ACK to ends the call at once, and is said. */
static void
test_answered (Wire *wire, gconstpointer data)
{
  BatonCallManager *calls = baton_engine_get_calls (wire->phone->engine);

  for (guint i = 1; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *headers = g_strdup_printf ("Contact: %s\n", refused[i]);
      g_autofree char *sdp = baton_test_sdp ("sendrecv");
      BatonCall *call = baton_call_manager_place (calls, wire->phone->account, baton_test_peer_get_uri (wire->bob), NULL, NULL);
      BatonTestDialog *dialog = baton_test_peer_take_invite (wire->bob);

      g_test_message ("answered: %s", refused[i]);
      baton_test_dialog_reply (dialog, 200, headers, sdp);
      baton_test_wait_call (call, ENDED);
      g_assert_cmpuint (wire_get_uint (call, "status"), ==, 502);
    }
  expect_alive (wire);
}

static void
end (BatonCall *call)
{
  if (baton_call_get_state (call) != BATON_CALL_STATE_ENDED)
    baton_call_hangup (call, NULL);
  baton_test_wait_call (call, ENDED);
}

typedef void (*Step) (Wire *wire, BatonCall *call, BatonTestDialog *dialog, const char *contact);

/* A call with each of the contacts, from its first message (@broken) or not, and then the step. */
static void
with_each (Wire *wire, gboolean broken, Step step)
{
  for (guint i = 0; i < G_N_ELEMENTS (contacts); i++)
    {
      BatonTestDialog *dialog;
      BatonCall *call = take (wire, broken ? contacts[i] : NULL, &dialog);

      g_test_message ("%u: %s", i, call != NULL ? "taken" : "refused");
      g_assert_true (broken || call != NULL);
      if (call == NULL)
        continue;
      if (step != NULL)
        step (wire, call, dialog, contacts[i]);
      end (call);
    }
  expect_alive (wire);
}

static void
hold (Wire *wire, BatonCall *call, BatonTestDialog *dialog, const char *contact)
{
  baton_call_hold_async (call, NULL, NULL);
  baton_test_settle (50);
}

/* The REFER can't be sent; nor can the NOTIFYs of one that is followed. */
static void
transfer (Wire *wire, BatonCall *call, BatonTestDialog *dialog, const char *contact)
{
  baton_engine_transfer (wire->phone->engine, call, baton_test_peer_get_uri (wire->carol), NULL, NULL);
  baton_test_settle (50);
}

/* The Contact of a call that is up is changed to one that leads nowhere … */
static void
refresh (BatonCall *call, BatonTestDialog *dialog, const char *contact)
{
  g_autofree char *headers = g_strdup_printf ("Contact: %s\n", contact);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  baton_test_wait_call (call, ESTABLISHED);
  baton_test_dialog_send (dialog, "INVITE", headers, sdp);
}

static void
refresh_and_hold (Wire *wire, BatonCall *call, BatonTestDialog *dialog, const char *contact)
{
  refresh (call, dialog, contact);
  baton_test_settle (30);
  hold (wire, call, dialog, contact);
}

/* … by a REFER, whose NOTIFYs can't be sent. */
static void
refer (Wire *wire, BatonCall *call, BatonTestDialog *dialog, const char *contact)
{
  g_autofree char *headers = g_strdup_printf ("Refer-To: <%s>\nContact: %s\n", baton_test_peer_get_uri (wire->carol), contact);

  baton_test_wait_call (call, ESTABLISHED);
  baton_test_dialog_send (dialog, "REFER", headers, NULL);
  baton_test_settle (50);
}

static void
test_hung_up (Wire *wire, gconstpointer data)
{
  with_each (wire, TRUE, NULL);
}

static void
test_held (Wire *wire, gconstpointer data)
{
  with_each (wire, TRUE, hold);
}

static void
test_transferred (Wire *wire, gconstpointer data)
{
  with_each (wire, TRUE, transfer);
}

static void
test_refreshed (Wire *wire, gconstpointer data)
{
  with_each (wire, FALSE, refresh_and_hold);
}

static void
test_followed (Wire *wire, gconstpointer data)
{
  with_each (wire, FALSE, refer);
}

/* The answer to a refresh is never acknowledged, either: the stack's own BYE can't be sent. */
static void
test_unacknowledged (Wire *wire, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (contacts); i++)
    {
      BatonTestDialog *dialog;
      BatonCall *call = take (wire, NULL, &dialog);

      dialog->auto_ack = FALSE;
      refresh (call, dialog, contacts[i]);
    }
  baton_test_settle (64 * BATON_TEST_T1_MS + 500);
  for (guint i = 0; i < wire->phone->calls->len; i++)
    end (g_ptr_array_index (wire->phone->calls, i));
  expect_alive (wire);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/broken-contact/refused", NULL, test_refused);
  wire_add ("/broken-contact/answered", NULL, test_answered);
  wire_add ("/broken-contact/hung-up", NULL, test_hung_up);
  wire_add ("/broken-contact/held", NULL, test_held);
  wire_add ("/broken-contact/transferred", NULL, test_transferred);
  wire_add ("/broken-contact/refreshed", NULL, test_refreshed);
  wire_add ("/broken-contact/unacknowledged", NULL, test_unacknowledged);
  wire_add ("/broken-contact/followed", NULL, test_followed);
  return g_test_run ();
}
