/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Referred-By and the body part that proves it go to the target as they came (RFC 3892 §2.2, refer.md §3.5). */
#include "wire.h"

#define CID "20398823.2UWQFN309shb3@referrer.example"
#define BY "<sip:alice@example.net>;cid=\"" CID "\""
#define TOKEN "Content-Type: multipart/signed;protocol=\"application/pkcs7-signature\";micalg=sha1;boundary=in\r\n" \
              "Content-ID: <" CID ">\r\n" \
              "X-Odd:   kept as it is\r\n\r\n" \
              "--in\r\nContent-Type: message/sipfrag\r\n\r\nRefer-To: <sip:x@y>\r\n\r\n--in\r\n\r\nsignature\r\n--in--\r\n"

/* A REFER with this body. Returns: Carol's side of the call that follows, not answered yet */
static BatonTestDialog *
follow (Wire *wire, const char *headers, const char *body, BatonTestDialog **alice)
{
  g_autofree char *all = g_strdup_printf ("Refer-To: <%s>\nReferred-By: " BY "\n%s", baton_test_peer_get_uri (wire->carol),
                                          headers);
  BatonTestDialog *carol;

  baton_test_phone_take (wire->phone, wire->alice, NULL, alice);
  baton_test_dialog_send (*alice, "REFER", all, body);
  baton_test_dialog_expect (*alice, "202 REFER", 3000);
  carol = baton_test_peer_take_invite (wire->carol);
  g_assert_cmpstr (baton_test_message_get (carol->invite, "Referred-By"), ==, BY);
  return carol;
}

/* It carries both: our own offer, and the part byte by byte; and the call comes about. */
static void
expect_part (Wire *wire, BatonTestDialog *carol, const char *part)
{
  g_autofree char *type = g_strdup (baton_test_message_get (carol->invite, "Content-Type"));
  const char *boundary = strstr (type, "boundary=\"");
  g_autofree char *delimiter = NULL, *framed = NULL;
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  g_assert_true (g_str_has_prefix (type, "multipart/mixed"));
  g_assert_nonnull (boundary);
  delimiter = g_strdup_printf ("\r\n--%.*s", (int) strcspn (boundary + 10, "\""), boundary + 10);
  framed = g_strdup_printf ("%s\r\n%s%s--", delimiter, part, delimiter);
  g_assert_nonnull (strstr (carol->invite->body, framed));
  g_assert_nonnull (strstr (carol->invite->body, "Content-Type: application/sdp\r\n\r\nv=0\r\n"));
  g_assert_true (g_str_has_prefix (carol->invite->body, delimiter + 2));
  baton_test_dialog_reply (carol, 200, NULL, sdp);
  baton_test_wait_call (baton_test_phone_get_call (wire->phone), ESTABLISHED);
}

static void
test_multipart (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;

  carol = follow (wire, "Content-Type: multipart/mixed;boundary=\"out er\"\n",
                  "--out er\r\nContent-Type: text/plain\r\n\r\nsomething else\r\n--out er\r\n" TOKEN "\r\n--out er--\r\n", &alice);
  expect_part (wire, carol, TOKEN);
  g_assert_null (strstr (carol->invite->body, "something else")); /* that was for us */
  baton_test_dialog_expect_notify (alice, 200, 3000);
}

/* The part is all of the body: its head is the request's. */
static void
test_whole_body (Wire *wire, gconstpointer data)
{
  BatonTestDialog *alice, *carol;

  carol = follow (wire, "Content-Type: multipart/signed;boundary=in\nContent-ID: <" CID ">\n", "--in\r\nsigned\r\n--in--\r\n",
                  &alice);
  expect_part (wire, carol,
               "Content-Type: multipart/signed;boundary=in\r\nContent-ID: <" CID ">\r\n\r\n--in\r\nsigned\r\n--in--\r\n");
}

/* No such part, broken ones: the header alone, and an INVITE with nothing but its offer. */
static void
test_none (Wire *wire, gconstpointer data)
{
  static const struct
  {
    const char *headers, *body;
  } rows[] = {
    { "", NULL },
    { "Content-Type: multipart/mixed;boundary=b\n", "--b\r\nContent-ID: <other@x>\r\n\r\ntext\r\n--b--\r\n" },
    { "Content-Type: multipart/mixed;boundary=b\n", "--b\r\n" TOKEN },
    { "Content-Type: multipart/mixed\n", "--b\r\n" TOKEN "\r\n--b--\r\n" },
    { "Content-Type: text/plain\n", "text" },
    { "Content-Type: text/plain\nContent-ID: <other@x>\n", "text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BatonTestDialog *alice, *carol;

      g_test_message ("row %u", i);
      carol = follow (wire, rows[i].headers, rows[i].body, &alice);
      g_assert_cmpstr (baton_test_message_get (carol->invite, "Content-Type"), ==, "application/sdp");
      g_assert_true (g_str_has_prefix (carol->invite->body, "v=0"));
      baton_test_dialog_reply (carol, 486, NULL, NULL);
      baton_test_dialog_expect_notify (alice, 486, 3000);
      baton_test_dialog_bye (alice);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  wire_add ("/referred-by/multipart", NULL, test_multipart);
  wire_add ("/referred-by/whole-body", NULL, test_whole_body);
  wire_add ("/referred-by/none", NULL, test_none);
  return g_test_run ();
}
