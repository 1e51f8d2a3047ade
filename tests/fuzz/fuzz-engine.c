/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "baton-engine.h"
#include "baton-test-media.h"
#include "baton-test-timers.h"
#include "baton-test-wait.h"
#include "fuzz-engine.h"

#define T1_MS 10
#define CALLS_MAX 40 /* then all are hung up */

typedef struct
{
  BatonTestMediaFactory *factory;
  BatonTestTimers *timers;
  BatonEngine *engine;
  GSocket *socket;
  GSocketAddress *address; /* the engine's */
  char *host, *local;
  char *call_id, *tag, *our_tag; /* of the live call; @tag NULL: there is none */
  guint cseq, branch, n_calls;
  BatonAccount *account;
  GQueue answers; /* (element-type utf8): of the input, to the next requests */
  gboolean answers_live; /* those of the live call, too */
} World;

static World world;

/* What one input does depends on those before it: BATON_FUZZ_LOG names a file that gets every datagram. */
static void
note (const char *what, const char *text, gsize length)
{
  static FILE *log;

  if (log == NULL && g_getenv ("BATON_FUZZ_LOG") != NULL)
    log = fopen (g_getenv ("BATON_FUZZ_LOG"), "w");
  if (log != NULL)
    {
      fprintf (log, "---- %s\n%.*s\n", what, (int) length, text);
      fflush (log);
    }
}

static void
send_text (const char *text, gsize length)
{
  note ("to the engine", text, length);
  g_socket_send_to (world.socket, world.address, text, length, NULL, NULL);
}

static char *
get_line (const char *message, const char *name)
{
  g_autofree char *start = g_strdup_printf ("\n%s:", name);
  const char *line = strstr (message, start);

  return line != NULL ? g_strndup (line + 1, strcspn (line + 1, "\r\n")) : NULL;
}

static void
append_line (GString *answer, const char *message, const char *name)
{
  g_autofree char *line = get_line (message, name);

  if (line != NULL)
    g_string_append_printf (answer, "%s\r\n", line);
}

/* The value of a line of the request that is answered */
static void
append_value (GString *out, const char *request, const char *name)
{
  g_autofree char *line = request != NULL ? get_line (request, name) : NULL;

  g_string_append (out, line != NULL ? g_strchug (line + strlen (name) + 1) : "none");
}

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                          "m=audio 40000 RTP/AVP 0 8\r\n";

static void
fill_part (GString *out, const char *text, const char *end, const char *request, gsize body_length)
{
  for (const char *p = text; p < end; p++)
    {
      if (p[0] != '{' || end - p < 3 || p[2] != '}')
        {
          g_string_append_c (out, *p);
          continue;
        }
      switch (p[1])
        {
        case 'H': g_string_append (out, world.host); break;
        case 'L': g_string_append (out, world.local); break;
        case 'C': g_string_append (out, world.call_id); break;
        case 'T': g_string_append (out, world.tag != NULL ? world.tag : "none"); break;
        case 'F': g_string_append (out, world.our_tag); break;
        case 'N': g_string_append_printf (out, "%u", ++world.cseq); break;
        case 'B': g_string_append_printf (out, "z9hG4bK-%u", ++world.branch); break;
        case 'v': append_value (out, request, "Via"); break;
        case 'f': append_value (out, request, "From"); break;
        case 't': append_value (out, request, "To"); break;
        case 'i': append_value (out, request, "Call-ID"); break;
        case 'q': append_value (out, request, "CSeq"); break;
        case 'Z': g_string_append_printf (out, "%zu", body_length); break;
        case '0': g_string_append_c (out, '\0'); break;
        default: g_string_append_len (out, p, 3); break;
        }
      p += 2;
    }
}

/* @request: (nullable): what is answered */
static void
send_filled (const char *text, const char *request)
{
  const char *body = strstr (text, "\n\r\n") != NULL ? strstr (text, "\n\r\n") + 3 : strstr (text, "\n\n");
  g_autoptr (GString) filled = g_string_new (NULL), message = g_string_new (NULL);

  if (body == NULL)
    body = text + strlen (text);
  fill_part (filled, body, body + strlen (body), request, 0);
  fill_part (message, text, body, request, filled->len);
  g_string_append_len (message, filled->str, (gssize) filled->len);
  send_text (message->str, message->len);
}

/* Those of the input up to one that isn't provisional. Returns: FALSE when there was none */
static gboolean
answer_as_told (const char *message)
{
  g_autofree char *call_id = get_line (message, "Call-ID");
  gboolean live = call_id != NULL && g_str_has_suffix (call_id, world.call_id);
  gboolean provisional = TRUE;

  if (live && !world.answers_live)
    return FALSE;
  while (provisional && !g_queue_is_empty (&world.answers))
    {
      g_autofree char *text = g_queue_pop_head (&world.answers);

      provisional = g_str_has_prefix (text, "SIP/2.0 1");
      send_filled (text, message);
    }
  return !provisional;
}

/* Every other request of the engine is agreed with. */
static void
answer (const char *message)
{
  g_autoptr (GString) text = g_string_new (g_str_has_prefix (message, "REFER") ? "SIP/2.0 202 Accepted\r\n"
                                                                              : "SIP/2.0 200 OK\r\n");
  gboolean invite = g_str_has_prefix (message, "INVITE");

  append_line (text, message, "Via");
  append_line (text, message, "From");
  append_line (text, message, "To");
  if (g_str_has_suffix (text->str, ">\r\n")) /* no tag in To yet */
    g_string_insert (text, (gssize) text->len - 2, ";tag=new");
  append_line (text, message, "Call-ID");
  append_line (text, message, "CSeq");
  g_string_append_printf (text, "Contact: <sip:fuzz@%s>\r\n%sContent-Length: %zu\r\n\r\n%s", world.local,
                          invite ? "Content-Type: application/sdp\r\n" : "", invite ? strlen (sdp) : 0,
                          invite ? sdp : "");
  send_text (text->str, text->len);
}

static void
take_answer (const char *message)
{
  g_autofree char *to = get_line (message, "To");
  g_autofree char *call_id = get_line (message, "Call-ID");
  const char *tag = to != NULL ? strstr (to, ";tag=") : NULL;

  if (world.tag == NULL && tag != NULL && call_id != NULL && strstr (call_id, world.call_id) != NULL &&
      strstr (message, " INVITE\r\n") != NULL && g_str_has_prefix (message, "SIP/2.0 200"))
    world.tag = g_strdup (tag + strlen (";tag="));
}

static void
receive (void)
{
  char buffer[65536];
  gssize length;

  while ((length = g_socket_receive (world.socket, buffer, sizeof buffer - 1, NULL, NULL)) > 0)
    {
      buffer[length] = '\0';
      note ("from the engine", buffer, (gsize) length);
      if (g_str_has_prefix (buffer, "SIP/2.0 "))
        take_answer (buffer);
      else if (!g_str_has_prefix (buffer, "ACK") && !answer_as_told (buffer))
        answer (buffer);
    }
}

static void
turn (guint times)
{
  for (guint i = 0; i < times; i++)
    {
      baton_test_drain ();
      receive ();
    }
}

void
fuzz_engine_send (const char *text)
{
  send_filled (text, NULL);
  turn (3);
}

BatonCall *
fuzz_engine_find_call (void)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (world.engine));

  for (guint i = 0; world.tag != NULL && i < g_list_model_get_n_items (calls); i++)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (calls, i);

      if (baton_call_get_state (call) == BATON_CALL_STATE_ESTABLISHED &&
          g_strcmp0 (baton_session_get_call_id (baton_call_get_session (call)), world.call_id) == 0)
        return call; /* the manager keeps it */
    }
  return NULL;
}

static void
make_call (void)
{
  g_autofree char *invite = g_strconcat (
    "INVITE sip:baton@{H} SIP/2.0\r\nVia: SIP/2.0/UDP {L};branch={B};rport\r\nMax-Forwards: 70\r\n"
    "From: <sip:fuzz@{L}>;tag={F}\r\nTo: <sip:baton@{H}>\r\nCall-ID: {C}\r\nCSeq: {N} INVITE\r\n"
    "Contact: <sip:fuzz@{L}>\r\nSupported: replaces\r\nContent-Type: application/sdp\r\nContent-Length: {Z}\r\n\r\n",
    sdp, NULL);

  g_free (world.call_id);
  g_clear_pointer (&world.tag, g_free);
  world.call_id = g_strdup_printf ("fuzz-%u", ++world.n_calls);
  world.cseq = 0;
  fuzz_engine_send (invite);
  for (guint i = 0; i < 100 && world.tag == NULL; i++)
    turn (1);
  world.cseq--; /* the ACK has the INVITE's number */
  fuzz_engine_send ("ACK sip:baton@{H} SIP/2.0\r\nVia: SIP/2.0/UDP {L};branch={B};rport\r\nMax-Forwards: 70\r\n"
                 "From: <sip:fuzz@{L}>;tag={F}\r\nTo: <sip:baton@{H}>;tag={T}\r\nCall-ID: {C}\r\nCSeq: {N} ACK\r\n"
                 "Content-Length: 0\r\n\r\n");
}

static void
answer_with (char **answers, gboolean live)
{
  g_queue_clear_full (&world.answers, g_free);
  for (; answers != NULL && *answers != NULL; answers++)
    g_queue_push_tail (&world.answers, g_strdup (*answers));
  world.answers_live = live;
}

void
fuzz_engine_transfer (BatonCall *call, char **answers)
{
  g_autofree char *target = g_strdup_printf ("sip:target@%s", world.local);
  BatonTransfer *transfer = baton_call_get_transfer (call);

  if (transfer != NULL && baton_transfer_get_context (transfer) != NULL &&
      baton_refer_context_get_state (baton_transfer_get_context (transfer)) != BATON_REFER_STATE_ENDED)
    return;
  if (transfer != NULL)
    baton_transfer_dismiss (transfer);
  answer_with (answers, TRUE);
  baton_engine_transfer (world.engine, call, target, NULL, NULL);
  turn (4);
}

void
fuzz_engine_place_call (char **answers)
{
  g_autofree char *target = g_strdup_printf ("sip:target@%s", world.local);

  answer_with (answers, FALSE);
  baton_call_manager_place (baton_engine_get_calls (world.engine), world.account, target, NULL, NULL);
  turn (4);
}

static void
hang_up_all (void)
{
  GListModel *calls = G_LIST_MODEL (baton_engine_get_calls (world.engine));

  for (guint i = g_list_model_get_n_items (calls); i > 0; i--)
    {
      g_autoptr (BatonCall) call = g_list_model_get_item (calls, i - 1);

      if (call != NULL)
        baton_call_hangup (call, NULL);
    }
  turn (3);
  baton_test_settle (64 * T1_MS);
  baton_test_timers_advance (world.timers, 60000);
  turn (3);
  g_ptr_array_set_size (world.factory->made, 0);
}

static void
open_socket (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  world.socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  fuzz_assert (world.socket != NULL && g_socket_bind (world.socket, any, FALSE, NULL));
  g_socket_set_blocking (world.socket, FALSE);
  bound = g_socket_get_local_address (world.socket, NULL);
  world.local = g_strdup_printf ("127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
}

static void
begin (void)
{
  g_autoptr (BatonSipIdentity) identity = NULL;
  g_autofree char *uri = NULL;
  BatonEngineOptions options;

  world.factory = baton_test_media_factory_new ();
  world.timers = baton_test_timers_new ();
  world.engine = baton_engine_new_with (BATON_MEDIA_FACTORY (world.factory), BATON_TIMERS (world.timers));
  baton_engine_options_init (&options);
  options.audio = BATON_AUDIO_KIND_NULL;
  options.answer_status = 200;
  options.out_of_dialog_refer = BATON_REFER_POLICY_ASK;
  options.t1_ms = T1_MS;
  fuzz_assert (baton_engine_start (world.engine, &options, NULL));
  world.host = g_strdup (baton_engine_get_listen_address (world.engine));
  uri = g_strdup_printf ("sip:baton@%s", world.host);
  identity = baton_sip_identity_new (uri);
  world.account = baton_engine_add_account (world.engine, "fuzz", "Fuzz", identity, FALSE);
  world.address = g_inet_socket_address_new_from_string ("127.0.0.1", (guint) atoi (strrchr (world.host, ':') + 1));
  world.our_tag = g_strdup ("ours");
  open_socket ();
}

BatonCall *
fuzz_engine_begin (void)
{
  if (world.engine == NULL)
    begin ();
  if (g_list_model_get_n_items (G_LIST_MODEL (baton_engine_get_calls (world.engine))) > CALLS_MAX)
    hang_up_all ();
  if (fuzz_engine_find_call () == NULL)
    make_call ();
  return fuzz_engine_find_call ();
}

void
fuzz_engine_end (void)
{
  baton_test_timers_advance (world.timers, 1000);
  turn (2);
  answer_with (NULL, FALSE);
}
