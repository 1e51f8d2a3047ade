/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "baton-dns-message.h"

/* The head says one question ("a. A") and one answer; what follows is that answer. */
#define HEAD "\x12\x34\x81\x80\0\1\0\1\0\0\0\0" "\1a\0" "\0\1\0\1"
#define TTL "\0\1\0\0\0\x3c" /* IN, a minute */

#define ROW(name, sound, answer) { name, HEAD answer, sizeof (HEAD answer) - 1, sound }

static const struct
{
  const char *name, *text;
  gsize length;
  gboolean sound;
} rows[] = {
  ROW ("an address", TRUE, "\xc0\x0c" "\0\1" TTL "\0\4" "\x7f\0\0\1"),
  ROW ("an alias", TRUE, "\xc0\x0c" "\0\5" TTL "\0\4" "\1b\xc0\x0e"),
  ROW ("a service", TRUE, "\xc0\x0c" "\0\x21" TTL "\0\x9" "\0\1\0\1\x13\xc4" "\1b\0"),
  ROW ("a pointer to a service", TRUE, "\xc0\x0c" "\0\x23" TTL "\0\x10" "\0\1\0\1" "\1s" "\7SIP+D2U" "\0" "\0"),
  ROW ("an authority", TRUE, "\xc0\x0c" "\0\6" TTL "\0\x18" "\xc0\x0c" "\xc0\x0c" "12345678901234567890"),
  ROW ("text", TRUE, "\xc0\x0c" "\0\x10" TTL "\0\2" "\1x"),
  ROW ("a name that points to itself", FALSE, "\xc0\x13" "\0\1" TTL "\0\4" "\x7f\0\0\1"),
  ROW ("a name with itself in it", FALSE, "\1a\xc0\x13" "\0\1" TTL "\0\4" "\x7f\0\0\1"),
  ROW ("an alias that points to itself", FALSE, "\xc0\x0c" "\0\5" TTL "\0\2" "\xc0\x1f"),
  ROW ("a service in a loop", FALSE, "\xc0\x0c" "\0\x21" TTL "\0\xa" "\0\1\0\1\x13\xc4" "\1b\xc0\x25"),
  ROW ("a pointer to a service in a loop", FALSE, "\xc0\x0c" "\0\x23" TTL "\0\x9" "\0\1\0\1" "\0\0\0" "\xc0\x26"),
  ROW ("strings that end behind it", FALSE, "\xc0\x0c" "\0\x23" TTL "\0\6" "\0\1\0\1" "\1s"),
  ROW ("an authority in a loop", FALSE, "\xc0\x0c" "\0\6" TTL "\0\x18" "\xc0\x0c" "\xc0\x21" "12345678901234567890"),
  ROW ("a name without an end", FALSE, "\xc0\x0c" "\0\5" TTL "\0\2" "\x3f""b"),
  ROW ("a label of a kind that isn't", FALSE, "\x41\x61\0" "\0\1" TTL "\0\4" "\x7f\0\0\1"),
  ROW ("a record that ends behind the message", FALSE, "\xc0\x0c" "\0\1" TTL "\0\5" "\x7f\0\0\1"),
  ROW ("no record", FALSE, ""),
  ROW ("A6", FALSE, "\xc0\x0c" "\0\x26" TTL "\0\3" "\x80\1b"),
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree guint8 *text = g_memdup2 (rows[i].text, rows[i].length); /* exactly so long */

      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (baton_dns_message_is_sound (text, rows[i].length), ==, rows[i].sound);
    }
}

static void
test_too_long (void)
{
  g_autofree guint8 *text = g_malloc0 (1461);

  memcpy (text, rows[0].text, 12);
  text[5] = text[7] = 0;
  g_assert_false (baton_dns_message_is_sound (text, 1461));
  g_assert_false (baton_dns_message_is_sound (text, 11));
  g_assert_true (baton_dns_message_is_sound (text, 12));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns-message/rows", test_rows);
  g_test_add_func ("/dns-message/too-long", test_too_long);
  return g_test_run ();
}
