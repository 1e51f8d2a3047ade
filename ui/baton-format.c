/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "baton-format.h"

#include <glib/gi18n.h>
#include <string.h>

/* Marks and overrides of writing direction: they can make "gro.elpmaxe" look like "example.org" */
static gboolean
is_deceptive (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c
         || c == 0xfeff || c == 0x2028 || c == 0x2029;
}

char *
baton_format_clean (const char *text, gsize max_chars)
{
  g_autofree char *valid = NULL;
  GString *clean = g_string_new (NULL);
  gsize n = 0;

  if (text == NULL)
    return g_string_free (clean, FALSE);

  valid = g_utf8_make_valid (text, strnlen (text, max_chars * 6));
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || is_deceptive (c))
        continue;
      if (n++ == max_chars)
        {
          g_string_append (clean, "…");
          break;
        }
      g_string_append_unichar (clean, c);
    }
  return g_strstrip (g_string_free (clean, FALSE));
}

/* Returns: @uri without angle brackets, scheme, parameters and headers */
static char *
bare_address (const char *uri)
{
  const char *start = uri != NULL ? uri : "";
  const char *lt = strchr (start, '<');
  char *bare;

  if (lt != NULL)
    start = lt + 1;
  if (g_ascii_strncasecmp (start, "sips:", 5) == 0)
    start += 5;
  else if (g_ascii_strncasecmp (start, "sip:", 4) == 0 || g_ascii_strncasecmp (start, "tel:", 4) == 0)
    start += 4;
  bare = g_strndup (start, strnlen (start, 512));
  bare[strcspn (bare, ";?>")] = '\0';
  return bare;
}

char *
baton_format_address (const char *uri)
{
  g_autofree char *bare = bare_address (uri);

  return baton_format_clean (bare, BATON_FORMAT_ADDRESS_MAX);
}

char *
baton_format_name (const char *name, const char *uri)
{
  g_autofree char *clean = baton_format_clean (name, BATON_FORMAT_NAME_MAX);
  g_autofree char *bare = NULL, *user = NULL;
  char *at;

  if (clean[0] != '\0')
    return g_steal_pointer (&clean);

  bare = bare_address (uri);
  at = strrchr (bare, '@');
  if (at != NULL && at != bare)
    {
      *at = '\0';
      user = g_uri_unescape_string (bare, NULL);
    }
  g_free (clean);
  clean = baton_format_clean (user != NULL ? user : bare, BATON_FORMAT_NAME_MAX);
  if (clean[0] == '\0')
    return g_strdup (_("Unknown"));
  return g_steal_pointer (&clean);
}

char *
baton_format_duration (gint64 seconds)
{
  seconds = MAX (seconds, 0);
  if (seconds >= 3600)
    return g_strdup_printf ("%d:%02d:%02d", (int) (seconds / 3600), (int) (seconds / 60 % 60), (int) (seconds % 60));
  return g_strdup_printf ("%d:%02d", (int) (seconds / 60), (int) (seconds % 60));
}

char *
baton_format_clock (gint64 time, gint64 now)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_local (now / G_USEC_PER_SEC);
  g_autoptr (GDateTime) yesterday = NULL;
  g_autofree char *clock = NULL;

  if (then == NULL || today == NULL)
    return g_strdup ("");

  yesterday = g_date_time_add_days (today, -1);
  clock = g_date_time_format (then, "%H:%M");
  if (g_date_time_get_year (then) == g_date_time_get_year (today)
      && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (today))
    return g_steal_pointer (&clock);
  if (g_date_time_get_year (then) == g_date_time_get_year (yesterday)
      && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (yesterday))
    /* Translators: %s is a time of day */
    return g_strdup_printf (_("Yesterday %s"), clock);
  return g_date_time_format (then, "%e %b %Y");
}

char *
baton_format_code (guint status)
{
  return status != 0 ? g_strdup_printf ("%u", status) : g_strdup ("");
}

/* In all sentences below %s is a person, unless the comment for translators says otherwise */
char *
baton_format_failure (const char *peer, guint status, const char *reason)
{
  g_autofree char *words = NULL;

  switch (status)
    {
    case 0:
    case 408:
    case 487:
      return g_strdup_printf (_("%s did not answer."), peer);
    case 401:
    case 407:
      return g_strdup (_("The server does not accept the user name or password."));
    case 403:
      return g_strdup (_("The server does not allow this call."));
    case 404:
    case 410:
    case 484:
    case 604:
      return g_strdup_printf (_("There is no one at %s."), peer);
    case 405:
    case 420:
    case 501:
      return g_strdup_printf (_("The phone of %s (or the server) does not do this."), peer);
    case 415:
    case 488:
    case 493:
    case 606:
      return g_strdup_printf (_("No common way to talk: %s and this computer share no sound format."), peer);
    case 480:
      return g_strdup_printf (_("%s is not available right now."), peer);
    case 481:
      return g_strdup_printf (_("The call with %s is over already."), peer);
    case 482:
    case 483:
      return g_strdup (_("The call went round in circles between servers."));
    case 486:
    case 600:
      return g_strdup_printf (_("%s is busy."), peer);
    case 603:
      return g_strdup_printf (_("%s declined."), peer);
    case 503:
      return g_strdup_printf (_("%s cannot be reached: no connection, or the server is down."), peer);
    default:
      break;
    }
  if (status >= 500 && status < 600)
    return g_strdup (_("The server has a problem. Try again in 30 seconds."));
  if (status >= 300 && status < 400)
    return g_strdup_printf (_("%s has moved to another address."), peer);
  words = baton_format_clean (reason, 60);
  if (words[0] != '\0')
    /* Translators: the second %s is what the server said */
    return g_strdup_printf (_("%s cannot be reached: %s"), peer, words);
  return g_strdup_printf (_("%s cannot be reached."), peer);
}

static char *
format_ended (const BatonCallFacts *facts)
{
  if (facts->own_reason && facts->reason != NULL) /* the engine's own words say more than the status */
    return baton_format_clean (facts->reason, 240);
  if (facts->transferred_to != NULL)
    return g_strdup_printf (_("Transferred to %s"), facts->transferred_to);
  if (facts->was_established)
    {
      g_autofree char *time = baton_format_duration (facts->talk_seconds);

      if (facts->ended_locally)
        /* Translators: %s is a duration */
        return g_strdup_printf (_("You hung up after %s"), time);
      /* Translators: a person and a duration */
      return g_strdup_printf (_("%s hung up after %s"), facts->peer, time);
    }
  if (facts->direction == BATON_DIRECTION_INCOMING)
    return g_strdup (facts->ended_locally ? _("Declined") : _("Missed call"));
  if (facts->ended_locally)
    return g_strdup (_("Cancelled"));
  return baton_format_failure (facts->peer, facts->status, facts->reason);
}

static char *
format_established (const BatonCallFacts *facts)
{
  g_autofree char *held = baton_format_duration (facts->hold_seconds);
  g_autofree char *talked = baton_format_duration (facts->talk_seconds);

  switch (facts->hold)
    {
    case BATON_HOLD_LOCAL:
      if (facts->consults != NULL)
        return g_strdup_printf (_("%s waits %s"), facts->peer, held);
      if (facts->hold_seconds >= 180)
        return g_strdup_printf (_("On hold %s – long hold"), held);
      return g_strdup_printf (_("On hold %s"), held);
    case BATON_HOLD_REMOTE:
      return g_strdup_printf (_("%s put you on hold"), facts->peer);
    case BATON_HOLD_BOTH:
      return g_strdup_printf (_("On hold by both sides %s"), held);
    case BATON_HOLD_NONE:
      break;
    }
  if (facts->merged)
    return g_strdup_printf (_("%s · in a call with others"), talked);
  if (facts->about != NULL)
    return g_strdup_printf (_("%s · talking about %s"), talked, facts->about);
  if (facts->srtp != NULL && strcmp (facts->srtp, "none") != 0)
    return g_strdup_printf (_("%s · Encrypted"), talked);
  return g_strdup_printf (_("%s · Not encrypted"), talked);
}

char *
baton_format_call_line (const BatonCallFacts *facts)
{
  g_autofree char *rings = NULL;

  switch (facts->state)
    {
    case BATON_CALL_STATE_INCOMING:
      if (facts->transferred_by != NULL && facts->transferred_by[0] != '\0')
        /* Translators: an account, and who transferred the caller to us */
        return g_strdup_printf (_("Incoming – for %s · transferred by %s"), facts->account, facts->transferred_by);
      return g_strdup_printf (_("Incoming – for %s"), facts->account);
    case BATON_CALL_STATE_CALLING:
      return g_strdup (_("Calling…"));
    case BATON_CALL_STATE_RINGING:
    case BATON_CALL_STATE_EARLY:
      rings = baton_format_duration (facts->ring_seconds);
      return g_strdup_printf (_("Ringing… %s"), rings);
    case BATON_CALL_STATE_ESTABLISHED:
      return format_established (facts);
    case BATON_CALL_STATE_ENDED:
      return format_ended (facts);
    }
  return g_strdup ("");
}

const char *
baton_format_call_icon (const BatonCallFacts *facts)
{
  switch (facts->state)
    {
    case BATON_CALL_STATE_INCOMING:
      return "call-incoming-symbolic";
    case BATON_CALL_STATE_CALLING:
    case BATON_CALL_STATE_RINGING:
    case BATON_CALL_STATE_EARLY:
      return "call-outgoing-symbolic";
    case BATON_CALL_STATE_ESTABLISHED:
      if (facts->hold != BATON_HOLD_NONE)
        return "media-playback-pause-symbolic";
      return facts->srtp != NULL && strcmp (facts->srtp, "none") != 0 ? "channel-secure-symbolic"
                                                                      : "call-start-symbolic";
    case BATON_CALL_STATE_ENDED:
      if (facts->transferred_to != NULL)
        return "emblem-ok-symbolic";
      if (facts->was_established || facts->ended_locally)
        return "call-stop-symbolic";
      return facts->direction == BATON_DIRECTION_INCOMING ? "call-missed-symbolic" : "dialog-warning-symbolic";
    }
  return "call-start-symbolic";
}

char *
baton_format_consultation_line (const char *peer, const char *target, BatonCallState target_state,
                                gboolean peer_held, gboolean target_held, gint64 ring_seconds)
{
  g_autofree char *rings = NULL;

  switch (target_state)
    {
    case BATON_CALL_STATE_INCOMING:
    case BATON_CALL_STATE_CALLING:
      return g_strdup_printf (_("%s is on hold. Calling %s…"), peer, target);
    case BATON_CALL_STATE_RINGING:
    case BATON_CALL_STATE_EARLY:
      rings = baton_format_duration (ring_seconds);
      /* Translators: who rings, for how long, and who waits */
      return g_strdup_printf (_("%s is ringing %s. %s is on hold."), target, rings, peer);
    case BATON_CALL_STATE_ESTABLISHED:
      if (peer_held && target_held)
        return g_strdup_printf (_("%s and %s wait on hold."), peer, target);
      if (target_held)
        return g_strdup_printf (_("You are talking to %s. %s waits."), peer, target);
      return g_strdup_printf (_("You are talking to %s. %s waits."), target, peer);
    case BATON_CALL_STATE_ENDED:
      return g_strdup_printf (_("%s hung up. You are back with %s."), target, peer);
    }
  return g_strdup ("");
}

char *
baton_format_registration (const char *label, BatonRegistrationState state, guint status, const char *reason,
                           gboolean needs_registration)
{
  g_autofree char *words = NULL;

  if (!needs_registration)
    /* Translators: %s is an account here and in the next ones */
    return g_strdup_printf (_("%s: ready, without a server"), label);

  switch (state)
    {
    case BATON_REGISTRATION_STATE_OFFLINE:
      return g_strdup_printf (_("%s: offline"), label);
    case BATON_REGISTRATION_STATE_REGISTERING:
      return g_strdup_printf (_("%s: signing in…"), label);
    case BATON_REGISTRATION_STATE_REGISTERED:
      return g_strdup_printf (_("%s: online"), label);
    case BATON_REGISTRATION_STATE_UNREGISTERING:
      return g_strdup_printf (_("%s: signing out…"), label);
    case BATON_REGISTRATION_STATE_FAILED:
      break;
    }
  switch (status)
    {
    case 401:
    case 403:
    case 407:
      return g_strdup_printf (_("%s: the server does not accept the user name or password."), label);
    case 404:
      return g_strdup_printf (_("%s: the server does not know this address."), label);
    case 0:
    case 408:
      return g_strdup_printf (_("%s: the server does not answer."), label);
    case 503:
      return g_strdup_printf (_("%s: cannot reach the server."), label);
    default:
      words = baton_format_clean (reason, 60);
      /* Translators: an account and what the server said */
      return g_strdup_printf (_("%s: the server refuses to sign you in: %s"), label, words);
    }
}
