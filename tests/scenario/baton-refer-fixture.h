/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "baton-error.h"
#include "baton-refer-client-context.h"
#include "baton-refer-server-context.h"
#include "baton-test-timers.h"
#include "baton-test-wait.h"

/*
 * Three user agents in one process, on loopback, with canned session descriptions: Alice transfers,
 * Bob is transferred, Carol is the target (RFC 5589).
 *
 *   Alice ---- call ---- Bob                    Carol
 *     |--- REFER ------->|                        |
 *     |<-- 202, NOTIFY --|--- INVITE ------------>|
 *     |<-- NOTIFY 200 ---|<-- 200 ----------------|
 *     |--- BYE --------->|
 */

#define DEADLINE 5000
#define T1_MS 20

extern const char refer_sdp[];

typedef enum
{
  ANSWER,
  BUSY,
  RING, /* 180 and no more */
} Mood;

#define TYPE_PHONE (phone_get_type ())
G_DECLARE_FINAL_TYPE (Phone, phone, TEST, PHONE, GObject)

struct _Phone
{
  GObject parent;

  BatonTimers *timers;
  BatonUa *ua;
  BatonSipIdentity *identity;
  char *uri;
  Mood mood;
  GPtrArray *sessions; /* all of them, in order */
  GString *log;        /* of refer signals, "requested accepted …" */
  BatonReferServerContext *asked; /* last received REFER */
  gboolean handles;    /* a handler takes it */
  guint progress_after_ring;
  gboolean stopped;
  GString *trace;      /* start lines */
  char *follow_options; /* what the follower was given */
};

typedef struct
{
  Phone *alice, *bob, *carol;
  BatonSession *alice_bob; /* Alice's side of the call to Bob; not owned */
  BatonSession *bob_alice;
} Fixture;

void phone_stop (Phone *self);
Phone *phone_new (const char *user, BatonTimers *timers);
gboolean phone_saw (Phone *self, const char *text);
BatonSession *phone_last_session (Phone *self);
BatonSession *phone_call (Phone *from, Phone *to);
void refer_set_up (Fixture *f, gconstpointer data);
void refer_tear_down (Fixture *f, gconstpointer data);
BatonReferClientContext *refer_send (Fixture *f, const char *target, const BatonReferOptions *options);
void refer_wait_outcome (BatonReferClientContext *context, BatonReferOutcome outcome);
void refer_wait_gone (gpointer context);
