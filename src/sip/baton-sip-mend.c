/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "baton-sip-mend.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/socket.h>

#include <sofia-sip/nta.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_tag.h>
#include <sofia-sip/su_tagarg.h>

#include "baton-sip-target.h"
#include "baton-sip-trace.h"

#define STREAM_PORTION 16384 /* bytes; as over TLS */

/*
 * sofia-sip follows RFC 5057 to the letter: 404, 416, 482 and a dozen more, in either direction, end
 * the whole dialog, whatever the request was. For a transfer that would be the end of the call: "I
 * can't reach that address" is what a phone says when it refuses a REFER with 404 or 416, and then
 * both sides would hang up without a word. So an answer to REFER or NOTIFY ends the subscription
 * that it is about, and nothing else (refer.md §2.1, §3.4); and one to SUBSCRIBE or INFO, of a phone or a server that
 * knows neither, never ends the whole dialog.
 *
 * Of a re-INVITE 408 and 481 do (RFC 3261 §12.2.1.2), and the 503 that the stack makes itself when nobody is there. A hold that
 * a phone refuses with 500, because it has an offer of its own under way (§14.2), or a busy server with 503, is no reason to hang
 * up. After 408 the other end may be there all the same, so it gets the BYE that §12.2.1.2 asks for.
 *
 * nua has no setting for it; but a function of a shared library is looked up in the program first,
 * and this one is exported. Where it is not asked (a library linked with -Bsymbolic), such an answer
 * ends the call as before.
 */
static gboolean asked;
static gboolean came_to_us; /* the answer that is looked at just now: not made by the stack in place of one */

int
sip_response_terminates_dialog (int response_code, sip_method_t method, int *return_graceful_terminate_usage)
{
  static __typeof__ (&sip_response_terminates_dialog) original;
  int result;

  asked = TRUE;
  if (response_code >= 300 && (method == sip_method_refer || method == sip_method_notify))
    {
      if (return_graceful_terminate_usage != NULL)
        *return_graceful_terminate_usage = 0;
      return 1; /* the usage, not the dialog */
    }
  if (method == sip_method_invite && response_code != 481 && (response_code != 503 || came_to_us))
    {
      if (return_graceful_terminate_usage != NULL)
        *return_graceful_terminate_usage = response_code == 408;
      return 0;
    }
  BATON_SIP_MEND_FIND (original, sip_response_terminates_dialog);
  result = original != NULL ? original (response_code, method, return_graceful_terminate_usage) : 0;
  if (result < 0 && (method == sip_method_subscribe || method == sip_method_info))
    {
      if (return_graceful_terminate_usage != NULL)
        *return_graceful_terminate_usage = 0;
      return 0;
    }
  return result;
}

gboolean
baton_sip_mend_ends_call (guint status, const sip_t *sip)
{
  int gracefully = 0, ends;

  came_to_us = !nta_sip_is_internal (sip);
  ends = sip_response_terminates_dialog ((int) status, sip_method_invite, &gracefully);
  came_to_us = FALSE;
  return ends != 0 || gracefully != 0;
}

/*
 * nua puts a re-INVITE behind whatever runs on its handle, but when a REFER, NOTIFY or INFO is done it
 * only looks for others of their kind: a re-INVITE that was asked for meanwhile, like the one that
 * resumes a call, would wait for ever. So an INVITE is looked for, too; one that runs already is left
 * alone. @invite: whether an INVITE is done. The INVITE comes first: what fails at once on the other
 * kind frees the list that @cr is the head of.
 */
int nua_client_next_request (void *cr, int invite);

int
nua_client_next_request (void *cr, int invite)
{
  static __typeof__ (&nua_client_next_request) original;

  BATON_SIP_MEND_FIND (original, nua_client_next_request);
  if (original == NULL)
    return 1;
  if (!invite)
    original (cr, 1);
  return original (cr, invite);
}

/*
 * Of a REFER outside every dialog nua sends "NOTIFY pending" as soon as it has told us, before we
 * have answered anything: a stranger who is refused would be notified first. That NOTIFY is the only
 * one that the stack posts by itself, so it is kept back; ours go out when there is something to tell.
 */
int nua_stack_post_signal (nua_handle_t *handle, nua_event_t event, tag_type_t tag, tag_value_t value, ...);

int
nua_stack_post_signal (nua_handle_t *handle, nua_event_t event, tag_type_t tag, tag_value_t value, ...)
{
  static __typeof__ (&nua_stack_post_signal) original;
  int result = 0;
  ta_list ta;

  if (event == nua_r_notify)
    return 0;
  BATON_SIP_MEND_FIND (original, nua_stack_post_signal);
  if (original == NULL)
    return 0;
  ta_start (ta, tag, value);
  result = original (handle, event, ta_tags (ta));
  ta_end (ta);
  return result;
}

/*
 * Replaces has a meaning in INVITE alone, and a request of another kind that has one gets 400 (RFC 3891 §3); so does an INVITE
 * with two, or with one that can't be read, in a call that is up, too. nua never looks, and answers most of those by itself. We
 * hear of a REFER in any case, and list what we refuse; and who says BYE is let go.
 */
static gboolean
misplaces_replaces (const sip_t *sip)
{
  /* to take a call's place, and to join it, can't be wanted at once (RFC 3891 §3, RFC 3911 §4) */
  for (const sip_unknown_t *un = sip->sip_replaces != NULL ? sip->sip_unknown : NULL; un != NULL; un = un->un_next)
    {
      if (un->un_name != NULL && g_ascii_strcasecmp (un->un_name, "Join") == 0)
        return TRUE;
    }
  switch ((int) sip->sip_request->rq_method)
    {
    case sip_method_ack:
    case sip_method_cancel:
    case sip_method_bye:
    case sip_method_refer:
      return FALSE;
    default:
      break;
    }
  if (sip->sip_replaces != NULL && sip->sip_request->rq_method != sip_method_invite)
    return TRUE;
  return baton_sip_find_aside (sip, "Replaces") != NULL;
}

/*
 * A REFER in a call that is over, or never was, gets 481, whatever we take outside of calls (RFC 3261 §12.2.2). nua looks at
 * that first, and its answer was 405. The leg of all requests without a dialog has no tag.
 */
static gboolean
comes_too_late (const nta_leg_t *leg, const sip_t *sip)
{
  return sip->sip_request->rq_method == sip_method_refer && sip->sip_to != NULL && sip->sip_to->a_tag != NULL &&
         nta_leg_get_tag (leg) == NULL;
}

int nua_stack_process_request (nua_handle_t *handle, nta_leg_t *leg, nta_incoming_t *incoming, const sip_t *sip);

int
nua_stack_process_request (nua_handle_t *handle, nta_leg_t *leg, nta_incoming_t *incoming, const sip_t *sip)
{
  static __typeof__ (&nua_stack_process_request) original;

  BATON_SIP_MEND_FIND (original, nua_stack_process_request);
  if (original == NULL)
    return 500;
  if (misplaces_replaces (sip))
    return 400;
  if (comes_too_late (leg, sip))
    return 481;
  return original (handle, leg, incoming, sip);
}

/*
 * Each message that comes or goes is written into the log, a line at a time: that is where the trace
 * takes it from. To format all of it for nobody is a fifth of the work that a call makes here.
 */
void tport_log_msg (void *tport, void *msg, const char *what, const char *via, su_time_t now);

void
tport_log_msg (void *tport, void *msg, const char *what, const char *via, su_time_t now)
{
  static __typeof__ (&tport_log_msg) original;

  if (!baton_sip_trace_is_wanted ())
    return;
  BATON_SIP_MEND_FIND (original, tport_log_msg);
  if (original != NULL)
    original (tport, msg, what, via, now);
}

/*
 * What nua is told (nua_respond () and the others) it does one turn of the main loop later, and what
 * it tells us comes a turn later, too: each turn costs two polls and a wake-up, though all of it is
 * in one thread. The queue in between belongs to the port, which has no public function for it.
 */
guint
baton_sip_mend_run_messages (su_root_t *root)
{
  typedef int (*Run) (su_port_t *);
  static Run run;
  int n = 0;

  if (run == NULL)
    run = (Run) dlsym (RTLD_DEFAULT, "su_base_port_getmsgs");
  if (run != NULL)
    n = run (su_root_task (root)->sut_port);
  return n > 0 ? (guint) n : 0;
}

/*
 * Of what came over a connection it reads all there is, and copies what is left once more for each message in it: 20000 small
 * ones in one go were 20 s of work and two gigabytes. In portions that stays small; the main loop comes back for the rest, and
 * the other sources get their turn. A datagram is never cut.
 */
issize_t
su_getmsgsize (su_socket_t socket)
{
  static __typeof__ (&su_getmsgsize) original;
  socklen_t length = sizeof (int);
  issize_t size;
  int type = 0;

  BATON_SIP_MEND_FIND (original, su_getmsgsize);
  size = original != NULL ? original (socket) : -1;
  if (size > STREAM_PORTION && getsockopt (socket, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM)
    return STREAM_PORTION;
  return size;
}

/*
 * Blank lines in front of a message are to be ignored (RFC 3261 §7.5), and over a connection they are what keeps it alive
 * (RFC 5626 §3.5.1). One that came in one piece with the message behind it was copied along with the first line, which then
 * lacked its end: the message was lost, and nothing was read from that connection any more.
 */
static void
mend_first_line (msg_header_t *header, char *text, isize_t length)
{
  const msg_common_t *common = header->sh_common;
  const char *line = common->h_data;
  gsize blank = 0;

  if (line == NULL || strchr (" \t\r\n", *text) == NULL)
    return;
  while (blank < common->h_len && strchr (" \t\r\n", line[blank]) != NULL)
    blank++;
  if (blank + length <= common->h_len)
    memcpy (text, line + blank, length);
}

issize_t
sip_request_d (su_home_t *home, msg_header_t *header, char *text, isize_t length)
{
  static __typeof__ (&sip_request_d) original;

  BATON_SIP_MEND_FIND (original, sip_request_d);
  if (original == NULL)
    return -1;
  mend_first_line (header, text, length);
  return original (home, header, text, length);
}

issize_t
sip_status_d (su_home_t *home, msg_header_t *header, char *text, isize_t length)
{
  static __typeof__ (&sip_status_d) original;

  BATON_SIP_MEND_FIND (original, sip_status_d);
  if (original == NULL)
    return -1;
  mend_first_line (header, text, length);
  return original (home, header, text, length);
}

/*
 * What can't be sent at all (the peer's Contact is a tel: URI, or noise) fails inside the call that
 * sends it. nua takes that as the end of the session, and shuts it down with a BYE to the same Contact;
 * that fails, too, is taken as the end of the session, and so on until the stack is full: an INVITE with
 * such a Contact, and a hold, were the end of the program. Who asks for a BYE deals with its failure by
 * itself, so nothing is shut down while that call lasts.
 */
static nua_handle_t *ending; /* whose BYE is being sent just now; nua has one thread, ours */

/*
 * When a handle goes, nua ends what is left on it. Of two REFERs in a dialog a subscription may be left that nobody has: nua
 * takes a NOTIFY without an id for the newest one's. The referrer would get its last words once more, after the final ones.
 * (The maintained line of the library says nothing at all there.)
 */
static GHashTable *silent; /* handles that were let go with nothing more to say */
static GHashTable *refusing; /* handles whose re-INVITE gets no credentials */

void
baton_sip_mend_set_silent (nua_handle_t *handle, gboolean wanted)
{
  if (silent == NULL && wanted)
    silent = g_hash_table_new (NULL, NULL);
  if (wanted)
    g_hash_table_add (silent, handle);
  else if (silent != NULL)
    g_hash_table_remove (silent, handle);
  if (refusing != NULL)
    g_hash_table_remove (refusing, handle);
}

static GHashTable *hurried;   /* handles whose re-INVITE comes next, and may overtake others */
static gboolean overtakes;    /* it is being made just now */

void
baton_sip_mend_let_overtake (nua_handle_t *handle)
{
  if (hurried == NULL)
    hurried = g_hash_table_new (NULL, NULL);
  g_hash_table_add (hurried, handle);
}

int nua_client_create (nua_handle_t *handle, int event, const void *methods, const tagi_t *tags);
int nua_dialog_usage_shutdown (nua_handle_t *handle, void *dialog, void *usage);

int
nua_client_create (nua_handle_t *handle, int event, const void *methods, const tagi_t *tags)
{
  static __typeof__ (&nua_client_create) original;
  nua_handle_t *outer = ending;
  int result;

  BATON_SIP_MEND_FIND (original, nua_client_create);
  if (original == NULL)
    return -1;
  if (event == nua_r_bye)
    ending = handle;
  overtakes = event == nua_r_invite && hurried != NULL && g_hash_table_remove (hurried, handle);
  result = original (handle, event, methods, tags);
  overtakes = FALSE;
  ending = outer;
  return result;
}

int
nua_dialog_usage_shutdown (nua_handle_t *handle, void *dialog, void *usage)
{
  static __typeof__ (&nua_dialog_usage_shutdown) original;

  if (ending != NULL && handle == ending)
    return 0; /* not yet */
  if (usage != NULL && silent != NULL && g_hash_table_contains (silent, handle))
    {
      typedef void (*Remove) (nua_handle_t *, void *, void *, void *, void *);
      static Remove remove;

      if (remove == NULL)
        remove = (Remove) dlsym (RTLD_DEFAULT, "nua_dialog_usage_remove");
      if (remove != NULL)
        {
          remove (handle, dialog, usage, NULL, NULL);
          return 200;
        }
    }
  BATON_SIP_MEND_FIND (original, nua_dialog_usage_shutdown);
  return original != NULL ? original (handle, dialog, usage) : 0;
}

/*
 * nua sends one request at a time on a handle, and puts a BYE behind a REFER or a NOTIFY that nobody has answered yet: a user
 * who hangs up meanwhile, or quits, would leave the other end in the call for half a minute, or for ever. RFC 3261 §15.1.1
 * lets a BYE go at any time. So it is with a re-INVITE, which may only not meet another one (§14.1): who takes a transfer
 * back does not wait until the other user has decided about it.
 */
int nua_client_request_queue (void *cr);

int
nua_client_request_queue (void *cr)
{
  static __typeof__ (&nua_client_request_queue) original;
  int waits;

  BATON_SIP_MEND_FIND (original, nua_client_request_queue);
  waits = original != NULL ? original (cr) : 0;
  return ending != NULL || overtakes ? 0 : waits;
}

/*
 * A challenge that we have no answer to leaves the request at the head of nua's queue; it goes when nua is told that there are no
 * credentials. But then it gets 904, which is no status of SIP, and with any of those nua shuts the whole session down.
 */
#define NO_MATCHING_CHALLENGE 904 /* nua_client.c */

static gboolean refuses;     /* nua is told so just now */

void
baton_sip_mend_refuse_challenge (nua_handle_t *handle)
{
  if (refusing == NULL)
    refusing = g_hash_table_new (NULL, NULL);
  g_hash_table_add (refusing, handle);
  nua_authenticate (handle, TAG_END ());
}

int nua_stack_authenticate (nua_t *nua, nua_handle_t *handle, nua_event_t event, const tagi_t *tags);
int nua_client_response (void *cr, int status, const char *phrase, const sip_t *sip);

int
nua_stack_authenticate (nua_t *nua, nua_handle_t *handle, nua_event_t event, const tagi_t *tags)
{
  static __typeof__ (&nua_stack_authenticate) original;
  int result;

  BATON_SIP_MEND_FIND (original, nua_stack_authenticate);
  if (original == NULL)
    return -1;
  refuses = refusing != NULL && g_hash_table_remove (refusing, handle);
  result = original (nua, handle, event, tags);
  refuses = FALSE;
  return result;
}

int
nua_client_response (void *cr, int status, const char *phrase, const sip_t *sip)
{
  static __typeof__ (&nua_client_response) original;
  gboolean outer = came_to_us;
  int result;

  BATON_SIP_MEND_FIND (original, nua_client_response);
  if (original == NULL)
    return 0;
  if (refuses && status == NO_MATCHING_CHALLENGE)
    {
      refuses = FALSE; /* what goes out next on the handle is another matter */
      return original (cr, SIP_403_FORBIDDEN, sip);
    }
  came_to_us = !nta_sip_is_internal (sip);
  result = original (cr, status, phrase, sip);
  came_to_us = outer;
  return result;
}

gboolean
baton_sip_mend_active (void)
{
  return asked;
}
