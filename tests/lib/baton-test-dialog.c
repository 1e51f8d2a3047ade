/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "baton-test-dialog.h"

#include <string.h>

#include "baton-test-wait.h"

#define DEADLINE_MS 3000

G_DEFINE_FINAL_TYPE (BatonTestDialog, baton_test_dialog, G_TYPE_OBJECT)

static void
set_string (char **place, char *value)
{
  g_free (*place);
  *place = value;
}

static void
take_routes (BatonTestDialog *self, BatonTestMessage *message, gboolean reversed)
{
  const char *value;

  g_ptr_array_set_size (self->routes, 0);
  for (guint n = 0; (value = baton_test_message_get_nth (message, "Record-Route", n)) != NULL; n++)
    g_ptr_array_insert (self->routes, reversed ? 0 : -1, g_strdup (value));
}

static void
take_target (BatonTestDialog *self, BatonTestMessage *message)
{
  char *target = baton_test_message_dup_uri (message, "Contact");

  if (target != NULL)
    set_string (&self->target, target);
}

static void
on_response (BatonTestDialog *self, BatonTestMessage *message)
{
  gboolean invite = strcmp (message->method, "INVITE") == 0;
  g_autofree char *tag = baton_test_message_dup_parameter (message, "To", "tag");

  if (message->status < 200 || message->status >= 700)
    return;
  if (self->remote_tag == NULL && tag != NULL && message->status < 300
      && (invite || !strcmp (message->method, "REFER") || !strcmp (message->method, "SUBSCRIBE")))
    {
      self->remote_tag = g_strdup (tag);
      take_routes (self, message, TRUE);
    }
  if (!invite || message->cseq != self->invite_cseq)
    return;
  if (message->status >= 300)
    {
      g_autofree char *to = g_strdup_printf ("To: %s\r\n", baton_test_message_get (message, "To"));

      baton_test_dialog_send (self, "ACK", to, NULL);
    }
  else if (self->remote_tag != NULL && strcmp (tag, self->remote_tag) == 0)
    {
      take_target (self, message);
      if (self->auto_ack)
        baton_test_dialog_send (self, "ACK", NULL, self->ack_body);
    }
}

static void
on_request (BatonTestDialog *self, BatonTestMessage *message)
{
  if (strcmp (message->method, "ACK") == 0 || strcmp (message->method, "CANCEL") == 0)
    return;
  if (self->remote_cseq != 0 && message->cseq <= self->remote_cseq)
    baton_test_peer_fail (self->peer, "%s with CSeq %u after %u", message->method, message->cseq, self->remote_cseq);
  self->remote_cseq = message->cseq;
  if (strcmp (message->method, "INVITE") == 0 || strcmp (message->method, "UPDATE") == 0)
    take_target (self, message);
}

static void
on_received (BatonTestDialog *self, BatonTestMessage *message)
{
  g_autofree char *from = baton_test_message_dup_parameter (message, "From", "tag");
  g_autofree char *to = baton_test_message_dup_parameter (message, "To", "tag");

  if (g_strcmp0 (baton_test_message_get (message, "Call-ID"), self->call_id) != 0)
    return;
  if (!message->is_request && g_strcmp0 (from, self->local_tag) == 0)
    on_response (self, message);
  else if (message->is_request && message != self->invite && g_strcmp0 (to, self->local_tag) == 0)
    {
      if (self->remote_tag == NULL) /* NOTIFY before the 2xx */
        self->remote_tag = g_strdup (from);
      if (g_strcmp0 (from, self->remote_tag) == 0)
        on_request (self, message);
    }
}

static void
baton_test_dialog_finalize (GObject *object)
{
  BatonTestDialog *self = BATON_TEST_DIALOG (object);

  g_free (self->call_id);
  g_free (self->local);
  g_free (self->remote);
  g_free (self->local_tag);
  g_free (self->remote_tag);
  g_free (self->target);
  g_free (self->ack_body);
  g_free (self->invite_branch);
  g_ptr_array_unref (self->routes);
  G_OBJECT_CLASS (baton_test_dialog_parent_class)->finalize (object);
}

static void
baton_test_dialog_class_init (BatonTestDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = baton_test_dialog_finalize;
}

static void
baton_test_dialog_init (BatonTestDialog *self)
{
  self->routes = g_ptr_array_new_with_free_func (g_free);
  self->auto_ack = TRUE;
}

static BatonTestDialog *
create (BatonTestPeer *peer)
{
  BatonTestDialog *self = g_object_new (BATON_TYPE_TEST_DIALOG, NULL);
  GPtrArray *dialogs = g_object_get_data (G_OBJECT (peer), "dialogs");

  if (dialogs == NULL)
    {
      dialogs = g_ptr_array_new_with_free_func (g_object_unref);
      g_object_set_data_full (G_OBJECT (peer), "dialogs", dialogs, (GDestroyNotify) g_ptr_array_unref);
    }
  g_ptr_array_add (dialogs, self);
  self->peer = peer;
  g_signal_connect_object (peer, "received", G_CALLBACK (on_received), self, G_CONNECT_SWAPPED);
  return self;
}

BatonTestDialog *
baton_test_dialog_new (BatonTestPeer *peer, const char *uri, const char *call_id)
{
  BatonTestDialog *self = create (peer);

  self->call_id = call_id != NULL ? g_strdup (call_id)
                                  : g_strdup_printf ("%s-%08x%08x", baton_test_peer_get_user (peer), g_random_int (),
                                                     g_random_int ());
  self->local = g_strdup_printf ("<%s>", baton_test_peer_get_uri (peer));
  self->remote = g_strdup_printf ("<%.*s>", (int) strcspn (uri, ";"), uri);
  self->target = g_strdup (uri);
  self->local_tag = g_strdup_printf ("%s%08x", baton_test_peer_get_user (peer), g_random_int ());
  self->cseq = g_random_int_range (1, 1000);
  return self;
}

BatonTestDialog *
baton_test_dialog_new_from_invite (BatonTestPeer *peer, BatonTestMessage *invite)
{
  BatonTestDialog *self = create (peer);

  self->invite = invite;
  self->call_id = g_strdup (baton_test_message_get (invite, "Call-ID"));
  self->local = g_strdup (baton_test_message_get (invite, "To"));
  self->remote = g_strdup (baton_test_message_get (invite, "From"));
  if (strstr (self->remote, ";tag=") != NULL)
    *strstr (self->remote, ";tag=") = '\0';
  self->remote_tag = baton_test_message_dup_parameter (invite, "From", "tag");
  self->local_tag = g_strdup (baton_test_peer_get_tag (peer, invite));
  self->remote_cseq = invite->cseq;
  self->cseq = g_random_int_range (1, 1000);
  take_target (self, invite);
  take_routes (self, invite, FALSE);
  return self;
}

guint
baton_test_dialog_append (BatonTestDialog *self, GString *text, const char *method, const char *headers, const char *body)
{
  gboolean ack = strcmp (method, "ACK") == 0, cancel = strcmp (method, "CANCEL") == 0;
  g_autofree char *branch = NULL, *via = NULL, *from = NULL, *to = NULL, *cseq = NULL, *contact = NULL, *base = NULL;
  const char *transport;
  guint number;

  branch = baton_test_peer_make_branch (self->peer);
  if (strcmp (method, "INVITE") == 0)
    {
      set_string (&self->invite_branch, g_strdup (branch));
      self->invite_cseq = self->cseq + 1;
    }
  else if (cancel || (ack && headers != NULL)) /* the ACK of a refusal is part of its transaction */
    set_string (&branch, g_strdup (self->invite_branch));
  number = ack || cancel ? self->invite_cseq : ++self->cseq;

  base = baton_test_peer_make_via (self->peer);
  via = g_strdup_printf ("%s;branch=%s", base, branch);
  from = g_strdup_printf ("%s;tag=%s", self->local, self->local_tag);
  to = self->remote_tag != NULL && !(cancel && number == 1) ? g_strdup_printf ("%s;tag=%s", self->remote,
                                                                               self->remote_tag)
                                                            : g_strdup (self->remote);
  cseq = g_strdup_printf ("%u %s", number, method);
  transport = baton_test_peer_get_transport (self->peer);
  contact = g_strdup_printf ("<%s%s%s>", baton_test_peer_get_uri (self->peer), g_str_equal (transport, "udp") ? "" : ";transport=",
                             g_str_equal (transport, "udp") ? "" : transport);

  g_string_append_printf (text, "%s %s SIP/2.0\r\n", method, self->target);
  baton_test_headers_append (text, headers, "Via", via);
  baton_test_headers_append (text, headers, "Max-Forwards", "70");
  for (guint i = 0; i < self->routes->len; i++)
    g_string_append_printf (text, "Route: %s\r\n", (char *) g_ptr_array_index (self->routes, i));
  baton_test_headers_append (text, headers, "From", from);
  baton_test_headers_append (text, headers, "To", to);
  baton_test_headers_append (text, headers, "Call-ID", self->call_id);
  baton_test_headers_append (text, headers, "CSeq", cseq);
  if (!ack && !cancel && strcmp (method, "BYE") != 0)
    baton_test_headers_append (text, headers, "Contact", contact);
  baton_test_headers_finish (text, headers, body);
  return number;
}

void
baton_test_dialog_send_text (BatonTestDialog *self, GString *text)
{
  baton_test_peer_send_bytes (self->peer, self->routes->len > 0 ? g_ptr_array_index (self->routes, 0) : self->target,
                              text->str, text->len);
}

guint
baton_test_dialog_send (BatonTestDialog *self, const char *method, const char *headers, const char *body)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint number = baton_test_dialog_append (self, text, method, headers, body);

  baton_test_dialog_send_text (self, text);
  return number;
}

guint
baton_test_dialog_sendf (BatonTestDialog *self, const char *method, const char *format, ...)
{
  g_autofree char *headers = NULL;
  va_list args;

  va_start (args, format);
  headers = g_strdup_vprintf (format, args);
  va_end (args);
  return baton_test_dialog_send (self, method, headers, NULL);
}

BatonTestMessage *
baton_test_dialog_expect (BatonTestDialog *self, const char *what, guint deadline_ms)
{
  return baton_test_peer_expect_in (self->peer, self->call_id, what, deadline_ms);
}

BatonTestMessage *
baton_test_dialog_expect_reinvite (BatonTestDialog *self, const char *direction, guint deadline_ms)
{
  BatonTestMessage *message = baton_test_dialog_expect (self, "INVITE", deadline_ms);

  if (direction != NULL && !g_str_equal (baton_test_sdp_get_direction (message->body), direction))
    baton_test_peer_fail (self->peer, "a re-INVITE that says %s, not %s",
                          baton_test_sdp_get_direction (message->body), direction);
  return message;
}

BatonTestMessage *
baton_test_dialog_expect_notify (BatonTestDialog *self, guint status, guint deadline_ms)
{
  BatonTestDeadline deadline;
  gint64 end = g_get_monotonic_time () + (gint64) deadline_ms * 1000;

  baton_test_deadline_start (&deadline, deadline_ms);
  for (;;)
    {
      gint64 left = (end - g_get_monotonic_time ()) / 1000;
      BatonTestMessage *message;

      if (left <= 0)
        baton_test_peer_fail (self->peer, "no NOTIFY of %u within %u ms", status, deadline_ms);
      message = baton_test_dialog_expect (self, "NOTIFY", (guint) left);
      if (baton_test_message_get_sipfrag_status (message) == status)
        return message;
    }
}

guint
baton_test_dialog_count (BatonTestDialog *self, const char *what)
{
  return baton_test_peer_count (self->peer, self->call_id, what);
}

void
baton_test_dialog_reply (BatonTestDialog *self, guint status, const char *headers, const char *body)
{
  baton_test_peer_reply (self->peer, self->invite, status, NULL, headers, body);
}

BatonTestDialog *
baton_test_peer_call_with (BatonTestPeer *peer, const char *uri, const char *headers)
{
  BatonTestDialog *self = baton_test_dialog_new (peer, uri, NULL);
  g_autofree char *sdp = baton_test_sdp ("sendrecv");

  baton_test_dialog_send (self, "INVITE", headers, sdp);
  baton_test_dialog_expect (self, "200 INVITE", DEADLINE_MS);
  return self;
}

BatonTestDialog *
baton_test_peer_call (BatonTestPeer *peer, const char *uri)
{
  return baton_test_peer_call_with (peer, uri, NULL);
}

BatonTestDialog *
baton_test_peer_take_invite (BatonTestPeer *peer)
{
  return baton_test_dialog_new_from_invite (peer, baton_test_peer_expect_new_invite (peer, DEADLINE_MS));
}

void
baton_test_dialog_answer (BatonTestDialog *self)
{
  g_autofree char *sdp = baton_test_sdp_answer (self->invite->body);

  baton_test_dialog_reply (self, 200, NULL, sdp);
  baton_test_dialog_expect (self, "ACK", DEADLINE_MS);
}

BatonTestDialog *
baton_test_peer_take_call (BatonTestPeer *peer)
{
  BatonTestDialog *self = baton_test_peer_take_invite (peer);

  baton_test_dialog_answer (self);
  return self;
}

BatonTestMessage *
baton_test_dialog_refer (BatonTestDialog *self, const char *format, ...)
{
  g_autofree char *headers = NULL;
  BatonTestMessage *response;
  va_list args;
  guint cseq;

  va_start (args, format);
  headers = g_strdup_vprintf (format, args);
  va_end (args);
  cseq = baton_test_dialog_send (self, "REFER", headers, NULL);
  do
    response = baton_test_dialog_expect (self, "xxx REFER", DEADLINE_MS);
  while (response->cseq != cseq || response->status < 200);
  return response;
}

BatonTestMessage *
baton_test_dialog_notify (BatonTestDialog *self, const char *event, const char *state, const char *sipfrag)
{
  g_autofree char *headers = g_strdup_printf ("Event: %s\r\nSubscription-State: %s\r\n%s", event, state,
                                              sipfrag != NULL ? "Content-Type: message/sipfrag;version=2.0\r\n" : "");
  guint cseq = baton_test_dialog_send (self, "NOTIFY", headers, sipfrag);
  BatonTestMessage *response;

  do
    response = baton_test_dialog_expect (self, "xxx NOTIFY", DEADLINE_MS);
  while (response->cseq != cseq || response->status < 200);
  return response;
}

void
baton_test_dialog_bye (BatonTestDialog *self)
{
  baton_test_dialog_send (self, "BYE", NULL, NULL);
  baton_test_dialog_expect (self, "200 BYE", DEADLINE_MS);
}

char *
baton_test_dialog_make_replaces (BatonTestDialog *self)
{
  return g_strdup_printf ("%s;to-tag=%s;from-tag=%s", self->call_id, self->remote_tag, self->local_tag);
}
