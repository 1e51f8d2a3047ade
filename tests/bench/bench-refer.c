/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A neutral peer with a stopwatch: how long does a phone take from the REFER to its answer and to the INVITE, and
 * from the target's 2xx to the final NOTIFY? It is both the transferor and the target, in one thread and without a
 * SIP stack, so that its own time is small and the same for every phone.
 *
 *   transferor (us)             phone                    target (us)
 *      REFER  ───────────────────▶│
 *      ◀──────────────── 202 ─────│        "accepted"
 *      ◀──────── NOTIFY 100 ──────│
 *                                 │──── INVITE ─────────▶   "invite"
 *                                 │◀──── 200 ────────────
 *                                 │──── ACK, RTP ───────▶   "sound"
 *      ◀──────── NOTIFY 200 ──────│        "notify"
 *
 *   bench-refer USER@ADDRESS:PORT OUR-ADDRESS ROUNDS [SETTLE-MS [RING-MS [attended]]]
 *
 * The target answers RING-MS after the INVITE: with 0, the default, at once, when the phone is still at work on what comes
 * after an INVITE, and has all its memory at hand; nobody who has to lift a handset is as fast.
 *
 * Prints one line a round: microseconds of accepted, invite, notify, sound; the gap: from the last RTP packet to the
 * transferor to the first one to the target, by the kernel's time stamps; packets that the transferor got after that;
 * -1 for what did not come. Ends early when three calls in a row did not come up. */

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CRLF "\r\n"
#define PATIENCE_MS 5000
#define GIVE_UP_AFTER 3  /* calls in a row that do not come up: the phone is stuck, and is started anew by who runs us */
#define REPLACES "?Replaces=consultation%40bench%3Bto-tag%3Dbench-target%3Bfrom-tag%3Dbench"

typedef struct
{
  char method[16];    /* of a request, else empty */
  int status;         /* of a response, else 0 */
  GString *vias;
  char *from, *to, *call_id, *cseq, *contact, *record_routes;
  const char *body;
} Message;

typedef struct
{
  int sip, rtp;
  char *address;
  guint16 sip_port, rtp_port;
} Side;

typedef struct
{
  int number;   /* also in our name: a phone may limit how many REFERs it takes from one peer */
  char *call_id, *to, *contact;
  gint64 accepted, invite, notify;            /* by the kernel's clock, µs */
  char *target_call_id, *target_from, *target_to, *target_contact;
  gboolean up, over, target_over, target_acked;
  int refused;
  gint64 last_old, first_new;                 /* RTP, by the kernel's clock, µs */
  int after;                                  /* packets to the transferor after the first to the target */
} Round;

static Side transferor, target;
static struct sockaddr_in phone;
static char *phone_uri;
static Round *now;
static gboolean verbose, attended;

static void
message_clear (Message *message)
{
  g_string_free (message->vias, TRUE);
  g_free (message->from);
  g_free (message->to);
  g_free (message->call_id);
  g_free (message->cseq);
  g_free (message->contact);
  g_free (message->record_routes);
}

static void
take (char **field, const char *value)
{
  if (*field == NULL)
    *field = g_strdup (value);
}

static gboolean
message_parse (Message *message, char *text)
{
  char *end = strstr (text, CRLF CRLF), *line, *next;

  memset (message, 0, sizeof *message);
  if (end == NULL)
    return FALSE;
  message->vias = g_string_new (NULL);
  message->body = end + 4;
  *end = '\0';
  if (sscanf (text, "SIP/2.0 %d", &message->status) != 1)
    sscanf (text, "%15s", message->method);
  for (line = strstr (text, CRLF); line != NULL; line = next)
    {
      char *colon, *value;
      gsize length;
      line += 2;
      next = strstr (line, CRLF);
      if (next != NULL)
        *next = '\0';
      colon = strchr (line, ':');
      if (colon == NULL)
        continue;
      length = colon - line;
      value = g_strstrip (colon + 1);
#define IS(long, short) ((length == strlen (long) && g_ascii_strncasecmp (line, long, length) == 0) \
                         || (length == 1 && g_ascii_tolower (*line) == short))
      if (IS ("Via", 'v'))
        g_string_append_printf (message->vias, "Via: %s" CRLF, value);
      else if (IS ("From", 'f'))
        take (&message->from, value);
      else if (IS ("To", 't'))
        take (&message->to, value);
      else if (IS ("Call-ID", 'i'))
        take (&message->call_id, value);
      else if (IS ("CSeq", 0))
        take (&message->cseq, value);
      else if (IS ("Contact", 'm'))
        take (&message->contact, value);
      else if (IS ("Record-Route", 0))
        take (&message->record_routes, value);
#undef IS
    }
  return message->from != NULL && message->to != NULL && message->call_id != NULL && message->cseq != NULL;
}

/* The URI between < and >, or the whole value up to a parameter. */
static char *
uri_of (const char *value)
{
  const char *open = value != NULL ? strchr (value, '<') : NULL, *close;

  if (value == NULL)
    return NULL;
  if (open == NULL)
    return g_strndup (value, strcspn (value, ";"));
  close = strchr (open, '>');
  return close != NULL ? g_strndup (open + 1, close - open - 1) : NULL;
}

static void
send_text (Side *side, const char *text)
{
  if (verbose)
    fprintf (stderr, ">>> %s\n", text);
  if (sendto (side->sip, text, strlen (text), 0, (struct sockaddr *) &phone, sizeof phone) < 0)
    fprintf (stderr, "bench-refer: sendto: %s\n", g_strerror (errno));
}

static char *
sdp_of (const Side *side)
{
  return g_strdup_printf ("v=0" CRLF "o=bench 1 1 IN IP4 %s" CRLF "s=-" CRLF "c=IN IP4 %s" CRLF "t=0 0" CRLF
                          "m=audio %u RTP/AVP 0" CRLF "a=rtpmap:0 PCMU/8000" CRLF,
                          side->address, side->address, side->rtp_port);
}

static void
answer (Side *side, const Message *request, const char *status, gboolean with_sdp)
{
  g_autofree char *sdp = with_sdp ? sdp_of (side) : g_strdup ("");
  const char *tag = strstr (request->to, "tag=") != NULL ? "" : ";tag=bench-target";
  g_autofree char *text = g_strdup_printf (
    "SIP/2.0 %s" CRLF "%sFrom: %s" CRLF "To: %s%s" CRLF "Call-ID: %s" CRLF "CSeq: %s" CRLF
    "Contact: <sip:bench@%s:%u>" CRLF "%sContent-Length: %zu" CRLF CRLF "%s",
    status, request->vias->str, request->from, request->to, tag, request->call_id, request->cseq,
    side->address, side->sip_port, with_sdp ? "Content-Type: application/sdp" CRLF : "", strlen (sdp), sdp);
  send_text (side, text);
}

/* A request of the transferor in its dialog (or the one that makes it). */
static void
request (const char *method, int cseq, const char *to, const char *uri, const char *headers, const char *body)
{
  g_autofree char *text = g_strdup_printf (
    "%s %s SIP/2.0" CRLF "Via: SIP/2.0/UDP %s:%u;branch=z9hG4bK%s%d%s" CRLF "Max-Forwards: 70" CRLF
    "From: <sip:bench%d@%s:%u>;tag=bench" CRLF "To: %s" CRLF "Call-ID: %s" CRLF "CSeq: %d %s" CRLF
    "Contact: <sip:bench@%s:%u>" CRLF "Allow: INVITE, ACK, BYE, CANCEL, NOTIFY, REFER, OPTIONS" CRLF
    "%sContent-Length: %zu" CRLF CRLF "%s",
    method, uri, transferor.address, transferor.sip_port, now->call_id, cseq, method, now->number, transferor.address,
    transferor.sip_port, to, now->call_id, cseq, method, transferor.address, transferor.sip_port,
    headers, strlen (body), body);
  send_text (&transferor, text);
}

static void
on_transferor (Message *message, gint64 at)
{
  int status = 0;

  if (g_strcmp0 (message->call_id, now->call_id) != 0)
    {
      /* what is left of an earlier round */
      if (message->method[0] != '\0' && strcmp (message->method, "ACK") != 0)
        answer (&transferor, message, "200 OK", FALSE);
      return;
    }
  if (message->status != 0)
    {
      if (strstr (message->cseq, "INVITE") != NULL && message->status >= 200)
        {
          g_free (now->to);
          now->to = g_strdup (message->to);
          if (now->contact == NULL)
            now->contact = uri_of (message->contact);
          if (message->status >= 300)
            now->refused = message->status;
          request ("ACK", 1, now->to, now->contact != NULL ? now->contact : phone_uri, "", "");
          now->up = message->status < 300;
        }
      else if (strstr (message->cseq, "REFER") != NULL && message->status >= 200)
        {
          if (message->status >= 300)
            now->refused = message->status;
          if (now->accepted == 0)
            now->accepted = at;
        }
      else if (strstr (message->cseq, "BYE") != NULL && message->status >= 200)
        now->over = TRUE;
      return;
    }
  if (strcmp (message->method, "ACK") == 0)
    return;
  answer (&transferor, message, "200 OK", strcmp (message->method, "INVITE") == 0);
  if (strcmp (message->method, "NOTIFY") == 0 && sscanf (message->body, "SIP/2.0 %d", &status) == 1 && status >= 200
      && now->notify == 0)
    now->notify = at;
  if (strcmp (message->method, "BYE") == 0)
    now->over = TRUE;
}

static void
on_target (Message *message, gint64 at)
{
  if (message->status != 0)
    {
      if (strstr (message->cseq, "BYE") != NULL && message->status >= 200
          && g_strcmp0 (message->call_id, now->target_call_id) == 0)
        now->target_over = TRUE;
      return;
    }
  if (strcmp (message->method, "INVITE") == 0)
    {
      if (now->invite == 0)
        {
          now->invite = at;
          now->target_call_id = g_strdup (message->call_id);
          now->target_from = g_strdup_printf ("%s;tag=bench-target", message->to);
          now->target_to = g_strdup (message->from);
          now->target_contact = uri_of (message->contact);
          return;       /* answered by the round, once the 202 is in */
        }
      answer (&target, message, "200 OK", TRUE);
    }
  else if (strcmp (message->method, "ACK") == 0)
    now->target_acked = TRUE;
  else
    {
      answer (&target, message, "200 OK", FALSE);
      if (strcmp (message->method, "BYE") == 0 && g_strcmp0 (message->call_id, now->target_call_id) == 0)
        now->target_over = TRUE;
    }
}

/* The clock of the kernel's time stamps, which say when a packet came, however long it then waited for us to read it: it is
 * the phone that is measured, and with two cores our own turn may come only when the phone has done all its work. */
static gint64
clock_now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_REALTIME, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* Returns: the length, or <= 0 when there is nothing; *at: when it came */
static ssize_t
receive (int fd, char *buffer, size_t size, gint64 *at)
{
  char control[CMSG_SPACE (sizeof (struct timespec))];
  struct iovec vector = { buffer, size };
  struct msghdr message = { NULL, 0, &vector, 1, control, sizeof control, 0 };
  ssize_t got = recvmsg (fd, &message, MSG_DONTWAIT);

  *at = 0;
  for (struct cmsghdr *c = got > 0 ? CMSG_FIRSTHDR (&message) : NULL; c != NULL; c = CMSG_NXTHDR (&message, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS)
      {
        struct timespec stamp;

        memcpy (&stamp, CMSG_DATA (c), sizeof stamp);
        *at = stamp.tv_sec * G_USEC_PER_SEC + stamp.tv_nsec / 1000;
      }
  return got;
}

static Message kept;            /* the target's INVITE, until it is answered */
static gboolean have_kept;

static void
read_side (Side *side)
{
  char buffer[65536];
  gint64 at;
  ssize_t got = receive (side->sip, buffer, sizeof buffer - 1, &at);
  Message message;

  if (got <= 0)
    return;
  buffer[got] = '\0';
  if (verbose)
    fprintf (stderr, "<<< %s\n", buffer);
  if (!message_parse (&message, buffer))
    return;
  if (side == &transferor)
    on_transferor (&message, at);
  else
    {
      gboolean first = now->invite == 0;
      on_target (&message, at);
      if (first && now->invite != 0)
        {
          kept = message;
          have_kept = TRUE;
          return;
        }
    }
  message_clear (&message);
}

/* RTP alone: RTCP has a port of its own, which is closed here. */
static void
drain (int fd)
{
  char buffer[2048];
  gint64 at;

  while (receive (fd, buffer, sizeof buffer, &at) > 0)
    {
      if (fd == transferor.rtp && now != NULL)
        {
          now->after += now->first_new > 0 && at > now->first_new;
          if (now->first_new == 0 || at <= now->first_new)
            now->last_old = at;
        }
      else if (now != NULL && now->target_call_id != NULL && now->first_new == 0)
        now->first_new = at;
    }
}

/* Reads both sides until the condition holds; FALSE when it doesn't within the time. */
static gboolean
pump (gboolean (*condition) (void), int milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (condition == NULL || !condition ())
    {
      struct pollfd fds[4] = { { transferor.sip, POLLIN, 0 }, { target.sip, POLLIN, 0 }, { transferor.rtp, POLLIN, 0 },
                               { target.rtp, POLLIN, 0 } };
      gint64 left = end - g_get_monotonic_time ();
      if (left <= 0)
        return FALSE;
      poll (fds, 4, (left + 999) / 1000);
      if (fds[0].revents)
        read_side (&transferor);
      if (fds[1].revents)
        read_side (&target);
      if (fds[2].revents)
        drain (transferor.rtp);
      if (fds[3].revents)
        drain (target.rtp);
    }
  return TRUE;
}

static gboolean is_up (void) { return now->up || now->refused; }
static gboolean is_invited (void) { return (now->accepted && now->invite) || now->refused; }
static gboolean is_notified (void) { return now->notify && now->first_new; }
static gboolean is_over (void) { return now->over && (now->target_over || now->target_call_id == NULL); }

static void
side_open (Side *side, const char *address)
{
  struct sockaddr_in in = { .sin_family = AF_INET };
  socklen_t size = sizeof in;
  int on = 1;

  side->address = g_strdup (address);
  inet_pton (AF_INET, address, &in.sin_addr);
  side->sip = socket (AF_INET, SOCK_DGRAM, 0);
  side->rtp = socket (AF_INET, SOCK_DGRAM, 0);
  if (bind (side->sip, (struct sockaddr *) &in, sizeof in) < 0 || bind (side->rtp, (struct sockaddr *) &in, sizeof in) < 0)
    {
      fprintf (stderr, "bench-refer: cannot bind to %s: %s\n", address, g_strerror (errno));
      exit (1);
    }
  setsockopt (side->sip, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  setsockopt (side->rtp, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  getsockname (side->sip, (struct sockaddr *) &in, &size);
  side->sip_port = ntohs (in.sin_port);
  getsockname (side->rtp, (struct sockaddr *) &in, &size);
  side->rtp_port = ntohs (in.sin_port);
}

/* One call, one transfer; the figures are left in `result`, in µs, -1 for what did not come. FALSE: no call came up. */
static gboolean
run_round (int number, int settle_ms, int ring_ms, gint64 result[6])
{
  Round round = { .number = number };
  g_autofree char *sdp = sdp_of (&transferor);
  g_autofree char *phone_to = g_strdup_printf ("<%s>", phone_uri);
  g_autofree char *refer_to = g_strdup_printf ("Refer-To: <sip:target@%s:%u%s>" CRLF "Referred-By: <sip:bench@%s:%u>" CRLF,
                                               target.address, target.sip_port, attended ? REPLACES : "",
                                               transferor.address, transferor.sip_port);
  gint64 referred, answered;
  gboolean came_up;

  now = &round;
  round.call_id = g_strdup_printf ("bench-%d-%d", getpid (), number);
  for (int i = 0; i < 6; i++)
    result[i] = -1;
  request ("INVITE", 1, phone_to, phone_uri, "Content-Type: application/sdp" CRLF, sdp);
  came_up = pump (is_up, PATIENCE_MS) && !round.refused;
  if (!came_up)
    {
      fprintf (stderr, "bench-refer: round %d: the call did not come up (%d)\n", number, round.refused);
      goto out;
    }
  pump (NULL, settle_ms);

  referred = clock_now ();
  request ("REFER", 2, round.to, round.contact, refer_to, "");
  pump (is_invited, PATIENCE_MS);
  if (round.accepted)
    result[0] = round.accepted - referred;
  if (round.invite)
    {
      result[1] = round.invite - referred;
      pump (NULL, ring_ms);
      answered = clock_now ();
      answer (&target, &kept, "200 OK", TRUE);
      pump (is_notified, 2000);
      if (round.notify)
        result[2] = round.notify - answered;
      if (round.first_new)
        result[3] = round.first_new - answered;
    }
  pump (NULL, settle_ms / 2);
  if (round.last_old > 0 && round.first_new > 0)
    result[4] = round.first_new - round.last_old;
  if (round.first_new > 0)
    result[5] = round.after;
  if (round.target_call_id != NULL && !round.target_over)
    {
      g_autofree char *bye = g_strdup_printf (
        "BYE %s SIP/2.0" CRLF "Via: SIP/2.0/UDP %s:%u;branch=z9hG4bKt%s" CRLF "Max-Forwards: 70" CRLF "From: %s" CRLF
        "To: %s" CRLF "Call-ID: %s" CRLF "CSeq: 1 BYE" CRLF "Content-Length: 0" CRLF CRLF,
        round.target_contact, target.address, target.sip_port, round.call_id, round.target_from, round.target_to,
        round.target_call_id);
      send_text (&target, bye);
    }
  if (!round.over)
    request ("BYE", 3, round.to, round.contact, "", "");
  pump (is_over, 1000);
  pump (NULL, settle_ms / 2);
out:
  if (have_kept)
    message_clear (&kept);
  have_kept = FALSE;
  g_free (round.call_id);
  g_free (round.to);
  g_free (round.contact);
  g_free (round.target_call_id);
  g_free (round.target_from);
  g_free (round.target_to);
  g_free (round.target_contact);
  return came_up;
}

int
main (int argc, char **argv)
{
  char address[64];
  int port = 5060, rounds, settle_ms, ring_ms, failed = 0;

  if (argc < 4 || sscanf (argv[1], "%*[^@]@%63[^:]:%d", address, &port) < 1)
    {
      fprintf (stderr, "usage: bench-refer USER@ADDRESS:PORT OUR-ADDRESS ROUNDS [SETTLE-MS [RING-MS [attended]]]\n");
      return 2;
    }
  verbose = g_getenv ("BENCH_VERBOSE") != NULL;
  rounds = atoi (argv[3]);
  settle_ms = argc > 4 ? atoi (argv[4]) : 60;
  ring_ms = argc > 5 ? atoi (argv[5]) : 0;
  attended = argc > 6;
  phone_uri = g_strdup_printf ("sip:%s", argv[1]);
  phone.sin_family = AF_INET;
  phone.sin_port = htons (port);
  inet_pton (AF_INET, address, &phone.sin_addr);
  side_open (&transferor, argv[2]);
  side_open (&target, argv[2]);
  for (int round = 0; round < rounds && failed < GIVE_UP_AFTER; round++)
    {
      gint64 result[6];

      failed = run_round (round, settle_ms, ring_ms, result) ? 0 : failed + 1;
      for (int i = 0; i < 6; i++)
        printf (i < 5 ? "%" G_GINT64_FORMAT " " : "%" G_GINT64_FORMAT "\n", result[i]);
      fflush (stdout);
    }
  g_free (phone_uri);
  return 0;
}
