/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "baton-media.h"

G_BEGIN_DECLS

#define BATON_TYPE_TEST_MEDIA (baton_test_media_get_type ())
G_DECLARE_FINAL_TYPE (BatonTestMedia, baton_test_media, BATON, TEST_MEDIA, GObject)

/**
 * BatonTestMedia:
 * A BatonMedia without sound: canned descriptions of PCMU and PCMA, with the direction that the
 * hold flags ask for. It remembers what was done with it.
 */
struct _BatonTestMedia
{
  GObject parent;

  BatonMediaState state;
  char *local_address;
  gboolean local_hold, remote_hold, muted;
  char *codec;            /* NULL before an answer */
  guint version;          /* of the o= line */
  char *last_offer;       /* from the peer */
  char *last_answer;      /* from the peer */
  GString *digits;        /* sent by DTMF */
  gboolean no_events;     /* telephone-event was not agreed */
  GString *tones;         /* keys sent in the sound */
  gboolean refuse;        /* the next description finds no common codec */
  gboolean required;      /* descriptions without a=crypto find no common security */
  guint other_offers;     /* how many there are for who refuses the first */
  gboolean securing;      /* keys are agreed on by a handshake, which the test ends: emit `secured` or `unprotected` */
};

#define BATON_TEST_MEDIA_INSECURE "No common way to talk: you want SRTP, they offer none."

#define BATON_TYPE_TEST_MEDIA_FACTORY (baton_test_media_factory_get_type ())
G_DECLARE_FINAL_TYPE (BatonTestMediaFactory, baton_test_media_factory, BATON, TEST_MEDIA_FACTORY, GObject)

/** BatonTestMediaFactory: makes BatonTestMedia, and remembers who had the microphone when. */
struct _BatonTestMediaFactory
{
  GObject parent;

  GPtrArray *made;            /* of BatonTestMedia, in order */
  BatonMedia *foreground;     /* (nullable) not owned */
  guint moves;
  BatonMedia *moved_from, *moved_to; /* of the last move, owned */
  double gap_ms;              /* what the next move reports */
  gboolean refuse_next;       /* the media made next has no common codec with anybody */
  guint other_offers;         /* of each media to come */
  gboolean securing;          /* likewise */
};

BatonTestMediaFactory *baton_test_media_factory_new (void);

G_END_DECLS
