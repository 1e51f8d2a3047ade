/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Private to src/sip: shows sofia-sip's types. */

#include <glib-object.h>

#include <sofia-sip/su.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/su_tag.h>
#include <sofia-sip/su_tag_io.h>
#include <sofia-sip/msg.h>

G_BEGIN_DECLS

/**
 * BatonSipEvent:
 * What nua told us, as it told us. Everything in it lives only during the call.
 */
typedef struct
{
  nua_event_t event;
  guint status;         /* of a response; 0 where there is none */
  const char *phrase;   /* never NULL */
  nua_t *nua;
  nua_handle_t *handle;
  const sip_t *sip;     /* (nullable): requests of the stack's own making have none */
  tagi_t *tags;
} BatonSipEvent;

#define BATON_TYPE_SIP_TARGET (baton_sip_target_get_type ())
G_DECLARE_INTERFACE (BatonSipTarget, baton_sip_target, BATON, SIP_TARGET, GObject)

/**
 * BatonSipTarget:
 * Whoever receives the events of a nua handle. The handle doesn't own its target: release the
 * handle in dispose. The target is kept alive while `event` runs.
 */
struct _BatonSipTargetInterface
{
  GTypeInterface parent;

  void (*event) (BatonSipTarget *self, const BatonSipEvent *event);
};

void baton_sip_target_event (BatonSipTarget *self, const BatonSipEvent *event);

/** baton_sip_target_attach: from now on events of @handle go to @self. */
void baton_sip_target_attach (BatonSipTarget *self, nua_handle_t *handle);

/**
 * baton_sip_target_release:
 * Destroys the handle in *@handle, if any, and sets it to NULL. What still comes for it is dropped
 * by a sentinel. nua ends on the wire what lives on the handle (BYE, CANCEL, unsubscribe).
 */
void baton_sip_target_release (nua_handle_t **handle);

/** baton_sip_target_of: Returns: (nullable) (transfer none): who is attached to the handle with magic @hmagic */
BatonSipTarget *baton_sip_target_of (nua_hmagic_t *hmagic);

/** baton_sip_target_was_released: Returns: whether @hmagic is the sentinel: the event is a late one */
gboolean baton_sip_target_was_released (nua_hmagic_t *hmagic);

/**
 * baton_sip_event_keep_request:
 * Returns: (nullable): a reference to the request of this event, for a later
 *   nua_respond (handle, …, NUTAG_WITH (msg), TAG_END ()); free it with msg_destroy()
 */
msg_t *baton_sip_event_keep_request (const BatonSipEvent *event);

/** Returns: how many headers named @name (long form, any case) the message has, parsed or not */
guint baton_sip_event_count_headers (const BatonSipEvent *event, const char *name);
/** baton_sip_event_answer_options: 200, in a dialog or outside; the stack adds what we can (RFC 3261 §11.2) */
void baton_sip_event_answer_options (const BatonSipEvent *event);
/** Returns: (nullable): the name (long form) of a header as it came, parsed or not */
const char *baton_sip_header_get_name (const msg_header_t *header);
/**
 * baton_sip_find_aside: Returns: (transfer none) (nullable): the first header named @name (long form) that the parser put aside,
 * because it couldn't read it, or because it came twice and should come once
 */
const msg_header_t *baton_sip_find_aside (const sip_t *sip, const char *name);
/** Returns: (transfer full) (nullable): the value of the first header of that class as text, limited to 8 kB */
char *baton_sip_header_dup_text (const sip_header_t *header);
/**
 * baton_sip_refuses_subscription: @sip: (nullable). Returns: whether it says `Refer-Sub: false`, with parameters or without
 * (RFC 4488 §4)
 */
gboolean baton_sip_refuses_subscription (const sip_t *sip);

G_END_DECLS
