/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-sip-multipart.h"

#include <string.h>

/* Bodies as a stranger may write them; what is found is the part with its head, or nothing. */
static void
test_find (void)
{
  static const struct
  {
    const char *body, *boundary, *id, *part;
  } rows[] = {
    { "--b\r\nContent-ID: <1@x>\r\n\r\ntext\r\n--b--\r\n", "b", "1@x", "Content-ID: <1@x>\r\n\r\ntext" },
    { "preamble\r\n--b\r\nX: y\r\n\r\nno\r\n--b\r\ncontent-id:<1@x>\r\nX: z\r\n\r\ntwo\r\nlines\r\n--b--", "b", "1@x",
      "content-id:<1@x>\r\nX: z\r\n\r\ntwo\r\nlines" },
    { "--b\nContent-ID: <1@x>\n\ntext\n--b--\n", "b", "1@x", "Content-ID: <1@x>\n\ntext" },
    { "--b\r\nContent-ID: <1@x>\r\n\r\na --b in a line\r\n--b--\r\n", "b", "1@x",
      "Content-ID: <1@x>\r\n\r\na --b in a line" },
    { "--b\r\n\r\nContent-ID: <1@x>\r\n--b--\r\n", "b", "1@x", NULL },          /* not in the head */
    { "--b\r\nContent-ID: <1@xy>\r\n\r\ntext\r\n--b--\r\n", "b", "1@x", NULL }, /* another one */
    { "--b\r\nContent-ID: 1@x\r\n\r\ntext\r\n--b--\r\n", "b", "1@x", NULL },
    { "--b\r\nContent-ID: <1@x>\r\n\r\ntext", "b", "1@x", NULL },               /* not closed */
    { "--b", "b", "1@x", NULL },
    { "--b\r\n", "b", "1@x", NULL },
    { "", "b", "1@x", NULL },
    { "\n\n\n", "b", "1@x", NULL },
    { "--b--\r\n--b--\r\n", "", "1@x", NULL },
    { "--b\r\nContent-ID: <>\r\n\r\ntext\r\n--b--\r\n", "b", "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      /* exactly so long: what reads on is seen by the sanitizers */
      g_autofree char *body = g_memdup2 (rows[i].body, strlen (rows[i].body));
      g_autoptr (GBytes) part =
        baton_sip_multipart_find (body != NULL ? body : "", strlen (rows[i].body), rows[i].boundary, rows[i].id);

      g_test_message ("row %u", i);
      if (rows[i].part == NULL)
        g_assert_null (part);
      else
        g_assert_cmpmem (g_bytes_get_data (part, NULL), g_bytes_get_size (part), rows[i].part, strlen (rows[i].part));
    }
}

static void
test_find_type (void)
{
  static const struct
  {
    const char *body, *content;
    gsize length; /* of a body with a NUL in it */
  } rows[] = {
    { "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=-\r\n--b--\r\n", "v=0\r\no=-", 0 },
    { "--b\r\nContent-Type: text/plain\r\n\r\nno\r\n--b\r\nX: y\r\ncontent-type:Application/SDP;x=y\r\n\r\nv=0\r\n--b--",
      "v=0", 0 },
    { "--b\nContent-Type:application/sdp \n\nv=0\n--b--\n", "v=0", 0 },
    { "--b\r\nContent-Type: application/sdpx\r\n\r\nv=0\r\n--b--\r\n", NULL, 0 },
    { "--b\r\n\r\nv=0\r\n--b--\r\n", NULL, 0 },                                  /* text/plain */
    { "--b\r\nContent-Type: application/sdp\r\n\r\n\r\n--b--\r\n", NULL, 0 },  /* empty */
    { "--b\r\nContent-Type: application/sdp\r\n--b--\r\n", NULL, 0 },           /* nothing but a head */
    { "--b\r\nContent-Type: application/sdp\r\n\r\nv=0", NULL, 0 },             /* not closed */
    { "--b\r\nContent-Type: application/sdp\r\n\0foo\r\n\r\nv=0\r\n--b--\r\n", "\r\nv=0", 56 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize length = rows[i].length != 0 ? rows[i].length : strlen (rows[i].body);
      g_autofree char *body = g_memdup2 (rows[i].body, length);
      g_autoptr (GBytes) content = baton_sip_multipart_find_type (body, length, "b", "application/sdp");

      g_test_message ("row %u", i);
      if (rows[i].content == NULL)
        g_assert_null (content);
      else
        g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), rows[i].content, strlen (rows[i].content));
    }
}

static void
test_limits (void)
{
  g_autoptr (GString) body = g_string_new ("--b\r\nContent-ID: <1@x>\r\n\r\n");
  g_autofree char *boundary = g_strnfill (71, 'b');

  for (guint i = 0; i <= BATON_MAX_PART; i++)
    g_string_append_c (body, 'x');
  g_string_append (body, "\r\n--b--\r\n");
  g_assert_null (baton_sip_multipart_find (body->str, body->len, "b", "1@x"));
  g_assert_null (baton_sip_multipart_find (body->str, body->len, boundary, "1@x"));
}

/* What was joined is found again, whatever bytes it has. */
static void
test_join (void)
{
  static const char bytes[] = "Content-ID: <1@x>\r\nContent-Type: application/pkcs7-mime\r\n\r\n\0\1\2--\r\n--baton-\xff";
  g_autoptr (GBytes) part = g_bytes_new_static (bytes, sizeof bytes - 1), whole = NULL, again = NULL, sdp = NULL;
  g_autofree char *type = NULL, *boundary = NULL;
  const char *start;

  whole = baton_sip_multipart_join ("v=0\r\n", part, &type);
  start = strstr (type, "boundary=\"");
  g_assert_true (g_str_has_prefix (type, "multipart/mixed;"));
  g_assert_nonnull (start);
  boundary = g_strndup (start + strlen ("boundary=\""), strcspn (start + strlen ("boundary=\""), "\""));
  again = baton_sip_multipart_find (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), boundary, "1@x");
  g_assert_nonnull (again);
  g_assert_true (g_bytes_equal (again, part));
  g_assert_nonnull (strstr (g_bytes_get_data (whole, NULL), "Content-Type: application/sdp\r\n\r\nv=0\r\n"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/multipart/find", test_find);
  g_test_add_func ("/multipart/find-type", test_find_type);
  g_test_add_func ("/multipart/limits", test_limits);
  g_test_add_func ("/multipart/join", test_join);
  return g_test_run ();
}
