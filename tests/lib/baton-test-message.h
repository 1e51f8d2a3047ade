/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BatonTestMessage:
 * One SIP message as it was on the wire, read leniently and without any SIP library, so that it is
 * a second opinion on what the stack under test wrote.
 */
typedef struct
{
  gboolean sent;          /* by the scripted peer */
  gboolean taken;         /* an expect has returned it */
  guint index;            /* place in the peer's trace, from 0 */
  gint64 time;            /* µs, monotonic */
  GSocketAddress *remote;
  gpointer stream;        /* (nullable) the TCP connection it came by */

  gboolean is_request;
  char *method;           /* of the request, or of CSeq in a response */
  char *uri;              /* requests */
  guint status;           /* responses */
  char *reason;           /* responses */
  guint cseq;
  GPtrArray *names;       /* of char *, in order, as written */
  GPtrArray *values;      /* of char *, unfolded and trimmed */
  char *body;             /* never NULL, NUL-terminated */
  char *text;             /* all of it */
} BatonTestMessage;

/** baton_test_message_parse: Returns: (transfer full) (nullable): NULL when the first line is no SIP start line */
BatonTestMessage *baton_test_message_parse (const char *text, gsize length);
void baton_test_message_free (BatonTestMessage *self);

/** baton_test_message_get: Returns: (nullable): of the first header @name; compact forms are the same */
const char *baton_test_message_get (const BatonTestMessage *self, const char *name);
/** baton_test_message_get_nth: the same of the @n-th one, from 0 */
const char *baton_test_message_get_nth (const BatonTestMessage *self, const char *name, guint n);
guint baton_test_message_count (const BatonTestMessage *self, const char *name);
/** baton_test_message_has_token: Returns: whether the comma list in the headers @name has @token, parameters aside */
gboolean baton_test_message_has_token (const BatonTestMessage *self, const char *name, const char *token);

/** Returns: (transfer full) (nullable): parameter @parameter of header @name, for name-addr headers outside of <> */
char *baton_test_message_dup_parameter (const BatonTestMessage *self, const char *name, const char *parameter);
/** Returns: (transfer full) (nullable): the URI of a name-addr or addr-spec header, without <> */
char *baton_test_message_dup_uri (const BatonTestMessage *self, const char *name);
/** Returns: status of the sipfrag in the body; 0 when there is none */
guint baton_test_message_get_sipfrag_status (const BatonTestMessage *self);

/**
 * baton_test_message_check:
 * What every message of a correct stack has, whatever it is about (RFC 3261 §8.1.1, §20): the six
 * headers once each, a From tag, a Contact where the method needs one, a true Content-Length.
 * Returns: (transfer full) (nullable): what is wrong, in words; NULL when nothing is
 */
char *baton_test_message_check (const BatonTestMessage *self);

/** baton_test_message_matches: @what is a method ("REFER"), or status and method ("200 INVITE", "4xx REFER") */
gboolean baton_test_message_matches (const BatonTestMessage *self, const char *what);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatonTestMessage, baton_test_message_free)

G_END_DECLS
